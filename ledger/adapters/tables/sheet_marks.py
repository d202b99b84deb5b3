"""What a worksheet shows beside its values: text that is struck through, comments.

Read only where a part of the file says that there is any. Element names are those of ECMA-376
part 1, 18.3 (cells), 18.4 (strings), 18.7 (comments) and 18.8 (styles). `walk` has gone through
every part before, so there is no DOCTYPE in them and no more than they may hold.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from ledger.adapters.tables.grid import clean_text

Place = tuple[int, int]
"""(line from 1, column from 0) of a cell."""

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_OFF = frozenset({"0", "false", "off"})
_MADE_BY_EXCEL = re.compile(
    r"\[(?:Threaded comment|线程批注|线程注释)\].*?(?:Comment|注释|批注)[:：]", re.S
)


def live_texts(archive: ZipFile, part: str) -> dict[Place, str]:
    """Of each cell in which something is struck through, what is left."""
    if not any(b"strike" in _content(archive, name) for name in (_STRINGS, _STYLES, part)):
        return {}
    fonts = _struck_styles(_content(archive, _STYLES))
    strings = list(_elements(archive, _STRINGS, "si"))
    left = {}
    for cell in _elements(archive, part, "c"):
        place = place_of(cell.get("r", ""))
        text = _string_of(cell, strings)
        if place is None or text is None:
            continue
        pieces = list(_pieces(text, int(cell.get("s", "0")) in fonts))
        if any(struck and piece.strip() for piece, struck in pieces):
            left[place] = clean_text("".join(piece for piece, struck in pieces if not struck))
    return left


def comments(archive: ZipFile, part: str) -> dict[Place, str]:
    """Place → what a comment on the cell says."""
    texts: dict[Place, str] = {}
    for target in _related(archive, part, "/comments"):
        for comment in _elements(archive, target, "comment"):
            place = place_of(comment.get("ref", ""))
            pieces = (each.text or "" for each in comment.iter(f"{_namespace(comment)}t"))
            text = _MADE_BY_EXCEL.sub("", clean_text("".join(pieces))).strip()
            if place is not None and text:
                texts[place] = text
    return texts


def place_of(reference: str) -> Place | None:
    """The place that B3 names."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column - 1


def _content(archive: ZipFile, name: str) -> bytes:
    return archive.read(name) if name in archive.namelist() else b""


def _elements(archive: ZipFile, name: str, local: str) -> Iterator[Any]:
    """The elements of a part with a local name; all but `si` are emptied afterwards."""
    if name not in archive.namelist():
        return
    with archive.open(name) as source:
        for _, element in ElementTree.iterparse(source):  # noqa: S314 - no DOCTYPE in it
            if element.tag.rpartition("}")[2] == local:
                yield element
                if local != "si":
                    element.clear()


def _namespace(element: Any) -> str:
    return str(element.tag.rpartition("}")[0]) + "}" if "}" in element.tag else ""


def _string_of(cell: Any, strings: list[Any]) -> Any | None:
    """The element with the text of a cell; of a number its value."""
    space = _namespace(cell)
    if cell.get("t") == "s":
        index = cell.findtext(f"{space}v", "")
        return strings[int(index)] if index.isdigit() and int(index) < len(strings) else None
    inline = cell.find(f"{space}is")
    return cell.find(f"{space}v") if inline is None else inline


def _pieces(text: Any, whole: bool) -> Iterator[tuple[str, bool]]:
    """The pieces of a text and whether they are struck through; `whole` if the cell's font is."""
    space = _namespace(text)
    if text.tag == f"{space}v":
        yield text.text or "", whole
    for child in text:
        if child.tag == f"{space}t":
            yield child.text or "", whole
        elif child.tag == f"{space}r":
            properties = child.find(f"{space}rPr")
            own = whole if properties is None else _is_on(properties.find(f"{space}strike"))
            yield child.findtext(f"{space}t", ""), own


def _is_on(mark: Any | None) -> bool:
    return mark is not None and mark.get("val", "1") not in _OFF


def _struck_styles(styles: bytes) -> frozenset[int]:
    """Which formats of cells (cellXfs) have a font that is struck through."""
    if b"strike" not in styles:
        return frozenset()
    root = ElementTree.fromstring(styles)  # noqa: S314 - no DOCTYPE in it
    space = _namespace(root)
    fonts = [_is_on(font.find(f"{space}strike")) for font in root.iterfind(f"{space}fonts/*")]
    formats = (int(each.get("fontId", "0")) for each in root.iterfind(f"{space}cellXfs/*"))
    return frozenset(at for at, font in enumerate(formats) if font < len(fonts) and fonts[font])


def _related(archive: ZipFile, part: str, kind: str) -> Iterator[str]:
    """The parts of one kind that belong to a worksheet."""
    folder, name = posixpath.split(part)
    for relation in _elements(archive, f"{folder}/_rels/{name}.rels", "Relationship"):
        attributes: Mapping[str, str] = relation.attrib
        if attributes.get("Type", "").endswith(kind):
            target = attributes.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            yield posixpath.normpath(whole)
