"""T: rules on task and source files as they stand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from ledger.model.deadline import Deadline, read_deadline
from ledger.model.paths import EVIDENCE, SOURCES, TASKS
from ledger.model.people import Names, worded
from ledger.model.problem import Place, Problem
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import Evidence, Task
from ledger.model.workdays import WorkCalendar
from ledger.rules.base import Context

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_EMPTY = hashlib.sha256(b"").hexdigest()


def t002_untitled(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T002: a title says something; dashes and dots alone name no task."""
    for entry in snapshot.tasks:
        if not worded(entry.record.title):
            message = f"title：事项名称“{entry.record.title}”里没有文字"
            hint = "请写明事项名称"
            yield Problem(entry.path, "T002", message, hint, id=entry.record.id, place=("title",))


def t003_file_name(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T003: a task, source or decision lives in the file that bears its id, in its folder."""
    entries: tuple[Entry[Any], ...] = (*snapshot.tasks, *snapshot.sources, *snapshot.decisions)
    for entry in entries:
        named = f"{entry.record.id}.yaml"
        if PurePosixPath(entry.path).name != named:
            yield Problem(
                entry.path,
                "T003",
                f"编号 {entry.record.id} 与文件名不一致",
                f"请把文件改名为 {named}，或改正编号",
                id=entry.record.id,
                place=("id",),
            )
    for task in snapshot.tasks:
        folder = f"{TASKS}/{task.record.source}"
        if not _is_in(task.path, folder):
            yield Problem(
                task.path,
                "T003",
                f"{task.record.id} 不在它的来源 {task.record.source} 的文件夹里",
                f"请移到 {folder}/，或改正来源",
                id=task.record.id,
                place=("source",),
            )
    for source in snapshot.sources:
        if not _is_in(source.path, SOURCES):
            yield Problem(
                source.path,
                "T003",
                f"来源 {source.record.id} 的文件放错了文件夹",
                f"请移到 {SOURCES}/",
                id=source.record.id,
            )


def t004_department(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T004: every department is one of ledger.yaml's, by name or alias.

    A change may bring departments with their tasks, as an import does, when it leaves those that
    were there; else what it drops is unknown from now on, and what it adds is not known yet. A
    ledger that keeps no list yet is not blamed for it.
    """
    known = _departments(context.config.canonical(), snapshot.departments)
    if known is None:
        return
    for entry in snapshot.tasks:
        for key, names in (("lead", entry.record.lead), ("assist", entry.record.assist)):
            for position, name in enumerate(names):
                if name not in known:
                    close = _nearest(name, known)
                    yield Problem(
                        entry.path,
                        "T004",
                        f"部门“{name}”不在 ledger.yaml 的部门名单里",
                        f"是否应为“{close}”？" if close else "请改正名称，或先把它加进名单",
                        id=entry.record.id,
                        place=(key, position),
                    )


def t005_source(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T005: every task's source has a file in data/sources."""
    for entry in snapshot.tasks:
        if entry.record.source not in snapshot.source_by_id:
            yield Problem(
                entry.path,
                "T005",
                f"来源“{entry.record.source}”不存在",
                f"请新建 data/sources/{entry.record.source}.yaml，或改正来源编号",
                id=entry.record.id,
                place=("source",),
            )


def t006_due(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T006: the dates of a deadline are what its words say; what cannot be read is not judged.

    Nor is a day before it, where an extension has been approved up to it: see C009.
    """
    for entry in snapshot.tasks:
        due = entry.record.due
        read = due_as_read(entry.record, snapshot, context)
        if read is None or read.date is None or (due.date, due.dates) == (read.date, read.dates):
            continue
        to = max((each.to for each in entry.record.extensions if each.to), default=None)
        if due.date and to and due.date < read.date <= to:
            continue
        said = "、".join(day.isoformat() for day in read.dates) or read.date.isoformat()
        yield Problem(
            entry.path,
            "T006",
            f"时限原文“{due.text}”应是 {said}，与填写的日期不一致",
            "请改正日期；经批准的延期用 ledger extend 登记，不改原定时限",
            id=entry.record.id,
            place=("due",),
        )


def t007_dangling(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T007: links lead to tasks, closings to meetings, evidence to files with the hash recorded."""
    for entry in snapshot.tasks:
        closing = entry.record.closing
        if closing and closing.decision and closing.decision not in snapshot.decision_by_id:
            said = f"会议记录 {closing.decision} 不存在"
            place = ("closing", "decision")
            yield _dangling(entry, place, said, "请改正会议记录的编号，或补上这份记录")
        for position, link in enumerate(entry.record.links):
            if link.id not in snapshot.by_id:
                yield _dangling(
                    entry, ("links", position), f"关联的事项 {link.id} 不存在", "请改正编号"
                )
        for position in range(len(entry.record.evidence)):
            yield from _evidence(entry, position, context)


def t009_control(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T009: no control characters, and no marks that turn the direction of text around."""
    entries: tuple[Entry[Any], ...] = (*snapshot.tasks, *snapshot.sources, *snapshot.decisions)
    for entry in entries:
        for place, text in texts(entry.data):
            if found := _CONTROL.search(text):
                yield Problem(
                    entry.path,
                    "T009",
                    f"含有控制字符 U+{ord(found.group()):04X}",
                    "请删去这个看不见的字符",
                    id=entry.record.id,
                    place=place,
                )


def t010_duplicate(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T010: an id belongs to one task only."""
    for entry in snapshot.tasks:
        first = snapshot.by_id[entry.record.id]
        if first is not entry:
            yield Problem(
                entry.path,
                "T010",
                f"编号 {entry.record.id} 已被 {first.path} 使用",
                "请给其中一个换一个没有用过的编号",
                id=entry.record.id,
                place=("id",),
            )


def due_as_read(task: Task, snapshot: Snapshot, context: Context) -> Deadline | None:
    """What a deadline's words say, by a snapshot's sources; None where that cannot be known."""
    source = snapshot.source_by_id.get(task.source)
    if not task.due.text or source is None or source.record.year is None:
        return None
    calendar = context.config.calendar
    days = WorkCalendar(frozenset(calendar.holidays), frozenset(calendar.workdays))
    issued = source.record.issued
    return read_deadline(task.due.text, source.record.year, since=issued, calendar=days)


def texts(data: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every text of a file's data with its place."""
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, dict):
        for key, each in data.items():
            yield (*place, key), key
            yield from texts(each, (*place, key))
    elif isinstance(data, list):
        for position, each in enumerate(data):
            yield from texts(each, (*place, position))


def _is_in(path: str, folder: str) -> bool:
    return path.rpartition("/")[0] == folder


def misplaced(path: str) -> bool:
    """Whether a path is none where evidence may lie: a plain one in data/evidence, not hidden."""
    parts = path.split("/")
    return (
        not path.startswith(f"{EVIDENCE}/")
        or any(part in ("", ".", "..") or part.startswith(".") for part in parts)
        or bool(_CONTROL.search(path))
    )


def _evidence(entry: Entry[Task], position: int, context: Context) -> Iterator[Problem]:
    evidence = entry.record.evidence[position]
    if evidence.archive and not worded(evidence.archive):
        said = f"佐证材料“{evidence.name}”的档案号是空的"
        yield _dangling(entry, ("evidence", position, "archive"), said, "请写明档案号")
    if evidence.path and (fault := _fault_of(evidence, context)):
        said, hint = fault
        place: Place = ("evidence", position)
        yield _dangling(entry, place, f"佐证材料 {evidence.path} {said}", hint)


def _fault_of(evidence: Evidence, context: Context) -> tuple[str, str] | None:
    """What is wrong with a file of evidence, and what to do (Chinese)."""
    if misplaced(evidence.path):
        return f"不在 {EVIDENCE} 里", "请用 ledger evidence add 登记文件，它会放到该放的地方"
    sha256 = context.sha256(evidence.path)
    if sha256 is None or sha256 == evidence.sha256 != _EMPTY:
        return None
    if not sha256:
        hint = "请补上文件，或改正路径；由 Git LFS 存放的，先用 git lfs push 送上它的内容"
        return "不存在、过大或不是普通文件", hint
    if sha256 == _EMPTY:
        return "是空文件", "请换成完整的文件，再重新登记"
    said = "没有登记校验值" if not evidence.sha256 else "与登记的校验值不符"
    return said, "请核对文件是否被换过，再重新登记"


def _dangling(entry: Entry[Task], place: Place, message: str, hint: str) -> Problem:
    return Problem(entry.path, "T007", message, hint, id=entry.record.id, place=place)


def _departments(before: Mapping[str, str], now: Mapping[str, str]) -> Collection[str] | None:
    """Which names of departments count, by the list that judges and the one that is judged."""
    if not now or not before:
        return before or now or None
    return now if all(name in now for name in before) else Names({n: n for n in before if n in now})


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known, n=1)), "")
