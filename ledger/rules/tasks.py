"""T: rules on task and source files as they stand."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

from ledger.model.choice import nearest
from ledger.model.deadline import Deadline, read_deadline
from ledger.model.paths import CONFIG_FILE, EVIDENCE, SOURCES, TASKS, is_below, path_of_source
from ledger.model.people import Names, worded
from ledger.model.plaintext import unsafe, visible
from ledger.model.problem import ERROR, WARNING, Place, Problem
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import IN_PROGRESS, NOT_STARTED, Evidence, Task
from ledger.model.workdays import WorkCalendar
from ledger.rules.base import OWN_FILE, Context, of_file
from ledger.rules.texts import notable, texts

_EMPTY = hashlib.sha256(b"").hexdigest()
_AT_WORK = frozenset({NOT_STARTED, IN_PROGRESS})  # nobody says yet that the evidence is complete
# What people write where a number is asked for and they have none; as `worded` has it, letters and
# digits alone.
_NO_NUMBER = re.compile(
    r"(?:档案)?(?:编号|号)?|(?:档案)?(?:编号|号)?(?:暂时?|尚|还|目前)?"
    r"(?:无|没有|空白?|缺失?|不详|不明|未知|未定|未编|未归档|不适用|略|同上|另附|后补|x+|0+|none|null|nil|na|tbd|todo"
    r"|待(?:补充?|定|查|办|归档|编|填写?)?)"
    r"(?:档案)?(?:编号|号)?"
)


def t002_unseen(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T002: a title can be seen."""
    for entry in snapshot.tasks:
        if entry.record.title.strip() and not visible(entry.record.title).strip():
            message = "title：事项名称里只有看不见的字符"
            yield of_file(entry, "T002", message, "请写明事项名称", ("title",))


def t003_file_name(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T003: a task, source or decision lives in the file that bears its id, in its folder."""
    for entry in snapshot.entries:
        named = f"{entry.record.id}.yaml"
        if entry.path.rpartition("/")[2] != named:
            message = f"编号 {entry.record.id} 与文件名不一致"
            hint = f"请把文件改名为 {named}，或改正编号"
            yield of_file(entry, "T003", message, hint, ("id",))
    for task in snapshot.tasks:
        folder = f"{TASKS}/{task.record.source}"
        if not _is_in(task.path, folder):
            message = f"{task.record.id} 不在它的来源 {task.record.source} 的文件夹里"
            hint = f"请移到 {folder}/，或改正来源"
            yield of_file(task, "T003", message, hint, ("source",))
    for source in snapshot.sources:
        if not _is_in(source.path, SOURCES):
            message = f"来源 {source.record.id} 的文件放错了文件夹"
            yield of_file(source, "T003", message, f"请移到 {SOURCES}/")


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
                    close = nearest(name, known)
                    message = f"部门“{name}”不在 {CONFIG_FILE} 的部门名单里"
                    hint = f"是否应为“{close[0]}”？" if close else "请改正名称，或先把它加进名单"
                    yield of_file(entry, "T004", message, hint, (key, position))


def t005_source(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T005: every task's source has a file in data/sources."""
    for entry in snapshot.tasks:
        if entry.record.source not in snapshot.source_by_id:
            message = f"来源“{entry.record.source}”不存在"
            hint = f"请新建 {path_of_source(entry.record.source)}，或改正来源编号"
            yield of_file(entry, "T005", message, hint, ("source",))


def t006_due(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T006: the dates of a deadline are what its words say; what cannot be read is not judged.

    Nor is what is read only by setting aside a remark or the numbers of measures, nor a day before
    it, where an extension has been approved up to it: see C009.
    """
    for entry in snapshot.tasks:
        due = entry.record.due
        read = due_as_read(entry.record, snapshot, context)
        if (
            read is None
            or read.parted
            or read.date is None
            or (due.date, due.dates) == (read.date, read.dates)
        ):
            continue
        to = max((each.to for each in entry.record.extensions if each.to), default=None)
        if due.date and to and due.date < read.date <= to:
            continue
        days = "、".join(day.isoformat() for day in read.dates) or read.date.isoformat()
        message = f"时限原文“{due.text}”应是 {days}，与填写的日期不一致"
        hint = "请改正日期；经批准的延期用 ledger extend 登记，不改原定时限"
        yield of_file(entry, "T006", message, hint, ("due",))


def t007_dangling(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T007: links lead to tasks, closings to meetings, evidence to files with the hash recorded.

    Of a task at work what is amiss with its evidence is a remark; from 申请销号 on it is an error.
    """
    for entry in snapshot.tasks:
        named = entry.record.meeting
        if named and named not in snapshot.decision_by_id:
            message = f"会议记录 {named} 不存在"
            hint = "请改正会议记录的编号，或补上这份记录"
            yield of_file(entry, "T007", message, hint, ("closing", "decision"))
        for position, link in enumerate(entry.record.links):
            if link.id not in snapshot.by_id:
                message = f"关联的事项 {link.id} 不存在"
                yield of_file(entry, "T007", message, "请改正编号", ("links", position))
        for position in range(len(entry.record.evidence)):
            yield from _evidence(entry, position, context)


def t009_control(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T009: no control characters, and no marks that turn the direction of text around."""
    for entry in notable(snapshot):
        for place, text in texts(entry.data):
            if character := unsafe(text):
                message = f"含有控制字符 U+{ord(character):04X}"
                yield of_file(entry, "T009", message, "请删去这个看不见的字符", place)


def t010_duplicate(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """T010: an id belongs to one task only."""
    for entry in snapshot.tasks:
        first = snapshot.by_id[entry.record.id]
        if first is not entry:
            message = f"编号 {entry.record.id} 已被 {first.path} 使用"
            yield of_file(entry, "T010", message, "请给其中一个换一个没有用过的编号", ("id",))


def due_as_read(task: Task, snapshot: Snapshot, context: Context) -> Deadline | None:
    """What a deadline's words say, by a snapshot's sources; None where that cannot be known."""
    source = snapshot.source_by_id.get(task.source)
    if not task.due.text or source is None or source.record.year is None:
        return None
    year, issued = source.record.year, source.record.issued
    return _read(task.due.text, year, issued, context.config.calendar.work)


@functools.lru_cache(maxsize=4096)  # the same few hundred stand in all the files
def _read(text: str, year: int, issued: dt.date | None, calendar: WorkCalendar) -> Deadline:
    return read_deadline(text, year, since=issued, calendar=calendar)


def _is_in(path: str, folder: str) -> bool:
    return path.rpartition("/")[0] == folder


def misplaced(path: str) -> bool:
    """Whether a path is none where evidence may lie: a plain one in data/evidence, not hidden."""
    parts = path.split("/")
    return (
        not is_below(path, EVIDENCE)
        or any(part in ("", ".", "..") or part.startswith(".") for part in parts)
        or bool(unsafe(path))
    )


def claims_anew(old: Task | None, new: Task | None) -> bool:
    """Whether a task says anew that its evidence is complete.

    It is applied for, reviewed or ended now, or the end that it had rests on something else.
    """
    if new is None or new.status in _AT_WORK:
        return False
    if old is None or old.status in _AT_WORK:
        return True
    before = (old.status, old.closing, old.past_closings)
    return before != (new.status, new.closing, new.past_closings)


def is_tangible(evidence: Evidence) -> bool:
    """Whether it is more than a name: a file, an archive number, or the hash of what is kept apart.

    Whether the file is there is another question (T007).
    """
    return bool(evidence.path or evidence.sha256) or numbered(evidence.archive)


def numbered(archive: str) -> bool:
    """Whether an archive number says something: it has letters or digits, and is no “无”."""
    plain = "".join(filter(_is_written, worded(archive)))
    return bool(plain) and _NO_NUMBER.fullmatch(plain) is None


def _is_written(character: str) -> bool:
    """Whether it is a letter or a digit; marks that only count as letters (ː, 々) are none."""
    return character.isalnum() and unicodedata.category(character) != "Lm"


def _evidence(entry: Entry[Task], position: int, context: Context) -> Iterator[Problem]:
    task = entry.record
    evidence = task.evidence[position]
    place: Place = ("evidence", position)
    severity = WARNING if task.status in _AT_WORK else ERROR
    called = f"佐证材料“{evidence.name}”"
    if evidence.archive and not worded(evidence.archive):
        message, hint = f"{called}的档案号是空的", "请写明档案号"
        yield of_file(entry, "T007", message, hint, (*place, "archive"), severity)
    elif evidence.archive and not (evidence.path or numbered(evidence.archive)):
        message, hint = f"{called}的档案号“{evidence.archive}”查不到材料", "请写明档案号"
        yield of_file(entry, "T007", message, hint, (*place, "archive"), severity)
    if evidence.path and (fault := fault_of(evidence, context)):
        message, hint = fault
        message = f"佐证材料 {evidence.path} {message}"
        yield of_file(entry, "T007", message, hint, place, severity)


def fault_of(evidence: Evidence, context: Context) -> tuple[str, str] | None:
    """What is wrong with a file of evidence, and what to do (Chinese); None where it is as it was.

    Args:
        evidence: with a path.
    """
    if misplaced(evidence.path):
        return f"不在 {EVIDENCE} 里", "请用 ledger evidence add 登记文件，它会放到该放的地方"
    sha256 = context.sha256(evidence.path)
    if sha256 is None or sha256 == evidence.sha256 != _EMPTY:
        return None
    if not sha256:
        hint = "请补上文件，或改正路径；由 Git LFS 存放的，请登记它的人送上它的内容"
        return "不存在、过大或不是普通文件", hint
    if sha256 == OWN_FILE:
        return "只是台账自己的一个文件", "请换成说明办理结果的材料，再重新登记"
    if sha256 == _EMPTY:
        return "是空文件", "请换成完整的文件，再重新登记"
    fault = "没有登记校验值" if not evidence.sha256 else "与登记的校验值不符"
    return fault, "请核对文件是否被换过，再重新登记"


def _departments(before: Mapping[str, str], now: Mapping[str, str]) -> Collection[str] | None:
    """Which names of departments count, by the list that judges and the one that is judged."""
    if not now or not before:
        return before or now or None
    return now if all(name in now for name in before) else Names({n: n for n in before if n in now})
