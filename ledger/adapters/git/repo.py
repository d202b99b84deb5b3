"""The local repository in verbs, its root passed in, raising by default."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.adapters.git.complaints import ForeignError, GitError
from ledger.adapters.git.process import MAX_BLOB, environment, run
from ledger.errors import LedgerError, UsageError
from ledger.model.record import dataclass, field
from ledger.model.zone import day_of, end_of

if TYPE_CHECKING:
    from ledger.adapters.git.objects import Objects, TreeFile

LITERAL = {"GIT_LITERAL_PATHSPECS": "1"}  # paths are no patterns
_LATEST = 253_370_000_000  # in the year 9998, whatever the time zone
_DIGITS = 20
HEADS = "refs/heads/"
_PLACES = {HEADS: "分支", "refs/remotes/": "远端分支", "refs/tags/": "标签"}  # in this order
_BEHIND_A_NAME = r"[~^:]|@\{"
# What is no ref's name: a whole object id; HEAD and what git keeps beside it (git help revisions).
_NO_REF = r"[0-9a-f]{40}|[0-9a-f]{64}|@|HEAD|[A-Z_]+_HEAD"
_SHORT_ID = r"[0-9a-f]{4,63}"
_SWITCHES = dict.fromkeys(("true", "yes", "on", "1"), True) | dict.fromkeys(
    ("false", "no", "off", "0"), False
)
_COMMITTED = re.compile(rb"^committer [^\n]*> (\d+) [+-]\d{4}$", re.MULTILINE)
FEW = 500  # more paths than this may be too long for one command line
WHOLE_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_KEPT, _KEPT_BYTES = 32, 16_000_000  # answers that cannot change, and all of them together
# Where git keeps the objects of a push until its hooks have agreed (git help receive-pack).
_OF_A_PUSH = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")


def _silent(remark: str) -> None:
    """Where nobody is told anything, as on a server."""


@dataclass(frozen=True, slots=True)
class GitRepo:
    """A git repository seen from the ledger's root.

    Attributes:
        root: absolute path of the ledger's root; every path given or returned is relative to it.
        git_dir: absolute path of the folder shared by all work trees (`.git`).
        inherited: environment that a server's hook must pass on, so that git finds the objects of
            a push which is not accepted yet.
        tell: takes a remark for the user, such as that a name could mean something else too.
        answers: the latest of what git has said that cannot change, see `fixed`.
        begun: what `objects` is, once it has been asked for.
    """

    root: Path
    git_dir: Path
    inherited: Mapping[str, str] = field(default_factory=dict)
    tell: Callable[[str], object] = field(default=_silent, compare=False)
    answers: dict[tuple[str, ...], bytes] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    begun: list[Objects] = field(default_factory=list, init=False, compare=False, repr=False)

    @property
    def objects(self) -> Objects:
        """What git keeps: commits, trees, blobs; one process for all that is read of it."""
        if not self.begun:
            from ledger.adapters.git.objects import Objects  # not where git is asked nothing

            self.begun.append(Objects(self.root, self.inherited))
        return self.begun[0]

    def state_dir(self) -> Path:
        """Where the ledger keeps what it may lose at any time: cache, locks, logs."""
        return self.git_dir / "ledger"

    def run(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        ok: Sequence[int] = (0,),
        beside: bool = False,
    ) -> bytes:
        """What `git arguments…` prints, run in the ledger's root.

        Args:
            beside: what it says on stderr is wanted too.

        Raises:
            GitError: when it exits with a status not in `ok`, with what git said.
        """
        more = {**self.inherited, **(environment or {})}
        return run(self.root, arguments, stdin=stdin, environment=more, ok=ok, beside=beside)

    def text(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        ok: Sequence[int] = (0,),
    ) -> str:
        """As `run`, for an answer of one line."""
        answer = self.run(*arguments, environment=environment, ok=ok)
        return answer.decode(errors="replace").strip()

    def fixed(
        self,
        commits: Sequence[str],
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        ok: Sequence[int] = (0,),
    ) -> bytes:
        """What git says of some commits; asked only once where they are named by their whole ids.

        What such a commit holds and comes from never changes, and a command asks for the same
        again and again: each check looks at both sides, and sync checks several times. Of no
        commits at all: a setting, which stays the same as long as a command lasts.
        """
        key = (*arguments, *(f"{name}={value}" for name, value in (environment or {}).items()))
        if (known := self.answers.pop(key, None)) is None:
            known = self.run(*arguments, environment=environment, ok=ok)
        lasting = all(WHOLE_ID.fullmatch(each) for each in commits)
        if lasting and (known or ok == (0,)):
            self.answers[key] = known
        while len(self.answers) > _KEPT or sum(map(len, self.answers.values())) > _KEPT_BYTES:
            del self.answers[next(iter(self.answers))]
        return known

    def resolve(self, revision: str) -> str:
        """The commit a revision names, as a full object id.

        A commit's id comes first, short or whole; then a name is a branch here, else a remote's
        branch, else a tag; then come git's other ways. Git's own order would have a tag pass for
        the branch, or for the commit, of its name.

        Raises:
            UsageError: when there is no such commit.
        """
        if commit := self.ref_commit(self._whole(revision)):
            return commit
        raise UsageError(
            f"找不到版本“{revision}”", hint="请给出提交号、分支名、标签名，或形如 2017-10-20 的日期"
        )

    def head(self) -> str | None:
        """The current commit, or None where nothing was committed yet."""
        return self.ref_commit("HEAD") or None

    def _whole(self, revision: str) -> str:
        """A revision whose name is that of a ref, written out; any other as it is."""
        name = re.split(_BEHIND_A_NAME, revision, maxsplit=1)[0]
        if not name or name.startswith("refs/") or re.fullmatch(_NO_REF, name):
            return revision
        names = [f"{place}{name}" for place in _PLACES]
        listed = self.run("for-each-ref", "--format=%(refname)", *names).decode(errors="replace")
        refs = [each for each in names if each in listed.splitlines()]
        if not refs:
            return revision
        meant = [*self._short(name), *refs]
        if len(meant) > 1:
            self.tell(
                f"“{name}”有几个意思，按{_called(meant[0])}读；"
                f"要看{_called(meant[1])}请写 {meant[1]}。"
            )
        return meant[0] + revision.removeprefix(name)

    def _short(self, name: str) -> list[str]:
        """The id of the commit that is meant if a name is the beginning of one; else nothing."""
        if not re.fullmatch(_SHORT_ID, name):
            return []
        ids = self.run("rev-parse", f"--disambiguate={name}").decode().split()
        commits = [each for each in ids if self.has(each)]
        return commits if len(commits) == 1 else []

    def commit_at(self, day: dt.date, where: dt.tzinfo, tip: str = "HEAD") -> str:
        """The last commit of a first-parent line at the end of a day; empty if it begins later.

        Args:
            where: the ledger's time zone.
            tip: where the line ends, as git names it; the current commit by default.
        """
        end = end_of(day, where)
        if end <= 0 or not self.head():  # git knows no day before 1970
            return ""
        how = ("-1", "--first-parent", f"--before=@{end} +0000")
        return self.fixed([tip], "rev-list", *how, tip, "--").decode().strip()

    def commit_day(self, commit: str, where: dt.tzinfo) -> dt.date:
        """The day a commit was made, in the ledger's time zone."""
        kept = self.objects.find(f"{commit}^{{commit}}")
        header = kept.content.partition(b"\n\n")[0] if kept else b""
        if committed := _COMMITTED.search(header):
            return day_of(seconds(committed[1].decode()), where)
        return day_of(seconds(self.text("show", "-s", "--format=%ct", commit, "--")), where)

    def tree(
        self, commit: str, *paths: str, also: Callable[[str], bool] = lambda path: False
    ) -> list[TreeFile]:
        """The files of a commit below some paths, all of them where none is named.

        Args:
            also: whether a path that is come across is wanted, too.
        """
        from ledger.adapters.git.objects import is_folder

        entries = self.objects.entries(commit, self.prefix(), paths, also)
        return [each for each in entries if not is_folder(each.mode)]

    def entries(self, commit: str) -> list[tuple[str, str]]:
        """Path and mode of all that a commit's tree has, folders too, as often as it is there.

        Every folder comes before what is in it.
        """
        return [(path, mode) for path, _, mode in self.objects.entries(commit, self.prefix(), ())]

    def names_here(self) -> list[tuple[str, str]]:
        """The same of what the working tree has, ignored files apart; modes are not told."""
        listed = self.run("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return [(os.fsdecode(path), "") for path in dict.fromkeys(listed.split(b"\0")) if path]

    def names_brought(self, before: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Of what `names_here` tells all that a commit may not have; and what it has there.

        Args:
            before: the commit.
        """
        what = ("--cached", "--diff-filter=AU", "--name-only", "-z", "--no-renames", "--relative")
        untracked = self.run("ls-files", "-z", "--others", "--exclude-standard").split(b"\0")
        listed = [*untracked, *self.run("diff-index", *what, before).split(b"\0")]
        paths = [os.fsdecode(path) for path in dict.fromkeys(listed) if path]
        known = self.objects.entries(before, self.prefix(), paths) if paths else ()
        return [(path, "") for path in paths], [(path, mode) for path, _, mode in known]

    def blobs(self, ids: Iterable[str], most: int = MAX_BLOB) -> Iterator[tuple[str, bytes]]:
        """The contents of blobs, in the order asked.

        A larger blob is cut at `most` bytes, so memory stays bounded; by default that is a little
        more than a ledger file may have.

        Raises:
            GitError: for an object that is missing.
        """
        return self.objects.blobs(list(ids), most)

    def has(self, commit: str) -> bool:
        """Whether there is a commit of that id here, in history or not."""
        return self.ref_commit(commit) == commit

    def merge_bases(self, one: str, other: str) -> list[str]:
        """All best common ancestors of two commits: several where lines have crossed."""
        bases = self.fixed([one, other], "merge-base", "--all", one, other, ok=(0, 1))
        return bases.decode().split()

    def merge_base(self, one: str, other: str) -> str:
        """The newest common ancestor of two commits, empty where there is none."""
        return next(iter(self.merge_bases(one, other)), "")

    def is_ancestor(self, one: str, other: str) -> bool:
        """Whether a commit is another one, or in its history."""
        return one == other or self.merge_base(one, other) == one

    def is_on(self, setting: str) -> bool:
        """Whether one of git's settings is switched on."""
        value = self.settings().get(setting.lower(), "off").lower()
        known = _SWITCHES.get(value)  # anything else is a number, or none at all: git knows
        return (
            self.text("config", "--bool", setting, ok=(0, 1)) == "true" if known is None else known
        )

    def settings(self) -> dict[str, str]:
        """Git's settings by name, letters small; of one that has several values the last."""
        listed = self.fixed((), "config", "--null", "--list").decode(errors="replace")
        return dict(line.partition("\n")[::2] for line in listed.split("\0") if line)

    def prefix(self) -> str:
        """Where the root lies below the repository's top, such as `台账/`; empty at the top."""
        if self.root == self.git_dir or (self.root / ".git").exists():
            return ""
        return os.fsdecode(self.fixed([], "rev-parse", "--show-prefix")).rstrip("\n")

    def file_at(self, commit: str, path: str, most: int) -> bytes | None:
        """A file of a commit; None when it is not there, no file, or larger than `most` bytes."""
        files = [
            each for each in self.tree(commit, path) if each.path == path and each.mode[:3] == "100"
        ]
        if not files:
            return None
        ((_, content),) = self.blobs([files[0].blob], most + 1)
        return content if len(content) <= most else None

    def hash_files(self, paths: Sequence[str]) -> list[str]:
        """The blob ids that files of the working tree would have, in the same order."""
        if any(path.startswith('"') or "\n" in path for path in paths):  # --stdin-paths quotes
            return [self.text("hash-object", "--", path) for path in paths]
        if not paths:
            return []
        top = self.prefix()  # git looks for these, and only these, from the top of the work tree
        asked = "".join(f"{top}{path}\n" for path in paths).encode(errors="surrogateescape")
        return self.run("hash-object", "--stdin-paths", stdin=asked).decode().split()

    def identity(self) -> str:
        """Who commits, as the environment or git's user.name has it; empty where neither does."""
        return self._person("name")

    def branch(self) -> str:
        """The current branch's name, empty on a detached HEAD."""
        ref = self.branch_ref()
        return ref.removeprefix(HEADS) if ref.startswith(HEADS) else ""

    def own_dir(self) -> Path:
        """Where this work tree's own HEAD and index are; the same as `git_dir` but for others."""
        if (self.root / ".git" / "HEAD").is_file():
            return self.git_dir
        folder = self.run("rev-parse", "--absolute-git-dir")
        return Path(folder.decode(errors="surrogateescape").rstrip("\n"))

    def branch_ref(self) -> str:
        """The full name of the current branch's ref, empty on a detached HEAD."""
        from ledger.adapters.git.refs import branch_in  # not where a list is asked for

        if ref := branch_in(self.root / ".git", HEADS):
            return ref
        named = self.run("symbolic-ref", "--quiet", "HEAD", ok=(0, 1))
        return named.decode(errors="surrogateescape").strip()

    def ref_commit(self, ref: str) -> str:
        """The commit of a ref by its full name; empty where there is none."""
        commit = self.objects.find(f"{ref}^{{commit}}")
        return commit.id if commit else ""

    def files_of(self, commit: str, paths: Sequence[str]) -> list[TreeFile]:
        """Some files of a commit, however many; those that it lacks are left out."""
        return self.tree(commit, *paths) if paths else []

    def branch_commit(self, branch: str, remote: str = "") -> str:
        """The commit a branch points to, as last fetched from a remote; empty if there is none."""
        name = f"refs/remotes/{remote}/{branch}" if remote else f"{HEADS}{branch}"
        from ledger.adapters.git.refs import also_meant, is_plain  # likewise

        if is_plain(name):
            commit = self.ref_commit(name)
            if not commit or not any(map(self.ref_commit, also_meant(name))):
                return commit
        return self.text("show-ref", "--verify", "--hash", name, ok=(0, 1, 128))

    def tree_of(self, commit: str) -> str:
        """The id of a commit's tree."""
        if (tree := self.objects.find(f"{commit}^{{tree}}")) is None:
            raise GitError(f"仓库里没有提交 {commit}")
        return tree.id

    def parent_of(self, commit: str) -> str:
        """The id of a commit's first parent, empty for a first commit."""
        return self.ref_commit(f"{commit}^")

    def email(self) -> str:
        """Their address, as the environment or git's user.email has it; empty if neither does."""
        return self._person("email")

    def _person(self, what: str) -> str:
        if given := environment().get(f"GIT_AUTHOR_{what.upper()}", "").strip():
            return given
        if not (value := self.settings().get(f"user.{what}", "").strip()):
            self.run("rev-parse", "--git-dir")  # says so when git does not trust the repository
        return value


def _called(ref: str) -> str:
    return next((called for place, called in _PLACES.items() if ref.startswith(place)), "提交号")


def find_repo(root: Path, tell: Callable[[str], object] = _silent) -> GitRepo:
    """The repository that holds a folder.

    Args:
        tell: see `GitRepo`.

    Raises:
        LedgerError: the folder is in no git repository, or git will not open it.
    """
    plain = root / ".git"
    if (plain / "HEAD").is_file():
        return GitRepo(root, plain, tell=tell)
    try:
        folder = run(root, ("rev-parse", "--path-format=absolute", "--git-common-dir"))
    except ForeignError:
        raise
    except GitError:
        raise LedgerError(
            f"{root} 不在 git 仓库里", hint="请进入台账所在的文件夹，或运行 ledger init 新建台账"
        ) from None
    return GitRepo(root, Path(folder.decode().rstrip("\n")), tell=tell)


def bare_repo(folder: Path, inherited: Mapping[str, str] | None = None) -> GitRepo:
    """A bare repository on a server.

    Args:
        inherited: the environment of the hook that asks; what names a push's objects is passed on.

    Raises:
        UsageError: the folder is no bare repository.
    """
    place = folder.resolve()
    if not (place / "HEAD").is_file() or not (place / "objects").is_dir():
        raise UsageError(f"{folder} 不是裸仓库", hint="请给出服务器上以 .git 结尾的仓库文件夹")
    kept = {name: value for name, value in (inherited or {}).items() if name in _OF_A_PUSH}
    return GitRepo(place, place, kept)


def existing(oid: str) -> str:
    """An object's id; empty for the one of only zeros, which stands for none."""
    return oid if oid.strip("0") else ""


def seconds(time: str) -> int:
    """The time of a commit as git tells it, in seconds since 1970, within what a calendar can hold.

    Whoever makes a commit writes what he likes there; what is no number counts as 0.
    """
    text = time.strip()
    return min(int(text), _LATEST) if text.isdecimal() and len(text) < _DIGITS else 0


def blob_id(content: bytes, algorithm: str = "sha1") -> str:
    """The object id git would give a file's content, without asking git."""
    return object_id("blob", content, algorithm)


def object_id(kind: str, content: bytes, algorithm: str) -> str:
    """The same of any kind of object."""
    import hashlib

    return hashlib.new(algorithm, b"%b %d\0" % (kind.encode(), len(content)) + content).hexdigest()
