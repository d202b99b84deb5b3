"""Entries change places with their lines; everything else stays where it is."""

from __future__ import annotations

import pytest

from ledger.adapters.yaml.lists import in_order
from ledger.adapters.yaml.read import parse
from ledger.model.decode import compact

TEXT = """\
id: A-1
progress:
  # 第一次
  - {date: 2017-05-01, text: 五月}   # 电话
  - date: 2017-04-01
    text: 四月

# 以下是标签
tags: [乙, 甲]
links:
- {rel: 源自, id: A-2}
"""


def test_entries_move_with_their_comments() -> None:
    data = compact(parse(TEXT.encode()))
    data["progress"].reverse()
    moved = in_order(TEXT.encode(), data)
    assert compact(parse(moved)) == data
    assert moved.decode() == TEXT.replace(
        """\
  # 第一次
  - {date: 2017-05-01, text: 五月}   # 电话
  - date: 2017-04-01
    text: 四月
""",
        """\
  - date: 2017-04-01
    text: 四月
  # 第一次
  - {date: 2017-05-01, text: 五月}   # 电话
""",
    )


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),  # its list on one line
        TEXT.replace("四月", "三月").encode(),  # not the same entries
        b"progress: [1",
        b"- a\n",
        TEXT.rstrip("\n").encode(),
    ],
)
def test_what_cannot_be_moved_stays(content: bytes) -> None:
    data = {"tags": ["甲", "乙"], "progress": [{"date": "2017-04-01", "text": "四月"}]}
    assert in_order(content, data) == content


def test_equal_entries_keep_their_number() -> None:
    text = b"progress:\n- {text: b}\n- {text: a}\n- {text: b}\n"
    data = {"progress": [{"text": "a"}, {"text": "b"}, {"text": "b"}]}
    assert in_order(text, data) == b"progress:\n- {text: a}\n- {text: b}\n- {text: b}\n"
