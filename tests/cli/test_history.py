"""`log`, `blame`, `status --since`, `audit`, `seal` and `verify` from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from histories import make_history

from ledger.adapters.git import graph

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeClone, MakeLedger

NOW = ("--today", "2017-12-31")
PROGRESS = [{"date": "2017-04-01", "by": "联络员", "text": "已完成初稿", "percent": 60}]
READY: dict[str, Any] = {
    "id": "GZ2017-001",
    "progress": PROGRESS,
    "status": "待上会",
    "evidence": [{"name": "检查报告", "archive": "档1"}],
    "closing": {
        "applied": {"date": "2017-06-01", "by": "审业部联络员", "summary": "已完成"},
        "reviewed": {"date": "2017-06-02", "by": "巡视办", "opinion": "同意"},
    },
}
MEETING = {
    "id": "DZH-1", "body": "党组会", "date": "2017-06-05", "session": "2017年第6次",
    "minutes": "〔2017〕6号", "chair": "成员0", "recorder": "办公室主任",
    "due_members": 9, "present": [f"成员{n}" for n in range(8)],
    "items": [
        {"task": "GZ2017-001", "result": "同意销号",
         "votes": {"for": 8, "against": 0, "abstain": 0}},
    ],
}  # fmt: skip


@pytest.fixture
def ledger(make_ledger: MakeLedger, clock: Callable[[str], None]) -> LedgerFolder:
    """Two tasks; the first was closed on a branch that somebody else merged."""
    made = make_ledger(2)
    made.write_task(id="GZ2017-001", progress=PROGRESS)
    made.commit("进展", "2017-04-01")
    made.write_task(**READY)
    made.commit("审核", "2017-06-02")
    made.write("data/decisions/2017/DZH-1.yaml", MEETING)
    made.commit("会议", "2017-06-05")
    made.git("switch", "--quiet", "-c", "close/x")
    closing = READY["closing"] | {"decision": "DZH-1", "date": "2017-06-06"}
    made.write_task(**READY | {"status": "已销号", "closing": closing})
    made.commit("销号", "2017-06-06")
    made.git("switch", "--quiet", "main")
    clock("2017-06-07")
    made.git("merge", "--quiet", "--no-ff", "-m", "合并销号 (#12)", "close/x")
    return made


class TestLog:
    def test_of_one_task(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        printed = invoke(ledger, "log", "GZ2017-001").out
        assert "状态：待上会 → 已销号" in printed
        assert "销号过程：会议记录 DZH-1；日期 2017-06-06" in printed
        assert "会议：DZH-1（党组会 2017-06-05 2017年第6次 〔2017〕6号）" in printed
        assert "经合并进入主分支" in printed
        assert "合并销号 (#12)" in printed
        assert "2017-04-01 联络员 60%：已完成初稿" in printed
        newest, *_, oldest = (line for line in printed.splitlines() if not line.startswith(" "))
        assert ("销号" in newest, "新建台账" in oldest) == (True, True)

    def test_json_has_the_keys_of_the_contract(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        newest = invoke(ledger, "log", "001", "--json").json()[0]
        assert {"commit", "date", "author", "email", "changes"} <= newest.keys()
        status = next(each for each in newest["changes"] if each["field"] == "status")
        assert (status["old"], status["new"]) == ("待上会", "已销号")
        merge = ledger.git("rev-parse", "main").strip()
        assert (newest["merge"], newest["request"]) == (merge, "合并销号 (#12)")
        assert newest["meetings"] == ["DZH-1"]

    def test_what_moved_to_another_folder_keeps_its_history(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        moved = ledger.root / "data/tasks/OLD/GZ2017-002.yaml"
        moved.parent.mkdir()
        ledger.path("GZ2017-002").rename(moved)
        ledger.commit("移到别处", "2017-07-01")
        text = moved.read_text("utf-8").replace("推进中", "未启动")
        moved.write_text(text, "utf-8")
        ledger.commit("改状态", "2017-07-02")
        subjects = [each["subject"] for each in invoke(ledger, "log", "002", "--json").json()]
        assert subjects == ["改状态", "新建台账"]  # where a file is says nothing of the task

    def test_of_a_move_with_an_edit_only_the_edit_is_told(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        moved = ledger.root / "data/tasks/OLD/GZ2017-002.yaml"
        moved.parent.mkdir()
        ledger.path("GZ2017-002").rename(moved)
        moved.write_text(moved.read_text("utf-8").replace("推进中", "未启动"), "utf-8")
        ledger.commit("移到别处", "2017-07-01")
        newest, oldest = invoke(ledger, "log", "002", "--json").json()
        assert [each["field"] for each in newest["changes"]] == ["status"]
        assert oldest["subject"] == "新建台账"

    def test_what_a_merge_gave_up_and_what_it_wrote_itself(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        for branch, title in (("one", "甲题"), ("two", "乙题")):
            ledger.git("switch", "--quiet", "-c", branch, "main")
            ledger.write_task(id="GZ2017-002", title=title)
            ledger.commit(title, f"2017-07-0{len(branch) - 2}")
        for kept, expected in (("甲题", "甲题"), ("丙题", "合并")):
            ledger.git("switch", "--quiet", "--detach", "two")
            ledger.git("merge", "--quiet", "--no-commit", "--strategy=ours", "one")
            ledger.write_task(id="GZ2017-002", title=kept)
            ledger.commit("合并", "2017-07-05")
            subjects = [each["subject"] for each in invoke(ledger, "log", "002", "--json").json()]
            assert set(subjects) >= {"甲题", "乙题", expected}
            assert ("合并" in subjects) is (kept == "丙题")
            fields = {
                each["field"]: each for each in invoke(ledger, "blame", "002", "--json").json()
            }
            assert fields["title"]["value"] == kept
            commit = ledger.git("log", "-1", "--format=%s", fields["title"]["commit"]).strip()
            assert commit == expected
            ledger.git("switch", "--quiet", "main")
        printed = invoke(ledger, "log", "--since", "2017-07-01", "--until", "2017-07-02").out
        assert printed == "这段时间没有变化。\n"

    def test_days_are_those_of_the_ledger(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        ledger.write_task(id="GZ2017-002", status="未启动")
        ledger.commit("远方", "2017-07-01T20:00:00+00:00")
        (event,) = invoke(
            ledger, "log", "--since", "2017-07-02", "--until", "2017-07-02", "--json"
        ).json()
        assert event["date"] == "2017-07-02T04:00:00+08:00"

    def test_what_is_gone_still_has_one(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        ledger.path("GZ2017-002").unlink()
        ledger.commit("删除", "2017-07-01")
        subjects = [
            each["subject"] for each in invoke(ledger, "log", "GZ2017-002", "--json").json()
        ]
        assert subjects == ["删除", "新建台账"]

    def test_as_it_was(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        then = invoke(ledger, "log", "001", "--json", "--at", "2017-05-01").json()
        assert [each["subject"] for each in then] == ["进展", "新建台账"]


class TestNews:
    def test_between_two_days(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        printed = invoke(ledger, "log", "--since", "2017-06-01", "--until", "2017-06-05").out
        heads = [line for line in printed.splitlines() if not line.startswith(" ")]
        assert ["会议" in heads[0], "审核" in heads[1], len(heads)] == [True, True, 2]
        assert "GZ2017-001：状态：推进中 → 待上会" in printed

    def test_the_beginning(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        events = invoke(ledger, "log", "--since", "2016-01-01", "--until", "2017-03-01", "--json")
        (begun,) = events.json()
        assert {each["id"] for each in begun["changes"]} == {"GZ2017-001", "GZ2017-002"}

    def test_a_quiet_week(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        assert invoke(ledger, *NOW, "log").out == "这段时间没有变化。\n"

    def test_wrong_usage(self, ledger: LedgerFolder, refused: Invoke) -> None:
        refused(
            ledger,
            "log",
            "001",
            "--since",
            "2017-01-01",
            code=2,
            says="编号和 --since、--until 不能同时用",
        )
        days = ("--since", "2017-02-01", "--until", "2017-01-01")
        refused(ledger, "log", *days, code=2, says="--since 晚于 --until")
        refused(ledger, "log", "--at", "HEAD", code=2, says="--at 要和编号一起用")
        refused(ledger, "log", "--since", "去年", code=2, says="“去年”不是日期")

    def test_days_before_the_first_commit_have_no_news(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        outcome = invoke(ledger, "log", "--since", "0001-01-01", "--until", "2016-01-01")
        assert (outcome.code, outcome.out) == (0, "这段时间没有变化。\n")
        assert invoke(ledger, "log", "--until", "2016-01-01", "--json").json() == []

    def test_a_day_to_come(self, ledger: LedgerFolder, refused: Invoke) -> None:
        log = ("--today", "2017-07-01", "log", "--since", "2117-07-02")
        outcome = refused(ledger, *log, code=2, says="--since 2117-07-02 还没有到")
        assert "--until" not in outcome.err

    def test_what_is_no_file_of_the_ledger_is_not_missed(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        ledger.write("data/tasks/.gitkeep", "")
        ledger.write("data/decisions/README.md", "# 会议\n")
        ledger.commit("说明", "2017-07-03")
        printed = invoke(ledger, "log", "--since", "2017-07-03", "--until", "2017-07-03").out
        assert printed == "这段时间没有变化。\n"

    def test_of_a_new_ledger(self, make_repository: Callable[[str], Path], invoke: Invoke) -> None:
        folder = make_repository("新账")
        assert invoke(folder, "init", "--organisation", "某局").code == 0
        outcome = invoke(folder, "log")
        assert (outcome.code, outcome.out, outcome.err) == (0, "这段时间没有变化。\n", "")

    def test_a_file_that_cannot_be_read_is_named(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        ledger.write("data/tasks/GZ2017/GZ2017-003.yaml", "id: [\n")
        ledger.commit("弄坏", "2017-07-03")
        printed = invoke(ledger, "log", "--since", "2017-07-03", "--until", "2017-07-03").out
        assert "GZ2017-003：文件读不了" in printed

    def test_nothing_committed(self, make_ledger: MakeLedger, refused: Invoke) -> None:
        refused(make_ledger(1, commit=False), *NOW, "log", code=2, says="台账还没有任何提交")


class TestBlame:
    def test_who_set_what(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        fields = {each["field"]: each for each in invoke(ledger, "blame", "001", "--json").json()}
        assert fields["status"]["value"] == "已销号"
        assert fields["status"]["date"].startswith("2017-06-06")
        assert fields["progress"]["date"].startswith("2017-04-01")
        assert fields["title"]["date"].startswith("2017-03-01")
        assert next(iter(fields)) == "id"
        assert "已销号" in invoke(ledger, "blame", "001").out

    def test_nothing_committed(self, make_ledger: MakeLedger, refused: Invoke) -> None:
        refused(make_ledger(1, commit=False), "blame", "001", code=2, says="台账还没有任何提交")


class TestStatusSince:
    def test_then_and_now(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        numbers = invoke(ledger, *NOW, "status", "--since", "2017-05-01", "--json").json()
        assert (numbers["closed"], numbers["since"]["closed"], numbers["since"]["date"]) == (
            1,
            0,
            "2017-05-01",
        )
        printed = invoke(ledger, *NOW, "status", "--since", "2017-05-01").out
        assert "0 → 1" in printed
        assert "0.0% → 50.0%" in printed

    def test_a_group_that_is_gone_is_shown(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        ledger.write_task(id="GZ2017-002", lead=["条法司"])
        printed = invoke(ledger, *NOW, "status", "--since", "HEAD").out
        (new,) = (line for line in printed.splitlines() if line.startswith("条法司"))
        assert "0 → 1" in new


class TestAudit:
    def test_findings_make_it_fail(self, tmp_path: Path, invoke: Invoke) -> None:
        ((commit, codes),) = make_history(tmp_path / "h", 5, 30, ("C010",))
        outcome = invoke(tmp_path / "h", "audit", "--json")
        audited = outcome.json()
        assert (outcome.code, audited["errors"], audited["since"]) == (1, 1, "")
        assert {(each["commit"], each["code"]) for each in audited["problems"]} == {
            (commit, *codes)
        }
        assert audited["head"]
        table = invoke(tmp_path / "h", "audit")
        assert (table.code, commit[:10] in table.out) == (1, True)
        assert "1 处错误" in table.out.splitlines()[-1]
        assert f"| {commit[:10]} |" in invoke(tmp_path / "h", "audit", "--format", "md").out

    def test_a_clean_history_passes(self, tmp_path: Path, invoke: Invoke) -> None:
        make_history(tmp_path / "h", 5, 60)
        outcome = invoke(tmp_path / "h", "audit")
        assert outcome.code == 0
        assert "没有发现错误" in outcome.out.splitlines()[-1]

    def test_refusals(self, make_ledger: MakeLedger, refused: Invoke) -> None:
        refused(make_ledger(1, commit=False), "audit", code=1, says="没有历史可审计")
        ledger = make_ledger(1, name="b")
        for option, name in (("--since", "--upload-pack=x"), ("--until", "nothing")):
            refused(ledger, "audit", option, name, code=2, says=f"找不到版本“{name}”")


class TestSeal:
    def test_sealed_and_verified(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        assert invoke(ledger, *NOW, "seal").code == 0
        ledger.write_task(id="GZ2017-002", goal="完成")
        ledger.commit("改动", "2017-07-01")
        outcome = invoke(ledger, "verify", "seal/2017-12-31")
        assert (outcome.code, outcome.out.splitlines()[-1]) == (0, "一致。")
        assert invoke(ledger, "verify", "2017-12-31").code == 0

    def test_of_another_day(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        invoke(ledger, "seal", "五月", "--at", "2017-05-01")
        sealed = ledger.git("rev-parse", "seal/五月^{commit}").strip()
        assert sealed == ledger.git("rev-list", "-1", "--before=2017-05-02", "main").strip()

    def test_history_that_lost_it(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        invoke(ledger, "seal", "一")
        ledger.git("reset", "--hard", "--quiet", "HEAD~1")
        outcome = invoke(ledger, "verify", "一")
        assert (outcome.code, "H004" in outcome.out, outcome.out.splitlines()[-1]) == (
            1,
            True,
            "不一致。",
        )

    def test_a_forged_digest(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        invoke(ledger, "seal", "一")
        text = ledger.git("tag", "--list", "--format=%(contents)", "seal/一")
        forged = text.replace("sha256:", "sha256:0")[:-3] + "\n\n"
        ledger.git(
            "tag", "--force", "--annotate", "-m", forged[: forged.index("sha256:") + 71], "seal/一"
        )
        outcome = invoke(ledger, "verify", "一")
        assert (outcome.code, "摘要不一致" in outcome.out) == (1, True)
        assert "H004" in invoke(ledger, "audit", "--json").out

    def test_refusals(self, ledger: LedgerFolder, invoke: Invoke, refused: Invoke) -> None:
        for name in ("一", "2017/年终"):
            assert invoke(ledger, "seal", name).code == 0
            refused(ledger, "seal", name, code=1, says=f"已经有封存 seal/{name}")
        for name in ("--note", "a b", "../x", "x..y", "x.lock", "-x", "a//b"):
            refused(ledger, "seal", "--", name, code=2, says=f"“{name}”不能作封存的名称")
        refused(ledger, "verify", "没有的", code=2, says="没有文件或封存“没有的”")


@pytest.mark.parametrize("words", [("audit",), ("seal", "一"), ("sync",)])
def test_git_keeps_in_mind_what_each_commit_changed(
    make_clone: MakeClone,
    invoke: Invoke,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
) -> None:
    """So that the history of one task is listed without looking through that of all."""
    monkeypatch.setattr(graph, "_FEW", 2)
    clone = make_clone([{}])
    clone.write_task(id="GZ2017-001", goal="完成")
    clone.commit("改动")
    outcome = invoke(clone, *NOW, *words)
    assert outcome.code == 0
    graphs = clone.root / ".git" / "objects" / "info" / "commit-graphs"
    assert [b"BIDX" in each.read_bytes() for each in graphs.glob("*.graph")] == [True]


def test_an_audit_begins_after_a_day(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(1)
    for moment in ("2017-03-05", "2017-03-08"):
        ledger.write_task(id="GZ2017-001", title=moment)
        ledger.commit("改", moment)
    for since, until, commits in (
        ("2017-03-01", "", 2),
        ("2017-03-05", "", 1),
        ("2017-03-01", "2017-03-06", 1),
    ):
        words = ("--since", since, *(("--until", until) if until else ()))
        told = invoke(ledger, "audit", *words, "--json")
        assert told.code == 0, told.err
        assert told.json()["commits"] == commits, words
    early = invoke(ledger, "audit", "--since", "2016-01-01")
    assert (early.code, len(early.sentences)) == (2, 1)
