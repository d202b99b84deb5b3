"""Which field of a task each column of a table holds.

Rules, in order; whatever had to be guessed is said in the notes:

1. An explicit mapping (column name → field) wins.
2. A name from `FIELD_NAMES`, white space, brackets' contents and marks aside.
3. A name that ends with one of them (“2017年工作要点”; of the shortest those that can mean nothing
   else: “创建目标”), or whose first part does (“责任单位及责任人”), but for what means something
   else (“实际完成时间”, “下一步措施”).
4. Of two columns for one field the mapped one wins, then the one whose name comes first in
   `FIELD_NAMES`, then the left one. The others stay as extra columns; but where no column holds
   measures, the right one of two 工作要点-like columns does.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ledger.adapters.tables.reading.fieldnames import (
    COMPUTED,
    DRAFT_KEPT,
    DRAFT_OWN,
    DROPPED,
    EXTRA,
    JUDGED,
    USUAL,
    USUALLY_KEPT,
    Match,
    field_title,
    normal_name,
)
from ledger.model.record import dataclass, replace

MAPPED, REMEMBERED, NAMED, GUESSED, KEPT = "指定", "沿用上次", "列名", "推测", "不认得"
"""Why a column has its field: in the order of how sure that is."""
OWN = "台账自填"
"""Of a column that only the ledger fills in, in a table that it exported."""

_JOINTS = re.compile("以及|[及和与、/]")
_OTHER_MEANING = re.compile(
    "实际|是否|未|不|监督|考核|上报|审核|下一?步|后续|困难|需|解决|协调|存在|其他|[,。;]"
)
_SHORTEST_ENDING = 3
_TELLING_ENDING = re.compile("事项|任务|问题|举措|措施|目标|进度|进展|状态|类别|[时期]限")
_LONGEST_BEFORE = 4
_LONGEST_NAME = 20
GUESSED_RANK = 1000
LAST_NAMED_RANK = GUESSED_RANK - 1
MAPPED_RANK = -1


@dataclass(frozen=True, slots=True)
class AssignedColumn:
    """A column of the table: its indexes in the grid (several under a merged header), its field.

    `basis` says why it has this field (`MAPPED` … `KEPT`, `OWN`). `parts` are the names of its
    cells where it is made of several; `shape` is what they are, periods or statuses (`levels`).
    """

    indexes: tuple[int, ...]
    header: str
    field: str
    basis: str = KEPT
    parts: tuple[str, ...] = ()
    shape: str = ""


def match_of(text: str, fields: Mapping[str, str]) -> Match | None:
    name = normal_name(text)
    if name in fields:
        return Match(fields[name], MAPPED_RANK)
    return USUAL.get(name) or _guess(name)


def _match_of_group(group: AssignedColumn, fields: Mapping[str, str]) -> Match | None:
    """What stands over periods may say that they tell of progress; else they are a time limit."""
    named = match_of(group.header, fields)
    if group.shape and not named:  # 一季度进展—四季度进展
        named = match_of(group.header.split("—")[-1], fields)
    if not group.shape or normal_name(group.header) in fields:
        return named
    if group.shape == "periods" and named and named.field == "progress":
        return named
    return Match("due" if group.shape == "periods" else "status", LAST_NAMED_RANK)


def _guess(name: str) -> Match | None:
    """A match by the end of a name, or by the first of several things it names."""
    if name in COMPUTED | USUALLY_KEPT or len(name) > _LONGEST_NAME:
        return None
    if _OTHER_MEANING.search(name):
        return None
    endings = (name[start:] for start in range(1, len(name) - _SHORTEST_ENDING + 1))
    short = name[-2:] if len(name) <= 2 + _LONGEST_BEFORE else ""
    shortest = (short,) if _TELLING_ENDING.fullmatch(short) else ()
    for part in (_JOINTS.split(name)[0], *endings, *shortest):
        if match := USUAL.get(part):
            return match._replace(rank=match.rank + GUESSED_RANK)
    return None


def assign(
    groups: list[AssignedColumn], fields: Mapping[str, str], asked: Mapping[str, str]
) -> tuple[list[AssignedColumn], list[str]]:
    """Give each column its field, by the rules of this module; and what was decided, in words."""
    claims: dict[str, list[tuple[int, int]]] = {}
    for index, group in enumerate(groups):
        match = _match_of_group(group, fields)
        if match and match.field not in (EXTRA, DROPPED):
            claims.setdefault(match.field, []).append((match.rank, index))
    notes = [*_promote(groups, claims), *_obstacles(groups, claims)]
    ours = COMPUTED if "id" in claims else DRAFT_OWN if JUDGED in claims else frozenset()
    usual = USUALLY_KEPT | (DRAFT_KEPT if JUDGED in claims else frozenset())
    columns = [
        replace(
            each,
            field=DROPPED if fields.get(normal_name(each.header)) == DROPPED else EXTRA,
            basis=_kept_basis(normal_name(each.header), fields, asked, ours, usual),
        )
        for each in groups
    ]
    for field, claimed in claims.items():
        (rank, index), *others = sorted(claimed)
        columns[index] = replace(
            groups[index], field=field, basis=_basis(groups[index].header, rank, fields, asked)
        )
        if rank >= GUESSED_RANK:
            notes.append(f"“{groups[index].header}”列当作“{field_title(field)}”")
        notes += [
            f"“{groups[index].header}”列已作“{field_title(field)}”，"
            f"“{groups[other].header}”列原样保留"
            for _, other in others
        ]
    return columns, notes


def _kept_basis(
    name: str,
    fields: Mapping[str, str],
    asked: Mapping[str, str],
    ours: Collection[str],
    usual: Collection[str],
) -> str:
    if name in asked:
        return MAPPED
    if name in ours:
        return OWN
    if name in usual:
        return NAMED
    return REMEMBERED if name in fields else KEPT


def _basis(header: str, rank: int, fields: Mapping[str, str], asked: Mapping[str, str]) -> str:
    name = normal_name(header)
    if name in fields:
        return MAPPED if name in asked else REMEMBERED
    return NAMED if 0 <= rank < GUESSED_RANK else GUESSED


def _promote(groups: list[AssignedColumn], claims: dict[str, list[tuple[int, int]]]) -> list[str]:
    """Without a column of measures, the right one of several 工作要点-like columns holds them."""
    points = claims.get("key_point", [])
    if "measures" in claims or len(points) < 2:
        return []
    right = max(points, key=lambda claim: claim[1])
    points.remove(right)
    claims["measures"] = [(MAPPED_RANK, right[1])]
    return [f"没有措施列，“{groups[right[1]].header}”列当作措施"]


def _obstacles(groups: list[AssignedColumn], claims: dict[str, list[tuple[int, int]]]) -> list[str]:
    """问题 behind 进展情况 are what the work meets with, not what it is there for."""
    told = [index for _, index in claims.get("progress", [])]
    work = [index for field in ("key_point", "measures") for _, index in claims.get(field, [])]
    problems = claims.get("problem", [])
    if not told or not work or min(work) > min(told):
        return []
    behind = [each for each in problems if each[0] != MAPPED_RANK and each[1] > min(told)]
    if not behind or len(behind) < len(problems):
        return []
    del claims["problem"]
    return [f"“{groups[index].header}”列在进展后面，不当作“反馈问题”" for _, index in behind]


def column_notes(columns: tuple[AssignedColumn, ...], hidden: list[str]) -> list[str]:
    notes = []
    kept = [each.header for each in columns if each.field == EXTRA and each.basis != OWN]
    if extra := "、".join(f"“{header}”" for header in kept):
        notes.append(f"没有对应字段的列原样保留：{extra}")
    if hidden:
        names = "、".join(f"“{text}”" for text in hidden)
        notes.append(f"隐藏的列没有导入：{names}（取消隐藏后可以导入）")
    return notes
