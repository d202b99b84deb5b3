"""The index says what a snapshot says: every list, count, order, group, day and problem."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import UsageError
from ledger.model.choice import one_of
from ledger.model.snapshot import Snapshot
from ledger.model.standing import track
from ledger.model.task import REVIEWED
from ledger.usecases.bulletins.roll import roll_of, roll_when
from ledger.usecases.looking import asking
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.glance import by_due, by_state, by_status, closed_between, endings
from ledger.usecases.looking.list import answered, due, excerpt, listed
from ledger.usecases.looking.rows import Row, due_rows, grouped, rows, sorted_rows
from ledger.usecases.looking.status import (
    SHOWN,
    STATUS_GROUPS,
    Part,
    Status,
    Today,
    count,
    counts,
    status,
    today_picture,
)
from ledger.usecases.picturing.bars import splits, splits_of
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger
from ledger.view import table
from ledger.view.rows import list_table
from ledger.view.screen import Screen
from ledger.view.table import draw
from tests.adapters.files.index.ways import opened, snapshot_of
from tests.conftest import MakeLedger
from tests.turns import LONG
from tests.usecases.looking.ledgers import (
    BY,
    FILTERS,
    GROUPINGS,
    LEDGERS,
    MOMENTS,
    ORDERS,
    TEXTS,
    WITHIN,
    write,
)

QUESTIONS = st.tuples(MOMENTS, FILTERS, ORDERS, GROUPINGS, WITHIN, st.booleans(), BY)
PIPE = Screen(80, terminal=False, colour=False)
Question = tuple[dt.date, Filters, str, str, int, bool, str]


def outcome(way: Callable[[Any, Question], Any], of: object, asked: Question) -> Any:
    """What comes of it, be it a refusal."""
    try:
        return way(of, asked)
    except UsageError as error:
        return error.message, error.hint


def listed_in(snapshot: Snapshot, asked: Question) -> Any:
    day, filters, sort, group, *_ = asked
    selected = rows(snapshot, day, filters)
    tasks = [row.brief for row in (sorted_rows(selected, sort) if sort else selected)]
    groups = grouped(tasks, group, snapshot.departments) if group else {}
    return snapshot.problems, tasks, list(groups.items())


def listed_by(ledger: Ledger, asked: Question) -> Any:
    day, filters, sort, group, *_ = asked
    result = listed(ledger, Moment("", day), filters, sort, group)
    assert len(result.tasks) == len(list(result.tasks))
    return result.problems, list(result.tasks), list((result.groups or {}).items())


def drawn_in(snapshot: Snapshot, asked: Question) -> tuple[list[str], list[str]]:
    tasks = listed_in(snapshot, (*asked[:3], "", *asked[4:]))[1]
    return [task.id for task in tasks], list(draw(list_table(tasks), PIPE))


def drawn_by(ledger: Ledger, asked: Question) -> tuple[list[str], list[str]]:
    """The table as it is made of many tasks: more than one is many here."""
    day, filters, sort, *_ = asked
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "_KEPT", 1)
        patch.setattr(table, "_HELD", 1)
        tasks = listed(ledger, Moment("", day), filters, sort).tasks
        return [task.id for task in tasks], list(draw(list_table(tasks), PIPE))


def due_in(snapshot: Snapshot, asked: Question) -> Any:
    day, filters, _, _, within, overdue, _ = asked
    pressing = due_rows(rows(snapshot, day, filters), None if overdue else within)
    late = sum(row.standing.overdue for row in pressing)
    return snapshot.problems, [row.brief for row in pressing], late


def due_by(ledger: Ledger, asked: Question) -> Any:
    day, filters, _, _, within, overdue, _ = asked
    result = due(ledger, Moment("", day), filters, within, overdue)
    return result.problems, list(result.tasks), result.late


def status_in(snapshot: Snapshot, asked: Question) -> Any:
    day, by = asked[0], one_of(asked[-1], STATUS_GROUPS, "分组方式")
    every, lights = [row.brief for row in rows(snapshot, day)], snapshot.config.lights
    groups = counts(every, by, lights, snapshot.departments)
    return Status(snapshot.problems, day, by, count("", every, lights), groups)


def status_by(ledger: Ledger, asked: Question) -> Any:
    return status(ledger, Moment("", asked[0]), asked[-1])


def today_in(snapshot: Snapshot, asked: Question) -> Today:
    day = asked[0]
    every = rows(snapshot, day)
    dated = due_rows(every, 7 - day.isoweekday())

    def part(rows: list[Row]) -> Part:
        return Part(len(rows), tuple(row.brief for row in rows[:SHOWN]))

    return Today(
        snapshot.problems,
        snapshot.config.organisation,
        count("", [row.brief for row in every], snapshot.config.lights),
        part([row for row in dated if row.standing.overdue]),
        part([row for row in dated if not row.standing.overdue]),
        part([row for row in every if row.task.status == REVIEWED]),
    )


def today_by(ledger: Ledger, asked: Question) -> Today:
    return today_picture(ledger, Moment("", asked[0]))


def excerpt_in(snapshot: Snapshot, asked: Question) -> Any:
    problems, tasks, _ = listed_in(snapshot, (*asked[:3], "", *asked[4:]))
    return problems, len(tasks), tasks[asked[4] % 3 :][:2]


def excerpt_by(ledger: Ledger, asked: Question) -> Any:
    day, filters, sort, _, within, *_ = asked
    part = excerpt(ledger, Moment("", day), filters, sort, within % 3, 2)
    return part.problems, part.total, list(part.tasks)


def glance_in(snapshot: Snapshot, asked: Question) -> Any:
    selected, every = (rows(snapshot, asked[0], filters) for filters in (asked[1], None))
    states = Counter(row.standing.state for row in selected)
    ended = [(row, track(row.task)) for row in every]
    first, last = span_of(asked)
    closed = [row.brief for row, its in ended if its.closed and first <= its.closed <= last]
    ends = [(row.task.status, its.closed, its.deadline) for row, its in ended]
    days = Counter(row.standing.due for row in selected if row.standing.due)
    return dict(states), (len(closed), closed[:2]), ends, dict(days)


def glance_by(ledger: Ledger, asked: Question) -> Any:
    when = Moment("", asked[0])
    closed = closed_between(ledger, when, *span_of(asked), 2)
    states = dict(by_state(ledger, when, asked[1]))
    closings = closed.count, list(closed.tasks)
    return states, closings, list(endings(ledger, when)), dict(by_due(ledger, when, asked[1]))


def bars_in(snapshot: Snapshot, asked: Question) -> Any:
    by = one_of(asked[-1], STATUS_GROUPS, "分组方式")
    return splits([row.brief for row in rows(snapshot, asked[0])], by, snapshot.departments)


def bars_by(ledger: Ledger, asked: Question) -> Any:
    by = one_of(asked[-1], STATUS_GROUPS, "分组方式")
    return splits_of(by_status(ledger, Moment("", asked[0]), by))


def span_of(asked: Question) -> tuple[dt.date, dt.date]:
    """Some days before today."""
    last = asked[0].toordinal()
    return dt.date.fromordinal(max(1, last - asked[4])), asked[0]


def roll_in(snapshot: Snapshot, asked: Question) -> Any:
    return list(roll_of(snapshot, asked[0]).lines.items())


def roll_by(ledger: Ledger, asked: Question) -> Any:
    return list(roll_when(ledger, Moment("", asked[0])).lines.items())


WAYS = (
    (listed_in, listed_by),
    (drawn_in, drawn_by),
    (due_in, due_by),
    (status_in, status_by),
    (today_in, today_by),
    (excerpt_in, excerpt_by),
    (glance_in, glance_by),
    (bars_in, bars_by),
    (roll_in, roll_by),
)


@pytest.fixture
def root(make_ledger: MakeLedger) -> Iterator[Path]:
    return make_ledger(0, commit=False).root


@settings(
    max_examples=2000 if LONG else 25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    files=LEDGERS,
    changed=st.none() | LEDGERS,
    questions=st.lists(QUESTIONS, min_size=6, max_size=12),
)
def test_the_index_says_what_a_snapshot_says(
    root: Path, files: dict[str, str], changed: dict[str, str] | None, questions: list[Question]
) -> None:
    """Of a new index, and of one that has been brought up from another ledger."""
    shutil.rmtree(root / ".git" / "ledger", ignore_errors=True)
    for each in (files, changed):
        if each is None:
            continue
        write(root, each)
        snapshot = snapshot_of(root)
        with opened(root) as ledger:
            ledger.index.refresh()
            assert answered(ledger, Moment("", dt.date(2017, 6, 30)), bool)
            for asked in questions:
                for by_snapshot, by_index in WAYS:
                    assert outcome(by_index, ledger, asked) == outcome(by_snapshot, snapshot, asked)


def test_the_index_knows_how_wide_rows_are(make_ledger: MakeLedger) -> None:
    """One odd text after another makes a column as wide as it is, and no wider."""
    texts = [text for text in TEXTS if "\t" not in text and "\n" not in text] + ["  两  端  "]
    odd = [
        {"tags": [f"{number} {column}"], **values}
        for number, text in enumerate(texts)
        for column, values in (
            ("title", {"title": text}),
            ("lead", {"lead": [text, "办公室"]}),
            ("due", {"due": {"text": text}}),
        )
        for values in (values, {"title": "一", "lead": []})
    ]
    late = [{"tags": ["late"], "due": {"text": "早", "date": f"2017-0{n}-28"}} for n in (1, 2)]
    lights, compared = {"overdue": "红红红", "normal": "绿"}, 0
    with opened(make_ledger([*odd, *late], config={"lights": lights}).root) as ledger:
        for tag in dict.fromkeys(each["tags"][0] for each in (*odd, *late)):
            asked = (dt.date(2017, 6, 30), Filters(tag=(str(tag),)), "", "", 0, False, "")
            tasks = list(listed(ledger, Moment("", asked[0]), asked[1], "").tasks)
            assert drawn_by(ledger, asked)[1] == list(draw(list_table(tasks), PIPE)), tag
            compared += len(tasks) == 2  # where no file is refused for its text
    assert compared > 60
