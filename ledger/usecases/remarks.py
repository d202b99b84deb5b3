"""What a change does besides its tasks: the rules of the game it touches, and names git refuses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ledger.adapters.gitrepo import GitRepo
from ledger.adapters.gitwalk import FileDiff, differences
from ledger.model.change import Change
from ledger.model.decode import encode
from ledger.model.paths import CONFIG_FILE, DECISIONS, EVIDENCE, SOURCES, TASKS
from ledger.model.problem import WARNING, Problem
from ledger.rules.policies import governs

# Message and hint each.
TWICE = ("同一个文件夹里有两个同名的", "请重新提交，只留一个")
FORBIDDEN = ("用了 git 不许用的名称，取不出来", "请重新提交，去掉它")
CASED = ("和台账自己的文件夹只差大小写，在 Windows 和 macOS 上会盖住它", "请改正名称，再提交")

_SHOWN = 5
# What is `.git` to some file system, though not to all (git help config, core.protectNTFS and
# core.protectHFS): with blanks and dots behind it, a stream's name, or marks that are not drawn.
_FORBIDDEN = re.compile(
    r"(?:^|[/\\])(?:(?:\.git|git~1)[ .]*(?::[^/]*)?|\.{1,2})?(?:[/\\]|$)", re.IGNORECASE
)
_UNDRAWN = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")  # HFS+ skips them
_OWN = (*(f"{each}/" for each in (TASKS, SOURCES, DECISIONS, EVIDENCE)), CONFIG_FILE)
_HINT = "请有权的人看过再合并"


def what_differs(repo: GitRepo, old: str, new: str) -> tuple[FileDiff, ...]:
    """Every file that is not the same in two commits.

    Args:
        new: empty for the working tree.
    """
    return differences(repo, old, new)


def remarks(change: Change, diffs: Iterable[FileDiff]) -> Iterator[Problem]:
    """Which rules of the game a change touches, told whatever else it does; nobody turns this off.

    What must not be touched together with a closing is refused besides (C013).
    """
    for path in sorted({each.path for each in diffs if governs(each.path)}):
        said = "改动了台账的规矩"
        if path == CONFIG_FILE:
            told = list(_settings(encode(change.old.config), encode(change.new.config)))
            rest = f"等 {len(told)} 处" if len(told) > _SHOWN else ""
            said += f"：{'；'.join(told[:_SHOWN])}{rest}" if told else ""
        yield Problem(path, "C013", said, _HINT, WARNING)


def malformed(repo: GitRepo, commit: str) -> Iterator[Problem]:
    """Names in a commit's tree that no clone can check out as they are (git help fsck)."""
    names = repo.names(commit)
    if len(set(names)) < len(names):
        for path, number in Counter(names).items():
            if number > 1:
                yield Problem(path, "T001", *TWICE)
    for path in names:
        if is_forbidden(path):
            yield Problem(path, "T001", *FORBIDDEN)
        elif is_cased(path):
            yield Problem(path, "T001", *CASED)


def is_forbidden(path: str) -> bool:
    """Whether git refuses to check a path out: `.git` as any system writes it, `..`, or nothing."""
    return bool(_FORBIDDEN.search(_UNDRAWN.sub("", path)))


def is_cased(path: str) -> bool:
    """Whether a path would lie in a folder of the ledger's own where cases are one."""
    folded = path.casefold()
    return any(folded.startswith(own) and not path.startswith(own) for own in _OWN)


def _settings(old: Any, new: Any, key: str = "") -> Iterator[str]:
    """What is set otherwise, key by key: `policies.closing.default.quorum.at_least 1/2 → 1/10`."""
    if isinstance(old, dict) and isinstance(new, dict):
        for each in dict.fromkeys((*old, *new)):
            yield from _settings(old.get(each), new.get(each), f"{key}.{each}" if key else each)
    elif old != new:
        yield f"{key} {_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    if value in (None, "", [], {}):
        return "（无）"
    said = "、".join(map(_short, value)) if isinstance(value, list) else str(value)
    if isinstance(value, dict):
        said = " ".join(_short(each) for each in value.values() if each)
    return said if len(said) <= 60 else f"{said[:59]}…"
