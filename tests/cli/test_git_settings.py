"""Whatever a user has told git for his own eyes, the ledger reads and says the same."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Invoke, Outcome

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

# Settings that do not hide one another, each set tried on every command …
SETTINGS: dict[str, dict[str, str]] = {
    "log": {
        "log.abbrevCommit": "true", "log.date": "relative", "log.decorate": "full",
        "log.diffMerges": "combined", "log.mailmap": "false", "log.showSignature": "true",
        "log.graphColors": "red", "log.initialDecorationSet": "all", "format.pretty": "%s",
        "format.notes": "*", "core.abbrev": "4", "notes.displayRef": "*",
        "grep.patternType": "fixed", "i18n.logOutputEncoding": "gbk",
        "color.ui": "always", "color.diff": "always", "color.status": "always",
        "color.branch": "always", "color.decorate.HEAD": "red", "column.ui": "always",
        "column.status": "always row", "column.tag": "always",
        "status.branch": "true", "status.relativePaths": "false", "status.renames": "copies",
        "status.short": "true", "status.showStash": "true", "status.showUntrackedFiles": "no",
        "status.submoduleSummary": "true", "status.displayCommentPrefix": "true",
    },
    "diff": {
        "diff.colorMoved": "plain", "diff.context": "0", "diff.external": "false",
        "diff.ignoreSubmodules": "all", "diff.mnemonicPrefix": "true", "diff.noprefix": "true",
        "diff.orderFile": "{order}", "diff.relative": "true", "diff.renames": "copies",
        "diff.submodule": "log", "diff.suppressBlankEmpty": "true", "diff.algorithm": "patience",
        "diff.wordRegex": ".", "diff.autoRefreshIndex": "false", "i18n.commitEncoding": "gbk",
    },
    "core and others": {
        "core.quotePath": "true", "core.pager": "false", "core.autocrlf": "input",
        "core.safecrlf": "true", "core.untrackedCache": "true", "core.fsmonitor": "no-such-hook",
        "core.commitGraph": "false", "core.logAllRefUpdates": "false", "core.commentChar": ";",
        "core.warnAmbiguousRefs": "false", "core.preloadIndex": "false", "pager.log": "false",
        "core.splitIndex": "true", "alias.log": "!false", "alias.show": "!false",
        "blame.ignoreRevsFile": "/nowhere", "merge.conflictStyle": "diff3", "merge.ff": "only",
        "merge.renames": "false", "submodule.recurse": "true", "tag.sort": "-refname",
        "user.useConfigOnly": "true", "versionsort.suffix": "-", "commit.template": "/nowhere",
    },
}  # fmt: skip
# … and those that did harm, each alone, on the commands that it harmed.
ALONE = (
    ("log.follow", "true"), ("log.showRoot", "false"), ("log.diffMerges", "off"),
    ("diff.orderFile", "/nowhere"), ("diff.ignoreSubmodules", "all"),
    ("i18n.commitEncoding", "gbk"), ("i18n.logOutputEncoding", "gbk"),
)  # fmt: skip
HARMED = (("log", "002"), ("audit", "--restart"))
ENVIRONMENT = {
    "GIT_CONFIG_PARAMETERS": "'log.follow=true' 'log.showRoot=false'",
    "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "i18n.logOutputEncoding",
    "GIT_CONFIG_VALUE_0": "gbk", "GIT_DIFF_OPTS": "-u0", "GIT_DIR": "/nowhere/.git",
    "GIT_EXTERNAL_DIFF": "false", "GIT_ICASE_PATHSPECS": "1", "GIT_INDEX_FILE": "/nowhere/index",
    "GIT_NAMESPACE": "other", "GIT_PAGER": "false", "GIT_PAGER_IN_USE": "1",
    "GIT_WORK_TREE": "/nowhere", "GIT_CEILING_DIRECTORIES": "/", "GIT_NOTES_REF": "refs/notes/x",
    "GIT_OBJECT_DIRECTORY": "/nowhere/objects", "GIT_DEFAULT_HASH": "sha256", "GIT_TRACE": "1",
    "LANGUAGE": "zh_CN:de", "LC_ALL": "de_DE.UTF-8", "PAGER": "false",
}  # fmt: skip
# What pushing and committing takes from nobody: signing pushes and options that servers refuse,
# a mirror, a template that is not there, messages said to be in an encoding that they are not in.
SENDING = {
    "branch.autoSetupMerge": "always", "commit.cleanup": "scissors", "commit.status": "true",
    "commit.template": "/nowhere", "commit.verbose": "true", "core.autocrlf": "input",
    "core.safecrlf": "true", "fetch.output": "compact", "fetch.prune": "true",
    "fetch.pruneTags": "true", "fetch.recurseSubmodules": "true", "i18n.commitEncoding": "gbk",
    "push.default": "nothing", "push.followTags": "true", "push.gpgSign": "true",
    "push.negotiate": "true", "push.pushOption": "x", "push.recurseSubmodules": "check",
    "push.useForceIfIncludes": "true", "remote.origin.fetch": "+refs/heads/*:refs/heads/*",
    "remote.origin.mirror": "true", "remote.origin.prune": "true", "remote.origin.tagOpt": "--tags",
    "submodule.recurse": "true", "color.ui": "always", "diff.relative": "true",
}  # fmt: skip
READING = (
    ("list",), ("due", "--within", "9999d"), ("show", "001"), ("status", "--since", "2017-03-01"),
    ("log", "--since", "2017-01-01"), ("log", "002"), ("blame", "001"), ("diff", "HEAD~2"),
    ("show", "001", "--diff", "HEAD~1"), ("audit", "--restart"), ("check", "--base", "HEAD~1"),
    ("report", "weekly", "--week", "2017-W27"), ("verify", "一季度"), ("verify", "周报.md"),
    ("list", "--at", "2017-06-30", "--json"),
)  # fmt: skip
TODAY = ("--today", "2017-12-31")
Outcomes = dict[tuple[str, ...], Outcome]


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    """Makes settings those of the user."""

    def write(settings: dict[str, str]) -> None:
        order = tmp_path / "order"
        order.write_text("data/sources/*\n*.md\nledger.yaml\ndata/tasks/*/*2.yaml\n", "utf-8")
        place = tmp_path / "gitconfig"
        place.write_text("", "utf-8")
        for key, value in settings.items():
            filled = value.format(order=order)
            subprocess.run(["git", "config", "--file", str(place), key, filled], check=True)
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(place))

    return write


@dataclass(slots=True)
class Made:
    """The module's one history, and what the commands say of it where nothing is configured."""

    folder: Path
    plain: Outcomes | None = None


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("made") / "ledger")


@pytest.fixture
def history(make_ledger: MakeLedger, made: Made, invoke: Invoke) -> LedgerFolder:
    """A ledger with a merge, a moved file, a file gone, a submodule, a seal and a bulletin."""
    from tests.conftest import LedgerFolder

    if made.folder.exists():
        return LedgerFolder(made.folder)
    ledger = make_ledger(3, files={"data/tasks/GZ2017/.gitkeep": ""})
    ledger.write_task(id="GZ2017-001", title="第一季度，“引号”", leader="局长")
    ledger.commit("改：名称\n\nLedger-Op: edit\n", "2017-03-05")
    (ledger.root / "data/tasks/OLD").mkdir()
    ledger.git("mv", "data/tasks/GZ2017/GZ2017-002.yaml", "data/tasks/OLD/GZ2017-002.yaml")
    ledger.commit("移动", "2017-04-05")
    ledger.git("switch", "--quiet", "-c", "side")
    ledger.path("GZ2017-003").unlink()
    ledger.commit("删除", "2017-05-05")
    ledger.git("switch", "--quiet", "main")
    ledger.write_task(id="GZ2017-001", title="第二季度", leader="局长", status="推进中")
    main = ledger.commit("这边改", "2017-05-06")
    ledger.git("merge", "--quiet", "--no-ff", "-m", "合并 side (#1)", "side")
    ledger.git("update-index", "--add", "--cacheinfo", f"160000,{main},data/tasks/sub.yaml")
    ledger.git("commit", "--quiet", "-m", "子模块")
    assert invoke(ledger, *TODAY, "seal", "一季度").code == 0
    told = invoke(ledger, *TODAY, "report", "weekly", "--week", "2017-W27")
    (ledger.root / "周报.md").write_text(told.out, "utf-8")
    ledger.write_task(id="GZ2017-001", title="没有提交", leader="局长")
    ledger.root.rename(made.folder)
    return LedgerFolder(made.folder)


def outcomes(
    ledger: LedgerFolder, invoke: Invoke, commands: Sequence[tuple[str, ...]] = READING
) -> Outcomes:
    return {words: invoke(ledger, *TODAY, *words) for words in commands}


@pytest.fixture
def plain(history: LedgerFolder, made: Made, invoke: Invoke) -> Outcomes:
    """What the commands say where nothing is configured, asked once."""
    made.plain = made.plain or outcomes(history, invoke)
    return made.plain


def test_there_is_something_to_say(plain: Outcomes) -> None:
    assert len({str(each) for each in plain.values()}) == len(READING)


@pytest.mark.parametrize("settings", SETTINGS)
def test_reading(
    settings: str,
    history: LedgerFolder,
    plain: Outcomes,
    configure: Callable[[dict[str, str]], None],
    invoke: Invoke,
) -> None:
    configure(SETTINGS[settings])
    assert outcomes(history, invoke) == plain


@pytest.mark.parametrize(("key", "value"), ALONE)
def test_what_did_harm(
    key: str,
    value: str,
    history: LedgerFolder,
    plain: Outcomes,
    configure: Callable[[dict[str, str]], None],
    invoke: Invoke,
) -> None:
    configure({key: value})
    assert outcomes(history, invoke, HARMED) == {words: plain[words] for words in HARMED}


def test_reading_in_an_environment(
    history: LedgerFolder, plain: Outcomes, monkeypatch: pytest.MonkeyPatch, invoke: Invoke
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert outcomes(history, invoke) == plain


def test_writing_and_sending(
    make_ledger: MakeLedger,
    tmp_path: Path,
    configure: Callable[[dict[str, str]], None],
    invoke: Invoke,
) -> None:
    """Files with the line ends of another system, too; and only the main branch comes and goes."""
    ledger = make_ledger(2)
    server = tmp_path / "server.git"
    ledger.git("clone", "--quiet", "--bare", ".", str(server))
    ledger.git("remote", "add", "origin", str(server))
    ledger.git("branch", "mine")
    theirs = ledger.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "别人的").strip()
    ledger.git("push", "--quiet", "origin", f"{theirs}:refs/heads/main")
    task = ledger.path("GZ2017-001")
    task.write_bytes(task.read_bytes().replace(b"\n", b"\r\n"))
    configure(SENDING)
    assert invoke(ledger, *TODAY, "progress", "001", "--text", "已完成", "--by", "甲").code == 0
    done = invoke(ledger, *TODAY, "sync")
    assert done.code == 0, done.err
    configure({})
    assert ledger.git("for-each-ref", "--format=%(refname)").split() == [
        "refs/heads/main", "refs/heads/mine", "refs/remotes/origin/main",
    ]  # fmt: skip
    assert ledger.git("ls-remote", "origin", "refs/heads/*").split()[1::2] == ["refs/heads/main"]
    assert "进展 GZ2017-001" in ledger.git("log", "--format=%s", "--encoding=UTF-8")
    assert "encoding" not in ledger.git("cat-file", "commit", "HEAD^2")
    assert "已完成" in ledger.git("show", "origin/main:data/tasks/GZ2017/GZ2017-001.yaml")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[core\n", "第 1 行看不懂"),
        ('[user]\n  name = "办公室\n', "第 2 行看不懂"),
        ("[core]\n  fileMode = 也许\n", "git 的设置 core.filemode 不能是“也许”"),
        ("[core]\n  bigFileThreshold = 很大\n", "git 的设置 core.bigfilethreshold 不能是“很大”"),
    ],
)
def test_settings_that_git_cannot_read(
    written: str,
    told: str,
    history: LedgerFolder,
    plain: Outcomes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    invoke: Invoke,
) -> None:
    """No git command says anything then: the mistake is told, and nothing is taken for an answer.

    What needs no git (a list) may go on.
    """
    place = tmp_path / "gitconfig"
    place.write_text(written, "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(place))
    writing = (("progress", "001", "--text", "启动"), ("sync",), ("doctor",), ("seal", "二季度"))
    for words, outcome in outcomes(history, invoke, (*READING, *writing)).items():
        if outcome == plain.get(words) or (words == ("sync",) and "没有远端" in outcome.err):
            continue  # that is so, whatever else is set
        assert outcome.code == 1, (words, outcome)
        assert told in outcome.out + outcome.err, (words, outcome)
        assert "fatal" not in outcome.out + outcome.err, (words, outcome)
