"""Asking for a meeting step by step: `ledger decide --new`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ledger.cli.asking import agreed, checked, headcount, on_terminal
from ledger.cli.conversation import HOW, Answers, Asker, Prompt, converse
from ledger.cli.session import Cancelled, emit, say
from ledger.errors import UsageError
from ledger.model.decision import (
    APPROVE_CLOSING,
    APPROVE_EXTENSION,
    MERGE_INTO,
    RESULTS,
    Absence,
    Decision,
    DecisionItem,
    Votes,
)
from ledger.model.people import People, names_in
from ledger.model.task import CLOSED
from ledger.rules.decisions import faults_of_roll

if TYPE_CHECKING:
    from ledger.model.snapshot import Snapshot
    from ledger.model.task import Task
    from ledger.usecases.reading.open import Ledger

# In the order in which they are asked: the keys of a record that an answer may make wrong.
_KEYS = {
    "present": ("present",),
    "due": ("due_members", "present"),
    "absent": ("absent",),
    "observers": ("observers",),
    "chair": ("chair",),
    "recused": ("items",),
}
_AGAIN = "请重新输入，或用 < 回去改"
_MANY = 10_000  # members, as long as nobody has said how many there are
_GIVE_UP = "放弃"
_ONE_OF = "、".join(f"{number} {result}" for number, result in enumerate(RESULTS, 1))


def asked_meeting(ledger: Ledger, today: dt.date) -> Decision:
    """The meeting that a person at the terminal describes, once he has seen it whole and agrees.

    The tasks 待上会 are offered, and those that were closed without a meeting (圈阅).

    Raises:
        UsageError: there is no terminal, or no task waits for a meeting.
        Cancelled: he does not agree.
    """
    from ledger.usecases.closing.decide import next_id, waiting
    from ledger.usecases.reading.load import load
    from ledger.view.close import meeting_lines

    if not on_terminal():
        raise UsageError(
            "这里没有终端可以询问", hint="请把会议写成 YAML 文件，用 ledger decide 文件"
        )
    snapshot = load(ledger)
    tasks = waiting(snapshot)
    if not tasks:
        raise UsageError(
            "没有待上会的事项", hint="先要申请销号（ledger apply）并审核（ledger review）"
        )
    say(HOW)
    offered = lambda body, day: next_id(snapshot, body, day)  # noqa: E731
    people = snapshot.config.policies.people()
    items_asked = (step for task in tasks for step in _item(task, today, people))
    answers = converse([*_head(snapshot, today, offered), *items_asked, *_tail(tasks)])
    items = tuple(item for task in tasks if (item := _decided(task, answers)) is not None)
    if not items:
        raise UsageError("这次会议没有议任何事项", hint="没有登记")
    decision = _decision(answers, items)
    emit(meeting_lines(decision, {task.id: task.title for task in tasks}))
    if not agreed("照此登记"):
        raise Cancelled
    return decision


def _head(
    snapshot: Snapshot, today: dt.date, offered: Callable[[str, dt.date], str]
) -> Iterator[Asker]:
    """Who met, when and where; what is known of earlier meetings is offered."""
    policy = snapshot.config.policies.for_kind("default")
    latest = max(
        (entry.record for entry in snapshot.decisions), key=lambda its: str(its.date), default=None
    )
    body = latest.body if latest else next(iter(policy.bodies), "")

    people = snapshot.config.policies.people()

    def members(answers: Answers) -> frozenset[str] | None:
        return people.members(answers["body"], answers["date"])

    def names(key: str, words: str, offer: str | None) -> Asker:
        read = _read_names(offer is None)
        return lambda its: Prompt(key, words, _sound(key, read, its, people), offer)

    yield _text("body", "会议名称，如 党组会", body)
    yield lambda _: Prompt("date", "会议日期", _day(today), today.isoformat())
    yield lambda answers: Prompt(
        "id", "会议记录编号", checked_id, offered(answers["body"], answers["date"])
    )
    yield _text("session", f"届次，如 {today.year}年第31次", "")
    yield names("present", "实到成员，用、隔开", None)
    yield lambda its: Prompt(
        "due",
        "应到人数",
        _sound("due", headcount, its, people),
        str(len(members(its) or its["present"])),
    )
    yield names("absent", "缺席成员，用、隔开，原因写在括号里", "")
    yield names("observers", "列席人员（没有表决权），用、隔开", "")
    yield lambda its: Prompt(
        "chair", "主持人", _sound("chair", _some, its, people), its["present"][0]
    )
    yield lambda _: Prompt("order", "发言顺序，用、隔开，主持人在最后", _read_names(False), "")
    yield _text("recorder", "记录人", latest.recorder if latest else "")


def _sound(
    key: str, read: Callable[[str], Any], answers: Answers, people: People
) -> Callable[[str], Any]:
    """Reads an answer; one that makes the record wrong is asked for again, while all is there."""

    def check(text: str) -> Any:
        value = read(text)
        before = list(_KEYS)[: list(_KEYS).index(key)]  # one may have come back to this one
        told = {name: answers[name] for name in before if name in answers}
        meeting = _attended(answers["body"], answers["date"], {**told, key: value})
        for message, place in faults_of_roll(meeting, people):
            if place in _KEYS[key]:
                raise UsageError(message, hint=_AGAIN)
        return value

    return check


def _attended(body: str, date: dt.date, answers: Answers) -> Decision:
    """The meeting as far as it is told: who was there."""
    present = answers.get("present", ())
    return Decision(
        id="",
        body=body,
        date=date,
        chair=answers.get("chair") or next(iter(present), ""),
        due_members=answers.get("due", _MANY),
        present=present,
        absent=tuple(_absence(name) for name in answers.get("absent", ())),
        observers=answers.get("observers", ()),
        items=(DecisionItem(task="", result="", recused=answers.get("recused", ())),),
    )


def _tail(tasks: Sequence[Task]) -> Iterator[Asker]:
    def nothing(answers: Answers) -> Prompt | None:
        if any(answers.get(f"{task.id}.result") for task in tasks):
            return None
        return Prompt("nothing", "一项结论也没有写，用 < 回去写", str.strip, _GIVE_UP)

    yield nothing
    yield lambda its: None if "nothing" in its else _text("minutes", "纪要文号", "")(its)


def _item(task: Task, today: dt.date, people: People) -> Iterator[Asker]:
    """What was decided on one task; without a result nothing more is asked of it."""
    again = "（没有经过会议就已销号，请补议）" if task.status == CLOSED else ""

    def result(_: Answers) -> Prompt:
        say(f"{task.id} {task.title}{again}", f"  {_ONE_OF}；没有议的直接回车")
        return Prompt(key("result"), "  会议结论", _result, "")

    def key(name: str) -> str:
        return f"{task.id}.{name}"

    def only(make: Asker, results: Sequence[str] = RESULTS) -> Asker:
        return lambda answers: make(answers) if answers.get(key("result")) in results else None

    def voters(answers: Answers) -> int:
        return max(0, len(answers["present"]) - len(answers[key("recused")]))

    yield result

    def cast(answers: Answers) -> Callable[[str], int]:
        def read(text: str) -> int:
            number = headcount(text)
            total = answers[key("for")] + answers[key("against")] + number
            if total != voters(answers):
                may = f"有表决权的到会成员 {voters(answers)} 人"
                raise UsageError(f"共 {total} 票，{may}，对不上", hint=_AGAIN)
            return number

        return read

    yield only(
        lambda its: Prompt(
            key("recused"),
            "  回避的成员，用、隔开",
            _sound("recused", _read_names(False), its, people),
            "",
        )
    )
    yield only(lambda its: Prompt(key("for"), "  同意票数", headcount, str(voters(its))))
    yield only(
        lambda its: Prompt(
            key("against"), "  不同意票数", headcount, str(max(0, voters(its) - its[key("for")]))
        ),
    )
    yield only(
        lambda its: Prompt(
            key("abstain"),
            "  弃权票数",
            cast(its),
            str(max(0, voters(its) - its[key("for")] - its[key("against")])),
        ),
    )
    yield only(
        lambda _: Prompt(key("until"), "  同意延至哪一天", _day(today)),
        (APPROVE_EXTENSION,),
    )
    yield only(_text(key("into"), "  并入的事项编号", None), (MERGE_INTO,))
    yield only(_text(key("opinion"), "  会议意见", ""))


def _decided(task: Task, answers: Answers) -> DecisionItem | None:
    def its(name: str, otherwise: Any = "") -> Any:
        return answers.get(f"{task.id}.{name}", otherwise)

    if not its("result"):
        return None
    return DecisionItem(
        task=task.id,
        result=its("result"),
        votes=Votes(for_=its("for"), against=its("against"), abstain=its("abstain")),
        opinion=its("opinion"),
        recused=its("recused", ()),
        into=its("into"),
        until=its("until", None),
    )


def _decision(answers: Answers, items: tuple[DecisionItem, ...]) -> Decision:
    return Decision(
        id=answers["id"],
        body=answers["body"],
        date=answers["date"],
        session=answers["session"],
        chair=answers["chair"],
        recorder=answers["recorder"],
        due_members=answers["due"],
        present=answers["present"],
        observers=answers["observers"],
        absent=tuple(_absence(name) for name in answers["absent"]),
        speaking_order=answers["order"],
        minutes=answers["minutes"],
        items=items,
    )


def _absence(text: str) -> Absence:
    name, bracket, reason = text.replace("(", "（").partition("（")
    return Absence(name=name.strip(), reason=reason.rstrip("）)").strip() if bracket else "")


def _text(key: str, words: str, offer: str | None) -> Asker:
    return lambda _: Prompt(key, words, _some if offer is None else str.strip, offer)


def _read_names(needed: bool) -> Callable[[str], tuple[str, ...]]:
    def read(text: str) -> tuple[str, ...]:
        names = names_in(text)
        if len(set(names)) < len(names):
            raise UsageError("有人写了两次", hint="请重新输入")
        if needed and not names:
            raise UsageError("没有写姓名", hint="请重新输入")
        return names

    return read


def _some(text: str) -> str:
    return checked(text, str)


def checked_id(text: str) -> str:
    """An id that a record may have.

    Raises:
        UsageError: it may not.
    """
    import re

    from ledger.model.task import ID_PATTERN, ID_SHAPE

    if not re.fullmatch(ID_PATTERN, text.strip()):
        raise UsageError(f"“{text.strip()}”不能作编号", hint=f"应为{ID_SHAPE}，如 DZH-2020-31")
    return text.strip()


def _day(today: dt.date) -> Callable[[str], dt.date]:
    def read(text: str) -> dt.date:
        from ledger.model.daytext import read_day

        if (day := read_day(text, today)) is None:
            raise UsageError(f"“{text.strip()}”不是日期", hint="请写成 2017-10-20 或 10月20日")
        return day

    return read


def _result(text: str) -> str:
    """A result by its name, its number, or the beginning of its name; empty for none."""
    plain = text.strip()
    if not plain or plain in RESULTS:
        return plain
    if plain.isdecimal() and 1 <= int(plain) <= len(RESULTS):
        return RESULTS[int(plain) - 1]
    if plain == "同意":
        raise UsageError("“同意”什么没有写明", hint=f"同意销号请写 {APPROVE_CLOSING}，或写序号")
    close = [each for each in RESULTS if plain in each]
    if len(close) == 1:
        return close[0]
    raise UsageError(f"没有“{plain}”这种结论", hint="请写序号或全称")
