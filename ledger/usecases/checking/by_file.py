"""What each file of a ledger shows by itself: found once, by both cores, and kept while it holds.

It is kept under all that it hangs on: the file's path and blob, the record of its source, the
settings, and the program with what it stands on. With it lies the outline of a task, so that rules
on the whole ledger need no file at all.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from ledger.adapters.disk.both import by_both
from ledger.adapters.files.cache import Cache
from ledger.adapters.files.parse_file import entry_of, letter, parsed_file, problems_of
from ledger.adapters.files.read_snapshot import Listing, line_near
from ledger.adapters.git.repo import blob_id
from ledger.model import outline
from ledger.model.decode import encode
from ledger.model.outline import Outline
from ledger.model.problem import Place, Problem
from ledger.model.record import dataclass
from ledger.model.snapshot import Entry, Index, Snapshot
from ledger.model.task import Task
from ledger.rules import Context, check_files

_BATCH = 250  # files that are judged together, so that a second process is worth its while
_SUM = 4  # bytes
_STOOD_ON = ("yaml", "chinese_calendar")  # libraries of which another version may find other things

Row = tuple[bytes, str, bytes]  # path, blob (empty for one that must not be kept), what was found


@dataclass(frozen=True, slots=True)
class FileFindings:
    """What a file shows by itself.

    Attributes:
        problems: with their lines; severities are the rules' own.
        task: it in outline, where it is a readable task.
        lines: those that are kept with the outline, see `outline.line_of`.
    """

    problems: tuple[Problem, ...]
    task: Outline | None
    lines: Mapping[str, int]

    def entry(self, path: str) -> Entry[Task] | None:
        """The task for rules on the whole ledger, which ask no more of it than an outline has."""
        return Entry(path, {}, cast(Task, self.task)) if self.task else None


def judge_files(listing: Listing, around: Snapshot, cache: Cache) -> dict[str, FileFindings]:
    """What every file shows by itself, in path order.

    Args:
        around: the settings and the sources, by which files are judged.
    """
    basis = _basis(around)
    marks = {name: _digest(entry.data) for name, entry in around.source_by_id.items()}
    kept: dict[str, FileFindings] = {}
    gone = []
    for rows in cache.findings(basis):
        gone += [path for path, _, _ in rows if os.fsdecode(path) not in listing.blobs]
        fresh = (row for row in rows if listing.blobs.get(os.fsdecode(row[0])) == row[1])
        kept.update(_recalled(fresh, marks))
    missing = [path for path in listing.blobs if path not in kept]
    batches = [missing[start : start + _BATCH] for start in range(0, len(missing), _BATCH)]
    if batches:
        import ledger.adapters.yaml.read  # noqa: F401 - before the second process begins, so once

    judged = partial(_judged, listing, around, marks)
    for _, rows in by_both(lambda number: judged(batches[number]), len(batches)):
        cache.remember_findings(basis, (row for row in rows if row[1]))
        kept.update(_recalled(rows, marks))
    if batches or gone:
        cache.forget_findings(basis, gone)
    return {path: kept[path] for path in listing.blobs if path in kept}


def _judged(
    listing: Listing, around: Snapshot, marks: Mapping[str, str], paths: Sequence[str]
) -> list[Row]:
    """What some files show, to be kept."""
    entries: dict[str, Entry[Any] | None] = {}
    lines: dict[str, dict[Place, int]] = {}
    blobs: dict[str, str] = {}
    problems: dict[str, list[Problem]] = {}
    for path, content in listing.contents(paths):
        parsed = parsed_file(path, content, lines.setdefault(path, {}))
        is_same = bool(listing.commit) or blob_id(content) == listing.blobs[path]
        blobs[path] = listing.blobs[path] if is_same else ""
        entries[path] = entry_of(path, parsed)
        problems[path] = list(problems_of(path, parsed))
    part = _part(around, entries, [each for some in problems.values() for each in some])
    problems = {path: [] for path in problems}
    for each in check_files(part, Context(around.config, dt.date.min)):
        line = each.line or line_near(each.place, lines[each.path])
        problems[each.path].append(each.at(line))
    rows = []
    for path, entry in entries.items():
        name, dumped = os.fsencode(path), _dumped(entry, problems[path], lines[path], marks)
        rows.append((name, blobs[path], _sum(name, dumped) + dumped))
    return rows


def _part(
    around: Snapshot, entries: Mapping[str, Entry[Any] | None], problems: Sequence[Problem]
) -> Snapshot:
    """Some files of a ledger, which knows of all sources."""
    by_kind: dict[str, list[Entry[Any]]] = {"t": [], "s": [], "d": [], "c": []}
    for path, entry in entries.items():
        if entry is not None:
            by_kind[letter(path)].append(entry)
    return Snapshot(
        around.config,
        tuple(by_kind["t"]),
        tuple(by_kind["s"]),
        tuple(by_kind["d"]),
        tuple(problems),
        index=Index({}, around.source_by_id, {}),
    )


def _dumped(
    entry: Entry[Any] | None,
    problems: Iterable[Problem],
    lines: Mapping[Place, int],
    marks: Mapping[str, str],
) -> bytes:
    plain = [
        (each.code, each.message, each.hint, each.severity, each.id, each.place, each.line)
        for each in problems
    ]
    task = entry.record if entry and isinstance(entry.record, Task) else None
    of_task = (
        [marks.get(task.source, ""), outline.dumped(task), outline.kept_lines(task, lines)]
        if task
        else []
    )
    return json.dumps([plain, *of_task], ensure_ascii=False).encode(errors="surrogatepass")


def _recalled(rows: Iterable[Row], marks: Mapping[str, str]) -> Iterator[tuple[str, FileFindings]]:
    """What was found, as far as it holds: the source is the same, or missing still."""
    sound = {  # what has been damaged is found again
        os.fsdecode(path): dumped[_SUM:]
        for path, _, dumped in rows
        if dumped[:_SUM] == _sum(path, dumped[_SUM:])
    }
    whole = b"[%s]" % b",".join(sound.values())
    for name, (plain, *of_task) in zip(
        sound, json.loads(whole.decode(errors="surrogatepass")), strict=True
    ):
        problems = tuple(_problem(name, *each) for each in plain) if plain else ()
        if not of_task:
            yield name, FileFindings(problems, None, {})
            continue
        mark, task, lines = of_task
        told = outline.loaded(task)
        if marks.get(told.source, "") == mark:
            yield name, FileFindings(problems, told, lines)


def _sum(path: bytes, dumped: bytes) -> bytes:
    """What tells damage: SQLite itself would not see it."""
    return zlib.crc32(dumped, zlib.crc32(path)).to_bytes(_SUM, "little")


def _problem(
    path: str, code: str, message: str, hint: str, severity: str, name: str, place: Any, line: int
) -> Problem:
    return Problem(path, code, message, hint, severity, name, tuple(place), line)


def _basis(around: Snapshot) -> str:
    """All that findings hang on besides the files; the cache itself is of one program only."""
    libraries = []
    for name in _STOOD_ON:
        spec = find_spec(name)
        for folder in (spec and spec.submodule_search_locations) or ():
            with suppress(OSError):
                status = Path(folder).stat()
                libraries.append((folder, status.st_mtime_ns, status.st_ino))
    return _digest([sys.version, libraries, encode(around.config)])


def _digest(data: Any) -> str:
    plain = json.dumps(data, ensure_ascii=False, sort_keys=True).encode(errors="surrogatepass")
    return hashlib.sha256(plain).hexdigest()[:16]
