"""S: what must not enter history, on ledgers in memory. The numbers are invented."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.model.plaintext import unsafe, visible
from ledger.rules import Context, secrets
from ledger.rules.tasks import t009_control
from ledger.rules.texts import GAP_AS_WRITTEN, PLAIN, texts
from ledger.view.problems import problem_line
from tests.rules.conftest import make_snapshot

if TYPE_CHECKING:
    from tests.rules.conftest import Judge, Shown

IDENTITY = "11010519491231002X"  # the example of GB 11643-1999
PHONE = "13800138000"


def goal(text: str) -> dict[str, Any]:
    return {"tasks": [{"goal": text}]}


# Code → a ledger that breaks the rule, one that keeps it and every other.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "S001": (goal(f"当事人身份证号{IDENTITY}。"), goal("当事人身份证号110105194912310021。")),
    "S002": (goal(f"联系电话{PHONE}"), goal("联系电话010-62083114")),
    "S003": (goal("密级：机密"), goal("修订商业秘密保护规定，开展机密级以下文件清理")),
}


@pytest.mark.parametrize("code", CASES)
def test_broken(code: str, judge: Judge) -> None:
    assert [problem.code for problem in judge(CASES[code][0])] == [code]


@pytest.mark.parametrize("code", CASES)
def test_kept(code: str, judge: Judge) -> None:
    assert judge(CASES[code][1]) == []


@pytest.mark.parametrize("code", CASES)
def test_the_page_shows_what_is_said(code: str, judge: Judge, shown: Shown) -> None:
    assert shown(code) in {problem_line(problem) for problem in judge(CASES[code][0])}


@pytest.mark.parametrize(
    "text",
    [
        IDENTITY.lower(),
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-19491231-002X",
        "110105 . 1949 . 1231 . 002X",
        "ID11010519491231002X号",
        "1101051949\u200b1231002X",
    ],
)
def test_an_identity_however_it_is_written(text: str, judge: Judge) -> None:
    assert [problem.code for problem in judge(goal(text))] == ["S001"]


@pytest.mark.parametrize(
    "text",
    [
        "110105194913310021",  # no thirteenth month
        "110105194912310020",  # wrong check digit
        "1" + IDENTITY,  # longer
        "2020120300000000001",
    ],
)
def test_other_long_numbers_are_no_identity(text: str, judge: Judge) -> None:
    assert judge(goal(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "+86 138 0013 8000",
        "138-0013-8000",
        "138.0013.8000",
        "138 – 0013 – 8000",
        "手机：１３８００１３８０００",
        "8613800138000",
        "138\u200d00138000",
    ],
)
def test_a_phone_however_it_is_written(text: str, judge: Judge) -> None:
    assert [problem.code for problem in judge(goal(text))] == ["S002"]


@pytest.mark.parametrize(
    "text", ["12800138000", "138001380001", "文号13800138", "GZ13800138000", "2017.0630.1201"]
)
def test_other_numbers_are_no_phone(text: str, judge: Judge) -> None:
    assert judge(goal(text)) == []


@pytest.mark.parametrize(
    "text", ["机密★10年", "秘密 ☆", "密级: 绝密", "【机密】", "（绝密）", " 机密 "]
)
def test_a_mark_of_classification(text: str, judge: Judge) -> None:
    assert [problem.code for problem in judge(goal(text))] == ["S003"]


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"tasks": [{"备注": {"电话": [PHONE]}}]}, "data/tasks/ZG2020/ZG2020-001.yaml"),
        ({"tasks": [{PHONE: "联系人"}]}, "data/tasks/ZG2020/ZG2020-001.yaml"),
        ({"decisions": [{"recorder": PHONE}]}, "data/decisions/2020/DZH-2020-31.yaml"),
        (
            {"tasks": [], "sources": [{"id": "XC", "title": PHONE, "kind": "责任清单"}]},
            "data/sources/XC.yaml",
        ),
    ],
)
def test_every_text_of_every_file_is_looked_at(
    spec: dict[str, Any], path: str, judge: Judge
) -> None:
    assert [(each.code, each.path) for each in judge(spec)] == [("S002", path)]


def test_hashes_are_no_numbers_of_people(judge: Judge) -> None:
    proof = {"name": "清单", "archive": "2020-12", "sha256": PHONE + "a" * 53}
    assert judge({"tasks": [{"evidence": [proof]}]}) == []


def test_the_secret_itself_is_not_repeated(judge: Judge) -> None:
    (problem,) = judge(goal(f"身份证号{IDENTITY}"))
    assert IDENTITY not in problem.message + problem.hint


PIECES = st.one_of(
    st.sampled_from([PHONE, IDENTITY, "绝密", "机密", "★", "密级：", "【", "】", "86", "13800"]),
    st.text("019Xx .·-\uff0d\uff11\uff13\u200b\u00ad\u202e\x07\ud800\t\n绝秘机密甲", max_size=6),
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)
DATA = st.recursive(
    st.none() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(data=st.dictionaries(TEXTS, DATA, max_size=4))
@example(data={"goal": "138", "measures": ["0013", "8000"]})
@example(data={"goal": "\u0338", "title": "\u115f机\u115f密\u115f"})
def test_a_look_at_the_whole_text_first_misses_nothing(data: dict[str, Any]) -> None:
    """T009 and S look closer only where the text of a whole file has what they look for."""
    snapshot = make_snapshot({"tasks": [{}]})
    task = replace(snapshot.tasks[0], data=data)
    judged = replace(snapshot, tasks=(task,))
    context = Context(snapshot.config, dt.date(2020, 12, 31))
    for code in ("S001", "S002", "S003"):
        places = [place for place, text in texts(data) if has_secret(code, place, text)]
        assert [each.place for each in secrets.looks_for(code)(judged, context)] == places
    unsafe_places = [place for place, text in texts(data) if unsafe(text)]
    assert [each.place for each in t009_control(judged, context)] == unsafe_places


def test_plain_characters_are_what_they_look_like() -> None:
    """What stands for itself, or for a digit or a gap that is looked for as it is written too."""
    gap = re.compile(r"[ .·\u2010-\u2015-]*")
    as_written = re.compile(rf"(?:\d|{GAP_AS_WRITTEN})?")
    plain = re.findall(f"[{PLAIN}]", "".join(map(chr, range(0x11_0000))))
    assert len(plain) > 20_000
    for character in plain:
        assert not unsafe(character)
        read = unicodedata.normalize("NFKC", character)
        assert visible(character) == read
        assert read == character or read.isascii()
        assert not unicodedata.combining(character)
        if read.isdecimal() or gap.fullmatch(read):
            assert as_written.fullmatch(character)


def has_secret(code: str, place: tuple[str | int, ...], text: str) -> bool:
    """Whether a text has a secret, whatever stands beside it."""
    is_hash = bool(place) and place[-1] in ("sha256", "digest")
    return not is_hash and code in {each.code for each in secrets.in_lines([(1, text)])}
