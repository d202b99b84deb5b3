"""The heat map: each number in the cell of its day, and what has no cell is said."""

from __future__ import annotations

import datetime as dt
import re

from hypothesis import given
from hypothesis import strategies as st

from ledger.model.config import Config
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import STATUSES, Due, Task
from ledger.model.workdays import WorkCalendar
from ledger.usecases.looking.rows import due_rows, rows
from ledger.usecases.picturing.heat import DueDays, due_days, heat

D = dt.date
TODAY = D(2017, 10, 22)


def tips(svg: str) -> dict[str, int]:
    told = re.findall(r"<title>(\d{4}-\d\d-\d\d)：(\d+)项</title>", svg)
    return {day: int(number) for day, number in told}


CELL = re.compile(
    r'<rect x="([\d.]+)" y="(\d+)"[^>]*><title>\d{4}-\d\d-(\d\d)：(\d+)项</title></rect>\n?'
    r'(?:<rect [^>]*class="over-due"[^>]*/>)?\n?<text x="([\d.]+)" y="(\d+)"[^>]*>(\d+)</text>'
)


def cell(svg: str, column: int) -> list[str]:
    """What cells of a column look like, line by line."""
    x = f"{64 + column * 21:.1f}".removesuffix(".0")
    return re.findall(rf'<rect x="{x}" y="(?:0|21)" width="21" height="21" class="([^"]*)"', svg)


numbers = st.dictionaries(st.dates(D(2016, 1, 1), D(2020, 1, 1)), st.integers(1, 12_000))


@given(numbers)
def test_every_task_is_in_a_cell_or_in_a_sentence(told: dict[dt.date, int]) -> None:
    shown = heat("h", DueDays(told, TODAY))
    drawn = tips(shown.svg)
    assert all(told[D.fromisoformat(day)] == number for day, number in drawn.items())
    cells = CELL.findall(shown.svg)
    assert len(cells) == len(drawn)
    for x, y, day, number, at, below, written in cells:
        assert (float(x), int(y)) == (64 + (int(day) - 1) % 16 * 21, (int(day) - 1) // 16 * 21)
        assert (float(at), int(below), written) == (float(x) + 10.5, int(y) + 15, number)
    rest = re.findall(r"(?:已经逾期|以后到期)的：(\d+)项。", shown.svg)
    assert sum(drawn.values()) + sum(map(int, rest)) == sum(told.values())
    assert shown.rows == tuple((day.isoformat(), str(told[day])) for day in sorted(told))
    if told:
        assert shown.description.startswith(f"{sum(told.values())}项有下一个到期日")


@given(
    st.lists(
        st.builds(
            Task,
            status=st.sampled_from(STATUSES),
            due=st.builds(Due, date=st.none() | st.dates(D(2017, 1, 1), D(2018, 1, 1))),
        ),
        max_size=9,
    )
)
def test_they_count_what_due_lists(told: list[Task]) -> None:
    entries = tuple(Entry(f"{number}.yaml", {}, each) for number, each in enumerate(told))
    every = rows(Snapshot(Config(), entries), TODAY)
    facts = due_days([row.brief for row in every], TODAY)
    assert facts.late == len(due_rows(every, None))
    assert facts.between(TODAY, TODAY + dt.timedelta(30)) + facts.late == len(due_rows(every, 30))


def test_levels_days_off_and_today() -> None:
    told = {D(2017, 10, 2): 1, D(2017, 10, 20): 3, TODAY: 1, D(2017, 10, 30): 40, D(2017, 9, 30): 2}
    shown = heat("h", DueDays(told, TODAY)).svg
    assert cell(shown, 1)[0] == "busy heat1"  # the 2nd, in a holiday
    assert cell(shown, 3)[1] == "busy heat2"  # the 20th
    assert cell(shown, 13)[1] == "busy heat5"
    assert cell(shown, 2) == ["rest", "free"]  # National Day; a Thursday
    assert cell(shown, 13)[0] == "rest"  # a Saturday
    assert shown.count('class="now"') == 2  # in the legend, too
    assert shown.count('class="over-due"') == 3
    assert "2017年10月以前到期、已经逾期的：2项。" in shown
    assert len(re.findall(">10月<", shown)) == 1
    assert ">11月<" not in shown


def test_the_ledgers_own_days_off() -> None:
    calendar = WorkCalendar(holidays=frozenset({D(2017, 10, 18)}))
    assert cell(heat("h", DueDays({}, TODAY), calendar=calendar).svg, 1)[1] == "rest"
    assert cell(heat("h", DueDays({}, TODAY)).svg, 1)[1] == "free"


def test_a_year_whose_holidays_nobody_knows_goes_by_the_week() -> None:
    shown = heat("h", DueDays({}, D(2190, 3, 1))).svg
    assert [cell(shown, day - 1)[0] for day in (5, 6, 7, 8)] == ["free", "rest", "rest", "free"]


def test_the_last_month_of_all() -> None:
    assert ">12月<" in heat("h", DueDays({D.max: 1}, D(9999, 12, 1))).svg


def test_at_most_a_year_is_drawn() -> None:
    shown = heat("h", DueDays({D(2019, 1, 1): 5}, TODAY)).svg
    assert len(re.findall(r">\d+月<", shown)) == 12
    assert "2018年9月以后到期的：5项。" in shown
    at_the_end = heat("h", DueDays({D(2018, 9, 30): 2, D(2017, 10, 1): 3}, TODAY)).svg
    assert tips(at_the_end) == {"2018-09-30": 2, "2017-10-01": 3}
    assert "以后到期的" not in at_the_end
    assert "以前到期" not in at_the_end
