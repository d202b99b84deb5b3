"""Two commits read for a bulletin: the older one is what it was, and is hardly read at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.usecases.reading.committed import committed, earlier
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
    before = made.commit("先")
    made.write_task(id="GZ2017-002", title="改过")
    made.path("GZ2017-003").rename(made.path("GZ2017-003").with_name("GZ2017-0035.yaml"))
    made.path("GZ2017-004").unlink()
    for name in ("005.yaml", "006.yml", "007.yaml"):
        (made.root / "data/tasks/GZ2017" / f"GZ2017-{name}").unlink()
    made.write_task(id="GZ2017-008")
    made.write("data/sources/ZG2020.yaml", {"id": "ZG2020", "title": "改过", "kind": "巡视整改"})
    made.write("ledger.yaml", {"organisation": "改过"})
    return before, made.commit("后")


def told(snapshot: Snapshot) -> tuple[object, ...]:
    """What a snapshot says, but for what the rules say of it."""
    problems = [each for each in snapshot.problems if each.code in ("T001", "T002", "D001", "T008")]
    entries = (snapshot.tasks, snapshot.sources, snapshot.decisions)
    return (*entries, snapshot.config, snapshot.configured, snapshot.commit, problems)


@pytest.mark.parametrize("back", [False, True])
def test_what_is_the_same_is_taken_over(make_ledger: MakeLedger, back: bool) -> None:
    made = make_ledger(4)
    old, new = changed(made)[:: -1 if back else 1]
    with opened(made) as ledger:
        later = committed(ledger, new)
        assert told(later.snapshot) == told(made.load(new))
        then = earlier(ledger, old, later)
    assert told(then) == told(made.load(old))
    assert then.by_id["GZ2017-001"] is later.snapshot.by_id["GZ2017-001"]


def test_nothing_is_read_where_nothing_has_changed(make_ledger: MakeLedger) -> None:
    made = make_ledger(3)
    first = made.git("rev-parse", "HEAD").strip()
    made.write("README.md", "说明")
    second = made.commit()
    with opened(made) as ledger:
        later = committed(ledger, second)
        assert earlier(ledger, first, later).tasks is later.snapshot.tasks


def test_a_digest_is_the_same_from_memory(make_ledger: MakeLedger) -> None:
    made = make_ledger(3)
    for _ in range(2):
        with opened(made) as ledger:
            end = committed(ledger, made.git("rev-parse", "HEAD").strip())
            hashes = ledger.cache.hashes(end.listing.blobs.values())
            assert remembered_digest(ledger, end.listing) == snapshot_digest(
                ledger, end.snapshot.commit
            )
    assert hashes.keys() == set(end.listing.blobs.values())
    made.write_task(id="GZ2017-002", title="改过")
    with opened(made) as ledger:
        end = committed(ledger, made.commit())
        digest = snapshot_digest(ledger, end.snapshot.commit)
        assert remembered_digest(ledger, end.listing) == digest
