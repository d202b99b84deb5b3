"""A mapping that stands on one line of a file, and is one object for all files that have the line.

A log grows by an entry at a time. Of a file in its hundredth version ninety-nine entries have been
read, made a record and looked through before; what is known of them is kept with them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

_MOST = 200_000  # parts, of which each is a few hundred bytes


class Shared(dict[str, Any]):
    """Such a mapping, which nobody may change.

    Attributes:
        known: what was made of it, by whatever has made it.
    """

    __slots__ = ("known",)

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data)
        self.known: dict[Hashable, Any] = {}

    def once(self, make: Callable[[Any], Any]) -> Any:
        """What a function makes of it, made when it is asked for the first time."""
        if make not in self.known:
            self.known[make] = make(self)
        return self.known[make]


class Parts(dict[str, Shared]):
    """The parts of the files that one piece of work has read, by the text of each."""

    def keep(self, text: str, data: dict[str, Any]) -> Shared:
        """The part of a text that was not met yet."""
        if len(self) >= _MOST:  # what is still in use is known by those who use it
            self.clear()
        part = self[text] = Shared(data)
        return part
