"""Which files of a commit mention what, kept by the trees of their folders.

A tree names all of its folder's content, so what was found in it holds for ever; of a folder that
differs only the files are read that differ.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from ledger.adapters.files.cache import CHUNK, Cache
from ledger.adapters.files.read_snapshot import read_versions
from ledger.adapters.git.folders import Folders, entries_of
from ledger.adapters.git.repo import GitRepo
from ledger.model.mentions import mentions
from ledger.model.paths import is_ledger_file

Words = Mapping[str, list[str]]  # of the files of a folder, by name; those without any left out


class Mentions:
    """The words of all files in the folders of a commit, see `model.mentions`."""

    def __init__(self, folders: Folders, repo: GitRepo, cache: Cache) -> None:
        """Nothing is read before it is asked for."""
        self._folders, self._repo, self._cache = folders, repo, cache

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
        texts, made = {}, []
        for folder, tree in trees.items():
            key = f"{tree} {folder}"
            if (text := known.get(key)) is None:
                words = self._read(folder, tree)
                text = json.dumps(words, ensure_ascii=False)
                made.append((key, folder, text))
            texts[folder] = text
            if len(made) == CHUNK:
                self._cache.remember_mentions(made)
                made = []
        self._cache.remember_mentions(made)
        return texts

    def _read(self, folder: str, tree: str) -> Words:
        """The words of a folder's files; only those are read that differ from when it was last."""
        before, old = self._before(folder)
        words: dict[str, list[str]] = {}
        changed = []
        for path, blob in self._files(folder):
            if before.get(path) == blob:
                name = path.rpartition("/")[2]
                words |= {name: old[name]} if name in old else {}
            else:
                changed.append((path, blob))
        for start in range(0, len(changed), CHUNK):
            part = changed[start : start + CHUNK]
            for (path, _), version in read_versions(part, self._repo, self._cache).items():
                record = version.entry.record if version.entry else None
                if some := mentions(path, record, version.problems):
                    words[path.rpartition("/")[2]] = sorted(some)
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
