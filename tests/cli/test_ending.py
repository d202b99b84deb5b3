"""How the program ends: all is written, what was to be done at the end is done, no object freed."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import atexit, sys
from ledger.__main__ import main
class Freed:
    def __del__(self):
        sys.stderr.write("freed")
freed = Freed()
atexit.register(print, "last", end="")
sys.argv = ["ledger", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize(("words", "code"), [(("--version",), 0), (("nothing",), 2)])
def test_the_end(words: tuple[str, ...], code: int) -> None:
    command = [sys.executable, "-c", PROGRAM, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stdout.endswith("last")
    assert ("没有" in done.stderr) is bool(code)
    assert "freed" not in done.stderr
