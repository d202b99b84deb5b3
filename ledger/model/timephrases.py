"""Time limits inside a sentence: 2021年6月底前, 每季度, 到2025年, （2月）; not 2020年印发的.

What may be one is found here, and is one if `read_deadline` can read it.
"""

from __future__ import annotations

import re

from ledger.model.deadline import read_deadline
from ledger.model.numerals import PART, PATTERN, TIME
from ledger.model.sentences import outside_quotations

_NUM = rf"(?:\d{{1,2}}|{PART})"
_YEAR = rf"(?:(?:\d{{4}}|{PATTERN})\s*年度?|[今本当明次翌]年)"
_DASH = r"\s*(?:-|—|－|–|~|～|至|到|、|和)\s*"
_MONTH = rf"{_NUM}\s*月份?(?:\s*{_NUM}\s*日|[上中下]旬)?"
_PERIOD = rf"(?:第?{_NUM}季度|[上下]半年)"
_POINT = rf"(?:{_YEAR}\s*)?(?:{_MONTH}|{_PERIOD}|年)|{_YEAR}"
_BOUND = r"(?:底以?前|[底末初中]|年底前|以前|之前|前|底|末|内|底之前)"
_UNITS = r"(?:个?工作日|日|天|周|个月|年|个季度)"
_COUNT = rf"(?:\d{{1,3}}|{TIME}|半)"
_EVERY = rf"(?:每|按)(?:{_COUNT}个)?(?:季度末?|月|半年|年度?|周|两周|旬)"
_CANDIDATES = re.compile(
    "|".join(
        (
            rf"(?:自?收到[^，。]{{0,8}}|自?印发之日起|自?反馈之日起|自?即日起)?{_COUNT}\s*{_UNITS}(?:之|以)?内",
            rf"(?:{_POINT}){_DASH}(?:{_YEAR}\s*)?{_MONTH}{_BOUND}?",
            rf"{_NUM}{_DASH}{_NUM}\s*月份?{_BOUND}?",
            rf"(?:{_POINT})\s*{_BOUND}{{1,2}}",
            rf"(?:{_YEAR})?年(?:底前?|末前?|内|终前?)|年底以?前|年底|年内",
            rf"(?:{_YEAR})?(?:[上下]半年|第?{_NUM}季度)",
            rf"{_EVERY}(?:最后一个月|首月|末月)?(?:底前?|{_NUM}日前?)?",
            rf"(?<=到)\s*(?:{_YEAR}(?:{_MONTH})?|{_MONTH})",
            r"(?:国庆节?|春节|元旦|“?五一”?|中秋节?|清明节?|端午节?)(?:之|以)?前",
            r"(?<![一-鿿])(?:全年|长期坚持|立行立改|即知即改|立即整改|即日起)(?![一-鿿])",
            r"长期坚持(?![一-鿿])|(?<![一-鿿])(?:立行立改|即知即改)",
        )
    )
)
_IN_BRACKETS = re.compile(r"[（(]([^（()）]{2,30})[)）]")
# 由2016年, 截至2020年底, 2016年的: what has been, or what the time belongs to.
_NO_LIMIT_BEFORE = re.compile(
    r"(?:建立|健全|完善|制定|落实|由|自|从|截至|截止|截止到|以|比|较|近)\s*$"
)
_NO_LIMIT_BEHIND = re.compile(
    r"\s*(?:的|以来|(?:印发|发布|出台|制定|修订)的|度(?!假)|计划|工作要点|期间[^，]*[已了])|人口"
)
_BEFORE_TIME = re.compile(r"(?:力争|争取|确保|计划|拟|要|须|应|必须|原则上|最迟|于|在|到)*")


def time_limits(sentence: str, year: int) -> tuple[str, ...]:
    """The time limits that a sentence names, as it has them, each once.

    Args:
        year: what months without a year belong to.
    """
    plain = outside_quotations(sentence)
    limits: dict[str, None] = {}
    for bracket in _IN_BRACKETS.finditer(plain):
        if _is_limit(bracket[1], year):
            limits[bracket[1].strip()] = None
            plain = plain.replace(bracket[0], "（" + "～" * (len(bracket[0]) - 2) + "）", 1)
    for candidate in _CANDIDATES.finditer(plain):
        phrase = candidate[0].strip()
        before, behind = plain[: candidate.start()], plain[candidate.end() :]
        if _NO_LIMIT_BEFORE.search(before) or _NO_LIMIT_BEHIND.match(behind):
            continue
        if _is_limit(phrase, year):
            limits[phrase] = None
    return tuple(limits)


def without_time(clause: str) -> str:
    """A clause without the time limit that it begins with: 9月底前新建两处 → 新建两处."""
    begin = _BEFORE_TIME.match(clause)
    start = begin.end() if begin else 0
    limit = _CANDIDATES.match(clause, start)
    return clause[limit.end() :].lstrip(" ，,") if limit else clause


def _is_limit(phrase: str, year: int) -> bool:
    """Whether a phrase can be read, or could be if one knew from which day on it counts."""
    read = read_deadline(phrase, year)
    counts = re.search(rf"{_COUNT}\s*{_UNITS}(?:之|以)?内$", phrase) is not None
    return read.kind != "open" or counts or (phrase[:1] == "每" and phrase[-1:] == "前")
