"""Who is who, as the ledger had it at a commit; and who works here, as git has it."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.adapters.git.process import MAX_BLOB
from ledger.adapters.git.repo import GitRepo
from ledger.errors import LedgerError
from ledger.model.config import Config, Identity
from ledger.model.mailbox import Addresses, addresses
from ledger.model.paths import MAILMAP
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.replay import State

Ground = tuple[Sequence[Identity], str]

REGISTER = "ledger who 姓名 --mail 邮箱"


def registered(repo: GitRepo) -> str:
    """By what name git commits here; empty where it lacks the name, or the address beside it."""
    return repo.identity() if repo.email() else ""


def nobody(
    therefore: str = "", instead: str = "", kind: type[LedgerError] = LedgerError
) -> LedgerError:
    """Nobody is registered here, what that prevents (Chinese), and how to register.

    Args:
        instead: what one may do, too (Chinese, before 运行).
        kind: of the error.
    """
    message = "，".join(filter(None, ("还没有登记您是谁", therefore)))
    return kind(message, hint=f"请{instead}运行 {REGISTER}")


def addresses_at(ledger: Ledger, commit: str, config: Config) -> Addresses:
    """Whose addresses are whose, by ledger.yaml and the .mailmap of a commit."""
    content = ledger.repo.file_at(commit, MAILMAP, MAX_BLOB) or b""
    return addresses(config.identities, content.decode(errors="replace"))


def addresses_in(ledger: Ledger, state: State) -> Addresses:
    """The same by those of a state."""
    return addresses_by(ledger, *ground_of(state))


def ground_of(state: State) -> Ground:
    """By what a state tells whose addresses are whose: its settings, and its .mailmap's blob."""
    return state.config.identities, state.others.get(MAILMAP, "")


def addresses_by(ledger: Ledger, identities: Sequence[Identity], mailmap: str) -> Addresses:
    """The same by settings and the blob of a .mailmap; empty for none."""
    content = next((each for _, each in ledger.repo.blobs([mailmap])), b"") if mailmap else b""
    return addresses(identities, content.decode(errors="replace"))
