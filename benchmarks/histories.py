"""Long histories for measuring and for testing audits: merges, closings, extensions, offences.

Written through `git fast-import`, so that tens of thousands of commits take seconds. The same seed
gives the same history. An offence breaks one known rule in one known commit; what it left behind
is put right by the commit after it, which breaks none.
"""

from __future__ import annotations

import datetime as dt
import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from ledger.adapters.yaml.read import parse
from ledger.model.case import case_digest
from ledger.model.decode import decode
from ledger.model.task import Task

DEPARTMENTS = ("办公室", "审业部", "条法司", "规划司", "人事司", "巡视办")
FIRST_DAY = dt.datetime(2020, 1, 6, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
STEP = dt.timedelta(minutes=37)
CONFIG = (
    "organisation: 某局\ndepartments:\n"
    + "".join(f"  - {{name: {name}}}\n" for name in DEPARTMENTS)
    + "forge: {via: local}\n"
)
SOURCE = "id: ZG2020\ntitle: 2020年巡视反馈意见\nkind: 巡视整改\nyear: 2020\n"
OFFENCES = (
    "C001", "C002", "C003", "C004", "C005", "C006", "C007", "C008", "C009", "C010", "C011",
    "C012", "C013", "D004", "H001", "H001 self", "S002", "T002", "T004", "T005",
)  # fmt: skip
# What a rule's offence breaks besides: a closing without a meeting is no valid closing either.
_ALSO = {
    "C002": ("D002",),
    "C003": ("D002",),
    "C005": ("C004",),
    "C009": ("T006",),
    "T005": ("T003",),
}


@dataclass(frozen=True)
class Item:
    """What a task's file says."""

    number: int
    lead: str
    status: str = "推进中"
    source: str = "ZG2020"
    goal: str = "按期完成整改"
    due: str = "2020-12-31"
    progress: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    evidence: bool = False
    applied: str = ""
    reviewed: str = ""
    decision: str = ""
    closed: str = ""
    past: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Its id."""
        return f"ZG2020-{self.number:04d}"

    @property
    def path(self) -> str:
        """Where its file is."""
        return f"data/tasks/ZG2020/{self.id}.yaml"

    def text(self) -> str:
        """Its file."""
        lines = [
            f"id: {self.id}", "kind: 巡视整改", f"title: 整改第{self.number}项问题",
            f"source: {self.source}", "problem: 制度执行不严", f"goal: {self.goal}",
            "measures: [制定办法, 组织检查]", f"lead: [{self.lead}]", "nature: 限期",
            f"due: {{text: 12月底前, date: {self.due}}}", f"status: {self.status}",
        ]  # fmt: skip
        for key, entries in (("progress", self.progress), ("extensions", self.extensions)):
            lines += [f"{key}:", *(f"  - {entry}" for entry in entries)] if entries else []
        if self.evidence:
            lines.append(f"evidence: [{{name: 检查报告, archive: 档{self.number}}}]")
        closing = self.closing()
        lines += ["closing:", *(f"  {line}" for line in closing)] if closing else []
        lines += ["past_closings:", *(f"  - {each}" for each in self.past)] if self.past else []
        return "\n".join(lines) + "\n"

    def closing(self) -> list[str]:
        """What it says of its closing, line by line."""
        steps = {
            "applied": self.applied, "reviewed": self.reviewed,
            "decision": self.decision, "date": self.closed,
        }  # fmt: skip
        return [f"{key}: {value}" for key, value in steps.items() if value]


@dataclass
class Story:
    """A history while it is written.

    Attributes:
        offences: the mark of each commit that breaks rules, and which.
    """

    chance: random.Random
    items: dict[int, Item] = field(default_factory=dict)
    offences: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    stream: list[bytes] = field(default_factory=list)
    mark: int = 0
    main: int = 0
    now: dt.datetime = FIRST_DAY
    meetings: int = 0

    def commit(
        self,
        files: dict[str, str | None],
        subject: str,
        who: str = "联络员",
        parents: tuple[int, ...] | None = None,
        branch: str = "main",
    ) -> int:
        """Write one commit; the mark that names it."""
        self.mark += 1
        self.now += STEP
        stamp = f"{int(self.now.timestamp())} +0800"
        person = f"{who} <{'lead' if who == '整改办' else 'staff'}@example.com> {stamp}"
        text = subject.encode()
        out = [f"commit refs/heads/{branch}\nmark :{self.mark}\nauthor {person}\n".encode()]
        out.append(f"committer {person}\ndata {len(text)}\n".encode() + text + b"\n")
        first, *others = (self.main,) if parents is None else parents
        out += [f"from :{first}\n".encode()] if first else []
        out += [f"merge :{other}\n".encode() for other in others]
        for path, written in files.items():
            if written is None:
                out.append(f"D {path}\n".encode())
            else:
                content = written.encode()
                out.append(
                    f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
                )
        self.stream.append(b"".join(out) + b"\n")
        if branch == "main":
            self.main = self.mark
        return self.mark

    def offend(self, mark: int, code: str) -> None:
        """Note that a commit breaks a rule, and those that cannot be kept when it is broken."""
        self.offences.append((mark, frozenset({code.split()[0], *_ALSO.get(code, ())})))

    def save(self, item: Item, subject: str, who: str = "联络员") -> int:
        """Write a task's new state on the main branch."""
        self.items[item.number] = item
        return self.commit({item.path: item.text()}, f"{subject} {item.id}", who)

    def day(self) -> str:
        """The day of the next commit."""
        return (self.now + STEP).date().isoformat()

    def meet(self, items: list[Item], result: str = "同意销号", votes: int = 8) -> str:
        """Record a meeting on some tasks; its id."""
        self.meetings += 1
        name = f"DZH-2020-{self.meetings:03d}"
        self.commit({_meeting_path(name): self.meeting(name, items, result, votes)}, f"会议 {name}")
        return name

    def meeting(self, name: str, items: list[Item], result: str, votes: int) -> str:
        """A meeting's file."""
        members = "[" + ", ".join(f"委员{n}" for n in range(8)) + "]"
        lines = [
            f"id: {name}", "body: 党组会", f"date: {self.day()}", f"session: 第{self.meetings}次",
            "chair: 委员7", "recorder: 办公室主任", "due_members: 9", f"present: {members}",
            f"minutes: 〔2020〕{self.meetings}号", "items:",
        ]  # fmt: skip
        for item in items:
            task = decode(Task, parse(item.text().encode()), [])
            assert task is not None
            lines.append(
                f"  - {{task: {item.id}, result: {result}, votes: {{for: {votes}, "
                f"against: {8 - votes}, abstain: 0}}, digest: '{case_digest(task)}'}}"
            )
        return "\n".join(lines) + "\n"


def make_history(
    root: Path, tasks: int, commits: int, offences: tuple[str, ...] = (), seed: int = 1
) -> list[tuple[str, frozenset[str]]]:
    """Write a ledger with a long history.

    Args:
        root: a folder that does not exist yet.
        tasks: how many tasks it has.
        commits: how many commits there are at least.
        offences: rules that are broken, each by one commit, spread over the history.

    Returns:
        (commit, codes) of every offence.
    """
    story = Story(random.Random(seed))
    story.items = {n: Item(n, story.chance.choice(DEPARTMENTS)) for n in range(1, tasks + 1)}
    files: dict[str, str | None] = {"ledger.yaml": CONFIG, "data/sources/ZG2020.yaml": SOURCE}
    story.commit(files | {item.path: item.text() for item in story.items.values()}, "建账")
    waiting = list(offences)
    while story.mark < commits or waiting:
        if waiting and story.mark * (len(offences) + 1) >= commits * (
            len(offences) - len(waiting) + 1
        ):
            _offend(story, waiting.pop(0))
        else:
            story.chance.choices(_EVENTS, weights=_WEIGHTS)[0](story)
    return _written(root, story)


def _written(root: Path, story: Story) -> list[tuple[str, frozenset[str]]]:
    root.mkdir(parents=True)
    marks = root / "marks"
    _git(root, "init", "--quiet", "--initial-branch=main")
    _git(
        root, "fast-import", "--quiet", f"--export-marks={marks}", stdin=b"".join(story.stream)
    )  # fmt: skip
    ids = dict(line.split() for line in marks.read_text("ascii").splitlines())
    marks.unlink()
    _git(root, "reset", "--quiet", "--hard", "main")
    return [(ids[f":{mark}"], codes) for mark, codes in story.offences]


def _git(root: Path, *arguments: str, stdin: bytes | None = None) -> None:
    subprocess.run(["git", *arguments], cwd=root, input=stdin, check=True, capture_output=True)


def _meeting_path(name: str) -> str:
    return f"data/decisions/2020/{name}.yaml"


# -- what happens on an ordinary day -------------------------------------------------------------


def _some(story: Story, *statuses: str) -> Item | None:
    items = [each for each in story.items.values() if each.status in statuses]
    return story.chance.choice(items) if items else None


def _progress(story: Story) -> None:
    item = _some(story, "推进中")
    if item:
        entry = f"{{date: {story.day()}, by: 联络员, text: 第{story.mark}次报告进展}}"
        story.save(replace(item, progress=(*item.progress, entry)), "进展")


def _extend(story: Story) -> None:
    item = _some(story, "推进中")
    if item:
        entry = (
            f"{{date: {story.day()}, from: {item.due}, to: 2021-06-30, reason: 任务调整, "
            "approved_by: 分管局领导}"
        )
        story.save(replace(item, extensions=(*item.extensions, entry)), "延期")


def _apply(story: Story) -> None:
    item = _some(story, "推进中")
    if item:
        applied = f"{{date: {story.day()}, by: 联络员, summary: 已完成}}"
        story.save(replace(item, status="申请销号", evidence=True, applied=applied), "申请销号")


def _review(story: Story) -> None:
    item = _some(story, "申请销号")
    if item:
        reviewed = f"{{date: {story.day()}, by: 整改办, opinion: 同意}}"
        story.save(replace(item, status="待上会", reviewed=reviewed), "审核", "整改办")


def _return(story: Story) -> None:
    item = _some(story, "申请销号", "待上会")
    if item:
        entry = f"{{date: {story.day()}, by: 整改办, text: 材料不全, event: 退回}}"
        back = replace(
            item, status="推进中", progress=(*item.progress, entry), reviewed="", applied=""
        )
        story.save(back, "退回", "整改办")


def _close(story: Story) -> None:
    """A meeting on up to five tasks, then their closing on a branch, merged by somebody else."""
    ready = [each for each in story.items.values() if each.status == "待上会"][:5]
    if ready:
        name = story.meet(ready)
        closed = [_closed(each, name, story.day()) for each in ready]
        merge_closing(story, closed)


def _reopen(story: Story) -> None:
    item = _some(story, "已销号")
    if item:
        story.save(_reopened(item, story.day()), "重开", "整改办")


_EVENTS: tuple[Callable[[Story], None], ...] = (
    _progress, _extend, _apply, _review, _return, _close, _reopen,
)  # fmt: skip
_WEIGHTS = (60, 6, 14, 12, 2, 5, 1)


def _closed(item: Item, meeting: str, day: str) -> Item:
    return replace(item, status="已销号", decision=meeting, closed=day)


def _reopened(item: Item, day: str) -> Item:
    entry = f"{{date: {day}, by: 整改办, text: 问题反弹, event: 重开}}"
    return replace(
        item, status="推进中", progress=(*item.progress, entry),
        applied="", reviewed="", decision="", closed="",
        past=(*item.past, "{" + ", ".join(item.closing()) + "}"),
    )  # fmt: skip


def merge_closing(
    story: Story,
    closed: list[Item],
    more: dict[str, str | None] | None = None,
    merger: str = "整改办",
) -> int:
    """Close tasks on a branch and merge it; the merge's mark."""
    files: dict[str, str | None] = {item.path: item.text() for item in closed}
    files |= more or {}
    for item in closed:
        story.items[item.number] = item
    branch = f"close/{story.mark}"
    tip = story.commit(files, "销号", parents=(story.main,), branch=branch)
    return story.commit(files, "合并销号", merger, parents=(story.main, tip))


# -- offences ------------------------------------------------------------------------------------


def _offend(story: Story, code: str) -> None:
    """Break one rule, then put things right."""
    _OFFENDERS[code](story, code)


def _fresh(story: Story) -> Item:
    """A task of its own for an offence, ready to be decided on."""
    number = max(story.items) + 1
    item = Item(number, "办公室")
    story.save(item, "新增")
    step = f"{{date: {story.day()}, by: 联络员, summary: 已完成}}"
    item = replace(item, status="申请销号", evidence=True, applied=step)
    story.save(item, "申请销号")
    step = f"{{date: {story.day()}, by: 整改办, opinion: 同意}}"
    item = replace(item, status="待上会", reviewed=step)
    story.save(item, "审核", "整改办")
    return item


def _plain_offence(change: Callable[[Item], Item]) -> Callable[[Story, str], None]:
    """An edit of a task under way, taken back by the next commit."""

    def offend(story: Story, code: str) -> None:
        number = max(story.items) + 1
        entry = f"{{date: {story.day()}, by: 联络员, text: 已部署}}"
        item = Item(number, "办公室", progress=(entry,))
        story.save(item, "新增")
        story.offend(story.save(change(item), "违规"), code)
        story.save(item, "改正")

    return offend


def _closing_offence(
    change: Callable[[Item], Item], result: str = "同意销号", merger: str = "整改办"
) -> Callable[[Story, str], None]:
    """A closing that should not have been; reopened by the next commit."""

    def offend(story: Story, code: str) -> None:
        item = _fresh(story)
        name = story.meet([item], result)
        closed = change(_closed(item, name, story.day()))
        story.offend(merge_closing(story, [closed], merger=merger), code)
        story.save(_reopened(closed, story.day()), "重开", "整改办")

    return offend


def _c006(story: Story, code: str) -> None:
    number = max(story.items) + 1
    applied = f"{{date: {story.day()}, by: 联络员, summary: 已完成}}"
    item = Item(number, "办公室", "申请销号", evidence=True, applied=applied)
    story.save(replace(item, status="推进中", applied=""), "新增")
    story.save(item, "申请销号")
    same = replace(
        item, status="待上会", reviewed=f"{{date: {story.day()}, by: 联络员, opinion: 好}}"
    )
    story.offend(story.save(same, "审核"), code)
    entry = f"{{date: {story.day()}, by: 整改办, text: 应由他人审核, event: 退回}}"
    story.save(replace(same, status="推进中", progress=(entry,), applied="", reviewed=""), "退回")


def _c008(story: Story, code: str) -> None:
    item = _fresh(story)
    closed = _closed(item, story.meet([item]), story.day())
    merge_closing(story, [closed])
    bare = replace(_reopened(closed, story.day()), progress=closed.progress)
    story.offend(story.save(bare, "重开"), code)


def _c011(story: Story, code: str) -> None:
    item = _fresh(story)
    name = story.meet([item])
    merge_closing(story, [_closed(item, name, story.day())])
    changed = story.meeting(name, [item], "同意销号", 8).replace("办公室主任", "办公室副主任")
    story.offend(story.commit({_meeting_path(name): changed}, "改会议记录"), code)


def _c012(story: Story, code: str) -> None:
    item = _fresh(story)
    story.offend(story.commit({item.path: None}, "删除"), code)
    del story.items[item.number]


def _c013(story: Story, code: str) -> None:
    item = _fresh(story)
    closed = _closed(item, story.meet([item]), story.day())
    policy = CONFIG + "policies: {self_merge: 允许}\n"
    story.offend(merge_closing(story, [closed], {"ledger.yaml": policy}), code)
    story.commit({"ledger.yaml": CONFIG}, "恢复规定")


def _d004(story: Story, code: str) -> None:
    item = _fresh(story)
    story.meet([item], votes=4)
    story.offend(story.mark, code)


def _h001(story: Story, code: str) -> None:
    item = _fresh(story)
    closed = _closed(item, story.meet([item]), story.day())
    story.offend(story.save(closed, "直接销号"), code)


def _c002(story: Story, code: str) -> None:
    item = _fresh(story)
    closed = replace(item, status="已销号", closed=story.day())
    story.offend(merge_closing(story, [closed]), code)
    story.save(_reopened(closed, story.day()), "重开", "整改办")


_OFFENDERS: dict[str, Callable[[Story, str], None]] = {
    "C001": _plain_offence(lambda item: replace(item, status="未启动")),
    "C002": _c002,
    "C003": _closing_offence(lambda item: item, "不同意"),
    "C004": _closing_offence(lambda item: replace(item, goal="降低了的目标")),
    "C005": _closing_offence(lambda item: replace(item, evidence=False)),
    "C006": _c006,
    "C007": _closing_offence(lambda item: replace(item, closed="2020-01-01")),
    "C008": _c008,
    "C009": _plain_offence(lambda item: replace(item, due="2021-12-31")),
    "C010": _plain_offence(lambda item: replace(item, progress=())),
    "C011": _c011,
    "C012": _c012,
    "C013": _c013,
    "D004": _d004,
    "H001": _h001,
    "H001 self": _closing_offence(lambda item: item, merger="联络员"),
    "S002": _plain_offence(lambda item: replace(item, goal="请拨打 13912345678")),
    "T002": _plain_offence(lambda item: replace(item, due="12月底")),
    "T004": _plain_offence(lambda item: replace(item, lead="不存在司")),
    "T005": _plain_offence(lambda item: replace(item, source="ZG1999")),
}
