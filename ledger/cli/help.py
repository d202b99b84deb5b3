"""The help pages, made of the declarations and laid out by the width of Chinese characters."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.cli.commands import COMMANDS, PROGRAM, PURPOSE
from ledger.cli.frame import TEXTS, Declaration, Parameter
from ledger.cli.root import global_options
from ledger.view.screen import size
from ledger.view.text import padded, width, wrapped

_LEFT = 26
_LEAST, _MOST = 12, 100
_USAGE = 6  # columns before what the usage line begins with
_THIS = ("-h、--help", "显示这份说明")


def root_help() -> Iterator[str]:
    """The lines of the first page: the global options, and each command with what it does."""
    yield f"用法：{PROGRAM} [选项] 命令 [参数]"
    yield ""
    yield from _wrapped(PURPOSE, 2)
    yield from _section("选项", _option_rows(global_options()))
    for heading, verbs in COMMANDS.items():
        yield from _section(heading, [(verb.name, verb.summary) for verb in verbs])
    yield ""
    yield from _wrapped(f"一个命令怎么用，有例子：{PROGRAM} 命令 --help", 0)
    topics = f"{PROGRAM} help 主题，如 {PROGRAM} help 销号；{PROGRAM} help 列出全部主题"
    yield from _wrapped(f"一件事怎么办：{topics}", 0)


def topic_list() -> Iterator[str]:
    """The lines of the list of topics."""
    from ledger.usecases.looking.topics import TOPICS

    yield f"用法：{PROGRAM} help 主题（也可以写拼音首字母，或者一个命令）"
    yield from _section("主题", [(topic.name, topic.summary) for topic in TOPICS])


def command_help(name: str, declaration: Declaration) -> Iterator[str]:
    """The lines of a command's page: how it is written, what it does and takes, examples."""
    from ledger.cli.examples import EXAMPLES

    arguments = [each for each in declaration.parameters.values() if not each.option.names]
    words = "".join(f" {_argument_word(each)}" for each in arguments)
    first, *rest = wrapped(f"用法：{PROGRAM} {name} [选项]{words}", min(_MOST, size()[0]))
    yield from (first, *(" " * _USAGE + line for line in rest), "")
    for number, paragraph in enumerate(declaration.words.strip().split("\n\n")):
        yield from [""] if number else []
        yield from _wrapped("".join(line.strip() for line in paragraph.split("\n")), 2)
    yield from _section("参数", [(_argument_word(each), each.option.words) for each in arguments])
    yield from _section("选项", _option_rows(declaration))
    yield from _examples(EXAMPLES[name])


def _examples(examples: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """Command lines, whole, to be copied; what each does beside it, or below for want of room."""
    yield ""
    yield "示例："
    left = max(width(line) for line, _ in examples) + 4
    beside = 2 + left + max(width(words) for _, words in examples) <= min(_MOST, size()[0])
    for line, words in examples:
        yield f"  {padded(line, left)}{words}" if beside else f"  {line}"
        yield from [] if beside else _wrapped(words, 6)


def _section(heading: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"{heading}："
    left = min(_LEFT, max(width(name) for name, _ in rows)) + 2
    for name, words in rows:
        lines = _wrapped(words, left + 2)
        first = lines[0].strip() if lines else ""
        if width(name) > left - 2 and first:
            yield f"  {name}"
            yield from lines
        else:
            yield f"  {padded(name, left)}{first}".rstrip()
            yield from lines[1:]


def _argument_word(argument: Parameter) -> str:
    word = argument.option.metavar + ("…" if argument.kind == TEXTS else "")
    return word if argument.is_required else f"[{word}]"


def _option_rows(declaration: Declaration) -> list[tuple[str, str]]:
    options = [each for each in declaration.parameters.values() if each.option.names]
    return [*map(_option_row, options), _THIS]


def _option_row(parameter: Parameter) -> tuple[str, str]:
    option = parameter.option
    name = "、".join(option.names)
    words = option.words + ("（必填）" if parameter.is_required else "")
    return (f"{name} {option.metavar}" if option.metavar else name), words


def _wrapped(text: str, indent: int) -> list[str]:
    wide = max(_LEAST, min(_MOST, size()[0]) - indent)
    return [" " * indent + line for line in wrapped(text, wide)]
