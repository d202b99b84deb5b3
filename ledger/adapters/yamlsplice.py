"""Putting values into a YAML text, and taking them out, at the places the strict reader found.

Nothing but the value's own characters changes: what stands around it (comments, blank lines, quotes
of other values, ways of indenting) is never written anew. Comment lines inside what is taken away
stay behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.adapters.yamlemit import Indents, entry_lines, flow, key_lines, laid
from ledger.adapters.yamlread import Span, spans_of
from ledger.model.problem import Place

_BLOCK, _FLOW, _LITERAL, _QUOTED = ("-", ":"), ("[", "{"), ("|", ">"), ("'", '"')


@dataclass(frozen=True, slots=True)
class Page:
    """A readable text, what it says, and where."""

    text: str
    data: Any
    spans: Mapping[Place, Span]

    def at(self, place: Place) -> Any:
        """The data at a place, None where there is nothing."""
        found = self.data
        for step in place:
            if isinstance(found, dict):
                found = found.get(str(step))
            else:
                found = found[step] if isinstance(step, int) and step < len(found or ()) else None
        return found

    def steps(self, place: Place) -> list[str | int]:
        """The keys of the mapping, or the positions of the list, at a place."""
        found = self.at(place)
        return list(found) if isinstance(found, dict) else list(range(len(found)))

    def in_flow(self, place: Place) -> bool:
        """Whether a place is inside brackets."""
        return any(self.spans[place[:end]].style in _FLOW for end in range(len(place)))

    def start(self, place: Place) -> int:
        """Where the key or the dash of a place stands."""
        span = self.spans[place]
        dashed = isinstance(place[-1], int) and not self.in_flow(place)
        return span.slot - 1 if dashed else span.key

    def column(self, offset: int) -> int:
        """How far to the right an offset is, from 0."""
        return offset - (self.text.rfind("\n", 0, offset) + 1)

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends, before its line break."""
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if end > offset and self.text[end - 1] == "\r" else end

    def new_line(self, place: Place) -> str:
        """A line break as used around a place, and the blanks below its key or dash."""
        around = re.compile(r"\r?\n").search(self.text, self.start(place))
        found = around or re.search(r"\r?\n", self.text)
        return (found.group() if found else "\n") + " " * self.column(self.start(place))

    def below(self, place: Place, lines: Iterable[str]) -> str:
        """Lines as they stand below the key or the dash of a place."""
        new_line = self.new_line(place)
        return "".join(new_line + each if each else new_line.rstrip(" ") for each in lines)

    def gap(self, place: Place) -> str:
        """The blanks between the colon or the dash of a place and its value on the same line."""
        span = self.spans[place]
        between = self.text[span.slot : span.start]
        return between if between and not between.strip(" ") else " "

    def indents(self, place: Place) -> Indents:
        """How far this file indents mappings and lists, around a place first of all."""
        mapping: list[int] = []
        dash: list[int] = []
        for each in sorted(self.spans, key=lambda each: each[:1] != place[:1]):
            parent = each[:-1]
            if parent and isinstance(parent[-1], str) and self.spans[parent].style in _BLOCK:
                columns = self.column(self.start(each)) - self.column(self.start(parent))
                (mapping if isinstance(each[-1], str) else dash).append(columns)
        return Indents(max(1, *mapping[:1] or [2]), max(0, *dash[:1] or [2]))

    def after(self, place: Place, column: int) -> int:
        """The end of the line of a place's value, comments below it that are indented included."""
        end = self.line_end(self.spans[place].end)
        while found := re.compile(r"\r?\n( *)#[^\r\n]*").match(self.text, end):
            if len(found[1]) <= column:
                break
            end = found.end()
        return end

    def comments(self, start: int, end: int) -> list[str]:
        """The comment lines that begin between two offsets, without their indent."""
        found = re.compile(r"(?<=\n)[ \t]*(#[^\r\n]*)").finditer(self.text, start, end)
        return [each[1] for each in found if not self._is_said(each.start(1))]

    def _is_said(self, offset: int) -> bool:
        """Whether what looks like a comment is part of a text."""
        said = (span for span in self.spans.values() if span.style not in (*_BLOCK, *_FLOW))
        return any(span.start < offset < span.end for span in said)


def opened(text: str) -> Page:
    """A text as a page.

    Raises:
        YamlFault: it cannot be read.
    """
    data, spans = spans_of(text)
    return Page(text, data, spans)


def replaced(page: Page, place: Place, value: Any) -> str:
    """The text with a new value where one stands; quotes and flow style are kept."""
    text, span = page.text, page.spans[place]
    quote = span.style if span.style in _QUOTED else ""
    if page.in_flow(place):
        gap = " " if span.start == span.end == span.slot else ""
        return text[: span.start] + gap + flow(value, quote) + text[span.end :]
    comment, kept = _comments_around(page, place)
    at, first, lines = _laid_like(page, place, value, quote)
    below = page.below(place, [*lines, *kept])
    return text[:at] + first + comment + below + text[page.line_end(span.end) :]


def inserted(page: Page, place: Place, value: Any, order: Sequence[str] = ()) -> str:
    """The text with a new key in a mapping that is there.

    Args:
        order: the order of keys, for where the new one goes; at the end when it is not among them.
    """
    text, parent, key = page.text, place[:-1], str(place[-1])
    keys = page.steps(parent)
    known = order[: order.index(key)] if key in order else keys
    position = max((n + 1 for n, name in enumerate(keys) if name in known), default=0)
    if page.in_flow(place):
        return _inserted_in_flow(page, parent, f"{flow(key)}: {flow(value)}", position)
    near = (*parent, keys[max(position - 1, 0)])
    first, *lines = key_lines(key, value, page.indents(place))
    if position:
        at = page.after(near, page.column(page.start(near)))
        return text[:at] + page.below(near, [first, *lines]) + text[at:]
    at = page.start(near)
    return text[:at] + first + page.below(near, lines) + page.new_line(near) + text[at:]


def appended(page: Page, place: Place, value: Any) -> str:
    """The text with one more entry in a list that has some."""
    text, last = page.text, (*place, page.steps(place)[-1])
    span = page.spans[last]
    if page.in_flow(last):
        return f"{text[: span.end]}, {flow(value)}{text[span.end :]}"
    block = span.style == ":"
    lines = entry_lines(value, page.indents(place), page.gap(last), block=block)
    at = page.after(last, page.column(page.start(place)))
    return text[:at] + page.below(last, lines) + text[at:]


def removed(page: Page, place: Place) -> str:
    """The text without a key or an entry, which is not the only one."""
    text, end, steps = page.text, page.spans[place].end, page.steps(place[:-1])
    position, start = steps.index(place[-1]), page.start(place)
    line_start = start - page.column(start)
    if page.in_flow(place) and position:
        start = page.spans[(*place[:-1], steps[position - 1])].end
        kept = page.comments(start, end)
        below = page.below(place, kept) + page.new_line(place) if kept else ""
        return text[:start] + below + text[end:]
    if not page.in_flow(place) and not text[line_start:start].strip(" "):
        above = page.line_end(line_start - 1)
        return (
            text[:above] + page.below(place, page.comments(start, end)) + text[page.line_end(end) :]
        )
    following = page.start((*place[:-1], steps[position + 1]))  # it takes this one's place
    kept = page.comments(start, following)
    return text[:start] + "".join(each + page.new_line(place) for each in kept) + text[following:]


def _inserted_in_flow(page: Page, parent: Place, new: str, position: int) -> str:
    text, keys = page.text, page.steps(parent)
    if not keys:
        at = page.spans[parent].start + 1
        return text[:at] + new + text[at:]
    span = page.spans[(*parent, keys[max(position - 1, 0)])]
    if position:
        return f"{text[: span.end]}, {new}{text[span.end :]}"
    return f"{text[: span.key]}{new}, {text[span.key :]}"


def _laid_like(page: Page, place: Place, value: Any, quote: str) -> tuple[int, str, Sequence[str]]:
    """A new value in the style of the old one: from where, the rest of that line, lines below."""
    span, gap, indents = page.spans[place], page.gap(place), page.indents(place)
    if span.style in _FLOW and not isinstance(value, str):
        return span.slot, gap + flow(value), ()
    if isinstance(place[-1], int):
        block = span.style == ":"
        first, *lines = entry_lines(value, indents, gap, quote=quote, block=block)
        return page.start(place), first, lines
    found = laid(value, indents, quote=quote)
    return span.slot, gap + found.head if found.head else "", found.lines


def _comments_around(page: Page, place: Place) -> tuple[str, list[str]]:
    """What is said beside a value that goes: on its first line, and on lines of its own."""
    text, span = page.text, page.spans[place]
    first, below, _ = text[span.slot : span.start].partition("\n")
    behind = text[span.end : page.line_end(span.end)]
    if span.style in _LITERAL:
        header = re.compile(r"[ \t]+#[^\r\n]*|\n").search(text, span.start)
        behind = header.group() if header else ""
    beside = [first if below else "", behind if span.style not in _BLOCK else ""]
    said = [each.rstrip() for each in beside if each.strip()]
    kept = [*page.comments(span.slot, span.end), *(each.strip() for each in said[1:])]
    return (said[0] if said else ""), kept
