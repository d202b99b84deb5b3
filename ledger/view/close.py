"""Closings: what is on its way to the main branch, and the text of a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ledger.adapters.templates import render
from ledger.model.decode import encode
from ledger.model.voting import APPROVAL, QUORUM, attending, given, spelled
from ledger.usecases.closing.close import Proposal
from ledger.usecases.closing.pending import Pending, Proposed
from ledger.usecases.closing.propose import Prepared
from ledger.view.changes import change_lines, text_lines
from ledger.view.text import markdown


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
