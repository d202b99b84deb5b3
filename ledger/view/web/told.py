"""What `ledger site` says when it has written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ledger.usecases.publishing.folder import Published
from ledger.usecases.publishing.manifest import digest_of

_NAMED = 5


def site_lines(folder: Path, published: Published) -> Iterator[str]:
    """What became of the folder, and how anybody can prove it."""
    origin = published.manifest.origin
    total = len(published.manifest.files)
    yield (
        f"{folder} 里的网页是最新的了：共 {total} 个文件，写了 {published.written} 个，"
        f"没有变化的 {published.unchanged} 个，删去不再有的 {published.removed} 个。"
    )
    if foreign := published.foreign:
        more = f"等 {len(foreign)} 个文件" if len(foreign) > _NAMED else ""
        yield f"另有不是 ledger site 写的，没有动：{'、'.join(foreign[:_NAMED])}{more}。"
    yield f"截至 {origin.day}，提交 {origin.commit}，清单摘要 {digest_of(published.manifest)}"
    yield f"验证：ledger verify {folder}"
