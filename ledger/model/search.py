"""What a search looks through, and how it compares."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from ledger.model.task import Task


def searched(text: str) -> str:
    """A text as search compares it: full-width forms and case do not matter, but blanks do.

    They part words here; `people.folded` takes them away, since they make no other name.
    """
    return unicodedata.normalize("NFKC", text).casefold()


def leaders_meant(words: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Whose names have one of some words in them; else those that its letters spell a part of."""
    leaders = {name: searched(name) for name in known if name}
    meant: dict[str, None] = {}
    for word in words:
        sought = searched(word)
        named = [name for name, text in leaders.items() if sought in text]
        if not named:
            from ledger.model.pinyin import typed, within

            letters = typed(word)
            named = [name for name in leaders if within(letters, name)]
        meant |= dict.fromkeys(named)
    return tuple(name for name in leaders if name in meant)


def texts_of(task: Task) -> Iterable[str]:
    """The texts of a task that `--text` looks through."""
    yield from (task.id, task.title, task.section, task.key_point, task.problem, task.goal)
    yield from task.measures
    yield from (entry.text for entry in task.progress)
