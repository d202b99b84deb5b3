"""One thing has one name: nothing that users read says what docs/术语.md says is not said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.sources import READS_SOURCES, nodes

pytestmark = READS_SOURCES

ROOT = Path(__file__).resolve().parent.parent.parent
_TERMS = ROOT / "docs/术语.md"
# What knows the words of other people's documents, or of whoever asks.
_FOREIGN = (
    "model/orders.py",
    "model/phrases.py",
    "model/readings.py",
    "adapters/tables/reading/",
    "usecases/tables/statuses.py",
    "usecases/looking/topics.py",
    "model/remarks.py",
    "rules/tasks.py",
)
_PAGES = (
    "docs/deadlines.md",
    "docs/manual/*.md",
    "docs/topics/*.md",
    "docs/rules/*.md",
)
_COLUMNS = "经办人"  # what a table may call whom it names, as the page on importing lists
_STORY = "demo.yaml"  # what happens in a bureau, in its own words
_CHINESE = re.compile("[一-鿿]")
_TAG = re.compile("<[^<>]*>")
_QUOTED = re.compile("`[^`]*`|“[^”]*”|《[^》]*》")


def forbidden() -> dict[str, str]:
    """What is not said → what is said instead."""
    rows = re.findall(r"^\| (.*?) \| .*? \| .*? \| (.*?) \|$", _TERMS.read_text("utf-8"), re.M)
    return {
        word: term for term, words in rows[1:] for word in words.split("、") if "--" not in word
    }


def told() -> Iterator[tuple[str, str]]:
    """Where it stands and a text that somebody reads: messages, help, templates, pages."""
    for path in sorted((ROOT / "ledger").rglob("*.py")):
        name = path.relative_to(ROOT / "ledger").as_posix()
        if not name.startswith(_FOREIGN):
            yield from ((f"{name}:{line}", text) for line, text in _strings(path))
    for path in sorted(each for each in (ROOT / "templates").rglob("*") if each.is_file()):
        if path.name != _STORY and ".css" not in path.suffixes:
            text = path.read_text("utf-8")
            yield from _lines(path, _TAG.sub(_read_of, text) if ".html" in path.suffixes else text)
    for pattern in _PAGES:
        for path in sorted(ROOT.glob(pattern)):
            text = re.sub(r"(?ms)^```.*?^```$", _blank, path.read_text("utf-8"))
            yield from _lines(path, text)


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    """Chinese strings; a docstring is help where it is a command's, which begins in Chinese."""
    docstrings = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_said = id(node) not in docstrings or path.parent.name == "cli"
            if is_said and _CHINESE.search(node.value):
                yield node.lineno, node.value


def _lines(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        yield f"{path.relative_to(ROOT)}:{number}", line


def _read_of(tag: re.Match[str]) -> str:
    """What somebody reads of an element's tag: labels and the like."""
    return " ".join(re.findall(r'"[^"]*[一-鿿][^"]*"', tag[0])) + _blank(tag)


def _blank(block: re.Match[str]) -> str:
    return "\n" * block[0].count("\n")


def unsaid(text: str, words: dict[str, str]) -> list[str]:
    """The words of a text that are not to be said; Latin ones only whole."""
    plain = _QUOTED.sub("", text)
    latin = (word for word in words if word.isascii())
    whole = [each for each in latin if re.search(rf"(?<![\w./-]){each}(?![\w./-])", plain, re.A)]
    return [*whole, *(each for each in words if not each.isascii() and each in plain)]


def test_nothing_is_called_by_another_name() -> None:
    words = forbidden()
    assert len(words) > 60
    wrong = {
        place: [f"{word} → {words[word]}" for word in called]
        for place, text in told()
        if (called := unsaid(text, words)) and not (_COLUMNS in called and "/import.md:" in place)
    }
    assert wrong == {}


def test_it_would_be_found() -> None:
    words = forbidden()
    assert unsaid("验证快报", words) == ["快报"]
    assert unsaid("如实说是 open，绝不猜", words) == ["open"]
    assert unsaid("`open`、forge.yaml、“撤销” opened", words) == []
    places = {place.partition(":")[0] for place, _ in told()}
    assert {"cli/check.py", "view/undo.py", "docs/manual/view.md"} <= places
