"""Which row of a table is its header, and which field of a task each column holds.

Rules, in order; whatever had to be guessed is said in the notes:

1. An explicit mapping (column name → field) wins.
2. A name from `FIELD_NAMES`, white space, brackets' contents and marks aside.
3. A name that ends with one of them (“2017年工作要点”), or whose first part does
   (“责任单位及责任人”), but for what means something else (“实际完成时间”).
4. Of two columns for one field the mapped one wins, then the one whose name comes first in
   `FIELD_NAMES`, then the left one. The others stay as extra columns; but where no column holds
   measures, the right one of two 工作要点-like columns does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.adapters.importers.fieldnames import (
    EXTRA,
    FIELD_NAMES,
    field_of,
    field_title,
    normal_name,
    ranked_name,
)
from ledger.adapters.importers.grid import EMPTY, Cell, Grid, Row, column_name
from ledger.errors import LedgerError

SEARCHED_ROWS = 30
CONTENT_FIELDS = ("measures", "key_point", "problem", "goal")

_JOINTS = re.compile("以及|[及和与、/]")
_OTHER_MEANING = re.compile("实际|是否|未|不|监督|考核|上报|审核|[,。;]")
_SHORTEST_ENDING = 3
_LONGEST_NAME = 20
_GUESSED = 1000
_MAPPED = -1


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its indexes in the grid (several under a merged header), its field."""

    indexes: tuple[int, ...]
    header: str
    field: str


@dataclass(frozen=True, slots=True)
class Header:
    """The header found: `first` to `last` are indexes of the grid's rows, both inclusive.

    `missing` are names of the mapping that the table does not have.
    """

    first: int
    last: int
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    field: str
    rank: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    first: int
    last: int
    cells: tuple[Cell, ...]


def mapped_fields(mapping: Mapping[str, str]) -> dict[str, str]:
    """Normal column name → field, from what the user wrote (列名=字段).

    A field is given by its key (“lead”) or any usual column name (“责任单位”); “extra” keeps a
    column out of every field. Raises LedgerError for an unknown or doubly given field.
    """
    fields: dict[str, str] = {}
    for name, wanted in mapping.items():
        field = wanted if wanted in FIELD_NAMES or wanted == EXTRA else field_of(wanted)
        if field is None:
            raise LedgerError(
                f"没有“{wanted}”这个字段（列“{name}”）", hint=f"可用的字段：{_known()}"
            )
        if field != EXTRA and field in fields.values():
            raise LedgerError(
                f"有两列都指定为“{field_title(field)}”", hint="一个字段只能对应一列，请去掉一个"
            )
        fields[normal_name(name)] = field
    return fields


def find_header(
    grid: Grid, mapping: Mapping[str, str] | None = None, header_row: int | None = None
) -> Header | None:
    """The header among the grid's first rows, or at line `header_row`; None when there is none.

    A header names a content field (措施、要点、问题、目标) and at least one more, or only the
    former where a mapping or `header_row` vouches for it. Two rows are read together, the lower
    cell first, where that names more fields. Raises LedgerError for a bad mapping.
    """
    fields = mapped_fields(mapping or {})
    least = 1 if fields or header_row else 2
    scored = [
        (score, candidate)
        for candidate in _candidates(grid, header_row, fields)
        if (score := _score(candidate.cells, fields, least))
    ]
    if not scored:
        return None
    best = max(scored, key=lambda item: (item[0], item[1].first - item[1].last))[1]
    return _header(grid, best, fields)


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
        if index + 1 < len(grid.rows) and _score(cells, fields, 2, content=False):
            lower = _visible(grid, grid.rows[index + 1])
            both = tuple(b if b.text else a for a, b in zip(cells, lower, strict=True))
            yield _Candidate(index, index + 1, both)


def _visible(grid: Grid, row: Row) -> tuple[Cell, ...]:
    return tuple(
        EMPTY if index in grid.hidden_columns else cell for index, cell in enumerate(row.cells)
    )


def _score(
    cells: tuple[Cell, ...], fields: Mapping[str, str], least: int, *, content: bool = True
) -> int:
    """How many fields the cells name, sure names before guesses; 0 when they are no header."""
    matches = [match for cell in cells if cell.text and (match := _match(cell.text, fields))]
    named = {match.field for match in matches}
    sure = {match.field for match in matches if match.rank < _GUESSED}
    if not sure or len(named) < least or (content and named.isdisjoint(CONTENT_FIELDS)):
        return 0
    return 100 * len(sure) + len(named)


def _match(text: str, fields: Mapping[str, str]) -> _Match | None:
    name = normal_name(text)
    if name in fields:
        return _Match(fields[name], _MAPPED)
    if usual := ranked_name(name):
        return _Match(*usual)
    return _guess(name)


def _guess(name: str) -> _Match | None:
    """A match by the end of a name, or by the first of several things it names."""
    if len(name) > _LONGEST_NAME or _OTHER_MEANING.search(name):
        return None
    endings = (name[start:] for start in range(1, len(name) - _SHORTEST_ENDING + 1))
    for part in (_JOINTS.split(name)[0], *endings):
        if usual := ranked_name(part):
            return _Match(usual[0], usual[1] + _GUESSED)
    return None


def _header(grid: Grid, found: _Candidate, fields: Mapping[str, str]) -> Header:
    first, last = _vertical_extent(grid, found)
    groups = _groups(found.cells, grid.hidden_columns)
    columns, notes = _assign(groups, fields)
    used = tuple(
        column for column in columns if column.field != EXTRA or _is_used(grid, last, column)
    )
    cells = grid.rows[found.last].cells
    hidden = [cell.text for i, cell in enumerate(cells) if i in grid.hidden_columns]
    there = {normal_name(cell.text) for cell in found.cells}
    return Header(
        first,
        last,
        used,
        (*notes, *_column_notes(used, [text for text in hidden if text])),
        tuple(name for name in fields if name not in there),
    )


def _vertical_extent(grid: Grid, found: _Candidate) -> tuple[int, int]:
    """The rows of the header with all that its merged cells reach into."""
    first, last = found.first, found.last
    while first > 0 and any(cell.above for cell in grid.rows[first].cells):
        first -= 1
    while last + 1 < len(grid.rows) and any(cell.above for cell in grid.rows[last + 1].cells):
        last += 1
    return first, last


def _groups(cells: tuple[Cell, ...], hidden: frozenset[int]) -> list[Column]:
    """The visible columns, those under one merged header cell together, fields not yet given."""
    groups: list[Column] = []
    for index, cell in enumerate(cells):
        if index in hidden:
            continue
        header = " ".join(cell.text.split()) or f"{column_name(index)} 列"
        if cell.left and cell.text and groups and groups[-1].header == header:
            groups[-1] = replace(groups[-1], indexes=(*groups[-1].indexes, index))
        else:
            groups.append(Column((index,), header, EXTRA))
    return groups


def _assign(groups: list[Column], fields: Mapping[str, str]) -> tuple[list[Column], list[str]]:
    """Give each column its field, by the rules of this module; and what was decided, in words."""
    claims: dict[str, list[tuple[int, int]]] = {}
    for index, group in enumerate(groups):
        match = _match(group.header, fields)
        if match and match.field != EXTRA:
            claims.setdefault(match.field, []).append((match.rank, index))
    notes = _promote(groups, claims)
    columns = list(groups)
    for field, claimed in claims.items():
        (rank, index), *others = sorted(claimed)
        columns[index] = replace(groups[index], field=field)
        if rank >= _GUESSED:
            notes.append(f"“{groups[index].header}”列当作“{field_title(field)}”")
        notes += [
            f"“{groups[index].header}”列已作“{field_title(field)}”，"
            f"“{groups[other].header}”列原样保留"
            for _, other in others
        ]
    return columns, notes


def _promote(groups: list[Column], claims: dict[str, list[tuple[int, int]]]) -> list[str]:
    """Without a column of measures, the right one of several 工作要点-like columns holds them."""
    points = claims.get("key_point", [])
    if "measures" in claims or len(points) < 2:
        return []
    right = max(points, key=lambda claim: claim[1])
    points.remove(right)
    claims["measures"] = [(_MAPPED, right[1])]
    return [f"没有措施列，“{groups[right[1]].header}”列当作措施"]


def _is_used(grid: Grid, last: int, column: Column) -> bool:
    return any(row.cells[i].own for row in grid.rows[last + 1 :] for i in column.indexes)


def _column_notes(columns: tuple[Column, ...], hidden: list[str]) -> list[str]:
    notes = []
    if extra := "、".join(f"“{column.header}”" for column in columns if column.field == EXTRA):
        notes.append(f"没有对应字段的列原样保留：{extra}")
    if hidden:
        names = "、".join(f"“{text}”" for text in hidden)
        notes.append(f"隐藏的列没有导入：{names}（取消隐藏后可以导入）")
    return notes
