"""来源: the document a ledger's tasks come from (`data/sources/<id>.yaml`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ledger.model.fields import item, others
from ledger.model.record import dataclass
from ledger.model.task import ID_PATTERN, ID_SHAPE, KINDS


@dataclass(frozen=True, slots=True)
class Source:
    """A plan, an inspection's feedback, or any other document that sets tasks."""

    id: str = item("来源编号，与文件名一致", required=True, pattern=ID_PATTERN, shape=ID_SHAPE)
    title: str = item("文件名称", required=True)
    kind: str = item("其事项的类别", required=True, choices=KINDS)
    year: int | None = item("时限按哪一年解读", None, minimum=1, maximum=9999)
    issued: dt.date | None = item("印发或反馈日期", None)
    prefix: str = item("事项编号的前缀，默认同来源编号", pattern=ID_PATTERN, shape=ID_SHAPE)
    mapping: Mapping[str, str] = item("导入时表头与字段的对应关系", dict)
    note: str = item("说明")
    extra: Mapping[str, Any] = others()
