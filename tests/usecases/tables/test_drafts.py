"""Real documents as drafts, held against what a person made of them by hand.

Each excerpt is some two pages, sentence by sentence as a letter: T orders something, D says what
was done, C is context. The letters were written before anybody looked at the program's answers.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from ledger.model.orders import CONTEXT, DONE, ORDER
from ledger.usecases.tables.draft import Breakdown, make_draft

if TYPE_CHECKING:
    from pathlib import Path

LETTERS = {ORDER: "T", DONE: "D", CONTEXT: "C"}
EXCERPTS = (
    # document, first sentence, letters, missed and too many as measured
    ("002", 0, "CC" + 78 * "T" + "CC", 1, 0),
    ("001", 171, "CTCC" + 7 * "T" + "C" + 5 * "T" + "CCC" + 24 * "T", 0, 1),
    (
        "001",
        3,
        12 * "C" + "DCCCDDDCC" + 11 * "D" + "C" + 28 * "D" + "CDDDDD",
        1,
        2,
    ),
    ("000", 9, "DCDDDDDDDC" + 12 * "D" + "CCCCCDDCTDDDDDCDD", 0, 5),
    ("000", 239, "CCCCTTC" + 11 * "T" + "C" + 11 * "T" + 6 * "C", 0, 2),
    ("003", 1, 8 * "C" + 24 * "D" + "C" + 5 * "D" + "CDC" + 7 * "D", 0, 4),
)
TODAY = dt.date(2021, 1, 1)


def drafted(shared: Path, number: str) -> Breakdown:
    (seed,) = shared.glob(f"seeds/{number}_*.txt")
    return make_draft(seed, (), TODAY)


@pytest.mark.parametrize(("number", "first", "letters", "missed", "extra"), EXCERPTS)
def test_held_against_a_person(
    number: str, first: int, letters: str, missed: int, extra: int, shared: Path
) -> None:
    rows = drafted(shared, number).rows[first : first + len(letters)]
    judged = "".join(LETTERS[row.kind] for row in rows)
    pairs = list(zip(letters, judged, strict=True))
    assert sum(mine != "C" and its == "C" for mine, its in pairs) <= missed, judged
    assert sum(mine == "C" and its != "C" for mine, its in pairs) <= extra, judged
    assert sum({mine, its} == {"T", "D"} for mine, its in pairs) == 0, judged


@pytest.mark.parametrize("number", ["000", "001", "002", "003"])
def test_every_character_is_kept(number: str, shared: Path) -> None:
    """In the title, a sentence or a heading; but for marks and the blanks between lines."""
    (seed,) = shared.glob(f"seeds/{number}_*.txt")
    draft = make_draft(seed, (), TODAY)
    kept = {draft.title}
    for row in draft.rows:
        kept |= {row.text, *row.path}
    written = "".join("".join(text.split()) for text in kept)
    text = seed.read_text(encoding="utf-8").replace("**", "").replace("\\_", "_")
    for line in text.split("\n"):
        bare = "".join(line.split()).lstrip("#")
        pieces = [bare[at : at + 8] for at in range(0, len(bare) - 8, 8)]
        assert all(piece in written for piece in pieces) or _cut(pieces, written), line


def _cut(pieces: list[str], written: str) -> bool:
    """Whether only where one sentence ends and another begins a piece is missing."""
    missing = [piece for piece in pieces if piece not in written]
    return all(any(sign in piece for sign in "。；！？;!?：:）)，,、") for piece in missing)


def test_the_plan_as_text_has_its_departments(shared: Path) -> None:
    draft = drafted(shared, "004")
    assert (len(draft.rows), len(draft.work)) == (298, 298)
    assert all(row.given.lead and row.given.due for row in draft.rows)
    assert draft.title == "国家知识产权局 2017 年工作要点的具体措施和完成时间"
    carried = [row for row in draft.rows if "请核对" in row.reason]
    assert 150 < len(carried) < 250
    # Of a cell with two paragraphs the first stands before who is responsible for both.
    first = next(row for row in draft.rows if "82 人到京外" in row.text)
    assert (first.given.lead, first.given.due) == (("人教部",), "12月")


MENDED = """某局整改方案
一、关于“落实上级部署不够到位”方面的问题
（一）“学习传达不及时”的问题
整改目标：传达学习不过周。
整改措施：1.建立传达学习台账。2.对2018年以来的文件逐一核对。
责任领导：党组书记
责任部门：机关党委
整改时限：2021年3月底前，并长期坚持
二、关于“选人用人不规范”方面的问题
问题3：档案审核不严。
整改措施：修订任用办法。（牵头单位：人事处；责任单位：法规处、办公室；联系人：王某，电话：8888）
三、会议议定事项
会议同意调整方案，由财务处按程序报批，4月底前完成。请规划处于5月15日前提出建设方案。
"""


def test_a_plan_of_rectification_by_its_labels(tmp_path: Path) -> None:
    """What stands behind 整改措施： is work, though its heading tells of problems."""
    file = tmp_path / "方案.txt"
    file.write_text(MENDED, encoding="utf-8")
    known = ("机关党委", "人事处", "法规处", "办公室", "财务处", "规划处")
    work = make_draft(file, known, TODAY).work
    assert [(row.text, row.given.lead, row.given.assist, row.given.due) for row in work] == [
        ("1.建立传达学习台账。", ("机关党委",), (), "2021年3月底前，并长期坚持"),
        ("2.对2018年以来的文件逐一核对。", ("机关党委",), (), "2021年3月底前，并长期坚持"),
        ("修订任用办法。", ("人事处",), ("法规处", "办公室"), ""),
        (
            "会议同意调整方案，由财务处按程序报批，4月底前完成。",
            ("财务处",),
            (),
            "4月底前",
        ),
        ("请规划处于5月15日前提出建设方案。", ("规划处",), (), "5月15日前"),
    ]
    assert [row.problem for row in work[1:3]] == ["落实上级部署不够到位", "选人用人不规范"]
    assert (work[0].given.leader, work[0].goal, work[2].given.owner) == (
        "党组书记", "传达学习不过周", "王某",
    )  # fmt: skip
