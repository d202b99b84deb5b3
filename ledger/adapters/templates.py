"""Templates, rendered in a sandbox; the ledger's own override the shipped ones. Owns jinja2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ledger.errors import LedgerError

# What an expression in a template may raise: 1 / 0, 'a' + 1, a call of a text, not UTF-8, ….
_WHILE_RENDERING = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_folder() -> Path:
    """Where the shipped templates are: inside an installed package, beside it in a checkout."""
    installed = _PACKAGE / "templates"
    return installed if installed.is_dir() else _PACKAGE.parent / "templates"


def render(
    name: str,
    values: Mapping[str, Any],
    own: Path | None = None,
    filters: Mapping[str, Callable[..., str]] | None = None,
) -> str:
    """A template's text.

    Args:
        name: file name in the templates folder, such as `ledger.yaml.j2`.
        values: what the template may use.
        own: the ledger's own templates folder, looked at first.
        filters: functions that the template may use, such as one that escapes for Markdown.

    Raises:
        LedgerError: there is no such template, or it is broken (with its line).
    """
    from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    folders = [folder for folder in (own, shipped_folder()) if folder is not None]
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders), undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.filters.update(filters or {})
    try:
        return environment.get_template(name).render(values)
    except TemplateSyntaxError as error:
        raise LedgerError(
            f"模板 {name} 第 {error.lineno} 行写法有误", hint="请对照自带模板改正"
        ) from None
    except (TemplateError, *_WHILE_RENDERING) as error:
        raise LedgerError(
            f"模板 {name} 用不了：{str(error) or type(error).__name__}",
            hint="请对照自带模板改正，或删除台账里的同名模板",
        ) from None
