"""The gate against what git allows: odd trees, merges that undo, other roots, and signers.

Odd names have their own tests (`test_gate_names`).
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.app import run
from tests.conftest import CONFIG, LedgerFolder, run_git
from tests.story.judges import audited, checked, let_in_by_all, push, refused, refused_by_all
from tests.story.proven import BOTH, PHONE, TODAY, WORKING, task
from tests.story.transports import KINDS, Connect, attacks
from tests.story.trees import file, put, same_tree, tree
from tests.turns import LONG

pytestmark = pytest.mark.xdist_group("story")

LOG = [{"date": "2020-12-30", "by": "联络员", "text": "已印发"}]


@pytest.fixture
def clone(proven: LedgerFolder) -> LedgerFolder:
    return proven


# -- merges ------------------------------------------------------------------------------------


def committed(folder: LedgerFolder, revision: str, *parents: str) -> None:
    """Let HEAD be a commit with the tree of another one."""
    sides = [part for each in parents for part in ("-p", each)]
    of = folder.git("rev-parse", f"{revision}^{{tree}}").strip()
    made = folder.git("commit-tree", of, *sides, "-m", "合并").strip()
    folder.git("update-ref", "HEAD", made)
    folder.git("reset", "--quiet", "--hard")


def another_root(folder: LedgerFolder) -> None:
    root = folder.git("commit-tree", "HEAD^{tree}", "-m", "另一个开头").strip()
    committed(folder, "HEAD", "HEAD", root)


def another_root_first(folder: LedgerFolder) -> None:
    root = folder.git("commit-tree", "HEAD^{tree}", "-m", "另一个开头").strip()
    committed(folder, "HEAD", root, "HEAD")


def empty_root(folder: LedgerFolder) -> None:
    root = folder.git("commit-tree", tree(folder, []), "-m", "另一个开头").strip()
    committed(folder, "HEAD", "HEAD", root)


def secret_of_another_root(folder: LedgerFolder) -> None:
    folder.write("data/sources/X.yaml", f"id: X\ntitle: 甲\nkind: 巡视整改\nnote: {PHONE}\n")
    folder.git("add", "--all")
    root = folder.git("commit-tree", folder.git("write-tree").strip(), "-m", "旧").strip()
    committed(folder, "HEAD", "HEAD", root)


def merge_that_takes_back_own_work(folder: LedgerFolder) -> None:
    """With an old commit of main as the other side, which has nothing of it."""
    folder.write_task(**WORKING, progress=LOG)
    folder.commit("进展")
    committed(folder, "HEAD~1", "HEAD", "HEAD~1")


def merge_that_takes_a_side_whole(folder: LedgerFolder) -> None:
    folder.git("switch", "--quiet", "-c", "side")
    folder.write("README.md", "另一版")
    folder.commit("旁")
    folder.git("switch", "--quiet", "main")
    folder.write_task(**WORKING, progress=LOG)
    folder.commit("进展")
    committed(folder, "side", "HEAD", "side")


def merge_that_revives(folder: LedgerFolder) -> None:
    """What was sent back is where it was before, as if nothing had been said against it."""
    back = {"date": "2020-12-30", "by": "整改办", "text": "材料不实", "event": "退回"}
    folder.write_task(**task(1, status="推进中", progress=[back]))
    folder.commit("退回")
    committed(folder, "HEAD~1", "HEAD", "HEAD~1")


def closing_by_a_foxtrot(folder: LedgerFolder) -> None:
    """The closing on the first-parent line, main brought in by a merge."""
    folder.git("switch", "--quiet", "-c", "own")
    basis = {"decision": "DZH-2020-30", "date": "2020-12-05"}
    folder.write_task(**task(1, status="已销号", closing=BOTH | basis))
    folder.commit("销号")
    folder.git("switch", "--quiet", "main")
    folder.write_task(**WORKING, progress=LOG)
    folder.commit("进展")
    assert push(folder).returncode == 0
    folder.git("switch", "--quiet", "own")
    folder.git("-c", "user.email=x@example.com", "merge", "--quiet", "--no-ff", "main")


CHEATS: dict[str, tuple[Callable[[LedgerFolder], None], str]] = {
    "two entries of one name": (file("data/evidence/ZG2020-003", "材料.txt"), "T001"),
    "a file called as a folder is": (file("data/evidence", "ZG2020-003"), "T001"),
    "a second folder of tasks": (same_tree("data", "tasks", "data/sources"), "T001"),
    "git's own folder": (file("data/evidence/ZG2020-003", ".git"), "T001"),
    "git's own folder at the top": (file("", ".GIT"), "T001"),
    "git's own folder on NTFS": (file("", "git~1"), "T001"),
    "git's own folder, a blank behind": (file("data/evidence", ".git "), "T001"),
    "git's own folder as a stream": (file("data/evidence", ".git::$INDEX_ALLOCATION"), "T001"),
    "git's own folder on HFS": (file("", ".g\u200cit"), "T001"),
    "a folder above": (file("data/evidence/ZG2020-003", ".."), "T001"),
    "tasks in another case": (same_tree("data", "Tasks", "data/tasks"), "T001"),
    "another ledger.yaml": (file("", "Ledger.yaml"), "T001"),
    "a task in another case": (file("data/tasks/ZG2020", "zg2020-002.yaml", b"id: x"), "T002"),
    "another root": (another_root, "H004"),
    "another root first": (another_root_first, "H004"),
    "an empty root": (empty_root, "H004"),
    "a secret of another root": (secret_of_another_root, "H004"),
    "a merge that takes back own work": (merge_that_takes_back_own_work, "C010"),
    "a merge that takes a side whole": (merge_that_takes_a_side_whole, "C010"),
    "a merge that revives": (merge_that_revives, "C010"),
}


@pytest.mark.parametrize(("case", "kind"), attacks(CHEATS))
def test_git_is_no_way_around(case: str, kind: str, clone: LedgerFolder, connect: Connect) -> None:
    cheat, code = CHEATS[case]
    cheat(clone)
    connect(clone, kind, clone.root.parent / "server.git")
    refused_by_all(clone, code, TODAY, by=kind)


@pytest.mark.parametrize("kind", KINDS if LONG else KINDS[-1:])
def test_other_names_are_no_way_around(kind: str, clone: LedgerFolder, connect: Connect) -> None:
    """A symbolic ref leads to main, a seal stays; a tag or a branch is anybody's own."""
    server = clone.root.parent / "server.git"
    run_git(server, "symbolic-ref", "refs/heads/master", "refs/heads/main")
    connect(clone, kind, server)
    assert run(["-C", str(clone.root), "seal", "2020"]) == 0
    assert push(clone, "refs/tags/seal/2020").returncode == 0
    clone.write_task(**task(1, status="已销号"))
    clone.commit("没有会议")
    refused(push(clone, "HEAD:refs/heads/master"), "C002")
    assert "封存一经推送" in push(clone, "+HEAD:refs/tags/seal/2020").stderr
    assert "封存一经推送" in push(clone, ":refs/tags/seal/2020").stderr
    assert "主分支不能删除" in push(clone, ":refs/heads/master").stderr
    assert push(clone, "HEAD:refs/tags/main").returncode == 0
    refused(push(clone, "HEAD:refs/heads/main"), "C002")
    assert push(clone, "HEAD:refs/heads/draft").returncode == 0


def test_a_foxtrot_hides_no_closing(clone: LedgerFolder) -> None:
    """How it is merged only the gate and the audit see."""
    closing_by_a_foxtrot(clone)
    refused(push(clone), "H001")
    assert "H001" in audited(clone)


def test_what_main_has_lost_no_merge_brings_back(clone: LedgerFolder) -> None:
    """The same merge, where main on the server has gone on already."""
    clone.write_task(**WORKING, progress=LOG)
    clone.commit("进展")
    assert push(clone).returncode == 0
    committed(clone, "HEAD~1", "HEAD", "HEAD~1")
    refused_by_all(clone, "C010", TODAY)


def test_a_template_whose_name_is_no_text(clone: LedgerFolder) -> None:
    blob = clone.git("hash-object", "-w", "--stdin", stdin="甲".encode()).strip()
    put(clone, "", "40000", b"templates", tree(clone, [("100644", b"\xff.md.j2", blob)]))
    (remark,) = checked(clone, TODAY)
    assert (remark.code, remark.severity) == ("C013", "warning")
    let_in_by_all(clone, TODAY)


def test_an_honest_pull_is_no_closing(clone: LedgerFolder) -> None:
    """A closing that another has merged comes along when its proposer merges main into his work."""
    git = clone.git
    git("switch", "--quiet", "-c", "close")
    basis = {"decision": "DZH-2020-30", "date": "2020-12-05"}
    clone.write_task(**task(1, status="已销号", closing=BOTH | basis))
    clone.commit("销号")
    git("switch", "--quiet", "main")
    start = git("rev-parse", "HEAD").strip()
    git("-c", "user.email=second@example.com", "merge", "--quiet", "--no-ff", "close")
    assert push(clone).returncode == 0
    git("switch", "--quiet", "-c", "own", start)
    clone.write_task(**WORKING, progress=LOG)
    clone.commit("进展")
    git("merge", "--quiet", "--no-ff", "origin/main")
    assert push(clone).returncode == 0
    assert audited(clone, start) == set()


# -- who may sign ------------------------------------------------------------------------------


@pytest.fixture
def signed(clone: LedgerFolder, tmp_path: Path) -> LedgerFolder:
    """The ledger asks that closings are signed, by the chief alone; the guest is at work."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen on this machine (see requirements/apt.txt)")
    for name in ("chief", "guest"):
        making = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", tmp_path / name)
        subprocess.run(making, check=True)
    clone.git("config", "gpg.format", "ssh")
    signs(clone, "guest")
    history = {"begin": "0123456789", "signatures": "销号", "pull_requests": "不必"}
    clone.write("ledger.yaml", CONFIG | {"policies": CONFIG["policies"] | {"history": history}})
    clone.write("allowed_signers", line(clone, "chief"))
    clone.commit("名单")
    assert push(clone).returncode == 0
    return clone


def signs(folder: LedgerFolder, name: str) -> None:
    folder.git("config", "user.signingkey", str(folder.root.parent.parent / name))
    folder.git("config", "commit.gpgsign", "true" if name else "false")


def line(folder: LedgerFolder, name: str) -> str:
    key = (folder.root.parent.parent / f"{name}.pub").read_text("ascii").strip()
    return f"{name}@example.com {key}\n"


def close(folder: LedgerFolder, **fields: Any) -> None:
    basis = {"decision": "DZH-2020-30", "date": "2020-12-05"}
    folder.write_task(**task(1, status="已销号", closing=BOTH | basis, **fields))
    folder.commit("销号")


def a_guest_signs(folder: LedgerFolder) -> None:
    close(folder)


def nobody_signs(folder: LedgerFolder) -> None:
    signs(folder, "")
    close(folder)


def a_guest_lets_himself_in(folder: LedgerFolder) -> None:
    folder.write("allowed_signers", line(folder, "chief") + line(folder, "guest"))
    folder.commit("名单")


def a_guest_lets_himself_in_then_signs(folder: LedgerFolder) -> None:
    a_guest_lets_himself_in(folder)
    close(folder)


def no_signatures_any_more(folder: LedgerFolder) -> None:
    """The policy that is to be, and the closing after it, in one push."""
    text = (folder.root / "ledger.yaml").read_text(encoding="utf-8")
    folder.write("ledger.yaml", text.replace("signatures: 销号", "signatures: 不要求"))
    folder.commit("规矩")
    close(folder)


SIGNERS = {
    "a guest signs": (a_guest_signs, "H003"),
    "nobody signs": (nobody_signs, "H002"),
    "a guest lets himself in": (a_guest_lets_himself_in, "H003"),
    "and signs then": (a_guest_lets_himself_in_then_signs, "H003"),
}


@pytest.mark.parametrize(("case", "kind"), attacks(SIGNERS))
def test_who_signs(case: str, kind: str, signed: LedgerFolder, connect: Connect) -> None:
    act, code = SIGNERS[case]
    act(signed)
    connect(signed, kind, signed.root.parent / "server.git")
    refused_by_all(signed, code, TODAY, by=kind)


def test_the_policy_of_signatures_does_not_go_with_a_closing(signed: LedgerFolder) -> None:
    no_signatures_any_more(signed)
    refused(push(signed), "C013")


def test_who_is_listed_signs_and_lets_others_in(signed: LedgerFolder) -> None:
    signs(signed, "chief")
    a_guest_lets_himself_in(signed)
    close(signed)
    let_in_by_all(signed, TODAY)
