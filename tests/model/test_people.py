"""Whom names mean: one person however the name is written."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.people import Body, Member, Names, account, folded, lettered, people_of
from ledger.model.plaintext import visible

INVISIBLE = (
    "\u200b", "\u200c", "\u200d", "\u2060", "\u00ad", "\ufe0f", "\U000e0100", "\u202e", "\u200f",
    "\u061c", "\ufeff", "\u3164", "\uffa0", "\u115f", "\u034f", "\u180b", "\u2065", "\u0300",
    "\U000e0061", "\u2800", "\x07", "\ufff0",
)  # fmt: skip
BLANKS = (" ", "\u3000", "\u00a0", "\t", "\u2009", "\n")


@pytest.mark.parametrize("mark", [*INVISIBLE, *BLANKS], ids=lambda mark: f"U+{ord(mark):04X}")
def test_what_cannot_be_seen_makes_no_other_name(mark: str) -> None:
    for name in (f"{mark}张三", f"张{mark}三", f"张三{mark}"):
        assert folded(name) == "张三"
    assert folded(mark) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｌｉ　Ｍｉｎｇ", "li ming"),
        ("LI MING", "Li Ming"),
        ("⽂书", "文书"),  # a radical of Kangxi
        ("\uf9e4科", "理科"),  # a compatibility ideograph
        ("成员①", "成员1"),
        ("（综合）处", "(综合)处"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("张三", "张山"), ("成员1", "成员11"), ("甲·乙", "甲乙")]
)
def test_other_names_stay_others(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text(max_size=20))
def test_folding_is_settled(name: str) -> None:
    assert folded(folded(name)) == folded(name)
    assert folded(visible(name)) == folded(name)


def test_blanks_stay_in_what_is_read() -> None:
    assert visible("一３ 8\u200b0\n") == "一3 80\n"


@pytest.mark.parametrize("email", ["A@Example.com", " a@example.com ", "a@EXAMPLE.com\u200b"])
def test_one_address_in_two_cases(email: str) -> None:
    assert account(email) == account("a@example.com")


BODIES = (
    Body(
        name="党组会",
        members=(
            Member(name="书记", aliases=("张三",)),
            Member(name="副书记", until=dt.date(2020, 6, 30)),
            Member(name="新书记", since=dt.date(2020, 7, 1)),
        ),
    ),
)


@pytest.mark.parametrize(
    "padded",
    ["委员0。", "委·员0", "(委员0)", "委员-0", "“委员0”", "委员\ue0000", "委员0\ufffc", "〔委员0〕",
     "委员0\U0001d159", "委员ー0", "委员＿0", "委员0ˉ", "委员٠"],
)  # fmt: skip
def test_nothing_but_letters_and_digits_makes_another_person(padded: str) -> None:
    assert lettered(padded) == "委员0"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("成员1", "成员2"),
        ("成员1", "成员11"),
        ("成员1-1", "成员11"),
        ("李々", "李"),
        ("书记", "副书记"),
    ],
)
def test_other_persons_stay_others(one: str, other: str) -> None:
    assert lettered(one) != lettered(other)


def test_a_dot_in_a_name_is_none_of_its_letters() -> None:
    assert lettered("爱新觉罗·某") == lettered("爱新觉罗某") == "爱新觉罗某"
    assert lettered("——") == lettered("…") == ""


@given(st.text(max_size=20))
def test_the_letters_of_letters_are_the_same(name: str) -> None:
    assert lettered(lettered(name)) == lettered(name)


def test_an_alias_without_a_letter_is_nobody() -> None:
    people = people_of((Body(name="党组会", members=(Member(name="书记", aliases=("—",)),)),))
    assert people.who("……") == ""


def test_aliases_of_members() -> None:
    people = people_of(BODIES)
    assert people.who("张 三") == people.who("书记") == "书记"
    assert people.all(("张三", "书记", "\u200b", "外人")) == {"书记", "外人"}


@pytest.mark.parametrize(
    ("day", "members"),
    [
        ("2020-06-30", {"书记", "副书记"}),
        ("2020-07-01", {"书记", "新书记"}),
    ],
)
def test_who_belongs_to_a_body_on_a_day(day: str, members: set[str]) -> None:
    people = people_of(BODIES)
    assert people.members("党组 会", dt.date.fromisoformat(day)) == frozenset(members)
    assert people.members("局务会", dt.date.fromisoformat(day)) is None


def test_departments_are_found_however_they_are_written() -> None:
    names = Names({"局办公室": "办公室", "办公室": "办公室"})
    assert names["办公室\u200b"] == names.get("局 办公室") == "办公室"
    assert list(names) == ["局办公室", "办公室"]
    assert "某部" not in names


def test_every_character_that_cannot_be_seen_goes_whatever_stands_beside_it() -> None:
    """Common texts are passed through as they are; no such character is among what they hold."""
    for number in range(0x11000):
        character = chr(number)
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp"):
            assert visible(f"甲{character}乙").split() in (["甲乙"], ["甲", "乙"]), hex(number)
