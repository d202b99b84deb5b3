"""What is written at once is what ruamel.yaml writes, and reads as what was meant."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.adapters.yaml.read import parse
from ledger.adapters.yaml.roundtrip import _dump, _node, dumped
from ledger.adapters.yaml.simple import NotSimple, simple_text
from ledger.adapters.yaml.style import as_read

TASK: dict[str, Any] = {
    "id": "ZG2020-0001",
    "title": "完善制度 2.0（试行）",
    "goal": "第一行\n\n第二行：完",
    "measures": ["制定办法，组织检查；督促整改。" * 8, "一\n二"],
    "lead": ["审业部"],
    "due": {"text": "3月底前", "date": dt.date(2020, 3, 31)},
    "number": 12,
    "progress": [
        {"date": dt.date(2020, 1, 1), "text": "已报"},
        {"date": dt.date(2020, 2, 1), "text": "很长" * 60, "more": {"a": ["b"]}},
        {"first": {"a": "很长" * 60}, "text": "一\n二"},
    ],
    "columns": {"任务要点": "要点1", "备注": "长" * 120, "编号": "007", "是": "no"},
}

TEXTS = st.text(
    "审长aZ09 _./%()+-—–×。“”（）：；、…\n'\"#:,[]{}?!&*|>=~@`\\\t\u3000\u00a0é", max_size=12
)
WORDS = st.sampled_from(["审业部", "no", "12", "2020-01-01", "-", "a: b", "很长" * 60, "一\n二"])
SCALARS = TEXTS | WORDS | st.none() | st.integers() | st.dates()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | WORDS, inner, max_size=3),
    max_leaves=6,
)


def by_ruamel(data: Any) -> str:
    return _dump(_node(data, block=True), 2)


@given(data=st.dictionaries(TEXTS | WORDS, VALUES, max_size=4))
@example(data=TASK)
@example(data={"一": [[]]})
@example(data={"一": {"二": {}}, "三": []})
@example(data={"长" * 128: "一"})
@settings(max_examples=300)
def test_it_is_what_ruamel_writes(data: dict[str, Any]) -> None:
    try:
        text = simple_text(data)
    except NotSimple:
        return
    assert text == by_ruamel(data)
    assert parse(text.encode()) == as_read(data)


def test_what_is_usual_is_simple() -> None:
    assert simple_text(TASK) == dumped(TASK)


@pytest.mark.parametrize(
    "text", ["", "a: b", "- a", "a #b", "'a'", "[a", "a,b", "*a", "a ", " a", "a\tb", "é", "🙂"]
)
def test_what_could_need_quotes_is_left_to_ruamel(text: str) -> None:
    with pytest.raises(NotSimple):
        simple_text({"title": text})
    assert parse(dumped({"title": text}).encode()) == {"title": text or ""}
