"""What the tests of Evergreen's module share."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from kiosk.ils.base import ReplyLost, Unreachable
from kiosk.ils.batches import Batch
from kiosk.ils.evergreen import lines
from kiosk.ils.evergreen.library import EvergreenLibrary
from kiosk.ils.evergreen.settings import EvergreenSettings
from support.patience import PATIENT

if TYPE_CHECKING:
    from collections.abc import Collection

    from kiosk.desk.transactions import Transaction
    from support.fake_evergreen.client import FakeEvergreen

ITEMS = [f"3330000000{n}" for n in range(8)]
ZONE = ZoneInfo("America/New_York")
SETTINGS = EvergreenSettings(
    url="http://127.0.0.1:9", org=4, login="kiosk", password="secret", patron_profile=2
)


libraries: list[EvergreenLibrary] = []
"""Those that a test has to close."""


def local(*moment: int) -> datetime:
    """Give a moment by the library's clock."""
    return datetime(*moment, tzinfo=ZONE)  # type: ignore[misc,arg-type] # as many as one likes


def command(transaction: Transaction, settings: EvergreenSettings = SETTINGS) -> dict[str, Any]:
    """Give what the server would read."""
    return dict(json.loads(lines.line(transaction, settings, ZONE)))


def at(fake: FakeEvergreen, **more: Any) -> EvergreenSettings:
    """Give settings for a fake, as patient as tests can be."""
    usual = {"workstation": "BR1-desk", "password": "kiosk"}
    return replace(SETTINGS, **{"url": fake.url, **usual, **PATIENT, **more})


def desk(
    fake: FakeEvergreen,
    terminal: str = "desk-1",
    *,
    slow: timedelta = timedelta(),
    settling: float = 0.0,
    **more: Any,
) -> EvergreenLibrary:
    """Give a desk's way into a fake. `slow`: by so much its clock is behind."""

    def clock() -> datetime:
        return datetime.now(ZONE) - slow

    library = EvergreenLibrary(at(fake, **more), ZONE, clock, terminal, settling=settling, poll=0.1)
    libraries.append(library)
    return library


def may_process(fake: FakeEvergreen) -> None:
    """Let the kiosk's account process."""
    perms = fake.do("all", table="account")["kiosk"]["perms"]
    account = {"username": "kiosk", "password": "kiosk", "id": 11}
    fake.world(accounts=[{**account, "perms": [*perms, "OFFLINE_EXECUTE"]}])


async def poison(library: EvergreenLibrary, key: str) -> None:
    """Upload what is no JSON, as a client without a check would."""
    told = await library._offline.session(key)
    assert told is not None
    await library._offline.load(told, "bad", b'{"type": "checkin", oops\n')


async def freeze(
    library: EvergreenLibrary, *transactions: Transaction, avoid: Collection[str] = ()
) -> Batch:
    """Give a batch as delivery makes it."""
    place = await library.place(avoid)
    return Batch(id=uuid4().hex, place=place, transactions=transactions)


async def upload(library: EvergreenLibrary, *transactions: Transaction) -> list[Batch]:
    """Upload as delivery does: after a lost reply look first; what did not work is made anew.

    Gives all batches that were made of it, the one that counts last.
    """
    batches: list[Batch] = []
    spoiled: set[str] = set()
    for _ in range(20):
        try:
            if not batches:
                batches.append(await freeze(library, *transactions))
            progress = await library.look(batches[-1])
            if progress.stage == "absent":
                progress = await library.load(batches[-1])
        except (Unreachable, ReplyLost):
            continue
        if progress.stage not in ("absent", "spoiled"):
            return batches
        if progress.stage == "spoiled":
            spoiled.add(batches[-1].place.key)
        batches.append(await freeze(library, *transactions, avoid=spoiled))
    raise AssertionError("it was never uploaded")
