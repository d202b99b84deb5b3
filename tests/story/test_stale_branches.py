"""Two branches, each as it should be, that are not so together: the result of the merge is judged.

Every case is asked three times, and the answers must be the same: of `check --base`, of `ledger
merge`, and of a server with the gate to which git's own merge is pushed.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ledger.cli.app import run
from ledger.errors import LedgerError
from ledger.model.problem import ERROR, Problem
from ledger.usecases.checking.check import check_between
from ledger.usecases.closing.merge_branch import examine_branch, merge
from tests.conftest import CONFIG, SOURCES, LedgerFolder, run_git, task_data
from tests.copying import compact, copy_folder
from tests.forking import gated
from tests.story.test_records import digest

pytestmark = pytest.mark.xdist_group("stale")  # one server for all, made once

TODAY = dt.date(2017, 3, 1)
READY, WORK, CANCELLED, DONE = (f"GZ2017-00{number}" for number in (1, 2, 3, 4))
HELD, OLD = "DZH-1", "DZH-0"
PROOF = {"name": "清单", "path": "data/evidence/a.txt"}
PROOF["sha256"] = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"  # of "foo"
DRAFT = PROOF | {"path": "data/evidence/b.txt"}
ROUND = {
    "applied": {"date": "2017-02-02", "by": "联络员", "summary": "已完成"},
    "reviewed": {"date": "2017-02-03", "by": "巡视办", "opinion": "同意"},
}
BASIS = {"decision": HELD, "date": "2017-02-25"}
LOG = [{"date": "2017-02-01", "by": "联络员", "text": "已部署"}]
TASKS: dict[str, dict[str, Any]] = {
    READY: {"status": "待上会", "closing": ROUND, "evidence": [PROOF]},
    WORK: {"progress": LOG},
    CANCELLED: {"progress": LOG},
    DONE: {"status": "已销号", "closing": ROUND | BASIS, "evidence": [PROOF]},
}
MEMBERS = [f"委员{number}" for number in range(8)]


def data_of(task: str, **fields: Any) -> dict[str, Any]:
    data = task_data({"id": task} | TASKS.get(task, {}) | fields)
    return json.loads(json.dumps(data))  # type: ignore[no-any-return] - nothing is shared


def meeting(name: str, day: str, **results: str) -> dict[str, Any]:
    votes = {"for": 8, "against": 0, "abstain": 0}
    items = [
        {"task": task, "result": result, "votes": votes, "digest": digest(data_of(task))}
        for task, result in results.items()
    ]
    head = {"id": name, "body": "党组会", "date": day, "chair": "委员0", "due_members": 9}
    return json.loads(json.dumps(head | {"present": MEMBERS, "items": items}))  # type: ignore[no-any-return]


class Clone(LedgerFolder):
    """A clone of the server; `work` is its branch, begun where the ledger was."""

    def task(self, task: str, **fields: Any) -> None:
        place = self.path(task).relative_to(self.root)
        self.write(str(place), data_of(task, **fields))

    def record(self, name: str, day: str, folder: str = "2017", **results: str) -> None:
        self.write(f"data/decisions/{folder}/{name}.yaml", meeting(name, day, **results))

    def settings(self, **fields: Any) -> None:
        self.write("ledger.yaml", CONFIG | fields)

    def close(self, date: str = "2017-02-25") -> None:
        self.task(READY, status="已销号", closing=ROUND | BASIS | {"date": date})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Clone(tmp_path_factory.mktemp("stale") / "first")
    folder.root.mkdir()
    run_git(folder.root, "init", "--quiet", "--initial-branch=main")
    identify(folder.root)
    folder.settings()
    for source in (*SOURCES, {"id": "GZ2018", "title": "要点", "kind": "工作要点", "year": 2018}):
        folder.write(f"data/sources/{source['id']}.yaml", source)
    for task in TASKS:
        folder.task(task)
    for proof in (PROOF, DRAFT):
        folder.write(proof["path"], "foo")
    folder.write(".gitattributes", "data/**/*.yaml merge=ledger\nledger.yaml merge=ledger\n")
    folder.record(OLD, "2017-02-20", **{CANCELLED: "同意中止"})
    folder.record(HELD, "2017-02-20", **{READY: "同意销号", DONE: "同意销号"})
    folder.commit("旧台账")
    made = folder.root.parent / "server.git"
    run_git(folder.root, "clone", "--quiet", "--bare", ".", str(made))
    gated(made)
    return made


def identify(folder: Path, email: str = "office@example.com") -> None:
    run_git(folder, "config", "user.name", "巡视办")
    run_git(folder, "config", "user.email", email)


@pytest.fixture(scope="module")
def _world(server: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server of one's own and a clone of it, to be copied."""
    world = tmp_path_factory.mktemp("world")
    run_git(world, "clone", "--quiet", "--bare", str(server), "server.git")
    gated(world / "server.git")
    run_git(world, "clone", "--quiet", "server.git", "clone")
    identify(world / "clone")
    run_git(world / "clone", "branch", "work")
    compact(world / "clone", world / "server.git")
    return world


@pytest.fixture
def clone(_world: Path, tmp_path: Path) -> Clone:
    copy_folder(_world, tmp_path)
    config = tmp_path / "clone/.git/config"
    config.write_text(config.read_text("utf-8").replace(str(_world), str(tmp_path)), "utf-8")
    return Clone(tmp_path / "clone")


Act = Callable[[Clone], None]


class Case(NamedTuple):
    """What happens on the main branch, and on `work`; the codes that their merge breaks."""

    main: Act
    work: Act
    codes: set[str]
    merges: bool = True  # whether plain git can merge it


def nothing(clone: Clone) -> None:
    clone.write("说明.md", "别的事\n")


def closes(clone: Clone) -> None:
    clone.close()


def applies(clone: Clone) -> None:
    closing = {"applied": {"date": "2017-02-26", "by": "联络员", "summary": "已完成"}}
    clone.task(WORK, status="申请销号", closing=closing, evidence=[DRAFT])


def refused_later(clone: Clone) -> None:
    clone.record("DZH-2", "2017-02-26", **{READY: "不同意"})


def nine_of_nine(clone: Clone) -> None:
    default = {
        "bodies": ["党组会"],
        "quorum": {"at_least": "1/2"},
        "approval": {"more_than": "8/9"},
    }
    clone.settings(policies={"closing": {"default": default}})


def draft_deleted(clone: Clone) -> None:
    (clone.root / DRAFT["path"]).unlink()


def title_rewritten(clone: Clone) -> None:
    clone.task(READY, title="年底前完成检查")


def returned(clone: Clone) -> None:
    entry = {"date": "2017-02-26", "by": "巡视办", "text": "材料不全", "event": "退回"}
    clone.task(READY, status="推进中", progress=[entry])


def closes_otherwise(clone: Clone) -> None:
    clone.close("2017-02-26")


def cancels(clone: Clone) -> None:
    basis = {"closing": {"decision": OLD, "date": "2017-02-26"}}
    clone.task(CANCELLED, status="已中止", **basis)


def new_task(clone: Clone) -> None:
    clone.task("GZ2017-009")


def same_id_elsewhere(clone: Clone) -> None:
    data = data_of("GZ2017-009", source="ZG2020", kind="巡视整改", due=None)
    clone.write("data/tasks/ZG2020/GZ2017-009.yaml", data)


def department_gone(clone: Clone) -> None:
    clone.settings(departments=[each for each in CONFIG["departments"] if each["name"] != "条法司"])


def for_that_department(clone: Clone) -> None:
    clone.task("GZ2017-010", lead=["条法司"])


def source_gone(clone: Clone) -> None:
    (clone.root / "data/sources/GZ2018.yaml").unlink()


def of_that_source(clone: Clone) -> None:
    clone.task("GZ2018-001", due=None)


def meets(clone: Clone) -> None:
    clone.record("DZH-9", "2017-02-24", **{WORK: "继续整改"})


def meets_too(clone: Clone) -> None:
    clone.record("DZH-9", "2017-02-23", folder="会议", **{CANCELLED: "继续整改"})


def reports(text: str) -> Act:
    def act(clone: Clone) -> None:
        entry = {"date": "2017-02-27", "by": "联络员", "text": text}
        clone.task(WORK, progress=[*LOG, entry])

    return act


def links(clone: Clone) -> None:
    clone.task(WORK, links=[{"rel": "源自", "id": CANCELLED}])


CASES = {
    "nothing to do with one another": Case(nothing, closes, set()),
    "a closing, and another task is new": Case(new_task, closes, set()),
    "both closed it, in the same words": Case(closes, closes, set()),
    "two reports on one task": Case(reports("已过半"), reports("已验收"), set(), merges=False),
    "a later meeting refused": Case(refused_later, closes, {"C003", "D002"}),
    "the vote has to be unanimous now": Case(nine_of_nine, closes, {"C003", "D002"}),
    "its evidence was deleted": Case(draft_deleted, applies, {"T007"}),
    "what the meeting saw was rewritten": Case(title_rewritten, closes, {"C004"}),
    "it was sent back": Case(returned, closes, {"T001"}, merges=False),
    "both closed it, on two days": Case(closes_otherwise, closes, {"T001"}, merges=False),
    "a second task of the same id": Case(new_task, same_id_elsewhere, {"T010"}),
    "its department was taken off the list": Case(department_gone, for_that_department, {"T004"}),
    "its source was deleted": Case(source_gone, of_that_source, {"T005"}),
    "two meetings of one id": Case(meets, meets_too, {"D008"}),
}


def errors(problems: tuple[Problem, ...]) -> set[str]:
    return {each.code for each in problems if each.severity == ERROR}


def checked(clone: Clone, base: str, head: str) -> tuple[Problem, ...]:
    opened = clone.open()
    try:
        return check_between(opened, base, head, TODAY).problems
    finally:
        opened.cache.close()


def play(clone: Clone, case: Case) -> None:
    """Both sides do their part; the main branch's is at the server already."""
    identify(clone.root, "other@example.com")
    case.main(clone)
    clone.commit("主分支")
    clone.git("push", "--quiet", "--force", "origin", "HEAD:refs/heads/sent")
    clone.git("fetch", "--quiet", "origin")
    server = clone.root.parent / "server.git"
    run_git(server, "update-ref", "refs/heads/main", clone.git("rev-parse", "main").strip())
    clone.git("fetch", "--quiet", "origin")
    clone.git("switch", "--quiet", "work")
    identify(clone.root)
    case.work(clone)
    clone.commit("分支")
    clone.git("switch", "--quiet", "main")
    identify(clone.root, "second@example.com")


def pushed(clone: Clone) -> set[str]:
    done = subprocess.run(
        ["git", "push", "origin", "HEAD:refs/heads/main"],
        cwd=clone.root,
        capture_output=True,
        text=True,
        check=False,
    )
    codes = set(re.findall(r"\b[TDCSH]\d{3}\b", done.stderr))
    assert bool(codes) == (done.returncode != 0), done.stderr
    return codes


def merged_by_git(clone: Clone) -> bool:
    command = ["git", "merge", "--quiet", "--no-ff", "--no-edit", "work"]
    done = subprocess.run(command, cwd=clone.root, capture_output=True, check=False)
    if done.returncode:
        clone.git("merge", "--abort")
    return done.returncode == 0


@pytest.mark.parametrize("name", CASES)
def test_one_verdict(name: str, clone: Clone) -> None:
    case = CASES[name]
    play(clone, case)
    begun = clone.git("merge-base", "main", "work").strip()
    assert errors(checked(clone, begun, "main")) == set(), "the main branch alone"
    assert errors(checked(clone, begun, "work")) == set(), "the branch alone"
    problems = checked(clone, "main", "work")
    assert errors(problems) == case.codes
    merged = merged_by_ledger(clone, case)
    assert merged_by_git(clone) == case.merges
    if case.merges:
        assert pushed(clone) == case.codes
        assert merged in ("", clone.git("rev-parse", "HEAD^{tree}"))
    elif merged:
        assert [each.code for each in problems if each.merged] == ["T001"]  # as a remark
        clone.git("reset", "--quiet", "--hard", "by-meaning")
        assert pushed(clone) == set()


def merged_by_ledger(clone: Clone, case: Case) -> str:
    """The tree that `ledger merge` makes, kept as `by-meaning`; empty when it refuses."""
    work = clone.git("rev-parse", "work").strip()
    opened = clone.open()
    try:
        merging = examine_branch(opened, "work", TODAY, local=True)
        assert errors(merging.problems) == case.codes
        if case.codes:
            with pytest.raises(LedgerError, match="没有通过检查"):
                merge(opened, merging, "第二人")
            return ""
        merge(opened, merging, "第二人")
    finally:
        opened.cache.close()
    tree = clone.git("rev-parse", "HEAD^{tree}")
    clone.git("branch", "by-meaning")
    clone.git("branch", "--force", "work", work)
    clone.git("reset", "--quiet", "--hard", "origin/main")
    return tree


# -- merges that say something else than both sides -------------------------------------------


def evil(clone: Clone, change: Act, *options: str) -> None:
    """A merge of `work` into the main branch by hand, with something slipped in."""
    clone.git("merge", "--quiet", "--no-ff", "--no-commit", *options, "work")
    change(clone)
    clone.commit("合并")


def revived(clone: Clone) -> None:
    """What was cancelled meanwhile is as it was when the branch began."""
    clone.task(CANCELLED)


def revived_alone(clone: Clone) -> None:
    """Its status alone; the meeting that cancelled it stays where it is."""
    clone.task(CANCELLED, closing={"decision": OLD, "date": "2017-02-26"})


def approval_restored(clone: Clone) -> None:
    (clone.root / "data/decisions/2017/DZH-2.yaml").unlink()


EVIL = {
    "a closing slipped in": (Case(nothing, applies, set()), closes, {"H001"}),
    "a cancelled task revived": (Case(cancels, applies, set()), revived, {"C001", "C010"}),
    "its status alone": (Case(cancels, applies, set()), revived_alone, {"C001"}),
    "a refusal left out": (Case(refused_later, applies, set()), approval_restored, {"C011"}),
}


@pytest.mark.parametrize("name", EVIL)
def test_a_merge_is_judged_by_what_it_is(name: str, clone: Clone) -> None:
    """Not by what it would be if git had made it; and not by where it comes from."""
    case, change, codes = EVIL[name]
    play(clone, case)
    assert errors(checked(clone, "main", "work")) == set()
    evil(clone, change)
    assert pushed(clone) == codes
    asked = errors(checked(clone, "origin/main", "HEAD"))
    assert asked == codes - {"H001"}  # who merges is not known before


@pytest.mark.parametrize("way", ["onto main", "onto the branch", "foxtrot"])
def test_a_merge_with_an_old_commit_of_main_revives_nothing(way: str, clone: Clone) -> None:
    """`-s ours` from before the cancellation: it differs from one parent, not from the other."""
    play(clone, Case(cancels, nothing, set()))
    clone.git("branch", "begun", clone.git("merge-base", "main", "work").strip())
    if way == "onto main":
        evil(clone, revived)
    else:
        clone.git("switch", "--quiet", "--detach", "work")
        clone.git("merge", "--quiet", "--strategy=ours", "--no-edit", "main")
        if way == "onto the branch":  # and from there to the main branch in the usual way
            clone.git("branch", "--force", "work")
            clone.git("switch", "--quiet", "main")
            clone.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    assert pushed(clone) == {"C001", "C010"}
    assert errors(checked(clone, "origin/main", "HEAD")) == {"C001", "C010"}


def test_a_closing_behind_a_foxtrot_merge(clone: Clone) -> None:
    """The branch first, the main branch second: the main line would run over the branch."""
    play(clone, Case(new_task, closes, set()))
    clone.git("switch", "--quiet", "--detach", "work")
    clone.git("merge", "--quiet", "--no-edit", "main")
    assert pushed(clone) == {"H001"}


def test_another_history_is_merged_in(clone: Clone) -> None:
    play(clone, Case(nothing, nothing, set()))
    clone.git("switch", "--quiet", "--orphan", "other")
    clone.write("别处.md", "别处的历史\n")
    clone.commit("别处的开头")
    clone.git("switch", "--quiet", "main")
    problems = checked(clone, "main", "other")
    assert errors(problems) >= {"H004"}
    assert any("没有共同的历史" in each.message for each in problems)
    clone.git("merge", "--quiet", "--no-edit", "--allow-unrelated-histories", "other")
    assert pushed(clone) == {"H004"}
    assert errors(checked(clone, "origin/main", "HEAD")) == {"H004"}


# -- where there is nothing to merge, or more than one beginning -------------------------------


def test_what_is_contained_already_has_nothing_to_merge(clone: Clone) -> None:
    play(clone, Case(nothing, nothing, set()))
    begun = clone.git("merge-base", "main", "work").strip()
    for base, head in (("main", "main"), ("main", begun)):
        assert checked(clone, base, head) == ()


def crossed(clone: Clone) -> None:
    """Both sides took in the other's first commit, each in a merge of its own."""
    play(clone, Case(cancels, new_task, set()))
    clone.git("branch", "first-main", "main")
    clone.git("merge", "--quiet", "--no-ff", "--no-edit", "work")
    clone.git("switch", "--quiet", "work")
    clone.git("merge", "--quiet", "--no-ff", "--no-edit", "first-main")
    clone.git("switch", "--quiet", "main")
    assert len(clone.git("merge-base", "--all", "main", "work").split()) == 2


def test_lines_that_have_crossed(clone: Clone) -> None:
    """What the main branch did is not held against the branch; what the branch does, is."""
    crossed(clone)
    clone.git("update-ref", "refs/remotes/origin/main", "main")
    clone.settings(organisation="另一局")
    clone.commit("主分支")
    clone.git("switch", "--quiet", "work")
    clone.close()
    clone.commit("销号")
    assert errors(checked(clone, "main", "work")) == set()
    clone.git("switch", "--quiet", "main")
    refused_later(clone)
    clone.commit("又开会")
    assert errors(checked(clone, "main", "work")) == {"C003", "D002"}


@pytest.mark.parametrize("depth", [1, 2])
def test_a_shallow_clone_is_told_how_to_get_the_rest(
    depth: int, clone: Clone, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    play(clone, Case(nothing, closes, set()))
    for branch in ("main", "work"):
        clone.git("switch", "--quiet", branch)
        for number in range(3):
            clone.write(f"{branch}.md", str(number))
            clone.commit()
    clone.git(
        "push", "--quiet", "--force", "origin", "main:refs/heads/base", "work:refs/heads/work"
    )
    shallow = tmp_path / "shallow"
    address = f"file://{tmp_path / 'server.git'}"
    run_git(
        tmp_path,
        "clone",
        "--quiet",
        f"--depth={depth}",
        "--no-single-branch",
        address,
        shallow.name,
    )
    command = ["-C", str(shallow), "check", "--base", "origin/base", "--head", "origin/work"]
    assert run(command) == 1
    message = capsys.readouterr().err
    assert "浅克隆" in message
    assert "ledger doctor --fix" in message
    assert "GIT_DEPTH: 0" in message
    run_git(shallow, "fetch", "--quiet", "--unshallow")
    assert run(["--today", "2017-03-01", *command]) == 0


# -- what is said of it -----------------------------------------------------------------------


def told(clone: Clone, form: str, capsys: pytest.CaptureFixture[str]) -> str:
    where = ["-C", str(clone.root), "--today", "2017-03-01"]
    assert run([*where, "check", "--base", "main", "--head", "work", "--format", form]) == 1
    return capsys.readouterr().out


def test_every_form_tells_what_only_the_merge_has(
    clone: Clone, capsys: pytest.CaptureFixture[str]
) -> None:
    play(clone, CASES["a later meeting refused"])
    outputs = {
        form: told(clone, form, capsys) for form in ("text", "json", "github", "sarif", "junit")
    }
    for form, text in outputs.items():
        assert "和主分支合并以后：" in text, form
        assert "请先取回主分支（ledger sync）" in text, form
    problems = json.loads(outputs["json"])["problems"]
    assert {each["merged"] for each in problems if each["code"] == "C003"} == {True}
    (run_of_it,) = json.loads(outputs["sarif"])["runs"]
    assert {each["properties"]["merged"] for each in run_of_it["results"]} == {True}


def test_a_conflict_names_its_files(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    play(clone, CASES["it was sent back"])
    output = told(clone, "text", capsys)
    assert f"data/tasks/GZ2017/{READY}.yaml：T001 和主分支合不到一起：两边改了同一处" in output
    assert "请先取回主分支（ledger sync）" in output


def test_remarks_on_the_rules_of_the_game_without_any_closing(clone: Clone) -> None:
    """In the branch itself, and by what the merge makes of two changes of them."""
    files = [
        "allowed_signers",
        ".gitattributes",
        "templates/weekly.md.j2",
        ".github/workflows/a.yml",
    ]

    def touches(clone: Clone) -> None:
        clone.settings(organisation="另一局")
        for path in files:
            clone.write(path, "x\n")

    def goes_on(clone: Clone) -> None:
        clone.settings(departments=[*CONFIG["departments"], {"name": "新设处"}])

    play(clone, Case(nothing, touches, set()))
    problems = checked(clone, "main", "work")
    assert {each.path for each in problems if each.code == "C013"} == {*files, "ledger.yaml"}
    assert {each.merged for each in problems} == {False}
    goes_on(clone)
    clone.commit("主分支")
    problems = checked(clone, "main", "work")
    assert {each.path for each in problems if each.code == "C013"} >= {*files, "ledger.yaml"}
