"""The strict reader: what it refuses, on which line, and that nothing makes it crash or hang."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.adapters.yaml.read import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_FLOW_DEPTH,
    YamlFault,
    comments,
    control_in,
    is_fast,
    lines_of,
    parse,
    surveyed,
    text_of,
)
from ledger.model.problem import Place

ANCHOR, TAG = "不允许使用锚点和引用", "不允许使用类型标签"
REFUSED: dict[str, tuple[bytes, str, int]] = {
    "binary": (b"a: 1\0", "是二进制文件", 0),
    "utf-16": ("a: 1\n".encode("utf-16"), "是二进制文件", 0),
    "gbk": (b"a: 1\nb: 2\nc: " + "中文".encode("gbk"), "不是 UTF-8", 3),
    "half a character": ("a: 中".encode()[:-1], "不是 UTF-8", 1),
    "empty": (b"", "是空文件", 0),
    "blank": (b"\n\n", "是空文件", 0),
    "comments only": (b"# a\n", "是空文件", 0),
    "null only": (b"~\n", "是空文件", 0),
    "bom only": (b"\xef\xbb\xbf", "是空文件", 0),
    "conflict": (b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", "合并冲突", 2),
    "conflict, crlf": (b"a: 1\r\nb: 2\r\n<<<<<<<\r\nb: 1\r\n", "合并冲突", 3),
    "conflict, the end alone": (b"a: 1\n>>>>>>> theirs\n", "合并冲突", 2),
    "conflict, the base alone": (b"a: 1\n||||||| base\n", "合并冲突", 2),
    "duplicate key": (b"a: 1\nb: 2\na: 3\n", "键“a”重复出现", 3),
    "duplicate key, quoted": (b"a: 1\n'a': 3\n", "键“a”重复出现", 2),
    "duplicate key, nested": (b"a:\n  - {x: 1,\n     x: 2}\n", "键“x”重复出现", 3),
    "anchor": (b"a: 1\nb: &x 2\n", ANCHOR, 2),
    "anchor of a mapping": (b"a: &x\n  b: 1\n", ANCHOR, 1),
    "anchor of a key": (b"a: 1\n&x b: 1\n", ANCHOR, 2),
    "alias": (b"a: 1\nb: *x\n", ANCHOR, 2),
    "alias as key": (b"a: 1\n*x : 1\n", ANCHOR, 2),
    "merge key": (b"a:\n  <<: *x\n", ANCHOR, 2),
    "tag": (b"a: 1\nb: !!int 3\n", TAG, 2),
    "tag that runs code": (b"a: !!python/object/apply:os.system [ls]\n", TAG, 1),
    "own tag": (b"a: 1\n\nb: !own 3\n", TAG, 3),
    "tag of a key": (b"!own b: 1\n", TAG, 1),
    "two documents": (b"a: 1\n---\nb: 2\n", "一个文件只能写一份内容", 2),
    "two empty documents": (b"a: 1\n---\n---\n", "一个文件只能写一份内容", 2),
    "key that is a list": (b"a: 1\n? [b]\n: 1\n", "键必须是文字", 2),
    "bell": (b"a: 1\nb: \x07\n", "含有控制字符 U+0007", 2),
    "escape sequence of a terminal": (b"a: \x1b[31m\n", "含有控制字符 U+001B", 1),
    "form feed in a block": (b"a: |\n  x\n  y\x0c\n", "含有控制字符 U+000C", 3),
    "next line": ("a: 1\nb: \x85\n".encode(), "含有控制字符 U+0085", 2),
    "line separator": ("a: \u2028\n".encode(), "含有控制字符 U+2028", 1),
    "no character": ("a: \uffff\n".encode(), "含有控制字符 U+FFFF", 1),
    "bell as an escape": (b'a: 1\nb: "\\a"\n', "含有控制字符 U+0007", 2),
    "NUL as an escape": (b'a: 1\nb: "\\0"\n', "含有控制字符 U+0000", 2),
    "line separator as an escape": (b'a: 1\nb: "\\u2028"\n', "含有控制字符 U+2028", 2),
    "escape in a key": (b'a: 1\n"\\x1b": 1\n', "含有控制字符 U+001B", 2),
    "tab as indent": (b"a: 1\nb:\n\tc: 1\n", "制表符", 3),
    "unclosed double quotes": (b'a: 1\nb: "x\nc: 2\n', "引号没有配对", 2),
    "unclosed single quotes": (b"a: 1\nb: 'x\nc: 2\n", "引号没有配对", 2),
    "unclosed bracket": (b"a: 1\nb: [x\nc: 2\n", "括号没有配对", 2),
    "unclosed brace": (b"a: 1\nb: {x: 1\nc: 2\n", "括号没有配对", 2),
    "stray bracket": (b"a: 1\nb: ]\n", "YAML 语法错误", 2),
    "colon in a value": (b"a: 1\nb: c: d\n", "冒号", 2),
    "key without a colon": (b"a: 1\nb\nc: 2\n", "缺少冒号", 3),
    "unknown escape": (b'a: "\\q"\n', "反斜杠", 1),
    "half a surrogate pair": (b'a: "\\ud800"\n', "YAML 语法错误", 1),
    "at sign": (b"a: @x\n", "特殊字符请加引号", 1),
    "dash behind a key": (b"a: - x\n", "要另起一行", 1),
    "too large": (b"a: " + b"x" * MAX_BYTES, f"上限 {MAX_BYTES} 字节", 0),
}


@pytest.mark.parametrize(("content", "message", "line"), REFUSED.values(), ids=REFUSED)
def test_refuses_with_the_line(content: bytes, message: str, line: int) -> None:
    with pytest.raises(YamlFault) as caught:
        parse(content)
    assert message in caught.value.message
    assert caught.value.line == line


def test_a_file_of_exactly_the_limit_is_read() -> None:
    content = b"a: " + b"x" * (MAX_BYTES - 3)
    assert len(parse(content)["a"]) == MAX_BYTES - 3


def test_a_byte_order_mark_is_no_text() -> None:
    assert parse(b"\xef\xbb\xbfa: 1\n") == {"a": "1"}
    assert text_of(b"\xef\xbb\xbfa") == "a"


@pytest.mark.parametrize(
    "text",
    ["000123", "no", "Yes", "on", "true", "2026-02-30", "1e5", "0x1F", ".inf", "12:30:00", "<<"],
)
@pytest.mark.parametrize("layout", ["{}", "'{}'", '"{}"', "|-\n  {}", ">-\n  {}"])
def test_scalars_stay_text(text: str, layout: str) -> None:
    assert parse(f"a: {layout.format(text)}\n".encode()) == {"a": text}


@pytest.mark.parametrize("spelling", ["", "~", "null", "Null", "NULL"])
def test_null_is_what_is_plain(spelling: str) -> None:
    assert parse(f"a: {spelling}\nb: ['{spelling}']\n".encode()) == {"a": None, "b": [spelling]}


def test_keys_stay_text() -> None:
    assert parse(b"1: a\nno: b\n2020-01-01: c\nnull: d\n") == {
        "1": "a",
        "no": "b",
        "2020-01-01": "c",
        "null": "d",
    }


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert parse(b"<<: {a: 1}\n") == {"<<": {"a": "1"}}


def test_reads_every_layout() -> None:
    content = """
        # head
        a:  # behind
        - x
        - - y
        b: {c: [1, "2", '3'], d: {}}
        e: |
          one
            two
        f: >
          three
          four
        g: "五\\n六\\t七\\u516B"
        """
    lines = [line[8:] for line in content.splitlines()]
    for ending in ("\n", "\r\n"):
        assert parse(ending.join(lines).encode()) == {
            "a": ["x", ["y"]],
            "b": {"c": ["1", "2", "3"], "d": {}},
            "e": "one\n  two\n",
            "f": "three four\n",
            "g": "五\n六\t七八",
        }


def test_a_fault_passes_through_context_managers() -> None:
    @contextmanager
    def transparent() -> Iterator[None]:
        yield

    with pytest.raises(YamlFault), transparent():
        parse(b"")


# -- hostile depth --------------------------------------------------------------------------

N = 100_000
DEEP = {
    "brackets": b"[" * N,
    "braces": b"{" * N,
    "dashes": b"- " * N,
    "brackets behind a key": b"a: " + b"[" * N,
    "both": b"[{" * (N // 2),
    "brackets one a line": b"[\n" * N,
    "braces with keys": b"{a: " * N,
    "closed brackets": b"[" * N + b"]" * N,
    "brackets below dashes": b"- [\n" * N,
    "complex keys": b"? " * N,
    "mappings": b"".join(b" " * n + b"a:\n" for n in range(1390)),
    "dashes behind dashes, one a line": b"".join(b" " * n + b"-\n" for n in range(1390)),
}


@pytest.mark.parametrize("content", DEEP.values(), ids=DEEP)
def test_depth_neither_crashes_nor_hangs(content: bytes) -> None:
    started = time.process_time()
    with pytest.raises(YamlFault):
        parse(content)
    assert time.process_time() - started < 2


def test_the_depth_that_is_allowed() -> None:
    assert parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(YamlFault, match="层次过深"):
        parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


def test_the_line_of_what_is_too_deep() -> None:
    with pytest.raises(YamlFault) as caught:
        parse(b"a: 1\n" + b"[\n" * (MAX_FLOW_DEPTH + 1))
    assert (caught.value.message, caught.value.line) == ("括号嵌套过深", MAX_FLOW_DEPTH + 2)


def test_many_brackets_that_close_are_no_depth() -> None:
    content = b"a:\n" + b"  - [x, {y: 1}]\n" * 1000
    assert parse(content) == {"a": [["x", {"y": "1"}]] * 1000}


# -- lines ----------------------------------------------------------------------------------


def test_lines_of_keys_and_entries() -> None:
    content = (
        "\ufeff# head\na: 1\nb:\n  - x\n\n  # between\n  - c: 1\n    d:\n      e: |\n        t\n"
    )
    assert lines_of(content.encode()) == {
        (): 2,
        ("a",): 2,
        ("b",): 3,
        ("b", 0): 4,
        ("b", 1): 7,
        ("b", 1, "c"): 7,
        ("b", 1, "d"): 8,
        ("b", 1, "d", "e"): 9,
    }


def test_the_line_of_a_value_is_that_of_its_key() -> None:
    assert lines_of(b"a:\n\n  text\n")[("a",)] == 1


def test_lines_of_an_unreadable_file() -> None:
    with pytest.raises(YamlFault):
        lines_of(b"a: [")


# -- comments -------------------------------------------------------------------------------


def test_comments_are_what_no_text_holds() -> None:
    content = (
        "# head  \na: 1 # behind\nb: '# no' # yes\nc: x#no\nd: |\n  # no\n\n  # no\n# below\n"
        'e: "x\n  # no"\nf: [1,  # one\n  # two\n  2]\n  # last'
    )
    for text in (content, content.replace("\n", "\r\n"), "\ufeff" + content):
        own = ["# head", "# below", "# two", "# last"]
        assert comments(text.encode(), own_line=True) == own
        assert comments(text.encode()) == [
            *("# head", "# behind", "# yes", "# below", "# one", "# two", "# last")
        ]


# -- anything at all ------------------------------------------------------------------------


def places(data: Any, place: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every place of some data."""
    all_places = {place}
    if isinstance(data, dict):
        all_places.update(*(places(each, (*place, key)) for key, each in data.items()))
    elif isinstance(data, list):
        all_places.update(*(places(each, (*place, n)) for n, each in enumerate(data)))
    return all_places


def fault_of(content: bytes) -> YamlFault | None:
    """Why a content is refused, None when it is read."""
    try:
        parse(content)
    except YamlFault as fault:
        return fault
    return None


def read_or_refuse(content: bytes) -> None:
    """What every content must do: be read, with a line for every place, or be refused."""
    total = content.count(b"\n") + content.count(b"\r") + 1
    if fault := fault_of(content):
        assert fault.message
        assert 0 <= fault.line <= total + 1
        return
    lines = lines_of(content)
    noted: dict[Place, int] = {}
    assert lines.keys() == places(parse(content, noted))
    assert lines == noted
    assert lines == {place: each.line for place, each in surveyed(text_of(content))[1].items()}
    assert all(1 <= line <= total for line in lines.values())


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    read_or_refuse(content)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text.encode("utf-8", errors="surrogatepass"))


PIECES = ["a", "中", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ",", '"', "'", "#", " #", "&", "*"]
PIECES += ["!", "|", ">", "%", "@", "`", "---", "...", "? ", "\\", "\t", "<<", "\r", "~", "\ufeff"]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_anything_like_yaml_is_read_or_refused(text: str) -> None:
    read_or_refuse(text.encode())


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
@example("[" * (MAX_DEPTH + 1))
@example("a: !x 1\n")
@example("a: &b [1]\n")
@example("? [a]\n: 1\n")
@example("a: {b: 1, b: 2}\n")
@example("a: 1\n--- b\n")
def test_who_knows_the_places_reads_the_same(text: str) -> None:
    def read(content: bytes) -> Any:
        return surveyed(text_of(content))[0]

    assert outcome(read, text) == outcome(parse, text)


def outcome(read: Callable[[bytes], Any], text: str) -> Any:
    """What is read, or why and where it is refused."""
    try:
        return read(text.encode())
    except YamlFault as fault:
        return fault.message, fault.line


@given(st.text())
def test_control_in_names_what_parse_refuses(text: str) -> None:
    control = control_in(text)
    if control:
        assert chr(int(control[2:], 16)) in text
        assert not chr(int(control[2:], 16)).isprintable()
    else:
        assert not any(ord(each) < 32 and each not in "\t\n\r" for each in text)


def test_libyaml_does_the_reading() -> None:
    assert is_fast()


def test_where_each_value_stands() -> None:
    log = "log:\n  # c\n  - {x: 1}\n  -\n    y: |\n      z\n"
    text = f"# a\na: 1  # b\n{log}\n  # d\nend: |+\n  e\n\n"
    _, extents = surveyed(text)
    pieces = {
        place: text[extent.begin : extent.end]
        for place, extent in extents.items()
        if len(place) < 3 and (not place or extents[place[:-1]].block)
    }
    assert pieces == {
        (): text.removeprefix("# a\n"),
        ("a",): "a: 1  # b\n",
        ("log",): log,
        ("log", 0): "- {x: 1}\n",
        ("log", 1): "-\n    y: |\n      z\n",
        ("end",): "end: |+\n  e\n\n",
    }
    assert [place for place, extent in extents.items() if extent.block] == [
        (),
        ("log",),
        ("log", 1),
    ]


def test_what_is_located_is_as_strict() -> None:
    with pytest.raises(YamlFault, match="锚点"):
        lines_of(b"x: &a 1\ny: *a\n")
    with pytest.raises(YamlFault, match="锚点"):
        lines_of(b"y: *nope\n")
