"""总体判断: the one sentence that a leader reads, by one rule.

Of the tasks that are to be done (all but the cancelled) those count that are overdue, and those
that lag behind their time (进度滞后; what waits for review or a meeting does not). From
`reports.behind_percent` on the whole is 滞后, from `reports.far_behind_percent` on 严重滞后, below
正常; where every task is closed it is 全部完成. docs/manual/report.md tells the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from ledger.model.config import Reports
from ledger.model.record import dataclass
from ledger.model.shares import percent
from ledger.model.standing import LAGGING
from ledger.usecases.bulletins.facts import Line
from ledger.usecases.looking.status import Count

NORMAL, BEHIND, FAR_BEHIND, FINISHED = "正常", "滞后", "严重滞后", "全部完成"


@dataclass(frozen=True, slots=True)
class Assessment:
    """How the whole stands, and the numbers that it rests on.

    Attributes:
        word: `NORMAL`, `BEHIND`, `FAR_BEHIND` or `FINISHED`; empty where there is nothing to do.
        live: how many tasks are to be done; overdue, lagging: how many of them are.
        percent: both in percent of `live`.
        threshold: from how many percent on it is judged so; of `NORMAL` the one it keeps below.
    """

    word: str
    live: int
    overdue: int
    lagging: int
    percent: float
    threshold: int


def judged(total: Count, lines: Iterable[Line], reports: Reports) -> Assessment:
    """How the whole stands."""
    live = total.total - total.cancelled
    lagging = sum(each.state == LAGGING and not each.waiting for each in lines)
    late = total.overdue + lagging
    far = max(reports.behind_percent, reports.far_behind_percent)
    word, threshold, below = NORMAL, reports.behind_percent, reports.behind_percent
    if live == total.closed:
        word = FINISHED if live else ""
    elif 100 * late >= far * live:
        word, threshold, below = FAR_BEHIND, far, 101
    elif 100 * late >= reports.behind_percent * live:
        word, below = BEHIND, far
    shown = min(percent(late, live), round(below - 0.1, 1))  # 9.96 is not yet 10.0
    return Assessment(word, live, total.overdue, lagging, shown, threshold)
