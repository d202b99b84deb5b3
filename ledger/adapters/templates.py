"""Templates, rendered in a sandbox; the ledger's own override the shipped ones. Owns jinja2."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.adapters.disk.limits import limited
from ledger.errors import LedgerError
from ledger.model.paths import TEMPLATES
from ledger.model.plaintext import clean
from ledger.model.record import all_fields, has_fields

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

Own = Path | Mapping[str, bytes]
_Kept = Path | tuple[tuple[str, bytes], ...]

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
_MISSING = re.compile(r"'([^']+)' is undefined$|has no (?:attribute|element) '?([^']+)'?$")
_HTML = ".html.j2"
_MOST = 50_000_000  # characters; a template that writes more runs in circles
_SECONDS = 20  # of processor time; the largest ledger's page takes two or three
_MEMORY = 1024**3  # bytes

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_folder() -> Path:
    """Where the shipped templates are: inside an installed package, beside it in a checkout."""
    installed = _PACKAGE / "templates"
    return installed if installed.is_dir() else _PACKAGE.parent / "templates"


def render(
    name: str,
    values: Mapping[str, Any],
    own: Own | None = None,
    filters: Mapping[str, Callable[..., str]] | None = None,
    tidy: bool = False,
) -> str:
    """A template's text; in `*.html.j2` every value is escaped for HTML.

    Args:
        name: file name in the templates folder, such as `ledger.yaml.j2`.
        values: what the template may use.
        own: the ledger's own templates, looked at first: their folder, or name → content.
        filters: functions that the template may use, such as one that escapes for Markdown.
        tidy: whether a line with nothing but a block leaves no line behind.

    Raises:
        LedgerError: there is no such template, or it is broken (with its line).
    """
    from jinja2 import TemplateError, TemplateSyntaxError

    kept = tuple(own.items()) if isinstance(own, Mapping) else own
    environment = _environment(kept, tuple((filters or {}).items()), tidy, name.endswith(_HTML))
    try:
        return _bounded(environment, name, values)
    except TemplateSyntaxError as error:
        raise LedgerError(
            f"模板 {error.name or name} 第 {error.lineno} 行写法有误", hint="请对照自带模板改正"
        ) from None
    except UnicodeDecodeError:
        raise LedgerError(
            f"模板 {name} 用不了：不是 UTF-8 的文字", hint="请另存为 UTF-8 编码"
        ) from None
    except TimeoutError as error:
        raise LedgerError(
            f"模板 {name} 用不了{_place(error, name)}：算了 {_SECONDS} 秒还没有完",
            hint="多半是循环套循环，请对照自带模板改正",
        ) from None
    except (TemplateError, *_WHILE_RENDERING) as error:
        raise LedgerError(
            f"模板 {name} 用不了{_place(error, name)}：{_reason(error)}",
            hint="请对照自带模板改正，或删除台账里的同名模板",
        ) from None


@lru_cache(maxsize=8)  # compiling a template takes far longer than rendering it
def _environment(
    own: _Kept | None, filters: tuple[tuple[str, Callable[..., str]], ...], tidy: bool, html: bool
) -> Environment:
    from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined

    environment = _sandbox()(
        loader=ChoiceLoader([*_own_loaders(own), FileSystemLoader(shipped_folder())]),
        undefined=StrictUndefined,
        autoescape=html,
        finalize=_harmless if html else None,
        keep_trailing_newline=True,
        trim_blocks=tidy,
        lstrip_blocks=tidy,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.filters.update(filters)
    del environment.globals["lipsum"]  # filler text without a bound
    return environment


def _sandbox() -> type[Environment]:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        """Jinja's, which does not look twice at what a record of ours holds: plain data."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            if attribute in _fields(obj.__class__):
                return getattr(obj, attribute)
            return super().getattr(obj, attribute)

    return Sandbox


@cache
def _fields(kind: type[Any]) -> frozenset[str]:
    """What a template may ask of a record: its fields, and what it computes from them."""
    if not (has_fields(kind) and kind.__module__.startswith("ledger.")):
        return frozenset()
    computed = (name for name, each in vars(kind).items() if isinstance(each, property))
    names = (*(each.name for each in all_fields(kind)), *computed)
    return frozenset(name for name in names if not name.startswith("_"))


def _harmless(value: Any) -> Any:
    """A text without what turns the direction of the text around it; markup stays markup."""
    return clean(value) if type(value) is str else value


def _own_loaders(own: _Kept | None) -> list[BaseLoader]:
    from jinja2 import FunctionLoader

    if own is None:
        return []
    contents = dict(own) if isinstance(own, tuple) else {}

    def read(name: str) -> bytes | None:
        return _file(own, name) if isinstance(own, Path) else contents.get(name)

    def load(name: str) -> tuple[str, str | None, Callable[[], bool] | None] | None:
        content = read(name)
        if content is None:
            return None
        return content.decode(), f"{TEMPLATES}/{name}", lambda: read(name) == content

    return [FunctionLoader(load)]


def _file(folder: Path, name: str) -> bytes | None:
    """A file right in a folder; never one elsewhere that a link or a path leads to."""
    place = folder / name
    if place.parent != folder or place.is_symlink() or not place.is_file():
        return None
    return place.read_bytes()


def _bounded(environment: Environment, name: str, values: Mapping[str, Any]) -> str:
    written, parts = 0, []
    with limited(_SECONDS, _MEMORY):
        for part in environment.get_template(name).generate(values):
            written += len(part)
            if written > _MOST:
                raise ValueError(f"写出的内容超过 {_MOST} 字")
            parts.append(part)
        return "".join(parts)


def _reason(error: Exception) -> str:
    """What went wrong, in Chinese where it is one of the usual things."""
    from jinja2.exceptions import SecurityError, TemplateNotFound, UndefinedError

    if isinstance(error, SecurityError):
        barred = re.search(r"attribute '([^']+)'", str(error))
        return f"不许用“{barred[1]}”" if barred else "用了不许用的东西"
    if isinstance(error, UndefinedError):
        missing = _MISSING.search(str(error))
        return f"没有“{missing[1] or missing[2]}”这个值" if missing else str(error)
    if isinstance(error, TemplateNotFound):
        return f"没有“{error.message}”这个模板"
    if isinstance(error, (MemoryError, RecursionError)):
        return "套了太多层，没有尽头" if isinstance(error, RecursionError) else "要用的内存太多"
    return str(error) or type(error).__name__


def _place(error: BaseException, name: str) -> str:
    """Where in a template it failed; jinja2 names template and line in the traceback."""
    place = ""
    step = error.__traceback__
    while step is not None:
        file = Path(step.tb_frame.f_code.co_filename).name
        if file.endswith(".j2"):
            place = f"（{'' if file == name else file + ' '}第 {step.tb_lineno} 行）"
        step = step.tb_next
    return place
