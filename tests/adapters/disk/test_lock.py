"""One writer at a time: between processes, after a crash, and while a dead writer's git lives."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ledger.adapters.disk.lock import Patience, inherited, writing
from ledger.errors import LedgerError

HOLD = """
import sys
from pathlib import Path
from ledger.adapters.disk.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""

COUNT = """
import sys
from pathlib import Path
from ledger.adapters.disk.lock import writing
folder, counter = Path(sys.argv[1]), Path(sys.argv[2])
for _ in range(20):
    with writing(folder):
        counter.write_text(str(int(counter.read_text()) + 1))
"""

# Takes the lock again and again; notes who is inside, and says so when it is not alone.
RACE = """
import os, sys, time
from pathlib import Path
from ledger.adapters.disk.lock import writing
folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
inside = folder / "inside"
for _ in range(rounds):
    with writing(folder, wait=60):
        try:
            os.close(os.open(inside, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            sys.exit("two at once")
        time.sleep(0.0005)
        inside.unlink()
"""

# Dies with the lock held, while a process that it has started goes on.
LEAVE = """
import os, signal, subprocess, sys
from pathlib import Path
from ledger.adapters.disk.lock import inherited, writing
with writing(Path(sys.argv[1])):
    subprocess.Popen(["sh", "-c", "echo going on; read line"], pass_fds=inherited())
    os.kill(os.getpid(), signal.SIGKILL)
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


def next_line(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert process.stdout is not None
    return process.stdout.readline()


def test_names_its_owner_and_is_given_back(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "ledger"
    with writing(folder):
        owner = json.loads((folder / "write.lock").read_text())
        assert owner["pid"] == os.getpid()
        assert owner["host"] == socket.gethostname()
        assert len(inherited()) == 1
    assert inherited() == ()
    with writing(folder, wait=0):
        pass


def test_who_holds_it_goes_on_holding_it(tmp_path: Path, run: Run) -> None:
    with writing(tmp_path):
        with writing(tmp_path, wait=0):
            pass
        other = run(HOLD.replace("sys.argv[1])", "sys.argv[1]), wait=0"), tmp_path)
        assert "正在写入" in other.communicate()[1]


def test_is_given_back_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="甲"), writing(tmp_path):
        raise ValueError("甲")
    with writing(tmp_path, wait=0):
        pass


def test_a_live_owner_is_waited_for_and_then_named(tmp_path: Path, run: Run) -> None:
    process = run(HOLD, tmp_path)
    assert next_line(process) == "held\n"
    told: list[str] = []
    with pytest.raises(LedgerError) as caught, writing(tmp_path, wait=0.6, tell=told.append):
        pass
    assert f"进程 {process.pid}" in caught.value.message
    assert "等了 0.6 秒" in caught.value.message
    assert [f"进程 {process.pid}" in each and "等它结束" in each for each in told] == [True]
    process.communicate("\n")
    with writing(tmp_path, wait=5):
        pass


def test_whoever_waits_gets_it_when_the_owner_ends(tmp_path: Path, run: Run) -> None:
    process = run(HOLD, tmp_path)
    assert next_line(process) == "held\n"
    waiting = run(HOLD, tmp_path)
    process.communicate("\n")
    out, _ = waiting.communicate("\n", timeout=60)
    assert out == "held\n"


def test_a_killed_owner_does_not_lock_for_ever(tmp_path: Path, run: Run) -> None:
    process = run(HOLD, tmp_path)
    assert next_line(process) == "held\n"
    process.kill()
    process.communicate()
    with writing(tmp_path, wait=0):
        assert json.loads((tmp_path / "write.lock").read_text())["pid"] == os.getpid()


def test_what_a_killed_owner_has_started_is_waited_for(tmp_path: Path, run: Run) -> None:
    process = run(LEAVE, tmp_path)
    assert next_line(process) == "going on\n"
    assert process.wait() < 0
    with (
        pytest.raises(LedgerError, match=f"进程 {process.pid} 已经结束"),
        writing(tmp_path, wait=0),
    ):
        pass
    process.communicate("\n")
    with writing(tmp_path, wait=5):
        pass


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"pid": "x", "host": 1}'])
def test_what_stands_in_the_file_does_not_matter(tmp_path: Path, content: bytes, run: Run) -> None:
    (tmp_path / "write.lock").write_bytes(content)
    with writing(tmp_path, wait=0):
        (tmp_path / "write.lock").write_bytes(content)
        other = run(HOLD.replace("sys.argv[1])", "sys.argv[1]), wait=0"), tmp_path)
        assert "不知道是哪个进程" in other.communicate()[1]


def test_it_is_never_held_by_two_at_once(tmp_path: Path, run: Run) -> None:
    racers = [run(RACE, tmp_path, 40) for _ in range(4)]
    ended = [(racer.communicate(timeout=120)[1], racer.returncode) for racer in racers]
    assert ended == [("", 0)] * 4


# Ends in some way while what its hook has started, no git, goes on with the lock's descriptor.
HOOK = """
import os, signal, subprocess, sys
from pathlib import Path
from ledger.adapters.disk.lock import inherited, writing
try:
    with writing(Path(sys.argv[1])):
        subprocess.Popen(["sh", "-c", "echo going on; read line"], pass_fds=inherited())
        {end}
except ValueError:
    pass
"""
ENDS = ("pass", "raise ValueError", "os.kill(os.getpid(), signal.SIGKILL)")


@pytest.mark.parametrize("end", ENDS)
def test_what_a_hook_leaves_in_the_background_does_not_lock(
    tmp_path: Path, run: Run, end: str
) -> None:
    process = run(HOOK.format(end=end), tmp_path)
    assert next_line(process) == "going on\n"
    process.wait()
    with writing(tmp_path, wait=5):
        other = run(HOLD.replace("sys.argv[1])", "sys.argv[1]), wait=0"), tmp_path)
        assert "正在写入" in other.communicate()[1]


CONTAINER = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc")
IN_CONTAINER = f"""
import subprocess, sys
from pathlib import Path
from ledger.adapters.disk.lock import writing
dying = subprocess.Popen([sys.executable, "-c", {HOOK.format(end=ENDS[2])!r}, sys.argv[1]],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
assert dying.stdout.readline() == "going on\\n"
dying.wait()
with writing(Path(sys.argv[1]), wait=5):
    print("written")
"""


def test_a_left_over_in_a_container_does_not_lock(tmp_path: Path) -> None:
    """The kernel has no number for a dead process in a namespace of process numbers."""
    if (
        not shutil.which(CONTAINER[0])
        or subprocess.run([*CONTAINER, "true"], check=False).returncode
    ):
        pytest.skip("no namespace of process numbers may be made here")
    command = [*CONTAINER, sys.executable, "-c", IN_CONTAINER, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "written\n", done.stderr


def test_a_left_over_beside_a_git_at_work_does_not_free_it(tmp_path: Path, run: Run) -> None:
    git = tmp_path / "git"
    git.symlink_to("/bin/sh")
    code = HOOK.format(end=ENDS[2]).replace(
        "        os.kill",
        f"        subprocess.Popen([{str(git)!r}, '-c', 'read line'], pass_fds=inherited())\n"
        "        os.kill",
    )
    process = run(code, tmp_path / "state")
    assert next_line(process) == "going on\n"
    process.wait()
    with pytest.raises(LedgerError, match="正在写入"), writing(tmp_path / "state", wait=0.7):
        pass


def test_waits_longer_than_for_one_while_one_follows_another(tmp_path: Path) -> None:
    path, told = tmp_path / "write.lock", list[str]()
    path.write_text('{"pid": 1, "host": "甲机", "since": 1}', encoding="utf-8")
    patience = Patience(path, 10, told.append, now=0)
    for turn in range(1, 13):
        patience.spend(now=turn * 5 - 0.5)
        path.write_text(f'{{"pid": {turn}, "host": "甲机", "since": 1}}', encoding="utf-8")
    assert len(told) == 1
    with pytest.raises(LedgerError, match=r"太多，等了 60 秒还没有轮到"):
        patience.spend(now=60.1)


def test_waits_ten_seconds_from_the_last_change_of_holder(tmp_path: Path) -> None:
    path = tmp_path / "write.lock"
    path.write_text('{"pid": 1, "host": "甲机", "since": 1}', encoding="utf-8")
    patience = Patience(path, 10, None, now=0)
    patience.spend(now=9.9)
    path.write_text('{"pid": 2, "host": "甲机", "since": 1}', encoding="utf-8")
    patience.spend(now=10.1)
    patience.spend(now=20)
    with pytest.raises(LedgerError, match=r"甲机 上的进程 2.*等了 10 秒还没有结束"):
        patience.spend(now=20.2)


def test_the_first_to_wait_is_the_first_to_write(tmp_path: Path, run: Run) -> None:
    note = tmp_path / "note"
    with writing(tmp_path):
        waiting = []
        for number in range(5):
            waiting.append(run(NOTE, tmp_path, note, number))
            assert next_line(waiting[-1]) == "ready\n"
            blocked(tmp_path / "write.turn", number)
    assert [each.wait(timeout=60) for each in waiting] == [0] * 5
    assert note.read_text() == "01234"


NOTE = """
import sys
from pathlib import Path
from ledger.adapters.disk.lock import writing
print("ready", flush=True)
with writing(Path(sys.argv[1])), open(sys.argv[2], "a") as note:
    note.write(sys.argv[3])
"""


def blocked(path: Path, number: int) -> None:
    """Wait until the turnstile is held, and so many processes stand before it."""
    locks = Path("/proc/locks")
    if not locks.exists():
        pytest.skip("no /proc/locks to see who waits")
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if path.exists():
            mark = f":{path.stat().st_ino} "
            lines = [line for line in locks.read_text().splitlines() if mark in line]
            if lines and sum("->" in line for line in lines) == number:
                return
        time.sleep(0.005)
    pytest.fail("nobody waits")


def test_many_processes_lose_no_count(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    command = [sys.executable, "-c", COUNT, str(tmp_path / "state"), str(counter)]
    workers = [subprocess.Popen(command) for _ in range(5)]
    assert [worker.wait(timeout=60) for worker in workers] == [0] * 5
    assert counter.read_text() == "100"


@pytest.mark.parametrize("pid", [10**30, -(10**30)])
def test_a_number_that_no_process_can_have_is_dead(tmp_path: Path, pid: int) -> None:
    owner = {"pid": pid, "host": socket.gethostname(), "since": 0}
    (tmp_path / "write.lock").write_text(json.dumps(owner), encoding="utf-8")
    with writing(tmp_path, wait=0):
        assert "since" in (tmp_path / "write.lock").read_text()
