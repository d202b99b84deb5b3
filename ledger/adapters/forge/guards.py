"""What a forge insists on before something enters the main branch, as its API tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from ledger.adapters.forge import guard, guards_github
from ledger.adapters.forge.address import address_of
from ledger.adapters.forge.api import Place, as_dict, place_of
from ledger.adapters.forge.credentials import site_of
from ledger.adapters.forge.detection import forge_kind
from ledger.adapters.forge.guard import Guard
from ledger.adapters.forge.web import Answer, Site, ask, expect
from ledger.adapters.git.repo import GitRepo
from ledger.errors import LedgerError
from ledger.model.record import replace

_OK, _NOT_FOUND = 200, 404
_FULL = "{0} / {0} (pull_request_target)"  # workflow, job and event, as these forges join them


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
    if listed.status in guard.DENIED:
        yield from _to_readers(place, base, check)
    else:
        expect(place.site, listed, "查主分支的保护")
        yield from _by_rule(_rule_for(_records(listed), base), base, check)
    yield guard.merged(
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

    fitting = (each for each in rules if fnmatchcase(base, _name_of(each)))
    return min(fitting, key=order, default={})


def _name_of(rule: Mapping[str, Any]) -> str:
    return str(rule.get("rule_name") or rule.get("branch_name"))


def _by_rule(rule: Mapping[str, Any], base: str, check: str) -> Iterator[Guard]:
    if not rule:
        yield from guard.unprotected(base)
        return
    yield _protected(rule, base)
    yield from _asked_of_requests(rule, check)
    renewed = rule.get("dismiss_stale_approvals") or rule.get("ignore_stale_approvals")
    yield guard.switched(guard.RENEWED, renewed)
    everybody = rule.get("block_admin_merge_override") or rule.get("apply_to_admins")
    yield guard.switched(guard.EVERYBODY, everybody)
    yield guard.switched(guard.CURRENT, rule.get("block_on_outdated_branch"))


def _asked_of_requests(rule: Mapping[str, Any], check: str) -> Iterator[Guard]:
    contexts = rule.get("status_check_contexts") if rule.get("enable_status_check") else ()
    yield guard.checked([str(each) for each in contexts or ()], _FULL.format(check))
    yield guard.approved(rule.get("required_approvals"))


def _to_readers(place: Place, base: str, check: str) -> Iterator[Guard]:
    """What a Gitea or Forgejo tells of a branch to everybody who may read the repository."""
    answer = ask(place.site, "GET", f"{place.path}/branches/{quote(base, safe='')}")
    told = as_dict(answer.data)
    if answer.status != _OK or not isinstance(told.get("protected"), bool):
        yield from map(guard.hidden, guard.OF_RULE)
    elif not told["protected"]:
        yield from guard.unprotected(base)
    else:
        yield guard.hidden(guard.PROTECTED)
        yield from _asked_of_requests(told, check)
        yield from map(guard.hidden, (guard.RENEWED, guard.EVERYBODY, guard.CURRENT))


def _protected(rule: Mapping[str, Any], base: str) -> Guard:
    """Who may push to the branch, or change some of its files without a request."""
    files = str(rule.get("unprotected_file_patterns") or "")
    listed = [rule.get(f"push_whitelist_{each}") for each in ("usernames", "teams")]
    pushers = [str(name) for names in listed if isinstance(names, list) for name in names]
    if rule.get("push_whitelist_deploy_keys"):
        pushers.append("部署密钥")
    if not rule.get("enable_push"):
        if files:
            return Guard(guard.PROTECTED, False, f"可以直接推送 {base} 里的 {files}")
        return Guard(guard.PROTECTED, True, f"谁也不能直接推送 {base}")
    if rule.get("enable_push_whitelist"):
        named = "、".join(pushers) or "名单里没有人"
        return Guard(guard.PROTECTED, not pushers, f"可以直接推送 {base} 的：{named}")
    return Guard(guard.PROTECTED, False, f"谁都可以直接推送 {base}")


def _gitlab(repo: GitRepo, remote: str, base: str, check: str) -> Iterator[Guard]:
    """Source: GitLab's API of projects, protected branches and approvals."""
    site = site_of(repo, remote)  # GitLab wants its tokens announced in another word
    site = replace(site, authorization=site.authorization.replace("token ", "Bearer ", 1))
    path = f"/api/v4/projects/{quote(address_of(repo, remote).path, safe='')}"
    own = as_dict(expect(site, ask(site, "GET", path), "查项目的设置"))
    yield _gitlab_protected(site, path, base)
    yield _gitlab_checked(own)
    rules = ask(site, "GET", f"{path}/approval_rules")
    counts = [each.get("approvals_required") for each in _records(rules)]
    if rules.status == _NOT_FOUND:
        yield Guard(guard.APPROVED, None, "这个版本的 GitLab 不能要求批准，请由服务器的钩子把关")
    elif rules.status in guard.DENIED:
        yield guard.hidden(guard.APPROVED)
    else:
        yield guard.approved(max((each for each in counts if isinstance(each, int)), default=0))
    approvals = ask(site, "GET", f"{path}/approvals")
    if approvals.status not in guard.DENIED:
        yield guard.switched(guard.RENEWED, as_dict(approvals.data).get("reset_approvals_on_push"))
    elif approvals.status != _NOT_FOUND:
        yield guard.hidden(guard.RENEWED)
    method = own.get("merge_method")
    if method is None:
        yield from map(guard.hidden, (guard.CURRENT, guard.MERGED))
        return
    yield guard.switched(guard.CURRENT, method == "rebase_merge")
    yield guard.merged(
        method in ("merge", "rebase_merge"),
        {"压缩合并": own.get("squash_option") not in ("never", None)},
    )


def _gitlab_protected(site: Site, path: str, base: str) -> Guard:
    """Who may push to a branch: of several rules that match it the most permissive counts.

    Source: GitLab's manual, protected branches: only `*` is a wildcard; readers are told whether a
    branch is protected at all.
    """
    listed = ask(site, "GET", f"{path}/protected_branches", query={"per_page": 100})
    if listed.status in guard.DENIED:
        branch = ask(site, "GET", f"{path}/repository/branches/{quote(base, safe='')}")
        if as_dict(branch.data).get("protected") is not False:
            return guard.hidden(guard.PROTECTED)
    else:
        expect(site, listed, "查主分支的保护")
    matching = [each for each in _records(listed) if _stars(str(each.get("name"))).fullmatch(base)]
    if not matching:
        return Guard(guard.PROTECTED, False, f"{base} 没有保护规则")
    levels = [as_dict(each) for rule in matching for each in rule.get("push_access_levels") or ()]
    pushers = dict.fromkeys(
        str(level.get("access_level_description") or level.get("access_level"))
        for level in levels
        if level.get("access_level") != 0
    )
    named = "、".join(pushers)
    setting = f"可以直接推送 {base} 的：{named}" if named else f"谁也不能直接推送 {base}"
    return Guard(guard.PROTECTED, not pushers, setting)


def _stars(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))))


def _gitlab_checked(own: Mapping[str, Any]) -> Guard:
    green = own.get("only_allow_merge_if_pipeline_succeeds")
    if green is None:
        return guard.hidden(guard.CHECKED)
    skipped = own.get("allow_merge_on_skipped_pipeline") is True
    setting = "流水线通过才能合并" if green else "流水线没有通过也能合并"
    also = "，跳过的也算通过" if skipped else ""
    return Guard(guard.CHECKED, green is True and not skipped, setting + also)


_ASKED: Mapping[str, Callable[[GitRepo, str, str, str], Iterator[Guard]]] = {
    "gitea": _gitea,
    "gitlab": _gitlab,
    "github": guards_github.asked,
}


def _records(answer: Answer) -> list[dict[str, Any]]:
    return [as_dict(each) for each in answer.data] if isinstance(answer.data, list) else []
