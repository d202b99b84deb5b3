"""What an audit found, as a report in text or Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.model.decode import encode
from ledger.model.problem import ERROR
from ledger.model.task import heading
from ledger.usecases.checking.audit import Audit
from ledger.usecases.checking.findings import ClosingStep, Offence
from ledger.view.check import problem_json
from ledger.view.problems import problem_line
from ledger.view.table import Column, Table

_CALLED = {ERROR: "错误"}
_SHORT = 10
_CLOSINGS = (
    Column("日期"),
    Column(heading("id")),
    Column(heading("title"), flexible=True, share=3),
    Column("会议", flexible=True, least=18),
    Column("届次", flexible=True, least=12, spare=2),
    Column("文号", flexible=True, least=12, spare=3),
    Column("合并人", flexible=True, least=10),
    Column("提交", spare=1),
)
_POLICIES = (
    Column("日期"),
    Column("提交人", flexible=True),
    Column("改了什么", flexible=True, share=3),
    Column("提交"),
)
_FINDINGS = (Column("轻重"), Column("提交"), Column("问题", flexible=True))


def as_json(audit: Audit) -> dict[str, Any]:
    """What `audit --json` prints: the keys of `check`, and the contract's of `audit`."""
    document = problem_json([each.problem for each in audit.findings])
    for problem, finding in zip(document["problems"], audit.findings, strict=True):
        problem["commit"] = finding.commit
    return document | {
        "commits": audit.commits,
        "head": audit.head,
        "since": audit.since,
        "closings": encode(audit.closings),
        "policies": encode(audit.policies),
    }


def tables(audit: Audit) -> Iterator[Table]:
    """The report: closings with their meetings, changes of the rules, findings, a summary."""
    if audit.closings:
        yield Table(_CLOSINGS, [_closing(each) for each in audit.closings], "销号")
    if audit.policies:
        changes = [
            (change.day, change.by, "、".join(change.what), change.commit[:_SHORT])
            for change in audit.policies
        ]
        yield Table(_POLICIES, changes, "规则的改动")
    if audit.findings:
        yield Table(_FINDINGS, [_finding(each) for each in audit.findings], "发现的问题")


def summary(audit: Audit) -> str:
    """One sentence: what was looked at and what came of it."""
    errors = sum(each.problem.severity == ERROR for each in audit.findings)
    remarks = len(audit.findings) - errors
    since = f"（{audit.since[:_SHORT]} 之后）" if audit.since else ""
    looked = f"审计了 {audit.commits} 个提交{since}，主分支 {audit.steps} 步"
    resumed = f"，其中 {audit.resumed} 步上次已审计" if audit.resumed else ""
    outcome = f"发现 {errors} 处错误" if errors else "没有发现错误"
    more = f"，{remarks} 个提示" if remarks else ""
    head = f"，审计到提交 {audit.head[:_SHORT]}"
    return f"{looked}{resumed}{head}：销号 {len(audit.closings)} 项，{outcome}{more}。"


def _closing(closing: ClosingStep) -> tuple[str, ...]:
    return (
        closing.day, closing.task, closing.title, f"{closing.decision} {closing.body}".strip(),
        closing.session, closing.minutes, closing.by, closing.commit[:_SHORT],
    )  # fmt: skip


def _finding(finding: Offence) -> tuple[str, str, str]:
    problem = finding.problem
    return _CALLED.get(problem.severity, "提示"), finding.commit[:_SHORT], problem_line(problem)
