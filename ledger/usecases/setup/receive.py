"""`gate receive`: what a push to the server is judged by, ref by ref, before it enters."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from ledger.adapters.files.cache import Cache
from ledger.adapters.git import server as gitserver
from ledger.adapters.git.repo import WHOLE_ID, bare_repo, existing
from ledger.errors import LedgerError
from ledger.model.paths import CONFIG_FILE, DATA, TASKS
from ledger.model.problem import Problem, errors
from ledger.model.record import dataclass
from ledger.usecases.checking.audit import made_wrongly
from ledger.usecases.checking.check import check_push
from ledger.usecases.checking.seal import PREFIX, no_seal
from ledger.usecases.reading.moment import today_of
from ledger.usecases.reading.open import Ledger
from ledger.usecases.setup.mainline import Heads, Update, short

_TAGS = "refs/tags/"
_SEALS = f"{_TAGS}{PREFIX}"
_GATED_T = frozenset({"T001", "T002", "T003", "T004", "T005", "T007", "T009", "T010"})
# git takes `refs/heads/main` for the end of such a name, too (remote.c, count_refspec_match).
_MISLEADING = re.compile(r"refs/(?:[^/]+/)?refs/")
_CALLED = {"blob": "文件", "tree": "文件夹", "tag": "标签"}


@dataclass(frozen=True, slots=True)
class Refused:
    """A push that must not enter: the ref, why (Chinese), and the rules it breaks."""

    ref: str
    reason: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Push:
    ledger: Ledger
    heads: Heads
    now: dt.datetime


def receive(folder: Path, lines: Iterable[str], now: dt.datetime) -> list[Refused]:
    """Judge a push, as git tells it to a pre-receive hook.

    Args:
        folder: the bare repository.
        lines: `<old> <new> <ref>` each.
        now: the server's own clock; the day it is by the ledger's time zone.

    Returns:
        What is refused; nothing when the push may enter. The main branch is gated, by whatever
        ref it is written to, seals are such and stay where they were put.

    Raises:
        LedgerError: nothing was said of any push: a hook before this one has read it away.
    """
    pushed = [line.split() for line in lines if line.strip()]
    if not pushed or not all(_is_update(words) for words in pushed):
        raise LedgerError(
            "没有读到推送的内容，不能判断，一律拒收",
            hint="本命令由服务器的 pre-receive 钩子运行；前面的钩子读过标准输入的，要再传给它",
        )
    repo = bare_repo(folder, os.environ)
    updates = [
        Update(existing(old), existing(new), ref, gitserver.written_to(repo, ref))
        for old, new, ref in pushed
    ]
    with closing(Cache(repo.state_dir())) as cache:
        ledger = Ledger(repo.root, repo, cache)
        push = _Push(ledger, Heads(ledger, updates), now)
        return [each for update in updates for each in _judged(push, update)]


def _is_update(words: list[str]) -> bool:
    return (
        len(words) == 3
        and all(WHOLE_ID.fullmatch(each) for each in words[:2])
        and words[2].startswith("refs/")
    )


def _judged(push: _Push, update: Update) -> Iterator[Refused]:
    repo, ref, target = push.ledger.repo, update.ref, update.target
    if update.new and _MISLEADING.match(ref):
        yield Refused(ref, "名称里又有一个 refs/，会让别人推送时分不清推到哪里；请换一个名称")
    elif target in push.heads.guarded:
        yield from _on_main(push, update)
    elif repo.is_on("core.ignoreCase") and target.casefold() in map(
        str.casefold, push.heads.guarded
    ):
        yield Refused(ref, "和主分支只差大小写，在这台服务器上是同一个文件")
    elif f"{target.casefold()}/".startswith(_SEALS):
        yield from _on_seal(push, update)


def _on_seal(push: _Push, update: Update) -> Iterator[Refused]:
    if update.old and update.target.casefold().startswith(_SEALS):
        yield Refused(update.ref, "封存一经推送，不能移动，也不能删除")
        return
    if not update.new:
        return
    heads = push.heads
    main = [heads.after[each] for each in sorted(heads.guarded) if each in heads.after]
    why = no_seal(push.ledger, update.target.removeprefix(_TAGS), update.new, main)
    if why:
        reason = (
            f"{why}；请先推送主分支，再推送用 ledger seal 作的封存，别的标签不要用 {PREFIX} 开头"
        )
        yield Refused(update.ref, reason)


def _on_main(push: _Push, update: Update) -> Iterator[Refused]:
    repo, ref, old, new = push.ledger.repo, update.ref, update.old, update.new
    if not new:
        yield Refused(ref, "主分支不能删除")
        return
    _, kind = gitserver.kinds(repo, [new]).get(new, ("", ""))
    if kind != "commit":
        name = _CALLED.get(kind, "不认识的东西")
        yield Refused(ref, f"主分支只能指向提交，推送来的是{name}；请推送一个提交")
        return
    if below := _ledger_below(push, new):
        yield Refused(
            ref,
            f"台账在 {below} 里，不在仓库的顶层，门禁和平台的检查都看不到；"
            f"请把 {CONFIG_FILE} 和 {DATA} 移到顶层再推送，不要门禁的请管理员拆下钩子",
        )
        return
    if old and not repo.is_ancestor(old, new):
        yield Refused(ref, "主分支的历史不能改写（不是快进）；请先取回主分支再推送")
        return
    lines = push.heads.to_follow(update)
    tips = [push.heads.after[each] for each in lines]
    before = next((each for each in tips if repo.is_ancestor(each, new)), "") if tips else old
    if tips and not before:
        names = "、".join(map(short, lines))
        yield Refused(
            ref,
            f"服务器上的主分支是 {names}，{short(update.target)} 没有接着它最新的提交；"
            f"请先取回并合并 {names} 再推送",
        )
        return
    if problems := _problems(push, before, new):
        yield Refused(ref, f"违反台账规则（{len(problems)} 处）", problems)
    elif before:
        yield from _renaming(push, update, before)


def _renaming(push: _Push, update: Update, before: str) -> Iterator[Refused]:
    """Judge that a push has another branch be the main one from now on.

    That branch may be there already, and nobody has looked at it.
    """
    heads, repo = push.heads, push.ledger.repo
    further = heads.named(update.new)
    if further in (heads.named(before), update.target):
        return
    own, other = short(update.target), short(further)
    known = {*heads.lines, *(heads.named(heads.before[each]) for each in heads.lines)}
    if heads.lines and update.target not in heads.lines and further not in known:
        main = "、".join(map(short, heads.lines))
        yield Refused(update.ref, f"主分支是 {main}，改名只能从它改起；请在 {main} 上改 forge.base")
    elif not heads.stays_guarded(update.target):
        yield Refused(
            update.ref,
            f"主分支从 {own} 改成了 {other or '没有'}，这样推送以后就没有受门禁保护的主分支；"
            f"请同时推送新的主分支，如 git push origin {own} {own}:{other or '新名称'}",
        )
    elif further in heads.before and (tip := heads.after.get(further, "")):
        problems = _problems(push, update.new, tip) if repo.is_ancestor(update.new, tip) else ()
        behind = repo.is_ancestor(tip, update.new) and (
            tip == update.new or further not in (*heads.own, heads.named(tip))
        )
        if problems or not (behind or repo.is_ancestor(update.new, tip)):
            yield Refused(
                update.ref,
                f"主分支改名为 {other}，服务器上已有的 {other} 却有没经过门禁的内容，或者落后了；"
                f"请先合并它，再一起推送，如 git push origin {own} {own}:{other}，"
                f"不要了的先删除它",
                problems,
            )


def _problems(push: _Push, before: str, new: str) -> tuple[Problem, ...]:
    """What is wrong with a step of the main branch; a ledger's first push has nothing before."""
    if before == new:
        return ()
    ledger = push.ledger
    today = today_of(ledger, push.now, before or new)
    problems = tuple(
        each
        for each in errors(check_push(ledger, before, new, today))
        if each.code in _GATED_T or each.code[0] in "CDHS"
    )
    if problems or not before:  # a ledger's first push brings its history as it is
        return problems
    return errors(made_wrongly(ledger, before, new, ("H001", "H002", "H003")))


def _ledger_below(push: _Push, commit: str) -> str:
    """The folder where a commit has its ledger, if not at the top; empty where it has none."""
    if push.heads.named(commit):
        return ""
    paths = dict.fromkeys(path for path, _ in push.ledger.repo.entries(commit))
    end = f"/{CONFIG_FILE}"
    folders = (path.removesuffix(end) for path in paths if path.endswith(end))
    return next((each for each in folders if f"{each}/{TASKS}" in paths), "")
