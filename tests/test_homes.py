"""Each of these concepts has one home: whoever speaks of it takes the word from there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.model.config import VIAS
from tests.sources import READS_SOURCES, nodes

pytestmark = READS_SOURCES

PACKAGE = Path(__file__).resolve().parent.parent / "ledger"
HOMES = {
    "where the ledger's files lie": (
        re.compile(r"ledger\.yaml|data/|allowed_signers|\.mailmap|^\.gitattributes$"),
        "model/paths.py",
    ),
    "which host is which forge": (
        re.compile(
            r"(git(hub|lab|ea|ee)|jihulab|codeup|codeberg|bitbucket|forgejo)[\w.]*\.(com|org)\b"
        ),
        "adapters/forge/hosts.py",
    ),
    "nobody is registered": (
        re.compile(r"登记您是谁|没有登记全|ledger who 姓名"),
        "usecases/reading/identities.py",
    ),
}


def texts(module: Path) -> Iterator[str]:
    """The strings of a module that are no docstrings."""
    told = {id(node.value) for node in nodes(module) if isinstance(node, ast.Expr)}
    for node in nodes(module):
        if isinstance(node, ast.Constant) and id(node) not in told:
            if isinstance(node.value, bytes):
                yield node.value.decode(errors="replace")
            elif isinstance(node.value, str):
                yield node.value


@pytest.mark.parametrize("concept", HOMES)
def test_one_module_spells_it(concept: str) -> None:
    spelled, home = HOMES[concept]
    spelling = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(map(spelled.search, texts(path)))
    }
    assert spelling == {home}


def test_one_function_splits_names() -> None:
    """A cell of a table is another matter: it says who leads, and has brackets."""
    splitting = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "").endswith("split")
        if any("、" in text for text in map(_constant, node.args))
    }
    assert splitting == {"model/people.py"}


def _constant(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_the_ways_of_asking_are_words_of_the_configuration() -> None:
    """`via` is compared with the constants of model/config, never with a word."""
    compared = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Compare)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value in VIAS
    }
    assert compared == set()


def test_one_function_says_which_day_an_extension_must_follow() -> None:
    """`extend` and a meeting refuse the same day in the same words."""
    comparing = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any("不晚于现在的截止日期" in text for text in texts(path))
    }
    assert comparing == {"usecases/writing/edit.py"}


def test_one_walk_makes_records_plain_data() -> None:
    """What JSON and YAML say of a record: `encode`; a walk of one's own forgets keys or days."""
    walking = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in nodes(path)
        if (getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "name", None))
        in {"asdict", "astuple", "is_dataclass"}
    }
    assert walking == set()  # model/record.py has fields of its own
    assert (PACKAGE / "model/decode.py").read_text(encoding="utf-8").count("def encode(") == 1


def test_one_function_says_what_lies_in_a_folder_of_the_ledger() -> None:
    """A beginning alone is not enough: `data/tasks2` is no folder of tasks."""
    beginning = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(
            r"""startswith\((f"\{)?(TASKS|SOURCES|DECISIONS|EVIDENCE)(\}/")?\)""",
            path.read_text(encoding="utf-8"),
        )
    }
    assert beginning == set()
