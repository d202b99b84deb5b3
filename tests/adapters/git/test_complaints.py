"""What git says when it cannot write, told in Chinese; hooks that refuse, in their own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.adapters.git.commit import set_branch
from ledger.adapters.git.complaints import GitError, known
from ledger.adapters.git.library import make_tag
from ledger.adapters.git.process import run
from ledger.adapters.git.repo import find_repo
from ledger.adapters.git.words import complaint
from tests.adapters.git.test_repo import committed, hook
from tests.conftest import run_git

LOCK = "/x/.git/ledger/index.lock"
WORDS = {
    "fatal: unable to write loose object file: No space left on device": "磁盘已满",
    f"fatal: sha1 file '{LOCK}' write error. Out of diskspace": "磁盘已满",
    "error: file write error: No space left on device\nfatal: failed to write object": "磁盘已满",
    "error: unable to write file x: Disk quota exceeded": "超出了磁盘配额",
    f"fatal: Unable to create '{LOCK}': Read-only file system": "磁盘是只读的",
    "fatal: cannot lock ref 'refs/tags/seal/a': Unable to create '/x/a.lock': "
    "Read-only file system": "磁盘是只读的",
    "error: insufficient permission for adding an object to repository database .git/objects\n"
    "fatal: failed to write commit object": "没有写仓库的权限",
    f"fatal: Unable to create '{LOCK}': Permission denied": "没有写仓库的权限",
    f"fatal: Unable to create '{LOCK}': File exists.": "另一个 git 程序正在使用这个仓库",
    "error: gpg failed to sign the data\nerror: unable to sign the tag": "git 没能签名",
    "fatal: cannot run /none: No such file or directory\nerror: gpg failed to sign the data:\n"
    "fatal: failed to write commit object": "git 没能签名",
    "fatal: either user.signingkey or gpg.ssh.defaultKeyCommand needs to be configured":
        "git 没能签名",
    "error: Couldn't load public key /k: No such file or directory?": "git 没能签名",
    "fatal: failed to encode 'a b.txt' from UTF-16LE to UTF-8": "a b.txt 不是 .gitattributes",
    "fatal: BOM is required in 'x.txt' if encoded as UTF-16": "编码 UTF-16",
    "fatal: x.txt: clean filter 'lfs' failed": "文件 x.txt 要经过过滤程序 lfs",
    "fatal: cannot run .git/hooks/pre-commit: No such file or directory":
        "钩子 pre-commit 运行不了",
}  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_what_can_happen_to_anybody_is_told(words: str) -> None:
    error = known(Path("/x"), words)
    assert error is not None
    assert WORDS[words] in error.message
    assert error.hint
    assert not re.search(r"fatal|error|device", error.message)


@pytest.mark.parametrize("words", ["", "fatal: something new", "error: pathspec 'x' did not match"])
def test_other_words_are_left_alone(words: str) -> None:
    assert known(Path("/x"), words) is None


def test_a_full_disk_here_is_no_fault_of_the_server() -> None:
    here = complaint("origin", ["fatal: write error: No space left on device"])
    assert "磁盘已满" in here.message
    at_server = complaint("origin", ["remote: fatal: write error: No space left on device"])
    assert at_server.message.startswith("远端“origin”")


@pytest.fixture
def folder(make_repository: Callable[[str], Path]) -> Path:
    """A repository with one commit and a change of `a.yaml` that waits for the next."""
    made = make_repository("repo")
    (made / "a.yaml").write_text("1\n")
    run_git(made, "add", ".")
    run_git(made, "commit", "-qm", "first")
    (made / "a.yaml").write_text("2\n")
    return made


def refusal(folder: Path) -> GitError:
    """How a commit fails."""
    head = run_git(folder, "rev-parse", "HEAD")
    with pytest.raises(GitError) as caught:
        committed(find_repo(folder), ["a.yaml"], "改动")
    assert run_git(folder, "rev-parse", "HEAD") == head
    return caught.value


@pytest.mark.parametrize("name", ["pre-commit", "prepare-commit-msg", "commit-msg"])
@pytest.mark.parametrize("where", [".git/hooks", "own"])
def test_a_hook_that_refuses_is_named_and_speaks(folder: Path, name: str, where: str) -> None:
    if where != ".git/hooks":
        run_git(folder, "config", "core.hooksPath", where)
    place = folder / where / name
    place.parent.mkdir(exist_ok=True)
    place.write_text("#!/bin/sh\necho no task named\nprintf '\\033[31mfatal: 缺\\n' >&2\nexit 1\n")
    place.chmod(0o755)
    error = refusal(folder)
    assert error.message == f"仓库自己的钩子 {name} 拒绝了，它说：“no task named fatal: 缺”"
    assert "再运行一次" in error.hint


def test_a_hook_that_says_nothing(folder: Path) -> None:
    hook(folder, "pre-commit", "exit 1")
    hook(folder, "commit-msg", "exit 0")
    expected = "仓库自己的钩子 pre-commit 或 commit-msg 拒绝了，没有说明原因"
    assert refusal(folder).message == expected


def test_a_hook_that_guards_refs(folder: Path) -> None:
    hook(folder, "reference-transaction", "test $1 = prepared || exit 0; echo 冻结 >&2; exit 1")
    told = "仓库自己的钩子 reference-transaction 拒绝了，它说：“冻结"
    assert told in refusal(folder).message
    repo = find_repo(folder)
    with pytest.raises(GitError, match=told):
        make_tag(repo, "seal/a", "HEAD", "封存", sign=False)
    with pytest.raises(GitError, match=told):
        set_branch(repo, "x", repo.resolve("HEAD"))


def test_a_hook_that_cannot_be_run(folder: Path) -> None:
    hook(folder, "pre-commit", "")
    (folder / ".git" / "hooks" / "pre-commit").write_text("#!/none\n")
    assert refusal(folder).message == "仓库自己的钩子 pre-commit 运行不了"


def test_signing_that_fails(folder: Path) -> None:
    run_git(folder, "config", "gpg.program", "/bin/false")
    with pytest.raises(GitError, match="没能签名"):
        make_tag(find_repo(folder), "seal/a", "HEAD", "封存", sign=True)
    run_git(folder, "config", "commit.gpgSign", "true")
    assert refusal(folder).message == "git 没能签名"


def test_an_encoding_that_does_not_fit(folder: Path) -> None:
    (folder / ".gitattributes").write_text("*.yaml working-tree-encoding=UTF-16\n")
    assert "a.yaml 不是 .gitattributes 写明的编码 UTF-16" in refusal(folder).message


def test_unknown_words_stay_behind_the_right_name(folder: Path) -> None:
    with pytest.raises(GitError, match=r"^git 没有成功：error: pathspec 'none'"):
        run(folder, ("-c", "gc.auto=0", "-c", "a.b=c", "commit", "-m", "x", "--", "none"))
