"""What a command of every day loads: each in a process of its own, which tells its modules."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import LedgerFolder, MakeLedger

HEAVY = frozenset({"git", "gitdb", "jinja2", "openpyxl", "pdfplumber", "httpx", "docx"})
LIBRARY = frozenset({"git", "gitdb"})
CODE = """
import sys
from ledger.cli.app import run
code = run(sys.argv[1:])
print(code, *sys.modules, file=sys.stderr)
"""
BARE = "import sys; print(0, *sys.modules, file=sys.stderr)"
NEVER = {
    "typer",
    "yaml",
    "jinja2",
    "ruamel",
    "git",
    "ledger.rules",
    "ledger.usecases.writing",
    "csv",
}
TASKS = [
    {"title": "开展专项检查", "due": {"date": "2017-03-10"}},
    {
        "title": "修订管理办法",
        "due": {"date": "2017-02-01"},
        "lead": ["条法司"],
        "status": "推进中",
    },
]


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(TASKS)


def modules(
    folder: Path, *words: str, stdin: str = "", code: int = 0, program: str = CODE
) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    )
    ended, *names = done.stderr.splitlines()[-1].split()
    assert ended == str(code), done.stderr
    return set(names)


def loaded(folder: Path, *words: str, stdin: str = "") -> set[str]:
    return {name.partition(".")[0] for name in modules(folder, *words, stdin=stdin)}


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("due",),
        ("due", "--dept", "条法司"),
        ("list",),
        ("list", "--json"),
        ("list", "--at", "HEAD"),
        ("status",),
        ("show", "GZ2017-001"),
    ],
)
def test_looking_loads_nothing_heavy(
    ledger: LedgerFolder, words: tuple[str, ...], warm: bool
) -> None:
    if warm:
        loaded(ledger.root, *words)
    kept = [*(ledger.root / ".git/ledger").glob("*.sqlite")]
    assert bool(kept) == (warm and words != ("--help",))
    assert not loaded(ledger.root, *words) & HEAVY


def test_work_of_every_day_loads_no_library_for_git(ledger: LedgerFolder) -> None:
    ledger.git("remote", "add", "origin", "../nowhere")
    for words in (
        ("progress", "GZ2017-001", "--text", "已启动"),
        ("edit", "GZ2017-001", "--title", "开展检查"),
        ("check",),
        ("check", "--base", "HEAD~1"),
        ("log",),
    ):
        assert not loaded(ledger.root, *words) & LIBRARY, words


@pytest.fixture
def push(ledger: LedgerFolder, tmp_path: Path) -> tuple[Path, str]:
    """A server's repository, and what its hook reads."""
    bare = tmp_path / "server.git"
    ledger.git("clone", "--quiet", "--bare", ".", str(bare))
    commit = ledger.git("rev-parse", "HEAD").strip()
    return bare, f"{'0' * 40} {commit} refs/heads/main\n"


def test_the_gate_loads_no_library_for_git(push: tuple[Path, str]) -> None:
    bare, line = push
    assert not loaded(bare, "gate", "receive", stdin=line) & HEAVY


@pytest.mark.parametrize(
    ("words", "most"),
    [
        ("--help", 50),
        ("due", 100),
        ("due --dept 条法司", 100),
        ("list", 100),
        ("status", 111),
        ("show GZ2017-001", 130),
    ],
)
def test_a_look_loads_little(ledger: LedgerFolder, words: str, most: int) -> None:
    """In a pipe, with a warm cache, beside what the bare interpreter has."""
    modules(ledger.root, *words.split())
    for place in (ledger.root / ".git/ledger").glob("index-*.sqlite"):  # a minute goes by
        with closing(sqlite3.connect(place)) as index, index:
            index.execute("DELETE FROM unsettled")
    names = modules(ledger.root, *words.split()) - modules(ledger.root, program=BARE)
    assert len(names) <= most, sorted(names)
    assert words.startswith("show") or not names & {"json", "hashlib", "difflib"}
    parts = {part for name in names for part in (name, name.partition(".")[0])}
    assert not parts & NEVER


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("list --help", 0),
        ("--version", 0),
        ("deadline 6月底前 --year 2017", 0),
        ("show nothing", 2),
    ],
)
def test_what_is_plain_needs_no_typer(ledger: LedgerFolder, words: str, code: int) -> None:
    assert "typer" not in modules(ledger.root, *words.split(), code=code)


def test_a_check_reads_no_file_that_it_knows(ledger: LedgerFolder) -> None:
    """So it loads nothing that reads one, nor what judges changes, nor asks the web."""
    ledger.git("remote", "add", "origin", "../nowhere")
    modules(ledger.root, "check")
    names = modules(ledger.root, "check")
    assert not {name.partition(".")[0] for name in names} & {"yaml", "xml", "chinese_calendar"}
    assert not names & {"ledger.usecases.checking.check", "ledger.usecases.merging", "http"}
    ledger.write_task(id="GZ2017-001", title="改了")
    assert "yaml" in modules(ledger.root, "check")


def test_the_gate_loads_no_more_than_it_did(push: tuple[Path, str]) -> None:
    bare, line = push
    modules(bare, "gate", "receive", stdin=line)
    names = modules(bare, "gate", "receive", stdin=line) - modules(bare, program=BARE)
    assert len(names) <= 224
    assert not names & {"typer", "ledger.view.table", "ledger.usecases.looking.list", "decimal"}


def test_init_loads_it(tmp_path: Path) -> None:
    assert loaded(tmp_path, "init", "新台账") >= LIBRARY
