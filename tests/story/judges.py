"""One attack, three judges: the server's hook, `check --base`, and the audit of a history without.

All of them call it by the same rule, and none says a word of git's or of Python's own.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.files.cache import Cache
from ledger.adapters.git.repo import find_repo
from ledger.cli.app import run
from ledger.model.problem import ERROR, Problem
from ledger.usecases.checking.audit import audit
from ledger.usecases.checking.check import check_between
from ledger.usecases.reading.open import Ledger, open_ledger
from ledger.view.problems import problem_line
from tests.conftest import run_git
from tests.story.transports import AUDITED, CHECKED, HERE, PATH

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder

Act = Callable[[Any], object]
BASE = "refs/remotes/origin/main"


def push(
    clone: LedgerFolder, refspec: str = "HEAD:refs/heads/main", *options: str
) -> subprocess.CompletedProcess[str]:
    """Push to the server that the clone's origin is."""
    command = ["git", "push", *options, "origin", refspec]
    return subprocess.run(command, cwd=clone.root, capture_output=True, text=True, check=False)


def judged_here(clone: LedgerFolder) -> subprocess.CompletedProcess[str]:
    """What the hook's command says of a push to main, run in this process.

    It finds the objects where git has those of a push until its hooks agree: beside the server's
    own (git help receive-pack). The clone's origin is the server's path.
    """
    server = Path(clone.git("remote", "get-url", "origin").strip())
    update = f"{run_git(server, 'rev-parse', 'main').strip()} {clone.git('rev-parse', 'HEAD')}"
    output = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        patch.setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", str(clone.root / ".git/objects"))
        patch.chdir(server)
        patch.setattr("sys.stdin", io.StringIO(f"{update.strip()} refs/heads/main\n"))
        code = run(["gate", "receive"])
    return subprocess.CompletedProcess(["gate", "receive"], code, "", output.getvalue())


def checked(clone: LedgerFolder, today: dt.date, head: str = "HEAD") -> tuple[Problem, ...]:
    """What `check --base` says of what the clone would push."""
    with opened(clone) as ledger:
        return check_between(ledger, BASE, head, today).problems


def audited(clone: LedgerFolder, since: str = BASE) -> set[str]:
    """The rules that an audit names in what the clone would push."""
    with opened(clone) as ledger:
        return _audited(ledger, since)


def _audited(ledger: Ledger, since: str = BASE) -> set[str]:
    report = audit(ledger, since, "HEAD", False, lambda done, total: None)
    return {each.problem.code for each in report.findings}


@contextlib.contextmanager
def opened(clone: LedgerFolder) -> Iterator[Ledger]:
    """The clone's ledger, though an attack may have taken its ledger.yaml away."""
    if (clone.root / "ledger.yaml").is_file():
        ledger = open_ledger(clone.root)
    else:
        repo = find_repo(clone.root)
        ledger = Ledger(clone.root, repo, Cache(repo.state_dir()))
    try:
        yield ledger
    finally:
        ledger.cache.close()


def refused(done: subprocess.CompletedProcess[str], code: str) -> None:
    """Fails unless the hook has refused a push for a rule, and said so plainly."""
    assert done.returncode != 0
    assert re.search(f"(?:：|^(?:remote:)? +){code} ", done.stderr, re.MULTILINE), done.stderr
    assert "Traceback" not in done.stderr
    assert not [line for line in done.stderr.splitlines() if "fatal:" in line], done.stderr


def refused_by_all(
    clone: LedgerFolder, code: str, today: dt.date, in_audit: str = "", by: str = PATH
) -> None:
    """Fails unless what the clone would push is against a rule, whoever judges it.

    Args:
        in_audit: the rule that an audit names, where it is another one.
        by: how the push comes to the server.
    """
    refused(judged_here(clone) if by in HERE else push(clone), code)
    with opened(clone) as ledger:
        if by != AUDITED:
            problems = check_between(ledger, BASE, "HEAD", today).problems
            assert code in {each.code for each in problems if each.severity == ERROR}, lines(
                problems
            )
        if by != CHECKED:
            assert (in_audit or code) in _audited(ledger)


def let_in_by_all(clone: LedgerFolder, today: dt.date, remarks: str = "") -> None:
    """Fails unless what the clone pushes is honest work, whoever judges it.

    Args:
        remarks: rules of which an audit may say a word, separated by blanks.
    """
    errors = [each for each in checked(clone, today) if each.severity == ERROR]
    assert not errors, lines(errors)
    assert audited(clone) <= set(remarks.split())
    done = push(clone)
    assert done.returncode == 0, done.stderr
    assert (
        clone.git("ls-remote", "origin", "refs/heads/main").split()[0]
        == clone.git("rev-parse", "HEAD").strip()
    )


def lines(problems: tuple[Problem, ...] | list[Problem]) -> str:
    """Problems as they are shown."""
    return "\n".join(map(problem_line, problems))
