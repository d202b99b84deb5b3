"""通报: which bulletin of which commit is asked for, and its text with the line that proves it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from ledger.adapters.git.commit import has_changes
from ledger.adapters.templates import render
from ledger.errors import UsageError
from ledger.model.config import Fonts
from ledger.model.numerals import in_chinese
from ledger.model.paths import PLACES, TEMPLATES
from ledger.model.period import Period, issue, period_of, spelled
from ledger.model.plaintext import markdown
from ledger.model.record import dataclass
from ledger.model.shares import half_up, percent
from ledger.model.snapshot import Snapshot
from ledger.usecases.bulletins.kinds import HTML, KINDS, Facts, Request, refuse_unsound, roll_for
from ledger.usecases.bulletins.request import Wish, short_stamp, wished
from ledger.usecases.bulletins.roll import scoped
from ledger.usecases.looking.rows import UNSET
from ledger.usecases.reading.digest import remembered_digest
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

_PARTS, _FEW_DAYS = 6, 5
_SINGLE = str.maketrans("“”", "‘’")


@dataclass(frozen=True, slots=True)
class Report:
    """A bulletin's facts and where they come from.

    Attributes:
        number: 期号; 0 where it has none, such as before the first issue.
        later: the day of the commit, where that is after the cut-off, so that what has happened
            since is in the numbers too; else None.
    """

    request: Request
    title: str
    number: int
    organisation: str
    commit: str
    digest: str
    facts: Facts
    snapshot: Snapshot
    later: dt.date | None = None


def asked(
    ledger: Ledger, wish: Wish, form: str, when: Moment, fixed: bool
) -> tuple[Request, str, tuple[str, ...]]:
    """The request that a wish comes to, and the commit that it is answered from.

    Args:
        form: of the file: html, or one that is made of Markdown.
        fixed: whether today was given.

    Returns:
        The request, the commit, and what the user is to know (Chinese sentences).

    Raises:
        UsageError: parts of the wish do not go together, or nothing was committed yet.
    """
    request, past = wished(wish, when.today, form)
    if when.commit:
        return request, when.commit, ()
    commit, note = commit_for(ledger, request, past or fixed)
    newer = has_changes(ledger.repo, (*PLACES, TEMPLATES))
    uncommitted = "台账里有还没有提交的改动，它们不在通报里。" if newer else ""
    notes = (note, uncommitted, _hardly_begun(wish, request.period, when.today))
    return request, commit, tuple(filter(None, notes))


def _hardly_begun(wish: Wish, period: Period, today: dt.date) -> str:
    """That a period which nobody has named has little in it yet, and what the last one is called.

    Little is a seventh of it, such as its Monday, and of a year no more than five days.
    """
    if wish.named or wish.since or wish.until:
        return ""
    passed = (today - period.first).days + 1
    if not 0 < passed <= min(_FEW_DAYS, (period.last - period.first).days // _PARTS):
        return ""
    before = period_of(period.kind, period.before)
    asked_by = f"--{KINDS[wish.kind].named_by} {before.name}"
    return f"本{period.unit}才到第 {passed} 天，要上一期的加 {asked_by}。"


def commit_for(ledger: Ledger, request: Request, fixed: bool) -> tuple[str, str]:
    """Which commit a bulletin is made of: the main line's last one at the cut-off.

    Args:
        fixed: whether the cut-off lies in the past, by the period or by `--today`.

    Returns:
        The commit, and a sentence for the user where it is not quite what was asked for.

    Raises:
        UsageError: nothing was committed yet.
    """
    tip = main_tip(ledger)
    if not fixed:
        return tip, ""
    zone = config_at(ledger, tip).calendar.zone
    if commit := ledger.repo.commit_at(request.today, zone, tip):
        return commit, ""
    return tip, (
        f"{request.today.isoformat()} 时台账还没有任何提交，以下按现在的台账统计；"
        "那以后才发生的事也在其中。"
    )


def report(ledger: Ledger, request: Request, commit: str) -> Report:
    """A bulletin's facts.

    Raises:
        UsageError: an unknown department, source or kind.
        LedgerError: a file of the ledger cannot be read at either end, or 勾稽 does not hold.
    """
    end = roll_for(ledger, request, commit)
    refuse_unsound(end)
    roll = scoped(end, request.scope)
    config = end.snapshot.config
    kind = KINDS[request.kind]
    alone = kind.once_a_year and config.reports.numbering != "累计"
    numbered = kind.whole and not alone
    day = ledger.repo.commit_day(commit, config.calendar.zone)
    facts = kind.facts(ledger, request, roll, end)
    name = config.reports.names.get(request.kind) or kind.called(facts) or kind.title
    return Report(
        request=request,
        title=f"{config.organisation}{name}",
        number=request.number or (max(0, issue(request.period, config.reports)) if numbered else 0),
        organisation=config.organisation,
        commit=commit,
        digest=remembered_digest(ledger, commit),
        facts=facts,
        snapshot=end.snapshot,
        later=day if day > request.today else None,
    )


def text_of(ledger: Ledger, report: Report) -> str:
    """A report in the form that was asked for, by the commit's own templates or the shipped ones.

    Its last line tells how to make it again.

    Raises:
        LedgerError: a template is broken.
    """
    values = values_of(report)
    own = own_templates(ledger, report.commit)
    rendered = render(f"{report.request.kind}.md.j2", values, own, FILTERS, tidy=True)
    text = one_blank_line(rendered)
    if report.request.form != HTML:
        return text
    from ledger.adapters.tables.writing.markup import html_text
    from ledger.usecases.bulletins.drawn import leading, pictures  # nothing of it for a text

    request, facts = report.request, report.facts
    values |= {
        "text": html_text(text),
        "pictures": list(pictures(request, facts)),
        "leads": leading(facts),
    }
    return render("report.html.j2", values, own, FILTERS, tidy=True)


def file_of(ledger: Ledger, report: Report, form: str) -> bytes:
    """The same as a file: md, html or docx."""
    text = text_of(ledger, report)
    return text_file(text, report.snapshot.config.fonts, form)


def text_file(text: str, fonts: Fonts, form: str) -> bytes:
    """A text as a file: set as an official document (docx), or as it is."""
    if form != "docx":
        return text.encode()
    from ledger.adapters.tables.writing.official import official_docx

    return official_docx(text, fonts)


def one_blank_line(text: str) -> str:
    """Markdown whose parts are one blank line apart, whatever the template left out."""
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def values_of(report: Report) -> dict[str, Any]:
    """What a bulletin's template may use."""
    config = report.snapshot.config
    return {
        "title": report.title,
        "number": report.number,
        "organisation": report.organisation,
        "kind": report.request.kind,
        "periodic": KINDS[report.request.kind].whole,
        "scope": _scope_words(report),
        "facts": report.facts,
        "lights": config.lights,
        "meetings": bool(config.calendar.meetings),
        "lead_days": config.calendar.lead_days,
        "reply_days": config.reports.reply_days,
        "stamp": short_stamp(report.request, report.commit, report.digest),
        "later": report.later,
    }


def own_templates(ledger: Ledger, commit: str) -> dict[str, bytes]:
    """The ledger's own templates as a commit has them: name → content."""
    files = [
        each
        for each in ledger.repo.tree(commit, TEMPLATES)
        if each.path.count("/") == 1 and each.path.endswith(".j2") and each.mode[:3] == "100"
    ]
    read = ledger.repo.blobs(each.blob for each in files)
    return {
        each.path.rpartition("/")[2]: content
        for each, (_, content) in zip(files, read, strict=True)
    }


def main_tip(ledger: Ledger) -> str:
    """The tip of the main branch; of the current one where there is no main branch."""
    head = ledger.repo.head()
    if head is None:
        raise UsageError("台账还没有任何提交", hint="通报和网页从提交的内容产生，请先写入并提交")
    return ledger.repo.branch_commit(config_at(ledger, head).forge.base) or head


def _scope_words(report: Report) -> str:
    """The part of the ledger it is about, in words; empty for all of it."""
    known = report.snapshot.source_by_id
    scope = report.request.scope
    titles = [known[each].record.title if each in known else each for each in scope.sources]
    return "、".join((*titles, *scope.kinds))


def _day(day: dt.date | None) -> str:
    return f"{day.month}月{day.day}日" if day else "（未填日期）"


def _whole_percent(part: float, whole: float) -> str:
    """A share in whole percent; of amounts with decimals too."""
    return f"{half_up(round(10_000 * part), round(100 * whole))}%" if whole else "0%"


def _flowing(text: str) -> str:
    """A text as a part of a sentence: one line, without the stop at its end."""
    lines = (re.sub(r"[\s。；;，,．.、：:]+$", "", each.strip()) for each in text.splitlines())
    return "；".join(filter(None, lines))


def _quoted(text: str) -> str:
    """A text in quotation marks, those in it made single (GB/T 15834-2011)."""
    return f"“{text.translate(_SINGLE)}”"


def _short(text: str) -> str:
    """The beginning of what a department wrote, for a cell of a table."""
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:60]}……"


FILTERS: dict[str, Any] = {
    "md": lambda text: markdown(str(text)),
    "day": _day,
    "full_day": lambda day: f"{day.year}年{_day(day)}" if day else _day(None),
    "names": lambda names: "、".join(names) or UNSET,
    "signed": lambda number: f"{number:+g}".replace("-", "−") if number else "0",
    "plain": lambda number: f"{number:g}",
    "rate": lambda part, whole: f"{percent(part, whole)}%" if whole else "—",
    "whole": _whole_percent,
    "span": spelled,
    "short": _short,
    "flowing": _flowing,
    "quoted": _quoted,
    "ordinal": in_chinese,
}
