"""A picture of a terminal: places, colours, and text that stays text."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from ledger.view.picture import svg
from ledger.view.screen import Screen, style_of, styled

ON = Screen(80, terminal=True, colour=True)
NAMES = ("红", "黄", "绿", "青", "蓝", "灰")


def drawn(printed: str, title: str = "ledger") -> ElementTree.Element:
    return ElementTree.fromstring(svg(printed, title, 80))  # noqa: S314 - our own


@pytest.mark.parametrize("name", NAMES)
def test_each_light_is_a_lamp_whose_letter_can_be_read(name: str) -> None:
    root = drawn(styled(name, style_of(name), ON))
    (_, lamp), letter = (
        root.findall("{*}rect") + root.findall(".//{*}g/{*}rect"),
        root.find(".//{*}g/{*}text"),
    )
    assert letter is not None
    assert letter.text == name
    assert contrast(lamp.get("fill", ""), letter.get("fill", "")) >= 3


def contrast(one: str, other: str) -> float:
    """Of two colours, as WCAG 2 has it."""
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def brightness(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (each / 12.92 if each <= 0.04 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return sum(part * by for part, by in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_chinese_characters_take_two_columns() -> None:
    root = drawn("编号 ab 事项\n  一")
    places = [
        (each.text, each.get("x"), each.get("textLength")) for each in root.findall(".//{*}text")
    ]
    assert places[1:] == [
        ("编号", "18", "40"),
        ("ab", "68", "20"),
        ("事项", "98", "40"),
        ("一", "38", "20"),
    ]


def test_text_stays_text() -> None:
    hostile = "<script>alert(1)</script> & ]]> \"'"
    root = drawn(hostile, hostile)
    assert root.findtext("{*}title") == hostile
    assert "".join(root.itertext()).count("<script>alert(1)</script>") == 3
    assert not list(root.findall(".//{*}script"))
