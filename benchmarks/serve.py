"""What `ledger serve` takes: each page of a large ledger, and many readers at once.

    python benchmarks/serve.py [--tasks 10000] [--readers 50] [--requests 20] [--in DIR]

Times of a page are the server's own: the first in a process (`first`), made once more for somebody
else (`new`), asked for again (`again`), after an edit (`edited`); processor and wall, in ms. Then a
real server on loopback is asked by many at once. An error fails, and so does a page that takes
longer than its bound when it is made once more; a file to download may, and a bulletin, which is
kept until the ledger changes: its files are not measured.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote

import generator

from ledger.adapters.http.target import asked_by
from ledger.usecases.reading.open import open_ledger
from ledger.usecases.showing.desk import Desk
from ledger.view.web.routes import PAGES, answer

TODAY = dt.date(2017, 6, 30)
BOUND = 150  # ms of processor time for a page that is new to a server that is not
FILES = ("list.xlsx", "list.csv")
_LINK = re.compile(r'(?:href|src)="(/[^"]*)"')


def addresses(desk: Desk) -> dict[str, list[str]]:
    """Two addresses of every kind of page that links lead to, by the kind."""
    kinds: dict[str, list[str]] = {}
    waiting, known = ["/"], {"/"}
    while waiting and len(known) < 4000:
        address = waiting.pop(0)
        asked = asked_by(*_parted(address))
        kind = asked.path.partition("/")[0]
        is_file = kind == "report" and "." in asked.path
        if asked.query or is_file or len(kinds.setdefault(kind, [])) >= 2:
            continue
        if kind in FILES:
            kinds[kind].append(address)
            continue
        reply = desk.question(asked)()
        if reply.status != 200:
            continue
        kinds[kind].append(address)
        if reply.media == "text/html":
            links = (each.replace("&amp;", "&") for each in _LINK.findall(reply.body.decode()))
            new = [each for each in dict.fromkeys(links) if each not in known]
            known.update(new)
            waiting += new
    return kinds


def _parted(address: str) -> tuple[bytes, bytes]:
    path, _, query = address.partition("?")
    return path.encode(), query.encode()


def timed(desk: Desk, address: str) -> tuple[float, float, int]:
    """Processor and wall time of a page in ms, and its bytes, in a thread as in a server."""
    times: list[tuple[float, float, int]] = []

    def ask() -> None:
        cpu, wall = time.process_time(), time.perf_counter()
        reply = desk.question(asked_by(*_parted(address)))()
        took = 1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall)
        times.append((*took, len(reply.body)))
        if reply.status != 200:
            raise SystemExit(f"{address}: {reply.status}")

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return times[0]


def pages(root: Path) -> bool:
    """Print what each kind of page takes; whether all keep to the bound."""
    desk = Desk(open_ledger(root), answer, lambda ledger: TODAY)
    kinds = addresses(desk)
    desk.rest()
    extra = {
        "list": ["/list?q=zj", f"/list?dept={quote('业务3处')}&sort=-due"],
        "": ["/?at=HEAD"],
    }
    print(f"{'page':40}{'first':>14}{'new':>14}{'again':>14}{'edited':>14}{'kB':>8}")
    slow = []
    for kind, found in sorted(kinds.items()):
        for address in [found[-1], *extra.get(kind, [])]:
            fresh = Desk(open_ledger(root), answer, lambda ledger: TODAY)
            first = timed(fresh, address)
            fresh._replies.clear()
            new = again = edited = first
            if kind not in FILES:
                new, again = timed(fresh, address), timed(fresh, address)
                edit(root)
                edited = timed(fresh, address)
                warm = again if kind == "report" else new  # a bulletin is kept as it is
                slow += [unquote(address)] * (warm[0] > BOUND)
            fresh.rest()
            all_times = (first, new, again, edited)
            cells = "".join(f"{cpu:8.0f}{wall:6.0f}" for cpu, wall, _ in all_times)
            print(f"{unquote(address)[:38]:40}{cells}{new[2] / 1000:8.0f}", flush=True)
    missing = sorted(PAGES.keys() - kinds.keys())
    print(f"no link leads to: {', '.join(missing) or '-'}")
    print(f"over {BOUND} ms: {', '.join(slow) or '-'}")
    return not slow


def edit(root: Path) -> None:
    """Change one task as somebody at an editor would."""
    path = generator.task_path(root, 7)
    text = path.read_text("utf-8")
    flag = "# 1\n"
    path.write_text(text.removesuffix(flag) if text.endswith(flag) else text + flag, "utf-8")


async def reader(port: int, addresses: Iterable[str]) -> list[tuple[float, str]]:
    """How long each address took one browser, that keeps its connection, and what was wrong."""
    stream, writer = await asyncio.open_connection("127.0.0.1", port)
    times = []
    for address in addresses:
        began = time.perf_counter()
        writer.write(f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        head = (await stream.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = int(re.search(r"content-length: (\d+)", head)[1])
        await stream.readexactly(length)
        status = head.split(" ", 2)[1]
        times.append((1000 * (time.perf_counter() - began), "" if status == "200" else status))
    writer.close()
    return times


def load(root: Path, readers: int, requests: int) -> bool:
    """Many readers of a real server, each with pages of his own; whether none saw an error."""
    desk = Desk(open_ledger(root), answer, lambda ledger: TODAY)
    several = [each for found in addresses(desk).values() for each in found]
    several = [each for each in several if not each.startswith(("/list.", "/evidence", "/raw"))]
    tasks = [f"/task/{generator.task_id(number)}" for number in range(0, 1000, 7)]
    desk.rest()
    command = [sys.executable, "-m", "ledger", "--today", TODAY.isoformat(), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as server:
        port = int(server.stdout.readline().rstrip("/\n").rpartition(":")[2])
        try:
            good = True
            for told, choice in (("the same pages", several), ("each a task of his own", tasks)):
                wishes = [
                    [choice[(number * 5 + turn) % len(choice)] for turn in range(requests)]
                    for number in range(readers)
                ]
                began = time.perf_counter()
                answers = asyncio.run(_all(port, wishes))
                took = time.perf_counter() - began
                times = sorted(each for each, _ in answers)
                wrong = [each for _, each in answers if each]
                print(
                    f"{readers} readers, {told}: {len(times)} answers in {took:.1f} s"
                    f" ({len(times) / took:.0f}/s), median {statistics.median(times):.0f} ms,"
                    f" 95 % {times[int(len(times) * 0.95)]:.0f} ms, longest {times[-1]:.0f} ms,"
                    f" errors {len(wrong)}"
                )
                good = good and not wrong
            return good
        finally:
            server.terminate()


async def _all(port: int, wishes: list[list[str]]) -> list[tuple[float, str]]:
    answers = await asyncio.gather(*(reader(port, each) for each in wishes))
    return [each for several in answers for each in several]


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tasks", type=int, default=10_000)
    options.add_argument("--readers", type=int, default=50)
    options.add_argument("--requests", type=int, default=20)
    options.add_argument("--in", dest="folder", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="ledger-") as made:
        root = (given.folder or Path(made)) / f"serve-{given.tasks}"
        if not root.exists():
            generator.make_ledger(root, given.tasks)
        kept = pages(root)
        sound = load(root, given.readers, given.requests)
    if not (kept and sound):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
