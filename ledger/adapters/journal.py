"""What is being written, kept beside the ledger while it is: so that a killed program is noticed.

Before the first file is touched, what is about to change is noted with the old contents; after the
last step the note is taken away. A note that is still there when nobody is writing means that a
write was cut off; it is then undone, so that the ledger is as it was before it. When the branch
moves to a commit that is complete, the note names both commits, and the move is carried on.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.adapters.gitrepo import GitRepo, blob_id
from ledger.adapters.store import FileChange, replace_file

_NAME, _MOVE = "pending.json", "moving.json"


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A write that was cut off.

    Attributes:
        subject: what it was doing, as its commit would have said.
        done: whether it had come to its end all the same.
        foreign: files that somebody else has changed since, which were left alone.
    """

    subject: str
    done: bool
    foreign: tuple[str, ...] = ()


@contextmanager
def noted(
    repo: GitRepo, folder: Path, changes: Sequence[FileChange], subject: str, commit: bool
) -> Iterator[None]:
    """Keep a note of some changes while they are made.

    Args:
        folder: what the paths of the changes are relative to.
        commit: whether a commit of exactly these files is the last step.

    Raises:
        OSError: the note cannot be written (nothing was changed then).
    """
    place = repo.state_dir() / _NAME
    head = repo.head() or "" if commit else ""
    algorithm = "sha256" if len(head) == 64 else "sha1"
    note = {
        "subject": subject,
        "folder": str(folder),
        "commit": commit,
        "head": head,
        "changes": [
            {
                "path": each.path,
                "old": None if each.old is None else base64.b64encode(each.old).decode("ascii"),
                "new": blob_id(each.new, algorithm),
            }
            for each in changes
        ],
        "algorithm": algorithm,
    }
    place.parent.mkdir(parents=True, exist_ok=True)
    _remove_temporary(place.parent, [{"path": _NAME}])
    replace_file(place, json.dumps(note, ensure_ascii=True).encode())
    yield
    place.unlink(missing_ok=True)  # not when it failed: then what was left has to be looked at


@contextmanager
def noted_move(repo: GitRepo, old: str, new: str, subject: str) -> Iterator[None]:
    """Keep a note that the branch moves from one commit to another; gone when it has, or fails."""
    place = repo.state_dir() / _MOVE
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_file(place, json.dumps({"old": old, "new": new, "subject": subject}).encode())
    try:
        yield
    finally:
        place.unlink(missing_ok=True)


def interrupted_move(repo: GitRepo) -> tuple[str, str, str] | None:
    """The move that was cut off: from which commit, to which, and what it was for; or None."""
    try:
        note = json.loads((repo.state_dir() / _MOVE).read_bytes())
        return str(note["old"]), str(note["new"]), str(note["subject"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def is_interrupted(repo: GitRepo) -> bool:
    """Whether there is a note; while somebody is writing, it is theirs."""
    return any((repo.state_dir() / name).exists() for name in (_NAME, _MOVE))


def forget(repo: GitRepo) -> None:
    """Take the notes away: what they tell of is settled."""
    for name in (_NAME, _MOVE):
        (repo.state_dir() / name).unlink(missing_ok=True)


def recovered(repo: GitRepo) -> Interrupted | None:
    """Undo a write that was cut off; None when there was none. To be called with the lock held.

    Raises:
        OSError: the files cannot be put back (read-only); it can be tried again.
    """
    place = repo.state_dir() / _NAME
    try:
        note = json.loads(place.read_bytes())
        changes = note["changes"]
        folder = Path(note["folder"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):  # it is written whole, so somebody else's
        place.unlink(missing_ok=True)
        return None
    said = str(note.get("subject", ""))
    _remove_temporary(folder, changes)
    if _is_committed(repo, note) or _is_whole(folder, note):
        place.unlink(missing_ok=True)
        return Interrupted(said, done=True)
    foreign = tuple(each["path"] for each in changes if not _put_back(folder, each, note))
    if note["commit"]:
        repo.unstage_new([each["path"] for each in changes if each["old"] is None])
    place.unlink(missing_ok=True)
    return Interrupted(said, done=False, foreign=foreign)


def _is_committed(repo: GitRepo, note: dict[str, Any]) -> bool:
    """Whether the commit was made before the program was cut off."""
    head = repo.head()
    if not note["commit"] or not head or head == note["head"]:
        return False
    blobs = {each.path: each.blob for each in repo.tree(head)}
    return all(blobs.get(each["path"]) == each["new"] for each in note["changes"])


def _is_whole(folder: Path, note: dict[str, Any]) -> bool:
    """Whether all files were written where no commit was wanted."""
    return not note["commit"] and all(
        _blob(folder / each["path"], note["algorithm"]) == each["new"] for each in note["changes"]
    )


def _put_back(folder: Path, change: dict[str, Any], note: dict[str, Any]) -> bool:
    """Make one file what it was; False when it is neither what it was nor what it was to be."""
    place = folder / change["path"]
    old = None if change["old"] is None else base64.b64decode(change["old"])
    now = _blob(place, note["algorithm"])
    if now == ("" if old is None else blob_id(old, note["algorithm"])):
        return True
    if now != change["new"]:
        return False
    if old is None:
        place.unlink()
        with suppress(OSError):  # others have files there
            place.parent.rmdir()
    else:
        replace_file(place, old)
    return True


def _remove_temporary(folder: Path, changes: Sequence[dict[str, Any]]) -> None:
    """Remove the temporary files beside those that were to be written."""
    for parent in {(folder / each["path"]).parent for each in changes}:
        names = {f".{Path(each['path']).name}." for each in changes}
        with suppress(OSError), os.scandir(parent) as found:
            for entry in list(found):
                if entry.name.endswith(".tmp") and entry.name.startswith(tuple(names)):
                    Path(entry.path).unlink(missing_ok=True)


def _blob(place: Path, algorithm: str) -> str:
    """The blob id of a file as it is; empty where there is none."""
    return blob_id(place.read_bytes(), algorithm) if place.is_file() else ""
