"""What a sync found and did, in words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from ledger.model.change import Change
from ledger.model.reconcile import OURS, spelled
from ledger.model.task import label
from ledger.usecases.merging.commits import Clash, LeftBehind
from ledger.usecases.sharing.fold import Remedy
from ledger.usecases.sharing.restore import Former
from ledger.usecases.sharing.sync import SyncPlan
from ledger.usecases.sharing.unshared import Misstep
from ledger.view.changes import headlines, markdown_lines, text_lines
from ledger.view.check import problem_json
from ledger.view.problems import problem_line
from ledger.view.table import Column, Table
from ledger.view.task import spelled as in_words
from ledger.view.text import markdown, one_line

_NAMED = 5
_SCREENFUL = 15
_SHORT = 8
_SHELL = re.compile(r"[^\w./:@%+=,-]")


def clash_table(clashes: Iterable[Clash]) -> Table:
    """A row a clash: what it is called in a choice, and both values with who set them."""
    columns = (
        Column("冲突"),
        Column("字段"),
        Column("原来", flexible=True),
        Column("本方", flexible=True),
        Column("对方", flexible=True),
    )
    rows = [
        (
            one_line(clash.choice()),
            _field(clash),
            _value(clash.conflict.base),
            _signed(clash.conflict.ours, clash.ours_by),
            _signed(clash.conflict.theirs, clash.theirs_by),
        )
        for clash in clashes
    ]
    return Table(columns, rows)


def clash_lines(clash: Clash) -> Iterator[str]:
    """One clash as it is asked about: both values, who set them and when."""
    conflict = clash.conflict
    yield one_line(f"{clash.id} {_field(clash)}：两边改得不一样，原来是 {_value(conflict.base)}")
    for number, called, value, by, on in (
        (1, "本方", conflict.ours, clash.ours_by, clash.ours_on),
        (2, "对方", conflict.theirs, clash.theirs_by, clash.theirs_on),
    ):
        who = "，".join(filter(None, (by, on)))
        yield one_line(f"  {number} {called}：{_value(value)}" + (f"（{who}）" if who else ""))


def clash_json(clashes: Iterable[Clash]) -> list[dict[str, Any]]:
    """Per clash its choice, file, place and values."""
    return [
        {
            "id": clash.id,
            "path": clash.path,
            "field": spelled(clash.conflict.place),
            "base": clash.conflict.base,
            "ours": clash.conflict.ours,
            "theirs": clash.conflict.theirs,
            "ours_by": clash.ours_by,
            "theirs_by": clash.theirs_by,
            "ours_on": clash.ours_on,
            "theirs_on": clash.theirs_on,
        }
        for clash in clashes
    ]


def plan_json(plan: SyncPlan, attempts: int) -> dict[str, Any]:
    """The whole plan: ids of what comes and goes, clashes, what was left behind."""
    return {
        "local": plan.local,
        "theirs": plan.theirs,
        "target": plan.target,
        "received": _ids(plan.received),
        "sent": _ids(plan.sent),
        "commits": plan.commits,
        "renumbered": [{"old": old, "new": new} for old, new in plan.renumbered],
        "conflicts": clash_json(plan.clashes),
        "left_behind": [
            {"id": left.id, "by": left.by, "kept": left.held.kept, "lost": left.held.lost}
            for left in plan.left_behind
        ],
        **problem_json(plan.problems),
        "missteps": [misstep_json(each) for each in plan.missteps],
        "attempts": attempts,
    }


def plan_lines(plan: SyncPlan) -> Iterator[str]:
    """What a sync would do: for `--dry-run`. Change by change where that is a screenful at most."""
    for heading, change in (("将取回", plan.received), ("将送出", plan.sent)):
        if change is not None:
            yield f"{heading}（{len(change.tasks)} 项）：" if change.tasks else f"{heading}："
            yield from (f"  {line}" for line in _screenful(change))
    if not (plan.moves() or plan.sends()):
        yield "本机和远端一致，没有要同步的。"


def _screenful(change: Change) -> Iterator[str]:
    """Every change; where they are many, a line a task, and how many tasks more there are."""
    lines = list(text_lines(change))
    if len(lines) <= _SCREENFUL:
        yield from lines
        return
    yield from islice(headlines(change), _SCREENFUL)
    if (rest := len(change.tasks) - _SCREENFUL) > 0:
        yield f"……还有 {rest} 项；全部编号见 ledger sync --dry-run --json"


def done_lines(plan: SyncPlan) -> Iterator[str]:
    """What a sync did, in a few sentences."""
    if plan.received:
        yield f"已取回{_tasks(plan.received)}。"
    if plan.sends():
        yield f"已送出{_tasks(plan.sent)}，共 {plan.commits} 个提交。"
    if not (plan.moves() or plan.sends()):
        yield "本机和远端一致，没有要同步的。"


def remark_lines(plan: SyncPlan) -> Iterator[str]:
    """What nobody asked for and everybody must know: new ids, and what was not carried."""
    for old, new in plan.renumbered:
        yield f"注意：编号 {old} 别人已经用了，您新增的事项改为 {new}。"
    for left in plan.left_behind:
        yield _left_behind(left)


def misstep_json(misstep: Misstep) -> dict[str, Any]:
    """A commit that breaks rules, and which."""
    return {
        "commit": misstep.commit,
        "date": misstep.day,
        "author": misstep.author,
        "subject": misstep.subject,
        "codes": list(dict.fromkeys(each.code for each in misstep.problems)),
    }


def misstep_lines(missteps: Sequence[Misstep]) -> Iterator[str]:
    """Which commits break which rules, a few problems of each."""
    for misstep in missteps[:_NAMED]:
        codes = "、".join(dict.fromkeys(problem.code for problem in misstep.problems))
        named = one_line(
            f"{misstep.commit[:_SHORT]}（{misstep.day}，{misstep.author}：{misstep.subject}）"
        )
        reason = "单独通不过检查" if misstep.within else "以后文件有误"
        yield f"提交 {named}{reason}：{codes}。"
        yield from (f"  {problem_line(problem)}" for problem in misstep.problems[:_NAMED])
        if len(misstep.problems) > _NAMED:
            yield f"  ……另有 {len(misstep.problems) - _NAMED} 处。"
    if len(missteps) > _NAMED:
        yield f"……另有 {len(missteps) - _NAMED} 个提交有误。"


def unshared_lines(missteps: Sequence[Misstep]) -> Iterator[str]:
    """Which commits will be refused when they are sent, and what to do about them."""
    for line in misstep_lines(missteps):
        yield line if line.startswith(" ") else f"注意：{line}"
    if missteps:
        yield "它们送不出去；改好以后运行 ledger sync --fold，连同改正并成一步。"


def mended_lines() -> Iterator[str]:
    """What to do about commits that break rules, once the files are mended."""
    yield "文件已经改好，但检查要看每一个提交；可以把出错的和改正的并成一步，再送出："
    yield "  ledger sync --fold"


def unmended_lines(files: Iterable[Former]) -> Iterator[str]:
    """What to do about them before that.

    Args:
        files: what is to be restored, all of it; none where that does not help.
    """
    named = " ".join(f"--restore {_quoted(one_line(each.path))}" for each in files)
    if not named:
        yield "请改好文件并提交，再运行 ledger sync --fold。"
        return
    yield "请改好文件并提交，再运行 ledger sync --fold；也可以恢复成出错以前的样子："
    yield f"  ledger sync --fold {named}"


def restoring_question(file: Former) -> str:
    """Whether a file is to be what it was, and what goes with it."""
    away = "、".join(map(one_line, file.away))
    if not file.back:
        return f"出错以前没有 {away}，撤去它？"
    also = f"，撤去 {away}" if away else ""
    return f"把 {one_line(file.path)} 恢复成出错以前的样子{also}？"


def _quoted(path: str) -> str:
    """A path as it may be pasted into a command line; Chinese needs no quotes."""
    return shlex.quote(path) if _SHELL.search(path) else path


def remedy_lines(remedy: Remedy) -> Iterator[str]:
    """What was mended."""
    if remedy.restored:
        yield f"已{_restored(remedy.restored)}。"
    if remedy.folded:
        yield (f"已把 {_folded(remedy)}，文件内容没有变；原来的提交留在本机的 {remedy.kept[0]}。")


def remedy_preview(remedy: Remedy) -> Iterator[str]:
    """What would be mended: for `--dry-run`."""
    sent = "" if remedy.folded else "，再送出"
    if remedy.restored:
        yield f"将{_restored(remedy.restored)}{sent}。"
    if remedy.folded:
        yield f"将把 {_folded(remedy)}，文件内容不变，再送出。"


def _restored(files: Collection[Former]) -> str:
    """What becomes of files, each named once."""
    back = dict.fromkeys(one_line(path) for each in files for path in each.back)
    away = dict.fromkeys(one_line(path) for each in files for path in each.away)
    parts = (f"恢复 {'、'.join(back)}" if back else "", f"撤去 {'、'.join(away)}" if away else "")
    return "，".join(filter(None, parts))


def _folded(remedy: Remedy) -> str:
    into = "一步" if remedy.steps == 1 else f" {remedy.steps} 步"
    return f"{len(remedy.folded)} 个提交并成{into}"


def request_body(plan: SyncPlan) -> str:
    """The text of a pull request, in Markdown."""
    lines = [f"上次合并以来的日常改动，共 {plan.commits} 个提交。", ""]
    lines += markdown_lines(plan.sent) if plan.sent else []
    remarks = [*remark_lines(plan), *(f"{each.code} {each.message}" for each in plan.problems)]
    lines += [f"- {markdown(line)}" for line in remarks]
    return "\n".join(lines)


def _left_behind(left: LeftBehind) -> str:
    kept, lost = (side.get("status", "") for side in (left.held.kept, left.held.lost))
    who = "您" if left.held.side == OURS else left.by or "对方"
    lost_words = "；".join(f"{label(key)} {in_words(each)}" for key, each in left.held.lost.items())
    return one_line(
        f"注意：{left.id} 的状态留在“{kept}”：{who}改为“{lost}”，而另一边改了内容或没有走到这一步"
        f"（没有带过来的：{lost_words}）。"
    )


def _field(clash: Clash) -> str:
    place = clash.conflict.place
    if not place:
        return "整个文件"
    return one_line(" ".join((label(place[0]), *place[1:])))


def _signed(value: Any, by: str) -> str:
    return one_line(f"{_value(value)}（{by}）" if by else _value(value))


def _value(value: Any) -> str:
    return "（没有）" if value in (None, "", [], {}) else one_line(in_words(value))


def _tasks(change: Change | None) -> str:
    ids = _ids(change)
    if not ids:
        return "事项以外的改动"
    more = "等" if len(ids) > _NAMED else ""
    return f" {len(ids)} 个事项的改动（{'、'.join(ids[:_NAMED])}{more}）"


def _ids(change: Change | None) -> list[str]:
    return [each.id for each in change.tasks] if change else []
