"""What CONTRIBUTING.md and docs/architecture.md name exists: files, what they define, commands."""

from __future__ import annotations

import ast
import re
from itertools import chain
from pathlib import Path

import pytest

from ledger.cli.commands import COMMANDS
from tests.sources import parsed

ROOT = Path(__file__).resolve().parent.parent.parent
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
PAGES = {
    "CONTRIBUTING.md": (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
    "docs/architecture.md": ARCHITECTURE,
}
FOLDERS = (
    ".ci",
    "benchmarks",
    "data",
    "docs",
    "ledger",
    "installer",
    "requirements",
    "templates",
    "tests",
)
# Paths that are made, a name's place in them, and what is no path of this repository.
NO_FILE = re.compile(r"<|^\.git/|^refs/|^build/|^\.venv/|^/")
WORD = re.compile(r"[\w./<>-]+")
ENDINGS = (".py", ".md", ".j2", ".txt", ".json", ".yaml")
DEFINED_IN = re.compile(r"`(\w+)`(?: and `(\w+)`)? in `([\w./]+\.py)`|`([\w./]+\.py)`: `(\w+)`")


def _prose(page: str) -> str:
    """A page on one line, without its blocks of code."""
    return " ".join(re.sub(r"```.*?```", "", PAGES[page], flags=re.DOTALL).split())


@pytest.fixture(scope="module")
def paths() -> list[str]:
    """Files and folders of the repository, each with a slash before it, folders one behind too."""
    inside = chain.from_iterable((ROOT / folder).rglob("*") for folder in FOLDERS)
    return [
        f"/{path.relative_to(ROOT).as_posix()}{'/' if path.is_dir() else ''}"
        for path in chain(inside, ROOT.iterdir())
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_path_exists(page: str, paths: list[str]) -> None:
    quoted = re.findall(r"`([^`]+)`", _prose(page))
    named = {
        word
        for word in quoted
        if WORD.fullmatch(word) and ("/" in word or word.endswith(ENDINGS))
        if not NO_FILE.search(word)
    }
    assert len(named) > 20
    missing = {
        word
        for word in named
        if not any(path.endswith((f"/{word}", f"/{word.rstrip('/')}/")) for path in paths)
    }
    assert missing == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_name_is_defined_in_its_file(page: str, paths: list[str]) -> None:
    pairs = [
        (name, place or before)
        for one, two, place, before, three in DEFINED_IN.findall(_prose(page))
        for name in (one, two, three)
        if name
    ]
    assert len(pairs) > 5
    for name, place in pairs:
        files = [path for path in paths if path.endswith(f"/{place}")]
        assert any(name in _names(ROOT / path[1:]) for path in files), (name, place)


def _names(path: Path) -> set[str]:
    """What a module defines at its top."""
    tree = parsed(path)
    stored = (node for each in tree.body for node in ast.walk(each) if isinstance(node, ast.Name))
    defined = (each for each in tree.body if isinstance(each, ast.FunctionDef | ast.ClassDef))
    return {
        *(node.id for node in stored if isinstance(node.ctx, ast.Store)),
        *(each.name for each in defined),
    }


def test_each_heading_of_the_help_has_its_module_and_its_rooms() -> None:
    """Every command stands in the module of its row; its first use case in one of its rooms."""
    table = ARCHITECTURE.partition("| heading | cli |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in table.splitlines()[2:]]
    assert [heading for heading, _, _ in rows] == list(COMMANDS)
    for heading, module, usecases in rows:
        rooms = set(re.findall(r"`(\w+)/`", usecases))
        for verb in COMMANDS[heading]:
            assert f"`{verb.module.removeprefix('ledger.cli.')}.py`" in module, verb.name
            called = _rooms_of(ROOT / f"{verb.module.replace('.', '/')}.py", verb.function)
            assert not called or called & rooms, (verb.name, called)


def _rooms_of(path: Path, function: str) -> set[str]:
    """From which rooms of the use cases a command takes what it calls, reading apart."""
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            modules = [
                each.module or "" for each in ast.walk(node) if isinstance(each, ast.ImportFrom)
            ]
            rooms = {name.split(".")[2] for name in modules if name.startswith("ledger.usecases.")}
            return rooms - {"reading"}
    raise AssertionError(function)
