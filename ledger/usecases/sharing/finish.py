"""`sync --continue` and `--abort`: what a git of somebody's has begun, brought to an end."""

from __future__ import annotations

import datetime as dt
import re

from ledger.adapters.git import unfinished as git
from ledger.adapters.git.unfinished import Unfinished, unfinished
from ledger.errors import LedgerError
from ledger.model.problem import Problem, has_errors
from ledger.usecases.checking.check import check_between
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.act import alone

_MARKS = re.compile(rb"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)
_SHOWN = 3


@alone
def give_up(ledger: Ledger) -> str:
    """Give up what is unfinished; how it is called (Chinese).

    Raises:
        LedgerError: nothing is, or git cannot.
    """
    what = _unfinished(ledger)
    git.abort(ledger.repo, what)
    return what.called


@alone
def finish(ledger: Ledger, today: dt.date) -> tuple[str, tuple[Problem, ...]]:
    """Bring what is unfinished to its end, once its conflicts are settled and the rules agree.

    Returns:
        How it is called (Chinese), and what the rules say; with errors it is not finished.

    Raises:
        LedgerError: nothing is unfinished; a conflict is not settled; git cannot.
    """
    what = _unfinished(ledger)
    paths = git.unmerged(ledger.repo)
    marked = [each for each in paths if _is_marked(ledger, each)]
    if marked:
        more = f" 等 {len(marked)} 个文件" if len(marked) > _SHOWN else ""
        raise LedgerError(
            f"{'、'.join(marked[:_SHOWN])}{more}里还有没有定下来的地方（<<<<<<< 和 >>>>>>> 之间）",
            hint="请改好、删去这些记号，再运行一次；不要这次合并的，运行 ledger sync --abort",
        )
    problems = check_between(ledger, "HEAD", "", today).problems
    if not has_errors(problems):
        git.settle(ledger.repo, paths)
        git.proceed(ledger.repo, what)
    return what.called, problems


def _unfinished(ledger: Ledger) -> Unfinished:
    if what := unfinished(ledger.repo):
        return what
    raise LedgerError("没有做到一半的合并", hint="要和远端同步，直接运行 ledger sync")


def _is_marked(ledger: Ledger, path: str) -> bool:
    place = ledger.root / path
    return place.is_file() and bool(_MARKS.search(place.read_bytes()))
