"""A ledger on a bare repository, with two branches off main: one cheats, one is honest."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.case import case_digest
from tests.conftest import LedgerFolder
from tests.copying import compact, copy_folder
from tests.story.proven import prepared, proven
from tests.story.recorded import PUSHED, clone, first_clone, server
from tests.story.transports import connect, over_http

__all__ = [
    "PUSHED",
    "clone",
    "connect",
    "first_clone",
    "prepared",
    "proven",
    "server",
]  # fixtures of every module here

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

MEETING = "DZH-2020-31"
CLOSING = {
    "applied": {"date": "2020-12-01", "by": "联络员", "summary": "已完成"},
    "reviewed": {"date": "2020-12-02", "by": "整改办", "opinion": "同意上会"},
}
WAITING: dict[str, Any] = {
    "id": "ZG2020-001",
    "due": {"text": "11月底前", "date": "2020-11-30"},
    "status": "待上会",
    "progress": [{"date": "2020-12-01", "by": "联络员", "text": "印发修订稿"}],
    "evidence": [{"name": "制度汇编", "archive": "2020-12", "sha256": "a" * 64}],
    "closing": CLOSING,
}
GOOD = WAITING | {
    "status": "已销号",
    "closing": CLOSING | {"decision": MEETING, "date": "2020-12-04"},
}
CHEAT = WAITING | {"status": "已销号"}  # C002: no meeting


@dataclass(frozen=True, slots=True)
class Served:
    """A clone (on main) and its server; `cheat` and `good` are commits off main."""

    folder: LedgerFolder
    server: Path
    cheat: str
    good: str


def held(digest: str) -> dict[str, Any]:
    """The meeting that approved the closing, eight of nine being there."""
    members = ["书记", *(f"成员{number}" for number in range(1, 8))]
    votes = {"for": 8, "against": 0, "abstain": 0}
    return {
        "id": MEETING,
        "body": "党组会",
        "date": "2020-12-03",
        "chair": "书记",
        "due_members": 9,
        "present": members,
        "items": [{"task": "ZG2020-001", "result": "同意销号", "votes": votes, "digest": digest}],
    }


@pytest.fixture
def config() -> dict[str, Any]:
    """What ledger.yaml of `served` sets besides; a module may have its own."""
    return {}


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Served]]:
    return tmp_path_factory.mktemp("served"), {}


@pytest.fixture
def served(
    make_ledger: MakeLedger,
    tmp_path: Path,
    config: dict[str, Any],
    _served: tuple[Path, dict[str, Served]],
) -> Served:
    """Made once for each `config`, and then copied."""
    place, known = _served
    if (kept := known.get(repr(config))) is None:
        made = _made(make_ledger, tmp_path, config)
        compact(made.folder.root, made.server)
        known[repr(config)] = kept = replace(made, folder=LedgerFolder(place / str(len(known))))
        for each in (made.folder.root, made.server.parent):
            copy_folder(each, kept.folder.root / each.name)
        return made
    copy_folder(kept.folder.root, tmp_path)
    folder, server = LedgerFolder(tmp_path / "ledger"), tmp_path / "server" / "ledger.git"
    settings = folder.root / ".git/config"
    text = settings.read_text("utf-8").replace(str(kept.server), str(server))
    settings.write_text(text, "utf-8")
    return Served(folder, server, kept.cheat, kept.good)


def _made(make_ledger: MakeLedger, tmp_path: Path, config: dict[str, Any]) -> Served:
    folder = make_ledger(
        [WAITING], files={".gitignore": "/.ledger-venv/\n/ledger.xml\n"}, config=config
    )
    digest = case_digest(folder.load().by_id["ZG2020-001"].record)
    folder.write(f"data/decisions/2020/{MEETING}.yaml", held(digest))
    folder.commit("会议")
    server = tmp_path / "server" / "ledger.git"
    server.parent.mkdir()
    folder.git("clone", "--quiet", "--bare", str(folder.root), str(server))
    folder.git("remote", "add", "origin", str(server))
    commits = []
    for state in (CHEAT, GOOD):
        folder.git("switch", "--quiet", "--detach", "main")
        folder.write_task(**state)
        commits.append(folder.commit("销号 ZG2020-001"))
    folder.git("switch", "--quiet", "main")
    return Served(folder, server, *commits)


@pytest.fixture
def ledger_program(tmp_path: Path) -> Path:
    """An executable `ledger` in a folder of its own, as an installation leaves it."""
    place = tmp_path / "ledger" / "bin" / "ledger"
    place.parent.mkdir(parents=True)
    root = Path(__file__).resolve().parent.parent.parent
    place.write_text(
        f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -m ledger "$@"\n',
        encoding="utf-8",
    )
    place.chmod(0o755)
    return place


@pytest.fixture
def plain_environment() -> dict[str, str]:
    """The environment of a test without proxies."""
    return {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}


@pytest.fixture
def served_over_http(served: Served) -> Iterator[Served]:
    """The same, the clone's remote being the server over smart HTTP on loopback."""
    with over_http(served.server.parent) as address:
        served.folder.git("-C", str(served.server), "config", "http.receivepack", "true")
        served.folder.git("remote", "set-url", "origin", f"{address}/{served.server.name}")
        served.folder.git("config", "http.proxy", "")
        yield served


@pytest.fixture
def asked(served: Served) -> Served:
    """The pull requests 1 (a cheat) and 2 (an honest closing) are on the server."""
    for number, commit in enumerate((served.cheat, served.good), 1):
        served.folder.git("push", "--quiet", "origin", f"{commit}:refs/pull/{number}/head")
    return served


@dataclass(frozen=True, slots=True)
class Private:
    """A server that shows its repositories only to who knows a token."""

    address: str
    token: str


@pytest.fixture
def asked_privately(asked: Served) -> Iterator[Private]:
    """Pull requests in a private repository."""
    token = "4d7e5f6a8b9c"
    pair = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    with over_http(asked.server.parent, authorization=f"Basic {pair}") as address:
        yield Private(address, token)
