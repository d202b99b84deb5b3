"""A ledger file ends in `.yaml`: spelt otherwise it is no record, and nobody overlooks it."""

from __future__ import annotations

import datetime as dt
import subprocess
from typing import TYPE_CHECKING

import pytest

from ledger.cli.app import run
from ledger.model.paths import is_ledger_file, is_misspelt, is_record
from ledger.usecases.setup.receive import receive
from tests.conftest import LedgerFolder, run_git
from tests.forking import gated
from tests.story.judges import audited, checked
from tests.turns import turns

if TYPE_CHECKING:
    from tests.conftest import MakeClone

TASK = "data/tasks/GZ2017/GZ2017-001"
ENDINGS = (".yml", ".YAML", ".Yaml", ".YML", ".yaml ", ".yaml\u200b", ".ｙａｍｌ", ".yaｍl")
PHONE = "13800138000"
TODAY = dt.date(2017, 3, 1)


@pytest.fixture
def clone(make_clone: MakeClone) -> LedgerFolder:
    """A clone of a gated server."""
    ledger = make_clone([{"status": "推进中"}, {"status": "推进中"}])
    gated(ledger.root.parent / "server.git")
    return ledger


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_judge_names_it(
    ending: str, clone: LedgerFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    path = f"{TASK}{ending}"
    (clone.root / f"{TASK}.yaml").rename(clone.root / path)
    folder = ("-C", str(clone.root))
    for command in ("list", "due", "status", "check"):
        assert run([*folder, "--today", TODAY.isoformat(), command]) == 1
        captured = capsys.readouterr()
        assert "T001" in captured.out + captured.err
        assert "文件名要以 .yaml 结尾" in captured.out + captured.err
    assert run([*folder, "progress", "GZ2017-001", "--text", "已办"]) != 0
    clone.commit("改名")
    assert "T001" in {each.code for each in checked(clone, TODAY)}
    assert "T001" in audited(clone)
    assert "T001" in pushed(clone)


def received(clone: LedgerFolder) -> str:
    """The rules by which the server's gate refuses the clone's newest commit, asked in place."""
    server = clone.root.parent / "server.git"
    run_git(server, "fetch", "--quiet", str(clone.root), "HEAD")  # no hook asks about that
    old, new = clone.git("rev-parse", "origin/main", "HEAD").split()
    now = dt.datetime.combine(TODAY, dt.time(9), dt.UTC)
    verdicts = receive(server, [f"{old} {new} refs/heads/main\n"], now)
    return " ".join(problem.code for each in verdicts for problem in each.problems)


def pushed(clone: LedgerFolder) -> str:
    """What the server says, which refuses."""
    push = ("git", "push", "origin", "HEAD:refs/heads/main")
    done = subprocess.run(push, cwd=clone.root, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    return done.stderr


@pytest.mark.parametrize(
    ("ending", "severity"), turns(ENDINGS, ("", "rules: {T001: 关闭, S002: 提示}\n"))
)
def test_no_secret_gets_in_under_another_name(
    severity: str, ending: str, clone: LedgerFolder
) -> None:
    if severity:
        text = (clone.root / "ledger.yaml").read_text("utf-8")
        clone.write("ledger.yaml", text + severity)
    clone.write(f"{TASK}-a{ending}", f"id: GZ2017-001-a\nnote: {PHONE}\n")
    clone.commit("夹带")
    assert {"T001", "S002"} <= {each.code for each in checked(clone, TODAY)}
    assert "T001" in received(clone)


CONFIGS = ("ledger.yml", "Ledger.yaml", "Ledger.yml", "LEDGER.YML", "ledger.YMl", "lEdger.yaml",
           "ledger.yml ", "ledger.yaml\u200b", "ledger.ｙａｍｌ")  # fmt: skip


@pytest.mark.parametrize("name", CONFIGS)
def test_another_configuration_is_none(
    name: str, clone: LedgerFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    if (clone.root / name).exists():  # where cases are one
        return
    clone.write(name, f"policies: {{self_merge: 允许}}  # {PHONE}\n")
    assert run(["-C", str(clone.root), "check"]) == 1
    assert "T001" in capsys.readouterr().out
    assert run(["-C", str(clone.root), "check", "--base", "origin/main"]) == 1
    assert "T001" in capsys.readouterr().out
    clone.commit("另一份配置")
    (named,) = [each for each in checked(clone, TODAY) if each.code == "T001"]
    assert (named.message, named.hint) == (
        "读不了：文件名要写成 ledger.yaml",
        "请改名为 ledger.yaml，或删去",
    )
    assert "T001" in audited(clone)
    assert "T001" in received(clone)


@pytest.mark.parametrize("path", ["data/Tasks/GZ2017/GZ2017-009.yaml", "Data/tasks/x.yaml"])
def test_what_passes_for_a_folder_of_the_ledger_is_named_before_it_is_committed(
    path: str, clone: LedgerFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    clone.write(path, f"id: GZ2017-009  # {PHONE}\n")
    for commit in (False, True):
        if commit:
            clone.commit("夹带")
        assert run(["-C", str(clone.root), "check", "--base", "origin/main"]) == 1
        assert "T001" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "file", "record"),
    [
        ("ledger.yaml", True, True),
        ("ledger.yml", True, False),
        (f"{TASK}.yaml", True, True),
        (f"{TASK}.yml", True, False),
        (f"{TASK}.YAML", True, False),
        ("data/sources/GZ2017.yaml", True, True),
        ("data/decisions/2017/A.YML", True, False),
        ("data/tasks/GZ2017/.GZ2017-001.yaml", False, False),
        ("data/tasks/GZ2017/readme.md", False, False),
        ("data/tasks/GZ2017/GZ2017-001.yaml.orig", False, False),
        ("data/tasksx/GZ2017-001.yaml", False, False),
        ("data/evidence/a.yaml", False, False),
        ("other.yaml", False, False),
    ],
)
def test_one_answer(path: str, file: bool, record: bool) -> None:
    assert (is_ledger_file(path), is_record(path)) == (file, record)
    assert not file or is_misspelt(path) is not record
