"""Text from files: what reaches a terminal, Markdown or a spreadsheet, and how it wraps."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ledger.view.text import (
    clean,
    csv_cell,
    escaped,
    markdown,
    one_line,
    padded,
    unsafe,
    width,
    wrapped,
)

anything = st.text(max_size=60)
words = st.text(st.sampled_from("专利检索 PCT,。“”（）a1—…😀\u3000"), max_size=60)
STEERING = ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\u2066", "\u200f"]


@given(anything)
def test_clean_text_steers_nothing(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert unsafe(cleaned.encode(errors="replace").decode()) == ""
    assert not set(cleaned) & set(STEERING)


@given(anything)
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert "\n" not in one_line(text)


@pytest.mark.parametrize("character", STEERING)
def test_the_first_unsafe_character_is_named(character: str) -> None:
    assert unsafe(f"安全的\n\t文字{character}\x1b") == character


def test_bytes_that_were_no_text_are_unsafe() -> None:
    assert unsafe("文字") == ""
    assert unsafe(b"\xff".decode(errors="surrogateescape")) != ""


@given(words, st.integers(4, 40))
def test_wrapping_fits_and_loses_nothing(text: str, columns: int) -> None:
    lines = wrapped(text, columns)
    assert lines
    assert all(cell_len(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(words, st.integers(0, 40), st.booleans())
def test_padding_fills(text: str, columns: int, right: bool) -> None:
    filled = padded(text, columns, right)
    assert width(filled) == max(columns, width(text))
    assert filled.strip(" ") == text.strip(" ")


def test_no_line_begins_with_closing_punctuation() -> None:
    text = "完成测评，形成报告。提出建议：“可行”、（可用）；"
    for columns in range(6, 40):
        assert not any(line[0] in "，。：；、”）" for line in wrapped(text, columns))


def test_latin_words_stay_whole_where_they_fit() -> None:
    assert wrapped("推进 patentability 研究", 14) == ["推进", "patentability", "研究"]
    assert wrapped("x" * 10, 4) == ["xxxx", "xxxx", "xx"]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-2+3", "'-2+3"),
        ("@sum", "'@sum"),
        ("\t=1", "'\t=1"),
        ("＝1+1", "'＝1+1"),
        ("－", "'－"),
        ("-12", "-12"),
        ("-12.5", "-12.5"),
        ("-１２", "'-１２"),
        ("12", "12"),
        ("专利=1", "专利=1"),
        ("", ""),
    ],
)
def test_formulas_are_made_harmless(text: str, cell: str) -> None:
    assert csv_cell(text) == cell


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("a|b", r"a\|b"),
        ("**粗**", r"\*\*粗\*\*"),
        ("<script>", "&lt;script>"),
        ("A&B", "A&amp;B"),
        ("`x`", r"\`x\`"),
        ("a_b_c", r"a\_b\_c"),
        ("一\n二", "一<br>二"),
        (r"a\b", r"a\\b"),
        ("[x](y)", r"\[x\](y)"),
        ("~~x~~", r"\~\~x\~\~"),
        ("# 题", r"\# 题"),
        ("\x1b[31m", "\ufffd\\[31m"),
    ],
)
def test_markdown_is_literal(text: str, literal: str) -> None:
    assert markdown(text) == literal


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20)))
def test_escaped_json_means_the_same(value: dict[str, str]) -> None:
    text = escaped(json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == value
    assert not set(text) & set(STEERING)
