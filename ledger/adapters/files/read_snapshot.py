"""Reading the whole ledger as a `Snapshot`, from the working tree or from any commit.

Every file goes the same way: content → strict YAML → record, remembered by blob id. One bad file
becomes problems and never hides another.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from ledger.adapters.files import scan as worktree
from ledger.adapters.files.index import CHUNK, Cache
from ledger.adapters.git.repo import GitRepo, blob_id
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.decode import Fault, decode
from ledger.model.paths import (
    CONFIG_FILE,
    PLACES,
    SOURCES,
    TASKS,
    is_ledger_file,
    is_misspelt,
)
from ledger.model.people import folded
from ledger.model.problem import ERROR, WARNING, Problem
from ledger.model.snapshot import Entry, Snapshot
from ledger.model.source import Source
from ledger.model.standing import next_due
from ledger.model.task import Task
from ledger.rules.secrets import ADVICE, in_lines

_RECORDS: dict[str, type[Any]] = {"t": Task, "s": Source, "d": Decision, "c": Config}
_MISSPELT = "x"  # a file of the ledger that is called so wrongly: no record, but looked through
_LINK_MODES = {"120000": "是符号链接", "160000": "是子模块"}
_FOLDER = "是文件夹"
_ALWAYS, _NEVER = 0, 10**9  # horizons: broken files are always shown, ended tasks never fall due


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What one file says, without where it is: data, or why it cannot be read, or what is odd."""

    data: Any
    faults: tuple[Fault, ...]
    unreadable: tuple[str, int] | None = None
    secrets: tuple[tuple[str, str, int], ...] = ()  # beside the data: code, message, line


@dataclass(frozen=True, slots=True)
class Narrow:
    """Which tasks will be looked at: open ones due up to a day, of some departments.

    Attributes:
        departments: every name that the departments go by; none for all departments.
    """

    due_by: dt.date
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """The ledger's files at one moment: path → blob id, and a way to read those not remembered.

    Attributes:
        contents: from paths to (path, content) of each, read in one go.
        odd: path → why it is not a regular file.
        folders, gone: what `Cache.remember` is to keep of the working tree's folders.
    """

    blobs: Mapping[str, str]
    contents: Callable[[Iterable[str]], Iterable[tuple[str, bytes]]]
    odd: Mapping[str, str]
    commit: str = ""
    folders: Mapping[str, str] | None = None
    gone: tuple[str, ...] = ()


def list_worktree(root: Path, cache: Cache) -> Listing:
    """The working tree's files."""
    scanned = worktree.scan(root, PLACES, cache.folders())
    return _listed(root, scanned, scanned.folders, scanned.gone)


def list_config(root: Path) -> Listing:
    """ledger.yaml of the working tree alone."""
    return _listed(root, worktree.scan(root, (CONFIG_FILE,), {}))


def _listed(
    root: Path,
    scanned: worktree.Scanned,
    folders: Mapping[str, str] | None = None,
    gone: tuple[str, ...] = (),
) -> Listing:

    def contents(paths: Iterable[str]) -> Iterable[tuple[str, bytes]]:
        for path in paths:
            if path in scanned.contents:
                yield path, scanned.contents[path]
                continue
            with suppress(FileNotFoundError):  # gone since it was listed
                yield path, worktree.read_file(root / path)

    return Listing(scanned.blobs, contents, scanned.odd, "", folders, gone)


def list_commit(repo: GitRepo, commit: str, places: Sequence[str] = PLACES) -> Listing:
    """A commit's files, or those of them below some places."""
    listed = repo.tree(commit, *places)
    files = [each for each in listed if is_ledger_file(each.path)]
    odd = {each.path: _LINK_MODES[each.mode] for each in files if each.mode in _LINK_MODES}
    if any(each.path.startswith(f"{CONFIG_FILE}/") for each in listed):
        odd[CONFIG_FILE] = _FOLDER
    blobs = {each.path: each.blob for each in files if each.path not in odd}

    def contents(paths: Iterable[str]) -> Iterable[tuple[str, bytes]]:
        listed = list(paths)
        read = repo.blobs(blobs[path] for path in listed)
        return ((path, content) for path, (_, content) in zip(listed, read, strict=True))

    return Listing(blobs, contents, odd, commit)


def digest(listing: Listing) -> str:
    """A name for exactly these files with exactly this content."""
    lines = "".join(f"{path}\0{blob}\n" for path, blob in listing.blobs.items())
    odd = "".join(f"{path}\0{why}\n" for path, why in listing.odd.items())
    return hashlib.sha256((lines + "\0" + odd).encode(errors="surrogateescape")).hexdigest()


def read_snapshot(listing: Listing, cache: Cache, narrow: Narrow | None = None) -> Snapshot:
    """The ledger that a listing names.

    Args:
        listing: from `list_worktree` or `list_commit`.
        cache: what is already known is not read again.
        narrow: when given, tasks outside it may be left out (a large ledger answers much
            faster); everything else is complete.
    """
    keys = {path: _key(path, blob) for path, blob in listing.blobs.items()}
    known = _known(listing, keys, cache, narrow)
    entries: dict[str, list[Entry[Any]]] = {"t": [], "s": [], "d": [], "c": []}
    problems = [_odd(path, why) for path, why in listing.odd.items()]
    for path, parsed in known.items():
        problems.extend(_problems(path, parsed))
        entry = _entry(path, parsed)
        if entry is not None:
            entries[_letter(path)].append(entry)
    config = entries["c"][0].record if entries["c"] else Config()
    return Snapshot(
        config,
        tuple(entries["t"]),
        tuple(entries["s"]),
        tuple(entries["d"]),
        with_lines(problems, listing),
        listing.commit,
        configured=CONFIG_FILE in listing.blobs or listing.odd.get(CONFIG_FILE, _FOLDER) != _FOLDER,
    )


@dataclass(frozen=True, slots=True)
class Version:
    """What one file said at one time.

    Attributes:
        entry: the file as a record, None when it cannot be read.
        problems: what is wrong with the file by itself, with lines.
        blob: its content's id, empty where it is no regular file.
    """

    entry: Entry[Any] | None
    problems: tuple[Problem, ...]
    blob: str = ""


def read_versions(
    files: Iterable[tuple[str, str]], repo: GitRepo, cache: Cache
) -> dict[tuple[str, str], Version]:
    """Files as they were at different times, read by one git process.

    Args:
        files: (path, blob id) of each.
    """
    pairs = dict.fromkeys(files)
    recalled = dict(_recalled(cache.files({_key(*pair) for pair in pairs})))
    missing = [pair for pair in pairs if _key(*pair) not in recalled]
    read: dict[tuple[str, str], Version] = {}
    rows = []
    for pair, (_, content) in zip(missing, repo.blobs(blob for _, blob in missing), strict=True):
        parsed = _parsed(_RECORDS.get(_letter(pair[0])), content)
        rows.append((_key(*pair), _dumped(parsed), *_facts(pair[0], parsed)))
        read[pair] = _version(pair, parsed, repo)
    cache.remember(rows)
    for pair in pairs:
        if pair not in read:
            read[pair] = _version(pair, recalled[_key(*pair)], repo)
    return read


def _version(pair: tuple[str, str], parsed: _Parsed, repo: GitRepo) -> Version:
    path, blob = pair
    alone = Listing(
        {path: blob}, lambda paths: ((path, each) for _, each in repo.blobs([blob])), {}
    )
    return Version(_entry(path, parsed), with_lines(_problems(path, parsed), alone), blob)


def _entry(path: str, parsed: _Parsed) -> Entry[Any] | None:
    record = decode(_RECORDS[_letter(path)], parsed.data, []) if parsed.unreadable is None else None
    return Entry(path, parsed.data, record) if record is not None else None


def with_lines(problems: Iterable[Problem], listing: Listing) -> tuple[Problem, ...]:
    """The same problems with their lines, each file concerned read once more."""
    waiting = list(problems)
    if not waiting:
        return ()
    from ledger.adapters.yaml.read import YamlFault, lines_of

    paths = sorted({each.path for each in waiting if not each.line and each.path in listing.blobs})
    lines: dict[str, dict[Any, int]] = {}
    for path, content in listing.contents(paths):
        try:
            lines[path] = lines_of(content)
        except YamlFault:
            lines[path] = {}
    return tuple(
        replace(each, line=each.line or _line(lines.get(each.path, {}), each.place))
        for each in waiting
    )


def _line(lines: Mapping[Any, int], place: tuple[str | int, ...]) -> int:
    """The line of a place, or of the nearest one around it (a missing key has no line itself)."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 0) if place else 0


def _key(path: str, blob: str) -> str:
    return _letter(path) + blob


def _letter(path: str) -> str:
    if is_misspelt(path):
        return _MISSPELT
    if path == CONFIG_FILE:
        return "c"
    return "t" if path.startswith(TASKS) else "s" if path.startswith(SOURCES) else "d"


def _known(
    listing: Listing, keys: Mapping[str, str], cache: Cache, narrow: Narrow | None
) -> dict[str, _Parsed]:
    """What every file says, in path order; read and remembered where it was not known."""
    recalled, missing = _remembered(listing, keys, cache, narrow)
    read: dict[str, _Parsed] = {}
    rows: list[tuple[str, str, int, str]] = []
    kept = True
    for path, content in listing.contents(missing):
        read[path] = parsed = _parsed(_RECORDS.get(_letter(path)), content)
        if listing.commit or keys[path] == _key(path, blob_id(content)):  # else it changed just now
            rows.append((keys[path], _dumped(parsed), *_facts(path, parsed)))
        if len(rows) == CHUNK:
            kept = cache.remember(rows) and kept
            rows = []
    if kept:
        cache.remember(rows, (listing.folders or {}).items(), listing.gone)
    return {
        path: read[path] if path in read else recalled[key]
        for path, key in keys.items()
        if path in read or key in recalled
    }


def _remembered(
    listing: Listing, keys: Mapping[str, str], cache: Cache, narrow: Narrow | None
) -> tuple[dict[str, _Parsed], list[str]]:
    """What the cache knows of the files wanted, and the paths of those it does not know.

    A folder whose listing was remembered has all its files remembered, so of its tasks only those
    falling due are asked for.
    """
    due = None
    if listing.folders is not None and narrow is not None:
        departments = tuple(map(folded, narrow.departments))
        due = cache.due_by(narrow.due_by.toordinal(), departments)
    if due is None or listing.folders is None:
        recalled = dict(_recalled(cache.files(set(keys.values()))))
        return recalled, [path for path, key in keys.items() if key not in recalled]
    asked = {
        path: key
        for path, key in keys.items()
        if _letter(path) != "t" or path.rpartition("/")[0] in listing.folders
    }
    current = set(keys.values())  # the cache knows older versions too
    some = iter([pair for pair in due.items() if pair[0] in current])
    chunks = iter(lambda: list(islice(some, CHUNK)), [])
    recalled = dict(_recalled(chain(chunks, cache.files(set(asked.values())))))
    return recalled, [path for path, key in asked.items() if key not in recalled]


def _parsed(record: type | None, content: bytes) -> _Parsed:
    if record is None:
        return _Parsed(None, (), ("文件名要以 .yaml 结尾", 0), _secrets(_lines(content)))
    from ledger.adapters.yaml.read import YamlFault, beside_data, parse  # not with a warm cache

    try:
        data = parse(content)
    except YamlFault as fault:
        return _Parsed(None, (), (fault.message, fault.line), _secrets(_lines(content)))
    faults: list[Fault] = []
    decode(record, data, faults)
    beside = _lines(content) if record is Config else beside_data(content)
    return _Parsed(data, tuple(faults), secrets=_secrets(beside))


def _lines(content: bytes) -> list[tuple[int, str]]:
    return list(enumerate(content.decode(errors="replace").split("\n"), 1))


def _secrets(lines: list[tuple[int, str]]) -> tuple[tuple[str, str, int], ...]:
    return tuple((each.code, each.message, each.line) for each in in_lines(lines, ""))


def _facts(path: str, parsed: _Parsed) -> tuple[int, str]:
    """By what a file may be left out: its next open checkpoint (ordinal), and its departments."""
    if _letter(path) == _MISSPELT:
        return _ALWAYS, ""
    if _letter(path) != "t":
        return _NEVER, ""
    task = decode(Task, parsed.data, []) if parsed.unreadable is None else None
    if task is None or parsed.faults:
        return _ALWAYS, ""
    due = next_due(task)
    departments = map(folded, (*task.lead, *task.assist))
    return due.toordinal() if due else _NEVER, "\n".join(("", *departments, ""))


def _dumped(parsed: _Parsed) -> str:
    faults = [[list(each.place), each.message, each.unknown] for each in parsed.faults]
    return json.dumps([parsed.data, faults, parsed.unreadable, parsed.secrets], ensure_ascii=False)


def _recalled(chunks: Iterable[list[tuple[str, str]]]) -> Iterator[tuple[str, _Parsed]]:
    """What remembered files say, by key; those of a chunk share the memory of their keys."""
    for chunk in chunks:
        dumps = json.loads(f"[{','.join(text for _, text in chunk)}]")
        yield from zip((key for key, _ in chunk), map(_loaded, dumps), strict=True)


def _loaded(dumped: Any) -> _Parsed:
    data, faults, unreadable, secrets = dumped
    return _Parsed(
        data,
        tuple(Fault(tuple(place), message, unknown) for place, message, unknown in faults),
        tuple(unreadable) if unreadable else None,
        tuple((code, message, line) for code, message, line in secrets),
    )


def odd_file(path: str, mode: str) -> Problem:
    """What is wrong with a file of git's tree that is none, by its mode."""
    return _odd(path, _LINK_MODES.get(mode, "不是普通文件"))


def _odd(path: str, why: str) -> Problem:
    return Problem(path, "T001", f"读不了：{why}", "请换成普通的 YAML 文件")


def _problems(path: str, parsed: _Parsed) -> Iterable[Problem]:
    if parsed.unreadable is not None:
        message, line = parsed.unreadable
        hint = "请把它改名，以小写的 .yaml 结尾" if is_misspelt(path) else "请改好后再试"
        yield Problem(path, "T001", f"读不了：{message}", hint, line=line)
    for code, message, line in parsed.secrets:
        yield Problem(path, code, message, ADVICE, line=line)
    schema_code = "D001" if _letter(path) == "d" else "T002"
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
