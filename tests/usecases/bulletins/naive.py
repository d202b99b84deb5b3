"""A second program that counts what bulletins count: it walks the commits with plain loops.

It shares nothing with the first but the manual. Tasks are the plain data of their files.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from chinese_calendar import is_workday

from tests.conftest import run_git

Task = dict[str, Any]
State = dict[str, Task]  # by the path of the file
Step = tuple[dt.date, State]

DAY = dt.timedelta(days=1)
ENDED = ("已销号", "已中止")
SOON = 15
ZONE = dt.timezone(dt.timedelta(hours=8))
LEADS, HELPS = {"逾期": -2, "迟报": -1, "空话": -0.5, "表扬": 1}, {"逾期": -1}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def walk(folder: Path) -> list[Step]:
    """Every commit's day and the tasks as it left them, the oldest first."""
    steps: list[Step] = []
    blobs: dict[str, Task] = {}
    for line in run_git(folder, "log", "--first-parent", "--reverse", "--format=%H %ct").split(
        "\n"
    ):
        if not line:
            continue
        commit, seconds = line.split()
        state = {}
        for entry in run_git(folder, "ls-tree", "-r", "-z", commit, "data/tasks").split("\0"):
            if entry:
                meta, path = entry.split("\t")
                state[path] = blobs.setdefault(meta.split()[2], {})
        steps.append((dt.datetime.fromtimestamp(int(seconds), ZONE).date(), state))
    _fill(folder, blobs)
    return steps


def _fill(folder: Path, blobs: dict[str, Task]) -> None:
    names = list(blobs)
    told = run_git(folder, "cat-file", "--batch", stdin="\n".join(names).encode()).encode()
    for name in names:
        head, _, told = told.partition(b"\n")
        size = int(head.split()[2])
        blobs[name].update(yaml.load(told[:size], _LOADER))  # noqa: S506 - a safe one in C
        told = told[size + 1 :]


def at(steps: list[Step], day: dt.date) -> State:
    """The tasks at the end of a day."""
    latest: State = {}
    for when, state in steps:
        if when <= day:
            latest = state
    return latest


def day_of(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(str(text)) if text else None


def leads(task: Task) -> list[str]:
    return called(task.get("lead"))


def called(names: list[str] | None) -> list[str]:
    plain_names: list[str] = []
    for name in names or []:
        plain = name.removeprefix("局")
        if plain not in plain_names:
            plain_names.append(plain)
    return plain_names


def limits(task: Task, extended: bool = True) -> list[dt.date]:
    """The days by which something is due, in order."""
    due = task.get("due", {})
    days = [day_of(each) for each in due.get("dates") or [due.get("date")] if each]
    for each in (task.get("extensions") or []) if extended else []:
        old = day_of(each.get("from"))
        days.remove(old if old in days else max(days))
        days.append(day_of(each["to"]))
    return sorted({each for each in days if each})


def reports(task: Task) -> list[Task]:
    return [each for each in task.get("progress") or [] if not each.get("event")]


def asked(task: Task) -> dt.date | None:
    """The day of the application on which it waits, or was closed after a review."""
    closing = task.get("closing") or {}
    if waits(task) or (task["status"] == "已销号" and closing.get("reviewed")):
        return day_of((closing.get("applied") or {}).get("date"))
    return None


def spared(task: Task) -> bool:
    """Whether it waits, and was applied for in time."""
    days, day = limits(task), asked(task)
    return waits(task) and (not days or (day is not None and day <= days[-1]))


def due(task: Task) -> dt.date | None:
    """The next open checkpoint."""
    days = limits(task)
    if task["status"] in ENDED or not days or spared(task):
        return None
    if len(days) == 1 or waits(task):
        return days[-1]
    for day in days:
        if not any(str(each["date"]) >= str(day) for each in reports(task)):
            return day
    return None if task["status"] == "长期坚持" else days[-1]


def late(task: Task, today: dt.date) -> bool:
    day = due(task)
    return day is not None and day < today


def soon(task: Task, today: dt.date) -> bool:
    day = due(task)
    return day is not None and today <= day <= today + SOON * DAY


def counted(tasks: list[Task], today: dt.date) -> dict[str, int]:
    """How many tasks there are of each status, and how many press."""
    numbers = {"总数": 0, "逾期": 0, "临期": 0, "按时申请": 0}
    for task in tasks:
        numbers["总数"] += 1
        numbers[task["status"]] = numbers.get(task["status"], 0) + 1
        numbers["逾期"] += late(task, today)
        numbers["临期"] += soon(task, today)
        numbers["按时申请"] += spared(task)
    return {name: number for name, number in numbers.items() if number}


def by_lead(tasks: list[Task], today: dt.date) -> dict[str, dict[str, int]]:
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        for name in leads(task):
            groups.setdefault(name, []).append(task)
    return {name: counted(own, today) for name, own in groups.items()}


def on_time(tasks: list[Task], today: dt.date) -> tuple[int, int, int, int]:
    """Judged and met, by the original limits and by the extended ones."""
    numbers = []
    for extended in (False, True):
        judged = met = 0
        for task in tasks:
            days, closed = limits(task, extended), closing_day(task)
            if (
                not days
                or task["status"] == "已中止"
                or (task["status"] == "已销号" and not closed)
            ):
                continue
            done = asked(task) or closed
            if not closed and done and done <= days[-1]:
                continue
            if closed or days[-1] < today:
                judged += 1
                met += bool(done and done <= days[-1])
        numbers += [judged, met]
    return numbers[0], numbers[1], numbers[2], numbers[3]


def closing_day(task: Task) -> dt.date | None:
    return day_of(task["closing"].get("date")) if task["status"] == "已销号" else None


def steps_in(
    steps: list[Step], first: dt.date, last: dt.date
) -> Iterator[tuple[Task | None, Task | None]]:
    """What each commit of a span did to each task: before, after."""
    before: State = {}
    for day, after in steps:
        if first <= day <= last:
            for path in {**before, **after}:
                if before.get(path) is not after.get(path):
                    yield before.get(path), after.get(path)
        before = after


def happened(steps: list[Step], first: dt.date, last: dt.date) -> Counter[str]:
    """Everything that happened in a span, counted by its name, closings by department too."""
    counts: Counter[str] = Counter()
    for old, new in steps_in(steps, first, last):
        if new is None:
            counts["removed"] += bool(old and old["status"] not in ENDED)
            continue
        counts["reported"] += len(reports(new)) - (len(reports(old)) if old else 0)
        counts["extended"] += len(new.get("extensions") or []) - len(
            (old or {}).get("extensions") or []
        )
        for each in (new.get("progress") or [])[len((old or {}).get("progress") or []) :]:
            counts[each.get("event") or ""] += 1
        was_open, is_open = bool(old and old["status"] not in ENDED), new["status"] not in ENDED
        if old is None and not is_open:
            counts["recorded"] += 1
        elif old is None:
            counts["added"] += 1
        elif is_open and not was_open:
            counts["reopened"] += 1
        elif was_open and not is_open:
            counts["closed" if new["status"] == "已销号" else "cancelled"] += 1
            if new["status"] == "已销号":
                counts.update(leads(new))
    return counts


def points(
    steps: list[Step], first: dt.date, last: dt.date, today: dt.date
) -> dict[str, Counter[str]]:
    """How often each reason counts for each department that leads, and behind 配合 helps."""
    departments: dict[str, Counter[str]] = {}
    over = min(last, today) - (DAY if today < last else 0 * DAY)
    for path, task in at(steps, today).items():
        reasons: list[str] = []
        days = limits(task) if task["status"] != "已中止" else []
        for day in days:
            if len(days) == 1 and first <= day <= over and not _closed_when(steps, path, day):
                reasons.append("逾期")
            end = day + 5 * DAY
            answered = any(day <= (day_of(e["date"]) or day) <= end for e in reports(task))
            closed = closing_day(task)
            day_asked = asked(task)
            answered = answered or (day_asked is not None and day_asked <= end)
            done = answered or (closed is not None and closed <= end)
            if len(days) > 1 and first <= end <= over and not done:
                reasons.append("迟报")
        earlier: list[str] = []
        for each in task.get("progress") or []:
            text = "".join(each["text"].split())
            inside = str(first) <= str(each["date"]) <= str(min(last, today))
            if inside and not each.get("event") and (text in earlier or len(text) < 4):
                reasons.append("空话")
            earlier.append(text)
        if "表扬" in (task.get("tags") or []) and first <= _praised(steps, path) <= last:
            reasons.append("表扬")
        for name in leads(task):
            departments.setdefault(name, Counter()).update(reasons)
        for name in called(task.get("assist")):
            if name not in leads(task):
                departments.setdefault(name, Counter())["配合"] += reasons.count("逾期")
    return departments


def _closed_when(steps: list[Step], path: str, day: dt.date) -> bool:
    task = at(steps, day).get(path)
    now = steps[-1][1].get(path)
    days = [closing_day(now), asked(now)] if now else []
    return bool(task and task["status"] == "已销号") or any(each and each <= day for each in days)


def _praised(steps: list[Step], path: str) -> dt.date:
    for day, state in steps:
        if "表扬" in (state.get(path, {}).get("tags") or []):
            return day
    raise AssertionError(path)


def total(counts: Counter[str]) -> float:
    worth = sum(LEADS[name] * counts[name] for name in LEADS)
    return 100 + worth + HELPS["逾期"] * counts["配合"]


# --- the first page ---


def waits(task: Task) -> bool:
    return task["status"] in ("申请销号", "待上会")


def lags(task: Task, today: dt.date) -> bool:
    """Whether it is 进度滞后: thirty points behind the time, and neither overdue nor due soon."""
    day, told = due(task), [each for each in reports(task) if each.get("percent") is not None]
    if day is None or late(task, today) or soon(task, today) or waits(task) or not told:
        return False
    begun = day_of(task["due"].get("start") or min(str(each["date"]) for each in reports(task)))
    last = max(told, key=lambda each: str(each["date"]))
    end = limits(task)[-1]
    if begun is None or begun >= end:
        return False
    passed = min(100, max(0, 100 * (today - begun).days // (end - begun).days))
    return bool(passed - last["percent"] >= 30)


def judged(tasks: list[Task], today: dt.date) -> tuple[str, int, int, int]:
    """The word, and how many are to be done, overdue and lagging."""
    live = [each for each in tasks if each["status"] != "已中止"]
    over, behind = sum(late(each, today) for each in live), sum(lags(e, today) for e in live)
    if all(each["status"] == "已销号" for each in live):
        return ("全部完成" if live else ""), len(live), over, behind
    share = (over + behind) / len(live)
    word = "严重滞后" if share >= 0.3 else "滞后" if share >= 0.1 else "正常"
    return word, len(live), over, behind


def places(tasks: list[Task], today: dt.date) -> dict[str, int]:
    """Each department's place: how many are better, and one."""
    worth = {
        name: (
            numbers.get("已销号", 0) / numbers["总数"],
            -numbers.get("逾期", 0) / numbers["总数"],
        )
        for name, numbers in by_lead(tasks, today).items()
    }
    return {name: 1 + sum(other > own for other in worth.values()) for name, own in worth.items()}


def longest(tasks: list[Task], today: dt.date) -> list[str]:
    over = [(due(each), each["id"]) for each in tasks if late(each, today)]
    return [name for _, name in sorted(over, key=lambda each: (str(each[0]), each[1]))[:5]]


def sittings(first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The days on which the party group meets, each behind the last one to apply on.

    It meets on the first and third Thursday of a month, but on no holiday; who is not at work ten
    days before applies earlier.
    """
    listed, day = [], first
    while day <= last:
        if day.weekday() == 3 and (day.day - 1) // 7 in (0, 2) and is_workday(day):
            by = day - 10 * DAY
            while not is_workday(by):
                by -= DAY
            listed.append((by, day))
        day += DAY
    return listed


def applications(
    tasks: list[Task], today: dt.date, until: dt.date
) -> dict[str, tuple[dt.date, dt.date]]:
    """By task the last sitting before it falls due, if one must apply for that by a day."""
    due_then = {}
    for task in tasks:
        days = limits(task)
        if task["status"] in ("未启动", "推进中") and days:
            planned = sittings(today, days[-1])
            if planned and planned[-1][0] <= until:
                due_then[task["id"]] = planned[-1]
    return due_then


def met(steps: list[Step], first: dt.date, last: dt.date) -> dict[str, list[str]]:
    """By meeting the tasks that it closed in a span and no later one closed again."""
    decisions: dict[str, str] = {}
    for old, new in steps_in(steps, first, last):
        if new and new["status"] == "已销号" and old and old["status"] != "已销号":
            decisions[new["id"]] = new["closing"]["decision"]
    meetings: dict[str, list[str]] = {}
    for task, decision in sorted(decisions.items()):
        meetings.setdefault(decision, []).append(task)
    return {f"2017年第{int(name[-2:])}次党组会": ids for name, ids in meetings.items()}


def reported_on(steps: list[Step], first: dt.date, last: dt.date) -> Counter[str]:
    """How often was reported on which task."""
    counts: Counter[str] = Counter()
    for old, new in steps_in(steps, first, last):
        if new is not None:
            counts[new["id"]] += len(reports(new)) - (len(reports(old)) if old else 0)
    return +counts


def idle(tasks: list[Task], heard: Counter[str]) -> dict[str, int]:
    """By department the open tasks, those that wait apart, on which nobody has reported."""
    counts: Counter[str] = Counter()
    for task in tasks:
        if task["status"] not in ENDED and not waits(task) and not heard[task["id"]]:
            counts.update(leads(task))
    return dict(counts)


def silent(tasks: list[Task], heard: Counter[str]) -> dict[str, int]:
    """The same of departments of which nothing was heard at all."""
    loud = {name for each in tasks if heard[each["id"]] for name in leads(each)}
    return {name: number for name, number in idle(tasks, heard).items() if name not in loud}


# --- sums ---


def rules(tasks: list[Task]) -> dict[str, float]:
    """制度: planned and issued, of both kinds apart."""
    counts: Counter[str] = Counter()
    for task in tasks:
        if task["status"] == "已中止":
            continue
        told = [e for e in task.get("indicators") or [] if "制度" in e["name"]]
        if not told and "制度" in (task.get("tags") or []):
            done = int(task["status"] == "已销号")
            told = [{"name": task["title"], "target": 1, "actual": done}]
        for each in told:
            new, amended = "新建" in each["name"] or "制定" in each["name"], "修订" in each["name"]
            amended = amended or "完善" in each["name"]
            way = "新建" if new and not amended else "修订" if amended and not new else "其他"
            counts[f"{way}计划"] += each.get("target", each.get("actual", 0))
            counts[f"{way}印发"] += each.get("actual", 0)
    return {name: number for name, number in counts.items() if number}


def by_unit(tasks: list[Task]) -> dict[str, list[float]]:
    """Of the other indicators by unit: how many, with a target, reached; three sums."""
    units: dict[str, list[float]] = {}
    for task in tasks:
        for each in task.get("indicators") or [] if task["status"] != "已中止" else []:
            if "制度" in each["name"]:
                continue
            sums = units.setdefault(each["unit"], [0, 0, 0, 0, 0, 0])
            actual = each.get("actual", 0)
            sums[0] += 1
            if "target" not in each:
                sums[5] += actual
                continue
            sums[1] += 1
            good = actual <= each["target"] if "以内" in each["name"] else actual >= each["target"]
            sums[2] += "actual" in each and good
            sums[3] += each["target"]
            sums[4] += actual
    return units


def gained_rules(old: list[Task], new: list[Task]) -> float:
    """How many more rules the tasks that were there have issued."""
    then = {each["id"]: each for each in old}
    more = 0.0
    for task in new:
        if task["id"] in then:
            numbers = [rules([each]) for each in (then[task["id"]], task)]
            issued = [sum(n for name, n in each.items() if "印发" in name) for each in numbers]
            more += max(0, issued[1] - issued[0])
    return more


def groups(tasks: list[Task], today: dt.date, *keys: str) -> dict[tuple[str, ...], dict[str, int]]:
    own: dict[tuple[str, ...], list[Task]] = {}
    for task in tasks:
        own.setdefault(tuple(task.get(key) or "（未填）" for key in keys), []).append(task)
    return {key: counted(some, today) for key, some in own.items()}


def closings(steps: list[Step], first: dt.date, last: dt.date) -> Counter[str]:
    """How often each task was closed."""
    counts: Counter[str] = Counter()
    for old, new in steps_in(steps, first, last):
        if old and new and old["status"] not in ENDED and new["status"] == "已销号":
            counts[new["id"]] += 1
    return counts


def percent_of(task: Task | None) -> int:
    told = [each for each in reports(task or {}) if each.get("percent") is not None]
    return max(told, key=lambda each: str(each["date"]))["percent"] if told else 0
