"""Changing files: what was meant to change is changed, everything else stays as it was."""

from __future__ import annotations

import copy
import datetime as dt
import difflib
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ledger.adapters.yaml.edit import Edit, edited, written
from ledger.adapters.yaml.read import YamlFault, comments, control_in, parse
from ledger.errors import LedgerError
from ledger.model.decode import compact, encode
from ledger.model.fields import specs
from ledger.model.task import Task
from tests.adapters.yaml.corpus import ENTRY

ORDER = tuple(spec.key for spec in specs(Task))

PLAIN = """\
# yaml-language-server: $schema=../../schemas/task.json
id: GZ2017-031
title: 开展测评
lead: [审业部]
measures:
  - 制定方案
  - 组织实施
due: {text: 12月, date: 2017-12-31}
status: 推进中
progress:
  - {date: 2017-06-30, by: 处长, text: 过半, percent: 50}
"""
COMMENTED = """\
# head

# above id
id: GZ2017-031    # behind id
title: 开展测评  #behind title
# above lead
lead: [审业部]  # behind lead
measures:  # behind measures
  # above the first
  - 制定方案   # behind the first

  # between
  - 组织实施
  # below the last

due: {text: 12月, date: 2017-12-31}   # behind due
# above status
status: 推进中
progress:
  - {date: 2017-06-30, by: 处长, text: 过半, percent: 50}  # behind the entry

# below progress
x-own: {a:  1,   b: [ 2,3 ]}   # own

# end
"""
QUOTED = """\
"id": 'GZ2017-031'
title: "开展\\"测评\\": 一"
lead: ['审业部']
measures:
  - "制定方案 # 不是注释"
  - '组织''实施'
due: {text: "12月", date: '2017-12-31'}
status: '推进中'   # it's
progress:
  - {date: "2017-06-30", by: '处长', text: "过半", percent: '50'}
note: "a b
  c"
# end
"""
BLOCK = """\
id: GZ2017-031

title: 开展测评


lead:
  - 审业部
measures:
  - 制定方案
  - 组织实施

due:
  text: 12月
  # the day
  date: 2017-12-31
status: 推进中
progress:
  - date: 2017-06-30
    by: 处长
    text: |
      过半

      # not a comment
    percent: 50
  # between entries

  - date: 2017-07-31
    text: >-
      折行
      的文字
# last
"""
DENSE = """\
id: GZ2017-031
title: 开展测评
lead: [审业部]
measures:
- 制定方案
# between
- 组织实施
due: {text: 12月, date: 2017-12-31}
status: 推进中
progress:
- date: 2017-06-30
  text: 过半
# above x
x: [ 1 , 2 ]
"""
WIDE = """\
id:    GZ2017-031
title:   开展测评
lead: [ 审业部 ]
measures:
    - 制定方案
    # between
    - 组织实施
due: {text: 12月, date: 2017-12-31}
status:  推进中
progress:
    - {date: 2017-06-30,  text: 过半}
# end"""
BLOCKS = """\
id: GZ2017-031
title: >-
  开展
  测评
# below title
lead: [审业部]
measures: ["一", '二', 三]
goal: |
  一
    # 二，不是注释

  三

# below goal
due: {text: 12月, date: 2017-12-31}
status: 推进中
summary: >
  折行

  新段
keep: |+
  末尾空行

progress: [{date: 2017-06-30, text: 过半}]
"""
LONG = PLAIN + "note: " + "很长的一行，" * 200 + "\nnote2: '" + "x y " * 300 + "'\n"

LAYOUTS: dict[str, bytes] = {
    "plain": PLAIN.encode(),
    "commented": COMMENTED.encode(),
    "quoted": QUOTED.encode(),
    "block": BLOCK.encode(),
    "lists not indented": DENSE.encode(),
    "lists indented by 4, no final newline": WIDE.encode(),
    "literal and folded": BLOCKS.encode(),
    "long lines": LONG.encode(),
    "crlf": COMMENTED.replace("\n", "\r\n").encode(),
    "crlf, block": BLOCK.replace("\n", "\r\n").encode(),
    "byte order mark": b"\xef\xbb\xbf" + COMMENTED.encode(),
    "byte order mark, crlf": b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode(),
    "no final newline": PLAIN.rstrip("\n").encode(),
    "document start": b"---\n" + PLAIN.encode(),
    "blank lines at the end": PLAIN.encode() + b"\n\n",
    "empty values": PLAIN.encode() + b"closing:\nextensions: []\ntags: ~\nlinks: null\n# end\n",
}


def as_read(value: Any) -> Any:
    """A value as the reader gives it back."""
    if isinstance(value, dict):
        return {key: as_read(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_read(each) for each in value]
    return None if value is None else str(value)


def intended(data: Any, edits: Sequence[Edit]) -> Any:
    """Plain data after some edits, done the plain way."""
    data = copy.deepcopy(data)
    for edit in edits:
        holder = data
        for step in edit.place[:-1]:
            if isinstance(holder, dict) and holder.get(step) is None:
                holder[step] = {}
            holder = holder[step]
        key = edit.place[-1]
        if edit.append:
            before = (holder.get(key) if isinstance(holder, dict) else holder[key]) or []
            holder[key] = [*before, as_read(edit.value)]
        else:
            holder[key] = as_read(edit.value)
    return data


def sections(text: str) -> dict[str, str]:
    """Text by top-level key; what stands before the first one under the empty name."""
    sections: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        key = re.match(r"([^\s#\-][^:\n]*):( |$)", line)
        name = key[1] if key else name
        sections[name] = sections.get(name, "") + line
    return sections


def text_of(content: bytes) -> str:
    return content.decode("utf-8-sig").replace("\r\n", "\n")


def touched(old: bytes, new: bytes) -> set[str]:
    """The top-level keys whose lines are not the same bytes as before, comment lines apart."""
    before, after = (sections(text_of(each)) for each in (old, new))
    names = set()
    mine, theirs = (
        [
            ("" if line.lstrip()[:1] in ("", "#") else name, line)
            for name, part in each.items()
            for line in part.splitlines()
        ]
        for each in (before, after)
    )
    matcher = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            names |= {name for name, _ in (*mine[i1:i2], *theirs[j1:j2])}
    return names - {""}


def check(old: bytes, edits: Sequence[Edit], order: Sequence[str] = ()) -> bytes:
    """Edit and see that nothing is changed but what was meant."""
    new = edited(old, edits, order)
    assert parse(new) == intended(parse(old), edits)
    assert comments(new) == comments(old)
    assert {name.strip("\"'") for name in touched(old, new)} <= {str(e.place[0]) for e in edits}
    assert new.startswith(b"\xef\xbb\xbf") == old.startswith(b"\xef\xbb\xbf")
    assert new.count(b"\r\n") == (new.count(b"\n") if b"\r\n" in old else 0)
    return new


@pytest.mark.parametrize("old", LAYOUTS.values(), ids=LAYOUTS)
def test_no_edit_changes_no_byte(old: bytes) -> None:
    assert edited(old, []) == old


@pytest.mark.parametrize("old", LAYOUTS.values(), ids=LAYOUTS)
def test_setting_what_is_there_changes_no_byte(old: bytes) -> None:
    edits = [Edit((key,), value) for key, value in parse(old).items() if value is not None]
    assert edited(old, edits) == old


@pytest.mark.parametrize("old", LAYOUTS.values(), ids=LAYOUTS)
def test_appending_one_by_one_is_appending_all(old: bytes) -> None:
    edits = [Edit(("progress",), ENTRY | {"percent": n}, append=True) for n in range(1, 5)]
    new = old
    for edit in edits:
        new = check(new, [edit])
    assert parse(new) == parse(edited(old, edits))


def test_an_appended_record_is_one_line_of_difference() -> None:
    old = COMMENTED.encode()
    for ending in (old, old.replace(b"\n", b"\r\n")):
        new = edited(ending, [Edit(("progress",), ENTRY, append=True)])
        lines = [
            line
            for line in difflib.ndiff(text_of(ending).splitlines(), text_of(new).splitlines())
            if line[0] in "+-"
        ]
        assert lines == [
            "+   - {date: 2017-08-31, by: 办公室主任, text: 已办结：全部, percent: 100}"
        ]


def test_a_new_key_goes_where_it_belongs() -> None:
    new = edited(COMMENTED.encode(), [Edit(("section",), "一、总则")], ORDER)
    assert list(parse(new))[:4] == ["id", "title", "section", "lead"]
    new = edited(COMMENTED.encode(), [Edit(("section",), "一、总则")])
    assert list(parse(new))[-1] == "section"


def test_a_new_scalar_is_quoted_as_the_old_one_was() -> None:
    text = edited(QUOTED.encode(), [Edit(("status",), "已销号"), Edit(("title",), "甲")]).decode()
    assert "status: '已销号'   # it's\n" in text
    assert 'title: "甲"\n' in text


# -- taking away ----------------------------------------------------------------------------


def test_removing_entries_keeps_the_comment_lines() -> None:
    old = b"a:\n- x # one\n# two\n- y # three\n# four\nb: 1\n"
    assert edited(old, [Edit(("a",), ["y"])]) == b"a:\n# two\n- y # three\n# four\nb: 1\n"
    assert edited(old, [Edit(("a",), ["x"])]) == b"a:\n- x # one\n# two\n# four\nb: 1\n"


IN_ORDER = """\
id: A-1
progress:
  # 第一次
  - {date: 2017-05-01, text: 五月}   # 电话
  - date: 2017-04-01
    text: 四月

# 以下是标签
tags: [乙, 甲]
"""


def test_entries_move_with_their_comments() -> None:
    entries = parse(IN_ORDER.encode())["progress"][::-1]
    assert edited(IN_ORDER.encode(), [Edit(("progress",), entries)]).decode() == IN_ORDER.replace(
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


def test_equal_entries_keep_their_number() -> None:
    text = b"progress:\n- {text: b}\n- {text: a}\n- {text: b}\n"
    entries = [{"text": "a"}, {"text": "b"}, {"text": "b"}]
    assert edited(text, [Edit(("progress",), entries)]) == (
        b"progress:\n- {text: a}\n- {text: b}\n- {text: b}\n"
    )


def test_of_equal_entries_the_one_that_was_meant_is_changed() -> None:
    text = b"a:\n- {x: 1}  # one\n- {x: 1}  # two\n- {x: 1}  # three\n"
    for number in range(3):
        lines = text.splitlines(keepends=True)
        lines[number + 1] = lines[number + 1].replace(b"1", b"2")
        assert edited(text, [Edit(("a", number, "x"), 2)]) == b"".join(lines)


def test_an_entry_is_taken_away_from_the_middle_of_what_was_changed() -> None:
    text = b"a:\n- p  # one\n- q\n- r  # three\n- s\n"
    new = edited(text, [Edit(("a",), ["P", "r", "s", "t"])])
    assert new == b"a:\n- P  # one\n- r  # three\n- s\n- t\n"


def test_the_first_key_beside_its_dash_may_go() -> None:
    text = b"a:\n  - x: 1\n    y: 2  # two\n  - z: 1\n"
    assert edited(text, [Edit(("a", 0), {"y": "2"})]) == b"a:\n  - y: 2  # two\n  - z: 1\n"


def test_removing_from_a_record() -> None:
    old = b"a:\n  x: 1 # one\n  # two\n  y: 2 # three\n  # four\nb: 1\n"
    assert edited(old, [Edit(("a",), {"x": "1"})]) == b"a:\n  x: 1 # one\n  # two\n  # four\nb: 1\n"


def test_replacing_a_record_by_another() -> None:
    new = edited(b"a:\n  # one\n  x: 1\n  # two\nb: 1\n", [Edit(("a",), {"z": "1"})])
    assert new == b"a:\n  # one\n  z: '1'\n  # two\nb: 1\n"


def test_emptying_a_list_keeps_what_stands_below_it() -> None:
    old = b"# head\nlog:\n  - {a: 1}\n  - {b: 1}\n\n# below\nstatus: x\n"
    assert edited(old, [Edit(("log",), [])]) == b"# head\nlog: []\n\n# below\nstatus: x\n"


def test_a_key_inserted_below_records_does_not_take_the_next_comment() -> None:
    old = b"progress:\n  - {date: 2017-01-01, text: x}\n\n# above tags\ntags: [x]\n"
    new = edited(old, [Edit(("closing", "decision"), "D-1")], ORDER)
    assert parse(new)["closing"] == {"decision": "D-1"}
    assert new.endswith(b"\n\n# above tags\ntags: [x]\n")


# -- what is refused ------------------------------------------------------------------------

TOO_UNUSUAL = {
    "comments between the entries of an emptied list": (
        "a:\n  - x\n  # lost\n  - y\nb: 1\n",
        Edit(("a",), []),
    ),
    "comments inside a flow list": (
        "a: [x,  # lost\n  # lost too\n  y]\n",
        Edit(("a",), "z", True),
    ),
    "comments behind the entries of a flow list": (
        "a: [x,  # lost\n  y]\n",
        Edit(("a",), "z", True),
    ),
    "comments inside a flow record": ("a: {x: 1,  # lost\n  y: 2}\n", Edit(("a", "z"), "3")),
}


@pytest.mark.parametrize(("text", "edit"), TOO_UNUSUAL.values(), ids=TOO_UNUSUAL)
def test_comments_are_never_lost_in_silence(text: str, edit: Edit) -> None:
    with pytest.raises(LedgerError, match="注释") as caught:
        edited(text.encode(), [edit])
    assert "请手工修改" in caught.value.hint


CONTROLS = ["\x00", "\x07", "\x1b[31m", "\x85", "\u2028", "\ud800", "\uffff", "a\x0bb"]


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("around", ["{}", "x{}\ny"])
def test_control_characters_are_refused_before_writing(control: str, around: str) -> None:
    value = around.format(control)
    for each in (value, [value], {"k": value}, {value: "v"}, {"k": [{"l": (value,)}]}):
        with pytest.raises(LedgerError, match=r"控制字符 U\+"):
            edited(PLAIN.encode(), [Edit(("title",), each)])
        with pytest.raises(LedgerError, match=r"控制字符 U\+"):
            written({"title": each})


@pytest.mark.parametrize("place", [("title", "x"), ("due", "text", "x"), ("measures", 0, "x")])
def test_a_place_through_a_text_is_refused(place: tuple[str | int, ...]) -> None:
    with pytest.raises(LedgerError, match="不是可以填写的结构"):
        edited(PLAIN.encode(), [Edit(place, "x")])


@pytest.mark.parametrize("content", [b"", b"a: [", b"a: &x 1\n", b"a: 1\na: 2\n", b"\xff"])
def test_an_unreadable_file_is_not_edited(content: bytes) -> None:
    with pytest.raises(YamlFault):
        edited(content, [Edit(("a",), "x")])


# -- anything -------------------------------------------------------------------------------

SPECIALS = [
    "#",
    " #",
    ": ",
    "- ",
    "-",
    "?",
    "? x",
    "|",
    ">",
    "%",
    "@",
    "`",
    "{",
    "}",
    "[",
    "]",
    ",",
]
SPECIALS += [
    "&a",
    "*a",
    "!",
    "!!str x",
    "'",
    '"',
    "\\",
    "\t",
    " ",
    "\n",
    "\n\n",
    "---",
    "...",
    "<<",
]
SPECIALS += [
    "~",
    "null",
    "no",
    "true",
    "0",
    "000123",
    "1e5",
    "0x1f",
    "2017-01-01",
    "12:30",
    "=",
    ".",
]
SPECIALS += [
    "中文",
    "：",
    "😀",
    "a",
    "key: value",
    "a #b",
    "\r",
    "'''",
    "\\n",
    "\u00a0",
    "\u3000",
    "é",
]
_QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking YAML takes minutes
readable = st.text(max_size=12).filter(lambda text: not control_in(text))
texts = st.one_of(readable, st.lists(st.sampled_from(SPECIALS), max_size=5).map("".join))
keys = st.one_of(st.sampled_from(["date", "by", "键", "a-b", "x"]), texts)
trees = st.recursive(
    texts | st.integers() | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@settings(phases=_QUICK)
@given(st.dictionaries(keys, trees, min_size=1, max_size=5))
def test_what_is_written_is_read_again(data: dict[str, Any]) -> None:
    assert parse(written(data)) == as_read(data)
    assert parse(written(data, "# 头")) == as_read(data)


@settings(max_examples=25, phases=_QUICK)
@given(texts)
def test_any_text_can_be_set_and_appended(text: str) -> None:
    for old in (PLAIN.encode(), BLOCK.encode(), QUOTED.encode(), LAYOUTS["crlf, block"]):
        edits = [
            Edit(("title",), text),
            Edit(("status",), text),
            Edit(("measures",), text, append=True),
            Edit(("progress",), {"text": text}, append=True),
            Edit(("lead",), [text]),
        ]
        new = edited(old, edits)
        assert parse(new) == intended(parse(old), edits)
        assert comments(new) == comments(old)


words = st.text("甲乙丙丁abc ：，#'\"-", min_size=1, max_size=10).map(str.strip).filter(bool)
dates = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)).map(str)
records = st.fixed_dictionaries({"date": dates, "text": words}, optional={"by": words})
values: dict[str, st.SearchStrategy[Any]] = {
    "title": words,
    "goal": st.lists(words, min_size=1, max_size=3).map("\n".join),
    "measures": st.lists(words, min_size=1, max_size=3),
    "lead": st.lists(words, min_size=1, max_size=3),
    "due": st.fixed_dictionaries({"text": words, "date": dates}),
    "status": st.sampled_from(["推进中", "未启动"]),
    "progress": st.lists(records, min_size=1, max_size=3),
    "x-own": words,
}


@st.composite
def task_files(draw: st.DrawFn) -> bytes:
    """A task's file from random data, with random comments and blank lines between its lines."""
    data = draw(st.fixed_dictionaries({"id": st.just("A-1")}, optional=values))
    lines = written(data).decode().splitlines()
    result = []
    inside = False  # below `|-` everything is text
    for line in lines:
        inside = inside and line.startswith("  ")
        if not inside:
            indent = re.match(" *", line)
            blank = " " * len(indent.group()) if indent else ""
            result += draw(
                st.sampled_from([[], [], [], [""], [blank + "# 注"], ["", blank + "#b"]])
            )
        behind = draw(st.sampled_from(["", "", "  # 后"])) if not inside else ""
        inside = inside or line.endswith(("|-", "|", ">-"))
        result.append(line + ("" if inside else behind))
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    last = draw(st.sampled_from(["", ending, f"{ending}# 末{ending}", ending * 3]))
    return (ending.join(result) + last).encode()


some_edits = st.one_of(
    words.map(lambda text: Edit(("title",), text)),
    words.map(lambda text: Edit(("status",), text)),
    records.map(lambda entry: Edit(("progress",), entry, append=True)),
    words.map(lambda text: Edit(("measures",), text, append=True)),
    words.map(lambda text: Edit(("closing", "decision"), text)),
    dates.map(lambda day: Edit(("due", "date"), day)),
)


@settings(max_examples=40)
@given(task_files(), st.lists(some_edits, max_size=3))
def test_files_keep_what_was_not_meant_to_change(old: bytes, edits: list[Edit]) -> None:
    check(old, edits, ORDER)


def test_a_new_file_has_its_head_and_the_given_order() -> None:
    data = {"id": "A-1", "kind": "工作要点", "lead": ["甲"], "due": {"date": dt.date(2017, 1, 1)}}
    assert written(compact(encode(data, day=lambda day: day)), "# 头").decode() == (
        "# 头\nid: A-1\nkind: 工作要点\nlead: [甲]\ndue: {date: 2017-01-01}\n"
    )


INDENTED = """\
# 头
  id: A-001
  title: 一
  # 注
  lead:
    - 办公室
  status: 推进中
"""


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (Edit(("title",), "二"), "  title: 一\n", "  title: 二\n"),
        (Edit(("owner",), "丙"), "  status:", "  owner: 丙\n  status:"),
        (Edit(("lead",), "条法司", append=True), "办公室\n", "办公室\n    - 条法司\n"),
    ],
)
def test_a_file_that_is_indented_as_a_whole(edit: Edit, old: str, new: str) -> None:
    order = ("id", "title", "lead", "owner", "status")
    assert edited(INDENTED.encode(), [edit], order).decode() == INDENTED.replace(old, new)
