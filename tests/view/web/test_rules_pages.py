"""规则: a page of each rule, its links, and how heavy this ledger takes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ledger.rules import CODES, RULES
from tests.view.web.test_task import get, text

if TYPE_CHECKING:
    from tests.conftest import MakeLedger


def test_every_rule_has_its_page_and_links_lead_somewhere(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}])
    listed = get(made, "rules").body.decode()
    for rule in RULES:
        assert f'href="/rule/{rule.code}"' in listed
        reply = get(made, f"rule/{rule.code}")
        assert reply.status == 200
        assert f"{rule.code} {rule.title}" in text(reply)
        main = reply.body.decode().partition("<main")[2].partition("</main>")[0]
        for href in re.findall(r'href="([^"]*)"', main):
            name = href.removeprefix("/rule/")
            assert name in CODES or href == "/rules", (rule.code, href)
        assert "怎么改" in main


def test_how_heavy(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}], config={"rules": {"F001": "off", "T004": "warning"}})
    listed = text(get(made, "rules"))
    assert "F001 长期没有进展 不查（本台账定的）" in listed
    assert "T004 部门不在名单里 提示（本台账定的）" in listed
    assert "T001 文件读不了 错误 T002" in listed
    assert "轻重：不查（本台账在 ledger.yaml 里定的）" in text(get(made, "rule/F001"))


def test_small_letters_and_none(make_ledger: MakeLedger) -> None:
    made = make_ledger([{}])
    assert get(made, "rule/t007").status == 200
    for name in ("T0", "", "T007/..", "../T007", "index"):
        assert get(made, f"rule/{name}").status == 404
