"""What there is by the words of its title: tasks, sources."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.model.choice import meant
from ledger.usecases.looking.asking import Asking
from ledger.usecases.looking.list import answered
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger


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


def source_titles(ledger: Ledger) -> dict[str, str]:
    """The working tree's sources: id → title."""
    from ledger.model.paths import SOURCES
    from ledger.usecases.reading.load import load_parts

    sources = load_parts(ledger, SOURCES).source_by_id.values()
    return {entry.record.id: entry.record.title for entry in sources}
