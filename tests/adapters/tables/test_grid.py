"""Grids: merged cells spread out, texts cleaned, bounds kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.tables import grid
from ledger.adapters.tables.grid import (
    Cell,
    GridRow,
    Span,
    assemble,
    choose_name,
    clean_text,
    column_name,
)
from ledger.errors import LedgerError


def _row(line: int, *texts: str) -> GridRow:
    return GridRow(line, tuple(Cell(text) for text in texts))


def test_merged_text_is_at_every_position_and_knows_where_it_begins() -> None:
    rows = [_row(1, "要点", "甲"), _row(2, "", "乙"), _row(3, "丙")]
    made = assemble("表", rows, [Span(1, 2, 0, 0)])
    assert [row.cells[0].text for row in made.rows] == ["要点", "要点", "丙"]
    assert [row.cells[0].above for row in made.rows] == [False, True, False]
    assert [row.cells[0].own for row in made.rows] == [True, False, True]


def test_merged_to_the_right() -> None:
    made = assemble(
        "表", [_row(1, "一、总体", "", ""), _row(2, "甲", "乙", "丙")], [Span(1, 1, 0, 2)]
    )
    assert [(cell.text, cell.left) for cell in made.rows[0].cells] == [
        ("一、总体", False),
        ("一、总体", True),
        ("一、总体", True),
    ]


def test_blank_rows_are_left_out_and_lines_stay() -> None:
    made = assemble("表", [_row(1, "甲"), _row(2, "", ""), _row(7, "", "乙")])
    assert [row.line for row in made.rows] == [1, 7]
    assert {len(row.cells) for row in made.rows} == {2}


def test_a_merge_that_begins_in_a_blank_row_or_beyond_the_table_has_no_text() -> None:
    rows = [_row(2, "甲", "乙"), _row(3, "丙", "丁")]
    made = assemble("表", rows, [Span(1, 3, 0, 0), Span(2, 3, 9, 12), Span(50, 60, 0, 1)])
    assert [[cell.text for cell in row.cells] for row in made.rows] == [["", "乙"], ["", "丁"]]


def test_a_merge_over_the_whole_sheet_is_clipped() -> None:
    made = assemble("表", [_row(1, "甲", ""), _row(2, "乙", "丙")], [Span(1, 1_048_576, 0, 16_383)])
    assert [cell.text for row in made.rows for cell in row.cells] == ["甲"] * 4


@pytest.mark.parametrize(
    ("bound", "value", "rows", "spans"),
    [
        ("MAX_ROWS", 2, [_row(line, "甲") for line in range(1, 5)], []),
        ("MAX_COLUMNS", 2, [_row(1, "甲", "乙", "丙")], []),
        ("MAX_TEXT", 5, [_row(1, "甲乙丙丁"), _row(2, "戊己")], []),
        ("MAX_TEXT", 5, [_row(1, "甲乙"), _row(2, "丙"), _row(3, "丁")], [Span(1, 3, 0, 0)]),
        ("MAX_COVERED", 3, [_row(1, "甲", "乙"), _row(2, "丙", "丁")], [Span(1, 2, 0, 1)]),
    ],
)
def test_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch, bound: str, value: int, rows: list[GridRow], spans: list[Span]
) -> None:
    monkeypatch.setattr(grid, bound, value)
    with pytest.raises(LedgerError, match="表“大表”太大"):
        assemble("大表", rows, spans)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  甲\u3000", "甲"),
        ("甲\r\n乙\r丙\u2028丁\x0b戊", "甲\n乙\n丙\n丁\n戊"),
        ("甲_x000D_\n乙_x000D_丙", "甲\n乙\n丙"),
        ("\ufeff甲\u200b\u202e乙\x07", "甲乙"),
        ("甲\t乙", "甲 乙"),
    ],
)
def test_clean_text(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@given(st.text())
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    once = clean_text(raw)
    if "_x000" not in once.lower():
        assert clean_text(once) == once
    assert not any(char < " " and char != "\n" for char in once)


@given(st.integers(0, 16_383), st.integers(0, 16_383))
def test_column_names_are_ordered_as_a_spreadsheet_orders_them(first: int, second: int) -> None:
    names = column_name(first), column_name(second)
    assert ((len(names[0]), names[0]) < (len(names[1]), names[1])) == (first < second)


def test_column_name() -> None:
    assert [column_name(i) for i in (0, 25, 26, 701, 702, 16_383)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(LedgerError, match="没有名为“丙”的工作表") as caught:
        choose_name(["甲", "乙"], "丙", "工作表")
    assert "“甲”、“乙”" in caught.value.hint
    assert choose_name(["甲", "乙"], "乙", "工作表") == "乙"
