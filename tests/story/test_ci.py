"""The CI workflows that are written, run as a forge's runner would: their own lines, in a clone."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ledger.errors import LedgerError
from ledger.model.config import Gate
from ledger.usecases.setup.gate import CHECK, gate_files

if TYPE_CHECKING:
    from tests.conftest import MakeLedger
    from tests.story.conftest import Private, Served

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALL = "安装 ledger"
PYTHON = """#!/bin/sh
# The real one, and a venv without its pip: that one installs the program of this test.
if [ -n "$REAL_VENV" ]; then {python} "$@" --without-pip || exit; fi
for place; do :; done  # the last argument
mkdir -p "$place/bin"
cat > "$place/bin/pip" <<'END'
#!/bin/sh
echo "$@" > {log}
ls -A >> {log}
cp {program} "$(dirname "$0")/ledger"
END
chmod +x "$place/bin/pip"
"""
REAL = {"REAL_VENV": "1"}
HOSTILE = (
    *(f"{name}.py" for name in ("venv", "ensurepip", "logging", "subprocess", "sitecustomize")),
    *("ledger/__init__.py", "ledger/__main__.py", "yaml.py", ".ledger-venv/bin/ledger"),
    *(".ledger-venv/lib/python3.12/site-packages/sitecustomize.py", "setup.py", "ledger.xml/x"),
)
"""Files that a program started in their folder might run."""


def workflow(kind: str, settings: Gate | None = None) -> dict[str, Any]:
    path, content = next(iter(gate_files([kind], settings or Gate())))
    assert path.endswith((".yml", ".yaml"))
    flow = yaml.safe_load(content)
    assert isinstance(flow, dict)
    return flow


def actions(flow: Mapping[Any, Any], values: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The lines of a workflow of Forgejo, Gitea or GitHub, each with its environment."""
    (event,) = flow[True].items()  # `on` is a truth value in YAML 1.1
    again = ["opened", "synchronize", "reopened", "edited"]  # edited: for another branch, too
    assert event == ("pull_request_target", {"types": again})
    (job,) = flow["jobs"].values()
    known = {"vars.LEDGER_PACKAGE": "ledger"} | values
    for step in job["steps"]:
        given = step.get("env", {})
        yield step["run"], job["env"] | {key: known[_inside(text)] for key, text in given.items()}


def values_of(asked: Served, number: str) -> dict[str, str]:
    """What a forge fills into a workflow for a pull request."""
    return {
        "github.server_url": f"file://{asked.server.parent}",
        "github.repository": asked.server.stem,
        "github.event.pull_request.base.ref": "main",
        "github.event.pull_request.number": number,
        "github.token": "secret",
    }


def _inside(expression: str) -> str:
    (name,) = re.findall(r"^\$\{\{ (.+) \}\}$", expression)
    return str(name)


def run_lines(folder: Path, lines: Iterator[tuple[str, Any]], environment: Any) -> tuple[int, str]:
    """The exit code and output of lines, the first that fails ending it."""
    output = ""
    for line, more in lines:
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", line],
            cwd=folder,
            env=environment | more,
            capture_output=True,
            text=True,
            check=False,
        )
        output += done.stdout + done.stderr
        if done.returncode:
            return done.returncode, output
    return 0, output


@pytest.fixture
def runner(asked: Served, tmp_path: Path) -> Path:
    """A fresh clone, as GitLab's runner makes it before it runs the lines."""
    place = tmp_path / "runner"
    asked.folder.git("clone", "--quiet", str(asked.server), str(place))
    return place


@dataclass(frozen=True, slots=True)
class Machine:
    """A runner's machine: what pip was called with, where, and its lines' environment."""

    environment: dict[str, str]
    log: Path


@pytest.fixture
def machine(tmp_path: Path, ledger_program: Path, plain_environment: dict[str, str]) -> Machine:
    """A machine whose venvs get the program of this test in place of one from an index."""
    shims, log, temporary = tmp_path / "shims", tmp_path / "pip.log", tmp_path / "temporary"
    for place in (shims, temporary):
        place.mkdir()
    text = PYTHON.format(python=sys.executable, program=ledger_program, log=log)
    (shims / "python3").write_text(text, encoding="utf-8")
    (shims / "python3").chmod(0o755)
    own = {
        "PATH": f"{shims}:{plain_environment['PATH']}",
        "RUNNER_TEMP": str(temporary),
        "TMPDIR": str(temporary),
        "LEDGER_PACKAGE": "ledger",
    }
    return Machine(plain_environment | own, log)


ACTIONS = ["forgejo", "gitea", "github"]
CI = [*ACTIONS, "gitlab"]


@pytest.mark.parametrize("kind", ACTIONS)
def test_actions(kind: str, asked: Served, tmp_path: Path, machine: Machine) -> None:
    """From an empty folder, on a machine that keeps what there is for the next time."""
    (tmp_path / "runner").mkdir()
    verdicts = {}
    for number in ("1", "2"):
        lines = actions(workflow(kind), values_of(asked, number))
        verdicts[number] = run_lines(tmp_path / "runner", lines, machine.environment)
    assert verdicts["1"][0] == 1, verdicts["1"][1]
    assert "::error file=data/tasks/ZG2020/ZG2020-001.yaml" in verdicts["1"][1]
    assert "title=C002::" in verdicts["1"][1]
    assert verdicts["2"][0] == 0, verdicts["2"][1]
    assert machine.log.read_text(encoding="utf-8") == "install --quiet --no-input -- ledger\n"


def hostile(place: Path, trap: Path) -> None:
    """Files that tell when something runs them."""
    for name in HOSTILE:
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        python = f"open({str(trap)!r}, 'a').write({name!r})\n"
        shell = f"#!/bin/sh\necho {name} >> {trap}\n"
        file.write_text(python if name.endswith(".py") else shell, encoding="utf-8")
        file.chmod(0o755)


def hooked(repository: Path, trap: Path) -> None:
    """A repository's own hooks and settings that tell when git runs them."""
    script = repository / "hooks" / "post-checkout"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"#!/bin/sh\necho hook >> {trap}\n", encoding="utf-8")
    script.chmod(0o755)
    with (repository / "config").open("a", encoding="utf-8") as file:
        file.write(f'[core]\n\tfsmonitor = "{script}"\n')


def test_nothing_that_lies_in_the_working_folder_is_run(
    asked: Served, tmp_path: Path, machine: Machine
) -> None:
    """A runner may keep that folder, and workflows of a request's own have been in it."""
    place, trap = tmp_path / "runner", tmp_path / "trap"
    asked.folder.git("init", "--quiet", str(place))
    hostile(place, trap)
    hooked(place / ".git", trap)
    lines = actions(workflow("gitea"), values_of(asked, "2"))
    done = run_lines(place, lines, machine.environment | REAL)
    assert done[0] == 0, done[1]
    assert not trap.exists(), trap.read_text()


def ask_hostile(asked: Served, trap: Path) -> str:
    """The commit of a cheat that brings files to be run, a filter and a submodule with it."""
    git = asked.folder.git
    git("switch", "--quiet", "--detach", asked.cheat)
    hostile(asked.folder.root, trap)
    asked.folder.write(".gitattributes", "* filter=lfs\n")
    asked.folder.write(".lfsconfig", "[lfs]\n\turl = https://evil.example\n")
    asked.folder.write(".gitmodules", '[submodule "x"]\n\tpath = x\n\turl = ../x\n')
    git("add", "--force", "--", *HOSTILE, ".gitattributes", ".lfsconfig", ".gitmodules")
    git("commit", "--quiet", "--message", "夹带")
    commit = git("rev-parse", "HEAD").strip()
    git("push", "--quiet", "origin", f"{commit}:refs/pull/3/head")
    git("switch", "--quiet", "main")
    return commit


def test_what_a_request_brings_is_data_to_actions(
    asked: Served, tmp_path: Path, machine: Machine
) -> None:
    trap = tmp_path / "trap"
    ask_hostile(asked, trap)
    (tmp_path / "runner").mkdir()
    lines = actions(workflow("gitea"), values_of(asked, "3"))
    code, output = run_lines(tmp_path / "runner", lines, machine.environment | REAL)
    assert code == 1, output
    assert "title=C002::" in output
    assert not trap.exists(), trap.read_text()


def test_what_a_request_brings_is_data_to_gitlab(
    asked: Served, runner: Path, tmp_path: Path, machine: Machine
) -> None:
    """Here the runner has checked out the request before the first line."""
    trap, victim = tmp_path / "trap", tmp_path / "victim"
    commit = ask_hostile(asked, trap)
    git = asked.folder.git
    git("-C", str(runner), "fetch", "--quiet", "origin", "refs/pull/3/head")
    git("-C", str(runner), "checkout", "--quiet", "--detach", commit)
    code, output = gitlab_lines(runner, commit, Machine(machine.environment | REAL, machine.log))
    assert code == 1, output
    assert not (runner / "ledger.xml").is_dir(), output
    assert "C002 ZG2020-001" in _report(runner)
    assert not trap.exists(), trap.read_text()
    assert machine.log.read_text(encoding="utf-8") == (
        "install --quiet --no-input -- ledger\nledger\n"  # nothing but the venv lies there
    )
    git("-C", str(runner), "checkout", "--quiet", "--force", "--detach", asked.good)
    (runner / "ledger.xml").unlink()
    (runner / "ledger.xml").symlink_to(victim)
    assert gitlab_lines(runner, asked.good, machine)[0] == 0
    assert not victim.exists()


@pytest.mark.parametrize("kind", ["gitea", "gitlab"])
def test_a_filter_that_the_machine_has_is_not_run(
    kind: str, asked: Served, runner: Path, machine: Machine, tmp_path: Path
) -> None:
    """Git LFS would fetch what is kept there, without the token: it is not wanted for judging."""
    git = asked.folder.git
    asked.folder.write(".gitattributes", "data/** filter=lfs\n")
    asked.folder.commit("大文件")
    git("push", "--quiet", "origin", "main")
    settings = tmp_path / "gitconfig"
    settings.write_text('[filter "lfs"]\n\tsmudge = false\n\trequired = true\n', "utf-8")
    given = Machine(machine.environment | {"GIT_CONFIG_GLOBAL": str(settings)}, machine.log)
    if kind == "gitlab":
        git("-C", str(runner), "fetch", "--quiet", "origin", "refs/pull/2/head")
        code, output = gitlab_lines(runner, asked.good, given)
    else:
        lines = actions(workflow(kind), values_of(asked, "2"))
        code, output = run_lines(runner, lines, given.environment)
    assert code == 0, output


def test_a_private_repository_is_fetched_with_the_token_of_the_job(
    asked_privately: Private, tmp_path: Path, machine: Machine
) -> None:
    """The token is used for the one fetch, is in no file afterwards, and nobody is prompted."""
    (installing, fetching, *_) = actions(
        workflow("gitea"),
        {
            "github.server_url": asked_privately.address,
            "github.repository": "ledger",
            "github.event.pull_request.base.ref": "main",
            "github.event.pull_request.number": "2",
            "github.token": asked_privately.token,
        },
    )
    assert "TOKEN" not in installing[1]
    (tmp_path / "runner").mkdir()
    place = tmp_path / "temporary"
    wrong = (fetching[0], fetching[1] | {"TOKEN": "wrong"})
    done = run_lines(tmp_path / "runner", iter([installing, wrong]), machine.environment)
    assert done[0] != 0
    assert not (place / "ledger-data" / "ledger.yaml").exists()
    done = run_lines(tmp_path / "runner", iter([installing, fetching]), machine.environment)
    assert done == (0, "")
    assert (place / "ledger-data" / "ledger.yaml").exists()
    written = b"".join(
        each.read_bytes()
        for folder in (place / "ledger-data", tmp_path / "runner")
        for each in folder.rglob("*")
        if each.is_file()
    )
    assert asked_privately.token.encode() not in written


@pytest.mark.parametrize("kind", CI)
def test_what_every_workflow_holds_to(kind: str) -> None:
    """One name of the check, a time limit, least rights, nobody else's code."""
    flow = workflow(kind)
    text = next(iter(gate_files([kind], Gate())))[1].decode()
    assert "uses:" not in text
    if kind == "gitlab":
        assert (CHECK, flow[CHECK]["timeout"]) in [(name, "10 minutes") for name in flow]
        given = flow[CHECK]["variables"]
        assert given["GIT_TERMINAL_PROMPT"] == "0"
        assert given["GIT_SUBMODULE_STRATEGY"] == "none"
        return
    assert flow["permissions"] == {"contents": "read"}
    (job,) = flow["jobs"].values()
    assert (flow["name"], job["name"], job["timeout-minutes"]) == (CHECK, CHECK, 10)
    assert job["env"] == {"GIT_TERMINAL_PROMPT": "0", "PYTHONSAFEPATH": "1"}
    for step in job["steps"]:  # what a branch or a title is called reaches no shell as its words
        assert "${{" not in step["run"]


INTRANET = Gate(
    package="ledger==0.2.0", index="https://pypi.example/simple", runner="audit", image="own/py:3"
)


@pytest.mark.parametrize("kind", CI)
def test_an_intranet_says_where_things_are(kind: str) -> None:
    text = next(iter(gate_files([kind], INTRANET)))[1].decode()
    assert '--index-url "https://pypi.example/simple" -- "${LEDGER_PACKAGE:?' in text
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
    assert '--no-index --find-links "/srv/wheels" -- "${LEDGER_PACKAGE:?' in text


@pytest.mark.parametrize(
    "settings",
    [
        *(Gate(package=each) for each in ("wheels/ledger.whl", "./ledger", "../ledger", ".", "..")),
        *(Gate(package=each) for each in ("ledger-0.2-py3-none-any.whl", "ledger-0.2.tar.gz")),
        *(Gate(package=each) for each in ("file:wheels/a.whl", "-e", "--index-url=//evil.example")),
        *(Gate(index=each) for each in ("wheels", "./wheels", "../wheels", "file:wheels", "-f")),
    ],
)
def test_no_place_that_hangs_on_the_folder_it_is_looked_for_from(
    settings: Gate, make_ledger: MakeLedger
) -> None:
    """It would lie in what the request brings, and the request would bring the judge."""
    (named,) = (f"gate.{key}" for key in ("package", "index") if getattr(settings, key))
    with pytest.raises(LedgerError) as caught:
        dict(gate_files(["gitlab"], settings))
    assert named in caught.value.message
    assert "/srv/wheels" in caught.value.hint


@pytest.mark.parametrize(
    "settings",
    [
        *(Gate(package=each) for each in ("ledger", "ledger==0.2.0", "ledger[pdf]==0.2")),
        *(Gate(package=each) for each in ("/srv/w/ledger.whl", "https://a.example/ledger.whl")),
        *(
            Gate(package=each)
            for each in ("git+https://a.example/ledger.git@1a2b", "file:///srv/l")
        ),
        *(Gate(index=each) for each in ("/srv/wheels", "http://a.example/simple", "file:///srv/w")),
    ],
)
def test_a_place_that_is_the_same_from_everywhere(settings: Gate) -> None:
    text = dict(gate_files(["gitlab"], settings))[".gitlab-ci.yml"].decode()
    assert (settings.package or settings.index) in text


@pytest.mark.parametrize("value", ["a; rm -rf /", "$(id)", "`id`", "a b", "x'", 'x"', "${{ y }}"])
def test_what_a_shell_would_run_is_no_place_to_install_from(
    value: str, make_ledger: MakeLedger
) -> None:
    snapshot = make_ledger(config={"gate": {"package": value}}).load()
    assert snapshot.config.gate.package == ""
    assert [each.code for each in snapshot.problems if each.path == "ledger.yaml"] == ["T002"]


def gitlab_lines(runner: Path, commit: str, machine: Machine) -> tuple[int, str]:
    """What GitLab's runner does with the lines: one shell for all of them."""
    (job,) = (each for each in workflow("gitlab").values() if "script" in each)
    assert job["variables"]["GIT_DEPTH"] == "0"
    own = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_COMMIT_SHA": commit}
    lines = "\n".join([*job["before_script"], *job["script"]])
    return run_lines(runner, iter([(lines, job["variables"] | own)]), machine.environment)


def test_gitlab(served: Served, runner: Path, machine: Machine) -> None:
    run = served.folder.git
    verdicts = []
    for number, commit in enumerate((served.cheat, served.good), 1):
        run("-C", str(runner), "fetch", "--quiet", "origin", f"refs/pull/{number}/head")
        run("-C", str(runner), "checkout", "--quiet", "--detach", commit)
        verdicts.append((gitlab_lines(runner, commit, machine), _report(runner)))
    (cheat, told), (good, silent) = verdicts
    assert cheat[0] == 1, cheat[1]
    assert '<testcase classname="ledger" name="C002' in told
    assert "C002 ZG2020-001" in told
    assert good[0] == 0, good[1]
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
    (honest, _), (cheat, output) = verdicts
    assert (honest, cheat) == (0, 1)
    assert "C001 ZG2020-010" in output


@pytest.mark.parametrize("kind", CI)
def test_the_program_comes_from_where_the_ledger_says(kind: str) -> None:
    """No address of a package index is written into anybody's repository unasked."""
    text = next(iter(gate_files([kind], Gate())))[1].decode()
    assert text.count("/pip") == 1
    assert 'install --quiet --no-input -- "${LEDGER_PACKAGE:?' in text
    assert not re.search(r"https?://", text)
