"""What a worksheet's XML says beside the values: extent, merged cells, what is hidden.

openpyxl's read-only mode streams the values in bounded memory but gives none of this, and its
ordinary mode makes an object of every formatted blank cell and every position under a merge.
Element names are those of ECMA-376 part 1, 18.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat
from zipfile import ZipFile

from ledger.adapters.tables.grid import MAX_COLUMNS, Span
from ledger.adapters.tables.ooxml import walk, whole
from ledger.errors import LedgerError
from ledger.model.record import dataclass, field

MAX_ELEMENTS = 6_000_000
MAX_CELLS = 500_000
"""Cells up to the last one written, blank formatted ones included; openpyxl parses all of them."""
LAST_ROW = 1_048_576
_DIGITS = 7

_RELATION_ID = re.compile(r"(?:^|:)id$")
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet in the order of its workbook: its name, its part in the zip, whether hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(slots=True)
class Layout:
    """Filled while a sheet's XML streams by; lines count from 1, columns from 0.

    `lines` are the rows in which anything is written, `columns` how far to the right; `unsaved`
    holds the (line, column) of formulas whose result the file does not hold. `live` is what is
    left in cells of which some is struck through, `comments` what is said of cells.
    """

    lines: set[int] = field(default_factory=set)
    columns: int = 0
    spans: list[Span] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    unsaved: set[tuple[int, int]] = field(default_factory=set)
    live: dict[tuple[int, int], str] = field(default_factory=dict)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)


def sheet_parts(archive: ZipFile, label: str) -> tuple[SheetPart, ...]:
    """The worksheets of a workbook (no chart sheets). Raises what `walk` raises, with `label`."""
    targets = _worksheet_targets(archive, label)
    parts: list[SheetPart] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name != "sheet":
            return
        relation = next((v for k, v in attributes.items() if _RELATION_ID.search(k)), "")
        if relation in targets:
            hidden = attributes.get("state", "visible") != "visible"
            parts.append(SheetPart(attributes.get("name", ""), targets[relation], hidden))

    walk(archive, "xl/workbook.xml", label=label, limit=100_000, start=start)
    return tuple(parts)


def read_layout(archive: ZipFile, part: str, label: str) -> Layout:
    """Stream one worksheet. Raises what `walk` raises, and ExpatError for rows out of any sheet."""
    reader = _LayoutReader(label)
    walk(archive, part, label=label, limit=MAX_ELEMENTS, start=reader.start, text=reader.text)
    return reader.finish()


def _worksheet_targets(archive: ZipFile, label: str) -> dict[str, str]:
    """Relation id → name of the part, for the workbook's worksheets that are in the zip."""
    parts = set(archive.namelist())
    targets: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in parts:
                targets[attributes.get("Id", "")] = part

    walk(archive, "xl/_rels/workbook.xml.rels", label=label, limit=100_000, start=start)
    return targets


class _LayoutReader:
    """Handlers of one worksheet's elements; lean, for they are called millions of times."""

    def __init__(self, label: str) -> None:
        self.layout = Layout()
        self.label = label
        self.line = self.column = self.cells = 0
        self.reference: str | None = None
        self.kind: str | None = None
        self.formula = self.result = self.in_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            self._row(attributes)
        elif name in {"v", "is", "f"}:
            self._content(name)
        elif name == "mergeCell":
            self.layout.spans.extend(_spans(attributes.get("ref", "")))
        elif name == "col" and _is_true(attributes.get("hidden")):
            self.layout.hidden_columns.update(_columns(attributes))

    def text(self, data: str) -> None:
        if self.in_value and data.strip():
            self.result = True

    def finish(self) -> Layout:
        """The layout, once all elements have been seen."""
        self._close_cell()
        return self.layout

    def _row(self, attributes: dict[str, str]) -> None:
        self._close_cell()
        self.line = whole(attributes["r"], _DIGITS) if "r" in attributes else self.line + 1
        self.column, self.reference = -1, None
        if not 1 <= self.line <= LAST_ROW:
            raise expat.ExpatError(f"row {self.line}")
        if _is_true(attributes.get("hidden")):
            self.layout.hidden_rows.add(self.line)

    def _cell(self, attributes: dict[str, str]) -> None:
        self._close_cell()
        self.cells += 1
        reference = attributes.get("r")
        if reference is None:
            self.column = self._here() + 1
        self.reference = reference
        self.kind = attributes.get("t")

    def _here(self) -> int:
        """The column of the cell last begun; looked up only where it matters."""
        if self.reference is not None and (match := _REFERENCE.fullmatch(self.reference)):
            self.column, self.reference = _index(match[1]), None
        return self.column

    def _content(self, name: str) -> None:
        layout = self.layout
        if self.cells > MAX_CELLS:
            raise LedgerError(
                f"{self.label}太大：到第 {self.line} 行已有 {MAX_CELLS} 多个单元格",
                hint="表格若没有这么长，请删去末尾多余的内容和带格式的空白行，另存后再导入",
            )
        layout.lines.add(self.line)
        layout.columns = max(layout.columns, self._here() + 1)
        if name == "f":
            self.formula = True
        elif name == "v":
            self.in_value = True
            # A formula whose result is no text at all is saved as an empty <v>.
            self.result = self.kind == "str"

    def _close_cell(self) -> None:
        if self.formula and not self.result:
            self.layout.unsaved.add((self.line, self._here()))
        self.formula = self.result = self.in_value = False


def _spans(reference: str) -> Iterator[Span]:
    ends = [_REFERENCE.fullmatch(end) for end in reference.split(":")]
    if len(ends) == 2 and ends[0] and ends[1]:
        (left, top), (right, bottom) = ends[0].groups(), ends[1].groups()
        yield Span(int(top), int(bottom), _index(left), _index(right))


def _columns(attributes: dict[str, str]) -> range:
    first, last = (whole(attributes.get(end, "1"), _DIGITS) for end in ("min", "max"))
    return range(max(first - 1, 0), min(last, MAX_COLUMNS))


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _is_true(text: str | None) -> bool:
    return text in {"1", "true"}
