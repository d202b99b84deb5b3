"""Text from files is data: what may reach a terminal, Markdown or a spreadsheet, how wide it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ledger.model.plaintext import clean as clean
from ledger.model.plaintext import markdown as markdown

# Patterns as texts: each is compiled when it is first needed, which takes half a millisecond.
_SPACES = r"[ \t\n\u3000]*[\t\n][ \t\n\u3000]*"
# A piece that stays on one line: a Latin word, or a character, with the punctuation around it.
_PIECE = r"[（《「『【〈〔“‘]*(?:[!-~]+|[^!-~\s])[，。、；：？！）》」』】〉〕”’…]*|\s"
# What nearly every text consists of: what takes one column, and ranges of what takes two.
_NARROW = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("“”‘’—…")
_WIDE = (("\u4e00", "\u9fff"), ("、", "】"), ("！", "～"))
_RARE = 1 << 30  # more columns than any text has


def one_line(text: str) -> str:
    """Clean text on one line: line breaks and the blanks around them become one space."""
    if text.isprintable():
        return text.strip()
    return re.sub(_SPACES, " ", clean(text)).strip()


def width(text: str) -> int:
    """Columns a terminal needs; a Chinese character takes two."""
    columns = sum(map(_COLUMNS.__getitem__, text))
    if columns < _RARE:
        return columns
    from rich.cells import cell_len  # its tables of Unicode take 2 ms to load

    return cell_len(text)


class _Columns(dict[str, int]):
    """Columns of a character by itself, as far as characters were met; `_RARE` for odd ones."""

    def __missing__(self, character: str) -> int:
        wide = any(first <= character <= last for first, last in _WIDE)
        self[character] = 2 if wide else 1 if character in _NARROW else _RARE
        return self[character]


_COLUMNS = _Columns()


def padded(text: str, columns: int, right: bool = False) -> str:
    """Text filled with blanks to so many columns; longer text stays whole."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks


def wrapped(text: str, columns: int) -> list[str]:
    """Text broken into lines of at most so many columns.

    Latin words stay whole where they fit; no line begins with punctuation that closes, or ends with
    punctuation that opens.
    """
    starts = [0, *line_starts(text, columns), len(text)]
    lines = [text[start:end].strip() for start, end in pairwise(starts)]
    return [line for line in lines if line] or [""]


def line_starts(text: str, columns: int) -> Iterator[int]:
    """Where the lines of `wrapped` begin, the first one aside."""
    place = filled = 0
    for piece in re.findall(_PIECE, text):
        for number, part in enumerate(_split(piece, columns)):
            if filled and (number or filled + width(piece) > columns):
                yield place
                filled = 0
            place += len(part)
            filled += width(part) if filled or not part.isspace() else 0


def _split(piece: str, columns: int) -> list[str]:
    """A piece in parts of at most so many columns; at least one character each."""
    parts = []
    while width(piece) > columns:
        from rich.cells import set_cell_size

        head = set_cell_size(piece, columns).rstrip() or piece[:1]
        parts.append(head)
        piece = piece[len(head) :]
    return [*parts, piece]
