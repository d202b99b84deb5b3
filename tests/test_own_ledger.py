"""The repository is itself a small ledger: every reading command runs on a fresh checkout of it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.app import run
from ledger.model.config import Config
from ledger.model.decode import decode
from ledger.model.snapshot import Snapshot
from ledger.model.task import ENDED
from ledger.usecases.drafting import due_of
from ledger.usecases.reading import load, open_ledger

ROOT = Path(__file__).resolve().parent.parent
TODAY = "2017-10-20"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger's own files as they stand in this checkout, committed in a repository."""
    root = tmp_path_factory.mktemp("own")
    for name in ("ledger.yaml", "data", "templates", ".gitattributes"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name)
        elif source.is_file():
            shutil.copy2(source, root / name)
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    for command in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "x")):
        subprocess.run(["git", *identity, *command], cwd=root, check=True)
    return root


@pytest.fixture(scope="module")
def snapshot(copy: Path) -> Snapshot:
    return load(open_ledger(copy))


def printed(capsys: pytest.CaptureFixture[str], copy: Path, *arguments: str) -> str:
    """What a command prints; it must succeed without a word on stderr."""
    capsys.readouterr()
    code = run(["-C", str(copy), "--today", TODAY, *arguments])
    said = capsys.readouterr()
    assert (code, said.err) == (0, "")
    return said.out


def rows(capsys: pytest.CaptureFixture[str], copy: Path, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(printed(capsys, copy, *arguments, "--json"))
    return found


def test_first_look_is_telling(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, copy, "due", "--dept", "审业部").splitlines()
    assert lines[0].startswith(f"审业部 {TODAY}：逾期 ")
    found = rows(capsys, copy, "due", "--dept", "审业部")
    assert len(lines) == len(found) + 2
    assert any(row["days_left"] < 0 for row in found)
    assert any(row["days_left"] >= 0 for row in found)
    assert all("审业部" in row["lead"] + row["assist"] for row in found)
    assert [row["days_left"] for row in found] == sorted(row["days_left"] for row in found)


def test_about_eighty_tasks_of_two_sources(
    copy: Path, snapshot: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert snapshot.problems == ()
    assert 75 <= len(snapshot.tasks) <= 100
    assert {entry.record.id for entry in snapshot.sources} == {"GZ2017", "ZG2020"}
    listed = rows(capsys, copy, "list")
    counted = json.loads(printed(capsys, copy, "status", "--json"))
    assert counted["total"] == len(listed) == len(snapshot.tasks)
    assert counted["closed"] == sum(row["status"] == "已销号" for row in listed) > 0
    assert len({row["status"] for row in listed}) >= 5
    assert {"红", "黄", "绿", "蓝"} <= {row["light"] for row in listed}


def test_every_reading_command_runs(
    copy: Path, snapshot: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("table", "json", "csv", "md"):
        for command in (("list",), ("due",), ("status",), ("show", snapshot.tasks[0].record.id)):
            assert printed(capsys, copy, *command, "--format", form)
    assert printed(capsys, copy).startswith("国家知识产权局 台账")
    assert printed(capsys, copy, "list", "--at", "HEAD")


def test_titles_are_short(snapshot: Snapshot) -> None:
    long = [entry.record.title for entry in snapshot.tasks if len(entry.record.title) > 30]
    assert long == []
    titles = [entry.record.title for entry in snapshot.tasks]
    assert len(set(titles)) == len(titles)


def test_time_limits_are_read_as_the_files_say(snapshot: Snapshot) -> None:
    differ = {}
    for entry in snapshot.tasks:
        task, source = entry.record, snapshot.source_by_id[entry.record.source].record
        due, _ = due_of(task.due.text, source.year or 0, source.issued, snapshot.config.calendar)
        if due != task.due:
            differ[task.id] = (task.due, due)
    assert differ == {}


def test_work_logs_are_in_order_and_within_their_time(snapshot: Snapshot) -> None:
    for entry in snapshot.tasks:
        days = [progress.date or dt.date.min for progress in entry.record.progress]
        assert days == sorted(days), entry.path
        if entry.record.status in ENDED and entry.record.closing:
            assert entry.record.closing.date


def test_configuration_has_every_department_once(snapshot: Snapshot) -> None:
    names = [n for each in snapshot.config.departments for n in (each.name, *each.aliases)]
    assert len(set(names)) == len(names)
    assert decode(Config, {}, []) is not None
    used = {n for e in snapshot.tasks for n in (*e.record.lead, *e.record.assist)}
    assert used <= {each.name for each in snapshot.config.departments}
