"""A desk's delivery against the fake library: real courier, daybook, SIP2 and socket.

`broken` holds the two to each other: what the daybook says against the ledger of what the library
really did.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import defaultdict
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.writer import Writer
from kiosk.delivery.courier import Courier
from kiosk.delivery.schedule import Schedule
from kiosk.delivery.settings import DeliverySettings
from kiosk.desk.transactions import Checkin, Checkout, Outcome, Renewal, Transaction
from kiosk.ils.sip2.library import Sip2Library
from kiosk.ils.sip2.settings import Sip2Settings
from support.patience import PATIENCE
from support.transactions import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
    from datetime import datetime, tzinfo

    from kiosk.desk.afterwards.runs import Run
    from kiosk.desk.transactions import PatronAnswer
    from support.fake_sip2.client import FakeSip2

HURRIED = DeliverySettings(
    first_pause=0.002, longest_pause=0.01, keep_alive=0.02, still_working=0.3
)
RIGHT = {
    "checkout": {("11", "checkout"), ("11", "renewal")},
    "checkin": {("09", "checkin")},
    "renewal": {("29", "renewal"), ("11", "renewal")},
}
"""By which message each kind is carried, and what that may do."""


def settings(port: int, **more: Any) -> Sip2Settings:
    """Give what it takes to reach the fake, and little patience."""
    usual = {"login": "kiosk", "password": "kiosk", "timeout": 0.08, "connect_timeout": 0.5}
    return Sip2Settings(host="127.0.0.1", port=port, **usual | more)


@contextmanager
def quick_folder() -> Iterator[Path]:
    """Give a folder that goes as soon as it is left: hundreds are used."""
    with tempfile.TemporaryDirectory(prefix="daybook-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


class Delivering:
    """One life of a desk's delivery: from the files of a folder, until it is killed or ended."""

    def __init__(
        self,
        folder: Path,
        sip2: Sip2Settings,
        open_visits: Iterable[str] = (),
        schedule: Schedule | None = None,
        clock: Callable[[], datetime] = lambda: NOW,
    ) -> None:
        self.folder = folder
        self.open = set(open_visits)
        self.only_live = sip2.quirks.no_block == "never"
        """Whether the library takes nothing that has already happened."""
        self.daybook = Daybook(folder)
        self.writer = Writer(self.daybook, asyncio.get_running_loop())
        self.outcomes: list[Outcome] = []
        self.failures: list[str] = []
        self.patrons: list[PatronAnswer] = []
        self._changed = asyncio.Event()
        self.courier = Courier(
            HURRIED,
            schedule or Schedule("", UTC, ask_first=False),
            Sip2Library(sip2, UTC, clock),
            self.daybook,
            self.writer,
            second=Sip2Library(sip2, UTC, clock) if sip2.quirks.connections == 2 else None,
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

    async def delivered(self) -> None:
        """Wait until nothing is left that may go, and all that was said is on the disk."""
        async with asyncio.timeout(PATIENCE):
            while not self._is_done():
                self._changed.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), 0.01)

    def _is_done(self) -> bool:
        pending = self.daybook.indexes.pending
        waiting = self.courier.queue
        talk = self.courier.connections.first
        live = self.courier.choice.next(talk) if self.only_live else None
        goes = live if self.only_live else waiting.due(lambda _: True)
        told = len(waiting) == len(pending) and not self.courier._carrier._unwritten
        return waiting.idle and goes is None and told

    async def end(self) -> None:
        """Stop in order."""
        await self._stop()

    async def kill(self, beside: Path) -> None:
        """Die as by a power cut: what is on the disk at this moment is found at `beside`."""
        shutil.copytree(self.folder, beside, ignore=shutil.ignore_patterns("*.new"))
        await self._stop()

    async def _stop(self) -> None:
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        await asyncio.to_thread(self.writer.stop)
        self.daybook.close()

    # -- what the courier tells --------------------------------------------------------------------

    def patron_answered(self, answer: PatronAnswer) -> None:
        self.patrons.append(answer)

    def outcome_arrived(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._changed.set()

    def recording_failed(self, reason: str) -> None:
        self.failures.append(reason)

    def run_changed(self, run: Run) -> None:
        self._changed.set()

    def connectivity_changed(self) -> None:
        self._changed.set()


@asynccontextmanager
async def delivering(
    sip2: Sip2Settings, recorded: Iterable[Transaction] = (), open_visits: Iterable[str] = ()
) -> AsyncIterator[Delivering]:
    """Deliver from a daybook of its own, in which something may be recorded already."""
    with quick_folder() as folder:
        with Daybook(folder) as daybook:
            daybook.commit(list(recorded))
        desk = Delivering(folder, sip2, open_visits)
        try:
            yield desk
        finally:
            await desk.end()


# -- the daybook against the ledger ----------------------------------------------------------------


@dataclass(frozen=True)
class Fate:
    """What the daybook says of a transaction, and what the library did about it."""

    transaction: Transaction
    state: str
    outcome: Outcome | None
    entries: tuple[dict[str, Any], ...]

    @property
    def is_late(self) -> bool:
        """Whether it was recorded long after it happened, so that it went out of turn."""
        return self.transaction.source == "paper" or bool(self.transaction.corrects)


def fates(daybook: Daybook, ledger: Iterable[dict[str, Any]], zone: tzinfo = UTC) -> list[Fate]:
    """Bring both together, by item and the time under which it was sent, as said in the `zone`."""
    by_key: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for entry in ledger:
        if not entry["implied"]:
            by_key[entry["item"], entry["at"]].append(entry)
    sent = {name: time.astimezone(zone) for name, time in daybook.sent_times().items()}
    found = []
    for transaction, state, outcome in daybook.history():
        at = f"{sent[transaction.id]:%Y%m%d    %H%M%S}" if transaction.id in sent else ""
        entries = by_key.pop((transaction.item, at), ())
        found.append(Fate(transaction, state, outcome, tuple(entries)))
    assert not by_key, f"the library did what the daybook does not know: {by_key}"
    return found


def broken(
    daybook: Daybook,
    ledger: list[dict[str, Any]],
    had: dict[str, str],
    *,
    only_live: bool = False,
    zone: tzinfo = UTC,
    again: Mapping[str, int] | None = None,
) -> list[str]:
    """Give every way in which the promise is broken; none is right.

    `had`: which card had an item at the beginning. `only_live`: the library takes nothing that has
    already happened; it waits for somebody who enters it. `again`: what a person had sent again,
    and how often although the library might have it.
    """
    all_fates, again = fates(daybook, ledger, zone), again or {}
    in_turn = [fate for fate in all_fates if not (fate.is_late or fate.transaction.id in again)]
    wrong = [_wrong(fate, again.get(fate.transaction.id, 0)) for fate in all_fates]
    if in_turn == all_fates:
        wrong += _wrong_without_entry(all_fates, had)
    wrong += _out_of_order(in_turn, ledger)
    wrong += _left_behind(all_fates, ("sending",) if only_live else ("sending", "queued"))
    return [words for words in wrong if words]


def _wrong(fate: Fate, more: int) -> str:
    """Say what is wrong with one transaction by itself, that may be there so often more."""
    times, who = len(fate.entries), f"{fate.transaction.id} ({fate.transaction.kind})"
    if times > 1 + more:
        return f"{who} was carried out {times} times"
    done = {(entry["message"], entry["op"]) for entry in fate.entries}
    if not done <= RIGHT[fate.transaction.kind]:
        return f"{who} became {done}"
    if times > more and fate.state in {"queued", "voided", "refused", "by_hand"}:
        return f"{who} is {fate.state}, but was carried out"
    if fate.state in {"unknown", "refused", "noticed", "by_hand"}:
        assert fate.outcome is not None
        if not (fate.outcome.code or fate.outcome.words or fate.outcome.to):
            return f"{who} is an exception that does not say why"
    return ""


def _wrong_without_entry(all_fates: list[Fate], had: dict[str, str]) -> Iterator[str]:
    """Find what counts as applied without having been carried out, though it was not so already.

    A return that was lost on its way, of an item that nobody has: asked, the library says that
    nobody has it. Nothing is missing. The same with a loan that its patron has already.
    """
    held = {item: (card, "") for item, card in had.items()}
    for fate in all_fates:
        transaction, item = fate.transaction, fate.transaction.item
        if fate.state == "applied" and not fate.entries and not _was_so(transaction, held):
            yield f"{transaction.id} ({transaction.kind}) was never carried out"
        for entry in fate.entries:
            if isinstance(transaction, Checkin):
                held.pop(item, None)
            else:
                held[item] = entry["patron"], entry["date"]


def _was_so(transaction: Transaction, held: dict[str, tuple[str, str]]) -> bool:
    if isinstance(transaction, Checkin):
        return transaction.item not in held
    if isinstance(transaction, Checkout):
        return held.get(transaction.item, ("",))[0] == transaction.patron
    assert isinstance(transaction, Renewal)
    due = f"{transaction.due:%Y%m%d    %H%M00}"
    return held.get(transaction.item) == (transaction.patron, due)


def _out_of_order(all_fates: list[Fate], ledger: list[dict[str, Any]]) -> Iterator[str]:
    """Find transactions with one item, or one patron, that went in another order."""
    places = {id(entry): n for n, entry in enumerate(ledger)}
    last: dict[str, tuple[int, str]] = {}
    for fate in all_fates:
        for entry in fate.entries:
            patron = getattr(fate.transaction, "patron", "")
            for about in filter(None, (f"item {fate.transaction.item}", patron)):
                place, other = last.get(about, (-1, ""))
                if places[id(entry)] < place:
                    yield f"{about}: {fate.transaction.id} went before {other}"
                last[about] = places[id(entry)], fate.transaction.id


def _left_behind(all_fates: list[Fate], states: tuple[str, ...]) -> Iterator[str]:
    """Find what waits although nothing of its item waits for a person."""
    held = {fate.transaction.item for fate in all_fates if fate.state == "unknown"}
    for fate in all_fates:
        if fate.state in states and fate.transaction.item not in held:
            yield f"{fate.transaction.id} was left behind, {fate.state}"


def patrons_and_items(
    cards: Iterable[str], items: Iterable[str], had: dict[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Give a world for the fake: `had` tells which card has an item, since a fortnight."""
    due = f"{NOW + timedelta(days=7):%Y%m%d}    235900"
    loans = {item: {"patron": card, "due": due} for item, card in had.items()}
    return {
        "patrons": [{"card": card, "name": f"Name of {card}"} for card in cards],
        "items": [{"item": x, "title": f"Title of {x}", **loans.get(x, {})} for x in items],
    }


def opened(fake: FakeSip2, world: dict[str, list[dict[str, Any]]]) -> None:
    """Open the library at the time of the tests."""
    fake.do("clock", now=NOW.replace(tzinfo=None).isoformat())
    fake.world(**world)
