"""A site of one department's tasks: no word of another's is in it, whatever it stands in."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.fields import specs
from ledger.model.task import Task
from ledger.view.web import catalogue

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

CANARY = "canary"
DAY = "2017-07-03"
# Of other departments every text has a word of its own; so have their names and all around them.
OTHER = {"name": "金丝雀司", "aliases": ["金丝雀别名canary"]}
CONFIG = {
    "organisation": "某局",
    "departments": [
        {"name": "审业部", "aliases": ["审查业务管理部"]},
        {"name": "办公室"},
        OTHER,
    ],
    "forge": {"reviewers": ["canary-reviewer"]},
    "identities": [{"name": "canary某人", "emails": ["canary@example.com"]}],
    "canaryKey": "canary扩展",
}


def others(number: int) -> dict[str, Any]:
    """A task of another department, full of canaries in every field that may have a text."""
    task_id = f"QT2017-{number:03}"
    proof = {"name": "canary材料", "path": f"data/evidence/canary{number}.txt", "sha256": "0" * 64}
    return {
        "id": task_id,
        "kind": "工作要点",
        "source": "QT2017",
        "title": f"canary题{number}",
        "section": "canary部分",
        "key_point": "canary要点",
        "problem": "canary问题",
        "goal": "canary目标",
        "measures": ["canary措施"],
        "lead": ["金丝雀司"],
        "assist": ["金丝雀别名canary"],
        "leader": "canary领导",
        "owner": "canary责任人",
        "nature": "限期",
        "due": {"text": "canary时限", "date": "2017-06-01"},
        "indicators": [{"name": "canary指标", "target": 987654, "actual": 1, "unit": "canary"}],
        "status": "已销号",
        "progress": [{"date": "2017-03-02", "by": "canary填", "text": "canary进展", "percent": 5}],
        "extensions": [
            {
                "date": "2017-03-03",
                "from": "2017-05-01",
                "to": "2017-06-01",
                "reason": "canary延期",
                "approved_by": "canary批准",
            }
        ],
        "evidence": [proof],
        "closing": {
            "applied": {"date": "2017-05-01", "by": "canary申请", "summary": "canary概述"},
            "reviewed": {"date": "2017-05-02", "by": "canary审", "opinion": "canary意见"},
            "decision": "DZH-2017-01",
            "date": "2017-05-03",
        },
        "lookback": [{"date": "2017-06-01", "by": "canary看", "result": "巩固", "note": "canary"}],
        "links": [{"rel": "源自", "id": "GZ2017-001"}],
        "tags": ["canary标签"],
        "columns": {"canary列": "canary格"},
        "canary键": "canary值",
    }


OWN = [
    {"id": "GZ2017-001", "title": "自己的一", "links": [{"rel": "源自", "id": "QT2017-001"}]},
    {"id": "GZ2017-002", "title": "自己的二", "lead": ["办公室"], "assist": ["审查业务管理部"]},
    {
        "id": "GZ2017-003",
        "title": "自己的三",
        "status": "申请销号",
        "evidence": [{"name": "自己的材料", "path": "data/evidence/own.txt", "sha256": "1" * 64}],
    },
]
MEETING = {
    "id": "DZH-2017-01",
    "body": "党组会",
    "date": "2017-05-03",
    "session": "2017年第1次",
    "chair": "党组书记",
    "due_members": 9,
    "present": ["党组书记", "副局长"],
    "items": [
        {"task": "QT2017-001", "result": "同意销号", "opinion": "canary会议意见"},
        {
            "task": "GZ2017-003",
            "result": "继续整改",
            "opinion": "自己的会议意见",
            "votes": {"for": 1, "against": 7, "abstain": 0},
        },
    ],
    "canary键": "canary值",
}
FOREIGN_MEETING = {
    "id": "CANARY-2017-09",
    "body": "canary会",
    "date": "2017-05-04",
    "chair": "canary主持",
    "due_members": 9,
    "present": ["canary"],
    "items": [{"task": "QT2017-001", "result": "同意销号"}],
}
SOURCES = [
    {"id": "GZ2017", "title": "2017年工作要点", "kind": "工作要点", "year": 2017},
    {"id": "QT2017", "title": "canary来源", "kind": "工作要点", "note": "canary说明"},
]


@pytest.fixture(autouse=True)
def _no_bulletins(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """They take longer than all the rest; one test has them made."""
    if "no_word" not in request.node.name:
        monkeypatch.setattr(catalogue, "issues", lambda ledger, when: ())


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    folder = make_ledger(
        [*OWN, others(1), others(2)],
        config=CONFIG,
        sources=SOURCES,
        decisions=[MEETING, FOREIGN_MEETING],
        files={
            "data/evidence/canary1.txt": "canary内容",
            "data/evidence/own.txt": "自己的内容",
            "templates/dept.md.j2": "canary模板",
        },
    )
    folder.git("mv", "templates/dept.md.j2", "templates/other.md.j2")
    folder.commit("canary提交说明 QT2017-001", "2017-03-05")
    folder.git("checkout", "-q", "-b", "canary分支")
    folder.write_task(id="GZ2017-001", title="自己的一改了", links=[])
    folder.write_task(**others(2) | {"title": "canary改了"})
    folder.commit("canary一起改 QT2017-002", "2017-05-05")
    folder.git("checkout", "-q", "main")
    folder.git("merge", "-q", "--no-ff", "-m", "canary合并请求 QT2017-002", "canary分支")
    folder.write_task(**OWN[0] | {"title": "自己的一改了"})
    folder.commit("canary主线", "2017-06-05")
    return folder


def broken(ledger: LedgerFolder) -> LedgerFolder:
    """With a file of another department that cannot be read, so no bulletin can be made."""
    ledger.path("QT2017-003").write_text("id: canary [", "utf-8")
    ledger.commit("canary坏文件", "2017-06-06")
    return ledger


def site(ledger: LedgerFolder, invoke: Invoke, folder: Path, *words: str) -> Path:
    outcome = invoke(ledger, "--today", DAY, "site", "-o", str(folder), *words)
    assert outcome.code == 0, outcome.err
    assert CANARY not in outcome.out + outcome.err
    return folder


@pytest.mark.parametrize("is_broken", [False, True])
def test_no_word_of_others(
    ledger: LedgerFolder, invoke: Invoke, tmp_path: Path, is_broken: bool
) -> None:
    if is_broken:
        broken(ledger)
    told = {spec.key for spec in specs(Task)}
    filled = {key for key, value in others(1).items() if value}
    assert told - filled <= {"past_closings"}  # a new field gets a canary, too
    folder = site(ledger, invoke, tmp_path / "一个部门", "--dept", "审查业务管理部", "--evidence")
    whole = site(ledger, invoke, tmp_path / "全部", "--evidence")
    assert any(CANARY in text for _, text in texts(whole))  # else it proves nothing
    for name, text in texts(folder):
        for word in (CANARY, "金丝雀", "qt2017", "987654"):
            assert word not in f"{name}\n{text}".lower(), (word, name)
    listed = {name for name, _ in texts(folder)}
    assert "task/GZ2017-001.html" in listed
    assert "自己的会议意见" in text_of(folder / "meeting/DZH-2017-01.html")
    assert any(name.startswith("report/") for name in listed) != is_broken
    assert {name for name in listed if name.startswith("evidence/")} == {
        "evidence/GZ2017-003/1.txt"
    }
    assert invoke(ledger, "verify", str(folder)).code == 0


def test_its_own_words_are_there(ledger: LedgerFolder, invoke: Invoke, tmp_path: Path) -> None:
    folder = site(ledger, invoke, tmp_path / "一个部门", "--dept", "审业部")
    page = text_of(folder / "task" / "GZ2017-001.html")
    assert "自己的一改了" in page
    assert "审业部" in page
    commit = ledger.git("rev-parse", "HEAD").strip()
    for name, text in texts(folder):
        if name.endswith(".html"):
            assert commit[:12] in text, name
    rows = text_of(folder / "rows.js")
    ids = {row["id"] for row in json.loads(rows[rows.index("{") : rows.rindex(";")])["rows"]}
    outcome = invoke(ledger, "--today", DAY, "list", "--dept", "审业部", "--json")
    assert ids == {each["id"] for each in json.loads(outcome.out)}
    today = text_of(folder / "index.html")
    assert re.search(r"<strong>3</strong>", today)


def test_links_lead_to_files(ledger: LedgerFolder, invoke: Invoke, tmp_path: Path) -> None:
    folder = site(ledger, invoke, tmp_path / "一个部门", "--dept", "审业部")
    for page in folder.rglob("*.html"):
        for link in re.findall(r' (?:href|src)="([^"]*)"', page.read_text("utf-8")):
            if not link.startswith(("#", "data:")):
                assert (page.parent / link.partition("#")[0]).is_file(), (page, link)


def test_from_the_whole_to_one(ledger: LedgerFolder, invoke: Invoke, tmp_path: Path) -> None:
    """The same folder: what is no more in it is gone."""
    folder = site(ledger, invoke, tmp_path / "网页")
    site(ledger, invoke, folder, "--dept", "审业部")
    assert not any(CANARY in text.lower() for _, text in texts(folder))


def test_a_department_without_tasks(
    make_ledger: MakeLedger, invoke: Invoke, tmp_path: Path
) -> None:
    ledger = make_ledger([{}])
    folder = site(ledger, invoke, tmp_path / "空的", "--dept", "规划司")
    assert (folder / "index.html").is_file()
    assert "事项GZ2017-001" not in "".join(text for _, text in texts(folder))


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file's name and text, what archives hold among them."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name, content = path.relative_to(folder).as_posix(), path.read_bytes()
            yield name, content.decode(errors="replace")
            if zipfile.is_zipfile(io.BytesIO(content)):
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    for each in archive.namelist():
                        yield f"{name}/{each}", archive.read(each).decode(errors="replace")


def text_of(path: Path) -> str:
    return path.read_text("utf-8")
