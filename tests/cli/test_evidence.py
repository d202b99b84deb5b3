"""`ledger evidence add`: what is copied, what only leaves its hash, what is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.usecases.reading.proofs import MAX_EVIDENCE
from ledger.usecases.writing.evidence import safe_name

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = ("--today", "2017-03-10")
ID = "GZ2017-001"
FOLDER = f"data/evidence/{ID}"
# Writes a pointer as Git LFS does (its specification, version 1), for want of git-lfs itself.
CLEAN = (
    'f=$(mktemp); cat >"$f"; o=$(sha256sum <"$f" | cut -d" " -f1); '
    "d=.git/lfs/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-4); "
    'mkdir -p $d; cp "$f" $d/$o; printf "version https://git-lfs.github.com/spec/v1\\n'
    'oid sha256:%s\\nsize %s\\n" $o "$(wc -c <"$f")"; rm "$f"'
)


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger(2)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def proof(tmp_path: Path, content: bytes = b"proof", name: str = "印发通知.txt") -> Path:
    place = tmp_path / name
    place.write_bytes(content)
    return place


def large(tmp_path: Path, size: int) -> Path:
    place = tmp_path / "录像.mp4"
    with place.open("wb") as file:
        file.truncate(size)
    return place


def evidence(ledger: LedgerFolder, invoke: Invoke) -> list[dict[str, Any]]:
    (row,) = invoke(ledger, "list", "--full", "--json", "--text", f"事项{ID}").json()
    entries: list[dict[str, Any]] = row["evidence"]
    return entries


def add(ledger: LedgerFolder, invoke: Invoke, *arguments: str) -> None:
    outcome = invoke(ledger, *TODAY, "evidence", "add", *arguments)
    assert outcome.code == 0, outcome.err


class TestCopied:
    def test_into_the_ledger_with_its_hash_in_one_commit(
        self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        add(ledger, invoke, "001", str(proof(tmp_path)), "--name", "制度印发通知")
        (kept,) = evidence(ledger, invoke)
        assert (kept["name"], kept["path"]) == ("制度印发通知", f"{FOLDER}/印发通知.txt")
        assert (kept["sha256"], kept["date"]) == (sha256(b"proof"), "2017-03-10")
        assert (ledger.root / kept["path"]).read_bytes() == b"proof"
        changed = ledger.git("-c", "core.quotePath=false", "show", "--name-only", "--format=")
        assert set(changed.split()) == {kept["path"], f"data/tasks/GZ2017/{ID}.yaml"}
        assert ledger.git("status", "--porcelain") == ""
        assert invoke(ledger, *TODAY, "check").code == 0

    def test_the_same_file_again_is_said_not_doubled(
        self, ledger: LedgerFolder, invoke: Invoke, refused: Invoke, tmp_path: Path
    ) -> None:
        add(ledger, invoke, ID, str(proof(tmp_path)))
        again = proof(tmp_path, name="换个名字.txt")
        refused(
            ledger,
            *TODAY,
            "evidence",
            "add",
            ID,
            str(again),
            code=1,
            says="已经登记过内容相同的材料“印发通知”",
        )

    def test_another_file_of_the_same_name_gets_a_name_of_its_own(
        self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        for content, name in ((b"1", "Note.txt"), (b"2", "Note.txt"), (b"3", "note.TXT")):
            add(ledger, invoke, ID, str(proof(tmp_path, content, name)))
        paths = [each["path"] for each in evidence(ledger, invoke)]
        assert paths == [f"{FOLDER}/{name}" for name in ("Note.txt", "Note-2.txt", "note-3.TXT")]
        assert len({path.casefold() for path in paths}) == 3
        assert invoke(ledger, *TODAY, "check").code == 0

    def test_a_file_that_lies_in_its_folder_already_is_committed(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        photo = ledger.write(f"{FOLDER}/照片.jpg", b"photo")
        add(ledger, invoke, ID, str(photo))
        assert [each["path"] for each in evidence(ledger, invoke)] == [f"{FOLDER}/照片.jpg"]
        assert ledger.git("status", "--porcelain") == ""

    def test_nothing_is_left_when_git_refuses(
        self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        hook = ledger.root / ".git" / "hooks" / "pre-commit"
        hook.write_text("#!/bin/sh\necho 不行; exit 1\n")
        hook.chmod(0o755)
        assert invoke(ledger, *TODAY, "evidence", "add", ID, str(proof(tmp_path))).code == 1
        assert not (ledger.root / FOLDER).exists()
        assert ledger.git("status", "--porcelain") == ""

    @pytest.mark.parametrize(
        ("name", "stored"),
        [
            ("印发 通知（终稿）.pdf", "印发_通知（终稿）.pdf"),
            ('a<b>:"|?*.txt', "a_b_.txt"),
            (".hidden", "hidden"),
            ("-rf", "rf"),
            ("一\u202e二\n三.doc", "一_二_三.doc"),
            ("...", "材料"),
            ("con.tar.gz", "材料-con.tar.gz"),
            ("nul", "材料-nul"),
            ("com0.pdf", "材料-com0.pdf"),
            ("console.pdf", "console.pdf"),
            ("长" * 300 + ".xlsx", "长" * 60 + ".xlsx"),
            ("x." + "y" * 300, "x." + "y" * 58),
        ],
    )
    def test_names_that_every_system_can_hold(self, name: str, stored: str) -> None:
        assert safe_name(name) == stored


class TestNotCopied:
    @pytest.mark.parametrize(
        ("options", "archive"),
        [(("--archive", " 2017-保-3 "), "2017-保-3"), (("--hash-only",), "")],
    )
    def test_hash_and_archive_number_only(
        self,
        options: tuple[str, ...],
        archive: str,
        ledger: LedgerFolder,
        invoke: Invoke,
        tmp_path: Path,
    ) -> None:
        add(ledger, invoke, ID, str(proof(tmp_path)), *options)
        (kept,) = evidence(ledger, invoke)
        assert (kept["path"], kept["archive"]) == ("", archive)
        assert kept["sha256"] == sha256(b"proof")
        assert not (ledger.root / "data" / "evidence").exists()
        assert invoke(ledger, *TODAY, "check").code == 0
        assert invoke(ledger, *TODAY, "apply", ID, "--summary", "办完").code == 0

    def test_a_large_file_may_stay_outside(
        self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        file = large(tmp_path, MAX_EVIDENCE + 1)
        add(ledger, invoke, ID, str(file), "--archive", "2017-3")
        assert evidence(ledger, invoke)[0]["sha256"] == sha256(file.read_bytes())


class TestRefused:
    @pytest.mark.parametrize("archive", ["无", "暂无", "待补", "/"])
    def test_an_archive_number_that_is_none(
        self, archive: str, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        done = invoke(ledger, "evidence", "add", ID, str(proof(tmp_path)), "--archive", archive)
        assert done.code == 2
        assert f"“{archive}”不是档案号" in done.err

    def test_nothing_but_blanks(self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path) -> None:
        file = tmp_path / "空.txt"
        file.write_text("\ufeff \n\u3000\u200b\n", encoding="utf-8")
        done = invoke(ledger, "evidence", "add", ID, str(file))
        assert done.code == 1
        assert "空.txt 里只有空白" in done.err

    def test_too_large(self, ledger: LedgerFolder, refused: Invoke, tmp_path: Path) -> None:
        file = str(large(tmp_path, MAX_EVIDENCE + 1))
        outcome = refused(ledger, *TODAY, "evidence", "add", ID, file, code=1, says="超过 20 MB")
        assert "--archive" in outcome.err

    @pytest.mark.parametrize(
        ("arguments", "code", "message"),
        [
            (("add", ID, "没有.pdf"), 2, "找不到文件"),
            (("add", ID, "data"), 2, "是文件夹"),
            (("add", ID, "空.txt"), 1, "是空文件"),
            (("add", "GZ2017-999", "ledger.yaml"), 2, "没有编号为"),
            (("remove", ID, "ledger.yaml"), 2, "没有“evidence remove”"),
            (("add", ID, "ledger.yaml", "--date", "2017-04-01"), 2, "还没有到"),
        ],
    )
    def test_one_sentence(
        self,
        arguments: tuple[str, ...],
        code: int,
        message: str,
        ledger: LedgerFolder,
        refused: Invoke,
    ) -> None:
        ledger.write("空.txt", b"")
        refused(ledger, *TODAY, "evidence", *arguments, code=code, says=message)

    def test_a_mere_name_is_not_enough_to_apply(
        self, make_ledger: MakeLedger, refused: Invoke
    ) -> None:
        ledger = make_ledger([{"evidence": [{"name": "总结"}]}])
        refused(
            ledger, *TODAY, "apply", ID, "--summary", "办完", code=1, says="只有材料名称，没有材料"
        )

    def test_check_finds_what_was_exchanged_or_lost(
        self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path
    ) -> None:
        add(ledger, invoke, ID, str(proof(tmp_path)))
        place = ledger.root / FOLDER / "印发通知.txt"
        for spoil in (lambda: place.write_bytes(b"other"), place.unlink):
            spoil()
            (problem,) = invoke(ledger, *TODAY, "check", "--json").json()["problems"]
            assert (problem["code"], problem["id"]) == ("T007", ID)


class TestGitLfs:
    @pytest.fixture
    def kept_by_lfs(self, make_ledger: MakeLedger) -> LedgerFolder:
        attributes = "data/evidence/** filter=lfs -text\n"
        return make_ledger(
            1, files={".gitattributes": attributes}, config={"evidence": {"lfs_max_mb": 21}}
        )

    def test_takes_what_is_too_large_for_git(
        self, kept_by_lfs: LedgerFolder, invoke: Invoke, refused: Invoke, tmp_path: Path
    ) -> None:
        kept_by_lfs.git("config", "filter.lfs.clean", CLEAN)
        file = large(tmp_path, MAX_EVIDENCE + 1)
        add(kept_by_lfs, invoke, ID, str(file))
        assert kept_by_lfs.git("show", f"HEAD:{FOLDER}/录像.mp4").startswith("version https://")
        assert evidence(kept_by_lfs, invoke)[0]["sha256"] == sha256(file.read_bytes())
        for options in ((), ("--base", "HEAD~1")):
            outcome = invoke(kept_by_lfs, *TODAY, "check", *options)
            assert outcome.code == 0, outcome.out
        with file.open("r+b") as opened:
            opened.truncate(21_000_001)
        refused(kept_by_lfs, *TODAY, "evidence", "add", ID, str(file), code=1, says="超过 21 MB")

    def test_not_installed(
        self, kept_by_lfs: LedgerFolder, refused: Invoke, tmp_path: Path
    ) -> None:
        file = str(large(tmp_path, MAX_EVIDENCE + 1))
        refused(
            kept_by_lfs, *TODAY, "evidence", "add", ID, file, code=1, says="请管理员装好 Git LFS"
        )
