"""`verify`: is what was printed still what the ledger says of its day?

A bulletin's last line names its commit, the digest of the ledger there, and how it was made; so it
can be made again and compared, line by line. The other thing to verify, a seal, is in `seal`.
"""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

from ledger.adapters.tables.ooxml import checked_bytes
from ledger.adapters.tables.reading.word import DOCUMENT
from ledger.errors import LedgerError
from ledger.usecases.bulletins.report import report, text_of
from ledger.usecases.bulletins.request import Stamp, request_of, stamp_of
from ledger.usecases.checking.seal import Verdict, verify_snapshot
from ledger.usecases.reading.open import Ledger

_LARGEST = 50_000_000  # bytes of a bulletin
_DOCX = ".docx"
_SHOWN = 3
_BEFORE, _AFTER = 10, 30  # characters shown around a difference


def verify_file(ledger: Ledger, path: Path) -> Verdict:
    """Make a bulletin again from the commit that it names, and compare.

    Args:
        path: what `ledger report` wrote: Markdown, HTML or Word.

    Raises:
        UsageError: its last line is none that `ledger report` could have written.
        LedgerError: the file cannot be read, or says nothing of where it comes from.
    """
    lines = _lines(path)
    stamp = stamp_of("\n".join(lines))
    if stamp is None:
        raise LedgerError(
            f"{path.name} 里没有校验行，无从验证",
            hint="只有 ledger report 生成的通报可以验证；请核对末尾那一行有没有被删去",
        )
    snapshot = verify_snapshot(ledger, stamp.commit, stamp.digest)
    if not ledger.repo.has(stamp.commit):
        return snapshot
    again = _made_again(ledger, stamp, path)
    differing = [
        (number, was, now)
        for number, (was, now) in enumerate(zip_longest(lines, again, fillvalue=""), 1)
        if was != now
    ]
    shown = tuple(
        f"第 {number} 行不同：文件里是“{_around(was, now)}”，重新计算是“{_around(now, was)}”"
        for number, was, now in differing[:_SHOWN]
    )
    more = (f"共有 {len(differing)} 行不同",) if len(differing) > _SHOWN else ()
    body = (*shown, *more) or ("正文与重新计算的逐行一致",)
    return Verdict(snapshot.agrees and not differing, (*snapshot.lines, *body))


def _made_again(ledger: Ledger, stamp: Stamp, path: Path) -> list[str]:
    bulletin = report(ledger, request_of(stamp), stamp.commit)
    text = text_of(ledger, bulletin)
    if path.suffix.lower() == _DOCX:
        from ledger.adapters.tables.writing.official import official_docx, text_lines

        return text_lines(official_docx(text, bulletin.snapshot.config.fonts))
    return text.splitlines()


def _lines(path: Path) -> list[str]:
    if path.stat().st_size > _LARGEST:
        raise LedgerError(f"{path.name} 太大，不会是通报", hint="请核对文件")
    if path.suffix.lower() == _DOCX:
        from ledger.adapters.tables.writing.official import text_lines

        try:
            return text_lines(checked_bytes(path, DOCUMENT))
        except (KeyError, ValueError):
            raise LedgerError(f"{path.name} 已损坏，读不了", hint="请取原来的文件") from None
    try:
        return path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise LedgerError(
            f"{path.name} 不是 UTF-8 的文字", hint="请给出 ledger report 生成的原文件"
        ) from None


def _around(text: str, other: str) -> str:
    """The part of a line where it begins to differ from another."""
    pairs = enumerate(zip_longest(text, other))
    same = next(place for place, (one, two) in pairs if one != two)
    start = max(0, same - _BEFORE)
    end = same + _AFTER
    return f"{'……' if start else ''}{text[start:end]}{'……' if end < len(text) else ''}"
