"""The repository is itself a small ledger: what README's first command shows must stay true."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from ledger.cli.app import run

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
