"""The index of one working tree: opened, brought up to date, asked.

Disposable and never believed: what is damaged, foreign or of another version is made anew, and
before every answer the working tree is held against it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zlib import crc32

from ledger.adapters.disk.both import Second
from ledger.adapters.files import database
from ledger.adapters.files.database import Busy, Connection, Damaged, code_fingerprint
from ledger.adapters.files.index import fresh
from ledger.adapters.files.index.schema import TABLES, UNSETTLED

if TYPE_CHECKING:
    from ledger.model.telling import Tell

T = TypeVar("T")
_TRIES = 2
_TELLING = 10  # times that files may be others by when their rows are made
_MANY = 5_000  # files after which what SQLite wrote beside is as large as what it keeps


class Unusable(Exception):
    """No index can be had, or it cannot hold what the ledger has; everything is read instead."""


class KeptIndex:
    """An index that is held against its working tree before it is asked."""

    def __init__(self, root: Path, state: Path) -> None:
        """Args: root: the ledger's; state: where it is kept."""
        self._look: Second | None = None
        self._db: Connection | None = None
        self._root, self._state = os.fsencode(root), state
        self._kept: Path | None = state
        self._stem = f"index-{named(root, state)}"
        self._folders: list[fresh.Folder] = []
        self._version = 0
        self._states = 0  # in which it was read; one is as good as another unless it changed
        self._is_fresh = False
        self._has_rows = False
        self.tell: Tell | None = None

    def begin(self) -> None:
        """Open it, and begin to look at the working tree beside whatever comes next."""
        with suppress(Damaged):  # `refresh` makes it anew
            _ = self._opened

    def refresh(self, rows: bool = True) -> None:
        """Make it what the working tree is now, once for a command.

        Args:
            rows: whether tasks will be asked for; else only which files there are.

        Raises:
            Unusable: it cannot be made.
        """
        self._surviving(lambda: self._refreshed(rows))

    def answered(self, answer: Callable[[], T]) -> T:
        """What a function makes of the rows of the working tree as it is now.

        Args:
            answer: asks the index, and nothing else. Where a second process looks at the working
                tree, it is called meanwhile, and a second time if something has changed.

        Raises:
            Unusable: as `refresh` does.
        """
        early: list[T] = []
        self.begin()
        states = self._states
        if self._look is not None:
            with suppress(Exception):  # of what was; if it is so now, it is raised below
                early.append(answer())
        self.refresh()
        return early[0] if early and self._states == states else answer()

    def recalled(self, answer: Callable[[], T]) -> T:
        """What a function makes of the rows as they were kept last; of none, as `answered` does.

        Args:
            answer: asks the index, and nothing else.

        Raises:
            Unusable: as `refresh` does.
        """
        with suppress(Damaged):
            self._db = database.open_database(self._kept, self._stem, code_fingerprint(), TABLES)
            if self._one("SELECT EXISTS (SELECT 1 FROM file WHERE told)"):
                return answer()
        self.close()
        return self.answered(answer)

    def close(self) -> None:
        """Give it back."""
        if self._look is not None:
            self._look.end()
            self._look = None
        if self._db is not None:
            self._db.close()
            self._db = None

    def pause(self) -> None:
        """Hold no state of it until it is asked again, so that what is written beside it shrinks.

        It is still taken to be what the working tree is.
        """
        if self._db is not None and self._db.in_transaction:
            self._db.execute("COMMIT")

    def rest(self) -> None:
        """Give the file back, so that others wait for nobody, and look anew before the next answer.

        What is in memory stays.
        """
        self._is_fresh = False
        if self._db is None or not database.is_in_memory(self._db):
            self.close()
            return
        self._states += 1
        self.pause()
        self._read(self._db)

    def __del__(self) -> None:
        """Without this the connection, which knows itself, stays until cycles are looked for."""
        self.close()

    @property
    def _opened(self) -> Connection:
        if self._db is None:
            db = database.open_database(self._kept, self._stem, code_fingerprint(), TABLES)
            try:
                self._read(db)
            except Damaged:
                db.close()
                raise
            self._db = db
        if not self._db.in_transaction:  # after a pause
            self._db.execute("BEGIN")
        return self._db

    def _read(self, db: Connection) -> None:
        """Fix one state of the index for all that is read, and begin to look."""
        db.execute("BEGIN")
        self._folders = _folders(db)
        (self._version,) = db.execute("PRAGMA data_version").fetchone()
        self._look = fresh.begin(self._root, self._folders)

    def _refreshed(self, rows: bool) -> None:
        _ = self._opened
        if not self._is_fresh:
            changed = fresh.changed(self._root, self._folders, self._look)
            self._look = None
            if changed or not self._folders or self._has_unsettled():
                self._bring_up(changed, rows)
            self._is_fresh = True
        self._has_rows = self._has_rows or rows
        self._complete()

    def _complete(self) -> None:
        """Have the rows of every file in the state that is read from now on, if they are wanted."""
        untold = "SELECT EXISTS (SELECT 1 FROM file WHERE told = 0 AND odd IS NULL)"
        for _ in range(_TELLING):
            if not (self._has_rows and self._opened.execute(untold).fetchone()[0]):
                return
            if not self._tell_rest():
                self._bring_up(None, rows=True)
        raise Unusable

    def _has_unsettled(self) -> bool:
        """Whether a file that changed lately is not as it was read, or is settled by now."""
        rows = self._opened.execute(UNSETTLED).fetchall()
        if not rows:
            return False
        from ledger.adapters.files.index.look import SETTLED, clock, is_still

        now = clock(os.fsencode(self._state))
        if not all(is_still(self._root, path, blob) for path, _, blob in rows):
            return True
        return any(now - changed > SETTLED for _, changed, _ in rows)

    def _bring_up(self, changed: Sequence[bytes] | None, rows: bool) -> None:
        """Look at the folders that differ; at all of them where it is not known which do."""
        from ledger.adapters.files.index import sync
        from ledger.model.telling import silent

        state = os.fsencode(self._state)
        with self._writing() as db:
            if changed is None or self._is_another(db):
                changed = fresh.changed(self._root, _folders(db), None)
            places = {*changed, *sync.unsettled_folders(db, self._root, state)}
            read = sync.bring_up(db, self._root, state, places, rows, self.tell or silent)
        if read > _MANY:
            database.shrink(self._opened)

    def _is_another(self, db: Connection) -> bool:
        """Whether somebody has brought it up since its folders were looked at."""
        return bool(db.execute("PRAGMA data_version").fetchone() != (self._version,))

    def _tell_rest(self) -> bool:
        from ledger.adapters.files.index import sync
        from ledger.model.telling import silent

        with self._writing() as db:
            return sync.tell_rest(db, self._root, self.tell or silent)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction of its own; what is read afterwards is of a state behind it."""
        db = self._opened
        self._states += 1
        db.execute("COMMIT")
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
            db.execute("BEGIN")

    def _surviving(self, work: Callable[[], T]) -> T:
        """Do it; where the index is damaged, with a new one, at last with one in memory."""
        for _ in range(_TRIES):
            try:
                return work()
            except Damaged as error:
                if isinstance(error, Busy) and "locked" in str(error):
                    self._kept = None
                self._start_over()
            except (UnicodeEncodeError, OverflowError) as error:  # a text that is none
                raise Unusable from error
        self._kept = None
        return work()

    def _start_over(self) -> None:
        self._states += 1
        self.close()
        if self._kept:
            database.discard(self._kept, self._stem)
        self._is_fresh = False

    def _execute(
        self, query: str, values: Mapping[str, Any] | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of a question; where the index turns out to be damaged, those of a new one."""
        number = 0
        for last in (False, False, True):
            try:
                for row in islice(self._opened.execute(query, values or {}), number, None):
                    number += 1
                    yield row
            except Damaged:
                if last:
                    raise
                self._start_over()
                self._surviving(lambda: self._refreshed(self._has_rows))
            else:
                return

    def _one(self, query: str, values: Mapping[str, Any] | None = None) -> Any:
        row = next(self._execute(query, values), None)
        return row[0] if row else None


def _folders(db: Connection) -> list[fresh.Folder]:
    """What is known of folders; where all names of one were looked at, they are held once."""
    rows = db.execute("SELECT path, names, nullif(looked, names), numbers FROM folder")
    return [
        fresh.Folder(path, names, names if looked is None else looked, numbers)
        for path, names, looked, numbers in rows
    ]


def named(root: Path, state: Path) -> str:
    """What tells this working tree from others that share the folder of states."""
    return f"{crc32(os.fsencode(os.path.relpath(root, state))):08x}"
