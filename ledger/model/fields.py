"""How a record's fields describe themselves: the one source of decoding and of JSON Schema.

A record is a frozen dataclass whose every field is made by `item`. The type says what a value
may be, the description (Chinese, for editors and the manual) what it means.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from ledger.model.record import all_fields, dataclass, field, has_fields


@dataclass(frozen=True, slots=True)
class Described:
    """What a field says of itself beyond its type."""

    description: str
    required: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    shape: str = ""  # what is allowed in Chinese words, for messages
    minimum: int | None = None
    maximum: int | None = None
    known: Callable[[str], bool] | None = None  # which texts there are, beyond what a pattern says
    label: str = ""  # its Chinese name in a card, where the description does not begin with it
    short: str = ""  # the same at the head of a column, where it is shorter there


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One key of a file: its name, the type of its value, its description."""

    key: str
    hint: Any
    described: Described

    @property
    def name(self) -> str:
        """The description's first words: what the field is, without what may stand in it."""
        words = self.described.description
        for sign in "（；，、":
            words = words.partition(sign)[0]
        return words

    @property
    def heading(self) -> str:
        """The Chinese name at the head of a column."""
        return self.described.short or self.described.label or self.name


def item(description: str, default: Any = "", *, key: str = "", **more: Any) -> Any:
    """A dataclass field that carries its description.

    Args:
        key: its name in files, where that is no Python identifier.
        more: what else it says of itself, as `Described` has it.
    """
    metadata = {"described": Described(description, **more), "key": key}
    if isinstance(default, type):
        return field(default_factory=default, metadata=metadata, kw_only=True)
    return field(default=default, metadata=metadata, kw_only=True)


def others() -> Any:
    """The attribute `extra` of a record: the keys of a file that nobody knows, kept as they are."""
    return field(default_factory=dict, kw_only=True, hash=False)


def is_record(hint: Any) -> bool:
    """Whether a type is a record, that is, a mapping with known keys in a file."""
    return isinstance(hint, type) and has_fields(hint)


def without_none(hint: Any) -> Any:
    """`X` for `X | None`, any other type unchanged."""
    options = [option for option in typing.get_args(hint) if option is not type(None)]
    if type(None) in typing.get_args(hint) and len(options) == 1:
        return options[0]
    return hint


@cache
def specs(record: type) -> tuple[FieldSpec, ...]:
    """The described fields of a record, in the order files are written.

    Args:
        record: a dataclass whose fields were made by `item`; others (such as `extra`) are left out.
    """
    hints = typing.get_type_hints(record)
    return tuple(
        FieldSpec(
            field.metadata["key"] or field.name, hints[field.name], field.metadata["described"]
        )
        for field in all_fields(record)
        if "described" in field.metadata
    )


@cache
def labels(record: type) -> Mapping[str, str]:
    """The Chinese names of a record's keys and of those in its records, as a card shows them.

    One key has one label wherever it stands: the first that is given.
    """
    fields = [spec for each in records_in(record) for spec in specs(each)][::-1]
    given = {spec.key: spec.described.label for spec in fields if spec.described.label}
    return {spec.key: spec.name for spec in fields} | given


def records_in(record: type) -> Iterator[type]:
    """A record and the records that it holds at any depth, in the order of fields."""
    yield record
    for spec in specs(record):
        hint = without_none(spec.hint)
        for part in (hint, *typing.get_args(hint)):
            if is_record(part):
                yield from records_in(part)
