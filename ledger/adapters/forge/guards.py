"""What a forge insists on before something enters the main branch, as its API tells."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from ledger.adapters.forge.address import address_of
from ledger.adapters.forge.api import as_dict, place_of
from ledger.adapters.forge.credentials import site_of
from ledger.adapters.forge.detection import forge_kind
from ledger.adapters.forge.web import Answer, Site, ask, expect
from ledger.adapters.gitrepo import GitRepo
from ledger.errors import LedgerError

PROTECTED, CHECKED = "主分支受保护", "必须通过检查"
APPROVED, RENEWED = "必须有人批准", "改了要重新批准"
EVERYBODY, MERGED = "管理员也不例外", "只用合并提交"
CURRENT = "过期的不能合并"
_OF_RULE = (PROTECTED, CHECKED, APPROVED, RENEWED, EVERYBODY, CURRENT)
_DENIED = (401, 403, 404)
_NEEDS_ADMIN = "问不到，要仓库管理员的令牌"


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing that a forge can be told to insist on.

    Attributes:
        name: `PROTECTED`, `CHECKED`, `APPROVED`, `RENEWED`, `EVERYBODY`, `CURRENT` or
            `MERGED`.
        holds: None where the forge does not tell.
        said: what is so, in Chinese.
    """

    name: str
    holds: bool | None
    said: str


def guards_of(repo: GitRepo, remote: str, base: str, check: str) -> tuple[Guard, ...]:
    """What the forge of a remote insists on for a branch.

    Args:
        check: the name of the check that is to be required.

    Raises:
        LedgerError: the remote is no forge, or cannot be asked.
    """
    kind, _ = forge_kind(repo, remote)
    if kind not in _ASKED:
        raise LedgerError("这个远端的设置没有接口可问", hint="请按手册在平台的页面上逐项核对")
    return tuple(_ASKED[kind](repo, remote, base, check))


def _gitea(repo: GitRepo, remote: str, base: str, check: str) -> Iterator[Guard]:
    """Source: the API of Gitea and Forgejo; rules are for administrators of the repository."""
    place = place_of(repo, remote)
    own = as_dict(expect(place.site, ask(place.site, "GET", place.path), "查仓库的设置"))
    listed = ask(place.site, "GET", f"{place.path}/branch_protections")
    if listed.status in _DENIED:
        yield from (Guard(name, None, _NEEDS_ADMIN) for name in _OF_RULE)
    else:
        expect(place.site, listed, "查主分支的保护")
        yield from _by_rule(_rule_for([as_dict(each) for each in _list(listed)], base), base, check)
    yield _merged(
        bool(own.get("allow_merge_commits")),
        {
            "压缩合并": own.get("allow_squash_merge"),
            "变基合并": own.get("allow_rebase") or own.get("allow_rebase_explicit"),
            "快进合并": own.get("allow_fast_forward_only_merge"),
        },
    )


def _rule_for(rules: list[dict[str, Any]], base: str) -> dict[str, Any]:
    """The rule that the forge goes by: the first in its order whose name or pattern matches.

    Source: Gitea orders by `priority`, which it gives out in the order of creation; with the same
    one, and in Forgejo, which has none, a branch's own name comes before patterns.
    """

    def order(rule: Mapping[str, Any]) -> tuple[int, bool]:
        priority = rule.get("priority")
        return priority if isinstance(priority, int) else 0, _name_of(rule) != base

    return next((each for each in sorted(rules, key=order) if _matches(each, base)), {})


def _name_of(rule: Mapping[str, Any]) -> str:
    return str(rule.get("rule_name") or rule.get("branch_name"))


def _matches(rule: Mapping[str, Any], base: str) -> bool:
    name = _name_of(rule)
    return name == base or fnmatchcase(base, name)


def _by_rule(rule: Mapping[str, Any], base: str, check: str) -> Iterator[Guard]:
    if not rule:
        yield Guard(PROTECTED, False, f"{base} 没有保护规则")
        yield Guard(CHECKED, False, "没有要求任何检查")
        yield Guard(APPROVED, False, "没有要求批准")
        yield Guard(RENEWED, False, "没有要求批准")
        yield Guard(EVERYBODY, False, f"{base} 没有保护规则")
        yield Guard(CURRENT, False, f"{base} 没有保护规则")
        return
    yield _protected(rule, base)
    contexts = [str(each) for each in rule.get("status_check_contexts") or ()]
    full = f"{check} / {check} (pull_request_target)"
    yield _checked(contexts if rule.get("enable_status_check") else [], full)
    yield _approved(rule.get("required_approvals"))
    yield _renewed(rule.get("dismiss_stale_approvals") or rule.get("ignore_stale_approvals"))
    yield _everybody(rule.get("block_admin_merge_override") or rule.get("apply_to_admins"))
    yield _current(rule.get("block_on_outdated_branch"))


def _protected(rule: Mapping[str, Any], base: str) -> Guard:
    """Who may push to the branch, or change some of its files without a request."""
    files = str(rule.get("unprotected_file_patterns") or "")
    listed = [rule.get(f"push_whitelist_{each}") for each in ("usernames", "teams")]
    pushers = [str(name) for names in listed if isinstance(names, list) for name in names]
    if rule.get("push_whitelist_deploy_keys"):
        pushers.append("部署密钥")
    if not rule.get("enable_push"):
        if files:
            return Guard(PROTECTED, False, f"可以直接推送 {base} 里的 {files}")
        return Guard(PROTECTED, True, f"谁也不能直接推送 {base}")
    if rule.get("enable_push_whitelist"):
        named = "、".join(pushers) or "名单里没有人"
        return Guard(PROTECTED, not pushers, f"可以直接推送 {base} 的：{named}")
    return Guard(PROTECTED, False, f"谁都可以直接推送 {base}")


def _gitlab(repo: GitRepo, remote: str, base: str, check: str) -> Iterator[Guard]:
    """Source: GitLab's API of projects, protected branches and approvals."""
    site = _with_bearer(site_of(repo, remote))
    below = address_of(repo, remote).path
    path = f"/api/v4/projects/{quote(below, safe='')}"
    own = as_dict(expect(site, ask(site, "GET", path), "查项目的设置"))
    branch = ask(site, "GET", f"{path}/protected_branches/{quote(base, safe='')}")
    levels = as_dict(branch.data).get("push_access_levels")
    pushers = [
        str(each.get("access_level_description") or each.get("access_level"))
        for each in (levels if isinstance(levels, list) else ())
        if as_dict(each).get("access_level") != 0
    ]
    if branch.status in _DENIED:
        known = None if branch.status != 404 else False
        yield Guard(PROTECTED, known, _NEEDS_ADMIN if known is None else f"{base} 没有受保护")
    else:
        named = "、".join(pushers)
        said = f"可以直接推送 {base} 的：{named}" if named else f"谁也不能直接推送 {base}"
        yield Guard(PROTECTED, not pushers, said)
    green = own.get("only_allow_merge_if_pipeline_succeeds") is True
    skipped = own.get("allow_merge_on_skipped_pipeline") is True
    said = "流水线通过才能合并" if green else "流水线没有通过也能合并"
    yield Guard(CHECKED, green and not skipped, said + ("，跳过的也算通过" if skipped else ""))
    rules = ask(site, "GET", f"{path}/approval_rules")
    counts = [as_dict(each).get("approvals_required") for each in _list(rules)]
    if rules.status in _DENIED:
        yield Guard(APPROVED, None, "这个版本的 GitLab 不能要求批准，请由服务器的钩子把关")
    else:
        yield _approved(max((each for each in counts if isinstance(each, int)), default=0))
    approvals = ask(site, "GET", f"{path}/approvals")
    if approvals.status not in _DENIED:
        yield _renewed(as_dict(approvals.data).get("reset_approvals_on_push"))
    method = own.get("merge_method")
    yield _current(method == "rebase_merge")
    yield _merged(
        method in ("merge", "rebase_merge"),
        {"压缩合并": own.get("squash_option") not in ("never", None)},
    )


def _github(repo: GitRepo, remote: str, base: str, check: str) -> Iterator[Guard]:
    """Source: GitHub's API of repositories and protected branches, through its own tool."""
    from ledger.adapters.forge.gh import api

    owner, name = address_of(repo, remote).owner_and_name()
    host = address_of(repo, remote).host
    own = as_dict(_parsed(api(repo, host, f"repos/{owner}/{name}")))
    try:
        rule = as_dict(_parsed(api(repo, host, f"repos/{owner}/{name}/branches/{base}/protection")))
    except LedgerError:
        yield from (Guard(each, None, _NEEDS_ADMIN) for each in _OF_RULE)
    else:
        reviews = as_dict(rule.get("required_pull_request_reviews"))
        said = "要经合并请求" if reviews else "没有要求合并请求"
        yield Guard(PROTECTED, bool(reviews), said)
        checks = as_dict(rule.get("required_status_checks")).get("contexts")
        yield _checked([str(each) for each in checks or ()], check)
        yield _approved(reviews.get("required_approving_review_count"))
        yield _renewed(reviews.get("dismiss_stale_reviews"))
        yield _everybody(as_dict(rule.get("enforce_admins")).get("enabled"))
        yield _current(as_dict(rule.get("required_status_checks")).get("strict"))
    if "allow_merge_commit" not in own:
        yield Guard(MERGED, None, _NEEDS_ADMIN)
        return
    others = {"压缩合并": own.get("allow_squash_merge"), "变基合并": own.get("allow_rebase_merge")}
    yield _merged(bool(own.get("allow_merge_commit")), others)


_ASKED: Mapping[str, Callable[[GitRepo, str, str, str], Iterator[Guard]]] = {
    "gitea": _gitea,
    "gitlab": _gitlab,
    "github": _github,
}


def _checked(contexts: list[str], check: str) -> Guard:
    """Whether the check is among those required, under the very name that the forge gives it."""
    found = [each for each in contexts if fnmatchcase(check, each)]
    if found:
        return Guard(CHECKED, True, f"要求 {found[0]}")
    named = f"要求的只有 {'、'.join(contexts)}" if contexts else "没有要求任何检查"
    return Guard(CHECKED, False, f"{named}，没有“{check}”")


def _approved(count: Any) -> Guard:
    number = count if isinstance(count, int) else 0
    return Guard(APPROVED, number >= 1, f"要求 {number} 人批准" if number else "没有要求批准")


def _renewed(on: Any) -> Guard:
    said = "批准以后又改的，要重新批准" if on else "批准以后又改了的，原来的批准还算数"
    return Guard(RENEWED, bool(on), said)


def _everybody(on: Any) -> Guard:
    said = "管理员也要按规则合并" if on else "管理员可以越过检查和批准，强行合并"
    return Guard(EVERYBODY, bool(on), said)


def _current(on: Any) -> Guard:
    said = (
        "落后于主分支的，更新以后才能合并" if on else "落后于主分支的也能合并，合起来的样子没有查过"
    )
    return Guard(CURRENT, bool(on), said)


def _merged(commits: bool, others: Mapping[str, Any]) -> Guard:
    allowed = [name for name, there in others.items() if there]
    if not commits:
        return Guard(MERGED, False, "不允许合并提交")
    if allowed:
        named = "、".join(allowed)
        return Guard(MERGED, False, f"还允许{named}，这样合并的销号不算经过合并请求")
    return Guard(MERGED, True, "只允许合并提交")


def _with_bearer(site: Site) -> Site:
    """GitLab wants its tokens announced in another word."""
    return replace(site, authorization=site.authorization.replace("token ", "Bearer ", 1))


def _list(answer: Answer) -> list[Any]:
    return answer.data if isinstance(answer.data, list) else []


def _parsed(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return None
