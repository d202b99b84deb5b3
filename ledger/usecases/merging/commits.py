"""Two lines of the ledger's history made one, beside the work tree, in the ledger's terms."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from pathlib import PurePosixPath

from ledger.adapters.git.merge import Unmerged, last_change, tree_merge
from ledger.adapters.yaml.read import YamlFault
from ledger.errors import LedgerError
from ledger.model.paths import CONFIG_FILE, DECISIONS, TASKS, is_record
from ledger.model.reconcile import OURS, THEIRS, Conflict, Held, spelled
from ledger.model.record import dataclass
from ledger.model.snapshot import Entry
from ledger.model.task import Task
from ledger.usecases.merging.renumber import free_id, rewritten, unpublished
from ledger.usecases.merging.texts import Joined, join, join_texts
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.add import taken_ids

_CONFIG = "ledger"  # what ledger.yaml is called in a choice

Choices = Mapping[str, str]  # an id, or id.place such as GZ2017-001.closing.applied → a side


@dataclass(frozen=True, slots=True)
class Clash:
    """A value that two people set differently.

    Attributes:
        id: the task's, source's or decision's id; `ledger` for ledger.yaml, else the file's path.
        path: the file, relative to the ledger's root.
        conflict: the place and both values.
        ours_by, theirs_by: who last changed the file on each side, empty where nobody can tell;
        ours_on, theirs_on: and on which day.
    """

    id: str
    path: str
    conflict: Conflict
    ours_by: str = ""
    theirs_by: str = ""
    ours_on: str = ""
    theirs_on: str = ""

    def choice(self) -> str:
        """How a choice names it: the id and the place, or the id alone for a whole file."""
        return _choice(self.id, spelled(self.conflict.place))


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A closing, or another step, of one file that was not carried: open beats closed."""

    id: str
    held: Held
    by: str = ""


@dataclass(frozen=True, slots=True)
class Combined:
    """What came of it.

    Attributes:
        ours: our commit, with other ids in it where two new tasks had the same one.
        tree: the merged tree, empty while there are clashes.
        clashes: what somebody has to decide first.
        left_behind: what was decided by the rule that open beats closed.
        renumbered: our new tasks that got another id, old and new.
        used: the choices that were needed.
    """

    ours: str
    tree: str
    clashes: tuple[Clash, ...]
    left_behind: tuple[LeftBehind, ...]
    renumbered: tuple[tuple[str, str], ...]
    used: frozenset[str]


def combine(ledger: Ledger, base: str, ours: str, theirs: str, choices: Choices) -> Combined:
    """Merge two commits; nothing points to what comes of it, and the work tree is not touched.

    Args:
        base: their newest common ancestor.
        choices: what to do about clashes: what `Clash.choice` says → `OURS` or `THEIRS`.

    Raises:
        LedgerError: a data file that both changed cannot be read.
    """
    names = _same_ids(ledger, base, ours, theirs)
    if names:
        known = ledger.repo.tree(base, TASKS, DECISIONS)
        ours, _ = rewritten(ledger, ours, (theirs,), known, names)
    with tree_merge(ledger.repo) as merge:
        merge.begin(base, ours, theirs)
        joined = {each.path: _joined(each, choices) for each in merge.unmerged()}
        clean = not any(each.conflicts for each in joined.values())
        merge.settle({path: each.data for path, each in joined.items()} if clean else {})
        tree = merge.tree() if clean else ""
    tips = {OURS: ours, THEIRS: theirs}

    def last(side: str, path: str) -> tuple[str, str]:
        return last_change(ledger.repo, base, tips[side], path)

    def clash(path: str, conflict: Conflict) -> Clash:
        (ours_by, ours_on), (theirs_by, theirs_on) = last(OURS, path), last(THEIRS, path)
        return Clash(_called(path), path, conflict, ours_by, theirs_by, ours_on, theirs_on)

    return Combined(
        ours,
        tree,
        tuple(
            clash(path, conflict) for path, file in joined.items() for conflict in file.conflicts
        ),
        tuple(
            LeftBehind(_called(path), held, last(held.side, path)[0])
            for path, file in joined.items()
            for held in file.held
        ),
        tuple(names.items()),
        frozenset(
            _choice(_called(path), place) for path, file in joined.items() for place in file.used
        ),
    )


def _joined(file: Unmerged, choices: Choices) -> Joined:
    called = _called(file.path)
    own = {
        name.removeprefix(called).removeprefix("."): side
        for name, side in choices.items()
        if name == called or name.startswith(f"{called}.")
    }
    if not file.regular:
        return Joined(None, (Conflict((), None, None, None),))
    if not is_record(file.path):
        return join_texts(file.base, file.ours, file.theirs, own.get("", ""))
    try:
        return join(file.base, file.ours, file.theirs, own)
    except YamlFault as fault:
        raise LedgerError(
            f"{file.path} 两边都改过，其中一份读不了：{fault.message}", hint="请先改好这个文件"
        ) from None
    except LedgerError as error:
        raise LedgerError(f"{file.path} 不能自动合并：{error.message}", hint=error.hint) from None


def _same_ids(ledger: Ledger, base: str, ours: str, theirs: str) -> dict[str, str]:
    """New tasks of ours whose ids other new tasks have by now → free ids for them."""
    was, mine, other = (load(ledger, commit) for commit in (base, ours, theirs))
    new = unpublished(mine.tasks, was)
    taken = unpublished(other.tasks, was)
    names: dict[str, str] = {}
    for key in sorted(new.keys() & taken.keys()):
        if _is_same(new[key], taken[key]):
            continue
        record = new[key].record
        if record.past_closings or (record.closing and record.closing.decision):
            raise LedgerError(
                f"编号 {key} 别人也用了，而您这边的 {key} 已经办结，不能改编号",
                hint="请和对方商量，由对方改编号",
            )
        names[key] = free_id(record, mine, {*taken_ids(other), *names.values()})
    return names


def _is_same(one: Entry[Task], other: Entry[Task]) -> bool:
    """Whether two people added the same task, as by importing one table, and not two."""
    kept = attrgetter("title", "key_point", "problem", "measures")
    return one.path == other.path and bool(kept(one.record) == kept(other.record))


def _choice(called: str, place: str) -> str:
    return f"{called}.{place}" if place else called


def _called(path: str) -> str:
    if path == CONFIG_FILE:
        return _CONFIG
    return PurePosixPath(path).stem if is_record(path) else path
