"""The index of one commit: what it has never changes, so it is made once and asked from then on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from ledger.adapters.files.database import Connection
from ledger.adapters.files.index.kept import named
from ledger.adapters.files.index.worktree import TaskIndex
from ledger.adapters.files.parse_file import Parsed

Content = tuple[str, str, str, Parsed | None]  # path, blob id, why it is odd (Chinese), data

_TRIES = 2
_COMMIT = "SELECT value FROM meta WHERE key = 'commit'"


class CommitIndex(TaskIndex):
    """What a commit has, as tables.

    There is room for one: whoever looks at the past looks at the same moment several times.
    """

    def __init__(
        self, root: Path, state: Path, commit: str, read: Callable[[], Iterable[Content]]
    ) -> None:
        """An index that is opened when it is asked.

        Args:
            root: the ledger's.
            state: where it is kept.
            commit: its whole id.
            read: the commit's files in path order, where it has to be made.
        """
        super().__init__(root, state)
        self._stem = f"past-{named(root, state)}"
        self._commit, self._contents = commit, read

    def _read(self, db: Connection) -> None:
        db.execute("BEGIN")

    def _refreshed(self, rows: bool) -> None:
        if not self._is_fresh and not any(self._is_ours() for _ in range(_TRIES)):
            self._kept = None  # others go on asking for another one
            self._start_over()
            self._fill()
        self._is_fresh = True

    def _is_ours(self) -> bool:
        """Whether it has this commit by now; one that has another is let go."""
        if self._opened.execute(_COMMIT).fetchone() is None:
            self._fill()
        if self._opened.execute(_COMMIT).fetchone() == (self._commit,):
            return True
        self._start_over()
        return False

    def _fill(self) -> None:
        from ledger.adapters.files.index import sync
        from ledger.adapters.files.index.look import FileRead
        from ledger.adapters.files.index.rows import told_of

        with self._writing() as db:
            if db.execute(_COMMIT).fetchone() is None:
                sync.fill(
                    db,
                    (
                        (where, FileRead(os.path.basename(where), b"", 0, blob, odd, says))
                        for path, blob, odd, parsed in self._contents()
                        for where in (os.fsencode(path),)
                        for says in (tuple(told_of(where, parsed)) if parsed else None,)
                    ),
                )
                db.execute("INSERT INTO meta VALUES ('commit', ?)", (self._commit,))
