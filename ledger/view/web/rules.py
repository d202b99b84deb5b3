"""规则: what each is about, and how heavy this ledger takes it."""

from __future__ import annotations

import re
from itertools import groupby

from ledger.adapters.http.exchange import Asked
from ledger.adapters.tables.writing.markup import html_text
from ledger.model.config import Config
from ledger.rules import CODES, RULES
from ledger.rules.base import Rule
from ledger.usecases.checking.explain import explained
from ledger.usecases.reading.load import config_at
from ledger.view.web.scene import Scene, WebPage

_GROUPS = {
    "T": "事项和来源", "D": "会议", "C": "改动和销号", "H": "历史", "F": "形式主义提醒",
    "S": "身份证号、手机号、密级",
}  # fmt: skip
_SEVERITIES = {"error": "错误", "warning": "提示", "off": "不查"}


def listing(scene: Scene, key: str, asked: Asked) -> WebPage:
    """All rules by their kind."""
    config = config_at(scene.ledger, scene.when.commit)
    groups = [
        (_GROUPS[letter], [(each, *_weight(each, config)) for each in rules])
        for letter, rules in groupby(RULES, lambda rule: rule.code[0])
    ]
    return WebPage("规则", "rules", {"groups": groups}, part="rules")


def page(scene: Scene, key: str, asked: Asked) -> WebPage:
    """One rule.

    Args:
        key: its code.
    """
    text = html_text(_linked(explained(key), scene))
    rule = next(each for each in RULES if each.code == key.upper())
    severity, by_ledger = _weight(rule, config_at(scene.ledger, scene.when.commit))
    values = {"text": text, "severity": severity, "by_ledger": by_ledger}
    return WebPage(f"{rule.code} {rule.title}", "rule", values, part="rules")


def _linked(text: str, scene: Scene) -> str:
    """A rule's page whose links to other rules lead to their pages here; others lead nowhere."""

    def link(match: re.Match[str]) -> str:
        href = scene.to("rule", match["name"]) if match["name"] in CODES else ""
        return f"[{match['words']}]({href})" if href else match["words"]

    return re.sub(r"\[(?P<words>[^\[\]]+)\]\((?P<name>[^()]*)\.md\)", link, text)


def _weight(rule: Rule, config: Config) -> tuple[str, bool]:
    """How heavy it is taken, and whether ledger.yaml says so."""
    own = config.rules.get(rule.code, "")
    return _SEVERITIES[own or rule.severity], bool(own)
