"""CSV that Excel opens with a double click: UTF-8 with its mark, or GB18030."""

from __future__ import annotations

import csv
import io

from ledger.adapters.tables.writing.sheet import Sheet, shown
from ledger.errors import UsageError
from ledger.model.plaintext import guarded, legal

ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}
"""What can be asked for → the codec; UTF-8 begins with a mark, without which Excel reads GBK."""


def csv_file(sheet: Sheet, encoding: str = "utf-8") -> bytes:
    """The table as CSV (RFC 4180), one header row, formulas made harmless.

    Raises:
        UsageError: an encoding that there is not.
    """
    codec = ENCODINGS.get(encoding.casefold())
    if codec is None:
        raise UsageError(
            f"没有编码“{encoding}”", hint=f"可用的有：{'、'.join(ENCODINGS)}，默认 utf-8"
        )
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([column.title for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([guarded(legal(shown(value))) for value in row])
    return target.getvalue().encode(codec)
