"""`init --demo`: a lively ledger with a year of history behind it, whatever today is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ledger.adapters.disk.interrupt import Course
from ledger.adapters.disk.whole import made_whole
from ledger.adapters.git.history import write_history
from ledger.adapters.git.library import create_repo
from ledger.adapters.git.person import set_person
from ledger.errors import UsageError
from ledger.model.record import dataclass
from ledger.model.telling import Tell, silent
from ledger.usecases.looking.mine import OVERSEER
from ledger.usecases.reading.identities import registered
from ledger.usecases.setup.deeds import Play
from ledger.usecases.setup.found import Foundation
from ledger.usecases.setup.init import first_files, refuse_within
from ledger.usecases.setup.script import read_script
from ledger.usecases.setup.who import ROLE
from ledger.usecases.sharing.merge_driver import configure_driver

_YEARS = range(2000, 2100)  # git's dates go no further on every system


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made.

    Attributes:
        root: the ledger's folder.
        commits, tasks: how many there are.
        waiting: the branch of a closing that waits to be merged.
        task: the id of the task with the most to tell.
        visitor: by what name commands are signed in it; empty where the user's own is.
    """

    root: Path
    commits: int
    tasks: int
    waiting: str
    task: str
    visitor: str


def make_demo(folder: Path, today: dt.date, course: Course, tell: Tell = silent) -> Demo:
    """Make the demonstration ledger in a folder that is new or empty.

    The same day makes the same ledger. What ends it early leaves nothing behind.

    Args:
        tell: told how much of the history is made up, of how much.

    Raises:
        UsageError: no history can be made up for that day.
        LedgerError: the folder has something in it, or lies in a ledger.
    """
    if today.year not in _YEARS:
        years = f"{_YEARS.start} 年到 {_YEARS.stop - 1} 年"
        raise UsageError(f"示例台账只能按 {years} 的日期来做", hint="请检查 --today")
    refuse_within(folder.resolve(), folder)
    with made_whole(folder, course) as place:
        repo = create_repo(place)
        configure_driver(repo)
        script = read_script(today)
        play = Play(script, dict(first_files(Foundation(script.data["organisation"]))))
        play.perform(tell)
        chronicle = play.chronicle
        write_history(repo, chronicle.commits, [play.waiting])
        visitor = script.data["visitor"]
        name = "" if registered(repo) else visitor["name"]
        if name:
            mail = f"{visitor['mail']}@example.org"
            set_person(repo, {"user.name": name, "user.email": mail, ROLE: OVERSEER})
    longest = max(chronicle.tasks.values(), key=lambda task: len(task.progress))
    numbers = len(chronicle.commits), len(chronicle.tasks)
    return Demo(folder.resolve(), *numbers, play.waiting, longest.id, name)
