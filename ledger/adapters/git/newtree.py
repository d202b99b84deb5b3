"""A commit's tree with other contents in some of its files, made without an index.

An index of a hundred thousand files is read and written for each of them; here only the folders
above the files are.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ledger.adapters.git.objects import TreeFile, is_folder
from ledger.adapters.git.repo import GitRepo

_PLAIN, _FOLDER, _SUBMODULE = ("100644", "100755"), "040000", "160000"


def tree_with(repo: GitRepo, commit: str, files: Mapping[str, bytes]) -> str:
    """The tree's id; empty where it takes more than other contents for files that are there.

    Folders of one depth are written by one process.

    Args:
        files: path (relative to the ledger's root) → content.
    """
    paths = {repo.prefix() + path: content for path, content in files.items()}
    if (trees := _above(repo, commit, paths)) is None:
        return ""
    entries = {folder: list(repo.objects.folder(tree, "")) for folder, tree in trees.items()}
    blobs = put_blobs(repo, list(paths.values()))
    for path, blob in zip(paths, blobs, strict=True):
        if not _put(entries[_folder(path)], path, blob, _PLAIN):
            return ""
    for depth in sorted({_depth(folder) for folder in trees}, reverse=True):
        folders = [folder for folder in trees if _depth(folder) == depth]
        made = _written(repo, [entries[folder] for folder in folders])
        for folder, tree in zip(folders, made, strict=True):
            if not folder:
                return tree
            _put(entries[_folder(folder)], folder, tree, (_FOLDER,))
    return ""


def put_blobs(repo: GitRepo, contents: Sequence[bytes]) -> list[str]:
    """Put contents into the object store, by one git process; their ids in the same order."""
    if not contents:
        return []
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        names = []
        for number, content in enumerate(contents):
            place = Path(folder) / str(number)
            place.write_bytes(content)
            names.append(f"{place}\n")
        put = repo.run(
            "hash-object", "-w", "--no-filters", "--stdin-paths", stdin="".join(names).encode()
        )
    return put.decode().split()


def _above(repo: GitRepo, commit: str, paths: Mapping[str, bytes]) -> dict[str, str] | None:
    """The trees of all folders above some paths, the topmost first; None where one is missing."""
    trees = {"": repo.tree_of(commit)}
    folders = {path[: cut.start()] for path in paths for cut in re.finditer("/", path)}
    for folder in sorted(folders, key=_depth):
        inside = repo.objects.folder(trees[_folder(folder)], "")
        same = [each for each in inside if each.path == _name(folder)]
        if len(same) != 1 or not is_folder(same[0].mode):
            return None
        trees[folder] = same[0].blob
    return trees


def _put(entries: list[TreeFile], path: str, blob: str, modes: Sequence[str]) -> bool:
    """Exchange an entry of a folder; whether there is just one of the name, and of such a mode."""
    places = [place for place, each in enumerate(entries) if each.path == _name(path)]
    if len(places) != 1 or entries[places[0]].mode not in modes:
        return False
    entries[places[0]] = TreeFile(_name(path), blob, modes[0])
    return True


def _written(repo: GitRepo, folders: Sequence[Sequence[TreeFile]]) -> list[str]:
    """Put some folders into the object store; their trees."""
    asked = "\0".join("".join(map(_line, entries)) for entries in folders)
    stdin = asked.encode(errors="surrogateescape")
    return repo.run("mktree", "-z", "--missing", "--batch", stdin=stdin).decode().split()


def _line(entry: TreeFile) -> str:
    kind = {_FOLDER: "tree", _SUBMODULE: "commit"}.get(entry.mode, "blob")
    return f"{entry.mode} {kind} {entry.blob}\t{entry.path}\0"


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0
