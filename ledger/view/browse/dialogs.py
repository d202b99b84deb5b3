"""What the screen asks: a form, whether to write, one of several, a line; and pages to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Offset
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from ledger.view.browse.errands import Blank
from ledger.view.browse.prose import Wording, fitted

T = TypeVar("T")
_NEXT = "回车到下一项，Tab 和 Shift+Tab 来回，Esc 取消；填完还要再确认才写入"
_WIDE = 70  # columns of what is offered
_WRITE, _BACK = "按 y 写入", "按别的键不写，返回修改"


class TypingLine(Input):
    """A line to type in; the terminal's own cursor stands where an input method looks for it."""

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the next character comes; Textual's is one too far behind the last one."""
        x, y, _, _ = self.content_region
        place = self._position_to_cell(self.cursor_position)
        return Offset(x + place - self.scroll_offset.x, y)

    def on_resize(self) -> None:
        """It stands elsewhere now."""
        if self.has_focus:
            self.app.cursor_position = self.cursor_screen_offset


class Form(ModalScreen[Mapping[str, str] | None]):
    """Asks for what a deed needs; gives what was typed, None where somebody has cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]

    def __init__(
        self,
        title: str,
        blanks: Sequence[Blank],
        typed: Mapping[str, str],
        refused: str = "",
        lines: Sequence[str] = (),
        how: str = _NEXT,
    ) -> None:
        """A form.

        Args:
            title: what it is for, and of which task.
            typed: what stands in it already.
            refused: why what was typed will not do; empty for nothing.
            lines: what is to be read first.
            how: how to go on.
        """
        super().__init__()
        self._title, self._blanks, self._typed = title, blanks, typed
        self._refused, self._lines, self._how = refused, lines, how

    def compose(self) -> ComposeResult:
        """The title, the blanks, what is wrong, how to go on."""
        with VerticalScroll(classes="box", can_focus=False):
            yield Wording(self._title, classes="title")
            if self._lines:
                yield Wording(*self._lines, classes="shown")
            for blank in self._blanks:
                how = "，".join(filter(None, ("" if blank.needed else "可不填", blank.hint)))
                name = f"{blank.name}（{how}）" if how else blank.name
                yield Wording(name, classes="name")
                field = TypingLine(self._typed.get(blank.key, ""), id=blank.key, compact=True)
                field.select_on_focus = False
                yield field
            if self._refused:
                yield Wording(self._refused, classes="refused")
            yield Wording(self._how, classes="how")

    def on_mount(self) -> None:
        """Begin with the first blank."""
        self.query(TypingLine).first().focus()

    @on(Input.Submitted)
    def following(self, event: Input.Submitted) -> None:
        """Go to the next blank; behind the last one all is given."""
        fields = list(self.query(TypingLine))
        place = fields.index(event.input)  # type: ignore[arg-type]
        if place + 1 < len(fields):
            fields[place + 1].focus()
        else:
            self.dismiss({field.id or "": field.value for field in fields})

    def action_cancel(self) -> None:
        """Nothing is to be done."""
        self.dismiss(None)


class Readable(ModalScreen[T]):
    """Lines to be read; keys that do not scroll them are an answer."""

    SCROLLING: ClassVar[Mapping[str, int]] = {
        "up": -1, "k": -1, "down": 1, "j": 1, "pageup": -10, "pagedown": 10, "space": 10,
    }  # fmt: skip

    def on_key(self, event: events.Key) -> None:
        """Scroll, or answer."""
        event.stop()
        if by := self.SCROLLING.get(event.key):
            self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
        else:
            self.pressed(event.key)

    def pressed(self, key: str) -> None:
        """Answer by a key."""


class Confirm(Readable[bool]):
    """Shows all that will be written; True only for the key y, or a click on it."""

    def __init__(self, lines: Sequence[str]) -> None:
        """Args: lines: what will be written."""
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        """What will be written, and the two ways to go on."""
        with Vertical(classes="box"):
            yield Wording("将写入台账：", classes="title")
            with VerticalScroll(classes="read", can_focus=False):
                yield Wording(*self._lines)
            yield Wording(_WRITE, name="write", classes="choice")
            yield Wording(_BACK, name="back", classes="choice")

    def pressed(self, key: str) -> None:
        """Whatever is not y does not write."""
        self.dismiss(key == "y")

    @on(events.Click, "#write")
    def agreed(self) -> None:
        """As the key."""
        self.dismiss(True)

    @on(events.Click, "#back")
    def back(self) -> None:
        """As any other key."""
        self.dismiss(False)


class Offer(ModalScreen[str | None]):
    """One of several, which become fewer with each letter; None where somebody has cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    def __init__(
        self, title: str, offered: Callable[[str], Sequence[tuple[str, str]]], chosen: str
    ) -> None:
        """A choice.

        Args:
            offered: by what was typed: each value, and what is shown for it.
            chosen: the value that is chosen now.
        """
        super().__init__()
        self._title, self._offered, self._chosen = title, offered, chosen
        self._values: list[str] = []
        self._words: list[str] = []
        self._marked: int | None = None

    def compose(self) -> ComposeResult:
        """A line to type in, and what there is."""
        with Vertical(classes="box"):
            yield Wording(self._title, classes="title")
            yield TypingLine(compact=True)
            yield OptionList(markup=False)
            yield Wording("上下键选，回车定，Esc 取消", classes="how")

    def on_mount(self) -> None:
        """Everything is offered."""
        self._offer("")
        if self._chosen in self._values:
            self.query_one(OptionList).highlighted = self._values.index(self._chosen)
        self.query_one(TypingLine).focus()

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Fewer are offered."""
        self._offer(event.value)

    def _offer(self, typed: str) -> None:
        some = self._offered(typed.strip())
        self._values = [value for value, _ in some]
        options = self.query_one(OptionList)
        options.clear_options()
        self._words = [fitted(words, _WIDE).rstrip() for _, words in some]
        self._marked = None
        options.add_options([Option(Content(f"  {words}")) for words in self._words])
        options.highlighted = 0 if some else None

    @on(OptionList.OptionHighlighted)
    def marked(self, event: OptionList.OptionHighlighted) -> None:
        """A mark stands before the one that Enter takes, for colours may be none."""
        options = self.query_one(OptionList)
        for place, mark in ((self._marked, " "), (options.highlighted, ">")):
            if place is not None and place < len(self._words):
                prompt = Content(f"{mark} {self._words[place]}")
                options.replace_option_prompt_at_index(place, prompt)
        self._marked = options.highlighted

    def action_move(self, by: int) -> None:
        """The next one, or the one before."""
        options = self.query_one(OptionList)
        if self._values:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._values)

    @on(Input.Submitted)
    def taken(self) -> None:
        """The one that is highlighted."""
        place = self.query_one(OptionList).highlighted
        if place is not None and place < len(self._values):
            self.dismiss(self._values[place])

    @on(OptionList.OptionSelected)
    def clicked(self, event: OptionList.OptionSelected) -> None:
        """The one that was clicked on."""
        self.dismiss(self._values[event.option_index])

    def action_cancel(self) -> None:
        """What was chosen stays."""
        self.dismiss(None)


class Notice(Readable[None]):
    """Lines to be read, and nothing to be answered."""

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        """Args: title: what they are about; lines: they."""
        super().__init__()
        self._title, self._lines = title, lines

    def compose(self) -> ComposeResult:
        """The lines."""
        with Vertical(classes="box"):
            yield Wording(self._title, classes="title")
            with VerticalScroll(classes="read", can_focus=False):
                yield Wording(*self._lines)
            yield Wording("按 Esc 返回", classes="how")

    def pressed(self, key: str) -> None:
        """Back."""
        self.dismiss(None)

    def on_click(self) -> None:
        """Back."""
        self.dismiss(None)
