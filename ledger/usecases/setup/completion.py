"""`completion`: the script for a shell, and its place among a person's own settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ledger.adapters.disk import store
from ledger.errors import LedgerError
from ledger.model.choice import one_of
from ledger.usecases.setup import shells

SCRIPTS = {
    "bash": shells.BASH,
    "zsh": shells.ZSH,
    "fish": shells.FISH,
    "powershell": shells.POWERSHELL,
}
_NAMES = {"pwsh": "powershell"}
_ZSH_LINES = "fpath=({folder} $fpath)\nautoload -Uz compinit && compinit -i\n"


def script(shell: str) -> str:
    """The script for a shell.

    Raises:
        UsageError: there is none for it.
    """
    name = shell.lower()
    return SCRIPTS[one_of(_NAMES.get(name, name), tuple(SCRIPTS), "Shell", "shell")]


def install(shell: str, environment: Mapping[str, str]) -> list[str]:
    """Put the script where a shell looks for a person's own ones.

    Args:
        environment: by which the person's folders are known.

    Returns:
        What was done, and what is to be done (Chinese).

    Raises:
        UsageError: there is no script for the shell.
        LedgerError: nobody knows the person's folder.
    """
    content = script(shell)
    name = next(each for each, text in SCRIPTS.items() if text == content)
    home = environment.get("HOME") or environment.get("USERPROFILE") or ""
    if not home:
        raise LedgerError("不知道您的个人文件夹在哪里", hint="请设好环境变量 HOME 再试")
    place, settings, line = _places(name, Path(home), environment)
    told = [_put(place, content)]
    if settings is not None and not _has(settings, str(place.parent if name == "zsh" else place)):
        old = settings.read_bytes() if settings.exists() else b""
        gap = b"" if not old or old.endswith(b"\n") else b"\n"
        _write(settings, old + gap + line.encode())
        told.append(f"{settings} 里加了载入它的一行。")
    return [*told, "新开一个窗口就能用 Tab 键补全。"]


def installed(shell: str, environment: Mapping[str, str]) -> tuple[Path, str] | None:
    """Where the script of a shell, one of `SCRIPTS`, belongs among a person's own settings.

    Returns:
        The place, and what stands there; None where nobody knows the person's folder.
    """
    home = environment.get("HOME") or environment.get("USERPROFILE") or ""
    if not home:
        return None
    place = _places(shell, Path(home), environment)[0]
    return place, place.read_text("utf-8", errors="replace") if place.is_file() else ""


def _places(
    shell: str, home: Path, environment: Mapping[str, str]
) -> tuple[Path, Path | None, str]:
    """Where a shell's script goes, and in which file which line loads it, if one has to."""
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    if shell == "fish":
        return config / "fish/completions/ledger.fish", None, ""
    if shell == "zsh":
        folder = data / "zsh/site-functions"
        settings = Path(environment.get("ZDOTDIR") or home) / ".zshrc"
        return folder / "_ledger", settings, _ZSH_LINES.format(folder=_quoted(folder))
    if shell == "powershell":
        windows = "USERPROFILE" in environment and not environment.get("HOME")
        folder = home / "Documents/PowerShell" if windows else config / "powershell"
        place = folder / "ledger-completion.ps1"
        profile = folder / "Microsoft.PowerShell_profile.ps1"
        return place, profile, ". '{}'\n".format(str(place).replace("'", "''"))
    place = data / "bash-completion/completions/ledger"
    return place, home / ".bashrc", f"[ -r {_quoted(place)} ] && . {_quoted(place)}\n"


def _quoted(path: Path) -> str:
    """A path as a shell reads it."""
    from shlex import quote

    return quote(str(path))


def _has(settings: Path, place: str) -> bool:
    """Whether a file of settings names a place already."""
    return settings.exists() and place in settings.read_text(encoding="utf-8", errors="replace")


def _put(place: Path, content: str) -> str:
    if place.exists() and place.read_bytes() == content.encode():
        return f"补全脚本已经在 {place}。"
    place.parent.mkdir(parents=True, exist_ok=True)
    _write(place, content.encode())
    return f"补全脚本已写入 {place}。"


def _write(place: Path, content: bytes) -> None:
    """Write a file whole; one that is a link to another stays one."""
    target = Path(os.path.realpath(place))
    store.write_over(target, target.read_bytes() if target.exists() else None, content)
