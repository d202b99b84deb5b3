"""Who signed which commit: git's own verification, with a list of signers that is passed in."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from ledger.adapters.git.repo import GitRepo
from ledger.model.paths import SIGNERS
from ledger.rules.history import ALLOWED, BROKEN, UNKNOWN, UNSIGNED, Signature

_FORMAT = "%H%x00%G?%x00%GS%x00%GF%x00%GP"
_WORDS = 5
# git help log, %G?: good, good but expired (signature, key), good of unknown validity.
_WHOLE = frozenset("GXYU")


def signatures(
    repo: GitRepo, commits: Sequence[str], signers: bytes, keys: Collection[str]
) -> dict[str, Signature]:
    """Verify some commits by one git process.

    Args:
        commits: full ids.
        signers: the content of a list of signers as git's `gpg.ssh.allowedSignersFile` takes it.
        keys: fingerprints of the GPG keys that may sign.

    Returns:
        What was found, by commit.
    """
    allowed = {folded(key) for key in keys}
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        listed = Path(folder) / SIGNERS
        listed.write_bytes(signers)
        verified = repo.run(
            "-c", f"gpg.ssh.allowedSignersFile={listed}", "-c", "gpg.minTrustLevel=undefined",
            "log", "--no-walk=unsorted", "--stdin", "-z", f"--format=tformat:{_FORMAT}",
            stdin="".join(f"{commit}\n" for commit in commits).encode(),
        )  # fmt: skip
    words = verified.decode(errors="replace").split("\0")
    rows = (words[start : start + _WORDS] for start in range(0, len(words) - 1, _WORDS))
    return {commit: _signature(rest, allowed) for commit, *rest in rows}


def _signature(row: Sequence[str], allowed: Collection[str]) -> Signature:
    letter, signer, *prints = row
    if letter == "N":
        return Signature(UNSIGNED)
    name = signer or next(filter(None, prints), "")
    if letter not in _WHOLE:
        return Signature(UNKNOWN if letter == "E" else BROKEN, name)
    by_ssh = any(each.startswith("SHA256:") for each in prints)
    good = letter == "G" if by_ssh else any(folded(each) in allowed for each in prints)
    return Signature(ALLOWED if good else UNKNOWN, name)


def folded(fingerprint: str) -> str:
    """A key's fingerprint however it is spaced."""
    return "".join(fingerprint.split()).upper()
