"""What stands around every page: navigation, problems, the line that says what it was made from."""

from __future__ import annotations

from typing import Any

from ledger.adapters.git.commit import had_changes
from ledger.adapters.templates import render
from ledger.model.paths import PLACES
from ledger.model.problem import ERROR
from ledger.usecases.reading.digest import remembered_digest
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger
from ledger.view.problems import problem_line
from ledger.view.web.scene import Scene, WebPage

NAVIGATION = {
    "": "今天", "list": "清单", "depts": "部门", "leaders": "领导", "sources": "来源",
    "meetings": "会议", "reports": "通报", "audit": "审计", "rules": "规则",
}  # fmt: skip
"""Pages of the navigation, as `routes.PAGES` calls them → what they are called."""
_MOST = 5  # problems that are told one by one
_SHORT = 12  # characters of a commit's name


def html(page: WebPage, scene: Scene) -> bytes:
    """A page as a browser shows it, in UTF-8.

    It has no script and no style of its own, and asks for nothing of another origin.
    """
    wrong = [each for each in page.problems if each.severity == ERROR]
    values = {
        **page.values,
        **(source_of(scene.ledger, scene.when) if scene.source is None else scene.source),
        "scope": (scene.source or {}).get("scope", ""),
        "title": page.title,
        "part": page.part,
        "navigation": NAVIGATION,
        "to": scene.to,
        "at": scene.at,
        "today": scene.when.today,
        "is_live": scene.is_live,
        "wrong": [problem_line(each) for each in wrong[:_MOST]],
        "more_wrong": max(0, len(wrong) - _MOST),
    }
    return render(f"pages/{page.template}.html.j2", values, tidy=True).encode()


def source_of(ledger: Ledger, when: Moment) -> dict[str, Any]:
    """Which state of the ledger it is, so that anybody can compute it again."""
    commit = when.commit or ledger.repo.head() or ""
    return {
        "organisation": config_at(ledger, when.commit).organisation,
        "commit": commit[:_SHORT],
        "digest": remembered_digest(ledger, commit) if commit else "",
        "has_edits": not when.commit and (not commit or had_changes(ledger.repo, PLACES)),
    }
