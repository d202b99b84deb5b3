"""Which files the rules on every reading may have to name; nobody else is judged then.

Those rules (`ALWAYS` in ledger/rules) are asked about the suspects alone, so this may name too many
files, and never too few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ledger.adapters.files.database import Connection
from ledger.adapters.files.index.schema import NO_DUE, parted

_FAULTY = "SELECT path FROM file WHERE faulty"
_NO_SOURCE = "SELECT path FROM task WHERE source NOT IN (SELECT id FROM source)"
_NAMESAKES = (
    "SELECT path FROM task WHERE id IN (SELECT id FROM task GROUP BY id HAVING count(*) > 1)"
)
_STRANGERS = (
    "SELECT path FROM concern WHERE part IN (0, 1) AND name IN"
    " (SELECT DISTINCT name FROM concern EXCEPT SELECT name FROM department)"
    " AND EXISTS (SELECT 1 FROM department)"
)
# The same of some files only.
_SOME = (
    "SELECT path FROM file WHERE faulty AND path IN touched",
    "SELECT path FROM task WHERE path IN touched AND source NOT IN (SELECT id FROM source)",
    """SELECT path FROM task t WHERE path IN touched
    AND EXISTS (SELECT 1 FROM task o WHERE o.id = t.id AND o.path <> t.path)""",
)


def look_again(db: Connection, touched: Collection[bytes], all_anew: bool) -> None:
    """Find the suspects among the files whose rows changed, or among all."""
    if not touched:
        return
    db.execute("DELETE FROM meta WHERE key = 'verdict'")
    if all_anew:
        db.execute("DELETE FROM suspect")
        for query in (_FAULTY, _NO_SOURCE, _NAMESAKES, _STRANGERS):
            db.execute(f"INSERT OR IGNORE INTO suspect {query}")
        return
    db.execute("CREATE TEMP TABLE IF NOT EXISTS touched (path BLOB PRIMARY KEY) WITHOUT ROWID")
    db.execute("DELETE FROM touched")
    db.executemany("INSERT INTO touched VALUES (?)", [(path,) for path in touched])
    db.execute(
        "INSERT OR IGNORE INTO touched SELECT o.path FROM touched n"
        " JOIN task t ON t.path = n.path JOIN task o ON o.id = t.id"
    )
    db.execute("DELETE FROM suspect WHERE path IN touched")
    for query in _SOME:
        db.execute(f"INSERT OR IGNORE INTO suspect {query}")
    known = {name for (name,) in db.execute("SELECT name FROM department")}
    rows = db.execute("SELECT path, lead, assist FROM task WHERE path IN touched").fetchall()
    strangers = [
        (path,)
        for path, lead, assist in rows
        if known and not known.issuperset((*parted(lead), *parted(assist)))
    ]
    db.executemany("INSERT OR IGNORE INTO suspect VALUES (?)", strangers)


def namesakes(db: Connection, path: bytes) -> Iterator[bytes]:
    """The tasks that share the id of one, as the index has it."""
    query = "SELECT o.path FROM task t JOIN task o ON o.id = t.id WHERE t.path = ?"
    return (other for (other,) in db.execute(query, (path,)).fetchall())


def forget_concerns(
    db: Connection, path: bytes, lead: str, assist: str, status: str, due: int | None
) -> None:
    """Take a task's rows out of `concern`."""
    place = " AND ".join(f"{column} = ?" for column in ("part", "name", "status", "due", "path"))
    db.executemany(
        f"DELETE FROM concern WHERE {place}",
        [
            (part, name, status, NO_DUE if due is None else due, path)
            for part, names in enumerate((lead, assist))
            for name in parted(names)
        ],
    )
