"""佐证材料 by pages: saved as a file, or in a frame that may do nothing, and only what may be."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from tests.view.web.test_task import get, text

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

FOLDER = "data/evidence/GZ2017-001"
PNG = b"\x89PNG\r\n\x1a\n..."
FILES: dict[str, bytes] = {
    "说明.txt": "<script>办结</script>".encode(),
    "旧说明.txt": "办结".encode("gb18030"),
    "图.png": PNG,
    "文.pdf": b"%PDF-1.4\n",
    "页.html": b"<script>alert(1)</script>",
    "画.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "假.png": b"<script>alert(1)</script>",
}


def made_of(make_ledger: MakeLedger) -> LedgerFolder:
    evidence: list[dict[str, Any]] = [
        {
            "name": name,
            "path": f"{FOLDER}/{name}",
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for name, content in FILES.items()
    ]
    files = {f"{FOLDER}/{name}": content for name, content in FILES.items()}
    return make_ledger([{"evidence": evidence}], files=files)


def test_each_file_is_saved_as_it_is(make_ledger: MakeLedger) -> None:
    made = made_of(make_ledger)
    page = text(get(made, "task/GZ2017-001"))
    for number, (name, content) in enumerate(FILES.items(), 1):
        reply = get(made, f"evidence/GZ2017-001/{number}")
        assert (reply.body, reply.download) == (content, name)
        assert reply.media == "application/octet-stream"
        assert hashlib.sha256(content).hexdigest() in page
        assert f"{name} {len(content)} 字节" in page


def test_what_agrees_with_its_hash_is_told(make_ledger: MakeLedger) -> None:
    made = made_of(make_ledger)
    agrees = "文件与它相符"
    assert text(get(made, "task/GZ2017-001")).count(agrees) == len(FILES)
    made.write(f"{FOLDER}/说明.txt", "换过")
    (made.root / FOLDER / "图.png").unlink()
    page = text(get(made, "task/GZ2017-001"))
    assert page.count(agrees) == len(FILES) - 2
    assert "文件与登记的校验值不符" in page
    assert "文件不存在、过大或不是普通文件" in page


def test_only_some_are_shown(make_ledger: MakeLedger) -> None:
    made = made_of(make_ledger)
    media = {
        "说明.txt": "text/plain", "旧说明.txt": "text/plain", "图.png": "image/png",
        "文.pdf": "application/pdf",
    }  # fmt: skip
    for number, (name, content) in enumerate(FILES.items(), 1):
        reply = get(made, f"raw/GZ2017-001/{number}")
        page = get(made, f"view/GZ2017-001/{number}")
        assert page.status == 200
        framed = f'<iframe class="frame" sandbox="" src="/raw/GZ2017-001%2F{number}"'
        if name not in media:
            assert reply.status == 404, name
            assert b"/raw/" not in page.body
            assert "不能在网页里查看" in text(page)
            continue
        assert (reply.media, reply.framed, reply.download) == (media[name], True, "")
        assert (framed in page.body.decode()) is (name != "文.pdf")
        if name != "旧说明.txt":
            assert reply.body == content
    assert get(made, "raw/GZ2017-001/2").body.decode() == "办结"


def test_what_there_is_not(make_ledger: MakeLedger) -> None:
    made = made_of(make_ledger)
    for part in ("evidence", "view", "raw"):
        for key in ("", "GZ2017-001", "GZ2017-001/", "GZ2017-001/99", "GZ2017-009/1", "1", "/1"):
            reply = get(made, f"{part}/{key}")
            assert reply.status == 404, (part, key)
            assert reply.media == "text/html"
