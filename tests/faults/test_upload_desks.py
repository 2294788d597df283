"""Desks that upload into one session; and what people and clocks do to an upload meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from support.fake_evergreen.world import CIRCULATOR
from support.transactions import DUE, INES, MAYA, NOW, OMAR, checkin, checkout, in_house_use
from support.uploading import (
    GIVEN_UP,
    SOON,
    Time,
    Uploading,
    day,
    evergreen,
    opened,
    process,
    uploading,
    wrong_at_evergreen,
)

from kiosk.delivery import loading, uploads

if TYPE_CHECKING:
    from pathlib import Path

    from support.fake_evergreen.client import FakeEvergreen

    from kiosk.desk.transactions import Transaction
    from kiosk.ils.evergreen.library import EvergreenLibrary

LONGEST = 60.0
"""Seconds that a test takes at most."""
DESKS = ("desk-1", "desk-2", "desk-3")
WRONG_BY = dict(zip(DESKS, (timedelta(hours=-1), timedelta(), timedelta(hours=1)), strict=True))
"""How far each desk's clock is ahead."""


@pytest.fixture(autouse=True)
def _hurries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LOOK_AGAIN", SOON)
    monkeypatch.setattr(uploads, "LOOK_AGAIN", 0.05)
    monkeypatch.setattr(uploads, "QUIET", 0.1)


@pytest.fixture
def fake(fake_evergreen: FakeEvergreen) -> FakeEvergreen:
    opened(fake_evergreen)
    return fake_evergreen


# -- three desks -----------------------------------------------------------------------------------


def an_item_goes_round() -> list[tuple[str, Transaction]]:
    """Give what happens with one item, a minute apart, and at which desk; by that desk's clock."""
    happens = [
        ("desk-1", checkout("i1", MAYA)),
        ("desk-2", checkin("i1")),
        ("desk-3", checkout("i1", OMAR)),
        ("desk-1", checkin("i1")),
        ("desk-2", checkout("i1", INES)),
        ("desk-3", checkin("i1")),
    ]
    return [
        (desk, replace(x, at=NOW + timedelta(minutes=n) + WRONG_BY[desk], boot=desk))
        for n, (desk, x) in enumerate(happens)
    ]


class Desks:
    """Three desks of one library, each with a clock and a daybook of its own."""

    def __init__(
        self,
        fake: FakeEvergreen,
        folder: Path,
        *,
        listed: bool = True,
        settling: float = 0.15,
    ) -> None:
        self.folder = folder
        self.libraries = {
            name: evergreen(
                fake,
                Time(NOW + timedelta(minutes=9) + WRONG_BY[name]),
                terminal=name,
                desks=DESKS if listed else (),
                process="all-in",
                settling=settling,
            )
            for name in DESKS
        }
        self.lives: dict[str, Uploading] = {}

    def begin(self, name: str, folder: str = "") -> Uploading:
        place = self.folder / (folder or name)
        place.mkdir(exist_ok=True)
        clock = Time(NOW + timedelta(minutes=9) + WRONG_BY[name])
        self.lives[name] = Uploading(place, self.libraries[name], clock=clock)
        return self.lives[name]

    def asked(self) -> list[str]:
        """Name the desks that have had something processed by themselves."""
        lives = self.lives.items()
        return [name for name, x in lives if x.daybook.indexes.runs.uploads.asked]


async def _end_in_the_right_order(desks: Desks, fake: FakeEvergreen) -> None:
    sessions = {x["session"] for x in fake.do("all", table="script").values()}
    assert len(sessions) == 1
    for desk in desks.lives.values():
        await desk.processed()
    assert len(fake.heard("execute")) == 1
    for desk in desks.lives.values():
        assert {x.kind for x in desk.outcomes} == {"applied"}
    assert [(x["op"], x["patron"]) for x in fake.ledger()] == [
        (op, card) for card in (MAYA, OMAR, INES) for op in ("checkout", "checkin")
    ]


@pytest.fixture
def later(fake: FakeEvergreen) -> FakeEvergreen:
    fake.do("clock", now=(NOW + timedelta(minutes=9)).timestamp())
    return fake


@pytest.mark.parametrize("listed", [True, False])
async def test_three_desks_with_clocks_an_hour_apart_meet_and_the_order_comes_out_right(
    later: FakeEvergreen, tmp_path: Path, *, listed: bool
) -> None:
    """Those that the settings list take turns in making a session; others make some at once."""
    desks = Desks(later, tmp_path, listed=listed, settling=0.25)
    sessions = 1 if listed else 3
    if not listed:
        later.do("hold", call="create")
    happened = an_item_goes_round()
    async with asyncio.timeout(LONGEST), AsyncExitStack() as stack:
        for name in DESKS:
            stack.push_async_callback(desks.begin(name).end)
        await asyncio.gather(
            *(
                desks.lives[name].record(*(x for at, x in happened if at == name))
                for name in reversed(DESKS)
            )
        )
        await desks.lives["desk-1"].until(lambda: len(later.heard("create")) == sessions)
        later.do("let_go")
        await asyncio.gather(*(desk.rested() for desk in desks.lives.values()))
        assert len(later.heard("create")) == sessions
        if not listed:
            [session] = {x["session"] for x in later.do("all", table="script").values()}
            later.process(session)
        await _end_in_the_right_order(desks, later)


@pytest.mark.parametrize("fault", ["lost-before", "lost-after", "late"])
async def test_a_desk_that_dies_while_it_uploads_is_waited_for(
    later: FakeEvergreen, tmp_path: Path, fault: str
) -> None:
    desks = Desks(later, tmp_path)
    happened = an_item_goes_round()
    async with asyncio.timeout(LONGEST), AsyncExitStack() as stack:
        for name in ("desk-1", "desk-3"):
            stack.push_async_callback(desks.begin(name).end)
            await desks.lives[name].record(*(x for at, x in happened if at == name))
            await desks.lives[name].rested()
        await asyncio.sleep(0.2)
        assert desks.asked() == []
        later.fault(fault, on="load")
        second = desks.begin("desk-2")
        await second.record(*(x for at, x in happened if at == "desk-2"))
        await second.until(lambda: later.do("struck").get(fault))
        await second.kill(tmp_path / "after")
        stack.push_async_callback(desks.begin("desk-2", "after").end)
        await desks.lives["desk-2"].rested()
        await _end_in_the_right_order(desks, later)


@pytest.mark.parametrize("fault", ["lost-before", "lost-after", "late", "acts-late", "503"])
async def test_the_desk_that_processes_may_die_of_it_and_nothing_is_done_twice(
    later: FakeEvergreen, tmp_path: Path, fault: str
) -> None:
    desks = Desks(later, tmp_path)
    happened = an_item_goes_round()
    later.fault(fault, on="execute")
    async with asyncio.timeout(LONGEST), AsyncExitStack() as stack:
        for name in DESKS:
            desk = desks.begin(name)
            if name != "desk-1":
                stack.push_async_callback(desk.end)
            await desk.record(*(x for at, x in happened if at == name))
        first = desks.lives["desk-1"]
        await first.until(lambda: later.do("struck").get(fault))
        await first.kill(tmp_path / "after")
        first = desks.begin("desk-1", "after")
        stack.push_async_callback(first.end)
        if fault in ("lost-before", "503"):
            await asyncio.sleep(0.5)
            assert set(first.states()) == {"waiting"}  # it may have been begun: staff have to say
            [session] = {x["session"] for x in later.do("all", table="script").values()}
            later.process(session)
        for desk in desks.lives.values():
            await desk.processed()
        assert [x["op"] for x in later.ledger()] == ["checkout", "checkin"] * 3


# -- one desk, and others around it ----------------------------------------------------------------


async def test_what_another_desk_has_uploaded_badly_does_not_stop_those_beside_it(
    fake: FakeEvergreen, tmp_path: Path
) -> None:
    """One desk's upload is spoiled; it goes elsewhere, and staff process both sessions."""
    time = Time()
    here, there = evergreen(fake, time), evergreen(fake, time, terminal="desk-2")
    async with asyncio.timeout(LONGEST), AsyncExitStack() as stack:
        first = await stack.enter_async_context(uploading(here, day(), clock=time))
        await first.rested()
        fake.fault("part-stored", on="load", lines=2)
        used = [in_house_use("i6"), checkout("i7"), in_house_use("i6")]
        second = await stack.enter_async_context(uploading(there, used, clock=time))
        await second.rested()
        assert await _codes(first, second, here, fake) == {"processed-twice"}
        assert not first.daybook.indexes.exceptions


async def _codes(
    first: Uploading, second: Uploading, library: EvergreenLibrary, fake: FakeEvergreen
) -> set[str]:
    """Have all processed from the first desk; give what the exceptions of the second say."""
    await process(library)
    await first.processed()
    await second.processed()
    exceptions = second.daybook.indexes.exceptions
    await second.until(lambda: len(exceptions) == len(second.states()))
    lines = {entry["line"]["kiosk_xid"] for entry in fake.ledger()}
    with_second = {x.id for x, _, _ in second.daybook.history()}
    assert wrong_at_evergreen(first.daybook, fake, beside=with_second) == []
    assert with_second <= lines
    return {x.outcome.code for x in exceptions.values()}


async def test_a_session_that_staff_process_while_an_upload_is_on_its_way(
    fake: FakeEvergreen,
) -> None:
    time = Time()
    library = evergreen(fake, time, timeout=GIVEN_UP)
    staff = evergreen(fake, time, terminal="office")
    async with asyncio.timeout(LONGEST), uploading(library, day(), clock=time) as desk:
        await desk.rested()
        fake.fault("acts-late", on="load", wait=0.5)
        await desk.record(in_house_use("i6"), checkin("i1"))
        await desk.until(lambda: fake.do("struck").get("acts-late"))
        await process(staff)
        await desk.rested()
        fake.do("quiet")
        await desk.until(lambda: len(desk.outcomes) >= 7)
        await process(staff)
        await desk.processed()
        assert wrong_at_evergreen(desk.daybook, fake) == []
        assert {x.kind for x in desk.outcomes} == {"applied"}
    await staff.close()


async def test_an_upload_that_arrives_as_processing_begins_is_in_doubt(
    fake: FakeEvergreen,
) -> None:
    fake.be(forks=0)
    time = Time()
    library, staff = evergreen(fake, time), evergreen(fake, time, terminal="office")
    async with asyncio.timeout(LONGEST), uploading(library, day(), clock=time) as desk:
        await desk.rested()
        processing = asyncio.create_task(process(staff, tries=1))
        await desk.until(lambda: fake.heard("execute"))
        late = in_house_use("i6")
        await desk.record(late)
        await desk.rested()
        await processing
        fake.be()
        fake.do("quiet")
        await desk.processed()
        assert wrong_at_evergreen(desk.daybook, fake) == []
        assert [x.code for x in desk.outcomes if x.transaction == late.id] == ["missed"]
    await staff.close()


async def test_an_account_that_may_not_upload_keeps_it_and_says_which_permission_is_missing(
    fake: FakeEvergreen,
) -> None:
    may = {"username": "kiosk", "password": "kiosk", "id": 11, "perms": CIRCULATOR}
    may_not = {**may, "perms": [x for x in CIRCULATOR if x != "OFFLINE_UPLOAD"]}
    fake.world(accounts=[may_not])
    library = evergreen(fake, login="kiosk", password="kiosk")
    async with asyncio.timeout(LONGEST), uploading(library, day()) as desk:
        connectivity = desk.courier.connectivity
        await desk.until(lambda: connectivity.state == "offline" and fake.heard("create"))
        assert connectivity.reason is not None
        assert connectivity.reason.args["permission"] == "OFFLINE_UPLOAD"
        assert set(desk.states()) == {"queued"}
        fake.world(accounts=[may])
        await desk.rested()
        fake.process()
        await desk.processed()
        assert wrong_at_evergreen(desk.daybook, fake) == []


async def test_behind_an_address_filter_all_is_kept_until_it_lets_one_in(
    fake: FakeEvergreen,
) -> None:
    fake.be(address_filter=True)
    library = evergreen(fake)
    async with asyncio.timeout(LONGEST), uploading(library, day()) as desk:
        await desk.until(lambda: desk.courier.connectivity.state == "offline")
        assert desk.courier.connectivity.reason is not None
        assert desk.courier.connectivity.reason.key == "evergreen.not_from_here"
        assert set(desk.states()) == {"queued"}
        fake.be()
        await desk.rested()
        fake.process()
        await desk.processed()
        assert wrong_at_evergreen(desk.daybook, fake) == []


async def test_where_several_servers_have_a_disk_each_nothing_is_done_twice(
    fake: FakeEvergreen,
) -> None:
    fake.be(servers=2)
    time = Time()
    library = evergreen(fake, time)
    async with asyncio.timeout(LONGEST), uploading(library, day(), clock=time) as desk:
        await desk.rested()
        await process(library)
        fake.do("quiet")
        await asyncio.sleep(0.1)
        time.goes_on(3)
        await desk.processed()
        assert wrong_at_evergreen(desk.daybook, fake) == []


# -- clocks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "midnight",
    [
        datetime(2026, 11, 22, tzinfo=UTC),
        datetime(2026, 3, 8, 2, tzinfo=ZoneInfo("America/New_York")),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
    ],
    ids=["midnight", "spring", "autumn"],
)
async def test_over_a_change_of_the_day_or_the_clocks_the_order_and_the_times_are_right(
    fake: FakeEvergreen, midnight: datetime
) -> None:
    midnight = midnight.astimezone(UTC)
    new_york = ZoneInfo("America/New_York")
    time = Time((midnight - timedelta(seconds=1)).astimezone(new_york))
    library = evergreen(fake, time, zone=new_york)
    due = DUE.astimezone(new_york)
    before = [
        checkout("i1", at=midnight - timedelta(seconds=3), due=due),
        checkin("i1", at=midnight - timedelta(seconds=2)),
    ]
    after = [
        checkout("i1", OMAR, at=midnight + timedelta(seconds=1), due=due),
        checkin("i1", at=midnight + timedelta(seconds=2)),
    ]
    async with asyncio.timeout(LONGEST), uploading(library, clock=time) as desk:
        fake.do("clock", now=time.now.timestamp())
        await desk.record(*before)
        await desk.rested()
        time.goes_on(0.1)
        fake.do("clock", now=time.now.timestamp())
        await desk.record(*after)
        await desk.rested()
        await process(library)
        await desk.processed()
        assert wrong_at_evergreen(desk.daybook, fake) == []
        assert {x.kind for x in desk.outcomes} == {"applied"}
        at = [datetime.fromisoformat(x["at"]) for x in fake.ledger()]
        assert at == [x.at for x in (*before, *after)]


async def test_a_session_of_which_nothing_can_be_learnt_keeps_no_other_from_being_read(
    fake: FakeEvergreen,
) -> None:
    time = Time()
    library = evergreen(fake, time)
    async with asyncio.timeout(LONGEST), uploading(library, day(), clock=time) as desk:
        await desk.rested()
        first, *_ = fake.sessions()
        fake.fault("html-after", on="status.exceptions", about=first, times=None)
        fake.process(first)
        late = in_house_use("i6")
        await desk.record(late)
        await desk.until(lambda: desk.states()[-1] == "waiting")
        fake.process()
        await desk.until(lambda: desk.states()[-1] == "applied")
        assert set(desk.states()[:-1]) == {"waiting"}
        fake.do("clear")
        await desk.processed()
        assert wrong_at_evergreen(desk.daybook, fake) == []
