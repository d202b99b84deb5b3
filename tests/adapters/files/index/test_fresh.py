"""Whatever happens to the working tree, the index answers as a fresh reading does."""

from __future__ import annotations

import mmap
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.files.index import fresh
from ledger.adapters.git.repo import find_repo
from tests.adapters.files.index.ways import (
    TICK,
    by_index,
    by_reading,
    exchange,
    put_back,
    settled,
    whole_seconds,
)
from tests.conftest import ROOT, LedgerFolder, MakeLedger

if TYPE_CHECKING:
    Steps = Iterator[object]

TASKS = Path("data/tasks/GZ2017")
ONE, TWO = TASKS / "GZ2017-001.yaml", TASKS / "GZ2017-002.yaml"


def same_size(root: Path) -> Steps:
    status = (root / ONE).stat()
    exchange(root / ONE, "事项", "项事")
    yield put_back(root / ONE, status)
    yield exchange(root / ONE, "项事", "事物")


def replaced_file(root: Path) -> Steps:
    status = (root / ONE).stat()
    other = root / "other"
    shutil.copy2(root / ONE, other)
    exchange(other, "事项", "项事")
    put_back(other, status)
    yield other.replace(root / ONE)


def exchanged_files(root: Path) -> Steps:
    texts = [(root / each).read_text(encoding="utf-8") for each in (ONE, TWO)]
    for place, text in zip((ONE, TWO), reversed(texts), strict=True):
        (root / place).write_text(text, encoding="utf-8")
        os.utime(root / place, (1_500_000_000, 1_500_000_000))
    yield
    (root / ONE).rename(root / "aside")
    (root / TWO).rename(root / ONE)
    yield (root / "aside").rename(root / TWO)


def hard_link(root: Path) -> Steps:
    (root / "link").hardlink_to(root / ONE)
    yield
    status = (root / ONE).stat()
    exchange(root / "link", "事项", "项事")
    yield put_back(root / "link", status)


def deleted(root: Path) -> Steps:
    content = (root / ONE).read_bytes()
    yield (root / ONE).unlink()
    yield (root / ONE).write_bytes(content)
    yield shutil.rmtree(root / TASKS)
    yield shutil.rmtree(root / "data")


def another_case(root: Path) -> Steps:
    yield (root / ONE).rename(root / TASKS / "gz2017-001.yaml")
    yield (root / TASKS / "gz2017-001.yaml").rename(root / TASKS / "GZ2017-001.YAML")
    yield (root / TASKS / "GZ2017-001.YAML").rename(root / TASKS / "GZ2017-001.yml")
    yield (root / TASKS / "GZ2017-001.yml").rename(root / ONE)
    yield (root / TASKS).rename(root / "data/tasks/gz2017")


def replaced_folder(root: Path) -> Steps:
    """The same names, sizes and times in another folder of the same name."""
    shutil.copytree(root / TASKS, root / "other")
    exchange(root / "other" / ONE.name, "事项", "项事")
    put_back(root / "other" / ONE.name, (root / ONE).stat())
    times = (root / TASKS).stat()
    (root / TASKS).rename(root / "aside")
    (root / "other").rename(root / TASKS)
    yield put_back(root / TASKS, times)
    (root / TASKS).rename(root / "other")
    yield (root / "aside").rename(root / TASKS)


def moved_folder(root: Path) -> Steps:
    shutil.copytree(root / TASKS, root / "data/tasks/甲/乙/丙")
    yield
    yield (root / "data/tasks/甲").rename(root / "data/tasks/丁")
    yield (root / "data/tasks/丁/乙/丙").rename(root / "data/tasks/丁/丙")
    yield (root / "data/tasks/丁/乙").rmdir()
    yield shutil.rmtree(root / "data/tasks/丁")


def folder_as_link(root: Path) -> Steps:
    (root / TASKS).rename(root / "aside")
    yield (root / TASKS).symlink_to(root / "aside")
    yield exchange(root / "aside" / ONE.name, "事项", "项事")
    (root / TASKS).unlink()
    yield (root / "aside").rename(root / TASKS)


def folders_above_as_links(root: Path) -> Steps:
    """What lies deep below a link still has the numbers that it had."""
    shutil.copytree(root / TASKS, root / "data/tasks/甲/乙/丙")
    yield
    (root / "data/tasks/甲/乙").rename(root / "aside")
    yield (root / "data/tasks/甲/乙").symlink_to(root / "aside")
    (root / "data/tasks/甲/乙").unlink()
    yield (root / "aside").rename(root / "data/tasks/甲/乙")
    (root / "data/tasks/甲").rename(root / "aside")
    yield (root / "data/tasks/甲").symlink_to("../../aside")
    yield exchange(root / "aside/乙/丙" / ONE.name, "事项", "项事")
    (root / "data/tasks/甲").unlink()
    (root / "data/tasks/甲").mkdir()
    yield (root / "data/tasks/甲/乙").symlink_to(root / "aside/乙")
    shutil.rmtree(root / "data/tasks/甲")
    yield (root / "aside").rename(root / "data/tasks/甲")


def place_as_link(root: Path) -> Steps:
    (root / "data/tasks").rename(root / "aside")
    yield (root / "data/tasks").symlink_to(root / "aside")
    yield exchange(root / "aside/GZ2017" / ONE.name, "事项", "项事")
    (root / "data/tasks").unlink()
    yield (root / "data/tasks").write_text("一", encoding="utf-8")
    (root / "data/tasks").unlink()
    yield
    yield (root / "aside").rename(root / "data/tasks")


def data_as_link(root: Path) -> Steps:
    (root / "data").rename(root / "aside")
    yield (root / "data").symlink_to(root / "aside")
    yield exchange(root / "aside/tasks/GZ2017" / ONE.name, "事项", "项事")


def file_as_folder(root: Path) -> Steps:
    (root / ONE).rename(root / "aside")
    yield (root / ONE).mkdir()
    yield shutil.copy(root / TWO, root / ONE / "GZ2017-009.yaml")
    shutil.rmtree(root / ONE)
    yield (root / "aside").rename(root / ONE)


def folder_as_file(root: Path) -> Steps:
    for name in ("更深", "更深.yaml"):
        place = root / TASKS / name
        yield shutil.copytree(root / "data/sources", place)
        shutil.rmtree(place)
        yield place.write_text("一", encoding="utf-8")
        place.unlink()
        yield shutil.copytree(root / "data/sources", place)


def special_files(root: Path) -> Steps:
    for place in (root / ONE, root / TWO):
        content = place.read_bytes()
        place.unlink()
        yield os.mkfifo(place)
        place.unlink()
        yield place.symlink_to(root / "ledger.yaml")
        place.unlink()
        yield place.symlink_to("nowhere")
        place.unlink()
        yield place.write_bytes(content)
        exchange(place, "事项", "项事")
        place.unlink()
        yield os.mkfifo(place)


def settings(root: Path) -> Steps:
    place = root / "ledger.yaml"
    text = place.read_text(encoding="utf-8")
    yield place.write_text(text.replace("审业部", "某某部"), encoding="utf-8")
    yield place.write_text(text.replace("审业部", "某某"), encoding="utf-8")
    yield place.write_text("departments: [\n", encoding="utf-8")
    yield place.write_text(text + "rules:\n  T003: off\n  T004: off\n", encoding="utf-8")
    yield place.rename(root / "Ledger.yml")
    yield place.write_text(text, encoding="utf-8")
    yield (root / "Ledger.yml").write_text(text, encoding="utf-8")
    (root / "Ledger.yml").unlink()
    yield (root / "Ledger.yml").symlink_to(root / "ledger.yaml")
    yield (root / "ledger.yaml").rename(root / "ＬＥＤＧＥＲ.yaml")
    yield (root / "ＬＥＤＧＥＲ.yaml").rename(root / "ledger.yaml")
    (root / "ledger.yaml").unlink()
    yield (root / "ledger.yaml").mkdir()


def sources(root: Path) -> Steps:
    place = root / "data/sources/GZ2017.yaml"
    text = place.read_text(encoding="utf-8")
    yield place.write_text("id: [\n", encoding="utf-8")
    yield place.unlink()
    yield place.with_suffix(".yml").write_text(text, encoding="utf-8")
    yield place.with_name("又.yaml").write_text(text, encoding="utf-8")
    yield place.write_text(text, encoding="utf-8")
    yield place.with_name("又.yaml").unlink()


def same_ids(root: Path) -> Steps:
    other = root / TASKS / "又.yaml"
    yield shutil.copy(root / ONE, other)
    yield shutil.copy(root / TWO, other)
    yield shutil.copy(root / TWO, root / ONE)
    yield (root / TWO).unlink()
    yield other.unlink()


def strange_names(root: Path) -> Steps:
    folder = os.fsencode(root / "data/tasks") + b"/\xff"
    os.mkdir(folder)  # noqa: PTH102 - a path of bytes
    yield shutil.copy(os.fsencode(root / ONE), folder + b"/\xfe.yaml")
    yield shutil.copy(root / ONE, root / TASKS / "换\n行 \t'\"%_😀.yaml")
    yield os.rename(folder, folder + b"\xe4")  # noqa: PTH104
    yield shutil.rmtree(folder + b"\xe4")
    os.mkdir(folder[:-1] + b"\x80")  # noqa: PTH102
    yield shutil.copy(os.fsencode(root / ONE), folder[:-1] + b"\x80/x.yaml")
    yield shutil.copytree(root / TASKS, root / "data/tasks/中")


def times(root: Path) -> Steps:
    for when in (0, -1, -(10**9), 4_102_444_800, 1_500_000_000):
        yield os.utime(root / ONE, (when, when))
        exchange(root / ONE, "事项", "项事")
        yield os.utime(root / ONE, (when, when))
        exchange(root / ONE, "项事", "事项")
        yield os.utime(root / ONE, (when, when))


def unseen_by_git(root: Path) -> Steps:
    git = LedgerFolder(root).git
    git("update-index", "--assume-unchanged", str(ONE))
    git("update-index", "--skip-worktree", str(TWO))
    (root / ".gitignore").write_text("*-003.yaml\n", encoding="utf-8")
    for place in (ONE, TWO, TASKS / "GZ2017-003.yaml"):
        yield exchange(root / place, "事项", "项事")


def checkouts(root: Path) -> Steps:
    git = LedgerFolder(root).git
    git("checkout", "-qb", "other")
    exchange(root / ONE, "事项", "项事")
    (root / TWO).unlink()
    yield git("commit", "-qam", "other")
    yield git("checkout", "-q", "main")
    yield git("checkout", "-q", "other")
    exchange(root / ONE, "项事", "事物")
    yield
    yield git("stash")
    yield git("stash", "pop")
    yield git("reset", "-q", "--hard", "main")
    exchange(root / TASKS / "GZ2017-003.yaml", "事项", "项事")
    git("commit", "-qam", "third")
    yield git("rebase", "-q", "main~0")
    yield git("checkout", "main", "--", ".")
    yield git("checkout", "-q", "--orphan", "nothing")
    yield git("rm", "-rqf", "data")


TRICKS: list[Callable[[Path], Steps]] = [
    same_size, replaced_file, exchanged_files, hard_link, deleted, another_case, replaced_folder,
    moved_folder, folder_as_link, folders_above_as_links, place_as_link, data_as_link,
    file_as_folder, folder_as_file,
    special_files, settings, sources, same_ids, strange_names, times, unseen_by_git, checkouts,
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
@pytest.mark.parametrize("late", [False, True], ids=["at once", "settled"])
def test_answers_are_fresh(
    make_ledger: MakeLedger,
    monkeypatch: pytest.MonkeyPatch,
    trick: Callable[[Path], Steps],
    late: bool,
) -> None:
    """Right behind each other; and when nothing but the files' numbers can tell."""
    root = make_ledger(4).root
    if late:
        settled(monkeypatch, -1000)
        monkeypatch.setattr(fresh, "FORK_FROM", 0)
    repo = find_repo(root)
    assert by_index(root, repo) == by_reading(root)
    for _ in trick(root):
        assert by_index(root, repo) == by_reading(root)
        if late:
            assert by_index(root, repo) == by_reading(root)
            time.sleep(TICK)


@pytest.mark.parametrize("ahead", [-3600, -3, 0, 3, 3600])
@pytest.mark.parametrize("long", [60, 2])
def test_whole_seconds_and_a_clock_that_is_wrong(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, ahead: int, long: int
) -> None:
    """Edited, asked, and edited again in the same second of the file system's clock."""
    root = make_ledger(2).root
    whole_seconds(monkeypatch)
    settled(monkeypatch, 2, long)
    plain = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: plain() + ahead * 10**9)
    repo, old = find_repo(root), "事项"
    for new in ("项事", "事物", "物事", "事项"):
        exchange(root / ONE, old, new)
        answer = by_index(root, repo)
        assert answer == by_reading(root)
        assert answer.tasks[0].title.startswith(new)
        old = new


def test_a_program_that_writes_by_a_memory_mapping(make_ledger: MakeLedger) -> None:
    """Linux moves a file's times when a page is first written to, and not again for a while."""
    root = make_ledger(2).root
    repo = find_repo(root)
    words = ["事项", "项事", "事物", "物事"]
    with (root / ONE).open("r+b") as file, mmap.mmap(file.fileno(), 0) as content:
        for old, new in pairwise(words):
            place = content.find(old.encode())
            content[place : place + 6] = new.encode()
            assert by_index(root, repo) == by_reading(root)


@pytest.mark.parametrize("ahead", [-(10**6), 10**6])
def test_a_clock_that_is_set_while_files_are_young(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    root = make_ledger(3).root
    repo = find_repo(root)
    by_index(root, repo)
    plain = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: plain() + ahead * 10**9)
    for new in ("项事", "事物"):
        exchange(root / ONE, "事项" if new == "项事" else "项事", new)
        assert by_index(root, repo) == by_reading(root)


def test_more_files_changed_lately_than_are_read_again(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that are too many are read anew as long as the clock may not have moved."""
    from ledger.adapters.files.index import sync

    monkeypatch.setattr(sync, "_MOST_UNSETTLED", 2)
    root = make_ledger(6).root
    whole_seconds(monkeypatch)
    repo, old = find_repo(root), "事项"
    for new in ("项事", "事物"):
        for number in range(1, 7):
            exchange(root / TASKS / f"GZ2017-00{number}.yaml", old, new)
        assert by_index(root, repo) == by_reading(root)
        old = new


def test_work_trees_and_ledgers_of_one_repository(make_ledger: MakeLedger) -> None:
    """Each has an index of its own, though some share the folder where they are kept."""
    one = make_ledger(2, below="甲")
    other = one.root.parent / "乙"
    shutil.copytree(one.root, other)
    one.git("add", "--all", "..")
    one.git("commit", "-qm", "two")
    one.git("worktree", "add", "-q", "../../linked", "HEAD")
    linked = one.root.parent.parent / "linked"
    exchange(other / ONE, "事项", "项事")
    exchange(linked / "甲" / ONE, "事项", "物事")
    roots = (one.root, other, linked / "甲", linked / "乙")
    for _ in range(2):
        for root in roots:
            assert by_index(root) == by_reading(root)
    titles = [by_index(root).tasks[0].title[:2] for root in roots]
    assert titles == ["事项", "项事", "物事", "事项"]


MOUNTS = r"""
set -e
tasks=$1/data/tasks/GZ2017
mkdir "$1/aside"
cp -a "$tasks/." "$1/aside"
sed -i s/事项/项事/ "$1/aside/GZ2017-001.yaml"
touch -r "$tasks/GZ2017-001.yaml" "$1/aside/GZ2017-001.yaml"
mount --bind "$1/aside/GZ2017-001.yaml" "$tasks/GZ2017-001.yaml"
"$2" -m tests.adapters.files.index.same "$1"
mount --bind "$1/aside" "$tasks"
"$2" -m tests.adapters.files.index.same "$1"
"""


def test_mounts(make_ledger: MakeLedger) -> None:
    """A file and a folder over another of the same name, size and time."""
    command = ["unshare", "-rm"]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], check=False).returncode:
        pytest.skip("nothing may be mounted here")
    root = make_ledger(2).root
    by_index(root)
    call = [*command, "sh", "-c", MOUNTS, "sh", str(root), sys.executable]
    done = subprocess.run(call, capture_output=True, check=False, cwd=ROOT)
    if b"mount" in done.stderr:
        pytest.skip("nothing may be mounted here")
    assert done.returncode == 0, done.stderr.decode()
    assert by_index(root) == by_reading(root)
