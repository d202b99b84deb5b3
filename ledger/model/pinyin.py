"""Chinese as it is typed by somebody who does not switch to Chinese: syb, sheyebu, shenyb.

Each character stands for its first letter or for a syllable, by any of its readings; letters and
digits stand for themselves; what is neither is left out. A text of something else spells nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from ledger.model.readings import READINGS

_TO_WIDE = 0xFEE0  # from an ASCII character to its full-width form
_LONGEST = 100  # letters; nobody types more to find something


def typed(text: str) -> str:
    """The letters and digits of what was typed; empty where it can be no pinyin.

    There is a letter in it, so that a number stays a number, and nothing that is not ASCII.
    """
    plain = _plain(text)
    if not plain.isascii() or not any(map(str.isalpha, plain)) or len(plain) > _LONGEST:
        return ""
    return plain


def spells(letters: str, text: str) -> bool:
    """Whether letters, as `typed` gives them, spell a text from its beginning to its end."""
    plain = _plain(text)
    return bool(letters) and len(plain) in _ends(letters, plain)


def begins(letters: str, text: str) -> bool:
    """Whether letters spell the beginning of a text."""
    return bool(letters) and _may_begin(letters, text[:1]) and bool(_ends(letters, _plain(text)))


def within(letters: str, text: str) -> bool:
    """Whether letters spell some part of a text.

    All places where it may begin are followed at once, by how many letters each has used: bits of
    a number. So ten thousand titles are looked through while somebody types.
    """
    moves, all_used = _moves(letters), 1 << len(letters)
    used = 0
    for character in text if letters else "":
        for steps in moves[character]:
            states, used = used | 1, 0
            for may_take, count in steps:
                used |= (states & may_take) << count
            if used & all_used:
                return True
    return False


def completed(word: str, text: str) -> str:
    """A word of letters that spells the beginning of a text, and first letters for the rest."""
    plain = _plain(text)
    rest = plain[min(_ends(typed(word), plain)) :]
    return word + "".join(syllables(character)[0][0] for character in rest)


def spelled(text: str) -> str:
    """A text in whole syllables, each character by its first reading: how it is mostly typed."""
    return "".join(syllables(character)[0] for character in _plain(text))


def initials(text: str) -> str:
    """The first letter of each character by its first reading; letters and digits as they are."""
    return "".join(syllables(character)[0][0] for character in _plain(text)) if text else ""


def syllables(character: str) -> Sequence[str]:
    """By what a character may be typed: its readings; itself where it has none."""
    return _readings().get(character) or (character,)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded))


def _may_begin(letters: str, character: str) -> bool:
    """Whether a text that begins with a character may be meant: most are not."""
    return not character.isalnum() or character in _beginning_with(letters[0])


def _ends(letters: str, plain: str) -> set[int]:
    """Behind which characters of a text all letters are used up."""
    ends: set[int] = set()
    known: set[tuple[int, int]] = set()
    waiting = [(0, 0)]
    while waiting:
        place, used = state = waiting.pop()
        if used == len(letters):
            ends.add(place)
        elif place < len(plain) and state not in known:
            known.add(state)
            waiting += ((place + 1, used + n) for n in _steps(letters[used:], plain[place]))
    return ends


class _Moves(dict[str, tuple[tuple[tuple[int, int], ...], ...]]):
    """Of a character what it stands for, mostly one thing: which letters each may take.

    As pairs: behind how many used letters, as bits, it may take how many.
    """

    def __init__(self, letters: str) -> None:
        super().__init__()
        self._letters = letters

    def __missing__(self, character: str) -> tuple[tuple[tuple[int, int], ...], ...]:
        moves = self[character] = tuple(map(self._of, _plain(character)))
        return moves

    def _of(self, character: str) -> tuple[tuple[int, int], ...]:
        taken: dict[int, int] = {}
        for used in range(len(self._letters)):
            for count in set(_steps(self._letters[used:], character)):
                taken[count] = taken.get(count, 0) | 1 << used
        return tuple((behind, count) for count, behind in taken.items())


@lru_cache(16)
def _moves(letters: str) -> _Moves:
    return _Moves(letters)


def _steps(letters: str, character: str) -> Iterator[int]:
    """How many letters a character may take; the last syllable need not be typed to its end."""
    for syllable in syllables(character):
        if letters[0] == syllable[0]:
            yield 1
            if letters.startswith(syllable):
                yield len(syllable)
            elif syllable.startswith(letters):
                yield len(letters)


@cache
def _beginning_with(letter: str) -> frozenset[str]:
    """The characters that a letter or digit may stand for, itself in all its forms among them."""
    if not letter:
        return frozenset()
    wide = chr(ord(letter) + _TO_WIDE)
    some = (its for syllable, its in _listed() if syllable[0] == letter)
    return frozenset("".join((letter, letter.upper(), wide, wide.upper(), *some)))


@cache
def _listed() -> Sequence[tuple[str, str]]:
    """Syllables and the characters that are read so."""
    return re.findall(r"([a-z]+)([^a-z]+)", READINGS.replace("\n", ""))


@cache
def _readings() -> Mapping[str, tuple[str, ...]]:
    """Characters and how they are read."""
    readings: dict[str, tuple[str, ...]] = {}
    for syllable, characters in _listed():
        for character in characters:
            readings[character] = (*readings.get(character, ()), syllable)
    return readings
