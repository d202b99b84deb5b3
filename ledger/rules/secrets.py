"""S: what must not enter a history that is never forgotten."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from ledger.model.problem import Place, Problem
from ledger.model.snapshot import Entry, Snapshot
from ledger.rules.base import Context
from ledger.rules.tasks import texts

_IDENTITY = re.compile(r"(?<!\d)(\d{6})[ -]?(\d{4})[ -]?(\d{4})[ -]?(\d{3})([\dXx])(?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z])")
_MARK = re.compile(
    r"(绝密|机密|秘密)\s*[★☆*]|密级\s*[:：]\s*(绝密|机密|秘密)"
    r"|[\[(【〔]\s*(绝密|机密|秘密)\s*[\])】〕]|^\s*(绝密|机密|秘密)\s*$"
)
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")


def s001_identity(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """S001: no 身份证号 (18 digits with a real date and the check digit of GB 11643)."""
    yield from _found(snapshot, "S001", "疑似身份证号", _has_identity)


def s002_phone(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """S002: no 手机号."""
    yield from _found(snapshot, "S002", "疑似手机号", lambda text: bool(_PHONE.search(text)))


def s003_classified(snapshot: Snapshot, context: Context) -> Iterator[Problem]:
    """S003: no mark of classification (密级标志)."""
    yield from _found(snapshot, "S003", "密级标志", lambda text: bool(_MARK.search(text)))


def _found(snapshot: Snapshot, code: str, called: str, test: Any) -> Iterator[Problem]:
    entries: tuple[Entry[Any], ...] = (*snapshot.tasks, *snapshot.sources, *snapshot.decisions)
    for entry in entries:
        for place, text in texts(entry.data):
            if not _is_hash(place) and test(_plain(text)):
                yield Problem(
                    entry.path,
                    code,
                    f"{_where(place)}含有{called}，不得进入台账",
                    "请删去；敏感材料只登记校验值和档案号",
                    id=entry.record.id,
                    place=place,
                )


def _plain(text: str) -> str:
    """Text as it reads: full-width digits as digits, nothing invisible between them."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def _is_hash(place: Place) -> bool:
    return bool(place) and place[-1] in ("sha256", "digest")


def _where(place: Place) -> str:
    return f"{place[0]} 里" if place else ""


def _has_identity(text: str) -> bool:
    return any(_is_identity(*found) for found in _IDENTITY.findall(text))


def _is_identity(region: str, year: str, birthday: str, order: str, check: str) -> bool:
    try:
        dt.date(int(year), int(birthday[:2]), int(birthday[2:]))
    except ValueError:
        return False
    digits = region + year + birthday + order
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == check.upper()
