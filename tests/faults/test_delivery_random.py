"""Random days at a desk, random faults, outages and kills: the same promise every time.

`HYPOTHESIS_PROFILE=thorough pytest tests/faults/test_delivery_random.py` tries 5,000 of them.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from support.delivering import (
    Delivering,
    broken,
    fates,
    opened,
    patrons_and_items,
    quick_folder,
    settings,
)
from support.fake_sip2.client import FakeSip2
from support.fake_sip2.faults import FAULTS
from support.fake_sip2.personalities import PERSONALITIES
from support.transactions import DUE, INES, MAYA, NOW, OMAR, checkin, checkout, renewal

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Again, Settled, Voided
from kiosk.delivery.schedule import Schedule
from kiosk.desk.transactions import Transaction
from kiosk.ils.sip2.servers import SERVERS, Server
from kiosk.ils.sip2.settings import Sip2Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


CARDS = [MAYA, OMAR, INES]
ITEMS = [f"i{n}" for n in range(5)]
KINDS = ["checkout", "checkout", "checkin", "renewal"]
HAD = {"i3": MAYA, "i4": OMAR}
EXAMPLES = max(how.default.max_examples // 4, 1) if how.default else 25

Step = tuple[Any, ...]


def _transactions() -> st.SearchStrategy[Step]:
    kind = st.sampled_from(KINDS)
    where = st.sampled_from(["open", "over"])
    item, card = st.sampled_from(ITEMS), st.sampled_from(CARDS)
    return st.tuples(st.just("record"), kind, item, card, where)


STEPS: st.SearchStrategy[Step] = st.one_of(
    _transactions(),
    _transactions(),
    _transactions(),
    st.tuples(st.just("paper"), st.sampled_from(KINDS), st.sampled_from(ITEMS), st.integers(1, 5)),
    st.tuples(st.just("correct"), st.integers(0, 9), st.sampled_from(ITEMS)),
    st.tuples(st.just("again"), st.integers(0, 9)),
    st.tuples(st.just("fault"), st.sampled_from(sorted(FAULTS)), st.integers(1, 3)),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.001, 0.01, 0.05])),
    st.tuples(st.just("ask"), st.sampled_from(CARDS)),
    st.tuples(st.sampled_from(["down", "up", "cut", "kill", "kill"])),
    st.tuples(st.sampled_from(["done", "void", "settle", "pause", "send", "delivered", "evening"])),
)


@dataclass
class Life:
    """A desk that is killed and begins again, in front of one library."""

    fake: FakeSip2
    sip2: Sip2Settings
    folders: Path
    load_at: str
    ask_first: bool
    desk: Delivering = field(init=False)
    now: datetime = NOW
    paused: bool = False
    lives: int = 0
    visits: int = 0
    recorded: list[Transaction] = field(default_factory=list)
    sent_again: dict[str, int] = field(default_factory=dict)
    """How often although the library might have it, by transaction."""

    def begin(self, open_visits: Iterable[str] = ()) -> None:
        schedule = Schedule(self.load_at, UTC, ask_first=self.ask_first)
        schedule.paused = self.paused
        folder = self.folders / f"life-{self.lives}"
        folder.mkdir(exist_ok=True)
        self.desk = Delivering(folder, self.sip2, open_visits, schedule, lambda: self.now)

    async def step(self, step: Step) -> None:
        name, *given = step
        await getattr(self, name)(*given)

    async def record(self, kind: str, item: str, card: str, where: str) -> None:
        """Record in the open visit, or, once that is over, in none that is open."""
        if where == "over":
            self.desk.open.clear()
        elif not self.desk.open:
            self.visits += 1
            self.desk.open.add(f"visit {self.visits}")
        visit = next(iter(self.desk.open), "over")
        await self._record(_made(kind, item, card, visit))

    async def _record(self, made: Transaction) -> None:
        await self.desk.record(made)
        self.recorded.append(made)

    async def paper(self, kind: str, item: str, days: int) -> None:
        """Enter what was written down some time ago."""
        made = _made(kind, item, MAYA, "paper")
        ago = timedelta(days=365 * days)  # so that no two have the same time
        await self._record(replace(made, source="paper", at=made.at - ago))

    async def correct(self, which: int, item: str) -> None:
        """Send another in the place of one that needs a person; it was another item."""
        wrong = self._exception(which)
        times = {(x.item, x.at) for x in self.recorded}
        if wrong is None or (item, wrong.at) in times:  # else the ledger could not tell them apart
            return
        right = replace(wrong, id=uuid4().hex, corrects=wrong.id, item=item)
        settled = Settled(transaction=wrong.id, at=NOW, replaced_by=right.id, by="Ines")
        await self.desk.writer.write([right, settled])
        self.recorded.append(right)
        self.desk.courier.settled()
        self.desk.courier.recorded(right.id)

    async def again(self, which: int) -> None:
        """Send one again that needs a person."""
        found = self._exception(which)
        if found is None:
            return
        kind = self.desk.daybook.indexes.exceptions[found.id].outcome.kind
        doubts = int(kind in ("unknown", "noticed"))
        self.sent_again[found.id] = self.sent_again.get(found.id, 0) + doubts
        await self.desk.writer.write([Again(id=uuid4().hex, transaction=found.id, at=NOW)])
        self.desk.courier.settled()
        self.desk.courier.recorded(found.id)

    def _exception(self, which: int) -> Transaction | None:
        found = [
            x.number
            for x in self.desk.daybook.indexes.exceptions.values()
            if x.outcome.kind != "by_hand"
        ]
        return self.desk.daybook.transaction(found[which % len(found)]) if found else None

    async def evening(self) -> None:
        """Time passes, and `load_at` with it."""
        self.now += timedelta(hours=13)
        self.desk.courier.wake()

    async def fault(self, name: str, times: int) -> None:
        self.fake.fault(name, times=times)

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def down(self) -> None:
        self.fake.do("listen", on=False)

    async def up(self) -> None:
        self.fake.do("listen", on=True)

    async def cut(self) -> None:
        self.fake.do("cut")

    async def ask(self, card: str) -> None:
        """A card is scanned."""
        self.desk.courier.ask_patron(card)

    async def done(self) -> None:
        """The patron goes."""
        self.desk.open.clear()
        self.desk.courier.patron_left(MAYA)
        self.desk.courier.wake()

    async def pause(self) -> None:
        self.paused = True
        self.desk.courier.schedule.paused = True

    async def send(self) -> None:
        self.paused = False
        self.desk.courier.send_now()

    async def void(self) -> None:
        """Undo what waits, as the desk does it."""
        pending = [x for x in self.recorded if not self.desk.daybook.under_way(x.id)]
        if pending:
            self.desk.courier.withdraw(pending[-1].id)
            await self.desk.writer.write([Voided(transaction=pending[-1].id, at=NOW)])

    async def settle(self) -> None:
        """Deal with everything that needs a person, as a person does it."""
        to_fix = list(self.desk.daybook.indexes.exceptions)
        await self.desk.writer.write([Settled(transaction=x, at=NOW) for x in to_fix])
        self.desk.courier.settled()

    async def delivered(self) -> None:
        """Wait a little for everything to be delivered."""
        with suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                await self.desk.delivered()

    async def kill(self) -> None:
        self.lives += 1
        await self.desk.kill(self.folders / f"life-{self.lives}")
        self.begin(self.desk.open)


def _made(kind: str, item: str, card: str, visit: str) -> Transaction:
    made: dict[str, Callable[[], Transaction]] = {
        "checkout": lambda: checkout(item, card, visit=visit),
        "checkin": lambda: checkin(item, visit=visit),
        "renewal": lambda: renewal(item, card, visit=visit, due=DUE + timedelta(days=7)),
    }
    return made[kind]()


async def live(life: Life, steps: Sequence[Step]) -> None:
    """Live through a script; then everything works again, and what is left is delivered."""
    life.begin()
    fake = life.fake
    try:
        for step in steps:
            await life.step(step)
        fake.do("clear")
        await life.up()
        life.now += timedelta(days=365)
        await life.send()
        await life.desk.delivered()
        fake.do("quiet")
        daybook, ledger = life.desk.daybook, fake.ledger()
        only_live, again = life.desk.only_live, life.sent_again
        wrong = broken(daybook, ledger, HAD, only_live=only_live, again=again)
        assert not wrong, "\n".join([*wrong, *_story(daybook, fake)])
        ids = {fate.transaction.id for fate in fates(daybook, ledger)}
        assert ids >= {x.id for x in life.recorded}  # what was acknowledged is there
        with Daybook(life.desk.folder, read_only=True) as after_a_restart:
            assert _known(after_a_restart) == _known(daybook)
    finally:
        await life.desk.end()


def _known(daybook: Daybook) -> tuple[Any, ...]:
    """What is known of all transactions."""
    indexes = daybook.indexes
    pending = [(x.id, x.again, x.sent_at) for x in indexes.pending.values()]
    settled = set(indexes.settled), indexes.corrected, indexes.voided, set(indexes.replaced)
    return pending, set(indexes.exceptions), set(indexes.answers), settled


def _story(daybook: Daybook, fake: FakeSip2) -> list[str]:
    """Tell all that happened, on both sides."""
    kept = [f"{fate.state}: {fate.transaction}" for fate in fates(daybook, fake.ledger())]
    return [
        *kept,
        *map(str, fake.ledger()),
        *map(str, fake.do("struck").items()),
        *map(str, fake.do("heard")),
    ]


@how(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    personality=st.sampled_from(sorted(PERSONALITIES)),
    server=st.sampled_from([*sorted(SERVERS), "koha", "koha"]),  # by two connections
    takes=st.sampled_from([0.0, 0.0, 0.005]),
    error_detection=st.sampled_from([True, True, False]),
    load_at=st.sampled_from(["", "", "19:25"]),
    ask_first=st.booleans(),
    steps=st.lists(STEPS, min_size=3, max_size=25),
)
def test_whatever_happens_each_is_applied_once_or_is_an_exception_that_says_why(
    fake_process: FakeSip2,
    *,
    personality: str,
    server: Server,
    takes: float,
    error_detection: bool,
    load_at: str,
    ask_first: bool,
    steps: list[Step],
) -> None:
    """Also where the kiosk was told of another server than it has."""
    fake_process.do("anew")
    fake_process.do("listen", on=True)
    fake_process.be(personality, rules={"takes": takes})
    opened(fake_process, patrons_and_items(CARDS, ITEMS, HAD))
    sip2 = settings(fake_process.port, server=server, error_detection=error_detection)
    with quick_folder() as folders:
        asyncio.run(live(Life(fake_process, sip2, folders, load_at, ask_first), steps))
