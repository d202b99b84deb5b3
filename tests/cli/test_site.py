"""`ledger site`, and `ledger verify` of what it has written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger import __version__
from ledger.adapters.disk import both
from ledger.model.record import replace
from ledger.usecases.publishing import prove
from ledger.usecases.publishing.manifest import contents_of, manifest_in, manifest_text
from ledger.view.web import catalogue
from tests.copying import copy_folder

if TYPE_CHECKING:
    from tests.cli.conftest import Invoke
    from tests.conftest import LedgerFolder, MakeLedger

SITE = ("--today", "2017-07-03", "site", "-o")


@pytest.fixture
def ledger(make_ledger: MakeLedger) -> LedgerFolder:
    return make_ledger([{"title": "清理 <b>规章</b>"}, {"status": "未启动", "lead": ["条法司"]}])


@pytest.fixture(autouse=True)
def _no_bulletins(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """They take longer than all the rest: only the tests that ask for them have them made."""
    if "bulletins" not in request.node.name:
        monkeypatch.setattr(catalogue, "issues", lambda ledger, when: ())


@pytest.fixture(scope="module")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site") / "网页"


@pytest.fixture
def site(
    request: pytest.FixtureRequest,
    ledger: LedgerFolder,
    tmp_path: Path,
    invoke: Invoke,
    _kept: Path,
) -> Path:
    """The ledger's site: the commit is always the same, so it is made once, and then copied."""
    folder = tmp_path / "网页"
    if "bulletins" in request.node.name:
        write(ledger, invoke, folder)
        return folder
    if not _kept.exists():
        write(ledger, invoke, _kept)
    return copy_folder(_kept, folder)


def write(ledger: LedgerFolder, invoke: Invoke, folder: Path) -> None:
    outcome = invoke(ledger, *SITE, str(folder))
    assert outcome.code == 0, outcome.err


def last(text: str) -> str:
    return text.splitlines()[-1]


def texts(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class TestWriting:
    def test_every_page_names_its_commit(self, ledger: LedgerFolder, site: Path) -> None:
        commit = ledger.git("rev-parse", "HEAD").strip()
        manifest = json.loads((site / "manifest.json").read_bytes())
        assert manifest["commit"] == commit
        assert manifest["day"] == "2017-07-03"
        for name, content in texts(site).items():
            if name.endswith(".html"):
                assert commit[:12] in content.decode(), name
                assert manifest["digest"] in content.decode(), name
                assert "<b>规章" not in content.decode(), name

    def test_links_lead_to_files(self, site: Path) -> None:
        for name in texts(site):
            if not name.endswith(".html"):
                continue
            page = site / name
            for link in re.findall(r' (?:href|src)="([^"]*)"', page.read_text("utf-8")):
                if not link.startswith(("#", "data:")):
                    assert (page.parent / link.partition("#")[0]).is_file(), (name, link)

    def test_the_same_commit_makes_the_same_bytes(
        self, ledger: LedgerFolder, site: Path, tmp_path: Path, invoke: Invoke
    ) -> None:
        ledger.write_task(id="GZ2017-003")  # not saved
        outcome = invoke(ledger, *SITE, str(tmp_path / "另一处"))
        assert "还没有保存的改动" in outcome.err
        assert texts(tmp_path / "另一处") == texts(site)

    def test_a_second_time_nothing_is_written(
        self, ledger: LedgerFolder, site: Path, invoke: Invoke
    ) -> None:
        before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
        outcome = invoke(ledger, *SITE, str(site))
        assert "写了 0 个" in outcome.out
        assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before

    def test_an_edit_changes_the_pages_that_tell_of_it(
        self, ledger: LedgerFolder, site: Path, invoke: Invoke
    ) -> None:
        """The others go on naming the state that they were made of, and are proven by it."""
        was, first = texts(site), ledger.git("rev-parse", "HEAD").strip()
        ledger.write_task(id="GZ2017-002", title="改过的名称")
        ledger.commit("改名", "2017-07-02")
        outcome = invoke(ledger, "--today", "2017-07-04", "site", "-o", str(site))
        assert outcome.code == 0, outcome.err
        now, second = texts(site), ledger.git("rev-parse", "HEAD").strip()
        kept = {name for name in was if was[name] == now.get(name)}
        assert {"rule/T001.html", "filelist.js"} <= kept
        assert not {"index.html", "list.html", "task/GZ2017-002.html"} & kept
        assert first[:12] in now["rule/T001.html"].decode()
        assert second[:12] in now["index.html"].decode()
        assert invoke(ledger, "verify", str(site)).code == 0
        again = invoke(ledger, "--today", "2017-07-04", "site", "-o", str(site))
        assert "写了 0 个" in again.out
        assert texts(site) == now

    def test_the_audit_is_made_for_it(
        self, ledger: LedgerFolder, site: Path, invoke: Invoke
    ) -> None:
        """Wherever it is made, whatever an audit there has kept."""
        ledger.write_task(id="GZ2017-002", status="已销号", lead=["条法司"])
        ledger.commit("自行销号", "2017-07-02")
        assert "没有发现错误" in (site / "audit.html").read_text("utf-8")
        assert invoke(ledger, *SITE, str(site)).code == 0
        problems = json.loads(invoke(ledger, "audit", "--json").out)["problems"]
        page = (site / "audit.html").read_text("utf-8")
        for each in problems:
            assert f">{each['code']}<" in page
            assert each["commit"][:10] in page
        assert {each["code"] for each in problems} >= {"C002"}
        assert invoke(ledger, "verify", str(site)).code == 0

    def test_no_page_names_what_came_later(
        self, ledger: LedgerFolder, site: Path, invoke: Invoke
    ) -> None:
        ledger.write_task(id="GZ2017-003")
        ledger.commit("后来", "2017-09-01")
        assert invoke(ledger, "--today", "2017-09-02", "site", "-o", str(site)).code == 0
        later = ledger.git("rev-parse", "HEAD").strip()[:12]
        assert invoke(ledger, "site", "-o", str(site), "--at", "2017-08-01").code == 0
        assert not [name for name, its in texts(site).items() if later in its.decode()]
        assert invoke(ledger, "verify", str(site)).code == 0

    def test_a_past_day(
        self, ledger: LedgerFolder, site: Path, tmp_path: Path, invoke: Invoke
    ) -> None:
        commit = ledger.git("rev-parse", "HEAD").strip()
        ledger.write_task(id="GZ2017-009", title="独此一件后来的事")
        ledger.commit("后来", "2017-09-01")
        outcome = invoke(ledger, "site", "-o", str(tmp_path / "那时"), "--at", "2017-08-01")
        assert outcome.code == 0, outcome.err
        manifest = manifest_in((tmp_path / "那时" / "manifest.json").read_bytes())
        assert (manifest.origin.commit, manifest.origin.day) == (commit, "2017-08-01")
        assert not any(
            "独此一件后来的事" in each.decode() for each in texts(tmp_path / "那时").values()
        )

    def test_bulletins_are_those_of_the_command(
        self, ledger: LedgerFolder, site: Path, invoke: Invoke
    ) -> None:
        files = sorted((site / "report").iterdir())
        assert {each.suffix for each in files} == {".html", ".docx", ".md"}
        for kind in ("weekly", "closing"):
            text = next(each for each in files if each.name.startswith(f"x-{kind}-md"))
            made = invoke(ledger, "--today", "2017-07-03", "report", kind)
            assert text.read_text("utf-8") == made.out
            for form in ("md", "docx", "html"):
                place = next(each for each in files if each.name.startswith(f"x-{kind}-{form}"))
                assert invoke(ledger, "verify", str(place)).code == 0, place

    def test_evidence_comes_along_only_when_it_is_asked_for(
        self, ledger: LedgerFolder, tmp_path: Path, invoke: Invoke
    ) -> None:
        names = ("报告.pdf", "页面.html", "图.svg", "没有的.txt", "../../ledger.yaml")
        proofs = [
            {"name": name, "path": f"data/evidence/{name}", "sha256": "0" * 64} for name in names
        ]
        ledger.write_task(id="GZ2017-001", evidence=[*proofs, {"name": "只登记", "archive": "档1"}])
        for name in names[:3]:
            ledger.write(f"data/evidence/{name}", f"{name}的内容")
        ledger.commit("材料", "2017-04-01")
        invoke(ledger, *SITE, str(tmp_path / "不带"))
        page = (tmp_path / "不带" / "task" / "GZ2017-001.html").read_text("utf-8")
        assert "报告.pdf" in page
        assert "0" * 64 in page
        assert not (tmp_path / "不带" / "evidence").exists()
        folder = tmp_path / "带上"
        assert invoke(ledger, *SITE, str(folder), "--evidence").code == 0
        made = {
            each.name: each.read_bytes().decode() for each in (folder / "evidence").rglob("*.*")
        }
        assert made == {
            "1.pdf": "报告.pdf的内容", "2.bin": "页面.html的内容", "3.bin": "图.svg的内容",
        }  # fmt: skip
        page = (folder / "task" / "GZ2017-001.html").read_text("utf-8")
        assert 'href="../evidence/GZ2017-001/1.pdf"' in page
        assert invoke(ledger, "verify", str(folder)).code == 0

    def test_one_process_makes_what_two_make(
        self,
        ledger: LedgerFolder,
        site: Path,
        tmp_path: Path,
        invoke: Invoke,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        both_before = both.can_fork()
        monkeypatch.setattr(both, "can_fork", lambda: not both_before)
        assert invoke(ledger, *SITE, str(tmp_path / "另一种")).code == 0
        assert texts(tmp_path / "另一种") == texts(site)

    def test_refusals(self, ledger: LedgerFolder, refused: Invoke, tmp_path: Path) -> None:
        refused(ledger, "site", code=2, says="没有写放在哪里")
        refused(ledger, "site", "-o", str(ledger.root), code=1, says="别的文件")
        refused(ledger, "site", "-o", "data/网页", code=1, says="台账自己的文件")
        (tmp_path / "文件").write_text("x", "utf-8")
        refused(ledger, "site", "-o", str(tmp_path / "文件"), code=1, says="不是文件夹")

    def test_nothing_committed_yet(self, make_ledger: MakeLedger, refused: Invoke) -> None:
        empty = make_ledger([{}], commit=False, name="empty")
        refused(empty, "site", "-o", "x", code=2, says="还没有任何提交")


class TestProving:
    def test_agrees_after_the_ledger_has_gone_on(
        self, ledger: LedgerFolder, site: Path, invoke: Invoke
    ) -> None:
        ledger.write_task(id="GZ2017-002", status="推进中")
        ledger.commit("以后的改动", "2017-09-06")
        outcome = invoke(ledger, "verify", str(site))
        assert (outcome.code, last(outcome.out)) == (0, "一致。"), outcome.out
        assert "和重新生成的逐个一致" in outcome.out

    def test_tells_the_digest_that_was_told_before(
        self, ledger: LedgerFolder, site: Path, invoke: Invoke
    ) -> None:
        told = re.search("sha256:[0-9a-f]{64}$", invoke(ledger, *SITE, str(site)).out, re.M)
        assert told
        assert told[0] in invoke(ledger, "verify", str(site)).out

    def test_elsewhere_the_origin_is_not_proved(
        self, site: Path, tmp_path: Path, invoke: Invoke
    ) -> None:
        outcome = invoke(tmp_path, "verify", str(site))
        assert outcome.code == 0
        assert "没有核对出处" in outcome.out
        (site / "index.html").write_bytes(b"x")
        assert invoke(tmp_path, "verify", str(site)).code == 1

    @pytest.mark.parametrize(
        ("spoil", "says"),
        [
            (lambda site: (site / "index.html").write_bytes(b"x"), "内容不同：index.html"),
            (lambda site: (site / "index.html").unlink(), "缺少：index.html"),
            (lambda site: (site / "多.txt").write_bytes(b"x"), "清单里没有：多.txt"),
        ],
    )  # fmt: skip
    def test_a_file_that_is_not_as_it_was(
        self, ledger: LedgerFolder, site: Path, invoke: Invoke, spoil: object, says: str
    ) -> None:
        spoil(site)  # type: ignore[operator]
        outcome = invoke(ledger, "verify", str(site))
        assert (outcome.code, last(outcome.out)) == (1, "不一致。")
        assert says in outcome.out

    def test_a_manifest_that_was_changed_along(
        self, ledger: LedgerFolder, site: Path, invoke: Invoke
    ) -> None:
        """Page and manifest agree with one another, and are not what the ledger says."""
        place, page = site / "manifest.json", site / "index.html"
        old, new = (
            page.read_bytes(),
            page.read_bytes().replace("共 2 项".encode(), "共 9 项".encode()),
        )
        page.write_bytes(new + b" ")
        listed = json.loads(place.read_bytes())["files"]["index.html"]
        made = contents_of(new + b" ")
        content = place.read_bytes().replace(listed["sha256"].encode(), made.sha256.encode())
        place.write_bytes(content.replace(b'"size": %d,' % len(old), b'"size": %d,' % made.size))
        outcome = invoke(ledger, "verify", str(site))
        assert (outcome.code, last(outcome.out)) == (1, "不一致。")
        assert "和重新生成的比较：内容不同：index.html" in outcome.out

    def test_a_state_that_never_was(self, ledger: LedgerFolder, site: Path, invoke: Invoke) -> None:
        """A page says that it is of another commit; the manifest says so, too."""
        head = ledger.git("rev-parse", "HEAD").strip()
        name, other = "rule/T001.html", head[::-1]
        page, place = site / name, site / "manifest.json"
        page.write_bytes(page.read_bytes().replace(head[:12].encode(), other[:12].encode()))
        manifest = manifest_in(place.read_bytes())
        stamp = replace(manifest.origin.stamp, commit=other)
        files = {**manifest.files, name: contents_of(page.read_bytes())}
        place.write_bytes(manifest_text(replace(manifest, files=files, older={name: stamp})))
        outcome = invoke(ledger, "verify", str(site))
        assert (outcome.code, last(outcome.out)) == (1, "不一致。")
        assert f"页脚的版本不对：{name}" in outcome.out

    @pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe"])
    def test_no_manifest(
        self, ledger: LedgerFolder, site: Path, refused: Invoke, content: bytes
    ) -> None:
        (site / "manifest.json").write_bytes(content)
        refused(ledger, "verify", str(site), code=1, says="manifest.json")
        (site / "manifest.json").unlink()
        refused(ledger, "verify", str(site), code=1, says="不是 ledger site 写的网页")

    def test_another_ledger(self, make_ledger: MakeLedger, site: Path, invoke: Invoke) -> None:
        other = make_ledger([{"title": "别的台账"}], name="other")
        assert invoke(other, "verify", str(site)).code == 1

    def test_another_version_of_the_program(
        self, ledger: LedgerFolder, site: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(prove, "__version__", "9.9")
        outcome = invoke(ledger, "verify", str(site))
        assert f"网页是 ledger {__version__} 生成的，这里是 9.9" in outcome.out
        assert outcome.code == 0  # and yet it makes the very same

    def test_an_unfinished_one(self, ledger: LedgerFolder, site: Path, invoke: Invoke) -> None:
        place = site / "manifest.json"
        place.write_bytes(
            place.read_bytes().replace(b'"files": {\n', b'"unfinished": true,\n"files": {\n')
        )
        outcome = invoke(ledger, "verify", str(site))
        assert outcome.code == 1
        assert "没有写完" in outcome.out
