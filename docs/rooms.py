"""Draw the rooms of the program from its imports: `python docs/rooms.py` puts them into the page.

The picture in docs/architecture.md stands between two marks; a test compares it with the imports.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parent
PACKAGE = DOCS.parent / "ledger"
PAGE = DOCS / "architecture.md"
BEGIN, END = "<!-- rooms: made by docs/rooms.py -->\n", "<!-- end of rooms -->\n"
LAYERS = ("cli", "view", "usecases", "adapters", "rules", "model")
ROOMED = ("usecases", "adapters")  # the others are one room each


def room(module: str) -> str:
    """The room of a module: `usecases.closing`, or its layer; empty for what stands in none."""
    parts = module.split(".")[1:]
    if not parts or parts[0] not in LAYERS:
        return ""
    if parts[0] not in ROOMED:
        return parts[0]
    inside = len(parts) > 1 and (PACKAGE / parts[0] / parts[1]).is_dir()
    return ".".join(parts[:2]) if inside else ""


def arrows() -> list[tuple[str, str]]:
    """Pairs of rooms of which the first imports from the second, in the order of the layers."""
    pairs = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        own = room(".".join(("ledger", *path.relative_to(PACKAGE).with_suffix("").parts)))
        for name in _imported(path):
            other = room(name)
            if own and other and own != other:
                pairs.add((own, other))
    return sorted(pairs, key=lambda pair: [(LAYERS.index(x.split(".")[0]), x) for x in pair])


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("ledger."):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def picture() -> str:
    """The rooms as a Mermaid flowchart; from layer to layer there is one arrow at most."""
    pairs = arrows()
    lines = ["```mermaid", "flowchart TD"]
    for layer in LAYERS:
        rooms = sorted({each for pair in pairs for each in pair if each.split(".")[0] == layer})
        if layer in ROOMED:
            inside = "; ".join(f"{each}[{each.partition('.')[2]}]" for each in rooms)
            lines.append(f"  subgraph {layer}\n    {inside}\n  end")
        else:
            lines.append(f"  {layer}")
    within = [(a, b) for a, b in pairs if a.split(".")[0] == b.split(".")[0]]
    between = dict.fromkeys((a.split(".")[0], b.split(".")[0]) for a, b in pairs)
    down = [(a, b) for a, b in between if a != b]
    lines += [f"  {a} --> {b}" for a, b in (*down, *within)]
    return "\n".join((*lines, "```")) + "\n"


def main() -> None:
    """Put the picture into the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}{picture()}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
