from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.forge import PullRequest, open_request
from ledger.adapters.forge.address import address_of, parse
from ledger.adapters.forge.agit import _options, _takes_base64
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from tests.adapters.forge.conftest import AgitServer, Clone, ForgeApi

Make = Callable[..., PullRequest]
TOPIC = "close/2017-12-31-GZ2017-031"


def test_opens_with_exactly_these_push_options(agit: AgitServer, request_of: Make) -> None:
    clone = agit.clone
    before = clone.state()
    opened = open_request(clone.repo, "origin", "agit", request_of(clone.commit("办结")))
    assert agit.clone.options() == [
        f"topic={TOPIC}",
        "title=销号 GZ2017-031",
        "description=**销号事项**<br>• GZ2017-031 开展专利检索能力测评",
    ]
    assert opened.via == "agit"
    assert opened.url == "http://forge.example/整改办/name/pulls/1"
    assert not opened.existed
    assert "已经打开" in opened.message
    assert "refs/heads/" + TOPIC not in clone.refs()
    assert clone.state() == before


def test_the_same_again_does_nothing(agit: AgitServer, request_of: Make) -> None:
    request = request_of(agit.clone.commit("办结"))
    open_request(agit.clone.repo, "origin", "agit", request)
    refs = agit.clone.refs()
    again = open_request(agit.clone.repo, "origin", "agit", request)
    assert again.existed
    assert "没有变化" in again.message
    assert len(agit.pulls()) == 1
    assert agit.clone.refs() == refs


def test_new_content_replaces_the_old(agit: AgitServer, request_of: Make) -> None:
    clone = agit.clone
    open_request(clone.repo, "origin", "agit", request_of(clone.commit("办结")))
    changed = request_of(clone.commit("办结，补了佐证"))
    opened = open_request(clone.repo, "origin", "agit", changed)
    assert opened.existed
    assert "已更新" in opened.message
    (pull,) = agit.pulls()
    assert pull["commit"] == changed.commit
    assert agit.clone.options()[-1] == "force-push=true"


def test_more_commits_update_without_force(agit: AgitServer, request_of: Make) -> None:
    clone = agit.clone
    first = clone.commit("办结")
    open_request(clone.repo, "origin", "agit", request_of(first))
    opened = open_request(
        clone.repo, "origin", "agit", request_of(clone.commit("又补了佐证", parent=first))
    )
    assert opened.existed
    assert "force-push=true" not in agit.clone.options()
    assert len(agit.pulls()) == 1


def test_another_topic_is_another_request(agit: AgitServer, request_of: Make) -> None:
    clone = agit.clone
    for number in ("031", "032"):
        name = f"close/2017-12-31-GZ2017-{number}"
        request = request_of(clone.commit(number), branch=name, topic=name)
        assert not open_request(clone.repo, "origin", "agit", request).existed
    assert [pull["number"] for pull in agit.pulls()] == [1, 2]


def test_the_page_is_found_by_its_number_where_the_server_does_not_name_it(
    agit: AgitServer, forge: ForgeApi, forge_clone: Clone, request_of: Make
) -> None:
    (forge_clone.bare / "silent").touch()
    for number, text in ((1, "别的"), (2, "办结")):
        request = request_of(forge_clone.commit(text), topic=text)
        opened = open_request(forge_clone.repo, "origin", "agit", request)
        assert opened.url.endswith(f"/name/pulls/{number}")
    again = open_request(forge_clone.repo, "origin", "agit", request)
    assert (again.url, again.existed) == (opened.url, True)
    assert again.url.startswith(forge.url)
    assert len(agit.pulls()) == 2


def test_a_page_that_nobody_names(agit: AgitServer, request_of: Make) -> None:
    (agit.clone.bare / "silent").touch()
    request = request_of(agit.clone.commit("办结"))
    opened = open_request(agit.clone.repo, "origin", "agit", request)
    assert opened.url == ""
    assert "到平台上找“销号 GZ2017-031”" in opened.message


def test_reviewers_are_named_to_the_user(agit: AgitServer, request_of: Make) -> None:
    request = request_of(agit.clone.commit("办结"), reviewers=("整改办主任",))
    opened = open_request(agit.clone.repo, "origin", "agit", request)
    assert opened.message.endswith("审阅人：整改办主任")


def test_a_refusal_has_the_servers_words(agit: AgitServer, request_of: Make) -> None:
    script = "#!/bin/sh\nprintf '\\033[31mC004 上会后内容被改\\033[0m\\n' >&2\nexit 1\n"
    agit.clone.hook("pre-receive", script)
    with pytest.raises(LedgerError) as caught:
        open_request(agit.clone.repo, "origin", "agit", request_of(agit.clone.commit("办结")))
    assert "C004 上会后内容被改" in caught.value.message
    assert "\x1b" not in caught.value.message
    assert "hook declined" in caught.value.message
    assert "再运行一次" in caught.value.hint
    assert agit.pulls() == []


def test_a_server_without_push_options(agit: AgitServer, request_of: Make) -> None:
    agit.clone.repo.run(
        "--git-dir", str(agit.clone.bare), "config", "receive.advertisePushOptions", "false"
    )
    with pytest.raises(LedgerError) as caught:
        open_request(agit.clone.repo, "origin", "agit", request_of(agit.clone.commit("办结")))
    assert "不接受推送选项" in caught.value.message
    assert "--via" in caught.value.hint


@pytest.mark.parametrize(
    ("version", "encoded"),
    [
        ("1.25.0", True),
        ("1.26.0+dev-12-gabcdef", True),
        ("2.0.0", True),
        ("1.24.9", False),
        ("1.20.6", False),
        ("10.0.0+gitea-1.22.0", False),
        ("", False),
    ],
)
def test_a_body_of_several_lines_is_encoded_for_servers_that_understand_it(
    forge: ForgeApi, forge_clone: Clone, request_of: Make, version: str, encoded: bool
) -> None:
    forge.version = version
    request = request_of("0" * 40)
    address = address_of(forge_clone.repo, "origin")
    takes = _takes_base64(forge_clone.repo, "origin", address)
    text = _options(request, takes)[-1].removeprefix("description=")
    if encoded:
        assert base64.b64decode(text.removeprefix("{base64}")).decode() == request.body.strip()
    else:
        assert text == "**销号事项**<br>• GZ2017-031 开展专利检索能力测评"


def test_codeup_takes_a_body_of_several_lines(clone: Clone, request_of: Make) -> None:
    codeup = parse("git@codeup.aliyun.com:unit/ledger.git")
    options = _options(request_of("0" * 40), _takes_base64(clone.repo, "origin", codeup))
    assert options[-1].startswith("description={base64}")


def test_a_long_body_still_travels(agit: AgitServer, request_of: Make) -> None:
    body = "\n".join(f"- 第{number}项：{'措施' * 20}" for number in range(2000))
    request = request_of(agit.clone.commit("办结"), body=body)
    open_request(agit.clone.repo, "origin", "agit", request)
    description = agit.pulls()[0]["description"]
    assert description.startswith("• 第0项")
    assert description.endswith("请看提交的内容）")
