"""`who`: who is typing here, as git signs what he does; and his department."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ledger.adapters.git.person import Settled, set_person, settled
from ledger.errors import UsageError
from ledger.model.choice import known_department, one_of
from ledger.model.people import folded
from ledger.model.record import dataclass
from ledger.usecases.looking.mine import ROLES
from ledger.usecases.reading.load import load_config
from ledger.usecases.reading.open import Ledger

# What git drops from a name (git help commit, "Commit information"), and what no address has.
_NO_NAME, _MAIL = r"[<>\n]", r"[^\s<>@]+@[^\s<>@]+"
SIGNING = ("user.name", "user.email")
DEPARTMENT, ROLE = "ledger.department", "ledger.role"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is typing.

    Attributes:
        name, email: as git signs; empty where nobody is registered.
        department: its name in ledger.yaml; empty where neither he nor his name says it.
        role: what he does, one of `looking.mine.ROLES`; empty where that follows from the
            department.
    """

    name: Settled
    email: Settled
    department: str
    role: str


def person(ledger: Ledger) -> Person:
    """Who is registered."""
    name = settled(ledger.repo, "user.name", "GIT_AUTHOR_NAME")
    email = settled(ledger.repo, "user.email", "GIT_AUTHOR_EMAIL")
    return Person(name, email, department_here(ledger, name.value), role_here(ledger))


def role_here(ledger: Ledger) -> str:
    """What somebody registered does; empty where he has not said."""
    return ledger.repo.settings().get(ROLE, "")


def meant(ledger: Ledger, who: str) -> tuple[str, str, str]:
    """Whom a name, a department or a role means: his name, department and role.

    Args:
        who: empty for who is typing.
    """
    if not who:
        name = ledger.repo.identity()
        return name, department_here(ledger, name), role_here(ledger)
    if who in ROLES:
        return "", "", who
    known = load_config(ledger).departments
    if who in known:
        return "", known[who], ""
    return who, named_department(known, who), ""


def department_here(ledger: Ledger, name: str) -> str:
    """The department that somebody registered works in; else the one that his name begins with.

    `审业部联络员` works in 审业部, whose alias will do, too. Empty where nothing says it.
    """
    known = load_config(ledger).departments
    if given := ledger.repo.settings().get(DEPARTMENT, ""):
        return known.get(given, given)
    return named_department(known, name)


def named_department(known: Mapping[str, str], name: str) -> str:
    """The department that a name begins with; empty where it begins with none.

    Args:
        known: names and aliases → canonical names.
    """
    plain = folded(name)
    begun = [each for each in known if plain.startswith(folded(each))]
    return known[max(begun, key=len)] if begun else ""


def signable(setting: str, value: str) -> str:
    """A value of one of `SIGNING` as git can sign with it.

    Raises:
        UsageError: it cannot.
    """
    plain = " ".join(value.split())
    if setting == SIGNING[0] and (not plain or re.search(_NO_NAME, plain)):
        raise UsageError(f"“{value}”不能作姓名", hint="请写姓名或职务，不带尖括号")
    if setting == SIGNING[1] and not re.fullmatch(_MAIL, plain):
        raise UsageError(f"“{value}”不是邮箱", hint="请写成 zgb@example.org 这样")
    return plain


def register(
    ledger: Ledger,
    name: str,
    email: str | None,
    department: str | None = None,
    role: str | None = None,
) -> Person:
    """Sign what is done in this ledger, on this computer, by a name and an address.

    Args:
        email: None to keep the one that there is.
        department: where he works; empty to leave that to his name, None to keep what there is,
            unless somebody else was registered before.
        role: what he does; empty to leave that to his department, None likewise.

    Raises:
        UsageError: no name or address that can be signed with; an unknown department or role.
    """
    plain = signable(SIGNING[0], name)
    current = settled(ledger.repo, "user.email", "GIT_AUTHOR_EMAIL").value
    address = current if email is None else email
    if not address.strip():
        raise UsageError("没有写邮箱", hint="请用 --mail 写明")
    address = signable(SIGNING[1], address)
    if department:
        listed = load_config(ledger).departments
        department = known_department(department, listed, tuple)
    values = dict(zip(SIGNING, (plain, address), strict=True))
    if role:
        role = one_of(role, ROLES, "角色")
    is_another = settled(ledger.repo, "user.name", "GIT_AUTHOR_NAME").value not in ("", plain)
    for setting, value in ((DEPARTMENT, department), (ROLE, role)):
        if value is not None or is_another:
            values[setting] = value or ""
    set_person(ledger.repo, values)
    return person(ledger)
