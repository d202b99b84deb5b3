"""A repository that has another one's objects and a history of its own, and is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ledger.adapters.git.history import WrittenCommit, import_history
from ledger.adapters.git.process import run
from ledger.adapters.git.repo import GitRepo, find_repo

_BRANCH = "main"


@contextmanager
def shadow(repo: GitRepo, commits: Iterable[WrittenCommit]) -> Iterator[GitRepo]:
    """A repository with these commits, of which nothing is checked out.

    Args:
        commits: each on top of the one before; their files may be blobs that `repo` has.
    """
    with tempfile.TemporaryDirectory(prefix="ledger-") as name:
        folder = Path(name)
        form = repo.run("rev-parse", "--show-object-format").decode().strip()
        how = ("--quiet", "--template=", f"--object-format={form}")
        run(folder, ("init", *how, f"--initial-branch={_BRANCH}"))
        place = folder / ".git" / "objects" / "info"
        place.mkdir(exist_ok=True)
        (place / "alternates").write_bytes(b"%b\n" % bytes(repo.git_dir / "objects"))
        made = find_repo(folder)
        import_history(made, commits)
        yield made


def written(
    files: Mapping[str, bytes], blobs: Mapping[str, str], time: int, number: int
) -> WrittenCommit:
    """One commit more of such a history, by nobody.

    Args:
        files, blobs: as `WrittenCommit` has them.
        time: seconds since 1970.
        number: which one it is, from 1 on.
    """
    parents = (number - 1,) if number > 1 else ()
    who, when = ("ledger", "ledger@invalid"), (time, "+0000")
    return WrittenCommit(_BRANCH, parents, who, when, "", files, blobs)
