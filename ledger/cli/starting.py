"""`ledger init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ledger.cli import options
from ledger.cli.session import say, session


def init(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="文件夹", help="默认是当前文件夹")] = ".",
    organisation: Annotated[
        str, typer.Option("--organisation", metavar="名称", help="单位名称")
    ] = "",
    no_commit: options.NoCommit = False,
) -> None:
    """新建台账：配置、文件夹、编辑器提示用的格式说明，并做第一次提交。已有的文件不动。"""
    from ledger.usecases.setup.init import start

    here = session(context)
    done = start(here.folder / Path(folder), organisation, not no_commit, here.course)
    say(f"台账建好了：{done.root}")
    if done.below:
        say(f"它在仓库的 {done.below} 里，不在顶层：门禁和平台的检查只管顶层的台账。")
    if not done.commit and not no_commit:
        say('还没有登记您是谁，所以没有提交；请运行 git config --global user.name "姓名"，')
        say('和 git config --global user.email "邮箱"，再用 git 提交一次。')
    say("下一步：在 ledger.yaml 里填部门名单，再用 ledger import 导入，或用 ledger add 新增事项。")
