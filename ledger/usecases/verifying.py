"""`verify`: is what was printed or sealed still what the ledger says of its day?"""

from __future__ import annotations

from pathlib import Path

from ledger.errors import LedgerError
from ledger.usecases.reading import Ledger
from ledger.usecases.sealing import Verdict, verify_seal


def verify_named(ledger: Ledger, name: str) -> Verdict:
    """Compute a seal again; see `sealing.verify_seal`."""
    return verify_seal(ledger, name)


def verify_file(ledger: Ledger, path: Path) -> Verdict:
    """Compute a bulletin again."""
    raise LedgerError(f"{path.name} 里没有校验信息", hint="只有 ledger report 生成的文件可以验证")
