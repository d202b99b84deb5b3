"""Parsed files by blob id, in `.git/ledger/cache.sqlite`: disposable, never stale, never trusted.

Git names content by its hash, so what a blob says can be remembered for ever. Damage of any kind,
a lock that lasts or a read-only folder cost time, never a wrong answer: the cache is then thrown
away or kept in memory. The only module that imports sqlite3.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

_WAIT_SECONDS = 5.0
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (fingerprint TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS file (
    key TEXT PRIMARY KEY, said TEXT NOT NULL, horizon INTEGER NOT NULL, names TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS file_horizon ON file (horizon);
CREATE TABLE IF NOT EXISTS folder (path TEXT PRIMARY KEY, listing TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hash (blob TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verdict (key TEXT PRIMARY KEY, problems TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mention (
    key TEXT PRIMARY KEY, folder TEXT NOT NULL, words TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS mention_folder ON mention (folder);
CREATE TABLE IF NOT EXISTS finding (
    path BLOB PRIMARY KEY, blob TEXT NOT NULL, basis TEXT NOT NULL, findings BLOB NOT NULL
) WITHOUT ROWID;
"""
CHUNK = 500  # files asked for or kept in one go
_VERSIONS = 6  # of a folder, whose mentions are kept: sides of a change, and what they came from


def code_fingerprint() -> str:
    """What the program's own files are: a new version starts with an empty cache.

    A wheel brings a digest of them (hatch_build.py); in a checkout their sizes and times tell.
    """
    package = Path(__file__).resolve().parent.parent.parent
    with suppress(FileNotFoundError):
        return (package / "fingerprint").read_text(encoding="ascii")
    digest = hashlib.sha256()
    for folder in ("model", "rules", "adapters", "usecases"):  # the last one audits
        for place, _, names in sorted(os.walk(package / folder)):
            for path in (f"{place}/{name}" for name in sorted(names) if name.endswith(".py")):
                stat = Path(path).stat()
                digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


class Cache:
    """Remembered files, folder listings and verdicts; every method works on a broken disk too."""

    def __init__(self, folder: Path | None) -> None:
        """Open or make the cache in a folder; None keeps it in memory."""
        self._path = folder / "cache.sqlite" if folder else None
        self._fingerprint = code_fingerprint()
        self._whole = True
        self._db = self._open()

    def files(self, keys: Iterable[str]) -> Iterator[list[tuple[str, str]]]:
        """What was remembered of some files, key and text, some hundred at a time.

        Those never seen are left out. A large ledger's texts are never all held at once.
        """
        return self._known("SELECT key, said FROM file WHERE key", keys)

    def hashes(self, blobs: Iterable[str]) -> dict[str, str]:
        """The SHA-256 of contents, by blob id, as far as they were remembered."""
        parts = self._known("SELECT blob, sha256 FROM hash WHERE blob", blobs)
        return {blob: sha256 for part in parts for blob, sha256 in part}

    def remember_hashes(self, hashes: Mapping[str, str]) -> None:
        """Keep the SHA-256 of contents, by blob id."""
        with self._surviving(), self._db:
            if hashes and self._begun():
                rows = sorted(hashes.items())
                self._db.executemany("INSERT OR REPLACE INTO hash VALUES (?, ?)", rows)

    def due_by(self, horizon: int, names: Collection[str]) -> dict[str, str] | None:
        """Remembered files that fall due up to a day and concern somebody.

        Args:
            horizon: the day's ordinal.
            names: of departments, any of which will do; none for everybody.

        Returns:
            Key → text. Files with horizon 0 (broken ones) are always among them. None when the
            cache cannot tell, because it was damaged or another version has taken it over.
        """
        concerned = " OR ".join("instr(names, ?) > 0" for _ in names) or "1"
        query = f"SELECT key, said FROM file WHERE horizon <= ? AND (horizon = 0 OR {concerned})"  # noqa: S608
        with self._surviving():
            values = [horizon, *(f"\n{name}\n" for name in names)]
            texts = dict(self._db.execute(query, values).fetchall())
            if self._whole and self._is_current(self._db):
                return texts
        return None

    def remember(
        self,
        files: Iterable[tuple[str, str, int, str]],
        folders: Iterable[tuple[str, str]] = (),
        gone: Iterable[str] = (),
    ) -> bool:
        """Keep files (key, text, horizon, names) and folder listings (path, text) together.

        A listing must never be remembered without the files that it names: `due_by` relies on it.

        Args:
            files: horizon and names as `due_by` takes them, each name between line breaks.
            folders: listings by path.
            gone: paths of folders to forget.

        Returns:
            Whether all of it was kept.
        """
        rows, listings, lost = list(files), list(folders), [(path,) for path in gone]
        if not (rows or listings or lost):
            return True
        kept = False
        with self._surviving():
            with self._db:
                begun = self._begun()
                if begun:
                    self._db.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)", rows)
                    self._db.executemany("INSERT OR REPLACE INTO folder VALUES (?, ?)", listings)
                    self._db.executemany("DELETE FROM folder WHERE path = ?", lost)
            kept = begun  # the disk may have refused it at the end
        return kept  # noqa: RET504 - it is False after whatever was survived

    def folders(self) -> dict[str, str]:
        """Every remembered folder listing: path → text."""
        return dict(self._pairs("SELECT path, listing FROM folder", []))

    def verdict(self, key: str) -> str | None:
        """What the rules said of a snapshot, or None when they never saw it."""
        return dict(self._pairs("SELECT key, problems FROM verdict WHERE key = ?", [key])).get(key)

    def remember_verdict(self, key: str, problems: str) -> None:
        """Keep what the rules said of a snapshot; only the newest is worth keeping."""
        with self._surviving(), self._db:
            if self._begun():
                self._db.execute("DELETE FROM verdict")
                self._db.execute("INSERT INTO verdict VALUES (?, ?)", (key, problems))

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
        with self._surviving(), self._db:
            if listed and self._begun():
                self._db.executemany("INSERT OR IGNORE INTO mention VALUES (?, ?, ?)", listed)
                latest = "SELECT rowid FROM mention WHERE folder = ?1 ORDER BY rowid DESC LIMIT ?2"
                old = f"DELETE FROM mention WHERE folder = ?1 AND rowid NOT IN ({latest})"  # noqa: S608
                self._db.executemany(old, [(folder, _VERSIONS) for _, folder, _ in listed])

    def findings(self, basis: str) -> Iterator[list[tuple[bytes, str, bytes]]]:
        """What was found in files on some basis: path, blob and what was found, many at a time."""
        query = "SELECT path, blob, CAST(findings AS BLOB) FROM finding WHERE basis = ?"
        with self._surviving():
            rows = self._db.execute(query, [basis])
            while part := rows.fetchmany(CHUNK):
                yield part

    def remember_findings(
        self, basis: str, findings: Iterable[tuple[bytes, str, bytes]], gone: Iterable[bytes] = ()
    ) -> None:
        """Keep what was found in files; of a path only the latest, and nothing on another basis.

        Args:
            findings: path, blob and what was found.
            gone: paths to forget.
        """
        rows = [(path, blob, basis, shown) for path, blob, shown in findings]
        lost = [(path,) for path in gone]
        with self._surviving(), self._db:
            if (rows or lost) and self._begun():
                self._db.execute("DELETE FROM finding WHERE basis <> ?", [basis])
                self._db.executemany("INSERT OR REPLACE INTO finding VALUES (?, ?, ?, ?)", rows)
                self._db.executemany("DELETE FROM finding WHERE path = ?", lost)

    def where(self) -> Path | None:
        """The cache's file, None when it is kept in memory."""
        return self._path if self._on_disk else None

    def close(self) -> None:
        """Give the database back."""
        self._db.close()

    def __del__(self) -> None:
        if hasattr(self, "_db"):
            self._db.close()

    def _known(self, query: str, keys: Iterable[str]) -> Iterator[list[tuple[str, str]]]:
        """The rows of some keys, some hundred at a time, in the order in which they lie there."""
        ordered = sorted(keys)
        for start in range(0, len(ordered), CHUNK):
            part = ordered[start : start + CHUNK]
            yield self._pairs(f"{query} IN ({','.join('?' * len(part))})", part)

    def _pairs(self, query: str, values: list[Any]) -> list[tuple[str, str]]:
        rows: list[tuple[str, str]] = []
        with self._surviving():
            rows += self._db.execute(query, values).fetchall()
        return rows

    def _begun(self) -> bool:
        """Begin to write, unless another version of the program has taken the cache over."""
        self._db.execute("BEGIN IMMEDIATE")
        return self._is_current(self._db)

    @contextmanager
    def _surviving(self) -> Iterator[None]:
        """On any damage throw the cache away and go on without what it knew."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "readonly" not in str(error):
                self._start_over()
        except UnicodeEncodeError:  # a file name that is no text cannot be remembered
            pass
        except (sqlite3.Error, UnicodeDecodeError):
            self._start_over()

    def _start_over(self) -> None:
        self._whole = False  # the listings that were given out name files no longer known
        self._db.close()
        self._discard()
        self._db = self._open()

    def _discard(self) -> None:
        if self._path:
            for suffix in ("", "-wal", "-shm"):
                try:
                    self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
                except OSError:
                    self._path = None
                    return

    def _open(self) -> sqlite3.Connection:
        for _ in range(2):
            if self._path is None:
                break
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                db = self._prepared(self._path)
                self._on_disk = True
                return db
            except (sqlite3.Error, OSError):
                self._discard()
        self._on_disk = False
        return self._prepared(":memory:")

    def _prepared(self, place: Path | str) -> sqlite3.Connection:
        """A connection that any thread may close: that is where the rubbish is collected."""
        db = sqlite3.connect(place, timeout=_WAIT_SECONDS, check_same_thread=False)
        try:
            db.execute("PRAGMA synchronous = OFF")  # disposable: damage is rebuilt
            if self._is_current(db):
                return db
            with closing(db.cursor()) as cursor:
                cursor.execute("PRAGMA journal_mode = WAL")
                cursor.execute("BEGIN IMMEDIATE")
                if self._is_current(db):  # another process was faster
                    cursor.execute("COMMIT")
                    return db
                for table in ("meta", "file", "folder", "hash", "verdict", "mention", "finding"):
                    cursor.execute(f"DROP TABLE IF EXISTS {table}")
                for statement in filter(str.strip, _TABLES.split(";")):
                    cursor.execute(statement)
                cursor.execute("INSERT INTO meta VALUES (?)", (self._fingerprint,))
                cursor.execute("COMMIT")
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _is_current(self, db: sqlite3.Connection) -> bool:
        tables = db.execute("SELECT name FROM sqlite_master WHERE name = 'meta'").fetchall()
        if not tables:
            return False
        return db.execute("SELECT fingerprint FROM meta").fetchall() == [(self._fingerprint,)]
