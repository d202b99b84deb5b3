"""What a table says of statuses: 是否完成 and 状态 columns never close a task."""

from __future__ import annotations

import re

from ledger.adapters.tables.reading.rows import ImportedRow
from ledger.model.task import (
    CANCELLED,
    CLOSED,
    IN_PROGRESS,
    NOT_STARTED,
    ONGOING,
    REVIEWED,
    STATUS_COLUMN,
)

NOT_LOST, NOT_UNDERSTOOD = "", "？"
NO_STATUS = f"“{STATUS_COLUMN}”看不懂，原话保留"
_DONE, _LATE = "完成", "滞后"
_STATUS_WORDS = {
    NOT_STARTED: "未启动 未开始 尚未启动 尚未开始 未开展 尚未开展 未整改 尚未整改 "
    "未销号 尚未销号 未销账 暂无进展 无进展 否 × ✗ ☒ N NO",
    IN_PROGRESS: "推进中 进行中 正在进行 正在推进 办理中 正在办理 整改中 正在整改 部分完成 "
    "基本完成 未完成 尚未完成 未办结 阶段性完成 序时推进 按序时推进 有序推进 正常推进 "
    "按计划推进 稳步推进 加快推进 实施中 正在实施 在办 持续整改中 基本完成整改 正在落实 落实中 "
    "正在开展 开展中 整改推进中 持续推进中",
    _DONE: "是 √ ✓ ✔ ☑ Y YES 已完成 完成 全部完成 已整改 已整改完成 整改完成 完成整改 整改到位 "
    "已办结 办结 申请销号 已落实 已办理 办理完毕 已整改完毕 整改完毕 已整改到位 已全部完成",
    CLOSED: "已销号 销号 已销账 完成销号 待上会 办结销号 已办结销号 已完成销号",
    ONGOING: "长期坚持 持续推进 持续整改 长期",
    CANCELLED: "已中止 中止 已取消 取消 不再实施",
    _LATE: "滞后 进度滞后 进展滞后 进展缓慢 推进缓慢 超期 逾期 已逾期 已超期 超期未完成 逾期未完成",
}
_MEANT = {word: status for status, words in _STATUS_WORDS.items() for word in words.split()}
_MARKS = re.compile(r"[\s。，；;,.]")
_EMPTY_BOXES = frozenset("□☐○◯")
_BOXES = _EMPTY_BOXES | frozenset("☑☒✔√✓■●")
_BOX_BEFORE = re.compile(r"([□☐○◯☑☒✔√✓■●])\s*([\u4e00-\u9fff]+)")
_BOX_BEHIND = re.compile(r"([\u4e00-\u9fff]+)\s*([□☐○◯☑☒✔√✓■●])")
_DAY = r"(?:\d{4}[年./-]?)?\d{1,2}[月./-]?(?:\d{1,2}日?)?"
_DAY_BEHIND, _DAY_BEFORE = re.compile(rf"[（(]于?{_DAY}[)）]$"), re.compile(rf"^于?{_DAY}(?=已)")
_GOES_ON = re.compile("(?<=.)[并且]?(?:将)?(?:长期坚持|持续推进|持续坚持|申请销号)$")


def status_of(text: str, started: bool) -> tuple[str, str]:
    """The status of a new task, from what a 是否完成 or 状态 column says.

    A table closes nothing: what it calls 已销号 waits for a meeting, what it calls done is still
    in progress, and what only a meeting can give (长期坚持, 已中止) is not given.

    Args:
        started: whether the table tells of any progress.

    Returns:
        The status, and which one the text means where that is more than it gets: 已销号, 完成,
        长期坚持, 已中止 or 滞后; `NOT_LOST` where it is all, `NOT_UNDERSTOOD` where nobody knows.
    """
    without = IN_PROGRESS if started else NOT_STARTED
    meant = _meaning(text)
    if not _plain(text) or meant == NOT_STARTED:
        return without, NOT_LOST
    if meant == IN_PROGRESS:
        return IN_PROGRESS, NOT_LOST
    if meant == CLOSED:
        return REVIEWED, CLOSED
    return (IN_PROGRESS, meant) if meant else (without, NOT_UNDERSTOOD)


def status_text(row: ImportedRow) -> str:
    """What a row says of its status in the column for it, or in a 进展情况 that says no more."""
    return row.status_text or (row.progress if _meaning(row.progress) else "")


def begun(row: ImportedRow) -> str:
    """What a row tells of progress; 尚未启动 tells of none."""
    return "" if _meaning(row.progress) == NOT_STARTED else row.progress


def means_done(meant: str) -> bool:
    """Whether a text that means this (see `status_of`) says that all is done."""
    return meant in (_DONE, CLOSED)


def says_done(text: str) -> bool:
    """Whether a text says that all is done."""
    return means_done(_meaning(text))


def claimed(row: ImportedRow) -> str:
    """What the row of a new task says of its status beyond what a table may; empty for nothing."""
    _, meant = status_of(status_text(row), bool(begun(row)))
    return _TOLD.get(meant, "")


_TOLD = {
    CLOSED: "表里写着已销号、台账里没有会议记录的，记为“待上会”，请提交会议研究",
    _DONE: "表里写着已完成的，记为“推进中”，请登记佐证材料后申请销号",
    ONGOING: "表里写着长期坚持的，记为“推进中”，转为长期坚持要经会议决定",
    CANCELLED: "表里写着中止的，记为“推进中”，中止要经会议决定",
    _LATE: "表里写着滞后、逾期的，记为“推进中”；是不是逾期由程序按时限算出",
    NOT_UNDERSTOOD: NO_STATUS,
}


def _meaning(text: str) -> str:
    """The status that a text means, "" where nobody knows.

    A day and that it goes on after it was done change nothing. Of ☑是 □否 what is ticked counts;
    where nothing is, nothing has begun.
    """
    if boxes := _boxes(text):
        ticked = {word for mark, word in boxes if mark not in _EMPTY_BOXES}
        return _MEANT.get(ticked.pop(), "") if len(ticked) == 1 else "" if ticked else NOT_STARTED
    word = _plain(text)
    for form in (_DAY_BEHIND, _DAY_BEFORE, _GOES_ON):
        word = word if word in _MEANT else form.sub("", word)
    return _MEANT.get(word, "")


def _boxes(text: str) -> list[tuple[str, str]]:
    """(mark, word) of boxes to be ticked: □是 ☑否, or 是√ 否□."""
    if text[:1] in _BOXES:
        return _BOX_BEFORE.findall(text)
    return [(mark, word) for word, mark in _BOX_BEHIND.findall(text)]


def _plain(text: str) -> str:
    return _MARKS.sub("", text).upper()
