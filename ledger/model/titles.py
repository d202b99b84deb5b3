"""What a task is called: the first clause of its measure that says what is to be done.

Titles are for finding a task again; the measures say it in full. What only leads up to the work
(根据……，按照……要求，) is passed over, what says nothing by itself (适时印发) is told with what it
belongs to, and no quotation is cut through.
"""

from __future__ import annotations

import re

from ledger.model.numerals import PART
from ledger.model.sentences import CLOSING, OPENING, cut_at

TITLE_LENGTH = 40  # characters; a quotation may be finished up to
MOST_LENGTH = 60
_ENOUGH = 8  # characters without which a first clause tells too little
_TELLING = 2  # characters beside the words that stand in every plan
_HEADING = r"\A【(.+?)】(?=[^】])"
_NUMBERING = rf"\A(?:[①-⑳]|[（(](?:{PART}|\d+)[)）]|{PART}[是、]|\d{{1,2}}\s*[、．.](?!\d))\s*"
_SIGNS = "。；;：:，,！？\n"
_SENTENCE_ENDS = "。！？\n"
_LEADING = (
    r"(?:以及|并|同时)?(?:紧密|紧紧|认真|密切|充分)?(?:按照|根据|依照|依据|遵照|对照|参照|结合|利用|围绕|针对|通过|依托|借助"
    r"|作为|鉴于|由于|随着|为了)|从.+(?:层面|角度|方面|入手|出发)$|在.+(?:基础上|前提下|指导下|领导下)$"
    r"|按.+(?:要求|部署|规定|安排|分工|计划)$|以.+为(?:抓手|契机|载体|依托|重点|导向|主线|指导|统领)$"
    r"|坚持.+原则$"
)
_BEFORE_WORK = r"(?:按照?|根据|依照|依据|遵照|结合|利用|通过)"
WORK = (
    "加强|开展|做好|推进|推动|制定|制订|编制|发布|印发|成立|完善|抓好|明确|建立|健全|提高|组织开展|修订|严格"
    "|积极|进一步|认真|切实|落实好|优化"
)
_LEAST_WORK = 6  # characters of what is to be done; 开展现状 is no work
_ONLY_TIME = (
    rf"(?:今年|本年|当年|\d{{2,4}}\s*年)?\s*(?:上半年|下半年|第?(?:{PART}|\d)季度|\d{{1,2}}\s*月)?\s*"
    r"(?:\d{1,2}\s*日|[底初末中])?\s*(?:前|内|起|以来)?"
)
_EVERYWHERE = (
    "做好|抓好|制定|制订|具体|方案|报告|配合|积极|协助|组织|协调|相关|有关|各项|工作|任务|适时|及时|按时|按照|分工|计划|安排|开展|推进"
    "|落实|完成|印发|发布|上报|审议|审定|报送|征求|意见|部门|部委|单位|局内|形成|初稿|修改|完善|更新|数据|材料"
    "|内外|版本|会签|年度|持续|继续|认真|进一步|确保|承担|相应|职能|牵头|职责|局务会|党组会|要求|并|和|及|与|的|按|对"
)


def short_title(measure: str, context: str = "") -> str:
    """A measure's first clause that tells what is to be done, its sub-heading 【…】 before it.

    Args:
        measure: as the document has it.
        context: what the measure belongs to (工作要点, 问题), told where it says nothing by itself.

    Returns:
        One line of at most 40 characters, 60 where a quotation is finished; empty for an empty
        measure.
    """
    heading = re.match(_HEADING, measure.strip())
    rest = measure.strip()[heading.end() :] if heading else measure.strip()
    rest = rest.partition("②")[0] if rest.startswith("①") else rest
    clause = _work_of(re.sub(_NUMBERING, "", rest).strip())
    title = f"{heading[1]}：{clause}" if heading and clause else clause or measure.strip()
    if title and not heading and says_little(title):
        about = _work_of(context.strip())
        if about and about != title:
            return _line(f"{cut(about, TITLE_LENGTH // 2)}：{cut(title, TITLE_LENGTH // 2)}")
    return cut(_line(title))


def _line(text: str) -> str:
    """A text on one line, without a sentence's end."""
    line = re.sub(r"\s+", " ", text)
    return line.rstrip(_SIGNS) or line


def says_little(title: str) -> bool:
    """Whether a title has hardly a word that does not stand in every plan: 配合做好相关工作."""
    return len(re.sub(rf"{_EVERYWHERE}|[\W\d]", "", title)) < _TELLING


def cut(title: str, length: int = TITLE_LENGTH) -> str:
    """A title of at most so many characters, never cut inside a quotation or a book's name."""
    if len(title) <= length:
        return title
    opened = _opened(title, length - 1)
    if opened is None:
        stop = max(title.rfind(sign, length // 2, length - 1) for sign in "、， ")
        return title[: stop if stop > 0 else length - 1].rstrip("、， ") + "…"
    closed = _closed(title, opened)
    if closed < MOST_LENGTH * length // TITLE_LENGTH - 1:
        return title[: closed + 1] + ("…" if closed + 1 < len(title) else "")
    if opened >= _ENOUGH:
        return title[:opened] + "…"
    return title[: length - 2] + "…" + CLOSING[OPENING.index(title[opened])]


def _work_of(text: str) -> str:
    """The clauses of a text up to where they say enough, without what only leads up to them."""
    clauses = _clauses(text)
    while len(clauses) > 1 and clauses[0][1] not in _SENTENCE_ENDS and only_leads(clauses[0][0]):
        clauses = clauses[1:]
    told = ""
    for number, (clause, sign) in enumerate(clauses):
        if number and re.match(_NUMBERING, clause):
            break  # 1.修订办法；2.开展培训: the second is another measure
        told += _stripped(clause) if number == 0 else clause
        if len(told) >= _ENOUGH or number == len(clauses) - 1:
            break
        told += sign
    return told.strip() or text


def only_leads(clause: str) -> bool:
    """Whether a clause leads up to what is to be done, and says nothing of it."""
    if re.fullmatch(_ONLY_TIME, clause.strip()):
        return True
    return bool(re.match(_LEADING, clause.strip())) and _work_begins(clause) is None


def _stripped(clause: str) -> str:
    """根据需要开展巡回审查 → 开展巡回审查; of other words only where the clause is too long."""
    too_long = len(clause) > TITLE_LENGTH and re.match(_LEADING, clause)
    if too_long or re.match(_BEFORE_WORK, clause):
        begin = _work_begins(clause)
        return clause if begin is None else clause[begin:]
    return clause


def _work_begins(clause: str) -> int | None:
    """Where in a clause the work is named, outside of quotations; None where it is not."""
    for word in re.finditer(WORK, clause):
        begin = word.start()
        is_work = len(clause.rstrip()) - begin >= _LEAST_WORK
        if begin > 1 and is_work and _opened(clause, begin) is None:
            return begin
    return None


def _clauses(text: str) -> list[tuple[str, str]]:
    """Clauses, each with the sign behind it; signs inside quotations part nothing."""
    parts = ((part.strip(), sign) for part, sign in cut_at(text, _SIGNS, "\n"))
    return [part for part in parts if part[0]] or [(text, "")]


def _opened(text: str, end: int) -> int | None:
    """Where the outermost quotation begins that is still open at a place; None if there is none."""
    open_at: list[int] = []
    for place, sign in enumerate(text[:end]):
        if sign in OPENING:
            open_at.append(place)
        elif sign in CLOSING and open_at:
            open_at.pop()
    return open_at[0] if open_at else None


def _closed(text: str, opened: int) -> int:
    """Where the quotation that begins at a place ends; beyond the text if it does not."""
    depth = 0
    for place in range(opened, len(text)):
        depth += (text[place] in OPENING) - (text[place] in CLOSING)
        if depth == 0:
            return place
    return len(text) + MOST_LENGTH
