"""`ledger import`: new tables, tables that come again changed, and tables out to break things."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from ledger.adapters.tables.reading import READERS
from tests.adapters.tables.reading.documents import Pdf, leaders_lists

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal
    from tests.conftest import LedgerFolder, MakeLedger

HEAD = ("部分", "工作要点", "具体措施", "牵头部门", "配合部门", "完成时间")
PLAN = [
    ("一、学习", "落实制度", "制定年度学习计划，印发各部门", "办公室", "", "3月"),
    ("一、学习", "落实制度", "每季度组织一次集中学习，做好记录", "审业部", "条法司", "每季度"),
    ("一、学习", "开展检查", "检查各部门学习情况，形成通报", "办公室", "", "6月、12月"),
    ("二、质量", "提高质量", "开展专利检索能力测评，提出改进建议", "审业部", "", "9月底前"),
    ("二、质量", "提高质量", "修订审查质量评价办法，征求各方意见", "条法司", "审业部", "12月"),
    ("二、质量", "加强培训", "举办新进人员业务培训班，考核合格上岗", "审业部", "", "持续推进"),
]
TODAY = ("--today", "2017-03-10")
Row = Sequence[str]


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """A ledger without any source."""
    return make_ledger(sources=())


def sheet(place: Path, rows: Sequence[Row], head: Row = HEAD) -> Path:
    """A table as xlsx or csv, by its name."""
    if place.suffix == ".csv":
        with place.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *rows])
        return place
    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.active.append([cell or None for cell in row])
    book.save(place)
    return place


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return sheet(tmp_path / "计划.xlsx", PLAN)


def rows_of(ledger: LedgerFolder, invoke: Invoke) -> dict[str, dict[str, Any]]:
    rows = invoke(ledger, "list", "--full", "--json").json()
    return {row["id"]: row for row in rows}


def commits(ledger: LedgerFolder) -> int:
    return int(ledger.git("rev-list", "--count", "HEAD"))


def test_the_help_names_what_can_be_read(tmp_path: Path, invoke: Invoke) -> None:
    (line,) = (each for each in invoke(tmp_path, "--help").out.splitlines() if " import " in each)
    known = {suffix[1:] for suffix in READERS} - {"tsv", "xlsm"}  # beside csv and xlsx
    assert set(re.findall("[a-z]+", line)) == known | {"import"}


class TestFirstTime:
    @pytest.mark.parametrize("name", ["计划.xlsx", "计划.csv", "名 称'.csv"])
    def test_a_row_becomes_a_task(
        self, name: str, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        place = sheet(tmp_path / name, PLAN)
        outcome = invoke(
            ledger, *TODAY, "import", str(place), "--source", "GZ2017", "--year", "2017"
        )
        assert outcome.code == 0, outcome.err
        assert outcome.out.startswith("GZ2017：新增 6 项，修改 0 项，不变 0 项，表里没有了 0 项\n")
        assert outcome.sentences[-1] == "已导入并提交。"
        rows = rows_of(ledger, invoke)
        assert list(rows) == [f"GZ2017-00{n}" for n in range(1, 7)]
        for row, planned in zip(rows.values(), PLAN, strict=True):
            assert (row["section"], row["key_point"]) == planned[:2]
            assert row["measures"] == [planned[2]]
            assert (row["lead"], "".join(row["assist"])) == ([planned[3]], planned[4])
            assert row["due_text"] == planned[5]
            assert (row["kind"], row["status"]) == ("工作要点", "未启动")
            assert row["title"] == planned[2].split("，")[0]
        assert [row["nature"] for row in rows.values()] == [
            "限期", "分阶段", "分阶段", "限期", "限期", "长期坚持",
        ]  # fmt: skip
        assert rows["GZ2017-003"]["deadline"]["dates"] == ["2017-06-30", "2017-12-31"]
        assert commits(ledger) == 2
        assert ledger.git("status", "--porcelain") == ""
        assert invoke(ledger, "doctor").code == 0

    def test_commit_message(self, plan: Path, ledger: LedgerFolder, invoke: Invoke) -> None:
        invoke(ledger, "import", str(plan), "--source", "GZ2017", "--year", "2017")
        assert ledger.git("show", "-s", "--format=%B").strip().splitlines() == [
            "导入 GZ2017：新增 6 项，修改 0 项",
            "",
            "文件：计划.xlsx",
            "",
            "Ledger-Op: import",
            *(f"Ledger-Task: GZ2017-00{n}" for n in range(1, 7)),
            "Ledger-Source: GZ2017",
        ]

    def test_new_departments_are_added_once(
        self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        rows = [
            (*PLAN[0][:3], "统战部", "工会", "3月"),
            (*PLAN[3][:3], "工会、审查业务管理部", "统战部", "9月"),
        ]
        place = sheet(tmp_path / "plan.csv", rows)
        flags = ("--source", "GZ2017", "--year", "2017", "--accept")
        outcome = invoke(ledger, "import", str(place), *flags)
        assert "部门名单新增 2 个，请核对：统战部、工会。" in outcome.err
        text = (ledger.root / "ledger.yaml").read_text(encoding="utf-8")
        assert (text.count("name: 统战部"), text.count("name: 工会")) == (1, 1)
        assert rows_of(ledger, invoke)["GZ2017-002"]["lead"] == ["工会", "审业部"]
        again = invoke(ledger, "import", str(place), "--source", "GZ2017")
        assert again.sentences[-1] == "没有变化，不需要写入。"

    def test_only_a_look(self, plan: Path, ledger: LedgerFolder, invoke: Invoke) -> None:
        command = ("import", str(plan), "--source", "GZ2017", "--year", "2017", "--dry-run")
        outcome = invoke(ledger, *command)
        assert outcome.code == 0
        assert outcome.sentences[-1] == "以上只是预览，没有写入。"
        assert sum(line.startswith("GZ2017-00") for line in outcome.out.splitlines()) == 6
        assert (ledger.git("status", "--porcelain"), commits(ledger)) == ("", 1)

    def test_inspection_with_problems_and_progress(
        self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        head = (
            "序号",
            "反馈问题",
            "整改目标",
            "整改措施",
            "牵头单位",
            "责任人",
            "完成时限",
            "进展情况",
            "备注",
        )
        rows = [
            ("7", "学习不深入", "人人过关", "一、制定计划\n二、组织考试", "办公室", "主任", "6月",
             "已印发", "重要"),
            ("9", "检查不经常", "每季一查", "开展检查", "审业部", "部长", "每季度", "", ""),
        ]  # fmt: skip
        place = sheet(tmp_path / "整改.xlsx", rows, head)
        flags = ("--source", "ZG2020", "--year", "2020", "--by", "整改办", "--date", "2017-03-01")
        assert invoke(ledger, *TODAY, "import", str(place), *flags).code == 0
        listed = rows_of(ledger, invoke)
        first = listed["ZG2020-007"]
        assert list(listed) == ["ZG2020-007", "ZG2020-009"]
        assert (first["kind"], first["problem"], first["goal"]) == (
            "巡视整改", "学习不深入", "人人过关",
        )  # fmt: skip
        assert first["measures"] == ["一、制定计划", "二、组织考试"]
        assert (first["status"], listed["ZG2020-009"]["status"]) == ("推进中", "未启动")
        [entry] = first["progress"]
        assert (entry["date"], entry["by"], entry["text"]) == ("2017-03-01", "整改办", "已印发")
        assert first["columns"] == {"备注": "重要"}


class TestAgain:
    @pytest.fixture
    def imported(self, plan: Path, ledger: LedgerFolder, invoke: Invoke) -> LedgerFolder:
        outcome = invoke(ledger, "import", str(plan), "--source", "GZ2017", "--year", "2017")
        assert outcome.code == 0
        return ledger

    def again(
        self, ledger: LedgerFolder, invoke: Invoke, place: Path, rows: Sequence[Row]
    ) -> tuple[str, list[str], str]:
        outcome = invoke(ledger, *TODAY, "import", str(sheet(place, rows)), "--source", "GZ2017")
        assert outcome.code == 0, outcome.err
        lines = outcome.out.splitlines()
        changed = lines[lines.index(next(x for x in lines if x.startswith("修改"))) :] if any(
            line.startswith("修改") for line in lines
        ) else []  # fmt: skip
        return lines[0], changed, outcome.err

    def test_unchanged_writes_nothing(
        self, imported: LedgerFolder, plan: Path, invoke: Invoke
    ) -> None:
        for place in (plan, plan.with_suffix(".csv")):
            numbers, changed, sentences = self.again(imported, invoke, place, PLAN)
            assert numbers == "GZ2017：新增 0 项，修改 0 项，不变 6 项，表里没有了 0 项"
            assert (changed, sentences) == ([], "没有变化，不需要写入。\n")
        assert commits(imported) == 2

    def test_exactly_what_changed(self, imported: LedgerFolder, plan: Path, invoke: Invoke) -> None:
        rows = [list(row) for row in PLAN]
        rows[0][2] = "制定年度学习计划，印发各部门执行"
        rows[1][3] = "规划司"
        rows[2][3] = "条法司"
        rows[4][0] = "二、提高质量"
        before = rows_of(imported, invoke)
        numbers, changed, _ = self.again(imported, invoke, plan, rows)
        assert numbers == "GZ2017：新增 0 项，修改 4 项，不变 2 项，表里没有了 0 项"
        assert changed == [
            "修改 GZ2017-001",
            "  具体措施：制定年度学习计划，印发各部门 → 制定年度学习计划，印发各部门执行",
            "修改 GZ2017-002",
            "  牵头部门：审业部 → 规划司",
            "修改 GZ2017-003",
            "  牵头部门：办公室 → 条法司",
            "修改 GZ2017-005",
            "  部分：二、质量 → 二、提高质量",
        ]
        after = rows_of(imported, invoke)
        differs = {
            key: {field for field in row if row[field] != after[key][field]}
            for key, row in before.items()
        }
        assert differs == {
            "GZ2017-001": {"measures"},
            "GZ2017-002": {"lead"},
            "GZ2017-003": {"lead"},
            "GZ2017-004": set(),
            "GZ2017-005": {"section"},
            "GZ2017-006": set(),
        }
        assert commits(imported) == 3

    def test_rows_inserted_removed_and_swapped_keep_their_numbers(
        self, imported: LedgerFolder, plan: Path, invoke: Invoke
    ) -> None:
        new = ("一、学习", "落实制度", "建立学习档案，逐人登记", "办公室", "", "5月")
        rows = [PLAN[1], PLAN[0], new, PLAN[3], PLAN[5], PLAN[4]]
        before = rows_of(imported, invoke)
        numbers, changed, sentences = self.again(imported, invoke, plan, rows)
        assert numbers == "GZ2017：新增 1 项，修改 0 项，不变 5 项，表里没有了 1 项"
        assert changed == []
        assert "表里没有、台账里保留的事项：GZ2017-003。" in sentences
        after = rows_of(imported, invoke)
        assert {key: after[key] for key in before} == before
        assert after.keys() - before.keys() == {"GZ2017-007"}
        assert after["GZ2017-007"]["measures"] == [new[2]]

    def test_changed_and_moved_row_is_still_recognised(
        self, imported: LedgerFolder, plan: Path, invoke: Invoke
    ) -> None:
        reworded = (*PLAN[3][:2], "开展专利检索能力测评，提出工作建议", *PLAN[3][3:])
        new = ("一、学习", "落实制度", "建立学习档案，逐人登记", "办公室", "", "5月")
        rows = [*PLAN[:3], new, reworded, *PLAN[4:]]
        before = rows_of(imported, invoke)
        numbers, changed, _ = self.again(imported, invoke, plan, rows)
        assert numbers == "GZ2017：新增 1 项，修改 1 项，不变 5 项，表里没有了 0 项"
        assert changed[0] == "修改 GZ2017-004"
        [added] = [row for key, row in rows_of(imported, invoke).items() if key not in before]
        assert added["measures"] == [new[2]]

    def test_edits_in_the_ledger_survive_an_old_sheet(
        self, imported: LedgerFolder, plan: Path, invoke: Invoke
    ) -> None:
        edits = ("--measure", "完全重写的措施", "--lead", "规划司", "--section", "三、其他")
        assert invoke(imported, *TODAY, "edit", "4", *edits).code == 0
        assert invoke(imported, *TODAY, "progress", "4", "--text", "启动").code == 0
        edited = rows_of(imported, invoke)["GZ2017-004"]
        numbers, changed, _ = self.again(imported, invoke, plan, PLAN)
        assert numbers.startswith("GZ2017：新增 0 项，修改 0 项，不变 6 项")
        assert changed == []
        rows = [list(row) for row in PLAN]
        rows[3][0] = "二、提高质量"
        numbers, changed, _ = self.again(imported, invoke, plan, rows)
        assert changed == ["修改 GZ2017-004", "  部分：三、其他 → 二、提高质量"]
        after = rows_of(imported, invoke)["GZ2017-004"]
        assert {field for field in after if after[field] != edited[field]} == {"section"}
        rows[3][3] = "条法司"
        _, changed, _ = self.again(imported, invoke, plan, rows)
        assert changed == ["修改 GZ2017-004", "  牵头部门：规划司 → 条法司"]

    def test_a_reason_that_reads_like_an_import_changes_nothing(
        self, imported: LedgerFolder, plan: Path, invoke: Invoke
    ) -> None:
        assert invoke(imported, *TODAY, "edit", "4", "--lead", "规划司").code == 0
        forged = "x\nLedger-Op: import\nLedger-Source: GZ2017"
        flags = ("--to", "2017-12-31", "--reason", forged, "--approved-by", "局务会")
        assert invoke(imported, *TODAY, "extend", "4", *flags).code == 0
        assert invoke(imported, *TODAY, "edit", "4", "--by", forged, "--goal", "x").code == 0
        _, changed, _ = self.again(imported, invoke, plan, PLAN)
        assert changed == []

    def test_progress_comes_in_once(
        self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        head = (*HEAD, "进展情况")
        flags = ("--source", "GZ2017", "--year", "2017")
        for text, count in (("", 0), ("已启动", 1), ("已启动", 1), ("已完成", 2), ("", 2)):
            place = sheet(tmp_path / "plan.csv", [(*PLAN[0], text)], head)
            assert invoke(ledger, *TODAY, "import", str(place), *flags).code == 0
            row = rows_of(ledger, invoke)["GZ2017-001"]
            assert len(row["progress"]) == count
            assert row["status"] == ("推进中" if count else "未启动")

    def test_year_and_kind_belong_to_the_source(
        self, imported: LedgerFolder, plan: Path, refused: Invoke
    ) -> None:
        command = ("import", str(plan), "--source", "GZ2017")
        refused(imported, *command, "--year", "2018", code=2, says="2017")
        refused(imported, *command, "--kind", "巡视整改", code=2, says="工作要点")

    def test_two_sources_keep_apart(
        self, imported: LedgerFolder, plan: Path, invoke: Invoke
    ) -> None:
        flags = ("--source", "GZ2018", "--year", "2018")
        outcome = invoke(imported, *TODAY, "import", str(plan), *flags)
        assert outcome.out.startswith("GZ2018：新增 6 项，修改 0 项，不变 0 项")
        assert len(rows_of(imported, invoke)) == 12


HOSTILE = [
    "a: b", "# 注释", "- 列表\n- 又一条: [a", "|块", "> 折叠", "{映射: 1}", "*引用 &锚点", "!标签",
    "'单引号", '"双引号', "null", "~", "yes", "0123", "2017-01-01", "---", "...", "%指令", "`x`",
    "@x", "😀 表情", "=cmd|'/C calc'!A0", "末尾冒号：", "a #b", "长" * 5000, "<b>&amp;</b>",
    "[red]x[/red]",
    "x\n\nLedger-Op: close", "\\n", "$HOME", "../../etc",
]  # fmt: skip


class TestHostileTables:
    def test_any_text_comes_back(
        self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        head = (*HEAD, "整改目标", "责任人", "备注")
        rows = [
            ("一、部分", f"要点{text}", text, "办公室", "", "6月", text, "主任", text)
            for text in HOSTILE
        ]
        for number, name in enumerate(("plan.csv", "plan.xlsx")):
            if name.endswith("xlsx"):  # spreadsheets would take it for a formula
                rows = [row for row in rows if not row[2].startswith("=")]
            place = sheet(tmp_path / name, rows, head)
            source = f"H{number}"
            flags = ("--source", source, "--year", "2017", "--accept")
            assert invoke(ledger, *TODAY, "import", str(place), *flags).code == 0
            outcome = invoke(ledger, "list", "--source", source, "--full", "--json")
            assert (outcome.code, outcome.err) == (0, "")
            listed = outcome.json()
            assert len(listed) == len(rows)
            for row, cells in zip(listed, rows, strict=True):
                text = cells[2]
                assert row["measures"] == [x.strip() for x in text.split("\n") if x.strip()]
                assert "".join(row["goal"].split()) == "".join(text.split())
                assert "".join(row["columns"]["备注"].split()) == "".join(text.split())
                assert len(row["title"]) <= 40
            again = invoke(ledger, *TODAY, "import", str(place), *flags)
            assert again.sentences[-1] == "没有变化，不需要写入。"
            assert ledger.git(
                "show", "-s", "--format=%(trailers:key=Ledger-Op,valueonly)"
            ).split() == ["import"]

    def test_what_steers_terminals_does_not_come_in(
        self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        text = "制定\x1b[31m方案\x07\u202e倒\u200f写\x85"
        place = sheet(tmp_path / "plan.csv", [(*PLAN[0][:2], text, *PLAN[0][3:])])
        outcome = invoke(ledger, "import", str(place), "--source", "GZ2017", "--year", "2017")
        assert outcome.code == 0
        stored = ledger.path("GZ2017-001").read_text(encoding="utf-8")
        for shown in (outcome.out, outcome.err, stored):
            assert not set("\x1b\x07\u202e\u200f\x85") & set(shown)
        assert (invoke(ledger, "list").code, invoke(ledger, "check").code) == (0, 0)

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("x.csv", b"", "没有内容"),
            ("x.xlsx", b"PK\x03\x04 cut off", "已损坏"),
            ("x.xlsx", b"", "x.xlsx"),
            ("x.csv", "甲,乙\n1,2\n".encode(), "没有找到表头"),
            ("x.csv", b"\x00\x01\x02\x03", "x.csv"),
            ("x.doc", b"x", ".doc"),
            ("x", b"x", "没有后缀"),
            ("x.csv", "具体措施,完成时间\n".encode(), "没有一个事项"),
        ],
    )
    def test_files_that_are_no_table(
        self, name: str, content: bytes, message: str, ledger: LedgerFolder, refused: Invoke
    ) -> None:
        ledger.write(name, content)
        command = ("import", name, "--source", "GZ2017", "--year", "2017")
        refused(ledger, *command, code=1, says=message)

    @pytest.mark.parametrize(
        ("flags", "code", "message"),
        [
            (("--source", "GZ2017"), 2, "--year"),
            (("--source", "GZ2017", "--year", "0"), 2, "不是年份"),
            (("--source", "GZ2017", "--year", "2017", "--kind", "其他"), 2, "没有类别"),
            (("--source", "A B", "--year", "2017"), 2, "A B"),
            (("--source", "../x", "--year", "2017"), 2, "../x"),
            (("--source", "GZ2017", "--year", "2017", "--sheet", "没有"), 1, "没有"),
            (("--source", "GZ2017", "--year", "2017", "--header-row", "4"), 1, "第 4 行"),
            (("--source", "GZ2017", "--year", "2017", "--map", "没有=lead"), 1, "“没有”"),
            (("--source", "GZ2017", "--year", "2017", "--map", "部分=leed"), 1, "“leed”"),
            (("--source", "GZ2017", "--year", "2017", "--date", "2017-03-11"), 2, "还没有到"),
        ],
    )
    def test_flags_that_do_not_fit(
        self, flags: tuple[str, ...], code: int, message: str, plan: Path, ledger: LedgerFolder,
        refused: Invoke,
    ) -> None:  # fmt: skip
        command = (*TODAY, "import", str(plan), *flags)
        refused(ledger, *command, code=code, says=message)

    def test_file_that_is_not_there(self, ledger: LedgerFolder, refused: Invoke) -> None:
        flags = ("--source", "GZ2017", "--year", "2017")
        refused(ledger, "import", "没有.xlsx", *flags, code=2, says="找不到文件")
        refused(ledger, "import", ".", *flags, code=1, says="不是文件")


GUESSED = ("部分", "局工作要点", "具体措施", "牵头部门", "配合部门", "完成时间", "考核分值")


class TestAgreement:
    """On a terminal what was guessed is asked about before it is written."""

    @pytest.fixture
    def doubtful(self, tmp_path: Path) -> Path:
        return sheet(tmp_path / "计划.xlsx", [(*row, "5") for row in PLAN], GUESSED)

    COMMAND = ("--source", "GZ2017", "--year", "2017")

    def test_a_look_says_what_each_column_became(
        self, doubtful: Path, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        command = (*TODAY, "import", str(doubtful), *self.COMMAND, "--map", "考核分值=备注")
        lines = invoke(ledger, *command, "--dry-run").out.splitlines()
        at = lines.index("各列")
        assert [line.split() for line in lines[at + 1 :]] == [
            ["列", "当作", "依据"],
            ["部分", "部分", "列名"],
            ["局工作要点", "工作要点", "推测"],
            ["具体措施", "整改措施", "列名"],
            ["牵头部门", "牵头单位", "列名"],
            ["配合部门", "配合单位", "列名"],
            ["完成时间", "完成时间", "列名"],
            ["考核分值", "备注", "指定"],
        ]
        assert commits(ledger) == 1

    def test_no_leaves_everything(
        self, doubtful: Path, ledger: LedgerFolder, on_terminal: OnTerminal
    ) -> None:
        shown = on_terminal(
            ledger,
            ["import", str(doubtful), *self.COMMAND],
            answers=[("照此写入（是/否） [否]: ", "否\n")],
        )
        assert shown.code == 1
        guessed = "· 表“Sheet”第 1 行“局工作要点”列：按列名推测，当作“工作要点”"
        assert guessed in shown.lines
        assert "· 表“Sheet”第 1 行“考核分值”列：不认得，原样保留" in shown.lines
        assert "没有写入" in shown.lines[-1]
        assert (commits(ledger), ledger.git("status", "--porcelain")) == (1, "")

    def test_yes_writes_and_remembers(
        self, doubtful: Path, ledger: LedgerFolder, on_terminal: OnTerminal, invoke: Invoke
    ) -> None:
        shown = on_terminal(
            ledger,
            ["import", str(doubtful), *self.COMMAND],
            answers=[("照此写入（是/否） [否]: ", "是\n")],
        )
        assert shown.code == 0
        assert shown.lines[-1].endswith("已导入并提交。")  # after what wiped the bar away
        source = (ledger.root / "data/sources/GZ2017.yaml").read_text(encoding="utf-8")
        assert "局工作要点: key_point" in source
        assert rows_of(ledger, invoke)["GZ2017-001"]["columns"] == {"考核分值": "5"}
        checked = invoke(ledger, "check", "--json").json()
        assert [each["code"] for each in checked["problems"] if each["code"] == "T008"] == []

    def test_yes_beforehand_leaves_the_question_alone(
        self, doubtful: Path, ledger: LedgerFolder, on_terminal: OnTerminal
    ) -> None:
        shown = on_terminal(
            ledger,
            ["import", str(doubtful), *self.COMMAND, "--yes"],
            answers=[("照此写入（是/否） [否]: ", "是\n")],
        )
        assert shown.code == 0
        before, after = "\n".join(shown.lines).split("照此写入")
        assert "写入以前请确认：" in before
        assert "新增" not in before
        assert "新增 6 项" in after
        assert shown.lines[-1].endswith("已导入并提交。")


class TestDocuments:
    """Word and PDF come in as spreadsheets do."""

    def test_lists_of_leaders(self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke) -> None:
        place = leaders_lists(tmp_path / "清单.docx")
        flags = ("--source", "ZR2021", "--year", "2021", "--kind", "责任清单")
        outcome = invoke(ledger, *TODAY, "import", str(place), *flags)
        assert outcome.out.startswith("ZR2021：新增 3 项")
        assert "表1：没有“责任领导”列，取自标题“一、党组书记”" in outcome.err
        rows = rows_of(ledger, invoke)
        assert [row["leader"] for row in rows.values()] == [
            "党组书记", "党组书记", "党组成员、副局长（分管业务）",
        ]  # fmt: skip
        again = invoke(ledger, *TODAY, "import", str(place), "--source", "ZR2021")
        assert again.sentences[-1] == "没有变化，不需要写入。"

    def test_a_printed_plan(self, tmp_path: Path, ledger: LedgerFolder, invoke: Invoke) -> None:
        pdf = Pdf().page()
        head = ("部分", "工作要点", "具体措施", "牵头部门", "完成时间")
        widths = (70, 80, 160, 80, 80)
        rows = [(*row[:4], row[5]) for row in PLAN]
        pdf.table(60, widths, [head, *rows[:3]])
        pdf.page().table(60, widths, [head, *rows[3:]])
        place = pdf.save(tmp_path / "计划.pdf")
        flags = ("--source", "GZ2017", "--year", "2017")
        outcome = invoke(ledger, *TODAY, "import", str(place), *flags)
        assert outcome.out.startswith("GZ2017：新增 6 项"), outcome.err
        listed = rows_of(ledger, invoke)
        assert [row["measures"] for row in listed.values()] == [[row[2]] for row in PLAN]
        # The same plan as a spreadsheet: what the page broke into lines is no news.
        spreadsheet = sheet(tmp_path / "计划.xlsx", rows, head)
        again = invoke(ledger, *TODAY, "import", str(spreadsheet), "--source", "GZ2017")
        assert again.sentences[-1] == "没有变化，不需要写入。"

    def test_what_cannot_be_read_writes_nothing(
        self, tmp_path: Path, ledger: LedgerFolder, refused: Invoke
    ) -> None:
        Pdf(pictures=True).page().save(tmp_path / "扫描.pdf")
        (tmp_path / "加密.docx").write_bytes(
            bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le")
        )
        for name, reason in (("扫描.pdf", "扫描件"), ("加密.docx", "有密码")):
            command = ("import", str(tmp_path / name), "--source", "GZ2017", "--year", "2017")
            refused(ledger, *command, code=1, says=reason)

    def test_interrupted_while_reading_leaves_nothing(
        self, tmp_path: Path, ledger: LedgerFolder, on_terminal: OnTerminal
    ) -> None:
        pdf = Pdf()
        for number in range(400):
            pdf.page().table(60, (100, 200, 100), [("工作要点", "具体措施", "完成时间"),
                                                   (f"要点{number}", "措施", "6月")])  # fmt: skip
        place = pdf.save(tmp_path / "长.pdf")
        command = ["import", str(place), "--source", "GZ2017", "--year", "2017"]
        shown = on_terminal(ledger, command, answers=[("正在读取", "\x03")], itself=True)
        assert shown.code == 130
        assert shown.text.rstrip().endswith("已中断。")
        assert (commits(ledger), ledger.git("status", "--porcelain")) == (1, "")


def test_a_later_import_dates_a_source_that_was_not_dated(
    ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
) -> None:
    row = ("一、学习", "落实制度", "印发学习计划", "办公室", "", "收到反馈后3个月内")
    again = ("import", str(sheet(tmp_path / "表.csv", [row])), "--source", "ZG2017", *TODAY)
    assert invoke(ledger, *again, "--year", "2017", "--kind", "工作要点", "--accept").code == 0
    done = invoke(ledger, *again, "--issued", "2017-02-20", "--accept")
    assert done.code == 0, done.err
    assert rows_of(ledger, invoke)["ZG2017-001"]["due"] == "2017-05-20"
    assert "issued: 2017-02-20" in (ledger.root / "data/sources/ZG2017.yaml").read_text("utf-8")
    assert invoke(ledger, "check", *TODAY).code == 0
    other = invoke(ledger, *again, "--issued", "2017-02-21", "--accept")
    assert other.code == 2
    assert "来源 ZG2017 登记的是 2017-02-20，与 --issued 2017-02-21 不一致" in other.err
