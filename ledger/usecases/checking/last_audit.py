"""What an audit has found, for readers: as far as it was kept, or anew; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.adapters.git.walk import Commit, ancestry, line_of, makers_of
from ledger.model.record import dataclass, replace
from ledger.model.telling import silent
from ledger.model.zone import local
from ledger.usecases.checking.audit import beginning_of, checkpoint_of, still_true
from ledger.usecases.checking.findings import Audited, ClosingStep, Offence, PolicyStep, kept_of
from ledger.usecases.checking.line import history_of, judge_line
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger


@dataclass(frozen=True, slots=True)
class LastAudit:
    """What was kept of an audit.

    Attributes:
        last: the last commit that was judged; empty where nothing is kept.
        steps: how many steps of the main line were judged; `left`: how many have come since.
        since: the commit after which audits begin; empty for the beginning of history.
        made: by id, the commits that are named, their day in the ledger's time zone.
    """

    last: str
    steps: int
    left: int
    since: str
    findings: tuple[Offence, ...]
    closings: tuple[ClosingStep, ...]
    policies: tuple[PolicyStep, ...]
    made: dict[str, Commit]


def last_audit(ledger: Ledger, when: Moment) -> LastAudit:
    """The findings that were kept up to a moment, of what is still a part of history.

    Raises:
        LedgerError: ledger.yaml does not say by its id where audits begin.
    """
    head = when.commit or ledger.repo.head()
    if not head:
        return LastAudit("", 0, 0, "", (), (), (), {})
    start = beginning_of(ledger, config_at(ledger, head))
    line = line_of(ancestry(ledger.repo, head, start), head)
    kept = still_true(checkpoint_of(ledger, start).entries(), line)
    steps = sum(each["steps"] for each in kept)
    return _told(ledger, start, line, steps, [kept_of(each) for each in kept])


def audited_anew(ledger: Ledger, commit: str) -> LastAudit:
    """The same of all that has led to a commit, judged now: of nothing that was kept anywhere.

    Raises:
        LedgerError: as `last_audit` does.
    """
    start = beginning_of(ledger, config_at(ledger, commit))
    history = history_of(ledger, start, commit)
    judged = [some for _, some in judge_line(ledger, history, 0, silent)]
    return _told(ledger, start, history.line, len(history.line), judged)


def _told(
    ledger: Ledger, start: str, line: Sequence[str], steps: int, judged: Sequence[Audited]
) -> LastAudit:
    """Args: steps: how many of the line are judged."""
    if not line:
        return LastAudit("", 0, 0, start, (), (), (), {})
    last = line[steps - 1] if steps else ""
    findings = tuple(each for some in judged for each in some.findings)
    named = dict.fromkeys(filter(None, (last, *(each.commit for each in findings))))
    zone = config_at(ledger, line[-1]).calendar.zone
    made = {
        name: replace(each, date=local(each.date, zone)[:10])
        for name, each in makers_of(ledger.repo, list(named)).items()
    }
    return LastAudit(
        last, steps, len(line) - steps, start, findings,
        tuple(each for some in judged for each in some.closings),
        tuple(each for some in judged for each in some.policies),
        made,
    )  # fmt: skip
