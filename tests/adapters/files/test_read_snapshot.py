"""What is read is what is there, whatever was remembered, and one file never hides another."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.adapters.files import cache as cache_module
from ledger.adapters.files import scan as worktree
from ledger.adapters.files.cache import Cache
from ledger.adapters.files.read_snapshot import (
    Narrow,
    list_commit,
    list_worktree,
    read_snapshot,
)
from ledger.model.snapshot import Snapshot
from ledger.usecases.looking.list import Filters, Row, due_rows, rows
from ledger.usecases.reading.open import load
from tests.conftest import LedgerFolder, MakeLedger, run_git, task_data, yaml_text

TODAY = dt.date(2017, 6, 30)


def read(root: Path, cache: Cache, narrow: Narrow | None = None) -> Snapshot:
    return read_snapshot(list_worktree(root, cache), cache, narrow)


def fresh(root: Path) -> Snapshot:
    """The working tree read without anything remembered."""
    return read(root, Cache(None))


def edit(root: Path, chance: random.Random, number: int) -> None:
    """One change to the tasks' folder, such as people, editors and accidents make."""
    folder = root / "data" / "tasks" / "GZ2017"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"GZ2017-00{chance.randrange(6)}.yaml"
    text = yaml_text(task_data({"id": place.stem, "title": f"标题{number:03}"}))
    regular = place.is_file() and not place.is_symlink()
    kind = chance.choice(["same size", "touch", "rename", "delete", "put", "link", "dir", "fifo"])
    if kind == "same size" and regular:
        status = place.stat()
        content = place.read_bytes()
        place.write_bytes(content.replace("标题".encode(), "题标".encode()))
        os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))
    elif kind == "touch" and regular:
        place.touch()
    elif kind == "rename" and regular:
        place.replace(folder / f"GZ2017-1{number % 10}.yml")
    elif kind in ("delete", "put", "link", "dir", "fifo"):
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)
        if kind == "put":
            place.write_text(
                chance.choice([text, "坏: [\n", "title: 只有标题\n"]), encoding="utf-8"
            )
        elif kind == "link":
            place.symlink_to(root / "ledger.yaml")
        elif kind == "fifo":
            os.mkfifo(place)
        elif kind == "dir":
            place.mkdir()
            (place / "GZ2017-900.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("seed", range(3))
def test_a_warm_cache_answers_as_none_does(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Files count as settled after 20 ms here, which is longer than a tick of the clock."""
    monkeypatch.setattr(worktree, "_RACY_NANOSECONDS", 20_000_000)
    ledger = make_ledger(4, commit=False)
    chance = random.Random(seed)  # noqa: S311
    for number in range(30):
        time.sleep(0.025)
        edit(ledger.root, chance, number)
        cache = Cache(ledger.root / ".git" / "ledger")
        assert read(ledger.root, cache) == fresh(ledger.root)
        cache.close()


def test_a_settled_file_is_not_read_again(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worktree, "_RACY_NANOSECONDS", -1)
    ledger = make_ledger(3)
    first = worktree.scan(ledger.root, ("ledger.yaml", "data"), {})
    again = worktree.scan(ledger.root, ("ledger.yaml", "data"), first.folders)
    assert again.blobs == first.blobs
    assert again.contents == {}
    assert again.folders == {}


def test_a_change_just_now_is_not_settled(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long ago that is on a busy machine."""
    monkeypatch.setattr(worktree, "_RACY_NANOSECONDS", 10**15)
    ledger = make_ledger(1)
    first = worktree.scan(ledger.root, ("data/tasks",), {})
    assert list(worktree.scan(ledger.root, ("data/tasks",), first.folders).contents) == [
        "data/tasks/GZ2017/GZ2017-001.yaml"
    ]


READ = """
import sys
from pathlib import Path
from ledger.usecases.reading.open import open_ledger, load
for _ in range(6):
    opened = open_ledger(Path(sys.argv[1]))
    assert len(load(opened).tasks) == 40
    opened.cache.close()
    if sys.argv[2] == "discard":
        (opened.repo.state_dir() / "cache.sqlite").unlink(missing_ok=True)
"""


def test_several_processes_at_once(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(40)
    whats = ("read", "read", "discard")
    command = [sys.executable, "-c", READ, str(ledger.root)]
    readers = [subprocess.Popen([*command, what]) for what in whats]
    assert [reader.wait(timeout=60) for reader in readers] == [0, 0, 0]


DAMAGES = ["deleted", "empty", "cut", "garbage", "text", "folder", "another version", "no tables"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_costs_only_time(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(worktree, "_RACY_NANOSECONDS", -1)
    ledger = make_ledger(30)
    right = ledger.load()
    file = ledger.root / ".git" / "ledger" / "cache.sqlite"
    content = file.read_bytes()
    file.unlink()
    if damage == "folder":
        file.mkdir()
    elif damage in ("another version", "no tables"):
        file.write_bytes(content)
        with sqlite3.connect(file) as db:
            db.execute(
                "UPDATE meta SET fingerprint = 'x'"
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
    opened = ledger.open()
    narrow = Narrow(dt.date(2100, 1, 1))
    assert load(opened, "", narrow).tasks == right.tasks
    opened.cache.close()


def test_a_state_folder_that_cannot_be_made(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(3)
    (ledger.root / ".git" / "ledger").write_text("in the way")
    assert len(ledger.load().tasks) == 3
    opened = ledger.open()
    assert opened.cache.where() is None


def broken_tables(file: Path, *tables: str) -> None:
    """Overwrite the first pages of some tables and indexes, as a bad disk does."""
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = db.execute("PRAGMA page_size").fetchone()
        pages = dict(db.execute("SELECT name, rootpage FROM sqlite_master").fetchall())
    db.close()
    with file.open("r+b") as content:
        for table in tables:
            content.seek((pages[table] - 1) * size)
            content.write(b"\xff" * size)


def test_damage_found_late_leaves_no_task_out(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folders are still known when the tasks that fall due can no longer be asked for."""
    monkeypatch.setattr(worktree, "_RACY_NANOSECONDS", -1)
    ledger = make_ledger(5)
    ledger.load()
    broken_tables(ledger.root / ".git" / "ledger" / "cache.sqlite", "file", "file_horizon")
    opened = ledger.open()
    assert len(load(opened, "", Narrow(dt.date(2100, 1, 1))).tasks) == 5
    opened.cache.close()


def test_another_version_taking_over_leaves_no_task_out_and_learns_nothing(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worktree, "_RACY_NANOSECONDS", -1)
    ledger = make_ledger(5)
    ledger.load()
    old = ledger.open()
    listing = list_worktree(ledger.root, old.cache)
    monkeypatch.setattr(cache_module, "code_fingerprint", lambda: "another version")
    new = ledger.open()
    assert len(read_snapshot(listing, old.cache, Narrow(dt.date(2100, 1, 1))).tasks) == 5
    old.cache.remember([("t0", "null", 0, "")], [("data", "{}")])
    old.cache.remember_verdict("key", "[]")
    assert list(new.cache.files(["t0"])) == [[]]
    assert new.cache.folders() == {}
    assert new.cache.verdict("key") is None
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


DAYS = st.dates(dt.date(2017, 1, 1), dt.date(2018, 12, 31))
DEPARTMENTS = [
    "办公室",
    "局办公室",
    "审业部",
    "审查业务管理部",
    "条法司",
    "规划发展司",
    "没有的部门",
]


def due(days: list[dt.date]) -> dict[str, object]:
    if len(days) < 2:
        return {"text": "6月", "date": days[0].isoformat()} if days else {"text": "持续推进"}
    return {"text": "分阶段", "dates": [day.isoformat() for day in sorted(days)]}


TASKS = st.fixed_dictionaries(
    {
        "lead": st.lists(st.sampled_from(DEPARTMENTS), min_size=1, max_size=2, unique=True),
        "assist": st.lists(st.sampled_from(DEPARTMENTS), max_size=2, unique=True),
        "status": st.sampled_from(["未启动", "推进中", "待上会", "已销号", "已中止", "长期坚持"]),
        "due": st.lists(DAYS, max_size=3, unique=True).map(due),
        "progress": st.lists(
            DAYS.map(lambda day: {"date": day.isoformat(), "text": "一"}), max_size=2
        ),
        "extensions": st.lists(DAYS.map(lambda day: {"to": day.isoformat()}), max_size=1),
        "title": st.sampled_from(["一", None]),
    }
)


def shown(snapshot: Snapshot, within: int | None, names: tuple[str, ...]) -> list[Row]:
    return due_rows(rows(snapshot, TODAY, Filters(dept=names)), within)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tasks=st.lists(TASKS, max_size=8),
    within=st.none() | st.integers(0, 400),
    names=st.lists(st.sampled_from(DEPARTMENTS[:6]), max_size=2, unique=True).map(tuple),
)
def test_a_narrow_snapshot_shows_the_same(
    make_ledger: MakeLedger,
    tmp_path: Path,
    tasks: list[dict[str, object]],
    within: int | None,
    names: tuple[str, ...],
) -> None:
    shutil.rmtree(tmp_path / "ledger", ignore_errors=True)
    ledger = make_ledger(tasks, commit=False)
    limit = TODAY + dt.timedelta(days=-1 if within is None else within)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worktree, "_RACY_NANOSECONDS", -(10**12))
        full = ledger.load()
        opened = ledger.open()
        narrow = load(opened, "", Narrow(limit, names))
        opened.cache.close()
    assert shown(narrow, within, names) == shown(full, within, names)
    assert narrow.problems == full.problems


def test_a_narrow_snapshot_leaves_out_what_is_far_off(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worktree, "_RACY_NANOSECONDS", -1)
    far = {"due": {"text": "2030年", "date": "2030-12-31"}}
    ledger = make_ledger([{}, far, {"lead": ["条法司"]}])
    ledger.load()
    opened = ledger.open()
    snapshot = load(opened, "", Narrow(TODAY, ("审业部",)))
    assert [entry.record.id for entry in snapshot.tasks] == ["GZ2017-001"]
    opened.cache.close()


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
from ledger.adapters.git.repo import find_repo
from ledger.adapters.files.read_snapshot import list_commit, list_worktree, read_snapshot
root, commit = Path(sys.argv[1]), sys.argv[2]
cache = Cache(None)
for listing in (list_worktree(root, cache), list_commit(find_repo(root), commit)):
    assert [each.code for each in read_snapshot(listing, cache).problems] == ["T001"]
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
            odd |= worktree.scan(tmp_path, ("data",), {}).odd
        other.kill()
    assert odd == {}


def test_two_ledgers_in_one_repository_share_a_cache(make_ledger: MakeLedger) -> None:
    one = make_ledger(1, below="甲")
    two = LedgerFolder(one.root.parent / "乙")
    shutil.copytree(one.root, two.root)
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
