"""协作: `ledger save`, `ledger undo`, `ledger sync`, `ledger renumber`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from ledger.cli import options
from ledger.cli.acting import Acting, ActsToday
from ledger.cli.asking import agreed, on_terminal, optional
from ledger.cli.frame import OptionGroup
from ledger.cli.groups import Opened
from ledger.cli.options import Option, TaskId, argument, flag
from ledger.cli.output import emit_lines, emit_table
from ledger.cli.session import Cancelled, Ended, say
from ledger.cli.syncing import Syncing, carry_out, end_unfinished, syncing

if TYPE_CHECKING:
    from ledger.usecases.reading.open import Ledger
    from ledger.usecases.sharing.save import HandEdits

_ONLY_SEEN = "以上只是预览，什么也没有动。"


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
    emit_lines(edit_lines(edits))
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
        _list_steps(acting)
    elif edits:
        _drop(acting.ledger, which, yes)
    else:
        _take_back(acting, which, dry_run, yes)


def _list_steps(acting: Acting) -> None:
    from ledger.usecases.sharing.undo import recent_steps
    from ledger.view.undo import step_table

    emit_table(step_table(recent_steps(acting.ledger, acting.today)), "table")


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
    emit_lines(undoing_lines(way))
    if dry_run:
        say(_ONLY_SEEN)
        return
    if on_terminal() and not yes and not agreed("撤回这一步"):
        raise Cancelled
    take_back(acting.ledger, way)
    say(f"已{way.subject}。再运行一次 ledger undo 就还原。")


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
        end_unfinished(asked.acting, go_on)
    else:
        carry_out(asked)


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
    return edits.called(given)


def _refuse_edits(edits: HandEdits) -> None:
    """Say what the rules have against it, and exit with 1."""
    from ledger.view.problems import problem_lines

    say(*problem_lines(edits.checked.problems))
    say("没有保存：请改好以上各处，再运行 ledger save。")
    raise Ended(1)
