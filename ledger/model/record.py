"""Records that cost little to make: `dataclass`, and what belongs to it, for the whole package.

The standard library's imports what reads source code (8 ms), and compiles six methods a class, each
by `exec`, which takes half a millisecond; a command meets a hundred classes and makes objects of
ten. Here `__init__` alone is compiled, when the first object is made; comparing, hashing and
printing are written once, for all records. What `frozen` forbids is seen by mypy, which takes this
for the standard library's; while the program runs nothing watches over it. Who asks the standard
library about a record gets its answer: fields and all are told to it then.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

_NOTHING: Any = object()
_FIELDS = "__record_fields__"
_NO_METADATA: Mapping[str, Any] = {}

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace
else:

    def dataclass(*, frozen: bool = False, slots: bool = False) -> Callable[[type], type]:
        """As `dataclasses.dataclass`; a method that the class has itself stays.

        No record is the base of another.
        """
        shared = {"__eq__": _equal, "__repr__": _shown, "__hash__": _hash if frozen else None}

        def made(cls: type) -> type:
            fields = tuple(_fields_of(cls))
            record = _slotted(cls, fields) if slots else _with_defaults(cls, fields)
            for name in shared.keys() - vars(cls).keys():
                setattr(record, name, shared[name])
            by_place = (each.name for each in fields if each.init and not each.kw_only)
            record.__match_args__ = tuple(by_place)
            record.__dataclass_fields__ = _ForTheStandardLibrary(record)
            setattr(record, _FIELDS, fields)
            record.__init__ = _init_of(record)
            return record

        return made

    def field(**told: Any) -> Field:
        """As `dataclasses.field`."""
        return Field(**told)

    def replace(record: Any, /, **changes: Any) -> Any:
        """As `dataclasses.replace`."""
        for each in all_fields(record.__class__):
            if each.init and each.name not in changes:
                changes[each.name] = getattr(record, each.name)
        return record.__class__(**changes)


class Field:
    """What a record says of one of its fields.

    Attributes:
        default, default_factory: what it is when nobody says; `made` gives it.
        init, repr, compare, kw_only: as `dataclasses.field` has them.
        hash: None for the same as `compare`.
    """

    __slots__ = (
        "compare", "default", "default_factory", "hash", "init", "kw_only", "metadata", "name",
        "repr",
    )  # fmt: skip

    def __init__(
        self,
        *,
        default: Any = _NOTHING,
        default_factory: Any = _NOTHING,
        init: bool = True,
        repr: bool = True,  # noqa: A002 - the names of the standard library
        hash: bool | None = None,  # noqa: A002
        compare: bool = True,
        metadata: Mapping[str, Any] = _NO_METADATA,
        kw_only: bool = False,
    ) -> None:
        self.name = ""
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = metadata
        self.kw_only = kw_only

    @property
    def has_default(self) -> bool:
        """Whether it is something when nobody says."""
        return self.default is not _NOTHING or self.is_made

    @property
    def is_made(self) -> bool:
        """Whether `default_factory` makes what it is when nobody says."""
        return self.default_factory is not _NOTHING


def all_fields(record: Any) -> tuple[Field, ...]:
    """The fields of a record's class, in their order."""
    return getattr(record, _FIELDS)  # type: ignore[no-any-return]


def has_fields(what: object) -> bool:
    """Whether it is a record, or a class of records."""
    return hasattr(what, _FIELDS)


def _fields_of(cls: type) -> list[Field]:
    """The fields that a class declares; a class of records must not be its base."""
    if has_fields(cls):
        raise TypeError(f"{cls.__name__} is made of another record")
    fields = []
    for name in cls.__annotations__:
        given = vars(cls).get(name, _NOTHING)
        each = given if isinstance(given, Field) else Field(default=given)
        each.name = name
        fields.append(each)
    return fields


def _slotted(cls: type, fields: tuple[Field, ...]) -> type:
    """The class made anew, with a slot for each field."""
    names = tuple(each.name for each in fields)
    body = {
        name: value
        for name, value in vars(cls).items()
        if name not in (*names, "__dict__", "__weakref__")
    }
    made = type(cls)(cls.__name__, cls.__bases__, body | {"__slots__": names})
    made.__qualname__ = cls.__qualname__
    return made


def _with_defaults(cls: type, fields: tuple[Field, ...]) -> type:
    for each in fields:
        if each.default is not _NOTHING:
            setattr(cls, each.name, each.default)
        elif each.name in vars(cls):
            delattr(cls, each.name)
    return cls


def _init_of(record: Any) -> Callable[..., None]:
    """An `__init__` that compiles the real one when it is first called."""

    def __init__(self: Any, *values: Any, **more: Any) -> None:  # noqa: N807
        record.__init__ = _compiled(record)
        record.__init__(self, *values, **more)

    return __init__


def _compiled(record: Any) -> Callable[..., None]:
    known: dict[str, Any] = {"_NOTHING": _NOTHING}
    takes = {True: ["*"], False: ["self"]}
    lines = []
    for each in all_fields(record):
        if not each.init and not each.has_default:
            continue
        value = each.name
        if each.is_made:
            known[f"_made_{value}"] = each.default_factory
            value = f"_made_{value}()"
            if each.init:
                value += f" if {each.name} is _NOTHING else {each.name}"
        if each.init:
            known[f"_default_{each.name}"] = each.default
            default = f" = _default_{each.name}" if each.has_default else ""
            takes[each.kw_only].append(f"{each.name}{default}")
        lines.append(f"    self.{each.name} = {value}")
    if hasattr(record, "__post_init__"):
        lines.append("    self.__post_init__()")
    taken = ", ".join(takes[False] + (takes[True] if takes[True][1:] else []))
    text = "\n".join((f"def __init__({taken}):", *(lines or ["    pass"])))
    exec(text, known)  # noqa: S102 - as dataclasses do: nothing but our own fields is in it
    init = known["__init__"]
    init.__qualname__ = f"{record.__qualname__}.__init__"
    return init  # type: ignore[no-any-return]


class _ForTheStandardLibrary:
    """The fields of a record as `dataclasses` has them, made when somebody asks it about one."""

    __slots__ = ("_record",)

    def __init__(self, record: Any) -> None:
        self._record = record

    def __get__(self, instance: object, owner: object) -> Any:
        import dataclasses

        def known(each: Field) -> Any:
            names = ("init", "repr", "hash", "compare", "metadata", "kw_only")
            told = {name: getattr(each, name) for name in names}
            if each.has_default:
                which = "default_factory" if each.is_made else "default"
                told[which] = getattr(each, which)
            return dataclasses.field(**told)

        types = self._record.__annotations__
        fields = [(each.name, types[each.name], known(each)) for each in all_fields(self._record)]
        made: Any = dataclasses.make_dataclass(self._record.__name__, fields)
        self._record.__dataclass_fields__ = made.__dataclass_fields__
        return made.__dataclass_fields__


def differing(one: Any, other: Any) -> frozenset[str]:
    """The names of the fields in which two records of one class are not alike."""
    values = _compared(one.__class__)
    names = (each.name for each in all_fields(one.__class__) if each.compare)
    _, *pairs = zip(values(one), values(other), strict=True)
    return frozenset(n for n, (was, now) in zip(names, pairs, strict=True) if was != now)


def _equal(self: Any, other: object) -> Any:
    if self is other:
        return True
    values = _compared(self.__class__)
    return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash(_hashed(self.__class__)(self))


@recursive_repr()
def _shown(self: Any) -> str:
    names = (each.name for each in all_fields(self) if each.repr)
    values = (f"{name}={getattr(self, name)!r}" for name in names)
    return f"{self.__class__.__qualname__}({', '.join(values)})"


@cache
def _compared(record: Hashable) -> Callable[[Any], Any]:
    """What takes from a record of a class what makes it equal to another, its class first."""
    return attrgetter("__class__", *(each.name for each in all_fields(record) if each.compare))


@cache
def _hashed(record: Hashable) -> Callable[[Any], Any]:
    fields = (each for each in all_fields(record) if each.compare and each.hash is not False)
    return attrgetter("__class__", *(each.name for each in fields))
