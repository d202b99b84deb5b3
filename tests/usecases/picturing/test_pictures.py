"""Every picture: well-formed, legible to a screen reader, with nothing that a page forbids."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.plaintext import unsafe
from ledger.model.task import STATUSES, Due, Progress, Task
from ledger.usecases.picturing.bars import Split, bars
from ledger.usecases.picturing.curve import Ending, closings, curve
from ledger.usecases.picturing.heat import DueDays, heat
from ledger.usecases.picturing.svg import WIDTH, Picture, fitted, length, picture
from ledger.usecases.picturing.way import way
from ledger.usecases.picturing.ways import way_of

D = dt.date
TODAY = D(2017, 10, 22)
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "",
    "<script>document.title='破'</script>",
    '"><img src=x onerror="alert(1)">',
    "]]></title></svg><h1>破</h1> &amp; &#60;",
    "\u202e反\u2066过来\u0000\ufffe\ud800\x1b[31m",
    "很长的题目" * 1_000,
    "W" * 5_000,
)
texts = st.sampled_from(HOSTILE) | st.text(max_size=60)
days = st.dates()


def drawn(texts: list[str], numbers: list[int], days: list[dt.date]) -> list[Picture]:
    """One picture of each kind of some names, numbers and days."""
    endings = [Ending(STATUSES[n % 7], d if n % 2 else None, d) for n, d in enumerate(days)]
    facts = closings(endings, TODAY)
    split = [
        Split(text, (number, 0, number, 1, 0)) for text, number in zip(texts, numbers, strict=True)
    ]
    tasks = [
        Task(
            id=f"A-{number}",
            title=text,
            status=STATUSES[number % 7],
            due=Due(date=days[number % len(days)] if days else None),
            progress=tuple(Progress(date=day, text=text) for day in days[:3]),
        )
        for number, text in enumerate(texts)
    ]
    due = dict(zip(days, numbers, strict=False))
    ways = [way_of(each) for each in tasks]
    return [
        *([curve("curve", facts)] if facts else []),
        bars("bars", split, head=texts[0] if texts else "", hrefs=dict.fromkeys(texts, "d/1")),
        heat("heat", DueDays(due, TODAY)),
        way("way", ways, TODAY, hrefs={"A-0": "t/A-0"}),
        way("alone", ways[:1], TODAY),
    ]


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  (our own)


some = st.lists(st.tuples(texts, st.integers(0, 10**6)), max_size=6)


@given(some, st.lists(days, max_size=8))
def test_whatever_the_titles_are(told: list[tuple[str, int]], days: list[dt.date]) -> None:
    pictures = drawn([text for text, _ in told], [number for _, number in told], days)
    ids: list[str] = []
    for each in pictures:
        root = parsed(each.svg)
        assert_plain(root)
        assert_told(root, each)
        ids += [node.attrib["id"] for node in root.iter() if "id" in node.attrib]
        for text in (each.title, each.description, *each.heads, *sum(each.rows, ())):
            assert not unsafe(text)
            text.encode()
    assert len(ids) == len(set(ids))


ALLOWED = {
    "svg", "title", "desc", "defs", "pattern", "g", "a", "rect", "line", "path", "circle",
    "polyline", "text",
}  # fmt: skip


def assert_plain(root: ElementTree.Element) -> None:
    """Nothing but drawing: no script, no style, nothing fetched; what is named is there."""
    ids = {node.attrib["id"] for node in root.iter() if "id" in node.attrib}
    for node in root.iter():
        assert node.tag.removeprefix(SVG) in ALLOWED
        for name, value in node.attrib.items():
            assert name != "style"
            assert not name.startswith("on")
            assert "{" not in name
            if name == "href":
                assert node.tag == f"{SVG}a"
            for named in re.findall(r"url\(#([^)]*)\)", value):
                assert named in ids
            assert "url(" not in value or re.fullmatch(r"url\(#[\w-]+\)", value)


def assert_told(root: ElementTree.Element, picture: Picture) -> None:
    """Its title and description are what it is called by."""
    by_id = {node.attrib["id"]: node for node in root.iter() if "id" in node.attrib}
    assert root.attrib["role"] == ("group" if root.find(f".//{SVG}a") is not None else "img")
    assert (by_id[root.attrib["aria-labelledby"]].text or "") == picture.title
    assert (by_id[root.attrib["aria-describedby"]].text or "") == picture.description
    assert all(identity.startswith(picture.name) for identity in by_id)
    assert all(len(row) == len(picture.heads) for row in picture.rows)


def test_the_same_facts_give_the_same_bytes() -> None:
    told = (["甲", "乙"], [3, 4], [TODAY, D(2017, 1, 1)])
    assert drawn(*told) == drawn(*told)


@given(texts, st.integers(0, 400))
def test_a_text_is_cut_where_it_is_too_wide(text: str, room: int) -> None:
    kept = fitted(text, room)
    assert length(kept) <= max(room, length("…"))
    assert "\n" not in kept


@pytest.mark.parametrize("name", ["", "1st", "a b", 'a"', "图"])
def test_a_name_is_an_id(name: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        picture(name, "", "", (), 1, (), ())


@pytest.mark.parametrize(
    ("href", "leads"),
    [
        ("dept/1.html", True), ("../t#a?b", True), ("#x", True), ("/departments/x", True),
        ("", False), ("javascript:alert(1)", False), ("JaVa\tScript:alert(1)", False),
        ("//example.com/", False), ("https://example.com/", False), ("data:text/html,x", False),
        ("\\\\example.com", False), ("/\\example.com", False), (" javascript:x", False),
    ],
)  # fmt: skip
def test_links_stay_on_their_site(href: str, leads: bool) -> None:
    shown = bars("b", [Split("甲", (1, 0, 0, 0, 0))], hrefs={"甲": href})
    links = parsed(shown.svg).findall(f".//{SVG}a")
    assert [each.attrib["href"] for each in links] == [href] * leads


@pytest.mark.parametrize(
    "empty",
    [lambda: bars("b", ()), lambda: way("w", (), TODAY), lambda: heat("h", DueDays({}, TODAY))],
)
def test_nothing_to_draw_is_said(empty: Callable[[], Picture]) -> None:
    shown = empty()
    assert "没有" in shown.description
    assert "没有" in "".join(parsed(shown.svg).itertext())
    assert shown.rows == ()
    assert WIDTH > 0
