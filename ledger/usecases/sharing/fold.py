"""A mistake that nobody else has yet, and its mending, made one honest step.

The gate judges every commit, so what was committed wrongly refuses for good, however it is mended
afterwards. Here the wrong commits and those that mend them are written anew as one; what does not
touch their files stays a step of its own. The files at the end are the same to the byte, the
commits as they were stay below `refs/ledger/`, and nothing moves before the rules agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from ledger.adapters.git.commit import refuse_unfinished
from ledger.adapters.git.merge import at_top, message_of_commit
from ledger.adapters.git.repo import GitRepo
from ledger.adapters.git.rewrite import Kept, kept_ref
from ledger.adapters.git.walk import Commit, these_commits
from ledger.errors import LedgerError
from ledger.model.problem import Problem, errors
from ledger.model.record import dataclass, field, replace
from ledger.usecases.checking.check import check_push, check_steps, check_whole
from ledger.usecases.reading.identities import addresses_at
from ledger.usecases.reading.load import config_at
from ledger.usecases.reading.open import Ledger
from ledger.usecases.sharing.foldable import Acts
from ledger.usecases.sharing.held import refuse_held
from ledger.usecases.sharing.lines import LocalLine, Stretch, line_of, one_step, pieces, relined
from ledger.usecases.sharing.restore import Former, chosen, formers, with_formers
from ledger.usecases.sharing.unshared import Misstep, missteps
from ledger.usecases.writing.act import Operation, held, message_of, move

_TRIED = 40  # ways to cut a piece out of a line of commits
_MOST = 2000  # commits that are not shared: more would take minutes
_SHORT = 8


@dataclass(frozen=True, slots=True)
class Remedy:
    """How to mend what is not shared yet.

    Attributes:
        tip: the branch as it is.
        target: what it is to be; empty where it cannot be mended this way.
        restored: files that become what they were before the first wrong commit.
        folded: the commits that become one with others, oldest first.
        steps: how many commits they become.
        kept: the ref under which the old commits stay, and the last of them; empty where none is
            replaced.
        problems: what is still wrong; nothing is moved then.
        objection: what folding would hide, in Chinese; nothing is moved then either.
        files: which files would have to be restored, in the order of the mistakes.
    """

    tip: str
    target: str = ""
    restored: tuple[Former, ...] = ()
    folded: tuple[str, ...] = ()
    steps: int = 0
    kept: Kept = ("", "")
    problems: tuple[Problem, ...] = ()
    objection: str = ""
    files: tuple[Former, ...] = ()


def remedy(
    ledger: Ledger,
    base: str,
    steps: Sequence[Misstep],
    today: dt.date,
    by: str,
    restore: Sequence[str] = (),
) -> Remedy:
    """Work out how to mend the branch; nothing points to what comes of it.

    Args:
        base: the newest commit that is shared.
        steps: the commits that broke rules, oldest first.
        by: who does it, for the messages.
        restore: files to be given back what they said before: paths relative to the ledger's
            root, or ids.

    Raises:
        UsageError: a file that no wrong commit has changed.
        LedgerError: somebody else has the commits.
    """
    repo = at_top(ledger.repo)
    prefix = ledger.repo.prefix()
    tip = repo.resolve("HEAD")
    files = formers(ledger, line_of(repo, base, tip), base, steps, prefix)
    restored = tuple({(one := chosen(files, each)).path: one for each in restore}.values())
    draft = Remedy(tip, restored=restored, files=tuple(each for each in files if each.suspect))
    newest = with_formers(ledger, repo, tip, restored, by, prefix)
    if wrong := errors(check_whole(ledger, base, newest, today)):
        return replace(draft, problems=wrong)
    if within := next((each for each in steps if each.within), None):
        refuse_held(repo, within.commit)
    work = _Folding(ledger, repo, base, today, by, kept_ref(newest))
    target, wrong, objection = work.mended(newest)
    if wrong or objection:
        return replace(draft, problems=wrong, objection=objection)
    folded = work.folded(target)
    if folded:
        if wrong := errors(check_push(ledger, base, target, today)):
            return replace(draft, problems=wrong)
        refuse_held(repo, folded[0])
    kept = (kept_ref(newest), newest) if folded else ("", "")
    return replace(draft, target=target, folded=folded, steps=work.steps(target), kept=kept)


def carry_out(ledger: Ledger, plan: Remedy) -> None:
    """Move the branch, and the files that are restored, to what was worked out.

    Raises:
        LedgerError: something was committed meanwhile, or uncommitted work is in the way.
    """
    with held(ledger):
        refuse_unfinished(ledger.repo)
        if ledger.repo.head() != plan.tip:
            raise LedgerError("刚才又有新的提交，什么都没有动", hint="请再运行一次")
        subject = "并步" if plan.folded else "恢复文件"
        move(ledger, plan.tip, plan.target, subject, kept=plan.kept)


@dataclass(slots=True)
class _Folding:
    """The work on one line of commits.

    Attributes:
        kept: the ref that the messages name.
        origins: of a commit that was written anew, those that it stands for.
        broken: what the commits that are there broke, by id.
    """

    ledger: Ledger
    repo: GitRepo
    base: str
    today: dt.date
    by: str
    kept: str
    origins: dict[str, tuple[str, ...]] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    broken: dict[str, tuple[Problem, ...]] = field(default_factory=dict)

    def mended(self, tip: str) -> tuple[str, tuple[Problem, ...], str]:
        """A line without wrong commits; or what is still wrong with the best that was tried.

        Or why not (Chinese), where all that the rules would take hides who did what.
        """
        wrong = missteps(self.ledger, self.base, tip, self.today)
        self.broken |= {each.commit: each.problems for each in wrong}
        while wrong:
            line = line_of(self.repo, self.base, tip)
            if len(line.commits) > _MOST:
                raise LedgerError(
                    f"还没有共享的提交有 {len(line.commits)} 个，太多了，不能并步",
                    hint="请懂 git 的同事处理",
                )
            tip, problems, objection = self._better(line, wrong)
            if problems or objection:
                return "", problems, objection
            wrong = missteps(self.ledger, self.base, tip, self.today)
        return tip, (), ""

    def folded(self, tip: str) -> tuple[str, ...]:
        """The commits that became one with others, oldest first."""
        commits = line_of(self.repo, self.base, tip).commits
        originals = (old for step in self.made if step in commits for old in self.origins[step])
        return tuple(dict.fromkeys(originals))

    def steps(self, tip: str) -> int:
        """How many they became."""
        return len(line_of(self.repo, self.base, tip).commits.keys() & set(self.made))

    def _better(
        self, line: LocalLine, wrong: Sequence[Misstep]
    ) -> tuple[str, tuple[Problem, ...], str]:
        """A line with fewer wrong commits, else as `mended`."""
        least: tuple[Problem, ...] = ()
        objections = []
        for piece in islice(pieces(line, wrong[0].commit), _TRIED):
            step = one_step(line, piece, self._message(piece.members))
            problems, objection = self._of_step(piece, step)
            if not problems and not objection:
                images = relined(line, piece, step)
                problems = self._of_line(line, piece, images, wrong)
            if not problems and not objection:
                self._remember(piece, step, images)
                return images[line.tip], (), ""
            objections += [objection] if objection else []
            if problems and (not least or len(problems) < len(least)):
                least = problems
        if objections:
            return "", (), objections[0]
        return "", least or wrong[0].problems, ""

    def _of_step(self, piece: Stretch, made: str) -> tuple[tuple[Problem, ...], str]:
        """What the rules, and those who did something, have against the one commit."""
        before = self.repo.parent_of(made)
        for step, problems in check_steps(self.ledger, before, made, self.today, policy=self.base):
            if step.commit.id != made:
                continue
            if refusing := errors(problems):
                return refusing, ""
            known = {each: self.broken.get(each, ()) for each in piece.members}
            acts = Acts(self.ledger, self.base, self.today)
            return (), acts.objection(step, piece.members, known)
        return (), ""

    def _of_line(
        self, line: LocalLine, piece: Stretch, images: Mapping[str, str], wrong: Sequence[Misstep]
    ) -> tuple[Problem, ...]:
        """What the rules have against the line that were not wrong before."""
        tip = images[line.tip]
        assert self.repo.tree_of(tip) == self.repo.tree_of(line.tip)  # noqa: S101 - by design
        members = set(piece.members)
        others = (each.commit for each in wrong if each.commit not in members)
        expected = {images.get(each, each) for each in others}
        left = missteps(self.ledger, self.base, tip, self.today)
        more = [each for each in left if each.commit not in expected]
        return tuple(problem for each in more for problem in each.problems)

    def _remember(self, piece: Stretch, step: str, images: Mapping[str, str]) -> None:
        originals = self._originals(piece.members)
        moved = {
            image: self.origins.get(old, (old,))
            for old, image in images.items()
            if old not in piece.members
        }
        self.broken |= {
            image: self.broken[old] for old, image in images.items() if old in self.broken
        }
        self.made = [*(images.get(each, each) for each in self.made), step]
        self.origins |= moved | {step: originals}

    def _originals(self, commits: Iterable[str]) -> tuple[str, ...]:
        return tuple(old for each in commits for old in self.origins.get(each, (each,)))

    def _message(self, members: Sequence[str]) -> str:
        """What was folded, by whom it was and which rules it broke; nothing is embellished."""
        originals = self._originals(members)
        commits = list(these_commits(self.repo, originals, ()))
        lines = [
            f"以下 {len(commits)} 个提交还没有共享，其中有违反规则的，连同改正并成一步，内容不变：",
            *(f"- {self._spelled(each)}" for each in commits),
            f"原来的提交留在 {self.kept}，只在办理这一步的电脑上。",
            f"办理人：{self.by}",
        ]
        trailers = (*self._trailers(originals), *self._others(commits))
        subject = f"并步：{len(commits)} 个没有共享的提交并成一步"
        operation = Operation("fold", subject, (), "\n".join(lines), tuple(trailers))
        return message_of(operation)

    def _spelled(self, commit: Commit) -> str:
        codes = "、".join(dict.fromkeys(each.code for each in self.broken.get(commit.id, ())))
        words = f"{commit.id[:_SHORT]} {commit.date[:10]} {commit.author}：{commit.subject}"
        words = " ".join(words.encode(errors="replace").decode().split())
        return f"{words}（违反 {codes}）" if codes else words

    def _trailers(self, commits: Iterable[str]) -> Iterator[tuple[str, str]]:
        """What the old commits said of themselves for programs, each line once."""
        lines = (
            line
            for commit in commits
            for line in message_of_commit(self.repo, commit).splitlines()
            if line.startswith("Ledger-") and ": " in line
        )
        for line in dict.fromkeys(lines):
            name, _, value = line.partition(": ")
            if (name, value) != ("Ledger-Op", "fold"):
                yield name, value.encode(errors="replace").decode()

    def _others(self, commits: Iterable[Commit]) -> Iterator[tuple[str, str]]:
        """Everybody else whose work is in it."""
        known = addresses_at(self.ledger, self.base, config_at(self.ledger, self.base))
        seen = [known.of(self.repo.identity(), self.repo.email())]
        for commit in commits:
            own = known.of(commit.author, commit.email)
            if all(own.isdisjoint(other) for other in seen):
                seen.append(own)
                person = f"{commit.author} <{commit.email}>".encode(errors="replace").decode()
                yield "Co-authored-by", " ".join(person.split())
