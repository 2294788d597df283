"""Random days at a desk, random faults, outages and kills: the same promise every time.

`HYPOTHESIS_PROFILE=thorough pytest tests/faults/test_delivery_random.py` tries 5,000 of them.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

from kiosk.daybook.facts import Settled, Voided
from kiosk.desk.transactions import Transaction
from kiosk.ils.sip2.servers import SERVERS, Server
from kiosk.ils.sip2.settings import Sip2Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.daybook.daybook import Daybook


CARDS = [MAYA, OMAR, INES]
ITEMS = [f"i{n}" for n in range(5)]
HAD = {"i3": MAYA, "i4": OMAR}
EXAMPLES = max(how.default.max_examples // 4, 1) if how.default else 25

Step = tuple[Any, ...]


def _transactions() -> st.SearchStrategy[Step]:
    kind = st.sampled_from(["checkout", "checkout", "checkin", "renewal"])
    where = st.sampled_from(["open", "over"])
    item, card = st.sampled_from(ITEMS), st.sampled_from(CARDS)
    return st.tuples(st.just("record"), kind, item, card, where)


STEPS: st.SearchStrategy[Step] = st.one_of(
    _transactions(),
    _transactions(),
    _transactions(),
    st.tuples(st.just("fault"), st.sampled_from(sorted(FAULTS)), st.integers(1, 3)),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.001, 0.01, 0.05])),
    st.tuples(st.just("ask"), st.sampled_from(CARDS)),
    st.tuples(st.sampled_from(["down", "up", "cut", "kill", "kill"])),
    st.tuples(st.sampled_from(["done", "void", "settle", "pause", "send", "delivered"])),
)


@dataclass
class Life:
    """A desk that is killed and begins again, in front of one library."""

    fake: FakeSip2
    sip2: Sip2Settings
    folders: Path
    desk: Delivering
    lives: int = 0
    visits: int = 0
    recorded: list[Transaction] = field(default_factory=list)

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
        made: Transaction = {
            "checkout": lambda: checkout(item, card, visit=visit),
            "checkin": lambda: checkin(item, visit=visit),
            "renewal": lambda: renewal(item, card, visit=visit, due=DUE + timedelta(days=7)),
        }[kind]()
        await self.desk.record(made)
        self.recorded.append(made)

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
        self.desk.courier.schedule.paused = True

    async def send(self) -> None:
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
        beside = self.folders / f"life-{self.lives}"
        await self.desk.kill(beside)
        self.desk = Delivering(beside, self.sip2, self.desk.open)


async def live(fake: FakeSip2, sip2: Sip2Settings, folders: Path, steps: Sequence[Step]) -> None:
    """Live through a script; then everything works again, and what is left is delivered."""
    (folders / "life-0").mkdir()
    life = Life(fake, sip2, folders, Delivering(folders / "life-0", sip2))
    try:
        for step in steps:
            await life.step(step)
        fake.do("clear")
        await life.up()
        await life.send()
        await life.desk.delivered()
        fake.do("quiet")
        daybook, ledger = life.desk.daybook, fake.ledger()
        wrong = broken(daybook, ledger, HAD, only_live=life.desk.only_live)
        assert not wrong, "\n".join([*wrong, *_story(daybook, fake)])
        ids = {fate.transaction.id for fate in fates(daybook, ledger)}
        assert ids >= {x.id for x in life.recorded}  # what was acknowledged is there
    finally:
        await life.desk.end()


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
    steps=st.lists(STEPS, min_size=3, max_size=25),
)
def test_whatever_happens_each_is_applied_once_or_is_an_exception_that_says_why(
    fake_process: FakeSip2,
    *,
    personality: str,
    server: Server,
    takes: float,
    error_detection: bool,
    steps: list[Step],
) -> None:
    """Also where the kiosk was told of another server than it has."""
    fake_process.do("anew")
    fake_process.do("listen", on=True)
    fake_process.be(personality, rules={"takes": takes})
    opened(fake_process, patrons_and_items(CARDS, ITEMS, HAD))
    sip2 = settings(fake_process.port, server=server, error_detection=error_detection)
    with quick_folder() as folders:
        asyncio.run(live(fake_process, sip2, folders, steps))
