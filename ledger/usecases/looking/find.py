"""What there is by the words of its title: tasks, sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ledger.errors import NotKnown
from ledger.model.choice import known_department, meant, one_of
from ledger.model.paths import SOURCES
from ledger.model.record import dataclass, replace
from ledger.model.source import Source
from ledger.model.task import label
from ledger.usecases.looking.asking import Asking
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.list import answered
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

MOST = 10  # that are listed
_TASK, _SOURCE = "task", "source"
_CONCERNED = {"department": ("dept", "lead", "assist")}


def titles(ledger: Ledger, when: Moment) -> dict[str, str]:
    """Every task's id → its title, in path order."""

    def answer(index: Asking) -> dict[str, str]:
        return index.index.titles()

    if (told := answered(ledger, when, answer)) is not None:
        return told
    from ledger.usecases.reading.load import load

    return {entry.record.id: entry.record.title for entry in load(ledger, when.commit).tasks}


def tasks_meant(word: str, known: Mapping[str, str]) -> dict[str, str]:
    """The tasks that a word may mean, by words of their titles or by their letters: id → title.

    A number is an id or nothing.

    Args:
        known: id → title.
    """
    if not any(map(str.isalpha, word)):
        return {}
    by_title: dict[str, list[str]] = {}
    for name, title in known.items():
        by_title.setdefault(title, []).append(name)
    likely = meant(word, {title: title for title in by_title}, loosely=True)
    return {name: title for title in likely for name in by_title[title]}


def likely(opened: Callable[[], Ledger], error: NotKnown) -> dict[str, str]:
    """What a word may mean that names nothing, tasks apart: the value for it → what it is called.

    Args:
        opened: gives the ledger, where it is needed.
    """
    if error.what != _SOURCE:
        return {value: value for value in meant(error.word, error.known)}
    titles = source_titles(opened())
    known = {**error.known, **{title: name for name, title in titles.items()}}
    return {name: titles.get(name, name) for name in meant(error.word, known, loosely=True)}


def called(likely: Mapping[str, str]) -> list[str]:
    """What a word may mean, as people are told of it."""
    return [value if called == value else f"{value} {called}" for value, called in likely.items()]


def several(likely: Mapping[str, str], error: NotKnown) -> NotKnown:
    """That a word may mean several things, and nobody picks one of them."""
    listed = called(likely)
    more = f"等 {len(listed)} 个" if len(listed) > MOST else ""
    return NotKnown(
        f"“{error.word}”对应不止一个：{'、'.join(listed[:MOST])}{more}",
        hint="请写完整的编号" if error.what == _TASK else "请写全",
    )


def instead(ledger: Ledger, filters: Filters, error: NotKnown) -> Filters:
    """Filters with what was meant in the place of a word that names nothing.

    Raises:
        NotKnown: nothing like it is known, or several things.
    """
    names = _CONCERNED.get(error.what, (error.what,))
    given = {name: getattr(filters, name, ()) for name in names}
    if not any(error.word in words for words in given.values()):
        raise error
    may_be = likely(lambda: ledger, error)
    may_be.pop(error.word, None)
    if len(may_be) != 1:
        raise several(may_be, error) if may_be else error
    (value,) = may_be
    swapped: dict[str, Any] = {
        name: tuple(value if word == error.word else word for word in words)
        for name, words in given.items()
    }
    return replace(filters, **swapped)


def source_titles(ledger: Ledger) -> dict[str, str]:
    """The working tree's sources: id → title."""
    return {name: its.title for name, its in sources(ledger).items()}


def sources(ledger: Ledger, commit: str = "") -> dict[str, Source]:
    """The sources of the working tree or of a commit by their ids; no other file is read."""
    from ledger.usecases.reading.load import load_parts

    if not commit:
        return {name: its.record for name, its in load_parts(ledger, SOURCES).source_by_id.items()}
    from ledger.adapters.files.read_snapshot import list_commit
    from ledger.usecases.reading.committed import read_some

    listing = list_commit(ledger.repo, commit, (SOURCES,))
    snapshot = read_some(ledger, listing, listing.blobs)
    return {name: its.record for name, its in snapshot.source_by_id.items()}


@dataclass(frozen=True, slots=True)
class Choices:
    """What a ledger's tasks may be chosen by.

    Attributes:
        departments: canonical names, those of ledger.yaml first; leaders, tags: as tasks have them.
        sources: by id; None where only tasks name one.
    """

    departments: tuple[str, ...]
    leaders: tuple[str, ...]
    tags: tuple[str, ...]
    sources: Mapping[str, Source | None]


def choices(ledger: Ledger, when: Moment) -> Choices:
    """What a moment's tasks may be chosen by."""

    def answer(index: Asking) -> tuple[Mapping[str, str], list[list[str]]]:
        known = ("department", "leader", "tag", "source")
        return index.departments(), [index.index.distinct(each) for each in known]

    if told := answered(ledger, when, answer):
        canonical, (names, leaders, tags, with_tasks) = told
    else:
        from ledger.usecases.reading.load import load

        snapshot = load(ledger, when.commit)
        canonical, tasks = snapshot.departments, [entry.record for entry in snapshot.tasks]
        names = sorted({name for task in tasks for name in (*task.lead, *task.assist)})
        leaders = sorted({task.leader for task in tasks})
        tags = sorted({tag for task in tasks for tag in task.tags})
        with_tasks = sorted({task.source for task in tasks})
    in_files = sources(ledger, when.commit)
    return Choices(
        tuple(dict.fromkeys((*canonical.values(), *(canonical.get(each, each) for each in names)))),
        tuple(filter(None, leaders)),
        tuple(tags),
        {**in_files, **{name: None for name in with_tasks if name not in in_files}},
    )


def named(ledger: Ledger, known: Choices, canonical: Mapping[str, str], by: str, word: str) -> str:
    """The department, leader or source that a word names, or that was meant by it.

    Args:
        known: of the moment.
        canonical: names and aliases of departments → canonical names.
        by: lead, leader or source.

    Raises:
        NotKnown: there is no such one, or several may be meant.
    """
    try:
        if by == "lead":
            return known_department(word, canonical, lambda: known.departments)
        ones = known.leaders if by == "leader" else tuple(known.sources)
        return one_of(word, ones, label(by), by)
    except NotKnown as error:
        may_be = likely(lambda: ledger, error)
        if len(may_be) != 1:
            raise several(may_be, error) if may_be else error from None
        return next(iter(may_be))
