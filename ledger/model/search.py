"""What a search looks through, and how it compares."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from ledger.model.record import dataclass
from ledger.model.task import Task

_LETTERS = 2  # that spell something; one alone is in nearly every title


@dataclass(frozen=True, slots=True)
class Sought:
    """A word that was typed to find tasks, and what of a ledger it may name.

    Attributes:
        word: as `searched` makes it; what has it in one of its texts is found.
        departments: names that the word is in, all names of the same department, or that its
            letters begin; who leads or assists is found.
        leaders, titles: those that it is in, or of which its letters spell a part.
    """

    word: str
    departments: tuple[str, ...]
    leaders: tuple[str, ...]
    titles: tuple[str, ...]

    def finds(self, task: Task) -> bool:
        """Whether it finds a task."""
        return (
            not set(self.departments).isdisjoint((*task.lead, *task.assist))
            or task.leader in self.leaders
            or task.title in self.titles
            or any(self.word in searched(text) for text in texts_of(task) if text)
        )


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
        plain = searched(word)
        named = [name for name, text in leaders.items() if plain in text]
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


def sought(
    typed_words: Iterable[str],
    canonical: Mapping[str, str],
    names: Callable[[], Collection[str]],
    leaders: Callable[[], Collection[str]],
    titles: Callable[[], Collection[str]],
) -> Iterator[Sought]:
    """What somebody types to find something; every word has to be found.

    Args:
        typed_words: of one or several words each.
        canonical: every listed name and alias of a department → the canonical name.
        names, leaders, titles: give what tasks have: departments, leaders, titles.
    """
    for word in dict.fromkeys(word for text in typed_words for word in searched(text).split()):
        departments = _departments(word, canonical, names())
        its = tuple(_named(word, filter(None, leaders())))
        yield Sought(word, departments, its, tuple(_spelled(word, titles())))


def _departments(
    word: str, canonical: Mapping[str, str], names: Collection[str]
) -> tuple[str, ...]:
    from ledger.model.pinyin import begins, typed

    letters = typed(word)
    every = dict.fromkeys((*canonical, *names))
    meant = {
        canonical.get(name, name)
        for name in every
        if word in searched(name) or (len(letters) >= _LETTERS and begins(letters, name))
    }
    return tuple(name for name in every if canonical.get(name, name) in meant)


def _named(word: str, names: Iterable[str]) -> Iterator[str]:
    known = list(names)
    spelled = set(_spelled(word, known))
    return (name for name in known if word in searched(name) or name in spelled)


def _spelled(word: str, texts: Iterable[str]) -> Iterator[str]:
    from ledger.model.pinyin import typed, within

    if len(letters := typed(word)) < _LETTERS:
        return iter(())
    return (text for text in texts if within(letters, text))
