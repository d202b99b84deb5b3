"""Which state of the ledger a page names at its end.

A page of a site that says the same as before goes on naming the state that it was first made of;
else every commit would change every page, and a folder of thousands would be copied anew for one
word.
"""

from __future__ import annotations

from html import escape

from ledger.model.record import dataclass

PLACE = b"<!-- ledger: state -->"
"""What stands for it in a page that was just made; nothing from a file can say so, since in pages
`<` is escaped."""
FRONT = "index.html"  # always names the newest
_SHORT = 12  # characters of a commit's name


@dataclass(frozen=True, slots=True)
class Provenance:
    """A state of the ledger, by its commit's whole id and its digest, as it stood on a day.

    Both are empty where nothing was committed yet.
    """

    commit: str
    digest: str
    day: str


def stamped(content: bytes, stamp: Provenance) -> bytes:
    """A page that names its state; what is no page is as it was."""
    before, place, after = content.rpartition(PLACE)
    if not place:
        return content
    commit, digest, day = map(escape, (stamp.commit[:_SHORT], stamp.digest, stamp.day))
    state = f"，版本 <code>{commit}</code>，摘要 <code>{digest}</code>" if commit else ""
    told = f"截至 {day}{state}"
    return before + told.encode() + after
