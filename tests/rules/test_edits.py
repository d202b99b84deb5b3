"""By which fields of a task a rule goes, as `RULES` declares it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.model.change import Change, difference
from ledger.model.snapshot import Snapshot
from ledger.rules import RULES, Context, check_step
from ledger.usecases.checking.brought import standing
from tests.rules.conftest import TODAY, make_snapshot
from tests.rules.edits import among_all, hold_to_edits
from tests.rules.test_scopes import DAYS, LEDGER, MEETINGS, TASK, WORDS

ENTRY = st.fixed_dictionaries({"date": DAYS, "by": WORDS})
ROUND = st.fixed_dictionaries(
    {},
    optional={
        "applied": ENTRY.map(lambda each: each | {"summary": "—"}),
        "reviewed": ENTRY.map(lambda each: each | {"opinion": "同意"}),
        "decision": MEETINGS,
        "date": DAYS,
    },
)
MORE = st.fixed_dictionaries(
    {},
    optional={
        "assist": st.lists(WORDS, max_size=2),
        "extensions": st.lists(
            st.fixed_dictionaries(
                {"date": DAYS, "to": DAYS, "reason": WORDS | st.just("—"), "approved_by": WORDS}
            ),
            max_size=2,
        ),
        "lookback": st.lists(ENTRY.map(lambda each: each | {"result": "—"}), max_size=2),
        "closing": ROUND,
        "past_closings": st.lists(ROUND, max_size=2),
    },
)
EDIT = st.builds(lambda one, other: one | other, TASK, MORE)
EDITS = st.lists(EDIT, min_size=2, max_size=2)
BEFORE = st.builds(
    lambda spec, edits: (
        spec | {"tasks": [e | t for t, e in zip(spec["tasks"][:2], edits, strict=False)]}
    ),
    LEDGER,
    st.lists(MORE, min_size=2, max_size=2),
)
PLACE = ("id", "path")


def edited(spec: dict[str, Any], edits: list[dict[str, Any]]) -> Change:
    """A change of nothing but the fields of tasks."""
    tasks = [
        old | {key: value for key, value in new.items() if key not in PLACE}
        for old, new in zip(spec["tasks"], edits, strict=False)
    ]
    for old, new in zip(spec["tasks"], tasks, strict=True):  # where they lie hangs on the source
        new.setdefault("path", f"data/tasks/{old.get('source', 'ZG2020')}/{old['id']}.yaml")
    return among_all(difference(make_snapshot(spec), make_snapshot(spec | {"tasks": tasks})))


@settings(max_examples=60)
@given(BEFORE, EDITS)
def test_rules_go_by_the_fields_that_they_name(
    spec: dict[str, Any], edits: list[dict[str, Any]]
) -> None:
    change = edited(spec, edits)
    hold_to_edits(change, Context(change.old.config, TODAY))


@settings(max_examples=60)
@given(BEFORE, EDITS)
def test_nothing_is_lost_by_not_asking_the_others(
    spec: dict[str, Any], edits: list[dict[str, Any]]
) -> None:
    change = edited(spec, edits)
    files = spec.get("files", {})
    context = Context(change.old.config, TODAY, lambda path: files.get(path, ""))
    everyone = Unedited(change.old, change.new, change.tasks)
    for judge in (check_step, lambda some, by: standing(some, by, by)):
        assert list(judge(change, context)) == list(judge(everyone, context))


class Unedited(Change):
    """A change of which nobody knows what it edits."""

    edited = None


def test_only_an_edit_of_readable_tasks_is_one() -> None:
    spec = {"tasks": [{"id": "ZG2020-001"}, {"id": "ZG2020-002"}]}
    change = edited(spec, [{"title": "甲"}, {"备注": "乙"}])
    assert change.edited == {"title", "extra"}
    assert edited(spec, [{}, {}]).edited == frozenset()
    old, new = change.old, change.new
    for other in (
        Snapshot(old.config, new.tasks[:1], index=new.index),
        Snapshot(old.config, new.tasks, configured=False),
        Snapshot(make_snapshot({}).config, new.tasks),
        Snapshot(old.config, new.tasks, sources=make_snapshot({}).sources),
        make_snapshot({"tasks": [{}, {"id": "ZG2020-003"}]}),
    ):
        assert difference(old, other).edited is None


def test_what_no_fields_tell_of_is_always_asked() -> None:
    assert {each.code for each in RULES if each.edited is None and each.snapshot} >= {
        "T007", "T009", "D002", "S001",
    }  # fmt: skip
