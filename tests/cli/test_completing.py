"""Tab in the shells: what is offered, how soon, and what stands on the line afterwards."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.usecases.setup.completion import SCRIPTS

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

SECONDS = 60.0
HARD = '督查 "一"室'
CONFIG = {
    "departments": [
        {"name": "审业部", "aliases": ["审查业务管理部"]},
        {"name": "条法司"},
        {"name": HARD},
        {"name": "党办:纪检"},
        {"name": "后勤's"},
        {"name": "信息\\网络处"},
        {"name": "财$务`处"},
    ]
}
TASKS = [
    {"title": "开展专利检索能力测评", "lead": ["审业部"], "tags": ["重点"]},
    {"title": "修订审查质量保障手册", "lead": ["条法司"], "leader": "分管副局长"},
    {"id": "ZG2020-001", "title": "长期跟踪", "lead": ["审业部"]},
]


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(TASKS, config=CONFIG)


@pytest.fixture
def offered(ledger: LedgerFolder, invoke: Invoke) -> Callable[..., list[str]]:
    """The candidates for the last of some words."""

    def call(*words: str, place: Path | None = None, asks: str = "bash") -> list[str]:
        outcome = invoke(place or ledger, "complete", asks, *words)
        assert (outcome.code, outcome.err) == (0, ""), words
        return [line.partition("\t")[0] for line in outcome.out.splitlines()]

    return call


def test_what_is_offered(ledger: LedgerFolder, offered: Callable[..., list[str]]) -> None:
    departments = [each["name"] for each in CONFIG["departments"]]
    for name in ("2020/DZH-2020-31", "2021/DZH-2021-01"):
        ledger.write(f"data/decisions/{name}.yaml", "")
    ledger.git("branch", "close/DZH-2020-31_ZG2020-001")
    for words, expected in (
        (["lis"], ["list"]),
        (["-C", "."], [":folder"]),
        (["show", ""], ["GZ2017-001", "GZ2017-002", "ZG2020-001"]),
        (["show", "gz2017-0"], ["GZ2017-001", "GZ2017-002"]),
        (["show", "002"], ["GZ2017-002"]),
        (["show", "测评"], ["GZ2017-001"]),
        (["show", "xdsczl"], ["GZ2017-002"]),
        (["show", "bzsc"], ["GZ2017-002"]),
        (["show", "zqgz"], ["ZG2020-001"]),
        (["close", "GZ2017-001", "ZG"], ["ZG2020-001"]),
        (["show", "001", ""], []),
        (["evidence", "a"], ["add"]),
        (["evidence", "add", "ZG"], ["ZG2020-001"]),
        (["evidence", "add", "ZG2020-001", ""], [":file"]),
        (["import", ""], [":file"]),
        (["list", "--dept", ""], departments),
        (["list", "--dept", "sy"], ["审业部"]),
        (["list", "--dept=sy"], ["审业部"]),
        (["list", "--json", "--dept", "审查"], ["审查业务管理部"]),
        (["list", "--status", "t"], ["推进中"]),
        (["list", "--nature", "zq"], ["长期坚持"]),
        (["list", "--leader", "fg"], ["分管副局长"]),
        (["list", "--tag", ""], ["重点"]),
        (["list", "--source", "z"], ["ZG2020"]),
        (["list", "--light", "h"], ["红", "黄", "灰"]),
        (["list", "--de"], ["--dept"]),
        (["due", "--overdue", "--over"], []),
        (["list", "--sort", "b"], ["id", "lead"]),
        (["report", "zb"], ["weekly"]),
        (["report", "weekly", "--week", "2"], ["2017-W09", "2017-W08"]),
        (["list", "--due-before", ""], ["2017-03-01", "2017-02-28"]),
        (["rule", "C00"], [f"C00{n}" for n in range(1, 10)]),
        (["completion", ""], [*SCRIPTS]),
        (["close", "ZG2020-001", "--decision", "dzh"], ["DZH-2021-01", "DZH-2020-31"]),
        (["merge", ""], ["close/DZH-2020-31_ZG2020-001"]),
        (["progress", "001", "--text", ""], []),
        (["progress", "--", "ZG"], ["ZG2020-001"]),
    ):
        assert offered("--today", "2017-03-01", *words) == expected, words


def test_nothing_is_offered_and_nothing_said(
    offered: Callable[..., list[str]], tmp_path: Path, invoke: Invoke
) -> None:
    for words in (
        ["frobnicate", ""],
        ["list", "--nonsense=", ""],
        ["list", "--nonsense=x"],
        ["list", "--dept", "zzz"],
        ["show", "a\x1b[31m"],
        ["show", "'"],
        ["show", "\ud800"],
        ["-C", "/nowhere", "list", "--dept", ""],
        ["--today", "x", "list", "--due-before", ""],
        ["", ""],
        ["list", "--json=", "--", "x" * 9000],
    ):
        assert offered(*words) == [], words
    for words in (["list", "--dept", ""], ["show", "001"], ["close", "x", "--decision", ""]):
        assert offered(*words, place=tmp_path) == []
    for words in ((), ("bash",)):
        outcome = invoke(tmp_path, "complete", *words)
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_fish_gets_what_goes_on_from_the_word(offered: Callable[..., list[str]]) -> None:
    """Since it shows nothing else; the program takes it."""
    for words, expected in (
        (["list", "--dept", "sy"], ["syb"]),
        (["list", "--dept", "审"], ["审业部"]),
        (["show", "kzzl"], ["kzzljsnlcp"]),
        (["show", "测评"], ["开展专利检索能力测评"]),
        (["show", "002"], ["GZ2017-002"]),
    ):
        assert offered(*words, asks="fish") == expected, words


def test_it_loads_little(ledger: LedgerFolder) -> None:
    """In a process of its own: no typer, no git, and neither for commands nor for letters YAML."""
    code = (
        "import sys; from ledger.cli.app import run; run(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr)"
    )
    for words, most in (("", 45), ("list --dept sy", 120), ("show kzzl", 150)):
        call = [sys.executable, "-c", code, "complete", "bash", *words.split()]
        subprocess.run(call, cwd=ledger.root, check=True, capture_output=True)
        done = subprocess.run(call, cwd=ledger.root, check=True, capture_output=True, text=True)
        names = set(done.stderr.split())
        roots = {name.partition(".")[0] for name in names}
        assert not roots & {"typer", "git", "yaml", "rich", "difflib"}, words
        bare = subprocess.run(
            [sys.executable, "-c", "import sys; print(*sys.modules)"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert len(names - set(bare.stdout.split())) <= most, words


@pytest.fixture
def person(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody whose `ledger` completes, and else notes what it is told."""
    home = tmp_path / "我的 home"
    (home / "bin").mkdir(parents=True)
    command = home / "bin/ledger"
    command.write_text(
        f'#!/bin/sh\nif [ "$1" = complete ]; then exec {sys.executable} -m ledger "$@"; fi\n'
        'printf "%s\\n" "$@" end > "$HOME/told"\n'
    )
    command.chmod(0o755)
    kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    return kept | {
        "HOME": str(home),
        "PATH": f"{home}/bin:{os.environ['PATH']}",
        "TMPDIR": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "TERM": "xterm",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "LEDGER_TODAY": "2017-03-01",
    }


STARTED = {
    "bash": ["--noprofile", "-i"],
    "zsh": ["-i"],
    "fish": ["-i"],
}


@pytest.fixture
def typing(
    ledger: LedgerFolder, person: dict[str, str], invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], list[str]]]:
    """Types a line in a shell in which completion is installed; what the command was told."""
    shells: list[subprocess.Popen[bytes]] = []
    terminals: dict[str, int] = {}

    def begin(shell: str) -> int:
        if shutil.which(shell) is None:
            pytest.skip(f"no {shell} here")
        home = Path(person["HOME"])
        prompt = {"bash": "PS1='%s'\n", "zsh": "PROMPT='%s'\n"}.get(shell, "")
        if prompt:
            (home / f".{shell}rc").write_text(prompt % "READY> ", encoding="utf-8")
        else:
            settings = home / ".config/fish/config.fish"
            settings.parent.mkdir(parents=True)
            settings.write_text("function fish_prompt; echo 'READY> '; end\nset fish_greeting\n")
        with monkeypatch.context() as patch:
            for name, value in person.items():
                patch.setenv(name, value)
            patch.delenv("XDG_DATA_HOME", raising=False)
            patch.delenv("XDG_CONFIG_HOME", raising=False)
            assert invoke(ledger, "completion", shell, "--install").code == 0
        ours, theirs = pty.openpty()
        shells.append(
            subprocess.Popen(
                [shell, *STARTED[shell]],
                cwd=ledger.root,
                env=person,
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
            )
        )
        os.close(theirs)
        terminals[shell] = ours
        return ours

    def call(shell: str, keys: str) -> list[str]:
        terminal = terminals.get(shell) or begin(shell)
        told = Path(person["HOME"]) / "told"
        told.unlink(missing_ok=True)
        _heard(terminal, "READY> ")
        os.write(terminal, f"ledger {keys}\n".encode())
        end = time.monotonic() + SECONDS
        printed = ""
        while time.monotonic() < end:
            printed += _more(terminal)
            if told.exists() and (text := told.read_text("utf-8")).endswith("end\n"):
                os.write(terminal, b"\n")  # for one more prompt
                return text.splitlines()[:-1]
        raise AssertionError(f"{keys!r}: {printed!r}")

    yield call
    for terminal in terminals.values():
        os.close(terminal)
    for each in shells:
        each.kill()
        each.wait()


def _more(terminal: int) -> str:
    if not select.select([terminal], [], [], 0.1)[0]:
        return ""
    try:
        return os.read(terminal, 65536).decode(errors="replace")
    except OSError:
        return ""


def _heard(terminal: int, text: str) -> None:
    """Wait until a text is on the screen."""
    printed, end = "", time.monotonic() + SECONDS
    while text not in printed:
        assert time.monotonic() < end, printed
        printed += _more(terminal)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_word_becomes_what_was_meant(
    shell: str, typing: Callable[[str, str], list[str]], ledger: LedgerFolder
) -> None:
    ledger.write("材料 一.txt", "")
    for keys, expected in (
        ("sho\tkzzl\t", ["show", "GZ2017-001"]),
        ("show 测评\t", ["show", "GZ2017-001"]),
        ("list --dept sy\t", ["list", "--dept", "审业部"]),
        ("list --dept=sy\t", ["list", "--dept=审业部"]),
        ("list --dept 督\t", ["list", "--dept", HARD]),
        ("list --dept dc\t", ["list", "--dept", HARD]),
        ("list --dept xx\t", ["list", "--dept", "信息\\网络处"]),
        ("list --dept hq\t", ["list", "--dept", "后勤's"]),
        ("list --dept cw\t", ["list", "--dept", "财$务`处"]),
        ("list --dept db\t", ["list", "--dept", "党办:纪检"]),
        ("list --dept 党办:\t", ["list", "--dept", "党办:纪检"]),
        ("list --status tj\t", ["list", "--status", "推进中"]),
        ("evidence add ZG\t材料\t", ["evidence", "add", "ZG2020-001", "材料 一.txt"]),
        ("show G\t2", ["show", "GZ2017-002"]),
        ("list --zzz\t", ["list", "--zzz"]),
        ("show qq\t", ["show", "qq"]),
    ):
        assert typing(shell, keys) == expected, keys


def test_letters_stay_that_mean_several(typing: Callable[[str, str], list[str]]) -> None:
    """Both titles have them; so more may be typed."""
    assert typing("bash", "show zl\tbz\t") == ["show", "GZ2017-002"]


def test_fish_completes_letters_as_letters(
    typing: Callable[[str, str], list[str]], ledger: LedgerFolder
) -> None:
    for keys, expected in (
        ("sho\t", ["show"]),
        ("show 002\t", ["show", "GZ2017-002"]),
        ("show kzzl\t", ["show", "kzzljsnlcp"]),
        ("list --dept 督\t", ["list", "--dept", HARD]),
        ("list --dept sy\t", ["list", "--dept", "syb"]),
    ):
        assert typing("fish", keys) == expected, keys


def test_installing_is_said_and_done_once(
    ledger: LedgerFolder, person: dict[str, str], invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in person.items():
        monkeypatch.setenv(name, value)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR"):
        monkeypatch.delenv(name, raising=False)
    home = Path(person["HOME"])
    (home / ".bashrc").write_text("alias 台账=ledger", encoding="utf-8")
    for shell in SCRIPTS:
        outcome = invoke(ledger, "completion", shell, "--install")
        assert (outcome.code, outcome.out) == (0, "")
        (place,) = re.findall(r"补全脚本已写入 (.*)。", outcome.err)
        assert Path(place).read_text("utf-8") == SCRIPTS[shell]
        before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
        again = invoke(ledger, "completion", shell, "--install")
        assert f"补全脚本已经在 {place}" in again.err
        assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    first, second = (home / ".bashrc").read_text("utf-8").splitlines()
    assert first == "alias 台账=ledger"
    assert "bash-completion/completions/ledger" in second


def test_what_cannot_be_installed(
    ledger: LedgerFolder, refused: Invoke, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(ledger, "completion", "cmd", code=2, says="没有Shell“cmd”")
    assert invoke(ledger, "completion", "Bash").out == SCRIPTS["bash"]
    assert invoke(ledger, "completion", "pwsh").out == SCRIPTS["powershell"]
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("USERPROFILE", raising=False)
    refused(ledger, "completion", "zsh", "--install", code=1, says="个人文件夹")


def test_the_script_for_powershell_quotes_as_it_does() -> None:
    script = SCRIPTS["powershell"]
    assert """.Replace("'", "''")""" in script
    assert "ledger complete powershell @words 2>$null" in script
    assert script.count("{") == script.count("}")
    assert script.count("(") == script.count(")")
