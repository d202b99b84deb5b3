"""In what a working tree differs: folders that are alike are left out, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.git.repo import find_repo
from ledger.usecases.checking.sides import Sides, _listed
from ledger.usecases.reading.load import listing_of
from ledger.usecases.reading.replay import blobs_of
from ledger.usecases.reading.step import States

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

ONE, TWO = "data/tasks/GZ2017/GZ2017-001.yaml", "data/tasks/GZ2017/GZ2017-002.yaml"


def nothing(ledger: LedgerFolder) -> None:
    """As it was committed."""


def an_edit(ledger: LedgerFolder) -> None:
    place = ledger.root / ONE
    place.write_text(place.read_text(encoding="utf-8") + "# 注\n", encoding="utf-8")


def a_file_gone(ledger: LedgerFolder) -> None:
    (ledger.root / ONE).unlink()


def a_folder_gone(ledger: LedgerFolder) -> None:
    for path in (ledger.root / "data/tasks/ZG2020").iterdir():
        path.unlink()
    (ledger.root / "data/tasks/ZG2020").rmdir()


def a_new_folder(ledger: LedgerFolder) -> None:
    ledger.write_task(id="XX2018-001", source="GZ2017")
    ledger.write("data/tasks/GZ2017/more/GZ2017-009.yaml", "id: GZ2017-009\n")


def two_swapped(ledger: LedgerFolder) -> None:
    one, two = (ledger.root / path for path in (ONE, TWO))
    texts = one.read_bytes(), two.read_bytes()
    one.write_bytes(texts[1])
    two.write_bytes(texts[0])


def a_link(ledger: LedgerFolder) -> None:
    (ledger.root / ONE).unlink()
    (ledger.root / ONE).symlink_to("GZ2017-002.yaml")


def no_data(ledger: LedgerFolder) -> None:
    ledger.write("data/tasks/GZ2017/说明.txt", "不是事项\n")


def a_program(ledger: LedgerFolder) -> None:
    (ledger.root / ONE).chmod(0o755)
    ledger.commit()
    an_edit(ledger)


def settings(ledger: LedgerFolder) -> None:
    place = ledger.root / "ledger.yaml"
    place.write_text(place.read_text(encoding="utf-8") + "# 注\n", encoding="utf-8")


ALL = (nothing, an_edit, a_file_gone, a_folder_gone, a_new_folder, two_swapped, a_link, no_data,
       a_program, settings)  # fmt: skip


@pytest.mark.parametrize("change", ALL)
def test_what_is_left_out_is_alike(
    make_ledger: MakeLedger, change: Callable[[LedgerFolder], None]
) -> None:
    folder = make_ledger([{}, {}, {"id": "ZG2020-001", "source": "ZG2020"}])
    for change_it in (nothing, change):  # the second time the index knows of the first
        change_it(folder)
        ledger = folder.open()
        base = folder.git("rev-parse", "HEAD").strip()
        old = States(ledger).at(base)
        listing, was = _listed(ledger, "", old)
        whole, all_were = listing_of(ledger, ""), blobs_of(old)
        assert differing(was, listing.blobs) == differing(all_were, whole.blobs)
        assert listing.odd == whole.odd
        if change_it is nothing:
            assert {*listing.blobs} == {"ledger.yaml"}
        sides = Sides(ledger, base, "")
        assert {*sides.touched} == {*differing(all_were, whole.blobs), *whole.odd}
        ledger.index.close()
        ledger.cache.close()


def differing(was: dict[str, str], now: dict[str, str]) -> set[str]:
    return {path for path in {*was, *now} if was.get(path) != now.get(path)}


def test_names_that_a_commit_may_not_have(make_ledger: MakeLedger) -> None:
    folder = make_ledger(3)
    base = folder.git("rev-parse", "HEAD").strip()
    folder.write(".gitignore", "*.log\n")
    folder.write("data/staged.txt", "1")
    folder.write("data/gone.txt", "1")
    folder.git("add", "-A")
    (folder.root / "data/gone.txt").unlink()
    folder.git("rm", "-q", "--cached", ONE)
    (folder.root / TWO).unlink()
    folder.write("data/x.log", "1")
    folder.write("data/另外/一个.txt", "1")
    (folder.root / "data/sources").rename(folder.root / "data/moved")
    (folder.root / "data/sources").write_text("一个文件")
    repo = find_repo(folder.root)
    known = {path for path, _ in repo.entries(base)}
    names, existing = repo.names_brought(base)
    expected = [path for path, _ in repo.names_here() if path not in known]
    assert [path for path, _ in names if path not in {each for each, _ in existing}] == expected
    assert "data/gone.txt" in expected
    assert {each for each, _ in existing} <= known
