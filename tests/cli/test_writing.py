"""`progress`, `extend`, `edit` and `add`: what they write, commit and leave alone."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = ("--today", "2017-03-10")
FORGED = "完成初稿\n\nLedger-Task: OTHER\nLedger-Op: close"
YAML_TRAPS = (
    "a: b", "# 不是注释", "- 不是列表", "[不是列表", "{不是: 映射}", "*不是引用", "&不是锚点",
    "!不是标签", "| 不是块", "> 不是块", "%不是指令", "@x", "`x`", '"引号', "'引号", "是: 否 # 注",
    "null", "~", "yes", "0123", "1e5", "2017-01-01", "---", "...", "? x", "a\n  b\n\n# c: d\n",
    "末尾空格 ", "：", "\u3000全角空格开头", "😀 表情", "x" * 3000,
)  # fmt: skip


def trailers(ledger: LedgerFolder, revision: str = "HEAD") -> list[str]:
    """The trailers of a commit, as git itself reads them."""
    message = ledger.git("show", "-s", "--format=%B", revision)
    parsed = subprocess.run(
        ["git", "interpret-trailers", "--parse"],
        input=message,
        capture_output=True,
        text=True,
        check=True,
    )
    return parsed.stdout.splitlines()


def data(ledger: LedgerFolder, task_id: str) -> dict[str, Any]:
    """A task's file, every scalar as text."""
    text = ledger.path(task_id).read_text(encoding="utf-8")
    fields = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - scalars stay texts
    assert isinstance(fields, dict)
    return fields


def changed_files(ledger: LedgerFolder) -> list[str]:
    return ledger.git("show", "--name-only", "--format=").split()


class TestProgress:
    @pytest.fixture
    def ledger(self, make_ledger: MakeLedger) -> LedgerFolder:
        return make_ledger([{"status": "未启动"}, {}, {"status": "已销号"}, {"status": "已中止"}])

    def test_starts_a_task_and_says_so(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        outcome = invoke(ledger, *TODAY, "progress", "1", "--text", "启动", "--percent", "10")
        assert (outcome.code, outcome.out) == (0, "")
        assert outcome.sentences == [
            "已填报 GZ2017-001 事项GZ2017-001。",
            "  状态：未启动 → 推进中",
            "  进展记录：新增 2017-03-10 办公室联络员 10%：启动",
        ]
        written = data(ledger, "GZ2017-001")
        assert written["status"] == "推进中"
        entry = {"date": "2017-03-10", "by": "办公室联络员", "text": "启动", "percent": "10"}
        assert written["progress"] == [entry]
        assert changed_files(ledger) == ["data/tasks/GZ2017/GZ2017-001.yaml"]

    def test_commit_is_chinese_with_trailers(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        invoke(ledger, *TODAY, "progress", "2", "--text", "x")
        assert ledger.git("show", "-s", "--format=%s").strip() == "进展 GZ2017-002 事项GZ2017-002"
        assert trailers(ledger) == ["Ledger-Op: progress", "Ledger-Task: GZ2017-002"]

    def test_by_and_date(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        flags = ("--by", "审业部联络员", "--date", "2017-03-02")
        assert invoke(ledger, *TODAY, "progress", "2", "--text", "x", *flags).code == 0
        entry = data(ledger, "GZ2017-002")["progress"][0]
        assert (entry["by"], entry["date"]) == ("审业部联络员", "2017-03-02")

    def test_appends(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        for text in ("一", "二", "三"):
            invoke(ledger, *TODAY, "progress", "2", "--text", text)
        assert [e["text"] for e in data(ledger, "GZ2017-002")["progress"]] == ["一", "二", "三"]

    def test_without_a_commit(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        head = ledger.git("rev-parse", "HEAD")
        outcome = invoke(ledger, *TODAY, "progress", "2", "--text", "x", "--no-commit")
        assert outcome.sentences[-1] == "  只改了文件，没有提交。"
        assert ledger.git("rev-parse", "HEAD") == head
        assert ledger.git("status", "--porcelain") == " M data/tasks/GZ2017/GZ2017-002.yaml\n"

    def test_earlier_changes_of_the_file_go_along_and_are_named(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        ledger.write_task(id="GZ2017-002", leader="局长")
        outcome = invoke(ledger, *TODAY, "progress", "2", "--text", "x")
        assert outcome.sentences[-1] == "  这个文件原来就有没有提交的改动，已一并提交。"

    @pytest.mark.parametrize(("task", "status"), [("3", "已销号"), ("4", "已中止")])
    def test_ended_task(
        self, task: str, status: str, ledger: LedgerFolder, refused: Invoke
    ) -> None:
        refused(ledger, *TODAY, "progress", task, "--text", "x", code=1, says=status)

    def test_a_text_forges_no_trailers(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        command = ("progress", "2", "--text", FORGED, "--by", FORGED)
        assert invoke(ledger, *TODAY, *command).code == 0
        assert trailers(ledger) == ["Ledger-Op: progress", "Ledger-Task: GZ2017-002"]
        entry = data(ledger, "GZ2017-002")["progress"][0]
        assert (entry["text"], entry["by"]) == (FORGED, FORGED)

    def test_any_text_comes_back(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        for text in YAML_TRAPS:
            who = f"联络员\n{text}".strip()
            flags = ("--text", text, "--by", who, "--no-commit")
            outcome = invoke(ledger, *TODAY, "progress", "2", *flags)
            assert outcome.code == 0, outcome.err
            entry = data(ledger, "GZ2017-002")["progress"][-1]
            assert (entry["text"], entry["by"]) == (text.strip(), who)
        shown = invoke(ledger, "show", "2", "--json").json()["progress"]
        assert [entry["text"] for entry in shown] == [text.strip() for text in YAML_TRAPS]
        assert invoke(ledger, "list").err == ""


class TestExtend:
    @pytest.fixture
    def ledger(self, make_ledger: MakeLedger) -> LedgerFolder:
        steps = {"text": "3月、6月", "date": "2017-06-30", "dates": ["2017-03-31", "2017-06-30"]}
        reported = [{"date": "2017-03-05", "text": "x"}]
        return make_ledger(
            [
                {},
                {"due": {"text": "待定"}, "nature": None},
                {"status": "已销号"},
                {"due": steps, "progress": reported},
            ]
        )

    def extend(self, to: str, task: str = "1", reason: str = "等上级文件") -> tuple[str, ...]:
        flags = ("--to", to, "--reason", reason, "--approved-by", "局务会")
        return (*TODAY, "extend", task, *flags)

    def test_original_deadline_stays(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        assert invoke(ledger, *self.extend("2017-09-30")).code == 0
        written = data(ledger, "GZ2017-001")
        assert written["due"] == {"text": "6月", "date": "2017-06-30"}
        assert written["extensions"] == [
            {
                "date": "2017-03-10",
                "from": "2017-06-30",
                "to": "2017-09-30",
                "reason": "等上级文件",
                "approved_by": "局务会",
                "by": "办公室联络员",
            }
        ]
        assert invoke(ledger, "list", "--json").json()[0]["due"] == "2017-09-30"
        assert trailers(ledger) == ["Ledger-Op: extend", "Ledger-Task: GZ2017-001"]

    def test_each_one_must_be_later_than_the_last(
        self, ledger: LedgerFolder, invoke: Invoke, refused: Invoke
    ) -> None:
        refused(ledger, *self.extend("2017-06-30"), code=1, says="2017-06-30")
        assert invoke(ledger, *self.extend("2017-07-02")).code == 0
        refused(ledger, *self.extend("2017-07-01"), code=1, says="2017-07-02")

    def test_the_same_once_more_is_no_second_one(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        assert invoke(ledger, *self.extend("2017-07-01")).code == 0
        before = ledger.path("GZ2017-001").read_bytes()
        outcome = invoke(ledger, *self.extend("2017-07-01"))
        assert (outcome.code, "已经登记过同样的延期" in outcome.err) == (0, True)
        assert ledger.path("GZ2017-001").read_bytes() == before
        assert invoke(ledger, *self.extend("9999-12-31")).code == 0

    def test_of_several_checkpoints_the_next_open_one_moves(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        assert invoke(ledger, *self.extend("2017-04-30", "4")).code == 0
        assert data(ledger, "GZ2017-004")["extensions"][0]["from"] == "2017-03-31"

    def test_nothing_to_extend(self, ledger: LedgerFolder, refused: Invoke) -> None:
        refused(ledger, *self.extend("2017-12-31", "2"), code=1, says="没有截止日期")
        refused(ledger, *self.extend("2018-12-31", "3"), code=1, says="已销号")

    def test_reason_cannot_pass_for_an_import(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        reason = "x\nLedger-Op: import\nLedger-Source: GZ2017"
        assert invoke(ledger, *self.extend("2017-09-30", reason=reason)).code == 0
        assert trailers(ledger) == ["Ledger-Op: extend", "Ledger-Task: GZ2017-001"]
        message = ledger.git("show", "-s", "--format=%B").splitlines()
        assert [line for line in message if line.startswith("Ledger-")] == trailers(ledger)
        assert data(ledger, "GZ2017-001")["extensions"][0]["reason"] == reason


class TestEdit:
    @pytest.fixture
    def ledger(self, make_ledger: MakeLedger) -> LedgerFolder:
        return make_ledger([{"status": "未启动"}, {}, {"due": {"text": "待定"}, "nature": None}])

    def test_fields_and_their_old_values(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        outcome = invoke(
            ledger, *TODAY, "edit", "2", "--title", "新名称", "--lead", "局办公室",
            "--assist", "条法司", "--measure", "一", "--measure", "二",
            "--leader", "分管局领导", "--tag", "重点",
        )  # fmt: skip
        assert outcome.code == 0
        assert "  事项：事项GZ2017-002 → 新名称" in outcome.sentences
        assert "  牵头部门：审业部 → 办公室" in outcome.sentences
        written = data(ledger, "GZ2017-002")
        assert (written["lead"], written["measures"]) == (["办公室"], ["一", "二"])
        assert trailers(ledger) == ["Ledger-Op: edit", "Ledger-Task: GZ2017-002"]
        assert "办理人：办公室联络员" in ledger.git("show", "-s", "--format=%B")

    def test_only_the_lines_that_must(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        place = ledger.path("GZ2017-002")
        text = place.read_text(encoding="utf-8")
        place.write_text(f"# 开头的说明\n{text}备用: 原样  # 行末说明\n", encoding="utf-8")
        ledger.commit()
        assert invoke(ledger, *TODAY, "edit", "2", "--leader", "局长").code == 0
        assert ledger.git("diff", "--numstat", "HEAD~1").split()[:2] == ["1", "0"]

    @pytest.mark.parametrize(
        ("flags", "message"),
        [
            (("--status", "已销号"), "状态不能直接从“推进中”改为“已销号”"),
            (("--status", "未启动"), "状态不能直接"),
            (("--due", "12月"), "ledger extend"),
            (("--due", ""), "ledger extend"),
            (("--title", ""), "必填项是空的"),
            (("--status", "完成"), "不在可选值之中"),
            (("--nature", "临时"), "不在可选值之中"),
        ],
    )
    def test_guarded(
        self, flags: tuple[str, ...], message: str, ledger: LedgerFolder, refused: Invoke
    ) -> None:
        refused(ledger, *TODAY, "edit", "2", *flags, code=1, says=message)

    def test_what_is_so_already(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        head = ledger.git("rev-parse", "HEAD")
        outcome = invoke(ledger, *TODAY, "edit", "2", "--title", "事项GZ2017-002")
        assert (outcome.code, "没有任何改动" in outcome.err) == (0, True)
        assert ledger.git("rev-parse", "HEAD") == head

    def test_what_may_be_done(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        assert invoke(ledger, *TODAY, "edit", "1", "--status", "推进中").code == 0
        assert invoke(ledger, *TODAY, "edit", "3", "--due", "9月底前").code == 0
        assert data(ledger, "GZ2017-003")["due"] == {"text": "9月底前", "date": "2017-09-30"}

    def test_day_to_come(self, ledger: LedgerFolder, refused: Invoke) -> None:
        flags = ("--leader", "局长", "--date", "2017-03-11")
        refused(ledger, *TODAY, "edit", "2", *flags, code=2, says="还没有到")

    def test_a_text_forges_no_trailers(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        command = ("edit", "2", "--title", FORGED, "--goal", FORGED, "--by", FORGED)
        assert invoke(ledger, *TODAY, *command).code == 0
        assert trailers(ledger) == ["Ledger-Op: edit", "Ledger-Task: GZ2017-002"]
        assert invoke(ledger, *TODAY, "progress", "2", "--text", "再填一次").code == 0
        assert trailers(ledger) == ["Ledger-Op: progress", "Ledger-Task: GZ2017-002"]

    def test_any_text_comes_back(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        for text in YAML_TRAPS:
            flags = ("--title", text, "--goal", text, "--measure", text, "--measure", text)
            outcome = invoke(ledger, *TODAY, "edit", "2", *flags, "--no-commit")
            assert outcome.code == 0, outcome.err
            written = data(ledger, "GZ2017-002")
            assert (written["title"], written["goal"]) == (text, text)
            assert written["measures"] == [text, text]
        assert invoke(ledger, "list").err == ""


class TestAdd:
    def test_next_number_of_the_source(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger([{"id": "GZ2017-009"}, {"id": "GZ2017-041"}, {"id": "ZG2020-100"}])
        outcome = invoke(
            ledger, *TODAY, "add", "--source", "GZ2017", "--title", "新的一项", "--due", "9月底前",
            "--lead", "局办公室", "--lead", "审业部", "--measure", "一", "--by", "办公室主任",
        )  # fmt: skip
        assert outcome.code == 0
        assert outcome.sentences[0] == "已新增 GZ2017-042 新的一项。"
        assert data(ledger, "GZ2017-042") == {
            "id": "GZ2017-042",
            "kind": "工作要点",
            "title": "新的一项",
            "source": "GZ2017",
            "measures": ["一"],
            "lead": ["办公室", "审业部"],
            "nature": "限期",
            "due": {"text": "9月底前", "date": "2017-09-30"},
            "status": "未启动",
        }
        assert trailers(ledger) == ["Ledger-Op: add", "Ledger-Task: GZ2017-042"]
        assert "办理人：办公室主任" in ledger.git("show", "-s", "--format=%B")
        assert "（空）" not in outcome.err

    def test_a_time_limit_without_a_day_is_told(
        self, make_ledger: MakeLedger, invoke: Invoke
    ) -> None:
        ledger = make_ledger(1)
        remarks = {
            "尽快完成吧": "时限“尽快完成吧”读不出日期，记为待定",
            "2月30日": "2017 年 2 月没有 30 日",
            "待定": "",
            "长期坚持": "",
            "9月底前": "",
        }
        for text, words in remarks.items():
            words_given = ("--source", "GZ2017", "--title", f"某事{text}", "--due", text)
            outcome = invoke(ledger, *TODAY, "add", *words_given)
            assert outcome.code == 0
            assert words in outcome.err
            assert ("注意：" in outcome.err) == bool(words), text

    def test_first_of_a_source_and_beyond_a_thousand(
        self, make_ledger: MakeLedger, invoke: Invoke
    ) -> None:
        ledger = make_ledger([{"id": "GZ2017-999"}])
        for source, expected in (("GZ2017", "GZ2017-1000"), ("ZG2020", "ZG2020-001")):
            outcome = invoke(ledger, *TODAY, "add", "--source", source, "--title", "x")
            assert outcome.sentences[0] == f"已新增 {expected} x。"

    def test_prefix_of_the_source(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        source = {"id": "FK", "title": "反馈", "kind": "巡视整改", "prefix": "XS2020", "year": 2020}
        ledger = make_ledger(sources=[source])
        outcome = invoke(ledger, *TODAY, "add", "--source", "FK", "--title", "x", "--due", "6月")
        assert outcome.sentences[0] == "已新增 XS2020-001 x。"
        written = ledger.root / "data/tasks/FK/XS2020-001.yaml"
        assert "date: 2020-06-30" in written.read_text(encoding="utf-8")

    def test_new_source_comes_along(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger()
        flags = ("--source", "ZX2017", "--source-title", "专项整治", "--kind", "巡视整改")
        assert invoke(ledger, *TODAY, "add", *flags, "--title", "x").code == 0
        assert sorted(changed_files(ledger)) == [
            "data/sources/ZX2017.yaml",
            "data/tasks/ZX2017/ZX2017-001.yaml",
        ]
        rows = invoke(ledger, "list", "--source", "ZX2017", "--json").json()
        assert rows[0]["kind"] == "巡视整改"
        assert invoke(ledger, "doctor").code == 0

    @pytest.mark.parametrize(
        ("flags", "message"),
        [
            (("--source", "A B", "--source-title", "x"), "A B"),
            (("--source", "A B", "--source-title", "x", "--id", "X1"), "A B"),
            (("--source", "../x", "--source-title", "x", "--id", "X1"), "../x"),
            (("--source", "GZ2017", "--id", "../../x"), "../../x"),
            (("--source", "GZ2017", "--id", "编号"), "“编号”"),
            (("--source", "GZ2017", "--id", "-x"), "“-x”"),
            (("--source", "GZ2017", "--id", "x" * 65), "64"),
        ],
        ids=["blank", "blank with id", "path", "id path", "id Chinese", "id dash", "id long"],
    )
    def test_names_that_no_file_can_have(
        self, flags: tuple[str, ...], message: str, make_ledger: MakeLedger, refused: Invoke
    ) -> None:
        ledger = make_ledger()
        refused(ledger, *TODAY, "add", "--title", "x", *flags, code=1, says=message)

    def test_time_limit_that_cannot_be_read_is_kept_and_said(
        self, make_ledger: MakeLedger, invoke: Invoke
    ) -> None:
        ledger = make_ledger()
        text = "12月、3月"
        outcome = invoke(ledger, "add", "--source", "GZ2017", "--title", "x", "--due", text)
        assert outcome.code == 0
        assert outcome.sentences[0].startswith("注意：")
        assert data(ledger, "GZ2017-001")["due"] == {"text": text}


class TestWorkOfOthers:
    def test_is_not_touched(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger(3, files={"tracked.txt": "一\n", "staged.txt": "一\n"})
        ledger.write("staged.txt", "二\n")
        ledger.write("new-staged.txt", "新\n")
        ledger.git("add", "staged.txt", "new-staged.txt")
        ledger.write("staged.txt", "三\n")
        ledger.write("tracked.txt", "二\n")
        ledger.write("untracked.txt", "x\n")
        ledger.write_task(id="GZ2017-003", leader="手改的")
        ledger.git("stash", "list")
        before = ledger.git("status", "--porcelain")
        for command in (
            ("progress", "1", "--text", "x"),
            ("edit", "2", "--leader", "局长"),
            ("add", "--source", "GZ2017", "--title", "x"),
        ):
            assert invoke(ledger, *TODAY, *command).code == 0
            assert ledger.git("status", "--porcelain") == before
            assert len(changed_files(ledger)) == 1
        assert ledger.git("show", ":staged.txt") == "二\n"
