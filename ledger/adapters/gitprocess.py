"""Starting git: one environment, one way to fail, one stream of objects."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ledger.adapters.lock import inherited
from ledger.errors import LedgerError

MAX_BLOB = 1_000_001  # one byte more than a ledger file may have: enough to know it is too large
_KEPT = ("GIT_ASKPASS", "GIT_EDITOR", "GIT_EXEC_PATH")
_KEPT_PREFIXES = (
    "GIT_CONFIG_",
    "GIT_AUTHOR_",
    "GIT_COMMITTER_",
    "GIT_TERMINAL_",
    "GIT_SSH",  # with _COMMAND and _VARIANT
    "GIT_SSL_",  # these say how servers are reached, as `http.*` does
    "GIT_HTTP_",
    "GIT_PROXY_",
)
# History as its hashes have it: what `git replace` and grafts put in its place is one clone's own.
_ALWAYS = {
    "LC_ALL": "C.UTF-8",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": f"{os.devnull}/none",
    "LANGUAGE": "",  # it would translate what is read, even where LC_ALL is C.UTF-8
}
# What users configure for their own eyes, or for git's other commands, set back to what git's
# answers are read by. What says how a machine keeps its files, who commits and signs, and where
# servers are is theirs and stays.
_SETTINGS = (
    "core.quotePath=false",
    "core.fsmonitor=false",
    "core.safecrlf=false",  # line ends are git's and the user's business, no reason to refuse
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
    "color.ui=false",
    "color.diff=false",
    "color.status=false",
    "log.abbrevCommit=false",
    "log.decorate=false",
    "log.diffMerges=separate",
    "log.follow=false",
    "log.showRoot=true",
    "log.showSignature=false",
    "diff.ignoreSubmodules=none",
    f"diff.orderFile={os.devnull}",
    "diff.relative=false",
    "diff.renames=false",
    "merge.conflictStyle=merge",
    "status.renames=false",
    "status.submoduleSummary=false",
    "submodule.recurse=false",
)


_FOREIGN = "dubious ownership"  # git help config, safe.directory
_BUSY = re.compile(r"Unable to create '([^']+\.lock)': File exists")


# Said by every command, also by those whose failure elsewhere is an answer.
_BAD_LINE = re.compile(
    r"bad config line (?P<line>\d+) in file (?P<file>.+)"
    r"|bad config variable '.*' in file '(?P<other>.+)' at line (?P<at>\d+)"
)
_BAD_VALUE = re.compile(r"bad \w+ config value '(?P<value>.*)' for '(?P<key>[^']+)'")
_NEWER = "Expected git repo version"
# A folder as no git writes it (tree-walk.c), or that is none, or is missing.
_NAMELESS = "empty filename in tree entry"
_NO_FOLDER = re.compile(
    r"(?:malformed mode in tree entry|too-short tree |not a tree object"
    r"|(?:unable to read tree|bad tree object) (?P<tree>[0-9a-f]{40,64})"
    r"|Object (?P<other>[0-9a-f]{40,64}) not a tree|Could not read (?P<gone>[0-9a-f]{40,64})\Z)"
)
_COMMIT_ANEW = "请放弃这个提交，在它的上一个提交上重新提交；不知道是哪一个的，运行 git fsck"


class GitError(LedgerError):
    """A git command that failed where success was expected."""


class _BadSetting(GitError):
    """Git reads no setting at all, so no command of it says anything."""


def environment() -> dict[str, str]:
    """The process's environment without what a calling git hook set for its own repository.

    Source: git sets GIT_DIR, GIT_INDEX_FILE and others for hooks; inherited, they redirect every
    command to that repository.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }
    return kept | _ALWAYS


def command(arguments: Sequence[str], settings: Sequence[str] = ()) -> list[str]:
    """A git command line on which nobody's configuration changes what it reads or prints.

    Args:
        settings: further `key=value` that this command is to go by.
    """
    told = [part for each in (*_SETTINGS, *settings) for part in ("-c", each)]
    return ["git", *told, *arguments]


def run(
    folder: Path,
    arguments: Sequence[str],
    *,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
    ok: Sequence[int] = (0,),
    beside: bool = False,
) -> bytes:
    """What `git arguments…` prints, run in a folder; see `GitRepo.run`."""
    try:
        done = subprocess.run(
            command(arguments),
            cwd=folder,
            env=_with(environment),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if beside else subprocess.PIPE,
            pass_fds=inherited(),
            check=False,
        )
    except FileNotFoundError:
        raise LedgerError(
            "这台电脑上没有 git" if folder.is_dir() else f"文件夹 {folder} 不存在",
            hint="请先安装 git（2.30 以上）" if folder.is_dir() else "请检查路径",
        ) from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        known = _known(folder, said)
        if known and (done.returncode not in ok or isinstance(known, _BadSetting)):
            raise known
        if done.returncode not in ok:
            raise GitError(f"git {arguments[0]} 没有成功：{said or done.returncode}")
    return done.stdout


def _known(folder: Path, said: str) -> GitError | None:
    """What git's words mean to its user, for what can happen to anybody."""
    if busy := _BUSY.search(said):
        return GitError(
            "另一个 git 程序正在使用这个仓库",
            hint=f"请等它结束再试；确认没有 git 在运行时，可删除 {busy[1]}",
        )
    if _FOREIGN in said:
        return GitError(
            f"{folder} 的仓库属于另一个系统用户，git 拒绝打开",
            hint="请让所有者改好权限，或用 git config --global --add safe.directory 信任它",
        )
    if line := _BAD_LINE.search(said):
        file, number = line["file"] or line["other"], line["line"] or line["at"]
        return _BadSetting(f"git 的设置文件 {file} 第 {number} 行看不懂", hint="请改正或删去这一行")
    if value := _BAD_VALUE.search(said):
        return _BadSetting(
            f"git 的设置 {value['key']} 不能是“{value['value']}”",
            hint=f"请用 git config --unset-all {value['key']} 去掉它，或改成对的值",
        )
    if _NAMELESS in said:
        return GitError("提交里有一个文件没有名称，git 读不了", hint=_COMMIT_ANEW)
    if folder_id := _NO_FOLDER.search(said):
        name = next(filter(None, folder_id.groups()), "")
        which = f"（{name[:10]}）" if name else ""
        return GitError(
            f"提交里有一个文件夹{which}读不出来：缺失、损坏，或者其实是文件", hint=_COMMIT_ANEW
        )
    if _NEWER in said:
        return _BadSetting("这个仓库的格式比本机的 git 新", hint="请升级 git 后再试")
    return None


def _with(more: Mapping[str, str] | None) -> dict[str, str]:
    return environment() | dict(more or {})


def objects(
    folder: Path, ids: Sequence[str], more: Mapping[str, str], most: int
) -> Iterator[tuple[str, bytes]]:
    """The contents of blobs in the order asked, read by one process; see `GitRepo.blobs`."""
    with _cat_file(folder, more) as (questions, answers):
        feeder = threading.Thread(target=_feed, args=(questions, ids), daemon=True)
        feeder.start()
        for blob in ids:
            header = answers.readline().split(b" ")
            if not header[-1].endswith(b"\n"):
                raise _cut_short()
            if len(header) != 3:
                raise GitError(f"仓库里缺少对象 {blob}", hint="请运行 git fsck 检查仓库是否损坏")
            yield blob, _read_blob(answers, int(header[2]), most)
        feeder.join()


@contextmanager
def _cat_file(folder: Path, more: Mapping[str, str]) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    process = subprocess.Popen(
        command(("cat-file", "--batch")),
        cwd=folder,
        env=_with(more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None  # noqa: S101 - pipes were asked for
    assert process.stdout is not None  # noqa: S101
    try:
        yield process.stdin, process.stdout
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(BrokenPipeError):
                pipe.close()


def _feed(pipe: IO[bytes], ids: Sequence[str]) -> None:
    with suppress(BrokenPipeError, ValueError):  # the reader stopped early
        for start in range(0, len(ids), 1000):
            pipe.write("".join(f"{each}\n" for each in ids[start : start + 1000]).encode())
        pipe.flush()


def _read_blob(pipe: IO[bytes], size: int, most: int) -> bytes:
    """So much of a blob as is wanted; the rest is passed over.

    Raises:
        GitError: git died before it had said all of it.
    """
    content = _exactly(pipe, min(size, most))
    rest = size - len(content)
    while rest > 0:
        rest -= len(_exactly(pipe, min(rest, MAX_BLOB)))
    _exactly(pipe, 1)
    return content


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content: bytes = pipe.read(size)
    if len(content) < size:
        raise _cut_short()
    return content


def _cut_short() -> GitError:
    return GitError("git cat-file 没有说完就结束了", hint="请再试一次；磁盘满了的先腾出空间")
