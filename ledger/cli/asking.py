"""Asking on a terminal for what the command line left out; elsewhere what is missing is refused."""

from __future__ import annotations

import sys

import typer

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
        value = str(typer.prompt(question, err=True))
    if value is None or not value.strip():
        raise UsageError(f"缺少 {option}（{question}）", hint=f"请用 {option} 给出")
    return value.strip()


def optional(value: str | None, question: str) -> str:
    """The value, or an answer that may be empty; empty where there is nobody to ask."""
    if value is None and on_terminal():
        value = str(typer.prompt(f"{question}（可不填）", default="", show_default=False, err=True))
    return (value or "").strip()


def agreed(question: str) -> bool:
    """Whether the person says yes; nobody to ask means no."""
    if not on_terminal():
        return False
    answer = str(typer.prompt(f"{question}（是/否）", default="否", err=True))
    return answer.strip().lower() in {"是", "y", "yes", "好", "对"}
