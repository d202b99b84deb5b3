"""`doctor`: does everything the ledger stands on work here?"""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Callable, Iterator
from pathlib import Path

from ledger import __version__
from ledger.adapters.git.commit import refuse_unfinished
from ledger.adapters.git.process import git_version
from ledger.adapters.git.remote import remotes
from ledger.adapters.git.rewrite import FOLDED, kept_lines
from ledger.adapters.git.walk import authors
from ledger.adapters.yaml import read as yamlread
from ledger.errors import LedgerError
from ledger.model.config import Config, Forge
from ledger.model.mailbox import Addresses, joined
from ledger.model.paths import CONFIG_FILE, SCHEMAS
from ledger.model.problem import ERROR
from ledger.model.record import dataclass
from ledger.model.schema import FILES
from ledger.usecases.reading.identities import addresses_at, nobody, registered
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import Ledger, open_ledger
from ledger.usecases.setup.gate import CHECK
from ledger.usecases.setup.init import schema_text
from ledger.usecases.sharing.merge_driver import lacking
from ledger.usecases.sharing.unshared import unshared_missteps

GOOD, NOTE, BAD = "正常", "提示", "有误"
_OLDEST_GIT = (2, 30)
_NAMED, _SHORT = 3, 8
_PAGE = "手册《几个人合用》的“两个人一台电脑”"
_HOOK = "hooks/pre-commit"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `state` is one of `GOOD`, `NOTE`, `BAD`."""

    subject: str
    state: str
    text: str


def examine(
    folder: Path,
    settle: Callable[[Ledger], None],
    now: Callable[[Ledger], dt.date],
    forge: bool = False,
) -> list[Finding]:
    """Look at the environment, the repository, the configuration and the files.

    Args:
        settle: puts right what a killed program left half written.
        now: the day it is for a ledger.
        forge: ask the forge, too, whether it insists on what the gate needs.
    """
    findings = list(_environment())
    try:
        ledger = open_ledger(folder)
    except LedgerError as error:
        return [*findings, Finding("台账", BAD, f"{error.message}。{error.hint}")]
    settle(ledger)
    config = load(ledger).config
    findings += [*_repository(ledger), *_files(ledger)]
    # What a closing by two people needs: a place to meet, two accounts, the policy, the checks.
    findings += [_remote(ledger, config), _accounts(ledger, config), _policy(config)]
    findings += [_hook(ledger), _uncommitted(ledger), *_sharing(ledger, now(ledger))]
    return [*findings, *_forge(ledger, config.forge)] if forge else findings


def _environment() -> Iterator[Finding]:
    yield Finding("程序", GOOD, f"ledger {__version__}，Python {platform.python_version()}")
    try:
        version = git_version()
    except LedgerError as error:
        yield Finding("git", BAD, f"{error.message}。{error.hint}")
        return
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    old = numbers < _OLDEST_GIT
    yield Finding("git", BAD if old else GOOD, f"{version}{'，需要 2.30 以上' if old else ''}")
    if yamlread.is_fast():
        yield Finding("YAML 读取", GOOD, "使用 libyaml")
    else:
        yield Finding("YAML 读取", NOTE, "没有 libyaml，读取会慢几十倍")


def _repository(ledger: Ledger) -> Iterator[Finding]:
    yield Finding("台账", GOOD, str(ledger.root))
    name, unknown = registered(ledger.repo), nobody()
    yield Finding("办理人", GOOD if name else BAD, name or f"{unknown.message}。{unknown.hint}")
    try:
        refuse_unfinished(ledger.repo)
    except LedgerError as error:
        yield Finding("仓库状态", BAD, f"{error.message}。{error.hint}")
    else:
        yield Finding("仓库状态", GOOD, f"在分支 {ledger.repo.branch()} 上")
    unmerged = lacking(ledger.repo)
    yield Finding(
        "合并驱动",
        NOTE if unmerged else GOOD,
        f"{unmerged}，可运行 ledger merge-driver --install" if unmerged else "台账文件按内容合并",
    )
    where = ledger.cache.where()
    yield Finding(
        "缓存", GOOD if where else NOTE, str(where) if where else "不能写入，只放在内存里，会慢一些"
    )


def _remote(ledger: Ledger, config: Config) -> Finding:
    known, remote = remotes(ledger.repo), config.forge.remote
    if remote in known:
        return Finding("远端", GOOD, remote)
    if known:
        text = (
            f"没有名为“{remote}”的远端（有 {'、'.join(known)}），请改 {CONFIG_FILE} 的 forge.remote"
        )
        return Finding("远端", BAD, text)
    return Finding(
        "远端",
        NOTE,
        "没有，台账只在这台电脑上：不用 sync，请另做备份；"
        "几台电脑合用的，请信息技术人员配好，再运行 git remote add",
    )


def _accounts(ledger: Ledger, config: Config) -> Finding:
    """How many people there are, by git's addresses; a closing takes two."""
    head = ledger.repo.head()
    signed = authors(ledger.repo, head) if head else set()
    signed |= {(ledger.repo.identity(), ledger.repo.email())}
    known = addresses_at(ledger, head, config) if head else Addresses()
    people = joined(filter(None, (known.of(name, email) for name, email in signed)))
    if len(people) > 1:
        return Finding("账号", GOOD, f"{len(people)} 个账号办理过")
    alone = config.policies.self_merge == "允许"
    return Finding(
        "账号",
        NOTE,
        "只有一个账号办理过：审核"
        + ("" if alone else "和合并销号")
        + f"要另一个人用自己的账号，换账号的办法见{_PAGE}",
    )


def _policy(config: Config) -> Finding:
    """Whether two people are asked for at all."""
    loose = []
    if config.policies.history.pull_requests == "不必":
        loose.append("policies.history.pull_requests 是“不必”，销号不经合并也不报错")
    if config.policies.self_merge == "允许":
        loose.append("policies.self_merge 是“允许”，提出销号的人可以自己合并")
    if loose:
        return Finding("两人办理", NOTE, "；".join(loose))
    return Finding("两人办理", GOOD, "销号由一个人提出，另一个人合并")


def _hook(ledger: Ledger) -> Finding:
    """Whether hand edits are checked when they are committed."""
    path = ledger.repo.run("rev-parse", "--git-path", _HOOK).decode(errors="surrogateescape")
    place = ledger.root / Path(path.rstrip("\n"))
    if place.is_file():
        return Finding("提交前检查", GOOD, str(place))
    return Finding(
        "提交前检查",
        NOTE,
        "没有装，手工改的文件提交时不检查；"
        "请在提交前运行 ledger check --base HEAD，装有 pre-commit 的可运行 pre-commit install",
    )


def _uncommitted(ledger: Ledger) -> Finding:
    """Whether what was written is in the record."""
    listed = ledger.repo.run("status", "--porcelain", "-z", "--no-renames", "--", ".")
    count = len(listed.split(b"\0")) - 1
    if not count:
        return Finding("没有提交的改动", GOOD, "没有")
    return Finding(
        "没有提交的改动",
        NOTE,
        f"{count} 个文件，用 git status 查看；核对以后运行 git add -A 和 git commit",
    )


def _sharing(ledger: Ledger, today: dt.date) -> Iterator[Finding]:
    """What is here and nowhere else: whether it could be sent."""
    kept = kept_lines(ledger.repo)
    folded = f"；并过 {kept} 次步，原来的提交留在 {FOLDED}" if kept else ""
    wrong = unshared_missteps(ledger, today)
    if not wrong:
        yield Finding("没有共享的提交", GOOD, f"都合乎规则{folded}")
        return
    named = "、".join(
        f"{each.commit[:_SHORT]}（{each.problems[0].code}）" for each in wrong[:_NAMED]
    )
    more = f"等 {len(wrong)} 个" if len(wrong) > _NAMED else ""
    yield Finding(
        "没有共享的提交",
        BAD,
        f"{named}{more}违反规则，送不出去；改好以后运行 ledger sync --fold，并成一步{folded}",
    )


def _files(ledger: Ledger) -> Iterator[Finding]:
    snapshot = load(ledger)
    errors = sum(problem.severity == ERROR for problem in snapshot.problems)
    organisation = snapshot.config.organisation
    config = [each for each in snapshot.problems if each.path == CONFIG_FILE]
    yield Finding(
        "配置",
        BAD if any(each.severity == ERROR for each in config) else NOTE if config else GOOD,
        "；".join(each.message for each in config)
        or f"{organisation or '未填单位名称'}，{len(snapshot.config.departments)} 个部门",
    )
    counted = (
        f"{len(snapshot.tasks)} 个事项、{len(snapshot.sources)} 个来源、"
        f"{len(snapshot.decisions)} 份会议记录"
    )
    yield Finding(
        "数据", BAD if errors else GOOD, counted + (f"，{errors} 个错误" if errors else "")
    )
    stale = [
        kind for kind in FILES if _text(ledger.root / SCHEMAS / f"{kind}.json") != schema_text(kind)
    ]
    yield Finding(
        "编辑器提示",
        NOTE if stale else GOOD,
        f"{SCHEMAS} 与程序版本不一致，可用 ledger schema 重新生成" if stale else SCHEMAS,
    )


def _forge(ledger: Ledger, settings: Forge) -> Iterator[Finding]:
    """What is switched on at the forge; what it does not tell is left to be looked at."""
    from ledger.adapters.forge.guards import guards_of

    try:
        guards = guards_of(ledger.repo, settings.remote, settings.base, CHECK)
    except LedgerError as error:
        yield Finding("托管平台", BAD, f"{error.message}。{error.hint}")
        return
    for guard in guards:
        state = NOTE if guard.holds is None else GOOD if guard.holds else BAD
        yield Finding(f"平台：{guard.name}", state, guard.setting)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
