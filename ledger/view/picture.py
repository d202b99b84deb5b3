"""A picture of a terminal as SVG, self-contained: no font is fetched from anywhere."""

from __future__ import annotations

import io

_FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: "Sarasa Mono SC", "Noto Sans Mono CJK SC", "Source Han Mono SC", Menlo, Consolas,
    "Microsoft YaHei", monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width;
}}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""  # noqa: E501


def svg(printed: str, title: str, columns: int) -> str:
    """What a terminal of so many columns would show of a coloured text.

    Args:
        printed: text with ANSI colours, as a command prints it on a terminal.
        title: what stands in the window's frame, such as the command.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=columns, file=io.StringIO(), color_system="standard")
    console.print(Text.from_ansi(printed), soft_wrap=True)
    return console.export_svg(title=title, code_format=_FORMAT, unique_id="ledger")
