"""Whose e-mail address: one person may write under several, and a forge gives out another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ledger.model.config import Identity
from ledger.model.people import account, folded
from ledger.model.record import dataclass

_LINE = re.compile(r"^(?P<proper>[^<>#]*)<(?P<mail>[^<>]*)>(?:(?P<name>[^<>]*)<(?P<old>[^<>]*)>)?")
_NOBODY = re.compile(r"(?:no-?reply)@.*")  # what a forge itself signs with


@dataclass(frozen=True, slots=True)
class Mapped:
    """One line of a .mailmap: under which address commits of an old one count.

    Attributes:
        proper, old: addresses, folded.
        name: only commits of this name are meant, folded; empty for all of the address.
    """

    proper: str
    old: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """What is known of who has which addresses.

    Attributes:
        groups: the addresses of one person each, folded.
        mapped: what .mailmap adds.
    """

    groups: tuple[frozenset[str], ...] = ()
    mapped: tuple[Mapped, ...] = ()

    def of(self, name: str, email: str) -> frozenset[str]:
        """Every address of who signs so, folded; empty where it is nobody's.

        Two signatures are one person's when their addresses have one in common: what is written
        in .mailmap and ledger.yaml joins people and never makes two of one.
        """
        if is_nobodys(email):
            return frozenset()
        own = account(email)
        known = {own} | {
            each.proper
            for each in self.mapped
            if each.old == own and each.name in ("", folded(name))
        }
        for group in self.groups:
            if not known.isdisjoint(group):
                known |= group
        return frozenset(known)


def is_nobodys(email: str) -> bool:
    """Whether an address tells of no person: it is empty, or a forge's own."""
    own = account(email)
    return not own or _NOBODY.fullmatch(own) is not None


def addresses(identities: Sequence[Identity], mailmap: str) -> Addresses:
    """What ledger.yaml and a .mailmap say; their groups that overlap are one person's."""
    emails = (frozenset(filter(None, map(account, each.emails))) for each in identities)
    return Addresses(tuple(joined(emails)), tuple(_mapped(mailmap.splitlines())))


def joined(groups: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """People by their addresses: groups that overlap are one person's."""
    people: list[frozenset[str]] = []
    for group in groups:
        apart = [each for each in people if each.isdisjoint(group)]
        people = [*apart, group.union(*(each for each in people if each not in apart))]
    return people


def _mapped(lines: Iterable[str]) -> Iterable[Mapped]:
    """Source: gitmailmap(5); a line with one address only corrects a name."""
    for line in lines:
        match = _LINE.match(line.strip())
        if match and match["old"]:
            yield Mapped(account(match["mail"]), account(match["old"]), folded(match["name"]))
