"""`ledger init` as a conversation on a terminal, and the same by options alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from openpyxl import Workbook

from tests.conftest import run_git

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal

NAME, MAIL = "办公室联络员", "office@example.org"


def settings(root: Path) -> dict[str, Any]:
    data = yaml.safe_load((root / "ledger.yaml").read_text("utf-8"))
    assert isinstance(data, dict)
    return data


def sheet(place: Path) -> Path:
    book = Workbook()
    for row in (
        ["序号", "反馈问题", "整改措施", "责任单位", "配合单位", "完成时限"],
        [1, "制度不全", "修订制度", "办公室", "人事处", "9月底前"],
        [2, "台账不清", "清查资产", "财务处", "", "12月"],
    ):
        book.active.append(row)
    book.save(place)
    return place


def to_the_end(*first: tuple[str, str], table: str = "") -> list[tuple[str, str]]:
    """The answers of a conversation: those of the first questions, then what is offered."""
    rest = [
        ("单位名称", "某局\n"),
        ("部门，用、隔开", "\n"),
        ("哪些会议可以决定销号 [党组会、局务会]", "\n"),
        ("到会不少于应到的几分之几 [1/2]", "\n"),
        ("同意票超过应到的几分之几 [1/2]", "\n"),
        ("什么时候开会", "\n"),
        ("您是谁", f"{NAME}\n"),
        ("您的邮箱", f"{MAIL}\n"),
        ("现在导入哪张表", f"{table}\n"),
    ]
    return [*first, *rest[sum(1 for each in first if each[1]) :]]


class TestConversation:
    def test_from_the_first_question_to_todays_picture(
        self, tmp_path: Path, on_terminal: OnTerminal
    ) -> None:
        answers = [
            ("单位名称", "某局\n"),
            ("部门，用、隔开", "办公室，某局人事处\t审查业务管理部（审业部） 办公室\n"),
            ("部门“办公室”写了两次", ""),
            ("部门，用、隔开", "办公室，某局人事处\t审查业务管理部（审业部）\n"),
            ("哪些会议可以决定销号", "党组会、局务会\n"),
            ("到会不少于", "三分之四\n"),
            ("不是几分之几", ""),
            ("到会不少于", "<\n"),
            ("哪些会议可以决定销号", "党组会\n"),
            ("到会不少于", "三分之二\n"),
            ("同意票超过", "过半\n"),
            ("什么时候开会", "每月第六周\n"),
            ("看不出哪天开会", ""),
            ("什么时候开会", "每月第六个星期三\n"),
            ("一个月里没有第6个星期三", ""),
            ("什么时候开会", "每月第一、第三个星期三\n"),
            ("您是谁", "\x1b[D\n"),
            ("控制字符", ""),
            ("您是谁", f"{NAME}\n"),
            ("您的邮箱", "没有\n"),
            ("不是邮箱", ""),
            ("您的邮箱", f"{MAIL}\n"),
            ("现在导入哪张表", "没有.xlsx\n"),
            ("没有文件", ""),
            ("现在导入哪张表", "\n"),
        ]
        shown = on_terminal(tmp_path, ["init", "台账"], answers=answers)
        assert shown.code == 0, shown.text
        root = tmp_path / "台账"
        told = settings(root)
        assert told["departments"] == [
            {"name": "办公室"},
            {"name": "人事处", "aliases": ["某局人事处"]},
            {"name": "审查业务管理部", "aliases": ["审业部"]},
        ]
        assert told["policies"]["closing"]["default"] == {
            "bodies": ["党组会"],
            "quorum": {"at_least": "2/3"},
            "approval": {"more_than": "1/2"},
        }
        meetings = [{"body": "党组会", "weekday": "周三", "weeks": [1, 3]}]
        assert told["calendar"]["meetings"] == meetings
        assert run_git(root, "log", "--format=%an %ae %s").strip() == f"{NAME} {MAIL} 新建台账 某局"
        assert any(line.startswith("某局 台账 · ") for line in shown.lines)
        assert "# 部门单位。" in (root / "ledger.yaml").read_text("utf-8")

    def test_amid_other_files_it_asks_where(self, tmp_path: Path, on_terminal: OnTerminal) -> None:
        """Nobody wants his own folder with all that is in it to become a ledger."""
        (tmp_path / "报告.txt").write_text("1")
        answers = [
            ("里有别的文件，台账建在哪个文件夹里；就建在这里的写 . [台账]", "\n"),
            *to_the_end(),
        ]
        shown = on_terminal(tmp_path, ["init"], answers=answers)
        assert shown.code == 0, shown.text
        assert (tmp_path / "台账/ledger.yaml").is_file()
        assert "下一步：进入台账的文件夹：cd 台账，再在 ledger.yaml 里填部门名单，" in shown.text
        assert not (tmp_path / ".git").exists()
        answers = [("就建在这里的写 .", ".\n"), *to_the_end()]
        shown = on_terminal(tmp_path, ["init"], answers=answers)
        assert shown.code == 0, shown.text
        assert (tmp_path / "ledger.yaml").is_file()
        assert "下一步：在 ledger.yaml 里填部门名单，再用 ledger import 导入" in shown.text

    def test_a_table_is_shown_and_imported(self, tmp_path: Path, on_terminal: OnTerminal) -> None:
        place = sheet(tmp_path / "整改 任务.xlsx")
        answers = [
            *to_the_end(("单位名称", "某局\n"), ("部门，用、隔开", f"{place}\n"), table=str(place)),
            ("这张表的来源编号", "整改\n"),
            ("不合规定", ""),
            ("这张表的来源编号", "zg2020\n"),
            ("表里的月份属于哪一年", "2020\n"),
            ("照此写入", "是\n"),
        ]
        shown = on_terminal(tmp_path, ["init", "台账"], answers=answers)
        assert shown.code == 0, shown.text
        root = tmp_path / "台账"
        names = [each["name"] for each in settings(root)["departments"]]
        assert names == ["办公室", "人事处", "财务处"]
        assert (root / "data/tasks/ZG2020/ZG2020-002.yaml").is_file()
        assert any("共 2 项" in line for line in shown.lines)
        assert "下一步：进入台账的文件夹：cd 台账。" in shown.text
        assert run_git(root, "status", "--porcelain") == ""

    def test_nothing_is_left_of_what_was_given_up(
        self, tmp_path: Path, on_terminal: OnTerminal
    ) -> None:
        place = sheet(tmp_path / "表.xlsx")
        importing = [
            *to_the_end(table=str(place)),
            ("这张表的来源编号", "ZG2020\n"),
            ("表里的月份", "2020\n"),
        ]
        for answers in (
            [("单位名称", "\x03")],
            [("单位名称", "某局\n"), ("部门", "\x04")],
            [*to_the_end()[:-1], ("现在导入哪张表", "\x03")],
            [*importing, ("照此写入", "\x03")],
        ):
            shown = on_terminal(tmp_path, ["init", "台账"], answers=answers, itself=True)
            assert shown.code == 130, shown.text
            assert not (tmp_path / "台账").exists()
        (tmp_path / "空的").mkdir()
        emptied = on_terminal(
            tmp_path, ["init", "空的"], answers=[*importing, ("照此写入", "\x03")], itself=True
        )
        assert emptied.code == 130
        assert list((tmp_path / "空的").iterdir()) == []
        refused = on_terminal(
            tmp_path, ["init", "台账"], answers=[*importing, ("照此写入", "否\n")]
        )
        assert refused.code == 0
        assert not (tmp_path / "台账/data/tasks/ZG2020").exists()

    def test_what_is_taken_is_said_before_anything_is_asked(
        self, tmp_path: Path, on_terminal: OnTerminal, invoke: Invoke
    ) -> None:
        assert invoke(tmp_path, "init", "台账").code == 0
        shown = on_terminal(tmp_path, ["init", "台账"])
        assert shown.code == 1
        assert "已经是台账了" in shown.text


class TestOptions:
    def test_every_answer_is_an_option(self, tmp_path: Path, invoke: Invoke) -> None:
        place = sheet(tmp_path / "表.xlsx")
        done = invoke(
            tmp_path, "init", "台账", "--organisation", "某局", "--dept", "办公室=局办",
            "--dept", "财务处、人事处", "--body", "局务会", "--quorum", "60%", "--approval", "2/3",
            "--meets", "每周一；局务会 2026-12-03", "--who", NAME, "--mail", MAIL,
            "--import", str(place), "--source", "ZG2020", "--year", "2020",
        )  # fmt: skip
        assert done.code == 0, done.err
        told = settings(tmp_path / "台账")
        assert [each["name"] for each in told["departments"]] == ["办公室", "财务处", "人事处"]
        assert told["policies"]["closing"]["default"]["quorum"] == {"at_least": "60/100"}
        assert [each.get("weekday") for each in told["calendar"]["meetings"]] == ["周一", None]
        assert (tmp_path / "台账/data/tasks/ZG2020/ZG2020-001.yaml").is_file()
        assert invoke(tmp_path / "台账", "check").code == 0

    def test_nonsense_makes_nothing(self, tmp_path: Path, invoke: Invoke) -> None:
        empty = tmp_path / "空.csv"
        empty.write_text("甲,乙\n1,2\n", "utf-8")
        for words, says in (
            (("--dept", "办公室、办公室"), "写了两次"),
            (("--dept", str(empty)), "没有看到部门名称"),
            (("--dept", "没有.xlsx"), "没有文件"),
            (("--dept", "—"), "不像部门名称"),
            (("--quorum", "两个"), "不是几分之几"),
            (("--approval", "3/2"), "不是几分之几"),
            (("--body", ""), "看不出是哪些会议"),
            (("--meets", "每月最后一天"), "看不出哪天开会"),
            (("--who", "甲", "--mail", "乙"), "不是邮箱"),
            (("--who", "<甲>"), "不能作姓名"),
            (("--import", "没有.xlsx"), "没有文件"),
            (("--year", "今年"), ""),
        ):
            done = invoke(tmp_path, "init", "台账", *words)
            if says:
                assert (done.code, len(done.sentences)) == (2, 1), (words, done.err)
                assert says in done.err
                assert not (tmp_path / "台账").exists(), words

    def test_a_repository_on_another_branch_keeps_it(self, tmp_path: Path, invoke: Invoke) -> None:
        for name, commits, branch, base in (
            ("空的", False, "main", None),
            ("旧的", True, "master", "master"),
        ):
            root = tmp_path / name
            root.mkdir()
            run_git(root, "init", "--quiet", "--initial-branch=master")
            run_git(root, "config", "user.name", NAME)
            run_git(root, "config", "user.email", MAIL)
            if commits:
                run_git(root, "commit", "--quiet", "--allow-empty", "-m", "旧的")
            assert invoke(tmp_path, "init", name).code == 0
            assert run_git(root, "branch", "--show-current").strip() == branch
            assert settings(root).get("forge", {}).get("base") == base
            assert invoke(root, "doctor").code == 0
