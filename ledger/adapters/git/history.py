"""A whole history written at once, by one `git fast-import`.

Each commit of a command starts git ten times; of hundreds of commits that would be all the time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.adapters.git.repo import HEADS, GitRepo
from ledger.model.record import dataclass, field


@dataclass(frozen=True, slots=True)
class WrittenCommit:
    """A commit as it is to be.

    Attributes:
        branch: what it is the new tip of.
        parents: the numbers of earlier commits of the same history, counted from 1.
        author: name and address, of who commits it, too.
        when: seconds since 1970, and the time zone as git writes it (`+0800`).
        files: path → content, of what is other than in the first parent.
        blobs: likewise path → the id of a blob that is there; empty for what is no more.
    """

    branch: str
    parents: tuple[int, ...]
    author: tuple[str, str]
    when: tuple[int, str]
    message: str
    files: Mapping[str, bytes]
    blobs: Mapping[str, str] = field(default_factory=dict)


def write_history(repo: GitRepo, commits: Sequence[WrittenCommit], kept: Iterable[str]) -> None:
    """Write commits into a repository that has none, and check its branch out.

    Args:
        kept: the branches that stay beside the one that is checked out.
    """
    import_history(repo, commits)
    gone = {each.branch for each in commits} - {repo.branch(), *kept}
    listed = "".join(f"delete {HEADS}{branch}\n" for branch in sorted(gone))
    repo.run("update-ref", "--stdin", stdin=listed.encode())
    repo.run("reset", "--quiet", "--hard")


def import_history(repo: GitRepo, commits: Iterable[WrittenCommit]) -> None:
    """Write commits into a repository, whose work tree stays as it is."""
    stream = b"".join(_told(number, each) for number, each in enumerate(commits, 1))
    repo.run("fast-import", "--quiet", "--date-format=raw", stdin=stream)


def _told(number: int, commit: WrittenCommit) -> bytes:
    """A commit in the words of git-fast-import(1)."""
    return b"".join(_lines(number, commit))


def _lines(number: int, commit: WrittenCommit) -> Iterator[bytes]:
    seconds, offset = commit.when
    person = "{} <{}> {} {}".format(*commit.author, seconds, offset)
    yield f"commit {HEADS}{commit.branch}\nmark :{number}\n".encode()
    yield f"author {person}\ncommitter {person}\n".encode()
    yield _data(commit.message.encode())
    for place, parent in enumerate(commit.parents):
        yield f"{'merge' if place else 'from'} :{parent}\n".encode()
    for path, content in commit.files.items():
        yield b"M 100644 inline %b\n" % _spelled(path) + _data(content)
    for path, blob in commit.blobs.items():
        name = _spelled(path)
        yield b"M 100644 %b %b\n" % (blob.encode(), name) if blob else b"D %b\n" % name


def _spelled(path: str) -> bytes:
    """A path as git takes it: in quotes where it begins with one, or has a line's end."""
    if not path.startswith('"') and "\n" not in path:
        return os.fsencode(path)
    for character, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        path = path.replace(character, escape)
    return os.fsencode(f'"{path}"')


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
