"""An exported table on paper: printed by LibreOffice, and imported again from the PDF.

It needs LibreOffice Writer (requirements/apt.txt) and is skipped without it.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

pytestmark = pytest.mark.xdist_group("office")

TODAY = ("--today", "2017-03-10")
WORDS = "健全完善督查检查制度压实主体责任组织开展专项治理通报情况推动整改到位"
TASKS = 18
DEEP, LONG = 5, 12  # the task at which the deep point begins, and the one of many measures


def sentence(chance: random.Random, length: int) -> str:
    """A text of some length that says nothing, with stops as texts have them."""
    text = "".join(chance.choice(WORDS) for _ in range(length))
    return "，".join(text[at : at + 11] for at in range(0, length, 11)) + chance.choice(["。", ""])


def tasks() -> list[dict[str, Any]]:
    """Tasks whose points reach over several rows, with measures of a line to half a page.

    One point, and the measures of one task, fit on no page.
    """
    chance = random.Random(2017)  # noqa: S311 - the same tasks in every run
    made: list[dict[str, Any]] = []
    point = ""
    for number in range(TASKS):
        if number % 7 in (0, 1, 5):
            point = sentence(chance, 1300 if number == DEEP else chance.randint(4, 30))
        lengths = [chance.randint(5, 90) for _ in range(chance.randint(1, 4))]
        if number == LONG:
            lengths = [200] * 6
        made.append(
            {
                "key_point": point,
                "goal": sentence(chance, chance.randint(5, 40)),
                "measures": [sentence(chance, length) for length in lengths],
                "lead": [("办公室", "审业部")[number % 2]],
                "assist": [["条法司"], ["条法司", "规划司"]][number % 3 > 1],
                "due": {"text": "12月底前", "date": "2017-12-31"},
                "progress": [{"date": "2017-03-01", "text": sentence(chance, number * 2 + 4)}],
            }
        )
    return made


@pytest.fixture(scope="module")
def office() -> str:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("no LibreOffice on this machine (see requirements/apt.txt)")
    return program


def let_pages_break_rows(place: Path, target: Path) -> Path:
    """The same document as other programs make it, where a page breaks any row."""
    with zipfile.ZipFile(place) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    body = parts["word/document.xml"].decode()
    assert "<w:cantSplit/>" in body
    body = body.replace("<w:cantSplit/>", "").replace("<w:keepNext/>", "")
    with zipfile.ZipFile(target, "w") as package:
        for name, content in (parts | {"word/document.xml": body.encode()}).items():
            package.writestr(name, content)
    return target


def test_what_was_printed_proposes_no_change(
    office: str, make_ledger: MakeLedger, invoke: Invoke, tmp_path: Path
) -> None:
    ledger: LedgerFolder = make_ledger(tasks())
    export = (*TODAY, "export", "docx", "--source", "GZ2017", "-o")
    whole, part = tmp_path / "全部.docx", tmp_path / "部分.docx"
    assert invoke(ledger, *export, str(whole)).code == 0
    assert invoke(ledger, *export, str(part), "--lead", "办公室").code == 0
    broken = let_pages_break_rows(whole, tmp_path / "跨页.docx")
    settings = f"-env:UserInstallation={(tmp_path / 'settings').as_uri()}"
    words = [office, settings, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*words, *map(str, (whole, part, broken))], check=True, capture_output=True)
    for place, count in ((whole, TASKS), (part, TASKS // 2), (broken, TASKS)):
        command = ("import", str(place.with_suffix(".pdf")), "--source", "GZ2017", "--dry-run")
        outcome = invoke(ledger, *TODAY, *command)
        assert outcome.code == 0, outcome.err
        told = f"GZ2017：新增 0 项，修改 0 项，不变 {count} 项，表里没有了 {TASKS - count} 项"
        assert outcome.out.splitlines()[0] == told, (place.name, outcome.out)
