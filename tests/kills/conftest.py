"""A busy ledger with a remote, and every command that writes into it.

The ledger holds work of the user's own, staged, changed and new, which no command may touch.
"""

from __future__ import annotations

import functools
import importlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.app import run
from ledger.model.case import case_digest
from tests.conftest import LedgerFolder, run_git, yaml_text
from tests.copying import copy_folder
from tests.kills.dying import DAY, steps_until

MEETING = "DZH-2017-05"
APPLIED = {"date": "2017-02-01", "by": "联络员", "summary": "已完成"}
REVIEWED = {"date": "2017-02-02", "by": "整改办", "opinion": "同意上会"}
EVIDENCE = [{"name": "制度汇编", "archive": "2017-12", "sha256": "a" * 64}]
MakeScene = Callable[[], "Scene"]
NoticesOf = Callable[..., str]
CLOSING = {"applied": APPLIED, "reviewed": REVIEWED}
DUE = {"text": "2017年1月底前", "date": "2017-01-31"}
WAITING = {"status": "待上会", "evidence": EVIDENCE, "closing": CLOSING, "due": DUE}


COMMANDS: dict[str, tuple[str, ...]] = {
    "progress": ("progress", "ZG2020-001", "--text", "已完成初稿"),
    "progress --no-commit": ("progress", "ZG2020-001", "--text", "已完成初稿", "--no-commit"),
    "extend": (
        "extend",
        "001",
        "--to",
        "2017-12-31",
        "--reason",
        "等批复",
        "--approved-by",
        "局务会",
    ),
    "add": ("add", "--source", "ZG2020", "--title", "新事项", "--lead", "审业部", "--due", "6月"),
    "edit": ("edit", "ZG2020-001", "--title", "新的名称"),
    "evidence": ("evidence", "add", "ZG2020-001", "../报告.txt", "--name", "检查报告"),
    "import": ("import", "../表.csv", "--source", "GZ2017"),
    "apply": ("apply", "ZG2020-002", "--summary", "已完成"),
    "review": ("review", "ZG2020-003", "--opinion", "同意上会", "--by", "整改办"),
    "return": ("return", "ZG2020-003", "--reason", "材料不全"),
    "decide": ("decide", "../会议.yaml"),
    "close": ("close", "ZG2020-004", "--decision", MEETING, "--via", "local"),
    "reopen": ("reopen", "ZG2020-006", "--reason", "没有整改到位"),
    "lookback": ("lookback", "ZG2020-006", "--result", "保持"),
    "remind": ("remind", "--record"),
    "renumber": ("renumber", "ZG2020-009", "ZG2020-020"),
    "sync": ("sync",),
    "fold": ("sync", "--fold"),
    "merge": ("merge", "close/DZH-2017-05_ZG2020-004", "--yes"),
    "merge-driver": ("merge-driver", "--install"),
    "gate": ("gate", "install", "--ci", "forgejo"),
}


def task(number: int, **fields: Any) -> dict[str, Any]:
    due = {"text": "2017年6月底前", "date": "2017-06-30"}
    return {"id": f"ZG2020-{number:03}", "due": due, **fields}


TASKS: tuple[dict[str, Any], ...] = (
    task(1),
    task(2, evidence=EVIDENCE),
    task(3, status="申请销号", evidence=EVIDENCE, closing={"applied": APPLIED}),
    task(4, **WAITING),
    task(5, **WAITING),
    task(6, **WAITING | {"status": "已销号"} | {"closing": CLOSING | {"date": "2017-02-06"}}),
    task(7),
    task(8, due=DUE),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A ledger as a command finds it: `root/ledger`, its server and the files that it is given."""

    root: Path

    @property
    def ledger(self) -> LedgerFolder:
        return LedgerFolder(self.root / "ledger")

    @property
    def server(self) -> Path:
        return self.root / "server.git"

    def copy(self, to: Path) -> Scene:
        """The same once more; what was there before is gone."""
        shutil.rmtree(to, ignore_errors=True)
        copy_folder(self.root, to)
        return Scene(to)

    def state(self) -> dict[str, Any]:
        """Everything that may not be between: files, index, branches, here and at the server."""
        git = self.ledger.git
        return {
            "files": self._files(),
            "status": git("status", "--porcelain", "--untracked-files=all"),
            "index": git("ls-files", "--stage"),
            **self._branches(),
            "server": run_git(self.server, "for-each-ref", "--format=%(refname) %(objectname)"),
        }

    def litter(self) -> set[str]:
        """What git or the program leaves about when they are killed."""
        git = self.ledger.root / ".git"
        own = {"write.lock", "write.turn", "done.json", "clock"}
        paths = (Path(place, name) for place, _, names in os.walk(git) for name in names)
        left_over = (each for each in paths if each.suffix in (".lock", ".new"))
        locks = {str(each.relative_to(git)) for each in left_over} - {"ledger/write.lock"}
        left = {each.name for each in (git / "ledger").iterdir()} - own
        # What is remembered is made anew; what was half written the next write takes away.
        left = {name for name in left if ".sqlite" not in name and not name.endswith(".tmp")}
        return locks | left

    def _branches(self) -> dict[str, str]:
        form = "%(refname) %(objectname)%(HEAD)"
        listed = self.ledger.git("for-each-ref", f"--format={form}", "refs/heads")
        return dict(line.split(" ", 1) for line in listed.splitlines())

    def _files(self) -> dict[str, bytes]:
        root = self.ledger.root
        return {
            str(path.relative_to(root)): path.read_bytes()
            for top in root.iterdir()
            if top.name != ".git"
            for path in (top, *top.rglob("*"))
            if path.is_file()
        }


@pytest.fixture(scope="session")
def _scene(tmp_path_factory: pytest.TempPathFactory, surroundings: None) -> Scene:
    """Made once; every test copies it."""
    root = tmp_path_factory.mktemp("scene")
    ledger = LedgerFolder(root / "ledger")
    ledger.root.mkdir()
    _repository(ledger)
    run_git(root, "clone", "--quiet", "--bare", "--template=", "ledger", "server.git")
    ledger.git("remote", "add", "origin", "../server.git")
    ledger.git("fetch", "--quiet", "origin")
    _somebody_else(root)
    _own_commit(ledger)
    _own_work(ledger)
    for each in (ledger.root, root / "server.git"):
        run_git(each, "repack", "-a", "-d", "-q")  # fewer files to copy
    (root / "报告.txt").write_text("检查情况", encoding="utf-8")
    rows = "".join(f"{n},第{n}项工作,审业部,6月\n" for n in range(1, 9))
    (root / "表.csv").write_text(f"序号,工作措施,牵头单位,完成时限\n{rows}", encoding="utf-8")
    (root / "会议.yaml").write_text(yaml_text(_meeting(ledger, 5, "DZH-2017-06")), "utf-8")
    return Scene(root)


@pytest.fixture
def scene(_scene: Scene, tmp_path: Path) -> Callable[[], Scene]:
    """Makes the scene anew."""
    return lambda: _scene.copy(tmp_path / "scene")


def at_once(scene: Scene, *arguments: str) -> int:
    """Run a command line in this process, silently; its exit code."""
    before = Path.cwd()
    os.chdir(scene.ledger.root)
    try:
        return run(["--today", DAY, *arguments])
    finally:
        os.chdir(before)


@dataclass(frozen=True, slots=True)
class Trial:
    """A command on a scene: what was before it, and what is to be after it.

    Attributes:
        steps: how many it has, see `dying`.
        place: where the scene is made anew for each try.
    """

    arguments: tuple[str, ...]
    begin: Scene
    old: dict[str, Any]
    new: dict[str, Any]
    steps: int
    place: Path
    note: Callable[[str, object], None]

    def scene(self) -> Scene:
        """The scene as the command finds it."""
        return self.begin.copy(self.place)

    def outcome(self, scene: Scene, point: object) -> str:
        """What became of a command that was cut off: `old` or `new`, nothing between.

        The server's side of a sync moves by itself, and so does the branch that a merge removes.
        """
        state = scene.state()
        keys = state.keys() | self.old.keys() | self.new.keys()
        sides = (self.old, self.new)
        between = [key for key in keys if state.get(key) not in [side.get(key) for side in sides]]
        assert not between, (point, {key: state.get(key) for key in between})
        removed = self.old.keys() - self.new.keys()
        own = [key for key in keys if key != "server" and key not in removed]
        if all(state.get(key) == self.new.get(key) for key in own):
            return "new"
        differing = [key for key in own if state.get(key) != self.old.get(key)]
        assert not differing, (point, differing)
        return "old"

    def judge(self, scene: Scene, point: object) -> str:
        """The same after any other command; then the command is given once more, and is done."""
        assert at_once(scene, "list") == 0, point
        outcome = self.outcome(scene, point)
        assert scene.litter() == set(), point
        assert at_once(scene, *self.arguments) == 0, point
        assert scene.state() == self.new, point
        self.note("outcome", outcome)
        return outcome


Attempt = tuple[Scene, dict[str, Any], dict[str, Any], int]


@pytest.fixture(scope="session")
def _attempts(_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Attempt]:
    """What each command finds, what was before and is after it, and its steps; made once."""

    @functools.cache
    def make(name: str) -> Attempt:
        folder = tmp_path_factory.mktemp("attempt")
        begin = _begun(name, _scene.copy(folder / "begin"))
        after = begin.copy(folder / "after")
        importlib.import_module("git")  # by itself it asks for git's version, once in a process
        steps = steps_until(after.ledger.root, COMMANDS[name])
        assert after.litter() == set()
        old, new = begin.state(), after.state()
        assert old != new
        return begin, old, new, steps

    return make


def _begun(name: str, scene: Scene) -> Scene:
    """A scene on which a command has something to do."""
    if name == "fold":
        assert at_once(scene, "sync") == 0
        for fields in ({"status": "已销号"}, {}):  # a mistake, and its mending
            path = scene.ledger.write_task(**task(1, **fields))
            scene.ledger.git("commit", "--quiet", "-m", "直接修改", "--", str(path))
    if name == "merge":  # somebody else merges what was proposed
        assert at_once(scene, *COMMANDS["close"]) == 0
    if name in ("merge", "review"):  # nor does who applied
        scene.ledger.git("config", "user.email", "other@example.com")
    return scene


@pytest.fixture
def trial(
    _attempts: Callable[[str], Attempt],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> Callable[[str], Trial]:
    """Makes the trial of a command."""
    return lambda name: Trial(COMMANDS[name], *_attempts(name), tmp_path / "trial", record_property)


@pytest.fixture
def notices_of(capsys: pytest.CaptureFixture[str]) -> NoticesOf:
    """Runs a command that must come to its end; what it says beside its data."""

    def call(scene: Scene, *arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        assert at_once(scene, *arguments) == code
        return capsys.readouterr().err

    return call


def _repository(ledger: LedgerFolder) -> None:
    from tests.conftest import CONFIG, EMAIL, NAME, SOURCES

    run_git(ledger.root, "init", "--quiet", "--template=", "--initial-branch=main")
    ledger.git("config", "user.name", NAME)
    ledger.git("config", "user.email", EMAIL)
    (ledger.root / ".git" / "hooks").mkdir()
    ledger.write("ledger.yaml", CONFIG)
    for source in SOURCES:
        ledger.write(f"data/sources/{source['id']}.yaml", source)
    for fields in TASKS:
        ledger.write_task(**fields)
    for name in ("staged", "changed", "partly", "deleted"):
        ledger.write(f"own/{name}.txt", "1\n")
    ledger.commit("新建台账", "2017-01-01")
    meeting = _meeting(ledger, 4, MEETING)
    ledger.write(f"data/decisions/2017/{MEETING}.yaml", meeting)
    ledger.commit("会议", "2017-02-05")


def _meeting(ledger: LedgerFolder, number: int, name: str) -> dict[str, Any]:
    entry = ledger.load().by_id[f"ZG2020-{number:03}"]
    members = [f"成员{each}" for each in range(1, 9)]
    return {
        "id": name,
        "body": "党组会",
        "date": "2017-02-05",
        "chair": "成员1",
        "due_members": 9,
        "present": members,
        "items": [
            {
                "task": entry.record.id,
                "result": "同意销号",
                "votes": {"for": 8, "against": 0, "abstain": 0},
                "digest": case_digest(entry.record),
            }
        ],
    }


def _somebody_else(root: Path) -> None:
    """A colleague has pushed: a report on a task on which we report too, and a new file."""
    run_git(root, "clone", "--quiet", "server.git", "other")
    other = LedgerFolder(root / "other")
    other.git("config", "user.name", "同事")
    other.git("config", "user.email", "other@example.com")
    other.write_task(**task(7, progress=[{"date": "2017-02-01", "by": "同事", "text": "启动"}]))
    other.write("own/new.txt", "1\n")
    (other.root / "own" / "deleted.txt").unlink()
    other.commit("进展", "2017-02-07")
    other.git("push", "--quiet", "origin", "main")
    shutil.rmtree(other.root)


def _own_commit(ledger: LedgerFolder) -> None:
    mine = {"date": "2017-02-02", "by": "本人", "text": "制定方案"}
    ledger.write_task(**task(7, progress=[mine]))
    ledger.write_task(**task(9, title="还没有推送的事项"))
    ledger.commit("本机的进展", "2017-02-08")


def _own_work(ledger: LedgerFolder) -> None:
    ledger.write("own/staged.txt", "2\n")
    ledger.write("own/partly.txt", "2\n")
    ledger.write("own/added.txt", "1\n")
    ledger.git("add", "own/staged.txt", "own/partly.txt", "own/added.txt")
    ledger.write("own/partly.txt", "3\n")
    ledger.write("own/changed.txt", "2\n")
    ledger.write("own/untracked.txt", "1\n")
    ledger.write("data/tasks/ZG2020/ZG2020-008.yaml.orig", "没有提交的东西")


LONG = bool(os.environ.get("LEDGER_LONG"))
