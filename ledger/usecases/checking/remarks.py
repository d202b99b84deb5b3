"""What a change does besides its tasks: the rules of the game that it touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ledger.adapters.git.walk import FileDiff
from ledger.model.change import Change
from ledger.model.decode import encode
from ledger.model.paths import CONFIG_FILE
from ledger.model.problem import WARNING, Problem
from ledger.rules.policies import governs

_SHOWN = 5
_HINT = "请有权的人看过再合并"


def remarks(change: Change, diffs: Iterable[FileDiff]) -> Iterator[Problem]:
    """Which rules of the game a change touches, told whatever else it does; nobody turns this off.

    What must not be touched together with a closing is refused besides (C013).
    """
    for path in sorted({each.path for each in diffs if governs(each.path)}):
        message = "改动了台账的规矩"
        if path == CONFIG_FILE:
            told = list(_settings(encode(change.old.config), encode(change.new.config)))
            rest = f"等 {len(told)} 处" if len(told) > _SHOWN else ""
            message += f"：{'；'.join(told[:_SHOWN])}{rest}" if told else ""
        yield Problem(path, "C013", message, _HINT, WARNING)


def _settings(old: Any, new: Any, key: str = "") -> Iterator[str]:
    """What is set otherwise, key by key: `policies.closing.default.quorum.at_least 1/2 → 1/10`."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys((*old, *new)):
            yield from _settings(old.get(name), new.get(name), f"{key}.{name}" if key else name)
    elif old != new:
        yield f"{key} {_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    if value in (None, "", [], {}):
        return "（无）"
    text = "、".join(map(_short, value)) if isinstance(value, list) else str(value)
    if isinstance(value, dict):
        text = " ".join(_short(each) for each in value.values() if each)
    return text if len(text) <= 60 else f"{text[:59]}…"
