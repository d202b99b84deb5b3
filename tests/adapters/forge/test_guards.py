from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.forge.guard import Guard
from ledger.adapters.forge.guards import guards_of
from ledger.cli.app import run
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from tests.adapters.forge.conftest import Clone, ForgeApi

CHECK = "台账检查"
FULL = f"{CHECK} / {CHECK} (pull_request_target)"
TOKEN = "0123456789abcdef0123456789abcdef01234567"
GOOD = {
    "rule_name": "main",
    "enable_push": False,
    "enable_status_check": True,
    "status_check_contexts": [FULL],
    "required_approvals": 1,
    "dismiss_stale_approvals": True,
    "block_admin_merge_override": True,
    "block_on_outdated_branch": True,
}
COMMITS_ONLY = {
    "allow_merge_commits": True,
    "allow_squash_merge": False,
    "allow_rebase": False,
    "allow_rebase_explicit": False,
    "allow_fast_forward_only_merge": False,
}


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)


def asked(clone: Clone) -> tuple[Guard, ...]:
    return guards_of(clone.repo, "origin", "main", CHECK)


def holding(guards: Iterable[Guard]) -> list[bool | None]:
    return [each.holds for each in guards]


def told(clone: Clone) -> list[bool | None]:
    return holding(asked(clone))


def set_up(forge: ForgeApi, rules: list[dict[str, Any]], **settings: Any) -> None:
    forge.settings = COMMITS_ONLY | settings
    forge.rules = rules


def test_a_gitea_where_everything_is_switched_on(forge: ForgeApi, forge_clone: Clone) -> None:
    set_up(forge, [GOOD])
    assert told(forge_clone) == [True] * 7


def test_a_gitea_as_it_comes(forge: ForgeApi, forge_clone: Clone) -> None:
    set_up(forge, [], allow_squash_merge=True, allow_rebase=True)
    guards = asked(forge_clone)
    assert holding(guards) == [False] * 7
    assert guards[6].setting == "还允许压缩合并、变基合并，这样合并的销号不算经过合并请求"


@pytest.mark.parametrize(
    ("changed", "place", "setting"),
    [
        ({"enable_push": True}, 0, "谁都可以直接推送 main"),
        (
            {"enable_push": True, "enable_push_whitelist": True, "push_whitelist_usernames": ["a"]},
            0,
            "可以直接推送 main 的：a",
        ),
        (
            {
                "enable_push": True,
                "enable_push_whitelist": True,
                "push_whitelist_deploy_keys": True,
            },
            0,
            "可以直接推送 main 的：部署密钥",
        ),
        ({"unprotected_file_patterns": "data/**"}, 0, "可以直接推送 main 里的 data/**"),
        ({"enable_status_check": False}, 1, f"没有要求任何检查，没有“{FULL}”"),
        ({"status_check_contexts": ["build"]}, 1, f"要求的只有 build，没有“{FULL}”"),
        ({"status_check_contexts": [CHECK]}, 1, f"要求的只有 {CHECK}，没有“{FULL}”"),
        ({"required_approvals": 0}, 2, "没有要求批准"),
        ({"dismiss_stale_approvals": False}, 3, "批准以后又改了的，原来的批准还算数"),
        ({"block_admin_merge_override": False}, 4, "管理员可以越过检查和批准，强行合并"),
        ({"block_on_outdated_branch": False}, 5, "落后于主分支的也能合并，合起来的样子没有查过"),
    ],
)
def test_each_thing_that_is_switched_off_is_told(
    changed: dict[str, Any], place: int, setting: str, forge: ForgeApi, forge_clone: Clone
) -> None:
    set_up(forge, [GOOD | changed])
    guards = asked(forge_clone)
    assert holding(guards) == [number != place for number in range(7)]
    assert guards[place].setting == setting


def test_a_forgejo_has_other_words(forge: ForgeApi, forge_clone: Clone) -> None:
    own = {"block_admin_merge_override": None, "dismiss_stale_approvals": False}
    forgejo = {"apply_to_admins": True, "ignore_stale_approvals": True}
    set_up(forge, [GOOD | own | forgejo])
    assert told(forge_clone) == [True] * 7


@pytest.mark.parametrize("pattern", ["台账检查*", "*", FULL, FULL.replace("_target", "*")])
def test_a_check_may_be_required_by_a_pattern(
    pattern: str, forge: ForgeApi, forge_clone: Clone
) -> None:
    set_up(forge, [GOOD | {"status_check_contexts": ["build", pattern]}])
    assert told(forge_clone)[1] is True


def test_the_rule_of_the_branch_itself_comes_before_patterns(
    forge: ForgeApi, forge_clone: Clone
) -> None:
    set_up(forge, [{"rule_name": "*", "enable_push": True}, GOOD])
    assert told(forge_clone) == [True] * 7
    set_up(forge, [{"rule_name": "other", "enable_push": True}, GOOD | {"rule_name": "ma*"}])
    assert told(forge_clone) == [True] * 7


def test_where_rules_have_a_priority_the_forge_goes_by_it(
    forge: ForgeApi, forge_clone: Clone
) -> None:
    """Gitea numbers them as they are made: a pattern made first comes before the branch's own."""
    pattern = {"rule_name": "*", "enable_push": True}
    set_up(forge, [GOOD | {"priority": 2}, pattern | {"priority": 1}])
    assert told(forge_clone)[0] is False
    set_up(forge, [pattern | {"priority": 2}, GOOD | {"priority": 1}])
    assert told(forge_clone) == [True] * 7


DENIED = b'{"message": "must be an admin"}'
BRANCH = "/api/v1/repos/整改办/name/branches/main"


def to_readers(forge: ForgeApi, status: int, **told: Any) -> None:
    """What a Gitea tells of a branch to everybody who may read it."""
    forge.faults["GET", "/branch_protections"] = (403, DENIED)
    forge.other[BRANCH] = (status, json.dumps({"name": "main"} | told).encode())


def test_who_is_no_administrator_is_told_what_every_reader_is(
    forge: ForgeApi, forge_clone: Clone
) -> None:
    set_up(forge, [GOOD])
    shown = {"required_approvals": 1, "enable_status_check": True, "status_check_contexts": [FULL]}
    to_readers(forge, 200, protected=True, **shown)
    guards = asked(forge_clone)
    assert holding(guards) == [None, True, True, None, None, None, True]
    assert "管理员的令牌" in guards[0].setting
    to_readers(forge, 200, protected=True, **shown | {"required_approvals": 0})
    assert told(forge_clone) == [None, True, False, None, None, None, True]


def test_that_nothing_is_protected_is_told_to_every_reader(
    forge: ForgeApi, forge_clone: Clone
) -> None:
    set_up(forge, [])
    to_readers(forge, 200, protected=False)
    guards = asked(forge_clone)
    assert holding(guards) == [False] * 6 + [True]
    assert guards[0].setting == "main 没有保护规则"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_nobody_is_told_stays_open(status: int, forge: ForgeApi, forge_clone: Clone) -> None:
    set_up(forge, [GOOD])
    to_readers(forge, status)
    assert told(forge_clone) == [None] * 6 + [True]


GITLAB_OWN = {
    "only_allow_merge_if_pipeline_succeeds": True,
    "merge_method": "rebase_merge",
    "squash_option": "never",
}
NOBODY = {"push_access_levels": [{"access_level": 0}]}
MAINTAINERS = {"access_level": 40, "access_level_description": "Maintainers"}


def gitlab(forge: ForgeApi, path: str, data: Any, status: int = 200) -> None:
    forge.faults["GET", "/version"] = (404, b"<html>404</html>")
    forge.other["/api/v4/version"] = (401, b"{}")
    below = f"/api/v4/projects/整改办/name{path}"
    forge.other[below] = (status, json.dumps(data).encode())


def gitlab_as_wanted(forge: ForgeApi) -> None:
    gitlab(forge, "", GITLAB_OWN)
    gitlab(forge, "/protected_branches", [{"name": "main"} | NOBODY])
    gitlab(forge, "/approval_rules", [{"approvals_required": 1}])
    gitlab(forge, "/approvals", {"reset_approvals_on_push": True})


def test_a_gitlab(forge: ForgeApi, forge_clone: Clone) -> None:
    gitlab_as_wanted(forge)
    assert told(forge_clone) == [True] * 6
    gitlab(forge, "/approvals", {"reset_approvals_on_push": False})
    assert told(forge_clone) == [True, True, True, False, True, True]
    gitlab(forge, "", GITLAB_OWN | {"merge_method": "merge"})
    assert told(forge_clone) == [True, True, True, False, False, True]
    gitlab(forge, "/approvals", {"message": "404"}, 404)
    off = {"only_allow_merge_if_pipeline_succeeds": False}
    gitlab(forge, "", {"merge_method": "ff", "squash_option": "default_on"} | off)
    gitlab(forge, "/protected_branches", [])
    gitlab(forge, "/approval_rules", {"message": "404"}, 404)
    guards = asked(forge_clone)
    assert holding(guards) == [False, False, None, False, False]
    assert guards[0].setting == "main 没有保护规则"


@pytest.mark.parametrize(
    ("rules", "holds", "setting"),
    [
        ([{"name": "ma*"} | NOBODY], True, "谁也不能直接推送 main"),
        ([{"name": "*"} | NOBODY], True, "谁也不能直接推送 main"),
        ([{"name": "m?in"} | NOBODY], False, "main 没有保护规则"),  # only the star is a pattern
        ([{"name": "release/*"} | NOBODY], False, "main 没有保护规则"),
        (
            # of several the most permissive counts
            [{"name": "main"} | NOBODY, {"name": "*", "push_access_levels": [MAINTAINERS]}],
            False,
            "可以直接推送 main 的：Maintainers",
        ),
    ],
)
def test_a_gitlab_protects_by_patterns_too(
    rules: list[Any], holds: bool, setting: str, forge: ForgeApi, forge_clone: Clone
) -> None:
    gitlab_as_wanted(forge)
    gitlab(forge, "/protected_branches", rules)
    guard = asked(forge_clone)[0]
    assert (guard.holds, guard.setting) == (holds, setting)


@pytest.mark.parametrize(("protected", "holds"), [(False, False), (True, None)])
def test_a_gitlab_tells_readers_whether_a_branch_is_protected_at_all(
    protected: bool, holds: bool | None, forge: ForgeApi, forge_clone: Clone
) -> None:
    gitlab_as_wanted(forge)
    gitlab(forge, "", {"name": "name"})  # to who is no maintainer the settings are not told
    for path in ("/protected_branches", "/approval_rules", "/approvals"):
        gitlab(forge, path, {"message": "403 Forbidden"}, 403)
    gitlab(forge, "/repository/branches/main", {"protected": protected})
    guards = asked(forge_clone)
    assert holding(guards) == [holds] + [None] * 5
    assert "管理员的令牌" in guards[2].setting
    gitlab(forge, "/repository/branches/main", {"message": "404"}, 404)
    assert told(forge_clone) == [None] * 6


GH = """#!/bin/sh
# gh api --hostname=… -- <path>: the answer on stdout, what went wrong on stderr besides
name=$(echo "${4#repos/unit/ledger}" | sed 's,^/,,; s,[/?],_,g')
file="$GH_ANSWERS/${name:-repo}.json"
[ -e "$file" ] || file="$GH_ANSWERS/none.json"
cat "$file"
status=$(sed -n 's/.*"status": "\\([0-9]*\\)".*/\\1/p' "$file")
[ -z "$status" ] && exit 0
echo "gh: $(sed 's/.*"message": "\\([^"]*\\)".*/\\1/' "$file") (HTTP $status)" >&2
exit 1
"""
RULE = {
    "required_pull_request_reviews": {
        "required_approving_review_count": 1,
        "dismiss_stale_reviews": True,
    },
    "required_status_checks": {"contexts": [CHECK], "strict": True},
    "enforce_admins": {"enabled": True},
}
MERGING = {"allow_merge_commit": True, "allow_squash_merge": False, "allow_rebase_merge": False}
NOT_PROTECTED = ("Branch not protected", 404)
NO_RIGHT = ("Not Found", 404)


class GitHub:
    """What a repository on GitHub answers, by the path below the repository's own."""

    def __init__(self, clone: Clone, folder: Path) -> None:
        self.clone, self.folder = clone, folder
        self.refuses("none", "Not Found", 404)

    def says(self, path: str, data: Any) -> None:
        name = re.sub(r"[/?]", "_", path)
        text = json.dumps(data, ensure_ascii=False)
        (self.folder / f"{name}.json").write_text(text, encoding="utf-8")

    def refuses(self, path: str, message: str, status: int) -> None:
        self.says(path, {"message": message, "status": str(status)})

    def ruled(self, *rules: dict[str, Any], bypass: Any = ()) -> None:
        """Rules of the set 7, and who may go around that set; None: it is not told."""
        self.says("rules/branches/main?per_page=100", [{"ruleset_id": 7} | each for each in rules])
        told = {} if bypass is None else {"bypass_actors": list(bypass)}
        self.says("rulesets/7", {"id": 7} | told)


@pytest.fixture
def github(clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitHub:
    """An administrator's view of a repository where nothing is protected."""
    clone.repo.run("remote", "set-url", "origin", "https://github.com/unit/ledger.git")
    place = tmp_path / "answers"
    place.mkdir()
    (tmp_path / "gh").write_text(GH, encoding="utf-8")
    (tmp_path / "gh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GH_ANSWERS", str(place))
    made = GitHub(clone, place)
    made.says("repo", MERGING | {"permissions": {"admin": True}})
    made.refuses("branches/main/protection", *NOT_PROTECTED)
    made.says("rules/branches/main?per_page=100", [])
    return made


PROTECTION = "branches/main/protection"


def test_a_github(github: GitHub) -> None:
    github.says(PROTECTION, RULE)
    assert told(github.clone) == [True] * 7
    github.says(PROTECTION, {})
    assert told(github.clone) == [False] * 6 + [True]


@pytest.mark.parametrize(
    ("message", "status"),
    [NOT_PROTECTED, NO_RIGHT, ("Upgrade to GitHub Pro or make this repository public", 403)],
)
def test_a_github_where_main_is_not_protected(message: str, status: int, github: GitHub) -> None:
    """An administrator is not told "not found" for want of a right."""
    github.refuses(PROTECTION, message, status)
    if status == 403:
        github.refuses("rules/branches/main?per_page=100", message, status)
    guards = asked(github.clone)
    assert holding(guards) == [False] * 6 + [True]
    assert guards[0].setting == "main 没有保护规则"


def test_doctor_holds_it_against_the_forge_that_nothing_is_protected(
    github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(github.clone.repo.root), "doctor", "--forge", "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)
    states = [each["state"] for each in findings if each["subject"].startswith("平台：")]
    assert states == ["有误"] * 6 + ["正常"]


@pytest.mark.parametrize(("message", "status"), [NO_RIGHT, ("Resource not accessible", 403)])
def test_a_github_tells_readers_whether_main_is_protected_at_all(
    message: str, status: int, github: GitHub
) -> None:
    github.says("repo", {"permissions": {"admin": False}})
    github.refuses(PROTECTION, message, status)
    github.says("branches/main", {"protected": True})
    guards = asked(github.clone)
    assert holding(guards) == [None] * 7
    assert "管理员" in guards[0].setting
    github.says("branches/main", {"protected": False})
    assert told(github.clone) == [False] * 6 + [None]
    github.refuses("branches/main", "Branch not found", 404)
    assert told(github.clone) == [None] * 7


REQUESTS = {
    "type": "pull_request",
    "parameters": {
        "required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": True,
        "allowed_merge_methods": ["merge"],
    },
}
CHECKS = {
    "type": "required_status_checks",
    "parameters": {
        "required_status_checks": [{"context": CHECK}],
        "strict_required_status_checks_policy": True,
    },
}


def test_a_github_that_protects_by_rulesets(github: GitHub) -> None:
    """They need no administrator to be seen; who may go around them needs one."""
    github.says("repo", MERGING | {"allow_squash_merge": True})
    github.ruled(REQUESTS, CHECKS, {"type": "deletion"})
    assert told(github.clone) == [True] * 7
    github.ruled(REQUESTS, CHECKS, bypass=[{"actor_type": "RepositoryRole", "actor_id": 5}])
    assert told(github.clone) == [True] * 4 + [False, True, True]
    github.ruled(REQUESTS, CHECKS, bypass=None)
    assert told(github.clone) == [True] * 4 + [None, True, True]
    github.ruled(CHECKS)
    assert told(github.clone) == [False, True, False, False, True, True, False]
    github.ruled({"type": "deletion"})
    assert told(github.clone) == [False] * 7


def test_a_github_that_protects_by_both(github: GitHub) -> None:
    github.says(PROTECTION, RULE | {"enforce_admins": {"enabled": False}})
    github.ruled(REQUESTS, bypass=[{"actor_id": 5}])
    assert told(github.clone) == [True] * 4 + [False, True, True]
    github.ruled(REQUESTS, CHECKS)  # what administrators may not go around is enough
    assert told(github.clone) == [True] * 7
    github.refuses(PROTECTION, *NO_RIGHT)
    github.says("repo", MERGING)
    github.says("branches/main", {"protected": True})
    github.ruled(CHECKS)
    assert told(github.clone) == [None, True, None, None, None, True, True]


def test_who_may_do_without_a_request_on_github(github: GitHub) -> None:
    around = {"users": [{"login": "a"}], "teams": [], "apps": [{"slug": "b"}]}
    reviews = RULE["required_pull_request_reviews"] | {"bypass_pull_request_allowances": around}
    github.says(PROTECTION, RULE | {"required_pull_request_reviews": reviews})
    first = asked(github.clone)[0]
    assert (first.holds, first.setting) == (False, "可以不经合并请求改动 main 的：a、b")


def test_a_branch_of_another_name_on_github(github: GitHub) -> None:
    """Its name is one part of the path, whatever is in it."""
    name = "%E5%8F%B0%E8%B4%A6%2Fa"
    github.says(f"branches/{name}/protection", RULE)
    github.says(f"rules/branches/{name}?per_page=100", [])
    guards = guards_of(github.clone.repo, "origin", "台账/a", CHECK)
    assert holding(guards) == [True] * 7


def test_a_github_that_cannot_be_asked(github: GitHub, tmp_path: Path) -> None:
    (tmp_path / "gh").write_text("#!/bin/sh\necho 'error connecting' >&2\nexit 1\n")
    with pytest.raises(LedgerError, match="error connecting"):
        asked(github.clone)
    github.refuses("repo", "Not Found", 404)
    (tmp_path / "gh").write_text(GH, encoding="utf-8")
    with pytest.raises(LedgerError, match=r"Not Found \(HTTP 404\)"):
        asked(github.clone)
    github.says("repo", MERGING)
    github.refuses(PROTECTION, "Server Error", 502)
    with pytest.raises(LedgerError, match=r"没有照办（502）：Server Error"):
        asked(github.clone)


def test_a_path_has_no_settings(clone: Clone) -> None:
    with pytest.raises(LedgerError, match="没有接口可问"):
        asked(clone)
