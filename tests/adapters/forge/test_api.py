from __future__ import annotations

import socket
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.forge import PullRequest, open_request
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from tests.adapters.forge.conftest import Clone, ForgeApi

TOKEN = "0123456789abcdef0123456789abcdef01234567"
Make = Callable[..., PullRequest]


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)


def failure(clone: Clone, request: PullRequest) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        open_request(clone.repo, "origin", "api", request)
    shown = "".join(traceback.format_exception(caught.value)) + caught.value.hint
    assert TOKEN not in shown
    return caught.value


def test_opens_with_text_reviewers_and_labels(
    forge: ForgeApi, forge_clone: Clone, request_of: Make
) -> None:
    commit, before = forge_clone.commit("办结"), forge_clone.state()
    request = request_of(commit, reviewers=("reviewer", "shenyue"), labels=("销号", "巡视整改"))
    opened = open_request(forge_clone.repo, "origin", "api", request)
    assert opened.via == "api"
    assert opened.url == f"{forge.url}/整改办/name/pulls/1"
    assert not opened.existed
    assert opened.message == f"合并请求已经打开；请审阅人打开 {opened.url} 审阅并合并"
    (pull,) = forge.pulls
    assert (pull["title"], pull["body"]) == (request.title, request.body)
    assert pull["head"] == {"ref": request.branch, "sha": commit, "repo_id": 7}
    assert pull["base"]["ref"] == "main"
    assert pull["requested_reviewers"] == [{"login": "reviewer"}, {"login": "shenyue"}]
    assert pull["labels"] == [{"id": 3}, {"id": 5}]
    assert forge.authorizations == {f"token {TOKEN}"}
    assert forge_clone.state() == before


def test_again_never_doubles(forge: ForgeApi, forge_clone: Clone, request_of: Make) -> None:
    request = request_of(forge_clone.commit("办结"), reviewers=("reviewer",))
    first = open_request(forge_clone.repo, "origin", "api", request)
    forge.requests.clear()
    again = open_request(forge_clone.repo, "origin", "api", request)
    assert (again.url, again.existed) == (first.url, True)
    assert len(forge.pulls) == 1
    assert {method.split()[0] for method in forge.methods()} == {"GET"}


def test_new_content_updates_the_open_one(
    forge: ForgeApi, forge_clone: Clone, request_of: Make
) -> None:
    open_request(forge_clone.repo, "origin", "api", request_of(forge_clone.commit("办结")))
    changed = request_of(forge_clone.commit("办结，补了佐证"), body="改过的说明", labels=("销号",))
    opened = open_request(forge_clone.repo, "origin", "api", changed)
    assert opened.existed
    assert "已更新" in opened.message
    (pull,) = forge.pulls
    assert (pull["body"], pull["labels"]) == ("改过的说明", [{"id": 3}])
    assert forge.commit_of(changed.branch) == changed.commit


def test_the_same_change_in_another_commit_is_not_pushed_again(
    forge: ForgeApi, forge_clone: Clone, request_of: Make, clock: Callable[[str], None]
) -> None:
    first = request_of(forge_clone.commit("办结"))
    open_request(forge_clone.repo, "origin", "api", first)
    clock("2017-06-30")
    later = request_of(forge_clone.commit("办结"))
    assert later.commit != first.commit
    assert open_request(forge_clone.repo, "origin", "api", later).existed
    assert forge.commit_of(first.branch) == first.commit


def test_continues_after_a_failure_between_push_and_request(
    forge: ForgeApi, forge_clone: Clone, request_of: Make
) -> None:
    request = request_of(forge_clone.commit("办结"))
    forge.faults["POST", "/pulls"] = (503, b"upstream is away")
    error = failure(forge_clone, request)
    assert f"分支 {request.branch} 已经推送" in error.message
    assert "503" in error.message
    assert "再运行一次" in error.hint
    assert forge.commit_of(request.branch) == request.commit
    forge.faults.clear()
    assert not open_request(forge_clone.repo, "origin", "api", request).existed
    assert len(forge.pulls) == 1


def test_opened_by_somebody_in_the_meantime(
    forge: ForgeApi, forge_clone: Clone, request_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = request_of(forge_clone.commit("办结"))
    created = forge._create

    def create(data: dict[str, str]) -> tuple[int, object]:
        created(data)
        return created(data)

    monkeypatch.setattr(type(forge), "_create", lambda _, data: create(data))
    opened = open_request(forge_clone.repo, "origin", "api", request)
    assert opened.url.endswith("/pulls/1")
    assert len(forge.pulls) == 1


def test_finds_the_open_one_on_a_later_page_and_not_a_forks(
    forge: ForgeApi, forge_clone: Clone, request_of: Make
) -> None:
    request = request_of(forge_clone.commit("办结"))
    open_request(forge_clone.repo, "origin", "api", request)
    mine = forge.pulls[0]
    for number in range(1, 6):
        other = {**mine, "number": number, "head": {**mine["head"], "repo_id": 8, "sha": "0" * 40}}
        forge.pulls.insert(0, {**other, "html_url": f"{forge.url}/fork/name/pulls/{number}"})
    mine["number"] = 6
    assert open_request(forge_clone.repo, "origin", "api", request).url == mine["html_url"]


def test_finds_the_one_that_was_opened_by_agit_flow(
    forge: ForgeApi, forge_clone: Clone, request_of: Make
) -> None:
    request = request_of(forge_clone.commit("办结"))
    open_request(forge_clone.repo, "origin", "api", request)
    forge.pulls[0]["head"]["ref"] = "office/close/2017-12-31-GZ2017-031"
    assert open_request(forge_clone.repo, "origin", "api", request).existed


def test_unknown_reviewers_and_labels_are_told_and_do_not_fail(
    forge: ForgeApi, forge_clone: Clone, request_of: Make
) -> None:
    request = request_of(
        forge_clone.commit("办结"), reviewers=("nobody", "reviewer"), labels=("没有", "销号")
    )
    opened = open_request(forge_clone.repo, "origin", "api", request)
    assert "请 nobody 审阅时" in opened.message
    assert "User 'nobody' not exist" in opened.message
    assert "没有标签 没有" in opened.message
    assert forge.pulls[0]["requested_reviewers"] == [{"login": "reviewer"}]
    assert forge.pulls[0]["labels"] == [{"id": 3}]


def test_labels_that_cannot_be_put_on_are_told(
    forge: ForgeApi, forge_clone: Clone, request_of: Make
) -> None:
    forge.faults["POST", "/labels"] = (403, b'{"message": "no write access"}')
    request = request_of(forge_clone.commit("办结"), labels=("销号",))
    opened = open_request(forge_clone.repo, "origin", "api", request)
    assert "加标签时" in opened.message
    assert "no write access" in opened.message


@pytest.mark.parametrize(
    ("status", "body", "message", "hint"),
    [
        (401, b'{"message": "invalid"}', "不认这个令牌（401）：invalid", "LEDGER_FORGE_TOKEN"),
        (403, b"{}", "不允许这样做（403）", "权限"),
        (404, b'{"message": "gone"}', "找不到这个仓库或分支", "核对远端地址"),
        (429, b"slow down", "请求太频繁（429）", "几分钟"),
        (500, b"<html>oops</html>", "出了故障（500）", "稍后"),
        (502, b"", "出了故障（502）", "稍后"),
        (418, b'{"message": "teapot"}', "没有照办（418）：teapot", "管理员"),
        (302, b"", "让转到别的地址（302）", "改成平台现在的地址"),
        (200, b"<html>please log in</html>", "不是平台接口的数据", "登录页面"),
        (200, b'{"message": "a dictionary"}', "看不懂", "--via push"),
        (200, b"[" * 200_000, "不是平台接口的数据", "登录页面"),
        (200, b" " * 11_000_000, "很久没有回应", "再运行一次"),
    ],
)
def test_nothing_is_pushed_when_the_first_question_fails(
    forge: ForgeApi,
    forge_clone: Clone,
    request_of: Make,
    status: int,
    body: bytes,
    message: str,
    hint: str,
) -> None:
    forge.faults["GET", "/pulls"] = (status, body)
    before = forge_clone.refs()
    error = failure(forge_clone, request_of(forge_clone.commit("办结")))
    assert message in error.message
    assert hint in error.hint
    assert forge_clone.refs() == before


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (404, b'{"message": "branch not found"}', "开合并请求时"),
        (409, b'{"message": "exists"}', "与已有的内容冲突（409）：exists"),
        (413, b"{}", "超出了配额（413）"),
        (422, b'{"message": "no changes between"}', "请求的内容不对（422）：no changes between"),
        (423, b"{}", "仓库已归档（423）"),
        (201, b'{"number": "one"}', "看不懂"),
    ],
)
def test_a_refused_request_leaves_the_branch_and_says_so(
    forge: ForgeApi, forge_clone: Clone, request_of: Make, status: int, body: bytes, message: str
) -> None:
    forge.faults["POST", "/pulls"] = (status, body)
    request = request_of(forge_clone.commit("办结"))
    error = failure(forge_clone, request)
    assert message in error.message
    assert "已经推送" in error.message
    assert request.branch in str(forge_clone.refs())


def test_a_push_that_is_refused_opens_nothing(
    forge: ForgeApi, forge_clone: Clone, request_of: Make
) -> None:
    forge_clone.hook("pre-receive", "#!/bin/sh\necho 'C002 没有集体决策' >&2\nexit 1\n")
    error = failure(forge_clone, request_of(forge_clone.commit("办结")))
    assert "C002 没有集体决策" in error.message
    assert forge.pulls == []


def test_the_servers_words_are_made_safe(
    forge: ForgeApi, forge_clone: Clone, request_of: Make
) -> None:
    words = '{"message": "\\u001b[2Jsee https://u:secret@host/x\\n' + "长" * 5000 + '"}'
    forge.faults["GET", "/pulls"] = (403, words.encode())
    error = failure(forge_clone, request_of(forge_clone.commit("办结")))
    assert "see https://host/x" in error.message
    assert "\x1b" not in error.message
    assert len(error.message) < 700


def test_no_server(forge_clone: Clone, request_of: Make) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        url = f"http://127.0.0.1:{port}/整改办/name.git"
        forge_clone.repo.run("remote", "set-url", "origin", url)
        error = failure(forge_clone, request_of(forge_clone.commit("办结")))
    assert error.message == f"连不上 http://127.0.0.1:{port}"
    assert "会接着做" in error.hint


def test_a_server_that_is_silent(
    forge_clone: Clone, request_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.adapters.forge import web

    monkeypatch.setitem(web.ask.__kwdefaults__, "seconds", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/整改办/name.git"
        forge_clone.repo.run("remote", "set-url", "origin", url)
        error = failure(forge_clone, request_of(forge_clone.commit("办结")))
    assert "很久没有回应" in error.message
