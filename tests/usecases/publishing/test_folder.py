"""A site's folder: only what changed is written, nothing of others is touched."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.disk import store
from ledger.errors import LedgerError
from ledger.usecases.publishing.folder import Published, publish
from ledger.usecases.publishing.manifest import MANIFEST, Origin, manifest_in

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

ORIGIN = Origin("a" * 40, "sha256:" + "b" * 64, "2017-07-03", "", "1")
FILES = {"index.html": b"first", "task/GZ-1.html": b"one", "task/GZ-2.html": b"two"}


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "site"


def written(ledger: LedgerFolder, folder: Path, files: dict[str, bytes]) -> Published:
    return publish(ledger.open(), folder, ORIGIN, files.items())


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def times(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*")}


def test_a_second_time_nothing_is_written(ledger: LedgerFolder, folder: Path) -> None:
    first = written(ledger, folder, FILES)
    assert (first.written, first.unchanged, first.removed) == (3, 0, 0)
    before = times(folder)
    again = written(ledger, folder, FILES)
    assert (again.written, again.unchanged, again.removed) == (0, 3, 0)
    assert times(folder) == before
    assert content(folder) == FILES


def test_only_what_changed_is_written_and_what_is_no_more_is_removed(
    ledger: LedgerFolder, folder: Path
) -> None:
    written(ledger, folder, FILES)
    before = times(folder)
    later = written(ledger, folder, {"index.html": b"first", "task/GZ-1.html": b"ONE"})
    assert (later.written, later.unchanged, later.removed) == (1, 1, 1)
    after = times(folder)
    assert after[str(folder / "index.html")] == before[str(folder / "index.html")]
    assert content(folder) == {"index.html": b"first", "task/GZ-1.html": b"ONE"}
    gone = written(ledger, folder, {"index.html": b"first"})
    assert gone.removed == 1
    assert not (folder / "task").exists()


def test_what_others_have_written_is_left_and_named(ledger: LedgerFolder, folder: Path) -> None:
    written(ledger, folder, FILES)
    (folder / "说明.txt").write_text("别人的", "utf-8")
    (folder / "task" / "GZ-2.html").write_bytes(b"edited by hand")
    later = written(ledger, folder, {"index.html": b"first"})
    assert later.removed == 1
    assert later.foreign == ("task/GZ-2.html", "说明.txt")
    assert (folder / "task" / "GZ-2.html").read_bytes() == b"edited by hand"


def test_a_page_of_ours_that_was_edited_is_mended(ledger: LedgerFolder, folder: Path) -> None:
    written(ledger, folder, FILES)
    (folder / "index.html").write_bytes(b"edited")
    assert written(ledger, folder, FILES).written == 1
    assert content(folder) == FILES


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("报告.docx",), "已经有别的文件"),
        ((MANIFEST,), "已经有别的文件"),
        (("index.html", "style.css"), "已经有别的文件"),
    ],
)
def test_a_folder_of_others_is_refused(
    ledger: LedgerFolder, folder: Path, names: tuple[str, ...], says: str
) -> None:
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(b"{}")
    with pytest.raises(LedgerError, match=says):
        written(ledger, folder, FILES)
    assert {each.name for each in folder.iterdir()} == set(names)


def test_a_strange_file_in_the_way_is_not_overwritten(ledger: LedgerFolder, folder: Path) -> None:
    written(ledger, folder, {"index.html": b"first"})
    (folder / "task").mkdir()
    (folder / "task" / "GZ-1.html").write_bytes(b"somebody's")
    with pytest.raises(LedgerError, match="没有覆盖"):
        written(ledger, folder, FILES)
    assert (folder / "task" / "GZ-1.html").read_bytes() == b"somebody's"


def test_links_lead_nowhere(ledger: LedgerFolder, folder: Path, tmp_path: Path) -> None:
    written(ledger, folder, {"index.html": b"first"})
    (tmp_path / "elsewhere").mkdir()
    (folder / "task").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LedgerError, match="符号链接"):
        written(ledger, folder, FILES)
    assert not any((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("inside", ["data/网页", "data", "templates/site", ".git/site", "."])
def test_the_ledgers_own_folders_are_refused(ledger: LedgerFolder, inside: str) -> None:
    before = {str(path) for path in ledger.root.rglob("*") if ".git" not in path.parts}
    with pytest.raises(LedgerError):
        written(ledger, ledger.root / inside, FILES)
    assert {str(path) for path in ledger.root.rglob("*") if ".git" not in path.parts} == before
    assert not (ledger.root / ".git" / "site").exists()


def test_a_file_is_no_folder(ledger: LedgerFolder, folder: Path) -> None:
    folder.write_bytes(b"a file")
    with pytest.raises(LedgerError, match="不是文件夹"):
        written(ledger, folder, FILES)


@pytest.mark.parametrize("stop", range(5))
def test_cut_off_anywhere_the_next_time_repairs(
    ledger: LedgerFolder, folder: Path, stop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full at the n-th file, manifests included: each file is whole or as it was."""
    written(ledger, folder, {"index.html": b"old", "task/GZ-0.html": b"zero"})
    calls = iter(range(100))
    replace = store.replace_file

    def failing(place: Path, content: bytes, *rest: object, **more: object) -> None:
        if next(calls) == stop:
            raise OSError(errno.ENOSPC, "full")
        replace(place, content, *rest, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(store, "replace_file", failing)
        with pytest.raises(LedgerError, match=r"磁盘已满|没有写完"):
            written(ledger, folder, FILES)
    made = content(folder)
    assert all(made[name] in (b"old", FILES.get(name), b"zero") for name in made)
    done = written(ledger, folder, FILES)
    assert content(folder) == FILES
    assert done.foreign == ()
    assert not manifest_in((folder / MANIFEST).read_bytes()).unfinished


def test_killed_at_the_very_first_time_the_next_one_goes_on(
    ledger: LedgerFolder, folder: Path
) -> None:
    def cut() -> object:
        yield "index.html", b"first"
        yield "task/GZ-1.html", b"one"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(ledger.open(), folder, ORIGIN, cut())  # type: ignore[arg-type]
    (folder / "task" / ".GZ-2.html.abc.tmp").write_bytes(b"half")
    done = written(ledger, folder, FILES)
    assert (done.written, done.unchanged) == (1, 2)
    assert content(folder) == FILES


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(ledger: LedgerFolder, folder: Path) -> None:
    folder.mkdir(mode=0o500)
    with pytest.raises(LedgerError, match="没有权限"):
        written(ledger, folder, FILES)
