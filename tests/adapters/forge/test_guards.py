from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.forge.guards import Guard, guards_of
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


def told(clone: Clone) -> list[bool | None]:
    return [each.holds for each in asked(clone)]


def asked(clone: Clone) -> tuple[Guard, ...]:
    return guards_of(clone.repo, "origin", "main", CHECK)


def set_up(forge: ForgeApi, rules: list[dict[str, Any]], **settings: Any) -> None:
    forge.settings = COMMITS_ONLY | settings
    forge.rules = rules


def test_a_gitea_where_everything_is_switched_on(forge: ForgeApi, forge_clone: Clone) -> None:
    set_up(forge, [GOOD])
    assert told(forge_clone) == [True] * 7


def test_a_gitea_as_it_comes(forge: ForgeApi, forge_clone: Clone) -> None:
    set_up(forge, [], allow_squash_merge=True, allow_rebase=True)
    assert told(forge_clone) == [False] * 7
    assert asked(forge_clone)[6].said == "还允许压缩合并、变基合并，这样合并的销号不算经过合并请求"


@pytest.mark.parametrize(
    ("changed", "place", "said"),
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
    changed: dict[str, Any], place: int, said: str, forge: ForgeApi, forge_clone: Clone
) -> None:
    set_up(forge, [GOOD | changed])
    assert told(forge_clone) == [number != place for number in range(7)]
    assert asked(forge_clone)[place].said == said


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


def test_who_is_no_administrator_is_not_told(forge: ForgeApi, forge_clone: Clone) -> None:
    set_up(forge, [GOOD])
    forge.faults["GET", "/branch_protections"] = (403, b'{"message": "must be an admin"}')
    assert told(forge_clone) == [None] * 6 + [True]
    assert "管理员的令牌" in asked(forge_clone)[0].said


def gitlab(forge: ForgeApi, clone: Clone, path: str, data: Any, status: int = 200) -> None:
    forge.faults["GET", "/version"] = (404, b"<html>404</html>")
    forge.other["/api/v4/version"] = (401, b"{}")
    below = f"/api/v4/projects/整改办/name{path}"
    forge.other[below] = (status, json.dumps(data).encode())


def test_a_gitlab(forge: ForgeApi, forge_clone: Clone) -> None:
    own = {
        "only_allow_merge_if_pipeline_succeeds": True,
        "merge_method": "rebase_merge",
        "squash_option": "never",
    }
    gitlab(forge, forge_clone, "", own)
    nobody = {"push_access_levels": [{"access_level": 0}]}
    gitlab(forge, forge_clone, "/protected_branches/main", nobody)
    gitlab(forge, forge_clone, "/approval_rules", [{"approvals_required": 1}])
    gitlab(forge, forge_clone, "/approvals", {"reset_approvals_on_push": True})
    assert told(forge_clone) == [True] * 6
    gitlab(forge, forge_clone, "/approvals", {"reset_approvals_on_push": False})
    assert told(forge_clone) == [True, True, True, False, True, True]
    gitlab(forge, forge_clone, "", own | {"merge_method": "merge"})
    assert told(forge_clone) == [True, True, True, False, False, True]
    gitlab(forge, forge_clone, "/approvals", {"message": "404"}, 404)
    gitlab(forge, forge_clone, "", {"merge_method": "ff", "squash_option": "default_on"})
    gitlab(forge, forge_clone, "/protected_branches/main", {"message": "404"}, 404)
    gitlab(forge, forge_clone, "/approval_rules", {"message": "404"}, 404)
    assert told(forge_clone) == [False, False, None, False, False]


GH = """#!/bin/sh
case "$4" in
  repos/unit/ledger) cat "$GH_ANSWERS/repo" ;;
  repos/unit/ledger/branches/main/protection) cat "$GH_ANSWERS/rule" || exit 1 ;;
esac
"""


def test_a_github(clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone.repo.run("remote", "set-url", "origin", "https://github.com/unit/ledger.git")
    (tmp_path / "gh").write_text(GH, encoding="utf-8")
    (tmp_path / "gh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GH_ANSWERS", str(tmp_path))
    merging = {"allow_merge_commit": True, "allow_squash_merge": False, "allow_rebase_merge": False}
    (tmp_path / "repo").write_text(json.dumps(merging), encoding="utf-8")
    assert told(clone) == [None] * 6 + [True]  # no administrator
    rule = {
        "required_pull_request_reviews": {
            "required_approving_review_count": 1,
            "dismiss_stale_reviews": True,
        },
        "required_status_checks": {"contexts": [CHECK], "strict": True},
        "enforce_admins": {"enabled": True},
    }
    (tmp_path / "rule").write_text(json.dumps(rule), encoding="utf-8")
    assert told(clone) == [True] * 7
    (tmp_path / "rule").write_text("{}", encoding="utf-8")
    assert told(clone) == [False] * 6 + [True]


def test_a_path_has_no_settings(clone: Clone) -> None:
    with pytest.raises(LedgerError, match="没有接口可问"):
        asked(clone)
