"""Copies of a large mapping share what they have in common, and are mappings like any other."""

from __future__ import annotations

import sys
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.model import layers
from ledger.model.layers import Layers

STEPS = st.lists(
    st.tuples(st.sampled_from(["set", "delete", "copy"]), st.integers(0, 12), st.integers())
)


@given(st.dictionaries(st.integers(0, 12), st.integers()), STEPS)
def test_the_same_as_a_dictionary(start: dict[int, int], steps: list[tuple[str, int, int]]) -> None:
    layers._LEAST, kept = 3, layers._LEAST
    try:
        plain, layered = dict(start), Layers.of(start)
        before: list[tuple[dict[int, int], Layers[int, int]]] = []
        for what, key, value in steps:
            if what == "set":
                plain[key] = layered[key] = value
            elif what == "delete":
                assert plain.pop(key, None) == layered.pop(key, None)
            else:
                before.append((dict(plain), layered))
                layered = Layers.of(layered)
            assert layered == plain
            assert len(layered) == len(plain)
            assert [each in layered for each in range(13)] == [each in plain for each in range(13)]
            assert [layered.get(each) for each in range(13)] == [*map(plain.get, range(13))]
        assert all(old == then for then, old in before)  # copies leave originals as they were
    finally:
        layers._LEAST = kept


def test_copies_take_little_memory() -> None:
    states: list[Layers[int, Any]] = [Layers.of(dict.fromkeys(range(10_000)))]
    for step in range(1000):
        made = Layers.of(states[-1])
        made[step] = step
        states.append(made)
    below = {id(each._below): each._below for each in states}
    held = sum(map(sys.getsizeof, below.values()))
    held += sum(sys.getsizeof(each._above) for each in states)
    assert len(below) <= 4
    assert 20 * held < len(states) * sys.getsizeof(dict(states[0]))
