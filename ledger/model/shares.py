"""Percentages of a whole that add up to 100.0."""

from __future__ import annotations

from collections.abc import Sequence


def percent(part: int, whole: int) -> float:
    """A share in percent with one decimal, halves rounded up (四舍五入); 0.0 of nothing."""
    return half_up(1000 * part, whole) / 10 if whole else 0.0


def half_up(part: int, whole: int) -> int:
    """part / whole as a whole number, a half rounded up; `part` ≥ 0, `whole` > 0."""
    return (2 * part + whole) // (2 * whole)


def shares(parts: Sequence[int]) -> tuple[float, ...]:
    """Each part's share in percent with one decimal; together exactly 100.0, or all 0.0.

    The first part is rounded by itself, because sentences and other tables name it too (完成率);
    what is left is dealt to the others by the largest remainder, and among equal remainders first
    to a number that no other part has, so that equal numbers keep equal shares where they can.
    """
    whole = sum(parts)
    if not whole:
        return tuple(0.0 for _ in parts)
    tenths = [half_up(1000 * parts[0], whole), *(1000 * part // whole for part in parts[1:])]
    order = sorted(
        range(1, len(parts)), key=lambda n: (-(1000 * parts[n] % whole), parts.count(parts[n]), n)
    )
    for n in order[: 1000 - sum(tenths)]:
        tenths[n] += 1
    return tuple(each / 10 for each in tenths)
