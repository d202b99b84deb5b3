"""Records behave as dataclasses of the standard library do, which are slower to make."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pytest

from ledger.model.record import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Own:
    """One of ours."""

    name: str
    size: int = 0
    note: str = field(default="", compare=False, repr=False)
    more: dict[str, int] = field(default_factory=dict, kw_only=True, hash=False)

    def twice(self) -> Own:
        return replace(self, size=self.size * 2)


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """The same of the standard library."""

    name: str
    size: int = 0
    note: str = field(default="", compare=False, repr=False)
    more: dict[str, int] = field(default_factory=dict, kw_only=True, hash=False)


@dataclass(slots=True)
class Changing:
    """May be changed."""

    size: int = 0

    def __repr__(self) -> str:
        return "mine"


@dataclass(frozen=True, slots=True)
class Empty:
    """Has no fields."""


VALUES: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a",), {}),
    (("a", 0), {"note": "x"}),
    (("a", 1), {}),
    (("b",), {"more": {"x": 1}}),
    (("b",), {"more": {"x": 2}}),
]


def test_equal_hash_and_repr_as_in_the_standard_library() -> None:
    ours = [Own(*values, **more) for values, more in VALUES]
    known = [Known(*values, **more) for values, more in VALUES]
    for one, like_one in zip(ours, known, strict=True):
        assert repr(one) == repr(like_one).replace("Known", "Own")
        assert copy.deepcopy(one) == one
        assert one != like_one
        for other, like_other in zip(ours, known, strict=True):
            assert (one == other) is (like_one == like_other)
            if one == other:
                assert hash(one) == hash(other)
    assert len({Own("a"), Own("a", note="x"), Own("b", more={"x": 1})}) == 2


def test_what_dataclasses_can_do_works_on_them() -> None:
    assert Own("a", 2).twice() == Own("a", 4)
    assert dataclasses.asdict(Own("a")) == {"name": "a", "size": 0, "note": "", "more": {}}
    assert not hasattr(Own("a"), "__dict__")
    with pytest.raises(TypeError):
        Own()  # type: ignore[call-arg]


def test_others() -> None:
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())
    assert repr(Changing()) == "mine"
    assert Changing(1) == Changing(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Changing())
