"""What a site consists of, file by file, and what it was made from: its `manifest.json`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from ledger.errors import LedgerError
from ledger.model.record import dataclass, field
from ledger.usecases.publishing.stamp import FRONT, Provenance

MANIFEST = "manifest.json"
MOST = 100_000_000  # bytes of a manifest; of 100,000 files it has 15 million
_FORMAT = "ledger site 1"
_LINES = ",\n"
_STATE = ("commit", "digest", "day")
_TEXTS = ("commit", "digest", "day", "dept", "program")
_HEX = re.compile(r"[0-9a-f]{40,64}")
_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a site is made from; the same again makes the same files.

    Attributes:
        commit: its whole id.
        digest: of the ledger at that commit, as seals have it.
        day: what counts as today, in ISO 8601.
        dept: whose tasks alone it shows; empty for all.
        program: the version of the program.
        evidence: whether the evidence's files are in it.
    """

    commit: str
    digest: str
    day: str
    dept: str
    program: str
    evidence: bool = False

    @property
    def stamp(self) -> Provenance:
        """What its pages name."""
        return Provenance(self.commit, self.digest, self.day)


@dataclass(frozen=True, slots=True)
class Contents:
    """A file by its size in bytes and the SHA-256 of them, in hexadecimal digits."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A site's files by name, and their origin.

    Attributes:
        unfinished: whether the writer had not come to its end.
        older: those that say what they said before, with the state that they name.
    """

    origin: Origin
    files: Mapping[str, Contents]
    unfinished: bool = False
    older: Mapping[str, Provenance] = field(default_factory=dict)

    def stamp(self, name: str) -> Provenance:
        """Which state a file names, if it names one."""
        return self.older.get(name, self.origin.stamp)


def contents_of(content: bytes) -> Contents:
    """What a manifest says of a file."""
    return Contents(len(content), hashlib.sha256(content).hexdigest())


def manifest_text(manifest: Manifest) -> bytes:
    """A manifest as its file has it, a file a line: the same one is always the same bytes."""
    origin = manifest.origin
    told: dict[str, Any] = {"format": _FORMAT}
    told |= {name: getattr(origin, name) for name in _TEXTS} | {"evidence": origin.evidence}
    if manifest.unfinished:
        told["unfinished"] = True
    files = (
        f"{_json(name)}: {_json(_told(each, manifest.older.get(name)))}"
        for name, each in sorted(manifest.files.items())
    )
    head = "".join(f"{_json(key)}: {_json(value)},\n" for key, value in told.items())
    return f'{{\n{head}"files": {{\n{_LINES.join(files)}\n}}\n}}\n'.encode()


def manifest_in(content: bytes) -> Manifest:
    """The manifest that a file holds.

    Raises:
        LedgerError: it is none that `manifest_text` could have written.
    """
    try:
        manifest = _read(json.loads(content))
        if manifest_text(manifest) == content:
            return manifest
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        pass
    raise LedgerError(f"{MANIFEST} 不是 ledger site 写的，或者被改动过", hint="请重新生成网页")


def digest_of(manifest: Manifest) -> str:
    """What stands for a whole site: `sha256:` and the hash of its manifest."""
    return f"sha256:{hashlib.sha256(manifest_text(manifest)).hexdigest()}"


def _read(told: Mapping[str, Any]) -> Manifest:
    origin = Origin(
        _id(told["commit"]),
        _text(told["digest"]),
        _text(told["day"]),
        _text(told["dept"]),
        _text(told["program"]),
        told["evidence"] is True,
    )
    files = {
        _text(name): Contents(int(each["size"]), _text(each["sha256"]))
        for name, each in told["files"].items()
    }
    older = {
        name: Provenance(_id(each["commit"]), _text(each["digest"]), _text(each["day"]))
        for name, each in told["files"].items()
        if "commit" in each
    }
    if told["format"] != _FORMAT or not all(map(_is_name, files)) or FRONT in older:
        raise ValueError
    return Manifest(origin, files, told.get("unfinished", False), older)


def _told(contents: Contents, older: Provenance | None) -> dict[str, Any]:
    told: dict[str, Any] = {"size": contents.size, "sha256": contents.sha256}
    return told | ({key: getattr(older, key) for key in _STATE} if older else {})


def _is_name(name: str) -> bool:
    """Whether a name can be one that we give: it leads to no other folder."""
    return bool(_NAME.fullmatch(name)) and ".." not in name and name != MANIFEST


def _id(value: Any) -> str:
    """A commit's id, which git is asked for."""
    if not _HEX.fullmatch(_text(value)):
        raise ValueError
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
