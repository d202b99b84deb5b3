"""The daily commands where a system has less than Linux: by taking away what Windows has not.

That is no run on Windows; it shows that nothing on a command's way needs what is not there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.turns import LONG

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import MakeLedger

ELSEWHERE = Path(__file__).with_name("elsewhere.py")
ROOT = ELSEWHERE.parent.parent.parent
MEETING = """\
id: DZH-2020-31
body: 党组会
date: 2020-12-03
chair: 书记
due_members: 3
present: [书记, 副书记, 成员]
items:
  - task: ZG2020-001
    result: 同意销号
    votes: {for: 3, against: 0, abstain: 0}
"""
TABLE = (
    "序号,整改任务,责任单位,完成时限\r\n1,修订制度,办公室,2020年11月30日\r\n2,清理规范,人事处,\r\n"
)
CONSOLES = {
    "a GBK console": {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"},
    "the C locale": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
}
FILES = {"report", "export"}  # commands that take a while for what they write
# Counts up in a file under the lock, and says whether somebody else was within.
COUNT = """
import os, sys
from pathlib import Path
from ledger.adapters.disk.lock import inherited, writing
folder = Path(sys.argv[1])
for _ in range(30):
    with writing(folder, wait=60):
        assert inherited() == ()
        os.close(os.open(folder / "inside", os.O_CREAT | os.O_EXCL))
        (folder / "count").write_text(str(int((folder / "count").read_text()) + 1))
        (folder / "inside").unlink()
"""
HOLD = """
import sys
from pathlib import Path
from ledger.adapters.disk.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""
TRY = """
import sys
from pathlib import Path
from ledger.adapters.disk.lock import writing
from ledger.errors import LedgerError
try:
    with writing(Path(sys.argv[1]), wait=0.2):
        print("taken")
except LedgerError as error:
    print(error.message)
"""
LIMITED = """
from ledger.adapters.disk.limits import limited
try:
    with limited(0.05, 1 << 30):
        all(True for _ in iter(int, 1))
except TimeoutError:
    print("stopped")
with limited(60, 1 << 30):
    print("left alone")
"""
Line = tuple[str, Sequence[str]]


def elsewhere(lines: Sequence[Line], **environment: str) -> list[tuple[int, str, str]]:
    """Exit code, stdout and stderr of command lines, carried out in one process."""
    done = subprocess.run(
        [sys.executable, ELSEWHERE, "run"], input=json.dumps(lines), capture_output=True,
        text=True, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [tuple(each) for each in json.loads(done.stdout)]


def begun(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A program where what Windows lacks is gone."""
    command = [sys.executable, ELSEWHERE, "code", code, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, text=True, env=environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_every_module_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, ELSEWHERE, "import"], capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "ledger").rglob("*.py")}
    assert len(json.loads(done.stdout)) >= len(modules) - 2  # the package itself, __main__


def daily(folder: Path) -> Iterator[Line]:
    """A ledger from its beginning to a merged closing, by three people at one computer."""
    root = str(folder / "台账")

    def at(day: str, *arguments: str) -> Line:
        return root, ("--today", day, *arguments)

    def by(person: str) -> Line:
        return root, ("who", person, "--mail", f"{person[:1].encode().hex()}@example.org")

    founding = ("--organisation", "某局", "--dept", "办公室、人事处", "--who", "联络员")
    yield str(folder), ("init", "台账", *founding, "--mail", "liaison@example.org")
    source = ("--source", "ZG2020", "--year", "2020", "--kind", "巡视整改", "--title", "反馈意见")
    yield at("2020-09-01", "import", "../整改任务.csv", *source, "--accept")
    more = ("--source", "ZG2020", "--title", "通报问题", "--lead", "办公室", "--due", "12月底前")
    yield at("2020-09-02", "add", *more)
    yield at("2020-10-08", "progress", "001", "--text", "印发修订稿", "--percent", "60%")
    yield at("2020-10-09", "undo", "--yes")
    yield at("2020-10-09", "undo", "--yes")
    yield at("2020-10-10", "list")
    yield at("2020-10-10", "due", "--dept", "办公室")
    yield at("2020-10-10", "show", "001")
    yield at("2020-10-10", "status", "--by", "lead")
    yield at("2020-10-10")
    yield at("2020-10-11", "edit", "002", "--goal", "完成清理", "--no-commit")
    yield at("2020-10-11", "save", "-m", "改完成标准")
    yield at("2020-11-20", "evidence", "001", "../制度汇编.pdf")
    yield at("2020-11-21", "apply", "001", "--summary", "制度已经修订印发")
    yield by("审核人")
    yield at("2020-11-25", "review", "001", "--opinion", "同意上会")
    yield at("2020-12-03", "decide", "../会议.yaml")
    yield at("2020-12-04", "close", "001", "--decision", "DZH-2020-31", "--via", "local")
    yield by("整改办主任")
    yield at("2020-12-05", "merge", "close/DZH-2020-31_ZG2020-001", "--yes")
    yield at("2020-12-06", "check")
    yield at("2020-12-06", "audit")
    yield at("2020-12-06", "log")
    yield at("2020-12-06", "diff", "HEAD~5")
    for form in ("md", "docx", "html"):
        yield at("2020-12-06", "report", "monthly", "-o", f"月报.{form}")
    for form in ("xlsx", "docx", "csv", "ics"):
        yield at("2020-12-06", "export", form, "-o", f"事项.{form}")
    yield at("2020-12-06", "remind")
    yield at("2020-12-06", "doctor")
    yield root, ("complete", "bash", "show", "ZG")


@pytest.mark.parametrize("console", CONSOLES)
def test_from_founding_to_a_merged_closing(
    console: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, "2020-12-06T10:00:00+08:00")
    (tmp_path / "整改任务.csv").write_bytes(TABLE.encode("gb18030"))
    (tmp_path / "会议.yaml").write_bytes(b"\xef\xbb\xbf" + MEETING.replace("\n", "\r\n").encode())
    (tmp_path / "制度汇编.pdf").write_bytes(b"%PDF-1.4\n")
    lines = list(daily(tmp_path))
    if console != "a GBK console" and not LONG:  # files have no console
        lines = [(folder, words) for folder, words in lines if not FILES & set(words)]
    outcomes = elsewhere(lines, **CONSOLES[console])
    for (_, arguments), (code, out, err) in zip(lines, outcomes, strict=True):
        assert code == 0, (arguments, out, err)
        assert "\\u" not in out + err, (arguments, out, err)  # what the console has not
    printed = {
        arguments[-1]: out + err
        for (_, arguments), (_, out, err) in zip(lines, outcomes, strict=True)
    }
    assert "检查通过" in printed["check"]
    assert "销号 1 项" in printed["audit"]
    assert "待上会 → 已销号" in printed["log"]
    assert "ZG2020-001" in printed["ZG"]


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("0")
    writers = [begun(COUNT, tmp_path) for _ in range(3)]
    for writer in writers:
        _, err = writer.communicate(timeout=60)
        assert writer.returncode == 0, err
    assert (tmp_path / "count").read_text() == "90"


def test_whoever_was_killed_holds_no_lock(tmp_path: Path) -> None:
    holder = begun(HOLD, tmp_path)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    waiting, _ = begun(TRY, tmp_path).communicate(timeout=60)
    assert f"进程 {holder.pid}" in waiting
    holder.kill()
    holder.communicate()
    assert begun(TRY, tmp_path).communicate(timeout=60)[0] == "taken\n"


def test_a_question_is_answered() -> None:
    asking = "from ledger.cli.asking import ask; print(ask('名称', str))"
    out, err = begun(asking).communicate("某局\n", timeout=60)
    assert (out, err) == ("某局\n", "名称: ")


def test_a_template_that_never_ends_is_stopped_by_the_clock() -> None:
    out, err = begun(LIMITED).communicate(timeout=60)
    assert out == "stopped\nleft alone\n", err


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "--source", "CON", "--source-title", "要点", "--title", "办事", "--lead", "办公室"),
        ("add", "--source", "GZ2017", "--id", "Nul", "--title", "办事", "--lead", "办公室"),
        ("import", "表.csv", "--source", "com1", "--year", "2017"),
        ("renumber", "GZ2017-001", "prn"),
        ("decide", "会议.yaml"),
    ],
)
def test_no_id_that_windows_keeps_for_a_device(
    arguments: tuple[str, ...], make_ledger: MakeLedger, refused: Invoke
) -> None:
    files = {"表.csv": TABLE, "会议.yaml": MEETING.replace("DZH-2020-31", "LPT1")}
    ledger = make_ledger(1, files=files)
    refused(ledger, "--today", "2020-12-06", *arguments, code=2, says="Windows 留给设备的名称")


def test_a_file_saved_on_windows(make_ledger: MakeLedger, invoke: Invoke) -> None:
    """Line ends and a mark at the beginning, with and without git turning the ends itself."""
    ledger = make_ledger(1)
    place = ledger.path("GZ2017-001")
    ledger.git("config", "core.autocrlf", "true")
    content = b"\xef\xbb\xbf" + place.read_bytes().replace(b"\n", b"\r\n")
    place.write_bytes(content.replace("事项GZ2017-001".encode(), "新的名称".encode()))
    assert invoke(ledger, "--today", "2017-03-01", "save").code == 0
    assert "没有要保存" in invoke(ledger, "--today", "2017-03-01", "save").err
    assert invoke(ledger, "--today", "2017-03-01", "progress", "001", "--text", "印发").code == 0
    now = place.read_bytes()
    assert now.startswith(b"\xef\xbb\xbf")
    assert "印发".encode() in now
    assert now.count(b"\n") == now.count(b"\r\n")
    assert invoke(ledger, "check").code == 0
    assert ledger.git("status", "--porcelain") == ""
