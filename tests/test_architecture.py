"""The layers stay layers: imports go down only, and each library has one owner."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "ledger"
LAYERS = ("errors", "model", "rules", "adapters", "usecases", "view", "cli")
OWNERS = {
    "typer": ("cli/",),
    "rich": ("view/table.py", "view/text.py", "view/picture.py", "view/progress.py"),
    "ruamel": ("adapters/yaml/edit.py",),
    "yaml": ("adapters/yaml/read.py",),
    "sqlite3": ("adapters/files/index.py",),
    "jinja2": ("adapters/templates.py",),
    "openpyxl": ("adapters/tables/reading/xlsx.py", "adapters/tables/writing/xlsx.py"),
    "icalendar": ("adapters/tables/writing/ics.py",),
    "markdown_it": ("adapters/tables/writing/official.py",),
    "dateutil": ("model/",),
    "chinese_calendar": ("model/workdays.py",),
    "httpx": ("adapters/forge/web.py",),
    "docx": ("adapters/tables/reading/word.py", "adapters/exporters/"),
    "pdfplumber": ("adapters/tables/reading/pdf_pages.py",),
    "subprocess": (
        "adapters/tables/reading/pdf.py",
        "adapters/git/process.py",
        "adapters/git/remote.py",
        "adapters/git/server.py",
        "adapters/forge/gh.py",
        "adapters/editor.py",
    ),
}
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@cache
def imports(module: str) -> tuple[str, ...]:
    return tuple(_imports(module))


def _imports(module: str) -> Iterator[str]:
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def layer(name: str) -> int:
    parts = name.split(".")
    return LAYERS.index(parts[1]) if len(parts) > 1 and parts[1] in LAYERS else -1


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down(module: str) -> None:
    if module == "__main__.py":
        return
    own = layer("ledger." + module.removesuffix(".py").replace("/", "."))
    higher = [name for name in imports(module) if name.startswith("ledger.") and layer(name) > own]
    assert not higher


@pytest.mark.parametrize("library", OWNERS)
def test_one_owner(library: str) -> None:
    users = [
        module
        for module in MODULES
        if any(name.split(".")[0] == library for name in imports(module))
    ]
    assert users
    assert all(user.startswith(OWNERS[library]) for user in users), users


def test_help_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from ledger.cli.app import run; run(['--help']);"
        "heavy = {'ruamel', 'openpyxl', 'docx', 'jinja2', 'yaml', 'sqlite3', 'dateutil',"
        " 'chinese_calendar', 'rich.table', 'rich.console'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
