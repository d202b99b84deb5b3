"""What an audit notes of the steps of history: broken rules, closings, changes of the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.adapters.git.walk import Commit
from ledger.model.change import Change
from ledger.model.decode import encode
from ledger.model.paths import CONFIG_FILE
from ledger.model.problem import Problem
from ledger.model.record import dataclass, field
from ledger.rules.history import newly_closed
from ledger.rules.policies import governs
from ledger.usecases.reading.hands import Deed
from ledger.usecases.reading.identities import Ground
from ledger.usecases.reading.replay import State


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


@dataclass(slots=True)
class Audited:
    """What some steps of the main line bring to light."""

    findings: list[Offence] = field(default_factory=list)
    closings: list[ClosingStep] = field(default_factory=list)
    policies: list[PolicyStep] = field(default_factory=list)


@dataclass(slots=True)
class Notes:
    """What one step brings to light, before it is known whose hand did what in it.

    Attributes:
        signatures: what is wrong with those of its commits.
        deeds: what its commits did to tasks' procedures.
        grounds: by what it is told who is one person, where there are deeds.
        is_first: whether it is a first commit, which says how things stood.
    """

    findings: list[Offence] = field(default_factory=list)
    signatures: list[Offence] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list)
    closings: list[ClosingStep] = field(default_factory=list)
    policies: list[PolicyStep] = field(default_factory=list)
    is_first: bool = False


@dataclass(slots=True)
class Judged:
    """What some steps bring to light, one by one."""

    steps: list[Notes] = field(default_factory=list)


def kept_of(entry: Mapping[str, Any]) -> Audited:
    """What some steps brought to light, from the plain data that were kept of it."""
    return Audited(
        [
            Offence(
                finding["commit"],
                Problem(**finding["problem"] | {"place": tuple(finding["problem"]["place"])}),
            )
            for finding in entry["findings"]
        ],
        [ClosingStep(**each) for each in entry["closings"]],
        [PolicyStep(**each | {"what": tuple(each["what"])}) for each in entry["policies"]],
    )


def closings_of(step: Commit, change: Change, day: str) -> Iterator[ClosingStep]:
    """What a step closed, with the meetings it rests on."""
    for task in newly_closed(change):
        met = change.new.decision(task.meeting)
        meeting = (met.body, met.session, met.minutes) if met else ("",) * 3
        yield ClosingStep(step.id, day, task.id, task.title, task.meeting, *meeting, step.author)


def policies_of(step: Commit, old: State, new: State, day: str) -> Iterator[PolicyStep]:
    """Which rules of the game a step changed: keys of ledger.yaml, lists of signers, templates."""
    before, after = (
        ({}, {}) if old.config is new.config else (encode(old.config), encode(new.config))
    )
    keys = sorted(before.keys() | after.keys())
    what = [f"{CONFIG_FILE}：{key}" for key in keys if before.get(key) != after.get(key)]
    what += [each.path for each in step.files if each.path != CONFIG_FILE and governs(each.path)]
    if what:
        yield PolicyStep(step.id, day, step.author, tuple(what))
