"""`ledger undo`: the last deed is taken back by a recorded one; once more brings it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import TODAY, LedgerFolder, run_git

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Invoke, OnTerminal
    from tests.conftest import MakeLedger

# What a secretary does, and what in the ledger it changes.
DEEDS = (
    ("progress", "001", "--text", "完成初稿", "--percent", "40"),
    ("edit", "001", "--title", "新题"),
    ("extend", "001", "--to", "2017-12-31", "--reason", "上级调整", "--approved-by", "党组会"),
    ("add", "--source", "GZ2017", "--title", "新增的事", "--lead", "办公室"),
    ("evidence", "add", "001", "材料.txt"),
)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_TODAY", TODAY)


def as_it_is(ledger: LedgerFolder) -> str:
    return ledger.git("rev-parse", "HEAD^{tree}").strip()


def clean(ledger: LedgerFolder, invoke: Invoke) -> None:
    assert ledger.git("status", "--porcelain", "--", "data", "ledger.yaml") == ""
    for command in (("check",), ("audit", "--restart")):
        done = invoke(ledger, *command)
        assert done.code == 0, (command, done.out, done.err)


def test_every_deed_is_taken_back_and_brought_back(make_ledger: MakeLedger, invoke: Invoke) -> None:
    for number, deed in enumerate(DEEDS):
        ledger = make_ledger(2, name=f"ledger{number}")
        ledger.write("材料.txt", "佐证")
        before = as_it_is(ledger)
        assert invoke(ledger, *deed).code == 0, deed
        after = as_it_is(ledger)
        assert after != before
        done = invoke(ledger, "undo")
        assert done.code == 0, (deed, done.err)
        assert done.sentences[0].startswith("已撤回：")
        assert as_it_is(ledger) == before, deed
        again = invoke(ledger, "undo")
        assert again.sentences[0].startswith("已恢复："), again.err
        assert as_it_is(ledger) == after, deed
        third = invoke(ledger, "undo")
        assert third.sentences[0].startswith("已撤回："), third.err
        assert as_it_is(ledger) == before
        clean(ledger, invoke)
        base = ledger.git("rev-parse", "HEAD~4").strip()
        assert invoke(ledger, "check", "--base", base).code == 0, deed


def test_the_record_says_both(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(2)
    assert invoke(ledger, *DEEDS[0]).code == 0
    undone = ledger.git("rev-parse", "HEAD").strip()
    done = invoke(ledger, "undo")
    assert done.out.splitlines()[0] == "修改 GZ2017-001 事项GZ2017-001"
    assert "进展记录" in done.out
    message = ledger.git("log", "-1", "--format=%B")
    assert message.startswith("撤回：进展 GZ2017-001 事项GZ2017-001\n")
    assert "Ledger-Op: undo\nLedger-Task: GZ2017-001\n" in message
    assert f"Ledger-Undoes: {undone}" in message
    told = invoke(ledger, "log", "001").out
    assert told.count("完成初稿") == 2


def test_a_step_of_the_list_is_picked(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(2)
    invoke(ledger, "progress", "001", "--text", "一")
    invoke(ledger, "progress", "002", "--text", "二")
    invoke(ledger, "progress", "002", "--text", "三")
    listed = invoke(ledger, "undo", "--list").out.splitlines()
    assert [line.split()[0] for line in listed[1:]] == ["1", "2", "3", "4"]
    assert "请先撤回那一步" in listed[2]
    assert "建账的第一步" in listed[4]
    refused = invoke(ledger, "undo", "2")
    assert (refused.code, len(refused.sentences)) == (1, 1)
    assert "又改过同一个文件" in refused.err
    assert invoke(ledger, "undo", "3").code == 0
    assert "text: 一" not in ledger.path("GZ2017-001").read_text("utf-8")
    assert "text: 三" in ledger.path("GZ2017-002").read_text("utf-8")
    assert invoke(ledger, "undo", "2").code == 0  # what was third is fourth now, second the same
    assert "text: 三" not in ledger.path("GZ2017-002").read_text("utf-8")
    clean(ledger, invoke)
    for which in ("0", "99", "abcd", "HEAD"):
        assert invoke(ledger, "undo", which).code == 2


def test_hand_edits_in_the_way_stay(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(2)
    invoke(ledger, *DEEDS[0])
    place = ledger.path("GZ2017-001")
    edited = place.read_text("utf-8") + "# 备注\n"
    place.write_text(edited, "utf-8")
    refused = invoke(ledger, "undo")
    assert refused.code == 1
    assert "有手工改动还没有保存，没有撤回。请先运行 ledger save" in refused.err
    assert place.read_text("utf-8") == edited
    other = ledger.path("GZ2017-002")
    place.write_text(edited.removesuffix("# 备注\n"), "utf-8")
    other.write_text(other.read_text("utf-8") + "# 别处\n", "utf-8")
    assert invoke(ledger, "undo").code == 0
    assert other.read_text("utf-8").endswith("# 别处\n")


def test_hand_edits_are_given_up_and_kept_beside(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(3)
    head = ledger.git("rev-parse", "HEAD")
    one, two = ledger.path("GZ2017-001"), ledger.path("GZ2017-002")
    before, edited = one.read_bytes(), one.read_bytes() + b"# 1\n"
    one.write_bytes(edited)
    two.unlink()
    ledger.write("data/sources/新.yaml", "title: 新\n")
    ledger.write("笔记.txt", "我的")
    done = invoke(ledger, "undo", "--edits", "001")
    assert (done.code, len(done.sentences)) == (0, 1), done.err
    assert one.read_bytes() == before
    copy = ledger.root / ".git/ledger/dropped/1/data/tasks/GZ2017/GZ2017-001.yaml"
    assert str(copy.parents[3]) in done.err
    assert copy.read_bytes() == edited
    assert not two.exists()
    assert invoke(ledger, "undo", "--edits").code == 0
    assert two.exists()
    assert ledger.git("status", "--porcelain", "-z") == "?? 笔记.txt\0"
    assert (ledger.root / ".git/ledger/dropped/2/data/sources/新.yaml").read_text("utf-8")
    assert invoke(ledger, "undo", "--edits").code == 2
    assert invoke(ledger, "undo", "--edits", "009").code == 2
    assert ledger.git("rev-parse", "HEAD") == head


def test_an_ending_that_means_several_gives_up_none(
    make_ledger: MakeLedger, invoke: Invoke
) -> None:
    ledger = make_ledger([{}, {"id": "GZ2017-011"}])
    places = [ledger.path("GZ2017-001"), ledger.path("GZ2017-011")]
    for place in places:
        place.write_bytes(place.read_bytes() + b"# 1\n")
    several = invoke(ledger, "undo", "--edits", "1")
    assert (several.code, len(several.sentences)) == (2, 1)
    assert all(place.read_bytes().endswith(b"# 1\n") for place in places)
    assert invoke(ledger, "undo", "--edits", "GZ2017-001").code == 0
    assert [place.read_bytes().endswith(b"# 1\n") for place in places] == [False, True]


def test_a_look_takes_nothing_back(make_ledger: MakeLedger, invoke: Invoke) -> None:
    ledger = make_ledger(2)
    invoke(ledger, *DEEDS[0])
    head = ledger.git("rev-parse", "HEAD")
    done = invoke(ledger, "undo", "--dry-run")
    assert (done.code, done.sentences) == (0, ["以上只是预览，什么也没有动。"])
    assert ledger.git("rev-parse", "HEAD") == head


def test_on_a_terminal_it_asks(make_ledger: MakeLedger, on_terminal: OnTerminal) -> None:
    ledger = make_ledger(2)
    head = ledger.git("rev-parse", "HEAD")
    ledger.git("commit", "--quiet", "--allow-empty", "-m", "空")
    assert on_terminal(ledger, ["undo"], answers=[("撤回这一步", "\n")]).code == 130
    assert on_terminal(ledger, ["undo"], answers=[("撤回这一步", "是\n")]).code == 0
    assert ledger.git("rev-parse", "HEAD~2") == head


class TestRefused:
    @pytest.fixture
    def ledger(self, make_ledger: MakeLedger) -> LedgerFolder:
        return make_ledger(2)

    def refused(self, invoke: Invoke, ledger: LedgerFolder, says: str) -> None:
        head, status = ledger.git("rev-parse", "HEAD"), ledger.git("status", "--porcelain")
        done = invoke(ledger, "undo")
        assert (done.code, len(done.sentences)) == (1, 1), done.err
        assert says in done.err
        assert (ledger.git("rev-parse", "HEAD"), ledger.git("status", "--porcelain")) == (
            head,
            status,
        )

    def test_nothing_was_done(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        self.refused(invoke, ledger, "是建账的第一步")

    def test_what_is_shared(self, ledger: LedgerFolder, invoke: Invoke, tmp_path: Path) -> None:
        server = tmp_path / "server.git"
        run_git(tmp_path, "clone", "--quiet", "--bare", str(ledger.root), str(server))
        ledger.git("remote", "add", "origin", str(server))
        invoke(ledger, *DEEDS[0])
        assert invoke(ledger, "sync").code == 0
        self.refused(invoke, ledger, "已经送到远端")

    def test_what_somebody_else_did(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        invoke(ledger, *DEEDS[0])
        ledger.git("config", "user.name", "条法司联络员")
        self.refused(invoke, ledger, "是办公室联络员办的，只能由他自己撤回")
        invoke(ledger, "progress", "002", "--text", "二")
        ledger.git("config", "user.name", "办公室联络员")
        self.refused(invoke, ledger, "是条法司联络员办的")
        done = invoke(ledger, "undo", "2")
        assert "条法司联络员又办过" in done.err

    def test_what_was_done_long_ago(
        self, ledger: LedgerFolder, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        invoke(ledger, *DEEDS[0])
        monkeypatch.setenv("LEDGER_TODAY", "2017-03-09")
        self.refused(invoke, ledger, "已经过了 7 天")

    def test_a_merge(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        invoke(ledger, *DEEDS[0])
        ledger.git("switch", "--quiet", "-c", "side", "HEAD~1")
        invoke(ledger, "progress", "002", "--text", "二")
        ledger.git("switch", "--quiet", "main")
        ledger.git("merge", "--quiet", "--no-edit", "side")
        self.refused(invoke, ledger, "是合并进来的")


class TestTheRulesAreNotGoneAround:
    """Whoever writes the trailer himself gets no more than `undo` gives."""

    def judged(self, invoke: Invoke, ledger: LedgerFolder, base: str, code: str) -> None:
        asked = (("check", "--base", base), ("audit", "--restart"))
        for command in asked:
            done = invoke(ledger, *command, "--json")
            codes = {each["code"] for each in done.json()["problems"]}
            assert code in codes, (command, done.out)

    def taken_back_by_hand(
        self, ledger: LedgerFolder, undone: str, change: Callable[[], object] = lambda: None
    ) -> None:
        """What `undo` would commit, and something more."""
        ledger.git("checkout", "--quiet", f"{undone}~1", "--", "data")
        change()
        ledger.git("add", "--all")
        ledger.git("commit", "--quiet", "-m", f"撤回\n\nLedger-Undoes: {undone}")

    def test_more_than_it_says(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger(2)
        invoke(ledger, *DEEDS[0])
        base = ledger.git("rev-parse", "HEAD").strip()
        self.taken_back_by_hand(
            ledger, base, lambda: ledger.write_task(id="GZ2017-002", title="另一件")
        )
        self.judged(invoke, ledger, base, "C010")

    def test_what_was_shared(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        """The push as a whole takes an entry away that the server has."""
        ledger = make_ledger(2)
        invoke(ledger, *DEEDS[0])
        base = ledger.git("rev-parse", "HEAD").strip()
        self.taken_back_by_hand(ledger, base)
        done = invoke(ledger, "check", "--base", base, "--json")
        assert "C010" in {each["code"] for each in done.json()["problems"]}

    def test_somebody_elses(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger(2)
        base = ledger.git("rev-parse", "HEAD").strip()
        invoke(ledger, *DEEDS[0])
        undone = ledger.git("rev-parse", "HEAD").strip()
        ledger.git("config", "user.name", "条法司联络员")
        self.taken_back_by_hand(ledger, undone)
        self.judged(invoke, ledger, base, "C010")

    def test_what_others_have_built_on(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger(2)
        base = ledger.git("rev-parse", "HEAD").strip()
        invoke(ledger, *DEEDS[0])
        undone = ledger.git("rev-parse", "HEAD").strip()
        ledger.git("config", "user.name", "条法司联络员")
        invoke(ledger, "progress", "002", "--text", "二")
        ledger.git("config", "user.name", "办公室联络员")
        place = ledger.path("GZ2017-001")
        place.write_text(
            ledger.git("show", f"{undone}~1:{place.relative_to(ledger.root)}"), "utf-8"
        )
        ledger.git("commit", "--quiet", "-a", "-m", f"撤回\n\nLedger-Undoes: {undone}")
        self.judged(invoke, ledger, base, "C010")

    def test_long_afterwards(
        self, make_ledger: MakeLedger, invoke: Invoke, clock: Callable[[str], None]
    ) -> None:
        ledger = make_ledger(2)
        base = ledger.git("rev-parse", "HEAD").strip()
        invoke(ledger, *DEEDS[0])
        clock("2017-03-09")
        self.taken_back_by_hand(ledger, ledger.git("rev-parse", "HEAD").strip())
        self.judged(invoke, ledger, base, "C010")

    def test_no_such_commit(self, make_ledger: MakeLedger, invoke: Invoke) -> None:
        ledger = make_ledger(2)
        base = ledger.git("rev-parse", "HEAD").strip()
        invoke(ledger, *DEEDS[0])
        place = ledger.path("GZ2017-001")
        place.write_text(ledger.git("show", f"{base}:{place.relative_to(ledger.root)}"), "utf-8")
        for trailer in ("0" * 40, "HEAD", "-x", ledger.git("rev-parse", "HEAD^{tree}").strip()):
            ledger.git("commit", "--quiet", "-a", "-m", f"撤回\n\nLedger-Undoes: {trailer}")
            self.judged(invoke, ledger, base, "C010")
            ledger.git("reset", "--soft", "HEAD~1")
