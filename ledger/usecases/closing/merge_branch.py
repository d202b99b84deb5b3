"""`merge`: a second person checks a closing and merges it, at the forge where there is one."""

from __future__ import annotations

import datetime as dt

from ledger.adapters.files.journal import discard
from ledger.adapters.forge import detect, gh
from ledger.adapters.forge.detection import way_to_ask
from ledger.adapters.forge.request import CLOSINGS, not_open
from ledger.adapters.forge.standing import RequestState, merge_request, open_requests, own_account
from ledger.adapters.git.commit import last_move, refuse_unfinished, trailer
from ledger.adapters.git.merge import make_commit
from ledger.adapters.git.remote import (
    check_branch,
    fetch,
    remote_refs,
    remotes,
    remove_remote_branch,
)
from ledger.adapters.git.walk import authors, first_parents
from ledger.errors import AlreadyDone, LedgerError, UsageError
from ledger.model.change import Change
from ledger.model.config import API, GH, WITHOUT_REQUEST, Config, Forge
from ledger.model.problem import Problem, has_errors
from ledger.model.record import dataclass
from ledger.usecases.checking.check import check_between
from ledger.usecases.checking.foresee import merge_of
from ledger.usecases.closing.pending import proposed_closings
from ledger.usecases.reading.identities import addresses_at, nobody
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import Operation, held, message_of, move, refuse_elsewhere

_MADE_HERE = (CLOSINGS, "work/")  # the program has made such branches, and takes them away again


@dataclass(frozen=True, slots=True)
class Merging:
    """A branch that may be merged.

    Attributes:
        head: the commit of the main branch that it is to enter.
        commit: the branch's own.
        problems: what the check remarks.
        forge: the ledger's settings.
        via: the forge that merges it (`api`, `gh`); empty where it is merged in this clone.
        request: the pull request at the forge; its page, or what is known of it.
        at_remote: whether the branch is at the remote.
    """

    branch: str
    head: str
    commit: str
    change: Change
    problems: tuple[Problem, ...]
    forge: Forge
    via: str = ""
    request: RequestState | None = None
    at_remote: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge made: the merge commit, and what comes next (Chinese, after a comma)."""

    commit: str
    next_step: str


def examine_branch(ledger: Ledger, branch: str, today: dt.date, local: bool = False) -> Merging:
    """Check a branch as a pull request would be checked, on the newest main branch.

    Args:
        local: merge it in this clone even where there is a forge.

    Raises:
        UsageError: no such branch, or the main branch itself.
        AlreadyDone: the main branch has all of it; a closing's branch is removed then.
        LedgerError: a rule refuses, the merger made it himself, the main branch is not here, or
            the forge merges and cannot be asked to from here.
    """
    config = config_at(ledger).forge
    _refuse_name(config, branch)
    pushed, main = _fetched(ledger, config, branch)
    commit = pushed or ledger.repo.branch_commit(branch)
    if not commit and main:
        commit = _kept(ledger, config, branch, main)
    if not commit:
        if last_move(ledger.repo) == _subject(branch):
            raise AlreadyDone(f"分支 {branch} 已经合并过了，不用重复合并")
        raise _unknown(config, branch)
    via = "" if local or not main else _forge_of(ledger, config)
    head = main if via else _own_head(ledger, config, main)
    if ledger.repo.merge_base(head, commit) == commit:
        raise _contained(ledger, config, branch, head, commit, bool(pushed))
    own = config_at(ledger, head)
    if own.policies.self_merge != "允许":
        _refuse_author(ledger, head, commit, branch, own)
    checked = check_between(ledger, head, commit, today)
    assert checked.change is not None  # noqa: S101 - a check of a branch has one
    request = _request(ledger, config, branch, commit) if via == API else None
    if request and own.policies.self_merge != "允许":
        _refuse_account(ledger, config.remote, request)
    return Merging(
        branch, head, commit, checked.change, checked.problems, config, via, request, bool(pushed)
    )


def merge(ledger: Ledger, merging: Merging, by: str) -> Merged:
    """Merge with a merge commit, then remove the branch if the program had made it.

    Raises:
        LedgerError: the check found errors, uncommitted changes are in the way, or the forge
            refuses.
    """
    if has_errors(merging.problems):
        raise LedgerError(f"分支 {merging.branch} 没有通过检查，没有合并", hint="请改好后再试")
    return _at_forge(ledger, merging) if merging.via else _here(ledger, merging, by)


def _fetched(ledger: Ledger, forge: Forge, branch: str) -> tuple[str, str]:
    """The branch and the main branch as the remote has them now; empty where it has none."""
    if forge.remote not in remotes(ledger.repo):
        return "", ""
    names = {f"refs/heads/{each}": each for each in (branch, forge.base)}
    commits = remote_refs(ledger.repo, forge.remote, *names)
    for ref in names.keys() & commits:
        commits[ref] = fetch(ledger.repo, forge.remote, names[ref])
    own, main = (commits.get(ref, "") for ref in names)
    return own, main


def _refuse_name(forge: Forge, branch: str) -> None:
    """Raise UsageError for what is no branch's name, or the main branch's own."""
    listed = "请写要合并进来的分支；ledger close --list 列出还没有合并的"
    if not branch:
        raise UsageError("没有写要合并的分支", hint=listed)
    if branch == forge.base:
        raise UsageError(f"{branch} 就是主分支，不用合并", hint=listed)
    try:
        check_branch(branch)
    except LedgerError as error:
        raise UsageError(error.message, hint=error.hint) from None


def _unknown(forge: Forge, branch: str) -> UsageError:
    """There is no such branch; one that is called as git calls a remote's may be meant."""
    name = branch.removeprefix(f"{forge.remote}/")
    if name not in (branch, forge.base):
        hint = f"分支名称前面不写远端：ledger merge {name}"
    else:
        hint = "ledger close --list 列出还没有合并的"
    return UsageError(f"没有分支“{branch}”", hint=hint)


def _contained(
    ledger: Ledger, forge: Forge, branch: str, head: str, commit: str, at_remote: bool
) -> AlreadyDone:
    """The main branch has all of a branch: a closing was merged, and its branch goes at last.

    Any other is somebody's, who may have only just begun it, or keeps it.
    """
    repo = ledger.repo
    is_closing = branch.startswith(CLOSINGS) and (
        trailer(repo, commit, "Ledger-Decision") or commit not in first_parents(repo, "", head)
    )
    if not is_closing:
        return AlreadyDone(f"分支 {branch} 上的提交主分支里都有了，没有要合并的，分支没有动")
    here = repo.branch_commit(branch)
    if here and repo.merge_base(head, here) == here:
        with held(ledger):
            discard(repo, branch)
    if at_remote:
        remove_remote_branch(repo, forge.remote, branch, commit)
    return AlreadyDone(f"分支 {branch} 已经合并过了，不用重复合并")


def _kept(ledger: Ledger, forge: Forge, branch: str, main: str) -> str:
    """The commit of a closing that is on no branch but in an open request (AGit); else empty."""
    try:
        via = detect(ledger.repo, forge.remote, forge.via).via
    except LedgerError:  # nothing that could be asked
        return ""
    if way_to_ask(ledger.repo, forge.remote, via) != API:
        return ""
    requests = open_requests(ledger.repo, forge.remote, forge.base, looked_into=False)
    closings = proposed_closings(ledger, forge, main, requests)
    return next((each.commit for each in closings if each.branch == branch), "")


def _forge_of(ledger: Ledger, forge: Forge) -> str:
    """Through which forge it is merged; empty where there is none.

    Raises:
        LedgerError: there is one, and it cannot be asked to merge from here.
    """
    way = detect(ledger.repo, forge.remote, forge.via)
    if way.via in WITHOUT_REQUEST:
        return ""
    asked = way_to_ask(ledger.repo, forge.remote, way.via)
    if asked in (API, GH):
        return asked
    raise LedgerError(
        "这个台账有托管平台，要在平台上合并，从这里办不到",
        hint="请在平台的网页上打开合并请求合并（Gitea、Forgejo 设好令牌的可以从这里合并）；"
        "确要在本机合并的，加 --local",
    )


def _own_head(ledger: Ledger, forge: Forge, main: str) -> str:
    """The main branch of this clone, taken along to the remote's where it is merely behind."""
    refuse_elsewhere(ledger, forge.base)
    head = ledger.repo.resolve("HEAD")
    if main and head != main and ledger.repo.merge_base(head, main) == head:
        with held(ledger):
            refuse_unfinished(ledger.repo)
            move(ledger, head, main, "取回主分支")
        return main
    return head


def _request(ledger: Ledger, forge: Forge, branch: str, commit: str) -> RequestState:
    """The open pull request of a branch.

    Raises:
        LedgerError: there is none, or it holds something else than was looked at.
    """
    requests = open_requests(ledger.repo, forge.remote, forge.base)
    request = next((each for each in requests if each.is_of(branch, commit)), None)
    if request is None:
        raise not_open(branch)
    if request.commit != commit:
        raise LedgerError(f"{request.url} 里的内容和取回的分支不一样", hint="请过一会儿再运行一次")
    return request


def _refuse_account(ledger: Ledger, remote: str, request: RequestState) -> None:
    """职责分离 at the forge, whatever addresses somebody's commits have."""
    mine = own_account(ledger.repo, remote)
    if mine and mine.casefold() == request.author.casefold():
        raise LedgerError(
            f"{request.url} 是您在平台上的账号 {mine} 提出的，不能由您自己合并",
            hint="请另一个人用他自己的账号和令牌合并",
        )


def _at_forge(ledger: Ledger, merging: Merging) -> Merged:
    """Merged by the forge, which asks for what it was told to insist on."""
    remote, base = merging.forge.remote, merging.forge.base
    if merging.request:
        merge_request(ledger.repo, remote, merging.request)
    else:
        gh.merge_request(ledger.repo, remote, merging.branch, base, merging.commit)
    ledger.course.did(f"在平台上{_subject(merging.branch)}", last=False)
    own = merging.branch.startswith(_MADE_HERE)
    if own and ledger.repo.branch_commit(merging.branch) == merging.commit:
        with held(ledger):
            discard(ledger.repo, merging.branch)
    return Merged(fetch(ledger.repo, remote, base), "，经过平台。下一步：ledger sync，取回主分支")


def _here(ledger: Ledger, merging: Merging, by: str) -> Merged:
    """Merged in this clone; our branch goes at the remote too, its change being in ours."""
    tasks = tuple(change.id for change in merging.change.tasks)
    operation = Operation("merge", _subject(merging.branch), tasks, body=f"办理人：{by}")
    with held(ledger):
        refuse_unfinished(ledger.repo)
        head = ledger.repo.resolve("HEAD")
        if head != merging.head:
            raise LedgerError("检查以后主分支又有了新的提交，没有合并", hint="请再运行一次")
        tree = _merged_tree(ledger, head, merging)
        message = message_of(operation, every_task=True)
        done = make_commit(ledger.repo, tree, (head, merging.commit), message)
        own = merging.branch.startswith(_MADE_HERE)
        gone, last = merging.branch if own else "", not (merging.at_remote and own)
        move(ledger, head, done, operation.subject, merged=gone, last=last)
    if not remotes(ledger.repo):
        return Merged(done, "")
    if merging.at_remote and own:
        remove_remote_branch(ledger.repo, merging.forge.remote, merging.branch, merging.commit)
    return Merged(done, "。下一步：ledger sync，推送主分支")


def _subject(branch: str) -> str:
    return f"合并 {branch}"


def _merged_tree(ledger: Ledger, head: str, merging: Merging) -> str:
    """Main branch and closing as one tree: the very merge that was judged.

    Raises:
        LedgerError: both changed the same thing.
    """
    bases = ledger.repo.merge_bases(head, merging.commit)
    merged = merge_of(ledger, bases, head, merging.commit)
    if not merged.tree:
        named = "、".join(merged.conflicts) or merging.branch
        raise LedgerError(
            f"主分支和 {merging.branch} 改了同一处（{named}），没有合并",
            hint="请提出人在新的主分支上重新提一次",
        )
    return merged.tree


def _refuse_author(ledger: Ledger, head: str, commit: str, branch: str, config: Config) -> None:
    """职责分离: who proposed the closing does not merge it; git's e-mail addresses tell."""
    mine = ledger.repo.email()
    if not mine:
        raise nobody("不能合并")
    known = addresses_at(ledger, head, config)
    people = authors(ledger.repo, f"{head}..{commit}", committers=True)
    proposers = frozenset[str]().union(*(known.of(name, email) for name, email in people))
    if known.of(ledger.repo.identity(), mine) & proposers:
        raise LedgerError(
            f"分支 {branch} 是您（{mine}）提出的，不能由您自己合并",
            hint=f"请另一个人运行 ledger merge {branch}；"
            "和您合用一台电脑的，他先运行 ledger who 登记自己",
        )
