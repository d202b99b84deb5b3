"""The cache: which program it is of, and that it may be collected in any thread."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from ledger.adapters.files import database
from ledger.adapters.files.cache import Cache
from ledger.adapters.files.database import code_fingerprint


@pytest.mark.parametrize("on_disk", [True, False])
def test_another_thread_may_collect_it(on_disk: bool, tmp_path: Path) -> None:
    """Python collects rubbish in whichever one it happens to be."""
    caches = [Cache(tmp_path if on_disk else None)]
    thread = threading.Thread(target=caches.clear)
    thread.start()
    thread.join()
    assert caches == []  # what is raised while collecting becomes a warning, and so a failure


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program as a checkout has it, whose own copy tells what it is."""
    source, copy = Path(database.__file__).parent.parent.parent, tmp_path / "ledger"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(database, "__file__", str(copy / "adapters/files/database.py"))
    monkeypatch.setattr(database, "code_fingerprint", code_fingerprint.__wrapped__)
    assert not (copy / "fingerprint").exists()
    return copy


@pytest.mark.parametrize(
    "module",
    [
        "model/task.py",
        "adapters/yaml/read.py",
        "adapters/tables/reading/word.py",
        "usecases/checking/judge.py",
    ],
)
def test_a_module_that_changes_makes_another_program(module: str, package: Path) -> None:
    """However deep it lies; else what an older reader has remembered would be believed."""
    old, path = database.code_fingerprint(), package / module
    assert database.code_fingerprint() == old
    path.write_bytes(path.read_bytes() + b"#\n")
    longer = database.code_fingerprint()
    os.utime(path, (1_000_000_000, 1_000_000_000))
    touched = database.code_fingerprint()
    path.unlink()
    assert len({old, longer, touched, database.code_fingerprint()}) == 4


def test_an_installed_program_looks_at_no_file_of_it(package: Path) -> None:
    (package / "fingerprint").write_text("a wheel's own", encoding="ascii")
    (package / "model/task.py").unlink()
    assert database.code_fingerprint() == "a wheel's own"
