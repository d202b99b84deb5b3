"""What `make` sets up on a bare machine (.ci/venv), and what a run of the tests says at its end."""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pip
import pytest

from tests.conftest import skipped_for

ROOT = Path(__file__).resolve().parent.parent
# No ls: what this machine may have of Debian's wheels is not found.
TOOLS = ("cat", "cksum", "cp", "dirname", "head", "mkdir", "mv", "rm", "sh", "tail")
STAMP = ".venv/.developing"
# A project that needs nothing from any index: its build backend is its own.
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "ledger"
version = "99"

[project.optional-dependencies]
dev = []
"""


def write_wheel(folder: str, name: str, path: str = "") -> str:
    """A wheel of nothing but its name, and of a path where Python is to look; its file's name."""
    file, info = f"{name}-99-py3-none-any.whl", f"{name}-99.dist-info"
    with zipfile.ZipFile(f"{folder}/{file}", "w") as wheel:
        wheel.writestr(f"{name}.pth", path)
        wheel.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 99\nProvides-Extra: dev\n",
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return file


BACKEND = f"""
import os, zipfile

{inspect.getsource(write_wheel)}

def build_editable(folder, config_settings=None, metadata_directory=None):
    return write_wheel(folder, "ledger", os.getcwd())
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine with few tools, a Python from which modules can be taken away, and a project."""

    root: Path
    tools: Path
    hidden: Path

    def lacks(self, *modules: str) -> None:
        """Take modules away from its Python."""
        for module in modules:
            (self.hidden / f"{module}.py").write_text("raise ImportError('not here')", "utf-8")

    def has_pip(self) -> None:
        """Give it a pip, and an index that has one too."""
        (self.hidden / "pip").symlink_to(Path(pip.__file__).parent)
        write_wheel(str(self.hidden), "pip")

    def set_up(self, **more: str) -> subprocess.CompletedProcess[str]:
        """What `make` calls before it runs the tests."""
        environment = {
            "PATH": str(self.tools),
            "HOME": str(self.root),
            "PYTHONPATH": str(self.hidden),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.hidden),
            "PIP_NO_CACHE_DIR": "1",
        }
        return subprocess.run(
            [self.root / ".ci/venv", STAMP],
            env=environment | more,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    root, tools, hidden = tmp_path / "clone", tmp_path / "tools", tmp_path / "hidden"
    for folder in (root / ".ci", root / "requirements", root / "ledger", tools, hidden):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / ".ci/venv", root / ".ci")
    (root / "requirements/pins.txt").touch()
    (root / "ledger/__init__.py").touch()
    (root / "pyproject.toml").write_text(PROJECT, "utf-8")
    (root / "backend.py").write_text(BACKEND, "utf-8")
    for tool in TOOLS:
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    base = Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}")
    (tools / "python3").symlink_to(base)
    # Half made: a Python is there, but nothing runs in it.
    (root / ".venv/bin").mkdir(parents=True)
    (root / ".venv/bin/python").symlink_to(base)
    return Machine(root, tools, hidden)


def test_without_python(machine: Machine) -> None:
    (machine.tools / "python3").unlink()
    done = machine.set_up()
    assert done.returncode != 0
    assert done.stderr.startswith("No Python 3.11 or newer is called python3")
    assert not (machine.root / ".venv").exists()


def test_without_anything_to_make_an_environment_with(machine: Machine) -> None:
    machine.lacks("ensurepip", "pip", "virtualenv")
    done = machine.set_up()
    assert done.returncode != 0
    assert "apt-get install python3-venv" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (machine.root / ".venv").exists()


def test_half_made_it_is_made_anew_and_whole_it_is_kept(machine: Machine) -> None:
    machine.lacks("ensurepip")
    machine.has_pip()
    done = machine.set_up()
    assert done.returncode == 0, done.stderr
    stamp = machine.root / STAMP
    made = stamp.stat().st_mtime_ns
    assert list((machine.root / "ledger/__pycache__").iterdir())
    assert machine.set_up().returncode == 0
    assert stamp.stat().st_mtime_ns == made
    # One that was moved holds paths that are no more; a wrong name of a Python costs nothing.
    assert machine.set_up(PYTHON="nonesuch").returncode != 0
    assert stamp.stat().st_mtime_ns == made
    moved = machine.root.rename(machine.root.with_name("moved"))
    elsewhere = Machine(moved, machine.tools, machine.hidden)
    (machine.hidden / "pip").unlink()
    elsewhere.lacks("pip", "virtualenv")
    assert "python3-venv" in elsewhere.set_up().stderr


def test_reasons_for_skipping_are_told_once_each() -> None:
    def skipped(reason: str) -> pytest.TestReport:
        where = ("test_x.py", 1, f"Skipped: {reason}")
        return pytest.TestReport("x", ("x", 1, "x"), {}, "skipped", where, "setup")

    reports = [skipped("no office"), skipped("no browser"), skipped("no browser")]
    assert skipped_for(reports) == ["skipped 2: no browser", "skipped 1: no office"]
