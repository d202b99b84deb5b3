"""A list that is searched while somebody types, as a terminal shows it; no terminal is needed here.

Keys go in, lines come out: `pressed` makes of what is shown and a key what is shown next, `frame`
the lines of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.model.record import dataclass, replace
from ledger.view.rows import left
from ledger.view.screen import GAP, Screen, style_of, styled
from ledger.view.text import one_line, padded, width, wrapped

if TYPE_CHECKING:
    from ledger.usecases.looking.choosing import Choice

QUESTION = "哪个事项"
KEYS = "打字查找（拼音首字母也行），↑↓ 选，回车定，Esc 放弃"
FEW_KEYS = "打字查找，↑↓ 选，回车定，Esc 放弃"  # where there is less room
UP, DOWN, PAGE_UP, PAGE_DOWN, FIRST, LAST = "up", "down", "page up", "page down", "home", "end"
RUB, CLEAR, TAKE, LEAVE = "rub", "clear", "take", "leave"
_MOST = 12  # rows
_BESIDE = 2  # lines of the frame that are no rows
_LEAD, _LEFT = 10, 12  # columns
_ROOMY, _WIDEST = 64, 96  # from there on there is room for more; what the eye follows
_LONGEST = 60  # characters of a query


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown.

    Attributes:
        offered: all that there is to choose from.
        fitting: those of them that the query means.
        place: which of these is marked.
        top: the first one in sight.
    """

    offered: Sequence[Choice]
    fitting: Sequence[Choice]
    query: str = ""
    place: int = 0
    top: int = 0

    @property
    def marked(self) -> Choice | None:
        """What would be taken; None where nothing fits."""
        return self.fitting[self.place] if self.fitting else None


Search = Callable[[str, Sequence["Choice"]], Sequence["Choice"]]


def begun(offered: Sequence[Choice], query: str, search: Search) -> Shown:
    """What is shown first."""
    return Shown(offered, search(query, offered), query)


def rows_of(to: Screen) -> int:
    """How many rows a screen has for choices."""
    return max(1, min(_MOST, to.lines - _BESIDE - 1))


def pressed(shown: Shown, key: str, rows: int, search: Search) -> Shown:
    """What is shown after a key.

    Args:
        key: one of the words above that move or rub out, or what was typed.
        rows: how many are in sight.
    """
    last = len(shown.fitting) - 1
    steps = {
        UP: shown.place - 1, DOWN: shown.place + 1, FIRST: 0, LAST: last,
        PAGE_UP: shown.place - rows, PAGE_DOWN: shown.place + rows,
    }  # fmt: skip
    if key in steps:
        place = max(0, min(last, steps[key]))
        top = min(shown.top, place)
        return replace(shown, place=place, top=max(top, place - rows + 1))
    query = {RUB: shown.query[:-1], CLEAR: ""}.get(key, (shown.query + key)[:_LONGEST])
    narrower = query.startswith(shown.query)
    fitting = search(query, shown.fitting if narrower else shown.offered)
    return Shown(shown.offered, fitting, query)


def asked(shown: Shown) -> str:
    """The line that is typed on, as far as the cursor."""
    return f"{QUESTION}：{shown.query}"


def frame(shown: Shown, to: Screen) -> Iterator[str]:
    """The lines that are shown: the query, the rows in sight, the keys; each fits the screen."""
    room = min(_WIDEST, to.columns - 1)  # some terminals wrap behind the last column
    count = f"{len(shown.fitting)}/{len(shown.offered)}"
    line = asked(shown)
    gap = room - width(line) - width(count)
    yield line + " " * gap + count if gap >= GAP else cut(line, room)
    rows = rows_of(to)
    for number, choice in enumerate(shown.fitting[shown.top : shown.top + rows], shown.top):
        yield _row(choice, number == shown.place, room, to)
    if not shown.fitting:
        yield cut("  没有这样的事项，退格改一改", room)
    yield cut(KEYS if width(KEYS) <= room else FEW_KEYS, room)


def cut(text: str, columns: int) -> str:
    """The beginning of a text that fits so many columns; dots where that is not all of it."""
    text = one_line(text)
    if width(text) <= columns:
        return text
    return wrapped(text, columns - 1)[0] + "…"


def told(choice: Choice) -> str:
    """A choice in one line: its id and its title."""
    return one_line(f"{choice.task.id} {choice.task.title}")


def _row(choice: Choice, is_marked: bool, room: int, to: Screen) -> str:
    """The mark, the light, id and title; where there is room who leads it and how it stands."""
    task, light = choice.task, one_line(choice.task.light)
    mark = "> " if is_marked else "  "
    used = len(mark) + width(light) + GAP
    beside = ""
    if room >= _ROOMY:
        lead = padded(cut("、".join(task.lead), _LEAD), _LEAD)
        beside = f"{lead}{' ' * GAP}{padded(cut(left(task) or task.status, _LEFT), _LEFT)}"
    rest = room - used - (width(beside) + GAP if beside else 0)
    text = padded(cut(f"{one_line(task.id)}{' ' * GAP}{task.title}", rest), rest if beside else 0)
    text = f"{text}{' ' * GAP}{beside}".rstrip() if beside else text
    lit = styled(light, style_of(light), to) + " " * GAP
    return mark + lit + (styled(text, "reverse", to) if is_marked else text)
