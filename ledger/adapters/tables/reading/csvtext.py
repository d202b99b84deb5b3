"""Text tables (.csv, .tsv): encoding and delimiter are found out, quoting is checked."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from ledger.adapters.tables.grid import (
    EMPTY,
    MAX_COLUMNS,
    TOLD_EVERY,
    Cell,
    Grid,
    GridRow,
    assemble,
    choose_name,
    clean_text,
    file_bytes,
)
from ledger.errors import LedgerError
from ledger.model.plaintext import unguarded
from ledger.model.telling import Tell, silent

MAX_FILE = 20 * 1024**2
MAX_RECORDS = 1_048_576
MAX_FIELDS = 16_384
"""The size of an Excel sheet, blank rows and columns included."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DELIMITERS = ",\t;|"
_SAMPLE = 50
_SAMPLE_TEXT = 100_000
_OTHER_FORMATS = {b"PK\x03\x04": ".xlsx", bytes.fromhex("d0cf11e0a1b11ae1"): ".xls"}


def read(path: Path, sheet: str | None = None, tell: Tell = silent) -> tuple[Grid, ...]:
    """The one table of a text file, named after the file; lines are records, as Excel shows them.

    Raises LedgerError naming the file and, for what cannot be decoded or quoted, its line.
    """
    if sheet is not None:
        choose_name([path.stem], sheet, "工作表")
    text = decode(file_bytes(path, MAX_FILE, "删去无关内容，或分成几个文件"), path.name)
    return (assemble(path.stem, _rows(text, path.name, tell)),)


def decode(data: bytes, name: str) -> str:
    """Text of `data`: by its byte order mark, else UTF-8, else GB18030 (which holds GBK).

    Raises LedgerError naming the line that cannot be decoded or holds NUL.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, name)
    _refuse_binary(data, name)
    return _strict(data, "utf-8" if _mostly_utf8(data) else "gb18030", name)


def _refuse_binary(data: bytes, name: str) -> None:
    for magic, suffix in _OTHER_FORMATS.items():
        if data.startswith(magic):
            raise LedgerError(
                f"{name} 不是文本，像是改了后缀的 Excel 文件",
                hint=f"把后缀改回 {suffix}，或用 Excel 另存为 csv",
            )


def _mostly_utf8(data: bytes) -> bool:
    """UTF-8 with a few broken bytes is damaged UTF-8; read as GB18030 it would be nonsense."""
    text = data.decode("utf-8", errors="replace")
    foreign = sum(char > "\x7f" for char in text)
    return text.count("\ufffd") * 5 <= foreign


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as exc:
        line = _line_after(data[: exc.start].decode(encoding, errors="replace"))
        raise LedgerError(
            f"{name} 第 {line} 行有无法识别的字符（按 {encoding.upper()} 读取）",
            hint="用 Excel 打开，另存为“CSV UTF-8（逗号分隔）”后再导入",
        ) from exc
    if "\0" in text:
        line = _line_after(text[: text.index("\0")])
        raise LedgerError(
            f"{name} 第 {line} 行有空字符（NUL），不是正常的文本",
            hint="文件可能已损坏，或是没有标记的 UTF-16；用 Excel 另存为“CSV UTF-8”后再导入",
        )
    return text


def _line_after(text: str) -> int:
    return sum(line.endswith("\n") for line in _lines(text)) + 1


def _evenness(text: str, delimiter: str) -> tuple[float, int, int]:
    """Which share of records has the commonest width above one, how many they are, that width.

    Quoting that makes no sense ends the count and leaves no share: a sign of another delimiter.
    """
    lines = _lines(text[:_SAMPLE_TEXT])
    records = islice(csv.reader(lines, delimiter=delimiter, strict=True), _SAMPLE)
    widths: Counter[int] = Counter()
    total = 0
    with suppress(csv.Error):
        widths.update(len(record) for record in records)
        total = widths.total()
    several = [(count, width) for width, count in widths.items() if width > 1]
    count, width = max(several, default=(0, 0))
    return (count / total if total else 0, count, width)


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends; unlike str.splitlines, only at CR and LF."""
    return io.StringIO(text, newline=None)


def _rows(text: str, name: str, tell: Tell) -> Iterator[GridRow]:
    # The delimiter which cuts the largest share of the first records into equally many fields.
    delimiter = max(_DELIMITERS, key=lambda each: _evenness(text, each))
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    line = 0
    try:
        for line, record in enumerate(reader, start=1):
            if line > MAX_RECORDS:
                raise LedgerError(f"{name} 超过 {MAX_RECORDS} 行", hint="删去空行后再导入")
            if line % TOLD_EVERY == 0:
                tell(line, 0)
            if fields := _trimmed(record, line, name):
                yield GridRow(line, tuple(map(_cell, fields)))
    except csv.Error as exc:
        raise LedgerError(
            f"{name} 第 {line + 1} 条记录（文件第 {reader.line_num} 行）引号不配对，或单元格过长",
            hint='单元格里的英文引号要写成两个（""），整格再用引号括起来；或用 Excel 另存',
        ) from exc


def _trimmed(record: list[str], line: int, name: str) -> list[str]:
    """Without the empty fields at the end, which some programs write by the hundred."""
    while record and not record[-1].strip() and len(record) <= MAX_FIELDS:
        record.pop()
    if len(record) > MAX_COLUMNS:
        raise LedgerError(
            f"{name} 第 {line} 行有 {len(record)} 列，最多 {MAX_COLUMNS} 列",
            hint="检查这一行的引号和分隔符，或用 Excel 打开后另存为 csv",
        )
    return record


def _cell(text: str) -> Cell:
    """A field's text; the apostrophe that an export puts before a formula is no part of it."""
    cleaned = unguarded(clean_text(text))
    return Cell(cleaned) if cleaned else EMPTY
