"""协作: `ledger save`, `ledger undo`, `ledger sync`, `ledger renumber`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from ledger.cli import options
from ledger.cli.acting import Acting, ActsToday, somebody
from ledger.cli.asking import agreed, on_terminal, optional
from ledger.cli.frame import OptionGroup
from ledger.cli.groups import Opened
from ledger.cli.options import Option, TaskId, argument, flag, option
from ledger.cli.output import emit_table
from ledger.cli.session import Cancelled, Ended, Session, emit, emit_json, say
from ledger.errors import UsageError
from ledger.model.paths import CONFIG_FILE
from ledger.model.problem import has_errors
from ledger.model.record import dataclass

if TYPE_CHECKING:
    from ledger.usecases.reading.open import Ledger
    from ledger.usecases.sharing.fold import Remedy
    from ledger.usecases.sharing.save import HandEdits
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


def save(
    *,
    message: Annotated[
        str | None, Option(("-m", "--message"), "说明", "这次改了什么，一句话")
    ] = None,
    dry_run: Annotated[bool, flag("--dry-run", "只看改了什么、合不合规则，不保存")] = False,
    acting: ActsToday,
) -> None:
    """保存手工改过的文件：列出改了什么，按规则检查，合乎规则的记入台账。"""
    from ledger.usecases.sharing.save import hand_edits
    from ledger.usecases.sharing.save import save as keep
    from ledger.view.save import edit_lines, remark_lines

    edits = hand_edits(acting.ledger, acting.today)
    emit(edit_lines(edits))
    say(*remark_lines(edits))
    if edits.refused():
        _refuse_edits(edits)
    if not edits.files or dry_run:
        say("没有要保存的改动。" if not edits.files else _ONLY_SEEN)
        return
    subject = _subject(edits, message)
    keep(acting.ledger, edits, subject)
    say(f"已保存：{subject}。")


def undo(
    which: Annotated[str, argument("哪一步", "--list 里的序号；不写是最近一步")] = "",
    *,
    edits: Annotated[
        bool, flag("--edits", "撤掉还没有保存的手工改动；后面写编号或文件，不写是全部")
    ] = False,
    listed: Annotated[bool, flag("--list", "列出最近的几步，哪些能撤回")] = False,
    dry_run: Annotated[bool, flag("--dry-run", "只看撤回以后会怎样，不撤")] = False,
    yes: Annotated[bool, options.yes("撤回")] = False,
    acting: ActsToday,
) -> None:
    """撤回自己刚办的一步，撤回本身也记在台账里；再运行一次，就恢复。

    送到远端的、别人接着办过的、合并进来的销号不能撤回，会说明怎么更正。
    """
    if listed:
        _list_steps(acting.ledger)
    elif edits:
        _drop(acting.ledger, which, yes)
    else:
        _take_back(acting, which, dry_run, yes)


def _list_steps(ledger: Ledger) -> None:
    from ledger.usecases.sharing.undo import recent_steps
    from ledger.view.undo import step_table

    emit_table(step_table(recent_steps(ledger)), "table")


def _drop(ledger: Ledger, which: str, yes: bool) -> None:
    from ledger.usecases.sharing.drop import drop_edits

    if not yes and on_terminal() and not agreed("撤掉还没有保存的手工改动"):
        raise Cancelled
    done = drop_edits(ledger, which)
    say(f"已撤掉 {'、'.join(done.paths)} 的手工改动；原来的样子另存在 {done.place}。")


def _take_back(acting: Acting, which: str, dry_run: bool, yes: bool) -> None:
    from ledger.usecases.sharing.undo import undo as take_back
    from ledger.usecases.sharing.undo import undoing
    from ledger.view.undo import undoing_lines

    way = undoing(acting.ledger, which, acting.today, acting.act.by)
    emit(undoing_lines(way))
    if dry_run:
        say(_ONLY_SEEN)
        return
    if on_terminal() and not yes and not agreed("撤回这一步"):
        raise Cancelled
    take_back(acting.ledger, way)
    say(f"已{way.subject}。再运行一次 ledger undo 就还原。")


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


def sync(
    *,
    go_on: Annotated[bool, flag("--continue", "做完别的程序做到一半的合并，冲突要先改好")] = False,
    give_up: Annotated[bool, flag("--abort", "放弃别的程序做到一半的合并，恢复原样")] = False,
    asked: Annotated[Syncing, OptionGroup(syncing)],
) -> None:
    """和远端的主分支同步：取回、合并、检查、推送；没有提交的修改不动。

    两个人改了同一处时，列出双方的值，各是谁什么时候改的：在终端上逐处问用哪一个，
    别处用 --ours 或 --theirs 选定后再运行一次。
    以前的提交违反规则、送不出去的，改好以后用 --fold 并成一步；在终端上会问。
    """
    if go_on or give_up:
        _end_unfinished(asked.acting, go_on)
        return
    done = _settled(asked, _synced(asked, asked.dry_run))
    if _is_mended(asked, done.plan):
        if asked.dry_run:
            say(_ONLY_SEEN)
            return
        done = _synced(asked, False)
    _tell(asked, done)


def renumber(
    task: TaskId,
    new: Annotated[str, argument("新编号", "默认取来源的下一个号")] = "",
    *,
    ledger: Opened,
) -> None:
    """给还没有推送过的事项换一个编号，关联和会议记录里的一并改。"""
    from ledger.usecases.merging.renumber import renumber as change_id

    done = change_id(ledger, task, new)
    say(f"{done.old} 已改为 {done.new}（{done.commits} 个还没有推送的提交随之改写）。")


def _subject(edits: HandEdits, message: str | None) -> str:
    """What the commit is called: as it was said, as somebody says who is asked, or by itself."""
    given = message if message is not None else optional(None, f"这次改了什么 [{edits.subject}]")
    return " ".join(given.split()).rstrip("。") or edits.subject


def _refuse_edits(edits: HandEdits) -> None:
    """Say what the rules have against it, and exit with 1."""
    from ledger.view.problems import problem_lines

    say(*problem_lines(edits.checked.problems))
    say("没有保存：请改好以上各处，再运行 ledger save。")
    raise Ended(1)


def _synced(asked: Syncing, dry_run: bool) -> Synced:
    from ledger.usecases.sharing.sync import sync
    from ledger.view.sync import request_body

    acting = asked.acting
    by, today = acting.act.by, acting.today
    return sync(acting.ledger, today, by, request_body, asked.choices, dry_run=dry_run)


def _end_unfinished(acting: Acting, go_on: bool) -> None:
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
