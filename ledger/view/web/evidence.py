"""佐证材料: a file of it to be saved, and a page that shows it in a frame which may do nothing.

A PDF stands in no frame: Chromium shows none in a frame with `sandbox`. It is opened in a window
of its own, which the policy that comes with it (`Reply.framed`) puts into the same sandbox.
"""

from __future__ import annotations

from ledger.adapters.http.exchange import Asked, Reply
from ledger.errors import NotKnown
from ledger.usecases.showing.exhibits import PDF, TEXT, exhibit, text_of
from ledger.view.web.scene import Scene, WebPage

_FILE = "application/octet-stream"


def download(scene: Scene, key: str, asked: Asked) -> Reply:
    """A file of evidence, to be saved and not shown.

    Args:
        key: a task's id, `/`, the evidence's place in its file.
    """
    _, _, file = exhibit(scene.ledger, *_parts(key), scene.when)
    return Reply(file.content, _FILE, download=file.name)


def raw(scene: Scene, key: str, asked: Asked) -> Reply:
    """The same for a frame; only what may be shown, by its name and by its content.

    Raises:
        NotKnown: it may not.
    """
    _, evidence, file = exhibit(scene.ledger, *_parts(key), scene.when)
    if not file.media:
        raise NotKnown(f"“{evidence.name}”不能在网页里查看", hint="请下载以后打开")
    text = text_of(file.content) if file.media == TEXT else None
    content = file.content if text is None else text.encode()
    return Reply(content, file.media, framed=True)


def page(scene: Scene, key: str, asked: Asked) -> WebPage:
    """The page around it."""
    task, number = _parts(key)
    row, evidence, file = exhibit(scene.ledger, task, number, scene.when)
    values = {
        "task": row.task,
        "key": f"{row.task.id}/{number}",
        "file": file.name,
        "size": len(file.content),
        "shown": "window" if file.media == PDF else "frame" if file.media else "",
    }
    return WebPage(evidence.name, "evidence", values, part="list")


def _parts(key: str) -> tuple[str, str]:
    task, _, number = key.rpartition("/")
    return task, number
