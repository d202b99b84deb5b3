"""What may be asked of each kind of bulletin."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger.errors import UsageError
from ledger.model.record import replace
from ledger.usecases.bulletins.facts import Scope
from ledger.usecases.bulletins.kinds import KINDS
from ledger.usecases.bulletins.request import Wish, wished

D = dt.date
TODAY = D(2017, 10, 20)
NOTHING = Wish("weekly", {}, None, None, {"--dept": "", "--explain": ""}, Scope(), None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_period_is_named_by_the_option_of_its_kind(kind: str) -> None:
    named = {"week": "2017-W41", "month": "2017-09", "quarter": "2017-Q3", "year": "2016"}
    dept = {"--dept": "办公室" if KINDS[kind].asks else "", "--explain": ""}
    for option, period in named.items():
        wish = replace(NOTHING, kind=kind, named={option: period}, departments=dept)
        if option == KINDS[kind].named_by:
            request, past = wished(wish, TODAY, "md")
            assert (request.today, past) == (request.period.last, True)
        else:
            with pytest.raises(UsageError, match=f"--{option} 不能用于 {kind}"):
                wished(wish, TODAY, "md")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "daily"}, "没有通报种类“daily”"),
        ({"named": {"week": "2017-W41", "year": "2017"}}, "统计期写重了"),
        ({"named": {"week": "2017-W41"}, "until": TODAY}, "统计期写重了"),
        ({"since": D(2017, 10, 2)}, "--since 和 --until 要一起写"),
        ({"until": TODAY}, "--since 和 --until 要一起写"),
        ({"kind": "dept"}, "没有写是哪个部门"),
        ({"departments": {"--dept": "办公室", "--explain": ""}}, "--dept 只用于 dept"),
        ({"departments": {"--dept": "", "--explain": "办公室"}}, "--explain 只用于 scores"),
        ({"kind": "scores", "number": 3}, "考核评分没有期号"),
    ],
)
def test_what_does_not_go_together(changes: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        wished(replace(NOTHING, **changes), TODAY, "md")


def test_a_word_file_is_made_of_markdown() -> None:
    forms = {form: wished(NOTHING, TODAY, form)[0].form for form in ("md", "html", "docx", "json")}
    assert forms == {"md": "md", "html": "html", "docx": "md", "json": "md"}
