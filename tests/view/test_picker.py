"""A list that is searched while somebody types: what a key makes of it, and what is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ledger.model.standing import Brief
from ledger.usecases.looking.choosing import Choice, meant_by
from ledger.view import picker
from ledger.view.screen import Screen

HOSTILE = "\u202e[red]红\x1b[31m😀\t" + "长名称" * 60


def brief(number: int, title: str, lead: str = "审业部") -> Brief:
    return Brief(
        "", f"GZ2017-{number:03}", title, "工作要点", "GZ2017", "", (lead,), (), "", "推进中",
        "限期", "", None, None, "绿", "",
    )  # fmt: skip


def choice(number: int, title: str, lead: str = "审业部") -> Choice:
    task = brief(number, title, lead)
    return Choice(task, f"{task.id}\n{title}\n{lead}".casefold())


SOME = tuple(choice(n, f"修订办法{n}") for n in range(30))
KEYS = (
    picker.UP, picker.DOWN, picker.PAGE_UP, picker.PAGE_DOWN, picker.FIRST, picker.LAST,
    picker.RUB, picker.CLEAR, "修", "x", "1", "bf", " ",
)  # fmt: skip


@given(st.lists(st.sampled_from(KEYS)), st.integers(1, 30), st.integers(20, 120))
def test_whatever_is_pressed(keys: list[str], lines: int, columns: int) -> None:
    """Something that fits is marked and in sight, and no line is wider than the screen."""
    to = Screen(columns, terminal=True, colour=False, lines=lines)
    shown = picker.begun((*SOME, choice(99, HOSTILE)), "", meant_by)
    for key in keys:
        shown = picker.pressed(shown, key, picker.rows_of(to), meant_by)
        assert list(shown.fitting) == list(meant_by(shown.query, shown.offered))
        assert 0 <= shown.top <= shown.place < max(1, len(shown.fitting))
        drawn = list(picker.frame(shown, to))
        assert all(cell_len(line) < columns for line in drawn)
        assert len(drawn) < max(lines, 4)
        marked = [line for line in drawn if line.startswith("> ")]
        assert [shown.marked.task.id in each for each in marked if shown.marked] == [True] * len(
            marked
        )
        assert len(marked) == bool(shown.fitting)


def test_hostile_titles_steer_nothing() -> None:
    to = Screen(80, terminal=True, colour=False, lines=24)
    shown = picker.begun((choice(1, HOSTILE),), "", meant_by)
    assert "".join(picker.frame(shown, to)).isprintable()
    assert picker.told(shown.fitting[0]).isprintable()


def test_typing_narrows_and_rubbing_out_widens() -> None:
    offered = (
        choice(1, "修订管理办法"),
        choice(2, "开展测评", "条法司"),
        choice(3, "修缮", "条法司"),
    )
    shown = picker.begun(offered, "", meant_by)
    counts = []
    for key in ("修", " ", "t", "f", picker.RUB, picker.CLEAR):
        shown = picker.pressed(shown, key, 12, meant_by)
        counts.append([each.task.id[-1] for each in shown.fitting])
    assert counts == [["1", "3"], ["1", "3"], ["3"], ["3"], ["3"], ["1", "2", "3"]]


def test_no_key_goes_unsaid() -> None:
    for columns in (40, 60, 80):
        to = Screen(columns, terminal=True, colour=False, lines=24)
        *_, keys = picker.frame(picker.begun(SOME, "", meant_by), to)
        assert "回车定，Esc 放弃" in keys


def test_wide_screens_say_more() -> None:
    shown = picker.begun(SOME, "", meant_by)
    for columns, says in ((40, False), (80, True)):
        to = Screen(columns, terminal=True, colour=True, lines=24)
        drawn = list(picker.frame(shown, to))
        assert ("审业部" in drawn[1]) == says
        assert "\x1b[7m" in drawn[1]
        assert "30/30" in drawn[0]
