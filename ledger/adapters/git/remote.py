"""Talking to another repository: fetch and push in verbs, with what the server said kept.

A remote is named, never given as an address: its address is the user's own configuration, so a
file of the ledger cannot send anything to a place the user did not choose.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from ledger.adapters.git.library import converse
from ledger.adapters.git.refs import ODD_BRANCH
from ledger.adapters.git.repo import WHOLE_ID, GitRepo
from ledger.adapters.git.words import (
    ADDRESS_REMEDY,
    TRY_AGAIN,
    after_refusal,
    complaint,
    has_controls,
    shortened,
    single_line,
    spoken,
    without_controls,
)
from ledger.errors import LedgerError
from ledger.model.paths import CONFIG_FILE
from ledger.model.record import dataclass

NEW, MOVED, SAME, REFUSED = "new", "moved", "same", "refused"

_PROTOCOLS = "file:git:http:https:ssh"  # no `ext::` and no other helper that runs a command
_SETTINGS = (
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.pruneTags=false",
    "fetch.writeCommitGraph=false",
    "push.followTags=false",
    "push.gpgSign=false",
    "push.negotiate=false",
    "push.pushOption=",
    "push.useForceIfIncludes=false",
    "http.lowSpeedLimit=1",  # a connection that says nothing for a minute is given up
    "http.lowSpeedTime=60",
)
_PATIENCE_SECONDS = 600
_NO_SUCH_REMOTE = 2  # git help remote: exit status

_REMOTE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_FLAGS = {"*": NEW, " ": MOVED, "+": MOVED, "-": MOVED, "=": SAME, "!": REFUSED}
# What git and servers say when somebody else was faster.
_RACES = re.compile(
    r"stale info|fetch first|non-fast-forward|cannot lock ref|failed to (?:update|lock) ref"
    r"|incorrect old value|reference already exists|remote ref changed|atomic push failed"
    r"|atomic transaction failed",
    re.IGNORECASE,
)
_TWICE = re.compile(r"dst refspec (\S+) matches more than one")
_STARTS = tuple(f"{flag}\t" for flag in _FLAGS)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one ref that was offered to a server.

    Attributes:
        outcome: `NEW`, `MOVED`, `SAME` (it was there already) or `REFUSED`.
        reason: why it was refused, in the server's words.
        words: the server's own lines, cleaned.
    """

    outcome: str
    reason: str = ""
    words: tuple[str, ...] = ()


def remotes(repo: GitRepo) -> tuple[str, ...]:
    """The names of the configured remotes."""
    return tuple(repo.fixed((), "remote").decode(errors="replace").split())


def remote_url(repo: GitRepo, remote: str) -> str:
    """The address of a remote as git uses it. It may hold a password: show `without_secrets` of it.

    Raises:
        LedgerError: the name is none, or there is no such remote.
    """
    check_remote(remote)
    printed = repo.fixed((), "remote", "get-url", "--", remote, ok=(0, _NO_SUCH_REMOTE))
    if not (url := printed.decode(errors="replace").rstrip("\n")):
        raise LedgerError(
            f"没有名为“{remote}”的远端",
            remedy=f"请用 git remote add {remote} 地址 添加，或在 {CONFIG_FILE} 里改 forge.remote",
        )
    if has_controls(url):
        raise LedgerError(f"远端“{remote}”的地址里有控制字符", remedy=ADDRESS_REMEDY)
    return url


def fetch(repo: GitRepo, remote: str, branch: str) -> str:
    """Bring the newest commit of a remote's branch; only `refs/remotes/<remote>/<branch>` moves.

    Returns:
        The commit's id.

    Raises:
        LedgerError: no such remote or branch, or it cannot be reached; nothing is changed then.
    """
    check_branch(branch)
    tracking = f"refs/remotes/{remote}/{branch}"
    _fetch(repo, remote, f"+refs/heads/{branch}:{tracking}")
    return repo.resolve(tracking)


def remote_refs(
    repo: GitRepo, remote: str, *patterns: str, patience: float = 0.0
) -> dict[str, str]:
    """Full names of the remote's refs that match some patterns → the commits they point to.

    Args:
        patience: how long it may take, in seconds; 0 waits long.

    Raises:
        LedgerError: no such remote, or it cannot be reached.
    """
    remote_url(repo, remote)
    out, _ = exchange(repo, "ls-remote", "--refs", "--", remote, *patterns, patience=patience)
    lines = (line.split("\t", 1) for line in out.splitlines() if "\t" in line)
    return {name: commit for commit, name in lines if WHOLE_ID.fullmatch(commit)}


def offer(
    repo: GitRepo,
    remote: str,
    commit: str,
    ref: str,
    *,
    options: Sequence[str] = (),
    expected: str | None = None,
    along: tuple[str, str] | None = None,
) -> Pushed:
    """Push one commit to one ref and tell what became of it, a refusal included.

    Args:
        commit: object id; empty deletes the ref.
        ref: full name of the remote's ref.
        options: push options, one line each.
        expected: what the ref must point to now (empty: it must not exist), else it is refused.
        along: another ref, and what it points to, that is deleted with it or not at all.

    Raises:
        LedgerError: a name that could be mistaken for something else, an unreachable server, or
            one that takes no push options.
    """
    remote_url(repo, remote)
    check_branch(ref.removeprefix("refs/"))
    if commit:
        check_commit(commit)
    arguments = ["push", "--porcelain", "--no-recurse-submodules"]
    arguments += [f"--push-option={without_controls(each)}" for each in options]
    if expected is not None:
        arguments.append(f"--force-with-lease={ref}:{expected}")
    what = [f"{commit}:{ref}"]
    if along is not None:
        arguments += ["--atomic", f"--force-with-lease={along[0]}:{along[1]}"]
        what.append(f":{along[0]}")
    out, remarks = exchange(repo, *arguments, "--", remote, *what, ok=(0, 1))
    _refuse_misleading(repo, remote, remarks)
    return _outcome(out, remarks, remote)


def push_branch(
    repo: GitRepo, remote: str, commit: str, branch: str, options: Sequence[str] = ()
) -> Pushed:
    """Bring a remote's branch to a commit; doing it again changes nothing.

    A branch that already holds the same change (same tree, same parents) is left as it is. A newer
    version replaces an older one of the same committer, never somebody else's work.

    Raises:
        LedgerError: refused by the server, unreachable, or the branch holds another's commits.
    """
    check_branch(branch)
    ref = f"refs/heads/{branch}"
    tip = remote_refs(repo, remote, ref).get(ref, "")
    if tip == commit:
        return Pushed(SAME)  # a push with options of what is there already ends in a broken pipe
    if tip:
        _fetch(repo, remote, ref)
        if _content(repo, tip) == _content(repo, commit):
            return Pushed(SAME)
        _refuse_foreign(repo, tip, commit, branch)
    return accepted(offer(repo, remote, commit, ref, options=options, expected=tip), ref)


def accepted(pushed: Pushed, ref: str) -> Pushed:
    """What was pushed, when the server took it.

    Raises:
        LedgerError: it refused; the message has its words, the hint how to go on.
    """
    if pushed.outcome != REFUSED:
        return pushed
    words = "".join(f"\n    {line}" for line in pushed.words)
    named = re.sub("^refs/(heads/)?", "", ref)
    raise LedgerError(
        f"服务器没有接受 {named}（{pushed.reason or '没有说明原因'}）"
        + (f"，它说：{words}" if words else ""),
        hint=after_refusal(pushed.reason, *pushed.words),
    )


def fetched(repo: GitRepo, remote: str, branch: str, refs: Mapping[str, str]) -> str:
    """As `fetch`, where it is not here yet; empty where the remote has no such branch.

    Args:
        refs: what the remote has, from `remote_refs`.
    """
    tip = refs.get(f"refs/heads/{branch}", "")
    if not tip or repo.branch_commit(branch, remote) == tip:
        return tip
    return fetch(repo, remote, branch)


def bring(repo: GitRepo, remote: str, ref: str, commit: str) -> bool:
    """Fetch what a ref of the remote holds, no ref of this clone being touched.

    Args:
        ref: full name, such as `refs/pull/7/head`.
        commit: what it is said to hold; where that is here already, nothing is asked.

    Returns:
        Whether the commit is here now; not where the remote has something else under that ref.

    Raises:
        LedgerError: no name of a ref, no commit's id, or the remote cannot be reached.
    """
    check_branch(ref)
    check_commit(commit)
    if not repo.has(commit) and remote_refs(repo, remote, ref).get(ref) == commit:
        _fetch(repo, remote, ref)
    return repo.has(commit)


def remote_branches(repo: GitRepo, remote: str, prefix: str) -> dict[str, str]:
    """The branches of a remote below a prefix such as `close/`, and their commits.

    What is not here yet is fetched. None where there is no remote.

    Raises:
        LedgerError: it cannot be reached.
    """
    if remote not in remotes(repo):
        return {}
    commits = {}
    for name, commit in remote_refs(repo, remote, f"refs/heads/{prefix}*").items():
        branch = name.removeprefix("refs/heads/")
        commits[branch] = commit if repo.has(commit) else fetch(repo, remote, branch)
    return commits


def remove_remote_branch(repo: GitRepo, remote: str, branch: str, commit: str) -> None:
    """Delete a branch at a remote, if it still is where it is thought to be."""
    offer(repo, remote, "", f"refs/heads/{branch}", expected=commit)


def outpaced(pushed: Pushed) -> bool:
    """Whether a push was refused because somebody else's came first: fetch and try again."""
    words = " ".join((pushed.reason, *pushed.words))
    return pushed.outcome == REFUSED and bool(_RACES.search(words))


def contains(repo: GitRepo, remote: str, branch: str, commit: str) -> bool:
    """Whether a remote's branch, as it was last fetched, holds a commit."""
    check_remote(remote)
    check_branch(branch)
    check_commit(commit)
    tracking = f"refs/remotes/{remote}/{branch}"
    return bool(repo.run("for-each-ref", f"--contains={commit}", tracking))


def check_commit(commit: str) -> None:
    """Raise LedgerError when this is not a full object id."""
    if not WHOLE_ID.fullmatch(commit):
        raise LedgerError(f"“{single_line(commit)}”不是提交号", hint="请给出完整的提交号")


def check_remote(name: str) -> None:
    """Raise LedgerError when a remote's name could be taken for an option, a path or an address."""
    if not _REMOTE.fullmatch(name) or ".." in name:
        raise LedgerError(
            f"“{single_line(name)}”不能作远端名称",
            hint="远端名称由字母、数字、“-”、“_”、“.”组成，如 origin",
        )


def check_branch(name: str) -> None:
    """Raise LedgerError when git would not take this as a branch's name, or as something else.

    Source: git-check-ref-format(1).
    """
    if not name or len(name) > 200 or ODD_BRANCH.search(name):
        raise LedgerError(
            f"“{single_line(name)}”不能作分支名称",
            hint="分支名称里不能有空格、“..”、“~^:?*[\\”，也不能以“-”或“/”开头",
        )


def _outcome(out: str, remarks: tuple[str, ...], remote: str) -> Pushed:
    """Read `git push --porcelain`: `<flag> TAB <from>:<to> TAB <summary> (<reason>)`.

    A remote may have several push addresses: one refusal is a refusal.
    """
    server = (
        line.removeprefix("remote:").strip() for line in remarks if line.startswith("remote:")
    )
    words = tuple(line for line in server if line)
    lines = [line.split("\t") for line in out.splitlines() if line[:2] in _STARTS]
    if not lines:
        raise complaint(remote, remarks)
    flag, _, summary = min(lines, key=lambda line: line[0] != "!")[:3]
    reason = re.search(r"\((.*)\)\s*$", summary) if flag == "!" else None
    return Pushed(_FLAGS[flag], shortened(reason[1]) if reason else "", words)


def _refuse_misleading(repo: GitRepo, remote: str, remarks: Sequence[str]) -> None:
    """Raise where git cannot tell a ref from another one whose name ends in its whole name."""
    ambiguous = next(filter(None, map(_TWICE.search, remarks)), None)
    if ambiguous is None:
        return
    ref = ambiguous[1]
    others = [each for each in remote_refs(repo, remote, ref) if each != ref]
    raise LedgerError(
        f"远端“{remote}”上还有 {shortened('、'.join(others))}，git 分不清推送到它还是 {ref}",
        hint="请管理员在服务器上删除它，再运行一次",
    )


def _fetch(repo: GitRepo, remote: str, refspec: str) -> None:
    """Fetch just what a refspec says, whatever is configured to be fetched along."""
    remote_url(repo, remote)
    exchange(
        repo, "fetch", "--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head",
        "--no-recurse-submodules", "--refmap=", "--", remote, refspec,
    )  # fmt: skip


def _content(repo: GitRepo, commit: str) -> str:
    """A commit's tree and parents: what it says, whoever made it and when."""
    return repo.run("show", "-s", "--format=%T %P", "--end-of-options", commit, "--").decode()


def _refuse_foreign(repo: GitRepo, tip: str, commit: str, branch: str) -> None:
    """Raise when pushing `commit` would throw away another committer's work on the branch."""
    lost = repo.run("log", "--format=%ce", "--end-of-options", f"{commit}..{tip}", "--")
    mine = repo.run("show", "-s", "--format=%ce", "--end-of-options", commit, "--")
    others = set(lost.decode(errors="replace").lower().split("\n")) - {""}
    if others - {mine.decode(errors="replace").strip().lower()}:
        raise LedgerError(
            f"远端的分支 {branch} 上有别人的提交，没有覆盖它",
            hint="请先和对方商量；确认不要了，就在平台上删除这个分支，再运行一次",
        )


def exchange(
    repo: GitRepo, *arguments: str, ok: Sequence[int] = (0,), patience: float = 0.0
) -> tuple[str, tuple[str, ...]]:
    """Run a git command that talks to a remote: what it printed, and what was said beside it.

    Args:
        arguments: the remote's name stands behind `--`.
        patience: seconds; who gives some is asked for no password, 0 waits long.

    Raises:
        LedgerError: it cannot be reached in time, or refuses.
    """
    remote = arguments[arguments.index("--") + 1]
    settings = (*_SETTINGS, f"remote.{remote}.mirror=false")
    within = patience or _PATIENCE_SECONDS
    try:
        status, printed, beside = converse(
            repo.root, arguments, settings, _environment(asking=not patience), within
        )
    except TimeoutError:
        waited = f"{within // 60:g} 分钟" if within >= 60 else f"{within:g} 秒"
        raise LedgerError(f"等了 {waited}，远端“{remote}”没有回应", hint=TRY_AGAIN) from None
    remarks = spoken(beside)
    if status not in ok:
        raise complaint(remote, remarks)
    return printed, remarks


def _environment(asking: bool = True) -> dict[str, str]:
    asking &= os.isatty(0) and os.isatty(2) and os.environ.get("GIT_TERMINAL_PROMPT") != "0"
    return {"GIT_ALLOW_PROTOCOL": _PROTOCOLS, "GIT_TERMINAL_PROMPT": "1" if asking else "0"}
