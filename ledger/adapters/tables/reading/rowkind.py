"""What a row below the header is: an item, a part's heading, or something to leave out.

Rules, in order: blank (nothing of its own); struck through; the header or the title again; numbers
of columns; an example of how to fill the table in; a total
(合计、小计…); a remark (注：、填表说明…, and the lines of text that follow one); a heading (see
`heading_text`); an item when it says what is to be done, else empty.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

from ledger.adapters.tables.grid import Cell, Grid, GridRow
from ledger.adapters.tables.reading.columns import CONTENT_FIELDS, Header
from ledger.adapters.tables.reading.fieldnames import UNITS, normal_name
from ledger.model.numerals import PART


class RowKind(StrEnum):
    """Kinds of rows below a header; `EMPTY` has text, but none that says what is to be done."""

    BLANK = "blank"
    HEADER = "header"
    TOTAL = "total"
    REMARK = "remark"
    HEADING = "heading"
    EMPTY = "empty"
    STRUCK = "struck"
    COUNTS = "counts"
    UNIT = "unit"
    SIGNED = "signed"
    EXAMPLE = "example"
    LONE = "lone"
    NAMED = "named"
    ITEM = "item"


_GOES_ON = re.compile(rf"[（(](?:续|接上)[表页]?(?:{PART}|\d+)?[)）]$")
_COLUMNS = re.compile("栏次|栏目|列次|列号|栏号")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_EXAMPLE = re.compile(
    r"\s*(?:[（(【\[]\s*)?(?:填写|填报|填表)?(?:示例|样例|范例|举例|示范)\d*(?:\s*[）)】\]]|[:：]|\s*$)"
    r"|\s*[（(【\[]例\d*[）)】\]]|\s*例\d*(?:[:：]|\s*$)|\s*例如[:：]"
)
_COUNTED = re.compile(r"\d|[①-⑳⑴-⒇]|[:：。]|^.$")
_TOTAL = re.compile(
    r"(合计|小计|总计|共计)([:：（(\d].*)?"
    rf"|(以上|本表|本页|全表)?(各项|所列)?(任务|事项|问题|内容|措施|项目)?(共|共计|合计|总计)(\d+|{PART})"
    r"(项|条|个|件)(任务|事项|问题|措施)?[。.]?"
)
_SUM = re.compile(r".{1,12}(小计|合计|总计)([（(].*[)）])?")
_FIGURE = re.compile(r"[-\d.,，%％/／—]+(万?元|亿元|项|个|件|条)?")
_UNIT = re.compile(rf"[（(]?(金额|计量|投资)?单位[:：]({'|'.join(UNITS)})[)）]?")
_FOOTNOTE = re.compile(r"[※*＊]\s*[^\s\d].{3,}")
_BY = r"([（(](盖章|公章|签字|签名|签章)[)）])?"
_REMARK = re.compile(
    r"[*＊※]?(注|备注|附注|说明)[\d①-⑩]*([:：].*)?"
    r"|[*＊※]?(填表|填报|填写|编制)说明.*"
    r"|第\s*\d+\s*页([，,、\s/]*共\s*\d+\s*页)?"
    r"|(填报|填表|制表|编制|编报|报送|上报|报告|审核|复核|审批|签发|联系|单位负责|部门负责|主要负责)"
    rf"(人|单位|部门|时间|日期|电话|领导)((及|和)?(联系)?(电话|方式))?{_BY}[:：].*"
    rf"|(日期|电话|联系方式|盖章|公章){_BY}[:：].*",
    re.DOTALL,
)
_LEADERS = "(?:(?:主要|分管|主管|单位|部门|处室|科室|局|处)*领导)"
_SIGNED = re.compile(
    rf"(?:{_LEADERS}|(?:承办|主办|协办|牵头|责任|主管)?(?:负责人|部门|单位|处室|科室)|办公室|党组|党委)?"
    "(?:审批|审核|审定|批示|拟办|承办|办理|复核|会签)?意见"
    rf"|{_LEADERS}?(?:签字|签名|签章|批示|审签)"
    "|(?:承办|经办|拟稿|审核|审批|复核|签发|填表)人|盖章|公章|签字日期|审批栏|签字栏"
)
_SIGNED_END = re.compile("(?:[（(](?:签字|签名|签章|盖章)[)）])?[:：]?(?:年月日)?$")
_BARE_REMARK = re.compile(r"(注|备注|附注|说明|填表说明|填报说明|填写说明)[:：]?")
_PART_NUMBER = re.compile(rf"({PART})|{PART}[、.．]|[（(]{PART}[)）]")
_LEVELS = (
    re.compile(rf"第({PART}|\d+)(部分|篇|章|板块|类)"),
    re.compile(rf"{PART}[、.．]"),
    re.compile(rf"[（(]{PART}[)）]"),
)


def kind_of(row: GridRow, grid: Grid, header: Header, after_remark: bool) -> RowKind:
    """The kind of a row; `after_remark` says that the last row with text was a remark."""
    own = own_texts(row)
    if not any(cell.own for cell in row.cells):
        return RowKind.BLANK
    if _is_struck(row, header):
        return RowKind.STRUCK
    repeats_title = own and _whole(own) in (own_texts(each) for each in grid.rows[: header.first])
    if repeats_title or _repeats_header(row, grid, header):
        return RowKind.HEADER
    if _counts_columns(own):
        return RowKind.COUNTS
    if beside := _kind_beside(row, own, header):
        return beside
    if heading := heading_text(row, header):
        goes_on = after_remark and heading_level(heading) is None
        return RowKind.REMARK if goes_on else RowKind.HEADING
    if after_remark and len(own) == 1 and not any(cell.above for cell in row.cells):
        return RowKind.REMARK
    return RowKind.ITEM if says_what(row, header) else RowKind.EMPTY


def _kind_beside(row: GridRow, own: Sequence[str], header: Header) -> RowKind | None:
    """The kind of a row that is there for something beside the tasks; None for others."""
    if not own:
        return None
    if any(map(_EXAMPLE.match, own)):
        return RowKind.EXAMPLE
    if _is_total(own):
        return RowKind.TOTAL
    if len(own) == 1 and _UNIT.fullmatch("".join(own[0].split())):
        return RowKind.UNIT
    if is_signing(row):
        return RowKind.SIGNED
    if _BARE_REMARK.fullmatch(own[0]) or all(map(_REMARK.fullmatch, own)):
        return RowKind.REMARK
    if len(own) == 1 and _FOOTNOTE.fullmatch(own[0]) and _stands_first(row, header):
        return RowKind.REMARK
    return None


def with_lone_headings(
    rows: Sequence[GridRow], kinds: Sequence[RowKind], header: Header
) -> list[RowKind]:
    """The kinds, numbered headings with nothing below them as `LONE`.

    A row of which only the name is filled in looks like a part where nothing is merged. It is a
    task when other tasks are numbered as it is, and the next row is not lower than it.
    """
    made = list(kinds)
    levels = [
        heading_level(heading_text(row, header) or "".join(own_texts(row)[:1])) for row in rows
    ]
    of_items = {level for level, kind in zip(levels, kinds, strict=True) if kind is RowKind.ITEM}
    following: int | None = 0
    for at in range(len(rows) - 1, -1, -1):
        level = levels[at]
        if kinds[at] is RowKind.HEADING and level and level in of_items:
            loose = not any(cell.left and cell.text for cell in rows[at].cells)
            if loose and not rows[at].hidden and following is not None and following <= level:
                made[at] = RowKind.LONE
        if kinds[at] in (RowKind.HEADING, RowKind.ITEM):
            following = level
    return made


def heading_level(text: str) -> int | None:
    """0 for 第一部分, 1 for 一、, 2 for （一）, None without such a number."""
    return next((level for level, form in enumerate(_LEVELS) if form.match(text)), None)


def is_remark(text: str) -> bool:
    """Whether a text is a note, instructions for filling in, or who filled in and when."""
    return bool(_BARE_REMARK.fullmatch(text) or _REMARK.fullmatch(text) or _UNIT.fullmatch(text))


def _stands_first(row: GridRow, header: Header) -> bool:
    """Whether the one text of a row is merged over the table, or stands before what is to be done.

    In the column of that it may be one more measure of the row above.
    """
    only = next(index for index, cell in enumerate(row.cells) if cell.own)
    return _spans_table(row, header, only) or (
        only < _leading(header) and _is_rest_empty(row, {only})
    )


def _leading(header: Header) -> int:
    """The first column that says what is to be done."""
    return min(
        index
        for column in header.columns
        if column.field in CONTENT_FIELDS
        for index in column.indexes
    )


def is_signing(row: GridRow) -> bool:
    """Whether a row only has room for who signs: 承办人：, 领导签字：, 审批意见 and a day."""
    texts = ["".join(text.split()) for text in own_texts(row)]
    if not texts or any(cell.above for cell in row.cells):
        return False
    labels = [_SIGNED_END.sub("", text) for text in texts]
    return any(labels) and all(not label or _SIGNED.fullmatch(label) for label in labels)


def _is_total(own: Sequence[str]) -> bool:
    """Whether a row adds up those above it: 合计, 甲类小计 beside figures, 以上任务共2项."""
    first, *rest = ("".join(text.split()) for text in own)
    if _TOTAL.fullmatch(first):
        return True
    sums = [text for text in (first, *rest) if not _FIGURE.fullmatch(text)]
    return len(sums) == 1 and bool(_SUM.fullmatch(sums[0]))


def own_texts(row: GridRow) -> list[str]:
    """The texts written in the row itself, each merged cell's once."""
    return [cell.text for cell in row.cells if cell.own and cell.text]


def _whole(own: Sequence[str]) -> list[str]:
    """Texts without what says that a table goes on: 任务分解表（续） is 任务分解表 again."""
    return [_GOES_ON.sub("", text) for text in own]


def _repeats_header(row: GridRow, grid: Grid, header: Header) -> bool:
    """Whether every own text is a column's name; in which columns they stand does not matter."""
    rows = grid.rows[header.first : header.last + 1]
    names = {normal_name(cell.text) for above in rows for cell in above.cells}
    own = [cell.text for cell in row.cells if cell.own]
    return len(own) > 1 and all(normal_name(text) in names for text in own)


def heading_text(row: GridRow, header: Header) -> str:
    """The heading of a part that the row holds, "" when it holds none.

    A heading is one text alone (see `_stands_alone`), or one beside a 序号 that is a Chinese
    numeral (一｜党的建设 reads 一、党的建设), or one over the table's width beside a 部分 cell.
    """
    own = {index: cell.text for index, cell in enumerate(row.cells) if cell.own}
    fields = {index: column.field for column in header.columns for index in column.indexes}
    if any(cell.fault for cell in row.cells):
        return ""
    match list(own):
        case [only] if _stands_alone(row, header, only, fields):
            return own[only]
        case [first, title] if fields.get(first) == "number":
            number = _PART_NUMBER.fullmatch(own[first])
            alone = number and len(header.columns) > 3 and _is_rest_empty(row, {first, title})
            mark = "、" if number and number[1] else ""
            return f"{own[first]}{mark}{own[title]}" if alone else ""
        case [first, title] if fields.get(first) == "section":
            return own[title] if _spans_table(row, header, title) else ""
    return ""


def _stands_alone(row: GridRow, header: Header, only: int, fields: Mapping[int, str]) -> bool:
    """Whether a row's one text is merged over the table, in a 部分 column, or numbered as parts.

    Numbered without being merged it counts only up to the first column of content, where it
    cannot be a measure that begins with a number. In a column of 序号 it is one if it has none.
    """
    if _spans_table(row, header, only):
        return True
    if not _is_rest_empty(row, {only}):
        return False
    leading = _leading(header)
    numbered = heading_level(row.cells[only].text) is not None
    named = fields.get(only) == "number" and not _COUNTED.search(row.cells[only].text)
    return fields.get(only) == "section" or named or (only <= leading and numbered)


def _is_rest_empty(row: GridRow, indexes: Collection[int]) -> bool:
    return not any(
        cell.text and not cell.left and index not in indexes for index, cell in enumerate(row.cells)
    )


def _spans_table(row: GridRow, header: Header, first: int) -> bool:
    """Whether the merged cell that begins at `first` covers most columns and leaves none filled.

    A 部分 or 序号 cell that reaches down from above may stand beside it.
    """
    last = first
    while last + 1 < len(row.cells) and row.cells[last + 1].left:
        last += 1
    width = sum(len(column.indexes) for column in header.columns)
    if last == first or 2 * (last - first + 1) <= width:
        return False
    return not any(
        row.cells[index].text
        for column in header.columns
        if not first <= column.indexes[0] <= last and column.field not in {"section", "number"}
        for index in column.indexes
    )


def _counts_columns(own: Sequence[str]) -> bool:
    """Whether a row only numbers the columns: 栏次｜1｜2｜3, 甲｜乙｜1｜2, (1)｜(2)｜(3)."""
    texts = [text.strip("()（）[]") for text in own]
    if texts and _COLUMNS.fullmatch("".join(texts[0].split())):
        return True
    stems = [text for text in texts if text in _STEMS]
    numbers = [text for text in texts if text not in _STEMS]
    counted = [*_STEMS[: len(stems)], *(str(number + 1) for number in range(len(numbers)))]
    return len(texts) > 2 and [*stems, *numbers] == texts == counted


def _is_struck(row: GridRow, header: Header) -> bool:
    """Whether what was to be done is struck through, and nothing of it is left in the row."""
    cells = _content(row, header)
    return any(cell.struck for cell in cells) and not any(cell.own and cell.text for cell in cells)


def says_what(row: GridRow, header: Header) -> bool:
    """Whether a row has anything in a column that says what is to be done."""
    return any((cell.text or cell.fault) and not cell.left for cell in _content(row, header))


def _content(row: GridRow, header: Header) -> list[Cell]:
    return [
        row.cells[index]
        for column in header.columns
        if column.field in CONTENT_FIELDS
        for index in column.indexes
    ]
