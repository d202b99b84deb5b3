"""How wide the columns of a printed table are: a number, a date, an id is never broken in a cell.

Widths are told in ems (the width of a Chinese character) or millimetres, as each function says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from unicodedata import east_asian_width

from ledger.model.record import dataclass, replace

POINTS_PER_MM = 72 / 25.4
# An id, a number with its unit, a day, a document's number: what begins with a letter or figure and
# goes on with such.
_WHOLE = re.compile(r"(?:原定)?[!-~〔][!-~〔〕年月日天项次个分期号第％]*")
_PIECES = re.compile(r"[，。、；：！？,;\s]+")
_SHORT = 4  # characters of a word that is not to be broken either, such as 长期坚持
_NARROWEST = 4.0  # ems of a column of texts
_DEEP = 3  # lines of a cell of which one more or less is not seen
_LABEL = 12.0  # ems of the longest cell of a column that holds labels, such as names of meetings
_LONGEST = 14.0  # ems of a word; what is longer, such as a digest, is broken wherever it must
_STOUT = 0.1  # ems: what a letter of a stout face takes more than one of a slender face
_PERCENT = 0.3  # ems: what a percent sign takes more than other signs
_ROUNDING = 0.3  # ems
_TYPICAL = 0.9  # of the cells of a column, whose lines are counted: a few long ones decide nothing
_LOOKED_AT = 100  # cells of a column
_STEP = 0.5  # ems


@dataclass(frozen=True, slots=True)
class Wants:
    """What a column wants, in ems.

    Attributes:
        least: for its longest word to stay whole.
        full: for no line to be broken.
        cells: the lengths of the lines of some of its cells, evenly chosen.
    """

    least: float
    full: float
    cells: tuple[tuple[float, ...], ...] = ()

    def lines(self, width: float) -> int:
        """How many lines nearly all of its cells do with in so many ems."""
        return _lines_taken(self.cells, width - _ROUNDING)

    def fewer_lines(self, width: float) -> float:
        """A width in which they do with fewer lines than in this one."""
        now, wider = self.lines(width), width
        while wider < self.full and self.lines(wider) >= now:
            wider += _STEP
        return min(wider, self.full)


def wants(header: str, cells: Sequence[str]) -> Wants:
    """What a column wants: a long header may take two lines, its words stay whole."""
    head = header if len(header) <= _SHORT else header[: math.ceil(len(header) / 2)]
    whole = max(map(_longest_word, cells), default=0.0)
    longest = max((_line(line) for text in cells for line in text.split("\n")), default=0.0)
    least = max(whole, ems(head), min(longest, _NARROWEST), 1.0) + _ROUNDING
    full = max(least, max(ems(header), longest) + _ROUNDING)
    some = cells[:: math.ceil(len(cells) / _LOOKED_AT) or 1]
    lengths = tuple(tuple([_line(line) for line in text.split("\n")]) for text in some)
    return Wants(least, full, lengths)


@lru_cache(maxsize=1024)  # ways to share a table's width out ask the same again and again
def _lines_taken(cells: tuple[tuple[float, ...], ...], inner: float) -> int:
    taken = sorted([sum([math.ceil(each / inner) or 1 for each in cell]) for cell in cells])
    return taken[math.ceil(len(taken) * _TYPICAL) - 1] if taken else 1


def fit(columns: Sequence[Wants], size: float, padding: float, total: float) -> list[float]:
    """Widths that make up a total, all in millimetres.

    Each column has room for its longest word; above that whichever column takes the most lines gets
    room for one fewer as long as there is any. What is left goes to all whose lines are broken, or
    to all in proportion.

    Args:
        size: of the type, in points.
        padding: between a cell's text and either side, in millimetres.
    """
    unit = size / POINTS_PER_MM
    inner = total / unit - len(columns) * 2 * padding / unit
    wide = _within(_firm(columns, inner), inner)
    lacking = [each.full - now for each, now in zip(columns, wide, strict=True)]
    spare = inner - sum(wide)
    if 0 < spare < sum(lacking):
        share = spare / sum(lacking)
        wide = [now + lack * share for now, lack in zip(wide, lacking, strict=True)]
    widths = [each * unit + 2 * padding for each in wide]
    return [each * total / sum(widths) for each in widths]


def _firm(columns: Sequence[Wants], total: float) -> list[Wants]:
    """The same columns; those of labels want them whole, where that costs texts hardly a line.

    Args:
        total: the table's width in ems.
    """
    firm = list(columns)
    labels = [at for at, each in enumerate(columns) if each.least < each.full <= _LABEL]
    most = _most_lines(firm, total) if labels else 0
    more = most + (most >= _DEEP)
    for place in sorted(labels, key=lambda at: columns[at].full):
        each = columns[place]
        firm[place] = replace(each, least=each.full)
        if sum(other.least for other in firm) > total or _most_lines(firm, total) > more:
            firm[place] = each
    return firm


def _most_lines(columns: Sequence[Wants], total: float) -> int:
    wide = _within(columns, total)
    return max((each.lines(now) for each, now in zip(columns, wide, strict=True)), default=0)


def _within(columns: Sequence[Wants], total: float) -> list[float]:
    """Widths in ems that fit into a total and in which the columns take few lines."""
    wide = [each.least for each in columns]
    lines = [each.lines(now) for each, now in zip(columns, wide, strict=True)]
    while most := max(lines, default=0):
        place = lines.index(most)
        wider = columns[place].fewer_lines(wide[place])
        if wide[place] < wider and sum(wide) - wide[place] + wider <= total:
            wide[place] = wider
            lines[place] = columns[place].lines(wider)
        else:
            lines[place] = 0  # it stays as it is
    return wide


def room(columns: Sequence[Wants], size: float, padding: float) -> float:
    """The least width of a table in which no word is broken, in millimetres."""
    return sum(each.least * size / POINTS_PER_MM + 2 * padding for each in columns)


def lines_of(text: str, width: float, size: float, padding: float) -> int:
    """About how many lines a text takes in a cell so many millimetres wide."""
    inner = max(1.0, (width - 2 * padding) * POINTS_PER_MM / size)
    return sum(max(1, math.ceil(length(line) / inner)) for line in text.split("\n"))


def length(text: str) -> float:
    """About how many ems a text takes, told quickly; `ems` is more exact."""
    narrow = len(text.encode("ascii", "ignore"))
    return len(text) - narrow / 2


def ems(text: str) -> float:
    """About how wide a text is, in its own size: a Chinese character is 1 wide.

    Programs leave a quarter of that between Chinese characters and letters or figures.
    """
    wide = [east_asian_width(char) in "FWA" for char in text]
    letters = (0.75 if char.isupper() else 0.5 for char in text)
    own = sum(1.0 if full else half for full, half in zip(wide, letters, strict=True))
    return own + sum(one != next_one for one, next_one in pairwise(wide)) / 4


@lru_cache(maxsize=4096)
def _line(text: str) -> float:
    """About how many ems a line takes, more exactly where it is a label."""
    return stout_ems(text) if len(text) <= _LABEL else length(text)


def stout_ems(word: str) -> float:
    """The ems that a word takes where the face of letters and figures is a stout one."""
    return ems(word) + sum(map(str.isascii, word)) * _STOUT + word.count("%") * _PERCENT


def _longest_word(text: str) -> float:
    return max(map(_word, _words(text)), default=0.0)


def _words(text: str) -> Iterable[str]:
    yield from (piece for piece in _PIECES.split(text) if len(piece) <= _SHORT)
    yield from _WHOLE.findall(text)


@lru_cache(maxsize=4096)
def _word(word: str) -> float:
    return min(stout_ems(word), _LONGEST)
