from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.forge.wording import MOST_BYTES, clipped, on_one_line


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("", ""),
        ("一行", "一行"),
        ("## 标题 ##\n\n正文\n", "**标题**<br>正文"),
        ("- 甲\n  - 乙\n* 丙", "• 甲<br>• 乙<br>• 丙"),
        ("| 事项 | 佐证 |\n|---|:--|\n| 031 | a.pdf |", "事项 · 佐证<br>031 · a.pdf"),
        ("#", "#"),
        ("#tag", "#tag"),
        ("-5 度", "-5 度"),
    ],
)
def test_markdown_on_one_line(body: str, line: str) -> None:
    assert on_one_line(body) == line


@given(st.text())
def test_one_line_is_one_line(body: str) -> None:
    assert len(on_one_line(body).splitlines()) <= 1


@given(st.text(min_size=1), st.integers(0, 3))
def test_clipped_text_fits(part: str, more: int) -> None:
    size = len(part.encode(errors="replace"))
    text = part * (MOST_BYTES // size + more)
    short = clipped(text)
    assert len(short.encode(errors="replace")) <= MOST_BYTES
    assert (short == text) == (more == 0 or len(text.encode(errors="replace")) == MOST_BYTES)
    assert short == text or short.endswith("请看提交的内容）")
