"""What is kept of files: a check by it tells what a check of everything tells, whatever changes."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.disk import both
from ledger.adapters.files.cache import Cache
from ledger.adapters.files.parse_file import parsed_file
from ledger.adapters.files.read_snapshot import list_worktree, read_snapshot, with_lines
from ledger.model.problem import Problem, in_order
from ledger.rules import RULES, Context, check_snapshot
from ledger.usecases.checking import by_file
from ledger.usecases.checking.worktree import check_worktree
from ledger.usecases.reading.open import Ledger, open_ledger
from ledger.usecases.reading.proofs import worktree_hashes
from tests.conftest import CONFIG, SOURCES, run_git, task_data, yaml_text

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

DAY = dt.date(2017, 10, 20)
PHONE, IDENTITY = "13800138000", "11010519491231002X"
FORMALISM = {"formalism": {"period_days": 7, "silent_periods": 1, "mass_closing": 2}}
CONFIGS: list[dict[str, Any] | str] = [
    CONFIG,
    {**CONFIG, "rules": {"T006": "off", "T007": "warning", "F001": "error", "X001": "off"}},
    {**CONFIG, "departments": [{"name": "审业部"}]},
    {**CONFIG, "departments": []},
    {**CONFIG, "calendar": {"holidays": ["2017-06-30"]}},
    {**CONFIG, "policies": {**CONFIG["policies"], **FORMALISM}},
    f"# {PHONE}\norganisation: 某局\nno_such_key: 1\n",
    "organisation: [",
]
SOURCE: list[dict[str, Any] | str] = [
    SOURCES[0],
    {**SOURCES[0], "issued": "2017-03-01"},
    {**SOURCES[0], "year": 2016, "issued": "2017-09-01"},
    {**SOURCES[0], "id": "GZ2018"},
    {**SOURCES[0], "title": f"要点，电话{PHONE}"},
    "id: GZ2017\nid: GZ2017\n",
]
PROGRESS = {"date": "2017-10-18", "text": "已印发", "by": "联络员"}
CLOSED = {
    "status": "已销号",
    "closing": {
        "applied": {"date": "2017-09-01", "by": "甲", "summary": "完成"},
        "decision": "DZH-2017-01",
        "date": "2017-09-20",
    },
}
EVIDENCE = [
    {"name": "台账", "path": "data/evidence/甲.txt", "sha256": "0" * 64, "date": "2016-01-01"},
    {"name": "内部", "archive": "无"},
    {"name": "空", "archive": "—"},
]
LAYOUT = """\
  # 缩进的文件
  id: GZ2017-001
  kind: 工作要点
  title: "一
    status: 已销号"
  source: GZ2017
  due: {text: 12月,
  date: 2017-06-30}
  links:
  - {rel: 源自,
     id: GZ2017-404}
  'lead': [审业部,
    查无部]
  status:
    推进中
  progress:
    - date: 2017-03-01
      text: 印发方案
    - date: 2017-06-01
      text: 印发 方案
"""
FIELDS: list[dict[str, Any]] = [
    {},
    {"lead": ["局办公室", "查无此部"], "assist": ["审业部", "条法处"]},
    {"due": {"text": "9月底前", "date": "2017-06-30"}},
    {"due": {"text": "9月底前", "date": "2017-09-29"}, "status": "未启动"},
    {"progress": [PROGRESS, {**PROGRESS, "date": "2017-10-19"}, {"event": "催办", **PROGRESS}]},
    {"progress": [PROGRESS, {"date": "二月", "text": ""}]},
    CLOSED,
    {**CLOSED, "kind": "巡视整改", "evidence": EVIDENCE},
    {"status": "已销号"},
    {"status": "待上会", "evidence": EVIDENCE},
    {
        "evidence": EVIDENCE,
        "links": [{"rel": "源自", "id": "GZ2017-002"}, {"rel": "子任务", "id": "无"}],
    },
    {"status": "长期坚持", "closing": {"decision": "DZH-2017-09"}},
    {"id": "GZ2017-002"},
    {"source": "GZ2018"},
    {"source": "无"},
    {"title": "\u200b", "goal": f"电话{PHONE}，{IDENTITY}", "备注": "\u202e密级：机密"},
    {"status": "结束", "no_such_key": "甲"},
    {"indicators": [{"name": "制定制度《考核办法》", "target": 1}]},
]
TASK = [
    *FIELDS,
    LAYOUT,
    LAYOUT.replace("\n", "\r\n"),
    "id: [",
    "- 甲\n",
    f"# 绝密★\nid: 甲\n# {PHONE}",
]
ITEM = {"task": "GZ2017-001", "result": "同意销号", "votes": {"for": 8, "against": 0, "abstain": 0}}
MEETING = {
    "id": "DZH-2017-01", "body": "党组会", "date": "2017-09-20", "chair": "书记", "due_members": 9,
    "present": ["书记", *(f"成员{number}" for number in range(1, 8))], "items": [ITEM],
}  # fmt: skip
MEETINGS: list[dict[str, Any] | str] = [
    MEETING,
    {**MEETING, "body": "圈阅", "recorder": PHONE},
    {**MEETING, "present": ["书记", "书 记"], "speaking_order": ["书记", "成员1"]},
    {**MEETING, "date": "2017-10-21", "corrects": "DZH-2017-09"},
    {**MEETING, "items": [ITEM, {**ITEM, "votes": {"for": 2, "against": 6, "abstain": 0}}]},
    {
        **MEETING,
        "items": [{"task": "GZ2017-404", "result": "并入"}, {"task": "甲", "result": "同意延期"}],
    },
    {**MEETING, "id": "DZH-2017-02"},
    "id: DZH-2017-01\nitems: 甲\n",
]
PATHS: dict[str, list[Any]] = {
    "ledger.yaml": CONFIGS,
    "data/sources/GZ2017.yaml": SOURCE,
    "data/sources/GZ2018.yaml": SOURCE,
    "data/tasks/GZ2017/GZ2017-001.yaml": TASK,
    "data/tasks/GZ2017/GZ2017-002.yaml": TASK,
    "data/tasks/GZ2018/GZ2017-001.yaml": TASK,
    "data/tasks/GZ2017/GZ2017-003.yml": TASK,
    "data/tasks/GZ2017/\udcff.yaml": TASK,
    "data/decisions/2017/DZH-2017-01.yaml": MEETINGS,
    "data/decisions/2017/DZH-2017-09.yaml": MEETINGS,
    "data/evidence/甲.txt": ["", "甲", "乙"],
}
EDIT = st.sampled_from(list(PATHS)).flatmap(
    lambda path: st.tuples(st.just(path), st.none() | st.sampled_from(PATHS[path]))
)
STEP = st.tuples(st.lists(EDIT, max_size=4), st.sampled_from([DAY, DAY + dt.timedelta(9)]))


def every(task: int, others: int = 0) -> list[tuple[str, Any]]:
    """Every file, with one of what it may say."""
    numbers = {path: task if "tasks" in path else others for path in PATHS}
    return [(path, some[numbers[path] % len(some)]) for path, some in PATHS.items()]


WHOLE = [
    every(6), every(-1, -1), every(7, 3), every(10, 2), every(4),
    [*every(1, 4), ("ledger.yaml", CONFIG)],
    [*every(6, 1), ("ledger.yaml", CONFIGS[5])],
    [*every(5, 2), ("ledger.yaml", CONFIGS[1])],
    [*every(15, 1), ("data/tasks/GZ2017/GZ2017-001.yaml", LAYOUT)],
    [*every(2), ("data/tasks/GZ2017/GZ2017-002.yaml", LAYOUT)],
    every(17),
    [*every(12), ("data/decisions/2017/DZH-2017-01.yaml", MEETINGS[5])],
]  # fmt: skip


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A ledger whose files come and go."""
    root = tmp_path_factory.mktemp("ledger")
    run_git(root, "init", "--quiet")
    write(root, "ledger.yaml", CONFIG)
    return open_ledger(root)


def write(root: Path, path: str, content: Any) -> None:
    """Write what a file says, or take it away."""
    place = root / path
    if content is None:
        place.unlink(missing_ok=True)
        return
    if isinstance(content, dict) and "tasks" in path:
        content = task_data({"id": place.stem.encode("ascii", "ignore").decode() or "甲"} | content)
    place.parent.mkdir(parents=True, exist_ok=True)
    text = yaml_text(content) if isinstance(content, dict) else content
    place.write_text(text, "utf-8", newline="")


def opened(ledger: Ledger, cache: Cache) -> Ledger:
    """The same as the next command opens it, with some cache."""
    return Ledger(ledger.root, ledger.repo, cache)


def of_all(ledger: Ledger, today: dt.date) -> tuple[Problem, ...]:
    """What all rules say of the whole ledger, nothing kept, each line looked up in its file."""
    listing = list_worktree(ledger.root, ledger.index)
    snapshot = read_snapshot(listing, ledger.cache)
    own = frozenset(listing.blobs.values())
    hashes = worktree_hashes(ledger, snapshot.config, own, next(iter(own), ""))
    problems = check_snapshot(snapshot, Context(snapshot.config, today, hashes))
    return in_order(with_lines(problems, listing))


@given(steps=st.lists(STEP, min_size=1, max_size=4))
def test_what_is_kept_tells_the_same(repository: Ledger, steps: list[Any]) -> None:
    """After any edits: by what was kept, with an empty cache, and by every rule on everything."""
    root, cache = repository.root, Cache(None)
    for path in PATHS:
        write(root, path, CONFIG if path == "ledger.yaml" else None)
    for edits, today in steps:
        for path, content in edits:
            write(root, path, content)
        problems = of_all(opened(repository, Cache(None)), today)
        assert check_worktree(opened(repository, cache), today).problems == problems
        assert check_worktree(opened(repository, Cache(None)), today).problems == problems


@pytest.mark.parametrize("both_cores", [False, True])
def test_every_rule_tells_the_same(
    repository: Ledger, both_cores: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On ledgers that break every rule on snapshots, by one core and by both."""
    monkeypatch.setattr(both, "can_fork", lambda: both_cores)
    monkeypatch.setattr(by_file, "_BATCH", 2)
    codes, cache = set(), Cache(None)
    for files in WHOLE:
        for path, content in files:
            write(repository.root, path, content)
        problems = check_worktree(opened(repository, cache), DAY).problems
        assert problems == of_all(opened(repository, cache), DAY)
        assert check_worktree(opened(repository, cache), DAY).problems == problems
        codes |= {each.code for each in problems}
    read = {"T001", "T002", "T008", "D001"}
    assert codes == {rule.code for rule in RULES if rule.snapshot} | read


def test_only_what_changed_is_looked_at(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is new, all tasks of a source that changed, all files when the settings did."""
    tasks = [{"id": "GZ2017-001"}, {"id": "GZ2017-002"}, {"id": "ZG2020-001"}]
    made = make_ledger(tasks)
    read: list[str] = []

    def noted(path: str, *rest: Any) -> Any:
        read.append(path)
        return parsed_file(path, *rest)

    monkeypatch.setattr(by_file, "parsed_file", noted)

    def looked_at(today: dt.date = DAY) -> int:
        read.clear()
        ledger = made.open()
        check_worktree(ledger, today)
        ledger.cache.close()
        return len(read)

    everything = len(tasks) + len(SOURCES) + 1
    assert looked_at() == everything
    assert looked_at() == looked_at(DAY + dt.timedelta(1)) == 0
    made.write_task(id="GZ2017-001", title="改了")
    assert looked_at() == 1
    made.write("data/sources/GZ2017.yaml", {**SOURCES[0], "year": 2018})
    assert looked_at() == 3
    made.write("ledger.yaml", {**CONFIG, "departments": [{"name": "审业部"}]})
    assert looked_at() == everything
    made.path("GZ2017-002").unlink()
    assert looked_at() == 0
    made.write_task(id="GZ2017-002")
    assert looked_at() == 1


@pytest.mark.parametrize(
    "damage",
    [
        "findings = ''",
        "findings = substr(findings, 1, 4) || CAST('[[]]' AS BLOB)",
        "findings = CAST(replace(findings, '6', '7') AS BLOB)",
        "findings = (SELECT findings FROM finding WHERE path < x'646174612f75')",
    ],
)
def test_damage_is_found_anew(make_ledger: MakeLedger, damage: str) -> None:
    made = make_ledger([{}, FIELDS[1], FIELDS[10]])
    ledger = made.open()
    problems = check_worktree(ledger, DAY).problems
    place = ledger.cache.where()
    ledger.cache.close()
    with closing(sqlite3.connect(str(place))) as db, db:
        db.execute(f"UPDATE finding SET {damage}")  # noqa: S608
    ledger = made.open()
    assert problems
    assert check_worktree(ledger, DAY).problems == problems
    ledger.cache.close()
