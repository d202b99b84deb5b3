"""A year of a hundred tasks of which there is much to tell: for how long a bulletin may become."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from tests.golden.conftest import CONFIG, DEPARTMENTS, SECTIONS, SOURCES, History, close

REPORTED = "完成第{}次现场核查并反馈意见"
_MONTHS = range(2, 12)


def make_hundred(folder: Path) -> Path:
    """Half of them closed by ten meetings, half overdue, all reported on and put off once."""
    history = History(getattr(yaml, "CSafeDumper", yaml.SafeDumper))
    files: dict[str, Any] = {"ledger.yaml": CONFIG}
    files |= {f"data/sources/{each['id']}.yaml": dict(each) for each in SOURCES}
    history.commit("2017-01-09", "新建台账", files)
    ids = [f"GZ2017-{number:03}" for number in range(1, 101)]
    for number, task_id in enumerate(ids):
        done = {"name": f"第{number}批检查", "target": 20, "actual": number, "unit": "家"}
        history.task(task_id).update(
            id=task_id,
            kind="工作要点",
            title=f"开展第{number}批专利审查质量保障和业务指导专项检查并通报",
            source="GZ2017",
            section=SECTIONS[number % 3],
            lead=[DEPARTMENTS[number % 5], DEPARTMENTS[(number + 1) % 5]],
            assist=[],
            leader=f"分管第{number % 7}类工作的副局长",
            due={"text": "5月底前", "date": "2017-05-31"},
            status="推进中",
            indicators=[done],
        )
    history.commit("2017-01-11", "导入", {}, *ids)
    moved = {"from": "2017-05-31", "to": "2017-11-30", "reason": "难", "approved_by": "局务会"}
    for task_id in ids:
        history.task(task_id)["extensions"] = [{**moved, "date": "2017-05-02"}]
    history.commit("2017-05-02", "延期", {}, *ids)
    for month in _MONTHS:
        day = dt.date(2017, month, 15).isoformat()
        for task_id in ids:
            text, percent = REPORTED.format(month), month * 8
            entry = {"date": day, "by": "联络员", "text": text, "percent": percent}
            history.task(task_id).setdefault("progress", []).append(entry)
        history.commit(day, "填报", {}, *ids)
    for number in range(10):
        close(history, f"2017-12-{number + 11}", number + 1, *ids[number * 5 : number * 5 + 5])
    return history.write(folder)
