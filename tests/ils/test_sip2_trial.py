"""Trying a SIP2 connection: each thing that can be wrong is found, and nothing is changed."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from support.sip2_script import Peer, server
from support.trying import problems, states, walked

from kiosk.ils.sip2.settings import Sip2Settings
from kiosk.ils.sip2.trial import steps
from kiosk.words import Words

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from support.fake_sip2.client import FakeSip2

    from kiosk.ils.trial import Step

ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=ZONE)
STATUS = "98YYYYYN05000320261122    0930002.00AOmain|BXYYYYYYYYYYYYYYYY|"


async def tried(
    port: int, *, settings: dict[str, Any] | None = None, **more: Any
) -> dict[str, Step]:
    wanted: dict[str, Any] = {"host": "127.0.0.1", "port": port, "login": "kiosk"}
    wanted |= {"password": "kiosk", "timeout": 2.0, **(settings or {})}
    clock = more.pop("clock", lambda: datetime.now(ZONE))
    return await walked(steps(Sip2Settings(**wanted), ZONE, clock, **more))


def saying(status: str) -> Callable[[Peer], Awaitable[None]]:
    async def talk(peer: Peer) -> None:
        for reply in ("941", status, status):
            await peer.answer(reply)

    return talk


async def looked_at(_: Peer) -> None:
    """Serve the connection that sees whether anybody is there."""


async def test_all_is_well(fake: FakeSip2) -> None:
    fake.world(patrons=[{"card": "P1", "name": "Maya"}], items=[{"item": "B1", "title": "Beloved"}])
    found = await tried(fake.port, card="P1", item="B1")
    assert problems(found) == {}
    assert states(found) == {
        "login": "ok", "messages": "ok", "institution": "ok", "clock": "ok", "patron": "ok",
        "item": "ok", "loans": "skipped",
    }  # fmt: skip
    assert found["patron"].says.args["name"] == "Maya"
    assert fake.ledger() == []
    assert {text[:2] for text in fake.heard()} == {"93", "99", "63", "17"}


async def test_a_wrong_password(fake: FakeSip2) -> None:
    found = await tried(fake.port, settings={"password": "wrong"})
    assert problems(found) == {"login": "login_refused"}
    assert list(found)[-1] == "rest"
    mend = found["login"].mend
    assert mend is not None
    assert "Koha" not in Words()(mend)


async def test_a_server_that_hangs_up(fake: FakeSip2) -> None:
    fake.fault("close-before", on=["93"], times=None)
    assert problems(await tried(fake.port)) == {"login": "hung_up"}


async def test_a_server_that_takes_no_work(fake: FakeSip2) -> None:
    fake.fault("off-line", times=None)
    found = await tried(fake.port)
    assert found["login"].state == "ok"
    assert problems(found) == {"status": "says_offline"}


async def test_without_a_login_none_is_claimed() -> None:
    async def talk(peer: Peer) -> None:
        for _ in range(2):
            await peer.answer(STATUS)

    async with server(looked_at, talk) as served:
        found = await tried(served.port, settings={"login": "", "password": ""})
    assert states(found)["login"] == "skipped"


async def test_messages_that_the_server_does_not_know() -> None:
    lacking = STATUS.replace("YYYYYYYYYYYYYYYY", "YYYYYYYYYYNYYYYY")
    async with server(looked_at, saying(lacking)) as served:
        found = await tried(served.port)
    assert found["messages"].state == "look"
    assert found["messages"].says.args["codes"] == "17"


async def test_another_institution() -> None:
    async with server(looked_at, saying(STATUS)) as served:
        found = await tried(served.port, settings={"institution": "CPL"})
    assert found["institution"].state == "look"


@pytest.mark.parametrize(
    ("ahead", "says"),
    [
        (timedelta(seconds=20), "clock_right"),
        (timedelta(minutes=4), "clock_off"),
        (timedelta(hours=1), "clock_zone"),
        (timedelta(hours=-5, seconds=10), "clock_zone"),
        (timedelta(minutes=22), "clock_off"),
    ],
)
async def test_the_clocks_are_compared(ahead: timedelta, says: str) -> None:
    async with server(looked_at, saying(STATUS)) as served:
        found = await tried(served.port, clock=lambda: NOW - ahead)
    assert found["clock"].says.key.endswith(says)
    ends_well = {"clock_right": "ok"}
    assert found["clock"].state == ends_well.get(
        says, "look" if ahead.seconds == 240 else "problem"
    )


async def test_a_clock_that_is_not_told() -> None:
    async with server(looked_at, saying(STATUS.replace("20261122    093000", " " * 18))) as served:
        assert states(await tried(served.port))["clock"] == "skipped"


async def test_what_a_card_and_an_item_that_are_not_known_mean(fake: FakeSip2) -> None:
    found = await tried(fake.port, card="X", item="Y")
    assert (found["patron"].state, found["item"].state) == ("look", "look")


async def test_a_number_that_cannot_be_written(fake: FakeSip2) -> None:
    found = await tried(fake.port, card="a|b", item="c|d")
    assert problems(found) == {"patron": "not_writable", "item": "not_writable"}


@pytest.mark.parametrize(
    ("kind", "state"),
    [("koha", "ok"), ("koha-before-24.11.08", "look"), ("plain", "look"), ("evergreen", "look")],
)
async def test_what_becomes_of_loans_that_have_happened(
    fake: FakeSip2, kind: str, state: str
) -> None:
    found = await tried(fake.port, settings={"server": kind}, backlog=True)
    assert found["backlog"].state == state


async def test_an_account_with_one_connection_beside_a_kiosk_that_runs(fake: FakeSip2) -> None:
    assert (await tried(fake.port, shared=True))["shared"].state == "look"
    assert "shared" not in await tried(fake.port, settings={"connections": 2}, shared=True)


async def test_a_second_connection_that_is_never_answered(fake: FakeSip2) -> None:
    fake.be("plain", rules={"one_client": True})
    first = await asyncio.open_connection("127.0.0.1", fake.port)
    first[1].write(b"9300CNkiosk|COkiosk|\r")
    await first[0].readuntil(b"\r")
    found = await tried(fake.port, settings={"timeout": 0.3}, shared=True)
    assert found["shared"].state == "look"
    assert problems(found) == {"login": "silent"}
    first[1].close()
