"""How time limits are read: the families of phrases, and what must hold for any text."""

from __future__ import annotations

import calendar
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.model.deadline import MAX_LENGTH, Deadline, read_deadline
from ledger.model.workdays import WorkCalendar
from tests.conftest import DATA

SINCE = date(2017, 4, 24)
MONTHS = [f"{number}月" for number in [*"一二三四五六七八九十", "十一", "十二"]]
WIDE = str.maketrans("0123456789-~,.:", "０１２３４５６７８９－～，．：")


def day(text: str | None) -> date | None:
    """'06-30' is in 2017; '2018-01-31' is itself."""
    if not text:
        return None
    return date.fromisoformat(text if len(text) > 5 else f"2017-{text}")


def reading(text: str, year: int = 2017, since: date | None = None) -> tuple[Any, ...]:
    read = read_deadline(text, year, since=since)
    return read.kind, read.start, read.date, read.dates


def month_end(month: int, year: int = 2017) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def month_ends(*months: int) -> tuple[date, ...]:
    return tuple(month_end(month) for month in months)


def test_shared_cases() -> None:
    cases = json.loads((DATA / "deadlines.json").read_text("utf-8"))
    assert len(cases) >= 50
    for case in cases:
        since = day(case.get("from"))
        expected = (
            case["kind"],
            day(case["start"]),
            day(case["date"]),
            tuple(map(day, case["dates"])),
        )
        assert reading(case["text"], case["year"], since) == expected, case["text"]


def test_every_time_limit_of_the_2017_plan() -> None:
    """Only the ones that name no time at all stay open, and none of them with a warning."""
    rows = json.loads((DATA / "plan2017.json").read_text("utf-8"))
    texts = {row["due_text"] for row in rows}
    assert len(texts) > 30
    opened = [read for text in texts if (read := read_deadline(text, 2017)).kind == "open"]
    assert {read.text for read in opened} == {
        "待定",
        "根据人社部统一部署",
        "根据牵头部门统筹安排执行",
    }
    assert not any(read.warning for read in opened)


@pytest.mark.parametrize(
    "pattern",
    ["{}", "{} ", "{}份", "{}底", "{}末", "{}底前", "{}底之前", "{}内", "{}前", "{}底前完成"],
)
def test_months(pattern: str) -> None:
    for year in (2017, 2020):
        for month in range(1, 13):
            check_month(month, year, pattern)


@pytest.mark.parametrize("month", [2, 12])
@pytest.mark.parametrize(
    "pattern",
    [
        "确保{}底前整改到位",
        "力争{}完成",
        "到{}底",
        "截至{}底",
        "{}份月底前",
        "不迟于{}底",
        "{}底，完成整改",
    ],
)
def test_months_among_other_words(month: int, pattern: str) -> None:
    check_month(month, 2017, pattern)


def check_month(month: int, year: int, pattern: str) -> None:
    end = ("dated", None, month_end(month, year), ())
    for name in (f"{month}月", f"{month:02} 月", MONTHS[month - 1], f"{month}月".translate(WIDE)):
        assert reading(pattern.format(name), year) == end, name
        assert reading(pattern.format(f"{year}年{name}"), 2018) == end, name


POINTS = [
    ("2018年1月", None, "2018-01-31"),
    ("次年1月底前", None, "2018-01-31"),
    ("明年6月", None, "2018-06-30"),
    ("来年6月", None, "2018-06-30"),
    ("翌年6月", None, "2018-06-30"),
    ("第二年6月", None, "2018-06-30"),
    ("后年3月", None, "2019-03-31"),
    ("当年12月底前", None, "12-31"),
    ("17年6月", None, "06-30"),
    ("一七年六月", None, "06-30"),
    ("6月30日", None, "06-30"),
    ("6月30日前", None, "06-30"),
    ("六月卅日", None, "06-30"),
    ("六月廿一日前", None, "06-21"),
    ("6月二十一日", None, "06-21"),
    ("2017年6月30号", None, "06-30"),
    ("2017-06-30", None, "06-30"),
    ("2017-6-30", None, "06-30"),
    ("2017.06.30前", None, "06-30"),
    ("2017/6/30", None, "06-30"),
    ("20170630", None, "06-30"),
    ("2017-06", None, "06-30"),
    ("2017.6", None, "06-30"),
    ("2017.6月底前", None, "06-30"),
    ("二〇一七年六月三十日", None, "06-30"),
    ("二0一七年六月", None, "06-30"),
    ("2017-06-30 17:00", None, "06-30"),
    ("2017-06-30 00:00:00", None, "06-30"),
    ("2017-06-30T17:00:00", None, "06-30"),
    ("6月30日17:00前", None, "06-30"),
    ("6月30日 17：00 前", None, "06-30"),
    ("6月30日18时前", None, "06-30"),
    ("6月30日下午5点半前", None, "06-30"),
    ("6月30日下班前", None, "06-30"),
    ("4月上旬", "04-01", "04-10"),
    ("4月中旬", "04-11", "04-20"),
    ("4月下旬", "04-21", "04-30"),
    ("2月下旬", "02-21", "02-28"),
    ("4月中下旬", "04-11", "04-30"),
    ("4月下旬前", None, "04-30"),
    ("10月初", "10-01", "10-10"),
    ("10月中", None, "10-15"),
    ("一季度", "01-01", "03-31"),
    ("2季度", "04-01", "06-30"),
    ("第三季度", "07-01", "09-30"),
    ("第4季度", "10-01", "12-31"),
    ("Q3", "07-01", "09-30"),
    ("2017年Q3", "07-01", "09-30"),
    ("第三季度末", None, "09-30"),
    ("三季度前", None, "09-30"),
    ("前三季度", "01-01", "09-30"),
    ("2018年第一季度", "2018-01-01", "2018-03-31"),
    ("上半年", "01-01", "06-30"),
    ("下半年内", "07-01", "12-31"),
    ("上半年末", None, "06-30"),
    ("2018上半年", "2018-01-01", "2018-06-30"),
    ("全年", "01-01", "12-31"),
    ("2018年全年", "2018-01-01", "2018-12-31"),
    ("年中", None, "06-30"),
    ("年底", None, "12-31"),
    ("年末", None, "12-31"),
    ("年内完成", None, "12-31"),
    ("今年底前", None, "12-31"),
    ("本年度", None, "12-31"),
    ("当年", None, "12-31"),
    ("2018年", None, "2018-12-31"),
    ("2018年年底前", None, "2018-12-31"),
    ("春节前", None, "01-26"),
    ("清明节前", None, "04-01"),
    ("“五一”前", None, "04-28"),
    ("端午节前", None, "05-27"),
    ("七一前", None, "06-30"),
    ("中秋节前", None, "09-30"),
    ("十一前", None, "09-30"),
    ("国庆节前完成", None, "09-30"),
    ("元旦前", None, "12-29"),
    ("2018年元旦前", None, "12-29"),
    ("2018年春节前", None, "2018-02-14"),
]


@pytest.mark.parametrize(("text", "start", "last"), POINTS)
def test_points(text: str, start: str | None, last: str) -> None:
    assert reading(text) == ("dated", day(start), day(last), ())


@pytest.mark.parametrize(
    ("text", "start", "last"),
    [
        ("2-3月", "02-01", "03-31"),
        ("4-5 月底前", "04-01", "05-31"),
        ("3至12月", "03-01", "12-31"),
        ("三月至十二月", "03-01", "12-31"),
        ("2017年3-6月", "03-01", "06-30"),
        ("2017.3-2017.6", "03-01", "06-30"),
        ("2017.6.1-6.30", "06-01", "06-30"),
        ("20170601-20170630", "06-01", "06-30"),
        ("3月1日至15日", "03-01", "03-15"),
        ("3月1-15日", "03-01", "03-15"),
        ("3月15日-4月20日", "03-15", "04-20"),
        ("3月上旬至4月中旬", "03-01", "04-20"),
        ("3月至年底", "03-01", "12-31"),
        ("11月至次年2月", "11-01", "2018-02-28"),
        ("2018年11月至次年2月", "2018-11-01", "2019-02-28"),
        ("自2017年3月起至2018年6月止", "03-01", "2018-06-30"),
        ("从3月到6月底", "03-01", "06-30"),
        ("第一至第三季度", "01-01", "09-30"),
        ("1-2季度", "01-01", "06-30"),
        ("2017年下半年至2018年上半年", "07-01", "2018-06-30"),
        ("2017-2018年", "01-01", "2018-12-31"),
        ("3月开始，12月底前完成", "03-01", "12-31"),
    ],
)
def test_ranges(text: str, start: str, last: str) -> None:
    assert reading(text) == ("dated", day(start), day(last), ())


@pytest.mark.parametrize("dash", ["-", "–", "—", "——", "―", "～", "~", "－", "至", "到", " - "])
def test_signs_of_a_range(dash: str) -> None:
    spring = ("dated", date(2017, 3, 1), date(2017, 5, 31), ())
    assert reading(f"3{dash}5月") == spring
    assert reading(f"3月{dash}5月") == spring
    assert reading(f"2017年3月{dash}2017年5月") == spring


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("1月、4月、8月、12月", month_ends(1, 4, 8, 12)),
        ("1、4、8、12月", month_ends(1, 4, 8, 12)),
        ("3月,6月,9月和12月", month_ends(3, 6, 9, 12)),
        ("3月、6月、9月底前、12月", month_ends(3, 6, 9, 12)),
        ("6月底前完成初稿，9月底前印发", month_ends(6, 9)),
        ("3月 6月\n9月", month_ends(3, 6, 9)),
        ("6月及12月", month_ends(6, 12)),
        ("十一、十二月", month_ends(11, 12)),
        ("11月、12月、次年1月", (*month_ends(11, 12), date(2018, 1, 31))),
        ("11月、次年1月、2月", (month_end(11), date(2018, 1, 31), date(2018, 2, 28))),
        ("4月20日、21日", (date(2017, 4, 20), date(2017, 4, 21))),
        ("4月20、21日", (date(2017, 4, 20), date(2017, 4, 21))),
        ("4月12日和4月21日", (date(2017, 4, 12), date(2017, 4, 21))),
        ("2-3月、10-11月", month_ends(3, 11)),
        ("第一、三季度", month_ends(3, 9)),
        ("上半年、下半年", month_ends(6, 12)),
        ("6月底前完成，12月底前完成", month_ends(6, 12)),
    ],
)
def test_lists(text: str, dates: tuple[date, ...]) -> None:
    assert reading(text) == ("dated", None, dates[-1], dates)


@pytest.mark.parametrize(
    ("text", "start", "last", "dates"),
    [
        ("每月", None, "12-31", month_ends(*range(1, 13))),
        ("每个月底前", None, "12-31", month_ends(*range(1, 13))),
        ("按月推进", None, "12-31", month_ends(*range(1, 13))),
        ("每月10日前报送", None, "12-10", tuple(date(2017, m, 10) for m in range(1, 13))),
        ("每月上旬", None, "12-10", tuple(date(2017, m, 10) for m in range(1, 13))),
        ("每月31日", None, "12-31", month_ends(*range(1, 13))),
        ("每季度末", None, "12-31", month_ends(3, 6, 9, 12)),
        ("每季度至少一次", None, "12-31", month_ends(3, 6, 9, 12)),
        ("每半年", None, "12-31", month_ends(6, 12)),
        ("每两个月", None, "12-31", month_ends(2, 4, 6, 8, 10, 12)),
        ("每年12月底前", None, "12-31", ()),
        ("每年6月、12月", None, "12-31", month_ends(6, 12)),
        ("每年", None, "12-31", ()),
        ("每年年底前", None, "12-31", ()),
        ("每周", None, "12-31", ()),
        ("每两周", None, "12-31", ()),
        ("每天", None, "12-31", ()),
        ("全年每季度", "01-01", "12-31", month_ends(3, 6, 9, 12)),
        ("3至12月每季度", "03-01", "12-31", month_ends(3, 6, 9, 12)),
        ("3-11月每季度", "03-01", "09-30", month_ends(3, 6, 9)),
        ("10月起每月", "10-01", "12-31", month_ends(10, 11, 12)),
        ("每季度通报，9月底前完成", None, "09-30", month_ends(3, 6, 9)),
        ("每季度开展一次，长期坚持", None, "12-31", month_ends(3, 6, 9, 12)),
    ],
)
def test_recurring(text: str, start: str | None, last: str, dates: tuple[date, ...]) -> None:
    assert reading(text) == ("recurring", day(start), day(last), dates)


def test_recurring_of_another_year() -> None:
    kind, _, last, dates = reading("2018年每半年")
    assert (kind, last, dates) == (
        "recurring",
        date(2018, 12, 31),
        (date(2018, 6, 30), date(2018, 12, 31)),
    )


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("30个工作日内", "06-07"),
        ("十个工作日内", "05-09"),
        ("收到回复后2个月内", "06-24"),
        ("自印发之日起两个月内完成", "06-24"),
        ("会议结束后5个工作日以内报送", "05-02"),
        ("第5次会议后10日内", "05-04"),
        ("半年内", "10-24"),
        ("半个月内", "05-09"),
        ("一年内", "2018-04-24"),
        ("三周内", "05-15"),
        ("15日内", "05-09"),
        ("30天", "05-24"),
        ("一个季度内", "07-24"),
        ("一百二十日之内", "08-22"),
        ("即日起三个月内", "07-24"),
        ("2017年6月30日起10日内", "07-10"),
    ],
)
def test_relative(text: str, last: str) -> None:
    assert reading(text, since=SINCE) == ("dated", None, day(last), ())


def test_months_end_where_the_month_ends() -> None:
    assert read_deadline("1个月内", 2017, since=date(2017, 1, 31)).date == date(2017, 2, 28)
    assert read_deadline("1个月内", 2020, since=date(2020, 1, 31)).date == date(2020, 2, 29)
    assert read_deadline("一年内", 2020, since=date(2020, 2, 29)).date == date(2021, 2, 28)


def test_relative_needs_a_day_to_count_from() -> None:
    for text in ("30个工作日内", "收到回复后2个月内", "半年内", "一年内", "15日内"):
        read = read_deadline(text, 2017)
        assert read == Deadline(text, "open", warning=read.warning)
        assert "起算" in read.warning


def test_period_that_begins_with_an_event() -> None:
    for text in ("自印发之日起至12月底", "即日起至12月底"):
        assert reading(text, since=SINCE) == ("dated", SINCE, date(2017, 12, 31), ())
        assert reading(text) == ("dated", None, date(2017, 12, 31), ())
    late = read_deadline("即日起至3月底", 2017, since=SINCE)
    assert (late.kind, late.date) == ("open", None)
    assert "颠倒" in late.warning


@pytest.mark.parametrize(
    ("text", "kind", "start", "last"),
    [
        ("持续推进", "ongoing", None, None),
        ("长期坚持", "ongoing", None, None),
        ("长期", "ongoing", None, None),
        ("常态化推进", "ongoing", None, None),
        ("全年持续推进", "ongoing", "01-01", "12-31"),
        ("贯穿全年", "ongoing", "01-01", "12-31"),
        ("12月底前完成并长期坚持", "ongoing", None, "12-31"),
        ("12月底前取得阶段性成效，持续推进", "ongoing", None, "12-31"),
        ("12月（长期坚持）", "ongoing", None, "12-31"),
        ("6-12月，长期坚持", "ongoing", "06-01", "12-31"),
        ("持续至2018年6月", "ongoing", None, "2018-06-30"),
        ("3月起长期坚持", "ongoing", "03-01", None),
        ("3月起", "ongoing", "03-01", None),
        ("立行立改，长期坚持", "ongoing", None, None),
        ("立行立改", "immediate", None, None),
        ("立即整改", "immediate", None, None),
        ("即知即改、马上落实", "immediate", None, None),
        ("即日起", "immediate", None, None),
        ("立行立改，12月底前", "immediate", None, "12-31"),
        ("立即整改，并于6月30日前完成", "immediate", None, "06-30"),
        ("立行立改，11月底前完成；长期坚持", "ongoing", None, "11-30"),
    ],
)
def test_ongoing_and_immediate(text: str, kind: str, start: str | None, last: str | None) -> None:
    assert reading(text) == (kind, day(start), day(last), ())


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "待定", "适时", "另行通知", "会后", "会前", "节前", "年前", "不定期", "随时"),
        *(
            "根据人社部统一部署",
            "按照局党组要求",
            "视工作进展情况",
            "待上级明确后",
            "已完成",
            "及时",
        ),
        *("全国两会前", "两节前", "党的十九大前", "换届前", "本月底", "下月", "月底前", "季度末"),
        *(
            "下班前",
            "18时前",
            "每次会议前",
            "十三五期间",
            "双月",
            "确保完成",
            "尽快",
            "逐步",
            "统一",
        ),
    ],
)
def test_open_without_a_warning(text: str) -> None:
    assert read_deadline(text, 2017) == Deadline(text, "open")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("2月30日", "2017 年 2 月没有 30 日"),
        ("2017年2月29日", "2 月没有 29 日"),
        ("2017-06-31", "6 月没有 31 日"),
        ("六月三十一日前", "6 月没有 31 日"),
        ("13月", "没有 13 月"),
        ("0月", "没有 0 月"),
        ("2017.13", "没有 13 月"),
        ("第五季度", "没有第 5 季度"),
        ("10日前", "没有写明月份"),
        ("11月至2月", "颠倒"),
        ("2017年11月-2月", "颠倒"),
        ("11月、12月、1月", "颠倒"),
        ("年初", "年初"),
        ("2018年前", "是否含当年"),
        ("99年6月", "99年"),
        ("0000年6月", "9999"),
        ("国庆节前后", "后"),
        ("国庆节", "国庆节"),
        ("6月或另行通知", "或另行通知"),
        ("12月，视情况", "视情况"),
        ("6月以后", "以后"),
        ("6月前后", "后"),
        ("1月20日左右", "左右"),
        ("12月启动", "启动"),
        ("6月30日(星期四)", "2017-06-30 不是“星期四”"),
        ("6月底前（原定3月底）", "另有时限“原定3月底”"),
        ("每季度（3、6月）", "另有时限"),
        ("12月（视情况）", "可能改变时限"),
        ("12月（拟延期）", "可能改变时限"),
        ("12月（长期坚持）前", "可能改变时限"),
        ("1.6月底前；2.适时", "第 2 条"),
        ("1.2018年3月；2.6月；3.2月", "都写明"),
        ("1、6月底前；3、8月底前", "颠倒"),
        ("12345", "12345"),
        ("每周五", "五"),
        ("每月两次", "两次"),
        ("3月6月", "6月"),
        ("6.30前", "6.30"),
        ("一二月", "一二月"),
        ("四五月份", "四五"),
        ("3一5月", "3一5月"),
        ("4、5月20日", "4"),
        ("2017-2018年上半年", "2017-2018年上半年"),
        ("两月内", "两月"),
        ("3月、", "没有写完"),
        ("每季度，5月底前", "几个时限"),
        ("6月，每年12月", "每年12月"),
        ("每月前5个工作日内", "几个时限"),
        ("12月底前10个工作日", "10个工作日"),
        ("3个月后", "后"),
    ],
)
def test_looks_like_a_date_but_is_open(text: str, named: str) -> None:
    read = read_deadline(text, 2017, since=SINCE)
    assert read == Deadline(text, "open", warning=read.warning)
    assert named in read.warning


@pytest.mark.parametrize(
    "text", ["一个半月内", "17年内", "会议召开前10日内", "持续3个月", "24小时内"]
)
def test_periods_that_are_not_guessed(text: str) -> None:
    assert read_deadline(text, 2017, since=SINCE).kind == "open"


@pytest.mark.parametrize(
    ("text", "kind", "dates"),
    [
        ("6月30日（星期五）", "dated", ("06-30",)),
        ("6月30日（周五）前", "dated", ("06-30",)),
        ("2017年6月30日(礼拜五)下班前", "dated", ("06-30",)),
        ("7月2日（星期天）", "dated", ("07-02",)),
        ("9月底前（与审计整改同步）", "dated", ("09-30",)),
        ("9月底前（已完成）", "dated", ("09-30",)),
        ("6月底前（共3项）", "dated", ("06-30",)),
        ("上半年（6月底前）", "dated", ("06-30",)),
        ("第二季度（4-6月）", "dated", ("06-30",)),
        ("1.6月底；2.9月底", "dated", ("06-30", "09-30")),
        ("1．6月底前完成；2．9月底前完成。", "dated", ("06-30", "09-30")),
        ("（1）12月底前；（2）6月底前", "dated", ("06-30", "12-31")),
        ("①3月底②6月底\n③9月底", "dated", ("03-31", "06-30", "09-30")),
        ("一、6月底前；二、6月底前", "dated", ("06-30",)),
        ("第一项6月底前，第二项12月底前", "dated", ("06-30", "12-31")),
        ("第1阶段：3月底前；第2阶段：6月底前", "dated", ("03-31", "06-30")),
        ("1、6月底前完成 2、长期坚持", "ongoing", ("06-30",)),
        ("1.立行立改；2.6月底前", "immediate", ("06-30",)),
        ("（1）12月底前；（2）每季度末", "recurring", ("03-31", "06-30", "09-30", "12-31")),
        ("42916", "dated", ("06-30",)),
        ("42916.0", "dated", ("06-30",)),
        ("４２９１６", "dated", ("06-30",)),
    ],
)
def test_what_stands_beside_a_time_limit(text: str, kind: str, dates: tuple[str, ...]) -> None:
    read = read_deadline(text, 2017)
    days = tuple(each for each in map(day, dates) if each)
    assert (read.kind, read.dates or (read.date,), read.date) == (kind, days, days[-1])
    assert (read.text, read.parted) == (text, True)


@given(st.lists(st.integers(1, 12), min_size=2, max_size=9))
def test_numbered_limits_come_in_any_order(months: list[int]) -> None:
    text = "；".join(f"{number}.{month}月底前" for number, month in enumerate(months, 1))
    read = read_deadline(text, 2017)
    days = tuple(month_end(month) for month in sorted(set(months)))
    assert (read.dates or (read.date,)) == days


def test_holidays_and_workdays_of_an_unknown_year() -> None:
    eve = read_deadline("国庆节前", 2030)
    assert (eve.kind, "2030 年国庆节" in eve.warning) == ("open", True)
    limit = read_deadline("5个工作日内", 2030, since=date(2030, 9, 30))
    assert (limit.kind, "2030 年" in limit.warning) == ("open", True)
    own = WorkCalendar(frozenset(date(2030, 10, n) for n in range(1, 8)), frozenset())
    assert read_deadline("国庆节前", 2030, calendar=own).date == date(2030, 9, 30)
    since = date(2030, 9, 30)
    assert read_deadline("5个工作日内", 2030, since=since, calendar=own).date == date(2030, 10, 14)


def test_text_is_kept_as_it_was() -> None:
    assert read_deadline(" １２ 月 ", 2017).text == " １２ 月 "


def test_a_paragraph_is_no_time_limit() -> None:
    read = read_deadline("12月底前完成。" * MAX_LENGTH, 2017)
    assert (read.kind, str(MAX_LENGTH) in read.warning) == ("open", True)


DATE_WORDS = st.sampled_from(
    [
        *"年月日底前内初中旬末至-—~、，和并每起后第十二〇0123./周天自半两()（）: \n",
        *("12", "31", "2017", "9999", "17:00", "季度", "半年", "上半年", "全年", "次年", "上旬"),
        *("个月", "个工作日", "国庆节", "元旦", "十一", "长期坚持", "立行立改", "完成", "确保"),
    ]
)
# The first reading of a process compiles and imports; that is no reason to fail.
unhurried = settings(deadline=None)
ANY_YEAR = st.integers(1, 9999)
PHRASES = st.lists(DATE_WORDS, max_size=12).map("".join)


def check_invariants(read: Deadline) -> None:
    if read.kind == "open":
        assert (read.start, read.date, read.dates) == (None, None, ())
    if read.dates:
        assert len(read.dates) > 1
        assert list(read.dates) == sorted(set(read.dates))
        assert read.date == read.dates[-1]
    if read.start and read.date:
        assert read.start <= read.date
    if read.kind in ("dated", "recurring"):
        assert read.date or read.start


@unhurried
@given(st.text(max_size=60), ANY_YEAR, st.none() | st.dates())
@example("\ud800", 2017, None)
@example("²³①㋀", 2017, None)
@example("٣月", 2017, None)
def test_any_text_is_read_or_open(text: str, year: int, since: date | None) -> None:
    check_invariants(read_deadline(text, year, since=since))


@unhurried
@given(PHRASES, ANY_YEAR, st.none() | st.dates())
def test_any_words_of_time_are_read_or_open(text: str, year: int, since: date | None) -> None:
    check_invariants(read_deadline(text, year, since=since))


@pytest.mark.parametrize("year", [-1, 0, 1, 9999, 10000])
def test_far_years(year: int) -> None:
    texts = ["12月", "次年1月", "去年1月", "元旦前", "国庆节前", "每季度", "年底", "9999年12月31日"]
    for text in texts:
        check_invariants(read_deadline(text, year, since=date.max))
        check_invariants(read_deadline("9999个月内", max(1, year), since=date.max))


@pytest.mark.parametrize(
    "unit", ["一", "每", "1、", "(a", " 1", "后", "1月、", "上午", "9个工作日", "ﷺ"]
)
def test_hostile_text_is_bounded(unit: str) -> None:
    check_invariants(read_deadline(unit * (MAX_LENGTH // len(unit)), 2017, since=SINCE))


CERTAIN = st.sampled_from(
    ["1、4、8、12月", "3至12月", "每季度末"]
    + [text for text, *_ in POINTS if ":" not in text and "：" not in text]
)


@unhurried
@given(CERTAIN, st.data())
def test_spaces_change_nothing(text: str, data: st.DataObject) -> None:
    space = data.draw(st.sampled_from([" ", "　", "\u00a0", "\n", "\u200b"]))
    place = data.draw(st.integers(0, len(text)))
    assert reading(text[:place] + space + text[place:]) == reading(text)


@unhurried
@given(CERTAIN)
def test_full_width_changes_nothing(text: str) -> None:
    assert reading(text.translate(WIDE)) == reading(text)


@unhurried
@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_chinese_numerals_change_nothing(any_day: date) -> None:
    digits = "".join("〇一二三四五六七八九"[int(char)] for char in str(any_day.year))
    tens, ones = divmod(any_day.day, 10)
    number = ["", "十", "二十", "三十"][tens] + ["", *"一二三四五六七八九"][ones]
    written = f"{digits}年{MONTHS[any_day.month - 1]}{number}日"
    assert read_deadline(written, 2017).date == any_day
    assert read_deadline(any_day.isoformat(), 2017).date == any_day
    assert read_deadline(f"{any_day:%Y%m%d}", 2017).date == any_day


@unhurried
@given(st.sets(st.integers(1, 12), min_size=2), st.sampled_from(["、", "，", "和", ";"]))
def test_lists_of_months(months: set[int], separator: str) -> None:
    ordered = sorted(months)
    dates = month_ends(*ordered)
    full = separator.join(f"{month}月" for month in ordered)
    short = separator.join(map(str, ordered)) + "月"
    assert reading(full) == reading(short) == ("dated", None, dates[-1], dates)
