"""审计: the page says what the last `ledger audit` found, judges nothing and writes nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from ledger.usecases.checking.audit import Audit, audit
from ledger.usecases.checking.last_audit import last_audit
from ledger.usecases.reading.moment import Moment
from tests.conftest import CONFIG
from tests.view.web.test_task import HOSTILE, get, text

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import LedgerFolder, MakeLedger

NOW = Moment("", dt.date(2017, 7, 3))
CLOSED: dict[str, Any] = {"status": "已销号", "closing": {"date": "2017-05-01"}}


def offending(make_ledger: MakeLedger) -> LedgerFolder:
    """A ledger in which somebody closed a task straight away."""
    made = make_ledger([{}, {}])
    made.write_task(**CLOSED)
    made.commit("销号", "2017-05-01T09:00:00+08:00")
    made.write("ledger.yaml", CONFIG | {"lights": {"due_soon_days": 5}})
    made.commit("改规则", "2017-05-02T09:00:00+08:00")
    return made


def audited(made: LedgerFolder) -> Audit:
    return audit(made.open(), "", "", False, lambda *_: None)


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_shows_what_the_audit_found(make_ledger: MakeLedger) -> None:
    made = offending(make_ledger)
    assert "还没有审计过" in text(get(made, "audit"))
    report = audited(made)
    kept = last_audit(made.open(), NOW)
    assert kept.findings == report.findings
    assert (kept.closings, kept.policies) == (report.closings, report.policies)
    assert (kept.last, kept.steps, kept.left) == (report.head, report.steps, 0)
    page = text(get(made, "audit"))
    errors = sum(each.problem.severity == "error" for each in report.findings)
    assert errors
    assert f"发现 {errors} 处错误" in page
    assert "没有新的改动" in page
    for finding in report.findings:
        assert finding.problem.message in page
        assert finding.commit[:10] in page
    assert 'href="/rule/C002"' in get(made, "audit").body.decode()
    assert "ledger.yaml：lights" in page
    assert "GZ2017-001 事项GZ2017-001 没有会议" in page


def test_says_how_much_has_come_since(make_ledger: MakeLedger) -> None:
    made = offending(make_ledger)
    last = audited(made).head
    for number in range(3):
        made.write_task(id="GZ2017-002", goal=f"目标{number}")
        made.commit()
    page = text(get(made, "audit"))
    assert "还有 3 步没有审计" in page
    assert last[:10] in page


def test_writes_nothing_and_judges_nothing(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = offending(make_ledger)
    audited(made)
    get(made, "audit")  # what the frame keeps is kept by now
    before = files_below(made.root / ".git")
    monkeypatch.setattr("ledger.usecases.checking.audit.judge_line", None)
    assert get(made, "audit").status == 200
    assert files_below(made.root / ".git") == before


def test_what_was_forged_or_rewritten_is_not_shown(make_ledger: MakeLedger) -> None:
    made = offending(make_ledger)
    audited(made)
    place = made.root / ".git/ledger/audit.jsonl"
    whole = place.read_text("utf-8")
    place.write_text(whole.replace("C002", "C009"), "utf-8")
    assert "还没有审计过" in text(get(made, "audit"))
    place.write_text(whole, "utf-8")
    assert "发现" in text(get(made, "audit"))
    made.git("reset", "--quiet", "--hard", "HEAD~2")
    made.write_task(goal="另立目标")
    made.commit("另一段历史")
    assert "还没有审计过" in text(get(made, "audit"))


def test_of_a_day(make_ledger: MakeLedger) -> None:
    made = offending(make_ledger)
    audited(made)
    first = made.git("rev-list", "--max-parents=0", "HEAD").strip()
    assert get(made, "audit", at=first).status == 200
    assert "事项GZ2017-001 没有会议" not in text(get(made, "audit", at=first))


def test_where_it_cannot_be_told_where_to_begin(make_ledger: MakeLedger) -> None:
    policies = {"policies": {"history": {"begin": "HEAD"}}}
    reply = get(make_ledger([{}], config=policies), "audit")
    assert (reply.status, "不是提交号" in text(reply)) == (200, True)


def test_without_commits(make_ledger: MakeLedger) -> None:
    assert "还没有审计过" in text(get(make_ledger([{}], commit=False), "audit"))


def test_text_stays_text(make_ledger: MakeLedger) -> None:
    word = "".join(HOSTILE[:3])
    made = make_ledger([{"title": word}])
    made.write_task(title=word, **CLOSED)
    made.git("config", "user.name", "<script>alert(1)</script>")
    made.git("commit", "--all", "--quiet", "-m", word)
    audited(made)
    page = get(made, "audit").body.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
