"""Reading what is no regular file, and folders that a failure must not leave behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.adapters import store
from ledger.adapters.store import FileChange
from ledger.errors import LedgerError


@pytest.mark.parametrize("kind", ["folder", "fifo"])
def test_reading_what_is_no_regular_file_says_so(tmp_path: Path, kind: str) -> None:
    (tmp_path / "n.yaml").mkdir() if kind == "folder" else os.mkfifo(tmp_path / "n.yaml")
    with pytest.raises(LedgerError, match=r"n\.yaml 不是普通文件"):
        store.read(tmp_path, "n.yaml")


def test_a_folder_that_cannot_be_made_leaves_no_other_folder(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\n")
    changes = [
        FileChange("data/new/deep/n.yaml", None, b"n: 1\n"),
        FileChange("a.yaml/below/n.yaml", None, b"n: 1\n"),
    ]
    with pytest.raises(OSError, match=r"a\.yaml"):
        store.apply(tmp_path, changes)
    assert [path.name for path in tmp_path.rglob("*")] == ["a.yaml"]


def test_a_failed_rename_leaves_no_folder_several_levels_deep(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    changes = [
        FileChange("data/new/deep/n.yaml", None, b"n: 1\n"),
        FileChange("data/new/deep/m.yaml", None, b"m: 1\n"),
        FileChange("folder.yaml", None, b"n: 1\n"),
    ]
    with pytest.raises(OSError, match=r"folder\.yaml"):
        store.apply(tmp_path, changes)
    assert [path.name for path in tmp_path.rglob("*")] == ["folder.yaml"]


def test_one_path_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"1")
    with pytest.raises(LedgerError, match="被别人改过"):
        store.apply(tmp_path, [FileChange("a.yaml", b"1", b"2"), FileChange("a.yaml", b"1", b"3")])
    assert (tmp_path / "a.yaml").read_bytes() == b"1"


def test_a_script_is_whole_and_executable(tmp_path: Path) -> None:
    place = tmp_path / "hook"
    place.write_bytes(b"old")
    store.make_executable(place, b"#!/bin/sh\n")
    assert place.read_bytes() == b"#!/bin/sh\n"
    assert os.access(place, os.X_OK)
    assert [path.name for path in tmp_path.iterdir()] == ["hook"]
