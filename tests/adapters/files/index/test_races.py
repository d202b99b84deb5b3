"""What happens while the working tree is being looked at is seen at the latest the next time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.disk import both
from ledger.adapters.files.index import fresh, look, sync, worktree
from ledger.adapters.git.repo import find_repo
from ledger.errors import UsageError
from ledger.usecases.looking.asking import Asking
from tests.adapters.files.index.ways import (
    TODAY,
    answer_of,
    by_index,
    by_reading,
    exchange,
    opened,
    put_back,
    settled,
    spoil,
)

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

TASKS = Path("data/tasks/GZ2017")
ONE = TASKS / "GZ2017-001.yaml"


class Once:
    """Does something the first time that it is called."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work: Callable[[], object] | None = work

    def __call__(self) -> None:
        if self._work:
            work, self._work = self._work, None
            work()


def around(
    patch: pytest.MonkeyPatch, module: Any, name: str, before: Any = None, after: Any = None
) -> None:
    """Let something happen before or after a function's calls."""
    plain = getattr(module, name)

    def function(*arguments: Any, **named: Any) -> Any:
        if before:
            before()
        result = plain(*arguments, **named)
        if after:
            after()
        return result

    patch.setattr(module, name, function)


def after_seeing(patch: pytest.MonkeyPatch, folder: Path, work: Callable[[], object]) -> None:
    """Let something happen behind the listing of a folder."""
    plain, once = sync.see, Once(work)

    def see(root: bytes, path: bytes) -> look.Seen:
        seen = plain(root, path)
        if path == os.fsencode(folder):
            once()
        return seen

    patch.setattr(sync, "see", see)


def test_a_file_that_is_gone_when_it_is_read_and_there_again_afterwards(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_ledger(3).root
    content = (root / ONE).read_bytes()
    with monkeypatch.context() as patch:
        after_seeing(patch, TASKS, (root / ONE).unlink)
        by_index(root)
    assert not (root / ONE).exists()
    (root / ONE).write_bytes(content)
    assert by_index(root) == by_reading(root)
    assert len(by_index(root).tasks) == 3


def test_a_file_that_is_gone_while_its_folder_is_listed(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is among the names, but not among the entries."""
    root = make_ledger(3).root
    aside = root / "aside"
    with monkeypatch.context() as patch:

        def scandir(folder: str) -> Any:
            if folder.endswith("GZ2017") and (root / ONE).exists():
                (root / ONE).rename(aside)
            with os.scandir(folder) as entries:
                listed = list(entries)
            if aside.exists():
                aside.rename(root / ONE)
            return listed

        spoil(patch, scandir=scandir)
        by_index(root)
    assert by_index(root) == by_reading(root)
    assert len(by_index(root).tasks) == 3


def test_a_folder_that_becomes_a_file_while_it_is_looked_at(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_ledger(3).root
    for name in (TASKS / "更深", TASKS / "更深.yaml"):
        place = root / name
        shutil.copytree(root / "data/sources", place)

        def become(place: Path = place) -> None:
            shutil.rmtree(place)
            shutil.copy(root / "data/sources/GZ2017.yaml", place)

        with monkeypatch.context() as patch:
            after_seeing(patch, TASKS, become)
            by_index(root)
        for _ in range(2):
            assert by_index(root) == by_reading(root)
        place.unlink()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_file_that_is_written_while_it_is_read(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    root = make_ledger(3).root
    by_index(root)
    exchange(root / ONE, "事项", "项事")

    def write() -> None:
        status = (root / ONE).stat()
        exchange(root / ONE, "项事", "事物")
        put_back(root / ONE, status)

    with monkeypatch.context() as patch:
        around(patch, look, "read_file", **{when: Once(write)})
        by_index(root)
    assert by_index(root) == by_reading(root)
    assert by_index(root).tasks[0].title.startswith("事物")


@pytest.mark.parametrize("rows", [True, False])
def test_somebody_else_brings_it_up_meanwhile(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, rows: bool
) -> None:
    """And has seen a folder gone that is there again when we look; or wants no rows."""
    root = make_ledger(3).root
    settled(monkeypatch, -1000)
    repo = find_repo(root)
    by_index(root, repo)
    (root / TASKS).rename(root / "aside")
    exchange(root / "data/sources/GZ2017.yaml", "工作", "作工")
    with opened(root, repo) as theirs, opened(root, repo) as ours:
        ours.index.begin()
        theirs.index.refresh(rows)
        (root / "aside").rename(root / TASKS)
        assert answer_of(ours) == by_reading(root)
    assert by_index(root, repo) == by_reading(root)


def test_a_list_of_files_is_brought_up_between_two_questions(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for tasks has them all, though somebody else wants only names and blobs."""
    root = make_ledger([{}, {"lead": ["谁也不是"]}]).root
    settled(monkeypatch, -1000)
    repo = find_repo(root)
    with opened(root, repo) as ours, opened(root, repo) as theirs:
        ours.index.refresh()

        def listing() -> None:
            exchange(root / ONE, "事项", "项事")
            theirs.index.refresh(rows=False)

        around(monkeypatch, worktree.TaskIndex, "keep_verdict", after=Once(listing))
        assert len(answer_of(ours).tasks) == 2
    assert by_index(root, repo) == by_reading(root)


@pytest.mark.parametrize("change", ["another", "gone", "pipe"])
def test_a_file_that_was_listed_is_another_when_its_rows_are_asked_for(
    make_ledger: MakeLedger, change: str
) -> None:
    root = make_ledger(3).root
    with opened(root) as ledger:
        ledger.index.refresh(rows=False)
        if change == "another":
            exchange(root / ONE, "事项", "项事")
        else:
            (root / ONE).unlink()
            if change == "pipe":
                os.mkfifo(root / ONE)
        ledger.index.refresh()
        assert answer_of(ledger) == by_reading(root)
    assert by_index(root) == by_reading(root)


def test_a_verdict_is_of_the_files_that_were_listed(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not of what stood there for a moment when the rules read them."""
    root = make_ledger([{}, {"lead": ["谁也不是"]}]).root
    settled(monkeypatch, -1000)
    place = root / TASKS / "GZ2017-002.yaml"
    text = place.read_text(encoding="utf-8")
    with opened(root) as ledger:
        ledger.index.refresh()
        place.write_text(text.replace("谁也不是", "审业部"), encoding="utf-8")
        answer_of(ledger)
    place.write_text(text, encoding="utf-8")
    assert by_index(root) == by_reading(root)
    assert by_index(root).problems


def test_a_look_that_nobody_waits_for_ends(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a command is refused after it has begun."""
    root = make_ledger(3).root
    monkeypatch.setattr(fresh, "FORK_FROM", 0)
    monkeypatch.setattr(both, "can_fork", lambda: True)
    by_index(root)
    with opened(root) as ledger:
        ledger.index.begin()
        begun = ledger.index._look
        assert begun is not None
    with pytest.raises(ChildProcessError):
        os.waitpid(begun.child, os.WNOHANG)
    for file in (begun.tokens, begun.answer):
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(file)


@pytest.mark.parametrize("edit", [False, True])
@pytest.mark.parametrize("forks", [False, True])
def test_an_answer_made_beside_the_look_counts_only_where_nothing_has_changed(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, forks: bool, edit: bool
) -> None:
    settled(monkeypatch, -1000)
    root = make_ledger(3).root
    monkeypatch.setattr(fresh, "FORK_FROM", 0)
    monkeypatch.setattr(both, "can_fork", lambda: forks)
    by_index(root)
    if edit:
        exchange(root / ONE, "事项", "项事")
    titles: list[list[str]] = []
    with opened(root) as ledger:
        index = ledger.index

        def answer() -> list[str]:
            asked = Asking(index, index.lights(), TODAY)
            titles.append([task.title for task in asked.briefs(asked.question())])
            return titles[-1]

        told = index.answered(answer)
    assert told == [task.title for task in by_reading(root).tasks]
    assert len(titles) == (2 if forks and edit else 1)


def test_what_fails_on_the_state_before_is_asked_again(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(monkeypatch, -1000)
    root = make_ledger(3).root
    monkeypatch.setattr(fresh, "FORK_FROM", 0)
    monkeypatch.setattr(both, "can_fork", lambda: True)
    by_index(root)
    exchange(root / ONE, "事项", "项事")
    with opened(root) as ledger:

        def answer() -> int:
            asked = Asking(ledger.index, ledger.index.lights(), TODAY)
            (place,) = [
                number
                for number, task in enumerate(asked.briefs(asked.question()))
                if "项事" in task.title
            ]
            return place

        assert ledger.index.answered(answer) == 0

        def refused() -> None:
            raise UsageError("没有这样的事项")

        with pytest.raises(UsageError):
            ledger.index.answered(refused)
