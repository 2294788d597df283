"""A desk whose backlog goes in batches to a fake library system: real courier, daybook and HTTP.

`wrong_at_evergreen` and `wrong_at_koha` hold what the daybook says to what the library system
really did.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections import Counter, defaultdict
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.writer import Writer
from kiosk.delivery.courier import Courier
from kiosk.delivery.schedule import Schedule
from kiosk.delivery.settings import DeliverySettings
from kiosk.ils.base import LibraryError
from kiosk.ils.evergreen.library import EvergreenLibrary
from kiosk.ils.evergreen.settings import EvergreenSettings
from support.delivering import quick_folder
from support.patience import PATIENCE
from support.transactions import (
    DUE,
    INES,
    MAYA,
    NEW,
    NOW,
    OMAR,
    checkin,
    checkout,
    in_house_use,
    noncat_checkout,
    registration,
    renewal,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
    from datetime import tzinfo
    from pathlib import Path

    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.transactions import Outcome, PatronAnswer, Transaction
    from kiosk.ils.base import Library
    from kiosk.ils.batches import BatchLibrary
    from support.fake_evergreen.client import FakeEvergreen

GIVEN_UP = 0.15
"""Seconds after which a reply is given up where one is lost; elsewhere it is waited for."""
HURRIED = DeliverySettings(
    first_pause=0.002, longest_pause=0.01, keep_alive=0.05, still_working=0.1
)
SOON = {"processing": 0.02, "loaded": 0.02, "stuck": 0.05, "spoiled": 0.05}
"""When a batch is looked at again, in seconds: instead of `loading.LOOK_AGAIN`."""
HAD = {"i2": MAYA, "i3": MAYA}
"""Who has what at the beginning."""
ITEMS = [f"i{n}" for n in range(1, 8)]


@dataclass
class Time:
    """The time at a desk: it stands still, unless it is moved on."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


def day() -> list[Transaction]:
    """Give one of each kind, and a loan to a card that was registered just before."""
    return [
        checkout("i1"),
        checkin("i2"),
        renewal("i3", due=DUE + timedelta(days=7)),
        in_house_use("i4", count=2),
        noncat_checkout(OMAR),
        registration(),
        checkout("i5", NEW),
    ]


class Uploading:
    """One life of a desk's delivery in batches: from the files of a folder, until it ends."""

    def __init__(
        self,
        folder: Path,
        batches: BatchLibrary | None,
        live: Library | None = None,
        *,
        second: Library | None = None,
        open_visits: Iterable[str] = (),
        clock: Callable[[], datetime] = lambda: NOW,
        load_at: str = "",
    ) -> None:
        self.folder = folder
        self.batches = batches
        self.open = set(open_visits)
        self.daybook = Daybook(folder)
        self.writer = Writer(self.daybook, asyncio.get_running_loop())
        self.outcomes: list[Outcome] = []
        self.failures: list[str] = []
        self._changed = asyncio.Event()
        self.courier = Courier(
            HURRIED,
            Schedule(load_at, UTC, ask_first=False),
            live,
            self.daybook,
            self.writer,
            second=second,
            batches=batches,
            clock=clock,
            is_open=lambda visit: visit in self.open,
            listener=self,
        )
        self._running = asyncio.create_task(self.courier.run())

    async def record(self, *transactions: Transaction) -> None:
        """Record, as the desk does; when it returns, they are acknowledged."""
        await self.writer.write(transactions)
        for transaction in transactions:
            self.courier.recorded(transaction.id)

    async def until(self, so: Callable[[], Any], patience: float = PATIENCE) -> None:
        """Wait until it is so. Raises TimeoutError."""
        async with asyncio.timeout(patience):
            while not so():
                self._changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.01):
                        await self._changed.wait()

    async def rested(self) -> None:
        """Wait until all that may go is where it belongs, and on the disk."""
        await self.until(self.rests)

    async def processed(self, patience: float = PATIENCE) -> None:
        """Wait until no batch waits to be processed any more, and nothing to be sent."""
        await self.until(lambda: self.rests() and not self.waits(), patience)

    def rests(self) -> bool:
        """Tell whether nothing is left that may go."""
        courier = self.courier
        batches = self.daybook.indexes.batches
        told = not courier._carrier._unwritten and courier._writer._until is None
        begun = any(known.stage == "begun" for known in batches)
        if self.batches is None:
            goes = courier.queue.due(lambda _: True) is not None
        else:
            fresh = courier.choice.next(courier.connections.first)
            goes = bool(courier.queue.batch(1, courier.choice.may_go)) or fresh is not None
        return told and not begun and not goes and courier.queue.idle

    def waits(self) -> bool:
        """Tell whether the library system has something that it has not processed."""
        return any(
            known.stage != "spoiled" and known.fact.rests_as == "waiting"
            for known in self.daybook.indexes.batches
        )

    def states(self) -> list[str]:
        """Give what the disk says of all, in their order."""
        with Daybook(self.folder, read_only=True) as daybook:
            return [state for _, state, _ in daybook.history()]

    async def end(self) -> None:
        """Stop in order."""
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        await asyncio.to_thread(self.writer.stop)
        self.daybook.close()

    async def kill(self, beside: Path) -> None:
        """Die as by a power cut: what is on the disk at this moment is found at `beside`."""
        shutil.copytree(self.folder, beside, ignore=shutil.ignore_patterns("*.new"))
        await self.end()

    # -- what the courier tells --------------------------------------------------------------------

    def patron_answered(self, answer: PatronAnswer) -> None: ...

    def outcome_arrived(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._changed.set()

    def recording_failed(self, reason: str) -> None:
        self.failures.append(reason)
        self._changed.set()

    def run_changed(self, run: Run) -> None:
        self._changed.set()

    def connectivity_changed(self) -> None:
        self._changed.set()

    def batches_changed(self) -> None:
        self._changed.set()

    def sessions_changed(self) -> None: ...

    def session_told(self, *_: object) -> None: ...

    def batch_told(self, *_: object) -> None: ...


@asynccontextmanager
async def uploading(
    batches: BatchLibrary | None,
    recorded: Iterable[Transaction] = (),
    live: Library | None = None,
    **more: Any,
) -> AsyncIterator[Uploading]:
    """Deliver from a daybook of its own, in which something may be recorded already."""
    with quick_folder() as folder:
        with Daybook(folder) as daybook:
            daybook.commit(list(recorded))
        desk = Uploading(folder, batches, live, **more)
        try:
            yield desk
        finally:
            await desk.end()


# -- Evergreen -------------------------------------------------------------------------------------


def evergreen(
    fake: FakeEvergreen,
    clock: Callable[[], datetime] = lambda: NOW,
    *,
    terminal: str = "desk-1",
    settling: float = 0.02,
    zone: tzinfo = UTC,
    **more: Any,
) -> EvergreenLibrary:
    """Give a way into the fake, in a hurry. Its account may process, unless `login` says other."""
    usual: dict[str, Any] = {
        "url": fake.url,
        "org": 4,
        "login": "chief",
        "password": "chief",
        "workstation": "BR1-desk",
        "timeout": PATIENCE,
        "connect_timeout": 0.5,
        "patron_profile": 2,
        "gather": 0.0,
    }
    settings = EvergreenSettings(**usual | more)
    library = EvergreenLibrary(settings, zone, clock, terminal, settling=settling, poll=0.03)
    library.gather = settings.gather
    return library


def opened(fake: FakeEvergreen, at: datetime = NOW) -> None:
    """Open the library at the time of the tests."""
    fake.do("clock", now=at.timestamp())
    fake.world(
        patrons=[{"card": card, "name": f"Name of {card}"} for card in (MAYA, OMAR, INES)],
        items=[
            {"item": x, **({"patron": HAD[x], "due": DUE.isoformat()} if x in HAD else {})}
            for x in ITEMS
        ],
    )


async def process(library: EvergreenLibrary, *, tries: int = 6) -> None:
    """Have all open sessions processed, and try again as staff would, where that fails."""
    for _ in range(tries):
        if await _process_all(library):
            return
        await asyncio.sleep(0.01)


async def _process_all(library: EvergreenLibrary) -> bool:
    """Have all processed that waits; tell whether nothing was in the way."""
    try:
        waiting = [x for x in await library.sessions() if x.is_open and x.uploads]
    except LibraryError:
        return False
    done = True
    for session in waiting:
        try:
            await library.process(session.key)
        except LibraryError:
            done = False
    return done


def wrong_at_evergreen(
    daybook: Daybook,
    fake: FakeEvergreen,
    *,
    may_wait: bool = False,
    beside: Collection[str] = (),
    live: Mapping[str, int] | None = None,
) -> list[str]:
    """Give every way in which the promise is broken; none is right.

    `may_wait`: not everything was processed. `beside`: the ids of what other desks have sent.
    `live`: what was carried out by another way, and how often.
    """
    ledger = [entry for entry in fake.ledger() if "kiosk_xid" in entry["line"]]
    applied = Counter(entry["line"]["kiosk_xid"] for entry in ledger)
    uploaded = "".join(call["body"] for call in fake.heard("load"))
    held_up = _held_up(daybook)
    wrong = []
    for transaction, state, outcome in daybook.history():
        times = applied.pop(transaction.id, 0) + (live or {}).get(transaction.id, 0)
        if state == "queued" and held_up & {transaction.item, getattr(transaction, "patron", "")}:
            continue
        if live is not None and state == "applied" and f'"{transaction.id}"' not in uploaded:
            times = times or 1  # the library was asked: it was so
        wrong.append(_wrong(transaction, state, outcome, times, may_wait=may_wait))
    wrong += [
        f"{xid} was carried out, and the daybook does not know it"
        for xid in applied
        if xid not in beside
    ]
    wrong += _other_bytes(fake)
    wrong += _forgotten(daybook, fake)
    return [words for words in wrong if words]


def _held_up(daybook: Daybook) -> set[str]:
    """Give the items and cards of what nobody knows: what follows waits for a person."""
    doubtful = [x for x in daybook.indexes.exceptions.values() if x.outcome.kind == "unknown"]
    return {x.item or x.patron for x in doubtful} - {""}


def _wrong(
    transaction: Transaction, state: str, outcome: Outcome | None, times: int, *, may_wait: bool
) -> str:
    """Say what is wrong with one transaction, which was carried out so often."""
    who = f"{transaction.id} ({transaction.kind} {transaction.item}) is {state}"
    code = "" if outcome is None else outcome.code
    if outcome is not None and outcome.kind != "applied" and not (code or outcome.words):
        return f"{who}, and nothing says why"
    if state == "unknown" or code == "processed-twice":
        return ""
    if times > 1:
        return f"{who}, but was carried out {times} times"
    if state in ("applied", "noticed"):
        needless = code == "NO_CHANGE"
        return "" if times or needless else f"{who}, but was not carried out"
    if times and not (may_wait and state in ("waiting", "sending", "handed_over")):
        return f"{who}, but was carried out"
    if state in ("queued", "sending") or (state == "waiting" and not may_wait):
        return f"{who}: it was left behind"
    return ""


_LINE = re.compile(r'^\{"[^\r\n]*"kiosk_xid": ?"([^"]*)"[^\r\n]*\}', re.MULTILINE)
_NAME = re.compile(r'name="ws"\r\n\r\n([^\r]*)\r\n')


def _other_bytes(fake: FakeEvergreen) -> list[str]:
    """Find uploads that were repeated, and not with the same bytes."""
    batches: dict[str, set[str]] = defaultdict(set)
    lines: dict[str, set[str]] = defaultdict(set)
    for call in fake.heard("load"):
        name = _NAME.search(call["body"])
        assert name is not None
        found = list(_LINE.finditer(call["body"]))
        assert found, "an upload without lines"
        batches[name[1]].add("\n".join(x[0] for x in found))
        for each in found:
            lines[each[1]].add(each[0])
    wrong = [f"{name} was loaded with other bytes" for name, x in batches.items() if len(x) > 1]
    return wrong + [
        f"{xid} was sent as another line: {x}" for xid, x in lines.items() if len(x) > 1
    ]


def _forgotten(daybook: Daybook, fake: FakeEvergreen) -> list[str]:
    """Find what is said to wait in a session, and is not there."""
    files = [x["text"] for x in fake.do("all", table="file").values()]
    there = Counter(line[1] for text in files for line in _LINE.finditer(text))
    return [
        f"{transaction.id} waits, they say, but is not there"
        for transaction, state, _ in daybook.history()
        if state == "waiting" and not there[transaction.id]
    ]
