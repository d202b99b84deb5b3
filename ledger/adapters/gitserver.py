"""A bare repository on a server: where hooks run, which branch is its own, where refs lead."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

from ledger.adapters.gitrepo import GitRepo
from ledger.errors import LedgerError

PLAIN, GITEA, GITLAB = "裸仓库", "Gitea 或 Forgejo 的仓库", "GitLab 的仓库"
_HOOK = "pre-receive"
_OWN = "ledger"  # our file's name where a forge lets several hooks run
_MOST_LINKS = 5  # git follows as many (SYMREF_MAXDEPTH)
_MOST_BYTES = 1_000_000


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
        LedgerError: git is told to look for hooks elsewhere: none put here would ever run.
    """
    if kind == GITLAB:
        return repo.git_dir / "custom_hooks" / f"{_HOOK}.d" / _OWN
    own = repo.git_dir / "hooks"
    said = repo.run("rev-parse", "--git-path", "hooks").decode(errors="surrogateescape")
    used = (repo.root / said.rstrip("\n")).resolve()
    if used != own.resolve() and not used.is_relative_to(repo.git_dir):
        raise LedgerError(
            f"git 的 core.hooksPath 指向 {used}，这个仓库自己的钩子不会运行，没有安装",
            hint="请管理员取消这项设置（git config --show-origin core.hooksPath 可看它写在哪里），"
            "或在那里的 pre-receive 中调用 ledger gate receive",
        )
    return used / f"{_HOOK}.d" / _OWN if kind == GITEA else used / _HOOK


def kept_from(repo: GitRepo, python: str) -> str:
    """The owner of the repository where he may not run the program; else empty.

    Hooks run as who owns the repository (a forge's account). Only root can ask for somebody else.

    Args:
        python: the interpreter that the program is installed for.
    """
    of = repo.git_dir.stat()
    if os.geteuid() != 0 or of.st_uid == 0:
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
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # an account of another machine
        return str(uid)


def head_ref(repo: GitRepo) -> str:
    """The full name of the branch that is the repository's own; empty when HEAD is detached."""
    found = repo.run("symbolic-ref", "--quiet", "HEAD", ok=(0, 1))
    return found.decode(errors="surrogateescape").strip()


def set_head(repo: GitRepo, branch: str) -> None:
    """Make a branch the repository's own, whether it is there already or not."""
    repo.run("symbolic-ref", "-m", "ledger gate install", "HEAD", f"refs/heads/{branch}")


def has_branch(repo: GitRepo, ref: str) -> bool:
    """Whether there is a commit under a ref's full name."""
    return bool(repo.run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", ok=(0, 1, 128)))


def written_to(repo: GitRepo, ref: str) -> str:
    """The full name of the ref that a push to `ref` writes to: symbolic refs are followed."""
    for _ in range(_MOST_LINKS):
        found = repo.run("symbolic-ref", "--quiet", ref, ok=(0, 1, 128))
        if not found.strip():
            break
        ref = found.decode(errors="surrogateescape").strip()
    return ref


def ignores_case(repo: GitRepo) -> bool:
    """Whether this server's file system does not tell capital letters from small ones."""
    return repo.run("config", "--bool", "core.ignoreCase", ok=(0, 1)).strip() == b"true"


def _dispatches(hook: Path) -> bool:
    """Whether a hook only runs those of a folder beside it, as forges' hooks do."""
    if not hook.is_file() or not hook.with_name(f"{_HOOK}.d").is_dir():
        return False
    with hook.open("rb") as file:
        content = file.read(_MOST_BYTES)
    return b".d" in content and os.access(hook, os.X_OK)
