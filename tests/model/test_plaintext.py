"""One home for what may not be printed, written or stand in a cell, and everybody asks there."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.git.words import has_controls, single_line, without_controls
from ledger.adapters.tables.grid import clean_text
from ledger.adapters.yaml.read import control_in
from ledger.model.plaintext import (
    clean,
    escaped,
    file_name,
    guarded,
    is_formula,
    legal,
    markdown,
    printable,
    unguarded,
    unsafe,
)
from ledger.rules.tasks import misplaced
from ledger.usecases.bulletins.remind import Reminder
from ledger.usecases.writing.evidence import safe_name
from ledger.view.text import one_line
from tests.sources import READS_SOURCES, nodes

PACKAGE = Path(__file__).resolve().parents[2] / "ledger"
# Lists that somebody else made: what macOS leaves out of names, what git takes for no branch, how a
# terminal is steered.
OTHERS_LISTS = {"model/paths.py": 1, "adapters/git/refs.py": 1, "adapters/git/words.py": 1}
_UNSEEN = r"\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
_CLASS = re.compile(
    rf"\[[^\]]*(?:\\x[0189]|\\u20(?:0[b-f]|2[89a-e]|6)|\\ud[8-f]|\\ufe|[{_UNSEEN}])"
)
_GUARD = re.compile(r"=\\?\+\\?-\\?@")

anything = st.text(max_size=60)
STEERING = ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u202e", "\u2066", "\u200f"]


def reminder(name: str) -> str:
    return Reminder(name, "", ()).file_name(dt.date(2017, 10, 2), "md")


MADE = (
    clean,
    printable,
    markdown,
    escaped,
    one_line,
    file_name,
    safe_name,
    reminder,
    clean_text,
    single_line,
    without_controls,
)


@READS_SOURCES
def test_it_has_one_home() -> None:
    """No other module has a class of such characters, or an own idea of a formula."""
    homes = dict.fromkeys(OTHERS_LISTS, 0)
    for path in PACKAGE.rglob("*.py"):
        where = path.relative_to(PACKAGE).as_posix()
        for node in nodes(path):
            text = node.value if isinstance(node, ast.Constant) else ""
            if isinstance(text, str) and (_CLASS.search(text) or _GUARD.search(text)):
                homes[where] = homes.get(where, 0) + 1
    assert homes.pop("model/plaintext.py")
    assert homes == OTHERS_LISTS


@pytest.mark.parametrize("made", MADE)
def test_everybody_makes_the_same_harmless(made: Callable[[str], str]) -> None:
    assert not [each for each in STEERING if each in made(f"一{each}二")]


@pytest.mark.parametrize("character", STEERING)
@pytest.mark.parametrize("refused", [unsafe, misplaced, has_controls])
def test_everybody_refuses_the_same(refused: Callable[[str], object], character: str) -> None:
    assert not refused("data/evidence/一二")
    assert refused(f"data/evidence/一{character}二")


@pytest.mark.parametrize("character", STEERING[:-3])
def test_what_no_file_and_no_cell_can_hold(character: str) -> None:
    assert control_in(f"一{character}二") == f"U+{ord(character):04X}"
    assert legal(f"一{character}二") == ("一二" if character < "\u2000" else f"一{character}二")


@given(anything)
def test_clean_text_steers_nothing(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert unsafe(cleaned.encode(errors="replace").decode()) == ""
    assert not set(cleaned) & set(STEERING)


@pytest.mark.parametrize("character", STEERING)
def test_the_first_unsafe_character_is_named(character: str) -> None:
    assert unsafe(f"安全的\n\t文字{character}\x1b") == character


def test_bytes_that_were_no_text_are_unsafe() -> None:
    assert unsafe("文字") == ""
    assert unsafe(b"\xff".decode(errors="surrogateescape")) != ""


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("+cmd", "'+cmd"),
        ("-2+3", "'-2+3"),
        ("@sum", "'@sum"),
        ("\t=1", "'=1"),
        ("\r=1", "'=1"),
        (" =1", "'=1"),
        ("'=1", "''=1"),
        ("＋1+1", "'＋1+1"),
        ("＠y", "'＠y"),
        ("＝1+1", "'＝1+1"),
        ("－", "'－"),
        ("-12", "-12"),
        ("-12.5", "-12.5"),
        ("-１２", "'-１２"),
        ("12", "12"),
        ("专利=1", "专利=1"),
        ("3-2月", "3-2月"),
        ("—", "—"),
        ("'s", "'s"),
        ("（-）", "（-）"),
        ("", ""),
    ],
)
def test_formulas_are_made_harmless(text: str, cell: str) -> None:
    assert guarded(text) == cell


@given(st.text(alphabet="'=-+@＝1a \t\n", max_size=8))
def test_the_guard_comes_off_again(text: str) -> None:
    safe = guarded(text)
    assert not is_formula(safe) or safe.startswith("'")
    assert unguarded(safe) == text.strip()


def test_what_a_file_cannot_hold_is_left_out() -> None:
    assert legal("一\x00二\x0b\ud800三\r\n四\r五\ufffe\t六") == "一二三\n四\n五\t六"


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("a|b", r"a\|b"),
        ("**粗**", r"\*\*粗\*\*"),
        ("<script>", "&lt;script>"),
        ("A&B", "A&amp;B"),
        ("`x`", r"\`x\`"),
        ("a_b_c", r"a\_b\_c"),
        ("一\n二", "一<br>二"),
        (r"a\b", r"a\\b"),
        ("[x](y)", r"\[x\](y)"),
        ("~~x~~", r"\~\~x\~\~"),
        ("# 题", r"\# 题"),
        ("\x1b[31m", "\ufffd\\[31m"),
    ],
)
def test_markdown_is_literal(text: str, literal: str) -> None:
    assert markdown(text) == literal


@given(st.text("甲a `*_[]|~#&<\n\\\u202e\x07"))
def test_markdown_of_a_plain_text_is_itself(text: str) -> None:
    assert (markdown(text) == text) == (markdown(f"{text}#") == rf"{text}\#")
    assert markdown(f"*{text}") == rf"\*{markdown(text)}"


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20)))
def test_escaped_json_means_the_same(value: dict[str, str]) -> None:
    text = escaped(json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == value
    assert not set(text) & set(STEERING)
