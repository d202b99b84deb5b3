"""Automatic numbers of Word: what stands before a paragraph though it is not in its text.

Levels, formats and restarts are those of ECMA-376 part 1, 17.9 (numbering) and 17.18.59
(ST_NumberFormat). What a ledger does not print (letters of other scripts, bullets) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ledger.adapters.tables.ooxml import whole
from ledger.model.numerals import in_chinese
from ledger.model.record import dataclass, field

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAX_NUMBER = 9999

_PLACEHOLDER = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: its first number, its format, its text such as （%1）."""

    start: int = 1
    form: str = "decimal"
    text: str = ""


@dataclass(slots=True)
class Numbers:
    """Counts the numbered paragraphs of a document; ask for each in the document's order.

    Attributes:
        lists: numId → (the list it counts with, level → `Level`).
        styles: style id → (numId or "", level or "") of paragraphs in that style.
    """

    lists: Mapping[str, tuple[str, Mapping[int, Level]]]
    styles: Mapping[str, tuple[str, str]]
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def label(self, paragraph: Any) -> str:
        """The number before a paragraph (its w:p element), "" where there is none."""
        number, level = self._of(paragraph)
        if number not in self.lists:
            return ""
        counted, levels = self.lists[number]
        counts = self.counts.setdefault(counted, {})
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        own = levels.get(level, Level())
        counts[level] = min(counts.get(level, own.start - 1) + 1, MAX_NUMBER)

        def counted_at(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            shown = levels.get(at, Level())
            form = _FORMS.get(shown.form)
            return form(counts.get(at, shown.start)) if form else ""

        return _PLACEHOLDER.sub(counted_at, own.text) if own.form in _FORMS else ""

    def _of(self, paragraph: Any) -> tuple[str, int]:
        """numId and level: its own, else its style's; numId 0 switches numbering off."""
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return "", 0
        number, level = number_of(properties)
        style = value(properties, "pStyle")
        styled = self.styles.get(style, ("", ""))
        number, level = number or styled[0], level or styled[1]
        return number, whole(level, 4)


def numbers_of(numbering: Any | None, styles: Any | None) -> Numbers:
    """The lists of a document, from the root elements of its numbering and styles parts."""
    return Numbers(
        _lists(numbering) if numbering is not None else {},
        _styled(styles) if styles is not None else {},
    )


def value(parent: Any, *path: str) -> str:
    """The w:val of an element below `parent`, "" when it is not there."""
    for name in path:
        parent = parent.find(f"{W}{name}")
        if parent is None:
            return ""
    return str(parent.get(f"{W}val", ""))


def number_of(properties: Any) -> tuple[str, str]:
    """numId and level as paragraph properties give them, "" for what they leave open."""
    return value(properties, "numPr", "numId"), value(properties, "numPr", "ilvl")


def _lists(numbering: Any) -> dict[str, tuple[str, Mapping[int, Level]]]:
    shapes = {
        each.get(f"{W}abstractNumId", ""): _levels(each)
        for each in numbering.iter(f"{W}abstractNum")
    }
    lists: dict[str, tuple[str, Mapping[int, Level]]] = {}
    for element in numbering.iter(f"{W}num"):
        number = element.get(f"{W}numId", "")
        shape = value(element, "abstractNumId")
        levels, restarts = _overridden(element, shapes.get(shape, {}))
        lists[number] = (f"num {number}" if restarts else shape, levels)
    return lists


def _levels(parent: Any) -> dict[int, Level]:
    return {
        whole(each.get(f"{W}ilvl", ""), 4): Level(
            whole(value(each, "start"), 4, 1),
            value(each, "numFmt") or "decimal",
            value(each, "lvlText"),
        )
        for each in parent.findall(f"{W}lvl")
    }


def _overridden(number: Any, levels: Mapping[int, Level]) -> tuple[dict[int, Level], bool]:
    """A list's levels with its own overrides, and whether it starts counting afresh."""
    result, restarts = dict(levels), False
    for override in number.findall(f"{W}lvlOverride"):
        result.update(_levels(override))
        if start := value(override, "startOverride"):
            at = whole(override.get(f"{W}ilvl", ""), 4)
            old = result.get(at, Level())
            result[at] = Level(whole(start, 4, 1), old.form, old.text)
            restarts = True
    return result, restarts


def _styled(styles: Any) -> dict[str, tuple[str, str]]:
    """Numbering of paragraph styles, with what they inherit from the style they are based on."""
    own: dict[str, tuple[str, str, str]] = {}
    for style in styles.iter(f"{W}style"):
        properties = style.find(f"{W}pPr")
        number, level = number_of(properties) if properties is not None else ("", "")
        own[style.get(f"{W}styleId", "")] = (number, level, value(style, "basedOn"))
    styled = {}
    for name in own:
        number, level, base = own[name]
        for _ in range(10):  # chains of styles may be circular
            if number or base not in own:
                break
            number, inherited, base = own[base]
            level = level or inherited
        if number:
            styled[name] = (number, level)
    return styled


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number < 260 else ""


def _roman(number: int) -> str:
    signs = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text = ""
    for worth, sign in signs:
        while 0 < number < 40 and number >= worth:
            text, number = text + sign, number - worth
    return text


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


_FORMS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": str,
    "chineseCounting": in_chinese,
    "chineseCountingThousand": in_chinese,
    "chineseLegalSimplified": in_chinese,
    "ideographDigital": in_chinese,
    "japaneseCounting": in_chinese,
    "taiwaneseCounting": in_chinese,
    "taiwaneseCountingThousand": in_chinese,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}
