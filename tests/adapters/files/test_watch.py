"""A state's number: another one after every change that a page may tell of, else the same."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.adapters.files.watch import Watch, signature
from tests.conftest import run_git

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger


def watched(ledger: LedgerFolder) -> Callable[[], bytes]:
    return partial(signature, ledger.root, ledger.root / ".git", ledger.root / ".git")


def in_place(path: Path) -> None:
    """Another content of the same length, inode and times."""
    before = path.stat()
    content = path.read_bytes()
    with path.open("r+b") as file:
        file.write(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_what_changes_it(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(
        [{}, {}],
        files={
            "data/evidence/a/b.txt": "证据一\n",
            "templates/weekly.md.j2": "x\n",
            "别的.txt": "y\n",
        },
    )
    root, look = ledger.root, watched(ledger)
    task = ledger.path("GZ2017-001")
    changes: tuple[Callable[[], object], ...] = (
        lambda: in_place(task),
        lambda: in_place(root / "data/evidence/a/b.txt"),
        lambda: ledger.write("data/evidence/a/c/d.txt", "证据二\n"),
        lambda: ledger.write("data/tasks/GZ2017/GZ2017-003.yaml", "id: x\n"),
        lambda: task.rename(task.with_name("GZ2017-009.yaml")),
        (root / "data/evidence/a/b.txt").unlink,
        lambda: (root / "data/evidence/link").symlink_to("a"),
        lambda: in_place(root / "ledger.yaml"),
        lambda: (root / "templates/weekly.md.j2").write_text("z\n"),
        lambda: (root / "allowed_signers").write_text("a"),
        lambda: ledger.write(".git/ledger/audit.jsonl", "a"),
        lambda: ledger.git("add", "--all"),
        lambda: ledger.git("commit", "--quiet", "-m", "改动"),
        lambda: ledger.git("tag", "封存"),
        lambda: ledger.git("branch", "别的/分支"),
        lambda: ledger.git("pack-refs", "--all"),
        lambda: ledger.git("checkout", "--quiet", "--detach"),
        lambda: ledger.git("config", "user.name", "别人"),
        lambda: (root / "ledger.yaml").rename(root / "别的.yaml"),
        lambda: root.rename(root.with_name("移走")),
    )
    seen = [look()]
    for number, change in enumerate(changes):
        assert look() == seen[-1], number
        change()
        seen.append(look())
        assert seen[-1] not in seen[:-1], number


def test_settings_behind_a_link(make_ledger: MakeLedger) -> None:
    ledger = make_ledger([{}])
    config = ledger.root / "ledger.yaml"
    config.rename(ledger.root.with_name("elsewhere.yaml"))
    config.symlink_to("../elsewhere.yaml")
    look = watched(ledger)
    before = look()
    assert look() == before
    in_place(ledger.root.with_name("elsewhere.yaml"))
    assert look() != before


def test_what_does_not(make_ledger: MakeLedger) -> None:
    """Nobody who only reads changes it: neither our commands, whose caches lie in .git, nor git."""
    ledger = make_ledger([{}])
    look = watched(ledger)
    before = look()
    ledger.load()
    ledger.git("log", "--oneline")
    list(ledger.open().index.listing())
    assert look() == before


def test_a_work_tree_beside_others(make_ledger: MakeLedger, tmp_path: Path) -> None:
    """Its HEAD lies in a folder of its own, its branches in the one of all."""
    ledger = make_ledger([{}])
    ledger.git("worktree", "add", "--quiet", "-b", "旁边", str(tmp_path / "旁边"))
    own = Path(run_git(tmp_path / "旁边", "rev-parse", "--absolute-git-dir").strip())
    look = partial(signature, tmp_path / "旁边", ledger.root / ".git", own)
    before = look()
    run_git(tmp_path / "旁边", "commit", "--quiet", "--allow-empty", "-m", "空")
    assert look() != before


class TestMany:
    def test_who_comes_while_one_looks_waits_for_the_next_look(self) -> None:
        """And all who wait share it."""
        looks: list[int] = []
        first, go = threading.Event(), threading.Event()

        def look() -> bytes:
            looks.append(len(looks))
            if len(looks) == 1:
                first.set()
                assert go.wait(60)
            return b"%d" % len(looks)

        watch, numbers = Watch(look), [0] * 10
        early = threading.Thread(target=lambda: numbers.__setitem__(0, watch.state()))
        early.start()
        assert first.wait(60)
        tickets = [watch.ticket() for _ in range(9)]

        def ask(place: int, ticket: int) -> None:
            numbers[place] = watch.state(ticket)

        late = [
            threading.Thread(target=ask, args=(place, ticket))
            for place, ticket in enumerate(tickets, 1)
        ]
        for thread in late:
            thread.start()
        go.set()
        for thread in (early, *late):
            thread.join(60)
        assert numbers == [1] + [2] * 9
        assert len(looks) == 2

    def test_who_comes_later_is_answered_of_later(self) -> None:
        states = [b"a", b"a", b"b", b"a"]
        watch = Watch(lambda: states.pop(0))
        assert [watch.state() for _ in range(4)] == [1, 1, 2, 3]
