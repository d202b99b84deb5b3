"""What stands around every page: navigation, problems, the line that says what it was made from."""

from __future__ import annotations

from ledger.adapters.git.commit import had_changes
from ledger.adapters.templates import render
from ledger.model.paths import PLACES
from ledger.model.problem import ERROR
from ledger.usecases.publishing.stamp import Provenance, stamped
from ledger.usecases.reading.digest import remembered_digest
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.open import Ledger
from ledger.view.problems import problem_line
from ledger.view.web.scene import Scene, WebPage

NAVIGATION = {
    "": "今天", "list": "清单", "depts": "部门", "leaders": "领导", "sources": "来源",
    "meetings": "会议", "reports": "通报", "audit": "审计", "rules": "规则",
}  # fmt: skip
"""Pages of the navigation, as `routes.PAGES` calls them → what they are called."""
_MOST = 5  # problems that are told one by one


def html(page: WebPage, scene: Scene) -> bytes:
    """A page as a browser shows it, in UTF-8; a file of a site does not name its state yet.

    It has no script and no style of its own, and asks for nothing of another origin.
    """
    wrong = [each for each in page.problems if each.severity == ERROR]
    commit = scene.when.commit or scene.ledger.repo.head() or ""
    values = {
        **page.values,
        **(house_of(scene.ledger, scene.when.commit) if scene.house is None else scene.house),
        "has_edits": scene.is_live and not scene.when.commit and _has_edits(scene.ledger, commit),
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
    content = render(f"pages/{page.template}.html.j2", values, tidy=True).encode()
    if not scene.is_live:
        return content
    digest = remembered_digest(scene.ledger, commit) if commit else ""
    return stamped(content, Provenance(commit, digest, scene.when.today.isoformat()))


def house_of(ledger: Ledger, commit: str, dept: str = "") -> dict[str, str]:
    """Whose ledger it is, and of which department alone; empty for all."""
    return {"organisation": config_at(ledger, commit).organisation, "scope": dept}


def _has_edits(ledger: Ledger, commit: str) -> bool:
    """Whether there is what no commit has."""
    return not commit or had_changes(ledger.repo, PLACES)
