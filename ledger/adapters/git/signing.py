"""Who signed which commit or tag, by a list of signers that is passed in; annotated tags."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from ledger.adapters.git.complaints import GitError
from ledger.adapters.git.repo import GitRepo
from ledger.model.paths import SIGNERS
from ledger.model.record import dataclass
from ledger.rules.history import ALLOWED, BROKEN, UNKNOWN, UNSIGNED, Signature

_FORMAT = "%H%x00%G?%x00%GS%x00%GF%x00%GP"
_WORDS = 5
# git help log, %G?: good, good but expired (signature, key), good of unknown validity.
_WHOLE = frozenset("GXYU")
_GPG_WHOLE = re.compile(r"^\[GNUPG:\] (GOODSIG|EXPSIG|EXPKEYSIG) ", re.MULTILINE)
_GPG_VALID = re.compile(r"^\[GNUPG:\] VALIDSIG (\w+) .* (\w+)$", re.MULTILINE)  # key, primary key
_TAG = re.compile(
    r"object (?P<commit>[0-9a-f]+)\ntype commit\ntag (?P<name>[^\n]+)\n(?:[^\n]+\n)*\n"
)  # git help mktag
_TAG_FORMAT = "%(refname:strip=2)%00%(objectname)%00%(*objectname)%00%(contents)%00%00"


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag.

    Attributes:
        commit: the commit that it marks.
        message: what it says; of one without a message of its own, that of its commit.
    """

    name: str
    commit: str
    message: str


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


def object_of(repo: GitRepo, ref: str) -> str:
    """The object that a ref names, which is a tag's own and not its commit's."""
    return repo.text("rev-parse", "--verify", "--end-of-options", ref)


def tags(repo: GitRepo, pattern: str) -> list[Tag]:
    """The tags of a pattern such as `seal/`, in the order of their names."""
    listed = repo.run("for-each-ref", f"--format={_TAG_FORMAT}", f"refs/tags/{pattern}")
    listing = []
    for entry in listed.decode(errors="replace").split("\0\0\n")[:-1]:
        name, own, peeled, message = entry.split("\0", 3)
        listing.append(Tag(name, peeled or own, message))
    return listing


def read_tag(repo: GitRepo, oid: str) -> Tag | None:
    """An annotated tag by the id of its object, under whatever ref; None where it marks no commit.

    Its name is the one it was made under.
    """
    content = repo.run("cat-file", "tag", oid, ok=(0, 128)).decode(errors="replace")
    match = _TAG.match(content)
    return Tag(match["name"], match["commit"], content[match.end() :]) if match else None


def signs(repo: GitRepo) -> bool:
    """Whether the user has told git to sign tags or commits."""
    return repo.is_on("tag.gpgSign") or repo.is_on("commit.gpgSign")


def verify_tag(repo: GitRepo, name: str, signers: bytes, keys: Collection[str]) -> bool | None:
    """Whether a tag's signature holds and is that of an allowed signer; None where there is none.

    Args:
        signers: the content of a list of signers as git's `gpg.ssh.allowedSignersFile` takes it.
        keys: fingerprints of the GPG keys that may sign; that one knows a key is not enough.
    """
    content = repo.run("cat-file", "tag", f"refs/tags/{name}", ok=(0, 128))
    if b"\n-----BEGIN " not in content:
        return None
    if b"\n-----BEGIN PGP " in content:
        status = repo.run("verify-tag", "--raw", "--", f"refs/tags/{name}", ok=(0, 1), beside=True)
        return _is_listed(status.decode(errors="replace"), keys)
    with tempfile.NamedTemporaryFile(prefix="ledger-") as listed:
        listed.write(signers)
        listed.flush()
        option = f"gpg.ssh.allowedSignersFile={listed.name}"
        try:
            repo.run("-c", option, "verify-tag", "--", f"refs/tags/{name}")
        except GitError:
            return False
    return True


def _is_listed(status: str, keys: Collection[str]) -> bool:
    """Whether GPG found the signature whole, and by which key; one that has expired since will do.

    Source: GnuPG, doc/DETAILS, "Format of the --status-fd output".
    """
    allowed = {folded(key) for key in keys}
    prints = {each for line in _GPG_VALID.findall(status) for each in line}
    return bool(_GPG_WHOLE.search(status)) and not allowed.isdisjoint(prints)
