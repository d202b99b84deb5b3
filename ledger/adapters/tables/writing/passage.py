"""A stretch of text in one face, on its way into a paragraph of a Word file."""

from __future__ import annotations

from typing import NamedTuple

from docx.text.paragraph import Paragraph
from docx.text.run import Run

from ledger.adapters.tables.writing import wordfile
from ledger.model.config import Fonts


class Passage(NamedTuple):
    """A stretch of text in one face; `text` "\\n" is a line break."""

    text: str
    bold: bool = False
    emphasis: bool = False


def add_passage(paragraph: Paragraph, passage: Passage, fonts: Fonts) -> Run:
    """Write a passage at a paragraph's end."""
    run = paragraph.add_run()
    if passage.text == "\n":
        run.add_break()
        return run
    run.text = passage.text
    if passage.bold:
        run.font.bold = True
    if passage.emphasis:  # Chinese has no italics: 楷体 sets a text apart
        wordfile.set_font(run, fonts.subheading, fonts.latin)
    return run
