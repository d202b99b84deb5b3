"""Ledgers in memory: what files would say, over defaults that break no rule."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import pytest

from ledger.adapters.pages import rule_page
from ledger.adapters.yaml.read import parse
from ledger.model.case import case_digest
from ledger.model.change import Change, difference
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.decode import decode
from ledger.model.problem import Problem
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.source import Source
from ledger.model.task import Task
from ledger.rules import Context, check_change, check_snapshot, check_step
from tests.rules.edits import hold_to_edits
from tests.rules.scopes import hold_to_scopes

R = TypeVar("R")
Spec = Mapping[str, Any]

TODAY = dt.date(2020, 12, 31)
TASK: dict[str, Any] = {
    "id": "ZG2020-001",
    "kind": "巡视整改",
    "title": "梳理现行制度",
    "source": "ZG2020",
    "lead": ["办公室"],
    "due": {"text": "11月底前", "date": "2020-11-30"},
    "status": "推进中",
    "progress": [{"date": "2020-12-01", "by": "联络员", "text": "印发修订稿"}],
}
SOURCES = (
    {"id": "ZG2020", "title": "反馈意见", "kind": "巡视整改", "year": 2020, "issued": "2020-08-20"},
    {"id": "GZ2020", "title": "工作要点", "kind": "工作要点", "year": 2020},
)
MEMBERS = ["书记", "副书记", *(f"成员{number}" for number in range(1, 7))]  # eight of nine
DECISION: dict[str, Any] = {
    "id": "DZH-2020-31",
    "body": "党组会",
    "date": "2020-12-03",
    "chair": "书记",
    "due_members": 9,
    "present": MEMBERS,
}
ITEM = {"task": "ZG2020-001", "result": "同意销号", "votes": {"for": 8, "against": 0, "abstain": 0}}
CONFIG = {"organisation": "某局", "departments": [{"name": "办公室", "aliases": ["局办公室"]}]}


def _read(record: type[R], data: Spec) -> tuple[Mapping[str, Any], R]:
    """Data and record as a file with this content would give them."""
    kept = {key: value for key, value in data.items() if value is not None}
    read = parse(json.dumps(kept, ensure_ascii=False).encode())
    faults: list[Any] = []
    made = decode(record, read, faults)
    assert made is not None, faults
    return read, made


def _task(fields: Spec) -> Entry[Task]:
    data = {**TASK, **fields}
    path = data.pop("path", f"data/tasks/{data['source']}/{data['id']}.yaml")
    return Entry(path, *_read(Task, data))


def _source(fields: Spec) -> Entry[Source]:
    data = dict(fields)
    path = data.pop("path", f"data/sources/{data['id']}.yaml")
    return Entry(path, *_read(Source, data))


def _decision(fields: Spec, presented: Mapping[str, Task]) -> Entry[Decision]:
    data = {**DECISION, **fields}
    path = data.pop("path", f"data/decisions/{data['date'][:4]}/{data['id']}.yaml")
    data["items"] = [_item(item, presented) for item in data.get("items", [{}])]
    return Entry(path, *_read(Decision, data))


def _item(fields: Spec, presented: Mapping[str, Task]) -> dict[str, Any]:
    data = {**ITEM, **fields}
    if "digest" not in data and data["task"] in presented:
        data["digest"] = case_digest(presented[data["task"]])
    return {key: value for key, value in data.items() if value is not None}


def make_snapshot(spec: Spec, presented: Iterable[Entry[Task]] | None = None) -> Snapshot:
    """The ledger that a few literal fields describe.

    Args:
        spec: `tasks`, `decisions`, `sources`: fields over the defaults, each file's `path` among
            them where it is odd; `config`: fields over `CONFIG`; `templates`: path → blob id;
            `files`: path → sha256 of the evidence that is there.
        presented: the tasks as the meetings saw them; those of the spec itself by default. Items
            without a `digest` get theirs; `digest: None` leaves it out.
    """
    tasks = tuple(_task(fields) for fields in spec.get("tasks", [{}]))
    seen = {entry.record.id: entry.record for entry in (tasks if presented is None else presented)}
    decisions = [_decision(fields, seen) for fields in spec.get("decisions", [])]
    return Snapshot(
        _read(Config, CONFIG | dict(spec.get("config", {})))[1],
        tuple(sorted(tasks, key=lambda entry: entry.path)),
        tuple(_source(fields) for fields in spec.get("sources", SOURCES)),
        tuple(sorted(decisions, key=lambda entry: entry.path)),
        templates=spec.get("templates", {}),
    )


def make_change(before: Spec, after: Spec) -> Change:
    """What leads from one ledger to another; what `after` does not name stays as `before` has it.

    Meetings have seen the tasks as they were before.
    """
    old = make_snapshot(before)
    return difference(old, make_snapshot({**before, **after}, old.tasks))


def problems_of_snapshot(spec: Spec) -> list[Problem]:
    """What the rules have against a ledger."""
    snapshot = make_snapshot(spec)
    files = spec.get("files", {})
    context = Context(snapshot.config, TODAY, lambda path: files.get(path, ""))
    hold_to_scopes(snapshot, context)
    return list(check_snapshot(snapshot, context))


def problems_of_change(before: Spec, after: Spec) -> list[Problem]:
    """What the rules have against a change, by the policy of what was there before."""
    change = make_change(before, after)
    hold_to_edits(change, Context(change.old.config, TODAY))
    return list(check_change(change, Context(change.old.config, TODAY)))


def problems_of_step(before: Spec, after: Spec) -> list[Problem]:
    """What the rules have against a single commit."""
    change = make_change(before, after)
    hold_to_edits(change, Context(change.old.config, TODAY))
    return list(check_step(change, Context(change.old.config, TODAY)))


Build = Callable[[Spec], Snapshot]
Shown = Callable[[str], str]
Judge = Callable[[Spec], list[Problem]]
JudgeChange = Callable[[Spec, Spec], list[Problem]]


@pytest.fixture
def shown() -> Shown:
    """The line that a rule's page shows as its message: `shown("C004")`."""

    def line(code: str) -> str:
        (example,) = re.findall(r"^(?:错误|提示) (.*)$", rule_page(code), re.MULTILINE)
        return str(example)

    return line


@pytest.fixture
def build() -> Build:
    """Makes a ledger: `build({"tasks": [{"status": "待上会"}]})`."""
    return make_snapshot


@pytest.fixture
def judge() -> Judge:
    """What the rules have against a ledger: `judge({"tasks": [{"lead": ["某部"]}]})`."""
    return problems_of_snapshot


@pytest.fixture
def judge_change() -> JudgeChange:
    """What the rules have against a change: `judge_change(before, after)`."""
    return problems_of_change


@pytest.fixture
def judge_step() -> JudgeChange:
    """What the rules have against a single commit: `judge_step(before, after)`."""
    return problems_of_step
