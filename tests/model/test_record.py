"""Records behave as dataclasses of the standard library do, which are slower to make."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from functools import cached_property
from typing import Any, Generic, TypeVar

import pytest

from ledger.model.record import all_fields, dataclass, field, replace

T = TypeVar("T")


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
    note: str = dataclasses.field(default="", compare=False, repr=False)
    more: dict[str, int] = dataclasses.field(default_factory=dict, kw_only=True, hash=False)


@dataclass(slots=True)
class Changing:
    """May be changed."""

    size: int = 0

    def __repr__(self) -> str:
        return "mine"


@dataclass(frozen=True, slots=True)
class Empty:
    """Has no fields."""


@dataclass(frozen=True)
class Open(Generic[T]):
    """Has no slots; one field is made after the others, one by nobody."""

    first: T
    second: list[T] = field(default_factory=list)
    third: int = 3
    both: str = field(init=False)
    none: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "both", f"{self.first}{self.third}")

    @cached_property
    def fourth(self) -> int:
        return self.third + 1


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


def test_its_fields_are_those_that_the_standard_library_would_see() -> None:
    names = ("name", "type", "default", "default_factory", "init", "repr", "compare", "kw_only")
    for ours, known in zip(dataclasses.fields(Own), dataclasses.fields(Known), strict=True):
        assert [getattr(ours, name) for name in names] == [getattr(known, name) for name in names]
    known_names = [each.name for each in dataclasses.fields(Known)]
    assert [each.name for each in all_fields(Own)] == known_names
    assert Own.__match_args__ == Known.__match_args__
    assert inspect.signature(Own("a").__init__) is not None
    assert str(inspect.signature(Own)).startswith("(name, size=")
    assert dataclasses.replace(Own("a"), name="b") == Own("b")


def test_what_is_said_of_fields_counts() -> None:
    one, other = Open("a", third=4), Open[str]("a")
    assert (one.both, one.fourth, other.both) == ("a4", 5, "a3")
    assert one.second == []
    assert one.second is not other.second
    assert not hasattr(one, "none")
    assert Open.third == 3  # a class's attribute, as in the standard library
    assert replace(one, first="b").both == "b4"
    with pytest.raises(TypeError, match="both"):
        Open("a", both="b")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Own("a", 1, "", {})  # type: ignore[misc]


def test_no_record_is_made_of_another() -> None:
    with pytest.raises(TypeError, match="another record"):

        @dataclass(frozen=True, slots=True)
        class Child(Own):
            other: int = 0


def test_others() -> None:
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())
    assert repr(Changing()) == "mine"
    assert Changing(1) == Changing(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Changing())
