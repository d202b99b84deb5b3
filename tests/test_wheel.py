"""The built wheel: everything travels in it, and it works where nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without any network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


def test_everything_travels(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    modules = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("ledger/**/*.py")}
    templates = {f"ledger/templates/{path.name}" for path in ROOT.glob("templates/*.j2")}
    assert len(templates) >= 2
    assert modules | templates | {"ledger/py.typed"} <= packed
    assert not [name for name in packed if name.startswith(("tests", "benchmarks", "data"))]


def test_a_new_ledger_where_nobody_is_known(wheel: Path, tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "environment"
    home.mkdir()
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "user.useConfigOnly",
        "GIT_CONFIG_VALUE_0": "true",
    }

    def do(*command: str, place: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=place, env=environment, capture_output=True, text=True, check=False
        )

    made = do(sys.executable, "-m", "venv", str(folder))
    assert made.returncode == 0, made.stderr
    python = str(folder / "bin" / "python")
    # The dependencies of this environment, without what its own .pth files add (the checkout).
    place = do(
        python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"
    ).stdout.strip()
    dependencies = f"import sys; sys.path.append({sysconfig.get_path('purelib')!r})\n"
    (Path(place) / "dependencies.pth").write_text(dependencies, encoding="utf-8")
    flags = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
    installed = do(python, "-m", "pip", "install", *flags, str(wheel))
    assert installed.returncode == 0, installed.stderr

    where = do(python, "-c", "import ledger; print(ledger.__file__)").stdout
    assert where.startswith(str(folder))
    command = str(folder / "bin" / "ledger")
    started = do(command, "init", "x")
    assert started.returncode == 0, started.stderr
    assert "台账建好了" in started.stderr
    listed = do(command, "list", place=tmp_path / "x")
    assert (listed.returncode, listed.stdout, listed.stderr) == (0, "共 0 项\n", "")
    added = do(
        command, "add", "--source", "GZ2017", "--source-title", "要点", "--title", "x",
        "--no-commit", place=tmp_path / "x",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    assert "GZ2017-001" in do(command, "list", place=tmp_path / "x").stdout
