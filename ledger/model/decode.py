"""From what a file says to records, and back: strict on the way in, complete on the way out.

Files are read with every scalar as text (a number such as `000123` must not change), so the types
of `fields.item` decide what a text means. Whatever does not fit becomes a `Fault`, never an
exception, and one record's faults never hide another's.
"""

from __future__ import annotations

import datetime as dt
import re
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from ledger.model.builders import Build, Builders, Unfit
from ledger.model.fields import Described, FieldSpec, is_record, specs, without_none
from ledger.model.problem import Place
from ledger.model.record import all_fields, dataclass, has_fields

R = TypeVar("R")

Reader = Callable[[Any, "list[Fault]", Place], Any]

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INTEGER = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,9})?")


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that does not fit: where in the file's data, and why.

    Attributes:
        place: keys and list positions from the file's root.
        message: Chinese, without the place.
        unknown: True for a key that nobody knows (a warning), False for what breaks the schema.
    """

    place: Place
    message: str
    unknown: bool = False


def decode(record: type[R], data: object, faults: list[Fault], place: Place = ()) -> R | None:
    """Build a record from a file's data.

    Args:
        record: a dataclass described by `fields.item`.
        data: mappings, lists, texts and None, as `adapters.yaml.read` gives them.
        faults: what does not fit is added here.
        place: where `data` stands in its file.

    Returns:
        The record, or None when something that is not merely an unknown key did not fit.
    """
    try:
        return cast("R", BUILDERS.build(record, data))
    except Unfit:
        return decode_carefully(record, data, faults, place)


def decode_carefully(
    record: type[R], data: object, faults: list[Fault], place: Place = ()
) -> R | None:
    """As `decode`, value by value: this is what may be in a file, and what is said of the rest."""
    if not isinstance(data, Mapping):
        faults.append(Fault(place, f"这里应是若干“键: 值”，而不是{_called(data)}"))
        return None
    before = len(faults)
    slots, required, keeps_extra = _plan(cast("Any", record))
    values: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, raw in data.items():
        slot = slots.get(key)
        if slot is None:
            extra[key] = raw
        elif slot.free and raw.__class__ is str:  # most values: any text will do
            values[slot.name] = raw
        elif raw is not None:
            values[slot.name] = slot.read(raw, faults, (*place, key))
    faults.extend(
        Fault((*place, key), f"缺少必填项“{key}”（{described}）")
        for key, described in required
        if data.get(key) is None
    )
    faults.extend(
        Fault((*place, key), f"不认识的键“{key}”，已原样保留", unknown=True) for key in extra
    )
    if not all(fault.unknown for fault in faults[before:]):
        return None
    if extra and keeps_extra:
        values["extra"] = extra
    return record(**values)


def encode(
    value: object,
    day: Callable[[dt.date], Any] = dt.date.isoformat,
    fields: Callable[[Any], Mapping[str, Any]] | None = None,
) -> Any:
    """A record as plain data in the order of its fields: what JSON and YAML writers take.

    Args:
        value: a record, or what stands in one. Tuples become lists.
        day: what dates become.
        fields: what is told of a record, by key; None tells its fields, the keys nobody knows last.
    """
    if value is None or value.__class__ is str:  # most are
        return value
    if has_fields(value) and not isinstance(value, type):
        if fields is None:
            told = {key: encode(each, day) for key, each in fields_of(value).items()}
            return told | dict(getattr(value, "extra", {}))
        value = fields(value)
    if isinstance(value, Mapping):
        return {key: encode(each, day, fields) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [encode(each, day, fields) for each in value]
    return day(value) if isinstance(value, dt.date) else value


def fields_of(record: Any) -> dict[str, Any]:
    """The fields of a record by the keys they have in files; by their names where none has one."""
    return {key: getattr(record, name) for name, key in _names(cast("Any", type(record)))}


def compact(value: Any) -> Any:
    """Plain data without what is empty (None, "", [], {}), for writing a new file."""
    if isinstance(value, dict):
        kept = {key: compact(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in (None, "", [], {})}
    return [compact(each) for each in value] if isinstance(value, list) else value


def plain(value: object) -> Any:
    """A record, or a value of one, as it is written to a file: days as days, nothing empty."""
    return compact(encode(value, day=lambda day: day))


@cache
def _names(record: type) -> tuple[tuple[str, str], ...]:
    fields = all_fields(record)
    in_files = [each for each in fields if "described" in each.metadata] or fields
    return tuple((each.name, each.metadata.get("key") or each.name) for each in in_files)


@dataclass(frozen=True, slots=True)
class _Slot:
    """How one key becomes an attribute; `free` when any text will do as it is."""

    name: str
    read: Reader
    free: bool


@cache
def _plan(record: Any) -> tuple[Mapping[str, _Slot], tuple[tuple[str, str], ...], bool]:
    """Keys and slots, what is required and its description, whether `extra` keeps the rest."""
    slots = {
        spec.key: _Slot(name, _reader_of(without_none(spec.hint), spec.described), _is_free(spec))
        for (name, _), spec in zip(_names(record), specs(record), strict=True)
    }
    required = tuple(
        (spec.key, spec.described.description) for spec in specs(record) if spec.described.required
    )
    return slots, required, any(each.name == "extra" for each in all_fields(record))


def _careful(spec: FieldSpec) -> Build:
    """What reads one value of a field alone; it raises `Unfit` where there is a fault."""
    read = _reader_of(without_none(spec.hint), spec.described)

    def read_alone(raw: Any) -> Any:
        faults: list[Fault] = []
        value = read(raw, faults, ())
        if faults:
            raise Unfit
        return value

    return read_alone


BUILDERS = Builders(_careful)


def _is_free(spec: FieldSpec) -> bool:
    described = spec.described
    limits = (described.choices, described.pattern, described.required, described.known)
    return spec.hint is str and not any(limits)


def _reader_of(hint: Any, described: Described) -> Reader:
    """The function that reads one value of a type; TypeError for a type files cannot hold."""
    if is_record(hint):
        return lambda raw, faults, place: decode_carefully(hint, raw, faults, place)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        free = arguments[0] is str and not (described.choices or described.pattern)
        return _list_of(_reader_of(arguments[0], described), free)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_of(_reader_of(arguments[1], described))
    scalar = {str: _text, int: _integer, dt.date: _date}.get(hint)
    if scalar is None and set(arguments) >= {int, float}:
        scalar = _number
    if scalar is None:
        raise TypeError(f"no reader for {hint}")
    return lambda raw, faults, place: scalar(raw, described, faults, place)


def _list_of(read: Reader, free: bool) -> Reader:
    def read_list(raw: Any, faults: list[Fault], place: Place) -> Any:
        if not isinstance(raw, list):
            faults.append(Fault(place, f"应是列表，而不是{_called(raw)}；可写成 [甲, 乙]"))
            return ()
        if free and {*map(type, raw)} == {str}:
            return tuple(raw)
        return tuple(_each(read, each, faults, (*place, n)) for n, each in enumerate(raw))

    return read_list


def _mapping_of(read: Reader) -> Reader:
    def read_mapping(raw: Any, faults: list[Fault], place: Place) -> Any:
        if not isinstance(raw, Mapping):
            faults.append(Fault(place, f"应是若干“键: 值”，而不是{_called(raw)}"))
            return {}
        return {key: _each(read, each, faults, (*place, key)) for key, each in raw.items()}

    return read_mapping


def _each(read: Reader, raw: Any, faults: list[Fault], place: Place) -> Any:
    if raw is None:
        faults.append(Fault(place, "这一条是空的"))
        return None
    return read(raw, faults, place)


def _text(raw: Any, described: Described, faults: list[Fault], place: Place) -> str:
    if not isinstance(raw, str):
        faults.append(Fault(place, f"应是文字，而不是{_called(raw)}"))
        return ""
    if described.choices and raw not in described.choices:
        allowed = "、".join(described.choices)
        faults.append(Fault(place, f"“{_short(raw)}”不在可选值之中（{allowed}）"))
    elif described.pattern and not re.fullmatch(described.pattern, raw):
        faults.append(Fault(place, f"“{_short(raw)}”不合规定：应为{described.shape}"))
    elif described.known and not described.known(raw):
        faults.append(Fault(place, f"没有“{_short(raw)}”；应为{described.shape}"))
    elif described.required and not raw.strip():
        faults.append(Fault(place, f"必填项是空的（{described.description}）"))
    return raw


def _integer(raw: Any, described: Described, faults: list[Fault], place: Place) -> int:
    if not isinstance(raw, str) or not _INTEGER.fullmatch(raw):
        faults.append(Fault(place, f"应是整数，而不是{_called(raw)}"))
        return 0
    number = int(raw)
    low, high = described.minimum, described.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        faults.append(Fault(place, f"{number} 超出范围（{_range(low, high)}）"))
    return number


def _number(raw: Any, described: Described, faults: list[Fault], place: Place) -> int | float:
    if not isinstance(raw, str) or not _NUMBER.fullmatch(raw):
        faults.append(Fault(place, f"应是数字，而不是{_called(raw)}"))
        return 0
    return float(raw) if "." in raw else int(raw)


def _date(raw: Any, described: Described, faults: list[Fault], place: Place) -> dt.date | None:
    if isinstance(raw, str) and _ISO_DATE.fullmatch(raw):
        try:
            return dt.date.fromisoformat(raw)
        except ValueError:
            faults.append(Fault(place, f"{raw} 不是真实存在的日期"))
            return None
    faults.append(Fault(place, f"应是日期（如 2017-12-31），而不是{_called(raw)}"))
    return None


def _range(low: int | None, high: int | None) -> str:
    if high is None:
        return f"不小于 {low}"
    return f"{low}—{high}" if low is not None else f"不大于 {high}"


def _called(raw: object) -> str:
    if raw is None:
        return "空值"
    if isinstance(raw, str):
        return f"“{_short(raw)}”"
    return "列表" if isinstance(raw, list) else "“键: 值”"


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"
