"""The pages of the rules and topics: in docs of a checkout, inside the package once installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def rule_page(code: str) -> str:
    """A rule's page in Markdown.

    Args:
        code: a rule's code.

    Raises:
        FileNotFoundError: the installation lacks the page.
    """
    return _page("rulepages", "rules", code)


def topic_page(name: str) -> str:
    """A page of `ledger help` in Markdown; as `rule_page`."""
    return _page("topicpages", "topics", name)


def _page(installed: str, in_docs: str, name: str) -> str:
    folder = _PACKAGE / installed
    folder = folder if folder.is_dir() else _PACKAGE.parent / "docs" / in_docs
    return (folder / f"{name}.md").read_text(encoding="utf-8")
