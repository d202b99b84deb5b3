"""Honest work, done and pushed by the tool's own commands: every judge lets them in.

They reach the gated server by a path, smart HTTP and ssh in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.app import run
from tests.conftest import LedgerFolder, MakeLedger, run_git
from tests.forking import gated
from tests.story.judges import audited
from tests.story.proven import TODAY, held
from tests.story.transports import Connect, by_turns

pytestmark = pytest.mark.xdist_group("story")

SECOND = "second@example.com"
YES = {"for": 8, "against": 0, "abstain": 0}


class Office:
    """People at one clone; what they do, and whether it is on the server and found right."""

    def __init__(self, clone: LedgerFolder, start: str) -> None:
        """Args: start: the commit before their work; empty where there is none."""
        self.clone, self.start = clone, start

    def ledger(self, *arguments: str, by: str = "office@example.com") -> None:
        """Run a command from somebody's account."""
        self.clone.git("config", "user.email", by)
        command = ["-C", str(self.clone.root), "--today", TODAY.isoformat(), *arguments]
        assert run(command) == 0, arguments

    def decide(self, name: str, result: str, task: str, item: Any = (), **fields: Any) -> None:
        """Record a meeting that came to a result on one task."""
        items = [{"task": task, "result": result, "votes": YES, **dict(item)}]
        record = held(id=name, date="2020-12-28", **{"items": items, **fields})
        place = self.clone.write("../会议.yaml", record)
        self.ledger("decide", str(place))

    def close(self, task: str, decision: str) -> None:
        """One proposes, another merges."""
        self.ledger("close", task, "--decision", decision)
        branches = self.clone.git("branch", "--list", "close/*", "--format=%(refname:short)")
        self.ledger("merge", branches.strip(), "--yes", by=SECOND)

    def task(self, task: str) -> Any:
        return self.clone.load().by_id[task].record

    def settle(self, *remarks: str) -> None:
        """Send it off; fails unless it is on the server, and nobody has anything against it.

        Args:
            remarks: rules of which the audit may say a word.
        """
        self.ledger("sync")
        head = self.clone.git("rev-parse", "HEAD")
        assert self.clone.git("ls-remote", "origin", "refs/heads/main").split()[0] == head.strip()
        if self.start:
            self.ledger("check", "--base", self.start)
            assert audited(self.clone, self.start) <= set(remarks)


def closing(office: Office) -> None:
    office.close("ZG2020-001", "DZH-2020-30")
    office.settle()
    assert office.task("ZG2020-001").status == "已销号"


def withdrawal(office: Office) -> None:
    """A later meeting takes an approval back before anybody has used it."""
    office.decide("DZH-2020-32", "继续整改", "ZG2020-001")
    office.settle()
    assert office.task("ZG2020-001").status == "推进中"


def extension(office: Office) -> None:
    approved = ("--reason", "等待上级批复", "--approved-by", "局务会")
    office.ledger("extend", "ZG2020-002", "--to", "2021-03-31", *approved)
    office.settle()
    assert office.task("ZG2020-002").extensions


def reopening(office: Office) -> None:
    """A look back at what is closed finds it undone."""
    office.ledger("lookback", "ZG2020-003", "--result", "反弹", "--note", "制度没有执行")
    office.ledger("reopen", "ZG2020-003", "--reason", "回头看发现问题反弹")
    office.settle()
    again = office.task("ZG2020-003")
    assert (again.status, len(again.past_closings)) == ("推进中", 1)


def renamed_department(office: Office) -> None:
    """The old name stays as an alias, so what was written under it stays right."""
    place = office.clone.root / "ledger.yaml"
    old, new = "name: 审业部\n  aliases: [", "name: 审业监督部\n  aliases: [审业部, "
    text = place.read_text(encoding="utf-8")
    assert old in text
    place.write_text(text.replace(old, new), encoding="utf-8")
    office.clone.commit("审业部更名")
    office.ledger("edit", "ZG2020-002", "--lead", "审业监督部")
    office.settle()
    assert office.task("ZG2020-004").lead == ("审业部",)
    assert not office.clone.load().problems


def squashed_daily_work(office: Office) -> None:
    git = office.clone.git
    git("switch", "--quiet", "-c", "work")
    for text in ("已印发方案", "已组织检查"):
        office.ledger("progress", "ZG2020-002", "--text", text)
    git("switch", "--quiet", "main")
    git("merge", "--quiet", "--squash", "work")
    office.clone.commit("日常填报 (#7)")
    office.settle()
    assert len(office.task("ZG2020-002").progress) == 2


def correction(office: Office) -> None:
    """A meeting puts right what was recorded of another one, which stays as it was."""
    before = (office.clone.root / "data/decisions/2020/DZH-2020-30.yaml").read_bytes()
    office.decide("DZH-2020-32", "不同意", "ZG2020-001", corrects="DZH-2020-30")
    office.settle()
    assert office.task("ZG2020-001").status == "推进中"
    assert (office.clone.root / "data/decisions/2020/DZH-2020-30.yaml").read_bytes() == before


def merged_into(office: Office) -> None:
    office.decide("DZH-2020-32", "并入", "ZG2020-002", {"into": "ZG2020-004"})
    office.close("ZG2020-002", "DZH-2020-32")
    office.settle()
    ended = office.task("ZG2020-002")
    assert (ended.status, [each.id for each in ended.links]) == ("已中止", ["ZG2020-004"])


def deferred(office: Office) -> None:
    """The meeting itself gives more time."""
    office.decide("DZH-2020-32", "同意延期", "ZG2020-002", {"until": "2021-06-30"})
    office.settle()
    assert [each.to.isoformat() for each in office.task("ZG2020-002").extensions] == ["2021-06-30"]


def imported(office: Office) -> None:
    """A table with a department that nobody has listed yet."""
    plan = office.clone.root.parent / "plan.csv"
    plan.write_text("序号,工作要点,具体措施,牵头单位\n1,印发方案,制定方案,法规处\n", "utf-8")
    office.ledger("import", str(plan), "--source", "GZ2021", "--year", "2021", "--accept")
    office.settle()
    assert office.task("GZ2021-001").lead == ("法规处",)


def lost_vote(office: Office) -> None:
    """A vote that did not carry is recorded, and changes nothing."""
    votes = {"for": 4, "against": 4, "abstain": 0}
    office.decide("DZH-2020-32", "同意销号", "ZG2020-002", {"votes": votes})
    office.settle("D004")
    assert office.task("ZG2020-002").status == "推进中"


FLOWS: dict[str, Callable[[Office], None]] = {
    each.__name__: each
    for each in (
        closing, withdrawal, extension, reopening, renamed_department, squashed_daily_work,
        correction, merged_into, deferred, imported, lost_vote,
    )
}  # fmt: skip


@pytest.mark.parametrize(("case", "kind"), by_turns(FLOWS))
def test_it_passes(case: str, kind: str, proven: LedgerFolder, connect: Connect) -> None:
    start = proven.git("rev-parse", "HEAD").strip()
    connect(proven, kind, proven.root.parent / "server.git")
    FLOWS[case](Office(proven, start))


@pytest.mark.parametrize(("case", "kind"), by_turns({"old ledger": None}))
def test_an_old_ledger_is_brought(
    case: str,
    kind: str,
    make_ledger: MakeLedger,
    tmp_path: Path,
    connect: Connect,
    clock: Callable[[str], None],
) -> None:
    """Closed by 圈阅 long ago, evidence as it is: brought as it has become, then work goes on."""
    clock(TODAY.isoformat())
    circulated = {"id": "QY-1", "body": "圈阅", "date": "2020-06-01", "chair": "书记"}
    circulated |= {"due_members": 9, "present": ["书记"], "items": []}
    item = {"task": "ZG2020-001", "result": "同意销号"}
    old = {
        "id": "ZG2020-001",
        "status": "已销号",
        "due": {"text": "6月底前", "date": "2020-06-30"},
        "evidence": [{"name": "整改材料", "archive": "2020-06"}],
        "closing": {"decision": "QY-1", "date": "2020-06-02"},
    }
    going_on = {"id": "ZG2020-002", "due": {"text": "12月底前", "date": "2020-12-31"}}
    clone = make_ledger([old, going_on], decisions=[circulated | {"items": [item]}])
    server = tmp_path / "server.git"
    run_git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(server))
    gated(server)
    clone.git("remote", "add", "origin", str(server))
    connect(clone, kind, server)
    office = Office(clone, "")
    office.settle()
    office.start = clone.git("rev-parse", "HEAD").strip()
    office.ledger("progress", "ZG2020-002", "--text", "方案已经印发")
    office.ledger("lookback", "ZG2020-001", "--result", "巩固")
    office.settle()
