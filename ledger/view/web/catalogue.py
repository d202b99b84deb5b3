"""Which pages a site has, of those that a server makes, and under which names they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import PurePosixPath
from urllib.parse import urlencode

from ledger.adapters.http.exchange import Asked, query_of
from ledger.errors import LedgerError
from ledger.model.snapshot import Snapshot
from ledger.rules import CODES
from ledger.usecases.publishing.manifest import Origin
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger
from ledger.usecases.showing.exhibits import exhibit
from ledger.usecases.showing.issues import issues
from ledger.view.web import reports
from ledger.view.web.filed import Filed, Place, evidence_name, files_of
from ledger.view.web.scene import Scene, WebPage

Keys = Callable[[Snapshot], Iterable[str]]


def _once(snapshot: Snapshot) -> Iterable[str]:
    return ("",)


def _departments(snapshot: Snapshot) -> Iterable[str]:
    """Canonical names, and those that only tasks have."""
    tasks = (entry.record for entry in snapshot.tasks)
    named = {name for task in tasks for name in (*task.lead, *task.assist)}
    known = snapshot.departments
    return dict.fromkeys((*known.values(), *sorted(named - known.keys())))


def _leaders(snapshot: Snapshot) -> Iterable[str]:
    return sorted({entry.record.leader for entry in snapshot.tasks} - {""})


def _sources(snapshot: Snapshot) -> Iterable[str]:
    named = {entry.record.source for entry in snapshot.tasks}
    return sorted({*named, *snapshot.source_by_id})


KEYS: Mapping[str, Keys] = {
    "": _once,
    "list": _once,
    "depts": _once,
    "dept": _departments,
    "leaders": _once,
    "leader": _leaders,
    "sources": _once,
    "source": _sources,
    "task": lambda snapshot: snapshot.by_id,
    "meetings": _once,
    "meeting": lambda snapshot: snapshot.decision_by_id,
    "rules": _once,
    "rule": lambda snapshot: CODES,
    "reports": _once,
    "audit": _once,
    "style.css": _once,
    "rows.js": _once,
    "texts.js": _once,
    "filelist.js": _once,
}
"""Which pages a site has, and with which keys; others need a server."""
_FORMS = ("", ".docx", ".md", ".html")  # of a bulletin, beside its page


def catalogue(
    ledger: Ledger, snapshot: Snapshot, whole: Ledger, origin: Origin, when: Moment
) -> dict[Place, str]:
    """Every page of a site, and its file.

    Args:
        ledger, snapshot: where its pages are made from, and what that has at `when`.
        whole: the ledger that it is a part of, or is.
    """
    files = files_of(_places(snapshot, origin.dept))
    then = Moment(origin.commit, when.today)
    files |= files_of(_bulletins(whole, then, origin.dept))
    return files | (_proofs(ledger, when, snapshot) if origin.evidence else {})


def _places(snapshot: Snapshot, dept: str) -> Iterator[Place]:
    for page, keys in KEYS.items():
        yield from ((page, key) for key in keys(snapshot) if _is_own(page, key, dept))


def _bulletins(ledger: Ledger, when: Moment, dept: str) -> Iterator[Place]:
    """The bulletins of this period, each with its files; of one department's site its own.

    They are made of the whole ledger, so that what proves them holds; one that cannot be made
    because of what stands elsewhere is left out of a department's site.
    """
    for each in issues(ledger, when):
        if each.kind.asks:
            asked = [{"dept": name} for name in each.departments if name == dept]
        elif dept:
            continue
        else:
            asked = [{each.kind.named_by: period.name} for period in each.periods[:1]] or [{}]
        for query in asked:
            if not dept or _can_be_made(ledger, when, each.name, query):
                behind = f"?{urlencode(query)}" if query else ""
                yield from (("report", f"{each.name}{form}{behind}") for form in _FORMS)


def _can_be_made(ledger: Ledger, when: Moment, kind: str, query: Mapping[str, str]) -> bool:
    scene = Scene(ledger, when.today, "", when, Filed("", {}, {}), is_live=False)
    asked = Asked(f"report/{kind}", query_of(query.items()))
    try:
        made = reports.page(scene, kind, asked)
    except LedgerError:
        return False
    return isinstance(made, WebPage) and made.template == "bulletin"


def _proofs(ledger: Ledger, when: Moment, snapshot: Snapshot) -> dict[Place, str]:
    """The evidence whose files can be had."""
    files = {}
    for entry in snapshot.by_id.values():
        task = entry.record
        for number, each in enumerate(task.evidence, 1):
            if each.path:
                with suppress(LedgerError):
                    exhibit(ledger, task.id, str(number), when)
                    suffix = PurePosixPath(each.path).suffix.removeprefix(".").lower()
                    files["evidence", f"{task.id}/{number}"] = evidence_name(
                        task.id, number, suffix
                    )
    return files


def _is_own(page: str, key: str, dept: str) -> bool:
    """Whether a page may be in a site of one department, which is that department's."""
    return not dept or (page not in ("depts", "audit") and (page != "dept" or key == dept))
