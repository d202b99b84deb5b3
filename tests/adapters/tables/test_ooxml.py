"""What is refused before an office file is opened."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from ledger.adapters.tables import ooxml
from ledger.adapters.tables.ooxml import walk
from ledger.adapters.tables.reading import read_grids
from ledger.errors import LedgerError

WriteBook = Callable[..., Path]
WriteParts = Callable[..., Path]

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ROWS = [["工作要点", "具体措施", "部门单位"], ["要点", "措施", "办公室"]]
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)


def _refusal(path: Path) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        read_grids(path)
    assert path.name in caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (b"", "空文件", "重新取一份"),
        (b"\x89PNG\r\n", "不是 .xlsx 文件", "另存为 .xlsx"),
        ("工作要点,措施\n".encode(), "不是 .xlsx 文件", ".csv"),
        (b"PK\x03\x04" + b"\x00" * 200, "已损坏", "另存为 .xlsx"),
        (OLE + b"\x00" * 1000, "旧格式（.xls）", "请另存为 .xlsx"),
        (OLE + b"\x00" * 500 + "EncryptedPackage".encode("utf-16-le"), "有密码", "取消密码"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, data: bytes, message: str, hint: str) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(data)
    refusal = _refusal(path)
    assert message in refusal.message
    assert hint in refusal.hint


def test_another_office_file_renamed(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "台账.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "不是 .xlsx 文件" in _refusal(tmp_path / "台账.xlsx").message


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
def test_a_file_cut_short(write_book: WriteBook, keep: float) -> None:
    path = write_book(ROWS)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    assert "已损坏" in _refusal(path).message


def test_any_damage_is_one_error_or_none(write_book: WriteBook) -> None:
    path = write_book(ROWS)
    data = path.read_bytes()
    chance = random.Random(7)  # noqa: S311
    failures = 0
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        path.write_bytes(broken)
        try:
            read_grids(path)
        except LedgerError:
            failures += 1
    assert failures > 50


@pytest.mark.parametrize(
    "part",
    ["[Content_Types].xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"],
)
def test_entities_are_refused_in_every_part(write_parts: WriteParts, part: str) -> None:
    path = write_parts("<sheetData/>", parts={part: LAUGHS + "<x>&j;</x>"})
    assert "DOCTYPE" in _refusal(path).message


def test_entities_in_another_encoding_are_refused(write_parts: WriteParts) -> None:
    laughs = (LAUGHS.replace('"1.0"', '"1.0" encoding="utf-16"') + "<x>&j;</x>").encode("utf-16")
    path = write_parts("<sheetData/>", parts={"xl/sharedStrings.xml": laughs})
    assert "DOCTYPE" in _refusal(path).message


def test_a_part_that_swells_is_refused(write_parts: WriteParts) -> None:
    path = write_parts("<sheetData/>" + " " * (ooxml._LARGE + 1))
    assert "解压后过大" in _refusal(path).message


def test_too_much_in_all_is_refused(
    write_parts: WriteParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ooxml, "MAX_UNPACKED", 10_000)
    path = write_parts("<sheetData/>", parts={"xl/media/a.png": bytes(10_000)})
    assert "解压后过大" in _refusal(path).message


def test_three_hundred_megabytes_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(300):
                part.write(bytes(1024**2))
    assert "解压后过大" in _refusal(path).message


def test_a_lie_about_the_size_is_no_way_around(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 50_000_000)
    data = path.read_bytes()
    path.write_bytes(data.replace((50_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    assert "已损坏" in _refusal(path).message


def test_a_directory_of_too_many_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ooxml, "MAX_DIRECTORY", 1000)
    path = tmp_path / "台账.xlsx"
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for number in range(30):
            archive.writestr(f"xl/{number}.xml", "")
    assert "解压后过大" in _refusal(path).message


def test_too_large_a_file(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    with path.open("wb") as file:
        file.truncate(ooxml.MAX_FILE + 1)
    assert "超过 50 MB" in _refusal(path).message


def test_an_encrypted_zip(write_book: WriteBook) -> None:
    path = write_book(ROWS)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "有密码" in _refusal(path).message


def test_too_many_elements_are_refused(write_parts: WriteParts) -> None:
    with ZipFile(write_parts("<a/>" * 20)) as archive:
        seen: list[str] = []
        walk(
            archive,
            "xl/worksheets/sheet1.xml",
            label="甲",
            limit=21,
            start=lambda name, _: seen.append(name),
        )
        assert seen == ["worksheet", *["a"] * 20]
        with pytest.raises(LedgerError, match="甲内容过多"):
            walk(archive, "xl/worksheets/sheet1.xml", label="甲", limit=20)
