"""Names of a site's files, and the links from one to another."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.model.paths import elsewhere, is_device
from ledger.view.web.filed import Filed, file_name, files_of
from tests.turns import LONG

KEYS = st.one_of(st.text(max_size=30), st.from_regex(r"[A-Za-z0-9-]{1,80}", fullmatch=True))
PAGES = [
    ("", ""), ("list", ""), ("style.css", ""), ("task", "GZ2017-001"), ("dept", "审业部"),
]  # fmt: skip


@settings(max_examples=100 if LONG else 30)
@given(st.lists(KEYS, unique=True, max_size=20))
def test_every_file_system_tells_them_apart(keys: list[str]) -> None:
    names = [file_name("task", key) for key in keys]
    assert len({elsewhere(name) for name in names}) == len(names)
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9-]+(/[A-Za-z0-9-]+)?\.html", name), name
        assert not is_device(name.rpartition("/")[2])
        assert len(name) < 100


def test_names_that_would_be_one_or_none() -> None:
    assert file_name("task", "GZ2017-001") == "task/GZ2017-001.html"
    assert file_name("", "") == "index.html"
    assert file_name("style.css", "") == "style.css"
    assert file_name("task", "NUL") != "task/NUL.html"
    assert file_name("task", "gz-1").startswith("task/x-gz-1-")
    assert file_name("task", "../../etc") == file_name("task", "../../etc")
    assert ".." not in file_name("task", "../../etc")


def test_links_are_relative_and_lead_only_to_what_there_is() -> None:
    files = files_of(PAGES)
    called = {"审查业务管理部": "审业部", "审业部": "审业部"}
    top, deep = Filed("index.html", files, called), Filed("task/GZ2017-001.html", files, called)
    assert top("") == "index.html"
    assert deep("") == "../index.html"
    assert top("task", "GZ2017-001") == "task/GZ2017-001.html"
    assert deep("task", "GZ2017-001") == "GZ2017-001.html"
    assert (
        deep("dept", "审业部") == deep("dept", "审查业务管理部") == f"../{files['dept', '审业部']}"
    )
    assert top("task", "GZ2017-002") == ""
    assert top("list.csv") == ""
    assert top("", at="2017-01-01") == "index.html"


def test_a_filtered_list_is_named_behind_its_file() -> None:
    links = Filed("dept/x.html", files_of(PAGES), {})
    assert links("list", status=["推进中", "待上会"], q="a&b", page=None) == (
        "../list.html#status=%E6%8E%A8%E8%BF%9B%E4%B8%AD&status=%E5%BE%85%E4%B8%8A%E4%BC%9A&q=a%26b"
    )
    assert links("task", "GZ2017-001", week="2017-W01") == ""
