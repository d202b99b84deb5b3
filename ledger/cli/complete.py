"""What a word on the command line may become: asked by the shells' scripts at each Tab.

`ledger complete SHELL WORD...`: the words behind `ledger` up to the cursor, the last of them as far
as it is typed. A line for each candidate, what is said of it behind a tab; or `:file`, `:folder`
where the shell knows better. Whatever is wrong, nothing is said of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.cli.commands import VERBS, function_of
from ledger.cli.frame import FLAG, TEXTS, Declaration, Parameter
from ledger.cli.root import global_options
from ledger.cli.session import Session

NAME = "complete"
Choices = Iterable[tuple[str, str]]
_FILES = {"file": ":file", "folder": ":folder"}
_FOLDER = "-C"
_FORMS = ("form", "export")
_SHELLS = ("bash", "zsh", "fish", "powershell")
_SCHEMAS = ("task", "source", "decision", "ledger")


def complete(arguments: Sequence[str]) -> int:
    """Print the candidates for the last of some words; never raises, and says nothing else."""
    try:
        shell, *words = arguments
        lines = [_line(value, told, shell, words[-1]) for value, told in candidates(words)]
        sys.stdout.write("".join(line for line in lines if line))
        sys.stdout.flush()
    except Exception:  # noqa: S110 - at each key there is something unfinished
        pass
    return 0


def candidates(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What the last of some words may become, and what is said of each."""
    *before, word = words
    globals_, rest = _parted(before)
    if rest:
        if verb := VERBS.get(rest[0]):
            yield from _of_command(Declaration(function_of(verb)), rest[1:], word, globals_)
    elif before and before[-1] in (_FOLDER, "--today"):
        yield from [(_FILES["folder"], "")] if before[-1] == _FOLDER else []
    elif word.startswith("-"):
        yield from _options(global_options(), [], word)
    else:
        for verb in VERBS.values():
            if verb.name.startswith(word.lower()):
                yield verb.name, verb.summary


def _parted(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The global options among some words, and the command with what follows it."""
    values: dict[str, str] = {}
    rest: list[str] = []
    waiting = [*words]
    while waiting:
        word = waiting.pop(0)
        if word in (_FOLDER, "--today") and waiting:
            values[word] = waiting.pop(0)
        elif rest or not word.startswith("-"):
            rest.append(word)
    return values, rest


def _of_command(
    declaration: Declaration, words: list[str], word: str, globals_: Mapping[str, str]
) -> Choices:
    named = {name: each for each in declaration.parameters.values() for name in each.option.names}
    arguments = [each for each in declaration.parameters.values() if not each.option.names]
    wanting: Parameter | None = None  # whose value comes next
    given: list[str] = []
    ended = False
    for each in words:
        if wanting is not None:
            wanting = None
        elif each == "--":
            ended = True
        elif ended or not each.startswith("-"):
            arguments = arguments[arguments[0].kind != TEXTS :] if arguments else []
        else:
            given.append(each.partition("=")[0])
            parameter = named.get(each)
            wanting = parameter if parameter and parameter.kind != FLAG else None
    if wanting is not None:
        return _values(wanting, word, globals_)
    if word.startswith("--") and "=" in word:
        name, _, value = word.partition("=")
        return _values(named[name], value, globals_)
    if word.startswith("-") and not ended:
        return _options(declaration, given, word)
    return _values(arguments[0], word, globals_) if arguments else []


def _options(declaration: Declaration, given: Sequence[str], word: str) -> Choices:
    """The options that a word may become, but for those that stand there already."""
    for each in declaration.parameters.values():
        names = each.option.names
        if each.kind == TEXTS or not set(names) & set(given):
            yield from ((name, each.option.words) for name in names if name.startswith(word))
    if "--help".startswith(word):
        yield "--help", "显示这份说明"


def _values(parameter: Parameter, word: str, globals_: Mapping[str, str]) -> Choices:
    what = parameter.option.what
    if what in _FILES:
        return [(_FILES[what], "")]
    from ledger.usecases.looking.suggest import IN_FOLDERS, KINDS, fitting, suggested

    if parameter.option.says:
        return _named(parameter, word)
    if what in KINDS or what in IN_FOLDERS:
        from pathlib import Path

        from ledger.usecases.reading.open import open_ledger

        words = suggested(open_ledger(Path(globals_.get(_FOLDER, "."))), what, word)
        return [*([("add", "")] if _is_add(parameter, word) else []), *words]
    return fitting(_known(what, globals_), word)


def _named(parameter: Parameter, word: str) -> Choices:
    """Values with other words for them; they stand in what the help says of the option."""
    import re

    from ledger.usecases.looking.suggest import fitting

    says = parameter.option.says
    called = {value: name for name, value in reversed([*says.items()]) if value[:1] != "-"}
    listed = re.findall("[a-z]{2,}", parameter.option.words)
    values = [each for each in listed if each in called or parameter.option.what in _FORMS]
    pairs = [(each, called.get(each, "")) for each in values or called]
    by_name: dict[str, tuple[str, str]] = {}
    for pair in pairs:
        for name in pair:
            by_name.setdefault(name, pair)
    return dict.fromkeys(by_name[name] for name, _ in fitting([(n, "") for n in by_name], word))


def _is_add(parameter: Parameter, word: str) -> bool:
    return parameter.name == "action" and "add".startswith(word)


def _known(what: str, globals_: Mapping[str, str]) -> Choices:
    """What there is of a kind, whatever ledger it is; or in its folders."""
    if what in ("status", "kind", "nature"):
        from ledger.model import task

        words = {"status": task.STATUSES, "kind": task.KINDS, "nature": task.NATURES}[what]
        return [(each, "") for each in words]
    if what == "rule":
        from ledger.rules import RULES

        return [(rule.code, rule.title) for rule in RULES]
    if what == "topic":
        from ledger.usecases.looking.topics import TOPICS

        commands = [(verb.name, verb.summary) for verb in VERBS.values()]
        return [*((topic.name, topic.summary) for topic in TOPICS), *commands]
    if what in ("day", "week", "month", "quarter", "year"):
        return _times(what, globals_)
    names = {"schema": _SCHEMAS, "shell": _SHELLS}.get(what, ())
    return [(each, "") for each in names]


def _times(what: str, globals_: Mapping[str, str]) -> Choices:
    """Today and yesterday; this week and the last one, and so on."""
    import datetime as dt
    from pathlib import Path

    from ledger.cli.root import given_today

    today = Session(Path(), given_today(globals_.get("--today"))).now(None)
    year, week, _ = today.isocalendar()
    before = today - dt.timedelta(days=7)
    month = today.replace(day=1) - dt.timedelta(days=1)
    quarter = (today.month - 1) // 3
    last_quarter = f"{today.year}-Q{quarter}" if quarter else f"{today.year - 1}-Q4"
    return {
        "day": [(today.isoformat(), "今天"), (f"{today - dt.timedelta(days=1)}", "昨天")],
        "week": [
            (f"{year}-W{week:02}", "本周"),
            (f"{before.isocalendar()[0]}-W{before.isocalendar()[1]:02}", "上周"),
        ],
        "month": [(f"{today:%Y-%m}", "本月"), (f"{month:%Y-%m}", "上月")],
        "quarter": [(f"{today.year}-Q{quarter + 1}", "本季度"), (last_quarter, "上季度")],
        "year": [(f"{today.year}", "今年"), (f"{today.year - 1}", "去年")],
    }[what]


def _for_fish(value: str, told: str, word: str) -> tuple[str, str]:
    """Fish shows only what has the word in it; the program knows letters and titles itself."""
    if word.casefold() in value.casefold():
        return value, told
    if word in told:
        return told, value
    from ledger.model.pinyin import begins, completed, typed

    if begins(typed(word), value):
        return completed(word, value), value
    return completed(word, told), f"{value} {told}"


def _line(value: str, told: str, shell: str, word: str) -> str:
    """A candidate's line; none for what cannot stand in one."""
    if not value.isprintable():
        return ""
    if shell == "fish" and value[:1] != ":":
        value, told = _for_fish(value, told, word.partition("=")[2] or word)
    plain = "".join(each if each.isprintable() else " " for each in told)
    return f"{value}\t{plain}\n" if plain else f"{value}\n"
