"""What is found half done is settled by any command, and nobody else's work with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.adapters import journal
from ledger.adapters.lock import writing
from tests.kills.conftest import LONG, Scene
from tests.kills.test_kills import COMMANDS, DAY, MakeScene, at_once, killed

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder

Said = Callable[..., str]

pytestmark = pytest.mark.xdist_group("settling")
FIRST: dict[str, int] = {}


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs a command that must come to its end; what it says beside its data."""

    def call(scene: Scene, *arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        assert at_once(scene, *arguments) == code
        return capsys.readouterr().err

    return call


def cut_off(scene: Scene, name: str, is_so: Callable[[], bool]) -> None:
    """Kill a command at the first step after which something is so, and look for it once."""
    step = FIRST.get(name, 0)
    while not is_so():
        assert killed(scene, COMMANDS[name], step)
        step += 1
    FIRST[name] = max(0, step - 12)


def is_written(ledger: LedgerFolder) -> bool:
    return "已完成初稿" in ledger.path("ZG2020-001").read_text("utf-8")


def test_what_somebody_changed_since_is_left_alone(scene: MakeScene, said: Said) -> None:
    place = scene()
    cut_off(place, "progress", lambda: is_written(place.ledger))
    file = place.ledger.path("ZG2020-001")
    own = file.read_text("utf-8") + "# 手写\n"
    file.write_text(own, "utf-8")
    assert "后来又有改动" in said(place, "list")
    assert file.read_text("utf-8") == own
    assert said(place, "list") == ""


def test_what_was_not_done_is_put_back_and_said(scene: MakeScene, said: Said) -> None:
    place = scene()
    before = place.state()
    cut_off(place, "progress", lambda: is_written(place.ledger))
    assert "已恢复到办理之前" in said(place, "doctor")
    assert place.state() == before


@pytest.mark.parametrize("between", [(), ("list",)], ids=["at once", "after another command"])
def test_what_was_done_is_not_done_twice_but_when_asked_again(
    between: tuple[str, ...], scene: MakeScene, said: Said
) -> None:
    place = scene()
    head = place.ledger.git("rev-parse", "HEAD")
    cut_off(place, "add", lambda: place.ledger.git("rev-parse", "HEAD") != head)
    if between:
        assert "不用重做" in said(place, *between)
    done = place.ledger.git("rev-parse", "HEAD")
    assert "没有重做" in said(place, *COMMANDS["add"])
    assert place.ledger.git("rev-parse", "HEAD") == done
    assert "已新增" in said(place, *COMMANDS["add"])


def test_who_could_not_be_told_that_it_is_done_gets_it_once(scene: MakeScene, said: Said) -> None:
    """Its messages went to a full disk."""
    place = scene()
    before = place.ledger.git("rev-parse", "HEAD")
    command = [sys.executable, "-m", "ledger", "--today", DAY, *COMMANDS["add"]]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=place.ledger.root, stderr=full, check=False)
    assert done.returncode == 1
    made = place.ledger.git("rev-parse", "HEAD")
    assert made != before
    assert said(place, "list") == ""
    assert "没有重做" in said(place, *COMMANDS["add"])
    assert place.ledger.git("rev-parse", "HEAD") == made
    assert "已新增" in said(place, *COMMANDS["add"])
    assert "已新增" in said(place, *COMMANDS["add"])  # told, so it is meant


def test_a_live_writer_is_not_disturbed(scene: MakeScene, said: Said) -> None:
    place = scene()
    cut_off(place, "progress", lambda: is_written(place.ledger))
    state = place.ledger.root / ".git" / "ledger"
    hold = (
        "import sys\nfrom pathlib import Path\nfrom ledger.adapters.lock import writing\n"
        "with writing(Path(sys.argv[1])):\n    print(flush=True)\n    sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert said(place, "list") == ""
        assert is_written(place.ledger)
        writer.communicate(b"\n")
    assert "已恢复到办理之前" in said(place, "list")


def test_a_note_that_cannot_be_read_is_nobodys(scene: MakeScene, said: Said) -> None:
    place = scene()
    before = place.state()
    for text in ("", "[]", "{", json.dumps({"subject": "x"}), json.dumps({"files": [["a"]]})):
        note = place.ledger.root / ".git" / "ledger" / "pending.json"
        note.parent.mkdir(exist_ok=True)
        note.write_text(text)
        assert said(place, "list") == ""
        assert place.state() == before
        assert not note.exists()


def test_a_note_does_not_lead_out_of_the_ledger(scene: MakeScene, said: Said) -> None:
    place = scene()
    state = place.ledger.root / ".git" / "ledger"
    (state / "kept").mkdir(parents=True)
    outside = place.root / "别人的.txt"
    outside.write_text("1")
    from ledger.adapters.store import FileChange, staged_change

    swap = staged_change(FileChange("../别人的.txt", None, b"1"))
    note = journal.Note("x", "", str(place.ledger.root), (swap,))
    (state / "pending.json").write_text(
        json.dumps(
            {
                "subject": "x",
                "command": "",
                "folder": note.folder,
                "files": [[swap.path, swap.old, swap.new]],
                "trailers": [],
                "ref": "refs/heads/main",
                "head": "0" * 40,
            }
        )
    )
    at_once(place, "list")
    assert outside.read_text() == "1"


def test_a_git_of_the_users_is_waited_for_and_nothing_is_written(
    scene: MakeScene, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while `git commit` has an editor open."""
    from ledger.adapters import gitindex

    monkeypatch.setattr(gitindex, "_PATIENCE_SECONDS", 0.1)
    place = scene()
    before = place.state()
    lock = place.ledger.root / ".git" / "index.lock"
    lock.write_bytes(b"")
    assert "另一个 git 程序正在使用" in said(place, *COMMANDS["progress"], code=1)
    assert lock.read_bytes() == b""
    lock.unlink()
    assert place.state() == before


def test_who_writes_at_the_same_time_waits(scene: MakeScene) -> None:
    """Eight people report on one task in one work tree; all eight entries are there."""
    place = scene()
    begun = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "ledger", "--today", DAY),
                *("progress", "ZG2020-001", "--text", f"第 {number} 人", "--by", f"{number} 号"),
            ],
            cwd=place.ledger.root,
            stderr=subprocess.PIPE,
            env=os.environ | {"LEDGER_TODAY": DAY},
        )
        for number in range(8)
    ]
    ended = [(each.communicate()[1].decode(), each.returncode) for each in begun]
    assert [code for _, code in ended] == [0] * 8, ended
    task = place.ledger.load().by_id["ZG2020-001"].record
    assert {each.by for each in task.progress} == {f"{number} 号" for number in range(8)}
    assert place.litter() == set()


def test_a_reader_on_a_disk_that_refuses_goes_on(
    scene: MakeScene, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = scene()
    cut_off(place, "progress", lambda: is_written(place.ledger))

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr("ledger.adapters.store.put_back", refuse)
        assert "还没有恢复" in said(place, "list")
    assert "已恢复到办理之前" in said(place, "list")


def test_only_one_process_at_a_time(scene: MakeScene, tmp_path: Path) -> None:
    place = scene()
    with writing(place.ledger.root / ".git" / "ledger"):
        done = subprocess.run(
            [sys.executable, "-m", "ledger", "--today", DAY, "list"],
            cwd=place.ledger.root,
            capture_output=True,
            check=False,
        )
    assert done.returncode == 0  # who only reads does not wait


def test_a_ledger_that_was_begun_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`init` killed at a step: whatever is there, the same command makes the ledger."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "办公室联络员")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "office@example.com")
    place = Scene(tmp_path)
    init = ("init", ".", "--organisation", "某局")
    step = 0
    while True:
        shutil.rmtree(place.ledger.root, ignore_errors=True)
        place.ledger.root.mkdir()
        if not killed(place, init, step):
            break
        again = at_once(place, *init)
        assert again == 0 or (place.ledger.root / "ledger.yaml").exists(), step
        assert place.ledger.git("status", "--porcelain") == "", step
        assert at_once(place, "check") == 0, step
        assert place.litter() == set(), step
        step += 1 if LONG else 9
    assert step > 9
