"""What a command takes, for all who ask: the quick reading, the help, typer.

A parameter annotated with `Annotated[Filters, OptionGroup(filters)]` stands for the parameters of
the function `filters`; the command gets what that function makes of them. One annotated with
`Session` gets the session. All others are options and arguments of the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_type_hints

from ledger.cli.options import PICKS, TASK, Option
from ledger.cli.session import Session

PICKING = "interactive"  # the parameter by which a task is picked from a list
# How a word becomes a value, by the type that a parameter has. These are all there are.
TEXT, TEXTS, NUMBER, FLAG = "text", "texts", "number", "flag"
_KINDS: Mapping[Any, str] = {
    str: TEXT,
    str | None: TEXT,
    list[str] | None: TEXTS,
    int | None: NUMBER,
    bool: FLAG,
}


class OptionGroup:
    """Marks a parameter that a function makes from options of its own."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[..., Any]) -> None:
        self.make = make


class Parameter:
    """An option or an argument of a command.

    Attributes:
        name: what the command calls it.
        type: its type, one of those that `_KINDS` has.
        option: how it was declared.
        default: what it is when the command line is silent; `...` where it may not be.
    """

    __slots__ = ("default", "name", "option", "type")

    def __init__(self, name: str, type_: Any, option: Option, default: Any) -> None:
        self.name = name
        self.type = type_
        self.option = option
        self.default = default

    @property
    def kind(self) -> str:
        """How words become its value: `TEXT`, `TEXTS`, `NUMBER` or `FLAG`."""
        return _KINDS[self.type]

    @property
    def is_task(self) -> bool:
        """Whether it is an argument that names a task, or several."""
        return self.option.what == TASK and not self.option.names

    def number(self, text: str) -> int:
        """The number that a text says of it.

        Raises:
            ValueError: it says none.
        """
        return int(text.strip().removesuffix("%").removesuffix("％") if self._has_sign else text)

    @property
    def _has_sign(self) -> bool:
        return self.option.what == "percent"

    @property
    def is_required(self) -> bool:
        """Whether the command line has to name it."""
        return self.default is ...


class Declaration:
    """What a command takes, its groups replaced by their options.

    Options stand in the order in which the command and its groups name them; what two of them name
    stands once. Where a task is named, it can be picked from a list instead (`PICKS`).

    Attributes:
        parameters: name → option or argument.
    """

    __slots__ = ("_function", "_groups", "_own", "_sessions", "parameters")

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._groups: dict[str, Declaration] = {}
        self._own: list[str] = []
        self._sessions: list[str] = []
        self.parameters: dict[str, Parameter] = {}
        for name, annotation, default in _annotated(function):
            if annotation is Session:
                self._sessions.append(name)
                continue
            (mark,) = annotation.__metadata__
            if isinstance(mark, OptionGroup):
                group = self._groups[name] = Declaration(mark.make)
                for each, parameter in group.parameters.items():
                    self.parameters.setdefault(each, parameter)
            else:
                self._own.append(name)
                parameter = Parameter(name, annotation.__origin__, mark, default)
                self.parameters.setdefault(name, parameter)
        if any(each.is_task for each in self.parameters.values()):
            self.parameters[PICKING] = Parameter(PICKING, bool, PICKS, False)

    @property
    def words(self) -> str:
        """What the command says of itself."""
        return self._function.__doc__ or ""

    @property
    def needs_session(self) -> bool:
        """Whether it cannot be called without the session."""
        return bool(self._sessions) or any(each.needs_session for each in self._groups.values())

    def call(self, session: Session, values: Mapping[str, Any]) -> Any:
        """Call the command.

        What needs the session is made first, for there is nothing to ask anybody where no ledger
        is.

        Args:
            values: parameter's name → its value, for every parameter.
        """
        order = sorted(self._groups, key=lambda name: not self._groups[name].needs_session)
        made = {name: self._groups[name].call(session, values) for name in order}
        own = {name: values[name] for name in self._own}
        return self._function(**own, **dict.fromkeys(self._sessions, session), **made)


def _annotated(function: Callable[..., Any]) -> Iterator[tuple[str, Any, Any]]:
    """A function's parameters: name, annotation, default (`...` for none), without `inspect`."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    by_place = function.__defaults__ or ()
    defaulted = names[code.co_argcount - len(by_place) : code.co_argcount]
    defaults = dict(zip(defaulted, by_place, strict=True)) | (function.__kwdefaults__ or {})
    annotations = get_type_hints(function, include_extras=True)
    for name in names:
        yield name, annotations[name], defaults.get(name, ...)
