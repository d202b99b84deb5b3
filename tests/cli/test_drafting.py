"""`ledger draft`: a document in prose becomes a table, and what a person leaves in it tasks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.styles import Font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

POINTS = """某局2021年工作要点

为做好全年工作，制定本要点。

**一、强化内部管理。**去年完成了机房搬迁。要修订档案管理办法（责任单位：办公室；完成时限：6月底前）。新建3个自助服务点。

二、改进服务
（一）提高效率。压缩审批时限，每季度通报一次。推广电子证照。（牵头单位：审业部，配合单位：条法司；完成时限：9月底前）
（二）方便群众
=1+1，+86 电话公布。
开展满意度调查，抽查不少于20家。
"""
TODAY = ("--today", "2021-03-10")
HEAD = [
    "序号",
    "判断",
    "部分",
    "工作要点",
    "具体措施",
    "牵头部门",
    "配合部门",
    "完成时限",
    "指标",
    "判断依据",
    "出处",
]


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """A ledger without any source."""
    return make_ledger(sources=())


@pytest.fixture
def points(tmp_path: Path) -> Path:
    place = tmp_path / "要点.txt"
    place.write_text(POINTS, encoding="utf-8")
    return place


def rows_of(place: Path) -> list[dict[str, Any]]:
    page = openpyxl.load_workbook(place).worksheets[0]
    head = [cell.value for cell in page[2]]
    return [
        dict(zip(head, row, strict=True)) for row in page.iter_rows(min_row=3, values_only=True)
    ]


class TestDraft:
    def test_a_sentence_is_a_row(
        self, points: Path, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        place = tmp_path / "分解表.xlsx"
        outcome = invoke(ledger, *TODAY, "draft", str(points), "-o", str(place))
        assert outcome.code == 0, outcome.err
        assert outcome.out.splitlines() == [
            "某局2021年工作要点：2 个部分，共 9 句",
            "任务 5 句，已做 0 句，背景 4 句",
            "其中写明时限的 3 句，写明部门的 3 句，有数量指标的 2 句",
            f"已写到 {place}",
        ]
        rows = rows_of(place)
        assert list(rows[0]) == HEAD
        work = [row for row in rows if row["判断"] == "任务"]
        assert [row["序号"] for row in work] == [1, 2, 3, 4, 5]
        assert [list(row.values())[2:9] for row in work] == [
            ["一、强化内部管理", "—", "要修订档案管理办法。", "办公室", None, "6月底前", None],
            ["一、强化内部管理", "—", "新建3个自助服务点。", None, None, None, "自助服务点：3个"],
            ["二、改进服务", "（一）提高效率", "压缩审批时限，每季度通报一次。", "审业部", "条法司",
             "每季度", None],
            ["二、改进服务", "（一）提高效率", "推广电子证照。", "审业部", "条法司",
             "9月底前", None],
            ["二、改进服务", "（二）方便群众", "开展满意度调查，抽查不少于20家。", None, None, None,
             "抽查：20家（以上）"],
        ]  # fmt: skip
        assert work[2]["出处"] == "要点.txt 第8行，二、改进服务／（一）提高效率"
        assert work[2]["判断依据"] == "以“压缩”布置工作"

    def test_nothing_of_the_text_is_lost(
        self, points: Path, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        place = tmp_path / "分解表.xlsx"
        invoke(ledger, *TODAY, "draft", str(points), "-o", str(place))
        page = openpyxl.load_workbook(place).worksheets[0]
        written = "".join(str(cell.value or "") for row in page.iter_rows() for cell in row)
        for word in ("为做好全年工作", "机房搬迁", "=1+1", "二、改进服务", "（二）方便群众"):
            assert word in written
        formula = next(
            cell for row in page.iter_rows() for cell in row if str(cell.value).startswith("=")
        )
        assert (formula.data_type, formula.quotePrefix) == ("s", True)

    def test_gb18030_and_the_usual_place(
        self, points: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        points.write_text(POINTS, encoding="gb18030")
        assert invoke(ledger, *TODAY, "draft", str(points)).code == 0
        assert len(rows_of(ledger.root / "分解表-要点.xlsx")) == 9

    def test_what_is_refused(
        self, points: Path, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        place = tmp_path / "分解表.xlsx"
        place.write_text("somebody's", encoding="utf-8")
        (ledger.root / "data").mkdir(exist_ok=True)
        command = (*TODAY, "draft", str(points), "-o")
        assert "已经存在，没有覆盖" in invoke(ledger, *command, str(place)).err
        assert place.read_text(encoding="utf-8") == "somebody's"
        assert invoke(ledger, *command, str(place), "--force").code == 0
        assert "台账自己的文件" in invoke(ledger, *command, str(ledger.root / "data/表.xlsx")).err
        assert "分解表是 Excel 文件" in invoke(ledger, *command, str(tmp_path / "表.csv")).err
        assert "表格请用 ledger import 导入" in invoke(ledger, *TODAY, "draft", str(place)).err


class TestImport:
    def test_what_a_person_left_in_it(
        self, points: Path, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        place = tmp_path / "分解表.xlsx"
        invoke(ledger, *TODAY, "draft", str(points), "-o", str(place))
        book = openpyxl.load_workbook(place)
        page = book.worksheets[0]
        rows = {str(row[4].value): row for row in page.iter_rows(min_row=3)}
        rows["新建3个自助服务点。"][5].value = "审业部"
        rows["推广电子证照。"][1].value = "不要"
        rows["为做好全年工作，制定本要点。"][1].value = "任务"
        book.save(place)
        command = (*TODAY, "import", str(place), "--source", "GZ2021", "--year", "2021")
        outcome = invoke(ledger, *command, "--dry-run")
        assert "按“判断”一列没有导入：" in outcome.err
        assert "不认得" not in outcome.out + outcome.err
        assert invoke(ledger, *command).code == 0
        tasks = invoke(ledger, "list", "--full", "--json").json()
        assert [task["measures"] for task in tasks] == [
            ["为做好全年工作，制定本要点。"],
            ["要修订档案管理办法。"],
            ["新建3个自助服务点。"],
            ["压缩审批时限，每季度通报一次。"],
            ["开展满意度调查，抽查不少于20家。"],
        ]
        assert (tasks[1]["lead"], tasks[1]["deadline"]["date"]) == (["办公室"], "2021-06-30")
        assert (tasks[2]["lead"], tasks[2]["key_point"]) == (["审业部"], "")
        assert tasks[3]["columns"] == {"出处": "要点.txt 第8行，二、改进服务／（一）提高效率"}
        assert tasks[2]["columns"]["指标"] == "自助服务点：3个"
        again = invoke(ledger, *command)
        assert again.sentences[-1] == "没有变化，不需要写入。"

    @pytest.mark.parametrize("columns", [range(11), (4,)])
    def test_what_is_struck_through_is_left_out(
        self,
        columns: Sequence[int],
        points: Path,
        tmp_path: Path,
        ledger: LedgerFolder,
        invoke: Invoke,
    ) -> None:
        place = tmp_path / "分解表.xlsx"
        invoke(ledger, *TODAY, "draft", str(points), "-o", str(place))
        book = openpyxl.load_workbook(place)
        for row in book.worksheets[0].iter_rows(min_row=3):
            if row[4].value == "推广电子证照。":
                for column in columns:
                    row[column].font = Font(strike=True)
        book.save(place)
        command = ("import", str(place), "--source", "GZ2021", "--year", "2021", "--accept")
        outcome = invoke(ledger, *TODAY, *command)
        assert outcome.code == 0, outcome.err
        tasks = invoke(ledger, "list", "--full", "--json").json()
        assert [task["measures"][0] for task in tasks] == [
            "要修订档案管理办法。",
            "新建3个自助服务点。",
            "压缩审批时限，每季度通报一次。",
            "开展满意度调查，抽查不少于20家。",
        ]

    def test_what_was_done_waits_for_a_meeting(
        self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        report = tmp_path / "通报.txt"
        report.write_text(
            "整改进展情况的通报\n\n一、整改情况\n"
            "（一）对“制度不健全”等问题的整改。印发三项办法，培训200人次。申请量同比增长5%。\n"
            "（二）对“作风不实”等问题的整改。党组召开专题会议。\n",
            encoding="utf-8",
        )
        place = tmp_path / "分解表.xlsx"
        invoke(ledger, *TODAY, "draft", str(report), "-o", str(place))
        assert [row["判断"] for row in rows_of(place)] == ["已做", "背景", "已做"]
        command = ("import", str(place), "--source", "ZG2021", "--year", "2021")
        outcome = invoke(ledger, *TODAY, *command)
        assert "表里写着已完成的，记为“推进中”" in outcome.err
        tasks = invoke(ledger, "list", "--full", "--json").json()
        reached = {"name": "培训", "target": None, "actual": 200, "unit": "人次"}
        assert tasks[0]["indicators"] == [reached]
        assert [(task["kind"], task["problem"], task["status"]) for task in tasks] == [
            ("巡视整改", "制度不健全", "推进中"),
            ("巡视整改", "作风不实", "推进中"),
        ]


class TestKinds:
    """Documents of other kinds that a bureau gets."""

    @staticmethod
    def work(
        text: str, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> list[dict[str, Any]]:
        source = tmp_path / "文件.md"
        source.write_text(text, encoding="utf-8")
        place = tmp_path / "表.xlsx"
        assert invoke(ledger, *TODAY, "draft", str(source), "-o", str(place), "--force").code == 0
        return [row for row in rows_of(place) if row["判断"] != "背景"]

    def test_minutes(self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke) -> None:
        text = (
            "某局办公会议纪要\n\n3月2日，局长主持召开会议，研究安全生产工作。\n\n"
            "一、关于安全生产\n会议听取了汇报。会议要求，各处室要开展排查，4月底前完成整改。"
            "由办公室牵头，审业部、条法司配合，制定应急预案，于3月20日前报送。\n"
            "出席：张某、李某\n"
        )
        first, second = self.work(text, tmp_path, ledger, invoke)
        assert (first["部分"], first["完成时限"]) == ("一、关于安全生产", "4月底前")
        assert (second["牵头部门"], second["配合部门"]) == ("办公室", "审业部、条法司")

    def test_rectification(self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke) -> None:
        text = (
            "# 关于审计反馈问题的整改方案\n\n## 一、预算管理方面\n\n**问题1：预算编制不细。**\n"
            "整改目标：提高编制质量。\n整改措施：（1）修订管理办法；（2）组织培训2次。\n"
            "责任单位：条法司\n责任人：赵某\n整改时限：2021年6月底前\n\n"
            "**问题2：往来款清理不及时。**\n整改措施：逐笔核实，分类清理。\n"
            "责任单位：审业部（牵头）、办公室\n"
        )
        rows = self.work(text, tmp_path, ledger, invoke)
        assert [
            (row["反馈问题"], row["具体措施"], row["牵头部门"], row["完成时限"]) for row in rows
        ] == [
            ("预算编制不细", "（1）修订管理办法；", "条法司", "2021年6月底前"),
            ("预算编制不细", "（2）组织培训2次。", "条法司", "2021年6月底前"),
            ("往来款清理不及时", "逐笔核实，分类清理。", "审业部", None),
        ]
        assert {row["部分"] for row in rows} == {"一、预算管理方面"}
        assert [row["整改目标"] for row in rows] == ["提高编制质量", "提高编制质量", None]
        assert (rows[0]["责任人"], rows[2]["配合部门"]) == ("赵某", "办公室")

    def test_what_is_given_is_about_what_stands_since_the_last(
        self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        text = (
            "某局要点\n\n一、强化管理\n修订办法。\n责任单位：办公室\n开展检查。\n责任单位：条法司\n"
            "完成时限：9月底前\n二、改进服务\n推广证照。（责任单位：审业部）压缩时限。（完成时限：10月）\n"
        )
        rows = self.work(text, tmp_path, ledger, invoke)
        assert [(row["具体措施"], row["牵头部门"], row["完成时限"]) for row in rows] == [
            ("修订办法。", "办公室", None),
            ("开展检查。", "条法司", "9月底前"),
            ("推广证照。", "审业部", None),
            ("压缩时限。", None, "10月"),
        ]

    def test_a_report_on_problems(
        self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        text = (
            "关于巡察反馈意见整改落实情况的报告\n\n二、反馈问题整改落实情况\n"
            "（一）关于“学习不深入”的问题\n整改情况：制定了学习计划，组织学习12次。\n"
            "（二）关于“用车不规范”等问题的整改情况\n"
            "整改措施：一是修订办法，已印发；二是系统正在招标，预计2021年6月底前完成安装。\n"
            "三、下一步打算\n（四）修订规章。责任单位：条法司。\n（五）开展普法验收。\n"
            "每季度最后一个月25日前报送进展。\n"
        )
        rows = self.work(text, tmp_path, ledger, invoke)
        assert [
            (row["判断"], row["反馈问题"], row["具体措施"], row["完成时限"]) for row in rows
        ] == [
            ("已做", "学习不深入", "制定了学习计划，组织学习12次。", None),
            ("已做", "用车不规范", "一是修订办法，已印发；", None),
            (
                "任务",
                "用车不规范",
                "二是系统正在招标，预计2021年6月底前完成安装。",
                "2021年6月底前",
            ),
            ("任务", "—", "（四）修订规章。", None),
            ("任务", "—", "（五）开展普法验收。", None),
            ("任务", "—", "每季度最后一个月25日前报送进展。", "每季度最后一个月25日前"),
        ]

    def test_stages_and_headings_that_are_work(
        self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        text = (
            "关于开展检查的通知\n\n一、时间安排\n"
            "自查阶段（4月10日前）。各处室逐项自查，建立台账。\n"
            "二、保障措施\n1.加强领导。成立领导小组。\n2.强化督促检查。\n责任单位：办公室\n"
        )
        rows = self.work(text, tmp_path, ledger, invoke)
        assert [(row["具体措施"], row["牵头部门"], row["完成时限"]) for row in rows] == [
            ("各处室逐项自查，建立台账。", None, "4月10日前"),
            ("成立领导小组。", None, None),
            ("2.强化督促检查", "办公室", None),
        ]

    def test_who_answers_for_a_page_is_no_department(
        self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        text = "某局要点\n\n一、强化管理。开展检查。\n\n（编辑：某人）\n\n主办单位：某报社\n"
        (row,) = self.work(text, tmp_path, ledger, invoke)
        assert row["牵头部门"] is None
