"""`audit`: every rule on every step of history.

The main line is followed commit by commit, a merge as one step. Each step is judged by the policy,
the departments and the list of signers that were there before it (see `judge`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ledger.adapters.files.audit_progress import Checkpoint
from ledger.adapters.files.database import code_fingerprint
from ledger.adapters.git.graph import writing_graph
from ledger.adapters.git.walk import (
    Commit,
    is_shallow,
    main_line,
    reachable,
    reflog,
)
from ledger.errors import LedgerError
from ledger.model.config import Config, Forge
from ledger.model.decode import encode
from ledger.model.paths import CONFIG_FILE, TASKS
from ledger.model.problem import Problem, has_errors
from ledger.model.record import dataclass, replace
from ledger.model.task import CLOSED
from ledger.model.telling import Tell
from ledger.rules.history import NOBODY, h004_lost, h004_second_beginning
from ledger.usecases.checking.findings import Audited, ClosingStep, Offence, PolicyStep, kept_of
from ledger.usecases.checking.line import MainLine, history_of, judge_line
from ledger.usecases.checking.merged import closes
from ledger.usecases.checking.names import malformed
from ledger.usecases.checking.seal import broken_seals, seals
from ledger.usecases.reading.load import config_at, load
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.versions import batches, read_pairs

_SHORTEST = 7  # characters of a commit's id


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Attributes:
        head: the last commit that was judged.
        commits: how many commits history has in the part that was asked for.
        steps: how many of them are steps of the main line.
        resumed: how many of the steps had been judged before.
        since: the commit after which the audit began; empty for the beginning of history.
    """

    head: str
    commits: int
    steps: int
    resumed: int
    since: str
    findings: tuple[Offence, ...]
    closings: tuple[ClosingStep, ...]
    policies: tuple[PolicyStep, ...]

    def has_errors(self) -> bool:
        """Whether any finding is more than a remark."""
        return has_errors(each.problem for each in self.findings)


def audit(ledger: Ledger, since: str, until: str, restart: bool, progress: Tell) -> Audit:
    """Judge every step of history by the same rules as `check`, and what only history shows.

    Args:
        since: a revision after which to begin; empty for what ledger.yaml says, or the beginning.
        until: the revision to end with; empty for the current commit.
        restart: forget how far the last audit had come.
        progress: told how many steps are done, of how many.

    Raises:
        UsageError: no such revision.
        LedgerError: history is not all here (a shallow clone), nothing was committed yet, or
            ledger.yaml does not say by its id where to begin.
    """
    head = _head(ledger, until)
    config = config_at(ledger, head)
    start = ledger.repo.resolve(since) if since else beginning_of(ledger, config)
    if is_shallow(ledger.repo) and not since:
        raise LedgerError(
            "这里只有最近一段历史（浅克隆），审计不了全部",
            hint="请运行 ledger doctor --fix 取回全部历史，或用 --since 指定从哪个提交之后审计",
        )
    history = history_of(ledger, start, head)
    checkpoint = checkpoint_of(ledger, start)
    if restart:
        checkpoint.forget()
    kept = [] if since or until else checkpoint.entries()
    lost = _lost(ledger, kept, head, config.forge)
    known = still_true(kept, history.line)
    checkpoint.trust(len(known))
    main = ledger.repo.branch_commit(config.forge.base)  # of others nothing is kept for later
    keep = checkpoint if not (since or until or lost) and main in ("", head) else None
    with writing_graph(ledger.repo, head):
        entries = _entries(ledger, history, known, keep, progress)
    judged = [kept_of(each) for each in entries]
    resumed = sum(each["steps"] for each in known)
    return _summed_up(ledger, head, history, resumed, lost, judged)


def _summed_up(
    ledger: Ledger,
    head: str,
    history: MainLine,
    resumed: int,
    lost: Iterable[Offence],
    judged: Sequence[Audited],
) -> Audit:
    """What all steps have brought to light, and what only the whole of history shows."""
    findings = [each for some in judged for each in some.findings]
    closings = tuple(each for some in judged for each in some.closings)
    of_history = (
        *lost,
        *(  # of two beginnings either could be the true one
            Offence(merge, problem)
            for root, merge in history.beginnings
            for problem in h004_second_beginning(root)
        ),
        *_malformed(ledger, history, head, findings),
        *findings,
        *_used_again(ledger, head, findings, closings),
    )
    policies = tuple(each for some in judged for each in some.policies)
    steps = len(history.line)
    return Audit(
        head, history.commits, steps, resumed, history.since, of_history, closings, policies
    )


def _used_again(
    ledger: Ledger, head: str, findings: Sequence[Offence], closings: Sequence[ClosingStep]
) -> Iterator[Offence]:
    """Closings by a meeting that has closed the task before, though the files no longer say so.

    Who erases a closed round is found for that; what the erasing served is found here.
    """
    told = {(each.commit, each.problem.id) for each in findings if each.problem.code == "C003"}
    first: dict[tuple[str, str], str] = {}
    for step in closings:
        used = first.setdefault((step.task, step.decision), step.commit) if step.decision else ""
        if used in ("", step.commit) or (step.commit, step.task) in told:
            continue
        entry = load(ledger, head).by_id.get(step.task)
        message = f"{step.task} 又据会议 {step.decision} 销号，它的同意在提交 {used[:10]} 已经用过"
        hint = "请恢复为没有销号的状态，重新申请、审核、上会"
        yield Offence(
            step.commit, Problem(entry.path if entry else "", "C003", message, hint, id=step.task)
        )


def made_wrongly(ledger: Ledger, old: str, new: str, codes: Collection[str]) -> Iterator[Problem]:
    """H001 to H003 on some commits as they would be a part of the main line: how they were made.

    A closing that was squashed, rebased or written straight to the main branch shows nobody who
    has looked at it (H001). What the main branch has was asked for when it came there, though a
    merge of it into somebody's own work brings it there once more.

    Args:
        old: the commit before them, whose policy and list of signers judge.
        codes: which of the rules are asked.
    """
    closing = "H001" in codes and any(_closes(ledger, main_line(ledger.repo, old, new, (TASKS,))))
    if not closing and not any(wants_signatures(config_at(ledger, each)) for each in (old, new)):
        return
    judged = judge_line(ledger, history_of(ledger, old, new), 0, lambda *_: None, pushed=True)
    offences = [each for _, some in judged for each in some.findings if each.problem.code in codes]
    ended = _ends_of_both(ledger, old, new) if offences else {}
    for offence in offences:
        if offence.problem.path and offence.problem.id not in ended:
            yield offence.problem
        elif not offence.problem.path:
            message = offence.problem.message.replace("提交", f"提交 {offence.commit[:10]} ", 1)
            yield replace(offence.problem, message=message)


def wants_signatures(config: Config) -> bool:
    """Whether anything at all has to be signed."""
    return config.policies.history.signatures != NOBODY


def _ends_of_both(ledger: Ledger, old: str, new: str) -> Collection[str]:
    """The tasks that are closed in one commit and by the same closing in another."""
    before, after = (
        {
            entry.record.id: entry.record.closing
            for entry in load(ledger, commit).tasks
            if entry.record.status == CLOSED
        }
        for commit in (old, new)
    )
    return {task for task, closing in before.items() if after.get(task) == closing}


def _closes(ledger: Ledger, line: list[Commit]) -> Iterator[bool]:
    """Of each file that some steps change, whether it closes a task."""
    for batch in batches(line):
        versions = read_pairs(ledger, batch)
        for file in (file for step in batch for file in step.files):
            yield closes(versions, file)


def _head(ledger: Ledger, until: str) -> str:
    if until:
        return ledger.repo.resolve(until)
    head = ledger.repo.head()
    if head is None:
        raise LedgerError("台账还没有任何提交，没有历史可审计", hint="请先写入并提交")
    return head


def checkpoint_of(ledger: Ledger, start: str) -> Checkpoint:
    """What is kept of an audit that begins after a commit."""
    place = ledger.repo.state_dir() / "audit.jsonl"
    return Checkpoint(place, f"{code_fingerprint()} {start}")


def beginning_of(ledger: Ledger, config: Config) -> str:
    """The commit after which ledger.yaml has audits begin; empty for the beginning of history.

    No commit knows its own id or that of a later one, so what sets this is always audited; what is
    called by a name, such as HEAD, could be any commit.

    Raises:
        LedgerError: it is named by something else than its id.
    """
    named = config.policies.history.begin
    commit = ledger.repo.resolve(named) if named else ""
    if not commit.startswith(named.lower()) or 0 < len(named) < _SHORTEST:
        raise LedgerError(
            f"{CONFIG_FILE} 里 policies.history.begin 写的“{named}”不是提交号",
            hint="分支和标签会移动，请写提交号；也可以用 --since 指定从哪里审计",
        )
    return commit


def _entries(
    ledger: Ledger,
    history: MainLine,
    known: Sequence[dict[str, Any]],
    checkpoint: Checkpoint | None,
    progress: Tell,
) -> list[dict[str, Any]]:
    """What is known of the first steps and what comes to light of the others, kept as it comes."""
    entries = list(known)
    before = sum(each["steps"] for each in entries)
    for done, audited in judge_line(ledger, history, before, progress):
        last = history.line[done - 1]
        entries.append({"last": last, "steps": done - before, **encode(audited)})
        before = done
        if checkpoint:
            checkpoint.keep(entries)
    return entries


def _lost(
    ledger: Ledger, kept: Sequence[Mapping[str, Any]], head: str, forge: Forge
) -> list[Offence]:
    """What was vouched for and is not in history any more."""
    upstream = ledger.repo.branch_commit(forge.base, forge.remote)
    main = ledger.repo.branch_commit(forge.base)
    known = reachable(ledger.repo, *filter(None, (head, main, upstream)))
    vouched = [("上次审计", each["last"]) for each in kept]
    vouched += [(f"封存 {seal.name} ", seal.commit) for seal in seals(ledger)]
    vouched += [
        (f"从远端 {forge.remote} 取回", commit)
        for commit in (reflog(ledger.repo, forge.remote, forge.base) if upstream else ())
    ]
    problems = [*h004_lost(dict.fromkeys(vouched), known), *broken_seals(ledger)]
    return [Offence("", problem) for problem in problems]


def _malformed(
    ledger: Ledger, history: MainLine, head: str, offences: Sequence[Offence]
) -> Iterator[Offence]:
    """Names in the whole tree of the last commit that should not be there.

    The steps tell where it was done, but are asked only for the places that rules look at. A ledger
    whose audit has no beginning is held to what its first commit had.
    """
    told = {(each.problem.code, each.problem.path) for each in offences}
    first = "" if history.since or not history.line else history.line[0]
    for before in dict.fromkeys((history.since, first or history.since)):
        for problem in malformed(ledger.repo, head, before):
            if (problem.code, problem.path) not in told:
                told.add((problem.code, problem.path))
                yield Offence(head, problem)


def still_true(kept: Sequence[dict[str, Any]], line: Sequence[str]) -> list[dict[str, Any]]:
    """The kept entries that still stand at their places of the main line."""
    entries: list[dict[str, Any]] = []
    done = 0
    for entry in kept:
        done += entry["steps"]
        if done > len(line) or line[done - 1] != entry["last"]:
            break
        entries.append(entry)
    return entries
