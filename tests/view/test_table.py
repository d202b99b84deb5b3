"""Tables: on a terminal of any width, in a pipe, as CSV and Markdown."""

from __future__ import annotations

import csv
import io
import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ledger.view.screen import Screen, folded
from ledger.view.table import Column, Table, as_csv, as_markdown, draw

COLUMNS = (
    Column("灯"),
    Column("事项", flexible=True, share=4),
    Column("牵头", flexible=True, share=2),
    Column("时限", flexible=True, least=10),
    Column("余期", right=True),
)
cells = st.text(st.sampled_from("专利ab 1，。红"), max_size=50)
rows = st.lists(
    st.tuples(
        st.sampled_from("红黄绿"),
        cells,
        cells,
        cells,
        st.integers(-99, 999).map(lambda n: f"{n}天"),
    ),
    max_size=6,
)
PIPE = Screen(80, terminal=False, colour=False)


def squeezed(text: str) -> str:
    return "".join(sorted(re.sub(r"\x1b\[[0-9;]*m|\s|─", "", text)))


@given(rows, st.integers(40, 220), st.booleans())
def test_fits_any_screen_and_loses_nothing(
    body: list[tuple[str, ...]], columns: int, colour: bool
) -> None:
    lines = list(draw(Table(COLUMNS, body), Screen(columns, terminal=True, colour=colour)))
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    assert all(cell_len(line) <= columns for line in plain)
    assert colour or plain == lines
    if not body:
        assert lines == []
        return
    shown = squeezed("".join(lines))
    for row in body:
        for cell in row:
            for character in set(cell) - {" "}:
                assert shown.count(character) >= cell.count(character)


@given(rows, st.integers(40, 220), st.booleans())
def test_rich_draws_what_is_laid_out_line_by_line(
    body: list[tuple[str, ...]], columns: int, colour: bool
) -> None:
    table = Table(COLUMNS, body, "标题", ("说明",))
    plain, drawn = (
        [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in draw(table, to)]
        for to in (Screen(columns, True, colour), Screen(columns, True, colour, 24))
    )
    assert drawn == [line.rstrip() for line in plain]


def test_what_is_data_stays_data() -> None:
    """Neither markup nor emoji codes of rich, in a table that it draws."""
    text = "[red]红[/red] :smile: [link=http://x]y[/] \\[b]"
    lines = list(draw(Table(COLUMNS[:2], [("红", text)]), Screen(120, True, True, 24)))
    assert lines[-1].endswith(text)


def test_wide_characters_keep_columns_apart() -> None:
    body = [
        ("红", "😀👩‍👧é①—“”", "专利", "2017", "1天"),
        ("绿", "plain text words", "专利", "2017", "9天"),
    ]
    for lines in (0, 24):
        first, second = list(draw(Table(COLUMNS, body), Screen(80, True, False, lines)))[-2:]
        assert cell_len(first) == cell_len(second)
        assert first.endswith("专利  2017   1天")


def test_more_than_two_screens_are_laid_out_line_by_line() -> None:
    to = Screen(80, terminal=True, colour=True, lines=24)
    assert [to.holds(rows) for rows in (1, 48, 49)] == [True, True, False]
    assert not Screen(80, terminal=False, colour=False, lines=24).holds(1)
    table = Table(COLUMNS[:1], [("红",)], total=True)  # a sum is ruled off where rich draws it
    assert "\x1b" in "".join(draw(table, to))
    assert list(draw(table, to, together=49)) == list(draw(table, Screen(80, True, True)))


def test_the_sum_is_ruled_off_and_shares_are_bars() -> None:
    columns = (Column("部门", flexible=True), Column("数", right=True))
    table = Table(columns, [("办公室", "1"), ("全部", "2")], total=True, shares=(100.0, 25.0))
    assert list(draw(table, Screen(60, True, False, 24))) == [
        "部门    数  完成",
        "─" * 32,
        "办公室   1  " + "━" * 20,
        "─" * 32,
        "全部     2  " + "━" * 5,
    ]
    assert "完成" not in "".join(draw(table, Screen(40, True, False)))
    body = list(draw(table, PIPE))
    assert body == ["部门    数", "办公室   1", "全部     2"]


def test_what_can_be_spared_is_left_out_where_there_is_no_room() -> None:
    columns = (
        Column("部门", flexible=True, least=6),
        *(Column(f"第{n}列数", right=True, spare=n) for n in range(4)),
    )
    table = Table(columns, [("公共服务司", *"0123")], shares=(50.0,), notes=("按部门",))
    shown = {
        size: "\n".join(draw(table, Screen(size, True, False, 24))).split() for size in (40, 56, 90)
    }
    assert shown[40][:2] == ["部门", "第0列数"]
    assert shown[56][:5] == ["部门", "第0列数", "第1列数", "第2列数", "完成"]
    assert shown[56][-2:] == ["按部门", "窗口不够宽，没有列出第3列数"]
    assert shown[90][:6] == ["部门", *(f"第{n}列数" for n in range(4)), "完成"]
    assert shown[90][-1] == "按部门"
    assert "第3列数" in next(iter(draw(table, PIPE)))


@given(rows)
def test_pipe_gets_every_cell_whole_on_one_line(body: list[tuple[str, ...]]) -> None:
    lines = list(draw(Table(COLUMNS, body, "标题"), PIPE))
    assert lines[0] == "标题"
    assert len(lines) == (len(body) + 2 if body else 1)
    for row, line in zip(body, lines[2:], strict=False):
        assert all(" ".join(cell.split(" ")).strip() in line for cell in row)


def test_room_goes_where_it_is_needed() -> None:
    body = [("红", "专利" * 40, "办公室", "2017-06-30", "1天")]
    head, rule, *lines = draw(Table(COLUMNS, body), Screen(80, terminal=True, colour=False))
    assert head.split() == ["灯", "事项", "牵头", "时限", "余期"]
    assert rule == "─" * 80
    assert lines[0].endswith("办公室  2017-06-30   1天")
    assert "".join(line.strip() for line in lines).count("专利") >= 39


def test_too_narrow_for_columns_gets_label_and_value() -> None:
    columns = (Column("部门", flexible=True), *(Column(f"数字{n}", right=True) for n in range(6)))
    table = Table(columns, [("办公室", *"123456"), ("审业部" * 12, *"000000")])
    lines = list(draw(table, Screen(40, terminal=True, colour=True)))
    assert lines[:3] == ["部门   办公室", "数字0  1", "数字1  2"]
    assert lines[7] == ""
    assert lines[8].startswith("部门   审业部")
    assert lines[9].startswith("       ")
    assert all(cell_len(line) <= 40 for line in lines)


def test_caption_and_notes_fold_on_a_terminal_only() -> None:
    table = Table(COLUMNS, [], "标题" * 30, ("说明" * 30,))
    narrow = list(draw(table, Screen(40, terminal=True, colour=False)))
    assert all(cell_len(line) <= 40 for line in narrow)
    assert list(draw(table, PIPE)) == ["标题" * 30, "说明" * 30]
    assert folded("一\n二", PIPE) == ["一 二"]


def test_csv_quotes_what_it_must() -> None:
    table = Table((Column("甲"), Column("乙")), [('a"b', "c,d"), ("e\nf", "=1")], "标题", ("说明",))
    text = "\n".join(as_csv(table))
    assert list(csv.reader(io.StringIO(text))) == [
        ["甲", "乙"],
        ['a"b', "c,d"],
        ["e\nf", "'=1"],
    ]


def test_markdown_has_caption_rule_and_notes() -> None:
    table = Table((Column("甲"), Column("乙", right=True)), [("a|b", "1")], "标*题", ("说明",))
    assert list(as_markdown(table)) == [
        r"标\*题",
        "",
        "| 甲 | 乙 |",
        "| --- | ---: |",
        r"| a\|b | 1 |",
        "",
        "说明",
    ]
