"""A bare repository on a server: where hooks run, which branch is its own, where refs lead."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ledger.adapters.git.repo import GitRepo
from ledger.errors import LedgerError

PLAIN, GITEA, GITLAB = "裸仓库", "Gitea 或 Forgejo 的仓库", "GitLab 的仓库"
_HOOK = "pre-receive"
_OWN = "ledger"  # our file's name where a forge lets several hooks run
_MOST_LINKS = 5  # git follows as many (SYMREF_MAXDEPTH)
_MOST_BYTES = 1_000_000
_SYMBOLIC = "ref: "
_KINDS = ("commit", "tree", "blob", "tag")


def kind_of(repo: GitRepo) -> str:
    """Whose repository it is: `PLAIN`, `GITEA` or `GITLAB`.

    Source: Gitea's and Forgejo's own pre-receive runs each file of `hooks/pre-receive.d`; Gitaly
    runs those of `custom_hooks/pre-receive.d` and keeps repositories below `@hashed`.
    """
    place = repo.git_dir
    if (place / "custom_hooks").is_dir() or "@hashed" in place.parts:
        return GITLAB
    if _dispatches(place / "hooks" / _HOOK):
        return GITEA
    return PLAIN


def hook_place(repo: GitRepo, kind: str) -> Path:
    """Where the gate's hook belongs, so that it runs and no hook of the forge is touched.

    Raises:
        LedgerError: git is told to look for hooks elsewhere, so that none put here would ever run;
            or what is put here would run for other repositories, too.
    """
    if kind == GITLAB:
        place = repo.git_dir / "custom_hooks" / f"{_HOOK}.d" / _OWN
    else:
        used = _used_hooks(repo)
        place = used / f"{_HOOK}.d" / _OWN if kind == GITEA else used / _HOOK
    if not (shared := place.parent.resolve()).is_relative_to(repo.git_dir):
        raise LedgerError(
            f"{place.parent} 是链接，指向 {shared}，那里的钩子对链接到它的每个仓库都运行，没有安装",
            hint="请先把链接换成这个仓库自己的文件夹，需要的钩子照样放进去，再安装一次",
        )
    return place


def _used_hooks(repo: GitRepo) -> Path:
    """The folder where git looks for this repository's hooks.

    Raises:
        LedgerError: it is none of this repository's.
    """
    own = repo.git_dir / "hooks"
    path = repo.run("rev-parse", "--git-path", f"hooks/{_HOOK}").decode(errors="surrogateescape")
    used = (repo.root / path.rstrip("\n")).parent  # of an empty core.hooksPath it is the root
    if used.resolve() == own.resolve() or used.resolve().is_relative_to(repo.git_dir):
        return used
    raise LedgerError(
        f"git 的 core.hooksPath 指向 {used.resolve()}，这个仓库自己的钩子不会运行，没有安装",
        hint="请管理员取消这项设置（git config --show-origin core.hooksPath 可看它写在哪里），"
        "或在那里的 pre-receive 中调用 ledger gate receive",
    )


def kept_from(repo: GitRepo, python: str) -> str:
    """The owner of the repository where he may not run the program; else empty.

    Hooks run as who owns the repository (a forge's account). Only root can ask for somebody else.

    Args:
        python: the interpreter that the program is installed for.
    """
    of = repo.git_dir.stat()
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or of.st_uid == 0:
        return ""
    try:
        subprocess.run(
            [python, "-P", "-m", "ledger", "--version"],
            cwd="/",
            capture_output=True,
            check=True,
            user=of.st_uid,
            group=of.st_gid,
            extra_groups=(),
        )
    except (OSError, subprocess.CalledProcessError):
        return _name_of(of.st_uid)
    return ""


def _name_of(uid: int) -> str:
    import pwd  # not on Windows, where nobody is root

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # an account of another machine
        return str(uid)


def set_head(repo: GitRepo, branch: str) -> None:
    """Make a branch the repository's own, whether it is there already or not."""
    repo.run("symbolic-ref", "-m", "ledger gate install", "HEAD", f"refs/heads/{branch}")


def head_content(repo: GitRepo) -> str:
    """Where HEAD points, so that it can be put back."""
    return (repo.git_dir / "HEAD").read_text("utf-8", errors="surrogateescape").strip()


def point_head(repo: GitRepo, content: str) -> None:
    """Put HEAD back where `head_content` has found it."""
    if content.startswith(_SYMBOLIC):
        repo.run("symbolic-ref", "HEAD", content.removeprefix(_SYMBOLIC))
    else:
        repo.run("update-ref", "--no-deref", "HEAD", content)


def kinds(repo: GitRepo, names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Objects by what names them: their id and what they are (`commit`); what is missing is not in.

    Args:
        names: object ids, or places in the trees of some (`<id>:ledger.yaml`).
    """
    if not names:
        return {}
    asked = "".join(f"{each}\n" for each in names).encode(errors="surrogateescape")
    how = ("cat-file", "--batch-check=%(objectname) %(objecttype)")
    lines = repo.run(*how, stdin=asked).decode(errors="surrogateescape").splitlines()
    objects = {}
    for name, line in zip(names, lines, strict=True):
        oid, _, kind = line.rpartition(" ")
        if kind in _KINDS:
            objects[name] = (oid, kind)
    return objects


def written_to(repo: GitRepo, ref: str) -> str:
    """The full name of the ref that a push to `ref` writes to: symbolic refs are followed."""
    for _ in range(_MOST_LINKS):
        target = repo.run("symbolic-ref", "--quiet", ref, ok=(0, 1, 128))
        if not target.strip():
            break
        ref = target.decode(errors="surrogateescape").strip()
    return ref


def _dispatches(hook: Path) -> bool:
    """Whether a hook only runs those of a folder beside it, as forges' hooks do."""
    if not hook.is_file() or not hook.with_name(f"{_HOOK}.d").is_dir():
        return False
    with hook.open("rb") as file:
        content = file.read(_MOST_BYTES)
    return b".d" in content and os.access(hook, os.X_OK)
