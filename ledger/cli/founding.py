"""What a new ledger is founded on, as the command line has it or as somebody says who is asked."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

from ledger.cli.asking import agreed, ask, checked, on_terminal
from ledger.cli.conversation import HOW, Answers, Asker, Prompt, converse
from ledger.cli.frame import OptionGroup
from ledger.cli.options import option
from ledger.cli.session import Cancelled, Session, say
from ledger.errors import UsageError
from ledger.model.config import Department
from ledger.model.paths import CONFIG_FILE
from ledger.model.record import dataclass, replace
from ledger.usecases.reading.identities import nobody
from ledger.usecases.setup.found import (
    Foundation,
    read_bodies,
    read_departments,
    read_id,
    read_share,
    read_table,
)
from ledger.usecases.setup.who import SIGNING, signable

_USUAL = "台账"  # what a ledger's folder is called, where nobody says otherwise


@dataclass(frozen=True, slots=True)
class Founding:
    """What was given on the command line, as it was written; None where nothing was.

    Attributes:
        table: the file that is to be imported at once.
    """

    organisation: str | None
    departments: str | None
    bodies: str | None
    quorum: str | None
    approval: str | None
    meetings: str | None
    who: str | None
    mail: str | None
    table: str | None
    source: str | None
    year: str | None

    def any(self) -> bool:
        """Whether anything was given."""
        return self != Founding(*([None] * len(self.__slots__)))


def founding(
    organisation: Annotated[str | None, option("--organisation", "名称", "单位名称")] = None,
    dept: Annotated[
        list[str] | None,
        option("--dept", "名单", "部门，可写多个；简称写成 全称=简称；也可写有部门的表格文件"),
    ] = None,
    body: Annotated[
        str | None, option("--body", "会议", "哪些会议可以决定销号，默认 党组会、局务会")
    ] = None,
    quorum: Annotated[
        str | None, option("--quorum", "几分之几", "到会不少于应到的几分之几，默认 1/2")
    ] = None,
    approval: Annotated[
        str | None, option("--approval", "几分之几", "同意票超过应到的几分之几，默认 1/2")
    ] = None,
    meets: Annotated[
        str | None, option("--meets", "时间", "哪天开会：每周一、每月第一个星期三；几个会用；隔开")
    ] = None,
    who: Annotated[str | None, option("--who", "姓名", "由谁办理，署在每次改动上")] = None,
    mail: Annotated[str | None, option("--mail", "邮箱", "办理人的邮箱")] = None,
    table: Annotated[
        str | None, option("--import", "文件", "建好以后导入这张表，先预览", "file")
    ] = None,
    source: Annotated[str | None, option("--source", "来源", "那张表的来源编号，如 GZ2017")] = None,
    year: Annotated[str | None, option("--year", "年份", "那张表里的月份属于哪一年")] = None,
) -> Founding:
    """What a new ledger is founded on."""
    return Founding(
        organisation,
        "\n".join(dept) if dept else None,
        body,
        quorum,
        approval,
        meets,
        who,
        mail,
        table,
        source,
        year,
    )


Founds = Annotated[Founding, OptionGroup(founding)]


def carry_out(given: Founding, here: Session, name: str, commit: bool) -> None:
    """Make a folder a ledger, once all is known that it stands on; then import what is to come in.

    Args:
        name: the folder's; empty for the current one.

    Raises:
        LedgerError, UsageError, Cancelled: nothing was made.
    """
    from ledger.usecases.setup.init import refuse_taken, signer_at, start

    folder = here.folder / (Path(name) if name else _place(here))
    refuse_taken(folder)
    existed = folder.exists()
    is_new = not existed or not any(folder.iterdir())
    basis = founded(given, here, signer_at(folder.resolve()))
    signer, last = (basis.who, basis.mail), basis.table is None
    done = start(folder, basis.foundation, commit, here.course, signer, last=last)
    say(f"台账建好了：{done.root}")
    if done.below:
        say(f"它在仓库的 {done.below} 里，不在顶层：门禁和平台的检查只管顶层的台账。")
    if not done.commit and commit:
        unknown = nobody("所以没有提交")
        say(f"{unknown.message}；{unknown.hint}，再运行 ledger save。")
    began = replace(here, folder=done.root)
    try:
        if basis.table:
            _brought(began, basis, basis.table)
    except (Cancelled, KeyboardInterrupt):
        if is_new and not done.below:
            _take_away(done.root, existed)
            raise
        say("台账建好了，表没有导入；要导入的，以后用 ledger import。")
    if on_terminal() and commit and done.commit:
        from ledger.cli.look import picture

        picture(began)
        _next_step(basis, *_way_into(done.root, here.folder))
    elif not basis.table:
        _next_step(basis)


def _place(here: Session) -> Path:
    """Where a ledger goes that was given no folder: here, unless that is full of other things."""
    folder = here.folder.resolve()
    crowded = any(not each.name.startswith(".") for each in folder.iterdir())
    if not on_terminal() or not crowded or (folder / ".git").exists():
        return Path()
    words = f"{folder} 里有别的文件，台账建在哪个文件夹里；就建在这里的写 . [{_USUAL}]"
    return Path(ask(words, _some, _USUAL)).expanduser()


def _way_into(root: Path, here: Path) -> Iterator[str]:
    """How to get into a new ledger, for somebody who is elsewhere."""
    import shlex

    root, here = root.resolve(), here.resolve()
    if root != here:
        name = str(root.relative_to(here) if root.is_relative_to(here) else root)
        plain = re.fullmatch(r"[\w./-]+", name)  # Chinese, too, which shlex would quote
        yield f"进入台账的文件夹：cd {name if plain else shlex.quote(name)}"


def _take_away(root: Path, existed: bool) -> None:
    """Take away what was made of a folder that was not there, or empty."""
    for each in list(root.iterdir()):
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)
    if not existed:
        shutil.rmtree(root, ignore_errors=True)


def _brought(here: Session, basis: Founded, table: Path) -> None:
    """Import a table; on a terminal once somebody has seen what comes of it and agrees."""
    from ledger.cli.acting import somebody
    from ledger.cli.importing import carry_out as bring_in
    from ledger.cli.importing import preview
    from ledger.usecases.tables.plan import ImportRequest, plan_import
    from ledger.view.progress import progress

    ledger = here.open()
    acting = somebody(ledger, basis.who, here.now(ledger))
    request = ImportRequest(file=table, source=basis.source, year=basis.year)
    with progress("正在读取和比对") as tell:
        plan = plan_import(acting.ledger, request, acting.by, acting.date, tell, acting.today)
    asks = on_terminal()
    if asks:
        preview(plan, json=False)
    if asks and not agreed("照此写入"):
        say("台账建好了，这张表没有导入；要导入的，以后用 ledger import。")
        return
    bring_in(acting, plan, table, yes=True, accept=asks, json=False)


def _next_step(basis: Founded, *before: str) -> None:
    names = () if basis.foundation.departments else (f"在 {CONFIG_FILE} 里填部门名单",)
    filled = () if basis.table else ("用 ledger import 导入，或用 ledger add 新增事项",)
    if steps := (*before, *(() if basis.table else names), *filled):
        say(f"下一步：{'，再'.join(steps)}。")


@dataclass(frozen=True, slots=True)
class Founded:
    """What was said: what the ledger stands on, who is typing, which table comes first.

    Attributes:
        source, year: of the table.
    """

    foundation: Foundation
    who: str
    mail: str
    table: Path | None
    source: str
    year: int | None


def founded(given: Founding, here: Session, known: tuple[str, str]) -> Founded:
    """What a ledger is founded on; on a terminal what was not given is asked for.

    Args:
        known: by what name and address git signs already; empty where it does not know.

    Raises:
        UsageError: something that was given makes no sense.
        Cancelled: somebody has had enough; nothing was made yet.
    """
    asks = _questions(given, here.now(None), known)
    asking = on_terminal()
    steps = [
        ask if text is None else _taken(text, ask)
        for text, ask in asks
        if asking or text is not None
    ]
    say(*[HOW] if asking and any(text is None for text, _ in asks) else ())
    answers = converse(steps)
    usual = Foundation()
    return Founded(
        Foundation(
            answers.get("organisation", ""),
            answers.get("departments", ()),
            answers.get("bodies", usual.bodies),
            answers.get("quorum", usual.quorum),
            answers.get("approval", usual.approval),
            answers.get("meetings", ()),
        ),
        answers.get("who", ""),
        answers.get("mail", ""),
        answers.get("table"),
        answers.get("source", ""),
        answers.get("year"),
    )


def _taken(text: str, ask: Asker) -> Asker:
    """A question that the command line has answered."""

    def take(answers: Answers) -> None:
        if (prompt := ask(answers)) is not None:
            answers[prompt.key] = prompt.read(text)

    return take


def _questions(
    given: Founding, today: dt.date, known: tuple[str, str]
) -> list[tuple[str | None, Asker]]:
    """Each question, and what the command line has said of it."""
    usual = Foundation()

    def asked(
        text: str | None, key: str, words: str, read: Callable[[str], Any], offer: str | None
    ) -> tuple[str | None, Asker]:
        return text, lambda _: Prompt(key, words, read, offer)

    def departments(answers: Answers) -> Prompt:
        words = "部门，用、隔开，简称写成 全称=简称；也可写有部门的表格的文件名"

        def read(text: str) -> tuple[Department, ...]:
            return read_departments(text, answers.get("organisation", "")) if text.strip() else ()

        return Prompt("departments", words, read, "")

    def meetings(answers: Answers) -> Prompt:
        from ledger.model.meetingtext import read_meetings

        bodies = answers.get("bodies", usual.bodies)
        words = "什么时候开会，如 每周一、每月第一个星期三；几个会用；隔开"
        return Prompt("meetings", words, lambda text: read_meetings(text, bodies, today), "")

    def signed(place: int) -> Callable[[str], Any]:
        return lambda text: signable(SIGNING[place], text)

    def of_table(key: str, words: str, read: Callable[[str], Any], offer: str | None) -> Asker:
        return lambda answers: Prompt(key, words, read, offer) if answers.get("table") else None

    return [
        asked(given.organisation, "organisation", "单位名称", _some, None),
        (given.departments, departments),
        asked(given.bodies, "bodies", "哪些会议可以决定销号", read_bodies, "、".join(usual.bodies)),
        asked(given.quorum, "quorum", "到会不少于应到的几分之几", read_share, usual.quorum),
        asked(given.approval, "approval", "同意票超过应到的几分之几", read_share, usual.approval),
        (given.meetings, meetings),
        asked(given.who, "who", "您是谁，每次改动都署这个名字", signed(0), known[0] or None),
        asked(given.mail, "mail", "您的邮箱", signed(1), known[1] or None),
        asked(given.table, "table", "现在导入哪张表，写文件名", read_table, ""),
        (given.source, of_table("source", "这张表的来源编号，如 GZ2017", read_id, None)),
        (given.year, of_table("year", "表里的月份属于哪一年", _year, str(today.year))),
    ]


def _year(text: str) -> int:
    plain = text.strip().removesuffix("年")
    if not plain.isdecimal() or not dt.MINYEAR <= int(plain) <= dt.MAXYEAR:
        raise UsageError(f"“{text.strip()}”不是年份", hint="请写成 2026 这样")
    return int(plain)


def _some(text: str) -> str:
    return checked(text, str)
