"""What a rule is about, as its page tells it."""

from __future__ import annotations

from ledger.adapters.pages import rule_page
from ledger.model.choice import one_of
from ledger.rules import CODES


def explained(code: str) -> str:
    """A rule's page in Markdown; its code may be written in small letters.

    Raises:
        UsageError: there is no such rule.
    """
    return rule_page(one_of(code.upper(), CODES, "规则"))
