"""A new ledger repository: configuration, folders, schemas for editors, the first commit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ledger.adapters.disk.interrupt import Course
from ledger.adapters.disk.store import FileChange
from ledger.adapters.files.cache import Cache
from ledger.adapters.git.library import create_repo
from ledger.adapters.git.person import set_person
from ledger.adapters.git.repo import GitRepo, find_repo
from ledger.adapters.templates import render
from ledger.adapters.yaml.edit import Edit, edited
from ledger.errors import LedgerError
from ledger.model.config import Gate
from ledger.model.decode import plain
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
from ledger.usecases.reading.lost import find_unfilled
from ledger.usecases.reading.open import Ledger
from ledger.usecases.setup.found import Foundation
from ledger.usecases.setup.gate import gate_files
from ledger.usecases.setup.who import SIGNING, signable
from ledger.usecases.sharing.merge_driver import ATTRIBUTES, configure_driver
from ledger.usecases.writing.act import Operation, record, recover

_MAIN = "main"
_KEPT = (TASKS, SOURCES, DECISIONS, EVIDENCE, TEMPLATES)
# On no machine do line ends change what a record's blob is, or what a proof's hash is.
LINE_ENDS = f"*.yaml text eol=lf\n{EVIDENCE}/** -text\n".encode()


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


def refuse_taken(folder: Path) -> None:
    """Raise where no ledger can be made.

    Raises:
        LedgerError: there is a ledger already, or the path is no folder.
    """
    if folder.exists() and not folder.is_dir():
        raise LedgerError(f"{folder} 是文件，不是文件夹", hint="请换一个文件夹名")
    root = folder.resolve()
    repo = _repo_of(root)
    if repo and (unfilled := find_unfilled(repo)):
        raise unfilled.error()
    if repo:
        recover(Ledger(root, repo, Cache(None)))
    if (root / CONFIG_FILE).exists():
        raise LedgerError(f"{folder} 已经是台账了", hint="直接使用即可；要另建台账请换一个文件夹")
    refuse_within(root, folder)


def signer_at(folder: Path) -> tuple[str, str]:
    """By what name and address git signs in a folder or above it; empty where it does not know."""
    here = next(each for each in (folder, *folder.parents) if each.is_dir())
    settings = GitRepo(here, here).settings()
    name, email = (settings.get(each, "").strip() for each in SIGNING)
    return name, email


def start(
    folder: Path,
    foundation: Foundation,
    commit: bool,
    course: Course | None = None,
    signer: tuple[str, str] = ("", ""),
    last: bool = True,
) -> Started:
    """Make a folder a ledger.

    Args:
        folder: new, empty, or a git repository without a ledger; its own files are not touched.
        foundation: what its ledger.yaml says.
        commit: whether to make the first commit; without a git identity none is made.
        course: as `Ledger` has it.
        signer: the name and address to sign with here; where one is empty that stays as it is.
        last: whether that is all that the command is to do.

    Raises:
        LedgerError: there is a ledger already, or the path is no folder.
        UsageError: nobody can sign by that name or address.
    """
    refuse_taken(folder)
    root = folder.resolve()
    repo = _repo_of(root) or create_repo(root)
    base = _on_main(repo)
    values = {key: value for key, value in zip(SIGNING, signer, strict=True) if value}
    set_person(repo, {key: signable(key, value) for key, value in values.items()})
    ledger = Ledger(root, repo, Cache(None), course or Course())
    changes = [
        FileChange(path, None, content)
        for path, content in first_files(foundation, base)
        if not (root / path).exists()
    ]
    named = f" {foundation.organisation}" if foundation.organisation else ""
    configure_driver(repo)
    may = commit and bool(registered(repo))
    made = record(ledger, changes, Operation("init", f"新建台账{named}"), may, last=last)
    return Started(root, made, repo.prefix().rstrip("/"))


def _on_main(repo: GitRepo) -> str:
    """The main branch's name: what is checked out; where nothing was committed yet, main."""
    branch = repo.branch()
    if repo.head() is None and branch != _MAIN:
        repo.run("symbolic-ref", "HEAD", f"refs/heads/{_MAIN}")
    return branch if branch and repo.head() else _MAIN


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


def _unusual(foundation: Foundation, base: str) -> Iterator[Edit]:
    """What of ledger.yaml is not as usual."""
    usual, closing = Foundation(), ("policies", "closing", "default")
    for place, key, value in (
        (("departments",), "departments", [plain(each) for each in foundation.departments]),
        ((*closing, "bodies"), "bodies", list(foundation.bodies)),
        ((*closing, "quorum", "at_least"), "quorum", foundation.quorum),
        ((*closing, "approval", "more_than"), "approval", foundation.approval),
        (("calendar", "meetings"), "meetings", [plain(each) for each in foundation.meetings]),
    ):
        if getattr(foundation, key) != getattr(usual, key):
            yield Edit(place, value)
    if base != _MAIN:
        yield Edit(("forge",), {"base": base})


def first_files(foundation: Foundation, base: str = _MAIN) -> Iterator[tuple[str, bytes]]:
    """What a new ledger begins with: path and content of each file.

    Args:
        base: the main branch.
    """
    values = {"organisation": " ".join(foundation.organisation.split())}
    config = render(f"{CONFIG_FILE}.j2", values).encode()
    edits = list(_unusual(foundation, base))
    yield CONFIG_FILE, edited(config, edits) if edits else config
    yield "README.md", render("readme.md.j2", values).encode()
    yield ATTRIBUTES_FILE, LINE_ENDS + ATTRIBUTES
    for folder in _KEPT:
        yield f"{folder}/.gitkeep", b""
    yield from gate_files(("forgejo", "github", "gitlab"), Gate())
    for kind in FILES:
        yield f"{SCHEMAS}/{kind}.json", schema_text(kind).encode()
