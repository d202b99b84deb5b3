"""One writer at a time: between processes, after a crash, and when two find the same dead owner."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ledger.adapters.lock import writing
from ledger.errors import LedgerError

HOLD = """
import sys, time
from pathlib import Path
from ledger.adapters.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""

# Takes the lock again and again; notes who is inside, and says so when it is not alone.
RACE = """
import os, sys, time
from pathlib import Path
from ledger.adapters.lock import writing
folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
inside = folder / "inside"
for _ in range(rounds):
    stale = '{"pid": 999999999, "host": "%s", "since": 0}' % os.uname().nodename
    with writing(folder, wait=60):
        try:
            os.close(os.open(inside, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            sys.exit("two at once")
        time.sleep(0.0005)
        inside.unlink()
        # Leave as a process does that was killed: the next ones all find a dead owner.
        (folder / "write.lock").write_text(stale)
"""


Run = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def run() -> Iterator[Run]:
    """Starts a Python program with arguments; whatever still runs at the end is killed."""
    with ExitStack() as started:

        def start(code: str, *arguments: object) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-c", code, *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            started.callback(process.communicate)
            started.callback(process.kill)
            return process

        yield start


def said(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert process.stdout is not None
    return process.stdout.readline()


def owned_by(folder: Path, pid: int, host: str) -> Path:
    path = folder / "write.lock"
    path.write_text(json.dumps({"pid": pid, "host": host, "since": int(time.time())}))
    return path


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_is_there_while_held_and_gone_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "ledger"
    with writing(folder):
        owner = json.loads((folder / "write.lock").read_text())
        assert owner["pid"] == os.getpid()
        assert owner["host"] == socket.gethostname()
    assert not list(folder.glob("write.lock*.tmp"))
    assert not (folder / "write.lock").exists()


def test_is_given_back_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="甲"), writing(tmp_path):
        raise ValueError("甲")
    with writing(tmp_path, wait=0):
        pass


def test_a_live_owner_is_waited_for_and_then_named(tmp_path: Path, run: Run) -> None:
    process = run(HOLD, tmp_path)
    assert said(process) == "held\n"
    started = time.monotonic()
    with pytest.raises(LedgerError) as caught, writing(tmp_path, wait=0.2):
        pass
    assert time.monotonic() - started >= 0.2
    assert f"进程 {process.pid}" in caught.value.message
    assert "等了 0.2 秒" in caught.value.message
    assert str(tmp_path / "write.lock") in caught.value.hint
    process.communicate("\n")
    with writing(tmp_path, wait=5):
        pass


def test_whoever_waits_gets_it_when_the_owner_ends(tmp_path: Path, run: Run) -> None:
    process = run(HOLD, tmp_path)
    assert said(process) == "held\n"
    waiting = run(HOLD, tmp_path)
    process.communicate("\n")
    out, _ = waiting.communicate("\n", timeout=20)
    assert out == "held\n"


def test_a_killed_owner_does_not_lock_for_ever(tmp_path: Path, run: Run) -> None:
    process = run(HOLD, tmp_path)
    assert said(process) == "held\n"
    process.kill()
    process.communicate()
    assert (tmp_path / "write.lock").exists()
    with writing(tmp_path, wait=0):
        assert json.loads((tmp_path / "write.lock").read_text())["pid"] == os.getpid()


def test_the_same_pid_on_another_machine_may_live(tmp_path: Path) -> None:
    path = owned_by(tmp_path, dead_pid(), "another-machine")
    with pytest.raises(LedgerError, match="another-machine"), writing(tmp_path, wait=0):
        pass
    assert path.exists()


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"pid": "x", "host": 1}'])
def test_what_cannot_be_read_is_respected(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "write.lock").write_bytes(content)
    with pytest.raises(LedgerError, match="正在写入"), writing(tmp_path, wait=0):
        pass
    assert (tmp_path / "write.lock").read_bytes() == content


def test_only_the_own_lock_is_given_back(tmp_path: Path) -> None:
    with writing(tmp_path):
        (tmp_path / "write.lock").unlink()  # by hand, as the hint says
        other = owned_by(tmp_path, os.getpid() + 1, "another-machine")
    assert other.exists()


def test_several_who_find_a_dead_owner_never_get_it_at_once(tmp_path: Path, run: Run) -> None:
    owned_by(tmp_path, dead_pid(), socket.gethostname())
    racers = [run(RACE, tmp_path, 60) for _ in range(4)]
    ended = [(racer.communicate(timeout=120)[1], racer.returncode) for racer in racers]
    assert ended == [("", 0)] * 4
