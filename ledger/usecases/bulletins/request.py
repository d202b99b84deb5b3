"""Which bulletin is asked for, and the line by which anybody can make the same one again."""

from __future__ import annotations

import datetime as dt
import html
import re
import shlex
from collections.abc import Iterator

from ledger.errors import UsageError
from ledger.model.period import Period, period_of, span
from ledger.model.record import dataclass
from ledger.usecases.bulletins.facts import Scope
from ledger.usecases.bulletins.kinds import KINDS, MARKDOWN, Request

_SEAL = "校验："
_STAMP = re.compile(
    r"校验：ledger report (?P<words>[^\n]+?) · 提交 (?P<commit>[0-9a-f]{40,64})"
    r" · 摘要 (?P<digest>sha256:[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a bulletin's last line says: how to make it again, from what, and the seal of that.

    Attributes:
        options: the words after `ledger report KIND`.
    """

    kind: str
    options: tuple[str, ...]
    commit: str
    digest: str


def stamp_line(request: Request, commit: str, digest: str) -> str:
    """The last line of every form."""
    words = shlex.join((request.kind, *_options(request)))
    return f"{_SEAL}ledger report {words} · 提交 {commit} · 摘要 {digest}"


def stamp_of(text: str) -> Stamp | None:
    """What a bulletin's last line says, in Markdown, HTML or plain text; None where it has none."""
    lines = list(_STAMP.finditer(html.unescape(text)))
    if not lines:
        return None
    last = lines[-1]
    try:
        kind, *options = shlex.split(_literal(last["words"]))
    except ValueError:
        return None
    return Stamp(kind, tuple(options), last["commit"], last["digest"])


def request_of(stamp: Stamp) -> Request:
    """The request that a stamp tells of.

    Raises:
        UsageError: it is none that `ledger report` could have written.
    """
    given: dict[str, list[str]] = {}
    words = list(stamp.options)
    while len(words) >= 2:
        given.setdefault(words.pop(0), []).append(words.pop(0))
    try:
        last = dt.date.fromisoformat(given["--until"][0])
        first = dt.date.fromisoformat(given.get("--since", given["--until"])[0])
        today = dt.date.fromisoformat(given["--today"][0])
        number = int(given["--number"][0]) if "--number" in given else None
    except (KeyError, ValueError):
        words = [""]
    if words or stamp.kind not in KINDS:
        raise UsageError("校验行看不懂", hint="请核对这一行是否完整、有没有被改动过")
    return Request(
        stamp.kind,
        span(KINDS[stamp.kind].period, first, last),
        today,
        Scope(tuple(given.get("--source", ())), tuple(given.get("--kind", ()))),
        (given.get("--dept") or given.get("--explain") or [""])[0],
        number,
        given.get("--format", [MARKDOWN])[0],
    )


def request_for(
    kind: str, period: Period | None, now: dt.date, until: dt.date | None = None
) -> tuple[Request, bool]:
    """The request of a kind on a day, and whether its cut-off lies before that day.

    Args:
        period: None for the one that `now` belongs to.
        until: the cut-off, where it is about no whole period.

    Raises:
        UsageError: the period is still to come.
    """
    if period is None:
        last = min(until or now, now)
        usual = KINDS[kind]
        period = period_of(usual.period, last)
        if usual.of_a_day:
            period = span(usual.period, last, last)
        elif until:
            period = span(period.kind, period.first, last)
    if period.first > now:
        raise UsageError(
            f"{period.spelled}还没有到（今天是 {now.isoformat()}）", hint="请检查要通报的日期"
        )
    today = min(period.last, now)
    return Request(kind, period, today), today < now


def _options(request: Request) -> Iterator[str]:
    kind = KINDS[request.kind]
    if not kind.of_a_day:
        yield from ("--since", request.period.first.isoformat())
    yield from ("--until", request.period.last.isoformat())
    yield from ("--today", request.today.isoformat())
    for source in request.scope.sources:
        yield from ("--source", source)
    for task_kind in request.scope.kinds:
        yield from ("--kind", task_kind)
    if request.department:
        yield from (kind.department, request.department)
    if request.number is not None:
        yield from ("--number", str(request.number))
    if request.form != MARKDOWN:
        yield from ("--format", request.form)


def _literal(escaped: str) -> str:
    """Markdown's escapes taken back."""
    return re.sub(r"\\([\\`*_\[\]|~#])", r"\1", escaped)
