"""Talking to another repository: fetch and push in verbs, with what the server said kept.

A remote is named, never given as an address: its address is the user's own configuration, so a
file of the ledger cannot send anything to a place the user did not choose.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from ledger.adapters.gitrepo import GitError, GitRepo, environment
from ledger.errors import LedgerError

NEW, MOVED, SAME, REFUSED = "new", "moved", "same", "refused"

_PROTOCOLS = "file:git:http:https:ssh"  # no `ext::` and no other helper that runs a command
_SETTINGS = (
    "core.quotePath=false",
    "core.fsmonitor=false",
    "color.ui=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "push.followTags=false",
    "http.lowSpeedLimit=1",  # a connection that says nothing for a minute is given up
    "http.lowSpeedTime=60",
)
_PATIENCE_SECONDS = 600
_MOST_BYTES = 500_000  # of what git prints: a server may say without end
_MOST_LINES = 40
_LINE = 300

_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_USERINFO = re.compile(r"(?<=://)[^/\s'\"]*@")
_REMOTE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_BAD_BRANCH = re.compile(
    r"^[-/.]|[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|/\.|@\{|^@$|[/.]$|\.lock(?=/|$)|[\ud800-\udfff]"
)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FLAGS = {"*": NEW, " ": MOVED, "+": MOVED, "=": SAME, "!": REFUSED}

_CHECK_ADDRESS = "请用 git remote -v 核对远端地址"
_TRY_AGAIN = "什么都没有改动；网络恢复后再运行一次同样的命令"
_COMPLAINTS: tuple[tuple[str, str, str], ...] = (
    (r"transport '.*' not allowed", "远端地址用了不允许的协议", "只支持 https、ssh 和本机路径"),
    (r"could not resolve host|name or service not known", "找不到服务器", _TRY_AGAIN),
    (
        r"authentication failed|could not read (?:user|pass)|permission denied|prompts disabled"
        r"|returned error: 40[13]|access denied|host key verification",
        "服务器不认你的身份，或者你没有权限",
        "请先在命令行里用 git fetch 登录一次，或请管理员授权",
    ),
    (
        r"couldn't find remote ref",
        "远端没有这个分支",
        "请核对 ledger.yaml 里的主分支（forge.base）",
    ),
    (
        r"does not support push options",
        "服务器不接受推送选项",
        "请换一种方式，如 --via push 或 --via api",
    ),
    (r"certificate|ssl", "服务器的证书不可信", "请联系管理员，或在 git 里配置 http.sslCAInfo"),
    (
        r"not found|does not appear to be a git repository",
        "远端没有这个仓库，或者你没有读它的权限",
        _CHECK_ADDRESS,
    ),
    (
        r"refused|failed to connect|couldn't connect|timed out|unreachable|unable to access"
        r"|reset|closed|could not read from remote|hung up|early eof|too slow",
        "连不上服务器",
        _TRY_AGAIN,
    ),
)
"""What git says → what it means, what to do; the first match counts."""

_REFUSALS: tuple[tuple[str, str], ...] = (
    (r"hook declined", "请按服务器说的改正，再运行一次同样的命令"),
    (r"protected", "这个分支受保护；请管理员放行，或换一种方式，如 --via agit"),
    (r"stale info|fetch first|non-fast-forward", "远端刚刚有了变化，请再运行一次同样的命令"),
    (r"permission|denied|not allowed", "请管理员授权，或换一种方式，如 --via agit"),
)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one ref that was offered to a server.

    Attributes:
        outcome: `NEW`, `MOVED`, `SAME` (it was there already) or `REFUSED`.
        reason: why it was refused, in the server's words.
        said: the server's own lines, cleaned.
    """

    outcome: str
    reason: str = ""
    said: tuple[str, ...] = ()


def remotes(repo: GitRepo) -> tuple[str, ...]:
    """The names of the configured remotes."""
    return tuple(repo.run("remote").decode(errors="replace").split())


def remote_url(repo: GitRepo, remote: str) -> str:
    """The address of a remote as git uses it. It may hold a password: show `without_secrets` of it.

    Raises:
        LedgerError: the name is none, or there is no such remote.
    """
    check_remote(remote)
    if remote not in remotes(repo):
        raise LedgerError(
            f"没有名为“{remote}”的远端",
            hint="请用 git remote add 添加，或在 ledger.yaml 里改 forge.remote",
        )
    url = repo.run("remote", "get-url", "--", remote).decode(errors="replace").rstrip("\n")
    if _CONTROLS.search(url):
        raise LedgerError(f"远端“{remote}”的地址里有控制字符", hint=_CHECK_ADDRESS)
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
    _fetch(repo, remote, "--refmap=", f"+refs/heads/{branch}:{tracking}")
    return repo.resolve(tracking)


def remote_refs(repo: GitRepo, remote: str, *patterns: str) -> dict[str, str]:
    """Full names of the remote's refs that match some patterns → the commits they point to.

    Raises:
        LedgerError: no such remote, or it cannot be reached.
    """
    remote_url(repo, remote)
    out, _ = _exchange(repo, "ls-remote", "--refs", "--", remote, *patterns)
    lines = (line.split("\t", 1) for line in out.splitlines() if "\t" in line)
    return {name: commit for commit, name in lines if _COMMIT.fullmatch(commit)}


def offer(
    repo: GitRepo,
    remote: str,
    commit: str,
    ref: str,
    *,
    options: Sequence[str] = (),
    expected: str | None = None,
) -> Pushed:
    """Push one commit to one ref and tell what became of it, a refusal included.

    Args:
        commit: object id; empty deletes the ref.
        ref: full name of the remote's ref.
        options: push options, one line each.
        expected: what the ref must point to now (empty: it must not exist), else it is refused.

    Raises:
        LedgerError: a name that could be mistaken for something else, an unreachable server, or
            one that takes no push options.
    """
    remote_url(repo, remote)
    check_branch(ref.removeprefix("refs/"))
    if commit and not _COMMIT.fullmatch(commit):
        raise LedgerError(f"“{single_line(commit)}”不是提交号", hint="请给出完整的提交号")
    arguments = ["push", "--porcelain", "--no-recurse-submodules"]
    arguments += [f"--push-option={_CONTROLS.sub(' ', each)}" for each in options]
    if expected is not None:
        arguments.append(f"--force-with-lease={ref}:{expected}")
    out, said = _exchange(repo, *arguments, "--", remote, f"{commit}:{ref}", ok=(0, 1))
    return _outcome(out, said, remote)


def push(
    repo: GitRepo,
    remote: str,
    commit: str,
    ref: str,
    *,
    options: Sequence[str] = (),
    expected: str | None = None,
) -> Pushed:
    """Push one commit to one ref; arguments as for `offer`.

    Raises:
        LedgerError: also when the server refuses it, with what the server said.
    """
    return accepted(offer(repo, remote, commit, ref, options=options, expected=expected), ref)


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
    there = remote_refs(repo, remote, ref).get(ref, "")
    if there and there != commit:
        _fetch(repo, remote, ref)
        if _content(repo, there) == _content(repo, commit):
            return Pushed(SAME)
        _refuse_foreign(repo, there, commit, branch)
    return push(repo, remote, commit, ref, options=options, expected=there)


def accepted(pushed: Pushed, ref: str) -> Pushed:
    """What was pushed, when the server took it.

    Raises:
        LedgerError: it refused; the message has its words, the hint how to go on.
    """
    if pushed.outcome != REFUSED:
        return pushed
    words = "\n".join((pushed.reason, *pushed.said)).lower()
    hint = next((hint for found, hint in _REFUSALS if re.search(found, words)), "")
    said = "".join(f"\n    {line}" for line in pushed.said)
    named = re.sub("^refs/(heads/)?", "", ref)
    raise LedgerError(
        f"服务器没有接受 {named}（{pushed.reason or '没有说明原因'}）"
        + (f"，它说：{said}" if said else ""),
        hint=hint or "请把服务器的话告诉管理员；问题解决后再运行一次同样的命令",
    )


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
    if not name or len(name) > 200 or _BAD_BRANCH.search(name):
        raise LedgerError(
            f"“{single_line(name)}”不能作分支名称",
            hint="分支名称里不能有空格、“..”、“~^:?*[\\”，也不能以“-”或“/”开头",
        )


def without_secrets(text: str) -> str:
    """A text with the user names and passwords taken out of its addresses."""
    return _USERINFO.sub("", text)


def single_line(text: str) -> str:
    """A text on one line, without control characters, terminal escapes and invisible marks."""
    return " ".join(_CONTROLS.sub(" ", _ESCAPES.sub("", text)).split())


def _outcome(out: str, said: tuple[str, ...], remote: str) -> Pushed:
    """Read `git push --porcelain`: `<flag> TAB <from>:<to> TAB <summary> (<reason>)`."""
    server = tuple(
        line.removeprefix("remote:").strip() for line in said if line.startswith("remote:")
    )
    server = tuple(line for line in server if line)
    for line in out.splitlines():
        flag, _, rest = line.partition("\t")
        if flag in _FLAGS and "\t" in rest:
            reason = re.search(r"\((.*)\)\s*$", rest)
            refused = reason.group(1) if reason and flag == "!" else ""
            return Pushed(_FLAGS[flag], single_line(refused)[:_LINE], server)
    raise _complaint(remote, said)


def _fetch(repo: GitRepo, remote: str, *what: str) -> None:
    remote_url(repo, remote)
    options = [each for each in what if each.startswith("--")]
    refspecs = [each for each in what if not each.startswith("--")]
    _exchange(
        repo, "fetch", "--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head",
        "--no-recurse-submodules", *options, "--", remote, *refspecs,
    )  # fmt: skip


def _content(repo: GitRepo, commit: str) -> str:
    """A commit's tree and parents: what it says, whoever made it and when."""
    return repo.run("show", "-s", "--format=%T %P", "--end-of-options", commit, "--").decode()


def _refuse_foreign(repo: GitRepo, there: str, commit: str, branch: str) -> None:
    """Raise when pushing `commit` would throw away another committer's work on the branch."""
    lost = repo.run("log", "--format=%ce", "--end-of-options", f"{commit}..{there}", "--")
    mine = repo.run("show", "-s", "--format=%ce", "--end-of-options", commit, "--")
    others = set(lost.decode(errors="replace").lower().split("\n")) - {""}
    if others - {mine.decode(errors="replace").strip().lower()}:
        raise LedgerError(
            f"远端的分支 {branch} 上有别人的提交，没有覆盖它",
            hint="请先和对方商量；确认不要了，就在平台上删除这个分支，再运行一次",
        )


def _exchange(
    repo: GitRepo, *arguments: str, ok: Sequence[int] = (0,)
) -> tuple[str, tuple[str, ...]]:
    """Run a git command that talks to a remote: what it printed, and what was said beside it."""
    remote = arguments[arguments.index("--") + 1]
    settings = [part for each in _SETTINGS for part in ("-c", each)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as beside:
        try:
            done = subprocess.run(
                ["git", *settings, *arguments],
                cwd=repo.root,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=beside,
                check=False,
                timeout=_PATIENCE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise LedgerError(
                f"等了 {_PATIENCE_SECONDS // 60} 分钟，远端“{remote}”没有回应", hint=_TRY_AGAIN
            ) from None
        said = _lines(_read(beside))
        if done.returncode not in ok:
            raise _complaint(remote, said)
        return _read(out), said


def _environment() -> dict[str, str]:
    asking = os.isatty(0) and os.isatty(2) and os.environ.get("GIT_TERMINAL_PROMPT") != "0"
    return environment() | {
        "GIT_ALLOW_PROTOCOL": _PROTOCOLS,
        "GIT_TERMINAL_PROMPT": "1" if asking else "0",
    }


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(_MOST_BYTES).decode(errors="replace")


def _lines(text: str) -> tuple[str, ...]:
    """What was said, cleaned: the last lines where it is too much."""
    cleaned = (single_line(line)[:_LINE] for line in without_secrets(text).splitlines())
    return tuple(line for line in cleaned if line)[-_MOST_LINES:]


def _complaint(remote: str, said: tuple[str, ...]) -> GitError:
    """The error that says in Chinese what git complained about."""
    words = "\n".join(said)
    for found, message, hint in _COMPLAINTS:
        if re.search(found, words, re.IGNORECASE):
            return GitError(f"远端“{remote}”：{message}（{_last(said)}）", hint=hint)
    return GitError(f"远端“{remote}”没有成功：{_last(said)}", hint=_CHECK_ADDRESS)


def _last(said: tuple[str, ...]) -> str:
    """The line that says most: the first fatal one, else the last."""
    fatal = [line for line in said if line.startswith(("fatal:", "error:"))]
    return (fatal or list(said[-1:]) or ["git 没有说明原因"])[0]
