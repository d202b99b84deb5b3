"""What the screen asks: the same answers as the commands give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import LedgerError, UsageError
from ledger.view.browse.outlook import ORDERS, Outlook
from tests.cli.browsing import outlook

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal
    from tests.conftest import LedgerFolder, MakeLedger

TASKS: list[dict[str, Any]] = [
    {"title": "开展专利检索能力测评", "lead": ["审业部"]},
    {"title": "修订办事指南", "lead": ["审查业务管理部"], "assist": ["办公室"]},
    {"title": "印发采购办法", "lead": ["办公室"], "leader": "分管审业的副局长"},
    {"title": "清理积压", "lead": ["条法司"], "measures": ["请审业部核对专利清单"]},
    {"title": "梳理法规", "lead": ["条法司"], "status": "申请销号",
     "closing": {"applied": {"date": "2017-05-20", "by": "条法司", "summary": "办结"}}},
]  # fmt: skip
TODAY = ("--today", "2017-06-01")


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(TASKS)


def ids(what: Outlook) -> list[str]:
    return [task.id for task in what.shown]


def listed(invoke: Invoke, ledger: LedgerFolder, *options: str) -> list[str]:
    told = json.loads(invoke(ledger, *TODAY, "list", "--json", *options).out)
    return [task["id"] for task in told]


def test_every_order_is_that_of_list(ledger: LedgerFolder, invoke: Invoke) -> None:
    looked = outlook(ledger.root)
    for name in ORDERS:
        for order in (name, f"-{name}"):
            looked.sort = order
            looked.ask()
            assert ids(looked) == listed(invoke, ledger, "--sort", order), order


def test_a_department_is_that_of_list(ledger: LedgerFolder, invoke: Invoke) -> None:
    looked = outlook(ledger.root)
    (chosen,) = looked.their_departments("syb")
    looked.departments = (chosen[0],)
    looked.ask()
    assert sorted(ids(looked)) == ["GZ2017-001", "GZ2017-002"]
    assert ids(looked) == listed(invoke, ledger, "--dept", "syb", "--sort", "light")


def test_departments_are_offered_by_names_aliases_and_letters(ledger: LedgerFolder) -> None:
    looked = outlook(ledger.root)
    assert looked.their_departments("审查业务") == [("审业部", "审查业务管理部")]
    assert looked.their_departments("bgs") == [("办公室", "")]
    assert [name for name, _ in looked.their_departments("")] == [
        "办公室", "审业部", "条法司", "规划司", "巡视办",
    ]  # fmt: skip


def test_a_word_gives_what_list_gives_for_texts_and_departments(
    ledger: LedgerFolder, invoke: Invoke
) -> None:
    looked = outlook(ledger.root)
    for word, options in (
        ("审业部", (("--text", "审业部"), ("--dept", "审业部"))),
        ("专利", (("--text", "专利"),)),
        ("syb", (("--dept", "syb"),)),
        ("GZ2017-003", (("--text", "GZ2017-003"),)),
        ("申请销号", (("--status", "申请销号"),)),
        ("青灯", (("--light", "青"),)),
        ("副局长", (("--leader", "副局长"),)),
    ):
        looked.narrow(word)
        assert set(ids(looked)) == {
            each for given in options for each in listed(invoke, ledger, *given)
        }, word


def test_letters_spell_titles_and_every_word_counts(ledger: LedgerFolder) -> None:
    looked = outlook(ledger.root)
    for words, expected in (
        ("zljs", ["GZ2017-001"]),
        ("zhuanlijiansuo", ["GZ2017-001"]),
        ("ｂａｎｇｏ", ["GZ2017-002", "GZ2017-003"]),
        ("bszn bgs", ["GZ2017-002"]),
        ("专利　条法", ["GZ2017-004"]),
        ("申请销号 梳理", ["GZ2017-005"]),
        ("申请销号 修订", []),
        ("没有这样的", []),
        ("z", ["GZ2017-001", "GZ2017-002", "GZ2017-003", "GZ2017-004", "GZ2017-005"]),
        ("  ", ["GZ2017-001", "GZ2017-002", "GZ2017-003", "GZ2017-004", "GZ2017-005"]),
    ):
        looked.narrow(words)
        assert sorted(ids(looked)) == expected, words


def test_letters_that_are_typed_one_by_one_find_the_same(ledger: LedgerFolder) -> None:
    for word in ("zljsnl", "xdbszn", "bangongshi"):
        grown, whole = outlook(ledger.root), outlook(ledger.root)
        for end in range(1, len(word) + 1):
            grown.narrow(word[:end])
        whole.narrow(word)
        assert ids(grown) == ids(whole)
        assert ids(whole)


def test_any_day_is_that_of_list(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(TASKS[:2])
    ledger.write_task(id="GZ2017-003", title="后来的")
    ledger.commit(moment="2017-05-10")
    looked = outlook(ledger.root)
    for text, at in (("2017-04-01", "2017-04-01"), ("5月31日", "2017-05-31"), ("HEAD~1", "HEAD~1")):
        looked.go_to(text)
        assert looked.is_past
        told = json.loads(invoke(ledger, *TODAY, "list", "--json", "--at", at).out)
        assert sorted(ids(looked)) == [task["id"] for task in told], text
        lights = {task.id: (task.light, task.days_left) for task in looked.shown}
        assert lights == {task["id"]: (task["light"], task["days_left"]) for task in told}
    looked.go_to("")
    assert not looked.is_past
    assert len(looked.shown) == 3


def test_a_moment_that_there_is_not_leaves_the_one_there_is(ledger: LedgerFolder) -> None:
    looked = outlook(ledger.root)
    for text in ("2016-01-01", "没有这个", "2017-02-30"):
        with pytest.raises(UsageError):
            looked.go_to(text)
        assert not looked.is_past
        looked.ask()
        assert len(looked.shown) == 5


def test_a_card_is_what_show_prints(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    looked = outlook(ledger.root)
    task = looked.shown[0]
    printed = on_terminal(ledger, [*TODAY, "show", task.id], columns=60).text.replace("\r", "")
    assert looked.card(task, 60, looked.background(task)) == printed.splitlines()


def test_nothing_is_held_between_two_questions(ledger: LedgerFolder) -> None:
    """Who holds on to a state of the index keeps every other command from bringing it up."""
    looked = outlook(ledger.root)
    looked.narrow("专利")
    looked.card(looked.shown[0], 60, looked.background(looked.shown[0]))
    looked.go_to("HEAD")
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("needs /proc")
    links = [str(each.readlink()) for each in folder.iterdir() if each.is_symlink()]
    assert not [each for each in links if each.startswith(str(ledger.root)) and "sqlite" in each]


def test_what_is_broken_is_told_in_a_line_or_two(ledger: LedgerFolder) -> None:
    for number in (7, 8, 9):
        ledger.write(f"data/tasks/GZ2017/GZ2017-00{number}.yaml", "title: [\n")
    looked = outlook(ledger.root)
    assert len(looked.shown) == 5
    assert len(looked.remarks) == 2
    assert "T001" in looked.remarks[0]


def test_a_ledger_that_is_gone_is_refused(ledger: LedgerFolder) -> None:
    looked = outlook(ledger.root)
    (ledger.root / "ledger.yaml").unlink()
    with pytest.raises(LedgerError):
        looked.ask()
    assert len(looked.shown) == 5
