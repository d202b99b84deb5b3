"""The grammar of a time limit: tokens become items (a day, a period, a schedule, 长期坚持).

    text     := item {[，、和并] item}
    item     := 立行立改 | 长期 | 每 schedule | relative | span
    relative := [event 后|起] number unit [内] | event 起 至 point
    span     := point [至 point] [前|内]

Each line is a method of `Reader`; `ledger.model.points` reads a point. A method that cannot read
returns None, which makes the whole text open; it sets `warning` where the text looks like a date.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from ledger.model.numerals import read_numeral
from ledger.model.phrases import Sort, Token
from ledger.model.points import NAMED_DAYS, PARTS_OF_YEAR, Item, PointReader, days_of_part
from ledger.model.record import replace
from ledger.model.workdays import add_workdays, first_unknown_year

_UNITS = (Sort.DAYS, Sort.MONTHS, Sort.WORKDAYS)
_DATE_UNITS = (Sort.YEAR, Sort.MONTH, Sort.DAY, Sort.QUARTER)


class Reader(PointReader):
    """Reads the tokens of one text."""

    def read(self) -> list[Item]:
        """Every item of the text in order; empty when any part of it is not understood."""
        items: list[Item] = []
        separated = True
        while True:
            begin = self.at
            self.skip(Sort.INTENT)
            item = self._item()
            if item is None or not (separated or _may_touch(items[-1], item)):
                self._warn_unread(items, begin)
                return []
            items.append(item)
            separated = self._skip_to_next()
            if self.at == len(self.tokens) and not separated:
                return items

    def _warn_unread(self, items: list[Item], begin: int) -> None:
        self.at = 0
        numeric = self.kind() is Sort.NUMBER and self.text().isascii()
        if numeric or any(item.last for item in items) or self._names_date(len(self.tokens)):
            rest = self.rest(begin)[:20]
            self.warn(f"没有读懂“{rest}”，不作为日期处理" if rest else "时限没有写完")

    def _skip_to_next(self) -> bool:
        """Pass over acts and commas; whether a comma is the last of them."""
        self._skip_acts()
        separated = False
        while self.skip(Sort.COMMA, Sort.AND, Sort.ALSO):
            separated = not self._skip_acts()
        return separated

    def _skip_acts(self) -> bool:
        """Pass over what is to be done (确保整改到位); an INTENT before a further item stays."""
        begin, ahead = self.at, 0
        while self.kind(ahead) in (Sort.INTENT, Sort.ACT):
            ahead += 1
            if self.kind(ahead - 1) is Sort.ACT:
                self.at += ahead
                ahead = 0
        return self.at > begin

    def _item(self) -> Item | None:
        if self.kind() is Sort.IMMEDIATE:
            return self._immediate()
        if self.accept(Sort.ONGOING):
            # 持续3个月 is how long, not by when
            return None if self._period_length() else Item("ongoing")
        if self.accept(Sort.EVERY):
            return self._every()
        anchor = self._anchor()
        if self._period_length() or anchor is not None:
            return self._relative(anchor)
        return self._span()

    def _immediate(self) -> Item | None:
        from_today = self.take().text.startswith("即日")
        if from_today and (self._period_length() or self.kind() is Sort.UNTIL):
            return self._counted_from(self._since)
        return Item("immediate")

    # Limits relative to an event.

    def _relative(self, anchor: int | None) -> Item | None:
        """30个工作日内, 收到回复后2个月内, 自印发之日起至12月底, 自4月24日起3个月内."""
        if anchor is None or self._period_length():
            return self._counted_from(self._since)
        if not self._names_date(anchor):
            self.at = anchor + 1
            return self._counted_from(self._since)
        self.skip(Sort.FROM)
        event = self.point()
        if event is None or event.grain != "day" or self.at != anchor:
            return None
        self.at = anchor + 1
        return self._counted_from(event.last)

    def _anchor(self) -> int | None:
        """Where in this clause the event ends (后, 起) that a period or 至 follows."""
        for index in range(self.at, len(self.tokens)):
            ahead = index - self.at
            if self.kind(ahead) is Sort.COMMA:
                return None
            if self.kind(ahead) in (Sort.ONWARD, Sort.AFTER):
                until = self.kind(ahead + 1) is Sort.UNTIL and not self._names_date(index)
                if until or self._period_length(ahead + 1):
                    return index
        return None

    def _names_date(self, end: int) -> bool:
        """Whether the tokens up to `end` hold anything of a date."""
        kinds = [token.kind for token in self.tokens[self.at : end]]
        return any(kind in (*PARTS_OF_YEAR, *NAMED_DAYS) for kind in kinds) or any(
            number is Sort.NUMBER and unit in _DATE_UNITS for number, unit in pairwise(kinds)
        )

    def _period_length(self, ahead: int = 0) -> int:
        """How many tokens a period such as 30个工作日, 半年, 一年内 takes here; 0 if none."""
        if self.text(ahead).startswith("半") and self.kind(ahead) in _UNITS:
            return 1
        if any(self.number(ahead, of=unit) for unit in _UNITS):
            return 2
        if not self._is_within(ahead + 2):
            return 0
        years = self.number(ahead, of=Sort.YEAR)
        if years and len(years.digits) <= 1:  # 17年内 may be the year 2017, and 2017年内 is
            return 2
        return 2 if self.number(ahead, of=Sort.DAY) else 0

    def _is_within(self, ahead: int = 0) -> bool:
        return self.kind(ahead) is Sort.WITHIN and self.text(ahead).endswith("内")

    def _counted_from(self, base: dt.date | None) -> Item | None:
        """Read a period, or 至 and a point, that begins at `base` (None: not known)."""
        if self.accept(Sort.UNTIL):
            return self._range(Item("dated", base, base))
        count = 1 if self._period_length() == 1 else read_numeral(self.take().text).count
        unit = self.take()
        if self._is_within():
            self.take()
        if base is None:
            self.warn("相对期限需要起算日期（--from）")
            return None
        last = self._add(base, count, unit) if count else None
        return Item("dated", last, last, grain="relative") if last else None

    def _add(self, base: dt.date, count: int, unit: Token) -> dt.date | None:
        """`base` plus so many units; the day of `base` itself is not counted."""
        if unit.kind is Sort.WORKDAYS:
            self.workdays = True
            last = add_workdays(base, count, self._calendar)
            if last is None:
                self.warn_calendar(first_unknown_year(base.year, self._calendar))
            return last
        from dateutil.relativedelta import relativedelta

        months = {Sort.MONTHS: count * unit.value, Sort.YEAR: 12 * count}.get(unit.kind, 0)
        days = {Sort.DAYS: count * unit.value, Sort.DAY: count}.get(unit.kind, 0)
        try:
            return base + relativedelta(months=months, days=days)
        except (OverflowError, ValueError):
            self.warn("算出的日期超出公元 9999 年")
            return None

    # Days and periods.

    def _span(self) -> Item | None:
        origin = self.skip(Sort.FROM)
        if not origin and self.kind() is Sort.UNTIL and self.text()[0] not in "-—~":
            self.take()  # 至12月底, 截至6月
        left = self.point()
        if left is None:
            return None
        onward = self.accept(Sort.ONWARD)
        if self.accept(Sort.UNTIL):
            return self._range(left)
        if onward and left.grain != "holiday":
            return replace(left, start=left.first, last=None)
        return None if origin or onward else self._limited(left)

    def _range(self, left: Item) -> Item | None:
        """The period from `left` to the point that follows 至."""
        right = self.point()
        if right is None or left.grain == "holiday":
            return None
        if not in_order([left, right]):
            self.warn("起止先后颠倒，跨年的请写明年份或“次年”")
            return None
        grain = right.grain if right.grain in ("day", "holiday") else ""
        period = Item("dated", left.first, right.last, start=left.first, grain=grain)
        limited = self._limited(period)
        return replace(limited, start=left.first) if limited else None

    def _limited(self, span: Item) -> Item | None:
        """Read 前, 内, 止 and a time of day after a span; a holiday is a limit only with 前."""
        if self.accept(Sort.CLOCK) and span.grain != "day":
            return None
        if not self.accept(Sort.BEFORE):
            self.accept(Sort.WITHIN)
            return None if span.grain == "holiday" else span
        if span.grain == "year":
            self.warn("“某年前”是否含当年不明确，请写明月份")
            return None
        return replace(span, start=None)

    # Schedules.

    def _every(self) -> Item | None:
        """What follows 每: 月, 季度, 半年, 两个月, 周, or 年 and its dates."""
        if self.kind() is Sort.YEAR:
            # 6月，每年12月: what comes before is not yearly
            self.annual = all(token.kind is not Sort.NUMBER for token in self.tokens[: self.at])
            return self._span()
        step = self._months_between()
        if step is None:
            return self._more_often()
        schedule = self._schedule(step) if 12 % step == 0 else None
        if schedule:
            self.accept(Sort.BEFORE, Sort.WITHIN)
        return schedule

    def _months_between(self) -> int | None:
        """1 for 每月, 3 for 每季度, 2 for 每两个月; None where it is not months."""
        if self.accept(Sort.MONTH):
            return 1
        if self.accept(Sort.QUARTER):
            return 3
        numeral = self.number(of=Sort.MONTHS)
        if numeral:
            self.take()
        unit = self.accept(Sort.MONTHS)
        if unit is None:
            return None
        count = numeral.count if numeral else 1
        return unit.value * (count or 13)  # 13 fits no year, as 每0个月 should not

    def _more_often(self) -> Item | None:
        """每周, 每两周, 每天: no checkpoints, only the year's end."""
        if self.number(of=Sort.DAYS):
            self.take()
        if not self.accept(Sort.DAYS, Sort.DAY, Sort.WORKDAYS):
            return None
        return Item("recurring", last=dt.date(self._year, 12, 31))

    def _schedule(self, step: int) -> Item | None:
        """The checkpoints of this year, on the last day of every `step` months or a day of it."""
        day = self._day_of_month() if step == 1 else 31
        self.accept(Sort.END)
        if day is None:
            return None
        from dateutil.rrule import MONTHLY, rrule

        begin, end = dt.date(self._year, step, 1), dt.date(self._year, 12, 31)
        monthly = rrule(  # the day, or the month's last one where that comes first
            MONTHLY, interval=step, bymonthday=(day, -1), bysetpos=1, dtstart=begin, until=end
        )
        dates = tuple(each.date() for each in monthly)
        return Item("recurring", last=dates[-1], dates=dates)

    def _day_of_month(self) -> int | None:
        """10 for 每月10日 and 每月上旬, 31 for 每月: a month without that day ends earlier."""
        numeral = self.number(of=Sort.DAY)
        if numeral:
            self.at += 2
            return numeral.place if numeral.place and numeral.place <= 31 else None
        part = self.accept(Sort.PART, Sort.EARLY, Sort.MIDDLE)
        if part is None:
            return 31
        return 15 if part.kind is Sort.MIDDLE else days_of_part(part)[1]


def _may_touch(left: Item, right: Item) -> bool:
    """Whether `right` may follow without a comma, as in 全年持续推进; two dates may not."""
    return not (left.kind == right.kind == "dated")


def in_order(items: list[Item]) -> bool:
    """Whether no item begins or ends before the one it follows."""
    return all(
        (left.first is None or right.last is None or left.first <= right.last)
        and (left.last is None or right.last is None or left.last <= right.last)
        for left, right in pairwise(items)
    )
