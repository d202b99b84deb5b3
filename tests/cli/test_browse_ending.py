"""However `browse` ends, the terminal is as it was; and where there is none, it does not begin."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import OnTerminal, Outcome
    from tests.conftest import LedgerFolder, MakeLedger

_MINUTE = 60
# What the screen switches on, and by what it is switched off again.
MODES = {
    "\x1b[?1049h": "\x1b[?1049l",  # the other screen
    "\x1b[?25l": "\x1b[?25h",  # no cursor
    "\x1b[?1000h": "\x1b[?1000l",  # the mouse
    "\x1b[?1003h": "\x1b[?1003l",
    "\x1b[?1004h": "\x1b[?1004l",  # who looks at this window
    "\x1b[?2004h": "\x1b[?2004l",  # pasted text
}
_CRASHES = """
import sys
from ledger.view.browse import doing, outlook
def mistaken(*_): raise RuntimeError("mistake")
{} = mistaken
sys.argv = ["ledger", "browse"]
from ledger.__main__ import main
main()
"""


class Ended(NamedTuple):
    """What a terminal got, what became of the program, and of the terminal's settings."""

    text: str
    code: int
    is_as_before: bool

    @property
    def behind(self) -> str:
        """What was printed once the screen was left."""
        return re.sub(r"\x1b\[[?0-9;]*[a-z]", "", self.text.rpartition("\x1b[?1004l")[2]).strip()


def ended(folder: Path, how: Sequence[str], seen: str, then: bytes | signal.Signals) -> Ended:
    """Run a program on a terminal of its own until it ends.

    Args:
        seen: what has to be on the screen first.
        then: what is typed then, or the signal that comes.
    """
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    process = subprocess.Popen(
        how,
        cwd=folder,
        env=dict(os.environ)
        | {"TERM": "xterm", "PYTHONPATH": str(ROOT), "COLUMNS": "", "LINES": ""},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    printed, sent, end = b"", False, time.monotonic() + _MINUTE
    while process.poll() is None and time.monotonic() < end:
        printed += _read(ours)
        if not sent and seen.encode() in printed:
            sent = True
            if isinstance(then, bytes):
                os.write(ours, then)
            else:
                process.send_signal(then)
    code = process.wait(_MINUTE) if sent else process.kill()
    printed += _read(ours)
    after = termios.tcgetattr(theirs)
    os.close(ours)
    os.close(theirs)
    assert code is not None, printed.decode(errors="replace")
    return Ended(printed.decode(errors="replace"), code, before == after)


def _read(terminal: int) -> bytes:
    parts = b""
    while select.select([terminal], [], [], 0.02)[0]:
        parts += os.read(terminal, 1 << 16)
    return parts


def assert_left(end: Ended) -> None:
    for on, off in MODES.items():
        assert end.text.rfind(off) > end.text.rfind(on) > -1, (on, end.text[-300:])
    assert end.is_as_before


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(3)


@pytest.mark.parametrize(
    ("then", "code", "says"),
    [
        (b"q", 0, ""),
        (b"\x03", 130, "已中断。"),
        (b"p\x03", 130, "已中断。"),
        (signal.SIGINT, 130, "已中断。"),
        (signal.SIGTERM, -signal.SIGTERM, ""),
    ],
)
def test_the_terminal_is_as_it_was(
    ledger: LedgerFolder,
    ledger_command: list[str],
    then: bytes | signal.Signals,
    code: int,
    says: str,
) -> None:
    end = ended(ledger.root, [*ledger_command, "browse"], "具体措施", then)
    assert_left(end)
    assert end.code == code
    assert end.behind == says


@pytest.mark.usefixtures("own_temporary")
@pytest.mark.parametrize(
    ("where", "seen", "then"),
    [("outlook.Outlook.card", "", signal.SIGCONT), ("doing._begun", "具体措施", b"p")],
)
def test_a_crash_leaves_the_terminal_and_is_told_as_ever(
    ledger: LedgerFolder, where: str, seen: str, then: bytes | signal.Signals
) -> None:
    """While something is drawn, and amid a conversation."""
    end = ended(ledger.root, [sys.executable, "-c", _CRASHES.format(where)], seen, then)
    assert_left(end)
    assert end.code == 3
    match = re.fullmatch(
        r"程序内部出错，这是程序的问题。详细记录在 (\S+)，请连同它一起报告。", end.behind
    )
    assert match, end.behind
    log = Path(match[1]).read_text("utf-8")
    assert "RuntimeError: mistake" in log
    assert "['browse']" in log
    assert "Traceback" not in end.behind


def test_where_there_is_no_terminal_it_says_what_there_is_instead(
    ledger: LedgerFolder, refused: Callable[..., Outcome]
) -> None:
    told = refused(ledger, "browse", code=2, says="占满一个终端窗口")
    assert "ledger list" in told.err


def test_a_terminal_that_can_do_nothing(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    told = on_terminal(ledger, ["browse"], environment={"TERM": "dumb"})
    assert told.code == 2
    assert told.lines == ["ledger browse 要占满一个终端窗口，这里没有。请改用 ledger list。"]


def test_what_there_is_not_is_refused_before_the_screen(
    ledger: LedgerFolder, on_terminal: OnTerminal
) -> None:
    for options, says in (
        (["--dept", "没有这个部门"], "没有部门“没有这个部门”"),
        (["--at", "2011-01-01"], "还没有任何提交"),
        (["-C", "/不在这里"], "不存在"),
    ):
        place = options if "-C" in options else []
        rest = [] if place else options
        told = on_terminal(ledger, [*place, "browse", *rest])
        assert told.code == 2
        assert says in told.text
        assert "\x1b[?1049h" not in told.text
