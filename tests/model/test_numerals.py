"""Chinese numerals: cardinals, digit strings, and what is deliberately not a number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.numerals import PART, PATTERN, Numeral, in_chinese, read_numeral

PACKAGE = Path(__file__).resolve().parents[2] / "ledger"


def test_they_have_one_home() -> None:
    """Nobody else lists the digits, to read them or to write them."""
    homes = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search("一二两?三四", path.read_text(encoding="utf-8"))
    }
    assert homes == {"model/numerals.py"}


def test_what_is_written_is_read() -> None:
    for number in range(1, 1000):
        written = in_chinese(number)
        read = read_numeral(written)
        assert (read.count, read.place) == (number, number), number
        assert re.fullmatch(PART, written), number


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "零"), (10, "十"), (12, "十二"), (21, "二十一"), (105, "一百零五"), (1010, "一千零一十")],
)
def test_numbers_as_documents_write_them(number: int, written: str) -> None:
    assert in_chinese(number) == written


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("廿", 20),
        ("廿一", 21),
        ("卅", 30),
        ("卅一", 31),
        ("一百", 100),
        ("一百零五", 105),
        ("一百二十", 120),
        ("两百", 200),
        ("九百九十九", 999),
        ("007", 7),
        ("1〇", 10),
    ],
)
def test_other_cardinals(text: str, count: int) -> None:
    assert read_numeral(text).count == count


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("2017", "2017"),
        ("二〇一七", "2017"),
        ("二○一七", "2017"),
        ("二零一七", "2017"),
        ("二0一七", "2017"),
        ("二OO九", "2009"),
        ("2〇17", "2017"),
        ("一七", "17"),
    ],
)
def test_digit_strings(text: str, digits: str) -> None:
    assert read_numeral(text).digits == digits


def test_two_digits_are_no_cardinal() -> None:
    assert read_numeral("一二") == Numeral(None, None, "12")


def test_liang_counts_but_names_no_month() -> None:
    assert read_numeral("两") == Numeral(2, None, "")


@pytest.mark.parametrize("text", ["零", "〇", "一百五", "十十", "零五", "一百零二十", "百", "两十"])
def test_not_a_number(text: str) -> None:
    assert read_numeral(text).count is None


def test_long_digits_are_no_count() -> None:
    assert read_numeral("9" * 200) == Numeral(None, None, "9" * 200)


@given(st.from_regex(PATTERN, fullmatch=True))
def test_whatever_matches_is_read_or_refused(text: str) -> None:
    read = read_numeral(text)
    assert read.count is None or 0 <= read.count <= 9999
    assert read.place in (None, read.count)
    assert re.fullmatch("[0-9]*", read.digits)
