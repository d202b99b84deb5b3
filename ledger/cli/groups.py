"""Groups of options that commands share: at which moment, in which form."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ledger.cli import options
from ledger.cli.frame import OptionGroup
from ledger.cli.session import Session
from ledger.model.record import dataclass
from ledger.usecases.reading.moment import Moment, moment
from ledger.usecases.reading.open import Ledger


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reading command begins with.

    Attributes:
        form: how the result is printed, one of those that the command knows.
        now: today.
        when: the moment that `--at` names.
    """

    ledger: Ledger
    form: str
    now: dt.date
    when: Moment

    def moment(self, name: str) -> Moment:
        """Another moment, named as `--at` names one."""
        return moment(self.ledger, name, None, self.now)


def begun(here: Session, form: str, at: str | None, listed: bool = False) -> Reading:
    """What a command begins with that prints a form of its own choice.

    Args:
        listed: whether it will ask which tasks there are: the index looks at the files meanwhile.
    """
    ledger = here.open()
    if listed and at is None:
        ledger.index.begin()
    now = here.now(ledger)
    return Reading(ledger, form, now, moment(ledger, at, here.today, now))


def tables(
    here: Session,
    form: options.Format = None,
    json: options.Json = False,
    at: options.At = None,
) -> Reading:
    """A result that is a table."""
    return begun(here, options.chosen_format(form, json), at)


def pictures(
    here: Session,
    form: options.Format = None,
    json: options.Json = False,
    at: options.At = None,
) -> Reading:
    """A table of tasks that may be drawn, too."""
    return begun(here, options.chosen_format(form, json, options.PICTURES), at, listed=True)


def tellings(
    here: Session,
    form: options.Telling = None,
    json: options.Json = False,
    at: options.At = None,
) -> Reading:
    """A result that is told in lines."""
    return begun(here, options.chosen_format(form, json, options.TELLINGS), at)


def comparing(here: Session, form: options.Telling = None, json: options.Json = False) -> Reading:
    """What is told of two moments that the command itself names."""
    return tellings(here, form, json)


def moments(here: Session, at: options.At = None) -> Reading:
    """A result that has a form of its own, or none."""
    return begun(here, "", at)


def opened(here: Session) -> Ledger:
    """Nothing but the ledger."""
    return here.open()


Tables = Annotated[Reading, OptionGroup(tables)]
Pictures = Annotated[Reading, OptionGroup(pictures)]
Tellings = Annotated[Reading, OptionGroup(tellings)]
Comparing = Annotated[Reading, OptionGroup(comparing)]
Moments = Annotated[Reading, OptionGroup(moments)]
Opened = Annotated[Ledger, OptionGroup(opened)]
