"""Something is done from the screen: asked for, shown whole, agreed to, done, told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from textual.screen import ModalScreen

from ledger.errors import LedgerError
from ledger.model.record import dataclass
from ledger.model.standing import Brief
from ledger.model.task import Task
from ledger.usecases.looking.list import one
from ledger.usecases.sharing.save import HandEdits, hand_edits, save
from ledger.usecases.writing.act import Act
from ledger.view.browse.dialogs import Confirm, Form, Notice
from ledger.view.browse.errands import Blank, Errand, Given, filled, headed, preview
from ledger.view.browse.outlook import Outlook
from ledger.view.done import done_lines
from ledger.view.problems import problem_lines, refusal
from ledger.view.save import edit_lines, remark_lines

T = TypeVar("T")
_WRITING = "正在写入……"
_UNDO = "办错了的，退出后运行 ledger undo 撤回。"
_CANCELLED = "已取消，什么都没有改。"
_SUBJECT = Blank("subject", "这次改了什么", "一句话", needed=False)


class Desktop(Protocol):
    """The screen, as far as it is needed here."""

    async def answered(self, screen: ModalScreen[T]) -> T:
        """What somebody answers on a screen."""

    async def painted(self, text: str) -> None:
        """Say something, and go on once it can be seen."""

    def tell(self, lines: Iterable[str]) -> None:
        """Say something."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known before anybody is asked.

    Attributes:
        act: by whom it will be done, and when.
        offered: what stands in the form already.
    """

    task: Task
    blanks: Sequence[Blank]
    act: Act
    offered: Given


async def do(stage: Desktop, outlook: Outlook, errand: Errand, brief: Brief) -> None:
    """Do something to a task, once somebody has agreed to all of it.

    What is refused is said: at once where the task does not allow it, else in the form, where what
    was typed stays.
    """
    stage.tell([])
    try:
        begun = _begun(outlook, errand, brief)
    except (LedgerError, OSError) as error:
        stage.tell([against(error)])
        return
    given, refused = begun.offered, ""
    title = headed(errand, begun.task)
    while (typed := await stage.answered(Form(title, begun.blanks, given, refused))) is not None:
        given = typed
        try:
            meant = filled(begun.blanks, typed, outlook.door.legible)
            errand.check(meant)
            refused = ""
            lines = preview(errand, begun.task, begun.blanks, meant, begun.act)
            if await stage.answered(Confirm(lines)):
                await stage.painted(_WRITING)
                stage.tell([*_done(outlook, errand, brief, meant), _UNDO])
                return
        except (LedgerError, OSError) as error:
            refused = against(error)
            stage.tell([])
    stage.tell([_CANCELLED])


def against(error: Exception) -> str:
    """What is said of an error; one that is a bug is raised again."""
    if told := refusal(error):
        return told
    raise error


def _begun(outlook: Outlook, errand: Errand, brief: Brief) -> Begun:
    with outlook.opened() as ledger:
        act = outlook.door.act(ledger, outlook.door.now(ledger))
        task = one(ledger, brief.id, outlook.when).task
        errand.refuse(task)
        blanks = errand.blanks(task)
        offered = {each.key: each.offer(ledger) for each in blanks if each.offer}
    return Begun(task, blanks, act, offered)


def _done(outlook: Outlook, errand: Errand, brief: Brief, given: Given) -> Iterable[str]:
    with outlook.opened() as ledger:
        act = outlook.door.act(ledger, outlook.door.now(ledger))
        done = errand.carry_out(ledger, brief.id, given, act)
    return done_lines(done, errand.tell(done))


async def keep(stage: Desktop, outlook: Outlook) -> None:
    """Save what was changed by hand, once the rules and somebody agree."""
    stage.tell([])
    typed = ""
    refused: str | None = ""
    while refused is not None and (edits := await _edits(stage, outlook)) is not None:
        lines = [*edit_lines(edits), *remark_lines(edits)]
        offered = {_SUBJECT.key: typed or edits.subject}
        form = Form("保存手工改过的文件", [_SUBJECT], offered, refused, lines)
        given = await stage.answered(form)
        if given is None:
            stage.tell([_CANCELLED])
            return
        typed = given[_SUBJECT.key]
        refused = await _kept(stage, outlook, edits, typed, lines)


async def _edits(stage: Desktop, outlook: Outlook) -> HandEdits | None:
    """What may be saved; None where there is nothing, or something against it, which is told."""
    try:
        with outlook.opened() as ledger:
            edits = hand_edits(ledger, outlook.door.now(ledger))
    except (LedgerError, OSError) as error:
        stage.tell([against(error)])
        return None
    lines = [*edit_lines(edits), *remark_lines(edits)]
    if edits.refused():
        problems = problem_lines(edits.checked.problems)
        told = [*lines, "", *problems, "", "请改好以上各处，再按 w 保存。"]
        await stage.answered(Notice("手工修改不合规则，没有保存", told))
        return None
    if not edits.files:
        stage.tell([*lines, "没有要保存的改动。"])
        return None
    return edits


async def _kept(
    stage: Desktop, outlook: Outlook, edits: HandEdits, typed: str, lines: Sequence[str]
) -> str | None:
    """Save some edits where somebody agrees: None when it is done, else what is against it."""
    try:
        called = edits.called(outlook.door.legible(typed, _SUBJECT.name))
        if not await stage.answered(Confirm([f"保存手工修改：{called}", "", *lines])):
            return ""
        await stage.painted(_WRITING)
        with outlook.opened() as ledger:
            save(ledger, edits, called)
    except (LedgerError, OSError) as error:
        stage.tell([])
        return against(error)
    stage.tell([f"已保存：{called}。", _UNDO])
    return None
