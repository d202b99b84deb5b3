"""Whatever is asked of the whole server: no failure of its own, nothing of a file outside.

The pages are those of `PAGES`, so a new one is tried too; `LEDGER_LONG=1` tries many more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_from_bytes, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ledger.adapters.http.server import app
from ledger.adapters.http.target import Hosts
from ledger.usecases.showing.desk import Desk
from ledger.view.web.routes import PAGES, answer
from ledger.view.web.shield import shielded
from tests.adapters.http.guarding import assert_guarded
from tests.asgi import HOST, Answer, ask
from tests.turns import LONG

if TYPE_CHECKING:
    from tests.conftest import LedgerFolder, MakeLedger

TODAY = dt.date(2017, 7, 3)
CANARY = b"KANARIENVOGEL"  # stands in every file that nobody may see
HOSTS = Hosts(frozenset({"127.0.0.1"}), 8765)
SHA = "0" * 64
# Keys that there are, so that pages are reached; and what should lead nowhere.
KEYS = [
    "GZ2017-001",
    "001",
    "GZ2017",
    "ZG2020",
    "审业部",
    "局办公室",
    "分管副局长",
    "DZH-2017-01",
    "C004",
    "weekly",
    "monthly.md",
    "monthly.docx",
    "GZ2017-001/1",
    "GZ2017-001/0",
    "GZ2017-001/-1",
    "GZ2017-001/99999999999999999999",
    "GZ2017-001/1/",
    "scores",
    "dept",
]
OUTSIDE = [
    "..",
    "../..",
    "../../秘密.txt",
    "..%2f..%2f秘密.txt",
    "/etc/passwd",
    ".git/config",
    "秘密.txt",
    "data/evidence/link",
    "~root",
    "C:\\秘密.txt",
    "..\\秘密.txt",
    "\\\\server\\share",
    "CON",
    "file:///etc/passwd",
    "{{7*7}}",
    "<script>",
    "'\"><b>",
    "a\u0301",
    "😀",
    "%s%n",
    "$(id)",
    "",
    "-rf",
    "--help",
    "@{1}",
    ":/",
    "HEAD^{tree}",
    "a" * 300,
    "٣",
    "０",
]
NAMES = [
    "at",
    "q",
    "page",
    "sort",
    "group",
    "dept",
    "lead",
    "assist",
    "status",
    "kind",
    "source",
    "leader",
    "nature",
    "light",
    "due_before",
    "due_after",
    "text",
    "tag",
    "by",
    "since",
    "week",
    "month",
    "year",
    "quarter",
    "until",
    "back",
    "x",
]
VALUES = [
    "2017-06-30",
    "2017-02-30",
    "0001-01-01",
    "9999-12-31",
    "HEAD",
    "HEAD~99",
    "main",
    "1",
    "0",
    "-1",
    "999999999999999999999",
    "-due",
    "red",
    "红",
    "推进中",
    "审业部",
    "syb",
    "2017-W26",
    "2017-06",
    "2017-13",
    "nan",
    "1e9",
    "%",
    "_",
    "*",
]


def hostile(make_ledger: MakeLedger) -> LedgerFolder:
    """A ledger with a bit of everything, and files beside it that links and paths lead to."""
    evidence = [
        {"name": "说明", "path": "data/evidence/a.txt", "sha256": SHA},
        {"name": "链接", "path": "data/evidence/link", "sha256": SHA},
        {"name": "上面", "path": "../秘密.txt", "sha256": SHA},
        {"name": "绝对", "path": "/etc/passwd", "sha256": SHA},
        {"name": "仓库", "path": ".git/秘密", "sha256": SHA},
        {"name": "文件夹", "path": "data/evidence", "sha256": SHA},
        {"name": "链接里", "path": "data/evidence/folder/秘密.txt", "sha256": SHA},
    ]
    ledger = make_ledger(
        [
            {"leader": "分管副局长", "evidence": evidence},
            {"title": "<script>alert(1)</script>\u202e", "lead": ["没有的部门"]},
            {"id": "ZG2020-001", "status": "待上会"},
        ],
        decisions=[{"id": "DZH-2017-01", "date": "2017-06-01", "body": "党组会", "items": []}],
        files={"data/evidence/a.txt": "证据\n", "data/tasks/GZ2017/GZ2017-009.yaml": "id: ["},
    )
    outside = ledger.root.parent
    (outside / "秘密.txt").write_bytes(CANARY)
    (ledger.root / ".git" / "秘密").write_bytes(CANARY)
    (ledger.root / "data/evidence/link").symlink_to("../../../秘密.txt")
    (ledger.root / "data/evidence/folder").symlink_to("../../..")
    return ledger


def served(ledger: LedgerFolder, failures: list[object]) -> Any:
    """The whole server of a ledger, without sockets."""
    desk = Desk(ledger.open(), answer, lambda opened: TODAY)
    question = shielded(desk.question, lambda error, asked: failures.append((asked, error)))
    return app(question, HOSTS, desk.rest)


def test_a_page_without_a_key_takes_none(make_ledger: MakeLedger) -> None:
    """Nor is anything below the first page: one address for one page."""
    failures: list[object] = []
    server = served(make_ledger([{}]), failures)
    single = {name for name in PAGES if ask(server, f"/{name}").status == 200}
    assert {"", "list", "depts", "style.css", "pages.js"} <= single
    for name in sorted(single):
        wrong = ask(server, f"/{name}/x")
        assert wrong.status == 404, name
    assert failures == []


def asserts_sound(reply: Answer, asked: object) -> None:
    """That an answer tells of no failure of the program, and nothing of what lies outside."""
    assert reply.status in {200, 304, 400, 404, 405, 413, 414, 421, 431}, (asked, reply.status)
    assert CANARY not in reply.body, asked
    assert b"root:x:0:0" not in reply.body, asked
    assert b"Traceback" not in reply.body, asked
    assert "\n" not in "".join(reply.headers.values())
    assert_guarded(reply.headers)
    if reply.headers.get("content-type", "").startswith("text/html"):
        assert b"<script>alert" not in reply.body, asked
        assert "\u202e".encode() not in reply.body, asked


def _keys() -> st.SearchStrategy[str]:
    odd = st.text(max_size=20).map(lambda text: text.encode(errors="replace").decode())
    return st.one_of(st.sampled_from(KEYS), st.sampled_from(OUTSIDE), odd)


def _quoted(text: str, how: int) -> str:
    """A key as it may stand in an address: escaped, half escaped, twice, as it is, cut."""
    whole = quote(text, safe="")
    return (
        whole, quote(text), whole.lower(), quote(whole),
        quote_from_bytes(text.encode()[:-1], safe=""),
        whole.replace(".", "%2e").replace("%2F", "%2f"), f"{whole}%00", f"{whole}/",
    )[how]  # fmt: skip


TARGETS = st.builds(
    lambda page, key, how, pairs: (
        f"/{page}{'/' if key is not None else ''}{_quoted(key or '', how)}"
        + (f"?{urlencode(pairs, errors='replace')}" if pairs else "")
    ),
    st.one_of(st.sampled_from(sorted(PAGES)), _keys().map(lambda key: quote(key, safe=""))),
    st.one_of(st.none(), _keys()),
    st.integers(0, 7),
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.one_of(st.sampled_from(VALUES), _keys())), max_size=3
    ),
)
HEADERS = st.lists(
    st.sampled_from(
        [
            ("If-None-Match", "*"), ("If-None-Match", '"x"'), ("Range", "bytes=0-5"),
            ("Origin", "http://evil.example"), ("X-Forwarded-Host", "evil.example"),
            ("X-Original-URL", "/etc/passwd"), ("X-HTTP-Method-Override", "DELETE"),
            ("Accept-Encoding", "gzip"), ("Upgrade", "websocket"), ("Cookie", "a=b"),
            ("Content-Length", "3"), ("Expect", "100-continue"),
        ]
    ),
    max_size=2,
    unique_by=lambda pair: pair[0],
)  # fmt: skip


@pytest.mark.xdist_group("fuzz")
def test_whatever_is_asked(make_ledger: MakeLedger) -> None:
    failures: list[object] = []
    server = served(hostile(make_ledger), failures)

    @settings(
        max_examples=3000 if LONG else 150,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(TARGETS, st.sampled_from(["GET"] * 8 + ["HEAD", "POST", "DELETE"]), HEADERS)
    @example("/raw/GZ2017-001/1", "GET", [])
    def tried(target: str, method: str, headers: list[tuple[str, str]]) -> None:
        asked = target[:200], method, headers
        reply = ask(server, target[:3900].encode("ascii", "ignore"), method, [HOST, *headers])
        asserts_sound(reply, asked)
        assert failures == [], asked
        if method not in ("GET", "HEAD"):
            assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")
        if method == "HEAD" or reply.status == 304:
            assert reply.body == b""

    tried()


@pytest.mark.xdist_group("fuzz")
def test_nothing_outside_is_reached(make_ledger: MakeLedger) -> None:
    """Every file of evidence that leads out of the ledger, at every page, now and in the past."""
    failures: list[object] = []
    ledger = hostile(make_ledger)
    ledger.commit()
    server = served(ledger, failures)
    inside = ask(server, "/evidence/GZ2017-001/1")
    assert (inside.status, inside.body) == (200, "证据\n".encode())
    for target in _ways_out():
        reply = ask(server, target)
        asserts_sound(reply, target)
        assert failures == [], target


def _ways_out() -> Iterator[str]:
    for page in sorted(PAGES) if LONG else ("task", "evidence", "view", "raw"):
        for number in range(9):
            yield f"/{page}/GZ2017-001/{number}"
            yield f"/{page}/GZ2017-001/{number}?at=HEAD"
        for way in OUTSIDE if LONG else OUTSIDE[:8]:
            yield f"/{page}/{quote(way)[:900]}"
            yield f"/{page}/GZ2017-001/{quote(way, safe='')[:900]}"
    for way in OUTSIDE:
        yield f"/task/GZ2017-001?at={quote(way, safe='')[:900]}"


def test_the_other_methods_at_every_page(make_ledger: MakeLedger) -> None:
    failures: list[object] = []
    server = served(make_ledger([{}]), failures)
    for name in sorted(PAGES):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            reply = ask(server, f"/{name}", method)
            assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD"), (name, method)
    assert failures == []
