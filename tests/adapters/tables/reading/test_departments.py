"""Departments of one cell: split, in order, leading and assisting apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.adapters.tables.reading.departments import Duty, looks_like_department, read_duty


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("", ()),
        ("办公室", ("办公室",)),
        ("自动化部\n国际司", ("自动化部", "国际司")),
        ("办公室、人事司，规划司,条法司；协调司;管理司/文献部／报社", (
            "办公室", "人事司", "规划司", "条法司", "协调司", "管理司", "文献部", "报社",
        )),
        ("机关党委和机关纪委", ("机关党委", "机关纪委")),
        ("机关党委、工会以及团委", ("机关党委", "工会", "团委")),
        ("法律和规划处", ("法律和规划处",)),
        ("普及处", ("普及处",)),
        ("办公室、人事司、办公室", ("办公室", "人事司")),
        ("自动化部 国际司", ("自动化部", "国际司")),
        ("办 公 室", ("办公室",)),
        ("1.办公室\n2.人事司", ("办公室", "人事司")),
        ("专利局（审业部、自动化部）、报社", ("专利局（审业部、自动化部）", "报社")),
        ("各部门单位。", ("各部门单位",)),
        ("办公室（牵头", ("办公室",)),
    ],
)  # fmt: skip
def test_departments_are_split(text: str, lead: tuple[str, ...]) -> None:
    assert read_duty(text) == Duty(lead=lead)


@pytest.mark.parametrize(
    ("text", "lead", "assist"),
    [
        ("办公室；配合：人事司、规划司", ("办公室",), ("人事司", "规划司")),
        ("牵头：办公室 配合：人事司", ("办公室",), ("人事司",)),
        ("牵头单位：办公室\n配合单位：人事司\n规划司", ("办公室",), ("人事司", "规划司")),
        ("办公室（牵头）、人事司（配合）", ("办公室",), ("人事司",)),
        ("办公室（牵头）、人事司、规划司", ("办公室",), ("人事司", "规划司")),
        ("人事司、（牵头）办公室", ("办公室",), ("人事司",)),
        ("办公室牵头，人事司、规划司配合", ("办公室",), ("人事司", "规划司")),
        ("由办公室牵头、人事司配合", ("办公室",), ("人事司",)),
        ("办公室、人事司（配合）", ("办公室",), ("人事司",)),
        ("办公室（牵头）；配合：办公室、人事司", ("办公室",), ("人事司",)),
    ],
)
def test_marks_tell_who_leads(text: str, lead: tuple[str, ...], assist: tuple[str, ...]) -> None:
    assert read_duty(text) == Duty(lead=lead, assist=assist)


def test_persons_with_labels() -> None:
    duty = read_duty("责任领导：分管局领导\n责任单位：办公室\n责任人：综合处处长、督查处处长")
    assert duty == Duty(("办公室",), (), "分管局领导", "综合处处长、督查处处长")


def test_the_column_gives_the_role() -> None:
    assert read_duty("人事司、规划司", "assist") == Duty(assist=("人事司", "规划司"))


def test_known_names_decide() -> None:
    assert read_duty("规划和财务处").lead == ("规划和财务处",)
    assert read_duty("规划和财务处", known=frozenset({"规划", "财务处"})).lead == ("规划", "财务处")
    assert read_duty("机关党委和机关纪委", known=frozenset({"机关党委和机关纪委"})).lead == (
        "机关党委和机关纪委",
    )
    assert read_duty("对外协办", known=frozenset({"对外协办"})) == Duty(lead=("对外协办",))


def test_looks_like_department() -> None:
    assert looks_like_department("审协北京中心")
    assert not looks_like_department("室")
    assert not looks_like_department("规划")
    assert looks_like_department("规划", {"规划"})


_NAMES = st.sampled_from(["办公室", "人事司", "机关党委", "三期办", "审协北京中心", "开发公司"])


@given(
    st.lists(_NAMES, max_size=6),
    st.sampled_from(["\n", "、", "，", ",", "；", ";", "/", "及", "和", " "]),
)
def test_any_list_of_departments_comes_back(names: list[str], separator: str) -> None:
    assert read_duty(separator.join(names)).lead == tuple(dict.fromkeys(names))


@given(st.text(max_size=60), st.sampled_from(["lead", "assist"]))
def test_any_text_gives_distinct_trimmed_names(text: str, role: str) -> None:
    duty = read_duty(text, role)
    names = duty.lead + duty.assist
    assert len(set(names)) == len(names)
    assert all(name and name == name.strip() for name in names)
