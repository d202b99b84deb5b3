"""What a word on its way may become: asked of the index as it was kept last, whatever is now.

Somebody waits for it at each key, so no file is looked at; what has changed since the last command
may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ledger.adapters.files.index.worktree import TaskIndex
from ledger.model.pinyin import begins, typed, within
from ledger.usecases.reading.open import Ledger

Choices = Iterable[tuple[str, str]]
_MOST = 100
_SOON = 2000  # titles that are looked through to their ends while somebody waits


def suggested(ledger: Ledger, what: str, word: str) -> list[tuple[str, str]]:
    """What there is of a kind that a word may become: the value for it, what is said of it.

    Args:
        what: one of `KINDS` or `IN_FOLDERS`.
        word: as far as it was typed.
    """
    if what in IN_FOLDERS:
        return [*fitting(((name, "") for name in IN_FOLDERS[what](ledger)), word)]
    index = ledger.index
    return index.recalled(lambda: [*KINDS[what](index, word)])


def fitting(choices: Choices, word: str) -> Iterator[tuple[str, str]]:
    """Those of some choices that a word begins, in letters too."""
    plain, letters = word.casefold(), typed(word)
    for value, told in choices:
        if value.casefold().startswith(plain) or begins(letters, value):
            yield value, told


def _tasks(index: TaskIndex, word: str) -> Choices:
    if some := index.ids_begun(word.upper(), _MOST):
        return some
    if some := index.ids_about(word, _MOST):
        return some
    letters = typed(word)
    if len(letters) <= 1:
        return []
    titles = index.titles()
    if some := [pair for pair in titles.items() if begins(letters, pair[1])]:
        return some[:_MOST]
    few = titles if len(titles) <= _SOON else {}
    return [pair for pair in few.items() if within(letters, pair[1])][:_MOST]


def _departments(index: TaskIndex, word: str) -> Choices:
    """By their names; where only an alias fits, that one."""
    canonical = index.departments()
    pairs = [(name, "" if meant == name else meant) for name, meant in canonical.items()]
    names = [*fitting((pair for pair in pairs if not pair[1]), word)]
    if not canonical:
        return fitting(_distinct("department")(index, word), word)
    return names or fitting(pairs, word)


def _lights(index: TaskIndex, word: str) -> Choices:
    from ledger.model.standing import light_names

    return fitting([(name, "") for name in light_names(index.lights())], word)


def _distinct(what: str) -> Callable[[TaskIndex, str], Choices]:
    def choices(index: TaskIndex, word: str) -> Choices:
        return fitting([(value, "") for value in index.distinct(what) if value], word)

    return choices


def _sources(index: TaskIndex, word: str) -> Choices:
    names = dict.fromkeys((*index.distinct("source file"), *index.distinct("source")))
    return fitting([(name, "") for name in names], word)


KINDS: Mapping[str, Callable[[TaskIndex, str], Choices]] = {
    "task": _tasks,
    "department": _departments,
    "light": _lights,
    "leader": _distinct("leader"),
    "source": _sources,
    "new source": _sources,
    "tag": _distinct("tag"),
}


def _meetings(ledger: Ledger) -> Iterable[str]:
    """Ids of meetings, as their files are called, the latest year first."""
    from ledger.adapters.files.names import files_named
    from ledger.model.paths import DECISIONS

    paths = files_named(ledger.root, DECISIONS, "")
    return [path.rpartition("/")[2].rpartition(".")[0] for path in reversed(paths)]


def _branches(ledger: Ledger) -> Iterable[str]:
    """The branches that close tasks."""
    from ledger.adapters.forge.request import CLOSINGS
    from ledger.adapters.git.commit import branches

    return branches(ledger.repo, CLOSINGS)


IN_FOLDERS: Mapping[str, Callable[[Ledger], Iterable[str]]] = {
    "decision": _meetings,
    "branch": _branches,
}
"""What the folders tell, rather than the index."""
