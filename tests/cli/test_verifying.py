"""`verify` of bulletins: made again from the commit they name, in every form."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import docx
import pytest
from docx.table import Table
from docx.text.paragraph import Paragraph

from ledger.adapters.tables.writing.official_table import rows_and_foot
from tests.adapters.tables.reading.documents import Pdf

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = ("--today", "2017-03-05")
WEEKLY = (*TODAY, "report", "weekly", "-o")
FORMS = ("md", "html", "docx", "pdf")


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
        place = weekly(form, ledger, tmp_path, invoke)
        ledger.write_task(id="GZ2017-002", status="推进中")
        ledger.commit("以后的改动", "2017-03-06")
        outcome = invoke(ledger, "verify", str(place))
        assert (outcome.code, last(outcome.out)) == (0, "一致。"), outcome.out

    def test_a_changed_figure_is_found(
        self, form: str, ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
    ) -> None:
        place = weekly(form, ledger, tmp_path, invoke)
        forge(place, "某局", "某厅")
        outcome = invoke(ledger, "verify", str(place))
        assert (outcome.code, last(outcome.out)) == (1, "不一致。")
        assert "台账摘要一致" in outcome.out
        assert "某厅" in outcome.out

    def test_another_commit_than_that_of_the_digest(
        self, form: str, ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
    ) -> None:
        place = weekly(form, ledger, tmp_path, invoke)
        first = ledger.git("rev-parse", "HEAD").strip()
        ledger.write_task(id="GZ2017-002", status="推进中")
        second = ledger.commit("以后的改动", "2017-03-06")
        forge(place, first[:12], second[:12])
        outcome = invoke(ledger, "verify", str(place))
        assert (outcome.code, "台账摘要不一致" in outcome.out) == (1, True)

    def test_history_that_lost_the_commit(
        self, form: str, ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
    ) -> None:
        place = weekly(form, ledger, tmp_path, invoke)
        ledger.git("commit", "--quiet", "--amend", "-m", "改写")
        outcome = invoke(ledger, "verify", str(place))
        assert (outcome.code, "H004" in outcome.out, last(outcome.out)) == (1, True, "不一致。")


def weekly(form: str, ledger: LedgerFolder, folder: Path, invoke: Invoke) -> Path:
    """A weekly bulletin; as a PDF of its Word file, which lies beside it."""
    place = folder / f"周报.{form}"
    written = place.with_suffix(".docx") if form == "pdf" else place
    assert invoke(ledger, *WEEKLY, str(written)).code == 0
    if form == "pdf":
        draw(written, place)
    return place


def draw(word: Path, place: Path) -> None:
    """Print a Word file as some program would: short lines, few rows a page."""
    pdf, top, number = Pdf().page(), 40.0, 1

    def turned(height: float) -> float:
        nonlocal number
        if top + height < 760:
            return top
        pdf.text(290, 800, f"— {number} —")
        number += 1
        pdf.page()
        return 40.0

    for part in docx.Document(str(word)).iter_inner_content():
        below = part.text if isinstance(part, Paragraph) else ""
        if isinstance(part, Table):
            rows, below = rows_and_foot(part)
            widths = [480 / len(rows[0])] * len(rows[0])
            for first in range(1, max(2, len(rows)), 4):
                top = turned(300)
                top = pdf.table(top, widths, [rows[0], *rows[first : first + 4]]) + 40
                if first + 4 < len(rows):
                    top = 800.0
        for line in wrap(below, 40, break_on_hyphens=False):
            top = turned(20)
            pdf.text(50, top, line)
            top += 20
    pdf.save(place)


def forge(place: Path, old: str, new: str) -> None:
    """Change a text of a bulletin as somebody with an editor would."""
    if place.suffix == ".pdf":
        forge(place.with_suffix(".docx"), old, new)
        draw(place.with_suffix(".docx"), place)
        return
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


def test_a_printed_web_page_is_judged_by_its_line(
    ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
) -> None:
    """Cards and pictures come out of a browser in any order."""
    page = weekly("html", ledger, tmp_path, invoke).read_text("utf-8")
    (stamp,) = re.findall("<p>(校验.*)</p>", page)
    pdf = Pdf().page()
    for number, line in enumerate(wrap(stamp, 40, break_on_hyphens=False)):
        pdf.text(50, 60 + 20 * number, line)
    place = pdf.save(tmp_path / "周报.pdf")
    outcome = invoke(ledger, "verify", str(place))
    assert (outcome.code, "没有比较正文" in outcome.out, last(outcome.out)) == (0, True, "一致。")


def test_the_line_as_it_was_once_printed(
    ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
) -> None:
    """Bulletins that were sent long ago have whole ids, and the day in any case."""
    place = tmp_path / "周报.md"
    invoke(ledger, *WEEKLY, str(place))
    text = place.read_text("utf-8")
    whole = invoke(ledger, *TODAY, "report", "weekly", "--json").json()["stamp"]
    place.write_text(text.replace(text.splitlines()[-1], whole), "utf-8")
    assert last(invoke(ledger, "verify", str(place)).out) == "一致。"


def test_whole_ids_are_told(ledger: LedgerFolder, tmp_path: Path, invoke: Invoke) -> None:
    place = tmp_path / "周报.md"
    invoke(ledger, *WEEKLY, str(place))
    outcome = invoke(ledger, "verify", str(place))
    document = invoke(ledger, *TODAY, "report", "weekly", "--json").json()
    assert document["commit"] in outcome.out
    assert document["digest"] in outcome.out


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
            "f.pdf": (b"x", "不是 .pdf 文件"),
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
