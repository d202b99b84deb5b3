"""The pages of the rules: docs/rules in a checkout, inside the package once installed."""

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
    installed = _PACKAGE / "rulepages"
    folder = installed if installed.is_dir() else _PACKAGE.parent / "docs/rules"
    return (folder / f"{code}.md").read_text(encoding="utf-8")
