"""How wide the columns of a table are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.tables.writing.wordfile import ems, shared_widths

WIDTHS = st.lists(st.floats(1, 500), min_size=1, max_size=20)


@given(WIDTHS, st.floats(10, 300))
def test_columns_fill_the_table(needed: list[float], total: float) -> None:
    widths = shared_widths(needed, total)
    assert sum(widths) == pytest.approx(total)
    assert min(widths) > 0
    ordered = sorted(zip(needed, widths, strict=True))
    assert [width for _, width in ordered] == pytest.approx(sorted(widths)), "the order is kept"


def test_the_widest_gives_way_first() -> None:
    assert shared_widths([20, 100, 30, 80], 150) == [20, 50, 30, 50]
    assert shared_widths([10, 20], 60) == [20, 40]


@pytest.mark.parametrize(
    ("text", "wide"),
    [("", 0), ("办公室", 3), ("（三）", 3), ("2017", 2), ("ZG", 1.5), ("5月", 1.75), ("😀", 1)],
)
def test_width_of_a_text(text: str, wide: float) -> None:
    assert ems(text) == wide
