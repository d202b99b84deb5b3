"""C013: the rules that a closing is judged by are not got around, neither with it nor before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledger.model.change import Change
from ledger.model.config import Config, Threshold
from ledger.model.paths import ATTRIBUTES_FILE, CONFIG_FILE, MAILMAP, SIGNERS, TEMPLATES, elsewhere
from ledger.model.problem import Problem
from ledger.model.record import replace
from ledger.model.task import Task
from ledger.model.voting import APPROVAL, QUORUM, given
from ledger.rules.base import STRICT_KIND, Context, on_task
from ledger.rules.closings import decided

if TYPE_CHECKING:
    from fractions import Fraction

# Beside ledger.yaml and templates: who may sign, who is whom, what forges run, what LFS keeps.
GOVERNING = (
    *(SIGNERS, MAILMAP, ".gitmodules", ATTRIBUTES_FILE, ".gitlab-ci.yml"),
    *(".lfsconfig", ".pre-commit-config.yaml", "CODEOWNERS", "docs/CODEOWNERS"),
    *(".github", ".gitea", ".forgejo", ".gitlab"),
)
_SEEN = frozenset(map(elsewhere, (CONFIG_FILE, TEMPLATES, *GOVERNING)))


def governs(path: str) -> bool:
    """Whether a file, on any system, says how the ledger is judged, and by whom."""
    seen = elsewhere(path)
    return (
        seen in _SEEN
        or seen.partition("/")[0] in _SEEN
        or seen.rpartition("/")[2] == ATTRIBUTES_FILE
    )


def c013_policy(change: Change, context: Context) -> Iterator[Problem]:
    """C013: policy and templates do not change together with a closing, nor a task's kind to one
    that is closed more easily; nor does ledger.yaml vanish, or what audits begin with move."""
    if change.old.configured and not change.new.configured:
        message = f"{CONFIG_FILE} 被删除，台账没有规则了"
        yield Problem(CONFIG_FILE, "C013", message, "请恢复它")
    begin = change.old.config.policies.history.begin
    if begin and change.new.config.policies.history.begin != begin:
        message = "审计的起点（policies.history.begin）被改动，此前的历史会没有人查"
        hint = "请恢复原来的起点；只审计一段的，用 ledger audit --since"
        yield Problem(CONFIG_FILE, "C013", message, hint)
    closings = "、".join([new.id for new in decided(change)][:5])
    if closings and _policy(change.old.config) != _policy(change.new.config):
        message = f"在销号（{closings}）的同时改动了台账规则"
        yield Problem(CONFIG_FILE, "C013", message, "请把规则的改动单独提交，先行审议")
    if closings and change.old.templates != change.new.templates:
        message = f"在销号（{closings}）的同时改动了模板"
        yield Problem(TEMPLATES, "C013", message, "请把模板的改动单独提交")
    for old, new in change.kept():
        if _is_milder(old, new, context.config):
            message = f"{new.id} 从“{old.kind}”改为“{new.kind}”，销号的规则会变宽"
            hint = "请恢复原来的类别；登记错的，经会议同意中止后按新的类别新增"
            yield on_task(change, new, "C013", message, hint, ("kind",))


def _policy(config: Config) -> Config:
    """What of ledger.yaml closings depend on; names of departments are none of it."""
    return replace(config, organisation="", departments=(), extra={})


def _is_milder(old: Task, new: Task, config: Config) -> bool:
    """Whether a task's kind was changed to one whose closing needs less."""
    if old.kind == new.kind:
        return False
    before, after = (config.policies.for_kind(kind) for kind in (old.kind, new.kind))
    return (
        old.kind == STRICT_KIND
        or not set(after.bodies) <= set(before.bodies)
        or _share(given(after.quorum, QUORUM)) < _share(given(before.quorum, QUORUM))
        or _share(given(after.approval, APPROVAL)) < _share(given(before.approval, APPROVAL))
    )


def _share(threshold: Threshold) -> tuple[Fraction, bool]:
    """What a threshold asks for, in order: more than a share is more than at least that share."""
    from fractions import Fraction

    least, more = (Fraction(each or 0) for each in (threshold.at_least, threshold.more_than))
    return max((least, False), (more, bool(threshold.more_than)))
