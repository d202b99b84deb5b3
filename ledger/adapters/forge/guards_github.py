"""What GitHub insists on for a branch, asked through its own tool.

Source: GitHub's API of repositories, protected branches and rules. A branch may be protected by the
older branch protection, which only administrators are told, and by rulesets, which every reader is;
GitHub holds everybody to all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ledger.adapters.forge import guard
from ledger.adapters.forge.address import address_of
from ledger.adapters.forge.api import as_dict
from ledger.adapters.forge.gh import api, api_answer
from ledger.adapters.forge.guard import Guard
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.words import shortened, single_line
from ledger.errors import LedgerError
from ledger.model.record import dataclass, replace

_OK, _FORBIDDEN, _NOT_FOUND = 200, 403, 404
_NONE_HERE = "not protected"
_NOT_IN_THE_PLAN = "upgrade to"  # no private repository of that plan can be protected


@dataclass(frozen=True, slots=True)
class _Asked:
    """A repository on GitHub, and what it says of itself."""

    repo: GitRepo
    host: str
    path: str
    own: Mapping[str, Any]

    def says(self, path: str) -> tuple[int, Any]:
        """Status and content of the answer below the repository's own path.

        Raises:
            LedgerError: neither an answer nor a refusal.
        """
        status, told = api_answer(self.repo, self.host, f"{self.path}/{path}")
        if status not in (_OK, *guard.DENIED):
            reason = shortened(str(as_dict(told).get("message") or ""))
            raise LedgerError(
                f"查主分支的保护时，{self.host} 没有照办（{status}）{reason and '：' + reason}",
                hint="请过几分钟再运行一次",
            )
        return status, told


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one branch protection or one ruleset asks for.

    Attributes:
        binding: whether administrators are held to it; None where that is not told.
        around: who needs no pull request all the same.
        ways: the ways of merging that it allows; empty where it does not say.
    """

    binding: bool | None
    requests: bool = False
    contexts: tuple[str, ...] = ()
    approvals: int = 0
    renewed: bool = False
    current: bool = False
    around: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()


def asked(repo: GitRepo, remote: str, base: str, check: str) -> Iterator[Guard]:
    """What GitHub insists on for a branch, one by one; raises as `gh.api`."""
    address = address_of(repo, remote)
    path = "/".join(["repos", *(quote(each, safe="") for each in address.owner_and_name())])
    here = _Asked(repo, address.host, path, as_dict(api(repo, address.host, path)))
    branch = quote(base, safe="")
    older, sets = _older(here, branch), _sets(here, branch)
    rules = [*sets, *(older or ())]
    if not rules and older is not None:
        yield from guard.unprotected(base)
    else:
        yield from _together(rules, base, check, hidden=older is None)
    yield _merging(here.own, rules)


def _older(here: _Asked, branch: str) -> tuple[_Rule, ...] | None:
    """The branch protection; empty where there is none, None where that is not told."""
    status, told = here.says(f"branches/{branch}/protection")
    told = as_dict(told)
    message = str(told.get("message") or "").lower()
    admin = as_dict(here.own.get("permissions")).get("admin") is True
    if status == _NOT_FOUND and (_NONE_HERE in message or admin):
        return ()
    if status == _FORBIDDEN and message.startswith(_NOT_IN_THE_PLAN):
        return ()
    if status in guard.DENIED:
        shown = as_dict(here.says(f"branches/{branch}")[1]).get("protected")
        return () if shown is False else None
    reviews = as_dict(told.get("required_pull_request_reviews"))
    checks = as_dict(told.get("required_status_checks"))
    around = as_dict(reviews.get("bypass_pull_request_allowances"))
    rule = _Rule(
        as_dict(told.get("enforce_admins")).get("enabled") is True,
        "required_pull_request_reviews" in told,
        tuple(str(each) for each in checks.get("contexts") or ()),
        _number(reviews.get("required_approving_review_count")),
        reviews.get("dismiss_stale_reviews") is True,
        checks.get("strict") is True,
        tuple(_named(each) for kind in ("users", "teams", "apps") for each in around.get(kind, ())),
    )
    return (rule,)


def _sets(here: _Asked, branch: str) -> list[_Rule]:
    """What the rulesets that are active for a branch ask for, each by itself."""
    _, told = here.says(f"rules/branches/{branch}?per_page=100")
    by_set: dict[Any, _Rule] = {}
    for item in told if isinstance(told, list) else ():
        rule = as_dict(item)
        number = rule.get("ruleset_id")
        if number not in by_set:
            by_set[number] = _Rule(_is_binding(here, number))
        by_set[number] = _with(by_set[number], rule.get("type"), as_dict(rule.get("parameters")))
    return list(by_set.values())


def _with(rule: _Rule, kind: Any, parameters: Mapping[str, Any]) -> _Rule:
    if kind == "pull_request":
        ways = parameters.get("allowed_merge_methods") or ()
        return replace(
            rule,
            requests=True,
            approvals=_number(parameters.get("required_approving_review_count")),
            renewed=parameters.get("dismiss_stale_reviews_on_push") is True,
            ways=tuple(str(each) for each in ways),
        )
    if kind == "required_status_checks":
        checks = [as_dict(each) for each in parameters.get("required_status_checks") or ()]
        return replace(
            rule,
            contexts=tuple(str(each.get("context")) for each in checks),
            current=parameters.get("strict_required_status_checks_policy") is True,
        )
    return rule


def _is_binding(here: _Asked, number: Any) -> bool | None:
    """Whether nobody may go around a ruleset; who may is told to who may change it."""
    around = as_dict(here.says(f"rulesets/{number}")[1]).get("bypass_actors")
    return not around if isinstance(around, list) else None


def _together(rules: Sequence[_Rule], base: str, check: str, *, hidden: bool) -> Iterator[Guard]:
    """What several rules ask for together; with `hidden` ones besides, what fails is not known."""
    facts = {each.name: each for each in _facts(rules, base, check)}
    binding = _binding(rules, base, check)
    if hidden and not all(each.holds for each in facts.values()):
        binding = guard.hidden(guard.EVERYBODY)
    for name in guard.OF_RULE:
        each = facts.get(name, binding)
        yield guard.hidden(name) if hidden and not each.holds else each


def _facts(rules: Sequence[_Rule], base: str, check: str) -> Iterator[Guard]:
    """What several rules ask for together, but for whom they bind."""
    around = [name for each in rules if each.requests for name in each.around]
    asking = [each for each in rules if each.requests and not each.around]
    if asking or not around:
        yield Guard(guard.PROTECTED, bool(asking), "要经合并请求" if asking else "没有要求合并请求")
    else:
        yield Guard(guard.PROTECTED, False, f"可以不经合并请求改动 {base} 的：{'、'.join(around)}")
    yield guard.checked([name for each in rules for name in each.contexts], check)
    yield guard.approved(max((each.approvals for each in rules), default=0))
    yield guard.switched(guard.RENEWED, any(each.renewed for each in rules))
    yield guard.switched(guard.CURRENT, any(each.current for each in rules))


def _binding(rules: Sequence[_Rule], base: str, check: str) -> Guard:
    """Whether what holds still holds when every rule that can be gone around is left out."""

    def left(*binding: bool | None) -> list[bool | None]:
        kept = [each for each in rules if each.binding in binding]
        return [each.holds for each in _facts(kept, base, check)]

    whole = left(True, False, None)
    if not any(whole) or left(True, None) != whole:
        return guard.switched(guard.EVERYBODY, False)
    return (
        guard.switched(guard.EVERYBODY, True)
        if left(True) == whole
        else guard.hidden(guard.EVERYBODY)
    )


def _merging(own: Mapping[str, Any], rules: Sequence[_Rule]) -> Guard:
    if any(each.ways == ("merge",) for each in rules):
        return guard.merged(True, {})
    if "allow_merge_commit" not in own:
        return guard.hidden(guard.MERGED)
    others = {"压缩合并": own.get("allow_squash_merge"), "变基合并": own.get("allow_rebase_merge")}
    return guard.merged(bool(own.get("allow_merge_commit")), others)


def _number(count: Any) -> int:
    return count if isinstance(count, int) else 0


def _named(who: Any) -> str:
    told = as_dict(who)
    return single_line(str(told.get("login") or told.get("slug") or ""))
