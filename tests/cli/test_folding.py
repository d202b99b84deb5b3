"""A mistake that was committed and not shared: named by `sync`, mended, folded, sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.case import case_digest
from tests.conftest import EMAIL, LedgerFolder, run_git

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal
    from tests.conftest import MakeClone, MakeLedger

DAY = "2017-03-01"
LOG = [
    {"date": "2017-02-01", "by": "甲", "text": "启动"},
    {"date": "2017-02-10", "by": "甲", "text": "形成初稿"},
]
EVIDENCE = [{"name": "制度汇编", "archive": "2017-12", "sha256": "a" * 64}]
APPLIED = {"date": "2017-02-01", "by": "联络员", "summary": "已完成"}
REVIEWED = {"date": "2017-02-02", "by": "整改办", "opinion": "同意上会"}
WAITING = {
    "status": "待上会",
    "evidence": EVIDENCE,
    "closing": {"applied": APPLIED, "reviewed": REVIEWED},
}
MEETING = "data/decisions/2017/DZH-2017-05.yaml"
TASK = "data/tasks/GZ2017/GZ2017-001.yaml"


def meeting(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "DZH-2017-05",
        "body": "党组会",
        "date": "2017-02-05",
        "chair": "成员1",
        "due_members": 9,
        "present": [f"成员{each}" for each in range(1, 9)],
        "items": list(items),
    } | more


def item(task: str, result: str = "同意销号", digest: str = "") -> dict[str, Any]:
    votes = {"for": 8, "against": 0, "abstain": 0}
    return {"task": task, "result": result, "votes": votes} | ({"digest": digest} if digest else {})


@pytest.fixture
def clone(make_clone: MakeClone) -> LedgerFolder:
    """Somebody's clone: 001 has a log, 002 waits for a meeting, 003 is plain."""
    tasks = [{"progress": LOG}, WAITING, {}]
    return make_clone(tasks, {"README.md": "台账\n", "own/left.txt": "1\n"})


def server(clone: LedgerFolder) -> str:
    return run_git(clone.root.parent / "server.git", "rev-parse", "main").strip()


def subjects(clone: LedgerFolder) -> list[str]:
    return clone.git("log", "--reverse", "--format=%s").splitlines()


def head(clone: LedgerFolder) -> str:
    return clone.git("rev-parse", "HEAD").strip()


def tree(clone: LedgerFolder) -> str:
    return clone.git("rev-parse", "HEAD^{tree}").strip()


def spoil(clone: LedgerFolder, how: str) -> None:
    """A bad edit by hand, committed."""
    plain = {"id": "GZ2017-001", "progress": LOG}
    if how == "status":
        clone.write_task(**plain | {"status": "已销号"})
    elif how == "step":
        clone.write_task(**plain | {"status": "待上会"})
    elif how == "log":
        clone.write_task(**plain | {"progress": LOG[1:]})
    elif how == "due":
        clone.write_task(**plain | {"due": {"text": "9月", "date": "2017-09-30"}})
    elif how == "gone":
        clone.path("GZ2017-001").unlink()
    elif how == "broken":
        clone.write(TASK, "id: GZ2017-001\n  title: [\n")
    elif how == "secret":
        clone.write_task(**plain | {"goal": "联系人身份证号 11010519491231002X"})
    clone.commit(f"弄错了：{how}")


FAULTS = {
    "status": "C002",
    "step": "C001",
    "log": "C010",
    "due": "C009",
    "gone": "C012",
    "broken": "T001",
    "secret": "S001",
}


def unmoved(clone: LedgerFolder, invoke: Invoke, *arguments: str) -> str:
    """What is said when sync refuses; nothing has changed then, here or there."""
    before = (clone.git("for-each-ref"), clone.git("status", "--porcelain"), server(clone))
    refused = invoke(clone, "sync", *arguments)
    assert refused.code == 1, refused.err
    now = (clone.git("for-each-ref"), clone.git("status", "--porcelain"), server(clone))
    assert now == before
    return refused.err


@pytest.mark.parametrize("how", ["status", "log", "broken"])
def test_a_mistake_is_named_mended_folded_and_sent(
    how: str, clone: LedgerFolder, invoke: Invoke
) -> None:
    before, sent = head(clone), server(clone)
    assert invoke(clone, "--today", DAY, "progress", "003", "--text", "先办的").code == 0
    good = head(clone)
    spoil(clone, how)
    bad = head(clone)
    refused = invoke(clone, "sync")
    assert refused.code == 1
    named = f"提交 {bad[:8]}（{DAY}，办公室联络员：弄错了：{how}）"
    assert refused.sentences[0].startswith(named)
    assert FAULTS[how] in refused.sentences[0]
    assert f"  ledger sync --fold --restore {TASK}" in refused.sentences
    assert (head(clone), server(clone)) == (bad, sent)

    assert invoke(clone, "--today", DAY, "progress", "002", "--text", "中间办的").code == 0
    clone.git("checkout", "--quiet", before, "--", TASK)
    clone.commit("改回来")
    assert invoke(clone, "--today", DAY, "progress", "003", "--text", "后来办的").code == 0
    mended, files = head(clone), tree(clone)
    refused = invoke(clone, "sync")
    assert refused.code == 1
    assert "  ledger sync --fold" in refused.sentences
    assert refused.sentences[-1] == "没有通过检查，什么都没有动；请改好后再运行一次。"
    assert (head(clone), server(clone)) == (mended, sent)

    done = invoke(clone, "sync", "--fold")
    assert done.code == 0, done.err
    assert (tree(clone), server(clone)) == (files, head(clone))
    assert clone.git("status", "--porcelain") == ""
    assert clone.git("rev-parse", f"refs/ledger/folded/{mended[:12]}").strip() == mended
    told = subjects(clone)
    assert [each.split("：")[0].split(" 事项")[0] for each in told[1:]] == [
        "进展 GZ2017-003",
        "并步",
        "进展 GZ2017-002",
        "进展 GZ2017-003",
    ]
    assert clone.git("merge-base", good, "HEAD").strip() == good  # kept as it was
    step = clone.git("log", "--format=%B", "--grep=^并步", "HEAD")
    assert f"- {bad[:8]} {DAY} 办公室联络员：弄错了：{how}（违反 " in step
    assert FAULTS[how] in step
    assert "办公室联络员：改回来" in step
    assert "Ledger-Op: fold" in step
    assert "中间办的" not in step
    refs = run_git(clone.root.parent / "server.git", "for-each-ref", "--format=%(refname)")
    assert refs.split() == ["refs/heads/main"]
    assert invoke(clone, "audit").code == 0
    again = invoke(clone, "sync", "--fold")
    assert again.code == 0
    assert again.sentences[0] == "没有要并步的提交，也没有要恢复的文件。"


def test_several_mistakes_in_one_file_are_one_step(clone: LedgerFolder, invoke: Invoke) -> None:
    content = clone.path("GZ2017-001").read_bytes()
    for how in ("step", "due", "gone", "secret"):
        spoil(clone, how)
    message = unmoved(clone, invoke)
    assert all(f"弄错了：{how}）" in message for how in ("step", "due", "gone", "secret"))
    clone.write(TASK, content)
    clone.commit("改回来")
    assert invoke(clone, "sync", "--fold").code == 0
    assert [each[:2] for each in subjects(clone)] == ["新建", "并步"]
    assert all(FAULTS[how] in clone.git("log", "-1", "--format=%B") for how in ("due", "secret"))


def test_mistakes_in_several_files_are_several_steps(clone: LedgerFolder, invoke: Invoke) -> None:
    for number in (1, 3):
        clone.write_task(id=f"GZ2017-00{number}", status="已销号")
        clone.commit(f"销号 {number}")
    clone.git("checkout", "--quiet", "HEAD~2", "--", "data")
    clone.commit("都改回来")  # what one commit mended is one step with it
    assert invoke(clone, "sync", "--fold").code == 0
    assert len(subjects(clone)) == 2
    for number in (1, 3):
        clone.write_task(
            id=f"GZ2017-00{number}", status="已销号", progress=LOG if number == 1 else None
        )
        clone.commit(f"销号 {number}")
        clone.git("checkout", "--quiet", "HEAD~1", "--", "data")
        clone.commit(f"改回 {number}")
    done = invoke(clone, "sync", "--fold")
    assert done.sentences[-2].startswith("已把 4 个提交并成 2 步，文件内容没有变；")
    assert len(subjects(clone)) == 4


def test_a_person_is_asked_and_no_is_the_default(
    clone: LedgerFolder, on_terminal: OnTerminal
) -> None:
    spoil(clone, "log")
    bad = head(clone)
    asked = f"把 {TASK} 恢复成出错以前的样子？"
    shown = on_terminal(clone, ["sync"], columns=160, answers=[(asked, "\n")])
    assert shown.code == 1
    assert head(clone) == bad
    answers = [(asked, "是\n"), ("并成一步？", "\n")]
    assert on_terminal(clone, ["sync"], columns=160, answers=answers).code == 1
    assert head(clone) == bad
    answers = [(asked, "是\n"), ("把这 2 个提交并成一步？", "是\n")]
    shown = on_terminal(clone, ["sync"], columns=160, answers=answers)
    assert shown.code == 0
    assert server(clone) == head(clone) != bad
    assert "形成初稿" in clone.path("GZ2017-001").read_text("utf-8")
    assert [each[:2] for each in subjects(clone)] == ["新建", "并步"]


def test_files_are_restored_without_any_git(clone: LedgerFolder, invoke: Invoke) -> None:
    proof = "data/evidence/GZ2017-003/报告.txt"
    clone.write("../报告.txt", "检查情况")
    assert invoke(clone, "evidence", "add", "003", "../报告.txt").code == 0
    assert invoke(clone, "apply", "003", "--summary", "已完成").code == 0
    assert invoke(clone, "sync").code == 0
    (clone.root / proof).unlink()
    clone.commit("清理文件")
    bad = head(clone)
    message = unmoved(clone, invoke)
    assert f"提交 {bad[:8]}（{DAY}，办公室联络员：清理文件）以后文件有误：T007。" in message
    assert f"  ledger sync --fold --restore {proof}" in message
    clone.write(proof, "没有提交的")
    assert "里有还没有保存的改动，没有恢复" in unmoved(clone, invoke, "--restore", proof)
    (clone.root / proof).unlink()
    outcome = invoke(clone, "sync", "--restore", "README.md")
    assert (outcome.code, head(clone)) == (2, bad)
    assert invoke(clone, "sync", "--restore", proof).code == 0  # by itself it is no misstep
    assert (clone.root / proof).read_text("utf-8") == "检查情况"
    assert subjects(clone)[-2:] == ["清理文件", f"恢复 {proof}"]


def test_only_the_wrong_file_of_a_commit_is_restored(clone: LedgerFolder, invoke: Invoke) -> None:
    clone.write("README.md", "新的说明\n")
    spoil(clone, "due")
    assert "--restore" in unmoved(clone, invoke, "--restore", "GZ2017-001")  # --fold is needed
    assert invoke(clone, "sync", "--fold", "--restore", "GZ2017-001").code == 0
    assert (clone.root / "README.md").read_text("utf-8") == "新的说明\n"
    assert "2017-06-30" in clone.path("GZ2017-001").read_text("utf-8")
    assert "Ledger-Op: restore" in clone.git("log", "-1", "--format=%B")
    kept = clone.git("log", "--reverse", "--format=%s", "--glob=refs/ledger/folded/*")
    assert kept.splitlines() == ["新建台账", "弄错了：due", f"恢复 {TASK}"]


def test_a_meeting_without_quorum_can_be_taken_back(clone: LedgerFolder, invoke: Invoke) -> None:
    digest = case_digest(clone.load().by_id["GZ2017-002"].record)
    clone.write(MEETING, meeting(item("GZ2017-002", digest=digest), present=["成员1", "成员2"]))
    clone.commit("会议")
    message = unmoved(clone, invoke)
    assert "D003" in message
    assert f"--restore {MEETING}" in message
    clone.write(MEETING, meeting(item("GZ2017-002", digest=digest)))
    clone.commit("补上到会的人")
    assert "C011" in unmoved(clone, invoke)
    assert invoke(clone, "sync", "--fold").code == 0
    assert len(subjects(clone)) == 2
    assert len(clone.load().decisions[0].record.present) == 8


def test_what_a_meeting_recorded_stays(clone: LedgerFolder, invoke: Invoke) -> None:
    """A refusal is a record, too: it is not folded into an approval, nor into nothing."""
    digest = case_digest(clone.load().by_id["GZ2017-002"].record)
    clone.write(MEETING, meeting(item("GZ2017-002", "不同意", digest)))
    clone.commit("会议")
    recorded = head(clone)
    clone.write(MEETING, meeting(item("GZ2017-002", "同意销号", digest)))
    clone.commit("改了结论")
    assert "登记过的会议不能改，也不能撤" in unmoved(clone, invoke, "--fold")
    (clone.root / MEETING).unlink()
    clone.commit("撤掉")
    assert "登记过的会议不能改，也不能撤" in unmoved(clone, invoke, "--fold")
    assert invoke(clone, "sync", "--fold", "--restore", "DZH-2017-05").code == 0
    assert clone.load().decisions[0].record.items[0].result == "不同意"
    assert clone.git("merge-base", recorded, "HEAD").strip() == recorded


def test_content_and_the_meeting_on_it_are_no_one_step(clone: LedgerFolder, invoke: Invoke) -> None:
    """What the meeting is said to have seen was not there before it."""
    clone.write_task(id="GZ2017-002", **WAITING, goal="降低了的目标")
    digest = case_digest(clone.load().by_id["GZ2017-002"].record)
    clone.git("checkout", "--quiet", "--", "data")
    clone.write(MEETING, meeting(item("GZ2017-002", digest=digest)))
    clone.commit("会议")
    clone.write_task(id="GZ2017-002", **WAITING, goal="降低了的目标")
    clone.commit("后改的内容")
    message = unmoved(clone, invoke, "--fold")
    assert "C004" in message


def test_a_closing_is_not_folded(clone: LedgerFolder, invoke: Invoke) -> None:
    digest = case_digest(clone.load().by_id["GZ2017-002"].record)
    closing = WAITING["closing"] | {"decision": "DZH-2017-05", "date": DAY}
    clone.write_task(id="GZ2017-002", **WAITING | {"status": "已销号", "closing": closing})
    clone.commit("先销号")
    clone.write(MEETING, meeting(item("GZ2017-002", digest=digest)))
    clone.commit("后补的会议")
    message = unmoved(clone, invoke, "--fold")
    assert "GZ2017-002 的销号不能和别的改动并成一步" in message or "C0" in message


def test_who_applied_and_who_reviewed_stays_to_be_seen(clone: LedgerFolder, invoke: Invoke) -> None:
    applied = {"id": "GZ2017-003", "status": "申请销号", "evidence": EVIDENCE}
    clone.write_task(**applied, closing={"applied": APPLIED})
    clone.commit("申请", email="other@example.com")
    clone.write_task(
        **applied, closing={"applied": APPLIED}, due={"text": "9月", "date": "2017-09-30"}
    )
    clone.commit("改时限")
    clone.write_task(**applied, closing={"applied": APPLIED})
    clone.commit("改回来")
    assert "申请" not in unmoved(clone, invoke)  # it is no part of it: the mistake came later
    clone.git("reset", "--quiet", "--hard", "HEAD~3")
    clone.write_task(
        **applied, due={"text": "9月", "date": "2017-09-30"}, closing={"applied": APPLIED}
    )
    clone.commit("申请，又改了时限", email="other@example.com")
    clone.write_task(**applied, closing={"applied": APPLIED})
    clone.commit("时限改回来")
    assert "GZ2017-003 的申请不是您提交的" in unmoved(clone, invoke, "--fold")
    clone.git("reset", "--quiet", "--hard", "HEAD~2")
    clone.write_task(**applied, closing={"applied": APPLIED})
    clone.commit("申请")
    reviewed = {"applied": APPLIED, "reviewed": REVIEWED}
    clone.write_task(**applied | {"status": "待上会"}, closing=reviewed)
    clone.commit("自己审核")
    assert "申请和审核不能并成一步" in unmoved(clone, invoke, "--fold")
    assert invoke(clone, "sync", "--fold", "--restore", "3").code == 0
    assert [each[:2] for each in subjects(clone)] == ["新建", "申请", "并步"]
    assert clone.load().by_id["GZ2017-003"].record.status == "申请销号"


def test_a_closing_that_was_merged_stays_a_merge(clone: LedgerFolder, invoke: Invoke) -> None:
    from ledger.usecases.checking.audit import made_wrongly

    digest = case_digest(clone.load().by_id["GZ2017-002"].record)
    clone.write(MEETING, meeting(item("GZ2017-002", digest=digest)))
    clone.commit("会议")
    spoil(clone, "log")
    at = ("--today", DAY)
    closing = (*at, "close", "002", "--decision", "DZH-2017-05", "--via", "local")
    assert invoke(clone, *closing).code == 0
    message = unmoved(clone, invoke, "--fold", "--restore", "001")
    assert "分支 close/DZH-2017-05_GZ2017-002 上也有提交" in message
    clone.git("config", "user.email", "other@example.com")
    merged = invoke(clone, *at, "merge", "close/DZH-2017-05_GZ2017-002", "--yes", "--local")
    assert merged.code == 0, merged.err
    done = invoke(clone, *at, "sync", "--fold", "--restore", "GZ2017-001")
    assert done.code == 0, done.err
    assert len(clone.git("log", "-1", "--format=%P").split()) == 2
    opened = clone.open()
    root = clone.git("rev-list", "--max-parents=0", "HEAD").strip()
    assert list(made_wrongly(opened, root, head(clone), ("H001",))) == []
    opened.cache.close()


def test_merges_with_the_main_branch_are_no_obstacle(
    clone: LedgerFolder, invoke: Invoke, tmp_path: Path
) -> None:
    other = LedgerFolder(tmp_path / "other")
    run_git(tmp_path, "clone", "--quiet", "server.git", "other")
    other.git("config", "user.name", "同事")
    other.git("config", "user.email", "colleague@example.com")
    assert invoke(other, "--today", DAY, "progress", "003", "--text", "同事报的").code == 0
    assert invoke(other, "sync").code == 0
    assert invoke(clone, "--today", DAY, "progress", "002", "--text", "先办的").code == 0
    spoil(clone, "log")
    clone.git("fetch", "--quiet", "origin")
    clone.git("merge", "--quiet", "--no-edit", "origin/main")
    clone.git("checkout", "--quiet", "origin/main", "--", TASK)
    clone.commit("改回来")
    files = tree(clone)
    assert invoke(clone, "sync", "--fold").code == 0
    assert (tree(clone), server(clone)) == (files, head(clone))
    assert len(clone.git("log", "--merges", "--format=%H").split()) == 1
    # Others touched the same file: everything since then is one step.
    assert invoke(other, "sync").code == 0
    assert invoke(other, "--today", DAY, "progress", "001", "--text", "同事报的").code == 0
    assert invoke(other, "sync").code == 0
    spoil(clone, "due")
    clone.git("fetch", "--quiet", "origin")
    clone.git("merge", "--quiet", "--no-edit", "-X", "theirs", "origin/main")
    clone.git("checkout", "--quiet", "origin/main", "--", TASK)
    clone.commit("再改回来")
    files = tree(clone)
    upstream = clone.git("rev-parse", "origin/main").strip()
    assert invoke(clone, "sync", "--fold").code == 0
    assert (tree(clone), server(clone)) == (files, head(clone))
    assert clone.git("log", "-1", "--format=%P").strip() == upstream


def test_what_others_have_is_not_written_anew(clone: LedgerFolder, invoke: Invoke) -> None:
    spoil(clone, "log")
    clone.git("branch", "other")
    clone.git("checkout", "--quiet", "HEAD~1", "--", TASK)
    clone.commit("改回来")
    assert "分支 other 上也有提交" in unmoved(clone, invoke, "--fold")
    clone.git("branch", "-D", "other")
    clone.git("tag", "seal/2017", "HEAD~1")
    assert "已经封存在标签 seal/2017 里" in unmoved(clone, invoke, "--fold")
    clone.git("tag", "-d", "seal/2017")
    clone.git("push", "--quiet", "origin", "HEAD~1:refs/heads/try")
    assert "已经随 origin/try 送出" in unmoved(clone, invoke, "--fold")


def test_uncommitted_work_stays_and_all_who_worked_are_named(
    clone: LedgerFolder, invoke: Invoke
) -> None:
    spoil(clone, "log")
    clone.git("checkout", "--quiet", "HEAD~1", "--", TASK)
    clone.git("config", "user.name", "督查组长")
    clone.commit("改回来", email="lead@example.com")
    clone.write("own/left.txt", "2\n")
    clone.git("add", "own/left.txt")
    clone.write("own/left.txt", "3\n")
    clone.write("own/new.txt", "1\n")
    clone.write(TASK, clone.path("GZ2017-001").read_text("utf-8") + "# 正在改\n")
    status, index = clone.git("status", "--porcelain"), clone.git("ls-files", "--stage")
    assert invoke(clone, "sync", "--fold").code == 0
    assert (clone.git("status", "--porcelain"), clone.git("ls-files", "--stage")) == (status, index)
    author_and_message = clone.git("log", "-1", "--format=%an %ae%n%B").splitlines()
    assert author_and_message[0] == f"督查组长 {EMAIL}"
    assert "Co-authored-by: 督查组长 <lead@example.com>" in author_and_message


def test_check_and_doctor_name_it_too(clone: LedgerFolder, invoke: Invoke) -> None:
    spoil(clone, "log")
    clone.git("checkout", "--quiet", "HEAD~1", "--", TASK)
    clone.commit("改回来")
    assert "弄错了：log）单独通不过检查：C010。" in unmoved(clone, invoke, "--dry-run")
    (told,) = invoke(clone, "sync", "--json").json()["missteps"]
    assert (told["subject"], told["codes"]) == ("弄错了：log", ["C010"])
    checked = invoke(clone, "check")
    assert checked.code == 0
    assert "弄错了：log）单独通不过检查：C010。" in checked.err
    assert "ledger sync --fold" in checked.err
    looked = {each["subject"]: each for each in invoke(clone, "doctor", "--json").json()}
    assert looked["没有共享的提交"]["state"] == "有误"
    assert "ledger sync --fold" in looked["没有共享的提交"]["said"]
    assert invoke(clone, "sync", "--fold").code == 0
    looked = {each["subject"]: each for each in invoke(clone, "doctor", "--json").json()}
    assert looked["没有共享的提交"]["state"] == "正常"
    assert "refs/ledger/folded/" in looked["没有共享的提交"]["said"]
    assert invoke(clone, "check").err == ""


def test_a_ledger_below_the_top(make_ledger: MakeLedger, invoke: Invoke, tmp_path: Path) -> None:
    clone = make_ledger([{"progress": LOG}], below="台账", files={"../附件.txt": "1"})
    run_git(tmp_path, "clone", "--quiet", "--bare", "--template=", "ledger", "server.git")
    clone.git("remote", "add", "origin", "../server.git")
    clone.git("fetch", "--quiet", "origin")
    spoil(clone, "log")
    assert invoke(clone, "sync", "--fold", "--restore", "GZ2017-001").code == 0
    assert "启动" in clone.path("GZ2017-001").read_text("utf-8")
    assert clone.git("status", "--porcelain") == ""


def test_what_others_committed_in_between_stays_theirs(clone: LedgerFolder, invoke: Invoke) -> None:
    spoil(clone, "log")
    clone.write_task(id="GZ2017-003", goal="同事写的")
    clone.commit("同事的修改", "2017-02-20", "other@example.com")
    assert invoke(clone, "sync", "--fold", "--restore", "001").code == 0
    shown = clone.git("log", "-1", "--format=%s %ae %ce %as %cs").strip()
    assert shown == "同事的修改 other@example.com other@example.com 2017-02-20 2017-02-20"


def test_a_task_that_should_not_be_there(clone: LedgerFolder, invoke: Invoke) -> None:
    """Added and deleted again by hand: a task may not vanish, so both are one step of nothing."""
    before = tree(clone)
    path = clone.write_task(id="GZ2017-009")
    clone.commit("多余的事项")
    path.unlink()
    clone.commit("删掉")
    assert "C012" in unmoved(clone, invoke)
    assert invoke(clone, "sync", "--fold").code == 0
    assert (tree(clone), len(subjects(clone))) == (before, 2)
    assert "- " in clone.git("log", "-1", "--format=%b")
