"""The package's own functions: which files, which sheets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from openpyxl import Workbook

from ledger.adapters.tables.reading import READERS, read_grids, read_tables
from ledger.errors import LedgerError

WriteBook = Callable[..., Path]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Two sheets with a header, one without, one empty."""
    book = Workbook()
    for name, rows in {
        "要点": [["工作要点", "具体措施"], ["要点一", "甲"]],
        "说明": [["本表由各部门填写"]],
        "整改": [["反馈问题", "整改办法"], ["问题一", "乙"]],
        "清单": [["任务", "措施"], ["任务一", "丙"], ["任务二", "丁"]],
    }.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "台账.xlsx")
    return tmp_path / "台账.xlsx"


@pytest.mark.parametrize("module", sorted(set(READERS.values())))
def test_every_registered_reader_can_be_loaded(module: str) -> None:
    assert callable(import_module(module).read)


def test_sheets_with_a_header_are_read_and_others_named(workbook: Path) -> None:
    imported = read_tables(workbook)
    assert [(table.name, len(table.rows)) for table in imported.tables] == [
        ("要点", 1),
        ("清单", 2),
    ]
    assert imported.notes == ("没有表头，没有导入的表：“说明”、“整改”",)


def test_one_sheet(workbook: Path) -> None:
    assert [table.name for table in read_tables(workbook, sheet="清单").tables] == ["清单"]
    with pytest.raises(LedgerError, match="表“说明”前 30 行里没有找到表头") as caught:
        read_tables(workbook, sheet="说明")
    assert "--map" in caught.value.hint
    with pytest.raises(LedgerError, match="没有名为“没有”的工作表"):
        read_tables(workbook, sheet="没有")


@pytest.mark.parametrize(
    ("titles", "names", "parts"),
    [
        (("", ""), ("党组书记", "副局长"), ("党组书记", "副局长")),
        (("党组书记责任清单", ""), ("表1", "办公室"), ("党组书记责任清单", "办公室")),
        (("", ""), ("党组书记", "汇总"), ("", "")),
        (("", ""), ("党组书记",), ("",)),
    ],
    ids=["names", "title or name", "not all", "a single one"],
)
def test_a_sheet_for_each_leader(
    titles: tuple[str, ...], names: tuple[str, ...], parts: tuple[str, ...], tmp_path: Path
) -> None:
    book = Workbook()
    for title, name in zip(titles, names, strict=False):
        sheet = book.create_sheet(name)
        for row in ([title or None], ["序号", "工作任务"], [1, "带头讲党课"]):
            sheet.append(row)
    book.save(tmp_path / "清单.xlsx")
    tables = read_tables(tmp_path / "清单.xlsx", known={"办公室"}).tables
    assert tuple(table.rows[0].section for table in tables) == parts
    assert tables[0].rows[0].leader == ("党组书记" if parts[0] else "")
    assert tables[-1].rows[0].lead == (("办公室",) if parts[-1] == "办公室" else ())
    assert {table.title for table in tables} == {""}


def test_a_mapped_column_must_be_somewhere(workbook: Path) -> None:
    imported = read_tables(workbook, mapping={"整改办法": "措施"})
    assert [table.name for table in imported.tables] == ["要点", "整改", "清单"]
    assert imported.tables[1].rows[0].measures == ("乙",)
    with pytest.raises(LedgerError, match="表头里没有“做法”列"):
        read_tables(workbook, mapping={"做法": "措施"})


def test_header_row_and_known_are_passed_on(tmp_path: Path) -> None:
    path = tmp_path / "计划.csv"
    path.write_text("任务,措施\n任务,具体做法\n任务,责任单位\n甲,规划和财务处\n", encoding="utf-8")
    table = read_tables(path, header_row=3, known={"规划", "财务处"}).tables[0]
    assert (table.rows[0].line, table.rows[0].lead) == (4, ("规划", "财务处"))


def test_no_sheet_with_a_header(write_book: WriteBook) -> None:
    with pytest.raises(LedgerError, match="表“台账”前 30 行里没有找到表头"):
        read_tables(write_book([["甲", "乙"]]))


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("没有.xlsx", "找不到文件", "检查路径"),
        ("文件夹.xlsx", "不是文件", "文件夹"),
        ("旧.XLS", "不能导入 .xls 文件：旧.XLS", "另存为 .xlsx"),
        ("表.et", "不能导入 .et 文件", "另存为 .xlsx"),
        ("图.png", "不能导入 .png 文件", ".xlsx"),
        ("无后缀", "不能导入没有后缀的文件", ".csv"),
        ("管道.csv", "不是文件", "文件夹"),
        ("长" * 500 + ".csv", "无法读取", "检查路径"),
    ],
)
def test_what_is_no_file_to_read(tmp_path: Path, name: str, message: str, hint: str) -> None:
    (tmp_path / "文件夹.xlsx").mkdir()
    os.mkfifo(tmp_path / "管道.csv")
    for file in ("旧.XLS", "表.et", "图.png", "无后缀"):
        (tmp_path / file).touch()
    with pytest.raises(LedgerError) as caught:
        read_grids(tmp_path / name)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_suffixes_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "计划.CSV").write_text("任务,措施\n甲,乙\n", encoding="utf-8")
    assert len(read_tables(tmp_path / "计划.CSV").tables[0].rows) == 1


def test_an_unreadable_file(tmp_path: Path) -> None:
    unreadable = Path("/proc/self/mem")
    if not unreadable.exists():
        pytest.skip("needs a file of the kernel's that cannot be read")
    (tmp_path / "计划.csv").symlink_to(unreadable)
    with pytest.raises(LedgerError, match=r"无法读取 .*计划.csv"):
        read_grids(tmp_path / "计划.csv")


def test_a_csv_is_read_without_loading_openpyxl(tmp_path: Path) -> None:
    path = tmp_path / "计划.csv"
    path.write_text("任务,措施\n甲,乙\n", encoding="utf-8")
    code = (
        "import sys; from pathlib import Path;"
        "from ledger.adapters.tables.reading import read_tables;"
        "rows = read_tables(Path(sys.argv[1])).tables[0].rows;"
        "print(len(rows), 'openpyxl' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        cwd=root,
        check=True,
    )
    assert done.stdout.split() == ["1", "False"]
