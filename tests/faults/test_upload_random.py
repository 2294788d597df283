"""Random days at a desk that talks SIP2 and uploads to an Evergreen: the same promise every time.

Faults of both, outages, kills; sessions that staff process in the middle of it, and midnight.

`UPLOAD_DAYS=500 pytest tests/faults/test_upload_random.py` tries so many of them.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from support.delivering import patrons_and_items, quick_folder
from support.delivering import settings as sip2_settings
from support.fake_evergreen.client import FakeEvergreen
from support.fake_evergreen.system import FAULTS as OF_EVERGREEN
from support.fake_sip2.client import FakeSip2
from support.fake_sip2.faults import FAULTS as OF_SIP2
from support.fake_web.faults import FAULTS
from support.transactions import (
    DUE,
    INES,
    MAYA,
    NOW,
    OMAR,
    checkin,
    checkout,
    in_house_use,
    noncat_checkout,
    registration,
    renewal,
)
from support.uploading import (
    GIVEN_UP,
    HAD,
    ITEMS,
    SOON,
    Time,
    Uploading,
    evergreen,
    opened,
    process,
    wrong_at_evergreen,
)

from kiosk.daybook.daybook import Daybook
from kiosk.daybook.facts import Voided
from kiosk.delivery import loading
from kiosk.desk.transactions import Transaction
from kiosk.ils.evergreen import offline
from kiosk.ils.evergreen.library import EvergreenLibrary
from kiosk.ils.sip2.library import Sip2Library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


DAYS = int(os.environ.get("UPLOAD_DAYS", "8"))
CARDS = [MAYA, OMAR, INES]
KINDS = ["checkout", "checkout", "checkin", "renewal", "in_house_use", "noncat", "registration"]
CALLS = ["load", "load", "create", "status", "execute", "login", "time", ""]
FAULTS_HERE = sorted({*FAULTS, *OF_EVERGREEN} - {"drip-forever", "stuck", "script-unseen"})
"""An upload that is not seen once is lived through (test_upload_evergreen); twice, it is not."""

Step = tuple[Any, ...]
RECORD: st.SearchStrategy[Step] = st.tuples(
    st.just("record"),
    st.sampled_from(KINDS),
    st.sampled_from(ITEMS[:4]),
    st.sampled_from(CARDS),
    st.sampled_from(["open", "over", "over"]),
)
STEPS: st.SearchStrategy[Step] = st.one_of(
    RECORD,
    RECORD,
    RECORD,
    st.tuples(
        st.just("fault"),
        st.sampled_from(FAULTS_HERE),
        st.sampled_from(CALLS),
        st.integers(1, 2),
    ),
    st.tuples(st.just("live_fault"), st.sampled_from(sorted(OF_SIP2))),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.01, 0.05])),
    st.tuples(st.just("minutes"), st.sampled_from([1, 11, 13 * 60])),
    st.tuples(st.sampled_from(["down", "up", "cut", "kill", "kill", "process", "expire"])),
    st.tuples(st.sampled_from(["done", "void", "rested", "pause", "send"])),
)


@pytest.fixture(autouse=True)
def _hurries() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "LOOK_AGAIN", SOON)
        patch.setattr(offline, "LONGEST", 0.4)
        yield


@dataclass
class Life:
    """A desk that is killed and begins again."""

    fake: FakeEvergreen
    sip2: FakeSip2
    folders: Path
    time: Time = field(default_factory=Time)
    lives: int = 0
    visits: int = 0
    paused: bool = False
    recorded: list[Transaction] = field(default_factory=list)
    desk: Uploading = field(init=False)
    library: EvergreenLibrary = field(init=False)
    staff: EvergreenLibrary = field(init=False)

    def begin(self) -> None:
        folder = self.folders / f"life-{self.lives}"
        folder.mkdir(exist_ok=True)
        visits = self.desk.open if self.lives else ()
        live = Sip2Library(sip2_settings(self.sip2.port), UTC, self.time)
        live.takes_backlog = False
        self.library = evergreen(self.fake, self.time, timeout=GIVEN_UP)
        self.staff = evergreen(self.fake, self.time, terminal="office", timeout=GIVEN_UP)
        self.desk = Uploading(folder, self.library, live, open_visits=visits, clock=self.time)
        self.desk.courier.schedule.paused = self.paused

    async def step(self, step: Step) -> None:
        name, *given = step
        await getattr(self, name)(*given)

    async def record(self, kind: str, item: str, card: str, where: str) -> None:
        if where == "over":
            self.desk.open.clear()
        elif not self.desk.open:
            self.visits += 1
            self.desk.open.add(f"visit {self.visits}")
        visit = next(iter(self.desk.open), "over")
        made = self._made(kind, item, card, visit)
        await self.desk.record(made)
        self.recorded.append(made)

    def _made(self, kind: str, item: str, card: str, visit: str) -> Transaction:
        match kind:
            case "checkout":
                return checkout(item, card, visit=visit)
            case "checkin":
                return checkin(item, visit=visit)
            case "renewal":
                return renewal(item, card, visit=visit, due=DUE + timedelta(days=7))
            case "in_house_use":
                return in_house_use(item, visit=visit)
            case "noncat":
                return noncat_checkout(card, visit=visit)
        return registration(f"2999900{len(self.recorded):07}", visit=visit)

    async def fault(self, name: str, call: str, times: int) -> None:
        on = OF_EVERGREEN[name][1] if name in OF_EVERGREEN else call
        self.fake.fault(name, on=on, times=times)

    async def live_fault(self, name: str) -> None:
        self.sip2.fault(name)

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def minutes(self, number: int) -> None:
        self.time.goes_on(number)
        self.fake.do("clock", now=self.time.now.timestamp())
        self.desk.courier.wake()

    async def down(self) -> None:
        self.fake.do("listen", on=False)
        self.sip2.do("listen", on=False)

    async def up(self) -> None:
        self.fake.do("listen", on=True)
        self.sip2.do("listen", on=True)

    async def cut(self) -> None:
        self.fake.do("cut")
        self.sip2.do("cut")

    async def expire(self) -> None:
        self.fake.do("expire")

    async def process(self) -> None:
        """Staff have processed what is there, at the office."""
        await process(self.staff, tries=1)

    async def done(self) -> None:
        self.desk.open.clear()
        self.desk.courier.wake()

    async def void(self) -> None:
        """Undo what waits, as the desk does it."""
        pending = [x for x in self.recorded if not self.desk.daybook.under_way(x.id)]
        if pending:
            self.desk.courier.withdraw(pending[-1].id)
            await self.desk.writer.write([Voided(transaction=pending[-1].id, at=NOW)])

    async def pause(self) -> None:
        self.paused = self.desk.courier.schedule.paused = True

    async def send(self) -> None:
        self.paused = False
        self.desk.courier.send_now()

    async def rested(self) -> None:
        with suppress(TimeoutError):
            await self.desk.until(self.desk.rests, 0.3)

    async def kill(self) -> None:
        self.lives += 1
        await self.staff.close()
        await self.desk.kill(self.folders / f"life-{self.lives}")
        self.begin()


def wrong(life: Life) -> list[str]:
    """Hold the daybook to both ledgers."""
    daybook = life.desk.daybook
    found = wrong_at_evergreen(daybook, life.fake, live=_live(daybook, life.sip2))
    ids = {x.id for x, _, _ in daybook.history()}
    return found + [
        f"{x.id} was acknowledged, and is gone" for x in life.recorded if x.id not in ids
    ]


def _live(daybook: Daybook, sip2: FakeSip2) -> Counter[str]:
    """Count what SIP2 has carried out, by transactions."""
    ledger = Counter((x["item"], x["at"]) for x in sip2.ledger() if not x["implied"])
    sent = {id_: at.astimezone(UTC) for id_, at in daybook.sent_times().items()}
    found = Counter[str]()
    for transaction, _, _ in daybook.history():
        if transaction.item and transaction.id in sent:
            key = transaction.item, f"{sent[transaction.id]:%Y%m%d    %H%M%S}"
            found[transaction.id] = ledger.pop(key, 0)
    assert not ledger, f"SIP2 has done what the daybook does not know: {ledger}"
    return found


async def live(life: Life, steps: Sequence[Step]) -> None:
    """Live through a script; then everything works again, and what is left is delivered."""
    life.begin()
    try:
        for step in steps:
            await life.step(step)
        life.fake.do("clear")
        life.sip2.do("clear")
        await life.up()
        await life.done()
        await life.send()
        for _ in range(4):
            await life.desk.rested()
            await process(life.staff)
            with suppress(TimeoutError):
                await life.desk.processed(1.0)
                break
            await life.minutes(11)
        life.fake.do("quiet")
        life.sip2.do("quiet")
        found = wrong(life)
        assert not found, "\n".join([*found, *_story(life)])
        with Daybook(life.desk.folder, read_only=True) as after_a_restart:
            states = {x.id: state for x, state, _ in after_a_restart.history()}
        assert states == {x.id: state for x, state, _ in life.desk.daybook.history()}
    finally:
        await life.staff.close()
        await life.desk.end()


def _story(life: Life) -> list[str]:
    """Tell all that happened, on both sides."""
    calls = [f"{x['call']} {x['status']} {str(x['reply'])[:300]}" for x in life.fake.heard()]
    kept = [f"{state} {x} {y}" for x, state, y in life.desk.daybook.history()]
    return [*kept, *map(str, life.fake.ledger()), *map(str, life.sip2.ledger()), *calls]


@how(
    max_examples=DAYS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=25))
def test_whatever_happens_each_is_applied_once_or_is_an_exception_that_says_why(
    fake_evergreen_process: FakeEvergreen, fake_process: FakeSip2, steps: list[Step]
) -> None:
    for fake in (fake_evergreen_process, fake_process):
        fake.do("listen", on=True)
        fake.do("anew")
    opened(fake_evergreen_process)
    fake_process.do("clock", now=NOW.replace(tzinfo=None).isoformat())
    fake_process.world(**patrons_and_items(CARDS, ITEMS, HAD))
    with quick_folder() as folders:
        asyncio.run(live(Life(fake_evergreen_process, fake_process, folders), steps))
