"""The words of a commit's files: read by both cores, and only once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.disk import both
from ledger.adapters.files import mentions
from ledger.adapters.files.cache import Cache
from ledger.adapters.files.mentions import Mentions
from ledger.adapters.git.folders import Folders
from ledger.adapters.git.repo import find_repo
from ledger.model.telling import Tell, silent
from ledger.usecases.reading.rest import FOLDERS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeLedger


def words(root: Path, cache: Cache, tell: Tell = silent) -> Mentions:
    repo = find_repo(root)
    return Mentions(Folders(repo, "HEAD", FOLDERS), repo, cache, tell)


def test_both_cores_read_what_one_reads_and_tell_of_it(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tasks = [{"links": [{"id": f"GZ2017-{number:03}", "rel": "源自"}]} for number in range(1, 20)]
    folder = make_ledger([*tasks, {}])
    folder.write("data/tasks/GZ2017/GZ2017-021.yaml", "id: 别的\n")
    folder.write("data/tasks/GZ2017/GZ2017-022.yaml", "不是 YAML：[\n")
    folder.commit()
    monkeypatch.setattr(mentions, "_AT_ONCE", 3)
    monkeypatch.setattr(mentions, "_ALONE", 10)
    monkeypatch.setattr(both, "can_fork", lambda: False)
    alone = words(folder.root, Cache(None))._texts
    assert "GZ2017-007" in alone["data/tasks/GZ2017"]
    forks, plain = [], os.fork
    monkeypatch.setattr(both, "can_fork", lambda: True)
    monkeypatch.setattr(os, "fork", lambda: forks.append(1) or plain())
    steps: list[tuple[int, int]] = []
    cache = Cache(tmp_path)
    shared = words(folder.root, cache, lambda *step: steps.append(step))
    assert {each: sorted(text) for each, text in shared._texts.items()} == {
        each: sorted(text) for each, text in alone.items()
    }
    assert shared.of({"GZ2017-007"}) == {"data/tasks/GZ2017/GZ2017-007.yaml"}
    assert forks == [1]
    assert steps[-1][0] == steps[-1][1] == 24
    assert words(folder.root, cache, lambda *step: pytest.fail("read again"))._texts
    assert cache._db.execute("SELECT 1 FROM file").fetchone() is None
    cache.close()
