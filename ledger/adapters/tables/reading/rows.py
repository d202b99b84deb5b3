"""One row of a table as the ledger reads it, its texts as printed; and what numbers must not do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ledger.adapters.tables.grid import Cell
from ledger.adapters.tables.reading.departments import read_duty
from ledger.adapters.tables.reading.headings import department_in, person_in
from ledger.errors import LedgerError
from ledger.model.record import dataclass
from ledger.model.task import label

NOTHING = frozenset({"—", "——", "-", "--", "–", "/", "／", "无", "暂无"})
"""What people write into a cell that stays empty."""
_PERCENT = re.compile(r"[█▓▒░■□▌\s]*(?:已?完成|约)?(\d{1,3}(?:\.\d+)?)[%％]")


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One item of a table, its texts as printed; "" or () where the table has nothing.

    `id` is what an 编号 column says, `number` what 序号 says; of one merged over several rows each
    row has it (`shared`). `wrapped` says that line breaks in the texts are guessed.
    `line` is its row in the file (from 1), `sheet` its table's name, where several are looked at.
    `due_date` is set only for a cell the file types as a date. `percent` is how far it is. `extra`
    holds (column name, text) of columns without a field, `own` those of columns that only the
    ledger fills in.
    """

    line: int
    id: str = ""
    number: str = ""
    section: str = ""
    key_point: str = ""
    problem: str = ""
    goal: str = ""
    measures: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()
    leader: str = ""
    owner: str = ""
    due_text: str = ""
    due_date: date | None = None
    progress: str = ""
    status_text: str = ""
    note: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    shared: bool = False
    wrapped: bool = False
    percent: int | None = None
    own: tuple[tuple[str, str], ...] = ()
    sheet: str = ""


def row_of(
    line: int,
    cells: Mapping[str, Sequence[Cell]],
    texts: Mapping[str, str],
    part: Sequence[str],
    extra: tuple[tuple[str, str], ...],
    known: frozenset[str],
) -> ImportedRow:
    """A row from the cells of its fields.

    Args:
        texts: what carries down (部分, 工作要点, 反馈问题), as it was found.
        part: headings the table stands under; where no column says who leads, they may.
        known: departments' names and aliases.
    """
    printed = {field: text_of(parts) for field, parts in cells.items()} | dict(texts)
    duty = read_duty(_something(printed.get("lead", "")), "lead", known)
    helping = read_duty(_something(printed.get("assist", "")), "assist", known)
    lead = tuple(dict.fromkeys(duty.lead + helping.lead))
    assist = dict.fromkeys(duty.assist + helping.assist)
    leader = _people(printed.get("leader", "")) or duty.leader
    due = cells.get("due", ())
    return ImportedRow(
        line,
        id=one_line(printed.get("id", "")),
        number=one_line(printed.get("number", "")).rstrip(".．、"),
        section=one_line(printed.get("section", "")),
        key_point=printed.get("key_point", ""),
        problem=printed.get("problem", ""),
        goal=printed.get("goal", ""),
        measures=_lines(printed.get("measures", "")),
        lead=lead or (() if "lead" in cells else _leading(part, known)),
        assist=tuple(name for name in assist if name not in lead),
        leader=leader or ("" if "leader" in cells else _leader(part)),
        owner=_people(printed.get("owner", "")) or duty.owner,
        due_text=_something(one_line(printed.get("due", ""))),
        due_date=next((cell.value for cell in due if isinstance(cell.value, date)), None),
        progress=_something(printed.get("progress", "") or _begun(printed.get("percent", ""))),
        status_text=_something(one_line(printed.get("status", ""))),
        note=_something(printed.get("note", "")),
        extra=extra,
        percent=_percent(printed),
        shared=any(cell.above for cell in cells.get("number", ())),
    )


def refuse_doubled_numbers(table: str, rows: Sequence[ImportedRow]) -> tuple[int, ...]:
    """序号 may begin again from 1 or with a part, and one may stand for a problem's measures.

    Returns the lines in which it begins again within a part. Raises LedgerError when otherwise two
    rows have the same one, or two rows the same 编号.
    """
    restarts: list[int] = []
    seen: dict[str, ImportedRow] = {}
    ids: dict[str, ImportedRow] = {}
    before: ImportedRow | None = None
    for row in rows:
        if not row.number.isdecimal():
            continue
        new_part = before is not None and row.section != before.section
        may_restart = new_part or (before is not None and row.number == "1")
        if may_restart and not _goes_together(row, seen.get(row.number)):
            seen = {}
            restarts.extend([] if new_part else [row.line])
        other = seen.setdefault(row.number, row)
        if other is not row and not _goes_together(row, other):
            raise _doubled(table, "序号", row.number, other.line, row.line)
        before = row
    for row in rows:
        if row.id and not row.id.isdecimal() and ids.setdefault(row.id, row) is not row:
            raise _doubled(table, label("id"), row.id, ids[row.id].line, row.line)
    return tuple(restarts)


def text_of(cells: Iterable[Cell]) -> str:
    """The text of the cells that one column has in a row."""
    return "\n".join(cell.text for cell in cells if cell.text)


def one_line(text: str) -> str:
    """The text with single spaces instead of line breaks."""
    return " ".join(text.split())


def _goes_together(row: ImportedRow, other: ImportedRow | None) -> bool:
    """Whether two rows are measures of one numbered problem or task."""
    if other is None:
        return False
    what = row.problem or row.key_point
    return row.shared or bool(what and what == (other.problem or other.key_point))


def _doubled(table: str, what: str, number: str, first: int, second: int) -> LedgerError:
    return LedgerError(
        f"表“{table}”第 {first} 行和第 {second} 行的{what}都是 {number}",
        hint=f"请改正{what}后再导入；不想用这一列的，加 --map {what}=extra",
    )


def _something(text: str) -> str:
    return "" if text.strip() in NOTHING else text


def _begun(share: str) -> str:
    """A share as an entry of the log; 0% is none."""
    return "" if re.fullmatch(r"0+(?:\.0+)?[%％]?", share.strip()) else share


def _percent(printed: Mapping[str, str]) -> int | None:
    """How far a row is, by a column of its own or a 进展情况 that is nothing but that."""
    text = printed.get("percent") or printed.get("progress", "")
    match = _PERCENT.fullmatch(text.strip())
    return round(float(match[1])) if match and float(match[1]) <= 100 else None


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _people(text: str) -> str:
    return re.sub(r"、(?=[（(])", "", "、".join(_lines(_something(text))))


def _leader(part: Sequence[str]) -> str:
    return next((named for each in reversed(part) if (named := person_in(each))), "")


def _leading(part: Sequence[str], known: frozenset[str]) -> tuple[str, ...]:
    return next(((name,) for each in reversed(part) if (name := department_in(each, known))), ())
