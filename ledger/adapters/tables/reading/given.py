"""Who is responsible and until when, as prose says it: （责任单位：办公室；完成时限：6月底前）.

Such words stand in brackets behind a sentence, or on a line of their own below a paragraph.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ledger.adapters.tables.reading.departments import looks_like_department, read_duty
from ledger.adapters.tables.reading.fieldnames import FIELD_NAMES, field_of
from ledger.model.people import names_in
from ledger.model.record import dataclass
from ledger.model.sentences import clauses
from ledger.model.timephrases import time_limits

_FIELDS = ("lead", "assist", "leader", "owner", "due")
_NAMES = sorted(
    (name for field in _FIELDS for name in FIELD_NAMES[field] if len(name) > 1),
    key=len,
    reverse=True,
)
_LABEL = re.compile(rf"({'|'.join(_NAMES)})\s*[:：]\s*")
_BRACKET = re.compile(r"[（(]([^（()）]*(?:[（(][^（()）]*[)）][^（()）]*)*)[)）]\s*([。；;，]?)$")
_WHOLE = re.compile(r"[（(【\[]?(.+?)[)）】\]]?[。；;]?", re.DOTALL)
_ROLES = re.compile(r"牵头|配合|主办|协办|负责|会同|参加|按职责分工")
_BETWEEN = re.compile(r"[，,；;。\s]+")
_BY = re.compile(r"由?([^，。]{2,40}?)(?:(牵头|负责)|配合|协助)")
_TELEPHONE = re.compile(r"[，,；;、\s]*(?:联系)?电话.*", re.DOTALL)
_LONGEST = 200
_BESIDE_LIMIT = 6  # characters beside a time limit: 完成, 全部到位


@dataclass(frozen=True, slots=True)
class Given:
    """Departments, persons and a time limit as a document gives them; empty where it does not."""

    lead: tuple[str, ...] = ()
    assist: tuple[str, ...] = ()
    leader: str = ""
    owner: str = ""
    due: str = ""

    def over(self, other: Given) -> Given:
        """This, and from another what this leaves open."""
        own = self.lead or self.assist
        return Given(
            self.lead if own else other.lead,
            self.assist if own else other.assist,
            self.leader or other.leader,
            self.owner or other.owner,
            self.due or other.due,
        )


NOTHING_GIVEN = Given()


def given_alone(text: str, known: frozenset[str], year: int) -> Given | None:
    """What a sentence gives that says nothing else; None for any other sentence."""
    whole = _WHOLE.fullmatch(text.strip())
    if whole is None or len(text) > _LONGEST:
        return None
    in_brackets = text.strip()[:1] in "（(【["
    if not in_brackets and not _LABEL.match(text.strip()):
        return None
    return _read(whole[1], known, year)


def given_behind(text: str, known: frozenset[str], year: int) -> tuple[str, Given]:
    """A sentence without the bracket at its end that gives something, and what that gives."""
    bracket = _BRACKET.search(text)
    read = _read(bracket[1], known, year) if bracket and len(bracket[1]) <= _LONGEST else None
    if bracket is None or read is None:
        return text, NOTHING_GIVEN
    return text[: bracket.start()].rstrip() + bracket[2], read


def given_within(text: str, known: frozenset[str]) -> Given:
    """Who leads and who assists as clauses of a sentence say it: 由甲牵头，乙、丙配合，……"""
    lead: list[str] = []
    assist: list[str] = []
    for clause in clauses(text):
        if (role := _BY.match(clause)) and all(name in known for name in names_in(role[1])):
            (lead if role[2] else assist).extend(names_in(role[1]))
    return Given(tuple(dict.fromkeys(lead)), tuple(dict.fromkeys(assist)))


def given_to(text: str, known: frozenset[str]) -> Given:
    """Whom a sentence orders something: 由甲按程序报批, 请甲抓紧调研, 甲、乙要于5月底前……"""
    names = _known_names(known)
    if names is None:
        return NOTHING_GIVEN
    for clause in clauses(text):
        if told := names.match(clause):
            return Given(tuple(dict.fromkeys(names_in(told[1] or told[2]))))
    return NOTHING_GIVEN


@lru_cache(maxsize=4)
def _known_names(known: frozenset[str]) -> re.Pattern[str] | None:
    """Known departments at the beginning of a clause that orders them something."""
    if not known:
        return None
    name = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    several = f"(?:{name})(?:[、和](?:{name}))*"
    return re.compile(
        rf"(?:会议(?:要求|决定|明确)，?)?(?:(?:由|请|责成)({several})|({several})(?=要|应|须|必须|负责|于|每))"
    )


def _read(text: str, known: frozenset[str], year: int) -> Given | None:
    """What is given by labels, roles (甲牵头，乙配合，6月底前) or known names; None for nothing."""
    head, *labelled = _LABEL.split(text)
    told: dict[str, str] = {}
    for name, behind in zip(labelled[::2], labelled[1::2], strict=True):
        field = field_of(name)
        value = _TELEPHONE.sub("", behind).strip(" ；;，,。、\n")
        if field == "lead" and "lead" in told:
            field = "assist"  # 牵头单位：甲；责任单位：乙、丙
        if field and value:
            told[field] = "、".join(filter(None, (told.get(field, ""), value)))
    duty, due = _unlabelled(head, known, year)
    if not told and not duty and not (due and duty):
        return None
    lead = read_duty("\n".join(filter(None, (duty, told.get("lead", "")))), "lead", known)
    assist = read_duty(told.get("assist", ""), "assist", known)
    names = (*lead.lead, *lead.assist, *assist.lead, *assist.assist)
    if not told and not all(looks_like_department(name, known) for name in names):
        return None
    leaders = dict.fromkeys(lead.lead)
    helpers = dict.fromkeys((*lead.assist, *assist.lead, *assist.assist))
    return Given(
        tuple(leaders),
        tuple(name for name in helpers if name not in leaders),
        told.get("leader", lead.leader),
        told.get("owner", lead.owner),
        told.get("due", due),
    )


def _unlabelled(text: str, known: frozenset[str], year: int) -> tuple[str, str]:
    """Departments and a time limit without labels, as far as it is certain what they are."""
    parts = [part for part in _BETWEEN.split(text) if part]
    limits = [limit_of(part, year) for part in parts]
    others = [part for part, limit in zip(parts, limits, strict=True) if not limit]
    rest = "，".join(others)
    names = [name for part in others for name in names_in(part)]
    certain = bool(_ROLES.search(rest)) or (bool(names) and all(name in known for name in names))
    return (rest, "，".join(filter(None, limits))) if certain else ("", "")


def limit_of(text: str, year: int) -> str:
    """The time limit that a clause consists of: 6月底前完成 → 6月底前完成; empty for others."""
    limits = time_limits(text, year)
    return "，".join(limits) if len(text) <= sum(map(len, limits)) + _BESIDE_LIMIT else ""
