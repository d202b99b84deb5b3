"""Awkward files, and what the program does to them: only the lines that must change do."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from difflib import unified_diff
from functools import cache

import pytest

from ledger.adapters.yaml.edit import Edit, edited
from ledger.adapters.yaml.read import comments, parse, surveyed
from ledger.errors import LedgerError
from tests.adapters.yaml import corpus
from tests.adapters.yaml.test_edit import ORDER, intended
from tests.turns import LONG

pytestmark = pytest.mark.xdist_group("corpus")  # made up once

BY_HAND = dict(corpus.hand_made())
SHARES = 3 if LONG else 10  # a made-up file gets one of so many shares of the edits
EXPECTED = corpus.HAND_MADE / "expected.diff"
SHOWN = ("close", "start and report", "a second column of everything")


made = cache(lambda: dict(corpus.generated()))


@pytest.mark.parametrize("number", range(corpus.COUNT))
def test_made_up_files(number: int) -> None:
    content = made()[f"made-{number:03}"]
    for _, edits in list(corpus.meant_for(content))[number % SHARES :: SHARES]:
        check(content, edits)


@pytest.mark.parametrize("name", BY_HAND)
def test_hand_made_files(name: str) -> None:
    for _, edits in corpus.meant_for(BY_HAND[name]):
        check(BY_HAND[name], edits)


def test_there_are_enough() -> None:
    assert len({*made().values(), *BY_HAND.values()}) >= 300
    assert len(corpus.EDITS) > 20


def test_hand_made_files_come_out_as_expected() -> None:
    """`UPDATE_GOLDEN=1 pytest tests/adapters/yaml` accepts what comes out now."""
    shown = "".join(difference for name in BY_HAND for difference in differences(name))
    if os.environ.get("UPDATE_GOLDEN"):
        EXPECTED.write_text(shown, encoding="utf-8", newline="")
    assert shown == EXPECTED.read_bytes().decode()


def differences(name: str) -> Iterator[str]:
    """What changes in a hand-made file, without the lines around it; line ends are spelled out."""
    old = BY_HAND[name]
    for what, edits in corpus.meant_for(old):
        if what not in SHOWN:
            continue
        yield f"== {name}: {what}\n"
        try:
            new = edited(old, edits, ORDER)
        except LedgerError as error:
            yield f"{error.message}\n"
            continue
        before, after = (
            [ascii(line) if "\r" in line else line for line in text.decode().split("\n")]
            for text in (old, new)
        )
        for line in unified_diff(before, after, n=0, lineterm=""):
            if not line.startswith(("---", "+++")):
                yield f"{line.rstrip()}\n"


def check(old: bytes, edits: list[Edit]) -> None:
    """Edit, and see that the file says what it should and that nothing else has changed."""
    end = b"\r\n" if old.partition(b"\n")[0].endswith(b"\r") else b"\n"
    last = b"" if old.endswith(b"\n") else end  # what comes below the last line ends it
    ended = old + last
    lines, touched = ended.splitlines(keepends=True), lines_meant(ended, edits)
    try:
        new = edited(old, edits, ORDER)
    except LedgerError:  # a comment or a tab in the middle of what changes
        if any(b"#" in lines[number] or b"\t" in lines[number] for number in touched):
            return
        raise
    assert bare(parse(new + last)) == bare(intended(parse(ended), edits))
    kept = [line for number, line in enumerate(lines) if number not in touched]
    now = iter(alike(new + last))
    assert all(line in now for line in alike(b"".join(kept)))
    grows = all(edit.append or not isinstance(edit.value, list | dict) for edit in edits)
    assert not Counter(comments(old, own_line=not grows)) - Counter(comments(new))
    assert new.endswith(b"\n") == old.endswith(b"\n")
    assert new.startswith(b"\xef\xbb\xbf") == old.startswith(b"\xef\xbb\xbf")
    if old.count(b"\r\n") in (0, old.count(b"\n")):
        assert new.count(b"\r\n") == (new.count(b"\n") if b"\r\n" in old else 0)
    assert edited(new, edits[:0], ORDER) == new


def alike(content: bytes) -> list[bytes]:
    """Lines without the spaces of blank ones, which would belong to a text right above them."""
    return [
        line if line.strip() else line.lstrip(b" \t") for line in content.splitlines(keepends=True)
    ]


def lines_meant(content: bytes, edits: list[Edit]) -> set[int]:
    """The lines (0-based) that some edits may take away or write anew: those of their places."""
    text = content.decode("utf-8-sig")
    _, extents = surveyed(text)
    numbers: set[int] = set()
    for edit in edits:
        place = edit.place
        while place and not (place in extents and extents[place[:-1]].block):
            place = place[:-1]
        extent = extents[place]
        if extent.block and (edit.append or place != edit.place):
            continue  # something is added to it
        start, end = (text.count("\n", 0, offset) for offset in (extent.begin, extent.end))
        numbers |= set(range(start, end))
    return numbers


def bare(data: object) -> object:
    """Data with nothing spelled one way."""
    if isinstance(data, dict):
        return {key: bare(value) for key, value in data.items()}
    if isinstance(data, list):
        return [bare(value) for value in data]
    return data or None
