"""`ledger serve` as somebody starts it: a process on a port of this machine, ended by Ctrl+C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.cli.conftest import assert_one_sentence

if TYPE_CHECKING:
    from ledger.usecases.showing.serve import Counter
    from ledger.view.web.shield import Question
    from tests.cli.conftest import Invoke
    from tests.conftest import MakeLedger


@contextmanager
def served(place: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server in a process of its own: its address, and the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ledger", "serve", "--port", "0", *words],
        cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> str:
    """What a server says that is told to end, and ends well."""
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, ""), err
    assert "Traceback" not in err
    return err


def begin(at: Counter, question: object, rest: object, ready: Callable[[object], None]) -> None:
    """As the server does, which ends at once."""
    at.place.close()
    ready(None)


def test_read_edit_read_and_end(make_ledger: MakeLedger) -> None:
    ledger = make_ledger([{}, {}])
    with served(ledger.root) as (address, process), httpx.Client(base_url=address) as browser:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        first = browser.get("/list")
        assert (first.status_code, "GZ2017-003" in first.text) == (200, False)
        tag = {"If-None-Match": first.headers["etag"]}
        assert browser.get("/list", headers=tag).status_code == 304
        ledger.write_task(id="GZ2017-003")
        second = browser.get("/list", headers=tag)
        assert (second.status_code, "GZ2017-003" in second.text) == (200, True)
        ledger.write("ledger.yaml", "organisation: [")
        broken = browser.get("/")
        assert (broken.status_code, "ledger.yaml" in broken.text) == (200, True)
        ledger.git("checkout", "--quiet", "ledger.yaml")
        assert "读不出来" not in browser.get("/").text
        (ledger.root / "ledger.yaml").unlink()
        gone = browser.get("/")
        assert (gone.status_code, "ledger.yaml" in gone.text) == (503, True)
        ledger.git("checkout", "--quiet", "ledger.yaml")
        assert browser.get("/").status_code == 200
        assert browser.post("/").status_code == 405
        told = ended(process)
    assert (
        told == "台账的网页就在这个地址，用浏览器打开。按 Ctrl+C 结束。\n已停止，网页不再能看。\n"
    )


def test_a_signal_to_end_ends_it(make_ledger: MakeLedger) -> None:
    with served(make_ledger([{}]).root) as (_, process):
        assert "已停止" in ended(process, signal.SIGTERM)


def test_the_day_may_be_fixed(make_ledger: MakeLedger) -> None:
    ledger = make_ledger([{}])
    words = [sys.executable, "-m", "ledger", "--today", "2017-07-03", "serve", "--port", "0"]
    with subprocess.Popen(
        words, cwd=ledger.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert "截至 2017-07-03" in httpx.get(process.stdout.readline().strip()).text
        finally:
            ended(process)


def test_a_port_that_is_taken(make_ledger: MakeLedger, refused: Invoke) -> None:
    """The next one that is free is named; nothing is written."""
    ledger = make_ledger([{}])
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = refused(
            ledger, "serve", "--port", str(port), code=1, says=f"端口 {port} 已经有程序在用"
        )
    other = re.search(r"请加 --port (\d+)", told.err)
    assert other is not None
    assert int(other[1]) > port


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--port", "65536"), "65536 不是端口"),
        (("--port", "-1"), "-1 不是端口"),
        (("--host", "没有这台电脑"), "不是这台电脑的地址"),
        (("--host", "192.0.2.1"), "这台电脑没有地址 192.0.2.1"),
    ],
)
def test_what_cannot_be(
    make_ledger: MakeLedger, refused: Invoke, words: tuple[str, ...], says: str
) -> None:
    refused(make_ledger([{}]), "serve", *words, code=2, says=says)


def test_where_no_ledger_is(tmp_path: Path, invoke: Invoke) -> None:
    outcome = invoke(tmp_path, "serve")
    assert (outcome.code, outcome.out) == (1, "")
    assert_one_sentence(outcome.err)


def test_another_address_says_what_it_means(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, invoke: Invoke
) -> None:
    monkeypatch.setattr("ledger.cli.serve.hand_out", begin)
    ledger = make_ledger([{}])
    everywhere = invoke(ledger, "serve", "--port", "0", "--host", "0.0.0.0")  # noqa: S104
    assert everywhere.code == 0
    assert re.fullmatch(r"http://(?!0\.0\.0\.0)[\w.-]+:\d+/\n", everywhere.out)
    assert "能连到这台电脑的人，都能看整个台账" in everywhere.err
    here = invoke(ledger, "serve", "--port", "0", "--host", "localhost")
    assert re.fullmatch(r"http://localhost:\d+/\n", here.out)
    assert "整个台账" not in here.err


def test_it_opens_a_browser(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, invoke: Invoke
) -> None:
    program = tmp_path / "browser"
    script = f'echo "$1" > "{tmp_path}/new"; mv "{tmp_path}/new" "{tmp_path}/opened"'
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(program))
    monkeypatch.setattr("ledger.cli.serve.hand_out", begin)
    outcome = invoke(make_ledger([{}]), "serve", "--port", "0", "--open")
    end = time.monotonic() + 60
    while not (tmp_path / "opened").exists() and time.monotonic() < end:
        time.sleep(0.01)  # it is opened while the pages are handed out already
    assert (tmp_path / "opened").read_text() == outcome.out


def test_what_a_killed_program_left_is_not_settled(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, invoke: Invoke
) -> None:
    """Any other command would put it right; this one writes nothing."""
    ledger = make_ledger([{}])
    settled: list[object] = []
    monkeypatch.setattr("ledger.cli.session.Session.settled", settled.append)
    monkeypatch.setattr("ledger.cli.serve.hand_out", begin)
    assert invoke(ledger, "serve", "--port", "0").code == 0
    assert settled == []
    assert not (ledger.root / ".git" / "ledger").exists()


def test_a_mistake_of_the_program_is_logged_and_not_shown(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, own_temporary: None, invoke: Invoke
) -> None:
    """Once for each mistake: a page that is asked for again and again fills no disk."""
    from ledger.adapters.http.exchange import Asked

    def fail(*_: object) -> None:
        raise ZeroDivisionError("的秘密")

    pages: list[tuple[int, str]] = []

    def ask(at: Counter, question: Question, *_: object) -> None:
        at.place.close()
        for _ in range(3):
            reply = question(Asked(""))()
            pages.append((reply.status, reply.body.decode()))

    monkeypatch.setattr("ledger.view.web.routes.answer", fail)
    monkeypatch.setattr("ledger.cli.serve.hand_out", ask)
    outcome = invoke(make_ledger([{}]), "serve", "--port", "0")
    assert {status for status, _ in pages} == {500}
    assert all("程序内部出错" in text and "秘密" not in text for _, text in pages)
    (log,) = re.findall(r"详细记录在 (\S+\.log)", outcome.err)
    assert "ZeroDivisionError: 的秘密" in Path(log).read_text("utf-8")
    assert os.listdir(os.environ["TMPDIR"]) == [Path(log).name]  # noqa: PTH208
