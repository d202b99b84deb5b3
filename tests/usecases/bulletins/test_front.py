"""The first page of a bulletin: the judgement, what is good, what is late, what is asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ledger.model.config import Reports
from ledger.usecases.bulletins import period
from ledger.usecases.bulletins.front import ranks
from ledger.usecases.bulletins.judgement import judged
from ledger.usecases.bulletins.kinds import HTML
from ledger.usecases.bulletins.report import report
from ledger.usecases.bulletins.request import request_for
from ledger.usecases.looking.status import Count
from tests.usecases.bulletins.cases import closed, decided, facts_of, opened, rendered, weekly

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

D = dt.date
LATE = {"text": "9月", "date": "2017-09-30"}
LATER = {"text": "12月", "date": "2017-12-31"}


def counted(
    total: int, closed: int = 0, overdue: int = 0, cancelled: int = 0, key: str = ""
) -> Count:
    going = total - closed - cancelled
    return Count(key, total, closed, going, 0, 0, 0, 0, cancelled, overdue, 0, 0)


@pytest.mark.parametrize(
    ("count", "word", "shown"),
    [
        (counted(0), "", 0.0),
        (counted(3, cancelled=3), "", 0.0),
        (counted(5, closed=5), "全部完成", 0.0),
        (counted(6, closed=5, cancelled=1), "全部完成", 0.0),
        (counted(100, overdue=9), "正常", 9.0),
        (counted(2500, overdue=249), "正常", 9.9),  # 9.96 is not ten
        (counted(100, overdue=10), "滞后", 10.0),
        (counted(100, overdue=29), "滞后", 29.0),
        (counted(100, overdue=30), "严重滞后", 30.0),
        (counted(11, overdue=1, cancelled=1), "滞后", 10.0),  # of those that are to be done
    ],
)
def test_the_judgement(count: Count, word: str, shown: float) -> None:
    told = judged(count, (), Reports())
    assert (told.word, told.percent) == (word, shown)


def test_its_thresholds_are_the_ledgers_own() -> None:
    strict = Reports(behind_percent=1, far_behind_percent=2)
    assert judged(counted(100, overdue=1), (), strict).word == "滞后"
    assert judged(counted(100, overdue=2), (), strict).word == "严重滞后"
    crossed = Reports(behind_percent=50, far_behind_percent=20)  # then 滞后 has no room
    assert judged(counted(100, overdue=49), (), crossed).word == "正常"
    assert judged(counted(100, overdue=50), (), crossed).word == "严重滞后"


def test_places() -> None:
    now = [counted(4, 1, key="甲"), counted(4, 2, 1, key="乙"), counted(4, 2, key="丙"),
           counted(2, 1, key="丁"), counted(1, key="（未填）")]  # fmt: skip
    before = [counted(4, key="甲"), counted(4, 1, key="乙"), counted(4, 1, key="丙")]
    told = {each.department: (each.place, each.before, each.moved) for each in ranks(now, before)}
    assert told == {"丙": (1, 1, 0), "丁": (1, None, 0), "乙": (3, 1, -2), "甲": (4, 3, -1)}


def test_no_day_is_named_where_the_calendar_is_not_known(make_ledger: MakeLedger) -> None:
    """The same rule as for a letter's answer."""
    made = make_ledger([{"due": LATE}])
    request, _ = request_for("weekly", None, D(2099, 1, 5))
    text = rendered(made, request, made.git("rev-parse", "HEAD").strip())
    assert "1项，由审业部自截止日起5个工作日内报送办理情况" in text
    assert "1个部门，自截止日起5个工作日内补报。" in text


@pytest.fixture
def busy(make_ledger: MakeLedger) -> LedgerFolder:
    """Six tasks in the week before, of which two are late and one waits for a meeting."""
    sites = {"name": "站点", "target": 2, "unit": "个"}
    tasks: list[dict[str, Any]] = [
        {"due": LATER, "tags": []},
        {"due": LATE, "leader": "分管副局长"},
        {"due": LATE, "lead": ["规划司"], "status": "待上会"},
        {
            "due": LATER,
            "lead": ["人事司"],
            "indicators": [sites],
        },
        {"due": LATER, "lead": ["人事司"], "indicators": [{"name": "制度", "target": 2}]},
        {"due": LATER},
    ]
    return make_ledger(tasks, commit=False)


def test_what_a_week_brought(busy: LedgerFolder) -> None:
    front = _after(busy).front
    assert [each.about for each in front.highlights] == ["meeting", "regulations", "indicators"]
    assert [each.number for each in front.highlights] == [1, 2, 1]
    assert front.highlights[2].name == "站点2个"
    assert [each.id for each in front.worst] == ["GZ2017-002", "GZ2017-003"]
    assert [(each.department, each.number) for each in front.silent] == [("人事司", 2)]
    asks = {each.about: (each.number, each.departments, each.by) for each in front.asks}
    assert asks["overdue"] == (1, ("审业部",), D(2017, 10, 27))  # what waits is not asked for
    assert asks["silent"] == (1, ("人事司",), D(2017, 10, 27))


def _after(busy: LedgerFolder, **request: Any) -> Any:
    busy.commit("期初", "2017-10-13")
    return facts_of(busy, _change(busy), weekly(**request))


def _change(busy: LedgerFolder) -> str:
    entry = {"date": "2017-10-17", "by": "联络员", "text": "完成初稿"}
    busy.write_task(id="GZ2017-001", due=LATER, tags=["表扬"], progress=[entry])
    sites = {"name": "站点", "target": 2, "actual": 2, "unit": "个"}
    busy.write_task(id="GZ2017-004", due=LATER, lead=["人事司"], indicators=[sites])
    rules = {"name": "制度", "target": 2, "actual": 2}
    busy.write_task(id="GZ2017-005", due=LATER, lead=["人事司"], indicators=[rules])
    busy.write_task(id="GZ2017-006", due=LATER, **closed())
    busy.write("data/decisions/2017/DZH-2017-20.yaml", decided("GZ2017-006"))
    return busy.commit("周内", "2017-10-19")


def test_the_page_says_it(busy: LedgerFolder) -> None:
    busy.commit("期初", "2017-10-13")
    commit = _change(busy)
    text, page = (rendered(busy, weekly(form=form), commit) for form in ("md", HTML))
    for words in (
        "总体进度严重滞后：应办事项6项中，逾期2项，占33.3%，达到30%。",
        "本周新增0项，销号1项。与上周末相比，在办5项，减少1项；已销号1项，增加1项；",
        "完成率16.7%，提高16.7个百分点；逾期2项，持平。",
        "1.审业部33.3%（↑1）；2.人事司0.0%（↓1）；3.规划司0.0%（—）。",
        "一是2017年第20次党组会研究同意“事项GZ2017-006”销号；二是新印发制度2项，",
        "涉及“事项GZ2017-005”；三是量化指标新达到目标1个：站点2个。",
        "逾期且没有申请销号的1项，由审业部于10月27日以前报送办理情况，",
        "没有填报进展的1个部门，于10月27日以前补报。",
    ):
        assert words in text
        assert words in page
    assert "1.事项GZ2017-002，审业部，分管副局长，超期22天<br>2." in text


def test_many_departments_are_named_by_their_places(make_ledger: MakeLedger) -> None:
    """The first and the last; of a place that many share how many, and none of them at random."""
    tasks: list[dict[str, Any]] = [{"lead": [f"{n}处"], "due": LATER} for n in range(1, 15)]
    tasks += [{"lead": ["甲处"], **closed()}, {"lead": ["1处"], **closed()}]
    tasks += [{"lead": ["2处"], "due": LATE}]
    made = make_ledger(tasks, decisions=[decided("GZ2017-015", "GZ2017-016")], commit=False)
    text = rendered(made, weekly(), made.commit("一", "2017-10-17"))
    assert "| 15个部门中，居前的：1.甲处100.0%；2.1处50.0%；并列第3位的12个部门0.0%；" in text
    assert "居后的：15.2处0.0%。 |" in text
    assert "| 没有填报 | 14个部门：1处、2处、3处、4处" in text
    assert text.count("| 3 | 3处 | 1 | 0 | 0 | 0.0% |") == 1


def test_nothing_is_made_up(make_ledger: MakeLedger) -> None:
    """Where there was no ledger before, nothing is compared; where nothing happened, it says so."""
    made = make_ledger([{"due": LATER}], commit=False)
    text = rendered(made, weekly(), made.commit("一", "2017-10-17"))
    assert "总体进度正常：应办事项1项中，没有逾期和进度滞后的。" in text
    assert "本周开始时还没有台账，不作比较。" in text
    assert "1.审业部0.0%。 |" in text
    assert "本周没有销号、新印发制度、新达到目标的量化指标和受表扬的事项。" in text
    assert "| 逾期最久 | 没有逾期未完成的事项。 |" in text


def test_a_title_is_said_as_it_is(make_ledger: MakeLedger) -> None:
    title = "“放管服”|*改革*。"
    made = make_ledger([{"due": LATE, "title": title, "tags": []}], commit=False)
    made.commit("期初", "2017-10-13")
    made.write_task(id="GZ2017-001", due=LATE, title=title, tags=["表扬"])
    commit = made.commit("周内", "2017-10-17")
    assert r"| 工作亮点 | “‘放管服’\|\*改革\*”受到表扬。" in rendered(made, weekly(), commit)
    assert ">“‘放管服’|*改革*”受到表扬。</td>" in rendered(made, weekly(form=HTML), commit)


def test_headings_keep_their_order_when_a_part_is_left_out(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"due": LATE}], commit=False)
    own = '{% extends "bulletin.md.j2" %}{% block closed %}{% endblock %}'
    made.write("templates/weekly.md.j2", own)
    text = rendered(made, weekly(), made.commit("一", "2017-10-17"))
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings[:4] == ["一、总体情况", "二、基本数据", "三、本周进展", "四、逾期未完成"]


def test_of_too_many_overdue_the_longest_are_listed(
    make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = [{"text": "9月", "date": f"2017-09-{30 - n % 30:02}"} for n in range(60)]
    made = make_ledger([{"due": each} for each in due])
    head = made.git("rev-parse", "HEAD").strip()
    monkeypatch.setattr(period, "MOST_LISTED", 52)
    text = rendered(made, weekly(), head)
    assert "本表只列超期最久的52项，其余8项用 ledger due --overdue 查看。" in text
    listed = text[text.index("## 附表二") :]
    assert listed.count("| 审业部 |") == 52
    assert "| 2017年9月29日 |" not in listed
    assert facts_of(made, head).count.overdue == 60
    monkeypatch.setattr(period, "MOST_LISTED", 60)
    assert "本表只列" not in rendered(made, weekly(), head)


@pytest.mark.parametrize("kind", ["weekly", "closing"])
def test_what_reads_every_file_asks_no_index(
    kind: str, make_ledger: MakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first bulletin of a ledger, and one that tells of every task what its file says."""
    made = make_ledger([{"due": LATE}, {"due": LATER}])
    usual, _ = request_for(kind, None, D(2017, 10, 20))
    with opened(made) as ledger:
        monkeypatch.setattr(ledger.index, "answered", _not_asked)
        head = made.git("rev-parse", "HEAD").strip()
        first = replace(usual, period=replace(usual.period, first=D(2016, 10, 1)))
        assert report(ledger, first, head).facts.count.total == 2


def _not_asked(answer: object) -> None:
    raise AssertionError("the index is asked")
