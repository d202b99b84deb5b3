"""The filters of commands that choose tasks, as groups of options."""

from __future__ import annotations

from typing import Annotated

from ledger.cli import options
from ledger.cli.frame import OptionGroup
from ledger.cli.session import day
from ledger.usecases.looking.list import Filters


def few_filters(
    dept: options.Dept = None,
    lead: options.Lead = None,
    assist: options.Assist = None,
    kind: options.Kind = None,
    source: options.SourceId = None,
    leader: options.Leader = None,
) -> Filters:
    """Whose tasks, of which kind and source."""
    return filters(dept, lead, assist, kind=kind, source=source, leader=leader)


def filters(
    dept: options.Dept = None,
    lead: options.Lead = None,
    assist: options.Assist = None,
    status: options.Status = None,
    kind: options.Kind = None,
    source: options.SourceId = None,
    leader: options.Leader = None,
    nature: options.Nature = None,
    light: options.Light = None,
    due_before: options.DueBefore = None,
    due_after: options.DueAfter = None,
    text: options.Text = None,
    tag: options.Tag = None,
) -> Filters:
    """Every filter there is."""
    lists = {name: tuple(value) for name, value in locals().items() if isinstance(value, list)}
    return Filters(
        **lists,
        due_before=day(due_before, "--due-before") if due_before else None,
        due_after=day(due_after, "--due-after") if due_after else None,
    )


Filtered = Annotated[Filters, OptionGroup(filters)]
FewFilters = Annotated[Filters, OptionGroup(few_filters)]
