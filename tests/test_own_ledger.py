"""The repository is itself a small ledger: what README's first command shows must stay true."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from ledger.cli.app import run
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import open_ledger
from ledger.usecases.writing.draft import due_of

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the checkout: the repository itself is never written to."""
    folder = tmp_path_factory.mktemp("own") / "ledger"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


def rows(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, str]]:
    assert run(["-C", str(folder), *words, "--json"]) == 0
    listed: list[dict[str, str]] = json.loads(capsys.readouterr().out)
    return listed


def test_about_eighty_tasks_of_two_sources(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = rows(own, capsys, "list")
    assert 70 <= len(listed) <= 100
    assert {row["source"] for row in listed} == {"GZ2017", "ZG2020"}
    assert all(len(row["title"]) <= 30 for row in listed)
    assert len({row["title"] for row in listed}) == len(listed)


def test_the_first_command_tells_something(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = rows(own, capsys, "--today", "2017-10-20", "due", "--dept", "审业部")
    assert [row["light"] for row in listed] == ["红"] * 5 + ["黄"] * 2
    assert all("审业部" in (*row["lead"], *row["assist"]) for row in listed)


def test_every_rule_holds(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(own), "--today", "2021-12-31", "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["errors"] == 0


def test_time_limits_are_read_as_the_files_say(own: Path) -> None:
    snapshot = load(open_ledger(own))
    assert snapshot.problems == ()
    for entry in snapshot.tasks:
        task, source = entry.record, snapshot.source_by_id[entry.record.source].record
        due, _ = due_of(task.due.text, source.year or 0, source.issued, snapshot.config.calendar)
        assert due == task.due, entry.path


def test_every_reading_command_runs_in_every_form(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    total = len(rows(own, capsys, "list"))
    for command in (
        ("list",),
        ("due",),
        ("status",),
        ("show", "GZ2017-022"),
        ("list", "--at", "HEAD"),
    ):
        for form in ("table", "json", "csv", "md"):
            assert run(["-C", str(own), "--today", "2017-10-20", *command, "--format", form]) == 0
            captured = capsys.readouterr()
            assert captured.out
            assert captured.err == ""
    assert run(["-C", str(own), "--today", "2017-10-20"]) == 0
    assert f"共 {total} 项" in capsys.readouterr().out
    assert run(["-C", str(own), "doctor"]) in (0, 1)  # 1 where git knows nobody
    assert f"{total} 个事项、2 个来源" in capsys.readouterr().out
