"""What git and servers say: made safe to show, and told in Chinese with what to do next."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ledger.adapters.git.complaints import GitError, disk, hook
from ledger.model.paths import CONFIG_FILE
from ledger.model.plaintext import UNSEEN

_MOST_LINES = 40
_LINE = 500

_ESCAPES = r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"
_CONTROLS = rf"[\t\n{UNSEEN}]"
_USERINFO = r"(?<=://)[^/\s]*@"

ADDRESS_REMEDY = "请用 git remote -v 核对远端地址"
TRY_AGAIN = "什么都没有改动；网络恢复后再运行一次同样的命令"
_NOT_LET_IN = (
    r"authentication failed|could not read (?:user|pass)|permission denied|prompts disabled"
    r"|returned error: 40[13]|access denied|host key verification"
)
_NOT_REACHED = (
    r"refused|failed to connect|couldn't connect|timed out|unreachable|unable to access"
    r"|reset|closed|could not read from remote|hung up|early eof|too slow"
)
_COMPLAINTS: tuple[tuple[str, str, str], ...] = (
    (r"transport '.*' not allowed", "远端地址用了不允许的协议", "只支持 https、ssh 和本机路径"),
    (r"could not resolve host|name or service not known", "找不到服务器", TRY_AGAIN),
    (
        _NOT_LET_IN,
        "服务器不认您的身份，或者您没有权限",
        "请管理员授权，或在这台电脑上为 git 存好登录",
    ),
    (
        r"couldn't find remote ref",
        "远端没有这个分支",
        f"请核对 {CONFIG_FILE} 里的主分支（forge.base）",
    ),
    (
        r"does not support push options",
        "服务器不接受推送选项",
        "请换一种方式，如 --via push 或 --via api",
    ),
    (r"certificate|ssl", "服务器的证书不可信", "请联系管理员，或在 git 里配置 http.sslCAInfo"),
    (
        r"not found|does not appear to be a git repository",
        "远端没有这个仓库，或者您没有读它的权限",
        ADDRESS_REMEDY,
    ),
    (_NOT_REACHED, "连不上服务器", TRY_AGAIN),
)
"""What git says → what it means, what to do; the first match counts."""

_REFUSALS: tuple[tuple[str, str], ...] = (
    (r"protected", "这个分支受保护；请管理员放行，或换一种方式，如 --via agit"),
    (r"hook declined", "请按服务器说的改正，再运行一次同样的命令"),
    (r"stale info|fetch first|non-fast-forward", "远端刚刚有了变化，请再运行一次同样的命令"),
    (r"permission|denied|not allowed", "请管理员授权，或换一种方式，如 --via agit"),
)


def without_secrets(text: str) -> str:
    """A text with the user names and passwords taken out of its addresses."""
    return re.sub(_USERINFO, "", text)


def single_line(text: str) -> str:
    """A text on one line, without control characters, terminal escapes and invisible marks."""
    return " ".join(re.sub(_CONTROLS, " ", re.sub(_ESCAPES, "", text)).split())


def has_controls(text: str) -> bool:
    """Whether a text holds control characters or invisible marks."""
    return bool(re.search(_CONTROLS, text))


def without_controls(text: str) -> str:
    """A text with a space for each control character, line ends included."""
    return re.sub(_CONTROLS, " ", text)


def shortened(text: str) -> str:
    """A text on one line of bounded length, without secrets: fit for a message."""
    return without_secrets(single_line(text))[:_LINE]


def spoken(text: str) -> tuple[str, ...]:
    """The lines of what was said, fit for a message; the last ones where there are too many."""
    lines = (shortened(line) for line in text.splitlines())
    return tuple(line for line in lines if line)[-_MOST_LINES:]


def complaint(remote: str, lines: Sequence[str]) -> GitError:
    """The error that tells in Chinese what git complained about.

    Args:
        lines: the lines it printed beside its result; `remote:` begins the server's own.
    """
    ours = [line for line in lines if not line.startswith("remote:")]
    if here := disk("\n".join(ours)) or hook("\n".join(ours)):
        return here
    own = ours or list(lines)
    words = "\n".join(own)
    stopped_here = "failed to push some refs" in words and "fatal:" not in words  # a local hook
    for pattern, message, hint in _COMPLAINTS:
        if not stopped_here and re.search(pattern, words, re.IGNORECASE):
            remedy = ADDRESS_REMEDY if hint == ADDRESS_REMEDY else ""
            told = f"远端“{remote}”：{message}（{_fatal(own)}）"
            return GitError(told, hint="" if remedy else hint, remedy=remedy)
    return GitError(
        f"远端“{remote}”没有成功：{'；'.join(own[-3:]) or 'git 没有说明原因'}",
        hint="请按上面的话改正，或告诉管理员；之后再运行一次同样的命令",
    )


def after_refusal(*lines: str) -> str:
    """What to do next after a server refused a push."""
    words = "\n".join(lines).lower()
    known = (hint for pattern, hint in _REFUSALS if re.search(pattern, words))
    return next(known, "请把服务器的话告诉管理员；问题解决后再运行一次同样的命令")


def _fatal(lines: list[str]) -> str:
    """The line that says most: the first fatal one, else the last."""
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (fatal or lines[-1:])[0]
