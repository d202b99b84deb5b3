"""The program's sources, read once for all the tests that look through them."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

READS_SOURCES = pytest.mark.xdist_group("sources")  # in one worker, so that it is once


@functools.cache
def parsed(module: Path) -> ast.Module:
    """A module's tree, which nobody may change."""
    return ast.parse(module.read_text(encoding="utf-8"))


@functools.cache
def nodes(module: Path) -> tuple[ast.AST, ...]:
    """All nodes of a module's tree, from the top down."""
    return tuple(ast.walk(parsed(module)))
