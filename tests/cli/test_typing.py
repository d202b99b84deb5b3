"""Whoever types little is understood; whoever is not, hears what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Invoke, OnTerminal
    from tests.conftest import LedgerFolder, MakeLedger

TASKS = [
    {
        "title": "开展专利检索能力测评",
        "lead": ["审业部"],
        "leader": "分管副局长",
        "status": "推进中",
    },
    {"title": "修订审查质量保障手册", "lead": ["条法司"], "assist": ["审业部"], "status": "未启动"},
    {
        "title": "推动质量保障手册落地",
        "lead": ["规划司"],
        "leader": "主要负责人",
        "status": "未启动",
    },
    {
        "id": "ZG2020-001",
        "title": "长期跟踪重点问题",
        "nature": "长期坚持",
        "lead": ["巡视办"],
        "status": "未启动",
    },
]


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(TASKS)


def ids(ledger: LedgerFolder, invoke: Invoke, *words: str) -> list[str]:
    outcome = invoke(ledger, *words, "--json")
    assert outcome.code == 0, (words, outcome.err)
    rows = outcome.json()
    return [row["id"] for row in (rows if isinstance(rows, list) else [rows])]


def test_values_are_found_by_letters_and_form(ledger: LedgerFolder, invoke: Invoke) -> None:
    for words, expected in (
        ("list --dept syb", ["GZ2017-001", "GZ2017-002"]),
        ("list --lead SYB", ["GZ2017-001"]),
        ("list --lead shenyebu --lead tfs", ["GZ2017-001", "GZ2017-002"]),
        ("list --assist scywglb", ["GZ2017-002"]),
        ("list --dept jbgs", []),
        ("due --within 400 --dept syb", ["GZ2017-001", "GZ2017-002"]),
        ("list --status tjz", ["GZ2017-001"]),
        ("list --status tuijinzhong", ["GZ2017-001"]),
        ("list --nature zqjc", ["ZG2020-001"]),
        ("list --nature cqjc", ["ZG2020-001"]),
        ("list --kind xszg", ["ZG2020-001"]),
        ("list --source gz2017", ["GZ2017-001", "GZ2017-002", "GZ2017-003"]),
        ("list --source ＺＧ２０２０", ["ZG2020-001"]),
        ("list --source 巡视", ["ZG2020-001"]),
        ("list --source gzyd", ["GZ2017-001", "GZ2017-002", "GZ2017-003"]),
        ("list --leader fgfjz", ["GZ2017-001"]),
        ("list --leader 负责", ["GZ2017-003"]),
        ("list --at HEAD --leader fgfjz", ["GZ2017-001"]),
        ("list --at HEAD --dept syb --status tjz", ["GZ2017-001"]),
    ):
        assert ids(ledger, invoke, *words.split()) == expected, words


def test_what_is_remarked_is_said_once(ledger: LedgerFolder, invoke: Invoke) -> None:
    """Though the command is begun anew with what was meant."""
    ledger.write_task(id="GZ2017-009", title="没有提交的")
    outcome = invoke(ledger, "report", "dept", "--dept", "syb")
    assert (outcome.code, len(outcome.sentences)) == (0, 1), outcome.err
    assert "审业部" in outcome.out


def test_a_task_is_found_by_its_id_however_it_is_written(
    ledger: LedgerFolder, invoke: Invoke
) -> None:
    for name in ("gz2017-2", "ＧＺ２０１７－００２", "Gz2017-0002", "002", "２"):
        assert ids(ledger, invoke, "show", name) == ["GZ2017-002"], name
        assert ids(ledger, invoke, "show", name, "--at", "HEAD") == ["GZ2017-002"], name


def test_a_task_is_found_by_its_title(ledger: LedgerFolder, invoke: Invoke) -> None:
    for word, expected in (
        ("测评", "GZ2017-001"),
        ("kzzljsnlcp", "GZ2017-001"),
        ("zljs", "GZ2017-001"),
        ("修订审查质量保障手册", "GZ2017-002"),
        ("tdzlbz", "GZ2017-003"),
        ("zqgz", "ZG2020-001"),
        ("cqgzcdwt", "ZG2020-001"),
    ):
        for at in ((), ("--at", "HEAD")):
            outcome = invoke(ledger, "show", word, *at, "--json")
            assert (outcome.code, outcome.json()["id"]) == (0, expected), word
            assert outcome.err.startswith(f"“{word}”指 {expected} "), word


def test_an_id_and_a_name_win_over_a_guess(make_ledger: MakeLedger, invoke: Invoke) -> None:
    folder = make_ledger([{"title": "整改GZ2017-002的遗留问题"}, {"title": "甲"}])
    folder.write_task(id="GZ2017-003", title="乙", lead=["syb"])
    outcome = invoke(folder, "show", "gz2017-2", "--json")
    assert (outcome.json()["id"], outcome.err) == ("GZ2017-002", "")
    assert ids_of_problem_ledger(folder, invoke) == ["GZ2017-003"]


def ids_of_problem_ledger(folder: LedgerFolder, invoke: Invoke) -> list[str]:
    return [row["id"] for row in invoke(folder, "list", "--dept", "syb", "--json").json()]


def test_several_are_listed_in_a_pipe(ledger: LedgerFolder, refused: Invoke) -> None:
    told = refused(ledger, "show", "zlbz", code=2, says="不止一个").err
    assert "GZ2017-002 修订审查质量保障手册、GZ2017-003 推动质量保障手册落地" in told
    told = refused(ledger, "progress", "1", "--text", "x", code=2, says="不止一个").err
    assert "GZ2017-001 开展专利检索能力测评、ZG2020-001 长期跟踪重点问题" in told
    refused(ledger, "apply", "保障", "--summary", "x", code=2, says="请写完整的编号")


def test_at_most_ten_are_listed(make_ledger: MakeLedger, refused: Invoke) -> None:
    folder = make_ledger([{"title": f"开展检查{n}"} for n in range(12)])
    told = refused(folder, "show", "检查", code=2, says="等 12 个").err
    assert told.count("GZ2017-") == 10


def test_nothing_like_it(ledger: LedgerFolder, refused: Invoke) -> None:
    for words, hint in (
        ("show GZ2071-001", "是否应为“GZ2017-001 开展专利检索能力测评”"),
        ("list --dept sheyebu", "审业部"),
        ("list --status daishamghui", "待上会"),
        ("list --status jinxingzhong", "可用的有"),
        ("report wekly", "weekly"),
        ("schema taks", "task"),
    ):
        refused(ledger, *words.split(), code=2, says=hint)
    for word in ("999", "*", "-", "..", "x" * 5000, "甲乙丙丁"):
        refused(ledger, "show", "--", word, code=2, says="没有编号为")


def test_what_writes_names_the_task_first(ledger: LedgerFolder, invoke: Invoke) -> None:
    outcome = invoke(ledger, "progress", "测评", "--text", "测评", "--by", "甲")
    assert outcome.code == 0
    assert outcome.sentences[0] == "“测评”指 GZ2017-001 开展专利检索能力测评。"
    assert ledger.load().by_id["GZ2017-001"].record.progress[-1].text == "测评"
    outcome = invoke(ledger, "edit", "001", "--title", "x", "--lead", "syb")
    assert outcome.code == 2
    outcome = invoke(ledger, "edit", "GZ2017-003", "--lead", "syb", "--lead", "tfs")
    assert ledger.load().by_id["GZ2017-003"].record.lead == ("审业部", "条法司")


def test_evidence_needs_no_word_add(ledger: LedgerFolder, invoke: Invoke) -> None:
    ledger.write("材料.txt", "一")
    assert invoke(ledger, "evidence", "ZG2020-001", "材料.txt", "--by", "甲").code == 0
    outcome = invoke(ledger, "evidence", "测评", "材料.txt", "--by", "甲")
    assert outcome.sentences[0].startswith("“测评”指 GZ2017-001")
    ledger.write("材料.txt", "二")
    assert invoke(ledger, "evidence", "add", "zqgz", "材料.txt", "--by", "甲").code == 0
    for words, says in ((("add", "001"), "缺少参数 文件"), (("001",), "缺少参数 编号")):
        outcome = invoke(ledger, "evidence", *words)
        assert (outcome.code, says in outcome.err) == (2, True), outcome.err


def test_a_person_picks_and_agrees(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    shown = on_terminal(
        ledger,
        ["show", "zlbz"],
        answers=[("选第几个", "7\n"), ("没有第“7”个", ""), ("选第几个", "2\n")],
    )
    assert shown.code == 0
    assert "GZ2017-003" in shown.text.rpartition("选第几个")[2]
    shown = on_terminal(ledger, ["show", "zlbz"], answers=[("选第几个", "\n")])
    assert (shown.code, "已取消" in shown.text) == (130, True)
    head = ledger.git("rev-parse", "HEAD")
    shown = on_terminal(ledger, ["progress", "测评"], answers=[("对吗", "否\n")])
    assert (shown.code, ledger.git("rev-parse", "HEAD")) == (130, head)
    shown = on_terminal(
        ledger, ["progress", "测评"], answers=[("对吗", "是\n"), ("进展情况", "已完成\n")]
    )
    assert (shown.code, shown.text.count("进展情况")) == (0, 1)
    assert ledger.load().by_id["GZ2017-001"].record.progress[-1].text == "已完成"


def test_of_many_one_is_picked_from_a_list(
    make_ledger: MakeLedger, on_terminal: OnTerminal
) -> None:
    ledger = make_ledger([{"title": f"修订办法{n}"} for n in range(12)], commit=False)
    shown = on_terminal(ledger, ["show", "xdbf"], answers=[("12/12", "\x1b[B\n")])
    assert (shown.code, "GZ2017-002  修订办法1" in shown.text) == (0, True)
    dumb = {"TERM": "dumb"}
    shown = on_terminal(ledger, ["show", "xdbf"], answers=[("选第几个", "3\n")], environment=dumb)
    assert (shown.code, "GZ2017-003  修订办法2" in shown.text) == (0, True)


def test_a_person_is_asked_for_the_task(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    shown = on_terminal(ledger, ["show"], answers=[("哪个事项", "测评\n")])
    assert (shown.code, "GZ2017-001" in shown.text) == (0, True)
    shown = on_terminal(
        ledger,
        ["progress", "--text", "已完成"],
        answers=[("哪个事项", "zlbz\n")],
    )
    assert shown.code == 0
    assert ledger.load().by_id["GZ2017-002"].record.progress[-1].text == "已完成"
    shown = on_terminal(ledger, ["show"], answers=[("哪个事项", "\x1b")])
    assert (shown.code, shown.lines[-1].endswith("已取消，什么都没有改。")) == (130, True)


def test_days_and_spans_as_they_are_written(ledger: LedgerFolder, invoke: Invoke) -> None:
    expected = ids(ledger, invoke, "list", "--due-before", "2017-12-31", "--at", "HEAD")
    assert expected
    for written in ("2017.12.31", "2017/12/31", "2017年12月31日", "12月31日", "２０１７.１２.３１"):
        words = ("--today", "2017-03-01", "list", "--at", "HEAD", "--due-before", written)
        assert ids(ledger, invoke, *words) == expected, written
    for one, other in (
        (("list", "--due-after", "昨天"), ("list", "--due-after", "2017-02-28")),
        (("list", "--due-before", "明天"), ("list", "--due-before", "2017-03-02")),
        (("list", "--at", "今天"), ("list", "--at", "2017-03-01")),
        (("list", "--at", "3月1日"), ("list", "--at", "2017-03-01")),
        (("due", "--within", "两周"), ("due", "--within", "14")),
        (("due", "--within", "十二个月"), ("due", "--within", "12m")),
        (("due", "--within", "300天内"), ("due", "--within", "300d")),
        (("due", "--within", "３００"), ("due", "--within", "300d")),
        (("--today", "2017.3.1", "list"), ("--today", "2017-03-01", "list")),
        (("log", "--since", "2月1日", "--until", "今天"), ("log", "--since", "2017-02-01")),
    ):
        today = () if "--today" in one else ("--today", "2017-03-01")
        assert invoke(ledger, *today, *one) == invoke(ledger, *today, *other), one


def test_what_is_stored_is_as_it_was(ledger: LedgerFolder, invoke: Invoke) -> None:
    today = ("--today", "2017-03-01")
    words = (
        "progress",
        "001",
        "--text",
        "x",
        "--percent",
        "６０％",
        "--date",
        "昨天",
        "--by",
        "甲",
    )
    assert invoke(ledger, *today, *words).code == 2  # two sources have 001
    assert invoke(ledger, *today, words[0], "gz2017-1", *words[2:]).code == 0
    entry = ledger.load().by_id["GZ2017-001"].record.progress[-1]
    assert (entry.percent, str(entry.date)) == (60, "2017-02-28")
    words = ("extend", "GZ2017-001", "--to", "2018年1月底", "--reason", "x", "--approved-by", "甲")
    outcome = invoke(ledger, *today, *words, "--by", "甲")
    assert outcome.sentences[0] == "“2018年1月底”指 2018-01-31。"
    assert str(ledger.load().by_id["GZ2017-001"].record.extensions[-1].to) == "2018-01-31"
    words = ("extend", "GZ2017-002", "--to", "2018.2.3", "--reason", "x", "--approved-by", "甲")
    assert invoke(ledger, *today, *words, "--by", "甲").code == 0
    assert str(ledger.load().by_id["GZ2017-002"].record.extensions[-1].to) == "2018-02-03"


def test_other_words_for_what_is_known(
    ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
) -> None:
    for one, other in (
        ("list --sort 时限", "list --sort due"),
        ("list --sort -编号", "list --sort -id"),
        ("list --group 部门", "list --group lead"),
        ("list --group 灯色 --format 表格", "list --group light --format table"),
        ("status --by 来源", "status --by source"),
        ("status --by 性质", "status --by nature"),
        ("report 周报", "report weekly"),
        ("report 季报", "report quarterly"),
        ("report 整改进展", "report closing"),
        ("report 考核", "report scores"),
        ("list －－dept 审业部", "list --dept 审业部"),
        ("list ——dept=syb", "list --dept 审业部"),
        ("list —json", "list --json"),
        ("list -h", "list --help"),
        ("-h", "--help"),
        ("list --dept 审业部 -h", "list --help"),
    ):
        today = ("--today", "2017-03-01")
        assert invoke(ledger, *today, *one.split()) == invoke(ledger, *today, *other.split()), one
    assert invoke(ledger, "export", "Excel", "-o", str(tmp_path / "a.xlsx")).code == 0
    assert invoke(ledger, "list", "--text", "——专利").code == 0


def test_a_command_or_an_option_that_comes_near(ledger: LedgerFolder, refused: Invoke) -> None:
    for words, hint in (
        ("staus", "“status”"),
        ("lsit", "“list”"),
        ("Show 001", "“show”"),
        ("销号", "“apply”"),
        ("frobnicate", "。用 ledger --help"),
        ("list --部门 审业部", "--dept、--lead、--assist"),
        ("list --detp 审业部", "--dept"),
        ("progress 001 --pecrent 3", "--percent"),
    ):
        told = refused(ledger, *words.split(), code=2, says=hint).err
        assert len(told) < 70, told


def test_a_missing_file_is_a_wrong_command_line(ledger: LedgerFolder, refused: Invoke) -> None:
    for words in (
        "import 没有.xlsx --source GZ2017",
        "draft 没有.docx -o 表.xlsx",
        "decide 没有.yaml",
        "evidence add GZ2017-001 没有.txt",
    ):
        refused(ledger, *words.split(), code=2, says="找不到文件 没有")
