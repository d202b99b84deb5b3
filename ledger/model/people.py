"""Who is who: a name stays the same person however it is spaced, in whatever width or letters.

What cannot be seen makes no other name: Unicode's compatibility forms (NFKC), blanks, marks that
are not drawn by themselves and the fillers of Hangul are taken away before names are compared.
Persons are compared by the letters and digits of their names alone: no dot, dash, bracket or
symbol makes another person, nor are dashes and dots alone a name.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from ledger.model.fields import item
from ledger.model.plaintext import visible
from ledger.model.record import dataclass, field

# GitHub and Gitea put an account's number and a '+' before its name, GitLab a '-'.
_NOREPLY = r"(?:[0-9]+[+-])?(?P<account>[^@+]+)@(?P<host>(?:users\.)?noreply\..+)"
# A mark of repetition that is written like a letter; other modifier letters are strokes beside one.
_REPEATED = "々"
_PARTED = "(?<=[0-9])\0+(?=[0-9])"


@dataclass(frozen=True, slots=True)
class Member:
    """会议成员, with the other names the minutes use, and while they are one."""

    name: str = item("姓名或职务", required=True)
    aliases: tuple[str, ...] = item("会议记录、销号申请里用的其他写法", ())
    since: dt.date | None = item("从哪一天起是成员", None)
    until: dt.date | None = item("到哪一天为止（含当天）", None)

    def serves(self, day: dt.date | None) -> bool:
        """Whether they are a member on a day; where no day is known they are."""
        if day is None:
            return True
        return (self.since or dt.date.min) <= day <= (self.until or dt.date.max)


@dataclass(frozen=True, slots=True)
class Body:
    """可以决定销号的会议, and who belongs to it."""

    name: str = item("会议名称，如 党组会", required=True)
    members: tuple[Member, ...] = item("成员名单；写了的，应到人数和到会名单都要与它一致", ())


@dataclass(frozen=True, slots=True)
class People:
    """Whom names mean.

    Attributes:
        aliases: folded name or alias → folded name.
        rolls: folded name of a body → its members.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    rolls: Mapping[str, tuple[Member, ...]] = field(default_factory=dict)

    def who(self, name: str) -> str:
        """The person a name means; empty where it names nobody."""
        plain = lettered(name)
        return self.aliases.get(plain, plain)

    def all(self, names: Iterable[str]) -> frozenset[str]:
        """The persons that some names mean, each once; what names nobody is nobody."""
        return frozenset(person for name in names if (person := self.who(name)))

    def members(self, body: str, day: dt.date | None) -> frozenset[str] | None:
        """Who belongs to a body on a day; None where the ledger does not say."""
        roll = self.rolls.get(folded(body))
        return None if not roll else self.all(each.name for each in roll if each.serves(day))


class Names(Mapping[str, str]):
    """Names and aliases of departments → canonical names, found however they are written."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """Args: names: as they are listed."""
        self._listed = dict(names)
        self._folded = {folded(name): meant for name, meant in names.items()}

    def __getitem__(self, name: str) -> str:
        person = self._listed.get(name)
        return self._folded[folded(name)] if person is None else person

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


@lru_cache(maxsize=16)
def people_of(bodies: tuple[Body, ...]) -> People:
    """Whom the members' names and aliases mean."""
    members = [member for body in bodies for member in body.members]
    aliases = {lettered(alias): lettered(each.name) for each in members for alias in each.aliases}
    names = {lettered(each.name): lettered(each.name) for each in members}
    rolls = {folded(body.name): body.members for body in bodies}
    known = {key: person for key, person in {**aliases, **names}.items() if key}
    return People(known, rolls)


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A name as it is compared; empty when nothing of it can be seen."""
    plain = unicodedata.normalize("NFKC", visible(name).casefold())
    return "".join(visible(plain).split()).casefold()


@lru_cache(maxsize=4096)
def lettered(name: str) -> str:
    """A person's name as it is compared: its letters and digits; empty where it names nobody.

    What parts two numbers parts them: 成员1-1 is not 成员11.
    """
    return re.sub(_PARTED, "-", "".join(_letter(each) or "\0" for each in folded(name))).replace(
        "\0", ""
    )


def names_in(text: str) -> tuple[str, ...]:
    """The names in a line, whatever comma stands between them."""
    return tuple(name.strip() for name in re.split("[、，,]", text) if name.strip())


def worded(text: str) -> str:
    """A text as it is compared; empty where it has no letter or digit: “—” is no name."""
    plain = folded(text)
    return plain if any(map(str.isalnum, plain)) else ""


def account(email: str) -> str:
    """A mail address as it is compared: whose commits are whose; a forge's own one is bare.

    `123+office@users.noreply.github.com` is `office@users.noreply.github.com`.
    """
    text = folded(email)
    match = re.fullmatch(_NOREPLY, text)
    return f"{match['account']}@{match['host']}" if match else text


def _letter(character: str) -> str:
    """A letter or digit, the digit in plain figures; nothing for whatever else there is."""
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    return character if (kind[0] in "LN" and kind != "Lm") or character == _REPEATED else ""
