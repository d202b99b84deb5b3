"""PDF documents: what is drawn is what is read, over pages; what cannot be read is refused."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

import pytest

from ledger.adapters.tables.reading import read_grids, read_tables
from ledger.errors import LedgerError
from tests.adapters.tables.reading.documents import ABOVE, Pdf, map_grid, pdf_file

HEAD = ("序号", "工作要点", "具体措施", "责任单位", "完成时间")
WIDTHS = (40, 110, 160, 80, 80)


def test_a_table_over_pages_is_one(tmp_path: Path) -> None:
    # 160 points are 12 letters: the last line is full where the page ends, the sentence goes on.
    split = "每季度抽查案卷一百件，逐件评议打分并形成审查质量"
    pdf = Pdf().page()
    pdf.text(150, 40, "某局2021年工作要点分工")
    pdf.table(
        80,
        WIDTHS,
        [
            HEAD,
            ("1", "加强制度建设", "修订督查办法\n印发任务分工表", "办公室\n人事处", "3月底前"),
            (
                "2",
                "提升审查质量",
                split,
                "审业部",
                "每季度",
            ),
        ],
    )
    pdf.text(290, 800, "— 1 —")
    pdf.page()
    pdf.table(
        60,
        WIDTHS,
        [
            HEAD,
            ("", "", "报告，报局务会审议。", "", ""),
            ("3", ABOVE, "举办业务培训班", "人事处", "6月"),
        ],
    )
    pdf.text(290, 800, "— 2 —")
    told: list[tuple[int, int]] = []
    [grid] = read_grids(
        pdf.save(tmp_path / "要点.pdf"), tell=lambda done, total: told.append((done, total))
    )
    assert told == [(1, 2), (2, 2)]
    table = map_grid(grid)
    assert table.title == "某局2021年工作要点分工"
    assert [(row.number, row.key_point, row.measures, row.lead) for row in table.rows] == [
        ("1", "加强制度建设", ("修订督查办法", "印发任务分工表"), ("办公室", "人事处")),
        ("2", "提升审查质量", (split + "报告，报局务会审议。",),
         ("审业部",)),
        ("3", "提升审查质量", ("举办业务培训班",), ("人事处",)),
    ]  # fmt: skip
    assert [row.due_text for row in table.rows] == ["3月底前", "每季度", "6月"]
    assert all(row.wrapped for row in table.rows)


def test_page_breaks_between_rows_and_under_merged_cells(tmp_path: Path) -> None:
    pdf = Pdf().page()
    pdf.table(80, WIDTHS, [HEAD, ("1", "加强党的建设", "召开党组会研究。", "办公室", "3月")])
    pdf.page()
    pdf.table(60, WIDTHS, [HEAD, ("2", "", "开展谈心谈话。", "机关党委", "4月"),
                           ("3", ABOVE, "召开民主生活会。", ABOVE, "5月")])  # fmt: skip
    pdf.page()
    pdf.table(60, WIDTHS, [HEAD, ("4", "", "整改落实到位。", "", "6月"),
                           ("5", "改进作风", "精简会议文件。", "办公室", "7月")])  # fmt: skip
    [table] = read_tables(pdf.save(tmp_path / "要点.pdf")).tables
    assert [(row.number, row.key_point, row.measures, row.lead) for row in table.rows] == [
        ("1", "加强党的建设", ("召开党组会研究。",), ("办公室",)),
        ("2", "加强党的建设", ("开展谈心谈话。",), ("机关党委",)),
        ("3", "加强党的建设", ("召开民主生活会。",), ("机关党委",)),
        ("4", "加强党的建设", ("整改落实到位。",), ("机关党委",)),
        ("5", "改进作风", ("精简会议文件。",), ("办公室",)),
    ]


def test_two_tables_each_under_its_heading(tmp_path: Path) -> None:
    head = ("序号", "工作任务", "完成时限")
    widths = (40, 250, 100)
    pdf = Pdf().page()
    pdf.text(150, 30, "某局党组责任清单")
    pdf.text(50, 60, "一、党组书记")
    below = pdf.table(80, widths, [head, ("1", "带头讲党课", "12月")])
    pdf.text(50, below + 20, "二、局长")
    pdf.table(below + 40, widths, [head, ("1", "约谈负责人", "每季度")])
    tables = read_tables(pdf.save(tmp_path / "清单.pdf")).tables
    assert [(table.title, row.section, row.leader) for table in tables for row in table.rows] == [
        ("某局党组责任清单", "一、党组书记", "党组书记"),
        ("某局党组责任清单", "二、局长", "局长"),
    ]


def damaged(place: Path) -> None:
    pdf = Pdf().page()
    pdf.table(80, WIDTHS, [HEAD])
    content = pdf.save(place).read_bytes()
    place.write_bytes(content[: len(content) // 2])


def scanned(place: Path) -> None:
    Pdf(pictures=True).page().page().save(place)


def locked(place: Path) -> None:
    pdf = Pdf().page()
    pdf.table(80, WIDTHS, [HEAD])
    pdf.save(place, encrypted=True)


def without_rules(place: Path) -> None:
    pdf = Pdf().page()
    pdf.text(50, 50, "序号  任务  时限")
    pdf.save(place)


def blank(place: Path) -> None:
    Pdf().page().save(place)


def nonsense(place: Path) -> None:
    place.write_bytes(b"%PDF-1.6\n" + b"1 0 obj <<" * 1000 + b"\n%%EOF\n")


def bomb(place: Path) -> None:
    packing = zlib.compressobj()
    piece = b"\0" * 2**20
    packed = b"".join(packing.compress(piece) for _ in range(72)) + packing.flush()
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        4: stream,
    }
    place.write_bytes(pdf_file(objects, b"/Root 1 0 R"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (damaged, "已损坏，读不完整"),
        (scanned, "是扫描件，只有图片，没有文字"),
        (locked, "有密码，无法读取"),
        (without_rules, "里没有画线的表格"),
        (blank, "里没有内容"),
        (nonsense, "已损坏"),
        (bomb, "过于复杂，已停止读取"),
        (lambda place: place.write_bytes(b""), "是空文件"),
        (lambda place: place.write_bytes(b"PK\x03\x04 docx"), "不是 .pdf 文件"),
        (lambda place: place.write_bytes(b"hello"), "不是 .pdf 文件"),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_what_cannot_be_read_is_said(make: object, message: str, tmp_path: Path) -> None:
    place = tmp_path / "文件.pdf"
    make(place)  # type: ignore[operator]
    with pytest.raises(LedgerError, match=message) as refused:
        read_grids(place)
    assert place.name in refused.value.message
    assert refused.value.hint


def test_the_pages_are_read_in_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a hostile file makes of the parser stays there."""
    monkeypatch.delitem(sys.modules, "pdfplumber", raising=False)  # other tests read with it
    pdf = Pdf().page()
    pdf.table(80, WIDTHS, [HEAD, ("1", "甲", "乙", "丙", "丁")])
    read_grids(pdf.save(tmp_path / "表.pdf"))
    assert "pdfplumber" not in sys.modules
