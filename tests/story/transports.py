"""The three ways by which a push comes to a server: a path, smart HTTP, and ssh.

Each runs the server's git, and with it the hook, as such a server does: by a path in the pusher's
own environment, behind a web server with nothing but what CGI gives, behind sshd with a login's.
"""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LedgerFolder
from tests.forking import starting
from tests.turns import LONG, turns

PATH, HTTP, SSH = "path", "http", "ssh"
# No transport: the hook's command in this process, and of the two other judges one.
CHECKED, AUDITED = HERE = ("here, checked", "here, audited")
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
KINDS = (PATH, HTTP, SSH) if SSHD and shutil.which("ssh-keygen") else (PATH, HTTP)

# Where an account is poor: no home, an old locale. The temporary folder is the suite's own.
_POOR = {"LC_ALL": "POSIX", "LANG": "zh_CN.GB18030", "HOME": "/nonexistent"}


def by_turns(names: Mapping[str, Any]) -> list[Any]:
    """Parameters `(name, kind)`: each case by one transport in turn, by all with LEDGER_LONG=1."""
    return turns(names, KINDS)


def attacks(names: Mapping[str, Any]) -> list[Any]:
    """The same for what must be refused: nine of ten come by no transport, see `HERE`."""
    rest = (CHECKED, *(AUDITED, CHECKED) * 4)
    return turns(names, KINDS if LONG else [each for kind in KINDS for each in (kind, *rest)])


class _Backend(BaseHTTPRequestHandler):
    """git-http-backend(1) behind a web server, as CGI (RFC 3875) has it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms for its head to be acknowledged
    folder: Path
    authorization = ""  # what a private server wants to be told

    def log_message(self, *_: Any) -> None:
        pass

    def _handle(self) -> None:
        path, _, query = self.path.partition("?")
        if self.authorization and self.headers["Authorization"] != self.authorization:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="forge"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        given = {
            "PATH": os.environ["PATH"],
            "TMPDIR": os.environ["TMPDIR"],
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "REMOTE_USER": "office",  # it lets in whom the web server knows
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"],
            env=given,
            input=self.rfile.read(int(self.headers["Content-Length"] or 0)),
            capture_output=True,
            check=False,
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _handle  # noqa: N815 - the names of http.server


@contextmanager
def over_http(folder: Path, every: float = 0.01, **values: Any) -> Iterator[str]:
    """The repositories of a folder over smart HTTP on loopback; the address of their server."""
    handler = type("Handler", (_Backend,), {"folder": folder, **values})
    web = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    web.daemon_threads = True
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": every})
    thread.start()
    try:
        yield f"http://127.0.0.1:{web.server_address[1]}"
    finally:
        web.shutdown()
        thread.join()
        web.server_close()


def over_ssh(folder: Path) -> tuple[str, str]:
    """Set up an sshd that lets this account in: the command to reach it, and why it does not.

    It is started for each connection, as inetd does, and talks over a pipe: no port is open.
    """
    assert SSHD is not None
    for name in ("host", "user"):
        making = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", folder / name]
        subprocess.run(making, check=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # as its service does at each start
    given = _POOR | {name: os.environ[name] for name in ("PATH", "TMPDIR")}
    (folder / "sshd").write_text(
        f"HostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\nStrictModes no\n"
        "UsePAM no\nPidFile none\nPasswordAuthentication no\n"
        f"SetEnv {' '.join(f'{name}={value}' for name, value in given.items())}\n",
        encoding="utf-8",
    )
    (folder / "ssh").write_text(
        f"Host server\n  ProxyCommand {SSHD} -i -q -f {folder}/sshd\n  User {getpass.getuser()}\n"
        f"  IdentityFile {folder}/user\n  IdentitiesOnly yes\n  BatchMode yes\n"
        "  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n",
        encoding="utf-8",
    )
    command = f"ssh -F {folder}/ssh"
    told = subprocess.run([*command.split(), "server", "true"], capture_output=True, check=False)
    return command, told.stderr.decode(errors="replace") if told.returncode else ""


Connect = Callable[[LedgerFolder, str, Path], LedgerFolder]


@pytest.fixture(scope="session")
def connect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connect]:
    """Lets a clone's origin be a server by a kind of transport; what has to run is started once."""
    base = tmp_path_factory.getbasetemp()
    by_ssh: list[tuple[str, str]] = []

    def connect(clone: LedgerFolder, kind: str, server: Path) -> LedgerFolder:
        addresses = dict.fromkeys((PATH, *HERE), str(server)) | {SSH: f"ssh://server{server}"}
        address = addresses.get(kind)
        if kind in (HTTP, SSH):
            starting(server)
        if kind == SSH:
            if not by_ssh:
                by_ssh.append(over_ssh(tmp_path_factory.mktemp("ssh")))
            command, why = by_ssh[0]
            if why:
                pytest.skip(f"sshd lets nobody in here: {why}")
            clone.git("config", "core.sshCommand", command)
        if kind == HTTP:
            clone.git("config", "http.proxy", "")
        clone.git("remote", "set-url", "origin", address or f"{web}/{server.relative_to(base)}")
        return clone

    with over_http(base, every=0.2) as web:
        yield connect
