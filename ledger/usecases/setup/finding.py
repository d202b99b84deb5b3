"""What `doctor` says of one thing that it has looked at, and how that is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ledger.errors import ASK_DOCTOR, LedgerError, reason
from ledger.model.record import dataclass, field, replace

GOOD, NOTE, BAD, MENDED = "正常", "提示", "有误", "已修好"
FIX = "运行 ledger doctor --fix "


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        state: `GOOD`, `NOTE`, `BAD` or `MENDED`.
        text: how it is, and what there is to be done (Chinese).
        fixed: what was done about it (Chinese); empty where nothing was.
        mend: does it, and says what it has done; None where there is nothing to be done, or nothing
            that may be done unasked.
    """

    subject: str
    state: str
    text: str
    fixed: str = ""
    mend: Callable[[], str] | None = field(default=None, compare=False)


def failing(subject: str, error: LedgerError, state: str = BAD) -> Finding:
    """What went wrong, with what is to be done about it, an administrator's part too."""
    return Finding(subject, state, advice(error))


def advice(error: LedgerError) -> str:
    """A failure with all that may be done about it, in sentences."""
    hint = "" if error.hint == ASK_DOCTOR else error.hint
    return "。".join(filter(None, (error.message, hint, error.remedy)))


def mended(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The same as they come, each put right before the next is looked at."""
    for each in findings:
        yield _mended(each)


def _mended(finding: Finding) -> Finding:
    if finding.mend is None:
        return finding
    try:
        return replace(finding, state=MENDED, fixed=finding.mend())
    except LedgerError as error:
        return replace(finding, text=f"{finding.text}；没有修好：{advice(error)}")
    except OSError as error:
        return replace(finding, text=f"{finding.text}；没有修好：{reason(error)}")
