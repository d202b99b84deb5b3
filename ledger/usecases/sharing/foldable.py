"""What no folding may hide: who applied and who reviewed, what a meeting recorded, a closing.

The rules judge what a folded step does. These are the acts that they know by the commits that
brought them, so these commits stay as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence

from ledger.adapters.git.walk import Commit, these_commits
from ledger.model.paths import DECISIONS, is_below
from ledger.model.problem import Problem, errors
from ledger.model.record import dataclass
from ledger.rules import CODES, Context, check_snapshot
from ledger.rules.history import newly_closed
from ledger.usecases.reading.hands import Deed, of_commit, of_step
from ledger.usecases.reading.identities import addresses_at
from ledger.usecases.reading.load import config_at, load
from ledger.usecases.reading.open import Ledger
from ledger.usecases.reading.step import STEP_PLACES, Step
from ledger.usecases.reading.versions import read_pairs

_OF_RECORDS = frozenset(code for code in CODES if code[0] in "DT")


@dataclass(frozen=True, slots=True)
class Acts:
    """Looks for acts that a folded step would hide.

    Attributes:
        base: the newest shared commit, whose ledger.yaml counts.
    """

    ledger: Ledger
    base: str
    today: dt.date

    def objection(
        self, step: Step, members: Sequence[str], wrong: Mapping[str, Collection[Problem]]
    ) -> str:
        """Why some commits must not become this step, in Chinese; empty where they may.

        Args:
            wrong: what each wrong commit broke.
        """
        if closed := newly_closed(step.changes[0]):
            return f"{closed[0].id} 的销号不能和别的改动并成一步"
        commits = list(these_commits(self.ledger.repo, members, STEP_PLACES))
        versions = read_pairs(self.ledger, commits)
        deeds = [deed for commit in commits for deed in of_commit(commit, versions)]
        for deed in of_step(step):
            if why := self._of_hands(deed, deeds, commits):
                return why
        return next(self._records(step, commits, wrong), "")

    def _of_hands(self, deed: Deed, deeds: Sequence[Deed], commits: Sequence[Commit]) -> str:
        """An application or a review is known by its own commit's author."""
        if deed.applied and deed.reviewed:
            return f"{deed.task} 的申请和审核不能并成一步，那样看不出各是谁办的"
        repo = self.ledger.repo
        known = addresses_at(self.ledger, self.base, config_at(self.ledger, self.base))
        mine = known.of(repo.identity(), repo.email())
        authors = {each.id: known.of(each.author, each.email) for each in commits}
        brought = [
            other
            for other in deeds
            if other.task == deed.task
            and ((deed.applied and other.applied == deed.applied)
                 or (deed.reviewed and other.reviewed == deed.reviewed))
        ]  # fmt: skip
        if brought and all(not authors[each.commit.id].isdisjoint(mine) for each in brought):
            return ""
        what = "申请" if deed.applied else "审核"
        return f"{deed.task} 的{what}不是您提交的，由您并步就看不出是谁办的"

    def _records(
        self, step: Step, commits: Sequence[Commit], wrong: Mapping[str, Collection[Problem]]
    ) -> Iterator[str]:
        """A record of a meeting that was sound stays a record, whatever it says."""
        repo = self.ledger.repo
        paths = {
            file.path: file.old
            for commit in reversed(commits)
            for file in commit.files
            if is_below(file.path, DECISIONS)
        }
        now = {each.path: each.blob for each in repo.files_of(step.commit.id, sorted(paths))}
        for commit in commits:
            for file in commit.files:
                if file.path not in paths or not file.new or file.new == now.get(file.path):
                    continue
                if paths[file.path] and paths[file.path] == now.get(file.path):
                    continue  # it is what it was before: nothing of it is lost
                broken = any(each.path == file.path for each in wrong.get(commit.id, ()))
                if not broken and self._is_sound(commit.id, file.path):
                    yield (
                        f"{file.path} 登记过的会议不能改，也不能撤；"
                        "请恢复原来的记录，更正另记一次会议"
                    )

    def _is_sound(self, commit: str, path: str) -> bool:
        context = Context(config_at(self.ledger, self.base), self.today)
        problems = check_snapshot(load(self.ledger, commit), context, _OF_RECORDS)
        return path not in {each.path for each in errors(problems)}
