"""Text from files as data: what may not be printed, written or stand in a cell, made harmless.

The one home of these characters; who needs a class of his own joins it from those below.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Parts of a class in a regular expression.
CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # all but the tab and the line feed
LINES = r"\u2028\u2029"  # breaks that editors do not count
_TURNING = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # turn the direction of text around them
_HIDDEN = r"\u00ad\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"
UNSEEN = CONTROLS + LINES + _TURNING + _HIDDEN
NO_TEXT = r"\ud800-\udfff\ufffe\uffff"  # halves of characters, and what is none

# Patterns as texts: each is compiled when it is first needed, which takes a third of a millisecond.
_UNSAFE = rf"[{CONTROLS}{LINES}{_TURNING}]"  # nothing of it is printable
_HALF = r"[\ud800-\udfff]"
_SPACES = r"[ \t\n\u3000]*[\t\n][ \t\n\u3000]*"
_MARKDOWN = r"([\\`*_\[\]|~#])"
_MARKS = frozenset("\\`*_[]|~#&<")  # without these, and printable, a text is literal as it is
# What spreadsheets take for the beginning of a formula, full-width forms included; a text that
# already looks like a guarded one is guarded once more, so that the guard can be taken off again.
_FORMULA = r"'*[=+\-@＝＋－＠]"
_BEGINNINGS = frozenset("'=+-@＝＋－＠")
_NUMBER = r"-?[0-9]+(\.[0-9]+)?"
# What Windows, shells or git take for something else in a file's name, and what hides what it says.
_NO_NAME = rf'[<>:"/\\|?*\s{UNSEEN}{NO_TEXT}]+'
# Nothing is drawn for these though they count as letters or symbols (Default_Ignorable_Code_Point
# of Unicode, and the empty Braille cell).
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_SHORT = 40  # a name, no text: looked through sooner than a pattern is made
_UNDRAWN = frozenset({"Cc", "Cf", "Cn", "Cs", "Mn", "Me", "Zl", "Zp"})
# What takes one column of a terminal and what takes two, whatever stands beside it and whichever
# version of Unicode a terminal goes by: what nearly every text consists of.
_NARROW = (
    (" ", "~"), ("\xa0", "\xac"), ("\xae", "\u02ff"), ("\u0370", "\u0482"), ("\u2010", "\u2027"),
    ("\u2030", "\u205e"), ("\u2070", "\u20cf"), ("\u2100", "\u2319"), ("\u2460", "\u24ff"),
    ("\u2500", "\u25fc"), ("\uff61", "\uff9f"),
)  # fmt: skip
_WIDE = (
    ("\u4e00", "\u9fff"), ("\u3001", "\u3029"), ("\u3031", "\u303e"), ("\u3041", "\u3096"),
    ("\u309b", "\u30ff"), ("\u3300", "\u4db5"), ("\uac00", "\ud7a3"), ("\ufe30", "\ufe52"),
    ("\uff01", "\uff60"), ("\uffe0", "\uffe6"), ("\U00020000", "\U0002fffd"),
)  # fmt: skip
_ODD = 1 << 30  # more columns than any text has


def clean(text: str) -> str:
    """Text without anything that could steer a terminal: each such character becomes '�'."""
    return text if text.isprintable() else re.sub(_UNSAFE, "\ufffd", text)


def one_line(text: str) -> str:
    """Clean text on one line: line breaks and the blanks around them become one space."""
    if text.isprintable():
        return text.strip()
    return re.sub(_SPACES, " ", clean(text)).strip()


def columns(text: str) -> int | None:
    """Columns a terminal needs, two for a Chinese character; None where Unicode has to be asked."""
    count = sum(map(_COLUMNS.__getitem__, text))
    return count if count < _ODD else None


class _Columns(dict[str, int]):
    """Columns of each character that was met; `_ODD` where neighbours or versions matter."""

    def __missing__(self, character: str) -> int:
        for ranges, count in ((_WIDE, 2), (_NARROW, 1), (((character, character),), _ODD)):
            if any(first <= character <= last for first, last in ranges):
                self[character] = count
                break
        return self[character]


_COLUMNS = _Columns()


def unsafe(text: str) -> str:
    """The first character that could steer a terminal, or that no file can hold; else empty."""
    if text.isprintable():
        return ""
    match = re.search(_UNSAFE, text) or re.search(_HALF, text)
    return match[0] if match else ""


def escaped(json: str) -> str:
    """A JSON text with the same meaning, what could steer a terminal spelled as \\uXXXX."""
    return re.sub(_UNSAFE, lambda match: f"\\u{ord(match[0]):04x}", json)


def printable(text: str) -> str:
    """Text of several lines as UTF-8 can hold it, without what could steer a terminal."""
    return re.sub(_UNSAFE, "", text.replace("\r\n", "\n").encode(errors="replace").decode())


def legal(text: str) -> str:
    """Text without the characters that XML cannot hold, with "\\n" as its only line break."""
    return re.sub(f"[{CONTROLS}{NO_TEXT}]", "", text.replace("\r\n", "\n").replace("\r", "\n"))


def markdown(text: str) -> str:
    """Text as literal Markdown inside a table cell or a paragraph."""
    if text.isprintable() and _MARKS.isdisjoint(text):
        return text
    safe = re.sub(_MARKDOWN, r"\\\1", clean(text)).replace("&", "&amp;").replace("<", "&lt;")
    return safe.replace("\n", "<br>")


def file_name(text: str) -> str:
    """Text with '_' for what no file's name can hold anywhere, or what hides what it says."""
    return re.sub(_NO_NAME, "_", text)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula; plain numbers are none."""
    if not text or text[0] not in _BEGINNINGS:
        return False
    return re.match(_FORMULA, text) is not None and not re.fullmatch(_NUMBER, text)


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before what would be.

    Blanks at the ends, which could hide how a text begins, are left out.
    """
    bare = text.strip()
    return f"'{bare}" if is_formula(bare) else bare


def unguarded(text: str) -> str:
    """What `guarded` made harmless, as it was."""
    return text[1:] if text.startswith("'") and is_formula(text[1:]) else text


def visible(text: str) -> str:
    """A text as it reads: compatibility forms made plain, nothing in it that cannot be seen.

    Blanks and line ends stay.
    """
    plain = unicodedata.normalize("NFKC", text)
    if len(plain) > _SHORT and _seen().fullmatch(plain):
        return plain
    return "".join(each for each in plain if each.isspace() or not _is_undrawn(each))


@cache
def _seen() -> re.Pattern[str]:
    """What nearly every Chinese text consists of after NFKC; all of it can be seen.

    Made when it is asked for: its ranges take a millisecond.
    """
    return re.compile(r"[ -~\n、-〉《》「」『』【】〔〕々\u4e00-\u9fef“”‘’—·×]*")


def _is_undrawn(character: str) -> bool:
    return character in _FILLERS or unicodedata.category(character) in _UNDRAWN
