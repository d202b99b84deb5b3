"""H001-H004: rules on how a step of history was made, whatever it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ledger.model.change import Change
from ledger.model.config import Policies
from ledger.model.mailbox import is_nobodys
from ledger.model.people import account
from ledger.model.problem import Problem
from ledger.model.record import dataclass
from ledger.model.task import CLOSED, Task

ALL, CLOSINGS, NOBODY = "全部", "销号", "不要求"
UNSIGNED, ALLOWED, UNKNOWN, BROKEN = "unsigned", "allowed", "unknown", "broken"


@dataclass(frozen=True, slots=True)
class Making:
    """How one step of the main line came about.

    Attributes:
        is_merge: whether it merged a branch, as a pull request does.
        merger: e-mail address of who made the step.
        closers: task → every e-mail address of who closed it on the merged branch.
        also: every address of the merger; none where it is nobody's.
    """

    is_merge: bool
    merger: str
    closers: dict[str, frozenset[str]]
    also: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Signature:
    """What git's verification said of one commit.

    Attributes:
        state: `UNSIGNED`, `ALLOWED`, `UNKNOWN` (whole, but by nobody on the list) or `BROKEN`.
        signer: who signed, as far as it is known.
    """

    state: str
    signer: str = ""


Ending = tuple[str, int]  # the meeting that a closing names, and how many there were before it


def ending(task: Task | None) -> Ending | None:
    """By what a closing is told from another one of the same task; None while it is not closed."""
    if task is None or task.status != CLOSED:
        return None
    return task.meeting, len(task.past_closings)


def newly_closed(change: Change) -> list[Task]:
    """The tasks that a step closed, in id order: closed anew, by another meeting, counts too, and
    so does what begins as closed."""
    return [new for old, new in change.present() if ending(new) not in (None, ending(old))]


def h001_pull_request(change: Change, making: Making, policies: Policies) -> Iterator[Problem]:
    """H001: closings come by a merged pull request, merged by somebody else."""
    if policies.history.pull_requests != "必须":
        return
    for task in newly_closed(change):
        path = change.new.by_id[task.id].path
        closers = making.closers.get(task.id)
        if not making.is_merge:
            fault, hint = "没有经过合并请求", "请核实是谁、为什么没有用合并提交并入主分支"
        elif not closers:
            fault = "是合并时另外写进去的，被合并的分支上没有"
            hint = "请核实是谁做的这次合并"
        elif policies.self_merge != "允许" and not making.also and is_nobodys(making.merger):
            fault = f"的合并人（{making.merger}）是谁看不出来，不知道是不是提出人自己"
            hint = "请另一个人用自己的邮箱合并"
        elif policies.self_merge != "允许" and _by_one(closers, (making.merger, *making.also)):
            fault = f"由提出人（{making.merger}）自己合并"
            hint = "请另一个人复核这次销号"
        else:
            continue
        yield Problem(path, "H001", f"{task.id} 的销号{fault}", hint, id=task.id)


def _by_one(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether one mail account is on both sides."""
    return not {account(each) for each in some}.isdisjoint(account(each) for each in others)


def must_be_signed(change: Change, policies: Policies) -> bool:
    """Whether a commit with this change must be signed."""
    policy = policies.history.signatures
    return policy == ALL or (policy == CLOSINGS and bool(newly_closed(change)))


def h002_h003_signature(signature: Signature) -> Iterator[Problem]:
    """H002: what must be signed is; H003: by somebody who was on the list before."""
    signer = f"（{signature.signer}）" if signature.signer else ""
    if signature.state == UNSIGNED:
        yield Problem("", "H002", "提交没有签名", "请核实是谁提交的；签名的设置见手册")
    elif signature.state == BROKEN:
        yield Problem("", "H003", f"提交的签名{signer}无效", "请核实这次提交是否被人改过")
    elif signature.state == UNKNOWN:
        hint = "请核实签名人；新的签名人要先由已在名单里的人加入名单"
        yield Problem("", "H003", f"提交的签名人{signer}不在名单里", hint)


def h004_second_beginning(root: str) -> Iterator[Problem]:
    """H004: history begins once; else what was there could stand behind a new first commit."""
    message = f"合并带进了另一段历史，它的第一个提交是 {root[:10]}；原来的历史可能被换掉了"
    hint = "请核实主分支的第一个提交是不是建账时的；确是并入别的仓库的，用 begin 从这次合并之后审计"
    yield Problem("", "H004", message, hint)


def h004_lost(commits: Iterable[tuple[str, str]], known: Collection[str]) -> Iterator[Problem]:
    """H004: history holds every commit that was vouched for.

    Args:
        commits: who vouches (Chinese: a seal, the last audit), and for which commit.
        known: every commit of history.
    """
    for voucher, commit in commits:
        if commit not in known:
            message = f"{voucher}确认过的提交 {commit[:10]} 不在历史里，历史被改写过"
            yield Problem("", "H004", message, "请向主分支的管理人核实，用备份恢复原来的历史")
