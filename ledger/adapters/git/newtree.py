"""A commit's tree with other contents in some of its files, made without an index.

An index of a hundred thousand files is read and written for each of them; here only the folders
above the files are.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.objects import TreeFile, is_folder
from ledger.adapters.git.repo import GitRepo, object_id

_PLAIN, _FOLDER = ("100644", "100755"), "040000"
_SHORT_ID = 40  # hexadecimal digits


def tree_with(repo: GitRepo, commit: str, files: Mapping[str, bytes]) -> str:
    """The tree's id; empty where it takes more than other contents for files that are there.

    Args:
        files: path (relative to the ledger's root) → content.
    """
    paths = {repo.prefix() + path: content for path, content in files.items()}
    if (trees := _above(repo, commit, paths)) is None:
        return ""
    entries = _entries(repo, trees)
    blobs = put_blobs(repo, list(paths.values()))
    is_put = (_put(entries, path, blob) for path, blob in zip(paths, blobs, strict=True))
    return _written(repo, entries) if all(is_put) else ""


def tree_of(repo: GitRepo, commit: str, files: Sequence[TreeFile]) -> str:
    """The same with blobs that are put already; files may be new, and so may their folders.

    Args:
        files: plain ones, by their paths from the ledger's root.
    """
    prefix = repo.prefix()
    paths = {prefix + each.path: each for each in files}
    if (trees := _above(repo, commit, paths, may_lack=True)) is None:
        return ""
    entries = _entries(repo, trees)
    is_put = (_put(entries, path, each.blob, each.mode) for path, each in paths.items())
    return _written(repo, entries) if all(is_put) else ""


def put_blobs(repo: GitRepo, contents: Sequence[bytes], kind: str = "blob") -> list[str]:
    """Put contents into the object store, by one git process; their ids in the same order.

    Args:
        kind: what else than blobs they are.
    """
    if not contents:
        return []
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        names = []
        for number, content in enumerate(contents):
            place = Path(folder) / str(number)
            place.write_bytes(content)
            names.append(f"{place}\n")
        put = repo.run(
            "hash-object", "-w", "-t", kind, "--no-filters", "--stdin-paths",
            stdin="".join(names).encode(),
        )  # fmt: skip
    return put.decode().split()


def _above(
    repo: GitRepo, commit: str, paths: Collection[str], may_lack: bool = False
) -> dict[str, str] | None:
    """The trees of all folders above some paths, the topmost first; None where one is no folder.

    Args:
        may_lack: whether a folder may be missing; it is empty then, and its tree an empty text.
    """
    trees = {"": repo.tree_of(commit)}
    folders = {path[: cut.start()] for path in paths for cut in re.finditer("/", path)}
    for folder in sorted(folders, key=_depth):
        above = trees[_folder(folder)]
        inside = repo.objects.folder(above, "") if above else ()
        same = [each for each in inside if each.path == _name(folder)]
        if not same and may_lack:
            trees[folder] = ""
        elif len(same) != 1 or not is_folder(same[0].mode):
            return None
        else:
            trees[folder] = same[0].blob
    return trees


def _entries(repo: GitRepo, trees: Mapping[str, str]) -> dict[str, list[TreeFile]]:
    return {
        folder: list(repo.objects.folder(tree, "")) if tree else []
        for folder, tree in trees.items()
    }


def _put(entries: dict[str, list[TreeFile]], path: str, blob: str, mode: str = "") -> bool:
    """Exchange a plain file, or put in a new one; whether there is nothing else of its name.

    Args:
        mode: of a file that may be new; empty for one that must be there.
    """
    inside, name = entries[_folder(path)], _name(path)
    places = [place for place, each in enumerate(inside) if each.path == name]
    if not places and mode:
        _add(inside, TreeFile(name, blob, mode))
        return True
    if len(places) != 1 or inside[places[0]].mode not in _PLAIN:
        return False
    inside[places[0]] = TreeFile(name, blob, mode or _PLAIN[0])
    return True


def _written(repo: GitRepo, entries: dict[str, list[TreeFile]]) -> str:
    """Put some folders into the object store by one process; the topmost one's tree.

    What is above a folder needs its id, so each is hashed here first.
    """
    made: dict[str, bytes] = {}
    for folder in sorted(entries, key=_depth, reverse=True):
        content = b"".join(map(_spelled, entries[folder]))
        size = len(entries[folder][0].blob)
        tree = object_id("tree", content, "sha1" if size == _SHORT_ID else "sha256")
        made[tree] = content
        if folder:
            above, made_so = entries[_folder(folder)], TreeFile(_name(folder), tree, _FOLDER)
            places = [place for place, each in enumerate(above) if each.path == made_so.path]
            if places:
                above[places[0]] = made_so
            else:
                _add(above, made_so)
    if put_blobs(repo, list(made.values()), "tree") != list(made):
        raise GitError(
            "git 写入的文件夹和算出来的不一样",
            hint="请复制这个文件夹留存，再请管理员检查仓库是否损坏",
        )
    return list(made)[-1]


def _spelled(entry: TreeFile) -> bytes:
    """An entry as a tree object has it, see `objects.tree_entries`."""
    name = entry.path.encode(errors="surrogateescape")
    return b"%b %b\0%b" % (entry.mode.lstrip("0").encode(), name, bytes.fromhex(entry.blob))


def _add(inside: list[TreeFile], entry: TreeFile) -> None:
    inside.append(entry)
    inside.sort(key=_rank)


def _rank(entry: TreeFile) -> bytes:
    """Where git has an entry: a folder as if its name ended with a slash."""
    return (entry.path + "/" * is_folder(entry.mode)).encode(errors="surrogateescape")


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0
