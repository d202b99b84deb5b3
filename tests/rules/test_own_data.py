"""The repository is a ledger itself: every file fits its schema, and no rule complains."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from ledger.adapters.files.cache import Cache
from ledger.adapters.git.repo import GitRepo
from ledger.model.schema import schema
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import Ledger

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "ledger": [ROOT / "ledger.yaml"],
    "task": sorted(ROOT.glob("data/tasks/*/*.yaml")),
    "source": sorted(ROOT.glob("data/sources/*.yaml")),
    "decision": sorted(ROOT.glob("data/decisions/*/*.yaml")),
}


def as_editors_read(data: Any) -> Any:
    """YAML's own types, but days as texts: JSON knows none."""
    if isinstance(data, dict):
        return {key: as_editors_read(each) for key, each in data.items()}
    if isinstance(data, list):
        return [as_editors_read(each) for each in data]
    return data.isoformat() if isinstance(data, dt.date) else data


@pytest.mark.parametrize("kind", FILES)
def test_every_file_fits_its_schema(kind: str) -> None:
    checker = Draft202012Validator.FORMAT_CHECKER
    validator = Draft202012Validator(schema(kind), format_checker=checker)
    assert FILES[kind]
    for path in FILES[kind]:
        data = as_editors_read(yaml.safe_load(path.read_bytes()))
        errors = [
            f"{path.name} {each.json_path}: {each.message}" for each in validator.iter_errors(data)
        ]
        assert errors == []


def test_no_rule_complains(tmp_path: Path) -> None:
    snapshot = load(Ledger(ROOT, GitRepo(ROOT, tmp_path), Cache(None)))
    assert snapshot.problems == ()
    assert len(snapshot.tasks) == len(FILES["task"])
    assert len(snapshot.sources) == len(FILES["source"])
    assert len(snapshot.decisions) == len(FILES["decision"])
