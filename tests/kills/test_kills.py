"""Every command that writes, killed at every step, is old or new; once more, it is done.

A child process runs the command; a hook of the interpreter counts what touches the disk or starts
git, and kills the child at the n-th such step. Git itself is killed at the n-th system call that
changes anything, alone or together with the program. Afterwards any command settles what was left,
and the same command again does what was meant, once.

`LEDGER_LONG=1` tries every point, else a few of each command.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.kills.conftest import COMMANDS, LONG, Trial, at_once
from tests.kills.dying import DAY, MOST, killed
from tests.turns import turns

STRAIGHT = ("update-index", "hash-object", "commit-tree", "update-ref")
MOVING = ("commit-tree", "read-tree", "checkout-index", "update-index", "update-ref")


def points(name: str, most: int) -> Iterator[int]:
    """Every step, or the one amid the command, of every second one its last as well."""
    some = {most // 2, most - 1} if list(COMMANDS).index(name) % 2 == 0 else {most // 2}
    yield from range(most) if LONG else sorted(some)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_program_is_killed(name: str, trial: Callable[[str], Trial]) -> None:
    tried = trial(name)
    outcomes = set()
    for step in points(name, tried.steps):
        scene = tried.scene()
        assert killed(scene.ledger.root, tried.arguments, step)
        outcomes.add(tried.judge(scene, step))
    assert "old" in outcomes


# Stands before git in PATH: one of its commands is killed at the n-th call that changes anything.
WRAPPER = """#!/bin/sh
case " $* " in *" {called} "*) ;; *) exec {git} "$@" ;; esac
{strace} -f -qq -o /dev/null -e trace={calls} -e inject={calls}:signal=SIGKILL:when={point} \\
  {git} "$@"
code=$?
if [ $code -ge 128 ]; then : > {reached}; {then}; fi
exit $code
"""
CALLS = ",".join(
    f"?{name}"
    for name in (
        *("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat"),
        *("mkdir", "mkdirat", "rmdir", "write", "pwrite64", "ftruncate", "fsync"),
    )
)
GIT_COMMANDS = [
    *[("progress", called) for called in ("update-index", "commit-tree", "update-ref")],
    ("evidence", "update-ref"),
    ("sync", "push"),
    ("sync", "checkout-index"),
    ("merge", "update-ref"),
    ("close", "update-ref"),
    ("fold", "update-ref"),
]
if LONG:
    GIT_COMMANDS += [
        *[
            (name, called)
            for name in ("evidence", "import", "decide", "add")
            for called in STRAIGHT
        ],
        *[(name, called) for name in ("sync", "renumber") for called in MOVING],
        *[("merge", called) for called in MOVING if called != "read-tree"],
        ("sync", "fetch"),
        ("close", "commit-tree"),
    ]
    GIT_COMMANDS = list(dict.fromkeys(GIT_COMMANDS))


@pytest.mark.parametrize(
    ("command", "how"), turns(map("-".join, GIT_COMMANDS), ("alone", "together"))
)
def test_git_is_killed(
    command: str,
    how: str,
    trial: Callable[[str], Trial],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strace, git = shutil.which("strace"), shutil.which("git")
    if strace is None or git is None or not _may_trace(strace):
        pytest.skip("strace is not installed, or may not trace here")
    (name, called), together = command.split("-", 1), how == "together"
    tried = trial(name)
    path = os.environ["PATH"]
    wrapper, reached = tmp_path / "bin" / "git", tmp_path / "reached"
    wrapper.parent.mkdir()
    reaches = []
    for point in range(1, MOST) if LONG else (1, 12):
        words = {"called": called, "strace": strace, "git": git, "calls": CALLS, "point": point}
        then = "kill -9 $PPID" if together else ":"
        wrapper.write_text(WRAPPER.format(**words, reached=reached, then=then), "utf-8")
        wrapper.chmod(0o755)
        scene = tried.scene()
        with monkeypatch.context() as patch:
            patch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{path}")
            if together:
                killed(scene.ledger.root, tried.arguments, MOST)
            else:
                code = at_once(scene, *tried.arguments)
        if not reached.exists():
            break
        reached.unlink()
        if not together:
            assert tried.outcome(scene, point) == ("old" if code else "new"), point
        if together or code or name != "add":  # who was told and adds again means one more
            tried.judge(scene, point)
        reaches.append(point)
    assert reaches


DISKS = {
    "full": ("ENOSPC", ("write", "pwrite64", "mkdir", "mkdirat", "link", "linkat", "rename")),
    "read-only": ("EROFS", ("write", "pwrite64", "mkdir", "link", "rename", "unlink")),
}


@pytest.mark.parametrize(
    ("name", "disk"), turns(COMMANDS if LONG else ["progress", "decide"], tuple(DISKS))
)
def test_the_disk_refuses(name: str, disk: str, trial: Callable[[str], Trial]) -> None:
    """From one call on nothing can be written, by the program and by git; then it can again."""
    strace = shutil.which("strace")
    if strace is None or not _may_trace(strace):
        pytest.skip("strace is not installed, or may not trace here")
    tried = trial(name)
    error, names = DISKS[disk]
    calls = ",".join(f"?{each}" for each in names)
    outcomes = set()
    for point in range(1, 60, 2 if LONG else 30):
        scene = tried.scene()
        fault = f"inject={calls}:error={error}:when={point}+"
        command = [strace, "-f", "-qq", "-o", os.devnull, "-e", f"trace={calls}", "-e", fault]
        done = subprocess.run(
            [*command, sys.executable, "-m", "ledger", "--today", DAY, *tried.arguments],
            cwd=scene.ledger.root,
            capture_output=True,
            check=False,
        )
        _clear_probes(scene.ledger.root, Path(tempfile.gettempdir()))
        if done.returncode == 0:  # it has come to its end, and said so
            assert at_once(scene, "list") == 0
            assert tried.outcome(scene, (disk, point)) == "new"
            tried.note("outcome", "new")
            break
        outcomes.add(tried.judge(scene, (disk, point)))
    assert "old" in outcomes


def _clear_probes(*folders: Path) -> None:
    """Remove what Python tries folders for temporary files with.

    On a disk that is read-only it could not make them; here making a file is let through, and only
    its removal fails.
    """
    for each in (path for folder in folders for path in folder.iterdir()):
        if re.fullmatch("[a-z0-9_]{8}", each.name) and each.is_file() and each.stat().st_size <= 4:
            each.unlink()


def _may_trace(strace: str) -> bool:
    done = subprocess.run([strace, "-qq", "-o", "/dev/null", "true"], check=False)
    return done.returncode == 0
