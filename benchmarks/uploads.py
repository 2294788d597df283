"""Uploads to Evergreen: how fast a backlog goes in batches, and what the desk notices of it.

The library is the fake of the tests, a process of its own that knows nothing of the kiosk. All
real: courier, daybook, writer, journal on this disk, HTTP. The bare loop sends the very files that
the courier has sent, and does nothing but wait for each reply: it neither reads a daybook, nor
looks whether all of it arrived.

Then, with a real engine and four scans a second: from the scan to the synced record, idle, while a
backlog of 10,000 is made into batches and uploaded, and while their outcomes are read and written.

Aim: with a backlog the record takes as long as without.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from _desk import Desk, card, item, median, percentile, table
from delivery import BACKLOG, PACE, VISIT, both, keep

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.writer import Writer
from kiosk.delivery.courier import Courier
from kiosk.delivery.schedule import Schedule
from kiosk.delivery.settings import DeliverySettings
from kiosk.ils.evergreen.library import EvergreenLibrary
from kiosk.ils.evergreen.settings import EvergreenSettings
from kiosk.view.messages import Pressed

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.fake_evergreen.client import FakeEvergreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.transactions import Outcome, PatronAnswer

ROUNDS = 3
LIVE = 1_000_000
"""From here on, the numbers of the items that are lent meanwhile."""
MOST = 120.0
"""Seconds for which scans go on at most."""


def main() -> None:
    with FakeEvergreen() as library:
        print(f"{BACKLOG} loans and returns; medians of {ROUNDS} rounds")
        found = [measure(library) for _ in range(ROUNDS)]
        bare, loaded, read = (median(column) for column in zip(*found, strict=True))
        table(
            ["", "lines/s", "of the bare"],
            [
                ["bare loop, uploading", round(bare), 1.0],
                ["courier, uploading", round(loaded), loaded / bare],
                ["courier, reading outcomes", round(read), read / bare],
            ],
        )
        print(f"scans, one in {PACE} s, until they are synced; in ms")
        table(["the desk meanwhile", "scans", "median", "p99", "p99 of idle p99"], live(library))


# -- how fast a backlog goes -----------------------------------------------------------------------


def measure(library: FakeEvergreen) -> tuple[float, float, float]:
    """Give the rates of the bare loop, of uploading, and of reading what became of it."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        opened(library)
        loaded, read = asyncio.run(deliver(Path(folder), library))
        bodies = [call["body"] for call in library.heard("load")]
        opened(library)
        bare = bare_loop(library, bodies)
    return BACKLOG / bare, BACKLOG / loaded, BACKLOG / read


def opened(library: FakeEvergreen) -> None:
    """Open an empty library, with all patrons and items of a backlog; every other item is lent."""
    library.do("anew")
    library.world(
        patrons=[{"card": card(n), "name": "Somebody"} for n in range(BACKLOG // VISIT + 1)]
    )
    lent = {"patron": card(0), "due": "2020-01-01T23:59:59+00:00"}
    for first in range(0, BACKLOG, 1000):
        numbers = range(first, first + 1000)
        library.world(items=[{"item": item(n), **(lent if n % 2 else {})} for n in numbers])


class Listener:
    """Hears of the outcomes."""

    def __init__(self) -> None:
        self.told = 0

    def outcome_arrived(self, outcome: Outcome) -> None:
        assert outcome.kind == "applied", outcome
        self.told += 1

    def recording_failed(self, reason: str) -> None:
        raise AssertionError(reason)

    def connectivity_changed(self) -> None: ...

    def patron_answered(self, answer: PatronAnswer) -> None: ...

    def run_changed(self, run: Run) -> None: ...

    def batches_changed(self) -> None: ...

    def batch_told(self, *_: object) -> None: ...

    def sessions_changed(self) -> None: ...

    def session_told(self, *_: object) -> None: ...


async def deliver(folder: Path, fake: FakeEvergreen) -> tuple[float, float]:
    """Upload a backlog, and read its outcomes; give how long each took, to the synced end."""
    keep(folder, BACKLOG)
    settings = EvergreenSettings(
        url=fake.url, org=4, login="kiosk", password="kiosk", workstation="BR1-desk"
    )
    batches = EvergreenLibrary(settings, UTC, lambda: datetime.now(UTC), "desk-1")
    listener = Listener()
    with Daybook(folder) as daybook:
        writer = Writer(daybook, asyncio.get_running_loop())
        courier = Courier(
            DeliverySettings(),
            Schedule("", UTC, ask_first=False),
            None,
            daybook,
            writer,
            batches=batches,
            clock=lambda: datetime.now(UTC),
            is_open=lambda _: False,
            listener=listener,
        )
        running = asyncio.create_task(courier.run())
        resting = daybook.indexes.batches.resting
        loaded = await _timed(lambda: len(resting) == BACKLOG)
        await asyncio.to_thread(fake.process)
        assert courier.loading is not None
        courier.loading.look_now()
        courier.wake()
        read = await _timed(lambda: listener.told == BACKLOG)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.to_thread(writer.stop)
    return loaded, read


async def _timed(so: Callable[[], bool]) -> float:
    start = time.perf_counter()
    while not so():  # noqa: ASYNC110 - the daybook tells nobody
        await asyncio.sleep(0.002)
    return time.perf_counter() - start


def bare_loop(library: FakeEvergreen, bodies: list[str]) -> float:
    """Send the same files into a session of its own."""
    parts = urlsplit(library.url)
    assert parts.hostname is not None
    line = http.client.HTTPConnection(parts.hostname, parts.port)
    start = time.perf_counter()
    token = _log_in(line)
    said = _post(line, f"action=create&org=4&ws=x&wc=1&desc=bare&ses={token}")
    for body in bodies:
        boundary = body.partition("\r\n")[0][2:]
        now = _with(_with(body, "ses", token), "seskey", said["payload"]).encode("latin-1")
        said_of_it = _post(line, now, f"multipart/form-data; boundary={boundary}")
        assert said_of_it["textcode"] == "SUCCESS", said_of_it
    return time.perf_counter() - start


def _log_in(line: http.client.HTTPConnection) -> str:
    given = {"username": "kiosk", "password": "kiosk", "type": "staff"}
    body = f"service=open-ils.auth&method=open-ils.auth.login&param={json.dumps(given)}"
    [said] = _post(line, body, path="/osrf-gateway-v1")["payload"]
    return str(said["payload"]["authtoken"])


def _with(body: str, field: str, value: str) -> str:
    """Put another value into a form."""
    start = f'name="{field}"\r\n\r\n'
    return re.sub(re.escape(start) + r"[^\r]*", start + value, body, count=1)


def _post(
    line: http.client.HTTPConnection,
    body: str | bytes,
    kind: str = "application/x-www-form-urlencoded",
    path: str = "/cgi-bin/offline/offline.pl",
) -> Any:
    line.request("POST", path, body, {"Content-Type": kind})
    return json.loads(line.getresponse().read())


# -- what the desk notices -------------------------------------------------------------------------


def live(library: FakeEvergreen) -> list[list[object]]:
    """Scan with nothing to send, while a backlog is uploaded, and while its outcomes are read."""
    opened(library)
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        keep(Path(folder) / "data", BACKLOG)
        desk = Desk(Path(folder), 0, configuration(Path(folder), library.url))
        numbers = iter(range(LIVE, LIVE + 100_000))
        idle = scans(desk, numbers, lambda: False, 30.0)
        desk.link.send(Pressed(command="send"))
        uploading = scans(desk, numbers, lambda: not desk.waiting or desk.waiting < VISIT, MOST)
        processing = threading.Thread(target=library.process)
        processing.start()
        reading = scans(desk, numbers, lambda: False, 45.0)
        processing.join()
        desk.close()
    rows = (("idle", idle), ("uploads", uploading), ("is told what became of it", reading))
    return [
        [name, len(x), *both(x), percentile(x, 0.99) / percentile(idle, 0.99)] for name, x in rows
    ]


def configuration(folder: Path, url: str) -> str:
    """Write how the library is reached; its backlog goes in an hour, or when staff say so."""
    password = folder / "password"
    password.write_text("kiosk")
    password.chmod(0o600)
    soon = datetime.now(UTC) + timedelta(hours=1)
    return (
        '[ils]\nlive = "none"\noffline = "evergreen"\n'
        f'[ils.evergreen]\nurl = "{url}"\norg = 4\nworkstation = "BR1-desk"\n'
        f'login = "kiosk"\npassword_file = "{password}"\n'
        f'[delivery]\nload_at = "{soon.astimezone():%H:%M}"\n'
    )


def scans(desk: Desk, numbers: Any, is_over: Callable[[], bool], most: float) -> list[float]:
    """Scan until it is over, or for so many seconds; give how long each took to be recorded."""
    scanned = {}
    until = time.monotonic() + most
    while time.monotonic() < until and (len(scanned) < 5 or not is_over()):
        n = next(numbers)
        if n % VISIT == 0:
            desk.scan(card(n))
            time.sleep(PACE)
        scanned[item(n)] = desk.scan(item(n))
        time.sleep(PACE)
    return [(desk.wait_recorded(x) - at) / 1e6 for x, at in scanned.items()]


if __name__ == "__main__":
    main()
