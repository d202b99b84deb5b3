"""`init --demo` and `init --sample`: something to try the program with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.cli.session import Session, emit, say


def show_demo(here: Session, folder: str) -> None:
    """Make the demonstration ledger, and tell what to look at in it."""
    import shlex

    from ledger.usecases.setup.demo import make_demo
    from ledger.view.progress import progress
    from ledger.view.tour import tour_lines

    today = here.now(None)
    with progress("正在建示例台账") as tell:
        made = make_demo(here.folder / Path(folder), today, here.course, tell)
    say(f"示例台账建好了：{made.root}（{made.tasks} 个事项，{made.commits} 个提交，都是虚构的）")
    if made.visitor:
        say(f"您的姓名和邮箱没有登记过，在里面暂以“{made.visitor}”的名义办理。")
    say("看看有什么，先进入文件夹，再依次运行：")
    program = f"ledger --today {today.isoformat()}" if here.today else "ledger"
    emit([f"cd {shlex.quote(str(made.root))}", *_on_path(), *tour_lines(made, program)])


def _on_path() -> Iterator[str]:
    """What makes `ledger` a command, where it is installed in a place that is on no PATH."""
    import shlex
    import shutil
    import sys

    place = Path(sys.executable).parent
    if not shutil.which("ledger") and (place / "ledger").exists():
        yield f'export PATH={shlex.quote(str(place))}:"$PATH"'


def write_sample(here: Session, folder: str) -> None:
    """Write the table of the manual's first day."""
    from ledger.usecases.setup.sample import hand_out_sample

    say(f"示例表格写好了：{hand_out_sample(here.folder / Path(folder))}")
