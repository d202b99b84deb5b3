"""One broken file never hides the rest, and never passes silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

BAD = "data/tasks/GZ2017/GZ2017-002.yaml"
GOOD = ["GZ2017-001", "GZ2017-003"]

HEAD = "id: GZ2017-002\nkind: 工作要点\ntitle: 坏了的一项\nsource: GZ2017\n"
UNREADABLE = {
    "a colon too many": (f"{HEAD}status: 推进中\ngoal: 目标: 一\n", 6, "冒号"),
    "conflict markers": (f"{HEAD}<<<<<<< a\nstatus: 推进中\n=======\nstatus: 未启动\n>>>>>>> b\n",
                         5, "合并冲突"),
    "duplicate key": (f"{HEAD}status: 推进中\ntitle: 又一个\n", 6, "“title”重复"),
    "tab for indent": (f"{HEAD}status: 推进中\ndue:\n\ttext: 6月\n", 7, "制表符"),
    "open quote": (f'{HEAD}status: "推进中\n', 0, "引号"),
    "open bracket": (f"{HEAD}status: 推进中\nlead: [审业部\n", 0, "括号"),
    "anchor": (f"{HEAD}status: &a 推进中\n", 5, "锚点"),
    "tag": (f"{HEAD}status: !!python/object:os.system 推进中\n", 5, "类型标签"),
    "two documents": (f"{HEAD}status: 推进中\n---\nid: x\n", 0, "一份内容"),
    "empty": ("", 0, "空文件"),
    "comments only": ("# 空的\n", 0, "空文件"),
    "binary": (b"\x7fELF\x00\x01\x02", 0, "二进制"),
    "GBK": (f"{HEAD}status: 推进中\n".encode("gbk"), 2, "UTF-8"),
    "too large": (HEAD + "goal: " + "长" * 400_000, 0, "过大"),
    "too deep": (HEAD + "status: 推进中\ntags: " + "[" * 5000, 0, ""),
}  # fmt: skip
PROGRESS = "status: 推进中\nprogress:\n  - {date: 2017-01-01, text: 好, percent: 一半}\n"
WRONG = {
    "a word for a list": (f"{HEAD}status: 推进中\nlead: 审业部\n", 6, "应是列表"),
    "a list for a word": (f"{HEAD}status: [推进中]\n", 5, "应是文字"),
    "a list for the file": ("- a\n- b\n", 0, "键: 值"),
    "a word for the file": ("坏了\n", 0, "键: 值"),
    "unknown status": (f"{HEAD}status: 完成\n", 5, "“完成”不在可选值之中"),
    "missing status": (HEAD, 0, "缺少必填项“status”"),
    "31 February": (f"{HEAD}status: 推进中\ndue: {{text: 2月, date: 2017-02-30}}\n", 6, "不是真实"),
    "percent is a word": (HEAD + PROGRESS, 7, "应是整数"),
    "id with blanks": (HEAD.replace("GZ2017-002", "GZ 2017") + "status: 推进中\n", 1, "英文字母"),
}  # fmt: skip


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(3)


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [*UNREADABLE.values(), *WRONG.values()],
    ids=[*UNREADABLE.keys(), *WRONG.keys()],
)
def test_others_are_listed_and_the_sentence_names_file_and_line(
    content: str | bytes, line: int, why: str, ledger: LedgerFolder, invoke: Invoke
) -> None:
    ledger.write(BAD, content)
    for _ in ("cold", "warm"):
        outcome = invoke(ledger, "list", "--json")
        assert outcome.code == 1
        assert [row["id"] for row in outcome.json()] == GOOD
        assert len(outcome.sentences) >= 1
        first = outcome.sentences[0]
        assert first.startswith(f"{BAD}:{line}：" if line else BAD)
        assert why in outcome.err
        assert first.endswith("。")


@pytest.mark.parametrize("command", [("due",), ("status",), ("due", "--dept", "审业部"), ()])
def test_no_reading_command_passes_over_it(
    command: tuple[str, ...], ledger: LedgerFolder, invoke: Invoke
) -> None:
    ledger.write(BAD, UNREADABLE["duplicate key"][0])
    for _ in ("cold", "warm"):
        outcome = invoke(ledger, "--today", "2017-06-30", *command)
        assert outcome.code == 1
        assert outcome.out
        assert len(outcome.sentences) == 1
        assert outcome.err.startswith(f"{BAD}:6：T001")


@pytest.mark.parametrize(
    "command",
    [
        ("show", "002"),
        ("progress", "002", "--text", "x"),
        ("edit", "002", "--leader", "x"),
        ("extend", "002", "--to", "2018-01-01", "--reason", "x", "--approved-by", "y"),
    ],
)
@pytest.mark.parametrize("fault", ["conflict markers", "a word for a list", "binary"])
def test_the_broken_file_itself_is_refused(
    command: tuple[str, ...], fault: str, ledger: LedgerFolder, refused: Invoke
) -> None:
    content, line, why = (UNREADABLE | WRONG)[fault]
    ledger.write(BAD, content)
    message = refused(ledger, *command, code=1, says=why).err
    assert message.startswith(f"{BAD}:{line} " if line else f"{BAD} ")


def test_a_healthy_task_beside_it_can_still_be_written(
    ledger: LedgerFolder, invoke: Invoke
) -> None:
    ledger.write(BAD, "")
    assert invoke(ledger, "progress", "003", "--text", "照办").code == 0
    assert ledger.git("show", "--name-only", "--format=").split() == [
        "data/tasks/GZ2017/GZ2017-003.yaml"
    ]


def test_unknown_department_in_a_file(ledger: LedgerFolder, invoke: Invoke) -> None:
    ledger.write_task(id="GZ2017-002", lead=["审业部", "条法思"])
    outcome = invoke(ledger, "list", "--json")
    assert outcome.code == 1
    assert len(outcome.json()) == 3
    assert outcome.sentences[0].startswith(f"{BAD}:")
    assert outcome.sentences[0].endswith("是否应为“条法司”？")


def test_symbolic_link_in_place_of_a_file(ledger: LedgerFolder, invoke: Invoke) -> None:
    place = ledger.root / BAD
    place.unlink()
    place.symlink_to("/etc/passwd")
    outcome = invoke(ledger, "list", "--json")
    assert outcome.code == 1
    assert [row["id"] for row in outcome.json()] == GOOD
    assert outcome.err.startswith(f"{BAD}：T001")
    assert "root:" not in outcome.out + outcome.err


def test_folder_in_place_of_a_file(ledger: LedgerFolder, invoke: Invoke) -> None:
    (ledger.root / BAD).unlink()
    (ledger.root / BAD).mkdir()
    outcome = invoke(ledger, "list", "--json")
    assert [row["id"] for row in outcome.json()] == GOOD
    assert outcome.code == 1
    assert outcome.err.startswith(f"{BAD}：T001")


class TestBrokenConfiguration:
    def test_comes_first_and_alone(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger(30)
        ledger.write("ledger.yaml", "organisation: [\n")
        ledger.write(BAD, "")
        outcome = invoke(ledger, "list", "--json")
        assert outcome.code == 1
        assert len(outcome.json()) == 29
        assert outcome.sentences[0].startswith("ledger.yaml")
        assert outcome.sentences[1].startswith(BAD)
        assert len(outcome.sentences) == 2  # not a word on departments that cannot be known

    @pytest.mark.parametrize(
        "command",
        [
            ("add", "--source", "GZ2017", "--title", "x"),
            ("edit", "001", "--leader", "局长"),
            ("import", "plan.csv", "--source", "GZ2017"),
        ],
    )
    def test_what_needs_it_is_refused(
        self, command: tuple[str, ...], ledger: LedgerFolder, refused: Invoke
    ) -> None:
        ledger.write("plan.csv", "序号,具体措施,牵头单位,完成时限\n1,制定方案,统战部,6月\n")
        ledger.write("ledger.yaml", "organisation: 某局\norganisation: 另一个局\n")
        refused(ledger, *command, code=1, says="ledger.yaml:2")

    def test_unknown_time_zone(self, make_ledger: MakeLedger, refused: Invoke) -> None:
        for name in ("Mars/Base", "../../etc/passwd", ""):
            ledger = make_ledger(1, config={"calendar": {"timezone": name}}, name=f"l{len(name)}")
            refused(ledger, "list", "--at", "2017-12-31", code=1, says="时区")


def test_import_does_not_pass_over_a_task_it_cannot_read(
    ledger: LedgerFolder, refused: Invoke
) -> None:
    ledger.write("plan.csv", "序号,具体措施,牵头单位,完成时限\n2,制定方案,审业部,6月\n")
    ledger.write(BAD, "")
    refused(ledger, "import", "plan.csv", "--source", "GZ2017", code=1, says=BAD)


def test_add_passes_over_the_number_of_a_broken_file(ledger: LedgerFolder, invoke: Invoke) -> None:
    ledger.write("data/tasks/GZ2017/GZ2017-004.yaml", "")
    outcome = invoke(ledger, "add", "--source", "GZ2017", "--title", "新的一项")
    assert outcome.code == 0
    assert "GZ2017-005" in outcome.err


def test_many_problems_are_cut_with_a_count(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger([{"lead": ["不认识的部门"]}] * 25)
    outcome = invoke(ledger, "list")
    assert outcome.code == 1
    assert len(outcome.sentences) == 21
    assert outcome.sentences[-1] == "……另有 5 个问题。"


def test_warnings_are_no_failure(ledger: LedgerFolder, invoke: Invoke) -> None:
    ledger.write_task(id="GZ2017-002", 联系电话="一二三")
    outcome = invoke(ledger, "list")
    assert (outcome.code, outcome.err) == (0, "")


def test_a_folder_that_is_a_link_is_named(
    ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
) -> None:
    """Git keeps the link and not the files, so they are no part of the ledger."""
    folder = ledger.path("GZ2017-001").parent
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    for _ in range(2):  # with a cache too
        outcome = invoke(ledger, "list")
        assert (outcome.code, outcome.out.splitlines()[0]) == (1, "共 0 项")
        assert "data/tasks/GZ2017：T001" in outcome.err
        assert "符号链接" in outcome.err
