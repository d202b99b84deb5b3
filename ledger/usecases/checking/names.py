"""Names in a commit's tree: those that cannot be checked out, and those that are another's too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence

from ledger.adapters.git.folders import Unlike
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.walk import FileDiff
from ledger.model.paths import (
    ATTRIBUTES_FILE,
    DATA,
    MAILMAP,
    elsewhere,
    is_config,
    is_gits_own,
    is_misspelt,
    misspelling,
    passes_for,
)
from ledger.model.problem import Problem
from ledger.rules.policies import governs

Entries = Sequence[tuple[str, str]]  # path and mode of each
Further = Callable[[Callable[[str], bool]], Entries]  # those in folders that are opened

_SLASH = re.compile("/")
# Message and hint each.
_TWICE = ("同一个文件夹里有两个同名的", "请重新提交，只留一个")
_FORBIDDEN = ("用了 git 不许用的名称，取不出来", "请重新提交，去掉它")
_LONG = ("名称太长（超过 255 个字节），取不出来", "请换一个短的名称，重新提交")
_RENAME = "请换一个名称，再提交"
_BACKSLASH = ("名称里有反斜杠，在 Windows 上会成为另一个文件夹里的文件", _RENAME)
_LINK = "git 不认是符号链接的 {}"

# What Linux and macOS have at most (limits.h, NAME_MAX and PATH_MAX without the closing NUL).
_MOST, _MOST_IN_ALL = 255, 4095
_SYMBOLIC = "120000"
_MODULES = frozenset({".gitmodules"})  # as a link no clone can check it out; the others are ignored
_NO_LINKS = _MODULES | {ATTRIBUTES_FILE, ".gitignore", MAILMAP}


def malformed(repo: GitRepo, commit: str, before: str) -> Iterator[Problem]:
    """Names that a commit's tree has and another's had not.

    What is there already stays: nobody is kept from his work by what was let in long ago.

    Args:
        commit: a commit or a tree; empty for the working tree, where there was something before.
        before: what was there; empty for a ledger that comes from elsewhere. Of that only such
            names are told which no clone can check out, or which pass for the ledger's own.
    """
    entries, old, further = _both(repo, commit, before)
    existing = {path for path, _ in old}
    brought = [path for path, _ in entries if path not in existing]
    told: dict[str, tuple[str, str]] = {}
    if before:
        told |= {path: _BACKSLASH for path in brought if "\\" in path}
        told |= dict(_at_one_place(brought, entries, further))
    told |= dict(_links(entries, old, _NO_LINKS if before else _MODULES))
    told |= {path: why for path in brought if (why := _unfit(path))}
    told |= dict.fromkeys(_twice(entries, old), _TWICE)
    above = ""
    for path in dict.fromkeys(path for path, _ in entries if path in told):
        if not above or not path.startswith(above):  # what is in such a folder needs no word
            yield Problem(path, "T001", *told[path])
            above = f"{path}/"


def _both(repo: GitRepo, commit: str, before: str) -> tuple[Entries, Entries, Further]:
    """What two commits have, folders that are alike apart, and a way to look into those."""
    if commit and before:
        unlike = Unlike(repo, commit, before)
        new, old = ([(each.path, each.mode) for each in side] for side in (unlike.new, unlike.old))
        return new, old, lambda opens: [(e.path, e.mode) for e in unlike.alike(opens)]
    if before:
        return *repo.names_brought(before), lambda opens: repo.names_here()
    return repo.entries(commit), [], lambda opens: []


def _unfit(path: str) -> tuple[str, str] | None:
    """Why a name may not be in any ledger, old or new, and what to do; None where it may."""
    if is_gits_own(path):
        return _FORBIDDEN
    if is_config(path) and is_misspelt(path):
        message, hint = misspelling(path)
        return f"读不了：{message}", hint
    if own := passes_for(path):
        return f"在 Windows 或 macOS 上就是台账自己的 {own}，会盖住它", _RENAME
    raw = path.encode(errors="surrogateescape")
    if len(raw) > _MOST and (
        len(raw) > _MOST_IN_ALL or any(len(each) > _MOST for each in raw.split(b"/"))
    ):
        return _LONG
    return None


def _twice(entries: Entries, old: Entries) -> Iterator[str]:
    if len({path for path, _ in entries}) < len(entries):
        before = Counter(path for path, _ in old)
        for path, number in Counter(path for path, _ in entries).items():
            if number > 1 and before[path] <= 1:
                yield path


def _links(
    entries: Entries, old: Entries, names: Collection[str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Files of git's own that are symbolic links now (git help fsck)."""
    links = [each for each in entries if each[1] == _SYMBOLIC]
    for path, _ in set(links).difference(old) if links else ():
        name = elsewhere(path).rpartition("/")[2]
        if name in names:
            yield path, (_LINK.format(name), "请换成普通文件，重新提交")


def _at_one_place(
    brought: Sequence[str], entries: Entries, further: Further
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Names that are another one's on Windows or macOS, where the ledger looks at all."""
    asked = [p for p in brought if elsewhere(p).partition("/")[0] == DATA or governs(p)]
    if not asked:
        return
    new = set(asked)
    above = {name[: cut.start()] for name in map(elsewhere, asked) for cut in _SLASH.finditer(name)}
    more = further(lambda folder: elsewhere(folder) in above)
    taken = {elsewhere(path): path for path, _ in (*more, *entries) if path not in new}
    for path in asked:
        other = taken.setdefault(elsewhere(path), path)
        if other != path:
            yield path, (f"在 Windows 或 macOS 上和 {other} 是一个名称，取出来会互相覆盖", _RENAME)


def misnamed(files: Iterable[FileDiff], *known: Container[str]) -> Iterator[Problem]:
    """Names that a commit brings and no ledger has, such as `.git`, or one that it has twice.

    Args:
        known: the files before it.
    """
    seen: set[str] = set()
    for file in files:
        is_new = bool(file.new and not file.old)
        if file.path in seen or (is_new and any(file.path in paths for paths in known)):
            yield Problem(file.path, "T001", *_TWICE)
        elif is_new and (why := _unfit(file.path)):
            yield Problem(file.path, "T001", *why)
        seen.add(file.path)
