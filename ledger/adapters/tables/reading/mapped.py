"""What a table comes to once it has been read: its items, its columns, what there is to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ledger.adapters.tables.reading.columns import Doubt
from ledger.adapters.tables.reading.rows import ImportedRow
from ledger.model.record import dataclass


class ColumnUse(NamedTuple):
    """What a column of a table was taken for.

    Attributes:
        name: as the table has it.
        field: the field's key, `extra` for a column kept as it is.
        basis: 指定, 沿用上次, 列名, 推测 or 不认得: how sure that is; or 台账自填.
    """

    name: str
    field: str
    basis: str


_RANGES = 10  # that are named one by one


@dataclass(frozen=True, slots=True)
class MappedTable:
    """The items of one sheet or table.

    `title` is the text above the header, `notes` says in Chinese what was guessed and what was
    left out, `doubts` what of it somebody should look at first, `unread` are lines that say
    something, but not what is to be done. `head` is the header's last line.
    """

    name: str
    title: str
    columns: tuple[ColumnUse, ...]
    rows: tuple[ImportedRow, ...]
    notes: tuple[str, ...]
    unread: tuple[int, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    head: int = 0


def line_ranges(lines: Iterable[int]) -> str:
    """Ascending lines in words, the first of many: 第 3—5、9 行."""
    count = 0
    ranges: list[list[int]] = []
    for line in lines:
        count += 1
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    words = [f"{a}" if a == b else f"{a}—{b}" for a, b in ranges[:_RANGES]]
    more = f"等 {count} " if len(ranges) > _RANGES else ""
    return f"第 {'、'.join(words)} {more}行"
