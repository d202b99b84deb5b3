"""What stands around the names of departments in a cell: marks, joints, persons, empty phrases.

`plain` writes a cell as a list that `departments` can split; `bare` takes from one name what is no
part of it. Both say what they had to guess, in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ledger.model.task import heading

LEADING = (
    "负责牵头|牵头抓总|总牵头|牵头负责|牵头单位|牵头部门|责任单位|主责单位|为主负责|牵头|主办|主责|承办"
    "|为主|负责"
)
ASSISTING = "负责配合|协同配合|配合单位|配合部门|协办单位|参与单位|配合|协办|协助|协同|参与"

_MARK = rf"[（(]\s*(?:{LEADING}|{ASSISTING})\s*[)）]"
_MARK_BELOW = re.compile(rf"\s*\n\s*(?={_MARK})")
_MARK_FIRST = re.compile(rf"\s*{_MARK}")
_AFTER_MARK = re.compile(rf"(?<=[^\s、，,；;/／])({_MARK})(?=\s*[^\s、，,；;。/／）)])")
_BEFORE_MARK = re.compile(rf"(?<=[^\s、，,；;/／])(?={_MARK})")
_COUNTED = re.compile(r"[①-⑳⑴-⒇]|(?<=\s)(?=\d+[.．、)）])")
_BY_DUTY = re.compile(
    r"[（(]?(?:按照?|依|根据)(?:各自)?(?:职责|职能)(?:分工)?(?:分别)?(?:抓好)?(?:负责|落实)?[)）]?"
    r"|(?<=[^、，,；;\s])(?:分别|共同)负责"
)
_AND_OTHERS = re.compile(
    r"等(?:[有相]关|各|\d+个|[两几多]个)?(?:部门|单位|处室|科室|司局)?(?=$|[\s、，,；;。（(]|配合|参与|协助)"
)
_TOGETHER = re.compile(r"会同|商(?!务|业|标|贸|会|事)|联合")
FIRST_LEADS = re.compile(
    r"[（(]?[^（()）。；;\n]*(?:第一|首位|首个|最前|前面)[^（()）。；;\n]*牵头[^（()）。；;\n]*[)）]?"
)
"""排在第一位的为牵头单位: a remark beside a table or over a column."""
FIRST_LEADS_HERE = re.compile(
    r"[（(][^（()）]*(?:第一|首位|首个|最前|前面)[^（()）]*牵头[^（()）]*[)）]"
    r"|[，,；;。\n][^，,；;。\n（()）]*(?:第一|首位|首个|最前|前面)[^，,；;。\n（()）]*牵头[^，,；;。\n（()）]*$"
)
"""The same in a cell of departments."""
_STAR = "★☆*＊△▲●◆◎※#＃"
_STARS = re.compile(rf"^[{_STAR}\s]+|[{_STAR}\s]+$")
_JOINTS = re.compile(r"[&＆+＋·・—–－|｜\\.．•#＃-]+")
_NOTE = re.compile(r"^(.{2,}?)[（(]([^（()）]{1,20})[)）]$")
_COLON = re.compile(r"^(.{2,}?)[:：](.{2,})$")
_PERSON = re.compile(
    r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]某{1,2}|[\u4e00-\u9fff]{1,3}(?:同志|[处科局主]长|主任|书记)"
)
_TASK = re.compile("负责|汇总|统筹|审核|把关|对接|落实|组织|报送")
_POST = re.compile(
    r"(?:主要|分管)?(?:负责人|负责同志|主任|副主任|[正副]?[处科局司部所院]长|书记|专员)[\u4e00-\u9fff]{0,4}"
)

TICKS = frozenset("√✓✔☑✅●■★üvVYy1是对")
"""What a column is ticked with."""
_FULL, _HOLLOW = frozenset("▲★●■◆◎√"), frozenset("△☆○□◇")

Department = Callable[[str], bool]
"""Says whether a text is, or looks like, the name of a department."""


def plain(text: str, is_department: Department) -> tuple[str, tuple[str, ...]]:
    """A cell with marks beside the names they belong to, separators between all names."""
    doubts = []
    text = _MARK_BELOW.sub("", text)
    if _MARK_FIRST.match(text):
        text = _BEFORE_MARK.sub("、", text)
    else:
        text = _AFTER_MARK.sub(r"\1、", text)
    text = _COUNTED.sub("、", text)
    text = _BY_DUTY.sub("", text)
    if others := _AND_OTHERS.search(text):
        doubts.append(f"“{others[0]}”没有写明是哪些")
        text = _AND_OTHERS.sub("", text)
    return _joined_by_spaces(text, is_department), tuple(doubts)


def together(item: str, is_department: Department) -> tuple[str, str] | None:
    """(who leads, who joins) of 办公室会同人事处; the first is empty for 会同人事处 alone."""
    for joint in _TOGETHER.finditer(item):
        before, after = item[: joint.start()].strip(), item[joint.end() :].strip()
        sure = joint[0] == "会同" and after and (not before or len(before) > 1)
        if sure or (is_department(before) and is_department(after)):
            return before, after
    return None


def parts_of(item: str, is_department: Department) -> list[str]:
    """办公室&人事处 in its parts, when each of them is a department."""
    parts = [part.strip() for part in _JOINTS.split(item)]
    return parts if len(parts) > 1 and all(map(is_department, parts)) else []


def bare(item: str, is_department: Department) -> tuple[str, str, tuple[str, ...]]:
    """(name, person, doubts): a name without stars, without persons and notes behind it."""
    name = _STARS.sub("", item)
    doubts = [f"“{item}”前后的记号是什么意思没有读"] if name != item and name else []
    if _POST.fullmatch(name) and not is_department(name):
        return "", name, (*doubts, f"“{name}”当作责任人")
    for form in (_NOTE, _COLON):
        match = form.match(name)
        if match is None or is_department(name) or not is_department(match[1].strip()):
            continue
        named, rest = match[1].strip(), match[2].strip()
        person = rest if _PERSON.fullmatch(rest) and not is_department(rest) else ""
        person = "" if _TASK.match(rest) else person
        if person or form is _COLON or _TASK.search(rest):
            meaning = f"“{rest}”当作责任人" if person else f"没有读“{rest}”"
            return named, person, (*doubts, f"“{item}”记为“{named}”，{meaning}")
    if behind := _post_behind(name, is_department):
        doubts.append(f"“{item}”记为“{behind[0]}”，“{behind[1]}”当作责任人")
        return *behind, tuple(doubts)
    return name, "", tuple(doubts)


def _post_behind(name: str, is_department: Department) -> tuple[str, str] | None:
    """办公室主任 and 办公室 张三 as department and person."""
    for at in range(2, len(name) - 1):
        rest = name[at:].strip()
        apart = name[at].isspace() and _PERSON.fullmatch(rest)
        if (apart or _POST.fullmatch(rest)) and is_department(name[:at].strip()):
            return (name[:at].strip(), rest) if not is_department(rest) else None
    return None


def ticked(marks: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Departments over columns that are ticked, or marked as leading and assisting; and a doubt.

    Args:
        marks: department and what its column says, where that is not empty.
    """
    texts = {text for _, text in marks}
    if texts <= TICKS and not texts & _HOLLOW:
        return "、".join(name for name, _ in marks), ""
    if texts <= _FULL | _HOLLOW and texts & _FULL:
        lead, assist = heading("lead"), heading("assist")
        named = [f"{name}（{assist if text in _HOLLOW else lead}）" for name, text in marks]
        told = "”“".join(dict.fromkeys(text for _, text in marks))
        return "、".join(named), f"记号“{told}”读作牵头和配合，实心的是牵头"
    if all(re.fullmatch(f"{LEADING}|{ASSISTING}", text) for text in texts):
        return "、".join(f"{name}（{text}）" for name, text in marks), ""
    return "\n".join(f"{name}：{text}" for name, text in marks), ""


def _joined_by_spaces(text: str, is_department: Department) -> str:
    """Spaces between departments with marks (办公室牵头 人事处配合) are separators."""
    lines = []
    for line in text.split("\n"):
        parts = line.split()
        marked = [re.sub(rf"^由|(?:{LEADING}|{ASSISTING})$|{_MARK}", "", part) for part in parts]
        whole = len(parts) > 1 and parts != marked and all(map(is_department, marked))
        lines.append("、".join(parts) if whole else line)
    return "\n".join(lines)
