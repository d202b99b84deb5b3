"""An audit's progress: added to as it grows, and never behind what is not believed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ledger.adapters.files.audit_progress import Checkpoint

ENTRIES: list[dict[str, Any]] = [{"last": f"{n}", "说": "一\u2028二\x85"} for n in range(4)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "ledger" / "audit.jsonl"


def kept(place: Path, origin: str = "a") -> list[dict[str, Any]]:
    return Checkpoint(place, origin).entries()


def test_what_was_kept_is_read_again_and_what_comes_is_added(place: Path) -> None:
    first = Checkpoint(place, "a")
    assert first.entries() == []
    first.keep(ENTRIES[:1])
    written = place.read_bytes(), place.stat().st_ino
    first.keep(ENTRIES[:2])
    second = Checkpoint(place, "a")
    assert second.entries() == ENTRIES[:2]
    second.trust(2)
    second.keep(ENTRIES[:3])
    assert (place.read_bytes()[: len(written[0])], place.stat().st_ino) == written
    assert kept(place) == ENTRIES[:3]
    assert kept(place, "b") == []


def test_behind_what_no_longer_stands_nothing_is_added(place: Path) -> None:
    Checkpoint(place, "a").keep(ENTRIES)
    again = Checkpoint(place, "a")
    again.entries()
    again.trust(2)
    others = [*ENTRIES[:2], {"last": "x"}, {"last": "y"}]
    again.keep(others)
    assert kept(place) == others


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_behind_a_line_that_was_cut_off_nothing_is_added(place: Path, cut: int) -> None:
    Checkpoint(place, "a").keep(ENTRIES[:3])
    os.truncate(place, place.stat().st_size - cut)
    again = Checkpoint(place, "a")
    known = again.entries()
    again.trust(len(known))
    again.keep([*known, ENTRIES[3]])
    assert kept(place) == [*known, ENTRIES[3]]


def test_a_disk_that_refuses_costs_time_only(place: Path) -> None:
    checkpoint = Checkpoint(place, "a")
    checkpoint.keep(ENTRIES[:1])
    place.unlink()
    place.mkdir()
    checkpoint.keep(ENTRIES[:2])
    place.rmdir()
    checkpoint.keep(ENTRIES[:3])
    assert kept(place) == ENTRIES[:3]


def test_who_forgets_begins_anew(place: Path) -> None:
    checkpoint = Checkpoint(place, "a")
    checkpoint.keep(ENTRIES[:2])
    checkpoint.forget()
    assert kept(place) == []
    checkpoint.keep(ENTRIES[:1])
    assert kept(place) == ENTRIES[:1]
