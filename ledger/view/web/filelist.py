"""清单 of a site: no server answers, so a script finds, filters and sorts what another file has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ledger.adapters.http.exchange import JS, Asked, Reply
from ledger.adapters.templates import render
from ledger.model.pinyin import syllables
from ledger.model.plaintext import clean
from ledger.model.search import texts_of
from ledger.model.standing import RANKS
from ledger.model.task import KINDS, NATURES, STATUSES
from ledger.usecases.looking.rows import Row, rows
from ledger.usecases.reading.load import load
from ledger.view.rows import left
from ledger.view.web.scene import Scene, WebPage

_CHOICES = ("dept", "leader", "source", "kind", "status", "nature", "light")


def page(scene: Scene, key: str, asked: Asked) -> WebPage:
    """The page, with the filters that a reader chooses from and no rows."""
    snapshot = load(scene.ledger, scene.when.commit)
    every = rows(snapshot, scene.when.today)
    titles = {name: entry.record.title for name, entry in snapshot.source_by_id.items()}
    lights = {row.standing.light: RANKS[row.standing.state] for row in every}
    choices = {
        "dept": _some(_departments(every, snapshot.departments)),
        "leader": _some(row.task.leader for row in every),
        "source": {name: titles.get(name, name) for name in _some(r.task.source for r in every)},
        "kind": _some((row.task.kind for row in every), KINDS),
        "status": _some((row.task.status for row in every), STATUSES),
        "nature": _some((row.task.nature for row in every), NATURES),
        "light": _some(sorted(lights, key=lambda each: (lights[each], each))),
    }
    values = {"choices": {name: choices[name] for name in _CHOICES}, "total": len(every)}
    return WebPage("清单", "filelist", values, snapshot.problems, "list")


def data(scene: Scene, key: str, asked: Asked) -> Reply:
    """The rows as a script that says what they are: from a folder nothing else can be read."""
    snapshot = load(scene.ledger, scene.when.commit)
    canonical = snapshot.departments
    every = rows(snapshot, scene.when.today)
    called: dict[str, list[str]] = {}
    for name in dict.fromkeys((*canonical, *(n for row in every for n in _names(row)))):
        called.setdefault(canonical.get(name, name), []).append(clean(name))
    named = {canonical.get(name, name) for row in every for name in _names(row)}
    told = {
        "rows": [_row(scene, row, canonical) for row in every],
        "names": {clean(each): called[each] for each in called if each in named},
        "readings": _readings(every, called),
    }
    return _script("ledgerRows", told)


def texts(scene: Scene, key: str, asked: Asked) -> Reply:
    """What is searched besides: a text for each of the rows, asked for when somebody searches."""
    every = rows(load(scene.ledger, scene.when.commit), scene.when.today)
    return _script("ledgerTexts", [" \n".join(filter(None, texts_of(row.task))) for row in every])


def script(scene: Scene, key: str, asked: Asked) -> Reply:
    """The script that shows the rows."""
    return Reply(render("pages/filelist.js", {}).encode(), JS)


def _row(scene: Scene, row: Row, canonical: Mapping[str, str]) -> dict[str, Any]:
    task, brief = row.task, row.brief
    told = {
        "id": task.id,
        "file": scene.to("task", task.id),
        "title": task.title,
        "lead": [canonical.get(name, name) for name in task.lead],
        "assist": [canonical.get(name, name) for name in task.assist],
        "leader": task.leader,
        "source": task.source,
        "kind": task.kind,
        "nature": task.nature,
        "section": task.section,
        "status": task.status,
        "light": row.standing.light,
        "state": row.standing.state,
        "due": brief.due.isoformat() if brief.due else "",
        "dueText": brief.due_text,
        "left": left(brief),
        "tag": [*task.tags],
        "rank": [STATUSES.index(task.status), RANKS[row.standing.state], KINDS.index(task.kind)],
    }
    return {name: _cleaned(value) for name, value in told.items() if value or name == "id"}


def _names(row: Row) -> tuple[str, ...]:
    return (*row.task.lead, *row.task.assist)


def _departments(every: Iterable[Row], canonical: Mapping[str, str]) -> list[str]:
    """Those that have tasks, in the order of ledger.yaml."""
    named = {canonical.get(name, name) for row in every for name in _names(row)}
    return [each for each in dict.fromkeys((*canonical.values(), *sorted(named))) if each in named]


def _some(values: Iterable[str], order: Iterable[str] = ()) -> dict[str, str]:
    """What there is to choose from → what it is called."""
    named = dict.fromkeys(each for each in values if each)
    listed = [each for each in order if each in named] if order else [*named]
    return {each: each for each in listed}


def _readings(every: Iterable[Row], called: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """How the characters are read that somebody may type in letters."""
    words = [text for row in every for text in (row.task.title, row.task.leader)]
    words += [name for names in called.values() for name in names]
    told = {each: " ".join(syllables(each)) for each in sorted(set("".join(words)))}
    return {each: letters for each, letters in told.items() if letters != each}


def _script(name: str, value: Any) -> Reply:
    """A file that a page can read from a folder: a script with nothing but a constant."""
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Reply(f'"use strict";\nwindow.{name} = {told};\n'.encode(), JS)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    return [clean(each) if isinstance(each, str) else each for each in value]
