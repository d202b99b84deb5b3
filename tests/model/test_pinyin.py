"""Chinese that is typed in letters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.model.pinyin import begins, spelled, spells, syllables, typed, within

CHINESE = st.text(
    st.sampled_from("审业部长期重点推进中专利检索能力测评办公室条法司率女行"), min_size=1
)


def test_letters_spell_by_every_reading() -> None:
    for letters, text in (
        ("syb", "审业部"),
        ("SYB", "审业部"),
        ("s y b", "审业部"),
        ("ｓｙｂ", "审业部"),
        ("shenyebu", "审业部"),
        ("shenyb", "审业部"),
        ("syebu", "审业部"),
        ("zd", "重点"),
        ("cd", "重点"),
        ("cqjc", "长期坚持"[:2] + "坚持"),
        ("zqjc", "长期坚持"),
        ("changqi", "长期"),
        ("zhangqi", "长期"),
        ("lvshi", "律师"),
        ("2017gzyd", "2017年工作要点".replace("年", "")),
        ("2017ngzyd", "2017年“工作要点”"),
        ("gzydb", "《工作要点》（B）"),
        ("xian", "西安"),
        ("xian", "现"),
    ):
        assert spells(typed(letters), text), (letters, text)


def test_what_spells_nothing() -> None:
    for letters, text in (
        ("sy", "审业部"),
        ("sybb", "审业部"),
        ("sheyebu", "审业部"),
        ("syd", "审业部"),
        ("syb", ""),
        ("", "审业部"),
        ("审业部", "审业部"),
        ("2017", "2017"),
        ("s部", "审部"),
        ("s" * 1000, "审" * 1000),
    ):
        assert not spells(typed(letters), text), (letters, text)
    assert typed("审yb") == typed("031") == typed("--") == typed("") == ""


def test_parts() -> None:
    assert begins("kzzl", "开展专利检索能力测评")
    assert begins("kzzl", "“开展”专利检索")
    assert not begins("zljs", "开展专利检索能力测评")
    assert within("zljs", "开展专利检索能力测评")
    assert within("jian", "开展专利检索能力测评")  # 检
    assert within("2b", "第2部分")
    assert not within("zlxx", "开展专利检索能力测评")
    assert not within("", "开展") | begins("", "开展")


@given(CHINESE, st.data())
def test_whoever_types_some_letters_of_each_is_understood(text: str, data: st.DataObject) -> None:
    """The first letter or the whole of any reading, in any mixture."""
    letters = ""
    for character in text:
        syllable = data.draw(st.sampled_from(syllables(character)))
        letters += data.draw(st.sampled_from([syllable, syllable[0]]))
    if len(letters) <= 100:
        assert spells(letters, text)
        assert begins(letters, f"{text}以后")
        assert within(letters, f"以前{text}以后")


@given(st.text("asyebu 2ｓ審b", max_size=8), st.text("审业部女率行“2（ａs①㈱", max_size=12))
def test_a_part_begins_somewhere(word: str, text: str) -> None:
    letters = typed(word)
    assert within(letters, text) == any(begins(letters, text[at:]) for at in range(len(text)))


def test_every_character_of_every_day_has_a_reading() -> None:
    """Of the first level of GB 2312, each is read in letters."""
    for row in range(16, 56):
        for cell in range(1, 95 if row < 55 else 90):
            character = bytes((row + 0xA0, cell + 0xA0)).decode("gb2312")
            assert all(map(str.isascii, syllables(character))), character
    assert spelled("审业部（2）") == "shenyebu2"
