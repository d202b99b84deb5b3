"""The texts of a file with their places, and which files rules on single characters may concern."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ledger.model.plaintext import unsafe, visible
from ledger.model.problem import Place
from ledger.model.snapshot import Entry, Snapshot

GAP = r"[ .·\u2010-\u2015-]{0,3}"  # what people put between groups of digits
SECRETS = ("绝密", "机密", "秘密")  # what papers that must not be shown are marked with

GAP_AS_WRITTEN = r"[ .·\u2010-\u2015\u3000．－…-]{0,3}"  # the same before NFKC
# What nearly every Chinese text consists of: each character is seen, steers no terminal, and stands
# for itself; by compatibility at most for a plain digit, letter, mark or blank, or for three dots.
PLAIN = r"\n -~\u3000-\u3011\u4e00-\u9fef\uff01-\uff5e“”‘’—·×…"
_PHONE = 11  # digits; a text as short as a date has no more
_IS_PLAIN = re.compile(f"[{PLAIN}]*")
_DIGITS = re.compile(rf"\d(?:{GAP_AS_WRITTEN}\d){{{_PHONE - 1}}}")
_WORDS = re.compile("|".join(SECRETS))


def texts(data: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every text of a file's data with its place."""
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield (*place, key), key
            yield from texts(value, (*place, key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from texts(value, (*place, position))


def notable(snapshot: Snapshot) -> tuple[Entry[Any], ...]:
    """The files that may have a character which steers a terminal, or a secret; others have none.

    Four rules ask for them, so the files are looked through once.
    """
    return snapshot.holding(_is_notable)


def _is_notable(texts: Sequence[str]) -> bool:
    """Whether there may be something, judged by all texts of a file together."""
    whole = "\n".join(texts)
    if not _IS_PLAIN.fullmatch(whole):
        seen = visible(whole)
        return bool(unsafe(whole) or _WORDS.search(seen) or _DIGITS.search(seen))
    if "密" in whole and _WORDS.search(whole):
        return True
    return bool(_DIGITS.search("\n".join([each for each in texts if len(each) >= _PHONE])))
