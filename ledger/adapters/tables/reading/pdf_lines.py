"""Lines of a page as text: which line ends are a paragraph's, and which only the page's.

A line was broken for want of room where the next word would not have fitted; how wide that word is
follows from how Chinese lines break (no mark stands at a line's beginning, no bracket at its end).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ledger.model.numerals import PART
from ledger.model.record import dataclass

_ROOM = 0.3  # of a letter: what a line may be short of being full
_LATIN, _AIR = 0.65, 0.25  # widths in letters: of a Latin one, of the space before it
_LATIN_WORD = re.compile("[!-~]+")
_LONGEST_WORD = 6
_GLUED_AFTER = "，。、；：！？）》】〉」』”’…％%)]}·～"
_GLUED_BEFORE = "（《【〈「『“‘([{"
_EITHER = "“”‘’/"  # glued to what stands before and after
_SENTENCE_END = re.compile(r"[。！？；;…][”’）)》】]?$")
_NUMBERED = re.compile(rf"\d{{1,2}}[、.．)）](?!\d)|{PART}、")
_BRACKETED = re.compile(rf"[（(](?:{PART}|\d{{1,3}})[)）]|[①-⑳]")


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of text and where it stands, in points."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


def text_of(lines: Sequence[PrintedLine], room: float) -> str:
    """The text of a cell, its lines joined to paragraphs.

    Args:
        room: the width that a line has, in points.
    """
    text = lines[0].text if lines else ""
    for line, after in pairwise(lines):
        text += _between(line, after, room) + after.text
    return text


def _between(line: PrintedLine, after: PrintedLine, room: float) -> str:
    """What a line end in a cell stands for: a paragraph's end, a space, or nothing."""
    if not wraps(line, after, room) or _begins_item(line.text, after.text):
        return "\n"
    before, behind = line.text[-1], after.text[0]
    both_digits = before.isdigit() and behind.isdigit()
    return " " if _latin(before) and _latin(behind) and not both_digits else ""


def _begins_item(line: str, after: str) -> bool:
    """Whether a numbered item begins: after the end of a sentence, or with a number in brackets."""
    ended = line.endswith(("：", ":")) or _SENTENCE_END.search(line) is not None
    return bool(_BRACKETED.match(after) or (ended and _NUMBERED.match(after)))


def ends_sentence(line: PrintedLine) -> bool:
    """Whether a line ends as sentences do."""
    return _SENTENCE_END.search(line.text) is not None


def wraps(line: PrintedLine, after: PrintedLine, room: float) -> bool:
    """Whether a line was broken for want of room: the next word would not have fitted."""
    return room - (line.x1 - line.x0) < _word(after.text) * after.size + _ROOM * after.size


def _word(text: str) -> float:
    """The width of what cannot be broken at the beginning of a line, in letters."""
    latin = _LATIN_WORD.match(text)
    if latin:
        return _LATIN * latin.end() + _AIR
    end = 1
    while end < min(len(text), _LONGEST_WORD):
        glued = text[end] in _GLUED_AFTER + _EITHER
        opened = text[end - 1] in _GLUED_BEFORE + _EITHER
        if not (glued or opened):
            break
        end += 1
    after = _LATIN_WORD.match(text, end) if text[end - 1] in _GLUED_AFTER else None
    return end + (_LATIN * (after.end() - end) if after else 0.0)


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()
