"""JSON Schema says of a file what decoding says of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ledger.adapters.yaml.read import parse
from ledger.model.decode import Fault, decode
from ledger.model.schema import DIALECT, FILES, schema
from tests.conftest import ROOT, task_data

TASK = task_data({})
ENTRY = {"date": "2017-01-01", "text": "x"}
GOOD: dict[str, Any] = {
    "plain": {},
    "empty values": dict.fromkeys(["due", "lead", "closing", "goal", "nature", "tags"]),
    "unknown key": {"x-own": {"a": "1"}},
    "nested unknown key": {"due": {"zz": "1"}},
    "dates": {"due": {"dates": ["2017-01-31", "2017-04-30"]}},
    "percent": {"progress": [ENTRY | {"percent": 100}]},
    "numbers": {"indicators": [{"name": "x", "target": 20, "actual": 18.5}]},
    "event": {"progress": [ENTRY | {"event": "退回"}]},
}
BAD: dict[str, Any] = {
    "missing": {"title": None},
    "choice": {"status": "逾期"},
    "pattern": {"id": "../x"},
    "text for a list": {"lead": "甲"},
    "empty entry": {"lead": [None]},
    "text for a record": {"due": "6月"},
    "record for a text": {"goal": {"a": "1"}},
    "no such day": {"due": {"date": "2026-02-30"}},
    "loose date": {"due": {"date": "2017-6-30"}},
    "above the range": {"progress": [ENTRY | {"percent": 101}]},
    "below the range": {"progress": [ENTRY | {"percent": -1}]},
    "no number": {"indicators": [{"name": "x", "target": "许多"}]},
    "nested required": {"progress": [{"date": "2017-01-01"}]},
    "nested choice": {"links": [{"rel": "同", "id": "A-2"}]},
    "hash": {"evidence": [{"name": "x", "sha256": "xyz"}]},
}


def spelled(data: Any) -> Any:
    """Data as the strict reader gives it: every scalar a text."""
    if isinstance(data, dict):
        return {key: spelled(each) for key, each in data.items()}
    if isinstance(data, list):
        return [spelled(each) for each in data]
    return None if data is None else str(data)


def accepts(kind: str, data: Any) -> bool:
    checker = Draft202012Validator.FORMAT_CHECKER
    return bool(Draft202012Validator(schema(kind), format_checker=checker).is_valid(data))


@pytest.mark.parametrize("kind", FILES)
def test_it_is_a_schema(kind: str) -> None:
    Draft202012Validator.check_schema(schema(kind))
    assert schema(kind)["$schema"] == DIALECT


@pytest.mark.parametrize("kind", FILES)
def test_the_files_for_editors_are_up_to_date(kind: str) -> None:
    path = ROOT / "data" / "schemas" / f"{kind}.json"
    assert json.loads(path.read_text(encoding="utf-8")) == schema(kind)


def test_an_unknown_kind() -> None:
    with pytest.raises(KeyError):
        schema("nothing")


@pytest.mark.parametrize("kind", FILES)
def test_every_key_is_explained(kind: str) -> None:
    assert all(each["description"] for each in schema(kind)["properties"].values())


@pytest.mark.parametrize("fields", GOOD.values(), ids=GOOD)
def test_both_accept(fields: dict[str, Any]) -> None:
    faults: list[Fault] = []
    assert decode(FILES["task"][0], spelled(TASK | fields), faults) is not None
    assert accepts("task", TASK | fields)


@pytest.mark.parametrize("fields", BAD.values(), ids=BAD)
def test_both_refuse(fields: dict[str, Any]) -> None:
    faults: list[Fault] = []
    assert decode(FILES["task"][0], spelled(TASK | fields), faults) is None
    assert not accepts("task", TASK | fields)


def test_the_own_configuration_and_decisions() -> None:
    for path in sorted((ROOT / "data" / "decisions").rglob("*.yaml")):
        data = parse(path.read_bytes())
        assert accepts("decision", data | {"due_members": 9, "items": []}), path
