"""A merge tried out: what git itself makes of two commits, as any forge will, and nothing is kept.

A clone's merge drivers and attributes count for nothing here: no server has them, and the answer
must not depend on who asks.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.process import run
from ledger.adapters.git.repo import GitRepo
from ledger.model.record import dataclass, replace

_UNKNOWN_OPTION = 129  # what git exits with where it does not know `--write-tree` (before 2.38)
_PLAIN = ("100644", "100755")
# Where a link, a folder and a file would share a name, git puts one aside under this one.
_PUT_ASIDE = re.compile(r"~([0-9a-f]{40}|[0-9a-f]{64})(_\d+)?$")
_OBJECTS, _ALTERNATES = "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"
# As git is set where nobody has set anything; our own settings turn renames off for lists.
_SETTINGS = (
    "core.bare=true",  # no attributes of whatever is checked out
    f"core.attributesFile={os.devnull}",
    "merge.ledger.driver=git merge-file %A %O %B",
    "merge.renames=true",
    "merge.directoryRenames=conflict",
    "merge.renormalize=false",
)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it.

    Attributes:
        tree: the merged tree, empty where something is left to decide.
        conflicts: path from the repository's top → why git cannot merge it (Chinese).
    """

    tree: str
    conflicts: Mapping[str, str]


@contextmanager
def scratch(repo: GitRepo) -> Iterator[GitRepo]:
    """The same repository; what is written to it is gone afterwards, and only then."""
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        own = repo.inherited.get(_OBJECTS) or str(repo.git_dir / "objects")
        known = (_quoted(own), repo.inherited.get(_ALTERNATES, ""))
        beside = {_OBJECTS: folder, _ALTERNATES: os.pathsep.join(filter(None, known))}
        yield replace(repo, inherited={**repo.inherited, **beside})


def try_merge(repo: GitRepo, bases: Sequence[str], ours: str, theirs: str) -> Trial:
    """Merge two commits as `git merge` does where nothing is configured.

    No work tree, index or ref is touched; the objects that come of it are written.

    Args:
        bases: their best common ancestors, one or more.

    Raises:
        GitError: something of them is missing here.
    """
    asked = ("merge-tree", "--write-tree", "--no-messages", "-z", ours, theirs)
    told = [part for each in _SETTINGS for part in ("-c", each)]
    own = {"GIT_DIR": str(repo.git_dir)}
    try:
        answer = repo.run(*told, *asked, environment=own, ok=(0, 1, _UNKNOWN_OPTION))
    except GitError:
        hint = "请复制这个文件夹留存，再请管理员检查仓库是否完整"
        raise GitError("试着和主分支合并，git 没有做成", hint=hint) from None
    if not answer or b"\0" not in answer:
        return try_merge_beside(repo, bases, ours, theirs)
    tree, _, listed = answer.decode(errors="surrogateescape").partition("\0")
    conflicts = _conflicts(listed)
    return Trial("" if conflicts else tree, conflicts)


def try_merge_beside(repo: GitRepo, bases: Sequence[str], ours: str, theirs: str) -> Trial:
    """The same for git before 2.38: with an index and a work tree that are thrown away."""
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        place = Path(folder) / "files"
        place.mkdir()
        own = {
            **repo.inherited,
            "GIT_DIR": str(repo.git_dir),
            "GIT_WORK_TREE": str(place),
            "GIT_INDEX_FILE": str(Path(folder) / "index"),
        }
        settings = ("core.bare=false", *_SETTINGS[1:], "filter.lfs.required=false")
        quiet = ("filter.lfs.process=", "filter.lfs.smudge=", "filter.lfs.clean=")
        told = [part for each in (*settings, *quiet) for part in ("-c", each)]

        def asked(*arguments: str, ok: Sequence[int] = (0,)) -> str:
            done = run(place, (*told, *arguments), environment=own, ok=ok)
            return done.decode(errors="surrogateescape")

        asked("read-tree", ours)
        asked("merge-recursive", *bases, "--", ours, theirs, ok=(0, 1))
        conflicts = _conflicts(asked("ls-files", "-u", "-z"))
        return Trial("" if conflicts else asked("write-tree").strip(), conflicts)


def _conflicts(listed: str) -> dict[str, str]:
    """Why each file cannot be merged, by `<mode> <blob> <stage>\\t<path>` of its versions."""
    modes: dict[str, dict[str, str]] = {}
    for line in listed.split("\0"):
        if line:
            meta, path = line.split("\t", 1)
            mode, _, stage = meta.split(" ")
            modes.setdefault(_PUT_ASIDE.sub("", path), {}).setdefault(stage, mode)
    return {path: _why(stages) for path, stages in sorted(modes.items())}


def _why(stages: Mapping[str, str]) -> str:
    """Stage 1 is the common ancestor's version, 2 the main branch's, 3 the other one's."""
    modes = {stages[each] for each in "23" if each in stages}
    if len(modes) == 2 and not modes <= set(_PLAIN):
        return "两边一个是文件，一个是链接或子模块"
    if modes == {"160000"}:
        return "两边的子模块指向不同的提交"
    sides = "".join(each for each in "123" if each in stages)
    return {
        "123": "两边改了同一处",
        "23": "两边各新增了一份，内容不一样",
        "12": "主分支改了，这边删除或移走了",
        "13": "主分支删除或移走了，这边改了",
        "1": "两边把它移到了不同的地方",
    }.get(sides, "两边移动或新增的文件和文件夹碰在了一起")


def _quoted(path: str) -> str:
    """A folder among several; one whose name could be misread is quoted (git help git)."""
    if '"' not in path and os.pathsep not in path:
        return path
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
