"""Asking on a terminal for what the command line left out; elsewhere what is missing is refused."""

from __future__ import annotations

import sys
from typing import Any

import typer

from ledger.cli.session import legible
from ledger.errors import UsageError


def on_terminal() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def required(value: str | None, option: str, question: str) -> str:
    """The value, or the answer to a question.

    Raises:
        UsageError: it is missing and there is nobody to ask, or it is blank.
    """
    if value is None and on_terminal():
        value = _answer(question)
    if value is None or not value.strip():
        raise UsageError(f"缺少 {option}（{question}）", hint=f"请用 {option} 给出")
    return value.strip()


def optional(value: str | None, question: str) -> str:
    """The value, or an answer that may be empty; empty where there is nobody to ask."""
    if value is None and on_terminal():
        value = _answer(f"{question}（可不填）", default="", show_default=False)
    return (value or "").strip()


def agreed(question: str) -> bool:
    """Whether the person says yes; nobody to ask means no."""
    if not on_terminal():
        return False
    answer = _answer(f"{question}（是/否）", default="否")
    return answer.strip().lower() in {"是", "y", "yes", "好", "对"}


def _answer(question: str, **style: Any) -> str:
    return legible(str(typer.prompt(question, err=True, **style)), "回答")
