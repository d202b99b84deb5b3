"""Two people and a server between them: what each wrote arrives, and nobody's work is touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import LedgerError, UsageError
from ledger.model.decode import encode
from ledger.model.reconcile import OURS, THEIRS
from ledger.usecases.checking.check import check_push
from ledger.usecases.sharing.sync import Synced, SyncPlan, sync
from tests.conftest import CONFIG, SOURCES, LedgerFolder, run_git
from tests.copying import copy_folder

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

TODAY = dt.date(2017, 3, 1)
ENTRY = {"date": "2017-02-01", "by": "甲", "text": "启动"}


def described(plan: SyncPlan) -> str:
    return f"{plan.commits} 个提交"


@dataclass(frozen=True)
class Pair:
    """A bare server with one ledger, and two people's clones of it."""

    server: Path
    one: LedgerFolder
    two: LedgerFolder

    def sync(
        self, who: LedgerFolder, choices: Mapping[str, str] | None = None, **more: Any
    ) -> Synced:
        opened = who.open()
        try:
            return sync(opened, TODAY, "某人", described, choices or {}, **more)
        finally:
            opened.cache.close()

    def tip(self, branch: str = "main") -> str:
        return run_git(self.server, "rev-parse", branch).strip()

    def merge(self, branch: str, *, squash: bool = False) -> None:
        """What a forge does when somebody presses the button; main has not moved since."""
        old, new = self.tip(), self.tip(branch)
        parents = (old,) if squash else (old, new)
        above = [part for each in parents for part in ("-p", each)]
        identity = ("-c", "user.name=平台", "-c", "user.email=forge@example.com")
        made = run_git(
            self.server, *identity, "commit-tree", *above, "-m", "合并请求", f"{new}^{{tree}}"
        )
        run_git(self.server, "update-ref", "refs/heads/main", made.strip(), old)


def _identify(folder: Path, name: str, email: str) -> None:
    run_git(folder, "config", "user.name", name)
    run_git(folder, "config", "user.email", email)


def _built(folder: Path, **forge: str) -> Path:
    """A server and two clones, to be copied; they know each other by relative paths."""
    one = LedgerFolder(folder / "one")
    one.root.mkdir(parents=True)
    run_git(one.root, "init", "--quiet", "--template=", "--initial-branch=main")
    one.write("ledger.yaml", CONFIG | {"forge": forge})
    one.write("data/sources/GZ2017.yaml", SOURCES[0])
    one.write_task(progress=[ENTRY])
    one.write_task(id="GZ2017-002")
    _identify(one.root, "甲", "one@example.com")
    one.commit("新建台账")
    run_git(folder, "clone", "--quiet", "--bare", "--template=", "one", "server.git")
    run_git(one.root, "remote", "add", "origin", "../server.git")
    run_git(one.root, "fetch", "--quiet", "origin")
    copy_folder(one.root, folder / "two")
    _identify(folder / "two", "乙", "two@example.com")
    (folder / "server.git" / "hooks").mkdir()
    return folder


@pytest.fixture(scope="module")
def plain_pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _built(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def protected_pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = _built(tmp_path_factory.mktemp("protected"), via="push", direct_push="不允许")
    hook = folder / "server.git" / "hooks" / "update"
    hook.write_text('#!/bin/sh\n[ "$1" != refs/heads/main ] || exit 1\n')
    hook.chmod(0o755)
    return folder


def _copied(template: Path, folder: Path) -> Pair:
    copy_folder(template, folder / "pair")
    place = folder / "pair"
    return Pair(place / "server.git", LedgerFolder(place / "one"), LedgerFolder(place / "two"))


@pytest.fixture
def pair(plain_pair: Path, tmp_path: Path) -> Pair:
    return _copied(plain_pair, tmp_path)


@pytest.fixture
def protected(protected_pair: Path, tmp_path: Path) -> Pair:
    return _copied(protected_pair, tmp_path)


def task(folder: LedgerFolder, task_id: str) -> dict[str, Any]:
    data: dict[str, Any] = encode(folder.load().by_id[task_id].record)
    return data


def report(folder: LedgerFolder, task_id: str, text: str, date: str = "2017-02-10") -> None:
    with folder.path(task_id).open("a", encoding="utf-8") as file:
        if "progress" not in folder.path(task_id).read_text(encoding="utf-8"):
            file.write("progress:\n")
        file.write(f"- {{date: {date}, by: 某人, text: {text}}}\n")
    folder.commit(f"进展 {task_id}")


def change(folder: LedgerFolder, task_id: str, old: str, new: str) -> None:
    path = folder.path(task_id)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    folder.commit(f"修改 {task_id}")


def assert_in_step(pair: Pair) -> None:
    """Both clones and the server hold the same commit, the work trees are clean."""
    for each in (pair.one, pair.two):
        assert each.git("rev-parse", "HEAD").strip() == pair.tip()
        assert each.git("status", "--porcelain") == ""


def test_nothing_to_do(pair: Pair) -> None:
    done = pair.sync(pair.one)
    assert not done.plan.sends()
    assert not done.plan.moves()
    assert_in_step(pair)


def test_what_one_wrote_arrives_at_the_other(pair: Pair) -> None:
    report(pair.one, "GZ2017-001", "甲报")
    assert pair.sync(pair.one).plan.commits == 1
    received = pair.sync(pair.two).plan.received
    assert received is not None
    assert [each.id for each in received.tasks] == ["GZ2017-001"]
    assert_in_step(pair)


def test_both_wrote_and_both_logs_are_there(pair: Pair) -> None:
    report(pair.one, "GZ2017-001", "甲报", "2017-02-20")
    change(pair.one, "GZ2017-001", "title: 事项GZ2017-001", "title: 甲改的题")
    report(pair.two, "GZ2017-001", "乙报", "2017-02-10")
    report(pair.two, "GZ2017-002", "乙又报")
    pair.sync(pair.one)
    done = pair.sync(pair.two)
    pair.sync(pair.one)
    assert_in_step(pair)
    now = task(pair.one, "GZ2017-001")
    assert [each["text"] for each in now["progress"]] == ["启动", "乙报", "甲报"]
    assert now["title"] == "甲改的题"
    # The main branch's own line goes on: what the other wrote came in from the side.
    parents = run_git(pair.server, "show", "-s", "--format=%P", "main").split()
    assert parents == [done.plan.theirs, done.plan.local]


def test_the_gate_of_the_server_takes_a_merge(pair: Pair) -> None:
    report(pair.one, "GZ2017-001", "甲报")
    report(pair.two, "GZ2017-001", "乙报")
    before = pair.tip()
    pair.sync(pair.one)
    pair.sync(pair.two)
    opened = pair.two.open()
    assert not check_push(opened, before, pair.tip(), TODAY)


def test_the_same_value_changed_by_both_is_left_to_them(pair: Pair) -> None:
    change(pair.one, "GZ2017-001", "title: 事项GZ2017-001", "title: 甲题")
    change(pair.two, "GZ2017-001", "title: 事项GZ2017-001", "title: 乙题")
    pair.sync(pair.one)
    before, head = pair.tip(), pair.two.git("rev-parse", "HEAD")
    done = pair.sync(pair.two)
    (clash,) = done.plan.clashes
    assert clash.choice() == "GZ2017-001.title"
    assert (clash.conflict.ours, clash.conflict.theirs) == ("乙题", "甲题")
    assert (clash.ours_by, clash.theirs_by) == ("乙", "甲")
    assert (pair.tip(), pair.two.git("rev-parse", "HEAD")) == (before, head)

    pair.sync(pair.two, {"GZ2017-001.title": OURS})
    pair.sync(pair.one)
    assert_in_step(pair)
    assert task(pair.one, "GZ2017-001")["title"] == "乙题"


def test_a_value_that_lost_stays_in_history(pair: Pair) -> None:
    """Also where nothing else was changed, so that the merge says just what they said."""
    change(pair.one, "GZ2017-001", "title: 事项GZ2017-001", "title: 甲题")
    pair.sync(pair.one)
    change(pair.two, "GZ2017-001", "title: 事项GZ2017-001", "title: 乙题")
    lost = pair.two.git("rev-parse", "HEAD").strip()
    pair.sync(pair.two, {"GZ2017-001.title": THEIRS})
    pair.sync(pair.one)
    assert_in_step(pair)
    assert task(pair.two, "GZ2017-001")["title"] == "甲题"
    assert pair.one.git("merge-base", lost, "main").strip() == lost


def test_a_choice_where_there_is_no_conflict_is_refused(pair: Pair) -> None:
    report(pair.one, "GZ2017-001", "甲报")
    with pytest.raises(UsageError, match=r"GZ2017-001\.title 没有冲突"):
        pair.sync(pair.one, {"GZ2017-001.title": THEIRS})
    pair.sync(pair.one)
    report(pair.two, "GZ2017-001", "乙报")
    with pytest.raises(UsageError, match="没有冲突"):
        pair.sync(pair.two, {"GZ2017-001.title": THEIRS})


def test_other_files_that_do_not_fit_together_are_chosen_as_a_whole(pair: Pair) -> None:
    for who, text in ((pair.one, "甲"), (pair.two, "乙")):
        who.write("README.md", text)
        who.commit("说明")
    pair.sync(pair.one)
    assert [each.choice() for each in pair.sync(pair.two).plan.clashes] == ["README.md"]
    pair.sync(pair.two, {"README.md": THEIRS})
    assert (pair.two.root / "README.md").read_text(encoding="utf-8") == "甲"


def test_two_new_tasks_with_one_id(pair: Pair) -> None:
    pair.one.write_task(id="GZ2017-003", title="甲的事项")
    pair.one.commit("新增 GZ2017-003")
    pair.two.write_task(id="GZ2017-003", title="乙的事项")
    pair.two.commit("新增 GZ2017-003 乙的事项")
    pair.two.write_task(
        id="GZ2017-004", title="子项", links=[{"rel": "子任务", "id": "GZ2017-003"}]
    )
    pair.two.commit("新增 GZ2017-004")
    pair.sync(pair.one)
    done = pair.sync(pair.two)
    pair.sync(pair.one)
    assert done.plan.renumbered == (("GZ2017-003", "GZ2017-005"),)
    assert_in_step(pair)
    titles = {key: each.record.title for key, each in pair.one.load().by_id.items()}
    assert titles["GZ2017-003"] == "甲的事项"
    assert titles["GZ2017-005"] == "乙的事项"
    assert task(pair.one, "GZ2017-004")["links"] == [{"rel": "子任务", "id": "GZ2017-005"}]
    assert not pair.one.load().problems
    messages = pair.two.git("log", "--format=%an %s", "main")
    assert "乙 新增 GZ2017-005 乙的事项" in messages


def test_one_table_imported_by_both_is_not_doubled(pair: Pair) -> None:
    for who in (pair.one, pair.two):
        who.write_task(id="GZ2017-003", title="同一项")
        who.commit("导入")
    report(pair.two, "GZ2017-003", "乙报")
    pair.sync(pair.one)
    assert pair.sync(pair.two).plan.renumbered == ()
    assert len(pair.two.load().tasks) == 3
    assert [each["text"] for each in task(pair.two, "GZ2017-003")["progress"]] == ["乙报"]


def test_work_that_is_not_committed_is_not_touched(pair: Pair) -> None:
    report(pair.one, "GZ2017-001", "甲报")
    pair.sync(pair.one)
    report(pair.two, "GZ2017-002", "乙报")
    pair.two.write("data/tasks/GZ2017/GZ2017-009.yaml", "草稿")
    pair.two.write("notes.txt", "暂存的")
    pair.two.git("add", "notes.txt")
    before = pair.two.git("status", "--porcelain")
    pair.sync(pair.two)
    assert pair.two.git("status", "--porcelain") == before
    assert pair.two.git("rev-parse", "HEAD").strip() == pair.tip()
    assert "甲报" in pair.two.path("GZ2017-001").read_text(encoding="utf-8")


def test_the_same_file_with_uncommitted_work_is_refused(pair: Pair) -> None:
    report(pair.one, "GZ2017-001", "甲报")
    pair.sync(pair.one)
    path = pair.two.path("GZ2017-001")
    path.write_text(path.read_text(encoding="utf-8") + "goal: 没有提交\n", encoding="utf-8")
    text, head = path.read_bytes(), pair.two.git("rev-parse", "HEAD")
    with pytest.raises(LedgerError, match=r"GZ2017-001\.yaml里有还没有保存的改动"):
        pair.sync(pair.two)
    assert (path.read_bytes(), pair.two.git("rev-parse", "HEAD")) == (text, head)


def test_an_untracked_file_in_the_way_is_refused(pair: Pair) -> None:
    pair.one.write("README.md", "甲的")
    pair.one.commit("说明")
    pair.sync(pair.one)
    pair.two.write("README.md", "没有提交的")
    with pytest.raises(LedgerError, match="README"):
        pair.sync(pair.two)
    assert (pair.two.root / "README.md").read_text(encoding="utf-8") == "没有提交的"


def test_a_dry_run_moves_nothing(pair: Pair) -> None:
    report(pair.one, "GZ2017-001", "甲报")
    pair.sync(pair.one)
    report(pair.two, "GZ2017-001", "乙报")
    head, server = pair.two.git("rev-parse", "HEAD"), pair.tip()
    plan = pair.sync(pair.two, dry_run=True).plan
    assert plan.sends()
    assert plan.moves()
    assert (pair.two.git("rev-parse", "HEAD"), pair.tip()) == (head, server)


def test_the_rules_refuse_what_must_not_be_sent(pair: Pair) -> None:
    change(pair.one, "GZ2017-001", "text: 启动", "text: 改过的记录")
    server = pair.tip()
    done = pair.sync(pair.one)
    assert done.plan.refused()
    assert {each.code for each in done.plan.problems} == {"C010"}
    assert pair.tip() == server


MEETING = {
    "id": "DZH-2017-01",
    "body": "党组会",
    "date": "2017-02-20",
    "chair": "党组书记",
    "due_members": 3,
    "present": ["党组书记", "副书记"],
    "items": [{"task": "GZ2017-002", "result": "同意销号", "votes": {"for": 2}}],
}
CLOSED: dict[str, Any] = {
    "status": "已销号",
    "closing": {
        "applied": {"date": "2017-02-10", "by": "甲", "summary": "完成"},
        "reviewed": {"date": "2017-02-11", "by": "乙", "opinion": "同意"},
        "decision": "DZH-2017-01",
        "date": "2017-02-20",
    },
}


@pytest.fixture
def closed(pair: Pair) -> Pair:
    """A task before a meeting in both clones, closed by now at the server."""
    reviewed = {key: CLOSED["closing"][key] for key in ("applied", "reviewed")}
    pair.one.write_task(id="GZ2017-002", status="待上会", closing=reviewed)
    pair.one.commit("待上会")
    pair.one.git("push", "--quiet", "origin", "main")
    pair.sync(pair.two)
    pair.one.write_task(id="GZ2017-002", **CLOSED)
    pair.one.write("data/decisions/2017/DZH-2017-01.yaml", MEETING)
    pair.one.commit("销号")
    pair.one.git("push", "--quiet", "origin", "main")
    return pair


def test_a_closing_is_carried_over_a_mere_report(closed: Pair) -> None:
    report(closed.two, "GZ2017-002", "补报")
    plan = closed.sync(closed.two).plan
    assert not plan.left_behind
    assert not plan.problems
    now = task(closed.two, "GZ2017-002")
    assert (now["status"], len(now["progress"])) == ("已销号", 1)


def test_open_beats_closed_and_the_rules_have_the_last_word(closed: Pair) -> None:
    """The closing is published: what the meeting saw may not be changed by a mere merge."""
    change(closed.two, "GZ2017-002", "组织实施", "另行组织")
    server = closed.tip()
    plan = closed.sync(closed.two).plan
    (left,) = plan.left_behind
    assert (left.id, left.by) == ("GZ2017-002", "甲")
    assert (left.held.kept["status"], left.held.lost["status"]) == ("待上会", "已销号")
    assert plan.refused()
    assert closed.tip() == server

    # Giving up the own change lets the closing through.
    change(closed.two, "GZ2017-002", "另行组织", "组织实施")
    assert not closed.sync(closed.two).plan.left_behind
    assert task(closed.two, "GZ2017-002")["status"] == "已销号"


def test_a_new_server_gets_the_whole_ledger(make_ledger: MakeLedger, tmp_path: Path) -> None:
    one = make_ledger(2)
    run_git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "server.git")
    one.git("remote", "add", "origin", str(tmp_path / "server.git"))
    pair = Pair(tmp_path / "server.git", one, one)
    assert pair.sync(one).plan.commits == 1
    assert_in_step(pair)


def test_another_ledger_is_not_merged(pair: Pair, make_ledger: MakeLedger) -> None:
    other = make_ledger(3, name="other")
    other.git("remote", "add", "origin", str(pair.server))
    with pytest.raises(LedgerError, match="没有共同的历史"):
        pair.sync(other)


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (("switch", "--quiet", "-c", "draft"), "不在主分支"),
        (("remote", "remove", "origin"), "远端"),
        (("switch", "--quiet", "--detach"), "不在任何分支"),
    ],
)
def test_one_sentence_where_it_cannot_begin(
    pair: Pair, prepare: tuple[str, ...], message: str
) -> None:
    pair.one.git(*prepare)
    with pytest.raises(LedgerError, match=message):
        pair.sync(pair.one)


def test_a_faster_colleague_makes_it_try_again(pair: Pair) -> None:
    """A server that refuses the first push because somebody came before."""
    report(pair.one, "GZ2017-001", "甲报")
    hook = pair.server / "hooks" / "pre-receive"
    flag = pair.server / "first"
    hook.write_text(
        f"#!/bin/sh\n[ -e {flag} ] || {{ touch {flag}; echo 'cannot lock ref'; exit 1; }}\n"
    )
    hook.chmod(0o755)
    assert pair.sync(pair.one).attempts == 2
    assert pair.one.git("rev-parse", "HEAD").strip() == pair.tip()


def test_it_gives_up_when_others_are_always_faster(pair: Pair) -> None:
    report(pair.one, "GZ2017-001", "甲报")
    hook = pair.server / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'cannot lock ref'; exit 1\n")
    hook.chmod(0o755)
    with pytest.raises(LedgerError, match="别人一直在推送"):
        pair.sync(pair.one, patience=0)


# -- a main branch that takes no direct pushes ----------------------------------------------------


def branches(pair: Pair) -> list[str]:
    return run_git(
        pair.server, "for-each-ref", "--format=%(refname:short)", "refs/heads/work"
    ).split()


@pytest.mark.parametrize("squash", [False, True])
def test_daily_work_goes_on_one_branch_until_it_is_merged(protected: Pair, squash: bool) -> None:
    before = protected.tip()
    report(protected.one, "GZ2017-001", "第一天")
    assert "work/one-2017-03-01" in protected.sync(protected.one).message
    protected.one.write_task(id="GZ2017-003", title="新的")
    protected.one.commit("第二天", "2017-03-02")
    protected.sync(protected.one)
    assert branches(protected) == ["work/one-2017-03-01"]
    assert protected.tip() == before
    assert protected.tip("work/one-2017-03-01") == protected.one.git("rev-parse", "HEAD").strip()

    protected.merge("work/one-2017-03-01", squash=squash)
    done = protected.sync(protected.one)
    assert not done.plan.sends()
    assert protected.one.git("rev-parse", "HEAD").strip() == protected.tip()
    assert protected.one.git("status", "--porcelain") == ""
    assert len(protected.one.load().tasks) == 3


def test_work_after_a_squash_merge_is_not_doubled(protected: Pair) -> None:
    report(protected.one, "GZ2017-001", "第一天")
    protected.sync(protected.one)
    protected.merge("work/one-2017-03-01", squash=True)
    report(protected.one, "GZ2017-001", "第二天", "2017-02-20")
    done = protected.sync(protected.one)
    assert done.plan.sent is not None
    assert [each.id for each in done.plan.sent.tasks] == ["GZ2017-001"]
    entries = [each["text"] for each in task(protected.one, "GZ2017-001")["progress"]]
    assert entries == ["启动", "第一天", "第二天"]


def test_what_is_committed_meanwhile_is_not_left_behind(protected: Pair) -> None:
    report(protected.one, "GZ2017-001", "甲报")
    protected.sync(protected.one)
    protected.merge("work/one-2017-03-01")
    two = protected.two
    report(two, "GZ2017-001", "乙报")
    texts = iter(["同时又报", ""])

    def interrupting(plan: SyncPlan) -> str:
        if text := next(texts):
            report(two, "GZ2017-002", text)
        return "说明"

    done = sync(two.open(), TODAY, "乙", interrupting, {})
    assert done.attempts == 2
    assert done.plan.commits == 3  # two reports and the merge
    assert two.git("status", "--porcelain") == ""
    assert protected.tip("work/two-2017-03-01") == two.git("rev-parse", "HEAD").strip()
    assert [each["text"] for each in task(two, "GZ2017-002")["progress"]] == ["同时又报"]
