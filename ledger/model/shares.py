"""Percentages of a whole that add up to 100.0."""

from __future__ import annotations

from collections.abc import Sequence


def percent(part: int, whole: int) -> float:
    """A share in percent with one decimal; 0.0 of nothing."""
    return round(100 * part / whole, 1) if whole else 0.0


def shares(parts: Sequence[int]) -> tuple[float, ...]:
    """Each part's share in percent with one decimal; together exactly 100.0, or all 0.0.

    The first part is rounded by itself, because sentences and other tables name it too (完成率);
    what is left is dealt to the others by the largest remainder.
    """
    whole = sum(parts)
    if not whole:
        return tuple(0.0 for _ in parts)
    first = round(10 * percent(parts[0], whole))
    rest = whole - parts[0]
    if not rest:
        return (100.0, *(0.0 for _ in parts[1:]))
    left = 1000 - first
    floors = [left * part // rest for part in parts[1:]]
    order = sorted(range(len(floors)), key=lambda n: (-(left * parts[n + 1] % rest), n))
    extra = set(order[: left - sum(floors)])
    dealt = [floor + (n in extra) for n, floor in enumerate(floors)]
    return tuple(tenths / 10 for tenths in (first, *dealt))
