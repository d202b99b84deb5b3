"""The CI workflows that are written, run as a forge's runner would: their own lines, in a clone."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ledger.model.config import Gate
from ledger.usecases.gating import CHECK, CI, gate_files

if TYPE_CHECKING:
    from tests.conftest import MakeLedger
    from tests.story.conftest import Private, Served

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALL = "安装 ledger"  # the step that is left out: the program is there already


def workflow(kind: str, settings: Gate | None = None) -> dict[str, Any]:
    path, content = next(iter(gate_files([kind], settings or Gate())))
    assert path.endswith((".yml", ".yaml"))
    found = yaml.safe_load(content)
    assert isinstance(found, dict)
    return found


def actions(found: Mapping[Any, Any], values: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The lines of a workflow of Forgejo, Gitea or GitHub, each with its environment."""
    (event,) = found[True].items()  # `on` is a truth value in YAML 1.1
    again = ["opened", "synchronize", "reopened", "edited"]  # edited: for another branch, too
    assert event == ("pull_request_target", {"types": again})
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
def runner(asked: Served, tmp_path: Path) -> Path:
    """A fresh clone, as GitLab's runner makes it before it runs the lines."""
    place = tmp_path / "runner"
    asked.folder.git("clone", "--quiet", str(asked.server), str(place))
    return place


ACTIONS = [kind for kind in CI if kind != "gitlab"]


@pytest.mark.parametrize("kind", ACTIONS)
def test_actions(
    kind: str,
    asked: Served,
    tmp_path: Path,
    ledger_program: Path,
    plain_environment: dict[str, str],
) -> None:
    """From an empty folder, which a runner may keep for the next time."""
    (tmp_path / "runner").mkdir()
    environment = plain_environment | {"RUNNER_TEMP": str(ledger_program.parent.parent.parent)}
    verdicts = {}
    for number in ("1", "2"):
        values = {
            "github.server_url": f"file://{asked.server.parent}",
            "github.repository": asked.server.stem,
            "github.event.pull_request.base.ref": "main",
            "github.event.pull_request.number": number,
            "github.token": "secret",
        }
        lines = actions(workflow(kind), values)
        verdicts[number] = run_lines(tmp_path / "runner", lines, environment)
    assert verdicts["1"][0] == 1, verdicts["1"][1]
    assert "::error file=data/tasks/ZG2020/ZG2020-001.yaml" in verdicts["1"][1]
    assert "title=C002::" in verdicts["1"][1]
    assert verdicts["2"][0] == 0, verdicts["2"][1]


def test_a_private_repository_is_fetched_with_the_token_of_the_job(
    asked_privately: Private, tmp_path: Path, plain_environment: dict[str, str]
) -> None:
    """The token is used for the one fetch, is in no file afterwards, and nobody is prompted."""
    (fetching, given), *_ = actions(
        workflow("gitea"),
        {
            "github.server_url": asked_privately.address,
            "github.repository": "ledger",
            "github.event.pull_request.base.ref": "main",
            "github.event.pull_request.number": "2",
            "github.token": asked_privately.token,
        },
    )
    environment = plain_environment | workflow("gitea")["jobs"]["check"]["env"]
    place = tmp_path / "runner"
    place.mkdir()
    wrong = run_lines(place, iter([(fetching, given | {"TOKEN": "wrong"})]), environment)
    assert wrong[0] != 0
    assert not (place / "ledger.yaml").exists()
    done = run_lines(place, iter([(fetching, given)]), environment)
    assert done == (0, "")
    assert (place / "ledger.yaml").exists()
    written = b"".join(each.read_bytes() for each in place.rglob("*") if each.is_file())
    assert asked_privately.token.encode() not in written


@pytest.mark.parametrize("kind", CI)
def test_what_every_workflow_holds_to(kind: str) -> None:
    """One name of the check, a time limit, least rights, nobody else's code."""
    found = workflow(kind)
    text = next(iter(gate_files([kind], Gate())))[1].decode()
    assert "uses:" not in text
    if kind == "gitlab":
        assert (CHECK, found[CHECK]["timeout"]) in [(name, "10 minutes") for name in found]
        assert found[CHECK]["variables"]["GIT_TERMINAL_PROMPT"] == "0"
        return
    assert found["permissions"] == {"contents": "read"}
    (job,) = found["jobs"].values()
    assert (found["name"], job["name"], job["timeout-minutes"]) == (CHECK, CHECK, 10)
    assert job["env"] == {"GIT_TERMINAL_PROMPT": "0"}


INTRANET = Gate(
    package="ledger==0.2.0", index="https://pypi.example/simple", runner="audit", image="own/py:3"
)


@pytest.mark.parametrize("kind", CI)
def test_an_intranet_says_where_things_are(kind: str) -> None:
    text = next(iter(gate_files([kind], INTRANET)))[1].decode()
    assert '--index-url "https://pypi.example/simple" "${LEDGER_PACKAGE:?' in text
    if kind == "gitlab":
        (job,) = workflow(kind, INTRANET).values()
        assert (job["image"], job["tags"]) == ("own/py:3", ["audit"])
        assert job["variables"]["LEDGER_PACKAGE"] == "ledger==0.2.0"
        return
    (job,) = workflow(kind, INTRANET)["jobs"].values()
    assert job["runs-on"] == "audit"
    (install,) = (each for each in job["steps"] if each["name"] == INSTALL)
    assert install["env"] == {"LEDGER_PACKAGE": "${{ vars.LEDGER_PACKAGE || 'ledger==0.2.0' }}"}


def test_a_folder_of_wheels_asks_no_index() -> None:
    text = next(iter(gate_files(["gitea"], Gate(index="/srv/wheels"))))[1].decode()
    assert '--no-index --find-links "/srv/wheels" "${LEDGER_PACKAGE:?' in text


@pytest.mark.parametrize("value", ["a; rm -rf /", "$(id)", "`id`", "a b", "x'", 'x"', "${{ y }}"])
def test_what_a_shell_would_run_is_no_place_to_install_from(
    value: str, make_ledger: MakeLedger
) -> None:
    found = make_ledger(config={"gate": {"package": value}}).load()
    assert found.config.gate.package == ""
    assert [each.code for each in found.problems if each.path == "ledger.yaml"] == ["T002"]


def test_gitlab(
    served: Served, runner: Path, ledger_program: Path, plain_environment: dict[str, str]
) -> None:
    (job,) = (each for each in workflow("gitlab").values() if "script" in each)
    assert job["variables"]["GIT_DEPTH"] == "0"
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
    ((_, content),) = (each for each in gate_files([], Gate()))
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
    """No address of a package index is written into anybody's repository unasked."""
    text = next(iter(gate_files([kind], Gate())))[1].decode()
    assert text.count("/pip") == 1
    assert 'install --quiet "${LEDGER_PACKAGE:?' in text
    assert not re.search(r"https?://", text)
