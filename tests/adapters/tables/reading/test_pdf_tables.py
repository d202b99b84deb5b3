"""Joining tables over pages: wherever the pages break, the rows are the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.tables.reading.pdf_tables import Page, joined, page_of

LETTER, LEADING, LINE = 12, 16, 12
EDGES = (50, 90, 242, 322)
HEAD = ["序号", "具体措施", "完成时间"]
WORDS = "健全完善督查检查制度压实主体责任组织开展专项治理通报情况推动整改到位"


def line(x: float, top: float, text: str) -> dict[str, Any]:
    right = x + sum(LETTER * (0.5 if letter.isascii() else 1) for letter in text)
    return {"text": text, "x0": x, "x1": right, "top": top, "bottom": top + 12, "size": LETTER}


def page(rows: list[list[list[str]]]) -> Page:
    """A page with one table; each cell is its lines."""
    cells = []
    top = 60.0
    for row in rows:
        height = LEADING * max(1, *(len(lines) for lines in row)) + 4
        for at, lines in enumerate(row):
            box = [EDGES[at], top, EDGES[at + 1], top + height]
            drawn = [
                line(EDGES[at] + 4, top + 2 + LEADING * number, text)
                for number, text in enumerate(lines)
            ]
            cells.append({"box": box, "lines": drawn})
        top += height
    number = line(300, 800, "— 1 —")
    return page_of({"tables": [{"cells": cells}], "lines": [number], "pictures": 0})


def broken(text: str) -> list[str]:
    return [text[at : at + LINE] for at in range(0, len(text), LINE)]


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[list[str]], list[list[list[list[str]]]]]:
    """The rows of a plan, and its pages: a break between rows, or within a row's measure."""
    texts = []
    pages: list[list[list[list[str]]]] = [[[[name] for name in HEAD]]]
    for number in range(1, draw(st.integers(1, 12)) + 1):
        measure = (WORDS * 2)[: draw(st.integers(3, 60))] + "。"
        due = draw(st.sampled_from(["6月", "每季度", "2021年12月底前"]))
        texts.append([str(number), measure, due])
        lines = broken(measure)
        cut = draw(st.integers(0, len(lines) - 1))
        pages[-1].append([[str(number)], lines[:cut] if cut else lines, broken(due)])
        breaks = draw(st.booleans())
        if cut and breaks:
            pages.append([[[name] for name in HEAD], [[], lines[cut:], []]])
        elif cut:
            pages[-1][-1][1] = lines
        elif breaks:
            pages.append([[[name] for name in HEAD]])
    return texts, pages


@given(plans())
def test_wherever_pages_break_the_rows_are_the_same(
    plan: tuple[list[list[str]], list[list[list[list[str]]]]],
) -> None:
    rows, pages = plan
    [block] = joined([page(each) for each in pages])
    read = [[cell.text for cell in row.cells] for row in block.grid("表1").rows]
    assert read == [HEAD, *rows]


def test_text_between_tables_keeps_them_apart() -> None:
    first = page([[[name] for name in HEAD], [["1"], ["甲。"], ["6月"]]])
    second = page([[[name] for name in HEAD], [["1"], ["乙。"], ["7月"]]])
    heading = page_of(
        {"tables": [], "lines": [line(50, 30, "二、局长责任清单")], "pictures": 0}
    ).lines
    apart = Page(second.tables, (*heading, *second.lines), 0)
    assert len(joined([first, second])) == 1
    assert [[each.text for each in block.before] for block in joined([first, apart])] == [
        [],
        ["二、局长责任清单"],
    ]


FULL = WORDS[:LINE]  # a line without a stop, as one that goes on has it
HEADER = [[name] for name in HEAD]
TWO = [[["1"], ["甲。"], ["6月"]], [["2"], ["乙。"], ["6月"]]]


def rows(*pages: list[list[list[str]]]) -> list[list[str]]:
    """The rows below the header of a table on some pages."""
    [block] = joined([page([HEADER, *each]) for each in pages])
    return [[cell.text for cell in row.cells] for row in block.grid("表1").rows][1:]


def test_two_numbers_are_two_rows_though_a_text_seems_to_go_on() -> None:
    read = rows([*TWO, [["3"], [FULL], ["每季"]]], [[["4"], [FULL], ["每季"]]])
    assert [row[:2] for row in read[2:]] == [["3", FULL], ["4", FULL]]


def test_a_number_on_one_page_is_one_row_though_all_texts_have_ended() -> None:
    """Where cells stand in the middle, the number may be on either page."""
    for first, second in ((["3"], []), ([], ["3"])):
        read = rows([*TWO, [first, ["丙。"], ["6月"]]], [[second, ["丁。"], []]])
        assert read[2:] == [["3", "丙。\n丁。", "6月"]]


def test_a_row_over_three_pages() -> None:
    for at in range(3):
        number = [["3"] if page_number == at else [] for page_number in range(3)]
        read = rows(
            [*TWO, [number[0], [FULL], []]],
            [[number[1], [FULL], []]],
            [[number[2], ["丙。"], ["6月"]], [["4"], ["丁。"], ["7月"]]],
        )
        assert read[2:] == [["3", FULL * 2 + "丙。", "6月"], ["4", "丁。", "7月"]]


def test_rows_without_numbers_of_their_own_are_not_joined_by_them() -> None:
    one = [[[], ["甲。"], ["6月"]], [[], ["乙。"], ["6月"]]]
    other = [[[], ["丙。"], ["6月"]], [[], ["丁。"], ["6月"]]]
    assert len(rows(one, other)) == 4
