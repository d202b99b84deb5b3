"""Trees that git itself never makes: entries put into a commit as they are."""

from __future__ import annotations

import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder

Entry = tuple[str, bytes, str]


def listed(folder: LedgerFolder, path: str) -> list[Entry]:
    """The entries of a folder's tree."""
    entries = []
    for line in folder.git("ls-tree", "-z", f"HEAD:{path}").split("\0")[:-1]:
        meta, name = line.split("\t")
        mode, _, oid = meta.split()
        entries.append((mode.lstrip("0"), name.encode(errors="surrogateescape"), oid))
    return entries


def tree(folder: LedgerFolder, entries: list[Entry]) -> str:
    """A tree of just these entries, whatever git thinks of them."""
    raw = b"".join(
        mode.encode() + b" " + name + b"\0" + binascii.unhexlify(oid) for mode, name, oid in entries
    )
    how = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
    return folder.git(*how, stdin=raw).strip()


def put(folder: LedgerFolder, place: str, mode: str, name: bytes, oid: str) -> None:
    """Commit one more entry in a folder."""
    made, path = tree(folder, [*listed(folder, place), (mode, name, oid)]), place
    while path:
        path, _, own = path.rpartition("/")
        entries = listed(folder, path)
        made = tree(folder, [(m, n, made if n == own.encode() else o) for m, n, o in entries])
    commit = folder.git("commit-tree", made, "-p", "HEAD", "-m", "怪").strip()
    folder.git("update-ref", "HEAD", commit)


def file(
    place: str, name: str, content: bytes = b"bar", mode: str = "100644"
) -> Callable[[LedgerFolder], None]:
    def act(folder: LedgerFolder) -> None:
        blob = folder.git("hash-object", "-w", "--stdin", stdin=content).strip()
        put(folder, place, mode, name.encode(), blob)

    return act


def same_tree(place: str, name: str, of: str) -> Callable[[LedgerFolder], None]:
    def act(folder: LedgerFolder) -> None:
        put(folder, place, "40000", name.encode(), folder.git("rev-parse", f"HEAD:{of}").strip())

    return act


def link(place: str, name: str) -> Callable[[LedgerFolder], None]:
    """A symbolic link, whether or not there was a file of that name."""
    return file(place, name, b"elsewhere", "120000")


def submodule(place: str, name: str) -> Callable[[LedgerFolder], None]:
    def act(folder: LedgerFolder) -> None:
        put(folder, place, "160000", name.encode(), folder.git("rev-parse", "HEAD").strip())

    return act


def folder_of(place: str, name: str, inside: str) -> Callable[[LedgerFolder], None]:
    """A folder with one file."""

    def act(folder: LedgerFolder) -> None:
        blob = folder.git("hash-object", "-w", "--stdin", stdin=b"bar").strip()
        made = tree(folder, [("100644", inside.encode(), blob)])
        put(folder, place, "40000", name.encode(), made)

    return act
