"""Walking history: every commit with what it did to which files, by a handful of git calls.

However long a history is, it is listed by one `git log`; the contents are read by one
`git cat-file --batch` (see `GitRepo.blobs`).
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping, Sequence

from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.repo import LITERAL, GitRepo, blob_id, existing, seconds
from ledger.model.record import dataclass

_HEADER = "%H%x00%P%x00%an%x00%ae%x00%ce%x00%ct%x00%ad%x00%s"
_FIELDS = _HEADER.count("%x00")
_OPTIONS = (
    "-z", "--raw", "--no-abbrev", "--no-renames", "--relative", "--date=raw",
    "--ignore-submodules=none",  # nor what .gitmodules says
    f"--format=tformat:{_HEADER}",
)  # fmt: skip
# git refuses to write a forged time zone as ISO 8601, so it is asked for what stands there.
_RAW_DATE = re.compile(r"(\d+) ([+-])(\d{1,2})(\d{2})")
_PLAIN, _LINK = ("100644", "100755"), "120000"  # modes


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One file that a commit changed.

    Attributes:
        path: relative to the ledger's root, with '/'.
        old, new: blob ids before and after, empty where it was not there.
        mode: the file's mode after, such as 100644; 000000 where it is gone.
        also: of a merge that says what no parent says, the blob ids in its other parents.
    """

    path: str
    old: str
    new: str
    mode: str
    also: tuple[str, ...] = ()

    def is_file(self) -> bool:
        """Whether it is a plain file after, no link and no submodule."""
        return bool(self.new) and self.mode.startswith("100")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit and what it changed, compared with its first parent.

    Attributes:
        author, email: who made the change, as git has it.
        committer: the e-mail address of who committed it.
        time: when it was committed, seconds since 1970.
        date: when it was made, ISO 8601 with its time zone; empty where that cannot be read.
        subject: the first line of the message.
        files: what it changed of the paths that were asked for.
    """

    id: str
    parents: tuple[str, ...] = ()
    author: str = ""
    email: str = ""
    committer: str = ""
    time: int = 0
    date: str = ""
    subject: str = ""
    files: tuple[FileDiff, ...] = ()


def main_line(repo: GitRepo, since: str, until: str, paths: Sequence[str]) -> list[Commit]:
    """The first-parent line of history, oldest first; a merge counts as one step.

    Args:
        since: the commit after which it begins; empty for the very beginning.
        until: its last commit.
        paths: only changes of these files and folders are listed (every commit is).
    """
    return _logged(repo, ("--first-parent", "-m", "--reverse"), since, until, paths)


def all_commits(repo: GitRepo, since: str, until: str, paths: Sequence[str]) -> list[Commit]:
    """Every commit of history, parents before children; of merges no files are listed."""
    return _logged(repo, ("--topo-order", "--reverse"), since, until, paths)


def own_changes(repo: GitRepo, since: str, until: str) -> list[Commit]:
    """Every commit of a range with every file that it changes, parents before children.

    Of a merge the files are listed that it has as none of its parents has them.
    """
    return _logged(repo, ("--topo-order", "--reverse", "-c"), since, until, ())


def ancestry(repo: GitRepo, tip: str, *published: str, order: str = "topo") -> dict[str, str]:
    """Commits up to one that are not in others, parents first; each with its parents.

    Args:
        order: `date` has what is of no line before the other in the order of time.

    Returns:
        Commit → the ids of its parents, with blanks between: few are ever looked at, and a history
        has tens of thousands.
    """
    without = [f"^{each}" for each in published if each]
    how = ("--reverse", f"--{order}-order", "--parents")
    listed = repo.run("rev-list", *how, tip, *without, "--")
    pairs = (line.partition(" ") for line in listed.decode().splitlines())
    return {commit: parents for commit, _, parents in pairs}


def span(repo: GitRepo, tip: str, *published: str) -> list[tuple[str, tuple[str, ...]]]:
    """Commits up to one that are not in others, parents first, each with its parents."""
    listed = ancestry(repo, tip, *published)
    return [(commit, tuple(parents.split())) for commit, parents in listed.items()]


def these_commits(repo: GitRepo, commits: Sequence[str], paths: Sequence[str]) -> Iterator[Commit]:
    """Some commits in the order given, each compared with its first parent.

    Args:
        paths: only changes of these files and folders are listed.
    """
    if not commits:
        return iter(())
    asked = "".join(f"{commit}\n" for commit in commits).encode()
    how = ("--no-walk=unsorted", "--stdin", "--first-parent", "-m")
    return _parsed(repo.run("log", *how, *_OPTIONS, "--", stdin=asked), paths)


def news_commits(repo: GitRepo, since: str, until: str, paths: Sequence[str]) -> list[Commit]:
    """The commits that changed some files, newest first; as for `file_commits`."""
    how = ("--date-order", "-c")
    return [each for each in _logged(repo, how, since, until, paths) if each.files]


def file_commits(repo: GitRepo, until: str, path: str) -> list[Commit]:
    """The commits that changed one file under its path of today, newest first.

    What a merge did not take over is there too; a merge itself where it says what no parent says.
    """
    commits = _touching(repo, until, (path,), "--date-order")
    return [each for each in commits if each.files]


def those_of_file(repo: GitRepo, commits: Sequence[str], path: str) -> list[Commit]:
    """The same of some commits, in the order given: those that did change the file."""
    if not commits:
        return []
    asked = "".join(f"{commit}\n" for commit in commits).encode()
    how = ("--no-walk=unsorted", "--stdin", "-c", *_OPTIONS)
    listed = repo.run("log", *how, "--", path, stdin=asked, environment=LITERAL)
    return [each for each in _parsed(listed) if each.files]


def latest_commits(repo: GitRepo, until: str, path: str, most: int) -> list[Commit]:
    """The commits that changed one file, newest first as git comes upon them.

    Args:
        most: no more than so many, for which git need not walk all of history; 0 for all.
    """
    return list(_touching(repo, until, (path,), f"--max-count={most or -1}"))


def last_of_some(repo: GitRepo, until: str, paths: Sequence[str]) -> Iterator[Commit]:
    """The commits that changed some files, newest first; all of history is walked only once."""
    return (each for each in _touching(repo, until, paths) if each.files)


def differences(repo: GitRepo, old: str, new: str, but: str = "") -> tuple[FileDiff, ...]:
    """Every file that is not the same in two commits, whatever names it has.

    Args:
        new: empty for the working tree; there the new blob ids are not known.
        but: a pattern of paths (gitglossary, pathspec) that are not looked at.
    """
    how = ("--raw", "-r", "-z", "--no-abbrev", "--no-renames", "--relative", "--end-of-options")
    where = ("--", ".", f":(exclude){but}") if but else ()
    between = ("diff-tree", *how, old, new) if new else ("diff-index", *how, old)
    words = iter(
        repo.fixed([old, new], *between, *where).decode(errors="surrogateescape").split("\0")
    )
    diffs = []
    for word in words:
        if word.startswith(":"):
            _, mode, before, after, _ = word.split(" ")
            diffs.append(
                (FileDiff(next(words), existing(before), existing(after), mode), word[1:7])
            )
    same = _unchanged(repo, diffs) if not new else frozenset()
    return tuple(each for each, _ in diffs if each.path not in same)


def _unchanged(repo: GitRepo, listed: Sequence[tuple[FileDiff, str]]) -> frozenset[str]:
    """The files of the working tree that are as they were, though the index does not know it.

    Git goes by a file's times; to be told of a copied or touched one it would have to write the
    index, which is the user's.

    Args:
        listed: what may differ, each with its mode before.
    """
    asked = {
        each.path: each
        for each, mode in listed
        if each.old and not each.new and each.mode == mode and mode in (*_PLAIN, _LINK)
    }
    links = [path for path, each in asked.items() if each.mode == _LINK]
    plain = [path for path in asked if path not in links and os.access(repo.root / path, os.R_OK)]
    try:
        now = dict(zip(plain, repo.hash_files(plain), strict=True))
        for path in links:
            target = os.fsencode((repo.root / path).readlink())
            now[path] = blob_id(target, "sha1" if len(asked[path].old) == 40 else "sha256")
    except (GitError, OSError):  # gone meanwhile, or git cannot read it: a difference all the same
        return frozenset()
    return frozenset(path for path, blob in now.items() if blob == asked[path].old)


def changed_since(repo: GitRepo, base: str, commit: str, below: str) -> tuple[str, ...]:
    """The files below a folder that a commit changes, compared with where it left `base`."""
    listed = repo.run(
        "diff", "--name-only", "-z", "--no-renames", "--relative", f"{base}...{commit}", "--", below
    )
    return tuple(listed.decode(errors="surrogateescape").split("\0")[:-1])


def last_touch(repo: GitRepo, until: str, pattern: str) -> tuple[str, tuple[FileDiff, ...]]:
    """The last commit of a history that changed some files, and how; empty where there is none.

    Args:
        pattern: a git glob, relative to the ledger's root.
    """
    commits = _parsed(repo.run("log", "-1", *_OPTIONS, until, "--", f":(glob){pattern}"))
    return next(((commit.id, commit.files) for commit in commits), ("", ()))


def subjects_of(repo: GitRepo, commits: Sequence[str]) -> dict[str, str]:
    """The first line of each commit's message."""
    if not commits:
        return {}
    asked = "".join(f"{commit}\n" for commit in commits).encode()
    form = "--format=tformat:%H%x00%s"
    listed = repo.run("log", "--no-walk=unsorted", "--stdin", "-z", form, stdin=asked)
    words = listed.decode(errors="surrogateescape").split("\0")
    return dict(zip(words[::2], words[1::2], strict=False))


def authors(repo: GitRepo, commits: str, committers: bool = False) -> set[tuple[str, str]]:
    """Names and e-mail addresses of who wrote some commits, or of who committed them, too.

    Args:
        commits: the last of a history, or a span such as `old..new`.
    """
    form = "%an%x00%ae" + ("%x00%cn%x00%ce" if committers else "")
    listed = repo.run("log", "-z", f"--format={form}", commits, "--")
    words = listed.decode(errors="replace").split("\0")
    return set(zip(words[::2], words[1::2], strict=False))


def makers_of(repo: GitRepo, commits: Sequence[str]) -> dict[str, Commit]:
    """Who made some commits, when and with what message, by id; what they changed is not told."""
    if not commits:
        return {}
    asked = "".join(f"{commit}\n" for commit in commits).encode()
    how = ("--no-walk=unsorted", "--stdin", "-z", "--no-patch", "--date=raw")
    listed = repo.run("log", *how, f"--format=tformat:{_HEADER}", stdin=asked)
    return {each.id: each for each in _parsed(listed)}


def beginnings(repo: GitRepo, tip: str) -> list[str]:
    """The first commits of a history: one, but where others were merged into it."""
    return repo.run("rev-list", "--max-parents=0", tip, "--").decode().split()


def commits_saying(repo: GitRepo, *lines: str) -> list[str]:
    """The commits of HEAD's history whose message has all these lines, oldest first."""
    if repo.head() is None:
        return []
    patterns = [f"--grep=^{re.escape(line)}$" for line in lines]
    commits = repo.run(
        "log", "--reverse", "--format=%H", "--extended-regexp", "--all-match", *patterns,
        "HEAD", "--",
    )  # fmt: skip
    return commits.decode().split()


def is_cut_between(repo: GitRepo, one: str, other: str, bases: Sequence[str]) -> bool:
    """Whether history ends, as in a shallow clone, before it is known where two commits parted.

    Args:
        bases: their best common ancestors, as far as they are here.
    """
    place = repo.git_dir / "shallow"
    if not place.exists():
        return False
    listed = repo.run("rev-list", f"{one}...{other}", "--").decode().split()
    return not bases or not set(place.read_text("ascii").split()).isdisjoint(listed)


def is_shallow(repo: GitRepo) -> bool:
    """Whether the older part of history is missing here."""
    return repo.run("rev-parse", "--is-shallow-repository").strip() == b"true"


def reachable(repo: GitRepo, *commits: str) -> set[str]:
    """Every commit in the history of some commits."""
    return set(repo.run("rev-list", *commits, "--").decode().split())


def first_parents(repo: GitRepo, since: str, until: str, most: int = -1) -> list[str]:
    """The ids of the first-parent line between two commits, newest first; of all when one is empty.

    Args:
        most: no more than so many; below 0 for all.
    """
    span = (until, f"^{since}") if since else (until,)
    commits = repo.run("rev-list", "--first-parent", f"--max-count={most}", *span, "--")
    return commits.decode().split()


def latest_line(repo: GitRepo, until: str, most: int) -> list[Commit]:
    """The last commits of a first-parent line with every file that they change, newest first."""
    how = ("--first-parent", "-m", f"--max-count={most}")
    return list(_parsed(repo.run("log", *how, *_OPTIONS, until, "--")))


def latest_saying(repo: GitRepo, line: str) -> str:
    """The newest commit whose message has a line; empty where there is none."""
    how = ("-1", "--format=%H", "--extended-regexp", f"--grep=^{re.escape(line)}$")
    return repo.text("log", *how, "HEAD", "--", ok=(0, 128))


def unshared(repo: GitRepo, until: str, most: int) -> frozenset[str]:
    """The last commits up to one that no remote's branch has, as far as is known here."""
    listed = repo.run("rev-list", f"--max-count={most}", until, "--not", "--remotes", "--")
    return frozenset(listed.decode().split())


def reflog(repo: GitRepo, remote: str, branch: str) -> list[str]:
    """The commits that a remote's branch was seen at, newest first."""
    name = f"refs/remotes/{remote}/{branch}"
    return repo.run("log", "-g", "--format=%H", name, "--", ok=(0, 128)).decode().split()


def line_of(parents: Mapping[str, str], until: str) -> list[str]:
    """The first-parent line that ends with a commit, oldest first.

    Args:
        parents: from `ancestry`; a commit that it lacks ends the line.
    """
    line = []
    commit = until
    while commit in parents:
        line.append(commit)
        commit = parents[commit].partition(" ")[0]
    return line[::-1]


def brought_by(parents: Mapping[str, str], until: str) -> dict[str, str]:
    """Which merge of the main line brought each commit that is not on it itself.

    Args:
        parents: from `ancestry`; commits that it lacks end the walk.
        until: where the main line ends.
    """
    line = line_of(parents, until)
    on_line = set(line)
    bringers: dict[str, str] = {}
    for step in line:
        waiting = parents[step].split()[1:] if " " in parents[step] else []
        while waiting:
            each = waiting.pop()
            if each in parents and each not in bringers and each not in on_line:
                bringers[each] = step
                waiting.extend(parents[each].split())
    return bringers


def _logged(
    repo: GitRepo, how: Sequence[str], since: str, until: str, paths: Sequence[str]
) -> list[Commit]:
    """All commits of a range; the paths narrow what is listed of each, not which are listed.

    Git is not told of them: it would hold each entry of each folder that a commit has changed
    against each of them, which takes it longer than to say all that has changed.
    """
    span = (until, f"^{since}") if since else (until,)
    listed = repo.fixed([until, since or until], "log", *how, *_OPTIONS, *span, "--")
    return list(_parsed(listed, paths))


def _touching(repo: GitRepo, until: str, paths: Sequence[str], *how: str) -> Iterator[Commit]:
    options = ("--full-history", "-c", *how, *_OPTIONS)
    return _parsed(repo.run("log", *options, until, "--", *paths, environment=LITERAL))


def _parsed(listed: bytes, paths: Sequence[str] = ()) -> Iterator[Commit]:
    """Commits out of git's words, each ended by a NUL, which no text of a commit can hold.

    Args:
        paths: only these files, and those in these folders, are told of; all where there are none.
    """
    exact, below = frozenset(paths), tuple(f"{each.rstrip('/')}/" for each in paths)
    words = iter(listed.decode(errors="surrogateescape").split("\0"))
    word = next(words, "")
    while word:
        header = [word, *(next(words) for _ in range(_FIELDS))]
        files = []
        word = next(words, "").lstrip("\n")
        if not word and " " in header[1]:  # what `-c` puts after the header of a merge
            word = next(words, "")
        while word.startswith(":"):
            path = next(words)
            if not paths or path in exact or path.startswith(below):
                files.append(_file(path, word))
            word = next(words, "").lstrip("\n")
        commit, parents, author, email, committer, time, date, subject = header
        yield Commit(
            commit, tuple(parents.split()), author, email, committer, seconds(time),
            _iso(date), subject, tuple(files),
        )  # fmt: skip


def _file(path: str, word: str) -> FileDiff:
    """What git says of a file: modes and blobs before, in the other parents, and after."""
    sides = len(word) - len(word.lstrip(":"))  # more than one of a merge
    modes, blobs = (word.split(" ")[n : n + sides + 1] for n in (0, sides + 1))
    old, *also, new = map(existing, blobs)
    return FileDiff(path, old, new, modes[-1], tuple(also))


def _iso(raw: str) -> str:
    """A day and time as git keeps it, in ISO 8601; empty where it is none."""
    match = _RAW_DATE.fullmatch(raw)
    if match is None:
        return ""
    time, sign, hours, minutes = match.groups()
    offset = dt.timedelta(hours=int(hours), minutes=int(minutes))
    if offset >= dt.timedelta(days=1):  # no such time zone
        offset = dt.timedelta(0)
    zone = dt.timezone(-offset if sign == "-" else offset)
    return dt.datetime.fromtimestamp(seconds(time), zone).isoformat()
