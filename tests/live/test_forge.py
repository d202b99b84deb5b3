"""The same as the tests with servers of their own, on a real Forgejo or Gitea.

Runs only when `LEDGER_LIVE_FORGE` (its address) and `LEDGER_LIVE_TOKEN` (a token that may make
repositories) are in the environment. It makes one repository for each test and deletes it again.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.forge import PullRequest, detect, open_request
from ledger.adapters.forge.web import Site, ask, expect, gitea_version
from ledger.adapters.git.remote import fetch
from ledger.adapters.git.repo import GitRepo, find_repo
from ledger.cli.app import run
from ledger.errors import LedgerError
from tests.live.bureau import MERGES, PROTECTION

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

ADDRESS = os.environ.get("LEDGER_LIVE_FORGE", "").rstrip("/")
TOKEN = os.environ.get("LEDGER_LIVE_TOKEN", "")
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        not (ADDRESS and TOKEN), reason="LEDGER_LIVE_FORGE and LEDGER_LIVE_TOKEN name no forge"
    ),
]

BRANCH = "close/2017-12-31-GZ2017-001"
BODY = "# 销号事项\n\n| 事项 | 佐证 |\n|---|---|\n| GZ2017-001 | 报告.pdf |\n\n- 党组会 8 票同意\n"
FILE = "data/tasks/GZ2017/GZ2017-001.yaml"


@dataclass(frozen=True, slots=True)
class Live:
    """A ledger whose remote is a new repository on the real forge."""

    ledger: LedgerFolder
    owner: str
    name: str

    @property
    def repo(self) -> GitRepo:
        return find_repo(self.ledger.root)

    def api(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        """Ask for something below the repository's own path."""
        site = Site(ADDRESS, f"token {TOKEN}")
        answer = ask(site, method, f"/api/v1/repos/{self.owner}/{self.name}{path}", data=data)
        assert answer.status in (200, 201, 204), (method, path, answer)
        return answer.data

    def closing(self, text: str, **changed: Any) -> PullRequest:
        """A request with one commit that changes one task."""
        git = self.ledger.git
        content = self.ledger.path("GZ2017-001").read_text().replace("推进中", text)
        index = str(self.ledger.root.parent / f"index-{secrets.token_hex(4)}")
        blob = git("hash-object", "-w", "--stdin", stdin=content.encode()).strip()
        run, own = self.repo.run, {"GIT_INDEX_FILE": index}
        run("read-tree", "main", environment=own)
        run("update-index", "--cacheinfo", f"100644,{blob},{FILE}", environment=own)
        tree = run("write-tree", environment=own).decode().strip()
        commit = git("commit-tree", tree, "-p", "main", "-m", "销号 GZ2017-001").strip()
        fields = {
            "title": "销号 GZ2017-001",
            "body": BODY,
            "branch": BRANCH,
            "base": "main",
            "commit": commit,
            "topic": "2017-12-31-GZ2017-001",
        }
        return PullRequest(**(fields | changed))

    def only_pull(self) -> dict[str, Any]:
        """The one open pull request."""
        (pull,) = self.api("GET", "/pulls?state=open")
        checked: dict[str, Any] = pull
        return checked

    def wait_for_main(self) -> None:
        """Wait until the forge has noticed the first push: it looks at pushes in the background."""
        for _ in range(60):
            if not self.api("GET", "")["empty"]:
                return
            time.sleep(0.5)
        pytest.fail("the forge did not notice the first push within half a minute")

    def merge(self, number: int, how: str = "merge") -> None:
        """Merge as a reviewer does, once the forge has looked whether it can be merged."""
        for _ in range(60):
            try:
                self.api("POST", f"/pulls/{number}/merge", {"Do": how})
            except LedgerError as error:
                if "405" not in error.message and "409" not in error.message:
                    raise
                time.sleep(0.5)
            else:
                return
        pytest.fail("the pull request could not be merged within half a minute")


@pytest.fixture
def live(make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Live]:
    """A repository of this test's own; git knows the token through its credential helper."""
    site = Site(ADDRESS, f"token {TOKEN}")
    owner = expect(site, ask(site, "GET", "/api/v1/user"), "who")["login"]
    name = f"ledger-live-{secrets.token_hex(6)}"
    data = {"name": name, "private": True, "default_branch": "main"}
    expect(site, ask(site, "POST", "/api/v1/user/repos", data=data), "new repository")
    ledger = make_ledger(2)
    scheme, _, host = ADDRESS.partition("://")
    (tmp_path / "passwords").write_text(f"{scheme}://{owner}:{TOKEN}@{host.partition('/')[0]}\n")
    ledger.git("config", "credential.helper", f"store --file={tmp_path / 'passwords'}")
    ledger.git("remote", "add", "origin", f"{ADDRESS}/{owner}/{name}.git")
    made = Live(ledger, owner, name)
    try:
        ledger.git("push", "--quiet", "origin", "main")
        made.wait_for_main()
        yield made
    finally:
        made.api("DELETE", "")


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a token into the environment."""
    return lambda value: monkeypatch.setenv("LEDGER_FORGE_TOKEN", value)


def test_what_it_is_found_out(live: Live) -> None:
    assert gitea_version(Site(ADDRESS))
    assert detect(live.repo, "origin", "").via == "api"  # git's helper has a password for it
    live.ledger.git("config", "--unset", "credential.helper")
    assert detect(live.repo, "origin", "").via == "agit"


def test_agit_from_opening_to_merging(live: Live) -> None:
    first = live.closing("已销号")
    opened = open_request(live.repo, "origin", "agit", first)
    assert not opened.existed
    pull = live.only_pull()
    assert opened.url == pull["html_url"]
    assert pull["title"] == first.title
    assert pull["body"].strip() in (
        BODY.strip(),
        "**销号事项**<br>事项 · 佐证<br>GZ2017-001 · 报告.pdf<br>• 党组会 8 票同意",
    )
    assert pull["head"]["sha"] == first.commit
    assert pull["base"]["ref"] == "main"
    assert [each["filename"] for each in live.api("GET", f"/pulls/{pull['number']}/files")] == [
        FILE
    ]

    again = open_request(live.repo, "origin", "agit", first)
    assert (again.url, again.existed) == (opened.url, True)
    changed = live.closing("长期坚持")
    updated = open_request(live.repo, "origin", "agit", changed)
    assert updated.existed
    pull = live.only_pull()
    assert (pull["html_url"], pull["head"]["sha"]) == (opened.url, changed.commit)

    live.merge(pull["number"])
    fetch(live.repo, "origin", "main")
    assert "长期坚持" in live.ledger.git("show", f"origin/main:{FILE}")
    with pytest.raises(LedgerError, match="已经包含这次改动"):
        open_request(live.repo, "origin", "agit", changed)


def test_api_from_opening_to_merging(live: Live, token: Callable[[str], None]) -> None:
    token(TOKEN)
    live.api("POST", "/labels", {"name": "销号", "color": "#00aa00"})
    first = live.closing("已销号", labels=("销号", "没有"), reviewers=("nobody-of-this-name",))
    opened = open_request(live.repo, "origin", "api", first)
    assert not opened.existed
    assert "没有标签 没有" in opened.message
    assert "请 nobody-of-this-name 审阅时" in opened.message
    pull = live.only_pull()
    assert opened.url == pull["html_url"]
    assert (pull["title"], pull["body"].strip()) == (first.title, BODY.strip())
    assert (pull["head"]["ref"], pull["head"]["sha"]) == (BRANCH, first.commit)
    assert pull["base"]["ref"] == "main"
    assert [label["name"] for label in pull["labels"]] == ["销号"]
    assert [each["filename"] for each in live.api("GET", f"/pulls/{pull['number']}/files")] == [
        FILE
    ]

    again = open_request(live.repo, "origin", "api", first)
    assert (again.url, again.existed) == (opened.url, True)
    changed = live.closing("长期坚持", body="改过的说明", labels=("销号",))
    assert open_request(live.repo, "origin", "api", changed).existed
    pull = live.only_pull()
    assert (pull["body"], pull["head"]["sha"]) == ("改过的说明", changed.commit)
    assert [label["name"] for label in pull["labels"]] == ["销号"]

    live.merge(pull["number"])
    fetch(live.repo, "origin", "main")
    assert "长期坚持" in live.ledger.git("show", f"origin/main:{FILE}")


def test_the_password_that_git_knows_is_enough_for_the_api(live: Live) -> None:
    opened = open_request(live.repo, "origin", "api", live.closing("已销号"))
    assert opened.url == live.only_pull()["html_url"]


def test_agit_and_api_do_not_double_each_other(live: Live) -> None:
    request = live.closing("已销号")
    opened = open_request(live.repo, "origin", "agit", request)
    again = open_request(live.repo, "origin", "api", request)
    assert (again.url, again.existed) == (opened.url, True)
    assert live.only_pull()["body"].strip() == BODY.strip()  # the api puts the whole text there


def test_the_branch_alone_names_the_page_to_go_on_from(live: Live) -> None:
    opened = open_request(live.repo, "origin", "push", live.closing("已销号"))
    pages = (f"compare/main...{BRANCH}", f"pulls/new/{BRANCH}")  # older ones, Gitea from 1.26
    assert opened.url in [f"{ADDRESS}/{live.owner}/{live.name}/{each}" for each in pages]
    assert live.api("GET", "/pulls?state=open") == []


def test_a_wrong_token_is_told_before_anything_is_pushed(
    live: Live, token: Callable[[str], None]
) -> None:
    token("0" * 40)
    with pytest.raises(LedgerError, match="不认这个令牌（401）"):
        open_request(live.repo, "origin", "api", live.closing("已销号"))
    assert "close/" not in live.ledger.git("ls-remote", "origin")


def test_a_protected_branch_refuses_in_words(live: Live) -> None:
    live.api("POST", "/branch_protections", {"rule_name": "close/*", "enable_push": False})
    with pytest.raises(LedgerError) as caught:
        open_request(live.repo, "origin", "push", live.closing("已销号"))
    assert "protected branch" in caught.value.message
    assert "受保护" in caught.value.hint


OFF: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("主分支受保护", {"enable_push": True}, "谁都可以直接推送 main"),
    ("主分支受保护", {"unprotected_file_patterns": "data/**"}, "可以直接推送 main 里的 data/**"),
    ("必须通过检查", {"enable_status_check": False}, "没有要求任何检查"),
    ("必须通过检查", {"status_check_contexts": ["台账检查"]}, "要求的只有 台账检查"),
    ("必须有人批准", {"required_approvals": 0}, "没有要求批准"),
    ("过期的不能合并", {"block_on_outdated_branch": False}, "落后于主分支的也能合并"),
    ("改了要重新批准", {"dismiss_stale_approvals": False}, "原来的批准还算数"),
    (
        "管理员也不例外",
        {"block_admin_merge_override": False, "apply_to_admins": False},
        "管理员可以越过检查和批准",
    ),
)


def doctor(live: Live, capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str]]:
    """What `doctor --forge` says of each thing at the forge: its state, and the words."""
    capsys.readouterr()
    run(["-C", str(live.ledger.root), "doctor", "--forge", "--json"])
    findings = json.loads(capsys.readouterr().out)
    named = [
        (each["subject"].partition("：")[2], each)
        for each in findings
        if "平台：" in each["subject"]
    ]
    return {name: (each["state"], each["said"]) for name, each in named}


def test_doctor_names_each_thing_that_is_off(
    live: Live, token: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    token(TOKEN)
    assert {state for state, _ in doctor(live, capsys).values()} == {"有误"}
    live.api("PATCH", "", MERGES)
    live.api("POST", "/branch_protections", PROTECTION)
    assert {state for state, _ in doctor(live, capsys).values()} == {"正常"}
    for name, changed, words in OFF:
        live.api("PATCH", "/branch_protections/main", PROTECTION | changed)
        by_name = doctor(live, capsys)
        assert [each for each, (state, _) in by_name.items() if state != "正常"] == [name]
        assert words in by_name[name][1]
        whole = PROTECTION | {"unprotected_file_patterns": ""}
        live.api("PATCH", "/branch_protections/main", whole)
    live.api("PATCH", "", MERGES | {"allow_squash_merge": True})
    by_name = doctor(live, capsys)
    assert [each for each, (state, _) in by_name.items() if state != "正常"] == ["只用合并提交"]


def test_doctor_goes_by_the_rule_that_the_forge_goes_by(
    live: Live, token: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """A pattern that was made before the branch's own rule: who may push is the proof."""
    token(TOKEN)
    live.api("POST", "/branch_protections", {"rule_name": "ma*", "enable_push": True})
    live.api("POST", "/branch_protections", PROTECTION)
    live.ledger.git("commit", "--quiet", "--allow-empty", "-m", "x")
    try:
        live.ledger.git("push", "--quiet", "origin", "main")
    except AssertionError:
        state = "正常"
    else:
        state = "有误"
    assert doctor(live, capsys)["主分支受保护"][0] == state


@pytest.mark.parametrize(("via", "how"), [("agit", "merge"), ("api", "merge"), ("api", "squash")])
def test_daily_work_where_main_is_protected(
    via: str, how: str, live: Live, token: Callable[[str], None]
) -> None:
    """Nobody may push to main: what was written goes as one request, and main follows after it."""
    token(TOKEN)
    text = (live.ledger.root / "ledger.yaml").read_text("utf-8")
    forge = f"forge: {{via: {via}, direct_push: 不允许}}"
    text = "\n".join(
        line for line in text.splitlines() if not line.startswith(("forge:", "  via:"))
    )
    (live.ledger.root / "ledger.yaml").write_text(f"{text}\n{forge}\n", "utf-8")
    live.ledger.commit("合并请求")
    live.ledger.git("push", "--quiet", "origin", "main")
    live.api("POST", "/branch_protections", {"branch_name": "main", "enable_push": False})
    live.ledger.git("commit", "--allow-empty", "-m", "x")
    with pytest.raises(AssertionError):
        live.ledger.git("push", "--quiet", "origin", "main")
    live.ledger.git("reset", "--hard", "--quiet", "origin/main")

    ledger = ["-C", str(live.ledger.root), "--today", "2017-03-01"]
    assert run([*ledger, "progress", "GZ2017-001", "--text", "已完成初稿"]) == 0
    assert run([*ledger, "sync"]) == 0
    pull = live.only_pull()
    assert run([*ledger, "progress", "GZ2017-002", "--text", "已经部署"]) == 0
    assert run([*ledger, "sync"]) == 0
    assert live.only_pull()["number"] == pull["number"]  # one request, grown
    live.merge(pull["number"], how)
    assert run([*ledger, "sync"]) == 0
    assert live.ledger.git("rev-parse", "main") == live.ledger.git("rev-parse", "origin/main")
    for path, entry in ((FILE, "已完成初稿"), (FILE.replace("001", "002"), "已经部署")):
        assert entry in live.ledger.git("show", f"origin/main:{path}")
