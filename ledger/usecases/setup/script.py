"""What happens in the demonstration ledger, on which days: `templates/demo.yaml` for one today."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ledger.adapters.templates import shipped_folder
from ledger.adapters.yaml.read import parse
from ledger.model.config import CalendarConfig, Meeting
from ledger.model.decision import APPROVE_EXTENSION, RESULTS
from ledger.model.meetings import last_at_work, sittings
from ledger.model.record import dataclass
from ledger.model.source import Source
from ledger.model.task import NOT_STARTED, Indicator, Task
from ledger.usecases.writing.draft import due_of, nature_of, task_id

BODY, WEEKDAY = "党组会", "周四"
CALENDAR = CalendarConfig(meetings=(Meeting(body=BODY, weekday=WEEKDAY),))
CIRCULATED, TODAY, PENDING = "circulated", "T", "pending"
DECIDE, PROPOSE, MERGE, REMIND = "decide", "propose", "merge", "remind"
# Days after a meeting: its closings are proposed, and merged; one is proposed at last, and waits.
_PROPOSED, _WAITING, _MERGED = 2, 3, 4
_LONGEST_BREAK = 31  # days between two meetings, holidays included
_SPREAD, _EARLY = 9, -18  # so many days not everybody does the same at once, up to that day
_JUNE = 6


@dataclass(frozen=True, slots=True)
class DemoDeed:
    """Something that is done on a day.

    Attributes:
        about: the id of a task, or the key of a meeting.
        more: what the deed is done with, in words.
    """

    day: dt.date
    name: str
    about: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    """What a meeting decides on a task.

    Attributes:
        days: by how many it puts the task's day off; 0 where it does not.
        pending: whether nobody merges what comes of it.
    """

    task: str
    result: str
    opinion: str
    days: int
    pending: bool


@dataclass(frozen=True, slots=True)
class DemoMeeting:
    """A meeting: its day, why who was not there, and what it decides."""

    body: str
    day: dt.date
    absent: Mapping[str, str]
    agenda: tuple[AgendaPoint, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """All that happens, in order; of a day reminders last, since they go out together.

    Attributes:
        data: `templates/demo.yaml`.
        imports: day → the source that is imported, with its tasks.
        steps: task → what is reported of it, one text after the other.
        reached: task → by indicator, what there is of it with the last step.
        meetings: by their keys.
    """

    data: Mapping[str, Any]
    begun: dt.date
    imports: tuple[tuple[dt.date, Source, tuple[Task, ...]], ...]
    steps: Mapping[str, tuple[str, ...]]
    reached: Mapping[str, Mapping[str, str]]
    meetings: Mapping[str, DemoMeeting]
    deeds: tuple[DemoDeed, ...]


def read_script(today: dt.date) -> Script:
    """The script, with its days counted from a day."""
    data: Mapping[str, Any] = parse((shipped_folder() / "demo.yaml").read_bytes())
    days = _meeting_days(data, today)
    imports: list[tuple[dt.date, Source, tuple[Task, ...]]] = []
    deeds: list[DemoDeed] = []
    steps: dict[str, tuple[str, ...]] = {}
    reached: dict[str, dict[str, str]] = {}
    agenda: dict[str, list[AgendaPoint]] = {key: [] for key in days}
    for each in data["sources"]:
        source = _source(data, each, today)
        tasks = []
        for number, (section, row) in enumerate(_rows(each), 1):
            task = _task(data, source, section, row, task_id(source.id, number), today)
            tasks.append(task)
            steps[task.id] = tuple(row.get("steps", ()))
            if numbers := row.get("indicators"):
                reached[task.id] = {numbers[0]: numbers[2]}
            for deed in _fate(data["fates"], row["fate"], task.id, number, days | {TODAY: today}):
                if isinstance(deed, DemoDeed):
                    deeds.append(deed)
                else:
                    agenda[deed[0]].append(deed[1])
        imports.append((_at_work(today, int(each["before"]) - 2), source, tuple(tasks)))
    held = {key: _held(data, key, day, tuple(agenda[key])) for key, day in days.items()}
    deeds += [each for key, day in days.items() for each in _of_meeting(key, day)]
    begun = min(day for day, _, _ in imports) - dt.timedelta(days=1)
    ordered = tuple(sorted(deeds, key=lambda deed: (deed.day, deed.name == REMIND)))
    begun = last_at_work(begun, CALENDAR.work)
    return Script(data, begun, tuple(imports), steps, reached, held, ordered)


def _at_work(today: dt.date, before: int) -> dt.date:
    return last_at_work(today - dt.timedelta(days=before), CALENDAR.work)


def _meeting_days(data: Mapping[str, Any], today: dt.date) -> dict[str, dt.date]:
    days = {CIRCULATED: _at_work(today, int(data[CIRCULATED]["before"]))}
    for key, told in data["meetings"].items():
        last = today - dt.timedelta(days=int(told["before"]))
        held = sittings(CALENDAR, last - dt.timedelta(days=_LONGEST_BREAK), last)
        days[key] = held[-1].date
    return days


def _held(
    data: Mapping[str, Any], key: str, day: dt.date, agenda: tuple[AgendaPoint, ...]
) -> DemoMeeting:
    told = data["meetings"].get(key) or data[key]
    return DemoMeeting(told.get("body", BODY), day, told.get("absent", {}), agenda)


def _of_meeting(key: str, day: dt.date) -> Iterator[DemoDeed]:
    yield DemoDeed(day, DECIDE, key)
    for name, after in ((PROPOSE, _PROPOSED), (PENDING, _WAITING), (MERGE, _MERGED)):
        yield DemoDeed(_at_work(day, -after), name, key)


def _fate(
    fates: Mapping[str, Any], fate: str, task: str, number: int, days: Mapping[str, dt.date]
) -> Iterator[DemoDeed | tuple[str, AgendaPoint]]:
    """What is done about a task, and what which meeting decides on it."""
    name, _, home = fate.partition(" ")
    home = home or (CIRCULATED if name == CIRCULATED else TODAY)
    for line in fates[name]:
        words = line.split(" ", 3)
        anchor = words[0] if words[0] in days else home
        offset, deed, *more = line.removeprefix(f"{anchor} ").split(" ", 2)
        told = more[0] if more else ""
        if deed in RESULTS:
            later, _, opinion = told.partition(" ") if deed == APPROVE_EXTENSION else ("", "", told)
            yield anchor, AgendaPoint(task, deed, opinion, int(later or 0), name == PENDING)
            continue
        early = number * 3 % _SPREAD if int(offset) <= _EARLY else 0
        yield DemoDeed(_at_work(days[anchor], early - int(offset)), deed, task, told)


def _source(data: Mapping[str, Any], told: Mapping[str, Any], today: dt.date) -> Source:
    issued = _at_work(today, int(told["before"]))
    # A plan that is issued late in a year is that of the next one.
    year = issued.year + ("plans" in told and issued.month > _JUNE)
    title = told["title"].format(organisation=data["organisation"], year=year)
    name = f"{told['key']}{year}"
    return Source(id=name, title=title, kind=told["kind"], year=year, issued=issued)


def _rows(source: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for section in source["sections"]:
        for row in section["tasks"]:
            yield section["name"], row


def _task(
    data: Mapping[str, Any],
    source: Source,
    section: str,
    row: Mapping[str, Any],
    name: str,
    today: dt.date,
) -> Task:
    year = source.year or today.year
    due, read = due_of(_limit(row["due"], year, today), year, source.issued, CALENDAR)
    leaders = {each["name"]: each["leader"] for each in data["departments"]}
    return Task(
        id=name,
        kind=source.kind,
        title=row["title"],
        source=source.id,
        section=section,
        problem=row.get("problem", ""),
        goal=row.get("goal", ""),
        measures=tuple(row["measures"]),
        lead=(row["lead"],),
        assist=tuple(row.get("assist", ())),
        leader=leaders[row["lead"]],
        owner=f"{row['lead']}主要负责人",
        nature=nature_of(read),
        due=due,
        indicators=tuple(_indicators(row)),
        status=NOT_STARTED,
    )


def _indicators(row: Mapping[str, Any]) -> Iterator[Indicator]:
    """What is to be reached in numbers; what has been is entered with the last step."""
    if rule := row.get("rule"):
        yield Indicator(name=f"{rule[:2]}制度《{rule[2:]}》", target=1, unit="项")
    if numbers := row.get("indicators"):
        name, target, _, unit = numbers
        yield Indicator(name=name, target=int(target), unit=unit)


def _limit(told: str, year: int, today: dt.date) -> str:
    """A time limit in the words of a document: m+2 is the end of a month, d+5 a day, q quarters."""
    if told == "q":
        return "、".join(_month(day, 0) for day in _quarters(today))
    if counted := re.fullmatch(r"([md])([+-]\d+)", told):
        unit, number = counted[1], int(counted[2])
        if unit == "m":
            month = today.year * 12 + today.month - 1 + number
            return _month(dt.date(month // 12, month % 12 + 1, 1), year) + "前"
        day = _at_work(today, -number)
        return f"{_year(day, year)}{day.month}月{day.day}日前"
    return told


def _quarters(today: dt.date) -> list[dt.date]:
    """A day in the last months of two quarters that are over, of this one and of the next."""
    this = today.year * 4 + (today.month - 1) // 3
    return [dt.date(each // 4, each % 4 * 3 + 3, 1) for each in range(this - 2, this + 2)]


def _month(day: dt.date, year: int) -> str:
    return f"{_year(day, year)}{day.month}月底"


def _year(day: dt.date, year: int) -> str:
    return "" if day.year == year else f"{day.year}年"
