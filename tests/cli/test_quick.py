"""What is read without typer is what typer reads: for every command, whatever is typed."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.adapters.disk.interrupt import Course
from ledger.cli import picking, quick, typed
from ledger.cli.commands import VERBS, function_of
from ledger.cli.frame import FLAG, NUMBER, PICKING, TEXT, TEXTS, Declaration, Parameter
from ledger.cli.options import PICKS
from ledger.cli.root import hoisted
from ledger.cli.session import Ended, Session
from ledger.errors import UsageError

ROOT = typed.Root()
HERE = Session(Path(), None)
HARD = (
    "", "-", "--", "---", "-1", "=", "a=b", "--=", "-=", "--json", "--help", "--no-json",
    "--json=1", "--dept=", "-x", "-xo", "-o", "-oX", "-o=X", "-C", "-Cx", "--today", "--today=x",
    " 5 ", "1_000", "_1", "５", "+3", "0x1", "1e3", "007", "9" * 5000, "true", "甲", "x y", "../a",
)  # fmt: skip
LETTERS = string.ascii_letters + "0５-= _\n\ud800\u202e甲"
VALUES = st.sampled_from(HARD) | st.text(LETTERS, max_size=4)
Read = Callable[[str, list[str]], Any]


@cache
def declaration(name: str) -> Declaration:
    return Declaration(function_of(VERBS[name]))


@cache
def typers(name: str, made: Callable[..., Any] = typed.Root.get_command) -> Any:
    return made(ROOT, None, name)


@st.composite
def lines(draw: st.DrawFn, name: str) -> list[str]:
    """What may follow a command: its options in all forms, whole or broken, arguments between."""
    names = sorted(each for p in declaration(name).parameters.values() for each in p.option.names)
    words: list[str] = []
    for _ in range(draw(st.integers(0, 6))):
        option = draw(st.sampled_from([*names, "--help"]))
        value = draw(VALUES)
        words += draw(
            st.sampled_from(
                ([option, value], [f"{option}={value}"], [option], [value], [option[:-1], value])
            )
        )
    return words


@pytest.fixture(scope="module")
def by_typer() -> Iterator[Read]:
    """What typer calls the command with; None for what it refuses, and for help."""
    calls: list[Mapping[str, Any]] = []

    def read(name: str, words: list[str]) -> Any:
        calls.clear()
        try:
            with typers(name).make_context(name, list(words), obj=HERE) as context:
                typers(name).invoke(context)
        except (typer.Exit, typer.exceptions.TyperException):
            return None
        (values,) = calls
        return values

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Declaration, "call", lambda self, session, values: calls.append(values))
        patch.setattr(picking, "picked", lambda name, session, values: values)
        for name in VERBS:  # no variable of the environment stands for an option
            for each in declaration(name).parameters.values():
                patch.setenv(f"LEDGER_{each.name.upper()}", "1")
        yield read


@pytest.mark.parametrize("name", VERBS)
def test_both_read_the_same(name: str, by_typer: Read) -> None:
    """Or the quick way leaves it to typer."""

    def agree(words: list[str]) -> None:
        line = quick.read(declaration(name).parameters, words)
        if line is not None:
            values, rest = line
            assert not rest
            if not is_picked(name, values):
                assert values == by_typer(name, words), words

    for option in (each for p in declaration(name).parameters.values() for each in p.option.names):
        for words in ([f"{option}=", "a"], [option, ""], [option, "--"], [option, "-o"], [option]):
            agree(words)
    for words in ([], ["a"], ["-", "a", "--", "--json", "-o"], ["a"] * 5):
        agree(words)
    settings(max_examples=30)(given(lines(name))(agree))()


def is_picked(name: str, values: Mapping[str, Any]) -> bool:
    """Whether a task is still to be picked, for which typer would wait in vain."""
    parameters = declaration(name).parameters.values()
    lacks = any(each.is_required and not values[each.name] for each in parameters if each.is_task)
    return bool(values.get(PICKING)) and lacks


def plain(parameter: Parameter) -> list[str]:
    """An option or argument as people write it."""
    value = "5" if parameter.kind == NUMBER else "甲"
    if not parameter.option.names:
        return [value]
    return [parameter.option.names[-1], *([] if parameter.kind == FLAG else [value])]


@pytest.mark.parametrize("name", VERBS)
def test_what_is_plain_is_not_left_to_typer(name: str, by_typer: Read) -> None:
    """All that a command takes; what takes several, twice; and nothing that it need not have."""
    parameters = declaration(name).parameters
    twice = [each for p in parameters.values() for each in plain(p) * (1 + (p.kind == TEXTS))]
    least = [each for p in parameters.values() if p.is_required for each in plain(p)]
    for words in (twice, least):
        line = quick.read(parameters, words)
        assert line is not None
        assert line[0] == by_typer(name, words)


@pytest.mark.parametrize("name", VERBS)
def test_declarations_are_of_the_kinds_that_are_read(name: str) -> None:
    parameters = list(declaration(name).parameters.values())
    for each in parameters:
        assert (each.kind == FLAG) == bool(each.option.names and not each.option.metavar)
        assert (
            all(word.startswith("--") for word in each.option.names) or len(each.option.names) > 1
        )
        assert each.default in (..., None, False) or isinstance(each.default, str)
    arguments = [each for each in parameters if not each.option.names]
    assert all(each.kind in (TEXT, TEXTS) for each in arguments)
    assert all(each.kind == TEXT for each in arguments[:-1])
    needed = [each.is_required for each in arguments]
    assert needed == sorted(needed, reverse=True)


GLOBAL = st.sampled_from(
    (
        *(["-C", "."], ["-C.."], ["-C=x"], ["-Cx", "-Cy"], ["-C"]),
        *(["--today", "2017-10-20"], ["--today=2017-10-20"], ["--today", "x"], ["--today"]),
        *(["--version"], ["--help"], ["--nonsense"], ["--"]),
    )
)


@st.composite
def whole_lines(draw: st.DrawFn) -> list[str]:
    words = draw(st.sampled_from([["list"], ["show"], ["export"], ["nothing"], [""], ["-"]]))
    words = draw(st.sampled_from(([], words, words)))
    if words and words[0] in VERBS:
        words = words + draw(lines(words[0]))[:3]
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(words)))
        words[place:place] = draw(GLOBAL)
    return words


def test_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Global options anywhere, without a command, help pages, the version: the same is done."""
    deeds: list[Any] = []

    def done(answer: Callable[[list[str], Course], Any], words: list[str]) -> Any:
        deeds.clear()
        try:
            left = answer(words, Course()) is False
        except Ended as end:
            deeds.append(end.code)
            left = False
        except UsageError as error:
            deeds.append(error.message)
            left = False
        return None if left else [*deeds, capsys.readouterr()]

    @settings(max_examples=150)
    @given(whole_lines())
    @example(["--help"])
    @example(["list", "--help"])
    @example(["--version"])
    @example(["-C", "x"])
    @example([])
    def check(line: list[str]) -> None:
        try:
            words = hoisted(line)
        except UsageError:
            return
        if {*PICKS.names} & {*words}:  # nobody is there to pick
            return
        if (by_quick := done(quick.answer, words)) is not None:
            by_quick = [each for each in by_quick if each != 0]  # help ends typer with 0
            assert by_quick == [each for each in done(typed.answer, words) if each != 0]

    def called(self: Declaration, session: Session, values: Mapping[str, Any]) -> None:
        deeds.append((self.words, session.folder, session.today, values))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Declaration, "call", called)
        for module in (quick, typed):
            patch.setattr(module, "picture", lambda session: deeds.append(session.folder))
        patch.setattr(typed, "root", cache(typed.root))  # a fifth of the time
        patch.setattr(typed.Root, "get_command", lambda self, ctx, name: typers(name))
        check()
