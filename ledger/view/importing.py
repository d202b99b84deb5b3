"""What an import brings: new, changed field by field, same, gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.adapters.tables.reading.assigning import OWN
from ledger.adapters.tables.reading.fieldnames import DROPPED, EXTRA, field_title
from ledger.adapters.tables.reading.mapped import ColumnUse
from ledger.model.change import CHANGED, TaskChange
from ledger.model.decode import encode
from ledger.model.paths import CONFIG_FILE, path_of_task
from ledger.model.task import heading
from ledger.usecases.tables.cells import CellNote, told
from ledger.usecases.tables.plan import ImportPlan
from ledger.view.changes import change_lines
from ledger.view.table import Column, Table
from ledger.view.text import one_line

_SHOWN = 10


def summary(plan: ImportPlan) -> str:
    """One line of numbers."""
    changed = sum(change.what == CHANGED for change in plan.changes)
    return (
        f"{plan.source.id}：新增 {len(plan.changes) - changed} 项，修改 {changed} 项，"
        f"不变 {plan.same} 项，表里没有了 {len(plan.gone)} 项"
        + (f"，时限待定 {plan.undated} 项" if plan.undated else "")
    )


def new_table(plan: ImportPlan, everything: bool) -> Table:
    """The new tasks; some of them unless all are wanted."""
    new = [change for change in plan.changes if change.what != CHANGED]
    shown = new if everything else new[:_SHOWN]
    columns = (
        Column(heading("id")),
        Column(heading("title"), flexible=True, share=4),
        Column(heading("lead"), flexible=True, share=2),
        Column(heading("due"), flexible=True),
        Column("解读"),
    )
    more = (f"……另有 {len(new) - len(shown)} 项",) if len(new) > len(shown) else ()
    return Table(columns, [_new_row(change) for change in shown], "新增", more)


def column_table(plan: ImportPlan) -> Table:
    """What each column of the table was taken for, and how sure that is."""
    rows = [(use.name, _taken_for(use), use.basis) for use in plan.columns]
    return Table((Column("列", flexible=True), Column("当作"), Column("依据")), rows, "各列")


def question(plan: ImportPlan) -> tuple[str, ...]:
    """What is to be agreed to before it is written: lines, empty when all is understood."""
    return tuple(f"· {one_line(doubt)}" for doubt in told(plan.doubts))


def refusals(plan: ImportPlan) -> tuple[str, ...]:
    """What the rules refuse: lines, empty where nothing is."""
    return tuple(f"· {one_line(each)}" for each in told(plan.refused))


def plan_json(plan: ImportPlan, commit: str = "", written: bool = False) -> dict[str, Any]:
    """The whole plan as JSON has it.

    Args:
        commit: what it was written in, empty for nothing.
        written: whether it was.
    """
    new = [each for each in plan.changes if each.what != CHANGED]
    changed = [each for each in plan.changes if each.what == CHANGED]
    return {
        "source": encode(plan.source),
        "written": written,
        "commit": commit,
        "counts": {
            "new": len(new),
            "changed": len(changed),
            "same": plan.same,
            "gone": len(plan.gone),
            "undated": plan.undated,
        },
        "new": [_task_json(plan, each) for each in new],
        "changed": [
            {
                "id": each.id,
                **_place(plan, each),
                "changes": [{"field": f.field, "old": f.old, "new": f.new} for f in each.fields],
            }
            for each in changed
        ],
        "gone": list(plan.gone),
        "departments": list(plan.departments),
        "columns": [
            {"sheet": sheet, "column": use.name, "field": use.field, "basis": use.basis}
            for sheet, uses in plan.sheets
            for use in uses
        ],
        "doubts": [_note_json(each) for each in plan.doubts],
        "left_out": [_note_json(each) for each in plan.left_out],
        "problems": [_note_json(each) for each in plan.refused],
        "notes": list(plan.notes),
    }


def changed_lines(plan: ImportPlan) -> Iterator[str]:
    """Every changed task, a line a field."""
    for change in plan.changes:
        if change.what == CHANGED:
            yield f"修改 {one_line(change.id)}"
            yield from (f"  {line}" for line in change_lines(change.fields))


def notes(plan: ImportPlan) -> Iterator[str]:
    """What the user should know beside the changes."""
    yield from (f"说明：{one_line(note)}。" for note in plan.notes)
    yield from (f"没有照改：{one_line(note)}。" for note in told(plan.left_out))
    if plan.departments:
        names = one_line("、".join(plan.departments))
        yield f"{CONFIG_FILE} 的部门名单新增 {len(plan.departments)} 个，请核对：{names}。"
    if plan.gone:
        names = "、".join(plan.gone)
        yield f"表里没有、台账里保留的事项：{one_line(names)}。"


def _taken_for(use: ColumnUse) -> str:
    if use.basis == OWN or use.field == DROPPED:
        return "不导入"
    return "原样保留" if use.field == EXTRA else field_title(use.field)


def _new_row(change: TaskChange) -> tuple[str, ...]:
    values = {each.field: each.new for each in change.fields}
    due = values.get("due") or {}
    read = due.get("date") or values.get("nature") or "待定"
    lead = "、".join(values.get("lead") or [])
    return change.id, str(values["title"]), lead, str(due.get("text", "")), str(read)


def _task_json(plan: ImportPlan, change: TaskChange) -> dict[str, Any]:
    return {**encode(change.after or {}), **_place(plan, change)}


def _place(plan: ImportPlan, change: TaskChange) -> dict[str, Any]:
    """Where in the file a task comes from."""
    task = change.after
    row = plan.rows.get(path_of_task(task.source, task.id)) if task else None
    return {"sheet": row.sheet if row else "", "row": row.line if row else None}


def _note_json(note: CellNote) -> dict[str, Any]:
    return {
        "sheet": note.sheet,
        "row": note.row or None,
        "column": note.column,
        "id": note.id,
        "message": note.what,
        "hint": note.hint,
    }
