"""Where files lie, and what their names are on other systems."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.paths import elsewhere, is_gits_own, passes_for


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("data/tasks/ZG2020/ZG2020-001.yaml", "data/tasks/zg2020/zg2020-001.yaml"),
        ("data/tasks./x. .yaml. ", "data/tasks/x. .yaml"),
        ("ledger.yaml::$DATA", "ledger.yaml"),
        ("data:$I30:$INDEX_ALLOCATION/x", "data/x"),
        ("data\\tasks\\X", "data/tasks/x"),
        ("ledger\u200c.yaml", "ledger.yaml"),
        ("e\u0301.txt", "\u00e9.txt"),
        ("第 1 次.v1 稿.txt", "第 1 次.v1 稿.txt"),
        ("材料（一）", "材料（一）"),
        ("12:30 会议", "12:30 会议"),
        ("..", ".."),
        ("../x", "../x"),
        ("...", "..."),
        (" /x", " /x"),
        ("zz/", "zz/"),
        ("\udcff. /x", "\udcff/x"),
    ],
)
def test_elsewhere(path: str, seen: str) -> None:
    assert elsewhere(path) == seen


@given(st.text(alphabet="aA.: /\\$\u200cé\u0301\u0130ßſ材", max_size=12))
def test_nothing_is_left_to_be_seen_otherwise(path: str) -> None:
    seen = elsewhere(path)
    assert elsewhere(seen) == seen


@pytest.mark.parametrize(
    ("path", "own"),
    [
        (".git", True),
        ("x/.GIT. /y", True),
        (".git:x", True),
        ("GIT~1", True),
        ("x\\.git", True),
        ("x//y", True),
        ("x/", True),
        ("/x", True),
        ("x/../y", True),
        (".", True),
        (".gitignore", False),
        (".github/x", False),
        ("x.git", False),
        ("..x", False),
        ("x:y", False),
    ],
)
def test_is_gits_own(path: str, own: bool) -> None:
    assert is_gits_own(path) is own


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("data/Tasks", "data/tasks"),
        ("Data/decisions/x", "data/decisions"),
        ("data/tasks /x", "data/tasks"),
        ("data/ta\u017fks/x", "data/tasks"),
        ("LEDGER.yaml", "ledger.yaml"),
        ("data/tasks/zg2020/x", ""),
        ("data/tasks.md", ""),
        ("Ledger.yamlx", ""),
        ("data/evidence", ""),
        ("docs/data/Tasks", ""),
    ],
)
def test_passes_for(path: str, own: str) -> None:
    assert passes_for(path) == own
