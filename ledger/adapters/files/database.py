"""SQLite files that may be thrown away at any time: the only module that opens them.

A database that is damaged, or of another version of the program, is left to whoever still has it
open: the next one gets a new name. So nobody ever meets one file's journal beside another file.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from functools import cache
from pathlib import Path
from zlib import adler32, crc32

Connection = sqlite3.Connection
Cursor = sqlite3.Cursor
Damaged, Busy, Refused = sqlite3.DatabaseError, sqlite3.OperationalError, sqlite3.Error
WAIT_SECONDS = 30.0  # for another process that fills an index; it takes this long on a slow machine
_TRIES = 3


@cache
def code_fingerprint() -> str:
    """What the program's own files are: a new version starts with nothing remembered.

    A wheel brings a digest of them (hatch_build.py); in a checkout their sizes and times tell.
    """
    package = Path(__file__).resolve().parent.parent.parent
    with suppress(FileNotFoundError):
        return (package / "fingerprint").read_text(encoding="ascii")
    files: list[str] = []
    folders = [str(package / name) for name in ("model", "rules", "adapters", "usecases")]
    while folders:  # the last one audits
        for entry in os.scandir(folders.pop()):
            if entry.name.endswith(".py"):
                stat = entry.stat()
                files.append(f"{entry.path} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}")
            elif "." not in entry.name and not entry.name.startswith("__"):
                folders.append(entry.path)
    text = "\n".join(sorted(files)).encode()
    return f"{len(files)} {crc32(text):08x} {adler32(text):08x}"


def open_database(folder: Path | None, stem: str, version: str, tables: str) -> sqlite3.Connection:
    """A database with these tables; made anew where the latest cannot be read.

    Its `meta` table says the version. Where the folder cannot be written, it is in memory.

    Args:
        stem: the beginning of its name.
        version: of what is in it; one with another version is let go.
        tables: the statements that make it, `meta(key, value)` among them.
    """
    if folder is not None:
        with suppress(OSError, sqlite3.OperationalError):
            folder.mkdir(parents=True, exist_ok=True)
            for _ in range(_TRIES):
                latest = _latest(folder, stem)
                with suppress(sqlite3.DatabaseError):
                    db = _opened(_place(folder, stem, latest), version, tables)
                    if _latest(folder, stem) == latest:
                        return db
                    db.close()  # somebody has let go of it meanwhile, and may be removing it
                    continue
                _place(folder, stem, latest + 1).touch()
                remove_older(folder, stem)
    return _opened(":memory:", version, tables)


def is_in_memory(db: sqlite3.Connection) -> bool:
    """Whether no file has what it holds."""
    return not db.execute("PRAGMA database_list").fetchone()[2]


def discard(folder: Path, stem: str) -> None:
    """Let nobody open what there is now: the next one gets a new name."""
    with suppress(OSError):
        _place(folder, stem, _latest(folder, stem) + 1).touch()
        remove_older(folder, stem)


def shrink(db: sqlite3.Connection) -> None:
    """Put what was written beside the file into it, where nobody else reads; a read goes on."""
    with suppress(sqlite3.Error):
        db.execute("COMMIT")
        db.execute("PRAGMA busy_timeout = 0")  # else it waits for whoever reads
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000:.0f}")
    if not db.in_transaction:
        db.execute("BEGIN")


def left_behind(folder: Path) -> dict[str, int]:
    """The beginnings of names of which older databases still lie there → how many files."""
    stems = {path.name.rpartition("-")[0] for path in folder.glob("*-*.sqlite")}
    older = {
        stem: sum(
            _number(path, stem) < _latest(folder, stem) for path in folder.glob(f"{stem}-*.sqlite*")
        )
        for stem in sorted(stems)
    }
    return {stem: number for stem, number in older.items() if number}


def remove_older(folder: Path, stem: str) -> None:
    """Remove those that nobody opens any more."""
    latest = _latest(folder, stem)
    for path in folder.glob(f"{stem}-*.sqlite*"):
        if _number(path, stem) < latest:
            with suppress(OSError):
                path.unlink()


def _place(folder: Path, stem: str, number: int) -> Path:
    return folder / f"{stem}-{number}.sqlite"


def _latest(folder: Path, stem: str) -> int:
    return max((_number(path, stem) for path in folder.glob(f"{stem}-*.sqlite")), default=1)


def _number(path: Path, stem: str) -> int:
    digits = path.name.removeprefix(f"{stem}-").partition(".")[0]
    return int(digits) if digits.isdecimal() else 0


def _opened(place: Path | str, version: str, tables: str) -> sqlite3.Connection:
    """Any thread may close it: that is where the rubbish is collected."""
    db = sqlite3.connect(place, timeout=WAIT_SECONDS, check_same_thread=False, isolation_level=None)
    try:
        if _version(db) == version:
            db.execute("PRAGMA synchronous = NORMAL")
            return db
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # what a power cut takes, it takes whole
        db.execute("BEGIN IMMEDIATE")
        if _version(db) != version:  # no other process was faster
            if db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                raise sqlite3.DatabaseError("of another version, whose programs may still write")
            lines = (line for line in tables.splitlines() if not line.startswith("--"))
            for statement in "\n".join(lines).split(";"):
                db.execute(statement)
            db.execute("INSERT INTO meta VALUES ('version', ?)", (version,))
        db.execute("COMMIT")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _version(db: sqlite3.Connection) -> str:
    with suppress(sqlite3.OperationalError):
        return str(
            (db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone() or [""])[0]
        )
    return ""
