"""The text of a closing's pull request."""

from __future__ import annotations

from pathlib import Path

from ledger.adapters.templates import render
from ledger.model.voting import APPROVAL, QUORUM, attending, given, spelled
from ledger.usecases.closing.close import Proposal
from ledger.view.changes import change_lines
from ledger.view.text import markdown


def body(proposal: Proposal, own_templates: Path) -> str:
    """The body in Markdown, from `pull-request.md.j2`; every text in it is escaped.

    Args:
        own_templates: the ledger's own templates folder, looked at first.
    """
    items = {item.task: item for item in proposal.decision.items}
    values = {
        "tasks": [{"task": task, "item": items[task.id]} for task in proposal.tasks],
        "decision": proposal.decision,
        "present": len(attending(proposal.decision, proposal.policy.people)),
        "quorum": spelled(given(proposal.policy.quorum, QUORUM)),
        "approval": spelled(given(proposal.policy.approval, APPROVAL)),
        "changes": [
            f"{change.id} {line}"
            for change in proposal.change.tasks
            for line in change_lines(change.fields)
        ],
        "problems": [f"{each.code} {each.message}" for each in proposal.warnings],
    }
    return render("pull-request.md.j2", values, own_templates, {"md": markdown})
