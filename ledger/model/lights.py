"""When a task's light changes, and what each light is called: apart from the rest of ledger.yaml,
because every list asks for nothing else of it."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.model.fields import item
from ledger.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Lights:
    """亮灯规则: when a task's light changes, and what each light is called."""

    due_soon_days: int = item("距截止多少天以内亮黄灯", 15, minimum=0, maximum=3650)
    lag_percent: int = item(
        "填报的进度比时间进度慢多少个百分点起亮黄灯；0 表示不看进度", 30, minimum=0, maximum=100
    )
    normal: str = item("正常推进的灯叫什么", "绿")
    due_soon: str = item("快到期的灯叫什么", "黄")
    lagging: str = item("进度滞后的灯叫什么", "黄")
    overdue: str = item("逾期的灯叫什么", "红")
    closed: str = item("已销号的灯叫什么", "蓝")
    cancelled: str = item("已中止的灯叫什么", "灰")
    waiting: str = item("按时申请、等审核和上会的灯叫什么", "青")
    waiting_in_time: str = item("按时申请、等审核和上会的是否不算逾期", "是", choices=("是", "否"))
    colours: Mapping[str, str] = item(
        "网页里各种灯的颜色，如 橙: '#b45309'",
        dict,
        pattern="#[0-9A-Fa-f]{6}",
        shape="# 加 6 位十六进制数字",
    )

    @property
    def spares_waiting(self) -> bool:
        """Whether what was applied for in time is not due any more while it waits."""
        return self.waiting_in_time == "是"
