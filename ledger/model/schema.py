"""JSON Schema of every file, generated from the model so that editors explain keys in Chinese."""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Mapping
from typing import Any

from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.fields import Described, is_record, specs, without_none
from ledger.model.source import Source
from ledger.model.task import Task

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES: dict[str, tuple[type, str]] = {
    "task": (Task, "事项"),
    "source": (Source, "来源"),
    "decision": (Decision, "集体决策"),
    "ledger": (Config, "台账配置"),
}


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of one kind of file.

    Args:
        kind: a key of `FILES`.

    Raises:
        KeyError: for any other kind.
    """
    record, title = FILES[kind]
    return {"$schema": DIALECT, "title": title} | _record(record)


def _record(record: type) -> dict[str, Any]:
    # Unknown keys are kept and warned of (T008), so the schema allows them.
    properties = {spec.key: _property(spec.hint, spec.described) for spec in specs(record)}
    required = [spec.key for spec in specs(record) if spec.described.required]
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return schema | ({"required": required} if required else {})


def _property(hint: Any, described: Described) -> dict[str, Any]:
    schema = _value(without_none(hint), described)
    if not described.required:
        schema = _or_null(schema)
    return {"description": described.description} | schema


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """An optional key may be left empty (`closing:`), which YAML reads as null."""
    nullable = (
        schema | {"type": [schema["type"], "null"]} if isinstance(schema["type"], str) else schema
    )
    return nullable | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})


def _value(hint: Any, described: Described) -> dict[str, Any]:
    if is_record(hint):
        return _record(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return {"type": "array", "items": _value(arguments[0], described)}
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _value(arguments[1], described)}
    if hint is dt.date:
        return {"type": "string", "format": "date"}
    return _scalar(hint, described)


def _scalar(hint: Any, described: Described) -> dict[str, Any]:
    if hint is str:
        schema: dict[str, Any] = {"type": "string"}
        if described.choices:
            schema["enum"] = list(described.choices)
        if described.pattern:
            schema["pattern"] = f"^({described.pattern})$"
        return schema
    schema = {"type": "integer" if hint is int else "number"}
    bounds = {"minimum": described.minimum, "maximum": described.maximum}
    return schema | {key: bound for key, bound in bounds.items() if bound is not None}
