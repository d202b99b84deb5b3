"""Evidence for somebody who only reads: what is there of it, and a file of it."""

from __future__ import annotations

from ledger.adapters.disk import store
from ledger.adapters.git import lfs
from ledger.errors import LedgerError, NotKnown
from ledger.model.paths import is_device
from ledger.model.plaintext import file_name
from ledger.model.record import dataclass
from ledger.model.task import Evidence
from ledger.rules.base import Context
from ledger.rules.tasks import fault_of, misplaced
from ledger.usecases.looking.list import one
from ledger.usecases.looking.rows import Row
from ledger.usecases.reading.load import config_at, listing_of
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.proofs import (
    MAX_EVIDENCE,
    Hasher,
    Proofs,
    commit_hashes,
    paths_of,
    worktree_hashes,
)

_MEGABYTE = 1_000_000
_POINTER = 1024  # bytes: as long as one of Git LFS can be
# How a file begins that is what its name says → its media type. SVG and HTML are none of these:
# either may hold a script.
_BEGINNINGS: dict[str, tuple[tuple[bytes, ...], str]] = {
    "pdf": ((b"%PDF-",), "application/pdf"),
    "png": ((b"\x89PNG\r\n\x1a\n",), "image/png"),
    "jpg": ((b"\xff\xd8\xff",), "image/jpeg"),
    "jpeg": ((b"\xff\xd8\xff",), "image/jpeg"),
    "gif": ((b"GIF87a", b"GIF89a"), "image/gif"),
    "webp": ((b"RIFF",), "image/webp"),
}
_TEXTS = ("txt", "csv", "md", "log")
PDF, TEXT = "application/pdf", "text/plain"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of evidence of a task.

    Attributes:
        number: its place in the task's file, from 1.
        size: bytes of its file; None where there is none that can be read.
        fault: what is wrong with its file, as T007 says it; empty for nothing.
        suffix: of its file, in small letters, such as pdf; empty for none.
    """

    number: int
    evidence: Evidence
    size: int | None
    fault: str
    suffix: str

    @property
    def is_shown(self) -> bool:
        """Whether a page may show it, by its name; its content has to be so, too."""
        return self.size is not None and self.suffix in (*_BEGINNINGS, *_TEXTS)


@dataclass(frozen=True, slots=True)
class File:
    """A file of evidence.

    Attributes:
        name: under which it is saved.
        media: what a page may show it as; empty where it may not.
    """

    name: str
    content: bytes
    media: str


def exhibits(ledger: Ledger, row: Row, when: Moment) -> tuple[Exhibit, ...]:
    """The evidence of a task at a moment, each file held against the hash that is registered."""
    if not row.task.evidence:
        return ()
    context = Context(config_at(ledger, when.commit), when.today, _hashes(ledger, row, when))
    listed = []
    for number, each in enumerate(row.task.evidence, 1):
        fault = fault_of(each, context) if each.path else None
        size = _size(ledger, each.path, when) if each.path else None
        told = fault[0] if fault else ""
        listed.append(Exhibit(number, each, size, told, _suffix(each.path)))
    return tuple(listed)


def exhibit(ledger: Ledger, task_id: str, number: str, when: Moment) -> tuple[Row, Evidence, File]:
    """A piece of evidence and its file.

    Args:
        number: its place in the task's file, from 1.

    Raises:
        NotKnown: no such task, it has no such evidence, or the file cannot be had.
        LedgerError: the task's own file is broken.
    """
    row = one(ledger, task_id, when)
    places = {str(place): each for place, each in enumerate(row.task.evidence, 1)}
    if (evidence := places.get(number)) is None:
        raise NotKnown(f"{row.task.id} 没有第“{number}”份佐证材料", hint="请从事项的网页进入")
    if not evidence.path:
        archive = f"，档案号 {evidence.archive}" if evidence.archive else ""
        raise NotKnown(
            f"佐证材料“{evidence.name}”不在台账里，只登记了校验值{archive}", hint="请到存放处查阅"
        )
    try:
        content = _content(ledger, evidence.path, when)
    except LedgerError as error:
        raise NotKnown(error.message, hint=error.hint) from None
    name = file_name(evidence.path.rpartition("/")[2])
    return row, evidence, File(name, content, media_of(evidence.path, content))


def media_of(path: str, content: bytes) -> str:
    """What a file may be shown as: its name says so, and it begins so; empty for nothing."""
    suffix = _suffix(path)
    if suffix in _TEXTS:
        return TEXT if text_of(content) is not None else ""
    beginnings, media = _BEGINNINGS.get(suffix, ((), ""))
    fits = content.startswith(beginnings) if beginnings else False
    if suffix == "webp":
        fits = fits and content[8:12] == b"WEBP"
    return media if fits else ""


def text_of(content: bytes) -> str | None:
    """A file as text: UTF-8, or GB 18030 as older programs write it; None where it is neither."""
    if b"\0" in content:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _hashes(ledger: Ledger, row: Row, when: Moment) -> Hasher:
    if not any(each.path for each in row.task.evidence):
        return lambda path: ""
    own = frozenset(listing_of(ledger, when.commit).blobs.values())
    config = config_at(ledger, when.commit)
    if when.commit:
        proofs, paths = Proofs(ledger.repo, own), paths_of((row.task,))
        return commit_hashes(ledger, when.commit, config, proofs, paths)
    return worktree_hashes(ledger, config, own, next(iter(own), ""))


def _size(ledger: Ledger, path: str, when: Moment) -> int | None:
    """How large a file is; of what Git LFS keeps, as its pointer says."""
    try:
        content = _read(ledger, path, when, MAX_EVIDENCE if when.commit else _POINTER)
        size = len(content) if when.commit else store.inside(ledger.root, path).stat().st_size
    except (LedgerError, OSError):
        return None
    if named := lfs.pointer(content):
        return named.size
    return size if size <= MAX_EVIDENCE else None


def _content(ledger: Ledger, path: str, when: Moment) -> bytes:
    content = _read(ledger, path, when, MAX_EVIDENCE)
    if lfs.pointer(content):
        raise LedgerError(
            f"{path} 由 Git LFS 存放，这里没有它的内容", hint="请登记它的人送上内容，或请管理员取回"
        )
    if len(content) > MAX_EVIDENCE:
        raise LedgerError(
            f"{path} 超过 {MAX_EVIDENCE // _MEGABYTE} MB，网页里打不开", hint="请到台账文件夹里打开"
        )
    return content


def _read(ledger: Ledger, path: str, when: Moment, most: int) -> bytes:
    """A file of evidence, cut one byte behind what is looked at.

    Raises:
        LedgerError: it lies where evidence may not, or is no regular file.
    """
    if misplaced(path) or any(map(is_device, path.split("/"))):
        raise LedgerError(f"{path} 不在放佐证材料的地方，不能打开", hint="请用 ledger check 核对")
    if not when.commit:
        return store.read_apart(ledger.root, path, most)
    files = [each for each in ledger.repo.files_of(when.commit, (path,)) if each.path == path]
    if not files or not files[0].mode.startswith("100"):
        raise LedgerError(f"{path} 不存在或不是普通文件", hint="请联系登记它的人")
    ((_, content),) = ledger.repo.blobs([files[0].blob], most + 1)
    return content


def _suffix(path: str) -> str:
    stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return suffix.lower() if dot and stem else ""
