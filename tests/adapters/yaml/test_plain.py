"""Plain files are read as the parser reads them, and what is not plain is left to it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.adapters.yaml.plain import plain_data
from ledger.adapters.yaml.read import MAX_BYTES, YamlFault, fully_parsed
from ledger.adapters.yaml.simple import NotSimple, simple_text
from ledger.model.shared import Parts, Shared
from tests.adapters.yaml import corpus
from tests.adapters.yaml.test_simple import TASK, TEXTS, VALUES, WORDS

PLAIN = """\
# yaml-language-server: $schema=../../schemas/task.json
id: ZG2020-0001
title: "完善: 制度"
measures:
  - 一，组织检查
  - 'b: #1'

lead: [审业部, "法务, 部"]
assist: []
due: {text: 3月底前, date: 2020-03-31}
supervisor:
columns:
  序号: '007'
# 注
progress:
- {date: 2020-01-01, text: 已报, percent: 0}
- date: 2020-02-01
  text: 很长
  evidence:
    - {path: evidence/a-b.pdf, sha256: 0a}
  last:
notes: {}
"""


PARTS = Parts()  # all that any file here has said


def hold_to_the_parser(text: str) -> Any:
    """Read it both ways; what is plain is read alike."""
    content = text.encode("utf-8", errors="surrogatepass")
    data = plain_data(content)
    for _ in range(2):  # what it shares with others, and what it has from others
        assert repr(plain_data(content, PARTS)) == repr(data)
    if data is not None:
        try:
            expected = fully_parsed(content)
        except YamlFault as fault:
            raise AssertionError(f"refused: {fault.message} in {text!r}") from None
        assert repr(data) == repr(expected), text  # the order of keys, too
    return data


def test_what_is_plain_is_read_without_the_parser() -> None:
    data = hold_to_the_parser(PLAIN)
    assert data["title"] == "完善: 制度"
    assert data["lead"] == ["审业部", "法务, 部"]
    assert data["supervisor"] is None
    assert data["progress"][1]["evidence"] == [{"path": "evidence/a-b.pdf", "sha256": "0a"}]
    assert plain_data(b"\xef\xbb\xbfid: A\n") == {"id": "A"}
    assert plain_data(b"id: A") == {"id": "A"}


def test_a_line_that_several_files_have_is_read_once() -> None:
    first, second = "{date: 2020-01-01, text: 已报}", "{date: 2020-02-01, text: 又报}"
    parts = Parts()
    grown = [
        plain_data("\n".join(["log:", *(f"  - {each}" for each in some)]).encode(), parts)
        for some in ((first,), (first, second), (second, first))
    ]
    logs = [each["log"] for each in grown if each]
    assert logs[2] == [logs[1][1], logs[0][0]]
    assert logs[0][0] is logs[1][0] is logs[2][1]
    assert isinstance(logs[0][0], Shared)
    faulty = "{date: 1, date: 2}"
    assert plain_data(f"log:\n  - {faulty}\n".encode(), parts) is None
    assert parts.keys() == {first, second}
    assert plain_data(f"due: {first}\n".encode(), parts) == {"due": logs[0][0]}


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "# 只有注\n", "a\n", "- a\n", "a: b: c\n", "a: b #c\n", "a: b:\n", "a: b \n",
        "a: 1\na: 2\n", "a: {b: 1, b: 2}\n", "a: {b: 1 , c: 2}\n", "a: {b: 1,c: 2}\n",
        "a: {b: 1\n", "a: [b\n", "a: [b, ]\n", "a: [b,, c]\n", "a: [[[b]]]\n",
        "a: {b: {c: {d: e}}}\n",
        "a: {b: {c: '}'}}\n", "a: [{b: c}d]\n", "a: [{b: c} ]\n", "a: {b: [c, ]}\n",
        "a: {b: {c: d, c: e}}\n", "a: [{b}]\n", "a: [{b: c}, , d]\n", "a: {[b]: c}\n",
        "a: &b c\n", "a: *b\n", "a: !b c\n", "a: |\n  b\n", "a: >-\n  b\n", "a: ~\n",
        "a: null\n", "a: b\n  c\n", "a: b\n  c: d\n", "a:\n  b\n", "a:\n    b: c\n  d: e\n",
        "a: -\n", "a: - b\n", "a: 'b\n  c'\n", "a: 'b''c'\n", 'a: "b\\n"\n', "a: 'b' c\n",
        "? a\n: b\n", "a:b\n", "a :b\n", "---\na: b\n", "a: b\n---\n", "a: b\n...\n",
        "%YAML 1.1\n", "a:\tb\n", "a: b\tc\n", "\ta: b\n", "a: b\r\n", "a: \u3000b\n",
        "a: b\x85c\n", "a: b\u2028c\n", "a: b\ufeffc\n", "a: \ud800\n", "a: b\n- c\n",
        "a:\n- b\nc\n", "a:\n  - b\n - c\n", "a:\n - - b\n", "a:\n  -\n", "a:\n  -  b\n",
        "<<: a\n", "'a': b\n", "a b: c\n", " a: b\n", "a: b\n b: c\n", "<<<<<<< a\nb: c\n",
        "a:  b\n", "a: \n", f"{'a' * 101}: b\n", f"a: {'b' * MAX_BYTES}\n", "a: b\x00\n",
        "a: b\x07\n", "".join(f"{' ' * deep}a:\n" for deep in range(30)),
    ],
)  # fmt: skip
def test_what_is_not_so_plain_is_left_to_the_parser(text: str) -> None:
    assert hold_to_the_parser(text) is None


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a:\n", {"a": None}),
        ("a:\n# 注\nb: c\n", {"a": None, "b": "c"}),
        ("a:\n- b:\n- c\n", {"a": [{"b": None}, "c"]}),
        ("a:\n- b:\n  - c\n", {"a": [{"b": ["c"]}]}),
        ("a:\n   b:\n    c: d\n   e: f\n", {"a": {"b": {"c": "d"}, "e": "f"}}),
        ("a: b: c".replace(": c", ":c"), {"a": "b:c"}),
        ("a: b, [c] {d} 'e' #".replace(" #", "#"), {"a": "b, [c] {d} 'e'#"}),
        ("a: 010\nb: no\nc: 1e3\n", {"a": "010", "b": "no", "c": "1e3"}),
        ("a: ''\nb: [\"\", '~']\n", {"a": "", "b": ["", "~"]}),
        ("a: [{b: c, d: 'e: f'}, {b: g}, h]\n", {"a": [{"b": "c", "d": "e: f"}, {"b": "g"}, "h"]}),
        (
            "a: {b: {c: 1, d: 2}, e: [f, g], h: i}\n",
            {"a": {"b": {"c": "1", "d": "2"}, "e": ["f", "g"], "h": "i"}},
        ),
        ("- a\n".replace("- a", "a: [[b], {}, []]"), {"a": [["b"], {}, []]}),
        (f"a: {'b' * 3000}\nc:\n  - {'d' * 3000}\n", {"a": "b" * 3000, "c": ["d" * 3000]}),
    ],
)
def test_what_is_plain(text: str, data: Any) -> None:
    assert hold_to_the_parser(text) == data


def test_awkward_files_are_read_alike() -> None:
    read = [hold_to_the_parser(each.decode()) for _, each in corpus.hand_made() if utf8(each)]
    read += [hold_to_the_parser(each.decode()) for _, each in corpus.generated() if utf8(each)]
    assert any(read)
    assert None in read


def utf8(content: bytes) -> bool:
    try:
        return bool(content.decode())
    except UnicodeDecodeError:
        return False


PIECES = ["a", "中", "b: ", ": ", "- ", ":", ",", ", ", "\n", "\n  ", "\n- ", "\n  - ", "  ", " "]
PIECES += ["[", "]", "{", "}", "a: [", "a: {b: ", "{a: [b], c: {d: e}}", "[{a: b}, ", "}, ", "]}"]
PIECES += ["[a, b]", "{a: b, c: d}", '"', "'", "'a'", '"b"', "#", " #", "\n# c"]
PIECES += ["&", "*", "!", "|", ">", "%", "@", "`", "-", "---", "...", "?", "? ", "\\", "\t", "<<"]
PIECES += ["\r", "~", "null", "=", "\ufeff", "\u3000", "\xa0", "\u2028", "\x85", "\nd: ", "\n    "]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=300)
@example("a: {b: c, d}")
@example("a: {b : c}")
@example("a: [a b : c]")
def test_anything_like_yaml_is_read_alike(text: str) -> None:
    hold_to_the_parser(text)


@given(st.lists(st.sampled_from(["a: ", "中: ", "b:", *PIECES]), max_size=12), st.data())
@settings(max_examples=150)
def test_lines_of_keys_and_entries_are_read_alike(pieces: list[str], data: st.DataObject) -> None:
    indents = st.sampled_from(["", "  ", "    ", "- ", "  - ", "    - "])
    keys = st.sampled_from(["a:", "b: ", "c: 中", "- ", "d: {a: b}", "e: [a, b]"])
    hold_to_the_parser("\n".join(data.draw(indents) + data.draw(keys) + each for each in pieces))


@given(data=st.dictionaries(TEXTS | WORDS, VALUES, min_size=1, max_size=4), seed=st.integers())
@example(data=TASK, seed=0)
@settings(max_examples=150)
def test_what_we_write_is_read_alike_however_it_is_spoilt(data: dict[str, Any], seed: int) -> None:
    try:
        text = simple_text(data)
    except NotSimple:
        text = PLAIN
    hold_to_the_parser(text)
    chance = random.Random(seed)  # noqa: S311 - the same again
    for _ in range(10):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.choice((0, 0, 1, 2)))
        hold_to_the_parser(spoilt := text[:at] + chance.choice(PIECES) + text[end:])
        text = chance.choice((text, spoilt))
