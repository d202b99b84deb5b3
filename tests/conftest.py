"""Fixtures of the whole suite: real repositories in tmp directories, a given clock, no network.

A test that writes names them in its signature; for annotations import the types under
`TYPE_CHECKING` (`from tests.conftest import LedgerFolder, MakeLedger`).
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import yaml
from hypothesis import HealthCheck, settings

from ledger.cli.app import run
from ledger.model.snapshot import Snapshot
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import Ledger, open_ledger
from tests.browsing import started_browser
from tests.copying import compact, copy_folder
from tests.forking import forks_end

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["forks_end"]  # a fixture of every test

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests/data"  # the plan of 2017 in its forms, its rows, and how time limits are read
TODAY = "2017-03-01"  # the day of every commit unless a test says otherwise
DEMO_DAY = "2026-11-30"
NAME, EMAIL = "办公室联络员", "office@example.com"
# A process less after each commit, fetch and push, and none that tidies up in the background.
GIT_CONFIG = "[maintenance]\n\tauto = false\n[gc]\n\tauto = 0\n[receive]\n\tautogc = false\n"

CONFIG: dict[str, Any] = {
    "organisation": "某局",
    "departments": [
        {"name": "办公室", "aliases": ["局办公室"]},
        {"name": "审业部", "aliases": ["审查业务管理部"]},
        {"name": "条法司"},
        {"name": "规划司", "aliases": ["规划发展司"]},
        {"name": "巡视办"},
    ],
    "lights": {"due_soon_days": 15},
    "calendar": {"timezone": "Asia/Shanghai"},
    "policies": {
        "closing": {
            "default": {
                "bodies": ["党组会", "局务会"],
                "quorum": {"at_least": "1/2"},
                "approval": {"more_than": "1/2"},
            }
        }
    },
    "forge": {"via": "local"},
}
SOURCES: tuple[dict[str, Any], ...] = (
    {"id": "GZ2017", "title": "2017年工作要点", "kind": "工作要点", "year": 2017},
    {"id": "ZG2020", "title": "2020年巡视反馈意见", "kind": "巡视整改", "year": 2020},
)

Fields = Mapping[str, Any]

# The same cases in every run, so that a change is judged by what it changes; `thorough` looks for
# new ones. No bound is on the clock: other work on the machine would break it.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough",
    settings.get_profile("suite"),
    derandomize=False,
    max_examples=2000,
    print_blob=True,
)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared fixtures beside the checkout; tests that need it are skipped without."""
    folder = ROOT.parent / "shared"
    if not (folder / "fixtures").is_dir():
        pytest.skip("no shared fixtures beside this checkout")
    return folder


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A long text is no name: pytest puts a test's name in the environment, which has a limit."""
    return argname if isinstance(val, str | bytes) and len(val) > 100 else None


_MEMORY, _ROOM = Path("/dev/shm"), 2_000_000_000  # noqa: S108 - nobody else's name is used there


def pytest_configure(config: pytest.Config) -> None:
    """Work in memory where there is room and programs may be started, and nobody says otherwise.

    The suite makes and removes some 100,000 files; ext4 looks past every inode that was freed in
    the last minutes before it takes one, which costs a third of the suite's processor time.
    """
    gc.set_threshold(100_000, 50, 50)  # looking for cycles all the time takes a twentieth of it
    # Else each of hundreds of programs compiles what it imports: a third of what they take.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if "TMPDIR" in os.environ or config.getoption("basetemp") is not None:
        return
    try:
        room = os.statvfs(_MEMORY)
    except OSError:
        return
    may = os.access(_MEMORY, os.W_OK | os.X_OK) and not room.f_flag & os.ST_NOEXEC
    if may and room.f_bavail * room.f_frsize >= _ROOM:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None


def pytest_collection_finish() -> None:
    """What was imported and collected stays; nobody need look for cycles in it again and again."""
    gc.freeze()


@pytest.fixture(scope="session")
def _temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A temporary folder of the suite's own, and what came up in it: name → the test it was in.

    At the end it must be empty, and no process may live that was started with it.
    """
    tmp_path_factory.getbasetemp()  # pytest's own folder stays beside it
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))  # short: GPG puts a socket there
    first_seen: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", None)
        yield folder, first_seen
    gc.collect()  # git's reader ends with its repository
    end = time.monotonic() + 10
    while (alive := _started_with(folder)) and time.monotonic() < end:
        time.sleep(0.1)  # what has been told to end is ending
    names = [each.name for each in folder.iterdir() if not each.name.startswith("pymp-")]
    left = {name: first_seen.get(name, "") for name in names}
    shutil.rmtree(folder)
    assert not left, f"left in the temporary folder (name: test): {left}"
    assert not alive, f"still running: {alive}"


def _started_with(temporary: Path) -> list[str]:
    """The processes whose TMPDIR is this folder, where /proc tells."""
    mark, commands = b"TMPDIR=%s" % os.fsencode(temporary), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if "multiprocessing" not in command:  # its helpers end with the suite
                    commands.append(command)
        except OSError:  # gone by now, or somebody else's
            continue
    return commands


@pytest.fixture(autouse=True)
def _note_what_is_left(
    request: pytest.FixtureRequest, _temporary: tuple[Path, dict[str, str]]
) -> Iterator[None]:
    yield
    folder, first_seen = _temporary
    for name in os.listdir(folder):  # noqa: PTH208 - after each of thousands of tests
        first_seen.setdefault(name, request.node.nodeid)


@pytest.fixture
def tmp_path(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """An empty folder for one test, kept where it fails.

    As pytest's own, which looks at all names there were to find the next number, and leaves a link
    for each: with some thousand of them that is a millisecond and more.
    """
    name = re.sub(r"\W", "_", request.node.name)[:30]
    folder = tmp_path_factory.getbasetemp() / f"{name}-{next(_numbers)}"
    folder.mkdir(mode=0o700)
    before = request.session.testsfailed
    yield folder
    if request.session.testsfailed == before:
        shutil.rmtree(folder, ignore_errors=True)  # the rest goes with the folder of all


_numbers = itertools.count()


@pytest.fixture
def own_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary folder of this test's own, where processes that it kills may leave theirs."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Pytest's own folders are gone after a success; so is what it had put around them."""
    factory = session.config._tmp_path_factory  # type: ignore[attr-defined]
    base = factory._basetemp
    if base is None or factory._given_basetemp is not None or session.exitstatus != 0:
        return
    if base.exists():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print(f"\nThe tests passed, but {base} could not be removed.")
        return
    with contextlib.suppress(OSError):  # another run's folders are there
        if not (base.parent / "pytest-current").exists():
            (base.parent / "pytest-current").unlink(missing_ok=True)
        base.parent.rmdir()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says at the end what was not tried and why, each reason once, and at how many points."""
    for line in skipped_for(terminalreporter.getreports("skipped")):
        terminalreporter.write_line(line)
    for line in points_of(terminalreporter.getreports("passed")):
        terminalreporter.write_line(line)


def skipped_for(reports: Iterable[pytest.TestReport]) -> list[str]:
    """`skipped 31: reason` for every reason in reports of skipped tests, the commonest first."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in reports
        if isinstance(report.longrepr, tuple)
    )
    return [f"skipped {times}: {reason}" for reason, times in reasons.most_common()]


def points_of(reports: Iterable[pytest.TestReport]) -> list[str]:
    """`tried 33 points, 20 old, 13 new: test_it`, for tests that note the outcome of each point."""
    outcomes: dict[str, Counter[str]] = {}
    for report in reports:
        for key, value in report.user_properties:
            if key == "outcome" and report.when == "call":
                name = report.nodeid.partition("[")[0].rpartition("::")[2]
                outcomes.setdefault(name, Counter())[str(value)] += 1
    return [
        ", ".join(
            [f"tried {met.total()} points", *(f"{n} {each}" for each, n in sorted(met.items()))]
        )
        + f": {name}"
        for name, met in sorted(outcomes.items())
    ]


@pytest.fixture(scope="session", autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory, _temporary: object) -> Iterator[None]:
    """An environment of the suite's own: no user's git configuration, an empty home, one day.

    Whatever GIT_* a calling hook or shell had set is gone; commits are dated `TODAY`, 09:00 +08:00,
    unless `clock` or `LedgerFolder.commit` says otherwise. Ctrl-C is heard, though nohup, cron or a
    shell's background may have started the suite deaf to it: children inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("GIT_", "LEDGER_"))]:
            patch.delenv(name)
        home = tmp_path_factory.mktemp("home")
        (home / "gitconfig").write_text(GIT_CONFIG)
        patch.setenv("HOME", str(home))
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            patch.delenv(name, raising=False)
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
        patch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
        patch.setenv("TERM", "xterm")  # cron sets none
        for name, value in _dated(TODAY).items():
            patch.setenv(name, value)
        yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser, see `tests/browsing.py`; for tests of the group "browser"."""
    yield from started_browser()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets when later commits of this test are made: `clock("2017-06-30")`.

    A day means 09:00 +08:00; a full time such as `2017-06-30T23:59:59+00:00` is taken as it is.
    """

    def set_clock(moment: str) -> None:
        for name, value in _dated(moment).items():
            monkeypatch.setenv(name, value)

    return set_clock


def run_git(folder: Path, *arguments: str, stdin: bytes | None = None, moment: str = "") -> str:
    """What `git arguments…` prints in a folder; fails the test when git does."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=dict(os.environ) | (_dated(moment) if moment else {}),
        input=stdin,
        capture_output=True,
        check=False,
    )
    output = done.stdout.decode(errors="surrogateescape")
    assert done.returncode == 0, f"git {arguments}: {output}{done.stderr.decode(errors='replace')}"
    return output


def _commit_all(folder: Path, message: str, moment: str = "", email: str = "") -> None:
    run_git(folder, "add", "--all")
    whose = ("-c", f"user.email={email}") if email else ()
    run_git(folder, *whose, "commit", "--quiet", "--allow-empty", "-m", message, moment=moment)


def _head(folder: Path) -> str:
    """The commit that was made in a folder; git is asked where the branch is no plain file."""
    with contextlib.suppress(OSError):
        head = (folder / ".git" / "HEAD").read_text("utf-8").strip()
        if not head.startswith("ref: "):
            return head
        return (folder / ".git" / head.removeprefix("ref: ")).read_text("ascii").strip()
    return run_git(folder, "rev-parse", "HEAD").strip()


def _dated(moment: str) -> dict[str, str]:
    when = moment if "T" in moment else f"{moment}T09:00:00+08:00"
    return {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}


@pytest.fixture(scope="session")
def _empty_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    run_git(folder, "init", "--quiet", "--template=", "--initial-branch=main")
    run_git(folder, "config", "user.name", NAME)
    run_git(folder, "config", "user.email", EMAIL)
    (folder / ".git" / "hooks").mkdir()
    return folder


@pytest.fixture
def make_repository(tmp_path: Path, _empty_repository: Path) -> Callable[[str], Path]:
    """Makes an empty git repository `tmp_path/name`: branch main, an identity, no commit."""

    def make(name: str = "repo") -> Path:
        copy_folder(_empty_repository / ".git", tmp_path / name / ".git")
        return tmp_path / name

    return make


@dataclass(frozen=True, slots=True)
class LedgerFolder:
    """A ledger on disk, as a user has it.

    Attributes:
        root: the ledger's root (`ledger.yaml` is there).
    """

    root: Path

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """What `git arguments…` prints in the root; fails the test when git does."""
        return run_git(self.root, *arguments, stdin=stdin)

    def path(self, task_id: str) -> Path:
        """Where a task's file is: `data/tasks/<what stands before the last '-'>/<id>.yaml`."""
        return self.root / "data" / "tasks" / task_id.rpartition("-")[0] / f"{task_id}.yaml"

    def write(self, path: str, content: str | bytes | Fields) -> Path:
        """Write a file below the root: text, bytes, or data as YAML; nothing is committed."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        text = yaml_text(content) if isinstance(content, Mapping) else content
        place.write_bytes(text.encode() if isinstance(text, str) else text)
        return place

    def write_task(self, **fields: Any) -> Path:
        """Write one task's file, with the data that `task_data` makes of the fields."""
        data = task_data(fields)
        return self.write(str(self.path(data["id"]).relative_to(self.root)), data)

    def commit(self, message: str = "改动", moment: str = "", email: str = "") -> str:
        """Commit everything in the working tree at a day or time; the commit's id.

        Args:
            moment: as `clock` takes it; the time of the environment when empty.
            email: whose account commits; the folder's own when empty.
        """
        _commit_all(self.root, message, moment, email)
        return _head(self.root)

    def open(self) -> Ledger:
        """The ledger opened anew, as each command does."""
        return open_ledger(self.root)

    def load(self, commit: str = "") -> Snapshot:
        """The snapshot that a new process would see, of a commit or of the working tree."""
        opened = self.open()
        try:
            return load(opened, commit)
        finally:
            opened.cache.close()


MakeLedger = Callable[..., LedgerFolder]


@pytest.fixture(scope="session")
def _kinds(tmp_path_factory: pytest.TempPathFactory) -> Kinds:
    return Kinds(tmp_path_factory.mktemp("kinds"), Counter())


@dataclass(frozen=True, slots=True)
class Kinds:
    """Folders that several tests ask for alike: what is asked for once more is kept, and copied.

    Attributes:
        place: where they lie.
        asked: how often each was asked for, by the hash of all that says what it is.
    """

    place: Path
    asked: Counter[str]

    def make(self, to: Path, what: object, make: Callable[[], object]) -> None:
        """Let there be a folder of that kind: a copy of the one that is kept, or made by `make`."""
        dated = {name: value for name, value in os.environ.items() if name.startswith("GIT_")}
        kind = hashlib.sha256(repr((what, dated)).encode()).hexdigest()
        kept = self.place / kind
        if to.exists():  # with something else in it
            make()
        elif kept.exists():
            copy_folder(kept, to)
        else:
            make()
            self.asked[kind] += 1
            if self.asked[kind] > 1:
                copy_folder(to, kept)


@pytest.fixture
def make_ledger(
    make_repository: Callable[[str], Path], tmp_path: Path, _kinds: Kinds
) -> MakeLedger:
    """Makes a ledger in a repository of its own: `make_ledger([{"title": …}, {…}])`.

    Args of the maker, all optional:
        tasks: fields of each task over the defaults of `task_data`; or how many plain tasks.
        sources: fields of each source; GZ2017 (工作要点) and ZG2020 (巡视整改) by default.
        decisions: fields of each decision; it goes to `data/decisions/<year>/<id>.yaml`.
        config: ledger.yaml's data over `CONFIG`.
        files: further files, path → text, bytes or data.
        name: the repository's folder in tmp_path; another one for a second ledger.
        below: where the ledger's root is below the repository's top level.
        commit: False leaves everything uncommitted.
    """

    def make(
        tasks: Sequence[Fields] | int = (),
        *,
        sources: Sequence[Fields] = SOURCES,
        decisions: Sequence[Fields] = (),
        config: Fields | None = None,
        files: Mapping[str, str | bytes | Fields] | None = None,
        name: str = "ledger",
        below: str = "",
        commit: bool = True,
    ) -> LedgerFolder:
        made = LedgerFolder(tmp_path / name / below)

        def build() -> None:
            make_repository(name)
            made.write("ledger.yaml", CONFIG | dict(config or {}))
            for number, fields in enumerate([{}] * tasks if isinstance(tasks, int) else tasks, 1):
                made.write_task(**{"id": f"GZ2017-{number:03}"} | dict(fields))
            for source in sources:
                made.write(f"data/sources/{source['id']}.yaml", source)
            for decision in decisions:
                year = str(decision["date"])[:4]
                made.write(f"data/decisions/{year}/{decision['id']}.yaml", decision)
            for path, content in (files or {}).items():
                made.write(path, content)
            if commit:
                _commit_all(made.root, "新建台账")

        what = (tasks, sources, decisions, config, files, below, commit)
        _kinds.make(tmp_path / name, what, build)
        return made

    return make


MakeClone = Callable[..., LedgerFolder]


@pytest.fixture(scope="session")
def demo_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration ledger, made by somebody whom git does not know."""
    place = tmp_path_factory.mktemp("demo")
    (place / "gitconfig").write_text("[user]\nuseConfigOnly = true\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(place / "gitconfig"))
        patch.delenv("GIT_AUTHOR_NAME", raising=False)
        patch.delenv("GIT_AUTHOR_EMAIL", raising=False)
        assert run(["-C", str(place), "--today", DEMO_DAY, "init", "--demo", "示例"]) == 0
    compact(place / "示例")
    return place / "示例"


@pytest.fixture(scope="session")
def _clones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clones")


@pytest.fixture
def make_clone(make_ledger: MakeLedger, tmp_path: Path, _clones: Path) -> MakeClone:
    """Makes somebody's clone `tmp_path/ledger` of a server beside it, `tmp_path/server.git`.

    `make_clone([{"title": …}], {"README.md": …})`: tasks and files as `make_ledger` takes them.
    Each kind is made once, and then copied.
    """

    def make(
        tasks: Sequence[Fields], files: Mapping[str, str | bytes | Fields] | None = None
    ) -> LedgerFolder:
        kind = _clones / hashlib.sha256(repr((tasks, files)).encode()).hexdigest()
        if not kind.exists():
            made = make_ledger(tasks, files=files, name="made/ledger")
            run_git(
                made.root.parent, "clone", "-q", "--bare", "--template=", "ledger", "server.git"
            )
            made.git("remote", "add", "origin", "../server.git")
            made.git("fetch", "--quiet", "origin")
            made.root.parent.rename(kind)
        copy_folder(kind, tmp_path)
        return LedgerFolder(tmp_path / "ledger")

    return make


def task_data(fields: Fields) -> dict[str, Any]:
    """A readable task's data: sensible values under the given fields; None leaves a key out."""
    task_id = fields.get("id", "GZ2017-001")
    source = task_id.rpartition("-")[0]
    defaults = {
        "id": task_id,
        "kind": "巡视整改" if source.startswith("ZG") else "工作要点",
        "title": f"事项{task_id}",
        "source": source,
        "measures": ["制定方案", "组织实施"],
        "lead": ["审业部"],
        "nature": "限期",
        "due": {"text": "6月", "date": "2017-06-30"},
        "status": "推进中",
    }
    return {key: value for key, value in (defaults | dict(fields)).items() if value is not None}


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Days given as text are written plain, as people write them."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, shape) for tag, shape in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }


def yaml_text(data: Fields) -> str:
    """Plain data as a YAML file, short lists and records on one line."""
    return yaml.dump(
        dict(data),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=1000,
        default_flow_style=None,
    )


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[int]]:
    """Tells of every git process that was started how many arguments it was given.

    A git on the path notes each start; what is told once is not told again.
    """
    real, notes = shutil.which("git"), tmp_path / "started"
    (tmp_path / "bin").mkdir()
    wrapper = tmp_path / "bin" / "git"
    wrapper.write_text(f'#!/bin/sh\necho $# >> "{notes}"\nexec "{real}" "$@"\n', "utf-8")
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}")

    def told() -> list[int]:
        counts = notes.read_text("utf-8").split() if notes.exists() else []
        notes.unlink(missing_ok=True)
        return [int(each) for each in counts]

    return told
