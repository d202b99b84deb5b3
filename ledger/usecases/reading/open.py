"""Opening a ledger and reading it as it is or as it was."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from ledger.adapters.disk.interrupt import Course
from ledger.adapters.files.cache import Cache
from ledger.adapters.files.index.kept import Unusable
from ledger.adapters.files.index.worktree import TaskIndex
from ledger.adapters.files.read_snapshot import (
    Listing,
    in_worktree,
    list_commit,
    list_config,
    list_files,
    list_worktree,
    read_snapshot,
    watching,
    with_lines,
)
from ledger.adapters.git.repo import GitRepo, find_repo
from ledger.errors import LedgerError, UsageError
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.decode import decode, encode
from ledger.model.paths import CONFIG_FILE, DECISIONS, TASKS, is_below
from ledger.model.problem import Problem
from ledger.model.record import dataclass, field, replace
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.task import Task
from ledger.model.zone import day_of

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNREADABLE = frozenset({"T001", "T002", "D001"})


@dataclass(frozen=True, slots=True)
class Ledger:
    """An opened ledger: its root folder, its repository and its cache.

    Attributes:
        course: how far the command that opened it has come.
        index: what the working tree has, as tables.
    """

    root: Path
    repo: GitRepo
    cache: Cache
    course: Course = field(default_factory=Course, compare=False)
    index: TaskIndex = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """The index is opened when it is asked."""
        object.__setattr__(self, "index", TaskIndex(self.root, self.repo.state_dir()))


@dataclass(frozen=True, slots=True)
class Moment:
    """Which state of the ledger is read, and what counts as today in it.

    Attributes:
        commit: empty for the working tree.
        today: the given day; of a past state its own day, so that lights are those of the time.
    """

    commit: str
    today: dt.date


def open_ledger(
    start: Path,
    tell: Callable[[str], object] | None = None,
    course: Course | None = None,
    *,
    lost: bool = False,
) -> Ledger:
    """The ledger that a folder belongs to.

    Args:
        start: any folder inside the ledger.
        tell: takes remarks on what the user names, see `GitRepo`, and what he waits for.
        course: as `Ledger` has it.
        lost: whether it may be one whose ledger.yaml a commit has taken away.

    Raises:
        LedgerError: no ledger.yaml there or above, or no git repository.
    """
    root = _find_root(start, lost)
    repo = find_repo(root, tell) if tell else find_repo(root)
    return Ledger(root, repo, Cache(repo.state_dir()), course or Course())


def moment(ledger: Ledger, at: str | None, today: dt.date | None, now: dt.date) -> Moment:
    """Which state `--at` names.

    Args:
        at: None for the working tree, a day (the state at its end) or a git revision.
        today: what `--today` says, None when it was not given.
        now: the clock's day.

    Raises:
        UsageError: no such revision, or a day that is none.
    """
    if at is None:
        return Moment("", today or now)
    if not _DAY.fullmatch(at):
        commit = ledger.repo.resolve(at)
        return Moment(commit, today or ledger.repo.commit_day(commit, zone_of(ledger)))
    try:
        day = dt.date.fromisoformat(at)
    except ValueError:
        raise UsageError(f"{at} 不是真实存在的日期", hint="请写成 2017-10-20 这样的日期") from None
    if ledger.repo.head() is None:
        raise UsageError("台账还没有任何提交，没有过去可看", hint="请先用 git 提交一次")
    if commit := ledger.repo.commit_at(day, zone_of(ledger)):
        return Moment(commit, today or day)
    raise UsageError(f"{day.isoformat()} 时台账还没有任何提交", hint="请给出更晚的日期")


def zone_of(ledger: Ledger) -> dt.tzinfo:
    """The ledger's time zone, by ledger.yaml as it is now.

    Raises:
        LedgerError: ledger.yaml cannot be read: which commits belong to a day is not known then.
    """
    snapshot = _only(list_config(ledger.root), ledger, CONFIG_FILE)
    refuse_broken(snapshot, CONFIG_FILE)
    return snapshot.config.calendar.zone


def today_of(ledger: Ledger, now: dt.datetime, commit: str = "") -> dt.date:
    """The day it is in the ledger, whatever time zone the machine is in.

    Where ledger.yaml cannot be read, which every command tells, the zone is the usual one.

    Args:
        now: the clock's instant, with its zone.
        commit: whose ledger.yaml counts; empty for the working tree's.
    """
    return day_of(now.timestamp(), config_at(ledger, commit).calendar.zone)


def load(ledger: Ledger, commit: str = "") -> Snapshot:
    """The ledger at a commit, or in the working tree, with what is wrong with it."""
    listing = listing_of(ledger, commit)
    snapshot = read_snapshot(listing, ledger.cache)
    problems = judged_on_reading(snapshot, listing) if commit else problems_now(ledger, snapshot)
    return replace(snapshot, problems=problems)


def problems_now(ledger: Ledger, snapshot: Snapshot | None = None) -> tuple[Problem, ...]:
    """What is wrong with the working tree, as every command that reads it tells.

    Args:
        snapshot: of the working tree, where it has been read.
    """
    index = ledger.index
    try:
        index.refresh()
        paths = index.suspects()
        if (known := known_problems(index, paths)) is not None:
            return known
    except Unusable:
        listing = listing_of(ledger, "")
        return judged_on_reading(snapshot or read_snapshot(listing, ledger.cache), listing)
    listing = in_worktree(ledger.root, *index.listing(paths))
    watched, changed = watching(listing)
    problems = judged_on_reading(read_snapshot(watched, ledger.cache), watched)
    if not changed:
        index.keep_verdict(json.dumps(encode(problems)))  # names may be no UTF-8
    return problems


def known_problems(index: TaskIndex, suspects: Sequence[str]) -> tuple[Problem, ...] | None:
    """What is wrong with what an index has; None where its suspects have to be judged for that."""
    if not suspects:
        return ()
    if (known := index.verdict()) is None:
        return None
    plain = [each | {"place": tuple(each["place"])} for each in json.loads(known)]
    return tuple(Problem(**each) for each in plain)


def judged_on_reading(snapshot: Snapshot, listing: Listing) -> tuple[Problem, ...]:
    """What the rules on every reading say, causes first."""
    from ledger.rules import ALWAYS, Context, check_snapshot  # not where nobody is suspected

    context = Context(snapshot.config, dt.date.min)  # none of these rules asks for the day
    unsorted = with_lines(check_snapshot(snapshot, context, ALWAYS), listing)
    return tuple(sorted(unsorted, key=causes_first))


def causes_first(problem: Problem) -> tuple[bool, str, int]:
    """What is wrong with ledger.yaml comes first: much of the rest may follow from it."""
    return problem.path != CONFIG_FILE, problem.path, problem.line


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
        UsageError: no such task, or more than one.
        LedgerError: its file is broken.
    """
    path = task_path(ledger, task_id, commit)
    listing = _list_some(ledger, commit, CONFIG_FILE, path)
    snapshot = _only(listing, ledger, CONFIG_FILE, path)
    if not snapshot.tasks:
        refuse_broken(snapshot, path)
        raise LedgerError(f"文件 {path} 刚刚被移走", hint="请再试一次")
    return snapshot, snapshot.tasks[0]


def load_some(ledger: Ledger, paths: Sequence[str], commit: str = "") -> Snapshot:
    """A snapshot of nothing but some files of a commit, or of the working tree as it was listed."""
    if commit:
        return _only(listing_of(ledger, commit), ledger, *paths)
    return read_snapshot(list_worktree(ledger.root, ledger.index, paths), ledger.cache)


def config_of(data: str) -> Config:
    """ledger.yaml as the index keeps it; the defaults where it cannot be read.

    Args:
        data: as `TaskIndex.config` gives it.
    """
    return (decode(Config, json.loads(data), []) if data else None) or Config()


def config_at(ledger: Ledger, commit: str = "") -> Config:
    """ledger.yaml of a commit or of the working tree, without reading any other file."""
    if not commit and (data := ledger.index.config_alone()) is not None:
        return config_of(data)
    listing = (
        list_commit(ledger.repo, commit, (CONFIG_FILE,)) if commit else list_config(ledger.root)
    )
    return _only(listing, ledger, CONFIG_FILE).config


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
        UsageError: no such task, or more than one.
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
        UsageError: no such task, or more than one.
    """
    if task_id in snapshot.by_id:
        return snapshot.by_id[task_id]
    entries = {entry.path: entry for entry in snapshot.by_id.values()}
    return entries[named({path: each.record.id for path, each in entries.items()}, task_id)]


def part_of(task_id: str) -> str:
    """What is in the name of every file that `named` could mean: numbers may have lost zeros."""
    return f"{task_id.lstrip('0')}." if task_id.isdecimal() else task_id


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
    folded = task_id.casefold()
    exact = [path for path, name in names.items() if name == task_id and counts(path)]
    paths = exact or [
        path
        for path, name in names.items()
        if (name.casefold() == folded or _ends(name.casefold(), folded)) and counts(path)
    ]
    if len(paths) == 1:
        return paths[0]
    if paths:
        some = "、".join(paths[:5])
        raise UsageError(f"“{task_id}”对应不止一个事项：{some}", hint="请写完整的编号")
    raise UsageError(f"台账里没有编号为“{task_id}”的事项", hint="用 ledger list 可查看全部编号")


def _ends(name: str, ending: str) -> bool:
    """Whether an id ends in `-ending`; zeros before a number may be left out."""
    last = name.rpartition("-")[2]
    if last.isdecimal() and ending.isdecimal():
        return last.lstrip("0") == ending.lstrip("0")
    return name.endswith(f"-{ending}")


def _find_root(start: Path, lost: bool) -> Path:
    if start.is_file():
        raise UsageError(f"{start} 是文件，不是文件夹", hint="请检查 -C 后面的路径")
    if not start.is_dir():
        raise UsageError(f"文件夹 {start} 不存在", hint="请检查 -C 后面的路径")
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / CONFIG_FILE).is_file():
            return candidate
    if (folder / "HEAD").is_file() and (folder / "objects").is_dir():
        raise LedgerError(
            f"{folder} 是裸仓库，里面没有可以查看和填写的文件",
            hint="请用 git clone 把它克隆到别处，在克隆里使用",
        )
    from ledger.usecases.reading.lost import find_lost  # not where there is a ledger

    gone = find_lost(find_repo(folder))  # which says so when this is no repository at all
    if gone and gone.since and lost:
        return gone.root
    if gone:
        raise gone.error()
    raise LedgerError(
        f"{folder} 及其上级文件夹里都没有 {CONFIG_FILE}，这里不是台账",
        hint="请进入台账所在的文件夹，或运行 ledger init 新建台账",
    )


def _list_some(ledger: Ledger, commit: str, *paths: str) -> Listing:
    """Some files at a commit, or in the working tree, without a look at the others."""
    return list_commit(ledger.repo, commit, paths) if commit else list_files(ledger.root, *paths)


def listing_of(ledger: Ledger, commit: str) -> Listing:
    """The ledger's files at a commit, or in the working tree."""
    return list_commit(ledger.repo, commit) if commit else list_worktree(ledger.root, ledger.index)
