"""Which branch is the main one: whoever renames it, or never had it called main, opens nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.adapters.yaml.read import parse
from ledger.cli.app import run
from tests.conftest import LedgerFolder, run_git
from tests.copying import compact, copy_folder
from tests.forking import gated
from tests.story.judges import audited
from tests.story.proven import TODAY, WORKING, task

pytestmark = pytest.mark.xdist_group("gates")

LOG = [{"date": "2020-12-30", "by": "联络员", "text": "已印发"}]
BOTH = ("main", "main:trunk")


@pytest.fixture
def clone(proven: LedgerFolder) -> LedgerFolder:
    return proven


@pytest.fixture(scope="session")
def on_trunk(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, its server new and HEAD naming a branch that nobody has; the ledger is on trunk."""
    world = tmp_path_factory.mktemp("trunk") / "world"
    copy_folder(prepared, world)
    clone = LedgerFolder(world / "clone")
    run_git(world, "init", "--quiet", "--bare", "--initial-branch=main", "fresh.git")
    gated(world / "fresh.git")
    clone.git("remote", "set-url", "origin", "../fresh.git")
    names(clone, "trunk")
    clone.git("switch", "--quiet", "-c", "trunk")
    enters(clone, "trunk")
    compact(clone.root, world / "fresh.git")
    return world


@pytest.fixture
def fresh(on_trunk: Path, tmp_path: Path, clock: Callable[[str], None]) -> LedgerFolder:
    clock(TODAY.isoformat())
    copy_folder(on_trunk, tmp_path / "world")
    return LedgerFolder(tmp_path / "world" / "clone")


def pushed(clone: LedgerFolder, *refspecs: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "push", "origin", *refspecs]
    return subprocess.run(command, cwd=clone.root, capture_output=True, text=True, check=False)


def enters(clone: LedgerFolder, *refspecs: str) -> None:
    done = pushed(clone, *refspecs)
    assert done.returncode == 0, done.stderr


def refused(clone: LedgerFolder, message: str, *refspecs: str) -> None:
    """Fails unless a push is refused with some words, and nothing of it has entered."""
    before = clone.git("ls-remote", "origin")
    done = pushed(clone, *refspecs)
    assert done.returncode != 0, done.stderr
    assert message in done.stderr, done.stderr
    assert "fatal:" not in done.stderr
    assert "Traceback" not in done.stderr
    assert clone.git("ls-remote", "origin") == before


def names(clone: LedgerFolder, base: str) -> str:
    """Commit that another branch is the main one."""
    data = parse((clone.root / "ledger.yaml").read_bytes())
    clone.write("ledger.yaml", data | {"forge": {"base": base}})
    return clone.commit("换主分支")


def cheats(clone: LedgerFolder) -> str:
    """Commit a closing by nobody."""
    clone.write_task(**task(1, status="已销号"))
    return clone.commit("没有会议")


def works(clone: LedgerFolder) -> str:
    clone.write_task(**WORKING, progress=LOG)
    return clone.commit("进展")


# -- a server whose HEAD names a branch that nobody pushes ---------------------------------------


def test_a_main_branch_that_head_does_not_name_is_gated(fresh: LedgerFolder) -> None:
    cheats(fresh)
    refused(fresh, "C002", "trunk")
    refused(fresh, "主分支不能删除", ":trunk")
    refused(fresh, "C002", "trunk:main")  # it is no first push: trunk is the main branch
    fresh.git("reset", "--quiet", "--hard", "HEAD~")
    works(fresh)
    enters(fresh, "trunk")
    enters(fresh, "trunk:main")


def test_installing_again_settles_head(fresh: LedgerFolder) -> None:
    server = fresh.root.parent / "fresh.git"
    assert gated(server).head == "trunk"
    assert run_git(server, "symbolic-ref", "HEAD").strip() == "refs/heads/trunk"
    cheats(fresh)
    refused(fresh, "C002", "trunk")


def test_of_several_that_call_themselves_main_head_is_left_alone(fresh: LedgerFolder) -> None:
    names(fresh, "other")
    enters(fresh, "trunk:other")
    server = fresh.root.parent / "fresh.git"
    assert gated(server).head == ""
    cheats(fresh)
    for ref in ("other", "main"):
        refused(fresh, "C002", f"trunk:{ref}")


@pytest.mark.parametrize("base", ["next", "main", "main2/x"])
def test_the_only_main_branch_is_renamed_together_with_the_new_one(
    base: str, fresh: LedgerFolder
) -> None:
    names(fresh, base)
    refused(fresh, "请同时推送新的主分支", "trunk")
    enters(fresh, "trunk", f"trunk:{base}")
    cheats(fresh)
    refused(fresh, "C002", f"trunk:{base}")


def test_a_draft_that_calls_itself_main_is_judged_from_main(fresh: LedgerFolder) -> None:
    """Its first commits nobody has judged."""
    cheats(fresh)
    enters(fresh, "trunk:draft")
    names(fresh, "draft")
    refused(fresh, "C002", "trunk:draft")
    refused(fresh, "C002", "trunk:draft2", "trunk:draft")


# -- the main branch gets another name ------------------------------------------------------------


def test_the_first_push_of_the_new_main_branch_goes_on_from_the_old(clone: LedgerFolder) -> None:
    old = clone.git("rev-parse", "HEAD").strip()
    renamed = names(clone, "trunk")
    enters(clone, "main")
    cheats(clone)
    refused(clone, "C002", "main:trunk")
    orphan = clone.git("commit-tree", "HEAD^{tree}", "-m", "另一段").strip()
    refused(clone, "没有接着它最新的提交", f"{orphan}:refs/heads/trunk")
    refused(clone, "没有接着它最新的提交", f"{old}:refs/heads/trunk")
    enters(clone, f"{renamed}:refs/heads/trunk")
    refused(clone, "C002", "main:trunk")
    assert gated(clone.root.parent / "server.git").head == "trunk"


def test_both_in_one_push(clone: LedgerFolder) -> None:
    old = clone.git("rev-parse", "HEAD").strip()
    names(clone, "trunk")
    clone.git("branch", "cheat")
    clone.git("switch", "--quiet", "cheat")
    cheats(clone)
    refused(clone, "C002", "main", "cheat:trunk")
    clone.git("switch", "--quiet", "-c", "side", old)
    works(clone)
    refused(clone, "没有接着它最新的提交", "main", "side:trunk")
    enters(clone, *BOTH)
    refused(clone, "C002", "cheat:trunk")


def test_a_new_main_branch_that_was_prepared(clone: LedgerFolder) -> None:
    cheats(clone)
    enters(clone, "main:trunk")  # nobody's business as yet
    works(clone)
    clone.git("branch", "further")
    clone.git("reset", "--quiet", "--hard", "origin/main")
    names(clone, "trunk")
    refused(clone, "trunk 却有没经过门禁的内容", "main")
    refused(clone, "没有接着它最新的提交", "main", "further:trunk")
    enters(clone, ":trunk")
    enters(clone, "main")
    enters(clone, "main:trunk")


def test_a_prepared_branch_that_goes_on_from_main_is_judged(clone: LedgerFolder) -> None:
    renamed = names(clone, "trunk")
    clone.git("switch", "--quiet", "-c", "x")
    names(clone, "main")
    cheats(clone)
    enters(clone, "x:trunk")
    refused(clone, "C002", f"{renamed}:refs/heads/main")


def test_honest_renamings(clone: LedgerFolder) -> None:
    """Prepared at an older commit, then named, then pushed on from where main has ended."""
    old = clone.git("rev-parse", "HEAD").strip()
    enters(clone, "main:trunk")
    works(clone)
    names(clone, "trunk")
    enters(clone, "main")
    clone.git("switch", "--quiet", "-c", "past", old)
    clone.write("README.md", "绕过中间的")
    clone.commit("旁")
    refused(clone, "没有接着它最新的提交", "past:trunk")  # what main said since, it would not know
    enters(clone, "main:trunk")
    clone.git("switch", "--quiet", "main")
    clone.write("README.md", "以后")
    clone.commit("以后")
    enters(clone, "main:trunk")
    enters(clone, "main")
    assert audited(clone, old) == set()


def test_trunk_goes_first(clone: LedgerFolder) -> None:
    names(clone, "trunk")
    enters(clone, "main:trunk")
    enters(clone, "main")


def test_a_former_main_branch_renames_nothing(clone: LedgerFolder) -> None:
    """HEAD names it still, and so it could lead away from the newest meetings."""
    names(clone, "trunk")
    enters(clone, *BOTH)
    former = clone.git("rev-parse", "HEAD").strip()
    works(clone)
    enters(clone, "main:trunk")
    clone.git("reset", "--quiet", "--hard", former)
    names(clone, "own")
    refused(clone, "改名只能从它改起", "main")
    refused(clone, "没有接着它最新的提交", "main:own")


def test_back_to_a_former_main_branch(clone: LedgerFolder) -> None:
    """It has stayed behind: named alone, it would forget what came since."""
    names(clone, "trunk")
    enters(clone, *BOTH)
    works(clone)
    enters(clone, "main:trunk")
    gated(clone.root.parent / "server.git")
    names(clone, "main")
    refused(clone, "或者落后了", "main:trunk")
    enters(clone, "main:trunk", "main")


# -- a ledger below the top -----------------------------------------------------------------------


def moved_below(clone: LedgerFolder) -> None:
    clone.git("rm", "-r", "--quiet", "--cached", ".")
    (clone.root / "台账").mkdir()
    for name in ("ledger.yaml", "data"):
        (clone.root / name).rename(clone.root / "台账" / name)
    clone.commit("移")


def test_a_ledger_below_the_top_is_refused(clone: LedgerFolder) -> None:
    moved_below(clone)
    refused(clone, "台账在 台账 里，不在仓库的顶层，门禁和平台的检查都看不到", "main")
    place = clone.root.parent / "fresh.git"
    run_git(clone.root.parent, "init", "--quiet", "--bare", str(place))
    gated(place)
    clone.git("remote", "set-url", "origin", str(place))
    refused(clone, "台账在 台账 里", "main")  # also as a first push
    enters(clone, "main:draft")


def test_what_only_looks_like_a_ledger_below_enters(clone: LedgerFolder) -> None:
    place = clone.root.parent / "fresh.git"
    run_git(clone.root.parent, "init", "--quiet", "--bare", str(place))
    gated(place)
    clone.git("remote", "set-url", "origin", str(place))
    clone.git("switch", "--quiet", "--orphan", "code")
    clone.write("docs/ledger.yaml", "a: 1")
    clone.write("data/tasks/x", "")
    clone.commit("别的")
    enters(clone, "code:main")


# -- names that mislead git -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "ref",
    [
        "refs/heads/refs/heads/main",
        "refs/tags/refs/heads/main",
        "refs/refs/heads/main",
        "refs/notes/refs/x",
        "refs/remotes/refs/heads/main",
    ],
)
def test_a_name_that_ends_in_anothers_whole_name(ref: str, clone: LedgerFolder) -> None:
    refused(clone, "名称里又有一个 refs/", f"HEAD:{ref}")
    server = clone.root.parent / "server.git"
    run_git(server, "update-ref", ref, "refs/heads/main")
    enters(clone, f":{ref}")
    enters(clone, "HEAD:refs/heads/my-refs/x", "HEAD:refs/heads/x/refs/y")


def test_sync_says_which_name_misleads(
    clone: LedgerFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server, wrong = clone.root.parent / "server.git", "refs/tags/refs/heads/main"
    run_git(server, "update-ref", wrong, "refs/heads/main")
    works(clone)
    monkeypatch.chdir(clone.root)
    assert run(["sync"]) == 1
    message = capsys.readouterr().err
    assert f"上还有 {wrong}，git 分不清推送到它还是 refs/heads/main" in message
    assert "请管理员在服务器上删除它" in message
    assert "matches more than one" not in message
    enters(clone, f":{wrong}")
    assert run(["sync"]) == 0


# -- seals ----------------------------------------------------------------------------------------


def sealed(clone: LedgerFolder, name: str = "2020") -> str:
    assert run(["-C", str(clone.root), "seal", name]) == 0
    return f"refs/tags/seal/{name}"


def forged(change: Callable[[str], str]) -> Callable[[LedgerFolder], None]:
    def act(clone: LedgerFolder) -> None:
        ref = sealed(clone, "true")
        text = change(clone.git("cat-file", "tag", ref)).encode()
        made = clone.git("hash-object", "-t", "tag", "-w", "--literally", "--stdin", stdin=text)
        clone.git("update-ref", "refs/tags/seal/2099", made.strip())

    return act


def elsewhere(clone: LedgerFolder) -> None:
    cheats(clone)
    sealed(clone, "2099")


def plain(what: str) -> Callable[[LedgerFolder], None]:
    return lambda clone: clone.git("update-ref", "refs/tags/seal/2099", what) and None


def annotated(clone: LedgerFolder) -> None:
    clone.git("tag", "--annotate", "seal/2099", "-m", "x")


def of_a_tag(clone: LedgerFolder) -> None:
    ref = sealed(clone, "true")
    message = clone.git("cat-file", "tag", ref).split("\n\n", 1)[1]
    clone.git("tag", "--annotate", "--cleanup=verbatim", "seal/2099", ref, "-m", message)


def blob(clone: LedgerFolder) -> None:
    plain(clone.git("rev-parse", "HEAD:ledger.yaml").strip())(clone)


FORGERIES: dict[str, tuple[Callable[[LedgerFolder], None], str]] = {
    "a commit": (plain("HEAD"), "不是 ledger seal 作的封存"),
    "a file": (blob, "不是 ledger seal 作的封存"),
    "a tag of git's": (annotated, "没有写摘要"),
    "a tag of a seal": (of_a_tag, "不是 ledger seal 作的封存"),
    "a seal of another name": (forged(lambda text: text), "不是 ledger seal 作的封存"),
    "a commit elsewhere": (elsewhere, "不在主分支的历史里"),
    "another digest": (
        forged(lambda text: text.replace("tag seal/true", "tag seal/2099").replace(
            "sha256:", "sha256:" + "0" * 64 + "\n")), "对不上"),
    "another commit": (
        forged(lambda text: text.replace("tag seal/true", "tag seal/2099").replace(
            "Ledger-Commit: ", "Ledger-Commit: " + "0" * 40 + "\n")), "被移到了提交"),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGERIES)
def test_what_is_no_seal_does_not_enter_as_one(case: str, clone: LedgerFolder) -> None:
    act, reason = FORGERIES[case]
    act(clone)
    refused(clone, reason, "refs/tags/seal/2099")
    refused(clone, "不是 ledger seal 作的封存", "refs/tags/seal/2099:refs/tags/SEAL/2099")


def test_nobody_takes_the_folder_of_seals(clone: LedgerFolder) -> None:
    refused(clone, "不是 ledger seal 作的封存", f"{sealed(clone)}:refs/tags/seal")
    run_git(clone.root.parent / "server.git", "update-ref", "refs/tags/seal", "refs/heads/main")
    enters(clone, ":refs/tags/seal")
    enters(clone, "refs/tags/seal/2020")


def test_a_true_seal_enters_with_its_commit(clone: LedgerFolder) -> None:
    works(clone)
    ref = sealed(clone)
    refused(clone, "请先推送主分支", ref)
    enters(clone, "main", ref)
    refused(clone, "封存一经推送", f":{ref}")
    assert audited(clone) == set()
    enters(clone, sealed(clone, "年终/第2次"))
