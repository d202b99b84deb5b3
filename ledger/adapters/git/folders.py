"""Folders of a commit as git keeps them, looked through for names and blobs where they lie.

A list of a hundred thousand files takes longer to make than a command may take; the hundred trees
that hold them are read in some milliseconds, and to find a name in them takes one more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from ledger.adapters.git.objects import (
    Object,
    TreeFile,
    is_folder,
    refuse_endless,
    tree_entries,
)
from ledger.adapters.git.repo import GitRepo

_WHOLE = 1_000_000_000  # bytes: a tree is never cut
_PLAIN = re.compile(rb"(?:100(?:644|755) [^\0]+\0.{20})*", re.DOTALL)
_PLAIN_LONG = re.compile(rb"(?:100(?:644|755) [^\0]+\0.{32})*", re.DOTALL)
_MANY = 100  # names asked for, after which all are listed once
_SHORT_ID = 40  # hexadecimal digits


class Folders:
    """All that a commit has in some folders, and in those below them.

    Attributes:
        trees: path from the ledger's root → the folder's tree; a folder before what is in it.
    """

    def __init__(self, repo: GitRepo, commit: str, places: Sequence[str]) -> None:
        """Of a commit, or of a tree.

        Raises:
            GitError: a tree is missing or malformed.
        """
        self.trees: dict[str, str] = {}
        self._repo = repo
        self._contents: dict[str, bytes] = {}
        self._entries: dict[str, Mapping[str, TreeFile]] = {}
        self._asked = self._count = 0
        root = _root(repo, commit)
        level = {
            place: tree
            for place in places
            if root and (tree := repo.objects.find(f"{root}:{place}")) and tree.kind == "tree"
        }
        self._take(level)

    def _take(self, level: Mapping[str, Object]) -> None:
        """Some folders and all below them, each depth read in one go."""
        while level:
            below: dict[str, str] = {}
            for folder, tree in level.items():
                self.trees[folder], self._contents[folder] = tree.id, tree.content
                self._count += max(1, tree.content.count(b"\0"))
                refuse_endless(self._count)
                if not _is_plain(tree):
                    entries = self.entries(folder).values()
                    below |= {each.path: each.blob for each in entries if is_folder(each.mode)}
            read = self._repo.objects.blobs(list(below.values()), _WHOLE)
            level = {
                folder: Object(tree, "tree", content)
                for folder, (tree, content) in zip(below, read, strict=True)
            }

    def entries(self, folder: str) -> Mapping[str, TreeFile]:
        """What is in a folder, by path; of two entries of one name the last."""
        if folder not in self._entries:
            self._entries[folder] = entries_of(folder, self.trees[folder], self._contents[folder])
        return self._entries[folder]

    def find(self, path: str) -> TreeFile | None:
        """What there is at a path."""
        folder, _, name = path.rpartition("/")
        content = self._contents.get(folder)
        if content is None or _spelled(name) not in content:
            return None
        return self.entries(folder).get(path)

    def named(self, name: str) -> list[str]:
        """The paths of everything of a name."""
        self._asked += 1
        if self._asked > _MANY:
            return self._by_name.get(name, [])
        spelled = _spelled(name)
        paths = (
            f"{folder}/{name}" for folder, content in self._contents.items() if spelled in content
        )
        return [path for path in paths if self.find(path)]

    def like(self, folded: str) -> list[str]:
        """The paths of everything whose name holds a text, all letters' cases folded."""
        paths = []
        for folder, content in self._contents.items():
            size = len(self.trees[folder]) // 2
            names = re.findall(rb" ([^\0]+)\0.{%d}" % size, content, re.DOTALL)
            listed = b"/".join(names).decode(errors="surrogateescape")
            if folded in listed.casefold():
                paths += [
                    path
                    for path in self.entries(folder)
                    if folded in path.rpartition("/")[2].casefold()
                ]
        return paths

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """All paths by their last names: worth making where many are asked for."""
        paths: dict[str, list[str]] = {}
        for folder in self.trees:
            for path in self.entries(folder):
                paths.setdefault(path.rpartition("/")[2], []).append(path)
        return paths

    def unusual(self) -> Iterator[TreeFile]:
        """What is no plain file: folders, links, submodules."""
        for folder, content in self._contents.items():
            if not _is_plain(Object(self.trees[folder], "tree", content)):
                yield from (
                    each for each in self.entries(folder).values() if each.mode[:3] != "100"
                )

    def has_blob(self, blob: str) -> bool:
        """Whether a file has just this content."""
        spelled = bytes.fromhex(blob)
        return any(
            any(each.blob == blob for each in self.entries(folder).values())
            for folder, content in self._contents.items()
            if spelled in content
        )

    def files(self, folders: Iterable[str] | None = None) -> Iterator[TreeFile]:
        """Everything but the folders themselves; only what is right in some, if they are named."""
        for folder in self.trees if folders is None else self.trees.keys() & {*folders}:
            yield from (each for each in self.entries(folder).values() if not is_folder(each.mode))


class Unlike:
    """What two commits have in the folders in which they are not alike.

    Attributes:
        new, old: the entries of each, folders too, a folder before what is in it, as often as they
            are there.
    """

    def __init__(self, repo: GitRepo, new: str, old: str) -> None:
        """Of two commits or trees.

        Raises:
            GitError: a tree is missing or malformed.
        """
        self.new: list[TreeFile] = []
        self.old: list[TreeFile] = []
        self._objects = repo.objects
        self._alike: list[TreeFile] = []
        trees = [_root(repo, each) for each in (new, old)]
        if trees[0] != trees[1]:
            self._compare(*trees)

    def _compare(self, tree: str, old: str) -> None:
        """Go down wherever a folder of the newer commit is like none that the older has there."""
        left = [self._opened("", tree, {old} - {""})]
        while left:
            entries, was = left[-1]
            for each in entries:
                self.new.append(each)
                refuse_endless(len(self.new))
                if is_folder(each.mode):
                    if each.blob in was.get(each.path, ()):
                        self._alike.append(each)
                    else:
                        left.append(self._opened(f"{each.path}/", each.blob, was.get(each.path)))
                        break
            else:
                left.pop()

    def _opened(
        self, before: str, tree: str, old: Collection[str] | None
    ) -> tuple[Iterator[TreeFile], Mapping[str, set[str]]]:
        """A folder's entries, and the trees that the older commit has where it has folders."""
        was = [each for tree in sorted(old or ()) for each in self._objects.folder(tree, before)]
        self.old += was
        folders: dict[str, set[str]] = {}
        for each in was:
            if is_folder(each.mode):
                folders.setdefault(each.path, set()).add(each.blob)
        return iter(self._objects.folder(tree, before) if tree else ()), folders

    def alike(self, opens: Callable[[str], bool]) -> Iterator[TreeFile]:
        """What is in folders that are alike, where a path opens them."""
        waiting = list(self._alike)
        while waiting:
            folder = waiting.pop()
            if opens(folder.path):
                entries = self._objects.folder(folder.blob, f"{folder.path}/")
                waiting += (each for each in entries if is_folder(each.mode))
                yield from entries


def _root(repo: GitRepo, commit: str) -> str:
    """The tree of the ledger's root in a commit; empty where it has none."""
    tree = repo.tree_of(commit)
    for folder in repo.prefix().split("/")[:-1]:
        inside = {each.path: each for each in repo.objects.folder(tree, "")}
        if folder not in inside or not is_folder(inside[folder].mode):
            return ""
        tree = inside[folder].blob
    return tree


def entries_of(folder: str, tree: str, content: bytes) -> dict[str, TreeFile]:
    """What a folder's tree has, by path."""
    return {each.path: each for each in tree_entries(tree, content, f"{folder}/")}


def _spelled(name: str) -> bytes:
    """What stands in a tree that has a name."""
    return b" %b\0" % name.encode(errors="surrogateescape")


def _is_plain(tree: Object) -> bool:
    """Whether a tree holds nothing but plain files."""
    plain = _PLAIN if len(tree.id) == _SHORT_ID else _PLAIN_LONG
    return plain.fullmatch(tree.content) is not None
