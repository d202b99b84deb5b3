"""Records that cost little to make: `dataclass`, and what belongs to it, for the whole package.

The standard library's compiles six methods a class, each by `exec`, which takes half a millisecond,
and a command needs a hundred classes. Here it compiles `__init__` alone; comparing, hashing and
printing are written once, for all records. What `frozen` forbids is seen by mypy, which takes this
for the standard library's; while the program runs nothing watches over it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable
from dataclasses import field as field
from dataclasses import replace as replace
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool = False, slots: bool = False) -> Callable[[type], type]:
        """As `dataclasses.dataclass`; a method that the class has itself stays."""
        shared = {"__eq__": _equal, "__repr__": _shown, "__hash__": _hash if frozen else None}

        def made(cls: type) -> type:
            record = dataclasses.dataclass(cls, slots=slots, eq=False, repr=False)
            for name in shared.keys() - vars(cls).keys():
                setattr(record, name, shared[name])
            return record

        return made


def _equal(self: Any, other: object) -> Any:
    values = _compared(self.__class__)
    return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(_hashed(self.__class__)(self))


@recursive_repr()
def _shown(self: Any) -> str:
    fields = (each.name for each in dataclasses.fields(self) if each.repr)
    values = (f"{name}={getattr(self, name)!r}" for name in fields)
    return f"{self.__class__.__qualname__}({', '.join(values)})"


@cache
def _compared(record: Hashable) -> Callable[[Any], Any]:
    """What takes from a record of a class what makes it equal to another, its class first."""
    return attrgetter("__class__", *(each.name for each in _fields(record) if each.compare))


@cache
def _hashed(record: Hashable) -> Callable[[Any], Any]:
    fields = (each for each in _fields(record) if each.compare and each.hash is not False)
    return attrgetter("__class__", *(each.name for each in fields))


def _fields(record: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(record)
