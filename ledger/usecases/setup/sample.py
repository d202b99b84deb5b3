"""`init --sample`: the table that the manual's first day begins with."""

from __future__ import annotations

from pathlib import Path

from ledger.adapters.disk import store
from ledger.errors import LedgerError

FILE = "整改任务.xlsx"
_SHEET = "整改任务"
_HEAD = (
    *("序号", "反馈问题", "整改目标", "整改措施", "责任单位", "配合单位", "责任领导"),
    *("完成时限", "备注"),
)
_DEPUTY = "分管副局长"
_ROWS: tuple[tuple[str | int | None, ...], ...] = (
    ("巡视反馈意见整改任务表",),
    _HEAD,
    ("一、制度建设方面",),
    (1, "制度修订不及时", "年内完成修订", "1.梳理现行制度\n2.印发修订稿", "办公室",
     "人事处、财务处", _DEPUTY, "9月底前"),
    (2, None, None, "建立制度目录，每季度更新", "办公室（牵头）、机关党委（配合）", None, _DEPUTY,
     "9月起每季度"),
    ("二、基层组织建设方面",),
    (3, "支部换届不及时", "应换尽换", "督促三个支部完成换届", "机关党委", None, "党组书记",
     "收到反馈后3个月内", "已列入月度督查"),
    ("注：本表由整改办填写",),
)  # fmt: skip
_MERGED = ("A1:I1", "A3:I3", "B4:B5", "C4:C5", "A6:I6")


def hand_out_sample(folder: Path) -> Path:
    """Write the table into a folder, which is made where there is none; where it is now.

    Raises:
        LedgerError: there is such a file already, or the folder is a file.
    """
    from ledger.adapters.tables.writing.xlsx import plain_file

    if folder.exists() and not folder.is_dir():
        raise LedgerError(f"{folder} 是文件，不是文件夹", hint="请换一个文件夹名")
    place = folder / FILE
    if place.exists():
        raise LedgerError(f"文件 {place} 已经存在，没有覆盖", hint="请换一个文件夹，或先把它移走")
    folder.mkdir(parents=True, exist_ok=True)
    store.write_over(place, None, plain_file(_SHEET, _ROWS, _MERGED))
    return place
