"""Word documents: merged cells, headings over tables, automatic numbers, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ledger.adapters.tables.reading import read_grids, read_tables
from ledger.errors import LedgerError
from tests.adapters.tables.reading.documents import (
    add_list,
    leaders_lists,
    map_grid,
    numbered,
    word_table,
)

HEAD = ["序号", "反馈问题", "整改措施", "责任单位", "完成时限"]


def saved(document: Any, tmp_path: Path) -> Path:
    place = tmp_path / "台账.docx"
    document.save(str(place))
    return place


def test_merged_cells_and_repeated_headers(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("2021年巡视整改台账")
    rows = [
        HEAD,
        ["一、制度建设方面", "", "", "", ""],
        ["1", "制度修订不及时", "梳理现行制度\n印发修订稿", "办公室", "9月底前"],
        ["", "", "建立制度目录", "办公室", "长期坚持"],
        HEAD,
        ["2", "检查不经常", "每季度检查一次", "人事处", "每季度"],
        ["合计", "2项", "", "", ""],
    ]
    merged = [(1, 0, 1, 4), (2, 0, 3, 0), (2, 1, 3, 1), (2, 3, 3, 3)]
    word_table(document, rows, merged, header_rows=1)
    [grid] = read_grids(saved(document, tmp_path))
    table = map_grid(grid)
    assert table.title == "2021年巡视整改台账"
    assert [
        (row.section, row.problem, row.measures, row.lead, row.due_text) for row in table.rows
    ] == [
        ("一、制度建设方面", "制度修订不及时", ("梳理现行制度", "印发修订稿"), ("办公室",),
         "9月底前"),
        ("一、制度建设方面", "制度修订不及时", ("建立制度目录",), ("办公室",), "长期坚持"),
        ("一、制度建设方面", "检查不经常", ("每季度检查一次",), ("人事处",), "每季度"),
    ]  # fmt: skip
    assert "跳过重复的表头：第 5 行" in table.notes
    assert "跳过合计行：第 7 行" in table.notes


def test_two_header_rows_merged_both_ways(tmp_path: Path) -> None:
    document = Document()
    rows = [
        ["序号", "整改措施", "责任分工", "", "", "完成时限"],
        ["", "", "牵头单位", "配合单位", "责任领导", ""],
        ["1", "修订办法", "办公室", "人事处", "分管副局长", "6月"],
    ]
    word_table(document, rows, [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 4), (0, 5, 1, 5)])
    [table] = read_tables(saved(document, tmp_path)).tables
    [row] = table.rows
    assert (row.measures, row.lead, row.assist, row.leader, row.due_text) == (
        ("修订办法",), ("办公室",), ("人事处",), "分管副局长", "6月",
    )  # fmt: skip


def test_one_leaders_list_after_another(tmp_path: Path) -> None:
    tables = read_tables(leaders_lists(tmp_path / "清单.docx")).tables
    assert {table.title for table in tables} == {"某局领导班子成员全面从严治党责任清单"}
    assert [(row.section, row.leader, row.key_point) for t in tables for row in t.rows] == [
        ("一、党组书记", "党组书记", "主持召开党组会专题研究"),
        ("一、党组书记", "党组书记", "带头讲党课"),
        ("二、党组成员、副局长（分管业务）", "党组成员、副局长（分管业务）", "约谈分管部门负责人"),
    ]
    assert any("没有“责任领导”列，取自标题" in note for note in tables[0].notes)


def test_a_table_cut_in_two_goes_on(tmp_path: Path) -> None:
    document = Document()
    word_table(document, [HEAD, ["1", "甲", "乙", "办公室", "6月"]])
    document.add_paragraph("")
    word_table(document, [["2", "丙", "丁", "办公室", "7月"]])
    [grid] = read_grids(saved(document, tmp_path))
    assert [row.number for row in map_grid(grid).rows] == ["1", "2"]


def test_automatic_numbers_are_read(tmp_path: Path) -> None:
    document = Document()
    add_list(document, 50, [("decimal", "%1.")])
    add_list(document, 51, [("chineseCounting", "（%1）"), ("decimal", "%2、")])
    table = word_table(document, [HEAD, *(["", "", "", "办公室", "6月"] for _ in range(2))])
    for at in (1, 2):
        numbered(table.cell(at, 0).paragraphs[0], 50)
        first = table.cell(at, 2).paragraphs[0]
        first.text = "健全制度"
        numbered(first, 51)
        for words in ("梳理", "修订"):
            numbered(table.cell(at, 2).add_paragraph(words), 51, level=1)
    [read] = read_tables(saved(document, tmp_path)).tables
    assert [(row.number, row.measures) for row in read.rows] == [
        ("1", ("（一）健全制度", "1、梳理", "2、修订")),
        ("2", ("（二）健全制度", "1、梳理", "2、修订")),
    ]


def test_what_is_deleted_hidden_or_nested(tmp_path: Path) -> None:
    document = Document()
    table = word_table(document, [HEAD, ["1", "问题", "", "办公室", "6月"]])
    cell = table.cell(1, 2)
    paragraph = cell.paragraphs[0]._p
    marks = 'w:id="1" w:author="甲" w:date="2021-01-01T00:00:00Z"'
    for xml in (
        f"<w:del {nsdecls('w')} {marks}><w:r><w:delText>旧措施</w:delText></w:r></w:del>",
        f"<w:ins {nsdecls('w')} {marks}><w:r><w:t>新措施</w:t></w:r></w:ins>",
        f"<w:r {nsdecls('w')}><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>",
        f'<w:r {nsdecls("w")}><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>',
    ):
        paragraph.append(parse_xml(xml))
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "办公室", "牵头"
    [read] = read_tables(saved(document, tmp_path)).tables
    assert read.rows[0].measures == ("新措施√", "办公室 牵头")
    assert "文档里有修订标记，按接受全部修订读取" in read.notes


def test_one_table_by_its_name(tmp_path: Path) -> None:
    place = leaders_lists(tmp_path / "清单.docx")
    [grid] = read_grids(place, sheet="表2")
    assert grid.part == ("二、党组成员、副局长（分管业务）",)
    with pytest.raises(LedgerError, match="没有名为“表9”的表格"):
        read_grids(place, sheet="表9")


def tabs(place: Path) -> None:
    document = Document()
    for line in ("序号\t任务\t时限", "1\t修订办法\t6月", "2\t开展培训\t7月"):
        document.add_paragraph(line)
    document.save(str(place))


def text_only(place: Path) -> None:
    document = Document()
    document.add_paragraph("通知")
    document.save(str(place))


def ole(content: bytes) -> Callable[[Path], object]:
    return lambda place: place.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + content)


def truncated(place: Path) -> None:
    text_only(place)
    place.write_bytes(place.read_bytes()[:-500])


def with_document(xml: str) -> Callable[[Path], object]:
    def make(place: Path) -> None:
        text_only(place)
        with ZipFile(place) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        with ZipFile(place, "w", ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, xml if name == "word/document.xml" else content)

    return make


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "哈哈"><!ENTITY b "&a;&a;&a;&a;">]>'
    f"<w:document {nsdecls('w')}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
)
MILLION = (
    f"<w:document {nsdecls('w')}><w:body><w:tbl>"
    + "<w:tr><w:tc><w:p/></w:tc></w:tr>" * 200_000
    + "</w:tbl></w:body></w:document>"
)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (tabs, "用制表符（Tab）排出来的"),
        (text_only, "里没有表格"),
        (ole("EncryptedPackage".encode("utf-16-le")), "有密码，无法读取"),
        (ole(b"WordDocument"), "是旧格式（.doc）"),
        (truncated, "已损坏，读不完整"),
        (with_document(LAUGHS), "DOCTYPE"),
        (with_document(MILLION), "内容过多"),
        (with_document("<w:document"), "已损坏"),
        (lambda place: place.write_bytes(b"{\\rtf1}"), "不是 .docx 文件"),
    ],
)
def test_what_cannot_be_read_is_said(
    make: Callable[[Path], object], message: str, tmp_path: Path
) -> None:
    place = tmp_path / "文件.docx"
    make(place)
    with pytest.raises(LedgerError, match=message) as refused:
        read_grids(place)
    assert place.name in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    ("name", "hint"),
    [("x.doc", ".docx"), ("x.wps", ".docx"), ("x.docm", ".docx"), ("x.txt", "Excel")],
)
def test_other_formats_are_told_what_to_become(name: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(LedgerError) as refused:
        read_grids(tmp_path / name)
    assert hint in refused.value.hint
