"""Makes the archives for machines without internet: wheels, an installer, checksums.

`python installer/bundle.py WHEEL OUT [PLATFORM …]` puts `ledger-<version>-<platform>` into OUT, as
.tar.gz or .zip, for each platform (all, where none is named). pip fetches the wheels, by whatever
index it is set up for; nothing of that is written down.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).resolve().parent
PINS = tuple(HERE.parent / "requirements" / name for name in ("pins.txt", "bundle.txt"))
PYTHONS = ("3.11", "3.12", "3.13")
INSTALLER = ("install.py", "说明.txt")
# glibc 2.28 is what the desktops of offices have that are in use longest (Debian 10 and its kin).
_GLIBC = tuple(f"manylinux_2_{minor}" for minor in range(28, 16, -1))
_MANYLINUX = (*_GLIBC, "manylinux2014", "manylinux2010", "manylinux_2_5", "manylinux1")


@dataclass(frozen=True, slots=True)
class Platform:
    """A kind of machine.

    Attributes:
        tags: the platforms that wheels for it name, the best first.
        system, machine, sys_platform, os_name: as the markers of requirements have them.
    """

    tags: tuple[str, ...]
    system: str
    machine: str
    sys_platform: str
    os_name: str = "posix"

    def environment(self, python: str) -> dict[str, str]:
        """What markers are held against there."""
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{python}.0",
            "os_name": self.os_name,
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": self.system,
            "platform_version": "",
            "python_full_version": f"{python}.0",
            "python_version": python,
            "sys_platform": self.sys_platform,
            "extra": "",
        }


def _linux(machine: str) -> Platform:
    return Platform(tuple(f"{each}_{machine}" for each in _MANYLINUX), "Linux", machine, "linux")


def _macos(machine: str) -> Platform:
    return Platform((f"macosx_14_0_{machine}",), "Darwin", machine, "darwin")


PLATFORMS: Mapping[str, Platform] = {
    "linux-x86_64": _linux("x86_64"),
    "linux-aarch64": _linux("aarch64"),
    "windows-amd64": Platform(("win_amd64",), "Windows", "AMD64", "win32", "nt"),
    "macos-arm64": _macos("arm64"),
    "macos-x86_64": _macos("x86_64"),
}


class Lacking(Exception):
    """What cannot be had for a platform."""


def main(arguments: Sequence[str]) -> int:
    """Make what the command line names; 1 where that could not be made, or nothing could."""
    wheel, out, *named = arguments
    if unknown := [each for each in named if each not in PLATFORMS]:
        print(f"No platform {', '.join(unknown)}; there are {', '.join(PLATFORMS)}.")
        return 2
    lacking = 0
    for name in named or PLATFORMS:
        try:
            print(made(Path(wheel), name, Path(out)))
        except Lacking as error:
            print(f"{name}: no bundle, {error}")
            lacking += 1
    return int(lacking > 0 if named else lacking == len(PLATFORMS))


def made(wheel: Path, name: str, out: Path) -> Path:
    """The archive for one platform.

    Raises:
        Lacking: a requirement has no wheel for it.
    """
    stem = f"ledger-{wheel.name.split('-')[1]}-{name}"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / stem
        (folder / "wheels").mkdir(parents=True)
        shutil.copy(wheel, folder / "wheels")
        for python in PYTHONS:
            collect(folder / "wheels", wheel, PLATFORMS[name], python)
        _add_installer(folder, name)
        return _packed(folder, out, PLATFORMS[name].os_name == "nt")


def collect(wheels: Path, wheel: Path, platform: Platform, python: str) -> None:
    """Fetch what a wheel requires, and what that requires, for one platform and Python.

    pip itself would hold the markers against the machine that it runs on.

    Raises:
        Lacking: something is not pinned, or has no wheel.
    """
    pins, environment = pinned(), platform.environment(python)
    waiting = {("pip", ""), *_required(wheel, environment, "")}
    known: set[tuple[str, str]] = set()
    fetched: dict[str, Path] = {}
    while waiting:
        projects = {name for name, _ in waiting} - fetched.keys()
        if unpinned := sorted(projects - pins.keys()):
            raise Lacking(f"not pinned in requirements/: {', '.join(unpinned)}")
        fetched |= _fetched(
            [f"{each}=={pins[each]}" for each in projects], platform, python, wheels
        )
        known |= waiting
        needs = (_required(fetched[name], environment, extra) for name, extra in waiting)
        waiting = set().union(*needs) - known


def pinned() -> dict[str, str]:
    """The version of each project that requirements/ pins."""
    lines = [line for place in PINS for line in place.read_text("utf-8").splitlines()]
    parts = (line.partition("==") for line in lines if not line.startswith("#") and "==" in line)
    return {canonicalize_name(name.strip()): version.strip() for name, _, version in parts}


def _required(wheel: Path, environment: Mapping[str, str], extra: str) -> set[tuple[str, str]]:
    """What a wheel requires in an environment for one of its extras, or for none.

    Returns:
        The projects, each without an extra, and again with each of its extras that is wanted.
    """
    with zipfile.ZipFile(wheel) as archive:
        (place,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        told = HeaderParser().parsestr(archive.read(place).decode("utf-8"))
    wanted = map(Requirement, told.get_all("Requires-Dist", []))
    return {
        (canonicalize_name(each.name), more)
        for each in wanted
        if each.marker is None or each.marker.evaluate({**environment, "extra": extra})
        for more in ("", *each.extras)
    }


def _fetched(
    wanted: Sequence[str], platform: Platform, python: str, wheels: Path
) -> dict[str, Path]:
    """Put the wheels of some pinned projects among the others; where each project's is.

    Raises:
        Lacking: one of them has none.
    """
    if not wanted:
        return {}
    with tempfile.TemporaryDirectory() as temporary:
        _fetch(sorted(wanted), platform, python, Path(temporary))
        paths = [shutil.move(each, wheels / each.name) for each in Path(temporary).glob("*.whl")]
    return {canonicalize_name(each.name.split("-")[0]): each for each in paths}


def _fetch(wanted: Sequence[str], platform: Platform, python: str, folder: Path) -> None:
    """Have pip put the wheels of some pinned projects into a folder; see `_fetched`."""
    tags = [part for tag in platform.tags for part in ("--platform", tag)]
    which = [*tags, "--python-version", python, "--implementation", "cp"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, "--no-deps", "--only-binary=:all:", *which, "--dest", str(folder), *wanted],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "ERROR" in line]
        raise Lacking(f"for Python {python}: {(lines or ['pip failed'])[-1]}")


def _add_installer(folder: Path, name: str) -> None:
    windows = PLATFORMS[name].os_name == "nt"
    starter = "install.cmd" if windows else "install.sh"
    for each in (*INSTALLER, starter):
        content = (HERE / each).read_bytes()
        if windows and not each.endswith(".py"):
            content = content.replace(b"\n", b"\r\n")
        (folder / each).write_bytes(content)
    (folder / starter).chmod(0o755)
    (folder / "platform").write_text(f"{name}\n", "utf-8")
    sums = sorted(path for path in folder.rglob("*") if path.is_file())
    (folder / "SHA256SUMS").write_text("".join(_sum(path, folder) for path in sums), "utf-8")


def _sum(path: Path, folder: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{digest}  {path.relative_to(folder).as_posix()}\n"


def _packed(folder: Path, out: Path, as_zip: bool) -> Path:
    """The folder as one archive, whole or not there at all."""
    place = out / f"{folder.name}{'.zip' if as_zip else '.tar.gz'}"
    part = place.with_name(f".{place.name}.part")
    try:
        if as_zip:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
                for path in _files(folder):
                    archive.write(path, path.relative_to(folder.parent))
        else:
            with tarfile.open(part, "w:gz", compresslevel=1) as packed:
                for path in _files(folder):
                    packed.add(path, path.relative_to(folder.parent), filter=_nobodys)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
    return place


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the name of whoever has made it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
