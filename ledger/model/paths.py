"""Where the files of a ledger lie, and what they are called: the one home of these words."""

from __future__ import annotations

from ledger.model.people import folded

CONFIG_FILE = "ledger.yaml"
TASKS, SOURCES, DECISIONS = "data/tasks", "data/sources", "data/decisions"
TEMPLATES, EVIDENCE, SCHEMAS = "templates", "data/evidence", "data/schemas"
DATA = "data"
SIGNERS = "allowed_signers"  # who may sign, as git's gpg.ssh.allowedSignersFile has it

_ENDING = ".yaml"
_OTHER_CONFIGS = ("ledger.yml", "ledger.YAML", "ledger.YML", "Ledger.yaml", "LEDGER.YAML")
_FOLDERS = (TASKS, SOURCES, DECISIONS)
_BELOW = tuple(f"{each}/" for each in _FOLDERS)
PLACES = (CONFIG_FILE, *_FOLDERS, *_OTHER_CONFIGS)  # what is looked through for the ledger's files


def is_data_name(name: str) -> bool:
    """Whether a file of this name is read as data, in whatever way its ending is written.

    Editors' hidden files and our own are not.
    """
    if name.startswith("."):
        return False
    return name.endswith(_ENDING) or folded(name).endswith((_ENDING, ".yml"))


def is_ledger_file(path: str) -> bool:
    """Whether it is ledger.yaml, a task, a source or a decision, or was called so wrongly."""
    if path.startswith(_BELOW):
        return is_data_name(path.rpartition("/")[2])
    return path == CONFIG_FILE or path in _OTHER_CONFIGS


def is_misspelt(path: str) -> bool:
    """Whether a file of the ledger is called so wrongly: it is no record, and T001 says so."""
    return not path.endswith(_ENDING) or path in _OTHER_CONFIGS


def is_record(path: str) -> bool:
    """Whether it is a file that the ledger reads as ledger.yaml, a task, a source or a decision."""
    return is_ledger_file(path) and not is_misspelt(path)


def path_of_task(source: str, task: str) -> str:
    """The file of a task (T003)."""
    return f"{TASKS}/{source}/{task}{_ENDING}"


def is_task_file(path: str, task: str) -> bool:
    """Whether a file bears a task's id, in whatever folder of tasks."""
    return path.startswith(f"{TASKS}/") and path.endswith(f"/{task}{_ENDING}")


def anywhere(task: str) -> str:
    """A pathspec of git's for the files that bear a task's id."""
    return f"{TASKS}/**/{task}{_ENDING}"


def path_of_source(source: str) -> str:
    """The file of a source (T003)."""
    return f"{SOURCES}/{source}{_ENDING}"


def path_of_decision(year: int | str, decision: str) -> str:
    """The file of a meeting's record (T003)."""
    return f"{DECISIONS}/{year}/{decision}{_ENDING}"
