"""A command in a child process that is killed at a step, counted by a hook of the interpreter."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ledger.cli.app import run

DAY = "2017-03-01"
# Steps that change something outside the process, as the interpreter names them to its hooks.
STEPS = frozenset({"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "subprocess.Popen"})
MOST = 2000
Ends = Callable[[int], bool]  # whether it is to die now, after so many steps


def killed(root: Path, arguments: tuple[str, ...], step: int) -> bool:
    """Run a command in a child that dies at a step; False when it came to its end before."""
    return steps_until(root, arguments, lambda done: done == step) < 0


def steps_until(
    root: Path, arguments: tuple[str, ...], ends: Ends = lambda done: done == MOST
) -> int:
    """The number of steps of a command that came to its end; -1 when it died before one of them.

    Args:
        root: where it is run.
    """
    ours, theirs = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the suite's own threads wait only
        child = os.fork()
    if child == 0:
        _run_until(root, arguments, ends, theirs)
    os.close(theirs)
    _, status = os.waitpid(child, 0)
    with os.fdopen(ours) as told:
        if os.WIFSIGNALED(status):
            return -1
        code, steps = (int(each) for each in told.read().split())
    assert code == 0
    return steps


def _run_until(root: Path, arguments: tuple[str, ...], ends: Ends, tell: int) -> None:
    """In the child: never returns."""
    done, asking = 0, False

    def hook(event: str, details: tuple[Any, ...]) -> None:
        nonlocal done, asking
        if asking or not (event in STEPS or (event == "open" and writes(details))):
            return
        asking = True  # what is done to find out is no step
        if ends(done):
            os.kill(os.getpid(), signal.SIGKILL)
        asking = False
        done += 1

    try:
        os.setpgid(0, 0)
        sys.dont_write_bytecode = True  # else the first of them would have more steps
        tempfile.tempdir = str(root.parent)  # what lies there goes with the scene
        os.chdir(root)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        sys.addaudithook(hook)
        code = run(["--today", DAY, *arguments])
        os.write(tell, f"{code} {done}".encode())
    finally:
        os._exit(0)


def writes(details: tuple[Any, ...]) -> bool:
    """Whether a file is opened to be written, as the interpreter tells it to its hooks."""
    path, _, flags = details
    return (
        isinstance(path, str) and "devnull" not in path and bool(flags & (os.O_WRONLY | os.O_RDWR))
    )
