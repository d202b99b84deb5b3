"""Which row of a table is its header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ledger.adapters.tables.grid import EMPTY, Cell, Grid, GridRow, column_name
from ledger.adapters.tables.reading.assigning import (
    COUNTED_IN,
    GUESSED_RANK,
    LAST_RESORT_RANK,
    AssignedColumn,
    assign,
    column_notes,
    match_of,
)
from ledger.adapters.tables.reading.departments import looks_like_department
from ledger.adapters.tables.reading.fieldnames import (
    DROPPED,
    EXTRA,
    FIELD_NAMES,
    UNITS,
    field_of,
    field_title,
    normal_name,
)
from ledger.adapters.tables.reading.levels import joined, lower_row
from ledger.errors import LedgerError
from ledger.model.record import dataclass, replace

SEARCHED_ROWS = 30
MOST_LEVELS = 3
CONTENT_FIELDS = ("measures", "key_point", "problem", "goal")
_WHO_AND_WHEN = frozenset({"lead", "assist", "leader", "owner", "due", "progress", "status"})
_NO_FIELD = frozenset({EXTRA, DROPPED})


@dataclass(frozen=True, slots=True)
class Doubt:
    """What somebody should look at before it is written.

    `message` (Chinese, without a full stop) goes on behind the place: these lines of the file, and
    the column where it is about one.
    """

    message: str
    lines: tuple[int, ...]
    column: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The header found: `first` to `last` are indexes of the grid's rows, both inclusive.

    `missing` are names of the mapping that the table does not have, `doubts` says what of the
    header was not understood.
    """

    first: int
    last: int
    columns: tuple[AssignedColumn, ...]
    notes: tuple[str, ...]
    missing: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    first: int
    last: int
    cells: tuple[Cell, ...]


def mapped_fields(mapping: Mapping[str, str]) -> dict[str, str]:
    """Normal column name → field, from what the user wrote (列名=字段).

    A field is given by its key (“lead”) or any usual column name (“责任单位”); “extra” keeps a
    column out of every field, “不要” out of the ledger. Raises LedgerError for an unknown or doubly
    given field.
    """
    fields: dict[str, str] = {}
    for name, given in mapping.items():
        field = given if given in FIELD_NAMES or given in _NO_FIELD else field_of(given)
        if field is None:
            raise LedgerError(
                f"没有“{given}”这个字段（列“{name}”）", hint=f"可用的字段：{_known()}"
            )
        if field not in _NO_FIELD and field in fields.values():
            raise LedgerError(
                f"有两列都指定为“{field_title(field)}”", hint="一个字段只能对应一列，请去掉一个"
            )
        fields[normal_name(name)] = field
    return fields


def find_header(
    grid: Grid,
    mapping: Mapping[str, str] | None = None,
    header_row: int | None = None,
    remembered: Mapping[str, str] | None = None,
) -> Header | None:
    """The header among the grid's first rows, or at line `header_row`; None when there is none.

    A header names a content field (措施、要点、问题、目标) and at least one more, or only the
    former where a mapping or `header_row` vouches for it. Two rows are read together, the lower
    cell first, where that names more fields. `remembered` is a mapping of an earlier import, which
    `mapping` overrides and whose columns may be missing. Raises LedgerError for a bad mapping, and
    for two rows that are both headers and contradict each other.
    """
    asked = mapped_fields(mapping or {})
    known = mapped_fields(remembered or {})
    taken = set(asked.values()) - _NO_FIELD
    fields = {name: field for name, field in known.items() if field not in taken} | asked
    least = 1 if fields or header_row else 2
    scored = [
        (score, candidate)
        for candidate in _candidates(grid, header_row, fields)
        if (score := _score(candidate.cells, fields, least))
    ]
    if not scored:
        return None
    best = max(scored, key=lambda item: (item[0], item[1].first - item[1].last))[1]
    if header_row is None:
        _refuse_contradiction(grid, best, fields)
    return _header(grid, best, fields, asked)


def _refuse_contradiction(grid: Grid, best: _Candidate, fields: Mapping[str, str]) -> None:
    """Of two neighbouring rows that are headers by themselves one must be meant."""
    for at in range(max(best.first - 1, 0), min(best.last, len(grid.rows) - 2) + 1):
        upper, lower = grid.rows[at], grid.rows[at + 1]
        if upper.hidden or lower.hidden:
            continue
        one, other = _own_cells(grid, upper), _own_cells(grid, lower)
        heads = _score(one, fields, 2) and _score(other, fields, 2)
        if heads and _disagree(one, other, fields):
            lines = f"第 {upper.line} 行和第 {lower.line} 行"
            raise LedgerError(
                f"表“{grid.name}”{lines}都是表头，同一列的说法不一样",
                hint="请删去错的一行，或用 --header-row 行号 指定用哪一行",
            )


def _own_cells(grid: Grid, row: GridRow) -> tuple[Cell, ...]:
    """The visible cells of a row that are not merged with others."""
    cells = _visible(grid, row)
    beside = (*cells[1:], EMPTY)
    return tuple(
        cell if cell.own and not after.left else EMPTY
        for cell, after in zip(cells, beside, strict=True)
    )


def _disagree(upper: tuple[Cell, ...], lower: tuple[Cell, ...], fields: Mapping[str, str]) -> bool:
    for pair in zip(upper, lower, strict=True):
        matches = [match_of(cell.text, fields) for cell in pair if cell.text]
        sure = {match.field for match in matches if match and match.rank < GUESSED_RANK}
        if len(sure) > 1:
            return True
    return False


def no_header(names: Sequence[str], header_row: int | None = None) -> LedgerError:
    """What to tell of the tables named, in which `find_header` found nothing."""
    where = f"第 {header_row} 行不是表头" if header_row else f"前 {SEARCHED_ROWS} 行里没有找到表头"
    return LedgerError(
        f"表{'、'.join(f'“{name}”' for name in names)}{where}"
        "（要有“工作要点”“反馈问题”“具体措施”“牵头单位”“完成时间”之类的列名）",
        hint="列名不同时用 --map 列名=字段 指明，例如 --map 推进安排=措施。可用的字段：" + _known(),
    )


def _known() -> str:
    return "、".join(f"{names[0]}（{field}）" for field, names in FIELD_NAMES.items())


def _candidates(
    grid: Grid, header_row: int | None, fields: Mapping[str, str]
) -> Iterator[_Candidate]:
    for index, row in enumerate(grid.rows[:SEARCHED_ROWS] if header_row is None else grid.rows):
        if row.hidden or header_row not in (None, row.line):
            continue
        cells = _visible(grid, row)
        yield _Candidate(index, index, cells)
        for at in range(index + 1, min(index + MOST_LEVELS, len(grid.rows))):
            if not _score(cells, fields, 2, content=False):
                break
            lower = _visible(grid, grid.rows[at])
            cells = tuple(b if b.text else a for a, b in zip(cells, lower, strict=True))
            yield _Candidate(index, at, cells)


def _visible(grid: Grid, row: GridRow) -> tuple[Cell, ...]:
    return tuple(
        EMPTY if index in grid.hidden_columns else cell for index, cell in enumerate(row.cells)
    )


def _score(
    cells: tuple[Cell, ...], fields: Mapping[str, str], least: int, *, content: bool = True
) -> int:
    """How many fields the cells name, sure names before guesses; 0 when they are no header."""
    matches = [match for cell in cells if cell.text and (match := match_of(cell.text, fields))]
    telling = [match for match in matches if match.rank != LAST_RESORT_RANK]
    says_what = not {match.field for match in telling}.isdisjoint(CONTENT_FIELDS)
    matches = telling if says_what else matches
    named = {match.field for match in matches}
    sure = {match.field for match in matches if match.rank < GUESSED_RANK}
    if not sure or len(named) < least or (content and named.isdisjoint(CONTENT_FIELDS)):
        return 0
    if content and not says_what and len(named & _WHO_AND_WHEN) < 2:
        return 0
    return 100 * len(sure) + len(named)


def _header(
    grid: Grid, best: _Candidate, fields: Mapping[str, str], asked: Mapping[str, str]
) -> Header:
    first, last = _vertical_extent(grid, best)
    last += lower_row(grid, last, best.cells)
    groups = joined(grid, first, last, _groups(best.cells, grid.hidden_columns))
    below = grid.rows[last + 1 :]
    columns, notes = assign(_without_units(groups, below), fields, asked)
    used = tuple(
        column
        for column in columns
        if column.field != EXTRA or any(row.cells[i].own for row in below for i in column.indexes)
    )
    cells = grid.rows[best.last].cells
    hidden = [cell.text for i, cell in enumerate(cells) if i in grid.hidden_columns]
    names = {normal_name(cell.text) for cell in best.cells}
    return Header(
        first,
        last,
        used,
        (*notes, *column_notes(used, [text for text in hidden if text])),
        tuple(name for name in asked if name not in names),
        (
            *_unknown_parts(used, grid.rows[last].line),
            *_missed(used, hidden, grid.rows[last].line),
        ),
    )


def _without_units(
    groups: Sequence[AssignedColumn], below: Sequence[GridRow]
) -> list[AssignedColumn]:
    """The columns, 单位 marked where it says in what something is counted."""
    made = []
    for group in groups:
        texts = {row.cells[at].text for row in below for at in group.indexes if row.cells[at].own}
        counts = normal_name(group.header) == "单位" and texts and texts <= UNITS
        made.append(replace(group, shape=COUNTED_IN) if counts else group)
    return made


def _missed(columns: Sequence[AssignedColumn], hidden: Sequence[str], line: int) -> Iterator[Doubt]:
    """Hidden columns of fields that no visible one fills."""
    filled = {column.field for column in columns}
    for name in hidden:
        field = field_of(name)
        if field and field not in filled:
            yield Doubt("是隐藏的，没有导入", (line,), name)


def _unknown_parts(columns: Sequence[AssignedColumn], line: int) -> Iterator[Doubt]:
    for column in columns:
        if column.parts and not column.shape and column.field != EXTRA:
            if column.field in ("lead", "assist") and all(map(looks_like_department, column.parts)):
                continue
            names = "”“".join(column.parts)
            yield Doubt(f"下面的“{names}”不认得，合在一起读", (line,), column.header)


def _vertical_extent(grid: Grid, best: _Candidate) -> tuple[int, int]:
    """The rows of the header with all that its merged cells reach into."""
    first, last = best.first, best.last
    while first > 0 and any(cell.above for cell in grid.rows[first].cells):
        first -= 1
    while last + 1 < len(grid.rows) and any(cell.above for cell in grid.rows[last + 1].cells):
        last += 1
    return first, last


def _groups(cells: tuple[Cell, ...], hidden: frozenset[int]) -> list[AssignedColumn]:
    """The visible columns, those under one merged header cell together, fields not yet given."""
    groups: list[AssignedColumn] = []
    for index, cell in enumerate(cells):
        if index in hidden:
            continue
        header = " ".join(cell.text.split()) or f"{column_name(index)} 列"
        if cell.left and cell.text and groups and groups[-1].header == header:
            groups[-1] = replace(groups[-1], indexes=(*groups[-1].indexes, index))
        else:
            groups.append(AssignedColumn((index,), header, EXTRA))
    return groups
