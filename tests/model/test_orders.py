"""Which sentences order something: invented ones of the kinds that bureaus write."""

from __future__ import annotations

import pytest

from ledger.model.orders import CONTEXT, DONE, ORDER, Kind, Mood, judge
from ledger.model.prose import mood_of

PLAN: tuple[tuple[Kind, str], ...] = (
    (ORDER, "制定档案管理办法，6月底前印发。"),
    (ORDER, "各处室要于4月15日前报送自查情况。"),
    (ORDER, "要把学习培训纳入年度计划，每季度组织一次。"),
    (ORDER, "9月底前新建三处便民服务点。"),
    (ORDER, "力争年内完成信息系统升级。"),
    (ORDER, "进一步深入开展“送服务上门”活动。"),
    (ORDER, "按照统一部署，做好年度考核工作。"),
    (ORDER, "围绕重点项目开展督查。"),
    (ORDER, "将整改情况纳入年度考核。"),
    (ORDER, "对重点岗位人员进行轮训。"),
    (ORDER, "在三个窗口推行电子证照。"),
    (ORDER, "办公室牵头编制公开目录。"),
    (ORDER, "各处室对照清单逐项自查，建立台账。"),
    (ORDER, "（三）修订合同审核流程"),
    (ORDER, "2.组织消防演练两次"),
    (ORDER, "能立即整改的立即改，不能立即整改的要明确责任人和时限。"),
    (ORDER, "特别是当前要认真组织开展防汛检查。"),
    (ORDER, "不得以任何理由拖延办理。"),
    (ORDER, "坚持依法行政，完善听证制度。"),
    (ORDER, "年底前实现全程网办率达到90%以上。"),
    (ORDER, "抓项目：新开工重点项目15个，完成投资80亿元。"),
    (ORDER, "登记失业率控制在3.5%以内。"),
    (ORDER, "会议决定，成立平台建设专班，由副局长任组长。"),
    (ORDER, "会议同意财务处提出的方案，由财务处按程序报批。"),
    (ORDER, "请各处室于4月10日前将自查情况报督查室。"),
    (CONTEXT, "会议听取了财务处的汇报。"),
    (CONTEXT, "去年完成了全部窗口改造。"),
    (CONTEXT, "全年受理申请量3.2万件，同比增长12%。"),
    (CONTEXT, "本方案所称窗口，是指对外办理业务的场所。"),
    (CONTEXT, "牢固树立服务意识，始终坚持人民至上。"),
    (CONTEXT, "我们要深刻认识这项工作的重要意义。"),
    (CONTEXT, "总体要求是：加强管理，提高效率。"),
    (CONTEXT, "近期，有关单位发生了两起事故，教训深刻。"),
    (CONTEXT, "为防止类似情况发生，现就有关事项通知如下。"),
    (CONTEXT, "各处室："),
    (CONTEXT, "特此通知。"),
    (CONTEXT, "2021年3月1日"),
    (CONTEXT, "联系电话：010-12345678"),
    (CONTEXT, "主要问题是重要岗位需要补充人员。"),
    (CONTEXT, "自查阶段（4月10日前）。"),
    (CONTEXT, "服务能力稳步提升。"),
    (CONTEXT, "会议强调，“要抓好落实”是关键。"),
)
REPORT: tuple[tuple[Kind, str], ...] = (
    (DONE, "印发档案管理办法，开展专项检查。"),
    (DONE, "党组召开专题会议，审议整改方案。"),
    (DONE, "目前已完成全部清查工作。"),
    (DONE, "《印章管理规定》印发实施。"),
    (DONE, "共依法处罚违规单位12家。"),
    (ORDER, "拟于近期公开征求意见，修订办法。"),
    (ORDER, "系统改造计划2021年6月底前完成。"),
    (CONTEXT, "申请量3.2万件，同比增长12%。"),
    (CONTEXT, "截至3月底，列入督查的56项工作，已完成12项。"),
    (CONTEXT, "服务能力稳步提升。"),
    (CONTEXT, "深刻认识巡视整改的重要意义。"),
)


@pytest.mark.parametrize(("kind", "sentence"), PLAN)
def test_a_plan(kind: Kind, sentence: str) -> None:
    judgement = judge(sentence)
    assert (judgement.kind, bool(judgement.reason)) == (kind, True), judgement


@pytest.mark.parametrize(("kind", "sentence"), REPORT)
def test_a_report(kind: Kind, sentence: str) -> None:
    assert judge(sentence, "report").kind == kind, judge(sentence, "report")


def test_the_reason_names_the_word() -> None:
    assert judge("进一步修订办法。").reason == "以“修订”布置工作"
    assert judge("各处室要报送情况。").reason == "有“要”"
    assert judge("印发办法。", "report").reason == "通报里以“印发”说做了什么"


def test_thoughts_order_nothing() -> None:
    assert judge("必须坚持集体领导，完善制度。", "talk").kind == CONTEXT


def test_a_text_without_end_is_named_and_takes_no_time() -> None:
    assert judge("，制定" * 500_000).reason == "超过 600 字没有断句，没有判断"


@pytest.mark.parametrize(
    ("heading", "mood"),
    [
        ("2017年工作进展", "report"),
        ("关于整改进展情况的通报", "report"),
        ("（一）对“制度不健全”等问题的整改。", "report"),
        ("2018年主要工作", "plan"),
        ("某局2021年工作要点", "plan"),
        ("三、存在问题", "talk"),
        ("二、几点经验", "talk"),
        ("一、强化督查，确保取得实效。", None),
        ("五、党的建设", None),
    ],
)
def test_what_a_heading_announces(heading: str, mood: Mood | None) -> None:
    assert mood_of(heading) == mood
