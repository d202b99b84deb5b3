"""督办单: whom they go to, what they say, and what is recorded of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import LedgerError, UsageError
from ledger.model.standing import next_due
from ledger.usecases.bulletins.remind import Reminder, record_reminders, reminders
from ledger.usecases.bulletins.roll import roll_when
from ledger.usecases.reading.moment import Moment

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2017, 7, 10)
LATE: dict[str, Any] = {"due": {"text": "6月", "date": "2017-06-30"}}
SOON: dict[str, Any] = {"due": {"text": "7月中旬", "date": "2017-07-15"}}
FAR: dict[str, Any] = {"due": {"text": "年底", "date": "2017-12-31"}}


def sent(made: LedgerFolder, *names: str) -> tuple[Reminder, ...]:
    ledger = made.open()
    try:
        return reminders(ledger, roll_when(ledger, Moment("", TODAY)), names, TODAY)
    finally:
        ledger.cache.close()


def recorded(made: LedgerFolder, *names: str, day: dt.date = TODAY) -> tuple[str, ...]:
    ledger = made.open()
    try:
        sheets = reminders(ledger, roll_when(ledger, Moment("", TODAY)), names, TODAY)
        return record_reminders(ledger, sheets, "督查室主任", day, TODAY, True)
    finally:
        ledger.cache.close()


def test_every_department_with_something_pressing_gets_one(make_ledger: MakeLedger) -> None:
    made = make_ledger(
        [
            {"lead": ["条法司"], **LATE},
            {"lead": ["审业部", "办公室"], **SOON},
            {"lead": ["规划司"], **FAR},
            {"lead": ["规划司"], "assist": ["巡视办"], **FAR},
            {"lead": ["局办公室"], "status": "待上会", **LATE},
            {"lead": ["巡视办"], "status": "已销号", **LATE},
        ]
    )
    sheets = sent(made)
    assert [(each.department, each.tasks) for each in sheets] == [
        ("办公室", ("GZ2017-002",)),
        ("审业部", ("GZ2017-002",)),
        ("条法司", ("GZ2017-001",)),
    ]
    assert "逾期未完成1项，现予督办" in sheets[2].text
    assert "| GZ2017-001 | 事项GZ2017-001 | 2017年6月30日 | 逾期10天 |" in sheets[2].text
    assert "| GZ2017-002 | 事项GZ2017-002 | 2017年7月15日 | 5天后到期 |" in sheets[0].text
    assert sent(made, "局办公室") == sheets[:1]
    assert sent(made, "规划司") == ()
    with pytest.raises(UsageError, match="没有部门"):
        sent(made, "没有的")


def test_the_record_is_one_commit_and_no_answer(make_ledger: MakeLedger) -> None:
    several = {"text": "每季度", "dates": ["2017-03-31", "2017-12-31"], "date": "2017-12-31"}
    made = make_ledger([{"due": several, "lead": ["审业部", "办公室"]}, LATE, FAR])
    before = made.git("rev-list", "--count", "HEAD").strip()
    assert recorded(made) == ("GZ2017-001", "GZ2017-002")
    assert int(made.git("rev-list", "--count", "HEAD")) == int(before) + 1
    tasks = {each.record.id: each.record for each in made.load().tasks}
    (entry,) = tasks["GZ2017-001"].progress
    assert (entry.event, entry.by, entry.date) == ("催办", "督查室主任", TODAY)
    assert entry.text == "向办公室、审业部发出督办单"
    assert next_due(tasks["GZ2017-001"]) == dt.date(2017, 3, 31)
    assert tasks["GZ2017-003"].progress == ()
    assert made.git("status", "--porcelain") == ""


def test_the_same_reminder_is_recorded_once(make_ledger: MakeLedger) -> None:
    made = make_ledger([LATE])
    assert recorded(made) == ("GZ2017-001",)
    assert recorded(made) == ()
    assert len(made.load().tasks[0].record.progress) == 1


def test_a_day_to_come_is_refused(make_ledger: MakeLedger) -> None:
    made = make_ledger([LATE])
    with pytest.raises(UsageError, match="还没有到"):
        recorded(made, day=dt.date(2017, 7, 11))


def test_nothing_is_recorded_where_git_refuses(make_ledger: MakeLedger) -> None:
    made = make_ledger([LATE, SOON])
    before = made.path("GZ2017-001").read_bytes()
    hook = made.root / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(LedgerError):
        recorded(made)
    assert made.path("GZ2017-001").read_bytes() == before


@pytest.mark.parametrize("name", ["审/业:部", "..", "a" * 300, "😀" * 60, "审 业\n部\u202e"])
def test_file_names_are_fit_for_any_system(name: str) -> None:
    file_name = Reminder(name, "", ()).file_name(TODAY, "md")
    assert file_name.startswith("督办单-")
    assert file_name.endswith("-2017-07-10.md")
    assert not set(file_name) & set('/\\:*?"<>|\n \u202e')
    assert len(file_name.encode()) < 255


def test_no_two_departments_share_a_file() -> None:
    names = ["审/业", "审:业", "审_业", "审业" + "部" * 50, "审业" + "部" * 51]
    file_names = {Reminder(name, "", ()).file_name(TODAY, "md") for name in names}
    assert len(file_names) == len(names)


def test_the_past_is_told_in_its_own_template(make_ledger: MakeLedger) -> None:
    made = make_ledger([LATE], files={"templates/remind.md.j2": "当时的\n"})
    head = made.git("rev-parse", "HEAD").strip()
    made.write("templates/remind.md.j2", "现在的\n")
    assert [each.text for each in sent(made)] == ["现在的\n"]
    ledger = made.open()
    try:
        sheets = reminders(ledger, roll_when(ledger, Moment(head, TODAY)), (), TODAY, head)
    finally:
        ledger.cache.close()
    assert [each.text for each in sheets] == ["当时的\n"]


def test_the_ledgers_own_template(make_ledger: MakeLedger) -> None:
    made = make_ledger([LATE], files={"templates/remind.md.j2": "{{ facts.department | md }}\n"})
    assert [each.text for each in sent(made)] == ["审业部\n"]


def test_an_answer_is_wanted_in_so_many_working_days(make_ledger: MakeLedger) -> None:
    """2017-07-10 is a Monday."""
    (usual,) = sent(make_ledger([LATE], name="usual"))
    assert "于2017年7月17日前书面反馈" in usual.text
    reports = {"reports": {"reply_days": 3, "contact": "督查室"}}
    (soon,) = sent(make_ledger([LATE], name="soon", config=reports))
    assert "于2017年7月13日前书面反馈" in soon.text
    assert "（联系人：督查室）" in soon.text


def test_no_day_is_made_up_where_the_calendar_is_not_known(make_ledger: MakeLedger) -> None:
    made = make_ledger([LATE])
    ledger = made.open()
    far = dt.date(2099, 1, 5)
    try:
        (sheet,) = reminders(ledger, roll_when(ledger, Moment("", far)), (), far)
    finally:
        ledger.cache.close()
    assert "自发文之日起5个工作日内书面反馈" in sheet.text


def test_what_is_not_told_is_left_to_be_filled_in(make_ledger: MakeLedger) -> None:
    (sheet,) = sent(make_ledger([LATE]))
    assert "＿＿＿〔2017〕＿＿号" in sheet.text
    assert "（联系人：＿＿＿＿＿＿　电话：＿＿＿＿＿＿＿＿）" in sheet.text
    assert sheet.text.endswith("| 审业部 |  | ＿＿年＿月＿日 |  |\n")
