"""A queue at the remote, so that of many who push at once each has his turn.

Who was outrun, or finds others waiting, takes a number: a ref at the remote that anybody can see.
The lowest number goes first; its ref vanishes in the very push that it was for. A number whose
owner was killed is passed over once it has stood at the head for a while. Where a server takes no
such refs, who has waited longer pauses less.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping

from ledger.adapters.git.remote import REFUSED, offer, remote_refs
from ledger.adapters.git.repo import GitRepo
from ledger.errors import LedgerError
from ledger.model.record import dataclass, field

PLACE = "refs/ledger/queue/"
_DIGITS = 12
_PATIENCE_SECONDS = 20.0  # for which somebody may stand at the head
_POLL_SECONDS = 0.15  # for each one who stands before us
_LONGEST_POLL = 1.0
_LONGEST_PAUSE = 2.0
_PAUSED_SECONDS = 15.0  # who has waited so long pauses no more


@dataclass(slots=True)
class Queue:
    """Our place among those who push to one remote.

    Attributes:
        tell: told once that we are waiting, and for how many (Chinese).
        ticket: our number's ref, empty while we have none.
    """

    repo: GitRepo
    remote: str
    tell: Callable[[str], object] | None = None
    ticket: str = ""
    _value: str = ""
    _closed: bool = False
    _begun: float = field(default_factory=time.monotonic)

    def leaving(self) -> tuple[str, str] | None:
        """Our number and what it points to, to be given back in the push that it was for."""
        return (self.ticket, self._value) if self.ticket else None

    def left(self) -> None:
        """The push has taken our number along."""
        self.ticket = ""

    def is_ahead(self, refs: Mapping[str, str]) -> bool:
        """Whether somebody's turn comes before ours."""
        return not self._closed and bool(self._before(refs))

    def wait(self, refs: Mapping[str, str], commit: str, until: float) -> None:
        """Take a number, if we have none, and wait until it is the lowest.

        Args:
            refs: the remote's numbers as they were seen last.
            commit: something the remote has, for the number to point to.
            until: when to stop waiting (`time.monotonic`); the caller tries all the same then.
        """
        if not self.ticket and not self._closed:
            self._take(refs, commit)
        if self._closed:
            self._pause()
            return
        head, since = "", time.monotonic()
        while (before := self._before(refs := self._numbers())) and time.monotonic() < until:
            if self.ticket not in refs:  # somebody thought that we were dead
                self._take(refs, commit)
                continue
            if before[0] != head:
                head, since = before[0], time.monotonic()
            elif time.monotonic() - since > _PATIENCE_SECONDS:
                offer(self.repo, self.remote, "", head, expected=refs[head])
                continue
            self._say(len(before))
            time.sleep(min(_LONGEST_POLL, _POLL_SECONDS * len(before)))

    def leave(self) -> None:
        """Give our number back, when we still have one; a remote that is gone does not matter."""
        if not self.ticket:
            return
        try:
            offer(self.repo, self.remote, "", self.ticket, expected=self._value)
        except LedgerError:
            return
        finally:
            self.ticket = ""

    def _numbers(self) -> dict[str, str]:
        return remote_refs(self.repo, self.remote, f"{PLACE}*")

    def _before(self, refs: Mapping[str, str]) -> list[str]:
        names = sorted(name for name in refs if name.startswith(PLACE) and name != self.ticket)
        return [name for name in names if not self.ticket or name < self.ticket]

    def _take(self, refs: Mapping[str, str], commit: str) -> None:
        numbers = [name.removeprefix(PLACE)[:_DIGITS] for name in refs if name.startswith(PLACE)]
        last = max((int(each) for each in numbers if each.isdecimal()), default=0)
        ticket = f"{PLACE}{last + 1:0{_DIGITS}}-{secrets.token_hex(4)}"
        try:
            self._closed = offer(self.repo, self.remote, commit, ticket).outcome == REFUSED
        except LedgerError:
            self._closed = True
        self.ticket, self._value = ("", "") if self._closed else (ticket, commit)

    def _pause(self) -> None:
        waited = time.monotonic() - self._begun
        left = max(0.0, 1 - waited / _PAUSED_SECONDS)
        time.sleep(secrets.SystemRandom().uniform(0, _LONGEST_PAUSE * left))

    def _say(self, before: int) -> None:
        if self.tell:
            self.tell(f"正在排队推送，前面还有 {before} 个人……")
            self.tell = None
