"""What a table says of statuses: 是否完成 and 状态 columns never close a task."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledger.adapters.tables.reading.rows import ImportedRow
from ledger.model.record import dataclass, field
from ledger.model.task import (
    CANCELLED,
    CLOSED,
    IN_PROGRESS,
    NOT_STARTED,
    ONGOING,
    REVIEWED,
    STATUS_COLUMN,
    Task,
)

NOT_LOST, NOT_UNDERSTOOD = "", "？"
_DONE = "完成"
_STATUS_WORDS = {
    NOT_STARTED: "未启动 未开始 尚未启动 尚未开始 未开展 未整改 否 × ✗ ☒ N NO",
    IN_PROGRESS: "推进中 进行中 正在进行 正在推进 办理中 整改中 正在整改 部分完成 基本完成 未完成 "
    "尚未完成 未办结 阶段性完成",
    _DONE: "是 √ ✓ ✔ ☑ Y YES 已完成 完成 全部完成 已整改 已整改完成 整改完成 完成整改 整改到位 "
    "已办结 办结 申请销号",
    CLOSED: "已销号 销号 已销账 完成销号 待上会",
    ONGOING: "长期坚持 持续推进 持续整改 长期",
    CANCELLED: "已中止 中止 已取消 取消 不再实施",
}
_MEANT = {word: status for status, words in _STATUS_WORDS.items() for word in words.split()}
_MARKS = re.compile(r"[\s。，；;,.]")


def status_of(text: str, started: bool) -> tuple[str, str]:
    """The status of a new task, from what a 是否完成 or 状态 column says.

    A table closes nothing: what it calls 已销号 waits for a meeting, what it calls done is still
    in progress, and what only a meeting can give (长期坚持, 已中止) is not given.

    Args:
        started: whether the table tells of any progress.

    Returns:
        The status, and which one the text means where that is more than it gets: 已销号, 完成,
        长期坚持 or 已中止; `NOT_LOST` where it is all, `NOT_UNDERSTOOD` where nobody knows.
    """
    without = IN_PROGRESS if started else NOT_STARTED
    word = _MARKS.sub("", text).upper()
    meant = _MEANT.get(word, "")
    if not word or meant == NOT_STARTED:
        return without, NOT_LOST
    if meant == IN_PROGRESS:
        return IN_PROGRESS, NOT_LOST
    if meant == CLOSED:
        return REVIEWED, CLOSED
    return (IN_PROGRESS, meant) if meant else (without, NOT_UNDERSTOOD)


def means_done(meant: str) -> bool:
    """Whether a text that means this (see `status_of`) says that all is done."""
    return meant in (_DONE, CLOSED)


@dataclass(slots=True)
class Claims:
    """Collects what the table says beyond what a table may: by meaning the ids of tasks."""

    new: dict[str, list[str]] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)

    def of_new(self, row: ImportedRow, task: str) -> None:
        """A row that became a new task."""
        _, meant = status_of(row.status_text, bool(row.progress))
        if meant != NOT_LOST:
            self.new.setdefault(meant, []).append(task)

    def of_known(self, row: ImportedRow, task: Task) -> None:
        """A row of an exported table, with the 编号 of a task: its status was the ledger's."""
        if row.id == task.id and row.status_text not in ("", task.status):
            self.known.append(task.id)

    def notes(self) -> Iterator[str]:
        """What to tell of it (Chinese)."""
        for meant, message in _TOLD.items():
            if ids := self.new.get(meant):
                yield message.format(_listed(ids))
        if self.known:
            yield f"表里改了状态的没有照改，状态要用 ledger 的命令办理：{_listed(self.known)}"


_SHOWN = 10
_TOLD = {
    CLOSED: "表里写着已销号、台账里没有会议记录的，记为“待上会”，请提交会议研究：{}",
    _DONE: "表里写着已完成的，记为“推进中”，请登记佐证材料后申请销号：{}",
    ONGOING: "表里写着长期坚持的，记为“推进中”，转为长期坚持要经会议决定：{}",
    CANCELLED: "表里写着中止的，记为“推进中”，中止要经会议决定：{}",
    NOT_UNDERSTOOD: f"“{STATUS_COLUMN}”看不懂，原话保留：{{}}",
}


def _listed(ids: list[str]) -> str:
    shown = "、".join(ids[:_SHOWN])
    return f"{shown} 等 {len(ids)} 项" if len(ids) > _SHOWN else shown
