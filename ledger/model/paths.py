"""Where the files of a ledger lie, and what they are called: the one home of these words."""

from __future__ import annotations

import re
import unicodedata

from ledger.errors import UsageError
from ledger.model.people import folded

CONFIG_FILE = "ledger.yaml"
TASKS, SOURCES, DECISIONS = "data/tasks", "data/sources", "data/decisions"
TEMPLATES, EVIDENCE, SCHEMAS = "templates", "data/evidence", "data/schemas"
DATA = "data"
SIGNERS = "allowed_signers"  # who may sign, as git's gpg.ssh.allowedSignersFile has it
MAILMAP, ATTRIBUTES_FILE = ".mailmap", ".gitattributes"  # git's: who is whom, what merges how

_ENDING = ".yaml"
_FOLDERS = (TASKS, SOURCES, DECISIONS)
_BELOW = tuple(f"{each}/" for each in _FOLDERS)
# What is looked through for the ledger's files. History is asked about paths, so ledger.yaml stands
# there as one may write it by mistake; in a tree and in a folder every spelling is seen.
_SPELLINGS = tuple(
    f"{stem}.{ending}"
    for stem in ("ledger", "Ledger", "LEDGER")
    for ending in ("yaml", "yml", "Yaml", "Yml", "YAML", "YML")
)
PLACES = (*_SPELLINGS, *_FOLDERS)

_OWN = (*_FOLDERS, EVIDENCE, CONFIG_FILE)  # what nothing else may pass for

# Patterns as texts: they are compiled when a path of others is looked at.
# HFS+ skips them in names (git's utf8.c, next_hfs_char).
_SKIPPED = "[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]"
_STREAM = r"(?::[^/:]*)?:\$\w*(?=/|$)"  # NTFS: the file or folder itself
_BEHIND = r"(?<=[^/. ])[. ]+(?=/|$)"  # Windows drops them; of `..` nothing is dropped
# Microsoft, "Naming Files, Paths, and Namespaces".
_DEVICE = r"CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³]"
_GITS_OWN = r"(?:^|/)(?:(?:\.git|git~1)(?::[^/]*)?|\.{1,2})?(?:/|$)"


def elsewhere(path: str) -> str:
    """A path as a file system of Windows or macOS has it: paths that become one are one there.

    Letters' cases, decomposed letters, marks that are not drawn, a backslash for a slash, dots and
    blanks behind a name and NTFS's word for the file itself make no difference to the one or the
    other. Full-width and half-width do.

    Source: git help config, core.protectNTFS and core.protectHFS; Microsoft, "Naming Files, Paths,
    and Namespaces".
    """
    if path.isascii():
        plain = path.lower()
    else:
        plain = unicodedata.normalize("NFD", re.sub(_SKIPPED, "", path)).casefold()
        plain = unicodedata.normalize("NFC", plain)
    plain = plain.replace("\\", "/")
    if plain.endswith((".", " ")) or "./" in plain or " /" in plain or ":$" in plain:
        shorter = re.sub(_STREAM, "", re.sub(_BEHIND, "", plain))
        while shorter != plain:
            plain, shorter = shorter, re.sub(_STREAM, "", re.sub(_BEHIND, "", shorter))
    return plain


def is_device(name: str) -> bool:
    """Whether Windows takes a file of this name for a device, whatever stands behind a dot."""
    return re.fullmatch(_DEVICE, name.partition(".")[0].rstrip().upper()) is not None


def refuse_device(name: str, called: str) -> None:
    """Let no new file or folder have a name that it cannot have on Windows.

    Args:
        called: what the name is, such as 来源编号.

    Raises:
        UsageError: it is a device's.
    """
    if is_device(name):
        raise UsageError(
            f"{called}“{name}”是 Windows 留给设备的名称，在 Windows 上存不成文件",
            hint="请换一个，例如后面加上年份",
        )


def is_gits_own(path: str) -> bool:
    """Whether git refuses to check a path out: `.git` as any system writes it, `..`, or nothing."""
    return bool(re.search(_GITS_OWN, elsewhere(path)))


def passes_for(path: str) -> str:
    """The file or folder of the ledger's own that a path is elsewhere, but not here; else empty."""
    seen = elsewhere(path)
    return next((own for own in _OWN if _is_in(seen, own) and not _is_in(path, own)), "")


def _is_in(path: str, place: str) -> bool:
    return path == place or is_below(path, place)


def is_below(path: str, folder: str) -> bool:
    """Whether it lies in a folder of the ledger, such as `TASKS`."""
    return path.startswith(f"{folder}/")


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
    return is_config(path)


def is_kept(path: str) -> bool:
    """Whether a file belongs to the ledger's record: its data, evidence, settings, templates."""
    if is_below(path, DATA) or is_below(path, TEMPLATES) or is_config(path):
        return True
    return path in (SIGNERS, MAILMAP, ATTRIBUTES_FILE)


def is_config(path: str) -> bool:
    """Whether it is ledger.yaml, or was called so wrongly."""
    return "/" not in path and (path == CONFIG_FILE or folded(path) in (CONFIG_FILE, _SPELLINGS[1]))


def is_misspelt(path: str) -> bool:
    """Whether a file of the ledger is called so wrongly: it is no record, and T001 says so."""
    return not path.endswith(_ENDING) or (is_config(path) and path != CONFIG_FILE)


def misspelling(path: str) -> tuple[str, str]:
    """What is to be said of such a file, and what its user is to do (Chinese)."""
    if is_config(path):
        return f"文件名要写成 {CONFIG_FILE}", f"请改名为 {CONFIG_FILE}，或删去"
    return f"文件名要以 {_ENDING} 结尾", f"请把它改名，以小写的 {_ENDING} 结尾"


def is_record(path: str) -> bool:
    """Whether it is a file that the ledger reads as ledger.yaml, a task, a source or a decision."""
    return is_ledger_file(path) and not is_misspelt(path)


def path_of_task(source: str, task: str) -> str:
    """The file of a task (T003)."""
    return f"{TASKS}/{source}/{task}{_ENDING}"


def is_task_file(path: str, task: str) -> bool:
    """Whether a file bears a task's id, in whatever folder of tasks."""
    return is_below(path, TASKS) and path.endswith(f"/{task}{_ENDING}")


def anywhere(task: str) -> str:
    """A pathspec of git's for the files that bear a task's id."""
    return f"{TASKS}/**/{task}{_ENDING}"


def path_of_source(source: str) -> str:
    """The file of a source (T003)."""
    return f"{SOURCES}/{source}{_ENDING}"


def path_of_decision(year: int | str, decision: str) -> str:
    """The file of a meeting's record (T003)."""
    return f"{DECISIONS}/{year}/{decision}{_ENDING}"
