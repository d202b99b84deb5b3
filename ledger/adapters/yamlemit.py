"""How new values look in a file: what is short on one line, what is long below each other."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_WIDTH = 100  # a list or record of up to this many characters stays on one line
_WORDS = re.compile(r"true|false|null|yes|no|on|off|y|n|~|=|<<|", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[.\d][\d_.,:eExXoOa-fA-F+-]*|[-+]?\.(inf|nan)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?")
_NOT_FIRST = re.compile(r"[-?:,\[\]{}#&*!|>'\"%@`]")
_NOT_INSIDE = re.compile(r":(?=[ ,\[\]{}]|\Z)| #|\A | \Z")
_NOT_IN_FLOW = re.compile(r"[,\[\]{}]")
_NEEDS_ESCAPE = re.compile(r"[\t\n\r\ufeff]")
_NOT_LITERAL = re.compile(r"\A[ \n]| $|\n\n\Z|\A\Z|[\t\r\ufeff]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Indents:
    """How far a file moves to the right, in columns from the key: mappings, and dashes of lists."""

    mapping: int = 2
    dash: int = 2


@dataclass(frozen=True, slots=True)
class Laid:
    """A value laid out.

    Attributes:
        head: what stands behind the key's colon or the dash, empty for nothing.
        lines: what stands below, indented from the column of the key or the dash.
    """

    head: str
    lines: tuple[str, ...] = ()


def plain(value: Any) -> Any:
    """A value as the strict reader would give it back: numbers and days as texts."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def laid(value: Any, indents: Indents, *, quote: str = "", block: bool = False) -> Laid:
    """A value in block context.

    Args:
        quote: the quote that a text had before, to be kept.
        block: whether a record goes below its key however short it is.
    """
    if isinstance(value, str):
        return _text(value, indents, quote)
    if not isinstance(value, Mapping | list | tuple) or not value:
        return Laid(flow(value))
    if isinstance(value, Mapping):
        if not block and is_short(value) and not _is_nested(value):
            return Laid(flow(value))
        return Laid("", _moved(indents.mapping, mapping_lines(value, indents)))
    if not any(isinstance(each, Mapping | list | tuple) for each in value) and is_short(value):
        return Laid(flow(value))
    lines = (line for each in value for line in entry_lines(each, indents))
    return Laid("", _moved(indents.dash, lines))


def mapping_lines(value: Mapping[str, Any], indents: Indents) -> tuple[str, ...]:
    """The lines of a mapping's keys, from column 0."""
    return tuple(line for key, each in value.items() for line in key_lines(key, each, indents))


def key_lines(key: str, value: Any, indents: Indents) -> tuple[str, ...]:
    """The lines of one key and its value, from column 0."""
    found = laid(value, indents)
    return (f"{flow(str(key))}: {found.head}" if found.head else f"{flow(str(key))}:", *found.lines)


def entry_lines(
    value: Any, indents: Indents, gap: str = " ", *, quote: str = "", block: bool = False
) -> tuple[str, ...]:
    """The lines of one entry of a block list, from the column of its dash.

    Args:
        gap: the blanks between dash and value.
        quote: as `laid`.
        block: whether a record goes below the dash however short it is.
    """
    inner = Indents(1 + len(gap), 1 + len(gap))
    long = isinstance(value, Mapping) and not is_short(value)
    found = laid(value, inner, quote=quote, block=block or long)
    if found.head:
        return (f"-{gap}{found.head}", *found.lines)
    first, *rest = found.lines
    return (f"-{gap}{first.lstrip(' ')}", *rest)


def flow(value: Any, quote: str = "") -> str:
    """A value on one line, to stand anywhere."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{flow(str(key))}: {flow(each)}" for key, each in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(flow(each) for each in value)}]"
    if value is None:
        return "null"
    return _scalar(value, quote, _NOT_IN_FLOW) if isinstance(value, str) else str(plain(value))


def is_short(value: Any) -> bool:
    """Whether a value fits on one line."""
    spelled = str(plain(value))
    return len(spelled) <= _WIDTH and "\\n" not in spelled


def _is_nested(value: Mapping[str, Any]) -> bool:
    return any(isinstance(each, Mapping) for each in value.values())


def _text(value: str, indents: Indents, quote: str) -> Laid:
    if "\n" in value and not quote and not _NOT_LITERAL.search(value):
        head = "|" if value.endswith("\n") else "|-"
        return Laid(head, _moved(indents.mapping, value.removesuffix("\n").split("\n")))
    return Laid(_scalar(value, quote))


def _scalar(value: str, quote: str = "", not_plain: re.Pattern[str] | None = None) -> str:
    """A text on one line: plain where nothing else could be read from it, else in quotes."""
    if quote == '"' or _NEEDS_ESCAPE.search(value):
        return json.dumps(value, ensure_ascii=False).replace("\ufeff", "\\ufeff")
    odd = _NOT_FIRST.match(value) or _NOT_INSIDE.search(value)
    other = _WORDS.fullmatch(value) or _NUMBER.fullmatch(value) or _DATE.fullmatch(value)
    if quote or odd or other or (not_plain and not_plain.search(value)):
        return "'" + value.replace("'", "''") + "'"
    return value


def _moved(columns: int, lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(" " * columns + line if line else line for line in lines)
