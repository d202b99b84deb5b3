"""A sync as somebody asks for it and is told of it: clashes, mistakes and their mending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from ledger.cli import options
from ledger.cli.acting import Acting, somebody
from ledger.cli.asking import agreed, on_terminal
from ledger.cli.options import flag, option
from ledger.cli.output import emit_table
from ledger.cli.session import Ended, Session, emit, emit_json, say
from ledger.errors import UsageError
from ledger.model.paths import CONFIG_FILE
from ledger.model.problem import has_errors
from ledger.model.record import dataclass

if TYPE_CHECKING:
    from ledger.usecases.sharing.fold import Remedy
    from ledger.usecases.sharing.sync import Synced, SyncPlan

_ONLY_SEEN = "以上只是预览，什么也没有动。"


@dataclass(frozen=True, slots=True)
class Syncing:
    """A sync that was asked for.

    Attributes:
        choices: place of a clash → the side that was chosen.
        fold, restore: how what was committed wrongly is mended.
        dry_run: only say what would be done.
    """

    acting: Acting
    form: str
    choices: dict[str, str]
    fold: bool
    restore: list[str]
    dry_run: bool


def syncing(
    here: Session,
    dry_run: Annotated[bool, flag("--dry-run", "只看会取回什么、送出什么，什么也不动")] = False,
    ours: Annotated[
        list[str] | None, option("--ours", "编号.字段", "这处冲突用本方的；可写多次")
    ] = None,
    theirs: Annotated[
        list[str] | None, option("--theirs", "编号.字段", "这处冲突用对方的；可写多次")
    ] = None,
    fold: Annotated[
        bool, flag("--fold", "并步：没有共享的提交里有违反规则的，连同改正并成一步再送出")
    ] = False,
    restore: Annotated[
        list[str] | None,
        option("--restore", "文件|编号", "恢复成出错以前的样子，和 --fold 一起用；可写多次"),
    ] = None,
    by: options.By = None,
    form: options.Format = None,
    json: options.Json = False,
) -> Syncing:
    """What a sync is told; the ledger may be one whose ledger.yaml a commit has taken away."""
    chosen = options.chosen_format(form, json, ("table", "json"))
    ledger = here.open(lost=True)
    acting = somebody(ledger, by, here.now(ledger))
    choices = _choices(ours or [], theirs or [])
    return Syncing(acting, chosen, choices, fold, restore or [], dry_run)


def carry_out(asked: Syncing) -> None:
    """Sync, ask what has to be decided, and say what came of it."""
    done = _settled(asked, _synced(asked, asked.dry_run))
    if _is_mended(asked, done.plan):
        if asked.dry_run:
            say(_ONLY_SEEN)
            return
        done = _synced(asked, False)
    _tell(asked, done)


def _synced(asked: Syncing, dry_run: bool) -> Synced:
    from ledger.usecases.sharing.sync import sync
    from ledger.view.sync import request_body

    acting = asked.acting
    by, today = acting.act.by, acting.today
    return sync(acting.ledger, today, by, request_body, asked.choices, dry_run=dry_run)


def end_unfinished(acting: Acting, go_on: bool) -> None:
    """Finish what a git of somebody's has begun, or give it up."""
    from ledger.usecases.sharing.finish import finish, give_up
    from ledger.view.problems import problem_lines

    if not go_on:
        say(f"已放弃没有做完的{give_up(acting.ledger)}，一切照旧。")
        return
    called, problems = finish(acting.ledger, acting.today)
    say(*problem_lines(problems))
    if has_errors(problems):
        say("没有做完：请改好以上各处，再运行一次；不要这次合并的，运行 ledger sync --abort。")
        raise Ended(1)
    say(f"{called}做完了。")


def _settled(asked: Syncing, done: Synced) -> Synced:
    """The same once somebody on a terminal has said of every clash which side it is to be."""
    from ledger.cli.asking import one_of_these
    from ledger.model.reconcile import OURS, THEIRS
    from ledger.view.sync import clash_lines

    while done.plan.clashes and on_terminal() and asked.form == "table" and not asked.dry_run:
        for clash in done.plan.clashes:
            say(*clash_lines(clash))
            picked = one_of_these("用哪一个（1 或 2，回车先不定）", ("1", "2"))
            if not picked:
                return done
            asked.choices[clash.choice()] = OURS if picked == "1" else THEIRS
        done = _synced(asked, False)
    return done


def _is_mended(asked: Syncing, plan: SyncPlan) -> bool:
    """Name what was committed wrongly; whether it was mended, or would be."""
    from ledger.view.sync import misstep_lines

    say(*misstep_lines(plan.missteps))
    if plan.missteps:
        return _Mending(asked, plan).done()
    if asked.fold or asked.restore:
        say("没有要并步的提交，也没有要恢复的文件。")
    return False


def _tell(asked: Syncing, done: Synced) -> None:
    """Say what came of a sync; exit with 1 where something stands in the way."""
    from ledger.view import sync as view

    plan = done.plan
    if asked.form == "json":
        emit_json(view.plan_json(plan, done.attempts))
    elif asked.dry_run and not plan.refused():
        emit(view.plan_lines(plan))
    say(*view.remark_lines(plan))
    if plan.refused():
        _refuse(plan, asked.form)
    say(*[_ONLY_SEEN] if asked.dry_run else view.done_lines(plan))
    if done.message and not asked.dry_run:
        say(f"{done.message.rstrip('。')}。")


@dataclass(frozen=True, slots=True)
class _Mending:
    """Mending what was committed wrongly, as the command line has it or as somebody says.

    Attributes:
        plan: what a sync would do; it names the wrong commits.
    """

    asked: Syncing
    plan: SyncPlan

    def done(self) -> bool:
        """Mend it, where it is wanted; False where it stays as it is."""
        from ledger.usecases.sharing.fold import carry_out
        from ledger.view import sync as view

        if self.asked.dry_run and not (self.asked.fold or self.asked.restore):
            return False
        remedy = self._worked_out()
        if not remedy.target:
            self._refuse(remedy)
            return False
        if remedy.folded and not self._may_fold(remedy):
            restored = remedy.restored
            say(*view.unmended_lines(restored) if restored else view.mended_lines())
            return False
        if not self.asked.dry_run:
            carry_out(self.asked.acting.ledger, remedy)
        say(*view.remedy_preview(remedy) if self.asked.dry_run else view.remedy_lines(remedy))
        return True

    def _worked_out(self) -> Remedy:
        """What is to be done; a person is asked which files are to be restored."""
        from ledger.view.problems import sentence
        from ledger.view.sync import restoring_question

        remedy = self._remedy(self.asked.restore)
        if remedy.target or self.asked.restore or self.asked.dry_run:
            return remedy
        if remedy.objection:
            say(sentence(remedy.objection, ""))
        asked = [each.path for each in remedy.files if agreed(restoring_question(each))]
        return self._remedy(asked) if asked else remedy

    def _remedy(self, restore: list[str]) -> Remedy:
        from ledger.usecases.sharing.fold import remedy

        plan, acting = self.plan, self.asked.acting
        by, today = acting.act.by, acting.today
        return remedy(acting.ledger, plan.base, plan.missteps, today, by, restore)

    def _may_fold(self, remedy: Remedy) -> bool:
        """Whether it is wanted; ledger.yaml, without which nothing runs, is wanted back at once."""
        if self.asked.fold:
            return True
        if self.asked.dry_run or not on_terminal():
            return any(CONFIG_FILE in each.sources for each in remedy.restored)
        return agreed(f"把这 {len(remedy.folded)} 个提交并成一步？内容不变，原来的提交留在本机。")

    def _refuse(self, remedy: Remedy) -> None:
        """Say what is still wrong, and what else there is to be done."""
        from ledger.view.problems import problem_lines, sentence
        from ledger.view.sync import unmended_lines

        say(*problem_lines(remedy.problems if remedy.restored else ()))
        if remedy.objection and (remedy.restored or self.asked.restore or self.asked.dry_run):
            say(sentence(remedy.objection, ""))
        files = {each.path: each for each in (*remedy.restored, *remedy.files)}
        helps = len(files) > len(remedy.restored)
        say(*unmended_lines(files.values() if helps else ()))


def _refuse(plan: SyncPlan, form: str) -> None:
    """Say what stands in the way, and exit with 1."""
    from ledger.view.problems import problem_lines
    from ledger.view.sync import clash_table

    if plan.clashes:
        if form != "json":
            emit_table(clash_table(plan.clashes), form)
        say("两边改了同一处，什么都没有动；请逐处选定，如：")
        say(f"  ledger sync --theirs {plan.clashes[0].choice()}")
    told = {problem for each in plan.missteps for problem in each.problems}
    say(*problem_lines(each for each in plan.problems if each not in told))
    if not plan.clashes:
        say("没有通过检查，什么都没有动；请改好后再运行一次。")
    raise Ended(1)


def _choices(ours: list[str], theirs: list[str]) -> dict[str, str]:
    """What was chosen → the side.

    Raises:
        UsageError: the same place for both sides.
    """
    from ledger.model.reconcile import OURS, THEIRS

    both = sorted({*ours} & {*theirs})
    if both:
        raise UsageError(f"{both[0]} 既选了本方又选了对方", hint="请只选一方")
    return dict.fromkeys(ours, OURS) | dict.fromkeys(theirs, THEIRS)
