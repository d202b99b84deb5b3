"""What git says when it cannot do something on this machine, told in Chinese with what to do next.

What servers say is told by `words`.
"""

from __future__ import annotations

import re

from ledger.errors import LedgerError


class GitError(LedgerError):
    """A git command that failed where success was expected."""


class ForeignError(GitError):
    """A repository that belongs to another account, which git does not open.

    Attributes:
        folder: which git would have to trust.
    """

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"{folder} 的仓库属于另一个系统用户，git 拒绝打开",
            hint="这个文件夹确是您单位的台账的，请运行 ledger doctor --fix 信任它",
        )
        self.folder = folder


class SettingError(GitError):
    """Git reads no setting at all, so no command of it says anything."""


_AGAIN = "再运行一次同样的命令"
_FORBIDDEN = (
    r"insufficient permission for adding an object"
    r"|(?:unable to (?:create|write|append|open)|could not (?:open|create|write)|cannot mkdir"
    r"|failed to write)[^\n]*: permission denied"
)
_DISKS: tuple[tuple[str, str, str], ...] = (
    (r"no space left on device|out of diskspace", "磁盘已满", f"请腾出空间，{_AGAIN}"),
    (r"disk quota exceeded", "超出了磁盘配额", f"请腾出空间或请管理员放宽配额，{_AGAIN}"),
    (r"read-only file system", "磁盘是只读的", f"请把它改为可写，或换一个地方，{_AGAIN}"),
    (_FORBIDDEN, "没有写仓库的权限", f"请让所有者改好 .git 文件夹的权限，{_AGAIN}"),
)
"""What git says (of whatever file) → why it cannot write, what to do."""

# Patterns as texts: they are compiled when git has failed, and not whenever the program starts.
_SIGNING = (
    r"(?i)failed to sign the (?:data|tag|commit)|unable to sign the tag|for ssh signing"
    r"|couldn't load public key|user\.signingkey"
)
_ENCODING = (
    r"failed to encode '(?P<file>.+)' from (?P<one>\S+) to (?P<other>\S+)"
    r"|BOM is (?:required|prohibited) in '(?P<marked>.+)' if encoded as (?P<as>\S+)"
    r"|encoding '(?P<back>.+)' from (?P<from>\S+) to \S+ and back is not the same"
)
_FILTER = r"(?P<file>[^\n]*?): (?:clean|smudge) filter '?(?P<filter>[^'\n]+?)'? failed"
_FATAL = r"(?m)^fatal: "
_BROKEN_HOOK = r"cannot (?:run|exec|spawn) '?(?:\S*/)?hooks/(?P<hook>[\w-]+)'?: "
_BY_HOOK = r"(?m)^.*aborted by (?:the reference-transaction )?hook.*$"
_BUSY = r"Unable to create '([^']+\.lock)': File exists"
_FOREIGN = "dubious ownership"  # git help config, safe.directory
_OWNED = r"ownership in repository at '(.+)'"

# Said by every command, also by those whose failure elsewhere is an answer.
_BAD_LINE = (
    r"bad config line (?P<line>\d+) in file (?P<file>.+)"
    r"|bad config variable '.*' in file '(?P<other>.+)' at line (?P<at>\d+)"
)
_BAD_VALUE = r"bad \w+ config value '(?P<value>.*)' for '(?P<key>[^']+)'"
_NEWER = "Expected git repo version"
# A folder as no git writes it (tree-walk.c), or that is none, or is missing.
_DAMAGED = (
    r"(?:corrupt loose object '|loose object |packed object |object file \S*/)([0-9a-f/]{38,64})"
)
_NAMELESS = "empty filename in tree entry"
_NO_FOLDER = (
    r"(?:malformed mode in tree entry|too-short tree |not a tree object"
    r"|(?:unable to read tree|bad tree object) (?P<tree>[0-9a-f]{40,64})"
    r"|Object (?P<other>[0-9a-f]{40,64}) not a tree|Could not read (?P<gone>[0-9a-f]{40,64})\Z)"
)
_COMMIT_ANEW = "请管理员放弃这个提交，在它的上一个提交上重新提交"


def known(folder: object, message: str) -> GitError | None:
    """What git's words mean to its user, for what can happen to anybody; None for other words.

    Args:
        folder: where git was to work.
        message: what it printed beside its result.
    """
    here = _repository(folder, message) or _settings(message) or disk(message)
    return here or _files(message) or _folders(message) or hook(message)


def disk(message: str) -> GitError | None:
    """Why nothing can be written here, where that is what git says."""
    for words, reason, hint in _DISKS:
        if re.search(words, message, re.IGNORECASE):
            return GitError(f"{reason}，git 写不进去", hint=hint)
    return None


def hook(message: str) -> GitError | None:
    """Which of the repository's own programs stopped git, where git itself says so."""
    if broken := re.search(_BROKEN_HOOK, message):
        return GitError(
            f"仓库自己的钩子 {broken['hook']} 运行不了",
            hint="请检查它的第一行和权限，或请设置它的人处理",
        )
    if re.search(_BY_HOOK, message):
        return refusal("reference-transaction", re.sub(_BY_HOOK, "", message))
    return None


def refusal(name: str, message: str) -> GitError:
    """That a hook has refused, with its own words as it has put them.

    Args:
        name: the hook, such as `pre-commit`.
    """
    words = " ".join(message.split())
    told = f"它说：“{words}”" if words else "没有说明原因"
    return GitError(
        f"仓库自己的钩子 {name} 拒绝了，{told}",
        hint=f"请按它的要求改正，或请设置它的人处理，{_AGAIN}",
    )


def _repository(folder: object, message: str) -> GitError | None:
    if busy := re.search(_BUSY, message):
        return GitError(
            "另一个 git 程序正在使用这个仓库",
            hint=f"请等它结束再试；确认没有 git 在运行时，可删除 {busy[1]}",
        )
    if _FOREIGN in message:
        return ForeignError(told[1] if (told := re.search(_OWNED, message)) else str(folder))
    return None


def _settings(message: str) -> GitError | None:
    if line := re.search(_BAD_LINE, message):
        file, number = line["file"] or line["other"], line["line"] or line["at"]
        return SettingError(
            f"git 的设置文件 {file} 第 {number} 行看不懂", hint="请改正或删去这一行"
        )
    if value := re.search(_BAD_VALUE, message):
        return SettingError(
            f"git 的设置 {value['key']} 不能是“{value['value']}”",
            remedy=f"请用 git config --unset-all {value['key']} 去掉它，或改成对的值",
        )
    if _NEWER in message:
        return SettingError("这个仓库的格式比本机的 git 新", hint="请升级 git 后再试")
    return None


def _folders(message: str) -> GitError | None:
    if damaged := re.search(_DAMAGED, message):
        return GitError(
            f"仓库里的对象 {damaged[1][:10]} 坏了，读不出来",
            hint="多半是磁盘出了问题：请复制这个文件夹留存，从服务器另克隆一份再用；"
            "没有服务器的，从备份恢复",
        )
    if _NAMELESS in message:
        return GitError("提交里有一个文件没有名称，git 读不了", hint=_COMMIT_ANEW)
    if unread := re.search(_NO_FOLDER, message):
        return no_folder(next(filter(None, unread.groups()), ""))
    return None


def no_folder(tree: str) -> GitError:
    """A tree that is missing or malformed, or is none; its id where git has told it."""
    which = f"（{tree[:10]}）" if tree else ""
    return GitError(
        f"提交里有一个文件夹{which}读不出来：缺失、损坏，或者其实是文件", hint=_COMMIT_ANEW
    )


def _files(message: str) -> GitError | None:
    if match := re.search(_ENCODING, message):
        file = match["file"] or match["marked"] or match["back"]
        sides = (match["one"], match["other"], match["as"], match["from"])
        encoding = next(each for each in sides if each and each.upper() not in ("UTF-8", "UTF8"))
        return GitError(
            f"文件 {file} 不是 .gitattributes 写明的编码 {encoding}，git 存不进去",
            hint="请把文件另存为这种编码，或改正 .gitattributes 里的 working-tree-encoding",
        )
    if match := re.search(_FILTER, message):
        file = re.sub(_FATAL, "", match["file"]).removeprefix("error: ")
        return GitError(
            f"文件 {file} 要经过过滤程序 {match['filter']}，它没有成功",
            hint="请管理员检查它是否装好，或改正 .gitattributes",
        )
    if re.search(_SIGNING, message):
        return GitError(
            "git 没能签名",
            hint="请检查签名程序和 user.signingKey；不用签名的，去掉 commit.gpgSign、tag.gpgSign",
        )
    return None
