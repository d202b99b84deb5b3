"""The archives for machines without internet: what is in them, and that they install there.

The suite packs small wheels of its own, with pip as it is installed here, and installs them where
there is no network interface. Where LEDGER_BUNDLE names an archive that `make bundle` has made,
that one is installed as well.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import distribution, version
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
HERE = f"linux-{platform.machine()}"
BUNDLE = os.environ.get("LEDGER_BUNDLE", "")
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
UNSHARE = shutil.which("unshare") or ""
NO_NETWORK = (UNSHARE, "--user", "--map-root-user", "--net")

pytestmark = [
    pytest.mark.xdist_group("bundle"),
    pytest.mark.skipif(sys.platform != "linux", reason="install.sh is tried on Linux"),
]


def make_wheel(
    folder: Path, name: str, number: str, *requires: str, tag: str = "py3-none-any"
) -> Path:
    """A wheel of one module; the one called ledger is a command that says its version."""
    place, info = folder / f"{name}-{number}-{tag}.whl", f"{name}-{number}.dist-info"
    code = f"def main():\n    print('{name} {number}')\n"
    meta = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}"]
    meta += [f"Requires-Dist: {each}" for each in requires]
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": "\n".join(meta) + "\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    with zipfile.ZipFile(place, "w") as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)
        wheel.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in files))
    return place


def pack_pip(folder: Path) -> None:
    """The pip that is installed here, as the wheel that it was.

    With what Python has compiled of it: it runs out of the wheel, and would be compiled each time.
    """
    pip = distribution("pip")
    with zipfile.ZipFile(folder / f"pip-{pip.version}-py3-none-any.whl", "w") as wheel:
        for path in pip.files or []:
            if path.suffix != ".pyc" and ".." not in path.parts:
                place = Path(str(path.locate()))
                wheel.write(place, str(path))
                compiled = Path(importlib.util.cache_from_source(str(place)))
                if path.suffix == ".py" and compiled.exists():
                    wheel.writestr(f"{path}c", never_compared(compiled.read_bytes()))


def never_compared(compiled: bytes) -> bytes:
    """What Python has compiled, to be taken whatever the time of the source."""
    return compiled[:4] + b"\x01\0\0\0" + bytes(8) + compiled[16:]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of wheels that stands for an index: for all systems, for each, for some."""
    folder = tmp_path_factory.mktemp("index")
    pack_pip(folder)
    make_wheel(folder, "pure", "1.0", "native", 'backport; python_version < "3.13"')
    make_wheel(folder, "plain", "1.0", "pure", 'more; extra == "all"', 'much; extra == "every"')
    make_wheel(folder, "more", "1.0")
    for tag in (
        "cp311-abi3-manylinux_2_17_x86_64",
        "cp311-abi3-manylinux2014_aarch64",
        "py3-none-win_amd64",
    ):
        make_wheel(folder, "native", "2.0", tag=tag)
    make_wheel(folder, "backport", "1.0")
    make_wheel(folder, "colorama", "0.4")
    return folder


@pytest.fixture(scope="module")
def bundle(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """What makes bundles, with pins of its own and no index but that folder."""
    spec = importlib.util.spec_from_file_location("bundle", ROOT / "installer/bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    pins = tmp_path_factory.mktemp("pins") / "pins.txt"
    pins.write_text(
        "# pins\nplain==1.0\nmore==1.0\npure==1.0\nnative==2.0\nbackport==1.0\nColorama==0.4\n"
        f"pip=={version('pip')}\n"
    )
    settings = {"NO_INDEX": "1", "FIND_LINKS": str(index), "CONFIG_FILE": os.devnull}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "bundle", module)  # its records look themselves up
        spec.loader.exec_module(module)
        patch.setattr(module, "PINS", (pins,))
        for name, value in settings.items():
            patch.setenv(f"PIP_{name}", value)
        yield module


def unpacked(archive: Path, folder: Path) -> Path:
    """The folder that is in an archive."""
    shutil.unpack_archive(
        archive, folder, **({"filter": "data"} if archive.suffix == ".gz" else {})
    )
    return folder / archive.name.removesuffix(".zip").removesuffix(".tar.gz")


def test_each_platform_gets_what_it_needs(
    bundle: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Markers are held against that machine, not against this one."""
    monkeypatch.setattr(bundle, "PYTHONS", ("3.13",))
    own = make_wheel(tmp_path, "ledger", "1.0", "pure", 'colorama; platform_system == "Windows"')
    made = bundle.made(own, "windows-amd64", tmp_path / "dist")
    assert made.name == "ledger-1.0-windows-amd64.zip"
    folder = unpacked(made, tmp_path)
    wheels = {each.name.rpartition("-py3")[0] for each in (folder / "wheels").iterdir()}
    pip = f"pip-{version('pip')}"
    assert wheels == {"ledger-1.0", "pure-1.0", "native-2.0", "colorama-0.4", pip}
    assert b"\r\n" in (folder / "install.cmd").read_bytes()
    for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, _, path = line.partition("  ")
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest


def test_extras_that_are_asked_for_come_along(
    bundle: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for them, and however late; of the others nothing does."""
    monkeypatch.setattr(bundle, "PYTHONS", ("3.13",))
    own = make_wheel(tmp_path, "ledger", "1.0", "plain", "late")
    make_wheel(Path(os.environ["PIP_FIND_LINKS"]), "late", "1.0", "plain[all]")
    pins = tmp_path / "pins.txt"
    pins.write_text(f"{bundle.PINS[0].read_text()}late==1.0\n")
    monkeypatch.setattr(bundle, "PINS", (pins,))
    folder = unpacked(bundle.made(own, HERE, tmp_path / "dist"), tmp_path)
    names = {each.name.split("-")[0] for each in (folder / "wheels").iterdir()}
    assert names == {"ledger", "plain", "late", "more", "pure", "native", "pip"}


def test_what_is_lacking_is_told(
    bundle: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = make_wheel(tmp_path, "ledger", "1.0", "pure")
    assert bundle.main([str(own), str(tmp_path / "dist"), "macos-arm64"]) == 1
    told = capsys.readouterr().out
    assert told.startswith("macos-arm64: no bundle, for Python 3.11: ERROR: No matching")
    assert "native==2.0" in told
    own = make_wheel(tmp_path, "ledger", "1.0", "unknown")
    assert bundle.main([str(own), str(tmp_path / "dist"), HERE]) == 1
    assert "not pinned in requirements/: unknown" in capsys.readouterr().out
    assert bundle.main([str(own), str(tmp_path / "dist"), "beos"]) == 2
    assert not list((tmp_path / "dist").iterdir())


def test_the_real_pins_are_whole(bundle: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """What installs itself is pinned; install.sh and bundle.py have the same Pythons in mind."""
    pins = tuple(ROOT / "requirements" / each for each in ("pins.txt", "bundle.txt"))
    monkeypatch.setattr(bundle, "PINS", pins)
    assert {"pip", "colorama", "typer"} <= bundle.pinned().keys()
    first, *_, last = (tuple(map(int, each.split("."))) for each in bundle.PYTHONS)
    assert f"{first} <= sys.version_info[:2] <= {last}" in (
        ROOT / "installer/install.sh"
    ).read_text("utf-8")
    cmd = (ROOT / "installer/install.cmd").read_text("utf-8")
    assert f"({' '.join(reversed(bundle.PYTHONS))})" in cmd


Install = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Runs an unpacked bundle's install.sh in an empty home, where there is no network."""
    home = tmp_path / "home"
    home.mkdir()

    def call(
        folder: Path, *arguments: str, path: str = "", **more: str
    ) -> subprocess.CompletedProcess[str]:
        tools = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        environment = {
            "HOME": str(home),
            "PATH": path or tools,
            "LANG": "C.UTF-8",
            "PYTHON": sys.executable,
        }
        return subprocess.run(
            [*NO_NETWORK, "/bin/sh", str(folder / "install.sh"), *arguments],
            env=environment | more, capture_output=True, text=True, check=False,
        )  # fmt: skip

    if (
        not UNSHARE
        or subprocess.run([*NO_NETWORK, "true"], check=False, stderr=subprocess.DEVNULL).returncode
    ):
        pytest.skip("no right to a network namespace")
    return call


@pytest.fixture(scope="module")
def archive(bundle: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of version 1.0 for this machine and this Python."""
    folder = tmp_path_factory.mktemp("dist")
    own = make_wheel(folder, "ledger", "1.0", "pure")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle, "PYTHONS", (PYTHON,))
        made: Path = bundle.made(own, HERE, folder)
    return made


@pytest.fixture
def packed(archive: Path, tmp_path: Path) -> Path:
    """That bundle, unpacked."""
    return unpacked(archive, tmp_path)


def seal(folder: Path) -> None:
    """Write the checksums of a bundle that was changed."""
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS"
    )
    lines = (
        f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.relative_to(folder)}\n"
        for each in files
    )
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def test_it_installs_without_network_again_and_anew(
    packed: Path, install: Install, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    command, place = home / ".local/bin/ledger", home / ".local/share/ledger"

    def says() -> str:
        return subprocess.run([command], capture_output=True, text=True, check=True).stdout.strip()

    done = install(packed)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("装好了：ledger 1.0，")
    assert "不在 PATH 里" in done.stdout
    assert f"echo 'export PATH=\"{command.parent}:$PATH\"' >> ~/.bashrc" in done.stdout
    assert says() == "ledger 1.0"
    (first,) = place.iterdir()
    assert list(first.rglob("pure*.pyc")), "whoever may not write waits every time"
    changed = first.stat().st_mtime_ns
    again = install(packed, PATH=f"{command.parent}:/usr/bin:/bin")
    assert "在终端里输入 ledger 就能用" in again.stdout
    assert first.stat().st_mtime_ns == changed

    (packed / "wheels/ledger-1.0-py3-none-any.whl").unlink()
    make_wheel(packed / "wheels", "ledger", "1.1", "pure", "missing")
    seal(packed)
    failed = install(packed)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("没有装成，以前装的不受影响，pip 说：")
    assert list(place.iterdir()) == [first]
    assert says() == "ledger 1.0"

    make_wheel(packed / "wheels", "ledger", "1.1", "pure")
    seal(packed)
    assert install(packed).returncode == 0
    assert says() == "ledger 1.1"
    (second,) = place.iterdir()
    assert second != first
    command.unlink()
    command.write_text("#!/bin/sh\n")
    refused = install(packed)
    assert f"{command} 已经有了，不是这里装的，没有动它" in refused.stderr
    assert command.read_text() == "#!/bin/sh\n"


def test_what_is_missing_is_one_sentence(packed: Path, install: Install, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname"):
        (tools / name).symlink_to(shutil.which(name) or name)

    def tool(name: str, says: str) -> None:
        (tools / name).unlink(missing_ok=True)
        (tools / name).write_text(f"#!/bin/sh\n[ $1 = --version ] && echo '{says}'\n")
        (tools / name).chmod(0o755)

    def refusal(**more: str) -> str:
        done = install(packed, path=str(tools), **more)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done
        return done.stderr

    assert "没有找到 Python" in refusal(PYTHON="")
    tool("python3", "Python 3.9.2")
    assert "Python 3.9.2 不能用，要 Python 3.11 到 3.13" in refusal(PYTHON="")
    assert "没有 git，请先装好 git 2.30 以上" in refusal()
    tool("git", "git version 2.25.1")
    assert "git 是 2.25，太旧了" in refusal()
    tool("git", "git version 2.30.0")

    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text("import sys; sys.modules['sqlite3'] = None\n")
    assert "缺少 sqlite3 模块，请装好完整的 Python" in refusal(PYTHONPATH=str(tmp_path / "site"))

    (packed / "wheels/more.whl").touch()
    assert "多出了 more.whl" in refusal()
    (packed / "wheels/more.whl").unlink()
    pure = packed / "wheels/pure-1.0-py3-none-any.whl"
    content = pure.read_bytes()
    pure.write_bytes(content[:-1])
    assert "pure-1.0-py3-none-any.whl 和校验值对不上" in refusal()
    pure.unlink()
    assert "安装包不完整，缺少 wheels/pure-1.0" in refusal()
    pure.write_bytes(content)
    (packed / "platform").write_text("windows-amd64\n")
    assert f"是给 windows-amd64 的，这台电脑是 {HERE}" in refusal()
    assert not (tmp_path / "home/.local").exists()
    done = install(packed, "--dir", "x")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_the_command_of_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No name of an account stands in it, whatever letters the console has."""
    spec = importlib.util.spec_from_file_location("install", ROOT / "installer/install.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "WINDOWS", True)
    program = tmp_path / "张三" / "ledger" / "1.0" / "ledger.exe"
    command = module.linked(program, tmp_path / "张三" / "ledger" / "bin")
    assert command.read_bytes() == b'@"%~dp0../1.0/ledger.exe" %*\r\n'


@pytest.mark.skipif(not BUNDLE, reason="LEDGER_BUNDLE names no bundle")
def test_the_real_one(install: Install, tmp_path: Path) -> None:
    with tarfile.open(BUNDLE) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = (each for each in tmp_path.iterdir() if each.name.startswith("ledger-"))
    done = install(folder)
    assert done.returncode == 0, done.stderr
    command = tmp_path / "home/.local/bin/ledger"
    environment = {"HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    for arguments in (["init", "--demo", "示例"], ["-C", "示例", "due"], ["-C", "示例", "status"]):
        done = subprocess.run(
            [*NO_NETWORK, command, *arguments], cwd=tmp_path, env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
