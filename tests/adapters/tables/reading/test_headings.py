"""What stands above tables: titles, parts, and whose list it is."""

from __future__ import annotations

import pytest

from ledger.adapters.tables.grid import Grid
from ledger.adapters.tables.reading.headings import (
    Paragraph,
    department_in,
    person_in,
    under_headings,
)


def block(*texts: str) -> list[Paragraph]:
    return [Paragraph(text) for text in texts]


def placed(blocks: list[list[Paragraph]]) -> list[tuple[str, tuple[str, ...]]]:
    """The title and the headings that the tables of a document stand under."""
    grids = under_headings([Grid("表", ()) for _ in blocks], blocks)
    return [(grid.title, grid.part) for grid in grids]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([block("某局工作要点")], [("某局工作要点", ())]),
        ([block("某局工作要点", "一、党的建设")], [("某局工作要点", ("一、党的建设",))]),
        (
            [block("党组书记责任清单"), block("局长责任清单")],
            [("", ("党组书记责任清单",)), ("", ("局长责任清单",))],
        ),
        (
            [block("某局清单", "党组书记责任清单"), block("局长责任清单")],
            [("某局清单", ("党组书记责任清单",)), ("某局清单", ("局长责任清单",))],
        ),
        (
            [block("第一部分 责任清单", "（一）党组书记"), block("（二）局长"),
             block("第二部分 任务清单")],
            [
                ("", ("第一部分 责任清单", "（一）党组书记")),
                ("", ("第一部分 责任清单", "（二）局长")),
                ("", ("第二部分 任务清单",)),
            ],
        ),
        ([block("某局台账"), block()], [("某局台账", ()), ("某局台账", ())]),
        (
            [block("通知", "根据有关要求，现将任务分工印发如下，请各部门认真贯彻落实。" * 3,
                   "附件1", "任务分工表")],
            [("任务分工表", ())],
        ),
        ([block("一、甲"), block("注：以上按月报送"), block("二、乙：")],
         [("", ("一、甲",)), ("", ("一、甲",)), ("", ("二、乙",))]),
        ([], []),
    ],
)  # fmt: skip
def test_title_and_parts(
    blocks: list[list[Paragraph]], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert placed(blocks) == expected


def test_outline_levels_nest() -> None:
    blocks = [[Paragraph("总则", 0), Paragraph("目标", 1)], [Paragraph("措施", 1)]]
    assert placed(blocks) == [("总则", ("目标",)), ("总则", ("措施",))]


@pytest.mark.parametrize(
    ("heading", "person"),
    [
        ("一、党组书记责任清单", "党组书记"),
        ("（二）党组成员、副局长", "党组成员、副局长"),
        ("局长（分管财务）全面从严治党主体责任清单", "局长（分管财务）"),
        ("机关党委书记 甲某某同志任务清单", "机关党委书记 甲某某同志"),
        ("二、强化党组书记责任", ""),
        ("一、加强党的建设", ""),
        ("整改任务清单", ""),
    ],
)
def test_whose_list_it_is(heading: str, person: str) -> None:
    assert person_in(heading) == person


@pytest.mark.parametrize(
    ("heading", "department"),
    [
        ("办公室任务清单", "办公室"),
        ("三、人事处责任清单", "人事处"),
        ("办公室", "办公室"),
        ("党的建设", ""),
        ("改革攻坚组", ""),
    ],
)
def test_which_department_it_is_of(heading: str, department: str) -> None:
    assert department_in(heading, {"办公室"}) == department
