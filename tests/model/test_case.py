"""The digest of a case: what the meeting saw, however it is written down."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given, strategies

from ledger.adapters.yaml.read import parse
from ledger.model.case import _NOT_PRESENTED, case, case_digest
from ledger.model.decode import decode
from ledger.model.task import (
    Applied,
    Closing,
    Due,
    Evidence,
    Extension,
    Indicator,
    Link,
    Lookback,
    Progress,
    Reviewed,
    Task,
)

DAY = dt.date(2020, 12, 1)
TEXT = """\
id: ZG2020-001
kind: 巡视整改
title: 梳理现行制度
source: ZG2020
measures: [修订三项制度, 印发执行]
due: {text: 11月底前, date: 2020-11-30}
indicators: [{name: 制度, target: 3, unit: 项}]
evidence: [{name: 清单, path: data/evidence/a.pdf}]
status: 待上会
closing: {applied: {date: 2020-12-01, by: 联络员, summary: 已完成}}
备注: {来源: 座谈会}
"""


def task(text: str) -> Task:
    faults: list[Any] = []
    made = decode(Task, parse(text.encode()), faults)
    assert made is not None, faults
    return made


TASK = task(TEXT)
DIGEST = case_digest(TASK)


def test_it_is_a_sha256_that_stays_the_same_for_ever() -> None:
    # Meetings of years ago carry such digests: the way they are made cannot change.
    assert DIGEST == "sha256:512092a4c9432077da0d734ca6bc87a3dc2ba3f23dc78ab48b64264e7012e221"


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "已销号"},
        {"status": "推进中"},
        {"closing": None},
        {"closing": Closing(decision="DZH-2020-31", date=DAY)},
        {"closing": Closing(reviewed=Reviewed(date=DAY, by="整改办", opinion="同意"))},
        {"closing": Closing(applied=Applied(date=DAY, by="另一人", summary="另说"))},
        {"progress": (Progress(date=DAY, text="印发"),)},
        {"lookback": (Lookback(date=DAY, result="巩固"),)},
        {"links": (Link(rel="并入", id="ZG2020-002"),)},  # what the closing itself adds
    ],
)
def test_the_procedure_and_the_logs_are_none_of_it(fields: dict[str, Any]) -> None:
    assert case_digest(dataclasses.replace(TASK, **fields)) == DIGEST


OTHER: dict[str, Any] = {
    "id": "ZG2020-002",
    "kind": "工作要点",
    "title": "梳理制度",
    "source": "XC2020",
    "section": "一、制度",
    "key_point": "制度建设",
    "problem": "制度不健全",
    "goal": "年内完成",
    "measures": ("印发执行", "修订三项制度"),
    "lead": ("办公室",),
    "assist": ("办公室",),
    "leader": "分管副局长",
    "owner": "综合处处长",
    "nature": "限期",
    "due": Due(text="11月底前", date=dt.date(2020, 12, 31)),
    "indicators": (Indicator(name="制度", target=2, unit="项"),),
    "extensions": (Extension(date=DAY, to=DAY, reason="会签", approved_by="局务会"),),
    "evidence": (Evidence(name="清单", path="data/evidence/a.pdf", sha256="a" * 64),),
    "links": (Link(rel="源自", id="ZG2020-002"),),
    "tags": ("重点",),
    "columns": {"备注": "座谈"},
    "extra": {"备注": {"来源": "座谈"}},
}


@pytest.mark.parametrize("name", OTHER)
def test_everything_else_counts(name: str) -> None:
    assert case_digest(dataclasses.replace(TASK, **{name: OTHER[name]})) != DIGEST


def test_every_field_is_either_presented_or_not() -> None:
    names = {field.name for field in dataclasses.fields(Task)}
    assert names == OTHER.keys() | _NOT_PRESENTED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("备注: {来源: 座谈会}\n", "备注:\n  来源: 座谈会\n新列: 甲\n"),
        ("备注: {来源: 座谈会}\n", ""),
        ("target: 3", "target: 4"),
        ("path: data/evidence/a.pdf", "path: data/evidence/b.pdf"),
    ],
)
def test_a_change_in_the_file_that_counts(old: str, new: str) -> None:
    assert old in TEXT
    assert case_digest(task(TEXT.replace(old, new))) != DIGEST


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("measures: [修订三项制度, 印发执行]", "measures:\n  - 修订三项制度\n  - '印发执行'  # 注"),
        ("title: 梳理现行制度", '# 说明\ntitle:   "梳理现行制度"   # 一句话'),
        ("due: {text: 11月底前, date: 2020-11-30}", "due:\n  date: 2020-11-30\n  text: 11月底前"),
        ("kind: 巡视整改\n", "kind: 巡视整改\ngoal: ''\nleader:\ntags: []\nassist: ~\n"),
        ("备注: {来源: 座谈会}\n", "备注: {来源: 座谈会, 其他: }\n空列:\n"),
        ("unit: 项}", "unit: 项, actual: }"),
        ("\n", "\r\n"),
    ],
)
def test_the_way_it_is_written_does_not_count(old: str, new: str) -> None:
    assert old in TEXT
    assert case_digest(task(TEXT.replace(old, new))) == DIGEST


@given(strategies.permutations(TEXT.splitlines(keepends=True)))
def test_the_order_of_keys_does_not_count(lines: list[str]) -> None:
    assert case_digest(task("".join(lines))) == DIGEST


def test_the_case_is_plain_data_without_what_is_empty() -> None:
    shown = case(TASK)
    assert shown["due"] == {"text": "11月底前", "date": "2020-11-30"}
    assert shown["备注"] == {"来源": "座谈会"}
    assert not {"status", "closing", "goal", "links"} & shown.keys()


TEXTS = strategies.text(alphabet="甲乙[]{}:,\"'\n\\ ", max_size=8)


@given(one=strategies.tuples(TEXTS, TEXTS), other=strategies.tuples(TEXTS, TEXTS))
def test_two_contents_never_look_the_same(one: tuple[str, str], other: tuple[str, str]) -> None:
    first, second = (
        dataclasses.replace(TASK, goal=goal, problem=problem) for goal, problem in (one, other)
    )
    assert (case_digest(first) == case_digest(second)) == (one == other)
