"""The codes of rules, of their pages and of their tests are the same."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest

from ledger.adapters.pages import rule_page
from ledger.cli.commands import VERBS, function_of
from ledger.cli.frame import Declaration
from ledger.rules import CODES, RULES

HERE = Path(__file__).resolve().parent
PAGES = HERE.parent.parent / "docs" / "rules"
PARTS = ["管什么", "为什么", "例子", "怎么改"]


def codes_with_cases() -> set[str]:
    """The keys of every table `CASES` in this folder."""
    codes: set[str] = set()
    for path in HERE.glob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "CASES":
                assert isinstance(node.value, ast.Dict), path
                codes |= {ast.literal_eval(key) for key in node.value.keys if key is not None}
    return codes


def test_every_rule_is_tested() -> None:
    assert codes_with_cases() == set(CODES)


def test_every_rule_has_a_page() -> None:
    pages = {path.stem for path in PAGES.glob("*.md")} - {"index"}
    assert pages == set(CODES)


def test_the_index_lists_every_rule_by_its_name() -> None:
    rows = re.findall(
        r"^\| \[(\w+)\]\((\w+)\.md\) \| (\S+) \|", (PAGES / "index.md").read_text("utf-8"), re.M
    )
    assert rows == [(rule.code, rule.code, rule.title) for rule in RULES]


@pytest.mark.parametrize("code", CODES)
def test_a_page_is_whole_and_short(code: str) -> None:
    page = rule_page(code)
    title = next(rule.title for rule in RULES if rule.code == code)
    assert page.startswith(f"# {code} {title}\n")
    assert re.findall(r"^## (.+)$", page, re.M) == PARTS
    assert page.count("\n") <= 40
    assert page.endswith("\n")


@pytest.mark.parametrize("page", [*CODES, "index"])
def test_a_page_names_only_commands_and_options_there_are(page: str) -> None:
    for line in re.findall(r"`ledger (?!--)([^`]+)`", rule_page(page)):
        name, *words = shlex.split(line)
        assert name in VERBS, line
        parameters = Declaration(function_of(VERBS[name])).parameters.values()
        options = {option for parameter in parameters for option in parameter.option.names}
        assert {word for word in words if word.startswith("-")} <= options, line


@pytest.mark.parametrize("page", [*CODES, "index"])
def test_links_lead_to_pages(page: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", rule_page(page)):
        assert (PAGES / target).is_file(), target
