"""Whether the evidence is there: the SHA-256 of what a commit or the working tree holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Container, Iterable

from ledger.adapters.disk import store
from ledger.adapters.git import lfs
from ledger.adapters.git.repo import GitRepo, blob_id
from ledger.errors import LedgerError
from ledger.model.config import Config
from ledger.model.paths import EVIDENCE, is_below
from ledger.model.plaintext import visible
from ledger.model.task import Task
from ledger.rules.base import OWN_FILE
from ledger.usecases.reading.open import Ledger

MAX_EVIDENCE = 20_000_000  # bytes of one file; larger ones belong elsewhere, with their hash here

_SHA1 = 40  # hexadecimal digits
_LONGEST_BLANK = 4096  # bytes; longer files are not read as texts

Hasher = Callable[[str], "str | None"]


class Proofs:
    """Hashes of blobs; each is read once, however often it is asked for."""

    def __init__(self, repo: GitRepo, own: Container[object] = ()) -> None:
        """Of one repository.

        Args:
            own: blobs of the ledger's own files, which are no evidence wherever they lie.
        """
        self._repo = repo
        self._given, self._own = own, set[str]()
        self._known: dict[str, str | lfs.Pointer] = {}
        self._held: dict[lfs.Pointer, bool] = {}

    def know_own(self, blobs: Iterable[str]) -> None:
        """Tell of more blobs of the ledger's own files."""
        self._own.update(blobs)

    def know_all(self, own: Container[object]) -> None:
        """Tell of all that the ledger has at some moment, in place of what was given before."""
        self._given = own

    def read(self, blobs: Iterable[str]) -> None:
        """Read what is not known yet by one git process."""
        new = sorted(set(blobs) - self._known.keys())
        for blob, content in self._repo.blobs(new, MAX_EVIDENCE + 1):
            whole = len(content) <= MAX_EVIDENCE
            self._known[blob] = lfs.pointer(content) or (hash_of(content) if whole else "")

    def sha256(self, blob: str, config: Config) -> str:
        """A blob's hash; empty for none, for one that is too large, and for a pointer to nowhere.

        Of a copy of the ledger's own files it is `OWN_FILE`.

        Args:
            config: says whether what Git LFS keeps is looked for.
        """
        if not blob:
            return ""
        if blob in self._own or blob in self._given:
            return OWN_FILE
        self.read((blob,))
        known = self._known[blob]
        if isinstance(known, str):
            return known
        return known.sha256 if self._is_held(known, config) else ""

    def _is_held(self, pointer: lfs.Pointer, config: Config) -> bool:
        if config.evidence.lfs_objects != "核对":
            return True
        if pointer not in self._held:
            self._held[pointer] = lfs.holds(self._repo, pointer)
        return self._held[pointer]


def hash_of(content: bytes) -> str:
    """The SHA-256 of a file; one in which there is nothing to be seen counts as an empty one."""
    return hashlib.sha256(b"" if is_blank(content) else content).hexdigest()


def is_blank(content: bytes) -> bool:
    """Whether nothing can be seen in a file: no byte of it, or as a short text."""
    if len(content) > _LONGEST_BLANK:
        return not content.strip()
    try:
        return not visible(content.decode("utf-8-sig")).strip()
    except UnicodeDecodeError:
        return False


def commit_hashes(
    ledger: Ledger, commit: str, config: Config, proofs: Proofs, paths: Collection[str]
) -> Hasher:
    """How a commit's evidence is looked up.

    Args:
        paths: the paths that matter; no other file is read.
    """
    below = [path for path in paths if is_below(path, EVIDENCE)]
    files = {
        each.path: each.blob if each.mode.startswith("100") else ""
        for each in ledger.repo.files_of(commit, below)
    }
    proofs.read(blob for path, blob in files.items() if blob and path in paths)
    return lambda path: proofs.sha256(files.get(path, ""), config) if path in paths else None


def worktree_hashes(
    ledger: Ledger, config: Config, own: Container[object], some: str = ""
) -> Hasher:
    """How the working tree's evidence is looked up.

    Args:
        own: blobs of the ledger's own files.
        some: any object's id, which shows how they are made.
    """
    algorithm = "sha1" if len(some) == _SHA1 else "sha256"

    def sha256(path: str) -> str:
        try:
            place = store.inside(ledger.root, path)
            large = place.is_file() and place.stat().st_size > MAX_EVIDENCE
            if not place.is_file() or (large and not lfs.keeps(ledger.repo, path)):
                return ""
            if large:
                return lfs.file_hash(place)
            content = place.read_bytes()
            pointer = lfs.pointer(content)
            if pointer:
                told = config.evidence.lfs_objects != "核对"
                return pointer.sha256 if told or lfs.holds(ledger.repo, pointer) else ""
            return OWN_FILE if blob_id(content, algorithm) in own else hash_of(content)
        except (LedgerError, OSError):
            return ""

    return sha256


def paths_of(tasks: Iterable[Task | None]) -> set[str]:
    """Where the evidence of some tasks lies."""
    return {each.path for task in tasks if task is not None for each in task.evidence if each.path}
