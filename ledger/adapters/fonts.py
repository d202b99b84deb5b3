"""Which fonts this machine has, as far as it tells."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress


def families() -> frozenset[str]:
    """The names of the fonts, in small letters; none where nobody can be asked."""
    return frozenset(name.strip().casefold() for name in _names() if name.strip())


def _names() -> Iterator[str]:
    if shutil.which("fc-list"):
        import subprocess

        with suppress(OSError):
            listed = subprocess.run(
                ["fc-list", ":", "family"],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                check=False,
            ).stdout.decode(errors="replace")
            yield from listed.replace("\n", ",").split(",")
    elif os.name == "nt":
        yield from _registered()


def _registered() -> Iterator[str]:
    """Windows: `仿宋 (TrueType)`, and several names of one file with `&` between them."""
    import winreg

    with suppress(OSError):
        key = winreg.OpenKey(  # type: ignore[attr-defined,unused-ignore]
            winreg.HKEY_LOCAL_MACHINE,  # type: ignore[attr-defined,unused-ignore]
            r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Fonts",
        )
        for number in range(winreg.QueryInfoKey(key)[1]):  # type: ignore[attr-defined,unused-ignore]
            name = winreg.EnumValue(key, number)[0]  # type: ignore[attr-defined,unused-ignore]
            yield from name.partition(" (")[0].split("&")
