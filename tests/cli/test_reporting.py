"""`ledger report` and `ledger remind`: forms, files, options that do not go together."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import MakeLedger

DAY = ("--today", "2017-03-03")
LATE = {"due": {"text": "2月", "date": "2017-02-28"}}


def test_this_week_to_stdout(make_ledger: MakeLedger, invoke: Invoke) -> None:
    outcome = invoke(make_ledger([LATE]), *DAY, "report", "weekly")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("# 某局工作台账周报\n\n第9期　2017年2月27日至3月5日\n")
    assert "--week 2017-W09 --today 2017-03-03 · 提交 " in outcome.out


def test_what_is_not_committed_is_said(make_ledger: MakeLedger, invoke: Invoke) -> None:
    made = make_ledger(1)
    made.write_task(id="GZ2017-002")
    outcome = invoke(made, *DAY, "report", "weekly")
    assert "共有事项1项" in outcome.out
    assert outcome.sentences == ["台账里有还没有提交的改动，它们不在通报里。"]
    made.git("stash", "--include-untracked")
    made.write("备忘.txt", "不是台账的文件")
    assert invoke(made, *DAY, "report", "weekly").err == ""


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("周报.md", "# 某局".encode()),
        ("周报.html", b"<!DOCTYPE html>"),
        ("周报.docx", b"PK"),
        ("周报.json", b"{"),
        ("周报", "# 某局".encode()),
    ],
)
def test_the_suffix_says_the_form(
    make_ledger: MakeLedger, invoke: Invoke, tmp_path: Path, name: str, begins: bytes
) -> None:
    place = tmp_path / name
    outcome = invoke(make_ledger([LATE]), *DAY, "report", "weekly", "-o", str(place))
    assert (outcome.code, outcome.out) == (0, "")
    assert place.read_bytes().startswith(begins)


def test_word_carries_the_whole_bulletin(
    make_ledger: MakeLedger, invoke: Invoke, tmp_path: Path
) -> None:
    place = tmp_path / "周报.docx"
    odd = "核对 A|B <表> & *报* 😀"
    invoke(make_ledger([{"title": odd, **LATE}]), *DAY, "report", "weekly", "-o", str(place))
    text = zipfile.ZipFile(place).read("word/document.xml").decode()
    assert "核对 A|B &lt;表&gt; &amp; *报* 😀" in text
    assert "仿宋" in zipfile.ZipFile(place).read("word/styles.xml").decode()
    assert "校验：ledger report weekly" in text


def test_json(make_ledger: MakeLedger, invoke: Invoke) -> None:
    made = make_ledger([LATE])
    bulletin = invoke(made, *DAY, "report", "weekly", "--json").json()
    assert bulletin["commit"] == made.git("rev-parse", "HEAD").strip()
    facts = bulletin["facts"]
    assert facts["period"]["first"] == "2017-02-27"
    assert facts["count"]["overdue"] == 1
    assert facts["flow"]["remaining"] == 1
    assert facts["overdue"][0]["items"][0]["days_over"] == 3
    assert invoke(made, *DAY, "report", "scores", "--json").json()["facts"]["scores"]


def test_a_file_is_not_overwritten_unasked(
    make_ledger: MakeLedger, invoke: Invoke, tmp_path: Path
) -> None:
    place = tmp_path / "周报.md"
    place.write_text("我的", encoding="utf-8")
    words = (*DAY, "report", "weekly", "-o", str(place))
    made = make_ledger(1)
    assert invoke(made, *words).code == 1
    assert place.read_text(encoding="utf-8") == "我的"
    assert invoke(made, *words, "--force").code == 0
    assert place.read_text(encoding="utf-8") != "我的"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("report daily", "没有通报种类“daily”"),
        ("report weekly --week 2017-W99", "没有第 99 周"),
        ("report weekly --month 2017-10", "--month 不能用于 weekly"),
        ("report weekly --week 2017-W08 --since 2017-02-01", "统计期写重了"),
        ("report weekly --week 2017-W08 --until 2017-02-01", "统计期写重了"),
        ("report weekly --since 2017-02-20", "要一起写"),
        ("report weekly --until 2017-02-20", "要一起写"),
        ("report weekly --since 2017-02-20 --until 2017-02-13", "晚于截止日期"),
        ("report weekly --since 2017-02-30 --until 2017-03-01", "“2017-02-30”不是日期"),
        ("report weekly --week 2017-W20", "5月15日至21日还没有到"),
        ("report monthly --month 2017-13", "没有 13 月"),
        ("report annual --year 9999", "9999 年不在"),
        ("report closing --week 2017-W08", "--week 不能用于 closing"),
        ("report closing --source GZ1999", "没有来源“GZ1999”"),
        ("report closing --kind 别的", "没有类别“别的”"),
        ("report dept", "没有写是哪个部门"),
        ("report dept --dept 没有的", "没有部门“没有的”"),
        ("report weekly --dept 审业部", "--dept 只用于 dept"),
        ("report weekly --explain 审业部", "--explain 只用于 scores"),
        ("report scores --explain 没有的", "没有部门“没有的”"),
        ("report scores --number 3", "没有期号"),
        ("report weekly --format pdf", "没有输出格式“pdf”"),
        ("report weekly --format md --json", "只能用一个"),
        ("report weekly --at 没有的", "找不到版本“没有的”"),
        ("remind --dept 没有的", "没有部门“没有的”"),
        ("remind --format docx", "要写成文件"),
        ("remind --format html", "没有输出格式“html”"),
        ("remind --record --at HEAD", "--record 不能和 --at 一起用"),
        ("remind --reply-by 改天", "改天"),
        ("remind --reply-by 2017-03-01", "早于督办单的日期 2017-03-03"),
    ],
)
def test_usage_errors(make_ledger: MakeLedger, refused: Invoke, words: str, says: str) -> None:
    refused(make_ledger(1), *DAY, *words.split(), code=2, says=says)


@pytest.mark.parametrize(
    "words",
    [
        "report scores --year 2017",
        "report scores --since 2017-02-01",
        "report closing --until 2017-03-01",
        "report dept --dept 审查业务管理部",
        "report quarterly --quarter 2017-Q1 --kind 工作要点",
        "report monthly --month 2017-03",
        "report weekly --at HEAD --week 2016-W50",
        "report weekly --at 2017-03-02",
    ],
)
def test_what_goes_together(make_ledger: MakeLedger, invoke: Invoke, words: str) -> None:
    outcome = invoke(make_ledger([LATE]), *DAY, *words.split())
    assert (outcome.code, outcome.err) == (0, "")
    assert "校验：ledger report" in outcome.out


def test_a_period_that_has_hardly_begun(make_ledger: MakeLedger, invoke: Invoke) -> None:
    """Nearly nothing is in it: nobody waits for that on a Monday or on the first of a month."""
    made = make_ledger([LATE])
    for today, words, says in (
        ("2017-03-06", "weekly", "本周才到第 1 天，要上一期的加 --week 2017-W09。"),
        ("2017-03-07", "weekly", ""),
        ("2017-03-06", "weekly --week 2017-W10", ""),
        ("2017-03-05", "monthly", "本月才到第 5 天，要上一期的加 --month 2017-02。"),
        ("2017-03-06", "monthly", ""),
        ("2017-04-01", "quarterly", "本季度才到第 1 天，要上一期的加 --quarter 2017-Q1。"),
        ("2018-01-05", "annual", "本年度才到第 5 天，要上一期的加 --year 2017。"),
        ("2018-01-06", "annual", ""),
        ("2018-01-01", "closing", ""),
    ):
        outcome = invoke(made, "--today", today, "report", *words.split())
        assert (outcome.code, outcome.err.strip()) == (0, says), (today, words)


def test_a_ledger_without_commits(make_ledger: MakeLedger, refused: Invoke) -> None:
    refused(
        make_ledger(1, commit=False), *DAY, "report", "weekly", code=2, says="台账还没有任何提交"
    )


def test_a_day_before_all_history_is_said(make_ledger: MakeLedger, invoke: Invoke) -> None:
    outcome = invoke(make_ledger(1), "--today", "2016-03-03", "report", "weekly")
    assert outcome.code == 0
    assert "2016-03-03 时台账还没有任何提交" in outcome.err


def test_reminders_to_a_folder(make_ledger: MakeLedger, invoke: Invoke, tmp_path: Path) -> None:
    made = make_ledger([LATE, {"lead": ["条法司"], **LATE}])
    folder = tmp_path / "督办"
    outcome = invoke(made, *DAY, "remind", "-o", str(folder), "--format", "docx")
    assert outcome.code == 0
    assert sorted(each.name for each in folder.iterdir()) == [
        "督办单-审业部-2017-03-03.docx",
        "督办单-条法司-2017-03-03.docx",
    ]
    assert made.git("status", "--porcelain") == ""


def test_a_folder_for_reminders_that_cannot_be(
    make_ledger: MakeLedger, refused: Invoke, invoke: Invoke, tmp_path: Path
) -> None:
    """One is made in a folder that is there, and only where there is something to put in."""
    made = make_ledger([LATE])
    (tmp_path / "文件").write_text("一", "utf-8")
    for folder, code, says in (
        (tmp_path / "没有" / "督办", 2, "没有 不存在"),
        (tmp_path / "文件", 2, "文件 不是文件夹"),
        (made.root / "data" / "督办", 1, "台账自己的文件"),
    ):
        refused(made, *DAY, "remind", "-o", str(folder), code=code, says=says)
        assert not folder.is_dir()
    none = make_ledger([{"status": "未启动"}], name="空")
    assert invoke(none, *DAY, "remind", "-o", str(tmp_path / "督办")).code == 0
    assert not (tmp_path / "督办").exists()


def test_reminders_overwrite_nothing_unasked(
    make_ledger: MakeLedger, refused: Invoke, invoke: Invoke, tmp_path: Path
) -> None:
    made = make_ledger([LATE, {"lead": ["条法司"], **LATE}])
    mine = tmp_path / "督办单-条法司-2017-03-03.md"
    mine.write_text("我的", encoding="utf-8")
    command = ("remind", "-o", str(tmp_path), "--record")
    refused(made, *DAY, *command, code=1, says="一个也没有写")
    assert (len(list(tmp_path.glob("督办单*"))), mine.read_text("utf-8")) == (1, "我的")
    assert made.load().tasks[0].record.progress == ()
    assert invoke(made, *DAY, "remind", "-o", str(tmp_path), "--force").code == 0
    assert mine.read_text("utf-8").startswith("# 某局督办单")


def test_several_reminders_are_a_line_apart(make_ledger: MakeLedger, invoke: Invoke) -> None:
    made = make_ledger([LATE, {"lead": ["条法司"], **LATE}])
    assert " |\n\n# 某局督办单\n" in invoke(made, *DAY, "remind").out


def test_what_a_letter_says_beside_its_tasks(make_ledger: MakeLedger, invoke: Invoke) -> None:
    made = make_ledger([LATE])
    options = ("--number", "督办〔2017〕12号", "--reply-by", "2017-03-20", "--contact", "督查室")
    told = invoke(made, *DAY, "remind", *options).out
    assert told.startswith("# 某局督办单\n\n督办〔2017〕12号\n\n审业部：\n")
    assert "于2017年3月20日前书面反馈" in told
    assert "（联系人：督查室）" in told
    assert "\n某局\n\n2017年3月3日\n" in told


def test_one_number_is_of_one_letter(make_ledger: MakeLedger, refused: Invoke) -> None:
    made = make_ledger([LATE, {"lead": ["条法司"], **LATE}])
    command = ("remind", "--number", "督办〔2017〕12号")
    refused(made, *DAY, *command, code=2, says="有 2 份督办单，不能用同一个文号")


def test_scores_of_today_leave_today_out(make_ledger: MakeLedger, invoke: Invoke) -> None:
    made = make_ledger([LATE])
    for day, expected in (("2017-02-28", 100), ("2017-03-01", 98)):
        outcome = invoke(made, "--today", day, "report", "scores", "--json")
        assert outcome.json()["facts"]["scores"][0]["total"] == expected
        words = ("report", "scores", "--since", "2017-02-01", "--json")
        assert (
            invoke(made, "--today", day, *words).json()["facts"]["scores"][0]["total"] == expected
        )
    over = invoke(made, "--today", "2017-02-28", "report", "scores", "--until", "2017-02-28")
    assert "| 98 |" in over.out


def test_reminders_are_recorded_only_when_asked(make_ledger: MakeLedger, invoke: Invoke) -> None:
    made = make_ledger([LATE])
    outcome = invoke(made, *DAY, "remind")
    assert outcome.out.startswith("# 某局督办单\n\n＿＿＿〔2017〕＿＿号\n\n审业部：\n")
    assert made.load().tasks[0].record.progress == ()
    outcome = invoke(made, *DAY, "remind", "--record", "--by", "督查室主任")
    assert "已在 1 个事项的进展里记下督办" in outcome.err
    assert made.load().tasks[0].record.progress[0].event == "催办"
    assert "催办" in made.git("show", "HEAD")
    again = invoke(made, *DAY, "remind", "--record", "--by", "督查室主任")
    assert again.err == "这些事项当天都已记过督办，没有再记。\n"


def test_nothing_to_remind_of(make_ledger: MakeLedger, invoke: Invoke) -> None:
    outcome = invoke(make_ledger(1), *DAY, "remind")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "没有需要督办的事项。\n")


def test_the_json_is_one_document(make_ledger: MakeLedger, invoke: Invoke) -> None:
    made = make_ledger([LATE])
    for kind in ("monthly", "quarterly", "annual", "closing", "dept --dept 审业部"):
        assert json.loads(invoke(made, *DAY, "report", *kind.split(), "--json").out)


def test_lights_are_asked_for_by_the_ledgers_own_names(
    make_ledger: MakeLedger, invoke: Invoke
) -> None:
    lights = {"overdue": "红牌", "lagging": "橙"}
    lagging = {"progress": [{"date": "2017-01-01", "text": "刚起步", "percent": 0}]}
    made = make_ledger([LATE, lagging, {}], config={"lights": lights})
    for name, ids in (("红牌", ["GZ2017-001"]), ("橙灯", ["GZ2017-002"]), ("绿", ["GZ2017-003"])):
        outcome = invoke(made, *DAY, "list", "--light", name, "--json")
        assert [each["id"] for each in outcome.json()] == ids
    outcome = invoke(made, *DAY, "list", "--sort", "light", "--json")
    assert [each["light"] for each in outcome.json()] == ["红牌", "橙", "绿"]
    assert invoke(made, *DAY, "list", "--light", "红").code == 2
