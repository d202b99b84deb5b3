"""One file of two people: the text that comes of it, and the merge driver that git calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.adapters.yaml.read import parse
from ledger.errors import LedgerError
from ledger.model.reconcile import OURS, THEIRS
from ledger.usecases.merging.texts import join, join_texts, marked, merge_driver

BASE = """\
# 本文件由办公室维护
id: GZ2017-001
kind: 工作要点
title: 开展测评   # 暂定
source: GZ2017
measures:
- 制定方案
- 组织实施
due: {text: 6月, date: 2017-06-30}
status: 推进中
progress:
  - {date: 2017-03-01, by: 甲, text: 启动}
备注: 自己加的
"""


def joined(ours: str, theirs: str, base: str = BASE) -> str:
    result = join(base.encode(), ours.encode(), theirs.encode())
    assert not result.conflicts
    return (result.data or b"").decode()


def with_entry(text: str, entry: str) -> str:
    return text.replace("备注:", f"  - {entry}\n备注:")


def test_lines_that_touch_nothing_of_each_other_are_merged_as_they_were_written() -> None:
    ours = BASE.replace("title: 开展测评   # 暂定", "title: '新题'   # 定了")
    theirs = BASE.replace("备注: 自己加的", "备注: 自己加的\n# 对方的说明\n另注: 乙")
    expected = ours.replace("备注: 自己加的", "备注: 自己加的\n# 对方的说明\n另注: 乙")
    assert joined(ours, theirs) == expected


@pytest.mark.parametrize("turned", [False, True])
def test_both_add_to_the_log(turned: bool) -> None:
    early = with_entry(BASE, "{date: 2017-04-01, by: 甲, text: 四月}   # 电话报")
    late = with_entry(BASE, "{date: 2017-05-01, by: 乙, text: 五月}   # 书面报")
    text = joined(late, early) if turned else joined(early, late)
    first, second = text.index("四月}   # 电话报"), text.index("五月}   # 书面报")
    assert first < second
    assert len(parse(text.encode())["progress"]) == 3
    assert text.count("\n") == BASE.count("\n") + 2


def test_their_comments_are_not_lost_where_our_text_has_to_be_edited() -> None:
    ours = BASE.replace(
        "due: {text: 6月, date: 2017-06-30}", "due:\n  text: 6月\n  date: 2017-06-30"
    )
    ours = ours.replace("status: 推进中", "goal: 甲的目标\nstatus: 推进中")
    theirs = BASE.replace(
        "due: {text: 6月, date: 2017-06-30}",
        "# 党组要求提前\ndue: {text: 6月, date: 2017-06-30}\nowner: 乙",
    )
    text = joined(ours, theirs)
    assert "# 党组要求提前" in text
    assert "# 本文件由办公室维护" in text
    data = parse(text.encode())
    assert (data["goal"], data["owner"], data["备注"]) == ("甲的目标", "乙", "自己加的")


def test_a_value_taken_away_by_them_is_taken_away() -> None:
    theirs = BASE.replace("备注: 自己加的\n", "").replace("title: 开展测评", "title: 新题")
    data = parse(
        joined(BASE.replace("source: GZ2017", "source: GZ2017\ngoal: 好"), theirs).encode()
    )
    assert not data.get("备注")
    assert (data["title"], data["goal"]) == ("新题", "好")


def test_conflicts_name_the_place_and_a_choice_decides() -> None:
    ours, theirs = (BASE.replace("开展测评", each).encode() for each in ("甲题", "乙题"))
    result = join(BASE.encode(), ours, theirs)
    assert [(each.place, each.ours, each.theirs) for each in result.conflicts] == [
        (("title",), "甲题", "乙题")
    ]
    chosen = join(BASE.encode(), ours, theirs, {"title": THEIRS})
    assert parse(chosen.data or b"")["title"] == "乙题"
    assert chosen.used == {"title"}


def test_what_is_no_record_is_refused() -> None:
    with pytest.raises(LedgerError, match="键: 值"):
        join(BASE.encode(), b"- a\n", BASE.encode())


def test_other_files_are_merged_line_by_line() -> None:
    base = b"1\n2\n3\n4\n5\n"
    ours, theirs = base.replace(b"1", b"one"), base.replace(b"5", b"five")
    assert join_texts(base, ours, theirs).data == b"one\n2\n3\n4\nfive\n"
    other = base.replace(b"1", b"uno")
    assert [each.place for each in join_texts(base, ours, other).conflicts] == [()]
    assert join_texts(base, ours, other, THEIRS).data == other
    assert join_texts(base, ours, other, OURS).data == ours
    assert join_texts(base, b"\0\1", b"\0\2").conflicts


def test_markers_stand_around_exactly_the_lines_that_differ() -> None:
    assert marked(b"a\nb\nc", b"a\nB\nc\n").decode() == (
        "a\n<<<<<<< 本方\nb\nc\n=======\nB\nc\n>>>>>>> 对方\n"
    )
    assert marked(b"a\n", b"a\n") == b"a\n"


@pytest.fixture
def driven(tmp_path: Path) -> tuple[Path, Path, Path]:
    base, ours, theirs = (tmp_path / name for name in ("O", "A", "B"))
    base.write_text(BASE, encoding="utf-8")
    return base, ours, theirs


def test_the_driver_leaves_a_clean_merge_in_our_file(driven: tuple[Path, Path, Path]) -> None:
    base, ours, theirs = driven
    ours.write_text(with_entry(BASE, "{date: 2017-04-01, text: 甲报}"), encoding="utf-8")
    theirs.write_text(with_entry(BASE, "{date: 2017-05-01, text: 乙报}"), encoding="utf-8")
    assert merge_driver(base, ours, theirs) == (True, ())
    assert [each["text"] for each in parse(ours.read_bytes())["progress"]] == [
        "启动",
        "甲报",
        "乙报",
    ]


def test_the_driver_marks_only_the_lines_in_conflict(driven: tuple[Path, Path, Path]) -> None:
    base, ours, theirs = driven
    mine = with_entry(BASE, "{date: 2017-04-01, text: 甲报}")
    ours.write_text(mine.replace("开展测评", "甲题"), encoding="utf-8")
    other = with_entry(BASE, "{date: 2017-05-01, text: 乙报}")
    theirs.write_text(other.replace("开展测评", "乙题"), encoding="utf-8")
    clean, held = merge_driver(base, ours, theirs)
    assert (clean, held) == (False, ())
    text = ours.read_text(encoding="utf-8")
    block = "<<<<<<< 本方\ntitle: 甲题   # 暂定\n=======\ntitle: 乙题   # 暂定\n>>>>>>> 对方\n"
    assert block in text
    assert text.count("<<<<<<<") == 1
    assert text.index("甲报") < text.index("乙报")


def test_the_driver_leaves_a_broken_file_to_git_s_own_way(driven: tuple[Path, Path, Path]) -> None:
    base, ours, theirs = driven
    ours.write_text(BASE.replace("title: 开展测评", "title: [没有收尾"), encoding="utf-8")
    theirs.write_text(BASE.replace("自己加的", "乙加的"), encoding="utf-8")
    assert merge_driver(base, ours, theirs) == (True, ())
    assert "乙加的" in ours.read_text(encoding="utf-8")
    theirs.write_text(BASE.replace("title: 开展测评", "title: 乙题"), encoding="utf-8")
    ours.write_text(BASE.replace("title: 开展测评", "title: [没有收尾"), encoding="utf-8")
    assert merge_driver(base, ours, theirs) == (False, ())
    assert "<<<<<<< 本方" in ours.read_text(encoding="utf-8")
