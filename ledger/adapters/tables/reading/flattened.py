"""A table that somebody made plain text of: its cells one after another, its lines broken.

Where a PDF's table was copied as text, the header comes again on every page, a cell is some lines
of about one width, departments and time limits are short lines of their own or the last words of a
line, and a page's end cuts cells in two. The rules below read that back, column by column; what a
cell merged over several rows says is printed once and holds until another one comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ledger.adapters.tables.reading.departments import looks_like_department
from ledger.adapters.tables.reading.fieldnames import field_of
from ledger.adapters.tables.reading.rowkind import heading_level
from ledger.model.deadline import read_deadline
from ledger.model.numerals import PART
from ledger.model.people import names_in
from ledger.model.record import dataclass, field

_HEADERS = 2  # a header that comes again is a table's
_NAMES = 3
_PAGE_NUMBER = re.compile(r"[-—–\s·第共页/]*\d*[-—–\s·第共页/\d]*")
_ENDED = ("。", "；", "！", "？", ";", "：", ":")
_OPEN_DUE = re.compile(
    r"待定|适时|另行\S{0,6}|(?:根据|视|待|按)\S{2,20}(?:执行|部署|安排|情况|通知|要求)"
)
_NUMBERED = re.compile(
    rf"\d{{1,2}}(?P<sign>[、.．])(?!\d)|(?P<bracket>[（(])\s*(?:\d{{1,2}}|{PART})\s*[)）]"
    r"|\d[\d-]*\s*(?P<month>月：)"
)
_LONGEST_NAME, _LONGEST_DUE = 10, 14
_WIDE, _NARROW, _NARROWEST = 0.8, 0.6, 0.45  # of the width of a full line of measures
_SHORT = 8.0  # characters of a line in the columns of departments and time limits
_WIDER = 1.5  # characters by which a line that begins another cell is wider
_YEAR = 2000  # any: whether a time limit can be read does not hang on it


@dataclass(slots=True)
class CellText:
    """The text of a cell, which may go on on the next page."""

    text: str = ""
    open: bool = False


@dataclass(slots=True)
class FlatRow:
    """A measure with what stands in its row; `line` is where it begins (from 1)."""

    line: int
    section: str
    point: CellText
    item: CellText
    measure: CellText
    lead: list[str] = field(default_factory=list)
    due: str = ""
    listed: set[str] = field(default_factory=set)  # styles in which its paragraphs are numbered
    told: bool = False  # whether who and until when has been printed
    carried: bool = False  # whether that is what an earlier row has


@dataclass(slots=True)
class _Chunk:
    """Lines of one cell: `closed` says that its last line ends the cell."""

    line: int
    lines: list[str]
    closed: bool
    first: bool  # on its page

    @property
    def text(self) -> str:
        return "".join(self.lines)

    @property
    def width(self) -> float:
        """Of a full line where there are several."""
        return max(map(_width, self.lines[:-1] or self.lines))


@dataclass(frozen=True, slots=True)
class FlatTable:
    """What stands above the table, its rows, and texts of cells that belong to none of them."""

    title: str
    rows: tuple[FlatRow, ...]
    rest: tuple[str, ...] = ()


def flattened_table(lines: Sequence[str], known: frozenset[str]) -> FlatTable | None:
    """The table that a text is; None for any other text.

    Args:
        known: departments' names and aliases; others are learned from where they stand.
    """
    headers = [number for number, line in enumerate(lines) if _is_header(line)]
    if len(headers) < _HEADERS:
        return None
    reader = _Sorting(lines, known | _departments(lines))
    for chunk in reader.chunks(set(headers)):
        reader.take(chunk)
    above = " ".join(line.strip() for line in lines[: headers[0]] if line.strip())
    return FlatTable(above, tuple(reader.finish()), tuple(reader.rest()))


def _is_header(line: str) -> bool:
    words = line.split()
    named = [field_of(word) for word in words]
    fields = {each for each in named if each}
    return len(fields) >= _NAMES and None not in named and bool(fields & {"lead", "due"})


def _departments(lines: Sequence[str]) -> frozenset[str]:
    """Names that stand before a time limit at a line's end, or alone beside one."""
    names: set[str] = set()
    ended = True  # the cell before, as far as its last line shows
    for line in filter(str.strip, lines):
        words = line.split()
        for number in range(1, min(len(words), 6)):
            name, due = words[-number - 1], "".join(words[-number:])
            if _is_due(due):
                names.update(each for each in names_in(name) if _is_name(each))
        if len(words) == 1 and line.endswith(" ") and ended:
            names.update(each for each in names_in(words[0]) if _is_name(each))
        ended = line.endswith(" ")
    return frozenset(names)


def _is_name(word: str) -> bool:
    plain = re.fullmatch(r"[\u4e00-\u9fff]{2,10}", word) is not None
    return plain and looks_like_department(word)


def _is_due(text: str) -> bool:
    bare = "".join(text.split())
    if bare.endswith(("。", "；", "，")) or not bare or len(bare) > _LONGEST_DUE:
        return False
    return _OPEN_DUE.fullmatch(bare) is not None or read_deadline(bare, _YEAR).kind != "open"


def _width(text: str) -> float:
    return sum(0.5 if char < "\u2000" else 1.0 for char in text)


class _Sorting:
    """Goes through the lines once, knowing which cells are open."""

    def __init__(self, lines: Sequence[str], known: frozenset[str]) -> None:
        self.lines = lines
        self.known = known
        widths = sorted(_width(line.strip()) for line in lines if line.strip())
        self.full = widths[int(len(widths) * 0.95)]
        self.marked = sum(line.endswith(" ") for line in lines) * 10 > len(widths)
        self.rows: list[FlatRow] = []
        self.section = ""
        self.point, self.item = CellText(), CellText()
        self.beside: list[CellText] = []  # all cells of the columns beside the measures
        self.turned = False  # a page ended since the last measure
        self.last_told = ""  # what was told last: a name, a due

    def chunks(self, headers: set[int]) -> Iterator[_Chunk]:
        """The cells' lines below the first header, cut where a cell or a page ends."""
        lines: list[str] = []
        begin, first = 0, True
        for number, raw in enumerate(self.lines[min(headers) :], start=min(headers)):
            text = raw.strip()
            if not text:
                continue
            if number in headers or (_PAGE_NUMBER.fullmatch(text) and not _is_due(text)):
                if lines:
                    yield _Chunk(begin, lines, False, first)
                lines, first = [], True
                continue
            if lines and self._begins_another(lines, text):
                yield _Chunk(begin, lines, False, first)
                lines, first = [], False
            begin = begin if lines else number + 1
            lines.append(text)
            if raw.endswith(" ") if self.marked else self._ends(text):
                yield _Chunk(begin, lines, True, first)
                lines, first = [], False
        if lines:
            yield _Chunk(begin, lines, True, first)

    def _begins_another(self, lines: Sequence[str], text: str) -> bool:
        """Whether a line begins another cell though nothing has marked the end of the last one."""
        width, before = _width(text), max(map(_width, lines))
        if max(width, before) <= _SHORT:
            return False  # 全年持续 / 推进
        if self._are_told(text) or self._are_told("".join(lines)):
            return True
        return len(lines) > 1 and width > before + _WIDER

    def _ends(self, text: str) -> bool:
        return text.endswith(_ENDED[:2]) or self._are_told(text)

    def take(self, chunk: _Chunk) -> None:
        """Put a cell where it belongs."""
        if chunk.first:
            self.turned = True
        text = chunk.text
        if len(chunk.lines) == 1 and heading_level(text) == 1 and not text.endswith("。"):
            self.section, self.point, self.item = text, CellText(), CellText()
            return
        names, due, text = self._told_before(text)
        if (names or due) and self.rows:
            self._tell(names, due)
        if not text:
            return
        if names or due:
            chunk.lines = [text]
        text, names, due = self._told_behind(text, chunk.closed)
        if text:
            self._place(chunk, text, bool(names or due))
        if names or due:
            self._tell(names, due)

    def finish(self) -> list[FlatRow]:
        """The rows, with what merged cells say of those below."""
        for before, row, behind in zip(
            (None, *self.rows), self.rows, (*self.rows[1:], None), strict=False
        ):
            if row.lead and row.due:
                continue
            # Cells rarely reach from one point into the next, but have more than one paragraph.
            first = before is None or before.point is not row.point
            from_behind = behind is not None and behind.point is row.point and not row.told
            other = behind if first and from_behind else before
            if other is not None:
                row.carried = True
                row.lead, row.due = row.lead or other.lead, row.due or other.due
        return self.rows

    def rest(self) -> Iterator[str]:
        """What stands in cells beside which there is no measure."""
        used = {id(cell) for row in self.rows for cell in (row.point, row.item)}
        yield from (cell.text for cell in self.beside if id(cell) not in used)

    def _place(self, chunk: _Chunk, text: str, told: bool) -> None:
        """Put a text into the column that its width and its end speak for."""
        if chunk.first and self.point.open and " " in text:
            rest, _, behind = text.partition(" ")
            if _width(rest) <= self.full * _NARROW and not re.search("[，。]", rest):
                self.point.text, self.point.open = self.point.text + rest, False
                text = behind
        width = chunk.width
        is_ended = text.endswith(_ENDED)
        several = len(chunk.lines) > 1
        going_on = self.turned and self._is_cut()
        narrow = several and width <= self.full * _NARROW and not self.item.text
        measure = told or (is_ended and not narrow) or width > self.full * _NARROW
        if not several and not measure and going_on and not self.point.open:
            measure = True
        if measure and not (several and width <= self.full * _NARROW and self.point.open):
            wide = (width if several else _width(text)) > self.full * _WIDE
            self._measure(chunk, text, going_on, wide)
        elif width <= self.full * _NARROWEST:
            self._set("item", text, not chunk.closed)
        else:
            self._set("point", text, not chunk.closed)

    def _is_cut(self) -> bool:
        """Whether the page ended within the last measure."""
        return bool(self.rows) and (
            self.rows[-1].measure.open or not self.rows[-1].measure.text.endswith(_ENDED[:5])
        )

    def _set(self, name: str, text: str, is_open: bool) -> None:
        cell: CellText = getattr(self, name)
        if cell.open:
            cell.text, cell.open = cell.text + text, is_open
            return
        self.beside.append(CellText(text, is_open))
        setattr(self, name, self.beside[-1])
        if name == "point":
            self.item = CellText()

    def _measure(self, chunk: _Chunk, text: str, going_on: bool, wide: bool) -> None:
        last = self.rows[-1] if self.rows else None
        number = _NUMBERED.match(text)
        style = "".join(filter(None, number.groups())) if number else ""
        same = last is not None and last.point is self.point and last.section == self.section
        if last and going_on:
            last.measure.text += text
        elif last and same and self._goes_on(last, text, style):
            last.measure.text += "\n" + text
        else:
            if wide and not self.item.open:
                self.item = CellText()
            last = FlatRow(chunk.line, self.section, self.point, self.item, CellText(text))
            self.rows.append(last)
        last.measure.open = not chunk.closed
        last.listed |= {style} - {""}
        self.turned = False
        self.last_told = ""

    def _goes_on(self, last: FlatRow, text: str, style: str) -> bool:
        """Whether a paragraph is one more of the last cell."""
        before = last.measure.text
        if before.endswith(("：", ":")) or (style and style in last.listed):
            return True
        if before.endswith(("）", ")")) and text.endswith(("）", ")", "：", ":")):
            return True
        listed = bool(last.listed) and text.endswith(("：", ":"))
        cut = before.endswith(("；", ";"))
        return ((listed or cut) and not last.told) or (cut and self.turned)

    def _tell(self, names: Sequence[str], due: str) -> None:
        row = self.rows[-1]
        if names and (not row.lead or self.last_told == "name"):
            row.lead = [*row.lead, *names]
        if due and not row.due:
            row.due = due
        row.told = True
        self.last_told = "due" if due else "name"

    def _are_told(self, text: str) -> bool:
        """Whether a line has nothing but departments and a time limit."""
        names, due, rest = self._told_before(text)
        return bool(names or due) and not rest

    def _told_before(self, text: str) -> tuple[list[str], str, str]:
        """Departments and a time limit with which a text begins, and its rest."""
        words = text.split()
        names: list[str] = []
        while words and self._names(words[0]):
            names += self._names(words.pop(0))
        for number in range(min(len(words), 6), 0, -1):
            certain = names or number == len(words) or (number == 1 and len(words[0]) > 3)
            if certain and _is_due("".join(words[:number])):
                return names, "".join(words[:number]), " ".join(words[number:])
        return (names, "", " ".join(words)) if names and not words else ([], "", text)

    def _told_behind(self, text: str, closed: bool) -> tuple[str, list[str], str]:
        """A text without the departments and the time limit at its end, and these."""
        words = text.split(" ")
        due = ""
        for number in range(min(len(words) - 1, 6), 0, -1):
            if _is_due("".join(words[-number:])):
                due, words = "".join(words[-number:]), words[:-number]
                break
        names = self._names(words[-1]) if len(words) > 1 else []
        words = words[:-1] if names else words
        rest = " ".join(words).strip()
        certain = rest.endswith(_ENDED) or (names and due) or closed
        return (rest, names, due) if certain and (names or due) else (text, [], "")

    def _names(self, word: str) -> list[str]:
        names = names_in(word)
        return [*names] if all(name in self.known for name in names) else []
