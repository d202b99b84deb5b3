"""What an import shows and asks before it writes, and what it refuses to write."""

from __future__ import annotations

from pathlib import Path

from ledger.cli.acting import Acting
from ledger.cli.asking import agreed, on_terminal
from ledger.cli.output import emit_lines
from ledger.cli.session import Ended, emit, emit_json, say
from ledger.errors import LedgerError
from ledger.model.record import replace
from ledger.usecases.reading.open import Ledger
from ledger.usecases.tables.cells import told
from ledger.usecases.tables.plan import ImportPlan, remembering, write_import
from ledger.view import importing as view
from ledger.view.progress import progress
from ledger.view.screen import screen
from ledger.view.table import draw


def preview(plan: ImportPlan, json: bool) -> None:
    """Show all that an import would do.

    Raises:
        LedgerError: the rules refuse it.
    """
    if json:
        emit_json(view.plan_json(plan))
    else:
        _show(plan, everything=True)
        say(*_doubtful(plan))
        say(*(view.refusals(plan)[1:] and ("不能写入：", *view.refusals(plan))))
    _refuse(plan)
    say("以上只是预览，没有写入。")


def carry_out(
    acting: Acting, plan: ImportPlan, file: Path, yes: bool, accept: bool, json: bool
) -> None:
    """Write an import, once what is doubtful in it is agreed to.

    Args:
        yes: whether the question about that is all that is to be shown beforehand.
        accept: whether it is agreed to already.

    Raises:
        LedgerError: the rules refuse it, or nobody agrees.
        Ended: with 1 when the person who was asked does not.
    """
    _refuse(plan)
    asked = bool(plan.doubts and plan.files) and not accept
    shown = asked and not yes
    if asked:
        plan = _agreed(acting.ledger, plan, shown=shown and not json)
    elif accept:
        plan = _remembering(acting.ledger, plan)
    commit = _written(acting.ledger, plan, file, acting.commit)
    if json:
        emit_json(view.plan_json(plan, commit, bool(plan.files)))
    elif not shown:
        _show(plan, everything=False)
        say(*(() if asked else _doubtful(plan)))
    say(_outcome(plan, commit))


def _doubtful(plan: ImportPlan) -> tuple[str, ...]:
    """What was not understood for certain, in lines."""
    return ("没有把握的地方：", *view.question(plan)) if plan.doubts else ()


def _show(plan: ImportPlan, everything: bool) -> None:
    """Print what an import brings; `everything` with all new tasks and what columns became."""
    to = screen()
    emit_lines([view.summary(plan)])
    table = view.new_table(plan, everything)
    emit(draw(table, to) if table.rows else ())
    emit_lines(view.changed_lines(plan))
    emit([""] if everything and to.terminal else ())
    emit(draw(view.column_table(plan), to) if everything else ())
    say(*view.notes(plan))


def _written(ledger: Ledger, plan: ImportPlan, file: Path, commit: bool) -> str:
    """Write what the plan says; return the commit, empty without one."""
    with progress("正在写入") as tell:
        return write_import(ledger, plan, file, commit, tell)


def _refuse(plan: ImportPlan) -> None:
    """Raise where the rules refuse what would be written, naming the first place."""
    if plan.refused:
        first, *others = told(replace(each, hint="") for each in plan.refused)
        more = f"（另有 {len(others)} 处，用 --dry-run 看全）" if others else ""
        raise LedgerError(f"{first}{more}", hint=plan.refused[0].hint or "请改正以后再导入")


def _agreed(ledger: Ledger, plan: ImportPlan, shown: bool) -> ImportPlan:
    """The plan, once the person agrees to what is doubtful in it; guesses are remembered.

    Args:
        shown: whether the plan is to be shown first.

    Raises:
        Ended: with 1 when the person does not agree.
        LedgerError: there is nobody to ask.
    """
    asks = on_terminal()
    if asks and shown:
        _show(plan, everything=True)
    say("写入以前请确认：", *view.question(plan))
    if not asks:
        wrong = "列认错了的用 --map 列名=字段 指明，不要的列写 --map 列名=不要"
        raise LedgerError("有几处没有把握，没有写入", hint=f"核对以后加 --accept 照此写入；{wrong}")
    if not agreed("照此写入"):
        say("没有写入。列认错了的，用 --map 列名=字段 指明后再导入；不要的列写 --map 列名=不要。")
        raise Ended(1)
    return _remembering(ledger, plan)


def _remembering(ledger: Ledger, plan: ImportPlan) -> ImportPlan:
    """The plan that also keeps what guessed columns are, where it writes anything."""
    return remembering(ledger, plan, plan.guesses()) if plan.files else plan


def _outcome(plan: ImportPlan, commit: str) -> str:
    if not plan.files:
        return "没有变化，不需要写入。"
    return "已导入并提交。" if commit else "已导入，没有提交。"
