"""A document in prose as a 分解表: each sentence a row, those that order something numbered.

Nothing of the text is left out: what orders nothing is kept as context. A person assigns, corrects
and strikes out in Excel; `import` then takes what is left, and each task keeps where it stood.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ledger.adapters.tables.grid import MAX_CELL_TEXT
from ledger.adapters.tables.reading.fieldnames import field_of
from ledger.adapters.tables.reading.flattened import FlatTable, flattened_table
from ledger.adapters.tables.reading.given import (
    NOTHING_GIVEN,
    Given,
    given_alone,
    given_behind,
    given_to,
    given_within,
)
from ledger.adapters.tables.reading.prose import Prose, read_document
from ledger.adapters.tables.writing.sheet import Light, Sheet, SheetColumn, Value
from ledger.errors import UsageError
from ledger.model.figures import figures
from ledger.model.orders import CONTEXT, DONE, NO_WORK, ORDER, STAGE, Judgement, Kind, judge
from ledger.model.prose import Sentence, problem_in, read_prose, title_of
from ledger.model.record import dataclass, replace
from ledger.model.task import STATUS_COLUMN, full_name, heading
from ledger.model.telling import Tell, silent
from ledger.model.timephrases import time_limits
from ledger.usecases.reading.load import load
from ledger.usecases.reading.open import Ledger
from ledger.usecases.writing.deliver import deliver

_LIGHTS = {ORDER: "normal", DONE: "closed", CONTEXT: "cancelled"}
_EMPTY = "—"  # in a column that would carry down
_FINISHED = "已完成"
_OPENING = ("（", "(", "【", "[")
_LABEL = re.compile(r"([\u4e00-\u9fff]{2,6})\s*[:：]\s*")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年")


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """A sentence, what it is and why, and what it says of departments, time and numbers."""

    kind: Kind
    text: str
    reason: str
    place: str
    section: str = ""
    key_point: str = ""
    problem: str = ""
    given: Given = NOTHING_GIVEN
    figures: str = ""
    goal: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A document as rows, with its title; `notes` (Chinese) say what of it was not read."""

    title: str
    rows: tuple[BreakdownRow, ...]
    notes: tuple[str, ...]

    def count(self, kind: Kind) -> int:
        """How many rows there are of a kind."""
        return sum(row.kind == kind for row in self.rows)

    @property
    def work(self) -> list[BreakdownRow]:
        """The rows that a later import takes."""
        return [row for row in self.rows if row.kind != CONTEXT]


def make_draft(file: Path, known: Iterable[str], today: dt.date, tell: Tell = silent) -> Breakdown:
    """A document as a draft.

    Args:
        known: departments' names and aliases.
        today: whose year months belong to where the document names none.

    Raises:
        LedgerError: as `read_document` does.
    """
    prose = read_document(file, tell)
    names = frozenset(known)
    if table := flattened_table(prose.lines, names):
        return _of_table(table, file)
    title, passages = title_of(prose.passages)
    read = read_prose(title, passages)
    year = _year(title, read, today)
    judged = _Judging(names, year, file.name)
    for sentence in read:
        judged.add(sentence)
    return Breakdown(title or file.stem, tuple(judged.rows), (*prose.notes, *_on_tables(prose)))


class _Judging:
    """Goes down the sentences once; what is given behind them is filled in above."""

    def __init__(self, known: frozenset[str], year: int, file: str) -> None:
        self.known = known
        self.year = year
        self.file = file
        self.rows: list[BreakdownRow] = []
        self.open: list[int] = []  # rows that what follows may be about
        self.filled = False  # whether somebody is responsible for these already
        self.paragraphs: dict[int, int] = {}  # row → its paragraph
        self.path: tuple[str, ...] = ()
        self.goal: tuple[tuple[str, ...], str] = ((), "")  # under which headings it was named
        self.measuring: tuple[str, ...] | None = None  # the headings under which 整改措施： stood
        self.stage = (0, "")  # a paragraph, and until when its stage lasts

    def add(self, sentence: Sentence) -> None:
        if sentence.path != self.path:
            self.path, self.open = sentence.path, []
        given = None if sentence.heading else given_alone(sentence.text, self.known, self.year)
        if given:
            self._fill(given, sentence)
            if sentence.text[:1] not in _OPENING:  # 责任单位：…… ends the measures
                self.measuring = None
        else:
            self.rows.append(self._row(sentence))
            self.paragraphs[len(self.rows) - 1] = sentence.paragraph
            if self.rows[-1].kind != CONTEXT:
                self.open = [] if self.filled else self.open
                self.open.append(len(self.rows) - 1)
                self.filled = False
            elif not self._in_paragraph(sentence):
                self.open = []  # what follows is about something else

    def _fill(self, given: Given, sentence: Sentence) -> None:
        """Who is responsible for the sentences above: those of the paragraph, else all open."""
        if sentence.path and (not self.rows or self.rows[-1].path != sentence.path):
            self._heading_as_work(sentence)
        about = self._in_paragraph(sentence) or self.open
        for row in about:
            self.rows[row] = replace(self.rows[row], given=self.rows[row].given.over(given))
        self.filled = True
        told = f"已填入上面 {len(about)} 项" if about else "上面没有任务，没有填入"
        self.rows.append(
            replace(self._placed(sentence), reason=f"责任单位、时限，{told}", kind=CONTEXT)
        )
        self.paragraphs[len(self.rows) - 1] = sentence.paragraph

    def _heading_as_work(self, sentence: Sentence) -> None:
        """A heading with nothing below it but who is responsible is work itself."""
        placed = self._placed(replace(sentence, path=sentence.path[:-1]))
        text = _heading(sentence.path[-1], self.known, self.year)
        reason = "标题下面只有责任单位、时限，标题就是任务"
        self.rows.append(replace(placed, kind=ORDER, text=text, reason=reason, path=sentence.path))
        self.paragraphs[len(self.rows) - 1] = sentence.paragraph
        self.open = [len(self.rows) - 1]

    def _in_paragraph(self, sentence: Sentence) -> list[int]:
        return [row for row in self.open if self.paragraphs[row] == sentence.paragraph]

    def _row(self, sentence: Sentence) -> BreakdownRow:
        placed = self._placed(sentence)
        if sentence.heading:
            return replace(placed, reason="标题，下面没有文字")
        if sentence.row:
            return replace(placed, reason="表格里的一行，表格请用 ledger import 导入")
        text, given = given_behind(sentence.text, self.known, self.year)
        label = _LABEL.match(text)
        named = field_of(label[1]) if label else None
        if label and named == "goal":
            self.goal = sentence.path, text[label.end() :].rstrip("。；")
            return replace(placed, reason=f"{label[1]}，已填入下面各项")
        text = text[label.end() :] if label and named in ("measures", "progress") else text
        if named == "measures":
            self.measuring = sentence.path
        judgement = self._judged(text, sentence)
        limits = time_limits(text, self.year) if judgement.kind != DONE else ()
        if judgement.kind == CONTEXT:
            if judgement.reason == STAGE:
                self.stage = sentence.paragraph, "，".join(limits)
            return replace(placed, reason=judgement.reason)
        above = [given_behind(each, self.known, self.year)[1] for each in reversed(sentence.path)]
        for told in (given_within(text, self.known), given_to(text, self.known)):
            given = given.over(told)
        given = given.over(Given(due="，".join(limits)))
        if sentence.paragraph == self.stage[0]:
            given = given.over(Given(due=self.stage[1]))
        for each in above:
            given = given.over(each)
        return replace(
            placed,
            kind=judgement.kind,
            reason=judgement.reason,
            text=text,
            given=given,
            figures="；".join(map(str, figures(text))),
            goal=self.goal[1] if self.goal[0] == sentence.path else "",
        )

    def _judged(self, text: str, sentence: Sentence) -> Judgement:
        """What a sentence is; behind 整改措施： it is work, whatever its heading tells of."""
        if sentence.path != self.measuring or sentence.mood == "report":
            return judge(text, sentence.mood)
        judgement = judge(text, "plan")
        if judgement.kind == ORDER or judgement.reason in NO_WORK:
            return judgement
        return Judgement(ORDER, "写在“措施”后面")

    def _placed(self, sentence: Sentence) -> BreakdownRow:
        """A sentence as context, where it stands."""
        path = [_heading(each, self.known, self.year) for each in sentence.path]
        problem = problem_in(sentence.path)
        below = [each for each in path[1:] if not (problem and problem in each)]
        return BreakdownRow(
            CONTEXT,
            sentence.text,
            "",
            "，".join((f"{self.file} {sentence.place}", *filter(None, ("／".join(path),)))),
            path[0] if path else "",
            "／".join(below),
            problem,
            path=sentence.path,
        )


def draft_sheet(draft: Breakdown) -> Sheet:
    """The draft as a table that `import` knows; columns that nobody fills are left out."""
    numbers = iter(range(1, len(draft.rows) + 1))
    columns = [
        (column, value)
        for column, value, always in _COLUMNS
        if always or any(value(row) not in ("", _EMPTY) for row in draft.rows)
    ]
    rows: list[tuple[Value, ...]] = []
    for row in draft.rows:
        number = next(numbers) if row.kind != CONTEXT else None
        light = Light(row.kind, _LIGHTS[row.kind])
        rows.append((number, light, *(value(row)[:MAX_CELL_TEXT] for _, value in columns)))
    head = (SheetColumn("序号", 6, kind="whole"), SheetColumn("判断", 8, kind="light"))
    return Sheet("分解表", draft.title, (*head, *(column for column, _ in columns)), rows)


_COLUMNS: Sequence[tuple[SheetColumn, Callable[[BreakdownRow], str], bool]] = (
    (SheetColumn(heading("section"), 18), lambda row: row.section or _EMPTY, False),
    (SheetColumn(full_name("problem"), 24), lambda row: row.problem or _EMPTY, False),
    (SheetColumn(full_name("key_point"), 24), lambda row: row.key_point or _EMPTY, False),
    (SheetColumn(heading("goal"), 24), lambda row: row.goal, False),
    (SheetColumn(full_name("measures"), 60), lambda row: row.text, True),
    (SheetColumn(full_name("lead"), 14), lambda row: "、".join(row.given.lead), True),
    (SheetColumn(full_name("assist"), 14), lambda row: "、".join(row.given.assist), True),
    (SheetColumn(full_name("leader"), 12), lambda row: row.given.leader, False),
    (SheetColumn(full_name("owner"), 12), lambda row: row.given.owner, False),
    (SheetColumn(full_name("due"), 16), lambda row: row.given.due, True),
    (SheetColumn("指标", 20), lambda row: row.figures, False),
    (SheetColumn(STATUS_COLUMN, 10), lambda row: _FINISHED if row.kind == DONE else "", False),
    (SheetColumn("判断依据", 20), lambda row: row.reason, True),
    (SheetColumn("出处", 30), lambda row: row.place, True),
)


def hand_out(
    ledger: Ledger, file: Path, place: Path, overwrite: bool, today: dt.date, tell: Tell = silent
) -> Breakdown:
    """Write the draft of a document as a workbook.

    Args:
        overwrite: whether a file that is there may be replaced.
        tell: told how many pages are read, then rows written, of how many.

    Raises:
        UsageError: `place` is no place for a workbook.
        LedgerError: the document cannot be read, or the workbook not be written.
    """
    from ledger.adapters.tables.writing.xlsx import xlsx_file

    if place.suffix.lower() != ".xlsx":
        raise UsageError(
            f"分解表是 Excel 文件，不能写成 {place.name}", hint="请在 -o 后面写 .xlsx 的文件名"
        )
    draft = make_draft(file, load(ledger).departments, today, tell)
    deliver(ledger, place, xlsx_file((draft_sheet(draft),), today, tell), overwrite)
    return draft


def _of_table(table: FlatTable, file: Path) -> Breakdown:
    """The draft of a table that was copied as text: a measure is a row, its cells are columns."""
    rows = tuple(
        BreakdownRow(
            ORDER,
            f"【{row.item.text}】{row.measure.text}" if row.item.text else row.measure.text,
            "表格里的一行" + ("；部门或时限沿用相邻的行，请核对" if row.carried else ""),
            f"{file.name} 第{row.line}行",
            row.section,
            row.point.text,
            given=Given(tuple(row.lead), due=row.due),
        )
        for row in table.rows
    )
    rest = tuple(
        BreakdownRow(CONTEXT, text, "表格里没有对上措施的文字", file.name) for text in table.rest
    )
    note = "这是一张转成文字的表格，按表格读取：一条措施一行，合并的单元格沿用相邻的行"
    return Breakdown(table.title or file.stem, rows + rest, (note,))


def _heading(text: str, known: frozenset[str], year: int) -> str:
    return given_behind(text, known, year)[0].rstrip("。：:；;")


def _year(title: str, read: Sequence[Sentence], today: dt.date) -> int:
    """The year that the document is about: what its title names, else its first sentences."""
    texts = (title, *(each.text for each in read[:20]))
    named = next((match for match in map(_YEAR.search, texts) if match), None)
    return int(named[1]) if named else today.year


def _on_tables(prose: Prose) -> Iterator[str]:
    rows = sum(passage.row for passage in prose.passages)
    if rows:
        yield f"文档里有表格（{rows} 行），只作背景；表格请用 ledger import 导入"
