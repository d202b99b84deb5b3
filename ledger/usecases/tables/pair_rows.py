"""Which row of a new table is which task of the ledger: by 编号, else by what it says."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from ledger.adapters.tables.reading.rows import ImportedRow
from ledger.errors import LedgerError
from ledger.model.record import dataclass, replace
from ledger.model.snapshot import Entry
from ledger.model.source import Source
from ledger.model.task import ID_PATTERN, Task
from ledger.usecases.writing.draft import task_id

_ALIKE = 0.6  # share of common text from which two measures are taken for the same one
_NEAREST = 8  # candidates compared by their text, nearest in the table first
_COMPARED = 300  # characters compared


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row or a task.

    Attributes:
        id: the task's id, or the one the row would have.
        wording: what it is to be recognised by: the measures, and where it stands.
    """

    id: str
    wording: tuple[str, str]

    @property
    def squeezed(self) -> tuple[str, ...]:
        """The wording without blanks."""
        return tuple("".join(text.split()) for text in self.wording)


def paired(
    rows: Sequence[ImportedRow],
    drafts: Sequence[Task],
    source: Source,
    existing: Mapping[str, Entry[Task]],
    imported: Mapping[str, Mapping[str, Any]],
    others: Mapping[str, str],
) -> list[tuple[Task, str]]:
    """Each draft with the id of the task it stands for, "" for a new one.

    The draft carries the id it has by its 编号, or would like to have by its number.

    Args:
        existing: the source's tasks by id.
        imported: what the table said the last time, by task and field.
        others: ids of tasks of other sources → their source.

    Raises:
        LedgerError: a row has the 编号 of another source's task.
    """
    _refuse_others(rows, source, others)
    prefix = source.prefix or source.id
    wished = [
        row.id if is_own(row.id, prefix) else task_id(prefix, number)
        for row, number in zip(rows, _numbers(rows), strict=True)
    ]
    named = {place: row.id for place, row in enumerate(rows) if row.id in existing}
    places = [place for place in range(len(rows)) if place not in named]
    free = [
        Candidate(key, _imported_wording(entry.record, imported.get(key, {})))
        for key, entry in existing.items()
        if key not in set(named.values())
    ]
    candidates = [Candidate(wished[place], _wording(drafts[place])) for place in places]
    ids = {places[at]: key for at, key in match(candidates, free).items()} | named
    return [
        (replace(draft, id=wish), ids.get(place, ""))
        for place, (draft, wish) in enumerate(zip(drafts, wished, strict=True))
    ]


def _refuse_others(rows: Sequence[ImportedRow], source: Source, others: Mapping[str, str]) -> None:
    for row in rows:
        if row.id in others:
            owner = others[row.id]
            raise LedgerError(
                f"第 {row.line} 行的编号 {row.id} 是来源 {owner} 的事项，不能导入到 {source.id}",
                hint=f"请删去这一行，或用 --source {owner} 导入；几个来源的表请分开导入",
            )


def is_own(text: str, prefix: str) -> bool:
    """Whether a text is an id as the tasks of a source with this prefix have."""
    return text.startswith(f"{prefix}-") and re.fullmatch(ID_PATTERN, text) is not None


def match(rows: Sequence[Candidate], tasks: Sequence[Candidate]) -> dict[int, str]:
    """Find each row's task.

    First what says exactly the same at the same place, then the same measures, then the same
    number at the same place or with similar measures, last similar measures nearby. Blanks do not
    matter.

    Returns:
        Position of the row → id of its task; rows that are new are left out.
    """
    pairs: dict[int, str] = {}
    free = {task.id: task for task in tasks}
    for texts in (2, 1):  # what says the same at the same place, then the same measures
        _match_equal(rows, free, pairs, texts)
    for position, row in enumerate(rows):
        same_number = free.get(row.id)
        if position not in pairs and same_number and _is_same_place(row, same_number):
            pairs[position] = free.pop(row.id).id
    places = [place for place, task in enumerate(tasks) if task.id in free]
    for position, row in enumerate(rows):
        if position not in pairs:
            near = _nearest(places, position)
            best = next((place for place in near if _alike(row, tasks[place])), None)
            if best is not None:
                places.remove(best)
                pairs[position] = tasks[best].id
    return pairs


def _nearest(places: Sequence[int], position: int) -> list[int]:
    """Those of some places, in ascending order, that are nearest to a position, nearest first."""
    at = bisect_left(places, position)
    around = places[max(0, at - _NEAREST) : at + _NEAREST]
    return sorted(around, key=lambda place: abs(place - position))[:_NEAREST]


def _match_equal(
    rows: Sequence[Candidate], free: dict[str, Candidate], pairs: dict[int, str], texts: int
) -> None:
    """Pair what says the same in so many texts; of several by the same number, then in order."""
    # Of each text the ids of its tasks; the first is found and taken at once.
    waiting: dict[tuple[str, ...], OrderedDict[str, None]] = {}
    for task in free.values():
        waiting.setdefault(task.squeezed[:texts], OrderedDict())[task.id] = None
    open_rows = [(place, row) for place, row in enumerate(rows) if place not in pairs]
    for by_number in (True, False):
        for place, row in open_rows:
            ids = waiting.get(row.squeezed[:texts])
            if place in pairs or not ids or (by_number and row.id not in ids):
                continue
            chosen = row.id if by_number else next(iter(ids))
            del ids[chosen]
            pairs[place] = free.pop(chosen).id


def _is_same_place(row: Candidate, task: Candidate) -> bool:
    """Whether a row with a task's number stands where the task stood, or says much the same."""
    return row.squeezed[1] == task.squeezed[1] or _alike(row, task)


def _alike(one: Candidate, other: Candidate) -> bool:
    left, right = (each.squeezed[0][:_COMPARED] for each in (one, other))
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _wording(task: Task) -> tuple[str, str]:
    """What a task is recognised by: its measures, and where in the document it stands."""
    return (
        "\n".join(task.measures) or task.title,
        "\n".join((task.section, task.key_point, task.problem, *task.lead, task.due.text)),
    )


def _imported_wording(task: Task, imported: Mapping[str, Any]) -> tuple[str, str]:
    """What a task is recognised by in the table's own last words, whatever was edited since."""
    known: dict[str, Any] = {
        key: tuple(imported[key]) for key in ("measures", "lead") if imported.get(key)
    }
    words = {key: imported[key] for key in ("section", "key_point", "problem") if imported.get(key)}
    return _wording(replace(task, **known, **words))


def _numbers(rows: Sequence[ImportedRow]) -> list[int]:
    """The document's own numbers where they are whole and each is used once, else a count."""
    texts = [row.number or row.id for row in rows]
    printed = [int(text) for text in texts if text.isdecimal() and len(text) <= 6]
    if len(printed) == len(rows) and len(set(printed)) == len(rows) and min(printed, default=1) > 0:
        return printed
    return list(range(1, len(rows) + 1))
