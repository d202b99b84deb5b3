"""The deeds of the demonstration ledger's script, each as the command for it would record it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ledger.adapters.yaml.edit import Edit, edited, written
from ledger.model.case import case_digest
from ledger.model.decision import APPROVE_CLOSING, Absence, Decision, DecisionItem, Votes
from ledger.model.decode import plain
from ledger.model.paths import CONFIG_FILE, EVIDENCE, path_of_decision
from ledger.model.record import replace
from ledger.model.standing import extensible
from ledger.model.task import (
    APPLIED,
    IN_PROGRESS,
    NOT_STARTED,
    REMINDED,
    REOPENED,
    RETURNED,
    REVIEWED,
    Applied,
    Evidence,
    Extension,
    Lookback,
    Progress,
    Reviewed,
    Task,
)
from ledger.model.telling import Tell, silent
from ledger.usecases.closing.close import branch_name, closed_file, title_of
from ledger.usecases.closing.decide import SCHEMA_LINE
from ledger.usecases.closing.outcomes import outcome
from ledger.usecases.closing.steps import back_to_work
from ledger.usecases.setup.chronicle import Chronicle
from ledger.usecases.setup.script import (
    BODY,
    CALENDAR,
    CIRCULATED,
    DECIDE,
    MERGE,
    PENDING,
    PROPOSE,
    REMIND,
    WEEKDAY,
    AgendaPoint,
    DemoDeed,
    DemoMeeting,
    Script,
)
from ledger.usecases.writing.act import Act, Operation
from ledger.usecases.writing.add import source_file
from ledger.usecases.writing.edit import task_file
from ledger.usecases.writing.indicators import actual_edits

_REPORT = "完成情况报告"
_ARCHIVED = 5  # of every so many tasks one has its evidence in the archive
_ABSTAINING = 4  # of every so many points one has a member who abstains
_ALL = 100  # percent
_NOT_ENOUGH = 4  # members who came to the meeting that could not be opened

Step = tuple[Sequence[Edit], str, str, Mapping[str, bytes]]


class Play:
    """The script, played into a chronicle.

    Attributes:
        waiting: the branch that is proposed and not merged.
    """

    def __init__(self, script: Script, first: Mapping[str, bytes]) -> None:
        """Begin with the files of a new ledger."""
        self.script = script
        self.told = script.data
        self.chronicle = Chronicle(CALENDAR.zone)
        self.waiting = ""
        self._next = dict.fromkeys(script.steps, 0)
        self._decided: dict[str, Decision] = {}
        self._proposed: dict[str, list[tuple[int, str, Operation]]] = {}
        self._mails = {each["name"]: each["mail"] for each in self.told["departments"]}
        self._begin(first)

    def perform(self, tell: Tell = silent) -> None:
        """Do all that the script has, in its order.

        Args:
            tell: told how many deeds are done, of how many.
        """
        done = 0
        for (_, name), group in groupby(self.script.deeds, lambda deed: (deed.day, deed.name)):
            deeds = list(group)
            tell(done := done + len(deeds), len(self.script.deeds))
            if name == REMIND:
                self._remind(deeds)
                continue
            for deed in deeds:
                if deed.about in self.script.meetings:
                    self._of_meeting[name](self, deed)
                else:
                    self._on_task(deed)

    # -- who does it ----------------------------------------------------------------------------

    def _post(self, post: str) -> tuple[str, str]:
        told = self.told["posts"][post]
        return told["name"], f"{told['mail']}@example.org"

    def _reporter(self, task: Task) -> tuple[str, str]:
        """The 联络员 of the department that leads."""
        return f"{task.lead[0]}联络员", f"{self._mails[task.lead[0]]}@example.org"

    # -- the beginning --------------------------------------------------------------------------

    def _begin(self, first: Mapping[str, bytes]) -> None:
        clerk, day, name = self._post("clerk"), self.script.begun, self.told["organisation"]
        self.chronicle.commit(clerk, day, first, Operation("init", f"新建台账 {name}"))
        keys = ("name", "aliases")
        listed = [{key: each[key] for key in keys} for each in self.told["departments"]]
        members = [{"name": each} for each in self.told["members"]]
        edits = [
            Edit(("departments",), listed),
            Edit(("calendar", "meetings"), [{"body": BODY, "weekday": WEEKDAY}]),
            Edit(("policies", "bodies"), [{"name": BODY, "members": members}]),
        ]
        files = {CONFIG_FILE: edited(first[CONFIG_FILE], edits)}
        self.chronicle.commit(clerk, day, files, Operation("save", "填写部门、会议和成员名单"))
        for day, source, tasks in self.script.imports:
            changes = [source_file(source), *map(task_file, tasks)]
            brought = {each.path: each.new or b"" for each in changes}
            operation = Operation(
                "import",
                f"导入 {source.id}：新增 {len(tasks)} 项，修改 0 项",
                tuple(task.id for task in tasks),
                f"文件：{source.title}.xlsx",
                (("Ledger-Source", source.id),),
            )
            self.chronicle.commit(clerk, day, brought, operation)

    # -- on one task ----------------------------------------------------------------------------

    def _on_task(self, deed: DemoDeed) -> None:
        task = self.chronicle.tasks[deed.about]
        person, steps = self._reporter(task), self._steps[deed.name]
        if deed.name in ("review", "return", "reopen", "lookback"):
            person = self._post("reviewer")
        elif deed.name == "adjourned":
            person = self._post("secretary")
        edits, subject, body, files = steps(self, task, deed, person[0])
        name = "progress" if deed.name == "adjourned" else deed.name
        operation = Operation(name, f"{subject} {task.id} {task.title}", (task.id,), body)
        changed = self.chronicle.changed(task.id, edits)
        self.chronicle.commit(person, deed.day, {**changed, **files}, operation)

    def _progress(self, task: Task, deed: DemoDeed, by: str) -> Step:
        told, place = self.script.steps[task.id], self._next[task.id]
        self._next[task.id] += 1
        percent = int(deed.more) if deed.more else None
        entry = Progress(date=deed.day, by=by, text=told[place], percent=percent)
        started = [Edit(("status",), IN_PROGRESS)] if task.status == NOT_STARTED else []
        reached = self._reached(task, percent or 0) if place + 1 == len(told) else []
        return (*started, *reached, _added("progress", entry)), "进展", "", {}

    def _reached(self, task: Task, percent: int) -> list[Edit]:
        """How much of its indicators a task has with its last step; of a rule that it is issued."""
        known = self.script.reached.get(task.id, {})
        whole = {each.name: str(each.target) for each in task.indicators if percent == _ALL}
        texts = [f"{name}={number}" for name, number in (whole | dict(known)).items()]
        return actual_edits(task, texts) if texts else []

    def _adjourned(self, task: Task, deed: DemoDeed, by: str) -> Step:
        due = len(self.told["members"])
        text = f"{BODY}应到{due}人、实到{_NOT_ENOUGH}人，不足半数，没有开成，顺延到下一次会议"
        entry = Progress(date=deed.day, by=by, text=text)
        return (_added("progress", entry),), "进展", "", {}

    def _evidence(self, task: Task, deed: DemoDeed, by: str) -> Step:
        told = [f"{each.date}：{each.text}" for each in task.progress if not each.event]
        content = "\n".join((f"{task.title}：{_REPORT}", *told, f"填报：{by}", "")).encode()
        known = len(task.evidence)
        name = f"{_REPORT}（补充）" if known else _REPORT
        hashed, number = hashlib.sha256(content).hexdigest(), int(task.id[-3:])
        if number % _ARCHIVED == 0:
            archive = f"档〔{deed.day.year}〕{number}-{known + 1}号"
            evidence = Evidence(name=name, archive=archive, sha256=hashed, date=deed.day)
            return (_added("evidence", evidence),), f"佐证材料“{name}”", "", {}
        path = f"{EVIDENCE}/{task.id}/{name}.txt"
        evidence = Evidence(name=name, path=path, sha256=hashed, date=deed.day)
        return (_added("evidence", evidence),), f"佐证材料“{name}”", "", {path: content}

    def _apply(self, task: Task, deed: DemoDeed, by: str) -> Step:
        summary = self._chosen("summaries", task)
        applied = Applied(date=deed.day, by=by, summary=summary)
        edits = (Edit(("status",), APPLIED), Edit(("closing",), {"applied": plain(applied)}))
        return edits, "申请销号", "", {}

    def _review(self, task: Task, deed: DemoDeed, by: str) -> Step:
        opinion = self._chosen("opinions", task)
        reviewed = Reviewed(date=deed.day, by=by, opinion=opinion)
        edits = (Edit(("status",), REVIEWED), Edit(("closing", "reviewed"), plain(reviewed)))
        return edits, "审核通过", "", {}

    def _return(self, task: Task, deed: DemoDeed, by: str) -> Step:
        edits = back_to_work(task, deed.more, RETURNED, _act(by, deed.day))
        return edits, "退回", f"理由：{deed.more}", {}

    def _reopen(self, task: Task, deed: DemoDeed, by: str) -> Step:
        edits = back_to_work(task, deed.more, REOPENED, _act(by, deed.day))
        return edits, "重开", f"理由：{deed.more}", {}

    def _lookback(self, task: Task, deed: DemoDeed, by: str) -> Step:
        entry = Lookback(date=deed.day, by=by, result=deed.more, note=self.told["notes"][deed.more])
        return (_added("lookback", entry),), f"回头看：{deed.more}", "", {}

    def _extend(self, task: Task, deed: DemoDeed, by: str) -> Step:
        days, _, reason = deed.more.partition(" ")
        current = extensible(task) or deed.day
        entry = Extension(
            date=deed.day,
            from_=current,
            to=current + dt.timedelta(days=int(days)),
            reason=reason,
            approved_by=task.leader,
            by=by,
        )
        return (_added("extensions", entry),), "延期", f"理由：{reason}", {}

    def _chosen(self, key: str, task: Task) -> str:
        texts: Sequence[str] = self.told[key]
        return texts[int(task.id[-3:]) % len(texts)]

    _steps: Mapping[str, Callable[[Play, Task, DemoDeed, str], Step]] = {
        "progress": _progress,
        "adjourned": _adjourned,
        "evidence": _evidence,
        "apply": _apply,
        "review": _review,
        "return": _return,
        "reopen": _reopen,
        "lookback": _lookback,
        "extend": _extend,
    }

    # -- on several -----------------------------------------------------------------------------

    def _remind(self, deeds: Sequence[DemoDeed]) -> None:
        person = self._post("clerk")
        files: dict[str, bytes] = {}
        for deed in deeds:
            lead = self.chronicle.tasks[deed.about].lead[0]
            text = f"向{lead}发出督办单"
            note = Progress(date=deed.day, by=person[0], text=text, event=REMINDED)
            files |= self.chronicle.changed(deed.about, [_added("progress", note)])
        tasks = tuple(deed.about for deed in deeds)
        operation = Operation(REMIND, f"督办 {len(tasks)} 项", tasks)
        self.chronicle.commit(person, deeds[0].day, files, operation)

    def _decide(self, deed: DemoDeed) -> None:
        held, person = self.script.meetings[deed.about], self._post("secretary")
        decision = self._decision(deed.about, held)
        content = written(plain(decision), SCHEMA_LINE)
        self._decided[deed.about] = decision
        snapshot, act = self.chronicle.snapshot(), _act(person[0], held.day)
        files = {path_of_decision(held.day.year, decision.id): content}
        for item in decision.items:
            if edits := outcome(snapshot, decision, item, act).edits:
                files |= self.chronicle.changed(item.task, edits)
        subject = f"会议 {decision.id} {decision.body} {decision.session}".strip()
        tasks = tuple(item.task for item in decision.items)
        operation = Operation(
            "decide", subject, tasks, trailers=(("Ledger-Decision", decision.id),)
        )
        self.chronicle.commit(person, held.day, files, operation)

    def _decision(self, key: str, held: DemoMeeting) -> Decision:
        members: list[str] = self.told["members"]
        present = [each for each in members if each not in held.absent]
        number = held.day.isocalendar().week
        name = f"{'QY' if key == CIRCULATED else 'DZH'}-{held.day.year}-{number:02d}"
        decision = Decision(
            id=name,
            body=held.body,
            date=held.day,
            session="" if key == CIRCULATED else f"{held.day.year}年第{number}次",
            chair=members[0],
            recorder=self._post("merger")[0],
            due_members=len(members),
            present=tuple(present),
            absent=tuple(Absence(name=name, reason=why) for name, why in held.absent.items()),
            items=tuple(self._items(held.agenda, len(present))),
        )
        if key == CIRCULATED:
            return decision
        observers = (self.told["visitor"]["name"], "机关纪委书记")
        order = (*present[1:], present[0])  # the chair speaks last
        minutes = f"{BODY}纪要〔{held.day.year}〕{number}号"
        return replace(decision, observers=observers, speaking_order=order, minutes=minutes)

    def _items(self, agenda: Sequence[AgendaPoint], present: int) -> Iterator[DecisionItem]:
        recused = self.told["recused"]
        for place, point in enumerate(agenda, 1):
            task = self.chronicle.tasks[point.task]
            avoids = (recused["member"],) if task.title == recused["task"] else ()
            abstains = int(place % _ABSTAINING == 0)
            closes = point.result == APPROVE_CLOSING
            current = extensible(task) if point.days else None
            yield DecisionItem(
                task=task.id,
                result=point.result,
                votes=Votes(for_=present - len(avoids) - abstains, abstain=abstains),
                digest=case_digest(task),
                opinion=self._chosen("verdicts", task) if closes else point.opinion,
                recused=avoids,
                until=current + dt.timedelta(days=point.days) if current else None,
            )

    def _propose(self, deed: DemoDeed) -> None:
        """The closings that a meeting has agreed to, a branch for each source."""
        waits = deed.name == PENDING
        agenda = self.script.meetings[deed.about].agenda
        agreed = (each for each in agenda if each.result == APPROVE_CLOSING)
        tasks = [each.task for each in agreed if each.pending is waits]
        for _, group in groupby(tasks, lambda task: task.rpartition("-")[0]):
            self._close(deed, list(group))

    def _close(self, deed: DemoDeed, tasks: Sequence[str]) -> None:
        person, snapshot = self._post("secretary"), self.chronicle.snapshot()
        decision = self._decided[deed.about]
        files = {}
        for entry in map(self.chronicle.entry, tasks):
            content = {entry.path: self.chronicle.files[entry.path]}
            files[entry.path] = closed_file(content, snapshot, entry, decision, deed.day)
        records = [self.chronicle.tasks[task] for task in tasks]
        operation = Operation(
            "close",
            title_of(records, decision),
            tuple(tasks),
            body=f"办理人：{person[0]}",
            trailers=(("Ledger-Decision", decision.id),),
        )
        branch = branch_name(tasks, decision.id)
        number = self.chronicle.propose(person, deed.day, branch, files, operation)
        if deed.name == PENDING:
            self.waiting = branch
        else:
            self._proposed.setdefault(deed.about, []).append((number, branch, operation))

    def _merge(self, deed: DemoDeed) -> None:
        person = self._post("merger")
        for number, branch, proposed in self._proposed.get(deed.about, []):
            body = f"办理人：{person[0]}"
            operation = Operation("merge", f"合并 {branch}", proposed.tasks, body=body)
            self.chronicle.merge(person, deed.day, number, operation)

    _of_meeting: Mapping[str, Callable[[Play, DemoDeed], None]] = {
        DECIDE: _decide,
        PROPOSE: _propose,
        PENDING: _propose,
        MERGE: _merge,
    }


def _added(key: str, record: Any) -> Edit:
    return Edit((key,), plain(record), append=True)


def _act(by: str, day: dt.date) -> Act:
    return Act(by, day, day, commit=True)
