"""What several commands take alike, declared once: a group of options becomes one argument.

A parameter annotated with `Annotated[Filters, OptionGroup(filters)]` stands for the parameters of
the function `filters`; the command gets what that function makes of them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_args, get_type_hints

from ledger.model.record import dataclass


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Marks a parameter that a function makes from options of its own."""

    make: Callable[..., Any]


def expanded(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command with every group replaced by its options, as typer reads them.

    Options stand in the order in which the command and its groups name them; what two of them name
    (the context) stands once. What needs the context is made first, for there is nothing to ask
    anybody where no ledger is.
    """
    groups: dict[str, tuple[Callable[..., Any], list[str]]] = {}
    parameters: dict[str, inspect.Parameter] = {}
    for name, parameter in _parameters(command).items():
        group = next(
            (each for each in get_args(parameter.annotation) if isinstance(each, OptionGroup)), None
        )
        if group is None:
            parameters.setdefault(name, parameter)
            continue
        make = expanded(group.make)
        inner = _parameters(make)
        groups[name] = (make, list(inner))
        for option, its in inner.items():
            parameters.setdefault(option, its)
    own = [name for name in inspect.signature(command).parameters if name not in groups]
    order = sorted(groups, key=lambda name: "context" not in groups[name][1])

    def called(**given: Any) -> Any:
        made = {
            name: groups[name][0](**{each: given[each] for each in groups[name][1]})
            for name in order
        }
        return command(**{name: given[name] for name in own}, **made)

    called.__doc__ = command.__doc__
    called.__annotations__ = {name: each.annotation for name, each in parameters.items()}
    called.__signature__ = inspect.Signature(list(parameters.values()))  # type: ignore[attr-defined]
    return called


def _parameters(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """A function's parameters by name, annotations resolved, so that none depends on its order."""
    hints = get_type_hints(function, include_extras=True)
    return {
        name: parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in inspect.signature(function).parameters.items()
    }
