"""What is on the pages of a PDF: the cells of ruled tables, and lines of text, as plain data.

Run in a process of its own by `pdf`, with limits on memory and time: a PDF is a program of sorts,
and its parser can be made to work for ever. The only module that imports pdfplumber.

stdin is the file; stdout has one JSON object a line: `{"pages": n}` first, then one a page, or
`{"error": …}` (password, memory or damaged). Lengths are points, from the page's top left.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import pairwise
from typing import Any

MEMORY = 3 * 512 * 1024**2
SECONDS = 180
MAX_CHARACTERS = 100_000
"""On one page."""

_SAME_LINE = 0.5
_SPACE = 0.25
_WIDE_SPACE = 0.9
"""Shares of the size of a letter: how far apart lines, Latin and Chinese words are."""


def main() -> None:
    """Read the PDF on stdin, write its pages to stdout."""
    _bound()
    for answer in _answers(sys.stdin.buffer.read()):
        sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
        sys.stdout.flush()


def _bound() -> None:
    """Limit this process; where the system has no limits (Windows), by the clock alone."""
    try:
        import resource
    except ImportError:
        from threading import Timer

        end = Timer(SECONDS, os._exit, (1,))
        end.daemon = True
        end.start()
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _answers(data: bytes) -> Iterator[dict[str, Any]]:
    """The answers for a file. As broad as it looks: broken PDFs raise whatever there is."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    try:
        with pdfplumber.open(BytesIO(data)) as document:
            yield {"pages": len(document.pages)}
            for page in document.pages:
                yield _page(page)
                page.close()
    except Exception as exc:
        # pdfplumber passes on what pdfminer raised as the argument of an exception of its own.
        raised = (exc, *exc.args)
        locked = any(isinstance(each, PDFPasswordIncorrect) for each in raised)
        full = any(isinstance(each, MemoryError) for each in raised)
        yield {"error": "password" if locked else "memory" if full else "damaged"}


def _page(page: Any) -> dict[str, Any]:
    """One page: its tables' cells with their lines, the lines outside, how many pictures."""
    if len(page.chars) > MAX_CHARACTERS:
        raise ValueError("page with too much text")
    characters = [each for each in page.dedupe_chars().chars if each["upright"]]
    tables = [table for table in page.find_tables() if len(table.cells) > 1]
    ruled = []
    for table in tables:
        cells = []
        for box in table.cells:
            within, characters = _split(characters, box)
            cells.append({"box": [round(each, 1) for each in box], "lines": list(lines(within))})
        ruled.append({"box": [round(each, 1) for each in table.bbox], "cells": cells})
    return {
        "tables": sorted(ruled, key=lambda table: (table["box"][1], table["box"][0])),
        "lines": list(lines(characters)),
        "pictures": len(page.images),
    }


def _split(
    characters: Sequence[Any], box: tuple[float, float, float, float]
) -> tuple[list[Any], list[Any]]:
    """The characters whose middle is within a box, and the others."""
    left, top, right, bottom = box
    inside: list[Any] = []
    outside: list[Any] = []
    for character in characters:
        within = left <= _centre(character) < right and top <= _middle(character) < bottom
        (inside if within else outside).append(character)
    return inside, outside


def lines(characters: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Characters as lines of text from the top down, each from left to right."""
    line: list[Any] = []
    ordered = sorted(characters, key=lambda each: (each["top"] + each["bottom"], each["x0"]))
    for character in ordered:
        if line and _middle(character) - _middle(line[0]) > _SAME_LINE * line[0]["size"]:
            yield from _line(line)
            line = []
        line.append(character)
    yield from _line(line)


def _middle(character: Any) -> float:
    return float(character["top"] + character["bottom"]) / 2


def _centre(character: Any) -> float:
    return float(character["x0"] + character["x1"]) / 2


def _line(characters: list[Any]) -> Iterator[dict[str, Any]]:
    shown = sorted((each for each in characters if each["text"].strip()), key=lambda c: c["x0"])
    if not shown:
        return
    size = max(each["size"] for each in shown)
    blanks = [_centre(each) for each in characters if not each["text"].strip()]
    text = shown[0]["text"]
    for before, after in pairwise(shown):
        text += _between(before, after, blanks, size) + after["text"]
    yield {
        "text": text,
        "x0": round(shown[0]["x0"], 1),
        "x1": round(max(each["x1"] for each in shown), 1),
        "top": round(min(each["top"] for each in shown), 1),
        "bottom": round(max(each["bottom"] for each in shown), 1),
        "size": round(size, 1),
    }


def _between(before: Any, after: Any, blanks: list[float], size: float) -> str:
    """A space or nothing: programs put some air between Chinese and Latin that is no space."""
    if any(_centre(before) < at < _centre(after) for at in blanks):
        return " "
    latin = [each["text"].isascii() for each in (before, after)]
    wide = _SPACE if all(latin) else _WIDE_SPACE
    return " " if after["x0"] - before["x1"] > wide * size else ""
