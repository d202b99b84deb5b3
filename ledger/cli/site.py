"""`ledger site`: the pages as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ledger.cli import options
from ledger.cli.groups import Moments
from ledger.cli.options import flag, option
from ledger.cli.session import emit, say
from ledger.errors import UsageError

if TYPE_CHECKING:
    from ledger.usecases.publishing.folder import Published


def site(
    *,
    output: Annotated[str | None, options.output("文件夹", "写到哪个文件夹")] = None,
    dept: Annotated[
        str,
        option(
            "--dept", "部门", "只要一个部门牵头或配合的事项，别的部门的一概不出现", "department"
        ),
    ] = "",
    evidence: Annotated[bool, flag("--evidence", "把佐证材料的文件也放进去")] = False,
    reading: Moments,
) -> None:
    """把网页写成文件，放进 U 盘或共享文件夹，不用服务器就能打开、搜索和筛选。"""
    from ledger.usecases.publishing.folder import publish
    from ledger.usecases.publishing.origin import origin_of
    from ledger.view.progress import after_a_second
    from ledger.view.web.site import site_files

    if output is None:
        raise UsageError("没有写放在哪里", hint="请用 -o 写明文件夹，如 ledger site -o 网页")
    ledger, folder = reading.ledger, Path(output)
    origin, notes = origin_of(ledger, reading.when, dept, evidence=evidence)
    say(*notes)
    pages = site_files(ledger, origin, after_a_second("正在生成网页"))
    _tell(folder, publish(ledger, folder, origin, pages))


def _tell(folder: Path, published: Published) -> None:
    from ledger.view.web.told import site_lines

    emit(site_lines(folder, published))
