"""Text from files is data: what may reach a terminal, Markdown or a spreadsheet, how wide it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ledger.model.plaintext import clean as clean
from ledger.model.plaintext import columns
from ledger.model.plaintext import markdown as markdown
from ledger.model.plaintext import one_line as one_line

# A piece that stays on one line: a Latin word, or a character, with the punctuation around it.
_PIECE = r"[（《「『【〈〔“‘]*(?:[!-~]+|[^!-~\s])[，。、；：？！）》」』】〉〕”’…]*|\s"


def width(text: str) -> int:
    """Columns a terminal needs; a Chinese character takes two."""
    known = columns(text)
    if known is not None:
        return known
    from rich.cells import cell_len  # its tables of Unicode take 2 ms to load

    return cell_len(text)


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
