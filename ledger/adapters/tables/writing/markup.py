"""A bulletin's Markdown: its tokens, which Word files are set of, and its parts as web pages' HTML.

No HTML of the text is taken for such but a break of a line: whatever it says stays text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token as Token  # official.py has its tokens from here

from ledger.model.task import label

BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ALIGN = re.compile(r"text-align:\s*(left|center|right)")

_DEEPEST = 40  # quotes and lists within one another
_STACKED = 4  # columns of a table that becomes a list of cards where the screen is narrow
_CLASSES = {label("id"): "id", label("title"): "what"}
_TOGETHER = re.compile(r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日|\S{1,5}")


def tokens(markdown: str) -> list[Token]:
    """What a text consists of (CommonMark with tables)."""
    return _parser().parse(markdown)


class HtmlText(NamedTuple):
    """A text as HTML, without its title.

    Attributes:
        before: up to the first heading of level 2.
        sections: each from such a heading to the next.
        after: what follows the last rule, such as how it can be verified.
    """

    before: str
    sections: tuple[str, ...]
    after: str


def html_text(markdown: str) -> HtmlText:
    """A text's parts for a web page."""
    listed = tokens(markdown)
    if listed and listed[0].tag == "h1":
        listed = listed[3:]
    _mark_tables(listed)
    rules = [place for place, each in enumerate(listed) if each.type == "hr" and not each.level]
    end = rules[-1] if rules else len(listed)
    begins = [place for place in range(end) if _begins_section(listed[place])]
    before, *sections = (_html(listed[first:after]) for first, after in pairwise([0, *begins, end]))
    return HtmlText(before, tuple(sections), _html(listed[end + 1 :]))


def _begins_section(token: Token) -> bool:
    return token.type == "heading_open" and token.tag == "h2" and not token.level


def _html(part: Sequence[Token]) -> str:
    parser = _parser()
    return str(parser.renderer.render(part, parser.options, {}))


def _mark_tables(listed: Sequence[Token]) -> None:
    """Tell each table what it is called, and each cell its column's name and kind."""
    heading, heads, column = "", [""], 0
    table = None
    for token, inner in zip(listed, [*listed[1:], None], strict=True):
        content = inner.content if inner is not None and inner.type == "inline" else ""
        if token.type.startswith(("th_", "td_")):
            token.block = False  # so that a row is a line
        if token.type == "heading_open":
            heading = content
        elif token.type == "table_open":
            table, heads = token, []
            token.meta["label"] = heading
        elif token.type == "th_open":
            heads.append(content)
            token.attrSet("scope", "col")
            _set_class(token, "")
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            token.attrSet("data-label", heads[column])
            _set_class(token, _kind(heads[column], content))
            column += 1
        elif token.type == "thead_close" and table and len(heads) >= _STACKED:
            table.attrSet("class", "stack")


def _kind(head: str, text: str) -> str:
    return _CLASSES.get(head) or ("k" if _TOGETHER.fullmatch(text) else "")


def _set_class(token: Token, kind: str) -> None:
    side = ALIGN.search(str(token.attrs.pop("style", "")))
    if word := ("n" if side and side[1] == "right" else kind):
        token.attrSet("class", word)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table")
    for name, rule in (
        ("html_inline", _inline_html),
        ("html_block", _block_html),
        ("table_open", _table_open),
        ("table_close", _table_close),
    ):
        parser.add_render_rule(name, rule)
    return parser


def _inline_html(renderer: Any, listed: Sequence[Token], at: int, *_: Any) -> str:
    text = listed[at].content
    return "<br>" if BREAK.fullmatch(text) else escape(text)


def _block_html(renderer: Any, listed: Sequence[Token], at: int, *_: Any) -> str:
    return escape(COMMENT.sub("", listed[at].content))


def _table_open(renderer: Any, listed: Sequence[Token], at: int, *_: Any) -> str:
    token = listed[at]
    label = escape(token.meta["label"]) or "表"
    opened = f'<div class="wide" tabindex="0" role="region" aria-label="{label}">'
    return f"{opened}<table{renderer.renderAttrs(token)}>\n"


def _table_close(*_: Any) -> str:
    return "</table></div>\n"
