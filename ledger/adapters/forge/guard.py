"""One thing that a forge can be told to insist on, and the sentences it is told in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from ledger.model.record import dataclass

PROTECTED, CHECKED = "主分支受保护", "必须通过检查"
APPROVED, RENEWED = "必须有人批准", "改了要重新批准"
EVERYBODY, MERGED = "管理员也不例外", "只用合并提交"
CURRENT = "过期的不能合并"
OF_RULE = (PROTECTED, CHECKED, APPROVED, RENEWED, EVERYBODY, CURRENT)
DENIED = (401, 403, 404)
"""The statuses by which a forge hides what it does not tell to everybody."""
_SWITCHES = {
    RENEWED: ("批准以后又改的，要重新批准", "批准以后又改了的，原来的批准还算数"),
    EVERYBODY: ("管理员也要按规则合并", "管理员可以越过检查和批准，强行合并"),
    CURRENT: ("落后于主分支的，更新以后才能合并", "落后于主分支的也能合并，合起来的样子没有查过"),
}
"""What is on or off → what that is called then."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing that a forge can be told to insist on.

    Attributes:
        name: `PROTECTED`, `CHECKED`, `APPROVED`, `RENEWED`, `EVERYBODY`, `CURRENT` or
            `MERGED`.
        holds: None where the forge does not tell.
        setting: what is so, in Chinese.
    """

    name: str
    holds: bool | None
    setting: str


def hidden(name: str) -> Guard:
    """What the forge tells to administrators only."""
    return Guard(name, None, "问不到，要仓库管理员的令牌")


def unprotected(base: str) -> Iterator[Guard]:
    """What holds for a branch that no rule is for: nothing."""
    settings = {CHECKED: "没有要求任何检查", APPROVED: "没有要求批准", RENEWED: "没有要求批准"}
    yield from (Guard(name, False, settings.get(name, f"{base} 没有保护规则")) for name in OF_RULE)


def checked(contexts: list[str], check: str) -> Guard:
    """Whether the check is among those required, under the very name that the forge gives it."""
    matching = [each for each in contexts if fnmatchcase(check, each)]
    if matching:
        return Guard(CHECKED, True, f"要求 {matching[0]}")
    named = f"要求的只有 {'、'.join(contexts)}" if contexts else "没有要求任何检查"
    return Guard(CHECKED, False, f"{named}，没有“{check}”")


def approved(count: Any) -> Guard:
    """Whether somebody has to approve; `count` is how many have to."""
    number = count if isinstance(count, int) else 0
    return Guard(APPROVED, number >= 1, f"要求 {number} 人批准" if number else "没有要求批准")


def switched(name: str, on: Any) -> Guard:
    """Whether something of `_SWITCHES` is on."""
    return Guard(name, bool(on), _SWITCHES[name][not on])


def merged(commits: bool, others: Mapping[str, Any]) -> Guard:
    """Whether merge commits are allowed and, of `others` (name → allowed), nothing else."""
    allowed = [name for name, on in others.items() if on]
    if not commits:
        return Guard(MERGED, False, "不允许合并提交")
    if allowed:
        named = "、".join(allowed)
        return Guard(MERGED, False, f"还允许{named}，这样合并的销号不算经过合并请求")
    return Guard(MERGED, True, "只允许合并提交")
