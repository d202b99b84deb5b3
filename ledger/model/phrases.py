"""The words of Chinese time limits: a text becomes a list of tokens.

Everything this project understands is a word in WORDS, a number, or a clock time. To teach it a
phrase of an existing kind, add the word to its line; longer words win over shorter ones.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto
from functools import cache

from ledger.model import numerals
from ledger.model.plaintext import UNSEEN
from ledger.model.record import dataclass
from ledger.model.workdays import Holiday


class Sort(Enum):
    """What a token is to the grammar in `ledger.model.deadline`."""

    NUMBER = auto()  # 12, 十二, 第三
    YEAR = auto()
    MONTH = auto()
    DAY = auto()
    QUARTER = auto()
    NAMED_YEAR = auto()  # value: years after the plan's year
    NEXT_YEAR = auto()  # the year after the one last named
    WHOLE_YEAR = auto()
    HALF_YEAR = auto()  # value: 1 or 2
    NUMBERED_QUARTER = auto()  # value: 1 to 4
    PART = auto()  # value: 100 * first + last day in a month; 99 is the month's end
    EARLY = auto()
    MIDDLE = auto()
    END = auto()
    BEFORE = auto()
    WITHIN = auto()
    HOLIDAY = auto()  # value: a Holiday
    ANNIVERSARY = auto()  # value: 100 * month + day
    CLOCK = auto()
    FROM = auto()
    ONWARD = auto()
    AFTER = auto()
    UNTIL = auto()
    COMMA = auto()
    AND = auto()
    ALSO = auto()
    EVERY = auto()
    DAYS = auto()  # value: days in one
    MONTHS = auto()  # value: months in one
    WORKDAYS = auto()
    IMMEDIATE = auto()
    ONGOING = auto()
    INTENT = auto()  # before a time limit; says how firmly
    ACT = auto()  # after a time limit; says what is to be done by then
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its kind, the text as normalised, and the value of its line in WORDS."""

    kind: Sort
    text: str
    value: int = 0


WORDS: tuple[tuple[Sort, int, str], ...] = (
    (Sort.YEAR, 0, "年 年度"),
    (Sort.MONTH, 0, "月 月份"),
    (Sort.DAY, 0, "日 号"),
    (Sort.QUARTER, 0, "季度 季"),
    (Sort.NAMED_YEAR, -1, "去年 上年 上一年"),
    (Sort.NAMED_YEAR, 0, "今年 本年 当年 本年度 当年度 今年度"),
    (Sort.NAMED_YEAR, 1, "明年 来年 明年度"),
    (Sort.NAMED_YEAR, 2, "后年"),
    (Sort.NEXT_YEAR, 0, "次年 翌年 下年 下一年 第二年 次年度 下年度 下一年度"),
    (Sort.WHOLE_YEAR, 0, "全年 全年度"),
    (Sort.HALF_YEAR, 1, "上半年 前半年"),
    (Sort.HALF_YEAR, 2, "下半年 后半年"),
    *((Sort.NUMBERED_QUARTER, quarter, f"Q{quarter} q{quarter}") for quarter in range(1, 5)),
    (Sort.PART, 110, "上旬"),
    (Sort.PART, 120, "上中旬"),
    (Sort.PART, 1120, "中旬"),
    (Sort.PART, 1199, "中下旬"),
    (Sort.PART, 2199, "下旬"),
    (Sort.EARLY, 0, "初"),
    (Sort.MIDDLE, 0, "中"),
    (Sort.END, 0, "底 末 终"),
    (Sort.BEFORE, 0, "前 以前 之前"),
    (Sort.WITHIN, 0, "内 以内 之内 止 为止"),
    (Sort.HOLIDAY, Holiday.NEW_YEAR, "元旦 元旦节"),
    (Sort.HOLIDAY, Holiday.SPRING_FESTIVAL, "春节"),
    (Sort.HOLIDAY, Holiday.QINGMING, "清明 清明节"),
    (Sort.HOLIDAY, Holiday.LABOUR_DAY, "五一 五一节 劳动节 五一劳动节 五一国际劳动节 国际劳动节"),
    (Sort.HOLIDAY, Holiday.DRAGON_BOAT, "端午 端午节"),
    (Sort.HOLIDAY, Holiday.MID_AUTUMN, "中秋 中秋节"),
    (Sort.HOLIDAY, Holiday.NATIONAL_DAY, "十一 国庆 国庆节 十一国庆 十一国庆节"),
    (Sort.ANNIVERSARY, 701, "七一 建党节"),
    (Sort.ANNIVERSARY, 801, "八一 建军节"),
    (Sort.FROM, 0, "自 从"),
    (Sort.ONWARD, 0, "起 开始 之日起"),
    (Sort.AFTER, 0, "后 之后 以后"),
    (Sort.UNTIL, 0, "至 到 直至 直到 截至 截止 截止到 截止至"),
    (Sort.COMMA, 0, ", ; 。"),
    (Sort.AND, 0, "、 和 及 以及 与"),
    (Sort.ALSO, 0, "并 并且 且 同时 此后 今后 后续"),
    (Sort.EVERY, 0, "每 每个 按 逐"),
    (Sort.DAYS, 1, "天 个自然日 自然日 个日历日 日历日"),
    (Sort.DAYS, 7, "周 个星期 星期"),
    (Sort.DAYS, 15, "半个月 半月"),
    (Sort.MONTHS, 1, "个月"),
    (Sort.MONTHS, 3, "个季度"),
    (Sort.MONTHS, 6, "半年"),
    (Sort.WORKDAYS, 1, "个工作日 工作日 个工作天"),
    (Sort.IMMEDIATE, 0, "立行立改 即知即改 即行即改 立查立改 立整立改 边查边改 边学边改"),
    (Sort.IMMEDIATE, 0, "立即 立刻 马上 即刻 当即 即改 即日 即日起"),
    (Sort.ONGOING, 0, "持续 长期 长期性 常态化 常态 常态长效 经常性 一直 始终 不断 贯穿"),
    (Sort.ONGOING, 0, "坚持不懈 常抓不懈 久久为功 形成常态 形成常态化 长抓不懈"),
    (Sort.INTENT, 0, "确保 力争 争取 原则上 计划 预计 拟 拟于 于 在 应 应于 须 需 要 务必 必须"),
    (Sort.INTENT, 0, "最迟 至迟 最晚 不迟于 不晚于 最迟于 尽快 尽早 尽量 :"),
    (Sort.INTENT, 0, "完成时限 整改时限 完成时间 整改期限 整改完成时限 整改完成时间 时限"),
    (Sort.ACT, 0, "完成 整改 集中整改 落实 推进 坚持 开展 进行 报送 抓好 巩固 改进 办结 结束 销号"),
    (Sort.ACT, 0, "到位 完毕 见效 全部 全面 基本 按时 如期 整改任务 任务 工作 用力 发力 抓"),
    (Sort.ACT, 0, "取得 达到 见到 阶段性 明显 初步 实质性 成效 实效 成果 进展"),
    (Sort.ACT, 0, "初稿 征求意见 征求意见稿 送审稿"),
    (Sort.ACT, 0, "制定 修订 印发 出台 提交 上报 报告 通报 汇报 调度 召开 更新"),
    (Sort.ACT, 0, "一次 1次 至少一次 至少1次 各一次 各1次 各开展一次 各报送一次 各报一次"),
)

_SPACE = rf"[\s{UNSEEN}]+"
_FOLDED = {"<wide>", "<narrow>", "<compat>"}
_HYPHENS = str.maketrans(
    dict.fromkeys("‐‑‒–−", "-") | dict.fromkeys("―─━", "—") | dict.fromkeys("〜∼～", "~")
)
# Strings, compiled by `re` at first use: most commands read no time limit.
_QUOTES = r"[“”\"‘’'「」『』]"
_REMARK = rf"\(((?:(?!{numerals.PATTERN})[^()])+)\)$"
_SPACED_LIST = rf"(?<=[月日号前底末旬]){_SPACE}(?=(?:[0-9]{{4}}年)?{numerals.PATTERN}月)"
_OUTER_SPACE = rf"(?<![0-9]){_SPACE}|{_SPACE}(?![0-9])"
_SPACE_BEFORE_CLOCK = rf"{_SPACE}(?=[0-9]{{1,2}}:[0-9]{{2}})"
_YEAR, _ONE_OR_TWO = r"(?<![0-9])([0-9]{4})", r"([0-9]{1,2})"
_NUMERIC = (
    (rf"{_YEAR}([-./]){_ONE_OR_TWO}\2{_ONE_OR_TWO}(?![0-9])日?", r"\1年\3月\4日"),
    (rf"{_YEAR}([0-9]{{2}})([0-9]{{2}})(?![0-9年月日号个天周])", r"\1年\2月\3日"),
    (rf"{_YEAR}[-./]{_ONE_OR_TWO}(?![0-9])月?", r"\1年\2月"),
    (rf"(?<=日)([-—~至到]+){_ONE_OR_TWO}[-./]{_ONE_OR_TWO}(?![0-9])日?", r"\1\2月\3日"),
)
_RANGE = r"[-—~]+"
_HOUR = rf"(?:(?:[01]?[0-9]|2[0-4])(?![0-9])|{numerals.TIME})"
_MINUTE = rf"(?:半|整|钟|[0-5]?[0-9]分|{numerals.TIME}分)"
_CLOCK = (
    r"(?:凌晨|早上|上午|中午|下午|晚上|当天|当日|下班)*"
    rf"(?:T?(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9])?(?![0-9])|{_HOUR}[时点]{_MINUTE}?)"
    r"|(?:凌晨|上午|中午|下午|晚上|当天|当日|下班)+"
)


def normalise(text: str) -> str:
    """Fold widths, radicals, dashes, quotes and spaces, and write numeric dates with 年月日.

    Spaces separate a list of months (3月 6月) and nothing else; 1 2 月 is 12月. A closing remark
    without a number, 12月（长期坚持）, is read as one more clause.
    """
    text = "".join(map(_fold, text)).translate(_HYPHENS)
    text = re.sub(_QUOTES, "", text).strip().rstrip("。.;,").strip()
    if text[:1] == "(" and text.find(")") == len(text) - 1:
        text = text[1:-1]
    text = re.sub(_REMARK, r",\1", text)
    text = re.sub(_SPACED_LIST, "、", text)
    text = re.sub(_OUTER_SPACE, "", text)
    text = re.sub(_SPACE, "", re.sub(_SPACE_BEFORE_CLOCK, "T", text))
    for pattern, rewritten in _NUMERIC:
        text = re.sub(pattern, rewritten, text)
    return text


def _fold(char: str) -> str:
    """The plain form of a full-width letter or a radical; superscripts and circles stay odd."""
    decomposition = unicodedata.decomposition(char)
    if not decomposition or (decomposition[0] == "<" and decomposition.split()[0] not in _FOLDED):
        return char
    return unicodedata.normalize("NFKC", char)


def tokenize(text: str) -> list[Token]:
    """A normalised text as tokens; what is in no table becomes OTHER, one character each."""
    return _lend_units([_token(match) for match in _scanner().finditer(text)])


@cache
def _scanner() -> re.Pattern[str]:
    words = sorted((word for *_, line in WORDS for word in line.split()), key=len, reverse=True)
    alternatives = "|".join(map(_word_pattern, words))
    groups = (
        f"(?P<clock>{_CLOCK})",
        f"(?P<word>{alternatives})",
        f"(?P<range>{_RANGE})",
        f"(?P<number>第?{numerals.PATTERN})",
        "(?P<other>.)",
    )
    return re.compile("|".join(groups), re.DOTALL)


def _word_pattern(word: str) -> str:
    """五一, 十一 are holidays only before 前: elsewhere they are numbers (十一月)."""
    named_by_numbers = re.fullmatch(numerals.PATTERN, word)
    return re.escape(word) + ("(?=[之以]?前)" if named_by_numbers else "")


_BY_TEXT = {word: Token(kind, word, value) for kind, value, line in WORDS for word in line.split()}


def _token(match: re.Match[str]) -> Token:
    text = match.group()
    if match.lastgroup == "word":
        return _BY_TEXT[text]
    kinds = {"clock": Sort.CLOCK, "range": Sort.UNTIL, "number": Sort.NUMBER}
    return Token(kinds.get(match.lastgroup or "", Sort.OTHER), text)


_LENT = (Sort.YEAR, Sort.MONTH, Sort.DAY, Sort.QUARTER)
_JOINTS = (Sort.UNTIL, Sort.AND, Sort.COMMA)
_FINER = (Sort.NUMBER, Sort.PART, Sort.EARLY, Sort.MIDDLE, Sort.HALF_YEAR, Sort.NUMBERED_QUARTER)


def _lend_units(tokens: list[Token]) -> list[Token]:
    """1、4、8、12月 → 1月、4月、8月、12月; likewise 2-3月, 4月20、21日, 一至三季度.

    Not where the last one goes on to something finer: 4、5月20日 may mean two days or one.
    """
    lent: list[Token] = []  # in reverse order
    for token in reversed(tokens):
        following = [each.kind for each in lent[:-5:-1]]
        if (
            token.kind is Sort.NUMBER
            and len(following) >= 3
            and following[0] in _JOINTS
            and following[1] is Sort.NUMBER
            and following[2] in _LENT
            and not (len(following) > 3 and following[3] in _FINER)
        ):
            lent.append(lent[-3])
        lent.append(token)
    return lent[::-1]


class Cursor:
    """A place in a list of tokens, for a reader that goes left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def kind(self, ahead: int = 0) -> Sort | None:
        """The kind of the token so far ahead; None behind the end."""
        index = self.at + ahead
        return self.tokens[index].kind if index < len(self.tokens) else None

    def text(self, ahead: int = 0) -> str:
        """The text of the token so far ahead; empty behind the end."""
        return "" if self.kind(ahead) is None else self.tokens[self.at + ahead].text

    def number(self, ahead: int = 0, *, of: Sort) -> numerals.Numeral | None:
        """The number so far ahead, if that unit follows it; 第 goes with quarters only."""
        if self.kind(ahead) is not Sort.NUMBER or self.kind(ahead + 1) is not of:
            return None
        text = self.text(ahead)
        if text.startswith("第") and of is not Sort.QUARTER:
            return None
        return numerals.read_numeral(text.removeprefix("第"))

    def take(self) -> Token:
        """The token here; the cursor moves on."""
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, *kinds: Sort) -> Token | None:
        """The token here if it is of one of these kinds."""
        return self.take() if self.kind() in kinds else None

    def skip(self, *kinds: Sort) -> bool:
        """Pass over all tokens of these kinds; whether there were any."""
        begin = self.at
        while self.accept(*kinds):
            pass
        return self.at > begin

    def rest(self, begin: int) -> str:
        """The text from the token number `begin` to the end."""
        return "".join(token.text for token in self.tokens[begin:])
