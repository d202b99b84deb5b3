"""Giving files back what they said before a wrong commit: which may be, what goes with what.

A file that was renamed is two: the old one comes back and the new one goes, or the task would be
there twice. So are a task that was given another number by hand and the one that it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from ledger.adapters.files.read_snapshot import read_versions
from ledger.adapters.git.commit import has_changes
from ledger.adapters.git.merge import make_commit
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.rewrite import tree_with
from ledger.adapters.git.walk import differences
from ledger.errors import LedgerError, UsageError
from ledger.model.paths import TASKS, is_below, is_ledger_file, is_record
from ledger.model.record import dataclass
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.versions import entry_in
from ledger.usecases.sharing.lines import LocalLine
from ledger.usecases.sharing.unshared import Misstep
from ledger.usecases.writing.act import Operation, message_of

_SHORT = 8
_DIGITS = 10
_NAMED = 5

Key = tuple[str, str]  # what two files have in common if they are one, the surest first


@dataclass(frozen=True, slots=True)
class Former:
    """What one file was before the first wrong commit that changed it, with what must go with it.

    Attributes:
        path: the file, relative to the ledger's root.
        sources: each file that changes → a commit that has it, or lacks it, as it is to be.
        back, away: those that get back what they said, and those that are taken away.
        suspect: whether it is what the rules complain of.
    """

    path: str
    sources: Mapping[str, str]
    back: tuple[str, ...]
    away: tuple[str, ...]
    suspect: bool


def formers(
    ledger: Ledger, line: LocalLine, base: str, steps: Sequence[Misstep], prefix: str
) -> tuple[Former, ...]:
    """What can be restored: all that wrong commits changed, in the order of the mistakes.

    Args:
        line: what is not shared.
        base: the newest commit that is shared.
        steps: the wrong ones of it.
        prefix: where the ledger is below the repository's top.
    """
    sources, suspects = _changed(line, steps, prefix)
    seen = {commit: _blobs(ledger.repo, commit, sources) for commit in {*sources.values()}}
    was = {path: seen[source][path] for path, source in sources.items() if path in seen[source]}
    now = _blobs(ledger.repo, line.tip, sources)
    lost = {path: blob for path, blob in was.items() if path not in now}
    diffs = differences(ledger.repo, base, line.tip)
    added = (each for each in diffs if each.new and not each.old)
    new = {each.path: each.new if each.is_file() else "" for each in added}
    partners = _partners(ledger, lost, new)
    paired = {other for others in partners.values() for other in others}
    known = {*was, *now} - paired
    files = []
    for path, source in sources.items():
        if path not in known:
            continue
        others = partners.get(path, ())
        back, away = ((path,), others) if path in was else ((), (path,))
        suspect = not suspects.isdisjoint((path, *others)) and was.get(path) != now.get(path)
        by_path = dict.fromkeys(others, base) | {path: source}
        files.append(Former(path, by_path, back, away, suspect))
    return tuple(files)


def chosen(files: Collection[Former], name: str) -> Former:
    """Which file is meant: by its path, its name without the ending, or the number at its end.

    Raises:
        UsageError: none of those that can be restored, or several.
    """
    suspects = [each for each in files if each.suspect]
    for some in (suspects, files):
        for how in (str, str.casefold, _number):  # ever more loosely
            matching = [file for file in some if _is_called(file, name, how)]
            if len(matching) == 1:
                return matching[0]
            if matching:
                raise UsageError(
                    f"“{name}”对应不止一个文件：{_listed(matching)}", hint="请写其中一个的路径"
                )
    listed = f"可以恢复的有：{_listed(suspects or files)}" if files else "没有要恢复的文件"
    raise UsageError(f"“{name}”不在出错的提交改过的文件里", hint=listed)


def with_formers(
    ledger: Ledger, repo: GitRepo, tip: str, files: Sequence[Former], by: str, prefix: str
) -> str:
    """Commits on top of a branch in which some files are again what they were, one for each.

    Args:
        repo: seen from the top of its work tree.

    Raises:
        LedgerError: there is uncommitted work in them.
    """
    for path in (path for each in files for path in each.sources):
        if has_changes(ledger.repo, [path]):
            raise LedgerError(
                f"{path} 里有还没有保存的改动，没有恢复",
                hint=f"请先运行 ledger save 保存，或用 ledger undo --edits {path} 撤掉它们",
            )
    for file in files:
        tree = tip
        for path in sorted(file.sources, key=lambda path: path not in file.away):
            tree = tree_with(repo, tree, [prefix + path], file.sources[path])
        if repo.tree_of(tree) == repo.tree_of(tip):
            continue
        tasks = [PurePosixPath(path).stem for path in file.sources if is_below(path, TASKS)]
        subject = f"恢复 {file.path}" if file.back else f"撤去 {file.path}"
        lines = [f"恢复为 {file.sources[file.path][:_SHORT]} 时的内容"]
        lines += [f"撤去 {path}" for path in file.away if path != file.path]
        body = "\n".join((*lines, f"办理人：{by}"))
        operation = Operation("restore", subject, tuple(dict.fromkeys(tasks)), body)
        tip = make_commit(repo, tree, (tip,), message_of(operation))
    return tip


def _changed(
    line: LocalLine, steps: Sequence[Misstep], prefix: str
) -> tuple[dict[str, str], frozenset[str]]:
    """The ledger's files that wrong commits changed → the commit before the first of them.

    And which of them are to blame: those that a commit's problems name; else all that it changed.
    """
    sources: dict[str, str] = {}
    suspects: set[str] = set()
    for step in steps:
        parents = line.commits[step.commit].parents if step.commit in line.commits else ()
        changed = [
            path.removeprefix(prefix)
            for path in sorted(line.files(step.commit) if parents else ())
            if path.startswith(prefix)
        ]
        named = [path for path in changed if path in {each.path for each in step.problems}]
        suspects.update(named or changed)
        for path in (*named, *changed):
            sources.setdefault(path, parents[0])
    return sources, frozenset(suspects)


def _partners(
    ledger: Ledger, lost: Mapping[str, str], new: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Files that are gone → the new ones that are the same, or are in their place.

    Args:
        lost, new: paths with their blobs; empty for what is no plain file.
    """
    if not lost:
        return {}
    below: dict[str, list[str]] = {}
    for path in new:
        for folder in _folders(path):
            below.setdefault(folder, []).append(path)
    partners: dict[str, list[str]] = {}
    for path in lost:  # what is a folder now, or would have to be one
        partners[path] = below.get(path, []) + [each for each in _folders(path) if each in new]
    left = set(new).difference(*partners.values())
    olds, news = dict(_keys(ledger, lost)), dict(_keys(ledger, new))
    for rank in range(max(map(len, olds.values()), default=0)):
        known: dict[Key, str] = {}
        for path in sorted(left):
            for key in news[path]:
                known.setdefault(key, path)
        for path, keys in olds.items():
            if partners[path] or rank >= len(keys):
                continue
            if (other := known.get(keys[rank])) in left and other is not None:
                partners[path].append(other)
                left.discard(other)
    return {path: tuple(others) for path, others in partners.items()}


def _folders(path: str) -> list[str]:
    return [str(each) for each in PurePosixPath(path).parents][:-1]


def _keys(ledger: Ledger, files: Mapping[str, str]) -> Iterator[tuple[str, list[Key]]]:
    """By what a file is known under another name: content, id, name, title."""
    records = [(path, blob) for path, blob in files.items() if blob and is_record(path)]
    versions = read_versions(records, ledger.repo, ledger.cache)
    for path, blob in files.items():
        keys = [("blob", blob) if blob else ("path", path)]
        if is_ledger_file(path):
            entry = entry_in(versions, path, blob)
            record = entry.record if entry else None
            name = PurePosixPath(path).stem
            own = getattr(record, "id", "") or name
            keys += [("id", own), ("name", name.casefold())]
            if title := getattr(record, "title", ""):  # which may hold the id
                keys += [(f"title of a {type(record).__name__}", title.replace(own, ""))]
        yield path, keys


def _blobs(repo: GitRepo, commit: str, paths: Collection[str]) -> dict[str, str]:
    files = repo.files_of(commit, sorted(paths))
    return {each.path: each.blob if each.mode.startswith("100") else "" for each in files}


def _is_called(file: Former, name: str, how: Callable[[str], str | int]) -> bool:
    """Whether a name is one of those of a file, as loosely as they are compared."""
    stems = (PurePosixPath(path).stem for path in file.sources)
    return name in file.sources or how(name) in map(how, stems)


def _number(name: str) -> int | str:
    """The number at the end of an id; 1 and 001 are the same. What has none stays itself."""
    last = name.rpartition("-")[2]
    return int(last) if last.isascii() and last.isdecimal() and len(last) < _DIGITS else name


def _listed(files: Collection[Former]) -> str:
    named = "、".join(each.path for each in [*files][:_NAMED])
    return f"{named}等" if len(files) > _NAMED else named
