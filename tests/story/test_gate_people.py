"""The server's gate against padded meetings, evidence that is not there and files made to vanish.

Each case is pushed to a bare server with the hook, and asked of `check --base` besides.
"""

from __future__ import annotations

import binascii
import datetime as dt
import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.adapters.yamlread import parse
from ledger.model.case import case_digest
from ledger.model.problem import ERROR, WARNING
from ledger.usecases.checking import check_between
from ledger.usecases.gating import install_hook
from tests.conftest import CONFIG, EMAIL, NAME, SOURCES, LedgerFolder, run_git

pytestmark = pytest.mark.xdist_group("story")

PROOF = "data/evidence/ZG2020-00{}/材料.txt"
PHONE = "13800138000"
TODAY = dt.date(2021, 1, 1)
MEMBERS = ["书记", *(f"成员{number}" for number in range(1, 8))]
APPLIED = {"date": "2020-12-01", "by": "联络员", "summary": "已完成"}
REVIEWED = {"date": "2020-12-02", "by": "整改办", "opinion": "同意上会"}
BOTH = {"applied": APPLIED, "reviewed": REVIEWED}

Act = Callable[[LedgerFolder], object]


def task(number: int, **fields: Any) -> dict[str, Any]:
    path = PROOF.format(number)
    proof = {"name": "材料", "path": path, "sha256": hashlib.sha256(b"proof").hexdigest()}
    due = {"text": "11月底前", "date": "2020-11-30"}
    return {"id": f"ZG2020-00{number}", "due": due, "evidence": [proof], **fields}


WAITING, WORKING = task(1, status="待上会", closing=BOTH), task(2)
CLOSED = task(3, status="已销号", closing=BOTH | {"decision": "DZH-2020-31", "date": "2020-12-04"})
ASKED = task(4, status="申请销号", closing={"applied": APPLIED})


def held(digest: str | None = None, **fields: Any) -> dict[str, Any]:
    item = {"task": "ZG2020-003", "result": "同意销号", "votes": {"for": 8}, "digest": digest}
    return {
        "id": "DZH-2020-31",
        "body": "党组会",
        "date": "2020-12-03",
        "chair": "书记",
        "due_members": 9,
        "present": MEMBERS,
        "items": [{key: value for key, value in item.items() if value is not None}],
        **fields,
    }


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clone and its server, to be copied for each case."""
    root = tmp_path_factory.mktemp("gate")
    folder = LedgerFolder(root / "clone")
    folder.root.mkdir()
    folder.git("init", "--quiet", "--initial-branch=main")
    folder.git("config", "user.name", NAME)
    folder.git("config", "user.email", EMAIL)
    history = {"history": {"begin": "0123456789"}}
    policies = CONFIG["policies"] | history
    folder.write("ledger.yaml", CONFIG | {"policies": policies, "rules": {"T002": "off"}})
    for source in SOURCES:
        folder.write(f"data/sources/{source['id']}.yaml", source)
    for number, fields in enumerate((WAITING, WORKING, CLOSED, ASKED), 1):
        folder.write_task(**fields)
        folder.write(PROOF.format(number), "proof")
    folder.commit("建账")
    digest = case_digest(folder.load().by_id["ZG2020-003"].record)
    folder.write("data/decisions/2020/DZH-2020-31.yaml", held(digest))
    folder.write("README.md", "说明")
    folder.commit("会议")
    run_git(root, "clone", "--quiet", "--bare", str(folder.root), "server.git")
    install_hook(root / "server.git")
    folder.git("remote", "add", "origin", "../server.git")
    folder.git("fetch", "--quiet", "origin")
    return root


@pytest.fixture
def clone(prepared: Path, tmp_path: Path) -> LedgerFolder:
    shutil.copytree(prepared, tmp_path / "world", symlinks=True)
    return LedgerFolder(tmp_path / "world" / "clone")


def another(folder: LedgerFolder, **fields: Any) -> None:
    """A second meeting that sends a task back, which needs no majority."""
    item = {"task": "ZG2020-001", "result": "继续整改"}
    record = held(id="DZH-2020-32", **{"items": [item], **fields})
    folder.write("data/decisions/2020/DZH-2020-32.yaml", record)


def meeting(**fields: Any) -> Act:
    return lambda folder: another(folder, **fields)


def evidence(number: int, **fields: Any) -> Act:
    """A task that is applied to close with evidence of that kind."""
    applied = {"status": "申请销号", "closing": {"applied": APPLIED}}
    return lambda folder: folder.write_task(
        **task(number, **applied, evidence=[{"name": "材料", **fields}])
    )


def both(first: Act, second: Act) -> Act:
    """Two commits of one push."""

    def act(folder: LedgerFolder) -> None:
        first(folder)
        folder.commit("第一步")
        second(folder)

    return act


def wrote(path: str, content: str | bytes) -> Act:
    return lambda folder: folder.write(path, content)


def gone(path: str) -> Act:
    return lambda folder: (folder.root / path).unlink()


def linked(path: str) -> Act:
    def act(folder: LedgerFolder) -> None:
        (folder.root / path).unlink()
        (folder.root / path).symlink_to("/etc/hostname")

    return act


def lfs(oid: str) -> str:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 5\n"


def closed_by_a_meeting(content: str, sha256: str = "") -> Act:
    """A meeting and the closing that it approves, with other evidence than it saw."""

    def act(folder: LedgerFolder) -> None:
        digest = case_digest(folder.load().by_id["ZG2020-001"].record)
        item = {"task": "ZG2020-001", "result": "同意销号", "votes": {"for": 8}, "digest": digest}
        another(folder, items=[item])
        folder.commit("会议")
        closing = BOTH | {"decision": "DZH-2020-32", "date": "2020-12-05"}
        proof = WAITING["evidence"][0] | ({"sha256": sha256} if sha256 else {})
        closed = {"status": "已销号", "closing": closing, "evidence": [proof]}
        folder.write_task(**WAITING | closed)
        folder.write(PROOF.format(1), content)

    return act


def closed_by_replaced_bytes(folder: LedgerFolder) -> None:
    folder.write(PROOF.format(3), "another")


def config_folder(folder: LedgerFolder) -> None:
    (folder.root / "ledger.yaml").unlink()
    folder.write("ledger.yaml/x.yaml", "a: 1\n")


def settings(old: str, new: str) -> Act:
    def act(folder: LedgerFolder) -> None:
        place = folder.root / "ledger.yaml"
        text = place.read_text(encoding="utf-8")
        assert old in text
        place.write_text(text.replace(old, new), encoding="utf-8")

    return act


def reviewed(email: str, **fields: Any) -> Act:
    """The application of ZG2020-004 reviewed, from somebody's account."""

    def act(folder: LedgerFolder) -> None:
        folder.git("config", "user.email", email)
        closing = {"applied": APPLIED, "reviewed": REVIEWED | fields}
        folder.write_task(**ASKED | {"status": "待上会", "closing": closing})
        folder.commit("审核", email=email)

    return act


def malformed(name: str) -> Act:
    """A tree that git itself never makes: with an entry of that name beside the evidence."""

    def act(folder: LedgerFolder) -> None:
        blob = folder.git("hash-object", "-w", "--stdin", stdin=b"bar").strip()
        old = folder.git("ls-tree", "HEAD:data/evidence/ZG2020-003").split()[2]
        tree = b""
        for each, content in sorted([("材料.txt", old), (name, blob)]):
            tree += f"100644 {each}".encode() + b"\0" + binascii.unhexlify(content)
        made = literal(folder, tree)
        for path in ("data/evidence", "data", ""):
            tree = b""
            for line in folder.git("ls-tree", "-z", f"HEAD:{path}").split("\0")[:-1]:
                meta, entry = line.split("\t")
                mode, _, oid = meta.split()
                if entry == {"data/evidence": "ZG2020-003", "data": "evidence", "": "data"}[path]:
                    oid = made
                tree += f"{mode.lstrip('0')} {entry}".encode() + b"\0" + binascii.unhexlify(oid)
            made = literal(folder, tree)
        commit = folder.git("commit-tree", made, "-p", "HEAD", "-m", "怪").strip()
        folder.git("update-ref", "HEAD", commit)

    return act


def literal(folder: LedgerFolder, tree: bytes) -> str:
    how = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
    return folder.git(*how, stdin=tree).strip()


HIDING = task(2) | {"source": "AA2020"}
AA2020 = "id: AA2020\ntitle: 甲\nkind: 巡视整改\n"
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
    "evidence exchanged after the closing": (wrote(PROOF.format(3), "another"), "T007"),
    "evidence exchanged before the meeting": (wrote(PROOF.format(1), "another"), "T007"),
    "evidence exchanged with the closing": (closed_by_a_meeting("another"), "T007"),
    "evidence and its hash exchanged with the closing": (
        closed_by_a_meeting("another", hashlib.sha256(b"another").hexdigest()),
        "C004",
    ),
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
    "two entries of one name": (malformed("材料.txt"), "T001"),
    "an entry that no clone checks out": (malformed(".git"), "T001"),
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
    "ledger.yaml deleted": (gone("ledger.yaml"), "C013"),
    "ledger.yaml a folder": (config_folder, "T001"),
    "begin moved": (settings("0123456789", "abcdef0123"), "C013"),
}  # fmt: skip


@pytest.mark.parametrize("case", CHEATS)
def test_the_server_refuses(case: str, clone: LedgerFolder) -> None:
    cheat, code = CHEATS[case]
    cheat(clone)
    if clone.git("log", "-1", "--format=%s").strip() != "怪":
        clone.commit("改动")
    done = push(clone)
    assert done.returncode != 0
    assert f"{code} " in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert not [line for line in done.stderr.splitlines() if "fatal:" in line]
    assert code in {each.code for each in checked(clone) if each.severity == ERROR}


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
}


@pytest.mark.parametrize("case", HONEST)
def test_the_server_lets_in(case: str, clone: LedgerFolder) -> None:
    HONEST[case](clone)
    clone.commit("改动")
    assert [each for each in checked(clone) if each.severity == ERROR] == []
    done = push(clone)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("act", "path", "said"),
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
    act: Act, path: str, said: str, clone: LedgerFolder
) -> None:
    act(clone)
    clone.commit("规矩")
    (remark,) = checked(clone)
    assert (remark.code, remark.severity, remark.path) == ("C013", WARNING, path)
    assert said in remark.message


def test_an_object_that_is_there_makes_a_pointer_good(clone: LedgerFolder) -> None:
    oid = hashlib.sha256(b"proof").hexdigest()
    clone.write(PROOF.format(3), lfs(oid))
    clone.commit("交给 LFS")
    for git_dir in (clone.root / ".git", clone.root.parent / "server.git"):
        place = git_dir / "lfs" / "objects" / oid[:2] / oid[2:4] / oid
        place.parent.mkdir(parents=True)
        place.write_bytes(b"other" if git_dir.suffix else b"proof")
    assert [each.code for each in checked(clone) if each.severity == ERROR] == []
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
    (remark,) = checked(clone)
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


def test_a_secret_of_the_past_in_a_first_push(clone: LedgerFolder, tmp_path: Path) -> None:
    clone.write("data/sources/X.yaml", f"id: X\ntitle: 甲\nkind: 巡视整改\nnote: {PHONE}\n")
    clone.commit("带进来")
    (clone.root / "data/sources/X.yaml").unlink()
    clone.commit("又删去")
    done = push(clone, empty_server(tmp_path))
    assert done.returncode != 0
    assert "S002 " in done.stderr


def test_an_old_ledger_whose_evidence_lies_elsewhere(clone: LedgerFolder, tmp_path: Path) -> None:
    """What was closed before stays; what is to be closed has to be mended, told in Chinese."""
    away = [{"name": "材料", "path": "../档案/材料.txt", "sha256": "a" * 64}]
    clone.write_task(**CLOSED | {"evidence": away, "closing": {"date": "2020-12-04"}})
    clone.commit("旧账")
    server = empty_server(tmp_path)
    assert push(clone, server).returncode == 0
    clone.git("push", "--quiet", str(server), "+HEAD:refs/heads/other")
    clone.write_task(**ASKED | {"evidence": away})
    clone.commit("申请")
    done = push(clone, server)
    assert done.returncode != 0
    assert "不在 data/evidence 里" in done.stderr
    assert "outside repository" not in done.stderr


def empty_server(tmp_path: Path) -> Path:
    place = tmp_path / "empty.git"
    run_git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(place))
    install_hook(place)
    return place


def push(clone: LedgerFolder, server: Path | str = "origin") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "push", str(server), "HEAD:main"],
        cwd=clone.root,
        capture_output=True,
        text=True,
        check=False,
    )


def checked(clone: LedgerFolder) -> tuple[Any, ...]:
    ledger = clone.open() if (clone.root / "ledger.yaml").is_file() else bare(clone)
    try:
        return check_between(ledger, "origin/main", "HEAD", TODAY).problems
    finally:
        ledger.cache.close()


def bare(clone: LedgerFolder) -> Any:
    """A ledger without a ledger.yaml in its work tree, as a server sees it."""
    from ledger.adapters.cache import Cache
    from ledger.adapters.gitrepo import find_repo
    from ledger.usecases.reading import Ledger

    repo = find_repo(clone.root)
    return Ledger(clone.root, repo, Cache(repo.state_dir()))
