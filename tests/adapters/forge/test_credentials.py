from __future__ import annotations

import base64
import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.forge import PullRequest, open_request
from ledger.adapters.forge.credentials import site_of
from ledger.adapters.forge.detection import forge_kind
from ledger.adapters.forge.web import Reached, ask
from ledger.adapters.git.process import environment
from ledger.adapters.git.repo import find_repo
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from tests.adapters.forge.conftest import Clone, ForgeApi

TOKEN = "0123456789abcdef0123456789abcdef01234567"
Make = Callable[..., PullRequest]


def point(clone: Clone, url: str) -> None:
    clone.repo.run("remote", "set-url", "origin", url)


def remember(clone: Clone, host: str, user: str = "office", password: str = TOKEN) -> None:
    """Let git's own helper know a password, as it does after a first login."""
    kept = clone.repo.root.parent / "passwords"
    kept.write_text(f"http://{user}:{password}@{host}\nhttps://{user}:{password}@{host}\n")
    clone.repo.run("config", "credential.helper", f"store --file={kept}")


@pytest.mark.parametrize("name", ["LEDGER_FORGE_TOKEN", "FORGEJO_TOKEN", "GITEA_TOKEN"])
def test_a_token_of_the_environment(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    point(clone, "git@forge.example:unit/ledger.git")
    monkeypatch.setenv(name, f" {TOKEN}\n")
    site = site_of(clone.repo, "origin")
    assert (site.root, site.authorization) == ("https://forge.example", f"token {TOKEN}")
    assert TOKEN not in repr(site)


def test_the_ledgers_own_variable_comes_first(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(clone, "git@forge.example:unit/ledger.git")
    monkeypatch.setenv("GITEA_TOKEN", "other")
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    assert site_of(clone.repo, "origin").authorization == f"token {TOKEN}"


@pytest.mark.parametrize("bad", ["two words", "密语", "a\x01b", "x" * 1001])
def test_something_that_is_no_token(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    point(clone, "git@forge.example:unit/ledger.git")
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", bad)
    with pytest.raises(LedgerError, match="LEDGER_FORGE_TOKEN 里不是令牌") as caught:
        site_of(clone.repo, "origin")
    assert bad not in caught.value.message + caught.value.hint


def test_what_git_remembers_opens_the_request(
    forge: ForgeApi, forge_clone: Clone, request_of: Make
) -> None:
    pair = "Basic " + base64.b64encode(f"office:{TOKEN}".encode()).decode()
    forge.tokens, forge.git_password = {pair}, pair
    remember(forge_clone, forge.url.removeprefix("http://"))
    opened = open_request(forge_clone.repo, "origin", "api", request_of(forge_clone.commit("办结")))
    assert not opened.existed
    assert forge.authorizations == {pair}


def test_a_password_in_the_remotes_address(clone: Clone) -> None:
    point(clone, f"https://office:{TOKEN}@forge.example/unit/ledger.git")
    site = site_of(clone.repo, "origin")
    assert base64.b64decode(site.authorization.removeprefix("Basic ")).decode() == f"office:{TOKEN}"
    assert TOKEN not in site.root


def test_a_password_of_another_host_is_not_used(clone: Clone) -> None:
    point(clone, "git@forge.example:unit/ledger.git")
    remember(clone, "forge.example.evil.example")
    with pytest.raises(LedgerError):
        site_of(clone.repo, "origin")


def test_nobody_is_asked(clone: Clone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked, program = tmp_path / "asked", tmp_path / "askpass"
    program.write_text(f"#!/bin/sh\ntouch '{asked}'\necho {TOKEN}\n")
    program.chmod(0o755)
    monkeypatch.setenv("GIT_ASKPASS", str(program))
    clone.repo.run("config", "core.askPass", str(program))
    point(clone, "git@forge.example:unit/ledger.git")
    with pytest.raises(LedgerError):
        site_of(clone.repo, "origin")
    assert not asked.exists()


def test_none(clone: Clone) -> None:
    point(clone, "git@forge.example:unit/ledger.git")
    with pytest.raises(LedgerError, match=r"没有 https://forge.example 的令牌") as caught:
        site_of(clone.repo, "origin")
    assert "LEDGER_FORGE_TOKEN" in caught.value.hint


def test_a_path_is_no_forge(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    with pytest.raises(LedgerError, match="不是托管平台"):
        site_of(clone.repo, "origin")


def test_a_token_is_not_sent_in_the_clear(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    point(clone, "http://forge.example:3000/unit/ledger.git")
    with pytest.raises(LedgerError, match="不加密，令牌会被旁人看到"):
        site_of(clone.repo, "origin")
    monkeypatch.setenv("LEDGER_FORGE_INSECURE", "1")
    assert site_of(clone.repo, "origin").root == "http://forge.example:3000"


def test_how_git_reaches_a_host(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    point(clone, "git@forge.example:unit/ledger.git")
    clone.repo.run("config", "http.https://forge.example.sslCAInfo", "/etc/root.pem")
    clone.repo.run("config", "http.https://other.example.proxy", "http://proxy.example:8080")
    clone.repo.run("config", "http.https://forge.example.sslCert", "/me.pem")
    clone.repo.run("config", "http.https://forge.example.sslVerify", "off")
    site = site_of(clone.repo, "origin")
    assert site.reached == Reached("/etc/root.pem", "", ("/me.pem", ""), False, None)


PATHS = ("sslCAInfo", "sslCAPath", "sslCert", "sslKey")


def paths(reached: Reached) -> tuple[str, ...]:
    """The files and folders in the order of `PATHS`."""
    return (reached.certificates, reached.folder, *reached.identity)


@pytest.mark.parametrize("key", PATHS)
@pytest.mark.parametrize("part", ["", "https://forge.example.", "https://*.example."])
def test_a_path_in_the_settings_is_read_as_git_reads_it(
    key: str, part: str, clone: Clone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`~` is the user's folder; what is relative lies in the folder that git runs in."""
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    point(clone, "git@forge.example:unit/ledger.git")
    own = str(clone.repo.root / "certs/ca.pem")
    for value, place in (
        ("~/ca 根.pem", f"{tmp_path}/ca 根.pem"),
        ("/etc/ca.pem", "/etc/ca.pem"),
        ("certs/ca.pem", own),
        ("", ""),
    ):
        clone.repo.run("config", "--replace-all", f"http.{part}{key}", value)
        by_key = dict(zip(PATHS, paths(site_of(clone.repo, "origin").reached), strict=True))
        assert by_key == dict.fromkeys(PATHS, "") | {key: place}


def test_a_relative_path_begins_at_the_top_of_the_work_tree(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the ledger is in a folder below: git goes up before it opens anything."""
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    point(clone, "git@forge.example:unit/ledger.git")
    clone.repo.run("config", "http.sslCAInfo", "certs/ca.pem")
    (clone.repo.root / "台账").mkdir()
    below = find_repo(clone.repo.root / "台账")
    assert site_of(below, "origin").reached.certificates == str(clone.repo.root / "certs/ca.pem")


def test_a_path_of_nobodys_is_told(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    point(clone, "git@forge.example:unit/ledger.git")
    clone.repo.run("config", "http.sslCAInfo", "~nobody-of-this-name/ca.pem")
    with pytest.raises(LedgerError) as caught:
        site_of(clone.repo, "origin")
    assert "git 的设置 http.sslCAInfo" in caught.value.message
    assert "fatal" not in caught.value.message
    assert "完整的路径" in caught.value.hint


@pytest.mark.parametrize(
    ("url", "setting"),
    [
        ("https://forge.example/unit/ledger.git", "https://forge.example/unit"),
        ("https://office:secret@forge.example/unit/ledger.git", "https://office@forge.example"),
        ("https://forge.example:8443/git/unit/ledger.git", "https://forge.example:8443/git"),
        ("git@forge.example:unit/ledger.git", "https://forge.example/unit"),
        ("HTTPS://Forge.Example/unit/ledger.git", "https://forge.example"),
    ],
)
def test_what_is_set_for_an_address_counts_for_what_lies_below_it(
    url: str, setting: str, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git matches the whole address of the remote, not only its host."""
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    point(clone, url)
    clone.repo.run("config", f"http.{setting}.sslCAInfo", "/unit.pem")
    clone.repo.run("config", "http.https://forge.example/other.sslCAInfo", "/other.pem")
    clone.repo.run("config", "http.sslCAInfo", "/all.pem")
    assert site_of(clone.repo, "origin").reached.certificates == "/unit.pem"


def test_no_password_is_in_a_processs_arguments(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    point(clone, f"https://office:{TOKEN}@forge.example/unit/ledger.git")
    trace = tmp_path / "trace"
    real = shutil.which("git")
    (tmp_path / "git").write_text(f'#!/bin/sh\necho "$@" >> {trace}\nexec {real} "$@"\n')
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    site_of(clone.repo, "origin")
    assert "get-urlmatch" in trace.read_text()
    assert TOKEN not in trace.read_text()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("GIT_SSL_CAINFO", 0),
        ("GIT_SSL_CAPATH", 1),
        ("GIT_SSL_CERT", 2),
        ("GIT_SSL_KEY", 3),
    ],
)
def test_gits_own_variables_come_before_its_settings(
    name: str, place: int, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    point(clone, "git@forge.example:unit/ledger.git")
    for key in PATHS:
        clone.repo.run("config", f"http.{key}", f"/{key}.pem")
    monkeypatch.setenv(name, "~/own.pem")  # a variable is no setting: nothing is expanded in it
    used = paths(site_of(clone.repo, "origin").reached)
    own = str(clone.repo.root / "~/own.pem")
    assert list(used) == [own if at == place else f"/{key}.pem" for at, key in enumerate(PATHS)]


@pytest.mark.parametrize("value", ["1", "true", ""])
def test_gits_own_variable_turns_verifying_off(
    value: str, encrypted: tuple[str, Path], clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git does not look at its value; and git itself is told, when the program starts it."""
    url, _ = encrypted
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", value)
    point(clone, f"{url}/unit/ledger.git")
    clone.repo.run("config", "http.sslVerify", "true")
    assert ask(site_of(clone.repo, "origin"), "GET", "/").data == []
    assert environment()["GIT_SSL_NO_VERIFY"] == value


@pytest.mark.parametrize(
    ("key", "value", "bypass", "proxy"),
    [
        ("http.proxy", "proxy.example:8080", "", "http://proxy.example:8080"),
        ("http.proxy", "", "", ""),  # git help config: empty means none, whatever is around
        ("http.proxy", "http://proxy.example", "forge.example", ""),
        ("remote.origin.proxy", "http://near.example", "", "http://near.example"),
        ("remote.other.proxy", "http://near.example", "", None),
    ],
)
def test_the_proxy_that_git_would_take(
    key: str, value: str, bypass: str, proxy: str | None, clone: Clone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    monkeypatch.setenv("NO_PROXY", bypass)
    point(clone, "git@forge.example:unit/ledger.git")
    clone.repo.run("config", key, value)
    assert site_of(clone.repo, "origin").reached.proxy == proxy


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "http.proxy"])
def test_a_proxy_is_gone_through_in_capitals_too(
    name: str, forge: ForgeApi, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What answers in the place of a host that is nowhere is the proxy."""
    forge.other["http://forge.nowhere/api/v1/version"] = (200, b'{"version": "1.26.3"}')
    for other in ("NO_PROXY", "no_proxy", "REQUEST_METHOD"):
        monkeypatch.delenv(other, raising=False)
    point(clone, "http://forge.nowhere/unit/ledger.git")
    if name == "http.proxy":
        clone.repo.run("config", name, forge.url)
    else:
        monkeypatch.setenv(name, forge.url)
    assert forge_kind(clone.repo, "origin") == ("gitea", "")


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "gopher://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    point(clone, "git@forge.example:unit/ledger.git")
    clone.repo.run("config", "http.proxy", proxy)
    with pytest.raises(LedgerError, match="证书、代理的设置有误"):
        ask(site_of(clone.repo, "origin"), "GET", "/")


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server over TLS, and the certificate that it signed itself."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl on this machine (see requirements/apt.txt)")
    folder = tmp_path_factory.mktemp("encrypted")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with HTTPServer(("127.0.0.1", 0), _Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}", certificate
        server.shutdown()
        thread.join()


def test_a_certificate_is_trusted_as_git_does(
    encrypted: tuple[str, Path], clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, certificate = encrypted
    monkeypatch.setenv("LEDGER_FORGE_TOKEN", TOKEN)
    point(clone, f"{url}/unit/ledger.git")
    with pytest.raises(LedgerError, match="证书不可信") as caught:
        ask(site_of(clone.repo, "origin"), "GET", "/")
    assert "http.sslCAInfo" in caught.value.hint
    clone.repo.run("config", "http.sslCAInfo", str(certificate))
    assert ask(site_of(clone.repo, "origin"), "GET", "/").data == []
    clone.repo.run("config", "http.sslCAInfo", str(certificate.parent / "missing.pem"))
    with pytest.raises(LedgerError, match="证书、代理的设置有误"):
        ask(site_of(clone.repo, "origin"), "GET", "/")


def test_finding_out_what_a_server_is_trusts_as_git_does(
    encrypted: tuple[str, Path], clone: Clone
) -> None:
    url, certificate = encrypted
    point(clone, f"{url}/unit/ledger.git")
    with pytest.raises(LedgerError, match="证书不可信"):
        forge_kind(clone.repo, "origin")
    for setting in (("http.sslCAInfo", str(certificate)), ("http.sslVerify", "false")):
        clone.repo.run("config", *setting)
        with pytest.raises(LedgerError, match="有回应，但不是 Gitea、Forgejo 或 GitLab"):
            forge_kind(clone.repo, "origin")
        clone.repo.run("config", "--unset", setting[0])
