from __future__ import annotations

import pytest

from ledger.model.config import Identity
from ledger.model.mailbox import addresses
from ledger.model.people import account

MAILMAP = """# who is who
张三 <zhang@bureau.example> <zhang@home.example>
张三 <zhang@bureau.example> 小张 <shared@bureau.example>
李四 <li@bureau.example>
not a line
"""
KNOWN = addresses(
    (
        Identity(name="王五", emails=("wang@bureau.example", "7+wangwu@noreply.forge.example")),
        Identity(name="王五（旧）", emails=("WANG@old.example", "wang@bureau.example")),
        Identity(name="赵六", emails=("zhao@bureau.example",)),
    ),
    MAILMAP,
)


def same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return not KNOWN.of(*one).isdisjoint(KNOWN.of(*other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Office@Example.com", "office@example.com"),
        (" office@example.com ", "office@\u200bexample.com"),
        ("ｏffice@example.com", "office@example.com"),
        ("12+office@users.noreply.github.com", "office@users.noreply.github.com"),
        ("12-office@users.noreply.gitlab.example", "Office@users.noreply.gitlab.example"),
    ],
)
def test_two_ways_to_write_one_address(one: str, other: str) -> None:
    assert account(one) == account(other)


def test_accounts_of_two_forges_are_not_one() -> None:
    assert account("a@noreply.one.example") != account("a@noreply.two.example")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("张三", "zhang@home.example"), ("x", "ZHANG@bureau.example")),  # .mailmap
        (("小张", "shared@bureau.example"), ("张三", "zhang@home.example")),
        (("x", "wangwu@noreply.forge.example"), ("y", "wang@bureau.example")),  # ledger.yaml
        (("x", "12+wangwu@noreply.forge.example"), ("y", "wang@old.example")),  # by a third one
        (("张三", "a@b.example"), ("李四", "A@b.example")),  # whatever name is given
    ],
)
def test_one_person(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("张三", "zhang@bureau.example"), ("李四", "li@bureau.example")),
        (("小李", "shared@bureau.example"), ("张三", "zhang@bureau.example")),
        (("x", "wang@bureau.example"), ("y", "zhao@bureau.example")),
        (("x", "noreply@github.com"), ("y", "noreply@github.com")),  # a forge is nobody
        (("x", ""), ("y", "")),
    ],
)
def test_two_people(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert not same(one, other)


def test_a_mailmap_makes_no_two_of_one() -> None:
    """Whoever may write .mailmap could else give the merger of his own closing another address."""
    known = addresses((), "别人 <other@x.example> 合并人 <me@x.example>")
    assert known.of("合并人", "me@x.example") & known.of("提出人", "me@x.example")
