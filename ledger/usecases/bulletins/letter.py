"""What somebody asks for of a letter (督办单), beside what it tells."""

from __future__ import annotations

import datetime as dt

from ledger.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """What is asked for of a letter; what is empty is left to be filled in by hand, or to rules.

    Attributes:
        number: 文号, such as 督办〔2017〕12号.
        contact: whom to ask, and where; that of ledger.yaml where it is empty.
        reply_by: the last day for an answer; so many working days as ledger.yaml says for None.
    """

    number: str = ""
    contact: str = ""
    reply_by: dt.date | None = None


NO_WISHES = Letter()
"""A letter of which nothing is asked."""
