"""One year of a made-up bureau's ledger: forty tasks, some fifty commits, by `git fast-import`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import run_git

YEAR = 2017
DEPARTMENTS = ("办公室", "审业部", "条法司", "规划司", "人事司")
CONFIG: dict[str, Any] = {
    "organisation": "某局",
    "departments": [{"name": name, "aliases": [f"局{name}"]} for name in DEPARTMENTS],
    "calendar": {
        "timezone": "Asia/Shanghai",
        "meetings": [{"body": "党组会", "weekday": "周四", "weeks": [1, 3]}],
        "lead_days": 10,
    },
    "forge": {"via": "local"},
}
SOURCES = (
    {"id": "GZ2017", "title": "2017年工作要点", "kind": "工作要点", "year": YEAR},
    {"id": "ZG2017", "title": "巡视反馈意见", "kind": "巡视整改", "year": YEAR},
)
SECTIONS = ("一、党的建设方面", "二、审查质量方面", "三、队伍建设方面")
WHERE = {"GZ2017": "工作要点", "ZG2017": "巡视整改"}
# What Markdown and HTML would read as their own: none of it may change how a bulletin looks.
ODD_TITLES = {
    "GZ2017-007": "核对 A|B 表 *重点* 事项",
    "GZ2017-008": "<b>压减</b> R&D 周期 😀",
    "ZG2017-005": "修订 [办法](x) 与 `细则` # 一",
}

Data = dict[str, Any]


class History:
    """Commits made in memory: what each writes, told to git in one go.

    Args:
        dumper: how YAML is written; the ids of commits, which golden files show, hang on it.
    """

    def __init__(self, dumper: type[Any] = yaml.SafeDumper) -> None:
        self._dumper = dumper
        self._tasks: dict[str, Data] = {}
        self._commits: list[tuple[str, str, dict[str, bytes]]] = []

    def task(self, task_id: str) -> Data:
        """A task's data, to be changed before the next commit of it."""
        return self._tasks.setdefault(task_id, {})

    def commit(self, day: str, message: str, files: Mapping[str, Data], *tasks: str) -> None:
        """Commit some files and the present state of some tasks at 09:00 +08:00."""
        written = {f"data/tasks/{each[:6]}/{each}.yaml": self._tasks[each] for each in tasks}
        contents = {
            path: yaml.dump(data, Dumper=self._dumper, allow_unicode=True, sort_keys=False).encode()
            for path, data in (dict(files) | written).items()
        }
        self._commits.append((day, message, contents))

    def _stream(self) -> Iterator[bytes]:
        """What `git fast-import` reads, in order of days."""
        ordered = sorted(self._commits, key=lambda each: each[0])
        for mark, (day, message, files) in enumerate(ordered, 1):
            when = int(dt.datetime.fromisoformat(f"{day}T09:00:00+08:00").timestamp())
            who = f"办公室联络员 <office@example.com> {when} +0800"
            yield f"commit refs/heads/main\nmark :{mark}\nauthor {who}\ncommitter {who}\n".encode()
            yield _data(message.encode())
            yield f"from :{mark - 1}\n".encode() if mark > 1 else b""
            for path, content in files.items():
                yield f"M 100644 inline {path}\n".encode() + _data(content)

    def write(self, folder: Path) -> Path:
        """A repository with these commits, the last one checked out."""
        folder.mkdir()
        run_git(folder, "init", "--quiet", "--initial-branch=main")
        run_git(folder, "fast-import", "--quiet", stdin=b"".join(self._stream()))
        run_git(folder, "reset", "--quiet", "--hard", "main")
        return folder


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def plan(history: History) -> None:
    """January: the sources, and every task with its deadline."""
    for number in range(1, 41):
        source, own = ("GZ2017", number) if number <= 28 else ("ZG2017", number - 28)
        month = (number * 5) % 11 + 2
        last = (dt.date(YEAR, month, 28) + dt.timedelta(days=4)).replace(day=1)
        end = (last - dt.timedelta(days=1)).isoformat()
        task_id = f"{source}-{own:03}"
        lead = [DEPARTMENTS[number % 5]] + ([DEPARTMENTS[(number + 2) % 5]] if own % 9 == 0 else [])
        history.task(task_id).update(
            id=task_id,
            kind=WHERE[source],
            title=ODD_TITLES.get(task_id, f"办理事项{number}"),
            source=source,
            section=SECTIONS[number % 3],
            lead=lead,
            assist=[DEPARTMENTS[(number + 1) % 5]],
            leader="分管副局长",
            due={"text": f"{month}月底前", "date": end},
            status="未启动",
        )
    several = history.task("GZ2017-010")
    several["due"] = {
        "text": "每季度",
        "date": "2017-12-31",
        "dates": ["2017-03-31", "2017-06-30", "2017-09-30", "2017-12-31"],
    }
    for task_id, actual in (("ZG2017-002", 3), ("ZG2017-003", 2)):
        rules = {"name": "制定修订制度", "target": 3, "actual": actual, "unit": "项"}
        history.task(task_id)["indicators"] = [rules]
    files: dict[str, Data] = {"ledger.yaml": CONFIG}
    files |= {f"data/sources/{each['id']}.yaml": dict(each) for each in SOURCES}
    history.commit("2017-01-09", "新建台账", files)
    ids = [f"GZ2017-{n:03}" for n in range(1, 29)]
    history.commit("2017-01-11", "导入工作要点", {}, *ids)
    history.commit("2017-02-13", "导入巡视反馈意见", {}, *(f"ZG2017-{n:03}" for n in range(1, 13)))


def report(history: History, day: str, task_id: str, text: str, percent: int) -> None:
    """A department reports."""
    task = history.task(task_id)
    entry = {"date": day, "by": "联络员", "text": text, "percent": percent}
    task.setdefault("progress", []).append(entry)
    task["status"] = "推进中"
    history.commit(day, f"进展 {task_id}", {}, task_id)


def close(history: History, day: str, number: int, *ids: str) -> None:
    """Some tasks are applied for, reviewed and, at a meeting on `day`, closed."""
    session = f"DZH-2017-{number:02}"
    before = (dt.date.fromisoformat(day) - dt.timedelta(days=8)).isoformat()
    for task_id in ids:
        applied = {"date": before, "by": "联络员", "summary": "任务完成，材料齐全"}
        reviewed = {"date": before, "by": "督查室主任", "opinion": "属实"}
        history.task(task_id).update(
            status="待上会", closing={"applied": applied, "reviewed": reviewed}
        )
    history.commit(before, "申请销号并审核", {}, *ids)
    votes = {"for": 5, "against": 0, "abstain": 0}
    decision = {
        "id": session,
        "body": "党组会",
        "date": day,
        "session": f"2017年第{number}次",
        "chair": "党组书记",
        "due_members": 5,
        "present": ["党组书记", "副局长甲", "副局长乙", "副局长丙", "纪检组长"],
        "minutes": f"〔2017〕{number}号",
        "items": [{"task": each, "result": "同意销号", "votes": dict(votes)} for each in ids],
    }
    history.commit(day, f"记录会议 {session}", {f"data/decisions/2017/{session}.yaml": decision})
    for task_id in ids:
        history.task(task_id)["status"] = "已销号"
        history.task(task_id)["closing"] |= {"decision": session, "date": day}
    history.commit(day, f"销号 {session}", {}, *ids)


def set_back(history: History) -> None:
    """An extension, a return, a reopening, praise, a merger."""
    task = history.task("GZ2017-012")
    task["extensions"] = [
        {
            "date": "2017-10-17",
            "from": task["due"]["date"],
            "to": "2017-12-20",
            "reason": "征求意见需要时间",
            "approved_by": "2017年第18次局务会",
        }
    ]
    history.commit("2017-10-17", "延期 GZ2017-012", {}, "GZ2017-012")
    for day, task_id, event, reason in (
        ("2017-10-18", "GZ2017-014", "退回", "缺少验收意见"),
        ("2017-10-18", "GZ2017-001", "重开", "回头看发现反弹"),
    ):
        task = history.task(task_id)
        task.setdefault("progress", []).append(
            {"date": day, "by": "督查室主任", "text": reason, "event": event}
        )
        task["status"] = "推进中"
        history.commit(day, f"{event} {task_id}", {}, task_id)
    history.task("GZ2017-003")["tags"] = ["表扬"]
    history.commit("2017-10-19", "表扬 GZ2017-003", {}, "GZ2017-003")


def make_year(folder: Path) -> Path:
    """The whole year."""
    history = History()
    plan(history)
    for month in range(2, 10):
        for number in (month, month + 9, month + 18):
            text = "照计划办理" if number % 4 == 0 else f"完成第{month}步，形成 {number} 份材料"
            report(history, f"2017-{month:02}-15", f"GZ2017-{number:03}", text, month * 10)
    close(history, "2017-05-04", 8, "GZ2017-001", "GZ2017-002")
    close(history, "2017-07-20", 15, "GZ2017-003", "GZ2017-004", "ZG2017-001", "ZG2017-002")
    report(history, "2017-09-29", "GZ2017-010", "三季度通报已印发", 75)
    history.task("GZ2017-014").update(
        status="申请销号",
        closing={"applied": {"date": "2017-10-11", "by": "联络员", "summary": "已完成"}},
    )
    history.commit("2017-10-11", "申请销号 GZ2017-014", {}, "GZ2017-014")
    report(history, "2017-10-16", "GZ2017-007", "与 A|B 单位<会商>，*初稿*完成 & 待报批 👍", 80)
    report(history, "2017-10-16", "GZ2017-020", "照计划办理", 40)
    report(history, "2017-10-17", "GZ2017-020", "照计划办理", 40)
    set_back(history)
    close(history, "2017-10-19", 20, "GZ2017-005", "GZ2017-006", "ZG2017-003", "GZ2017-008")
    close(history, "2017-11-16", 23, "ZG2017-004", "GZ2017-011")
    report(history, "2017-12-27", "GZ2017-012", "办法已印发", 100)
    return history.write(folder)


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The year's ledger; tests only read it."""
    return make_year(tmp_path_factory.mktemp("year") / "ledger")
