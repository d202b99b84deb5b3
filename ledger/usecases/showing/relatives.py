"""Which tasks a task is linked with, by its own word or by theirs."""

from __future__ import annotations

from ledger.model.record import dataclass
from ledger.model.task import Task
from ledger.usecases.looking.asking import Asking
from ledger.usecases.looking.list import answered
from ledger.usecases.reading.moment import Moment
from ledger.usecases.reading.open import Ledger

Named = list[tuple[str, str, str, str]]  # relation, id, title, status


@dataclass(frozen=True, slots=True)
class Relative:
    """A task that stands in a relation to another one.

    Attributes:
        rel: 并入, 源自 or 子任务, as the one that names the other has it.
        title, status: empty where there is no such task.
        names: whether it is this one that names the other task, and is not named by it.
    """

    rel: str
    id: str
    title: str = ""
    status: str = ""
    names: bool = False


def relatives(ledger: Ledger, task: Task, when: Moment) -> tuple[Relative, ...]:
    """Those that a task names, in the order of its file, then those that name it, by id."""

    def answer(index: Asking) -> tuple[dict[str, tuple[str, str]], Named]:
        named = index.index.called(each.id for each in task.links)
        return {name: told[:2] for name, told in named.items()}, index.index.linking(task.id)

    known, naming = answered(ledger, when, answer) or _read(ledger, task, when)
    own = (Relative(each.rel, each.id, *known.get(each.id, ("", ""))) for each in task.links)
    return (*own, *(Relative(*each, names=True) for each in naming))


def _read(ledger: Ledger, task: Task, when: Moment) -> tuple[dict[str, tuple[str, str]], Named]:
    """The same where there can be no index."""
    from ledger.usecases.reading.load import load

    snapshot = load(ledger, when.commit)
    linked = (snapshot.task(link.id) for link in task.links)
    naming = {
        (each.id, link.rel): (link.rel, each.id, each.title, each.status)
        for each in (entry.record for entry in snapshot.tasks)
        for link in each.links
        if link.id == task.id
    }
    known = {each.id: (each.title, each.status) for each in linked if each}
    return known, [naming[key] for key in sorted(naming)]
