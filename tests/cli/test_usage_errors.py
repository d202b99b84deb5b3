"""Whatever is typed wrongly gets one clear sentence, exit code 2, and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(
        [
            {},
            {},
            {"id": "ZG2020-001"},
            {"status": "未启动", "due": {"text": "待定"}, "nature": None},
        ]
    )


MISTAKES = {
    "unknown command, near another": (("lst",), "是否应为“list”"),
    "unknown command": (("frobnicate",), "没有命令“frobnicate”"),
    "command that turns around": (("lst\u202e",), "控制字符（U+202E）"),
    "unknown option, near another": (("list", "--depts", "x"), "--dept"),
    "unknown option": (("list", "--nonsense"), "没有选项 --nonsense"),
    "unknown global option": (("--nonsense", "list"), "没有选项 --nonsense"),
    "option with a value too many": (("list", "--json=1"), "--json 不带值"),
    "argument too many": (("show", "001", "002"), "多写了“002”"),
    "missing argument": (("show",), "缺少参数 编号"),
    "missing argument of a tool": (("deadline",), "缺少参数 时限"),
    "missing required option": (("import", "x.csv"), "缺少选项 --source"),
    "missing value of an option": (("list", "--dept"), "--dept 后面缺少它的值"),
    "missing value of --today at the end": (("list", "--today"), "--today 后面缺少它的值"),
    "missing value of -C": (("list", "-C"), "-C 后面缺少它的值"),
    "percent is a word": (("progress", "001", "--text", "x", "--percent", "一半"), "应是整数"),
    "percent too large": (("progress", "001", "--text", "x", "--percent", "101"), "0 到 100"),
    "percent negative": (("progress", "001", "--text", "x", "--percent", "-1"), "0 到 100"),
    "year is a word": (("deadline", "6月", "--year", "今年"), "应是整数"),
    "year 0": (("deadline", "6月", "--year", "0"), "不是年份"),
    "year enormous": (("deadline", "6月", "--year", "99999999999999999999"), "不是年份"),
    "import into the year -3": (("import", "x.csv", "--source", "A", "--year", "-3"), "不是年份"),
    "31 February": (("--today", "2017-02-30", "list"), "不是日期"),
    "day without dashes": (("--today", "20171020", "list"), "不是日期"),
    "day of two ways to write one": (("--today", "2017-10.20", "list"), "不是日期"),
    "day without its year": (("list", "--due-before", "10-20"), "不是日期"),
    "today in words": (("--today", "今天", "list"), "不是日期"),
    "day that is a week": (("--today", "2017-W42-5", "list"), "不是日期"),
    "empty day": (("--today=", "list"), "不是日期"),
    "bad --due-before": (("list", "--due-before", "2017-13-01"), "--due-before"),
    "bad --due-after": (("list", "--due-after", "2月30日"), "--due-after"),
    "bad --date": (("progress", "001", "--text", "x", "--date", "2017-02-30"), "--date"),
    "day to come": (("--today", "2017-03-01", "progress", "001", "--text", "x", "--date",
                     "2017-03-02"), "还没有到"),
    "percent of what": (("progress", "001", "--text", "x", "--percent", "%"), "应是整数"),
    "extension of an unknown length": (("extend", "ZG2020-001", "--to", "尽快", "--reason", "x",
                                        "--approved-by", "甲"), "不是日期"),
    "extension to several days": (("extend", "ZG2020-001", "--to", "6月、12月", "--reason", "x",
                                   "--approved-by", "甲"), "不是日期"),
    "within a word": (("due", "--within", "很久"), "--within"),
    "within negative": (("due", "--within", "-1"), "--within"),
    "within half a year": (("due", "--within", "半年"), "--within"),
    "within years": (("due", "--within", "1y"), "--within"),
    "within too long": (("due", "--within", "99999"), "--within"),
    "within empty": (("due", "--within", ""), "--within"),
    "unknown order": (("list", "--sort", "dew"), "是否应为“due”"),
    "two orders": (("list", "--sort", "due,id"), "没有排序方式"),
    "order of nothing": (("list", "--sort", "-"), "没有排序方式"),
    "unknown group": (("list", "--group", "color"), "没有分组方式"),
    "unknown form": (("list", "--format", "xml"), "没有输出格式“xml”"),
    "form for pictures elsewhere": (("show", "001", "--format", "svg"), "没有输出格式"),
    "two forms": (("list", "--json", "--format", "csv"), "只能用一个"),
    "unknown counting": (("status", "--by", "status"), "没有分组方式"),
    "unknown department": (("list", "--dept", "审业"), "审业部"),
    "unknown department, nothing near": (("due", "--dept", "xyz"), "没有部门“xyz”"),
    "empty department": (("list", "--dept", ""), "没有部门“”"),
    "unknown leading department": (("list", "--lead", "统战部门"), "没有部门"),
    "unknown status": (("list", "--status", "完成"), "没有状态“完成”"),
    "unknown kind": (("list", "--kind", "其他"), "没有类别"),
    "unknown nature": (("list", "--nature", "长期"), "长期坚持"),
    "unknown light": (("list", "--light", "紫"), "没有灯色"),
    "unknown source": (("list", "--source", "GZ2018"), "GZ2017"),
    "unknown id": (("show", "999"), "没有编号为“999”"),
    "path for an id": (("show", "../../etc/passwd"), "没有编号为"),
    "pattern for an id": (("show", "*"), "没有编号为"),
    "empty id": (("show", ""), "没有编号为"),
    "ambiguous id": (("show", "001"), "不止一个"),
    "ambiguous id to write": (("progress", "1", "--text", "x"), "不止一个"),
    "unknown revision": (("list", "--at", "nosuch"), "找不到版本“nosuch”"),
    "revision before the first": (("list", "--at", "HEAD~99"), "找不到版本"),
    "revision that is a file": (("list", "--at", "HEAD:ledger.yaml"), "找不到版本"),
    "revision that is an option": (("list", "--at", "--all"), "找不到版本"),
    "empty revision": (("due", "--at", ""), "找不到版本"),
    "impossible day in the past": (("list", "--at", "2017-02-30"), "不是真实存在的日期"),
    "before history": (("list", "--at", "2000-01-01"), "还没有任何提交"),
    "unknown schema": (("schema", "事项"), "没有文件种类"),
    "control character": (("progress", "001", "--text", "a\x1b[31m"), "控制字符（U+001B）"),
    "map without a field": (("import", "x.csv", "--source", "A", "--map", "承办"), "--map"),
    "source that is none": (("add", "--source", "GZ2018", "--title", "x"), "--source-title"),
    "add with an unknown kind": (("add", "--source", "GZ2017", "--title", "x", "--kind", "其他"),
                                 "没有类别"),
    "add with an unknown department": (("add", "--source", "GZ2017", "--title", "x", "--lead",
                                        "审业"), "审业部"),
    "add with an unknown nature": (("add", "--source", "GZ2017", "--title", "x", "--nature",
                                    "临时"), "没有时限性质"),
    "add a number in use": (("add", "--source", "GZ2017", "--title", "x", "--id", "GZ2017-001"),
                            "已经有了"),
    "add for nobody": (("progress", "ZG2020-001", "--text", "x", "--by", "  "), "由谁办理"),
    "edit to an unknown department": (("edit", "ZG2020-001", "--lead", "审业"), "审业部"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistake_is_one_sentence(
    arguments: tuple[str, ...], message: str, ledger: LedgerFolder, refused: Invoke
) -> None:
    refused(ledger, *arguments, code=2, says=message)


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (("progress", "ZG2020-001"), "--text"),
        (("progress", "ZG2020-001", "--text", "  "), "--text"),
        (("extend", "ZG2020-001"), "--to"),
        (("extend", "ZG2020-001", "--to", "2017-12-31"), "--reason"),
        (("extend", "ZG2020-001", "--to", "2017-12-31", "--reason", "x"), "--approved-by"),
        (("extend", "ZG2020-001", "--to", "尽快"), "--to"),
        (("add",), "--source"),
        (("add", "--source", "GZ2017"), "--title"),
        (("edit", "ZG2020-001"), "没有写要改什么"),
    ],
)
def test_what_is_missing_is_not_asked_for_off_a_terminal(
    arguments: tuple[str, ...], missing: str, ledger: LedgerFolder, refused: Invoke
) -> None:
    refused(ledger, *arguments, code=2, says=missing)


def test_bytes_that_are_no_text(ledger: LedgerFolder, refused: Invoke) -> None:
    broken = b"\xff".decode(errors="surrogateescape")  # as Python hands it over
    refused(ledger, "list", "--text", broken, code=2, says="不是 UTF-8")


def test_bad_day_in_the_environment(
    ledger: LedgerFolder, refused: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_TODAY", "明天")
    refused(ledger, "list", code=2, says="环境变量 LEDGER_TODAY")


class TestWhereThereIsNoLedger:
    def test_no_repository(self, tmp_path: Path, refused: Invoke) -> None:
        refused(tmp_path, "list", code=1, says="不在 git 仓库里")

    def test_repository_without_a_ledger(self, make_repository: Invoke, refused: Invoke) -> None:
        refused(make_repository("own"), "list", code=1, says="没有 ledger.yaml")

    def test_missing_folder(self, tmp_path: Path, refused: Invoke) -> None:
        refused(tmp_path, "-C", "nosuch", "list", code=2, says="nosuch 不存在")

    def test_file_for_a_folder(self, ledger: LedgerFolder, refused: Invoke) -> None:
        refused(ledger, "-C", "ledger.yaml", "list", code=2, says="是文件")

    def test_folder_for_the_configuration(self, ledger: LedgerFolder, refused: Invoke) -> None:
        (ledger.root / "ledger.yaml").unlink()
        (ledger.root / "ledger.yaml").mkdir()
        refused(ledger, "list", code=1, says="没有 ledger.yaml")

    def test_doctor_says_so_in_its_table(self, tmp_path: Path, invoke: Invoke) -> None:
        outcome = invoke(tmp_path, "doctor")
        assert outcome.code == 1
        assert "不在 git 仓库里" in outcome.out


class TestHelp:
    def test_every_command_explains_itself(self, tmp_path: Path, invoke: Invoke) -> None:
        overview = invoke(tmp_path, "--help")
        assert overview.code == 0
        names = [line.split()[0] for line in overview.out.splitlines() if line.startswith("  ")]
        commands = [name for name in names if name.isascii() and name.isalpha()]
        assert {"list", "due", "show", "status", "import", "doctor"} <= set(commands)
        for name in commands:
            explained = invoke(tmp_path, name, "--help")
            assert explained.code == 0
            assert explained.out.startswith(f"用法：ledger {name} ")
            assert "Show this message" not in explained.out
            assert explained.err == ""

    def test_version(self, tmp_path: Path, invoke: Invoke) -> None:
        from ledger import __version__

        assert invoke(tmp_path, "--version").out == f"ledger {__version__}\n"
