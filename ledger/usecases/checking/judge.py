"""Judging the steps of history: what each one did, by the rules that were there before it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ledger.adapters.git.signing import signatures
from ledger.adapters.git.walk import Commit, FileDiff
from ledger.model.change import Change
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.decode import encode
from ledger.model.mailbox import Addresses
from ledger.model.paths import CONFIG_FILE, DECISIONS, EVIDENCE, MAILMAP, SIGNERS, is_task_file
from ledger.model.problem import WARNING, Problem
from ledger.model.snapshot import Entry
from ledger.model.task import Task
from ledger.model.zone import day_of
from ledger.rules import CODES, Context, check_snapshot, check_step, judged
from ledger.rules.history import (
    ALL,
    NOBODY,
    Ending,
    Making,
    ending,
    h001_pull_request,
    h002_h003_signature,
    must_be_signed,
    newly_closed,
)
from ledger.rules.policies import governs
from ledger.rules.tasks import claims_anew
from ledger.usecases.checking.brought import missteps
from ledger.usecases.checking.dropped import RECORDS, is_own_record, may_have_dropped, own_records
from ledger.usecases.checking.names import TWICE, unfit
from ledger.usecases.reading.hands import Hands, of_commit
from ledger.usecases.reading.identities import addresses_by
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.proofs import Proofs
from ledger.usecases.reading.replay import State, Versions, change_of, read_pairs
from ledger.usecases.reading.step import States, Step, merge_step

_STANDING = frozenset(code for code in CODES if code[0] in "TDS")  # F is about the present
_CHANGES = frozenset(code for code in CODES if code[0] == "C")
_OF_MEETINGS = frozenset({"C004", "C011"})  # what is asked of the commit that records a meeting


@dataclass(frozen=True, slots=True)
class Offence:
    """A broken rule, and the commit that broke it; no commit where history as a whole is meant."""

    commit: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class ClosingStep:
    """One closing: what, by which meeting, when and by whom it came to the main line."""

    commit: str
    day: str
    task: str
    title: str
    decision: str
    body: str
    session: str
    minutes: str
    by: str


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """A change of the rules of the game: which keys of ledger.yaml, which other files."""

    commit: str
    day: str
    by: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audited:
    """What some steps of the main line brought to light."""

    findings: tuple[Offence, ...] = ()
    closings: tuple[ClosingStep, ...] = ()
    policies: tuple[PolicyStep, ...] = ()


@dataclass(slots=True)
class _Notes:
    """What is being written down while a batch of steps is judged."""

    findings: list[Offence] = field(default_factory=list)
    closings: list[ClosingStep] = field(default_factory=list)
    policies: list[PolicyStep] = field(default_factory=list)
    unverified: dict[tuple[str, tuple[str, ...]], list[str]] = field(default_factory=dict)


class Judge:
    """Judges batches of steps; remembers what is read once for all of them."""

    def __init__(
        self, ledger: Ledger, inside: Mapping[str, Sequence[Commit]], pushed: bool = False
    ) -> None:
        """A judge of one ledger.

        Args:
            inside: a merge of the main line → the other commits that it brought.
            pushed: whether the steps are a push. What was there before it judges all of its steps
                (who loosens a rule, uses it and restores it gains nothing), and the main line is
                known.
        """
        self._ledger, self._inside, self._pushed = ledger, inside, pushed
        self._ground: State | None = None  # what was there before the push
        self._proofs = Proofs(ledger.repo)
        self._states = States(ledger)
        self._hands = Hands(ledger)

    def judge(
        self, steps: Sequence[Commit], state: State, progress: Callable[[int], None]
    ) -> tuple[State, Audited]:
        """Judge consecutive steps of the main line.

        Args:
            state: the ledger before the first of them.
            progress: told how many are done.

        Returns:
            The ledger after the last of them, and what came to light, in the order of the steps.
        """
        if self._pushed and self._ground is None:
            self._ground = state
        self._proofs.know_own(each.blob for each in state.files.values())
        inner = [each for step in steps for each in self._inside.get(step.id, ())]
        versions = read_pairs(self._ledger, (*steps, *inner))
        self._proofs.know_own(blob for _, blob in versions)
        self._hash_evidence((*steps, *inner))
        notes = _Notes()
        for number, step in enumerate(steps, 1):
            new = state.after(step.id, step.files, versions)
            self._step(step, state, new, versions, notes)
            state = self._states.remember(new)
            progress(number)
        self._verify(notes)
        order = {step.id: number for number, step in enumerate(steps)}
        for step in steps:
            order.update((each.id, order[step.id]) for each in self._inside.get(step.id, ()))
        notes.findings.sort(key=lambda each: order[each.commit])
        audited = Audited(tuple(notes.findings), tuple(notes.closings), tuple(notes.policies))
        return state, audited

    def _step(
        self, step: Commit, old: State, new: State, versions: Versions, notes: _Notes
    ) -> None:
        change = change_of(old.readable(step.files), new, step.files)
        config = old.config if step.parents else new.config
        context = self._context(step, config, new)
        problems = list(_standing(change, context, self._context(step, config, old)))
        if step.parents:
            inner = self._inside.get(step.id, ())
            recorded = _recorded_inside(inner, change)
            told, made = self._of_merges(step, recorded, change, new, versions, context)
            notes.findings += told
            problems += _of_step(change, context, recorded | made, told)
            closers = {task.id: _closers(task.id, inner, versions) for task in newly_closed(change)}
            for each in self._grounds(old):
                h001 = self._unmerged(step, change, closers, each)
                wrongly = judged(h001, each.config, change.old, change.new)
                problems += (problem for problem in wrongly if problem not in problems)
            closing = [commit for by in closers.values() for commit in by]
            for each in self._grounds(old):
                self._sign(step, change, each, closing, notes)
            if config.policies.history.inside_merges == "是":
                self._inner(inner, context, versions, notes, _CHANGES)
            elif recorded:
                self._inner(_recording(inner), context, versions, notes, _OF_MEETINGS)
        problems += _malformed(step, old)
        notes.findings += (Offence(step.id, problem) for problem in problems)
        self._hands_of(step, old, versions, notes)
        day = context.today.isoformat()
        notes.closings += _closings(step, change, day)
        if step.parents and (what := _policies(step, old, new)):
            notes.policies.append(PolicyStep(step.id, day, step.author, what))

    def _grounds(self, old: State) -> tuple[State, ...]:
        """The states whose rules a step is held to, the stricter one to count.

        Of a push the state before it; where the rules have changed in the push, the step's own too.
        """
        ground = self._ground or old
        if ground.config == old.config and all(
            ground.others.get(each) == old.others.get(each) for each in (MAILMAP, SIGNERS)
        ):
            return (old,)
        return (ground, old)

    def _unmerged(
        self,
        step: Commit,
        change: Change,
        closers: Mapping[str, Sequence[Commit]],
        ground: State,
    ) -> Iterator[Problem]:
        """H001 on a step of the main line.

        Who merges the main branch into his own work and pushes that, makes his own line the main
        one; what had been merged before is inside then, and asked of the merge that brought it.
        """
        making, policies = self._making(step, closers, ground), ground.config.policies
        for problem in h001_pull_request(change, making, policies):
            task, merges = problem.id, [] if self._pushed else self._inside.get(step.id, ())
            before = (
                self._making(each, {task: closers[task]}, ground)
                for each in merges
                if len(each.parents) > 1 and closers[task] and self._brings(each, task)
            )
            if all(
                any(other.id == task for other in h001_pull_request(change, each, policies))
                for each in before
            ):
                yield problem

    def _brings(self, merge: Commit, task: str) -> bool:
        """Whether a task is closed in a merge, and not by this closing in its first parent."""
        before, after = (
            ending(entry.record) if entry else None
            for entry in (
                self._states.at(each).index.tasks.get(task) for each in (merge.parents[0], merge.id)
            )
        )
        return after not in (None, before)

    def _making(
        self, step: Commit, closers: Mapping[str, Sequence[Commit]], ground: State
    ) -> Making:
        """How a step was made, everybody under all addresses that were known before it."""
        if not closers:
            return Making(len(step.parents) > 1, step.email, {})
        known = self._addresses(ground)

        def who(commits: Iterable[Commit]) -> frozenset[str]:
            signed = ((each.author, each.email) for each in commits)
            committed = (("", each.committer) for each in commits)
            return frozenset().union(*(known.of(*each) for each in (*signed, *committed)))

        emails = {task: who(by) for task, by in closers.items()}
        return Making(len(step.parents) > 1, step.email, emails, who((step,)))

    def _addresses(self, ground: State) -> Addresses:
        return addresses_by(self._ledger, ground.others.get(MAILMAP, ""), ground.config)

    def _context(self, step: Commit, config: Config, state: State) -> Context:
        day = day_of(step.time, config.calendar.zone)
        others, proofs = state.others, self._proofs
        hashes = lambda path: proofs.sha256(others.get(path, ""), config)  # noqa: E731
        return Context(config, day, hashes, long_ago=True)

    def _hands_of(self, step: Commit, old: State, versions: Versions, notes: _Notes) -> None:
        """Note reviews by the applicant's own account.

        As a remark: who kept a ledger before this was asked for did nothing wrong; the gate asks.
        """

        def known() -> list[Addresses]:
            return [self._addresses(ground) for ground in self._grounds(old)]

        for each in (*self._inside.get(step.id, ()), step):
            for commit, problem in self._hands.same(of_commit(each, versions), known):
                if step.parents:
                    notes.findings.append(Offence(commit, replace(problem, severity=WARNING)))

    def _inner(
        self,
        commits: Sequence[Commit],
        context: Context,
        versions: Versions,
        notes: _Notes,
        codes: Collection[str],
    ) -> None:
        """Judge each commit that a merge brought, by the policy before the merge."""
        for commit in commits:
            if not commit.files:
                continue
            old, new = self._states.before(commit), self._states.after(commit, versions)
            change = change_of(old.readable(commit.files), new, commit.files)
            problems = check_step(change, context, codes)
            notes.findings += (Offence(commit.id, problem) for problem in problems)

    def _of_merges(
        self,
        step: Commit,
        recorded: Collection[str],
        change: Change,
        after: State,
        versions: Versions,
        context: Context,
    ) -> tuple[list[Offence], set[str]]:
        """What a merge, or one that it brought, drops of its sides or records by itself.

        As one step of the main line it shows only what it does to its first parent.

        Returns:
            The findings, and the records that merges within have written.
        """
        inner = self._inside.get(step.id, ())
        within = [each for each in inner if len(each.parents) > 1]
        unknown = set(step.parents[1:]) - {each.id for each in inner}  # from before the audit began
        own = within and any(each.path not in recorded for each in _new_records(change))
        if not (unknown or own or may_have_dropped(inner, versions, after)):
            return [], set()
        offences, made = [], set()
        for each in (*within, step):
            merge = merge_step(each, self._states)
            offences += [Offence(each.id, problem) for problem in self._misdeeds(merge, context)]
            if each is not step:
                made |= own_records(merge.changes)
        return offences, made

    def _misdeeds(self, merge: Step, context: Context) -> Iterator[Problem]:
        for problem in missteps(self._ledger, self._states, merge, context):
            own = problem.code == "C004" and is_own_record(problem, merge.changes)
            if own or problem.code in RECORDS:
                yield problem

    def _sign(
        self,
        step: Commit,
        change: Change,
        ground: State,
        closers: Sequence[Commit],
        notes: _Notes,
    ) -> None:
        """Note whose signatures are to be verified, by the lists of signers before the step."""
        policy = ground.config.policies.history
        everybody = (step, *self._inside.get(step.id, ()))
        lists = (ground.others.get(SIGNERS, ""), policy.gpg_keys)
        enlisting = _enlisting(everybody) if policy.signatures != NOBODY and any(lists) else ()
        closing = must_be_signed(change, ground.config.policies)
        signing = everybody if policy.signatures == ALL else (closers or (step,)) if closing else ()
        signing = tuple(dict.fromkeys((*signing, *enlisting)))
        if not signing:
            return
        notes.unverified.setdefault(lists, []).extend(each.id for each in signing)

    def _verify(self, notes: _Notes) -> None:
        for (blob, keys), commits in notes.unverified.items():
            signers = next(
                (each for _, each in self._ledger.repo.blobs([blob] if blob else [])), b""
            )
            by_commit = signatures(self._ledger.repo, list(dict.fromkeys(commits)), signers, keys)
            notes.findings += (
                Offence(commit, problem)
                for commit, signature in by_commit.items()
                for problem in h002_h003_signature(signature)
            )

    def _hash_evidence(self, commits: Sequence[Commit]) -> None:
        """Read all evidence that some commits brought in one go."""
        self._proofs.read(
            each.new
            for commit in commits
            for each in commit.files
            if each.path.startswith(f"{EVIDENCE}/") and each.is_file()
        )


def _recording(commits: Sequence[Commit]) -> list[Commit]:
    """The commits that write records of meetings; a merge has those of its sides."""
    return [
        commit
        for commit in commits
        if len(commit.parents) == 1
        and any(each.path.startswith(f"{DECISIONS}/") for each in commit.files)
    ]


def _recorded_inside(inner: Sequence[Commit], change: Change) -> set[str]:
    """The records that a merge brings and one of the commits that it brings has written."""
    brought = {each.path for commit in _recording(inner) for each in commit.files}
    return {each.path for each in _new_records(change)} & brought


def _new_records(change: Change) -> list[Entry[Decision]]:
    before = change.old.decision_by_id
    return [each for each in change.new.decisions if each.record.id not in before]


def _of_step(
    change: Change, context: Context, recorded: Collection[str], told: Collection[Offence]
) -> Iterator[Problem]:
    """What rules on changes say of a step; of the records of others those commits are asked."""
    known = {_same(each.problem) for each in told}
    for problem in check_step(change, context, _CHANGES):
        within = problem.code == "C004" and problem.path in recorded
        if not within and _same(problem) not in known:
            yield problem


def _standing(change: Change, context: Context, before: Context) -> Iterator[Problem]:
    """What is wrong in the files of a step and was not before it."""
    problems = check_snapshot(change.new, context, _STANDING)
    if not problems:
        return iter(())
    known = {_same(each) for each in check_snapshot(change.old, before, _STANDING)}
    return (each for each in problems if _same(each) not in known or _is_anew(each, change))


def _is_anew(problem: Problem, change: Change) -> bool:
    """Whether a task is answered for anew by what was amiss with its evidence before."""
    if problem.code != "T007":
        return False
    entries = (each.by_id.get(problem.id) for each in (change.old, change.new))
    return claims_anew(*(each.record if each else None for each in entries))


def _same(problem: Problem) -> tuple[str, str, str]:
    return problem.code, problem.path, problem.message


def closes(versions: Versions, file: FileDiff) -> bool:
    """Whether a commit closes a task, or closes it anew, in a file that it changes."""
    new, old = (_ending(versions, file.path, blob) for blob in (file.new, file.old))
    return new not in (None, old)


def _ending(versions: Versions, path: str, blob: str) -> Ending | None:
    version = versions.get((path, blob)) if blob else None
    record = version.entry.record if version and version.entry else None
    return ending(record) if isinstance(record, Task) else None


def _closers(task: str, commits: Iterable[Commit], versions: Versions) -> list[Commit]:
    """The commits of a merged branch that closed a task."""
    return [
        commit
        for commit in commits
        for each in commit.files
        if is_task_file(each.path, task) and closes(versions, each)
    ]


def _closings(step: Commit, change: Change, day: str) -> Iterator[ClosingStep]:
    for task in newly_closed(change):
        named = task.closing.decision if task.closing else ""
        entry = change.new.decision_by_id.get(named)
        meeting = (
            (entry.record.body, entry.record.session, entry.record.minutes) if entry else ("",) * 3
        )
        yield ClosingStep(step.id, day, task.id, task.title, named, *meeting, step.author)


def _enlisting(commits: Iterable[Commit]) -> tuple[Commit, ...]:
    """The commits that change the list of signers: only who is on it may do that."""
    return tuple(each for each in commits if any(file.path == SIGNERS for file in each.files))


def _malformed(step: Commit, old: State) -> Iterator[Problem]:
    """Names that are in no ledger, such as `.git`, and two files of one name in one folder."""
    seen: set[str] = set()
    for each in step.files:
        existed = each.path in old.files or each.path in old.others
        if each.path in seen or (each.new and not each.old and existed):
            yield Problem(each.path, "T001", *TWICE)
        elif each.new and not each.old and (why := unfit(each.path)):
            yield Problem(each.path, "T001", *why)
        seen.add(each.path)


def _policies(step: Commit, old: State, new: State) -> tuple[str, ...]:
    """Which rules of the game a step changed: keys of ledger.yaml, lists of signers, templates."""
    before, after = (
        ({}, {}) if old.config is new.config else (encode(old.config), encode(new.config))
    )
    keys = sorted(before.keys() | after.keys())
    changed = [f"{CONFIG_FILE}：{key}" for key in keys if before.get(key) != after.get(key)]
    for each in step.files:
        if each.path != CONFIG_FILE and governs(each.path):
            changed.append(each.path)
    return tuple(changed)
