"""Awkward files, most of them made up the same way every time, and what is done to them.

A file is one variant of each section, some of them left out, then noise that says nothing:
comments, blank lines, spaces at line ends, other line ends, marks around the document. The variants
lie in `tests/data/yaml/sections.txt`, beside the files that were made by hand.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from pathlib import Path

from ledger.adapters.yaml.edit import Edit
from ledger.adapters.yaml.read import YamlFault, parse

HAND_MADE = Path(__file__).parents[2] / "data" / "yaml"
COUNT = 300

_COMMENTS = (
    "# 注",
    "#注释：status: 推进中",
    "# - 不是一条",
    "#",
    "# '不配对",
    "#\t制表符\t在内",
    "# [ {",
)
_BEHIND = ("  # 后", " #x", "\t# 制表符以后", "   #  - x", "  ", "\t", "     # 很远 # 又一个")


def generated() -> Iterator[tuple[str, bytes]]:
    """The made-up files, each with a name."""
    texts = (HAND_MADE / "sections.txt").read_text(encoding="utf-8").split("%%% ")[1:]
    sections: dict[str, list[str]] = {}
    for name, _, variant in (text.partition("\n") for text in texts):
        sections.setdefault(name, []).append(variant)
    for number in range(COUNT):
        dice = random.Random(number)  # noqa: S311
        text = "".join(
            dice.choice(variants)
            for name, variants in sections.items()
            if name == "id" or dice.random() < 0.75
        )
        tabs = dice.random() < 0.15
        for _ in range(dice.choice([0, 4, 12, 30])):
            text = _noisier(text, dice, tabs)
        yield f"made-{number:03}", _wrapped(text, dice)


def hand_made() -> Iterator[tuple[str, bytes]]:
    """The files that were written by hand, each with its name."""
    for path in sorted(HAND_MADE.glob("*.yaml")):
        yield path.stem, path.read_bytes()


def _noisier(text: str, dice: random.Random, tabs: bool) -> str:
    """One comment, blank line or space more, where it says nothing."""
    lines = text.splitlines(keepends=True)
    at = dice.randrange(len(lines))
    if dice.random() < 0.5:
        indent = re.match(" *", lines[at]).group()  # type: ignore[union-attr]
        odd = dice.choice([indent, indent, indent, "", " " + indent, "\t" if tabs else indent])
        lines.insert(at, dice.choice(["\n", "   \n", *(odd + each + "\n" for each in _COMMENTS)]))
    else:
        behind = dice.choice([each for each in _BEHIND if tabs or "\t" not in each])
        lines[at] = lines[at].rstrip("\n") + behind + "\n"
    noisy = "".join(lines)
    try:
        return noisy if parse(noisy.encode()) == parse(text.encode()) else text
    except YamlFault:
        return text


def _wrapped(text: str, dice: random.Random) -> bytes:
    text = dice.choice(["", "", "", "# 头\n", "---\n", "\n\n# 头\n\n", "# a\n--- # b\n"]) + text
    text += dice.choice(["", "", "", "# 尾\n", "\n\n", "...\n", "\n   # 尾，缩进\n"])
    text = text.removesuffix("\n") if dice.random() < 0.2 else text
    ends = dice.choice(["\n", "\n", "\n", "\r\n", "mixed"])
    if ends == "mixed":
        text = re.sub("\n", lambda _: dice.choice(["\n", "\r\n"]), text)
    else:
        text = text.replace("\n", ends)
    return ("\ufeff" * (dice.random() < 0.15) + text).encode()


ENTRY = {"date": dt.date(2017, 8, 31), "by": "办公室主任", "text": "已办结：全部", "percent": 100}
LONG_ENTRY = ENTRY | {"text": "很长的进展，" * 40}
LINES_ENTRY = ENTRY | {"text": "第一行\n第二行 # 也是文字"}
SHORT = [{"date": dt.date(2017, 6, 30), "text": "过半"}]
EDITS: dict[str, list[Edit]] = {
    "set a scalar": [Edit(("status",), "已销号")],
    "set a text that needs quotes": [Edit(("title",), "甲: 乙 # 丙")],
    "set several lines": [Edit(("title",), "一\n二")],
    "clear a text": [Edit(("title",), "")],
    "append a short record": [Edit(("progress",), ENTRY, append=True)],
    "append a long record": [Edit(("progress",), LONG_ENTRY, append=True)],
    "append a record of several lines": [Edit(("progress",), LINES_ENTRY, append=True)],
    "append a text": [Edit(("measures",), "总结", append=True)],
    "append to an empty or missing list": [Edit(("extensions",), ENTRY, append=True)],
    "append to a missing list in a missing place": [Edit(("closing", "log"), ENTRY, append=True)],
    "set a list": [Edit(("lead",), ["办公室", "条法司"])],
    "clear a list": [Edit(("lead",), [])],
    "set a missing list": [Edit(("tags",), ["甲", "乙"])],
    "set an equal list": [Edit(("measures",), ["总结", "评估"])],
    "take the first entry away": [Edit(("measures",), ["组织实施", "评估"])],
    "take the middle entry away": [Edit(("measures",), ["制定方案", "评估"])],
    "take records away": [Edit(("progress",), SHORT)],
    "add and change records": [
        Edit(("progress",), [*SHORT, {"date": dt.date(2017, 7, 31), "text": "改过"}, ENTRY])
    ],
    "change the order": [Edit(("measures",), ["评估", "组织实施", "制定方案"])],
    "set a record": [Edit(("due",), {"text": "年底", "date": dt.date(2018, 1, 1), "n": 1})],
    "shorten a record": [Edit(("due",), {"date": dt.date(2018, 1, 1)})],
    "replace a record": [Edit(("due",), {"z": "1"})],
    "clear a record": [Edit(("closing",), {})],
    "set a nested place": [Edit(("due", "date"), dt.date(2018, 1, 1))],
    "set an entry's field": [Edit(("progress", 0, "text"), "改过")],
    "add to an entry": [Edit(("progress", 0, "sha256"), "0" * 64)],
    "set a missing nested place": [Edit(("closing", "applied"), {"date": dt.date(2017, 9, 1)})],
    "set a key nobody knows": [Edit(("zz",), "值")],
    "close": [
        Edit(("status",), "已销号"),
        Edit(("closing", "decision"), "DZH-2017-01"),
        Edit(("closing", "date"), dt.date(2017, 9, 1)),
        Edit(("links",), {"rel": "并入", "id": "GZ2017-030"}, append=True),
    ],
    "start and report": [
        Edit(("status",), "推进中"),
        Edit(("progress",), ENTRY, append=True),
        Edit(("progress",), LINES_ENTRY, append=True),
    ],
    "a second column of everything": [
        Edit(("title",), "新的标题"),
        Edit(("section",), "二、分则"),
        Edit(("lead",), ["办公室"]),
        Edit(("goal",), "一句话"),
        Edit(("evidence",), {"path": "evidence/c.pdf", "sha256": "0" * 64}, append=True),
        Edit(("evidence", 0, "sha256"), "1" * 64),
    ],
}


def meant_for(content: bytes) -> Iterator[tuple[str, list[Edit]]]:
    """The edits that make sense for a file, each with its name: entries exist that are changed."""
    data = parse(content)
    for name, edits in EDITS.items():
        if all(data.get(edit.place[0]) for edit in edits if 0 in edit.place):
            yield name, edits
