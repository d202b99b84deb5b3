"""今天: what `ledger` shows, as a leader wants it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.adapters.http.exchange import Asked
from ledger.model.config import WEEKDAYS, Config
from ledger.model.record import dataclass
from ledger.model.task import CLOSED, REVIEWED
from ledger.usecases.looking.glance import by_due, by_state, by_status, closed_between, endings
from ledger.usecases.looking.rows import UNSET
from ledger.usecases.looking.status import SHOWN, Part, Today, today_picture
from ledger.usecases.picturing.bars import bars, splits_of
from ledger.usecases.picturing.curve import Ending, closings, curve
from ledger.usecases.picturing.heat import DueDays, heat
from ledger.usecases.reading.load import config_at
from ledger.view.web.lines import TaskLine, cards, late, lit, task_lines
from ledger.view.web.scene import Scene, WebPage

if TYPE_CHECKING:
    from ledger.usecases.picturing.svg import Picture

_SPAN = 90  # days of the curve


@dataclass(frozen=True, slots=True)
class Portion:
    """Some tasks: what they are, how many, the first of them, and where all are listed."""

    name: str
    called: str
    count: int
    lines: tuple[TaskLine, ...]
    href: str


def page(scene: Scene, key: str, asked: Asked) -> WebPage:
    """The page."""
    ledger, when = scene.ledger, scene.when
    numbers, config = today_picture(ledger, when), config_at(ledger, when.commit)
    values = {
        "numbers": numbers,
        "weekday": WEEKDAYS[when.today.weekday()],
        "cards": cards(scene, numbers.count, config.lights),
        "lights": lit(scene, by_state(ledger, when), config.lights),
        "portions": list(_portions(scene, numbers, config)),
        "pictures": list(_pictures(scene, config)) if numbers.count.total else [],
    }
    title = when.today.isoformat() if scene.at else "今天"
    return WebPage(title, "today", values, numbers.problems)


def _portions(scene: Scene, numbers: Today, config: Config) -> Iterator[Portion]:
    """What presses, what is under way, and what was achieved; each only where there is some."""
    today = scene.when.today
    sunday = today.toordinal() + 7 - today.isoweekday()
    week = {
        "due_after": today.isoformat(),
        "due_before": dt.date.fromordinal(min(sunday, dt.date.max.toordinal())).isoformat(),
        "sort": "due",
    }
    closed = closed_between(scene.ledger, scene.when, today.replace(day=1), today, SHOWN)
    parts: tuple[tuple[str, str, Part, dict[str, str]], ...] = (
        ("overdue", "逾期", numbers.overdue, late(today)),
        ("week", "本周到期", numbers.this_week, week),
        ("waiting", "待上会", numbers.waiting, {"status": REVIEWED}),
        ("closed", "本月销号", closed, {"status": CLOSED}),
    )
    for name, called, part, query in parts:
        if part.count:
            lines = task_lines(scene, part.tasks, config)
            yield Portion(name, called, part.count, lines, scene.to("list", **query))


def _pictures(scene: Scene, config: Config) -> Iterator[Picture]:
    """The curve of closings, the bars of departments, the days on which tasks are due."""
    ledger, when = scene.ledger, scene.when
    first = dt.date.fromordinal(max(1, when.today.toordinal() - _SPAN))
    ends = (Ending(*each) for each in endings(ledger, when))
    if facts := closings(ends, when.today, first):
        yield curve("closings", facts, f"近 {_SPAN} 天销号进度")
    days = DueDays(by_due(ledger, when), when.today)
    if days.total:
        yield heat("due-days", days, "到期日分布", config.calendar.work)
    if splits := splits_of(by_status(ledger, when, "lead")):
        names = [each.name for each in splits if each.name != UNSET]
        hrefs = {name: href for name in names if (href := scene.to("dept", name))}
        yield bars("departments", splits, "各部门事项", hrefs=hrefs)
