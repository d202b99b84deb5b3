"""The gate on the server, so that nobody gets around the tool: CI workflows and a hook."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ledger.adapters.disk.store import FileChange, replace_file
from ledger.adapters.files.cache import Cache
from ledger.adapters.git import server as gitserver
from ledger.adapters.git.commit import has_changes, trailer
from ledger.adapters.git.repo import GitRepo, bare_repo
from ledger.adapters.templates import render
from ledger.errors import LedgerError, UsageError
from ledger.model.config import Gate
from ledger.model.paths import CONFIG_FILE, DATA
from ledger.model.record import dataclass
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import Ledger
from ledger.usecases.setup.mainline import MAIN, Heads, short
from ledger.usecases.writing.act import Operation, alone, record

CHECK = "台账检查"  # the check's name, on every forge
_WORKFLOWS = {
    "forgejo": (".forgejo/workflows/ledger.yml", "ci-actions.yml.j2", "docker"),
    "gitea": (".gitea/workflows/ledger.yml", "ci-actions.yml.j2", "ubuntu-latest"),
    "github": (".github/workflows/ledger.yml", "ci-actions.yml.j2", "ubuntu-latest"),
    "gitlab": (".gitlab-ci.yml", "ci-gitlab.yml.j2", ""),
}
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz")
_PRE_COMMIT = ".pre-commit-config.yaml"
_OLD_HOOK = "#!/bin/sh\n# 台账的门禁：{}\nexec {} -m ledger gate receive\n"


@dataclass(frozen=True, slots=True)
class Installed:
    """A hook that was put in: into whose repository, where, and the branch HEAD was set to."""

    kind: str
    place: Path
    head: str = ""


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
        f"{CONFIG_FILE} 的 {key} 不能是相对路径“{place}”：合并请求可以在那里放自己的程序",
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
        LedgerError: a file of that name was written by hand, or changed (it is not overwritten); or
            the ledger lies below the top of its repository, where no forge looks.
    """
    if below := ledger.repo.prefix():
        raise LedgerError(
            f"台账在仓库的 {below.rstrip('/')} 里，不在顶层，平台只认顶层的检查配置，没有写",
            hint=f"请把 {CONFIG_FILE} 和 {DATA} 移到仓库的顶层，或给台账单独建一个仓库",
        )
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
    if has_changes(ledger.repo, [path]):
        return False
    return trailer(ledger.repo, "HEAD", "Ledger-Op", path) in ("init", "gate")


_CHECKS = {"github": CHECK, "gitlab": "流水线（设置里的“流水线必须成功”）"}
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
        LedgerError: there is another pre-receive hook, git would not run one that is put there or
            run it for other repositories, or its owner may not run this program.
    """
    repo = bare_repo(folder)
    if not repo.is_on("core.bare"):
        raise UsageError(
            f"{folder} 是有工作区的仓库，不是裸仓库",
            hint="门禁装在服务器的裸仓库里；请用 git clone --bare 建一个，大家都推送到那里",
        )
    kind = gitserver.kind_of(repo)
    place = gitserver.hook_place(repo, kind)
    _refuse_foreign(place)
    if owner := gitserver.kept_from(repo, sys.executable):
        raise LedgerError(
            f"仓库属于系统用户 {owner}，他运行不了 {sys.executable}（或里面的 ledger），没有安装",
            hint="推送时门禁用这个用户运行；请把 ledger 装到人人可以运行的文件夹，如 /opt/ledger，"
            "用那里的 ledger 再安装一次",
        )
    head = _settle_head(repo, place) if kind == gitserver.PLAIN else ""
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_file(place, _hook(shlex.quote(sys.executable)).encode(), mode=0o755)
    return Installed(kind, place, head)


def _hook(program: str) -> str:
    return render("pre-receive.sh.j2", {"program": program})


def _refuse_foreign(place: Path) -> None:
    """Raise where a hook is there that is not wholly of this program's making."""
    if not os.path.lexists(place):
        return
    content = place.read_text("utf-8", errors="replace") if place.is_file() else ""
    word = r"([\w@%+=:,./-]+|'[^\n]*')"  # as shlex.quote writes it
    mark = "PROGRAM"
    now = re.escape(_hook(mark)).replace(mark, word, 1)
    then = re.escape(_OLD_HOOK).replace(r"\{\}", r"[^\n]*", 1).replace(r"\{\}", f"{word}(?: -P)?")
    for shape in (now, then):
        if (match := re.fullmatch(shape, content)) and _is_word(match[1]):
            return
    raise LedgerError(
        f"{place} 已经有了，没有覆盖",
        hint="请管理员把它改成依次运行 pre-receive.d 里的各个钩子，原来的也放进去，再安装一次",
    )


def _is_word(text: str) -> bool:
    """Whether a shell takes a text for one word and nothing else."""
    try:
        return [shlex.quote(each) for each in shlex.split(text)] == [text]
    except ValueError:
        return False


def _settle_head(repo: GitRepo, place: Path) -> str:
    """Let HEAD name the main branch; return that branch's name where it did not before.

    Where only the branch that HEAD names has commits, it is the main branch and stays.

    Raises:
        LedgerError: with that HEAD git looks for hooks elsewhere; HEAD stays as it was then.
    """
    heads, head = Heads(Ledger(repo.root, repo, Cache(None))), repo.branch_ref()
    if len(heads.lines) > 1:
        return ""  # which one it is nobody can tell
    main = heads.lines[0] if heads.lines else MAIN
    alone = not heads.lines and head in heads.before and main not in heads.before
    if head == main or alone:
        return ""
    before = gitserver.head_content(repo)
    gitserver.set_head(repo, short(main))
    if why := _moved(repo, place):
        gitserver.point_head(repo, before)
        raise LedgerError(
            f"HEAD 指向主分支 {short(main)} 以后，{why}",
            hint="请管理员去掉按分支（includeIf 的 onbranch）写的 core.hooksPath，再安装一次",
        )
    return short(main)


def _moved(repo: GitRepo, place: Path) -> str:
    """Why the hook's place is none any more (Chinese); empty where it still is."""
    try:
        now = gitserver.hook_place(repo, gitserver.PLAIN)
    except LedgerError as error:
        return error.message
    return "" if now == place else f"git 到 {now.parent} 去找钩子，没有安装"


def checked_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """The kinds of CI that were asked for.

    Raises:
        UsageError: one there is not.
    """
    for kind in kinds:
        if kind not in _WORKFLOWS:
            raise UsageError(f"没有“{kind}”这种 CI", hint=f"可用的有：{'、'.join(_WORKFLOWS)}")
    return tuple(kinds)
