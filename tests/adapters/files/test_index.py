"""The cache belongs to no thread: Python collects rubbish in whichever one it happens to be."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ledger.adapters.files.index import Cache


@pytest.mark.parametrize("on_disk", [True, False])
def test_another_thread_may_collect_it(on_disk: bool, tmp_path: Path) -> None:
    caches = [Cache(tmp_path if on_disk else None)]
    thread = threading.Thread(target=caches.clear)
    thread.start()
    thread.join()
    assert caches == []  # what is raised while collecting becomes a warning, and so a failure
