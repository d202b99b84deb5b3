"""A mapping that is cheap to copy and change a little, however large it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Set
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")

_GONE: Any = object()
_NONE: Any = object()
_LEAST = 256  # entries of the upper layer that are always worth keeping apart
_SHARE = 64  # of a large mapping so many-th part may lie in the upper layer


class Layers(MutableMapping[K, V]):
    """What many copies have in common lies in one dictionary below, what differs in one above.

    History is a long row of states, each nearly the same as the one before: that a hundred thousand
    tasks are there need not be said for every one of them.
    """

    __slots__ = ("_above", "_below")

    def __init__(self, below: Mapping[K, V] | None = None) -> None:
        self._below: Mapping[K, V] = dict(below or {})
        self._above: dict[K, V] = {}

    @classmethod
    def of(cls, mapping: Mapping[K, V]) -> Layers[K, V]:
        """A copy to be changed, which leaves the original as it is."""
        if not isinstance(mapping, Layers):
            return cls(mapping)
        above = len(mapping._above)
        if above > _LEAST and above > _LEAST + len(mapping._below) // _SHARE:
            return cls(mapping._merged())
        return cls.over(mapping._below, mapping._above)

    @classmethod
    def over(cls, below: Mapping[K, V], above: Mapping[K, V] | None = None) -> Layers[K, V]:
        """Something above a mapping which stays where it is, and is never copied as a whole."""
        made: Layers[K, V] = cls()
        made._below, made._above = below, dict(above or {})
        return made

    @property
    def below(self) -> Mapping[K, V]:
        """What it has in common with the copies that it was made from."""
        return self._below

    @property
    def above(self) -> Set[K]:
        """The keys that were set or taken away since."""
        return self._above.keys()

    def __getitem__(self, key: K) -> V:
        value = self._above[key] if key in self._above else self._below[key]
        if value is _GONE:
            raise KeyError(key)
        return value

    def get(self, key: K, default: Any = None) -> Any:
        """As of any mapping, without an exception for each key that it lacks."""
        value = self._above.get(key, _NONE)
        if value is _NONE:
            return self._below.get(key, default)
        return default if value is _GONE else value

    def __setitem__(self, key: K, value: V) -> None:
        self._above[key] = value

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        if key in self._below:
            self._above[key] = _GONE
        else:
            del self._above[key]

    def __contains__(self, key: object) -> bool:
        above: dict[Any, V] = self._above
        return above[key] is not _GONE if key in above else key in self._below

    def __iter__(self) -> Iterator[K]:
        return iter(self._merged()) if self._above else iter(self._below)

    def __len__(self) -> int:
        above = self._above.items()
        return len(self._below) + sum((v is not _GONE) - (k in self._below) for k, v in above)

    def _merged(self) -> dict[K, V]:
        merged = {**self._below, **self._above}
        for key, value in self._above.items():
            if value is _GONE:
                del merged[key]
        return merged
