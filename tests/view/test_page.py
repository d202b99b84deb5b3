"""The pages of the rules on a terminal."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from ledger.adapters.pages import rule_page
from ledger.rules import CODES
from ledger.view.page import page_lines
from ledger.view.screen import Screen


def shown(text: str, columns: int, colour: bool = False) -> list[str]:
    return list(page_lines(text, Screen(columns, terminal=True, colour=colour)))


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("code", CODES)
def test_every_page_fits_and_says_all(code: str, columns: int) -> None:
    text = rule_page(code)
    lines = shown(text, columns)
    assert max(cell_len(line) for line in lines) <= columns
    assert "\x1b" not in "".join(lines)
    # A path that fits no line is cut anywhere.
    assert columns == 40 or not any(
        line.strip()[:1] in set("，。）、；：”") for line in lines if line.strip()
    )
    assert re.findall("[一-鿿]", "".join(lines)) == re.findall("[一-鿿]", text)


def test_tables() -> None:
    """Numbers at the right and on one line; label and value where it is too narrow for columns."""
    row = "| 审业部 | `很长`的说明很长的说明 | 12 |"
    text = f"| 部门 | 说明 | 总数 |\n| --- | --- | ---: |\n{row}\n\n末行\n"
    assert shown(text, 40)[1:] == [
        "部门    说明                  总数",
        "─" * 34,
        "审业部  很长的说明很长的说明    12",
        "",
        "末行",
    ]
    assert "\x1b[1m很长\x1b[0m的说明" in shown(text, 40, colour=True)[3]
    assert shown(text, 30)[3:5] == ["审业部  很长的说明很长的    12", "        说明"]
    assert shown(text, 16)[1:5] == [
        "部门  审业部", "说明  很长的说明", "      很长的说明", "总数  12",
    ]  # fmt: skip


def test_line_ends_in_cells() -> None:
    text = "| 甲 |\n| --- |\n| 一项。<br>二项<br>三项 |\n"
    assert "一项。二项；三项" in "".join(shown(text, 80))


def test_what_stands_out() -> None:
    lines = shown(
        "# 题目\n\n一段话，运行 `ledger due` **立刻**。\n\n```yaml\na:   [b]\n```\n", 40, True
    )
    assert lines == [
        "\x1b[1m题目\x1b[0m",
        "─" * 40,
        "",
        "一段话，运行 \x1b[1mledger due\x1b[0m \x1b[1m立刻\x1b[0m。",
        "",
        "    a:   [b]",
    ]
