"""办理: `ledger add`, `edit`, `progress` and `extend`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from ledger.cli import options
from ledger.cli.acting import Acts, report
from ledger.cli.asking import agreed, ask, on_terminal, optional, required
from ledger.cli.frame import OptionGroup
from ledger.cli.options import TaskId, option
from ledger.cli.session import Ended, Session, remark, say
from ledger.errors import LedgerError, UsageError
from ledger.model.people import names_in
from ledger.usecases.writing.add import TaskDraft

if TYPE_CHECKING:
    from ledger.usecases.reading.open import Ledger
    from ledger.usecases.writing.edit import Done


def fields(
    title: Annotated[str | None, option("--title", "名称", "事项名称，一句话")] = None,
    lead: Annotated[
        list[str] | None, option("--lead", "部门", "牵头部门；可写多次", "department")
    ] = None,
    assist: Annotated[
        list[str] | None, option("--assist", "部门", "配合部门；可写多次", "department")
    ] = None,
    leader: Annotated[str | None, option("--leader", "领导", "责任领导")] = None,
    owner: Annotated[str | None, option("--owner", "责任人", "责任人")] = None,
    section: Annotated[str | None, option("--section", "部分", "所属部分")] = None,
    key_point: Annotated[str | None, option("--key-point", "要点", "工作要点")] = None,
    problem: Annotated[str | None, option("--problem", "问题", "反馈问题")] = None,
    goal: Annotated[str | None, option("--goal", "目标", "整改目标、验收标准")] = None,
    measures: Annotated[list[str] | None, option("--measure", "措施", "具体措施；可写多次")] = None,
    nature: Annotated[
        str | None, option("--nature", "性质", "立行立改、限期、分阶段、长期坚持", "nature")
    ] = None,
    indicators: Annotated[
        list[str] | None, option("--indicator", "名称=目标", "量化指标，如 服务中心=20家；可写多次")
    ] = None,
    tags: Annotated[list[str] | None, option("--tag", "标签", "标签；可写多次")] = None,
) -> dict[str, Any]:
    """What is said of a task, field → value; what is not given is left out."""
    return {name: value for name, value in locals().items() if value is not None}


Fields = Annotated[dict[str, Any], OptionGroup(fields)]


def new_task(
    here: Session,
    *,
    source: Annotated[str | None, option("--source", "来源", "来源编号", "source")] = None,
    task_id: Annotated[str | None, option("--id", "编号", "默认取来源的下一个号")] = None,
    kind: Annotated[
        str | None, option("--kind", "类别", f"{options.KINDS}；默认同来源的类别", "kind")
    ] = None,
    source_title: Annotated[
        str | None, option("--source-title", "名称", "来源还没有登记时，一并新建它")
    ] = None,
    due: Annotated[str | None, options.due("完成时限，照原文写")] = None,
    given: Fields,
) -> TaskDraft:
    """A task that is to be added; what is missing is asked for on a terminal."""
    texts = ("leader", "owner", "section", "key_point", "problem", "goal")
    return TaskDraft(
        source=_source(here, source, is_new=bool(source_title)),
        title=required(given.get("title"), "--title", "事项名称"),
        due=optional(due, "完成时限"),
        lead=tuple(given.get("lead") or _asked_departments(here)),
        assist=tuple(given.get("assist") or ()),
        id=task_id or "",
        kind=kind or "",
        source_title=(source_title or "").strip(),
        nature=given.get("nature") or "",
        texts={key: given.get(key) or "" for key in texts},
        measures=tuple(given.get("measures") or ()),
        tags=tuple(given.get("tags") or ()),
        indicators=tuple(given.get("indicators") or ()),
    )


def _source(here: Session, given: str | None, is_new: bool) -> str:
    """The source; one that is asked for has to be there, else it is asked for again."""
    if given is not None or is_new or not on_terminal():
        return required(given, "--source", "来源编号")
    from ledger.cli.meant import understood
    from ledger.usecases.writing.add import source_named

    offered = _latest_source(here)
    return ask(
        f"来源编号 [{offered}]" if offered else "来源编号",
        lambda text: understood(here, partial(source_named, here.open(), text.strip())),
        offered or None,
    )


def _asked_departments(here: Session) -> list[str]:
    """The departments that a person names; what nobody knows is asked for again."""
    if not on_terminal():
        return []
    from ledger.cli.meant import understood
    from ledger.usecases.writing.add import department_named

    def read(text: str) -> list[str]:
        looks = (partial(department_named, here.open(), name) for name in names_in(text))
        return [understood(here, look) for look in looks]

    return ask("牵头部门，多个用、隔开（可不填）", read, "")


def _latest_source(here: Session) -> str:
    from ledger.usecases.writing.latest import latest

    task = latest(here.open(), "add") or latest(here.open(), "import")
    return task.source if task else ""


NewTask = Annotated[TaskDraft, OptionGroup(new_task)]


def add(*, draft: NewTask, acting: Acts) -> None:
    """新增一个事项。在终端上缺什么问什么。"""
    from ledger.usecases.writing.add import add_task, told

    done, warning = add_task(acting.ledger, draft, acting.by, acting.date, acting.commit)
    remark(warning)
    report(done, f"已新增 {done.task.id} {done.task.title}")
    told(acting.ledger)


def edit(
    task: TaskId,
    *,
    given: Fields,
    status: Annotated[
        str | None, option("--status", "状态", "只能把未启动改为推进中", "status")
    ] = None,
    due: Annotated[str | None, options.due("原来没有日期的，现在定下的时限")] = None,
    acting: Acts,
) -> None:
    """修改一个事项。不写要改什么时，在终端上用编辑器打开它的文件。"""
    from ledger.usecases.writing.edit import edit_task

    values = given | ({"status": status} if status is not None else {})
    if values or due is not None:
        act = acting.act
        done = edit_task(acting.ledger, task, values, due, act.date, act.by, act.commit)
    else:
        done = _in_editor(acting.ledger, task, acting.commit)
    report(done, f"已修改 {done.task.id} {done.task.title}")


def progress(
    task: TaskId,
    *,
    text: Annotated[str | None, option("--text", "进展", "这段时间做了什么")] = None,
    percent: Annotated[
        int | None, option("--percent", "百分比", "完成百分比，0 到 100", "percent")
    ] = None,
    reached: Annotated[
        list[str] | None,
        option("--indicator", "名称=数值", "量化指标完成了多少，如 服务中心=12；可写多次"),
    ] = None,
    acting: Acts,
) -> None:
    """填报进展。未启动的事项随之转为推进中。"""
    from ledger.model.task import Progress
    from ledger.usecases.writing.edit import report_progress
    from ledger.view.done import reported

    if percent is not None and not 0 <= percent <= 100:
        raise UsageError(f"--percent 的值 {percent} 超出范围", hint="请写 0 到 100 之间的整数")
    act, text = acting.act, required(text, "--text", "进展情况")
    entry = Progress(date=act.date, by=act.by, text=text, percent=percent)
    done = report_progress(acting.ledger, task, entry, act.commit, act.today, reached or ())
    report(done, reported(done))


def extend(
    task: TaskId,
    *,
    to: Annotated[str | None, option("--to", "日期", "延至哪一天，如 2017-12-31、12月底")] = None,
    reason: Annotated[str | None, options.reason("为什么要延期")] = None,
    approved_by: Annotated[
        str | None, option("--approved-by", "批准人", "谁批准的，或哪次会议同意的")
    ] = None,
    acting: Acts,
) -> None:
    """登记经批准的延期。原定时限不改，两个时限都留在台账里。"""
    from ledger.model.task import Extension
    from ledger.usecases.writing.draft import day_meant
    from ledger.usecases.writing.edit import extend as extend_task
    from ledger.usecases.writing.latest import approver

    meant = partial(day_meant, acting.ledger, today=acting.today)
    until = meant(to := required(to, "--to", "延至日期，如 2017-12-31、12月底", meant))
    why = required(reason, "--reason", "延期理由")
    whose = required(
        approved_by, "--approved-by", "批准人或批准会议", offer=acting.latest(approver)
    )
    act = acting.act
    entry = Extension(date=act.date, to=until, reason=why, approved_by=whose, by=act.by)
    done = extend_task(acting.ledger, task, entry, act.commit, act.today)
    say(*([] if to.isascii() else [f"“{to}”指 {until.isoformat()}。"]))
    report(done, f"已登记延期 {done.task.id} {done.task.title}")


def _in_editor(ledger: Ledger, task: str, commit: bool) -> Done:
    from ledger.usecases.writing.edit import begin_editing, replace_text
    from ledger.view.problems import sentence

    if not on_terminal():
        raise UsageError("没有写要改什么", hint="请用 --title、--lead 等选项给出，见 --help")
    draft = begin_editing(ledger, task)
    while True:
        draft.open()
        if not draft.changed():
            draft.discard()
            raise LedgerError("没有任何改动", hint="台账照旧")
        try:
            done = replace_text(ledger, draft, commit)
        except LedgerError as error:
            say(sentence(error.message, error.hint))
            if not agreed("再改一次"):
                say(f"您改的内容保存在 {draft.place}，台账没有改动。")
                raise Ended(1) from None
        else:
            draft.discard()
            return done
