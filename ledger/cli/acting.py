"""What a writing command begins with: the ledger, who acts, when, and whether it is committed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated

from ledger.cli import options
from ledger.cli.frame import OptionGroup
from ledger.cli.session import Session, day, say
from ledger.errors import UsageError
from ledger.model.record import dataclass, replace
from ledger.usecases.reading.identities import nobody
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Act
from ledger.usecases.writing.edit import Done, refuse_future


@dataclass(frozen=True, slots=True)
class Acting:
    """A ledger that is written to.

    Attributes:
        by: `--by`, else git's user.name; empty where neither says anything.
        date: the day that is written down.
        today: the day it is.
        commit: whether what is written is committed.
    """

    ledger: Ledger
    by: str
    date: dt.date
    today: dt.date
    commit: bool

    def latest(self, of: Callable[[Ledger], str]) -> Callable[[], str]:
        """What the ledger last had of something, to be offered where it is asked for."""
        return lambda: of(self.ledger)

    @property
    def act(self) -> Act:
        """The same as the act that it is, by somebody.

        Raises:
            UsageError: nobody knows by whom.
        """
        if not self.by:
            raise nobody("不知道由谁办理", "用 --by 写明，或", UsageError)
        return Act(self.by, self.date, self.today, self.commit)


def recording(
    here: Session,
    by: options.By = None,
    on: options.On = None,
    no_commit: options.NoCommit = False,
) -> Acting:
    """Somebody writes down what has rules of its own about its day."""
    ledger = here.open()
    acts = somebody(ledger, by, here.now(ledger), not no_commit)
    return replace(acts, date=day(on, "--date")) if on else acts


def acting(acts: Records) -> Acting:
    """Somebody writes down what was done by today."""
    refuse_future(acts.date, acts.today)
    return acts


def somebody(ledger: Ledger, by: str | None, now: dt.date, commit: bool = True) -> Acting:
    """Somebody does something today, to a ledger that is open already."""
    return Acting(ledger, (by or ledger.repo.identity()).strip(), now, now, commit)


def proposing(here: Session, by: options.By = None, on: options.On = None) -> Acting:
    """The same, always committed."""
    return recording(here, by, on)


def today(here: Session, by: options.By = None) -> Acting:
    """Somebody does what is always done today."""
    return recording(here, by)


Records = Annotated[Acting, OptionGroup(recording)]
Acts = Annotated[Acting, OptionGroup(acting)]
Proposes = Annotated[Acting, OptionGroup(proposing)]
ActsToday = Annotated[Acting, OptionGroup(today)]


def report(done: Done, sentence: str) -> None:
    """Tell what was done to a task, field by field where it is short."""
    from ledger.view.done import done_lines

    say(*done_lines(done, sentence))
