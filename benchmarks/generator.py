"""Large ledgers for measuring: real-looking task files in a real git repository."""

from __future__ import annotations

import datetime as dt
import random
import subprocess
from pathlib import Path

DEPARTMENTS = tuple(f"业务{n}处" for n in range(1, 39))
STATUSES = ("未启动", "推进中", "推进中", "推进中", "申请销号", "待上会", "已销号", "已销号")
WORDS = "专利审查质量保护运用商标地理标志信息化人才培训国际合作法规制度巡视整改督查落实".strip()
PER_SOURCE = 1000
FIRST_DAY = dt.date(2017, 1, 1)


def make_ledger(root: Path, tasks: int, seed: int = 1) -> None:
    """Write and commit a ledger of so many tasks of about 1 kB each, 1,000 a folder.

    Args:
        root: a folder that does not exist yet.
        seed: the same seed gives the same files.
    """
    chance = random.Random(seed)
    _git(root, "init", "--quiet", "--initial-branch=main", str(root))
    names = "\n".join(f"  - {{name: {name}}}" for name in DEPARTMENTS)
    (root / "ledger.yaml").write_text(f"organisation: 某局\ndepartments:\n{names}\n", "utf-8")
    for number in range(tasks):
        _write_task(root, number, chance)
    _git(root, "add", "--all")
    _git(
        root, "-c", "user.name=bench", "-c", "user.email=bench@invalid", "commit", "--quiet",
        "--message", "台账",
    )  # fmt: skip


def task_path(root: Path, number: int) -> Path:
    """Where the task of a number is."""
    source = f"S{number // PER_SOURCE:03d}"
    return root / f"data/tasks/{source}/{source}-{number % PER_SOURCE + 1:04d}.yaml"


def _write_task(root: Path, number: int, chance: random.Random) -> None:
    path = task_path(root, number)
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True)
        source = root / f"data/sources/{path.parent.name}.yaml"
        source.parent.mkdir(exist_ok=True)
        source.write_text(
            f"id: {path.parent.name}\ntitle: {path.parent.name} 号要点\nkind: 工作要点\n"
            "year: 2017\n",
            "utf-8",
        )
    path.write_text(_task(path.stem, path.parent.name, chance), "utf-8")


def _task(task_id: str, source: str, chance: random.Random) -> str:
    lead, assist = chance.sample(DEPARTMENTS, 2)
    due = FIRST_DAY + dt.timedelta(days=chance.randrange(365))
    progress = "".join(
        f"  - {{date: {FIRST_DAY + dt.timedelta(days=30 * n)}, by: 联络员, "
        f"text: {_text(chance, 30)}, percent: {n * 20}}}\n"
        for n in range(chance.randrange(1, 5))
    )
    return (
        f"id: {task_id}\nkind: 工作要点\ntitle: {_text(chance, 14)}\nsource: {source}\n"
        f"section: 一、{_text(chance, 10)}\nkey_point: {_text(chance, 60)}\n"
        f"measures:\n  - {_text(chance, 60)}\n  - {_text(chance, 40)}\n"
        f"lead: [{lead}]\nassist: [{assist}]\nleader: 分管局领导\nnature: 限期\n"
        f"due: {{text: {due.month}月{due.day}日, date: {due}}}\n"
        f"status: {chance.choice(STATUSES)}\nprogress:\n{progress}"
    )


def _text(chance: random.Random, length: int) -> str:
    return "".join(chance.choices(WORDS, k=length))


def _git(root: Path, *arguments: str) -> None:
    root.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)
