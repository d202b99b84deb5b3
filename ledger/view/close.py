"""Closings: what is on its way to the main branch, and the text of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ledger.adapters.templates import render
from ledger.model.decision import Decision
from ledger.model.decode import encode
from ledger.model.voting import APPROVAL, QUORUM, attending, given, spelled
from ledger.usecases.closing.close import Proposal
from ledger.usecases.closing.drop_branch import Branch
from ledger.usecases.closing.pending import Pending, Proposed
from ledger.usecases.closing.propose import Prepared
from ledger.view.changes import change_lines, text_lines
from ledger.view.text import markdown, one_line


def request_body(proposal: Proposal, own_templates: Path) -> str:
    """The body in Markdown, from `pull-request.md.j2`; every text in it is escaped.

    Args:
        own_templates: the ledger's own templates folder, looked at first.
    """
    items = {item.task: item for item in proposal.decision.items}
    values = {
        "tasks": [{"task": task, "item": items[task.id]} for task in proposal.tasks],
        "decision": proposal.decision,
        "present": len(attending(proposal.decision, proposal.policy.people)),
        "quorum": spelled(given(proposal.policy.quorum, QUORUM)),
        "approval": spelled(given(proposal.policy.approval, APPROVAL)),
        "changes": [
            f"{change.id} {line}"
            for change in proposal.change.tasks
            for line in change_lines(change.fields)
        ],
        "problems": [f"{each.code} {each.message}" for each in proposal.warnings],
    }
    return render("pull-request.md.j2", values, own_templates, {"md": markdown})


def preview_lines(prepared: Prepared) -> Iterator[str]:
    """How a closing would be proposed: for `--dry-run`."""
    proposal = prepared.proposal
    yield from (f"方式：{prepared.base.via}", f"分支：{proposal.branch}", "")
    yield from text_lines(proposal.change)
    yield from ("", f"合并请求：{proposal.title}", "", prepared.body)


def meeting_lines(decision: Decision, titles: Mapping[str, str]) -> Iterator[str]:
    """A meeting whole, before it is recorded.

    Args:
        titles: of the tasks, by id.
    """
    day = decision.date.isoformat() if decision.date else ""
    heading = " ".join(filter(None, (decision.id, decision.body, day, decision.session)))
    yield one_line(heading)
    absent = (f"{e.name}（{e.reason}）" if e.reason else e.name for e in decision.absent)
    present = "、".join(decision.present)
    yield "  " + one_line(
        f"应到 {decision.due_members} 人，实到 {len(decision.present)} 人：{present}"
    )
    for called, words in (
        ("缺席", "、".join(absent)),
        ("列席", "、".join(decision.observers)),
        ("主持", decision.chair),
        ("发言顺序", "、".join(decision.speaking_order)),
        ("记录", decision.recorder),
        ("纪要", decision.minutes),
    ):
        if words:
            yield f"  {called}：{one_line(words)}"
    for item in decision.items:
        votes = item.votes
        counted = (
            f"：同意 {votes.for_}、不同意 {votes.against}、弃权 {votes.abstain}" if votes else ""
        )
        more = [
            f"回避 {'、'.join(item.recused)}" if item.recused else "",
            f"延至 {item.until.isoformat()}" if item.until else "",
            f"并入 {item.into}" if item.into else "",
            f"意见 {item.opinion}" if item.opinion else "",
        ]
        words = "，".join(filter(None, (f"{item.result}{counted}", *more)))
        yield "  " + one_line(f"{item.task} {titles.get(item.task, '')}：{words}")


def pending_lines(pending: Pending) -> Iterator[str]:
    """What is decided, what is proposed, and what to do next about each."""
    if not pending.decided and not pending.proposed:
        yield "没有等着办结的事项。"
    if pending.decided:
        yield f"决定了还没有办结：{sum(len(each.tasks) for each in pending.decided)} 项"
    for decided in pending.decided:
        yield f"  {decided.decision} {decided.result}：{'、'.join(decided.tasks)}"
        yield f"    下一步：{decided.next}"
    if pending.proposed:
        yield f"提出了还没有合并：{len(pending.proposed)} 个分支"
    for proposed in pending.proposed:
        yield f"  {proposed.branch}（{_where(proposed)}）：{'、'.join(proposed.tasks)}"
        if proposed.request:
            yield (
                f"    合并请求 {proposed.request.url}：{proposed.request.checks}，"
                f"{proposed.request.approvals} 人批准"
                + ("，有人要求修改" if proposed.request.rejected else "")
            )
        yield f"    下一步：{proposed.next}"


def droppable_line(branch: Branch) -> str:
    """A branch that is to be removed: where it is, its commit, and whether anything is lost."""
    kept = "已经合并过了" if branch.merged else "没有合并，作废以后可以用 ledger close 再提"
    places = [("本机", branch.here), (f"远端“{branch.remote}”", branch.at_remote)]
    listed = "、".join(f"{place} {commit[:10]}" for place, commit in places if commit)
    return f"分支 {branch.name}（{listed}）{kept}。"


def pending_json(pending: Pending) -> dict[str, Any]:
    """The same for scripts; a request that is not known is null."""
    document: dict[str, Any] = encode(pending)
    return document


def _where(proposed: Proposed) -> str:
    if proposed.here and proposed.at_remote:
        return "本机和远端"
    if proposed.here:
        return "本机"
    return "远端" if proposed.at_remote else "只在合并请求里"
