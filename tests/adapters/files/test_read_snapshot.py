"""What is read is what is there, whatever was remembered, and one file never hides another."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.adapters.files import cache as cache_module
from ledger.adapters.files.index.look import scan
from ledger.adapters.files.read_snapshot import list_commit, read_snapshot
from ledger.usecases.reading.load import load
from tests.conftest import LedgerFolder, MakeLedger, run_git, task_data, yaml_text
from tests.copying import copy_folder

TODAY = dt.date(2017, 6, 30)


READ = """
import sys
from pathlib import Path
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import open_ledger
for _ in range(6):
    opened = open_ledger(Path(sys.argv[1]))
    assert len(load(opened).tasks) == 40
    opened.cache.close()
    if sys.argv[2] == "discard":
        for place in opened.repo.state_dir().glob("*.sqlite*"):
            place.unlink(missing_ok=True)
"""


def test_several_processes_at_once(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(40)
    whats = ("read", "read", "discard")
    command = [sys.executable, "-c", READ, str(ledger.root)]
    readers = [subprocess.Popen([*command, what]) for what in whats]
    assert [reader.wait(timeout=60) for reader in readers] == [0, 0, 0]


DAMAGES = ["deleted", "empty", "cut", "garbage", "text", "folder", "another version", "no tables"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_costs_only_time(make_ledger: MakeLedger, damage: str) -> None:
    ledger = make_ledger(30)
    right = ledger.load()
    file = ledger.root / ".git" / "ledger" / "cache-1.sqlite"
    content = file.read_bytes()
    file.unlink()
    if damage == "folder":
        file.mkdir()
    elif damage in ("another version", "no tables"):
        file.write_bytes(content)
        with sqlite3.connect(file) as db:
            db.execute(
                "UPDATE meta SET value = 'x' WHERE key = 'version'"
                if damage == "another version"
                else "DROP TABLE file"
            )
        db.close()
    elif damage != "deleted":
        half = len(content) // 2
        file.write_bytes(
            {
                "empty": b"",
                "cut": content[:half],
                "garbage": content[:half] + b"\xff" * half,
                "text": b"not a database\n" * 500,
            }[damage]
        )
    assert ledger.load() == right
    assert ledger.load() == right


def test_a_state_folder_that_cannot_be_made(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(3)
    (ledger.root / ".git" / "ledger").write_text("in the way")
    assert len(ledger.load().tasks) == 3
    opened = ledger.open()
    assert opened.cache.where() is None


def test_another_version_taking_over_learns_nothing(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = make_ledger(5)
    ledger.load()
    old = ledger.open()
    assert len(load(old).tasks) == 5
    monkeypatch.setattr(cache_module, "code_fingerprint", lambda: "another version")
    new = ledger.open()
    assert list(new.cache.files(["t0"])) == [[]]
    old.cache.remember([("t0", "null")])
    assert list(new.cache.files(["t0"])) == [[]]
    assert len(load(old).tasks) == 5
    old.cache.close()
    new.cache.close()


def test_names_that_are_no_text(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(2)
    folder = os.fsencode(ledger.root / "data" / "tasks") + b"/\xff"
    os.mkdir(folder)  # noqa: PTH102 - a path of bytes
    with open(folder + b"/\xfe.yaml", "w") as file:  # noqa: PTH123
        file.write("坏: [\n")
    for _ in range(2):
        snapshot = ledger.load()
        assert len(snapshot.tasks) == 2
        assert "data/tasks/\udcff/\udcfe.yaml" in {each.path for each in snapshot.problems}


BROKEN = {
    "syntax": ("id: GZ2017-002\ntitle: 一: 二\n", "T001", 2),
    "schema": ("id: GZ2017-002\nkind: 没有\ntitle: 一\nsource: GZ2017\n", "T002", 2),
    "twice": ("id: GZ2017-002\nid: GZ2017-002\n", "T001", 2),
    "unknown": (yaml_text(task_data({"id": "GZ2017-002"})) + "颜色: 红\n", "T008", 10),
    "empty": ("", "T001", 0),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_hides_no_other(make_ledger: MakeLedger, fault: str) -> None:
    text, code, line = BROKEN[fault]
    ledger = make_ledger(3)
    path = "data/tasks/GZ2017/GZ2017-002.yaml"
    ledger.write(path, text)
    for snapshot in (ledger.load(), ledger.load(), ledger.load(ledger.commit())):
        assert {"GZ2017-001", "GZ2017-003"} <= set(snapshot.by_id)
        faults = [each for each in snapshot.problems if each.path == path and each.code == code]
        assert line in [each.line for each in faults]


def test_a_commit_reads_as_the_working_tree_it_was_made_of(make_ledger: MakeLedger) -> None:
    task = yaml_text(task_data({"id": "GZ2017-009"}))
    files = {
        "data/tasks/GZ2017/deep/er/GZ2017-009.yaml": task,
        "data/tasks/GZ2017/.GZ2017-008.yaml": task,
        "data/tasks/GZ2017/readme.md": "说明",
        "data/tasks/GZ2017/bad.yaml": "坏: [\n",
        "data/tasks/事项/a b.yaml": task,
    }
    for below in ("", "台账"):
        ledger = make_ledger(2, files=files, name=f"at{below}", below=below)
        tree, commit = ledger.load(), ledger.git("rev-parse", "HEAD").strip()
        assert replace(ledger.load(commit), commit="") == tree
        assert [entry.path for entry in tree.tasks] == [
            "data/tasks/GZ2017/GZ2017-001.yaml",
            "data/tasks/GZ2017/GZ2017-002.yaml",
            "data/tasks/GZ2017/deep/er/GZ2017-009.yaml",
            "data/tasks/事项/a b.yaml",
        ]


def test_what_is_no_file_in_a_commit_is_reported(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(2)
    folder = ledger.root / "data" / "tasks" / "GZ2017"
    (folder / "link.yaml").symlink_to("/etc/passwd")
    commit = ledger.commit()
    blob = run_git(ledger.root, "hash-object", "-w", "--stdin", stdin=b"a: " + b"x" * 20_000_000)
    run_git(
        ledger.root, "update-index", "--add",
        "--cacheinfo", f"160000,{commit},data/tasks/GZ2017/module.yaml",
        "--cacheinfo", f"100644,{blob.strip()},data/tasks/GZ2017/large.yaml",
    )  # fmt: skip
    run_git(ledger.root, "commit", "-qm", "odd")
    snapshot = ledger.load(ledger.git("rev-parse", "HEAD").strip())
    messages = {each.path.rpartition("/")[2]: each.message for each in snapshot.problems}
    assert "符号链接" in messages["link.yaml"]
    assert "子模块" in messages["module.yaml"]
    assert "过大" in messages["large.yaml"]
    assert len(snapshot.tasks) == 2


LIMITED = """
import sys
from pathlib import Path
from ledger.adapters.files.cache import Cache
from ledger.adapters.files.read_snapshot import read_snapshot
from ledger.usecases.reading.load import listing_of
from ledger.usecases.reading.open import open_ledger
ledger = open_ledger(Path(sys.argv[1]))
ledger.index.refresh()
for commit in ("", sys.argv[2]):
    snapshot = read_snapshot(listing_of(ledger, commit), Cache(None))
    assert [each.code for each in snapshot.problems] == ["T001"]
peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(int(peak) // 1024)
"""


def test_a_huge_file_takes_little_memory(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(files={"data/tasks/G/huge.yaml": b"a: " + b"x" * 50_000_000})
    commit = ledger.git("rev-parse", "HEAD").strip()
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(ledger.root), commit], capture_output=True, check=True
    )
    assert int(done.stdout) < 80  # MB


def test_special_files_are_reported_and_never_waited_for(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(1)
    folder = ledger.root / "data" / "tasks" / "GZ2017"
    os.mkfifo(folder / "fifo.yaml")
    (folder / "link.yaml").symlink_to(folder / "GZ2017-001.yaml")
    (folder / "dangling.yaml").symlink_to("nowhere")
    snapshot = ledger.load()
    assert {each.path.rpartition("/")[2] for each in snapshot.problems if each.code == "T001"} == {
        "fifo.yaml",
        "link.yaml",
        "dangling.yaml",
    }
    assert len(snapshot.tasks) == 1


def test_a_file_gone_since_its_folder_was_listed_is_no_fault(tmp_path: Path) -> None:
    place = tmp_path / "data" / "a.yaml"
    place.parent.mkdir()
    script = "import sys\nfrom pathlib import Path\np = Path(sys.argv[1])\n"
    script += "while True:\n    p.write_text('a')\n    p.unlink()\n"
    with subprocess.Popen([sys.executable, "-c", script, str(place)]) as other:
        odd = {}
        for _ in range(3000):
            odd |= scan(tmp_path, ("data",))[1]
        other.kill()
    assert odd == {}


def test_two_ledgers_in_one_repository_share_a_cache(make_ledger: MakeLedger) -> None:
    one = make_ledger(1, below="甲")
    two = LedgerFolder(one.root.parent / "乙")
    copy_folder(one.root, two.root)
    two.write_task(id="GZ2017-001", title="另一个")
    for _ in range(2):
        assert one.load().tasks[0].record.title == "事项GZ2017-001"
        assert two.load().tasks[0].record.title == "另一个"


def test_a_commit_without_the_ledger_is_empty(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(1, below="台账")
    ledger.git("rm", "-rq", "--cached", ".")
    ledger.git("commit", "-qm", "gone")
    opened = ledger.open()
    listing = list_commit(opened.repo, opened.repo.resolve("HEAD"))
    assert dict(listing.blobs) == {}
    assert read_snapshot(listing, opened.cache).tasks == ()
    opened.cache.close()


@pytest.mark.parametrize(
    ("path", "content", "line"),
    [
        ("data/sources/A.yaml", "id: A\ntitle: 甲 # 13800138000\nkind: 工作要点\n", 2),
        ("data/sources/A.yaml", "id: A\ntitle: 甲\n# 电话 138-0013-8000\nkind: 工作要点\n", 3),
        ("data/sources/A.yaml", "id: [\nnote: 13800138000\n", 2),  # broken: all of it
        ("ledger.yaml", "organisation: '13800138000'\n", 1),
    ],
)
def test_secrets_beside_the_data(
    path: str, content: str, line: int, make_ledger: MakeLedger
) -> None:
    ledger = make_ledger(1, files={path: content})
    for _ in range(2):  # read, then remembered
        opened = ledger.open()
        commit = opened.repo.resolve("HEAD")
        snapshot = read_snapshot(list_commit(opened.repo, commit), opened.cache)
        opened.cache.close()
        assert [(e.path, e.line) for e in snapshot.problems if e.code == "S002"] == [(path, line)]
    assert "S002" not in {each.code for each in ledger.load().problems}  # a list goes on
