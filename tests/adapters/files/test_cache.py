"""The cache: which program it is of, and that it may be collected in any thread."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from ledger.adapters.files import cache as cache_module
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


def remembered(cache: Cache, *keys: str) -> dict[str, str]:
    return {key: text for part in cache.files(keys) for key, text in part}


def rows_of(cache: Cache) -> int:
    both = "SELECT (SELECT count(*) FROM file) + (SELECT count(*) FROM older)"
    return int(cache._db.execute(both).fetchone()[0])


def test_what_nobody_asks_for_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_SPARE", 20)
    cache = Cache(tmp_path)
    for number in range(100):
        cache.remember([(f"t{number}-{each}", "x") for each in range(5)])
        assert remembered(cache, "t0-0") == {"t0-0": "x"}  # asked for each time
        assert rows_of(cache) <= 2 * (20 + 5 + 1)
    assert remembered(cache, "t99-0", "t98-4") == {"t99-0": "x", "t98-4": "x"}
    assert remembered(cache, "t1-0") == {}
    cache.close()


def test_what_is_asked_for_together_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little room there is beside, also by whoever knows nothing of it."""
    monkeypatch.setattr(cache_module, "_SPARE", 20)
    keys = [f"t{number}" for number in range(300)]
    for start in range(0, 300, 10):
        cache = Cache(tmp_path)
        if not start:
            assert remembered(cache, *keys) == {}
        cache.remember([(key, "x") for key in keys[start : start + 10]])
        cache.close()
    cache = Cache(tmp_path)
    assert remembered(cache, *keys) == dict.fromkeys(keys, "x")
    cache.close()


def test_two_may_let_go_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads meanwhile gets what there is, or nothing, and never another's text."""
    monkeypatch.setattr(cache_module, "_SPARE", 20)
    child = os.fork()
    cache = Cache(tmp_path)
    for number in range(60):
        cache.remember([(f"{child > 0}{number}-{each}", f"{number}") for each in range(7)])
        asked = [f"{who}{number - back}-1" for who in (True, False) for back in (0, 3)]
        known = remembered(cache, *asked)
        if any(key.partition("-")[0] not in (f"True{text}", f"False{text}")
               for key, text in known.items()):  # fmt: skip
            os._exit(1) if not child else pytest.fail(str(known))
    cache.close()
    if not child:
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    cache = Cache(tmp_path)
    assert cache._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert rows_of(cache) <= 2 * (20 + 7 * 2)
    cache.close()


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
