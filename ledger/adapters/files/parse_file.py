"""What one file of the ledger says, by itself: read, judged, and as the cache remembers it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ledger.adapters.yaml.plain import plain_data
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.decode import Fault, decode
from ledger.model.paths import CONFIG_FILE, SOURCES, TASKS, is_misspelt, misspelling
from ledger.model.problem import ERROR, WARNING, Place, Problem
from ledger.model.record import dataclass, field, replace
from ledger.model.shared import Parts
from ledger.model.snapshot import Entry
from ledger.model.source import Source
from ledger.model.task import Task

_RECORDS: dict[str, type[Any]] = {"t": Task, "s": Source, "d": Decision, "c": Config}
_MISSPELT = "x"  # a file of the ledger that is called so wrongly: no record, but looked through
_PLACES = (("t", f"{TASKS}/"), ("s", f"{SOURCES}/"), ("c", CONFIG_FILE))


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one file says, without where it is: data, or why it cannot be read, or what is odd.

    Attributes:
        secrets: beside the data: code, message, line.
        record: the data decoded, where that was done already; see `record_of`.
    """

    data: Any
    faults: tuple[Fault, ...]
    unreadable: tuple[str, int] | None = None
    secrets: tuple[tuple[str, str, int], ...] = ()
    record: Any = field(default=None, compare=False)


def cache_key(path: str, blob: str) -> str:
    """Under what the cache knows a content: it is read as its path demands."""
    return letter(path) + blob


def letter(path: str) -> str:
    """The kind of a file, by where it is: t, s, d, c, or x where its name ends wrongly."""
    if is_misspelt(path):
        return _MISSPELT
    for kind, place in _PLACES:
        if path.startswith(place):
            return kind
    return "d"


def read_record(
    path: str,
    content: bytes,
    lines: dict[Place, int] | None = None,
    parts: Parts | None = None,
) -> Parsed:
    """What a file's content says; nothing where its path tells all: it is called wrongly.

    Args:
        lines: takes the line of every place of its data, where that is asked for.
        parts: what it shares with files that were read before, where many versions are read.
    """
    record = _RECORDS.get(letter(path))
    if record is None:
        return Parsed(None, (), ("", 0))
    data: Any = plain_data(content, parts) if lines is None else None
    if data is None:
        from ledger.adapters.yaml.read import YamlFault, fully_parsed  # not for plain files

        try:
            data = fully_parsed(content, lines)
        except YamlFault as fault:
            return Parsed(None, (), (fault.message, fault.line))
    faults: list[Fault] = []
    decoded = decode(record, data, faults)
    return Parsed(data, tuple(faults), record=decoded)


def parsed_file(
    path: str,
    content: bytes,
    lines: dict[Place, int] | None = None,
    parts: Parts | None = None,
) -> Parsed:
    """What a file's content says, and what secrets stand beside its data.

    Args:
        lines, parts: as `read_record` takes them.
    """
    read = read_record(path, content, lines, parts)
    if read.unreadable is not None or letter(path) == "c":
        return replace(read, secrets=_secrets(_lines(content)))
    if b"#" not in content:
        return read
    from ledger.adapters.yaml.read import beside_data  # not for plain files

    return replace(read, secrets=_secrets(beside_data(content)))


def _lines(content: bytes) -> list[tuple[int, str]]:
    return list(enumerate(content.decode(errors="replace").split("\n"), 1))


def _secrets(lines: list[tuple[int, str]]) -> tuple[tuple[str, str, int], ...]:
    from ledger.rules.secrets import in_lines  # not with a warm cache

    return tuple((each.code, each.message, each.line) for each in in_lines(lines))


def row(name: str, parsed: Parsed) -> tuple[str, str]:
    """What `Cache.remember` takes of a file that is known under a name."""
    faults = [[list(each.place), each.message, each.unknown] for each in parsed.faults]
    plain = [parsed.data, faults, parsed.unreadable, parsed.secrets]
    return name, json.dumps(plain, ensure_ascii=False)


def recall(chunks: Iterable[list[tuple[str, str]]]) -> dict[str, Parsed]:
    """What remembered files say, by key; those of a chunk share the memory of their keys."""
    known: dict[str, Parsed] = {}
    for chunk in chunks:
        dumps = json.loads(f"[{','.join(text for _, text in chunk)}]")
        known.update(zip((key for key, _ in chunk), map(_loaded, dumps), strict=True))
    return known


def _loaded(dumped: Any) -> Parsed:
    data, faults, unreadable, secrets = dumped
    if not (faults or unreadable or secrets):
        return Parsed(data, ())
    return Parsed(
        data,
        tuple(Fault(tuple(place), message, unknown) for place, message, unknown in faults),
        tuple(unreadable) if unreadable else None,
        tuple((code, message, line) for code, message, line in secrets),
    )


def record_of(path: str, parsed: Parsed) -> Any:
    """The file as a record, decoded once; None where it cannot be read or does not fit."""
    if parsed.record is not None or parsed.unreadable is not None:
        return parsed.record
    return decode(_RECORDS[letter(path)], parsed.data, [])


def entry_of(path: str, parsed: Parsed) -> Entry[Any] | None:
    """The file as a record; None where it cannot be read."""
    record = record_of(path, parsed)
    return Entry(path, parsed.data, record) if record is not None else None


def problems_of(path: str, parsed: Parsed) -> Iterable[Problem]:
    """What is wrong with the file by itself."""
    if not (parsed.faults or parsed.unreadable or parsed.secrets):
        return
    if parsed.unreadable is not None:
        message, line = parsed.unreadable
        hint = "请改好后再试"
        if is_misspelt(path):
            message, hint = misspelling(path)
        yield Problem(path, "T001", f"读不了：{message}", hint, line=line)
    if parsed.secrets:
        from ledger.rules.secrets import ADVICE

    for code, message, line in parsed.secrets:
        yield Problem(path, code, message, ADVICE, line=line)
    schema_code = "D001" if letter(path) == "d" else "T002"
    data = parsed.data if isinstance(parsed.data, dict) else {}
    record_id = data.get("id") if isinstance(data.get("id"), str) else ""
    for fault in parsed.faults:
        code, severity = ("T008", WARNING) if fault.unknown else (schema_code, ERROR)
        where = _spelled(fault.place)
        message = fault.message if fault.unknown else f"{where}{fault.message}"
        yield Problem(path, code, message, "", severity, id=record_id or "", place=fault.place)


def _spelled(place: tuple[str | int, ...]) -> str:
    """A place in words, such as `progress 第 2 条的 date：`."""
    words = ""
    for step in place:
        if isinstance(step, int):
            words += f" 第 {step + 1} 条"
        else:
            words += f"的 {step}" if words else step
    return f"{words}：" if words else ""
