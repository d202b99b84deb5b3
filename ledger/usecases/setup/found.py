"""What a new ledger is founded on, as somebody says it: departments, who decides, and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ledger.adapters.tables.reading import READERS, read_grids, read_tables
from ledger.adapters.tables.reading.departments import looks_like_department
from ledger.errors import LedgerError, UsageError
from ledger.model.config import Department, Meeting
from ledger.model.numerals import PATTERN, read_numeral
from ledger.model.paths import refuse_device
from ledger.model.people import folded, names_in
from ledger.model.plaintext import unsafe
from ledger.model.record import dataclass
from ledger.model.task import ID_PATTERN, ID_SHAPE

_PARTS = re.compile(r"[\n\t;；|｜/／ 　]+")
_NUMBER = re.compile(r"^\s*(?:\d+[.．、)）]|[（(]\d+[)）])\s*")
_ALIAS = re.compile(
    r"(?P<name>[^（(=＝]+)(?:[（(](?:以下)?(?:简称)?[:：]?(?P<short>[^）)]+)[）)]|[=＝](?P<own>.+))"
)
_HALVES = {"半数": "1/2", "一半": "1/2", "过半": "1/2", "过半数": "1/2"}
_SHARE = re.compile(r"(\d+)[/／](\d+)")
_SPOKEN = re.compile(rf"({PATTERN})分之({PATTERN})")
_PERCENT = re.compile(r"(\d{1,3})[%％]")
_LONGEST = 50  # characters of a department's name


@dataclass(frozen=True, slots=True)
class Foundation:
    """What ledger.yaml of a new ledger says.

    Attributes:
        organisation: the bureau's name, for headings.
        bodies: which meetings decide on closings.
        quorum, approval: shares of 应到, such as `1/2`: not fewer are present, more agree.
        meetings: when they meet.
    """

    organisation: str = ""
    departments: tuple[Department, ...] = ()
    bodies: tuple[str, ...] = ("党组会", "局务会")
    quorum: str = "1/2"
    approval: str = "1/2"
    meetings: tuple[Meeting, ...] = ()


def read_departments(text: str, organisation: str = "") -> tuple[Department, ...]:
    """The departments that a list names, or those that a table is about.

    Args:
        text: names between any separators, each with a short form in brackets or behind `=` if it
            has one; or the name of a file that holds a table.
        organisation: what names begin with is left out of them, and an alias with it.

    Raises:
        UsageError: a department stands there twice, or is no name; or nothing is found.
        LedgerError: the file cannot be read.
    """
    plain = text.strip().strip("\"'")
    if Path(plain).suffix.lower() in READERS:
        names: Iterable[str] = _in_file(Path(plain).expanduser())
    else:
        names = names_in(_PARTS.sub("、", plain))
    departments = tuple(_department(name, organisation) for name in names)
    if not departments:
        raise UsageError("没有看到部门名称", hint="请写成 办公室、人事处、财务处，或写表格的文件名")
    _refuse_twice(departments)
    return departments


def _department(text: str, organisation: str) -> Department:
    name = _NUMBER.sub("", text).strip()
    aliases: list[str] = []
    if match := _ALIAS.fullmatch(name):
        name = match["name"].strip()
        aliases += names_in(match["short"] or match["own"])
    if organisation and name.startswith(organisation) and len(name) > len(organisation) + 1:
        aliases.append(name)
        name = name.removeprefix(organisation)
    for each in (name, *aliases):
        if unsafe(each) or len(each) > _LONGEST or not any(map(str.isalnum, each)):
            raise UsageError(f"“{each[:_LONGEST]}”不像部门名称", hint="请改正以后再试")
    return Department(name=name, aliases=tuple(dict.fromkeys(aliases)))


def _refuse_twice(departments: Iterable[Department]) -> None:
    known: set[str] = set()
    for each in departments:
        for name in (each.name, *each.aliases):
            if folded(name) in known:
                raise UsageError(f"部门“{name}”写了两次", hint="请去掉一个")
            known.add(folded(name))


def _in_file(path: Path) -> Iterator[str]:
    """Whom the tasks of a table concern, in order; of one without tasks its cells that are names.

    Raises:
        UsageError: there is no such file.
    """
    if not path.is_file():
        raise UsageError(f"没有文件 {path}", hint="请检查文件名，或直接写部门名称")
    try:
        tables = read_tables(path).tables
        rows = [row for table in tables for row in table.rows]
        names = [name for row in rows for name in (*row.lead, *row.assist)]
    except LedgerError:  # no table of tasks
        names = []
    if not names:
        cells = (cell for grid in read_grids(path) for row in grid.rows for cell in row.cells)
        names = [text for cell in cells if looks_like_department(text := cell.text.strip())]
    yield from dict.fromkeys(names)


def read_share(text: str) -> str:
    """A share of people as ledger.yaml has it: 1/2, 三分之二, 60%, 过半.

    Raises:
        UsageError: it is none, or not between nothing and all.
    """
    plain = "".join(text.split())
    if plain in _HALVES:
        return _HALVES[plain]
    if match := _SHARE.fullmatch(plain):
        part, whole = int(match[1]), int(match[2])
    elif match := _PERCENT.fullmatch(plain):
        part, whole = int(match[1]), 100
    elif match := _SPOKEN.fullmatch(plain):
        whole, part = (read_numeral(each).count or 0 for each in match.groups())
    else:
        part = whole = 0
    if not 0 < part <= whole <= 1000:
        raise UsageError(f"“{text}”不是几分之几", hint="请写成 1/2、三分之二 或 60%")
    return f"{part}/{whole}"


def read_bodies(text: str) -> tuple[str, ...]:
    """The meetings that decide on closings.

    Raises:
        UsageError: none is named, or one twice.
    """
    names = names_in(_PARTS.sub("、", text.strip()))
    if not names or len(set(map(folded, names))) < len(names):
        raise UsageError(f"“{text}”看不出是哪些会议", hint="请写成 党组会、局务会，每个写一次")
    return names


def read_table(text: str) -> Path | None:
    """A table that is to be imported; None where none is named.

    Raises:
        UsageError: there is no such file.
    """
    plain = text.strip().strip("\"'")
    if not plain:
        return None
    path = Path(plain).expanduser()
    if not path.is_file():
        raise UsageError(f"没有文件 {path}", hint="请检查文件名，或直接回车，以后再导入")
    return path.resolve()


def read_id(text: str) -> str:
    """A source's id.

    Raises:
        UsageError: it can be none.
    """
    plain = text.strip().upper()
    if not re.fullmatch(ID_PATTERN, plain):
        raise UsageError(f"来源编号“{text.strip()}”不合规定", hint=f"应为{ID_SHAPE}，如 GZ2017")
    refuse_device(plain, "来源编号")
    return plain
