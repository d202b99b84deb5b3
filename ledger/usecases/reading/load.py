"""Reading a ledger as it is or as it was: the whole of it, or some of its files."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from ledger.adapters.files.read_snapshot import (
    Listing,
    list_commit,
    list_config,
    list_files,
    list_worktree,
    read_snapshot,
)
from ledger.errors import LedgerError, NotKnown
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.decode import decode
from ledger.model.paths import CONFIG_FILE, DECISIONS, TASKS, is_below
from ledger.model.record import replace
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import Task
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.problems import judged_on_reading, problems_now

_FEW = 5  # paths that an error names
_UNREADABLE = frozenset({"T001", "T002", "D001"})


def load(ledger: Ledger, commit: str = "") -> Snapshot:
    """The ledger at a commit, or in the working tree, with what is wrong with it."""
    listing = listing_of(ledger, commit)
    snapshot = read_snapshot(listing, ledger.cache)
    problems = judged_on_reading(snapshot, listing) if commit else problems_now(ledger, snapshot)
    return replace(snapshot, problems=problems)


def _only(listing: Listing, ledger: Ledger, *paths: str) -> Snapshot:
    """A snapshot of nothing but some files."""
    blobs = {path: listing.blobs[path] for path in paths if path in listing.blobs}
    return read_snapshot(replace(listing, blobs=blobs), ledger.cache)


def load_task(ledger: Ledger, task_id: str, commit: str = "") -> tuple[Snapshot, Entry[Task]]:
    """One task, without reading the others.

    Args:
        task_id: the task's id; a unique ending such as `031` will do.

    Returns:
        A snapshot of nothing but this task and the configuration, and the task's entry.

    Raises:
        NotKnown: no such task, or more than one.
        LedgerError: its file is broken.
    """
    path = task_path(ledger, task_id, commit)
    listing = _list_some(ledger, commit, CONFIG_FILE, path)
    snapshot = _only(listing, ledger, CONFIG_FILE, path)
    if not snapshot.tasks:
        refuse_broken(snapshot, path)
        raise LedgerError(f"文件 {path} 刚刚被移走", hint="请再试一次")
    return snapshot, snapshot.tasks[0]


def load_config(ledger: Ledger) -> Snapshot:
    """A snapshot of nothing but the working tree's ledger.yaml.

    Raises:
        LedgerError: it cannot be read.
    """
    snapshot = _only(list_config(ledger.root), ledger, CONFIG_FILE)
    refuse_broken(snapshot, CONFIG_FILE)
    return snapshot


def load_parts(
    ledger: Ledger, *folders: str, tasks: Collection[str] = (), commit: str = ""
) -> Snapshot:
    """ledger.yaml, all that some folders have, and the tasks of some ids; no other file is read.

    Args:
        commit: empty for the working tree. Of a commit those tasks are meant whose files bear
            the ids.
    """
    if commit:
        listing = list_commit(
            ledger.repo, commit, (CONFIG_FILE, *folders, *([TASKS] * bool(tasks)))
        )
        named = _names(listing.blobs).items()
        some = [p for p, name in named if not is_below(p, TASKS) or name in tasks]
        return _only(listing, ledger, *some)
    from ledger.adapters.files.index.kept import Unusable
    from ledger.adapters.files.names import files_named

    paths = {path for folder in folders for path in files_named(ledger.root, folder, "")}
    try:
        paths |= {*ledger.index.answered(lambda: ledger.index.paths_of(tasks))} if tasks else set()
    except Unusable:
        return load(ledger)
    return _only(list_files(ledger.root, *paths), ledger, CONFIG_FILE, *sorted(paths))


def ids_in_use(ledger: Ledger) -> set[str]:
    """The ids that a new task cannot have: those of tasks, and the names of all their files."""
    from ledger.adapters.files.index.kept import Unusable
    from ledger.adapters.files.names import files_named

    names = {*_names(files_named(ledger.root, TASKS, "")).values()}
    try:
        return names | ledger.index.answered(ledger.index.ids)
    except Unusable:
        return names | {*load(ledger).by_id}


def load_some(ledger: Ledger, paths: Sequence[str], commit: str = "") -> Snapshot:
    """A snapshot of nothing but some files of a commit, or of the working tree as it was listed."""
    if commit:
        return _only(listing_of(ledger, commit), ledger, *paths)
    return read_snapshot(list_worktree(ledger.root, ledger.index, paths), ledger.cache)


def config_at(ledger: Ledger, commit: str = "") -> Config:
    """ledger.yaml of a commit or of the working tree, without reading any other file."""
    if not commit and ledger.index.knows_config():
        return config_of(ledger.index.config())
    listing = (
        list_commit(ledger.repo, commit, (CONFIG_FILE,)) if commit else list_config(ledger.root)
    )
    return _only(listing, ledger, CONFIG_FILE).config


def config_of(data: str) -> Config:
    """ledger.yaml as the index keeps it; the defaults where it cannot be read.

    Args:
        data: as `TaskIndex.config` gives it.
    """
    return (decode(Config, json.loads(data), []) if data else None) or Config()


def decisions_at(
    ledger: Ledger, commit: str, names: Collection[str]
) -> Mapping[str, Entry[Decision]]:
    """Some meetings of a commit by id, without reading any task.

    Files that bear their names are read, and all others only where one is not found so (T003).

    Args:
        names: their ids; others may be among the answer.
    """
    listing = list_commit(ledger.repo, commit, (DECISIONS,))
    named = [path for path, name in _names(listing.blobs).items() if name in names]
    meetings = _only(listing, ledger, *named).decision_by_id
    if all(name in meetings for name in names):
        return meetings
    return _only(listing, ledger, *listing.blobs).decision_by_id


def refuse_broken(snapshot: Snapshot, *places: str) -> None:
    """Raise when a file cannot be read without which an operation would go wrong.

    Args:
        places: files, or folders ending in '/', relative to the ledger's root.

    Raises:
        LedgerError: naming the first such file, and why.
    """
    for problem in snapshot.problems:
        if problem.code in _UNREADABLE and problem.path.startswith(places):
            place = f"{problem.path}:{problem.line}" if problem.line else problem.path
            hint = problem.hint or "请先改好这个文件"
            raise LedgerError(f"{place} 有错：{problem.message}", hint=hint)


def task_path(ledger: Ledger, task_id: str, commit: str = "") -> str:
    """The path of the task an id or its unique ending names, readable or not.

    The file's name is the id (T003), so nothing but names is asked for.

    Raises:
        NotKnown: no such task, or more than one.
    """
    if commit:
        listed: Iterable[str] = list_commit(ledger.repo, commit, (TASKS,)).blobs
        return named(_names(path for path in listed if is_below(path, TASKS)), task_id)
    from ledger.adapters.files.names import files_named, is_regular  # not where all are listed

    names = _names(files_named(ledger.root, TASKS, part_of(task_id)))
    return named(names, task_id, lambda path: is_regular(ledger.root, path))


def find_entry(snapshot: Snapshot, task_id: str) -> Entry[Task]:
    """The task of a snapshot that an id or its unique ending names.

    Raises:
        NotKnown: no such task, or more than one.
    """
    if task_id in snapshot.by_id:
        return snapshot.by_id[task_id]
    entries = {entry.path: entry for entry in snapshot.by_id.values()}
    return entries[named({path: each.record.id for path, each in entries.items()}, task_id)]


def part_of(task_id: str) -> str:
    """What is in the name of every file that `named` could mean: numbers may have lost zeros."""
    last = _narrow(task_id).rpartition("-")[2]
    return f"{last.lstrip('0')}." if last.isdecimal() else _narrow(task_id)


def _names(paths: Iterable[str]) -> dict[str, str]:
    """Path → what the file is called, which is its record's id (T003)."""
    return {path: path.rpartition("/")[2].rpartition(".")[0] for path in paths}


def named(
    names: Mapping[str, str], task_id: str, counts: Callable[[str], bool] = lambda path: True
) -> str:
    """The path whose id (path → id) is meant.

    Args:
        counts: whether a path is to be thought of at all; asked only of those that are meant.
    """
    folded = _narrow(task_id).casefold()
    exact = [path for path, name in names.items() if name == task_id and counts(path)]
    paths = exact or [
        path for path, name in names.items() if _means(folded, name.casefold()) and counts(path)
    ]
    if len(paths) == 1:
        return paths[0]
    if paths:
        raise NotKnown(
            f"“{task_id}”对应不止一个事项：{'、'.join(paths[:_FEW])}",
            hint="请写完整的编号",
            what="task",
            word=task_id,
            known={names[path]: names[path] for path in paths},
        )
    raise NotKnown(
        f"台账里没有编号为“{task_id}”的事项",
        hint="用 ledger list 可查看全部编号",
        what="task",
        word=task_id,
    )


def _means(sought: str, name: str) -> bool:
    """Whether an id is meant, or its ending behind a '-'; a number may have lost its zeros."""
    if f"-{name}".endswith(f"-{sought}"):
        return True
    start, _, last = name.rpartition("-")
    before, _, number = sought.rpartition("-")
    if not (last.isdecimal() and number.isdecimal() and last.lstrip("0") == number.lstrip("0")):
        return False
    return not before or f"-{start}".endswith(f"-{before}")


def _narrow(text: str) -> str:
    """A text in which nothing has full width."""
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFKC", text)


def _list_some(ledger: Ledger, commit: str, *paths: str) -> Listing:
    """Some files at a commit, or in the working tree, without a look at the others."""
    return list_commit(ledger.repo, commit, paths) if commit else list_files(ledger.root, *paths)


def listing_of(ledger: Ledger, commit: str) -> Listing:
    """The ledger's files at a commit, or in the working tree."""
    return list_commit(ledger.repo, commit) if commit else list_worktree(ledger.root, ledger.index)
