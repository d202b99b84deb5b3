"""Text from files as literal text: without what steers a terminal, without what Markdown reads."""

from __future__ import annotations

import re

# Control characters, other line breaks, and marks that turn the direction of text around them.
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~#])")


def clean(text: str) -> str:
    """Text without anything that could steer a terminal: each such character becomes '�'."""
    return UNSAFE.sub("\ufffd", text)


def markdown(text: str) -> str:
    """Text as literal Markdown inside a table cell or a paragraph."""
    safe = _MARKDOWN.sub(r"\\\1", clean(text)).replace("&", "&amp;").replace("<", "&lt;")
    return safe.replace("\n", "<br>")
