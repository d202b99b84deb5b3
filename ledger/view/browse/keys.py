"""The keys of the screen: what each does, and where that is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_SEEKING = (
    "边打边找：编号、名称、部门、领导、状态、灯色和正文里的文字，"
    "名称和部门也可以打拼音首字母；几个词要同时有"
)


class Key(NamedTuple):
    """A key.

    Attributes:
        key: as Textual calls it.
        sign: as it stands on the keyboard.
        name: what it does, in two characters or so; empty where the last line does not tell it.
        action: what it calls.
        words: what it does, in a sentence.
        rank: the smaller, the longer it stays in the last line of a narrow screen.
    """

    key: str
    sign: str
    name: str
    action: str
    words: str
    rank: int = 0


KEYS: Sequence[Key] = (
    Key("slash", "/", "查找", "seek", _SEEKING, 1),
    Key("d", "d", "部门", "department", "只看一个部门牵头或配合的", 3),
    Key("s", "s", "排序", "order", "换排序方式；再选一次同一种就倒排", 5),
    Key("t", "t", "日期", "moment", "看某一天日终的台账，那时只能看；不写就回到现在", 4),
    Key("p", "p", "填报", "do('progress')", "填报进展", 2),
    Key("e", "e", "佐证", "do('evidence')", "登记佐证材料", 6),
    Key("a", "a", "申请", "do('apply')", "申请销号", 7),
    Key("v", "v", "审核", "do('review')", "审核销号申请，通过后待上会", 8),
    Key("b", "b", "退回", "do('return')", "退回销号申请或待上会的事项", 9),
    Key("w", "w", "保存", "save", "保存手工改过的文件：先列出改了什么、合不合规则", 10),
    Key("r", "r", "刷新", "again", "再看一遍台账；别处改了的，回到这个窗口时也会刷新", 11),
    Key("question_mark", "?", "帮助", "help", "这一页", 0),
    Key("q", "q", "退出", "quit", "退出", 0),
)  # fmt: skip
MOVING: Sequence[tuple[str, str]] = (
    ("↑ ↓", "在清单里移动，也可以用 j、k、PgUp、PgDn、Home、End、鼠标和滚轮"),
    ("回车、Tab", "到卡片里，上下滚动；Esc 回到清单"),
    ("Esc", "取消；不要查找的结果，回到全部"),
    ("Ctrl+C", "马上退出"),
)
ENDING: Sequence[str] = (
    "填报、申请、审核等先填表，回车到下一项；最后列出要写入的全部内容，按 y 才写，按别的键都不写。",
    "写进去的就记在台账里，和用命令办的一样；办错了，退出后用 ledger undo 撤回。",
)
