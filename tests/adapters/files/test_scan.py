"""Reading the working tree takes memory in proportion to what there is, however many files."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from ledger.adapters.files import cache as cache_module
from ledger.adapters.files import read_snapshot as snapshots
from ledger.adapters.files.cache import Cache
from ledger.adapters.files.index.look import read_file, scan
from ledger.adapters.files.read_snapshot import in_worktree, read_snapshot
from ledger.adapters.git.process import MAX_BLOB
from tests.conftest import MakeLedger


def test_a_small_file_asks_for_little_memory(tmp_path: Path) -> None:
    """What was asked for and given back can stay a memory mapping, of which there are 65,530."""
    place = tmp_path / "small.yaml"
    place.write_bytes(b"x" * 1000)
    tracemalloc.start()
    try:
        content = read_file(place)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert content == b"x" * 1000
    assert most < 100_000


@pytest.mark.parametrize("size", [0, 1, 1000, MAX_BLOB - 1, MAX_BLOB, MAX_BLOB + 1000])
def test_files_are_read_whole_up_to_the_most(tmp_path: Path, size: int) -> None:
    place = tmp_path / "some.yaml"
    place.write_bytes(b"x" * size)
    assert len(read_file(place)) == min(size, MAX_BLOB)


def test_a_file_whose_size_is_not_known_is_read_whole() -> None:
    """As on some network file systems, and in /proc, where every size is 0."""
    place = Path("/proc/self/environ")
    if not place.exists():
        pytest.skip("没有 /proc")
    assert read_file(place) == place.read_bytes()


class Noting(Cache):
    """A cache that notes how much it was given at a time."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(folder)
        self.given: list[int] = []

    def remember(self, files: Iterable[tuple[str, str]]) -> None:
        rows = list(files)
        self.given.append(len(rows))
        super().remember(rows)


def test_what_was_parsed_is_kept_some_at_a_time(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(snapshots, "CHUNK", 8)
    monkeypatch.setattr(cache_module, "CHUNK", 8)
    ledger = make_ledger([{"id": f"GZ2017-{n:03}"} for n in range(1, 21)])
    listing = in_worktree(ledger.root, *scan(ledger.root))
    cold, warm = Noting(tmp_path / "cache"), Noting(tmp_path / "cache")
    whole = read_snapshot(listing, cold)
    assert max(cold.given) == 8
    assert read_snapshot(listing, warm) == whole
    assert sum(warm.given) == 0
    assert max(map(len, warm.files(f"t{n:040}" for n in range(20)))) == 0
    cold.close()
    warm.close()
