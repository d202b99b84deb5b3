"""Text from files: how wide it is and how it wraps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ledger.view.text import one_line, padded, width, wrapped

anything = st.text(max_size=60)
words = st.text(st.sampled_from("专利检索 PCT,。“”（）a1—…😀\u3000"), max_size=60)


@given(anything)
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert "\n" not in one_line(text)


def test_each_character_is_as_wide_as_rich_has_it() -> None:
    for number in range(0x20, 0x30000):
        if not 0xD800 <= number <= 0xDFFF:
            assert width(chr(number)) == cell_len(chr(number)), hex(number)


@given(words | anything)
def test_texts_are_as_wide_as_rich_has_them(text: str) -> None:
    assert width(text) == cell_len(text)


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
