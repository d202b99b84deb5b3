"""PDF documents: ruled tables as grids, joined over the pages they are printed on.

The pages are read by `pdf_pages` in a process of its own, so that a hostile file costs at most its
limits; `pdf_tables` joins what page breaks cut apart.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import ledger
from ledger.adapters.tables.grid import (
    Grid,
    file_bytes,
    named,
)
from ledger.adapters.tables.reading.headings import Paragraph, under_headings
from ledger.adapters.tables.reading.pdf_tables import Page, joined, page_of, parts
from ledger.errors import LedgerError
from ledger.model.record import dataclass, replace
from ledger.model.telling import Tell, silent

MAX_FILE = 50 * 1024**2
MAX_PAGES = 1000
MAX_STREAM = 64 * 1024**2
"""Bytes that a page's drawing, or any other stream but a picture, may unpack to."""
MAX_ANSWER = 64 * 1024**2
"""Bytes that a page may come to as data."""

_FOLIO = re.compile(r"—\s*\d+\s*—")  # as `wordfile` numbers pages
_HEAD = 1024
_CHUNK = 64 * 1024
_STREAM = re.compile(rb"stream\r?\n")
_DICTIONARY = 4096
_START = (
    "import sys; sys.path.append(sys.argv[1]);"
    " from ledger.adapters.tables.reading.pdf_pages import main; main()"
)
_OTHERS = {b"PK\x03\x04": ".docx 或 .xlsx", bytes.fromhex("d0cf11e0a1b11ae1"): ".doc 或 .xls"}
_ORIGINAL = "请取原来的 Word 或 Excel 文件导入"


@dataclass(frozen=True, slots=True)
class Printed:
    """A document on paper.

    Attributes:
        end: its last lines, below all tables, as one.
        texts: in its order what stands before each table, each of its columns, and what stands
            after the last; lines follow one another without a blank.
    """

    end: str
    texts: tuple[str, ...]


def read(path: Path, sheet: str | None = None, tell: Tell = silent) -> tuple[Grid, ...]:
    """The ruled tables of a document in its order, or the one named `sheet` (表1, 表2, …).

    Raises LedgerError naming the file: damaged, with a password, scanned, without ruled tables,
    too large or too complicated.
    """
    pages = read_pages(path, tell)
    blocks = joined(pages)
    if not blocks:
        raise _no_table(path, pages)
    grids = (
        replace(block.grid(f"表{number}"), wrapped=True) for number, block in enumerate(blocks, 1)
    )
    before = [[Paragraph(line.text) for line in block.before] for block in blocks]
    return named(under_headings(grids, before), sheet, "表格")


def read_printed(path: Path) -> Printed:
    """What our own documents say on paper, wherever their lines and pages end.

    Raises LedgerError as `read` does, but not for a document without tables.
    """
    blocks, after = parts(
        read_pages(path), lambda line: _FOLIO.fullmatch(line.text.strip()) is not None
    )
    texts: list[str] = []
    for block in blocks:
        texts += ["".join(line.text for line in block.before), *block.columns()]
    texts.append("".join(line.text for line in after))
    last = after or (blocks[-1].before if blocks else ())
    return Printed(_unwrapped([line.text for line in last]), tuple(texts))


def _unwrapped(lines: Sequence[str]) -> str:
    """Lines as one: where one ended there was a blank, but not after a hyphen or within Chinese."""
    text = ""
    for line in lines:
        blank = text and not text.endswith("-") and (text[-1].isascii() or line[:1].isascii())
        text += f" {line}" if blank else line
    return text


def read_pages(path: Path, tell: Tell = silent) -> list[Page]:
    """The pages of a document that has text.

    Raises LedgerError as `read` does, but not for a document without tables.
    """
    _check(path)
    pages = list(_pages(path, tell))
    if not any(page.lines or page.tables for page in pages):
        raise _no_table(path, pages)
    return pages


def _check(path: Path) -> None:
    """Look at both ends of a file before anything parses it."""
    data = file_bytes(path, MAX_FILE, _ORIGINAL)
    if not data:
        raise LedgerError(f"{path.name} 是空文件", hint="检查文件是否传完整，重新取一份")
    head, tail = data[:_HEAD], data[-2 * _HEAD :]
    if b"%PDF-" not in head:
        was = next((name for magic, name in _OTHERS.items() if head.startswith(magic)), "")
        raise LedgerError(
            f"{path.name} 不是 .pdf 文件，只是用了这个后缀",
            hint=f"像是 {was} 文件，把后缀改回去再导入" if was else "请取原来的文件",
        )
    if b"%%EOF" not in tail:
        raise _damaged(path)
    if any(_unpacks_to_much(data, stream) for stream in _STREAM.finditer(data)):
        raise _too_much(path)


def _unpacks_to_much(data: bytes, stream: re.Match[bytes]) -> bool:
    """Whether what follows is a stream that unpacks beyond all bounds; pictures are never read."""
    start = max(data.rfind(b"obj", 0, stream.start()), stream.start() - _DICTIONARY, 0)
    described = data[start : stream.start()]
    if b"Flate" not in described or b"/Image" in described:
        return False
    packing = zlib.decompressobj()
    view = memoryview(data)[stream.end() :]
    size = at = 0
    with suppress(zlib.error):
        while not packing.eof and (packing.unconsumed_tail or at < len(view)):
            packed: bytes | memoryview = packing.unconsumed_tail
            if not packed:
                packed, at = view[at : at + _CHUNK], at + _CHUNK
            size += len(packing.decompress(packed, _CHUNK * 16))
            if size > MAX_STREAM:
                return True
    return False


def _damaged(path: Path) -> LedgerError:
    return LedgerError(f"{path.name} 已损坏，读不完整", hint="检查文件是否传完整，重新取一份")


def _too_much(path: Path) -> LedgerError:
    return LedgerError(f"{path.name} 过于复杂，已停止读取", hint=_ORIGINAL)


def _no_table(path: Path, pages: list[Page]) -> LedgerError:
    if any(page.lines for page in pages):
        return LedgerError(f"{path.name} 里没有画线的表格", hint=_ORIGINAL)
    if any(page.pictures for page in pages):
        return LedgerError(
            f"{path.name} 是扫描件，只有图片，没有文字",
            hint=f"{_ORIGINAL}；没有的，用文字识别软件转成 Word 并校对后再导入",
        )
    return LedgerError(f"{path.name} 里没有内容", hint="检查文件是否传完整，重新取一份")


def _pages(path: Path, tell: Tell) -> Iterator[Page]:
    with path.open("rb") as file, _reader(file) as answers:
        total = _answer(path, answers).get("pages", 0)
        if total > MAX_PAGES:
            raise LedgerError(f"{path.name} 有 {total} 页，最多 {MAX_PAGES} 页", hint=_ORIGINAL)
        for number in range(1, total + 1):
            yield page_of(_answer(path, answers))
            tell(number, total)


@contextmanager
def _reader(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The answers of a `pdf_pages` process; it ends with the block, whatever happens."""
    root = Path(ledger.__file__).resolve().parent.parent
    # -P: nothing that lies in the current folder is imported.
    command = [sys.executable, "-P", "-c", _START, str(root)]
    process = subprocess.Popen(
        command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with process:
        assert process.stdout is not None  # noqa: S101 - stdout=PIPE above
        try:
            yield process.stdout
        finally:
            process.kill()


def _answer(path: Path, answers: IO[bytes]) -> dict[str, Any]:
    """The next answer; raises LedgerError for an error, or when there is none."""
    line = answers.readline(MAX_ANSWER)
    if not line.endswith(b"\n"):
        raise _too_much(path)
    answer: dict[str, Any] = json.loads(line)
    if answer.get("error") == "password":
        raise LedgerError(
            f"{path.name} 有密码，无法读取", hint="用阅读软件打开，取消密码后另存，再导入"
        )
    if answer.get("error") == "memory":
        raise _too_much(path)
    if "error" in answer:
        raise _damaged(path)
    return answer
