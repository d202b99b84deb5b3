"""The tables of the index. Everything in them can be made anew; nothing in them is of today.

Paths are bytes, as the file system has them; days are ordinals; names stand side by side with `SEP`
behind each of them, which no readable file can hold.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache

from ledger.model.paths import CONFIG_FILE, DECISIONS, SOURCES, TASKS

SEP = "\x01"
PLACES = tuple(map(os.fsencode, (TASKS, SOURCES, DECISIONS)))
CONFIG = os.fsencode(CONFIG_FILE)

COLUMNS = (
    "path", "id", "title", "kind", "source", "section", "lead", "assist", "leader", "status",
    "nature", "due_text",
)  # fmt: skip
"""Of a task, what every list is given whatever the day, in the order of `model.standing.Brief`."""

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

-- A folder as it was: its names joined by NUL, those that were looked at, five numbers of each; the
-- id of the tree that git has of it, if it has nothing but plain files of the ledger.
CREATE TABLE folder (
    path BLOB PRIMARY KEY, names BLOB, looked BLOB NOT NULL, numbers BLOB NOT NULL, tree TEXT
) WITHOUT ROWID;

-- A file of the ledger: its content's blob id, or why it is none (odd); whether it is in the tables
-- below as it is now; whether something is wrong with it by itself.
CREATE TABLE file (
    path BLOB PRIMARY KEY, blob TEXT, odd TEXT,
    told INTEGER NOT NULL DEFAULT 0, faulty INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX file_untold ON file (path) WHERE told = 0;

-- Files that changed so lately that the file system's clock may not have moved since.
CREATE TABLE unsettled (path BLOB PRIMARY KEY, changed INTEGER NOT NULL) WITHOUT ROWID;

-- What lists show of a task; how it has gone on (`model.standing.Track`; `ends` is the deadline).
-- `due` is the next open checkpoint; of what waits in time it is NULL and `held` has it, for
-- ledgers to which such a task is due all the same.
-- `wide_` is how wide that is on a terminal, NULL where only Unicode's tables tell. `indicators` is
-- JSON, a list of name, target, actual and unit of each; empty for none.
CREATE TABLE task (
    path BLOB PRIMARY KEY, id TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL,
    source TEXT NOT NULL, section TEXT NOT NULL, lead TEXT NOT NULL, assist TEXT NOT NULL,
    leader TEXT NOT NULL, status TEXT NOT NULL, nature TEXT NOT NULL, due_text TEXT NOT NULL,
    due INTEGER, held INTEGER, applied INTEGER, began INTEGER, ends INTEGER, percent INTEGER,
    original INTEGER, closed INTEGER, reported INTEGER, wide_id INTEGER, wide_title INTEGER,
    wide_lead INTEGER, wide_due INTEGER, latest TEXT NOT NULL, indicators TEXT NOT NULL,
    tags TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX task_id ON task (id);
CREATE INDEX task_due ON task (due, id);
CREATE INDEX task_standing ON task
    (status, due, held, began, ends, percent, wide_id, wide_title, wide_lead, wide_due);
CREATE INDEX task_source ON task (source);
CREATE INDEX task_leader ON task (leader);
CREATE INDEX task_unled ON task (status, due) WHERE lead = '';

-- Whom a task concerns: part 0 leads, 1 assists; rank is the name's place in the file. In the order
-- in which tasks are counted.
CREATE TABLE concern (
    part INTEGER NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL, due INTEGER NOT NULL,
    path BLOB NOT NULL, rank INTEGER NOT NULL,
    PRIMARY KEY (part, name, status, due, path)
) WITHOUT ROWID;
CREATE TABLE tag (name TEXT NOT NULL, path BLOB NOT NULL, PRIMARY KEY (name, path)) WITHOUT ROWID;

-- Which tasks name another one, by that one's id, and as what.
CREATE TABLE link (
    id TEXT NOT NULL, path BLOB NOT NULL, rel TEXT NOT NULL, PRIMARY KEY (id, path, rel)
) WITHOUT ROWID;

-- What a search looks through, as it compares.
CREATE TABLE words (path BLOB PRIMARY KEY, texts TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE source (id TEXT NOT NULL, path BLOB NOT NULL, PRIMARY KEY (id, path)) WITHOUT ROWID;

-- Of the configuration: every department's names and aliases in order; what every list asks for.
CREATE TABLE department (name TEXT PRIMARY KEY, canonical TEXT NOT NULL, place INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE setting (part TEXT, key TEXT, value, PRIMARY KEY (part, key)) WITHOUT ROWID;

-- Files that one of the rules on every reading, or a fault of their own, may have to be named for.
CREATE TABLE suspect (path BLOB PRIMARY KEY) WITHOUT ROWID;
"""

UNSETTLED = "SELECT u.path, u.changed, f.blob FROM unsettled u JOIN file f ON f.path = u.path"
"""The files that have to be read again: when each changed, and what it was when it was read."""

LIGHTS, COLOURS, HOUSE = "lights", "colours", "house"
"""Parts of `setting`: fields of `Lights`, colours by light; organisation and timezone."""

_PARTED = 4096  # lists of names: the same ones lead many tasks
_ENCODING = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()  # as `os.fsdecode` has it
NO_DUE = -1  # of `concern`: the task has no open checkpoint


def name_of(path: bytes) -> str:
    """A path as the rest of the program has it."""
    return path.decode(*_ENCODING)


def joined(names: tuple[str, ...]) -> str:
    """Names as one text, ordered as the names are."""
    return SEP.join((*names, "")) if names else ""


@lru_cache(_PARTED)
def parted(text: str) -> tuple[str, ...]:
    """The names in such a text."""
    return tuple(text[:-1].split(SEP)) if text else ()
