"""通报: the page is what `report` makes, with its files, its line of proof and its refusals."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from ledger.adapters.http.exchange import Asked, Reply
from ledger.adapters.tables.writing.markup import html_text
from ledger.cli.app import run
from ledger.usecases.bulletins.kinds import KINDS
from ledger.usecases.reading.moment import Moment
from ledger.usecases.showing.issues import issues
from ledger.view.web.routes import answer
from tests.conftest import LedgerFolder
from tests.view.web.test_task import HOSTILE, text

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeLedger

TODAY = dt.date(2017, 12, 31)
ASKED: dict[str, dict[str, str]] = {
    "weekly": {"week": "2017-W42"},
    "monthly": {"month": "2017-10"},
    "quarterly": {},
    "annual": {"year": "2017"},
    "closing": {"source": "ZG2017"},
    "dept": {"dept": "审业部", "until": "2017-10-22"},
    "scores": {"explain": "审业部"},
}


def get(made: LedgerFolder, path: str, **query: str) -> Reply:
    return answer(made.open(), TODAY, Asked(path, {k: (v,) for k, v in query.items()}))


def command(made: LedgerFolder, kind: str, query: dict[str, str], form: str, to: Path) -> bytes:
    place = to / f"{kind}.{form}"
    options = [word for name, value in query.items() for word in (f"--{name}", value)]
    call = ["-C", str(made.root), "--today", TODAY.isoformat(), "report", kind, *options]
    assert run([*call, "-o", str(place)]) == 0
    return place.read_bytes()


def inside(document: bytes) -> dict[str, bytes]:
    """The parts of a Word file; its archive says when each was written."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("kind", KINDS)
def test_is_what_the_command_makes(year: Path, tmp_path: Path, kind: str) -> None:
    """Every part of the Markdown's HTML on the page; each file to the byte."""
    made, query = LedgerFolder(year), ASKED[kind]
    for form in ("md", "html", "docx") if kind in ("weekly", "scores") else ("md",):
        reply = get(made, f"report/{kind}.{form}", **query)
        same = command(made, kind, query, form, tmp_path)
        assert inside(reply.body) == inside(same) if form == "docx" else reply.body == same
        assert reply.download.endswith(f".{form}")
    whole = get(made, f"report/{kind}.md", **query).body.decode()
    page = get(made, f"report/{kind}", **query)
    parts = html_text(whole)
    for part in (parts.before, *parts.sections, parts.after):
        assert part.strip() in page.body.decode()
    assert "校验：ledger report" in text(page)
    for form in ("md", "docx", "html"):
        assert f'href="/report/{kind}.{form}?' in page.body.decode() or not query
    assert ("<svg" in page.body.decode()) is (kind != "scores")


def test_every_issue_that_is_offered_can_be_read(year: Path) -> None:
    made = LedgerFolder(year)
    listed = issues(made.open(), Moment("", TODAY))
    page = get(made, "reports").body.decode()
    assert [each.name for each in listed] == [*KINDS]
    for each in listed:
        for period in (*each.periods[:1], *each.periods[-1:]):
            named = each.kind.named_by
            assert f'href="/report/{each.name}?{named}={period.name}"' in page
            assert get(made, f"report/{each.name}", **{named: period.name}).status == 200
    assert "审业部" in text(get(made, "report/dept"))


@pytest.mark.parametrize(
    ("path", "query", "status", "told"),
    [
        ("report/nothing", {}, 404, "没有通报种类“nothing”"),
        ("report/weekly.exe", {}, 400, "通报没有 exe 格式"),
        ("report/weekly", {"week": "第五周"}, 400, "看不懂"),
        ("report/weekly", {"week": "2018-W20"}, 400, "还没有到"),
        ("report/weekly", {"week": "2017-W42", "since": "2017-10-01"}, 400, "统计期写重了"),
        ("report/weekly", {"since": "昨日今日"}, 400, "不是日期"),
        ("report/dept", {"dept": "没有的部门"}, 404, "没有部门“没有的部门”"),
        ("report/closing", {"source": "X"}, 404, "X"),
        ("report/weekly", {"at": "没有"}, 400, "没有"),
        ("report/", {}, 404, "没有通报种类“”"),
    ],
)
def test_refusals_are_sentences(
    year: Path, path: str, query: dict[str, str], status: int, told: str
) -> None:
    reply = get(LedgerFolder(year), path, **query)
    assert (reply.status, told in text(reply)) == (status, True), text(reply)


def test_a_list_of_a_department_asks_whose(year: Path, make_ledger: MakeLedger) -> None:
    page = get(LedgerFolder(year), "report/dept").body.decode()
    assert 'href="/report/dept?dept=%E5%AE%A1%E4%B8%9A%E9%83%A8"' in page
    unlisted = make_ledger([{}], config={"departments": []})
    assert "还没有部门名单" in text(get(unlisted, "report/dept"))
    assert "还没有部门名单" not in text(get(unlisted, "reports"))


def test_of_a_ledger_that_has_no_numbers(make_ledger: MakeLedger) -> None:
    """Without a commit; with a file that cannot be read."""
    empty = make_ledger([{}], commit=False)
    assert "出不了通报" in text(get(empty, "reports"))
    assert "还没有任何提交" in text(get(empty, "report/weekly"))
    broken = make_ledger([{}], name="broken")
    broken.write("data/tasks/GZ2017/GZ2017-002.yaml", "id: [\n")
    broken.commit()
    reply = get(broken, "report/weekly")
    assert (reply.status, "出不了这份通报" in text(reply)) == (200, True)
    assert "GZ2017-002.yaml" in text(reply)


def test_text_stays_text(make_ledger: MakeLedger) -> None:
    word = "".join(HOSTILE)
    made = make_ledger([{"title": word, "lead": [word]}], config={"organisation": word})
    for path in ("report/weekly", "report/closing", "reports"):
        page = get(made, path).body.decode()
        for barred in ("<script>", "<img", "\u202e", "\u2066"):
            assert barred not in page, (path, barred)
