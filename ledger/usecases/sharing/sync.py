"""`sync`: fetch, merge by meaning, check, push; again when somebody was faster.

The merge is built beside the user's work. The branch and the work tree move only when there is
nothing left to decide, the rules agree and the server has taken it.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Mapping

from ledger.adapters.forge import PullRequest, detect, open_request
from ledger.adapters.git.commit import has_changes, refuse_unfinished
from ledger.adapters.git.graph import write_graph
from ledger.adapters.git.merge import make_commit, refuse_blocked
from ledger.adapters.git.remote import (
    accepted,
    fetched,
    offer,
    outpaced,
    remote_refs,
    remote_url,
    remotes,
)
from ledger.adapters.git.walk import span
from ledger.adapters.git.words import ADDRESS_REMEDY
from ledger.errors import LedgerError, UsageError
from ledger.model.change import Change, difference
from ledger.model.config import LOCAL, PUSH, Config, Forge
from ledger.model.paths import CONFIG_FILE
from ledger.model.problem import Problem, has_errors
from ledger.model.record import dataclass, field, replace
from ledger.model.snapshot import Snapshot
from ledger.usecases.checking.check import check_push, check_whole
from ledger.usecases.merging.commits import Choices, Clash, Combined, LeftBehind, combine
from ledger.usecases.reading.identities import nobody, registered
from ledger.usecases.reading.load import config_at, load, load_config
from ledger.usecases.reading.lost import find_lost
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.step import States, change_between
from ledger.usecases.sharing.queue import PLACE, Queue
from ledger.usecases.sharing.unshared import Misstep, blamed, shared_config
from ledger.usecases.writing.act import Operation, held, message_of, move, refuse_elsewhere

_PATIENCE_SECONDS = 300.0
_NOT_ALLOWED = "不允许"


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What a sync would do, or why it cannot.

    Attributes:
        local, theirs: the main branch here, and at the remote (empty where it has none yet).
        target: what both are to be; empty while there are clashes.
        received, sent: what others have changed since, and what `target` brings to them.
        commits: how many commits it brings there.
        renumbered: our new tasks that got another id, old and new.
        clashes: what somebody has to decide first.
        left_behind: steps that were not carried, because open beats closed.
        problems: what the rules say of what is sent; errors refuse.
        base: the newest commit that both have; empty where the remote has none.
        missteps: the commits that these errors come from, oldest first, as far as one can tell.
    """

    local: str
    theirs: str
    target: str
    received: Change | None = None
    sent: Change | None = None
    commits: int = 0
    renumbered: tuple[tuple[str, str], ...] = ()
    clashes: tuple[Clash, ...] = ()
    left_behind: tuple[LeftBehind, ...] = ()
    problems: tuple[Problem, ...] = ()
    base: str = ""
    missteps: tuple[Misstep, ...] = ()

    def refused(self) -> bool:
        """Whether something stands in the way."""
        return bool(self.clashes) or has_errors(self.problems)

    def sends(self) -> bool:
        """Whether the remote lacks something."""
        return bool(self.target) and self.target != self.theirs

    def moves(self) -> bool:
        """Whether the branch here lacks something."""
        return bool(self.target) and self.target != self.local


@dataclass(frozen=True, slots=True)
class Synced:
    """What `sync` did.

    Attributes:
        plan: what was to be done; nothing was where it is `refused`.
        attempts: how often it was tried: more than once when somebody was faster.
        message: where the pull request is, or what to do next; empty after a plain push.
    """

    plan: SyncPlan
    attempts: int
    message: str = ""


Describe = Callable[[SyncPlan], str]


def sync(
    ledger: Ledger,
    today: dt.date,
    by: str,
    describe: Describe,
    choices: Choices,
    *,
    dry_run: bool = False,
    patience: float = _PATIENCE_SECONDS,
) -> Synced:
    """Bring the main branch here and at the remote together.

    Args:
        by: who does it, for the merge's message and the name of a pull request's branch.
        describe: the text of a pull request, where the main branch takes no direct pushes.
        choices: what to do about clashes of an earlier run, see `combining.combine`.
        patience: for how many seconds it is tried again while others are faster.

    Raises:
        UsageError: a choice where there is nothing to choose.
        LedgerError: no remote, not on the main branch, uncommitted work in the way, a server that
            refuses, or others that are always faster. Nothing is lost then: what was written here
            stays committed here.
    """
    forge = _ready(ledger)
    rules = _Rules(ledger, today)
    end = time.monotonic() + patience
    queue = Queue(ledger.repo, forge.remote, ledger.repo.tell)
    attempts = 0
    try:
        while time.monotonic() < end:
            attempts += 1
            refs = remote_refs(ledger.repo, forge.remote, f"refs/heads/{forge.base}", f"{PLACE}*")
            plan = _prepared(ledger, forge, by, choices, rules, refs)
            if plan.refused() or dry_run or not (plan.sends() or plan.moves()):
                return Synced(plan, attempts)
            if plan.moves():
                refuse_blocked(ledger.repo, plan.local, plan.target)
            waits = plan.sends() and queue.is_ahead(refs)
            message = None if waits else _sent(ledger, forge, plan, by, describe, queue)
            if message is not None and _moved(ledger, plan):
                write_graph(ledger.repo, plan.target)
                return Synced(plan, attempts, message)
            if message is None:
                queue.wait(refs, plan.theirs or plan.target, end)
    finally:
        queue.leave()
    raise LedgerError(
        f"别人一直在推送，等了 {patience:g} 秒都没有轮到",
        hint="您的改动都提交在本机，请过一会儿再运行一次",
    )


def _prepared(
    ledger: Ledger, forge: Forge, by: str, choices: Choices, rules: _Rules, refs: Mapping[str, str]
) -> SyncPlan:
    """Fetch, and work out what there is to do; only the remote-tracking branch moves."""
    local = ledger.repo.resolve("HEAD")
    theirs = fetched(ledger.repo, forge.remote, forge.base, refs)
    base = ledger.repo.merge_base(local, theirs) if theirs else ""
    if theirs and not base:
        raise LedgerError(
            f"本机的台账和远端“{forge.remote}”的主分支没有共同的历史，不是同一个台账",
            remedy=ADDRESS_REMEDY,
        )
    if base in (local, theirs):
        _refuse_idle(choices, frozenset())
        plan = SyncPlan(local, theirs, theirs if base == local else local)
        return _told(ledger, plan, base, rules, rules.of_steps(base, local) if plan.sends() else ())
    combined = combine(ledger, base, local, theirs, choices)
    _refuse_idle(choices, combined.used)
    target = _target(ledger, forge, theirs, combined, by)
    plan = SyncPlan(
        local,
        theirs,
        target,
        renumbered=combined.renumbered,
        clashes=combined.clashes,
        left_behind=combined.left_behind,
    )
    if not target:
        return plan
    problems: tuple[Problem, ...] = ()
    if plan.sends():
        problems = (*rules.of_steps(base, local), *rules.of_merge(theirs, combined.tree))
    return _told(ledger, plan, base, rules, tuple(dict.fromkeys(problems)))


@dataclass(slots=True)
class _Rules:
    """What the rules say of what is sent; of our own steps it is worked out once."""

    ledger: Ledger
    today: dt.date
    known: dict[tuple[str, str], tuple[Problem, ...]] = field(default_factory=dict)
    wrong: dict[tuple[str, str], tuple[Misstep, ...]] = field(default_factory=dict)

    def of_steps(self, base: str, ours: str) -> tuple[Problem, ...]:
        """Of every commit that was made here, as the server's gate will ask; whatever their ids."""
        if (base, ours) not in self.known:
            self.known[base, ours] = check_push(self.ledger, base, ours, self.today)
        return self.known[base, ours]

    def blamed(self, base: str, ours: str, problems: tuple[Problem, ...]) -> tuple[Misstep, ...]:
        """The commits made here that errors come from; nobody is blamed for a first push."""
        if not base or not has_errors(problems):
            return ()
        if (base, ours) not in self.wrong:
            self.wrong[base, ours] = blamed(self.ledger, base, ours, self.today)
        return self.wrong[base, ours]

    def of_merge(self, theirs: str, tree: str) -> tuple[Problem, ...]:
        """Of the merge as one change of their branch; the steps within were judged as such."""
        change = make_commit(self.ledger.repo, tree, (theirs,), "同步\n")
        return check_whole(self.ledger, theirs, change, self.today)


def work_branch(ledger: Ledger, plan: SyncPlan, config: Config) -> str:
    """`work/<who>-<day>`: the same until what it holds is merged, so that one request stays one.

    The day is that of the oldest commit that is not on the remote's main branch.
    """
    oldest = span(ledger.repo, plan.target, plan.theirs)[0][0]
    address = ledger.repo.email().partition("@")[0]
    who = re.sub(r"[^A-Za-z0-9_-]+", "-", address).strip("-") or "someone"
    return f"work/{who}-{ledger.repo.commit_day(oldest, config.calendar.zone).isoformat()}"


def _ready(ledger: Ledger) -> Forge:
    """How the ledger meets others, once it is certain that nothing is in the way here."""
    forge = _forge(ledger)
    refuse_unfinished(ledger.repo)
    if not remotes(ledger.repo):
        raise LedgerError(
            "台账没有远端，只在这台电脑上，不用同步",
            hint="几台电脑合用的，请信息技术人员配好远端（ledger doctor 写明怎样配）",
        )
    remote_url(ledger.repo, forge.remote)
    refuse_elsewhere(ledger, forge.base)
    if ledger.repo.head() is None:
        raise LedgerError("台账还没有任何提交", hint="请先运行 ledger save，再同步")
    if not registered(ledger.repo):
        raise nobody("不能合并")
    return forge


def _forge(ledger: Ledger) -> Forge:
    """How the ledger meets others; by the shared ledger.yaml where a commit here has spoilt it.

    Raises:
        LedgerError: it cannot be read, and that is not committed, or nobody else has it.
    """
    try:
        snapshot = load_config(ledger)
    except LedgerError as error:
        broken = error
    else:
        if snapshot.configured:
            return snapshot.config.forge
        broken = LedgerError(f"没有 {CONFIG_FILE}", hint="请先恢复它")
    if ledger.repo.head() and has_changes(ledger.repo, [CONFIG_FILE]):
        hint = f"{broken.hint}；不要这些没有保存的改动的，运行 ledger undo --edits {CONFIG_FILE}"
        raise LedgerError(broken.message, hint=hint)
    if shared := shared_config(ledger):
        return shared.forge
    if lost := find_lost(ledger.repo):
        raise lost.error()
    raise broken


def _refuse_idle(choices: Choices, used: frozenset[str]) -> None:
    for choice in choices:
        if choice not in used:
            raise UsageError(f"{choice} 没有冲突，不用选择", hint="请去掉这个选择，再运行一次")


def _target(ledger: Ledger, forge: Forge, theirs: str, combined: Combined, by: str) -> str:
    """The merge's commit; theirs when it already says all of ours, as after a squash merge.

    Where something of ours was given up, our commits come in all the same: a value that lost stays
    in history. Not where each change is reviewed: there is nothing to review in it.
    Theirs is the first parent: the main branch's own line goes on, ours comes in from the side.
    """
    if not combined.tree:
        return ""
    given_up = bool(combined.used or combined.left_behind) and forge.direct_push != _NOT_ALLOWED
    if combined.tree == ledger.repo.tree_of(theirs) and not given_up:
        return theirs
    lines = [f"办理人：{by}"]
    lines += [f"改编号：{old} → {new}" for old, new in combined.renumbered]
    lines += [_left_behind(each) for each in combined.left_behind]
    tasks = {task.id for task in change_between(States(ledger), theirs, combined.ours).tasks}
    operation = Operation(
        "sync", f"同步：合并 {forge.remote}/{forge.base}", tuple(sorted(tasks)), "\n".join(lines)
    )
    return make_commit(ledger.repo, combined.tree, (theirs, combined.ours), message_of(operation))


def _left_behind(each: LeftBehind) -> str:
    lost, kept = (status.get("status", "") for status in (each.held.lost, each.held.kept))
    return f"没有带过来：{each.id} 的“{lost}”（另一边是“{kept}”）"


def _told(
    ledger: Ledger, plan: SyncPlan, base: str, rules: _Rules, problems: tuple[Problem, ...]
) -> SyncPlan:
    """The plan with what comes from each side, and what the rules say of it."""
    received = sent = None
    commits, states = 0, States(ledger)
    if plan.theirs and plan.theirs != base:
        received = change_between(states, base, plan.theirs)
    if plan.sends():
        if plan.theirs:
            sent = change_between(states, plan.theirs, plan.target)
        else:
            sent = difference(Snapshot(Config()), load(ledger, plan.target))
        commits = len(span(ledger.repo, plan.target, plan.theirs))
    wrong = rules.blamed(base, plan.local, problems)
    plan = replace(plan, received=received, sent=sent, commits=commits, base=base)
    return replace(plan, problems=problems, missteps=wrong)


def _sent(
    ledger: Ledger, forge: Forge, plan: SyncPlan, by: str, describe: Describe, queue: Queue
) -> str | None:
    """What to say once the remote has it; None when somebody was faster."""
    if not plan.sends():
        return ""
    if forge.direct_push == _NOT_ALLOWED and plan.theirs:
        return _proposed(ledger, forge, plan, by, describe)
    ref = f"refs/heads/{forge.base}"
    pushed = offer(
        ledger.repo, forge.remote, plan.target, ref, expected=plan.theirs, along=queue.leaving()
    )
    if outpaced(pushed):
        return None
    accepted(pushed, ref)
    ledger.course.did("推送到远端", last=not plan.moves())
    queue.left()
    return ""


def _proposed(ledger: Ledger, forge: Forge, plan: SyncPlan, by: str, describe: Describe) -> str:
    """Everything since the last merge on one branch, in one pull request."""
    branch = work_branch(ledger, plan, config_at(ledger, plan.theirs))
    way = detect(ledger.repo, forge.remote, forge.via)
    tasks = len(plan.sent.tasks) if plan.sent else 0
    title = f"台账更新（{by}，{tasks} 个事项）"
    request = PullRequest.by(forge, branch, plan.target, title, describe(plan))
    via = PUSH if way.via == LOCAL else way.via
    opened = open_request(ledger.repo, forge.remote, via, request)
    return f"{opened.message}；注意：{way.note}" if way.note else opened.message


def _moved(ledger: Ledger, plan: SyncPlan) -> bool:
    """Take the branch and the work tree along; False when something was committed meanwhile."""
    if not plan.moves():
        return True
    with held(ledger):
        if ledger.repo.head() != plan.local:
            return False
        move(ledger, plan.local, plan.target, "同步", last=True)
    return True
