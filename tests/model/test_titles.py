"""What tasks are called: what is to be done, not what leads up to it; no quotation is cut."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model.titles import MOST_LENGTH, cut, says_little, short_title
from tests.conftest import DATA

PAIRS = dict(zip("《“（【", "》”）】", strict=True))


@pytest.mark.parametrize(
    ("measure", "title"),
    [
        ("开展专利检索能力测评，形成报告。", "开展专利检索能力测评"),
        ("（一）制定年度工作方案；组织实施", "制定年度工作方案"),
        ("制定方案；组织实施，总结", "制定方案；组织实施"),
        ("1.制定方案。", "制定方案"),
        ("2017年制定方案。", "2017年制定方案"),
        ("1.5倍增长。", "1.5倍增长"),
        ("【总结】形成报告。", "总结：形成报告"),
        ("一是  制定年度\n学习计划\n印发", "制定年度 学习计划"),
        ("：，", "：，"),
        ("长" * 60, "长" * 39 + "…"),
        ("根据中央要求，向中央编办报送材料。", "向中央编办报送材料"),
        ("按照《实施方案》要求，紧密结合十八届六中全会精神，加强党内政治生活", "加强党内政治生活"),
        ("结合审查业务工作开展现状，摸底并开展研究，优化单元", "摸底并开展研究，优化单元"),
        ("从专利管理宏观政策层面，强化地方工作联动", "强化地方工作联动"),
        ("利用“走基层”等活动发布知识产权评议报告，促进", "发布知识产权评议报告"),
        ("根据需要开展巡回审查和集中审查，更快", "开展巡回审查和集中审查"),
        ("2017 年 1 月，派出 82 人到中心交流挂职", "派出 82 人到中心交流挂职"),
        ("按月监控中心审查质量宏观数据", "按月监控中心审查质量宏观数据"),
        ("通过评审。", "通过评审"),
        ("根据工作需要。", "根据工作需要"),
        (
            "组织举办以“创新时代：知识产权保护”为主题的论坛",
            "组织举办以“创新时代：知识产权保护”为主题的论坛",
        ),
        ("一是抓好以“三会一课“活动为主的党建工作。", "抓好以“三会一课“活动为主的党建工作"),
    ],
)
def test_title_is_the_first_clause(measure: str, title: str) -> None:
    assert short_title(measure) == title


@given(st.text(max_size=80))
def test_title_is_short_and_one_line(measure: str) -> None:
    title = short_title(measure)
    assert len(title) <= MOST_LENGTH
    assert bool(title) == bool(measure.strip())
    assert "\n" not in title


@pytest.mark.parametrize(
    ("measure", "context", "title"),
    [
        ("适时印发。", "印发《工作方案》", "印发《工作方案》：适时印发"),
        ("配合做好相关工作", "按照规划，完善审查标准", "完善审查标准：配合做好相关工作"),
        ("适时印发。", "", "适时印发"),
        ("适时印发。", "适时印发", "适时印发"),
        ("修订审查指南。", "完善审查标准", "修订审查指南"),
        ("适时发布", "长" * 50, "长" * 19 + "…：适时发布"),
    ],
)
def test_what_says_nothing_is_told_with_what_it_belongs_to(
    measure: str, context: str, title: str
) -> None:
    assert short_title(measure, context) == title


@pytest.mark.parametrize(
    ("title", "length", "short"),
    [
        ("印发《" + "长" * 30 + "通知》", 40, "印发《" + "长" * 30 + "通知》"),
        ("印发《" + "长" * 45 + "》等", 40, "印发《" + "长" * 45 + "》…"),
        ("印发《" + "长" * 90 + "》", 40, "印发《" + "长" * 35 + "…》"),
        ("抓好" * 10 + "《" + "长" * 90 + "》", 40, "抓好" * 10 + "…"),
        (
            "完成幕墙、电梯、消防、弱电、" + "长" * 40,
            40,
            "完成幕墙、电梯、消防、弱电、" + "长" * 25 + "…",
        ),
        ("甲" * 25 + "、" + "乙" * 30, 40, "甲" * 25 + "…"),
    ],
)
def test_no_quotation_is_cut_open(title: str, length: int, short: str) -> None:
    assert cut(title, length) == short


@given(
    st.text(st.sampled_from("根据按照，。《》“”（）加强开展工作a1 \n"), max_size=120),
    st.text(max_size=60),
)
def test_any_title_is_one_line_and_short(measure: str, context: str) -> None:
    title = short_title(measure, context)
    assert len(title) <= MOST_LENGTH
    assert bool(title) == bool(measure.strip())
    assert "\n" not in title


def test_every_title_of_the_2017_plan_says_something() -> None:
    for row in json.loads((DATA / "plan2017.json").read_text("utf-8")):
        title = short_title(row["measure"], row["key_point"])
        assert not title.startswith(("根据", "按照", "结合", "利用", "依照", "通过"))
        assert not says_little(title), title
        for opening, closing in PAIRS.items():
            if row["measure"].count(opening) == row["measure"].count(closing):
                assert title.count(opening) == title.count(closing), title
