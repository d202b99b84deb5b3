from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.adapters.git import remote as gitremote
from ledger.adapters.git.remote import (
    MOVED,
    NEW,
    REFUSED,
    SAME,
    Pushed,
    accepted,
    check_branch,
    check_remote,
    fetch,
    fetched,
    offer,
    outpaced,
    push_branch,
    remote_refs,
    remote_url,
    remotes,
)
from ledger.adapters.git.repo import GitRepo, find_repo
from ledger.adapters.git.words import after_refusal, complaint, shortened, single_line, spoken
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

BRANCH = "close/2017-12-31-GZ2017-001"


@dataclass(frozen=True, slots=True)
class Pair:
    """A ledger and a colleague's clone, with one bare server between them."""

    mine: LedgerFolder
    theirs: LedgerFolder
    bare: Path

    @property
    def repo(self) -> GitRepo:
        return find_repo(self.mine.root)

    def commit(self, text: str, parent: str = "main", email: str = "") -> str:
        """A commit that no branch points to, one file on top of its parent."""
        git = self.mine.git
        blob = git("hash-object", "-w", "--stdin", stdin=text.encode()).strip()
        tree = git("mktree", stdin=f"100644 blob {blob}\tledger.yaml\n".encode()).strip()
        who = ("-c", f"user.email={email}") if email else ()
        return git(*who, "commit-tree", tree, "-p", parent, "-m", "销号").strip()

    def server(self) -> dict[str, str]:
        """The server's refs."""
        lines = self.at_server("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split() for line in lines)

    def at_server(self, *arguments: str) -> str:
        return self.mine.git("--git-dir", str(self.bare), *arguments)

    def hook(self, name: str, script: str) -> None:
        path = self.bare / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def state(self) -> list[str]:
        """Everything of mine that talking to the server must leave as it is."""
        files = [
            self.mine.root / ".git" / name for name in ("HEAD", "config", "index", "FETCH_HEAD")
        ]
        return [
            self.mine.git("for-each-ref", "refs/heads", "refs/tags", "refs/stash"),
            self.mine.git("status", "--porcelain"),
            *(str(path.read_bytes()) if path.exists() else "" for path in files),
        ]


@pytest.fixture
def pair(make_ledger: MakeLedger, tmp_path: Path) -> Pair:
    from dataclasses import replace

    mine, bare = make_ledger(1), tmp_path / "server.git"
    mine.git("clone", "--quiet", "--bare", ".", str(bare))
    mine.git("--git-dir", str(bare), "config", "receive.advertisePushOptions", "true")
    mine.git("remote", "add", "origin", str(bare))
    mine.git("clone", "--quiet", str(bare), str(tmp_path / "theirs"))
    for key, value in (("user.name", "整改办"), ("user.email", "zgb@example.com")):
        mine.git("-C", str(tmp_path / "theirs"), "config", key, value)
    return Pair(mine, replace(mine, root=tmp_path / "theirs"), bare)


def failure(call: Callable[[], object]) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        call()
    return caught.value


def test_fetch_moves_one_tracking_branch_only(pair: Pair) -> None:
    pair.theirs.write("新文件", "内容")
    newest = pair.theirs.commit()
    pair.theirs.git("push", "--quiet", "origin", "main", "main:other", "main:refs/tags/v1")
    pair.mine.git("config", "remote.origin.fetch", "+refs/heads/*:refs/heads/*")  # a mirror
    before = pair.state()
    assert fetch(pair.repo, "origin", "main") == newest
    assert pair.state() == before
    assert pair.mine.git("for-each-ref", "--format=%(refname)", "refs/remotes").split() == [
        "refs/remotes/origin/main"
    ]
    assert pair.mine.git("tag") == ""


def test_fetch_takes_a_rewritten_branch(pair: Pair) -> None:
    fetch(pair.repo, "origin", "main")
    pair.theirs.git("commit", "--quiet", "--amend", "--allow-empty", "-m", "改写")
    pair.theirs.git("push", "--quiet", "--force", "origin", "main")
    assert fetch(pair.repo, "origin", "main") == pair.server()["refs/heads/main"]


def test_fetch_of_a_missing_branch_changes_nothing(pair: Pair) -> None:
    before = pair.state()
    error = failure(lambda: fetch(pair.repo, "origin", "release"))
    assert "远端没有这个分支" in error.message
    assert "forge.base" in error.hint
    assert pair.state() == before


def test_fetch_without_a_server_changes_nothing(pair: Pair) -> None:
    known, before = fetch(pair.repo, "origin", "main"), pair.state()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://office:geheim@127.0.0.1:{unused.getsockname()[1]}/unit/ledger.git"
        pair.mine.git("remote", "set-url", "origin", url)
        before = pair.state()
        error = failure(lambda: fetch(pair.repo, "origin", "main"))
    assert "连不上服务器" in error.message
    assert "什么都没有改动" in error.hint
    assert "geheim" not in error.message + error.hint
    assert pair.state() == before
    assert pair.mine.git("rev-parse", "origin/main").strip() == known


def test_a_server_that_never_answers(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gitremote, "_PATIENCE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/unit/ledger.git"
        pair.mine.git("remote", "set-url", "origin", url)
        error = failure(lambda: fetch(pair.repo, "origin", "main"))
    assert "没有回应" in error.message


@pytest.mark.parametrize(
    "url", ["ext::sh -c touch% {marker}", "fd::17", "ftp://127.0.0.1/x", "made-up::x"]
)
def test_transports_that_run_commands_are_refused(
    pair: Pair, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "ext:fd:ftp:made-up")
    marker = tmp_path / "marker"
    pair.mine.git("config", "protocol.ext.allow", "always")
    pair.mine.git("remote", "set-url", "origin", url.format(marker=marker))
    error = failure(lambda: fetch(pair.repo, "origin", "main"))
    assert "不允许的协议" in error.message
    assert not marker.exists()


def test_no_repository_there(pair: Pair, tmp_path: Path) -> None:
    pair.mine.git("remote", "set-url", "origin", str(tmp_path / "nowhere"))
    error = failure(lambda: fetch(pair.repo, "origin", "main"))
    assert "远端没有这个仓库" in error.message
    assert "git remote -v" in error.remedy


def test_no_such_remote(pair: Pair) -> None:
    assert remotes(pair.repo) == ("origin",)
    error = failure(lambda: remote_url(pair.repo, "upstream"))
    assert "没有名为“upstream”的远端" in error.message
    assert "git remote add" in error.remedy


def test_an_address_with_control_characters(pair: Pair) -> None:
    pair.mine.git("config", "remote.origin.url", "https://forge.example/\x1b[31m/x")
    assert "控制字符" in failure(lambda: remote_url(pair.repo, "origin")).message


def test_push_to_a_branch_that_no_local_branch_is_for(pair: Pair) -> None:
    before, commit = pair.state(), pair.commit("办结")
    assert push_branch(pair.repo, "origin", commit, BRANCH).outcome == NEW
    assert pair.server()[f"refs/heads/{BRANCH}"] == commit
    assert pair.state() == before
    assert push_branch(pair.repo, "origin", commit, BRANCH).outcome == SAME


def test_the_same_change_made_again_is_not_pushed(pair: Pair, clock: Callable[[str], None]) -> None:
    first = pair.commit("办结")
    push_branch(pair.repo, "origin", first, BRANCH)
    clock("2017-06-30")
    later = pair.commit("办结")
    assert later != first
    assert push_branch(pair.repo, "origin", later, BRANCH).outcome == SAME
    assert pair.server()[f"refs/heads/{BRANCH}"] == first


def test_a_newer_version_of_mine_replaces_the_older(pair: Pair) -> None:
    push_branch(pair.repo, "origin", pair.commit("办结"), BRANCH)
    changed = pair.commit("办结，补了佐证")
    assert push_branch(pair.repo, "origin", changed, BRANCH).outcome == MOVED
    assert pair.server()[f"refs/heads/{BRANCH}"] == changed


def test_a_newer_version_on_a_main_that_moved(pair: Pair) -> None:
    push_branch(pair.repo, "origin", pair.commit("办结"), BRANCH)
    pair.theirs.write("新文件", "内容")
    pair.theirs.commit()
    pair.theirs.git("push", "--quiet", "origin", "main")
    again = pair.commit("办结", parent=fetch(pair.repo, "origin", "main"))
    assert push_branch(pair.repo, "origin", again, BRANCH).outcome == MOVED


def test_somebody_elses_work_on_the_branch_is_not_thrown_away(pair: Pair) -> None:
    push_branch(pair.repo, "origin", pair.commit("办结"), BRANCH)
    pair.theirs.git("fetch", "--quiet", "origin")
    pair.theirs.git("checkout", "--quiet", BRANCH)
    pair.theirs.write("意见", "请补佐证")
    theirs = pair.theirs.commit()
    pair.theirs.git("push", "--quiet", "origin", BRANCH)
    pair.mine.git("fetch", "--quiet", "origin")  # knowing of it does not make it mine
    error = failure(lambda: push_branch(pair.repo, "origin", pair.commit("办结，补了佐证"), BRANCH))
    assert "有别人的提交，没有覆盖它" in error.message
    assert pair.server()[f"refs/heads/{BRANCH}"] == theirs


def test_a_branch_that_moves_meanwhile_is_not_overwritten(pair: Pair) -> None:
    first = pair.commit("办结")
    ref = f"refs/heads/{BRANCH}"
    offer(pair.repo, "origin", first, ref)
    error = failure(
        lambda: accepted(offer(pair.repo, "origin", pair.commit("别的"), ref, expected=""), ref)
    )
    assert "stale info" in error.message
    assert "再运行一次" in error.hint
    assert pair.server()[f"refs/heads/{BRANCH}"] == first


def test_a_hook_that_refuses_is_quoted(pair: Pair) -> None:
    pair.hook(
        "pre-receive",
        "printf '\\033[1;31mC002 没有集体决策\\033[0m\\r\\n\\n  改正后再推\\n' >&2; exit 1",
    )
    error = failure(lambda: push_branch(pair.repo, "origin", pair.commit("办结"), BRANCH))
    assert error.message == (
        f"服务器没有接受 {BRANCH}（pre-receive hook declined），它说："
        "\n    C002 没有集体决策\n    改正后再推"
    )
    assert error.hint == "请按服务器说的改正，再运行一次同样的命令"


def test_a_hook_that_refuses_without_a_word(pair: Pair) -> None:
    pair.hook("update", "exit 1")  # git itself adds a line, "error: hook declined to update"
    error = failure(lambda: push_branch(pair.repo, "origin", pair.commit("办结"), BRANCH))
    assert error.message.startswith(f"服务器没有接受 {BRANCH}（hook declined）")
    assert pair.server().keys() == {"refs/heads/main"}


def test_a_hook_that_talks_without_end(pair: Pair) -> None:
    pair.hook("pre-receive", "head -c 3000000 /dev/zero | tr '\\0' 'x' >&2; seq 100000 >&2; exit 1")
    error = failure(lambda: push_branch(pair.repo, "origin", pair.commit("办结"), BRANCH))
    assert len(error.message) < 25_000


def test_what_the_server_says_of_a_push_is_kept(pair: Pair) -> None:
    pair.hook("post-receive", "echo 'see https://u:geheim@forge.example/x' >&2")
    pushed = push_branch(pair.repo, "origin", pair.commit("办结"), BRANCH)
    assert pushed.words == ("see https://forge.example/x",)


def test_a_local_hook_that_refuses_is_quoted(pair: Pair) -> None:
    hook = pair.mine.root / ".git" / "hooks" / "pre-push"
    hook.write_text("#!/bin/sh\necho '今天不推送（reset）' >&2\nexit 1\n")
    hook.chmod(0o755)
    error = failure(lambda: push_branch(pair.repo, "origin", pair.commit("办结"), BRANCH))
    assert "今天不推送" in error.message
    assert "连不上" not in error.message


def test_a_branch_can_be_taken_back(pair: Pair) -> None:
    commit, ref = pair.commit("办结"), f"refs/heads/{BRANCH}"
    accepted(offer(pair.repo, "origin", commit, ref), ref)
    assert offer(pair.repo, "origin", "", ref, expected="0" * 40).outcome == REFUSED
    assert offer(pair.repo, "origin", "", ref, expected=commit).outcome == MOVED
    assert ref not in pair.server()


def test_one_refusal_of_several_addresses_is_a_refusal(pair: Pair, tmp_path: Path) -> None:
    second = tmp_path / "second.git"
    pair.mine.git("clone", "--quiet", "--bare", ".", str(second))
    pair.mine.git("push", "--quiet", str(second), f"main:refs/heads/{BRANCH}")
    for url in (second, pair.bare):
        pair.mine.git("remote", "set-url", "--add", "--push", "origin", str(url))
    pair.hook("pre-receive", "exit 1")
    commit = pair.commit("办结")
    assert offer(pair.repo, "origin", commit, f"refs/heads/{BRANCH}").outcome == REFUSED


def test_push_options_arrive_as_they_are(pair: Pair) -> None:
    pair.hook("pre-receive", 'printf "%s|%s" "$GIT_PUSH_OPTION_0" "$GIT_PUSH_OPTION_1" > options')
    options = ["title=--all  两个空格 $HOME `date`", "body=一\n二\x00三"]
    push_branch(pair.repo, "origin", pair.commit("办结"), BRANCH, options)
    assert (pair.bare / "options").read_text() == f"{options[0]}|body=一 二 三"


def test_a_server_without_push_options(pair: Pair) -> None:
    pair.at_server("config", "receive.advertisePushOptions", "false")
    error = failure(
        lambda: push_branch(pair.repo, "origin", pair.commit("办结"), BRANCH, ["topic=x"])
    )
    assert "不接受推送选项" in error.message


def test_refs_of_a_remote(pair: Pair) -> None:
    commit = pair.mine.git("rev-parse", "main").strip()
    pair.at_server("update-ref", "refs/pull/7/head", commit)
    pair.at_server("update-ref", "refs/heads/x/refs/heads/main", commit)
    assert remote_refs(pair.repo, "origin", "refs/pull/*/head") == {"refs/pull/7/head": commit}
    assert remote_refs(pair.repo, "origin", "refs/heads/none") == {}


@pytest.mark.parametrize("asked", ["", "0", "1"])
def test_git_never_asks_without_a_terminal(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", asked)
    assert gitremote._environment()["GIT_TERMINAL_PROMPT"] == "0"


@pytest.mark.parametrize(
    ("terminal", "wish", "asks"), [(True, "", "1"), (True, "0", "0"), (False, "1", "0")]
)
def test_git_asks_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, wish: str, asks: str
) -> None:
    monkeypatch.setattr("os.isatty", lambda _: terminal)
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", wish)
    assert gitremote._environment()["GIT_TERMINAL_PROMPT"] == asks


@pytest.mark.parametrize(
    "name", ["", "-v", "--upload-pack=x", "..", "a/b", "https://x", "ext::sh", "a b", "源", "a\nb"]
)
def test_names_that_are_no_remotes(name: str) -> None:
    with pytest.raises(LedgerError, match="不能作远端名称"):
        check_remote(name)


@example("a.lock/b")
@example("@")
@example("a/.b")
@example("-d")
@example("销号/一")
@given(st.text(alphabet=st.sampled_from("ab-./@{~^:?*[\\ \t\x7f一lock"), min_size=1, max_size=8))
def test_branch_names_are_judged_as_git_does(name: str) -> None:
    git = subprocess.run(
        ["git", "check-ref-format", f"refs/heads/{name}"], check=False, capture_output=True
    )
    allowed = git.returncode == 0 and not name.startswith("-") and name != "@"
    try:
        check_branch(name)
    except LedgerError:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize("name", ["", "x" * 201, "a\udcffb", "a\x00b"])
def test_branch_names_that_git_is_not_asked_about(name: str) -> None:
    with pytest.raises(LedgerError, match="不能作分支名称"):
        check_branch(name)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("fatal: Could not resolve host: forge.example", "找不到服务器"),
        ("ssh: connect to host forge.example port 22: Connection refused", "连不上服务器"),
        ("git@forge.example: Permission denied (publickey).", "不认您的身份"),
        ("fatal: could not read Username for 'https://forge.example': terminal prompts disabled",
         "不认您的身份"),
        ("fatal: unable to access 'https://forge.example/': The requested URL returned error: 403",
         "不认您的身份"),
        ("fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate",
         "证书不可信"),
        ("fatal: repository 'https://forge.example/unit/x.git/' not found", "没有这个仓库"),
        ("fatal: the remote end hung up unexpectedly", "连不上服务器"),
        ("fatal: something new", "没有成功：fatal: something new"),
        ("", "git 没有说明原因"),
    ],
)  # fmt: skip
def test_complaints_are_told_in_chinese(words: str, message: str) -> None:
    error = complaint("origin", spoken(words))
    assert message in error.message
    assert error.hint


def test_the_servers_own_words_do_not_explain_a_failure() -> None:
    error = complaint("origin", ["remote: page not found, see ssl", "fatal: early EOF"])
    assert "连不上服务器（fatal: early EOF）" in error.message


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("pre-receive hook declined", "按服务器说的改正"),
        ("protected branch hook declined", "受保护"),
        ("stale info", "远端刚刚有了变化"),
        ("permission denied", "管理员授权"),
        ("whatever", "管理员"),
    ],
)
def test_what_to_do_after_a_refusal(words: str, hint: str) -> None:
    assert hint in after_refusal(words)


@given(st.text())
def test_a_line_fit_for_a_message(text: str) -> None:
    line = shortened(text)
    assert len(line) <= 500
    assert len(line.splitlines()) <= 1
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202e\u200b]", line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\x1b[1;31m红\x1b[0m  字\r\n", "红 字"),
        ("\x1b]0;title\x07x", "x"),
        ("a\u202eb", "a b"),
    ],
)
def test_terminal_escapes_are_taken_out(text: str, line: str) -> None:
    assert single_line(text) == line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("'https://user:pa'ss@host/x'", "'https://host/x'"),
        ("https://token@host/x", "https://host/x"),
        ("https://user:p@ss@host/x", "https://host/x"),
        ("ssh://git@host:22/x and a@b", "ssh://host:22/x and a@b"),
    ],
)
def test_passwords_are_taken_out_of_addresses(text: str, shown: str) -> None:
    assert shortened(text) == shown


@pytest.mark.parametrize(
    ("pushed", "expected"),
    [
        (Pushed(REFUSED, "stale info"), True),
        (Pushed(REFUSED, "failed to update ref"), True),
        (Pushed(REFUSED, "remote rejected", ("cannot lock ref 'refs/heads/main'",)), True),
        (Pushed(REFUSED, "protected branch hook declined"), False),
        (Pushed(MOVED, "", ("stale info",)), False),
    ],
)
def test_being_outpaced_is_told_from_being_refused(pushed: Pushed, expected: bool) -> None:
    assert outpaced(pushed) is expected


def test_what_is_here_is_not_fetched_again(pair: Pair) -> None:
    tip = pair.server()["refs/heads/main"]
    assert fetched(pair.repo, "origin", "elsewhere", {}) == ""
    assert fetched(pair.repo, "origin", "main", {"refs/heads/main": tip}) == tip
    pair.mine.git("remote", "set-url", "origin", "/nowhere/at/all.git")
    assert fetched(pair.repo, "origin", "main", {"refs/heads/main": tip}) == tip
    with pytest.raises(LedgerError):
        fetched(pair.repo, "origin", "main", {"refs/heads/main": "0" * 40})
