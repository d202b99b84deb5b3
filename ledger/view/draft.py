"""What a draft holds, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.model.orders import CONTEXT, DONE, ORDER
from ledger.usecases.tables.draft import Breakdown
from ledger.view.text import one_line


def draft_lines(draft: Breakdown, place: Path) -> Iterator[str]:
    """How many parts, orders and context there are, and what is left to be assigned."""
    work = draft.work
    parts = len({row.section for row in work} - {""})
    led = sum(bool(row.given.lead) for row in work)
    limited = sum(bool(row.given.due) for row in work)
    numbered = sum(bool(row.figures) for row in work)
    yield f"{one_line(draft.title)}：{parts} 个部分，共 {len(draft.rows)} 句"
    kinds = (f"{kind} {draft.count(kind)} 句" for kind in (ORDER, DONE, CONTEXT))
    yield "，".join(kinds)
    yield f"其中写明时限的 {limited} 句，写明部门的 {led} 句，有数量指标的 {numbered} 句"
    yield f"已写到 {one_line(str(place))}"


def draft_notes(draft: Breakdown) -> Iterator[str]:
    """What was not read, and what comes next."""
    yield from (f"说明：{one_line(note)}。" for note in draft.notes)
    yield (
        "下一步：在 Excel 里核对“判断”一列（任务、已做会导入，背景、不要不导入），"
        "填好牵头部门和完成时限，再用 ledger import 导入。"
    )
