"""Bulletins: which commit they are made of, how they are proved, what their text holds."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ledger.errors import LedgerError, UsageError
from ledger.model.period import named
from ledger.model.task import STATUSES
from ledger.usecases.bulletins.closing import ClosingFacts
from ledger.usecases.bulletins.facts import Scope
from ledger.usecases.bulletins.kinds import HTML, KINDS, Request
from ledger.usecases.bulletins.report import report
from ledger.usecases.bulletins.request import (
    request_for,
    request_of,
    short_stamp,
    stamp_line,
    stamp_of,
)
from tests.usecases.bulletins.cases import (
    NOW,
    WEEK,
    chosen,
    closed,
    facts_of,
    opened,
    rendered,
    weekly,
)

if TYPE_CHECKING:
    from tests.conftest import MakeLedger

D = dt.date

# --- 2020: 89 tasks, 68 closed; 27 rules, 24 issued ---


def test_the_rectification_of_2020(make_ledger: MakeLedger) -> None:
    rules = {"name": "制定修订制度", "target": 9, "unit": "项"}
    tasks = []
    for n in range(1, 90):
        task: dict[str, Any] = {
            "id": f"ZG2020-{n:03}",
            "section": f"（{'一二三四'[n % 4]}）第{n % 4}方面",
            "due": {"text": "11月底前", "date": "2020-11-30"},
        }
        if n <= 68:
            task |= {
                "status": "已销号",
                "closing": {"decision": "DZH-2020-31", "date": "2020-12-03"},
            }
        if n in (1, 2, 70):
            task["indicators"] = [{**rules, "actual": 6 if n == 70 else 9}]
        tasks.append(task)
    made = make_ledger([*tasks, {"id": "GZ2017-001"}])
    request, _ = request_for("closing", None, D(2020, 12, 31))
    request = replace(request, scope=Scope(("ZG2020",)))
    text = rendered(made, request, made.git("rev-parse", "HEAD").strip())
    assert "整改任务共89项，已完成68项，占76%；其余21项尚未完成，其中逾期21项。" in text
    assert "计划制定、修订制度27项，已印发24项，占89%。" in text
    assert "| 已销号 | 68 | 76.4% |" in text
    assert "| 合计 | 89 | 68 | 21 | 0 | 21 | 76.4% |" in text
    assert "制度尚未全部印发的是：ZG2020-070 事项ZG2020-070。" in text
    assert "GZ2017-001" not in text


def test_areas_stand_in_the_order_of_their_source(make_ledger: MakeLedger) -> None:
    sections = ["十、甲", "三、乙", "其他", "（二）丙", "第一部分 丁", "三、乙"]
    made = make_ledger(
        [*({"section": each} for each in sections), {"id": "ZG2020-001", "section": "一、戊"}]
    )
    with opened(made) as its:
        request, _ = request_for("closing", None, NOW)
        facts = report(its, request, made.git("rev-parse", "HEAD").strip()).facts
    assert isinstance(facts, ClosingFacts)
    names = [each.name for each in facts.areas]
    assert names == ["第一部分 丁", "（二）丙", "三、乙", "十、甲", "其他", "一、戊"]


@pytest.mark.parametrize("kind", ["weekly", "closing"])
def test_the_columns_of_a_table_add_up(make_ledger: MakeLedger, kind: str) -> None:
    made = make_ledger([{"status": each} for each in STATUSES])
    request, _ = request_for(kind, None, D(2017, 10, 20))
    text = rendered(made, request, made.git("rev-parse", "HEAD").strip())
    header, row = re.findall(r"^\| (?:牵头部门|方面|审业部|\S*未填\S*) \|.*", text, re.MULTILINE)[
        -2:
    ]
    cells = dict(zip(header.split(" | "), row.split(" | "), strict=True))
    parts = {"推进中", "申请、待上会", "未启动", "长期坚持", "已中止", "已销号", "已完成", "未完成"}
    total = int(cells["总数" if kind == "weekly" else "任务"])
    assert sum(int(cells[each]) for each in parts & cells.keys()) == total == len(STATUSES)


def test_a_tag_stands_for_one_rule(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"tags": ["制度"], **closed()}, {"tags": ["制度"]}, {}])
    request, _ = request_for("closing", None, NOW)
    text = rendered(made, request, made.git("rev-parse", "HEAD").strip())
    assert "计划制定、修订制度2项，已印发1项，占50%。" in text


# --- which commit ---


def test_the_commit_of_the_cut_off(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, commit=False)
    monday = made.commit("一", "2017-10-16")
    sunday = made.commit("二", "2017-10-22T23:59:59+08:00")
    later = made.commit("三", "2017-10-23")
    assert chosen(made, weekly(), True) == (sunday, "")
    assert chosen(made, weekly(), False) == (later, "")
    early = Request("weekly", WEEK, D(2017, 10, 17))
    assert chosen(made, early, True) == (monday, "")
    commit, note = chosen(made, Request("weekly", WEEK, D(2016, 1, 1)), True)
    assert commit == later
    assert "还没有任何提交" in note


def test_the_main_branch_counts_wherever_one_is(make_ledger: MakeLedger) -> None:
    made = make_ledger(1)
    main = made.git("rev-parse", "HEAD").strip()
    made.git("switch", "--quiet", "--create", "close/x")
    made.write_task(title="只在分支上")
    made.commit("分支")
    assert chosen(made, weekly(), False)[0] == main


def test_without_a_commit(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, commit=False)
    with pytest.raises(UsageError, match="还没有任何提交"):
        chosen(made, weekly(), False)


@pytest.mark.parametrize("kind", KINDS)
def test_the_usual_period_is_that_of_today(kind: str) -> None:
    request, past = request_for(kind, None, D(2017, 10, 20))
    assert request.today == D(2017, 10, 20)
    assert not past
    assert request.period.first <= request.today <= request.period.last
    if kind == "weekly":
        assert request.period == WEEK


def test_a_period_that_is_over_ends_on_its_own_day() -> None:
    request, past = request_for("weekly", WEEK, NOW)
    assert (request.today, past) == (WEEK.last, True)
    with pytest.raises(UsageError, match="还没有到"):
        request_for("weekly", WEEK, D(2017, 10, 15))


# --- the stamp ---


@pytest.mark.parametrize("form", ["md", HTML])
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_bulletin_says_of_itself_makes_it_again(
    make_ledger: MakeLedger, kind: str, form: str
) -> None:
    odd = "审业_部*#1 <&>'"
    made = make_ledger(
        [{"lead": [odd]}, {}], config={"departments": [{"name": odd}, {"name": "审业部"}]}
    )
    head = made.git("rev-parse", "HEAD").strip()
    request, _ = request_for(kind, None, NOW)
    request = replace(
        request,
        scope=Scope(("GZ2017",), ("工作要点",)),
        department=odd if kind in ("dept", "scores") else "",
        number=7 if kind == "weekly" else None,
        form=form,
    )
    text = rendered(made, request, head)
    stamp = stamp_of(text)
    assert stamp is not None
    assert (stamp.kind, stamp.commit) == (kind, head[:12])
    assert re.fullmatch(r"[0-9a-f]{16}", stamp.digest)
    assert request_of(stamp) == request
    assert rendered(made, request_of(stamp), head) == text


def test_the_whole_line_says_the_same_as_the_short_one() -> None:
    digest = f"sha256:{'d61c' * 16}"
    whole = stamp_of(stamp_line(weekly(), "4127c0ca" * 5, digest))
    short = stamp_of(short_stamp(weekly(), "4127c0ca" * 5, digest))
    assert whole is not None
    assert short is not None
    assert whole.commit.startswith(short.commit)
    assert whole.digest.startswith(short.digest)
    assert request_of(whole) == request_of(short) == weekly()


def test_the_day_is_told_where_the_period_goes_on_beyond_it() -> None:
    """Old lines, which told both ends of a week, and always this day, still say the same."""
    line = short_stamp(weekly(), "0" * 40, f"sha256:{'0' * 64}")
    ends = line.replace("--week 2017-W42", "--since 2017-10-16 --until 2017-10-22")
    old = ends.replace(" · 提交", f" --today {weekly().period.last} · 提交")
    stamps = [stamp_of(each) for each in (line, ends, old)]
    assert ["--today" in each for each in (line, ends, old)] == [False, False, True]
    assert [request_of(each) for each in stamps if each] == [weekly()] * 3
    going_on = replace(weekly(), today=weekly().period.last - dt.timedelta(days=2))
    assert f"--today {going_on.today}" in short_stamp(going_on, "0" * 40, f"sha256:{'0' * 64}")


def test_the_last_line_counts(make_ledger: MakeLedger) -> None:
    forged = (
        f"校验：ledger report annual --until 2001-01-01 · 提交 {'0' * 40} · 摘要 sha256:{'0' * 64}"
    )
    made = make_ledger([{"title": forged, "due": {"text": "月底", "date": "2017-10-01"}}])
    head = made.git("rev-parse", "HEAD").strip()
    text = rendered(made, weekly(), head)
    assert "report annual" in text
    stamp = stamp_of(text)
    assert stamp is not None
    assert stamp.kind == "weekly"


@pytest.mark.parametrize("text", ["", "没有", "校验：ledger report weekly · 提交 abc · 摘要 x"])
def test_no_stamp(text: str) -> None:
    assert stamp_of(text) is None


@pytest.mark.parametrize(
    "words",
    ["weekly", "weekly --since 2017-10-16", "secret --until 2017-10-22 --today 2017-10-22",
     "weekly --until 2017-10-22 --today 2017-99-99", "weekly --until 2017-10-22 --today",
     "weekly --until 2017-10-22 --today 2017-10-22 --number 一", "weekly --week 2017-W99",
     "monthly --week 2017-W42", "weekly --since 2017-10-22 --until 2017-10-16"],
)  # fmt: skip
def test_a_stamp_that_was_tampered_with(words: str) -> None:
    line = f"校验：ledger report {words} · 提交 {'0' * 40} · 摘要 sha256:{'0' * 64}"
    stamp = stamp_of(line)
    assert stamp is not None
    with pytest.raises(UsageError, match="看不懂"):
        request_of(stamp)


# --- templates and text ---


def test_the_commits_own_template_is_used(make_ledger: MakeLedger) -> None:
    made = make_ledger(1, files={"templates/weekly.md.j2": "自己的 {{ facts.count.total }}\n"})
    head = made.git("rev-parse", "HEAD").strip()
    made.write("templates/weekly.md.j2", "没有提交的")
    assert rendered(made, weekly(), head) == "自己的 1\n"


def test_an_own_template_may_change_one_part(make_ledger: MakeLedger) -> None:
    own = '{% extends "bulletin.md.j2" %}\n{% block due %}\n## 五、略\n{% endblock %}\n'
    made = make_ledger(1, files={"templates/weekly.md.j2": own})
    text = rendered(made, weekly(), made.git("rev-parse", "HEAD").strip())
    assert "## 五、略\n\n## 六、" in text
    assert "## 一、总体情况" in text


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"weekly.md.j2": "一\n{% if %}"}, "模板 weekly.md.j2 第 2 行写法有误"),
        ({"weekly.md.j2": "一\n\n{{ facts.nothing }}"}, "模板 weekly.md.j2 用不了（第 3 行）"),
        (
            {"weekly.md.j2": '{% extends "mine.j2" %}', "mine.j2": "一\n{{ 1 / 0 }}"},
            "模板 weekly.md.j2 用不了（mine.j2 第 2 行）",
        ),
        ({"weekly.md.j2": b"\xff"}, "模板 weekly.md.j2 用不了：不是 UTF-8"),
        ({"weekly.md.j2": "{{ facts.__class__ }}"}, "模板 weekly.md.j2 用不了"),
        (
            {"weekly.md.j2": "{% for n in range(99999) %}{{ 'x' * 9999 }}{% endfor %}"},
            "模板 weekly.md.j2 用不了",
        ),
    ],
)
def test_a_broken_template(
    make_ledger: MakeLedger, files: dict[str, str | bytes], message: str
) -> None:
    made = make_ledger(1, files={f"templates/{name}": text for name, text in files.items()})
    with pytest.raises(LedgerError) as refused:
        rendered(made, weekly(), made.git("rev-parse", "HEAD").strip())
    assert refused.value.message.startswith(message)
    assert refused.value.hint


HOSTILE = "a|b *c* <script>alert(1)</script> & `d` [e](f) 😀\nend\u202e"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "scores"])
def test_text_from_files_stays_text(make_ledger: MakeLedger, kind: str) -> None:
    made = make_ledger(
        [
            {
                "title": HOSTILE,
                "lead": ["<i>部</i>|"],
                "section": HOSTILE,
                "leader": HOSTILE,
                "due": {"text": "月底", "date": "2017-10-01"},
                "progress": [{"date": "2017-10-17", "by": "联络员", "text": HOSTILE}],
            }
        ],
        config={"organisation": "<b>局</b>", "departments": [{"name": "<i>部</i>|"}]},
    )
    head = made.git("rev-parse", "HEAD").strip()
    usual, _ = request_for(kind, None, D(2017, 10, 20))
    request = replace(usual, department="<i>部</i>|" if kind == "dept" else "")
    text = rendered(made, request, head)
    assert "<script" not in text
    assert "<i>" not in text
    shown = r"a\|b \*c\* &lt;script>alert(1)&lt;/script> &amp; \`d\` \[e\](f) 😀<br>end"
    assert f"{shown}\ufffd" in text
    page = rendered(made, replace(request, form=HTML), head)
    assert "<script>alert" not in page
    assert "<i>" not in page
    assert "😀" in page
    assert "\u202e" not in text + page
    assert page.count("<script>") == 1


def test_the_page_asks_for_nothing_outside_itself(make_ledger: MakeLedger) -> None:
    made = make_ledger(3)
    page = rendered(made, weekly(form=HTML), made.git("rev-parse", "HEAD").strip())
    page = page.replace('xmlns="http://www.w3.org/2000/svg"', "")  # a name, no address
    assert not re.search(r"https?:|//[a-z]|@import|<link(?! rel=\"icon\" href=\"data:,\")", page)
    assert not re.search(r"\b(src|action|srcset|poster)=", page)
    assert re.findall(r'href="([^"]*)"', page) == ["data:,"]


def test_a_ledgers_own_names(make_ledger: MakeLedger) -> None:
    made = make_ledger(
        [{"due": {"text": "月底", "date": "2017-10-01"}}],
        config={
            "lights": {"overdue": "红牌", "colours": {"红牌": "#aa0000"}},
            "reports": {
                "names": {"weekly": "督查快报"},
                "numbering": "累计",
                "first": "2017-10-09",
            },
        },
    )
    head = made.git("rev-parse", "HEAD").strip()
    assert rendered(made, weekly(), head).startswith("# 某局督查快报\n\n第2期")
    early = named("weekly", "2017-W40")
    text = rendered(made, Request("weekly", early, early.last), head)
    assert text.startswith("# 某局督查快报\n\n2017年10月2日至8日")
    page = rendered(made, weekly(form=HTML), head)
    assert 'class="light overdue" style="--light: #aa0000"' in page
    assert "</span> 红牌</span>" in page


def test_an_unknown_scope_is_refused(make_ledger: MakeLedger) -> None:
    made = make_ledger(1)
    head = made.git("rev-parse", "HEAD").strip()
    for scope in (Scope(("GZ1999",)), Scope((), ("别的",))):
        with pytest.raises(UsageError):
            rendered(made, weekly(scope=scope), head)


def test_departments_by_any_of_their_names(make_ledger: MakeLedger) -> None:
    made = make_ledger([{"lead": ["审查业务管理部"]}, {"lead": ["审业部"]}])
    facts = facts_of(made, made.git("rev-parse", "HEAD").strip())
    assert [(each.key, each.total) for each in facts.departments] == [("审业部", 2)]


# --- what is called and counted how ---


def test_only_rectifications_are_called_so(make_ledger: MakeLedger) -> None:
    same = {"section": "一、党的建设"}
    made = make_ledger([same, {"id": "ZG2020-001", "kind": "巡视整改", **same}])
    head = made.git("rev-parse", "HEAD").strip()
    usual, _ = request_for("closing", None, NOW)
    of_both = rendered(made, usual, head)
    assert not re.search("整改(任务|进展)", of_both)
    assert "事项共2项（工作要点1项，巡视整改1项）" in of_both
    assert len(re.findall(r"^\| \S+ \| 一、党的建设 \| 1 \|", of_both, re.MULTILINE)) == 2
    for source, words in (("ZG2020", "整改任务共1项，"), ("GZ2017", "事项共1项，")):
        for form in ("md", HTML):
            asked = replace(usual, scope=Scope((source,)), form=form)
            text = rendered(made, asked, head)
            assert words in text
            assert ("整改进展情况" in text) == (source == "ZG2020") != ("工作进展情况" in text)


def test_a_department_s_sheet_has_every_open_task_once(make_ledger: MakeLedger) -> None:
    late, soon, far = (
        {"due": {"text": "时限", "date": day}} for day in ("2017-09-30", "2017-10-25", "2017-12-31")
    )
    helped = {"lead": ["条法司"], "assist": ["审业部"]}
    tasks = [late, soon, far, {}, *(helped | each for each in (late, soon, far))]
    tasks += [each | {"status": status} for each in (late, far) for status in STATUSES]
    made = make_ledger([each | {"id": f"GZ2017-{n:03}"} for n, each in enumerate(tasks, 1)])
    head = made.git("rev-parse", "HEAD").strip()
    usual, _ = request_for("dept", None, WEEK.last)
    request = replace(usual, department="审业部")
    ended = ("已销号", "已中止")
    still_open = [
        f"GZ2017-{n:03}" for n, each in enumerate(tasks, 1) if each.get("status") not in ended
    ]
    text = rendered(made, request, head)
    assert sorted(re.findall(r"^\| (GZ2017-\d{3}) \|", text, re.MULTILINE)) == still_open
    page = rendered(made, replace(request, form=HTML), head).partition('id="all-heading"')[0]
    assert sorted(re.findall(r'class="id">(GZ2017-\d{3})<', page)) == still_open
