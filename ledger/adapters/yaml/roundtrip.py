"""Pieces of YAML through ruamel.yaml's round trip, and how new values look.

The only module that imports ruamel.yaml. A piece is the text of one entry, of a mapping or of a
list; ruamel keeps the comment behind it, its quotes and its flow style.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from ledger.adapters.yaml.simple import NotSimple, simple_text
from ledger.adapters.yaml.style import (
    Below,
    as_read,
    fits,
    is_literal,
    is_quoted,
    is_short_list,
    is_short_record,
)
from ledger.errors import LedgerError


def dumped(data: Mapping[str, Any]) -> str:
    """Plain data in our own style."""
    try:
        return simple_text(data)
    except NotSimple:
        return _dump(_node(data, block=True), 2)


def entry(key: str | int, value: Any, offset: int, *, block: bool) -> str:
    """A new entry in our own style: of a mapping with its key, or of a list (its position).

    Args:
        offset: how far lists are indented, this one too.
        block: whether a list's other entries are written in block style.
    """
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(key, int):
        return _dump(CommentedSeq([_node(value, block=block)]), offset)
    return _dump(CommentedMap({_scalar(key, block=False): _styled_like(None, value)}), offset)


def renewed(piece: str, value: Any, offset: int, *, entry: bool) -> str:
    """A piece of text whose value is another one now, touched only where it differs.

    Args:
        piece: a mapping or a list with one entry, or any value.
        value: plain data; None stands for what is there already.
        offset: how far lists are indented, in the piece too.
        entry: whether the value is that of the one entry.

    Raises:
        LedgerError: ruamel.yaml refuses a few layouts that YAML allows.
    """
    from ruamel.yaml.error import YAMLError

    try:
        holder = _yaml(offset).load(piece)
    except YAMLError:
        raise LedgerError("这个文件的写法特殊，不能自动修改", hint="请手工修改这个文件") from None
    if not entry:
        return _dump(_renew(holder, value), offset)
    key = 0 if isinstance(holder, list) else next(iter(holder))
    holder[key] = _renew(holder[key], value)
    return _dump(holder, offset)


def origins(old: Sequence[Any], new: Sequence[Any]) -> list[int | None]:
    """For each new entry of a list the position of the old one that it is or was, if any.

    Equal entries belong together wherever they are, changed ones where the order allows it.
    """
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    waiting: dict[str, list[int]] = {}
    for position in range(len(old) - end - 1, start - 1, -1):
        waiting.setdefault(repr(as_read(old[position])), []).append(position)
    equals = [waiting.get(repr(as_read(value))) for value in new[start : len(new) - end]]
    sources = [positions.pop() if positions else None for positions in equals]
    free = sorted(position for positions in waiting.values() for position in positions)
    last = -1
    for number, source in enumerate(sources):
        place = source
        if place is None and free:
            limit = next((n for n in sources[number:] if n is not None), len(old))
            place = next((n for n in free if last < n < limit), None)
            free = [n for n in free if n != place]
        sources[number] = place
        last = last if place is None else place
    return [*range(start), *sources, *range(len(old) - end, len(old))]


def _alike(old: Sequence[Any], new: Sequence[Any]) -> int:
    """How many entries are the same at the beginning of two lists."""
    pairs = enumerate(zip(old, new, strict=False))
    differing = (n for n, (a, b) in pairs if a is not b and as_read(a) != as_read(b))
    return next(differing, min(len(old), len(new)))


def _yaml(offset: int) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import ScalarNode
    from ruamel.yaml.resolver import VersionedResolver

    class TextResolver(VersionedResolver):
        """Every scalar is text: `000123`, `no` and 2026-02-30 come out as they went in."""

        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            return (
                self.DEFAULT_SCALAR_TAG
                if kind is ScalarNode
                else super().resolve(kind, value, implicit)
            )

    yaml = YAML(typ="rt")
    yaml.Resolver = TextResolver
    yaml.preserve_quotes = True
    yaml.width = 1 << 20
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    return yaml


def _dump(data: Any, offset: int) -> str:
    paper = io.StringIO()
    _yaml(offset).dump(data, paper)
    return paper.getvalue()


def _renew(old: Any, value: Any) -> Any:
    """A node that says a value: the old one with what differs put into it, or a new one."""
    if value is None or as_read(old) == as_read(value):
        return old
    if isinstance(old, dict) and isinstance(value, dict) and old and value:
        for name in [name for name in old if name not in value]:
            del old[name]
        for name, below in value.items():
            old[name] = _renew(old.get(name), below)
        return old
    if isinstance(old, list) and isinstance(value, list) and old and value:
        entries = [
            _renew(None if source is None else old[source], entry)
            for source, entry in zip(origins(old, value), value, strict=True)
        ]
        old.clear()
        old.extend(entries)
        return old
    return _styled_like(old, value)


def _styled_like(old: Any, value: Any) -> Any:
    """A new scalar quoted as the old one was; anything else in our own style."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

    if isinstance(value, str) and "\n" not in value:
        for style in (DoubleQuotedScalarString, SingleQuotedScalarString):
            if isinstance(old, style):
                return style(value)
    flow = hasattr(old, "fa") and old.fa.flow_style() is True and not isinstance(value, Below)
    return _node(value, block=not flow and not is_short_record(value))


def _node(value: Any, *, block: bool) -> Any:
    """Plain data as ruamel nodes: what is short on one line, what is long below each other."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, Mapping):
        mapping = CommentedMap()
        for key, below in value.items():
            mapping[_scalar(key, block=False)] = _node(
                below, block=block and not is_short_record(below)
            )
        if not block or not value:
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list | tuple):
        items = CommentedSeq()
        for entry in value:
            items.append(_node(entry, block=not fits(entry)))
        if not block or is_short_list(value):
            items.fa.set_flow_style()
        return items
    return _scalar(value, block=block)


def _scalar(value: Any, *, block: bool) -> Any:
    """Text that would read as something else is quoted; days and numbers are plain."""
    from ruamel.yaml.scalarstring import LiteralScalarString, SingleQuotedScalarString

    if not isinstance(value, str):
        return as_read(value)
    if block and is_literal(value):
        return LiteralScalarString(value)
    return SingleQuotedScalarString(value) if is_quoted(value) else value
