"""What the whole command line was told: folder, day; and how results and failures are printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ledger.adapters.disk.interrupt import Course
from ledger.errors import UsageError
from ledger.model.record import dataclass, field

if TYPE_CHECKING:  # a page of help needs no day and no path
    import datetime as dt
    from pathlib import Path

    from ledger.model.problem import Problem
    from ledger.usecases.reading.open import Ledger

_ISO = len("2017-10-20")
_PIECE = 32_000  # characters written in one go


class Ended(Exception):
    """All is said, and the command ends here.

    Args:
        code: its exit code.
    """

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Cancelled(Exception):
    """Somebody who was asked does not go on."""


@dataclass(frozen=True, slots=True)
class Session:
    """The global options.

    Attributes:
        folder: where to look for the ledger (`-C`).
        today: `--today`, None when the clock decides.
        course: how far the command has come.
    """

    folder: Path
    today: dt.date | None
    course: Course = field(default_factory=Course)

    def now(self, ledger: Ledger | None) -> dt.date:
        """The given today, else the day it is where the ledger is; here, where there is none."""
        if self.today:
            return self.today
        clock = self.instant()
        if ledger is None:
            from ledger.model.zone import day_of

            return day_of(clock.timestamp(), None)
        from ledger.usecases.reading.moment import today_of

        return today_of(ledger, clock)

    @staticmethod
    def instant() -> dt.datetime:
        """The moment it is, by this machine's clock."""
        import datetime as dt

        return dt.datetime.now(dt.UTC)

    def open(self, lost: bool = False) -> Ledger:
        """The ledger of the folder; what a killed program left half written is settled first.

        Args:
            lost: whether it may be one whose ledger.yaml a commit has taken away.
        """
        from ledger.usecases.reading.open import open_ledger

        ledger = open_ledger(self.folder, say, self.course, lost=lost)
        if sys.stderr.isatty():
            from ledger.view.progress import after_a_second

            ledger.index.tell = after_a_second("正在建立索引")
        self.settled(ledger)
        return ledger

    def open_if_any(self) -> Ledger | None:
        """The ledger of the folder; None where there is none, or none that can be read."""
        from ledger.errors import LedgerError

        try:
            return self.open()
        except LedgerError:
            return None

    def untouched(self) -> Ledger:
        """The ledger of the folder, only to be read: nothing that others left is settled."""
        from ledger.usecases.reading.open import open_ledger

        return open_ledger(self.folder, course=self.course)

    def open_again(self, tell: Callable[[str], object]) -> Ledger:
        """The same for one more deed of a command that goes on.

        Args:
            tell: takes what is to be said beside the data.
        """
        from ledger.usecases.reading.open import open_ledger

        ledger = open_ledger(self.folder, tell, Course())
        self.settled(ledger, tell)
        return ledger

    @staticmethod
    def settled(ledger: Ledger, tell: Callable[[str], object] | None = None) -> None:
        """Settle what a killed program left half written, and say so (to `tell`, where given)."""
        from ledger.adapters.files.pending import is_interrupted

        tell = tell or say
        if not is_interrupted(ledger.repo):
            return
        from ledger.usecases.writing.act import recover
        from ledger.view.problems import recovery

        try:
            interrupted = recover(ledger)
        except OSError:
            tell("上一次写入中断了，磁盘现在写不进去，还没有恢复；请检查磁盘，再运行任何一个命令。")
            return
        if interrupted is not None:
            tell(recovery(interrupted))


def day(text: str, option: str) -> dt.date:
    """A day given on the command line.

    Raises:
        UsageError: when it is no existing day with its year, such as 2017-10-20 or 2017.10.20.
    """
    import datetime as dt

    try:
        if len(text) == _ISO and text[4] == text[7] == "-":  # ISO weeks are dates too
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    from ledger.model.daytext import read_day

    if (read := read_day(text)) is None:
        raise UsageError(f"{option} 的值“{text}”不是日期", hint="请写成 2017-10-20 这样的真实日期")
    return read


def year_number(value: int | None, option: str) -> int | None:
    """A year given on the command line.

    Raises:
        UsageError: when it is none between 1 and 9999.
    """
    import datetime as dt

    if value is not None and not dt.MINYEAR <= value <= dt.MAXYEAR:
        raise UsageError(f"{option} 的值 {value} 不是年份", hint="请写 1 到 9999 之间的整数")
    return value


def legible(text: str, called: str) -> str:
    """A text that was typed.

    Args:
        called: where it was typed, for the message.

    Raises:
        UsageError: it has control characters, or is no UTF-8, and could never be read again.
    """
    from ledger.model.plaintext import unsafe

    if steering := unsafe(text):
        no_text = "\ud800" <= steering <= "\udfff"
        what = "不是 UTF-8 的文字" if no_text else f"控制字符（U+{ord(steering):04X}）"
        raise UsageError(f"{called}里有{what}", hint="请去掉后再试")
    return text


def emit(lines: Iterable[str]) -> None:
    """Write lines to stdout as they come, many in one go."""
    for piece in _pieces(f"{line}\n" for line in lines):
        sys.stdout.write(piece)


def emit_json(value: object) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json_text(value))


def emit_json_list(documents: Iterable[str]) -> None:
    """Write a JSON list to stdout, of documents that are laid out already, as they come.

    Args:
        documents: the commas and line ends between them included.
    """
    from ledger.model.plaintext import escaped

    empty = True
    for part in _pieces(documents):
        sys.stdout.write(("[\n" if empty else "") + escaped(part))
        empty = False
    sys.stdout.write("[]\n" if empty else "\n]\n")


def _pieces(texts: Iterable[str]) -> Iterator[str]:
    """The same in fewer, larger texts."""
    waiting: list[str] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size > _PIECE:
            yield "".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield "".join(waiting)


def json_text(value: object, indent: int | None = 2) -> str:
    """A JSON document and a line's end, what could steer a terminal escaped as JSON can."""
    import json

    from ledger.model.plaintext import escaped

    return escaped(json.dumps(value, ensure_ascii=False, indent=indent)) + "\n"


def say(*texts: str) -> None:
    """Tell the user something beside the data: each text is one line on stderr."""
    from ledger.view.text import clean

    if texts and sys.stdout.isatty():  # whoever reads the data page by page first reads it all
        sys.stdout.flush()
    for text in texts:
        sys.stderr.write(clean(text).replace("\n", " ") + "\n")


def remark(text: str) -> None:
    """Draw attention to something (a sentence without its full stop); empty, to nothing."""
    if text:
        say(f"注意：{text}。")


def leave_if(failed: bool) -> None:
    """End with exit code 1 where all was said, but something is wrong."""
    if failed:
        raise Ended(1)


def finish(problems: Sequence[Problem]) -> None:
    """End a reading command: name what could not be read, then exit 1 if there was any.

    Raises:
        Ended: with 1 when there are errors.
    """
    if not problems:
        return
    from ledger.model.problem import has_errors
    from ledger.view.problems import problem_lines

    if has_errors(problems):
        sys.stdout.flush()
        say(*problem_lines(problems))
        raise Ended(1)
