"""Office files (xlsx, docx): what is checked before any library opens one.

An office file is a zip of XML parts. Sizes are taken from the zip's directory, which `zipfile`
never reads beyond; DOCTYPE is refused, as ECMA-376 part 2 demands of every part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from xml.parsers import expat
from zipfile import ZipFile, ZipInfo

from ledger.adapters.tables.grid import file_bytes
from ledger.errors import LedgerError
from ledger.model.record import dataclass

MAX_FILE = 50 * 1024**2
MAX_UNPACKED = 200 * 1024**2
MAX_RATIO = 500
"""Of a large part, unpacked to packed; sheets of blank formatted rows stay below 100."""
MAX_DIRECTORY = 4 * 1024**2
MAX_ELEMENTS = 500_000

_LARGE = 10 * 1024**2
_CHUNK = 64 * 1024
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_END_OF_DIRECTORY = b"PK\x05\x06"


@dataclass(frozen=True, slots=True)
class Format:
    """An office format: its suffix, the part every such file has, the suffix of its old form."""

    suffix: str
    part: str
    old: str


def checked_bytes(path: Path, form: Format) -> bytes:
    """The bytes of an office file whose zip is sound and unpacks to a bearable size.

    Read once, so that what was checked is what gets parsed. Raises LedgerError for what is not
    such a file, is encrypted, damaged, or too large.
    """
    data = file_bytes(path, MAX_FILE, "删去图片和无关的工作表后再导入")
    _check_container(path, data, form)
    with reading(path, form), ZipFile(BytesIO(data)) as archive:
        _check_parts(path, archive.infolist(), form)
    return data


def damaged(path: Path, form: Format) -> LedgerError:
    """What to tell of a file that cannot be read to its end."""
    return LedgerError(
        f"{path.name} 已损坏，读不完整",
        hint=f"用办公软件打开并另存为 {form.suffix} 后再导入；打不开就重新取一份",
    )


def whole(text: str, digits: int, otherwise: int = 0) -> int:
    """The number that an attribute gives, of so many digits at the most."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else otherwise


@contextmanager
def reading(path: Path, form: Format) -> Iterator[None]:
    """Turn whatever a parser makes of a broken file into one LedgerError.

    As broad as it looks: office parsers meet broken files with any exception there is.
    """
    try:
        yield
    except LedgerError:
        raise
    except Exception as exc:
        raise damaged(path, form) from exc


def walk(
    archive: ZipFile,
    part: str,
    *,
    label: str,
    limit: int,
    start: Callable[[str, dict[str, str]], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parse one part as a stream, calling `start` with local names (no namespace), and `text`.

    `label` names the part to the user, `limit` is the most elements it may have. Raises
    LedgerError for a DOCTYPE or too much, expat.ExpatError for what is not XML, and what zipfile
    raises for a damaged part.
    """
    left = limit

    def doctype(*_: object) -> None:
        raise LedgerError(
            f"{label}里有 DOCTYPE 声明，办公软件不会写这种内容，已拒绝读取",
            hint="向发件人核实文件来源；确需使用时，用办公软件打开并另存后再导入",
        )

    def element(name: str, attributes: dict[str, str]) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise LedgerError(
                f"{label}内容过多，已停止读取",
                hint="删去表格以外带格式的空白行列和无关的工作表，另存后再导入",
            )
        if start is not None:
            start(name.rpartition(":")[2] if ":" in name else name, attributes)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    if text is not None:
        parser.CharacterDataHandler = text
    with archive.open(part) as source:
        while chunk := source.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def check_markup(
    path: Path,
    archive: ZipFile,
    *,
    limits: Mapping[str, int] = MappingProxyType({}),
    walked: Collection[str] = (),
) -> None:
    """Stream every part that is XML once, but for those `walked` already.

    `limits` maps a part's name to its most elements, where the usual bound is not fit. What is
    not XML (pictures, settings) is left alone: no XML reader can be led astray by it either.
    Raises what `walk` raises but ExpatError.
    """
    for part in archive.namelist():
        if part in walked:
            continue
        with suppress(expat.ExpatError):
            label = f"{path.name} 的 {part} "
            walk(archive, part, label=label, limit=limits.get(part, MAX_ELEMENTS))


def _check_container(path: Path, data: bytes, form: Format) -> None:
    if not data:
        raise LedgerError(f"{path.name} 是空文件", hint="检查文件是否传完整，重新取一份")
    if data.startswith(_OLE):
        raise _ole_error(path, data, form)
    if not data.startswith(b"PK"):
        raise LedgerError(
            f"{path.name} 不是 {form.suffix} 文件，只是用了这个后缀",
            hint=f"用办公软件打开并另存为 {form.suffix}；若是文本表格，把后缀改为 .csv",
        )
    at = data.rfind(_END_OF_DIRECTORY)
    if at < 0:
        raise damaged(path, form)
    if int.from_bytes(data[at + 12 : at + 16], "little") > MAX_DIRECTORY:
        raise _bomb(path)


def _ole_error(path: Path, data: bytes, form: Format) -> LedgerError:
    """An OLE container holds an encrypted office file (MS-OFFCRYPTO 1.3.3) or an old one."""
    if _ENCRYPTED in data:
        return LedgerError(
            f"{path.name} 有密码，无法读取", hint="用办公软件打开，取消密码后另存，再导入"
        )
    return LedgerError(
        f"{path.name} 是旧格式（{form.old}）",
        hint=f"请另存为 {form.suffix} 后再导入（只改后缀没有用）",
    )


def _check_parts(path: Path, parts: list[ZipInfo], form: Format) -> None:
    unpacked = sum(part.file_size for part in parts)
    swelling = any(part.file_size > max(_LARGE, MAX_RATIO * part.compress_size) for part in parts)
    if unpacked > MAX_UNPACKED or swelling:
        raise _bomb(path)
    if any(part.flag_bits & 1 for part in parts):
        raise LedgerError(f"{path.name} 有密码，无法读取", hint="取消压缩包的密码后再导入")
    if all(part.filename != form.part for part in parts):
        raise LedgerError(
            f"{path.name} 不是 {form.suffix} 文件",
            hint=f"用办公软件打开并另存为 {form.suffix}；是其他格式就改回原来的后缀",
        )


def _bomb(path: Path) -> LedgerError:
    return LedgerError(
        f"{path.name} 解压后过大，已拒绝读取",
        hint=f"解压后最多 {MAX_UNPACKED // 1024**2} MB；"
        "删去图片和表格以外带格式的空白行列，另存后再导入",
    )
