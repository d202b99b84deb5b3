"""The merge of two people's changes: what it must never do, and what it decides."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.model.case import case_digest
from ledger.model.decode import compact, decode
from ledger.model.fields import specs
from ledger.model.reconcile import OURS, THEIRS, Conflict, Reconciled, reconcile, spelled
from ledger.model.task import Task

BASE: dict[str, Any] = {
    "id": "GZ2017-001",
    "kind": "工作要点",
    "title": "开展测评",
    "source": "GZ2017",
    "measures": ["制定方案", "组织实施"],
    "lead": ["审业部"],
    "due": {"text": "6月", "date": "2017-06-30"},
    "indicators": [{"name": "新建", "target": "20"}, {"name": "培训", "target": "3"}],
    "status": "推进中",
    "progress": [{"date": "2017-03-01", "text": "启动"}],
    "tags": ["重点"],
    "备注": "原有",
}
LOGS = ("progress", "extensions", "lookback")
SETS = ("evidence", "links", "tags")
APPLIED = {"date": "2017-06-01", "by": "甲", "summary": "完成"}
REVIEWED = {"date": "2017-06-02", "by": "乙", "opinion": "同意"}
CLOSED = {
    "status": "已销号",
    "closing": {"applied": APPLIED, "reviewed": REVIEWED, "decision": "D-1", "date": "2017-06-09"},
}
READY = BASE | {"status": "待上会", "closing": {"applied": APPLIED, "reviewed": REVIEWED}}


def merged(ours: Mapping[str, Any], theirs: Mapping[str, Any], base: Any = BASE) -> Reconciled[Any]:
    return reconcile(base, ours, theirs)


# -- properties ---------------------------------------------------------------------------------

days = st.sampled_from(["2017-03-01", "2017-04-01", "2017-05-01"])
entry = st.fixed_dictionaries({"date": days, "text": st.sampled_from("甲乙丙丁戊")})
words = st.sampled_from(["一", "二", "三", ""])
closing = st.fixed_dictionaries(
    {},
    optional={
        "applied": st.sampled_from([APPLIED, APPLIED | {"by": "丙"}]),
        "reviewed": st.just(REVIEWED),
        "decision": st.sampled_from(["D-1", "D-2"]),
    },
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "title": words,
    "goal": words,
    "备注": words,
    "measures": st.lists(words, max_size=2),
    "lead": st.lists(words, max_size=2),
    "due": st.fixed_dictionaries({"text": words, "date": days}),
    "status": st.sampled_from(
        ["未启动", "推进中", "申请销号", "待上会", "已销号", "长期坚持", "已中止"]
    ),
    "closing": closing,
    "extra": st.dictionaries(words, words, max_size=2),
    "indicators": st.lists(
        st.fixed_dictionaries({"name": st.sampled_from("甲乙丙"), "target": words}),
        max_size=3,
        unique_by=lambda each: each["name"],
    ),
}


@st.composite
def changed(draw: st.DrawFn, base: dict[str, Any]) -> dict[str, Any]:
    """The base after a person's edits: fields set, log entries added, set entries put and taken."""
    after = dict(base)
    for key in draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=3)):
        after[key] = draw(FIELDS[key])
    for key in draw(st.lists(st.sampled_from(LOGS), max_size=2)):
        after[key] = _inserted(draw, after.get(key, []))
    for key in draw(st.lists(st.sampled_from(SETS), max_size=2)):
        kept = [each for each in after.get(key, []) if draw(st.booleans())]
        after[key] = _inserted(draw, kept)
    return after


def _inserted(draw: st.DrawFn, items: list[Any]) -> list[Any]:
    items = list(items)
    for each in draw(st.lists(entry, max_size=2)):
        items.insert(draw(st.integers(0, len(items))), each)
    return items


@st.composite
def sides(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    base = draw(changed({key: value for key, value in BASE.items() if key != "tags"}))
    return base, draw(changed(base)), draw(changed(base))


def counted(items: Any) -> Counter[str]:
    return Counter(json.dumps(each, ensure_ascii=False, sort_keys=True) for each in items or ())


def resolved(merge: Reconciled[Any], base: Any, one: Any, other: Any, winner: Any) -> Any:
    """The merge once every conflict went to one and the same person."""
    side = OURS if winner is one else THEIRS
    return reconcile(base, one, other, {spelled(each.place): side for each in merge.conflicts})


@given(sides())
def test_logs_hold_every_entry_of_both_sides_once_and_in_order(three: Any) -> None:
    base, one, other = three
    merge = reconcile(base, one, other)
    assert merge.data is not None
    for key in set(LOGS) - {each.place[0] for each in merge.conflicts}:
        log = merge.data.get(key, [])
        assert counted(log) == counted(one.get(key)) | counted(other.get(key))
        for side in (one, other):
            rest = iter(log)
            assert all(any(each == entry for entry in rest) for each in side.get(key, ()))


TWICE = [{"date": "2017-03-01", "text": "甲"}] * 2
WAY = ("未启动", "推进中", "申请销号", "待上会", "已销号")


@given(sides())
@example(({"status": WAY[1]}, {"status": WAY[2]}, {"status": WAY[3], "title": "一"}))
@example(({"evidence": TWICE}, {"evidence": [*TWICE, {"text": "乙"}]}, {"evidence": TWICE[:1]}))
@example(({"evidence": TWICE}, {"evidence": TWICE, "title": "一"}, {"evidence": TWICE[:1]}))
@example(({"tags": TWICE}, {"tags": TWICE[:1]}, {"tags": []}))
@example(({"tags": TWICE}, {"tags": TWICE[:1], "title": "一"}, {"tags": TWICE[:1]}))
def test_no_value_is_lost_without_being_told(three: Any) -> None:
    base, one, other = three
    merge = reconcile(base, one, other)
    assert merge.data is not None
    told = {each.place[0] for each in merge.conflicts}
    told |= {"status", "closing"} if merge.held else set()
    nested = {*LOGS, *SETS, "indicators", "closing", "extra"}
    for side in (compact(one), compact(other)):
        for key in (side.keys() | base.keys()) - told - nested:
            stands = merge.data.get(key)
            passed = WAY[: WAY.index(stands)] if key == "status" and stands in WAY else ()
            assert side.get(key) in (compact(base).get(key), stands, *passed)
    for key in set(SETS) - told:
        entries, was = counted(merge.data.get(key)), counted(base.get(key))
        mine, theirs = counted(one.get(key)), counted(other.get(key))
        assert all(entries[each] >= max(mine[each], theirs[each]) for each in (mine | theirs) - was)
        kept = was & mine & theirs  # of an entry that was there twice, one may have been taken
        assert all(entries[each] >= kept[each] for each in kept)


@given(sides())
def test_the_order_of_the_sides_does_not_matter(three: Any) -> None:
    base, one, other = three
    forth, back = reconcile(base, one, other), reconcile(base, other, one)
    assert [each.place for each in sorted_(forth)] == [each.place for each in sorted_(back)]
    assert len(forth.held) == len(back.held)
    for winner in (one, other):
        first = resolved(forth, base, one, other, winner)
        second = resolved(back, base, other, one, winner)
        assert not first.conflicts
        assert first.data == second.data


@given(sides())
def test_merging_again_changes_nothing(three: Any) -> None:
    base, one, other = three
    assert reconcile(base, one, base).data == compact(one)
    merge = reconcile(base, one, other)
    if not merge.conflicts:
        for side in (one, other):
            for again in (reconcile(base, merge.data, side), reconcile(base, side, merge.data)):
                assert not again.conflicts
                assert again.data == merge.data


def sorted_(merge: Reconciled) -> list[Conflict]:
    return sorted(merge.conflicts, key=lambda each: each.place)


# -- what is decided ----------------------------------------------------------------------------


def test_both_report_progress_on_the_same_day() -> None:
    first, second = ({"date": "2017-05-01", "text": text} for text in ("丙处报", "甲处报"))
    ours = BASE | {"progress": [*BASE["progress"], first]}
    theirs = BASE | {"progress": [*BASE["progress"], second]}
    data = merged(ours, theirs).data
    assert data is not None
    assert data["progress"] == [*BASE["progress"], first, second]


def test_entries_keep_the_order_of_their_keys() -> None:
    """So that what was written by hand or by the tool still looks like it."""
    one, other = ({"text": text, "by": "甲", "date": "2017-02-01"} for text in ("始", "终"))
    data = reconcile({}, {"progress": [one]}, {"progress": [other]}).data
    assert data is not None
    assert [list(each) for each in data["progress"]] == [["text", "by", "date"]] * 2


def test_a_value_changed_by_both_is_a_conflict_with_all_three_values() -> None:
    merge = merged(BASE | {"title": "甲"}, BASE | {"title": "乙"})
    assert merge.conflicts == (Conflict(("title",), "开展测评", "甲", "乙"),)
    chosen = reconcile(BASE, BASE | {"title": "甲"}, BASE | {"title": "乙"}, {"title": THEIRS})
    assert chosen.data == BASE | {"title": "乙"}
    assert chosen.used == {"title"}


def test_a_deadline_is_one_value() -> None:
    ours = BASE | {"due": {"text": "7月", "date": "2017-06-30"}}
    theirs = BASE | {"due": {"text": "6月", "date": "2017-07-31"}}
    assert [each.place for each in merged(ours, theirs).conflicts] == [("due",)]


def test_indicators_are_merged_one_by_one() -> None:
    one, two = BASE["indicators"]
    ours = BASE | {"indicators": [one | {"actual": "18"}, two]}
    theirs = BASE | {"indicators": [one, two | {"actual": "3"}, {"name": "调研", "target": "1"}]}
    data = merged(ours, theirs).data
    assert data is not None
    assert data["indicators"] == [
        one | {"actual": "18"},
        two | {"actual": "3"},
        {"name": "调研", "target": "1"},
    ]


def test_a_record_deleted_by_one_and_changed_by_the_other_is_a_conflict() -> None:
    one, two = BASE["indicators"]
    merge = merged(
        BASE | {"indicators": [one]}, BASE | {"indicators": [one, two | {"target": "5"}]}
    )
    assert [each.place for each in merge.conflicts] == [("indicators", "培训")]


def test_a_tag_taken_away_stays_away() -> None:
    data = merged({**BASE, "tags": []}, BASE | {"title": "新"}).data
    assert data is not None
    assert "tags" not in data


def test_a_closing_is_carried_over_a_mere_report() -> None:
    ours = READY | {"progress": [*READY["progress"], {"date": "2017-06-05", "text": "补充"}]}
    merge = merged(ours, READY | CLOSED, READY)
    assert merge.data == ours | CLOSED
    assert not merge.held


def test_open_beats_closed_when_what_the_meeting_saw_was_changed() -> None:
    ours = READY | {"goal": "改了目标"}
    merge = merged(ours, READY | CLOSED, READY)
    assert merge.data == ours
    (held,) = merge.held
    assert held.side == THEIRS
    assert held.lost["closing"]["decision"] == "D-1"
    assert not merge.conflicts


CHANGED: dict[str, Any] = {
    "kind": "责任清单", "title": "改", "source": "改", "section": "改", "key_point": "改",
    "problem": "改", "goal": "改", "measures": ["改"], "lead": ["改"], "assist": ["改"],
    "leader": "改", "owner": "改", "nature": "长期坚持", "due": {"text": "改"},
    "indicators": [{"name": "改"}], "tags": ["改"], "columns": {"改": "改"}, "某键": "改",
    "progress": [*READY["progress"], {"date": "2017-06-05", "text": "改"}],
    "extensions": [
        {"date": "2017-06-05", "to": "2017-09-30", "reason": "改", "approved_by": "局务会"}
    ],
    "evidence": [{"name": "改"}], "past_closings": [{"date": "2017-01-01"}],
    "lookback": [{"date": "2017-06-05", "result": "改"}],
    "links": [{"rel": "源自", "id": "GZ2017-002"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value"),
    [*CHANGED.items(), ("links", [{"rel": "并入", "id": "GZ2017-002"}])],
)
def test_what_a_meeting_did_not_see_is_what_the_digest_leaves_out(key: str, value: Any) -> None:
    """A closing waits for a person just where it would rest on another case than the digest's."""
    assert {spec.key for spec in specs(Task)} - {"id", "status", "closing"} <= CHANGED.keys()
    ours = READY | {key: value}
    before, after = (decode(Task, each, []) for each in (READY, ours))
    assert before is not None
    assert after is not None
    merge = merged(ours, READY | CLOSED, READY)
    assert bool(merge.held) == (case_digest(before) != case_digest(after))


def test_open_beats_closed_when_the_other_side_sent_it_back() -> None:
    back = READY | {"status": "推进中"}
    merge = merged(READY | CLOSED, back, READY)
    assert merge.data == back
    assert [each.side for each in merge.held] == [OURS]


@pytest.mark.parametrize(
    ("one", "other"), [("长期坚持", "已中止"), ("已销号", "已中止"), ("已销号", "长期坚持")]
)
def test_two_meetings_that_ended_it_in_two_ways_are_a_conflict(one: str, other: str) -> None:
    ours, theirs = READY | CLOSED | {"status": one}, READY | {"status": other}
    forth, back = merged(ours, theirs, READY), merged(theirs, ours, READY)
    assert forth.conflicts == (Conflict(("status",), "待上会", one, other),)
    assert back.conflicts == (Conflict(("status",), "待上会", other, one),)
    assert not forth.held
    for choices in ({"status": OURS}, {"": OURS}):
        assert reconcile(READY, ours, theirs, choices).data == ours
        assert reconcile(READY, theirs, ours, choices).data == theirs


def test_of_two_steps_on_the_same_way_the_further_one_is_taken() -> None:
    new = BASE | {"status": "未启动"}
    started = new | {
        "status": "推进中",
        "progress": [*BASE["progress"], {"date": "2017-04-01", "text": "甲"}],
    }
    applied = new | {"status": "申请销号", "closing": {"applied": APPLIED}}
    merge = merged(started, applied, new)
    assert merge.data == started | {"status": "申请销号", "closing": {"applied": APPLIED}}
    assert not merge.held


def test_two_applications_are_a_conflict() -> None:
    ours = BASE | {"status": "申请销号", "closing": {"applied": APPLIED}}
    theirs = BASE | {"status": "申请销号", "closing": {"applied": APPLIED | {"by": "丁"}}}
    assert [each.place for each in merged(ours, theirs).conflicts] == [("closing", "applied")]


def test_entries_in_another_order_are_a_conflict() -> None:
    one, two = ({"date": "2017-05-01", "text": text} for text in "甲乙")
    ours, theirs = BASE | {"progress": [one, two]}, BASE | {"progress": [two, one]}
    merge = merged(ours, theirs, BASE | {"progress": []})
    assert [each.place for each in merge.conflicts] == [("progress",)]


def test_a_repeated_entry_is_kept_as_often_as_it_was() -> None:
    twice = [{"date": "2017-03-01", "text": "例会"}] * 2
    ours = BASE | {"progress": twice, "title": "甲"}
    data = merged(ours, BASE | {"progress": twice}, BASE | {"progress": twice}).data
    assert data is not None
    assert data["progress"] == twice


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "expected"),
    [
        (None, BASE, None, BASE),
        (None, None, BASE, BASE),
        (BASE, None, BASE, None),
        (BASE, None, None, None),
        (None, BASE, BASE, BASE),
    ],
)
def test_files_that_come_and_go(base: Any, ours: Any, theirs: Any, expected: Any) -> None:
    merge = reconcile(base, ours, theirs)
    assert merge.data == expected
    assert not merge.conflicts


def test_a_file_deleted_by_one_and_changed_by_the_other_is_a_conflict() -> None:
    merge = reconcile(BASE, None, BASE | {"title": "新"})
    assert [each.place for each in merge.conflicts] == [()]
    assert reconcile(BASE, None, BASE | {"title": "新"}, {"": THEIRS}).data == BASE | {
        "title": "新"
    }


def test_departments_of_both_sides_come_together() -> None:
    was = {"departments": [{"name": "办公室"}], "forge": {"base": "main"}}
    ours = {"departments": [{"name": "办公室", "aliases": ["综合处"]}], "forge": {"base": "main"}}
    theirs = {"departments": [{"name": "办公室"}, {"name": "人事处"}], "forge": {"base": "trunk"}}
    assert merged(ours, theirs, was).data == {
        "departments": [{"name": "办公室", "aliases": ["综合处"]}, {"name": "人事处"}],
        "forge": {"base": "trunk"},
    }
