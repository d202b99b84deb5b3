"""The ledger of the live stories: ten tasks of one source, all of them decided by one meeting."""

from __future__ import annotations

import re
from pathlib import Path

from tests.live.bureau import LABEL, Bureau, Person, asked, kind

SOURCE = "ZG2020"
IDS = [f"{SOURCE}-{number:03}" for number in range(1, 11)]
MEETING = "DZH-2020-31"
MEMBERS = ["书记", *(f"成员{number}" for number in range(1, 8))]  # 8 of 9 are there


def prepare(bureau: Bureau, packages: str) -> None:
    """Init, import, apply; review and the meeting's record by the second person; all pushed."""
    clerk, leader = bureau.clerk, bureau.leader
    clerk.ledger("init", "--organisation", "某局")
    edit(clerk, "ledger.yaml", r"departments: \[\]", "departments: [{name: 办公室}]")
    asked(clerk.site, "PATCH", "/user/settings", {"hide_email": True})
    hidden = asked(leader.site, "GET", f"/users/{clerk.login}")["email"]  # a noreply address
    assert hidden != clerk.email
    own = f"identities: [{{name: 办公室, emails: [{clerk.email}, {hidden}]}}]\n"
    edit(clerk, "ledger.yaml", r"\Z", own)
    gate = f"gate:\n  package: ledger\n  index: {packages}\n  runner: {LABEL}\n"
    edit(clerk, "ledger.yaml", r"\Z", gate)
    clerk.git("commit", "--quiet", "--all", "--message", "配置")
    output = clerk.ledger("gate", "install", "--ci", kind())
    assert f".{kind()}/workflows/ledger.yml" in output
    table = clerk.root.parent / "计划.csv"
    rows = [f"{number},问题{number},第{number}项,办公室,12月底前" for number in range(1, 11)]
    heading = "序号,反馈问题,整改措施,牵头单位,完成时限"
    table.write_text("\n".join((heading, *rows)) + "\n", "utf-8")
    clerk.ledger("import", str(table), "--source", SOURCE, "--year", "2020")
    for number, task in enumerate(IDS, 1):
        proof = clerk.root.parent / f"材料{number}.txt"
        proof.write_text(f"第{number}项的佐证\n", "utf-8")
        clerk.ledger("progress", task, "--text", f"第{number}项已办完", "--percent", "100")
        clerk.ledger("evidence", "add", task, str(proof))
        clerk.ledger("apply", task, "--summary", "已达到目标")
    clerk.git("push", "--quiet", "--set-upstream", "origin", "main")

    leader.git("pull", "--quiet", "origin", "main")
    leader.git("branch", "--set-upstream-to=origin/main")
    for task in IDS:
        leader.ledger("review", task, "--opinion", "材料齐全，同意上会")
    record = leader.root.parent / "会议.yaml"
    record.write_text(meeting(), "utf-8")
    leader.ledger("decide", str(record))
    leader.git("push", "--quiet", "origin", "main")


def meeting() -> str:
    """The record of the meeting that agreed to all of it."""
    lines = [
        f"id: {MEETING}",
        "body: 党组会",
        "date: 2020-12-03",
        "chair: 书记",
        "due_members: 9",
        f"present: [{', '.join(MEMBERS)}]",
        "minutes: 〔2020〕31号",
        "items:",
    ]
    lines += [f"  - {{task: {task}, result: 同意销号, votes: {{for: 8}}}}" for task in IDS]
    return "\n".join(lines) + "\n"


def path_of(task: str) -> str:
    """A task's file."""
    return f"data/tasks/{SOURCE}/{task}.yaml"


def edit(person: Person, path: str, old: str, new: str) -> None:
    """Change a file of somebody's clone by hand, where `old` (an expression) is first found."""
    place = person.root / path
    text = place.read_text("utf-8")
    assert re.search(old, text), text
    place.write_text(re.sub(old, lambda _: new, text, count=1), "utf-8")


def close_by_hand(person: Person, task: str) -> None:
    """What `ledger close` writes, typed into the file."""
    edit(person, path_of(task), "status: 待上会", "status: 已销号")
    given = f"closing:\n  decision: {MEETING}\n  date: 2020-12-05\n"
    edit(person, path_of(task), r"closing:\n", given)


def no_meeting(person: Person) -> None:
    """Closed, and no meeting is named."""
    edit(person, path_of(IDS[8]), "status: 待上会", "status: 已销号")


def decision_edited(person: Person) -> None:
    """An honest closing, and the record of its meeting put right afterwards."""
    close_by_hand(person, IDS[8])
    edit(person, f"data/decisions/2020/{MEETING}.yaml", "for: 8", "for: 7")


def evidence_swapped(person: Person) -> None:
    """An honest closing, and other bytes where the meeting saw its evidence."""
    close_by_hand(person, IDS[8])
    (proof,) = _files(person.root, "材料9*")
    proof.write_text("掉包了\n", "utf-8")


def quorum_lowered(person: Person) -> None:
    """An honest closing that brings an easier rule along."""
    close_by_hand(person, IDS[8])
    edit(person, "ledger.yaml", "at_least: 1/2", "at_least: 1/10")


def _files(root: Path, pattern: str) -> list[Path]:
    return [each for each in (root / "data/evidence").rglob(pattern) if each.is_file()]


CHEATS = (
    (no_meeting, "C002"),
    (decision_edited, "C011"),
    (evidence_swapped, "T007"),
    (quorum_lowered, "C013"),
)
