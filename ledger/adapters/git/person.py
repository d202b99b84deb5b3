"""Who signs commits here: where git has it from, and setting it for one repository."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.adapters.git.process import environment
from ledger.adapters.git.repo import GitRepo
from ledger.model.record import dataclass

HERE, ACCOUNT, SURROUNDINGS = "here", "account", "environment"
_OWN = frozenset(("local", "worktree"))  # git's scopes of settings that one repository has


@dataclass(frozen=True, slots=True)
class Settled:
    """A setting and where it is from.

    Attributes:
        value: empty where nobody says it.
        place: `HERE` for this repository, `ACCOUNT` for this account or machine, `SURROUNDINGS`
            for the environment; empty where nobody says it.
    """

    value: str
    place: str


def settled(repo: GitRepo, setting: str, variable: str) -> Settled:
    """A setting that an environment variable overrides."""
    if given := environment().get(variable, "").strip():
        return Settled(given, SURROUNDINGS)
    listed = repo.run("config", "--show-scope", "--null", "--get", setting, ok=(0, 1))
    scope, _, value = listed.decode(errors="replace").partition("\0")
    value = value.rstrip("\0").strip()
    return Settled(value, (HERE if scope in _OWN else ACCOUNT) if value else "")


def set_person(repo: GitRepo, values: Mapping[str, str]) -> None:
    """Set some settings for this repository; an empty one is taken away."""
    for setting, value in values.items():
        if value:
            repo.run("config", "--local", "--replace-all", "--", setting, value)
        else:
            repo.run("config", "--local", "--unset-all", "--", setting, ok=(0, 5))
    repo.answers.clear()  # what was asked of the settings before
