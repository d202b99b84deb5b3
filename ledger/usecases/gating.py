"""The gate on the server, so that nobody gets around the tool: CI workflows and a hook."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.adapters import gitserver
from ledger.adapters.cache import Cache
from ledger.adapters.gitbranches import last_trailer
from ledger.adapters.gitprocess import MAX_BLOB
from ledger.adapters.gitrepo import bare_repo
from ledger.adapters.store import FileChange, make_executable
from ledger.adapters.templates import render
from ledger.errors import LedgerError, UsageError
from ledger.model.config import Forge, Gate
from ledger.model.paths import CONFIG_FILE
from ledger.model.problem import ERROR, Problem
from ledger.usecases.auditing import made_wrongly
from ledger.usecases.checking import check_push
from ledger.usecases.reading import Ledger, config_at, load, today_of
from ledger.usecases.sealing import PREFIX
from ledger.usecases.writing import Operation, alone, record

CI = ("forgejo", "gitea", "github", "gitlab")
CHECK = "台账检查"  # the check's name, on every forge
_WORKFLOWS = {
    "forgejo": (".forgejo/workflows/ledger.yml", "ci-actions.yml.j2", "docker"),
    "gitea": (".gitea/workflows/ledger.yml", "ci-actions.yml.j2", "ubuntu-latest"),
    "github": (".github/workflows/ledger.yml", "ci-actions.yml.j2", "ubuntu-latest"),
    "gitlab": (".gitlab-ci.yml", "ci-gitlab.yml.j2", ""),
}
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz")
_PRE_COMMIT = ".pre-commit-config.yaml"
_HEADS = "refs/heads/"
_MAIN = f"{_HEADS}{Forge().base}"
_SEALS = f"refs/tags/{PREFIX}"
_GATED_T = frozenset({"T001", "T002", "T003", "T004", "T005", "T007", "T009", "T010"})


@dataclass(frozen=True, slots=True)
class Installed:
    """A hook that was put in: into whose repository, where, and the branch HEAD was set to."""

    kind: str
    place: Path
    head: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A push that must not enter: the ref, why (Chinese), and the rules it breaks."""

    ref: str
    reason: str
    problems: tuple[Problem, ...] = ()


def gate_files(kinds: Iterable[str], settings: Gate) -> Iterator[tuple[str, bytes]]:
    """The CI workflows and the pre-commit configuration, path and content.

    Raises:
        LedgerError: the program is to come from a place that depends on where it is looked for.
    """
    _refuse_relative("gate.package", settings.package, _is_named(settings.package))
    _refuse_relative("gate.index", settings.index, False)
    values = {
        "check": CHECK,
        "package": settings.package,
        "image": settings.image,
        "from_index": _from_index(settings.index),
    }
    for kind in kinds:
        path, template, runner = _WORKFLOWS[kind]
        yield path, render(template, values | {"runner": settings.runner or runner}).encode()
    yield _PRE_COMMIT, render("pre-commit.yaml.j2", {}).encode()


def _is_named(package: str) -> bool:
    """Whether pip reads this as a package's name, and not as a file or folder.

    Source: pip takes what has a '/' or begins with '.' for a path, and the name of an archive.
    """
    return (
        "/" not in package
        and not package.startswith((".", "-"))
        and not (package.lower().endswith(_ARCHIVES))
    )


def _refuse_relative(key: str, place: str, named: bool) -> None:
    """Refuse a place that a request's own files could be, and so bring its own judge."""
    if not place or named or place.startswith("/") or "://" in place:
        return
    raise LedgerError(
        f"ledger.yaml 的 {key} 不能是相对路径“{place}”：合并请求可以在那里放自己的程序",
        hint="请写绝对路径，如 /srv/wheels，或者 https:// 开头的地址",
    )


def _from_index(index: str) -> str:
    """pip's options for where packages come from: an index, or a folder and nothing else."""
    if not index:
        return ""
    if index.startswith(("http://", "https://")):
        return f'--index-url "{index}" '
    return f'--no-index --find-links "{index}" '


@alone
def install_ci(ledger: Ledger, kinds: Sequence[str], commit: bool) -> list[str]:
    """Write the CI workflows that are missing or older settings have made; return their paths.

    Raises:
        LedgerError: a file of that name was written by hand, or changed (it is not overwritten).
    """
    changes = []
    for path, content in gate_files(kinds, load(ledger).config.gate):
        place = ledger.root / path
        if not place.exists():
            changes.append(FileChange(path, None, content))
        elif place.read_bytes() != content and path != _PRE_COMMIT:
            if not _generated(ledger, path, kinds):
                raise LedgerError(
                    f"{path} 已经有了，是手工写的或者改过，没有覆盖",
                    hint="请手工合并；不要原来的，先把它移开再试",
                )
            changes.append(FileChange(path, place.read_bytes(), content))
    record(ledger, changes, Operation("gate", "安装台账检查"), commit)
    return [change.path for change in changes]


def _generated(ledger: Ledger, path: str, kinds: Sequence[str]) -> bool:
    """Whether a file is as this program has left it.

    Either it is what `init` writes, whoever has committed that, or the program was the last to
    change it, and all of it is committed.
    """
    if (path, (ledger.root / path).read_bytes()) in gate_files(kinds, Gate()):
        return True
    if ledger.repo.has_changes([path]):
        return False
    return last_trailer(ledger.repo, path, "Ledger-Op") in ("init", "gate")


_CHECKS = {
    "github": CHECK,
    "gitlab": "流水线（设置里的“流水线必须成功”）",
}
# Workflow, job and event, as forges join them; Forgejo 7 calls the event `pull_request`.
_ACTIONS = f"{CHECK} / {CHECK} (pull_request*)"


def remaining(kinds: Iterable[str], base: str) -> tuple[str, ...]:
    """What is to be switched on in the forge itself, one Chinese sentence each."""
    checks = dict.fromkeys(_CHECKS.get(kind, _ACTIONS) for kind in kinds)
    return (
        f"保护主分支 {base}：谁也不能直接推送，管理员也不能越过规则强行合并",
        f"合并之前必须通过检查：{'，或 '.join(checks)}",
        "合并之前至少有一人批准，批准以后又改了的要重新批准",
        "主分支有了新的提交，合并请求先更新、重新检查，才能合并（过期的不能合并）",
        "只允许合并提交，不允许压缩、变基和快进合并",
        "运行器已经登记，装有 git、python3；没有写 gate.package 的，设好变量 LEDGER_PACKAGE",
    )


def install_hook(folder: Path) -> Installed:
    """Put the pre-receive hook into a bare repository, and make the main branch its own.

    A repository of a forge gets it where the forge lets further hooks run; the forge's own hooks
    and its default branch are left alone.

    Raises:
        UsageError: no bare repository there.
        LedgerError: there is another pre-receive hook, git would not run one that is put there, or
            the repository's owner may not run this program.
    """
    repo = bare_repo(folder)
    kind = gitserver.kind_of(repo)
    place = gitserver.hook_place(repo, kind)
    content = render("pre-receive.sh.j2", {"program": shlex.quote(sys.executable)}).encode()
    if (
        place.exists()
        and place.read_bytes() != content
        and b"ledger gate" not in place.read_bytes()
    ):
        raise LedgerError(
            f"{place} 已经有了，没有覆盖",
            hint="请管理员把它改成依次运行 pre-receive.d 里的各个钩子，原来的也放进去，再安装一次",
        )
    if owner := gitserver.kept_from(repo, sys.executable):
        raise LedgerError(
            f"仓库属于系统用户 {owner}，他运行不了 {sys.executable}（或里面的 ledger），没有安装",
            hint="推送时门禁用这个用户运行；请把 ledger 装到人人可以运行的文件夹，如 /opt/ledger，"
            "用那里的 ledger 再安装一次",
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    make_executable(place, content)
    ledger = Ledger(repo.root, repo, Cache(None))
    return Installed(kind, place, _settle_head(ledger) if kind == gitserver.PLAIN else "")


def _settle_head(ledger: Ledger) -> str:
    """Let HEAD name the main branch; return that branch's name where it did not before.

    Where only the branch that HEAD names has commits, it is the main branch and stays.
    """
    repo, head = ledger.repo, gitserver.head_ref(ledger.repo)
    base = _base_of(ledger, head) or _base_of(ledger, _MAIN) or Forge().base
    wanted = f"{_HEADS}{base}"
    if head == wanted or (
        head and gitserver.has_branch(repo, head) and not gitserver.has_branch(repo, wanted)
    ):
        return ""
    gitserver.set_head(repo, base)
    return base


def receive(folder: Path, lines: Iterable[str], now: dt.datetime) -> list[Refused]:
    """Judge a push, as git tells it to a pre-receive hook.

    Args:
        folder: the bare repository.
        lines: `<old> <new> <ref>` each.
        now: the server's own clock; the day it is by the ledger's time zone.

    Returns:
        What is refused; nothing when the push may enter. The main branch is gated, by whatever
        ref it is written to, and seals stay where they were put.

    Raises:
        LedgerError: nothing was said of any push: a hook before this one has read it away.
    """
    repo = bare_repo(folder, os.environ)
    ledger = Ledger(repo.root, repo, Cache(repo.state_dir()))
    pushed = [line.split() for line in lines if line.strip()]
    if not pushed or any(len(words) != 3 for words in pushed):
        raise LedgerError(
            "没有读到推送的内容，不能判断，一律拒收",
            hint="本命令由服务器的 pre-receive 钩子运行；前面的钩子读过标准输入的，要再传给它",
        )
    guarded = _guarded(ledger)
    refused: list[Refused] = []
    for old, new, ref in pushed:
        target = gitserver.written_to(repo, ref)
        if target in guarded:
            refused.extend(_refused(ledger, old, new, ref, now))
        elif target.casefold() in guarded and gitserver.ignores_case(repo):
            refused.append(Refused(ref, "和主分支只差大小写，在这台服务器上是同一个文件"))
        elif target.casefold().startswith(_SEALS) and old.strip("0"):
            refused.append(Refused(ref, "封存一经推送，不能移动，也不能删除"))
    return refused


def _guarded(ledger: Ledger) -> tuple[str, ...]:
    """The full names of the branches that are gated: the repository's own, and the main branch.

    The ledger's own word on which is the main branch adds to them and takes none away.
    """
    own = (gitserver.head_ref(ledger.repo), _MAIN)
    named = (f"{_HEADS}{base}" for base in (_base_of(ledger, each) for each in own) if base)
    return tuple(dict.fromkeys(each for each in (*own, *named) if each))


def _base_of(ledger: Ledger, ref: str) -> str:
    """The main branch's name as the ledger on a branch has it; empty where there is no ledger."""
    if not ref or not gitserver.has_branch(ledger.repo, ref):
        return ""
    if ledger.repo.file_at(ref, CONFIG_FILE, MAX_BLOB) is None:
        return ""
    return config_at(ledger, ledger.repo.resolve(ref)).forge.base


def _refused(ledger: Ledger, old: str, new: str, ref: str, now: dt.datetime) -> Iterator[Refused]:
    if not new.strip("0"):
        yield Refused(ref, "主分支不能删除")
        return
    before = old if old.strip("0") else ""
    if before and ledger.repo.merge_base(before, new) != before:
        yield Refused(ref, "主分支的历史不能改写（不是快进）；请先取回主分支再推送")
        return
    today = today_of(ledger, now, before or new)
    found = tuple(
        problem
        for problem in check_push(ledger, before, new, today)
        if problem.severity == ERROR and (problem.code in _GATED_T or problem.code[0] in "CDHS")
    )
    found = found or tuple(
        each for each in _made_wrongly(ledger, before, new) if each.severity == ERROR
    )
    if found:
        yield Refused(ref, f"违反台账规则（{len(found)} 处）", found)


def _made_wrongly(ledger: Ledger, old: str, new: str) -> Iterator[Problem]:
    """Closings that do not come by a merge, and signatures that are wanted and not there.

    A ledger's first push brings its history as it is.
    """
    return made_wrongly(ledger, old, new, ("H001", "H002", "H003")) if old else iter(())


def checked_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """The kinds of CI that were asked for.

    Raises:
        UsageError: one there is not.
    """
    for kind in kinds:
        if kind not in CI:
            raise UsageError(f"没有“{kind}”这种 CI", hint=f"可用的有：{'、'.join(CI)}")
    return tuple(kinds)
