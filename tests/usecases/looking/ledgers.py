"""Random ledgers as people, programs and accidents write them, and questions to them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ledger.model.standing import STATES
from ledger.model.task import KINDS, NATURES, STATUSES
from ledger.usecases.looking.filters import Filters
from ledger.usecases.looking.rows import GROUPS, SORTS
from ledger.usecases.looking.status import STATUS_GROUPS
from tests.conftest import task_data, yaml_text

DEPARTMENTS = (
    "办公室", "局办公室", "审业部", "条法司", "办 公 室", "条法司 ", "ＡＢ部", "AB部", "ab部",
    "甲、乙", "O'部", '"部"', "%", "_", "😀", "（未填）", "null", "--", "a|b", "\\", "é", "e\u0301",
)  # fmt: skip
TEXTS = (
    "事项", "ＰＣＴ申请", "pct申請", "100%", "a_b", "O'Neil", '说"完"了', "😀😀", "甲\t乙",
    "甲　乙", "ß", "ſ", "İ", "第①条", "ﬁ", "\u3000", "x" * 50, "一\n二", "NULL", "事项事项", "局长",
    "ＪＵ长", "👩\u200d👧👩\u200d👧👩\u200d👧", "e\u0301" * 9, "❤\ufe0f" * 9, "\u202e甲\u2066" * 4,
    "国办发〔2017〕3号·①℃→Ⅲ", "ﾊﾝｶｸﾊﾝｶｸﾊﾝｶｸﾊﾝｶｸ", "\xad" * 20 + "字", "\U00020bb7" * 9, " 前后 ",
)  # fmt: skip
SOURCES = ("GZ2017", "ZG2020", "gz2017", "G G", "没有")
LIGHTS = ("红", "黄", "绿", "蓝", "灰灯", "灯", "red")
DAYS = st.one_of(
    st.dates(dt.date(2017, 5, 1), dt.date(2017, 8, 31)),
    st.dates(dt.date(2016, 1, 1), dt.date(2019, 12, 31)),
)
_days = DAYS.map(dt.date.isoformat)
_department = st.one_of(st.sampled_from(DEPARTMENTS[:5]), st.sampled_from(DEPARTMENTS))
_departments = st.lists(_department, max_size=3)


def _sometimes(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


DUES = st.fixed_dictionaries(
    {"text": st.sampled_from(TEXTS)},
    optional={
        "date": _days,
        "dates": st.lists(_days, max_size=3, unique=True).map(sorted),
        "start": _days,
    },
)
PROGRESS = st.fixed_dictionaries(
    {"text": st.sampled_from(TEXTS), "date": _days},
    optional={
        "percent": st.integers(0, 100),
        "event": st.sampled_from(["退回", "重开", "催办"]),
    },
)
EXTENSIONS = st.fixed_dictionaries(
    {"reason": st.just("一"), "approved_by": st.just("局务会"), "date": _days, "to": _days},
    optional={"from": _days},
)
_signed = {"by": st.just("一"), "date": _days}
CLOSINGS = st.fixed_dictionaries(
    {},
    optional={
        "applied": st.fixed_dictionaries({**_signed, "summary": st.just("一")}),
        "reviewed": st.fixed_dictionaries({**_signed, "opinion": st.just("一")}),
        "date": _days,
    },
)
TASKS = st.fixed_dictionaries(
    {
        "id": st.sampled_from([f"GZ2017-{number:03}" for number in range(1, 7)]),
        "source": st.sampled_from(("GZ2017",) * 3 + SOURCES),
        "kind": st.sampled_from(KINDS),
        "status": st.sampled_from((*STATUSES, "申请销号", "待上会")),
        "closing": _sometimes(CLOSINGS),
        "title": st.sampled_from(TEXTS),
        "nature": _sometimes(st.sampled_from(NATURES)),
        "section": _sometimes(st.sampled_from(TEXTS)),
        "lead": _departments,
        "assist": _departments,
        "leader": _sometimes(st.sampled_from(TEXTS)),
        "due": _sometimes(DUES),
        "progress": st.lists(PROGRESS, max_size=3),
        "extensions": st.lists(EXTENSIONS, max_size=2),
        "tags": st.lists(st.sampled_from(TEXTS), max_size=2),
        "goal": _sometimes(st.sampled_from(TEXTS)),
        "measures": st.lists(st.sampled_from(TEXTS), max_size=2),
    }
).map(lambda fields: yaml_text(task_data(fields)))
BROKEN = st.sampled_from(["", "id: [\n", "title: 一\n", "id: 甲\nid: 乙\n", "- 一\n", "坏: '\n"])
SPOILT = st.builds(
    lambda text, more: text + more,
    TASKS,
    st.sampled_from(["颜色: 红\n", "owner: ''\n", "lookback: 一\n", "measures: [一]\n"]),
)
PLACES = st.sampled_from(
    [f"data/tasks/GZ2017/GZ2017-{number:03}.yaml" for number in range(1, 7)]
    + ["data/tasks/ZG2020/GZ2017-001.yaml", "data/tasks/又.yaml", "data/tasks/GZ2017/深/x.yml"]
    + ["data/tasks/G G/GZ2017-002.yaml", "data/tasks/没有/GZ2017-003.yaml"]
)
_source = st.builds(
    lambda name: yaml_text({"id": name, "title": "要点", "kind": "工作要点", "year": 2017}),
    st.sampled_from(SOURCES),
)
SOURCE_FILES = st.dictionaries(
    st.sampled_from([f"data/sources/{name}.yaml" for name in SOURCES]),
    st.one_of(_source, _source, _source, BROKEN),
    max_size=3,
)
DECISION_FILES = st.dictionaries(
    st.sampled_from(["data/decisions/2017/D-1.yaml", "data/decisions/2018/D-2.yaml"]),
    st.one_of(
        st.just(yaml_text({"id": "D-1", "date": "2017-01-01", "body": "局务会"})),
        BROKEN,
    ),
    max_size=2,
)
_named = st.fixed_dictionaries(
    {"name": _department},
    optional={"aliases": st.lists(_department, max_size=2)},
)
_LISTED = [
    {"name": "办公室", "aliases": ["局办公室"]},
    {"name": "审业部", "aliases": ["办 公 室", "条法司 "]},
    {"name": "条法司"},
]
_lights = st.fixed_dictionaries(
    {},
    optional={
        "due_soon_days": st.integers(0, 60),
        "lag_percent": st.integers(0, 100),
        **{state: st.sampled_from(LIGHTS) for state in STATES},
        "waiting_in_time": st.sampled_from("是否"),
    },
)
_severities = st.dictionaries(
    st.sampled_from(["T003", "T004", "T005", "T008", "T010", "T999"]),
    st.sampled_from(["off", "warning", "error"]),
    max_size=3,
)
_settings = st.fixed_dictionaries(
    {"organisation": st.just("某局")},
    optional={
        "departments": st.one_of(st.just(_LISTED), st.lists(_named, max_size=6)),
        "lights": _lights,
        "rules": _severities,
    },
).map(yaml_text)
_PLAIN = st.just(yaml_text({"organisation": "某局", "departments": _LISTED}))
CONFIGS = st.one_of(_PLAIN, _settings, _settings, _settings, _PLAIN, _PLAIN, BROKEN)
LEDGERS = st.fixed_dictionaries(
    {
        "ledger.yaml": CONFIGS,
        "tasks": st.dictionaries(
            PLACES, st.one_of(*[TASKS] * 6, SPOILT, BROKEN), min_size=1, max_size=9
        ),
        "sources": SOURCE_FILES,
        "decisions": DECISION_FILES,
    }
).map(
    lambda parts: {
        "ledger.yaml": parts["ledger.yaml"],
        **parts["tasks"],
        **parts["sources"],
        **parts["decisions"],
    }
)


def write(root: Path, files: dict[str, str]) -> None:
    """Make them the working tree's only files."""
    for place in root.rglob("*.y*ml"):
        if ".git" not in place.parts and str(place.relative_to(root)) not in files:
            place.unlink()
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")


def _some(values: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    few = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)
    return st.one_of(*[st.just(())] * 7, few)


FILTERS = st.builds(
    Filters,
    dept=_some(DEPARTMENTS[:6]),
    lead=_some(DEPARTMENTS[:6]),
    assist=_some(DEPARTMENTS[:7]),
    status=_some(STATUSES),
    kind=_some(KINDS),
    source=_some(SOURCES[:2]),
    leader=_some((*TEXTS, "长", "ju")),
    nature=_some(NATURES),
    light=_some(("红", "黄灯", "绿", "青", "蓝")),
    due_before=st.none() | st.none() | DAYS,
    due_after=st.none() | st.none() | DAYS,
    text=_some((*TEXTS, "项", "Ａ", "PCT", "%", "_")),
    tag=_some(TEXTS),
    find=_some((*TEXTS, "项", "Ａ", "sy", "zl", "ju", "j", "审业 项", "bgs", " ")),
)
ORDERS = st.sampled_from(["", *SORTS, *(f"-{name}" for name in SORTS), "别的"])
GROUPINGS = st.sampled_from(["", "", "", *GROUPS, "别的"])
BY = st.sampled_from([*STATUS_GROUPS, "别的"])
MOMENTS = st.one_of(DAYS, DAYS, st.sampled_from([dt.date.min, dt.date.max]))
WITHIN = st.one_of(st.integers(0, 400), st.just(10**7))
