"""The CI workflows that are written, run as a forge's runner would: their own lines, in a clone."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ledger.usecases.gating import CI, gate_files

if TYPE_CHECKING:
    from tests.story.conftest import Served

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALL = "安装 ledger"  # the step that is left out: the program is there already


def workflow(kind: str) -> dict[str, Any]:
    path, content = next(iter(gate_files([kind])))
    assert path.endswith((".yml", ".yaml"))
    found = yaml.safe_load(content)
    assert isinstance(found, dict)
    return found


def actions(found: Mapping[Any, Any], values: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The lines of a workflow of Forgejo, Gitea or GitHub, each with its environment."""
    assert found[True] == {"pull_request_target": None}  # `on` is a truth value in YAML 1.1
    (job,) = found["jobs"].values()
    for step in job["steps"]:
        if "run" in step and step["name"] != INSTALL:
            given = step.get("env", {})
            yield step["run"], {key: values[_inside(text)] for key, text in given.items()}


def _inside(expression: str) -> str:
    (name,) = re.findall(r"^\$\{\{ (.+) \}\}$", expression)
    return str(name)


def run_lines(folder: Path, lines: Iterator[tuple[str, Any]], environment: Any) -> tuple[int, str]:
    """The exit code and output of lines, the first that fails ending it."""
    said = ""
    for line, more in lines:
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", line],
            cwd=folder,
            env=environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        said += done.stdout + done.stderr
        if done.returncode:
            return done.returncode, said
    return 0, said


@pytest.fixture
def runner(served: Served, tmp_path: Path) -> Path:
    """A fresh clone; the pull requests 1 (a cheat) and 2 (an honest closing) are on the server."""
    for number, commit in enumerate((served.cheat, served.good), 1):
        served.folder.git("push", "--quiet", "origin", f"{commit}:refs/pull/{number}/head")
    place = tmp_path / "runner"
    served.folder.git("clone", "--quiet", str(served.server), str(place))
    return place


@pytest.mark.parametrize("kind", [kind for kind in CI if kind != "gitlab"])
def test_actions(
    kind: str, runner: Path, ledger_program: Path, plain_environment: dict[str, str]
) -> None:
    environment = plain_environment | {"RUNNER_TEMP": str(ledger_program.parent.parent.parent)}
    found = workflow(kind)
    verdicts = {}
    for number in ("1", "2"):
        lines = actions(found, {"github.event.pull_request.number": number})
        verdicts[number] = run_lines(runner, lines, environment)
    assert verdicts["1"][0] == 1
    assert "::error file=data/tasks/ZG2020/ZG2020-001.yaml" in verdicts["1"][1]
    assert "title=C002::" in verdicts["1"][1]
    assert verdicts["2"][0] == 0, verdicts["2"][1]
    checkout = found["jobs"]["check"]["steps"][0]
    assert checkout["with"]["ref"] == "refs/heads/${{ github.event.pull_request.base.ref }}"
    assert checkout["with"]["fetch-depth"] == 0


def test_gitlab(
    served: Served, runner: Path, ledger_program: Path, plain_environment: dict[str, str]
) -> None:
    (job,) = (each for each in workflow("gitlab").values() if "script" in each)
    assert job["variables"] == {"GIT_DEPTH": "0"}
    (runner / ".ledger-venv").symlink_to(ledger_program.parent.parent)
    run = served.folder.git
    verdicts = []
    for number, commit in enumerate((served.cheat, served.good), 1):
        run("-C", str(runner), "fetch", "--quiet", "origin", f"refs/pull/{number}/head")
        run("-C", str(runner), "checkout", "--quiet", "--detach", commit)
        given = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_COMMIT_SHA": commit}
        lines = ((line, {}) for line in job["script"])
        verdicts.append((run_lines(runner, lines, plain_environment | given)[0], _report(runner)))
    (cheat, told), (good, silent) = verdicts
    assert cheat == 1
    assert '<testcase classname="ledger" name="C002' in told
    assert "C002 ZG2020-001" in told
    assert good == 0
    assert "<failure>" not in silent


def _report(runner: Path) -> str:
    return (runner / "ledger.xml").read_text(encoding="utf-8")


def test_before_a_commit(
    served: Served, ledger_program: Path, plain_environment: dict[str, str]
) -> None:
    """The line that pre-commit runs: it looks at what is about to be committed, not at old sins."""
    ((_, content),) = (each for each in gate_files([]))
    (hook,) = yaml.safe_load(content)["repos"][0]["hooks"]
    (offered,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert offered["entry"] == hook["entry"]
    path = f"{ledger_program.parent}:{plain_environment['PATH']}"
    served.folder.write_task(id="ZG2020-009", due=None, status="已销号")  # closed by nobody
    served.folder.commit("旧账")
    verdicts = []
    for status in ("推进中", "待上会"):
        served.folder.write_task(id="ZG2020-010", due=None, status=status)
        line = iter([(hook["entry"], {"PATH": path})])
        verdicts.append(run_lines(served.folder.root, line, plain_environment))
    (honest, _), (cheat, said) = verdicts
    assert (honest, cheat) == (0, 1)
    assert "C001 ZG2020-010" in said


@pytest.mark.parametrize("kind", CI)
def test_the_program_comes_from_where_the_ledger_says(kind: str) -> None:
    """No address of a package index is written into anybody's repository."""
    text = next(iter(gate_files([kind])))[1].decode()
    assert text.count("pip") == 1
    assert 'install "${LEDGER_PACKAGE:?' in text
    assert not re.search(r"https?://", text)
