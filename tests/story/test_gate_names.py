"""The gate against names: those no clone can check out, and those that are another's elsewhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.model.problem import ERROR, WARNING
from ledger.usecases.checking.worktree import check_worktree
from tests.conftest import LedgerFolder
from tests.story.judges import (
    audited,
    checked,
    let_in_by_all,
    lines,
    opened,
    push,
    refused,
    refused_by_all,
)
from tests.story.proven import PROOF, TODAY, WORKING
from tests.story.test_gate_people import empty_server
from tests.story.transports import Connect, attacks
from tests.story.trees import file, folder_of, link, put, same_tree, submodule, tree

pytestmark = pytest.mark.xdist_group("gates")

Act = Callable[[LedgerFolder], object]
EVIDENCE = "data/evidence/ZG2020-003"
COMPOSED = unicodedata.normalize("NFC", "é.txt")
DECOMPOSED = unicodedata.normalize("NFD", "é.txt")


@pytest.fixture
def clone(proven: LedgerFolder) -> LedgerFolder:
    return proven


def added(*paths: str) -> Act:
    """Files with something in each, committed."""

    def act(folder: LedgerFolder) -> None:
        for path in paths:
            folder.write(path, path)
        folder.commit("添")

    return act


def becomes_link(folder: LedgerFolder) -> None:
    """What was a file before is a link, under its old name."""
    folder.write(".gitignore", "x")
    folder.commit("忽略")
    assert push(folder).returncode == 0
    folder.git("fetch", "--quiet", "origin")
    (folder.root / ".gitignore").unlink()
    (folder.root / ".gitignore").symlink_to("x")
    folder.commit("换成链接")


def gone_again(folder: LedgerFolder) -> None:
    """What was brought is not there any more, and something else is."""
    folder.write(f"{EVIDENCE}/材料.TXT", "x")
    folder.commit("多一份")
    (folder.root / f"{EVIDENCE}/材料.TXT").unlink()
    folder.write("data/Tasks/x.txt", "x")
    folder.commit("又换")


NAMES: dict[str, Act] = {
    "a file as if it were a folder": file("", "zz/"),
    "git's own folder, a slash behind": file("", ".git/"),
    "a folder with a slash behind": folder_of("data", "zz/", "x"),
    "a submodule with a slash behind": submodule("", "zz/"),
    "the folder itself": file("", "./"),
    "the folder above": file("", "../"),
    "a slash before": file("", "/etc"),
    "git's own folder, slashes turned": file("", "x\\.git\\config"),
    "256 letters": file("data/evidence", "z" * 256),
    "86 Chinese characters": folder_of("data/evidence", "材" * 86, "x"),
    "modules a link": link("", ".gitmodules"),
    "modules a link, below": link("data/evidence", ".GitModules"),
    "attributes a link": link("data", ".gitattributes"),
    "what is ignored a link": becomes_link,
    "the mail map a link": link("", ".mailmap"),
    "a path on Windows": file("", "data\\tasks\\ZG2020\\ZG2020-001.yaml"),
    "a path below": file("data/evidence", "ZG2020-003\\材料.txt"),
    "a path beside": file("", "说明\\x.txt"),
    "tasks, a dot behind": same_tree("data", "tasks.", "data/tasks"),
    "tasks, a blank behind": same_tree("data", "tasks ", "data/tasks"),
    "tasks as a stream": same_tree("data", "tasks::$INDEX_ALLOCATION", "data/tasks"),
    "tasks with a long s": same_tree("data", "ta\u017fks", "data/tasks"),
    "data, a dot behind": folder_of("", "data.", "x"),
    "ledger.yaml, a dot behind": file("", "ledger.yaml."),
    "ledger.yaml as a stream": file("", "ledger.yaml::$DATA"),
    "ledger.yaml with a mark that is not drawn": file("", "ledger\u200c.yaml"),
    "evidence in another case": folder_of("data/evidence", "zg2020-003", "材料.txt"),
    "one file of evidence in another case": added(f"{EVIDENCE}/材料.TXT"),
    "evidence, a dot behind": added(f"{EVIDENCE}/材料.txt."),
    "both brought together": added(f"{EVIDENCE}/{COMPOSED}", f"{EVIDENCE}/{DECOMPOSED}"),
    "two templates of one name": added("templates/a.j2", "templates/A.j2"),
    "in place of another": gone_again,
}


@pytest.mark.parametrize(("case", "kind"), attacks(NAMES))
def test_no_such_name(case: str, kind: str, clone: LedgerFolder, connect: Connect) -> None:
    NAMES[case](clone)
    connect(clone, kind, clone.root.parent / "server.git")
    refused_by_all(clone, "T001", TODAY, by=kind)


def test_it_is_said_once_and_plainly(clone: LedgerFolder) -> None:
    """A whole folder is one word, and it names what it would cover."""
    same_tree("data", "Tasks", "data/tasks")(clone)
    (problem,) = [each for each in checked(clone, TODAY) if each.severity == ERROR]
    assert (problem.path, "data/tasks" in problem.message) == ("data/Tasks", True)
    clone.git("reset", "--quiet", "--hard", "HEAD~1")
    folder_of("data/evidence", "zg2020-003", "材料.txt")(clone)
    (problem,) = [each for each in checked(clone, TODAY) if each.severity == ERROR]
    assert (problem.path, EVIDENCE in problem.message) == ("data/evidence/zg2020-003", True)


def test_two_that_meet_in_the_merge(clone: LedgerFolder) -> None:
    """Neither branch has two; the merge has."""
    clone.git("branch", "own")
    clone.write(f"{EVIDENCE}/会议.PDF", "x")
    clone.commit("主分支")
    assert push(clone).returncode == 0
    clone.git("fetch", "--quiet", "origin")
    clone.git("switch", "--quiet", "own")
    clone.write(f"{EVIDENCE}/会议.pdf", "y")
    clone.commit("自己的")
    (problem,) = [each for each in checked(clone, TODAY) if each.severity == ERROR]
    assert (problem.code, problem.merged) == ("T001", True)
    clone.git("merge", "--quiet", "--no-ff", "origin/main")
    refused_by_all(clone, "T001", TODAY)


# -- honest work -------------------------------------------------------------------------------


def in_another_case(folder: LedgerFolder) -> None:
    path = PROOF.format(2).replace("txt", "TXT")
    folder.git("mv", PROOF.format(2), path)
    folder.write_task(**WORKING | {"evidence": [WORKING["evidence"][0] | {"path": path}]})
    folder.commit("改名")


HONEST: dict[str, Act] = {
    "blanks and dots inside": added(
        f"{EVIDENCE}/第 1 次 会议.v1.2 定稿.txt", f"{EVIDENCE}/..附件.txt"
    ),
    "full width and half width": added(f"{EVIDENCE}/材料（一）.txt", f"{EVIDENCE}/材料(一).txt"),
    "times of day": added(f"{EVIDENCE}/12:30 会议.txt", f"{EVIDENCE}/12:45 会议.txt"),
    "85 Chinese characters": added(f"{EVIDENCE}/{'材' * 85}"),
    "names that begin like the ledger's": added("ledger.yaml.bak", "data/tasks.md"),
    "a cedilla and none": added(f"{EVIDENCE}/ç.txt", f"{EVIDENCE}/c.txt"),
    "two cases beside the ledger": added("docs/a.md", "docs/A.md"),
    "what git is told": added(".gitignore", "data/.gitattributes"),
    "one renamed in case": in_another_case,
}


@pytest.mark.parametrize("case", HONEST)
def test_honest_names(case: str, clone: LedgerFolder) -> None:
    HONEST[case](clone)
    let_in_by_all(clone, TODAY)


OLD: dict[str, Act] = {
    "two cases": added(f"{EVIDENCE}/材料.TXT"),
    "a folder in two cases": added("data/evidence/zg2020-003/材料.txt"),
    "a backslash": added(f"{EVIDENCE}/附件\\材料.txt"),
    "a blank behind": added(f"{EVIDENCE}/材料.txt "),
}


@pytest.mark.parametrize("case", OLD)
def test_old_evidence_stays_as_it_is(case: str, clone: LedgerFolder, tmp_path: Path) -> None:
    """Of a first push, and under a later one."""
    OLD[case](clone)
    clone.git("remote", "set-url", "origin", str(empty_server(tmp_path)))
    done = push(clone)
    assert done.returncode == 0, done.stderr
    clone.git("fetch", "--quiet", "origin")
    clone.write(f"{EVIDENCE}/更多.txt", "x")
    clone.commit("更多")
    let_in_by_all(clone, TODAY)


def test_what_was_let_in_long_ago_keeps_nobody_from_work(clone: LedgerFolder) -> None:
    file("data/evidence", ".git ")(clone)
    server = str(clone.root.parent / "server.git")
    clone.git("-C", server, "fetch", "--quiet", str(clone.root), "HEAD:refs/heads/old")
    clone.git("-C", server, "update-ref", "refs/heads/main", "refs/heads/old")
    clone.git("fetch", "--quiet", "origin")
    file("data/evidence", "更多.txt")(clone)
    let_in_by_all(clone, TODAY)


@pytest.mark.parametrize(
    "case", ["git's own folder, a slash behind", "ledger.yaml, a dot behind", "modules a link"]
)
def test_a_first_push_is_no_way_in(case: str, clone: LedgerFolder, tmp_path: Path) -> None:
    NAMES[case](clone)
    clone.git("remote", "set-url", "origin", str(empty_server(tmp_path)))
    refused(push(clone), "T001")


# -- commits that git itself cannot read -------------------------------------------------------


a_nameless_file = file("", "")


def a_blob_as_folder(folder: LedgerFolder) -> None:
    blob = folder.git("hash-object", "-w", "--stdin", stdin=b"bar").strip()
    put(folder, "data/evidence", "40000", b"zz", blob)


def no_folder_there(folder: LedgerFolder) -> None:
    put(folder, "data", "40000", b"zz", "12" * 20)


def no_mode(folder: LedgerFolder) -> None:
    blob = folder.git("hash-object", "-w", "--stdin", stdin=b"bar").strip()
    put(folder, "data/evidence", "1006x4", b"zz", blob)


def a_nameless_folder(folder: LedgerFolder) -> None:
    put(folder, "data/evidence", "40000", b"", tree(folder, []))


BROKEN = [a_nameless_file, a_nameless_folder, a_blob_as_folder, no_folder_there, no_mode]


@pytest.mark.parametrize("act", BROKEN)
@pytest.mark.parametrize(
    "ask", [lambda clone: checked(clone, TODAY), audited], ids=["check", "audit"]
)
def test_it_is_said_in_chinese(
    act: Act, ask: Callable[[LedgerFolder], object], clone: LedgerFolder
) -> None:
    act(clone)
    with pytest.raises(LedgerError) as raised:
        ask(clone)
    in_plain_words(raised.value)


@pytest.mark.parametrize("act", BROKEN)
def test_the_working_tree_may_be_sound(act: Act, clone: LedgerFolder) -> None:
    """What is not looked at is no matter; a plain check looks at no commit."""
    act(clone)
    with opened(clone) as ledger:
        problems = check_worktree(ledger, TODAY).problems
    assert not [each for each in problems if each.severity == ERROR]
    try:
        assert not [each for each in checked(clone, TODAY, "") if each.severity == ERROR]
    except LedgerError as error:
        in_plain_words(error)


def in_plain_words(error: LedgerError) -> None:
    assert "提交里有一个文件" in error.message
    assert not [each for each in ("fatal", "tree", "Object") if each in error.message]


# -- what says how the ledger is judged --------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "CODEOWNERS",
        "docs/CODEOWNERS",
        ".gitea/CODEOWNERS",
        "Docs/CodeOwners",
        ".lfsconfig",
        ".GitAttributes",
        "data/evidence/.GITATTRIBUTES",
        "Allowed_Signers",
        "allowed_signers.",
        ".MailMap",
        "Templates/x.j2",
        "templates /x.j2",
        ".GitHub/workflows/x.yml",
    ],
)
def test_it_is_told_that_the_rules_change(path: str, clone: LedgerFolder) -> None:
    clone.write(path, "# x\n")
    clone.commit("规矩")
    problems = checked(clone, TODAY)
    assert [(each.code, each.severity, each.path) for each in problems] == [
        ("C013", WARNING, path)
    ], lines(problems)


@pytest.mark.parametrize("path", ["docs/readme.md", "docs/CODEOWNERS.md", "x/CODEOWNERS", "x.j2"])
def test_other_files_are_no_rules(path: str, clone: LedgerFolder) -> None:
    clone.write(path, "# x\n")
    clone.commit("说明")
    assert checked(clone, TODAY) == ()
