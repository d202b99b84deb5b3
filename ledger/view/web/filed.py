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
_BULLETIN = "report"
_SHOWN = re.compile(
    "pdf|docx?|xlsx?|pptx?|wps|et|dps|ofd|rtf|od[ts]|txt|csv|md|log|png|jpe?g|gif|webp|bmp|tiff?|heic"
    "|zip|rar|7z|mp[34]|mov|wav|eml"
)  # endings that evidence keeps: under them neither a browser nor a system runs anything
_FORMS = (".docx", ".md")  # of a bulletin; a file of it keeps its ending


@dataclass(frozen=True, slots=True)
class Filed:
    """Names of files, as `Links`.

    Attributes:
        here: the file in which the links are to stand.
        files: page and key → file, of all pages that there are; a key may have a query behind it,
            as addresses have it.
        called: other words for keys, such as a department's alias → the department.
    """

    here: str
    files: Mapping[Place, str]
    called: Mapping[str, str]

    def __call__(self, page: str, key: str = "", /, **query: Any) -> str:
        """See `Links`; what asks for a choice that only a server makes leads nowhere."""
        pairs = [
            (name, value)
            for name, values in query.items()
            for value in (values if isinstance(values, (list, tuple)) else (values,))
            if name != "at" and value is not None and value != ""
        ]
        asked = key if page == _LIST or not pairs else f"{key}?{urlencode(pairs)}"
        known = self.files.get((page, asked))
        if not (file := known or self.files.get((page, self.called.get(asked, asked)))):
            return ""
        relative = posixpath.relpath(file, posixpath.dirname(self.here) or ".")
        return f"{relative}#{urlencode(pairs)}" if pairs and page == _LIST else relative


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
    form = posixpath.splitext(key.partition("?")[0])[1]
    ending = form if page == _BULLETIN and form in _FORMS else ".html"
    digest = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:_DIGITS]
    words = _OTHER.sub("-", key).strip("-")[:_KEPT]
    return f"{page}/{'-'.join(filter(None, ('x', words, digest)))}{ending}"


def evidence_name(task: str, number: int, suffix: str) -> str:
    """The file of a piece of evidence.

    Args:
        number: its place in the task's file, from 1.
        suffix: of the file that was registered, in small letters; one under which a browser or a
            system would run it is left out.
    """
    folder = posixpath.splitext(file_name("evidence", task))[0]
    return f"{folder}/{number}.{suffix if _SHOWN.fullmatch(suffix) else 'bin'}"
