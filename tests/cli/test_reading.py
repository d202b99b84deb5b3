"""`list`, `due`, `status`, `show` and the picture of the day, as people and scripts read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

ROW = [
    "id", "title", "kind", "source", "section", "lead", "assist", "leader", "status", "nature",
    "due", "due_text", "days_left", "light", "path",
]  # fmt: skip
COUNTS = [
    "key", "total", "closed", "in_progress", "not_started", "applied", "reviewed", "ongoing",
    "cancelled", "overdue", "due_soon", "waiting", "rate",
]  # fmt: skip


def due(date: str | None, *dates: str) -> dict[str, Any]:
    """A time limit as a file has it."""
    if not date:
        return {"text": "待定"}
    return {"text": "原文", "date": date} | ({"dates": [*dates, date]} if dates else {})


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """Today is 2017-06-15: two overdue, one due today, one in 30 days, one in 31."""
    return make_ledger(
        [
            {"title": "今天到期", "due": due("2017-06-15")},
            {"title": "三十天", "due": due("2017-07-15"), "lead": ["条法司", "审查业务管理部"]},
            {"title": "三十一天", "due": due("2017-07-16")},
            {"title": "逾期一天", "due": due("2017-06-14"), "assist": ["办公室"]},
            {"title": "逾期很久", "due": due("2017-01-31"), "status": "未启动"},
            {"title": "没有日期", "due": due(None), "nature": None},
            {"title": "早已销号", "due": due("2017-01-31"), "status": "已销号"},
            {"title": "早已中止", "due": due("2017-01-31"), "status": "已中止"},
            {
                "title": "分阶段，前两次已报",
                "due": due("2017-12-31", "2017-03-31", "2017-06-20"),
                "progress": [{"date": "2017-06-20", "text": "报第二次"}],
            },
            {
                "title": "分阶段，只报一次",
                "due": due("2017-12-31", "2017-03-31", "2017-06-10"),
                "progress": [{"date": "2017-04-05", "text": "报第一次"}],
            },
            {
                "title": "延期以后",
                "due": due("2017-05-31"),
                "extensions": [
                    {
                        "date": "2017-05-20",
                        "from": "2017-05-31",
                        "to": "2017-06-30",
                        "reason": "等上级文件",
                        "approved_by": "局务会",
                    }
                ],
            },
            {"title": "待上会的", "due": due("2017-12-31"), "status": "待上会"},
        ]
    )


@pytest.fixture
def reading(ledger: LedgerFolder, invoke: Invoke) -> Callable[..., Any]:
    """Runs a reading command on the ledger, on its day, and gives the JSON it prints."""

    def call(*arguments: str) -> Any:
        outcome = invoke(ledger, "--today", "2017-06-15", *arguments, "--json")
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.json()

    return call


def titles(rows: list[dict[str, Any]]) -> list[str]:
    return [row["title"] for row in rows]


class TestDue:
    def test_worst_first_up_to_thirty_days(self, reading: Callable[..., Any]) -> None:
        assert titles(reading("due")) == [
            "逾期很久", "分阶段，只报一次", "逾期一天", "今天到期", "延期以后", "三十天",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("within", "last"),
        [("0", "今天到期"), ("15d", "延期以后"), ("2w", "今天到期"), ("3周", "延期以后"),
         ("29", "延期以后"), ("30天", "三十天"), ("1m", "三十天"), ("31", "三十一天"),
         ("1月", "三十天"), ("9999", "待上会的")],
    )  # fmt: skip
    def test_windows_include_their_last_day(
        self, within: str, last: str, reading: Callable[..., Any]
    ) -> None:
        assert titles(reading("due", "--within", within))[-1] == last

    def test_coming_only(
        self, reading: Callable[..., Any], ledger: LedgerFolder, invoke: Invoke, refused: Invoke
    ) -> None:
        assert titles(reading("due", "--coming")) == ["今天到期", "延期以后", "三十天"]
        assert titles(reading("due", "--coming", "--within", "0")) == ["今天到期"]
        told = invoke(ledger, "--today", "2017-06-15", "due", "--coming")
        assert told.out.splitlines()[0] == "2017-06-15：30 天内到期 3 项"
        refused(ledger, "due", "--coming", "--overdue", code=2, says="不能同时用")

    def test_overdue_only(self, reading: Callable[..., Any]) -> None:
        rows = reading("due", "--overdue")
        assert titles(rows) == ["逾期很久", "分阶段，只报一次", "逾期一天"]
        assert all(row["days_left"] < 0 and row["light"] == "红" for row in rows)

    def test_next_open_checkpoint_and_extension(self, reading: Callable[..., Any]) -> None:
        days = {row["title"]: row["due"] for row in reading("due", "--within", "9999")}
        assert days["分阶段，前两次已报"] == "2017-12-31"
        assert days["分阶段，只报一次"] == "2017-06-10"
        assert days["延期以后"] == "2017-06-30"
        assert not {"没有日期", "早已销号", "早已中止"} & days.keys()

    @pytest.mark.parametrize("name", ["审业部", "审查业务管理部"])
    def test_department_by_alias_on_either_side(
        self, name: str, reading: Callable[..., Any]
    ) -> None:
        assert "三十天" in titles(reading("due", "--lead", name))

    def test_departments_widen(self, reading: Callable[..., Any]) -> None:
        assert titles(reading("due", "--dept", "局办公室")) == ["逾期一天"]
        both = reading("due", "--dept", "办公室", "--dept", "条法司")
        assert titles(both) == ["逾期一天", "三十天"]

    @pytest.mark.parametrize(
        "filters",
        [(), ("--dept", "审业部"), ("--dept", "审查业务管理部"), ("--overdue",), ("--within", "0"),
         ("--source", "GZ2017"), ("--assist", "办公室"), ("--kind", "工作要点")],
    )  # fmt: skip
    def test_warm_cache_says_what_a_cold_one_says(
        self, filters: tuple[str, ...], ledger: LedgerFolder, reading: Callable[..., Any]
    ) -> None:
        (ledger.root / ".git" / "ledger" / "cache.sqlite").unlink(missing_ok=True)
        cold = reading("due", *filters)
        assert reading("due", *filters) == cold
        assert reading("due", *filters) == cold
        everything = reading("due")
        assert [row for row in everything if row in cold] == [
            row for row in cold if row in everything
        ]

    def test_caption_counts(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        table = invoke(ledger, "--today", "2017-06-15", "due", "--dept", "审业部").out
        assert table.splitlines()[0] == "审业部 2017-06-15：逾期 3 项，30 天内到期 3 项"
        overdue = invoke(ledger, "--today", "2017-06-15", "due", "--overdue").out
        assert overdue.splitlines()[0] == "2017-06-15：逾期 3 项"

    def test_last_days_of_the_calendar(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        assert invoke(ledger, "--today", "9999-12-31", "due").code == 0
        assert invoke(ledger, "--today", "0001-01-01", "due").code == 0


class TestList:
    def test_keys_of_a_row(self, reading: Callable[..., Any]) -> None:
        rows = reading("list")
        assert len(rows) == 12
        assert all(list(row) == ROW for row in rows)
        assert rows[0] == {
            "id": "GZ2017-001",
            "title": "今天到期",
            "kind": "工作要点",
            "source": "GZ2017",
            "section": "",
            "lead": ["审业部"],
            "assist": [],
            "leader": "",
            "status": "推进中",
            "nature": "限期",
            "due": "2017-06-15",
            "due_text": "原文",
            "days_left": 0,
            "light": "黄",
            "path": "data/tasks/GZ2017/GZ2017-001.yaml",
        }
        undated = rows[5]
        assert (undated["due"], undated["days_left"], undated["light"]) == (None, None, "绿")

    def test_order_and_groups(self, reading: Callable[..., Any]) -> None:
        ascending = reading("list", "--sort", "due")
        assert ascending[0]["title"] == "逾期很久"
        assert [row["due"] for row in ascending[-3:]] == [None] * 3
        assert [row["due"] for row in reading("list", "--sort", "-due")[-3:]] == [None] * 3
        groups = reading("list", "--group", "lead")
        assert [group["key"] for group in groups] == ["审业部", "条法司"]
        assert [len(group["rows"]) for group in groups] == [12, 1]

    def test_grouped_table_has_a_heading_each(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        lines = invoke(ledger, "list", "--group", "status").out.splitlines()
        headings = [line for line in lines if line.endswith(" 项）")]
        assert "推进中（8 项）" in headings
        assert sum(int(line.rpartition("（")[2].split()[0]) for line in headings) == 12

    def test_text_is_found_whatever_width_and_case(
        self, make_ledger: MakeLedger, invoke: Invoke
    ) -> None:
        ledger = make_ledger([{"measures": ["推进ＰＣＴ申请 Abc"]}, {"goal": "pct１２件"}])
        for text, count in (("pct", 2), ("ＡＢＣ", 1), ("12件", 1), ("pct申请", 1), ("没有", 0)):
            assert len(invoke(ledger, "list", "--text", text, "--json").json()) == count

    def test_full_gives_every_field_typed_and_unknown_ones_too(
        self, make_ledger: MakeLedger, invoke: Invoke
    ) -> None:
        ledger = make_ledger(
            [
                {
                    "indicators": [{"name": "新建", "target": 20, "actual": 7.5, "unit": "家"}],
                    "progress": [{"date": "2017-01-05", "text": "x", "percent": 60, "地点": "京"}],
                    "联系电话": "010",
                    "closing": {"decision": "D1"},
                    "due": due("2017-12-31", "2017-03-31"),
                    "tags": ["重点"],
                    "measures": ["一", "二"],
                    "owner": "处长",
                }
            ]
        )
        row = invoke(ledger, "list", "--full", "--json").json()[0]
        assert list(row)[: len(ROW)] == ROW
        assert row["due"] == "2017-03-31"
        assert row["deadline"] == {
            "text": "原文",
            "start": None,
            "date": "2017-12-31",
            "dates": ["2017-03-31", "2017-12-31"],
        }
        assert row["indicators"] == [{"name": "新建", "target": 20, "actual": 7.5, "unit": "家"}]
        assert row["progress"][0]["percent"] == 60
        assert row["progress"][0]["地点"] == "京"
        assert row["联系电话"] == "010"
        assert row["closing"]["decision"] == "D1"
        assert (row["measures"], row["owner"], row["tags"]) == (["一", "二"], "处长", ["重点"])
        for key in ("extensions", "evidence", "lookback", "links"):
            assert row[key] == []
        assert invoke(ledger, "show", "001", "--json").json() == row

    def test_csv_for_spreadsheets(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        names = [
            "=cmd|' /C calc'!A0",
            "+1",
            "@x",
            "-2+3",
            "-12",
            "普通",
            "＝1+1",
            'a"b,c',
            "一\n二",
        ]
        ledger = make_ledger([{"title": name, "leader": name} for name in names])
        outcome = invoke(ledger, "list", "--format", "csv")
        assert not outcome.out.startswith("\ufeff")
        rows = list(csv.DictReader(io.StringIO(outcome.out)))
        assert list(rows[0]) == [
            "编号", "类别", "来源", "部分", "事项", "牵头", "配合", "责任领导", "状态", "性质",
            "时限原文", "截止日期", "余期（天）", "亮灯", "文件",
        ]  # fmt: skip
        shown = [
            "'=cmd|' /C calc'!A0",
            "'+1",
            "'@x",
            "'-2+3",
            "-12",
            "普通",
            "'＝1+1",
            'a"b,c',
            "一\n二",
        ]
        assert [row["事项"] for row in rows] == shown
        assert [row["责任领导"] for row in rows] == shown

    def test_markdown_is_literal(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger([{"title": "a|b*c<d&e`f_g\nh[i](j)#k~l"}])
        lines = invoke(ledger, "list", "--format", "md").out.splitlines()
        assert lines[0] == "共 1 项"
        assert lines[2].startswith("| 灯 | 编号 | 事项 |")
        assert lines[3].count("---") == 7
        expected = r"a\|b\*c&lt;d&amp;e\`f\_g<br>h\[i\](j)\#k\~l"
        assert f"| {expected} |" in lines[4]
        assert len(lines) == 5

    def test_plain_pipe_is_full_text_without_colour(
        self, make_ledger: MakeLedger, invoke: Invoke
    ) -> None:
        title = "一个很长很长的名称" * 20
        ledger = make_ledger([{"title": title}, {"title": "短"}])
        outcome = invoke(ledger, "list")
        assert title in outcome.out
        assert "\x1b" not in outcome.out
        assert not set("─│┃━…") & set(outcome.out)

    def test_empty_ledger(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger()
        assert invoke(ledger, "list").out == "共 0 项\n"
        assert invoke(ledger, "list", "--json").json() == []
        assert invoke(ledger, "list", "--format", "csv").out.count("\n") == 1
        assert invoke(ledger, "due", "--json").json() == []
        assert invoke(ledger, "list", "--group", "lead", "--json").json() == []

    def test_picture(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        from xml.etree import ElementTree

        outcome = invoke(ledger, "list", "--format", "svg")
        root = ElementTree.fromstring(outcome.out)  # noqa: S314 - our own output
        assert root.tag.endswith("svg")
        assert "逾期很久" in "".join(root.itertext())
        grounds = {each.get("fill") for each in root.iter() if each.tag.endswith("rect")}
        assert "#da3633" in grounds  # a late one's light


class TestStatus:
    def test_keys_and_sums(self, reading: Callable[..., Any]) -> None:
        everything, overdue = reading("list"), reading("due", "--overdue")
        for by in ("lead", "source", "kind", "leader", "section", "nature"):
            numbers = reading("status", "--by", by)
            assert list(numbers) == ["total", "closed", "rate", "rows"]
            assert numbers["total"] == len(everything)
            assert (numbers["closed"], numbers["rate"]) == (1, 8.3)
            assert all(list(row) == COUNTS for row in numbers["rows"])
            for row in numbers["rows"]:
                statuses = [row[key] for key in COUNTS[2:9]]
                assert sum(statuses) == row["total"]
                assert row["rate"] == round(100 * row["closed"] / row["total"], 1)
            if by != "lead":
                assert sum(row["total"] for row in numbers["rows"]) == numbers["total"]
                assert sum(row["overdue"] for row in numbers["rows"]) == len(overdue)

    def test_department_of_several_counts_in_each(self, reading: Callable[..., Any]) -> None:
        rows = {row["key"]: row for row in reading("status")["rows"]}
        assert {key: row["total"] for key, row in rows.items()} == {"审业部": 12, "条法司": 1}
        for name, row in rows.items():
            assert row["total"] == len(reading("list", "--lead", name))
            assert row["overdue"] == len(reading("due", "--overdue", "--lead", name))
            assert row["due_soon"] == len(reading("list", "--light", "黄", "--lead", name))

    def test_rates_have_one_decimal(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger([{"status": "已销号"}, {"status": "已销号"}, {}])
        numbers = invoke(ledger, "status", "--json").json()
        assert (numbers["rate"], numbers["rows"][0]["rate"]) == (66.7, 66.7)
        assert "66.7%" in invoke(ledger, "status").out

    def test_empty_ledger(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger()
        empty = {"total": 0, "closed": 0, "rate": 0.0, "rows": []}
        assert invoke(ledger, "status", "--json").json() == empty
        assert "全部事项" in invoke(ledger, "status").out

    def test_other_forms(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        table = list(csv.reader(io.StringIO(invoke(ledger, "status", "--format", "csv").out)))
        assert table[0][:3] == ["牵头部门", "总数", "已销号"]
        assert table[-1][:3] == ["全部事项", "12", "1"]
        assert "| 全部事项 | 12 |" in invoke(ledger, "status", "--format", "md").out


class TestShow:
    def test_everything_in_words(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger(
            [
                {
                    "title": "开展能力测评",
                    "leader": "分管局领导",
                    "progress": [
                        {"date": "2017-02-01", "by": "处长", "text": "启动", "percent": 5}
                    ],
                    "indicators": [{"name": "新建", "target": 20, "unit": "家"}],
                    "联系电话": "010",
                }
            ]
        )
        lines = invoke(ledger, "--today", "2017-06-15", "show", "1").out.splitlines()
        assert lines[0] == "GZ2017-001  开展能力测评"
        assert "牵头部门  审业部" in lines
        assert "具体措施  制定方案、组织实施" in lines
        assert "责任领导  分管局领导" in lines
        assert "完成时限  6月（2017-06-30）（下一节点 2017-06-30，15天，黄灯）" in lines
        assert "进展记录  2017-02-01 处长 5%：启动" in lines
        assert "量化指标  名称 新建；目标值 20；单位 家" in lines
        assert "联系电话  010" in lines
        assert lines[-1] == "文件      data/tasks/GZ2017/GZ2017-001.yaml"

    def test_by_any_unique_ending(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger(3)
        for ending in ("GZ2017-002", "gz2017-002", "002", "2", "02"):
            assert invoke(ledger, "show", ending, "--json").json()["id"] == "GZ2017-002"

    def test_other_forms(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger([{"title": "甲|乙", "measures": ["第一步" * 6, "第二步" * 6]}])
        markdown = invoke(ledger, "show", "001", "--format", "md").out.splitlines()
        assert markdown[0] == r"## GZ2017-001 甲\|乙"
        assert "- **牵头部门**：审业部" in markdown
        place = markdown.index("- **具体措施**：")
        assert markdown[place + 1] == f"  - {'第一步' * 6}"
        table = list(
            csv.DictReader(io.StringIO(invoke(ledger, "show", "1", "--format", "csv").out))
        )
        assert table[0]["事项"] == "甲|乙"


class TestPicture:
    def test_numbers_and_tables(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        lines = invoke(ledger, "--today", "2017-06-15").out.splitlines()
        assert lines[0] == "某局 台账 · 2017-06-15"
        assert lines[1] == ("共 12 项，已销号 1 项（8.3%），逾期 3 项，本周到期 1 项，待上会 1 项")
        headings = [line for line in lines if line.endswith(" 项）")]
        assert headings == ["逾期（3 项）", "本周到期（1 项）", "待上会（1 项）"]

    def test_ten_rows_and_how_many_more(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger([{"due": due("2017-01-31")}] * 13)
        lines = invoke(ledger, "--today", "2017-06-15").out.splitlines()
        assert len([line for line in lines if line.startswith("红")]) == 10
        assert "……还有 3 项（ledger due、ledger list）" in lines

    def test_empty_ledger(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        outcome = invoke(make_ledger(), "--today", "2017-06-15")
        assert outcome.code == 0
        assert outcome.out.splitlines()[1].startswith("共 0 项，已销号 0 项（0.0%）")


class TestToday:
    def test_option_before_and_after_the_command_and_the_environment(
        self, ledger: LedgerFolder, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = str(ledger.root)
        monkeypatch.setenv("LEDGER_TODAY", "2017-01-01")
        assert invoke(ledger, "list", "--json").json()[0]["days_left"] == 165
        for arguments in (
            ("--today", "2017-06-15", "-C", root, "list", "--json"),
            ("list", "--json", "--today", "2017-06-15", "-C", root),
            ("list", "--today=2017-06-15", f"-C{root}", "--json"),
            ("-C", root, "list", "--json", "--today=2017-06-15"),
        ):
            outcome = invoke(ledger.root.parent, *arguments)
            assert outcome.code == 0, outcome.err
            assert outcome.json()[0]["days_left"] == 0

    def test_an_empty_variable_is_none(
        self, ledger: LedgerFolder, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LEDGER_TODAY", "")
        assert invoke(ledger, "list").code == 0

    def test_from_a_folder_below(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        assert len(invoke(ledger.root / "data" / "tasks", "list", "--json").json()) == 12

    def test_what_follows_two_dashes_is_no_option(
        self, ledger: LedgerFolder, refused: Invoke
    ) -> None:
        refused(ledger, "show", "--", "--today", code=2, says="“--today”")


class TestAt:
    @pytest.fixture
    def history(self, make_ledger: MakeLedger) -> LedgerFolder:
        """One task in March, another on 30 June at 23:30 in Beijing, a third a moment later."""
        ledger = make_ledger([{"due": due("2017-03-31")}])
        ledger.write_task(id="GZ2017-002")
        ledger.commit("二", "2017-06-30T23:30:00+08:00")
        ledger.write_task(id="GZ2017-003")
        ledger.commit("三", "2017-07-01T00:10:00+08:00")
        ledger.write_task(id="GZ2017-004")
        return ledger

    @pytest.mark.parametrize(
        ("at", "count"),
        [("2017-03-01", 1), ("2017-06-29", 1), ("2017-06-30", 2), ("2017-07-01", 3), ("HEAD", 3),
         ("HEAD~1", 2), ("main", 3), ("2030-01-01", 3)],
    )  # fmt: skip
    @pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
    def test_by_revision_and_by_day_in_the_ledgers_time_zone(
        self, at: str, count: int, zone: str, history: LedgerFolder, invoke: Invoke,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setenv("TZ", zone)  # where the reader sits does not matter
        assert len(invoke(history, "list", "--at", at, "--json").json()) == count

    def test_the_ledgers_own_time_zone_decides(self, history: LedgerFolder, invoke: Invoke) -> None:
        history.write("ledger.yaml", "organisation: 某局\ncalendar: {timezone: UTC}\n")
        assert len(invoke(history, "list", "--at", "2017-06-30", "--json").json()) == 3

    def test_lights_are_those_of_the_day(self, history: LedgerFolder, invoke: Invoke) -> None:
        def light(*arguments: str) -> tuple[int, str]:
            row = invoke(history, "list", *arguments, "--json").json()[0]
            return row["days_left"], row["light"]

        assert light("--at", "2017-03-21") == (10, "黄")
        assert light("--at", "HEAD~2") == (30, "绿")
        assert light("--at", "HEAD") == (-92, "红")
        assert light("--at", "2017-03-21", "--today", "2017-04-01") == (-1, "红")

    def test_every_reading_command_has_it(self, history: LedgerFolder, invoke: Invoke) -> None:
        assert invoke(history, "show", "1", "--at", "HEAD~2", "--json").code == 0
        assert invoke(history, "show", "2", "--at", "HEAD~2").code == 2
        assert invoke(history, "status", "--at", "HEAD~1", "--json").json()["total"] == 2
        due = invoke(history, "due", "--at", "2017-06-30", "--json").json()
        assert [row["id"] for row in due] == ["GZ2017-001", "GZ2017-002"]

    def test_before_the_first_commit(self, make_ledger: MakeLedger, refused: Invoke) -> None:
        ledger = make_ledger(1, commit=False)
        refused(ledger, "list", "--at", "HEAD", code=2, says="HEAD")
        refused(ledger, "list", "--at", "2017-12-31", code=2, says="还没有任何提交")


def test_who_leads_nothing_is_nobodys_by_another_name(
    make_ledger: MakeLedger, invoke: Invoke
) -> None:
    """A department that goes by what lists call an empty field gets no task of nobody's."""
    departments = [{"name": "办公室", "aliases": ["（未填）"]}]
    ledger = make_ledger([{"lead": []}, {"lead": ["办公室"]}], config={"departments": departments})
    told = [
        {row["key"]: row["total"] for row in invoke(ledger, *words).json()["rows"]}
        for words in (("status", "--json"), ("status", "--json", "--at", "HEAD"))
    ]
    assert told == [{"（未填）": 1, "办公室": 1}] * 2
    for at in ((), ("--at", "HEAD")):
        groups = invoke(ledger, "list", "--group", "lead", "--json", *at).json()
        assert {each["key"]: len(each["rows"]) for each in groups} == told[0]
