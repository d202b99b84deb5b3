"""Seals: what a snapshot was, said in one digest that anybody can compute again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ledger.adapters.git.commit import has_changes
from ledger.adapters.git.graph import write_graph
from ledger.adapters.git.library import make_tag
from ledger.adapters.git.remote import accepted, offer, remotes
from ledger.adapters.git.signing import Tag, object_of, read_tag, signs, tags, verify_tag
from ledger.adapters.git.walk import reachable
from ledger.errors import LedgerError, UsageError
from ledger.model.paths import CONFIG_FILE, DATA, SIGNERS
from ledger.model.problem import Problem
from ledger.model.record import dataclass
from ledger.rules.history import h004_lost
from ledger.usecases.reading.digest import snapshot_digest
from ledger.usecases.reading.identities import nobody, registered
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

PREFIX = "seal/"
_COMMIT = re.compile(r"^Ledger-Commit: ([0-9a-f]{40,64})$", re.MULTILINE)
_DIGEST = re.compile(r"^Ledger-Digest: (sha256:[0-9a-f]{64})$", re.MULTILINE)
_SHOWN = 5
_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)*")


@dataclass(frozen=True, slots=True)
class Seal:
    """A snapshot that somebody vouched for.

    Attributes:
        name: of its tag, such as `seal/2017-10-20`.
        commit: the snapshot's commit.
        digest: what the seal says its digest is; empty where it does not say.
        fault: why the tag is none that `seal` has made (Chinese); empty where it may be.
    """

    name: str
    commit: str
    digest: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something still is what was vouched for.

    Attributes:
        agrees: True when everything that could be checked holds.
        lines: what was compared, one Chinese sentence each.
    """

    agrees: bool
    lines: tuple[str, ...]


def commit_to_seal(ledger: Ledger, when: Moment) -> tuple[str, list[str]]:
    """The commit of a moment, and what the user is to know of it (Chinese sentences).

    Raises:
        UsageError: nothing was committed yet.
    """
    if when.commit:
        return when.commit, []
    commit = ledger.repo.head()
    if not commit:
        raise UsageError("台账还没有任何提交，没有可封存的", hint="请先写入并提交")
    newer = has_changes(ledger.repo, [CONFIG_FILE, DATA])
    return commit, ["提示：没有提交的改动不在封存之内。"] if newer else []


def seal(ledger: Ledger, commit: str, name: str, note: str, again: bool = False) -> Seal:
    """Record a snapshot's digest as a tag, signed where git is told to sign.

    Args:
        name: what comes after `seal/`.
        note: a line on what the seal is for; may be empty.
        again: whether one of that name will do, where it is of the same commit.

    Raises:
        UsageError: no name for a tag.
        LedgerError: there is a seal of that name already, or nobody is registered.
    """
    if not _is_name(name):
        raise UsageError(f"“{name}”不能作封存的名称", hint="请用日期、字母、数字和 - 组成")
    full = f"{PREFIX}{name}"
    known = next((each for each in seals(ledger) if each.name == full), None)
    if again and known and not known.fault and known.commit == commit:
        return known
    if known:
        raise LedgerError(f"已经有封存 {full}", hint="封存一经作出不再改动，请另起名称")
    if not registered(ledger.repo):
        raise nobody("不能封存")
    digest = snapshot_digest(ledger, commit)
    title = " ".join((note or f"台账封存 {name}").split())
    message = f"{title}\n\nLedger-Commit: {commit}\nLedger-Digest: {digest}\n"
    make_tag(ledger.repo, full, commit, message, signs(ledger.repo))
    write_graph(ledger.repo, commit)
    return Seal(full, commit, digest)


def is_shared(ledger: Ledger) -> bool:
    """Whether others could have the ledger's seals."""
    return bool(remotes(ledger.repo))


def publish(ledger: Ledger, sealed: Seal) -> str:
    """Bring a seal to the remote; where it is already nothing happens.

    Returns:
        The remote's name.

    Raises:
        LedgerError: there is no such remote, it cannot be reached, or it refuses.
    """
    ref, remote = f"refs/tags/{sealed.name}", config_at(ledger, sealed.commit).forge.remote
    accepted(offer(ledger.repo, remote, object_of(ledger.repo, ref), ref), ref)
    return remote


def seals(ledger: Ledger) -> list[Seal]:
    """Every seal, by name."""
    return [_seal(tag) for tag in tags(ledger.repo, PREFIX)]


def broken_seals(ledger: Ledger) -> Iterator[Problem]:
    """H004: seals that were moved, or whose digest is not that of their commit."""
    known: dict[str, str] = {}
    for sealed in seals(ledger):
        fault = sealed.fault
        if not fault and ledger.repo.has(sealed.commit):
            agrees = snapshot_digest(ledger, sealed.commit, known) == sealed.digest
            fault = "" if agrees else f"封存 {sealed.name} 记下的摘要和它的提交对不上"
        if fault:
            yield Problem("", "H004", fault, "请核实是谁改了这个标签")


def no_seal(ledger: Ledger, name: str, oid: str, main: Iterable[str]) -> str:
    """Why what is pushed under a seal's name is none that `seal` has made of the main branch.

    Args:
        name: of the tag, such as `seal/2017-10-20`.
        oid: what is pushed.
        main: commits; the seal's own must be in the history of one of them.

    Returns:
        A Chinese sentence; empty where it is a seal.
    """
    tag = read_tag(ledger.repo, oid)
    if tag is None or tag.name != name or not _is_name(name.removeprefix(PREFIX)):
        return f"{name} 不是 ledger seal 作的封存"
    sealed = _seal(tag)
    if sealed.fault:
        return sealed.fault
    if not any(ledger.repo.is_ancestor(sealed.commit, each) for each in main):
        return f"{name} 封存的提交 {sealed.commit[:10]} 不在主分支的历史里"
    agrees = snapshot_digest(ledger, sealed.commit) == sealed.digest
    return "" if agrees else f"封存 {name} 记下的摘要和它的提交对不上"


def verify_seal(ledger: Ledger, name: str) -> Verdict:
    """Compute a seal's digest again.

    Args:
        name: the tag's name; `seal/` may be left out.

    Raises:
        UsageError: no such seal.
    """
    full = name if name.startswith(PREFIX) else f"{PREFIX}{name}"
    sealed = next((each for each in seals(ledger) if each.name == full), None)
    if sealed is None:
        named = "、".join(each.name.removeprefix(PREFIX) for each in seals(ledger)[-_SHOWN:])
        hint = f"最近的封存有：{named}" if named else "还没有封存；请检查文件名"
        raise UsageError(f"没有文件或封存“{name}”", hint=hint)
    verdict = verify_snapshot(ledger, sealed.commit, sealed.digest)
    if sealed.fault:
        return Verdict(False, (*verdict.lines, sealed.fault))
    signers = ledger.repo.file_at(sealed.commit, SIGNERS, 1_000_000) or b""
    keys = config_at(ledger, sealed.commit).policies.history.gpg_keys
    signed = verify_tag(ledger.repo, full, signers, keys)
    lines = {None: (), True: ("签名有效",), False: ("签名无效，或签名人不在当时的名单里",)}[signed]
    return Verdict(verdict.agrees and signed is not False, (*verdict.lines, *lines))


def verify_snapshot(ledger: Ledger, commit: str, digest: str) -> Verdict:
    """Whether a commit is in history and has a digest.

    Args:
        commit: its full id.
        digest: or its beginning; empty when there is none to be compared.
    """
    head = ledger.repo.head()
    known = reachable(ledger.repo, head) if head else set()
    lost = [each.message for each in h004_lost([("这份材料", commit)], known)]
    if not ledger.repo.has(commit):
        return Verdict(False, tuple(f"H004 {each}" for each in lost))
    lines = [f"H004 {each}" for each in lost] or [f"提交 {commit} 在历史里"]
    if not digest:
        return Verdict(not lost, tuple(lines))
    whole = snapshot_digest(ledger, commit)
    agrees = whole.startswith(digest)
    lines.append(
        f"台账摘要一致：{whole}" if agrees else "台账摘要不一致：写的摘要和这个提交的内容对不上"
    )
    return Verdict(agrees and not lost, tuple(lines))


def _is_name(name: str) -> bool:
    """Whether a seal may be called so, `seal/` being left out."""
    return bool(_NAME.fullmatch(name)) and ".." not in name and not name.endswith((".", ".lock"))


def _seal(tag: Tag) -> Seal:
    commit, digest = (pattern.search(tag.message) for pattern in (_COMMIT, _DIGEST))
    if not (commit and digest):
        return Seal(tag.name, tag.commit, "", f"{tag.name} 没有写摘要，不是 ledger seal 作的封存")
    moved = tag.commit != commit[1]
    fault = f"封存 {tag.name} 被移到了提交 {tag.commit[:10]}，它封存的是 {commit[1][:10]}"
    return Seal(tag.name, commit[1], digest[1], fault if moved else "")
