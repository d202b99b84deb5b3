"""Percentages that partition a whole sum to 100.0."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.shares import percent, shares


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((68, 21), (76.4, 23.6)),
        ((1, 1, 1), (33.3, 33.4, 33.3)),
        ((0, 0, 7), (0.0, 0.0, 100.0)),
        ((0, 1, 1, 1), (0.0, 33.4, 33.3, 33.3)),
        ((5,), (100.0,)),
        ((0, 0), (0.0, 0.0)),
        ((), ()),
        ((3, 0, 0), (100.0, 0.0, 0.0)),
        ((13, 13, 5, 1), (40.6, 40.6, 15.7, 3.1)),  # equal numbers, equal shares
        ((1, 15), (6.3, 93.7)),  # 6.25: a half goes up, as people reckon
    ],
)
def test_shares(parts: tuple[int, ...], expected: tuple[float, ...]) -> None:
    assert shares(parts) == expected


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=8).filter(any))
def test_they_sum_to_a_hundred_and_are_never_far_off(parts: list[int]) -> None:
    percents = shares(parts)
    assert sum(round(10 * each) for each in percents) == 1000
    assert percents[0] == percent(parts[0], sum(parts))
    for part, each in zip(parts, percents, strict=True):
        assert each >= 0
        assert abs(each - 100 * part / sum(parts)) <= 0.1
        assert part or not each
