"""A folder that is made whole, or left as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.adapters.disk.interrupt import Course
from ledger.adapters.disk.whole import made_whole
from ledger.errors import LedgerError


@pytest.mark.parametrize("is_there", [False, True])
def test_all_of_it_is_there_in_the_end(tmp_path: Path, is_there: bool) -> None:
    folder, course = tmp_path / "a" / "b", Course()
    if is_there:
        folder.mkdir(parents=True)
    with made_whole(folder, course) as place:
        (place / "c").mkdir()
        (place / "c" / "d").write_text("x", "utf-8")
        (place / "e").write_text("y", "utf-8")
        assert not (folder / "e").exists()
    assert sorted(each.name for each in folder.iterdir()) == ["c", "e"]
    assert (folder / "c" / "d").read_text("utf-8") == "x"
    assert course.is_over  # Ctrl-C comes too late


@pytest.mark.parametrize("is_there", [False, True])
@pytest.mark.parametrize("why", [KeyboardInterrupt, LedgerError("没有办成")])
def test_what_ends_it_early_leaves_nothing(
    tmp_path: Path, is_there: bool, why: BaseException | type[BaseException]
) -> None:
    folder = tmp_path / "a" / "b"
    if is_there:
        folder.mkdir(parents=True)

    def make() -> None:
        with made_whole(folder, Course()) as place:
            (place / "c").mkdir()
            raise why

    with pytest.raises((KeyboardInterrupt, LedgerError)):
        make()
    assert list(tmp_path.rglob("*")) == ([folder.parent, folder] if is_there else [])


def test_what_another_program_writes_meanwhile_stays(tmp_path: Path) -> None:
    folder = tmp_path / "a"

    def make() -> None:
        with made_whole(folder, Course()) as place:
            for name in ("b", "c", "d"):
                (place / name).write_text("ours", "utf-8")
            (folder / "c").write_text("theirs", "utf-8")

    with pytest.raises(LedgerError, match="别的程序"):
        make()
    assert [(each.name, each.read_text("utf-8")) for each in folder.iterdir()] == [("c", "theirs")]


def test_what_is_there_is_not_touched(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("x", "utf-8")
    for folder in (taken, tmp_path):
        with pytest.raises(LedgerError), made_whole(folder, Course()):
            pytest.fail("there is something")
    assert [each.read_text("utf-8") for each in tmp_path.iterdir()] == ["x"]
