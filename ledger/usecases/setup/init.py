"""A new ledger repository: configuration, folders, schemas for editors, the first commit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ledger.adapters.disk.interrupt import Course
from ledger.adapters.disk.store import FileChange
from ledger.adapters.files.cache import Cache
from ledger.adapters.git.library import create_repo
from ledger.adapters.git.repo import GitRepo, find_repo
from ledger.adapters.templates import render
from ledger.errors import LedgerError
from ledger.model.config import Gate
from ledger.model.paths import (
    ATTRIBUTES_FILE,
    CONFIG_FILE,
    DECISIONS,
    EVIDENCE,
    SCHEMAS,
    SOURCES,
    TASKS,
    TEMPLATES,
)
from ledger.model.record import dataclass
from ledger.model.schema import FILES, schema
from ledger.usecases.reading.identities import registered
from ledger.usecases.reading.open import Ledger
from ledger.usecases.setup.gate import gate_files
from ledger.usecases.sharing.merge_driver import ATTRIBUTES, configure_driver
from ledger.usecases.writing.act import Operation, record, recover

_KEPT = (TASKS, SOURCES, DECISIONS, EVIDENCE, TEMPLATES)
# On no machine do line ends change what a record's blob is, or what a proof's hash is.
_AS_IT_IS = f"*.yaml text eol=lf\n{EVIDENCE}/** -text\n".encode()


@dataclass(frozen=True, slots=True)
class Started:
    """What `init` did.

    Attributes:
        root: the new ledger's folder.
        commit: the first commit, empty when git does not know who commits.
        below: where it lies below the top of its repository; empty at the top.
    """

    root: Path
    commit: str
    below: str = ""


def start(folder: Path, organisation: str, commit: bool, course: Course | None = None) -> Started:
    """Make a folder a ledger.

    Args:
        folder: new, empty, or a git repository without a ledger; its own files are not touched.
        organisation: the bureau's name, for headings.
        commit: whether to make the first commit; without a git identity none is made.
        course: as `Ledger` has it.

    Raises:
        LedgerError: there is a ledger already, or the path is no folder.
    """
    if folder.exists() and not folder.is_dir():
        raise LedgerError(f"{folder} 是文件，不是文件夹", hint="请换一个文件夹名")
    root = folder.resolve()
    repo = _repo_of(root)
    if repo:
        recover(Ledger(root, repo, Cache(None)))
    if (root / CONFIG_FILE).exists():
        raise LedgerError(f"{folder} 已经是台账了", hint="直接使用即可；要另建台账请换一个文件夹")
    refuse_within(root, folder)
    repo = repo or create_repo(root)
    ledger = Ledger(root, repo, Cache(None), course or Course())
    changes = [
        FileChange(path, None, content)
        for path, content in first_files(organisation)
        if not (root / path).exists()
    ]
    operation = Operation("init", f"新建台账{' ' + organisation if organisation else ''}")
    configure_driver(repo)
    made = record(ledger, changes, operation, commit and bool(registered(repo)))
    return Started(root, made, repo.prefix().rstrip("/"))


def refuse_within(root: Path, folder: Path) -> None:
    """Raise where a folder lies in a ledger.

    Args:
        root: the folder, resolved.
        folder: as the user names it.
    """
    if outer := next((each for each in root.parents if (each / CONFIG_FILE).is_file()), None):
        raise LedgerError(f"{folder} 已经在台账 {outer} 里了", hint="请换一个台账之外的文件夹")


def schema_text(kind: str) -> str:
    """A schema as `ledger schema` prints and `init` writes it."""
    return json.dumps(schema(kind), ensure_ascii=False, indent=2) + "\n"


def _repo_of(root: Path) -> GitRepo | None:
    try:
        return find_repo(root)
    except LedgerError:
        return None


def first_files(organisation: str) -> Iterator[tuple[str, bytes]]:
    """What a new ledger begins with: path and content of each file."""
    values = {"organisation": " ".join(organisation.split())}
    yield CONFIG_FILE, render(f"{CONFIG_FILE}.j2", values).encode()
    yield "README.md", render("readme.md.j2", values).encode()
    yield ATTRIBUTES_FILE, _AS_IT_IS + ATTRIBUTES
    for folder in _KEPT:
        yield f"{folder}/.gitkeep", b""
    yield from gate_files(("forgejo", "github", "gitlab"), Gate())
    for kind in FILES:
        yield f"{SCHEMAS}/{kind}.json", schema_text(kind).encode()
