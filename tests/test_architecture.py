"""The layers stay layers: imports go down only, and each library has one owner."""

from __future__ import annotations

import ast
import importlib.util
import itertools
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.sources import READS_SOURCES, nodes, parsed

pytestmark = READS_SOURCES

PACKAGE = Path(__file__).resolve().parent.parent / "ledger"
LAYERS = ("errors", "model", "rules", "adapters", "usecases", "view", "cli")
OWNERS = {
    "typer": ("cli/typed.py", "cli/report.py"),
    "rich": ("view/",),
    "textual": ("view/browse/",),
    "ruamel": ("adapters/yaml/roundtrip.py",),
    "yaml": ("adapters/yaml/read.py",),
    "sqlite3": ("adapters/files/database.py",),
    "jinja2": ("adapters/templates.py",),
    "openpyxl": ("adapters/tables/reading/xlsx.py", "adapters/tables/writing/xlsx.py"),
    "icalendar": ("adapters/tables/writing/ics.py",),
    "markdown_it": ("adapters/tables/writing/markup.py",),
    "dateutil": ("model/grammar.py", "model/points.py", "model/period.py", "model/meetings.py"),
    "chinese_calendar": ("model/workdays.py",),
    "git": ("adapters/git/library.py",),
    "httpx": ("adapters/forge/web.py",),
    "starlette": ("adapters/http/server.py",),
    "uvicorn": ("adapters/http/server.py",),
    "docx": ("adapters/tables/reading/word.py", "adapters/tables/writing/"),
    "pdfplumber": ("adapters/tables/reading/pdf_pages.py",),
    "subprocess": (
        "adapters/tables/reading/pdf.py",
        "adapters/git/process.py",
        "adapters/git/server.py",
        "adapters/forge/gh.py",
        "adapters/editor.py",
        "adapters/pager.py",
        "adapters/fonts.py",
    ),
}
# Which room may import from which: only from rooms above it in its table, so there is no circle.
ROOMS: dict[str, dict[str, tuple[str, ...]]] = {
    "adapters": {
        "disk": (),
        "git": ("disk",),
        "yaml": (),
        "files": ("disk", "git", "yaml"),
        "tables": (),
        "forge": ("git",),
        "http": (),
    },
    "usecases": {
        "reading": (),
        "looking": ("reading",),
        "writing": ("reading",),
        "merging": ("reading", "writing"),
        "picturing": ("looking",),
        "bulletins": ("reading", "looking", "writing", "picturing"),
        "checking": ("reading", "merging", "bulletins"),
        "publishing": ("reading", "writing", "bulletins", "checking"),
        "closing": ("reading", "writing", "checking"),
        "showing": ("reading", "looking", "bulletins"),
        "tables": ("reading", "looking", "writing"),
        "sharing": ("reading", "writing", "merging", "checking"),
        "setup": ("reading", "looking", "writing", "checking", "closing", "sharing"),
    },
}
# What every room of a layer may use and stands in none.
SHARED = {"adapters": ("editor", "fonts", "pager", "pages", "templates"), "usecases": ()}
SAYING_NOTHING = {"found", "said", "there", "wanted"}
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@cache
def imports(module: str) -> tuple[str, ...]:
    return tuple(_imports(module))


def _imports(module: str) -> Iterator[str]:
    for node in nodes(PACKAGE / module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def imported(module: str) -> Iterator[str]:
    """Modules and what is taken from them, by their whole names; either may be a module."""
    for node in nodes(PACKAGE / module):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dotted(module: str) -> str:
    return "ledger." + module.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def layer(name: str) -> int:
    parts = name.split(".")
    return LAYERS.index(parts[1]) if len(parts) > 1 and parts[1] in LAYERS else -1


def test_imports_go_down() -> None:
    higher = {
        module: names
        for module in MODULES
        if module != "__main__.py"
        if (names := [name for name in imports(module) if is_higher(name, module)])
    }
    assert higher == {}


def is_higher(name: str, module: str) -> bool:
    return name.startswith("ledger.") and layer(name) > layer(dotted(module))


def room(name: str, of: str) -> str:
    """The room of a module or of what is imported from one; empty outside the layer."""
    parts = name.split(".")
    return parts[2] if parts[:2] == ["ledger", of] and len(parts) > 2 else ""


@pytest.mark.parametrize("of", ROOMS)
def test_rooms(of: str) -> None:
    """Every module stands in a room, and takes from others just what the table says."""
    taken: dict[str, set[str]] = {each: set() for each in ROOMS[of]}
    for module in MODULES:
        own = room(dotted(module), of)
        if own in ("", *SHARED[of]):
            continue
        others = {room(name, of) for name in imports(module)} - {"", own, *SHARED[of]}
        taken[own] |= others
    assert taken == {each: set(allowed) for each, allowed in ROOMS[of].items()}


@pytest.mark.parametrize("of", ROOMS)
def test_no_circle_of_rooms(of: str) -> None:
    order = list(ROOMS[of])
    for own, allowed in ROOMS[of].items():
        assert all(order.index(each) < order.index(own) for each in allowed), own


def test_no_circle_of_modules() -> None:
    """A module can be taken away together with those that import it, one after another."""
    known = {dotted(module) for module in MODULES}
    rest = {
        dotted(module): {each for each in imported(module) if each in known} - {dotted(module)}
        for module in MODULES
    }
    while free := {name for name, needed in rest.items() if not needed & rest.keys()}:
        rest = {name: needed for name, needed in rest.items() if name not in free}
    assert not rest


def test_a_class_name_means_one_thing() -> None:
    homes: dict[str, list[str]] = {}
    for module in MODULES:
        for node in nodes(PACKAGE / module):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(module)
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}


def test_names_tell_what_they_hold() -> None:
    """Nothing is called `found`, `said`, `there` or `wanted`: neither here nor in the package."""
    ours = ((path, nodes(path)) for path in PACKAGE.rglob("*.py"))
    tests = (PACKAGE.parent / "tests").rglob("*.py")  # which nobody else looks through
    theirs = ((path, ast.walk(ast.parse(path.read_text(encoding="utf-8")))) for path in tests)
    naming = (ast.Name, ast.arg, ast.FunctionDef, ast.ClassDef, ast.Attribute)
    for path, all_nodes in itertools.chain(ours, theirs):
        for node in (each for each in all_nodes if isinstance(each, naming)):
            match node:
                case (
                    ast.Name(id=name, ctx=ast.Store())
                    | ast.arg(arg=name)
                    | ast.FunctionDef(name=name)
                    | ast.ClassDef(name=name)
                    | ast.Attribute(attr=name, ctx=ast.Store())
                ):
                    place = f"{path.relative_to(PACKAGE.parent)}:{node.lineno} {name}"
                    assert name.strip("_").lower() not in SAYING_NOTHING, place


def commands() -> dict[str, tuple[str, list[ast.stmt]]]:
    """Of each command its module, and its body without the docstring."""
    from ledger.cli.commands import COMMANDS

    bodies = {}
    for entry in (each for entries in COMMANDS.values() for each in entries):
        path = PACKAGE.parent / (entry.module.replace(".", "/") + ".py")
        (function,) = (
            node
            for node in parsed(path).body
            if isinstance(node, ast.FunctionDef) and node.name == entry.function
        )
        assert ast.get_docstring(function)
        bodies[entry.name] = (entry.module, function.body[1:])
    return bodies


def test_commands_carry_nothing() -> None:
    """A command is a declaration and a call: how many lines each body has, blank ones apart."""
    lines = {
        name: sum((each.end_lineno or 0) - each.lineno + 1 for each in body)
        for name, (_, body) in commands().items()
    }
    assert statistics.median(lines.values()) <= 6
    assert {name: count for name, count in lines.items() if count > 15} == {}


def helpers(module: str, body: list[ast.stmt]) -> dict[str, int]:
    """The private helpers of its module that a command's body leads to: how many lines each has."""
    path = PACKAGE.parent / (module.replace(".", "/") + ".py")
    own = {
        node.name: node
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.startswith("_")
    }
    reached: dict[str, int] = {}
    waiting: list[ast.stmt] = list(body)
    while waiting:
        for node in ast.walk(waiting.pop()):
            if isinstance(node, ast.Name) and node.id in own.keys() - reached.keys():
                helper = own[node.id]
                reached[node.id] = (helper.end_lineno or 0) - helper.lineno + 1
                waiting.append(helper)
    return reached


def test_helpers_of_commands_stay_few() -> None:
    """What a command needs of its own module only talks: with the terminal, or with somebody."""
    lines = {
        name: sum(helpers(module, body).values()) for name, (module, body) in commands().items()
    }
    assert statistics.median(lines.values()) == 0
    assert lines.pop("sync") <= 116  # it asks step by step how what was committed is mended
    assert {name: count for name, count in lines.items() if count > 40} == {}


def test_commands_use_no_adapters() -> None:
    for module in {module for module, _ in commands().values()}:
        path = module.removeprefix("ledger.").replace(".", "/") + ".py"
        assert not [name for name in imported(path) if name.startswith("ledger.adapters")], module


def test_no_command_imports_another() -> None:
    rooms = {module for module, _ in commands().values()}
    for module in rooms:
        path = module.removeprefix("ledger.").replace(".", "/") + ".py"
        assert not rooms & (set(imported(path)) - {module})


@pytest.mark.parametrize("library", OWNERS)
def test_one_owner(library: str) -> None:
    users = [
        module
        for module in MODULES
        if any(name.split(".")[0] == library for name in imports(module))
    ]
    assert users
    assert all(user.startswith(OWNERS[library]) for user in users), users


# Libraries by the names that they are installed under, where these are others.
INSTALLED = {
    "git": "GitPython",
    "yaml": "PyYAML",
    "ruamel": "ruamel.yaml",
    "jinja2": "Jinja2",
    "docx": "python-docx",
    "markdown_it": "markdown-it-py",
    "chinese_calendar": "chinesecalendar",
    "dateutil": "python-dateutil",
}


def test_the_page_names_each_library_and_its_owner() -> None:
    """docs/architecture.md has a row for each, and every module that imports it is in that row."""
    page = (PACKAGE.parent / "docs/architecture.md").read_text(encoding="utf-8")
    table = page.partition("| library | owner |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in table.splitlines()[2:]]
    told = {library: re.findall(r"`([^`]+)`", owner) for library, owner in rows}
    libraries = {name for name in OWNERS if name != "subprocess"}
    assert told.keys() == {INSTALLED.get(name, name) for name in libraries}
    for library in libraries:
        owners = told[INSTALLED.get(library, library)]
        users = [
            module
            for module in MODULES
            if any(name.split(".")[0] == library for name in imports(module))
        ]
        assert all(any(user.startswith(each) for user in users) for each in owners), library
        assert all(user.startswith(tuple(owners)) for user in users), (library, users)


def test_the_picture_shows_what_is_imported() -> None:
    """`python docs/rooms.py` draws it anew."""
    place = PACKAGE.parent / "docs/rooms.py"
    spec = importlib.util.spec_from_file_location("rooms", place)
    assert spec is not None
    assert spec.loader is not None
    drawn = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(drawn)
    page = drawn.PAGE.read_text(encoding="utf-8")
    assert f"{drawn.BEGIN}{drawn.picture()}{drawn.END}" in page


def test_records_are_cheap_to_make() -> None:
    """The standard library's module, which imports `inspect`, is for who asks it about a record."""
    assert {each for each in MODULES if "dataclasses" in imports(each)} == {"model/record.py"}


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("--help", ("yaml", "sqlite3", "dateutil", "chinese_calendar")),
        *((words, ()) for words in ("due", "list", "status", "show ZG2020-002", "rule C004")),
    ],
)
def test_a_command_imports_nothing_heavy(command: str, more: tuple[str, ...]) -> None:
    """In a pipe; on this repository's own ledger."""
    heavy = {
        *more, "ruamel", "openpyxl", "docx", "pdfplumber", "httpx", "git", "jinja2", "rich.table",
        "rich.console", "rich.markdown",
    }  # fmt: skip
    code = (
        f"import sys; from ledger.cli.app import run; run({command.split()!r});"
        f"print(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stderr.decode().splitlines()[-1] == "[]"
