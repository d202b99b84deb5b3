"""`audit` on real histories: it finds what was planted, at the commit where it was, and no more."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from histories import OFFENCES, make_history

from ledger.errors import LedgerError
from ledger.usecases.checking.audit import Audit, audit
from ledger.usecases.checking.check import check_between
from ledger.usecases.reading.open import open_ledger
from tests.copying import copy_folder

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

pytestmark = pytest.mark.xdist_group("audit")  # one long history for all, made once

Codes = dict[str, set[str]]


def audited(root: Path, since: str = "", until: str = "", restart: bool = False) -> Audit:
    """An audit as a new process makes it."""
    ledger = open_ledger(root)
    try:
        return audit(ledger, since, until, restart, lambda done, total: None)
    finally:
        ledger.cache.close()


def codes(report: Audit) -> Codes:
    by_commit: Codes = {}
    for each in report.findings:
        by_commit.setdefault(each.commit, set()).add(each.problem.code)
    return by_commit


@pytest.fixture(scope="module")
def offended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Codes]:
    """A long history with one offence of each kind, and where they are."""
    root = tmp_path_factory.mktemp("audit") / "offended"
    planted = make_history(root, 20, 320, OFFENCES)
    return root, {commit: set(each) for commit, each in planted}


@pytest.fixture(scope="module")
def whole(offended: tuple[Path, Codes]) -> Audit:
    """What an audit of all of it says."""
    return audited(offended[0], restart=True)


@pytest.fixture
def copy(offended: tuple[Path, Codes], whole: Audit, tmp_path: Path) -> Path:
    """The same history, audited once, to be changed."""
    copy_folder(offended[0], tmp_path / "copy")
    with (tmp_path / "copy/.git/config").open("a", encoding="utf-8") as config:
        config.write("[user]\n\tname = 某人\n\temail = x@example.com\n")
    return tmp_path / "copy"


class TestOffences:
    def test_all_that_was_planted_and_nothing_else(
        self, offended: tuple[Path, Codes], whole: Audit
    ) -> None:
        _, planted = offended
        assert codes(whole) == planted
        assert len(planted) == len(OFFENCES)
        assert whole.has_errors()

    def test_a_clean_history_has_none(self, tmp_path: Path) -> None:
        assert make_history(tmp_path / "clean", 20, 200) == []
        report = audited(tmp_path / "clean")
        assert report.findings == ()
        assert report.commits >= 200
        assert report.commits > report.steps > 100  # closings come by merges
        assert report.closings
        assert {each.by for each in report.closings} == {"整改办"}
        assert all(each.decision.startswith("DZH-2020-") for each in report.closings)

    def test_part_of_history(self, offended: tuple[Path, Codes], git: Git) -> None:
        root, planted = offended
        line = git(root, "rev-list", "--first-parent", "--reverse", "main").split()
        since, until = line[len(line) // 3], line[2 * len(line) // 3]
        inside = set(git(root, "rev-list", f"{since}..{until}").split())
        report = audited(root, since, until)
        assert codes(report) == {key: each for key, each in planted.items() if key in inside}
        assert report.head == until

    def test_git_is_not_asked_about_every_commit(
        self, tmp_path: Path, started: Callable[[], list[int]]
    ) -> None:
        calls = []
        for commits in (60, 240):
            make_history(tmp_path / str(commits), 10, commits)
            started()
            audited(tmp_path / str(commits))
            calls.append(len(started()))
        assert calls[0] == calls[1] < 20


class TestCheckpoint:
    def test_it_goes_on_where_it_stopped(self, copy: Path, whole: Audit, git: Git) -> None:
        line = git(copy, "rev-list", "--first-parent", "--reverse", "main").split()
        git(copy, "reset", "--hard", "--quiet", line[len(line) // 2])
        first = audited(copy, restart=True)
        git(copy, "reset", "--hard", "--quiet", line[-1])
        second = audited(copy)
        assert second.resumed == first.steps
        assert (second.findings, second.closings) == (whole.findings, whole.closings)
        assert audited(copy).resumed == second.steps == audited(copy).steps

    @pytest.mark.parametrize("how", ["edited", "dropped", "cut", "swapped"])
    def test_a_tampered_one_is_not_believed(self, copy: Path, whole: Audit, how: str) -> None:
        path = copy / ".git/ledger/audit.jsonl"
        (line,) = path.read_text("utf-8").splitlines()
        claimed, _, content = line.partition(" ")
        entry = json.loads(content)
        innocent = json.dumps(entry | {"findings": []}, ensure_ascii=False, sort_keys=True)
        path.write_text(
            {
                "edited": f"{claimed} {innocent}\n",
                "dropped": f"{claimed}\n",
                "cut": line[: len(line) // 2],
                "swapped": f"{'0' * 64} {content}\n{line}\n",
            }[how],
            "utf-8",
        )
        report = audited(copy)
        assert report.resumed == 0
        assert report.findings == whole.findings


class TestRewrittenHistory:
    def test_what_the_last_audit_saw_is_gone(self, copy: Path, git: Git) -> None:
        head = audited(copy).head
        git(copy, "commit", "--amend", "--quiet", "--date=2021-01-01", "-m", "改写")
        report = audited(copy)
        assert "H004" in codes(report)[""]
        assert any(head[:10] in each.problem.message for each in report.findings)
        assert "H004" in codes(audited(copy))[""]  # it is not forgotten by having been said
        assert "" not in codes(audited(copy, restart=True))

    def test_what_a_seal_vouches_for_is_gone(self, copy: Path, git: Git) -> None:
        from ledger.usecases.checking.seal import seal

        ledger = open_ledger(copy)
        seal(ledger, git(copy, "rev-parse", "main").strip(), "2020-02-01", "")
        ledger.cache.close()
        assert "" not in codes(audited(copy))
        git(copy, "reset", "--hard", "--quiet", "HEAD~1")
        assert "封存 seal/2020-02-01" in "".join(
            each.problem.message for each in audited(copy, restart=True).findings
        )

    def test_a_force_push_was_fetched(self, copy: Path, tmp_path: Path, git: Git) -> None:
        git(tmp_path, "init", "--quiet", "--bare", "server.git")
        git(copy, "remote", "add", "origin", str(tmp_path / "server.git"))
        git(copy, "push", "--quiet", "origin", "main")
        git(copy, "fetch", "--quiet", "origin")
        other = tmp_path / "other"
        git(tmp_path, "clone", "--quiet", "--branch=main", "server.git", "other")
        git(
            other,
            "-c",
            "user.name=某人",
            "-c",
            "user.email=x@example.com",
            "commit",
            "--quiet",
            "--amend",
            "-m",
            "改写",
        )
        git(other, "push", "--quiet", "--force", "origin", "main")
        git(copy, "fetch", "--quiet", "origin")
        git(copy, "reset", "--hard", "--quiet", "origin/main")
        report = audited(copy, restart=True)
        assert "从远端 origin 取回" in "".join(each.problem.message for each in report.findings)

    def test_a_shallow_clone_says_so(self, copy: Path, tmp_path: Path, git: Git) -> None:
        git(tmp_path, "clone", "--quiet", "--depth=5", f"file://{copy}", "shallow")
        with pytest.raises(LedgerError, match="浅克隆"):
            audited(tmp_path / "shallow")
        assert audited(tmp_path / "shallow", since="HEAD~2").commits


class TestPolicyOfTheParent:
    def test_who_is_not_on_the_list_does_not_change_it(
        self, make_ledger: MakeLedger, signer: Signer
    ) -> None:
        """Also where only closings are to be signed: else the next one would be."""
        ledger = make_ledger(1, config={"policies": {"history": {"signatures": "销号"}}})
        chief, guest = signer("chief"), signer("guest")
        lines = [f"chief@example.com {chief.public}\n"]
        ledger.write("allowed_signers", lines[0])
        ledger.commit("名单")  # there was none before
        guest.use(ledger)
        lines.append(f"guest@example.com {guest.public}\n")
        ledger.write("allowed_signers", "".join(lines))
        let_in = ledger.commit("自己加入")
        ledger.git("config", "commit.gpgsign", "false")
        ledger.write("allowed_signers", lines[0])
        unsigned = ledger.commit("没有签名")
        chief.use(ledger)
        ledger.write("allowed_signers", "".join(reversed(lines)))
        ledger.commit("由名单上的人加入")
        assert codes(audited(ledger.root)) == {let_in: {"H003"}, unsigned: {"H002"}}

    def test_a_step_is_judged_by_what_was_before_it(
        self, make_ledger: MakeLedger, signer: Signer
    ) -> None:
        """Nobody lets himself in: not by the list of signers, nor by the policy."""
        ledger = make_ledger(1, config={"policies": {"history": {"signatures": "全部"}}})
        chief, guest = signer("chief"), signer("guest")
        ledger.write("allowed_signers", f"chief@example.com {chief.public}\n")
        start = ledger.commit("名单")
        chief.use(ledger)
        ledger.write("note.txt", "1")
        good = ledger.commit("好")
        guest.use(ledger)
        ledger.write("allowed_signers", f"guest@example.com {guest.public}\n")
        intruder = ledger.commit("把自己加进去")
        ledger.write("note.txt", "2")
        afterwards = ledger.commit("名单里有了")
        ledger.git("config", "commit.gpgsign", "false")
        ledger.write("ledger.yaml", "organisation: 某局\n")
        loosened = ledger.commit("放宽")
        ledger.write("note.txt", "3")
        free = ledger.commit("不用签名了")
        by_commit = codes(audited(ledger.root, since=start))
        assert by_commit[intruder] == {"H003"}
        assert "H002" in by_commit[loosened]
        assert not {good, afterwards, free} & by_commit.keys()

    def test_policy_changes_are_named(self, make_ledger: MakeLedger) -> None:
        ledger = make_ledger(1)
        ledger.write("templates/weekly.md.j2", "x")
        template = ledger.commit("模板")
        text = (ledger.root / "ledger.yaml").read_text("utf-8")
        ledger.write("ledger.yaml", text + "rules: {F001: 'off'}\n")
        rules = ledger.commit("规则")
        report = audited(ledger.root)
        assert [(each.commit, each.what) for each in report.policies] == [
            (template, ("templates/weekly.md.j2",)),
            (rules, ("ledger.yaml：rules",)),
        ]


class TestPlaces:
    def test_a_ledger_below_the_top_level(self, make_ledger: MakeLedger) -> None:
        ledger = make_ledger(
            [{"progress": [{"date": "2017-02-01", "by": "甲", "text": "始"}]}], below="台账/甲"
        )
        ledger.write_task(id="GZ2017-001")
        wrong = ledger.commit("删了记录")
        assert codes(audited(ledger.root)) == {wrong: {"C010"}}
        opened = ledger.open()
        problems = check_between(opened, "HEAD~1", "HEAD", dt.date(2017, 3, 1)).problems
        opened.cache.close()
        assert {each.code for each in problems} == {"C010"}

    def test_inside_merges_only_where_asked(self, make_ledger: MakeLedger) -> None:
        """A branch that does wrong and takes it back is a clean step of the main line."""
        entry = {"date": "2017-02-01", "by": "甲", "text": "始"}
        ledger = make_ledger([{"progress": [entry]}])
        ledger.git("switch", "--quiet", "-c", "work")
        ledger.write_task(id="GZ2017-001")
        wrong = ledger.commit("删了记录")
        ledger.write_task(id="GZ2017-001", progress=[entry], goal="完成")
        ledger.commit("改回来")
        ledger.git("switch", "--quiet", "main")
        ledger.git("merge", "--quiet", "--no-ff", "-m", "合并", "work")
        assert codes(audited(ledger.root)) == {}
        text = (ledger.root / "ledger.yaml").read_text("utf-8")
        ledger.git("reset", "--hard", "--quiet", "HEAD~1")
        policies = "history: {inside_merges: 是}"
        ledger.write("ledger.yaml", text.replace("policies:", f"policies:\n  {policies}"))
        ledger.commit("逐个检查")
        ledger.git("merge", "--quiet", "--no-ff", "-m", "合并", "work")
        assert codes(audited(ledger.root, restart=True)) == {wrong: {"C010"}}

    def test_links_and_broken_files_are_findings(self, make_ledger: MakeLedger) -> None:
        ledger = make_ledger(2)
        ledger.path("GZ2017-001").unlink()
        ledger.path("GZ2017-001").symlink_to("GZ2017-002.yaml")
        link = ledger.commit("链接")
        ledger.path("GZ2017-001").unlink()
        ledger.write_task(id="GZ2017-001")
        ledger.commit("改正")
        ledger.path("GZ2017-002").write_text("id: [", "utf-8")
        broken = ledger.commit("坏文件")
        assert codes(audited(ledger.root)) == {link: {"T001"}, broken: {"T001"}}

    def test_a_begin_leaves_older_history_alone(self, copy: Path, git: Git) -> None:
        head = git(copy, "rev-parse", "HEAD").strip()
        text = (copy / "ledger.yaml").read_text("utf-8")
        begin = f"policies: {{history: {{begin: {head}}}}}\n"
        (copy / "ledger.yaml").write_text(text + begin, "utf-8")
        git(
            copy,
            "-c",
            "user.name=某人",
            "-c",
            "user.email=x@example.com",
            "commit",
            "--quiet",
            "-am",
            "起点",
        )
        report = audited(copy)
        assert (report.findings, report.steps, report.since) == ((), 1, head)


Git = Callable[..., str]
Signer = Callable[[str], "Key"]


@pytest.fixture(scope="module")
def git() -> Git:
    """Runs git in a folder."""
    import subprocess

    def call(folder: Path, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
        return done.stdout.decode()

    return call


class Key:
    """An SSH key to sign with."""

    def __init__(self, path: Path) -> None:
        import subprocess

        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True
        )
        self.path = path
        self.public = path.with_suffix(".pub").read_text("ascii").strip()

    def use(self, ledger: LedgerFolder) -> None:
        """Let git sign every commit with it from now on."""
        for key, value in (
            ("gpg.format", "ssh"), ("user.signingkey", str(self.path)), ("commit.gpgsign", "true"),
        ):  # fmt: skip
            ledger.git("config", key, value)


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    """Makes a key of a name."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen on this machine (see requirements/apt.txt)")
    return lambda name: Key(tmp_path / name)
