"""Every kind of bulletin of one year, word for word; a changed template shows as a diff.

`UPDATE_GOLDEN=1 pytest tests/golden` accepts what is printed now.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.adapters.tables.writing.official import text_lines
from ledger.cli.app import run

HERE = Path(__file__).resolve().parent

BULLETINS = {
    "weekly.md": "weekly --week 2017-W42",
    "weekly-quiet.md": "weekly --week 2017-W35",
    "weekly-first.md": "weekly --week 2017-W02",
    "weekly-scope.md": "weekly --week 2017-W42 --source ZG2017 --number 3",
    "monthly.md": "monthly --month 2017-10",
    "quarterly.md": "quarterly --quarter 2017-Q3",
    "annual.md": "annual --year 2017",
    "closing.md": "closing --source ZG2017",
    "dept.md": "dept --dept 审业部 --until 2017-10-22",
    "scores.md": "scores --year 2017",
    "scores-explain.md": "scores --year 2017 --explain 局办公室",
    "weekly.html": "weekly --week 2017-W42 --format html",
    "closing.html": "closing --source ZG2017 --format html",
    "dept.html": "dept --dept 审业部 --until 2017-10-22 --format html",
    "scores.html": "scores --year 2017 --format html",
    "weekly.json": "weekly --week 2017-W42 --format json",
}


@pytest.mark.parametrize("name", BULLETINS)
def test_bulletin(name: str, year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = BULLETINS[name].split()
    assert run(["-C", str(year), "--today", "2017-12-31", "report", *words]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    compare(name, captured.out)


@pytest.mark.parametrize("kind", ["weekly --week 2017-W42", "scores --explain 办公室"])
def test_what_the_word_file_says(kind: str, year: Path, tmp_path: Path) -> None:
    place = tmp_path / "通报.docx"
    words = ["report", *kind.split(), "-o", str(place)]
    assert run(["-C", str(year), "--today", "2017-12-31", *words]) == 0
    text = "\n".join(text_lines(place.read_bytes())) + "\n"
    compare(f"{kind.split()[0]}-docx.txt", text)


def test_reminders(year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["remind", "--at", "2017-10-22", "--dept", "条法司"]
    assert run(["-C", str(year), "--today", "2017-10-22", *words]) == 0
    compare("remind.md", capsys.readouterr().out)


def compare(name: str, text: str) -> None:
    golden = HERE / name
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert golden.is_file(), "run with UPDATE_GOLDEN=1 to make it"
    assert text == golden.read_text(encoding="utf-8")
