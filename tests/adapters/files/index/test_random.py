"""Random edits, checkouts, renames, clocks and kills: the index answers as a fresh reading does.

The short form takes some seconds; with LEDGER_LONG=1 new ones are made up for half an hour.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ledger.adapters.files.index import fresh, sync
from ledger.adapters.git.repo import GitRepo, find_repo
from tests.adapters.files.index.test_damage import dying_at
from tests.adapters.files.index.ways import by_index, by_reading, opened, put_back, settled
from tests.conftest import MakeLedger
from tests.copying import copy_folder
from tests.turns import LONG
from tests.usecases.looking.ledgers import BROKEN, CONFIGS, PLACES, SOURCE_FILES, SPOILT, TASKS

if TYPE_CHECKING:
    Work = Callable[[], Any]

HALF_AN_HOUR = 1800
BRANCHES = ("main", "other", "third")
PARTS = st.integers(0, 1000)  # which of the files or folders that there are
TIMES = st.sampled_from([0, 10**18, 1_500_000_000 * 10**9, 4 * 10**18])


class WorkingTree(RuleBasedStateMachine):
    """A working tree to which things happen.

    Attributes:
        template: the repository of which it is a copy.
    """

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.root = self.template.with_name("working")
        self.repo: GitRepo | None = None

    @initialize()
    def begin(self) -> None:
        copy_folder(self.template, self.root)
        self.repo = find_repo(self.root)

    def git(self, *arguments: str) -> None:
        """Let git do something, or refuse to: it knows no pipes."""
        subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, check=False)

    def teardown(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    @invariant()
    def answers_are_fresh(self) -> None:
        if self.repo is not None:
            assert by_index(self.root, self.repo) == by_reading(self.root)

    def files(self) -> list[Path]:
        return sorted(each for each in (self.root / "data").rglob("*") if not each.is_dir())

    def folders(self) -> list[Path]:
        return sorted(each for each in (self.root / "data/tasks").rglob("*") if is_folder(each))

    @rule(path=PLACES, text=st.one_of(TASKS, TASKS, SPOILT, BROKEN))
    def write(self, path: str, text: str) -> None:
        place = self.root / path
        if cleared(place):
            place.write_text(text, encoding="utf-8")

    @rule(part=PARTS, when=st.booleans())
    def same_size(self, part: int, when: bool) -> None:
        for place in some(self.files(), part):
            if place.is_file() and not place.is_symlink() and (content := place.read_bytes()):
                status = place.stat()
                at = part % len(content)
                place.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
                if when:
                    put_back(place, status)

    @rule(part=PARTS, when=TIMES)
    def touch(self, part: int, when: int) -> None:
        for place in some(self.files(), part):
            os.utime(place, ns=(when, when), follow_symlinks=False)

    @rule(part=PARTS)
    def delete(self, part: int) -> None:
        for place in some(self.files(), part):
            place.unlink()

    @rule(part=PARTS, path=PLACES)
    def rename(self, part: int, path: str) -> None:
        for place in some(self.files(), part):
            if cleared(self.root / path) and place.exists():
                place.rename(self.root / path)

    @rule(part=PARTS, other=PARTS)
    def exchange(self, part: int, other: int) -> None:
        for one, two in zip(some(self.files(), part), some(self.files(), other), strict=True):
            if one != two:
                one.rename(self.root / "aside")
                two.rename(one)
                (self.root / "aside").rename(two)

    @rule(part=PARTS)
    def another_case(self, part: int) -> None:
        for place in some(self.files(), part):
            if not place.with_name(place.name.swapcase()).exists():
                place.rename(place.with_name(place.name.swapcase()))

    @rule(part=PARTS, kind=st.sampled_from(["link", "dangling", "pipe", "folder", "hard link"]))
    def special(self, part: int, kind: str) -> None:
        for place in some(self.files(), part):
            if kind == "hard link":
                if place.is_file() and not (self.root / "linked").exists():
                    os.link(place, self.root / "linked", follow_symlinks=False)
                continue
            place.unlink()
            if kind == "pipe":
                os.mkfifo(place)
            elif kind == "folder":
                place.mkdir()
            else:
                place.symlink_to(self.root / ("ledger.yaml" if kind == "link" else "nowhere"))

    @rule(text=st.sampled_from(["# 一\n", "# 二\n"]))
    def write_by_a_link(self, text: str) -> None:
        place = self.root / "linked"
        if place.is_file() and not place.is_symlink():
            with place.open("a", encoding="utf-8") as file:
                file.write(text)

    @rule(part=PARTS, name=st.sampled_from(["GZ2017", "甲", "gz2017", "深/更深", "x.yaml"]))
    def rename_folder(self, part: int, name: str) -> None:
        for place in some(self.folders(), part):
            to = place.parent / name
            if not to.exists() and not to.is_symlink():
                to.parent.mkdir(exist_ok=True)
                if to.parent != place:
                    place.rename(to)

    @rule(part=PARTS, kind=st.sampled_from(["copy", "link", "file", "nothing"]))
    def replace_folder(self, part: int, kind: str) -> None:
        for place in some(self.folders(), part):
            times = place.stat()
            aside = self.root / "asides" / str(len(list(self.root.glob("asides/*"))))
            aside.parent.mkdir(exist_ok=True)
            place.rename(aside)
            if kind == "copy":
                shutil.copytree(aside, place, symlinks=True, copy_function=copied)
                put_back(place, times)
            elif kind == "link":
                place.symlink_to(aside)
            elif kind == "file":
                place.write_text("一", encoding="utf-8")

    @rule(text=CONFIGS)
    def settings(self, text: str) -> None:
        (self.root / "ledger.yaml").write_text(text, encoding="utf-8")

    @rule(files=SOURCE_FILES)
    def sources(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            if cleared(self.root / path):
                (self.root / path).write_text(text, encoding="utf-8")

    @rule(branch=st.sampled_from(BRANCHES), force=st.booleans())
    def checkout(self, branch: str, force: bool) -> None:
        self.git("checkout", "-q", "-f", branch) if force else self.git("reset", "-q", branch)

    @rule(what=st.sampled_from(["commit", "stash", "clean", "reset"]))
    def git_too(self, what: str) -> None:
        if what == "clean":
            self.git("clean", "-qfdx", "data")
        elif what == "reset":
            self.git("reset", "-q", "--hard")
        elif what == "stash":
            self.git("stash", "--all", "--quiet")
        else:
            self.git("add", "--all", "data", "ledger.yaml")
            self.git("commit", "-q", "--allow-empty", "-m", "一")

    @rule(step=st.integers(0, 60))
    def killed(self, step: int) -> None:
        dying_at(step, self.root)

    @rule()
    def only_listed(self) -> None:
        with opened(self.root, self.repo) as ledger:
            ledger.index.refresh(rows=False)

    @rule()
    def a_while_passes(self) -> None:
        time.sleep(0.035)


def is_folder(place: Path) -> bool:
    return place.is_dir() and not place.is_symlink()


def copied(one: str, other: str) -> None:
    """Copy a file, its times and what else there is; a pipe is left out."""
    if Path(one).is_file():
        shutil.copy2(one, other, follow_symlinks=False)


def cleared(place: Path) -> bool:
    """Make room for a file, with its folders; False where something is in the way."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        return False
    if is_folder(place):
        return False
    place.unlink(missing_ok=True)
    return True


def some(places: list[Path], part: int) -> Iterator[Path]:
    """One of some places, where there is any."""
    if places:
        yield places[part % len(places)]


@pytest.mark.usefixtures("own_temporary")
def test_whatever_happens(make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """What changed 30 ms ago is settled here: longer than any clock needs to move on."""
    folder = make_ledger([{}, {"lead": ["谁也不是"]}, {"id": "ZG2020-001"}])
    for branch in BRANCHES[1:]:
        folder.git("checkout", "-qb", branch)
        folder.write_task(id=f"GZ2017-{len(branch):03}", title=branch)
        folder.commit(branch)
    settled(monkeypatch, 0.03)
    monkeypatch.setattr(fresh, "FORK_FROM", 4)
    monkeypatch.setattr(sync, "_MOST_UNSETTLED", 3)
    monkeypatch.setattr(WorkingTree, "template", folder.root, raising=False)
    few = settings(
        max_examples=6,
        stateful_step_count=30,
        suppress_health_check=list(HealthCheck),
    )
    if not LONG:
        run_state_machine_as_test(WorkingTree, settings=few)
        return
    many = settings(few, max_examples=50, stateful_step_count=60, derandomize=False, database=None)
    end = time.monotonic() + HALF_AN_HOUR
    while time.monotonic() < end:
        run_state_machine_as_test(WorkingTree, settings=many)
