"""What `sync --restore` takes back: names, ledger.yaml, meetings; and what it says before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.test_folding import (
    DAY,
    LOG,
    MEETING,
    TASK,
    head,
    item,
    meeting,
    server,
    spoil,
    subjects,
    tree,
    unmoved,
)
from tests.conftest import LedgerFolder, run_git
from tests.turns import turns

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Invoke, OnTerminal
    from tests.conftest import MakeClone

CONFIG = "ledger.yaml"


@pytest.fixture
def clone(make_clone: MakeClone) -> LedgerFolder:
    """Somebody's clone: 001 has a log, 002 and 003 are plain; all of it is at the server."""
    return make_clone([{"progress": LOG}, {}, {}], {"README.md": "台账\n"})


RENAMED = {
    "another number": "data/tasks/GZ2017/GZ2017-009.yaml",
    "small letters": "data/tasks/GZ2017/gz2017-001.yaml",
    "yml": "data/tasks/GZ2017/GZ2017-001.yml",
    "capitals": "data/tasks/GZ2017/GZ2017-001.YAML",
    "another folder": "data/tasks/ZG2020/GZ2017-001.yaml",
    "no task": "GZ2017-001.txt",
}


def rename(clone: LedgerFolder, new: str, was: str = TASK) -> None:
    """Give a file another name by hand, committed."""
    (clone.root / new).parent.mkdir(parents=True, exist_ok=True)
    clone.git("mv", was, new)
    clone.commit("改名")


def is_as_before(clone: LedgerFolder, before: str) -> bool:
    return tree(clone) == before and clone.git("status", "--porcelain") == ""


@pytest.mark.parametrize(("how", "asked"), turns(RENAMED, ("as told", "old", "new", "both", "id")))
def test_a_renaming_is_taken_back(
    how: str, asked: str, clone: LedgerFolder, invoke: Invoke
) -> None:
    before, new = tree(clone), RENAMED[how]
    rename(clone, new)
    message = unmoved(clone, invoke)
    assert f"  ledger sync --fold --restore {TASK}\n" in message  # one way, and this one works
    options = {
        "as told": ["--restore", TASK],
        "old": ["--restore", TASK],
        "new": ["--restore", new],
        "both": ["--restore", TASK, "--restore", new],
        "id": ["--restore", "GZ2017-001"],
    }
    done = invoke(clone, "sync", "--fold", *options[asked])
    assert done.code == 0, done.err
    assert f"已恢复 {TASK}，撤去 {new}。" in done.sentences
    assert is_as_before(clone, before)
    assert server(clone) == head(clone)


@pytest.mark.parametrize("how", ["another number", "yml"])
def test_a_renaming_is_taken_back_by_a_yes(
    how: str, clone: LedgerFolder, on_terminal: OnTerminal
) -> None:
    before, new = tree(clone), RENAMED[how]
    rename(clone, new)
    answers = [(f"把 {TASK} 恢复成出错以前的样子，撤去 {new}？", "是\n")]
    answers += [("并成一步？", "是\n")] if how == "yml" else []
    shown = on_terminal(clone, ["sync"], columns=160, answers=answers)
    assert shown.code == 0, shown.text
    assert is_as_before(clone, before)


def renumber(clone: LedgerFolder, how: str) -> None:
    """Give 001 another number by hand: in its file's name and within."""
    new = "data/tasks/GZ2017/GZ2017-009.yaml"
    text = clone.path("GZ2017-001").read_text("utf-8").replace("GZ2017-001", "GZ2017-009")
    if how == "copied first":
        clone.write(new, text)
        clone.commit("先复制")
    clone.path("GZ2017-001").unlink()
    if how == "deleted first":
        clone.commit("先删")
    more = "goal: 顺手改的\n" if how == "edited too" else ""
    clone.write(new, text + more)
    clone.commit("改号")


@pytest.mark.parametrize(
    ("how", "asked"),
    turns(("at once", "edited too", "copied first", "deleted first"), ("GZ2017-001", TASK)),
)
def test_a_task_renumbered_by_hand_leaves_no_copy(
    asked: str, how: str, clone: LedgerFolder, invoke: Invoke
) -> None:
    before = tree(clone)
    renumber(clone, how)
    assert f"  ledger sync --fold --restore {TASK}\n" in unmoved(clone, invoke)
    done = invoke(clone, "sync", "--fold", "--restore", asked)
    assert done.code == 0, done.err
    assert f"已恢复 {TASK}，撤去 data/tasks/GZ2017/GZ2017-009.yaml。" in done.sentences
    assert is_as_before(clone, before)
    assert server(clone) == head(clone)


def test_another_task_that_is_new_stays(clone: LedgerFolder, invoke: Invoke) -> None:
    clone.write_task(id="GZ2017-009", title="另一个事项")
    clone.path("GZ2017-001").unlink()
    clone.commit("删一个，加一个")
    assert invoke(clone, "sync", "--fold", "--restore", "GZ2017-001").code == 0
    assert clone.path("GZ2017-001").exists()
    assert clone.path("GZ2017-009").exists()


def test_a_folder_renamed_by_hand(clone: LedgerFolder, invoke: Invoke) -> None:
    for number in range(4, 9):
        clone.write_task(id=f"GZ2017-00{number}")
    clone.commit("更多的事项")
    assert invoke(clone, "sync").code == 0
    before = tree(clone)
    clone.git("mv", "data/tasks/GZ2017", "data/tasks/工作要点")
    clone.commit("文件夹改名")
    message = unmoved(clone, invoke)
    (told,) = (line for line in message.splitlines() if line.startswith("  ledger sync --fold"))
    assert told.count("--restore") == 8
    done = invoke(clone, *told.split()[1:])
    assert done.code == 0, done.err
    assert is_as_before(clone, before)


def test_all_that_a_wrong_commit_changed_may_be_restored(
    clone: LedgerFolder, invoke: Invoke
) -> None:
    clone.write("README.md", "新的说明\n")
    clone.write_task(id="GZ2017-002", goal="新的目标")
    spoil(clone, "log")
    message = unmoved(clone, invoke)
    assert "README.md" not in message
    assert "GZ2017-002" not in message
    options = ("--restore", "README.md", "--restore", "2", "--restore", "1")
    assert invoke(clone, "sync", "--fold", *options).code == 0
    assert (clone.root / "README.md").read_text("utf-8") == "台账\n"
    assert "新的目标" not in clone.path("GZ2017-002").read_text("utf-8")
    refused = invoke(clone, "sync", "--restore", "GZ2017-003")
    assert refused.sentences[0] == "没有要并步的提交，也没有要恢复的文件。"


def break_config(clone: LedgerFolder, how: str) -> None:
    """Spoil ledger.yaml by hand, committed."""
    place = clone.root / CONFIG
    if how == "broken":
        clone.write(CONFIG, "organisation: [")
    elif how == "no mapping":
        clone.write(CONFIG, "- 1\n")
    elif how == "link":
        place.unlink()
        place.symlink_to("README.md")
    elif how == "loose link":
        place.unlink()
        place.symlink_to("nowhere")
    elif how == "yml":
        place.rename(clone.root / "ledger.yml")
    else:
        place.unlink()
    clone.commit("弄坏设置")


BROKEN = ["broken", "no mapping", "link", "loose link", "yml", "deleted"]


@pytest.mark.parametrize(
    ("how", "options"), turns(BROKEN, (("--fold", "--restore"), ("--restore",)))
)
def test_a_broken_ledger_yaml_is_taken_back(
    options: tuple[str, ...], how: str, clone: LedgerFolder, invoke: Invoke
) -> None:
    before = tree(clone)
    break_config(clone, how)
    bad = head(clone)
    message = unmoved(clone, invoke)
    assert f"提交 {bad[:8]}（{DAY}，办公室联络员：弄坏设置）" in message
    assert f"  ledger sync --fold --restore {CONFIG}\n" in message
    assert "ledger init" not in message
    done = invoke(clone, "sync", *options, CONFIG)
    assert done.code == 0, done.err
    assert is_as_before(clone, before)
    assert server(clone) == head(clone)
    assert invoke(clone, "list").code == 0
    assert clone.git("rev-parse", f"refs/ledger/folded/{head_kept(clone)}^").strip() == bad


def head_kept(clone: LedgerFolder) -> str:
    """The last part of the ref that keeps the old commits."""
    return clone.git("for-each-ref", "--format=%(refname)", "refs/ledger/folded/").strip()[-12:]


def test_a_broken_ledger_yaml_is_taken_back_by_a_yes(
    clone: LedgerFolder, on_terminal: OnTerminal
) -> None:
    before = tree(clone)
    break_config(clone, "deleted")
    answers = [(f"把 {CONFIG} 恢复成出错以前的样子？", "是\n"), ("并成一步？", "是\n")]
    shown = on_terminal(clone, ["sync"], columns=160, answers=answers)
    assert shown.code == 0, shown.text
    assert is_as_before(clone, before)


def test_others_have_gone_on_while_ledger_yaml_was_broken(
    clone: LedgerFolder, invoke: Invoke, tmp_path: Path
) -> None:
    other = LedgerFolder(tmp_path / "other")
    run_git(tmp_path, "clone", "--quiet", "server.git", "other")
    other.write_task(id="GZ2017-003", goal="同事写的")
    other.git("config", "user.name", "同事")
    other.commit("同事的修改", email="other@example.com")
    other.git("push", "--quiet", "origin", "main")
    break_config(clone, "broken")
    assert "弄坏设置" in unmoved_but_fetched(clone, invoke)
    assert invoke(clone, "sync", "--fold", "--restore", CONFIG).code == 0
    assert "同事写的" in clone.path("GZ2017-003").read_text("utf-8")
    assert server(clone) == head(clone)


def unmoved_but_fetched(clone: LedgerFolder, invoke: Invoke) -> str:
    before = head(clone), server(clone)
    refused = invoke(clone, "sync")
    assert (refused.code, head(clone), server(clone)) == (1, *before)
    return refused.err


def test_a_ledger_yaml_mended_by_hand_is_folded(clone: LedgerFolder, invoke: Invoke) -> None:
    break_config(clone, "deleted")
    clone.git("checkout", "--quiet", "HEAD~1", "--", CONFIG)
    clone.commit("放回来")
    assert "  ledger sync --fold\n" in unmoved(clone, invoke)
    assert invoke(clone, "sync", "--fold").code == 0
    assert len(subjects(clone)) == 2


@pytest.mark.parametrize("command", [("list",), ("status",), ("doctor",), ("check",), ("sync",)])
def test_nobody_is_sent_to_init_who_has_a_ledger(
    command: tuple[str, ...], clone: LedgerFolder, invoke: Invoke
) -> None:
    place = clone.root / CONFIG
    place.unlink()
    outcome = invoke(clone, *command)
    assert outcome.code == 1
    told = outcome.out + outcome.err
    assert "没有 ledger.yaml 这个文件，最后一次提交里还有" in told
    assert "ledger doctor --fix 取回" in told
    assert "ledger init" not in told
    good = head(clone)
    clone.commit("删掉")
    bad = head(clone)
    clone.write("README.md", "后来的\n")
    clone.commit("后来的")
    outcome = invoke(clone.root / "data", *command)  # wherever below
    assert outcome.code == 1
    told = outcome.out + outcome.err
    assert bad[:8] in told
    assert f"ledger sync --fold --restore {CONFIG}" in told
    assert "ledger init" not in told
    if command != ("sync",):
        assert "运行 ledger doctor --fix 取回，再运行 ledger save" in told
    assert "已修好" in invoke(clone, "doctor", "--fix").out
    assert invoke(clone, "list").code == 0
    assert clone.git("show", f"{good}:{CONFIG}") == place.read_text(encoding="utf-8")
    assert invoke(clone, "save", "-m", "取回").code == 0
    assert clone.git("status", "--porcelain") == ""


def test_nobody_else_has_it_to_sync_with(clone: LedgerFolder, invoke: Invoke) -> None:
    """Without a remote, or where it was pushed, nothing can be folded: it is to be put back."""
    break_config(clone, "deleted")
    clone.git("remote", "remove", "origin")
    outcome = invoke(clone, "sync")
    assert outcome.code == 1
    assert "运行 ledger doctor --fix 取回，再运行 ledger save" in outcome.err


@pytest.mark.parametrize("how", ["broken", "deleted"])
def test_what_is_not_committed_is_put_back(how: str, clone: LedgerFolder, invoke: Invoke) -> None:
    if how == "broken":
        clone.write(CONFIG, "organisation: [")
    else:
        (clone.root / CONFIG).unlink()
    outcome = invoke(clone, "sync")
    assert outcome.code == 1
    command = ("undo", "--edits", CONFIG) if how == "broken" else ("doctor", "--fix")
    assert f"ledger {' '.join(command)}" in outcome.err
    assert invoke(clone, *command).code == 0
    assert clone.git("status", "--porcelain") == ""


def test_a_folder_that_never_was_a_ledger(make_repository: object, invoke: Invoke) -> None:
    folder = make_repository("plain")  # type: ignore[operator]
    assert "ledger init" in invoke(folder, "list").err
    (folder / "x").write_text("1")
    run_git(folder, "add", "x")
    run_git(folder, "commit", "--quiet", "-m", "x")
    outcome = invoke(folder, "list")
    assert (outcome.code, "ledger init" in outcome.err) == (1, True)


def test_a_preview_says_what_would_be_done(clone: LedgerFolder, invoke: Invoke) -> None:
    def seen(*options: str, code: int = 0) -> list[str]:
        before = (clone.git("for-each-ref"), tree(clone), server(clone))
        outcome = invoke(clone, "sync", "--dry-run", *options)
        assert outcome.code == code, outcome.err
        assert (clone.git("for-each-ref"), tree(clone), server(clone)) == before
        assert clone.git("status", "--porcelain") == ""
        assert "没有要并步的提交" not in outcome.err
        return outcome.sentences

    spoil(clone, "log")
    advice = f"  ledger sync --fold --restore {TASK}"
    lines = seen("--fold", "--restore", "001")
    assert lines[-3] == f"将恢复 {TASK}。"
    assert lines[-2] == "将把 2 个提交并成一步，文件内容不变，再送出。"
    assert lines[-1] == "以上只是预览，什么也没有动。"
    assert advice in seen("--restore", "001", code=1)
    assert advice in seen("--fold", code=1)
    clone.git("checkout", "--quiet", "HEAD~1", "--", TASK)
    clone.commit("改回来")
    lines = seen("--fold")
    assert lines[-2] == "将把 2 个提交并成一步，文件内容不变，再送出。"
    assert invoke(clone, "sync", "--fold").code == 0
    rename(clone, RENAMED["another number"])
    lines = seen("--restore", "001")  # by itself no commit is wrong
    assert lines[-2] == f"将恢复 {TASK}，撤去 {RENAMED['another number']}，再送出。"
    renames = invoke(clone, "sync", "--restore", "001")
    assert renames.code == 0, renames.err
    assert invoke(clone, "sync", "--dry-run", "--fold").sentences[0] == (
        "没有要并步的提交，也没有要恢复的文件。"
    )


def edit_meeting(clone: LedgerFolder) -> None:
    clone.write(MEETING, meeting(item("GZ2017-002", "不同意")))
    clone.commit("会")
    clone.write(MEETING, meeting(item("GZ2017-002", "继续整改")))
    clone.commit("改会")


def test_an_edited_meeting_is_put_back_as_it_was_told(
    clone: LedgerFolder, invoke: Invoke, on_terminal: OnTerminal
) -> None:
    edit_meeting(clone)
    bad = head(clone)
    message = unmoved(clone, invoke)
    assert "登记过的会议不能改，也不能撤" in message
    assert f"  ledger sync --fold --restore {MEETING}\n" in message
    asked = f"把 {MEETING} 恢复成出错以前的样子？"
    shown = on_terminal(clone, ["sync"], columns=160, answers=[(asked, "\n")])
    assert (shown.code, head(clone)) == (1, bad)
    assert f"  ledger sync --fold --restore {MEETING}" in shown.lines
    answers = [(asked, "是\n"), ("并成一步？", "是\n")]
    shown = on_terminal(clone, ["sync"], columns=160, answers=answers)
    assert shown.code == 0, shown.text
    assert clone.load().decisions[0].record.items[0].result == "不同意"
    assert server(clone) == head(clone)


def test_a_tag_is_a_seal_only_where_it_is_called_so(clone: LedgerFolder, invoke: Invoke) -> None:
    spoil(clone, "log")
    bad = head(clone)
    clone.git("checkout", "--quiet", "HEAD~1", "--", TASK)
    clone.commit("改回来")
    clone.git("tag", "note", bad)
    message = unmoved(clone, invoke, "--fold")
    assert f"标签 note 指着的历史里有提交 {bad[:8]}，不能只改一处。" in message
    assert "这个标签不用了的，请管理员删除它" in message
    assert "封存" not in message
    clone.git("tag", "seal/2017", bad)
    assert "已经封存在标签 seal/2017 里" in unmoved(clone, invoke, "--fold")
    clone.git("tag", "-d", "note", "seal/2017")
    assert invoke(clone, "sync", "--fold").code == 0


def merged_branches(clone: LedgerFolder, *names: str) -> str:
    """Merge a branch with a mistake, and others beside it; the wrong commit."""
    for name in names:
        clone.git("switch", "--quiet", "--create", name, "main")
        if name == names[0]:
            spoil(clone, "log")
        else:
            clone.write(f"{name}.md", "1\n")
            clone.commit(name)
    clone.git("switch", "--quiet", "main")
    clone.write("README.md", "新的\n")
    clone.commit("主分支也动了")
    clone.git("merge", "--quiet", "--no-ff", "-m", "合并", *names)
    return clone.git("rev-parse", names[0]).strip()


@pytest.mark.parametrize("names", [("b",), ("b", "c"), ("我的分支",)])
def test_a_branch_that_is_merged_already_is_to_go(
    names: tuple[str, ...], clone: LedgerFolder, invoke: Invoke
) -> None:
    bad = merged_branches(clone, *names)
    message = unmoved(clone, invoke, "--fold", "--restore", "001")
    assert f"分支 {names[0]} 上也有提交 {bad[:8]}，不能只改一处。" in message
    assert "请先合并" not in message
    assert (
        f"已经合并过了，请运行 ledger close --drop {names[0]} 删除它，然后再运行一次。" in message
    )
    assert invoke(clone, "close", "--drop", names[0]).code == 0
    done = invoke(clone, "sync", "--fold", "--restore", "001")
    assert done.code == 0, done.err
    assert server(clone) == head(clone)
    assert "启动" in clone.path("GZ2017-001").read_text("utf-8")
    assert (clone.root / "README.md").read_text("utf-8") == "新的\n"


def test_a_branch_in_another_work_tree(clone: LedgerFolder, invoke: Invoke, tmp_path: Path) -> None:
    spoil(clone, "log")
    place = tmp_path / "another"
    clone.git("worktree", "add", "--quiet", "-b", "other", str(place))
    message = unmoved(clone, invoke, "--fold", "--restore", "001")
    assert f"请移走用它的文件夹 {place}，再运行 ledger close --drop other" in message
    assert "正在使用" in invoke(clone, "close", "--drop", "other").err
    place.rename(place.with_name("elsewhere"))
    assert invoke(clone, "close", "--drop", "other").code == 0
    assert invoke(clone, "sync", "--fold", "--restore", "001").code == 0
