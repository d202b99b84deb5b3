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
from functools import lru_cache

from ledger.adapters.tables.reading.fieldnames import (
    COMPUTED,
    DRAFT_KEPT,
    DRAFT_OWN,
    DROPPED,
    EXTRA,
    JUDGED,
    LAST_RESORT,
    USUAL,
    USUALLY_KEPT,
    Match,
    field_title,
    is_usually_kept,
    normal_name,
)
from ledger.model.record import dataclass, replace

MAPPED, REMEMBERED, NAMED, GUESSED, KEPT = "指定", "沿用上次", "列名", "推测", "不认得"
"""Why a column has its field: in the order of how sure that is."""
OWN = "台账自填"
"""Of a column that only the ledger fills in, in a table that it exported."""

COUNTED_IN = "units"
"""The shape of a column 单位 that says in what something is counted, not who does it."""

_JOINTS = re.compile("以及|[及和与、/]")
_OTHER_MEANING = re.compile(
    "实际|是否|未|不|监督|考核|上报|审核|下一?步|后续|困难|需|解决|协调|存在|其他|[,。;]"
)
_FORMS: Mapping[str, re.Pattern[str]] = {
    "problem": re.compile(
        "(?:审计|巡[视察]|检查|督[查察]|考核|调研|自查|查摆|排查|整改|反馈|反映|存在|发现|查出|指出|检视|"
        "主要|具体|突出|共性|个性|[的中])+问题(?:隐患)?(?:内容|描述|表现|情况|清单)?"
        "|风险点?的?(?:具体|主要)?(?:表现形式|表现|描述)"
    ),
    "leader": re.compile(
        "(?:责任|分管|牵头|包抓|包保|包联|包案|挂钩|联系|主管|主责)(?:[县市区]级?|[镇局厅委部院校所]|班子)?领导"
        "(?:同志|干部)?"
    ),
    "lead": re.compile(
        "(?:整改|落实|主要|具体|第一)(?:责任|牵头|承办|主办|主责)(?:单位|部门|[处科股]室)"
    ),
}
_BEFORE = (
    (
        re.compile(
            "^(?:整改|工作|任务|具体|主要|落实|办理|推进|改革|化解|处置|防范|治理|管控|本[月周季年]度?|当前|目前|最新|截至目前|拟?采取的|的)+"
        ),
        frozenset({"measures", "goal", "owner", "due", "progress", "percent", "status"}),
    ),
    (re.compile("^(?:要求|规定|预计|拟|计划|整改|办理)+"), frozenset({"due"})),
)
"""Words before a name that change nothing, and the fields whose names these are."""
_LATIN = re.compile(r"(?<=[\u4e00-\u9fff])[A-Za-z.]+$")
_ENGLISH: Mapping[str, str] = {
    word: field
    for field, words in {
        "number": "no no. number",
        "key_point": "task item tasks",
        "measures": "action actions measure measures",
        "lead": "department dept",
        "owner": "owner responsible",
        "due": "duedate deadline due",
        "status": "status",
        "progress": "progress",
        "note": "note notes remark remarks",
    }.items()
    for word in words.split()
}
PERSONS: Mapping[str, re.Pattern[str]] = {
    "leader": re.compile("(?:责任|分管|牵头|主管)?(?:[县市区局厅委院校]级?)?领导"),
    "owner": re.compile("(?:具体|直接)?(?:责任人|负责人|联系人|经办人|承办人)"),
}
"""Fields of persons, and how columns are called that name departments beside them."""
_SHORTEST_ENDING = 3
_TELLING_ENDING = re.compile("事项|任务|问题|举措|措施|目标|进度|进展|状态|类别|[时期]限")
_DAYS_DONE = frozenset({"完成时间", "完成日期", "时间", "结束时间", "结束日期", "办结时间", "月份"})
_LONGEST_BEFORE = 4
_LONGEST_NAME = 20
GUESSED_RANK = 1000
LAST_NAMED_RANK = GUESSED_RANK - 1
LAST_RESORT_RANK = GUESSED_RANK - 2
_DESCRIBED_RANK = GUESSED_RANK // 2
MAPPED_RANK = -1


@dataclass(frozen=True, slots=True)
class AssignedColumn:
    """A column of the table: its indexes in the grid (several under a merged header), its field.

    `basis` says why it has this field (`MAPPED` … `KEPT`, `OWN`). `parts` are the names of its
    cells where it is made of several; `shape` is what they are, periods or statuses (`levels`). Of
    a column of departments that names persons as well, `shape` is the field of these.
    """

    indexes: tuple[int, ...]
    header: str
    field: str
    basis: str = KEPT
    parts: tuple[str, ...] = ()
    shape: str = ""


def match_of(text: str, fields: Mapping[str, str]) -> Match | None:
    """What a column's name stands for: as mapped, as named, or as guessed."""
    name = normal_name(text)
    if name in fields:
        return Match(fields[name], MAPPED_RANK)
    return None if len(name) > _LONGEST_NAME else _by_name(name)


@lru_cache(maxsize=2048)  # what stands in a table's first rows is looked at again and again
def _by_name(name: str) -> Match | None:
    return USUAL.get(name) or _described(name) or _guess(name)


def _described(name: str) -> Match | None:
    """What a usual name stands for with words around it that change nothing.

    整改责任人 is a 责任人, 审计发现的主要问题 are 问题, 整改情况及结果 are both progress.
    """
    for field, form in _FORMS.items():
        if form.fullmatch(name):
            return Match(field, LAST_NAMED_RANK)
    if name in LAST_RESORT:
        return Match(LAST_RESORT[name], LAST_RESORT_RANK)
    if english := _ENGLISH.get(name.casefold()):
        return Match(english, LAST_NAMED_RANK)
    plain = _LATIN.sub("", name)
    for before, fields in _BEFORE:
        match = USUAL.get(before.sub("", plain))
        if match and (match.field in fields or plain in USUAL):
            return match._replace(rank=match.rank + _DESCRIBED_RANK)
    parts = [USUAL.get(part) for part in _JOINTS.split(name)]
    if parts[0] and len({part and part.field for part in parts}) == 1:
        return parts[0]._replace(rank=parts[0].rank + _DESCRIBED_RANK)
    return None


def _both(name: str) -> str:
    """leader or owner where a column names one of these and the departments, as 责任领导及部门."""
    parts = _JOINTS.split(name)
    match [re.sub("^(?:责任|牵头|承办)?(单位|部门|处室|科室)$", "lead", part) for part in parts]:
        case ["lead", person] | [person, "lead"]:
            return next((each for each, form in PERSONS.items() if form.fullmatch(person)), "")
    return ""


def _match_of_group(group: AssignedColumn, fields: Mapping[str, str]) -> Match | None:
    """What stands over periods may say that they tell of progress; else they are a time limit."""
    if group.shape == COUNTED_IN:
        return None
    if group.shape in PERSONS:
        return Match("lead", LAST_NAMED_RANK)
    named = match_of(group.header, fields)
    if group.shape and not named:  # 一季度进展—四季度进展
        named = match_of(group.header.split("—")[-1], fields)
    if not group.shape or normal_name(group.header) in fields:
        return named
    if group.shape == "periods" and named and named.field == "progress":
        return named._replace(rank=min(named.rank, LAST_NAMED_RANK))
    return Match("due" if group.shape == "periods" else "status", LAST_NAMED_RANK)


def _guess(name: str) -> Match | None:
    """A match by the end of a name, or by the first of several things it names."""
    if name in COMPUTED | USUALLY_KEPT:
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
    groups = _with_persons(groups, fields)
    claims: dict[str, list[tuple[int, int]]] = {}
    for index, group in enumerate(groups):
        match = _match_of_group(group, fields)
        if match and match.field not in (EXTRA, DROPPED):
            claims.setdefault(match.field, []).append((match.rank, index))
    _drop_last_resorts(claims)
    done = _drop_days_done(groups, claims)
    done |= {normal_name(group.header) for group in groups if group.shape == COUNTED_IN}
    notes = [*_promote(groups, claims), *_obstacles(groups, claims), *_second_lead(groups, claims)]
    ours = COMPUTED if "id" in claims else DRAFT_OWN if JUDGED in claims else frozenset()
    usual = done | (DRAFT_KEPT if JUDGED in claims else frozenset())
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
    if name in usual or is_usually_kept(name):
        return NAMED
    return REMEMBERED if name in fields else KEPT


def _basis(header: str, rank: int, fields: Mapping[str, str], asked: Mapping[str, str]) -> str:
    name = normal_name(header)
    if name in fields:
        return MAPPED if name in asked else REMEMBERED
    return NAMED if 0 <= rank < GUESSED_RANK else GUESSED


def _with_persons(groups: list[AssignedColumn], fields: Mapping[str, str]) -> list[AssignedColumn]:
    """The columns, those that name persons and departments marked so where nothing else does."""
    names = [normal_name(group.header) for group in groups]
    taken = {match.field for group in groups if (match := USUAL.get(normal_name(group.header)))}
    made = []
    for name, group in zip(names, groups, strict=True):
        person = "" if group.parts or name in fields else _both(name)
        alone = person and "lead" not in taken and person not in taken
        made.append(replace(group, shape=person) if alone else group)
    return made


def _drop_last_resorts(claims: dict[str, list[tuple[int, int]]]) -> None:
    """What says what is to be done only where no other column does."""
    last = {"key_point", "problem"}
    others = ("key_point", "problem", "measures")
    if any(rank != LAST_RESORT_RANK for field in others for rank, _ in claims.get(field, [])):
        for field in last & claims.keys():
            claims[field] = [claim for claim in claims[field] if claim[0] != LAST_RESORT_RANK]
            if not claims[field]:
                del claims[field]


def _drop_days_done(
    groups: list[AssignedColumn], claims: dict[str, list[tuple[int, int]]]
) -> frozenset[str]:
    """完成时间 beside 整改时限 is when it was done; the names of such columns."""
    named = {index: normal_name(groups[index].header) for _, index in claims.get("due", [])}
    if any(rank == MAPPED_RANK for rank, _ in claims.get("due", [])):
        return frozenset()
    limits = {index for index, name in named.items() if name not in _DAYS_DONE}
    if not limits or len(limits) == len(named):
        return frozenset()
    claims["due"] = [claim for claim in claims["due"] if claim[1] in limits]
    return frozenset(name for index, name in named.items() if index not in limits)


def _second_lead(
    groups: list[AssignedColumn], claims: dict[str, list[tuple[int, int]]]
) -> list[str]:
    """责任单位 beside 牵头单位 take part in the work, where no column says who else does."""
    leads = sorted(claims.get("lead", []))
    names = [normal_name(groups[index].header) for _, index in leads]
    if len(leads) != 2 or "assist" in claims or not re.match("牵头|主办|主责", names[0]):
        return []
    if not re.match("(?:责任|落实|实施|承办)", names[1]) or leads[0][0] == MAPPED_RANK:
        return []
    claims["lead"], claims["assist"] = leads[:1], [(GUESSED_RANK, leads[1][1])]
    return []


def _promote(groups: list[AssignedColumn], claims: dict[str, list[tuple[int, int]]]) -> list[str]:
    """Without a column of measures, the right one of several 工作要点-like columns holds them."""
    points = claims.get("key_point", [])
    if "measures" in claims or len(points) < 2:
        return []
    if any(rank == LAST_RESORT_RANK for rank, _ in points):
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
