"""The gate against padded meetings, evidence that is not there and files made to vanish."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ledger.adapters.yaml.read import parse
from ledger.model.problem import ERROR, WARNING
from tests.conftest import EMAIL, LedgerFolder, run_git
from tests.forking import gated
from tests.story.judges import Act, checked, let_in_by_all, push, refused, refused_by_all
from tests.story.proven import (
    APPLIED,
    ASKED,
    CLOSED,
    MEMBERS,
    PHONE,
    PROOF,
    REVIEWED,
    TODAY,
    WORKING,
    both,
    closed,
    config_folder,
    evidence,
    gone,
    lfs,
    linked,
    meeting,
    reviewed,
    settings,
    task,
    wrote,
)  # fmt: skip
from tests.story.transports import KINDS, Connect, attacks
from tests.turns import LONG

pytestmark = pytest.mark.xdist_group("story")


@pytest.fixture
def clone(proven: LedgerFolder) -> LedgerFolder:
    return proven


HIDING = task(2) | {"source": "AA2020"}
AA2020 = "id: AA2020\ntitle: 甲\nkind: 巡视整改\n"


def reviewed_in_capitals(folder: LedgerFolder) -> None:
    applied = {"applied": APPLIED | {"by": "Office"}}
    folder.write_task(**WORKING | {"status": "申请销号", "closing": applied})
    folder.commit("申请")
    closing = applied | {"reviewed": REVIEWED | {"by": "ＯＦＦＩＣＥ"}}
    folder.write_task(**WORKING | {"status": "待上会", "closing": closing})
    folder.commit("审核", email="x@example.com")


def closed_on_other_evidence(folder: LedgerFolder) -> None:
    closed(folder)
    text = folder.path("ZG2020-001").read_text(encoding="utf-8")
    old, new = (hashlib.sha256(each).hexdigest() for each in (b"proof", b"another"))
    folder.path("ZG2020-001").write_text(text.replace(old, new), encoding="utf-8")
    folder.write(PROOF.format(1), "another")


def folder_linked(folder: LedgerFolder) -> None:
    place = (folder.root / PROOF.format(3)).parent
    place.rename(folder.root / "elsewhere")
    place.symlink_to("../../elsewhere")


def copied(path: str) -> Act:
    """Evidence that is a copy of a file of the ledger."""

    def act(folder: LedgerFolder) -> None:
        content = (folder.root / path).read_bytes()
        folder.write("data/evidence/材料.txt", content)
        sha256 = hashlib.sha256(content).hexdigest()
        evidence(2, path="data/evidence/材料.txt", sha256=sha256)(folder)

    return act


BLANK = "\ufeff\n \u3000\u200b\n"
ONE = "一\n".encode()
CHEATS: dict[str, tuple[Act, str]] = {
    "one member twice, a blank before": (meeting(present=[*MEMBERS, " 书记"]), "D005"),
    "one member twice, full width": (meeting(present=[*MEMBERS, "成员１"]), "D005"),
    "one member twice, zero width": (meeting(present=[*MEMBERS, "成\u200b员1"]), "D005"),
    "a member without a name": (meeting(present=[*MEMBERS, "\u3164"]), "D005"),
    "an observer who votes": (meeting(observers=["成员1 "]), "D005"),
    "an absentee who votes": (meeting(absent=[{"name": "成 员1"}]), "D005"),
    "the reviewer in other letters": (reviewed("x@example.com", by="联络员\u2060"), "C006"),
    "a reviewer with nothing but a mark": (reviewed("x@example.com", by="\u00ad"), "C006"),
    "one account, two names": (reviewed(EMAIL), "C006"),
    "one account in two cases": (reviewed(EMAIL.upper()), "C006"),
    "a member whose name is a dash": (meeting(present=[*MEMBERS, "—"]), "D005"),
    "one member twice, a variation selector": (meeting(present=[*MEMBERS, "成员1\ufe0f"]), "D005"),
    "the reviewer, a variation selector": (reviewed("x@example.com", by="联络员\ufe0f"), "C006"),
    "the reviewer with a soft hyphen": (reviewed("x@example.com", by="联\u00ad络员"), "C006"),
    "a reviewer whose name is dots": (reviewed("x@example.com", by="……"), "C006"),
    "the reviewer in another case": (reviewed_in_capitals, "C006"),
    "one member twice, a full stop behind": (meeting(present=[*MEMBERS, "成员1。"]), "D005"),
    "one member twice, a dot between": (meeting(present=[*MEMBERS, "成·员1"]), "D005"),
    "one member twice, brackets": (meeting(present=[*MEMBERS, "〔成员1〕"]), "D005"),
    "one member twice, a dash": (meeting(present=[*MEMBERS, "成员-1"]), "D005"),
    "one member twice, quotes": (meeting(present=[*MEMBERS, "“成员1”"]), "D005"),
    "one member twice, private use": (meeting(present=[*MEMBERS, "成员1\ue000"]), "D005"),
    "one member twice, an object": (meeting(present=[*MEMBERS, "成员1\ufffc"]), "D005"),
    "one member twice, a note": (meeting(present=[*MEMBERS, "成员1\U0001d159"]), "D005"),
    "one member twice, a long stroke": (meeting(present=[*MEMBERS, "成员ー1"]), "D005"),
    "the reviewer with a full stop": (reviewed("x@example.com", by="联络员。"), "C006"),
    "evidence exchanged after the closing": (wrote(PROOF.format(3), "another"), "T007"),
    "evidence exchanged before the meeting": (wrote(PROOF.format(1), "another"), "T007"),
    "evidence exchanged with the closing": (
        lambda f: (closed(f), f.write(PROOF.format(1), "another")), "T007"),
    "evidence exchanged, then closed": (both(wrote(PROOF.format(1), "another"), closed), "T007"),
    "closed, then evidence exchanged": (both(closed, wrote(PROOF.format(1), "another")), "T007"),
    "closed on other evidence": (closed_on_other_evidence, "C004"),
    "evidence a folder": (
        lambda f: (gone(PROOF.format(3))(f), f.write(f"{PROOF.format(3)}/a", "proof")), "T007"),
    "evidence in a folder that is a link": (folder_linked, "T007"),
    "evidence by way of another folder": (
        evidence(2, path="data/evidence/../tasks/ZG2020/ZG2020-002.yaml", sha256="a" * 64), "T007"),
    "evidence in another case": (
        evidence(2, path="data/Evidence/ZG2020-002/材料.txt", sha256="a" * 64), "T007"),
    "an archive number that says no": (evidence(2, archive="无"), "T007"),
    "an archive number of none, a hash": (evidence(2, archive="暂无", sha256="a" * 64), "T007"),
    "an archive number yet to come": (evidence(2, archive="档案号待补"), "T007"),
    "an archive number of a mark that counts as a letter": (evidence(2, archive="ː"), "T007"),
    "evidence of nothing but blanks": (
        both(wrote("data/evidence/空.txt", BLANK), evidence(
            2, path="data/evidence/空.txt", sha256=hashlib.sha256(BLANK.encode()).hexdigest())),
        "T007"),
    "evidence that is its own task": (copied("data/tasks/ZG2020/ZG2020-002.yaml"), "T007"),
    "evidence that is ledger.yaml": (copied("ledger.yaml"), "T007"),
    "an archive number that cannot be seen": (evidence(2, archive="\u3164"), "T007"),
    "an archive number without a word": (evidence(2, archive="——"), "T007"),
    "evidence deleted": (gone(PROOF.format(3)), "T007"),
    "evidence a link": (linked(PROOF.format(3)), "T007"),
    "evidence a pointer to nowhere": (wrote(PROOF.format(3), lfs("a" * 64)), "T007"),
    "evidence emptied": (wrote(PROOF.format(1), ""), "T007"),
    "evidence not there": (evidence(2, path="data/evidence/x.txt", sha256="a" * 64), "T007"),
    "evidence without a hash": (evidence(2, path=PROOF.format(2)), "T007"),
    "evidence the ledger's own README": (
        evidence(2, path="README.md", sha256=hashlib.sha256("说明".encode()).hexdigest()),
        "T007",
    ),
    "evidence out of the ledger": (evidence(2, path="../../etc/passwd", sha256="a" * 64), "T007"),
    "evidence by a pathspec": (evidence(2, path=":(top)x", sha256="a" * 64), "T007"),
    "evidence absolute": (evidence(2, path="/etc/passwd", sha256="a" * 64), "T007"),
    "an archive number of one blank": (evidence(2, archive=" "), "T007"),
    "missing while at work, then applied": (
        both(gone(PROOF.format(2)), lambda f: f.write_task(
            **WORKING, status="申请销号", closing={"applied": APPLIED})), "T007"),
    "a file that hides another": (
        both(wrote("data/sources/AA2020.yaml", AA2020), lambda f: f.write(
            "data/tasks/AA2020/ZG2020-002.yaml", HIDING | {"kind": "巡视整改", "title": "甲",
            "status": "推进中", "lead": ["办公室"]})), "T010"),
    "a phone number in a comment": (
        lambda f: f.write("data/sources/ZG2020.yaml", (f.root / "data/sources/ZG2020.yaml"
            ).read_text("utf-8") + f"# 电话 {PHONE}\n"), "S002"),
    "a phone number in a comment that went": (
        both(wrote("data/sources/X.yaml", f"id: X\ntitle: 甲 # {PHONE}\nkind: 巡视整改\n"),
             gone("data/sources/X.yaml")), "S002"),
    "a phone number in ledger.yaml": (settings("某局", PHONE), "S002"),
    "control characters in a title": (
        lambda f: f.write_task(**WORKING, title="甲\u202e乙"), "T009"),
    "a broken status where T002 is off": (
        lambda f: f.write_task(**WORKING | {"status": "没了"}), "T002"),
    "another file name where T003 is off": (
        lambda f: f.path("ZG2020-002").rename(f.path("ZG2020-009")), "T003"),
    "ledger.yaml deleted": (gone("ledger.yaml"), "C013"),
    "ledger.yaml a folder": (config_folder, "T001"),
    "ledger.yaml broken": (wrote("ledger.yaml", "organisation: ["), "T001"),
    "ledger.yaml a link": (
        lambda f: (f.write("x.yaml", (f.root / "ledger.yaml").read_bytes()),
                   gone("ledger.yaml")(f), (f.root / "ledger.yaml").symlink_to("x.yaml")), "T001"),
    "ledger.yaml in another case": (
        lambda f: (f.root / "ledger.yaml").rename(f.root / "Ledger.yaml"), "C013"),
    "begin taken out": (settings("begin: 0123456789", ""), "C013"),
    "begin moved": (settings("0123456789", "abcdef0123"), "C013"),
}  # fmt: skip


# The audit tells what became of the rules, not of the file.
IN_AUDIT = {"ledger.yaml a folder": "C013"}


@pytest.mark.parametrize(("case", "kind"), attacks(CHEATS))
def test_the_server_refuses(case: str, kind: str, clone: LedgerFolder, connect: Connect) -> None:
    cheat, code = CHEATS[case]
    cheat(clone)
    clone.commit("改动")
    connect(clone, kind, clone.root.parent / "server.git")
    refused_by_all(clone, code, TODAY, IN_AUDIT.get(case, ""), by=kind)


PLAIN = {"sha256": hashlib.sha256(b"proof").hexdigest()}
HONEST: dict[str, Act] = {
    "a meeting": meeting(),
    "a review by another account": reviewed("review@example.com"),
    "a report": lambda folder: folder.write_task(**WORKING, tags=["重点"]),
    "a look at what is closed": lambda folder: folder.write_task(
        **CLOSED, lookback=[{"date": "2020-12-20", "by": "整改办", "result": "保持"}]
    ),
    "evidence": both(
        wrote("data/evidence/ZG2020-002/更多.txt", "proof"),
        evidence(
            2, path="data/evidence/ZG2020-002/更多.txt", sha256=WORKING["evidence"][0]["sha256"]
        ),
    ),
    "an archive number": evidence(2, archive="2020-纪-12"),
    "evidence of one letter": both(
        wrote("data/evidence/一.txt", ONE),
        evidence(2, path="data/evidence/一.txt", sha256=hashlib.sha256(ONE).hexdigest()),
    ),
    "a hash beside an archive number": lambda folder: folder.write_task(
        **task(2, status="申请销号", closing={"applied": APPLIED})
        | {
            "evidence": [
                {"name": "清单", "archive": "2020-纪-12"},
                {"name": "底稿", "sha256": "a" * 64},
            ]
        }
    ),
    "a hash alone": evidence(2, sha256="a" * 64),
    "a hash alone while at work": lambda folder: folder.write_task(
        **WORKING | {"evidence": [{"name": "底稿", "sha256": "a" * 64}]}
    ),
    "evidence of work in hand deleted": gone(PROOF.format(2)),
    "evidence of work in hand exchanged": wrote(PROOF.format(2), "another"),
    "evidence of work in hand not there": lambda folder: folder.write_task(
        **WORKING | {"evidence": [{"name": "材料", "path": "data/evidence/x.txt"}]}
    ),
    "evidence of work in hand deleted, and a report": both(
        gone(PROOF.format(2)), lambda folder: folder.write_task(**WORKING, tags=["重点"])
    ),
}


@pytest.mark.parametrize("case", HONEST)
def test_the_server_lets_in(case: str, clone: LedgerFolder) -> None:
    HONEST[case](clone)
    clone.commit("改动")
    let_in_by_all(clone, TODAY, remarks="T007" if "in hand" in case else "")


def test_what_is_amiss_while_at_work_is_told(clone: LedgerFolder) -> None:
    """As a remark by every judge; whoever applies has to put it right."""
    gone(PROOF.format(2))(clone)
    clone.commit("删去")
    (remark,) = checked(clone, TODAY)
    assert (remark.code, remark.severity, remark.id) == ("T007", WARNING, "ZG2020-002")
    let_in_by_all(clone, TODAY, remarks="T007")
    clone.git("fetch", "--quiet", "origin")
    clone.write_task(**WORKING, status="申请销号", closing={"applied": APPLIED})
    clone.commit("申请")
    refused_by_all(clone, "T007", TODAY)


def test_a_link_to_nothing_has_one_verdict(clone: LedgerFolder) -> None:
    clone.write_task(**WORKING, links=[{"rel": "源自", "id": "ZG2020-009"}])
    clone.commit("关联")
    refused_by_all(clone, "T007", TODAY)


@pytest.mark.parametrize(
    ("act", "path", "message"),
    [
        (settings("at_least: 1/2", "at_least: 1/10"), "ledger.yaml", "quorum.at_least 1/2 → 1/10"),
        (wrote("templates/pull-request.md.j2", "甲"), "templates/pull-request.md.j2", ""),
        (wrote("allowed_signers", "a@b ssh-ed25519 AAAA"), "allowed_signers", ""),
        (wrote("data/evidence/.gitattributes", "* -text"), "data/evidence/.gitattributes", ""),
        (wrote(".forgejo/workflows/ledger.yml", "on: push"), ".forgejo/workflows/ledger.yml", ""),
        (wrote(".gitlab-ci.yml", "a: 1"), ".gitlab-ci.yml", ""),
    ],
)
def test_who_touches_the_rules_is_told_of(
    act: Act, path: str, message: str, clone: LedgerFolder
) -> None:
    act(clone)
    clone.commit("规矩")
    (remark,) = checked(clone, TODAY)
    assert (remark.code, remark.severity, remark.path) == ("C013", WARNING, path)
    assert message in remark.message


def test_an_object_that_is_there_makes_a_pointer_good(clone: LedgerFolder) -> None:
    oid = hashlib.sha256(b"proof").hexdigest()
    clone.write(PROOF.format(3), lfs(oid))
    clone.commit("交给 LFS")
    for git_dir in (clone.root / ".git", clone.root.parent / "server.git"):
        place = git_dir / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
        place.parent.mkdir(parents=True)
        place.write_bytes(b"other" if git_dir.suffix else b"proof")
    assert [each.code for each in checked(clone, TODAY) if each.severity == ERROR] == []
    assert "T007 " in push(clone).stderr  # there the object is another one
    place.write_bytes(b"proof")
    assert push(clone).returncode == 0


def test_objects_that_are_looked_at_elsewhere(clone: LedgerFolder) -> None:
    """The policy that is there before counts; a pointer must still name what was registered."""
    clone.write(PROOF.format(3), lfs(hashlib.sha256(b"proof").hexdigest()))
    data = parse((clone.root / "ledger.yaml").read_bytes())
    clone.write("ledger.yaml", data | {"evidence": {"lfs_objects": "另行核对"}})
    clone.commit("放宽，同时换掉")
    assert "T007 " in push(clone).stderr
    clone.git("reset", "--quiet", "--hard", "HEAD~1")
    clone.write("ledger.yaml", data | {"evidence": {"lfs_objects": "另行核对"}})
    clone.commit("放宽")
    (remark,) = checked(clone, TODAY)
    assert (remark.code, remark.severity) == ("C013", WARNING)
    assert push(clone).returncode == 0
    clone.git("fetch", "--quiet", "origin")
    clone.write(PROOF.format(3), lfs("a" * 64))
    clone.commit("换成另一份")
    assert "T007 " in push(clone).stderr
    clone.git("reset", "--quiet", "--hard", "HEAD~1")
    clone.write(PROOF.format(3), lfs(hashlib.sha256(b"proof").hexdigest()))
    clone.commit("同一份，交给 LFS")
    assert push(clone).returncode == 0


@pytest.mark.parametrize("kind", KINDS if LONG else KINDS[1:2])
def test_a_secret_of_the_past_in_a_first_push(
    kind: str, clone: LedgerFolder, tmp_path: Path, connect: Connect
) -> None:
    clone.write("data/sources/X.yaml", f"id: X\ntitle: 甲\nkind: 巡视整改\nnote: {PHONE}\n")
    clone.commit("带进来")
    (clone.root / "data/sources/X.yaml").unlink()
    clone.commit("又删去")
    refused(push(connect(clone, kind, empty_server(tmp_path))), "S002")


@pytest.mark.parametrize("kind", KINDS if LONG else KINDS[:1])
def test_an_old_ledger_whose_evidence_lies_elsewhere(
    kind: str, clone: LedgerFolder, tmp_path: Path, connect: Connect
) -> None:
    """What was closed before stays; what is to be closed has to be mended, told in Chinese."""
    away = [{"name": "材料", "path": "../档案/材料.txt", "sha256": "a" * 64}]
    clone.write_task(**CLOSED | {"evidence": away, "closing": {"date": "2020-12-04"}})
    clone.commit("旧账")
    connect(clone, kind, empty_server(tmp_path))
    assert push(clone).returncode == 0
    clone.write_task(**ASKED | {"evidence": away})
    clone.commit("申请")
    (problem,) = [each for each in checked(clone, TODAY) if each.severity == ERROR]
    assert "不在 data/evidence 里" in problem.message
    done = push(clone)
    refused(done, "T007")
    assert problem.message in done.stderr


def empty_server(tmp_path: Path) -> Path:
    place = tmp_path / "empty.git"
    run_git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(place))
    run_git(place, "config", "http.receivepack", "true")
    gated(place)
    return place
