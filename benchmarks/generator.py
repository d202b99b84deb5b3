"""Large ledgers for measuring: real-looking task files in a real git repository."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

DEPARTMENTS = tuple(f"业务{n}处" for n in range(1, 39))
NOT_STARTED, IN_PROGRESS, CLOSED = "未启动", "推进中", "已销号"
STATUSES = (
    NOT_STARTED, IN_PROGRESS, IN_PROGRESS, IN_PROGRESS, "申请销号", "待上会", CLOSED, CLOSED,
)  # fmt: skip
WORDS = "专利审查质量保护运用商标地理标志信息化人才培训国际合作法规制度巡视整改督查落实".strip()
PER_SOURCE = 1000
FIRST_DAY = dt.date(2017, 1, 1)
COMMITTED = 1483232400  # 2017-01-01 09:00 +08:00


def make_ledger(
    root: Path, tasks: int, seed: int = 1, departments: Sequence[str] = DEPARTMENTS
) -> None:
    """Write and commit a ledger of so many tasks of about 1 kB each, 1,000 a folder.

    Args:
        root: a folder that does not exist yet.
        seed: the same seed gives the same files.
        departments: their names, two or more.
    """
    commit_files(root, _files(tasks, seed, departments), "台账")


def commit_files(root: Path, files: Iterable[tuple[str, bytes]], subject: str) -> None:
    """Make a repository with one commit of some files (path, content), and check it out.

    Through `git fast-import`, so that nothing is held in memory and hundreds of thousands of files
    take seconds.
    """
    _git(root, "init", "--quiet", "--initial-branch=main", str(root))
    add_commit(root, files, subject)
    _git(root, "reset", "--quiet", "--hard", "main")


def add_commit(root: Path, files: Iterable[tuple[str, bytes]], subject: str) -> None:
    """Put a commit on top of a repository's main branch; the work tree is left as it is."""
    head = _git(root, "rev-parse", "--verify", "--quiet", "refs/heads/main", ok=(0, 1)).decode()
    text = subject.encode()
    with subprocess.Popen(
        ["git", "fast-import", "--quiet"], cwd=root, stdin=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        stream = process.stdin
        stream.write(b"commit refs/heads/main\ncommitter bench <bench@invalid> ")
        stream.write(b"%d +0800\ndata %d\n%s\n" % (COMMITTED, len(text), text))
        if head:
            stream.write(f"from {head.strip()}\n".encode())
        for path, content in files:
            stream.write(b"M 100644 inline %s\ndata %d\n" % (path.encode(), len(content)))
            stream.write(content + b"\n")
    assert process.returncode == 0


def config_text(departments: Sequence[str]) -> str:
    """A ledger.yaml."""
    names = "\n".join(f"  - {{name: {name}}}" for name in departments)
    return f"organisation: 某局\ndepartments:\n{names}\nforge: {{via: local}}\n"


def task_path(root: Path, number: int) -> Path:
    """Where the task of a number is."""
    return root / _path(number)


def task_id(number: int) -> str:
    """The id of the task of a number."""
    return PurePosixPath(_path(number)).stem


def _files(tasks: int, seed: int, departments: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    yield "ledger.yaml", config_text(departments).encode()
    for number, task in enumerate(made_tasks(tasks, seed, departments)):
        if number % PER_SOURCE == 0:
            record = f"id: {task.source}\ntitle: {task.source} 号要点\nkind: 工作要点\nyear: 2017\n"
            yield f"data/sources/{task.source}.yaml", record.encode()
        yield _path(number), task.text().encode()


def _path(number: int) -> str:
    source = f"S{number // PER_SOURCE:03d}"
    return f"data/tasks/{source}/{source}-{number % PER_SOURCE + 1:04d}.yaml"


class Made(NamedTuple):
    """A task as a file of the ledger, and the data of another program, can be made of it."""

    id: str
    source: str
    title: str
    section: str
    key_point: str
    measures: tuple[str, str]
    lead: str
    assist: str
    due: dt.date
    status: str
    progress: tuple[tuple[dt.date, str, int], ...]  # when, what, percent

    def text(self) -> str:
        """Its file."""
        progress = "".join(
            f"  - {{date: {day}, by: 联络员, text: {text}, percent: {percent}}}\n"
            for day, text, percent in self.progress
        )
        measures = "".join(f"  - {each}\n" for each in self.measures)
        return (
            f"id: {self.id}\nkind: 工作要点\ntitle: {self.title}\nsource: {self.source}\n"
            f"section: {self.section}\nkey_point: {self.key_point}\n"
            f"measures:\n{measures}lead: [{self.lead}]\nassist: [{self.assist}]\n"
            f"leader: 分管局领导\nnature: 限期\n"
            f"due: {{text: {self.due.month}月{self.due.day}日, date: {self.due}}}\n"
            f"status: {self.status}\nprogress:\n{progress}"
        )


def made_tasks(
    tasks: int, seed: int = 1, departments: Sequence[str] = DEPARTMENTS
) -> Iterator[Made]:
    """The tasks that `make_ledger` writes, in the order of their numbers."""
    chance = random.Random(seed)
    return (_task(PurePosixPath(_path(n)), chance, departments) for n in range(tasks))


def _task(path: PurePosixPath, chance: random.Random, departments: Sequence[str]) -> Made:
    lead, assist = chance.sample(departments, 2)
    due = FIRST_DAY + dt.timedelta(days=chance.randrange(365))
    progress = tuple(
        (FIRST_DAY + dt.timedelta(days=30 * n), _text(chance, 30), n * 20)
        for n in range(chance.randrange(1, 5))
    )
    return Made(
        path.stem, path.parent.name, _text(chance, 14), f"一、{_text(chance, 10)}",
        _text(chance, 60), (_text(chance, 60), _text(chance, 40)),
        lead, assist, due, chance.choice(STATUSES), progress,
    )  # fmt: skip


def _text(chance: random.Random, length: int) -> str:
    return "".join(chance.choices(WORDS, k=length))


def _git(root: Path, *arguments: str, ok: Sequence[int] = (0,)) -> bytes:
    root.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["git", *arguments], cwd=root, check=False, capture_output=True)
    assert done.returncode in ok, done.stderr
    return done.stdout
