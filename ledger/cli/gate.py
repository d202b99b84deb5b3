"""`ledger gate install` and `ledger gate receive`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from ledger.cli import options
from ledger.cli.session import say, session
from ledger.errors import UsageError


def gate(
    context: typer.Context,
    action: Annotated[
        str,
        typer.Argument(metavar="install|receive", help="install：安装；receive：由服务器钩子调用"),
    ],
    hook: Annotated[
        str | None, typer.Option("--hook", metavar="裸仓库", help="把门禁钩子装进这个裸仓库")
    ] = None,
    ci: Annotated[
        list[str] | None,
        typer.Option("--ci", metavar="平台", help="forgejo、gitea、github、gitlab；可写多次"),
    ] = None,
    no_commit: options.NoCommit = False,
) -> None:
    """在服务器上把关：合并请求自动检查，违反规则的推送拒收。"""
    if action == "receive":
        _receive()
        return
    from ledger.usecases.reading.open import load
    from ledger.usecases.setup import gate as gating

    if action != "install":
        raise UsageError(f"没有“gate {action}”", hint="请写 ledger gate install")
    if not hook and not ci:
        raise UsageError("没有写装在哪里", hint="请写 --hook 裸仓库，或 --ci 平台")
    if ci:
        kinds = gating.checked_kinds(ci)
        ledger = session(context).open()
        paths = gating.install_ci(ledger, kinds, not no_commit)
        say(f"已写入 {'、'.join(paths)}。" if paths else "检查配置已经在了，不用再装。")
        say("推送以后，还要在平台上设好（ledger doctor --forge 逐项核对）：")
        for number, each in enumerate(gating.remaining(kinds, load(ledger).config.forge.base), 1):
            say(f"  {number}. {each}。")
    if hook:
        installed = gating.install_hook(session(context).folder / Path(hook))
        say(f"门禁钩子装好了：{installed.place}（{installed.kind}）")
        if installed.head:
            say(f"  这个仓库的 HEAD 已改为指向主分支 {installed.head}。")


def _receive() -> None:
    """What git runs: the push on stdin, the verdict by exit code, reasons on stderr."""
    from ledger.usecases.setup.receive import receive
    from ledger.view.problems import problem_line

    now = dt.datetime.now(dt.UTC)  # the server's clock, nobody else's word
    refused = receive(Path.cwd(), sys.stdin or (), now)  # closed, it is None
    for each in refused:
        say(f"拒收 {each.ref}：{each.reason}。")
        for problem in each.problems[:20]:
            say(f"  {problem_line(problem)}")
        if len(each.problems) > 20:
            say(f"  ……另有 {len(each.problems) - 20} 处。")
    if refused:
        raise typer.Exit(1)
