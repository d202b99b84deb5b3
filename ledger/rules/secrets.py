"""S: what must not enter a history that is never forgotten."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from ledger.model.plaintext import visible
from ledger.model.problem import Place, Problem
from ledger.model.snapshot import Snapshot
from ledger.rules.base import Context
from ledger.rules.texts import GAP, SECRETS, notable, texts

_IDENTITY = re.compile(rf"(?<!\d)(\d{{6}}){GAP}(\d{{4}}){GAP}(\d{{4}}){GAP}(\d{{3}})([\dXx])(?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_PHONE = re.compile(
    rf"(?<![0-9A-Za-z])(?:\+?86{GAP})?1[3-9]\d{GAP}\d{{4}}{GAP}\d{{4}}(?![0-9A-Za-z])"
)
_WORD = rf"({'|'.join(SECRETS)})"
_MARK = re.compile(
    rf"{_WORD}\s*[★☆*]|密级\s*[:：]\s*{_WORD}"
    rf"|[\[(【〔]\s*{_WORD}\s*[\])】〕]|^\s*{_WORD}\s*$"
)

_SHORT = 300  # characters: bounds what is remembered

ADVICE = "请删去；敏感材料只登记校验值和档案号"


def looks_for(code: str) -> Callable[[Snapshot, Context], Iterator[Problem]]:
    """The rule of a code: what it tests for is in no file's data."""

    def rule(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
        for entry in notable(snapshot):
            for place, text in texts(entry.data):
                if not _is_hash(place) and code in _codes(text):
                    where = f"{place[0]} 里" if place else ""
                    yield _problem(entry.path, code, where, entry.record.id, place)

    return rule


def in_lines(lines: Iterable[tuple[int, str]]) -> Iterator[Problem]:
    """Secrets in a file's lines that are no data: its comments, or all of it where it is broken.

    Args:
        lines: number and text of each.
    """
    for number, text in lines:
        seen = visible(text)
        for code in _TESTS:
            if _TESTS[code][1](seen):
                yield _problem("", code, "这一行", line=number)


def _codes(text: str) -> frozenset[str]:
    """Which secrets a text has; a short one is looked at once for all versions."""
    return _look(text) if len(text) <= _SHORT else _look.__wrapped__(text)


@functools.lru_cache(maxsize=20_000)
def _look(text: str) -> frozenset[str]:
    seen = visible(text)
    return frozenset(code for code, (_, test) in _TESTS.items() if test(seen))


def _problem(
    path: str, code: str, where: str, record_id: str = "", place: Place = (), line: int = 0
) -> Problem:
    message = f"{where}含有{_TESTS[code][0]}，不得进入台账"
    return Problem(path, code, message, ADVICE, id=record_id, place=place, line=line)


def _is_hash(place: Place) -> bool:
    return bool(place) and place[-1] in ("sha256", "digest")


def _is_identity(region: str, year: str, birthday: str, order: str, check: str) -> bool:
    """Whether these digits have a real date and the check digit of GB 11643."""
    try:
        dt.date(int(year), int(birthday[:2]), int(birthday[2:]))
    except ValueError:
        return False
    digits = region + year + birthday + order
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == check.upper()


_TESTS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "S001": ("疑似身份证号", lambda text: any(_is_identity(*n) for n in _IDENTITY.findall(text))),
    "S002": ("疑似手机号", lambda text: bool(_PHONE.search(text))),
    "S003": ("密级标志", lambda text: bool(_MARK.search(text))),
}
"""Code → what it finds (Chinese), and how."""
