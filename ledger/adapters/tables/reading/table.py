"""A grid as rows of a ledger: one `ImportedRow` for each item below the header.

What carries down: a merged cell's text, to every row it covers. In a table where nothing is
merged downwards below the header (as in every csv), an empty 部分, 工作要点 or 反馈问题 cell takes
the text above it, within its part. Other empty cells stay empty. A cell merged to the right
belongs to its first column alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ledger.adapters.tables.grid import EMPTY, Cell, Grid, GridRow
from ledger.adapters.tables.reading.above import parts_above, remarks_of, title_of
from ledger.adapters.tables.reading.assigning import OWN, PERSONS, AssignedColumn
from ledger.adapters.tables.reading.cells import cells_of, fault_of, grouped_text, parts_in, shown
from ledger.adapters.tables.reading.columns import CONTENT_FIELDS, Doubt, Header
from ledger.adapters.tables.reading.ditto import spelled_out
from ledger.adapters.tables.reading.duty_words import FIRST_LEADS
from ledger.adapters.tables.reading.fieldnames import DROPPED, EXTRA, JUDGED, LEFT_OUT, field_title
from ledger.adapters.tables.reading.levels import PERIODS, schedule_text
from ledger.adapters.tables.reading.mapped import ColumnUse, MappedTable, line_ranges
from ledger.adapters.tables.reading.nesting import (
    are_groups,
    is_below,
    named_text,
    number_of,
    with_nested,
)
from ledger.adapters.tables.reading.responsible import unread_people, who_is_responsible
from ledger.adapters.tables.reading.rowkind import (
    RowKind,
    heading_level,
    heading_text,
    kind_of,
    says_what,
    with_lone_headings,
)
from ledger.adapters.tables.reading.rows import (
    NOTHING,
    ImportedRow,
    one_line,
    refuse_doubled_numbers,
    row_of,
    text_of,
)
from ledger.errors import LedgerError
from ledger.model.record import replace

COMMENTS = "批注"
_MAY_BE_BLANK = frozenset({"percent", "note", "number"})
_LABELLED_FIELDS = frozenset({"progress", "note"})
CARRIED_FIELDS = ("section", "problem", "key_point")
REACHING_FIELDS = (*CARRIED_FIELDS[1:], "number")
GROUPING_FIELDS = frozenset({"lead", "leader", "owner", "due"})
_SHARE = re.compile("进度|比例|百分|率|[%％]")
_PLAIN_NUMBER = re.compile(r"\d{1,3}(?:\.\d+)?")
_SHORT_MONTH = re.compile(r"(?:19|20)\d\d\.1")
_BRACKETED = re.compile(r"[（(][^（()）]*[)）]")
_NAMED = 3  # the level of a row that names those below it

_NO_WORK = "按“判断”一列没有导入"
_HIDDEN = "隐藏的行没有导入（取消隐藏或筛选后可以导入）"
_LEFT_OUT = {
    RowKind.HEADER: "跳过重复的表头",
    RowKind.TOTAL: "跳过合计行",
    RowKind.REMARK: "跳过说明和落款",
    RowKind.EMPTY: "没有写明工作内容，没有导入",
    RowKind.COUNTS: "跳过给各列编号的行",
    RowKind.EXAMPLE: "跳过示例行",
    RowKind.STRUCK: "划掉的行没有导入",
    RowKind.UNIT: "跳过计量单位",
    RowKind.SIGNED: "跳过签字审批栏",
}


def map_below(grid: Grid, header: Header, known: Collection[str] = ()) -> MappedTable:
    """The items below a header that was found.

    Raises LedgerError for an unreadable cell, and for a 序号 or 编号 that two rows have.
    """
    reading = _Reading(grid, header, known)
    rows = tuple(reading.items())
    restarts = refuse_doubled_numbers(grid.name, rows)
    again = Doubt("又是 1，当作从头编起", restarts, _header_of("number", header))
    title = title_of(grid, header)
    return MappedTable(
        grid.name,
        "" if title in grid.part else title,
        tuple(use for each in header.columns for use in _uses(each)),
        rows,
        (*grid.notes, *header.notes, *reading.notes()),
        tuple(reading.noted.get(_LEFT_OUT[RowKind.EMPTY], ())),
        (*header.doubts, *reading.doubts(), *((again,) if restarts else ())),
        grid.rows[header.last].line,
    )


def _header_of(field: str, header: Header) -> str:
    """What the table calls the column of a field; empty where it has none."""
    return next((column.header for column in header.columns if column.field == field), "")


def _uses(column: AssignedColumn) -> Iterator[ColumnUse]:
    """What a column was taken for: two things where it names persons and departments."""
    yield ColumnUse(column.header, column.field, column.basis)
    if column.shape in PERSONS:
        yield ColumnUse(column.header, column.shape, column.basis)


def missing_columns(missing: Collection[str], present: Collection[str]) -> LedgerError:
    """What to tell when --map names columns that no table has."""
    names, columns = ("、".join(f"“{name}”" for name in which) for which in (missing, present))
    return LedgerError(f"表头里没有{names}列", hint=f"表头里有：{columns}")


class _Reading:
    """Goes down the rows once, knowing the part it is in and what carries down."""

    def __init__(self, grid: Grid, header: Header, known: Collection[str]) -> None:
        self.grid = grid
        self.header = header
        self.known = frozenset(known)
        self.below, self.dittos = spelled_out(grid.rows[header.last + 1 :])
        self.merged = any(cell.above for row in self.below for cell in row.cells)
        self.path: list[tuple[int, str, int]] = []
        for at, text in parts_above(grid, header):
            self.path.append((heading_level(text) or 0, text, grid.rows[at].line))
        self.headings: dict[int, str] = {}
        self.carried: dict[str, str] = {}
        self.noted: dict[str, list[int]] = {}
        self.doubted: dict[tuple[str, str], list[int]] = {}
        self.grouped = are_groups(self.below, header)
        self.blank = 0
        self.continues = False
        self.inherited: tuple[str, ...] = ()
        self.first_leads = any(map(FIRST_LEADS.search, remarks_of(grid, header)))

    def items(self) -> Iterator[ImportedRow]:
        kinds = with_lone_headings(self.below, self._kinds(), self.header)
        kinds = with_nested(self.below, kinds, self.header)
        for row, kind in zip(self.below, kinds, strict=True):
            if kind is RowKind.BLANK:
                self.blank += 1
            elif row.hidden:
                self._pass(row, kind)
            elif kind is RowKind.ITEM and self._is_left_out(row):
                self._note(_NO_WORK, row)
            elif kind is RowKind.ITEM:
                self._leave_named(row)
                yield self._item(row)
            elif kind is RowKind.NAMED:
                self._enter_named(row)
            elif kind is RowKind.LONE:
                text = one_line(heading_text(row, self.header))
                self._doubt(f"只有“{text}”，当作一个事项", row)
                level = heading_level(text) or 0
                self.path = [part for part in self.path if part[0] < level]
                yield self._item(row)
            elif kind is RowKind.HEADING:
                self._enter(row)
            else:
                self._note(_LEFT_OUT[kind], row)

    def _kinds(self) -> list[RowKind]:
        remark = False
        kinds = []
        for row in self.below:
            kind = kind_of(row, self.grid, self.header, remark)
            remark = kind is RowKind.REMARK or (remark and kind is RowKind.BLANK)
            kinds.append(kind)
        return kinds

    def notes(self) -> Iterator[str]:
        """What there is to say, once the items have been read."""
        yield from (f"{what}：{line_ranges(lines)}" for what, lines in self.noted.items())
        dittos = sorted({line for lines in self.dittos.values() for line in lines})
        if dittos:
            yield f"写着“同上”的格照抄上一行：{line_ranges(dittos)}"
        if self.below:
            span = self.below[-1].line - self.grid.rows[self.header.last].line
            self.blank += span - len(self.below)
        if self.blank > 0:
            yield f"跳过空行 {self.blank} 行"
        if self.inherited:
            yield f"没有“{'”“'.join(self.inherited)}”列，取自标题“{'／'.join(self.grid.part)}”"
        for line, text in self.headings.items():
            yield f"第 {line} 行“{text}”之下没有事项"

    def doubts(self) -> Iterator[Doubt]:
        """What somebody should look at, once the items have been read."""
        for (message, column), lines in self.doubted.items():
            yield Doubt(message, tuple(lines), column)
        for line, text in self.headings.items():
            yield Doubt(f"“{text}”当作标题，下面没有事项", (line,))

    def _doubt(self, message: str, row: GridRow, column: str = "") -> None:
        self.doubted.setdefault((message, column), []).append(row.line)

    def _note(self, what: str, row: GridRow) -> None:
        self.noted.setdefault(what, []).append(row.line)

    def _pass(self, row: GridRow, kind: RowKind) -> None:
        """Leave a hidden row out, but not what it says about the rows below it."""
        self._note(_HIDDEN, row)
        if kind is RowKind.HEADING:
            self._enter(row)
        elif kind is RowKind.ITEM:
            columns = {column.field: column for column in self.header.columns}
            for field in CARRIED_FIELDS:
                if field in columns and (text := text_of(parts_in(row, columns[field]))):
                    self._remember(field, text)

    def _enter(self, row: GridRow) -> None:
        text = one_line(heading_text(row, self.header))
        level = heading_level(text)
        if level is None and _BRACKETED.fullmatch(text):
            self._doubt(f"“{text}”当作下面各项的标题", row)
        level = 1 if level is None else level
        self.path = [*(part for part in self.path if part[0] < level), (level, text, row.line)]
        self.headings[row.line] = text
        self.carried = {}

    def _enter_named(self, row: GridRow) -> None:
        """A row that only names what the rows below it are parts of, within all other headings."""
        text = named_text(row, self.header)
        if not number_of(row, self.header):
            self._doubt(f"只有“{text}”，没有编号，当作下面各项的标题", row)
        level = heading_level(text) or _NAMED
        self.path = [*(part for part in self.path if part[0] < level), (level, text, row.line)]
        self.headings[row.line] = text
        self.carried = {}

    def _leave_named(self, row: GridRow) -> None:
        """Leave 1 with the first row that is not numbered as its parts are."""
        if self.path and self.path[-1][0] == _NAMED:
            upper, number = self.path[-1][1].split(".")[0], number_of(row, self.header)
            if upper.isdecimal() and number and not is_below(number, upper):
                self.path.pop()

    def _is_left_out(self, row: GridRow) -> bool:
        """Whether the row of a 分解表 says that it is no work, or has its sentence struck out."""
        columns = {column.field: column for column in self.header.columns}
        if JUDGED not in columns:
            return False
        judged = text_of(parts_in(row, columns[JUDGED])).strip()
        sentence = columns.get("measures")
        return judged in LEFT_OUT or (
            sentence is not None and not text_of(parts_in(row, sentence)).strip()
        )

    def _item(self, row: GridRow) -> ImportedRow:
        for _, _, line in self.path:
            self.headings.pop(line, None)
        self._marks(row)
        self.continues = False
        cells = dict(self._cells(row))
        lone = "" if says_what(row, self.header) else one_line(heading_text(row, self.header))
        grouped = {
            column.field: grouped_text(row, column)
            for column in self.header.columns
            if column.parts and (column.shape or column.field in _LABELLED_FIELDS)
        }
        who, doubts = who_is_responsible(row, self.header, self.known)
        for column, doubt in doubts:
            self._doubt(f"：{doubt}", row, column)
        grouped |= who
        texts = grouped | {
            field: self._carry(
                field, lone if field == "key_point" and lone else text_of(cells[field]), row
            )
            for field in CARRIED_FIELDS
            if field in cells
        }
        for field in ("number", "measures"):
            if any(cell.above and cell.text for cell in cells.get(field, ())):
                self._note(f"“{field_title(field)}”单元格合并了几行，每行各成一项", row)
        if not texts.get("section"):
            parts = (*self.grid.part, *(text for _, text, _ in self.path))
            texts["section"] = "／".join(parts)
        if lone:
            texts["key_point"] = lone
        self._left_blank(row, cells)
        self._carry_groups(row, cells, texts)
        self._shares(row, cells, texts)
        read = row_of(row.line, cells, texts, self.grid.part, self._extra(row), self.known)
        self.inherited = tuple(
            field_title(field)
            for field in ("leader", "lead")
            if field not in cells and self.grid.part and getattr(read, field)
        )
        own = (
            (each.header, text_of(parts_in(row, each)))
            for each in self.header.columns
            if each.basis == OWN
        )
        if self.first_leads and len(read.lead) > 1 and not read.assist:
            self._note("按表里的说明，排在第一的是牵头单位", row)
            read = replace(read, lead=read.lead[:1], assist=read.lead[1:])
        return replace(read, wrapped=self.grid.wrapped, own=tuple(own))

    def _marks(self, row: GridRow) -> None:
        """Tell of what is struck through in a row that is not as a whole, and what is guessed."""
        for column in self.header.columns:
            if any(cell.drawn for cell in parts_in(row, column)):
                self._doubt("按边框与上一行是一格，沿用上一行", row, column.header)
            if any(cell.struck for cell in parts_in(row, column)):
                self._doubt("有划掉的文字，没有导入", row, column.header)

    def _carry_groups(
        self, row: GridRow, cells: dict[str, tuple[Cell, ...]], texts: dict[str, str]
    ) -> None:
        """Departments, days, people that stand before the tasks group them, as parts do."""
        first = min(
            at for c in self.header.columns if c.field in CONTENT_FIELDS for at in c.indexes
        )
        for column in self.header.columns:
            field = column.field
            if field not in GROUPING_FIELDS or column.indexes[0] > first or column.parts:
                continue
            if text := text_of(cells[field]):
                self.carried[field] = text
            elif not self.merged and field in self.carried:
                texts[field] = self.carried[field]
                what = one_line(texts[field])
                self._doubt(f"空着，沿用上面的“{what}”", row, column.header)

    def _left_blank(self, row: GridRow, cells: dict[str, tuple[Cell, ...]]) -> None:
        """Borders may show one cell where there are two: blanks of a row that goes on are asked."""
        names = {column.field: column.header for column in self.header.columns}
        blank = [field for field in ("lead", "due") if field in cells and not text_of(cells[field])]
        goes_on = any(each.above and each.text for each in _cells_in(cells, REACHING_FIELDS))
        if (self.continues or goes_on) and blank:
            told = "”“".join(names[field] for field in blank)
            self._doubt(f"“{told}”空着，没有沿用上一行", row)

    def _shares(
        self, row: GridRow, cells: dict[str, tuple[Cell, ...]], texts: dict[str, str]
    ) -> None:
        """Numbers of a column of percentages as such; a month that Excel may have cut short."""
        for column in self.header.columns:
            if column.field not in ("progress", "percent", "due") or len(column.indexes) > 1:
                continue
            [cell] = cells[column.field] or (EMPTY,)
            value = cell.value
            if column.field != "due" and _PLAIN_NUMBER.fullmatch(cell.text):
                value = float(cell.text)
            if not isinstance(value, float):
                continue
            if column.field == "progress" and not _SHARE.search(column.header):
                if not cell.text.endswith("%"):
                    self._doubt(f"的“{cell.text}”照抄，没有当作完成比例", row, column.header)
                continue
            if column.field == "due" and _SHORT_MONTH.fullmatch(cell.text):
                self._doubt(f"的“{cell.text}”是 1 月还是 10 月，请核对", row, column.header)
            elif column.field != "due" and _SHARE.search(column.header) and value >= 0:
                whole = value > 1 or cell.text.endswith("%")
                if not cell.text.endswith("%"):
                    texts[column.field] = f"{value * (1 if whole else 100):.15g}%"
                if not whole and value:
                    read = texts[column.field]
                    self._doubt(f"的“{cell.text}”读作“{read}”", row, column.header)

    def _cells(self, row: GridRow) -> Iterator[tuple[str, tuple[Cell, ...]]]:
        for column in self.header.columns:
            if column.field not in (EXTRA, DROPPED):
                fault = fault_of(row, column)
                if fault and column.field in _MAY_BE_BLANK:
                    self._doubt("读不出，留空", row, column.header)
                elif fault:
                    raise LedgerError(
                        f"表“{self.grid.name}”的“{column.header}”列：{fault}",
                        hint="用 Excel 打开，改正或重新计算并保存，再导入",
                    )
                yield column.field, parts_in(row, column)

    def _extra(self, row: GridRow) -> tuple[tuple[str, str], ...]:
        columns = [
            column
            for column in self.header.columns
            if column.field == EXTRA and column.basis != OWN
        ]
        for column in columns:
            if fault_of(row, column):
                self._note(f"“{column.header}”列的单元格读不出，留空", row)
        texts = [(column.header, shown(row, column)) for column in columns]
        texts += [
            (column.header, schedule_text(column, cells_of(row, column)))
            for column in self.header.columns
            if column.shape == PERIODS and column.field == "due"
        ]
        texts += unread_people(row, self.header, self.known)
        remarks = [
            f"{column.header}：{cell.comment}"
            for column in self.header.columns
            for cell in parts_in(row, column)
            if cell.comment and not cell.above
        ]
        if remarks:
            self._note(f"单元格的批注记在“{COMMENTS}”里", row)
            texts.append((COMMENTS, "\n".join(remarks)))
        return tuple((header, text) for header, text in texts if text)

    def _carry(self, field: str, text: str, row: GridRow) -> str:
        """The text, or where nothing is merged the one above it; a new part begins afresh."""
        if text in NOTHING:
            self.carried.pop(field, None)
            return ""
        if text:
            self._remember(field, text)
        elif not self.merged and field in self.carried:
            text = self.carried[field]
            self.continues = True
            self._note(f"“{field_title(field)}”为空，沿用上一行", row)
            if field == "section" and not self.grouped:
                self._doubt(
                    f"空着，沿用上面的“{one_line(text)}”", row, _header_of(field, self.header)
                )
        elif field != "section":
            self._note(f"“{field_title(field)}”为空", row)
        return text

    def _remember(self, field: str, text: str) -> None:
        if field == "section" and text != self.carried.get(field):
            self.carried = {}
        self.carried[field] = text


def _cells_in(cells: Mapping[str, Sequence[Cell]], fields: Iterable[str]) -> Iterator[Cell]:
    for field in fields:
        yield from cells.get(field, ())
