"""Which bulletin is asked for, and the line by which anybody can make the same one again."""

from __future__ import annotations

import datetime as dt
import html
import re
import shlex
from collections.abc import Iterator, Mapping

from ledger.errors import UsageError
from ledger.model.choice import one_of
from ledger.model.period import Period, period_of, span
from ledger.model.period import named as period_named
from ledger.model.record import dataclass, replace
from ledger.usecases.bulletins.facts import Scope
from ledger.usecases.bulletins.kinds import HTML, KINDS, MARKDOWN, Request, kind_with

_BEGINNING = "校验：ledger report "
_STAMP = re.compile(
    rf"{_BEGINNING}(?P<words>[^\n]+?) · 提交 (?P<commit>[0-9a-f]{{12,64}})"
    r" · 摘要 (?P<digest>sha256:[0-9a-f]{64}|[0-9a-f]{16,64})"
)
_COMMIT, _DIGEST = 12, 16  # of their hexadecimal digits so many are printed
_ALGORITHM = "sha256:"
_VERIFIED = "（校验行）"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a bulletin's last line says: how to make it again, from what, and the seal of that.

    Attributes:
        options: the words after `ledger report KIND`.
        commit, digest: as they were printed, whole or only the beginning of each.
    """

    kind: str
    options: tuple[str, ...]
    commit: str
    digest: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for, option by option; nothing of it is known to be right.

    Attributes:
        kind: a word that should be one of `KINDS`.
        named: the periods that are named: `week`, `month`, `quarter`, `year` → which one.
        since, until: the period's first and last day, or the cut-off.
        departments: option → the department that it names; empty where it names none.
        number: 期号 when the ledger's own numbering is not wanted.
    """

    kind: str
    named: Mapping[str, str]
    since: dt.date | None
    until: dt.date | None
    departments: Mapping[str, str]
    scope: Scope
    number: int | None


def stamp_line(request: Request, commit: str, digest: str) -> str:
    """How a bulletin can be made again, with the whole ids of what it was made of."""
    words = shlex.join((request.kind, *_options(request)))
    return f"{_BEGINNING}{words} · 提交 {commit} · 摘要 {digest}"


def short_stamp(request: Request, commit: str, digest: str) -> str:
    """The same as the last line of every form, short enough for one line of a page."""
    short = digest.removeprefix(_ALGORITHM)[:_DIGEST]
    return stamp_line(request, commit[:_COMMIT], short)


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
    return Stamp(kind, tuple(options), last["commit"], last["digest"].removeprefix(_ALGORITHM))


def without_stamp(line: str) -> str:
    """A line of a bulletin as it is to be compared: a stamp is proved by what it leads to."""
    return _STAMP.sub(_VERIFIED, html.unescape(line)) if "校验" in line else line


def before_stamp(packed: str) -> str:
    """What stands before the last stamp of a text that has neither blanks nor marks."""
    text, begun, _ = packed.rpartition(re.sub(r"[：\s]", "", _BEGINNING))
    return text if begun else packed


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
        period = _stamped_period(stamp.kind, given)
        today = dt.date.fromisoformat(given["--today"][0]) if "--today" in given else period.last
        number = int(given["--number"][0]) if "--number" in given else None
    except (KeyError, ValueError, UsageError):
        words = [""]
    if words:
        raise UsageError("校验行看不懂", hint="请核对这一行是否完整、有没有被改动过")
    return Request(
        stamp.kind,
        period,
        today,
        Scope(tuple(given.get("--source", ())), tuple(given.get("--kind", ()))),
        (given.get("--dept") or given.get("--explain") or [""])[0],
        number,
        given.get("--format", [MARKDOWN])[0],
    )


def _stamped_period(kind: str, given: Mapping[str, list[str]]) -> Period:
    """The period of a stamp's options; of a span of days both ends are told.

    Raises:
        KeyError, ValueError, UsageError: they tell of none.
    """
    usual = KINDS[kind]
    if usual.named_by and (name := given.get(f"--{usual.named_by}")):
        return period_named(usual.period, name[0])
    last = dt.date.fromisoformat(given["--until"][0])
    first = dt.date.fromisoformat(given.get("--since", given["--until"])[0])
    return span(usual.period, first, last)


def wished(wish: Wish, today: dt.date, form: str) -> tuple[Request, bool]:
    """The request that a wish comes to, and whether its cut-off lies before today.

    Args:
        form: of the file: html, or one that is made of Markdown.

    Raises:
        UsageError: there is no such kind, or something that is named does not go with it.
    """
    kind = KINDS[one_of(wish.kind, tuple(KINDS), "通报种类")]
    request, past = request_for(wish.kind, _period(wish, today), today, wish.until)
    request = replace(
        request,
        scope=wish.scope,
        department=_department(wish),
        number=wish.number,
        form=HTML if form == HTML else MARKDOWN,
    )
    if request.number is not None and not kind.takes_number:
        raise UsageError(f"{kind.title}没有期号", hint="请去掉 --number")
    return request, past


def _department(wish: Wish) -> str:
    kind = KINDS[wish.kind]
    if kind.asks and not wish.departments[kind.department]:
        hint = f"请用 {kind.department} 写明，如 {kind.department} 办公室"
        raise UsageError("没有写是哪个部门", hint=hint)
    named = {option: name for option, name in wish.departments.items() if name}
    for option in named:
        if option != kind.department:
            owner = kind_with(option)
            hint = f"请写成 ledger report {owner} {option} 部门"
            raise UsageError(f"{option} 只用于 {owner}", hint=hint)
    return named.get(kind.department, "")


def _period(wish: Wish, today: dt.date) -> Period | None:
    """The period that is named; None for the one of today.

    Raises:
        UsageError: more than one is named, or one that does not go with the kind.
    """
    kind = KINDS[wish.kind]
    names = [*wish.named, *(["since"] if wish.since else [])]
    if len(names) > 1 or (wish.until and wish.named):
        raise UsageError("统计期写重了", hint="只用一种写法：--week 等，或 --since 和 --until")
    if names and names[0] not in ((kind.named_by, "since") if kind.named_by else ()):
        raise UsageError(f"--{names[0]} 不能用于 {wish.kind}", hint="见 ledger report --help")
    if wish.named:
        return period_named(kind.period, wish.named[kind.named_by])
    if not wish.since and not (wish.until and kind.whole):
        return None
    if not wish.since or (kind.whole and not wish.until):
        raise UsageError(
            "--since 和 --until 要一起写", hint="例如 --since 2017-10-16 --until 2017-10-22"
        )
    return span(kind.period, wish.since, wish.until or period_of(kind.period, today).last)


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
    if kind.named_by and request.period.regular:
        yield from (f"--{kind.named_by}", request.period.name)
    else:
        if not kind.of_a_day:
            yield from ("--since", request.period.first.isoformat())
        yield from ("--until", request.period.last.isoformat())
    if request.today != request.period.last:
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
