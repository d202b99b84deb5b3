"""Changing a YAML file the way a careful person would: only the lines that must change.

The original text goes through ruamel.yaml's round trip with every scalar kept as written; what that
round trip lays out differently (indents, blanks) is then taken back, so that comments, key order,
quotes, unknown keys and habits of layout survive. The only module that imports ruamel.yaml.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.adapters.yaml.layout import sections, with_layout, with_line_ends
from ledger.adapters.yaml.read import comments, control_in, lines_of, parse
from ledger.errors import LedgerError
from ledger.model.problem import Place

_FLOW_WIDTH = 100  # entries up to this many characters stay on one line
_WORDS = re.compile(r"true|false|null|yes|no|on|off|~|", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[.\d][\d_.,:eExXoO+-]*|[-+]?\.(inf|nan)", re.IGNORECASE)
# A key with a list below it: its indent, and that of the first dash.
_LIST = re.compile(
    r"^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE
)
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?")


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
    bom = content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    own = text
    text = text.replace("\r\n", "\n")
    bare = not text.endswith("\n")  # a last line without its line break keeps going without
    text += "\n" if bare else ""
    wanted = list(edits)
    _refuse_controls([edit.value for edit in wanted])
    offset = _list_offset(text, {str(edit.place[0]) for edit in wanted})
    data = _load(text)
    before = _dump(data, offset)
    for edit in wanted:
        _apply(data, edit, order)
    after = _dump(data, offset)
    if before == after:
        return content
    result = with_layout(text, before, after)
    _refuse_losses(text, result, _said(data))
    result = result.removesuffix("\n") if bare else result
    return (b"\xef\xbb\xbf" if bom else b"") + with_line_ends(own, result).encode()


def written(data: Mapping[str, Any], head: str = "") -> bytes:
    """A new file's content: `head` (comment lines) and plain data, empty values left out by you.

    Raises:
        LedgerError: a value holds a control character.
    """
    _refuse_controls(data)
    text = _dump(_node(data, block=True), 2)
    return (f"{head}\n{text}" if head else text).encode()


def _yaml(offset: int) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import ScalarNode
    from ruamel.yaml.resolver import VersionedResolver

    class TextResolver(VersionedResolver):
        """Every scalar is text: `000123`, `no` and 2026-02-30 come out as they went in."""

        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            return (
                self.DEFAULT_SCALAR_TAG
                if kind is ScalarNode
                else super().resolve(kind, value, implicit)
            )

    yaml = YAML(typ="rt")
    yaml.Resolver = TextResolver
    yaml.preserve_quotes = True
    yaml.width = 1 << 20
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    return yaml


def _load(text: str) -> Any:
    """The text as ruamel's nodes; it refuses a few layouts that YAML allows."""
    from ruamel.yaml.error import YAMLError

    try:
        return _yaml(2).load(text)
    except YAMLError:
        raise LedgerError("这个文件的写法特殊，不能自动修改", hint="请手工修改这个文件") from None


def _dump(data: Any, offset: int) -> str:
    paper = io.StringIO()
    _yaml(offset).dump(data, paper)
    return paper.getvalue()


def _list_offset(text: str, keys: Collection[str]) -> int:
    """How far a file indents its lists, in the sections to be changed first of all."""
    near = "".join(part for name, part in sections(text).items() if name in keys)
    found = _LIST.search(near) or _LIST.search(text)
    return max(0, len(found[2]) - len(found[1])) if found else 2


# -- what is refused -------------------------------------------------------------------------


def _refuse_controls(value: Any) -> None:
    if isinstance(value, Mapping):
        for each in (*value, *value.values()):
            _refuse_controls(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _refuse_controls(each)
    elif isinstance(value, str) and (control := control_in(value)):
        raise LedgerError(
            f"要写入的文字含有控制字符 {control}",
            hint="请删去看不见的字符后再试（多是复制时带来的）",
        )


def _refuse_losses(text: str, result: str, data: Any) -> None:
    """A last look: all comments are still there, and the file says what it should.

    Only what is taken away takes the comment on its own line with it.
    """
    old, new = text.encode(), result.encode()
    shrinks = not lines_of(old).keys() <= lines_of(new).keys()
    kept = iter(comments(new, own_line=shrinks))
    if not all(each in kept for each in comments(old, own_line=shrinks)):
        raise LedgerError("自动修改会丢掉文件里的注释", hint="这个文件的写法特殊，请手工修改")
    if _without_nulls(parse(new)) != _without_nulls(data):
        raise LedgerError("自动修改会改变文件里的其他内容", hint="这个文件的写法特殊，请手工修改")


def _without_nulls(data: Any) -> Any:
    """Data with every spelling of nothing alike: the round trip keeps them as written."""
    if isinstance(data, dict):
        return {key: _without_nulls(each) for key, each in data.items()}
    if isinstance(data, list):
        return [_without_nulls(each) for each in data]
    return None if data in ("", "~", "null", "Null", "NULL") else data


# -- what changes ---------------------------------------------------------------------------


def _apply(data: Any, edit: Edit, order: Sequence[str]) -> None:
    holder, keys = data, order
    for position, step in enumerate(edit.place[:-1]):
        below = _get(holder, step)
        if below in (None, "", "~"):
            missing = [edit.value] if edit.append else edit.value
            for name in reversed(edit.place[position + 1 :]):
                missing = {name: missing}
            _put(holder, step, _node(missing, block=True), keys)
            return
        if not isinstance(below, dict | list):
            raise LedgerError(f"文件里的“{step}”不是可以填写的结构", hint="请先手工改正这个文件")
        holder, keys = below, ()
    key = edit.place[-1]
    existing = _get(holder, key)
    if not edit.append:
        _assign(holder, key, edit.value, keys)
    elif isinstance(existing, list) and existing:
        _append(existing, edit.value)
    else:
        _put(holder, key, _node([edit.value], block=True), keys)


def _get(holder: Any, key: Any) -> Any:
    if isinstance(holder, dict):
        return holder.get(key)
    return holder[key] if isinstance(key, int) and key < len(holder) else None


def _assign(holder: Any, key: Any, value: Any, order: Sequence[str] = ()) -> None:
    """Set a value, touching of lists and dicts only what differs."""
    old = _get(holder, key)
    if isinstance(value, dict) and isinstance(old, dict) and old:
        for name, each in value.items():
            _assign(old, name, each)
        for name in [name for name in old if name not in value]:
            _remove(old, name)
    elif isinstance(value, list) and isinstance(old, list) and old and value:
        for position, each in enumerate(value[: len(old)]):
            _assign(old, position, each)
        while len(old) > len(value):
            _remove(old, len(old) - 1)
        for each in value[len(old) :]:
            _append(old, each)
    elif old is None or _said(old) != _said(value):
        _put(holder, key, _styled_like(old, value), order)


def _said(value: Any) -> Any:
    """A value as the strict reader would give it back, for comparing."""
    if isinstance(value, dict):
        return {key: _said(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_said(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _styled_like(old: Any, value: Any) -> Any:
    """A new scalar quoted as the old one was; anything else in our own style."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

    if isinstance(value, str) and "\n" not in value:
        for style in (DoubleQuotedScalarString, SingleQuotedScalarString):
            if isinstance(old, style):
                return style(value)
    return _node(value, block=not _is_flow(old) and not _is_short_record(value))


def _put(holder: Any, key: Any, node: Any, order: Sequence[str]) -> None:
    """Set or insert a node; comments that follow the old value keep following."""
    if isinstance(holder, list) or key in holder:
        tail = _take_tail(holder, key)
        holder[key] = node
        _give_tail(holder, key, tail)
        return
    known = list(order[: order.index(str(key))]) if key in order else list(holder)
    position = max((n + 1 for n, name in enumerate(holder) if name in known), default=0)
    previous = list(holder)[position - 1] if position else None
    tail = _take_tail(holder, previous) if previous is not None else ""
    holder.insert(position, key, node)
    _give_tail(holder, key, tail)


def _append(items: Any, value: Any) -> None:
    flow = _is_flow(items)
    tail = "" if flow else _take_tail(items, len(items) - 1)
    items.append(_node(value, block=not flow and _is_block(items[-1])))
    if not flow:
        _give_tail(items, len(items) - 1, tail)


def _remove(holder: Any, key: Any) -> None:
    """Take a value away; what follows it moves to the one before, when there is one."""
    tail = _take_tail(holder, key)
    keys: list[Any] = list(range(len(holder))) if isinstance(holder, list) else list(holder)
    position = keys.index(key)
    del holder[key]
    if position:
        _give_tail(holder, keys[position - 1], tail)


def _is_flow(node: Any) -> bool:
    return hasattr(node, "fa") and node.fa.flow_style() is True


def _is_block(node: Any) -> bool:
    return isinstance(node, dict | list) and bool(node) and not _is_flow(node)


def _slot(holder: Any, key: Any) -> tuple[Any, Any, int]:
    """Where ruamel keeps what follows a value on its line and below: (holder, key, index)."""
    node = holder[key]
    if _is_block(node):
        last = len(node) - 1 if isinstance(node, list) else list(node)[-1]
        return _slot(node, last)
    return holder, key, 0 if isinstance(holder, list) else 2


def _take_tail(holder: Any, key: Any) -> str:
    """Cut off the blank lines and comment lines below a value; its own line keeps its comment."""
    return _take_below(holder, key) + _take_end(holder[key])


def _take_end(node: Any) -> str:
    """Cut off what ruamel keeps below a whole block: what follows a last entry in flow style."""
    if not _is_block(node):
        return ""
    found = _take_end(node[-1] if isinstance(node, list) else node[list(node)[-1]])
    found += "".join(token.value for token in node.ca.end)
    node.ca.end = []
    return found


def _take_below(holder: Any, key: Any) -> str:
    owner, at, index = _slot(holder, key)
    tokens = owner.ca.items.get(at)
    if not tokens or tokens[index] is None:
        return ""
    if _is_literal(owner[at]):  # its own line break is part of the text
        rest, tokens[index] = tokens[index].value, None
        return str(rest)
    head, newline, rest = tokens[index].value.partition("\n")
    if not rest:
        return ""
    if head:
        tokens[index].value = head + newline
    else:
        tokens[index] = None
    return str(rest)


def _is_literal(node: Any) -> bool:
    from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString

    return isinstance(node, LiteralScalarString | FoldedScalarString)


def _give_tail(holder: Any, key: Any, tail: str) -> None:
    if not tail:
        return
    from ruamel.yaml.error import CommentMark
    from ruamel.yaml.tokens import CommentToken

    owner, at, index = _slot(holder, key)
    tokens = owner.ca.items.setdefault(at, [None, None, None, None])
    if tokens[index] is None:
        below = tail if _is_literal(owner[at]) else "\n" + tail
        tokens[index] = CommentToken(below, CommentMark(0), None)
    else:
        tokens[index].value = tokens[index].value.rstrip("\n") + "\n" + tail


# -- how new values look --------------------------------------------------------------------


def _node(value: Any, *, block: bool) -> Any:
    """Plain data as ruamel nodes: what is short on one line, what is long below each other."""
    from ruamel.yaml.comments import CommentedSeq

    if isinstance(value, Mapping):
        mapping = _block_mapping()
        for key, each in value.items():
            mapping[_scalar(key, block=False)] = _node(
                each, block=block and not _is_short_record(each)
            )
        if not block or not value:
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list | tuple):
        items = CommentedSeq()
        one_line = all(not isinstance(each, Mapping | list) for each in value) and _fits(value)
        for each in value:
            items.append(_node(each, block=not _fits(each)))
        if not block or one_line:
            items.fa.set_flow_style()
        return items
    return _scalar(value, block=block)


def _block_mapping() -> Any:
    from ruamel.yaml.comments import CommentedMap

    return CommentedMap()


def _is_short_record(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and _fits(value)
        and not any(isinstance(each, Mapping) for each in value.values())
    )


def _fits(value: Any) -> bool:
    spelled = str(_said(value))
    return len(spelled) <= _FLOW_WIDTH and "\\n" not in spelled and "\n" not in spelled


def _scalar(value: Any, *, block: bool) -> Any:
    """Text that would read as something else is quoted; days and numbers are plain."""
    from ruamel.yaml.scalarstring import LiteralScalarString, SingleQuotedScalarString

    if not isinstance(value, str):
        return _said(value)
    if "\n" in value and block and not re.search(r"[ \t]\n|\n\Z|\A\s|[^\S\n ]", value):
        return LiteralScalarString(value)
    if (
        value.startswith(("?", ":", "-"))
        or _WORDS.fullmatch(value)
        or _NUMBER.fullmatch(value)
        or _DATE.fullmatch(value)
    ):
        return SingleQuotedScalarString(value)
    return value
