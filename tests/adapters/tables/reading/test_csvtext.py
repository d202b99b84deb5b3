"""Text tables: encodings, delimiters, quoting, and what is refused."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.tables.grid import clean_text
from ledger.adapters.tables.reading import csvtext, read_grids
from ledger.errors import LedgerError

TEXT = (
    "序号,工作要点,具体措施,部门单位,完成时间\n"
    "1,要点一,措施一,办公室,12月\n"
    "2,,措施二,人事司,6月底\n"
)


def _texts(path: Path) -> list[list[str]]:
    [grid] = read_grids(path)
    return [[cell.text for cell in row.cells] for row in grid.rows]


def _write(folder: Path, data: bytes, name: str = "计划.csv") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gbk"),
        TEXT.encode("gb18030"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode("gbk"),
    ],
)
def test_encodings_and_line_ends(tmp_path: Path, data: bytes) -> None:
    texts = _texts(_write(tmp_path, data))
    assert texts[0] == ["序号", "工作要点", "具体措施", "部门单位", "完成时间"]
    assert texts[2] == ["2", "", "措施二", "人事司", "6月底"]


def test_gb18030_beyond_gbk(tmp_path: Path) -> None:
    assert _texts(_write(tmp_path, "任务,措施\n㐂𠮷,乙\n".encode("gb18030")))[1] == ["㐂𠮷", "乙"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    rows = [["序号", "措施"], ["1", "甲,乙"], ["2", "丙;丁;戊"], ["3", "己\t庚"], ["4", "辛,壬;癸"]]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerows(rows)
    texts = _texts(_write(tmp_path, buffer.getvalue().encode()))
    assert texts == [[cell.replace("\t", " ") for cell in row] for row in rows]


def test_the_guard_before_a_formula_is_no_text(tmp_path: Path) -> None:
    data = "序号,措施\n1,'=A1+乙\n2,'单引号'\n3,''-甲\n".encode()
    assert [row[1] for row in _texts(_write(tmp_path, data))] == [
        "措施", "=A1+乙", "'单引号'", "'-甲",
    ]  # fmt: skip


def test_delimiters_inside_long_cells_count_for_nothing(tmp_path: Path) -> None:
    data = '编号,措施\na,";\n;1"\nb,";\n;1"\n'.encode()
    assert _texts(_write(tmp_path, data))[1:] == [["a", ";\n;1"], ["b", ";\n;1"]]


def test_quoting_tells_the_delimiter_of_ragged_rows(tmp_path: Path) -> None:
    data = '"序号","措施"\n"","",";甲"\n"","","",";乙"\n'.encode()
    assert _texts(_write(tmp_path, data))[2] == ["", "", "", ";乙"]


def test_quoted_line_breaks_and_record_numbers(tmp_path: Path) -> None:
    [grid] = read_grids(_write(tmp_path, '序号,措施\n\n1,"甲\n乙"\n2,"说""好"""\n'.encode()))
    assert [row.line for row in grid.rows] == [1, 3, 4]
    assert [row.cells[1].text for row in grid.rows] == ["措施", "甲\n乙", '说"好"']


def test_ragged_rows_are_evened_out(tmp_path: Path) -> None:
    assert _texts(_write(tmp_path, "序号,措施,备注\n1,甲\n2,乙,丙,丁,,,\n".encode())) == [
        ["序号", "措施", "备注", ""],
        ["1", "甲", "", ""],
        ["2", "乙", "丙", "丁"],
    ]


def test_the_table_is_named_after_the_file(tmp_path: Path) -> None:
    path = _write(tmp_path, TEXT.encode())
    assert read_grids(path, sheet="计划")[0].name == "计划"
    with pytest.raises(LedgerError, match="没有名为“表1”的工作表"):
        read_grids(path, sheet="表1")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n1,\x00\n", "第 2 行有空字符"),
        (b"a,b\rc,d\r\n1,\x00\n", "第 3 行有空字符"),
        (TEXT.encode("utf-16-le"), "第 1 行有空字符"),
        (TEXT.encode() + b"3,\xff\xfe\n", "第 4 行有无法识别的字符（按 UTF-8"),
        (TEXT.encode("gbk") + b"3,\xff\xff\n", "第 4 行有无法识别的字符（按 GB18030"),
        (codecs.BOM_UTF8 + TEXT.encode() + b"\xe5\n", "第 4 行有无法识别的字符"),
        (codecs.BOM_UTF16_LE + "甲\n乙".encode("utf-16-le") + b"\x00", "第 2 行有无法识别的字符"),
        ('序号,措施\n1,"没有配对\n2,乙\n'.encode(), "第 2 条记录（文件第 3 行）引号不配对"),
        ('序号,措施\n1,"三会一课"制度\n'.encode(), "第 2 条记录（文件第 2 行）引号不配对"),
        ("序号,措施\n1,".encode() + "长".encode() * 140_000, "第 2 条记录"),
        (b"a," * 1000 + b"a\n", "第 1 行有 1001 列"),
        (b"," * 20_000, "第 1 行有 20001 列"),
        (b"\n" * 1_048_577, "超过 1048576 行"),
        (b"PK\x03\x04" + b"\x00" * 50, "像是改了后缀的 Excel 文件"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 50, "像是改了后缀的 Excel 文件"),
        (b"", "没有内容"),
        (b" \n,,\n\n", "没有内容"),
        (codecs.BOM_UTF8, "没有内容"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(LedgerError, match=message) as caught:
        read_grids(_write(tmp_path, data))
    assert caught.value.hint
    assert "计划.csv" in caught.value.message


def test_too_large_a_file(tmp_path: Path) -> None:
    path = tmp_path / "大.csv"
    with path.open("wb") as file:
        file.truncate(csvtext.MAX_FILE + 1)
    with pytest.raises(LedgerError, match=r"大.csv 超过 20 MB"):
        read_grids(path)


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_one_error(data: bytes) -> None:
    try:
        text = csvtext.decode(data, "甲.csv")
    except LedgerError as error:
        text = error.message
    assert "\0" not in text


# All that GB18030 has: Unicode's characters; told by `codec`, hypothesis would try each of them.
CHARACTERS = st.characters(exclude_categories=["Cs"])


@given(st.lists(st.lists(st.text(CHARACTERS, max_size=8), min_size=2, max_size=4), max_size=6))
def test_what_a_csv_writer_wrote_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([["序号", "措施"], *rows])
    path = _write(tmp_path_factory.mktemp("csv"), buffer.getvalue().encode("utf-8-sig"))
    if "\0" in buffer.getvalue():
        with pytest.raises(LedgerError, match="空字符"):
            read_grids(path)
        return
    read = [[text for text in row if text] for row in _texts(path)[1:]]
    cleaned = [[clean_text(text) for text in row] for row in rows]
    assert read == [[text for text in row if text] for row in cleaned if any(row)]
