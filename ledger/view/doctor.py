"""What `ledger doctor` finds, as a table and for scripts."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.usecases.setup.finding import Finding
from ledger.view.table import Column, Table


def as_json(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Per finding what was looked at, how it is, and why; what was done about it, or nothing."""
    return [
        {"subject": f.subject, "state": f.state, "said": f.text, "fixed": f.fixed} for f in findings
    ]


def table(findings: Sequence[Finding]) -> Table:
    """The same, a row each."""
    columns = (Column("项目"), Column("结果"), Column("说明", flexible=True))
    return Table(
        columns, [(each.subject, each.state, each.fixed or each.text) for each in findings]
    )
