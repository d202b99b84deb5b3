"""Whether the evidence is there: the SHA-256 of what a commit or the working tree holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping

from ledger.adapters import lfs, store
from ledger.adapters.gitrepo import GitRepo
from ledger.errors import LedgerError
from ledger.model.config import Config
from ledger.model.paths import EVIDENCE
from ledger.model.task import Task
from ledger.usecases.reading import Ledger

MAX_EVIDENCE = 20_000_000  # bytes of one file; larger ones belong elsewhere, with their hash here

Hasher = Callable[[str], "str | None"]


class Proofs:
    """Hashes of blobs; each is read once, however often it is asked for."""

    def __init__(self, repo: GitRepo) -> None:
        """Of one repository."""
        self._repo = repo
        self._known: dict[str, str | lfs.Pointer] = {}
        self._held: dict[lfs.Pointer, bool] = {}

    def read(self, blobs: Iterable[str]) -> None:
        """Read what is not known yet by one git process."""
        new = sorted(set(blobs) - self._known.keys())
        for blob, content in self._repo.blobs(new, MAX_EVIDENCE + 1):
            whole = len(content) <= MAX_EVIDENCE
            found = lfs.pointer(content)
            self._known[blob] = found or (hashlib.sha256(content).hexdigest() if whole else "")

    def sha256(self, blob: str, config: Config) -> str:
        """A blob's hash; empty for none, for one that is too large, and for a pointer to nowhere.

        Args:
            config: says whether what Git LFS keeps is looked for.
        """
        if not blob:
            return ""
        self.read((blob,))
        found = self._known[blob]
        if isinstance(found, str):
            return found
        return found.sha256 if self._is_held(found, config) else ""

    def _is_held(self, pointer: lfs.Pointer, config: Config) -> bool:
        if config.evidence.lfs_objects != "核对":
            return True
        if pointer not in self._held:
            self._held[pointer] = lfs.holds(self._repo, pointer)
        return self._held[pointer]


def commit_hashes(
    ledger: Ledger,
    commit: str,
    config: Config,
    proofs: Proofs,
    wanted: Collection[str] | None = None,
) -> Hasher:
    """How a commit's evidence is looked up.

    Args:
        wanted: the paths that matter, all of them by default; no other file is read.
    """
    files: Mapping[str, str] = {
        each.path: each.blob if each.mode.startswith("100") else ""
        for each in ledger.repo.tree(commit, EVIDENCE)
    }
    proofs.read(
        blob for path, blob in files.items() if blob and wanted is not None and path in wanted
    )

    def sha256(path: str) -> str | None:
        if wanted is not None and path not in wanted:
            return None
        return proofs.sha256(files.get(path, ""), config)

    return sha256


def worktree_hashes(ledger: Ledger, config: Config) -> Hasher:
    """How the working tree's evidence is looked up."""

    def sha256(path: str) -> str:
        try:
            place = store.inside(ledger.root, path)
            large = place.is_file() and place.stat().st_size > MAX_EVIDENCE
            if not place.is_file() or (large and not lfs.keeps(ledger.repo, path)):
                return ""
            found = None if large else lfs.pointer(place.read_bytes())
            told = config.evidence.lfs_objects != "核对"
            if found and not told and not lfs.holds(ledger.repo, found):
                return ""
            return found.sha256 if found else lfs.file_hash(place)
        except (LedgerError, OSError):
            return ""

    return sha256


def paths_of(tasks: Iterable[Task | None]) -> set[str]:
    """Where the evidence of some tasks lies."""
    return {each.path for task in tasks if task is not None for each in task.evidence if each.path}
