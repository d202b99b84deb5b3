"""Numbers with units in a sentence, as indicators: 新建20家左右保护中心 → 保护中心：20家（约）."""

from __future__ import annotations

import re

from ledger.model.numerals import TIME, read_numeral
from ledger.model.record import dataclass
from ledger.model.sentences import outside_quotations

_UNITS = (
    "个工作日|万人次|亿元|万元|万件|万家|人次|百分点|个百分点|工作日|学时|课时|％|%|家|件|个|项|次|期|场|名|批|所|门|篇|部|份|人|户|套|条"
    "|元|台|处|座|亩|公里|平方米|吨|支"
)
_FEW_UNITS = "家|件|场|名|篇|门"  # of numerals in characters; 三个, 两项 count nothing
_ABOUT = r"左右|上下|余|多"
_FIGURE = re.compile(
    rf"(?P<before>不少于|不低于|不超过|不高于|至少|力争|超过|约|大约|近|达到?|累计|控制在|压减至|缩短[至到])?\s*"
    rf"(?<![第前\d.年月十百])(?<!\d[至—-])(?:(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<over>余|多)?(?P<myriad>万|亿)?(?:余|多)?\s*"
    rf"(?P<unit>{_UNITS}|个月|天)"
    rf"|(?P<numeral>{TIME})(?P<few>{_FEW_UNITS}))"
    rf"(?!月|门|事|季度|工作日内|[之以]?内)\s*(?P<about>{_ABOUT})?(?P<more>以上|以下|以内)?"
)
_WRITTEN = re.compile(
    r"(?P<name>[^:：=＝]+)[:：=＝]\s*(?P<number>-?\d{1,15}(?:,\d{3})*(?:\.\d{1,6})?)\s*"
    r"(?P<unit>[^\d\s（()）=＝:：]{0,8})(?:[（(](?P<bound>约|以上|以内|以下)[)）])?"
)
_NAME_BEHIND = re.compile(r"[\u4e00-\u9fffA-Za-z～、“”·]{2,30}")
_NAME_BEFORE = re.compile(r"[^，。；：、,;:（()）～\d.．]{2,24}$")
_BOUND = {"不少于": "以上", "不低于": "以上", "至少": "以上", "超过": "以上", "不超过": "以内",
          "不高于": "以内", "控制在": "以内"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A number to be reached: what is counted, how many of which unit, and how exactly.

    `bound` is 约, 以上 or 以内, empty for just so many.
    """

    name: str
    number: float
    unit: str
    bound: str = ""

    @property
    def value(self) -> int | float:
        """The number, whole where it is."""
        return int(self.number) if self.number.is_integer() else self.number

    @property
    def called(self) -> str:
        """Its name, with what is not exact about the number: 保护中心（约）."""
        return f"{self.name}（{self.bound}）" if self.bound else self.name

    def __str__(self) -> str:
        """保护中心：20家（约）."""
        number = f"{self.number:.10g}"
        return f"{self.name}：{number}{self.unit}{f'（{self.bound}）' if self.bound else ''}"


def read_figure(text: str) -> Figure | None:
    """A figure as `str` writes it, or as name=number; None for anything else."""
    told = _WRITTEN.fullmatch(text.strip())
    if told is None:
        return None
    number = float(told["number"].replace(",", ""))
    return Figure(told["name"].strip(), number, told["unit"].strip(), told["bound"] or "")


def read_figures(text: str) -> tuple[Figure, ...]:
    """All figures of a cell; empty where one of them is none, or where two have one name."""
    parts = [read_figure(part) for part in re.split("[；;\n]", text) if part.strip()]
    read = tuple(part for part in parts if part)
    once = len({figure.called for figure in read}) == len(read)
    return read if once and len(read) == len(parts) else ()


def figures(sentence: str) -> tuple[Figure, ...]:
    """The numbers with units of a sentence, outside of names and quotations."""
    every = _FIGURE.finditer(outside_quotations(sentence))
    return tuple(_figure(each, sentence) for each in every if each["numeral"] != "一")


def _figure(matched: re.Match[str], sentence: str) -> Figure:
    if matched["numeral"]:
        number, unit = float(read_numeral(matched["numeral"]).count or 0), matched["few"]
    else:
        number, unit = float(matched["number"].replace(",", "")), matched["unit"]
    return Figure(
        _name(matched, sentence), number, f"{matched['myriad'] or ''}{unit}", _bound(matched)
    )


def _bound(matched: re.Match[str]) -> str:
    if matched["about"] or matched["over"] or matched["before"] in ("约", "大约", "近"):
        return "约"
    return matched["more"] or _BOUND.get(matched["before"] or "", "")


def _name(matched: re.Match[str], sentence: str) -> str:
    """What is counted: what follows the number, else what stands before it."""
    behind = re.match(r"[（(]?", sentence[matched.end() :])
    start = matched.end() + (behind.end() if behind else 0)
    if (name := _NAME_BEHIND.match(sentence, start)) and not re.match(r"[，。；、和及]", name[0]):
        return name[0].strip("、“”和及")
    before = _NAME_BEFORE.search(sentence[: matched.start()])
    told = re.sub("^个?[年月日]?[底末]?(?:以?前|内)", "", before[0].strip()) if before else ""
    return re.sub("[已占为达至到]$", "", told) or "数量"
