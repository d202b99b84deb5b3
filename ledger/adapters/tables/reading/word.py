"""Word documents (.docx): every table as a grid, under the headings it stands under.

python-docx opens the package; the tables are read from their XML, because its own objects give
merged cells again and again. Element names are those of ECMA-376 part 1, 17.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from ledger.adapters.tables.drawn import UNDRAWN, Drawn, Lines
from ledger.adapters.tables.grid import (
    EMPTY,
    MAX_COLUMNS,
    TOLD_EVERY,
    Cell,
    Grid,
    GridRow,
    Span,
    assemble,
    clean_text,
    named,
)
from ledger.adapters.tables.ooxml import Format, check_markup, checked_bytes, reading, whole
from ledger.adapters.tables.reading.headings import Paragraph, under_headings
from ledger.adapters.tables.reading.word_numbers import Numbers, W, numbers_of, value
from ledger.errors import LedgerError
from ledger.model.record import dataclass, field, replace
from ledger.model.telling import Tell, silent

DOCUMENT = Format(".docx", "word/document.xml", ".doc")
LONGEST_CELL = 100_000

_INSIDE = frozenset(
    f"{W}{name}"
    for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink",
                 "fldSimple", "ruby", "rubyBase", "bdo", "dir")
)  # fmt: skip
"""What only wraps other elements. Deleted text (del, moveFrom) is not among them."""

_UNREAD = {"txbxContent": "文本框里的文字", "footnoteReference": "脚注", "drawing": "图片和图形"}
_STRUCK = ("strike", "dstrike")
_NOT_LIVE = ("vanish", *_STRUCK)
_TABBED_LINES = 3
_CHECKED = {"F0FC": "√", "F0FE": "√", "F052": "√", "00FC": "√", "00FE": "√"}
"""Ticks of Wingdings (w:sym), in which 是否完成 columns are often filled."""


@dataclass(slots=True)
class _Table:
    """A table as it is read: its rows and merged cells, the paragraphs before it."""

    before: list[Paragraph]
    width: int
    rows: list[GridRow] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def read(path: Path, sheet: str | None = None, tell: Tell = silent) -> tuple[Grid, ...]:
    """The tables of a document in its order, or the one named `sheet` (表1, 表2, …).

    A table that follows another one of the same width with no text between is its continuation.
    Raises LedgerError naming the file; for a document whose tables are drawn with tabs as well.
    """
    reader, body = _read_through(path, tell)
    if not reader.tables:
        raise _no_table(path, reader.tabbed)
    return named(_grids(reader, _revised(body)), sheet, "表格")


def read_text(path: Path, tell: Tell = silent) -> tuple[list[Paragraph | str], tuple[str, ...]]:
    """The paragraphs of a document and the rows of its tables (as texts) in order, and notes.

    Raises LedgerError naming the file.
    """
    reader, body = _read_through(path, tell)
    blocks: list[Paragraph | str] = []
    for table in reader.tables:
        blocks += table.before
        for row in table.rows:
            blocks.append(" ".join(cell.text for cell in row.cells if cell.text))
    unread = (
        f"{called}没有读：{number} 处"
        for called, name in _UNREAD.items()
        if (number := sum(1 for _ in body.iter(f"{W}{name}")))
    )
    return [*blocks, *reader.after], (*_revised(body), *unread)


def _read_through(path: Path, tell: Tell) -> tuple[_Reader, Any]:
    """A reader that has gone through a document, and the document's body."""
    data = checked_bytes(path, DOCUMENT)
    with reading(path, DOCUMENT):
        with ZipFile(BytesIO(data)) as archive:
            check_markup(path, archive)
        from docx import Document

        document = Document(BytesIO(data))
        styles, body = document.styles.element, document.element.body
        reader = _Reader(numbers_of(_numbering(document), styles), _outline(styles), tell)
        reader.comments = _comments(document)
        reader.read(body)
    return reader, body


def _revised(body: Any) -> tuple[str, ...]:
    revised = next(body.iter(f"{W}ins", f"{W}del", f"{W}moveFrom"), None) is not None
    return ("文档里有修订标记，按接受全部修订读取",) if revised else ()


def _grids(reader: _Reader, notes: tuple[str, ...]) -> tuple[Grid, ...]:
    first, *others = under_headings(
        (
            assemble(f"表{number}", table.rows, table.spans)
            for number, table in enumerate(reader.tables, start=1)
        ),
        [table.before for table in reader.tables],
    )
    return (replace(first, notes=first.notes + notes), *others)


def _numbering(document: Any) -> Any | None:
    """The root of the numbering part; python-docx would make one where there is none."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.NUMBERING and not relation.is_external:
            return relation.target_part.element
    return None


def _comments(document: Any) -> dict[str, str]:
    """Id → text of what is said beside the text of a document."""
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if relation.reltype.endswith("/comments") and not relation.is_external:
            root = parse_xml(relation.target_part.blob)
            return {
                each.get(f"{W}id", ""): clean_text(
                    "".join(t.text or "" for t in each.iter(f"{W}t"))
                )
                for each in root.iter(f"{W}comment")
            }
    return {}


def _outline(styles: Any) -> dict[str, int]:
    """Style id → outline level of heading styles."""
    levels = {}
    for style in styles.iter(f"{W}style"):
        level = value(style, "pPr", "outlineLvl")
        if level.isdigit() and int(level) < 9:
            levels[style.get(f"{W}styleId", "")] = int(level)
    return levels


def _no_table(path: Path, tabbed: int) -> LedgerError:
    if tabbed >= _TABBED_LINES:
        return LedgerError(
            f"{path.name} 里的表是用制表符（Tab）排出来的，不是表格",
            hint="在 Word 里选中这些行，用“插入—表格—文本转换成表格”改成表格，保存后再导入",
        )
    return LedgerError(
        f"{path.name} 里没有表格", hint="请确认文件没有拿错；内容是图片的，取原来的文件再导入"
    )


class _Reader:
    """Goes through a document once, in order: numbering counts on it."""

    def __init__(self, numbers: Numbers, outline: dict[str, int], tell: Tell) -> None:
        self.numbers = numbers
        self.outline = outline
        self.tell = tell
        self.tables: list[_Table] = []
        self.after: list[Paragraph] = []
        self.comments: dict[str, str] = {}
        self.tabbed = 0
        self.told = 0

    def read(self, body: Any) -> None:
        """Fill `tables`, `after` (the text after the last one) and `tabbed` (lines with tabs)."""
        for block in _blocks(body, "p", "tbl"):
            if block.tag == f"{W}p":
                text = self._text(block)
                self.tabbed += text.strip().count("\t") > 1
                if text.strip():
                    self.after.append(Paragraph(clean_text(text), self._level(block)))
            else:
                self._table(block)

    def _level(self, paragraph: Any) -> int | None:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return None
        own = value(properties, "outlineLvl")
        if own.isdigit():
            return int(own) if int(own) < 9 else None
        return self.outline.get(value(properties, "pStyle"))

    def _table(self, element: Any) -> None:
        width = len(element.findall(f"{W}tblGrid/{W}gridCol"))
        last = self.tables[-1] if self.tables else None
        if last is None or self.after or last.width != width:
            last = _Table(self.after, width)
            self.tables.append(last)
            self.after = []
        _TableReader(last, self._cell_text, self.comments).read(element, self._row_read)

    def _row_read(self) -> None:
        self.told += 1
        if self.told % TOLD_EVERY == 0:
            self.tell(self.told, 0)

    def _cell_text(self, cell: Any) -> str:
        """The paragraphs of a cell, a line each; of a table inside it the rows, a line each."""
        lines = []
        size = 0
        for block in _blocks(cell, "p", "tbl"):
            if block.tag == f"{W}p":
                lines.append(self._text(block))
            else:
                rows = _blocks(block, "tr")
                lines += [
                    " ".join(
                        self._cell_text(each).replace("\n", " ") for each in _blocks(row, "tc")
                    )
                    for row in rows
                ]
            size += len(lines[-1]) if lines else 0
            if size > LONGEST_CELL:
                raise LedgerError(
                    f"有一个单元格超过 {LONGEST_CELL} 字", hint="请检查表格是否完整，分成几格再导入"
                )
        return clean_text("\n".join(lines))

    def _text(self, paragraph: Any) -> str:
        """A paragraph's text after its automatic number; a number alone without its mark."""
        text = "".join(_runs(paragraph))
        label = self.numbers.label(paragraph)
        return label + text.lstrip() if text.strip() else label.strip().rstrip(".．、")


class _TableReader:
    """Fills a `_Table` from its XML: where cells stand, what is merged."""

    def __init__(self, table: _Table, text: Callable[[Any], str], comments: dict[str, str]) -> None:
        self.table = table
        self.comments = comments
        self.text = text
        self.line = table.rows[-1].line if table.rows else 0
        self.open: dict[int, Span] = {}  # by first column: merged cells that may reach further down
        self.drawn = Drawn(())

    def read(self, element: Any, row_read: Callable[[], None]) -> None:
        """Read the rows of a w:tbl, telling of each one."""
        for row in _blocks(element, "tr"):
            if row.find(f"{W}trPr/{W}del") is None:
                self._row(row)
                row_read()
        self.table.spans.extend(self.open.values())
        self.table.spans.extend(self.drawn.spans())

    def _row(self, row: Any) -> None:
        self.line += 1
        cells: list[Cell] = [EMPTY] * min(whole(value(row, "trPr", "gridBefore"), 6), MAX_COLUMNS)
        reaching: dict[int, Span] = {}
        filled, lines = [False] * len(cells), [UNDRAWN] * len(cells)
        for cell, width in _joined(row):
            left = len(cells)
            merge = _merge(cell, "vMerge")
            above = self.open.get(left)
            text = self.text(cell)
            struck = any(_is_on(mark) for name in _STRUCK for mark in cell.iter(f"{W}{name}"))
            filled += [bool(text or struck or merge)] * width
            lines += [_lines(cell)] * width
            if merge == "continue" and above is not None:
                cells += [EMPTY] * width
                reaching[left] = replace(above, bottom=self.line)
                continue
            marks = (each.get(f"{W}id", "") for each in cell.iter(f"{W}commentReference"))
            comment = "\n".join(filter(None, (self.comments.get(mark) for mark in marks)))
            made = Cell(text, struck=struck, comment=comment) if text or struck else EMPTY
            cells += [made, *[EMPTY] * (width - 1)]
            span = Span(self.line, self.line, left, left + width - 1)
            if merge == "restart":
                reaching[left] = span
            elif width > 1:
                self.table.spans.append(span)
            if len(cells) > MAX_COLUMNS:
                break
        goes_on = {(at, span.top) for at, span in reaching.items()}
        self.table.spans.extend(
            span for at, span in self.open.items() if (at, span.top) not in goes_on
        )
        self.open = reaching
        self.drawn.row(self.line, (filled, lambda: lines))
        hidden = row.find(f"{W}trPr/{W}hidden") is not None
        self.table.rows.append(GridRow(self.line, tuple(cells), hidden))


def _joined(row: Any) -> list[tuple[Any, int]]:
    """The cells of a row and how many columns each takes; a cell that Word 97 merged with those
    at its right takes theirs."""
    cells: list[tuple[Any, int]] = []
    for cell in _blocks(row, "tc"):
        width = whole(value(cell, "tcPr", "gridSpan"), 6) or 1
        if cells and _merge(cell, "hMerge") == "continue":
            first, before = cells.pop()
            cells.append((first, min(before + width, MAX_COLUMNS + 1)))
        else:
            cells.append((cell, min(width, MAX_COLUMNS + 1)))
    return cells


def _lines(cell: Any) -> Lines:
    """What is drawn around a cell: what it does not take away for itself."""
    borders = cell.find(f"{W}tcPr/{W}tcBorders")
    if borders is None:
        return Lines(top=True, bottom=True, side=True)
    top, bottom, left, right = (
        value(borders, name) not in ("nil", "none") for name in ("top", "bottom", "left", "right")
    )
    return Lines(top, bottom, left or right)


def _merge(cell: Any, how: str) -> str:
    """restart, continue or "": how a cell is merged with those above and below, or beside it."""
    merge = cell.find(f"{W}tcPr/{W}{how}")
    return "" if merge is None else str(merge.get(f"{W}val", "continue"))


def _blocks(parent: Any, *names: str) -> Iterator[Any]:
    """The children with these names, those inside content controls and insertions as well."""
    tags = {f"{W}{name}" for name in names}
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag in _INSIDE:
            yield from _blocks(child, *names)


def _runs(parent: Any) -> Iterator[str]:
    """The text of a paragraph as it is shown, run by run."""
    for run in _blocks(parent, "r"):
        properties = run.find(f"{W}rPr")
        if properties is not None and any(_has(properties, name) for name in _NOT_LIVE):
            continue
        for part in run:
            yield from _run_part(part)


def _run_part(part: Any) -> Iterator[str]:
    if part.tag == f"{W}t":
        yield part.text or ""
    elif part.tag == f"{W}tab":
        yield "\t"
    elif part.tag in (f"{W}br", f"{W}cr"):
        yield "\n"
    elif part.tag == f"{W}noBreakHyphen":
        yield "-"
    elif part.tag == f"{W}sym":
        yield _CHECKED.get(part.get(f"{W}char", "").upper(), "")
    elif part.tag == f"{W}ruby":
        yield from _runs(part)


def _has(properties: Any, name: str) -> bool:
    return _is_on(properties.find(f"{W}{name}"))


def _is_on(element: Any | None) -> bool:
    return element is not None and element.get(f"{W}val", "true") not in ("0", "false", "off")
