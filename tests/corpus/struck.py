"""Text that is struck through is not live; comments are kept."""

from __future__ import annotations

from typing import Any

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from tests.corpus.forms import HEAD, sheet, table, task, word

_TWO = (HEAD, (1, "梳理制度", "办公室", "6月底前"), (2, "举办培训", "人事处", "7月底前"))
_STRUCK = InlineFont(strike=True)


def _strike(*places: str) -> Any:
    def shaped(page: Any) -> None:
        for place in places:
            page[place].font = Font(strike=True)

    return shaped


def _rich(page: Any) -> None:
    page["D2"] = CellRichText(TextBlock(_STRUCK, "6月底前"), "9月底前")
    page["B3"] = CellRichText("举办", TextBlock(_STRUCK, "一次"), "两次培训")
    bold = TextBlock(InlineFont(b=True), "人事处")
    page["C3"] = CellRichText(bold, TextBlock(_STRUCK, "、财务处"))


def _commented(page: Any) -> None:
    page["B2"].comment = Comment("请抓紧", "局长")
    page["D3"].comment = Comment("已同意顺延", "分管局长")


def _word_runs(document: Any) -> None:
    made = table(document, _TWO)
    cell = made.cell(1, 3)
    cell.paragraphs[0].runs[0].font.strike = True
    cell.paragraphs[0].add_run("9月底前")
    made.cell(2, 1).paragraphs[0].add_run("两次").font.double_strike = True


def _word_row(document: Any) -> None:
    for cell in table(document, _TWO).rows[1].cells:
        cell.paragraphs[0].runs[0].font.strike = True


def _word_commented(document: Any) -> None:
    made = table(document, _TWO)
    runs = made.cell(1, 1).paragraphs[0].runs
    document.add_comment(runs, text="请抓紧", author="局长", initials="局")


_FIRST = task("梳理制度", "办公室", "6月底前")
_SECOND = task("举办培训", "人事处", "7月底前")

DOCUMENTS = (
    sheet("划掉一行", _TWO, _SECOND, shaped=_strike("A2", "B2", "C2", "D2")),
    sheet("划掉一行，序号没有划", _TWO, _FIRST, shaped=_strike("B3", "C3", "D3")),
    sheet("只划掉措施", _TWO, _FIRST, shaped=_strike("B3")),
    sheet(
        "划掉时限",
        _TWO,
        task("梳理制度", "办公室"),
        _SECOND,
        asked=("第 2 行“完成时限”列有划掉的文字",),
        shaped=_strike("D2"),
    ),
    sheet(
        "格内划掉",
        _TWO,
        task("梳理制度", "办公室", "9月底前"),
        task("举办两次培训", "人事处", "7月底前"),
        asked=("第 2 行“完成时限”", "第 3 行“整改措施”", "第 3 行“责任单位”"),
        shaped=_rich,
    ),
    sheet(
        "措施划掉、要点合并在上面",
        (
            ("重点任务", "具体措施", "责任单位"),
            ("队伍建设", "学习研讨", "机关党委"),
            (None, "办培训班", "人事处"),
        ),
        task("学习研讨", "机关党委", key_point="队伍建设"),
        merged=("A2:A3",),
        shaped=_strike("B3", "C3"),
    ),
    word(
        "Word 格内划掉",
        _word_runs,
        task("梳理制度", "办公室", "9月底前"),
        _SECOND,
        asked=("第 2 行“完成时限”", "第 3 行“整改措施”"),
    ),
    word("Word 划掉一行", _word_row, _SECOND),
    word(
        "Word 批注",
        _word_commented,
        _FIRST | {"columns": {"批注": "整改措施：请抓紧"}},
        _SECOND,
    ),
    sheet(
        "领导批注",
        _TWO,
        _FIRST | {"columns": {"批注": "整改措施：请抓紧"}},
        _SECOND | {"columns": {"批注": "完成时限：已同意顺延"}},
        shaped=_commented,
    ),
)
