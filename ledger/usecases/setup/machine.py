"""What `doctor` sees of the machine: programs, fonts, the clock; nothing of a ledger is needed."""

from __future__ import annotations

import datetime as dt
import platform
import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from ledger import __version__
from ledger.adapters.fonts import families
from ledger.adapters.git.process import git_version
from ledger.adapters.yaml import read as yamlread
from ledger.errors import LedgerError
from ledger.model.config import Fonts
from ledger.model.paths import CONFIG_FILE
from ledger.model.zone import zone
from ledger.usecases.setup.completion import SCRIPTS, install, installed
from ledger.usecases.setup.finding import BAD, FIX, GOOD, NOTE, Finding, failing

_OLDEST_GIT = (2, 30)
_SHELLS = ("bash", "zsh", "fish")
_OWN = "# ledger: Tab completion"  # in each of its scripts


def programs() -> Iterator[Finding]:
    """The program itself, and what it needs."""
    yield Finding("程序", GOOD, f"ledger {__version__}，Python {platform.python_version()}")
    yield _git()
    if yamlread.is_fast():
        yield Finding("YAML 读取", GOOD, "使用 libyaml")
    else:
        yield Finding("YAML 读取", NOTE, "没有 libyaml，读取会慢几十倍")


def _git() -> Finding:
    try:
        version = git_version()
    except LedgerError as error:
        return failing("git", error)
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    old = numbers < _OLDEST_GIT
    return Finding("git", BAD if old else GOOD, f"{version}{'，需要 2.30 以上' if old else ''}")


def habits(environment: Mapping[str, str]) -> Iterator[Finding]:
    """What makes typing easy: the command is found by its name, Tab completes it."""
    if shutil.which("ledger", path=environment.get("PATH", "")):
        yield Finding("命令", GOOD, "在哪个文件夹里都可以直接运行 ledger")
    else:
        folder = Path(environment.get("HOME", "~")) / ".local/bin"
        yield Finding(
            "命令",
            NOTE,
            f"PATH 里没有 ledger；装在 {folder} 的，请在 ~/.profile 末尾加一行"
            ' export PATH="$HOME/.local/bin:$PATH"，再重新登录',
        )
    shell = Path(environment.get("SHELL", "")).name
    if shell in _SHELLS:
        yield from _completing(shell, environment)


def _completing(shell: str, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Whether Tab completes in a shell; nothing where nobody knows."""
    known = installed(shell, environment)
    if known is None:
        return
    place, script = known
    if script == SCRIPTS[shell]:
        yield Finding("补全", GOOD, "按 Tab 键可补全")
    elif script and _OWN not in script:
        text = f"{place} 不是这个程序写的；要换的，运行 ledger completion {shell} --install"
        yield Finding("补全", NOTE, text)
    else:
        text = f"{'是旧版的' if script else '没有装'}，{FIX}装上"
        yield Finding("补全", NOTE, text, mend=partial(_completed, shell, environment))


def _completed(shell: str, environment: Mapping[str, str]) -> str:
    return "".join(install(shell, environment)).rstrip("。")


def fonts(chosen: Fonts) -> Iterator[Finding]:
    """Whether Word shows here what is exported as it is meant; nothing where nobody can tell."""
    known = families()
    if not known:
        return
    used = (chosen.title, chosen.heading, chosen.subheading, chosen.body, chosen.page, chosen.latin)
    lacking = [each for each in dict.fromkeys(used) if each.casefold() not in known]
    if lacking:
        text = f"这台电脑上没有{'、'.join(lacking)}，在这里打开或打印 Word 文件会换成别的字体"
        more = f"；别的电脑上有的不要紧，都没有的在 {CONFIG_FILE} 的 fonts 里改"
        yield Finding("字体", NOTE, text + more)
    else:
        yield Finding("字体", GOOD, "Word 文件用的都有")


def time_zone(instant: dt.datetime, name: str) -> Finding:
    """Whether the machine's days are the ledger's.

    Args:
        name: the ledger's time zone.
    """
    machine, ledger = instant.astimezone().utcoffset(), instant.astimezone(zone(name)).utcoffset()
    if machine == ledger:
        return Finding("时区", GOOD, name)
    return Finding(
        "时区",
        NOTE,
        f"电脑的时区和台账的（{name}）不一样；日期都按台账的算，不影响使用，最好把电脑的改过来",
    )
