"""Judging the steps of history: what each one did, by the rules that were there before it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence

from ledger.adapters.git.signing import signatures
from ledger.adapters.git.walk import Commit
from ledger.model.change import Change
from ledger.model.config import Config
from ledger.model.decision import Decision
from ledger.model.mailbox import Addresses
from ledger.model.paths import DECISIONS, EVIDENCE, MAILMAP, SIGNERS, is_below
from ledger.model.problem import WARNING, Problem
from ledger.model.record import replace
from ledger.model.shared import Parts
from ledger.model.snapshot import Entry
from ledger.model.zone import day_of
from ledger.rules import Context, check_step, judged
from ledger.rules.history import ALL, NOBODY, h002_h003_signature, must_be_signed
from ledger.usecases.checking.brought import CHANGES, missteps, standing
from ledger.usecases.checking.dropped import RECORDS, is_own_record, may_have_dropped, own_records
from ledger.usecases.checking.findings import (
    Audited,
    Judged,
    Notes,
    Offence,
    closings_of,
    policies_of,
)
from ledger.usecases.checking.merged import Merges, closers_of
from ledger.usecases.checking.names import misnamed
from ledger.usecases.checking.near import OwnBlobs
from ledger.usecases.reading.hands import Hands, of_commit
from ledger.usecases.reading.identities import addresses_by, ground_of
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.proofs import Proofs
from ledger.usecases.reading.replay import State, change_of, rest_of
from ledger.usecases.reading.step import States, merge_step
from ledger.usecases.reading.versions import Versions, read_pairs

_OF_MEETINGS = frozenset({"C004", "C011"})  # what is asked of the commit that records a meeting


class Judge:
    """Judges batches of steps; remembers what is read once for all of them."""

    def __init__(self, ledger: Ledger, pushed: bool = False, own: Container[object] = ()) -> None:
        """A judge of one ledger.

        Args:
            own: blobs of the ledger's own files in steps that another judge has.
            pushed: whether the steps are a push. What was there before it judges all of its steps
                (who loosens a rule, uses it and restores it gains nothing), and the main line is
                known.
        """
        self._ledger, self.pushed = ledger, pushed
        self.parts = None if pushed else Parts()  # of a push little is read, and that remembered
        self._inside: Mapping[str, Sequence[Commit]] = {}  # of the steps that are judged just now
        self._ground: State | None = None  # what was there before all steps
        self._proofs = Proofs(ledger.repo, own)
        self._states = States(ledger)
        self._merges = Merges(ledger, self._states)
        self._hands = Hands(ledger)
        self._unverified: dict[tuple[str, tuple[str, ...]], list[str]] = {}

    def judge(
        self,
        steps: Sequence[Commit],
        inside: Mapping[str, Sequence[Commit]],
        state: State,
        progress: Callable[[int], None],
    ) -> tuple[State, Judged]:
        """Judge consecutive steps of the main line.

        Args:
            inside: a step → the other commits that it brought, where it is a merge.
            state: the ledger before the first of them.
            progress: told how many are done.

        Returns:
            The ledger after the last of them, and what came to light.
        """
        if self._ground is None:
            self._ground = state
            if rest_of(state) is None:
                self._proofs.know_own(each.blob for each in state.files.values())
            else:
                self._proofs.know_all(OwnBlobs((state,)))
        self._inside = inside
        inner = [each for step in steps for each in inside.get(step.id, ())]
        versions = read_pairs(self._ledger, (*steps, *inner), state.files, self.parts)
        self._proofs.know_own(blob for _, blob in versions)
        files = [file for commit in (*steps, *inner) for file in commit.files if file.is_file()]
        self._proofs.read(file.new for file in files if is_below(file.path, EVIDENCE))
        judged = Judged()
        for number, step in enumerate(steps, 1):
            new = state.after(step.id, step.files, versions)
            notes = Notes()
            self._step(step, state, new, versions, notes)
            judged.steps.append(notes)
            state = self._states.remember(new)
            progress(number)
        self._verify(steps, judged)
        return state, judged

    def settled(self, judged: Judged) -> Audited:
        """What some steps bring to light, once it is known whose hand did what in them.

        For that the steps have to come in their order, whoever has judged them.
        """
        audited = Audited()
        for notes in judged.steps:
            audited.findings += notes.findings
            audited.findings += self._of_one_hand(notes)
            audited.findings += notes.signatures
            audited.closings += notes.closings
            audited.policies += notes.policies
        return audited

    def _step(self, step: Commit, old: State, new: State, versions: Versions, notes: Notes) -> None:
        change = change_of(old.readable(step.files), new, step.files)
        if not step.files and len(step.parents) == 1:  # it touches nothing that rules look at
            for ground in self._grounds(old):
                self._sign(step, change, ground, ())
            return
        config = old.config if step.parents else new.config
        context = self._context(step, config, new)
        problems = list(standing(change, context, self._context(step, config, old)))
        if step.parents:
            inner = self._inside.get(step.id, ())
            recorded = _recorded_inside(inner, change)
            told, made = self._of_merges(step, recorded, change, new, versions, context)
            notes.findings += told
            own = _of_step(change, context, recorded | made, told)
            problems += self._pardoned(step, change, own)
            closers = closers_of(change, inner, versions)
            closing = [commit for by in closers.values() for commit in by]
            for ground in self._grounds(old):
                h001 = self._merges.problems(
                    step, () if self.pushed else inner, change, closers, ground
                )
                wrongly = judged(h001, ground.config, change.old, change.new)
                problems += (problem for problem in wrongly if problem not in problems)
                self._sign(step, change, ground, closing)
            if config.policies.history.inside_merges == "是":
                self._inner(inner, context, versions, notes, CHANGES)
            elif recorded:
                self._inner(_recording(inner), context, versions, notes, _OF_MEETINGS)
        problems += misnamed(step.files, old.files, old.others)
        notes.findings += (Offence(step.id, problem) for problem in problems)
        for part in (*self._inside.get(step.id, ()), step):
            notes.deeds += of_commit(part, versions)
        if notes.deeds:
            notes.grounds += map(ground_of, self._grounds(old))
            notes.is_first = not step.parents
        day = context.today.isoformat()
        notes.closings += closings_of(step, change, day)
        notes.policies += policies_of(step, old, new, day) if step.parents else ()

    def _grounds(self, old: State) -> tuple[State, ...]:
        """The states whose rules a step is held to, the stricter one to count.

        Of a push the state before it; where the rules have changed in the push, the step's own too.
        """
        ground = (self._ground if self.pushed else None) or old
        if ground is old:
            return (old,)
        if ground.config == old.config and all(
            ground.others.get(path) == old.others.get(path) for path in (MAILMAP, SIGNERS)
        ):
            return (old,)
        return (ground, old)

    def _context(self, step: Commit, config: Config, state: State) -> Context:
        day = day_of(step.time, config.calendar.zone)
        others, proofs = state.others, self._proofs
        hashes = lambda path: proofs.sha256(others.get(path, ""), config)  # noqa: E731
        return Context(config, day, hashes, long_ago=True)

    def _of_one_hand(self, notes: Notes) -> Iterator[Offence]:
        """Reviews by the applicant's own account.

        As a remark: who kept a ledger before this was asked for did nothing wrong; the gate asks.
        """

        def known() -> list[Addresses]:
            return [addresses_by(self._ledger, *ground) for ground in notes.grounds]

        for commit, problem in self._hands.same(notes.deeds, known):
            if not notes.is_first:
                yield Offence(commit, replace(problem, severity=WARNING))

    def _inner(
        self,
        commits: Sequence[Commit],
        context: Context,
        versions: Versions,
        notes: Notes,
        codes: Collection[str],
    ) -> None:
        """Judge each commit that a merge brought, by the policy before the merge."""
        for commit in commits:
            if not commit.files:
                continue
            old, new = self._states.before(commit), self._states.after(commit, versions)
            change = change_of(old.readable(commit.files), new, commit.files)
            problems = self._pardoned(commit, change, check_step(change, context, codes))
            notes.findings += (Offence(commit.id, problem) for problem in problems)

    def _pardoned(
        self, commit: Commit, change: Change, problems: Iterable[Problem]
    ) -> list[Problem]:
        """What is left of the problems of a commit, where it takes back what was just done."""
        if not (wrong := list(problems)):
            return wrong
        from ledger.usecases.checking.takeback import pardoned  # nearly all commits break no rule

        return pardoned(self._ledger, commit, change, wrong)

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
        offences: list[Offence] = []
        made = set()
        for commit in (*within, step):
            merge = merge_step(commit, self._states)
            offences += (
                Offence(commit.id, problem)
                for problem in missteps(self._ledger, self._states, merge, context)
                if problem.code in RECORDS or is_own_record(problem, merge.changes)
            )
            if commit is not step:
                made |= own_records(merge.changes)
        return offences, made

    def _sign(self, step: Commit, change: Change, ground: State, closers: Sequence[Commit]) -> None:
        """Note whose signatures are to be verified, by the lists of signers before the step."""
        policy = ground.config.policies.history
        everybody = (step, *self._inside.get(step.id, ()))
        lists = (ground.others.get(SIGNERS, ""), policy.gpg_keys)
        signing: list[Commit] = []
        if must_be_signed(change, ground.config.policies):
            signing += everybody if policy.signatures == ALL else closers or (step,)
        if policy.signatures != NOBODY and any(lists):  # only who is on the list may change it
            signing += (each for each in everybody if any(f.path == SIGNERS for f in each.files))
        if signing:
            self._unverified.setdefault(lists, []).extend(each.id for each in signing)

    def _verify(self, steps: Sequence[Commit], judged: Judged) -> None:
        if not self._unverified:
            return
        notes = {}
        for step, its in zip(steps, judged.steps, strict=True):
            notes[step.id] = its
            notes.update((each.id, its) for each in self._inside.get(step.id, ()))
        for (blob, keys), commits in self._unverified.items():
            signers = next(
                (each for _, each in self._ledger.repo.blobs([blob] if blob else [])), b""
            )
            by_commit = signatures(self._ledger.repo, list(dict.fromkeys(commits)), signers, keys)
            for commit, signature in by_commit.items():
                notes[commit].signatures += (
                    Offence(commit, problem) for problem in h002_h003_signature(signature)
                )
        self._unverified.clear()


def _recording(commits: Sequence[Commit]) -> list[Commit]:
    """The commits that write records of meetings; a merge has those of its sides."""
    return [
        commit
        for commit in commits
        if len(commit.parents) == 1 and any(is_below(each.path, DECISIONS) for each in commit.files)
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
    known = {each.problem.what for each in told}
    for problem in check_step(change, context, CHANGES):
        within = problem.code == "C004" and problem.path in recorded
        if not within and problem.what not in known:
            yield problem
