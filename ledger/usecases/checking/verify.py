"""`verify`: is what was printed still what the ledger says of its day?

A bulletin's last line names its commit, the digest of the ledger there, and how it was made; so it
can be made again and compared, line by line. The other thing to verify, a seal, is in `seal`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path

from ledger.adapters.tables.ooxml import checked_bytes
from ledger.adapters.tables.reading.word import DOCUMENT
from ledger.errors import LedgerError, UsageError
from ledger.model.record import dataclass
from ledger.usecases.bulletins.kinds import HTML
from ledger.usecases.bulletins.report import report, text_of
from ledger.usecases.bulletins.request import (
    Stamp,
    before_stamp,
    request_of,
    stamp_of,
    without_stamp,
)
from ledger.usecases.checking.seal import Verdict, verify_snapshot
from ledger.usecases.reading.open import Ledger

_LARGEST = 50_000_000  # bytes of a bulletin
_DOCX, _PDF = ".docx", ".pdf"
_HANGING = re.compile(r"[\s，。、；：！？）》」』”’]+")
_SHOWN = 3
_BEFORE, _AFTER = 10, 30  # characters shown around a difference


@dataclass(frozen=True, slots=True)
class _Bulletin:
    """A file's texts as they are compared, and the text at its end, where its stamp is."""

    texts: list[str]
    end: str
    on_paper: bool = False


def verify_file(ledger: Ledger, path: Path) -> Verdict:
    """Make a bulletin again from the commit that it names, and compare.

    Args:
        path: what `ledger report` wrote: Markdown, HTML or Word, or a PDF of Word's.

    Raises:
        UsageError: its last line is none that `ledger report` could have written.
        LedgerError: the file cannot be read, or says nothing of where it comes from.
    """
    bulletin = _read(path)
    stamp = stamp_of(bulletin.end)
    if stamp is None:
        raise LedgerError(
            f"{path.name} 里没有校验行，无从验证",
            hint="只有 ledger report 生成的通报可以验证，督办单和导出的表没有校验行；"
            "是通报的，请核对末尾那一行有没有被删去",
        )
    commit = _commit(ledger, stamp)
    snapshot = verify_snapshot(ledger, commit or stamp.commit, f"sha256:{stamp.digest}")
    if not commit:
        return snapshot
    if path.suffix.lower() == _PDF and request_of(stamp).form == HTML:
        note = "这是网页印成的 PDF，只核对了校验行，没有比较正文"
        return Verdict(snapshot.agrees, (*snapshot.lines, note))
    again = _made_again(ledger, stamp, commit, path)
    differing = [
        (number, was, now)
        for number, (was, now) in enumerate(zip_longest(bulletin.texts, again, fillvalue=""), 1)
        if was != now
    ]
    unit = "段" if bulletin.on_paper else "行"
    shown = tuple(
        f"第 {number} {unit}不同：文件里是“{_around(was, now)}”，重新计算是“{_around(now, was)}”"
        for number, was, now in differing[:_SHOWN]
    )
    more = (f"共有 {len(differing)} {unit}不同",) if len(differing) > _SHOWN else ()
    same = f"正文与重新计算的逐{unit}一致{'（标点不比）' if bulletin.on_paper else ''}"
    body = (*shown, *more) or (same,)
    return Verdict(snapshot.agrees and not differing, (*snapshot.lines, *body))


def _commit(ledger: Ledger, stamp: Stamp) -> str:
    """The whole id of a stamp's commit; empty where there is none, or several."""
    try:
        return ledger.repo.resolve(stamp.commit)
    except UsageError:
        return ""


def _made_again(ledger: Ledger, stamp: Stamp, commit: str, path: Path) -> list[str]:
    bulletin = report(ledger, request_of(stamp), commit)
    text = text_of(ledger, bulletin)
    suffix = path.suffix.lower()
    if suffix not in (_DOCX, _PDF):
        return _compared(text.splitlines())
    from ledger.adapters.tables.writing.official import official_docx, printed_texts, text_lines

    document = official_docx(text, bulletin.snapshot.config.fonts)
    if suffix == _DOCX:
        return _compared(text_lines(document))
    return _on_paper(printed_texts(document))


def _read(path: Path) -> _Bulletin:
    if path.stat().st_size > _LARGEST:
        raise LedgerError(f"{path.name} 太大，不会是通报", hint="请核对文件")
    suffix = path.suffix.lower()
    if suffix == _PDF:
        from ledger.adapters.tables.reading.pdf import read_printed

        printed = read_printed(path)
        return _Bulletin(_on_paper(printed.texts), printed.end, on_paper=True)
    lines = _docx_lines(path) if suffix == _DOCX else _text_lines(path)
    return _Bulletin(_compared(lines), "\n".join(lines))


def _docx_lines(path: Path) -> list[str]:
    from ledger.adapters.tables.writing.official import text_lines

    try:
        return text_lines(checked_bytes(path, DOCUMENT))
    except (KeyError, ValueError):
        raise LedgerError(f"{path.name} 已损坏，读不了", hint="请取原来的文件") from None


def _text_lines(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise LedgerError(
            f"{path.name} 不是 UTF-8 的文字", hint="请给出 ledger report 生成的原文件"
        ) from None


def _compared(lines: Iterable[str]) -> list[str]:
    return [without_stamp(line) for line in lines]


def _on_paper(texts: Iterable[str]) -> list[str]:
    """Texts without the stamp, and without what may be lost where lines end: blanks and marks.

    LibreOffice does not print a mark that would hang in the margin behind another one.
    """
    packed = [packed for text in texts if (packed := _HANGING.sub("", text))]
    return [*packed[:-1], *(before_stamp(text) for text in packed[-1:])]


def _around(text: str, other: str) -> str:
    """The part of a line where it begins to differ from another."""
    pairs = enumerate(zip_longest(text, other))
    same = next(place for place, (one, two) in pairs if one != two)
    start = max(0, same - _BEFORE)
    end = same + _AFTER
    return f"{'……' if start else ''}{text[start:end]}{'……' if end < len(text) else ''}"
