"""How new values look: what is short on one line, what is long below each other, what is quoted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_FLOW_WIDTH = 100  # entries up to this many characters stay on one line
_WORDS = re.compile(r"true|false|null|yes|no|on|off|~|", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[.\d][\d_.,:eExXoO+-]*|[-+]?\.(inf|nan)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?")


class Below(dict[str, Any]):
    """A mapping that is written below its key, however short."""


def as_read(value: Any) -> Any:
    """A value as the strict reader would give it back, for comparing; every nothing is None."""
    if isinstance(value, dict):
        return {key: as_read(below) for key, below in value.items()}
    if isinstance(value, list):
        return [as_read(entry) for entry in value]
    return None if value in (None, "") else str(value)


def fits(value: Any) -> bool:
    """Whether a value may stand on one line."""
    spelled = str(as_read(value))
    return len(spelled) <= _FLOW_WIDTH and "\\n" not in spelled and "\n" not in spelled


def is_short_record(value: Any) -> bool:
    """Whether it is a mapping of scalars and lists that stands behind its key."""
    return (
        isinstance(value, Mapping)
        and not isinstance(value, Below)
        and fits(value)
        and not any(isinstance(each, Mapping) for each in value.values())
    )


def is_short_list(value: list[Any] | tuple[Any, ...]) -> bool:
    """Whether it is a list of scalars that stands on one line."""
    return all(not isinstance(each, Mapping | list) for each in value) and fits(value)


def is_literal(text: str) -> bool:
    """Whether a text of several lines can be written line by line, below its key."""
    return "\n" in text and not re.search(r"[ \t]\n|\n\Z|\A\s|[^\S\n ]", text)


def is_quoted(text: str) -> bool:
    """Whether a text would read as something else, or nearly so."""
    return bool(
        text.startswith(("?", ":", "-"))
        or _WORDS.fullmatch(text)
        or _NUMBER.fullmatch(text)
        or _DATE.fullmatch(text)
    )
