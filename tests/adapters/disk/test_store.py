"""Files are written whole or not at all, inside the ledger, and never over somebody's change."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ledger.adapters.disk import store
from ledger.adapters.disk.store import FileChange
from ledger.adapters.files.index.look import scan
from ledger.errors import LedgerError

OLD, NEW = b"title: old\n", b"title: new\n"
PATHS = ["data/tasks/a.yaml", "data/tasks/b.yaml", "data/tasks/c.yaml"]


def everything(root: Path) -> dict[str, bytes | None]:
    """Every file (with its content) and folder below a root, hidden ones included."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
    }


def apply(root: Path, changes: list[FileChange]) -> None:
    """Write some files as a journaled write does: whole, or put back from what was kept."""
    with store.staged(root, changes) as swaps:
        kept = root.parent / "kept"
        kept.mkdir(exist_ok=True)
        try:
            store.exchange(root, swaps, kept)
        except BaseException:
            undo(root, changes)
            raise


def undo(root: Path, changes: list[FileChange]) -> list[bool]:
    swaps = [store.staged_change(each) for each in changes]
    kept = root.parent / "kept"
    return [store.put_back(root, swap, kept / str(n)) for n, swap in enumerate(swaps)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with three files, each saying `OLD`."""
    folder = tmp_path / "root"
    for path in PATHS:
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(OLD)
    return folder


def test_several_files_are_written(root: Path) -> None:
    apply(root, [FileChange(path, OLD, NEW) for path in PATHS])
    assert everything(root / "data/tasks") == {Path(path).name: NEW for path in PATHS}


def test_a_new_file_in_a_new_folder(root: Path) -> None:
    apply(root, [FileChange("data/decisions/2020/D1.yaml", None, NEW)])
    assert everything(root / "data/decisions") == {"2020": None, "2020/D1.yaml": NEW}


def test_a_rename_that_fails_half_way_puts_everything_back(root: Path) -> None:
    (root / "data/tasks/folder.yaml").mkdir()
    before = everything(root)
    changes = [
        FileChange(PATHS[0], OLD, NEW),
        FileChange("data/new/n.yaml", None, NEW),
        FileChange("data/tasks/folder.yaml", None, NEW),
        FileChange(PATHS[1], OLD, NEW),
    ]
    with pytest.raises(LedgerError, match=r"folder\.yaml"):
        apply(root, changes)
    assert everything(root) == before


def test_a_folder_that_cannot_be_made_changes_nothing(root: Path) -> None:
    before = everything(root)
    changes = [
        FileChange("data/new/deep/n.yaml", None, NEW),
        FileChange(f"{PATHS[0]}/below/n.yaml", None, NEW),
    ]
    with pytest.raises(OSError, match=r"a\.yaml"):
        apply(root, changes)
    assert everything(root) == before


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from ledger.adapters.disk.store import FileChange, staged
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
old = b"title: old\\n"
small, large = b"x: 1\\n", b"y" * 9999
changes = [
    FileChange("data/tasks/a.yaml", old, small), FileChange("data/tasks/b.yaml", old, large)
]
try:
    with staged(Path(sys.argv[1]), changes):
        pass
except OSError:
    sys.exit(7)
"""


def test_a_full_disk_changes_nothing(root: Path) -> None:
    before = everything(root)
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(root)], check=False)
    assert done.returncode == 7
    assert everything(root) == before


def test_permissions_are_kept(root: Path) -> None:
    place = root / PATHS[0]
    place.chmod(0o640)
    apply(root, [FileChange(PATHS[0], OLD, NEW)])
    assert stat.S_IMODE(place.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_of_any_new_file(root: Path) -> None:
    mask = os.umask(0o027)
    try:
        apply(root, [FileChange("n.yaml", None, NEW)])
    finally:
        os.umask(mask)
    assert stat.S_IMODE((root / "n.yaml").stat().st_mode) == 0o640


def test_what_changed_underneath_is_not_overwritten(root: Path) -> None:
    (root / PATHS[1]).write_bytes(b"title: theirs\n")
    before = everything(root)
    with pytest.raises(LedgerError, match=r"b\.yaml 在读取之后被别人改过"):
        apply(root, [FileChange(path, OLD, NEW) for path in PATHS])
    assert everything(root) == before


def test_what_is_gone_is_not_written_again(root: Path) -> None:
    (root / PATHS[1]).unlink()
    before = everything(root)
    with pytest.raises(LedgerError, match="被别人改过"):
        apply(root, [FileChange(path, OLD, NEW) for path in PATHS])
    assert everything(root) == before


def test_a_new_file_that_is_already_there_is_not_overwritten(root: Path) -> None:
    before = everything(root)
    with pytest.raises(LedgerError, match=r"a\.yaml 已经存在"):
        apply(root, [FileChange("n.yaml", None, NEW), FileChange(PATHS[0], None, NEW)])
    assert everything(root) == before


def test_one_path_twice_is_refused(root: Path) -> None:
    before = everything(root)
    with pytest.raises(LedgerError, match="被别人改过"):
        apply(root, [FileChange(PATHS[0], OLD, NEW), FileChange(PATHS[0], OLD, b"3\n")])
    assert everything(root) == before


OUTSIDE = [
    "../x.yaml",
    "data/../../x.yaml",
    "data/tasks/../a.yaml",
    "/etc/x.yaml",
    "",
    ".",
    ".git/config",
    "data/.git/x.yaml",
    ".GIT/config",
    "data/x/.Git/hooks/x",
    "data/hooks/post-commit",
    "data/hooks/deeper/x.yaml",
    "out/x.yaml",
    "data/link.yaml",
    "data/dangling.yaml",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_paths_that_leave_the_ledger_are_refused(root: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.yaml").write_bytes(OLD)
    (root / ".git/hooks").mkdir(parents=True)
    (root / "data/hooks").symlink_to(root / ".git/hooks")
    (root / "out").symlink_to(tmp_path / "elsewhere")
    (root / "data/link.yaml").symlink_to(tmp_path / "elsewhere" / "x.yaml")
    (root / "data/dangling.yaml").symlink_to(tmp_path / "elsewhere" / "new.yaml")
    before = everything(tmp_path)
    for old in (OLD, None):
        with pytest.raises(LedgerError, match="不在台账文件夹里"):
            apply(root, [FileChange(PATHS[0], OLD, NEW), FileChange(path, old, NEW)])
    with pytest.raises(LedgerError, match="不在台账文件夹里"):
        store.read(root, path)
    assert everything(tmp_path) == before


def test_a_folder_that_is_a_link_within_the_ledger_is_followed(root: Path) -> None:
    (root / "data/same").symlink_to((root / PATHS[0]).parent)
    path = f"data/same/{PATHS[0].rpartition('/')[2]}"
    assert store.inside(root, path) == root / path
    assert store.read(root, path) == OLD


def test_a_ledger_reached_through_a_symbolic_link_is_written(root: Path, tmp_path: Path) -> None:
    (tmp_path / "shortcut").symlink_to(root)
    apply(tmp_path / "shortcut", [FileChange(PATHS[0], OLD, NEW)])
    assert (root / PATHS[0]).read_bytes() == NEW


def test_undo_puts_back_and_leaves_what_others_changed(root: Path) -> None:
    changes = [FileChange(path, OLD, NEW) for path in PATHS]
    changes.append(FileChange("data/new/n.yaml", None, NEW))
    changes.append(FileChange("data/tasks/gone.yaml", None, NEW))
    apply(root, changes)
    (root / PATHS[1]).write_bytes(b"title: theirs\n")
    (root / "data/tasks/gone.yaml").unlink()
    undo(root, changes)
    assert everything(root / "data") == {
        "tasks": None,
        "tasks/a.yaml": OLD,
        "tasks/b.yaml": b"title: theirs\n",
        "tasks/c.yaml": OLD,
    }


def test_reading_gives_the_bytes(root: Path) -> None:
    assert store.read(root, PATHS[0]) == OLD


@pytest.mark.parametrize("kind", ["nothing", "folder", "fifo"])
def test_reading_what_is_no_file_says_so(root: Path, kind: str) -> None:
    if kind == "folder":
        (root / "n.yaml").mkdir()
    if kind == "fifo":
        os.mkfifo(root / "n.yaml")
    with pytest.raises(LedgerError, match=r"n\.yaml"):
        store.read(root, "n.yaml")


def test_a_script_is_executable(root: Path) -> None:
    place = root / "hook"
    place.write_bytes(b"old")
    store.replace_file(place, b"#!/bin/sh\n", 0o755)
    assert place.read_bytes() == b"#!/bin/sh\n"
    assert os.access(place, os.X_OK)
    assert not list(root.glob(".*"))


ENDLESS = """
import sys
from pathlib import Path
from ledger.adapters.disk.store import FileChange, exchange, staged
root, paths = Path(sys.argv[1]), sys.argv[2:]
old, new = b"title: old\\n" * 2000, b"title: new\\n" * 2000
print("ready", flush=True)
while True:
    with staged(root, [FileChange(path, old, new) for path in paths]) as swaps:
        exchange(root, swaps)
    old, new = new, old
"""


def test_a_killed_writer_leaves_whole_files_and_nothing_that_is_read_as_data(root: Path) -> None:
    whole = {b"title: old\n" * 2000, b"title: new\n" * 2000}
    for round_ in range(8):
        for path in PATHS:
            (root / path).write_bytes(b"title: old\n" * 2000)
        command = [sys.executable, "-c", ENDLESS, str(root), *PATHS]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(0.004 + 0.0017 * round_)
            writer.send_signal(signal.SIGKILL)
        blobs, odd = scan(root, ("data/tasks",))
        assert list(blobs) == PATHS
        assert {(root / path).read_bytes() for path in blobs} <= whole
        assert not odd


def test_undo_keeps_a_folder_with_other_files(root: Path) -> None:
    changes = [FileChange("data/tasks/n.yaml", None, NEW)]
    apply(root, changes)
    undo(root, changes)
    assert everything(root / "data/tasks") == {Path(path).name: OLD for path in PATHS}


def test_a_failed_rename_leaves_no_folder_several_levels_deep(root: Path) -> None:
    (root / "folder.yaml").mkdir()
    before = everything(root)
    changes = [
        FileChange("data/new/deep/n.yaml", None, NEW),
        FileChange("data/new/deep/m.yaml", None, NEW),
        FileChange("folder.yaml", None, NEW),
    ]
    with pytest.raises(LedgerError, match=r"folder\.yaml"):
        apply(root, changes)
    assert everything(root) == before


def test_putting_back_needs_no_room(root: Path) -> None:
    """What was there is kept under a second name; a file without links is copied beforehand."""
    changes = [FileChange(path, OLD, NEW) for path in PATHS]
    apply(root, changes)
    kept = [root.parent / "kept" / str(number) for number in range(len(PATHS))]
    inodes = [each.stat().st_ino for each in kept]
    assert undo(root, changes) == [True] * len(PATHS)
    assert [(root / path).stat().st_ino for path in PATHS] == inodes


def test_what_was_kept_and_changed_since_is_not_put_back(root: Path) -> None:
    changes = [FileChange(PATHS[0], OLD, NEW)]
    apply(root, changes)
    (root.parent / "kept" / "0").write_bytes(b"title: theirs\n")  # by somebody's hard link
    assert undo(root, changes) == [False]
    assert (root / PATHS[0]).read_bytes() == NEW


def test_writing_over_one_file(root: Path) -> None:
    place = root / "表.csv"
    store.write_over(place, None, OLD)
    store.write_over(place, OLD, NEW)
    with pytest.raises(LedgerError, match="别人改过"):
        store.write_over(place, OLD, OLD)
    assert place.read_bytes() == NEW
    assert not list(root.glob(".*"))
