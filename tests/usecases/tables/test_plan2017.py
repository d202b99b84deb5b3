"""The plan of 2017 from its own sheets: 296 tasks, and what happens when the sheet changes."""

from __future__ import annotations

import csv
import datetime as dt
import json
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ledger.model.deadline import read_deadline
from ledger.model.snapshot import Snapshot
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import open_ledger
from ledger.usecases.setup.found import Foundation
from ledger.usecases.setup.init import start
from ledger.usecases.tables.plan import ImportPlan, ImportRequest, plan_import, write_import
from tests.conftest import DATA
from tests.copying import copy_folder

pytestmark = pytest.mark.xdist_group("plan2017")  # imported once

TODAY = dt.date(2017, 3, 10)
NUMERALS = "零一二三四五六七八"
HEAD = ("部分", "工作要点", "具体措施", "部门单位", "完成时间")


@pytest.fixture(scope="module")
def printed() -> list[dict[str, Any]]:
    """The plan's rows as printed."""
    text = (DATA / "plan2017.json").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(text)
    return rows


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new ledger with the plan in it, in two commits."""
    root = tmp_path_factory.mktemp("plan")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "办公室")
    git(root, "config", "user.email", "office@example.com")
    start(root, Foundation("某局"), commit=True)
    file = DATA / "plan2017.xlsx"
    opened = open_ledger(root)
    plan = plan_import(opened, ImportRequest(file, "GZ2017", 2017), "办公室", TODAY)
    assert (len(plan.changes), git(root, "status", "--porcelain")) == (296, "")
    write_import(opened, plan, file, commit=True)
    return root


@pytest.fixture
def ledger(imported: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    copy_folder(imported, tmp_path / "ledger")
    return tmp_path / "ledger"


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


def take(root: Path, file: Path) -> ImportPlan:
    """Import a file into GZ2017 once more."""
    opened = open_ledger(root)
    plan = plan_import(opened, ImportRequest(file, "GZ2017", 2017), "办公室", TODAY)
    write_import(opened, plan, file, commit=True)
    return plan


def read(root: Path) -> Snapshot:
    return load(open_ledger(root))


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_row_as_printed_and_twice_is_once(
    printed: list[dict[str, Any]], imported: Path
) -> None:
    snapshot = read(imported)
    tasks = [entry.record for entry in snapshot.tasks]
    assert [task.id for task in tasks] == [f"GZ2017-{n:03}" for n in range(1, 297)]
    for task, row in zip(tasks, printed, strict=True):
        heading = f"【{row['sub_item']}】" if row["sub_item"] else ""
        assert task.section == f"{NUMERALS[row['part_no']]}、{row['part']}"
        assert squeezed(task.key_point) == squeezed(row["key_point"])
        assert squeezed("".join(task.measures)) == squeezed(heading + row["measure"])
        assert task.lead == tuple(row["depts"])
        assert squeezed(task.due.text) == row["due_text"]
        due = read_deadline(task.due.text, 2017)
        assert (task.due.start, task.due.date, task.due.dates) == (due.start, due.date, due.dates)
        assert 0 < len(task.title) <= 60
    assert snapshot.problems == ()
    names = [each.name for each in snapshot.config.departments]
    assert (len(names), len(set(names))) == (38, 38)
    for form in ("xlsx", "csv", "docx", "pdf"):
        again = take(imported, DATA / f"plan2017.{form}")
        assert (again.changes, again.gone, again.files, again.same) == ((), (), (), 296)
    assert git(imported, "rev-list", "--count", "HEAD").strip() == "2"


def test_edits_of_the_sheet_itself(tmp_path: Path, ledger: Path) -> None:
    book = openpyxl.load_workbook(DATA / "plan2017.xlsx")
    cells = book.active
    cells["B7"].value += "（试点先行）"
    cells["D7"].value = "10月"
    cells["C4"].value = "机关党委\n统战部"
    cells["B9"].value, cells["B10"].value = cells["B10"].value, cells["B9"].value
    cells["D9"].value, cells["D10"].value = cells["D10"].value, cells["D9"].value
    changed = tmp_path / "plan2017.xlsx"
    book.save(changed)
    plan = take(ledger, changed)
    differs = {
        change.id: {each.field: (each.old, each.new) for each in change.fields}
        for change in plan.changes
    }
    assert {key: set(fields) for key, fields in differs.items()} == {
        "GZ2017-001": {"lead"},
        "GZ2017-004": {"measures"},
    }
    assert differs["GZ2017-001"]["lead"] == (["机关党委"], ["机关党委", "统战部"])
    left = {(each.id, each.row, each.column) for each in plan.left_out}
    assert ("GZ2017-004", 7, "完成时间") in left
    assert (plan.gone, plan.same, plan.departments) == ((), 294, ("统战部",))
    assert len(read(ledger).tasks) == 296
    text = (ledger / "ledger.yaml").read_text(encoding="utf-8")
    assert text.count("name: 统战部") == 1


def test_rows_put_in_anywhere_move_no_number(
    printed: list[dict[str, Any]], tmp_path: Path, ledger: Path
) -> None:
    before = {entry.record.id: entry.record for entry in read(ledger).tasks}
    rows = [
        [
            f"{NUMERALS[row['part_no']]}、{row['part']}",
            row["key_point"],
            (f"【{row['sub_item']}】" if row["sub_item"] else "") + row["measure"],
            "、".join(row["depts"]),
            row["due_text"],
        ]
        for row in printed
    ]
    new = [
        rows[9][0],
        rows[9][1],
        "建立专利导航产业发展实验区名录，每年更新一次。",
        "规划司",
        "11月",
    ]
    reordered = [*rows[:9], new, *rows[10:100], *rows[150:], *rows[100:150]]
    reordered[200][2] += "做好总结。"
    file = tmp_path / "plan.csv"
    with file.open("w", newline="", encoding="utf-8") as place:
        csv.writer(place).writerows([HEAD, *reordered])
    plan = take(ledger, file)
    assert {
        change.id: tuple(each.field for each in change.fields) for change in plan.changes[1:]
    } == {"GZ2017-251": ("measures",)}
    assert plan.gone == ("GZ2017-010",)
    assert plan.changes[0].id not in before
    after = {entry.record.id: entry.record for entry in read(ledger).tasks}
    assert [key for key in before if after[key] != before[key]] == ["GZ2017-251"]
