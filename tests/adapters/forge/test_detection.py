from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.forge import OPENERS, detect
from ledger.adapters.forge.address import address_of
from ledger.adapters.forge.credentials import site_of
from ledger.errors import LedgerError
from ledger.model.config import VIAS, Forge
from ledger.model.decode import Fault, decode

if TYPE_CHECKING:
    from tests.adapters.forge.conftest import Clone, ForgeApi

TOKEN = "0123456789abcdef0123456789abcdef01234567"


def point(clone: Clone, url: str) -> None:
    clone.repo.run("remote", "set-url", "origin", url)


def test_what_is_configured_counts(clone: Clone) -> None:
    assert ("local", *OPENERS) == VIAS
    assert {via: detect(clone.repo, "origin", via).via for via in VIAS} == {
        via: via for via in VIAS
    }


def test_an_unknown_way(clone: Clone) -> None:
    with pytest.raises(LedgerError, match="不认识的合并请求方式“svn”") as caught:
        detect(clone.repo, "origin", "svn")
    assert "agit" in caught.value.hint


def test_no_remote(clone: Clone) -> None:
    assert detect(clone.repo, "elsewhere", "").via == "local"


def test_a_remote_that_is_an_option(clone: Clone) -> None:
    with pytest.raises(LedgerError, match="不能作远端名称"):
        detect(clone.repo, "--upload-pack=touch", "")


def test_a_path_takes_branches(clone: Clone) -> None:
    assert detect(clone.repo, "origin", "").via == "push"


@pytest.mark.parametrize(
    ("url", "via"),
    [
        ("git@gitlab.com:unit/ledger.git", "gitlab"),
        ("git@jihulab.com:unit/ledger.git", "gitlab"),
        ("git@gitee.com:unit/ledger.git", "agit"),
        ("git@codeup.aliyun.com:unit/ledger.git", "agit"),
        ("git@codeberg.org:unit/ledger.git", "agit"),
    ],
)
def test_known_hosts_are_not_asked(clone: Clone, url: str, via: str) -> None:
    point(clone, url)
    assert detect(clone.repo, "origin", "").via == via


def test_a_token_in_the_environment_speaks_for_the_api(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(clone, "git@codeberg.org:unit/ledger.git")
    monkeypatch.setenv("FORGEJO_TOKEN", TOKEN)
    assert detect(clone.repo, "origin", "").via == "api"


def test_github_with_and_without_its_tool(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    point(clone, "https://github.com/unit/ledger.git")
    places = os.environ["PATH"].split(os.pathsep)
    without = [place for place in places if not (Path(place) / "gh").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(without))
    forge = detect(clone.repo, "origin", "")
    assert (forge.via, "没有 gh" in forge.note) == ("push", True)
    (tmp_path / "gh").write_text("#!/bin/sh\n")
    (tmp_path / "gh").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), *without]))
    assert detect(clone.repo, "origin", "").via == "gh"


def test_a_gitea_says_that_it_is_one(
    forge: ForgeApi, forge_clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert detect(forge_clone.repo, "origin", "").via == "agit"
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    assert detect(forge_clone.repo, "origin", "").via == "api"
    assert forge.authorizations == {""}  # asked as nobody


def test_a_gitea_that_tells_only_its_users(forge: ForgeApi, forge_clone: Clone) -> None:
    forge.faults["GET", "/version"] = (403, b'{"message": "Only signed in user"}')
    assert detect(forge_clone.repo, "origin", "").via == "agit"


def test_a_gitlab_says_that_it_is_one(forge: ForgeApi, forge_clone: Clone) -> None:
    forge.faults["GET", "/version"] = (404, b"<html>404</html>")
    forge.other["/api/v4/version"] = (401, json.dumps({"message": "401 Unauthorized"}).encode())
    assert detect(forge_clone.repo, "origin", "").via == "gitlab"


def test_a_web_server_that_is_no_forge_is_told(forge: ForgeApi, forge_clone: Clone) -> None:
    """It may be one behind a login page: nothing weaker is done without a word."""
    forge.faults["GET", "/version"] = (200, b"<html>hello</html>")
    with pytest.raises(LedgerError) as caught:
        detect(forge_clone.repo, "origin", "")
    assert f"{forge.url} 有回应，但不是 Gitea、Forgejo 或 GitLab" in caught.value.message
    assert "forge: {via:" in caught.value.hint
    assert "LEDGER_FORGE_URL" in caught.value.hint


def test_without_a_token_the_weaker_way_is_told(forge_clone: Clone) -> None:
    forge = detect(forge_clone.repo, "origin", "")
    assert forge.via == "agit"
    assert "的令牌，改用 agit：合并请求照开，但不能指定审阅人和标签" in forge.note


@pytest.fixture
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{unused.getsockname()[1]}")
        yield


@pytest.mark.parametrize(("name", "via"), [("gitlab", "gitlab"), ("gitea", "agit")])
@pytest.mark.usefixtures("nobody_answers")
def test_a_server_that_does_not_answer_is_known_by_its_name(
    clone: Clone, name: str, via: str
) -> None:
    point(clone, f"ssh://git@{name}.example:2222/unit/ledger.git")
    forge = detect(clone.repo, "origin", "")
    assert forge.via == via
    assert f"没有问到 {name}.example 是什么平台（连不上 https://{name}.example）" in forge.note


@pytest.mark.usefixtures("nobody_answers")
def test_a_server_that_nothing_is_known_of_is_told(clone: Clone) -> None:
    point(clone, "ssh://git@git.example:2222/unit/ledger.git")
    with pytest.raises(
        LedgerError, match=r"不知道远端“origin”是什么平台：连不上 https://git\.example"
    ):
        detect(clone.repo, "origin", "")


@pytest.mark.parametrize("how", ["LEDGER_FORGE_URL", "ledger.forgeUrl"])
def test_the_web_port_beside_ssh(
    how: str, forge: ForgeApi, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the user's own settings name it: no file of the ledger sends a token elsewhere."""
    point(clone, "ssh://git@127.0.0.1:2222/整改办/name.git")
    if how.isupper():
        monkeypatch.setenv(how, forge.url)
    else:
        clone.repo.run("config", how, f"{forge.url}/")
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    assert detect(clone.repo, "origin", "").via == "api"
    assert address_of(clone.repo, "origin").page == f"{forge.url}/%E6%95%B4%E6%94%B9%E5%8A%9E/name"
    assert site_of(clone.repo, "origin").root == forge.url


def test_every_way_can_be_configured() -> None:
    for via in ("local", *OPENERS):
        faults: list[Fault] = []
        assert decode(Forge, {"via": via}, faults) == Forge(via=via)
        assert not faults
