"""What was done to a task, in words: what writing commands print, and a screen shows."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.model.task import APPLIED, REVIEWED
from ledger.usecases.writing.edit import Done
from ledger.view.changes import change_lines


def done_lines(done: Done, sentence: str) -> Iterator[str]:
    """What was done, field by field where it is short.

    Args:
        sentence: what it was, without its full stop.
    """
    yield f"{sentence}。"
    yield from (f"  {line}" for line in change_lines(done.changes))
    yield from _next_step(done)
    if done.along:
        yield "  这个文件原来就有没有提交的改动，已一并提交。"
    if not done.commit:
        yield "  只改了文件，没有提交。"


def _next_step(done: Done) -> Iterator[str]:
    """Who has to do what, once it was applied for closing or reviewed."""
    if all(change.field != "status" for change in done.changes):
        return
    if done.task.status == APPLIED:
        yield f"  下一步：另一个人运行 ledger review {done.task.id} --opinion 意见"
    if done.task.status == REVIEWED:
        yield "  下一步：会后运行 ledger decide --new 登记会议"


def reported(done: Done) -> str:
    """Progress was reported."""
    return f"已填报 {_called(done)}"


def registered(done: Done) -> str:
    """A piece of evidence was registered."""
    kept = done.task.evidence[-1]
    where = f"存放在 {kept.path}" if kept.path else "只记校验值，文件没有放进台账"
    return f"已登记佐证材料 {_called(done)}，{where}"


def applied(done: Done) -> str:
    """It was applied for closing."""
    return f"已申请销号 {_called(done)}"


def reviewed(done: Done) -> str:
    """The application was reviewed."""
    return f"已审核 {_called(done)}，待上会"


def returned(done: Done) -> str:
    """The application was sent back."""
    return f"已退回 {_called(done)}"


def _called(done: Done) -> str:
    return f"{done.task.id} {done.task.title}"
