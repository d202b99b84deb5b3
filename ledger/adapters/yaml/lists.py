"""Putting the entries of a file's lists in order by moving their lines, comments and all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ledger.adapters.yaml.read import YamlFault, lines_of, parse
from ledger.model.decode import compact
from ledger.model.problem import Place


def in_order(content: bytes, data: Mapping[str, Any]) -> bytes:
    """A file with the entries of its top-level lists in the order that some data have them in.

    Lists that differ in more than their order, or that have several entries on a line, stay as
    they are; so does a file that cannot be read.

    Args:
        data: plain data without what is empty.
    """
    try:
        now, places = parse(content), lines_of(content)
    except YamlFault:
        return content
    lines = content.splitlines(keepends=True)
    if not isinstance(now, dict) or len(lines) != content.count(b"\n"):
        return content
    for key, wanted in data.items():
        there = compact(now.get(key))
        if isinstance(wanted, list) and isinstance(there, list) and there != wanted:
            _reorder(lines, _starts(key, now[key], places, lines), there, wanted)
    return b"".join(lines)


def _starts(
    key: str, items: Sequence[Any], places: Mapping[Place, int], lines: Sequence[bytes]
) -> list[int]:
    """Where each entry of a list begins (0-based), its comment above it included; last, the end."""
    head = places[key,]
    firsts = [places[key, number] - 1 for number in range(len(items))]
    below = [line - 1 for place, line in places.items() if len(place) == 1 and line > head]
    end = min(below, default=len(lines))
    while end > firsts[-1] + 1 and _is_apart(lines[end - 1]):
        end -= 1
    starts = []
    for before, first in zip([head - 1, *firsts], firsts, strict=False):
        start = first
        while start > before + 1 and lines[start - 1].lstrip().startswith(b"#"):
            start -= 1
        starts.append(start)
    return [*starts, end] if len({head - 1, *firsts}) == len(firsts) + 1 else []


def _is_apart(line: bytes) -> bool:
    """Whether a line below the last entry is none of it: blank, or a comment at the margin."""
    return not line.strip() or line.startswith(b"#")


def _reorder(
    lines: list[bytes], starts: Sequence[int], there: list[Any], wanted: list[Any]
) -> None:
    said, asked = ([json.dumps(each, sort_keys=True) for each in side] for side in (there, wanted))
    if not starts or Counter(said) != Counter(asked):
        return
    parts: dict[str, list[list[bytes]]] = {}
    for number, name in enumerate(said):
        parts.setdefault(name, []).append(lines[starts[number] : starts[number + 1]])
    moved = [line for name in asked for line in parts[name].pop(0)]
    lines[starts[0] : starts[-1]] = moved
