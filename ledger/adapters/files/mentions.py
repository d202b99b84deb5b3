"""Which files of a commit mention what, kept by the trees of their folders.

A tree names all of its folder's content, so what was found in it holds for ever; of a folder that
differs only the files are read that differ.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from ledger.adapters.disk.both import by_both
from ledger.adapters.files.cache import Cache
from ledger.adapters.files.parse_file import problems_of, read_record, record_of
from ledger.adapters.git.folders import Folders, entries_of
from ledger.adapters.git.repo import GitRepo
from ledger.model.mentions import mentions
from ledger.model.paths import is_ledger_file
from ledger.model.record import replace
from ledger.model.telling import Tell

Words = Mapping[str, list[str]]  # of the files of a folder, by name; those without any left out

_AT_ONCE = 250  # files that are read together, so that a second process is worth its while
_ALONE = 1000  # files below which it is not


class Mentions:
    """The words of all files in the folders of a commit, see `model.mentions`."""

    def __init__(self, folders: Folders, repo: GitRepo, cache: Cache, tell: Tell) -> None:
        """Nothing is read before it is asked for.

        Args:
            tell: takes how many files of how many were read.
        """
        self._folders, self._repo, self._cache, self._tell = folders, repo, cache, tell

    def of(self, words: Collection[str]) -> set[str]:
        """The paths of the files that have any of some words."""
        asked = frozenset(words)
        spelled = [json.dumps(word, ensure_ascii=False) for word in asked]
        return {
            f"{folder}/{name}"
            for folder, text in self._texts.items()
            if any(word in text for word in spelled)
            for name, has in json.loads(text).items()
            if not asked.isdisjoint(has)
        }

    def beginning(self, mark: str) -> Iterator[tuple[str, list[str]]]:
        """The files that have words which begin in some way, each with these words."""
        for folder, text in self._texts.items():
            if f'"{mark}' in text:
                for name, has in json.loads(text).items():
                    if some := [word for word in has if word.startswith(mark)]:
                        yield f"{folder}/{name}", some

    @cached_property
    def _texts(self) -> dict[str, str]:
        """The words of each folder, as JSON."""
        trees = self._folders.trees
        known = self._cache.mentions(f"{tree} {folder}" for folder, tree in trees.items())
        keys = {folder: f"{tree} {folder}" for folder, tree in trees.items()}
        texts = {folder: known[key] for folder, key in keys.items() if key in known}
        words = self._read([folder for folder in trees if folder not in texts])
        made = {each: json.dumps(has, ensure_ascii=False) for each, has in words.items()}
        self._cache.remember_mentions((keys[each], each, text) for each, text in made.items())
        return texts | made

    def _read(self, folders: Iterable[str]) -> Mapping[str, Words]:
        """The words of some folders; only those files are read that differ from when it was last.

        Of a large ledger that is seen for the first time these are all files: both cores read them,
        and nothing of them is kept but the words.
        """
        words: dict[str, dict[str, list[str]]] = {}
        batches: list[tuple[str, list[tuple[str, str]]]] = []
        for folder in folders:
            before, old = self._before(folder)
            has = words[folder] = {}
            changed = []
            for path, blob in self._files(folder):
                if before.get(path) != blob:
                    changed.append((path, blob))
                elif (name := path.rpartition("/")[2]) in old:
                    has[name] = old[name]
            starts = range(0, len(changed), _AT_ONCE)
            batches += ((folder, changed[start : start + _AT_ONCE]) for start in starts)
        total, done, readers = sum(len(files) for _, files in batches), 0, {os.getpid(): self._repo}

        def work(number: int) -> dict[str, list[str]]:
            if (reader := readers.get(os.getpid())) is None:  # the second process has its own git
                reader = readers[os.getpid()] = replace(self._repo)
            return _words(reader, batches[number][1])

        alone = ((number, work(number)) for number in range(len(batches)))
        for number, some in alone if total < _ALONE else by_both(work, len(batches)):
            folder, files = batches[number]
            words[folder] |= some
            done += len(files)
            self._tell(done, total)
        return words

    def _files(self, folder: str) -> Iterator[tuple[str, str]]:
        return (
            (each.path, each.blob)
            for each in self._folders.entries(folder).values()
            if each.mode.startswith("100") and is_ledger_file(each.path)
        )

    def _before(self, folder: str) -> tuple[Mapping[str, str], Words]:
        """The blobs of a folder as it was read last, where git still has it, and its words."""
        if (last := self._cache.last_mentions(folder)) is None:
            return {}, {}
        key, text = last
        tree = key.partition(" ")[0]
        was = self._repo.objects.find(tree)
        if was is None or was.kind != "tree":
            return {}, {}
        entries = entries_of(folder, tree, was.content)
        return {path: each.blob for path, each in entries.items()}, json.loads(text)


def _words(repo: GitRepo, files: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The words of some files (path and blob), by name; those without any left out."""
    words = {}
    contents = repo.blobs(blob for _, blob in files)
    for (path, _), (_, content) in zip(files, contents, strict=True):
        parsed = read_record(path, content)
        if some := mentions(path, record_of(path, parsed), problems_of(path, parsed)):
            words[path.rpartition("/")[2]] = sorted(some)
    return words
