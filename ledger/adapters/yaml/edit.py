"""Changing a YAML file the way a careful person would: only the lines that must change.

The text is cut at its keys and, within those that change, at the keys and the entries below them.
Only the smallest pieces that say something else go through ruamel.yaml's round trip; every other
byte stays. So comments, key order, quotes, unknown keys and habits of layout survive.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledger.adapters.yaml.read import Extent, YamlFault, comments, control_in, parse, surveyed
from ledger.adapters.yaml.roundtrip import dumped, entry, origins, renewed
from ledger.adapters.yaml.style import Below, as_read
from ledger.errors import LedgerError
from ledger.model.problem import Place
from ledger.model.record import dataclass

_BLANKS = re.compile(r"\A(?:[ \t]*\r?\n)+")
_COMMENTS = re.compile(r"(?:^[ \t]*#.*\n)+\Z", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a file's data.

    Attributes:
        place: keys and list positions; missing mappings on the way are made.
        value: plain data (texts, numbers, days, lists, dicts) to stand there; of lists and dicts
            only what differs is touched.
        append: add `value` to the list at `place` (made when missing) instead.
    """

    place: Place
    value: Any
    append: bool = False


def edited(content: bytes, edits: Iterable[Edit], order: Sequence[str] = ()) -> bytes:
    """A file's content after some edits.

    Args:
        content: a readable YAML file.
        edits: applied in order.
        order: the canonical order of top-level keys; a new key is put where it belongs.

    Raises:
        YamlFault: the file cannot be read.
        LedgerError: a place leads through something that is neither mapping nor list, a value
            holds a control character, or the layout is too unusual to keep every comment.
    """
    parse(content)  # refuses what the round trip would take or choke on
    text = content.decode()
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    newline = "\r\n" if re.match(r".*\r\n", text) else "\n"
    bare = "" if text.endswith("\n") else newline  # a last line without its end keeps going without
    text = text.removeprefix(bom) + bare
    cutting = _Cutting(text, newline)
    new = cutting.data
    for edit in edits:
        _refuse_controls(edit.value)
        new = _applied(new, edit.place, edit, order)
    if as_read(new) == as_read(cutting.data):
        return content
    result = cutting.saying(new)
    _refuse_losses(text, result, cutting, new)
    return (bom + result.removesuffix(bare)).encode()


def written(data: Mapping[str, Any], head: str = "") -> bytes:
    """A new file's content: `head` (comment lines) and plain data, empty values left out by you.

    Raises:
        LedgerError: a value holds a control character.
    """
    _refuse_controls(data)
    text = dumped(data)
    return (f"{head}\n{text}" if head else text).encode()


# -- what is refused -------------------------------------------------------------------------


def _refuse_controls(value: Any) -> None:
    if isinstance(value, str):
        if control := control_in(value):
            raise LedgerError(
                f"要写入的文字含有控制字符 {control}",
                hint="请删去看不见的字符后再试（多是复制时带来的）",
            )
    elif isinstance(value, Mapping):
        _refuse_controls([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_controls(part)


def _refuse_losses(text: str, result: str, cutting: _Cutting, data: Any) -> None:
    """A last look: all comments are still there, and the file says what it should.

    Only what is taken away takes the comment on its own line with it.
    """
    try:
        now, places = surveyed(result)
    except YamlFault:
        now, places = None, {}
    if as_read(now) != as_read(data):
        raise LedgerError("自动修改会改变文件里的其他内容", hint="这个文件的写法特殊，请手工修改")
    shrinks = cutting.shrinks or not cutting.extents.keys() <= places.keys()
    old, new = (Counter(comments(each.encode(), own_line=shrinks)) for each in (text, result))
    if old - new:
        raise LedgerError("自动修改会丢掉文件里的注释", hint="这个文件的写法特殊，请手工修改")


# -- what changes ---------------------------------------------------------------------------


def _applied(data: Any, steps: Sequence[Any], edit: Edit, order: Sequence[str] = ()) -> Any:
    """Plain data with an edit's value at the end of some steps."""
    if not steps and edit.append:
        return [*data, edit.value] if isinstance(data, list) else [edit.value]
    if not steps:
        return edit.value
    step, *rest = steps
    if data in (None, ""):
        data = Below()
    if isinstance(data, list) and isinstance(step, int):
        return [*data[:step], _applied(data[step], rest, edit), *data[step + 1 :]]
    if not isinstance(data, dict):
        name = edit.place[-len(steps) - 1]
        raise LedgerError(f"文件里的“{name}”不是可以填写的结构", hint="请先手工改正这个文件")
    names = list(data)
    if step not in data:
        known = order[: order.index(step)] if step in order else names
        names.insert(max((n + 1 for n, name in enumerate(names) if name in known), default=0), step)
    value = _applied(data.get(step), rest, edit)
    return type(data)({name: value if name == step else data[name] for name in names})


# -- where it is written ----------------------------------------------------------------------


class _Cutting:
    """A text, every line of it ended, cut where its keys and its entries are."""

    def __init__(self, text: str, newline: str) -> None:
        self._text, self._newline = text, newline
        self.shrinks = False  # whether an entry was taken away
        self.data, self.extents = surveyed(text)
        top = self.extents[()]
        if not text[self._line(top.begin) : top.begin].strip():  # all of it may be indented
            top.begin = self._line(top.begin)
        indents = (
            self._column(extent.start) - self._column(extent.begin)
            for place, extent in self.extents.items()
            if extent.block and (*place, 0) in self.extents and isinstance(place[-1], str)
        )
        self._offset = max(0, next(indents, 2))  # how far the file indents its lists

    def saying(self, data: Any) -> str:
        """The text, changed so that it says some data."""
        extent = self.extents[()]
        piece = self._piece((), self.data, data)
        return self._text[: extent.begin] + piece + _below(piece, self._text[extent.end :])

    def _piece(self, place: Place, old: Any, new: Any) -> str:
        """What is to stand from a place's key or dash to the end of its last line."""
        extent = self.extents[place]
        if old is new or as_read(old) == as_read(new):
            return self._text[extent.begin : extent.end]
        sources: dict[Any, Any] = {}  # for each new key or position the old one that it is or was
        if extent.block and isinstance(old, dict) and isinstance(new, dict):
            # New keys come last, but at the top, where they are in order already.
            names = ({**old, **new} if place else new).keys()
            sources = {name: name if name in old else None for name in names if name in new}
        elif extent.block and isinstance(old, list) and isinstance(new, list):
            sources = dict(enumerate(origins(old, new)))
            old = dict(enumerate(old))
        if not sources:
            return self._renewed(place, new)
        head = self.extents[*place, next(iter(old))].begin
        beside = self._text[self._line(head) : head].strip()  # such as the dash of what is around
        if beside and next(iter(sources.values())) != next(iter(old)):
            return self._renewed(place, new)
        return self._entries(place, old, new, sources)

    def _entries(
        self, place: Place, old: Mapping[Any, Any], new: Any, sources: Mapping[Any, Any]
    ) -> str:
        """A collection in block style, changed entry by entry; what is between them stays."""
        text, keys, last = self._text, list(old), None
        extents = [self.extents[*place, key] for key in keys]
        befores = [self.extents[place].begin, *(extent.end for extent in extents)]
        starts = [*map(self._start, keys, extents, befores), extents[-1].end]
        result, pieces, gaps = text[befores[0] : starts[0]], {}, {}
        goals = {source: name for name, source in sources.items()}
        for number, (key, extent) in enumerate(zip(keys, extents, strict=True)):
            start, gap = starts[number], text[extent.end : starts[number + 1]]
            if key in goals:
                piece = self._piece((*place, key), old[key], new[goals[key]])
                gaps[key] = _below(piece, gap, text[extent.begin : extent.end])
                pieces[key], last = text[start : extent.begin] + piece, key
                continue
            self.shrinks, gap = True, text[start : self._line(extent.begin)] + gap
            if last is None:
                result += gap
            else:
                gaps[last] += gap
        gap = ""
        by = self._column(extents[0].begin) - (self._offset if isinstance(keys[0], int) else 0)
        for name, source in sources.items():
            if source is None:
                piece = entry(name, new[name], self._offset, block=extents[-1].block)
                piece = _shifted(piece, by).replace("\n", self._newline)
                result, gap = result + piece, _below(piece, gap)
            else:
                result, gap = result + gap + pieces[source], gaps[source]
        return result + gap

    def _renewed(self, place: Place, value: Any) -> str:
        """The piece that holds a place's value, holding another one."""
        extent = self.extents[place]
        column = self._column(extent.begin)
        indent = self._offset if place and isinstance(place[-1], int) else 0
        piece = " " * column + self._text[extent.begin : extent.end]
        newline = "\r\n" if re.match(r".*\r\n", piece) else "\n"
        piece = _shifted(piece.replace("\r\n", "\n"), indent - column)
        piece = _shifted(renewed(piece, value, self._offset, entry=bool(place)), column - indent)
        return piece.lstrip(" ").replace("\n", newline)

    def _start(self, key: Any, extent: Extent, after: int) -> int:
        """Where the lines of an entry start; comments right above one of a list belong to it."""
        line = self._line(extent.begin)
        if self._text[line : extent.begin].strip():  # beside the dash of what is around
            return extent.begin
        above = "" if isinstance(key, str) else _COMMENTS.search(self._text[after:line])
        return line - len(above[0]) if above else line

    def _line(self, offset: int) -> int:
        return self._text.rfind("\n", 0, offset) + 1

    def _column(self, offset: int) -> int:
        return offset - self._line(offset)


def _below(piece: str, rest: str, before: str = "") -> str:
    """What stands below a changed piece; spaces on blank lines would become part of its text."""
    if piece == before or "|-" not in piece:
        return rest
    return _BLANKS.sub(lambda lines: re.sub("[ \t]", "", lines[0]), rest)


def _shifted(piece: str, by: int) -> str:
    """Lines with so many more spaces in front, or fewer as far as there are any."""
    if by < 0:
        return re.sub(rf"^ {{1,{-by}}}", "", piece, flags=re.MULTILINE)
    return re.sub(r"^(?=[^\n])", " " * by, piece, flags=re.MULTILINE)
