"""The fast way to records gives what the careful way gives, or nothing at all."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.model.builders import Builders, Unfit
from ledger.model.decode import BUILDERS, Fault, compact, decode, decode_carefully, encode
from ledger.model.shared import Shared
from ledger.model.task import Progress, Task
from tests.model.test_decode import RECORDS, SMALLEST, WRONG, raw, records, spelled, unknown


def careful(record: type[Any], data: object) -> tuple[Any, list[Fault]]:
    faults: list[Fault] = []
    return decode_carefully(record, data, faults), faults


def agree(record: type[Any], data: object) -> bool:
    """Whether data can be built; what is built is what the careful way makes, without a fault."""
    try:
        built = BUILDERS.of(record)(data)
    except Unfit:
        with pytest.raises(Unfit):
            BUILDERS.of(record)(shared(data))
        return False
    common = shared(data)
    assert [repr(BUILDERS.of(record)(common)) for _ in range(2)] == [repr(built)] * 2
    value, faults = careful(record, data)
    assert not faults
    assert built == value
    assert repr(built) == repr(value)  # 1 is not 1.0, a list is no tuple
    return True


def shared(data: Any) -> Any:
    """The same data, each mapping in it one that other files have, too."""
    if isinstance(data, list):
        return [*map(shared, data)]
    return Shared({k: shared(v) for k, v in data.items()}) if isinstance(data, dict) else data


def test_of_what_files_share_one_record_is_made() -> None:
    entry = Shared({"date": "2020-01-01", "text": "已报"})
    one, other = (BUILDERS.of(Task)(SMALLEST | {"progress": [entry]}) for _ in range(2))
    assert one.progress[0] is other.progress[0]
    with pytest.raises(Unfit):  # it is no other record because of that
        BUILDERS.of(Task)(SMALLEST | {"lookback": [entry]})


@pytest.mark.parametrize("record", RECORDS)
@settings(max_examples=25)
@given(data=st.data())
def test_what_fits_is_built(record: type[Any], data: st.DataObject) -> None:
    value = data.draw(records(record))
    assert agree(record, spelled(compact(encode(value)))) is not any(unknown(value))


@pytest.mark.parametrize("record", RECORDS)
@given(data=st.data())
def test_what_is_built_fits(record: type[Any], data: st.DataObject) -> None:
    """Good data in which one value, key or entry was replaced by anything."""
    plain = spelled(compact(encode(data.draw(records(record)))))
    spoilt = _replaced(plain, data)
    agree(record, spoilt)
    faults: list[Fault] = []
    assert (decode(record, spoilt, faults), faults) == careful(record, spoilt)


def _replaced(plain: Any, data: st.DataObject) -> Any:
    """The same with something else at some place, and the other places as they were."""
    keys = list(plain if isinstance(plain, dict) else range(len(plain)))
    if not keys or isinstance(plain, str) or data.draw(st.booleans()):
        return data.draw(raw | st.just([plain]) | st.just({"id": plain}) | st.just(f"{plain} "))
    changed = copy.copy(plain)
    key = data.draw(st.sampled_from(keys))
    changed[key] = _replaced(plain[key], data)
    return changed


@pytest.mark.parametrize(("key", "value"), [case[:2] for case in WRONG])
def test_what_does_not_fit_is_not_built(key: str, value: Any) -> None:
    assert not agree(Task, SMALLEST | {key: value})


@pytest.mark.parametrize("key", SMALLEST)
def test_what_is_missing_is_not_built(key: str) -> None:
    assert not agree(Task, SMALLEST | {key: None})
    assert not agree(Task, {name: each for name, each in SMALLEST.items() if name != key})


@pytest.mark.parametrize("number", ["2017-W01-1", "２０１７-01-01", "2017-1-001", "2017-02-29", ""])
def test_days_are_days(number: str) -> None:
    assert not agree(Progress, {"date": number, "text": "一"})


def test_records_share_no_mapping() -> None:
    """What one record is given, none of the others has."""
    build = BUILDERS.of(Task)
    one, other = build(dict(SMALLEST)), build(dict(SMALLEST))
    assert one.columns is not other.columns
    assert one.extra is not other.extra
    assert one.due is not other.due


def test_a_function_is_made_when_many_records_are_read() -> None:
    """A command that reads a few files does not wait for it."""

    def fails(_: object) -> Any:
        raise AssertionError

    builders = Builders(lambda _: fails)
    met = 0
    for _ in range(1000):
        try:
            assert builders.build(Task, dict(SMALLEST)).id == "A-1"
        except Unfit:
            met += 1
    assert 100 < met < 500
