"""What to look at in the demonstration ledger, command by command."""

from __future__ import annotations

from ledger.usecases.setup.demo import Demo
from ledger.view.text import padded, width

_TOUR = (
    ("", "今天的概况"),
    ("mine", "等您办的事"),
    ("due --dept 审业部", "一个部门逾期和将到期的"),
    ("status", "各部门的完成率"),
    ("show {task}", "一个事项：销过号，又重开"),
    ("log {task}", "它一年里的来龙去脉"),
    ("report monthly", "本月的月报"),
    ("audit", "重放一年的历史，查出一项圈阅旧账"),
    ("close --list", "等着合并的销号"),
    ("merge {waiting}", "复核并合并它，才算销号"),
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
