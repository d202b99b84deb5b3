"""What the screen asks the ledger, and what of it is shown: no word of how it is drawn.

Each question opens the ledger anew, as each command does, and gives its index back: a state that
was held on to would be old, and keep every other program from bringing the index up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ledger.errors import LedgerError
from ledger.model.daytext import read_day
from ledger.model.record import dataclass
from ledger.model.standing import Brief, light_names
from ledger.model.task import STATUSES, heading
from ledger.usecases.looking.background import Background, background
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.list import listed, one
from ledger.usecases.looking.rows import SORTS, Row
from ledger.usecases.looking.suggest import fitting
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.moment import Moment, moment
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Act
from ledger.view.card import card
from ledger.view.problems import problem_lines
from ledger.view.screen import Screen

Say = Callable[[str], object]
_CARD_LINES = 100  # a log of twice as many steps is told in plain lines, as rich is slow
WORST, LIGHT = "light", "灯色"
ORDERS: Mapping[str, str] = {name: LIGHT if name == WORST else heading(name) for name in SORTS}
"""What a list may be sorted by, and what that is called."""


@dataclass(frozen=True, slots=True)
class Door:
    """How a command line comes to a ledger, again and again.

    Attributes:
        open: opens it; takes who is told what is to be said beside the data.
        now: the day it is there.
        act: who does something there, and when.

            Raises: UsageError: nobody is registered.
        today: the day that was given; None where the clock decides.
        legible: a text that was typed, and what it is called.

            Raises: UsageError: it has what no text has.
    """

    open: Callable[[Say], Ledger]
    now: Callable[[Ledger], dt.date]
    act: Callable[[Ledger, dt.date], Act]
    today: dt.date | None
    legible: Callable[[str, str], str]


class Outlook:
    """What somebody looks at: which moment, whose tasks, in which order, having which words.

    Attributes:
        at: the moment as it was named; None for the ledger as it is.
        departments: whose tasks; empty for all.
        sort: one of `ORDERS`, a leading '-' reversing.
        words: what was typed to find something.
        when: the moment.
        tasks: those of these departments, in this order.
        shown: those of them that have all the words.
        organisation, who: of the head; who is empty where nobody is registered.
        names: every name and alias of a department → the canonical one.
        remarks: what is wrong with the ledger, as sentences.
    """

    def __init__(self, door: Door, departments: Sequence[str] = (), at: str | None = None) -> None:
        """Nothing is asked yet."""
        self.door = door
        self.departments, self.at = tuple(departments), at
        self.sort, self.words = WORST, ""
        self.when = Moment("", dt.date.min)
        self.tasks: list[Brief] = []
        self.shown: list[Brief] = []
        self.organisation = self.who = ""
        self.names: Mapping[str, str] = {}
        self.remarks: list[str] = []
        self._lights: Sequence[str] = ()

    @contextmanager
    def opened(self) -> Iterator[Ledger]:
        """The ledger for one question or deed."""
        ledger = self.door.open(self.remarks.append)
        try:
            yield ledger
        finally:
            ledger.index.close()
            ledger.cache.close()

    def ask(self) -> None:
        """See what there is now.

        Raises:
            LedgerError: there is no ledger any more, no such moment, no such department.
        """
        self.remarks = []
        with self.opened() as ledger:
            when = moment(ledger, self.at, self.door.today, self.door.now(ledger))
            listing = listed(ledger, when, Filters(dept=self.departments), self.sort)
            tasks = list(listing.tasks)
            config = config_at(ledger, when.commit)
            self.who = ledger.repo.identity()
        self.when, self.tasks = when, tasks
        self.organisation, self.names = config.organisation, config.canonical()
        first, *others = [*problem_lines(listing.problems)] or [""]
        self.remarks += [first] if first else []
        self.remarks += ["……另有问题，ledger check 全部列出。"] if others else []
        self._lights = light_names(config.lights)
        self.narrow(self.words)

    def narrow(self, words: str) -> None:
        """Show what has all of some words, as `Filters.find` has them; 红灯, 推进中 are words too.

        Raises:
            LedgerError: as `ask` does.
        """
        self.words = words
        every = [word for word in words.split() if not _is_letter(word)]
        if not every:
            self.shown = self.tasks
            return
        with self.opened() as ledger:
            self.shown = list(listed(ledger, self.when, self._filters(every), self.sort).tasks)

    def _filters(self, every: Sequence[str]) -> Filters:
        status = tuple(word for word in every if word in STATUSES)
        light = tuple(word for word in every if word[-1] == "灯" and word[:-1] in self._lights)
        rest = tuple(word for word in every if word not in (*status, *light))
        return Filters(dept=self.departments, status=status, light=light, find=rest)

    @property
    def is_past(self) -> bool:
        """Whether it is an earlier moment, of which nothing can be changed."""
        return bool(self.when.commit)

    @property
    def moment(self) -> str:
        """The moment as it was named, or today."""
        return self.at or self.when.today.isoformat()

    def go_to(self, text: str) -> None:
        """Look at another moment, named by a day in words or figures, or as `--at` names one.

        Args:
            text: empty for the ledger as it is.

        Raises:
            LedgerError: there is no such moment; what is looked at stays.
        """
        before = self.at
        with self.opened() as ledger:
            read = read_day(text, self.door.today or self.door.now(ledger))
        self.at = (read.isoformat() if read else text) or None
        try:
            self.ask()
        except LedgerError:
            self.at = before
            raise

    def row(self, task: Brief) -> Row:
        """All of a task.

        Raises:
            LedgerError: it is gone, or broken.
        """
        with self.opened() as ledger:
            return one(ledger, task.id, self.when)

    def card(self, task: Brief, columns: int, its: Background | None = None) -> list[str]:
        """A task as `show` prints it.

        Args:
            its: what its file does not say of its course; None where that is not known yet.

        Raises:
            LedgerError: it is gone, or broken.
        """
        return list(card(self.row(task), Screen(columns, True, True, _CARD_LINES), its))

    def background(self, task: Brief) -> Background:
        """What a task's file does not say of its course, which history is asked about."""
        with self.opened() as ledger:
            return background(ledger, one(ledger, task.id, self.when), self.when)

    def their_departments(self, typed: str) -> list[tuple[str, str]]:
        """Departments by a beginning of their name or of an alias, in letters too.

        Returns:
            The canonical name of each, and by which alias it is meant, where that is so.
        """
        strange = {name for task in self.tasks for name in (*task.lead, *task.assist)}
        names = {**{name: name for name in sorted(strange)}, **self.names}
        fits = fitting(names.items(), typed) if typed else iter(names.items())
        meant: dict[str, str] = {}
        for name, canonical in fits:
            if typed or name == canonical:
                meant.setdefault(canonical, "" if name == canonical else name)
        return list(meant.items())


def _is_letter(word: str) -> bool:
    """Whether a word is a letter, which spells nothing yet: nothing is left out for it."""
    return len(word) == 1 and word.isascii() and word.isalpha()
