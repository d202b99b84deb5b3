"""Which of a server's branches is the main branch, before and after a push.

A branch is guarded because HEAD names it, because it is called main, because the ledger on a
guarded one calls it the main branch, or because its own ledger does. The last needs no word of the
server's: HEAD may name a branch that nobody ever pushes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from ledger.adapters.git import server as gitserver
from ledger.adapters.git.commit import branches
from ledger.model.config import Forge
from ledger.model.paths import CONFIG_FILE
from ledger.model.record import dataclass
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.open import Ledger

HEADS = "refs/heads/"
MAIN = f"{HEADS}{Forge().base}"


@dataclass(frozen=True, slots=True)
class Update:
    """What a push does to one ref.

    Attributes:
        old, new: object ids; empty where the ref is made, or deleted.
        ref: its full name, as it was pushed.
        target: the ref that is written to: symbolic refs are followed.
    """

    old: str
    new: str
    ref: str
    target: str


class Heads:
    """The branches of a server, and what the ledgers on them call the main branch.

    Attributes:
        own: the branch of HEAD, and main: guarded whatever a ledger says.
        before, after: full name → commit, without and with a push.
    """

    def __init__(self, ledger: Ledger, updates: Sequence[Update] = ()) -> None:
        """Of a server's repository, as some updates would change it."""
        self.ledger = ledger
        self.own = tuple(dict.fromkeys(filter(None, (ledger.repo.branch_ref(), MAIN))))
        self.before = {f"{HEADS}{name}": at for name, at in branches(ledger.repo, "").items()}
        self.after = dict(self.before)
        pushed = [each for each in updates if each.target.startswith(HEADS)]
        for update in pushed:
            self.after.pop(update.target, None)
            if update.new:
                self.after[update.target] = update.new
        self._pushed = pushed
        self._configs: dict[str, str] = {}  # commit → its ledger.yaml's blob; empty: none
        self._named: dict[str, str] = {}  # blob → the main branch it names
        known = [state.get(ref, "") for ref in self.own for state in (self.before, self.after)]
        self._learn([*known, *(oid for each in pushed for oid in (each.old, each.new))])

    def named(self, commit: str) -> str:
        """The full name of what a commit's ledger calls the main branch; empty without a ledger."""
        if not commit:
            return ""
        self._learn([commit])
        blob = self._configs[commit]
        if blob and blob not in self._named:
            self._named[blob] = f"{HEADS}{config_at(self.ledger, commit).forge.base}"
        return self._named[blob] if blob else ""

    @cached_property
    def guarded(self) -> frozenset[str]:
        """The branches whose pushes are judged: who is guarded before or after, is now."""
        calling = {
            each.target
            for each in self._pushed
            if each.target in (self.named(each.old), self.named(each.new))
        }
        return self._reached({*self.own, *calling}, (self.before, self.after))

    def stays_guarded(self, ref: str) -> bool:
        """Whether a guarded branch, or the one its ledger names then, is known after the push."""
        further = self.named(self.after.get(ref, ""))
        if further in self.after and self.named(self.after[further]) == further:
            return True
        return not self._reached(self.own, (self.after,)).isdisjoint({ref} & {*self.after})

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The main branch before the push; empty where there is none with a ledger yet.

        It is found from HEAD, else from main; else it is the branch that calls itself so, of which
        there may be several.
        """
        for start in self.own:
            if self.named(self.before.get(start, "")):
                return (self._followed(start),)
        self._learn(self.before.values())
        return tuple(ref for ref, commit in self.before.items() if self.named(commit) == ref)

    def to_follow(self, update: Update) -> tuple[str, ...]:
        """The branches of which a guarded one must be a continuation; none: of itself.

        What has not been the main branch before, though it may be there, is judged from it on:
        nobody has judged what it holds, or how far behind it is.
        """
        if update.target in self.lines:
            return ()
        if update.old and update.target in (*self.own, self.named(update.old)):
            return ()
        return tuple(each for each in self.lines if each in self.after)

    def _followed(self, start: str) -> str:
        """The branch that is main by the word of the ledgers, one naming the next."""
        seen, ref = {start}, start
        while (further := self.named(self.before[ref])) not in seen and self._taken(ref, further):
            seen.add(further)
            ref = further
        return ref

    def _taken(self, ref: str, further: str) -> bool:
        """Whether the branch that another one names goes on where that one has ended."""
        commit = self.before.get(further, "")
        if not self.named(commit):
            return False
        behind = self.ledger.repo.is_ancestor(commit, self.before[ref])
        return self.named(commit) == further or not behind

    def _reached(self, starts: Iterable[str], states: Sequence[dict[str, str]]) -> frozenset[str]:
        """Some branches and those that their ledgers name, one the next."""
        reached = list(dict.fromkeys(starts))
        for ref in reached:  # it grows
            for state in states:
                further = self.named(state.get(ref, ""))
                if further and further not in reached:
                    reached.append(further)
        return frozenset(reached)

    def _learn(self, commits: Iterable[str]) -> None:
        """Find the ledger.yaml of some commits, all by one process."""
        new = [each for each in dict.fromkeys(commits) if each and each not in self._configs]
        objects = gitserver.kinds(self.ledger.repo, [f"{each}:{CONFIG_FILE}" for each in new])
        for commit in new:
            blob, kind = objects.get(f"{commit}:{CONFIG_FILE}", ("", ""))
            self._configs[commit] = blob if kind == "blob" else ""


def short(ref: str) -> str:
    """A branch's name as people write it."""
    return ref.removeprefix(HEADS)
