"""The program in which somebody reads what is longer than the screen."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping

from ledger.errors import LedgerError
from ledger.model.record import dataclass

_OURS, _USUAL = "LEDGER_PAGER", "PAGER"
_NONE = ((), ("cat",))  # as git takes it
# Ends by itself where all is to be seen at once, shows colours, and leaves what was read in sight.
_LESS, _LESS_OPTIONS = "less", "FRX"
# On the first line, because less 590 shows no Chinese in its prompt.
_KEYS = "空格 下一页，b 上一页，/ 查找，q 退出"
_HINT = "加 --no-pager 就不分页"


@dataclass(frozen=True, slots=True)
class Pager:
    """A program to read in.

    Attributes:
        words: the program and its options; empty for none.
        lack: what is wrong with the one that somebody wants (Chinese, without a full stop).
        keys: by which keys it is read (Chinese), where nobody has chosen it.
    """

    words: tuple[str, ...]
    lack: str = ""
    keys: str = ""


def pager(environment: Mapping[str, str]) -> Pager:
    """The pager that somebody wants: LEDGER_PAGER, PAGER, else `less` where there is one."""
    for name in (_OURS, _USUAL):
        if (wish := environment.get(name)) is None:
            continue
        words = _words(wish)
        if words in _NONE:
            return Pager(())
        if shutil.which(words[0]):
            return Pager(words)
        return Pager((), f"环境变量 {name} 里的分页程序“{words[0]}”找不到，没有分页")
    return Pager((_LESS, f"-{_LESS_OPTIONS}"), keys=_KEYS) if shutil.which(_LESS) else Pager(())


def _words(wish: str) -> tuple[str, ...]:
    try:
        words = shlex.split(wish, posix=os.name == "posix")
    except ValueError:  # a quote that nothing closes
        words = wish.split()
    return tuple(word.strip('"') for word in words)


class Pages:
    """A pager at work.

    Args:
        encoding: what the terminal takes.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, chosen: Pager, encoding: str) -> None:
        self._name = chosen.words[0]
        defaults = {"LESS": _LESS_OPTIONS, "LV": "-c"}
        if encoding.lower().replace("-", "") == "utf8":
            defaults["LESSCHARSET"] = "utf-8"
        # A bare pipe: what nobody wants to see any more must not wait in a buffer to be written.
        theirs, self._pipe = os.pipe()
        self._is_all = False
        try:
            self._process = subprocess.Popen(
                chosen.words, stdin=theirs, env=defaults | dict(os.environ)
            )
        finally:
            os.close(theirs)

    def write(self, content: bytes) -> None:
        """Have it read.

        Raises:
            BrokenPipeError: somebody has seen enough.
            LedgerError: the pager failed.
        """
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(self._pipe, rest) :]
        except BrokenPipeError:
            if self.end():
                raise LedgerError(f"分页程序“{self._name}”没有正常结束", hint=_HINT) from None
            raise

    def end(self) -> int:
        """Say that this is all, and wait until somebody has read it; Ctrl-C is the pager's then.

        Returns:
            The pager's exit code.
        """
        if not self._is_all:
            self._is_all = True
            os.close(self._pipe)
        while True:
            try:
                return self._process.wait()
            except KeyboardInterrupt:
                continue
