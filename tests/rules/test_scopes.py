"""What a rule looks at, as `RULES` declares it, on random ledgers and on the project's own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.files.cache import Cache
from ledger.adapters.git.repo import GitRepo
from ledger.model.outline import kept_lines, line_of
from ledger.model.problem import Place
from ledger.model.task import Task
from ledger.rules import ALONE, RULES, Context, check_rest
from ledger.rules.base import FILE_AND_DAY
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import Ledger
from tests.rules.conftest import TODAY, make_snapshot
from tests.rules.scopes import hold_to_scopes

ROOT = Path(__file__).resolve().parents[2]
IDS = st.sampled_from(["ZG2020-001", "ZG2020-002", "GZ2020-001", "ZG2020-404"])
DAYS = st.sampled_from(["2020-08-01", "2020-11-30", "2020-12-03", "2020-12-30", "2021-01-04"])
WORDS = st.sampled_from(
    ["办公室", "局办公室", "审业部", "\u202e", "密级：机密", "13800138000", "已印发"]
)
MEETINGS = st.sampled_from(["DZH-2020-31", "DZH-2020-32"])
TASK = st.fixed_dictionaries(
    {"id": IDS},
    optional={
        "kind": st.sampled_from(["巡视整改", "工作要点"]),
        "title": WORDS | st.just("\u200b"),
        "source": st.sampled_from(["ZG2020", "GZ2020", "XC"]),
        "lead": st.lists(WORDS, max_size=2),
        "due": st.fixed_dictionaries(
            {"text": st.sampled_from(["11月底前", "每季度", "下发后3个工作日内", "长期"])},
            optional={"date": DAYS},
        ),
        "status": st.sampled_from(["未启动", "推进中", "待上会", "已销号", "长期坚持", "已中止"]),
        "progress": st.lists(
            st.fixed_dictionaries(
                {"date": DAYS, "text": WORDS}, optional={"event": st.sampled_from(["催办", "退回"])}
            ),
            max_size=3,
        ),
        "evidence": st.lists(
            st.fixed_dictionaries(
                {"name": WORDS},
                optional={
                    "path": st.sampled_from(["data/evidence/甲.pdf", "甲"]),
                    "sha256": st.sampled_from(["0" * 64, "1" * 64]),
                    "archive": st.sampled_from(["无", "—", "2020-12"]),
                    "date": DAYS,
                },
            ),
            max_size=2,
        ),
        "closing": st.fixed_dictionaries({}, optional={"decision": MEETINGS, "date": DAYS}),
        "links": st.lists(st.builds(lambda name: {"rel": "源自", "id": name}, IDS), max_size=2),
        "备注": WORDS,
        "path": st.sampled_from(["data/tasks/ZG2020/ZG2020-001.yaml", "data/tasks/甲.yaml"]),
    },
)
ITEM = st.fixed_dictionaries(
    {"task": IDS, "result": st.sampled_from(["同意销号", "继续整改", "并入", "同意延期"])},
    optional={"votes": st.sampled_from([None, {"for": 3, "against": 5}]), "into": IDS},
)
DECISION = st.fixed_dictionaries(
    {"id": MEETINGS, "items": st.lists(ITEM, max_size=3)},
    optional={
        "body": st.sampled_from(["党组会", "圈阅"]),
        "date": DAYS,
        "chair": st.sampled_from(["书记", "成员1"]),
        "present": st.lists(st.sampled_from(["书记", "书 记", "成员1", "成员2"]), max_size=4),
        "speaking_order": st.just(["书记", "成员1"]),
        "corrects": MEETINGS,
        "recorder": WORDS,
    },
)
LEDGER = st.fixed_dictionaries(
    {"tasks": st.lists(TASK, max_size=5), "decisions": st.lists(DECISION, max_size=2)},
    optional={
        "config": st.sampled_from(
            [
                {"departments": []},
                {"calendar": {"holidays": ["2020-12-30"]}},
                {"policies": {"formalism": {"mass_closing": 2, "period_days": 5}}},
                {"rules": {"X001": "off"}},
            ]
        ),
        "files": st.just({"data/evidence/甲.pdf": "1" * 64}),
    },
)


@given(spec=LEDGER)
def test_rules_look_at_what_they_say(spec: dict[str, Any]) -> None:
    snapshot = make_snapshot(spec)
    files = spec.get("files", {})
    hold_to_scopes(snapshot, Context(snapshot.config, TODAY, lambda path: files.get(path, "")))


def test_rules_look_at_what_they_say_in_the_projects_own_ledger() -> None:
    snapshot = load(Ledger(ROOT, GitRepo(ROOT, ROOT / ".git"), Cache(None)))
    hold_to_scopes(snapshot, Context(snapshot.config, dt.date(2021, 12, 31)))


def test_the_day_is_asked_for_by_rules_on_files_that_say_so() -> None:
    assert {each.code for each in RULES if each.looks_at == FILE_AND_DAY} == {"F001", "D009"}
    assert {"F001", "T004", "S001"} < ALONE
    assert not ALONE & {"T007", "T010", "D002", "F004"}


@given(spec=LEDGER)
def test_lines_are_kept_of_every_place_that_is_told(spec: dict[str, Any]) -> None:
    """Of what rules on the whole ledger tell of tasks; the nearest place that the file has."""
    snapshot = make_snapshot(spec)
    tasks = {entry.path: entry for entry in snapshot.tasks}
    for problem in check_rest(snapshot, Context(snapshot.config, TODAY)):
        if problem.path in tasks:
            task = tasks[problem.path].record
            lines = dict(_numbered(tasks[problem.path].data))
            place = problem.place
            while place and place not in lines:
                place = place[:-1]
            kept = kept_lines(task, lines)
            assert line_of(problem.place, kept) == (lines[place] if place else 0)


def test_where_no_lines_are_kept_none_is_guessed() -> None:
    task = Task(id="甲", kind="巡视整改", title="甲", source="甲", status="推进中")
    lines: dict[Place, int] = {("lead",): 3, ("lead", 0): 4, ("progress",): 5, ("progress", 0): 6}
    kept = kept_lines(task, lines)
    assert line_of(("lead", 0), kept) is line_of(("progress", 0), kept) is None
    assert line_of(("progress",), kept) == 5
    assert line_of(("closing", "decision"), kept) == line_of((), kept) == 0


def _numbered(data: Any, place: Place = ()) -> Any:
    """Every place of some data with a number of its own."""
    yield place, len(repr(place)) * 100 + len(place)
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _numbered(value, (*place, key))
