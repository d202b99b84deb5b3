"""A word that must be one of those that are known: itself, or an error that names the nearest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ledger.errors import NotKnown
from ledger.model.paths import CONFIG_FILE

if TYPE_CHECKING:
    from ledger.model.snapshot import Snapshot


def one_of(value: str, known: Sequence[str], called: str, what: str = "") -> str:
    """The value itself when it is known.

    Args:
        what: as `NotKnown` has it.

    Raises:
        NotKnown: otherwise, with the nearest known value.
    """
    if value in known:
        return value
    hint = "".join(f"是否应为“{close}”？" for close in nearest(value, known))
    listed = f"可用的有：{'、'.join(known)}" if known else f"台账里还没有{called}"
    raise NotKnown(
        f"没有{called}“{value}”",
        hint=hint + listed,
        what=what,
        word=value,
        known={each: each for each in known},
    )


def nearest(value: str, known: Iterable[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """The known values that are written, or spelled in letters, much like one; the best first."""
    from difflib import get_close_matches

    words = list(known)
    folded = value.casefold()
    by_form = {word.casefold(): word for word in reversed(words)}
    if folded.isascii() and folded.isalpha() and not all(map(str.isascii, words)):
        from ledger.model.pinyin import spelled

        by_form = {spelled(word): word for word in reversed(words)} | by_form
    close = get_close_matches(folded, by_form, n=most, cutoff=cutoff)
    return list(dict.fromkeys(by_form[form] for form in close))


def meant(word: str, known: Mapping[str, str], loosely: bool = False) -> list[str]:
    """What a word means that is none of those that are known: by its form, or by its letters.

    Args:
        known: by which words → what they name.
        loosely: whether a part of what is known will do.
    """
    from ledger.model.people import folded
    from ledger.model.pinyin import begins, spells, typed, within

    plain, letters = folded(word), typed(word)
    exact = [lambda name: folded(name) == plain, lambda name: spells(letters, name)]
    loose = [
        lambda name: bool(plain) and plain in folded(name),
        lambda name: begins(letters, name),
        lambda name: within(letters, name),
    ]
    for fits in (*exact, *(loose if loosely else ())):
        if some := dict.fromkeys(value for name, value in known.items() if fits(name)):
            return [*some]
    return []


def department(snapshot: Snapshot, name: str) -> str:
    """A department's canonical name; one that only task files know stands for itself.

    Raises:
        NotKnown: nobody knows it, with the nearest names.
    """

    def in_files() -> set[str]:
        records = (entry.record for entry in snapshot.tasks)
        return {each for task in records for each in (*task.lead, *task.assist)}

    return known_department(name, snapshot.departments, in_files)


def known_department(
    name: str, canonical: Mapping[str, str], in_files: Callable[[], Collection[str]]
) -> str:
    """As `department`.

    Args:
        canonical: every listed name and alias → its canonical name.
        in_files: gives the names that task files have.

    Raises:
        NotKnown: nobody knows it, with the nearest names.
    """
    if name in canonical:
        return canonical[name]
    others = in_files()
    if name in others:
        return name
    known = list(dict.fromkeys((*canonical, *sorted(others))))
    close = nearest(name, known, most=3, cutoff=0.4) or [
        each for each in known if name.strip() and (name in each or each in name)
    ]
    hint = f"是否应为“{'”或“'.join(close[:3])}”？" if close else f"部门名单见 {CONFIG_FILE}"
    names = {each: canonical.get(each, each) for each in known}
    raise NotKnown(f"没有部门“{name}”", hint=hint, what="department", word=name, known=names)
