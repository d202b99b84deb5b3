"""The fast, strict way to read YAML: parser events of libyaml, every scalar kept as text.

Measured at about a thirtieth of ruamel.yaml's round trip (see benchmarks/). Refuses what a ledger
file never needs and an attacker might: anchors, tags, several documents, duplicate keys, deep
nesting, large files. The only module that imports PyYAML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

try:
    from yaml.cyaml import CParser as _Parser  # type: ignore[attr-defined]
except ImportError:  # PyYAML built without libyaml: the same events, about thirty times slower
    from yaml import BaseLoader as _Parser  # type: ignore[assignment]

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_FLOW_DEPTH = 100  # libyaml's stack breaks far above; no honest file comes near
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_CONFLICT = re.compile(r"^(<{7}|\|{7}|>{7})( |$)", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")

_WORDS = (
    ("mapping values are not allowed", "这一行的冒号让人分不清键和值，请给含冒号的内容加引号"),
    ("could not find expected ':'", "键的后面缺少冒号"),
    (
        "cannot start any token",
        "有不能用在这里的字符（缩进不能用制表符；特殊字符请加引号）",
    ),
    ("unexpected end of stream", "引号没有配对"),
    ("found unexpected document", "引号没有配对"),
    ("did not find expected ',' or", "方括号或花括号没有配对"),
    ("did not find expected", "缩进没有对齐"),
    ("found undefined tag", "用了台账文件不允许的标签“!”"),
)


@dataclass(frozen=True)
class YamlFault(Exception):
    """A file that cannot be read: why (Chinese), and the 1-based line, 0 for the whole file."""

    message: str
    line: int = 0


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
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise YamlFault("不是 UTF-8 编码的文本，请另存为 UTF-8", line) from None


def parse(content: bytes) -> Any:
    """A file's data: dicts, lists, texts and None; plain `null`, `~` and nothing are None.

    Raises:
        YamlFault: with the line, for anything that is not one plain YAML document.
    """
    return _read(text_of(content), None)


def lines_of(content: bytes) -> dict[tuple[str | int, ...], int]:
    """The 1-based line of every place (keys and list positions) of a readable file."""
    lines: dict[tuple[str | int, ...], int] = {}
    _read(text_of(content), lines)
    return lines


def _read(text: str, lines: dict[tuple[str | int, ...], int] | None) -> Any:
    _refuse_early(text)
    try:
        return _Builder(text, lines).document()
    except yaml.MarkedYAMLError as error:
        raise YamlFault(f"YAML 语法错误：{_in_chinese(error)}", _line(error)) from None
    except yaml.YAMLError:
        raise YamlFault("含有 YAML 不允许的字符") from None


def _refuse_early(text: str) -> None:
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        raise YamlFault("有没有处理完的合并冲突标记（<<<<<<<、=======、>>>>>>>）", line)
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise YamlFault(f"含有控制字符 U+{ord(control.group()):04X}", line)
    if text.count("[") + text.count("{") > MAX_FLOW_DEPTH:
        _refuse_deep_flow(text)


def _refuse_deep_flow(text: str) -> None:
    depth = 0
    for found in re.finditer(r"[\[\]{}\n]", text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found.group(), 0)
        if depth > MAX_FLOW_DEPTH:
            raise YamlFault("括号嵌套过深", text.count("\n", 0, found.start()) + 1)


class _Builder:
    """Builds data from parser events, one document, remembering lines when asked."""

    def __init__(self, text: str, lines: dict[tuple[str | int, ...], int] | None) -> None:
        self._next: Any = _Parser(text).get_event
        self._lines = lines

    def document(self) -> Any:
        self._next()  # stream start
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            raise YamlFault("是空文件")
        data = self._node(self._next(), ())
        self._next()  # document end
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise YamlFault("一个文件只能写一份内容（多了“---”）", event.start_mark.line + 1)
        if data is None:
            raise YamlFault("是空文件")
        return data

    def _node(self, event: Any, place: tuple[str | int, ...]) -> Any:
        line = event.start_mark.line + 1
        if self._lines is not None:
            self._lines.setdefault(place, line)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise YamlFault("不允许使用锚点和引用（& 和 *）；若是文字，请加引号", line)
        if event.tag is not None and event.tag != "!":
            raise YamlFault("不允许使用类型标签（!）；若是文字，请加引号", line)
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style in (None, "")
            return None if plain and event.value in _NULLS else event.value
        if len(place) >= MAX_DEPTH:
            raise YamlFault(f"层次过深（超过 {MAX_DEPTH} 层）", line)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        return self._mapping(place)

    def _sequence(self, place: tuple[str | int, ...]) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._node(event, (*place, len(found))))
        return found

    def _mapping(self, place: tuple[str | int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                raise YamlFault("键必须是文字", line)
            key = event.value
            if key in found:
                raise YamlFault(f"键“{key}”重复出现", line)
            if self._lines is not None:
                self._lines[*place, key] = line
            found[key] = self._node(self._next(), (*place, key))
        return found


def _in_chinese(error: yaml.MarkedYAMLError) -> str:
    said = f"{error.context or ''} {error.problem or ''}"
    return next((words for found, words in _WORDS if found in said), "写法不合 YAML 规定")


def _line(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 0
