"""How wide the columns of a table are, and what is never broken in its cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.tables.writing.widths import POINTS_PER_MM, ems, fit, lines_of, room, wants

SIZE, PADDING, TOTAL = 9.0, 1.0, 156.0
COLUMNS = st.lists(
    st.lists(st.text("审计甲，2017年%- \n", max_size=60), min_size=1, max_size=8),
    min_size=1,
    max_size=12,
)


def wide(*columns: list[str], total: float = TOTAL) -> list[float]:
    """The widths of columns whose first text is the header, in ems."""
    widths = fit([wants(each[0], each[1:]) for each in columns], SIZE, PADDING, total)
    return [(each - 2 * PADDING) * POINTS_PER_MM / SIZE for each in widths]


@given(COLUMNS)
def test_columns_fill_the_table(columns: list[list[str]]) -> None:
    needs = [wants(each[0], each[1:]) for each in columns]
    widths = fit(needs, SIZE, PADDING, TOTAL)
    assert sum(widths) == pytest.approx(TOTAL)
    assert min(widths) > 0
    if room(needs, SIZE, PADDING) <= TOTAL:
        least = [each.least * SIZE / POINTS_PER_MM + 2 * PADDING for each in needs]
        assert all(now >= each - 0.001 for now, each in zip(widths, least, strict=True))


@pytest.mark.parametrize(
    "word",
    ["GZ2017-001", "2017年12月31日", "100.0%", "112天", "长期坚持", "审业部", "2020年12月底前"],
)
def test_a_word_stays_whole_beside_long_texts(word: str) -> None:
    """However much others have to say, letters of the stoutest face included."""
    long = ["说明", "很长的进展情况，" * 40]
    column, *_ = wide(["名", word, ""], long, long, long)
    digits = sum(char.isascii() for char in word)
    part = word.removesuffix("底前")  # which may stand in a line of its own
    assert column >= ems(part) + 0.05 * digits


def test_what_has_most_to_say_gets_most() -> None:
    columns = wide(
        ["编号", "GZ2017-001"], ["措施", "长" * 300], ["进展", "中等" * 20], ["单位", "审业部"]
    )
    assert columns[1] > columns[2] > columns[3]
    lines = [300 / columns[1], 40 / columns[2]]
    assert max(lines) - min(lines) < 3, "about as many lines each"


def test_one_long_cell_does_not_starve_the_others() -> None:
    one_long = ["措施", *["短的措施一条"] * 30, "长" * 2000]
    texts = ["进展", *["反馈意见吸收完毕，初稿定型，报局领导审定"] * 31]
    columns = wide(one_long, texts, *[["单位", "审业部"]] * 6)
    assert columns[1] > 10


def test_short_tables_are_spread_in_proportion() -> None:
    one, other = wide(["甲", "一二三四"], ["乙", "一二三四五六七八"])
    assert other == pytest.approx(one * 2, rel=0.2)


@pytest.mark.parametrize(
    ("text", "lines"), [("", 1), ("一二三", 1), ("一二三四五六", 2), ("一\n二\n三", 3)]
)
def test_lines_of_a_cell(text: str, lines: int) -> None:
    width = 5 * SIZE / POINTS_PER_MM + 2 * PADDING
    assert lines_of(text, width, SIZE, PADDING) == lines


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("办公室", 3), ("（三）", 3), ("2017", 2), ("ZG", 1.5), ("5月", 1.75), ("😀", 1)],
)
def test_width_of_a_text(text: str, width: float) -> None:
    assert ems(text) == width
