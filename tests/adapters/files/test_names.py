"""A file is found by its name alone, and just those are that a scan of everything would find."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.files.database import code_fingerprint
from ledger.adapters.files.index.look import scan
from ledger.adapters.files.names import files_named, is_regular
from ledger.model.paths import TASKS
from ledger.usecases.reading.load import load_task

if TYPE_CHECKING:
    from tests.conftest import MakeLedger


def odd_tree(root: Path) -> None:
    """Tasks beside everything that is none."""
    for path in ("S1/S1-001.yaml", "S1/S1-010.YAML", "S1/s1-0010.yml", "S2/更深/S2-01.yaml"):
        place = root / TASKS / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("id: X\n", "utf-8")
    (root / TASKS / "S1" / ".S1-001.yaml.x.tmp").write_text("", "utf-8")
    (root / TASKS / "S1" / ".S1-001.yaml").write_text("", "utf-8")
    (root / TASKS / "S1" / "S1-001.md").write_text("", "utf-8")
    (root / TASKS / "S1-002.yaml" / "S1-003.yaml").mkdir(parents=True)
    (root / TASKS / "S1" / "S1-004.yaml").symlink_to("S1-001.yaml")
    (root / TASKS / "S3").symlink_to("S1")
    (root / TASKS / "S1" / "S1-005.yaml").symlink_to("nowhere")


@pytest.mark.parametrize("part", ["", "1", "001", "s1-", "S2-01", "yaml", "更", "nothing"])
def test_names_find_what_a_scan_finds(tmp_path: Path, part: str) -> None:
    odd_tree(tmp_path)
    scanned = scan(tmp_path, (TASKS,))[0]
    held = [path for path in scanned if part.casefold() in path.rpartition("/")[2].casefold()]
    named = files_named(tmp_path, TASKS, part)
    assert [path for path in named if is_regular(tmp_path, path)] == held


def test_there_may_be_no_folder(tmp_path: Path) -> None:
    assert files_named(tmp_path, TASKS, "1") == []


@pytest.mark.parametrize("named", ["GZ2017-007", "gz2017-007", "007", "7"])
def test_one_task_is_looked_at_alone(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """However many there are: neither the others' sizes nor their times are asked for."""
    folder = make_ledger([{"id": f"GZ2017-{n:03}"} for n in range(1, 30)])
    ledger = folder.open()
    code_fingerprint()  # looks at the program's own files, once
    looked: list[str] = []
    plain = os.lstat

    def counted(place: str) -> os.stat_result:
        looked.append(str(place))
        return plain(place)

    monkeypatch.setattr(os, "lstat", counted)
    _, entry = load_task(ledger, named)
    monkeypatch.undo()
    assert entry.record.id == "GZ2017-007"
    others = [each for each in looked if "/GZ2017-" in each and "GZ2017-007" not in each]
    assert others == []
    assert len(looked) < 15
    ledger.cache.close()
