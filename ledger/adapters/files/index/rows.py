"""From a file's content to rows of the index, by the same functions that every other reader has."""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

from ledger.adapters.files.index.schema import COLOURS, HOUSE, LIGHTS, NO_DUE, SEP, joined
from ledger.adapters.files.parse_file import Parsed, letter, read_record, record_of
from ledger.model.config import Config
from ledger.model.decode import fields_of
from ledger.model.paths import DECISIONS, path_of_decision, path_of_source, path_of_task
from ledger.model.plaintext import columns, one_line
from ledger.model.search import searched, texts_of
from ledger.model.standing import is_in_time, next_due, track
from ledger.model.task import Task


class Told(NamedTuple):
    """What the index keeps of one file; plain values that one process can hand to another.

    Attributes:
        letter: its kind, see `parse_file.letter`.
        faulty: whether it is to be named by itself: unreadable, with faults, or misplaced.
        row: of `task`; None where it is no readable task.
        concerns, tags: of these tables, without the path.
        texts: of `words`.
        source: the id of a readable source.
        config: ledger.yaml's data as JSON; empty where it cannot be read.
        names, settings: of ledger.yaml, rows of `department` and `setting`.
        links: of a task, each other one's id and the relation to it.
    """

    letter: str
    faulty: bool
    row: tuple[Any, ...] | None = None
    concerns: tuple[tuple[Any, ...], ...] = ()
    tags: tuple[str, ...] = ()
    texts: str = ""
    source: str = ""
    config: str = ""
    names: tuple[tuple[Any, ...], ...] = ()
    settings: tuple[tuple[Any, ...], ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def told(path: bytes, content: bytes) -> Told:
    """What the index keeps of a file."""
    return told_of(path, read_record(os.fsdecode(path), content))


def told_of(path: bytes, parsed: Parsed) -> Told:
    """The same of one that has been read."""
    name = os.fsdecode(path)
    kind = letter(name)
    record = record_of(name, parsed)
    if record is None:
        return Told(kind, faulty=True)
    faulty = bool(parsed.faults)
    if kind == "c":
        return _of_config(record, faulty, json.dumps(parsed.data, ensure_ascii=False))
    if kind == "t":
        return _of_task(path, record, faulty or name != path_of_task(record.source, record.id))
    if kind == "s":
        return Told(kind, faulty or name != path_of_source(record.id), source=record.id)
    folder = name.removeprefix(f"{DECISIONS}/").rpartition("/")[0]  # in whichever of them
    return Told(kind, faulty or name != path_of_decision(folder, record.id))


def _of_config(config: Config, faulty: bool, data: str) -> Told:
    names = enumerate(config.canonical().items())
    lights = ((key, value) for key, value in fields_of(config.lights).items() if key != COLOURS)
    settings = (
        *((LIGHTS, key, value) for key, value in lights),
        *((COLOURS, light, colour) for light, colour in config.lights.colours.items()),
        (HOUSE, "organisation", config.organisation),
        (HOUSE, "timezone", config.calendar.timezone),
    )
    departments = tuple((name, canonical, place) for place, (name, canonical) in names)
    return Told("c", faulty, config=data, names=departments, settings=settings)


def _of_task(path: bytes, task: Task, faulty: bool) -> Told:
    following, its, waits = next_due(task), track(task), is_in_time(task)
    due, held = (None, following) if waits else (following, None)
    days = (
        due, held, its.applied, its.began, its.deadline, its.original, its.closed, its.reported,
    )  # fmt: skip
    day, kept, applied, began, ends, original, closed, reported = (
        each and each.toordinal() for each in days
    )
    wide_due = len(due.isoformat()) if due else columns(one_line(task.due.text))
    row = (
        path, task.id, task.title, task.kind, task.source, task.section,
        joined(task.lead), joined(task.assist), task.leader, task.status, task.nature,
        task.due.text, day, kept, applied, began, ends, its.percent, original, closed, reported,
        *(columns(one_line(text)) for text in (task.id, task.title, "、".join(task.lead))),
        None if waits and not applied else wide_due, its.latest,
        _indicators(task), joined(task.tags),
    )  # fmt: skip
    concerns = tuple(
        (part, name, task.status, NO_DUE if day is None else day, rank)
        for part, names in enumerate((task.lead, task.assist))
        for rank, name in enumerate(dict.fromkeys(names))
    )
    texts = SEP.join(searched(text) for text in texts_of(task) if text)
    links = tuple(dict.fromkeys((each.id, each.rel) for each in task.links))
    return Told("t", faulty, row, concerns, tuple(dict.fromkeys(task.tags)), texts, links=links)


def _indicators(task: Task) -> str:
    if not task.indicators:
        return ""
    listed = [(each.name, each.target, each.actual, each.unit) for each in task.indicators]
    return json.dumps(listed, ensure_ascii=False)
