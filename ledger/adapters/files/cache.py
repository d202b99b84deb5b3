"""Parsed files by blob id, in `.git/ledger/cache-1.sqlite`: disposable, never stale, never trusted.

Git names content by its hash, so what a blob says can be remembered for ever. What nobody has asked
for lately is let go all the same: there are two generations of files, and when the younger one is
full, it becomes the older one, whose files are forgotten unless somebody asks for them. Damage, a
lock that lasts or a read-only folder cost time: the cache is then thrown away or kept in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ledger.adapters.files import database
from ledger.adapters.files.database import Busy, Connection, Refused, code_fingerprint

_FILES = "CREATE TABLE file (key TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID"
_TABLES = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
{_FILES};
CREATE TABLE older (key TEXT PRIMARY KEY, said TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE hash (blob TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE mention (key TEXT PRIMARY KEY, folder TEXT NOT NULL, words TEXT NOT NULL);
CREATE INDEX mention_folder ON mention (folder);
CREATE TABLE finding (
    path BLOB PRIMARY KEY, blob TEXT NOT NULL, basis TEXT NOT NULL, findings BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE walked (
    root BLOB NOT NULL, first TEXT NOT NULL, commits TEXT NOT NULL, touched BLOB NOT NULL,
    PRIMARY KEY (root, first)
);
"""
_STEM = "cache"
CHUNK = 500  # files asked for or kept in one go
_SPARE = 20_000  # files of a generation beside those that are asked for together: what was before
_YOUNGER = "SELECT key, said FROM file WHERE key IN"
_OLDER = "SELECT key, said FROM older WHERE key IN"
_NUMBER = "SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta WHERE key = ?"
_VERSIONS = 6  # of a folder, whose mentions are kept: sides of a change, and what they came from


class Cache:
    """Remembered files; every method works on a broken disk too. Opened when it is asked."""

    def __init__(self, folder: Path | None) -> None:
        """Args: folder: where it is kept; None keeps it in memory."""
        self._folder = folder
        self._opened: Connection | None = None
        self._together = 0

    def expect(self, files: int) -> None:
        """Have room for so many files that are asked for together, as a whole ledger's are."""
        self._together = max(self._together, files)

    def files(self, keys: Iterable[str]) -> Iterator[list[tuple[str, str]]]:
        """What was remembered of some files, key and text, some hundred at a time.

        Those never seen are left out. A large ledger's texts are never all held at once.
        """
        ordered = sorted(keys)
        self.expect(len(ordered))
        for start in range(0, len(ordered), CHUNK):
            part = ordered[start : start + CHUNK]
            rows = self._pairs(f"{_YOUNGER} ({_marks(part)})", part)
            if len(rows) < len(part):
                left = sorted({*part} - {key for key, _ in rows})
                again = self._pairs(f"{_OLDER} ({_marks(left)})", left)
                self.remember(again)
                rows += again
            yield rows

    def hashes(self, blobs: Iterable[str]) -> dict[str, str]:
        """The SHA-256 of contents, by blob id, as far as they were remembered."""
        parts = self._known("SELECT blob, sha256 FROM hash WHERE blob", blobs)
        return {blob: sha256 for part in parts for blob, sha256 in part}

    def remember_hashes(self, hashes: Mapping[str, str]) -> None:
        """Keep the SHA-256 of contents, by blob id."""
        self._keep("INSERT OR REPLACE INTO hash VALUES (?, ?)", sorted(hashes.items()))

    def remember(self, files: Iterable[tuple[str, str]]) -> None:
        """Keep files, key and text."""
        rows = list(files)
        if not rows:
            return
        with self._surviving(), self._db as db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT OR REPLACE INTO file VALUES (?, ?)", rows)
            numbers = [db.execute(_NUMBER, (key,)).fetchone()[0] for key in ("together", "kept")]
            together, kept = max(numbers[0], self._together), numbers[1] + len(rows)
            if kept > _SPARE + together + together // 4:
                kept = 0
                for statement in ("DROP TABLE older", "ALTER TABLE file RENAME TO older", _FILES):
                    db.execute(statement)
            meta = (("together", together), ("kept", kept))
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta)

    def mentions(self, keys: Iterable[str]) -> dict[str, str]:
        """What was remembered of folders as they were at some time: key → words."""
        parts = self._known("SELECT key, words FROM mention WHERE key", keys)
        return {key: words for part in parts for key, words in part}

    def last_mentions(self, folder: str) -> tuple[str, str] | None:
        """The key and the words of a folder as it was remembered last; None if it never was."""
        query = "SELECT key, words FROM mention WHERE folder = ? ORDER BY rowid DESC LIMIT 1"
        return next(iter(self._pairs(query, [folder])), None)

    def remember_mentions(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Keep the words of some folders: key, folder, words; of each folder the latest."""
        listed = list(rows)
        self._keep("INSERT OR IGNORE INTO mention VALUES (?, ?, ?)", listed)
        latest = "SELECT rowid FROM mention WHERE folder = ?1 ORDER BY rowid DESC LIMIT ?2"
        old = f"DELETE FROM mention WHERE folder = ?1 AND rowid NOT IN ({latest})"  # noqa: S608
        self._keep(old, [(folder, _VERSIONS) for _, folder, _ in listed])

    def findings(self, basis: str) -> Iterator[list[tuple[bytes, str, bytes]]]:
        """What was found in files on some basis: path, blob and what was found, many at a time."""
        query = "SELECT path, blob, CAST(findings AS BLOB) FROM finding WHERE basis = ?"
        with self._surviving():
            rows = self._db.execute(query, [basis])
            while part := rows.fetchmany(CHUNK):
                yield part

    def remember_findings(self, basis: str, findings: Iterable[tuple[bytes, str, bytes]]) -> None:
        """Keep what was found in files (path, blob, what was found); of each path the latest."""
        rows = [(path, blob, basis, shown) for path, blob, shown in findings]
        self._keep("INSERT OR REPLACE INTO finding VALUES (?, ?, ?, ?)", rows)

    def forget_findings(self, basis: str, paths: Iterable[bytes]) -> None:
        """Forget what was found at some paths, and all on another basis."""
        self._keep("DELETE FROM finding WHERE basis <> ?", [(basis,)])
        self._keep("DELETE FROM finding WHERE path = ?", [(path,) for path in paths])

    def walked(self, root: bytes) -> Iterator[tuple[str, bytes]]:
        """What was remembered of commits, some hundred in a row, as `remember_walked` has it."""
        query = "SELECT commits, CAST(touched AS BLOB) FROM walked WHERE root = ?"
        with self._surviving():
            yield from self._db.execute(query, [root])

    def remember_walked(self, root: bytes, commits: str, touched: bytes) -> None:
        """Keep which files some commits may have touched, all of it or nothing."""
        rows = [(root, commits.partition("\n")[0], commits, touched)]
        self._keep("INSERT OR REPLACE INTO walked VALUES (?, ?, ?, ?)", rows)

    def where(self) -> Path | None:
        """The cache's file, None when it is kept in memory."""
        (_, _, place) = self._db.execute("PRAGMA database_list").fetchone()
        return Path(place) if place else None

    def close(self) -> None:
        """Give the database back."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def rest(self) -> None:
        """Give the file back until it is asked again; what is in memory stays."""
        if self._opened is not None and not database.is_in_memory(self._opened):
            self.close()

    def __del__(self) -> None:
        self.close()

    @property
    def _db(self) -> Connection:
        if self._opened is None:
            self._opened = database.open_database(self._folder, _STEM, code_fingerprint(), _TABLES)
        return self._opened

    def _keep(self, query: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            with self._surviving(), self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany(query, rows)

    def _known(self, query: str, keys: Iterable[str]) -> Iterator[list[tuple[str, str]]]:
        """The rows of some keys, some hundred at a time, in the order in which they lie there."""
        ordered = sorted(keys)
        for start in range(0, len(ordered), CHUNK):
            part = ordered[start : start + CHUNK]
            yield self._pairs(f"{query} IN ({_marks(part)})", part)

    def _pairs(self, query: str, values: list[Any]) -> list[tuple[str, str]]:
        rows: list[tuple[str, str]] = []
        with self._surviving():
            rows += self._db.execute(query, values).fetchall()
        return rows

    @contextmanager
    def _surviving(self) -> Iterator[None]:
        """On any damage throw the cache away and go on without what it knew."""
        try:
            yield
        except Busy as error:
            if "locked" not in str(error) and "readonly" not in str(error):
                self._start_over()
        except UnicodeEncodeError:  # a text that is none cannot be remembered
            pass
        except (Refused, UnicodeDecodeError):
            self._start_over()

    def _start_over(self) -> None:
        self.close()
        if self._folder is not None:
            database.discard(self._folder, _STEM)


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))
