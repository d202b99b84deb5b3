"""What comes of a meeting at once: tasks back at work, deadlines moved, and what is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.cli.app import run
from ledger.errors import LedgerError
from ledger.model.problem import ERROR
from ledger.model.snapshot import Snapshot
from ledger.model.standing import extensible
from ledger.model.task import Extension
from ledger.usecases.checking.check import check_push
from ledger.usecases.closing.close import propose
from ledger.usecases.closing.decide import Recorded, decide_file, waiting
from ledger.usecases.writing.act import Act
from ledger.usecases.writing.edit import extend
from tests.conftest import yaml_text

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2017, 12, 31)
ACT = Act("整改办", TODAY, TODAY, True)
CLOSING = {
    "applied": {"date": "2017-12-01", "by": "联络员", "summary": "已完成"},
    "reviewed": {"date": "2017-12-02", "by": "整改办", "opinion": "同意上会"},
}
BASIS = {"decision": "DZH-2017-1", "date": "2017-06-02"}
STATES: dict[str, dict[str, Any]] = {
    "推进中": {},
    "申请销号": {"closing": {"applied": CLOSING["applied"]}},
    "待上会": {"closing": CLOSING},
    "已销号": {"closing": CLOSING | BASIS},
    "长期坚持": {"closing": BASIS},
    "已中止": {"closing": BASIS},
}
GIVEN_BY = {"已销号": "同意销号", "长期坚持": "转为长期坚持", "已中止": "同意中止"}


def meeting(meeting_id: str, date: str, *items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    votes = {"for": 5, "against": 0, "abstain": 0}
    return {
        "id": meeting_id,
        "body": "党组会",
        "date": date,
        "session": "第5次",
        "chair": "书记",
        "due_members": 5,
        "present": ["书记", "甲", "乙", "丙", "丁"],
        "items": [{"task": "GZ2017-001", "votes": votes} | item for item in items],
    } | fields


def ledger_with(make_ledger: MakeLedger, status: str, **fields: Any) -> LedgerFolder:
    """A ledger with one task in some state, given by a meeting in June where one must give it."""
    given = GIVEN_BY.get(status)
    held = [meeting("DZH-2017-1", "2017-06-01", {"result": given})] if given else []
    made = {"status": status, **STATES[status], **fields}
    return make_ledger([made, {}], decisions=held)


def decided(folder: LedgerFolder, tmp_path: Path, record: dict[str, Any]) -> Recorded:
    file = tmp_path / "会议.yaml"
    file.write_text(yaml_text(record), encoding="utf-8")
    ledger = folder.open()
    try:
        return decide_file(ledger, file, ACT)
    finally:
        ledger.cache.close()


def task_of(snapshot: Snapshot) -> Any:
    return snapshot.by_id["GZ2017-001"].record


def refusals(folder: LedgerFolder) -> set[str]:
    """What the server's gate would say of the last commit."""
    old, new = (folder.git("rev-parse", each).strip() for each in ("HEAD~1", "HEAD"))
    ledger = folder.open()
    try:
        problems = check_push(ledger, old, new, TODAY)
    finally:
        ledger.cache.close()
    return {each.code for each in problems if each.severity == ERROR and each.code[0] == "C"}


@pytest.mark.parametrize(
    ("status", "result", "event"),
    [
        ("申请销号", "不同意", "退回"),
        ("待上会", "继续整改", "退回"),
        ("已销号", "不同意", "重开"),
        ("已销号", "继续整改", "重开"),
        ("长期坚持", "继续整改", ""),
    ],
)
def test_back_to_work(
    status: str, result: str, event: str, make_ledger: MakeLedger, tmp_path: Path
) -> None:
    folder = ledger_with(make_ledger, status)
    item = {"result": result, "opinion": "材料不全"}
    done = decided(folder, tmp_path, meeting("DZH-2017-2", "2017-12-03", item))
    task = task_of(folder.load())
    assert done.sent_back == ("GZ2017-001",)
    assert task.status == "推进中"
    (entry,) = task.progress
    assert (entry.event, entry.date) == (event, dt.date(2017, 12, 3))
    assert entry.text == f"党组会 第5次：{result}，材料不全"
    assert refusals(folder) == set()


@pytest.mark.parametrize(
    ("status", "result", "date"),
    [
        ("推进中", "继续整改", "2017-12-03"),
        ("长期坚持", "不同意", "2017-12-03"),
        ("长期坚持", "继续整改", "2017-05-01"),  # recorded late, held before
        ("已销号", "继续整改", "2017-05-01"),
        ("已中止", "继续整改", "2017-12-03"),
    ],
)
def test_nothing_comes_of_it_and_nothing_is_told(
    status: str, result: str, date: str, make_ledger: MakeLedger, tmp_path: Path
) -> None:
    folder = ledger_with(make_ledger, status)
    before = folder.path("GZ2017-001").read_bytes()
    done = decided(folder, tmp_path, meeting("DZH-2017-2", date, {"result": result}))
    assert (done.sent_back, done.to_close, done.remarks) == ((), (), ())
    assert folder.path("GZ2017-001").read_bytes() == before


def test_more_time_begins_after_the_same_day_with_and_without_a_meeting(
    make_ledger: MakeLedger, tmp_path: Path
) -> None:
    """`extend` and a meeting ask the model which checkpoint is open; neither moves it nearer."""
    folder = ledger_with(
        make_ledger,
        "推进中",
        due={"text": "3月、6月、9月", "dates": ["2017-03-31", "2017-06-30", "2017-09-30"]},
        progress=[{"date": "2017-04-05", "text": "一季度的"}],
    )
    current = extensible(task_of(folder.load()))
    assert current == dt.date(2017, 6, 30)
    same, later = current, current + dt.timedelta(days=1)
    refused = meeting("DZH-2017-2", "2017-12-03", {"result": "同意延期", "until": str(same)})
    with pytest.raises(LedgerError, match=f"^GZ2017-001 延至日期不晚于现在的截止日期 {same}"):
        decided(folder, tmp_path, refused)
    with pytest.raises(LedgerError, match=f"^GZ2017-001 延至日期不晚于现在的截止日期 {same}"):
        extend(folder.open(), "GZ2017-001", more_time(same), False, TODAY)
    extend(folder.open(), "GZ2017-001", more_time(later), False, TODAY)
    (alone,) = task_of(folder.load()).extensions
    folder.git("checkout", "--quiet", ".")
    met = meeting("DZH-2017-2", "2017-12-03", {"result": "同意延期", "until": str(later)})
    decided(folder, tmp_path, met)
    (given,) = task_of(folder.load()).extensions
    assert (alone.from_, alone.to) == (given.from_, given.to) == (current, later)


def more_time(until: dt.date) -> Extension:
    return Extension(date=TODAY, to=until, reason="等文件", approved_by="局务会", by="甲")


def test_more_time(make_ledger: MakeLedger, tmp_path: Path) -> None:
    folder = ledger_with(make_ledger, "推进中")
    item = {"result": "同意延期", "until": "2018-03-31", "opinion": "等待上级文件"}
    done = decided(folder, tmp_path, meeting("DZH-2017-2", "2017-12-03", item))
    assert done.extended == ("GZ2017-001",)
    (entry,) = task_of(folder.load()).extensions
    assert (entry.from_, entry.to) == (dt.date(2017, 6, 30), dt.date(2018, 3, 31))
    assert entry.approved_by == "党组会 第5次（DZH-2017-2）"
    assert refusals(folder) == set()


@pytest.mark.parametrize(
    ("status", "due", "item", "message"),
    [
        ("推进中", {}, {"result": "同意延期"}, "D001 GZ2017-001 同意延期，却没有写明延到哪一天"),
        ("推进中", {}, {"result": "同意延期", "until": "2017-06-30"}, "不晚于现在的截止日期"),
        ("推进中", {"due": None}, {"result": "同意延期", "until": "2018-06-30"}, "没有截止日期"),
        ("已销号", {}, {"result": "同意延期", "until": "2018-06-30"}, "已经是“已销号”了"),
        ("待上会", {}, {"result": "并入"}, "D001 GZ2017-001 并入别的事项，却没有写明并入哪一项"),
        ("待上会", {}, {"result": "并入", "into": "GZ2017-001"}, "不能并入它自己"),
        ("待上会", {}, {"result": "并入", "into": "GZ2017-099"}, "没有的事项 GZ2017-099"),
    ],
)
def test_refused(
    status: str, due: Any, item: Any, message: str, make_ledger: MakeLedger, tmp_path: Path
) -> None:
    folder = ledger_with(make_ledger, status, **due)
    with pytest.raises(LedgerError, match=message):
        decided(folder, tmp_path, meeting("DZH-2017-2", "2017-12-03", item))
    assert folder.git("status", "--porcelain") == ""
    assert folder.git("rev-list", "--count", "HEAD").strip() == "1"


@pytest.mark.parametrize("status", ["推进中", "申请销号"])
def test_what_did_not_come_this_far_cannot_be_closed(
    status: str, make_ledger: MakeLedger, tmp_path: Path
) -> None:
    folder = ledger_with(make_ledger, status)
    done = decided(folder, tmp_path, meeting("DZH-2017-2", "2017-12-03", {"result": "同意销号"}))
    assert done.to_close == ()
    assert done.remarks == (f"GZ2017-001：现在是“{status}”，不是“待上会”，还不能据以销号",)


def test_the_way_to_ongoing_leads_over_work(make_ledger: MakeLedger, tmp_path: Path) -> None:
    folder = ledger_with(make_ledger, "待上会")
    item = {"result": "转为长期坚持"}
    done = decided(folder, tmp_path, meeting("DZH-2017-2", "2017-12-03", item))
    assert done.to_close == ("GZ2017-001",)
    assert task_of(folder.load()).status == "推进中"
    assert refusals(folder) == set()


def test_a_circulation_moves_nothing(make_ledger: MakeLedger, tmp_path: Path) -> None:
    folder = ledger_with(make_ledger, "待上会")
    record = meeting("QY-2017-1", "2017-12-03", {"result": "继续整改"}, body="圈阅")
    done = decided(folder, tmp_path, record)
    assert done.sent_back == ()
    assert "圈阅不是可以决定销号的会议" in done.remarks[0]
    assert task_of(folder.load()).status == "待上会"


def test_what_was_closed_without_a_meeting_waits_for_one(make_ledger: MakeLedger) -> None:
    folder = make_ledger([{"status": "已销号"}, {"status": "待上会"}, {}])
    assert [task.id for task in waiting(folder.load())] == ["GZ2017-002", "GZ2017-001"]


class TestSecrets:
    """Whether a secret is refused before it is written is the ledger's own choice, as in check."""

    RECORD = meeting("DZH-2017-2", "2017-12-03", {"result": "继续整改", "opinion": "13800138000"})

    def test_refused(self, make_ledger: MakeLedger, tmp_path: Path) -> None:
        folder = ledger_with(make_ledger, "待上会")
        with pytest.raises(LedgerError, match="S002"):
            decided(folder, tmp_path, self.RECORD)

    @pytest.mark.parametrize("severity", ["warning", "off"])
    def test_as_the_ledger_says(
        self, severity: str, make_ledger: MakeLedger, tmp_path: Path
    ) -> None:
        folder = ledger_with(make_ledger, "待上会")
        with (folder.root / "ledger.yaml").open("a", encoding="utf-8") as file:
            file.write(f"rules: {{S002: {severity}}}\n")
        folder.commit("手机号由各单位自己把握")
        assert decided(folder, tmp_path, self.RECORD).commit


# What is recorded, and what of it counts


def test_how_a_task_was_closed_is_kept_when_it_is_reopened(
    make_ledger: MakeLedger, tmp_path: Path
) -> None:
    folder = ledger_with(make_ledger, "已销号")
    closing = task_of(folder.load()).closing
    decided(folder, tmp_path, meeting("DZH-2017-2", "2017-12-03", {"result": "继续整改"}))
    task = task_of(folder.load())
    assert task.past_closings == (closing,)
    assert task.closing is None or not task.closing.is_over


def test_what_the_meeting_saw_must_be_committed(make_ledger: MakeLedger, tmp_path: Path) -> None:
    folder = ledger_with(make_ledger, "待上会")
    record = meeting("DZH-2017-2", "2017-12-03", {"result": "同意销号"})
    folder.write_task(id="GZ2017-001", status="待上会", **STATES["待上会"], goal="还没有提交")
    with pytest.raises(LedgerError, match="GZ2017-001 上会的内容还没有提交") as refused:
        decided(folder, tmp_path, record)
    assert "先提交" in refused.value.hint
    folder.commit("提交")
    decided(folder, tmp_path, record)
    assert refusals(folder) == set()


@pytest.mark.parametrize("result", ["同意销号", "同意中止", "转为长期坚持", "同意延期"])
def test_a_lost_vote_is_recorded_and_changes_nothing(
    result: str, make_ledger: MakeLedger, tmp_path: Path
) -> None:
    folder = ledger_with(make_ledger, "待上会")
    before = folder.path("GZ2017-001").read_bytes()
    lost = {"result": result, "votes": {"for": 2, "against": 3}, "until": "2018-03-31"}
    done = decided(folder, tmp_path, meeting("DZH-2017-2", "2017-12-03", lost))
    assert "同意 2 票" in done.remarks[0]
    assert (done.to_close, done.extended) == ((), ())
    assert folder.path("GZ2017-001").read_bytes() == before
    assert refusals(folder) == set()


def test_a_meeting_corrects_another(make_ledger: MakeLedger, tmp_path: Path) -> None:
    """On the same day: only what it says makes it the later word."""
    folder = ledger_with(make_ledger, "已销号")
    wrong = meeting("DZH-2017-2", "2017-06-01", {"result": "继续整改"}, corrects="DZH-2017-9")
    with pytest.raises(LedgerError, match="D007 所更正的会议记录 DZH-2017-9 不存在"):
        decided(folder, tmp_path, wrong)
    done = decided(folder, tmp_path, wrong | {"corrects": "DZH-2017-1"})
    assert done.sent_back == ("GZ2017-001",)
    assert task_of(folder.load()).progress[-1].date == dt.date(2017, 6, 2)  # when it was closed
    assert refusals(folder) == set()


@pytest.mark.parametrize("result", ["转为长期坚持", "同意中止"])
def test_what_was_taken_back_is_not_proposed(
    result: str, make_ledger: MakeLedger, tmp_path: Path
) -> None:
    folder = ledger_with(make_ledger, "推进中")
    decided(folder, tmp_path, meeting("DZH-2017-2", "2017-12-03", {"result": result}))
    decided(folder, tmp_path, meeting("DZH-2017-3", "2017-12-04", {"result": "继续整改"}))
    ledger = folder.open()
    try:
        base = ledger.repo.resolve("HEAD")
        with pytest.raises(LedgerError, match=r"C003 .*DZH-2017-3 后来的结论是“继续整改”"):
            propose(ledger, ["GZ2017-001"], "DZH-2017-2", base, TODAY, "整改办")
    finally:
        ledger.cache.close()


def test_what_was_closed_and_is_cancelled_keeps_how_it_was_closed(
    make_ledger: MakeLedger, tmp_path: Path
) -> None:
    folder = ledger_with(make_ledger, "已销号")
    closing = task_of(folder.load()).closing
    decided(folder, tmp_path, meeting("DZH-2017-2", "2017-12-03", {"result": "同意中止"}))
    ledger = folder.open()
    try:
        base = ledger.repo.resolve("HEAD")
        proposal = propose(ledger, ["GZ2017-001"], "DZH-2017-2", base, TODAY, "整改办")
    finally:
        ledger.cache.close()
    (task,) = proposal.tasks
    assert (task.status, task.past_closings) == ("已中止", (closing,))
    assert task.closing is not None
    assert (task.closing.decision, task.closing.date) == ("DZH-2017-2", TODAY)


def test_the_command_says_what_is_corrected(
    make_ledger: MakeLedger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ledger_with(make_ledger, "已销号")
    record = meeting("DZH-2017-2", "2017-06-03", {"result": "不同意"}, corrects="DZH-2017-1")
    file = tmp_path / "会议.yaml"
    file.write_text(yaml_text(record), encoding="utf-8")
    assert run(["-C", str(folder.root), "--today", "2017-12-31", "decide", str(file)]) == 0
    assert "更正会议 DZH-2017-1 的 GZ2017-001。" in capsys.readouterr().err
