"""整改台账 as they come: two header rows, merged problems, sums, hidden lines, 是否完成."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from ledger.adapters.disk.store import FileChange
from ledger.errors import LedgerError, UsageError
from ledger.model.task import Task
from ledger.usecases.tables import compare
from ledger.usecases.tables.cells import told
from ledger.usecases.tables.plan import (
    ImportPlan,
    ImportRequest,
    plan_import,
    remembering,
    write_import,
)
from ledger.usecases.tables.statuses import status_of

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2021, 7, 1)
HEAD = [
    ["某局巡视整改台账", *[None] * 11],
    ["序号", "反馈问题", "整改措施", "责任分工", None, None, None, "完成时限", "进展情况",
     "是否完成", "佐证材料清单", "内部编码"],
    [None, None, None, "牵头单位", "配合单位", "责任领导", "责任人", *[None] * 5],
]  # fmt: skip
ROWS: list[list[Any]] = [
    ["一、制度建设方面", *[None] * 11],
    [1, "制度修订不及时", "梳理现行制度", "办公室", "条法司", "分管副局长", "主任",
     dt.date(2021, 6, 30), "已经梳理", "是", "清单1", "甲"],
    [2, None, "印发修订稿", "办公室", None, "分管副局长", "主任", "2021年6月底前", None, "否", None,
     "乙"],
    ["小计", "2项", *[None] * 10],
    ["二、队伍建设方面", *[None] * 11],
    [1, "培训不够", "举办业务培训班", "审业部", None, None, None, "长期坚持", None, "√", None,
     "丙"],
    [2, "交流不够", "组织干部交流", "规划司", None, None, None, "2021年12月", None, "已销号",
     "会议纪要", "丁"],
    [3, "隐藏的问题", "隐藏的措施", "规划司", None, None, None, "12月", None, None, None, None],
    [4, "督查不够", "开展专项督查", "规划司", None, None, None, "9月", None, "待定", None, None],
    ["合计", "6项", *[None] * 10],
    ["填表说明：本表每月报送整改办。", *[None] * 11],
]  # fmt: skip
MERGED = ("A1:L1", "A2:A3", "B2:B3", "C2:C3", "D2:G2", *(f"{c}2:{c}3" for c in "HIJKL"),
          "A4:L4", "B5:B6", "A8:L8", "A14:L14")  # fmt: skip


def workbook(place: Path, rows: Sequence[Sequence[Any]] = (*HEAD, *ROWS)) -> Path:
    """The workbook, its 内部编码 column and one row hidden, with a sheet of explanations."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "台账"
    for row in rows:
        sheet.append(list(row))
    for span in MERGED:
        sheet.merge_cells(span)
    sheet.row_dimensions[11].hidden = True
    sheet.column_dimensions["L"].hidden = True
    book.create_sheet("填表说明").append(["本表由整改办负责解释"])
    book.save(place)
    return place


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(sources=())


def planned(ledger: LedgerFolder, file: Path, **more: Any) -> ImportPlan:
    return plan_import(ledger.open(), ImportRequest(file, "ZG2021", 2021, **more), "整改办", TODAY)


def taken(ledger: LedgerFolder, file: Path, **more: Any) -> ImportPlan:
    plan = planned(ledger, file, **more)
    write_import(ledger.open(), plan, file, commit=True)
    return plan


def tasks(ledger: LedgerFolder) -> dict[str, Task]:
    return {entry.record.id: entry.record for entry in ledger.load().tasks}


def test_every_row_lands_where_it_belongs(tmp_path: Path, ledger: LedgerFolder) -> None:
    plan = taken(ledger, workbook(tmp_path / "台账.xlsx"))
    imported = tasks(ledger)
    assert list(imported) == [f"ZG2021-00{n}" for n in range(1, 6)]
    first, second, third, fourth, fifth = imported.values()
    assert (plan.source.title, first.kind) == ("某局巡视整改台账", "巡视整改")
    assert (first.problem, second.problem) == ("制度修订不及时", "制度修订不及时")
    assert (first.lead, first.assist) == (("办公室",), ("条法司",))
    assert (first.leader, first.owner) == ("分管副局长", "主任")
    assert (first.due.text, first.due.date) == ("2021年6月30日", dt.date(2021, 6, 30))
    assert (second.due.text, second.due.date) == ("2021年6月底前", dt.date(2021, 6, 30))
    assert (third.due.date, third.nature) == (None, "长期坚持")
    assert [task.section for task in imported.values()] == [
        *["一、制度建设方面"] * 2, *["二、队伍建设方面"] * 3,
    ]  # fmt: skip
    assert [task.status for task in imported.values()] == [
        "推进中", "未启动", "推进中", "待上会", "未启动",
    ]  # fmt: skip
    assert [task.columns for task in imported.values()] == [
        {"佐证材料清单": "清单1", "是否完成": "是"},
        {},
        {"是否完成": "√"},
        {"佐证材料清单": "会议纪要", "是否完成": "已销号"},
        {"是否完成": "待定"},
    ]
    assert fourth.closing is None
    assert fifth.problem == "督查不够"


def test_what_was_left_out_or_not_believed_is_said(tmp_path: Path, ledger: LedgerFolder) -> None:
    plan = planned(ledger, workbook(tmp_path / "台账.xlsx"))
    notes = "\n".join((*plan.notes, *told((*plan.doubts, *plan.left_out))))
    for note in (
        "没有表头，没有导入的表：“填表说明”",
        "隐藏的列没有导入：“内部编码”",
        "隐藏的行没有导入（取消隐藏或筛选后可以导入）：第 11 行",
        "跳过合计行：第 7、13 行",
        "跳过说明和落款：第 14 行",
        "表里写着已销号、台账里没有会议记录的，记为“待上会”，请提交会议研究：ZG2021-004",
        "记为“推进中”，请登记佐证材料后申请销号：ZG2021-001、ZG2021-003",
        "“是否完成”看不懂，原话保留：ZG2021-005",
        "表“台账”第 3 行“佐证材料清单”列：不认得，原样保留",
    ):
        assert note in notes
    assert any("待上会" in each.message for each in plan.left_out)


def test_again_only_what_changed(tmp_path: Path, ledger: LedgerFolder) -> None:
    taken(ledger, workbook(tmp_path / "台账.xlsx"))
    again = planned(ledger, workbook(tmp_path / "台账.xlsx"))
    assert (again.changes, again.files, again.same) == ((), (), 5)
    rows = [list(row) for row in (*HEAD, *ROWS)]
    rows[5][9], rows[9][10] = "是", "纪要和照片"
    plan = taken(ledger, workbook(tmp_path / "台账.xlsx", rows))
    changed = {each.id: {field.field for field in each.fields} for each in plan.changes}
    assert changed == {"ZG2021-002": {"columns"}, "ZG2021-004": {"columns"}}
    imported = tasks(ledger)
    assert (imported["ZG2021-002"].status, imported["ZG2021-002"].columns) == (
        "未启动",
        {"是否完成": "是"},
    )
    assert imported["ZG2021-004"].columns["佐证材料清单"] == "纪要和照片"


def test_columns_of_old_ledgers_stay_where_they_are(tmp_path: Path, ledger: LedgerFolder) -> None:
    """Before there was `columns`, what nobody knew stood beside the fields."""
    taken(ledger, workbook(tmp_path / "台账.xlsx"))
    path = ledger.path("ZG2021-004")
    text = path.read_text(encoding="utf-8")
    head, _, _ = text.partition("columns:")
    path.write_text(f"{head}佐证材料清单: 会议纪要\n是否完成: 已销号\n", encoding="utf-8")
    ledger.commit("旧格式")
    rows = [list(row) for row in (*HEAD, *ROWS)]
    rows[9][10] = "纪要和照片"
    taken(ledger, workbook(tmp_path / "台账.xlsx", rows))
    task = tasks(ledger)["ZG2021-004"]
    assert (task.extra["佐证材料清单"], dict(task.columns)) == ("纪要和照片", {})


def test_a_mapping_is_kept_and_used_again(tmp_path: Path, ledger: LedgerFolder) -> None:
    file = workbook(tmp_path / "台账.xlsx")
    taken(ledger, file)
    taken(ledger, file, mapping={"佐证材料清单": "goal"})
    assert tasks(ledger)["ZG2021-001"].goal == "清单1"
    source = ledger.load().source_by_id["ZG2021"].record
    assert dict(source.mapping) == {"佐证材料清单": "goal"}
    again = planned(ledger, file)
    assert again.changes == ()
    assert ("佐证材料清单", "goal", "沿用上次") in [
        (use.name, use.field, use.basis) for use in again.columns
    ]
    without = [[*row[:10], None, row[11]] for row in (*HEAD, *ROWS)]  # no such column: no error
    assert planned(ledger, workbook(tmp_path / "台账.xlsx", without)).changes == ()


def test_accepted_guesses_are_remembered(tmp_path: Path, ledger: LedgerFolder) -> None:
    head = ["序号", "局2021年工作要点", "具体措施", "完成时间", "考核分值"]
    rows = [head, [1, "甲", "乙", "6月", "5"]]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "要点.xlsx")
    plan = planned(ledger, tmp_path / "要点.xlsx")
    assert plan.guesses() == {"局2021年工作要点": "key_point", "考核分值": "extra"}
    assert [doubt.column for doubt in plan.doubts] == ["局2021年工作要点", "考核分值"]
    plan = remembering(ledger.open(), plan, plan.guesses())
    write_import(ledger.open(), plan, tmp_path / "要点.xlsx", commit=True)
    assert dict(ledger.load().source_by_id["ZG2021"].record.mapping) == plan.guesses()
    again = planned(ledger, tmp_path / "要点.xlsx")
    assert (again.guesses(), again.doubts) == ({}, ())
    assert tasks(ledger)["ZG2021-001"].columns == {"考核分值": "5"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [["序号", "反馈问题", "整改措施", "责任单位"],
             ["序号", "整改措施", "反馈问题", "责任单位"], [1, "甲", "乙", "办公室"]],
            "第 1 行和第 2 行都是表头",
        ),
        (
            [["序号", "反馈问题", "整改措施"], [1, "甲", "乙"], [2, "丙", "丁"], [2, "戊", "己"]],
            "第 3 行和第 4 行的序号都是 2",
        ),
        (
            [["编号", "反馈问题", "整改措施"], ["ZG2021-001", "甲", "乙"],
             ["ZG2021-001", "丙", "丁"]],
            "第 2 行和第 3 行的编号都是 ZG2021-001",
        ),
        (
            [["编号", "反馈问题", "整改措施"], ["GZ2017-001", "甲", "乙"]],
            "编号 GZ2017-001 是来源 GZ2017 的事项，不能导入到 ZG2021",
        ),
    ],
)  # fmt: skip
def test_tables_that_contradict_themselves(
    rows: list[list[object]], message: str, tmp_path: Path, make_ledger: MakeLedger
) -> None:
    ledger = make_ledger(1)
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "表.xlsx")
    with pytest.raises(LedgerError, match=message) as refused:
        planned(ledger, tmp_path / "表.xlsx")
    assert refused.value.hint


def test_of_two_headers_one_may_be_chosen(tmp_path: Path, ledger: LedgerFolder) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["序号", "反馈问题", "整改措施"],
        ["序号", "整改措施", "反馈问题"],
        [1, "甲", "乙"],
    ):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "表.xlsx")
    for line, measures in ((1, ("乙",)), (2, ("甲",))):
        plan = planned(ledger, tmp_path / "表.xlsx", header_row=line)
        [change] = plan.changes
        fields = {each.field: each.new for each in change.fields}
        assert tuple(fields["measures"]) == measures


def test_rows_with_their_ids_are_found_by_them(tmp_path: Path, ledger: LedgerFolder) -> None:
    taken(ledger, workbook(tmp_path / "台账.xlsx"))
    rows = [
        ["编号", "反馈问题", "整改措施", "状态", "亮灯", "进展情况"],
        ["ZG2021-005", "督查不够", "完全换了说法的一条措施", "已销号", "红", "—"],
        ["ZG2021-003", "培训不够", "举办业务培训班", "已销号", "绿", ""],
        ["ZG2021-090", "新的问题", "新的措施", "", "", ""],
        ["", "没有编号的问题", "也是新的", "", "", ""],
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "导出.xlsx")
    plan = taken(ledger, tmp_path / "导出.xlsx")
    assert [(each.id, each.what) for each in plan.changes] == [
        ("ZG2021-090", "added"),
        ("ZG2021-091", "added"),
        ("ZG2021-005", "changed"),
    ]
    task = tasks(ledger)["ZG2021-005"]
    assert (task.measures, task.status, task.progress) == (
        ("完全换了说法的一条措施",),
        "未启动",
        (),
    )
    named = [(each.id, each.column) for each in plan.left_out]
    assert {("ZG2021-005", "状态"), ("ZG2021-003", "状态"), ("ZG2021-005", "亮灯")} <= {*named}
    assert all(use.basis != "不认得" for use in plan.columns)


def test_numbers_of_the_documents_own_are_kept(tmp_path: Path, ledger: LedgerFolder) -> None:
    (tmp_path / "表.csv").write_text("编号,措施\n甲-3,修订办法\n甲-4,开展检查\n", encoding="utf-8")
    plan = taken(ledger, tmp_path / "表.csv")
    assert "不是 ZG2021 的事项编号，原样保留，事项另外编号" in "".join(told(plan.doubts))
    assert {key: dict(task.columns) for key, task in tasks(ledger).items()} == {
        "ZG2021-001": {"编号": "甲-3"}, "ZG2021-002": {"编号": "甲-4"},
    }  # fmt: skip
    assert planned(ledger, tmp_path / "表.csv").changes == ()


def test_a_number_formed_like_another_sources_is_refused(
    tmp_path: Path, make_ledger: MakeLedger
) -> None:
    ledger = make_ledger(1)
    (tmp_path / "表.csv").write_text("编号,措施\nGZ2017-999,修订办法\n", encoding="utf-8")
    with pytest.raises(LedgerError, match="GZ2017-999 是来源 GZ2017 的事项"):
        planned(ledger, tmp_path / "表.csv")


@pytest.mark.parametrize("source", ["", "中文", "../../x", "A/B"])
def test_a_source_must_be_an_id(source: str, tmp_path: Path, ledger: LedgerFolder) -> None:
    request = ImportRequest(workbook(tmp_path / "台账.xlsx"), source, 2021)
    with pytest.raises(UsageError, match=f"来源编号“{source}”不合规定"):
        plan_import(ledger.open(), request, "整改办", TODAY)


def test_long_work_is_told(tmp_path: Path, ledger: LedgerFolder) -> None:
    (tmp_path / "表.csv").write_text("序号,措施\n1,修订办法\n2,开展检查\n", encoding="utf-8")
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    request = ImportRequest(tmp_path / "表.csv", "ZG2021", 2021)
    plan = plan_import(ledger.open(), request, "整改办", TODAY, tell)
    assert told == [(1, 2), (2, 2)]
    write_import(ledger.open(), plan, request.file, commit=True, tell=tell)
    assert told[2:] == [(1, 3), (2, 3), (3, 3)]


def test_many_new_files_are_made_by_both_cores_as_by_one(
    tmp_path: Path, ledger: LedgerFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "\n".join(f"{number},开展检查{number},办公室" for number in range(1, 12))
    (tmp_path / "表.csv").write_text(f"序号,措施,牵头\n{lines}\n", encoding="utf-8")
    request = ImportRequest(tmp_path / "表.csv", "ZG2021", 2021)
    told: list[int] = []
    by_one = plan_import(ledger.open(), request, "整改办", TODAY)
    monkeypatch.setattr(compare, "_MANY", 11)
    monkeypatch.setattr(compare, "_AT_ONCE", 2)
    by_both = plan_import(ledger.open(), request, "整改办", TODAY, lambda n, _: told.append(n))
    assert by_both == by_one
    assert told == [2, 4, 6, 8, 10, 11]
    plain = compare.task_file

    def refused(task: Task) -> FileChange:
        if task.id[-1] in "57":
            raise LedgerError(f"{task.id} 不合规定")
        return plain(task)

    monkeypatch.setattr(compare, "task_file", refused)
    with pytest.raises(LedgerError, match="ZG2021-005 不合规定"):
        plan_import(ledger.open(), request, "整改办", TODAY)


@pytest.mark.parametrize(
    ("text", "started", "status", "meant"),
    [
        ("", False, "未启动", ""),
        ("", True, "推进中", ""),
        ("否", True, "推进中", ""),
        ("未完成", False, "推进中", ""),
        ("已 完成。", False, "推进中", "完成"),
        ("申请销号", False, "推进中", "完成"),
        ("已销号", True, "待上会", "已销号"),
        ("长期坚持", False, "推进中", "长期坚持"),
        ("已中止", False, "推进中", "已中止"),
        ("完成了一半多", False, "未启动", "？"),
    ],
)
def test_what_a_status_column_may_do(text: str, started: bool, status: str, meant: str) -> None:
    assert status_of(text, started) == (status, meant)
