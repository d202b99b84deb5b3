"""What leans on a change is all that can be wrong because of it: the same as if everything were.

Random ledgers, random changes of them: of both states everything is read, and of both only what
was touched and what leans on it. What rules say of the change is the same.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.adapters.files.cache import Cache
from ledger.adapters.git.repo import find_repo
from ledger.adapters.git.walk import FileDiff, differences
from ledger.model.problem import Problem
from ledger.rules import Context
from ledger.usecases.checking.brought import brought
from ledger.usecases.checking.near import OwnBlobs, near_change
from ledger.usecases.checking.sides import wanted_proofs
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.proofs import Proofs, commit_hashes
from ledger.usecases.reading.replay import State, differing, rest_of, state_at
from ledger.usecases.reading.step import STEP_PLACES, States
from tests.conftest import run_git, yaml_text

DAY = dt.date(2020, 6, 30)
TASKS = [f"{source}-{number}" for source in ("S1", "S2") for number in (1, 2, 3)]
MEETINGS = ["M1", "M2", "M3"]
EVIDENCE = [f"data/evidence/{name}" for name in ("一.txt", "S1-1/二.txt")]
HASHES = ["", "a" * 64, "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"]
STATUSES = ["未启动", "推进中", "申请销号", "待上会", "已销号", "已中止", "长期坚持"]
RESULTS = ["同意销号", "同意中止", "退回补充", "继续整改", "转为长期坚持", "并入"]
DATES = ["2020-05-01", "2020-05-02"]
CONFIG = {
    "organisation": "某局",
    "departments": [{"name": "一处"}],
    "policies": {"formalism": {"mass_closing": 2}},
}
NONE: Any = st.just("")

tasks = st.fixed_dictionaries(
    {
        "id": st.sampled_from([*TASKS, ""]),
        "source": st.sampled_from(["S1", "S1", "S2", "S3"]),
        "kind": st.sampled_from(["工作要点", "巡视整改"]),
        "status": st.sampled_from(STATUSES),
        "lead": st.sampled_from(["一处", "二处"]),
        "links": st.lists(st.sampled_from([*TASKS, "S9-1"]), max_size=1),
        "evidence": st.lists(
            st.tuples(st.sampled_from(EVIDENCE), st.sampled_from(HASHES)), max_size=1
        ),
        "decision": st.sampled_from(["", *MEETINGS]),
        "date": st.sampled_from(DATES),
    }
)
items = st.tuples(st.sampled_from([*TASKS, "S9-1"]), st.sampled_from(RESULTS), st.integers(1, 5))
meetings = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["", "", *MEETINGS]),
        "body": st.sampled_from(["党组会", "党组会", "圈阅"]),
        "date": st.sampled_from(DATES),
        "corrects": st.sampled_from(["", "", *MEETINGS]),
        "items": st.lists(items, min_size=1, max_size=2),
    }
)
broken = st.just("id: [")


def task_text(path: str, fields: dict[str, Any]) -> str:
    stem = path.rpartition("/")[2].removesuffix(".yaml")
    name = fields["id"] if fields["id"] and stem.endswith("3") else stem  # only some are misnamed
    closing = {"decision": fields["decision"], "date": fields["date"]} if fields["decision"] else {}
    return yaml_text(
        {
            "id": name,
            "kind": fields["kind"],
            "title": "事项",
            "source": fields["source"] if stem.endswith("3") else path.split("/")[2],
            "lead": [fields["lead"]],
            "due": {"text": "6月底前", "date": "2020-06-30"},
            "status": fields["status"],
            "links": [{"rel": "源自", "id": each} for each in fields["links"]],
            "evidence": [{"name": "材料", "path": p, "sha256": h} for p, h in fields["evidence"]],
            "closing": closing,
        }
    )


def meeting_text(path: str, fields: dict[str, Any]) -> str:
    stem = path.rpartition("/")[2].removesuffix(".yaml")
    votes = {"against": 0, "abstain": 0}
    return yaml_text(
        {
            "id": fields["id"] or stem,
            "body": fields["body"],
            "date": fields["date"],
            "chair": "书记",
            "due_members": 5,
            "present": ["书记", "甲", "乙", "丙", "丁"],
            **({"corrects": fields["corrects"]} if fields["corrects"] else {}),
            "items": [
                {"task": task, "result": result, "votes": votes | {"for": number}}
                | ({"into": "S2-1"} if result == "并入" else {})
                for task, result, number in fields["items"]
            ],
        }
    )


def source_text(path: str, year: int) -> str:
    stem = path.rpartition("/")[2].removesuffix(".yaml")
    return yaml_text({"id": stem, "title": "来源", "kind": "工作要点", "year": year})


def drawn(path: str) -> st.SearchStrategy[str | None]:
    """What may stand at a path; None for nothing."""
    if path.startswith("data/tasks/"):
        return st.none() | broken | tasks.map(lambda fields: task_text(path, fields))
    if path.startswith("data/decisions/"):
        return st.none() | meetings.map(lambda fields: meeting_text(path, fields))
    if path.startswith("data/sources/"):
        return st.integers(2019, 2020).map(lambda year: source_text(path, year))
    return st.none() | st.sampled_from(["foo\n", "bar\n"])


PATHS = [
    *(f"data/tasks/{task[:2]}/{task}.yaml" for task in TASKS),
    "data/tasks/S2/S1-1.yaml",
    *(f"data/decisions/2020/{each}.yaml" for each in MEETINGS),
    *(f"data/sources/{each}.yaml" for each in ("S1", "S2")),
    *EVIDENCE,
]
ledgers = st.fixed_dictionaries({path: drawn(path) for path in PATHS})
changes = st.lists(st.sampled_from(PATHS), min_size=1, max_size=3, unique=True).flatmap(
    lambda paths: st.fixed_dictionaries({path: drawn(path) for path in paths})
)


def committed(folder: Path, *states: dict[str, str | None]) -> list[str]:
    """A repository with one commit after the other."""
    run_git(folder, "init", "-q", "-b", "main")
    stream = ""
    for files in states:
        stream += "commit refs/heads/main\ncommitter 甲 <a@example.com> 1593000000 +0000\n"
        stream += "data 1\nx\ndeleteall\n"
        for path, text in files.items():
            if text is not None:
                size = len(text.encode())
                stream += f'M 100644 inline "{path}"\ndata {size}\n{text}\n'
        stream += "\n"
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=stream.encode(), check=True)
    return run_git(folder, "rev-list", "--reverse", "main").split()


def judged(
    ledger: Ledger, states: list[State], diffs: tuple[FileDiff, ...]
) -> tuple[Any, set[Problem]]:
    old, new = states
    touched = differing(old, new)
    near = near_change(old, new, touched, diffs)
    evidence = wanted_proofs(near.change, diffs)
    proofs = Proofs(ledger.repo, OwnBlobs((old, new)))
    after, before = (
        Context(old.config, DAY, commit_hashes(ledger, each.commit, old.config, proofs, evidence))
        for each in (new, old)
    )
    return (touched, near.change.tasks), set(brought(near, touched, after, before))


def compared(
    before: dict[str, str | None], change: dict[str, str | None]
) -> tuple[set[Problem], set[Problem]]:
    """What is wrong with a change when all is read, and when only what leans on it is."""
    with tempfile.TemporaryDirectory() as name:
        config: dict[str, str | None] = {"ledger.yaml": yaml_text(CONFIG)}
        first, second = committed(Path(name), config | before, config | before | change)
        repo = find_repo(Path(name).resolve())
        ledger = Ledger(repo.root, repo, Cache(None))
        diffs = differences(repo, first, second)
        whole = [state_at(ledger, each, STEP_PLACES) for each in (first, second)]
        states = States(ledger)
        part = [states.at(first), states.changed(first, second, diffs)]
        assert rest_of(part[1]) is not None
        assert rest_of(whole[1]) is None
        (was, everything), (now, near) = (judged(ledger, each, diffs) for each in (whole, part))
        assert now == was
        ledger.cache.close()
        return everything, near


PLAIN: dict[str, Any] = {
    "id": "",
    "source": "S1",
    "kind": "工作要点",
    "status": "推进中",
    "lead": "一处",
    "links": [],
    "evidence": [],
    "decision": "",
    "date": DATES[0],
}
MEETING: dict[str, Any] = {
    "id": "",
    "body": "党组会",
    "date": DATES[0],
    "corrects": "",
    "items": [("S1-1", "同意销号", 5)],
}


def a_task(task: str, **fields: Any) -> dict[str, str | None]:
    path = f"data/tasks/{task[:2]}/{task}.yaml"
    return {path: task_text(path, PLAIN | fields)}


def a_meeting(name: str, **fields: Any) -> dict[str, str | None]:
    path = f"data/decisions/2020/{name}.yaml"
    return {path: meeting_text(path, MEETING | fields)}


SOURCES: dict[str, str | None] = {
    path: source_text(path, 2020) for path in ("data/sources/S1.yaml", "data/sources/S2.yaml")
}
GONE = {
    "task": {"data/tasks/S1/S1-1.yaml": None},
    "meeting": {"data/decisions/2020/M1.yaml": None},
    "source": {"data/sources/S2.yaml": None},
}
CLOSED = {"status": "已销号", "decision": "M1"}


@pytest.mark.parametrize(
    ("before", "change", "code", "path"),
    [
        (a_task("S1-1") | a_task("S2-1", links=["S1-1"]), GONE["task"], "T007", "S2-1"),
        (a_task("S1-1") | a_meeting("M1"), GONE["task"], "D007", "M1"),
        (a_task("S2-1", **CLOSED) | a_meeting("M1"), GONE["meeting"], "T007", "S2-1"),
        (a_task("S2-1"), GONE["source"], "T005", "S2-1"),
        (a_task("S2-3", source="S2"), GONE["source"], "T005", "S2-3"),
        (a_task("S2-1"), {"data/sources/S2.yaml": source_text("S2.yaml", 2019)}, "T006", "S2-1"),
        (
            a_task("S2-1", status="待上会", evidence=[(EVIDENCE[0], HASHES[1])]),
            {EVIDENCE[0]: "foo\n"} | a_task("S1-1", evidence=[(EVIDENCE[0], HASHES[2])]),
            "",
            "",
        ),
        (a_task("S1-1", **CLOSED), a_task("S2-1", **CLOSED), "F004", "S1-1"),
        (a_task("S2-3", id="S1-1"), a_task("S1-1"), "T010", "S2-3"),
        (
            a_task("S1-1", **CLOSED) | a_meeting("M1"),
            a_meeting("M2", items=[("S1-1", "继续整改", 5)], corrects="M1"),
            "D002",
            "S1-1",
        ),
        (
            a_task("S1-1", **CLOSED)
            | a_meeting("M1")
            | a_meeting("M2", items=[("S1-1", "继续整改", 5)], corrects="M3"),
            a_meeting("M3", items=[("S1-1", "同意销号", 5)], corrects="M1"),
            "D002",
            "S1-1",
        ),
    ],
)
def test_what_a_change_breaks_elsewhere_is_told(
    before: dict[str, str | None], change: dict[str, str | None], code: str, path: str
) -> None:
    everything, near = compared(SOURCES | before, change)
    assert near == everything
    assert not code or (code, path) in {(each.code, Path(each.path).stem) for each in near}


@settings(max_examples=25)
@given(ledgers, changes)
def test_what_leans_on_a_change_is_all_that_counts(
    before: dict[str, str | None], change: dict[str, str | None]
) -> None:
    everything, near = compared(before, change)
    assert near == everything
