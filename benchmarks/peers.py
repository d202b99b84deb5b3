"""Other programs that are asked what ours is asked, on data made of the same tasks.

Each is found on the PATH or in `build/peers`, where `make peers` puts it; who is missing is left
out. Two questions: what of one department is overdue or due within 30 days, and what is open.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import shutil
import subprocess
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator import CLOSED, FIRST_DAY, NOT_STARTED, Made, made_tasks
from processes import environment, git

DEPARTMENT = "业务7处"
TODAY = dt.date(2017, 10, 20)
LAST = TODAY + dt.timedelta(days=30)
BEIJING = dt.timezone(dt.timedelta(hours=8))
INSTALLED = Path(__file__).resolve().parent.parent / "build/peers"
_VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True)
class Peer:
    """A program to compare with.

    Attributes:
        key: names its folder, its figures, and its lines for `--only`.
        program: its file in one of the folders where programs are.
        version: the words that ask for its version.
        make: writes so many tasks into a folder; None where it reads our own files.
        due, opened: a folder's words for the two questions.
        most: the largest number of tasks that it is asked about.
        settings: of its environment, for a folder.
        remark: what has to be known to compare.
    """

    key: str
    name: str
    program: str
    version: tuple[str, ...]
    make: Callable[[Path, int], None] | None
    due: Callable[[], tuple[str, ...]]
    opened: Callable[[], tuple[str, ...]]
    settings: Callable[[Path], Mapping[str, str]] = lambda _: {}
    most: int = 100_000
    remark: str = ""

    def path(self) -> str | None:
        """The path of its program; None where it is not installed."""
        folders = (INSTALLED / "todoman/bin", INSTALLED / "node_modules/.bin")
        return shutil.which(self.program) or next(
            (str(each / self.program) for each in folders if (each / self.program).exists()), None
        )

    def told(self) -> str:
        """The version that it tells of itself."""
        program = self.path()
        assert program
        done = subprocess.run(
            [program, *self.version], check=True, capture_output=True, text=True, env=environment()
        )
        version = _VERSION.search(done.stdout)
        return version[0] if version else "?"


def _moment(day: dt.date) -> int:
    return int(dt.datetime.combine(day, dt.time(), BEIJING).timestamp())


# -- Taskwarrior ---------------------------------------------------------------------------------

_TASKRC = """\
data.location={data}
confirmation=off
verbose=nothing
defaultwidth=120
uda.lead.type=string
uda.assist.type=string
report.coming.filter=status:pending
report.coming.columns=id,due,lead,assist,description.count
report.coming.labels=ID,Due,Lead,Assist,Description
report.coming.sort=due+
"""


def make_taskwarrior(root: Path, tasks: int) -> None:
    """Its own files: what is open, and what is done; a report's entries are annotations."""
    root.mkdir(parents=True)
    (root / "taskrc").write_text(_TASKRC.format(data=root), "utf-8")
    with (
        (root / "pending.data").open("w", encoding="utf-8") as pending,
        (root / "completed.data").open("w", encoding="utf-8") as completed,
    ):
        for number, task in enumerate(made_tasks(tasks), 1):
            file = completed if task.status == CLOSED else pending
            file.write(_taskwarrior_line(number, task))


def _taskwarrior_line(number: int, task: Made) -> str:
    begun = _moment(FIRST_DAY)
    values = {
        "uuid": str(uuid.UUID(int=number, version=4)),
        "description": f"{task.id} {task.title}",
        "project": task.source,
        "lead": task.lead,
        "assist": task.assist,
        "entry": begun,
        "modified": begun,
        "due": _moment(task.due),
        "status": "completed" if task.status == CLOSED else "pending",
    }
    values |= {"end": begun} if task.status == CLOSED else {}
    values |= {f"annotation_{_moment(day)}": text for day, text, _ in task.progress}
    return "[" + " ".join(f'{key}:"{value}"' for key, value in sorted(values.items())) + "]\n"


def _taskwarrior_due() -> tuple[str, ...]:
    who = ("(", f"lead.is:{DEPARTMENT}", "or", f"assist.is:{DEPARTMENT}", ")")
    return (*who, f"due.before:{LAST + dt.timedelta(days=1)}", "coming")


# -- todoman -------------------------------------------------------------------------------------

_TODOMAN = """\
path = "{root}/lists/*"
cache_path = "{root}/cache.sqlite3"
date_format = "%Y-%m-%d"
default_list = "S000"
"""


def make_todoman(root: Path, tasks: int) -> None:
    """One iCalendar file a task, in a list for each source."""
    root.mkdir(parents=True)
    (root / "config.py").write_text(_TODOMAN.format(root=root), "utf-8")
    for task in made_tasks(tasks):
        place = root / "lists" / task.source
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{task.id}.ics").write_text("\r\n".join(_todoman_lines(task)), "utf-8")


def _todoman_lines(task: Made) -> list[str]:
    states = {NOT_STARTED: "NEEDS-ACTION", CLOSED: "COMPLETED"}
    *_, (_, _, percent) = task.progress
    text = "\\n".join((task.key_point, *task.measures))
    return [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:benchmark", "BEGIN:VTODO", f"UID:{task.id}",
        "DTSTAMP:20170101T010000Z", "CREATED:20170101T010000Z", f"SUMMARY:{task.id} {task.title}",
        f"DESCRIPTION:{text}", f"CATEGORIES:{task.lead},{task.assist}",
        f"DUE;VALUE=DATE:{task.due:%Y%m%d}", f"STATUS:{states.get(task.status, 'IN-PROCESS')}",
        f"PERCENT-COMPLETE:{100 if task.status == CLOSED else percent}",
        *(["COMPLETED:20170601T010000Z"] if task.status == CLOSED else []),
        "END:VTODO", "END:VCALENDAR", "",
    ]  # fmt: skip


def _todoman_due() -> tuple[str, ...]:
    """It counts hours from now, so the last day lies far back."""
    end = dt.datetime.combine(LAST + dt.timedelta(days=1), dt.time(), BEIJING)
    hours = math.floor((end - dt.datetime.now(BEIJING)) / dt.timedelta(hours=1)) - 1
    return ("list", "--category", DEPARTMENT, f"--due={hours}", "--sort", "due")


# -- Backlog.md ----------------------------------------------------------------------------------

_BACKLOG = """\
project_name: "benchmark"
default_status: "To Do"
statuses: ["To Do", "In Progress", "Done"]
labels: []
date_format: yyyy-mm-dd
remote_operations: false
auto_commit: false
check_active_branches: true
active_branch_days: 30
task_prefix: "task"
"""
_BACKLOG_TASK = """\
---
id: TASK-{number}
title: {task.id} {task.title}
status: {status}
assignee:
  - {task.lead}
created_date: '2017-01-01 09:00'
labels:
  - {task.lead}
  - {task.assist}
dependencies: []
due_date: '{task.due}'
ordinal: {number}000
---

## Description

<!-- SECTION:DESCRIPTION:BEGIN -->
{task.key_point}
{task.measures[0]}
{task.measures[1]}
<!-- SECTION:DESCRIPTION:END -->
"""


def make_backlog(root: Path, tasks: int) -> None:
    """One Markdown file a task, in a git repository that has them all."""
    place = root / "backlog/tasks"
    place.mkdir(parents=True)
    (root / "backlog/config.yml").write_text(_BACKLOG, "utf-8")
    states = {NOT_STARTED: "To Do", CLOSED: "Done"}
    for number, task in enumerate(made_tasks(tasks), 1):
        text = _BACKLOG_TASK.format(
            number=number, task=task, status=states.get(task.status, "In Progress")
        )
        (place / f"task-{number} - {task.id}-{task.title}.md").write_text(text, "utf-8")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message=tasks")


# -- grep and awk --------------------------------------------------------------------------------

_AWK = """
FNR == 1 { show(); title = day = ""; closed = 0 }
/^title: / { title = substr($0, 8) }
/^status: (已销号|已中止)$/ { closed = 1 }
/^due: / { if (match($0, /date: [0-9-]+/)) day = substr($0, RSTART + 6, 10); file = FILENAME }
END { show() }
function show() { if (day != "" && day <= last && !closed) print day, file, title }
"""
_FIND_DUE = (
    f"grep --recursive --files-with-matches --extended-regexp "
    f"'^(lead|assist): .*{DEPARTMENT}' data/tasks | xargs awk -v last={LAST} '{_AWK}' | sort"
)
_FIND_OPEN = (
    "grep --recursive --files-without-match '^status: 已销号' data/tasks | "
    "xargs grep --with-filename '^title: '"
)


# -- all of them ---------------------------------------------------------------------------------

PEERS = (
    Peer(
        "taskwarrior", "Taskwarrior", "task", ("--version",), make_taskwarrior,
        _taskwarrior_due, lambda: ("coming",),
        lambda root: {"TASKRC": str(root / "taskrc"), "TASKDATA": str(root)},
        remark="the department is a field of the user's own, as lead or as assist; the report has "
        "the columns of ours; the entries of the log are annotations",
    ),
    Peer(
        "todoman", "todoman", "todo", ("--version",), make_todoman,
        _todoman_due, lambda: ("list",),
        lambda root: {"TODOMAN_CONFIG": str(root / "config.py")},
        remark="lead and assist are categories, a source is a list; its cache is filled",
    ),
    Peer(
        "backlog", "Backlog.md", "backlog", ("--version",), make_backlog,
        lambda: ("task", "list", "--labels", DEPARTMENT, "--exclude-status", "Done", "--plain"),
        lambda: ("task", "list", "--exclude-status", "Done", "--plain"),
        most=10_000,
        remark="it has no filter by due day, so it is asked what of the department is open and "
        "shows more rows; asked up to 10,000 tasks, where it takes seconds",
    ),
    Peer(
        "grep", "grep and awk", "sh", ("-c", "grep --version"), None,
        lambda: ("-c", _FIND_DUE), lambda: ("-c", _FIND_OPEN),
        remark="over our own YAML, without a look at whether it is sound",
    ),
)  # fmt: skip
