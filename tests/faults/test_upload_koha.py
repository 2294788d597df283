"""Everything that a Koha can do to what goes into it by HTTP, while the real courier delivers.

Koha knows no ids: what it did is found by the item and the time under which it was sent.
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.delivering import fates
from support.fake_koha.system import FAULTS as OF_KOHA
from support.fake_web.faults import FAULTS
from support.transactions import DUE, MAYA, NOW, OMAR, checkin, checkout, renewal
from support.uploading import HAD, ITEMS, SOON, uploading

from kiosk.delivery import loading
from kiosk.ils.koha.direct import ServiceLibrary
from kiosk.ils.koha.library import koha_library
from kiosk.ils.koha.settings import KohaSettings
from kiosk.ils.sip2.library import Sip2Library
from kiosk.ils.sip2.settings import Sip2Settings

if TYPE_CHECKING:
    from support.fake_koha.client import FakeKoha
    from support.uploading import Uploading

    from kiosk.desk.transactions import Transaction

LONGEST = 20.0
"""Seconds that a test takes at most."""
WAYS: dict[str, dict[str, Any]] = {
    "plugin": {},
    "plugin, by API key": {"client": "kiosk-id", "client_password": "kiosk-secret"},
    "plugin, queue": {"pending": True},
    "service": {"method": "service"},
    "service, queue": {"method": "service", "pending": True},
    "service and SIP2": {"method": "service", "with_sip2": True},
}
OF_PLUGIN = [*FAULTS, "dies-midway", "short-results"]
OF_SERVICE = [*FAULTS, "wrong-csrf", "logged-out", "login-page"]
ALL = [
    (way, version, fault)
    for way, settings in WAYS.items()
    for version in (("24.05", "23.11") if "service" in way else ("24.05",))
    for fault in (OF_SERVICE if "method" in settings else OF_PLUGIN)
]
EVERY = int(os.environ.get("UPLOAD_EVERY", "9"))
"""Of so many traps one is tried; of these, another one each time something is added."""


@pytest.fixture(autouse=True)
def _hurries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LOOK_AGAIN", SOON)


def day() -> list[Transaction]:
    return [
        checkout("i1"),
        checkin("i2"),
        renewal("i3", due=DUE + timedelta(days=7)),
        checkin("i1"),
        checkout("i1", OMAR),
        checkin("i5"),
        checkout("i6", "nobody"),
    ]


def opened(fake: FakeKoha) -> None:
    fake.do("clock", now=NOW.timestamp())
    due = f"{DUE:%Y%m%d}    235900"
    fake.world(
        patrons=[{"card": card, "name": card} for card in (MAYA, OMAR)],
        items=[
            {"item": x, "days": 21, **({"patron": HAD[x], "due": due} if x in HAD else {})}
            for x in ITEMS
        ],
    )


def delivering(fake: FakeKoha, *, with_sip2: bool = False, **more: Any) -> Any:
    known = {"staff_url": fake.url, "branchcode": "CPL", "timeout": 0.2, "connect_timeout": 0.5}
    login = {} if "client" in more else {"login": "kiosk", "password": "kiosk"}
    sip2 = Sip2Settings(
        host="127.0.0.1", port=fake.sip_port, server="koha", login="kiosk", password="kiosk"
    )
    beside = Sip2Library(sip2, UTC, lambda: NOW) if with_sip2 else None
    library = koha_library(KohaSettings(**known | login | more), UTC, lambda: NOW, beside)
    if isinstance(library, ServiceLibrary):
        return uploading(None, day(), library)
    library.gather = 0.0
    return uploading(library, day())


def wrong(desk: Uploading, fake: FakeKoha) -> list[str]:
    """Give every way in which the promise is broken, once its queue was processed."""
    found = []
    doubtful = {
        x.item for x in desk.daybook.indexes.exceptions.values() if x.outcome.kind == "unknown"
    }
    for fate in fates(desk.daybook, fake.ledger(), UTC):
        who = f"{fate.transaction.kind} {fate.transaction.item} is {fate.state}"
        times, outcome = len(fate.entries), fate.outcome
        if times > 1:
            found.append(f"{who}, and was carried out {times} times")
        if fate.state in ("applied", "noticed") and not times:
            found.append(f"{who}, and was not carried out")
        if fate.state in ("refused", "by_hand", "queued", "sending") and times:
            found.append(f"{who}, and was carried out")
        if fate.state in ("queued", "sending") and fate.transaction.item not in doubtful:
            found.append(f"{who}: it was left behind")
        if outcome and outcome.kind != "applied" and not (outcome.code or outcome.words):
            found.append(f"{who}, and nothing says why")
    return found


@pytest.mark.parametrize(("way", "version", "fault"), ALL[::EVERY], ids=str)
async def test_each_trap_ends_in_one_application_or_in_an_exception_that_says_why(
    fake_koha: FakeKoha, way: str, version: str, fault: str
) -> None:
    opened(fake_koha)
    fake_koha.be(version=version)
    on = OF_KOHA[fault][1] if fault in OF_KOHA else ("transactions", "service", "oauth", "login")
    fake_koha.fault(fault, on=on, skip=len(fault) % 2, times=2)
    async with asyncio.timeout(LONGEST), delivering(fake_koha, **WAYS[way]) as desk:
        await desk.rested()
        fake_koha.do("quiet")
        queue = [(x["action"], x["barcode"], x["timestamp"]) for x in fake_koha.queue()]
        assert len(queue) == len(set(queue)), "something is in the queue twice"
        fake_koha.process()
        assert wrong(desk, fake_koha) == []
        assert not desk.failures
