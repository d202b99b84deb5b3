"""What was applied for in time and waits for review or a meeting is not late, wherever it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = ("--today", "2017-07-10")
IN_TIME, MEETING, TOO_LATE, OPEN = (f"GZ2017-00{number}" for number in range(1, 5))
LIMIT = {"text": "6月底前", "date": "2017-06-30"}


def applied(day: str) -> dict[str, Any]:
    return {"applied": {"date": day, "by": "联络员", "summary": "办结"}}


TASKS: list[dict[str, Any]] = [
    {"due": LIMIT, "status": "申请销号", "closing": applied("2017-06-18")},
    {
        "due": LIMIT,
        "status": "待上会",
        "closing": applied("2017-06-30")
        | {"reviewed": {"date": "2017-07-03", "by": "督查室", "opinion": "属实"}},
    },
    {"due": LIMIT, "status": "申请销号", "closing": applied("2017-07-03")},
    {"due": LIMIT},
]


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(TASKS)


@pytest.fixture
def strict(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(TASKS, config={"lights": {"waiting_in_time": "否"}}, name="strict")


def test_it_is_not_due_and_says_since_when_it_waits(ledger: LedgerFolder, invoke: Invoke) -> None:
    due = invoke(ledger, *TODAY, "due", "--json").json()
    assert [row["id"] for row in due] == [TOO_LATE, OPEN]
    rows = {row["id"]: row for row in invoke(ledger, *TODAY, "list", "--json").json()}
    told = {name: (row["due"], row["days_left"], row["light"]) for name, row in rows.items()}
    late = ("2017-06-30", -10, "红")
    waits = (None, None, "青")
    assert told == {IN_TIME: waits, MEETING: waits, TOO_LATE: late, OPEN: late}
    table = invoke(ledger, *TODAY, "list").out.splitlines()
    lines = {line.split()[1]: line.split() for line in table if line[:1] in ("红", "青")}
    assert lines[IN_TIME][-3:] == ["待审", "06-18", "申请销号"]
    assert lines[MEETING][-3:] == ["待上会", "06-30", "待上会"]
    assert lines[TOO_LATE][-2:] == ["超期10天", "申请销号"]
    cyan = invoke(ledger, *TODAY, "list", "--light", "青", "--json").json()
    assert [row["id"] for row in cyan] == [IN_TIME, MEETING]


def test_one_task_says_whether_it_was_applied_for_in_time(
    ledger: LedgerFolder, strict: LedgerFolder, invoke: Invoke
) -> None:
    assert "（2017-06-18 按时申请，青灯）" in invoke(ledger, *TODAY, "show", IN_TIME).out
    shown = invoke(ledger, *TODAY, "show", TOO_LATE).out
    assert "（下一节点 2017-06-30，超期10天，申请时已超期3天，红灯）" in shown
    shown = invoke(strict, *TODAY, "show", IN_TIME).out
    assert "（下一节点 2017-06-30，超期10天，红灯）" in shown


def test_it_is_counted_apart(ledger: LedgerFolder, strict: LedgerFolder, invoke: Invoke) -> None:
    for of, late, waiting in ((ledger, 2, 2), (strict, 4, 0)):
        (row,) = invoke(of, *TODAY, "status", "--json").json()["rows"]
        assert (row["overdue"], row["waiting"], row["applied"]) == (late, waiting, 2)
        assert ("按时申请" in invoke(of, *TODAY, "status").out) == bool(waiting)
        picture = invoke(of, *TODAY).out
        assert ("，按时申请等审核、上会 2 项" in picture) == bool(waiting)


def test_nobody_is_reminded_of_it_nor_is_it_in_the_calendar(
    ledger: LedgerFolder, strict: LedgerFolder, invoke: Invoke
) -> None:
    for of, days in ((ledger, 2), (strict, 4)):
        reminded = invoke(of, *TODAY, "remind").out
        assert [name for name in (IN_TIME, MEETING, TOO_LATE, OPEN) if name in reminded] == [OPEN]
        calendar = invoke(of, *TODAY, "export", "ics").out
        assert calendar.count("BEGIN:VEVENT") == days


def test_where_the_ledger_does_not_spare_it_all_is_late(
    strict: LedgerFolder, invoke: Invoke
) -> None:
    rows = invoke(strict, *TODAY, "due", "--json").json()
    assert {row["id"]: (row["days_left"], row["light"]) for row in rows} == dict.fromkeys(
        (IN_TIME, MEETING, TOO_LATE, OPEN), (-10, "红")
    )
    assert len(invoke(strict, *TODAY, "due", "--dept", "审业部", "--json").json()) == 4


def test_an_answer_that_is_neither_is_refused(make_ledger: MakeLedger, invoke: Invoke) -> None:
    made = make_ledger(TASKS, config={"lights": {"waiting_in_time": "也许"}})
    checked = invoke(made, *TODAY, "check")
    assert checked.code == 1
    assert "waiting_in_time：“也许”不在可选值之中（是、否）" in checked.out


def test_applied_for_by_command_it_is_late_no_more_until_it_is_sent_back(
    make_ledger: MakeLedger, invoke: Invoke
) -> None:
    kept = {"name": "验收报告", "sha256": "0" * 64, "archive": "2017-档-001"}
    made = make_ledger([{"due": LIMIT, "status": "推进中", "evidence": [kept]}])

    def overdue(day: str) -> int:
        return len(invoke(made, "--today", day, "due", "--overdue", "--json").json())

    step = ("--by", "联络员", "--date", "2017-06-29")
    assert invoke(made, *TODAY, "apply", IN_TIME, "--summary", "办结", *step).code == 0
    assert overdue("2017-07-10") == 0
    back = ("--by", "督查室", "--date", "2017-07-11", "--reason", "材料不全")
    assert invoke(made, "--today", "2017-07-11", "return", IN_TIME, *back).code == 0
    assert overdue("2017-07-11") == 1
    again = ("--summary", "补齐", "--by", "联络员")
    assert invoke(made, "--today", "2017-07-12", "apply", IN_TIME, *again).code == 0
    assert overdue("2017-07-12") == 1
