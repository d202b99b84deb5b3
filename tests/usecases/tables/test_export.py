"""Which columns a 台账 has and what stands in them; open deadlines; where files may go."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.tables.reading.fieldnames import COMPUTED, field_of
from ledger.adapters.tables.reading.rows import NOTHING as NOTHINGS
from ledger.adapters.tables.writing.sheet import LIGHT_FILLS, Light, Sheet
from ledger.errors import LedgerError, UsageError
from ledger.model.standing import STATES
from ledger.usecases.looking.rows import rows
from ledger.usecases.tables.export import (
    NOTHING,
    Export,
    deadlines,
    exported,
    ledger_sheet,
    statistics_sheet,
)
from ledger.usecases.writing.deliver import deliver

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

DAY = dt.date(2017, 3, 10)


def export(ledger: LedgerFolder, day: dt.date = DAY) -> Export:
    snapshot = ledger.load()
    return Export(rows(snapshot, day), day, snapshot.config)


def titles(sheet: Sheet) -> list[str]:
    return [column.title for column in sheet.columns]


def column(sheet: Sheet, title: str) -> list[Any]:
    place = titles(sheet).index(title)
    return [row[place] for row in sheet.rows]


class TestColumns:
    def test_what_nobody_fills_is_left_out(self, make_ledger: MakeLedger) -> None:
        sheet = ledger_sheet(export(make_ledger(2)))
        assert titles(sheet) == [
            "序号", "编号", "来源", "具体措施", "事项名称", "牵头单位", "完成时限", "现行时限",
            "状态", "亮灯", "进展情况",
        ]  # fmt: skip
        assert not sheet.grouped
        assert sheet.title == "某局工作要点台账（截至2017年3月10日）"

    def test_all_that_is_filled_has_its_place(self, make_ledger: MakeLedger) -> None:
        task = {
            "id": "ZG2020-031", "section": "一、政治建设", "problem": "制度不全",
            "goal": "健全制度",
            "lead": ["办公室", "条法司"], "assist": ["规划司"], "leader": "分管副局长",
            "owner": "主任", "due": {"text": "12月", "date": "2017-12-31"},
            "progress": [
                {"date": "2017-03-01", "text": "起草"},
                {"date": "2017-03-02", "text": "材料不全", "event": "退回"},
            ],
            "columns": {"备注": "列入督查", "是否完成": "进行中"},
        }  # fmt: skip
        sheet = ledger_sheet(export(make_ledger([task])))
        assert dict(zip(titles(sheet), sheet.rows[0], strict=True)) == {
            "序号": 1, "编号": "ZG2020-031", "来源": "ZG2020", "部分": "一、政治建设",
            "反馈问题": "制度不全", "工作要点": NOTHING, "整改目标": "健全制度",
            "整改措施": "制定方案\n组织实施", "事项名称": "事项ZG2020-031",
            "牵头单位": "办公室、条法司", "配合单位": "规划司", "责任领导": "分管副局长",
            "责任人": "主任", "完成时限": "12月", "现行时限": dt.date(2017, 12, 31),
            "状态": "推进中", "亮灯": Light("绿", "normal"), "进展情况": "起草", "备注": "列入督查",
        }  # fmt: skip
        assert [c.title for c in sheet.columns if c.group == "责任分工"] == [
            "牵头单位", "配合单位", "责任领导", "责任人",
        ]  # fmt: skip

    def test_every_column_comes_back_or_is_known_to_be_ours(self, make_ledger: MakeLedger) -> None:
        task = {"section": "一", "problem": "二", "key_point": "三", "goal": "四", "owner": "五"}
        for kind in ("GZ2017", "ZG2020"):
            made = make_ledger([task | {"id": f"{kind}-001", "assist": ["规划司"]}], name=kind)
            for word in (False, True):
                sheet = ledger_sheet(export(made), word)
                unknown = {title for title in titles(sheet) if field_of(title) is None}
                assert unknown <= COMPUTED

    def test_a_cell_that_would_mean_as_above_says_nothing(self, make_ledger: MakeLedger) -> None:
        made = make_ledger([{"section": "一", "key_point": "甲"}, {}])
        sheet = ledger_sheet(export(made))
        assert NOTHING in NOTHINGS
        assert column(sheet, "部分") == ["一", NOTHING]
        assert column(sheet, "工作要点") == ["甲", NOTHING]

    def test_rows_are_counted_whatever_was_chosen(self, make_ledger: MakeLedger) -> None:
        made = make_ledger([{"id": "GZ2017-007"}, {"id": "GZ2017-031"}, {"id": "ZG2020-031"}])
        whole = export(made)
        assert column(ledger_sheet(whole), "序号") == [1, 2, 3]
        chosen = Export(whole.rows[:2], DAY, whole.config)
        assert column(ledger_sheet(chosen), "序号") == [1, 2]
        assert ledger_sheet(whole).title == "某局台账（截至2017年3月10日）"

    def test_word_has_no_room_for_names_unless_they_are_all_there_is(
        self, make_ledger: MakeLedger
    ) -> None:
        full, bare = make_ledger(1, name="full"), make_ledger([{"measures": None}], name="bare")
        assert "事项名称" not in titles(ledger_sheet(export(full), word=True))
        assert column(ledger_sheet(export(bare), word=True), "事项名称") == ["事项GZ2017-001"]

    def test_an_extension_moves_the_present_deadline_only(self, make_ledger: MakeLedger) -> None:
        extension = {"date": "2017-03-01", "to": "2017-09-30", "reason": "机构调整"}
        made = make_ledger([{"extensions": [extension | {"approved_by": "局长"}]}])
        sheet = ledger_sheet(export(made))
        assert column(sheet, "完成时限") == ["6月"]
        assert column(sheet, "现行时限") == [dt.date(2017, 9, 30)]

    def test_numbers_by_department(self, make_ledger: MakeLedger) -> None:
        tasks = [
            {"lead": ["局办公室", "条法司"]},
            {"lead": ["办公室"], "status": "已销号"},
            {"due": {"text": "2月", "date": "2017-02-28"}},
        ]
        sheet = statistics_sheet(export(make_ledger(tasks)))
        numbers = {row[0]: row[1:4] for row in sheet.rows}
        assert numbers == {
            "办公室": (2, 1, 0.5), "条法司": (1, 0, 0.0), "审业部": (1, 0, 0.0),
            "全部事项": (3, 1, pytest.approx(1 / 3, abs=0.001)),
        }  # fmt: skip
        assert column(sheet, "逾期") == [0, 0, 1, 1]

    def test_every_light_has_its_fill(self) -> None:
        assert set(STATES) == set(LIGHT_FILLS)

    def test_nothing_to_export(self, make_ledger: MakeLedger) -> None:
        empty = export(make_ledger(0))
        assert ledger_sheet(empty).rows == []
        assert [row[:2] for row in statistics_sheet(empty).rows] == [("全部事项", 0)]


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_long_work_is_told(form: str, make_ledger: MakeLedger) -> None:
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    exported(export(make_ledger(3)), form, tell=tell)
    assert told[:3] == [(1, 3), (2, 3), (3, 3)]


class TestDeadlines:
    def test_open_ones_only(self, make_ledger: MakeLedger) -> None:
        quarters = {"text": "每季度", "dates": ["2017-03-31", "2017-06-30", "2017-09-30"]}
        tasks = [
            {"due": quarters, "progress": [{"date": "2017-04-02", "text": "一季度完成"}]},
            {"status": "已销号"},
            {"due": {"text": "持续推进"}},
            {"lead": None},
        ]
        days = deadlines(export(make_ledger(tasks)).rows)
        assert [(each.task, each.number, each.day.isoformat()) for each in days] == [
            ("GZ2017-001", 2, "2017-06-30"),
            ("GZ2017-001", 3, "2017-09-30"),
            ("GZ2017-004", 1, "2017-06-30"),
        ]
        assert [each.summary for each in days[1:]] == [
            "事项GZ2017-001（审业部）",
            "事项GZ2017-004",
        ]
        assert days[0].description.splitlines()[:2] == ["编号：GZ2017-001", "完成时限：每季度"]

    def test_a_moved_deadline_keeps_its_number(self, make_ledger: MakeLedger) -> None:
        extension = {
            "date": "2017-03-01",
            "to": "2017-09-30",
            "reason": "调整",
            "approved_by": "会",
        }
        (deadline,) = deadlines(export(make_ledger([{"extensions": [extension]}])).rows)
        assert (deadline.number, deadline.revision, deadline.day) == (1, 1, dt.date(2017, 9, 30))


class TestDelivery:
    def test_a_new_file_is_written_whole(self, make_ledger: MakeLedger, tmp_path: Path) -> None:
        ledger = make_ledger(1).open()
        deliver(ledger, tmp_path / "台账.csv", b"new", overwrite=False)
        assert (tmp_path / "台账.csv").read_bytes() == b"new"
        assert not list(tmp_path.glob("*.tmp"))

    def test_a_file_that_is_there_is_replaced_only_on_demand(
        self, make_ledger: MakeLedger, tmp_path: Path
    ) -> None:
        ledger = make_ledger(1).open()
        place = tmp_path / "台账.csv"
        place.write_bytes(b"edited")
        with pytest.raises(LedgerError, match="已经存在，没有覆盖") as refusal:
            deliver(ledger, place, b"new", overwrite=False)
        assert "--force" in refusal.value.hint
        assert place.read_bytes() == b"edited"
        deliver(ledger, place, b"new", overwrite=True)
        assert place.read_bytes() == b"new"

    def test_a_link_is_followed(self, make_ledger: MakeLedger, tmp_path: Path) -> None:
        ledger = make_ledger(1).open()
        (tmp_path / "真").write_bytes(b"old")
        (tmp_path / "链").symlink_to(tmp_path / "真")
        deliver(ledger, tmp_path / "链", b"new", overwrite=True)
        assert (tmp_path / "链").is_symlink()
        assert (tmp_path / "真").read_bytes() == b"new"

    @pytest.mark.parametrize(
        "place",
        [".git/x", ".git/hooks/post-commit", "ledger.yaml", "data/x.json", "templates/x.md.j2"],
    )
    def test_the_ledgers_own_files_are_never_replaced(
        self, place: str, make_ledger: MakeLedger
    ) -> None:
        made = make_ledger(1, files={"templates/x.md.j2": "x"})
        with pytest.raises(LedgerError, match="台账自己的文件"):
            deliver(made.open(), made.root / place, b"new", overwrite=True)

    def test_no_place_for_a_file(self, make_ledger: MakeLedger, tmp_path: Path) -> None:
        ledger = make_ledger(1).open()
        with pytest.raises(UsageError, match=r"文件夹 .* 不存在"):
            deliver(ledger, tmp_path / "没有" / "x.csv", b"", overwrite=False)
        for place in (tmp_path, Path("/dev/null")):
            with pytest.raises(UsageError, match="不是普通文件"):
                deliver(ledger, place, b"", overwrite=True)
