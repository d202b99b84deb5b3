"""`doctor`: does everything the ledger stands on work here?"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from ledger.adapters.disk import store
from ledger.adapters.disk.store import FileChange
from ledger.adapters.git.rewrite import FOLDED, kept_lines
from ledger.adapters.git.walk import authors
from ledger.errors import LedgerError
from ledger.model.config import Config, Forge
from ledger.model.mailbox import Addresses, joined
from ledger.model.paths import CONFIG_FILE, DATA, SCHEMAS, is_ledger_file, is_misspelt
from ledger.model.problem import ERROR
from ledger.model.schema import FILES
from ledger.model.snapshot import Snapshot
from ledger.usecases.checking.worktree import check_worktree
from ledger.usecases.reading.identities import addresses_at
from ledger.usecases.reading.load import load, load_config
from ledger.usecases.reading.open import Ledger
from ledger.usecases.setup.clone import hook, refuse_edited, remote_of, state_of
from ledger.usecases.setup.finding import BAD, FIX, GOOD, NOTE, Finding, advice, failing
from ledger.usecases.setup.gate import CHECK
from ledger.usecases.setup.init import schema_text
from ledger.usecases.setup.machine import fonts, habits, programs, time_zone
from ledger.usecases.setup.opening import opened, way_in
from ledger.usecases.sharing.save import hand_edits
from ledger.usecases.sharing.unshared import unshared_missteps
from ledger.usecases.writing.act import Operation, alone, record

_NAMED, _SHORT = 3, 8
_TRIES = 4
_PAGE = "手册《几个人合用》的“两个人一台电脑”"


def examine(
    folder: Path,
    settle: Callable[[Ledger], None],
    now: Callable[[Ledger], dt.date],
    instant: dt.datetime,
    *,
    forge: bool = False,
    fix: bool = False,
) -> Iterator[Finding]:
    """Look at the environment, the repository, the configuration and the files.

    Each thing is looked at when it is asked for, so what was found before may have been mended.

    Args:
        settle: puts right what a killed program left half written.
        now: the day it is for a ledger.
        instant: the moment it is, by this machine's clock.
        forge: ask the forge, too, whether it insists on what the gate needs.
        fix: whether what is found is mended before the next is asked for.
    """
    yield from programs()
    yield from habits(os.environ)
    ledger = None
    for _ in range(_TRIES):  # one thing may stand behind another
        try:
            ledger = opened(folder)
        except LedgerError as error:
            mend = way_in(folder, error)
            yield Finding("台账", BAD, advice(error), mend=mend)
            if mend is None or not fix:
                return
        else:
            break
    if ledger is not None:
        settle(ledger)
        yield from _within(ledger, now, instant, forge)


def _within(
    ledger: Ledger, now: Callable[[Ledger], dt.date], instant: dt.datetime, forge: bool
) -> Iterator[Finding]:
    yield from state_of(ledger, _met(ledger))
    yield from _misspelt(ledger)
    snapshot, today = load(ledger), now(ledger)
    config = snapshot.config
    yield from _files(ledger, snapshot, today)
    yield _schemas(ledger)
    # What a closing by two people needs: a place to meet, two accounts, the policy, the checks.
    yield from remote_of(ledger, config, instant)
    yield from (_accounts(ledger, config), _policy(config), hook(ledger))
    yield from (_unsaved(ledger, today), *_sharing(ledger, today))
    yield time_zone(instant, config.calendar.timezone)
    yield from fonts(config.fonts)
    if forge:
        yield from _forge(ledger, config.forge)


def _accounts(ledger: Ledger, config: Config) -> Finding:
    """How many people there are, by git's addresses; a closing takes two."""
    head = ledger.repo.head()
    signed = authors(ledger.repo, head) if head else set()
    signed |= {(ledger.repo.identity(), ledger.repo.email())}
    known = addresses_at(ledger, head, config) if head else Addresses()
    people = joined(filter(None, (known.of(name, email) for name, email in signed)))
    if len(people) > 1:
        return Finding("账号", GOOD, f"{len(people)} 个账号办理过")
    alone = config.policies.self_merge == "允许"
    return Finding(
        "账号",
        NOTE,
        "只有一个账号办理过：审核"
        + ("" if alone else "和合并销号")
        + f"要另一个人用自己的账号，换账号的办法见{_PAGE}",
    )


def _policy(config: Config) -> Finding:
    """Whether two people are asked for at all."""
    loose = []
    if config.policies.history.pull_requests == "不必":
        loose.append("policies.history.pull_requests 是“不必”，销号不经合并也不报错")
    if config.policies.self_merge == "允许":
        loose.append("policies.self_merge 是“允许”，提出销号的人可以自己合并")
    if loose:
        return Finding("两人办理", NOTE, "；".join(loose))
    return Finding("两人办理", GOOD, "销号由一个人提出，另一个人合并")


def _unsaved(ledger: Ledger, today: dt.date) -> Finding:
    """Whether what was written is in the record, and could be."""
    listed = ledger.repo.run("status", "--porcelain", "-z", "--no-renames", "--", ".")
    count = len(listed.split(b"\0")) - 1
    if not count:
        return Finding("没有提交的改动", GOOD, "没有")
    text = f"{count} 个文件，核对以后运行 ledger save 保存；不要的，运行 ledger undo --edits 撤掉"
    try:
        problems = hand_edits(ledger, today).checked.problems
    except LedgerError as error:
        return Finding("没有提交的改动", BAD, f"{count} 个文件：{advice(error)}")
    errors = [each for each in problems if each.severity == ERROR]
    if not errors:
        return Finding("没有提交的改动", NOTE, text)
    first = f"{errors[0].path}：{errors[0].code} {errors[0].message}"
    more = f"等 {len(errors)} 处" if len(errors) > 1 else ""
    told = f"{count} 个文件，违反规则，保存不了：{first}{more}；ledger save --dry-run 逐处说明"
    return Finding("没有提交的改动", BAD, told)


def _sharing(ledger: Ledger, today: dt.date) -> Iterator[Finding]:
    """What is here and nowhere else: whether it could be sent."""
    kept = kept_lines(ledger.repo)
    folded = f"；并过 {kept} 次步，原来的提交留在 {FOLDED}" if kept else ""
    wrong = unshared_missteps(ledger, today)
    if not wrong:
        yield Finding("没有共享的提交", GOOD, f"都合乎规则{folded}")
        return
    named = "、".join(
        f"{each.commit[:_SHORT]}（{each.problems[0].code}）" for each in wrong[:_NAMED]
    )
    more = f"等 {len(wrong)} 个" if len(wrong) > _NAMED else ""
    yield Finding(
        "没有共享的提交",
        BAD,
        f"{named}{more}违反规则，送不出去；改好以后运行 ledger sync --fold，并成一步{folded}",
    )


def _met(ledger: Ledger) -> Forge:
    """How the ledger meets others; as usual where its ledger.yaml is wrong, which is told later."""
    try:
        return load_config(ledger).config.forge
    except LedgerError:
        return Forge()


def _misspelt(ledger: Ledger) -> Iterator[Finding]:
    """Files that nothing reads because of how their names end; nothing where there are none."""
    wrong = [each for each in _data_files(ledger) if is_ledger_file(each) and is_misspelt(each)]
    if not wrong:
        return
    free = [each for each in wrong if not (ledger.root / _right(each)).exists()]
    named = "、".join(wrong[:_NAMED]) + (f"等 {len(wrong)} 个" if len(wrong) > _NAMED else "")
    way = f"{FIX}改名" if free else "改成的名称已经有了，请删去一个"
    text = f"{named} 的名称不以 .yaml 结尾，不会读；{way}"
    yield Finding("文件名", BAD, text, mend=partial(_renamed, ledger, free) if free else None)


def _data_files(ledger: Ledger) -> Iterator[str]:
    for folder, _, names in os.walk(ledger.root / DATA):
        yield from (
            (Path(folder) / name).relative_to(ledger.root).as_posix()
            for name in names
            if not name.endswith(".yaml")
        )


def _right(path: str) -> str:
    return f"{path.rpartition('.')[0]}.yaml"


@alone
def _renamed(ledger: Ledger, paths: Sequence[str]) -> str:
    for path in paths:
        place = ledger.root / _right(path)
        if not place.exists():  # two of them may come to the same
            (ledger.root / path).rename(place)
    return "已改名，请运行 ledger save 保存"


def _files(ledger: Ledger, snapshot: Snapshot, today: dt.date) -> Iterator[Finding]:
    """Whether the configuration and the data are right, by all rules."""
    organisation = snapshot.config.organisation
    config = [each for each in snapshot.problems if each.path == CONFIG_FILE]
    yield Finding(
        "配置",
        BAD if any(each.severity == ERROR for each in config) else NOTE if config else GOOD,
        "；".join(each.message for each in config)
        or f"{organisation or '未填单位名称'}，{len(snapshot.config.departments)} 个部门",
    )
    problems = check_worktree(ledger, today).problems
    errors = sum(problem.severity == ERROR for problem in problems)
    counted = (
        f"{len(snapshot.tasks)} 个事项、{len(snapshot.sources)} 个来源、"
        f"{len(snapshot.decisions)} 份会议记录"
    )
    more = f"，{errors} 个错误，ledger check 逐个说明" if errors else ""
    yield Finding("数据", BAD if errors else GOOD, counted + more)


def _schemas(ledger: Ledger) -> Finding:
    """Whether editors know the files' form as this version of the program has it."""
    if not _stale(ledger):
        return Finding("编辑器提示", GOOD, SCHEMAS)
    text = f"{SCHEMAS} 与程序版本不一致，{FIX}重新生成"
    return Finding("编辑器提示", NOTE, text, mend=lambda: _rewritten(ledger))


def _stale(ledger: Ledger) -> list[FileChange]:
    """The schemas that are otherwise than this version has them, as they are to be."""
    changes = []
    for kind in FILES:
        path, text = f"{SCHEMAS}/{kind}.json", schema_text(kind).encode()
        place = ledger.root / path
        old = store.read(ledger.root, path) if place.is_file() else None
        if old != text:
            changes.append(FileChange(path, old, text))
    return changes


@alone
def _rewritten(ledger: Ledger) -> str:
    changes = _stale(ledger)
    refuse_edited(ledger, [each.path for each in changes if (ledger.root / each.path).exists()])
    record(ledger, changes, Operation("gate", "更新编辑器提示用的格式说明"), commit=True)
    return "已重新生成，并已保存"


def _forge(ledger: Ledger, settings: Forge) -> Iterator[Finding]:
    """What is switched on at the forge; what it does not tell is left to be looked at."""
    from ledger.adapters.forge.guards import guards_of

    try:
        guards = guards_of(ledger.repo, settings.remote, settings.base, CHECK)
    except LedgerError as error:
        yield failing("托管平台", error)
        return
    for guard in guards:
        state = NOTE if guard.holds is None else GOOD if guard.holds else BAD
        yield Finding(f"平台：{guard.name}", state, guard.setting)
