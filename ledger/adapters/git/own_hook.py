"""The hook by which a clone checks what other programs commit; this program's own commits pass it.

They were checked before, and hold the lock that the check would wait for.
"""

from __future__ import annotations

import re
from pathlib import Path

NAME = "pre-commit"
PASSING = {"LEDGER_COMMITS": "1"}  # in the environment of our own commits
_SCRIPT = """#!/bin/sh
# 台账的提交前检查：别的程序提交的，有错误就不提交；不要它的，删去这个文件。
# 由 ledger doctor --fix 安装。
[ -z "${LEDGER_COMMITS:-}" ] || exit 0
program=PROGRAM
if ! [ -x "$program" ]; then
  echo "台账程序 $program 不在了，这次提交没有检查。请运行 ledger doctor --fix。" >&2
  exit 0
fi
exec "$program" -X utf8 -P -m ledger -C FOLDER check --base HEAD
"""
_WORD = r"(?:[\w@%+=:,./-]+|'[^\n]*')"  # as shlex.quote writes it
_SHAPE = re.escape(_SCRIPT).replace("PROGRAM", _WORD).replace("FOLDER", _WORD)


def script(program: str, folder: str) -> bytes:
    """The hook.

    Args:
        program: the Python that has this program.
        folder: the ledger's, from the top of the work tree on, where git runs hooks.
    """
    import shlex

    text = _SCRIPT.replace("PROGRAM", shlex.quote(Path(program).as_posix()))
    return text.replace("FOLDER", shlex.quote(folder or ".")).encode()


def is_own(place: Path) -> bool:
    """Whether a file is this hook, wholly, whichever version of the program has written it."""
    try:
        text = place.read_text("utf-8", errors="replace")
    except OSError:
        return False
    return re.fullmatch(_SHAPE, text) is not None
