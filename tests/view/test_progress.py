"""A bar for what takes long: on a terminal alone, and not for what is over at once."""

from __future__ import annotations

import io
import sys

import pytest

from ledger.view import progress


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("patience", "drawn"), [(-1.0, True), (1000.0, False)], ids=["slow", "quick"]
)
def test_a_bar_is_drawn_when_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, patience: float, drawn: bool
) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", patience)
    monkeypatch.setattr(sys, "stderr", Terminal())
    tell = progress.after_a_second("正在建立索引")
    for done in range(1, 11):
        tell(done, 10)
    assert ("正在建立索引" in sys.stderr.getvalue()) == drawn


def test_a_pipe_gets_no_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", -1.0)
    tell = progress.after_a_second("正在建立索引")
    tell(1, 2)
    tell(2, 2)
    assert capsys.readouterr().err == ""
