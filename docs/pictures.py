"""Draws what the manual shows of a terminal: `python docs/pictures.py`, or `make pictures`.

Each picture is what a command prints on a terminal of that width, on this repository's own data or
in the demonstration ledger; a test holds them against what is printed now.
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.view.picture import svg

ROOT = Path(__file__).resolve().parent.parent
DEMO_DAY, OWN_DAY = "2026-11-30", "2017-10-20"
_LINES = 60  # of the terminal: more than any of them prints


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture.

    Attributes:
        path: below docs/.
        command: without the program's name.
        columns: of the terminal.
        own: whether it is drawn on the repository's own data.
    """

    path: str
    command: tuple[str, ...]
    columns: int = 96
    own: bool = False


PICTURES = (
    Picture("due.svg", ("--today", OWN_DAY, "due", "--dept", "审业部"), own=True),
    Picture("pictures/today.svg", (), 100),
    Picture("pictures/mine.svg", ("mine",), 120),
    Picture("pictures/due.svg", ("due", "--dept", "审业部")),
    Picture("pictures/status.svg", ("status",), 120),
    Picture("pictures/card.svg", ("show", "GZ2026-011")),
    Picture("pictures/story.svg", ("log", "GZ2026-011")),
)


def drawn(picture: Picture, demo: Path) -> str:
    """A picture as SVG.

    Args:
        demo: the demonstration ledger of `DEMO_DAY`.
    """
    where = ("-C", str(ROOT)) if picture.own else ("-C", str(demo), "--today", DEMO_DAY)
    printed = _on_terminal((*where, *picture.command), picture.columns)
    return svg(printed.rstrip("\n"), " ".join(("ledger", *picture.command)), picture.columns) + "\n"


def _on_terminal(words: tuple[str, ...], columns: int) -> str:
    """What the program prints on a terminal of its own.

    Raises:
        subprocess.CalledProcessError: it has found something to complain of.
    """
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, columns, 0, 0))
    command = [sys.executable, "-m", "ledger", *words]
    # What is slow would draw a bar on a terminal's stderr.
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=_surroundings(),
    ) as process:
        os.close(theirs)
        printed = b"".join(_read(ours))
    os.close(ours)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, printed)
    return printed.decode().replace("\r\n", "\n")


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux says so when the last process has closed its side
            return
        if not part:
            return
        yield part


def _surroundings() -> Mapping[str, str]:
    """The same for everybody: nobody's settings of git, nobody's habits of a terminal."""
    kept = ("PATH", "HOME", "PYTHONPATH", "TMPDIR")
    own = {"LANG": "C.UTF-8", "TERM": "xterm-256color", "GIT_CONFIG_GLOBAL": os.devnull}
    return {name: os.environ[name] for name in kept if name in os.environ} | own


def main() -> None:
    """Draw them all."""
    with tempfile.TemporaryDirectory() as temporary:
        demo = Path(temporary) / "示例台账"
        words = ("--today", DEMO_DAY, "init", "--demo", str(demo))
        subprocess.run(
            [sys.executable, "-m", "ledger", *words],
            env=_surroundings(), capture_output=True, check=True,
        )  # fmt: skip
        for picture in PICTURES:
            place = ROOT / "docs" / picture.path
            place.parent.mkdir(exist_ok=True)
            place.write_text(drawn(picture, demo), "utf-8")


if __name__ == "__main__":
    main()
