"""What a browser asks and what it is answered, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.model.record import dataclass, field

HTML, CSS, JS, TEXT = "text/html", "text/css", "text/javascript", "text/plain"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page is asked for.

    Attributes:
        path: decoded, without the slash it begins with, such as `task/GZ2017-031`.
        query: name → values, in the order in which the address has them; a value that is empty is
            not there.
    """

    path: str
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """A value of the query, the last where there are several; empty where there is none."""
        return self.query.get(name, ("",))[-1]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back.

    Attributes:
        status: of HTTP, such as 200.
        media: the type of the body, without its charset.
        download: the name under which a browser saves it; empty for what it shows.
        framed: whether it is made to stand in a sandboxed frame of a page of ours.
    """

    body: bytes
    media: str = HTML
    status: int = 200
    download: str = ""
    framed: bool = False


def query_of(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """A query's values by their names."""
    values: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if value:
            values[name] = (*values.get(name, ()), value)
    return values
