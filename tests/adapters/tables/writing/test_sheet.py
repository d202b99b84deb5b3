"""What all writers share: the two header rows, what is merged."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger.adapters.tables.writing.sheet import (
    Sheet,
    SheetColumn,
    groups,
    merges,
    shown,
)


def sheet(columns: str, *rows: str) -> Sheet:
    """Columns and cells by letters: an upper-case column is merged."""
    made = tuple(SheetColumn(name, 10, merged=name.isupper()) for name in columns)
    return Sheet("", "", made, [tuple(row) for row in rows])


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), ("a", "a"), (3, "3"), (0.764, "76.4%"), (dt.date(2017, 10, 2), "2017-10-02")],
)
def test_values_as_text(value: str | float | dt.date | None, text: str) -> None:
    assert shown(value) == text


def test_groups_stand_over_neighbours() -> None:
    columns = [SheetColumn(name, 9, group) for name, group in zip("abcdef", "-XX-YY", strict=True)]
    columns = [SheetColumn(c.title, 9, c.group.strip("-")) for c in columns]
    assert list(groups(columns)) == [(0, 0, "a"), (1, 2, "X"), (3, 3, "d"), (4, 5, "Y")]


def test_two_groups_beside_each_other() -> None:
    columns = [SheetColumn(name, 9, group) for name, group in zip("abc", "XYY", strict=True)]
    assert list(groups(columns)) == [(0, 0, "X"), (1, 2, "Y")]


def test_equal_texts_become_one_cell() -> None:
    table = sheet("AxB", "p1q", "p2q", "p3r", "s4r", "s5t")
    assert list(merges(table)) == [(0, 0, 2), (0, 3, 4), (2, 0, 1)]


def test_nothing_is_merged_that_is_empty_or_alone() -> None:
    rows = [("", "x"), ("", "x"), ("p", "x"), ("q", "x")]
    table = Sheet("", "", (SheetColumn("A", 1, merged=True), SheetColumn("b", 1)), rows)
    assert list(merges(table)) == []
    assert list(merges(Sheet("", "", table.columns, []))) == []
