"""How much is read, parsed, written and held: what has not changed costs a look, and no more."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.disk import both
from ledger.adapters.files.index import look, rows, sync, worktree
from ledger.adapters.files.index.schema import TABLES
from ledger.cli.app import run
from ledger.model.standing import Brief
from ledger.usecases.looking import asking
from ledger.usecases.looking.filters import Filters
from tests.adapters.files.index.ways import (
    answer_of,
    by_index,
    by_reading,
    exchange,
    opened,
    settled,
)

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

ONE = Path("data/tasks/GZ2017/GZ2017-001.yaml")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many files are read, how many parsed."""
    number: Counter[str] = Counter()

    def counting(module: Any, name: str) -> None:
        plain = getattr(module, name)

        def function(*arguments: Any) -> Any:
            number[name] += 1
            return plain(*arguments)

        monkeypatch.setattr(module, name, function)

    counting(look, "read_file")
    counting(rows, "read_record")
    return number


def test_after_one_edit_one_file_is_read(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, counted: Counter[str]
) -> None:
    settled(monkeypatch, -1000)
    root = make_ledger(30).root
    by_index(root)
    assert counted == {"read_file": 33, "read_record": 33}
    for old, new in (("事项", "项事"), ("项事", "事项")):
        counted.clear()
        exchange(root / ONE, old, new)
        by_index(root)
        assert counted == {"read_file": 1, "read_record": 1}
    counted.clear()
    os.utime(root / ONE)
    by_index(root)
    assert counted == {"read_file": 1, "read_record": 1}


def test_many_files_leave_the_same_tables_as_one_after_another(make_ledger: MakeLedger) -> None:
    """The indexes are taken away while much is filled in, and are all there afterwards."""
    root = make_ledger(3).root
    by_index(root)
    with opened(root) as ledger:
        ledger.index.refresh()
        db = ledger.index._opened
        made = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE sql NOT NULL")}
        assert made == set(re.findall(r"CREATE (?:TABLE|INDEX) (\w+)", TABLES))
        assert not db.execute("SELECT 1 FROM sqlite_temp_master").fetchone()
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("both_cores", [False, True])
def test_what_was_only_listed_is_read_by_both_cores_and_told(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, both_cores: bool
) -> None:
    root = make_ledger(30).root
    monkeypatch.setattr(both, "can_fork", lambda: both_cores)
    monkeypatch.setattr(sync, "_ALONE", 0)
    monkeypatch.setattr(sync, "_AT_ONCE", 4)
    forks = Counter[str]()
    plain = os.fork
    monkeypatch.setattr(os, "fork", lambda: forks.update(["fork"]) or plain())
    with opened(root) as ledger:
        ledger.index.refresh(rows=False)
        forks.clear()
        steps: list[tuple[int, int]] = []
        ledger.index.tell = lambda done, total: steps.append((done, total))
        ledger.index.refresh()
        assert answer_of(ledger) == by_reading(root)
    assert forks == ({"fork": 1} if both_cores else {})
    assert steps[-1] == (33, 33)
    assert len(steps) == 9


def test_a_warm_index_is_only_asked(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, counted: Counter[str]
) -> None:
    """Nothing is read, parsed or written; nor is what is wrong with the ledger judged again."""
    settled(monkeypatch, -1000)
    root = make_ledger([{}, {"lead": ["谁也不是"]}, {}]).root
    for _ in range(2):
        right = by_index(root)
    counted.clear()
    statements: list[str] = []
    with opened(root) as ledger:
        ledger.index.begin()
        db = ledger.index._db
        assert db is not None
        db.set_trace_callback(statements.append)
        assert answer_of(ledger) == right
    assert right.problems
    assert counted == {}
    assert {each.split()[0] for each in statements} == {"SELECT"}


def test_what_changed_lately_is_read_again_for_a_minute(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, counted: Counter[str]
) -> None:
    root = make_ledger(5).root
    by_index(root)
    counted.clear()
    by_index(root)
    assert counted == {"read_file": 8}
    settled(monkeypatch, 0)  # as if the minute were over
    by_index(root)
    counted.clear()
    by_index(root)
    assert counted == {}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"due_before": dt.date(2017, 6, 30)},
        {"due_after": dt.date(2017, 1, 1), "status": ("推进中",)},
        {"light": ("红",), "due_before": dt.date(2017, 6, 30)},
        {"status": ("推进中", "已销号")},
    ],
)
def test_how_wide_and_how_lit_a_long_list_is_takes_no_look_at_each_task(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    """What is gone through is an index that has all that is asked for, in its own order."""
    monkeypatch.setattr(asking, "_KEPT", 2)
    root = make_ledger([{"status": "推进中"}] * 5).root
    with opened(root) as ledger:
        index = ledger.index
        index.refresh()
        of = asking.Asking(index, index.lights(), dt.date(2018, 1, 1))
        briefs = of.briefs(of.question(Filters(**asked)), "due")
        statements: list[str] = []
        index._opened.set_trace_callback(statements.append)
        assert briefs.widest() is not None
        briefs.lit()
        index._opened.set_trace_callback(None)
        wide = [each for each in statements if "wide_" in each or "DISTINCT" in each]
        plans = [index._opened.execute(f"EXPLAIN QUERY PLAN {each}").fetchall() for each in wide]
    assert len(plans) == 2
    assert all("USING COVERING INDEX task_standing" in plan[0][3] for plan in plans), plans


@pytest.mark.parametrize("form", ["table", "json", "csv", "md"])
def test_a_long_list_is_never_held(
    make_ledger: MakeLedger,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    form: str,
) -> None:
    """Rows come one by one from the index and go one by one to the output, each once."""
    monkeypatch.setattr(asking, "_KEPT", 10)
    root = make_ledger([{"id": f"GZ2017-{number:03}"} for number in range(1, 121)]).root
    alive, most, made = 0, 0, 0

    class Counted(Brief):
        __slots__ = ()

        def __init__(self, *values: Any) -> None:
            nonlocal alive, most, made
            super().__init__(*values)
            made += 1
            alive += 1
            most = max(alive, most)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    monkeypatch.setattr(worktree, "Brief", Counted)
    assert run(["-C", str(root), "--today", "2017-06-30", "list", "--format", form]) == 0
    assert "GZ2017-120" in capsys.readouterr().out
    assert 0 < most <= 3
    assert alive == 0
    assert made == 120
