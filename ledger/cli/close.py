"""销号: from the evidence to the merge, and what may come after it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ledger.cli import options
from ledger.cli.acting import Acting, Acts, ActsToday, Proposes, Records, report
from ledger.cli.asking import agreed, on_terminal, optional, required
from ledger.cli.frame import OptionGroup
from ledger.cli.options import TaskId, argument, flag, option
from ledger.cli.output import emit_lines
from ledger.cli.session import Cancelled, emit, emit_json, remark, say
from ledger.errors import UsageError
from ledger.model.config import VIAS
from ledger.model.problem import has_errors

if TYPE_CHECKING:
    from ledger.usecases.closing.decide import Recorded
    from ledger.usecases.closing.merge_branch import Merging

Reason = Annotated[str | None, options.reason("为什么")]


def placed(
    action: Annotated[str, argument("add", "登记，可以不写", "task")],
    task: TaskId,
    file: Annotated[str, argument("文件", "佐证材料", "file")] = "",
) -> tuple[str, Path]:
    """Which task, and the file; the word `add` may stand before them."""
    if action != "add" and file:
        raise UsageError(f"没有“evidence {action}”", hint="请写 ledger evidence add 编号 文件")
    if action == "add" and not file:
        raise UsageError("缺少参数 文件", hint="请写 ledger evidence add 编号 文件")
    return (task, Path(file)) if file else (action, Path(task))


def evidence(
    *,
    given: Annotated[tuple[str, Path], OptionGroup(placed)],
    name: Annotated[str | None, option("--name", "名称", "材料名称，默认取文件名")] = None,
    archive: Annotated[
        str, option("--archive", "档案号", "敏感材料：文件不入台账，只登记校验值")
    ] = "",
    hash_only: Annotated[
        bool, flag("--hash-only", "文件不入台账，只登记校验值，也没有档案号")
    ] = False,
    acting: Acts,
) -> None:
    """登记佐证材料：复制进台账，记下校验值。"""
    from ledger.usecases.writing.evidence import Material, add_evidence
    from ledger.view.done import registered

    task, file = given
    material = Material(file, name or "", archive.strip(), hash_only)
    done = add_evidence(acting.ledger, task, material, acting.act)
    report(done, registered(done))


def apply(
    task: TaskId,
    *,
    summary: Annotated[str | None, option("--summary", "说明", "完成情况说明")] = None,
    acting: Records,
) -> None:
    """申请销号。要有佐证材料和完成情况说明。"""
    from ledger.usecases.closing.steps import apply_closing, refuse_at_once
    from ledger.view.done import applied

    act = acting.act
    first = lambda: refuse_at_once(acting.ledger, task, act, "apply")  # noqa: E731
    summary = required(summary, "--summary", "完成情况说明", first=first)
    done = apply_closing(acting.ledger, task, summary, act)
    report(done, applied(done))


def review(
    task: TaskId,
    *,
    opinion: Annotated[str | None, option("--opinion", "意见", "审核意见")] = None,
    acting: Records,
) -> None:
    """审核销号申请，通过后待上会。申请人自己不能审核。"""
    from ledger.usecases.closing.steps import refuse_at_once
    from ledger.usecases.closing.steps import review as review_task
    from ledger.usecases.writing.latest import review_opinion
    from ledger.view.done import reviewed

    act = acting.act
    first = lambda: refuse_at_once(acting.ledger, task, act, "review")  # noqa: E731
    latest = acting.latest(review_opinion)
    opinion = required(opinion, "--opinion", "审核意见", offer=latest, first=first)
    done = review_task(acting.ledger, task, opinion, act)
    report(done, reviewed(done))


def send_back(task: TaskId, *, reason: Reason = None, acting: Records) -> None:
    """退回销号申请或待上会的事项，理由记入进展。"""
    from ledger.usecases.closing.steps import send_back as send_task_back
    from ledger.view.done import returned

    act = acting.act
    reason = required(reason, "--reason", "退回理由")
    done = send_task_back(acting.ledger, task, reason, act)
    report(done, returned(done))


def reopen(task: TaskId, *, reason: Reason = None, acting: Records) -> None:
    """重开已销号的事项，理由记入进展。"""
    from ledger.usecases.closing.steps import reopen as reopen_task

    act = acting.act
    reason = required(reason, "--reason", "重开理由")
    done = reopen_task(acting.ledger, task, reason, act)
    report(done, f"已重开 {done.task.id} {done.task.title}")


def lookback(
    task: TaskId,
    *,
    result: Annotated[str | None, option("--result", "结论", "如 巩固、反弹")] = None,
    note: Annotated[str | None, option("--note", "说明", "补充说明")] = None,
    acting: Records,
) -> None:
    """登记回头看。"""
    from ledger.usecases.closing.steps import look_back
    from ledger.usecases.writing.latest import lookback_result

    act = acting.act
    result = required(result, "--result", "回头看结论", offer=acting.latest(lookback_result))
    done = look_back(acting.ledger, task, result, optional(note, "说明"), act)
    report(done, f"已登记回头看 {done.task.id} {done.task.title}")


def decide(
    file: Annotated[str | None, argument("文件", "会议记录的 YAML 文件", "file")] = None,
    *,
    new: Annotated[bool, flag("--new", "在终端上逐项询问，新记一次会议")] = False,
    acting: Records,
) -> None:
    """记录一次会议。逐项填上会议看到的内容的摘要值；继续整改的事项随之退回。"""
    from ledger.usecases.closing.decide import decide_file

    if bool(file) == new:
        raise UsageError("请给出会议记录的文件，或写 --new", hint="两者选一个")
    act = acting.act
    _tell(decide_file(acting.ledger, Path(file), act) if file else _asked_meeting(acting))


def close(
    tasks: Annotated[
        list[str] | None, argument("编号", f"要办结的事项，{options.SHORTER}；可写多个", "task")
    ] = None,
    *,
    decision: Annotated[
        str, option("--decision", "会议", "会议记录编号，如 DZH-2020-31", "decision")
    ] = "",
    listing: Annotated[bool, flag("--list", "列出决定了还没有办结的、提出了还没有合并的")] = False,
    drop: Annotated[
        str, option("--drop", "分支", "删除合并过的，或者作废的销号分支，本机和远端的", "branch")
    ] = "",
    yes: Annotated[bool, options.yes("删除")] = False,
    via: Annotated[
        str, option("--via", "方式", "local、push、agit、api、gitlab、gh；默认按配置或自动判断")
    ] = "",
    dry_run: Annotated[
        bool, flag("--dry-run", "只看分支、改动和合并请求的文字，什么也不做")
    ] = False,
    acting: Proposes,
    json: options.Json = False,
) -> None:
    """销号：按会议结论办结事项，在单独的分支上提交，并开出合并请求。

    工作区、暂存区和没有提交的修改都不动。推送失败后再运行一次即可接着办。
    """
    if via and via not in VIAS:
        raise UsageError(f"没有“{via}”这种方式", hint=f"可用的有：{'、'.join(VIAS)}")
    if listing:
        _list(acting, via, json)
    elif drop:
        _drop(acting, drop, yes)
    elif tasks and decision:
        _propose(acting, tasks, decision, via, dry_run)
    else:
        raise UsageError("缺少事项编号，或者 --decision", hint="ledger close --list 列出可以办结的")


def merge(
    branch: Annotated[str, argument("分支", "如 close/DZH-2020-31_ZG2020-017", "branch")],
    *,
    yes: Annotated[bool, options.yes("合并")] = False,
    local: Annotated[bool, flag("--local", "有托管平台也在本机合并，不经过平台")] = False,
    acting: ActsToday,
) -> None:
    """由另一个人检查并合并销号分支，提出人自己不能合并。

    先取回远端的最新内容。有托管平台的，经平台合并，批准不够、检查没有通过的平台不让合并；没有的在本机合并。
    """
    from ledger.usecases.closing.merge_branch import examine_branch
    from ledger.usecases.closing.merge_branch import merge as merge_branch

    merging = examine_branch(acting.ledger, branch, acting.today, local)
    _ask(merging, yes)
    merged = merge_branch(acting.ledger, merging, acting.act.by)
    say(f"已合并 {branch}（{merged.commit[:10]}）{merged.next_step}。")


def _asked_meeting(acting: Acting) -> Recorded:
    from ledger.cli.meeting import asked_meeting
    from ledger.usecases.closing.decide import decide

    return decide(acting.ledger, asked_meeting(acting.ledger, acting.today), acting.act)


def _propose(acting: Acting, tasks: list[str], decision: str, via: str, dry_run: bool) -> None:
    from ledger.usecases.closing.propose import prepare, publish
    from ledger.view.changes import text_lines
    from ledger.view.close import preview_lines, request_body

    ledger, act = acting.ledger, acting.act
    prepared = prepare(
        ledger, tasks, decision, via, act, describe=request_body, tell=remark, dry_run=dry_run
    )
    if dry_run:
        emit_lines(preview_lines(prepared))
        say("以上只是预览，什么也没有做。")
    else:
        emit_lines(text_lines(prepared.proposal.change))
        say(publish(ledger, prepared))


def _drop(acting: Acting, name: str, yes: bool) -> None:
    from ledger.usecases.closing.drop_branch import drop_branch, droppable
    from ledger.view.close import droppable_line

    branch = droppable(acting.ledger, name)
    say(droppable_line(branch))
    if on_terminal() and not yes and not agreed("删除这个分支"):
        raise Cancelled
    drop_branch(acting.ledger, branch)
    say(f"已删除分支 {name}。")


def _list(acting: Acting, via: str, json: bool) -> None:
    from ledger.usecases.closing.close import base_of
    from ledger.usecases.closing.pending import pending
    from ledger.view.close import pending_json, pending_lines

    base = base_of(acting.ledger, via)
    proposals = pending(acting.ledger, base, acting.today)
    if json:
        emit_json(pending_json(proposals))
    else:
        emit(pending_lines(proposals))
    remark(base.note)
    remark(proposals.note)


def _ask(merging: Merging, yes: bool) -> None:
    """Show what a branch brings and what is against it; where nothing is, ask a person.

    Raises:
        Cancelled: the person says no.
    """
    from ledger.view.changes import text_lines
    from ledger.view.problems import problem_line

    emit_lines(text_lines(merging.change))
    for problem in merging.problems:
        say(problem_line(problem))
    sound = not has_errors(merging.problems)
    if sound and not yes and on_terminal() and not agreed("合并以上改动"):
        raise Cancelled


def _tell(done: Recorded) -> None:
    say(f"已登记会议 {done.decision.id}，逐项填上了摘要值。")
    if done.decision.corrects:
        say(f"  更正会议 {done.decision.corrects} 的 {'、'.join(done.corrected)}。")
    say(*(f"  注意：{sentence}。" for sentence in done.remarks))
    for heading, ids in (
        ("退回继续整改", done.sent_back),
        ("已登记延期", done.extended),
        ("可以办结", done.to_close),
    ):
        if ids:
            say(f"  {heading}：{'、'.join(ids)}。")
    if done.to_close:
        some = " ".join(done.to_close[:3]) + (" …" if done.to_close[3:] else "")
        say(f"  下一步：ledger close {some} --decision {done.decision.id}")
    if not done.commit:
        say("  只改了文件，没有提交。")
