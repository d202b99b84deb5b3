"""How documents of the corpus are made, and what is said of each one: its gold rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

HEAD = ("序号", "整改措施", "责任单位", "完成时限")
DEPARTMENTS = ("办公室", "人事处", "财务处", "机关党委", "规划处", "法规处", "督查室")

_FIELDS = {
    "部分": "section", "要点": "key_point", "问题": "problem", "目标": "goal", "措施": "measures",
    "牵头": "lead", "配合": "assist", "责任领导": "leader", "责任人": "owner", "时限": "due",
    "节点": "dates", "状态": "status", "进展": "progress", "比例": "percent",
}  # fmt: skip
_AS: dict[str, Callable[[str], Any]] = {
    "措施": lambda text: tuple(text.split("\n")),
    "进展": lambda text: (text,),
    "比例": int,
    **dict.fromkeys(("牵头", "配合", "节点"), lambda text: tuple(text.split("、"))),
}
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


def rows(text: str) -> list[list[Any]]:
    """Rows of a table, a line each: cells parted by |, whole numbers as such, ⏎ a line break."""
    lines = [line.strip().split("|") for line in text.strip().split("\n")]
    width = max(map(len, lines))
    return [[_cell(cell) for cell in line] + [None] * (width - len(line)) for line in lines]


def golds(text: str) -> tuple[Row, ...]:
    """Gold rows, a line each: 牵头=办公室; 列.总投资=5000; departments are parted by 、."""
    return tuple(_gold(line.strip()) for line in text.strip().split("\n"))


def _gold(line: str) -> Row:
    row: Row = {}
    for pair in line.split("; "):
        name, _, value = pair.strip().partition("=")
        value = value.replace("⏎", "\n")
        if name.startswith("列."):
            row.setdefault("columns", {})[name[2:]] = value
        else:
            row[_FIELDS[name]] = _AS.get(name, str)(value)
    return row


def _cell(text: str) -> Any:
    text = text.strip()
    return int(text) if text.isdecimal() else text.replace("⏎", "\n") or None


def sheet(
    name: str,
    content: Rows | str,
    *gold: Row,
    asked: tuple[str, ...] = (),
    refused: str = "",
    merged: Sequence[str] = (),
    shaped: Callable[[Any], None] | None = None,
    others: Sequence[tuple[str, Rows]] = (),
    called: str = "台账",
) -> Document:
    """A workbook; `shaped` does to its first sheet what rows do not say, `others` are more."""
    content = rows(content) if isinstance(content, str) else content

    def write(place: Path) -> None:
        book = openpyxl.Workbook()
        first = book.active
        first.title = called
        for row in content:
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


def table(document: Any, content: Rows | str) -> Any:
    """A table with these rows at the end of a Word document."""
    content = rows(content) if isinstance(content, str) else content
    made = document.add_table(0, len(content[0]))
    for row in content:
        for cell, text in zip(made.add_row().cells, row, strict=True):
            cell.text = "" if text is None else str(text)
    return made
