"""What is on its way from a meeting to the main branch, as lines and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from ledger.usecases.closing.pending import Pending
from ledger.usecases.closing.proposed import Proposed


def lines(pending: Pending) -> Iterator[str]:
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


def as_json(pending: Pending) -> dict[str, Any]:
    """The same for scripts; a request that is not known is null."""
    return dataclasses.asdict(pending)


def _where(proposed: Proposed) -> str:
    if proposed.here and proposed.there:
        return "本机和远端"
    if proposed.here:
        return "本机"
    return "远端" if proposed.there else "只在合并请求里"
