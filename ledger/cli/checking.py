"""`ledger check`, `ledger rule`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import options
from ledger.cli.session import emit, emit_json, say, session
from ledger.errors import UsageError

if TYPE_CHECKING:
    from ledger.usecases.reading.open import Ledger

_FORMS = ("text", "table", "json", "github", "sarif", "junit")


def check(
    context: typer.Context,
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="路径", help="只检查这些文件或文件夹")
    ] = None,
    base: Annotated[
        str, typer.Option("--base", metavar="版本", help="检查相对于这个版本的改动（合并请求）")
    ] = "",
    head: Annotated[
        str, typer.Option("--head", metavar="版本", help="改动到哪个版本为止，默认是工作区")
    ] = "",
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="格式", help="text、json、github、sarif、junit"),
    ] = None,
    json: options.Json = False,
) -> None:
    """检查台账是否合乎全部规则。检查改动时，规则、部门名单和模板以改动之前的为准。"""
    from ledger.model.problem import has_errors
    from ledger.usecases.checking.check import check_between, check_worktree
    from ledger.view import checks as view

    wanted = options.chosen_format(form, json, _FORMS)
    here = session(context)
    ledger = here.open()
    if head and not base:
        raise UsageError("--head 要和 --base 一起用", hint="请同时写 --base 版本")
    if base and paths:
        raise UsageError("路径和 --base 不能同时用", hint="请去掉其中一个")
    if base:
        found = check_between(ledger, base, head, here.now(ledger)).problems
    else:
        inside = [_relative(ledger.root, path) for path in paths or ()]
        found = check_worktree(ledger, here.now(ledger), inside).problems
    if wanted == "json":
        emit_json(view.problem_json(found))
    else:
        emit(view.FORMS[wanted](found))
    if not base and not paths:
        _unshared(ledger, here.now(ledger))
    if has_errors(found):
        raise typer.Exit(1)


def _unshared(ledger: Ledger, today: dt.date) -> None:
    """Say which commits will be refused when they are sent."""
    from ledger.usecases.sharing.unshared import unshared_missteps
    from ledger.view.syncing import misstep_lines

    if found := unshared_missteps(ledger, today):
        for line in misstep_lines(found):
            say(f"注意：{line}" if not line.startswith(" ") else line)
        say("它们送不出去；改好以后运行 ledger sync --fold，连同改正并成一步。")


def rule(
    code: Annotated[str, typer.Argument(metavar="规则", help="规则编号，如 C004")],
) -> None:
    """一条规则的说明：管什么、为什么、例子、怎么改。"""
    from ledger.adapters.pages import rule_page
    from ledger.model.choice import one_of
    from ledger.rules import CODES

    sys.stdout.write(rule_page(one_of(code.upper(), CODES, "规则")))


def _relative(root: Path, path: str) -> str:
    place = Path(path).resolve()
    if not place.exists():
        raise UsageError(f"找不到 {path}", hint="请检查路径")
    if not place.is_relative_to(root.resolve()):
        raise UsageError(f"{path} 不在台账里", hint="请给出台账里的文件或文件夹")
    inside = place.relative_to(root.resolve()).as_posix()
    return "" if inside == "." else inside
