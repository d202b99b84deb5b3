"""An index that is damaged, foreign, locked or half made costs time, and is never believed."""

from __future__ import annotations

import gc
import os
import random
import resource
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.disk import both
from ledger.adapters.files import database
from ledger.adapters.files.index import fresh, kept, schema, sync, worktree
from ledger.adapters.files.index.kept import Unusable
from ledger.cli.app import run
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.list import listed, whole
from ledger.usecases.looking.status import status, today_picture
from ledger.usecases.reading.load import load
from tests.adapters.files.index.ways import (
    NOW,
    TODAY,
    Answer,
    answer_of,
    by_index,
    by_reading,
    exchange,
    fork,
    opened,
    settled,
    snapshot_of,
)
from tests.copying import copy_folder

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

ONE = Path("data/tasks/GZ2017/GZ2017-001.yaml")


def files_of(root: Path) -> list[Path]:
    """The databases of an index."""
    return sorted((root / ".git/ledger").glob("index-*.sqlite"))


def checkpointed(file: Path) -> dict[str, int]:
    """Put everything into the file itself; the pages on which its tables and indexes begin."""
    gc.collect()  # who reads, keeps it from being moved
    with sqlite3.connect(file) as db:
        assert db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        pages = dict(db.execute("SELECT name, rootpage FROM sqlite_master").fetchall())
    db.close()
    return pages


def asked_by_command(root: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """What `ledger list` and its kin print, and their exit codes together."""
    code = 0
    for command in (["list"], ["due"], ["status"], ["list", "--full", "--format", "json"], []):
        code += run(["-C", str(root), "--today", TODAY.isoformat(), *command])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def garbage(file: Path) -> None:
    half = file.stat().st_size // 2
    file.write_bytes(file.read_bytes()[:half] + b"\xff" * half)


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def another_version(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("UPDATE meta SET value = 'x' WHERE key = 'version'")
    db.close()


def without(table: str) -> Callable[[Path], None]:
    def drop(file: Path) -> None:
        with sqlite3.connect(file) as db:
            db.execute(f"DROP TABLE {table}")
        db.close()

    drop.__name__ = f"without {table}"
    return drop


DAMAGES: list[Callable[[Path], object]] = [
    Path.unlink, cut, garbage, folder, another_version,
    *(without(name) for name in ("meta", "folder", "file", "unsettled", "task", "words")),
]  # fmt: skip


def test_a_damaged_index_is_made_anew(
    make_ledger: MakeLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_ledger(5).root
    right, read = asked_by_command(root, capsys), by_reading(root)
    for damage in DAMAGES:
        shutil.rmtree(root / ".git/ledger")
        assert by_index(root) == read
        (file,) = files_of(root)
        checkpointed(file)
        damage(file)
        assert asked_by_command(root, capsys) == right, damage.__name__
        assert by_index(root) == read, damage.__name__
        assert len(files_of(root)) <= 2, damage.__name__


TABLES = [line.split()[2] for line in schema.TABLES.splitlines() if line.startswith("CREATE TABLE")]
INDEXES = [
    line.split()[2] for line in schema.TABLES.splitlines() if line.startswith("CREATE INDEX")
]


def test_pages_that_were_overwritten(
    make_ledger: MakeLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    """Found late: when the folders are known already, or some rows have been shown."""
    root = make_ledger([{"tags": ["重点"]}, {"lead": ["谁也不是"]}]).root
    shutil.copy(root / ONE, (root / ONE).with_name("又.yaml"))
    right, read = asked_by_command(root, capsys), by_reading(root)
    filters = Filters(tag=("重点",), text=("事项",), dept=("审业部",))
    for name in TABLES + INDEXES:
        shutil.rmtree(root / ".git/ledger")
        assert by_index(root) == read
        overwritten(files_of(root)[-1], name)
        with opened(root) as ledger:
            ledger.index.refresh()
            assert len(listed(ledger, NOW, filters, "due").tasks) == 2, name
        overwritten(files_of(root)[-1], name)
        assert asked_by_command(root, capsys) == right, name
        assert by_index(root) == read, name


def overwritten(file: Path, table: str) -> None:
    page = checkpointed(file)[table]
    with file.open("r+b") as content:
        content.seek((page - 1) * 4096)
        content.write(b"\xff" * 4096)


def test_an_index_of_another_ledger(make_ledger: MakeLedger) -> None:
    one = make_ledger(3).root
    two = make_ledger([{"title": "别的"}], name="other", sources=()).root
    by_index(one)
    by_index(two)
    (ours,), (theirs,) = files_of(one), files_of(two)
    checkpointed(theirs)
    shutil.copy(theirs, ours)
    assert by_index(one) == by_reading(one)
    copy_folder(two, two.parent / "copy")
    assert by_index(two.parent / "copy") == by_reading(two.parent / "copy")


def test_an_index_of_this_ledger_that_is_older(make_ledger: MakeLedger) -> None:
    root = make_ledger(3).root
    by_index(root)
    (file,) = files_of(root)
    checkpointed(file)
    shutil.copy(file, root / "older")
    exchange(root / ONE, "事项", "项事")
    by_index(root)
    checkpointed(file)
    shutil.copy(root / "older", file)
    assert by_index(root) == by_reading(root)


def test_an_older_program_goes_on_writing(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it reads differently is not taken over."""
    root = make_ledger(3).root
    with opened(root) as older:
        older.index.refresh()
        exchange(root / ONE, "事项", "项事")
        monkeypatch.setattr(kept, "code_fingerprint", lambda: "newer")
        assert by_index(root) == by_reading(root)
        assert answer_of(older).tasks  # of its own time
        with opened(root) as newer:
            newer.index.refresh()
            older.index._db.execute("COMMIT")  # type: ignore[union-attr]
            older.index._db.execute("DELETE FROM task")  # type: ignore[union-attr]
        assert by_index(root) == by_reading(root)


def test_no_place_for_an_index(make_ledger: MakeLedger, capsys: pytest.CaptureFixture[str]) -> None:
    root = make_ledger(3).root
    right = asked_by_command(root, capsys)
    shutil.rmtree(root / ".git/ledger")
    (root / ".git/ledger").write_text("in the way")
    assert asked_by_command(root, capsys) == right
    assert by_index(root) == by_reading(root)


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("room", [0, 3000, 30_000, 60_000])
def test_a_full_disk(make_ledger: MakeLedger, warm: bool, room: int) -> None:
    root = make_ledger(20).root
    if warm:
        by_index(root)
        exchange(root / ONE, "事项", "项事")
    right = by_reading(root)

    def ask() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        with opened(root) as ledger:
            assert listed(ledger, NOW, Filters(), "").tasks
            assert tuple(listed(ledger, NOW, Filters(), "").tasks) == right.tasks
            assert load(ledger).problems == right.problems

    assert os.waitpid(fork(ask), 0)[1] == 0
    assert by_index(root) == right


@pytest.fixture
def unusable(monkeypatch: pytest.MonkeyPatch) -> None:
    """No index can be had."""

    def refuse(*_: Any) -> None:
        raise Unusable

    monkeypatch.setattr(worktree.TaskIndex, "_refreshed", refuse)


@pytest.mark.usefixtures("unusable")
def test_without_an_index_everything_is_read(make_ledger: MakeLedger) -> None:
    root = make_ledger([{}, {"lead": ["谁也不是"]}]).root
    right, snapshot = by_reading(root), snapshot_of(root)
    with opened(root) as ledger:
        told = listed(ledger, NOW, Filters(), "")
        assert (tuple(told.tasks), told.problems) == (right.tasks, right.problems)
        assert [row.entry for row in whole(ledger, NOW, told.tasks)] == list(snapshot.tasks)
        assert status(ledger, NOW, "lead").total.total == len(right.tasks)
        assert today_picture(ledger, NOW).problems == right.problems
        assert load(ledger) == snapshot


@pytest.mark.usefixtures("own_temporary")
def test_several_build_at_once(make_ledger: MakeLedger) -> None:
    root = make_ledger(60).root
    right = by_reading(root)

    def build() -> None:
        for number in range(4):
            assert by_index(root) == right
            if number == 1:
                for file in files_of(root):
                    database.discard(file.parent, file.name.rpartition("-")[0])

    children = [fork(build) for _ in range(4)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert by_index(root) == right
    assert len(files_of(root)) == 1


def dying_at(step: int, root: Path) -> int:
    """Bring an index up in a child that dies before a step of its database; the steps it took."""
    ours, theirs = os.pipe()
    plain = sqlite3.connect

    def build() -> None:
        done = 0

        def count(_: str) -> None:
            nonlocal done
            if done == step:
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1

        def connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
            db = plain(*arguments, **named)
            db.set_trace_callback(count)
            return db

        database.sqlite3.connect = connect  # type: ignore[assignment]
        by_index(root)
        os.write(theirs, str(done).encode())

    child = fork(build)
    os.close(theirs)
    _, ended = os.waitpid(child, 0)
    with os.fdopen(ours) as told:
        steps = told.read()
    assert steps or os.WIFSIGNALED(ended)
    return int(steps or 0)


def changed_a_little(root: Path, number: int) -> None:
    """Something to bring up: a task edited, another one gone or there again."""
    place = root / ONE
    place.write_text(place.read_text(encoding="utf-8") + f"# {number}\n", encoding="utf-8")
    other = root / "data/tasks/GZ2017/GZ2017-002.yaml"
    if other.exists():
        other.rename(root / "aside")
    else:
        (root / "aside").rename(other)


@pytest.mark.usefixtures("own_temporary")
@pytest.mark.parametrize("warm", [False, True])
def test_one_is_killed_while_building(make_ledger: MakeLedger, warm: bool) -> None:
    root = make_ledger(6).root
    if warm:
        by_index(root)
        changed_a_little(root, 0)
    steps = dying_at(-1, root)
    if warm:  # a task that comes takes other steps than one that goes
        changed_a_little(root, 1)
        steps = min(steps, dying_at(-1, root))
    assert steps > 10
    for step in range(0, steps, max(1, steps // 12)):
        if warm:
            changed_a_little(root, step)
        else:
            shutil.rmtree(root / ".git/ledger")
        assert dying_at(step, root) == 0
        assert by_index(root) == by_reading(root)


@pytest.mark.usefixtures("own_temporary")
def test_one_is_killed_at_any_moment(make_ledger: MakeLedger) -> None:
    root = make_ledger(40).root
    chance = random.Random(1)  # noqa: S311
    for number in range(10):
        shutil.rmtree(root / ".git/ledger", ignore_errors=True)
        child = fork(lambda: by_index(root))
        time.sleep(chance.random() * 0.06)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        changed_a_little(root, number)
        assert by_index(root) == by_reading(root)


@pytest.mark.usefixtures("own_temporary")
@pytest.mark.parametrize("what", ["look", "read"])
def test_the_second_process_is_killed(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """The one that looks at the folders, or reads files, beside the first."""
    root = make_ledger(30).root
    settled(monkeypatch, -1000)
    monkeypatch.setattr(fresh, "FORK_FROM", 0)
    # However many threads the test's runner has.
    monkeypatch.setattr(both, "can_fork", lambda: True)
    monkeypatch.setattr(sync, "_ALONE", 0)
    monkeypatch.setattr(sync, "_AT_ONCE", 3)
    if what == "look":
        by_index(root)
    children: list[int] = []
    plain = os.fork

    def killing() -> int:
        child = plain()
        if child:
            os.kill(child, signal.SIGKILL)
            children.append(child)
        return child

    monkeypatch.setattr(os, "fork", killing)
    changed_a_little(root, 1)
    answer: Answer = by_index(root)
    assert children
    assert answer == by_reading(root)


def test_a_text_that_the_index_cannot_hold(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No file that can be read has one; if a reader lets one through, everything is read."""
    from ledger.adapters.files.index import rows

    root = make_ledger(2).root
    right = asked_by_command(root, capsys)
    shutil.rmtree(root / ".git/ledger")
    plain = rows.searched
    monkeypatch.setattr(rows, "searched", lambda text: plain(text) + "\udcff")
    assert asked_by_command(root, capsys) == right
    with opened(root) as ledger, pytest.raises(Unusable):
        ledger.index.refresh()
