"""What a command cannot do without, and nothing else: the least that its answer costs here.

Usage: python benchmarks/floors.py look|read|rows|audit|log|sheet [arguments], in a ledger's folder.
Run beside our own commands, so that a goal which is missed can be told from a slow machine.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # to ask `typing` takes as long as a look at a thousand files
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PROGRAM = (sys.executable, __file__)
TASKS = "data/tasks"


def look() -> None:
    """Every file's size and times, by two processes; one row of a database. Nothing is compared."""
    import sqlite3

    db = sqlite3.connect(":memory:")
    print(db.execute("SELECT 1").fetchone()[0])
    _by_two(lambda folder: [os.lstat(path) for path in _files(folder)])


def read() -> None:
    """Every file read, named by its content, and passed through libyaml's parser, by two."""
    from hashlib import sha1
    from pathlib import Path

    from yaml import CLoader, parse

    def pass_through(folder: str) -> None:
        for path in _files(folder):
            content = Path(path).read_bytes()
            sha1(content, usedforsecurity=False).hexdigest()
            for _ in parse(content, CLoader):
                pass

    _by_two(pass_through)
    print("read")


def rows() -> None:
    """Every row of the index that is there, joined by tabs; no look at any file."""
    import sqlite3
    from pathlib import Path

    (place,) = Path(".git/ledger").glob("index-*.sqlite")
    query = "SELECT id, title, lead, due, due_text, status FROM task"
    for row in sqlite3.connect(place).execute(query):
        print(*row, sep="\t")


def audit() -> None:
    """What changed in every commit, and every file that did, as git gives them; nothing is read."""
    import subprocess

    log = ["git", "log", "--reverse", "--first-parent", "-m", "--raw", "--no-abbrev", "--format="]
    changes = subprocess.run(log, check=True, capture_output=True).stdout
    blobs = b"\n".join(line.split(b" ", 4)[3] for line in changes.splitlines())
    batch = ["git", "cat-file", "--batch"]
    print(len(subprocess.run(batch, input=blobs, check=True, capture_output=True).stdout))


def log(identity: str) -> None:
    """One file's commits, as git finds them."""
    import subprocess
    from pathlib import Path

    (path,) = Path(TASKS).glob(f"*/{identity}.yaml")
    subprocess.run(["git", "log", "--format=%H %at %an", "--", str(path)], check=True)


def sheet(table: str) -> None:
    """A workbook's cells read by openpyxl, and as many files written and committed as it has rows.

    The commit is on a branch of its own.
    """
    import subprocess
    from pathlib import Path

    from openpyxl import load_workbook

    book = load_workbook(table, read_only=True)
    folder = Path("data/tasks/floor")
    folder.mkdir()
    for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True)):
        text = "\n".join(f"c{place}: {cell}" for place, cell in enumerate(cells))
        (folder / f"{number}.yaml").write_text(text, "utf-8")
    for words in (["checkout", "-qb", "floor"], ["add", str(folder)], ["commit", "-qm", "floor"]):
        subprocess.run(["git", *words], check=True)
    print("written")


def _files(folder: str) -> Iterator[str]:
    return (f"{folder}/{name}" for name in os.listdir(folder))  # noqa: PTH208 - Path takes as long again


def _by_two(work: Callable[[str], object]) -> None:
    """Have every folder of tasks worked on, half of them by a second process."""
    folders = sorted(_files(TASKS))
    child = os.fork()
    for folder in folders[bool(child) :: 2]:
        work(folder)
    if not child:
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status == 0


def main(words: Sequence[str]) -> None:
    """Do what the first word says with the others."""
    {each.__name__: each for each in (look, read, rows, audit, log, sheet)}[words[0]](*words[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
