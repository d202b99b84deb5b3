"""The suite itself: what it relies on without any test telling that it is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

HERE = Path(__file__).resolve().parent


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="runs in one process")
@pytest.mark.xdist_group("together")
def test_groups_stay_together(request: pytest.FixtureRequest) -> None:
    """Else what is made once for a group is made in every worker."""
    assert request.node.nodeid.endswith("@together")


def test_children_hear_ctrl_c() -> None:
    """Also under nohup, from cron or in the background of a script."""
    ask = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    done = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True)
    assert done.stdout == b"True\n"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_children_keep_their_bytecode() -> None:
    """Also where PYTHONDONTWRITEBYTECODE is set: a program compiles all it imports otherwise."""
    ask = "import sys; print(sys.dont_write_bytecode)"
    done = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True)
    assert done.stdout == b"False\n"


def test_a_ledger_that_is_asked_for_again_is_copied(
    make_ledger: MakeLedger, started: Callable[[], list[int]]
) -> None:
    """Thousands of tests ask for one; each that is made anew starts git twice."""
    made = [make_ledger(3, name=name) for name in ("one", "two")]
    started()
    made.append(make_ledger(3, name="three"))
    assert started() == []
    assert len({each.git("rev-parse", "HEAD") for each in made}) == 1
    assert made[-1].git("status", "--porcelain") == ""


def test_another_ledger_is_another_kind(make_ledger: MakeLedger) -> None:
    for name in ("one", "two", "three"):
        make_ledger(3, name=name)
    assert len(make_ledger(2, name="fewer").load().tasks) == 2


def test_sources_are_parsed_in_one_place() -> None:
    """The program's modules take two seconds to parse, and twenty tests look through them."""
    parsing = {
        path.relative_to(HERE).as_posix()
        for path in HERE.rglob("*.py")
        if path != Path(__file__)
        if "rglob" in (text := path.read_text("utf-8")) and "ast.parse(" in text
    }
    assert parsing == {"test_architecture.py"}  # the tests' own modules
