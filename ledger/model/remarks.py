"""What stands beside a time limit: remarks in brackets, numbers of measures, Excel's days.

A cell such as 6月30日（星期三）前 or 1.6月底前；2.12月底前 is taken apart here, and its parts are
read as time limits by the caller; what no part explains leaves the whole open, as ever.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from ledger.model.numerals import PART, read_numeral

_BRACKETS = r"[(（]([^()（）]*)[)）]"
_WEEKDAY = rf"(?:星期|周|礼拜)({PART}|[日天])"
# A remark with such a word may put the time limit off, or take it back.
_UNCERTAIN = (
    "待定|未定|暂|视|另|取消|中止|停|延|推迟|顺|调整|变更|改[为到]|原|或|除|不含|为准|前后|左右|起"
)
_STYLES = (
    rf"[(（](\d{{1,2}}|{PART})[)）]",
    rf"第(\d{{1,2}}|{PART})(?:项|条|款|点|阶段|步|批)[:：]?",
    r"([①-⑳])",
    r"(\d{1,2})[.、．)）]",
    rf"({PART})[、.．]",
)
_BEFORE = r"(?:^|(?<=[;；,，。.\s)）]))\s*"
_BETWEEN = " \t\r\n;；,，。、"
_EXCEL_EPOCH = dt.date(1899, 12, 30)  # of the days since which Excel counts (1900 system)
_SERIAL = r"([1-9]\d{4})(?:\.\d+)?"
_NEAR_YEARS = 5  # years from the plan's in which a bare number may be a day


def without_remarks(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without what stands in brackets in it, and that."""
    remarks = tuple(each.strip() for each in re.findall(_BRACKETS, text))
    return re.sub(_BRACKETS, "", text), remarks


def weekday_of(remark: str) -> int | None:
    """0 for 星期一 to 6 for 星期日, where a remark says nothing else; None otherwise."""
    named = re.fullmatch(_WEEKDAY, remark)
    if named is None:
        return None
    day = 7 if named[1] in "日天" else _number(named[1])
    return day - 1 if day and day <= 7 else None


def is_uncertain(remark: str) -> bool:
    """Whether a remark may mean that the time limit beside it does not hold as it stands."""
    return re.search(_UNCERTAIN, remark) is not None


def names_year(text: str) -> bool:
    """Whether a time limit names its year."""
    return (
        re.search(r"[0-9]{4}|[今本当明去次翌]年", unicodedata.normalize("NFKC", text)) is not None
    )


def numbered(text: str) -> list[str]:
    """The parts of a text that numbers its parts from one on; empty where it does not."""
    for style in _STYLES:
        marks = [*re.finditer(_BEFORE + style if style != _STYLES[2] else style, text)]
        if len(marks) > 1 and not text[: marks[0].start()].strip() and _counts(marks):
            ends = [*(mark.start() for mark in marks[1:]), len(text)]
            return [
                text[mark.end() : end].strip(_BETWEEN)
                for mark, end in zip(marks, ends, strict=True)
            ]
    return []


def excel_day(text: str, year: int) -> dt.date | None:
    """The day that Excel means by a bare number such as 42916; None where it is not near a year.

    A workbook keeps days so, and a cell whose format got lost shows them so.
    """
    serial = re.fullmatch(_SERIAL, unicodedata.normalize("NFKC", text).strip())
    if serial is None:
        return None
    day = _EXCEL_EPOCH + dt.timedelta(days=int(serial[1]))
    return day if abs(day.year - year) <= _NEAR_YEARS else None


def _counts(marks: list[re.Match[str]]) -> bool:
    """Whether the marks count 1, 2, 3 …"""
    return [_number(mark[1]) for mark in marks] == [*range(1, len(marks) + 1)]


def _number(mark: str) -> int | None:
    if "①" <= mark <= "⑳":
        return ord(mark) - ord("①") + 1
    return int(mark) if mark.isdecimal() else read_numeral(mark).place
