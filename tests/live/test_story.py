"""The story on a real forge with a real runner: honest work is green and merged, cheats are red.

Runs only when besides `LEDGER_LIVE_FORGE` and `LEDGER_LIVE_TOKEN` (an administrator's, with every
scope) there are `LEDGER_LIVE_RUNNER` (a runner's program) and `LEDGER_LIVE_WHEELS` (a folder with
the wheels that ledger needs, as `pip wheel` leaves it). `LEDGER_LIVE_REPOSITORIES`, the folder of
the forge's own bare repositories on this machine, adds what the server's hook refuses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest

from ledger.adapters.forge.web import Answer
from tests.live.bureau import ADDRESS, DAY, REPOSITORIES, TOKEN, Bureau, Person, asked, kind, until
from tests.live.plan import CHEATS, IDS, MEETING, edit, no_meeting, path_of

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("live"),
    pytest.mark.skipif(
        not (ADDRESS and TOKEN), reason="LEDGER_LIVE_FORGE and LEDGER_LIVE_TOKEN name no forge"
    ),
]


NEXT_DAY = "2020-12-07"


def number_of(output: str) -> int:
    """The number of the request whose page is told."""
    page = re.search(rf"{re.escape(ADDRESS)}/\S+/pulls/(\d+)", output)
    assert page, output
    return int(page[1])


def closed(bureau: Bureau, task: str) -> bool:
    """Whether a task is closed on the forge's main branch."""
    bureau.leader.git("fetch", "--quiet", "origin")
    return "status: 已销号" in bureau.leader.git("show", f"origin/main:{path_of(task)}")


def listed(person: Person) -> str:
    return person.ledger("close", "--list")


@pytest.mark.parametrize("via", ["api", "agit"])
def test_an_honest_closing_is_green_and_merged_by_the_second_person(
    via: str, decided: Bureau
) -> None:
    task = IDS[0] if via == "api" else IDS[1]
    clerk, leader = decided.clerk, decided.leader
    way = ("--via", via)
    output = clerk.ledger("close", task, "--decision", MEETING, *way, day=DAY)
    number = number_of(output)
    branch = f"close/{MEETING}_{task}"
    again = clerk.ledger("close", task, "--decision", MEETING, *way, day=NEXT_DAY)
    assert number_of(again) == number  # on another day the same request goes on
    waiting = until(lambda: told if "正在检查" in (told := listed(clerk)) else None, "the check")
    assert "正在检查，0 人批准" in waiting
    assert "下一步：等检查结束" in waiting
    verdict, log = decided.verdict(number)
    assert verdict == "success", log
    passed = "检查通过，0 人批准"  # after a change of the text the forge checks once more
    until(lambda: True if passed in listed(leader) else None, passed, 600)

    early = leader.ledger("merge", branch, "--yes", code=1, day=NEXT_DAY)
    assert "0 人批准" in early
    assert not re.search(r"[A-Za-z]{4,} [A-Za-z]{2,} ", early), early  # nobody's English
    assert not closed(decided, task)
    decided.approves(number)
    assert f"另一个人运行 ledger merge {branch}" in listed(clerk)
    assert "不能由您自己合并" in clerk.ledger("merge", branch, "--yes", code=1, day=NEXT_DAY)
    merged = leader.ledger("merge", branch, "--yes", day=NEXT_DAY)
    assert "经过平台" in merged
    assert closed(decided, task)
    assert decided.request(number)["merged_by"]["login"] == leader.login
    assert branch not in leader.git("ls-remote", "origin")
    for person in (clerk, leader):
        person.git("switch", "--quiet", "main")
        person.ledger("sync")
        assert task not in listed(person)
    audit = json.loads(leader.ledger("audit", "--json"))
    assert not [each for each in audit["problems"] if each["code"] == "H001"], audit


@pytest.mark.parametrize(("cheat", "code"), CHEATS, ids=[each.__name__ for each, _ in CHEATS])
def test_a_cheat_is_red_and_not_merged(
    cheat: Callable[[Person], None], code: str, decided: Bureau
) -> None:
    clerk, leader = decided.clerk, decided.leader
    branch = f"close/{cheat.__name__}"
    clerk.fresh(branch)
    cheat(clerk)
    clerk.git("add", "--all")
    clerk.git("commit", "--quiet", "--message", "销号")
    number = clerk.proposes_by_hand(branch, "销号")
    verdict, log = decided.verdict(number)
    assert verdict == "failure", log
    if log:
        assert code in log
    assert "检查没有通过" in listed(leader)
    decided.approves(number)
    assert decided.merges(leader, number).status == 405
    assert code in leader.ledger("merge", branch, "--yes", code=1)
    assert not closed(decided, IDS[8])
    decided.api("PATCH", f"/pulls/{number}", {"state": "closed"})
    clerk.git("push", "--quiet", "origin", "--delete", branch)


def test_a_rule_changed_alone_is_remarked_on(decided: Bureau) -> None:
    clerk = decided.clerk
    clerk.fresh("rule")
    edit(clerk, "ledger.yaml", "at_least: 1/2", "at_least: 1/10")
    clerk.git("commit", "--quiet", "--all", "--message", "规则")
    number = clerk.proposes_by_hand("rule", "规则")
    verdict, log = decided.verdict(number)
    assert verdict == "success", log
    assert not log or re.search(r"::(notice|warning).*ledger\.yaml", log), log
    decided.api("PATCH", f"/pulls/{number}", {"state": "closed"})


def test_a_green_check_does_not_travel_to_another_main_branch(decided: Bureau) -> None:
    """A branch of one's own has a workflow that is always green: main's own looks again."""
    clerk, leader = decided.clerk, decided.leader
    clerk.fresh("draft")
    edit(
        clerk,
        f".{kind()}/workflows/ledger.yml",
        r"\.\./ledger/bin/ledger check .*",
        "true",
    )
    clerk.git("commit", "--quiet", "--all", "--message", "草稿")
    clerk.git("push", "--quiet", "origin", "HEAD:refs/heads/draft")
    clerk.fresh("close/travels")
    no_meeting(clerk)
    clerk.git("commit", "--quiet", "--all", "--message", "销号")
    number = clerk.proposes_by_hand("close/travels", "销号", base="draft")
    assert decided.verdict(number)[0] == "success"
    decided.approves(number)
    asked(clerk.site, "PATCH", f"{decided.path}/pulls/{number}", {"base": "main"})
    merged = decided.merges(leader, number)
    assert merged.status == 405, merged

    def looked_again() -> bool | None:
        """The draft's run may tell of its end once more after main's has begun."""
        return True if decided.verdict(number)[0] == "failure" else None

    until(looked_again, "main's own word")
    decided.api("PATCH", f"/pulls/{number}", {"state": "closed"})


@pytest.fixture
def gated(decided: Bureau) -> Iterator[Bureau]:
    """The same with the hook in the forge's bare repository, and every way of merging allowed."""
    if not (REPOSITORIES and decided.bare.is_dir()):
        pytest.skip("LEDGER_LIVE_REPOSITORIES names no folder of the forge's repositories")
    output = decided.leader.ledger("gate", "install", "--hook", str(decided.bare))
    hook = decided.bare / "hooks/pre-receive.d/ledger"
    assert f"{hook}（Gitea 或 Forgejo 的仓库）" in output
    styles = ("squash_merge", "rebase", "rebase_explicit", "fast_forward_only_merge")
    decided.api(
        "PATCH", "", {"has_pull_requests": True} | {f"allow_{each}": True for each in styles}
    )
    try:
        yield decided
    finally:
        hook.unlink()
        decided.protect()


def test_the_hook_stands_behind_what_the_forge_lets_happen(gated: Bureau) -> None:
    """Squash, rebase and fast-forward of a closing, and its own author's merge, are refused."""
    clerk, leader = gated.clerk, gated.leader
    number = number_of(clerk.ledger("close", IDS[2], "--decision", MEETING, "--via", "api"))
    assert gated.verdict(number)[0] == "success"
    gated.approves(number)
    for how in ("squash", "rebase", "fast-forward-only"):
        refused = gated.merges(leader, number, how)
        assert refused.status == 409, (how, refused)
        assert "H001" in refused.message, (how, refused)
    own = gated.merges(clerk, number)
    assert own.status == 409, own  # his address is a noreply one there
    assert "H001" in own.message
    assert not closed(gated, IDS[2])
    merged = gated.merges(leader, number)
    assert merged.status == 200, merged
    assert closed(gated, IDS[2])


def test_a_cheat_pushed_straight_is_refused_by_the_hook(gated: Bureau) -> None:
    """Over smart HTTP, where the forge itself would let it in."""
    gated.protect(enable_push=True, enable_status_check=False)
    clerk = gated.clerk
    clerk.fresh("straight")
    no_meeting(clerk)
    clerk.git("commit", "--quiet", "--all", "--message", "销号")
    code, output = clerk.tries("push", "origin", "HEAD:main")
    assert code != 0
    assert "C002" in output
    clerk.fresh("daily")
    clerk.ledger("progress", IDS[9], "--text", "日常填报")
    code, output = clerk.tries("push", "origin", "HEAD:main")
    assert code == 0, output


def test_a_check_made_up_by_hand_does_not_pass_the_hook(gated: Bureau) -> None:
    """Who may write to a repository may tell the forge that any check has passed."""
    clerk, leader = gated.clerk, gated.leader
    clerk.fresh("close/made-up")
    no_meeting(clerk)
    clerk.git("commit", "--quiet", "--all", "--message", "销号")
    number = clerk.proposes_by_hand("close/made-up", "销号")
    assert gated.verdict(number)[0] == "failure"
    commit = clerk.git("rev-parse", "HEAD").strip()
    status = {"context": "台账检查 / 台账检查 (pull_request_target)", "state": "success"}
    gated.approves(number)

    def believed() -> Answer | None:
        """The runner may still have the last word a while after it has failed."""
        asked(clerk.site, "POST", f"{gated.path}/statuses/{commit}", status)
        answer = gated.merges(leader, number)
        return None if answer.status == 405 else answer

    refused = until(believed, "a forge that believes it")
    assert refused.status == 409, refused
    assert "C002" in refused.message
    assert "C002" in leader.ledger("merge", "close/made-up", "--yes", code=1)
    gated.api("PATCH", f"/pulls/{number}", {"state": "closed"})
