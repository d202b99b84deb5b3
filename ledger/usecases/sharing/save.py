"""`save`: what was changed by hand becomes part of the record, once the rules agree."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from contextlib import nullcontext

from ledger.adapters.disk.store import OTHER, fingerprint
from ledger.adapters.files import journal
from ledger.adapters.git.commit import commit_only, keep_up, refuse_unfinished
from ledger.errors import LedgerError
from ledger.model.change import ADDED, CHANGED, REMOVED
from ledger.model.paths import is_kept
from ledger.model.problem import has_errors
from ledger.model.record import dataclass
from ledger.usecases.checking.check import check_between
from ledger.usecases.checking.worktree import Checked
from ledger.usecases.reading.identities import nobody, registered
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Operation, alone, message_of

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Edited:
    """One file that is not as the last commit has it.

    Attributes:
        path: relative to the ledger's root.
        what: `ADDED`, `CHANGED` or `REMOVED`.
        state: what it is like now, see `store.fingerprint`.
    """

    path: str
    what: str
    state: str


@dataclass(frozen=True, slots=True)
class HandEdits:
    """What was changed since the last commit.

    Attributes:
        files: the ledger's own files that differ.
        others: files beside it that differ, which are nobody's business here.
        checked: the change in the ledger's terms, and what the rules say of it.
    """

    files: tuple[Edited, ...]
    others: tuple[str, ...]
    checked: Checked

    def refused(self) -> bool:
        """Whether the rules stand against it."""
        return has_errors(self.checked.problems)

    @property
    def subject(self) -> str:
        """What it is called where nobody says it (Chinese, one line)."""
        change = self.checked.change
        tasks = change.tasks if change else ()
        named = [each.id for each in tasks] or [each.path for each in self.files]
        more = f"等 {len(named)} 个" if len(named) > _NAMED else ""
        return f"手工修改 {'、'.join(named[:_NAMED])}{more}"

    def called(self, text: str) -> str:
        """What it is called where somebody says so, or says nothing."""
        return " ".join(text.split()).rstrip("。") or self.subject


def hand_edits(ledger: Ledger, today: dt.date) -> HandEdits:
    """What was changed by hand, and whether it may be recorded.

    Raises:
        LedgerError: amid a merge, or on no branch: nothing can be recorded there; or something lies
            among the files that is none.
    """
    refuse_unfinished(ledger.repo)
    listed = list(edited_files(ledger))
    is_first = ledger.repo.head() is None  # then all is the ledger's, as `init` has made it
    files = tuple(each for each in listed if is_first or is_kept(each.path))
    others = tuple(each.path for each in listed if each not in files)
    for each in files:
        if each.state == OTHER:
            raise LedgerError(
                f"{each.path} 不是普通文件，存不进台账", hint="请把它移走，再运行一次"
            )
    checked = check_between(ledger, "HEAD", "", today) if files else Checked(())
    return HandEdits(files, others, checked)


@alone
def save(ledger: Ledger, edits: HandEdits, subject: str) -> str:
    """Commit exactly the files that were looked at; the commit's id.

    Args:
        edits: what the rules have agreed to.
        subject: what was done, in one line.

    Raises:
        LedgerError: somebody has changed one of the files since; nobody is registered; git refuses.
    """
    if not registered(ledger.repo):
        raise nobody("没有保存")
    for each in edits.files:
        if fingerprint(ledger.root / each.path) != each.state:
            raise LedgerError(f"{each.path} 刚刚又有人改了，没有保存", hint="请再运行一次")
    change = edits.checked.change
    tasks = tuple(each.id for each in change.tasks) if change else ()
    note = journal.Note(
        subject,
        str(ledger.root),
        (),
        ref=refuse_unfinished(ledger.repo),
        head=ledger.repo.head() or "",
    )
    paths = [each.path for each in edits.files]
    message = message_of(Operation("save", subject, tasks))
    made = journal.carried_out(
        ledger.repo,
        note,
        nullcontext(()),
        lambda index: commit_only(ledger.repo, paths, message, index, note.mark),
        ledger.course,
        last=True,
    )
    keep_up(ledger.repo)
    return made


def edited_files(ledger: Ledger) -> Iterator[Edited]:
    """The files below the ledger's root that differ from the last commit."""
    listed = ledger.repo.run(
        "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", "."
    )
    prefix = ledger.repo.prefix()  # git tells paths from the top of the repository
    for line in _texts(listed):
        letters, path = line[:2], line[3:].removeprefix(prefix)
        state = fingerprint(ledger.root / path)
        what = REMOVED if not state else ADDED if "?" in letters or "A" in letters else CHANGED
        yield Edited(path, what, state)


def _texts(listed: bytes) -> Iterable[str]:
    return (os.fsdecode(each) for each in listed.split(b"\0") if each)
