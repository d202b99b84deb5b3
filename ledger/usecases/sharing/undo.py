"""`undo`: one's own last step is taken back by a commit that says so; once more brings it back.

Nothing is written anew: both stay in the record. What others have, have built on, or what came by
a merge is not taken back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from ledger.adapters.git.commit import has_changes, refuse_unfinished
from ledger.adapters.git.merge import at_top, make_commit
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.rewrite import tree_with
from ledger.adapters.git.walk import Commit, FileDiff, differences, latest_line, unshared
from ledger.errors import LedgerError, UsageError
from ledger.model.change import Change
from ledger.model.problem import errors
from ledger.model.record import dataclass
from ledger.model.zone import day_of
from ledger.usecases.checking.check import check_steps
from ledger.usecases.checking.takeback import DAYS, MOST, UNDOES
from ledger.usecases.reading.identities import nobody, registered
from ledger.usecases.reading.load import load_config
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.step import States, change_between
from ledger.usecases.writing.act import Operation, alone, message_of, move

LISTED = 20
_BACK, _FORTH = "撤回：", "恢复："
_NUMBER = r"[1-9][0-9]{0,2}"
_SHORT = 8


@dataclass(frozen=True, slots=True)
class RecentStep:
    """One step of the current branch.

    Attributes:
        number: 1 for the last one.
        day: when it was recorded, in the ledger's time zone.
        obstacle: why it cannot be taken back (Chinese, without a full stop); empty where it can.
    """

    number: int
    commit: Commit
    day: dt.date
    obstacle: str


@dataclass(frozen=True, slots=True)
class Undoing:
    """A step that is to be taken back.

    Attributes:
        head: the branch as it is; target: as it is to be.
        subject: how the new commit is called.
        change: what it does, in the ledger's terms; files: to which files.
    """

    head: str
    target: str
    subject: str
    change: Change
    files: tuple[FileDiff, ...]


def recent_steps(ledger: Ledger, today: dt.date, most: int = LISTED) -> list[RecentStep]:
    """The last steps, newest first, and which of them can be taken back."""
    repo, zone = ledger.repo, load_config(ledger).config.calendar.zone
    head = repo.head()
    line = latest_line(repo, head, most) if head else []
    mine, own = unshared(repo, head, MOST) if head else frozenset(), _author(repo)
    steps = []
    for number, commit in enumerate(line, 1):
        day = day_of(commit.time, zone)
        age = (today - day).days
        obstacle = _obstacle(repo, commit, line[: number - 1], mine, own, age)
        steps.append(RecentStep(number, commit, day, obstacle))
    return steps


def undoing(ledger: Ledger, which: str, today: dt.date, by: str) -> Undoing:
    """Work out how a step is taken back; nothing points to what comes of it.

    Args:
        which: its number in the list, or its commit; empty for the last one.
        by: who does it, for the message.

    Raises:
        UsageError: there is no such step.
        LedgerError: nothing was done yet, or it cannot be taken back, and why.
    """
    refuse_unfinished(ledger.repo)
    if not registered(ledger.repo):
        raise nobody("不能撤回")
    step = _chosen(ledger, which, today)
    if step.obstacle:
        raise LedgerError(f"“{step.commit.subject}”{step.obstacle}", hint=_way_out(step))
    head, commit = ledger.repo.resolve("HEAD"), step.commit
    (parent,) = commit.parents
    files = differences(ledger.repo, parent, commit.id)
    _refuse_edited(ledger.repo, files)
    paths = [f"{ledger.repo.prefix()}{each.path}" for each in files]
    tree = tree_with(at_top(ledger.repo), head, paths, parent)
    change = change_between(States(ledger), commit.id, parent)
    tasks = tuple(each.id for each in change.tasks)
    subject = _subject(commit.subject)
    operation = Operation("undo", subject, tasks, f"办理人：{by}", trailers=((UNDOES, commit.id),))
    target = make_commit(ledger.repo, tree, (head,), message_of(operation))
    _refuse_wrong(ledger, head, target, today)
    return Undoing(head, target, subject, change, files)


@alone
def undo(ledger: Ledger, way: Undoing) -> None:
    """Take a step back as it was worked out.

    Raises:
        LedgerError: the branch has moved on, or a file is in the way.
    """
    if ledger.repo.head() != way.head:
        raise LedgerError("刚刚又有人办了一步，没有撤回", hint="请用 ledger undo --list 看一看再办")
    _refuse_edited(ledger.repo, way.files)
    move(ledger, way.head, way.target, way.subject, last=True)


def _author(repo: GitRepo) -> tuple[str, str]:
    return repo.identity(), repo.email()


def _chosen(ledger: Ledger, which: str, today: dt.date) -> RecentStep:
    listed = recent_steps(
        ledger, today, int(which) if re.fullmatch(_NUMBER, which) else MOST if which else 1
    )
    if not listed:
        raise LedgerError("台账还没有任何提交，没有可以撤回的", hint="")
    if not which:
        return listed[0]
    if re.fullmatch(_NUMBER, which) and int(which) <= len(listed):
        return listed[int(which) - 1]
    commits = [each for each in listed if len(which) >= 4 and each.commit.id.startswith(which)]
    if len(commits) == 1:
        return commits[0]
    raise UsageError(f"没有“{which}”这一步", hint="请写 ledger undo --list 列出的序号")


def _obstacle(
    repo: GitRepo,
    commit: Commit,
    later: Sequence[Commit],
    mine: frozenset[str],
    own: tuple[str, str],
    age: int,
) -> str:
    """Why a step cannot be taken back; empty where it can.

    Args:
        later: what came after it, newest first.
        mine: the commits that nobody else has.
        own: who is typing, by name and address.
        age: how many days ago it was.
    """
    if not commit.parents:
        return "是建账的第一步，不能撤回"
    if len(commit.parents) > 1:
        return "是合并进来的，不能撤回"
    if commit.id not in mine:
        return "已经送到远端，别人可能已经看到，不能撤回"
    if (commit.author, commit.email) != own:
        return f"是{commit.author}办的，只能由他自己撤回"
    if age > DAYS:
        return f"已经过了 {DAYS} 天，不能撤回"
    if other := next((e for e in later if len(e.parents) > 1 or (e.author, e.email) != own), None):
        return f"以后，{other.author}又办过“{other.subject}”，不能撤回"
    now = {file.path: file.new for each in reversed(later) for file in each.files}
    changed = [file.path for file in commit.files if now.get(file.path, file.new) != file.new]
    if changed:
        last = next(e for e in later if any(f.path == changed[0] for f in e.files))
        return f"以后，“{last.subject}”又改过同一个文件，请先撤回那一步"
    return ""


def _way_out(step: RecentStep) -> str:
    if len(step.commit.parents) > 1:
        return "销号有误的，用 ledger reopen 写明理由重开"
    return "请另办一次更正，如再填一条进展，或用 ledger edit 改回"


def _subject(subject: str) -> str:
    if subject.startswith(_BACK):
        return _FORTH + subject.removeprefix(_BACK)
    return _BACK + subject.removeprefix(_FORTH)


def _refuse_edited(repo: GitRepo, files: Sequence[FileDiff]) -> None:
    edited = [each.path for each in files if has_changes(repo, [each.path])]
    if edited:
        raise LedgerError(
            f"{edited[0]} 有手工改动还没有保存，没有撤回", hint="请先运行 ledger save，再撤回"
        )


def _refuse_wrong(ledger: Ledger, head: str, target: str, today: dt.date) -> None:
    for _, problems in check_steps(ledger, head, target, today):
        if wrong := errors(problems):
            raise LedgerError(
                f"撤回以后不合规则：{wrong[0].code} {wrong[0].message}", hint=wrong[0].hint
            )
