"""`ledger decide`, `ledger close`, `ledger merge`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import options
from ledger.cli.asking import agreed, on_terminal
from ledger.cli.session import day, emit, emit_json, say, session
from ledger.cli.writing import who
from ledger.errors import UsageError
from ledger.model.paths import TEMPLATES

if TYPE_CHECKING:
    from ledger.usecases.closing.decide import Recorded


def decide(
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="文件", help="会议记录的 YAML 文件")] = None,
    new: Annotated[bool, typer.Option("--new", help="在终端上逐项询问，新记一次会议")] = False,
    by: options.By = None,
    on: options.On = None,
    no_commit: options.NoCommit = False,
) -> None:
    """记录一次会议。逐项填上会议看到的内容的摘要值；继续整改的事项随之退回。"""
    from ledger.usecases.closing.decide import decide as decide_meeting
    from ledger.usecases.closing.decide import decide_file
    from ledger.usecases.writing.act import Act

    if bool(file) == new:
        raise UsageError("请给出会议记录的文件，或写 --new", hint="两者选一个")
    here = session(context)
    ledger = here.open()
    now = here.now(ledger)
    act = Act(who(ledger, by), day(on, "--date") if on else now, now, not no_commit)
    if file:
        done = decide_file(ledger, Path(file), act)
    else:
        from ledger.cli.meeting import asked_meeting

        done = decide_meeting(ledger, asked_meeting(ledger, now), act)
    _tell(done)


def close(
    context: typer.Context,
    tasks: Annotated[
        list[str] | None, typer.Argument(metavar="编号", help="要办结的事项，可写多个")
    ] = None,
    decision: Annotated[
        str, typer.Option("--decision", metavar="会议", help="会议记录编号，如 DZH-2020-31")
    ] = "",
    listing: Annotated[
        bool, typer.Option("--list", help="列出决定了还没有办结的、提出了还没有合并的")
    ] = False,
    via: Annotated[
        str,
        typer.Option(
            "--via", metavar="方式", help="local、push、agit、api、gitlab、gh；默认按配置或自动判断"
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只看分支、改动和合并请求的文字，什么也不做")
    ] = False,
    by: options.By = None,
    on: options.On = None,
    json: options.Json = False,
) -> None:
    """销号：按会议结论办结事项，在单独的分支上提交，并开出合并请求。

    工作区、暂存区和没有提交的修改都不动。推送失败后再运行一次即可接着办。
    """
    from ledger.usecases.closing.close import make_branch, propose
    from ledger.usecases.closing.pending import refuse_second
    from ledger.usecases.closing.publish import VIAS, base_of, publish
    from ledger.view.diff import text_lines
    from ledger.view.pull_request import body

    if via and via not in VIAS:
        raise UsageError(f"没有“{via}”这种方式", hint=f"可用的有：{'、'.join(VIAS)}")
    if listing:
        _list(context, via, json)
        return
    if not tasks or not decision:
        raise UsageError("缺少事项编号，或者 --decision", hint="ledger close --list 列出可以办结的")
    here = session(context)
    ledger = here.open()
    closing_day = day(on, "--date") if on else here.now(ledger)
    base = base_of(ledger, via)
    if base.note:
        say(f"注意：{base.note}。")
    proposal = propose(ledger, tasks, decision, base.commit, closing_day, who(ledger, by))
    refuse_second(ledger, base, proposal.branch, [task.id for task in proposal.tasks])
    text = body(proposal, ledger.root / TEMPLATES)
    if dry_run:
        emit(
            [f"方式：{base.via}", f"分支：{proposal.branch}", "", *text_lines(proposal.change), ""]
        )
        emit([f"合并请求：{proposal.title}", "", text])
        say("以上只是预览，什么也没有做。")
        return
    make_branch(ledger, proposal)
    emit(text_lines(proposal.change))
    say(publish(ledger, base, proposal, text))


def merge(
    context: typer.Context,
    branch: Annotated[str, typer.Argument(metavar="分支", help="如 close/DZH-2020-31_ZG2020-017")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，直接合并")] = False,
    local: Annotated[
        bool, typer.Option("--local", help="有托管平台也在本机合并，不经过平台")
    ] = False,
    by: options.By = None,
) -> None:
    """由另一个人检查并合并销号分支，提出人自己不能合并。

    先取回远端的最新内容。有托管平台的，经平台合并，批准不够、检查没有通过的平台不让合并；没有的在本机合并。
    """
    from ledger.model.problem import has_errors
    from ledger.usecases.closing.merge_branch import examine_branch
    from ledger.usecases.closing.merge_branch import merge as merge_branch
    from ledger.view.diff import text_lines
    from ledger.view.problems import problem_line

    here = session(context)
    ledger = here.open()
    merging = examine_branch(ledger, branch, here.now(ledger), local)
    emit(text_lines(merging.change))
    for problem in merging.problems:
        say(problem_line(problem))
    refused = has_errors(merging.problems)
    if not refused and not yes and on_terminal() and not agreed("合并以上改动"):
        raise typer.Abort
    merged = merge_branch(ledger, merging, who(ledger, by))
    say(f"已合并 {branch}（{merged.commit[:10]}）{merged.said}。")


def _list(context: typer.Context, via: str, json: bool) -> None:
    from ledger.usecases.closing.pending import pending
    from ledger.usecases.closing.publish import base_of
    from ledger.view.pending import as_json, lines

    here = session(context)
    ledger = here.open()
    base = base_of(ledger, via)
    found = pending(ledger, base, here.now(ledger))
    if json:
        emit_json(as_json(found))
    else:
        emit(lines(found))
    for note in filter(None, (base.note, found.note)):
        say(f"注意：{note}。")


def _tell(done: Recorded) -> None:
    say(f"已登记会议 {done.decision.id}，逐项填上了摘要值。")
    if done.decision.corrects:
        say(f"  更正会议 {done.decision.corrects} 的 {'、'.join(done.corrected)}。")
    for remark in done.remarks:
        say(f"  注意：{remark}。")
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
