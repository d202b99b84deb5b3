"""What can be done to a task from the screen: what is asked for, and which function does it.

These are the very functions that the commands call, with the same refusals and the same words.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ledger.errors import UsageError
from ledger.model.people import names_in
from ledger.model.record import dataclass
from ledger.model.task import Progress, Task
from ledger.usecases.closing import steps
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Act
from ledger.usecases.writing.edit import Done, refuse_ended, report_progress
from ledger.usecases.writing.evidence import Material, add_evidence
from ledger.usecases.writing.latest import review_opinion
from ledger.view import done as told
from ledger.view.browse.prose import fitted

_HEAD = 100  # columns
Given = Mapping[str, str]  # what was typed, by what it is for


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing that is asked for.

    Attributes:
        key: what it is for.
        name: what it is called (Chinese).
        hint: how it is to be written; empty where that is plain.
        needed: whether it may not be left out.
        offer: what stands there already, worked out when it is asked for.
    """

    key: str
    name: str
    hint: str = ""
    needed: bool = True
    offer: Callable[[Ledger], str] | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that can be done to a task.

    Attributes:
        name: what it is called (Chinese).
        blanks: what is asked for.
        refuse: raises where a task does not allow it, before anybody types anything.
        carry_out: does it.
        tell: what was done, in words.
        check: raises where what was typed cannot be meant.
    """

    name: str
    blanks: Callable[[Task], Sequence[Blank]]
    refuse: Callable[[Task], None]
    carry_out: Callable[[Ledger, str, Given, Act], Done]
    tell: Callable[[Done], str]
    check: Callable[[Given], object] = len


def _progress_blanks(task: Task) -> Sequence[Blank]:
    names = "、".join(each.name for each in task.indicators)
    how = f"名称=数值，几个的用、隔开；有：{names}"
    return (
        Blank("text", "进展情况", "这段时间做了什么"),
        Blank("percent", "完成百分比", "0 到 100", needed=False),
        *([Blank("indicators", "量化指标", how, needed=False)] if names else []),
    )


def _percent(given: Given) -> int | None:
    """The percentage that was typed; None for nothing.

    Raises:
        UsageError: it is none.
    """
    text = given.get("percent", "").strip().removesuffix("%").removesuffix("％").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > len("100") or int(text) > 100:
        raise UsageError(f"完成百分比“{text}”看不懂", hint="请写 0 到 100 之间的整数")
    return int(text)


def _report(ledger: Ledger, task: str, given: Given, act: Act) -> Done:
    entry = Progress(date=act.date, by=act.by, text=given["text"], percent=_percent(given))
    reached = names_in(given.get("indicators", ""))
    return report_progress(ledger, task, entry, act.commit, act.today, reached)


def _file(given: Given) -> Path:
    """The file whose name was typed, as terminals and file managers give it."""
    name = given["file"].strip().strip("'\"").removeprefix("file://")
    return Path(os.path.expanduser(name))  # noqa: PTH111 - Path.expanduser raises for ~nobody


def _register(ledger: Ledger, task: str, given: Given, act: Act) -> Done:
    archive = given.get("archive", "")
    return add_evidence(ledger, task, Material(_file(given), given.get("name", ""), archive), act)


def _apply(ledger: Ledger, task: str, given: Given, act: Act) -> Done:
    return steps.apply_closing(ledger, task, given["summary"], act)


def _review(ledger: Ledger, task: str, given: Given, act: Act) -> Done:
    return steps.review(ledger, task, given["opinion"], act)


def _send_back(ledger: Ledger, task: str, given: Given, act: Act) -> Done:
    return steps.send_back(ledger, task, given["reason"], act)


PROGRESS = Errand("填报进展", _progress_blanks, refuse_ended, _report, told.reported, _percent)
EVIDENCE = Errand(
    "登记佐证材料",
    lambda task: (
        Blank("file", "文件", "文件的路径，可以把文件拖进窗口"),
        Blank("name", "名称", "默认取文件名", needed=False),
        Blank("archive", "档案号", "敏感材料才写：文件不入台账，只记校验值", needed=False),
    ),
    refuse_ended,
    _register,
    told.registered,
)
APPLY = Errand(
    "申请销号",
    lambda task: (Blank("summary", "完成情况说明"),),
    steps.refuse_applying,
    _apply,
    told.applied,
)
REVIEW = Errand(
    "审核销号申请",
    lambda task: (Blank("opinion", "审核意见", offer=review_opinion),),
    steps.refuse_reviewing,
    _review,
    told.reviewed,
)
RETURN = Errand(
    "退回销号申请",
    lambda task: (Blank("reason", "退回理由"),),
    steps.refuse_returning,
    _send_back,
    told.returned,
)
ERRANDS: Mapping[str, Errand] = {
    "progress": PROGRESS,
    "evidence": EVIDENCE,
    "apply": APPLY,
    "review": REVIEW,
    "return": RETURN,
}
"""By the names of the commands that do the same."""


def filled(blanks: Sequence[Blank], typed: Given, legible: Callable[[str, str], str]) -> Given:
    """What was typed, without the blanks around it.

    Args:
        legible: as `Door` has it.

    Raises:
        UsageError: something is missing, or has what no text has.
    """
    given = {each.key: legible(typed.get(each.key, ""), each.name).strip() for each in blanks}
    for each in blanks:
        if each.needed and not given[each.key]:
            raise UsageError(f"没有写{each.name}", hint=f"请写明{each.name}，再按回车")
    return given


def headed(errand: Errand, task: Task) -> str:
    """What is done to which task, in a line or two; a title may be as long as it likes."""
    return fitted(f"{errand.name}  {task.id} {task.title}", _HEAD).rstrip()


def preview(
    errand: Errand, task: Task, blanks: Sequence[Blank], given: Given, act: Act
) -> list[str]:
    """What will be written, in lines."""
    lines = [(each.name, given[each.key]) for each in blanks if given[each.key]]
    lines += [("办理人", act.by), ("日期", act.date.isoformat())]
    return [headed(errand, task), "", *(f"{name}：{text}" for name, text in lines)]
