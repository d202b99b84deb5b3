"""审计: what the last audit found and how far it came; a page judges nothing itself."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.adapters.http.exchange import Asked
from ledger.errors import LedgerError
from ledger.model.problem import ERROR
from ledger.model.record import dataclass
from ledger.usecases.checking.findings import Offence
from ledger.usecases.checking.last_audit import LastAudit, last_audit
from ledger.view.problems import problem_line, sentence
from ledger.view.web.scene import Scene, WebPage

_SHORT = 10  # characters of a commit's name
_MOST = 500  # findings, closings and changes of rules that are listed


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One finding: which rule was broken by which commit, made when and by whom.

    Attributes:
        task: the id of the task that it is about; empty for none.
    """

    code: str
    heavy: str
    words: str
    commit: str
    day: str
    by: str
    task: str


def page(scene: Scene, key: str, asked: Asked) -> WebPage:
    """The page."""
    try:
        audit = scene.audit or last_audit(scene.ledger, scene.when)
    except LedgerError as error:  # where it is to begin cannot be told
        told = sentence(error.message, error.hint)
        return WebPage("审计", "refusal", {"told": told}, part="audit")
    findings = [_finding(each, audit) for each in reversed(audit.findings)]
    values = {
        "audit": audit,
        "last": audit.last[:_SHORT],
        "last_day": audit.made[audit.last].date if audit.last in audit.made else "",
        "since": audit.since[:_SHORT],
        "errors": sum(each.problem.severity == ERROR for each in audit.findings),
        "findings": findings[:_MOST],
        "closings": [*reversed(audit.closings)][:_MOST],
        "policies": [*reversed(audit.policies)][:_MOST],
        "counts": _counts(audit),
        "most": _MOST,
    }
    return WebPage("审计", "audit", values, part="audit")


def _finding(offence: Offence, audit: LastAudit) -> AuditFinding:
    problem, made = offence.problem, audit.made.get(offence.commit)
    return AuditFinding(
        problem.code,
        "错误" if problem.severity == ERROR else "提示",
        problem_line(problem),
        offence.commit[:_SHORT],
        made.date if made else "",
        made.author if made else "",
        problem.id,
    )


def _counts(audit: LastAudit) -> Mapping[str, int]:
    return {
        "findings": len(audit.findings),
        "closings": len(audit.closings),
        "policies": len(audit.policies),
    }
