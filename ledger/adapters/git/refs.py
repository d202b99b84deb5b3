"""Names of refs, as far as they can be told without starting git."""

from __future__ import annotations

import re
from pathlib import Path

# What may be no branch's name; of some of it only git can tell (git help check-ref-format).
ODD_BRANCH = re.compile(
    r"^[-/.]|[\x00-\x20\x7f~^:?*\[\\]|\.\.|//|/\.|@\{|^@$|[/.]$|\.lock(?=/|$)|[\ud800-\udfff]"
)
# Where else git looks for a name, a ref's own full name too (git help revisions).
_ELSEWHERE = ("refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")


def is_plain(ref: str) -> bool:
    """Whether a full name means nothing but a ref, whatever asks git for it."""
    return not ODD_BRANCH.search(ref)


def also_meant(ref: str) -> list[str]:
    """Where git looks for a full name, too, if there is no ref of this name."""
    return [each.format(ref) for each in _ELSEWHERE]


def branch_in(folder: Path, heads: str) -> str:
    """The branch that HEAD names in a repository's own folder, where it does so plainly.

    Else only git can tell: a work tree beside others, a branch that stands for another one, refs
    that are not kept in files (its HEAD names `.invalid`).

    Args:
        heads: what the full names of branches begin with.
    """
    try:
        head = folder / "HEAD"
        named = "" if head.is_symlink() else head.read_text("utf-8")
        ref = named.removeprefix("ref: ").removesuffix("\n")
        if named != f"ref: {ref}\n" or not ref.startswith(heads):
            return ""
        place = folder / ref
        if ODD_BRANCH.search(ref.removeprefix(heads)) or place.is_symlink():
            return ""
        return "" if place.is_file() and place.read_bytes().startswith(b"ref:") else ref
    except (OSError, ValueError):
        return ""
