"""Records out of data that fits, by functions written for each record: many files, little time.

Of a hundred thousand files nearly all are as they should be. So `decode` first tries a function
that knows the record's fields by name and looks at nothing twice. It has no words for what does not
fit, but gives up, and the careful way, which tells what is wrong, reads the data again.
"""

from __future__ import annotations

import datetime as dt
import re
import typing
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ledger.model.fields import FieldSpec, is_record, specs, without_none
from ledger.model.record import Field, all_fields
from ledger.model.shared import Shared

Build = Callable[[Any], Any]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MANY = 200  # fewer are read sooner than their function is compiled
_KEPT = 4096  # days, numbers and words met again and again: each is one object for all records


class Unfit(Exception):
    """The data, or a part of it, is not as it should be, or not as it usually is."""


class Builders:
    """The functions that build records, one for each record, made when first asked for.

    Args:
        careful: what reads one value of a field the careful way; it raises `Unfit`.
    """

    def __init__(self, careful: Callable[[FieldSpec], Build]) -> None:
        self._careful = careful
        self._made: dict[type[Any], Build] = {}
        self._met: Counter[type[Any]] = Counter()

    def build(self, record: type[Any], data: object) -> Any:
        """A record out of data.

        Raises:
            Unfit: the data must be read the careful way, as those of the first few records are.
        """
        made = self._made.get(record)
        if made is None:
            self._met[record] += 1
            if self._met[record] <= _MANY:
                raise Unfit
            made = self.of(record)
        return made(data)

    def of(self, record: type[Any]) -> Build:
        """The function that makes a record of a mapping; what it cannot make raises `Unfit`."""
        made = self._made.get(record)
        if made is None:
            known: dict[str, Any] = {"Unfit": Unfit, "new": object.__new__, "record_type": record}
            known["Shared"] = Shared
            code = compile("\n".join(self._lines(record, known)), f"<{record.__name__}>", "exec")
            exec(code, known)  # noqa: S102 - as dataclasses do: nothing but our own fields is in it
            made = self._made[record] = known["build"]
        return made

    def _lines(self, record: Any, known: dict[str, Any]) -> list[str]:
        """The function's source; what it refers to is put into `known`."""
        described = {spec.key: spec for spec in specs(record)}
        lines = [
            "def build(data):",
            " if data.__class__ is not dict and data.__class__ is not Shared: raise Unfit",
            " record, get, met = new(record_type), data.get, 0",
        ]
        for field in all_fields(record):
            spec = described.get(field.metadata.get("key") or field.name)
            if spec is None:  # `extra`: what nobody knows is left to the careful way
                lines.append(f" record.{field.name} = {_default(field, known)}")
                continue
            missing = f"record.{field.name} = {_default(field, known)}"
            lines += [
                f" value = get({spec.key!r})",
                f" if value is None: {'raise Unfit' if spec.described.required else missing}",
                " else:",
                "  met += 1",
                *(f"  {line}" for line in self._value(field.name, spec, known)),
            ]
        return [*lines, " if met != len(data): raise Unfit", " return record"]

    def _value(self, name: str, spec: FieldSpec, known: dict[str, Any]) -> list[str]:
        """The lines that turn a text, a list or a mapping into an attribute."""
        hint, place = without_none(spec.hint), f"record.{name}"
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if is_record(hint):
            known[f"{name}_of"] = self.of(hint)
            return [f"{place} = {_once(f'{name}_of', 'value')}"]
        if origin is tuple and is_record(arguments[0]):
            known[f"{name}_of"] = self.of(arguments[0])
            one = _once(f"{name}_of", "each")
            return [_unless("list"), f"{place} = tuple([{one} for each in value])"]
        limits = spec.described
        if hint is str:
            return [_unless("str"), *_text(name, spec, known), f"{place} = value"]
        if origin is tuple and arguments[0] is str and not (limits.choices or limits.pattern):
            careful = f"{place} = {self._careful_way(name, spec, known)}"
            return [
                _unless("list"),
                f"if {{*map(type, value)}} == {{str}}: {place} = tuple(value)",
                f"else: {careful}",
            ]
        if hint is dt.date:
            known["day"] = _day
            return [_unless("str"), f"{place} = day(value)"]
        return [f"{place} = {self._careful_way(name, spec, known)}"]

    def _careful_way(self, name: str, spec: FieldSpec, known: dict[str, Any]) -> str:
        known[f"{name}_read"] = _remembering(self._careful(spec))
        return f"{name}_read(value)"


def _unless(kind: str) -> str:
    return f"if value.__class__ is not {kind}: raise Unfit"


def _text(name: str, spec: FieldSpec, known: dict[str, Any]) -> list[str]:
    """The lines that raise where a text is not one that the field may have."""
    limits, lines = spec.described, []
    if limits.choices:
        known[f"{name}_choices"] = {each: each for each in limits.choices}
        lines += [f"value = {name}_choices.get(value)", "if value is None: raise Unfit"]
    if limits.pattern:
        known[f"{name}_fits"] = re.compile(limits.pattern).fullmatch
        lines.append(f"if not {name}_fits(value): raise Unfit")
    if limits.known:
        known[f"{name}_known"] = limits.known
        lines.append(f"if not {name}_known(value): raise Unfit")
    if limits.required:
        lines.append("if not value or value.isspace(): raise Unfit")
    return lines


def _default(field: Field, known: dict[str, Any]) -> str:
    if field.default_factory is dict:
        return "{}"
    if field.is_made:
        known[f"{field.name}_default"] = field.default_factory
        return f"{field.name}_default()"
    known[f"{field.name}_default"] = field.default
    return f"{field.name}_default"


@lru_cache(_KEPT)
def _day(text: str) -> dt.date:
    if not _DAY.fullmatch(text):
        raise Unfit
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Unfit from None


def _once(build: str, data: str) -> str:
    """What makes a record of data; of what several files share it makes one."""
    return f"({data}.once({build}) if {data}.__class__ is Shared else {build}({data}))"


def _remembering(read: Build) -> Build:
    """The same, which reads a short text that it has met before only once."""
    remembered = lru_cache(_KEPT)(read)
    return lambda value: (remembered if value.__class__ is str else read)(value)
