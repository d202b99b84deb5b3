"""Text for places that take less than Markdown: one line, or a bounded number of bytes."""

from __future__ import annotations

import re

MOST_BYTES = 40_000  # a push option travels in one packet line of at most 65,516 bytes, in base64
_CUT = "……（后文从略，请看提交的内容）"
_TABLE_RULE = re.compile(r"\|?[\s:|-]*--[\s:|-]*\|?")
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*")


def clipped(text: str) -> str:
    """A text of at most `MOST_BYTES` of UTF-8; what was cut off is told at the end."""
    content = text.encode(errors="replace")
    if len(content) <= MOST_BYTES:
        return text
    return content[: MOST_BYTES - len(_CUT.encode())].decode(errors="ignore") + _CUT


def on_one_line(body: str) -> str:
    """Markdown on one line that still reads well: `<br>` between lines, headings in bold."""
    return "<br>".join(line for line in map(_plain, body.splitlines()) if line)


def _plain(line: str) -> str:
    line = line.strip()
    heading = _HEADING.fullmatch(line)
    if heading:
        return f"**{heading[1]}**" if heading[1] else ""
    if line.startswith("|"):
        cells = map(str.strip, line.strip("|").split("|"))
        return "" if _TABLE_RULE.fullmatch(line) else " · ".join(cells)
    return f"• {line[2:]}" if line[:2] in ("- ", "* ") else line
