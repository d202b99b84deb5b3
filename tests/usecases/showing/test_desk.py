"""A ledger that is asked again and again: never old, never written, nothing left open."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.http.exchange import Asked, Reply
from ledger.errors import LedgerError
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.list import listed
from ledger.usecases.reading.moment import moment
from ledger.usecases.reading.open import Ledger, open_ledger
from ledger.usecases.showing.desk import Desk

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2017, 3, 1)


class Pages:
    """Makes replies of what the ledger says, and counts how often."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.today = TODAY

    def make(self, ledger: Ledger, now: dt.date, asked: Asked) -> Reply:
        self.made.append(asked.path)
        when = moment(ledger, asked.one("at") or None, None, now)
        if asked.path == "bug":
            raise ZeroDivisionError
        if asked.path == "head":
            return Reply((ledger.repo.head() or "").encode())
        tasks = listed(ledger, when, Filters(), "", "")
        text = f"{now} " + "|".join(each.title for each in tasks.tasks)
        return Reply(text.encode())


@pytest.fixture
def pages() -> Pages:
    return Pages()


def desk_of(ledger: LedgerFolder, pages: Pages) -> Desk:
    return Desk(ledger.open(), pages.make, lambda opened: pages.today)


def told(desk: Desk, path: str = "", **query: str) -> str:
    """What is answered in another thread, as in a server."""
    texts: list[Any] = []

    def ask() -> None:
        try:
            asked = Asked(path, {name: (value,) for name, value in query.items()})
            texts.append(desk.question(asked)().body.decode())
        except Exception as error:
            texts.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(60)
    if isinstance(texts[0], Exception):
        raise texts[0]
    return str(texts[0])


def test_an_edit_is_seen_at_once_and_nothing_is_made_twice(
    make_ledger: MakeLedger, pages: Pages
) -> None:
    ledger = make_ledger([{"title": "一"}, {"title": "二"}])
    desk = desk_of(ledger, pages)
    assert told(desk) == told(desk) == told(desk) == "2017-03-01 一|二"
    assert len(pages.made) == 1
    for title in ("三", "四", "五"):
        ledger.write_task(id="GZ2017-002", title=title)
        assert told(desk) == f"2017-03-01 一|{title}"
    ledger.path("GZ2017-001").unlink()
    assert told(desk) == "2017-03-01 五"
    before = told(desk, "head")
    after = ledger.commit()
    assert (before == after, told(desk, "head")) == (False, after)


def test_what_is_open_is_used_again(
    make_ledger: MakeLedger, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By answers that are kept, by new ones, and after a mistake of the program."""
    desk = desk_of(make_ledger([{"title": "一"}]), pages)
    told(desk)
    opened: list[Path] = []

    def open_it(root: Path) -> Ledger:
        opened.append(root)
        return open_ledger(root)

    monkeypatch.setattr("ledger.usecases.showing.desk.open_ledger", open_it)
    for path in ("", "", "head", "head", ""):
        told(desk, path)
    assert opened == []
    with pytest.raises(ZeroDivisionError):
        told(desk, "bug")
    told(desk)
    told(desk)
    assert len(opened) == 1


def test_who_asks_the_same_at_once_waits_for_one(make_ledger: MakeLedger, pages: Pages) -> None:
    begun, go = threading.Event(), threading.Event()
    made: list[Asked] = []

    def make(ledger: Ledger, now: dt.date, asked: Asked) -> Reply:
        made.append(asked)
        begun.set()
        assert go.wait(60)
        return Reply(b"a")

    desk = Desk(make_ledger([{}]).open(), make, lambda opened: TODAY)
    replies: list[Reply] = []
    first = threading.Thread(target=lambda: replies.append(desk.question(Asked(""))()))
    first.start()
    assert begun.wait(60)
    rest = [
        threading.Thread(target=lambda: replies.append(desk.question(Asked(""))()))
        for _ in range(5)
    ]
    for each in rest:
        each.start()
    go.set()
    for each in (first, *rest):
        each.join(60)
    assert len(replies) == 6
    assert len(made) <= 2  # one who came after the first was done may look at another state


def test_it_becomes_the_next_day(make_ledger: MakeLedger, pages: Pages) -> None:
    desk = desk_of(make_ledger([{"title": "一"}]), pages)
    assert told(desk).startswith("2017-03-01")
    pages.today = dt.date(2017, 3, 2)
    assert told(desk).startswith("2017-03-02")


def test_the_past_stays(make_ledger: MakeLedger, pages: Pages) -> None:
    ledger = make_ledger([{"title": "一"}])
    first = ledger.commit()
    desk = desk_of(ledger, pages)
    ledger.write_task(id="GZ2017-001", title="二")
    ledger.commit("改动", "2017-04-01")
    assert told(desk, at=first).endswith("一")
    assert told(desk).endswith("二")
    assert told(desk, at="2017-03-31").endswith("一")


def test_a_ledger_that_is_away_comes_back(make_ledger: MakeLedger, pages: Pages) -> None:
    """Broken, emptied, deleted, made anew: each is told, and the next question is answered."""
    ledger = make_ledger([{"title": "一"}])
    desk = desk_of(ledger, pages)
    config = ledger.root / "ledger.yaml"
    good = config.read_bytes()
    assert told(desk).endswith("一")
    config.write_bytes(b"\xff: [")
    assert told(desk).endswith("一")  # what is wrong with it stands on the page
    config.unlink()
    with pytest.raises(LedgerError, match=r"ledger\.yaml"):
        told(desk)
    config.write_bytes(good)
    assert told(desk).endswith("一")
    away = ledger.root.with_name("移走")
    ledger.root.rename(away)
    with pytest.raises(LedgerError, match="不存在"):
        told(desk)
    away.rename(ledger.root)
    assert told(desk).endswith("一")


def test_no_ledger_above_is_shown_instead(make_ledger: MakeLedger, pages: Pages) -> None:
    """A ledger inside another one's folder: the other one is none of its readers' business."""
    outer = make_ledger([{"title": "外面的"}], name="outer")
    inner = make_ledger([{"title": "里面的"}], name="outer/inner")
    desk = desk_of(inner, pages)
    assert told(desk).endswith("里面的")
    (inner.root / "ledger.yaml").unlink()
    with pytest.raises(LedgerError):
        told(desk)
    assert (outer.root / "ledger.yaml").exists()


def test_a_mistake_of_the_program_spoils_nothing(make_ledger: MakeLedger, pages: Pages) -> None:
    desk = desk_of(make_ledger([{"title": "一"}]), pages)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            told(desk, "bug")
        assert told(desk).endswith("一")


def test_many_at_once_while_two_people_edit(make_ledger: MakeLedger, pages: Pages) -> None:
    """Whoever asks after an edit sees it; what a checkout leaves half done fails nobody."""
    ledger = make_ledger([{"title": "0"}, {"title": "别的"}])
    desk = desk_of(ledger, pages)
    told(desk)
    over = threading.Event()
    failures: list[object] = []

    def read() -> None:
        while not over.is_set():
            try:
                desk.question(Asked(""))()
            except Exception as error:
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, 9):
            ledger.write_task(id="GZ2017-001", title=str(number))
            ledger.write_task(id="GZ2017-002", title=f"别的{number}")
            assert told(desk) == f"2017-03-01 {number}|别的{number}"
            if number % 3 == 0:
                ledger.commit()
                ledger.git("checkout", "--quiet", "HEAD~1")
                ledger.git("checkout", "--quiet", "main")
    finally:
        over.set()
        for reader in readers:
            reader.join(60)
    assert failures == []


def children() -> set[str]:
    """The processes that this one has started and that still run."""
    lists = (task / "children" for task in Path("/proc/self/task").iterdir())
    return {child for each in lists if each.exists() for child in each.read_text().split()}


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_git_does_not_pile_up(make_ledger: MakeLedger, pages: Pages) -> None:
    ledger = make_ledger([{"title": "一"}])
    before = children()
    desk = desk_of(ledger, pages)
    for number in range(5):
        ledger.write_task(id="GZ2017-001", title=str(number))
        told(desk, "head")
        assert len(children() - before) <= 1
    desk.rest()
    assert children() - before == set()
    assert told(desk).endswith("4")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_it_rests_with_nothing_open(make_ledger: MakeLedger, pages: Pages) -> None:
    """So that no command waits for a server that nobody asks anything."""
    ledger = make_ledger(3)
    desk = desk_of(ledger, pages)
    told(desk)
    assert opened_below(ledger.root)
    desk.rest()
    assert opened_below(ledger.root) == []


def opened_below(root: Path) -> list[str]:
    """The files below a folder that this process has open."""
    places = []
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        with suppress(OSError):
            places.append(os.readlink(f"/proc/self/fd/{name}"))  # noqa: PTH115
    return [place for place in places if place.startswith(f"{root}/")]


def test_no_process_is_forked(
    make_ledger: MakeLedger, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take along what other threads hold, and never give it back."""
    monkeypatch.setattr("ledger.adapters.files.index.fresh.FORK_FROM", 1)

    def refuse() -> int:
        raise AssertionError("forked")

    monkeypatch.setattr(os, "fork", refuse)
    ledger = make_ledger(5)
    desk = desk_of(ledger, pages)
    for number in range(3):
        ledger.write_task(id="GZ2017-001", title=str(number))
        assert f" {number}|" in told(desk)


class TestReadOnly:
    """Somebody else's ledger, in which nothing may be written."""

    @pytest.fixture
    def locked(self, make_ledger: MakeLedger) -> Iterator[Path]:
        """A ledger on a mount that is read-only."""
        ledger = make_ledger([{"title": "一"}, {"title": "二"}])
        place = ledger.root.with_name("locked")
        place.mkdir()
        for options in (
            ["--bind", str(ledger.root), str(place)],
            ["-o", "remount,ro,bind", str(place)],
        ):
            made = subprocess.run(["mount", *options], capture_output=True, check=False)
            if made.returncode:
                subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)
                pytest.skip("no right to mount a folder read-only")
        try:
            yield place
        finally:
            subprocess.run(["umount", "--lazy", str(place)], check=True)

    def test_nothing_is_written_and_edits_are_seen(
        self, locked: Path, make_ledger: MakeLedger, pages: Pages
    ) -> None:
        source = locked.with_name("ledger")
        before = whole(source)
        desk = Desk(open_ledger(locked), pages.make, lambda opened: TODAY)
        assert told(desk).endswith("一|二")
        assert told(desk, at="HEAD").endswith("一|二")
        assert told(desk, "head")
        desk.rest()
        assert told(desk).endswith("一|二")
        assert whole(source) == before
        task = source / "data/tasks/GZ2017/GZ2017-001.yaml"
        task.write_text(task.read_text("utf-8").replace("title: 一", "title: 三"), "utf-8")
        assert told(desk).endswith("三|二")
        assert whole(source).keys() == before.keys()


def whole(root: Path) -> dict[str, bytes]:
    """Every file below a folder, git's too, and what is in it."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in sorted(root.rglob("*"))
    }


def test_only_caches_are_written(make_ledger: MakeLedger, pages: Pages) -> None:
    ledger = make_ledger([{"title": "一"}])
    before = whole(ledger.root)
    desk = desk_of(ledger, pages)
    told(desk)
    told(desk, at="HEAD")
    told(desk, "head")
    after = whole(ledger.root)
    assert {path: content for path, content in after.items() if path in before} == before
    new = after.keys() - before.keys()
    assert all(path == ".git/ledger" or path.startswith(".git/ledger/") for path in new), new
