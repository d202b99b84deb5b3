"""One file that two people changed: its data merged by meaning, its text kept as it was written."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.merge import PLAIN, UNION, merge_texts
from ledger.adapters.yaml.edit import Edit, edited
from ledger.adapters.yaml.read import YamlFault, comments, parse
from ledger.errors import LedgerError
from ledger.model.decode import compact
from ledger.model.fields import specs
from ledger.model.reconcile import OURS, THEIRS, Conflict, Held, Reconciled, reconcile, spelled
from ledger.model.task import Task

_ORDER = tuple(spec.key for spec in specs(Task))
_LABELS = ("本方", "共同的起点", "对方")
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


Joined = Reconciled[bytes]


def join(
    base: bytes | None,
    ours: bytes | None,
    theirs: bytes | None,
    choices: Mapping[str, str] | None = None,
) -> Joined:
    """Merge three versions of a data file; None where it is not there.

    Layout, unknown keys and comments are those of both sides where git's own merge of the lines
    says the same as the merge of the data; else our text is edited, and comments that only they
    have stand at its end.

    Raises:
        YamlFault: a version cannot be read.
        LedgerError: a version is no record, or too unusual to be edited.
    """
    merged = reconcile(_data(base), _data(ours), _data(theirs), choices)
    text = None if merged.data is None else _worded(merged.data, base, ours, theirs)
    return Joined(text, merged.conflicts, merged.held, merged.used)


def join_texts(
    base: bytes | None, ours: bytes | None, theirs: bytes | None, side: str = ""
) -> Joined:
    """Merge a file that is not the ledger's data, line by line; a conflict is one of the file.

    Args:
        side: whose version is taken where the lines do not fit together, empty to ask.
    """
    if side:
        return Joined(ours if side == OURS else theirs, used=frozenset({""}))
    if ours is not None and theirs is not None:
        try:
            merged, left = merge_texts(base or b"", ours, theirs)
        except GitError:  # no text
            left = 1
        if not left:
            return Joined(merged)
    return Joined(ours, (Conflict((), None, None, None),))


def merge_driver(base: Path, ours: Path, theirs: Path) -> tuple[bool, tuple[Held, ...]]:
    """What git calls for a file that both sides of a merge changed; the result goes to `ours`.

    Source: gitattributes(5), "Defining a custom merge driver".

    Args:
        base, ours, theirs: git's temporary files (`%O %A %B`); an empty one stands for none.

    Returns:
        Whether nothing is left to decide (else the lines in question stand between conflict
        markers), and what was decided by the rule that open beats closed.
    """
    was, mine, other = (path.read_bytes() or None for path in (base, ours, theirs))
    try:
        joined = join(was, mine, other)
    except (YamlFault, LedgerError):  # then it is for git's own way, line by line
        merged, left = merge_texts(was or b"", mine or b"", other or b"", PLAIN, _LABELS)
        ours.write_bytes(merged)
        return not left, ()
    content = joined.data or b""
    if joined.conflicts:
        turned = {spelled(each.place): THEIRS for each in joined.conflicts}
        content = marked(content, join(was, mine, other, turned).data or b"")
    ours.write_bytes(content)
    return not joined.conflicts, joined.held


def marked(ours: bytes, theirs: bytes) -> bytes:
    """One text with conflict markers around exactly the lines in which two versions differ."""
    mine, other = (text.splitlines(keepends=True) for text in (ours, theirs))
    matcher = difflib.SequenceMatcher(None, mine, other, autojunk=False)
    lines: list[bytes] = []
    for what, start, end, other_start, other_end in matcher.get_opcodes():
        if what == "equal":
            lines += mine[start:end]
            continue
        lines += [f"<<<<<<< {_LABELS[0]}\n".encode(), *_ended(mine[start:end])]
        lines += [b"=======\n", *_ended(other[other_start:other_end])]
        lines.append(f">>>>>>> {_LABELS[2]}\n".encode())
    return b"".join(lines)


def _ended(lines: list[bytes]) -> list[bytes]:
    """Lines that all end, as the last one of a file may not."""
    return [line if line.endswith(b"\n") else line + b"\n" for line in lines]


def _data(content: bytes | None) -> Mapping[str, Any] | None:
    if content is None:
        return None
    data = parse(content)
    if not isinstance(data, dict):
        raise LedgerError("文件的内容不是若干“键: 值”", hint="请先改好这个文件")
    return data


def _worded(
    data: Mapping[str, Any], base: bytes | None, ours: bytes | None, theirs: bytes | None
) -> bytes:
    """A text that says the merged data, written as far as possible as the two sides wrote it."""
    if ours is None or theirs is None:
        return _edited(ours or theirs or b"", data)
    for how, first, second in ((PLAIN, ours, theirs), (UNION, ours, theirs), (UNION, theirs, ours)):
        merged, left = merge_texts(base or b"", first, second, how)
        if left:
            continue
        try:
            text = _edited(merged, data)
        except (YamlFault, LedgerError):
            continue
        if sorted(text.splitlines()) == sorted(merged.splitlines()):  # nothing but their order
            return text
    result = _edited(ours, data)
    known = {*comments(base or b"{}"), *comments(result)}
    lost = [each for each in comments(theirs) if each not in known]
    if not lost:
        return result
    end = b"\r\n" if b"\r\n" in ours else b"\n"
    return result.rstrip(b"\r\n") + b"".join(end + line.encode() for line in lost) + end


def _edited(content: bytes, data: Mapping[str, Any]) -> bytes:
    """A text edited until it says the data."""
    now = compact(_data(content))
    edits = [
        Edit((key,), _plain(data[key]) if key in data else _nothing(now[key]))
        for key in {**now, **data}
        if now.get(key) != data.get(key)
    ]
    result = edited(content, edits, _ORDER) if edits else content
    if compact(parse(result)) != data:
        raise LedgerError("两边的改动不能自动写到一起", hint="这个文件的写法特殊，请手工合并")
    return result


def _nothing(value: Any) -> Any:
    """What stands where a value was taken away: empty, of the same form."""
    return type(value)() if isinstance(value, list | dict) else ""


def _plain(value: Any) -> Any:
    """Data as it was read, with days and whole numbers as such, so that they are not quoted."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return value
    return value
