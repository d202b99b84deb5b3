"""Links between pages that are files of one folder: relative, so that they hold wherever it is."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from ledger.model.paths import is_device
from ledger.model.record import dataclass

Place = tuple[str, str]  # a page's name and its key

_PLAIN = re.compile(r"[A-Z0-9][A-Z0-9-]{0,63}")
_OTHER = re.compile(r"[^A-Za-z0-9-]+")
_KEPT, _DIGITS = 40, 12
_INDEX, _LIST = "index", "list"  # the page of that name is asked by its fragment


@dataclass(frozen=True, slots=True)
class Filed:
    """Names of files, as `Links`.

    Attributes:
        here: the file in which the links are to stand.
        files: page and key → file, of all pages that there are.
        called: other words for keys, such as a department's alias → the department.
    """

    here: str
    files: Mapping[Place, str]
    called: Mapping[str, str]

    def __call__(self, page: str, key: str = "", /, **query: Any) -> str:
        """See `Links`; what asks for a choice that only a server makes leads nowhere."""
        file = self.files.get((page, key)) or self.files.get((page, self.called.get(key, key)))
        pairs = [
            (name, value)
            for name, values in query.items()
            for value in (values if isinstance(values, (list, tuple)) else (values,))
            if name != "at" and value is not None and value != ""
        ]
        if not file or (pairs and page != _LIST):
            return ""
        relative = posixpath.relpath(file, posixpath.dirname(self.here) or ".")
        return f"{relative}#{urlencode(pairs)}" if pairs else relative


def files_of(places: Iterable[Place]) -> dict[Place, str]:
    """Under which name each page is kept."""
    return {place: file_name(*place) for place in places}


def file_name(page: str, key: str) -> str:
    """The file of a page: ASCII, and one that every file system takes and tells from the others.

    What is all capitals, digits and hyphens, as ids mostly are, stands for itself; of anything
    else a digest tells it apart, whatever a file system makes of small letters and of Chinese.
    """
    stem, ending = posixpath.splitext(page)
    if not key:
        return f"{stem or _INDEX}{ending or '.html'}"
    if _PLAIN.fullmatch(key) and not is_device(key):
        return f"{page}/{key}.html"
    digest = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:_DIGITS]
    words = _OTHER.sub("-", key).strip("-")[:_KEPT]
    return f"{page}/{'-'.join(filter(None, ('x', words, digest)))}.html"
