"""`ledger serve`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Annotated

from ledger.cli.buglog import bug, logged
from ledger.cli.options import flag, option
from ledger.cli.session import Session, emit, remark, say
from ledger.usecases.showing.serve import HOST, PORT, Counter, counter
from ledger.usecases.showing.serve import serve as hand_out

if TYPE_CHECKING:
    from ledger.view.web.shield import Question

_MOST_LOGS = 20


def serve(
    here: Session,
    *,
    port: Annotated[
        int | None, option("--port", "端口", f"网页的端口，默认 {PORT}；0 任取一个空的")
    ] = None,
    host: Annotated[
        str, option("--host", "地址", "让别的电脑也能看：这台电脑的地址，或 0.0.0.0（全部地址）")
    ] = HOST,
    open_it: Annotated[bool, flag("--open", "同时打开浏览器")] = False,
) -> None:
    """在浏览器里看台账：只能看，不能改。文件一改，刷新就见；不写默认只有这台电脑能看。"""
    question, rest = _desk(here)
    at = counter(host, PORT if port is None else port)
    hand_out(at, question, rest, partial(_begun, at, open_it))
    say("已停止，网页不再能看。")


def _desk(here: Session) -> tuple[Question, Callable[[], None]]:
    """What answers questions about the ledger; the program's own mistakes are logged."""
    from ledger.usecases.showing.desk import Desk
    from ledger.view.web.routes import answer
    from ledger.view.web.shield import shielded

    desk, known = Desk(here.untouched(), answer, here.now), set[str]()

    def note(error: Exception, asked: object) -> None:
        if (what := repr(error)) not in known and len(known) < _MOST_LOGS:
            known.add(what)
            say(bug(logged(error, asked)))

    return shielded(desk.question, note), desk.rest


def _begun(at: Counter, opened: bool, end: Callable[[], None]) -> None:
    """Tell where the pages are, who can read them, and how it ends."""
    emit([at.address])
    sys.stdout.flush()
    if at.is_open:
        remark(
            "凡是能连到这台电脑的人，都能看整个台账，包括佐证材料和过去的内容；"
            "没有密码，只能看，不能改"
        )
    say("台账的网页就在这个地址，用浏览器打开。按 Ctrl+C 结束。")
    if opened:
        Thread(target=_open_browser, args=(at.address,), daemon=True).start()


def _open_browser(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        say("这台电脑上没有能打开的浏览器，请自己打开上面的地址。")
