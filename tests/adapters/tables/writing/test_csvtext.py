"""CSV: encodings, quoting, and that the importer reads the same texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.tables.grid import clean_text
from ledger.adapters.tables.reading.csvtext import read
from ledger.adapters.tables.writing.csvtext import csv_file
from ledger.adapters.tables.writing.sheet import Sheet, SheetColumn
from ledger.errors import UsageError

COLUMNS = (SheetColumn("编号", 9), SheetColumn("措施", 9))


def table(*rows: tuple[str, str]) -> Sheet:
    return Sheet("台账", "题目", COLUMNS, rows)


def test_excel_opens_it_as_utf8() -> None:
    content = csv_file(table(("1", '说"好"\n第二行')))
    assert content == '\ufeff编号,措施\r\n1,"说""好""\n第二行"\r\n'.encode()


def test_gb18030_holds_every_character() -> None:
    content = csv_file(table(("1", "龘䶮𠮷😀")), "GB18030")
    assert content.decode("gb18030") == "编号,措施\r\n1,龘䶮𠮷😀\r\n"


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(UsageError, match="没有编码“big5”"):
        csv_file(table(), "big5")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@given(texts=st.lists(st.text(alphabet="=-+@'\"\n\r,;一二 a1\t", max_size=9), max_size=5))
def test_the_importer_reads_the_same(
    encoding: str, texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place: Path = tmp_path_factory.getbasetemp() / "round.csv"
    place.write_bytes(
        csv_file(table(*((f"id{n}", text) for n, text in enumerate(texts))), encoding)
    )
    (grid,) = read(place)
    imported = [row.cells[1].text if len(row.cells) > 1 else "" for row in grid.rows[1:]]
    assert imported == [clean_text(text) for text in texts]
