"""量化指标: set, filled in, imported, shown."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.adapters.yaml.read import parse
from ledger.model.figures import Figure, read_figure, read_figures
from ledger.model.task import Indicator
from ledger.view.card import _told

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke, OnTerminal
    from tests.conftest import LedgerFolder, MakeLedger

BY = ("--today", "2017-05-10")
FILE = "data/tasks/GZ2017/GZ2017-001.yaml"


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger([{"indicators": [{"name": "服务中心", "target": 20, "unit": "家"}]}])


def indicators(ledger: LedgerFolder) -> Any:
    data: Any = parse((ledger.root / FILE).read_bytes())
    return data["indicators"]


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("服务中心=20家", Figure("服务中心", 20, "家")),
        ("服务中心：20家（约）", Figure("服务中心", 20, "家", "约")),
        ("完成率 = 95.5 %", Figure("完成率", 95.5, "%")),
        ("经费:1,200万元", Figure("经费", 1200, "万元")),
        ("服务中心", None),
        ("=20", None),
        ("服务中心=很多", None),
    ],
)
def test_how_one_is_written(text: str, figure: Figure | None) -> None:
    assert read_figure(text) == figure


def test_a_cell_is_read_whole_or_not_at_all() -> None:
    assert [str(each) for each in read_figures("甲：2家；乙：3件（以上）")] == [
        "甲：2家",
        "乙：3件（以上）",
    ]
    assert read_figures("甲：2家；完成全部任务") == ()
    assert read_figures("甲：2家；甲：3家") == ()


class TestCommands:
    def test_a_target_is_set_and_what_is_done_stays(
        self, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        assert invoke(ledger, *BY, "progress", "001", "--text", "建成", "--indicator",
                      "服务中心=12").code == 0  # fmt: skip
        assert indicators(ledger) == [
            {"name": "服务中心", "target": "20", "unit": "家", "actual": "12"}
        ]
        outcome = invoke(ledger, *BY, "edit", "001", "--indicator", "服务中心=25家",
                         "--indicator", "培训=200人次")  # fmt: skip
        assert outcome.code == 0, outcome.err
        assert indicators(ledger) == [
            {"name": "服务中心", "target": "25", "unit": "家", "actual": "12"},
            {"name": "培训", "target": "200", "unit": "人次"},
        ]
        assert invoke(ledger, "check").code == 0

    def test_what_the_story_says(
        self, ledger: LedgerFolder, invoke: Invoke, on_terminal: OnTerminal
    ) -> None:
        """To set a target is no report."""
        invoke(ledger, *BY, "edit", "1", "--indicator", "培训=3场")
        invoke(ledger, *BY, "progress", "1", "--text", "办了", "--indicator", "服务中心=12")
        told = on_terminal(ledger, [*BY, "log", "1"]).text
        assert "定下指标 培训 0/3场" in told
        assert "填报指标 服务中心 12/20家" in told

    def test_a_new_task(self, ledger: LedgerFolder, invoke: Invoke) -> None:
        command = ("add", "--source", "GZ2017", "--title", "建网点", "--due", "12月", "--lead",
                   "办公室", "--indicator", "网点=3.5万个")  # fmt: skip
        assert invoke(ledger, *BY, *command).code == 0
        (task,) = invoke(ledger, "list", "--full", "--json", "--source", "GZ2017").json()[1:]
        assert task["indicators"] == [
            {"name": "网点", "target": 3.5, "actual": None, "unit": "万个"}
        ]

    @pytest.mark.parametrize(
        ("command", "message"),
        [
            (("progress", "--text", "做", "--indicator", "培训=3"), "没有指标“培训”"),
            (("progress", "--text", "做", "--indicator", "服务中心=3件"), "的单位是“家”，不是“件”"),
            (("progress", "--text", "做", "--indicator", "服务中心"), "看不懂"),
            (("edit", "--indicator", "甲=1家", "--indicator", "甲=2家"), "指标“甲”写了两次"),
        ],
    )
    def test_what_is_refused(
        self, command: tuple[str, ...], message: str, ledger: LedgerFolder, invoke: Invoke
    ) -> None:
        before = (ledger.root / FILE).read_bytes()
        outcome = invoke(ledger, *BY, command[0], "001", *command[1:])
        assert (outcome.code, message in outcome.err) == (2, True), outcome.err
        assert (ledger.root / FILE).read_bytes() == before


def test_a_table_brings_them(tmp_path: Path, ledger: LedgerFolder, invoke: Invoke) -> None:
    place = tmp_path / "表.csv"
    with place.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [
                ("具体措施", "牵头部门", "完成时间", "指标"),
                ("新建服务点", "办公室", "6月", "服务点：3个；培训：20人次（以上）"),
                ("开展检查", "办公室", "6月", "全部查完"),
            ]
        )
    command = (
        *BY,
        "import",
        str(place),
        "--source",
        "FA2017",
        "--year",
        "2017",
        "--kind",
        "工作要点",
    )
    assert invoke(ledger, *command).code == 0
    first, second = invoke(ledger, "list", "--full", "--json", "--source", "FA2017").json()
    assert first["indicators"] == [
        {"name": "服务点", "target": 3, "actual": None, "unit": "个"},
        {"name": "培训（以上）", "target": 20, "actual": None, "unit": "人次"},
    ]
    assert first["columns"]["指标"] == "服务点：3个；培训：20人次（以上）"
    assert (second["indicators"], second["columns"]) == ([], {"指标": "全部查完"})
    progress = ("progress", "FA2017-001", "--text", "办班", "--indicator", "培训=8")
    assert invoke(ledger, *BY, *progress).code == 0
    again = invoke(ledger, *command)
    assert again.sentences[-1] == "没有变化，不需要写入。"


IMPORT = ("--source", "FA2017", "--year", "2017", "--kind", "工作要点", "--accept")


def imported(folder: Path, invoke: Invoke, ledger: LedgerFolder, *rows: tuple[str, str]) -> Any:
    """What the ledger has of the tasks of a table of measures, their numbers, and what is done."""
    place = folder / "表.csv"
    with place.open("w", newline="", encoding="utf-8") as file:
        table = [("具体措施", "牵头部门", "完成时间", "指标", "是否完成")]
        steps = ("新建服务点", "开展检查")
        table += [(step, "办公室", "6月", *row) for step, row in zip(steps, rows, strict=False)]
        csv.writer(file).writerows(table)
    assert invoke(ledger, *BY, "import", str(place), *IMPORT).code == 0
    return invoke(ledger, "list", "--full", "--json", "--source", "FA2017").json()


def told(task: Any) -> list[tuple[Any, ...]]:
    return [(each["name"], each["target"], each["actual"]) for each in task["indicators"]]


def test_a_later_table_changes_the_numbers_that_it_has_changed(
    tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
) -> None:
    imported(tmp_path, invoke, ledger, ("服务点：3个；培训：20人次", ""), ("检查：5次", ""))
    edit = ("edit", "FA2017-001", "--indicator", "服务点=4个")
    assert invoke(ledger, *BY, *edit).code == 0
    assert invoke(ledger, *BY, "progress", "FA2017-001", "--text", "办班", "--indicator",
                  "培训=8").code == 0  # fmt: skip
    rows = ("服务点：3个；培训：30人次；课程：2门", ""), ("检查：6次", "已完成")
    first, second = imported(tmp_path, invoke, ledger, *rows)
    assert told(first) == [("服务点", 4, None), ("培训", 30, 8), ("课程", 2, None)]
    assert told(second) == [("检查", 5, 6)]
    assert first["columns"]["指标"] == "服务点：3个；培训：30人次；课程：2门"
    again = imported(tmp_path, invoke, ledger, *rows)
    assert [told(each) for each in again] == [told(first), told(second)]


def test_what_is_no_number_changes_none(
    tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
) -> None:
    imported(tmp_path, invoke, ledger, ("服务点：3个", ""))
    (task,) = imported(tmp_path, invoke, ledger, ("服务点尽量多建", ""))
    assert told(task) == [("服务点", 3, None)]
    assert task["columns"]["指标"] == "服务点尽量多建"


def test_what_is_closed_keeps_its_numbers(
    tmp_path: Path, ledger: LedgerFolder, invoke: Invoke
) -> None:
    imported(tmp_path, invoke, ledger, ("服务点：3个", ""))
    file = ledger.root / "data/tasks/FA2017/FA2017-001.yaml"
    file.write_text(file.read_text("utf-8").replace("status: 未启动", "status: 已中止"), "utf-8")
    ledger.commit("中止")
    (task,) = imported(tmp_path, invoke, ledger, ("服务点：9个", ""))
    assert (told(task), task["columns"]["指标"]) == ([("服务点", 3, None)], "服务点：3个")


def test_a_bar_shows_how_far_it_is() -> None:
    assert _told(Indicator(name="服务中心", target=20, actual=12, unit="家"), 60) == [
        "██████░░░░ 服务中心 12/20家"
    ]
    assert _told(Indicator(name="甲", target=2, actual=5), 60) == ["██████████ 甲 5/2"]
    assert _told(Indicator(name="甲", actual=5, unit="件"), 60) == ["甲 5件"]
    assert _told(Indicator(name="甲", target=0), 60) == ["甲 0/0"]
