"""Two commits read for a bulletin: of the older one nothing is read but what differs."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.files.read_snapshot import list_commit
from ledger.usecases.reading.committed import earlier, read_some
from ledger.usecases.reading.digest import remembered_digest, snapshot_digest
from tests.usecases.bulletins.cases import opened

if TYPE_CHECKING:
    from ledger.model.snapshot import Snapshot
    from tests.conftest import LedgerFolder, MakeLedger


def changed(made: LedgerFolder) -> tuple[str, str]:
    """Two commits between which everything happens that can happen to a file."""
    made.write_task(id="GZ2017-005", status="逾期")
    made.write("data/tasks/GZ2017/GZ2017-006.yml", "id: GZ2017-006\n")
    made.write("data/tasks/GZ2017/GZ2017-007.yaml", "[\n")
    (made.root / "data/tasks/folder.yaml").mkdir()
    made.write("data/tasks/folder.yaml/说明.txt", "不是台账的文件")
    (made.root / "data/tasks/link.yaml").symlink_to("GZ2017/GZ2017-001.yaml")
    before = made.commit("先")
    made.write_task(id="GZ2017-002", title="改过")
    made.path("GZ2017-003").rename(made.path("GZ2017-003").with_name("GZ2017-0035.yaml"))
    made.path("GZ2017-004").unlink()
    for name in ("005.yaml", "006.yml", "007.yaml"):
        (made.root / "data/tasks/GZ2017" / f"GZ2017-{name}").unlink()
    (made.root / "data/tasks/folder.yaml/说明.txt").unlink()
    (made.root / "data/tasks/link.yaml").unlink()
    made.write_task(id="GZ2017-008")
    made.write("data/sources/ZG2020.yaml", {"id": "ZG2020", "title": "改过", "kind": "巡视整改"})
    made.write("ledger.yaml", {"organisation": "改过"})
    return before, made.commit("后")


def told(snapshot: Snapshot, paths: Set[str]) -> tuple[object, ...]:
    """What a snapshot says of some files, but for what the rules say of it."""
    problems = [
        each
        for each in snapshot.problems
        if each.path in paths and each.code in ("T001", "T002", "D001", "T008")
    ]
    return [each for each in snapshot.entries if each.path in paths], problems


@pytest.mark.parametrize("back", [False, True])
def test_nothing_is_read_but_what_differs(make_ledger: MakeLedger, back: bool) -> None:
    made = make_ledger(4)
    old, new = changed(made)[:: -1 if back else 1]
    with opened(made) as ledger:
        then = earlier(ledger, old, new)
        blobs = [dict(list_commit(ledger.repo, each).blobs) for each in (old, new)]
        odd = [dict(list_commit(ledger.repo, each).odd) for each in (old, new)]
    unlike = {path for path, _ in blobs[0].items() ^ blobs[1].items()}
    assert set(then.paths) == unlike | {path for path, _ in odd[0].items() ^ odd[1].items()}
    assert told(then.snapshot, then.paths) == told(made.load(old), then.paths)
    assert {each.path for each in then.snapshot.entries} <= then.paths


def test_nothing_is_read_where_nothing_has_changed(make_ledger: MakeLedger) -> None:
    made = make_ledger(3)
    first = made.git("rev-parse", "HEAD").strip()
    made.write("README.md", "说明")
    second = made.commit()
    with opened(made) as ledger:
        then = earlier(ledger, first, second)
    assert (then.snapshot.entries, then.snapshot.problems, then.paths) == ((), (), set())


def test_some_files_of_a_commit(make_ledger: MakeLedger) -> None:
    made = make_ledger(3)
    with opened(made) as ledger:
        listing = list_commit(ledger.repo, "HEAD")
        asked = "data/tasks/GZ2017/GZ2017-002.yaml"
        snapshot = read_some(ledger, listing, [asked, "data/tasks/GZ2017/GZ2017-009.yaml"])
    assert [each.path for each in snapshot.entries] == [asked]


def test_a_digest_is_the_same_from_memory(make_ledger: MakeLedger) -> None:
    made = make_ledger(3)
    head = made.git("rev-parse", "HEAD").strip()
    for _ in range(2):
        with opened(made) as ledger:
            hashes = ledger.cache.hashes(list_commit(ledger.repo, head).blobs.values())
            assert remembered_digest(ledger, head) == snapshot_digest(ledger, head)
    assert hashes.keys() == set(list_commit(ledger.repo, head).blobs.values())
    made.write_task(id="GZ2017-002", title="改过")
    with opened(made) as ledger:
        commit = made.commit()
        assert remembered_digest(ledger, commit) == snapshot_digest(ledger, commit)
