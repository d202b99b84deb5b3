"""What to look at in the demonstration ledger, command by command."""

from __future__ import annotations

from ledger.usecases.setup.demo import Demo
from ledger.view.text import padded, width

_TOUR = (
    ("", "今天的概况：逾期的、本周到期的、待上会的"),
    ("mine", "等您办的，每行末尾是办理的命令"),
    ("due --dept 审业部", "一个部门逾期和将到期的，最急的在前"),
    ("status", "各部门的完成率"),
    ("show {task}", "一个事项的全部内容：销过号，回头看以后又重开"),
    ("log {task}", "它的来龙去脉：谁在哪一天办了什么，哪次会议同意的"),
    ("report monthly", "本月的月报，数字都从台账算出"),
    ("audit", "按规则重放一年的历史：查得出一项靠圈阅销号的旧账"),
    ("close --list", "会议同意了、还等着合并的销号"),
    ("merge {waiting}", "换一个人复核并合并它，这才算销号"),
)


def tour_lines(demo: Demo, program: str) -> list[str]:
    """Ten commands, in order, and what each shows.

    Args:
        program: how the program is called, with the day it is to go by where that is not today.
    """
    commands = [
        f"{program} {each}".rstrip().format(task=demo.task, waiting=demo.waiting)
        for each, _ in _TOUR
    ]
    widest = max(map(width, commands))
    shown = (what for _, what in _TOUR)
    return [
        f"{padded(command, widest)}  # {what}"
        for command, what in zip(commands, shown, strict=True)
    ]
