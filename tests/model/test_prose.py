"""Sentences, headings, time limits and numbers of a document in prose."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ledger.model.figures import figures
from ledger.model.prose import TextBlock, read_prose, title_of
from ledger.model.sentences import sentences
from ledger.model.timephrases import time_limits


def paths(texts: Sequence[str]) -> list[tuple[tuple[str, ...], str]]:
    """(headings, sentence) of a document whose paragraphs are `texts`."""
    passages = [TextBlock(text, f"第{number}行") for number, text in enumerate(texts, 1)]
    title, rest = title_of(passages)
    return [(each.path, each.text) for each in read_prose(title, rest)]


class TestSentences:
    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("印发办法。开展检查；形成报告。", ["印发办法。", "开展检查；", "形成报告。"]),
            ("强调“要改。要快。”并印发。", ["强调“要改。要快。”并印发。"]),
            ("印发办法。（责任单位：办公室）", ["印发办法。", "（责任单位：办公室）"]),
            ("落实《规定（试行）；附则》。", ["落实《规定（试行）；附则》。"]),
            ("没有句号", ["没有句号"]),
        ],
    )
    def test_where_they_end(self, text: str, parts: list[str]) -> None:
        assert sentences(text) == parts

    def test_an_open_quotation_swallows_nothing(self) -> None:
        assert len(sentences("他说“" + "好的。" * 400)) > 200

    def test_nothing_is_lost(self) -> None:
        text = "（一）甲！“乙。”丙；（丁）戊?己。）庚”辛。"
        assert "".join(sentences(text)) == text


class TestHeadings:
    def test_of_a_plan(self) -> None:
        assert paths(
            [
                "某局2021年工作要点",
                "总的要求是稳中求进。",
                "一、强化管理。要完善制度。开展检查。",
                "二、改进服务",
                "（一）提高效率。压缩时限。",
                "（二）方便群众",
                "新建服务点。",
            ]
        ) == [
            ((), "总的要求是稳中求进。"),
            (("一、强化管理。",), "要完善制度。"),
            (("一、强化管理。",), "开展检查。"),
            (("二、改进服务", "（一）提高效率。"), "压缩时限。"),
            (("二、改进服务", "（二）方便群众"), "新建服务点。"),
        ]

    def test_items_of_a_list_are_no_headings(self) -> None:
        assert paths(
            ["某通知", "一、检查内容", "1.检查消防设施", "2.检查用电线路", "二、要求"]
        ) == [
            (("一、检查内容",), "1.检查消防设施"),
            (("一、检查内容",), "2.检查用电线路"),
            ((), "二、要求"),
        ]

    def test_a_numbered_order_with_another_behind_it(self) -> None:
        read = paths(["某方案", "一、任务", "1.修订办法，6月底前印发。建立台账。", "2.开展自查。"])
        assert [text for _, text in read] == [
            "1.修订办法，6月底前印发。",
            "建立台账。",
            "2.开展自查。",
        ]

    def test_run_in_by_is(self) -> None:
        assert paths(["某报告", "一是完善制度。印发三项办法。"]) == [
            (("一是完善制度。",), "印发三项办法。")
        ]
        assert [text for _, text in paths(["某报告", "一是完善制度；二是开展检查。"])] == [
            "一是完善制度；",
            "二是开展检查。",
        ]

    def test_a_paragraph_that_counts_is_no_heading(self) -> None:
        for counted in ("一是修订规则。二是建立台账。", "1.修订规则。2.建立台账。"):
            assert [names for names, _ in paths(["某方案", counted])] == [(), ()]

    def test_a_numbered_problem_is_a_heading(self) -> None:
        texts = ["某方案", "问题3：审核不严。", "整改措施：逐一复核。"]
        assert paths(texts) == [(("问题3：审核不严。",), "整改措施：逐一复核。")]

    def test_short_lines_above_long_text(self) -> None:
        long = "开展检查，" * 10 + "形成报告。"
        assert paths(["某报告", "2020年主要工作", long, "某局办公室"]) == [
            (("2020年主要工作",), long),
            (("2020年主要工作",), "某局办公室"),
        ]

    def test_what_looks_forward_within_a_report(self) -> None:
        passages = [
            TextBlock(text, "")
            for text in (
                "整改情况的通报",
                "一、已做的",
                "印发办法。",
                "二、巩固成果",
                "下一步，抓好落实。",
                "（一）加强学习。开展培训。",
            )
        ]
        title, rest = title_of(passages)
        assert [each.mood for each in read_prose(title, rest)] == ["report", "plan", "plan"]


@pytest.mark.parametrize(
    ("sentence", "limits"),
    [
        ("2021年6月底前印发办法。", ("2021年6月底前",)),
        ("力争在6月底前完成，每季度通报一次。", ("6月底前", "每季度")),
        ("收到通知后15个工作日内报送。", ("收到通知后15个工作日内",)),
        ("到2025年建成五个中心。", ("2025年",)),
        ("召开现场会（2月），组织培训（4—6月）。", ("2月", "4—6月")),
        ("年底前完成整改，长期坚持。", ("年底前", "长期坚持")),
        ("国庆节前开展检查。", ("国庆节前",)),
        ("落实《2020年底前重点工作》。", ()),
        ("印发2021年工作要点。", ()),
        ("截至2020年底，已处罚71件。", ()),
        ("由2016年的72分提高到2017年的76分。", ()),
        ("建立按月通报机制。", ()),
        ("每万人口拥有量达到9件。", ()),
        ("三年来成效明显。", ()),
    ],
)
def test_time_limits(sentence: str, limits: tuple[str, ...]) -> None:
    assert time_limits(sentence, 2021) == limits


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("新建 20 家左右服务中心。", ["服务中心：20家（约）"]),
        ("抽查不少于30处。", ["抽查：30处（以上）"]),
        ("归集数据500万条以上。", ["归集数据：500万条（以上）"]),
        ("办理时限压减至14天。", ["办理时限：14天"]),
        ("满意度达到 95% 以上。", ["满意度：95%（以上）"]),
        ("培训100余人次。", ["培训：100人次（约）"]),
        ("修订制度5项、新建制度12项。", ["修订制度：5项", "新建制度：12项"]),
        ("举办第17届会议，落实第二十次会议精神。", []),
        ("三个工作日内答复，5月底前完成。", []),
        ("落实《三年100个项目计划》和“四个意识”。", []),
        ("联合9部门印发办法。", []),
    ],
)
def test_numbers_with_units(sentence: str, read: list[str]) -> None:
    assert [str(each) for each in figures(sentence)] == read
