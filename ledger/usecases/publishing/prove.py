"""`verify` of a site: every file is as its manifest says, and the ledger makes the same again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from ledger import __version__
from ledger.errors import UsageError
from ledger.model.record import replace
from ledger.usecases.checking.seal import Verdict, verify_snapshot
from ledger.usecases.publishing.folder import contents_at, manifest_at, names_in
from ledger.usecases.publishing.manifest import (
    Contents,
    Manifest,
    Origin,
    contents_of,
    digest_of,
)
from ledger.usecases.publishing.origin import led_to
from ledger.usecases.publishing.stamp import stamped
from ledger.usecases.reading.open import Ledger

Make = Callable[[Ledger, Origin], Iterable[tuple[str, bytes]]]
_SHOWN = 5


def prove(folder: Path, ledger: Ledger | None, make: Make) -> Verdict:
    """Whether a site is whole and true.

    Args:
        ledger: the one that it may have been made of; None where there is none at hand, so that
            only the files are held against the manifest.
        make: makes all files of a site from its origin; pages do not name their state yet.

    Raises:
        LedgerError: it is no site.
    """
    manifest = manifest_at(folder)
    whole = tuple(_damage(folder, manifest))
    lines = whole or (f"{len(manifest.files)} 个文件都和清单一致，一个不多，一个不少",)
    if ledger is None:
        origin = Verdict(True, ("没有核对出处：这里没有台账，请在台账文件夹里再验证一次",))
    else:
        origin = _made_again(ledger, manifest, make)
    lines = (*lines, *origin.lines, f"清单摘要 {digest_of(manifest)}")
    return Verdict(not whole and origin.agrees, lines)


def _damage(folder: Path, manifest: Manifest) -> Iterator[str]:
    """What in a folder is not as its manifest says (Chinese)."""
    if manifest.unfinished:
        yield "上一次没有写完，请再运行一次 ledger site"
        return
    here = {name: contents_at(folder, name) for name in manifest.files}
    yield from _differing(manifest.files, here)
    yield from _named("清单里没有", sorted(set(names_in(folder)) - manifest.files.keys()))


def _differing(
    listed: Mapping[str, Contents], other: Mapping[str, Contents | None]
) -> Iterator[str]:
    gone = [name for name in listed if other.get(name) is None]
    yield from _named("缺少", gone)
    yield from _named("内容不同", [n for n in listed if n not in gone and other[n] != listed[n]])


def _made_again(ledger: Ledger, manifest: Manifest, make: Make) -> Verdict:
    origin = manifest.origin
    try:
        commit = ledger.repo.resolve(origin.commit)
    except UsageError:
        commit = ""
    verdict = verify_snapshot(ledger, commit or origin.commit, origin.digest)
    if not commit or commit != origin.commit or not verdict.agrees:
        return replace(verdict, agrees=False)
    again = {
        name: contents_of(stamped(content, manifest.stamp(name)))
        for name, content in make(ledger, origin)
    }
    leads = led_to(ledger, origin)
    unproven = sorted(name for name, stamp in manifest.older.items() if not leads(stamp))
    differing = [*_differing(again, manifest.files), *_named("页脚的版本不对", unproven)]
    differing += _named("重新生成的没有", sorted(manifest.files.keys() - again.keys()))
    lines = [f"和重新生成的比较：{each}" for each in differing] or ["和重新生成的逐个一致"]
    if origin.program != __version__:
        lines.append(
            f"网页是 ledger {origin.program} 生成的，这里是 {__version__}，"
            "页面的样子可能不同，请用同一版本验证"
        )
    return Verdict(not differing, (*verdict.lines, *lines))


def _named(what: str, names: Iterable[str]) -> Iterator[str]:
    """A sentence on some files, where there are any."""
    if listed := [*names]:
        more = f"等 {len(listed)} 个文件" if len(listed) > _SHOWN else ""
        yield f"{what}：{'、'.join(listed[:_SHOWN])}{more}"
