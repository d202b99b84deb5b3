"""Evidence for readers: what is there of it, and that nothing else can be reached by its path."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import NotKnown
from ledger.usecases.checking.worktree import check_worktree
from ledger.usecases.looking.list import one
from ledger.usecases.reading.moment import Moment
from ledger.usecases.showing.exhibits import exhibit, exhibits, media_of

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2017, 7, 3)
NOW = Moment("", TODAY)
FOLDER = "data/evidence/GZ2017-001"
CANARY = "谁也不该看到这句话"
POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    f"oid sha256:{'a' * 64}\nsize 31000000\n"
)  # fmt: skip


def proof(path: str, content: str = "", **more: Any) -> dict[str, Any]:
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return {"name": path.rpartition("/")[2] or "材料", "path": path, "sha256": sha256} | more


def with_evidence(
    make_ledger: MakeLedger, *evidence: dict[str, Any], **files: str | bytes
) -> LedgerFolder:
    paths = {f"{FOLDER}/{name.replace('_', '.')}": content for name, content in files.items()}
    return make_ledger([{"status": "申请销号", "evidence": list(evidence)}], files=paths)


def test_tells_what_is_there_as_check_does(make_ledger: MakeLedger) -> None:
    """A file in order, one that was changed, one that is gone, one that is kept elsewhere."""
    made = with_evidence(
        make_ledger,
        proof(f"{FOLDER}/a.txt", "办结材料"),
        proof(f"{FOLDER}/b.txt", "办结材料"),
        proof(f"{FOLDER}/c.txt", "办结材料"),
        {"name": "涉密材料", "archive": "2017-A-12", "sha256": "b" * 64},
        proof(f"{FOLDER}/d.txt", POINTER),
        a_txt="办结材料",
        b_txt="换过的材料",
        d_txt=POINTER,
    )
    for commit in ("", made.git("rev-parse", "HEAD").strip()):
        ledger, when = made.open(), Moment(commit, TODAY)
        listed = exhibits(ledger, one(ledger, "GZ2017-001", when), when)
        assert [each.size for each in listed] == [12, 15, None, None, 31_000_000]
        assert [each.fault for each in listed] == [
            "",
            "与登记的校验值不符",
            "不存在、过大或不是普通文件",
            "",
            "不存在、过大或不是普通文件",
        ]
        assert [each.is_shown for each in listed] == [True, True, False, False, True]
    told = {each.message for each in check_worktree(made.open(), TODAY).problems}
    faults = {f"佐证材料 {each.evidence.path} {each.fault}" for each in listed if each.fault}
    assert faults <= told


def test_a_file_of_a_day_is_that_of_its_commit(make_ledger: MakeLedger) -> None:
    made = with_evidence(make_ledger, proof(f"{FOLDER}/a.txt", "旧"), a_txt="旧")
    old = made.git("rev-parse", "HEAD").strip()
    made.write(f"{FOLDER}/a.txt", "新")
    ledger = made.open()
    assert exhibit(ledger, "GZ2017-001", "1", Moment(old, TODAY))[2].content.decode() == "旧"
    assert exhibit(ledger, "001", "1", NOW)[2].content.decode() == "新"


@pytest.mark.parametrize("number", ["0", "2", "-1", "", "1.0", "x", "１", "9" * 5000])
def test_refuses_numbers_that_there_are_not(make_ledger: MakeLedger, number: str) -> None:
    made = with_evidence(make_ledger, proof(f"{FOLDER}/a.txt", "旧"), a_txt="旧")
    with pytest.raises(NotKnown, match="没有第"):
        exhibit(made.open(), "GZ2017-001", number, NOW)


def test_what_is_kept_elsewhere_is_told(make_ledger: MakeLedger) -> None:
    elsewhere = {"name": "涉密材料", "archive": "2017-A-12"}
    made = with_evidence(make_ledger, elsewhere, proof(f"{FOLDER}/d.txt", POINTER), d_txt=POINTER)
    with pytest.raises(NotKnown, match="档案号 2017-A-12"):
        exhibit(made.open(), "GZ2017-001", "1", NOW)
    with pytest.raises(NotKnown, match="由 Git LFS 存放"):
        exhibit(made.open(), "GZ2017-001", "2", NOW)


LEADING_OUT: tuple[str, ...] = (
    "../canary.txt",
    "/etc/hostname",
    "data/evidence/../../../canary.txt",
    "data/evidence/../../ledger.yaml",
    f"{FOLDER}/./a.txt",
    f"{FOLDER}//a.txt",
    f"{FOLDER}/.hidden",
    f"{FOLDER}/link.txt",
    f"{FOLDER}/linked/canary.txt",
    f"{FOLDER}/within/a.txt",
    f"{FOLDER}/pipe",
    f"{FOLDER}/nul",
    f"{FOLDER}/CON.txt",
    FOLDER,
    "data/evidence",
    "data/tasks/GZ2017/GZ2017-001.yaml",
    "ledger.yaml",
    ".git/config",
    "data/evidence/.git/config",
    "..\\canary.txt",
    "data/evidence/..\\..\\..\\canary.txt",
)


def test_no_path_leads_out(make_ledger: MakeLedger, tmp_path: Path) -> None:
    """Not by dots, links of files and folders, devices; the file outside is never read."""
    made = with_evidence(make_ledger, *map(proof, LEADING_OUT), a_txt="办结材料")
    (tmp_path / "canary.txt").write_text(CANARY, "utf-8")
    folder = made.root / FOLDER
    (folder / ".hidden").write_text(CANARY, "utf-8")
    (folder / "nul").write_text(CANARY, "utf-8")
    for name, target in (
        ("link.txt", tmp_path / "canary.txt"),
        ("linked", tmp_path),
        ("within", folder),
    ):
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe")
    ledger = made.open()
    for number, path in enumerate(LEADING_OUT, 1):
        with pytest.raises(NotKnown) as refused:
            exhibit(ledger, "GZ2017-001", str(number), NOW)
        assert CANARY not in refused.value.message, path
    listed = exhibits(ledger, one(ledger, "GZ2017-001", NOW), NOW)
    assert {each.size for each in listed} == {None}


def test_no_link_of_a_commit_is_followed(make_ledger: MakeLedger) -> None:
    made = with_evidence(make_ledger, proof(f"{FOLDER}/link.txt"), a_txt="办结材料")
    (made.root / FOLDER / "link.txt").symlink_to("../../../ledger.yaml")
    commit = made.commit()
    with pytest.raises(NotKnown, match="不是普通文件"):
        exhibit(made.open(), "GZ2017-001", "1", Moment(commit, TODAY))


PNG, PDF = b"\x89PNG\r\n\x1a\n...", b"%PDF-1.4\n"
FORMS: tuple[tuple[str, bytes, str], ...] = (
    ("a.pdf", PDF, "application/pdf"),
    ("a.PDF", PDF, "application/pdf"),
    ("a.png", PNG, "image/png"),
    ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
    ("a.gif", b"GIF89a", "image/gif"),
    ("a.webp", b"RIFF\0\0\0\0WEBP", "image/webp"),
    ("a.webp", b"RIFF\0\0\0\0AVI ", ""),
    ("a.txt", "办结".encode(), "text/plain"),
    ("a.txt", "办结".encode("gb18030"), "text/plain"),
    ("a.txt", b"a\0b", ""),
    ("a.png", PDF, ""),
    ("a.pdf", b"<script>", ""),
    ("a.svg", b"<svg/>", ""),
    ("a.html", b"<script>", ""),
    ("a.htm", PDF, ""),
    ("a.docx", b"PK", ""),
    ("pdf", PDF, ""),
    (".pdf", PDF, ""),
    ("a.pdf.html", PDF, ""),
    ("a.pdf", b"", ""),
)


def test_shown_is_what_its_name_and_its_content_say() -> None:
    for path, content, media in FORMS:
        assert media_of(f"{FOLDER}/{path}", content) == media, (path, content)


def test_large_files_are_not_read_whole(
    make_ledger: MakeLedger, started: Callable[[], list[int]]
) -> None:
    made = with_evidence(make_ledger, proof(f"{FOLDER}/a.txt"), a_txt="x")
    with (made.root / FOLDER / "a.txt").open("wb") as file:
        file.truncate(50_000_000)
    ledger = made.open()
    with pytest.raises(NotKnown, match="超过 20 MB"):
        exhibit(ledger, "GZ2017-001", "1", NOW)
    (listed,) = exhibits(ledger, one(ledger, "GZ2017-001", NOW), NOW)
    assert (listed.size, listed.fault) == (None, "不存在、过大或不是普通文件")
