"""Pictures as SVG, written here alone: elements, text that stays text and fits, the frame.

It stands inside pages whose policy forbids styles of one's own, so there is no `style` here, no
script, and nothing that is fetched. Colours are classes for `templates/pictures.css`; what an
attribute says beside them is for a file that stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NewType
from xml.sax.saxutils import escape, quoteattr

from ledger.model.plaintext import CONTROLS, columns, legal, one_line
from ledger.model.record import dataclass

Svg = NewType("Svg", str)  # markup that is done; a plain text is not yet

WIDTH = 400  # units of every picture; on a phone of 390 pixels a letter of SIZE has 11.6
SIZE, LINE = 13, 20  # of letters; from one line of them to the next
INK, SOFT, RULE, PAPER = "#1c2026", "#4d5662", "#c9cfd8", "#ffffff"
_FONTS = (
    "PingFang SC, Hiragino Sans GB, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, "
    "WenQuanYi Micro Hei, sans-serif"
)
# How wide what takes one column is at most, of a letter's height: most letters and all digits.
_NARROW, _CAPITAL, _BROAD = 0.6, 0.75, 0.95
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SCHEME = re.compile(r"[^/?#]*:")
_UNFIT = re.compile(rf"[{CONTROLS}\s\\]")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and what is said instead of it.

    Attributes:
        name: its id in a page, ASCII; those of its parts begin with it.
        title: what it is of.
        description: one sentence with the figures.
        svg: an `<svg>` with title and description inside, to be put into a page as it is.
        heads, rows: the table behind it; plain texts, to be escaped by whoever shows them.
    """

    name: str
    title: str
    description: str
    svg: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A mark of a legend, drawn between (0, 0) and (wide, 14), and what it means."""

    mark: Svg
    called: str
    wide: float = 20


def element(tag: str, *content: Svg, **attributes: str | float | None) -> Svg:
    """An element.

    Args:
        attributes: by their names, `_` for `-`, and one at the end for Python's own words; what is
            None is left out.
    """
    told = "".join(
        f" {name.rstrip('_').replace('_', '-')}={quoteattr(_value(value))}"
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(content)
    return Svg(f"<{tag}{told}>{inside}</{tag}>" if inside else f"<{tag}{told}/>")


def words(text: str) -> Svg:
    """A text from a file as text: one line, nothing in it that steers or is no XML."""
    return Svg(escape(plain(text)))


def plain(text: str) -> str:
    """The same before it is escaped: what the table behind a picture says."""
    return one_line(legal(text))


def label(x: float, y: float, content: str, anchor: str = "start", **attributes: str | None) -> Svg:
    """A line of text whose letters stand on `y`.

    Args:
        anchor: which end of it is at `x`: start, middle or end.
    """
    side = None if anchor == "start" else anchor
    attributes = {"fill": SOFT if attributes.get("class_") == "soft" else INK, **attributes}
    return element("text", words(content), x=x, y=y, text_anchor=side, **attributes)


def over(x: float, y: float, content: str, anchor: str = "middle") -> Svg:
    """A text that can be read on any pattern: each letter has an edge of paper."""
    return label(
        x, y, content, anchor, class_="over", stroke=PAPER, stroke_width="4",
        stroke_linejoin="round", paint_order="stroke",
    )  # fmt: skip


def rect(
    x: float, y: float, width: float, height: float, *inside: Svg, **attributes: str | None
) -> Svg:
    """A rectangle, with whatever it is called inside."""
    return element("rect", *inside, x=x, y=y, width=width, height=height, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: str | None) -> Svg:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def tip(text: str) -> Svg:
    """What a mouse is told over the element that it stands in."""
    return element("title", words(text))


def group(parts: Iterable[Svg], **attributes: str | None) -> Svg:
    """Elements as one."""
    return element("g", *parts, **attributes)


def link(href: str, *content: Svg, called: str) -> Svg:
    """Elements that lead to a page; just these where it is none of this site.

    Args:
        href: relative to the page that the picture stands in.
        called: what a screen reader calls it.
    """
    if not is_safe(href):
        return group(content)
    return element("a", *content, href=href, aria_label=plain(called))


def is_safe(href: str) -> bool:
    """Whether a link stays on its own site: no scheme, no host, no blanks or controls in it."""
    barred = href.startswith("//") or _SCHEME.match(href) or _UNFIT.search(href)
    return bool(href) and not barred


def fitted(text: str, room: float) -> str:
    """A text on one line, cut where it would be wider than `room`; then `…` is its end.

    Args:
        room: in units.
    """
    one = plain(text)
    reaches = _reaches(one)
    ends = [next(reaches, 0.0)]
    for end in reaches:
        if end > room:
            kept = sum(each <= room - SIZE for each in ends) - 1
            return one[: max(0, kept)].rstrip() + "…"
        ends.append(end)
    return one


def length(text: str) -> float:
    """How wide a text is at most, in units."""
    return max(_reaches(text))


def _reaches(text: str) -> Iterator[float]:
    """How far a text reaches after none, one, two … of its characters."""
    reached = 0.0
    yield reached
    for each in text:
        reached += SIZE * (1.0 if columns(each) != 1 else _narrow(each))
        yield reached


def _narrow(character: str) -> float:
    if character in "MWmw@%":
        return _BROAD
    return _CAPITAL if character.isupper() else _NARROW


def legend(samples: Iterable[Sample]) -> tuple[list[Svg], float]:
    """What marks mean, in as many lines as it takes; and where the last one ends."""
    parts, x, y = [], 0.0, 0.0
    for each in samples:
        wide = each.wide + 5 + length(each.called)
        if x + wide > WIDTH:
            x, y = 0.0, y + LINE
        shown = (each.mark, label(each.wide + 5, SIZE, each.called))
        parts.append(group(shown, transform=f"translate({_value(x)} {_value(y)})"))
        x += wide + SIZE
    return parts, y + LINE


def picture(
    name: str,
    title: str,
    description: str,
    parts: Iterable[Svg],
    height: float,
    heads: tuple[str, ...],
    rows: Iterable[Iterable[str]],
    look: str = "",
) -> Picture:
    """A picture of its parts: one image; where there are links inside, a group that has them.

    Args:
        name: what its ids begin with.
        look: a class of its own.

    Raises:
        ValueError: the name is none that a page could have for an id.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"no id: {name!r}")
    inside = "\n".join(parts)
    svg = element(
        "svg",
        Svg("\n"),
        element("title", words(title), id=f"{name}-title"),
        element("desc", words(description), id=f"{name}-desc"),
        Svg(f"\n{inside}\n"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {_value(height)}",
        class_=f"picture {look}".strip(),
        role="group" if "<a " in inside else "img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        font_family=_FONTS,
        font_size=SIZE,
    )
    head, *table = (tuple(map(plain, row)) for row in (heads, *rows))
    return Picture(name, plain(title), plain(description), svg, head, tuple(table))


def _value(value: str | float) -> str:
    """An attribute's value; of a number one decimal at most."""
    if isinstance(value, str):
        return plain(value)
    return f"{round(value, 1) + 0:.1f}".removesuffix(".0")  # + 0: there is no -0
