"""What lists of pages consist of: a task as a row, numbers as cards, lights with their counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from ledger.model.config import Config
from ledger.model.lights import Lights
from ledger.model.record import dataclass
from ledger.model.standing import Brief
from ledger.model.task import (
    APPLIED,
    CANCELLED,
    CLOSED,
    IN_PROGRESS,
    NOT_STARTED,
    ONGOING,
    REVIEWED,
)
from ledger.usecases.looking.status import Count
from ledger.view.rows import left
from ledger.view.web.scene import Scene

Query = Mapping[str, str | Sequence[str]]
MOST = 100  # tasks of a page
_ASKED = APPLIED, REVIEWED
_LAST = dt.date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Named:
    """A text that may lead somewhere; `href` is empty where it does not."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column.

    Attributes:
        href: lists the same in the order of the column; empty where it is no order.
        order: as `aria-sort` has it; empty where it is no order.
    """

    text: str
    href: str
    order: str


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as a list of a page shows it.

    Attributes:
        due: in words; day: as a date, empty where there is none.
        state: as `Brief` has it.
    """

    id: str
    href: str
    title: str
    lead: tuple[Named, ...]
    due: str
    day: str
    left: str
    overdue: bool
    status: str
    light: str
    state: str


@dataclass(frozen=True, slots=True)
class Card:
    """A number that is to be seen first, what it counts, and where these tasks are listed."""

    label: str
    number: str
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Lit:
    """How many tasks have a light."""

    name: str
    state: str
    number: int
    href: str


def task_lines(scene: Scene, tasks: Iterable[Brief], config: Config) -> tuple[TaskLine, ...]:
    """Tasks as rows."""
    canonical, known = config.canonical(), dict[str, Named]()

    def led(name: str) -> Named:
        if name not in known:
            known[name] = Named(name, scene.to("dept", canonical.get(name, name)))
        return known[name]

    return tuple(
        TaskLine(
            task.id,
            scene.to("task", task.id),
            task.title,
            tuple(map(led, task.lead)),
            task.due.isoformat() if task.due else task.due_text,
            task.due.isoformat() if task.due else "",
            left(task),
            task.overdue,
            task.status,
            task.light,
            task.state,
        )
        for task in tasks
    )


def cards(scene: Scene, count: Count, lights: Lights, scope: Query | None = None) -> list[Card]:
    """A group's numbers; each leads to its tasks.

    Args:
        scope: the filters that choose the group; None for all tasks.
    """
    today, its = scene.when.today, scope or {}
    until = dt.date.fromordinal(min(today.toordinal() + lights.due_soon_days, _LAST)).isoformat()

    def card(label: str, number: int, note: str = "", **query: str | Sequence[str]) -> Card:
        return Card(
            label, str(number), scene.to("list", **{**its, **query}) if number else "", note
        )

    waiting = f"其中按时申请 {count.waiting}" if count.waiting else ""
    soon = {"due_after": today.isoformat(), "due_before": until, "sort": "due"}
    shown = (
        card("事项", count.total),
        card("已销号", count.closed, f"{count.rate}%", status=CLOSED),
        card("逾期", count.overdue, **late(today)),
        card(f"{lights.due_soon_days} 天内到期", count.due_soon, **soon),
        card("申请销号、待上会", count.applied + count.reviewed, waiting, status=_ASKED),
        card("推进中", count.in_progress, status=IN_PROGRESS),
        card("未启动", count.not_started, status=NOT_STARTED),
        *[card("长期坚持", count.ongoing, status=ONGOING)] * bool(count.ongoing),
        *[card("已中止", count.cancelled, status=CANCELLED)] * bool(count.cancelled),
    )
    return list(shown)


def late(today: dt.date) -> dict[str, str]:
    """The filters that choose what is overdue, the worst first."""
    if today == dt.date.min:
        return {"due_before": today.isoformat(), "sort": "due"}
    return {"due_before": (today - dt.timedelta(days=1)).isoformat(), "sort": "due"}


def lit(
    scene: Scene, numbers: Mapping[str, int], lights: Lights, scope: Query | None = None
) -> list[Lit]:
    """Lights with their counts, the worst first; two that are called alike are one.

    Args:
        numbers: tasks by state, in the order of `STATES`.
        scope: the filters that choose the group; None for all tasks.
    """
    states: dict[str, tuple[str, int]] = {}
    for state, number in numbers.items():
        name = str(getattr(lights, state))
        first, so_far = states.get(name, (state, 0))
        states[name] = (first, so_far + number)
    return [
        Lit(name, state, number, scene.to("list", **{**(scope or {}), "light": name}))
        for name, (state, number) in states.items()
    ]
