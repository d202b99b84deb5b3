"""Counting together under the lock; lock files that no process of this machine could have left."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.adapters.disk.lock import writing

COUNT = """
import sys
from pathlib import Path
from ledger.adapters.disk.lock import writing
folder, counter = Path(sys.argv[1]), Path(sys.argv[2])
for _ in range(20):
    with writing(folder):
        counter.write_text(str(int(counter.read_text()) + 1))
"""


def test_many_processes_lose_no_count(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    command = [sys.executable, "-c", COUNT, str(tmp_path / "state"), str(counter)]
    workers = [subprocess.Popen(command) for _ in range(5)]
    assert [worker.wait(timeout=60) for worker in workers] == [0] * 5
    assert counter.read_text() == "100"


@pytest.mark.parametrize("pid", [10**30, -(10**30)])
def test_a_number_that_no_process_can_have_is_dead(tmp_path: Path, pid: int) -> None:
    said = {"pid": pid, "host": socket.gethostname(), "since": 0}
    (tmp_path / "write.lock").write_text(json.dumps(said), encoding="utf-8")
    with writing(tmp_path, wait=0):
        assert "since" in (tmp_path / "write.lock").read_text()
