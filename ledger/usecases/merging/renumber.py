"""A free id for a task that nobody else has seen yet.

What is published keeps its id for ever. What is not is rewritten from its first commit on, so that
neither the main branch nor an audit ever sees a task vanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from ledger.adapters.git.commit import last_move, refuse_unfinished
from ledger.adapters.git.merge import (
    commits_touching,
    first_commit_of,
    make_commit,
    message_of_commit,
    refs_holding,
    tree_merge,
)
from ledger.adapters.git.objects import TreeFile
from ledger.adapters.git.walk import span
from ledger.adapters.yaml.edit import Edit, edited
from ledger.adapters.yaml.read import YamlFault, parse
from ledger.errors import AlreadyDone, LedgerError, UsageError
from ledger.model.case import case_digest
from ledger.model.decode import decode
from ledger.model.paths import DECISIONS, EVIDENCE, TASKS, is_below, refuse_device
from ledger.model.record import dataclass
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import ID_PATTERN, ID_SHAPE, Task
from ledger.usecases.reading.load import find_entry, load
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import alone, move
from ledger.usecases.writing.add import taken_ids
from ledger.usecases.writing.draft import next_number, task_id
from ledger.usecases.writing.edit import ORDER

_PUBLIC = ("refs/remotes/", "refs/tags/")


@dataclass(frozen=True, slots=True)
class Renumbered:
    """What `renumber` did: the ids before and after, and how many commits were written anew."""

    old: str
    new: str
    commits: int


@alone
def renumber(ledger: Ledger, old: str, new: str = "") -> Renumbered:
    """Give an unpublished task another id, in every commit that has it, with its references.

    Args:
        old: the task's id or a unique ending of it.
        new: the id to give; the next free one of its source when empty.

    Raises:
        UsageError: no such task, or an id that is taken or none.
        LedgerError: the task is published, was decided on and closed, or files are in the way.
    """
    refuse_unfinished(ledger.repo)
    head = ledger.repo.head()
    if not head:
        raise LedgerError("台账还没有任何提交", hint="请先提交一次，再改编号")
    snapshot = load(ledger, head)
    _refuse_again(ledger, snapshot, old, new)
    entry = find_entry(snapshot, old)
    first = first_commit_of(ledger.repo, entry.path)
    _refuse_published(ledger, first, entry.record.id)
    _refuse_closed(entry.record)
    name = _checked(new, snapshot) if new else free_id(entry.record, snapshot, set())
    start = ledger.repo.parent_of(first)
    known = ledger.repo.tree(start, TASKS, DECISIONS) if start else ()
    made, count = rewritten(ledger, head, (start,), known, {entry.record.id: name})
    move(ledger, head, made, _moving(entry.record.id, name), last=True)
    return Renumbered(entry.record.id, name, count)


def _refuse_again(ledger: Ledger, snapshot: Snapshot, old: str, new: str) -> None:
    """Raise when the task has just got another id: nobody has to ask for it twice."""
    if old in snapshot.by_id:
        return
    last = last_move(ledger.repo)
    names = (new,) if new else snapshot.by_id
    if name := next((each for each in names if last == _moving(old, each)), ""):
        raise AlreadyDone(f"{old} 已经换成 {name} 了，没有再换")


def _moving(old: str, new: str) -> str:
    """What is said of the branch's move."""
    return f"{old} 换成 {new}"


def free_id(task: Task, snapshot: Snapshot, taken: Iterable[str]) -> str:
    """The next free id of a task's source.

    Args:
        taken: ids that are not free either.
    """
    source = snapshot.source_by_id.get(task.source)
    prefix = (source.record.prefix if source else "") or task.source
    return task_id(prefix, next_number(prefix, {*taken_ids(snapshot), *taken}))


def rewritten(
    ledger: Ledger,
    tip: str,
    published: Sequence[str],
    known: Iterable[TreeFile],
    names: Mapping[str, str],
) -> tuple[str, int]:
    """Write a line of commits anew with other ids; authors, days and messages stay.

    Args:
        tip: its newest commit.
        published: commits whose history is left alone.
        known: files that are left alone wherever they are the same.
        names: old id → new id.

    Returns:
        The new tip, to which nothing points yet, and how many commits were written.
    """
    kept = {(each.path, each.blob) for each in known}
    made: dict[str, str] = {}
    digests: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    line = span(ledger.repo, tip, *published)
    first = _first(ledger, tip, line, names)
    for commit, parents in line[first:]:
        above = [made.get(each, each) for each in parents]
        files = _renamed(ledger, commit, kept, names, digests, contents)
        if not files and tuple(above) == parents:
            continue
        with tree_merge(ledger.repo) as merge:
            merge.begin(commit)
            merge.settle(files)
            tree = merge.tree()
        message = _text(message_of_commit(ledger.repo, commit), names)
        made[commit] = make_commit(ledger.repo, tree, above, message, like=commit)
    return made.get(tip, tip), len(made)


def _first(
    ledger: Ledger, tip: str, line: Sequence[tuple[str, tuple[str, ...]]], names: Mapping[str, str]
) -> int:
    """Where in a line of commits the old ids begin to be used."""
    files = ledger.repo.tree(tip, TASKS)
    paths = [each.path for each in files if PurePosixPath(each.path).stem in names]
    touching = commits_touching(ledger.repo, tip, paths)
    return next((n for n, (commit, _) in enumerate(line) if commit in touching), 0)


def _renamed(
    ledger: Ledger,
    commit: str,
    kept: set[tuple[str, str]],
    names: Mapping[str, str],
    digests: dict[str, str],
    contents: dict[str, bytes],
) -> dict[str, bytes | str | None]:
    """The files of one commit that read differently with other ids; None for one that is gone.

    Args:
        digests: of cases before and after; what is found is added.
        contents: blobs that were read already; what is read is added.
    """
    listed = ledger.repo.tree(commit, TASKS, DECISIONS)
    own = [each for each in listed if (each.path, each.blob) not in kept]
    unread = {each.blob for each in own} - contents.keys()
    contents |= ledger.repo.blobs(sorted(unread)) if unread else ()
    files: dict[str, bytes | str | None] = dict(_moved_evidence(ledger, commit, names))
    for file in sorted(own, key=lambda each: each.path, reverse=True):  # tasks before decisions
        old = contents[file.blob]
        new = _reworded(old, is_below(file.path, TASKS), names, digests)
        path = PurePosixPath(file.path)
        if new != old:
            files[file.path] = new
            digests |= _digests(old, new)
        if path.stem in names and is_below(file.path, TASKS):
            files[file.path] = None
            files[str(path.with_stem(names[path.stem]))] = new
    return files


def _moved_evidence(
    ledger: Ledger, commit: str, names: Mapping[str, str]
) -> Iterator[tuple[str, str | None]]:
    """The tasks' own evidence, path and blob id, in folders of the new names."""
    for old, new in names.items():
        folder = f"{EVIDENCE}/{old}/"
        for file in ledger.repo.tree(commit, folder):
            yield file.path, None
            yield f"{EVIDENCE}/{new}/{file.path.removeprefix(folder)}", file.blob


def _reworded(
    content: bytes, is_task: bool, names: Mapping[str, str], digests: Mapping[str, str]
) -> bytes:
    """A file with other ids in it; one that cannot be read stays as it is."""
    if not any(each.encode() in content for each in names):
        return content
    try:
        data = parse(content)
        edits = _task_edits(data, names) if is_task else _meeting_edits(data, names, digests)
        return edited(content, edits, ORDER)
    except (YamlFault, LedgerError):
        return content


def _task_edits(data: Any, names: Mapping[str, str]) -> Iterator[Edit]:
    if isinstance(data, dict) and data.get("id") in names:
        old, new = data["id"], names[data["id"]]
        yield Edit(("id",), new)
        for position, evidence in _records(data, "evidence"):
            path = str(evidence.get("path", ""))
            if path.startswith(f"{EVIDENCE}/{old}/"):
                moved = path.replace(f"/{old}/", f"/{new}/", 1)
                yield Edit(("evidence", position, "path"), moved)
    for position, link in _records(data, "links"):
        if link.get("id") in names:
            yield Edit(("links", position, "id"), names[link["id"]])


def _meeting_edits(
    data: Any, names: Mapping[str, str], digests: Mapping[str, str]
) -> Iterator[Edit]:
    """The id is part of the case that a meeting saw, so its digest goes along."""
    for position, item in _records(data, "items"):
        for key in ("task", "into"):
            if item.get(key) in names:
                yield Edit(("items", position, key), names[item[key]])
        if item.get("digest") in digests:
            yield Edit(("items", position, "digest"), digests[item["digest"]])


def _records(data: Any, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    items = data.get(key) if isinstance(data, dict) else None
    for position, record in enumerate(items if isinstance(items, list) else ()):
        if isinstance(record, dict):
            yield position, record


def _digests(old: bytes, new: bytes) -> dict[str, str]:
    """The digest of a case before and after; nothing for a file that is no task."""
    try:
        before, after = (decode(Task, parse(each), []) for each in (old, new))
    except YamlFault:
        return {}
    return {case_digest(before): case_digest(after)} if before and after else {}


def _text(message: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        message = re.sub(rf"(?<![A-Za-z0-9-]){re.escape(old)}(?![A-Za-z0-9-])", new, message)
    return message


def _checked(new: str, snapshot: Snapshot) -> str:
    if not re.fullmatch(ID_PATTERN, new):
        raise UsageError(f"“{new}”不能作编号", hint=f"编号{ID_SHAPE}")
    refuse_device(new, "编号")
    if new in taken_ids(snapshot):
        raise UsageError(f"编号 {new} 已经有了", hint="请换一个编号，或不写，由程序取下一个号")
    return new


def _refuse_published(ledger: Ledger, first: str, named: str) -> None:
    if not first:
        raise LedgerError(f"{named} 还没有提交过", hint="请先提交，再改编号")
    own = f"refs/heads/{ledger.repo.branch()}"
    for ref in refs_holding(ledger.repo, first):
        if ref.startswith(_PUBLIC):
            raise LedgerError(
                f"{named} 已经发布，编号不能再改",
                hint="别人可能已经用了这个编号；确需更换的请新增一个事项",
            )
        if ref.startswith("refs/heads/") and ref != own:
            branch = ref.removeprefix("refs/heads/")
            raise LedgerError(
                f"分支 {branch} 上也有 {named}，编号不能只改一处",
                hint="请先合并或删除这个分支，再改编号",
            )


def _refuse_closed(task: Task) -> None:
    rounds = [each.decision for each in (task.closing, *task.past_closings) if each]
    if named := next(filter(None, rounds), ""):
        raise LedgerError(
            f"{task.id} 已经据会议 {named} 办结，编号不能再改", hint="会议记录里写的是这个编号"
        )


def unpublished(entries: Iterable[Entry[Task]], base: Snapshot | None) -> dict[str, Entry[Task]]:
    """The tasks, by id, that were not there yet in an older state."""
    published = base.by_id if base else {}
    return {each.record.id: each for each in entries if each.record.id not in published}
