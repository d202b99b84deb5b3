"""Templates: whose is taken, what they may not do, and what is said when they are broken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.adapters.templates import render, shipped_folder
from ledger.errors import LedgerError
from ledger.model.lights import Lights
from ledger.usecases.looking.status import count


def rendered(folder: Path, text: str | bytes, **values: object) -> str:
    """What a template of the ledger's own gives."""
    (folder / "own.j2").write_bytes(text.encode() if isinstance(text, str) else text)
    return render("own.j2", values, folder)


@dataclass(frozen=True, slots=True)
class Secretive:
    """A record with a field that is nobody's business; it passes for one of ours."""

    _secret: str = "秘密"
    __module__ = "ledger.model"


def test_the_ledgers_own_template_overrides_the_shipped_one(tmp_path: Path) -> None:
    name = "readme.md.j2"
    assert (shipped_folder() / name).is_file()
    (tmp_path / name).write_text("自己的", encoding="utf-8")
    assert render(name, {}, tmp_path) == "自己的"


def test_a_shipped_template_is_found_where_the_ledger_has_none_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "own.j2").write_text("{% include 'pre-commit.yaml.j2' %}", encoding="utf-8")
    shipped = render("pre-commit.yaml.j2", {})
    assert shipped.strip()
    assert render("pre-commit.yaml.j2", {}, tmp_path / "missing") == shipped
    assert render("own.j2", {}, tmp_path) == shipped


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    text = "〔2020〕31号 {{ title }} {{ 数 | tojson }}\n\n"
    assert rendered(tmp_path, text, title="<“𠮷”& e\u0301>", 数={"单位": "家"}) == (
        '〔2020〕31号 <“𠮷”& e\u0301> {"单位": "家"}\n\n'
    )


def test_filters_are_the_callers(tmp_path: Path) -> None:
    (tmp_path / "own.j2").write_text("{{ '*' | escaped }}", encoding="utf-8")
    filters = {"escaped": lambda text: text.replace("*", r"\*")}
    assert render("own.j2", {}, tmp_path, filters) == r"\*"


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ '' | attr('__class__') }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ rows.append(1) }}",
        "{{ '{0.__class__}'.format(rows) }}",
        "{% include '/etc/passwd' %}",
        "{% include '../secret' %}",
        "{% import 'os' as os %}",
        "{% include ['a', 'b'] %}",
        "{{ range(999999999) | list }}",
        "{% include 'own.j2' %}",
        "{{ 'a' * 10 ** 17 }}",
    ],
)
def test_what_a_template_may_not_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret").write_text("秘密", encoding="utf-8")
    folder = tmp_path / "templates"
    folder.mkdir()
    with pytest.raises(LedgerError, match=r"模板 own\.j2"):
        rendered(folder, text, rows=[])


def test_a_record_shows_its_fields_and_what_it_computes(tmp_path: Path) -> None:
    shown = rendered(tmp_path, "{{ row.total }} {{ row.rate }}", row=count("", (), Lights()))
    assert shown == "0 0.0"
    for hidden in ("_secret", "__class__", "__init__", "none"):
        with pytest.raises(LedgerError, match=rf"不许用“{hidden}”|没有“{hidden}”这个值"):
            rendered(tmp_path, f"{{{{ row.{hidden} }}}}", row=Secretive())


def test_a_link_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("秘密", encoding="utf-8")
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "link.j2").symlink_to(tmp_path / "secret")
    with pytest.raises(LedgerError, match=r"没有“link\.j2”这个模板"):
        rendered(folder, "{% include 'link.j2' %}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{% for a in n %}{% for b in n %}{% endfor %}{% endfor %}", "秒还没有完"),
        ("一\n{{ 'x'.ljust(4000000000) }}", "第 2 行）：要用的内存太多"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "套了太多层"),
        ("{{ lipsum(n=1) }}", "没有“lipsum”这个值"),
        ("{{ ''.__class__ }}", "不许用“__class__”"),
    ],
)
def test_a_template_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    if "秒" in message:
        monkeypatch.setattr("ledger.adapters.templates._SECONDS", 0.2)
    with pytest.raises(LedgerError, match=message):
        rendered(tmp_path, text, n=range(10**6))


def test_a_template_that_was_changed_is_read_again(tmp_path: Path) -> None:
    assert rendered(tmp_path, "一") == "一"
    assert rendered(tmp_path, "二") == "二"


def test_the_callers_values_stay_as_they_are(tmp_path: Path) -> None:
    rows = {"a": [1]}
    with pytest.raises(LedgerError, match=r"模板 own\.j2"):
        rendered(tmp_path, "{{ rows.update(b=1) }}", rows=rows)
    assert rows == {"a": [1]}


@pytest.mark.parametrize(
    ("text", "line"),
    [("一\n二\n{% if %}\n", 3), ("一\n{{ 二 三 }}", 2), ("{% for %}", 1), ("\n\n\n{% 啊 %}", 4)],
)
def test_a_syntax_error_names_template_and_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(LedgerError, match=rf"模板 own\.j2 第 {line} 行"):
        rendered(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{ 没有 }}", "没有"),
        ("{{ task.titel }}", "titel"),
        ("{% for each in rows %}{% endfor %}", "rows"),
        ("{{ title | 没有 }}", "没有"),
    ],
)
def test_an_unknown_name_is_said(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(LedgerError, match=rf"模板 own\.j2.*({named}|第 1 行)"):
        rendered(tmp_path, text, task={"title": "一"}, title="一")


@pytest.mark.parametrize(
    "text",
    [
        "{{ 1 / 0 }}",
        "{{ '一' + 1 }}",
        "{{ title() }}",
        "{{ title.encode('ascii') }}",
        "{{ '{}'.format() }}",
        "{{ title | join(1) | round }}",
        b"\xff\xfe",
    ],
)
def test_what_fails_while_rendering_is_the_templates_fault(
    tmp_path: Path, text: str | bytes
) -> None:
    with pytest.raises(LedgerError, match=r"模板 own\.j2 用不了"):
        rendered(tmp_path, text, title="一")


@pytest.mark.parametrize("name", ["没有.j2", "../readme.md.j2", "/etc/passwd", ""])
def test_a_template_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(LedgerError, match="模板"):
        render(name, {}, tmp_path)


def test_in_a_page_every_value_is_escaped_and_turns_nothing_around(tmp_path: Path) -> None:
    text = "{% macro m(x) %}<b>{{ x }}</b>{% endmacro %}{{ m(title) }}"
    (tmp_path / "own.html.j2").write_text(text, encoding="utf-8")
    page = render("own.html.j2", {"title": "<i>\u202e&"}, tmp_path)
    assert page == "<b>&lt;i&gt;\ufffd&amp;</b>"


def test_own_templates_by_content() -> None:
    own = {"own.j2": b"{% include 'part.j2' %}", "part.j2": "一\n{{ 1 / 0 }}".encode()}
    with pytest.raises(LedgerError, match=r"模板 own\.j2 用不了（part\.j2 第 2 行）"):
        render("own.j2", {}, own)
    assert render("own.j2", {}, own | {"part.j2": "二".encode()}) == "二"


def test_tidy_blocks_leave_no_lines(tmp_path: Path) -> None:
    text = "一\n  {% if true %}\n二\n  {% endif %}\n三\n"
    (tmp_path / "own.j2").write_text(text, encoding="utf-8")
    assert render("own.j2", {}, tmp_path, tidy=True) == "一\n二\n三\n"
    assert render("own.j2", {}, tmp_path) == "一\n  \n二\n  \n三\n"
