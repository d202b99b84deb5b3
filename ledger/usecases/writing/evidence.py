"""佐证材料: a file copied into the ledger, or its hash where the file must not enter it."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from ledger.adapters.disk import store
from ledger.adapters.disk.store import FileChange
from ledger.adapters.git import lfs
from ledger.adapters.yaml.edit import Edit
from ledger.errors import AlreadyDone, LedgerError, UsageError
from ledger.model.decode import plain
from ledger.model.paths import EVIDENCE, is_device
from ledger.model.plaintext import clean, file_name
from ledger.model.record import dataclass
from ledger.model.snapshot import Snapshot
from ledger.model.task import Evidence, Task
from ledger.rules.tasks import numbered
from ledger.usecases.reading.load import load_task
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.proofs import MAX_EVIDENCE, is_blank
from ledger.usecases.writing.act import Act, Operation, alone
from ledger.usecases.writing.edit import Done, change_task, refuse_ended

_MEGABYTE = 1_000_000
_LONGEST_NAME = 60  # characters; with the folder it stays below what file systems take


@dataclass(frozen=True, slots=True)
class Material:
    """What is to be registered.

    Attributes:
        file: where it is now.
        name: what it is called; empty takes the file's name.
        archive: 档案号 of a file that must not enter the ledger: then only its hash is kept.
        hash_only: the same without an archive number.
    """

    file: Path
    name: str = ""
    archive: str = ""
    hash_only: bool = False


@alone
def add_evidence(ledger: Ledger, task_id: str, material: Material, act: Act) -> Done:
    """Register a file as evidence of a task; file and task go into one commit.

    Raises:
        UsageError: no such file or task; an archive number that says nothing.
        LedgerError: it is a folder, too large, empty, or registered already; the task has ended.
    """
    _refuse_no_file(material.file)
    if material.archive and not numbered(material.archive):
        message = f"“{material.archive}”不是档案号，凭它查不到材料"
        raise UsageError(message, hint="请写档案号；没有档案号的用 --hash-only")
    snapshot, entry = load_task(ledger, task_id)
    files: list[FileChange] = []
    if material.archive or material.hash_only:
        evidence = _registered(material, lfs.file_hash(material.file), act)
    else:
        evidence, files = _copied(ledger, snapshot, entry.record, material, act)

    def edits(task: Task) -> list[Edit]:
        _refuse_again(task, evidence)
        refuse_ended(task)
        return [Edit(("evidence",), plain(evidence), append=True)]

    operation = Operation("evidence", f"佐证材料“{evidence.name}”")
    return change_task(ledger, task_id, edits, operation, act.commit, more=files)


def _copied(
    ledger: Ledger, snapshot: Snapshot, task: Task, material: Material, act: Act
) -> tuple[Evidence, list[FileChange]]:
    """The evidence, and its copy under a name of its own in the task's folder."""
    folder = f"{EVIDENCE}/{task.id}"
    name = safe_name(material.file.name)
    _refuse_large(ledger, snapshot, f"{folder}/{name}", material.file)
    content = material.file.read_bytes()
    if is_blank(content):
        raise LedgerError(
            f"{material.file.name} 里只有空白，不能作为佐证材料", hint="请检查文件是否传完整"
        )
    path, old = _free_place(ledger, PurePosixPath(folder), name, content)
    sha256 = hashlib.sha256(content).hexdigest()
    evidence = _registered(material, sha256, act, path)
    return evidence, [FileChange(path, old, content)]


def _registered(material: Material, sha256: str, act: Act, path: str = "") -> Evidence:
    return Evidence(
        name=material.name or clean(material.file.stem),
        path=path,
        sha256=sha256,
        archive=material.archive,
        date=act.date,
    )


def safe_name(name: str) -> str:
    """A file's name that every system can hold, its suffix kept, as the ledger stores it."""
    cleaned = file_name(name).strip("._ -") or "材料"
    if is_device(cleaned):
        cleaned = f"材料-{cleaned}"
    stem, dot, suffix = cleaned.rpartition(".")
    if not dot or len(suffix) > 10:
        return cleaned[:_LONGEST_NAME]
    return f"{stem[:_LONGEST_NAME]}.{suffix}"


def _free_place(
    ledger: Ledger, folder: PurePosixPath, name: str, content: bytes
) -> tuple[str, bytes | None]:
    """A path nobody has, or that has this very content, and what is there now.

    Names that differ only in case are one name on many systems.
    """
    place = store.inside(ledger.root, f"{folder}/x").parent
    names = {each.name.casefold(): each.name for each in place.iterdir()} if place.is_dir() else {}
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    number = 1
    while (taken := names.get(name.casefold())) is not None:
        path = f"{folder}/{taken}"
        if (place / taken).is_file() and store.read(ledger.root, path) == content:
            return path, content
        number += 1
        name = f"{stem}-{number}{suffix}"
    return f"{folder}/{name}", None


def _refuse_no_file(file: Path) -> None:
    if file.is_dir():
        raise UsageError(f"{file} 是文件夹", hint="请给出一个文件；几个文件请逐个登记或先打包")
    if not file.is_file():
        raise UsageError(f"找不到文件 {file}", hint="请检查路径和文件名")
    if file.stat().st_size == 0:
        raise LedgerError(f"{file.name} 是空文件", hint="请检查文件是否传完整")


def _refuse_large(ledger: Ledger, snapshot: Snapshot, path: str, file: Path) -> None:
    """Large files stay out of git, or go where Git LFS keeps them."""
    size = file.stat().st_size
    if size <= MAX_EVIDENCE:
        return
    archive = "请存入档案，再用 --archive 档案号 只登记校验值"
    if not lfs.keeps(ledger.repo, path):
        raise LedgerError(
            f"{file.name} 超过 {MAX_EVIDENCE // _MEGABYTE} MB，不宜放进台账", hint=archive
        )
    if not lfs.is_installed(ledger.repo):
        raise LedgerError(
            f"{file.name} 应由 Git LFS 存放，但这台电脑没有装好 Git LFS",
            hint="请管理员装好 Git LFS，或用 --archive、--hash-only 只登记校验值",
        )
    most = snapshot.config.evidence.lfs_max_mb
    if size > most * _MEGABYTE:
        raise LedgerError(f"{file.name} 超过 {most} MB（evidence.lfs_max_mb）", hint=archive)


def _refuse_again(task: Task, evidence: Evidence) -> None:
    if evidence in task.evidence:
        raise AlreadyDone(f"{task.id} 已经这样登记过材料“{evidence.name}”，没有重复登记")
    for known in task.evidence:
        if known.sha256 and known.sha256 == evidence.sha256:
            raise LedgerError(
                f"{task.id} 已经登记过内容相同的材料“{known.name}”", hint="不用重复登记"
            )
