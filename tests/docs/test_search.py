"""The manual's own search: what its index has, and what a page opened from a folder finds by it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from tests.browsing import DESKTOP, PHONE, Tab, faults, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent.parent
WEB = ROOT / "docs/web"
BUILT = ROOT / "build/docs"
# What the theme has around a page, as far as the search asks for it.
PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>手册</title>
<link rel="stylesheet" href="../web/find.css"><style>
html { font-size: 125%; --md-default-fg-color: #222; --md-default-fg-color--light: #555;
  --md-default-fg-color--lightest: #eee; --md-default-bg-color: #fff; }
.md-header__inner { display: flex; justify-content: space-between; }
</style>
<body><header><nav class="md-header__inner"><a href="a.html">手册</a></nav></header>
<main>{}</main><script src="../web/find.js"></script></body></html>"""
HOSTILE = "<script>document.title = '破'</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    """The hook of MkDocs, which needs no MkDocs to be looked at."""
    spec = importlib.util.spec_from_file_location("find", WEB / "find.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sections_are_cut_at_headings(hook: ModuleType) -> None:
    html = (
        '<p>前言</p><h1 id="一">题 &amp; 目</h1><p>甲<strong>乙</strong></p><table><tr><td>一</td>'
        '<td>二</td></tr></table><h2 id="二"><code>ledger</code> 命令</h2><h3>空的</h3>'
    )
    assert list(hook.sections("manual/a.html", "页", html)) == [
        ("manual/a.html", "页", "", "前言"),
        ("manual/a.html#一", "页", "题 & 目", "甲乙 一 二"),
        ("manual/a.html#二", "页", "ledger 命令", ""),
        ("manual/a.html", "页", "空的", ""),
    ]


@pytest.fixture(scope="module")
def folder(hook: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some pages of the manual in a folder, as the hook and the theme lay them out."""
    place = tmp_path_factory.mktemp("manual")
    (place / "web").mkdir()
    (place / "manual").mkdir()
    for name in ("find.js", "find.css"):
        (place / "web" / name).write_bytes((WEB / name).read_bytes())
    rows = []
    for name in ("closing", "trouble", "work"):
        text = (ROOT / f"docs/manual/{name}.md").read_text("utf-8")
        html = MarkdownIt("commonmark").enable("table").render(text)
        html = html.replace("<h2>销号以后", '<h2 id="销号以后">销号以后')
        title = text.partition("\n")[0].removeprefix("# ")
        (place / f"manual/{name}.html").write_text(PAGE.replace("{}", html), "utf-8")
        rows += hook.sections(f"manual/{name}.html", title, html)
    rows.append(("manual/work.html", "坏页", HOSTILE, HOSTILE))
    (place / "web/index.js").write_text(hook.script(rows), "utf-8")
    return place


def results(tab: Tab, words: str) -> list[str]:
    """What is listed for some words; the line above it names how many there are."""
    tab.page.fill(".find input", words)
    tab.page.wait_for_function("!document.querySelector('.find-panel').hidden")
    listed = tab.page.locator(".find li").all_inner_texts()
    told = tab.page.inner_text(".find-told")
    assert told.startswith(f"找到 {len(listed)} 处" if listed else "没有找到") or len(listed) == 30
    return listed


@pytest.mark.xdist_group("browser")
def test_what_is_looked_for_is_found(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "manual/trouble.html") as tab:
        tab.page.keyboard.press("/")
        assert tab.number("document.activeElement.matches('.find input')") == 1
        assert len(results(tab, "重开")) > 3
        (only,) = results(tab, "重开 回头看")
        assert only.startswith("销号 › 销号以后")
        assert results(tab, "ＬＥＤＧＥＲ　close --DROP")  # as the letters mean it
        assert results(tab, "没有这样的词") == []
        for width in (DESKTOP, PHONE):  # on a phone it stays
            tab.page.set_viewport_size({"width": width, "height": 844})
            panel = tab.page.locator(".find-panel").bounding_box()
            assert panel is not None
            assert panel["x"] >= 0
            assert panel["x"] + panel["width"] <= width
        assert [each.split("\n")[0] for each in results(tab, "onerror=alert")] == [
            f"坏页 › {HOSTILE}"
        ]
        assert tab.page.title() == "手册"
        results(tab, "销号以后")
        assert tab.messages == []
        assert faults(tab.page) == []
        tab.page.keyboard.press("ArrowDown")
        tab.page.keyboard.press("Escape")
        assert not tab.page.is_visible(".find-panel")
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_url("**/closing.html#*")
        assert all(each.startswith(folder.as_uri()) for each in tab.asked)


@pytest.mark.xdist_group("browser")
def test_a_folder_that_lacks_the_index_is_told_of(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "manual").mkdir()
    for name in ("web/find.js", "web/find.css", "manual/work.html"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    with opened(browser, tmp_path / "manual/work.html") as tab:
        tab.page.fill(".find input", "销号")
        tab.page.wait_for_selector(".find-told:has-text('web/index.js')")


@pytest.mark.xdist_group("browser")
def test_the_pages_that_were_built(browser: Browser) -> None:
    """The theme's own head, too; building is not the suite's."""
    if not (BUILT / "web/index.js").is_file():
        pytest.skip("needs the pages: make docs")
    for width in (DESKTOP, PHONE):
        with opened(browser, BUILT / "manual/hour.html", width) as tab:
            assert any("两个人一台电脑" in each for each in results(tab, "两个人一台电脑"))
            tab.page.locator(".find li a").first.click()
            tab.page.wait_for_url("**/sync.html#*")
            assert tab.messages == []
