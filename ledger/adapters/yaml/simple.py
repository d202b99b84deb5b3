"""New files of simple texts, written at once: what ruamel.yaml would write, byte for byte.

A table of ten thousand rows makes ten thousand files, and ruamel takes three milliseconds for each.
Nearly all of them hold nothing but Chinese, letters and figures, which mean nothing to YAML in any
place. Whatever else there is, is left to ruamel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from ledger.adapters.yaml.style import (
    as_read,
    fits,
    is_literal,
    is_quoted,
    is_short_list,
    is_short_record,
)

_ENDS = (  # what a text may begin and end with
    r"A-Za-z0-9\u3001-\u3003\u3008-\u3011\u3014-\u301b\u4e00-\u9fff“”‘’…·（）！，；：？％～"
)
_SIMPLE = re.compile(rf"[{_ENDS}](?:[{_ENDS} _./%()+—–×-]*[{_ENDS}])?")
_LONGEST_KEY = 100  # characters; ruamel writes a longer one in another way


class NotSimple(Exception):
    """Something that is better left to ruamel."""


def simple_text(data: Mapping[str, Any]) -> str:
    """Plain data in our own style.

    Raises:
        NotSimple: there is something in it that could need quotes, or is empty.
    """
    return "".join(_entries(data, ""))


def _entries(data: Mapping[str, Any], indent: str) -> Iterable[str]:
    """The lines of a mapping in block style; the same lines for each entry of a list below it."""
    if not data:
        raise NotSimple
    for key, value in data.items():
        yield f"{indent}{_key(key)}:"
        if isinstance(value, str):  # most are: asked first, since `Mapping` takes longer
            yield f" {_inline(value, f'{indent}  ', block=True)}\n"
        elif isinstance(value, Mapping) and value and not is_short_record(value):
            yield "\n"
            yield from _entries(value, f"{indent}  ")
        elif isinstance(value, list | tuple) and not is_short_list(value):
            yield "\n"
            for each in value:
                yield f"{indent}  - {_item(each, f'{indent}    ')}"
        else:
            yield f" {_inline(value, f'{indent}  ', block=True)}\n"


def _item(value: Any, indent: str) -> str:
    """An entry of a list in block style, behind its dash; further lines begin with the indent."""
    if isinstance(value, Mapping) and not fits(value):
        return "".join(_entries(value, indent)).removeprefix(indent)
    return f"{_inline(value, indent, block=not fits(value))}\n"


def _inline(value: Any, indent: str, *, block: bool) -> str:
    """A value that begins on its key's line, or behind its dash."""
    if block and isinstance(value, str) and is_literal(value):
        lines = value.split("\n")
        if not all(_SIMPLE.fullmatch(line) for line in lines if line):
            raise NotSimple
        return "|-\n" + "\n".join(f"{indent}{line}" if line else "" for line in lines)
    if isinstance(value, list | tuple) and block and not is_short_list(value):
        raise NotSimple  # a list right in a list
    return _flow(value)


def _flow(value: Any) -> str:
    if isinstance(value, str):
        if not _SIMPLE.fullmatch(value):
            raise NotSimple
        return f"'{value}'" if is_quoted(value) else value
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(key)}: {_flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    text = as_read(value)
    if text is None or not _SIMPLE.fullmatch(text):
        raise NotSimple
    return str(text)


@lru_cache(1000)
def _key(key: Any) -> str:
    if not isinstance(key, str) or len(key) > _LONGEST_KEY:
        raise NotSimple
    return _flow(key)
