"""`ledger import` keeps the rules of a change: what it asks, refuses and leaves out."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from ledger.model.case import case_digest
from ledger.model.task import STATUSES

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal, Outcome
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = ("--today", "2017-03-10")
SOURCE = ("--source", "GZ2017", "--year", "2017")
PHONE = "13800138000"
HEAD = ("序号", "工作要点", "具体措施", "牵头部门", "完成时间")
PLAN = [
    ("1", "落实制度", "制定年度学习计划", "办公室", "3月"),
    ("2", "落实制度", "每季度组织集中学习", "审业部", "每季度"),
    ("3", "开展检查", "检查各部门学习情况", "条法司", "待定"),
]


def table(place: Path, rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD) -> Path:
    """A workbook whose only sheet is called 计划."""
    book = openpyxl.Workbook()
    book.active.title = "计划"
    for row in (head, *rows):
        book.active.append([cell or None for cell in row])
    book.save(place)
    return place


@pytest.fixture
def empty(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(sources=())


class TestPreview:
    """A look applies every rule that the write does."""

    @pytest.mark.parametrize(
        ("column", "text", "code"),
        [
            ("具体措施", f"联系{PHONE}", "S002"),
            ("工作要点", "密级：秘密", "S003"),
            ("备注", "身份证 11010519491231002X", "S001"),
            ("联系电话", PHONE, "S002"),
            ("进展情况", f"已通知 {PHONE}", "S002"),
        ],
    )
    def test_a_secret_is_named_where_it_stands(
        self, column: str, text: str, code: str, tmp_path: Path, empty: LedgerFolder,
        invoke: Invoke,
    ) -> None:  # fmt: skip
        head = HEAD if column in HEAD else (*HEAD, column)
        cells = [dict(zip(HEAD, row, strict=True)) for row in PLAN]
        cells[1][column] = text
        place = table(tmp_path / "a.xlsx", [[c.get(n, "") for n in head] for c in cells], head)
        for how in (("--dry-run",), (), ("--accept",), ("--dry-run", "--json")):
            outcome = invoke(empty, *TODAY, "import", str(place), *SOURCE, *how)
            assert outcome.code == 1
            last = outcome.sentences[-1]
            assert f"表“计划”第 3 行“{column}”列：{code}" in last
            assert "data/" not in last
            assert PHONE not in outcome.err
        (problem,) = outcome.json()["problems"]
        assert (problem["sheet"], problem["row"], problem["column"]) == ("计划", 3, column)
        assert empty.git("status", "--porcelain") == ""

    def test_several_are_counted_and_a_look_has_them_all(
        self, tmp_path: Path, empty: LedgerFolder, invoke: Invoke
    ) -> None:
        rows = [(*PLAN[0], PHONE, ""), (*PLAN[1], "", "绝密★"), (*PLAN[2], PHONE, "")]
        place = table(tmp_path / "a.xlsx", rows, (*HEAD, "联系电话", "备注"))
        written = invoke(empty, *TODAY, "import", str(place), *SOURCE)
        assert "第 2、4 行“联系电话”列" in written.err
        assert "另有 1 处" in written.err
        looked = invoke(empty, *TODAY, "import", str(place), *SOURCE, "--dry-run")
        assert "第 3 行“备注”列：S003" in looked.err


class TestDoubts:
    """What was not understood for certain is named, asked about, and refused in a pipe."""

    def imported(self, ledger: LedgerFolder, invoke: Invoke, place: Path, *how: str) -> Outcome:
        return invoke(ledger, *TODAY, "import", str(place), *SOURCE, *how)

    @pytest.mark.parametrize(
        ("head", "row", "where", "what"),
        [
            ((*HEAD, "考核分值"), (*PLAN[0], "5"), "第 1 行“考核分值”列", "不认得"),
            (("局工作要点", *HEAD[2:]), PLAN[0][1:], "第 1 行“局工作要点”列", "推测"),
            (HEAD, (*PLAN[0][:3], "大办公室", "3月"), "第 2 行“牵头部门”列", "是不是办公室"),
            (HEAD, (*PLAN[0][:4], "2月31日"), "第 2 行“完成时间”列", "没有 31 日"),
            ((*HEAD, "状态"), (*PLAN[0], "差不多了"), "第 2 行“状态”列", "看不懂"),
            ((*HEAD, "编号"), (*PLAN[0], "督〔2017〕1号"), "第 2 行“编号”列", "原样保留"),
        ],
    )  # fmt: skip
    def test_named_and_refused(
        self, head: Sequence[str], row: Sequence[str], where: str, what: str, tmp_path: Path,
        empty: LedgerFolder, invoke: Invoke,
    ) -> None:  # fmt: skip
        place = table(tmp_path / "a.xlsx", [row], head)
        looked = self.imported(empty, invoke, place, "--dry-run")
        assert looked.code == 0
        outcome = self.imported(empty, invoke, place)
        assert (outcome.code, outcome.out) == (1, "")
        assert "--accept" in outcome.sentences[-1]
        for told in (looked, outcome):
            (line,) = (each for each in told.sentences if each.startswith("· "))
            assert f"表“计划”{where}" in line
            assert what in line
        assert empty.git("status", "--porcelain") == ""
        doubts = self.imported(empty, invoke, place, "--dry-run", "--json").json()["doubts"]
        assert [f"第 {each['row']} 行“{each['column']}”列" for each in doubts] == [where]
        accepted = self.imported(empty, invoke, place, "--accept")
        assert (accepted.code, accepted.sentences[-1]) == (0, "已导入并提交。")
        again = self.imported(empty, invoke, place)
        assert (again.code, again.sentences[-1]) == (0, "没有变化，不需要写入。")

    def test_certain_tables_need_no_word(
        self, tmp_path: Path, empty: LedgerFolder, invoke: Invoke
    ) -> None:
        outcome = self.imported(empty, invoke, table(tmp_path / "a.xlsx", PLAN))
        assert outcome.code == 0
        assert outcome.out.splitlines()[0].endswith("表里没有了 0 项，时限待定 1 项")

    def test_a_period_without_its_first_day_is_open_not_doubtful(
        self, tmp_path: Path, empty: LedgerFolder, invoke: Invoke
    ) -> None:
        place = table(tmp_path / "a.xlsx", [(*PLAN[0][:4], "收到反馈后3个月内")])
        plan = self.imported(empty, invoke, place, "--dry-run", "--json").json()
        assert (plan["doubts"], plan["counts"]["undated"]) == ([], 1)

    def test_yes_does_not_agree_to_what_is_doubtful(
        self, tmp_path: Path, empty: LedgerFolder, invoke: Invoke
    ) -> None:
        place = table(tmp_path / "a.xlsx", [(*PLAN[0], "5")], (*HEAD, "考核分值"))
        outcome = self.imported(empty, invoke, place, "--yes")
        assert outcome.code == 1
        assert "· 表“计划”第 1 行“考核分值”列：不认得，原样保留" in outcome.sentences
        assert "核对以后加 --accept" in outcome.sentences[-1]
        assert empty.git("status", "--porcelain") == ""
        certain = self.imported(empty, invoke, table(place, PLAN), "--yes")
        assert (certain.code, certain.sentences[-1]) == (0, "已导入并提交。")

    def test_asked_before_the_write(
        self, tmp_path: Path, empty: LedgerFolder, on_terminal: OnTerminal
    ) -> None:
        place = table(tmp_path / "a.xlsx", [(*PLAN[0][:3], "大办公室", "3月")])
        shown = on_terminal(
            empty, ["import", str(place), *SOURCE], answers=[("照此写入（是/否） [否]: ", "否\n")]
        )
        assert shown.code == 1
        assert any("名单里没有的部门“大办公室”" in line for line in shown.lines)
        assert empty.git("status", "--porcelain") == ""


def test_a_column_is_left_out(tmp_path: Path, empty: LedgerFolder, invoke: Invoke) -> None:
    head = (*HEAD, "电话", "责任领导")
    place = table(tmp_path / "a.xlsx", [(*row, PHONE, "局长") for row in PLAN], head)
    maps = ("--map", "电话=不要", "--map", "责任领导=不要")
    plan = invoke(empty, *TODAY, "import", str(place), *SOURCE, *maps, "--dry-run")
    assert [line.split() for line in plan.out.splitlines() if line.startswith("电话")] == [
        ["电话", "不导入", "指定"]
    ]
    assert invoke(empty, *TODAY, "import", str(place), *SOURCE, *maps).code == 0
    text = "".join(empty.path(f"GZ2017-00{n}").read_text("utf-8") for n in (1, 2, 3))
    assert PHONE not in text
    assert "局长" not in text
    again = invoke(empty, *TODAY, "import", str(place), *SOURCE)  # remembered
    assert again.sentences[-1] == "没有变化，不需要写入。"


def test_the_plan_as_json(tmp_path: Path, empty: LedgerFolder, invoke: Invoke) -> None:
    place = table(tmp_path / "a.xlsx", PLAN)
    how = ("import", str(place), *SOURCE, "--json")
    plan = invoke(empty, *TODAY, *how, "--dry-run").json()
    assert plan["counts"] == {"new": 3, "changed": 0, "same": 0, "gone": 0, "undated": 1}
    assert (plan["source"]["id"], plan["written"], plan["commit"]) == ("GZ2017", False, "")
    first = plan["new"][0]
    assert (first["id"], first["sheet"], first["row"]) == ("GZ2017-001", "计划", 2)
    assert first["due"] == {"text": "3月", "start": None, "date": "2017-03-31", "dates": []}
    assert (first["lead"], first["assist"], first["status"]) == (["办公室"], [], "未启动")
    assert plan["columns"][3] == {
        "sheet": "计划", "column": "牵头部门", "field": "lead", "basis": "列名",
    }  # fmt: skip
    written = invoke(empty, *TODAY, *how).json()
    assert written["commit"] == empty.git("rev-parse", "HEAD").strip()
    rows = [list(row) for row in PLAN]
    rows[0][3], rows[1][4] = "条法司", "12月"
    plan = invoke(empty, *TODAY, "import", str(table(place, rows)), *SOURCE, "--json", "--dry-run")
    assert plan.json()["changed"] == [
        {"id": "GZ2017-001", "sheet": "计划", "row": 2,
         "changes": [{"field": "lead", "old": ["办公室"], "new": ["条法司"]}]}
    ]  # fmt: skip
    (left,) = plan.json()["left_out"]
    assert (left["id"], left["row"], left["column"]) == ("GZ2017-002", 3, "完成时间")
    assert left["hint"].startswith("经批准延期的用 ledger extend GZ2017-002 --to 2017-12-31")


CLOSING = {
    "applied": {"date": "2017-02-01", "by": "甲", "summary": "做完了"},
    "reviewed": {"date": "2017-02-02", "by": "乙", "opinion": "属实"},
}
PROOF = [{"name": "通知", "archive": "2017-1", "sha256": "a" * 64}]
MEETING: dict[str, Any] = {
    "id": "DZH-2017-1", "body": "党组会", "date": "2017-02-03", "session": "2017年第1次",
    "chair": "书记", "due_members": 3, "present": ["书记", "甲", "乙"], "minutes": "1号",
}  # fmt: skip
RESULTS = {
    "已销号": "同意销号",
    "长期坚持": "转为长期坚持",
    "已中止": "同意中止",
    "待上会": "同意销号",
}


@pytest.fixture
def sent(make_ledger: MakeLedger, invoke: Invoke, tmp_path: Path) -> tuple[LedgerFolder, Path]:
    """A ledger with a task in every status, all by the rules, and its exported table."""
    tasks: list[dict[str, Any]] = []
    for number, status in enumerate(STATUSES, 1):
        ended = status in ("已销号", "长期坚持", "已中止")
        closing = CLOSING if status in ("待上会", "已销号") else {}
        if status == "申请销号":
            closing = {"applied": CLOSING["applied"]}
        if ended:
            closing = {**closing, "decision": MEETING["id"], "date": "2017-02-04"}
        tasks.append(
            {
                "id": f"GZ2017-{number:03}", "title": f"事项{number}", "status": status,
                "measures": [f"第{number}项措施"], "lead": ["办公室"], "leader": "分管副局长",
                "key_point": f"要点{number}", "due": {"text": "6月", "date": "2017-06-30"},
                "evidence": PROOF, "closing": closing or None,
                "progress": [{"date": "2017-01-05", "by": "甲", "text": f"启动了{number}"}],
            }
        )  # fmt: skip
    tasks[0]["progress"] = None
    tasks.append({"id": "GZ2017-008", "due": {"text": "另行通知"}, "measures": ["待定的"]})
    folder = make_ledger(tasks, config={"rules": {"F001": "off"}})
    records = {e.record.id: e.record for e in folder.load().tasks}
    items = [
        {
            "task": key, "result": RESULTS[task.status], "digest": case_digest(task),
            "votes": {"for": 3, "against": 0, "abstain": 0},
        }
        for key, task in records.items()
        if task.status in RESULTS
    ]  # fmt: skip
    folder.write("data/decisions/2017/DZH-2017-1.yaml", {**MEETING, "items": items})
    folder.commit("会议")
    place = tmp_path / "台账.csv"
    outcome = invoke(folder, *TODAY, "export", "csv", "--source", "GZ2017", "-o", str(place))
    assert outcome.code == 0, outcome.err
    return folder, place


Rows = list[dict[str, str]]


def rows_of(place: Path) -> Rows:
    with place.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def returned(place: Path, rows: Rows) -> Path:
    back = place.with_name("交回.csv")
    with back.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return back


def found_in(invoke: Invoke, ledger: LedgerFolder, *command: str) -> set[tuple[str, str]]:
    """The errors that a check or an audit tells of."""
    problems = invoke(ledger, *TODAY, *command, "--json").json()["problems"]
    return {(p["code"], p["message"]) for p in problems if p["severity"] == "error"}


class TestReturned:
    """A sheet that went out and came back obeys the rules of a change."""

    def back(self, ledger: LedgerFolder, invoke: Invoke, place: Path, rows: Rows) -> Outcome:
        command = ("import", str(returned(place, rows)), "--source", "GZ2017", "--by", "甲")
        outcome = invoke(ledger, *TODAY, *command)
        assert outcome.code == 0, outcome.err
        return outcome

    def test_the_same_changes_nothing(
        self, sent: tuple[LedgerFolder, Path], invoke: Invoke
    ) -> None:
        ledger, place = sent
        outcome = self.back(ledger, invoke, place, rows_of(place))
        assert outcome.err == "没有变化，不需要写入。\n"

    @pytest.mark.parametrize(
        ("row", "column", "text", "command"),
        [
            (2, "完成时限", "9月", "ledger extend GZ2017-002 --to 2017-09-30"),
            (1, "完成时限", "长期坚持", "ledger extend GZ2017-001 --to 日期"),
            (5, "具体措施", "别的措施", "ledger reopen GZ2017-005"),
            (5, "进展情况", "又做了", "ledger reopen GZ2017-005"),
            (5, "牵头单位", "条法司", "ledger reopen GZ2017-005"),
            (7, "进展情况", "又做了", "另立一项"),
            (6, "具体措施", "别的措施", "继续整改"),
            (6, "完成时限", "9月", "继续整改"),
            (4, "具体措施", "别的措施", "ledger return GZ2017-004"),
            (2, "现行时限", "2017-09-30", "ledger extend GZ2017-002 --to 日期"),
            (2, "亮灯", "绿灯", "算出"),
            (2, "亮灯", "", "算出"),
            (2, "事项名称", "新名称", "ledger edit GZ2017-002 --title 名称"),
            (2, "来源", "GZ2018", "不能换来源"),
            (2, "状态", "已销号", "ledger progress、apply"),
            (5, "状态", "推进中", "ledger progress、apply"),
            (2, "状态", "", "ledger progress、apply"),
        ],
    )  # fmt: skip
    def test_what_may_not_be_is_shown_and_left_out(
        self, row: int, column: str, text: str, command: str, sent: tuple[LedgerFolder, Path],
        invoke: Invoke,
    ) -> None:  # fmt: skip
        ledger, place = sent
        rows = rows_of(place)
        column = column if column in rows[0] else "完成时间" if "完成" in column else column
        assert column in rows[0], list(rows[0])
        rows[row - 1][column] = text
        rows[7]["具体措施"] = "定下来的"  # what may be changed beside it is
        outcome = self.back(ledger, invoke, place, rows)
        (line,) = (each for each in outcome.sentences if each.startswith("没有照改："))
        assert f"第 {row + 1} 行“{column}”列" in line
        assert f"GZ2017-00{row}" in line
        assert command in line
        changed = ledger.git("show", "--name-only", "--format=", "HEAD").split()
        assert changed == ["data/tasks/GZ2017/GZ2017-008.yaml"]

    def test_a_first_day_may_be_set(self, sent: tuple[LedgerFolder, Path], invoke: Invoke) -> None:
        ledger, place = sent
        rows = rows_of(place)
        (column,) = (name for name in rows[0] if name.startswith("完成"))
        rows[7][column] = "9月底"
        assert "没有照改" not in self.back(ledger, invoke, place, rows).err
        assert found_in(invoke, ledger, "check", "--base", "HEAD~1") == set()

    def test_whatever_is_written_into_it_nobody_complains(
        self, sent: tuple[LedgerFolder, Path], invoke: Invoke
    ) -> None:
        ledger, place = sent
        dice = random.Random(14)  # noqa: S311 - the same edits in every run
        start = ledger.git("rev-parse", "HEAD").strip()
        texts = ["", "9月", "12月底前", "长期坚持", "2017-08-01", "已销号", "推进中", "条法司",
                 "审业部", "新措施\n第二条", "又有进展", "—", "绿灯", "待定"]  # fmt: skip
        before = {command: found_in(invoke, ledger, command) for command in ("check", "audit")}
        written = 0
        for _ in range(12):
            rows = rows_of(place)
            names = [name for name in rows[0] if name not in ("序号", "编号")]
            for row in dice.sample(rows, 5):
                for name in dice.sample(names, 3):
                    row[name] = dice.choice(texts)
            back = returned(place, rows)
            how = ("--source", "GZ2017", "--by", "甲", "--accept", "--date", "2017-02-20")
            head = ledger.git("rev-parse", "HEAD")
            outcome = invoke(ledger, *TODAY, "import", str(back), *how)
            assert outcome.code == 0, outcome.err
            if ledger.git("rev-parse", "HEAD") != head:
                written += 1
                assert found_in(invoke, ledger, "check", "--base", "HEAD~1") == set()
        assert written > 5
        assert found_in(invoke, ledger, "check", "--base", start) == set()
        for command, known in before.items():
            assert found_in(invoke, ledger, command) <= known
