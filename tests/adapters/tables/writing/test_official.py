"""Official documents: the measures of GB/T 9704, and each piece of Markdown in its place."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from ledger.adapters.tables.writing import wordfile
from ledger.adapters.tables.writing.official import official_docx, printed_texts, text_lines
from ledger.model.config import Fonts

TEXT = """# 整改进展情况通报

（2017年第42期）

## 一、总体情况

共有**89项**，*占比*如下，
接上行<br>另起一行 a<b &amp; \\*不斜\\*。

### （一）销号

#### 1.制度

1. 第一项
2. 第二项
   - 子项

> 引文

| 部门 | 总数 | 说明 |
|---|---:|---|
| 办公室 | 12 | 甲<br>乙 \\| 丙 |
| 人事处 |  | **重点** |

<!-- 不显示 -->

```
原样 *文字*
```
"""


def document(text: str, fonts: Fonts | None = None) -> Any:
    return docx.Document(io.BytesIO(official_docx(text, fonts)))


@pytest.fixture(scope="module")
def bulletin() -> Any:
    return document(TEXT)


def fonts_of(element: Any) -> str:
    named: str = element.find(f".//{qn('w:rFonts')}").get(qn("w:eastAsia"))
    return named


def paragraph(bulletin: Any, start: str) -> Any:
    return next(each for each in bulletin.paragraphs if each.text.startswith(start))


def test_page_and_type_area(bulletin: Any) -> None:
    (section,) = bulletin.sections
    sides = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
    assert [side.mm for side in sides] == pytest.approx([37, 35, 28, 26], abs=0.1)
    height = section.page_height - section.top_margin - section.bottom_margin
    width = section.page_width - section.left_margin - section.right_margin
    assert (width / Mm(1), height / Mm(1)) == pytest.approx((156, 225), abs=0.1)
    normal = bulletin.styles["Normal"]
    closer = int(normal.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    pitch = normal.font.size.pt + closer
    assert height / Pt(1) // normal.paragraph_format.line_spacing.pt == 22
    assert width / Pt(1) // pitch == 28


def test_headings_have_their_fonts(bulletin: Any) -> None:
    faces = [
        (each.text, fonts_of(each.style.element), each.style.font.size.pt)
        for each in bulletin.paragraphs
        if each.style.name != "Normal"
    ]
    assert faces == [
        ("整改进展情况通报", "方正小标宋简体", 22),
        ("一、总体情况", "黑体", 16),
        ("（一）销号", "楷体_GB2312", 16),
        ("1.制度", "仿宋_GB2312", 16),
    ]
    assert fonts_of(bulletin.styles["Normal"].element) == "仿宋_GB2312"


def test_no_theme_overrides_a_font(bulletin: Any) -> None:
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3"):
        fonts = bulletin.styles[name].element.find(f".//{qn('w:rFonts')}")
        assert not [key for key in fonts.attrib if "Theme" in key]


def test_fonts_can_be_chosen() -> None:
    fonts = Fonts(body="宋体", title="华文中宋", latin="Arial")
    chosen = document("# 题\n\n文", fonts)
    assert fonts_of(chosen.styles["Normal"].element) == "宋体"
    assert fonts_of(chosen.styles["Title"].element) == "华文中宋"


def test_text_is_indented_and_emphasis_set_apart(bulletin: Any) -> None:
    text = paragraph(bulletin, "共有")
    assert text.text == "共有89项，占比如下， 接上行\n另起一行 a<b & *不斜*。"
    assert text._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    assert [run.text for run in text.runs if run.font.bold] == ["89项"]
    kai = [run.text for run in text.runs if run._r.find(f".//{qn('w:rFonts')}") is not None]
    assert kai == ["占比"]
    assert not any(run.font.italic for run in text.runs)


def test_the_line_below_the_title_belongs_to_it(bulletin: Any) -> None:
    line = paragraph(bulletin, "（2017年第42期）")
    assert line.alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER


@pytest.mark.parametrize(
    ("line", "belongs"),
    [
        ("第 42 期　2017年10月16日至22日", True),
        ("截至2017年12月31日", True),
        ("范围：巡视反馈意见", False),
        ("审业部：", False),
        ("现将有关情况通报如下。", False),
    ],
)
def test_a_line_that_is_no_sentence_belongs_to_the_title(line: str, belongs: bool) -> None:
    subtitle = paragraph(document(f"# 题\n\n{line}\n\n文\n"), line)
    assert (subtitle.alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER) is belongs


def test_a_digest_is_not_spaced_out() -> None:
    paragraphs = document(f"# 题\n\n摘要：sha256:{'0' * 64}\n\n正文，两端对齐。\n").paragraphs
    left = docx.enum.text.WD_ALIGN_PARAGRAPH.LEFT
    assert [each.alignment == left for each in paragraphs] == [False, True, False]


def test_columns_are_as_wide_as_their_texts_need() -> None:
    row = "|GZ2017-001|2017年10月31日|" + "很长的事项标题" * 6 + "|推进中|"
    (table,) = document(f"|编号|时限|事项|状态|\n{'|---' * 4}|\n{row}").tables
    widths = [column.width / Mm(1) for column in table.columns]
    size = table.rows[1].cells[0].paragraphs[0].runs[0].font.size / Mm(1)
    assert size == pytest.approx(Pt(10.5) / Mm(1)), "set smaller, not to break the dates"
    assert widths[1] > 8 * size
    assert widths[3] > 3 * size
    assert widths[2] == max(widths)


def test_lists_are_numbered_paragraphs(bulletin: Any) -> None:
    texts = [each.text for each in bulletin.paragraphs]
    start = texts.index("1.第一项")
    assert texts[start : start + 4] == ["1.第一项", "2.第二项", "· 子项", "引文"]
    below = paragraph(bulletin, "· 子项")._p.pPr.find(qn("w:ind"))
    assert below.get(qn("w:leftChars")) == "200"


def test_tables_are_ruled_with_a_repeated_header(bulletin: Any) -> None:
    (table,) = bulletin.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["部门", "总数", "说明"],
        ["办公室", "12", "甲\n乙 | 丙"],
        ["人事处", "", "重点"],
    ]
    assert table.style.name == "Table Grid"
    repeated = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert repeated == [True, False, False]
    number = table.rows[1].cells[1].paragraphs[0]
    assert number.alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.CENTER
    assert number.runs[0].font.size.pt == 12
    assert fonts_of(table.rows[0].cells[0]._tc) == "黑体"
    assert sum(column.width for column in table.columns) == pytest.approx(Mm(156), rel=0.001)


def test_numbers_stand_right_where_there_is_no_room_to_spare() -> None:
    (table,) = document(f"| 数 | 说明 |\n|---:|---|\n| 1 | {'很长的说明' * 20} |\n").tables
    sides = [row.cells[0].paragraphs[0].alignment for row in table.rows]
    enum = docx.enum.text.WD_ALIGN_PARAGRAPH
    assert sides == [enum.CENTER, enum.RIGHT]


def test_many_columns_are_set_smaller() -> None:
    row = "|" + "一|" * 8
    (table,) = document(f"{row}\n{'|' + '---|' * 8}\n{row}").tables
    assert table.rows[1].cells[0].paragraphs[0].runs[0].font.size.pt == 10.5


def test_comments_vanish_and_code_stays(bulletin: Any) -> None:
    texts = "\n".join(each.text for each in bulletin.paragraphs)
    assert "不显示" not in texts
    assert "原样 *文字*" in texts


def test_pages_are_numbered_on_the_outer_side(bulletin: Any) -> None:
    (section,) = bulletin.sections
    assert bulletin.settings.odd_and_even_pages_header_footer
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (odd.text, even.text) == ("— 1 —", "— 1 —")
    sides = docx.enum.text.WD_ALIGN_PARAGRAPH
    assert (odd.alignment, even.alignment) == (sides.RIGHT, sides.LEFT)
    codes = [each.text for each in odd._p.iter(qn("w:instrText"))]
    assert codes == [" PAGE "]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x0b\ud800",
        "# \n\n|a|\n|---|\n",
        ">" * 5000,
        "- " * 3000,
        "**" * 9999,
        "[x](y)![z](w)",
    ],
)
def test_odd_texts_make_a_document(text: str) -> None:
    assert document(text).sections


def test_the_same_text_gives_the_same_parts() -> None:
    one, other = (document(TEXT).element.xml for _ in range(2))
    assert one == other


def test_a_row_longer_than_a_page_may_be_broken() -> None:
    (table,) = document(f"| 甲 | 乙 |\n|---|---|\n| 一 | {'长' * 3000} |\n| 二 | 短 |\n").tables
    broken = [
        row._tr.trPr is None or row._tr.trPr.find(qn("w:cantSplit")) is None for row in table.rows
    ]
    assert broken == [False, True, False]


def test_a_row_made_like_another_is_as_if_made_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        "| 审业部 | 甲 | 12 |", "| 条法司 | 乙 | 3 |", "|  | 丙 |  |", "| 办公室 |  |  |",
        "| **粗** | 丁<br>戊 | *斜* |", "| **粗** | 己 | *斜* |", "| **细** | 庚 | *直* |",
        "| 一&#9;二 | `a b` | 1 |", f"| {'长' * 201} | 辛 | 1 |", f"| {'长' * 202} | 壬 | 2 |",
    ]  # fmt: skip
    text = "\n".join(["| 部门 | 事项 | 数 |", "| --- | :-: | ---: |", *rows, *rows])
    copied = document(text)
    assert [[each.text for each in row.cells] for row in copied.tables[0].rows[1:3]] == [
        ["审业部", "甲", "12"],
        ["条法司", "乙", "3"],
    ]
    monkeypatch.setattr("ledger.adapters.tables.writing.official_table._pattern", lambda *_: None)
    assert document(text).element.xml == copied.element.xml


def test_rows_that_are_alike_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    add_row = wordfile.add_row

    def counted(*values: Any, **more: Any) -> Any:
        made.append(values)
        return add_row(*values, **more)

    monkeypatch.setattr(wordfile, "add_row", counted)
    rows = "".join(f"| 部门{n} | 事项{n} |\n" for n in range(200))
    assert len(document(f"| 部门 | 事项 |\n| --- | --- |\n{rows}").tables[0].rows) == 201
    assert len(made) == 3  # the header, one that stays with the next one, one of the others


LETTER = """# 某局督办单

　　　〔2017〕　　号

审业部：

请于2017年10月27日前反馈。

| 编号 | 时限 |
|---|---|
| GZ2017-001 | 2017年6月30日 |

国家知识产权局

2017年10月20日

（联系人：督查室）

---

回执：请签收后退回。

| 单位 | 签收人 |
|---|---|
| 审业部 |  |
"""


@pytest.fixture(scope="module")
def letter() -> Any:
    return document(LETTER)


class TestLetters:
    def test_whom_it_goes_to_stands_flush_left(self, letter: Any) -> None:
        to, body = (paragraph(letter, start) for start in ("审业部：", "请于"))
        indents = [each._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) for each in (to, body)]
        assert indents == ["0", "200"]

    def test_only_the_first_paragraph_is_an_address(self) -> None:
        later = paragraph(document("# 题\n\n正文。\n\n各部门：\n"), "各部门：")
        assert later._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"

    def test_the_signature_stands_right_above_the_day(self, letter: Any) -> None:
        """7.3.5: the day four characters from the margin, the organisation over its middle."""
        day, name = paragraph(letter, "2017年10月20日"), paragraph(letter, "国家知识产权局")
        assert {day.alignment, name.alignment} == {docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT}
        from_right = [
            int(each._p.pPr.find(qn("w:ind")).get(qn("w:rightChars"))) / 100 for each in (day, name)
        ]
        middles = [right + wide / 2 for right, wide in zip(from_right, (8.25, 7.0), strict=True)]
        assert from_right[0] == 4
        assert middles[0] == pytest.approx(middles[1], abs=0.01)
        assert name.paragraph_format.keep_with_next

    def test_a_long_name_reaches_further_than_the_day(self) -> None:
        name = "某某省某某市人民政府知识产权工作领导小组办公室"
        signed = document(f"# 题\n\n文。\n\n{name}\n\n2017年1月2日\n")
        right = paragraph(signed, name)._p.pPr.find(qn("w:ind")).get(qn("w:rightChars"))
        day = paragraph(signed, "2017年1月2日")._p.pPr.find(qn("w:ind")).get(qn("w:rightChars"))
        assert (right, int(day) > 400) == ("400", True)

    def test_a_day_in_a_text_is_no_signature(self) -> None:
        texts = document("# 题\n\n2017年10月20日\n\n自2017年10月20日起。\n").paragraphs
        assert docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT not in [each.alignment for each in texts]

    def test_what_stands_below_a_rule_is_small_and_stays_with_what_is_above(
        self, letter: Any
    ) -> None:
        slip = paragraph(letter, "回执")
        assert slip.runs[0].font.size.pt == 9
        assert slip._p.pPr.find(f"{qn('w:pBdr')}/{qn('w:top')}") is not None
        assert paragraph(letter, "（联系人").paragraph_format.keep_with_next

    def test_the_row_above_a_rule_goes_with_it(self) -> None:
        """What stands below the rule is a row without rules, which all programs keep there."""
        rows = "".join(f"| {number} | 乙 |\n" for number in range(40))
        made = document(f"# 题\n\n| 甲 | 乙 |\n|---|---|\n{rows}\n---\n\n截止日\n\n校验：x\n")
        *above, foot = made.tables[0].rows
        kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in above]
        assert [number for number, each in enumerate(kept) if each] == [0, 1, 39, 40]
        assert [each.text for each in foot.cells[0].paragraphs] == ["截止日", "校验：x"]
        assert text_lines(wordfile.saved(made))[-3:] == ["乙", "截止日", "校验：x"]
        assert printed_texts(wordfile.saved(made))[-2:] == ["乙" * 41, "截止日\n校验：x"]

    def test_a_small_table_is_on_one_page_with_the_line_that_leads_to_it(self) -> None:
        made = document("# 题\n\n共两项：\n\n| 甲 |\n|---|\n| 一 |\n| 二 |\n\n文。\n")
        rows = made.tables[0].rows
        kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in rows]
        assert kept == [True, True, None]
        assert paragraph(made, "共两项").paragraph_format.keep_with_next

    def test_a_heading_ends_what_is_small(self) -> None:
        text = paragraph(document("# 题\n\n---\n\n小\n\n## 附件\n\n正文\n"), "正文")
        assert text.runs[0].font.size is None

    def test_a_rule_at_the_beginning(self) -> None:
        assert [each.text for each in document("---\n\n文\n").paragraphs] == ["文"]


def test_a_list_is_broken_between_ids_and_between_days() -> None:
    """A program would break it behind a hyphen, or between a month and its day."""
    ids = "、".join(f"GZ2017-{number:03}" for number in (22, 232, 293, 294))
    days = "2017年12月20日、2017年10月31日"
    long = "很长的事项标题" * 20
    head = "| 编号 | 时限 | 事项 | 进展 | 意见 |\n|---|---|---|---|---|\n"
    (table,) = document(f"{head}| {ids} | {days} | {long} | {long} | {long} |\n").tables
    cells = [cell.text for cell in table.rows[1].cells]
    assert "\n" in cells[0]
    assert cells[0].replace("\n", "") == ids
    assert all(line.startswith("GZ2017-") and line[-1] in "、4" for line in cells[0].split("\n"))
    assert cells[1] == "2017年12月20日、\n2017年10月31日"
    assert cells[2] == long
