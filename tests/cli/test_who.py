"""`ledger who`: who is typing, as git signs it, and his department."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conftest import EMAIL, NAME

if TYPE_CHECKING:
    import pytest

    from tests.cli.conftest import Invoke
    from tests.conftest import MakeLedger


def test_it_shows_and_sets_who_is_typing_here(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(1)
    assert invoke(ledger, "who").out.splitlines() == [
        f"姓名：{NAME}（只管这个台账）",
        f"邮箱：{EMAIL}（只管这个台账）",
        "部门：办公室",
    ]
    done = invoke(ledger, "who", "审查业务管理部 联络员", "--mail", "syb@example.org")
    assert done.out.splitlines() == [
        "姓名：审查业务管理部 联络员（只管这个台账）",
        "邮箱：syb@example.org（只管这个台账）",
        "部门：审业部",
    ]
    assert invoke(ledger, "progress", "001", "--text", "办了").code == 0
    signed = ledger.git("log", "-1", "--format=%an <%ae>").strip()
    assert signed == "审查业务管理部 联络员 <syb@example.org>"
    assert "by: 审查业务管理部 联络员" in ledger.path("GZ2017-001").read_text("utf-8")


def test_the_department_is_registered_or_in_the_name(
    make_ledger: MakeLedger, invoke: Invoke
) -> None:
    ledger = make_ledger(1)
    assert invoke(ledger, "who", "联络员甲").out.splitlines()[-1] == "部门：没有登记"
    kept = invoke(ledger, "who", "联络员甲", "--dept", "规划发展司")
    assert kept.out.splitlines()[1:] == [f"邮箱：{EMAIL}（只管这个台账）", "部门：规划司"]
    again = invoke(ledger, "who", "联络员甲", "--mail", "a@example.org")
    assert again.out.splitlines()[-1] == "部门：规划司"
    own = invoke(ledger, "who", "联络员甲", "--dept", "", "--role", "督查").out.splitlines()
    assert own[-2:] == ["部门：没有登记", "角色：督查"]
    other = invoke(ledger, "who", "条法司联络员")
    assert other.out.splitlines()[-1] == "部门：条法司"  # a role is not handed on


def test_what_makes_no_sense_is_refused(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(1)
    for words, says in (
        (("--mail", "a@b"), "没有写姓名"),
        ((" ",), "不能作姓名"),
        (("甲<乙>",), "不能作姓名"),
        (("甲", "--mail", "没有"), "不是邮箱"),
        (("甲", "--mail", "a b@c"), "不是邮箱"),
        (("甲", "--dept", "没有的部"), "没有部门“没有的部”"),
    ):
        done = invoke(ledger, "who", *words)
        assert (done.code, done.out) == (2, ""), words
        assert says in done.err
        assert len(done.sentences) == 1
    assert ledger.git("config", "user.name").strip() == NAME
    assert invoke(ledger, "who", "--", "-甲").out.startswith("姓名：-甲")


def test_nobody_is_told_how_to_register(
    make_ledger: MakeLedger, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = make_ledger(1)
    ledger.git("config", "--unset", "user.name")
    ledger.git("config", "--unset", "user.email")
    shown = invoke(ledger, "who").out.splitlines()
    assert shown[0] == "姓名：没有登记"
    assert shown[-1] == "请运行 ledger who 姓名 --mail 邮箱。"
    assert "没有写邮箱" in invoke(ledger, "who", "甲").err
    refused = invoke(ledger, "progress", "001", "--text", "办了", "--by", "甲")
    assert "请运行 ledger who 姓名 --mail 邮箱" in refused.err
    monkeypatch.setenv("GIT_AUTHOR_NAME", "环境里的人")
    assert invoke(ledger, "who").out.startswith("姓名：环境里的人（来自环境变量）")
