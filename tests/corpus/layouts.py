"""Tables laid out in other ways: forms, turned ones, halves; headings by number or blank."""

from __future__ import annotations

from typing import Any

from tests.corpus.forms import sheet, table, task, word

_HEAD = ("序号", "重点工作", "责任单位", "完成时限")
_FIRST = task(lead="办公室", due="6月", key_point="推进改革")
_SECOND = task(lead="人事处", due="7月", key_point="举办培训")
_ROWS = ((1, "推进改革", "办公室", "6月"), (2, "举办培训", "人事处", "7月"))
_PARTED = (_FIRST | {"section": "党的建设"}, _SECOND | {"section": "业务工作"})


def _slips(document: Any) -> None:
    """A page for each matter, as a bureau's supervisors hand them out."""
    for number, what, whom in ((1, "清理账户", "财务处"), (2, "编制规划", "规划处")):
        document.add_paragraph(f"督查事项办理单（第{number}号）")
        rows = (
            ("督办事项", what, "承办单位", whom),
            ("交办时间", "2021年5月6日", "完成时限", "6月底前"),
            ("工作要求", "按时报结果", "办理情况", ""),
            ("审核意见", "", "", ""),
        )
        table(document, rows)
        document.add_page_break()


def _slip(number: int, what: str, lead: str) -> Any:
    return task(
        lead=lead,
        due="6月底前",
        key_point=what,
        goal="按时报结果",
        section=f"督查事项办理单（第{number}号）",
        columns={"交办时间": "2021年5月6日"},
    )


DOCUMENTS = (
    sheet(
        "督办单，名称和内容两两相邻",
        (
            ("督办单", None, None, None),
            ("督办事项", "清理账户", None, None),
            ("承办单位", "财务处", "完成时限", "8月底前"),
            ("工作要求", "逐户清理，按月报告", None, None),
            ("办理情况：已完成摸底", None, None, None),
            ("领导批示", None, None, None),
        ),
        task(
            lead="财务处",
            due="8月底前",
            key_point="清理账户",
            goal="逐户清理，按月报告",
            status="推进中",
            progress=("已完成摸底",),
        ),
        merged=("A1:D1", "B2:D2", "B4:D4", "A5:D5", "B6:D6"),
        asked=("“督办”字样",),
    ),
    sheet(
        "三张单子叠在一页，有一列不认得",
        (
            ("任务名称", "推进改革", "责任单位", "办公室"),
            ("完成时间", "6月", "会商意见", "同意"),
            ("任务名称", "举办培训", "责任单位", "人事处"),
            ("完成时间", "7月", "会商意见", None),
        ),
        _FIRST | {"columns": {"会商意见": "同意"}},
        _SECOND,
        asked=("“会商意见”列：不认得",),
    ),
    word(
        "Word 一页一张督办单",
        _slips,
        _slip(1, "清理账户", "财务处"),
        _slip(2, "编制规划", "规划处"),
        asked=("“督办”字样",),
    ),
    sheet(
        "一项一列",
        (
            ("序号", 1, 2),
            ("重点工作", "推进改革", "举办培训"),
            ("责任单位", "办公室", "人事处"),
            ("完成时限", "6月", "7月"),
        ),
        _FIRST,
        _SECOND,
    ),
    sheet(
        "左右两栏",
        ((*_HEAD, *_HEAD), (*_ROWS[0], *_ROWS[1]), (3, "编制预算", "财务处", "8月")),
        _FIRST,
        task(lead="财务处", due="8月", key_point="编制预算"),
        _SECOND,
    ),
    sheet(
        "标题写在序号一列",
        (_HEAD, ("党的建设",), _ROWS[0], ("业务工作",), _ROWS[1]),
        *_PARTED,
    ),
    sheet(
        "标题写在要点一列",
        (_HEAD, (None, "党的建设"), _ROWS[0], (None, "业务工作"), _ROWS[1]),
        *_PARTED,
        asked=("只有“党的建设”，没有编号，当作下面各项的标题", "只有“业务工作”"),
    ),
    sheet(
        "没有序号的表里只有名称的行",
        (_HEAD[1:], ("党的建设",), _ROWS[0][1:], ("业务工作",), _ROWS[1][1:]),
        *_PARTED,
        asked=("只有“党的建设”", "只有“业务工作”"),
    ),
    sheet(
        "序号 1、1.1",
        (
            _HEAD,
            (1, "党的建设"),
            (1.1, *_ROWS[0][1:]),
            (2, "业务工作"),
            (2.1, *_ROWS[1][1:]),
            (3, "编制预算", "财务处", "8月"),
        ),
        _FIRST | {"section": "1.党的建设"},
        _SECOND | {"section": "2.业务工作"},
        task(lead="财务处", due="8月", key_point="编制预算"),
    ),
    sheet(
        "序号 1、（1）",
        (_HEAD, (1, "党的建设"), ("（1）", *_ROWS[0][1:]), ("（2）", *_ROWS[1][1:])),
        _FIRST | {"section": "1.党的建设"},
        _SECOND | {"section": "1.党的建设"},
    ),
    sheet(
        "只填了名称的事项，序号接着数",
        (_HEAD, _ROWS[0], (2, "举办培训"), (3, "编制预算", "财务处", "8月")),
        _FIRST,
        task(key_point="举办培训"),
        task(lead="财务处", due="8月", key_point="编制预算"),
    ),
    sheet(
        "每页重印标题",
        (("任务表",), _HEAD, _ROWS[0], ("任务表（续）",), _HEAD, _ROWS[1]),
        _FIRST,
        _SECOND,
        merged=("A1:D1", "A4:D4"),
    ),
    sheet(
        "末尾落款",
        (_HEAD, *_ROWS, (None, None, "某局办公室"), (None, None, "2021年3月5日")),
        _FIRST,
        _SECOND,
    ),
    sheet(
        "同上",
        (_HEAD, _ROWS[0], (2, "举办培训", "同上", "〃"), (3, "编制预算", "财务处", "同前")),
        _FIRST,
        task(lead="办公室", due="6月", key_point="举办培训"),
        task(lead="财务处", due="6月", key_point="编制预算"),
    ),
    sheet(
        "第一行就写同上",
        (_HEAD, (1, "推进改革", "同上", "6月")),
        task(lead="同上", due="6月", key_point="推进改革"),
        asked=("名单里没有的部门“同上”",),
    ),
    sheet(
        "责任单位在最左边，空着",
        (
            ("责任单位", "序号", "重点工作", "完成时限"),
            ("办公室", 1, "推进改革", "6月"),
            (None, 2, "举办培训", "7月"),
        ),
        _FIRST,
        _SECOND | {"lead": ("办公室",)},
        asked=("第 3 行“责任单位”列空着，沿用上面的“办公室”",),
    ),
    sheet(
        "问题合并了，部门没有合并",
        (
            ("序号", "问题", "整改措施", "责任单位", "时限"),
            (1, "制度不全", "梳理制度", "办公室", "6月"),
            (None, None, "印发制度"),
        ),
        task("梳理制度", "办公室", "6月", problem="制度不全"),
        task("印发制度", problem="制度不全"),
        merged=("A2:A3", "B2:B3"),
        asked=("第 3 行“责任单位”“时限”空着，没有沿用上一行",),
    ),
    sheet(
        "各部分一个工作表",
        (_HEAD, _ROWS[0]),
        _PARTED[0],
        _PARTED[1],
        called="党的建设",
        others=(("业务工作", (_HEAD, _ROWS[1])),),
    ),
    sheet(
        "汇总表和明细表里有同一项",
        (_HEAD, *_ROWS),
        _FIRST | {"section": "汇总"},
        _SECOND | {"section": "汇总"},
        _SECOND | {"section": "明细"},
        called="汇总",
        others=(("明细", (_HEAD, _ROWS[1])),),
        asked=("表“明细”第 2 行：与前面的一行一样",),
    ),
)
