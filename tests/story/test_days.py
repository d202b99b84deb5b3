"""A day at the gate is one of the ledger's time zone, wherever the server stands."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ledger.usecases.setup.receive import receive
from tests.story.conftest import PUSHED

if TYPE_CHECKING:
    from tests.story.conftest import Served


@pytest.fixture
def config() -> dict[str, Any]:
    return PUSHED


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati"])
def _machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_machine")
def test_a_closing_dated_today(served: Served) -> None:
    """4 December begins in Beijing at 16:00 UTC on the 3rd."""
    served.folder.git("push", "--quiet", "origin", f"{served.good}:refs/heads/offered")
    main = served.folder.git("rev-parse", "main").strip()
    push = [f"{main} {served.good} refs/heads/main\n"]

    def codes(now: str) -> set[str]:
        refused = receive(served.server, push, dt.datetime.fromisoformat(now))
        return {problem.code for each in refused for problem in each.problems}

    assert codes("2020-12-03T15:59:59+00:00") == {"C007"}
    assert codes("2020-12-03T17:00:00+00:00") == set()
    assert codes("2020-12-04T03:00:00+00:00") == set()
