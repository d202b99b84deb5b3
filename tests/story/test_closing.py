"""The whole way of a closing between three machines: a server with the gate, two people's clones.

部门联络员 reports and applies, 整改办 reviews, records the meeting and proposes the closings, the
liaison officer merges them. Whatever goes around the tool fails at the server.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.cli.app import run
from tests.conftest import LedgerFolder
from tests.story.judges import refused_by_all
from tests.story.transports import Connect, attacks

pytestmark = pytest.mark.xdist_group("story")  # one world for all, made once

SOURCE = "ZG2016"
IDS = [f"{SOURCE}-{number:03d}" for number in range(1, 16)]
APPROVED, MERGED, CONTINUED = IDS[:13], IDS[13], IDS[14]
MEETING = "DZH-2020-31"
MEMBERS = ["党组书记", *(f"党组成员{number}" for number in range(1, 8))]  # 8 of 9 are there
PHONE = "13800138000"
TODAY = dt.date(2020, 12, 5)


@dataclass(frozen=True)
class World:
    """The server and the two clones."""

    server: Path
    liaison: Path
    office: Path

    def clone(self, folder: Path) -> Path:
        """A third person's clone of the server, with an identity of its own."""
        git(folder.parent, "clone", "--quiet", "--template=", str(self.server), str(folder))
        identify(folder, "另一个人", "other@example.com")
        return folder


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def identify(folder: Path, name: str, email: str) -> None:
    git(folder, "config", "user.name", name)
    git(folder, "config", "user.email", email)


def ledger(folder: Path, *arguments: str, code: int = 0) -> None:
    assert run(["-C", str(folder), "--today", TODAY.isoformat(), *arguments]) == code, arguments


def push(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "push", "origin", "HEAD:main"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def table(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["序号", "反馈问题", "整改措施", "牵头单位", "完成时限"])
        for number in range(1, 16):
            writer.writerow(
                [number, f"问题{number}", f"第{number}项问题的整改", "办公室", "12月底前"]
            )
    return path


def meeting_text(
    *, present: list[str] | None = None, votes: int = 8, meeting: str = MEETING
) -> str:
    members = MEMBERS if present is None else present
    lines = [
        f"id: {meeting}",
        "body: 党组会   # 集体会议研究",
        "date: 2020-12-03",
        "session: 2020年第31次",
        "chair: 党组书记",
        "due_members: 9",
        f"present: [{', '.join(members)}]",
        "minutes: 〔2020〕31号",
        "items:",
    ]
    tally = f"votes: {{for: {votes}}}"
    lines += [f"  - {{task: {task}, result: 同意销号, {tally}}}" for task in APPROVED]
    lines.append(f"  - {{task: {MERGED}, result: 并入, into: {CONTINUED}, {tally}}}")
    lines.append(f"  - {{task: {CONTINUED}, result: 继续整改, {tally}, opinion: 一体整改}}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The story up to the meeting: fifteen tasks reviewed, decided on, all of it on the server."""
    root = tmp_path_factory.mktemp("story")
    world = World(root / "server.git", root / "联络员", root / "整改办")
    git(root, "init", "--quiet", "--bare", "--initial-branch=main", str(world.server))
    git(root, "clone", "--quiet", str(world.server), str(world.liaison))
    identify(world.liaison, "部门联络员", "liaison@example.com")
    git(world.liaison, "symbolic-ref", "HEAD", "refs/heads/main")
    ledger(world.liaison, "init", "--organisation", "某局")
    ledger(world.liaison, "gate", "install", "--hook", str(world.server))
    assert push(world.liaison).returncode == 0

    plan = table(root / "整改台账.csv")
    ledger(world.liaison, "import", str(plan), "--source", SOURCE, "--year", "2020")
    for number, task in enumerate(IDS, 1):
        proof = root / f"材料{number}.txt"
        proof.write_text(f"第{number}项整改的佐证\n", encoding="utf-8")
        ledger(world.liaison, "progress", task, "--text", f"第{number}项已办完", "--percent", "100")
        ledger(world.liaison, "evidence", "add", task, str(proof))
        ledger(world.liaison, "apply", task, "--summary", "已达到整改目标")
    assert push(world.liaison).returncode == 0, "the gate lets honest work in"

    git(root, "clone", "--quiet", str(world.server), str(world.office))
    identify(world.office, "整改办", "office@example.com")
    for task in IDS:
        ledger(world.office, "review", task, "--opinion", "材料齐全，同意上会")
    record = root / "会议.yaml"
    record.write_text(meeting_text(), encoding="utf-8")
    ledger(world.office, "decide", str(record))
    git(world.office, "config", "push.default", "current")
    assert push(world.office).returncode == 0
    return world


def status(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    capsys.readouterr()
    ledger(folder, "status", "--json")
    total: dict[str, int] = json.loads(capsys.readouterr().out)
    return total


# -- ways to cheat --------------------------------------------------------------------------


def path_of(task: str) -> str:
    return f"data/tasks/{SOURCE}/{task}.yaml"


def edit(folder: Path, path: str, old: str, new: str) -> None:
    place = folder / path
    text = place.read_text(encoding="utf-8")
    assert re.search(old, text), text
    place.write_text(re.sub(old, new, text, count=1), encoding="utf-8")


def close_by_hand(folder: Path, task: str, meeting: str = MEETING) -> None:
    """What `ledger close` writes, typed into the file."""
    edit(folder, path_of(task), "status: 待上会", "status: 已销号")
    edit(
        folder,
        path_of(task),
        r"closing:\n",
        f"closing:\n  decision: {meeting}\n  date: 2020-12-05\n",
    )


def loosen_policy(folder: Path) -> None:
    edit(folder, "ledger.yaml", "more_than: 1/2", "more_than: 1/9")
    close_by_hand(folder, IDS[0])


def bring_templates(folder: Path) -> None:
    (folder / "templates/pull-request.md.j2").write_text("一切正常", encoding="utf-8")
    close_by_hand(folder, IDS[0])


def loosen_first(folder: Path) -> None:
    """Policy in one commit, the closing in the next, both in one push."""
    edit(folder, "ledger.yaml", "more_than: 1/2", "more_than: 1/9")
    git(folder, "commit", "--quiet", "--all", "--message", "规则")
    close_by_hand(folder, IDS[0])


def other_decision(folder: Path) -> None:
    edit(folder, path_of(CONTINUED), "status: 推进中", "status: 已销号")
    edit(
        folder,
        path_of(CONTINUED),
        r"closing:\n",
        f"closing:\n  decision: {MEETING}\n  date: 2020-12-05\n",
    )


def edit_after(folder: Path) -> None:
    edit(folder, path_of(IDS[0]), "第1项问题的整改", "缩水的整改")
    close_by_hand(folder, IDS[0])


def rewrite_log(folder: Path) -> None:
    edit(folder, path_of(IDS[1]), "第2项已办完", "第2项早已办完")


def delete_task(folder: Path) -> None:
    (folder / path_of(IDS[1])).unlink()


def rename_task(folder: Path) -> None:
    (folder / path_of(IDS[1])).rename(folder / path_of(f"{SOURCE}-901"))


def renumber_task(folder: Path) -> None:
    rename_task(folder)
    edit(folder, path_of(f"{SOURCE}-901"), f"id: {IDS[1]}", f"id: {SOURCE}-901")


def hide_task(folder: Path) -> None:
    (folder / path_of(IDS[1])).rename(folder / path_of(IDS[1]).replace(".yaml", ".txt"))


def anchor_bomb(folder: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(50))
    (folder / path_of(f"{SOURCE}-902")).write_text(bomb, encoding="utf-8")


def huge_file(folder: Path) -> None:
    (folder / path_of(f"{SOURCE}-903")).write_bytes(b"id: x\n" + b"# padding\n" * 500_000)


def second_meeting(folder: Path) -> None:
    place = folder / "data/decisions/2021" / f"{MEETING}.yaml"
    place.parent.mkdir()
    place.write_text(meeting_text().replace("2020-12-03", "2020-12-04"), encoding="utf-8")


def nine_of_eight(folder: Path) -> None:
    place = folder / "data/decisions/2020/DZH-2020-32.yaml"
    place.write_text(meeting_text(votes=9, meeting="DZH-2020-32"), encoding="utf-8")


def four_of_nine(folder: Path) -> None:
    """Four of nine meet and agree: neither a quorum nor a majority."""
    place = folder / "data/decisions/2020/DZH-2020-33.yaml"
    few = meeting_text(present=MEMBERS[:4], votes=4, meeting="DZH-2020-33")
    place.write_text(few, encoding="utf-8")
    close_by_hand(folder, IDS[0], "DZH-2020-33")


def circulate(folder: Path) -> None:
    """圈阅: everybody signed, nobody met."""
    place = folder / "data/decisions/2020/QY-2020-01.yaml"
    text = meeting_text(meeting="QY-2020-01").replace("body: 党组会", "body: 圈阅")
    place.write_text(text, encoding="utf-8")
    close_by_hand(folder, IDS[0], "QY-2020-01")


def no_meeting(folder: Path) -> None:
    edit(folder, path_of(IDS[0]), "status: 待上会", "status: 已销号")


def edit_meeting(folder: Path) -> None:
    """First an honest closing, then the meeting it rests on is changed."""
    close_by_hand(folder, IDS[2])
    git(folder, "commit", "--quiet", "--all", "--message", "销号")
    edit(folder, f"data/decisions/2020/{MEETING}.yaml", "〔2020〕31号", "〔2020〕99号")


def secret(folder: Path) -> None:
    """Brought in by one commit, taken out by the next: history would keep it."""
    edit(folder, path_of(IDS[1]), "title: ", f"owner: 某人 {PHONE}\ntitle: ")
    git(folder, "commit", "--quiet", "--all", "--message", "联系方式")
    edit(folder, path_of(IDS[1]), f"owner: 某人 {PHONE}\n", "")


CHEATS: tuple[tuple[Callable[[Path], None], str], ...] = (
    (loosen_policy, "C013"),
    (bring_templates, "C013"),
    (loosen_first, "C013"),
    (other_decision, "C003"),
    (edit_after, "C004"),
    (rewrite_log, "C010"),
    (delete_task, "C012"),
    (rename_task, "T003"),
    (renumber_task, "C012"),
    (hide_task, "C012"),
    (anchor_bomb, "T001"),
    (huge_file, "T001"),
    (second_meeting, "D008"),
    (nine_of_eight, "D005"),
    (four_of_nine, "D004"),
    (circulate, "C003"),
    (no_meeting, "C002"),
    (edit_meeting, "C011"),
    (secret, "S002"),
)


# Two honest pushes may do so one after the other: the audit tells of the rule that was changed
# among the changes of policy.
IN_AUDIT = {"loosen_first": "H001"}
ATTACKS = {each.__name__: (each, code) for each, code in CHEATS}


@pytest.mark.parametrize(("case", "kind"), attacks(ATTACKS))
def test_the_server_refuses(
    case: str, kind: str, honest: Path, decided: World, connect: Connect
) -> None:
    before = git(decided.server, "rev-parse", "main")
    cheat, code = ATTACKS[case]
    cheat(honest)
    clone = connect(LedgerFolder(honest), kind, decided.server)
    clone.commit("改动")
    refused_by_all(clone, code, TODAY, IN_AUDIT.get(case, ""), by=kind)
    assert git(decided.server, "rev-parse", "main") == before


@pytest.fixture
def honest(decided: World, tmp_path: Path, clock: Callable[[str], None]) -> Path:
    """A third person's clone, on the day after the meeting."""
    clock(TODAY.isoformat())
    return decided.clone(tmp_path / "clone")


def test_an_honest_closing_typed_by_hand_is_let_in(honest: Path) -> None:
    """The gate judges what is closed, not which tool wrote it: the cheats fail for cause."""
    close_by_hand(honest, IDS[3])
    git(honest, "commit", "--quiet", "--all", "--message", "销号")
    done = subprocess.run(
        ["git", "push", "--dry-run", "origin", "HEAD:main"],
        cwd=honest,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert (
        run(["-C", str(honest), "--today", TODAY.isoformat(), "check", "--base", "origin/main"])
        == 0
    )


def test_force_pushes_and_deletions_are_refused(decided: World, honest: Path) -> None:
    for refspec in ("+HEAD~1:main", ":main"):
        done = subprocess.run(
            ["git", "push", "origin", refspec],
            cwd=honest,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
    assert git(decided.server, "rev-parse", "main")


@pytest.mark.parametrize("name", ["--upload-pack=x", "../../etc/passwd", "-h", "close/../main"])
def test_names_that_try_to_be_options_or_paths(honest: Path, name: str) -> None:
    assert run(["-C", str(honest), "merge", "--yes", "--", name]) == 2
    assert run(["-C", str(honest), "show", "--", name]) == 2
    assert run(["-C", str(honest), "check", f"--base={name}"]) == 2


# Last, because it changes the world that the ways to cheat begin with.
def test_fifteen_thirteen_two(decided: World, capsys: pytest.CaptureFixture[str]) -> None:
    office, liaison = decided.office, decided.liaison
    assert status(office, capsys)["closed"] == 0
    draft = office / "草稿.txt"
    draft.write_text("没有提交的东西", encoding="utf-8")
    edit(office, "ledger.yaml", r"\Z", "# 随手写的\n")
    before = git(office, "status", "--porcelain")

    chosen = [*APPROVED, MERGED]
    ledger(office, "close", *chosen, "--decision", MEETING, "--via", "push")
    captured = capsys.readouterr()
    assert git(office, "status", "--porcelain") == before, "the user's work is not touched"
    branch = re.search(r"close/\S+?-more-[0-9a-f]{8}", git(office, "branch", "--list", "close/*"))
    assert branch, captured
    assert git(decided.server, "rev-parse", branch[0]) == git(office, "rev-parse", branch[0])
    first = git(office, "rev-parse", branch[0])
    ledger(office, "close", *chosen, "--decision", MEETING, "--via", "push")
    assert git(office, "rev-parse", branch[0]) == first, "running it again doubles nothing"

    git(office, "checkout", "--quiet", "--", "ledger.yaml")
    ledger(office, "merge", branch[0], "--yes", code=1)
    assert "不能由您自己合并" in capsys.readouterr().err

    git(liaison, "fetch", "--quiet", "origin")
    git(liaison, "merge", "--quiet", "--ff-only", "origin/main")
    ledger(liaison, "merge", branch[0], "--yes")
    assert push(liaison).returncode == 0
    totals = status(liaison, capsys)
    assert (totals["total"], totals["closed"]) == (15, 13)

    ledger(liaison, "list", "--full", "--json")
    tasks = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert {tasks[task]["status"] for task in APPROVED} == {"已销号"}
    assert {tasks[task]["closing"]["decision"] for task in APPROVED} == {MEETING}
    assert tasks[MERGED]["status"] == "已中止"
    assert tasks[MERGED]["links"] == [{"rel": "并入", "id": CONTINUED}]
    assert tasks[CONTINUED]["status"] == "推进中"
    assert tasks[CONTINUED]["progress"][-1]["event"] == "退回"
    ledger(liaison, "check")
    trailers = git(liaison, "log", "--format=%(trailers:key=Ledger-Op,valueonly)", "--first-parent")
    assert {"init", "import", "apply", "review", "decide", "merge"} <= set(trailers.split())
    assert_log_tells_it(liaison, capsys)


def assert_log_tells_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One closed task's whole story, newest first: every step, who took it, which meeting."""
    capsys.readouterr()
    ledger(folder, "log", APPROVED[0])
    told = capsys.readouterr().out
    steps = [
        f"（{MEETING}）",
        "状态：待上会 → 已销号",
        f"会议记录 {MEETING}",
        "整改办",
        "状态：申请销号 → 待上会",
        "审核 日期 2020-12-05；办理人 整改办；意见 材料齐全，同意上会",
        "部门联络员",
        "状态：推进中 → 申请销号",
        "佐证材料：新增",
        "状态：未启动 → 推进中",
        "第1项已办完",
    ]
    place = 0
    for step in steps:
        place = told.find(step, place)
        assert place >= 0, (step, told)
    ledger(folder, "log", CONTINUED)
    assert "党组会 2020年第31次：继续整改，一体整改" in capsys.readouterr().out
