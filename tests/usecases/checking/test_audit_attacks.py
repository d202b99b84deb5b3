"""`audit` against people who would rather not be found: each case is a way around a rule."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import LedgerError
from ledger.model.case import case_digest
from ledger.model.decode import decode
from ledger.model.task import Task
from ledger.usecases.checking.audit import Audit, audit
from ledger.usecases.checking.seal import Verdict, seal, verify_seal
from ledger.usecases.reading.open import open_ledger

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

ID = "GZ2017-001"
LOG = [{"date": "2017-02-01", "by": "联络员", "text": "已部署"}]
READY: dict[str, Any] = {
    "id": ID,
    "kind": "工作要点",
    "title": "开展检查",
    "source": "GZ2017",
    "measures": ["制定方案"],
    "lead": ["审业部"],
    "nature": "限期",
    "due": {"text": "6月", "date": "2017-06-30"},
    "status": "待上会",
    "progress": LOG,
    "evidence": [{"name": "检查报告", "archive": "档1"}],
    "closing": {
        "applied": {"date": "2017-02-02", "by": "联络员", "summary": "已完成"},
        "reviewed": {"date": "2017-02-03", "by": "巡视办", "opinion": "同意"},
    },
}
CLOSED = READY | {
    "status": "已销号",
    "closing": READY["closing"] | {"decision": "DZH-1", "date": "2017-02-20"},
}
PLAIN = {"progress": LOG}  # an open task with something in its log
TREE = "HEAD^{tree}"


def meeting() -> dict[str, Any]:
    """A meeting that agreed to the closing of what `READY` says."""
    task = decode(Task, READY, [])
    assert task is not None
    votes = {"for": 8, "against": 0, "abstain": 0}
    return {
        "id": "DZH-1", "body": "党组会", "date": "2017-02-20", "session": "第1次", "chair": "委员0",
        "recorder": "办公室主任", "due_members": 9, "present": [f"委员{n}" for n in range(8)],
        "minutes": "〔2017〕1号",
        "items": [
            {"task": ID, "result": "同意销号", "votes": votes, "digest": case_digest(task)}
        ],
    }  # fmt: skip


def audited(root: Path) -> Audit:
    """An audit as a new process makes it."""
    ledger = open_ledger(root)
    try:
        return audit(ledger, "", "", False, lambda done, total: None)
    finally:
        ledger.cache.close()


def codes(root: Path) -> dict[str, set[str]]:
    by_commit: dict[str, set[str]] = {}
    for each in audited(root).findings:
        by_commit.setdefault(each.commit, set()).add(each.problem.code)
    return by_commit


def messages(root: Path) -> str:
    return "".join(each.problem.message for each in audited(root).findings)


@pytest.fixture
def ready(make_ledger: MakeLedger) -> LedgerFolder:
    """A task that a meeting agreed to close; nothing is wrong yet."""
    return make_ledger([READY], decisions=[meeting()])


def on_branch(ledger: LedgerFolder, name: str) -> None:
    ledger.git("switch", "--quiet", "-c", name)


def merged(ledger: LedgerFolder, name: str, *options: str) -> str:
    ledger.git("switch", "--quiet", "main")
    ledger.git("-c", "user.email=lead@example.com", "merge", "--quiet", "--no-ff", *options, name)
    return ledger.git("rev-parse", "HEAD").strip()


class TestMerges:
    def test_a_closing_by_a_branch_is_clean(self, ready: LedgerFolder) -> None:
        on_branch(ready, "close")
        ready.write_task(**CLOSED)
        ready.commit("销号")
        merged(ready, "close", "-m", "合并")
        assert codes(ready.root) == {}

    def test_a_closing_that_only_the_merge_itself_holds(self, ready: LedgerFolder) -> None:
        on_branch(ready, "other")
        ready.write("note.txt", "无关")
        ready.commit("无关")
        merged(ready, "other", "--no-commit")
        ready.write_task(**CLOSED)
        merge = ready.commit("合并")
        assert codes(ready.root) == {merge: {"H001"}}

    def test_an_octopus_is_one_step(self, ready: LedgerFolder) -> None:
        on_branch(ready, "close")
        ready.write_task(**CLOSED)
        ready.commit("销号")
        ready.git("switch", "--quiet", "-c", "other", "main")
        ready.write("note.txt", "无关")
        ready.commit("无关")
        ready.git("switch", "--quiet", "main")
        ready.write("third.txt", "第三条线")
        ready.commit("第三条线")
        ready.git("merge", "--quiet", "--no-ff", "-m", "八爪", "other", "close")
        octopus = ready.git("rev-parse", "HEAD").strip()
        assert len(ready.git("rev-parse", "HEAD^@").split()) == 3
        assert codes(ready.root) == {octopus: {"H001"}}  # merged by who closed it

    @pytest.mark.parametrize("first", ["new", "old"])
    def test_a_second_beginning(self, ready: LedgerFolder, first: str) -> None:
        """Behind a new first commit that says everything, the old history would not be judged."""
        old = ready.git("rev-parse", "HEAD").strip()
        new = ready.git("commit-tree", TREE, "-m", "建账").strip()
        parents = (new, old) if first == "new" else (old, new)
        sides = [part for each in parents for part in ("-p", each)]
        merge = ready.git("commit-tree", TREE, *sides, "-m", "合并").strip()
        ready.git("update-ref", "refs/heads/main", merge)
        assert codes(ready.root) == {merge: {"H004"}}


class TestBrokenFiles:
    def test_breaking_the_configuration_loosens_nothing(self, make_ledger: MakeLedger) -> None:
        strict = {"policies": {"closing": {"default": {"bodies": ["局务会"]}}}}
        ledger = make_ledger([READY], decisions=[meeting()], config=strict)
        text = (ledger.root / "ledger.yaml").read_text("utf-8")
        ledger.write("ledger.yaml", "organisation: [")
        broken = ledger.commit("弄坏")
        on_branch(ledger, "close")
        ledger.write_task(**CLOSED)
        ledger.commit("销号")
        closing = merged(ledger, "close", "-m", "合并")
        ledger.write("ledger.yaml", text)
        ledger.commit("修好")
        by_commit = codes(ledger.root)
        assert "T001" in by_commit[broken]
        assert "C003" in by_commit[closing]
        assert audited(ledger.root).policies == ()

    @pytest.mark.parametrize("audited_between", [True, False])
    def test_breaking_a_task_hides_no_change(
        self, make_ledger: MakeLedger, audited_between: bool
    ) -> None:
        ledger = make_ledger([PLAIN])
        ledger.path(ID).write_text("id: [", "utf-8")
        broken = ledger.commit("弄坏")
        if audited_between:
            assert codes(ledger.root) == {broken: {"T001"}}
        ledger.write_task(id=ID)
        mended = ledger.commit("修好")
        assert codes(ledger.root) == {broken: {"T001"}, mended: {"C010"}}

    def test_what_is_broken_may_not_vanish(self, make_ledger: MakeLedger) -> None:
        ledger = make_ledger([PLAIN])
        ledger.path(ID).write_text("id: [", "utf-8")
        broken = ledger.commit("弄坏")
        ledger.path(ID).unlink()
        gone = ledger.commit("删去")
        assert codes(ledger.root) == {broken: {"T001"}, gone: {"C012"}}

    def test_submodules_and_links_do_not_stop_it(self, make_ledger: MakeLedger) -> None:
        ledger = make_ledger(1)
        link = ledger.git("hash-object", "-w", "--stdin", stdin=b"/etc/passwd").strip()
        for path in ("data/evidence/m", "data/tasks/m", "templates/m", "allowed_signers"):
            ledger.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{path}")
        for path in ("data/evidence/x", "data/tasks/GZ2017/GZ2017-009.yaml"):
            ledger.git("update-index", "--add", "--cacheinfo", f"120000,{link},{path}")
        ledger.git("commit", "--quiet", "-m", "链接")
        assert codes(ledger.root) == {ledger.git("rev-parse", "HEAD").strip(): {"T001"}}


class TestForged:
    @pytest.mark.parametrize("how", ["replace", "graft"])
    def test_what_only_this_clone_puts_in_history_s_place(
        self, make_ledger: MakeLedger, how: str
    ) -> None:
        ledger = make_ledger([PLAIN])
        ledger.write_task(id=ID)
        wrong = ledger.commit("删了记录")
        ledger.write("note.txt", "后来")
        ledger.commit("后来")
        if how == "replace":
            innocent = ledger.git(
                "commit-tree", f"{wrong}~1^{{tree}}", "-p", f"{wrong}~1", "-m", "x"
            )
            ledger.git("replace", wrong, innocent.strip())
        else:
            place = ledger.root / ".git/info/grafts"
            place.parent.mkdir(exist_ok=True)
            place.write_text(f"{wrong}\n", "ascii")
        assert codes(ledger.root) == {wrong: {"C010"}}

    @pytest.mark.parametrize(
        "who",
        [
            "x <x@x> 99999999999999999 +0800", "x <x@x> 253402300800 +1400", "x <x@x> -5 +0800",
            "x <x@x> 1 +9999", "x <x@x> 1600000000 +99999999", "x <x@x> abc +0800", "x <x@x>", "x",
            "x <x@x> 1600000000",
        ],
    )  # fmt: skip
    def test_dates_that_are_none(self, make_ledger: MakeLedger, who: str) -> None:
        from ledger.usecases.looking.history import history
        from ledger.usecases.reading.moment import Moment, moment

        ledger = make_ledger([PLAIN])
        ledger.write_task(id=ID)
        ledger.git("add", "--all")
        tree = ledger.git("write-tree").strip()
        head = ledger.git("rev-parse", "HEAD").strip()
        text = f"tree {tree}\nparent {head}\nauthor {who}\ncommitter {who}\n\n改\n"
        made = ledger.git(
            "hash-object", "-t", "commit", "--literally", "-w", "--stdin", stdin=text.encode()
        ).strip()
        ledger.git("update-ref", "refs/heads/main", made)
        assert codes(ledger.root) == {made: {"C010"}}
        opened = ledger.open()
        assert history(opened, ID, Moment(made, dt.date(2017, 3, 1))).events[0].commit == made
        assert moment(opened, "HEAD", None, opened.repo.commit_day(made, dt.UTC)).commit == made
        opened.cache.close()


def sealed(ledger: LedgerFolder) -> str:
    """Seal the ledger as it is; what the seal says."""
    opened = ledger.open()
    seal(opened, ledger.git("rev-parse", "HEAD").strip(), "一", "")
    opened.cache.close()
    return ledger.git("tag", "--list", "--format=%(contents)", "seal/一")


def verified(ledger: LedgerFolder) -> Verdict:
    opened = ledger.open()
    try:
        return verify_seal(opened, "一")
    finally:
        opened.cache.close()


class TestSeals:
    def test_a_seal_that_was_moved(self, make_ledger: MakeLedger) -> None:
        ledger = make_ledger(1)
        message = sealed(ledger)
        ledger.commit("后来")
        assert verified(ledger).agrees
        ledger.git("tag", "--force", "--annotate", "-m", message, "seal/一", "HEAD")
        assert not verified(ledger).agrees
        assert "seal/一 被移到了提交" in messages(ledger.root)

    def test_a_tag_in_a_seal_s_place(self, make_ledger: MakeLedger) -> None:
        ledger = make_ledger(1)
        sealed(ledger)
        ledger.git("tag", "--force", "seal/一", "HEAD")
        assert not verified(ledger).agrees
        assert "不是 ledger seal 作的封存" in messages(ledger.root)


class TestBegin:
    @pytest.mark.parametrize("named", ["HEAD", "main", "cafe123"])
    def test_a_beginning_that_moves_along(self, make_ledger: MakeLedger, named: str) -> None:
        ledger = make_ledger(1, config={"policies": {"history": {"begin": named}}})
        ledger.git("branch", "cafe123")
        with pytest.raises(LedgerError, match="不是提交号"):
            audited(ledger.root)

    def test_a_beginning_beside_the_main_line(self, make_ledger: MakeLedger) -> None:
        """What a commit of nobody's says is not where the main line comes from."""
        ledger = make_ledger([PLAIN])
        on_branch(ledger, "beside")
        ledger.write_task(id=ID)
        beside = ledger.commit("没有记录了")
        ledger.git("switch", "--quiet", "main")
        ledger.write_task(id=ID)
        ledger.write("ledger.yaml", f"policies: {{history: {{begin: {beside}}}}}\n")
        wrong = ledger.commit("删了记录")
        assert "C010" in codes(ledger.root)[wrong]


class TestCheckpoint:
    def test_another_branch_is_no_rewritten_history(self, make_ledger: MakeLedger) -> None:
        ledger = make_ledger(1)
        ledger.commit("主线")
        audited(ledger.root)
        ledger.git("switch", "--quiet", "-c", "work", "HEAD~1")
        ledger.commit("支线")
        assert codes(ledger.root) == {}
        ledger.git("switch", "--quiet", "main")
        ledger.git("branch", "--quiet", "-D", "work")
        report = audited(ledger.root)
        assert (report.findings, report.resumed) == ((), 2)

    def test_where_nothing_can_be_written_it_only_takes_longer(
        self, make_ledger: MakeLedger
    ) -> None:
        ledger = make_ledger(1)
        place = ledger.root / ".git/ledger/audit.jsonl"
        place.mkdir(parents=True)
        (place / "x").touch()
        assert (codes(ledger.root), audited(ledger.root).resumed) == ({}, 0)


@pytest.fixture
def gpg(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Two GPG keys in a key ring of their own: e-mail address → fingerprint."""
    if shutil.which("gpg") is None:
        pytest.skip("no gpg on this machine (see requirements/apt.txt)")
    home = tempfile.mkdtemp(prefix="gpg-")  # its socket's path must be short
    monkeypatch.setenv("GNUPGHOME", home)
    call = ("gpg", "--batch", "--quiet", "--passphrase", "")
    keys = {}
    for who in ("chief@example.com", "guest@example.com"):
        subprocess.run(
            [*call, "--quick-gen-key", who, "ed25519", "sign", "never"],
            check=True, capture_output=True,
        )  # fmt: skip
        listed = subprocess.run(
            [*call, "--with-colons", "--list-keys", who], check=True, capture_output=True
        ).stdout.decode()
        keys[who] = next(line.split(":")[9] for line in listed.splitlines() if line[:3] == "fpr")
    yield keys
    subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=False, env=dict(os.environ))
    shutil.rmtree(home, ignore_errors=True)


class TestGpg:
    def test_who_is_listed_and_who_is_only_known(
        self, make_ledger: MakeLedger, gpg: dict[str, str]
    ) -> None:
        chief, guest = gpg
        keys = [" ".join((gpg[chief][:20], gpg[chief][20:].lower()))]  # as people copy it
        history = {"signatures": "全部", "gpg_keys": keys}
        ledger = make_ledger(1, config={"policies": {"history": history}})
        ledger.git("config", "gpg.format", "openpgp")
        made = {}
        for who in (chief, guest):
            ledger.git("config", "user.signingkey", gpg[who])
            ledger.git("config", "commit.gpgsign", "true")
            made[who] = ledger.commit(who)
        ledger.git("config", "commit.gpgsign", "false")
        unsigned = ledger.commit("没有签名")
        assert codes(ledger.root) == {made[guest]: {"H003"}, unsigned: {"H002"}}

    @pytest.mark.parametrize("listed", [True, False])
    def test_a_seal_by_a_key_that_is_only_known(
        self, make_ledger: MakeLedger, gpg: dict[str, str], listed: bool
    ) -> None:
        chief, guest = gpg
        history = {"gpg_keys": [gpg[chief]]}
        ledger = make_ledger(1, config={"policies": {"history": history}})
        ledger.git("config", "gpg.format", "openpgp")
        ledger.git("config", "tag.gpgSign", "true")
        ledger.git("config", "user.signingkey", gpg[chief if listed else guest])
        sealed(ledger)
        assert verified(ledger).agrees is listed
