"""What a field is called stands beside the field, and nobody keeps a second list of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from ledger.model.fields import labels, records_in, specs
from ledger.model.task import KINDS, LOGS, Task, full_name, heading, label
from tests.sources import READS_SOURCES, nodes

PACKAGE = Path(__file__).resolve().parents[2] / "ledger"
NAMES = {
    key: {label(key), *((heading(key), full_name(key)) if key in Task.__slots__ else ())}
    for key in labels(Task)
}


def test_every_key_has_one_chinese_name() -> None:
    """A key that stands in several records is called the same in all of them."""
    given: dict[str, set[str]] = {}
    for record in set(records_in(Task)):
        for spec in specs(record):
            if spec.described.label:
                given.setdefault(spec.key, set()).add(spec.described.label)
    assert [key for key, names in given.items() if len(names) > 1] == []
    assert [key for key, name in labels(Task).items() if name.isascii()] == []


def test_names_of_fields() -> None:
    assert [label(key) for key in ("lead", "from", "measures")] == ["牵头部门", "原定", "具体措施"]
    assert [heading(key) for key in ("lead", "title", "owner")] == ["牵头", "事项", "责任人"]
    assert [full_name(key) for key in LOGS[:3]] == ["进展记录", "延期记录", "回头看记录"]
    assert label("某单位自己的键") == "某单位自己的键"


@READS_SOURCES
def test_there_is_no_second_list_of_names() -> None:
    """No module has keys and their names side by side; one may be a coincidence."""
    named = {
        path.relative_to(PACKAGE).as_posix(): {
            key for key, value in _pairs(path) if value in NAMES.get(key, ())
        }
        for path in PACKAGE.rglob("*.py")
    }
    assert {module: keys for module, keys in named.items() if len(keys) > 1} == {}


@READS_SOURCES
def test_columns_are_called_by_their_fields() -> None:
    """No table that comes in or goes out spells a field's name; a kind may be called like one."""
    names = set().union(*(NAMES[key] for key in Task.__slots__ if key in NAMES)) - set(KINDS)
    folders = ("usecases/tables", "adapters/tables")
    modules = [path for each in folders for path in (PACKAGE / each).rglob("*.py")]
    spelled = {
        (path.name, node.value)
        for path in (*modules, PACKAGE / "view" / "audit.py")
        for node in nodes(path)
        if isinstance(node, ast.Constant) and node.value in names
    }
    assert spelled == set()


def _pairs(module: Path) -> Iterator[tuple[str, str]]:
    """Texts side by side: key and value of a mapping, both of a pair."""
    for node in nodes(module):
        sides: list[tuple[ast.expr | None, ast.expr]] = []
        if isinstance(node, ast.Dict):
            sides = list(zip(node.keys, node.values, strict=True))
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
            sides = [(node.elts[0], node.elts[1])]
        for one, other in sides:
            if isinstance(one, ast.Constant) and isinstance(other, ast.Constant):
                yield str(one.value), str(other.value)
