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

from ledger.adapters.disk.lock import writing
from ledger.adapters.files import journal
from tests.kills.conftest import COMMANDS, LONG, MakeScene, NoticesOf, Scene, Trial, at_once
from tests.kills.dying import DAY, killed, steps_until

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder


def cut_off(scene: Scene, name: str, is_so: Callable[[], bool]) -> None:
    """Kill a command at the first step after which something is so."""
    assert not is_so()
    assert steps_until(scene.ledger.root, COMMANDS[name], lambda _: is_so()) < 0
    assert is_so()


def is_written(ledger: LedgerFolder) -> bool:
    return "已完成初稿" in ledger.path("ZG2020-001").read_text("utf-8")


@pytest.mark.parametrize("name", ["progress", "sync"])
def test_who_is_killed_while_settling_is_settled_too(
    name: str, trial: Callable[[str], Trial]
) -> None:
    """Killed again and again, each time a little later, amid what the time before has left."""
    tried = trial(name)
    scene = tried.scene()
    steps = range(0, tried.steps, 1 if LONG else tried.steps // 6)
    deaths = [step for step in steps if killed(scene.ledger.root, tried.arguments, step)]
    assert len(deaths) > 3
    tried.judge(scene, "again and again")


def test_what_somebody_changed_since_is_left_alone(scene: MakeScene, notices_of: NoticesOf) -> None:
    place = scene()
    cut_off(place, "progress", lambda: is_written(place.ledger))
    file = place.ledger.path("ZG2020-001")
    own = file.read_text("utf-8") + "# 手写\n"
    file.write_text(own, "utf-8")
    assert "后来又有改动" in notices_of(place, "list")
    assert file.read_text("utf-8") == own
    assert notices_of(place, "list") == ""


def test_what_was_not_done_is_put_back_and_said(scene: MakeScene, notices_of: NoticesOf) -> None:
    place = scene()
    before = place.state()
    cut_off(place, "progress", lambda: is_written(place.ledger))
    assert "已恢复到办理之前" in notices_of(place, "doctor", code=1)  # by its data
    assert place.state() == before


@pytest.mark.parametrize("between", [(), ("list",)], ids=["at once", "after another command"])
def test_what_was_done_is_not_done_twice_but_when_asked_again(
    between: tuple[str, ...], scene: MakeScene, notices_of: NoticesOf
) -> None:
    place = scene()
    head = place.ledger.git("rev-parse", "HEAD")
    cut_off(place, "add", lambda: place.ledger.git("rev-parse", "HEAD") != head)
    if between:
        assert "不用重做" in notices_of(place, *between)
    done = place.ledger.git("rev-parse", "HEAD")
    assert "没有重做" in notices_of(place, *COMMANDS["add"])
    assert place.ledger.git("rev-parse", "HEAD") == done
    assert "已新增" in notices_of(place, *COMMANDS["add"])


Prepare = Callable[["LedgerFolder"], object]


def hook(ledger: LedgerFolder, name: str, script: str) -> None:
    place = ledger.root / ".git" / "hooks" / name
    place.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    place.chmod(0o755)


def attributes(ledger: LedgerFolder, line: str) -> None:
    (ledger.root / ".git" / "info").mkdir(exist_ok=True)
    (ledger.root / ".git" / "info" / "attributes").write_text(f"{line}\n", "utf-8")


def signed(ledger: LedgerFolder) -> None:
    program = ledger.root.parent / "gpg"
    program.write_text("#!/bin/sh\ncat > /dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\necho 签\n")
    program.chmod(0o755)
    ledger.git("config", "gpg.program", str(program))
    ledger.git("config", "commit.gpgsign", "true")


FILTER = ("sed s/^/x/", "sed s/^x//")
HABITS: dict[str, Prepare] = {
    "as usual": lambda ledger: None,
    "a hook rewrites messages": lambda ledger: hook(ledger, "commit-msg", 'echo 改过 > "$1"'),
    "a hook amends": lambda ledger: hook(
        ledger,
        "post-commit",
        "[ -e .git/amended ] || { : > .git/amended; git commit -q --amend -m 改过; }",
    ),
    "a hook tidies files": lambda ledger: hook(
        ledger, "pre-commit", "echo '# 整理过' >> 整理.txt && git add 整理.txt"
    ),
    "line ends": lambda ledger: attributes(ledger, "*.yaml text eol=crlf"),
    "a filter": lambda ledger: (
        ledger.git("config", "filter.odd.clean", FILTER[0]),
        ledger.git("config", "filter.odd.smudge", FILTER[1]),
        attributes(ledger, "data/tasks/*/*-001.yaml filter=odd"),
    ),
    "signed": signed,
    "no log of branches": lambda ledger: (
        ledger.git("config", "core.logAllRefUpdates", "false"),
        shutil.rmtree(ledger.root / ".git" / "logs"),
    ),
}


def is_noted(ledger: LedgerFolder) -> bool:
    return (ledger.root / ".git" / "ledger" / "pending.json").exists()


def has_landed(scene: Scene) -> None:
    """Kill a `progress` when its commit is the branch's, and nothing is tidied up yet."""
    head = scene.ledger.git("rev-parse", "HEAD")

    def landed() -> bool:
        return scene.ledger.git("rev-parse", "HEAD") != head and is_noted(scene.ledger)

    cut_off(scene, "progress", landed)


def entries(ledger: LedgerFolder) -> list[str]:
    return [each.text for each in ledger.load().by_id["ZG2020-001"].record.progress]


def break_lock(ledger: LedgerFolder) -> None:
    """As git's message tells its user to."""
    (ledger.root / ".git" / "index.lock").unlink(missing_ok=True)


@pytest.mark.parametrize("habit", HABITS if LONG else [*HABITS][1:4])
def test_the_commit_is_known_by_the_branch_alone(
    habit: str, scene: MakeScene, notices_of: NoticesOf
) -> None:
    place = scene()
    HABITS[habit](place.ledger)
    whole = place.copy(place.root.with_name("whole"))
    notices_of(whole, *COMMANDS["progress"])
    has_landed(place)
    assert "不用重做" in notices_of(place, "list")
    assert place.ledger.git("status", "--porcelain") == whole.ledger.git("status", "--porcelain")
    notices_of(place, *COMMANDS["progress"])
    assert entries(place.ledger) == ["已完成初稿"]


def test_a_colleagues_commit_that_says_the_same_is_not_ours(
    scene: MakeScene, notices_of: NoticesOf
) -> None:
    """The same command, on the same task, came with plain git meanwhile."""
    place = scene()
    other = place.copy(place.root.with_name("other")).ledger
    other.git("config", "user.name", "同事")
    other.git("config", "user.email", "other@example.com")
    assert at_once(Scene(other.root.parent), "progress", "001", "--text", "别人的") == 0
    before = place.ledger.git("rev-parse", "HEAD")
    cut_off(place, "progress", lambda: is_noted(place.ledger))
    break_lock(place.ledger)
    assert place.ledger.git("rev-parse", "HEAD") == before
    assert entries(place.ledger) == []
    place.ledger.git("pull", "--quiet", "--ff-only", str(other.root), "main")
    assert "没有做完" in notices_of(place, *COMMANDS["progress"])
    assert entries(place.ledger) == ["别人的", "已完成初稿"]
    assert place.ledger.git("log", "-1", "--format=%s").startswith("进展 ZG2020-001")


@pytest.mark.parametrize("amends", [False, True], ids=["committed", "amended"])
def test_what_a_git_of_the_users_has_committed_is_not_put_back(
    amends: bool, scene: MakeScene, notices_of: NoticesOf
) -> None:
    """Somebody broke the lock of a killed write, and committed its file himself or amended."""
    place = scene()
    if amends:
        has_landed(place)
    else:
        cut_off(place, "progress", lambda: is_written(place.ledger))
    break_lock(place.ledger)
    file = str(place.ledger.path("ZG2020-001"))
    own = ("--amend",) if amends else ("--", file)
    place.ledger.git("commit", "--quiet", "--only", "-m", "手工提交", *own)
    assert "不用重做" in notices_of(place, "list")
    assert entries(place.ledger) == ["已完成初稿"]
    assert place.ledger.git("status", "--porcelain", "--", file) == ""


def test_later_commits_of_the_same_file_stay_in_the_index(
    scene: MakeScene, notices_of: NoticesOf
) -> None:
    place = scene()
    has_landed(place)
    break_lock(place.ledger)
    file = place.ledger.path("ZG2020-001")
    file.write_text(file.read_text("utf-8").replace("初稿", "二稿"), "utf-8")
    place.ledger.git("commit", "--quiet", "-m", "手工修改", "--", str(file))
    assert "不用重做" in notices_of(place, "list")
    assert place.ledger.git("status", "--porcelain", "--", str(file)) == ""
    assert entries(place.ledger) == ["已完成二稿"]


def test_a_table_that_changed_meanwhile_is_imported(
    scene: MakeScene, notices_of: NoticesOf
) -> None:
    place = scene()
    head = place.ledger.git("rev-parse", "HEAD")
    cut_off(place, "import", lambda: place.ledger.git("rev-parse", "HEAD") != head)
    with (place.root / "表.csv").open("a", encoding="utf-8") as table:
        table.write("9,第9项工作,审业部,6月\n")
    assert "已导入并提交" in notices_of(place, *COMMANDS["import"])
    assert "没有变化" in notices_of(place, *COMMANDS["import"])
    assert sum(each.startswith("GZ2017-") for each in place.ledger.load().by_id) == 9


NEXT = "2017-03-02"


@pytest.mark.parametrize("name", ["progress", "add"])
def test_the_same_on_another_day_is_done(
    name: str, scene: MakeScene, notices_of: NoticesOf
) -> None:
    place = scene()
    head = place.ledger.git("rev-parse", "HEAD")
    cut_off(place, name, lambda: place.ledger.git("rev-parse", "HEAD") != head)
    assert "不用重做" in notices_of(place, "list")
    done = place.ledger.git("rev-parse", "HEAD")
    assert "没有重" not in notices_of(place, *COMMANDS[name], "--today", NEXT)
    assert place.ledger.git("rev-parse", "HEAD~1") == done


@pytest.mark.parametrize("way", ["another folder", "another way of writing", "other work first"])
def test_what_is_asked_counts_and_not_how(
    way: str, scene: MakeScene, notices_of: NoticesOf
) -> None:
    place = scene()
    head = place.ledger.git("rev-parse", "HEAD")
    cut_off(place, "add", lambda: place.ledger.git("rev-parse", "HEAD") != head)
    again: tuple[str, ...] = COMMANDS["add"]
    if way == "another folder":
        again = ("-C", "data/tasks", *again)
    elif way == "another way of writing":
        again = ("add", "--due=6月", *again[1:-2], "--by", "办公室联络员")
        assert place.ledger.git("config", "user.name").strip() == "办公室联络员"
    else:
        notices_of(place, *COMMANDS["progress"])
    done = place.ledger.git("rev-parse", "HEAD")
    assert "没有重做" in notices_of(place, *again)
    assert place.ledger.git("rev-parse", "HEAD") == done


def test_what_was_taken_back_since_is_done_again(scene: MakeScene, notices_of: NoticesOf) -> None:
    place = scene()
    head = place.ledger.git("rev-parse", "HEAD").strip()
    cut_off(place, "add", lambda: place.ledger.git("rev-parse", "HEAD").strip() != head)
    notices_of(place, "list")
    place.ledger.git("reset", "--quiet", "--keep", head)
    assert "已新增" in notices_of(place, *COMMANDS["add"])


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_who_could_not_be_told_that_it_is_done_gets_it_once(
    unbuffered: str, scene: MakeScene, notices_of: NoticesOf
) -> None:
    """Its messages went to a full disk."""
    place = scene()
    before = place.ledger.git("rev-parse", "HEAD")
    command = [sys.executable, "-m", "ledger", "--today", DAY, *COMMANDS["add"]]
    with Path("/dev/full").open("w") as full:
        given = os.environ | {"PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(command, cwd=place.ledger.root, env=given, stderr=full, check=False)
    assert done.returncode == 1
    made = place.ledger.git("rev-parse", "HEAD")
    assert made != before
    assert notices_of(place, "list") == ""
    assert "没有重做" in notices_of(place, *COMMANDS["add"])
    assert place.ledger.git("rev-parse", "HEAD") == made
    assert "已新增" in notices_of(place, *COMMANDS["add"])
    assert "已新增" in notices_of(place, *COMMANDS["add"])  # told, so it is meant


def test_a_live_writer_is_not_disturbed(scene: MakeScene, notices_of: NoticesOf) -> None:
    place = scene()
    cut_off(place, "progress", lambda: is_written(place.ledger))
    state = place.ledger.root / ".git" / "ledger"
    hold = (
        "import sys\nfrom pathlib import Path\nfrom ledger.adapters.disk.lock import writing\n"
        "with writing(Path(sys.argv[1])):\n    print(flush=True)\n    sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert notices_of(place, "list") == ""
        assert is_written(place.ledger)
        writer.communicate(b"\n")
    assert "已恢复到办理之前" in notices_of(place, "list")


def test_a_note_that_cannot_be_read_is_nobodys(scene: MakeScene, notices_of: NoticesOf) -> None:
    place = scene()
    before = place.state()
    for text in ("", "[]", "{", json.dumps({"subject": "x"}), json.dumps({"files": [["a"]]})):
        note = place.ledger.root / ".git" / "ledger" / "pending.json"
        note.parent.mkdir(exist_ok=True)
        note.write_text(text)
        assert notices_of(place, "list") == ""
        assert place.state() == before
        assert not note.exists()


def test_a_note_does_not_lead_out_of_the_ledger(scene: MakeScene, notices_of: NoticesOf) -> None:
    place = scene()
    state = place.ledger.root / ".git" / "ledger"
    (state / "kept").mkdir(parents=True)
    outside = place.root / "别人的.txt"
    outside.write_text("1")
    from ledger.adapters.disk.store import FileChange, staged_change

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
    scene: MakeScene, notices_of: NoticesOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while `git commit` has an editor open."""
    from ledger.adapters.git import index as gitindex

    monkeypatch.setattr(gitindex, "_PATIENCE_SECONDS", 0.1)
    place = scene()
    before = place.state()
    lock = place.ledger.root / ".git" / "index.lock"
    lock.write_bytes(b"")
    assert "另一个 git 程序正在使用" in notices_of(place, *COMMANDS["progress"], code=1)
    assert lock.read_bytes() == b""
    lock.unlink()
    assert place.state() == before


PEOPLE = range(8 if LONG else 4)


def test_who_writes_at_the_same_time_waits(scene: MakeScene) -> None:
    """Several people report on one task in one work tree; all their entries are there."""
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
        for number in PEOPLE
    ]
    ended = [(each.communicate()[1].decode(), each.returncode) for each in begun]
    assert [code for _, code in ended] == [0] * len(PEOPLE), ended
    task = place.ledger.load().by_id["ZG2020-001"].record
    assert {each.by for each in task.progress} == {f"{number} 号" for number in PEOPLE}
    assert place.litter() == set()


def test_a_reader_on_a_disk_that_refuses_goes_on(
    scene: MakeScene, notices_of: NoticesOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = scene()
    cut_off(place, "progress", lambda: is_written(place.ledger))

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr("ledger.adapters.disk.store.put_back", refuse)
        assert "还没有恢复" in notices_of(place, "list")
    assert "已恢复到办理之前" in notices_of(place, "list")


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
        if not killed(place.ledger.root, init, step):
            break
        again = at_once(place, *init)
        assert again == 0 or (place.ledger.root / "ledger.yaml").exists(), step
        assert place.ledger.git("status", "--porcelain") == "", step
        assert at_once(place, "check") == 0, step
        assert place.litter() == set(), step
        step += 1 if LONG else 19
    assert step > 19
