"""Text that stands before tables: the document's title, and the parts its tables belong to.

A responsibility list prints one leader after another, each with a heading and a table of its own;
readers give what stands before each table, and this module says what it means.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from ledger.adapters.tables.grid import Grid
from ledger.adapters.tables.reading.departments import looks_like_department
from ledger.adapters.tables.reading.rowkind import heading_level, is_remark, is_signing
from ledger.model.numerals import PART, PATTERN
from ledger.model.record import dataclass, replace

LONGEST_HEADING = 60
_LOOSE = 9  # the level of a heading without a number or a style: within all others
_NO_HEADING = re.compile(
    rf"(?:续表|接上表|续上表)[\d -]*(?:{PART})?|"
    r"附件\s*\d*[:：]?|单位[:：].*|[（(].*[)）]|\d+|.*[。；;，,、]"
)
_ATTACHED = re.compile(r"附件\s*\d*")
_DAY = re.compile(rf"(?:\d{{4}}|{PATTERN})\s*年.{{1,4}}月.{{1,4}}日")
_NUMBERING = re.compile(
    rf"^(?:第(?:{PART}|\d+)部分|{PART}[、.．]|[（(](?:{PART}|\d+)[)）]|\d+[、.．])\s*"
)
_LIST_NAME = re.compile(
    r"(?:的)?(?:全面从严治党|主体|监督|领导|巡视|整改|工作)*(?:责任|任务|问题|措施)?(?:清单|台账|分工表|一览表)$"
)
_POST = (
    "[\u4e00-\u9fff]{0,12}(?:书记|局长|主任|组长|委员|成员|处长|司长|部长|科长|院长|所长|会长|"
    "秘书长|巡视员|调研员|总工程师|总会计师|负责人)"
)
_PERSON = re.compile(
    rf"{_POST}(?:[、，/兼及\s]+{_POST})*"
    r"(?:[（(][^（()）]{1,12}[)）]|\s+[\u4e00-\u9fff·]{2,6}(?:同志)?|[\u4e00-\u9fff·]{2,4}同志)?"
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph outside tables; `level` is its outline level (0 the highest), None for text."""

    text: str
    level: int | None = None


def under_headings(
    grids: Iterable[Grid], blocks: Sequence[Sequence[Paragraph]]
) -> tuple[Grid, ...]:
    """The tables with the document's title, and the headings that each of them stands under.

    A table that only has room for who signs is none of them, where there are others.

    Args:
        blocks: for each table the paragraphs since the one before it.
    """
    tables = list(zip(grids, blocks, strict=True))
    tables = [each for each in tables if not all(map(is_signing, each[0].rows))] or tables
    title, by_table = _title([_headings(block) for _, block in tables])
    path: list[tuple[int, str]] = []
    placed = []
    for (grid, _), headings in zip(tables, by_table, strict=True):
        for level, text in headings:
            path = [*(each for each in path if each[0] < level), (level, text)]
        placed.append(replace(grid, title=title, part=tuple(text for _, text in path)))
    return tuple(placed)


def person_in(heading: str) -> str:
    """The post or person whose list a heading announces: 一、党组书记责任清单 → 党组书记; or ""."""
    named = _named(heading)
    return named if _PERSON.fullmatch(named) else ""


def department_in(heading: str, known: Collection[str] = ()) -> str:
    """The department whose list a heading announces: 办公室任务清单 → 办公室; or ""."""
    named = _named(heading)
    is_list = _LIST_NAME.search(heading) is not None
    return named if named in known or (is_list and looks_like_department(named, known)) else ""


def _named(heading: str) -> str:
    return _LIST_NAME.sub("", _NUMBERING.sub("", heading.strip())).strip()


def _headings(block: Sequence[Paragraph]) -> list[tuple[int, str]]:
    """(level, text) of the headings among paragraphs; without a number only the last ones count.

    Behind 附件 a letter has ended, and what it sends along begins.
    """
    texts = [(Paragraph(" ".join(each.text.split()).rstrip(":："), each.level)) for each in block]
    texts = [each for each in texts if each.text and not _DAY.fullmatch(each.text)]
    attached = [at for at, each in enumerate(texts) if _ATTACHED.fullmatch(each.text)]
    texts = texts[attached[-1] + 1 :] if attached else texts
    headings = []
    for place, paragraph in enumerate(texts):
        text = paragraph.text
        if not _is_short(text) or _NO_HEADING.fullmatch(text) or is_remark(text):
            continue
        level = heading_level(text)
        level = paragraph.level if level is None else level
        if level is None and any(not _is_short(after.text) for after in texts[place + 1 :]):
            continue  # body text follows: it is a heading of that
        headings.append((_LOOSE if level is None else level, text))
    return headings


def _is_short(text: str) -> bool:
    return len(text) <= LONGEST_HEADING


def _title(by_table: list[list[tuple[int, str]]]) -> tuple[str, list[list[tuple[int, str]]]]:
    """The title that stands before the first table, and the headings without it."""
    if not by_table:
        return "", by_table
    first = by_table[0]
    loose = [text for level, text in first if level in (0, _LOOSE) and heading_level(text) is None]
    if not loose:
        return "", by_table
    numbered = len(loose) < len(first)
    others = any(level == _LOOSE for headings in by_table[1:] for level, _ in headings)
    if len(by_table) == 1 or (not others and not numbered):
        titles = loose
    elif numbered or len(loose) > 1:
        titles = loose[:1] if others else loose
    else:
        titles = []
    rest = [each for each in first if each[1] not in titles]
    return "\n".join(titles), [rest, *by_table[1:]]
