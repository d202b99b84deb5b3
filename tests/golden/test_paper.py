"""Bulletins as Word files on paper: LibreOffice sets them, the pages are measured.

They need LibreOffice Writer (requirements/apt.txt) and are skipped without it.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.app import run
from tests.golden.hundred import make_hundred

pytestmark = pytest.mark.xdist_group("office")

KINDS = {"weekly": "weekly --week 2017-W42", "closing": "closing --source ZG2017"}
LONG = {"monthly": "monthly --month 2017-10", "annual": "annual --year 2017"}
FRONT = ("总体进度", "进度变化", "完成率排名", "工作亮点", "逾期最久", "没有填报", "工作要求")
TITLES = {"weekly": "某局工作台账周报", "closing": "某局关于整改进展情况的通报"}
POINT = 25.4 / 72  # millimetres
LEFT, RIGHT, TOP, BOTTOM = 28, 210 - 26, 37, 297 - 35  # of the type area, in millimetres
SIZE = pytest.approx(16)
LABEL = 14  # characters of a cell that is no text, such as 2017年第20次党组会
HANGING = 6  # a stop of size 3 at a line's end may stand in the margin
FONTS = ("方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312")

Sheet = Any  # a page of pdfplumber, which has no types


@pytest.fixture(scope="module")
def files(year: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A Word file of each kind and of a letter; the long ones are of a hundred tasks."""
    folder = tmp_path_factory.mktemp("paper")
    hundred = make_hundred(folder / "hundred")
    for kind, words in (KINDS | LONG).items():
        ledger = str(hundred if kind in LONG else year)
        call = ["-C", ledger, "--today", "2017-12-31", "report", *words.split()]
        assert run([*call, "-o", str(folder / f"{kind}.docx")]) == 0
    call = ["-C", str(year), "--today", "2017-10-22", "remind", "--at", "2017-10-22"]
    assert run([*call, "--dept", "条法司", "--format", "docx", "-o", str(folder)]) == 0
    (letter,) = folder.glob("督办单-*.docx")
    return {kind: folder / f"{kind}.docx" for kind in (*KINDS, *LONG)} | {"remind": letter}


@pytest.fixture(scope="module")
def printed(files: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the files' PDFs, made in one go by a LibreOffice with settings of its own."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("no LibreOffice on this machine (see requirements/apt.txt)")
    folder = tmp_path_factory.mktemp("pdf")
    settings = f"-env:UserInstallation={(folder / 'settings').as_uri()}"
    words = [program, settings, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*words, *map(str, files.values())], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_pages(kind: str, printed: Path) -> None:
    import pdfplumber

    with pdfplumber.open(printed / f"{kind}.pdf") as document:
        sheets = document.pages
        assert 2 <= len(sheets) <= 6
        assert TITLES[kind] in sheets[0].extract_text().splitlines()[0].replace(" ", "")
        for number, sheet in enumerate(sheets, 1):
            assert (sheet.width * POINT, sheet.height * POINT) == pytest.approx((210, 297), abs=0.5)
            foot = [each for each in sheet.chars if each["top"] * POINT > BOTTOM]
            assert "".join(each["text"] for each in foot).replace(" ", "") == f"—{number}—"
            assert (foot[0]["x0"] * POINT > 105) is (number % 2 == 1), "on the outer side"
            assert not outside(sheet)


@pytest.mark.parametrize("kind", KINDS)
def test_lines_of_the_grid(kind: str, printed: Path) -> None:
    """22 lines a page at most, in size 3 and 29 points apart."""
    import pdfplumber

    with pdfplumber.open(printed / f"{kind}.pdf") as document:
        pages = [
            sorted({round(char["bottom"]) for char in page.chars if char["size"] == SIZE})
            for page in document.pages
        ]
    heights = max(pages, key=len)  # a bulletin's first page is a table for the most part
    assert 8 < len(heights) <= 22
    apart = [below - above for above, below in pairwise(heights)]
    assert min(each for each in apart if each > 2) == pytest.approx(29, abs=1)


def test_a_letter_is_one_page(files: Mapping[str, Path], printed: Path) -> None:
    """Of six tasks, signed on the right, with a slip to be returned."""
    import pdfplumber

    with pdfplumber.open(printed / f"{files['remind'].stem}.pdf") as document:
        (sheet,) = document.pages
        lines = {line["text"].replace(" ", ""): line for line in sheet.extract_text_lines()}
    assert lines["某局"]["x0"] * POINT > 105
    assert lines["2017年10月22日"]["x1"] * POINT < RIGHT - 20
    assert lines["条法司："]["x0"] * POINT < LEFT + 1
    assert not outside(sheet)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pdf_can_be_verified(
    kind: str, printed: Path, year: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(year), "verify", str(printed / f"{kind}.pdf")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "一致。"


@pytest.mark.parametrize("kind", KINDS)
def test_what_verifies_it_is_one_line_on_no_page_of_its_own(kind: str, printed: Path) -> None:
    import pdfplumber

    with pdfplumber.open(printed / f"{kind}.pdf") as document:
        pages = [page.extract_text_lines() for page in document.pages]
    stamps = [line for lines in pages for line in lines if "校验：" in line["text"]]
    assert ["摘要" in line["text"] for line in stamps] == [True]
    assert len(pages[-1]) > 5


@pytest.mark.parametrize("kind", [*KINDS, "annual"])
def test_nothing_is_torn_from_what_it_belongs_to(kind: str, printed: Path) -> None:
    """No line that leads to a table ends a page, no label of a cell loses its last character."""
    import pdfplumber

    with pdfplumber.open(printed / f"{kind}.pdf") as document:
        for page in document.pages:
            *_, last, _ = (line["text"] for line in page.extract_text_lines())
            assert not last.rstrip().endswith("："), page.page_number
            cells = [cell or "" for table in page.extract_tables() for row in table for cell in row]
            labels = [cell for cell in cells if len(cell) <= LABEL]
            assert [each for each in labels if re.search(r"\n.$", each)] == [], page.page_number


def outside(sheet: Sheet) -> list[str]:
    """What is set outside the type area, the page's number left out."""
    body = [char for char in sheet.chars if char["top"] * POINT <= BOTTOM and char["text"].strip()]
    return [
        char["text"]
        for char in chain(body, ({"text": "rule", **rule} for rule in sheet.rects + sheet.lines))
        if char["x0"] * POINT < LEFT - 1
        or char["x1"] * POINT > RIGHT + (HANGING if char["text"] in "，。、；：）” " else 1)
        or char["top"] * POINT < TOP - 1
        or char["bottom"] * POINT > BOTTOM + 1
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_fonts_are_named(kind: str, files: Mapping[str, Path]) -> None:
    with zipfile.ZipFile(io.BytesIO(files[kind].read_bytes())) as parts:
        styles = parts.read("word/styles.xml").decode()
        text = parts.read("word/document.xml").decode()
    assert all(f'w:eastAsia="{name}"' in styles for name in FONTS)
    assert 'w:ascii="Times New Roman"' in styles
    assert "eastAsiaTheme" not in text


@pytest.mark.parametrize("kind", ["weekly", *LONG])
def test_the_first_page_is_the_leaders(kind: str, printed: Path) -> None:
    """From the judgement to what is asked for; the next page begins with the data."""
    import pdfplumber

    with pdfplumber.open(printed / f"{kind}.pdf") as document:
        first, second = ("".join((p.extract_text() or "").split()) for p in document.pages[:2])
    for row in (
        "总体进度",
        "进度变化",
        "完成率排名",
        "工作亮点",
        "逾期最久",
        "没有填报",
        "工作要求",
    ):
        assert row in first
    assert "项目情况" not in second
    assert "基本数据" in first + second


def test_a_year_of_a_hundred_tasks_has_twelve_pages(printed: Path) -> None:
    import pdfplumber

    with pdfplumber.open(printed / "annual.pdf") as document:
        assert len(document.pages) <= 12
