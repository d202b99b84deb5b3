"""`ledger export`: every form, and that what goes out comes back as it was."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from icalendar import Calendar

from tests.conftest import DATA

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = ("--today", "2017-03-10")
UNCHANGED = "没有变化，不需要写入。"
# A ledger with everything that could be lost on the way through a table.
TASKS: tuple[dict[str, Any], ...] = (
    {
        "section": "一、学习", "key_point": "落实制度", "goal": "人人学到",
        "measures": ["制定计划，印发各部门", "（二）做好记录"], "lead": ["办公室", "条法司"],
        "assist": ["规划司"], "leader": "分管副局长", "owner": "主任",
        "due": {"text": "每季度", "dates": ["2017-03-31", "2017-06-30"], "date": "2017-06-30"},
        "progress": [
            {"date": "2017-02-01", "text": "起草"}, {"date": "2017-03-01", "text": "印发\n各部门"},
        ],
        "columns": {"备注": "督查", "资金（万元）": "12.5", "是否完成": "否"},
    },
    {
        "section": "一、学习", "key_point": "落实制度", "measures": ["=HYPERLINK(\"x\")", "+86"],
        "due": {"text": "12月", "date": "2017-11-30"}, "status": "未启动",
        "progress": [{"date": "2017-02-01", "text": "-待定"}],
    },
    {"measures": None, "status": "已销号", "due": {"date": "2017-06-30"}},
    {
        "id": "GZ2017-007", "problem": "合计", "measures": ["注：没有"], "lead": ["办公室"],
        "due": {"text": "持续推进"}, "status": "长期坚持", "leader": "@局长",
        "extensions": [
            {
                "date": "2017-03-01", "from": "2017-06-30", "to": "2017-08-31", "reason": "调整",
                "approved_by": "会",
            }
        ],
    },
)  # fmt: skip


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger([*TASKS, {"id": "ZG2020-001"}])


def sent(ledger: LedgerFolder, invoke: Invoke, place: Path, *options: str) -> Path:
    """The tasks of GZ2017 as a file."""
    form = place.suffix[1:]
    outcome = invoke(
        ledger, *TODAY, "export", form, "--source", "GZ2017", "-o", str(place), *options
    )
    assert (outcome.code, outcome.out) == (0, ""), outcome.err
    return place


def came_back(ledger: LedgerFolder, invoke: Invoke, place: Path) -> Any:
    outcome = invoke(ledger, *TODAY, "import", str(place), "--source", "GZ2017")
    assert outcome.code == 0, outcome.err
    return outcome


class TestForms:
    def test_xlsx_has_the_ledger_and_its_numbers(
        self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        book = openpyxl.load_workbook(sent(ledger, invoke, tmp_path / "台账.xlsx"))
        assert book.sheetnames == ["台账", "统计"]
        page = book["台账"]
        assert page["A1"].value == "某局工作要点台账（截至2017年3月10日）"
        assert [page.cell(line, 2).value for line in range(4, page.max_row + 1)] == [
            "GZ2017-001", "GZ2017-002", "GZ2017-003", "GZ2017-007",
        ]  # fmt: skip
        assert "D4:D5" in {str(each) for each in page.merged_cells.ranges}

    def test_binary_forms_get_a_name_with_the_day(
        self, ledger: LedgerFolder, invoke: Invoke, refused: Invoke
    ) -> None:
        for form in ("xlsx", "docx"):
            outcome = invoke(ledger, *TODAY, "export", form)
            assert outcome.err == f"已导出 5 项：台账-2017-03-10.{form}\n"
            assert (ledger.root / f"台账-2017-03-10.{form}").read_bytes().startswith(b"PK")
        refused(ledger, *TODAY, "export", "xlsx", code=1, says="已经存在，没有覆盖")
        assert invoke(ledger, *TODAY, "export", "xlsx", "--force").code == 0

    def test_csv_goes_to_stdout(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        outcome = invoke(ledger, *TODAY, "export", "csv", "--status", "未启动")
        assert outcome.out.startswith("\ufeff序号,编号,")
        (row,) = csv.DictReader(io.StringIO(outcome.out.removeprefix("\ufeff")))
        assert row["具体措施"].startswith("'=HYPERLINK")
        assert outcome.err == ""

    def test_gb18030(self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path) -> None:
        place = sent(ledger, invoke, tmp_path / "台账.csv", "--encoding", "gb18030")
        assert place.read_bytes().decode("gb18030").startswith("序号,编号,")
        assert UNCHANGED in came_back(ledger, invoke, place).err

    def test_ics_reminds_as_the_yellow_light_does(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        outcome = invoke(ledger, *TODAY, "export", "ics", "--source", "GZ2017")
        events = Calendar.from_ical(outcome.out).walk("VEVENT")
        assert [
            (str(e["uid"]).split("@")[0], e.decoded("dtstart").isoformat()) for e in events
        ] == [
            ("GZ2017-001-1", "2017-03-31"),
            ("GZ2017-001-2", "2017-06-30"),
            ("GZ2017-002-1", "2017-11-30"),
            ("GZ2017-007-1", "2017-08-31"),
        ]
        assert "TRIGGER:-P14DT15H" in outcome.out
        assert "TRIGGER:-PT15H" in invoke(ledger, *TODAY, "export", "ics", "--remind", "1").out

    def test_json_is_that_of_the_list(
        self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        listed = invoke(ledger, *TODAY, "list", "--full", "--json").json()
        assert invoke(ledger, *TODAY, "export", "json").json() == listed
        lines = invoke(ledger, *TODAY, "export", "jsonl", "-o", "-").out.splitlines()
        assert [json.loads(line) for line in lines] == listed
        place = sent(ledger, invoke, tmp_path / "台账.json")
        assert len(json.loads(place.read_text(encoding="utf-8"))) == 4

    def test_filters_order_and_past_states(
        self, ledger: LedgerFolder, invoke: Invoke, clock: Callable[[str], None]
    ) -> None:
        clock("2017-03-09")
        invoke(ledger, *TODAY, "progress", "002", "--text", "开始办理", "--date", "2017-03-09")
        now = invoke(ledger, *TODAY, "export", "json", "--lead", "局办公室", "--sort", "-id").json()
        assert [row["id"] for row in now] == ["GZ2017-007", "GZ2017-001"]
        then = invoke(ledger, *TODAY, "export", "json", "--at", "2017-03-02").json()
        assert {row["id"]: row["status"] for row in then}["GZ2017-002"] == "未启动"

    def test_a_broken_file_is_named_and_the_rest_exported(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        ledger.write("data/tasks/GZ2017/GZ2017-099.yaml", "id: [")
        outcome = invoke(ledger, *TODAY, "export", "jsonl")
        assert (outcome.code, len(outcome.out.splitlines())) == (1, 5)
        assert "GZ2017-099.yaml" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("xls",), "没有导出格式“xls”"),
        (("csv", "--encoding", "big5"), "没有编码“big5”"),
        (("ics", "--remind", "-1"), "--remind"),
        (("csv", "--dept", "没有"), "没有"),
        (("csv", "-o", "没有/台账.csv"), "不存在"),
    ],
)
def test_wrong_usage(
    arguments: tuple[str, ...], message: str, ledger: LedgerFolder, refused: Invoke
) -> None:
    refused(ledger, *TODAY, "export", *arguments, code=2, says=message)


class TestRoundTrip:
    @pytest.mark.parametrize("form", ["xlsx", "csv", "docx"])
    def test_nothing_changes(
        self, form: str, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        outcome = came_back(ledger, invoke, sent(ledger, invoke, tmp_path / f"台账.{form}"))
        assert outcome.out.startswith("GZ2017：新增 0 项，修改 0 项，不变 4 项，表里没有了 0 项\n")
        assert UNCHANGED in outcome.err
        assert ledger.git("rev-list", "--count", "HEAD").strip() == "1"

    @pytest.mark.parametrize("form", ["xlsx", "csv"])
    def test_what_the_ledger_fills_in_itself_is_said(
        self, form: str, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        place = sent(ledger, invoke, tmp_path / f"台账.{form}")
        command = ("import", str(place), "--source", "GZ2017", "--dry-run")
        lines = [line.split() for line in invoke(ledger, *TODAY, *command).out.splitlines()]
        own = [line[0] for line in lines if line[1:] == ["不导入", "台账自填"]]
        assert own == ["来源", "事项名称", "现行时限", "亮灯"]

    def test_an_edited_formula_loses_its_guard(
        self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        place = sent(ledger, invoke, tmp_path / "台账.csv")
        text = place.read_text(encoding="utf-8-sig")
        assert "'-待定" in text
        place.write_text(text.replace("'-待定", "'-待定，另行通知"), encoding="utf-8-sig")
        came_back(ledger, invoke, place)
        log = ledger.load().by_id["GZ2017-002"].record.progress
        assert [entry.text for entry in log] == ["-待定", "-待定，另行通知"]

    @pytest.mark.parametrize(
        "written", ["第一季度学习两次", "{}\n第一季度学习两次", "第一季度学习两次\n{}"]
    )
    def test_only_what_somebody_wrote_comes_back(
        self, written: str, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        place = sent(ledger, invoke, tmp_path / "台账.xlsx")
        book = openpyxl.load_workbook(place)
        page = book["台账"]
        place_of = {cell.value: cell.column for row in page["A2:Z3"] for cell in row if cell.value}
        cell = page.cell(4, place_of["进展情况"])
        cell.value = written.format(cell.value)
        book.save(place)
        assert came_back(ledger, invoke, place).out.startswith("GZ2017：新增 0 项，修改 1 项")
        changed = ledger.git("show", "--format=", "--unified=0").splitlines()
        added = [line for line in changed if line.startswith("+") and not line.startswith("+++")]
        assert len(added) == 1
        assert "text: 第一季度学习两次" in added[0]
        assert not [line for line in changed if line.startswith("-") and line[:3] != "---"]
        assert UNCHANGED in came_back(ledger, invoke, place).err

    def test_the_plan_of_2017(
        self, make_ledger: MakeLedger, invoke: Invoke, tmp_path: Path
    ) -> None:
        ledger = make_ledger(0, sources=())
        plan = DATA / "plan2017.csv"
        outcome = invoke(
            ledger, *TODAY, "import", str(plan), "--source", "GZ2017", "--year", "2017", "--accept"
        )
        assert outcome.out.startswith("GZ2017：新增 296 项"), outcome.err
        back = came_back(ledger, invoke, sent(ledger, invoke, tmp_path / "台账.xlsx"))
        assert back.out.startswith("GZ2017：新增 0 项，修改 0 项，不变 296 项")

    @pytest.mark.skipif(
        shutil.which("soffice") is None,
        reason="no LibreOffice on this machine (see requirements/apt.txt)",
    )
    def test_saved_in_libreoffice(
        self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        place = sent(ledger, invoke, tmp_path / "台账.xlsx")
        saved = tmp_path / "saved"
        subprocess.run(
            [
                "soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
                "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(saved), str(place),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )  # fmt: skip
        with zipfile.ZipFile(saved / "台账.xlsx") as archive:
            assert b"LibreOffice" in archive.read("docProps/app.xml")
        assert UNCHANGED in came_back(ledger, invoke, saved / "台账.xlsx").err
