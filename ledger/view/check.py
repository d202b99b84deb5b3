"""What a check found, in the forms that people, scripts, editors and servers read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ledger import __version__
from ledger.model.problem import ERROR, WARNING, Problem
from ledger.rules import RULES
from ledger.view.problems import problem_line
from ledger.view.text import clean, one_line

# What XML 1.0 does not allow; each such character becomes "�". Compiled where it is used.
_NOT_XML = r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_CALLED = {ERROR: "错误", WARNING: "提示"}


def problem_json(problems: Iterable[Problem]) -> dict[str, Any]:
    """What `check --json` prints: the contract's keys."""
    listed = list(problems)
    keys = ("code", "severity", "path", "line", "id", "message", "hint", "merged")
    return {
        "problems": [{key: getattr(problem, key) for key in keys} for problem in listed],
        "errors": sum(problem.severity == ERROR for problem in listed),
        "warnings": sum(problem.severity == WARNING for problem in listed),
    }


def text(problems: Sequence[Problem]) -> Iterator[str]:
    """One line a problem, errors first, then a count."""
    for severity in (ERROR, WARNING):
        for problem in problems:
            if problem.severity == severity:
                yield f"{_CALLED[severity]} {problem_line(problem)}"
    counts = problem_json(problems)
    if problems:
        numbers = f"{counts['errors']} 个错误，{counts['warnings']} 个提示"
        yield f"共 {numbers}；ledger rule 规则编号 可看说明。"
    else:
        yield "检查通过，没有问题。"


def github(problems: Sequence[Problem]) -> Iterator[str]:
    """Workflow commands that GitHub, Gitea and Forgejo show beside the lines they concern."""
    for problem in problems:
        kind = "error" if problem.severity == ERROR else "warning"
        place = f"file={_property(problem.path)},line={max(1, problem.line)}"
        message = f"{problem.message}。{problem.hint}" if problem.hint else problem.message
        yield f"::{kind} {place},title={_property(problem.code)}::{_data(message)}"


def sarif(problems: Sequence[Problem]) -> Iterator[str]:
    """SARIF 2.1.0, which code hosts take in."""
    used = {problem.code for problem in problems}
    driver = {
        "name": "ledger",
        "version": __version__,
        "rules": [
            {"id": rule.code, "shortDescription": {"text": rule.title}}
            for rule in RULES
            if rule.code in used
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem) for problem in problems],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    yield json.dumps(document, ensure_ascii=False, indent=2)


def junit(problems: Sequence[Problem]) -> Iterator[str]:
    """JUnit XML: one test case a rule, failed where the rule was broken; failures come first."""
    from xml.sax.saxutils import escape, quoteattr  # which loads how to ask the web

    failures = len({problem.code for problem in problems if problem.severity == ERROR})
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuite name="ledger check" tests="{len(RULES)}" failures="{failures}">'
    for rule in RULES:
        name = quoteattr(f"{rule.code} {rule.title}")
        broken = [problem for problem in problems if problem.code == rule.code]
        if not broken:
            yield f'  <testcase classname="ledger" name={name} />'
            continue
        yield f'  <testcase classname="ledger" name={name}>'
        for problem in sorted(broken, key=lambda each: each.severity != ERROR):
            tag = "failure" if problem.severity == ERROR else "system-out"
            line = re.sub(_NOT_XML, "\ufffd", problem_line(problem))
            yield f"    <{tag}>{escape(line)}</{tag}>"
        yield "  </testcase>"
    yield "</testsuite>"


FORMS: Mapping[str, Callable[[Sequence[Problem]], Iterator[str]]] = {
    "text": text,
    "table": text,
    "github": github,
    "sarif": sarif,
    "junit": junit,
}


def _result(problem: Problem) -> dict[str, Any]:
    from urllib.parse import quote

    location = {"artifactLocation": {"uri": quote(problem.path, errors="replace")}}
    region = {"region": {"startLine": problem.line}} if problem.line else {}
    message = f"{problem.message}。{problem.hint}" if problem.hint else problem.message
    return {
        "ruleId": problem.code,
        "level": problem.severity,
        "message": {"text": clean(message)},
        "locations": [{"physicalLocation": location | region}],
        "properties": {"merged": problem.merged},
    }


def _data(message: str) -> str:
    return one_line(message).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(name: str) -> str:
    return _data(name).replace(":", "%3A").replace(",", "%2C")
