"""`undo --edits`: files that were changed by hand become what the last commit has; copies stay."""

from __future__ import annotations

import shutil
from pathlib import Path

from ledger.adapters.git.commit import restore
from ledger.errors import UsageError
from ledger.model.change import ADDED
from ledger.model.paths import is_kept
from ledger.model.record import dataclass
from ledger.usecases.reading.open import Ledger
from ledger.usecases.sharing.save import Edited, edited_files
from ledger.usecases.writing.act import alone

_FOLDER = "dropped"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of hand edits.

    Attributes:
        paths: the files that are again as the last commit has them.
        place: the folder that holds what they were.
    """

    paths: tuple[str, ...]
    place: Path


@alone
def drop_edits(ledger: Ledger, which: str) -> Dropped:
    """Give up what was changed by hand and is not saved, in one file or in all.

    Args:
        which: a file or a task's id, either by its ending; empty for all.

    Raises:
        UsageError: nothing of that name was changed, or more than one file.
        OSError: the copies cannot be made; nothing is given up then.
    """
    edits = [each for each in edited_files(ledger) if is_kept(each.path)]
    chosen = _named(edits, which) if which else edits
    if not chosen:
        named = f"“{which}”" if which else "台账"
        raise UsageError(f"{named}没有还没保存的手工改动", hint="用 ledger save --dry-run 可查看")
    if which and len(chosen) > 1:
        paths = "、".join(each.path for each in chosen[:_SHOWN])
        raise UsageError(f"“{which}”对应不止一个：{paths}", hint="请写完整的编号或文件")
    place = _kept(ledger, chosen)
    restore(ledger.repo, [each.path for each in chosen if each.what != ADDED])
    for each in chosen:
        if each.what == ADDED:
            (ledger.root / each.path).unlink(missing_ok=True)
    return Dropped(tuple(each.path for each in chosen), place)


def _named(edits: list[Edited], which: str) -> list[Edited]:
    """The files of just this name or id; where there is none, those that end so."""
    names = [(each, each.path.removesuffix(".yaml")) for each in edits]
    exact = [e for e, name in names if which == e.path or name.rpartition("/")[2] == which]
    return exact or [e for e, name in names if e.path.endswith(which) or name.endswith(which)]


def _kept(ledger: Ledger, edits: list[Edited]) -> Path:
    """Copies of what the files are now, in a folder of their own."""
    folder = ledger.repo.state_dir() / _FOLDER
    number = 1
    while (folder / str(number)).exists():
        number += 1
    place = folder / str(number)
    for each in edits:
        if each.state:
            copy = place / each.path
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ledger.root / each.path, copy, follow_symlinks=False)
    return place
