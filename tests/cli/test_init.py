"""`ledger init`: in every kind of folder; what it makes works at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

MADE = {
    ".gitattributes", "README.md", "ledger.yaml", "data/schemas/task.json",
    "data/schemas/source.json", "data/schemas/decision.json", "data/schemas/ledger.json",
}  # fmt: skip


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user whom git knows."""
    config = tmp_path / "gitconfig"
    config.write_text("[user]\nname = 办公室主任\nemail = office@example.com\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))


@pytest.fixture
def unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user whom git does not know and must not guess."""
    config = tmp_path / "gitconfig"
    config.write_text("[user]\nuseConfigOnly = true\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))


def tracked(git: Callable[..., str], root: Path) -> set[str]:
    return set(git(root, "ls-files").splitlines())


@pytest.fixture
def git(make_ledger: MakeLedger) -> Callable[..., str]:
    """Runs git in any folder: `git(folder, "log")`."""
    ledger = make_ledger(name="elsewhere", commit=False)
    return lambda folder, *arguments: ledger.git("-C", str(folder), *arguments)


@pytest.mark.usefixtures("known")
class TestFolders:
    @pytest.mark.parametrize(
        "name",
        [
            "new",
            "some/where/new",
            "某 局/台 账 1",
            "a'b\"c",
            "a$HOME",
        ],
    )
    def test_new_folder(
        self, name: str, tmp_path: Path, invoke: Invoke, git: Callable[..., str]
    ) -> None:
        outcome = invoke(tmp_path, "init", name, "--organisation", "某局")
        assert (outcome.code, outcome.out) == (0, "")
        assert outcome.sentences[0] == f"台账建好了：{tmp_path / name}"
        root = tmp_path / name
        assert tracked(git, root) >= MADE
        assert git(root, "status", "--porcelain") == ""
        assert git(root, "branch", "--show-current").strip() == "main"
        message = git(root, "show", "-s", "--format=%B").strip().splitlines()
        assert (message[0], message[-1]) == ("新建台账 某局", "Ledger-Op: init")
        assert (invoke(root, "list").code, invoke(root, "doctor").code) == (0, 0)
        assert invoke(root, "--today", "2017-03-01").out.startswith("某局 台账 · 2017-03-01\n")

    def test_below_the_top_of_a_repository_it_says_so(
        self, tmp_path: Path, invoke: Invoke, git: Callable[..., str]
    ) -> None:
        (tmp_path / "repo" / "局" / "台账").mkdir(parents=True)
        git(tmp_path / "repo", "init", "--quiet")
        outcome = invoke(tmp_path, "init", "repo/局/台账")
        assert outcome.code == 0
        sentence = "它在仓库的 局/台账 里，不在顶层：门禁和平台的检查只管顶层的台账。"
        assert sentence in outcome.sentences
        assert not [each for each in invoke(tmp_path, "init", "new").sentences if "顶层" in each]

    def test_existing_empty_folder_and_the_current_one(
        self, tmp_path: Path, invoke: Invoke, git: Callable[..., str]
    ) -> None:
        folder = tmp_path / "empty"
        folder.mkdir()
        assert invoke(folder, "init").code == 0
        assert tracked(git, folder) >= MADE

    def test_folder_relative_to_the_one_of_the_command_line(
        self, tmp_path: Path, invoke: Invoke
    ) -> None:
        (tmp_path / "a").mkdir()
        assert invoke(tmp_path, "-C", "a", "init", "b").code == 0
        assert (tmp_path / "a" / "b" / "ledger.yaml").is_file()

    def test_repository_with_files_of_its_own(
        self, make_repository: Callable[[str], Path], invoke: Invoke, git: Callable[..., str]
    ) -> None:
        root = make_repository("own")
        (root / "README.md").write_text("自己的说明\n", encoding="utf-8")
        git(root, "add", "README.md")
        git(root, "commit", "--quiet", "-m", "自己的")
        (root / "README.md").write_text("自己的说明，改到一半\n", encoding="utf-8")
        (root / "staged.txt").write_text("x", encoding="utf-8")
        (root / "other.txt").write_text("x", encoding="utf-8")
        git(root, "add", "staged.txt")
        assert invoke(root, "init").code == 0
        assert git(root, "status", "--porcelain").splitlines() == [
            " M README.md",
            "A  staged.txt",
            "?? other.txt",
        ]
        assert (root / "README.md").read_text(encoding="utf-8") == "自己的说明，改到一半\n"
        assert git(root, "show", "HEAD:README.md") == "自己的说明\n"
        assert (invoke(root, "list").code, invoke(root, "doctor").code) == (0, 0)

    def test_folder_with_files_but_no_repository(
        self, tmp_path: Path, invoke: Invoke, git: Callable[..., str]
    ) -> None:
        folder = tmp_path / "files"
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "旧.xlsx").write_bytes(b"x")
        assert invoke(folder, "init").code == 0
        assert git(folder, "-c", "core.quotePath=false", "status", "--porcelain").splitlines() == [
            "?? data/旧.xlsx"
        ]

    def test_without_a_commit(
        self, tmp_path: Path, invoke: Invoke, git: Callable[..., str]
    ) -> None:
        assert invoke(tmp_path, "init", "new", "--no-commit").code == 0
        assert tracked(git, tmp_path / "new") == set()
        assert invoke(tmp_path / "new", "list").code == 0


@pytest.mark.usefixtures("known")
class TestRefused:
    def test_a_ledger_already(self, make_ledger: MakeLedger, refused: Invoke) -> None:
        ledger: LedgerFolder = make_ledger(1)
        refused(ledger, "init", code=1, says="已经是台账")
        refused(ledger.root.parent, "init", "ledger", code=1, says="已经是台账")

    def test_a_file(self, tmp_path: Path, refused: Invoke) -> None:
        (tmp_path / "file").write_text("x", encoding="utf-8")
        refused(tmp_path, "init", "file", code=1, says="是文件")
        refused(tmp_path, "init", "file/below", code=1, says="不是文件夹")

    def test_no_such_place(self, tmp_path: Path, refused: Invoke) -> None:
        refused(tmp_path, "init", "/proc/ledger", code=1, says="读写失败")


class TestIdentity:
    @pytest.mark.usefixtures("unknown")
    def test_nobody_known_leaves_the_files_and_says_what_to_do(
        self, tmp_path: Path, invoke: Invoke, git: Callable[..., str]
    ) -> None:
        outcome = invoke(tmp_path, "init", "new")
        assert outcome.code == 0
        assert "请运行 ledger who 姓名 --mail 邮箱，再运行 ledger save" in outcome.err
        root = tmp_path / "new"
        assert tracked(git, root) == set()
        assert invoke(root, "list").code == 0
        assert invoke(root, "status", "--json").json()["total"] == 0


@pytest.mark.usefixtures("known")
class TestContent:
    @pytest.mark.parametrize("name", ['a"b: #{{x}}', "一\n二: 三", "'", "{% x %}", "\\n", "null"])
    def test_any_name_of_an_organisation(self, name: str, tmp_path: Path, invoke: Invoke) -> None:
        assert invoke(tmp_path, "init", "new", "--organisation", name).code == 0
        text = (tmp_path / "new" / "ledger.yaml").read_text(encoding="utf-8")
        assert yaml.safe_load(text)["organisation"] == " ".join(name.split())
        assert invoke(tmp_path / "new", "doctor").code == 0

    def test_first_task_of_a_new_ledger(self, tmp_path: Path, invoke: Invoke) -> None:
        assert invoke(tmp_path, "init", "new").code == 0
        flags = ("--source", "GZ2017", "--source-title", "工作要点", "--title", "新的一项")
        assert invoke(tmp_path / "new", "add", *flags).code == 0
        rows = invoke(tmp_path / "new", "list", "--json").json()
        assert [row["id"] for row in rows] == ["GZ2017-001"]
        assert invoke(tmp_path / "new", "doctor").code == 0

    @pytest.mark.parametrize("setting", ["true", "input", "false"])
    def test_a_clone_that_changes_line_ends_changes_no_proof(
        self, setting: str, tmp_path: Path, invoke: Invoke, git: Callable[..., str]
    ) -> None:
        invoke(tmp_path, "init", "new", "--organisation", "某局")
        root = tmp_path / "new"
        flags = ("--source", "GZ2017", "--source-title", "工作要点", "--title", "印发办法")
        assert invoke(root, "add", *flags).code == 0
        for name, content in (("办法.txt", b"a\nb\n"), ("纪要.txt", b"a\r\nb\r\n")):
            (tmp_path / name).write_bytes(content)
            proof = invoke(root, "evidence", "add", "GZ2017-001", str(tmp_path / name))
            assert proof.code == 0, proof.err
        git(tmp_path, "-c", f"core.autocrlf={setting}", "clone", "-q", "new", "clone")
        git(tmp_path / "clone", "config", "core.autocrlf", setting)
        checked = invoke(tmp_path / "clone", "check")
        assert (checked.code, "T007" in checked.out) == (0, False), checked.out

    def test_schemas_are_those_of_the_program(self, tmp_path: Path, invoke: Invoke) -> None:
        assert invoke(tmp_path, "init", "new").code == 0
        for kind in ("task", "source", "decision", "ledger"):
            place = tmp_path / "new" / "data" / "schemas" / f"{kind}.json"
            assert place.read_text(encoding="utf-8") == invoke(tmp_path, "schema", kind).out
        place.write_text("{}", encoding="utf-8")
        findings = invoke(tmp_path / "new", "doctor", "--json").json()
        assert {f["subject"]: f["state"] for f in findings}["编辑器提示"] == "提示"
