"""Links between pages that a server hands out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from ledger.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Served:
    """Addresses of a server, as `Links`.

    Attributes:
        at: the moment that each link keeps; empty for the working tree.
    """

    at: str = ""

    def __call__(self, page: str, key: str = "", /, **query: Any) -> str:
        """See `Links`."""
        path = "/".join(quote(part, safe="") for part in (page, key) if part)
        asked = {"at": self.at, **query}
        pairs = [
            (name, value)
            for name, values in asked.items()
            for value in (values if isinstance(values, (list, tuple)) else (values,))
            if value is not None and value != ""
        ]
        return f"/{path}" + (f"?{urlencode(pairs)}" if pairs else "")
