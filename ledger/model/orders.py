"""Which sentences of a document order something, which say what was done; all others are context.

The rule, in order: what a sentence says of the past or in figures; 要、应、须 and the like; else
how its main clause begins, once what only leads up to it (按照……，在……基础上，) is passed over. A
sentence that takes a stance and names no work is context. Every judgement says why.
"""

from __future__ import annotations

import re
from typing import Literal

from ledger.model.numerals import PART
from ledger.model.record import dataclass
from ledger.model.sentences import clauses, outside_quotations
from ledger.model.timephrases import without_time
from ledger.model.titles import WORK, only_leads

Kind = Literal["任务", "已做", "背景"]
ORDER: Kind = "任务"
DONE: Kind = "已做"
CONTEXT: Kind = "背景"
STAGE = "阶段名称"
"""The name of a stage is context: what follows is to be done in it."""
_NO_TEXT, _LEADS_IN = "不是正文", "称呼或引语"
NO_WORK = frozenset({_NO_TEXT, _LEADS_IN, STAGE})
"""Why a sentence is no work, wherever it stands."""
Mood = Literal["plan", "report", "talk"]
"""What a part of a document is: work to be done, work that was done, or thoughts about it."""

_VERBS = (
    "做好|抓好|抓实|抓紧|抓住|办好|用好|讲好|搞好|管好|开好|开展|推进|推动|推行|推广|推出"
    "|推荐|推选|制定|制订|拟定|拟订|编制|编写|编印|编撰|编纂|编发|编译|汇编|起草|出台|印发"
    "|发布|公布|公开|公示|刊发|完善|健全|加强|强化|建立|建设|建成|构建|新建|组建|筹建|筹备"
    "|成立|设立|创建|创办|打造|搭建|布局|修订|修改|修编|改进|改革|改造|改善|优化|提升|提高"
    "|促进|促成|深化|落实|贯彻|执行|实施|实行|试行|试点|实现|完成|启动|上线|升级|组织|举办"
    "|召开|举行|主办|承办|协办|参加|参与|配合|协助|支持|协调|指导|督促|督导|督办|督查|检查"
    "|抽查|巡查|监督|监控|监测|监管|评估|评价|评定|评选|考核|审查|审核|审议|审定|审计|核查"
    "|核实|核减|清理|清查|清退|梳理|排查|摸底|摸排|整治|整顿|打击|惩治|遏制|处置|处理|查处"
    "|查办|查找|整改|纠正|纠治|规范|明确|确定|细化|分解|汇总|总结|报送|上报|报告|提交|提请"
    "|征求|听取|调研|研究|探索|遴选|选拔|选派|选树|选取|选任|培养|培训|培育|轮训|教育|宣传"
    "|宣讲|解读|学习|引导|鼓励|激励|保障|维护|保持|保护|扩大|扩充|拓展|拓宽|延伸|延长|延续"
    "|增加|新增|增设|减少|压减|压缩|压降|缩短|降低|控制|取消|停止|终止|废止|严格|严厉|严肃"
    "|严禁|严把|严控|防止|防范|防控|化解|应对|解决|破解|打通|畅通|夯实|巩固|发挥|利用|运用"
    "|应用|统筹|整合|调整|调配|配置|配备|充实|加大|加快|备案|批复|认定|验收|签署|签订|申请"
    "|申报|登记|受理|采购|招录|招聘|招标|创新|营造|接受|跟踪|跟进|通报|曝光|约谈|走访|慰问"
    "|部署|谋划|规划|设计|开发|传达|压实|传导|聚焦|突出|吸引|引进|联合|会同|邀请|提供|提出"
    "|帮助|服务|便利|衔接|对接|更新|搬迁|管理|治理|剖析|加入|磋商|设置|盘活|丰富|活跃|繁荣"
    "|支撑|助力|助推|带动|倡导|争取|交流|派遣|派出|派驻|牵头|动员|追回|收缴|拆除|退还|精简"
    "|关闭|撤销|补齐|补充|补选|换届|普及|建好|选优|配强|统计|收集|采集|分析|测评|测试|论证"
    "|会签|送审|报批|报请|约束|问责|追究|移交|移送|转办|销号|公证|复核|复查|复审|巡视|巡回"
    "|回访|分类|分级|分层|稳定|兑现|出版|制作|录制|拍摄|播出|扶持|资助|减免|落地|挂牌|开设"
    "|开辟|开通|开放|引入|导入|归集|共享|互认|建档|建账|归档|存档|备份|演练|值守|处罚|驳回"
    "|撤回|下架|关停|修缮|维修|更换|回应|答复|办理|办结|解答|集中|全面化解|消化|维持|评审"
    "|评议|述职|编好|用足|管住|盯紧|紧盯|狠抓|大兴|大抓|深度参与|推介|展示|展开|进行|赴"
    "|稳妥|采取|接待|敦促|查摆|反馈|扩容|迁移|接入|切换|安装|加装|巡检|发放|拨付|兑付|清偿"
    "|追缴|征收|签约|新开工|开工|竣工|投产|帮扶|主持|出席|列席|带队|履行"
    "|作(?:对照检查|说明|部署|汇报|批示|报告)"
)
_STANCE = (
    "坚持|坚定|增强|树立|树牢|牢记|高举|深刻|领会|胸怀|不忘|弘扬|发扬|做到|认识|把握|站稳"
    "|坚守|始终|更加紧密|奋力|努力|开创|走好|保持|提高政治|强化.{0,12}(?:意识|担当|自觉)"
    "|提升.{0,8}(?:意识|站位)|实现|形成|确保|强化理论|永远|凝聚"
)
_ADVERBS = (
    "进一步|持续|积极|认真|切实|着力|大力|全面|深入|不断|稳步|扎实|坚决|继续|适时|及时|定期"
    "|主动|充分|有序|有效|重点|依法|高标准|高质量|高效|努力|力争|牢固|坚定不移地?"
    "|毫不放松地?|更好地?|更加|逐[步级一项笔条户件人]|尽快|抓紧|同步|协同|共同|广泛|精心"
    "|精准|科学|合理|系统|综合|集中|专门|专题|周密|严密|严格|统一|分别|分类|分层|分级|按时"
    "|按期|按月|按季度?|按年|每月|每年|每季度?|每半年|每周|年内|年底前|全力|自觉|直接|首次"
    "|先后|累计|再次|又|并|还|也|均|都|同时|特别是|尤其是|此外|一体|一并|加快|强化|从严"
    "|快速|适当|多措并举|扎扎实实|一是|二是|三是|四是|五是|六是|七是|八是|九是|十是|拟|预计"
    "|计划|持之以恒|久久为功|不折不扣|要|须|应当?|必须|需要|共|新|全年|成功|用心用情"
    "|更快更好地?|更好更快地?|初步|完整|密切|紧密|妥善|严|深度"
)
_WORDS = "|".join((_VERBS, *(each for each in WORK.split("|") if each not in _ADVERBS.split("|"))))
_LEADING = (
    "围绕|针对|按照?|根据|依据|依托|通过|结合|利用|聚焦|立足|着眼|对照|参照|经|就|与|同|向"
    "|为|由|在|从|以|于|至|到|借助|充分利用|抓住|面向"
)
_BODY = (
    r"(?:各[^，]{1,14}?|全[局系统体省市县]{1,2}(?:各级)?|本[局部委单位]{1,2}|[^，]{1,18}?[司部处室局委办组会科厅署院所]"
    r"|[^，]{0,18}?(?:中心|党委|党组|支部|单位|部门|公司|书记|办公室|机关|学校|专班|人员|同志|干部|班子|成员|机构|企业"
    r"|层面|会议)|[^，]{1,10}[们长]|我们|大家|[^，]{2,16}的(?=要|应当|必须|须))"
)
_MODAL = (
    r"(?<![主重需只不首摘简纲机紧概扼提])要(?![求点素件领害闻义事务塞目么])"
    r"|应当|务必|必须|不得|严禁|须(?!知)"
)
_ORDERED = re.compile(
    rf"(?:特别是|尤其是|当前|目前|现阶段|同时|首先|其次|就是|另?一方面|今年|明年|下半年){{0,2}}"
    rf"(?:{_BODY})?(?:都|均|还|也)?(?:{_MODAL})(?!～)"
)
_NO_NOUN = "(?!的|量|率|数|额|者|周期|规模|人数|情况)"
_WORKING = re.compile(rf"(?:{_ADVERBS})*(?P<verb>{_WORDS}){_NO_NOUN}")
_AFTER_LEAD = re.compile(
    rf"(?:{_ADVERBS})*(?:{_LEADING})[^，]{{1,60}}?(?P<verb>{_WORDS})(?!的|.?$)"
)
_MOVED = re.compile(
    rf"(?:{_BODY})?(?:{_ADVERBS})*(?:先后[^，]{{0,4}}次)?(?:把|将|对)[^，]{{1,60}}?(?P<verb>纳入|列入|移交|分解|落实|转化|用于|融入|进行|开展|实行|予以|给予|"
    r"加强|采取|做好|贯穿|扩大|调整|修改|核查|约谈|梳理|监测|整合|压减|报送|通报|抓到位)"
)
_BY_SOMEBODY = re.compile(
    rf"(?:{_BODY})(?:要|应|须|必须|将|已|也|均|都|即|立即|始终|牵头|负责)*(?:{_ADVERBS})*(?P<verb>{_WORDS})(?!的)"
)
_BOOK = re.compile(
    r"《[^》]+》[^，]{0,10}?(?P<verb>提请|印发|出台|发布|通过|施行|实施|审议|完成|起草|修订|上线)"
)
_ONLY_STANCE = re.compile(rf"(?:{_ADVERBS})*(?:{_STANCE})")
_FIGURES = re.compile(
    r"同比|环比|较(?:去年|上年|前|.{1,10}初期)|占比|增长\s*[\d.]+|下降\s*[\d.]+|达到?\s*[\d.]+\s*(?:万|亿)?[^，]{0,4}$"
)
_HAPPENED = re.compile(
    r"[\u4e00-\u9fff]{2}了(?!解)|已经|已(?!有|知)|去年|上年|过去|截至|截止|以来|近年来|改革开放"
)
_MET = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日[^，,]{0,4}[，,][^，,]{0,20}(?:召开|主持|举行)")
_MEANING = re.compile(
    r"[^，]{2,30}?(?<![就也还一])(?:是(?!否)|为了|意味着|具有|属于|体现了|不仅)|(?:总体|基本|指导)(?:要求|思路|思想|原则|目标)"
)
_RESULT = re.compile(
    r"[^，]{2,40}(?:明显|稳步|持续|不断|全面|日益|大幅|显著|更加|有效|进一步)"
    r"(?:加大|加强|提高|提升|增强|深化|巩固|推进|优化|好转|显现|完善|改善|见效)"
)
_REACHED = re.compile(r"[^，]{2,40}(?:取得|实现)[^，]{0,6}(?:突破|进展|成效|成果)")
# Words of work that are names here: 巡视工作有序推进, 整改任务中涉及……
_NOMINAL = re.compile(
    r"(?:巡视|整改|审查|审计|督查|考核|检查|管理|服务|培训|监督|教育|宣传|规划|改革|保护|治理|建设)[^，、]{0,14}?"
    r"(?:由|均|有序|整体|稳中|涉及|取得|进展|已(?!经批))"
)
_FINISHED = re.compile(
    r"[^，]{2,80}?(?P<verb>正式启动|建成|投入运行|投入使用|顺利封顶|挂牌|获批|上线运行|办结|整改完毕)"
)
_COMING = re.compile(
    r"计划\s*(?:于|在|(?=\d))|拟(?:于|适时|定于)?(?!定|订)|下一步|接下来|将(?:于|继续|进一步|努力|适时|按|持续|深入|在)|预计(?:于|在|(?=\d))|确保[^，]{0,8}年底?前"
)
_BEFORE_ORDER = re.compile(
    r"^会议(?:经?研究)?(?:决定|要求|明确|议定|确定)[，,：:]?|^会议(?:原则)?(?:同意|通过)[^，]{2,60}，(?=由|请|责成)"
    r"|^[\u4e00-\u9fff“”]{2,8}[:：](?=[^，]{6})"
)
"""What stands before the work: 会议决定，, 抓项目：."""
_UNTIL = re.compile(r"(?:月|日|年底?|季度|半年)[底末]?前|年内|季度末|力争|确保|到\d{4}年|目标")
"""Words that say a figure is still to be reached."""
_TO_SOMEBODY = re.compile(
    rf"(请)[^。]{{1,40}}?前[^。]{{2}}|(?=(请|由|责成))(?:请|由(?!于)|责成){_BODY}[^，]{{0,20}}?(?:{_WORDS})"
)
_TARGET = re.compile(
    r"[^，]{2,30}(?:控制在|不低于|不超过|不少于|达到)[^，\d]{0,6}[\d.]+[^，]{0,6}(?:以内|以下|以上)?。?$"
)
_COUNTED = re.compile(r"\d+\s*项[^。]*(?:已|共)?(?:完成|办结|销号)\s*\d+\s*项")
_LEADING_IN = re.compile(
    r"(?:制定|制订|编制|提出)(?:了|出)?(?:本[^，。]{2,8}|[如以]下[^，。]{0,8})[。：]?$|(?:通知|报告|通报|公布|安排|分工)如下"
    r"|以下[^，。]{0,4}(?:方面|工作|任务|事项)[^，。]{0,4}[。：]?$"
    r"|现将[^，]{2,40}(?:印发|通报|公布|报告|转发)"
)
_STAGE = re.compile(r"(?:第.{1,2}阶段[:：])?[^，。]{2,12}阶段\s*(?:[（(][^（()）]*[)）])?[。：:]?")
_INTRODUCING = re.compile(
    r"(?:层面|方面|上|同时|目前|期间|后|前|中|此外|特别是|另外|时|里|下|年|以来)$"
)
_LONGEST_INTRODUCTION = 14
_NO_SENTENCE = re.compile(
    r"(?:发布时间|发布日期|文章来源|来源|作者|编辑|出所|出席|列席|参加|缺席|请假|记录|主持|签发|分送|抄报|主题词|附件|联系人|联系电话|电子邮箱|邮箱|抄送|主送|网址|主办单位|注|备注)\s*[:：]"
    r"|https?://|[（(](?:编辑|责编|来源)|此件|特此"
)
_GREETING = re.compile(r"(?:各位)?(?:同志|代表|委员|领导|来宾)们?[:：!！，,]|.{2,30}[:：]$")
_NUMBER = re.compile(
    rf"\A\s*(?:第?{PART}(?:[、.．，,]|是(?!否))|[（(](?:{PART}|\d+)[)）]|\d{{1,2}}[.．、)）](?!\d)|[①-⑳]|[-·•●*])\s*"
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a sentence is, and why (Chinese)."""

    kind: Kind
    reason: str


_ONLY_WORDS = Judgement(CONTEXT, "只是表态，没有具体工作")
_TOO_LONG = 600  # characters: no sentence, and no text for these patterns


def judge(sentence: str, mood: Mood = "plan") -> Judgement:
    """What a sentence is in a part of that mood."""
    if len(sentence) > _TOO_LONG:
        return Judgement(CONTEXT, f"超过 {_TOO_LONG} 字没有断句，没有判断")
    text = _BEFORE_ORDER.sub("", re.sub(_NUMBER, "", sentence.strip()))
    plain = outside_quotations(text)
    if not re.search(r"[\u4e00-\u9fff]{2}", text) or _NO_SENTENCE.match(text):
        return Judgement(CONTEXT, _NO_TEXT)
    if _GREETING.fullmatch(text) or _LEADING_IN.search(text) or text.startswith("让我们"):
        return Judgement(CONTEXT, _LEADS_IN)
    if _STAGE.fullmatch(text):
        return Judgement(CONTEXT, STAGE)
    if mood == "talk":
        return Judgement(CONTEXT, "所在部分讲的是认识、问题或经验")
    return _reported(text, plain) if mood == "report" else _planned(text, plain)


def _planned(text: str, plain: str) -> Judgement:
    if ordered := _first_order(plain):
        return _ONLY_WORDS if _stance_alone(text) else Judgement(ORDER, f"有“{ordered}”")
    if given := _TO_SOMEBODY.match(plain):
        return Judgement(ORDER, f"有“{given[1] or given[2]}”")
    begun = _HAPPENED.search(plain.split("，")[0]) or _MET.match(plain)
    if happened := begun or (None if _UNTIL.search(plain) else _FIGURES.search(plain)):
        return Judgement(CONTEXT, f"说的是已经发生的事（“{happened[0]}”）")
    if _MEANING.match(_main(text)):
        return Judgement(CONTEXT, "说明情况，没有布置工作")
    if _is_result(text):
        return Judgement(CONTEXT, "说的是结果，没有布置工作")
    verb = _work(text)
    if verb and not _stance_alone(text):
        return Judgement(ORDER, f"以“{verb}”布置工作")
    if _TARGET.fullmatch(_main(text)):
        return Judgement(ORDER, "写明要达到的数")
    if verb or _ONLY_STANCE.match(_main(text)):
        return _ONLY_WORDS
    return Judgement(CONTEXT, "主句不以做什么开头")


def _reported(text: str, plain: str) -> Judgement:
    if (coming := _COMING.search(plain)) and (_work(text) or _work(text[coming.end() :])):
        return Judgement(ORDER, f"说的是将要做的（“{coming[0]}”）")
    if _COUNTED.search(plain):
        return Judgement(CONTEXT, "只是统计数字")
    result = _is_result(text)
    finished = None if result else _FINISHED.match(text)
    verb = "" if result else _work(text, True) or (finished["verb"] if finished else "")
    if verb and not _stance_alone(text):
        return Judgement(DONE, f"通报里以“{verb}”说做了什么")
    if figure := _FIGURES.search(plain):
        return Judgement(CONTEXT, f"只是数据（“{figure[0]}”）")
    happened = re.search(r"已(?!有|知|成为|达)[^，]{0,12}|[\u4e00-\u9fff]{2}了(?!解)", plain)
    if happened and not _MEANING.match(text):
        return Judgement(DONE, f"有“{happened[0]}”")
    if verb:
        return Judgement(CONTEXT, "只是学习、认识和表态")
    return Judgement(CONTEXT, "主句不以做什么开头")


def _first_order(plain: str) -> str:
    """要、应、须… at the beginning of one of the first clauses, "" without."""
    for clause in clauses(plain)[:3]:
        if ordered := _ORDERED.match(re.sub(_NUMBER, "", clause)):
            return re.sub(rf".*?({_MODAL})$", r"\1", ordered[0])
    return ""


def _main(text: str) -> str:
    """The first clause that does not only lead up to the work."""
    parts = clauses(text)
    while len(parts) > 1 and (only_leads(parts[0]) or _introduces(parts[0])):
        parts = parts[1:]
    return parts[0] if parts else text


def _introduces(clause: str) -> bool:
    """目前，会上，党组层面，同时，: what only says where or when."""
    short = len(clause) <= _LONGEST_INTRODUCTION and _INTRODUCING.search(clause) is not None
    return short and not _WORKING.match(clause)


def _is_result(text: str) -> bool:
    """Whether the main clause says what has become of something: 能力稳步提升, 各项改革取得突破."""
    main = _main(text)
    return _RESULT.fullmatch(main) is not None or (
        _REACHED.fullmatch(main) is not None and not _WORKING.match(main)
    )


def _work(text: str, any_clause: bool = False) -> str:
    """The verb with which the main clause says what is done, "" where it does not.

    Args:
        any_clause: whether one of the first clauses may say it behind one that does not.
    """
    parts = clauses(text)
    for number, part in enumerate(parts[:4]):
        clause = without_time(re.sub(_NUMBER, "", part))
        leads = number + 1 < len(parts) and only_leads(clause) and "进行" not in clause
        if _NOMINAL.match(clause):
            continue
        for form in (_WORKING, *(() if leads else (_MOVED, _AFTER_LEAD, _BOOK, _BY_SOMEBODY))):
            if at_work := form.match(clause):
                return str(at_work["verb"])
        goes_on = leads or _introduces(clause) or _ONLY_STANCE.match(clause)
        if not (goes_on or any_clause) and (
            number or len(parts) == 1 or not _leads_somehow(clause)
        ):
            return ""
    return ""


def _leads_somehow(clause: str) -> bool:
    return (
        re.match(rf"(?:{_ADVERBS})*(?:{_LEADING}|把|将|对|随着|鉴于|{_BODY}$)", clause) is not None
    )


def _stance_alone(text: str) -> bool:
    """Whether all clauses only say what to think and how to feel."""
    plain = outside_quotations(text)
    ordered = next((each for each in map(_ORDERED.match, clauses(plain)[:3]) if each), None)
    bare = plain[plain.index(ordered[0]) + len(ordered[0]) :] if ordered else plain
    told = [each for each in clauses(bare) if not (only_leads(each) or _SET_OUT.search(each))]
    return bool(told) and all(_ONLY_STANCE.match(each) or _of_learning(each) for each in told)


_SET_OUT = re.compile("从[^，]+出发$")


def _of_learning(clause: str) -> bool:
    learning = rf"(?:{_ADVERBS})*(?:学习(?:领会|贯彻)|领会|贯彻落实|用好?.{{0,20}}武装)"
    return re.match(learning, clause) is not None
