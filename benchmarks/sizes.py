"""Ledgers that are large in one way each: many meetings, much evidence, a long log, wide tables."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generator import add_commit, commit_files, make_ledger
from histories import CONFIG, DEPARTMENTS, FIRST_DAY, SOURCE, Item, Story

ENTRIES = 2000  # of the task with the long log
DAY = dt.date(2020, 6, 1)
LONG = "ZG2020-0001"
AGREED = "DZH-2020-001"
HEADINGS = ("重点工作", "任务要点", "工作措施", "牵头部门", "配合部门", "责任领导", "完成时限")


def make_meetings(root: Path, meetings: int, waiting: int) -> Path:
    """A ledger in which so many meetings closed a task each, and others wait for one meeting.

    Returns:
        A record of that meeting, to be given to `ledger decide`; it is not in the ledger.
    """
    story = Story(random.Random(1))
    story.now = dt.datetime(2020, 6, 1, 9, tzinfo=story.now.tzinfo)
    files: dict[str, str] = {"ledger.yaml": CONFIG, "data/sources/ZG2020.yaml": SOURCE}
    for number in range(1, meetings + 1):
        ready = _ready(number)
        name = f"DZH-2020-{number:05d}"
        story.meetings = number
        files[f"data/decisions/2020/{name}.yaml"] = story.meeting(name, [ready], "同意销号", 8)
        files[ready.path] = replace(
            ready, status="已销号", decision=name, closed=story.day()
        ).text()
    still = [_ready(meetings + number) for number in range(1, waiting + 1)]
    files |= {each.path: each.text() for each in still}
    commit_files(root, ((path, text.encode()) for path, text in files.items()), "台账")
    record = root.parent / f"{root.name}-meeting.yaml"
    story.meetings = meetings + 1
    meeting = story.meeting("DZH-2020-99999", still, "同意销号", 8)
    record.write_text("".join(_without_digests(meeting)), "utf-8")
    return record


def waiting_ids(meetings: int, waiting: int) -> list[str]:
    """The tasks that wait for the meeting of `make_meetings`."""
    return [_ready(meetings + number).id for number in range(1, waiting + 1)]


def add_closable(root: Path, tasks: int, lead: str) -> None:
    """Put so many tasks on top of a ledger that the meeting `AGREED` has agreed to close."""
    story = Story(random.Random(1), now=dt.datetime(2020, 6, 1, 9, tzinfo=FIRST_DAY.tzinfo))
    story.meetings = 1
    ready = [replace(_ready(number), lead=lead) for number in range(1, tasks + 1)]
    meeting = story.meeting(AGREED, ready, "同意销号", 8)
    files = {"data/sources/ZG2020.yaml": SOURCE, f"data/decisions/2020/{AGREED}.yaml": meeting}
    files |= {each.path: each.text() for each in ready}
    add_commit(root, ((path, text.encode()) for path, text in files.items()), "待销号")


def closable_ids(tasks: int) -> list[str]:
    """The tasks of `add_closable`."""
    return [_ready(number).id for number in range(1, tasks + 1)]


def make_evidence(root: Path, files: int) -> None:
    """A ledger with so many evidence files, ten a task."""
    commit_files(root, _evidence(files), "台账")


def make_long_log(root: Path, entries: int, tasks: int = 50) -> None:
    """A ledger in which one task's log has so many entries."""
    first = dt.date(2019, 1, 1)
    log = tuple(
        f"{{date: {first + dt.timedelta(days=n // 4)}, by: 联络员, text: 第{n}次报告进展}}"
        for n in range(entries)
    )
    items = [Item(1, DEPARTMENTS[0], progress=log)]
    items += [Item(n, DEPARTMENTS[n % len(DEPARTMENTS)]) for n in range(2, tasks + 1)]
    files = {"ledger.yaml": CONFIG, "data/sources/ZG2020.yaml": SOURCE}
    files |= {each.path: each.text() for each in items}
    commit_files(root, ((path, text.encode()) for path, text in files.items()), "台账")


def make_departments(root: Path, departments: int, tasks: int) -> None:
    """A ledger of a very large organisation."""
    make_ledger(root, tasks, departments=[f"业务{n}处" for n in range(1, departments + 1)])


def table_rows(rows: int, edition: int = 1) -> Iterator[tuple[str, ...]]:
    """The rows of a table to import, headings first.

    Args:
        edition: a later one has a tenth of its measures in other words, and a row in a hundred
            new.
    """
    chance, other = random.Random(7), random.Random(8)
    yield HEADINGS
    for number in range(rows):
        measure = f"{number}号措施：" + "".join(chance.choices("制定办法组织检查督促整改", k=40))
        if edition > 1 and number % 10 == 0:
            measure = measure.replace("检查", "核查") + "（修订）"
        yield (
            f"{number // 100 + 1}.重点工作", f"要点{number}", measure,
            DEPARTMENTS[number % len(DEPARTMENTS)], "", "分管领导", f"{number % 12 + 1}月底前",
        )  # fmt: skip
        if edition > 1 and number % 100 == 0:
            added = "".join(other.choices("新增任务另行部署安排", k=40))
            yield (
                f"{number // 100 + 1}.重点工作", f"新要点{number}", added,
                DEPARTMENTS[0], "", "分管领导", "12月底前",
            )  # fmt: skip


def write_csv(place: Path, rows: int, edition: int = 1) -> None:
    """A table as csv."""
    with place.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table_rows(rows, edition))


def write_xlsx(place: Path, rows: int, edition: int = 1) -> None:
    """A table as xlsx."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("任务")
    for row in table_rows(rows, edition):
        sheet.append(row)
    book.save(place)


def _ready(number: int) -> Item:
    """A task that may be laid before a meeting."""
    return Item(
        number,
        DEPARTMENTS[number % len(DEPARTMENTS)],
        "待上会",
        evidence=True,
        applied="{date: 2020-05-01, by: 联络员, summary: 已完成}",
        reviewed="{date: 2020-05-02, by: 整改办, opinion: 同意}",
    )


def _without_digests(record: str) -> Iterator[str]:
    for line in record.splitlines(keepends=True):
        before, digest, _ = line.partition(", digest:")
        yield f"{before}}}\n" if digest else line


def _evidence(files: int) -> Iterator[tuple[str, bytes]]:
    yield "ledger.yaml", CONFIG.encode()
    yield "data/sources/ZG2020.yaml", SOURCE.encode()
    for number in range(1, files // 10 + 1):
        item = Item(number, DEPARTMENTS[number % len(DEPARTMENTS)])
        listed = []
        for copy in range(10):
            path = f"data/evidence/{item.id}/材料{copy}.txt"
            content = f"{item.id} 的第 {copy} 份材料\n".encode() * 50
            sha256 = hashlib.sha256(content).hexdigest()
            listed.append(f"  - {{name: 材料{copy}, path: {path}, sha256: {sha256}}}\n")
            yield path, content
        yield item.path, (item.text() + "evidence:\n" + "".join(listed)).encode()
