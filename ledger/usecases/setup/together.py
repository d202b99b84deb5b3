"""Who works on a ledger, and whether a closing can come to its end here: `doctor`'s hints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.adapters.git.remote import remotes
from ledger.adapters.git.walk import authors
from ledger.model.config import Config
from ledger.model.paths import CONFIG_FILE
from ledger.model.people import account
from ledger.usecases.reading.identities import addresses_at
from ledger.usecases.reading.open import Ledger, load
from ledger.usecases.setup.findings import BAD, GOOD, NOTE, Finding

_PAGE = "手册《几个人合用》的“两个人一台电脑”"
_HOOK = "hooks/pre-commit"


def together(ledger: Ledger) -> Iterator[Finding]:
    """What a closing by two people needs: a place to meet, two accounts, the policy, the checks."""
    config = load(ledger).config
    yield _remote(ledger, config)
    yield _accounts(ledger, config)
    yield _policy(config)
    yield _hook(ledger)
    yield _uncommitted(ledger)


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
    known = addresses_at(ledger, head, config) if head else None
    people: list[frozenset[str]] = []
    for name, email in sorted(signed):
        own = known.of(name, email) if known else frozenset(filter(None, (account(email),)))
        joined = [each for each in people if not each.isdisjoint(own)]
        if own:
            people = [each for each in people if each not in joined]
            people.append(own.union(*joined))
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
