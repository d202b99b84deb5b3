"""A document in prose: its headings, and its sentences each under the headings it stands under.

Official documents number their headings (一、（一）1.（1）一是) and run them into the paragraph:
the first sentence is the heading, the rest is text. Which numbered sentence is a heading and which
an item of a list is told by what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ledger.model.numerals import PART
from ledger.model.orders import Mood
from ledger.model.record import dataclass
from ledger.model.sentences import sentences

_LEVELS = (
    re.compile(rf"第(?:{PART}|\d+)(?:部分|篇|章|板块)"),
    re.compile(rf"{PART}[、.．]"),
    re.compile(rf"[（(]{PART}[)）]"),
    re.compile(r"\d{1,2}[.．、](?!\d)"),
    re.compile(r"[（(]\d{1,2}[)）]|\d{1,2}[)）]"),
    re.compile(r"[①-⑳]"),
    re.compile(rf"{PART}是(?!否)|第{PART}[，,]"),
)
_FIRST = re.compile(r"第[一1](?:部分|篇|章|板块)|一[、.．是]|[（(][一1][)）]|1[.．、)）]|①")
_SECOND, _LAST = 2, len(_LEVELS) - 1
_LONGEST_TITLE, _LONGEST_LOOSE, _LONGEST_RUN_IN, _LONGEST_SMALL = 60, 40, 90, 30
_NO_HEADING = re.compile(
    r".*[。；;，,、！!？?…]|.*[：:].*|[—─-].*|[（(].*[)）]"
    r"|\d{2,4}\s*年\s*\d{1,2}\s*月.*"
)
_PAST = r"进展|成效|成绩|回顾|总结|做法|情况|整改|(?:情况|工作|进展)的?(?:报告|通报|汇报)|通报"
_FUTURE = (
    "打算|要点|计划|方案|安排|部署|任务|要求|意见|工作|思路|规划|行动|清单|措施|举措|建议|目标|通知"
)
_TALK = "经验|体会|启示|形势|意义|原因|不足|差距|问题"
_AT_END = r"(?:[（(][^（()）]*[)）])?$"
_LABELLED = re.compile(r"[（(]?(?:责任|牵头|主办|承办|配合|完成|整改时)[^。，：:]{0,4}[:：]")
_FROM_NOW = re.compile(r"[^。，]{0,14}(?:下一步|今后|接下来|下一阶段|下阶段)[，,的工]")
_MENDED = re.compile(
    r"(?:对照?|关于|针对)[“\"](.+)[”\"](?:等|的|方面)*(?:突出|具体)?(?:问题)?"
    r"(?:的?(?P<mended>整改)(?:落实)?(?:情况)?)?。?$"
)
_PROBLEM = re.compile(rf"(?:反馈|具体|存在)?问题(?:{PART}|\d+)?\s*[:：、.]\s*(.+)")

_NUMBERED_PROBLEM = re.compile(rf"(?:反馈|具体|存在)?问题(?:{PART}|\d+)\s*[:：、.]")

_Heading = tuple[float, str, str]
"""Level, text and place of a heading; one without a number stands below what it began under."""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph of a document.

    Attributes:
        text: without its marks (Markdown's `**`, `#`).
        place: where it stands (Chinese): 第3行, 第2页第5行.
        level: its outline level where the document has one (0 the highest).
        head: what of its beginning the document marks as a heading.
        row: whether it is a row of a table.
    """

    text: str
    place: str
    level: int | None = None
    head: str = ""
    row: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence where it stands.

    Attributes:
        path: the headings above it, the outermost first; the first words of each are its number.
        paragraph: number of its paragraph; 0 of a heading that nothing stands under.
        mood: whether its part tells of work to be done or of work that was done.
        heading: whether it is a heading without any text below it.
    """

    text: str
    place: str
    path: tuple[str, ...]
    paragraph: int
    mood: Mood = "plan"
    heading: bool = False
    row: bool = False


def title_of(passages: Sequence[TextBlock]) -> tuple[str, tuple[TextBlock, ...]]:
    """The document's title, empty without one, and the passages without it."""
    for number, each in enumerate(passages[:5]):
        if each.row or number_level(each.text) is not None or len(each.text) > _LONGEST_TITLE:
            break
        if each.level == 0 or not _NO_HEADING.fullmatch(each.text):
            return each.text, (*passages[:number], *passages[number + 1 :])
    return "", tuple(passages)


def read_prose(title: str, passages: Sequence[TextBlock]) -> list[Sentence]:
    """Every sentence of the passages in order; headings are on the paths below them."""
    read: list[Sentence] = []
    path: list[_Heading] = []
    unused: list[_Heading] = []
    levels: dict[int | None, float] = {}  # of headings without a number, by their style
    usual = mood_of(title) or "plan"
    from_now = ""  # the part in which the text itself has begun to look forward
    for number, (passage, own, heading) in enumerate(_headed(passages), start=1):
        rest = passage.text
        if heading:
            deepest = max((each for each, _, _ in path), default=-1.0)
            style = passage.level
            level = levels.setdefault(style, deepest + 0.5) if own is None else float(own)
            read += _alone(unused, path, level)
            path = [each for each in path if each[0] < level]
            unused = [(level, heading, passage.place)]
            path += unused
            rest = passage.text[len(heading) :].strip()
        elif own is not None:  # an item ends what stands above it at its level
            read += _alone(unused, path, float(own))
            path = [each for each in path if each[0] < own]
        if not rest:
            continue
        unused = []
        names = tuple(name for _, name, _ in path)
        part = names[0] if names else title
        if _FROM_NOW.search(rest):
            from_now = part
        mood = "plan" if from_now == part else _mood(names, usual)
        texts = [rest] if passage.row else sentences(rest)
        read += [
            Sentence(text, passage.place, names, number, mood, row=passage.row) for text in texts
        ]
    return read + _alone(unused, path, -1)


def problem_in(path: Sequence[str]) -> str:
    """The problem that a heading says was mended: 对“……”等问题的整改; empty without one."""
    named = (_MENDED.search(each) or _PROBLEM.match(each) for each in path)
    return next((each[1].rstrip("。；") for each in named if each), "")


def mood_of(heading: str) -> Mood | None:
    """What a heading announces by its last word; None where it is a sentence, or says nothing."""
    if problem := _MENDED.search(heading):
        return "report" if problem["mended"] else None
    if re.search("[，,。]", heading):
        return None
    moods: tuple[tuple[str, Mood], ...] = ((_PAST, "report"), (_TALK, "talk"), (_FUTURE, "plan"))
    ending = (mood for words, mood in moods if re.search(f"(?:{words}){_AT_END}", heading))
    return next(ending, None)


def _mood(path: Sequence[str], usual: Mood) -> Mood:
    named = (mood_of(heading) for heading in reversed(path[:2]))
    return next((mood for mood in named if mood), usual)


def _alone(unused: Sequence[_Heading], path: Sequence[_Heading], level: float) -> list[Sentence]:
    """A heading that is followed by none below it, kept as a sentence of its own."""
    if not unused or level > unused[0][0]:
        return []
    own, heading, place = unused[0]
    above = tuple(name for each, name, _ in path if each < own)
    return [Sentence(heading, place, above, 0, heading=True)]


def number_level(text: str) -> int | None:
    """How deep a paragraph's number stands: 0 for 第一部分, 1 for 一、 …; None without one."""
    return next((level for level, form in enumerate(_LEVELS) if form.match(text)), None)


def _headed(passages: Sequence[TextBlock]) -> Iterator[tuple[TextBlock, int | None, str]]:
    """Each passage, its number's level and the heading it begins with; "" where it has none."""
    was_item: dict[int, bool] = {}
    for passage, behind in pairwise((*passages, None)):
        assert passage is not None  # noqa: S101 - only the last one is
        level = number_level(passage.text)
        heading = _heading(passage, behind, level, was_item)
        if level is not None:
            was_item = {each: was for each, was in was_item.items() if each < level}
            was_item[level] = not heading
        yield passage, level, heading


def _heading(
    passage: TextBlock, behind: TextBlock | None, level: int | None, was_item: dict[int, bool]
) -> str:
    """The heading that a passage is or begins with."""
    text = passage.text
    if passage.row:
        return ""
    if passage.head:
        return passage.head
    if level is None:
        return text if _is_loose(passage, behind) else ""
    first, rest = _first(text)
    if rest:
        runs_in = _runs_in(first, level) and not _LABELLED.match(rest)
        return first if runs_in and not _goes_on_counting(rest, level) else ""
    if len(text) > _LONGEST_RUN_IN:
        return ""
    if behind is None:
        return "" if was_item.get(level, True) else text
    following = None if behind.row else number_level(behind.text)
    if following == level or (was_item.get(level) and (following is None or following <= level)):
        return ""
    return "" if following is not None and following < level else text


def _goes_on_counting(rest: str, level: int) -> bool:
    """Whether a paragraph counts several items: 一是修订规则。二是建立台账。"""
    return level > _SECOND and any(number_level(each) == level for each in sentences(rest))


def _is_loose(passage: TextBlock, behind: TextBlock | None) -> bool:
    """Whether a passage without a number is a heading: by its style, or short above long text."""
    if passage.level is not None or _NUMBERED_PROBLEM.match(passage.text):
        return len(passage.text) <= _LONGEST_RUN_IN
    if len(passage.text) > _LONGEST_LOOSE or _NO_HEADING.fullmatch(passage.text):
        return False
    if behind is None or behind.row:
        return False
    if number_level(behind.text) is not None:
        return _FIRST.match(behind.text) is not None
    return len(behind.text) > _LONGEST_LOOSE


def _first(text: str) -> tuple[str, str]:
    """The first sentence of a text and the rest."""
    parts = sentences(text)
    return parts[0], text[len(parts[0]) :].strip()


def _runs_in(first: str, level: int) -> bool:
    """Whether the first sentence of a paragraph is the heading of the others."""
    if not first.endswith("。"):
        return False
    if level <= _SECOND:
        return len(first) <= _LONGEST_RUN_IN
    if level == _LAST:
        return len(first) <= _LONGEST_LOOSE
    return len(first) <= _LONGEST_SMALL and not re.search(r"[，,《\d].", first[3:])
