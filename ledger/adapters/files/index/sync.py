"""Bringing the index up to date: what differs is read, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ledger.adapters.disk.both import by_both
from ledger.adapters.files.database import Connection
from ledger.adapters.files.index import suspects
from ledger.adapters.files.index.fresh import WIDTH, Folder, numbers_of
from ledger.adapters.files.index.look import (
    LATELY,
    SETTLED,
    FileRead,
    Seen,
    again,
    blob_of,
    clock,
    is_still,
    numbers_by_name,
    object_id,
    read_file,
    read_files,
    see,
)
from ledger.adapters.files.index.rows import Told, told
from ledger.adapters.files.index.schema import PLACES, UNSETTLED
from ledger.adapters.files.index.writer import Rows
from ledger.model.telling import Tell

_AT_ONCE = 100  # files of a batch
_ALONE = 8  # batches below which a second process is not worth it
_MOST_UNSETTLED = 20  # files that are read again on every reading, for a minute
_NONE = bytes(WIDTH)


class _Plan(NamedTuple):
    """A folder that is to be looked at: what it has, which numbers stay, which files are read."""

    path: bytes
    seen: Seen
    kept: dict[bytes, bytes]
    to_read: list[bytes]
    before: frozenset[bytes]  # the names that were looked at


class _Share(NamedTuple):
    folder: bytes
    names: Sequence[bytes]


def bring_up(
    db: Connection,
    root: bytes,
    state: bytes,
    changed: Iterable[bytes],
    rows: bool,
    tell: Tell,
) -> int:
    """Look at the folders that differ, within a transaction that has begun.

    Args:
        changed: their paths; all places where there is nothing in the index yet.
        rows: whether what the files say is wanted, too; else only which there are.
        tell: takes how many files of how many were read.

    Returns:
        How many were read.
    """
    now = clock(state)
    plans, gone = _plans(db, root, changed)
    batches = [
        _Share(plan.path, names[start : start + _AT_ONCE])
        for plan in sorted(plans)  # as the tables have them
        for names in (sorted(plan.to_read),)
        for start in range(0, len(names), _AT_ONCE)
    ]
    total, done = sum(len(batch.names) for batch in batches), 0
    writer = Rows(db, total if rows else 0)
    numbers: dict[bytes, dict[bytes, bytes]] = {plan.path: dict(plan.kept) for plan in plans}
    missing = {plan.path: set(plan.to_read) for plan in plans}
    unsettled: list[tuple[bytes, int]] = []
    for number, files in _read(root, batches, now, rows):
        folder = batches[number].folder
        for plain in files:
            file = FileRead(*plain)
            numbers[folder][file.name] = file.numbers
            missing[folder].discard(file.name)
            if file.changed:
                unsettled.append((_path(folder, file.name), file.changed))
            writer.put(_path(folder, file.name), file)
        done += len(batches[number].names)
        writer.flush()
        tell(done, total)
    writer.finish()
    _settle(db, numbers, unsettled, now)
    for plan in plans:
        lost = plan.before - set(plan.seen.data) | missing[plan.path]
        gone += [_path(plan.path, name) for name in lost]
    writer.forget(gone)
    for plan in plans:
        _keep_folder(db, plan, numbers[plan.path])
    suspects.look_again(db, writer.touched, writer.all_anew)
    return total


def fill(db: Connection, files: Iterable[tuple[bytes, FileRead]]) -> None:
    """Put files into tables that have none yet, within a transaction that has begun."""
    writer = Rows(db, 1)
    for number, (path, file) in enumerate(files, 1):
        writer.put(path, file)
        if number % _AT_ONCE == 0:
            writer.flush()
    writer.finish()
    suspects.look_again(db, writer.touched, writer.all_anew)


def tell_rest(db: Connection, root: bytes, tell: Tell) -> bool:
    """Put what was only listed into the tables, within a transaction that has begun.

    Args:
        tell: takes how many files of how many were read.

    Returns:
        Whether all files still were as listed.
    """
    query = "SELECT path, blob FROM file WHERE told = 0 AND odd IS NULL ORDER BY path"
    files = db.execute(query).fetchall()
    batches = [files[start : start + _AT_ONCE] for start in range(0, len(files), _AT_ONCE)]

    def work(number: int) -> list[Any]:
        return [_told_still(root, path, blob) for path, blob in batches[number]]

    writer, same, done = Rows(db, len(files)), True, 0
    for number, says in _shared(work, len(batches)):
        for (path, _), each in zip(batches[number], says, strict=True):
            if each is None:
                same = False
            else:
                writer.tell(path, Told(*each))
        writer.flush()
        done += len(says)
        tell(done, len(files))
    writer.finish()
    suspects.look_again(db, writer.touched, writer.all_anew)
    return same


def _told_still(root: bytes, path: bytes, blob: str) -> tuple[Any, ...] | None:
    """What a file says; None where it is no more as it was listed."""
    try:
        content = read_file(os.path.join(root, path))
    except OSError:
        return None
    return tuple(told(path, content)) if blob_of(content) == blob else None


def unsettled_folders(db: Connection, root: bytes, state: bytes) -> set[bytes]:
    """Read again what changed lately, within a transaction that has begun.

    Returns:
        The folders in which a file's content is another though its times are not. Files whose times
        tell all from now on are taken for settled.
    """
    now, folders = clock(state), set()
    for path, when, blob in db.execute(UNSETTLED).fetchall():
        if not is_still(root, path, blob):
            folder, _, name = path.rpartition(b"/")
            _doubt(db, folder, name)
            folders.add(folder)
        elif now - when > SETTLED:
            db.execute("DELETE FROM unsettled WHERE path = ?", (path,))
    return folders


def _doubt(db: Connection, folder: bytes, name: bytes) -> None:
    """Take away a file's numbers: it is read again."""
    row = db.execute("SELECT looked, numbers FROM folder WHERE path = ?", (folder,)).fetchone()
    if row is None or name not in (looked := row[0].split(b"\0")):
        return
    place = looked.index(name) * WIDTH
    numbers = row[1][:place] + _NONE + row[1][place + WIDTH :]
    db.execute("UPDATE folder SET numbers = ? WHERE path = ?", (numbers, folder))


def _plans(
    db: Connection, root: bytes, changed: Iterable[bytes]
) -> tuple[list[_Plan], list[bytes]]:
    """What is to be looked at, new folders below included; and the files of folders gone."""
    waiting = list(changed)
    known = {path for (path,) in db.execute("SELECT path FROM folder")}
    if not known:
        waiting = [b"", *PLACES]
    plans: dict[bytes, _Plan | None] = {}
    gone: list[bytes] = []
    while waiting:
        path = waiting.pop()
        if path in plans:
            continue
        row = db.execute(
            "SELECT path, names, looked, numbers FROM folder WHERE path = ?", (path,)
        ).fetchone()
        before = numbers_by_name(Folder(*row)) if row else {}
        seen = see(root, path)
        if seen.names is None and path and path not in PLACES:
            gone += [_path(path, name) for name in before]
            db.execute("DELETE FROM folder WHERE path = ?", (path,))
            plans[path] = None
            above, _, name = path.rpartition(b"/")
            waiting.append(above)  # where it may be something else now
            if (plan := plans.get(above)) and name in plan.seen.below:  # it was there just now
                plans[above] = plan._replace(seen=again(plan.seen))
            continue
        kept, to_read = _compared(root, path, seen, before)
        plans[path] = _Plan(path, seen, kept, to_read, frozenset(before))
        waiting += [each for name in seen.below if (each := _path(path, name)) not in known]
    return [plan for plan in plans.values() if plan], gone


def _compared(
    root: bytes, path: bytes, seen: Seen, before: Mapping[bytes, bytes]
) -> tuple[dict[bytes, bytes], list[bytes]]:
    """Of what a folder has, the numbers that stay, and the data that is to be read."""
    data, kept, to_read = set(seen.data), {}, []
    for name in seen.looked:
        place = os.path.join(root, path, name)
        if name in data and (name not in before or os.path.islink(place)):
            to_read.append(name)  # what a link is, another file may have changed
            continue
        try:
            numbers = numbers_of(os.lstat(place))
        except OSError:
            numbers = _NONE
        if name not in data or numbers == before[name]:
            kept[name] = numbers
        else:
            to_read.append(name)
    return kept, to_read


def _read(
    root: bytes, batches: Sequence[_Share], now: int, rows: bool
) -> Iterator[tuple[int, list[Any]]]:
    def work(number: int) -> list[Any]:
        batch = batches[number]
        return [tuple(file) for file in read_files(root, batch.folder, batch.names, now, rows)]

    return _shared(work, len(batches))


def _shared(work: Callable[[int], list[Any]], count: int) -> Iterator[tuple[int, list[Any]]]:
    """Batches by both cores, where that is worth it."""
    if count < _ALONE:
        return ((number, work(number)) for number in range(count))
    return by_both(work, count)


def _settle(
    db: Connection,
    numbers: dict[bytes, dict[bytes, bytes]],
    unsettled: list[tuple[bytes, int]],
    now: int,
) -> None:
    """Remember which files have to be read again; too many of them are taken for changed."""
    unsettled.sort(key=lambda each: -each[1])
    db.executemany("INSERT OR REPLACE INTO unsettled VALUES (?, ?)", unsettled[:_MOST_UNSETTLED])
    for path, when in unsettled[_MOST_UNSETTLED:]:
        folder, _, name = path.rpartition(b"/")
        if now - when <= LATELY:
            numbers[folder][name] = _NONE


def _keep_folder(db: Connection, plan: _Plan, numbers: dict[bytes, bytes]) -> None:
    looked = plan.seen.looked  # what was gone when it was to be read may be there again
    packed = b"".join(numbers.get(name, _NONE) for name in looked)
    db.execute(
        "INSERT OR REPLACE INTO folder VALUES (?, ?, ?, ?, ?)",
        (plan.path, plan.seen.names, b"\0".join(looked), packed, _tree(db, plan)),
    )


def _tree(db: Connection, plan: _Plan) -> str | None:
    """The id that git gives to a folder of these files (git help hash-object)."""
    if plan.seen.below or not plan.path:
        return None
    inside, entries = plan.path + b"/", []
    query = "SELECT path, blob FROM file WHERE path > ? AND path < ? ORDER BY path"
    for path, blob in db.execute(query, (inside, plan.path + b"0")):
        if blob is None:
            return None
        entries.append(b"100644 %b\0%b" % (path[len(inside) :], bytes.fromhex(blob)))
    return object_id(b"tree", b"".join(entries))


def _path(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name
