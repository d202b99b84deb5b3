"""Reading the working tree takes memory in proportion to what there is, however many files."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from ledger.adapters.files import cache as cache_module
from ledger.adapters.files import read_snapshot as snapshots
from ledger.adapters.files import scan as worktree
from ledger.adapters.files.cache import Cache
from ledger.adapters.files.read_snapshot import list_worktree, read_snapshot
from ledger.adapters.git.process import MAX_BLOB
from tests.conftest import MakeLedger


def test_a_small_file_asks_for_little_memory(tmp_path: Path) -> None:
    """What was asked for and given back can stay a memory mapping, of which there are 65,530."""
    place = tmp_path / "small.yaml"
    place.write_bytes(b"x" * 1000)
    tracemalloc.start()
    try:
        content = worktree.read_file(place)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert content == b"x" * 1000
    assert most < 100_000


@pytest.mark.parametrize("size", [0, 1, 1000, MAX_BLOB - 1, MAX_BLOB, MAX_BLOB + 1000])
def test_files_are_read_whole_up_to_the_most(tmp_path: Path, size: int) -> None:
    place = tmp_path / "some.yaml"
    place.write_bytes(b"x" * size)
    assert len(worktree.read_file(place)) == min(size, MAX_BLOB)


def test_a_file_whose_size_is_not_known_is_read_whole() -> None:
    """As on some network file systems, and in /proc, where every size is 0."""
    place = Path("/proc/self/environ")
    if not place.exists():
        pytest.skip("没有 /proc")
    assert worktree.read_file(place) == place.read_bytes()


def test_a_scan_keeps_a_bounded_part_of_what_it_read(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not kept is read again where it is needed, and says the same."""
    ledger = make_ledger([{"id": f"GZ2017-{n:03}"} for n in range(1, 21)])
    whole = read_snapshot(list_worktree(ledger.root, Cache(None)), Cache(None))
    monkeypatch.setattr(worktree, "_MOST_KEPT", 2000)
    scanned = worktree.scan(ledger.root, ("data/tasks",), {})
    assert 0 < sum(map(len, scanned.contents.values())) <= 2000
    assert len(scanned.blobs) == 20
    assert read_snapshot(list_worktree(ledger.root, Cache(None)), Cache(None)) == whole
    assert len(whole.tasks) == 20


class Noting(Cache):
    """A cache that notes how much it was given at a time; what `fails` it does not keep."""

    def __init__(self, folder: Path | None, fails: int = -1) -> None:
        super().__init__(folder)
        self.given: list[tuple[int, int]] = []
        self._fails = fails

    def remember(
        self,
        files: Iterable[tuple[str, str, int, str]],
        folders: Iterable[tuple[str, str]] = (),
        gone: Iterable[str] = (),
    ) -> bool:
        rows, listings = list(files), list(folders)
        self.given.append((len(rows), len(listings)))
        fails = len(self.given) - 1 == self._fails
        return False if fails else super().remember(rows, listings, gone)


def test_what_was_parsed_is_kept_some_at_a_time(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(snapshots, "CHUNK", 8)
    monkeypatch.setattr(cache_module, "CHUNK", 8)
    ledger = make_ledger([{"id": f"GZ2017-{n:03}"} for n in range(1, 21)])
    cold = Noting(tmp_path / "cache")
    whole = read_snapshot(list_worktree(ledger.root, cold), cold)
    assert max(rows for rows, _ in cold.given) == 8
    assert [bool(folders) for _, folders in cold.given] == [False, False, True]
    warm = Noting(tmp_path / "cache")
    assert read_snapshot(list_worktree(ledger.root, warm), warm) == whole
    assert sum(rows for rows, _ in warm.given) == 0
    assert max(map(len, warm.files(f"t{n:040}" for n in range(20)))) == 0


def test_no_folder_is_remembered_without_all_its_files(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`due_by` takes the files of a remembered folder for known."""
    monkeypatch.setattr(snapshots, "CHUNK", 8)
    ledger = make_ledger([{"id": f"GZ2017-{n:03}"} for n in range(1, 21)])
    failing = Noting(tmp_path / "cache", fails=0)
    read_snapshot(list_worktree(ledger.root, failing), failing)
    assert failing.folders() == {}
    assert len(failing.given) == 2
