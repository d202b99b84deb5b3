"""Changing a YAML file the way a careful person would: only the lines that must change.

New values are spliced into the original text where the strict reader found the old ones, so
comments, key order, quotes, unknown keys and habits of layout survive by themselves. Every result
is read again and compared with what was meant before anybody writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.adapters.yamlemit import Indents, mapping_lines, plain
from ledger.adapters.yamlread import YamlFault, control_in, parse, text_of
from ledger.adapters.yamlsplice import Page, appended, inserted, opened, removed, replaced
from ledger.errors import LedgerError
from ledger.model.problem import Place

_BOM = b"\xef\xbb\xbf"


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
        LedgerError: a place leads through something that is neither mapping nor list; a value holds
            a control character; the file is written so oddly that it must be changed by hand.
    """
    text, data = text_of(content), parse(content)
    for edit in edits:
        _refuse_controls(edit.value)
        data = _intended(data, edit.place, edit)
        text = _verified(text, edit, order, data)
    return (_BOM if content.startswith(_BOM) else b"") + text.encode()


def written(data: Mapping[str, Any], head: str = "") -> bytes:
    """A new file's content: `head` (comment lines) and plain data, empty values left out by you.

    Raises:
        LedgerError: a text holds a control character, or the file would be too large.
    """
    _refuse_controls(data)
    lines = mapping_lines(data, Indents()) or ("{}",)
    content = "".join(f"{line}\n" for line in (*head.splitlines(), *lines)).encode()
    if _read(content) != plain(data):
        raise LedgerError("这些内容写不成台账文件", hint="请检查其中是否有过长或过深的内容")
    return content


def _refuse_controls(value: Any) -> None:
    if isinstance(value, Mapping):
        for key, each in value.items():
            _refuse_controls(key)
            _refuse_controls(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _refuse_controls(each)
    elif isinstance(value, str) and (control := control_in(value)):
        shown = "".join(each for each in value[:30] if not control_in(each))
        raise LedgerError(
            f"“{shown}”里有不能写入文件的字符 {control}",
            hint="请去掉这个字符再试，没有写入任何内容",
        )


def _read(content: bytes) -> Any:
    try:
        return parse(content)
    except YamlFault:
        return None


def _intended(data: Any, place: Place, edit: Edit) -> Any:
    """The data as it should read after an edit; `place` is what is left of the edit's way."""
    if not place:
        return plain([*_entries(data, edit), edit.value] if edit.append else edit.value)
    step, rest = place[0], place[1:]
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return [*data[:step], _intended(data[step], rest, edit), *data[step + 1 :]]
    if not isinstance(data, dict) and data not in (None, "", "~"):
        where = edit.place[len(edit.place) - len(place) - 1]
        raise LedgerError(f"文件里的“{where}”不是可以填写的结构", hint="请先手工改正这个文件")
    below = data or {}
    return {**below, str(step): _intended(below.get(step), rest, edit)}


def _entries(data: Any, edit: Edit) -> list[Any]:
    if data in (None, "", "~"):
        return []
    if not isinstance(data, list):
        raise LedgerError(f"文件里的“{edit.place[-1]}”不是列表", hint="请先手工改正这个文件")
    return data


def _verified(text: str, edit: Edit, order: Sequence[str], wanted: Any) -> str:
    """The text after an edit, by the finest way whose result says what was meant."""
    ways: tuple[Callable[[], str], ...] = (
        lambda: _applied(opened(text), edit, order),
        lambda: _assigned(opened(text), edit.place[:1], wanted[edit.place[0]], order, whole=True),
    )
    for way in ways:
        result = way()
        for complete in (result, f"{result}\n"):  # a literal text at the very end may need it
            if _read(complete.encode()) == wanted:
                return complete
    raise LedgerError(
        f"文件的写法特殊，改不了其中的“{edit.place[0]}”", hint="请用编辑器手工修改这个文件"
    )


def _applied(page: Page, edit: Edit, order: Sequence[str]) -> str:
    """The text after an edit; what is missing on the way is made with it."""
    existing = page.at(edit.place)
    if edit.append and isinstance(existing, list) and existing:
        return appended(page, edit.place, edit.value)
    value = [edit.value] if edit.append else edit.value
    place = edit.place
    while len(place) > 1 and page.at(place[:-1]) in (None, "", "~"):
        value, place = {place[-1]: value}, place[:-1]
    return _assigned(page, place, value, order)


def _assigned(
    page: Page, place: Place, value: Any, order: Sequence[str] = (), whole: bool = False
) -> str:
    """The text with a value set, touching of lists and dicts only what differs.

    Args:
        whole: write the value anew however little of it differs.
    """
    old = page.at(place)
    if place not in page.spans:
        return inserted(page, place, value, order if len(place) == 1 else ())
    if whole or not _is_like(old, value):
        return page.text if old == plain(value) and not whole else replaced(page, place, value)
    if isinstance(value, Mapping):
        return _merged(page, place, value)
    return _matched(page, place, value)


def _is_like(old: Any, value: Any) -> bool:
    """Whether both are mappings, or both lists, that have something in them."""
    kinds = (Mapping, list | tuple)
    return any(isinstance(old, kind) and isinstance(value, kind) for kind in kinds) and bool(
        old and value
    )


def _merged(page: Page, place: Place, value: Mapping[str, Any]) -> str:
    """The text with a mapping's keys set, those that `value` does not have taken out at the end."""
    for key, each in value.items():
        page = opened(_assigned(page, (*place, key), each))
    for key in [key for key in page.at(place) if key not in value]:
        page = opened(removed(page, (*place, key)))
    return page.text


def _matched(page: Page, place: Place, value: Sequence[Any]) -> str:
    """The text with a list's entries set, added at the end, or taken from it."""
    count = len(page.at(place))
    for position, each in enumerate(value[:count]):
        page = opened(_assigned(page, (*place, position), each))
    for each in value[count:]:
        page = opened(appended(page, place, each))
    for position in range(count - 1, len(value) - 1, -1):
        page = opened(removed(page, (*place, position)))
    return page.text
