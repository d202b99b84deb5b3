"""The manual shows what happens: its console blocks are run, page by page, and compared.

A page is one session in one folder; a line `$ command` is run, and what stands below it must be
what it prints (`…` stands for anything). Blocks of other kinds are files where the page says so.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ledger.cli.app import run
from ledger.usecases.setup.sample import hand_out_sample
from tests.copying import copy_folder

MANUAL = Path(__file__).resolve().parent.parent.parent / "docs" / "manual"
# Page → whether it begins before there is a ledger.
PAGES = {"index": True} | dict.fromkeys(("import", "view", "work", "closing", "faq"), False)
_NOTE = 8  # the line of the table with its note
_SHELL = re.compile(r"[|<>;&$]")
FIRST_DAY, LATER, MEETING_DAY = "2020-08-25", "2020-09-20", "2020-12-03"
SET_UP = (
    "ledger init --sample",
    "ledger init 整改台账 --organisation 某某局",
    "cd 整改台账",
    "ledger import ../整改任务.xlsx --source ZG2020 --year 2020 --title 巡视反馈意见",
    "ledger import ../整改任务.xlsx --source ZG2020 --issued 2020-08-20",
)


def later_sheet(first: Path, path: Path) -> None:
    """The table that the manual begins with, as it comes back in October."""
    book = load_workbook(first)
    page = book.active
    assert page is not None
    page["H4"] = "10月底前"
    row = [4, "台账不全", "账实相符", "开展资产清查", "财务处", None, "分管副局长", "11月"]
    for column, value in enumerate(row, 1):
        page.cell(_NOTE, column).value = value
    page.append(["注：本表由整改办填写"])
    book.save(path)


class Session:
    """Somebody at a terminal who follows a page."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, monkeypatch
        home, programs = folder / "家", folder / "bin"
        home.mkdir()
        programs.mkdir()
        program = programs / "ledger"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ledger "$@"\n', "utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{programs}:{Path(sys.executable).parent}:/usr/bin:/bin")
        monkeypatch.setenv("PYTHONPATH", str(MANUAL.parent.parent))
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
        self.on(FIRST_DAY)
        self.run("git config --global user.name 整改办联络员")
        self.run("git config --global user.email zgb@example.org")

    def on(self, day: str) -> None:
        """Let it be that day."""
        self.patch.setenv("LEDGER_TODAY", day)
        for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
            self.patch.setenv(name, f"{day}T10:00:00+08:00")

    def run(self, command: str) -> str:
        """What a command prints; `cd` stays."""
        if command.startswith("cd "):
            self.folder = self.folder / command[3:]
            return ""
        if command.startswith("ledger ") and not _SHELL.search(command):
            return self._ledger(shlex.split(command)[1:])
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        return done.stdout

    def _ledger(self, arguments: list[str]) -> str:
        """A command of ours, in this process: starting one for each would take most of the time."""
        paper = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            if "--at" in arguments:  # the day is that of the past
                patch.delenv("LEDGER_TODAY")
            for stream in ("stdout", "stderr"):
                patch.setattr(sys, stream, paper)
            patch.setattr(sys, "stdin", io.StringIO())
            code = run(arguments)
        assert code == 0, f"{arguments}\n{paper.getvalue()}"
        return paper.getvalue()


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    hand_out_sample(tmp_path / "以前的")
    later_sheet(tmp_path / "以前的" / "整改任务.xlsx", tmp_path / "整改任务-10月.xlsx")
    plan = "序号,推进安排,承办,时间要求\n1,制定方案,办公室,3月底前\n"
    (tmp_path / "方案.csv").write_bytes(plan.encode("gb18030"))
    (tmp_path / "印发通知.txt").write_text("通知", "utf-8")
    return Session(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `SET_UP` makes, once."""
    place = tmp_path_factory.mktemp("set-up")
    with pytest.MonkeyPatch.context() as patch:
        someone = Session(place, patch)
        for command in SET_UP:
            someone.run(command)
    return place


def set_up(session: Session, founded: Path) -> None:
    """Have that ledger, and be in it."""
    for name in ("整改台账", "整改任务.xlsx"):
        (copy_folder if (founded / name).is_dir() else shutil.copy)(
            founded / name, session.folder / name
        )
    session.run("cd 整改台账")


def commands(block: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console block and the lines shown below each."""
    shown: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            shown.append((line[2:], []))
        else:
            shown[-1][1].append(line)
    yield from shown


@pytest.mark.parametrize("page", PAGES)
def test_what_is_shown_happens(page: str, session: Session, founded: Path) -> None:
    if not PAGES[page]:
        set_up(session, founded)
        session.on(LATER)
    ran = 0
    text = (MANUAL / f"{page}.md").read_text("utf-8")
    for part in re.split(r"(^```\w*\n.*?^```$)", text, flags=re.MULTILINE | re.DOTALL):
        body = part.partition("\n")[2].rpartition("```")[0]
        if page == "index" and "\n## 每天" in part:
            session.on(LATER)
        elif page == "closing" and part.startswith("```yaml"):
            (session.folder.parent / "会议.yaml").write_text(body, "utf-8")
            session.on(MEETING_DAY)
        elif part.startswith("```console"):
            for command, shown in commands(body):
                ran += 1
                follow(session, command, shown)
    assert ran > 2


def follow(session: Session, command: str, shown: list[str]) -> None:
    """Do what a page says, after what it takes for granted."""
    if command.startswith("ledger evidence"):
        session.run("ledger progress 001 --text 已印发")
    if command.startswith("ledger review"):
        session.run("git config user.name 整改办督查组长; git config user.email s@example.org")
    if command.startswith("ledger merge"):
        session.run("git config user.name 办公室主任; git config user.email b@example.org")
    compare(session, command, shown)


def compare(session: Session, command: str, shown: list[str]) -> None:
    """Run a command; what a page shows below it must be what it prints."""
    printed = session.run(command).rstrip("\n").splitlines()
    while shown and not shown[-1]:
        shown.pop()
    if shown and shown != ["……"]:  # which says that there is more than the page shows
        patterns = [re.escape(line).replace("…", ".*") for line in shown]
        told = "\n".join(printed)
        assert len(patterns) == len(printed), f"$ {command}\n{told}"
        for pattern, line in zip(patterns, printed, strict=True):
            assert re.fullmatch(pattern, line), f"$ {command}\n{told}"


def test_the_first_hour(session: Session) -> None:
    """From a table to a merged closing by three people, with nothing but what the page says."""
    session.on("2026-11-30")
    text = (MANUAL / "hour.md").read_text("utf-8")
    record = re.search(r"^```yaml\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert record
    (session.folder / "会议.yaml").write_text(record[1], "utf-8")
    ran = [(command, compare(session, command, shown)) for command, shown in blocks(text)]
    assert ran[-1][0] == "ledger audit"
    assert not [command for command, _ in ran if command.startswith("git ")]


@pytest.mark.xdist_group("demo")
def test_a_week(session: Session, demo_made: Path) -> None:
    """What somebody who oversees does in a week, in the ledger that the program makes itself."""
    session.patch.setenv("GIT_CONFIG_GLOBAL", str(demo_made.parent / "gitconfig"))
    session.on("2026-11-30")
    (made, _), *rest = blocks((MANUAL / "week.md").read_text("utf-8"))
    assert made == "ledger init --demo 示例台账"
    copy_folder(demo_made, session.folder / "示例台账")
    for command, shown in rest:
        printed = session.run(command).rstrip("\n").splitlines()
        exact = [line for line in shown if line and line != "……"]
        assert exact == (printed[-len(exact) :] if exact else []), f"$ {command}\n{printed}"


@pytest.mark.xdist_group("demo")
def test_a_meeting(session: Session, demo_made: Path) -> None:
    """From the papers for a meeting to the merged closing, in the demonstration ledger."""
    session.patch.setenv("GIT_CONFIG_GLOBAL", str(demo_made.parent / "gitconfig"))
    text = (MANUAL / "meeting.md").read_text("utf-8")
    made, *parts = re.split(r"^```yaml\n", text.partition("```\n")[2], flags=re.MULTILINE)
    (record,) = (part.partition("```")[0] for part in parts)
    (session.folder / "会议.yaml").write_text(record, "utf-8")
    copy_folder(demo_made, session.folder / "示例台账")
    session.run("cd 示例台账")
    ran = []
    for day, part in (("2026-12-01", made), ("2026-12-03", parts[0])):
        session.on(day)
        for command, shown in blocks(part):
            ran.append(command)
            compare(session, command, shown)
    assert {"ledger decide ../会议.yaml", "ledger close --list"} <= set(ran)
    assert not [command for command in ran if command.startswith("git ")]
    assert session.run("ledger list --status 待上会") == "共 0 项\n"


def section(page: str, title: str) -> str:
    """One section of a page of the manual."""
    text = (MANUAL / f"{page}.md").read_text("utf-8")
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of all console blocks, with what is shown below each."""
    for body in re.findall(r"^```console\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL):
        yield from commands(body)


def test_two_people_on_one_machine_close_a_task(session: Session, founded: Path) -> None:
    """Exactly what the section says, nothing before it but the ledger and the meeting's record."""
    set_up(session, founded)
    closing = (MANUAL / "closing.md").read_text("utf-8")
    record = re.search(r"^```yaml\n(id: .*?)^```$", closing, flags=re.MULTILINE | re.DOTALL)
    assert record
    (session.folder.parent / "会议.yaml").write_text(record[1], "utf-8")
    session.on(MEETING_DAY)
    for command, _ in blocks(section("sync", "没有服务器：两个人一台电脑")):
        output = session.run(command)
    assert "销号 1 项，没有发现错误" in output
    assert "已销号" in session.run("ledger list --status 已销号")
    told = session.run("ledger doctor")
    assert re.search(r"远端 +提示 +没有，台账只在这台电脑上", told)
    assert re.search(r"账号 +正常 +3 个账号办理过", told)  # with who made the ledger


def test_a_mistake_is_told_and_mended_as_the_page_says(session: Session, founded: Path) -> None:
    set_up(session, founded)
    session.on("2020-12-01")
    session.run("git config user.name 办公室联络员")
    session.run("ledger progress 001 --text 已印发")
    session.run("git clone --quiet --bare . ../远端.git && git remote add origin ../远端.git")
    session.run("ledger sync")
    session.run("sed -i /progress:/,+1d data/tasks/ZG2020/ZG2020-001.yaml")
    session.run("git commit --quiet -am 直接修改")
    ((command, shown),) = blocks(section("sync", "提交错了，送不出去"))
    told = session.run(f"{command} 2>&1 || true").splitlines()
    unlike = re.compile(r"[0-9a-f]{8}")  # the id of a commit
    assert [unlike.sub("", each) for each in told] == [unlike.sub("", each) for each in shown]
    (offered,) = (each for each in shown if each.startswith("  ledger sync --fold"))
    assert "已把 2 个提交并成一步" in session.run(offered.strip())
