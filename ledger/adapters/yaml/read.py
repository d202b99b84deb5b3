"""The fast, strict way to read YAML: parser events of libyaml, every scalar kept as text.

Measured at about a thirtieth of ruamel.yaml's round trip (see benchmarks/). Refuses what a ledger
file never needs and an attacker might: anchors, tags, several documents, duplicate keys, deep
nesting, large files. The only module that imports PyYAML.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from sys import intern
from typing import Any

import yaml

from ledger.adapters.yaml.plain import MAX_BYTES, plain_data
from ledger.model.plaintext import CONTROLS, LINES, NO_TEXT
from ledger.model.problem import Place
from ledger.model.record import dataclass

try:
    from yaml.cyaml import CParser as _Parser  # type: ignore[attr-defined]
except ImportError:  # PyYAML built without libyaml: the same events, about thirty times slower
    from yaml import BaseLoader as _Parser  # type: ignore[assignment]

_Scalar, _Sequence, _SequenceEnd = yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.SequenceEndEvent
_MappingEnd = yaml.MappingEndEvent
MAX_DEPTH = 20
MAX_FLOW_DEPTH = 100  # libyaml's stack breaks far above; no honest file comes near
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_TAGS = (None, "!")
_CONFLICTS = ("<" * 7, "|" * 7, ">" * 7)
_CONFLICT = re.compile(r"^(<{7}|\|{7}|>{7})( |\r?$)", re.MULTILINE)
_CONTROL = re.compile(rf"[{CONTROLS}{LINES}{NO_TEXT}](?<!\r)")  # so it looks for the set first

_WORDS = (
    ("mapping values are not allowed", "这一行的冒号让人分不清键和值，请给含冒号的内容加引号"),
    ("could not find expected ':'", "键的后面缺少冒号"),
    ("found a tab character", "缩进不能用制表符，请改用空格"),
    ("cannot start any token", "有不能用在这里的字符（缩进不能用制表符；特殊字符请加引号）"),
    ("block sequence entries are not allowed", "“- ”开头的列表要另起一行"),
    ("unknown escape", "双引号里的反斜杠写法不对，可改用单引号"),
    ("alphabetic or numeric", "& 或 * 开头的文字请加引号"),
    ("unexpected end of stream", "引号没有配对"),
    ("found unexpected document", "引号没有配对"),
    ("did not find expected ',' or", "方括号或花括号没有配对"),
    ("did not find expected", "缩进没有对齐，或引号、括号后面多了内容"),
    ("found undefined tag", "用了台账文件不允许的标签“!”"),
)
# What was opened and never closed is to be mended where it was opened.
_OPENED = ("while scanning a quoted scalar", "while parsing a flow")
_DASH = re.compile(r"^ *-", re.MULTILINE)


class YamlFault(Exception):
    """A file that cannot be read: why (Chinese), and the 1-based line, 0 for the whole file."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message, line)
        self.message = message
        self.line = line


def is_fast() -> bool:
    """Whether libyaml does the reading."""
    return _Parser.__name__ == "CParser"


def text_of(content: bytes) -> str:
    """A file's text without its byte order mark.

    Raises:
        YamlFault: too large, binary, or not UTF-8 (with the line of the first bad byte).
    """
    if len(content) > MAX_BYTES:
        raise YamlFault(f"文件过大（{len(content)} 字节，上限 {MAX_BYTES} 字节）")
    if b"\0" in content:
        raise YamlFault("是二进制文件，不是文本")
    try:
        return content.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise YamlFault("不是 UTF-8 编码的文本，请另存为 UTF-8", line) from None


def parse(content: bytes, lines: dict[Place, int] | None = None) -> Any:
    """A file's data: dicts, lists, texts and None; plain `null`, `~` and nothing are None.

    Args:
        lines: takes the line of every place, where that is asked for; see `lines_of`.

    Raises:
        YamlFault: with the line, for anything that is not one plain YAML document.
    """
    data = plain_data(content) if lines is None else None
    return fully_parsed(content, lines) if data is None else data


def fully_parsed(content: bytes, lines: dict[Place, int] | None = None) -> Any:
    """The same by the parser, however plain it is."""
    text = text_of(content)
    _refuse_early(text)
    return _document(_Builder(text) if lines is None else _Liner(text, lines))


def lines_of(content: bytes) -> dict[Place, int]:
    """The 1-based line of every place (keys and list positions) of a readable file."""
    lines: dict[Place, int] = {}
    _document(_Liner(text_of(content), lines))
    return lines


@dataclass(slots=True)
class Extent:
    """Where a value stands in a text, in offsets.

    Attributes:
        line: the 1-based number of its first line.
        begin: where its key begins, or its dash in a list in block style, else itself.
        start: where it begins itself.
        end: below its last line, and below the blank ones that belong to its text.
        block: whether it is a mapping or a list in block style.
    """

    line: int
    begin: int
    start: int
    end: int = 0
    block: bool = False


def surveyed(text: str) -> tuple[Any, dict[Place, Extent]]:
    """A readable text's data, and where each place of it stands, outer places before inner ones."""
    locator = _Locator(text)
    return _document(locator), locator.extents


def comments(content: bytes, *, own_line: bool = False) -> list[str]:
    """The comments of a readable file in order, from `#` on; only those on a line of their own."""
    text = text_of(content)
    get: Any = _Parser(text).get_event
    outside, done = "", 0  # the text without its scalars, in which `#` may be anything
    while not isinstance(event := get(), yaml.StreamEndEvent):
        if isinstance(event, yaml.ScalarEvent):
            start, end = _span(event)
            outside, done = outside + text[done:start], end
            outside += "\n" if text[done - 1 : done] == "\n" else "."
    pattern = r"^[ \t]*(#.*)" if own_line else r"#.*"
    return [each.rstrip() for each in re.findall(pattern, outside + text[done:], re.MULTILINE)]


def beside_data(content: bytes) -> list[tuple[int, str]]:
    """The lines that hold comments, number and what follows the first `#`, cheaply.

    A `#` may as well stand in a text; that is looked at once more then.
    """
    if b"#" not in content:
        return []
    split = (each.partition("#") for each in content.decode(errors="replace").split("\n"))
    return [(number, after) for number, (_, mark, after) in enumerate(split, 1) if mark]


def control_in(text: str) -> str:
    """The first character that no ledger file may hold, as `U+0007`; empty when there is none."""
    control = _CONTROL.search(text)
    return f"U+{ord(control.group()):04X}" if control else ""


def _document(builder: _Builder) -> Any:
    try:
        return builder.document()
    except yaml.MarkedYAMLError as error:
        raise YamlFault(f"YAML 语法错误：{_in_chinese(error)}", _line(error)) from None
    except yaml.YAMLError:
        raise YamlFault("含有 YAML 不允许的字符") from None


def _refuse_early(text: str) -> None:
    if any(mark in text for mark in _CONFLICTS) and (conflict := _CONFLICT.search(text)):
        line = text.count("\n", 0, conflict.start()) + 1
        raise YamlFault("有没有处理完的合并冲突标记（<<<<<<<、=======、>>>>>>>）", line)
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise YamlFault(f"含有控制字符 {control_in(control.group())}", line)
    if text.count("[") + text.count("{") > MAX_FLOW_DEPTH:
        _refuse_deep_flow(text)


def _refuse_deep_flow(text: str) -> None:
    depth = 0
    for sign in re.finditer(r"[\[\]{}\n]", text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(sign.group(), 0)
        if depth > MAX_FLOW_DEPTH:
            raise YamlFault("括号嵌套过深", text.count("\n", 0, sign.start()) + 1)


class _Builder:
    """Builds data from parser events, one document."""

    def __init__(self, text: str) -> None:
        self._next: Any = _Parser(text).get_event

    def document(self) -> Any:
        self._next()  # stream start
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            raise YamlFault("是空文件")
        data = self._root(self._next())
        self._next()  # document end
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise YamlFault("一个文件只能写一份内容（多了“---”）", _line_of(event))
        if data is None:
            raise YamlFault("是空文件")
        return data

    def _root(self, event: Any) -> Any:
        return self._built(event, 0)

    def _built(self, event: Any, depth: int) -> Any:
        """The data of a value; classes are compared, for a large ledger has millions of events."""
        if event.anchor is not None or event.tag not in _PLAIN_TAGS:
            raise _marked(event)
        if event.__class__ is _Scalar:
            return _value(event)
        if depth >= MAX_DEPTH:
            raise _too_deep(event)
        follow, depth = self._next, depth + 1
        if event.__class__ is _Sequence:
            entries: list[Any] = []
            while (event := follow()).__class__ is not _SequenceEnd:
                entries.append(self._built(event, depth))
            return entries
        mapping: dict[str, Any] = {}
        while (event := follow()).__class__ is not _MappingEnd:
            key = _key(event, mapping)
            event = follow()
            if event.__class__ is _Scalar and event.anchor is None and event.tag is None:
                mapping[key] = _value(event)
            else:
                mapping[key] = self._built(event, depth)
        return mapping


class _Placing(_Builder):
    """A builder that knows the place of what it builds."""

    def _root(self, event: Any) -> Any:
        return self._node(event, ())

    def _node(self, event: Any, place: Place, key: Any = None) -> Any:
        """The data of a value; `key` is the event of its key."""
        if event.anchor is not None or event.tag not in _PLAIN_TAGS:
            raise _marked(event)
        if event.__class__ is _Scalar:
            return _value(event)
        if len(place) >= MAX_DEPTH:
            raise _too_deep(event)
        if event.__class__ is _Sequence:
            return self._sequence(place)
        return self._mapping(place)

    def _sequence(self, place: Place) -> list[Any]:
        entries: list[Any] = []
        while (event := self._next()).__class__ is not _SequenceEnd:
            entries.append(self._node(event, (*place, len(entries))))
        return entries

    def _mapping(self, place: Place) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while (event := self._next()).__class__ is not _MappingEnd:
            key = _key(event, mapping)
            mapping[key] = self._node(self._next(), (*place, key), event)
        return mapping


class _Liner(_Placing):
    """A builder that also notes in which line everything begins."""

    def __init__(self, text: str, lines: dict[Place, int]) -> None:
        super().__init__(text)
        self._lines = lines

    def _node(self, event: Any, place: Place, key: Any = None) -> Any:
        self._lines[place] = (event if key is None else key).start_mark.line + 1
        return super()._node(event, place, key)


class _Locator(_Placing):
    """A builder that also notes where everything stands."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._text = text
        self._get, self._next = self._next, self._step
        self._event: Any = None
        self._end = 0
        self.extents: dict[Place, Extent] = {}

    def _step(self) -> Any:
        self._event = self._get()
        return self._event

    def _node(self, event: Any, place: Place, key: Any = None) -> Any:
        if event.anchor is not None:
            raise _marked(event)
        begin, start = _span(key or event)[0], _span(event)[0]
        around = self.extents[place[:-1]] if place else Extent(0, 0, 0, block=True)
        if around.block and place and not key:
            dash = _DASH.search(self._text, self._end, start) if place[-1] else None
            begin = dash.end() - 1 if dash else around.start
        extent = self.extents[place] = Extent(_line_of(key or event), begin, start)
        extent.block = not (isinstance(event, yaml.ScalarEvent) or event.flow_style)
        data = super()._node(event, place, key)
        if around.block and not extent.block:
            self._end = self._below(event, start, _span(self._event)[1])
        extent.end = self._end
        return data

    def _below(self, event: Any, start: int, end: int) -> int:
        if isinstance(event, yaml.ScalarEvent) and event.style in ("|", ">"):
            text = str(event.value)
            if text.rstrip(" \t\n") != text.removesuffix("\n"):
                return end  # blank lines at its end belong to it
            end = start + len(self._text[start:end].rstrip(" \t\r\n"))
        return self._text.find("\n", end) + 1 or len(self._text)


def _key(event: Any, mapping: dict[str, Any]) -> str:
    if event.anchor is not None or event.tag not in _PLAIN_TAGS:
        raise _marked(event)
    if event.__class__ is not _Scalar:
        raise YamlFault("键必须是文字", _line_of(event))
    key = intern(_text(event))  # the same few in every file of a large ledger
    if key in mapping:
        raise YamlFault(f"键“{key}”重复出现", _line_of(event))
    return key


def _value(event: Any) -> str | None:
    text = _text(event)
    return None if text in _NULLS and not event.style else text


def _too_deep(event: Any) -> YamlFault:
    return YamlFault(f"层次过深（超过 {MAX_DEPTH} 层）", _line_of(event))


def _marked(event: Any) -> YamlFault:
    if event.anchor is not None:
        return YamlFault("不允许使用锚点和引用（& 和 *）；若是文字，请加引号", _line_of(event))
    return YamlFault("不允许使用类型标签（!）；若是文字，请加引号", _line_of(event))


def _text(event: Any) -> str:
    text: str = event.value
    if event.style == '"' and (control := control_in(text)):  # written with a backslash
        raise YamlFault(f"含有控制字符 {control}", _line_of(event))
    return text


def _line_of(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _span(event: Any) -> tuple[int, int]:
    return int(event.start_mark.index), int(event.end_mark.index)


def _in_chinese(error: yaml.MarkedYAMLError) -> str:
    complaint = f"{error.context or ''} {error.problem or ''}"
    return next((words for part, words in _WORDS if part in complaint), "写法不合 YAML 规定")


def _line(error: yaml.MarkedYAMLError) -> int:
    opened = (error.context or "").startswith(_OPENED) and "escape" not in (error.problem or "")
    mark = error.context_mark if opened else error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 0
