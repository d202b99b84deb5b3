"""What is longer than the screen, read page by page on a terminal."""

from __future__ import annotations

import io
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.cli.paging import Paged, paged
from ledger.cli.session import emit

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal, Screenful
    from tests.conftest import LedgerFolder, MakeLedger

MARKING = "sed s/^/>/"
TODAY = ("--today", "2017-06-15")
DUE = {"text": "1月底前", "date": "2017-01-31"}
LESS = pytest.mark.skipif(not shutil.which("less"), reason="no less on this machine")


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """More rows than a screen, and as JSON more than a pipe holds."""
    return make_ledger([{"due": DUE, "section": "一、部分" * 20}] * 200, commit=False)


def marked(shown: Screenful) -> set[bool]:
    """Whether lines went through the pager."""
    return {line.startswith(">") for line in shown.lines}


def test_what_is_longer_than_the_screen_is_paged(
    ledger: LedgerFolder, on_terminal: OnTerminal
) -> None:
    """Whole, coloured, and by the program's own variable before the usual one."""
    pagers = {"LEDGER_PAGER": MARKING, "PAGER": "no-such-program"}
    shown = on_terminal(ledger, [*TODAY, "list"], environment=pagers)
    assert (shown.code, marked(shown)) == (0, {True})
    assert sum("GZ2017-" in line for line in shown.lines) == 200
    assert "\x1b[1;91m超期135天\x1b[0m" in shown.text
    assert marked(on_terminal(ledger, ["list", "--help"], environment=pagers)) == {True}


def test_what_fits_is_not(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    for words in (["status"], ["blame", "1"], ["who"]):
        shown = on_terminal(ledger, [*TODAY, *words], environment={"LEDGER_PAGER": MARKING})
        assert marked(shown) == {False}, words
        assert len(shown.lines) < 24


def test_ways_to_do_without(
    ledger: LedgerFolder, on_terminal: OnTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TERM")
    with paged(["list"]):  # of a terminal of which nothing is known
        assert not isinstance(sys.stdout, Paged)
    for words, environment in (
        (["--no-pager", "list"], {"LEDGER_PAGER": MARKING}),
        (["list", "--no-pager"], {"LEDGER_PAGER": MARKING}),
        (["list"], {"LEDGER_PAGER": "", "PAGER": MARKING}),
        (["list"], {"LEDGER_PAGER": "cat", "PAGER": MARKING}),
        (["list"], {"LEDGER_PAGER": MARKING, "TERM": "dumb"}),
    ):
        shown = on_terminal(ledger, [*TODAY, *words], environment=environment)
        assert (shown.code, marked(shown)) == (0, {False}), (words, environment)


def test_a_pipe_is_never_paged(
    ledger: LedgerFolder, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_PAGER", "false")
    assert len(invoke(ledger, *TODAY, "list").out.splitlines()) > 200


def test_a_pager_that_there_is_not(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    shown = on_terminal(ledger, ["list"], environment={"LEDGER_PAGER": "no-such-program -R"})
    assert shown.code == 0
    assert sum("GZ2017-" in line for line in shown.lines) == 200
    assert shown.lines[-1].startswith("注意：环境变量 LEDGER_PAGER 里的分页程序“no-such-program”找")


def test_a_pager_that_cannot_be_run(
    ledger: LedgerFolder, on_terminal: OnTerminal, tmp_path: Path
) -> None:
    (tmp_path / "broken").write_bytes(b"\x7fELF no program")
    (tmp_path / "broken").chmod(0o755)
    pagers = {"LEDGER_PAGER": str(tmp_path / "broken")}
    shown = on_terminal(ledger, ["list"], environment=pagers)
    assert shown.code == 0
    assert sum("GZ2017-" in line for line in shown.lines) == 200
    assert shown.lines[-1].endswith("没有分页。")


def test_a_pager_that_has_seen_enough(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    pagers = {"LEDGER_PAGER": "head -n 3"}
    shown = on_terminal(ledger, [*TODAY, "list", "--json"], environment=pagers)
    assert (shown.code, shown.lines) == (0, ["[", "  {", '    "id": "GZ2017-001",'])


def test_what_is_said_of_a_preview(
    ledger: LedgerFolder, on_terminal: OnTerminal, tmp_path: Path
) -> None:
    """It is read by the page; what is doubtful is said, however little somebody has read."""
    rows = "".join(f"{n},措施{n}{'很长' * 200},4月\n" for n in range(400))
    (tmp_path / "表.csv").write_text(f"序号,具体措施,完成时限\n{rows}", "utf-8")
    words = ["import", "../表.csv", "--source", "GZ2018", "--year", "2018", "--dry-run"]
    for pager, first in ((MARKING, ">GZ2018：新增 400 项"), ("head -n 1", "GZ2018：新增 400 项")):
        shown = on_terminal(ledger, words, environment={"LEDGER_PAGER": pager})
        assert shown.code == 0, shown.text
        assert any(first in line for line in shown.lines)
        assert shown.lines[-1] == "以上只是预览，没有写入。"


def test_a_pager_that_fails(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    pagers = {"LEDGER_PAGER": "false"}
    shown = on_terminal(ledger, [*TODAY, "list", "--json"], environment=pagers)
    assert shown.code == 1
    assert shown.lines == ["分页程序“false”没有正常结束。加 --no-pager 就不分页。"]


def test_what_is_wrong_is_said_afterwards(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    """With the command's own exit code, when everything has been read."""
    ledger.write("data/tasks/GZ2017/GZ2017-900.yaml", "id: [\n")
    shown = on_terminal(ledger, [*TODAY, "list"], environment={"LEDGER_PAGER": MARKING})
    assert shown.code == 1
    last = max(number for number, line in enumerate(shown.lines) if line.startswith(">"))
    assert last < len(shown.lines) - 1
    assert all("GZ2017-900" not in line for line in shown.lines[:last])
    assert "GZ2017-900" in "".join(shown.lines[last + 1 :])


def test_what_records_is_not_paged(make_ledger: MakeLedger, on_terminal: OnTerminal) -> None:
    """Somebody who reads no further would not have recorded it."""
    ledger = make_ledger([{"due": DUE}] * 30, commit=False)
    pagers = {"LEDGER_PAGER": MARKING}
    seen = on_terminal(ledger, [*TODAY, "remind"], environment=pagers)
    assert True in marked(seen)
    words = [*TODAY, "remind", "--record", "--no-commit"]
    assert True not in marked(on_terminal(ledger, words, environment=pagers))


@LESS
def test_less_where_nobody_has_chosen(ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
    """It tells its keys, shows Chinese and colours, and q ends it in peace."""
    pagers = {"LEDGER_PAGER": "less -FRX", "LC_ALL": "C"}
    answers = [("GZ2017-001", " "), ("GZ2017-021", "q")]
    shown = on_terminal(ledger, [*TODAY, "list"], answers=answers, environment=pagers)
    assert shown.code == 0
    assert "Traceback" not in shown.text
    assert "\x1b[1;91m超期135天\x1b[0m" in shown.text
    assert "事项GZ2017-001" in shown.text


def test_ctrl_c_while_somebody_reads(
    ledger: LedgerFolder, on_terminal: OnTerminal, tmp_path: Path
) -> None:
    """What was still to come is not waited for; the pager, which heeds no Ctrl-C, is."""
    reader = tmp_path / "reader"
    reader.write_text("#!/bin/sh\ntrap '' INT\nread first\necho ready\nread line </dev/tty\n")
    reader.chmod(0o755)
    answers = [("ready", "\x03"), ("^C", "\n")]
    pagers = {"LEDGER_PAGER": str(reader)}
    shown = on_terminal(
        ledger, [*TODAY, "list", "--json"], answers=answers, environment=pagers, itself=True
    )
    assert shown.code == 130
    assert shown.lines[-1] == "已中断。"


def test_no_variable_means_less(monkeypatch: pytest.MonkeyPatch) -> None:
    from ledger.adapters.pager import pager

    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert pager({}).words == ("less", "-FRX")
    assert "q 退出" in pager({}).keys
    assert pager({"PAGER": 'less "-P a b" -R'}).words == ("less", "-P a b", "-R")
    assert pager({"PAGER": "less '"}).words == ("less", "'")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert pager({}) == pager({"PAGER": " "}) == pager({"LEDGER_PAGER": "cat"})


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[io.TextIOWrapper]:
    with (tmp_path / "screen").open("w+", encoding="utf-8") as screen:
        yield screen


def test_the_first_rows_do_not_wait_for_the_last(
    terminal: io.TextIOWrapper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = tmp_path / "read"
    monkeypatch.setenv("LEDGER_PAGER", f"tee {read}")
    pages = Paged(terminal, 5)
    monkeypatch.setattr(sys, "stdout", pages)

    def rows() -> Iterator[str]:
        yield from ["一行" * 10_000] * 20
        end = time.monotonic() + 60
        while not (read.exists() and read.stat().st_size) and time.monotonic() < end:
            time.sleep(0.01)
        assert read.stat().st_size
        yield "最后一行"

    emit(rows())
    pages.flush()
    assert read.read_text("utf-8").endswith("最后一行\n")


def test_what_is_said_comes_behind_what_was_shown(
    terminal: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once something else is on the screen the rest is not paged."""
    monkeypatch.setenv("LEDGER_PAGER", "false")
    pages = Paged(terminal, 3)
    pages.write("一\n二\n")
    assert Path(terminal.name).read_text("utf-8") == ""
    pages.flush()
    pages.write("三\n" * 9)
    pages.flush()
    assert Path(terminal.name).read_text("utf-8") == "一\n二\n" + "三\n" * 9
