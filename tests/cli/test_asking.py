"""Questions on a terminal, and a task's file in the user's own editor."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.cli import asking

if TYPE_CHECKING:
    from tests.cli.conftest import OnTerminal
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = ("--today", "2017-03-10")


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger([{"status": "未启动"}, {}])


class TestQuestions:
    def test_add_asks_for_what_is_missing(
        self, ledger: LedgerFolder, on_terminal: OnTerminal
    ) -> None:
        answers = [
            ("来源编号", "GZ2017\n"),
            ("事项名称", "新的一项\n"),
            ("完成时限（可不填）", "9月底前\n"),
            ("牵头部门，多个用、隔开（可不填）", "局办公室，审业部\n"),
        ]
        shown = on_terminal(ledger, [*TODAY, "add"], answers=answers)
        assert shown.code == 0
        text = ledger.path("GZ2017-003").read_text(encoding="utf-8")
        assert "title: 新的一项" in text
        assert "lead: [办公室, 审业部]" in text
        assert "due: {text: 9月底前, date: 2017-09-30}" in text

    def test_what_nobody_knows_is_asked_again(
        self, ledger: LedgerFolder, on_terminal: OnTerminal
    ) -> None:
        """Nothing that was answered is lost; letters will do, as on the command line."""
        answers = [
            ("来源编号", "GZ2099\n"),
            ("没有来源“GZ2099”", ""),
            ("来源编号", "gz2017\n"),
            ("事项名称", "新的一项\n"),
            ("完成时限（可不填）", "\n"),
            ("牵头部门", "没有这个部门\n"),
            ("没有部门“没有这个部门”", ""),
            ("牵头部门", "bgs、审查业务管理部\n"),
        ]
        shown = on_terminal(ledger, [*TODAY, "add"], answers=answers)
        assert shown.code == 0, shown.text
        assert "lead: [办公室, 审业部]" in ledger.path("GZ2017-003").read_text(encoding="utf-8")

    def test_what_may_stay_empty(self, ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
        answers = [("完成时限（可不填）", "\n"), ("（可不填）", "\n")]
        command = [*TODAY, "add", "--source", "GZ2017", "--title", "新的一项"]
        assert on_terminal(ledger, command, answers=answers).code == 0
        assert "due" not in ledger.path("GZ2017-003").read_text(encoding="utf-8")

    def test_progress_and_extend(self, ledger: LedgerFolder, on_terminal: OnTerminal) -> None:
        shown = on_terminal(ledger, [*TODAY, "progress", "1"], answers=[("进展情况", "启动\n")])
        assert shown.code == 0
        answers = [("延至日期", "2017-12-31\n"), ("延期理由", "等文件\n"), ("批准人", "局务会\n")]
        assert on_terminal(ledger, [*TODAY, "extend", "1"], answers=answers).code == 0
        text = ledger.path("GZ2017-001").read_text(encoding="utf-8")
        assert "text: 启动" in text
        assert "to: 2017-12-31" in text

    def test_what_makes_no_sense_is_asked_again(
        self, ledger: LedgerFolder, on_terminal: OnTerminal
    ) -> None:
        """Cursor keys do not end up in the text, and one wrong answer throws nothing away."""
        answers = [("进展情况", "启动\x1b[D\n"), ("控制字符", ""), ("进展情况", "启动\n")]
        assert on_terminal(ledger, [*TODAY, "progress", "1"], answers=answers).code == 0
        assert "text: 启动" in ledger.path("GZ2017-001").read_text(encoding="utf-8")
        answers = [
            ("延至日期", "不知道\n"),
            ("不是日期", ""),
            ("延至日期", "12月底\n"),
            ("延期理由", " \n"),
            ("没有写内容", ""),
            ("延期理由", "等文件\n"),
            ("批准人", "局务会\n"),
        ]
        done = on_terminal(ledger, [*TODAY, "extend", "1"], answers=answers)
        assert done.code == 0, done.text
        assert "to: 2017-12-31" in ledger.path("GZ2017-001").read_text(encoding="utf-8")

    @pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
    def test_leaving_at_a_question(
        self, key: str, ledger: LedgerFolder, on_terminal: OnTerminal
    ) -> None:
        shown = on_terminal(ledger, [*TODAY, "add"], answers=[("来源编号", key)], itself=True)
        assert shown.code == 130
        assert "已取消，什么都没有改。" in shown.text or "已中断。" in shown.text
        assert "Traceback" not in shown.text
        assert ledger.git("status", "--porcelain") == ""

    def test_a_signal_wakes_the_waiting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One that comes just before the waiting begins is only noted: nothing interrupts that."""
        ours, theirs = pty.openpty()
        before = signal.signal(signal.SIGUSR1, lambda *_: None)
        ready: list[Any] = []
        waiting = select.select

        def signalled(*files: list[Any]) -> Any:
            os.kill(os.getpid(), signal.SIGUSR1)
            ready.extend(waiting(*files, 30)[0])

        try:
            with os.fdopen(theirs, encoding="utf-8") as stdin:
                monkeypatch.setattr(sys, "stdin", stdin)
                monkeypatch.setattr(select, "select", signalled)
                asking.wait_for_input()
        finally:
            signal.signal(signal.SIGUSR1, before)
            os.close(ours)
        assert len(ready) == 1
        assert ready[0] is not stdin


class TestEditor:
    @pytest.fixture
    def editor(self, tmp_path: Path) -> Path:
        """An editor that does to the file what the shell commands in `script.sh` say."""
        place = tmp_path / "my editor"
        place.write_text(f'#!/bin/sh\n. "{tmp_path}/script.sh"\n', encoding="utf-8")
        place.chmod(0o755)
        return place

    def edit(
        self, ledger: LedgerFolder, on_terminal: OnTerminal, editor: Path, script: str,
        answers: list[tuple[str, str]] | None = None,
    ) -> tuple[int, str]:  # fmt: skip
        (editor.parent / "script.sh").write_text(script, encoding="utf-8")
        shown = on_terminal(
            ledger,
            [*TODAY, "edit", "2"],
            answers=answers or [],
            environment={"GIT_EDITOR": f"'{editor}'", "EDITOR": "false", "VISUAL": "false"},
        )
        assert "Traceback" not in shown.text
        return shown.code, shown.text

    def test_good_change_is_committed(
        self, ledger: LedgerFolder, on_terminal: OnTerminal, editor: Path
    ) -> None:
        script = "sed -i 's/^title:.*/title: 改过的名称 # 说明/' \"$1\""
        code, text = self.edit(ledger, on_terminal, editor, script)
        assert (code, "事项：事项GZ2017-002 → 改过的名称" in text) == (0, True)
        written = ledger.path("GZ2017-002").read_text(encoding="utf-8")
        assert "title: 改过的名称 # 说明\n" in written
        assert ledger.git("status", "--porcelain") == ""
        assert not list((ledger.root / ".git" / "ledger").glob("*.yaml"))

    def test_nothing_changed(
        self, ledger: LedgerFolder, on_terminal: OnTerminal, editor: Path
    ) -> None:
        code, text = self.edit(ledger, on_terminal, editor, "true")
        assert (code, text) == (1, "没有任何改动。台账照旧。\r\n")
        assert not list((ledger.root / ".git" / "ledger").glob("*.yaml"))

    @pytest.mark.parametrize(
        ("script", "message"),
        [
            ("echo 'title: 又一个' >> \"$1\"", "“title”重复"),
            ("sed -i 's/^status:.*/status: 已销号/' \"$1\"", "状态不能直接"),
        ],
        ids=["broken", "guarded"],
    )
    def test_refused_change_is_kept_for_the_user(
        self, script: str, message: str, ledger: LedgerFolder, on_terminal: OnTerminal, editor: Path
    ) -> None:
        before = ledger.path("GZ2017-002").read_bytes()
        code, text = self.edit(ledger, on_terminal, editor, script, [("再改一次", "否\n")])
        assert code == 1
        assert message in text
        place = Path(text.split("您改的内容保存在 ")[1].split("，")[0])
        assert place.read_bytes() != before
        assert ledger.path("GZ2017-002").read_bytes() == before
        assert ledger.git("status", "--porcelain") == ""

    def test_mended_at_the_second_try(
        self, ledger: LedgerFolder, on_terminal: OnTerminal, editor: Path
    ) -> None:
        script = (
            'if grep -q 坏 "$1"; then sed -i "s/^title:.*/title: 好了/" "$1"; '
            'else sed -i "s/^title:.*/title: 坏: 了/" "$1"; fi'
        )
        code, text = self.edit(ledger, on_terminal, editor, script, [("再改一次", "是\n")])
        assert code == 0, text
        assert "title: 好了" in ledger.path("GZ2017-002").read_text(encoding="utf-8")

    def test_broken_file_is_not_opened(
        self, ledger: LedgerFolder, on_terminal: OnTerminal, editor: Path
    ) -> None:
        place = ledger.path("GZ2017-002")
        place.write_bytes(place.read_bytes() + "title: 又一个\n".encode())
        code, text = self.edit(ledger, on_terminal, editor, "touch reached")
        assert (code, "“title”重复出现" in text) == (1, True)
        assert not (ledger.root / "reached").exists()

    def test_editor_that_fails(
        self, ledger: LedgerFolder, on_terminal: OnTerminal, editor: Path
    ) -> None:
        code, text = self.edit(ledger, on_terminal, editor, 'echo x >> "$1"; exit 3')
        assert code == 1
        assert "编辑器没有正常结束" in text
        assert ledger.git("status", "--porcelain") == ""

    def test_somebody_else_was_faster(
        self, ledger: LedgerFolder, on_terminal: OnTerminal, editor: Path
    ) -> None:
        place = ledger.path("GZ2017-002")
        script = f"echo 'leader: 我' >> \"$1\"; echo 'owner: 别人' >> '{place}'"
        code, text = self.edit(ledger, on_terminal, editor, script, [("再改一次", "否\n")])
        assert code == 1
        assert "被别人改过" in text
        assert place.read_text(encoding="utf-8").endswith("owner: 别人\n")


def test_the_latest_entry_is_offered(make_ledger: MakeLedger, on_terminal: OnTerminal) -> None:
    """What somebody last said in its place is what Enter takes; a report is never offered."""
    ledger = make_ledger([{"status": "推进中"}, {"status": "推进中"}])
    to = ("--to", "2017-12-31", "--reason", "等文件")
    answers = [("批准人或批准会议: ", "局务会\n")]
    assert on_terminal(ledger, [*TODAY, "extend", "1", *to], answers=answers).code == 0
    answers = [("批准人或批准会议 [局务会]: ", "\n")]
    assert on_terminal(ledger, [*TODAY, "extend", "2", *to], answers=answers).code == 0
    assert "approved_by: 局务会" in ledger.path("GZ2017-002").read_text("utf-8")
    for source in ("来源编号: ", "来源编号 [ZG2020]: "):
        typed = "ZG2020\n" if "[" not in source else "\n"
        answers = [(source, typed), ("事项名称: ", "新的一项\n"), ("时限", "\n"), ("牵头", "\n")]
        assert on_terminal(ledger, [*TODAY, "add"], answers=answers).code == 0
    for text in ("启动", "推进"):
        answers = [("进展情况: ", f"{text}\n")]
        assert on_terminal(ledger, [*TODAY, "progress", "GZ2017-002"], answers=answers).code == 0
