"""Reading tables out of files: readers yield grids, one mapper turns grids into rows.

Another format is one more module with `read(path, sheet, tell) -> tuple[Grid, ...]` and one more
line in `READERS`; modules are loaded when a file of theirs is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from ledger.adapters.tables.grid import (
    Grid,
)
from ledger.adapters.tables.reading.above import title_of
from ledger.adapters.tables.reading.bare import doubtful, joined_to_last, refuse_parted
from ledger.adapters.tables.reading.columns import Header, find_header, no_header
from ledger.adapters.tables.reading.forms import RIGHT_HALF, upright
from ledger.adapters.tables.reading.headings import department_in, person_in
from ledger.adapters.tables.reading.mapped import MappedTable
from ledger.adapters.tables.reading.several import first_and_rest
from ledger.adapters.tables.reading.table import map_below, missing_columns
from ledger.errors import LedgerError, UsageError, reason
from ledger.model.record import dataclass, replace
from ledger.model.telling import Tell, silent

READERS: Mapping[str, str] = {
    ".csv": "ledger.adapters.tables.reading.csvtext",
    ".docx": "ledger.adapters.tables.reading.word",
    ".pdf": "ledger.adapters.tables.reading.pdf",
    ".tsv": "ledger.adapters.tables.reading.csvtext",
    ".xlsm": "ledger.adapters.tables.reading.xlsx",
    ".xlsx": "ledger.adapters.tables.reading.xlsx",
}
"""Suffix → module of its reader."""

_SAVE_AS = {
    **dict.fromkeys((".xls", ".xlsb", ".et", ".ods", ".numbers"), ".xlsx"),
    **dict.fromkeys((".doc", ".docm", ".wps", ".odt", ".rtf", ".pages"), ".docx"),
}
_NO_NAME = re.compile(
    rf"^(?:表|工作表|sheet|table)\s*\d*$|（第 \d+ 行起）$|{RIGHT_HALF}$|续表", re.IGNORECASE
)
"""Names that sheets have by themselves, and that parts of one sheet are given."""
_TEXT = frozenset({".txt", ".md", ".html", ".htm"})


@dataclass(frozen=True, slots=True)
class Imported:
    """The tables of a file that have a header; notes and doubts (Chinese) on the rest of it."""

    tables: tuple[MappedTable, ...]
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def read_grids(path: Path, *, sheet: str | None = None, tell: Tell = silent) -> tuple[Grid, ...]:
    """The sheets or tables of a file in its order, or only the one named `sheet`.

    `tell` hears how far a long file has been read. Raises LedgerError for a file that is missing,
    unknown, damaged, empty or too large.
    """
    try:
        grids = _reader(path)(path, sheet, tell)
    except OSError as exc:
        raise LedgerError(f"无法读取 {path}：{reason(exc)}", hint="请检查路径和权限") from exc
    if not any(grid.rows for grid in grids):
        raise LedgerError(
            f"{path.name} 里没有内容", hint="检查文件是否传完整，内容是否在别的工作表"
        )
    return grids


def read_tables(
    path: Path,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str] | None = None,
    remembered: Mapping[str, str] | None = None,
    header_row: int | None = None,
    known: Collection[str] = (),
    tell: Tell = silent,
) -> Imported:
    """Every table of a file that has a header; sheets without one are named in the notes.

    The arguments are those of `read_grids`, `find_header` and `map_below`. Raises LedgerError as
    these do, and when no sheet has a header.
    """

    def find_below(grid: Grid) -> Header | None:
        return find_header(grid, mapping, None, remembered)

    whole = [grid for grid in read_grids(path, sheet=sheet, tell=tell) if grid.rows]
    grids = whole if header_row else [each for grid in whole for each in upright(grid)]
    headers = [
        each
        for grid in grids
        for each in _headed(grid, find_header(grid, mapping, header_row, remembered), find_below)
    ]
    headers = joined_to_last(headers)
    refuse_parted(headers)
    headed = [(grid, header) for grid, header in headers if header is not None]
    if not headed:
        raise no_header([grid.name for grid in grids], header_row)
    _check_missing([header for _, header in headed])
    bare = "、".join(f"“{grid.name}”" for grid, header in headers if header is None)
    return Imported(
        tuple(map_below(grid, header, known) for grid, header in _under_owners(headed, known)),
        (f"没有表头，没有导入的表：{bare}",) if bare else (),
        doubtful(headers),
    )


def _headed(
    grid: Grid, header: Header | None, find_below: Callable[[Grid], Header | None]
) -> list[tuple[Grid, Header | None]]:
    """The tables of a sheet with their headers."""
    if header is None:
        return [(grid, None)]
    first, rest = first_and_rest(grid, header)
    if rest is None:
        return [(grid, header)]
    return [(first, header), *_headed(rest, find_below(rest), find_below)]


def _under_owners(
    headed: Sequence[tuple[Grid, Header]], known: Collection[str]
) -> Sequence[tuple[Grid, Header]]:
    """Sheets of one leader or department each stand under what says whose they are.

    That is a sheet's title, or its name; all sheets must say it, and not all the same.
    """
    owners = [_owner(title_of(grid, header), grid.name, known) for grid, header in headed]
    if any(grid.part for grid, _ in headed):
        return headed
    if len(set(owners)) < 2 or not all(owners):
        return headed if any(owners) else _under_names(headed)
    return [
        (replace(grid, part=(owner,)), header)
        for (grid, header), owner in zip(headed, owners, strict=True)
    ]


def _under_names(headed: Sequence[tuple[Grid, Header]]) -> Sequence[tuple[Grid, Header]]:
    """Sheets that somebody has given names stand under these, where no column says 部分."""
    names = [grid.name for grid, _ in headed]
    fields = {column.field for _, header in headed for column in header.columns}
    if len(names) < 2 or "section" in fields or any(map(_NO_NAME.search, names)):
        return headed
    return [
        (
            replace(grid, part=(grid.name,), notes=(*grid.notes, "工作表名当作“部分”")),
            header,
        )
        for grid, header in headed
    ]


def _owner(title: str, name: str, known: Collection[str]) -> str:
    return next(
        (text for text in (title, name) if person_in(text) or department_in(text, known)), ""
    )


def _reader(path: Path) -> Callable[[Path, str | None, Tell], tuple[Grid, ...]]:
    """What the module for a file has as `read`."""
    suffix = path.suffix.lower()
    if not path.exists():
        raise UsageError(f"找不到文件 {path}", hint="请检查路径和文件名")
    if not path.is_file():
        raise LedgerError(f"{path} 不是文件", hint="请给出一个表格文件，而不是文件夹")
    if suffix not in READERS:
        hint = f"可以导入：{'、'.join(READERS)}"
        if suffix in _SAVE_AS:
            hint = f"请用办公软件打开，另存为 {_SAVE_AS[suffix]} 后再导入"
        elif suffix in _TEXT:
            hint = "请把内容粘贴到 Excel 里分好列，另存为 .xlsx 后再导入"
        raise LedgerError(
            f"不能导入{f' {suffix} ' if suffix else '没有后缀的'}文件：{path.name}", hint=hint
        )
    return import_module(READERS[suffix]).read  # type: ignore[no-any-return]


def _check_missing(headers: list[Header]) -> None:
    """A mapped column must be in one of the tables at least."""
    missing = set.intersection(*(set(header.missing) for header in headers))
    if missing:
        names = dict.fromkeys(column.header for header in headers for column in header.columns)
        raise missing_columns(sorted(missing), tuple(names))
