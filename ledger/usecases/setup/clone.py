"""What `doctor` sees of one clone of a ledger: its repository, its branch, its remote."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from ledger.adapters.disk import store
from ledger.adapters.disk.store import FileChange
from ledger.adapters.files import database
from ledger.adapters.forge.address import WEB, address_of
from ledger.adapters.forge.credentials import asked_as_nobody
from ledger.adapters.git import own_hook, repair
from ledger.adapters.git.commit import branches, has_changes
from ledger.adapters.git.remote import remote_refs, remotes
from ledger.adapters.git.unfinished import unfinished
from ledger.adapters.git.walk import is_shallow
from ledger.adapters.git.words import ADDRESS_REMEDY
from ledger.errors import LedgerError
from ledger.model.config import Config, Forge
from ledger.model.paths import (
    ATTRIBUTES_FILE,
    CONFIG_FILE,
    path_of_decision,
    path_of_source,
    path_of_task,
)
from ledger.usecases.reading.identities import nobody, registered
from ledger.usecases.reading.open import Ledger
from ledger.usecases.setup.finding import BAD, FIX, GOOD, NOTE, Finding, advice, failing
from ledger.usecases.setup.init import LINE_ENDS
from ledger.usecases.sharing.merge_driver import install_driver, lacking
from ledger.usecases.writing.act import Operation, alone, record, refuse_elsewhere

_PATIENCE_SECONDS = 10
_SAVE_FIRST = "请先运行 ledger save 保存，或用 ledger undo --edits 撤掉"
_SKEW = dt.timedelta(minutes=5)  # what servers commonly bear
_EXAMPLES = (CONFIG_FILE, path_of_task("a", "a"), path_of_source("a"), path_of_decision("a", "a"))


def state_of(ledger: Ledger, forge: Forge) -> Iterator[Finding]:
    """What may be wrong in the repository itself."""
    yield Finding("台账", GOOD, str(ledger.root))
    name, unknown = registered(ledger.repo), nobody()
    yield Finding("办理人", GOOD if name else BAD, name or advice(unknown))
    yield from _locks(ledger)
    yield _branch(ledger, forge)
    yield _driver(ledger)
    yield _line_ends(ledger)
    yield _history(ledger, forge)
    yield from _cache(ledger)


def _locks(ledger: Ledger) -> Iterator[Finding]:
    """What a git that was killed has left; nothing where there is nothing."""
    if locks := repair.old_locks(ledger.repo):
        named = "、".join(map(str, locks))
        text = f"上一次 git 没有做完，留下了 {named}，现在什么也写不进去；{FIX}删除"
        yield Finding("锁", BAD, text, mend=lambda: _unlocked(ledger))


def _unlocked(ledger: Ledger) -> str:
    for each in repair.old_locks(ledger.repo):
        each.unlink(missing_ok=True)
    return "已删除"


def _branch(ledger: Ledger, forge: Forge) -> Finding:
    """Whether work goes where it belongs: on the main branch, with nothing half done."""
    if what := unfinished(ledger.repo):
        text = f"有一次没有做完的{what.called}：改好冲突的，运行 ledger sync --continue"
        return Finding("仓库状态", BAD, f"{text}；不要它的，运行 ledger sync --abort")
    try:
        refuse_elsewhere(ledger, forge.base)
    except LedgerError as error:
        told = error
    else:
        return Finding("仓库状态", GOOD, f"在主分支 {forge.base} 上")
    here, base = ledger.repo.branch(), forge.base
    text = told.message if here else f"现在不在任何分支上（正在看历史版本），主分支是 {base}"
    state = NOTE if here else BAD
    if base in branches(ledger.repo, base):
        if not here and not repair.is_on_a_branch(ledger.repo, ledger.repo.resolve("HEAD")):
            return Finding("仓库状态", BAD, f"{text}；这里的提交哪个分支上都没有，请管理员处理")
        return Finding("仓库状态", state, f"{text}，{FIX}回去", mend=partial(_back, ledger, base))
    if ledger.repo.branch_commit(base, forge.remote):
        mend = partial(_out_of, ledger, forge)
        return Finding("仓库状态", state, f"{text}，{FIX}取出它", mend=mend)
    if here and not _is_shared(ledger, here):
        mend = partial(_named, ledger, base)
        return Finding("仓库状态", state, f"分支叫 {here}，主分支应叫 {base}，{FIX}改名", mend=mend)
    more = f"哪里都没有 {base}；主分支就叫 {here} 的，请把 {CONFIG_FILE} 的 forge.base 改成它"
    return Finding("仓库状态", BAD, f"{text}，{more}")


def _back(ledger: Ledger, base: str) -> str:
    refuse_dirty(ledger)
    repair.switch(ledger.repo, base)
    return f"已回到主分支 {base}"


def _out_of(ledger: Ledger, forge: Forge) -> str:
    refuse_dirty(ledger)
    repair.check_out_of(ledger.repo, forge.remote, forge.base)
    return f"已取出主分支 {forge.base}"


def _named(ledger: Ledger, base: str) -> str:
    repair.rename_branch(ledger.repo, base)
    return f"分支已改名为 {base}"


def _is_shared(ledger: Ledger, branch: str) -> bool:
    return any(ledger.repo.branch_commit(branch, remote) for remote in remotes(ledger.repo))


def refuse_dirty(ledger: Ledger) -> None:
    """Raise where something that git follows was changed and is not committed."""
    if ledger.repo.run("status", "--porcelain", "--untracked-files=no"):
        raise LedgerError("有还没有保存的改动", hint=_SAVE_FIRST)


def refuse_edited(ledger: Ledger, paths: Sequence[str]) -> None:
    """Raise where one of some files was changed and is not committed: it is not to be mended."""
    edited = [each for each in paths if has_changes(ledger.repo, [each])]
    if edited:
        raise LedgerError(f"{'、'.join(edited)} 里有还没有保存的改动", hint=_SAVE_FIRST)


def _driver(ledger: Ledger) -> Finding:
    unmerged = lacking(ledger.repo)
    if not unmerged:
        return Finding("合并驱动", GOOD, "台账文件按内容合并")
    text = f"{unmerged}，可运行 ledger merge-driver --install"
    return Finding("合并驱动", NOTE, text, mend=lambda: _driven(ledger))


def _driven(ledger: Ledger) -> str:
    refuse_edited(ledger, [ATTRIBUTES_FILE])
    install_driver(ledger)
    return "合并驱动装好了"


def _line_ends(ledger: Ledger) -> Finding:
    """Whether git leaves the ledger's line ends alone, whatever it is told for other files."""
    changing = ledger.repo.settings().get("core.autocrlf", "false")
    attributes = repair.text_attributes(ledger.repo, *_EXAMPLES)
    if changing == "false" or all(text == "unset" or eol == "lf" for text, eol in attributes):
        return Finding("换行", GOOD, "git 不改台账文件的换行")
    text = f"git 会改文件的换行（core.autocrlf 是 {changing}），{ATTRIBUTES_FILE} 没写明台账的不改"
    return Finding("换行", NOTE, f"{text}，{FIX}写明", mend=lambda: _with_line_ends(ledger))


@alone
def _with_line_ends(ledger: Ledger) -> str:
    refuse_edited(ledger, [ATTRIBUTES_FILE])
    place = ledger.root / ATTRIBUTES_FILE
    old = store.read(ledger.root, ATTRIBUTES_FILE) if place.exists() else None
    gap = b"\n" if old and not old.endswith(b"\n") else b""
    change = FileChange(ATTRIBUTES_FILE, old, (old or b"") + gap + LINE_ENDS)
    record(ledger, [change], Operation("gate", "台账文件的换行不改"), commit=True)
    return f"{ATTRIBUTES_FILE} 里写明了，并已保存"


def _history(ledger: Ledger, forge: Forge) -> Finding:
    if not is_shallow(ledger.repo):
        return Finding("历史", GOOD, "都在")
    text = f"只有最近一段（浅克隆），审计不了全部，{FIX}取回"
    return Finding("历史", NOTE, text, mend=lambda: _whole(ledger, forge))


def _whole(ledger: Ledger, forge: Forge) -> str:
    repair.unshallow(ledger.repo, forge.remote)
    return "取回了全部历史"


def _cache(ledger: Ledger) -> Iterator[Finding]:
    where = ledger.cache.where()
    if where is None:
        yield Finding("缓存", NOTE, "不能写入，只放在内存里，会慢一些")
        return
    left = database.left_behind(ledger.repo.state_dir())
    if not left:
        yield Finding("缓存", GOOD, str(where))
        return
    text = f"{where}；旧版留下的还有 {sum(left.values())} 个文件，{FIX}删除"
    yield Finding("缓存", NOTE, text, mend=partial(_emptied, ledger, tuple(left)))


def _emptied(ledger: Ledger, stems: tuple[str, ...]) -> str:
    for stem in stems:
        database.remove_older(ledger.repo.state_dir(), stem)
    return "旧的已删除"


def remote_of(ledger: Ledger, config: Config, instant: dt.datetime) -> Iterator[Finding]:
    """Where the ledger meets others: whether there is one, answers, and has the same time."""
    known, remote = remotes(ledger.repo), config.forge.remote
    if remote not in known:
        yield _no_remote(known, remote)
        return
    try:
        address_of(ledger.repo, remote)
        refs = remote_refs(ledger.repo, remote, patience=_PATIENCE_SECONDS)
    except LedgerError as error:
        yield failing("远端", error, NOTE)
        refs = {}
    else:
        yield _answering(ledger, config.forge, refs)
    yield _clock(ledger, config.forge, instant)


def _no_remote(known: tuple[str, ...], remote: str) -> Finding:
    if known:
        named = "、".join(known)
        text = f"没有名为“{remote}”的远端（有 {named}），请改 {CONFIG_FILE} 的 forge.remote"
        return Finding("远端", BAD, text)
    return Finding(
        "远端",
        NOTE,
        "没有，台账只在这台电脑上：不用 sync，请另做备份；"
        f"几台电脑合用的，请信息技术人员配好，再运行 git remote add {remote} 地址",
    )


def _answering(ledger: Ledger, forge: Forge, refs: dict[str, str]) -> Finding:
    theirs, ours = refs.get(f"refs/heads/{forge.base}", ""), ledger.repo.head()
    if theirs and ours and ledger.repo.has(theirs) and not ledger.repo.merge_base(ours, theirs):
        text = f"{forge.remote} 上的主分支和这里没有共同的历史，不是同一个台账"
        return Finding("远端", BAD, f"{text}；{ADDRESS_REMEDY}")
    if refs and not theirs:
        return Finding("远端", NOTE, f"{forge.remote} 连得上，但没有主分支 {forge.base}")
    return Finding("远端", GOOD, f"{forge.remote}，连得上" + ("" if refs else "，还是空的"))


def _clock(ledger: Ledger, forge: Forge, instant: dt.datetime) -> Finding:
    """Whether the machine's clock agrees with the server's, or at least with what was committed."""
    theirs = None
    with suppress(LedgerError):
        if (address := address_of(ledger.repo, forge.remote)).scheme in WEB:
            from ledger.adapters.forge.web import server_clock

            theirs = server_clock(asked_as_nobody(ledger.repo, forge.remote, address.origin))
    if theirs and abs(theirs - instant) > _SKEW:
        times = f"服务器是 {_minute(theirs)}，这台电脑是 {_minute(instant)}"
        return Finding("时钟", BAD, f"和服务器差得多：{times}；请把电脑的时间调准")
    tracking = f"refs/remotes/{forge.remote}/{forge.base}"
    names = [each for each in ("HEAD", tracking) if ledger.repo.ref_commit(each)]
    newest = dt.datetime.fromtimestamp(repair.newest(ledger.repo, names), dt.UTC)
    if newest - instant > _SKEW:
        times = f"最新的提交是 {_minute(newest)}，比这台电脑的时间还晚"
        return Finding("时钟", NOTE, f"{times}；这台或者那台电脑的时间不准，请调准")
    return Finding("时钟", GOOD, "和服务器一致" if theirs else "没有比现在还晚的提交")


def _minute(instant: dt.datetime) -> str:
    return f"{instant.astimezone():%Y-%m-%d %H:%M}"


def hook(ledger: Ledger) -> Finding:
    """Whether what is committed by other programs is checked; a hook of somebody else's stays."""
    place = repair.hook(ledger.repo, own_hook.NAME)
    exists, runs = os.path.lexists(place), os.access(place, os.X_OK)
    if exists and not own_hook.is_own(place):
        text = str(place) if runs else f"{place} 没有执行权限，不起作用"
        return Finding("提交前检查", GOOD if runs else NOTE, text)
    mend = partial(_hooked, ledger, place)
    if exists and runs and place.read_bytes() == _hook_text(ledger):
        return Finding("提交前检查", GOOD, str(place))
    if exists:
        why = "里的程序换了地方" if runs else "没有执行权限，不起作用"
        return Finding("提交前检查", NOTE, f"{place} {why}，{FIX}重装", mend=mend)
    if not place.resolve().is_relative_to(
        ledger.repo.git_dir.resolve()
    ):  # it would run for other repositories, too
        text = f"没有装：git 到 {place.parent} 去找钩子，别的仓库也用，要装的请管理员装"
        return Finding("提交前检查", NOTE, text)
    text = "没有装：手工改的用 ledger save 保存，它先检查；别的程序提交的不检查"
    return Finding("提交前检查", NOTE, f"{text}，{FIX}装上", mend=mend)


def _hook_text(ledger: Ledger) -> bytes:
    return own_hook.script(sys.executable, ledger.repo.prefix().rstrip("/"))


def _hooked(ledger: Ledger, place: Path) -> str:
    place.parent.mkdir(parents=True, exist_ok=True)
    store.replace_file(place, _hook_text(ledger), mode=0o755)
    return f"已装在 {place}"
