"""Documents in prose as passages, who is responsible as they say it, and tables made text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docx import Document

from ledger.adapters.tables.reading.flattened import flattened_table
from ledger.adapters.tables.reading.given import Given, given_alone, given_behind
from ledger.adapters.tables.reading.prose import read_document
from ledger.errors import LedgerError
from tests.adapters.tables.reading.documents import Pdf, word_table

if TYPE_CHECKING:
    from collections.abc import Sequence

KNOWN = frozenset({"办公室", "人事处", "财务处"})


def texts(path: Path) -> list[str]:
    return [passage.text for passage in read_document(path).passages]


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_encodings(self, encoding: str, tmp_path: Path) -> None:
        place = tmp_path / "要点.txt"
        place.write_text("某局要点\r\n一、强化管理。\r\n", encoding=encoding, newline="")
        assert texts(place) == ["某局要点", "一、强化管理。"]

    def test_markdown(self, tmp_path: Path) -> None:
        place = tmp_path / "要点.md"
        place.write_text(
            "# 某局要点\n\n**一、强化管理。**要**完善**制度。\n\n---\n- 开展检查\n"
            "| 甲 | 乙 |\n|---|---|\n",
            encoding="utf-8",
        )
        read = read_document(place).passages
        assert [(each.text, each.level, each.head, each.row) for each in read] == [
            ("某局要点", 0, "", False),
            ("一、强化管理。要完善制度。", None, "一、强化管理。", False),
            ("开展检查", None, "", False),
            ("甲 乙", None, "", True),
        ]
        assert [each.place for each in read] == ["第1行", "第3行", "第6行", "第7行"]

    def test_lines_broken_for_want_of_room(self, tmp_path: Path) -> None:
        line = "完善制度加强管理" * 4
        place = tmp_path / "要点.txt"
        place.write_text(
            f"某局要点\n　　{line}\n{line}\n形成报告。\n　　{line}\n{line}\n{line}\n结束。\n",
            encoding="utf-8",
        )
        assert texts(place) == ["某局要点", line * 2 + "形成报告。", line * 3 + "结束。"]

    def test_a_paragraph_cut_in_the_middle_of_a_word(self, tmp_path: Path) -> None:
        long = "加强统筹协调，" * 8
        place = tmp_path / "要点.txt"
        place.write_text(f"某局要点\n\n{long}做好庆\n\n祝活动。\n\n开展检查。\n", encoding="utf-8")
        assert texts(place) == ["某局要点", f"{long}做好庆祝活动。", "开展检查。"]


def test_word(tmp_path: Path) -> None:
    document = Document()
    document.add_heading("某局要点", 0)
    document.add_heading("强化管理", 1)
    document.add_paragraph("要完善制度。")
    word_table(document, [["序号", "任务"], ["1", "开展检查"]])
    document.save(place := tmp_path / "要点.docx")
    read = read_document(place).passages
    assert [(each.text, each.row) for each in read] == [
        ("某局要点", False),
        ("强化管理", False),
        ("要完善制度。", False),
        ("序号 任务", True),
        ("1 开展检查", True),
    ]


def test_pdf(tmp_path: Path) -> None:
    line = "完善制度加强管理" * 5
    pdf = Pdf().page()
    for number, (x, text) in enumerate(
        [(200, "某局要点"), (74, line[:-2]), (50, line), (50, "形成报告。"), (74, "开展检查。")]
    ):
        pdf.text(x, 50 + 20 * number, text)
    pdf.page().text(74, 50, "印发办法。")
    read = read_document(pdf.save(tmp_path / "要点.pdf")).passages
    assert [(each.text, each.place) for each in read] == [
        ("某局要点", "第1页第1行"),
        (f"{line[:-2]}{line}形成报告。", "第1页第2行"),
        ("开展检查。", "第1页第5行"),
        ("印发办法。", "第2页第1行"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("没有.txt", None, "找不到文件"),
        ("表.xlsx", b"PK", "不能拆分 .xlsx 文件"),
        ("旧.doc", b"x", "不能拆分 .doc 文件"),
        ("空.txt", b"", "里没有文字"),
        ("假.txt", b"PK\x03\x04", "不是文本文件，只是用了这个后缀"),
        ("假.docx", b"text", "不是 .docx 文件"),
        ("假.pdf", b"text", "不是 .pdf 文件"),
        ("乱.txt", b"\xff\xfe\xff", "无法识别的字符"),
    ],
)
def test_what_cannot_be_read(
    name: str, content: bytes | None, message: str, tmp_path: Path
) -> None:
    place = tmp_path / name
    if content is not None:
        place.write_bytes(content)
    with pytest.raises(LedgerError, match=re.escape(message)) as raised:
        read_document(place)
    assert raised.value.hint


class TestGiven:
    @pytest.mark.parametrize(
        ("text", "given"),
        [
            (
                "（责任单位：办公室；完成时限：6月底前）",
                Given(("办公室",), due="6月底前"),
            ),
            (
                "（牵头单位：办公室，配合单位：人事处、财务处；完成时限：9月底）",
                Given(("办公室",), ("人事处", "财务处"), due="9月底"),
            ),
            (
                "（办公室牵头，人事处配合，6月底前完成）",
                Given(("办公室",), ("人事处",), due="6月底前"),
            ),
            ("（办公室、人事处，长期坚持）", Given(("办公室", "人事处"), due="长期坚持")),
            ("责任单位：办公室", Given(("办公室",))),
            ("完成时限：2021年底前。", Given(due="2021年底前")),
            (
                "责任领导：王某 责任单位：办公室",
                Given(("办公室",), leader="王某"),
            ),
            ("（试行）", None),
            ("（快速维权中心）", None),
            ("（以下简称办公室）", None),
            ("办公室要报送情况。", None),
        ],
    )
    def test_alone(self, text: str, given: Given | None) -> None:
        assert given_alone(text, KNOWN, 2021) == given

    def test_behind_a_sentence(self) -> None:
        text = "修订《办法（试行）》（责任单位：办公室；完成时限：6月底前）。"
        assert given_behind(text, KNOWN, 2021) == (
            "修订《办法（试行）》。",
            Given(("办公室",), due="6月底前"),
        )
        assert given_behind("印发办法（试行）。", KNOWN, 2021) == ("印发办法（试行）。", Given())


HEADER = " 工作要点 具体措施 部门单位 完成时间 "
TABLE = f"""
 某局要点分工
{HEADER}

一、强化管理

持续完善内部管理制度体系建

设，提高管理规范化水平

修订档案管理办法并征求各处室意见，报局务会审议后

印发执行。
办公室

3 月

建立制度目录，每季度更新，供各处室查阅。 6 月
组织开展制度执行情况检查，选取五个处室进行重点抽

查，形成报告。
人事处

全年持续推

进 汇总检查中发现的问题，督促各处室限时改正，结果
12 月
{HEADER}
纳入年度考核。

二、改进服务

加强窗口服务能力建设，方便

群众和企业办事

窗口设置： 1、增设自助机；

2、延长服务时间。
服务处、办公室 9 月

"""


class TestFlattened:
    @staticmethod
    def rows(text: str) -> list[Sequence[object]]:
        # In such texts a blank at a line's end ends a cell.
        lines = [
            f"{line} " if re.search(r"。$|[室处月]$|水平$|办事$|管理$|服务$|；$", line) else line
            for line in text.split("\n")
        ]
        table = flattened_table(lines, frozenset())
        assert table is not None
        return [
            (row.section, row.point.text, row.measure.text, row.lead, row.due, row.carried)
            for row in table.rows
        ]

    def test_cells_are_put_together_again(self) -> None:
        first = ("一、强化管理", "持续完善内部管理制度体系建设，提高管理规范化水平")
        read = self.rows(TABLE)
        assert read[:2] == [
            (
                *first,
                "修订档案管理办法并征求各处室意见，报局务会审议后印发执行。",
                ["办公室"],
                "3月",
                False,
            ),
            (*first, "建立制度目录，每季度更新，供各处室查阅。", ["办公室"], "6月", True),
        ]
        assert [row[2:] for row in read[2:4]] == [
            (
                "组织开展制度执行情况检查，选取五个处室进行重点抽查，形成报告。",
                ["人事处"],
                "全年持续推进",
                False,
            ),
            (
                "汇总检查中发现的问题，督促各处室限时改正，结果纳入年度考核。",
                ["人事处"],
                "12月",
                True,
            ),
        ]
        assert read[4:] == [
            (
                "二、改进服务",
                "加强窗口服务能力建设，方便群众和企业办事",
                "窗口设置： 1、增设自助机；\n2、延长服务时间。",
                ["服务处", "办公室"],
                "9月",
                False,
            )
        ]

    def test_no_other_text_is_a_table(self) -> None:
        assert flattened_table(["工作要点 具体措施 完成时间", "要开展检查。"], frozenset()) is None
        assert flattened_table(["一、强化管理。", "要开展检查。"] * 9, frozenset()) is None

    def test_the_plan_of_2017(self, shared: Path) -> None:
        """Of 296 measures 294 come with their departments and time limits; two cells come as two.

        In those two a paragraph ends as a cell does, and nothing in the text tells them apart.
        """
        import json

        (seed,) = shared.glob("seeds/004_*.txt")
        table = flattened_table(seed.read_text(encoding="utf-8").split("\n"), frozenset())
        assert table is not None
        gold = json.loads((shared / "fixtures/plan2017.json").read_text(encoding="utf-8"))

        def bare(*parts: str | None) -> tuple[str, ...]:
            return tuple("".join((part or "").split()) for part in parts)

        planned = [
            (*bare(row["key_point"], row["measure"], row["due_text"]), *row["depts"])
            for row in gold
        ]
        read = [(*bare(row.point.text, row.measure.text, row.due), *row.lead) for row in table.rows]
        missing = [row for row in planned if row not in read]
        assert (len(planned), len(read)) == (296, 298)
        assert [gold[planned.index(row)]["seq"] for row in missing] == [112, 131]
        own = {row["seq"] for row in gold if row["sub_item"]}
        items = [row.item.text for row in table.rows if row.item.text]
        assert len(items) == len(own) + 1
