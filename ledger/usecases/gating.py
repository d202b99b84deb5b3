"""The gate on the server, so that nobody gets around the tool: CI workflows and a hook."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.adapters.cache import Cache
from ledger.adapters.gitrepo import bare_repo
from ledger.adapters.store import FileChange, make_executable
from ledger.adapters.templates import render
from ledger.errors import LedgerError, UsageError
from ledger.model.problem import ERROR, Problem
from ledger.usecases.checking import check_push
from ledger.usecases.reading import Ledger, today_of
from ledger.usecases.writing import Operation, alone, record

CI = ("forgejo", "gitea", "github", "gitlab")
_WORKFLOWS = {
    "forgejo": (".forgejo/workflows/ledger.yml", "ci-actions.yml.j2", "docker"),
    "gitea": (".gitea/workflows/ledger.yml", "ci-actions.yml.j2", "ubuntu-latest"),
    "github": (".github/workflows/ledger.yml", "ci-actions.yml.j2", "ubuntu-latest"),
    "gitlab": (".gitlab-ci.yml", "ci-gitlab.yml.j2", ""),
}
_PRE_COMMIT = ".pre-commit-config.yaml"
_GATED_T = frozenset({"T001", "T002", "T003", "T004", "T005", "T007", "T009", "T010"})


@dataclass(frozen=True, slots=True)
class Refused:
    """A push that must not enter: the ref, why (Chinese), and the rules it breaks."""

    ref: str
    reason: str
    problems: tuple[Problem, ...] = ()


def gate_files(kinds: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The CI workflows and the pre-commit configuration, path and content."""
    for kind in kinds:
        path, template, runner = _WORKFLOWS[kind]
        yield path, render(template, {"runner": runner}).encode()
    yield _PRE_COMMIT, render("pre-commit.yaml.j2", {}).encode()


@alone
def install_ci(ledger: Ledger, kinds: Sequence[str], commit: bool) -> list[str]:
    """Write the CI workflows that are missing; return their paths.

    Raises:
        LedgerError: a file of that name says something else (it is not overwritten).
    """
    changes = []
    for path, content in gate_files(kinds):
        place = ledger.root / path
        if not place.exists():
            changes.append(FileChange(path, None, content))
        elif place.read_bytes() != content and path != _PRE_COMMIT:
            raise LedgerError(
                f"{path} 已经有了，内容不同，没有覆盖", hint="请手工合并，或先把它移开再试"
            )
    record(ledger, changes, Operation("gate", "安装台账检查"), commit)
    return [change.path for change in changes]


def install_hook(folder: Path) -> Path:
    """Put the pre-receive hook into a bare repository; return its path.

    Raises:
        UsageError: no bare repository there.
        LedgerError: there is another pre-receive hook.
    """
    repo = bare_repo(folder)
    place = repo.git_dir / "hooks" / "pre-receive"
    command = " ".join(shlex.quote(part) for part in (sys.executable, "-m", "ledger"))
    content = render("pre-receive.sh.j2", {"command": command}).encode()
    if (
        place.exists()
        and place.read_bytes() != content
        and b"ledger gate" not in place.read_bytes()
    ):
        raise LedgerError(
            f"{place} 已经有了，没有覆盖",
            hint="请把它改名后再试，或在其中加一行 ledger gate receive",
        )
    place.parent.mkdir(exist_ok=True)
    make_executable(place, content)
    return place


def receive(folder: Path, lines: Iterable[str], now: dt.datetime) -> list[Refused]:
    """Judge a push, as git tells it to a pre-receive hook.

    Args:
        folder: the bare repository.
        lines: `<old> <new> <ref>` each.
        now: the server's own clock; the day it is by the ledger's time zone.

    Returns:
        What is refused; nothing when the push may enter. Only the main branch (the repository's
        HEAD) is gated.
    """
    repo = bare_repo(folder, os.environ)
    ledger = Ledger(repo.root, repo, Cache(repo.state_dir()))
    guarded = f"refs/heads/{repo.branch()}"
    refused: list[Refused] = []
    for line in lines:
        old, new, ref = line.split(" ", 2)
        if ref.strip() == guarded:
            refused.extend(_refused(ledger, old, new, guarded, now))
    return refused


def _refused(ledger: Ledger, old: str, new: str, ref: str, now: dt.datetime) -> Iterator[Refused]:
    if not new.strip("0"):
        yield Refused(ref, "主分支不能删除")
        return
    before = old if old.strip("0") else ""
    if before and ledger.repo.merge_base(before, new) != before:
        yield Refused(ref, "主分支的历史不能改写（不是快进）；请先取回主分支再推送")
        return
    today = today_of(ledger, now, before or new)
    found = tuple(
        problem
        for problem in check_push(ledger, before, new, today)
        if problem.severity == ERROR and (problem.code in _GATED_T or problem.code[0] in "CDS")
    )
    if found:
        yield Refused(ref, f"违反台账规则（{len(found)} 处）", found)


def checked_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """The kinds of CI that were asked for.

    Raises:
        UsageError: one there is not.
    """
    for kind in kinds:
        if kind not in CI:
            raise UsageError(f"没有“{kind}”这种 CI", hint=f"可用的有：{'、'.join(CI)}")
    return tuple(kinds)
