"""What an editor may change in a task's file, and what it may not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from ledger.errors import LedgerError, UsageError
from ledger.model.source import Source
from ledger.model.task import Task
from ledger.usecases.writing.edit import (
    begin_editing,
    decoded,
    refuse_future,
    replace_text,
    task_file,
)

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(
        [
            {
                "progress": [{"date": "2017-01-05", "text": "启动"}],
                "extensions": [
                    {
                        "date": "2017-02-01",
                        "to": "2017-09-30",
                        "reason": "等文件",
                        "approved_by": "局务会",
                    }
                ],
                "evidence": [{"name": "总结", "archive": "档-1"}],
                "lookback": [{"date": "2017-02-02", "result": "巩固"}],
                "联系电话": "010",
            },
            {"due": {"text": "待定"}, "nature": None, "status": "未启动"},
        ]
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: GZ2017-001", "id: GZ2017-009", "编号不能修改"),
        ("status: 推进中", "status: 已销号", "状态不能直接"),
        ("status: 推进中", "status: 待上会", "状态不能直接"),
        ("status: 推进中", "status: 未启动", "状态不能直接"),
        ("2017-06-30", "2017-12-31", "ledger extend"),
        ("text: 6月", "text: 年底", "ledger extend"),
        ("text: 启动", "text: 早已完成", "进展只增不改"),
        ("2017-09-30", "2018-09-30", "延期记录只增不改"),
        ("档-1", "档-2", "ledger evidence add"),
        ("result: 巩固", "result: 反弹", "ledger lookback"),
        ("status: 推进中", "status: 推进中\nclosing: {decision: D1}", "不能直接填写"),
        ("status: 推进中", "status: 推进中\npast_closings: [{decision: D1}]", "不能直接填写"),
        ("status: 推进中", "status: 完成", "不在可选值之中"),
        ("status: 推进中", "", "缺少必填项“status”"),
        ("lead: [审业部]", "lead: 审业部", "应是列表"),
        ("kind: 工作要点", "kind: 工作要点\nkind: 工作要点", "重复"),
    ],
)
def test_guarded_changes_are_refused(
    old: str, new: str, message: str, ledger: LedgerFolder
) -> None:
    opened = ledger.open()
    draft = begin_editing(opened, "GZ2017-001")
    text = draft.place.read_text(encoding="utf-8")
    assert old in text
    draft.place.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(LedgerError) as refused:
        replace_text(opened, draft, commit=True)
    assert message in f"{refused.value.message}。{refused.value.hint}"
    assert ledger.git("status", "--porcelain") == ""
    assert draft.place.exists()


@pytest.mark.parametrize(
    ("task", "old", "new"),
    [
        ("GZ2017-001", "title: 事项GZ2017-001", "title: 新名称"),
        ("GZ2017-001", "联系电话: '010'", "联系电话: 020"),
        ("GZ2017-001", "kind:", "# 说明\nkind:"),
        ("GZ2017-002", "status: 未启动", "status: 推进中"),
        ("GZ2017-002", "{text: 待定}", "{text: 9月底前, date: 2017-09-30}"),
    ],
    ids=["title", "unknown key", "comment", "start", "first date"],
)
def test_free_changes_are_committed_as_typed(
    task: str, old: str, new: str, ledger: LedgerFolder
) -> None:
    opened = ledger.open()
    draft = begin_editing(opened, task)
    text = draft.place.read_text(encoding="utf-8")
    assert old in text
    draft.place.write_text(text.replace(old, new), encoding="utf-8")
    if new.startswith("#"):  # nothing that the ledger knows of
        with pytest.raises(LedgerError, match="没有任何改动"):
            replace_text(opened, draft, commit=True)
        return
    done = replace_text(opened, draft, commit=True)
    assert done.commit == ledger.git("rev-parse", "HEAD").strip()
    assert ledger.path(task).read_text(encoding="utf-8") == text.replace(old, new)


def test_where_no_editor_can_be_had(ledger: LedgerFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TERM", "EDITOR", "VISUAL", "GIT_EDITOR"):
        monkeypatch.delenv(name, raising=False)
    opened = ledger.open()
    with pytest.raises(LedgerError, match="没有可用的编辑器"):
        begin_editing(opened, "GZ2017-001")
    assert not list(opened.repo.state_dir().glob("*.yaml"))


def test_new_file_is_checked_before_it_is_written() -> None:
    task = Task(id="A-1", kind="工作要点", title="甲", source="A", status="未启动")
    change = task_file(task)
    assert (change.path, change.old) == ("data/tasks/A/A-1.yaml", None)
    assert decoded(Task, change.new, change.path) == task
    broken = Task(id="A 1", kind="工作要点", title=" ", source="A", status="未启动")
    with pytest.raises(LedgerError, match="的 id"):
        task_file(broken)


def test_other_records_are_checked_alike() -> None:
    with pytest.raises(LedgerError, match="的 kind"):
        decoded(Source, b"id: A\ntitle: x\nkind: y\n", "data/sources/A.yaml")
    with pytest.raises(LedgerError, match=r"A\.yaml：这里应是"):
        decoded(Source, b"- x\n", "data/sources/A.yaml")


def test_only_today_and_before() -> None:
    refuse_future(dt.date(2017, 3, 1), dt.date(2017, 3, 1))
    refuse_future(None, dt.date(2017, 3, 1))
    with pytest.raises(UsageError, match="2017-03-02 还没有到"):
        refuse_future(dt.date(2017, 3, 2), dt.date(2017, 3, 1))
