"""Numbers as Chinese documents write them: 12, 十二, 廿一, 一百二十, 二〇一七."""

from __future__ import annotations

import re

from ledger.model.record import dataclass

_ONES = "一二三四五六七八九"
_DIGITS = {"〇": 0, "○": 0, "◯": 0, "零": 0, "O": 0, "o": 0} | {
    char: value for value, char in enumerate(_ONES, start=1)
}
_TENS = {"十": 10, "廿": 20, "卅": 30}
_CARDINAL = re.compile(
    rf"(?:(?P<hundreds>[两{_ONES}])百)?(?P<zero>零)?"
    rf"(?P<tens>[{_ONES}]?十|廿|卅)?(?P<ones>[{_ONES}])?"
)
_MAX_COUNT_DIGITS = 4

_PLACES = ("", "十", "百", "千")
_CHINESE = f"〇○◯零两{_ONES}十百廿卅"
# Only inside a run of Chinese numerals are 0 and the letter O zeros: 二0一七, 二OO九.
PATTERN = rf"(?:[0-9][0-9〇○◯]*|[{_CHINESE}][{_CHINESE}0Oo]*)"
PART = f"[{_ONES}十百零]+"  # by which parts are numbered: 一、（十二）第一百零一章
TIME = f"[两{_ONES}十]{{1,3}}"  # hours and minutes


@dataclass(frozen=True, slots=True)
class Numeral:
    """What one written number can stand for.

    count: a quantity (两 in 两个月), up to 9999; None when it is not one.
    place: a month, a day, a quarter: one or two digits or a proper cardinal. 一二 is not 12, since
        一二月 may as well be January and February; 两 is a quantity only.
    digits: the ASCII digits where it is written digit by digit (二〇一七), else "".
    """

    count: int | None
    place: int | None
    digits: str


def read_numeral(text: str) -> Numeral:
    """Read a match of PATTERN; every field is empty for what is not a number at all."""
    digits = _digit_string(text)
    if text.isascii() or (digits and text[0].isascii()):
        count = int(digits) if len(digits) <= _MAX_COUNT_DIGITS else None
        return Numeral(count, count if len(digits) <= 2 else None, digits)
    count = _cardinal(text)
    return Numeral(count, None if text == "两" else count, digits)


def in_chinese(number: int) -> str:
    """Counting numerals from 0 to 9999: 12 → 十二, 105 → 一百零五."""
    digits = str(number)
    text = "".join(
        f"{_ONES[int(digit) - 1]}{place}" if digit != "0" else "零"
        for digit, place in zip(digits, reversed(_PLACES[: len(digits)]), strict=True)
    )
    text = re.sub("零+", "零", text).rstrip("零") or "零"
    return text.removeprefix("一") if text.startswith("一十") else text


def _digit_string(text: str) -> str:
    """二〇一七 and 2017 → "2017"; "" when a character is not a digit."""
    digits = [char if char in "0123456789" else str(_DIGITS.get(char, "")) for char in text]
    return "".join(digits) if all(digits) else ""


def _cardinal(text: str) -> int | None:
    """二十一 → 21, 两 → 2, 一百零五 → 105; None for anything else, zero and 一百五 included."""
    if text == "两":
        return 2
    match = _CARDINAL.fullmatch(text)
    if match is None:
        return None
    hundreds, zero, tens, ones = match.group("hundreds", "zero", "tens", "ones")
    if zero and not (hundreds and ones and not tens):
        return None
    if hundreds and ones and not (zero or tens):
        return None
    total = 100 * (2 if hundreds == "两" else _DIGITS[hundreds or "零"]) + _DIGITS[ones or "零"]
    if tens:
        total += _TENS[tens[-1]] * _DIGITS[tens[0] if len(tens) > 1 else "一"]
    return total or None
