"""`audit` of rules of the game that were touched, and of hands; attacks are in `tests/story`."""

from __future__ import annotations

import binascii
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.problem import WARNING
from ledger.view.problems import problem_line
from tests.usecases.checking.test_audit_attacks import (
    CLOSED,
    ID,
    READY,
    audited,
    codes,
    meeting,
    merged,
)

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"  # of "foo"
PATH = f"data/evidence/{ID}/a.txt"
PROOF = {"name": "清单", "path": PATH, "sha256": HASH}
OTHER: dict[str, Any] = {"id": "GZ2017-002", "evidence": [PROOF]}


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
    remarks = [each for each in audited(ledger.root).findings if each.problem.code == "C006"]
    assert [each.commit for each in remarks] == [same, branched]
    assert {each.problem.severity for each in remarks} == {WARNING}


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
