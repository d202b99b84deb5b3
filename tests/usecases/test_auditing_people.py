"""`audit` of a history made without the gate: padded meetings, evidence that is not there."""

from __future__ import annotations

import binascii
import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.problem import WARNING
from ledger.view.problems import problem_line
from tests.usecases.test_auditing_attacks import CLOSED, ID, READY, audited, codes, meeting, merged

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"  # of "foo"
PATH = f"data/evidence/{ID}/a.txt"
PROOF = {"name": "清单", "path": PATH, "sha256": HASH}
OTHER: dict[str, Any] = {"id": "GZ2017-002", "evidence": [PROOF]}
HIDING = {"id": "GZ2017-002", "source": "AA2017"}

Act = Callable[["LedgerFolder"], object]


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    """A task that a meeting agreed to close, and one at work with evidence."""
    policies = {"history": {"begin": ""}}
    made = make_ledger(
        [READY, OTHER],
        decisions=[meeting()],
        files={PATH: "foo", "data/sources/AA2017.yaml": "id: AA2017\ntitle: 甲\nkind: 工作要点\n"},
        config={"policies": policies, "rules": {"T002": "off", "T003": "off"}},
    )
    made.write("README.md", "甲")
    made.commit()
    return made


def second(**fields: Any) -> Act:
    record = meeting() | {"id": "DZH-2", "items": [{"task": ID, "result": "继续整改"}]} | fields
    return lambda ledger: ledger.write("data/decisions/2017/DZH-2.yaml", record)


def wrote(path: str, content: Any) -> Act:
    return lambda ledger: ledger.write(path, content)


def gone(path: str) -> Act:
    return lambda ledger: (ledger.root / path).unlink()


def linked(ledger: LedgerFolder) -> None:
    (ledger.root / PATH).unlink()
    (ledger.root / PATH).symlink_to("b.txt")


def evidence(**fields: Any) -> Act:
    return lambda ledger: ledger.write_task(**OTHER | {"evidence": [{"name": "清单", **fields}]})


def reviewed(by: str) -> Act:
    closing = READY["closing"]
    both = closing | {"reviewed": closing["reviewed"] | {"by": by}}
    return lambda ledger: ledger.write_task(**READY | {"closing": both, "status": "待上会"})


def config_folder(ledger: LedgerFolder) -> None:
    (ledger.root / "ledger.yaml").rename(ledger.root / "x.yaml")
    ledger.write("ledger.yaml/x.yaml", "a: 1\n")


PRESENT = meeting()["present"]
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{HASH}\nsize 3\n"
OFFENCES: dict[str, tuple[Act, str]] = {
    "a member twice": (second(present=[*PRESENT, "委员 0"]), "D005"),
    "a member without a name": (second(present=[*PRESENT, "\u200b"]), "D005"),
    "an observer who votes": (second(observers=["委员０"]), "D005"),
    "the reviewer in other letters": (reviewed("联络员\ufe0f"), "C006"),
    "evidence exchanged": (wrote(PATH, "bar"), "T007"),
    "evidence deleted": (gone(PATH), "T007"),
    "evidence a link": (linked, "T007"),
    "evidence a pointer to nowhere": (wrote(PATH, POINTER), "T007"),
    "evidence elsewhere": (evidence(path="README.md", sha256=HASH), "T007"),
    "evidence out of the ledger": (evidence(path="../a.txt", sha256=HASH), "T007"),
    "a blank archive number": (evidence(archive="\u3000"), "T007"),
    "a file that hides another": (
        wrote("data/tasks/AA2017/GZ2017-002.yaml", OTHER | HIDING | {"kind": "工作要点",
        "title": "甲", "status": "推进中", "lead": ["办公室"]}), "T010"),
    "a phone number in a comment": (
        wrote("data/sources/B.yaml", "id: B\ntitle: 甲 # 13800138000\nkind: 工作要点\n"), "S002"),
    "control characters": (lambda f: f.write_task(**OTHER | {"title": "甲\u202e乙"}), "T009"),
    "a broken status": (lambda f: f.write_task(**OTHER | {"status": "没了"}), "T002"),
    "another file name": (
        lambda f: f.path("GZ2017-002").rename(f.path("GZ2017-009")), "T003"),
    "ledger.yaml deleted": (gone("ledger.yaml"), "C013"),
    "ledger.yaml a folder": (config_folder, "C013"),
}  # fmt: skip


@pytest.mark.parametrize("case", OFFENCES)
def test_each_is_found_where_it_was_done(case: str, ledger: LedgerFolder) -> None:
    act, code = OFFENCES[case]
    config = (ledger.root / "ledger.yaml").read_bytes()
    act(ledger)
    bad = ledger.commit("违规")
    if (ledger.root / "ledger.yaml").is_dir():
        ledger.git("rm", "--quiet", "-r", "ledger.yaml")
    ledger.write("ledger.yaml", config)  # audits begin with one
    ledger.commit("无关")
    assert code in codes(ledger.root)[bad]


def test_what_was_deleted_goes_on_judging(ledger: LedgerFolder) -> None:
    """The policy of ledger.yaml is that of its last version, not that of the defaults."""
    config = (ledger.root / "ledger.yaml").read_bytes()
    strict = config.replace(b"T003: 'off'", b"F001: 'off'")
    ledger.write("ledger.yaml", strict + b"organisation2: x\n")
    ledger.commit("规矩")
    (ledger.root / "ledger.yaml").unlink()
    ledger.commit("删去")
    ledger.write("ledger.yaml", config)
    ledger.write_task(**CLOSED)
    closing = ledger.commit("恢复和销号")
    assert "C013" in codes(ledger.root)[closing]  # the policy changed with a closing


def test_begin_is_not_moved(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(2)
    first = ledger.git("rev-parse", "HEAD").strip()
    text = (ledger.root / "ledger.yaml").read_text(encoding="utf-8")
    told = []
    for begin in (first, ""):
        history = f"  history: {{begin: {begin}}}\n" if begin else ""
        ledger.write("ledger.yaml", text.replace("policies:\n", f"policies:\n{history}"))
        told.append(ledger.commit("起点"))
    assert {key: each for key, each in codes(ledger.root).items() if "C013" in each} == {
        told[1]: {"C013"}
    }


def test_one_account_is_remarked_upon(make_ledger: MakeLedger) -> None:
    work = READY | {"status": "推进中", "closing": None}
    ledger = make_ledger([work | {"id": f"GZ2017-00{n}"} for n in (1, 2, 3, 4, 5)])
    applied = {"applied": READY["closing"]["applied"]}

    def go(number: int, reviewer: str, status: str = "申请销号") -> str:
        fields = READY | {"id": f"GZ2017-00{number}"}
        if status:
            ledger.write_task(**fields | {"status": status, "closing": applied})
            ledger.commit("申请", email="a@example.com")
        ledger.write_task(**fields)
        return ledger.commit("审核", email=reviewer)

    same = go(1, "A@Example.COM")
    go(2, "b@example.com")
    go(3, "a@example.com", "")  # both in one commit, as a squash leaves it
    ledger.git("switch", "--quiet", "-c", "work")
    branched = go(4, "a@example.com")
    merged(ledger, "work", "-m", "合并")
    ledger.git("switch", "--quiet", "-c", "honest")
    go(5, "b@example.com")
    ledger.git("switch", "--quiet", "main")  # and the applicant merges what another has reviewed
    mine = ("-c", "user.email=a@example.com")
    ledger.git(*mine, "merge", "--quiet", "--no-ff", "-m", "合并", "honest")
    found = [each for each in audited(ledger.root).findings if each.problem.code == "C006"]
    assert [each.commit for each in found] == [same, branched]
    assert {each.problem.severity for each in found} == {WARNING}


@pytest.mark.parametrize("name", ["a.txt", ".git"])
def test_a_tree_that_git_never_makes(name: str, ledger: LedgerFolder) -> None:
    def tree(entries: list[tuple[str, str, str]]) -> str:
        raw = b"".join(
            f"{mode} {each}".encode() + b"\0" + binascii.unhexlify(oid)
            for mode, each, oid in entries
        )
        how = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
        return ledger.git(*how, stdin=raw).strip()

    blob = ledger.git("hash-object", "-w", "--stdin", stdin=b"bar").strip()
    known = ledger.git("rev-parse", f"HEAD:{PATH}").strip()
    made = tree(sorted([("100644", "a.txt", known), ("100644", name, blob)], key=lambda e: e[1]))
    made = tree([("40000", ID, made)])
    for path, child in (("data", "evidence"), ("", "data")):
        entries = []
        for line in ledger.git("ls-tree", "-z", f"HEAD:{path}").split("\0")[:-1]:
            meta, entry = line.split("\t")
            mode, _, oid = meta.split()
            entries.append((mode.lstrip("0"), entry, made if entry == child else oid))
        made = tree(entries)
    odd = ledger.git("commit-tree", made, "-p", "HEAD", "-m", "怪").strip()
    ledger.git("update-ref", "HEAD", odd)
    assert "T001" in codes(ledger.root)[odd]


def test_a_template_whose_name_is_no_text(ledger: LedgerFolder) -> None:
    ledger.write("templates/a.md.j2", "甲")
    place = ledger.root / "templates"
    (place / "a.md.j2").rename(place / os.fsdecode(b"\xff.md.j2"))
    bad = ledger.commit("模板")
    for _ in range(2):  # anew, and from what was kept
        done = audited(ledger.root)
        assert [each.commit for each in done.policies] == [bad]
        assert not done.has_errors()
    json.dumps([each.what for each in done.policies])
    assert [problem_line(each.problem) for each in done.findings] == []
