"""What every web page begins with, and what it is before it becomes HTML."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from ledger.model.problem import Problem
from ledger.model.record import dataclass, field

if TYPE_CHECKING:
    from ledger.usecases.checking.last_audit import LastAudit
    from ledger.usecases.looking.rows import Row
    from ledger.usecases.reading.moment import Moment
    from ledger.usecases.reading.open import Ledger
    from ledger.usecases.showing.past import Past


class Links(Protocol):
    """How pages name one another: by addresses of a server, or by files of a folder."""

    def __call__(self, page: str, key: str = "", /, **query: Any) -> str:
        """What a link to a page says; empty where there is no such page.

        Args:
            page: a name of `routes.PAGES`.
            key: which of its kind, such as a task's id.
            query: what the address asks for besides; None and empty values are left out.
        """


@dataclass(frozen=True, slots=True)
class Scene:
    """What a page is made from.

    Attributes:
        now: today.
        at: the moment that the address names, as it has it; empty for the working tree.
        when: the same moment.
        to: makes links, which keep `at`.
        is_live: whether a server answers, so that a page may be asked again with other filters.
        past: tells a task's past where it was looked up for many tasks at once.
        row: likewise a task by its whole id; None where there is none that can be read.
        audit: what an audit of just this moment has found, where there was one.
        house: what `frame.house_of` says of the ledger, where many pages are made of one.
    """

    ledger: Ledger
    now: dt.date
    at: str
    when: Moment
    to: Links
    is_live: bool = True
    past: Callable[[Row], Past] | None = None
    row: Callable[[str], Row | None] | None = None
    house: Mapping[str, str] | None = None
    audit: LastAudit | None = None


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a page says; `frame` makes HTML of it.

    Attributes:
        title: its heading, and the title of its window before the organisation's name.
        template: its name in templates/pages, without `.html.j2`.
        values: what the template may use beside those of every page.
        problems: what is wrong with the ledger it was made from, which no page passes over.
        part: the name in `routes.PAGES` that the navigation marks.
        status: of HTTP.
    """

    title: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    part: str = ""
    status: int = 200
