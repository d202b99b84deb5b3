"""Merging commits beside the user's work tree, and moving a branch with its work tree along.

Git decides what it can decide file by file; what both sides changed is left to the caller.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ledger.adapters.disk.store import Swap, fingerprint
from ledger.adapters.git.index import GONE, write_entries
from ledger.adapters.git.newtree import put_blobs, tree_with
from ledger.adapters.git.objects import TreeFile
from ledger.adapters.git.process import run
from ledger.adapters.git.repo import FEW, LITERAL, GitRepo
from ledger.errors import LedgerError
from ledger.model.record import dataclass, replace

PLAIN, UNION = "", "--union"
_REGULAR = ("100644", "100755")
_SUBMODULE = "160000"
_MOST_CONFLICTS = 127  # git merge-file exits with their number, cut there
_MOST_BYTES = 100_000_000  # of one file that both sides changed
_SHOWN = 5
_PEOPLE = tuple(
    f"GIT_{role}_{what}" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL", "DATE")
)
_COMMIT = "%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00"


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A file that both sides changed: its content in each commit, None where it is not there.

    Attributes:
        path: relative to the ledger's root; `top:` and the path in the repository for a file
            outside of it.
        regular: whether every side has a plain file, no link and no submodule.
    """

    path: str
    base: bytes | None
    ours: bytes | None
    theirs: bytes | None
    regular: bool = True


class TreeMerge:
    """A three-way merge of trees in an index of its own."""

    def __init__(self, repo: GitRepo, index: Path, prefix: str) -> None:
        self._repo, self._place = repo, index
        self._index = {"GIT_INDEX_FILE": str(index)}
        self._prefix = prefix

    def begin(self, *commits: str) -> None:
        """Read one commit, or merge base, ours and theirs as far as git can without looking in."""
        merging = ("-i", "-m", "--aggressive") if len(commits) > 1 else ()
        self._repo.run("read-tree", *merging, *commits, environment=self._index)

    def unmerged(self) -> list[Unmerged]:
        """What both sides changed, in path order."""
        listed = self._repo.run(
            "ls-files", "-u", "-z", "--full-name", "--", ":/", environment=self._index
        )
        versions: dict[str, dict[str, tuple[str, str]]] = {}
        for line in listed.decode(errors="surrogateescape").split("\0")[:-1]:
            meta, path = line.split("\t", 1)
            mode, blob, stage = meta.split(" ")
            versions.setdefault(path, {})[stage] = (mode, blob)
        blobs = [
            blob
            for stages in versions.values()
            for mode, blob in stages.values()
            if mode in _REGULAR
        ]
        contents = dict(self._repo.blobs(dict.fromkeys(blobs), _MOST_BYTES))
        return [self._opened(path, stages, contents) for path, stages in versions.items()]

    def settle(self, files: Mapping[str, bytes | str | None]) -> None:
        """Put files into the result.

        Args:
            files: path as `Unmerged` has it → content, or the id of a blob that has it; None takes
                the file away.
        """
        if not files:
            return
        blobs = put_blobs(self._repo, [each for each in files.values() if isinstance(each, bytes)])
        long = self._repo.run("rev-parse", "--show-object-format").strip() == b"sha256"
        absent = "0" * (64 if long else 40)
        entries = []
        for path, content in files.items():
            place = path.removeprefix("top:") if path.startswith("top:") else self._prefix + path
            blob = blobs.pop(0) if isinstance(content, bytes) else content
            entries.append(TreeFile(place, blob or absent, _REGULAR[0] if blob else GONE))
        write_entries(self._repo, self._place, entries)

    def tree(self) -> str:
        """The result's tree.

        Raises:
            GitError: something is not settled yet.
        """
        return self._repo.text("write-tree", environment=self._index)

    def _opened(
        self, path: str, stages: Mapping[str, tuple[str, str]], contents: Mapping[str, bytes]
    ) -> Unmerged:
        base, ours, theirs = (contents.get(stages.get(stage, ("", ""))[1]) for stage in "123")
        regular = all(mode in _REGULAR for mode, _ in stages.values())
        inside = path.startswith(self._prefix)
        named = path[len(self._prefix) :] if inside else f"top:{path}"
        return Unmerged(named, base, ours, theirs, regular)


@contextmanager
def tree_merge(repo: GitRepo) -> Iterator[TreeMerge]:
    """An empty merge; nothing outside the object store comes of it."""
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        yield TreeMerge(repo, Path(folder) / "index", repo.prefix())


def merge_texts(
    base: bytes, ours: bytes, theirs: bytes, how: str = PLAIN, labels: Sequence[str] = ("", "", "")
) -> tuple[bytes, int]:
    """Merge three texts line by line, as git does.

    Args:
        how: `PLAIN` leaves conflict markers, `UNION` takes the lines of both sides.
        labels: what the markers call ours, the base and theirs.

    Returns:
        The merged text and the number of conflicts left in it.

    Raises:
        GitError: a side is no text.
    """
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        names = []
        for name, content in (("ours", ours), ("base", base), ("theirs", theirs)):
            (Path(folder) / name).write_bytes(content)
            names.append(name)
        named = [part for label in labels for part in ("-L", label)]
        options = ("--quiet", *((how,) if how else ()), *named)
        command = ("merge-file", "-p", *options, *names)
        merged = run(Path(folder), command, ok=range(_MOST_CONFLICTS + 1))
    return merged, merged.count(b"\n<<<<<<< ") + merged.startswith(b"<<<<<<< ")


def make_commit(
    repo: GitRepo, tree: str, parents: Sequence[str], message: str, like: str = ""
) -> str:
    """A commit that nothing points to yet, signed where git is told to sign; its id.

    Args:
        like: a commit whose author, committer and days it takes.
    """
    sign = ("-S",) if repo.is_on("commit.gpgSign") else ()
    options = [*sign, *(part for each in parents for part in ("-p", each))]
    made = repo.run(
        "commit-tree", *options, "-F", "-", tree,
        stdin=message.encode(errors="surrogateescape"),
        environment=_people(repo, like) if like else None,
    )  # fmt: skip
    return made.decode().strip()


def commit_beside(repo: GitRepo, parent: str, files: Mapping[str, bytes], message: str) -> str:
    """Make a commit on top of another one without touching work tree, index or any branch.

    Args:
        files: path (relative to the ledger's root) → content.

    Returns:
        The new commit's id; nothing points to it yet.
    """
    if tree := tree_with(repo, parent, files):
        return make_commit(repo, tree, (parent,), message)
    with tree_merge(repo) as beside:
        beside.begin(parent)
        beside.settle(files)
        return make_commit(repo, beside.tree(), (parent,), message)


def message_of_commit(repo: GitRepo, commit: str) -> str:
    """What a commit says of itself."""
    message = repo.run("show", "-s", "--format=%B", commit, "--")
    return message.decode(errors="surrogateescape").rstrip("\n") + "\n"


def changed_paths(repo: GitRepo, old: str, new: str, only: str = "") -> list[str]:
    """Files that differ between two commits, relative to the repository's top.

    Args:
        only: of which kinds, as git's `--diff-filter` has them; all when empty.
    """
    kinds = (f"--diff-filter={only}",) if only else ()
    listed = repo.fixed(
        (old, new), "diff-tree", "-r", "-z", "--name-only", "--no-renames",
        "--ignore-submodules=none", *kinds, old, new, "--",
    )  # fmt: skip
    return listed.decode(errors="surrogateescape").split("\0")[:-1]


def at_top(repo: GitRepo) -> GitRepo:
    """The same repository seen from the top of its work tree."""
    if (repo.root / ".git").exists():
        return repo
    top = repo.run("rev-parse", "--show-toplevel").decode(errors="surrogateescape")
    return replace(repo, root=Path(top.rstrip("\n")))


def refuse_blocked(repo: GitRepo, old: str, new: str) -> None:
    """Raise where moving the work tree from one commit to another would go over somebody's work.

    Raises:
        LedgerError: naming the files that hold uncommitted changes.
    """
    if both := _in_the_way(at_top(repo), old, new):
        more = f" 等 {len(both)} 个文件" if len(both) > _SHOWN else ""
        raise LedgerError(
            f"{'、'.join(both[:_SHOWN])}{more}里有还没有保存的改动，别人也改了，没有动它们",
            hint="请先用 ledger save 保存，或用 ledger undo --edits 撤掉它们，再运行一次",
        )


def checked_out(repo: GitRepo, old: str, new: str, folder: Path) -> list[Swap]:
    """The files in which two commits differ, as the new one has them, ready beside the work tree.

    Filters and line ends are git's own; submodules stay as they are.

    Args:
        repo: seen from the top of its work tree.
        folder: an empty one, to hold the files.

    Raises:
        GitError: a file cannot be made, such as one whose LFS object is not here.
    """
    paths = changed_paths(repo, old, new)
    files = [each for each in repo.files_of(new, paths) if each.mode != _SUBMODULE]
    ready = {each.path: folder / "files" / each.path for each in files}
    if files:
        index = folder / "index"
        write_entries(repo, index, files)
        repo.run(
            "checkout-index", "-z", "--stdin", f"--prefix={folder}/files/",
            stdin="".join(f"{path}\0" for path in ready).encode(errors="surrogateescape"),
            environment={"GIT_INDEX_FILE": str(index)},
        )  # fmt: skip
    kept = {each.path for each in repo.files_of(new, paths) if each.mode == _SUBMODULE}
    swaps = [
        Swap(path, fingerprint(repo.root / path), fingerprint(ready[path]), ready[path])
        if path in ready
        else Swap(path, fingerprint(repo.root / path), "")
        for path in paths
        if path not in kept
    ]
    return [each for each in swaps if each.old != each.new]


def _in_the_way(repo: GitRepo, old: str, new: str) -> list[str]:
    """Files that differ between two commits and hold changes that neither of them has."""
    changed = changed_paths(repo, old, new)
    few = changed if len(changed) <= FEW else ()  # then git looks at no others
    how = ("--porcelain", "-z", "--untracked-files=all", "--no-renames")
    listed = repo.run("status", *how, "--", *few, environment=LITERAL) if changed else b""
    lines = listed.decode(errors="surrogateescape").split("\0")[:-1]
    dirty = {line[3:] for line in lines}
    added = changed_paths(repo, old, new, "A")  # git does not list what it was told to ignore
    dirty |= {path for path in added if path not in dirty and os.path.lexists(repo.root / path)}
    both = [path for path in changed if path in dirty]
    return [path for path in both if not _is_as_in(repo, new, path)]


def _is_as_in(repo: GitRepo, commit: str, path: str) -> bool:
    """Whether a file of the work tree is just what a commit has, or gone as it is there."""
    blob = repo.run("rev-parse", "--verify", "--quiet", f"{commit}:{path}", ok=(0, 1, 128))
    if not os.path.lexists(repo.root / path):
        return not blob.strip()
    return blob == repo.run("hash-object", "--", path, ok=(0, 128))


def last_change(repo: GitRepo, since: str, until: str, path: str) -> tuple[str, str]:
    """Who last changed a file between two commits, and on which day there; empty for nobody.

    Args:
        since: an ancestor; empty for the beginning of history.
    """
    span = f"{since}..{until}" if since else until
    how = ("log", "-1", "--date=short", "--format=%an%x00%ad")
    name, _, day = repo.text(*how, span, "--", path, environment=LITERAL).partition("\0")
    return name, day


def commits_touching(repo: GitRepo, tip: str, paths: Sequence[str]) -> set[str]:
    """The commits of a history that changed some of these files."""
    return set(repo.run("rev-list", tip, "--", *paths, environment=LITERAL).decode().split())


def refs_holding(repo: GitRepo, commit: str, *below: str) -> list[str]:
    """Full names of the refs from which a commit can be reached, of all or of some folders."""
    listed = repo.run("for-each-ref", "--format=%(refname)", f"--contains={commit}", *below)
    return listed.decode(errors="replace").split()


def first_commit_of(repo: GitRepo, path: str) -> str:
    """The commit of HEAD's history that brought a file; empty for one never committed."""
    listed = repo.run(
        "log", "--diff-filter=A", "--no-renames", "--format=%H", "HEAD", "--", path,
        environment=LITERAL,
    )  # fmt: skip
    return (listed.decode().split() or [""])[-1]


def _people(repo: GitRepo, commit: str) -> dict[str, str]:
    shown = repo.run("show", "-s", "--date=raw", f"--format={_COMMIT}", commit, "--")
    values = shown.decode(errors="surrogateescape").split("\0")
    return dict(zip(_PEOPLE, values, strict=False))


def driver(repo: GitRepo, name: str) -> str:
    """The command of a merge driver that this repository's configuration names; empty for none."""
    return repo.text("config", "--get", f"merge.{name}.driver", ok=(0, 1))


def set_driver(repo: GitRepo, name: str, title: str, command: str) -> None:
    """Name a merge driver in the repository's own configuration."""
    repo.run("config", f"merge.{name}.name", title)
    repo.run("config", f"merge.{name}.driver", command)


def drivers_of(repo: GitRepo, *paths: str) -> list[str]:
    """The merge driver that .gitattributes names for each file, empty for git's own."""
    words = repo.run("check-attr", "-z", "merge", "--", *paths).decode(errors="replace").split("\0")
    return ["" if value in ("unspecified", "unset", "set") else value for value in words[2::3]]
