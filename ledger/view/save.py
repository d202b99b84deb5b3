"""What was changed by hand, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.model.change import ADDED, CHANGED, REMOVED
from ledger.model.problem import WARNING
from ledger.usecases.sharing.save import HandEdits
from ledger.view.changes import text_lines
from ledger.view.problems import problem_line
from ledger.view.text import one_line

_WHAT = {ADDED: "新增", CHANGED: "修改", REMOVED: "删除"}
_NAMED = 5
_SILENCE = "F001"  # is about nobody having written, and whoever saves has


def edit_lines(edits: HandEdits) -> Iterator[str]:
    """What changed: tasks field by field, of other files that they did."""
    change = edits.checked.change
    tasks = change.tasks if change else ()
    if change and tasks:
        yield from text_lines(change)
    paths = {
        entry.path for side in ((change.old, change.new) if change else ()) for entry in side.tasks
    }
    for each in edits.files:
        if each.path not in paths:
            yield one_line(f"{_WHAT[each.what]} {each.path}")


def remark_lines(edits: HandEdits) -> Iterator[str]:
    """What the rules remark, and what is not the ledger's."""
    problems = edits.checked.problems
    warnings = [each for each in problems if each.severity == WARNING and each.code != _SILENCE]
    yield from (problem_line(each) for each in warnings)
    if edits.others:
        more = " 等" if len(edits.others) > _NAMED else ""
        named = "、".join(edits.others[:_NAMED])
        yield one_line(f"不属于台账的 {len(edits.others)} 个文件没有动：{named}{more}。")
