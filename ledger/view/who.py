"""Who is typing, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.adapters.git.person import ACCOUNT, HERE, SURROUNDINGS, Settled
from ledger.usecases.reading.identities import REGISTER
from ledger.usecases.setup.who import Person
from ledger.view.text import one_line

_PLACES = {HERE: "只管这个台账", ACCOUNT: "这个账号通用", SURROUNDINGS: "来自环境变量"}


def person_lines(person: Person) -> Iterator[str]:
    """A line each for name, address and department."""
    yield _line("姓名", person.name)
    yield _line("邮箱", person.email)
    yield one_line(f"部门：{person.department or '没有登记'}")
    if person.role:
        yield one_line(f"角色：{person.role}")
    if not (person.name.value and person.email.value):
        yield f"请运行 {REGISTER}。"


def _line(called: str, settled: Settled) -> str:
    if not settled.value:
        return f"{called}：没有登记"
    return one_line(f"{called}：{settled.value}（{_PLACES[settled.place]}）")
