"""Places on an axis."""

from __future__ import annotations

import datetime as dt

from ledger.usecases.picturing.axis import Axis, named_days, numbers

D = dt.date


def test_equal_ratios_are_equal_steps_on_a_logarithmic_axis() -> None:
    axis = Axis(10, 10_000, 300, logarithmic=True)
    assert [axis.at(number) for number in (10, 100, 1_000, 10_000)] == [0, 100, 200, 300]
    axis = Axis(10, 10_000, 300, upwards=True, logarithmic=True)
    assert [axis.at(number) for number in (10, 100, 10_000)] == [300, 200, 0]


def test_round_numbers_up_an_axis() -> None:
    assert [each.label for each in numbers(4, Axis(0, 4, 100, upwards=True))] == list("01234")
    assert [each.label for each in numbers(91, Axis(0, 91, 9))] == ["0", "20", "40", "60", "80"]


def marks(first: dt.date, last: dt.date) -> list[tuple[str, str]]:
    axis = Axis(first.toordinal(), last.toordinal(), 300)
    return [(year, day) for _, year, day in named_days(first, last, axis)]


def test_months_are_marked_and_of_a_short_span_its_ends() -> None:
    assert marks(D(2017, 10, 15), D(2018, 2, 1)) == [
        ("2017年", "11月"), ("", "12月"), ("2018年", "1月"), ("", "2月"),
    ]  # fmt: skip
    assert marks(D(2017, 10, 15), D(2017, 11, 2)) == [("2017年", "10月15日"), ("2017年", "11月2日")]
    assert len(marks(D.min, D.max)) <= 7
