"""`verify` of bulletins: made again from the commit they name, in every form."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = ("--today", "2017-03-05")
WEEKLY = (*TODAY, "report", "weekly", "-o")
FORMS = ("md", "html", "docx")


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger([{"title": "清理规章 | 第 *1* 批 <b>&"}, {"status": "未启动"}])


def last(text: str) -> str:
    return text.splitlines()[-1]


@pytest.mark.parametrize("form", FORMS)
class TestForms:
    def test_agrees_after_the_ledger_has_gone_on(
        self, form: str, ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
    ) -> None:
        place = tmp_path / f"周报.{form}"
        assert invoke(ledger, *WEEKLY, str(place)).code == 0
        ledger.write_task(id="GZ2017-002", status="推进中")
        ledger.commit("以后的改动", "2017-03-06")
        outcome = invoke(ledger, "verify", str(place))
        assert (outcome.code, last(outcome.out)) == (0, "一致。"), outcome.out

    def test_a_changed_figure_is_found(
        self, form: str, ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
    ) -> None:
        place = tmp_path / f"周报.{form}"
        invoke(ledger, *WEEKLY, str(place))
        forge(place, "某局", "某厅")
        outcome = invoke(ledger, "verify", str(place))
        assert (outcome.code, last(outcome.out)) == (1, "不一致。")
        assert "台账摘要一致" in outcome.out
        assert "某厅" in outcome.out

    def test_another_commit_than_that_of_the_digest(
        self, form: str, ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
    ) -> None:
        place = tmp_path / f"周报.{form}"
        invoke(ledger, *WEEKLY, str(place))
        first = ledger.git("rev-parse", "HEAD").strip()
        ledger.write_task(id="GZ2017-002", status="推进中")
        second = ledger.commit("以后的改动", "2017-03-06")
        forge(place, first, second)
        outcome = invoke(ledger, "verify", str(place))
        assert (outcome.code, "台账摘要不一致" in outcome.out) == (1, True)

    def test_history_that_lost_the_commit(
        self, form: str, ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
    ) -> None:
        place = tmp_path / f"周报.{form}"
        invoke(ledger, *WEEKLY, str(place))
        ledger.git("commit", "--quiet", "--amend", "-m", "改写")
        outcome = invoke(ledger, "verify", str(place))
        assert (outcome.code, "H004" in outcome.out, last(outcome.out)) == (1, True, "不一致。")


def forge(place: Path, old: str, new: str) -> None:
    """Change a text of a bulletin as somebody with an editor would."""
    if place.suffix != ".docx":
        text = place.read_text("utf-8")
        assert old in text
        place.write_text(text.replace(old, new), "utf-8")
        return
    with zipfile.ZipFile(place) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    body = parts["word/document.xml"].decode()
    assert old in body
    parts["word/document.xml"] = body.replace(old, new).encode()
    with zipfile.ZipFile(place, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)


class TestRefusals:
    def test_what_is_no_bulletin(
        self, ledger: LedgerFolder, tmp_path: Path, refused: Invoke
    ) -> None:
        files = {
            "a.md": (b"# x\n", "里没有校验行"),
            "b.md": (b"\xff\xfe\x00", "不是 UTF-8 的文字"),
            "c.docx": (b"PK\x03\x04broken", "已损坏"),
            "d.docx": (b"", "是空文件"),
            "e.html": (b"<p>x</p>", "里没有校验行"),
        }
        for name, (content, says) in files.items():
            (tmp_path / name).write_bytes(content)
            refused(ledger, "verify", str(tmp_path / name), code=1, says=f"{name} {says}")

    @pytest.mark.parametrize(
        "words",
        [
            "weekly",
            "nothing --until 2017-01-01 --today 2017-01-01",
            "weekly --until x --today y",
            "--help",
        ],
    )
    def test_a_line_that_report_never_wrote(
        self, words: str, ledger: LedgerFolder, tmp_path: Path, refused: Invoke
    ) -> None:
        head = ledger.git("rev-parse", "HEAD").strip()
        seal = f"校验：ledger report {words} · 提交 {head} · 摘要 sha256:{'0' * 64}\n"
        (tmp_path / "a.md").write_text(seal, "utf-8")
        refused(ledger, "verify", str(tmp_path / "a.md"), code=2, says="校验行看不懂")
