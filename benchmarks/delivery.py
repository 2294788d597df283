"""Delivery by SIP2: how fast a backlog goes, and what the patron at the desk notices of it.

The library is the fake of the tests, a process of its own that knows nothing of the kiosk, and
takes 5 ms for every request; once more without that, for information. All real: courier, daybook,
writer, journal on this disk, socket. In turns with a bare loop that sends the very bytes the
courier has sent, and does nothing but wait for each reply.

Then, with a real engine and four scans a second (a desk has fewer; so there are more of them): from
the scan to the synced record, and to the picture that shows the library's answer, with nothing else
to send and while a backlog of 10,000 goes out; by one connection, and by two. (Pictures are 8 ms
apart at least: an answer right behind another picture waits for that.)

Aim: 0.9 of the bare loop's rate; with a backlog the answer takes at most twice what it takes
without (p99), the record as long as without.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from _desk import Desk, card, item, median, percentile, table, unsynced

from kiosk.daybook.daybook import Daybook, new_id
from kiosk.daybook.writer import Writer
from kiosk.delivery.courier import Courier
from kiosk.delivery.schedule import Schedule
from kiosk.delivery.settings import DeliverySettings
from kiosk.desk.transactions import Checkin, Checkout
from kiosk.ils.sip2.library import Sip2Library
from kiosk.ils.sip2.settings import Sip2Settings
from kiosk.view.messages import Pressed

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.fake_sip2.client import FakeSip2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.transactions import Outcome, PatronAnswer, Transaction

DELAY = 0.005
RATED = 1_000
"""Transactions whose rate is taken."""
ROUNDS = 5
BACKLOG = 10_000
SCANS = 200
PACE = 0.25
VISIT = 10
LIVE = 1_000_000
"""From here on, the numbers of the items that are lent live."""


def main() -> None:
    with FakeSip2() as library:
        print(f"{RATED} loans and returns; medians of {ROUNDS} rounds (lowest to highest)")
        rows = [rates(library, DELAY), rates(library, 0)]
        table(
            ["the server takes", "bare/s", "one connection", "of the bare", "two", "of the bare"],
            rows,
        )
        print(
            f"{SCANS} scans, one in {PACE} s, idle and while a backlog of {BACKLOG} goes out; in ms"
        )
        rows = [live(library, connections) for connections in (1, 2)]
        table(
            [
                "connections",
                "answered, idle",
                "p99",
                "with backlog",
                "p99",
                "p99 of idle p99",
                "synced, idle",
                "p99",
                "with backlog",
                "p99",
                "left of it",
            ],
            rows,
        )


# -- how fast a backlog goes -----------------------------------------------------------------------


def rates(library: FakeSip2, delay: float) -> list[object]:
    """Give the rate of the bare loop, and those of the courier, in turns."""
    found = [measure(library, delay) for _ in range(ROUNDS)]
    bare, one, two = (list(column) for column in zip(*found, strict=True))
    return [
        f"{delay * 1000:.0f} ms",
        median(bare),
        median(one),
        spread([x / y for x, y in zip(one, bare, strict=True)]),
        median(two),
        spread([x / y for x, y in zip(two, bare, strict=True)]),
    ]


def spread(ratios: list[float]) -> str:
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def measure(library: FakeSip2, delay: float) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        opened(library, delay, RATED)
        one = RATED / asyncio.run(deliver(Path(folder) / "one", library.port, connections=1))
        messages = [f"{x}\r".encode("latin-1") for x in library.heard()]
        opened(library, delay, RATED)
        bare = RATED / bare_loop(library.port, messages)
        opened(library, delay, RATED)
        two = RATED / asyncio.run(deliver(Path(folder) / "two", library.port, connections=2))
    return bare, one, two


def opened(library: FakeSip2, delay: float, count: int) -> None:
    """Open an empty library, with all patrons and items of a backlog; every other item is lent."""
    library.do("anew")
    library.be(rules={"takes": delay})
    patrons = [{"card": card(n), "name": "Somebody"} for n in range(count // VISIT + 1)]
    library.world(patrons=patrons)
    lent = {"patron": card(0), "due": "20200101    235900"}
    library.world(
        items=[
            {"item": item(n), "title": "A title", **(lent if n % 2 else {})} for n in range(count)
        ]
    )


def backlog(count: int) -> Iterator[Transaction]:
    """Give loans and returns in turn, ten a visit."""
    start = datetime.now(UTC) - timedelta(hours=8)
    session = new_id()
    for n in range(count):
        at = start + timedelta(seconds=n)
        stamp = {
            "id": new_id(),
            "visit": f"{session}-{n // VISIT}",
            "position": n % VISIT + 1,
            "at": at,
            "boot": session,
            "terminal": "desk-1",
            "library": "Northside Branch Library",
            "profile": "Circulation",
            "staff": "Ines",
            "desk_session": session,
            "source": "scan",
            "item": item(n),
        }
        if n % 2:
            yield Checkin(**stamp)
        else:
            yield Checkout(**stamp, patron=card(n // VISIT), due=at + timedelta(days=21))


def keep(data: Path, count: int) -> None:
    """Put a backlog into a daybook, a commit for each, as a shift without network leaves it."""
    data.mkdir(parents=True, exist_ok=True)
    with Daybook(data) as daybook, unsynced():
        for transaction in backlog(count):
            daybook.commit([transaction])


class Waiting:
    """Hears of the outcomes (a Listener), until all are there."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.all_there = asyncio.Event()

    def outcome_arrived(self, outcome: Outcome) -> None:
        assert outcome.kind == "applied", outcome
        self.left -= 1
        if not self.left:
            self.all_there.set()

    def recording_failed(self, reason: str) -> None:
        raise AssertionError(reason)

    def connectivity_changed(self) -> None: ...

    def patron_answered(self, answer: PatronAnswer) -> None: ...

    def run_changed(self, run: Run) -> None: ...


async def deliver(folder: Path, port: int, connections: int) -> float:
    """Deliver a backlog; give how long it took from connecting to the last outcome on the disk."""
    keep(folder, RATED)
    settings = Sip2Settings(host="127.0.0.1", port=port, login="kiosk", password="kiosk")
    libraries = [Sip2Library(settings, UTC, lambda: datetime.now(UTC)) for _ in range(connections)]
    with Daybook(folder) as daybook:
        writer = Writer(daybook, asyncio.get_running_loop())
        listener = Waiting(RATED)
        courier = Courier(
            DeliverySettings(),
            Schedule("", UTC, ask_first=False),
            libraries[0],
            daybook,
            writer,
            second=libraries[1] if connections == 2 else None,
            clock=lambda: datetime.now(UTC),
            is_open=lambda _: False,
            listener=listener,
        )
        start = time.perf_counter()
        running = asyncio.create_task(courier.run())
        await listener.all_there.wait()
        took = time.perf_counter() - start
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.to_thread(writer.stop)
    return took


def bare_loop(port: int, messages: list[bytes]) -> float:
    """Send prepared messages, each when the reply to the one before is there."""
    start = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for message in messages:
            line.sendall(message)
            reply = b""
            while not reply.endswith(b"\r"):
                reply += line.recv(65536)
    return time.perf_counter() - start


# -- what the patron at the desk notices ----------------------------------------------------------


def live(library: FakeSip2, connections: int) -> list[object]:
    """Scan with nothing else to send, then while a backlog goes out."""
    opened(library, DELAY, BACKLOG)
    numbers = range(LIVE, LIVE + 2 * SCANS)
    library.world(
        patrons=[{"card": card(n), "name": "Somebody"} for n in numbers[::VISIT]],
        items=[{"item": item(n), "title": "A title"} for n in numbers],
    )
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        keep(Path(folder) / "data", BACKLOG)
        desk = Desk(Path(folder), 0, configuration(Path(folder), library.port, connections))
        idle = scans(desk, numbers[:SCANS])
        desk.link.send(Pressed(command="send"))
        busy = scans(desk, numbers[SCANS:])
        left = desk.waiting
        desk.close()
    (idle_synced, idle_answered), (busy_synced, busy_answered) = idle, busy
    return [
        connections,
        *both(idle_answered),
        *both(busy_answered),
        percentile(busy_answered, 0.99) / percentile(idle_answered, 0.99),
        *both(idle_synced),
        *both(busy_synced),
        left,
    ]


def both(times: list[float]) -> tuple[float, float]:
    return median(times), percentile(times, 0.99)


def configuration(folder: Path, port: int, connections: int) -> str:
    """Write how the library is reached; its backlog goes in an hour, or when staff say so."""
    password = folder / "password"
    password.write_text("kiosk")
    password.chmod(0o600)
    soon = datetime.now(UTC) + timedelta(hours=1)
    return (
        '[ils]\nlive = "sip2"\noffline = "sip2"\n'
        f'[ils.sip2]\nhost = "127.0.0.1"\nport = {port}\nconnections = {connections}\n'
        f'login = "kiosk"\npassword_file = "{password}"\n'
        f'[delivery]\nload_at = "{soon.astimezone():%H:%M}"\n'
    )


def scans(desk: Desk, numbers: range) -> tuple[list[float], list[float]]:
    """Scan; give how long each took until it was recorded, and until the library had answered."""
    scanned = {}
    for n in numbers:
        if n % VISIT == 0:
            for (
                barcode
            ) in scanned:  # a card closes the visit before it, with what it still waits for
                desk.wait_answered(barcode)
            desk.scan(card(n))
            time.sleep(PACE)
        scanned[item(n)] = desk.scan(item(n))
        time.sleep(PACE)
    synced = [(desk.wait_recorded(x) - at) / 1e6 for x, at in scanned.items()]
    answered = [(desk.wait_answered(x) - at) / 1e6 for x, at in scanned.items()]
    return synced, answered


if __name__ == "__main__":
    main()
