"""What is to be said of a table's cells: where each stands, what of it, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.adapters.tables.reading.mapped import MappedTable, line_ranges
from ledger.adapters.tables.reading.rows import ImportedRow
from ledger.model.record import dataclass
from ledger.model.task import STATUS_COLUMN
from ledger.usecases.tables.row_to_task import ID_COLUMN, NOTE_COLUMN

_SHOWN = 10
_FIELD_OF = {NOTE_COLUMN: "note", ID_COLUMN: "id", STATUS_COLUMN: "status", "title": "measures"}
"""What a task keeps or is called → the field of a table that it comes from."""


@dataclass(frozen=True, slots=True)
class CellNote:
    """Something to be said of a cell, a column or a row of a table.

    Attributes:
        message: what, in Chinese, without a full stop.
        sheet: the sheet's or table's name.
        row: its line in the file, 0 where that is unknown.
        column: the column's name, empty where a whole row is meant.
        id: the task that the row stands for, where there is one.
        hint: what to do, or the command that does it properly; may be empty.
        joined: whether the message goes on in the sentence that names the place.
    """

    message: str
    sheet: str
    row: int
    column: str = ""
    id: str = ""
    hint: str = ""
    joined: bool = False

    @property
    def what(self) -> str:
        """The message by itself."""
        return self.message.lstrip("：的") if self.joined else self.message


class Columns:
    """What a table calls the column of a field."""

    def __init__(self, tables: Sequence[MappedTable]) -> None:
        self._names: Mapping[tuple[str, str], str] = {
            (table.name, use.field): use.name for table in tables for use in table.columns
        }

    def has(self, row: ImportedRow, field: str) -> bool:
        """Whether the row's table has a column for a field."""
        return (row.sheet, field) in self._names

    def note(
        self, row: ImportedRow, field: str, message: str, task: str = "", hint: str = ""
    ) -> CellNote:
        """A note on the cell that a row has for a field; the name of a column will do as well."""
        column = self._names.get((row.sheet, _FIELD_OF.get(field, field)), "")
        columns = {name for name, _ in (*row.extra, *row.own)}
        return CellNote(
            message, row.sheet, row.line, column or (field if field in columns else ""), task, hint
        )


def told(notes: Iterable[CellNote]) -> Iterator[str]:
    """Sentences without full stops: what is said alike of several rows of a column, once."""
    groups: dict[tuple[str, str, str, str], list[CellNote]] = {}
    for note in notes:
        hint = note.hint.replace(note.id, ID_COLUMN) if note.id else note.hint
        groups.setdefault((note.sheet, note.column, note.message, hint), []).append(note)
    for (sheet, column, message, hint), alike in groups.items():
        rows = sorted({note.row for note in alike if note.row})
        where = (f"表“{sheet}”" if sheet else "") + (line_ranges(rows) if rows else "")
        where += f"“{column}”列" if column else ""
        ids = list(dict.fromkeys(note.id for note in alike if note.id))
        only = alike[0].hint if len(ids) < 2 else hint
        joint = "" if alike[0].joined or not where else "："
        yield (
            f"{where}{joint}{message}"
            + (f"：{listed(ids)}" if ids else "")
            + (f"；{only}" if only else "")
        )


def listed(ids: Sequence[str]) -> str:
    """Ids in a sentence, the first of many."""
    shown = "、".join(ids[:_SHOWN])
    return f"{shown} 等 {len(ids)} 项" if len(ids) > _SHOWN else shown
