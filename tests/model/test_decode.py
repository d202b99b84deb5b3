"""From a file's data to records and back: what does not fit is named, what fits survives whole."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ledger
from ledger.model.config import FRACTION, PLACE, Config
from ledger.model.decision import DIGEST_PATTERN, Decision
from ledger.model.decode import Fault, compact, decode, encode, plain
from ledger.model.fields import Described, FieldSpec, is_record, specs, without_none
from ledger.model.problem import Place
from ledger.model.source import Source
from ledger.model.task import (
    ID_PATTERN,
    Closing,
    Due,
    Evidence,
    Extension,
    Indicator,
    Progress,
    Task,
)
from tests.sources import READS_SOURCES, nodes

RECORDS: tuple[type[Any], ...] = (Task, Source, Decision, Config)
SMALLEST: dict[str, Any] = {
    "id": "A-1",
    "kind": "工作要点",
    "title": "一",
    "source": "A",
    "status": "推进中",
}


def faults_of(record: type[Any], data: object) -> list[Fault]:
    """What decoding complains of; it gives a record exactly when nothing real is among it."""
    faults: list[Fault] = []
    result = decode(record, data, faults)
    assert (result is None) == any(not each.unknown for each in faults)
    return faults


def task_faults(**values: Any) -> list[Fault]:
    return faults_of(Task, SMALLEST | values)


# -- what does not fit ----------------------------------------------------------------------

TEXT, LIST, MAPPING = "应是文字，而不是", "应是列表，而不是", "这里应是若干“键: 值”，而不是"
WRONG: tuple[tuple[str, Any, tuple[str | int, ...], str], ...] = (
    ("id", "甲-1", (), "“甲-1”不合规定：应为以字母或数字开头，只含英文字母、数字和“-”"),
    ("id", "A-1\n", (), "不合规定"),
    ("id", "A" * 65, (), "不超过 64 个字符"),
    ("id", ["A-1"], (), TEXT + "列表"),
    ("title", {"a": "1"}, (), TEXT + "“键: 值”"),
    ("title", "", (), "必填项是空的（事项名称（一句话，不超过 40 字））"),
    ("title", " \u3000\n", (), "必填项是空的"),
    ("kind", "工作", (), "“工作”不在可选值之中（巡视整改、工作要点、责任清单、风险防控）"),
    ("kind", "长" * 31, (), f"“{'长' * 29}…”不在可选值之中"),
    ("status", "逾期", (), "“逾期”不在可选值之中"),
    ("nature", "", (), "“”不在可选值之中"),
    ("section", ["x"], (), TEXT + "列表"),
    ("lead", "审业部", (), LIST + "“审业部”；可写成 [甲, 乙]"),
    ("lead", {"a": "1"}, (), LIST + "“键: 值”"),
    ("lead", ["甲", None], (1,), "这一条是空的"),
    ("lead", ["甲", ["乙"]], (1,), TEXT + "列表"),
    ("due", "12月", (), MAPPING + "“12月”"),
    ("due", ["12月"], (), MAPPING + "列表"),
    ("due", {"date": "2017-02-30"}, ("date",), "2017-02-30 不是真实存在的日期"),
    ("due", {"date": "0000-01-01"}, ("date",), "不是真实存在的日期"),
    ("due", {"date": "2017-6-30"}, ("date",), "应是日期（如 2017-12-31），而不是“2017-6-30”"),
    ("due", {"date": "20170630"}, ("date",), "应是日期"),
    ("due", {"date": "2017-06-30T00:00"}, ("date",), "应是日期"),
    ("due", {"date": ["2017-06-30"]}, ("date",), "应是日期（如 2017-12-31），而不是列表"),
    ("due", {"dates": ["2017-06-30", "六月"]}, ("dates", 1), "应是日期"),
    ("due", {"dates": "2017-06-30"}, ("dates",), LIST),
    ("indicators", [{"name": "甲", "target": "二十"}], (0, "target"), "应是数字，而不是“二十”"),
    ("indicators", [{"name": "甲", "target": "1e5"}], (0, "target"), "应是数字"),
    ("indicators", [{"name": "甲", "target": ".5"}], (0, "target"), "应是数字"),
    ("indicators", [{"name": "甲", "target": "9" * 19}], (0, "target"), "应是数字"),
    ("indicators", [{"name": "甲", "target": "nan"}], (0, "target"), "应是数字"),
    ("indicators", [{"target": "5"}], (0, "name"), "缺少必填项“name”（指标名称）"),
    ("progress", [{"date": "2017-01-01", "text": "x", "percent": "六十"}], (0, "percent"), "整数"),
    ("progress", [{"date": "2017-01-01", "text": "x", "percent": "6.5"}], (0, "percent"), "整数"),
    ("progress", [{"date": "2017-01-01", "text": "x", "percent": {}}], (0, "percent"), "整数"),
    (
        "progress",
        [{"date": "2017-01-01", "text": "x", "percent": "101"}],
        (0, "percent"),
        "101 超出范围（0—100）",
    ),
    (
        "progress",
        [{"date": "2017-01-01", "text": "x", "percent": "-1"}],
        (0, "percent"),
        "-1 超出范围（0—100）",
    ),
    ("progress", [{"text": "x"}], (0, "date"), "缺少必填项“date”（填报日期）"),
    ("progress", ["x"], (0,), MAPPING + "“x”"),
    ("progress", [None], (0,), "这一条是空的"),
    ("progress", {"date": "2017-01-01"}, (), LIST + "“键: 值”"),
    ("evidence", [{"name": "甲", "sha256": "A" * 64}], (0, "sha256"), "64 位十六进制小写数字"),
    ("closing", {"applied": "x"}, ("applied",), MAPPING + "“x”"),
    ("closing", {"applied": {}}, ("applied", "date"), "缺少必填项“date”（申请日期）"),
    ("links", [{"rel": "属于", "id": "A-2"}], (0, "rel"), "不在可选值之中（并入、源自、子任务）"),
)


@pytest.mark.parametrize(("key", "value", "below", "message"), WRONG)
def test_what_does_not_fit(
    key: str, value: Any, below: tuple[str | int, ...], message: str
) -> None:
    faults = task_faults(**{key: value})
    assert faults[0].place == (key, *below)
    assert message in faults[0].message
    assert not faults[0].unknown


@pytest.mark.parametrize("key", SMALLEST)
@pytest.mark.parametrize("missing", [True, False])
def test_required_keys(key: str, missing: bool) -> None:
    data = {name: each for name, each in SMALLEST.items() if name != key}
    [fault] = faults_of(Task, data if missing else data | {key: None})
    assert fault.place == (key,)
    assert fault.message.startswith(f"缺少必填项“{key}”（")


@pytest.mark.parametrize("data", [None, "x", ["x"], 5])
def test_a_file_that_is_no_mapping(data: object) -> None:
    [fault] = faults_of(Task, data)
    assert fault.place == ()
    assert fault.message.startswith(MAPPING)


def test_one_fault_hides_no_other() -> None:
    faults = task_faults(
        kind="x",
        due={"date": "六月", "text": ["x"]},
        progress=[{"date": "x", "text": "一"}, {"date": "2017-01-01"}],
        甲="1",
    )
    assert [each.place for each in faults] == [
        ("kind",),
        ("due", "date"),
        ("due", "text"),
        ("progress", 0, "date"),
        ("progress", 1, "text"),
        ("甲",),
    ]
    assert [each.unknown for each in faults] == [False] * 5 + [True]


def test_what_else_is_wrong_with_a_meeting_and_the_configuration() -> None:
    votes = {"for": "8", "against": "-1"}
    decision = {"id": "D-1", "body": "党组会", "date": "2020-12-03", "chair": "组长"}
    decision |= {"due_members": "0", "present": [], "items": [{"task": "A-1", "result": "同意"}]}
    faults = faults_of(Decision, decision)
    assert [(each.place, each.message) for each in faults] == [
        (("due_members",), "0 超出范围（不小于 1）"),
        (
            ("items", 0, "result"),
            "“同意”不在可选值之中（同意销号、不同意、继续整改、同意延期、同意中止、转为长期坚持、并入）",
        ),
    ]
    item = {"task": "A-1", "result": "同意销号", "votes": votes, "digest": "sha256:x"}
    places = [each.place for each in faults_of(Decision, decision | {"items": [item]})]
    assert places == [("due_members",), ("items", 0, "votes", "against"), ("items", 0, "digest")]
    policies = {"closing": {"default": {"quorum": {"at_least": "一半"}}, "工作要点": None}}
    assert [(each.place, each.message) for each in faults_of(Config, {"policies": policies})] == [
        (
            ("policies", "closing", "default", "quorum", "at_least"),
            "“一半”不合规定：应为分数，如 1/2、2/3",
        ),
        (("policies", "closing", "工作要点"), "这一条是空的"),
    ]
    assert faults_of(Config, {"policies": {"closing": []}})[0].message.startswith("应是若干")


# -- what fits ------------------------------------------------------------------------------


def test_unknown_keys_are_kept_and_named() -> None:
    faults: list[Fault] = []
    task = decode(Task, SMALLEST | {"备注": ["x", None], "due": {"text": "6月", "样": "x"}}, faults)
    assert task is not None
    assert task.extra == {"备注": ["x", None]}
    assert [(each.place, each.message, each.unknown) for each in faults] == [
        (("due", "样"), "不认识的键“样”，已原样保留", True),
        (("备注",), "不认识的键“备注”，已原样保留", True),
    ]
    assert encode(task)["备注"] == ["x", None]


def test_what_is_empty_is_as_if_it_were_not_there() -> None:
    empty = {spec.key: None for spec in specs(Task) if not spec.described.required}
    assert decode(Task, SMALLEST | empty, []) == decode(Task, SMALLEST, [])


def test_every_type() -> None:
    data = SMALLEST | {
        "id": "000123",
        "section": "no",
        "due": {"text": "1月、4月", "dates": ["2017-01-31", "2017-04-30"]},
        "indicators": [{"name": "甲", "target": "-20", "actual": "+18.50", "unit": "%"}],
        "progress": [{"date": "2017-01-01", "text": "一\n二", "percent": "060"}],
        "extensions": [
            {
                "date": "2017-01-01",
                "from": "2017-06-30",
                "to": "2017-07-31",
                "reason": "一",
                "approved_by": "局务会",
            }
        ],
        "closing": {"decision": "D-1", "date": "2017-08-01"},
    }
    task = decode(Task, data, [])
    day = dt.date
    assert task == Task(
        id="000123",
        kind="工作要点",
        title="一",
        source="A",
        status="推进中",
        section="no",
        due=Due(text="1月、4月", dates=(day(2017, 1, 31), day(2017, 4, 30))),
        indicators=(Indicator(name="甲", target=-20, actual=18.5, unit="%"),),
        progress=(Progress(date=day(2017, 1, 1), text="一\n二", percent=60),),
        extensions=(
            Extension(
                date=day(2017, 1, 1),
                from_=day(2017, 6, 30),
                to=day(2017, 7, 31),
                reason="一",
                approved_by="局务会",
            ),
        ),
        closing=Closing(decision="D-1", date=day(2017, 8, 1)),
    )
    assert task.indicators[0].target.__class__ is int


def test_compact_leaves_out_what_is_empty_and_keeps_zero() -> None:
    plain = {"a": "", "b": [], "c": {"d": None}, "e": 0, "f": [{"g": ""}, "x"], "h": {"i": [0]}}
    assert compact(plain) == {"e": 0, "f": [{}, "x"], "h": {"i": [0]}}


def test_encode_writes_days_as_asked() -> None:
    evidence = Evidence(name="甲", date=dt.date(2017, 1, 1))
    assert compact(encode(evidence)) == {"name": "甲", "date": "2017-01-01"}
    assert compact(encode(evidence, day=lambda day: day.year)) == {"name": "甲", "date": 2017}
    assert plain(evidence) == {"name": "甲", "date": dt.date(2017, 1, 1)}


@READS_SOURCES
def test_what_is_written_to_a_file_is_made_in_one_place() -> None:
    """Who writes a record asks `plain`; only the model knows what days and empty values become."""
    package = Path(ledger.__file__).parent
    homes = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Call) and "encode" in ast.unparse(node.func)
        if any(each.arg == "day" for each in node.keywords)
    ]
    assert homes == ["model/decode.py"]


# -- there and back -------------------------------------------------------------------------

TEXTS = st.text(min_size=1, max_size=8).filter(str.strip)
SHAPES = {
    ID_PATTERN: ["A", "0-", "GZ2017-031", "a" * 64],
    DIGEST_PATTERN: ["sha256:" + "0" * 64, "sha256:" + "9f" * 32],
    "[0-9a-f]{64}": ["0" * 64, "9f" * 32],
    FRACTION: ["1/2", "2/3", "9999/9999"],
    PLACE: ["ledger==1.0", "/srv/wheels", "docker"],
    "#[0-9A-Fa-f]{6}": ["#000000", "#b45309", "#FFffFF"],
}


@cache
def records(record: type[Any]) -> st.SearchStrategy[Any]:
    """Records of a type as files can hold them."""
    fields = [each for each in dataclasses.fields(record) if "described" in each.metadata]
    strategies = {
        field.name: field_values(spec, field)
        for field, spec in zip(fields, specs(record), strict=True)
    }
    if "extra" in record.__dataclass_fields__:
        strategies["extra"] = st.dictionaries(st.sampled_from(["备注", "x-y"]), TEXTS, max_size=2)
    return st.builds(record, **strategies)


def field_values(spec: FieldSpec, field: dataclasses.Field[Any]) -> st.SearchStrategy[Any]:
    """Values of a field; what is empty when written is the default, unless it is required."""
    possible = values(without_none(spec.hint), spec.described)
    full = possible.filter(lambda value: compact(encode(value)) not in ("", [], {}))
    if spec.described.required:
        return full
    made = field.default_factory
    return st.just(field.default if made is dataclasses.MISSING else made()) | full


def values(hint: Any, described: Described) -> st.SearchStrategy[Any]:
    """Values of a type that a field's description allows."""
    if is_record(hint):
        return records(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return st.lists(values(arguments[0], described), min_size=1, max_size=2).map(tuple)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(TEXTS, values(arguments[1], described), min_size=1, max_size=2)
    if hint is str:
        allowed = described.choices or SHAPES.get(described.pattern)
        if described.known:
            allowed = ("Asia/Shanghai", "UTC")
        return st.sampled_from(allowed) if allowed else TEXTS
    if hint is dt.date:
        return st.dates()
    low = 0 if described.minimum is None else described.minimum
    whole = st.integers(low, 10**6 if described.maximum is None else described.maximum)
    return whole if hint is int else whole | st.integers(-(10**6), 10**6).map(lambda n: n / 100)


def spelled(plain: Any) -> Any:
    """Plain data as the strict reader gives it: every scalar a text."""
    if isinstance(plain, dict):
        return {key: spelled(each) for key, each in plain.items()}
    if isinstance(plain, list):
        return [spelled(each) for each in plain]
    return plain if isinstance(plain, str) else str(plain)


def unknown(value: Any, place: Place = ()) -> Iterator[Place]:
    """Where a record and those in it have keys that nobody knows."""
    if isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from unknown(each, (*place, number))
    if dataclasses.is_dataclass(value):
        yield from ((*place, key) for key in getattr(value, "extra", ()))
        for spec in dataclasses.fields(value):
            yield from unknown(getattr(value, spec.name), (*place, spec.name))


@pytest.mark.parametrize("record", RECORDS)
@settings(max_examples=25)
@given(data=st.data())
def test_what_is_encoded_decodes_to_the_same(record: type[Any], data: st.DataObject) -> None:
    value = data.draw(records(record))
    faults: list[Fault] = []
    encoded = compact(encode(value))
    assert decode(record, spelled(encoded), faults) == value
    assert {each.place for each in faults} == set(unknown(value))
    assert compact(encode(decode(record, spelled(encoded), []))) == encoded


raw = st.recursive(
    st.none() | st.text(max_size=8) | st.sampled_from(["2017-01-01", "5", "推进中", "A-1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@pytest.mark.parametrize("record", RECORDS)
@given(data=st.data())
def test_anything_at_all_becomes_a_record_or_faults(record: type[Any], data: st.DataObject) -> None:
    keys = st.sampled_from([spec.key for spec in specs(record)]) | st.text(max_size=4)
    for fault in faults_of(record, data.draw(st.dictionaries(keys, raw, max_size=6) | raw)):
        assert fault.message
