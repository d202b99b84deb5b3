"""Installs ledger from the wheels beside this file; needs no network, no pip and no root.

Each version gets a folder of its own, and only when it works does the command lead to it; so a run
that was cut off, or one that fails, leaves what was there before as it was.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).resolve().parent
WHEELS, SUMS = HERE / "wheels", HERE / "SHA256SUMS"
GIT = (2, 30)
NEEDED = ("venv", "zlib", "sqlite3", "ssl")  # what a Python may have been built without
WINDOWS = os.name == "nt"
SCRIPTS, SUFFIX = ("Scripts", ".exe") if WINDOWS else ("bin", "")
_SYSTEMS = {"darwin": "macos"}
_DONE = "done"  # in a version's folder, once it is whole


def main() -> None:
    """Install it, and say how to call it."""
    given = _arguments()
    refuse_other_platform()
    refuse_incomplete_python()
    refuse_old_git()
    digest = refuse_damaged()
    into = given.into.expanduser().absolute()
    program = installed(into, digest)
    command = linked(program, given.bin.expanduser().absolute())
    remove_others(into, program.parent.parent)
    print(f"装好了：{_version(program)}，在 {program.parent.parent}。")
    _tell_path(command)


def _arguments() -> argparse.Namespace:
    local = Path(os.environ.get("LOCALAPPDATA", "~")) / "ledger" if WINDOWS else None
    parser = argparse.ArgumentParser(prog="install", add_help=False)
    parser.add_argument("--into", type=Path, default=local or Path("~/.local/share/ledger"))
    parser.add_argument(
        "--bin", type=Path, default=local / "bin" if local else Path("~/.local/bin")
    )
    parser.add_argument("-h", "--help", action="store_true")
    parser.error = _misused  # type: ignore[method-assign]
    given = parser.parse_args()
    if given.help:
        print((HERE / "说明.txt").read_text("utf-8"))
        sys.exit(0)
    return given


def _misused(message: str) -> NoReturn:
    refuse("只认得 --into 文件夹（装在哪里）、--bin 文件夹（命令放在哪里）和 --help", 2)


def refuse(sentence: str, code: int = 1) -> NoReturn:
    """Say in one sentence why nothing is installed, and end."""
    print(f"{sentence}。", file=sys.stderr)
    sys.exit(code)


def refuse_other_platform() -> None:
    """Go on only where the wheels are for this machine and this Python."""
    system = platform.system().lower()
    machine = platform.machine().lower()
    here = f"{_SYSTEMS.get(system, system)}-{machine}"
    wanted = (HERE / "platform").read_text("utf-8").strip()
    if here != wanted:
        refuse(f"这个安装包是给 {wanted} 的，这台电脑是 {here}，请换成 {here} 的安装包")
    if sys.maxsize < 1 << 32:
        refuse("这里的 Python 是 32 位的，请改用 64 位的 Python")


def refuse_incomplete_python() -> None:
    """Go on only with a Python that has what the program needs of it."""
    for name in NEEDED:
        try:
            import_module(name)
        except ImportError:
            refuse(f"{sys.executable} 缺少 {name} 模块，请装好完整的 Python，再运行一次")


def refuse_old_git() -> None:
    """Go on only where there is a git that will do."""
    wanted = ".".join(map(str, GIT))
    try:
        told = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        refuse(f"这台电脑上没有 git，请先装好 git {wanted} 以上，再运行一次")
    found = re.search(r"(\d+)\.(\d+)", told.stdout)
    if found and (int(found[1]), int(found[2])) < GIT:
        refuse(f"这台电脑上的 git 是 {found[0]}，太旧了，请装好 git {wanted} 以上，再运行一次")


def refuse_damaged() -> str:
    """Go on only where every file is as it was packed, and no wheel is there besides; a digest."""
    again = "请重新拷贝并解开安装包"
    if not SUMS.is_file():
        refuse(f"安装包不完整，缺少 {SUMS.name}，{again}")
    listed = dict(reversed(line.split("  ", 1)) for line in SUMS.read_text("utf-8").splitlines())
    for path, digest in listed.items():
        place = HERE / path
        if not place.is_file():
            refuse(f"安装包不完整，缺少 {path}，{again}")
        if hashlib.sha256(place.read_bytes()).hexdigest() != digest:
            refuse(f"安装包里的 {path} 和校验值对不上，可能已经损坏，{again}")
    for place in WHEELS.iterdir():
        if f"wheels/{place.name}" not in listed:
            refuse(f"安装包里多出了 {place.name}，校验值里没有它，{again}")
    return hashlib.sha256(SUMS.read_bytes()).hexdigest()


def installed(into: Path, digest: str) -> Path:
    """The program of this bundle, installed for this Python; what is whole is left as it is."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    own = next(WHEELS.glob("ledger-*.whl")).name.split("-")[1]
    folder = into / f"{own}-python{python}-{digest[:8]}"
    program = folder / SCRIPTS / f"ledger{SUFFIX}"
    if not (folder / _DONE).is_file() or not _runs(program):
        if folder.exists():
            shutil.rmtree(folder)
        into.mkdir(parents=True, exist_ok=True)
        try:
            _install(folder, own)
            if not _runs(program):
                refuse("装上以后运行不起来，没有启用，请把上面的话告诉信息技术人员")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        (folder / _DONE).write_text(f"{digest}\n", "utf-8")
    return program


def _install(folder: Path, version: str) -> None:
    """An environment with the program in it; the pip that installs it runs out of its own wheel."""
    import venv  # some systems have it in a package of its own

    venv.create(folder, with_pip=False, symlinks=not WINDOWS)
    pip = next(WHEELS.glob("pip-*.whl")) / "pip"
    done = subprocess.run(
        [
            *(str(folder / SCRIPTS / f"python{SUFFIX}"), "-I", str(pip), "--isolated", "install"),
            *("--quiet", "--no-index", "--find-links", str(WHEELS), "--no-cache-dir"),
            *("--only-binary=:all:", "--disable-pip-version-check", "--compile"),
            f"ledger=={version}",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip"])[-1]
        refuse(f"没有装成，以前装的不受影响，pip 说：{last}")


def _runs(program: Path) -> bool:
    try:
        done = subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _version(program: Path) -> str:
    done = subprocess.run([program, "--version"], capture_output=True, encoding="utf-8", check=True)
    return done.stdout.strip()


def remove_others(into: Path, folder: Path) -> None:
    """Remove older installations of ours; where one is in use (Windows), it stays."""
    for other in into.glob("*-python3.*-*"):
        if other != folder and (other / _DONE).is_file():
            shutil.rmtree(other, ignore_errors=True)


def linked(program: Path, folder: Path) -> Path:
    """The command in a folder of commands, leading to the program from now on."""
    folder.mkdir(parents=True, exist_ok=True)
    command = folder / ("ledger.cmd" if WINDOWS else "ledger")
    if WINDOWS:
        try:
            shown = f"%~dp0{os.path.relpath(program, folder)}"
        except ValueError:  # on another drive
            shown = str(program)
        line = f'@"{shown}" %*\r\n'
        command.write_bytes(line.encode("oem" if sys.platform == "win32" else "utf-8"))
        return command
    if command.exists() and not command.is_symlink():
        refuse(f"{command} 已经有了，不是这里装的，没有动它，请改名后再运行，或用 --bin 换个文件夹")
    fresh = folder / f".ledger-{os.getpid()}"
    fresh.symlink_to(program)
    fresh.replace(command)
    return command


def _tell_path(command: Path) -> None:
    folders = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if each]
    if command.parent in folders:
        print("在终端里输入 ledger 就能用。先看示例：ledger init --demo 示例台账")
        return
    print(f"{command.parent} 不在 PATH 里，只输入 ledger 还找不到。")
    if WINDOWS:
        print("请在“编辑账户的环境变量”里把这个文件夹加进 Path，再开一个终端。")
        return
    startup = "~/.zshrc" if os.environ.get("SHELL", "").endswith("zsh") else "~/.bashrc"
    print("请运行下面这一行，再开一个终端：")
    print(f"  echo 'export PATH=\"{command.parent}:$PATH\"' >> {startup}")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        refuse(f"{error.filename or '文件'} 读写失败（{error.strerror}），请检查权限和磁盘空间")
    except KeyboardInterrupt:
        refuse("已经停下，以前装的不受影响", 130)
