"""From the meeting to the main branch: what waits, what is proposed, who merges it and where."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.forge.standing import GREEN, NONE, RED, RUNNING, RequestState
from ledger.cli.app import run
from ledger.model.case import case_digest
from ledger.model.config import Forge
from ledger.usecases.closing.close import Base, branch_name
from ledger.usecases.closing.pending import Proposed, next_step
from tests.adapters.forge.conftest import SERVED, serving, without_tokens
from tests.conftest import CONFIG, EMAIL, NAME, SOURCES, LedgerFolder, run_git
from tests.copying import copy_folder
from tests.story.conftest import MEETING, WAITING, held

if TYPE_CHECKING:
    from tests.adapters.forge.conftest import ForgeApi

TOKEN = "0123456789abcdef0123456789abcdef01234567"
BRANCH = f"close/{MEETING}_ZG2020-001"
DAY = "2020-12-04"
CLOSE = ("close", "ZG2020-001", "--decision", MEETING)


@dataclass(frozen=True)
class Desk:
    """A clone, and the command line in it on a day."""

    folder: LedgerFolder
    capsys: pytest.CaptureFixture[str]

    def ledger(self, *arguments: str, day: str = DAY, code: int = 0) -> str:
        """What a command prints, on both streams."""
        self.capsys.readouterr()
        done = run(["-C", str(self.folder.root), "--today", day, *arguments])
        out, err = self.capsys.readouterr()
        assert done == code, (arguments, out, err)
        return out + err

    def close(self, **where: Any) -> str:
        return self.ledger(*CLOSE, **where)

    def listed(self) -> dict[str, Any]:
        pending: dict[str, Any] = json.loads(
            re.sub(r"注意：.*\n?", "", self.ledger("close", "--list", "--json"))
        )
        return pending

    def be(self, email: str) -> None:
        self.folder.git("config", "user.email", email)


@pytest.fixture(scope="session")
def meeting_held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the ledger of `decided` and its server, to be copied for each test."""
    root = tmp_path_factory.mktemp("held")
    made = LedgerFolder(root / "ledger")
    made.root.mkdir()
    made.git("init", "--quiet", "--template=", "--initial-branch=main")
    made.git("config", "user.name", NAME)
    made.git("config", "user.email", EMAIL)
    made.write("ledger.yaml", CONFIG | {"forge": {}})
    for source in SOURCES:
        made.write(f"data/sources/{source['id']}.yaml", source)
    made.write_task(**WAITING)
    made.write_task(**WAITING | {"id": "ZG2020-002", "status": "推进中", "closing": None})
    made.commit("新建台账")
    digest = case_digest(made.load().by_id["ZG2020-001"].record)
    made.write(f"data/decisions/2020/{MEETING}.yaml", held(digest))
    made.commit("会议")
    run_git(root, "clone", "--quiet", "--bare", "--template=", "ledger", str(SERVED))
    run_git(root / SERVED, "config", "http.receivepack", "true")
    return root


@dataclass(frozen=True)
class Opened:
    """Where a closing was proposed: the ledger and its server, and what the forge was told."""

    root: Path
    request: dict[str, str]


@pytest.fixture(scope="session")
def closing_proposed(
    meeting_held: Path, tmp_path_factory: pytest.TempPathFactory, description: Mapping[str, Any]
) -> Opened:
    """The same after `ledger close`, to be copied."""
    root = tmp_path_factory.mktemp("proposed") / "world"
    copy_folder(meeting_held, root)
    with pytest.MonkeyPatch.context() as patch, serving(root / SERVED, description) as forge:
        without_tokens(patch)
        patch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
        folder = LedgerFolder(root / "ledger")
        folder.git("remote", "add", "origin", repository_at(forge))
        assert run(["-C", str(folder.root), "--today", DAY, *CLOSE]) == 0
        (request,) = (data for method, path, _, data in forge.requests if method == "POST")
    return Opened(root, request)


def repository_at(forge: ForgeApi) -> str:
    return f"{forge.url}/整改办/name.git"


@pytest.fixture
def decided(meeting_held: Path, tmp_path: Path) -> LedgerFolder:
    """A ledger in which a meeting has approved one closing; the way is found out."""
    return LedgerFolder(copy_folder(meeting_held / "ledger", tmp_path / "ledger"))


@pytest.fixture
def bare(closing_proposed: Opened, tmp_path: Path) -> Path:
    """The server of `desk`."""
    return copy_folder(closing_proposed.root / SERVED, tmp_path / SERVED)


@pytest.fixture
def alone(decided: LedgerFolder, capsys: pytest.CaptureFixture[str]) -> Desk:
    """No remote at all."""
    return Desk(decided, capsys)


@pytest.fixture
def desk(
    closing_proposed: Opened, forge: ForgeApi, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> Desk:  # fmt: skip
    """The remote is a forge that knows the token; there `ledger close` has proposed a closing."""
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    forge.pulls.append(forge.pull(1, **closing_proposed.request))
    folder = LedgerFolder(copy_folder(closing_proposed.root / "ledger", tmp_path / "ledger"))
    folder.git("remote", "set-url", "origin", repository_at(forge))
    return Desk(folder, capsys)


def status_of(desk: Desk, commit: str) -> str:
    return str(desk.folder.load(commit).by_id["ZG2020-001"].record.status)


def check(forge: ForgeApi, *states: str) -> None:
    """What the runner reported on the first request, oldest first."""
    forge.statuses[forge.pulls[0]["head"]["sha"]] = [
        {"id": number, "context": "台账检查", "status": state}
        for number, state in enumerate(states, 1)
    ]


def meet_again(desk: Desk) -> None:
    """A second meeting approves of the same closing, and everybody knows."""
    second = held("") | {"id": "DZH-2020-32", "date": "2020-12-04"}
    second["items"][0].pop("digest")  # `decide` fills it in
    desk.folder.write("../会议.yaml", second)
    desk.ledger("decide", str(desk.folder.root.parent / "会议.yaml"))
    desk.folder.git("push", "--quiet", "origin", "main")


def review(forge: ForgeApi, state: str = "APPROVED", **more: Any) -> None:
    reviews = forge.reviews.setdefault(1, [])
    given = {"id": len(reviews) + 1, "state": state, "official": True, "user": {"login": "shenyue"}}
    reviews.append(given | more)


# -- the branch's name ----------------------------------------------------------------------


def test_a_name_depends_on_tasks_and_decision_alone() -> None:
    assert branch_name(["B-2", "A-1"], "M-1") == "close/M-1_A-1_B-2"
    names = [branch_name(*each) for each in ((["B-C"], "A"), (["C"], "A-B"), (["A", "B"], "C"))]
    assert len(set(names)) == 3
    many = [f"ZG2020-{number:03}" for number in range(40)]
    assert branch_name(many, "M") == branch_name(many[::-1], "M")
    assert branch_name(many, "M") != branch_name([*many[:-1], "ZG2020-999"], "M")
    assert len(branch_name(["X" * 64, "Y" * 64], "M" * 64)) <= 200


def test_a_second_try_on_another_day_goes_on_with_the_same_request(
    desk: Desk, forge: ForgeApi
) -> None:
    first = forge.commit_of(BRANCH)
    assert "已更新为这次的内容" in desk.close(day="2020-12-07")
    assert len(forge.pulls) == 1
    assert forge.commit_of(BRANCH) != first


# -- one request a task ---------------------------------------------------------------------


@pytest.mark.parametrize("where", ["here", "there"])
def test_a_task_stands_in_one_open_request_only(where: str, desk: Desk, forge: ForgeApi) -> None:
    meet_again(desk)
    if where == "there":
        desk.folder.git("branch", "--quiet", "-D", BRANCH)
    refusal = desk.ledger("close", "ZG2020-001", "--decision", "DZH-2020-32", code=1)
    assert f"ZG2020-001 已经在 {BRANCH} 里提出销号，还没有合并" in refusal
    assert f"再运行 ledger close --drop {BRANCH}" in refusal
    assert len(forge.pulls) == 1


# -- what is on its way ---------------------------------------------------------------------


def test_what_a_meeting_decided_and_nobody_closed(alone: Desk) -> None:
    pending = alone.listed()
    command = f"ledger close ZG2020-001 --decision {MEETING}"
    assert pending["decided"] == [
        {"decision": MEETING, "result": "同意销号", "tasks": ["ZG2020-001"], "next": command}
    ]
    assert pending["proposed"] == []
    assert f"下一步：{command}" in alone.ledger("close", "--list")


def test_where_there_is_no_forge_another_person_merges(alone: Desk) -> None:
    alone.close()
    pending = alone.listed()
    assert pending["decided"] == []
    (proposed,) = pending["proposed"]
    assert (proposed["branch"], proposed["decision"]) == (BRANCH, MEETING)
    assert (proposed["here"], proposed["there"], proposed["request"]) == (True, False, None)
    assert proposed["next"] == f"另一个人运行 ledger merge {BRANCH}"
    assert "不能由您自己合并" in alone.ledger("merge", BRANCH, "--yes", code=1)
    alone.be("second@example.com")
    alone.ledger("merge", BRANCH, "--yes")
    assert alone.ledger("close", "--list") == "没有等着办结的事项。\n"


def standing(checks: str, approvals: int, rejected: bool = False) -> RequestState:
    return RequestState(1, "http://forge/1", "销号", BRANCH, "0" * 40, checks, approvals, rejected)


@pytest.mark.parametrize(
    ("request_", "step"),
    [
        (standing(NONE, 0), "请审阅人在 http://forge/1 批准"),
        (standing(RUNNING, 1), "等检查结束"),
        (standing(RED, 1), "检查没有通过"),
        (standing(GREEN, 0), "请审阅人在 "),
        (standing(GREEN, 1, rejected=True), "审阅人要求修改"),
        (standing(GREEN, 1), f"另一个人运行 ledger merge {BRANCH}"),
        (standing(NONE, 1), "没有自动检查，请核对平台的设置"),
        (None, f"运行 ledger close ZG2020-001 --decision {MEETING} 补开"),
    ],
)
def test_what_comes_next(request_: RequestState | None, step: str) -> None:
    closing = Proposed(BRANCH, "0" * 40, MEETING, ("ZG2020-001",), True, True, None, "")
    assert step in next_step(Base("", "api", Forge()), closing, request_, asked=True)


def test_how_a_request_stands(desk: Desk, forge: ForgeApi) -> None:
    """Each check's newest status, each reviewer's last word, on what the request holds now."""
    check(forge, "failure", "success")
    review(forge, "REQUEST_CHANGES")
    review(forge)
    review(forge, user={"login": "reviewer"}, stale=True)
    (proposed,) = desk.listed()["proposed"]
    request = proposed["request"]
    assert (request["number"], request["checks"]) == (1, "检查通过")
    assert (request["approvals"], request["rejected"]) == (1, False)
    check(forge, "success", "pending")
    review(forge, "REQUEST_CHANGES", user={"login": "reviewer"})
    url = forge.pulls[0]["html_url"]
    line = f"合并请求 {url}：正在检查，1 人批准，有人要求修改"
    assert line in desk.ledger("close", "--list")


def test_a_request_that_somebody_closed_is_opened_again_by_close(
    desk: Desk, forge: ForgeApi
) -> None:
    forge.pulls[0]["state"] = "closed"
    (proposed,) = desk.listed()["proposed"]
    assert f"运行 ledger close ZG2020-001 --decision {MEETING} 补开" in proposed["next"]


@pytest.mark.parametrize("words", [[], ["ZG2020-001"], ["--decision", MEETING]])
def test_what_to_close_must_be_said(words: list[str], alone: Desk) -> None:
    assert "ledger close --list 列出可以办结的" in alone.ledger("close", *words, code=2)


# -- merging --------------------------------------------------------------------------------


@pytest.fixture
def proposed(desk: Desk) -> Desk:
    """A closing that another person looks at, in a clone that has only main."""
    desk.folder.git("branch", "--quiet", "-D", BRANCH)
    desk.be("second@example.com")
    return desk


def test_the_forge_merges_what_is_approved(proposed: Desk, forge: ForgeApi, bare: Path) -> None:
    check(forge, "success")
    review(forge)
    before = proposed.folder.git("rev-parse", "main")
    output = proposed.ledger("merge", BRANCH, "--yes")
    assert "经过平台。下一步：ledger sync" in output
    assert proposed.folder.git("rev-parse", "main") == before  # sync takes it along
    assert status_of(proposed, "refs/remotes/origin/main") == "已销号"
    assert "close/" not in proposed.folder.git("ls-remote", str(bare))
    merged = proposed.folder.git("log", "-1", "--format=%ae %P", "refs/remotes/origin/main")
    assert merged.startswith("reviewer@noreply.forge.example ")
    assert len(merged.split()) == 3
    assert [body for method, path, _, body in forge.requests if path.endswith("/merge")] == [
        {
            "Do": "merge",
            "head_commit_id": forge.pulls[0]["head"]["sha"],
            "delete_branch_after_merge": True,
        }
    ]


def test_what_the_forge_does_not_let_in_is_told(proposed: Desk, forge: ForgeApi) -> None:
    refusal = proposed.ledger("merge", BRANCH, "--yes", code=1)
    assert "平台还不让合并" in refusal
    assert "批准的人数不够" in refusal
    assert "approvals" not in refusal
    assert "现在没有检查，0 人批准" in refusal
    assert status_of(proposed, "refs/remotes/origin/main") == "待上会"


@pytest.fixture
def kept(proposed: Desk, forge: ForgeApi, bare: Path) -> Desk:
    """The same, proposed by AGit flow: no branch holds it, only the forge's own ref."""
    commit = forge.pulls[0]["head"]["sha"]
    proposed.folder.git("-C", str(bare), "update-ref", "refs/pull/1/head", commit)
    proposed.folder.git("-C", str(bare), "update-ref", "-d", f"refs/heads/{BRANCH}")
    forge.pulls[0]["head"]["ref"] = "refs/pull/1/head"
    return proposed


@pytest.mark.parametrize("via", ["", "agit"])
def test_a_request_that_is_on_no_branch_is_listed_and_merged(
    via: str, kept: Desk, forge: ForgeApi
) -> None:
    """In a clone that never saw it, whichever way the ledger proposes, if there is a token."""
    if via:
        text = (kept.folder.root / "ledger.yaml").read_text(encoding="utf-8")
        kept.folder.write("ledger.yaml", text.replace("forge: {}", "forge: {via: agit}"))
        kept.folder.commit("方式")
        kept.folder.git("push", "--quiet", "origin", "main")
    check(forge, "success")
    pending = kept.listed()
    assert pending["decided"] == []
    (proposed,) = pending["proposed"]
    assert (proposed["branch"], proposed["decision"]) == (BRANCH, MEETING)
    assert (proposed["here"], proposed["there"]) == (False, False)
    assert f"{BRANCH}（只在合并请求里）：ZG2020-001" in kept.ledger("close", "--list")
    review(forge)
    assert "经过平台" in kept.ledger("merge", BRANCH, "--yes")
    assert status_of(kept, "refs/remotes/origin/main") == "已销号"


def test_a_task_in_a_request_that_is_on_no_branch_is_not_proposed_again(
    kept: Desk, forge: ForgeApi
) -> None:
    meet_again(kept)
    refusal = kept.ledger("close", "ZG2020-001", "--decision", "DZH-2020-32", code=1)
    page = forge.pulls[0]["html_url"]
    assert refusal.rstrip().endswith(f"确实作废的，在平台上关闭它的合并请求 {page}。")
    assert len(forge.pulls) == 1


@pytest.mark.parametrize("other", ["daily work", "moved on", "gone", "no such ref"])
def test_what_else_the_forge_keeps_is_no_closing(
    other: str, kept: Desk, forge: ForgeApi, bare: Path
) -> None:
    if other == "daily work":
        forge.pulls[0]["head"]["sha"] = kept.folder.git("rev-parse", "main").strip()
    elif other == "gone":
        kept.folder.git("-C", str(bare), "update-ref", "-d", "refs/pull/1/head")
        forge.pulls[0]["head"]["sha"] = "0" * 39 + "1"
    elif other == "moved on":
        forge.pulls[0]["head"]["sha"] = "0" * 39 + "1"
    else:
        forge.pulls[0]["head"]["ref"] = "refs/heads/../main"
    assert kept.listed()["proposed"] == []
    assert f"没有分支“{BRANCH}”" in kept.ledger("merge", BRANCH, "--yes", code=2)


def test_a_forge_that_is_still_looking_for_conflicts_is_asked_again(
    proposed: Desk, forge: ForgeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(forge, "success")
    review(forge)
    looked = []

    def pause(_: float) -> None:
        looked.append(forge.faults.pop(("POST", "/merge")))

    monkeypatch.setattr("ledger.adapters.forge.standing.time", SimpleNamespace(sleep=pause))
    forge.faults["POST", "/merge"] = (405, b'{"message": "Please try again later"}')
    assert "经过平台" in proposed.ledger("merge", BRANCH, "--yes")
    assert len(looked) == 1


@pytest.mark.parametrize(
    ("status", "answered", "reason"),
    [
        (405, "Not all required status checks successful", "要求的检查没有通过"),
        (405, "not allowed to merge [reason: There are requested changes]", "有审阅人要求修改"),
        (409, "", "和主分支有冲突，请提出人再运行一次 ledger close"),
        (409, "PushRejected with remote message: 违反台账规则", "服务器拒收：违反台账规则"),
        (405, "some other words", "它说“some other words”"),
    ],
)
def test_why_a_forge_does_not_merge(
    status: int, answered: str, reason: str, proposed: Desk, forge: ForgeApi
) -> None:
    forge.faults["POST", "/merge"] = (status, json.dumps({"message": answered}).encode())
    page = forge.pulls[0]["html_url"]
    told = proposed.ledger("merge", BRANCH, "--yes", code=1)
    assert f"平台还不让合并 {page}：{reason}。" in told


def test_nothing_goes_to_the_forge_that_the_rules_refuse(proposed: Desk, forge: ForgeApi) -> None:
    proposed.be("office@example.com")
    assert "不能由您自己合并" in proposed.ledger("merge", BRANCH, "--yes", code=1)
    assert not [path for _, path, _, _ in forge.requests if path.endswith("/merge")]


@pytest.mark.parametrize(("account", "code"), [("Lianluo", 1), ("shenyue", 0), ("", 0)])
def test_the_account_that_proposed_does_not_merge(
    account: str, code: int, proposed: Desk, forge: ForgeApi
) -> None:
    """Whatever addresses its commits have; a token that may not tell whose it is tells nothing."""
    check(forge, "success")
    review(forge)
    forge.account = account
    output = proposed.ledger("merge", BRANCH, "--yes", code=code)
    assert ("是您在平台上的账号 Lianluo 提出的，不能由您自己合并" in output) == (code == 1)


@pytest.mark.parametrize("how", ["--local", "push"])
def test_merged_in_a_clone(how: str, proposed: Desk, forge: ForgeApi, bare: Path) -> None:
    """Where it is asked for, or where the server is none that merges; the clone was behind."""
    if how == "push":
        proposed.folder.write("ledger.yaml", ledger_with_push(proposed.folder))
        proposed.folder.commit("方式")
        proposed.folder.git("push", "--quiet", "origin", "main")
    proposed.folder.write_task(id="ZG2020-003")
    newer = proposed.folder.commit("别人的新事项")
    proposed.folder.git("push", "--quiet", "origin", "main")
    proposed.folder.git("reset", "--hard", "--quiet", "HEAD~")
    output = proposed.ledger("merge", BRANCH, "--yes", *(["--local"] if how == "--local" else []))
    assert "下一步：ledger sync，推送主分支" in output
    assert status_of(proposed, "main") == "已销号"
    assert proposed.folder.git("rev-parse", "main^1").strip() == newer
    assert "close/" not in proposed.folder.git("ls-remote", str(bare))
    assert not [path for _, path, _, _ in forge.requests if path.endswith("/merge")]


def ledger_with_push(folder: LedgerFolder) -> str:
    text = (folder.root / "ledger.yaml").read_text(encoding="utf-8")
    return text.replace("forge: {}", "forge: {via: push}")


def test_a_forge_that_cannot_be_asked_to_merge(
    proposed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEDGER_FORGE_TOKEN")
    refusal = proposed.ledger("merge", BRANCH, "--yes", code=1)
    assert "要在平台上合并，从这里办不到" in refusal
    assert "--local" in refusal


def test_a_branch_that_is_nowhere(alone: Desk) -> None:
    assert "没有分支“close/x”" in alone.ledger("merge", "close/x", "--yes", code=2)


def test_one_person_by_several_addresses_does_not_merge_his_own(
    decided: LedgerFolder, capsys: pytest.CaptureFixture[str], make_own: Callable[[str], None]
) -> None:
    desk = Desk(decided, capsys)
    desk.close()
    for how in (".mailmap", "ledger.yaml"):
        make_own(how)
        desk.be("Second@example.com")
        assert "不能由您自己合并" in desk.ledger("merge", BRANCH, "--yes", code=1)
        decided.git("reset", "--hard", "--quiet", "HEAD~")


@pytest.fixture
def make_own(decided: LedgerFolder) -> Callable[[str], None]:
    """Says that the second address is the first one's, in one of the two places."""

    def make(how: str) -> None:
        if how == ".mailmap":
            decided.write(how, "某人 <office@example.com> <second@example.com>\n")
        else:
            own = "identities: [{name: 某人, emails: [office@example.com, second@example.com]}]\n"
            place = decided.root / "ledger.yaml"
            place.write_text(place.read_text(encoding="utf-8") + own, encoding="utf-8")
        decided.commit("邮箱")

    return make
