"""A commit's ledger of which only what somebody asks for is read: by path, by id, by who names it.

Whoever looks at all of something gets all of it, read in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from ledger.adapters.files.cache import CHUNK
from ledger.adapters.files.mentions import Mentions
from ledger.adapters.files.read_snapshot import Version, odd_file, read_versions
from ledger.adapters.git.folders import Folders
from ledger.adapters.git.objects import TreeFile
from ledger.model.decision import Decision
from ledger.model.layers import Layers
from ledger.model.mentions import claimed
from ledger.model.paths import DECISIONS, SOURCES, TASKS, is_below, is_ledger_file
from ledger.model.snapshot import Entry, in_order
from ledger.model.telling import silent
from ledger.usecases.reading.open import Ledger

FOLDERS = (TASKS, SOURCES, DECISIONS)


class Rest:
    """The ledger's own files at one commit, or in one tree."""

    def __init__(self, ledger: Ledger, commit: str, top: Iterable[TreeFile]) -> None:
        """Nothing but the folders' trees is read.

        Args:
            top: what the commit has for ledger.yaml, however it is spelled.
        """
        self._ledger = ledger
        self._top = {each.path: each for each in top}
        self._folders = Folders(ledger.repo, commit, FOLDERS)
        tell = ledger.index.tell or silent
        self._mentions = Mentions(self._folders, ledger.repo, ledger.cache, tell)
        self._versions: dict[str, Version] = {}

    def file(self, path: str) -> TreeFile | None:
        """What there is at the path of a file of the ledger."""
        if path in self._top:
            return self._top[path]
        return self._folders.find(path) if is_ledger_file(path) else None

    @property
    def trees(self) -> Mapping[str, str]:
        """Every folder and its tree."""
        return self._folders.trees

    def blobs(self, folders: Iterable[str] | None = None) -> dict[str, str]:
        """The blobs of files by path; empty where it is no regular file.

        Args:
            folders: the files of these, and ledger.yaml; None for all.
        """
        files = (*self._top.values(), *self._folders.files(folders))
        return {
            each.path: each.blob if each.mode.startswith("100") else ""
            for each in files
            if is_ledger_file(each.path)
        }

    def version(self, path: str) -> Version | None:
        """What a file says; None where there is none."""
        if path not in self._versions:
            self.read((path,))
        return self._versions.get(path)

    def read(self, paths: Iterable[str]) -> None:
        """Read some files in one go."""
        new = [path for path in dict.fromkeys(paths) if path not in self._versions]
        files = [file for path in new if (file := self.file(path))]
        plain = [(each.path, each.blob) for each in files if each.mode.startswith("100")]
        for start in range(0, len(plain), CHUNK):
            part = plain[start : start + CHUNK]
            read = read_versions(part, self._ledger.repo, self._ledger.cache)
            self._versions.update((path, version) for (path, _), version in read.items())
        for each in files:
            if each.path not in self._versions:
                self._versions[each.path] = Version(None, (odd_file(each.path, each.mode),))

    def odd(self) -> list[str]:
        """The files that are no regular ones."""
        odd = (each for each in self._folders.unusual() if not each.mode.startswith("04"))
        top = (each for each in self._top.values() if not each.mode.startswith("100"))
        return [each.path for each in (*top, *odd) if is_ledger_file(each.path)]

    def called(self, record_id: str) -> list[str]:
        """The files that may have an id: by their names, or because they say so."""
        paths = {*self._folders.named(f"{record_id}.yaml"), *self._claims.get(record_id, ())}
        return sorted(filter(is_ledger_file, paths))

    def ids_like(self, part: str) -> Iterator[str]:
        """The ids of tasks in which there is a text, followed by a point; letters' cases apart."""
        folded = part.casefold()
        for path in self._folders.like(folded):
            if is_below(path, TASKS):
                yield path.rpartition("/")[2].rpartition(".")[0]
        yield from (each for each in self._claims if folded in f"{each}.".casefold())

    def below(self, folder: str) -> list[str]:
        """The files of a folder and those below it."""
        inside = f"{folder}/"
        paths = (
            each.path
            for place in self._folders.trees
            if place == folder or place.startswith(inside)
            for each in self._folders.entries(place).values()
        )
        return [path for path in paths if is_ledger_file(path) and self.file(path)]

    def mentioning(self, words: Iterable[str]) -> set[str]:
        """The files that have any of some words, see `model.mentions`."""
        return self._mentions.of({*words})

    def has_blob(self, blob: str) -> bool:
        """Whether a file has just this content."""
        return self._folders.has_blob(blob) or any(e.blob == blob for e in self._top.values())

    @cached_property
    def _claims(self) -> dict[str, set[str]]:
        """Ids that files have though they are called otherwise → their paths."""
        claims: dict[str, set[str]] = {}
        for path, words in self._mentions.beginning(claimed("")):
            for word in words:
                claims.setdefault(word.removeprefix(claimed("")), set()).add(path)
        return claims


class Files(Mapping[str, Version]):
    """Path → version, of all files of a commit."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest

    def __getitem__(self, path: str) -> Version:
        if (version := self.rest.version(path)) is None:
            raise KeyError(path)
        return version

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.rest.file(path) is not None

    def __iter__(self) -> Iterator[str]:
        paths = [*self.rest.blobs()]
        self.rest.read(paths)
        return iter(paths)

    def __len__(self) -> int:
        return len(self.rest.blobs())


class Paths(Mapping[tuple[str, str], tuple[str, ...]]):
    """Kind and id → the paths where it is used, see `State.paths`."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def __getitem__(self, key: tuple[str, str]) -> tuple[str, ...]:
        kind, name = key
        candidates = (path for path in self._files.rest.called(name) if is_below(path, kind))
        paths = tuple(path for path in candidates if _id_of(self._files[path]) == name)
        if not paths:
            raise KeyError(key)
        return paths

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._files)

    @cached_property
    def _all(self) -> dict[tuple[str, str], None]:
        kinds = {path: _kind(path) for path in self._files}
        named = ((kind, _id_of(self._files[path])) for path, kind in kinds.items() if kind)
        return {(kind, name): None for kind, name in named if name}


class Entries(Mapping[str, Entry[Any]]):
    """Id → entry, of all records of one kind; of two with one id the first by path."""

    def __init__(self, kind: str, paths: Paths, files: Files) -> None:
        self._kind, self._paths, self._files = kind, paths, files

    def __getitem__(self, name: str) -> Entry[Any]:
        entry = self._files[self._paths[self._kind, name][0]].entry
        if entry is None:
            raise KeyError(name)
        return entry

    def __iter__(self) -> Iterator[str]:
        return (name for kind, name in self._paths if kind == self._kind)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Meetings(Mapping[str, tuple[Decision, ...]]):
    """The meetings that discussed a task, by its id, as `Snapshot.meetings` has them."""

    def __init__(
        self, files: Layers[str, Version], rest: Rest, decisions: Mapping[str, Entry[Decision]]
    ) -> None:
        """Of what lies above the rest, and of the rest."""
        self._files, self._rest, self._decisions = files, rest, decisions

    def __getitem__(self, task: str) -> tuple[Decision, ...]:
        mentioning = {*self._rest.mentioning({task}), *self._files.above}
        versions = (self._files.get(path) for path in mentioning if is_below(path, DECISIONS))
        ids = {_id_of(version) for version in versions if version}
        entries = (self._decisions.get(name) for name in ids if name)
        held = [entry.record for entry in entries if entry and entry.record.on(task)]
        if not held:
            raise KeyError(task)
        return in_order(held)

    def __iter__(self) -> Iterator[str]:
        records = (entry.record for entry in self._decisions.values())
        return iter(dict.fromkeys(item.task for each in records for item in each.items))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _id_of(version: Version) -> str:
    return version.entry.record.id if version.entry else ""


def _kind(path: str) -> str:
    return next((each for each in FOLDERS if is_below(path, each)), "")
