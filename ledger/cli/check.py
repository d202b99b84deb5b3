"""检查: `ledger check`, `audit`, `seal`, `verify`, `rule`, `gate`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ledger.cli import options
from ledger.cli.frame import OptionGroup
from ledger.cli.groups import Comparing, Moments, Reading, begun
from ledger.cli.options import argument, flag, option
from ledger.cli.output import emit_lines, emit_page, emit_table
from ledger.cli.session import Session, emit, emit_json, leave_if, say
from ledger.errors import UsageError
from ledger.model.problem import has_errors

if TYPE_CHECKING:
    from ledger.model.problem import Problem
    from ledger.usecases.checking.audit import Audit
    from ledger.usecases.checking.seal import Verdict as Proved

_FORMS = ("text", "table", "json", "github", "sarif", "junit")
_TOLD = ("text", "table")  # forms for people
_MOST = 20  # problems of a push that are told one by one


def verdict(
    here: Session,
    form: Annotated[
        str | None, option("--format", "格式", "text、json、github、sarif、junit")
    ] = None,
    json: options.Json = False,
) -> Reading:
    """What machines may read, too."""
    return begun(here, options.chosen_format(form, json, _FORMS), None)


Verdict = Annotated[Reading, OptionGroup(verdict)]


def check(
    paths: Annotated[list[str] | None, argument("路径", "只检查这些文件或文件夹", "file")] = None,
    *,
    base: Annotated[str, option("--base", "版本", "检查相对于这个版本的改动（合并请求）")] = "",
    head: Annotated[str, option("--head", "版本", "改动到哪个版本为止，默认是工作区")] = "",
    reading: Verdict,
) -> None:
    """检查台账是否合乎全部规则。检查改动时，规则、部门名单和模板以改动之前的为准。"""
    if head and not base:
        raise UsageError("--head 要和 --base 一起用", hint="请同时写 --base 版本")
    if base and paths:
        raise UsageError("路径和 --base 不能同时用", hint="请去掉其中一个")
    problems = _problems(reading, base, head, paths or [])
    _print_problems(problems, reading.form)
    if not base and not paths:
        _say_unshared(reading)
    leave_if(has_errors(problems))


def audit(
    *,
    since: Annotated[str, option("--since", "版本|日期", "只审计这个版本或这一天以后的历史")] = "",
    until: Annotated[str, option("--until", "版本|日期", "审计到这个版本或这一天为止")] = "",
    restart: Annotated[bool, flag("--restart", "不接着上次，从头审计，重新记进度")] = False,
    reading: Comparing,
) -> None:
    """按全部规则重放历史的每一步：谁在哪个提交里违反了什么，每次销号依据哪次会议。"""
    from ledger.usecases.checking.audit import audit as run
    from ledger.view.progress import progress

    first, last = (reading.moment(name).commit if name else "" for name in (since, until))
    with progress("审计历史") as told:
        audited = run(reading.ledger, first, last, restart, told)
    _print_audit(audited, reading.form)
    leave_if(audited.has_errors())


def seal(
    name: Annotated[str, argument("名称", "封存的名称，默认是今天的日期")] = "",
    *,
    note: Annotated[str, option("--note", "说明", "封存的用途，一句话")] = "",
    push: Annotated[bool, flag("--push", "封存以后送到远端，让别人也能验证")] = False,
    reading: Moments,
) -> None:
    """封存：把台账此刻（或 --at 那时）的摘要记成标签，以后可以验证当时的台账就是这样。"""
    from ledger.usecases.checking.seal import commit_to_seal, is_shared, publish
    from ledger.usecases.checking.seal import seal as make

    commit, notes = commit_to_seal(reading.ledger, reading.when)
    say(*notes)
    made = make(reading.ledger, commit, name or reading.now.isoformat(), note, again=push)
    emit([f"已封存 {made.name}", f"提交 {made.commit}", f"摘要 {made.digest}"])
    if push:
        say(f"已送到远端 {publish(reading.ledger, made)}。")
    elif is_shared(reading.ledger):
        say("要让别人也能验证，请运行 ledger seal --push。")


def verify(
    here: Session,
    what: Annotated[str, argument("文件|封存", "通报的文件、网页的文件夹，或封存的名称", "file")],
) -> None:
    """验证通报、网页或封存：按它写明的提交重新计算，一致，或指出哪里不同。"""
    verified = _verified(here, what)
    emit([*verified.lines, "一致。" if verified.agrees else "不一致。"])
    leave_if(not verified.agrees)


def rule(code: Annotated[str, argument("规则", "规则编号，如 C004", "rule")]) -> None:
    """一条规则的说明：管什么、为什么、例子、怎么改。"""
    from ledger.usecases.checking.explain import explained

    emit_page(explained(code))


def gate(
    here: Session,
    action: Annotated[str, argument("install|receive", "install：安装；receive：由服务器钩子调用")],
    hook: Annotated[str | None, option("--hook", "裸仓库", "把门禁钩子装进这个裸仓库")] = None,
    ci: Annotated[
        list[str] | None, option("--ci", "平台", "forgejo、gitea、github、gitlab；可写多次")
    ] = None,
    no_commit: options.NoCommit = False,
) -> None:
    """在服务器上把关：合并请求自动检查，违反规则的推送拒收。"""
    if action == "receive":
        _receive()
    elif action != "install":
        raise UsageError(f"没有“gate {action}”", hint="请写 ledger gate install")
    elif hook or ci:
        _install(here, hook, ci or [], not no_commit)
    else:
        raise UsageError("没有写装在哪里", hint="请写 --hook 裸仓库，或 --ci 平台")


def _verified(here: Session, what: str) -> Proved:
    path = Path(what)
    if path.is_dir():
        from ledger.usecases.publishing.prove import prove
        from ledger.view.web.site import site_files

        return prove(path, here.open_if_any(), site_files)
    from ledger.usecases.checking.seal import verify_seal
    from ledger.usecases.checking.verify import verify_file

    ledger = here.open()
    return verify_file(ledger, path) if path.is_file() else verify_seal(ledger, what)


def _problems(reading: Reading, base: str, head: str, paths: list[str]) -> tuple[Problem, ...]:
    ledger = reading.ledger
    if base:
        from ledger.usecases.checking.check import check_between

        return check_between(ledger, base, head, reading.now).problems
    from ledger.usecases.checking.worktree import check_worktree

    inside = [_relative(ledger.root, path) for path in paths]
    return check_worktree(ledger, reading.now, inside).problems


def _say_unshared(reading: Reading) -> None:
    """Which commits will be refused when they are sent."""
    from ledger.usecases.sharing.unshared import unshared_missteps

    if missteps := unshared_missteps(reading.ledger, reading.now):
        from ledger.view.sync import unshared_lines

        say(*unshared_lines(missteps))


def _print_problems(problems: tuple[Problem, ...], form: str) -> None:
    from ledger.view import check as view

    if form == "json":
        emit_json(view.problem_json(problems))
    else:
        lines = view.FORMS[form](problems)
        (emit_lines if form in _TOLD else emit)(lines)


def _relative(root: Path, path: str) -> str:
    place = Path(path).resolve()
    if not place.exists():
        raise UsageError(f"找不到 {path}", hint="请检查路径")
    if not place.is_relative_to(root.resolve()):
        raise UsageError(f"{path} 不在台账里", hint="请给出台账里的文件或文件夹")
    inside = place.relative_to(root.resolve()).as_posix()
    return "" if inside == "." else inside


def _print_audit(audited: Audit, form: str) -> None:
    from ledger.view import audit as view

    if form == "json":
        emit_json(view.as_json(audited))
        return
    tables = list(view.tables(audited))
    for table in tables:
        emit_table(table, form, sum(len(each.rows) for each in tables))
        emit([""])
    emit_lines([view.summary(audited)])


def _install(here: Session, hook: str | None, ci: list[str], commit: bool) -> None:
    from ledger.usecases.reading.load import load
    from ledger.usecases.setup import gate as gating

    if ci:
        kinds = gating.checked_kinds(ci)
        ledger = here.open()
        paths = gating.install_ci(ledger, kinds, commit)
        say(f"已写入 {'、'.join(paths)}。" if paths else "检查配置已经在了，不用再装。")
        say("推送以后，还要在平台上设好（ledger doctor --forge 逐项核对）：")
        for number, step in enumerate(gating.remaining(kinds, load(ledger).config.forge.base), 1):
            say(f"  {number}. {step}。")
    if hook:
        installed = gating.install_hook(here.folder / Path(hook))
        say(f"门禁钩子装好了：{installed.place}（{installed.kind}）")
        if installed.head:
            say(f"  这个仓库的 HEAD 已改为指向主分支 {installed.head}。")


def _receive() -> None:
    """What git runs: the push on stdin, the verdict by exit code, reasons on stderr."""
    from ledger.usecases.setup.receive import receive

    now = dt.datetime.now(dt.UTC)  # the server's clock, nobody else's word
    refused = receive(Path.cwd(), sys.stdin or (), now)  # closed, it is None
    for refusal in refused:
        from ledger.view.problems import problem_line

        say(f"拒收 {refusal.ref}：{refusal.reason}。")
        say(*(f"  {problem_line(problem)}" for problem in refusal.problems[:_MOST]))
        if len(refusal.problems) > _MOST:
            say(f"  ……另有 {len(refusal.problems) - _MOST} 处。")
    leave_if(bool(refused))
