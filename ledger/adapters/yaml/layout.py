"""Taking back what a YAML round trip lays out differently without being asked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from ledger.adapters.yaml.read import YamlFault, parse


def with_layout(original: str, before: str, after: str) -> str:
    """`after`, laid out as `original` is: what `before` changed without being asked is undone.

    Tried from the finest to the coarsest; the first that still says the same is taken.
    """
    wanted = parse(after.encode())
    attempts: tuple[Callable[[str, str, str], str], ...] = (_by_line_in_key, _by_line, _by_key)
    for attempt in attempts:
        result = attempt(original, before, after)
        try:
            if parse(result.encode()) == wanted:
                return result
        except YamlFault:
            continue
    return after


def _by_line_in_key(original: str, before: str, after: str) -> str:
    """Line by line within each top-level key, so that no neighbour is laid out anew."""
    mine, base, new = sections(original), sections(before), sections(after)
    head = "" if "" in new else mine.get("", "")  # such as `---`, which the round trip drops
    return head + "".join(
        _by_line(mine[name], base[name], section) if name in mine and name in base else section
        for name, section in new.items()
    )


def _by_line(original: str, before: str, after: str) -> str:
    """What changed from before to after, put into the original line by line.

    A changed region grows to the nearest lines that the round trip left as they were.
    """
    base, mine, theirs = (text.splitlines(keepends=True) for text in (before, original, after))
    where: dict[int, int] = {}  # boundary between lines of the base → that of the original
    for i, j, size in _matcher(base, mine).get_matching_blocks():
        for offset in range(size + 1):
            where.setdefault(i + offset, j + offset)
    where[0] = 0
    result: list[str] = []
    done = 0
    for tag, i1, i2, j1, j2 in _matcher(base, theirs).get_opcodes():
        if tag == "equal":
            continue
        start = next(line for line in range(i1, -1, -1) if line in where)
        end = next(line for line in range(i2, len(base) + 1) if line in where)
        result += mine[done : where[start]]
        result += [*base[start:i1], *theirs[j1:j2], *base[i2:end]]
        done = where[end]
    return "".join([*result, *mine[done:]])


def with_line_ends(original: str, result: str) -> str:
    """The result with its line ends as the original has them, line by line.

    Args:
        original: with its own line ends, `\\r\\n` or `\\n` or both.
        result: with `\\n` only; new lines end as the original's first one does.
    """
    if "\r\n" not in original:
        return result
    mine, new = original.split("\n"), result.split("\n")
    usual = "\r" if mine[0].endswith("\r") else ""
    ends = [usual] * (len(new) - 1) + [""]
    bare = [line.removesuffix("\r") for line in mine]
    for i, j, size in _matcher(bare, new).get_matching_blocks():
        for offset in range(size):
            if j + offset < len(new) - 1 and i + offset < len(mine) - 1:
                ends[j + offset] = "\r" if mine[i + offset].endswith("\r") else ""
    return "\n".join(line + end for line, end in zip(new, ends, strict=True))


def _matcher(one: list[str], other: list[str]) -> difflib.SequenceMatcher[str]:
    return difflib.SequenceMatcher(None, one, other, autojunk=False)


def _by_key(original: str, before: str, after: str) -> str:
    """The original's text of every top-level key that did not change, the new one's of the rest."""
    mine, base = sections(original), sections(before)
    result = []
    for name, section in sections(after).items():
        same = name in mine and base.get(name) == section
        result.append(mine[name] if same else section)
    return "".join(result)


def sections(text: str) -> dict[str, str]:
    """Text by top-level key; what stands before the first one under the empty name."""
    sections: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        found = re.match(r"([^\s#\-][^:\n]*):( |$)", line)
        name = found[1] if found else name
        sections[name] = sections.get(name, "") + line
    return sections
