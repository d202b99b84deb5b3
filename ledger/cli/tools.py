"""`ledger help`, `who`, `deadline`, `schema`, `doctor`, `completion`, `merge-driver`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from ledger.cli import options
from ledger.cli.commands import VERBS, function_of
from ledger.cli.frame import Declaration
from ledger.cli.groups import Opened
from ledger.cli.options import argument, flag, option
from ledger.cli.output import emit_page, emit_result
from ledger.cli.session import Ended, Session, day, emit, leave_if, remark, say, year_number
from ledger.errors import UsageError


def explain(
    topic: Annotated[
        str, argument("主题", "如 销号、时限、导入，或者一个命令；不写列出全部主题", "topic")
    ] = "",
) -> None:
    """讲一个主题：是什么，用哪些命令；写命令的名称，就是它的 --help。"""
    from ledger.cli.help import command_help, topic_list
    from ledger.usecases.looking.topics import topic_text

    if not topic:
        emit(topic_list())
    elif topic in VERBS:
        emit(command_help(topic, Declaration(function_of(VERBS[topic]))))
    else:
        emit_page(topic_text(topic, VERBS))


def deadline(
    here: Session,
    text: Annotated[str, argument("时限", "如 6月底前、每季度、30个工作日内")],
    year: Annotated[int | None, option("--year", "年份", "没写年份的按哪一年，默认今年")] = None,
    since: Annotated[str | None, option("--from", "日期", "“若干日内”从哪天起算", "day")] = None,
    form: options.Format = None,
    json: options.Json = False,
) -> None:
    """看一句时限怎样解读。读不懂的如实说是待定，绝不猜。"""
    from ledger.model.deadline import read_deadline
    from ledger.view.deadline import as_json, table

    chosen = options.chosen_format(form, json)
    base = day(since, "--from") if since else None
    base_year = year_number(year, "--year") or here.now(None).year
    read = read_deadline(text, base_year, since=base)
    emit_result(chosen, read, as_json, table)
    remark(read.warning)


def who(
    name: Annotated[str, argument("姓名", "登记成谁；不写只看现在是谁")] = "",
    *,
    mail: Annotated[str | None, option("--mail", "邮箱", "邮箱；不写用原来的")] = None,
    dept: Annotated[
        str | None,
        option("--dept", "部门", "在哪个部门；不写看姓名开头，如 审业部联络员", "department"),
    ] = None,
    role: Annotated[
        str | None,
        option("--role", "角色", "联络员、督查或全部：ledger mine 列哪些；不写看有没有部门"),
    ] = None,
    ledger: Opened,
) -> None:
    """现在由谁办理：每次改动都署这个名字。登记只管这台电脑上的这个台账。"""
    from ledger.usecases.setup.who import person, register
    from ledger.view.who import person_lines

    if not name and (mail, dept, role) != (None, None, None):
        raise UsageError("没有写姓名", hint="请把姓名写在 who 后面")
    emit(person_lines(register(ledger, name, mail, dept, role) if name else person(ledger)))


def schema(
    kind: Annotated[str, argument("种类", "task、source、decision 或 ledger", "schema")],
) -> None:
    """输出一种文件的 JSON Schema，供编辑器补全和检查。"""
    from ledger.model.choice import one_of
    from ledger.model.schema import FILES
    from ledger.usecases.setup.init import schema_text

    sys.stdout.write(schema_text(one_of(kind, tuple(FILES), "文件种类")))


def doctor(
    here: Session,
    forge: Annotated[
        bool, flag("--forge", "再问托管平台：保护、检查、批准、合并方式是否都已设好")
    ] = False,
    fix: Annotated[bool, flag("--fix", "能修的都修好；您自己没有保存的改动不动")] = False,
    form: options.Format = None,
    json: options.Json = False,
) -> None:
    """检查电脑、仓库、配置和数据，说明怎样处理，有误时退出码为 1。"""
    from ledger.usecases.setup.doctor import examine
    from ledger.usecases.setup.finding import BAD, mended
    from ledger.view.doctor import as_json, table

    chosen = options.chosen_format(form, json)
    looked = examine(here.folder, here.settled, here.now, here.instant(), forge=forge, fix=fix)
    findings = list(mended(looked) if fix else looked)
    emit_result(chosen, findings, as_json, table)
    leave_if(any(each.state == BAD for each in findings))


def completion(
    shell: Annotated[str, argument("Shell", "bash、zsh、fish 或 powershell", "shell")],
    install: Annotated[bool, flag("--install", "装进您自己的设置，不需要管理员")] = False,
) -> None:
    """按 Tab 键补全命令、选项、编号、部门等。不写 --install 只输出脚本。"""
    from ledger.usecases.setup.completion import install as install_script
    from ledger.usecases.setup.completion import script

    if not install:
        sys.stdout.write(script(shell))
        return
    say(*install_script(shell, os.environ))


def merge_driver(
    here: Session,
    files: Annotated[
        list[str] | None, argument("%O %A %B %P", "由 git 填写：起点、本方、对方、文件路径")
    ] = None,
    install: Annotated[bool, flag("--install", "在这个仓库里装上，git 合并时就用它")] = False,
) -> None:
    """git 合并台账文件时调用：按内容合并，有冲突时只标出有分歧的几行。"""
    from ledger.usecases.sharing.merge_driver import install_driver

    if install:
        say("合并驱动装好了。" if install_driver(here.open()) else "合并驱动已经装了。")
    elif files and len(files) >= 3:
        _drive([Path(each) for each in files[:3]], files[3] if len(files) > 3 else files[1])
    else:
        raise UsageError("没有写要合并的文件", hint="它由 git 调用；安装用 --install")


def _drive(files: list[Path], name: str) -> None:
    from ledger.usecases.merging import texts

    clean, held = texts.merge_driver(*files)
    for step in held:
        kept = f"状态留在“{step.kept.get('status', '')}”，没有带过来“{step.lost.get('status', '')}”"
        say(f"注意：{name} 的{kept}。")
    if not clean:
        say(f"{name} 有冲突，请改好标出的几行，再运行 ledger sync --continue。")
        raise Ended(1)
