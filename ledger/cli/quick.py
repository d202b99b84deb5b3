"""The plain command lines, read without typer, whose import takes longer than most commands do.

What is not plain (a mistake, a value that is no number, anything this does not know) is left to
typer, which reads the same declarations and has the last word on all that is wrong. A test holds
both equal for every command.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ledger.adapters.disk.interrupt import Course
from ledger.cli.commands import VERBS, function_of
from ledger.cli.frame import FLAG, NUMBER, PICKING, TEXTS, Declaration, Parameter
from ledger.cli.root import begin, global_options, picture
from ledger.cli.session import Session
from ledger.errors import NotKnown

_HELP = (["--help"], ["-h"])
_MOMENTS = ("day", "moment")
Values = dict[str, Any]
Deed = Callable[[Session], None]


def answer(words: Sequence[str], course: Course) -> bool:
    """Do what a command line says, where it is plain.

    Args:
        words: the command line, global options first.

    Returns:
        Whether it was plain; else nothing is done.

    Raises:
        LedgerError, Ended: as the command does.
    """
    if words in _HELP:
        from ledger.cli.help import root_help

        _print(root_help())
        return True
    if (told := _told(words)) is None:
        return False
    values, deed = told
    deed(begin(course, values))
    return True


def _told(words: Sequence[str]) -> tuple[Values, Deed] | None:
    """The global options and what is to be done."""
    if (line := read(global_options().parameters, words, mixed=False)) is None:
        return None
    values, rest = line
    if not rest:
        return values, picture
    if (verb := VERBS.get(rest[0])) is None:
        return None
    declaration = Declaration(function_of(verb))
    if rest[1:] in _HELP:
        from ledger.cli.help import command_help

        return values, lambda session: _print(command_help(verb.name, declaration))
    if (own := read(declaration.parameters, rest[1:])) is None:
        return None
    return values, lambda session: carry_out(verb.name, declaration, session, own[0])


def carry_out(name: str, declaration: Declaration, session: Session, values: Values) -> None:
    """Call a command; where a word names nothing that there is, with what somebody meant by it.

    Args:
        name: the command's.
        values: parameter's name → its value, for every parameter.

    Raises:
        NotKnown: nobody knows what was meant.
    """
    parameters = declaration.parameters
    values = {each: _known(parameters[each], value, session) for each, value in values.items()}
    if values.get(PICKING):
        from ledger.cli.picking import picked

        values = picked(name, session, values)
    if "task" in values and sys.stdin.isatty():  # before anything else is asked
        from ledger.cli.meant import settled

        values = settled(parameters, session, values)
    try:
        declaration.call(session, values)
    except NotKnown as error:
        from ledger.cli.meant import instead  # of most words there is nothing to guess

        carry_out(name, declaration, session, instead(parameters, session, values, error))


def _known(parameter: Parameter, value: Any, session: Session) -> Any:
    """A value as the command knows it, where another word for it, or a day in words, was typed."""
    option = parameter.option
    if option.says and isinstance(value, str):
        return option.says.get(value.casefold(), value)
    if option.what in _MOMENTS and value and not value.isascii():
        from ledger.cli.meant import dated

        return dated(value, session)
    return value


def read(
    parameters: Mapping[str, Parameter], words: Sequence[str], mixed: bool = True
) -> tuple[Values, list[str]] | None:
    """What words say of parameters.

    Args:
        mixed: whether options may stand behind arguments; else reading ends at the first argument.

    Returns:
        Every parameter's value by its name, and the words that were not read; None where it is not
        plain what they say.
    """
    options = {name: each for each in parameters.values() for name in each.option.names}
    values: Values = {}
    places: list[str] = []
    waiting = list(reversed(words))
    while waiting:
        word = waiting.pop()
        if word == "-" or not word.startswith("-"):
            if not mixed:
                waiting.append(word)
                break
            places.append(word)
        elif word == "--" and mixed:
            places += reversed(waiting)
            waiting.clear()
        elif not _took_option(options, word, waiting, values):
            return None
    if not (_took_places(parameters.values(), places, values) and _filled(parameters, values)):
        return None
    return values, waiting[::-1]


def _took_option(
    options: Mapping[str, Parameter], word: str, waiting: list[str], values: Values
) -> bool:
    """Take a word and its value for an option; False where it is none, or lacks its value."""
    name, equals, text = word.partition("=")
    if not name.startswith("--"):  # `-oX` and `-o=X` give X and =X to -o
        name, equals, text = word[:2], word[2:], word[2:]
    if (parameter := options.get(name)) is None:
        return False
    if parameter.kind == FLAG:
        values[parameter.name] = True
        return not equals
    if not equals:
        if not waiting:
            return False
        text = waiting.pop()
    return _took(parameter, text, values)


def _took(parameter: Parameter, text: str, values: Values) -> bool:
    """Take a text for a parameter; False where it is no such value."""
    if parameter.kind == TEXTS:
        values.setdefault(parameter.name, []).append(text)
    elif parameter.kind == NUMBER:
        try:
            values[parameter.name] = parameter.number(text)
        except ValueError:
            return False
    else:
        values[parameter.name] = text
    return True


def _took_places(parameters: Iterable[Parameter], places: list[str], values: Values) -> bool:
    """Take what stands without an option for the arguments, one after another; False if too much.

    What takes several takes all that are left.
    """
    for parameter in parameters:
        if parameter.option.names or not places:
            continue
        count = len(places) if parameter.kind == TEXTS else 1
        if not all(_took(parameter, text, values) for text in places[:count]):
            return False
        del places[:count]
    return not places


def _filled(parameters: Mapping[str, Parameter], values: Values) -> bool:
    """Give what was not said its default; False where it had to be said."""
    silent = parameters.keys() - values.keys()
    if values.get(PICKING):  # it will be picked
        values |= {name: "" for name in silent if _is_pickable(parameters[name])}
        silent -= values.keys()
    values |= {name: parameters[name].default for name in silent}
    return not any(parameters[name].is_required for name in silent)


def _is_pickable(parameter: Parameter) -> bool:
    return parameter.is_required and parameter.is_task


def _print(lines: Iterable[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
