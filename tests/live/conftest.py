"""What the live stories begin with: an index of packages on loopback, a bureau, a runner."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.live.bureau import DAY, RUNNER, WHEELS, Bureau, private_repository, runner_of
from tests.live.plan import prepare

ROOT = Path(__file__).resolve().parent.parent.parent


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a package index on loopback: this checkout's last commit, and what it needs.

    Each folder is a project's page as the Simple Repository API has it: a list of links.
    """
    if not (RUNNER and WHEELS):
        pytest.skip("LEDGER_LIVE_RUNNER and LEDGER_LIVE_WHEELS name no runner, no folder of wheels")
    source, index = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("index")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(source / "ledger")], check=True)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(source)]
    subprocess.run(build, cwd=source / "ledger", check=True, capture_output=True)
    needed = (each for each in Path(WHEELS).glob("*.whl") if not each.name.startswith("ledger-"))
    for wheel in (*source.glob("*.whl"), *needed):
        project = re.sub(r"[-_.]+", "-", wheel.name.partition("-")[0]).lower()
        (index / project).mkdir(exist_ok=True)
        shutil.copy(wheel, index / project)
    web = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(index)))
    web.daemon_threads = True
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{web.server_address[1]}"
    finally:
        web.shutdown()
        thread.join()
        web.server_close()


@pytest.fixture(scope="module")
def decided(packages: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The story up to the meeting, its repository protected, its runner at work."""
    place = tmp_path_factory.mktemp("bureau")
    with (
        pytest.MonkeyPatch.context() as patch,
        private_repository(place) as bureau,
        runner_of(bureau, place / "runner"),
    ):
        for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
            patch.setenv(name, f"{DAY}T09:00:00+08:00")
        prepare(bureau, packages)
        bureau.protect()
        yield bureau
