"""How documents of the corpus are made, and what is said of each one: its gold rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

HEAD = ("序号", "整改措施", "责任单位", "完成时限")
DEPARTMENTS = ("办公室", "人事处", "财务处", "机关党委", "规划处", "法规处", "督查室")

Row = dict[str, Any]
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Document:
    """A document: what makes it, the tasks in it, what must be asked, or why it is refused.

    Attributes:
        write: makes the file, at a place with the suffix.
        gold: of each task in order all that it must hold; what is not given must be empty.
        asked: words that one of the doubts must have, each of them.
        refused: words of the refusal, when there is one.
    """

    name: str
    suffix: str
    write: Callable[[Path], None]
    gold: tuple[Row, ...] = ()
    asked: tuple[str, ...] = ()
    refused: str = ""


def task(measures: str = "", lead: str = "", due: str = "", **more: Any) -> Row:
    """A gold row; several measures are parted by |, departments by spaces."""
    row: Row = {"measures": tuple(measures.split("|")) if measures else (), "due": due}
    row["lead"] = tuple(lead.split())
    row["assist"] = tuple(more.pop("assist", "").split())
    return {key: value for key, value in (row | more).items() if value}


def sheet(
    name: str,
    rows: Rows,
    *gold: Row,
    asked: tuple[str, ...] = (),
    refused: str = "",
    merged: Sequence[str] = (),
    shaped: Callable[[Any], None] | None = None,
    others: Sequence[tuple[str, Rows]] = (),
    called: str = "台账",
) -> Document:
    """A workbook; `shaped` does to its first sheet what rows do not say, `others` are more."""

    def write(place: Path) -> None:
        book = openpyxl.Workbook()
        first = book.active
        first.title = called
        for row in rows:
            first.append(list(row))
        for span in merged:
            first.merge_cells(span)
        if shaped is not None:
            shaped(first)
        for title, more in others:
            other = book.create_sheet(title)
            for row in more:
                other.append(list(row))
        book.save(place)

    return Document(name, ".xlsx", write, gold, asked, refused)


def word(
    name: str,
    fill: Callable[[Any], None],
    *gold: Row,
    asked: tuple[str, ...] = (),
    refused: str = "",
) -> Document:
    """A Word document, filled by `fill`."""

    def write(place: Path) -> None:
        import docx

        document = docx.Document()
        fill(document)
        document.save(str(place))

    return Document(name, ".docx", write, gold, asked, refused)


def table(document: Any, rows: Rows) -> Any:
    """A table with these rows at the end of a Word document."""
    made = document.add_table(0, len(rows[0]))
    for row in rows:
        for cell, text in zip(made.add_row().cells, row, strict=True):
            cell.text = "" if text is None else str(text)
    return made
