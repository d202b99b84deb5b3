"""Ctrl-C at any step: it says that it ended the command and nothing is done, or all is.

What moves the branch and goes on after that says what it has done by then.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.app import run
from tests.kills.conftest import COMMANDS, LONG, MakeScene, NoticesOf, Scene, Trial, at_once
from tests.kills.dying import DAY, MOST, STEPS, writes
from tests.kills.test_settling import hook

pytestmark = pytest.mark.xdist_group("settling")
# They go on after their branch has moved: to the remote, to the forge.
GO_ON = {"sync", "fold", "merge", "close"}


def interrupted(scene: Scene, arguments: tuple[str, ...], step: int = MOST) -> tuple[int, str, int]:
    """Run a command in a child that is told to stop at a step; code, what it said, its steps."""
    heard = scene.root / "heard"
    ours, theirs = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the suite's own threads wait only
        child = os.fork()
    if child == 0:
        _run_until(scene, arguments, step, heard, theirs)
    os.close(theirs)
    os.waitpid(child, 0)
    with os.fdopen(ours) as told:
        code, steps = (int(each) for each in told.read().split())
    return code, heard.read_text("utf-8"), steps


def _run_until(scene: Scene, arguments: tuple[str, ...], step: int, heard: Path, tell: int) -> None:
    """In the child: never returns."""
    done = 0

    def count(event: str, details: tuple[Any, ...]) -> None:
        nonlocal done
        if event in STEPS or (event == "open" and writes(details)):
            done += 1
            if done == step + 1:
                os.kill(os.getpid(), signal.SIGINT)

    try:
        os.setpgid(0, 0)
        tempfile.tempdir = str(scene.root)
        os.chdir(scene.ledger.root)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(os.open(heard, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
        sys.stdout = sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.addaudithook(count)
        code = run(["--today", DAY, *arguments])
        sys.stderr.flush()
        os.write(tell, f"{code} {done}".encode())
    finally:
        os._exit(0)


@pytest.mark.parametrize("name", COMMANDS if LONG else ["add", "evidence"])
def test_it_is_said_truly_whether_it_is_done(name: str, trial: Callable[[str], Trial]) -> None:
    tried = trial(name)
    most, codes = tried.steps, set()
    for step in range(most) if LONG else sorted({2, *range(most - 4, most)}):
        scene = tried.scene()
        code, heard, _ = interrupted(scene, tried.arguments, step)
        codes.add(code)
        assert "Traceback" not in heard, (step, heard)
        assert code == (130 if "已中断" in heard else 0), (step, heard)
        if name not in GO_ON:
            assert "已经做完" not in heard, (step, heard)
            state, before = scene.state(), tried.old if code else tried.new
            assert all(state.get(key) == before.get(key) for key in before), (step, heard)
        elif code and scene.state()["files"] != tried.old["files"]:
            assert "此前已经做完" in heard, (step, heard)
        if code:
            tried.judge(scene, step)
    assert 130 in codes


def test_git_is_ended_too_but_after_its_commit(scene: MakeScene) -> None:
    """A terminal sends it to all of them."""
    place = scene()
    hook(place.ledger, "post-commit", "kill -INT 0")
    head = place.ledger.git("rev-parse", "HEAD").strip()
    code, heard, _ = interrupted(place, COMMANDS["add"])
    assert (code, heard.split()[0]) == (0, "已新增"), heard
    assert place.ledger.git("rev-parse", "HEAD~1").strip() == head
    assert place.litter() == set()


def test_what_goes_on_says_what_is_done(scene: MakeScene, notices_of: NoticesOf) -> None:
    """While a merged branch is being removed at the remote, which takes as long as it takes."""
    place = scene()
    notices_of(place, *COMMANDS["close"])
    branch = COMMANDS["merge"][1]
    place.ledger.git("push", "--quiet", "origin", branch)
    place.ledger.git("config", "user.email", "other@example.com")
    place.server.joinpath("hooks").mkdir(exist_ok=True)
    place.server.joinpath("hooks", "pre-receive").write_text("#!/bin/sh\nkill -INT 0\n")
    place.server.joinpath("hooks", "pre-receive").chmod(0o755)
    head = place.ledger.git("rev-parse", "HEAD")
    code, heard, _ = interrupted(place, COMMANDS["merge"])
    assert code == 130
    assert f"此前已经做完的不会丢：合并 {branch}" in heard.replace("取回主分支、", "")
    assert place.ledger.git("rev-parse", "HEAD") != head
    place.server.joinpath("hooks", "pre-receive").unlink()
    assert "已经合并过了" in notices_of(place, *COMMANDS["merge"])


@pytest.mark.parametrize("name", ["progress", "evidence"])
def test_who_keeps_pressing_is_told_once(name: str, scene: MakeScene) -> None:
    """Not by Python, in English."""
    place = scene()
    press = (
        "import os, signal, sys\n"
        "def press(event, details):\n"
        "    if event in ('import', 'open', 'subprocess.Popen'):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "from ledger.__main__ import main\n"
        "sys.argv = ['ledger', *sys.argv[2:]]\n"
        "if sys.argv.pop(1) == 'run':\n"
        "    import ledger.cli.app\n"
        "sys.addaudithook(press)\n"
        "main()\n"
    )
    for begin, expected in (("import", ""), ("run", "已中断。\n")):
        done = subprocess.run(
            [sys.executable, "-c", press, "", begin, *COMMANDS[name]],
            cwd=place.ledger.root,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr.decode()) == (130, b"", expected)
    assert at_once(place, "list") == 0


def test_ctrl_c_while_a_module_is_made(tmp_path: Path) -> None:
    """`python -m` dies of the signal at its end where a text that it ran by exec had met it.

    The methods of dataclasses are such texts, whenever a command's modules are imported.
    """
    program = (
        "from ledger import __main__\n"
        "from ledger.cli import app\n"
        "def run(arguments):\n"
        "    try:\n"
        "        exec('raise KeyboardInterrupt')\n"
        "    except KeyboardInterrupt:\n"
        "        print('已中断。', end='')\n"
        "        return 130\n"
        "app.run = run\n"
        "__main__.main()\n"
    )
    (tmp_path / "probe.py").write_text(program, encoding="utf-8")
    root = str(Path(__file__).resolve().parent.parent.parent)
    done = subprocess.run(
        [sys.executable, "-m", "probe"],
        cwd=tmp_path,
        env=dict(os.environ) | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "已中断。", "")
