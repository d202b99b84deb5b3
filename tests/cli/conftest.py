"""The command line as a user has it: in this process for speed, or in one of its own."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.cli.app import run
from tests.conftest import DEMO_DAY
from tests.copying import copy_folder
from tests.forking import begun_on
from tests.turns import LONG

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder

# Words that only a library's or git's own message would have.
_ENGLISH = re.compile(
    r"\b(the|is|not|of|error|invalid|unexpected|expected|found|argument|option|missing|cannot|"
    r"failed|traceback|errno|fatal|no such)\b",
    re.IGNORECASE,
)
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did: its exit code, what it printed, what it said beside."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The JSON document on stdout."""
        return json.loads(self.out)

    @property
    def sentences(self) -> list[str]:
        """The lines on stderr."""
        return self.err.splitlines()


Invoke = Callable[..., Outcome]


@pytest.fixture
def invoke(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Runs a command line in a folder, in this process, with nobody to ask.

    `invoke(ledger_or_folder, "list", "--json")`
    """

    def call(place: LedgerFolder | Path, *arguments: str) -> Outcome:
        monkeypatch.chdir(_folder(place))
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        capsys.readouterr()
        code = run(list(arguments))
        return Outcome(code, *capsys.readouterr())

    return call


@pytest.fixture
def refused(invoke: Invoke) -> Invoke:
    """Runs a command that must be refused: one clear Chinese sentence, and nothing written.

    `refused(ledger, "list", "--sort", "x", code=2, says="排序方式")`; returns what it said.
    """

    def call(place: LedgerFolder | Path, *arguments: str, code: int, says: str) -> Outcome:
        root = _folder(place)
        before = files_of(root)
        outcome = invoke(place, *arguments)
        assert outcome.code == code, outcome.err
        assert outcome.out == ""
        assert says in outcome.err
        assert_one_sentence(outcome.err)
        assert files_of(root) == before
        return outcome

    return call


def _folder(place: LedgerFolder | Path) -> Path:
    return place if isinstance(place, Path) else place.root


def assert_one_sentence(message: str) -> None:
    """One line of Chinese that ends as a sentence does, without a word of a library's English."""
    assert message.endswith("\n")
    assert message.count("\n") == 1, message
    assert message[-2] in "。？！", message
    assert re.search(r"[一-鿿]{2}", message), message
    assert not re.search(r"[。？！；]{2}", message), message
    assert not _ENGLISH.search(re.sub(r"/\S+", "", message)), message  # paths aside


def files_of(root: Path) -> dict[str, bytes]:
    """Every file below a folder with its content: git's own state too, the cache left out."""
    kept = (path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink())
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in kept
        if not {".git", "ledger"} <= set(path.relative_to(root).parts[:2])
    }


@pytest.fixture
def ledger_command() -> list[str]:
    """What starts the command line in a process of its own; its arguments are to follow."""
    return [sys.executable, "-m", "ledger"]


@dataclass(frozen=True, slots=True)
class Screenful:
    """What a terminal got."""

    code: int
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines without colours."""
        return re.sub(r"\x1b\[[0-9;]*m", "", self.text).replace("\r", "").splitlines()


OnTerminal = Callable[..., Screenful]


@pytest.fixture
def on_terminal() -> OnTerminal:
    """Runs a command on a terminal of some width and answers its questions.

    `on_terminal(folder, ["list"], columns=80, answers=[("来源编号", "GZ2017\\n")])`: each answer
    is typed once its question is on the screen. Nothing is paged but where the environment names a
    pager. With `itself` or LEDGER_LONG=1 the program itself
    is started, else it is a fork, see `tests/forking.py`.
    """

    def call(
        place: LedgerFolder | Path,
        arguments: Sequence[str],
        columns: int = 80,
        answers: Sequence[tuple[str, str]] = (),
        environment: Mapping[str, str] | None = None,
        itself: bool = False,
    ) -> Screenful:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        inherited = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        given = inherited | {"TERM": "xterm", "LEDGER_PAGER": "cat"} | dict(environment or {})
        begin = _started if itself or LONG else begun_on
        ended = begin(theirs, _folder(place), arguments, given)
        os.close(theirs)
        text = _conversation(ours, list(answers))
        os.close(ours)
        return Screenful(ended(), text)

    return call


def _started(
    terminal: int, folder: Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> Callable[[], int]:
    """As `begun_on`, by a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ledger", *arguments],
        cwd=folder,
        env=dict(environment),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - for Ctrl-C
    )
    return lambda: process.wait(timeout=_SECONDS)


def _conversation(terminal: int, answers: list[tuple[str, str]]) -> str:
    """Everything that is printed until the other side hangs up."""
    printed = b""
    heard = 0  # up to here the questions are answered
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        if answers and (place := printed.find(answers[0][0].encode(), heard)) >= 0:
            heard = place + 1
            os.write(terminal, answers.pop(0)[1].encode())
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux says so when the last process closed its side
            break
        if not part:
            break
        printed += part
    assert not answers, f"never asked: {answers[0][0]!r} in {printed.decode(errors='replace')!r}"
    return printed.decode(errors="replace")


@pytest.fixture
def demo(demo_made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(demo_made.parent / "gitconfig"))
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, f"{DEMO_DAY}T10:00:00+08:00")
    return copy_folder(demo_made, tmp_path / "示例")
