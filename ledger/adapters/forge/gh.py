"""GitHub through its own command line tool, with the login that the tool keeps."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

from ledger.adapters.forge.address import address_of
from ledger.adapters.forge.request import Opened, PullRequest, not_open
from ledger.adapters.git.process import environment
from ledger.adapters.git.remote import push_branch
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.words import shortened, single_line
from ledger.errors import LedgerError
from ledger.model.config import GH

_PATIENCE_SECONDS = 120
_STATUS = re.compile(r"\(HTTP ([1-5][0-9]{2})\)")
_OK = 200
_URL = re.compile(r"https://\S+/pull/[0-9]+")


def open_request(repo: GitRepo, remote: str, request: PullRequest) -> Opened:
    """Push the branch and open its pull request, or update the one that is open."""
    where = _where(repo, remote)
    # First: that nobody is logged in shows before anything is pushed.
    existing = _open_one(repo, where, request.branch, request.base)
    push_branch(repo, remote, request.commit, request.branch)
    text = (f"--title={request.title}", "--body-file=-")
    if existing:
        _gh(repo, "pr", "edit", where, *text, "--", existing, stdin=request.body)
    url = existing or _created(repo, where, request, text)
    return Opened.at(url, bool(existing), GH, _extras(repo, where, url, request))


def merge_request(repo: GitRepo, remote: str, branch: str, base: str, commit: str) -> None:
    """Merge a branch's request with a merge commit, at the commit that was looked at.

    Raises:
        LedgerError: there is none, or GitHub refuses.
    """
    where = _where(repo, remote)
    url = _open_one(repo, where, branch, base)
    if not url:
        raise not_open(branch)
    how = ("--merge", "--delete-branch", f"--match-head-commit={commit}")
    _gh(repo, "pr", "merge", where, *how, "--", url)


def _where(repo: GitRepo, remote: str) -> str:
    address = address_of(repo, remote)
    owner, name = address.owner_and_name()
    return f"--repo={address.host}/{owner}/{name}"


def _open_one(repo: GitRepo, where: str, branch: str, base: str) -> str:
    """The page of the branch's open pull request, empty where there is none."""
    ends = (f"--head={branch}", f"--base={base}")
    answer = _gh(repo, "pr", "list", where, *ends, "--state=open", "--json=url", "--limit=1")
    try:
        return single_line(str(json.loads(answer)[0]["url"]))
    except IndexError:
        return ""
    except (ValueError, LookupError, TypeError):
        raise LedgerError("看不懂 gh 的回答", hint="请升级 gh，或改用 --via push") from None


def _created(repo: GitRepo, where: str, request: PullRequest, text: tuple[str, ...]) -> str:
    head, base = f"--head={request.branch}", f"--base={request.base}"
    answer = _gh(repo, "pr", "create", where, head, base, *text, stdin=request.body)
    page = _URL.search(answer)
    return page.group() if page else ""


def _extras(repo: GitRepo, where: str, url: str, request: PullRequest) -> Iterator[str]:
    """Reviewers and labels, one by one; yields what did not work."""
    options = [("请审阅人", f"--add-reviewer={name}") for name in request.reviewers]
    options += [("加标签", f"--add-label={name}") for name in request.labels]
    for doing, option in options:
        try:
            _gh(repo, "pr", "edit", where, single_line(option), "--", url)
        except LedgerError as error:
            yield f"没能{doing} {single_line(option.partition('=')[2])}（{error.message}）"


def api(repo: GitRepo, host: str, path: str) -> Any:
    """What GitHub's API answers below a path, asked in the name that gh is logged in with.

    Raises:
        LedgerError: there is no gh, it is not logged in, or GitHub refuses or hides this.
    """
    return _json(_gh(repo, *_asking(host, path)))


def api_answer(repo: GitRepo, host: str, path: str) -> tuple[int, Any]:
    """Status and content of what GitHub's API answers below a path, also where it refuses.

    Source: gh prints the answer and, where it is an error, its status beside it.

    Raises:
        LedgerError: there is no gh, it is not logged in, or GitHub does not answer.
    """
    arguments = _asking(host, path)
    done = _started(repo, arguments)
    status = _STATUS.search(done.stderr.decode(errors="replace"))
    if done.returncode and not status:
        raise _failed(arguments, done)
    code = int(status[1]) if done.returncode and status else _OK
    return code, _json(done.stdout.decode(errors="replace"))


def _asking(host: str, path: str) -> list[str]:
    return ["api", f"--hostname={host}", "--", path]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _gh(repo: GitRepo, *arguments: str, stdin: str = "") -> str:
    done = _started(repo, arguments, stdin)
    if done.returncode != 0:
        raise _failed(arguments, done)
    return done.stdout.decode(errors="replace")


def _failed(arguments: Sequence[str], done: subprocess.CompletedProcess[bytes]) -> LedgerError:
    reason = shortened(done.stderr.decode(errors="replace"))
    return LedgerError(
        f"gh {arguments[0]} {arguments[1]} 没有成功：{reason or done.returncode}",
        hint="没有登录就先运行 gh auth login；再运行一次同样的命令会接着做",
    )


def _started(
    repo: GitRepo, arguments: Sequence[str], stdin: str = ""
) -> subprocess.CompletedProcess[bytes]:
    quiet = {"GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "NO_COLOR": "1"}
    try:
        return subprocess.run(
            ["gh", *arguments],
            cwd=repo.root,
            env=environment() | quiet,
            input=stdin.encode(),
            capture_output=True,
            check=False,
            timeout=_PATIENCE_SECONDS,
        )
    except FileNotFoundError:
        raise LedgerError(
            "这台电脑上没有 gh", hint="请安装 GitHub 的 gh，或改用 --via push"
        ) from None
    except subprocess.TimeoutExpired:
        raise LedgerError("gh 很久没有回应", hint="请检查网络后再运行一次，会接着做") from None
