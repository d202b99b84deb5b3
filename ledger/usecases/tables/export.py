"""The ledger as the tables people know: which columns, what stands in them, where it is written.

A table that goes out can come back: `import` of an exported file changes nothing, and what was
edited in it comes back alone. So every column either says a field literally, as `import` reads it,
or is one of those that `import` knows to be the ledger's own (`fieldnames.COMPUTED`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from ledger.adapters.tables.reading.fieldnames import CURRENT_DUE, LIGHT, STATISTICS
from ledger.adapters.tables.writing.csvtext import csv_file
from ledger.adapters.tables.writing.sheet import CalendarDay, Light, Sheet, SheetColumn, Value
from ledger.model.config import Config
from ledger.model.record import dataclass, replace
from ledger.model.standing import checkpoints
from ledger.model.task import STATUS_COLUMN, Task, full_name, label
from ledger.model.telling import Tell, silent
from ledger.usecases.looking.rows import Row
from ledger.usecases.looking.status import COUNTED, Count, count, counts

FORMS = ("xlsx", "docx", "csv", "ics", "json", "jsonl")
NOTHING = "—"
"""Stands in an empty cell of a column in which an empty cell would mean "as above"."""
OTHERWISE = {label("goal"): "工作目标", "整改措施": label("measures")}
"""What two columns are called in a table that is not one of 整改."""

_DUTIES = "责任分工"


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported.

    Attributes:
        rows: the tasks in order, as they stand on `day`.
        day: what counts as today.
        config: for the organisation's name, departments, lights and fonts.
    """

    rows: Sequence[Row]
    day: dt.date
    config: Config


@dataclass(frozen=True, slots=True)
class _Field:
    """A column and how a task fills it.

    Attributes:
        always: whether it stays when it is empty all over.
        word: whether it is wanted in Word, where there is little room.
    """

    column: SheetColumn
    value: Callable[[Row], Value]
    always: bool = False
    word: bool = True


def _last_word(task: Task) -> str:
    """The latest news; why it was sent back or reminded of is none."""
    return next((entry.text for entry in reversed(task.progress) if not entry.event), "")


_FIELDS = (
    _Field(SheetColumn(label("id"), 12, kind="short"), lambda row: row.task.id, always=True),
    _Field(
        SheetColumn(label("source"), 10, kind="short"),
        lambda row: row.task.source,
        True,
        word=False,
    ),
    _Field(
        SheetColumn(label("section"), 16, merged=True),
        lambda row: row.task.section or NOTHING,
        word=False,
    ),
    _Field(SheetColumn(label("problem"), 24, merged=True), lambda row: row.task.problem or NOTHING),
    _Field(
        SheetColumn(label("key_point"), 24, merged=True), lambda row: row.task.key_point or NOTHING
    ),
    _Field(SheetColumn(label("goal"), 22), lambda row: row.task.goal),
    _Field(SheetColumn("整改措施", 40), lambda row: _lines(row.task.measures), always=True),
    _Field(SheetColumn(full_name("title"), 20), lambda row: row.task.title, True, word=False),
    _Field(SheetColumn("牵头单位", 14, _DUTIES), lambda row: "、".join(row.task.lead), always=True),
    _Field(SheetColumn("配合单位", 14, _DUTIES), lambda row: "、".join(row.task.assist)),
    _Field(SheetColumn(label("leader"), 16, _DUTIES), lambda row: row.task.leader),
    _Field(SheetColumn(label("owner"), 16, _DUTIES), lambda row: row.task.owner),
    _Field(SheetColumn(label("due"), 16), lambda row: row.task.due.text, always=True),
    _Field(SheetColumn(CURRENT_DUE, 12, kind="date"), lambda row: row.standing.due, always=True),
    _Field(
        SheetColumn(label("status"), 10, kind="short"), lambda row: row.task.status, always=True
    ),
    _Field(
        SheetColumn(LIGHT, 6, kind="light"),
        lambda row: Light(row.standing.light, row.standing.state),
        always=True,
    ),
    _Field(SheetColumn("进展情况", 36), lambda row: _last_word(row.task), always=True),
)


def exported(
    export: Export,
    form: str,
    encoding: str = "utf-8",
    remind: int | None = None,
    tell: Tell = silent,
) -> bytes:
    """The file of a table or a calendar.

    Args:
        form: `xlsx`, `docx`, `csv` or `ics`.
        encoding: of csv.
        remind: days from reminder to deadline in a calendar; None takes those of the yellow light.
        tell: told how many rows of an Excel or Word table are written, of how many.

    Raises:
        UsageError: no such encoding.
        LedgerError: a text is too long for a cell.
    """
    if form == "csv":
        return csv_file(ledger_sheet(export), encoding)
    if form == "xlsx":
        from ledger.adapters.tables.writing.xlsx import xlsx_file

        return xlsx_file((ledger_sheet(export), statistics_sheet(export)), export.day, tell)
    if form == "docx":
        from ledger.adapters.tables.writing.docx import docx_file

        return docx_file(ledger_sheet(export, word=True), export.config.fonts, tell)
    from ledger.adapters.tables.writing.ics import ics_file

    days = export.config.lights.due_soon_days if remind is None else remind
    name = f"{export.config.organisation}台账时限"
    return ics_file(deadlines(export.rows), name, export.config.organisation, export.day, days)


def ledger_sheet(export: Export, word: bool = False) -> Sheet:
    """The 台账: one row a task; columns nobody fills are left out.

    Args:
        word: without the columns for which a page has no room; names of tasks only where one has
            no measures.
    """
    extra = _extra_fields(export.rows)
    # Beside columns of the table's own all stay, lest one of those be taken for a field.
    used = [
        field
        for field in _FIELDS
        if field.always
        or extra
        or any(field.value(row) not in ("", None, NOTHING) for row in export.rows)
    ]
    nameless = any(not row.task.measures for row in export.rows)
    fields = [
        field
        for field in used
        if not word or field.word or (nameless and field.column.title == full_name("title"))
    ]
    every = [*fields, *extra]
    rows = [
        (number, *(field.value(row) for field in every))
        for number, row in enumerate(export.rows, start=1)
    ]
    kinds = {row.task.kind for row in export.rows}
    columns = _titled([field.column for field in every], kinds)
    return Sheet("台账", _title(export), (SheetColumn("序号", 6, kind="whole"), *columns), rows)


def statistics_sheet(export: Export) -> Sheet:
    """Numbers by leading department, the whole last."""
    lights = export.config.lights
    tasks = [row.brief for row in export.rows]
    groups = counts(tasks, "lead", lights, export.config.canonical())
    total = count("全部事项", tasks, lights)
    columns = (
        SheetColumn("牵头单位", 16, kind="short"),
        *(
            SheetColumn(title, 10, kind="share" if key == "rate" else "short")
            for key, title in COUNTED.items()
        ),
    )
    rows = [(each.key, *(_number(each, key) for key in COUNTED)) for each in (*groups, total)]
    return Sheet(STATISTICS, "按牵头单位统计（几个部门共同牵头的，各部门各计一次）", columns, rows)


def deadlines(rows: Sequence[Row]) -> list[CalendarDay]:
    """Every open checkpoint of every task, each a day of its own."""
    return [deadline for row in rows for deadline in _open(row)]


def _extra_fields(rows: Sequence[Row]) -> list[_Field]:
    """Columns of the source's table that no field takes, kept under their own names."""
    known = {field.column.title for field in _FIELDS} | {"序号", STATUS_COLUMN}
    names = dict.fromkeys(name for row in rows for name in _extra(row.task))
    return [_extra_field(name) for name in names if name not in known]


def _extra_field(name: str) -> _Field:
    return _Field(SheetColumn(name, 16), lambda row: _extra(row.task).get(name, ""))


def _extra(task: Task) -> dict[str, str]:
    """Column → text; tasks of old ledgers keep them beside the fields."""
    beside = {key: value for key, value in task.extra.items() if isinstance(value, str)}
    return beside | dict(task.columns)


def _titled(columns: Sequence[SheetColumn], kinds: Collection[str]) -> list[SheetColumn]:
    """The columns with the names that suit the tasks' kinds; a group of a single one is none."""
    other = {} if set(kinds) == {"巡视整改"} else OTHERWISE
    duties = sum(column.group == _DUTIES for column in columns)
    return [
        replace(
            column,
            title=other.get(column.title, column.title),
            group=column.group if duties > 1 else "",
        )
        for column in columns
    ]


def _title(export: Export) -> str:
    kinds = {row.task.kind for row in export.rows}
    kind = kinds.pop() if len(kinds) == 1 else ""
    day = export.day
    return f"{export.config.organisation}{kind}台账（截至{day.year}年{day.month}月{day.day}日）"


def _lines(measures: Sequence[str]) -> str:
    """One measure a line; a line break within one would make it two on the way back."""
    return "\n".join(" ".join(each.split("\n")) for each in measures)


def _number(counted: Count, key: str) -> Value:
    value: Value = getattr(counted, key)
    return value / 100 if key == "rate" and isinstance(value, float) else value


def _open(row: Row) -> list[CalendarDay]:
    task, following = row.task, row.standing.due
    lead = "、".join(task.lead)
    return [
        CalendarDay(
            task.id,
            number,
            day,
            f"{task.title}（{lead}）" if lead else task.title,
            "\n".join(
                (f"{label('id')}：{task.id}", f"{label('due')}：{task.due.text}", *task.measures)
            ),
            task.source,
            len(task.extensions),
        )
        for number, day in enumerate(checkpoints(task), start=1)
        if following is not None and day >= following
    ]
