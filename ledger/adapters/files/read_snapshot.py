"""Reading the whole ledger as a `Snapshot`, from the working tree or from any commit.

Every file goes the same way: content → strict YAML → record, remembered by blob id. One bad file
becomes problems and never hides another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ledger.adapters.files.cache import CHUNK, Cache
from ledger.adapters.files.index.kept import Unusable
from ledger.adapters.files.index.look import look_at, read_file, scan
from ledger.adapters.files.index.worktree import TaskIndex
from ledger.adapters.files.parse_file import (
    Parsed,
    cache_key,
    entry_of,
    letter,
    parsed_file,
    problems_of,
    recall,
    row,
)
from ledger.adapters.git.objects import TreeFile
from ledger.adapters.git.repo import GitRepo, blob_id
from ledger.model.config import Config
from ledger.model.paths import CONFIG_FILE, PLACES, is_config, is_ledger_file
from ledger.model.problem import Place, Problem
from ledger.model.record import dataclass, replace
from ledger.model.shared import Parts
from ledger.model.snapshot import Entry, Snapshot

_LINK_MODES = {"120000": "是符号链接", "160000": "是子模块"}
_FOLDER = "是文件夹"


@dataclass(frozen=True, slots=True)
class Listing:
    """The ledger's files at one moment: path → blob id, and a way to read those not remembered.

    Attributes:
        contents: from paths to (path, content) of each, read in one go.
        odd: path → why it is not a regular file.
    """

    blobs: Mapping[str, str]
    contents: Callable[[Iterable[str]], Iterable[tuple[str, bytes]]]
    odd: Mapping[str, str]
    commit: str = ""


def list_worktree(root: Path, index: TaskIndex, paths: Sequence[str] | None = None) -> Listing:
    """The working tree's files.

    Args:
        paths: which of them; None for all.
    """
    try:
        index.refresh(rows=False)
        blobs, odd = index.listing(paths)
    except Unusable:
        all_blobs, all_odd = scan(root)
        some = None if paths is None else frozenset(paths)
        blobs, odd = (
            {path: each for path, each in files.items() if some is None or path in some}
            for files in (all_blobs, all_odd)
        )
    return in_worktree(root, blobs, odd)


def list_config(root: Path) -> Listing:
    """ledger.yaml of the working tree alone."""
    return in_worktree(root, *scan(root, ("",)))


def list_files(root: Path, *paths: str) -> Listing:
    """ledger.yaml of the working tree and some other files, without a look at the rest."""
    config, files = scan(root, ("",)), look_at(root, paths)
    return in_worktree(root, config[0] | files[0], config[1] | files[1])


def in_worktree(root: Path, blobs: Mapping[str, str], odd: Mapping[str, str]) -> Listing:
    """Files of the working tree, as they were listed before."""

    def contents(paths: Iterable[str]) -> Iterable[tuple[str, bytes]]:
        for path in paths:
            with suppress(FileNotFoundError):  # gone since it was listed
                yield path, read_file(root / path)

    return Listing(blobs, contents, odd)


def watching(listing: Listing) -> tuple[Listing, set[str]]:
    """The same listing, and those of its files that have turned out to be others by now."""
    changed: set[str] = set()

    def contents(paths: Iterable[str]) -> Iterable[tuple[str, bytes]]:
        missing = set(paths)
        for path, content in listing.contents(sorted(missing)):
            missing.discard(path)
            if blob_id(content) != listing.blobs[path]:
                changed.add(path)
            yield path, content
        changed.update(missing)

    return replace(listing, contents=contents), changed


def list_commit(repo: GitRepo, commit: str, places: Sequence[str] = PLACES) -> Listing:
    """A commit's files, or those of them below some places."""
    return listing_of_tree(repo, commit, repo.tree(commit, *places, also=is_config))


def listing_of_tree(repo: GitRepo, commit: str, listed: Sequence[TreeFile]) -> Listing:
    """Those of some entries of a commit's tree that are files of the ledger."""
    files = [each for each in listed if is_ledger_file(each.path)]
    odd = {each.path: _LINK_MODES[each.mode] for each in files if each.mode in _LINK_MODES}
    if any(each.path.startswith(f"{CONFIG_FILE}/") for each in listed):
        odd[CONFIG_FILE] = _FOLDER
    return in_commit(repo, commit, {e.path: e.blob for e in files if e.path not in odd}, odd)


def in_commit(
    repo: GitRepo, commit: str, blobs: Mapping[str, str], odd: Mapping[str, str]
) -> Listing:
    """Files of a commit, as they were listed before."""

    def contents(paths: Iterable[str]) -> Iterable[tuple[str, bytes]]:
        listed = list(paths)
        read = repo.blobs(blobs[path] for path in listed)
        return ((path, content) for path, (_, content) in zip(listed, read, strict=True))

    return Listing(blobs, contents, odd, commit)


def read_snapshot(listing: Listing, cache: Cache) -> Snapshot:
    """The ledger that a listing names.

    Args:
        listing: from `list_worktree` or `list_commit`.
        cache: what is already known is not read again.
    """
    keys = {path: cache_key(path, blob) for path, blob in listing.blobs.items()}
    known = _known(listing, keys, cache)
    entries: dict[str, list[Entry[Any]]] = {"t": [], "s": [], "d": [], "c": []}
    problems = [_odd(path, why) for path, why in listing.odd.items()]
    for path, parsed in known.items():
        problems.extend(problems_of(path, parsed))
        entry = entry_of(path, parsed)
        if entry is not None:
            entries[letter(path)].append(entry)
    config = entries["c"][0].record if entries["c"] else Config()
    return Snapshot(
        config,
        tuple(entries["t"]),
        tuple(entries["s"]),
        tuple(entries["d"]),
        with_lines(problems, listing),
        listing.commit,
        configured=is_configured(listing),
    )


def is_configured(listing: Listing) -> bool:
    """Whether ledger.yaml is there, readable or not."""
    return CONFIG_FILE in listing.blobs or listing.odd.get(CONFIG_FILE, _FOLDER) != _FOLDER


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
    files: Iterable[tuple[str, str]], repo: GitRepo, cache: Cache | None, parts: Parts | None = None
) -> dict[tuple[str, str], Version]:
    """Files as they were at different times, read by one git process.

    Args:
        files: (path, blob id) of each.
        cache: None where they will not be asked for again: to remember one takes as long as to
            read it.
        parts: what they share with files that were read before.
    """
    pairs = dict.fromkeys(files)
    keys = {cache_key(*pair) for pair in pairs} if cache else ()
    recalled = recall(cache.files(keys)) if cache else {}
    missing = [pair for pair in pairs if not recalled or cache_key(*pair) not in recalled]
    read: dict[tuple[str, str], Version] = {}
    rows = []
    for pair, (_, content) in zip(missing, repo.blobs(blob for _, blob in missing), strict=True):
        parsed = parsed_file(pair[0], content, parts=parts)
        if cache:
            rows.append(row(cache_key(*pair), parsed))
        read[pair] = _version(pair, parsed, repo)
    if cache:
        cache.remember(rows)
    for pair in pairs:
        if pair not in read:
            read[pair] = _version(pair, recalled[cache_key(*pair)], repo)
    return read


def versions_of(listing: Listing, paths: Iterable[str], cache: Cache) -> dict[str, Version]:
    """Some files of a listing, each by itself; those that are not there are left out."""
    listed = [path for path in paths if path in listing.blobs]
    blobs = {path: listing.blobs[path] for path in listed}
    keys = {path: cache_key(path, blob) for path, blob in blobs.items()}
    known = _known(replace(listing, blobs=blobs), keys, cache)
    odd = {path: Version(None, (_odd(path, why),)) for path, why in listing.odd.items()}
    return odd | {
        path: Version(
            entry_of(path, parsed), with_lines(problems_of(path, parsed), listing), blobs[path]
        )
        for path, parsed in known.items()
    }


def _version(pair: tuple[str, str], parsed: Parsed, repo: GitRepo) -> Version:
    path, blob = pair
    problems = (*problems_of(path, parsed),)
    if problems:
        alone = Listing(
            {path: blob}, lambda paths: ((path, each) for _, each in repo.blobs([blob])), {}
        )
        problems = with_lines(problems, alone)
    return Version(entry_of(path, parsed), problems, blob)


def with_lines(problems: Iterable[Problem], listing: Listing) -> tuple[Problem, ...]:
    """The same problems with their lines, each file concerned read once more."""
    waiting = list(problems)
    if not waiting:
        return ()
    from ledger.adapters.yaml.read import YamlFault, lines_of

    paths = sorted({each.path for each in waiting if not each.line and each.path in listing.blobs})
    lines: dict[str, dict[Place, int]] = {}
    for path, content in listing.contents(paths):
        try:
            lines[path] = lines_of(content)
        except YamlFault:
            lines[path] = {}
    return tuple(
        replace(each, line=each.line or line_near(each.place, lines.get(each.path, {})))
        for each in waiting
    )


def lined_at(repo: GitRepo, commit: str, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Problems of a commit's files with their lines, without a look at its other files."""
    paths = {each.path for each in problems if each.path and not each.line}
    if not paths:
        return tuple(problems)
    return with_lines(problems, list_commit(repo, commit, sorted(paths)))


def line_near(place: Place, lines: Mapping[Place, int]) -> int:
    """The line of a place, or of the nearest one around it (a missing key has no line itself)."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 0) if place else 0


def _known(listing: Listing, keys: Mapping[str, str], cache: Cache) -> dict[str, Parsed]:
    """What every file says, in path order; read and remembered where it was not known."""
    recalled = recall(cache.files(set(keys.values())))
    read: dict[str, Parsed] = {}
    rows: list[tuple[str, str]] = []
    for path, content in listing.contents(
        [path for path, key in keys.items() if key not in recalled]
    ):
        read[path] = parsed = parsed_file(path, content)
        name = keys[path]  # not that of a file which changed just now
        if listing.commit or name == cache_key(path, blob_id(content)):
            rows.append(row(name, parsed))
        if len(rows) == CHUNK:
            cache.remember(rows)
            rows = []
    cache.remember(rows)
    return {
        path: read[path] if path in read else recalled[key]
        for path, key in keys.items()
        if path in read or key in recalled
    }


def parsed_files(listing: Listing, cache: Cache) -> Iterator[tuple[str, Parsed]]:
    """What every file of a listing says, in path order, some hundred at a time."""
    paths = list(listing.blobs)
    cache.expect(len(paths))
    for start in range(0, len(paths), CHUNK):
        blobs = {path: listing.blobs[path] for path in paths[start : start + CHUNK]}
        keys = {path: cache_key(path, blob) for path, blob in blobs.items()}
        yield from _known(replace(listing, blobs=blobs), keys, cache).items()


def odd_file(path: str, mode: str) -> Problem:
    """What is wrong with a file of git's tree that is none, by its mode."""
    return _odd(path, _LINK_MODES.get(mode, "不是普通文件"))


def _odd(path: str, why: str) -> Problem:
    return Problem(path, "T001", f"读不了：{why}", "请换成普通的 YAML 文件")
