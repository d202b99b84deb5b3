"""The wheel: what it carries, and that it works where nothing else is installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("wheel")  # built once

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline from a copy of what git tracks."""
    copy, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(copy / "ledger")], check=True)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)],
        cwd=copy / "ledger",
        check=True,
        capture_output=True,
    )
    (built,) = out.glob("*.whl")
    return built


def test_templates_and_pages_travel_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for template in (ROOT / "templates").glob("*.j2"):
        assert f"ledger/templates/{template.name}" in names
    for folder, inside in (("rules", "rulepages"), ("topics", "topicpages")):
        for page in (ROOT / "docs" / folder).glob("*.md"):
            assert f"ledger/{inside}/{page.name}" in names
    assert "ledger/py.typed" in names


def test_it_brings_a_digest_of_the_program(wheel: Path) -> None:
    """So that no command looks at every file of it; made anew by each build from what is there."""
    digest = zipfile.ZipFile(wheel).read("ledger/fingerprint").decode()
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert not (ROOT / "ledger/fingerprint").exists(), "a checkout would keep its caches for ever"


def test_it_runs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """A new environment and home, no git identity; dependencies come by path, not by network."""
    home = tmp_path / "home"
    home.mkdir()
    venv.create(tmp_path / "env")  # with the pip of this one: Debian may have no ensurepip
    python = tmp_path / "env/bin/python"
    pip = (sys.executable, "-m", "pip", "--python", str(python))
    subprocess.run(
        [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
        check=True,
        capture_output=True,
    )
    # A path in a .pth file is no site folder: the checkout's own editable install stays invisible.
    site = Path(sysconfig.get_path("purelib", vars={"base": str(tmp_path / "env")}))
    assert list(site.glob("ledger/cli/__pycache__/*.pyc")), "whoever may not write waits every time"
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    environment = {
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    done = subprocess.run(
        ["sh", "-c", "ledger init x && cd x && ledger list && ledger rule C004"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "共 0 项" in done.stdout
    assert "C004" in done.stdout
    where = subprocess.run(
        [python, "-c", "import ledger; print(ledger.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(tmp_path))
