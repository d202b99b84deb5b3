"""Annotated tags: reading them with their messages, making them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass

from ledger.adapters.gitprocess import GitError
from ledger.adapters.gitrepo import GitRepo

_FORMAT = "%(refname:strip=2)%00%(objectname)%00%(*objectname)%00%(contents)%00%00"


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


def tags(repo: GitRepo, pattern: str) -> list[Tag]:
    """The tags of a pattern such as `seal/`, in the order of their names."""
    listed = repo.run("for-each-ref", f"--format={_FORMAT}", f"refs/tags/{pattern}")
    found = []
    for entry in listed.decode(errors="replace").split("\0\0\n")[:-1]:
        name, own, peeled, message = entry.split("\0", 3)
        found.append(Tag(name, peeled or own, message))
    return found


def make_tag(repo: GitRepo, name: str, commit: str, message: str, sign: bool) -> None:
    """Make an annotated tag.

    Raises:
        GitError: there is one of that name, or signing fails.
    """
    how = "--sign" if sign else "--annotate"
    repo.run(
        "tag", how, "--cleanup=verbatim", "--file=-", "--", name, commit, stdin=message.encode()
    )


def signs(repo: GitRepo) -> bool:
    """Whether the user has told git to sign tags or commits."""
    asked = (
        repo.run("config", "--bool", key, ok=(0, 1)).strip()
        for key in ("tag.gpgSign", "commit.gpgSign")
    )
    return any(each == b"true" for each in asked)


def verify_tag(repo: GitRepo, name: str, signers: bytes) -> bool | None:
    """Whether a tag's signature holds; None where it is not signed.

    Args:
        signers: the content of a list of signers as git's `gpg.ssh.allowedSignersFile` takes it.
    """
    content = repo.run("cat-file", "tag", f"refs/tags/{name}", ok=(0, 128))
    if b"\n-----BEGIN " not in content:
        return None
    with tempfile.NamedTemporaryFile(prefix="ledger-") as listed:
        listed.write(signers)
        listed.flush()
        option = f"gpg.ssh.allowedSignersFile={listed.name}"
        try:
            repo.run("-c", option, "verify-tag", "--", name)
        except GitError:
            return False
    return True
