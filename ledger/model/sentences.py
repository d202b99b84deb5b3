"""Sentences of a document's text: where one ends, and what cuts none in two."""

from __future__ import annotations

import re

from ledger.model.numerals import PART

_ENDS = "。！？；!?;"
OPENING, CLOSING = "《〈“‘「『（(【[", "》〉”’」』）)】]"
"""Signs between which nothing is cut, each pair at the same place."""
_LONGEST_QUOTATION = 400  # characters; a bracket that nobody closes shall not swallow the rest
_BRACKET_ALONE = re.compile(rf"\s*[（(](?!(?:\d{{1,2}}|{PART})[)）])[^（()）]*[)）][。；]?")


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph with their signs; 。！？； inside quotations end none.

    What stands in brackets behind a sentence's end is a sentence of its own. Nothing but blanks
    between sentences is left out.
    """
    parts: list[str] = []
    begin, opened, since = 0, 0, 0
    for place, sign in enumerate(text):
        if place < begin:
            continue
        if sign in OPENING:
            since = since if opened else place
            opened += 1
        elif sign in CLOSING:
            opened = max(0, opened - 1)
        if opened and place - since > _LONGEST_QUOTATION:
            opened = 0
        if sign in _ENDS and not opened:
            end = place + 1
            while end < len(text) and text[end] in "”’」』":
                end += 1
            parts.append(text[begin:end])
            begin = end
            if alone := _BRACKET_ALONE.match(text, begin):
                parts.append(alone[0])
                begin = alone.end()
    parts.append(text[begin:])
    return [each.strip() for each in parts if each.strip()]


def clauses(sentence: str) -> list[str]:
    """The clauses of a sentence, cut at ，,：: outside of quotations, without their signs."""
    parts = cut_at(sentence, "，,：:；;")
    return [each for part, _ in parts if (each := part.strip(" \t\n。！？；;"))]


def cut_at(text: str, signs: str, everywhere: str = "") -> list[tuple[str, str]]:
    """A text cut at some signs outside of quotations: each part with the sign behind it, or "".

    Args:
        everywhere: signs that cut inside quotations, too, and end them.
    """
    parts: list[tuple[str, str]] = []
    begin, opened = 0, 0
    for place, sign in enumerate(text):
        opened = max(0, opened + (sign in OPENING) - (sign in CLOSING))
        if (sign in signs and not opened) or sign in everywhere:
            parts.append((text[begin:place], sign))
            begin, opened = place + 1, 0
    return [*parts, (text[begin:], "")]


def outside_quotations(text: str) -> str:
    """The text with ～ for every character between 《》 and “”, so that places stay the same."""
    return re.sub(r"《[^《》]*》|“[^“”]*”", lambda match: "～" * len(match[0]), text)
