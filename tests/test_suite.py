"""The suite itself: what it relies on without any test telling that it is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest


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
