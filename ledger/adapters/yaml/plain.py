"""Files as nearly all are: one line for each key or entry, read without a parser of YAML.

A ledger has a hundred thousand files, and three quarters of the time that one takes is spent on
parser events. What is not written in the plainest way is left to the parser: this reads less than
YAML, and never otherwise.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from sys import intern
from typing import Any

from ledger.model.shared import Parts

# What no plain text may begin with, here: all that means something to YAML, and `~`.
_FIRST = r"""[^\s\-?:,\[\]{}#&*!|>'"%@`~]"""
_TEXT = rf"""{_FIRST}[^,\[\]{{}}:?#]*(?<! )|'[^']*'|"[^"\\]*\""""  # within brackets
_INNER = r"\{[^{}\[\]]*\}|\[[^{}\[\]]*\]"  # brackets within brackets, and none in these
_PAIRS = re.compile(rf"([^:,]+): ({_TEXT}|{_INNER})(?:, |\Z)").findall
_ENTRIES = re.compile(rf"({_TEXT}|{_INNER})(?:, |\Z)").findall
_MARKED = re.compile(r"""['"{\[]""").search
_BEGINS_PLAIN = re.compile(_FIRST)
_QUOTED = re.compile(r"""'[^']*'|"[^"\\]*\"""")
_QUOTES = ("'", '"')
MAX_BYTES = 1_000_000
_LONGEST_KEY = 100  # characters; YAML's own bound is ten times that
_MOST_KEYS = 1000
_DEEPEST = 12  # blanks, of which each level has one at least

_keys: dict[str, str] = {}  # those that were met: looked at once, each one object for all files


class _Unsure(Exception):
    """Something that the parser has to read."""


def plain_data(content: bytes, parts: Parts | None = None) -> dict[str, Any] | None:
    """What a file says, as `read.parse` has it; None where the parser has to be asked.

    Args:
        parts: those that are known, which are not read again; more are added.
    """
    if len(content) > MAX_BYTES:
        return None
    try:
        text = content.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError:
        return None
    if not text.replace("\n", "").isprintable():  # controls, tabs, breaks that YAML knows besides
        return None
    if "ull" in text or "ULL" in text:  # of null, which is no text
        return None
    lines = [line for line in text.split("\n") if line and line[0] != "#"]
    lines.append("")
    try:
        data, at = _mapping(lines, 0, 0, parts)
    except _Unsure:
        return None
    return data if at == len(lines) - 1 else None


def _mapping(
    lines: list[str], at: int, indent: int, parts: Parts | None
) -> tuple[dict[str, Any], int]:
    """The mapping that begins in a line, and the number of the line below it.

    Args:
        indent: blanks before each of its keys; the first line has as many.
    """
    if indent > _DEEPEST:
        raise _Unsure
    data: dict[str, Any] = {}
    before, known = " " * indent, _keys.get
    line = lines[at]
    while True:
        key, colon, value = line[indent:].partition(": ")
        if not colon and key[-1:] == ":":
            key = key[:-1]
        elif not colon:
            raise _Unsure
        key = known(key) or _key(key)
        if key in data:
            raise _Unsure
        at += 1
        if colon:
            data[key] = _value(value, parts)
        else:
            data[key], at = _below(lines, at, indent, parts)
        line = lines[at]
        if line[:indent] != before or line[indent : indent + 1] in ("", "-"):
            return data, at


def _below(lines: list[str], at: int, indent: int, parts: Parts | None) -> tuple[Any, int]:
    """What stands below a key that has so many blanks before it."""
    line = lines[at]
    deep = len(line) - len(line.lstrip(" "))
    if deep >= indent and line[deep : deep + 2] == "- ":
        return _list(lines, at, deep, parts)
    return _mapping(lines, at, deep, parts) if deep > indent else (None, at)


def _list(lines: list[str], at: int, indent: int, parts: Parts | None) -> tuple[list[Any], int]:
    """The list whose first dash stands in a line behind so many blanks."""
    entries: list[Any] = []
    dash, inner = f"{' ' * indent}- ", indent + 2
    while (line := lines[at])[:inner] == dash:
        value = line[inner:]
        if parts is not None and value in parts:
            entries.append(parts[value])
            at += 1
            continue
        key, colon, _ = value.partition(": ")
        if value[-1:] == ":" or (colon and key.isidentifier()):
            lines[at] = " " * inner + value
            entry, at = _mapping(lines, at, inner, parts)
        else:
            entry, at = _value(value, parts), at + 1
        entries.append(entry)
    return entries, at


def _value(text: str, parts: Parts | None = None) -> Any:
    """What stands behind a key or a dash, to the end of the line."""
    first, last = text[:1], text[-1:]
    if first == "{" and last == "}":
        if parts is None:
            return _pairs(text[1:-1])
        return parts[text] if text in parts else parts.keep(text, _pairs(text[1:-1]))
    if first == "[" and last == "]":
        return _entries(text[1:-1])
    if _BEGINS_PLAIN.match(text):
        if ": " in text or " #" in text or last == " " or last == ":":
            raise _Unsure
        return text
    if _QUOTED.fullmatch(text):
        return text[1:-1]
    raise _Unsure


def _pairs(text: str) -> dict[str, Any]:
    pairs = _PAIRS(text)
    if ", ".join([f"{key}: {value}" for key, value in pairs]) != text:
        raise _Unsure
    if _MARKED(text):
        pairs = [(key, _plainly(value)) for key, value in pairs]
    known = _keys.get
    data = {known(key) or _key(key): value for key, value in pairs}
    if len(data) != len(pairs):
        raise _Unsure
    return data


def _entries(text: str) -> list[Any]:
    entries: list[str] = _ENTRIES(text) if text else []
    if ", ".join(entries) != text:
        raise _Unsure
    return [*map(_plainly, entries)]


def _plainly(text: str) -> Any:
    """A text without its quotes, or what stands in brackets."""
    if text[0] in _QUOTES:
        return text[1:-1]
    return _value(text) if text[0] in "{[" else text


def _key(key: str) -> str:
    if len(key) > _LONGEST_KEY or not key.isidentifier():
        raise _Unsure
    if len(_keys) < _MOST_KEYS:
        _keys[key] = intern(key)
    return intern(key)
