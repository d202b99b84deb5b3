"""The full screen: a list on the left, a card on the right, keys below."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import ClassVar, TypeVar

from textual import events, on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input
from textual.worker import WorkerFailed

from ledger.errors import LedgerError
from ledger.model.standing import Brief
from ledger.view.browse.cardpane import CardPane
from ledger.view.browse.dialogs import Form, Notice, Offer, TypingLine
from ledger.view.browse.doing import against, do, keep
from ledger.view.browse.errands import ERRANDS, Blank, Errand
from ledger.view.browse.keys import ENDING, KEYS, MOVING
from ledger.view.browse.lastline import LastLine
from ledger.view.browse.looks import LOOKS, THEME
from ledger.view.browse.outlook import ORDERS, Outlook
from ledger.view.browse.prose import Wording, fitted, hung
from ledger.view.browse.tasklist import TaskList
from ledger.view.text import padded, width

T = TypeVar("T")
_SOON, _LATER = 0.05, 0.3  # seconds after which a card is shown, and its history is asked about
_TYPING = 0.1  # seconds without another letter
_DAY = "回车就看，Esc 取消"
_NARROW = 66  # columns below which the card stands under the list


class Browse(App[int]):
    """The ledger on a full screen; its result is the signal that has ended it, or 0."""

    CSS = LOOKS
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key.key, key.action, show=False) for key in KEYS),
        Binding("escape", "back", show=False),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("f5", "again", show=False),
        Binding("enter", "read", show=False),
    ]

    def __init__(self, outlook: Outlook) -> None:
        """Args: outlook: of which everything has been asked once."""
        super().__init__(ansi_color=True)  # which NO_COLOR goes by, before a theme is there
        self.register_theme(THEME)
        self.theme = THEME.name
        self.animation_level = "none"
        self._outlook = outlook
        self._headed, self._told = Wording(name="head"), Wording()
        self._telling = VerticalScroll(self._told, id="said", can_focus=False)
        self._message: Sequence[str] = ()
        self._field = TypingLine(placeholder="查找", id="seek", compact=True)
        self._list, self._pane = TaskList(), CardPane()
        self._waiting: list[Timer] = []
        self._typing: Timer | None = None
        self._carded = ""  # the path of the task whose card is shown

    def compose(self) -> ComposeResult:
        """The head, the list, the card, what was said, the keys."""
        self._field.display = self._telling.display = False
        yield self._headed
        with Container(id="body"):
            with Vertical(id="left"):
                yield self._field
                yield self._list
            yield self._pane
        yield self._telling
        yield LastLine()

    def on_mount(self) -> None:
        """Show what is known, and listen for who wants an end."""
        with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; in a thread
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, self.exit, int(number))
        self._list.focus()
        self.tell([])
        self._show()

    # What is shown.

    def _show(self) -> None:
        self._list.put(self._outlook.shown)
        self._head()
        self._card()

    def _head(self) -> None:
        self._headed.put([self._headline(self.size.width)])

    def _headline(self, columns: int) -> str:
        outlook = self._outlook
        order = ORDERS[outlook.sort.removeprefix("-")] + (
            "倒排" if outlook.sort.startswith("-") else ""
        )
        shown, all_ = len(outlook.shown), len(outlook.tasks)
        parts = (
            f"{outlook.moment}（只能看）" if outlook.is_past else outlook.moment,
            "、".join(outlook.departments),
            f"含“{outlook.words}”的 {shown}/{all_} 项" if outlook.words else f"{all_} 项",
            f"按{order}",
            outlook.organisation,
        )
        who = f"办理人 {outlook.who}" if outlook.who else "没有登记是谁"
        text = " · ".join(filter(None, parts))
        rest = columns - width(who) - 2
        return f"{fitted(text, rest)}  {who}" if rest > width(text) else fitted(text, columns)

    def tell(self, lines: Iterable[str]) -> None:
        """Say something above the keys; what is wrong with the ledger is said there too."""
        self._message = list(lines)
        shown = [*self._message, *self._outlook.remarks]
        self._telling.display = bool(shown)
        self._told.put(shown)

    def _card(self) -> None:
        """Show the chosen task's card once the choice rests, and a little later its history."""
        for timer in self._waiting:
            timer.stop()
        task = self._list.chosen
        if task is None:
            self._carded = ""
            self._pane.put([*self._nothing()], is_same=False)
            return
        self._waiting = [
            self.set_timer(_SOON, lambda: self._put_card(task, False)),
            self.set_timer(_LATER, lambda: self._put_card(task, True)),
        ]

    def _nothing(self) -> Sequence[str]:
        outlook = self._outlook
        if outlook.words:
            return [f"没有含“{fitted(outlook.words, 20).strip()}”的事项。", "", "按 Esc 回到全部。"]
        return ["没有事项。"]

    def _put_card(self, task: Brief, whole: bool) -> None:
        pane, outlook = self._pane, self._outlook
        columns = max(20, pane.scrollable_content_region.width)

        def lines() -> list[str]:
            return outlook.card(task, columns, outlook.background(task) if whole else None)

        try:
            shown = lines()
        except (LedgerError, OSError) as error:
            shown = [*hung(against(error), columns)]
        pane.put(shown, is_same=self._carded == task.path)
        self._carded = task.path

    def on_resize(self, event: events.Resize) -> None:
        """Stand one below the other where there is no room beside each other."""
        self.set_class(event.size.width < _NARROW, "narrow")
        self.call_after_refresh(self._again_drawn)

    def _again_drawn(self) -> None:
        self._head()
        self._card()

    def on_app_focus(self) -> None:
        """Somebody comes back to this window, and may have changed something elsewhere."""
        if len(self.screen_stack) == 1:
            self.action_again()

    @on(TaskList.Chosen)
    def _chosen(self) -> None:
        self._card()

    # Looking.

    def _tried(self, work: Callable[[], object]) -> bool:
        """Do it; what is refused is said."""
        try:
            work()
        except (LedgerError, OSError) as error:
            self.tell([against(error)])
            return False
        return True

    def _asked(self) -> None:
        """See anew what there is; what was said stays."""
        if self._tried(self._outlook.ask):
            self.tell(self._message)
        self._show()

    def action_again(self) -> None:
        """Look once more."""
        self.tell([])
        self._asked()

    def action_seek(self) -> None:
        """Type what to look for."""
        self.tell([])
        self._field.display = True
        self._field.focus()

    @on(Input.Changed, "#seek")
    def _sought(self) -> None:
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(_TYPING, self._narrow)

    def _narrow(self) -> None:
        words = self._field.value
        if words != self._outlook.words:
            self._tried(lambda: self._outlook.narrow(words))
            self._show()

    @on(Input.Submitted, "#seek")
    def _taken(self) -> None:
        self._narrow()
        self._list.focus()

    async def action_back(self) -> None:
        """From the card to the list; from what was sought to everything; no words any more."""
        if not self._pane.has_focus:
            self._field.value = ""
            self._field.display = False
            self._narrow()
        self.tell([])
        self._list.focus()

    def action_read(self) -> None:
        """From the list to the card."""
        self._pane.focus()

    @work
    async def action_department(self) -> None:
        """Choose a department."""
        self.tell([])
        outlook = self._outlook
        every = [("", "全部部门")]

        def offered(typed: str) -> list[tuple[str, str]]:
            some = outlook.their_departments(typed)
            return ([] if typed else every) + [
                (name, f"{name}（{alias}）" if alias else name) for name, alias in some
            ]

        now = outlook.departments[0] if outlook.departments else ""
        name = await self.push_screen_wait(
            Offer("看哪个部门（打名称、别名或者拼音首字母）", offered, now)
        )
        if name is not None:
            outlook.departments = (name,) if name else ()
            self.action_again()

    @work
    async def action_order(self) -> None:
        """Choose an order."""
        self.tell([])
        outlook = self._outlook

        def offered(typed: str) -> list[tuple[str, str]]:
            return [pair for pair in ORDERS.items() if typed in pair[1]]

        now = outlook.sort.removeprefix("-")
        name = await self.push_screen_wait(Offer("按什么排", offered, now))
        if name is not None:
            outlook.sort = f"-{name}" if name == outlook.sort else name
            self.action_again()

    @work
    async def action_moment(self) -> None:
        """Choose a day."""
        self.tell([])
        blank = Blank("at", "哪一天", "如 2026-06-30、6月30日、昨天；不写就是现在", needed=False)
        typed, refused = self._outlook.at or "", ""
        while True:
            form = Form("看哪一天日终的台账", [blank], {"at": typed}, refused, how=_DAY)
            given = await self.push_screen_wait(form)
            if given is None:
                return
            typed = given["at"]
            try:
                self._outlook.go_to(self._outlook.door.legible(typed, blank.name).strip())
            except (LedgerError, OSError) as error:
                refused = against(error)
            else:
                break
        self.tell([])
        self._show()

    def action_help(self) -> None:
        """What the keys do."""
        keys = [f"{padded(key.sign, 4)}\t{key.words}" for key in KEYS]
        moving = [f"{padded(signs, 10)}\t{words}" for signs, words in MOVING]
        self.push_screen(Notice("帮助", [*keys, "", *moving, "", *ENDING]))

    # Doing.

    def action_do(self, name: str) -> None:
        """Do one of the deeds to the chosen task."""
        task = self._list.chosen
        if task is not None and not self._is_refused():
            self._do(ERRANDS[name], task)

    def action_save(self) -> None:
        """Save what was changed by hand."""
        if not self._is_refused():
            self._save()

    def _is_refused(self) -> bool:
        """Whether nothing can be done, since it is the past that is looked at; that is said."""
        if self._outlook.is_past:
            way = "按 t，不写日期就按回车，回到现在"
            self.tell([f"现在看的是 {self._outlook.moment} 的台账，只能看；{way}。"])
        return self._outlook.is_past

    @work
    async def _do(self, errand: Errand, task: Brief) -> None:
        await do(self, self._outlook, errand, task)
        self._asked()

    @work
    async def _save(self) -> None:
        await keep(self, self._outlook)
        self._asked()

    async def answered(self, screen: ModalScreen[T]) -> T:
        """What somebody answers on a screen."""
        return await self.push_screen_wait(screen)

    async def painted(self, text: str) -> None:
        """Say something, and go on once it can be seen."""
        self.tell([text])
        seen = asyncio.Event()
        self.call_after_refresh(seen.set)
        await seen.wait()

    # Ending.

    def action_interrupt(self) -> None:
        """Ctrl-C is a key here."""
        self.exit(int(signal.SIGINT))

    async def action_quit(self) -> None:
        """Nothing more is wanted."""
        self.exit(0)

    def _fatal_error(self) -> None:
        """Leave the screen without Textual's own report: the error is raised behind it."""
        self._close_messages_no_wait()


def browse(outlook: Outlook) -> None:
    """Show the ledger until somebody quits; the terminal is left as it was, whatever happens.

    Raises:
        KeyboardInterrupt: Ctrl-C.
        Exception: what went wrong, where that is a bug.
    """
    app = Browse(outlook)
    ended = app.run()
    if (error := app._exception) is not None:
        raise (error.error if isinstance(error, WorkerFailed) else error)
    if ended == signal.SIGINT:
        raise KeyboardInterrupt
    if ended:  # as it would have ended where nobody had listened
        signal.signal(ended, signal.SIG_DFL)
        os.kill(os.getpid(), ended)
