"""Objects of a repository, read by one `git cat-file --batch` that is started once and kept.

A command asks for some twenty commits, trees and blobs; a process for each would cost more than all
the rest of it. What one process knows is never old: git reads refs anew for each question, and
looks for packs again where an object is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from ledger.adapters.git.complaints import GitError, no_folder
from ledger.adapters.git.process import MAX_BLOB, converse, run

if TYPE_CHECKING:
    from ledger.adapters.git.process import Process

_AT_ONCE = 200  # ids are written before an answer is read: few enough for any pipe
_KEPT, _KEPT_BYTES = 256, 32_000_000  # trees
_MOST_ENTRIES = 5_000_000  # of one commit; folders in themselves would be without end
_FATAL = 128  # what git exits with where it gives up
_MODES = 64  # more than git writes
_FOLDER, _TYPE = 0o040000, 0o170000


class Object(NamedTuple):
    """An object: its id (hexadecimal), its kind (commit, tree, blob, tag), its content."""

    id: str
    kind: str
    content: bytes


class TreeFile(NamedTuple):
    """What a commit's tree has at a path."""

    path: str  # relative to the ledger's root, with '/'
    blob: str  # object id, hexadecimal; a folder's tree
    mode: str  # 100644, 100755, 120000 (symbolic link), 160000 (submodule), 040000 (folder)


class Objects:
    """The objects of one repository.

    Args:
        folder: where git is started.
        more: environment that names further places of objects.
    """

    def __init__(self, folder: Path, more: Mapping[str, str]) -> None:
        self._folder, self._more = folder, more
        self._asked: _Batch | None = None
        self._trees: dict[str, bytes] = {}

    def find(self, name: str) -> Object | None:
        """The object that git finds by a name; None where there is none, or more than one.

        Raises:
            GitError: git cannot read this repository, or died twice before it had answered.
        """
        if "\n" in name or "\0" in name:
            return None
        for _ in range(2):  # Ctrl-C on a terminal ends it, too
            asked = self._batch()
            with suppress(EOFError):
                asked.ask([name])
                return asked.answer(None)
            self._asked = None
        run(self._folder, ("rev-parse", "--git-dir"), environment=self._more)  # it says why
        if asked.has_given_up():  # of a name, such as @{99}
            return None
        raise _cut_short()

    def blobs(self, ids: Sequence[str], most: int) -> Iterator[tuple[str, bytes]]:
        """The contents of blobs in the order asked, see `GitRepo.blobs`."""
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            asked = self._batch()
            try:
                asked.ask(some)
                for blob in some:
                    if (answer := asked.answer(most)) is None:
                        hint = "请复制这个文件夹留存，再请管理员检查仓库是否损坏"
                        raise GitError(f"仓库里缺少对象 {blob}", hint=hint)
                    yield blob, answer.content
            except EOFError:
                self._asked = None
                raise _cut_short() from None

    def _batch(self) -> _Batch:
        """The process; another one where somebody has not read all of its answers yet."""
        if self._asked is None or self._asked.owed:
            self._asked = _Batch(self._folder, self._more)
        return self._asked

    def entries(
        self,
        commit: str,
        below: str,
        paths: Sequence[str],
        also: Callable[[str], bool] = lambda path: False,
    ) -> Iterator[TreeFile]:
        """What a commit's tree has, a folder before what is in it, otherwise in git's order.

        Args:
            below: where the paths begin, such as `台账/`; empty for the top.
            paths: files and folders that are wanted, from there; none for all.
            also: whether a path that is come across is wanted, too.

        Raises:
            GitError: there is no such commit, or a tree is missing or malformed.
        """
        if (top := self.find(f"{commit}^{{tree}}")) is None:
            raise self._unread(f"{commit}^{{tree}}")
        self._keep(top)
        tree = top.id
        for folder in below.split("/")[:-1]:
            inside = {each.path: each for each in self._entries(tree, "")}
            if folder not in inside or not is_folder(inside[folder].mode):
                return
            tree = inside[folder].blob
        yield from self._below(tree, {each.rstrip("/") for each in paths}, also)

    def _below(self, tree: str, paths: Set[str], also: Callable[[str], bool]) -> Iterator[TreeFile]:
        above = {path[: cut.start()] for path in paths for cut in re.finditer("/", path)}
        left, count = [(not paths, iter(self._entries(tree, "")))], 0
        while left:
            everything, entries = left[-1]
            for entry in entries:
                count += 1
                chosen = everything or entry.path in paths or also(entry.path)
                if chosen:
                    yield entry
                if is_folder(entry.mode) and (chosen or entry.path in above):
                    left.append((chosen, iter(self._entries(entry.blob, f"{entry.path}/"))))
                    break
            else:
                left.pop()
            refuse_endless(count)

    def folder(self, tree: str, before: str) -> list[TreeFile]:
        """What is in one folder.

        Args:
            tree: its tree.
            before: what is to stand before the names, such as `data/`.

        Raises:
            GitError: the tree is missing or malformed.
        """
        return self._entries(tree, before)

    def _entries(self, tree: str, before: str) -> list[TreeFile]:
        if (content := self._trees.get(tree)) is None:
            read = self.find(tree)
            if read is None or read.kind != "tree":
                raise self._unread(tree)
            content = self._keep(read)
        return tree_entries(tree, content, before)

    def _unread(self, tree: str) -> GitError:
        """Why a tree cannot be read, as git itself says it."""
        try:
            run(self._folder, ("ls-tree", "--end-of-options", tree), environment=self._more)
        except GitError as error:
            return error
        return no_folder(tree)

    def _keep(self, tree: Object) -> bytes:
        """Remember a tree: sides of a change and steps of a history share most of theirs."""
        self._trees[tree.id] = tree.content
        while len(self._trees) > _KEPT or sum(map(len, self._trees.values())) > _KEPT_BYTES:
            del self._trees[next(iter(self._trees))]
        return tree.content


class _Batch:
    """A process that answers in the order it is asked; what it still owes is counted."""

    def __init__(self, folder: Path, more: Mapping[str, str]) -> None:
        process = converse(folder, ("cat-file", "--batch"), more)
        assert process.stdin is not None  # noqa: S101 - pipes were asked for
        assert process.stdout is not None  # noqa: S101
        self._process = process
        self._questions: IO[bytes] = process.stdin
        self._answers: IO[bytes] = process.stdout
        self.owed = 0
        from weakref import finalize

        finalize(self, _end, process)

    def ask(self, names: Sequence[str]) -> None:
        self.owed += len(names)
        try:
            self._questions.write(
                "".join(f"{each}\n" for each in names).encode(errors="surrogateescape")
            )
            self._questions.flush()
        except BrokenPipeError:
            raise EOFError from None

    def answer(self, most: int | None) -> Object | None:
        """The next answer, cut at `most` bytes; None for what is not there.

        Raises:
            EOFError: git died before it had said all of it.
        """
        line = self._answers.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        header = line.split(b" ")
        if len(header) != 3 or not header[2].strip().isdigit():
            self.owed -= 1
            return None
        size = int(header[2])
        content = self._exactly(size if most is None else min(size, most))
        rest = size - len(content)
        while rest > 0:
            rest -= len(self._exactly(min(rest, MAX_BLOB)))
        self._exactly(1)
        self.owed -= 1
        return Object(header[0].decode(), header[1].decode(), content)

    def has_given_up(self) -> bool:
        """Whether git ended by itself, because it could make nothing of a question."""
        return self._process.wait() == _FATAL

    def _exactly(self, size: int) -> bytes:
        content = self._answers.read(size)
        if len(content) < size:
            raise EOFError
        return content


def _end(process: Process) -> None:
    """It only reads: nothing is lost by killing it."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


def refuse_endless(entries: int) -> None:
    """Raise where so much was read of one commit that it may never end: folders in themselves."""
    if entries > _MOST_ENTRIES:
        raise GitError(
            f"一个提交里有 {_MOST_ENTRIES} 个以上的文件，没有读下去",
            hint="台账没有这么大的；请管理员看看这个提交是怎样来的",
        )


@lru_cache(_MODES)
def is_folder(mode: str) -> bool:
    """Whether a mode as git prints it is a folder's."""
    return int(mode, 8) & _TYPE == _FOLDER


def tree_entries(tree: str, content: bytes, before: str) -> list[TreeFile]:
    """The entries of a tree object: mode, blank, name, NUL, the id's bytes (git help hash-object).

    Raises:
        GitError: it is malformed.
    """
    size = len(tree) // 2
    listed = re.findall(rb"([0-7]+) ([^\0]+)\0(.{%d})" % size, content, re.DOTALL)
    if sum(len(mode) + len(name) + 2 + size for mode, name, _ in listed) != len(content):
        raise no_folder(tree)
    return [
        TreeFile(before + name.decode(errors="surrogateescape"), blob.hex(), _spelled(mode))
        for mode, name, blob in listed
    ]


@lru_cache(_MODES)
def _spelled(mode: bytes) -> str:
    return f"{mode.decode():0>6}"


def _cut_short() -> GitError:
    return GitError("git 没有说完就结束了", hint="请再试一次；磁盘满了的先腾出空间")
