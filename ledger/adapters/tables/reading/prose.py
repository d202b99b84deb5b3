"""Documents in prose (txt, md, docx, pdf) as passages: paragraphs, each with where it stands.

Lines that a program has broken for want of room are joined again; rows of tables are passages of
their own. Another format is one more function and one more line in `PROSE`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ledger.adapters.tables.grid import clean_text, file_bytes
from ledger.adapters.tables.reading.csvtext import decode
from ledger.adapters.tables.reading.pdf_lines import PrintedLine, wraps
from ledger.errors import LedgerError, UsageError, reason
from ledger.model.prose import TextBlock, number_level
from ledger.model.record import dataclass, replace
from ledger.model.telling import Tell, silent

MAX_TEXT_FILE = 2 * 1024**2
MAX_PASSAGES = 50_000

_OTHERS = {b"PK\x03\x04": ".docx 或 .xlsx", bytes.fromhex("d0cf11e0a1b11ae1"): ".doc 或 .xls",
           b"%PDF-": ".pdf"}  # fmt: skip
_AS_TEXT = "用记事本打开，另存为 UTF-8 编码的文本后再试"
_ENDED = re.compile(r"[。！？；：.!?;:…]\s*[”’」』）)]*$")
_LONG = 40  # characters after which a line without an end is no heading
_WIDEST_WRAPPED = 110  # half-width characters: longer lines are paragraphs
_SLACK = 7  # half-width characters that a full line may lack
_SHARE = 0.3  # of lines that are full where a text is wrapped
_INDENT = 1.2  # letters
_MARK = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")
_LIST = re.compile(r"(?:[-*+]|>)\s+")
_RULE = re.compile(r"[-=*_\s|:]{3,}")
_ESCAPED = re.compile(r"\\([\\`*_\[\]|~#<>&-])")


@dataclass(frozen=True, slots=True)
class Prose:
    """What a document says, and notes (Chinese) on what of it was not read.

    `lines` are those of a text as they stand, for what only their ends tell; empty for others.
    """

    passages: tuple[TextBlock, ...]
    notes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def read_document(path: Path, tell: Tell = silent) -> Prose:
    """The passages of a document.

    Raises LedgerError for a file that is missing, of another kind, with a password, scanned,
    damaged, empty or too large.
    """
    suffix = path.suffix.lower()
    if not path.exists():
        raise UsageError(f"找不到文件 {path}", hint="请检查路径和文件名")
    if not path.is_file():
        raise LedgerError(f"{path} 不是文件", hint="请给出一份文件，而不是文件夹")
    if suffix not in PROSE:
        raise _unknown(path, suffix)
    try:
        prose = PROSE[suffix](path, tell)
    except OSError as exc:
        raise LedgerError(f"无法读取 {path}：{reason(exc)}", hint="请检查路径和权限") from exc
    if not prose.passages:
        raise LedgerError(f"{path.name} 里没有文字", hint="检查文件是否传完整，重新取一份")
    if len(prose.passages) > MAX_PASSAGES:
        raise LedgerError(f"{path.name} 超过 {MAX_PASSAGES} 段", hint="分成几份文件再拆分")
    return prose


def _unknown(path: Path, suffix: str) -> LedgerError:
    hint = f"可以拆分：{'、'.join(PROSE)}"
    if suffix in (".xlsx", ".xlsm", ".csv", ".tsv"):
        hint = "表格请用 ledger import 导入"
    elif suffix in (".doc", ".docm", ".wps", ".odt", ".rtf", ".pages"):
        hint = "请用办公软件打开，另存为 .docx 后再试"
    elif suffix in (".htm", ".html"):
        hint = "请用浏览器打开，把正文复制到 Word 或记事本里，存为 .docx 或 .txt 后再试"
    named = f" {suffix} " if suffix else "没有后缀的"
    return LedgerError(f"不能拆分{named}文件：{path.name}", hint=hint)


def _text(path: Path, tell: Tell) -> Prose:
    """A text file: UTF-8 or GB18030, with or without Markdown."""
    data = file_bytes(path, MAX_TEXT_FILE, "分成几份文件再拆分")
    for magic, kind in _OTHERS.items():
        if data.startswith(magic):
            raise LedgerError(
                f"{path.name} 不是文本文件，只是用了这个后缀",
                hint=f"像是 {kind} 文件，把后缀改回去再试",
            )
    try:
        text = decode(data, path.name)
    except LedgerError as exc:
        raise LedgerError(exc.message, hint=_AS_TEXT) from exc
    lines = tuple(re.split(r"\r\n?|\n|\f", text))
    return Prose(tuple(_paragraphs(lines)), lines=lines)


def _paragraphs(lines: Sequence[str]) -> Iterator[TextBlock]:
    """Lines as paragraphs: what was broken for want of room is joined again."""
    full = _full_width(lines)
    margin = min((_indent(line) for line in lines if line.strip()), default=0)
    waiting: TextBlock | None = None
    goes_on = False
    for number, line in enumerate(lines, start=1):
        passage = _marked(line, f"第{number}行")
        if passage is None:
            continue
        new = passage.row or passage.level is not None or bool(passage.head)
        new = new or number_level(passage.text) is not None or _indent(line) > margin + 1
        if waiting and goes_on and not new:
            waiting = replace(waiting, text=glued(waiting.text, passage.text))
        else:
            if waiting:
                yield waiting
            waiting = passage
        goes_on = not waiting.row and waiting.level is None and _goes_on(line, full)
    if waiting:
        yield waiting


def _goes_on(line: str, full: int) -> bool:
    """Whether a line's end ends nothing."""
    text = line.strip()
    if _ENDED.search(text):
        return False
    if full:
        return _width(text) >= full
    return (len(text) > _LONG and text[-1] not in "）)") or text[-1] in "，、"


def _indent(line: str) -> int:
    return _width(line) - _width(line.lstrip())


def _full_width(lines: Sequence[str]) -> int:
    """From which width on a line is full; 0 for a text whose lines are paragraphs."""
    widths = sorted(_width(line.strip()) for line in lines if line.strip())
    if len(widths) < 5:
        return 0
    widest = widths[-max(1, len(widths) // 50)]
    fullest = sum(width >= widest - _SLACK for width in widths)
    wrapped = widest <= _WIDEST_WRAPPED and fullest >= _SHARE * len(widths)
    return widest - _SLACK if wrapped else 0


def _width(text: str) -> int:
    return sum(1 if char < "\u2e80" else 2 for char in text)


def _marked(line: str, place: str) -> TextBlock | None:
    """A line without Markdown's marks; None for one that says nothing."""
    text = clean_text(line.replace("\u3000", " "))
    if not text or _RULE.fullmatch(text):
        return None
    if text.startswith("|") and text.endswith("|") and len(text) > 1:
        return TextBlock(" ".join(text.strip("|").replace("|", " ").split()), place, row=True)
    level = None
    if heading := re.match(r"(#{1,6})\s+", text):
        level, text = len(heading[1]) - 1, text[heading.end() :].rstrip("# ")
    text = re.sub(_LIST, "", text, count=1)
    begin = _MARK.match(text)
    head = (begin[1] or begin[2]).strip() if begin else ""
    text = re.sub(_ESCAPED, r"\1", re.sub(_MARK, lambda mark: mark[1] or mark[2], text)).strip()
    return TextBlock(text, place, level, head if _is_head(head, text) else "") if text else None


def _is_head(head: str, text: str) -> bool:
    """Whether what is printed bold at a paragraph's beginning is a heading, not one strong word."""
    return bool(head) and (
        head == text or number_level(head) is not None or head.endswith(("。", "：", ":"))
    )


def glued(text: str, more: str) -> str:
    """Two parts of a paragraph as one; a blank stays between Latin words."""
    latin = all(each.isascii() and each.isalnum() for each in (text[-1:], more[:1]))
    return f"{text} {more}" if latin else text + more


def _word(path: Path, tell: Tell) -> Prose:
    from ledger.adapters.tables.reading.word import read_text

    blocks, notes = read_text(path, tell)
    passages: list[TextBlock] = []
    for number, block in enumerate(blocks, start=1):
        place = f"第{number}段"
        if isinstance(block, str):
            passages += (
                [TextBlock(" ".join(block.split()), place, row=True)] if block.strip() else []
            )
        else:
            passages += [
                TextBlock(" ".join(line.split()), place, block.level)
                for line in block.text.split("\n")
                if line.strip()
            ]
    return Prose(tuple(passages), notes)


def _pdf(path: Path, tell: Tell) -> Prose:
    from ledger.adapters.tables.reading.pdf import read_pages
    from ledger.adapters.tables.reading.pdf_tables import plain_line, running_lines

    pages = read_pages(path, tell)
    running = running_lines(pages)
    kept = [[line for line in page.lines if plain_line(line) not in running] for page in pages]
    every = [line for lines in kept for line in lines]
    left = min((line.x0 for line in every), default=0.0)
    paper = _Paper(left, max((line.x1 for line in every), default=0.0) - left)
    for number, (page, lines) in enumerate(zip(pages, kept, strict=True), start=1):
        rows = [
            (piece.lines[0].top, " ".join(line.text for line in piece.lines))
            for table in page.tables
            for piece in table.pieces
            if piece.lines
        ]
        for count, line in enumerate(lines, start=1):
            rows = paper.add_rows(rows, line.top, number)
            paper.add(line, f"第{number}页第{count}行")
        paper.add_rows(rows, math.inf, number)
    pictures = sum(page.pictures for page in pages)
    notes = (f"图片没有读：{pictures} 张",) if pictures else ()
    return Prose(tuple(paper.passages), notes)


class _Paper:
    """Lines of pages put together to paragraphs."""

    def __init__(self, left: float, room: float) -> None:
        self.left = left
        self.room = room
        self.passages: list[TextBlock] = []
        self.last: PrintedLine | None = None

    def add(self, line: PrintedLine, place: str) -> None:
        """One more line: the rest of a paragraph, or another one."""
        indented = line.x0 > self.left + _INDENT * line.size
        last = self.last and replace(self.last, x0=self.left)
        if last and not indented and wraps(last, line, self.room):
            before = self.passages[-1]
            self.passages[-1] = replace(before, text=glued(before.text, line.text))
        else:
            self.passages.append(TextBlock(line.text, place))
        self.last = line

    def add_rows(
        self, rows: list[tuple[float, str]], above: float, page: int
    ) -> list[tuple[float, str]]:
        """The cells (top, text) of tables above a height; returns those below."""
        before = [text for top, text in rows if top < above]
        self.passages += [TextBlock(text, f"第{page}页表格", row=True) for text in before]
        self.last = None if before else self.last
        return [each for each in rows if each[0] >= above]


PROSE: Mapping[str, Callable[[Path, Tell], Prose]] = {
    ".txt": _text,
    ".md": _text,
    ".docx": _word,
    ".pdf": _pdf,
}
"""Suffix → what reads it."""
