"""Makers of small files, as people and programs write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

WriteBook = Callable[..., Path]
WriteParts = Callable[..., Path]


@pytest.fixture
def write_book(tmp_path: Path) -> WriteBook:
    """A workbook with one sheet: rows of values and merged ranges, written by openpyxl."""

    def write(
        rows: Iterable[Sequence[object]], merged: Iterable[str] = (), name: str = "表.xlsx"
    ) -> Path:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "台账"
        for row in rows:
            sheet.append(list(row))
        for span in merged:
            sheet.merge_cells(span)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def write_parts(tmp_path: Path) -> WriteParts:
    """A workbook of one sheet from XML, the way Excel packs it: texts in a shared table."""

    def write(
        sheet: str,
        *,
        shared: str = "",
        styles: str = "",
        parts: Mapping[str, str | bytes] | None = None,
        name: str = "表.xlsx",
    ) -> Path:
        contents: dict[str, str | bytes] = {
            "[Content_Types].xml": _content_types(),
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        }
        if styles:
            contents["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
        contents.update(parts or {})
        with ZipFile(tmp_path / name, "w", ZIP_DEFLATED) as archive:
            for part, content in contents.items():
                archive.writestr(part, content)
        return tmp_path / name

    return write


def _content_types() -> str:
    overrides = {"workbook": "sheet.main", "sharedStrings": "sharedStrings", "styles": "styles"}
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
            for part, kind in overrides.items()
        )
        + "</Types>"
    )
