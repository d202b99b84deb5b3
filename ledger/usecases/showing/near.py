"""Which tasks somebody may have meant by a word that is no task's id."""

from __future__ import annotations

from ledger.errors import NotKnown
from ledger.model.choice import nearest
from ledger.usecases.looking.find import tasks_meant, titles
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

_MOST, _CLOSE = 10, 3
_LONGEST = 64  # characters of an id


def tasks_near(ledger: Ledger, error: NotKnown, when: Moment) -> dict[str, str]:
    """Id → title of those that fit a word, or whose ids are much like it, the best first."""
    known = titles(ledger, when)
    if error.known:  # more than one id ends so
        ids = list(error.known)
    else:
        word = error.word[:_LONGEST]
        ids = list(tasks_meant(word, known)) or nearest(word, known, most=_CLOSE)
    return {name: known[name] for name in ids[:_MOST] if name in known}
