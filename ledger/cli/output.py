"""Tables in the form that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from ledger.cli.session import emit, emit_json
from ledger.errors import UsageError

if TYPE_CHECKING:
    from ledger.view.table import Table

T = TypeVar("T")
_PICTURE_COLUMNS = 96
_LONGEST = 2000  # lines of a page that is laid out: rich takes a second for a table of so many
BINARY = ("xlsx", "docx")


def emit_table(table: Table, form: str, together: int = 0) -> None:
    """Print a table as `table`, `csv`, `md` or `svg` (a picture of a terminal).

    Args:
        together: rows of all the tables that are printed, where there are several.
    """
    from ledger.view.screen import Screen, screen
    from ledger.view.table import as_csv, as_markdown, draw

    if form == "csv":
        emit(as_csv(table))
    elif form == "md":
        emit(as_markdown(table))
    elif form == "svg":
        from ledger.view.picture import svg

        printed = draw(table, Screen(_PICTURE_COLUMNS, terminal=True, colour=True))
        emit([svg("\n".join(printed), _command_line(), _PICTURE_COLUMNS)])
    else:
        emit(draw(table, screen(), together))


def emit_lines(lines: Iterable[str]) -> None:
    """Print a text line by line: on a terminal each within the screen, what goes on set in."""
    from ledger.view.screen import hung, screen

    to = screen()
    emit(part for line in lines for part in hung(line, to))


def emit_page(text: str) -> None:
    """Print a page in Markdown: laid out on a terminal, as it is elsewhere, or where it is long."""
    from ledger.view.screen import screen

    to = screen()
    if not to.terminal or text.count("\n") > _LONGEST:
        sys.stdout.write(text if text.endswith("\n") or not text else f"{text}\n")
        return
    from ledger.view.page import page_lines

    emit(page_lines(text, to))


def emit_file(content: bytes, form: str) -> None:
    """Write a file to stdout.

    Raises:
        UsageError: it is a form that no terminal can show.
    """
    if form in BINARY and sys.stdout.isatty():
        raise UsageError(f"{form} 不能显示在终端上", hint="请用 -o 写明文件名")
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def emit_result(
    form: str, result: T, as_json: Callable[[T], object], as_table: Callable[[T], Table]
) -> None:
    """Print a result as JSON, or as a table in another form."""
    if form == "json":
        emit_json(as_json(result))
    else:
        emit_table(as_table(result), form)


def _command_line() -> str:
    words = ["ledger", *sys.argv[1:]]
    if "--format" in words:
        place = words.index("--format")
        del words[place : place + 2]
    return " ".join(words)
