"""What the last audit found, as far as it was kept; nothing is judged and nothing is written."""

from __future__ import annotations

from ledger.adapters.git.walk import Commit, ancestry, line_of, makers_of
from ledger.model.record import dataclass, replace
from ledger.model.zone import local
from ledger.usecases.checking.audit import beginning_of, checkpoint_of, still_true
from ledger.usecases.checking.findings import ClosingStep, Offence, PolicyStep, kept_of
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
    config = config_at(ledger, head)
    start = beginning_of(ledger, config)
    line = line_of(ancestry(ledger.repo, head, start), head)
    kept = still_true(checkpoint_of(ledger, start).entries(), line)
    judged = [kept_of(each) for each in kept]
    steps = sum(each["steps"] for each in kept)
    last = line[steps - 1] if steps else ""
    findings = tuple(each for some in judged for each in some.findings)
    named = dict.fromkeys(filter(None, (last, *(each.commit for each in findings))))
    zone = config.calendar.zone
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
