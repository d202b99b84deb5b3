"""Nobody who uses a ledger is told a command of git's: neither by the program nor by the manual."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.sources import READS_SOURCES, nodes

pytestmark = READS_SOURCES

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "ledger"
COMMAND = re.compile(
    r"(?<![\w.=/-])git +(?:add|am|apply|blame|branch|cat-file|checkout|cherry-pick|clean|clone|"
    r"commit|config|diff|fetch|filter-branch|fsck|gc|help|init|lfs|log|merge|mv|pull|push|rebase|"
    r"remote|replace|reset|restore|rev-parse|revert|rm|show|stash|status|submodule|switch|tag|"
    r"update-ref|worktree)\b"
)
# Whom administrators ask, and what a server says to who pushes with git itself.
EXEMPT = {
    "adapters/git/server.py",
    "usecases/setup/clone.py",
    "usecases/setup/gate.py",
    "usecases/setup/receive.py",
}


def texts(module: Path) -> Iterator[tuple[int, str]]:
    """What a module may print, an f-string in one piece; remedies are for `doctor` alone."""
    whole = nodes(module)
    remedies = {id(each) for node in whole for each in remedy_of(node)}
    docstrings = {
        id(node.body[0].value)
        for node in whole
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in whole:
        if id(node) in remedies | docstrings:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = (each.value for each in node.values if isinstance(each, ast.Constant))
            yield node.lineno, "…".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def remedy_of(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a text that is given as a remedy, or is called so."""
    if isinstance(node, ast.keyword) and node.arg == "remedy":
        yield from ast.walk(node.value)
    if isinstance(node, ast.Assign) and any(
        isinstance(each, ast.Name) and each.id.endswith("_REMEDY") for each in node.targets
    ):
        yield from ast.walk(node.value)


def test_no_message_names_a_command_of_gits() -> None:
    """A remedy may, which only `doctor` shows."""
    named = []
    exempt = set()
    for module in sorted(PACKAGE.rglob("*.py")):
        path = module.relative_to(PACKAGE).as_posix()
        lines = [line for line, text in texts(module) if COMMAND.search(text)]
        if lines and path in EXEMPT:
            exempt.add(path)
        elif lines:
            named += [f"{path}:{line}" for line in lines]
    assert named == []
    assert exempt == EXEMPT


def test_the_pattern_knows_commands_from_words() -> None:
    for text in ("请用 git remote -v 核对", "运行 git add -A", "（git commit）", "git tag -d note"):
        assert COMMAND.search(text), text
    for text in ("git 没有成功", "没有 git 在运行", "driver=git merge-file", "a git repository"):
        assert not COMMAND.search(text), text


def test_the_manual_has_one_page_for_administrators() -> None:
    """Elsewhere no line begins with git, none names a command of its, nor its own words."""
    words = re.compile(  # `commit` alone is a key of the JSON
        r"^\$? *git |(?<![\w`-])commit(?![\w`-])|\b(?:stash|HEAD|rebase)\b"
    )
    manual = [*(ROOT / "docs" / "manual").glob("*.md")]
    ours = [page for page in manual if page.name != "scripts.md"]  # which tells of JSON's keys
    pages = [*manual, *(ROOT / "docs" / "rules").glob("*.md")]
    assert len(pages) > 20
    wrong = [
        f"{page.name}:{number} {line}"
        for page in pages
        if page.name != "forge.md"
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        if COMMAND.search(line) or (page in ours and words.search(line))
    ]
    assert wrong == []
